/* mvt.c - packs -> features in order -> protobuf. */
#include "tiles/mvt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/drawlist.h"
#include "tiles/mvt_geometry.h"

enum {
    WEB_LEVEL_LAST = 16, /* 7 cm a unit in Sweden */
    TILE_SUB_SHIFT = 4,  /* 256 px of 256 parts -> 4096 units */
    CACHE_FIRST = 256
};

/* Fields of vector_tile.proto 2.1 and the protobuf wire types. */
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2 };
enum {
    TILE_LAYERS = 3,
    LAYER_NAME = 1,
    LAYER_FEATURES = 2,
    LAYER_KEYS = 3,
    LAYER_VALUES = 4,
    LAYER_EXTENT = 5,
    LAYER_VERSION = 15,
    FEATURE_ID = 1,
    FEATURE_TAGS = 2,
    FEATURE_TYPE = 3,
    FEATURE_GEOMETRY = 4,
    VALUE_STRING = 1,
    VALUE_DOUBLE = 3,
    VALUE_UINT = 5,
    VALUE_SINT = 6,
    VALUE_BOOL = 7
};

uint32_t pk_mvt_last_level(const struct pk_grid *grid)
{
    uint32_t last = grid->level_count - 1;
    return grid->family == PK_WM && last > WEB_LEVEL_LAST ? WEB_LEVEL_LAST : last;
}

enum pk_status pk_mvt_view(struct pk_view *out, double *from, double *to,
                           const struct pk_grid *grid, struct pk_tile_id tile,
                           struct pk_error *err)
{
    enum pk_status st = pk_view_of_tile(out, grid, tile, 1, err);
    if (st != PK_OK) {
        return st;
    }
    double pixel = (double)out->x.num / (double)out->x.den;
    out->band = pk_band_for_pixel(out->family, pixel / 2);
    *from = out->zoom;
    *to = tile.z >= pk_mvt_last_level(grid)
              ? INFINITY
              : pk_grid_style_zoom(grid, grid->levels[tile.z + 1].pixel) + 1;
    return PK_OK;
}

/* ---- what the style asks for ---- */

struct want {
    const char *source_layer;
    bool shapes, labels;
};

struct wants {
    struct want *items;
    const char **shapes, **labels; /* names, NULL-terminated */
    uint32_t count;
};

static bool is_along_lines(const struct pk_style *style,
                           const struct pk_style_layer *layer, double zoom,
                           struct pk_arena *arena)
{
    uint32_t keys = pk_style_property_count(style);
    uint16_t *map = pk_arena_alloc(arena, keys + 1, sizeof *map);
    for (uint32_t i = 0; i <= keys; i++) {
        map[i] = PK_NO_KEY;
    }
    struct pk_style_input in = {.zoom = zoom, .kind = PK_GEOM_LINE, .map = map};
    struct pk_symbol_paint *paint = pk_arena_alloc(arena, 1, sizeof *paint);
    pk_style_symbol(style, layer, &in, paint);
    return paint->along_line;
}

static void find_wants(struct wants *out, const struct pk_style *style, double from,
                       double to, struct pk_arena *arena)
{
    uint32_t layers = pk_style_layer_count(style), shapes = 0, labels = 0;
    out->items = pk_arena_alloc(arena, layers + 1, sizeof *out->items);
    out->shapes = pk_arena_alloc(arena, layers + 1, sizeof *out->shapes);
    out->labels = pk_arena_alloc(arena, layers + 1, sizeof *out->labels);
    for (uint32_t i = 0; i < layers; i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        if (!layer->source_layer || layer->type == PK_LAYER_RASTER ||
            layer->min_zoom >= to || layer->max_zoom <= from) {
            continue;
        }
        uint32_t n = 0;
        while (n < out->count &&
               strcmp(out->items[n].source_layer, layer->source_layer) != 0) {
            n++;
        }
        struct want *want = &out->items[n];
        out->count += n == out->count;
        want->source_layer = layer->source_layer;
        bool label = layer->type == PK_LAYER_SYMBOL &&
                     !is_along_lines(style, layer, fmax(from, layer->min_zoom), arena);
        bool *flag = label ? &want->labels : &want->shapes;
        if (!*flag) {
            *flag = true;
            (label ? out->labels : out->shapes)[label ? labels++ : shapes++] =
                layer->source_layer;
        }
    }
}

/* ---- features ---- */

