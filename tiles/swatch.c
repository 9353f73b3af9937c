#include "tiles/swatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "layers/store.h"
#include "tiles/audit/dump.h"
#include "tiles/drawlist.h"
#include "tiles/labelset.h"
#include "tiles/paint.h"
#include "tiles/text.h"

enum {
    LEVEL = 14, /* of the grid: where a swatch lies, whatever its zoom */
    EDGE = 4,   /* px round an area */
    ROOM = 400, /* px: letters stand in the middle, also where an area as small as this
                   would have them beside it or not at all */
    PACK_MAX = 1 << 20,
    ITEMS_MAX = 2 /* the thing and what bounds it */
};

struct item {
    struct pk_sample sample;
    struct pk_iring ring;
    int64_t xy[10];
    struct pk_ifeature f;
};

struct pk_swatches {
    struct pk_store store; /* first: a store of what is drawn now */
    struct pk_arena arena;
    struct pk_painter *painter;
    struct pk_text *text;
    struct pk_surface surface;
    int64_t x, y, px; /* units: top left corner, a pixel */
    struct item items[ITEMS_MAX];
    uint32_t count;
};

void pk_sample_keep(struct pk_sample *sample, struct pk_arena *arena)
{
    const char **keys = pk_arena_alloc(arena, sample->count + 1, sizeof(*keys));
    struct pk_value *values = pk_arena_alloc(arena, sample->count + 1, sizeof(*values));
    for (uint32_t i = 0; i < sample->count; i++) {
        keys[i] = pk_arena_strdup(arena, sample->keys[i]);
        values[i] = sample->values[i];
        if (values[i].type == PK_VALUE_STRING) {
            values[i].string = pk_arena_strndup(arena, values[i].string, values[i].len);
        }
    }
    sample->source_layer = pk_arena_strdup(arena, sample->source_layer);
    sample->keys = keys;
    sample->values = values;
}

/* ---- as a store ---- */

static enum pk_status swatch_begin(struct pk_store *store, int64_t *version,
                                   struct pk_error *err)
{
    (void)store;
    (void)err;
    *version = 1;
    return PK_OK;
}

static void swatch_end(struct pk_store *store)
{
    (void)store;
}

static enum pk_status swatch_pack(struct pk_store *store, enum pk_family family, int band,
                                  int64_t cell, int64_t version, bool labels,
                                  const void **bytes, size_t *len, struct pk_arena *arena,
                                  struct pk_error *err)
{
    (void)version;
    (void)err;
    const struct pk_swatches *s = (const struct pk_swatches *)store;
    *bytes = NULL;
    *len = 0;
    if (band >= PK_WIDE_BAND) {
        return PK_OK;
    }
    struct pk_ibox box = pk_cell_box(family, band, cell);
    struct pk_pack_writer *w = pk_pack_writer_create();
    for (uint32_t i = 0; i < s->count; i++) {
        const struct item *item = &s->items[i];
        struct pk_ifeature f = item->f;
        struct pk_ibox at = {f.anchor_x, f.anchor_y, f.anchor_x, f.anchor_y};
        if (!pk_ibox_touches(labels ? at : f.box, box)) {
            continue;
        }
        if (labels) {
            f.ring_count = 0;
            f.box = at;
        }
        pk_pack_writer_section(w, item->sample.source_layer, item->sample.keys,
                               item->sample.count);
        pk_pack_writer_add(w, item->sample.source_layer, &f);
    }
    struct pk_buf buf;
    pk_buf_init(&buf, PACK_MAX);
    pk_pack_writer_finish(w, &buf);
    pk_pack_writer_destroy(w);
    *bytes = pk_arena_strndup(arena, buf.data, buf.len);
    *len = buf.len;
    pk_buf_finish(&buf);
    return PK_OK;
}

static const struct pk_store_ops swatch_ops = {
    .scheme = "swatch", .begin = swatch_begin, .end = swatch_end, .pack = swatch_pack};

/* ---- what is in it ---- */

static void put(struct pk_swatches *s, const struct pk_sample *sample,
                enum pk_geom_kind kind)
{
    static const int area[] = {EDGE,
                               EDGE,
                               PK_SWATCH_W - EDGE,
                               EDGE,
                               PK_SWATCH_W - EDGE,
                               PK_SWATCH_H - EDGE,
                               EDGE,
                               PK_SWATCH_H - EDGE,
                               EDGE,
                               EDGE};
    static const int line[] = {EDGE, PK_SWATCH_H / 2, PK_SWATCH_W - EDGE,
                               PK_SWATCH_H / 2};
    static const int point[] = {PK_SWATCH_W / 2, PK_SWATCH_H / 2};
    const int *corners = kind == PK_GEOM_AREA ? area : line;
    uint32_t count = kind == PK_GEOM_AREA ? 5 : 2;
    struct item *item = &s->items[s->count++];
    if (sample->kind == PK_GEOM_AREA) { /* a line round an area goes round it too */
        corners = area;
        count = 5;
    } else if (kind == PK_GEOM_POINT) {
        corners = point;
        count = 1;
    }
    item->sample = *sample;
    item->ring = (struct pk_iring){
        .count = count, .role = kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN};
    struct pk_ibox box = PK_IBOX_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        int64_t x = s->x + corners[2 * i] * s->px, y = s->y + corners[2 * i + 1] * s->px;
        item->xy[2 * i] = x;
        item->xy[2 * i + 1] = y;
        box = pk_ibox_join(box, (struct pk_ibox){x, y, x, y});
    }
    struct pk_id id = pk_hash128(&s->count, sizeof(s->count));
    item->f = (struct pk_ifeature){.id = id,
                                   .key = pk_draw_key(id, sample->source_layer),
                                   .kind = kind,
                                   .box = box,
                                   .values = item->sample.values,
                                   .anchor_x = (box.min_x + box.max_x) / 2,
                                   .anchor_y = (box.min_y + box.max_y) / 2,
                                   .room = kind == PK_GEOM_POINT ? 0 : ROOM * s->px,
                                   .ring_count = 1,
                                   .rings = &item->ring,
                                   .xy = item->xy};
}

