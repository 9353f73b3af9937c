/* prepare_change.c - comparing packs, collecting and merging boxes. */
#include "layers/prepare_change.h"

#include <stdlib.h>
#include <string.h>

enum { COLLECTED_MAX = 16 * PREP_CHANGES_MAX, SQUARES_MAX = 30 };

void prep_changes_finish(struct prep_changes *c)
{
    pk_arena_finish(&c->arena);
    free(c->list);
    free(c->seen);
    *c = (struct prep_changes){0};
}

void prep_changes_next(struct prep_changes *c)
{
    if (c->seen_slots > 0) {
        memset(c->seen, 0, sizeof(*c->seen) * c->seen_slots);
    }
    c->seen_count = 0;
}

/* ---- collecting ---- */

static int compare_group(const struct prep_change *a, const struct prep_change *b)
{
    int d = strcmp(a->layer, b->layer);
    d = d != 0 ? d : (int)a->family - (int)b->family;
    return d != 0 ? d : a->band - b->band;
}

static int compare_changes(const void *x, const void *y)
{
    const struct prep_change *a = x, *b = y;
    int d = compare_group(a, b);
    return d != 0 ? d : memcmp(&a->box, &b->box, sizeof(a->box));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b < 0 ? q - 1 : q;
}

/* The square, 2^k of a cell's sides large, that a box has its middle in. */
static void square_of(const struct prep_change *c, int k, int64_t out[2])
{
    int64_t side = 32 * pk_band_pixel(c->family, c->band);
    side = side << (k < 24 ? k : 24);
    out[0] = floor_div((c->box.min_x + c->box.max_x) / 2, side);
    out[1] = floor_div((c->box.min_y + c->box.max_y) / 2, side);
}

struct squared {
    struct prep_change change;
    int64_t at[2];
};

static int compare_squared(const void *x, const void *y)
{
    const struct squared *a = x, *b = y;
    int d = compare_group(&a->change, &b->change);
    return d != 0 ? d : memcmp(a->at, b->at, sizeof(a->at));
}

/* Joins the boxes of each group that share a square. */
static void merge(struct prep_changes *c, int k)
{
    struct squared *all = pk_xcalloc(c->count, sizeof(*all));
    for (uint32_t i = 0; i < c->count; i++) {
        all[i].change = c->list[i];
        square_of(&c->list[i], k, all[i].at);
    }
    qsort(all, c->count, sizeof(*all), compare_squared);
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (i > 0 && compare_squared(&all[i - 1], &all[i]) == 0) {
            c->list[n - 1].box = pk_ibox_join(c->list[n - 1].box, all[i].change.box);
        } else {
            c->list[n++] = all[i].change;
        }
    }
    c->count = n;
    free(all);
}

static void reduce(struct prep_changes *c, uint32_t to)
{
    for (int k = 0; c->count > to && k < SQUARES_MAX; k++) {
        merge(c, k);
    }
}

void prep_changes_settle(struct prep_changes *c)
{
    if (c->count == 0) {
        return;
    }
    qsort(c->list, c->count, sizeof(*c->list), compare_changes);
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (n == 0 || compare_changes(&c->list[n - 1], &c->list[i]) != 0) {
            c->list[n++] = c->list[i];
        }
    }
    c->count = n;
    reduce(c, PREP_CHANGES_MAX);
    qsort(c->list, c->count, sizeof(*c->list), compare_changes);
}

static void put_box(struct prep_changes *c, const char *layer, enum pk_family family,
                    int band, struct pk_ibox box)
{
    if (c->count == COLLECTED_MAX) {
        reduce(c, PREP_CHANGES_MAX);
    }
    if (c->count == c->cap) {
        c->cap = c->cap > 0 ? 2 * c->cap : 256;
        c->list = pk_xrealloc(c->list, c->cap, sizeof(*c->list));
    }
    c->list[c->count++] = (struct prep_change){layer, family, band, box};
}