struct item {
    const char *source_layer;
    const struct pk_pack_section *section;
    struct pk_ifeature feature; /* xy: tile units of its tile */
    bool label;
    uint32_t order; /* as read: ties never depend on sorting */
};

struct maker {
    const struct pk_view *view;
    struct pk_source *source;
    struct pk_arena *arena;
    struct wants wants;
    struct pk_ibox window; /* tile and buffer, family units */
    struct item *items;
    uint32_t count, room;
};

static void add_item(struct maker *m, const struct item *item)
{
    if (m->count == m->room) {
        m->room = m->room ? m->room * 2 : CACHE_FIRST;
        m->items = pk_xrealloc(m->items, m->room, sizeof *m->items);
    }
    m->items[m->count] = *item;
    m->items[m->count].order = m->count;
    m->count++;
}

/* In place: vertices of the pack -> tile units. */
static void to_tile(const struct maker *m, int64_t *xy, uint32_t count)
{
    int64_t left = m->view->px * 256, top = m->view->py * 256;
    int64_t half = 1 << (TILE_SUB_SHIFT - 1);
    pk_view_to_sub(m->view, xy, count, xy);
    for (uint32_t i = 0; i < count; i++) {
        xy[2 * i] = (xy[2 * i] - left + half) >> TILE_SUB_SHIFT;
        xy[2 * i + 1] = (xy[2 * i + 1] - top + half) >> TILE_SUB_SHIFT;
    }
}

/* The anchor of a thing that lies in this tile and no other. */
static bool make_label(struct maker *m, struct pk_ifeature *f)
{
    struct pk_iring *ring = pk_arena_alloc(m->arena, 1, sizeof *ring);
    int64_t *xy = pk_arena_alloc(m->arena, 2, sizeof *xy);
    xy[0] = f->anchor_x;
    xy[1] = f->anchor_y;
    to_tile(m, xy, 1);
    *ring = (struct pk_iring){0, 1, PK_RING_OPEN, 0};
    f->rings = ring;
    f->ring_count = 1;
    f->xy = xy;
    return xy[0] >= 0 && xy[0] < PK_MVT_EXTENT && xy[1] >= 0 && xy[1] < PK_MVT_EXTENT;
}

static bool make_shape(struct maker *m, struct pk_pack_cursor *cursor,
                       struct pk_ifeature *f)
{
    if (!pk_ibox_touches(f->box, m->window) ||
        !pk_pack_geometry(cursor, f, &m->window, m->arena)) {
        return false;
    }
    uint32_t vertices = 0;
    for (uint32_t i = 0; i < f->ring_count; i++) {
        uint32_t end = f->rings[i].first + f->rings[i].count;
        vertices = end > vertices ? end : vertices;
    }
    to_tile(m, (int64_t *)f->xy, vertices); /* ours: just decoded into the arena */
    return true;
}

static enum pk_status read_section(struct maker *m, const struct pk_pack_section *section,
                                   bool labels, struct pk_error *err)
{
    const struct want *want = m->wants.items;
    while (strcmp(want->source_layer, section->source_layer) != 0) {
        want++; /* only sections that are wanted were opened */
    }
    struct pk_pack_cursor cursor;
    struct item item = {
        .source_layer = want->source_layer, .section = section, .label = labels};
    pk_pack_begin(&cursor, section);
    while (pk_pack_next(&cursor, &item.feature)) {
        if (labels ? make_label(m, &item.feature)
                   : make_shape(m, &cursor, &item.feature)) {
            add_item(m, &item);
        }
        if (m->count > PK_MVT_FEATURES_MAX) {
            return pk_fail(err, PK_LIMIT, "the tile has more than %d features",
                           PK_MVT_FEATURES_MAX);
        }
    }
    return cursor.at.bad ? pk_fail(err, PK_BAD_DATA, "the pack of %s is damaged",
                                   section->source_layer)
                         : PK_OK;
}

static enum pk_status read_cells(struct maker *m, int level, bool labels,
                                 struct pk_error *err)
{
    const char *const *wanted = labels ? m->wants.labels : m->wants.shapes;
    if (!wanted[0]) {
        return PK_OK;
    }
    struct pk_cells cells = pk_source_cells(m->source, level, m->window);
    for (int64_t x = cells.column0; x <= cells.column1; x++) {
        for (int64_t y = cells.row0; y <= cells.row1; y++) {
            struct pk_pack *pack = pk_arena_alloc(m->arena, 1, sizeof *pack);
            enum pk_status st =
                pk_source_pack(m->source, level, x, y, labels, wanted, pack, err);
            for (uint32_t i = 0; st == PK_OK && i < pack->section_count; i++) {
                st = read_section(m, &pack->sections[i], labels, err);
            }
            if (st != PK_OK) {
                return st;
            }
        }
    }
    return PK_OK;
}

