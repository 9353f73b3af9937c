/* drawlist.c - packs in, ordered list out. */
#include "tiles/drawlist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/pattern.h"

/* Rounding of pens and antialiasing, CSS px beyond what the style says. */
enum { REACH_SLACK = 2 };

static double layer_reach(const struct pk_style *style,
                          const struct pk_style_layer *layer, double zoom, bool symbols)
{
    if (symbols) {
        return pk_style_label_margin(style, layer, zoom);
    }
    /* A whole mark may belong to an area beyond the window. */
    return pk_style_reach(style, layer, zoom) + REACH_SLACK +
           (layer->type == PK_LAYER_FILL ? PK_PATTERN_REACH : 0);
}

void pk_needs_of(struct pk_needs *out, const struct pk_style *style, double zoom,
                 bool symbols, struct pk_arena *arena)
{
    uint32_t count = pk_style_layer_count(style);
    memset(out, 0, sizeof *out);
    out->needs = pk_arena_alloc(arena, count + 1, sizeof *out->needs);
    out->names = pk_arena_alloc(arena, count + 1, sizeof *out->names);
    for (uint32_t i = 0; i < count; i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        bool symbol =
            layer->type == PK_LAYER_SYMBOL && !pk_style_is_line_icons(style, layer);
        if (!layer->source_layer || symbol != symbols || layer->type == PK_LAYER_RASTER ||
            zoom < layer->min_zoom || zoom >= layer->max_zoom) {
            continue;
        }
        struct pk_need *need = out->needs;
        while (need->source_layer &&
               strcmp(need->source_layer, layer->source_layer) != 0) {
            need++;
        }
        if (!need->source_layer) {
            need->source_layer = layer->source_layer;
            need->layers = pk_arena_alloc(arena, count, sizeof *need->layers);
            out->names[out->count++] = layer->source_layer;
        }
        need->layers[need->layer_count++] = layer;
        double reach = layer_reach(style, layer, zoom, symbols);
        need->reach = fmax(need->reach, reach);
        out->reach = fmax(out->reach, reach);
    }
}

const struct pk_need *pk_needs_find(const struct pk_needs *needs,
                                    const char *source_layer)
{
    for (uint32_t i = 0; i < needs->count; i++) {
        if (strcmp(needs->needs[i].source_layer, source_layer) == 0) {
            return &needs->needs[i];
        }
    }
    return NULL;
}

const uint16_t *pk_section_map(const struct pk_style *style,
                               const struct pk_pack_section *section,
                               struct pk_arena *arena)
{
    uint32_t count = pk_style_property_count(style);
    uint16_t *map = pk_arena_alloc(arena, count + 1, sizeof *map);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = pk_style_property(style, i);
        map[i] = PK_NO_KEY;
        for (uint32_t k = 0; k < section->key_count && k < PK_NO_KEY; k++) {
            if (strcmp(section->keys[k], name) == 0) {
                map[i] = (uint16_t)k;
                break;
            }
        }
    }
    return map;
}

/* ---- building ---- */

/* A layer that draws the feature, with its paint. */
struct match {
    const struct pk_style_layer *layer;
    const void *paint;
    double sort_key;
};

struct builder {
    const struct pk_style *style;
    const struct pk_view *view;
    struct pk_source *source;
    struct pk_arena *arena;
    struct pk_needs needs;
    const void **constants; /* paint by style layer, where it is the same for all */
    struct match *matches;  /* of one feature */
    struct pk_draw *items;
    uint32_t count, room;
};

static bool draws_kind(enum pk_layer_type type, enum pk_geom_kind kind)
{
    switch (type) {
    case PK_LAYER_FILL:
        return kind == PK_GEOM_AREA;
    case PK_LAYER_LINE:
        return kind == PK_GEOM_AREA || kind == PK_GEOM_LINE;
    case PK_LAYER_CIRCLE:
        return kind != PK_GEOM_NONE;
    case PK_LAYER_SYMBOL: /* set along lines */
        return kind == PK_GEOM_AREA || kind == PK_GEOM_LINE;
    default:
        return false;
    }
}

static void paint_of(struct builder *b, const struct pk_style_input *in, struct match *m)
{
    const struct pk_style_layer *layer = m->layer;
    m->paint = b->constants[layer->index];
    m->sort_key = 0;
    if (m->paint) {
        return;
    }
    if (layer->type == PK_LAYER_FILL) {
        struct pk_fill_paint *p = pk_arena_alloc(b->arena, 1, sizeof *p);
        pk_style_fill(b->style, layer, in, p);
        m->sort_key = p->sort_key;
        m->paint = p;
    } else if (layer->type == PK_LAYER_LINE) {
        struct pk_line_paint *p = pk_arena_alloc(b->arena, 1, sizeof *p);
        pk_style_line(b->style, layer, in, p);
        m->sort_key = p->sort_key;
        m->paint = p;
    } else if (layer->type == PK_LAYER_SYMBOL) {
        struct pk_symbol_paint *p = pk_arena_alloc(b->arena, 1, sizeof *p);
        pk_style_symbol(b->style, layer, in, p);
        m->sort_key = p->sort_key;
        m->paint = p;
    } else {
        struct pk_circle_paint *p = pk_arena_alloc(b->arena, 1, sizeof *p);
        pk_style_circle(b->style, layer, in, p);
        m->sort_key = p->sort_key;
        m->paint = p;
    }
    if (m->sort_key == 0 && pk_style_is_constant(b->style, layer)) {
        b->constants[layer->index] = m->paint;
    }
}

