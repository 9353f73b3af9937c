/* shot.c - the planes of one window. */
#include "tiles/audit/shot.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "styles/colour.h"
#include "tiles/audit/dump.h"
#include "tiles/text.h"

#define LINE_MIN 1.5 /* px: thinner ones bound nothing */

struct pk_shots {
    struct pk_painter *painter;
    struct pk_text *text;
    struct pk_surface picture, ids;
    uint32_t *area, *flat, *feature;
    uint8_t *stroke;
    size_t room;
};

struct pk_shots *pk_shots_create(void)
{
    struct pk_text *text = pk_text_create();
    if (!text) {
        return NULL;
    }
    struct pk_shots *s = pk_xcalloc(1, sizeof *s);
    s->text = text;
    s->painter = pk_painter_create();
    return s;
}

void pk_shots_destroy(struct pk_shots *s)
{
    if (s) {
        pk_painter_destroy(s->painter);
        pk_text_destroy(s->text);
        pk_surface_finish(&s->picture);
        pk_surface_finish(&s->ids);
        free(s->area);
        free(s->flat);
        free(s->feature);
        free(s->stroke);
        free(s);
    }
}

struct pk_painter *pk_shots_painter(struct pk_shots *s)
{
    return s->painter;
}

struct pk_text *pk_shots_text(struct pk_shots *s)
{
    return s->text;
}

static void make_room(struct pk_shots *s, size_t pixels)
{
    if (s->room < pixels) {
        s->room = pixels;
        s->area = pk_xrealloc(s->area, pixels, sizeof *s->area);
        s->flat = pk_xrealloc(s->flat, pixels, sizeof *s->flat);
        s->feature = pk_xrealloc(s->feature, pixels, sizeof *s->feature);
        s->stroke = pk_xrealloc(s->stroke, pixels, sizeof *s->stroke);
    }
    memset(s->area, 0, pixels * sizeof *s->area);
    memset(s->feature, 0, pixels * sizeof *s->feature);
    memset(s->stroke, 0, pixels * sizeof *s->stroke);
}

static enum pk_status view_of(struct pk_view *view, struct pk_shot_place place,
                              uint32_t scale, struct pk_error *err)
{
    struct pk_tile_id tile = {place.z, place.x, place.y};
    enum pk_status st =
        pk_view_of_tile(view, pk_grid_find("WebMercatorQuad"), tile, scale, err);
    view->width = view->height = place.side * scale;
    return st;
}

static enum pk_status build(struct pk_drawlist *list, struct pk_signs *signs,
                            const struct pk_style *style, const struct pk_view *view,
                            struct pk_store *store, struct pk_text *text,
                            struct pk_arena *arena, struct pk_error *err)
{
    struct pk_source source = {
        .store = store, .arena = arena, .family = view->family, .band = view->band};
    enum pk_status st = store->ops->begin(store, &source.version, err);
    if (st != PK_OK) {
        return st;
    }
    st = pk_drawlist_build(list, style, view, &source, err);
    if (st == PK_OK && signs) {
        st = pk_signs_build(signs, style, view, &source, text, err);
    }
    store->ops->end(store);
    return st;
}

enum pk_status pk_shot_list(struct pk_shot *out, const struct pk_style *style,
                            struct pk_store *store, struct pk_shot_place place,
                            uint32_t scale, struct pk_arena *arena, struct pk_error *err)
{
    memset(out, 0, sizeof *out);
    enum pk_status st = view_of(&out->view, place, scale, err);
    return st == PK_OK
               ? build(&out->list, NULL, style, &out->view, store, NULL, arena, err)
               : st;
}

/* ---- planes ---- */

static uint32_t index_given(void *ctx, const struct pk_style_layer *layer,
                            const char *source_layer, struct pk_id id)
{
    (void)layer;
    (void)source_layer;
    (void)id;
    return ++*(uint32_t *)ctx;
}

/* Numbers of the items [first, end) that are on top, 1 + item; 0 = none of them. */
static enum pk_status paint_run(struct pk_shots *s, const struct pk_shot *shot,
                                uint32_t first, uint32_t end, struct pk_error *err)
{
    const struct pk_view *v = &shot->view;
    struct pk_drawlist run = {.items = shot->list.items + first, .count = end - first};
    struct pk_signs none = {0};
    uint32_t index = first;
    enum pk_status st = pk_surface_begin(&s->ids, v->px, v->py, v->width, v->height, err);
    if (st == PK_OK) {
        pk_paint_ids(s->painter, &s->ids, v, &run, &none, index_given, &index);
    }
    return st;
}

static void add_fills(struct pk_shots *s, const struct pk_shot *shot, double opacity)
{
    for (size_t i = 0; i < (size_t)shot->w * shot->h; i++) {
        if (s->ids.px[i] == 0) {
            continue;
        }
        const struct pk_draw *item = &shot->list.items[s->ids.px[i] - 1];
        const struct pk_fill_paint *paint = item->paint;
        if (paint->pattern || paint->colour.a == 0) {
            continue;
        }
        struct pk_rgba colour = pk_colour_over(pk_rgba_fade(paint->colour, opacity),
                                               pk_flat_colour(s->flat[i]));
        uint32_t words[3] = {s->area[i], (uint32_t)item->shape->key,
                             item->layer->index + 1};
        s->area[i] = (uint32_t)pk_hash64(words, sizeof words, 0) | 1;
        s->flat[i] = pk_pixel_of(colour);
        s->feature[i] = s->ids.px[i];
    }
}

