/* corpus.c - blocks of tiles that together show the most. */
#include "tiles/audit/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "layers/crs.h"

enum {
    LEVEL_FIRST = 10,
    LEVEL_LAST = 19,
    LEVELS = LEVEL_LAST - LEVEL_FIRST + 1,
    SPOTS_MAX = 4096,
    TRIED_MAX = 60, /* blocks looked at per level */
    SIGHTS_MAX = 512,
    SHOT_SIDE = 256 * PK_SHOT_TILES
};

/* Middles of plan parts and features. */
struct spots {
    double xy[2 * SPOTS_MAX];
    uint32_t count, seen;
};

static void add_spot(struct spots *s, const struct pk_geom *g)
{
    if (g->vertex_count == 0) {
        return;
    }
    /* A fair share of more than there is room for: every other one, and so on. */
    uint32_t step = s->seen++ / SPOTS_MAX + 1;
    if (s->count < SPOTS_MAX || s->seen % step == 0) {
        uint32_t at = s->count < SPOTS_MAX ? s->count++ : s->seen / step % SPOTS_MAX;
        const double *v = g->xy + (size_t)2 * (g->vertex_count / 2);
        s->xy[2 * at] = v[0];
        s->xy[2 * at + 1] = v[1];
    }
}

static bool visit_part(const struct pk_part_row *row, void *ctx)
{
    add_spot(ctx, &row->geom);
    return true;
}

static bool visit_feature(const struct pk_feature_row *row, void *ctx)
{
    add_spot(ctx, &row->geom);
    return true;
}

static enum pk_status find_spots(struct spots *out, struct pk_store *store,
                                 struct pk_error *err)
{
    static const struct pk_rows plans = {0}, features = {.limit = 2000};
    struct pk_arena arena = {0};
    int64_t version;
    enum pk_status st = store->ops->begin(store, &version, err);
    if (st != PK_OK) {
        return st;
    }
    if (store->ops->plan_parts) {
        st = store->ops->plan_parts(store, version, &plans, visit_part, out, &arena, err);
    }
    if (st == PK_OK && out->count == 0 && store->ops->features) {
        st = store->ops->features(store, version, &features, visit_feature, out, &arena,
                                  err);
    }
    store->ops->end(store);
    pk_arena_finish(&arena);
    return st;
}

/* A block and the hashes of what it shows. */
struct block {
    struct pk_shot_place place;
    uint64_t sights[SIGHTS_MAX];
    uint32_t count, items;
    bool taken;
};

static void see(struct block *b, const struct pk_shot *shot)
{
    b->items = shot->list.count;
    for (uint32_t i = 0; i < shot->list.count && b->count < SIGHTS_MAX; i++) {
        const struct pk_draw *item = &shot->list.items[i];
        uint64_t words[2] = {item->layer->index, 0};
        if (item->layer->type == PK_LAYER_FILL) {
            const struct pk_fill_paint *p = item->paint;
            memcpy(&words[1], &p->colour, sizeof p->colour);
        }
        uint64_t h = pk_hash64(words, sizeof words, 0);
        uint32_t k = 0;
        while (k < b->count && b->sights[k] != h) {
            k++;
        }
        if (k == b->count) {
            b->sights[b->count++] = h;
        }
    }
}

static enum pk_status try_blocks(struct block *blocks, uint32_t *count,
                                 const struct spots *spots, uint32_t level,
                                 const struct pk_style *style, struct pk_store *store,
                                 struct pk_crs *crs, struct pk_error *err)
{
    struct pk_arena arena = {0};
    enum pk_status st = PK_OK;
    *count = 0;
    uint32_t step = spots->count / TRIED_MAX + 1;
    for (uint32_t i = 0; st == PK_OK && i < spots->count && *count < TRIED_MAX;
         i += step) {
        int64_t unit[2];
        pk_crs_to_family(crs, PK_WM, spots->xy + (size_t)2 * i, 1, unit);
        int64_t side = PK_WM_WORLD >> level;
        struct pk_shot_place place = {level, (uint32_t)(unit[0] / side) & ~1U,
                                      (uint32_t)(unit[1] / side) & ~1U, SHOT_SIDE};
        bool known = false;
        for (uint32_t k = 0; k < *count; k++) {
            known |= blocks[k].place.x == place.x && blocks[k].place.y == place.y;
        }
        if (known) {
            continue;
        }
        struct block *b = &blocks[(*count)++];
        *b = (struct block){.place = place};
        struct pk_shot shot;
        pk_arena_reset(&arena);
        st = pk_shot_list(&shot, style, store, place, 1, &arena, err);
        if (st == PK_OK) {
            see(b, &shot);
        }
    }
    pk_arena_finish(&arena);
    return st;
}

static uint32_t news(const struct block *b, const uint64_t *seen, uint32_t seen_count)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t k = 0;
        while (k < seen_count && seen[k] != b->sights[i]) {
            k++;
        }
        count += k == seen_count;
    }
    return count;
}

/* The best `want` of them, into the corpus. */
static void take(struct pk_corpus *out, struct block *blocks, uint32_t count,
                 uint32_t want)
{
    uint64_t *seen = pk_xmalloc(TRIED_MAX * SIGHTS_MAX * sizeof *seen);
    uint32_t seen_count = 0;
    for (; want > 0; want--) {
        struct block *best = NULL;
        uint32_t most = 0;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t n = blocks[i].taken ? 0 : news(&blocks[i], seen, seen_count);
            if (!blocks[i].taken &&
                (!best || n > most || (n == most && blocks[i].items > best->items))) {
                best = &blocks[i];
                most = n;
            }
        }
        if (!best) {
            break;
        }
        best->taken = true;
        out->places[out->count++] = best->place;
        for (uint32_t i = 0; i < best->count; i++) {
            seen[seen_count++] = best->sights[i];
        }
    }
    free(seen);
}

enum pk_status pk_corpus_choose(struct pk_corpus *out, const struct pk_style *style,
                                struct pk_store *store, uint32_t tiles,
                                struct pk_arena *arena, struct pk_error *err)
{
    uint32_t want = tiles / (PK_SHOT_TILES * PK_SHOT_TILES);
    want = want < LEVELS ? LEVELS : want > PK_CORPUS_MAX ? PK_CORPUS_MAX : want;
    struct spots *spots = pk_xcalloc(1, sizeof *spots);
    struct block *blocks = pk_xcalloc(TRIED_MAX, sizeof *blocks);
    struct pk_crs *crs = pk_crs_create();
    *out = (struct pk_corpus){pk_arena_alloc(arena, want + 1, sizeof *out->places), 0};
    enum pk_status st = find_spots(spots, store, err);
    /* Coarse levels first: what their few blocks do not use is left to the fine ones. */
    for (uint32_t i = 0; st == PK_OK && i < LEVELS; i++) {
        uint32_t count = 0, level = LEVEL_FIRST + i;
        st = try_blocks(blocks, &count, spots, level, style, store, crs, err);
        uint32_t share = (want - out->count) / (LEVELS - i);
        if (st == PK_OK) {
            take(out, blocks, count, share);
        }
    }
    pk_crs_destroy(crs);
    free(blocks);
    free(spots);
    return st;
}