/* Who draws the feature. *dashed: one of them counts lengths along it. */
static uint32_t match_layers(struct builder *b, const struct pk_need *need,
                             const struct pk_style_input *in, struct match *out,
                             bool *dashed)
{
    uint32_t count = 0;
    *dashed = false;
    for (uint32_t i = 0; i < need->layer_count; i++) {
        const struct pk_style_layer *layer = need->layers[i];
        if (!draws_kind(layer->type, in->kind) || !pk_style_shows(b->style, layer, in)) {
            continue;
        }
        struct match *m = &out[count++];
        m->layer = layer;
        paint_of(b, in, m);
        *dashed |= layer->type == PK_LAYER_SYMBOL;
        if (layer->type == PK_LAYER_LINE) {
            *dashed |= ((const struct pk_line_paint *)m->paint)->dash_count > 0;
        }
    }
    return count;
}

static void add_item(struct builder *b, const struct match *m,
                     const struct pk_shape *shape, uint64_t hash)
{
    if (b->count == b->room) {
        b->room = b->room ? b->room * 2 : 256;
        b->items = pk_xrealloc(b->items, b->room, sizeof *b->items);
    }
    b->items[b->count++] = (struct pk_draw){m->layer, m->sort_key, shape, m->paint, hash};
}

/* Vertices into drawing coordinates, in place: nobody else holds them. */
static struct pk_shape *make_shape(struct builder *b, struct pk_pack_cursor *cursor,
                                   struct pk_ifeature *f, const char *source_layer,
                                   const struct pk_ibox *window)
{
    if (!pk_pack_geometry(cursor, f, window, b->arena)) {
        return NULL;
    }
    uint32_t vertices = 0;
    for (uint32_t i = 0; i < f->ring_count; i++) {
        uint32_t end = f->rings[i].first + f->rings[i].count;
        vertices = end > vertices ? end : vertices;
    }
    int64_t *sub = (int64_t *)f->xy; /* ours: just decoded into the arena */
    pk_view_to_sub(b->view, f->xy, vertices, sub);
    struct pk_shape *shape = pk_arena_alloc(b->arena, 1, sizeof *shape);
    *shape = (struct pk_shape){.id = f->id,
                               .key = f->key,
                               .part = f->part,
                               .kind = f->kind,
                               .ring_count = f->ring_count,
                               .rings = f->rings,
                               .sub = sub,
                               .source_layer = source_layer};
    return shape;
}

/* Of all that decides how the feature looks: attributes, place and shape. */
static uint64_t hash_of(const struct pk_ifeature *f, const struct pk_pack_cursor *cursor)
{
    uint64_t words[7] = {f->key,
                         f->part,
                         f->attr_hash,
                         (uint64_t)f->box.min_x,
                         (uint64_t)f->box.min_y,
                         (uint64_t)f->box.max_x,
                         (uint64_t)f->box.max_y};
    const struct pk_bytes *g = &cursor->geometry;
    return pk_hash64(g->p, (size_t)(g->end - g->p), pk_hash64(words, sizeof words, 0));
}

/* The cell at hand, among those that are read. */
struct place {
    const struct pk_cells *cells;
    int level;
    int64_t column, row;
};

/* A feature lies in every cell that its box touches: it is taken from the first of those
 * that are read, the one at the corner of its box. */
static bool is_taken_here(const struct pk_source *source, const struct place *at,
                          const struct pk_ibox *box)
{
    int64_t first = pk_cell_of(source->family, source->band + PK_WIDE_BAND * at->level,
                               box->min_x, box->min_y);
    int64_t column = first >> 32, row = (int32_t)(uint32_t)(uint64_t)first;
    return at->column == (column > at->cells->column0 ? column : at->cells->column0) &&
           at->row == (row > at->cells->row0 ? row : at->cells->row0);
}