static uint8_t stroke_index(struct pk_shot *shot, struct pk_rgba c)
{
    for (uint32_t i = 1; i <= shot->stroke_count; i++) {
        const struct pk_rgba *k = &shot->strokes[i];
        if (k->r == c.r && k->g == c.g && k->b == c.b) {
            return (uint8_t)i;
        }
    }
    if (shot->stroke_count < PK_SHOT_COLOURS_MAX) {
        shot->strokes[++shot->stroke_count] = c;
    }
    return (uint8_t)shot->stroke_count;
}

static void add_strokes(struct pk_shots *s, struct pk_shot *shot)
{
    for (size_t i = 0; i < (size_t)shot->w * shot->h; i++) {
        if (s->ids.px[i] == 0) {
            continue;
        }
        const struct pk_draw *item = &shot->list.items[s->ids.px[i] - 1];
        const struct pk_line_paint *paint = item->paint;
        if (paint->width >= LINE_MIN && paint->colour.a >= 128) {
            s->stroke[i] = stroke_index(
                shot, pk_colour_over(paint->colour, pk_flat_colour(s->flat[i])));
        }
    }
}

static enum pk_status make_planes(struct pk_shots *s, struct pk_shot *shot,
                                  const struct pk_style *style, struct pk_error *err)
{
    enum pk_status st = PK_OK;
    for (int pass = 0; pass < 2; pass++) { /* fills, then lines */
        uint32_t first = 0;
        while (st == PK_OK && first < shot->list.count) {
            const struct pk_style_layer *layer = shot->list.items[first].layer;
            uint32_t end = first;
            while (end < shot->list.count && shot->list.items[end].layer == layer) {
                end++;
            }
            bool fill = pass == 0 && layer->type == PK_LAYER_FILL;
            bool line = pass == 1 && layer->type == PK_LAYER_LINE;
            if (layer->essential && (fill || line)) {
                st = paint_run(s, shot, first, end, err);
            }
            if (st == PK_OK && layer->essential && fill) {
                add_fills(s, shot, pk_style_layer_opacity(style, layer, shot->view.zoom));
            } else if (st == PK_OK && layer->essential && line) {
                add_strokes(s, shot);
            }
            first = end;
        }
    }
    return st;
}

static enum pk_status paint_base(struct pk_shots *s, const struct pk_shot *shot,
                                 const struct pk_style *base, struct pk_store *store,
                                 struct pk_arena *arena, struct pk_error *err)
{
    struct pk_drawlist list;
    struct pk_signs signs;
    enum pk_status st =
        build(&list, &signs, base, &shot->view, store, s->text, arena, err);
    if (st == PK_OK) {
        pk_paint_list(s->painter, &s->picture, &shot->view, base, &list);
        pk_paint_signs(s->painter, &s->picture, &shot->view, s->text, &signs);
    }
    return st;
}

enum pk_status pk_shot_take(struct pk_shot *out, struct pk_shots *s,
                            const struct pk_style *style, const struct pk_style *base,
                            struct pk_store *store, struct pk_shot_place place,
                            uint32_t scale, struct pk_arena *arena, struct pk_error *err)
{
    memset(out, 0, sizeof *out);
    struct pk_view *v = &out->view;
    enum pk_status st = view_of(v, place, scale, err);
    if (st == PK_OK) {
        pk_text_begin(s->text);
        st = build(&out->list, &out->signs, style, v, store, s->text, arena, err);
    }
    if (st == PK_OK) {
        st = pk_surface_begin(&s->picture, v->px, v->py, v->width, v->height, err);
    }
    if (st != PK_OK) {
        return st;
    }
    out->w = v->width;
    out->h = v->height;
    struct pk_rgba ground = pk_audit_ground(style, base, v->zoom);
    make_room(s, (size_t)out->w * out->h);
    for (size_t i = 0; i < (size_t)out->w * out->h; i++) {
        s->flat[i] = pk_pixel_of(ground);
    }
    pk_surface_clear(&s->picture, ground);
    if (base && base != style) {
        st = paint_base(s, out, base, store, arena, err);
    }
    pk_paint_list(s->painter, &s->picture, v, style, &out->list);
    pk_paint_signs(s->painter, &s->picture, v, s->text, &out->signs);
    st = st == PK_OK ? make_planes(s, out, style, err) : st;
    out->picture = s->picture.px;
    out->area = s->area;
    out->flat = s->flat;
    out->feature = s->feature;
    out->stroke = s->stroke;
    return st;
}

enum pk_status pk_shot_plain(struct pk_surface *out, struct pk_shots *s,
                             const struct pk_style *style, struct pk_store *store,
                             struct pk_shot_place place, struct pk_arena *arena,
                             struct pk_error *err)
{
    struct pk_view v;
    struct pk_drawlist list;
    struct pk_signs signs;
    enum pk_status st = view_of(&v, place, 1, err);
    if (st == PK_OK) {
        pk_text_begin(s->text);
        st = build(&list, &signs, style, &v, store, s->text, arena, err);
    }
    if (st == PK_OK) {
        st = pk_surface_begin(out, v.px, v.py, v.width, v.height, err);
    }
    if (st == PK_OK) {
        pk_paint_list(s->painter, out, &v, style, &list);
        pk_paint_signs(s->painter, out, &v, s->text, &signs);
    }
    return st;
}
