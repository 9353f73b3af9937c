/* chart.c - squares, their boundaries and letters, in packs. */
#include "tiles/audit/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum {
    SQUARE = 36, /* px a side */
    GAP = 12,    /* px of ground between pairs */
    PACK_MAX = 64 << 20,
    FILLED_MAX = 48, /* looks; more would not fit into one picture */
    SIDE_MAX = 4096
};

struct chart_feature {
    const struct pk_specimen *specimen;
    struct pk_ifeature f;
    struct pk_value *values;
    struct pk_iring ring;
};

struct pk_chart {
    struct pk_store store; /* first */
    const struct pk_style *style;
    struct chart_feature *features;
    uint32_t count;
    int64_t px;   /* units of a pixel */
    int64_t x, y; /* units of the top left corner */
};

/* ---- as a store ---- */

static enum pk_status chart_begin(struct pk_store *store, int64_t *version,
                                  struct pk_error *err)
{
    (void)store;
    (void)err;
    *version = 1;
    return PK_OK;
}

static void chart_end(struct pk_store *store)
{
    (void)store;
}

static void add_section(struct pk_pack_writer *w, const struct pk_chart *c,
                        const struct pk_choices *choices)
{
    const char *keys[PK_CHOICE_PROPS_MAX];
    for (uint32_t i = 0; i < choices->count; i++) {
        keys[i] = pk_style_property(c->style, choices->props[i].property);
    }
    pk_pack_writer_section(w, choices->source_layer, keys, choices->count);
}

static enum pk_status chart_pack(struct pk_store *store, enum pk_family family, int band,
                                 int64_t cell, int64_t version, bool labels,
                                 const void **bytes, size_t *len, struct pk_arena *arena,
                                 struct pk_error *err)
{
    (void)version;
    (void)err;
    const struct pk_chart *c = (const struct pk_chart *)store;
    *bytes = NULL;
    *len = 0;
    if (family != PK_WM || band >= PK_WIDE_BAND) {
        return PK_OK;
    }
    struct pk_ibox box = pk_cell_box(family, band, cell);
    struct pk_pack_writer *w = pk_pack_writer_create();
    const struct pk_choices *known[8];
    size_t known_count = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct chart_feature *f = &c->features[i];
        struct pk_ifeature u = f->f;
        struct pk_ibox at = {u.anchor_x, u.anchor_y, u.anchor_x, u.anchor_y};
        if (!pk_ibox_touches(labels ? at : u.box, box)) {
            continue;
        }
        size_t k = 0;
        while (k < known_count && known[k] != f->specimen->choices) {
            k++;
        }
        if (k == known_count && k < PK_COUNT(known)) {
            known[known_count++] = f->specimen->choices;
            add_section(w, c, f->specimen->choices);
        }
        if (labels) {
            u.ring_count = 0;
            u.box = at;
        }
        if (k < PK_COUNT(known)) {
            pk_pack_writer_add(w, f->specimen->choices->source_layer, &u);
        }
    }
    struct pk_buf buf;
    pk_buf_init(&buf, PACK_MAX);
    pk_pack_writer_finish(w, &buf);
    pk_pack_writer_destroy(w);
    *bytes = pk_arena_strndup(arena, buf.data ? buf.data : "", buf.len);
    *len = buf.len;
    pk_buf_finish(&buf);
    return PK_OK;
}

static const struct pk_store_ops chart_ops = {
    .scheme = "chart", .begin = chart_begin, .end = chart_end, .pack = chart_pack};

/* ---- making it ---- */

static void put(struct pk_chart *c, const struct pk_specimen *s, enum pk_geom_kind kind,
                const int *corners, uint32_t count, struct pk_arena *arena)
{
    struct chart_feature *f = &c->features[c->count++];
    int64_t *xy = pk_arena_alloc(arena, count, 2 * sizeof *xy);
    f->specimen = s;
    f->ring = (struct pk_iring){
        .count = count, .role = kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN};
    f->values = pk_arena_alloc(arena, s->choices->count + 1, sizeof *f->values);
    for (uint32_t i = 0; i < s->choices->count; i++) {
        f->values[i] = s->choices->props[i].values[s->at[i]];
    }
    struct pk_ibox box = PK_IBOX_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        xy[2 * i] = c->x + corners[2 * i] * c->px;
        xy[2 * i + 1] = c->y + corners[2 * i + 1] * c->px;
        box = pk_ibox_join(
            box, (struct pk_ibox){xy[2 * i], xy[2 * i + 1], xy[2 * i], xy[2 * i + 1]});
    }
    struct pk_id id = pk_hash128(&c->count, sizeof c->count);
    f->f = (struct pk_ifeature){.id = id,
                                .key = pk_draw_key(id, s->choices->source_layer),
                                .kind = kind,
                                .box = box,
                                .values = f->values,
                                .anchor_x = (box.min_x + box.max_x) / 2,
                                .anchor_y = (box.min_y + box.max_y) / 2,
                                .room = SQUARE / 2 * c->px,
                                .ring_count = 1,
                                .rings = &f->ring,
                                .xy = xy};
}