static enum pk_status read_section(struct builder *b,
                                   const struct pk_pack_section *section,
                                   const struct place *at, struct pk_error *err)
{
    const struct pk_need *need = pk_needs_find(&b->needs, section->source_layer);
    if (!need) {
        return PK_OK;
    }
    struct pk_tbox near =
        pk_tbox_grow(pk_view_window(b->view), (int64_t)ceil(need->reach * PK_TEXT_SUB));
    struct pk_ibox window = pk_view_units(b->view, near);
    const uint16_t *map = pk_section_map(b->style, section, b->arena);
    struct pk_pack_cursor cursor;
    struct pk_ifeature f;
    pk_pack_begin(&cursor, section);
    while (pk_pack_next(&cursor, &f)) {
        if (!pk_ibox_touches(f.box, window) || !is_taken_here(b->source, at, &f.box)) {
            continue;
        }
        struct pk_style_input in = {.zoom = b->view->zoom,
                                    .kind = f.kind,
                                    .values = f.values,
                                    .map = map,
                                    .key = f.key};
        bool dashed;
        uint32_t count = match_layers(b, need, &in, b->matches, &dashed);
        if (count == 0) {
            continue;
        }
        /* Dashes are counted from the first vertex, each length rounded: then every
         * window must see the whole line. */
        uint64_t hash = hash_of(&f, &cursor);
        const struct pk_shape *shape =
            make_shape(b, &cursor, &f, need->source_layer, dashed ? NULL : &window);
        for (uint32_t i = 0; shape && i < count; i++) {
            add_item(b, &b->matches[i], shape, hash);
        }
        if (b->count > PK_DRAW_ITEMS_MAX) {
            return pk_fail(err, PK_LIMIT, "the view draws more than %d things",
                           PK_DRAW_ITEMS_MAX);
        }
    }
    if (cursor.at.bad) {
        return pk_fail(err, PK_BAD_DATA, "the pack of %s is damaged",
                       section->source_layer);
    }
    return PK_OK;
}

static int compare_items(const void *pa, const void *pb)
{
    const struct pk_draw *a = pa, *b = pb;
    if (a->layer->index != b->layer->index) {
        return a->layer->index < b->layer->index ? -1 : 1;
    }
    if (a->sort_key != b->sort_key) {
        return a->sort_key < b->sort_key ? -1 : 1;
    }
    if (a->shape->key != b->shape->key) {
        return a->shape->key < b->shape->key ? -1 : 1;
    }
    if (a->shape->part != b->shape->part) {
        return a->shape->part < b->shape->part ? -1 : 1;
    }
    return 0;
}

/* In order, each once, and their digest. */
static void put_in_order(struct builder *b, struct pk_drawlist *out)
{
    if (b->count > 0) {
        qsort(b->items, b->count, sizeof *b->items, compare_items);
    }
    out->items = pk_arena_alloc(b->arena, b->count + 1, sizeof *out->items);
    for (uint32_t i = 0; i < b->count; i++) {
        if (i > 0 && compare_items(&b->items[i - 1], &b->items[i]) == 0) {
            continue;
        }
        const struct pk_draw *item = &b->items[i];
        uint64_t words[3] = {item->layer->index, item->hash, out->digest};
        out->digest = pk_hash64(words, sizeof words, 0);
        out->items[out->count++] = *item;
    }
}

/* The cells of one wide level that the box touches. */
static enum pk_status read_level(struct builder *b, int level, struct pk_ibox box,
                                 struct pk_error *err)
{
    struct pk_cells cells = pk_source_cells(b->source, level, box);
    enum pk_status st = PK_OK;
    for (int64_t x = cells.column0; x <= cells.column1 && st == PK_OK; x++) {
        for (int64_t y = cells.row0; y <= cells.row1 && st == PK_OK; y++) {
            struct pk_pack pack;
            st =
                pk_source_pack(b->source, level, x, y, false, b->needs.names, &pack, err);
            for (uint32_t i = 0; st == PK_OK && i < pack.section_count; i++) {
                struct place at = {&cells, level, x, y};
                st = read_section(b, &pack.sections[i], &at, err);
            }
        }
    }
    return st;
}

enum pk_status pk_drawlist_build(struct pk_drawlist *out, const struct pk_style *style,
                                 const struct pk_view *view, struct pk_source *source,
                                 struct pk_error *err)
{
    struct builder b = {
        .style = style, .view = view, .source = source, .arena = source->arena};
    memset(out, 0, sizeof *out);
    pk_needs_of(&b.needs, style, view->zoom, false, b.arena);
    b.constants =
        pk_arena_alloc(b.arena, pk_style_layer_count(style) + 1, sizeof *b.constants);
    b.matches =
        pk_arena_alloc(b.arena, pk_style_layer_count(style) + 1, sizeof *b.matches);
    struct pk_tbox near =
        pk_tbox_grow(pk_view_window(view), (int64_t)ceil(b.needs.reach * PK_TEXT_SUB));
    out->dep = pk_view_units(view, near);
    enum pk_status st = PK_OK;
    int levels = b.needs.count > 0 ? pk_wide_levels(source->family, source->band) : 0;
    for (int level = 0; level < levels && st == PK_OK; level++) {
        st = read_level(&b, level, out->dep, err);
    }
    if (st == PK_OK) {
        put_in_order(&b, out);
    }
    free(b.items);
    return st;
}