static int compare_same(const struct item *a, const struct item *b)
{
    int names = strcmp(a->source_layer, b->source_layer);
    if (names != 0 || a->label != b->label) {
        return names != 0 ? names : (int)a->label - (int)b->label;
    }
    const struct pk_ifeature *fa = &a->feature, *fb = &b->feature;
    if (fa->key != fb->key) {
        return fa->key < fb->key ? -1 : 1;
    }
    return fa->part == fb->part ? 0 : fa->part < fb->part ? -1 : 1;
}

static int compare(const void *pa, const void *pb)
{
    const struct item *a = pa, *b = pb;
    int same = compare_same(a, b);
    return same != 0 ? same : a->order < b->order ? -1 : 1;
}

/* In order, each once: a feature lies in every cell that it touches. */
static void put_in_order(struct maker *m)
{
    uint32_t n = 0;
    if (m->count > 0) {
        qsort(m->items, m->count, sizeof *m->items, compare);
    }
    for (uint32_t i = 0; i < m->count; i++) {
        if (n == 0 || compare_same(&m->items[n - 1], &m->items[i]) != 0) {
            m->items[n++] = m->items[i];
        }
    }
    m->count = n;
}

/* ---- keys and values, each once in a layer ---- */

struct words {
    struct pk_buf out; /* the fields as they will stand */
    uint32_t *slots;   /* index + 1 */
    uint64_t *hashes;  /* by index */
    uint32_t *places;  /* where its bytes are in `out` */
    uint32_t *lengths;
    uint32_t count, room;
};

static void words_init(struct words *w)
{
    *w = (struct words){0};
    pk_buf_init(&w->out, PK_MVT_BYTES_MAX);
}

static void words_finish(struct words *w)
{
    pk_buf_finish(&w->out);
    free(w->slots);
    free(w->hashes);
    free(w->places);
    free(w->lengths);
}

static uint32_t *slot_of(struct words *w, uint64_t hash, const char *bytes, size_t len)
{
    for (uint32_t i = (uint32_t)hash;; i++) {
        uint32_t *slot = &w->slots[i & (2 * w->room - 1)];
        if (*slot == 0) {
            return slot;
        }
        uint32_t at = *slot - 1;
        if (w->hashes[at] == hash && w->lengths[at] == len &&
            memcmp(w->out.data + w->places[at], bytes, len) == 0) {
            return slot;
        }
    }
}

static void words_grow(struct words *w)
{
    w->room = w->room ? 2 * w->room : CACHE_FIRST;
    w->hashes = pk_xrealloc(w->hashes, w->room, sizeof *w->hashes);
    w->places = pk_xrealloc(w->places, w->room, sizeof *w->places);
    w->lengths = pk_xrealloc(w->lengths, w->room, sizeof *w->lengths);
    free(w->slots);
    w->slots = pk_xcalloc(2 * (size_t)w->room, sizeof *w->slots);
    for (uint32_t i = 0; i < w->count; i++) {
        *slot_of(w, w->hashes[i], w->out.data + w->places[i], w->lengths[i]) = i + 1;
    }
}

static void add_field(struct pk_buf *out, uint32_t field, uint32_t wire)
{
    pk_buf_add_varint(out, (uint64_t)field << 3 | wire);
}

static void add_bytes(struct pk_buf *out, uint32_t field, const void *bytes, size_t len)
{
    add_field(out, field, WIRE_BYTES);
    pk_buf_add_varint(out, len);
    pk_buf_add(out, bytes, len);
}

static uint32_t words_index(struct words *w, uint32_t field, const char *bytes,
                            size_t len)
{
    if (w->count == w->room) {
        words_grow(w);
    }
    uint64_t hash = pk_hash64(bytes, len, 0);
    uint32_t *slot = slot_of(w, hash, bytes, len);
    if (*slot == 0 && !w->out.failed) {
        add_bytes(&w->out, field, bytes, len);
        w->hashes[w->count] = hash;
        w->places[w->count] = (uint32_t)(w->out.len - len);
        w->lengths[w->count] = (uint32_t)len;
        *slot = ++w->count;
    }
    return *slot == 0 ? 0 : *slot - 1;
}

/* ---- one layer ---- */