static void choose(struct pk_specimen *s, const struct pk_style *style, const char *name,
                   const char *value)
{
    for (uint32_t i = 0; i < s->choices->count; i++) {
        const struct pk_choice *c = &s->choices->props[i];
        for (uint32_t k = 1; k < c->count; k++) {
            if (strcmp(pk_style_property(style, c->property), name) == 0 &&
                c->values[k].type == PK_VALUE_STRING &&
                strcmp(c->values[k].string, value) == 0) {
                s->at[i] = (uint8_t)k;
            }
        }
    }
}

/* The boundary that our data have round such an area, or NULL. */
static const struct pk_specimen *boundary_of(const struct pk_look *look,
                                             const struct pk_dump *dump,
                                             const struct pk_style *style,
                                             struct pk_arena *arena)
{
    static const char *const kinds[][2] = {
        {"use",  "use" },
        {"plan", "plan"},
    };
    const struct pk_choices *choices = NULL;
    for (uint32_t i = 0; i < dump->count && !choices; i++) {
        if (strcmp(dump->looks[i].source_layer, "boundary") == 0) {
            choices = dump->looks[i].specimen.choices;
        }
    }
    for (size_t k = 0; choices && k < PK_COUNT(kinds); k++) {
        if (strcmp(look->source_layer, kinds[k][0]) == 0) {
            struct pk_specimen *s = pk_arena_alloc(arena, 1, sizeof *s);
            s->choices = choices;
            s->kind = PK_GEOM_LINE;
            choose(s, style, "kind", kinds[k][1]);
            const struct pk_value *phase =
                pk_specimen_value(&look->specimen, style, "phase");
            if (phase && phase->type == PK_VALUE_STRING) {
                choose(s, style, "phase", phase->string);
            }
            return s;
        }
    }
    return NULL;
}

static void put_square(struct pk_chart *c, const struct pk_look *look,
                       const struct pk_specimen *boundary, int x, int y, bool open,
                       struct pk_arena *arena)
{
    int e = x + SQUARE, n = y + SQUARE;
    const int area[] = {x, y, e, y, e, n, x, n, x, y};
    const int three[] = {x, y, e, y, e, n, x, n}; /* the west side is the neighbour's */
    put(c, &look->specimen, PK_GEOM_AREA, area, 5, arena);
    if (boundary) {
        put(c, boundary, PK_GEOM_LINE, open ? three : area, open ? 4 : 5, arena);
    }
}

struct pk_store *pk_chart_make(struct pk_shot_place *place, const struct pk_dump *dump,
                               const struct pk_style *style, uint32_t first, uint32_t end,
                               struct pk_arena *arena)
{
    const struct pk_look *looks[FILLED_MAX];
    const struct pk_specimen *bounds[FILLED_MAX];
    uint32_t n = 0;
    for (uint32_t i = first; i < end && n < FILLED_MAX; i++) {
        const struct pk_look *l = &dump->looks[i];
        if (l->kind == PK_LOOK_AREA && l->filled && l->essential) {
            bounds[n] = boundary_of(l, dump, style, arena);
            looks[n++] = l;
        }
    }
    uint32_t pairs = n * (n + 1) / 2; /* each with itself too: the ground beside it */
    double zoom = first < end ? dump->looks[first].zoom : 0;
    if (n == 0 || zoom != floor(zoom)) {
        return NULL;
    }
    int step_x = 2 * SQUARE + GAP, step_y = SQUARE + GAP;
    uint32_t columns = (uint32_t)ceil(sqrt((double)pairs * step_y / step_x));
    uint32_t rows = (pairs + columns - 1) / columns;
    uint32_t side = columns * (uint32_t)step_x > rows * (uint32_t)step_y
                        ? columns * (uint32_t)step_x
                        : rows * (uint32_t)step_y;
    uint32_t z = (uint32_t)zoom + 1;
    side = (side + GAP + 255) / 256 * 256;
    side = side > SIDE_MAX ? SIDE_MAX : side;
    /* Somewhere in Sweden, at a tile's corner. */
    *place = (struct pk_shot_place){z, (uint32_t)(0.548 * (1U << z)),
                                    (uint32_t)(0.285 * (1U << z)), side};
    struct pk_chart *c = pk_arena_alloc(arena, 1, sizeof *c);
    c->store.ops = &chart_ops;
    c->style = style;
    c->px = PK_WM_WORLD >> (8 + z);
    c->x = (int64_t)place->x * 256 * c->px;
    c->y = (int64_t)place->y * 256 * c->px;
    c->features = pk_arena_alloc(arena, (size_t)4 * pairs, sizeof *c->features);
    uint32_t pair = 0;
    for (uint32_t a = 0; a < n; a++) {
        for (uint32_t b = a; b < n; b++, pair++) {
            int x = (int)(pair % columns) * step_x + GAP;
            int y = (int)(pair / columns) * step_y + GAP;
            put_square(c, looks[a], bounds[a], x, y, false, arena);
            put_square(c, looks[b], bounds[b], x + SQUARE, y, true, arena);
        }
    }
    return &c->store;
}