static const char *kept_name(struct prep_changes *c, const char *name)
{
    for (uint32_t i = c->count; i > 0 && i + 64 > c->count; i--) {
        if (strcmp(c->list[i - 1].layer, name) == 0) {
            return c->list[i - 1].layer;
        }
    }
    return pk_arena_strdup(&c->arena, name);
}

/* ---- one record ---- */

static bool seen_before(struct prep_changes *c, uint64_t hash)
{
    if (2 * c->seen_count >= c->seen_slots) {
        uint32_t old = c->seen_slots;
        uint64_t *from = c->seen;
        c->seen_slots = old > 0 ? 2 * old : 1024;
        c->seen = pk_xcalloc(c->seen_slots, sizeof(*c->seen));
        for (uint32_t i = 0; i < old; i++) {
            uint32_t at = (uint32_t)(from[i] >> 32);
            while (from[i] != 0 && c->seen[at &= c->seen_slots - 1] != 0) {
                at++;
            }
            if (from[i] != 0) {
                c->seen[at] = from[i];
            }
        }
        free(from);
    }
    hash |= 1; /* 0 is an empty slot */
    uint32_t at = (uint32_t)(hash >> 32);
    for (; c->seen[at &= c->seen_slots - 1] != 0; at++) {
        if (c->seen[at] == hash) {
            return true;
        }
    }
    c->seen[at] = hash;
    c->seen_count++;
    return false;
}

/* Everything of a record but the section's tables. */
static uint64_t record_hash(const struct pk_ifeature *f, const struct pk_pack_cursor *c)
{
    struct {
        struct pk_id id;
        uint64_t key, attr_hash;
        int64_t box[4], anchor[3];
        double angle;
        uint64_t rest;
    } head = {
        .id = f->id,
        .key = f->key,
        .attr_hash = f->attr_hash,
        .box = {f->box.min_x, f->box.min_y, f->box.max_x, f->box.max_y},
        .anchor = {f->anchor_x,            f->anchor_y,              f->room   },
        .angle = f->angle,
        .rest = (uint64_t)f->part << 32 | (uint64_t)f->ring_count << 8 |
                (uint64_t)f->kind << 2 | (uint64_t)f->delivered << 1 |
                (uint64_t)f->merged,
    };
    return pk_hash64(c->geometry.p, (size_t)(c->geometry.end - c->geometry.p),
                     pk_hash64(&head, sizeof(head), 0));
}

static struct pk_ibox vertices_box(const int64_t *v, uint32_t count)
{
    struct pk_ibox box = PK_IBOX_EMPTY;
    for (uint32_t i = 0; i < count; i++, v += 2) {
        box = pk_ibox_join(box, (struct pk_ibox){v[0], v[1], v[0], v[1]});
    }
    return box;
}

/* A line in short stretches, so that a long one does not change all it goes around;
 * polygons by their outer rings: what is inside changes with them. */
static void put_shape(struct prep_changes *c, const char *layer, enum pk_family family,
                      int band, const struct pk_ifeature *f)
{
    uint32_t total = 0, outer = 0;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        total += f->rings[r].count;
        outer += f->rings[r].role != PK_RING_HOLE;
    }
    if (outer > PREP_RECORD_BOXES / 2) {
        put_box(c, layer, family, band, f->box);
        return;
    }
    uint32_t step = total / (PREP_RECORD_BOXES / 2) + 2;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        const struct pk_iring *ring = &f->rings[r];
        const int64_t *v = f->xy + 2 * (size_t)ring->first;
        if (ring->role == PK_RING_OUTER ||
            (ring->role == PK_RING_OPEN && ring->count < 3)) {
            put_box(c, layer, family, band, vertices_box(v, ring->count));
        }
        for (uint32_t i = 0;
             ring->role == PK_RING_OPEN && ring->count > 2 && i + 1 < ring->count;
             i += step) {
            uint32_t left = ring->count - i;
            put_box(c, layer, family, band,
                    vertices_box(v + 2 * (size_t)i, left < step + 1 ? left : step + 1));
        }
    }
}