struct layer {
    struct words keys, values;
    struct pk_buf features, feature, tags, geometry, value;
};

static void encode_value(struct pk_buf *out, const struct pk_value *v)
{
    double n = v->number;
    pk_buf_clear(out);
    if (v->type == PK_VALUE_STRING) {
        add_bytes(out, VALUE_STRING, v->string, v->len);
    } else if (v->type == PK_VALUE_BOOL) {
        add_field(out, VALUE_BOOL, WIRE_VARINT);
        pk_buf_add_varint(out, n != 0);
    } else if (n == floor(n) && fabs(n) < 9007199254740992.0) {
        add_field(out, n < 0 ? VALUE_SINT : VALUE_UINT, WIRE_VARINT);
        if (n < 0) {
            pk_buf_add_svarint(out, (int64_t)n);
        } else {
            pk_buf_add_varint(out, (uint64_t)n);
        }
    } else {
        add_field(out, VALUE_DOUBLE, WIRE_64);
        pk_buf_add_f64(out, n);
    }
}

static void add_tag(struct layer *l, const char *key, const struct pk_value *value)
{
    encode_value(&l->value, value);
    pk_buf_add_varint(&l->tags, words_index(&l->keys, LAYER_KEYS, key, strlen(key)));
    pk_buf_add_varint(&l->tags,
                      words_index(&l->values, LAYER_VALUES, l->value.data, l->value.len));
}

static void add_text_tag(struct layer *l, const char *key, const char *text)
{
    struct pk_value value = {
        .type = PK_VALUE_STRING, .len = (uint32_t)strlen(text), .string = text};
    add_tag(l, key, &value);
}

static const char *kind_word(enum pk_geom_kind kind)
{
    return kind == PK_GEOM_AREA   ? "Polygon"
           : kind == PK_GEOM_LINE ? "LineString"
                                  : "Point";
}

static void encode_tags(struct layer *l, const struct item *item)
{
    bool has_id = false;
    for (uint32_t i = 0; i < item->section->key_count; i++) {
        const struct pk_value *value = &item->feature.values[i];
        has_id |= strcmp(item->section->keys[i], "id") == 0;
        if (value->type != PK_VALUE_NULL) {
            add_tag(l, item->section->keys[i], value);
        }
    }
    if (!has_id && strcmp(item->source_layer, "boundary") != 0) {
        char id[PK_ID_TEXT];
        pk_id_format(id, item->feature.id);
        add_text_tag(l, "id", id);
    }
    if (item->label) {
        add_text_tag(l, "geometry-type", kind_word(item->feature.kind));
    }
}

/* Parts of one thing that say the same are one feature. */
static bool belong_together(const struct item *a, const struct item *b)
{
    return a->feature.key == b->feature.key && a->feature.kind == b->feature.kind &&
           a->feature.attr_hash == b->feature.attr_hash && a->label == b->label &&
           strcmp(a->source_layer, b->source_layer) == 0;
}

static void encode_feature(struct maker *m, struct layer *l, const struct item *items,
                           uint32_t count)
{
    enum pk_geom_kind kind = items->label ? PK_GEOM_POINT : items->feature.kind;
    struct pk_mvt_pen pen = {.out = &l->geometry, .arena = m->arena};
    pk_buf_clear(&l->geometry);
    if (kind == PK_GEOM_POINT) { /* one MoveTo for all of them */
        struct pk_iring *ring = pk_arena_alloc(m->arena, 1, sizeof *ring);
        uint32_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t k = 0; k < items[i].feature.ring_count; k++) {
                total += items[i].feature.rings[k].count;
            }
        }
        int64_t *xy = pk_arena_alloc(m->arena, 2 * (size_t)total + 2, sizeof *xy);
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t k = 0; k < items[i].feature.ring_count; k++) {
                const struct pk_iring *r = &items[i].feature.rings[k];
                memcpy(xy + 2 * (size_t)ring->count,
                       items[i].feature.xy + 2 * (size_t)r->first,
                       2 * (size_t)r->count * sizeof *xy);
                ring->count += r->count;
            }
        }
        pk_mvt_shape(&pen, kind, ring, 1, xy);
    }
    for (uint32_t i = 0; i < count && kind != PK_GEOM_POINT; i++) {
        pk_mvt_shape(&pen, kind, items[i].feature.rings, items[i].feature.ring_count,
                     (int64_t *)items[i].feature.xy);
    }
    if (l->geometry.len == 0) {
        return;
    }
    pk_buf_clear(&l->tags);
    encode_tags(l, items);
    pk_buf_clear(&l->feature);
    add_field(&l->feature, FEATURE_ID, WIRE_VARINT);
    pk_buf_add_varint(&l->feature, items->feature.key);
    add_bytes(&l->feature, FEATURE_TAGS, l->tags.data, l->tags.len);
    add_field(&l->feature, FEATURE_TYPE, WIRE_VARINT);
    pk_buf_add_varint(&l->feature, (uint64_t)kind); /* POINT 1, LINESTRING 2, POLYGON 3 */
    add_bytes(&l->feature, FEATURE_GEOMETRY, l->geometry.data, l->geometry.len);
    add_bytes(&l->features, LAYER_FEATURES, l->feature.data, l->feature.len);
}