/* Our data have a boundary round each use and each plan. */
static void put_boundary(struct pk_swatches *s, const struct pk_sample *sample)
{
    static const char *const keys[] = {"kind", "kinds", "phase"};
    bool bounded = strcmp(sample->source_layer, "use") == 0 ||
                   strcmp(sample->source_layer, "plan") == 0;
    if (!bounded || sample->kind != PK_GEOM_AREA) {
        return;
    }
    struct pk_value *values = pk_arena_alloc(&s->arena, 3, sizeof(*values));
    values[0] = (struct pk_value){PK_VALUE_STRING, (uint32_t)strlen(sample->source_layer),
                                  0, sample->source_layer};
    values[1] = values[0];
    for (uint32_t i = 0; i < sample->count; i++) {
        if (strcmp(sample->keys[i], "phase") == 0) {
            values[2] = sample->values[i];
        }
    }
    struct pk_sample boundary = {"boundary", PK_GEOM_AREA, sample->zoom, 3, keys, values};
    put(s, &boundary, PK_GEOM_LINE);
}

/* ---- drawing it ---- */

struct pk_swatches *pk_swatches_create(void)
{
    struct pk_text *text = pk_text_create();
    if (text == NULL) {
        return NULL;
    }
    struct pk_swatches *s = pk_xcalloc(1, sizeof(*s));
    s->store.ops = &swatch_ops;
    s->text = text;
    s->painter = pk_painter_create();
    return s;
}

void pk_swatches_destroy(struct pk_swatches *s)
{
    if (s != NULL) {
        pk_painter_destroy(s->painter);
        pk_text_destroy(s->text);
        pk_surface_finish(&s->surface);
        pk_arena_finish(&s->arena);
        free(s);
    }
}

struct pk_text *pk_swatches_text(struct pk_swatches *s)
{
    return s->text;
}

static enum pk_status view_of(struct pk_swatches *s, struct pk_view *view, double zoom,
                              uint32_t scale, struct pk_error *err)
{
    /* Somewhere in Sweden, at a tile's corner. */
    struct pk_tile_id tile = {LEVEL, (uint32_t)(0.548 * (1U << LEVEL)),
                              (uint32_t)(0.285 * (1U << LEVEL))};
    enum pk_status status =
        pk_view_of_tile(view, pk_grid_find("WebMercatorQuad"), tile, scale, err);
    if (status == PK_OK) {
        view->width = PK_SWATCH_W * scale;
        view->height = PK_SWATCH_H * scale;
        view->zoom = zoom;
        s->px = PK_WM_WORLD >> (8 + LEVEL);
        s->x = (int64_t)tile.x * 256 * s->px;
        s->y = (int64_t)tile.y * 256 * s->px;
    }
    return status;
}

enum pk_status pk_swatch_paint(const struct pk_surface **out, struct pk_swatches *s,
                               const struct pk_style *style, const struct pk_style *base,
                               const struct pk_sample *sample, uint32_t scale,
                               struct pk_error *err)
{
    struct pk_view view;
    struct pk_drawlist list;
    struct pk_signs signs;
    if (sample->count > PK_SAMPLE_KEYS_MAX) {
        return pk_fail(err, PK_LIMIT, "a sample has at most %d properties",
                       PK_SAMPLE_KEYS_MAX);
    }
    pk_arena_reset(&s->arena);
    pk_text_begin(s->text);
    enum pk_status status = view_of(s, &view, sample->zoom, scale, err);
    if (status != PK_OK) {
        return status;
    }
    s->count = 0;
    put(s, sample, sample->kind);
    put_boundary(s, sample);
    struct pk_source source = {.store = &s->store,
                               .arena = &s->arena,
                               .version = 1,
                               .family = view.family,
                               .band = view.band};
    status = pk_drawlist_build(&list, style, &view, &source, err);
    if (status == PK_OK) {
        status = pk_signs_build(&signs, style, &view, &source, s->text, err);
    }
    if (status == PK_OK) {
        status =
            pk_surface_begin(&s->surface, view.px, view.py, view.width, view.height, err);
    }
    if (status == PK_OK) {
        pk_surface_clear(&s->surface, pk_audit_ground(style, base, sample->zoom));
        pk_paint_list(s->painter, &s->surface, &view, style, &list);
        pk_paint_signs(s->painter, &s->surface, &view, s->text, &signs);
        *out = &s->surface;
    }
    return status;
}