/* Labels are drawn at their anchors; shapes' anchors count only through label packs. */
static bool put_record(struct prep_changes *c, const char *layer, enum pk_family family,
                       int band, struct pk_pack_cursor *cursor, struct pk_ifeature *f,
                       struct pk_arena *arena)
{
    if (f->ring_count == 0) {
        struct pk_ibox anchor = {f->anchor_x, f->anchor_y, f->anchor_x, f->anchor_y};
        put_box(c, layer, family, band, anchor);
        return true;
    }
    bool ok = pk_pack_geometry(cursor, f, NULL, arena);
    if (ok) {
        put_shape(c, layer, family, band, f);
    }
    pk_arena_reset(arena);
    return ok;
}

/* ---- two packs ---- */

/* A cursor that knows its feature. */
struct side {
    struct pk_pack_cursor cursor;
    struct pk_ifeature feature;
    uint64_t hash;
    bool there;
};

static void step(struct side *s)
{
    s->there = pk_pack_next(&s->cursor, &s->feature);
    s->hash = s->there ? record_hash(&s->feature, &s->cursor) : 0;
}

static void begin(struct side *s, const struct pk_pack *pack, const char *name)
{
    const struct pk_pack_section *section = pk_pack_find(pack, name);
    *s = (struct side){0};
    if (section != NULL) {
        pk_pack_begin(&s->cursor, section);
        step(s);
    }
}

static int compare_sides(const struct side *a, const struct side *b)
{
    if (!a->there || !b->there) {
        return (int)b->there - (int)a->there;
    }
    if (a->feature.key != b->feature.key) {
        return a->feature.key < b->feature.key ? -1 : 1;
    }
    return (a->feature.part > b->feature.part) - (a->feature.part < b->feature.part);
}

static bool compare_section(struct prep_changes *c, const char *name,
                            enum pk_family family, int band, const struct pk_pack *old,
                            const struct pk_pack *fresh)
{
    struct side a, b;
    struct pk_arena arena = {0};
    bool ok = true;
    const char *layer = kept_name(c, name);
    begin(&a, old, name);
    begin(&b, fresh, name);
    while (ok && (a.there || b.there)) {
        int order = compare_sides(&a, &b);
        bool same = order == 0 && a.hash == b.hash;
        if (order <= 0) {
            if (!same && !seen_before(c, a.hash * 2 + 1)) {
                ok = put_record(c, layer, family, band, &a.cursor, &a.feature, &arena);
            }
            step(&a);
        }
        if (order >= 0) {
            if (!same && ok && !seen_before(c, b.hash * 4 + 2)) {
                ok = put_record(c, layer, family, band, &b.cursor, &b.feature, &arena);
            }
            step(&b);
        }
    }
    pk_arena_finish(&arena);
    return ok && !a.cursor.at.bad && !b.cursor.at.bad;
}

enum pk_status prep_changes_compare(struct prep_changes *c, const char *const *names,
                                    enum pk_family family, int band, const void *old,
                                    size_t old_len, const void *fresh, size_t fresh_len,
                                    struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct pk_pack a, b;
    enum pk_status status = pk_pack_open(&a, old, old_len, names, &arena, err);
    if (status == PK_OK) {
        status = pk_pack_open(&b, fresh, fresh_len, names, &arena, err);
    }
    for (; status == PK_OK && *names != NULL; names++) {
        if (!compare_section(c, *names, family, band, &a, &b)) {
            status = pk_fail(err, PK_BAD_DATA, "pack: damaged section \"%s\"", *names);
        }
    }
    pk_arena_finish(&arena);
    return status;
}

enum pk_status prep_changes_all(struct prep_changes *c, enum pk_family family, int band,
                                struct pk_ibox cell, const void *fresh, size_t fresh_len,
                                struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct pk_pack pack;
    enum pk_status status = pk_pack_open(&pack, fresh, fresh_len, NULL, &arena, err);
    for (uint32_t i = 0; status == PK_OK && i < pack.section_count; i++) {
        put_box(c, kept_name(c, pack.sections[i].source_layer), family, band, cell);
    }
    pk_arena_finish(&arena);
    return status;
}