static void write_layer(struct pk_buf *out, struct layer *l, const struct item *first)
{
    if (l->features.len == 0) {
        return;
    }
    struct pk_buf body;
    pk_buf_init(&body, PK_MVT_BYTES_MAX);
    pk_buf_clear(&l->value);
    pk_buf_adds(&l->value, first->source_layer);
    pk_buf_adds(&l->value, first->label ? PK_MVT_LABEL_SUFFIX : "");
    add_bytes(&body, LAYER_NAME, l->value.data, l->value.len);
    pk_buf_add(&body, l->features.data, l->features.len);
    pk_buf_add(&body, l->keys.out.data, l->keys.out.len);
    pk_buf_add(&body, l->values.out.data, l->values.out.len);
    add_field(&body, LAYER_EXTENT, WIRE_VARINT);
    pk_buf_add_varint(&body, PK_MVT_EXTENT);
    add_field(&body, LAYER_VERSION, WIRE_VARINT);
    pk_buf_add_varint(&body, 2);
    add_bytes(out, TILE_LAYERS, body.data, body.len);
    out->failed |= body.failed || l->features.failed || l->values.out.failed ||
                   l->feature.failed || l->geometry.failed;
    pk_buf_finish(&body);
}

static uint32_t encode_layer(struct pk_buf *out, struct maker *m, uint32_t from)
{
    struct layer l = {0};
    struct pk_buf *bufs[] = {&l.features, &l.feature, &l.tags, &l.geometry, &l.value};
    for (size_t i = 0; i < PK_COUNT(bufs); i++) {
        pk_buf_init(bufs[i], PK_MVT_BYTES_MAX);
    }
    words_init(&l.keys);
    words_init(&l.values);
    const struct item *first = &m->items[from];
    uint32_t i = from;
    while (i < m->count && m->items[i].label == first->label &&
           strcmp(m->items[i].source_layer, first->source_layer) == 0) {
        uint32_t n = 1;
        while (i + n < m->count && belong_together(&m->items[i], &m->items[i + n])) {
            n++;
        }
        encode_feature(m, &l, &m->items[i], n);
        i += n;
    }
    write_layer(out, &l, first);
    words_finish(&l.keys);
    words_finish(&l.values);
    for (size_t k = 0; k < PK_COUNT(bufs); k++) {
        pk_buf_finish(bufs[k]);
    }
    return i;
}

enum pk_status pk_mvt_build(struct pk_buf *out, struct pk_ibox *dep,
                            const struct pk_style *style, const struct pk_view *view,
                            double from, double to, struct pk_source *source,
                            struct pk_error *err)
{
    struct maker m = {.view = view, .source = source, .arena = source->arena};
    find_wants(&m.wants, style, from, to, m.arena);
    int64_t buffer = PK_MVT_BUFFER * PK_TILE_PX * PK_TEXT_SUB / PK_MVT_EXTENT;
    m.window = pk_view_units(view, pk_tbox_grow(pk_view_window(view), buffer));
    *dep = m.window;
    enum pk_status st = PK_OK;
    int levels = pk_wide_levels(source->family, source->band);
    for (int level = 0; level < levels && st == PK_OK; level++) {
        st = read_cells(&m, level, false, err);
    }
    if (st == PK_OK) {
        st = read_cells(&m, 0, true, err);
    }
    if (st == PK_OK) {
        put_in_order(&m);
        for (uint32_t i = 0; i < m.count;) {
            i = encode_layer(out, &m, i);
        }
        if (out->failed) {
            st = pk_fail(err, PK_LIMIT, "the tile is larger than %d bytes",
                         PK_MVT_BYTES_MAX);
        }
    }
    free(m.items);
    return st;
}
