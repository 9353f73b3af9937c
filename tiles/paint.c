/* paint.c - one function per kind of layer. */
#include "tiles/paint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tiles/along.h"
#include "tiles/blend.h"
#include "tiles/icon.h"
#include "tiles/pattern.h"
#include "tiles/raster.h"
#include "tiles/stroke.h"

struct pk_painter {
    struct pk_raster *raster;
    struct pk_raster *apart; /* strokes of id pictures */
    struct pk_patterns *patterns;
    struct pk_marks *marks;
    struct pk_path *paths; /* scratch */
    uint32_t path_room;
    int64_t *moved; /* scratch: vertices of a translated shape */
    size_t moved_room;
    struct pk_surface scratch; /* strokes of id pictures */
    struct pk_surface group;   /* a layer with an opacity of its own */
};

struct pk_painter *pk_painter_create(void)
{
    struct pk_painter *p = pk_xcalloc(1, sizeof *p);
    p->raster = pk_raster_create();
    p->apart = pk_raster_create();
    p->patterns = pk_patterns_create();
    p->marks = pk_marks_create();
    return p;
}

void pk_painter_destroy(struct pk_painter *p)
{
    if (p) {
        pk_raster_destroy(p->raster);
        pk_raster_destroy(p->apart);
        pk_patterns_destroy(p->patterns);
        pk_marks_destroy(p->marks);
        pk_surface_finish(&p->scratch);
        pk_surface_finish(&p->group);
        free(p->paths);
        free(p->moved);
        free(p);
    }
}

/* The vertices, moved by `translate` CSS pixels when that is not nothing. */
static const int64_t *vertices_of(struct pk_painter *p, const struct pk_shape *shape,
                                  const double translate[2], uint32_t scale)
{
    int64_t dx = llround(translate[0] * PK_SUB * scale);
    int64_t dy = llround(translate[1] * PK_SUB * scale);
    if (dx == 0 && dy == 0) {
        return shape->sub;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        size_t end = (size_t)shape->rings[i].first + shape->rings[i].count;
        count = end > count ? end : count;
    }
    if (p->moved_room < 2 * count) {
        p->moved_room = 2 * count;
        p->moved = pk_xrealloc(p->moved, p->moved_room, sizeof *p->moved);
    }
    for (size_t i = 0; i < count; i++) {
        p->moved[2 * i] = shape->sub[2 * i] + dx;
        p->moved[2 * i + 1] = shape->sub[2 * i + 1] + dy;
    }
    return p->moved;
}

static void collect_rings(struct pk_painter *p, const struct pk_shape *shape,
                          const int64_t *xy)
{
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        const struct pk_iring *ring = &shape->rings[i];
        pk_raster_ring(p->raster, xy + 2 * (size_t)ring->first, ring->count);
    }
}

static void stroke_shape(struct pk_painter *p, const struct pk_view *view,
                         const struct pk_shape *shape, const int64_t *xy,
                         const struct pk_pen *pen)
{
    if (p->path_room < shape->ring_count) {
        p->path_room = shape->ring_count;
        p->paths = pk_xrealloc(p->paths, p->path_room, sizeof *p->paths);
    }
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        const struct pk_iring *ring = &shape->rings[i];
        p->paths[i] = (struct pk_path){
            xy + 2 * (size_t)ring->first, ring->count,
            ring->start_length ? pk_view_length_sub(view, ring->start_length) : 0};
    }
    pk_stroke(p->raster, p->paths, shape->ring_count, pen);
}

/* ---- layers ---- */

static void paint_marks(struct pk_painter *p, struct pk_surface *s,
                        const struct pk_shape *shape, const int64_t *xy,
                        const struct pk_pattern *pattern, struct pk_rgba ink)
{
    pk_marks_begin(p->marks, s, pattern);
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        const struct pk_iring *ring = &shape->rings[i];
        pk_marks_ring(p->marks, xy + 2 * (size_t)ring->first, ring->count);
    }
    pk_marks_paint(p->marks, s, ink);
}

/* A texture of an icon's pixels, where `cover` has alpha. Side by side from the map's
 * pixel 0, so neighbouring tiles meet. */
static void paint_texture(struct pk_surface *s, const struct pk_surface *cover,
                          const struct pk_sprite *sprite, uint32_t scale, double opacity)
{
    uint32_t w = sprite->width * scale, h = sprite->height * scale;
    uint32_t fade = (uint32_t)llround(opacity * 256);
    int64_t x0 = ((s->x % w) + w) % w, y0 = ((s->y % h) + h) % h;
    for (uint32_t y = 0; y < s->h; y++) {
        const uint32_t *row = sprite->px[scale - 1] + (size_t)((y0 + y) % h) * w;
        for (uint32_t x = 0; x < s->w; x++) {
            size_t i = (size_t)y * s->w + x;
            uint32_t a = cover ? pk_cover_of_byte(cover->px[i] >> 24) : 256;
            if (a > 0) {
                uint32_t px = row[(x0 + x) % w];
                px = pk_scale_pixel(px & PK_LANES, px >> 8 & PK_LANES, a * fade >> 8);
                s->px[i] = pk_over(s->px[i], px);
            }
        }
    }
}

static const struct pk_ink solid = {
    .colour = {0, 0, 0, 255}
};

/* Begin a picture of what is covered alone; NULL when there is no room for it. */
static struct pk_surface *begin_cover(struct pk_painter *p, const struct pk_surface *s)
{
    struct pk_error err;
    enum pk_status st = pk_surface_begin(&p->scratch, s->x, s->y, s->w, s->h, &err);
    return st == PK_OK ? &p->scratch : NULL;
}

static void paint_fill(struct pk_painter *p, struct pk_surface *s,
                       const struct pk_view *view, const struct pk_draw *item)
{
    const struct pk_fill_paint *paint = item->paint;
    const int64_t *xy = vertices_of(p, item->shape, paint->translate, view->scale);
    struct pk_ink ink = {.colour = paint->colour};
    if (paint->pattern) {
        const struct pk_sprite *image = pk_sprite_find(paint->pattern);
        struct pk_surface *cover = image ? begin_cover(p, s) : NULL;
        if (cover) {
            collect_rings(p, item->shape, xy);
            pk_raster_fill(p->raster, cover, PK_EVEN_ODD, &solid);
            paint_texture(s, cover, image, view->scale, paint->opacity);
            return;
        }
        ink.pattern = pk_patterns_get(p->patterns, paint->pattern, view->scale);
        if (!ink.pattern) {
            return;
        }
        ink.colour = pk_rgba_fade(pk_pattern_ink(ink.pattern), paint->opacity);
    }
    if (ink.colour.a > 0) {
        if (ink.pattern && pk_pattern_is_marks(ink.pattern)) {
            paint_marks(p, s, item->shape, xy, ink.pattern, ink.colour);
        } else {
            collect_rings(p, item->shape, xy);
            pk_raster_fill(p->raster, s, PK_EVEN_ODD, &ink);
        }
    }
    if (paint->outline.a > 0 && !paint->pattern) {
        struct pk_line_paint line = {
            .colour = paint->outline, .width = 1, .opacity = 1, .miter_limit = 2};
        struct pk_pen pen;
        if (pk_pen_of(&pen, &line, view->scale)) {
            struct pk_ink edge = {.colour = paint->outline};
            stroke_shape(p, view, item->shape, xy, &pen);
            pk_raster_paint_mask(p->raster, s, &edge);
        }
    }
}

static void paint_line_mask(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                            const struct pk_line_paint *paint)
{
    struct pk_ink ink = {.colour = paint->colour};
    if (paint->pattern) {
        const struct pk_sprite *image = pk_sprite_find(paint->pattern);
        struct pk_surface *cover = image ? begin_cover(p, s) : NULL;
        if (cover) {
            pk_raster_paint_mask(p->raster, cover, &solid);
            paint_texture(s, cover, image, scale, paint->opacity);
            return;
        }
        ink.pattern = pk_patterns_get(p->patterns, paint->pattern, scale);
        if (!ink.pattern) {
            pk_raster_drop_mask(p->raster);
            return;
        }
        ink.colour = pk_rgba_fade(pk_pattern_ink(ink.pattern), paint->opacity);
    }
    pk_raster_paint_mask(p->raster, s, &ink);
}

/* Lines of one layer. When its paint is the same for all features they are one mask:
 * shared edges are drawn once. The style decides that, never what is in view. */
static void paint_lines(struct pk_painter *p, struct pk_surface *s,
                        const struct pk_view *view, const struct pk_style *style,
                        const struct pk_draw *items, uint32_t count)
{
    bool together = pk_style_is_constant(style, items[0].layer);
    for (uint32_t i = 0; i < count; i++) {
        const struct pk_line_paint *paint = items[i].paint;
        struct pk_pen pen;
        if (!pk_pen_of(&pen, paint, view->scale)) {
            continue;
        }
        stroke_shape(p, view, items[i].shape,
                     vertices_of(p, items[i].shape, paint->translate, view->scale), &pen);
        if (!together) {
            paint_line_mask(p, s, view->scale, paint);
        }
    }
    if (together) {
        paint_line_mask(p, s, view->scale, items[0].paint);
    }
}

static void paint_circle(struct pk_painter *p, struct pk_surface *s,
                         const struct pk_view *view, const struct pk_draw *item)
{
    const struct pk_circle_paint *paint = item->paint;
    const struct pk_shape *shape = item->shape;
    const int64_t *xy = vertices_of(p, shape, paint->translate, view->scale);
    int64_t radius = llround(paint->radius * PK_SUB * view->scale);
    int64_t outer = llround((paint->radius + paint->stroke_width) * PK_SUB * view->scale);
    struct pk_ink fill = {.colour = paint->colour}, edge = {.colour = paint->stroke};
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        const struct pk_iring *ring = &shape->rings[i];
        for (uint32_t v = ring->first; v < ring->first + ring->count; v++) {
            if (fill.colour.a > 0 && radius > 0) {
                pk_raster_disc(p->raster, xy[2 * v], xy[2 * v + 1], radius);
                pk_raster_fill(p->raster, s, PK_EVEN_ODD, &fill);
            }
            if (edge.colour.a > 0 && outer > radius) {
                pk_raster_disc(p->raster, xy[2 * v], xy[2 * v + 1], outer);
                pk_raster_disc(p->raster, xy[2 * v], xy[2 * v + 1], radius);
                pk_raster_fill(p->raster, s, PK_EVEN_ODD, &edge);
            }
        }
    }
}

static void paint_layer(struct pk_painter *p, struct pk_surface *s,
                        const struct pk_view *view, const struct pk_style *style,
                        const struct pk_draw *items, uint32_t count)
{
    if (items[0].layer->type == PK_LAYER_LINE) {
        paint_lines(p, s, view, style, items, count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].layer->type == PK_LAYER_FILL) {
            paint_fill(p, s, view, &items[i]);
        } else if (items[i].layer->type == PK_LAYER_SYMBOL) {
            pk_along_paint(p->raster, s, view, &items[i]);
        } else {
            paint_circle(p, s, view, &items[i]);
        }
    }
}

/* Everything the window shows of a pattern or an image. */
static void paint_background(struct pk_painter *p, struct pk_surface *s,
                             const struct pk_view *view, const struct pk_style *style,
                             const struct pk_style_layer *layer)
{
    struct pk_background_paint paint;
    pk_style_background(style, layer, view->zoom, &paint);
    if (paint.colour.a > 0) {
        pk_surface_wash(s, paint.colour);
    }
    if (!paint.pattern || paint.opacity <= 0) {
        return;
    }
    const struct pk_sprite *image = pk_sprite_find(paint.pattern);
    if (image) {
        paint_texture(s, NULL, image, view->scale, paint.opacity);
        return;
    }
    struct pk_ink ink = {.pattern =
                             pk_patterns_get(p->patterns, paint.pattern, view->scale)};
    if (!ink.pattern || pk_pattern_is_marks(ink.pattern)) {
        return;
    }
    ink.colour = pk_rgba_fade(pk_pattern_ink(ink.pattern), paint.opacity);
    int64_t x0 = s->x * PK_SUB, y0 = s->y * PK_SUB, x1 = x0 + (int64_t)s->w * PK_SUB,
            y1 = y0 + (int64_t)s->h * PK_SUB;
    int64_t window[8] = {x0, y0, x1, y0, x1, y1, x0, y1};
    pk_raster_ring(p->raster, window, 4);
    pk_raster_fill(p->raster, s, PK_NON_ZERO, &ink);
}

/* With an opacity of the layer as a whole it is drawn by itself first. */
static void paint_whole_layer(struct pk_painter *p, struct pk_surface *s,
                              const struct pk_view *view, const struct pk_style *style,
                              const struct pk_draw *items, uint32_t count)
{
    double opacity = pk_style_layer_opacity(style, items[0].layer, view->zoom);
    struct pk_error err;
    if (opacity >= 1 ||
        pk_surface_begin(&p->group, s->x, s->y, s->w, s->h, &err) != PK_OK) {
        paint_layer(p, s, view, style, items, count);
        return;
    }
    paint_layer(p, &p->group, view, style, items, count);
    uint32_t fade = (uint32_t)llround(opacity * 256);
    for (size_t i = 0; i < (size_t)s->w * s->h; i++) {
        uint32_t px = p->group.px[i];
        s->px[i] =
            pk_over(s->px[i], pk_scale_pixel(px & PK_LANES, px >> 8 & PK_LANES, fade));
    }
}

void pk_paint_list(struct pk_painter *p, struct pk_surface *s, const struct pk_view *view,
                   const struct pk_style *style, const struct pk_drawlist *list)
{
    pk_raster_begin(p->raster, s);
    uint32_t at = 0;
    for (uint32_t i = 0; i < pk_style_layer_count(style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        if (layer->type == PK_LAYER_BACKGROUND) {
            paint_background(p, s, view, style, layer);
            continue;
        }
        uint32_t first = at;
        while (at < list->count && list->items[at].layer == layer) {
            at++;
        }
        if (at > first) {
            paint_whole_layer(p, s, view, style, list->items + first, at - first);
        }
    }
}

static void paint_icon(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                       const struct pk_sign *sign)
{
    int64_t sub = (int64_t)PK_SUB * scale / PK_TEXT_SUB;
    int64_t x = sign->icon_x * sub, y = sign->icon_y * sub;
    if (sign->sprite) {
        pk_sprite_draw(s, sign->sprite, scale, x, y, sign->icon_w * sub,
                       sign->icon_h * sub, sign->icon_turn, &sign->icon_look);
    } else {
        int64_t side = sign->icon_w < sign->icon_h ? sign->icon_w : sign->icon_h;
        pk_icon_draw(p->raster, s, sign->icon, x, y,
                     side * sub * PK_ICON_PX / PK_ICON_BOX_PX, sign->icon_turn,
                     sign->icon_look.opacity);
    }
}

void pk_paint_signs(struct pk_painter *p, struct pk_surface *s,
                    const struct pk_view *view, struct pk_text *text,
                    const struct pk_signs *signs)
{
    pk_raster_begin(p->raster, s);
    for (uint32_t i = 0; i < signs->count; i++) {
        const struct pk_sign *sign = signs->items[i];
        if (sign->leader.drawn) {
            pk_leader_paint(p->raster, s, view->scale, &sign->leader, &sign->ink);
        }
        if (sign->icon) {
            paint_icon(p, s, view->scale, sign);
        }
        pk_text_draw(text, s, view->scale, &sign->block, sign->x, sign->y, sign->turn,
                     &sign->ink);
    }
}

/* ---- id pictures ---- */

/* The part of the window that ink of the shape can reach, begun as the scratch; false:
 * none. */
static bool begin_scratch(struct pk_painter *p, const struct pk_surface *s,
                          const struct pk_shape *shape, const int64_t *xy, int64_t reach)
{
    int64_t x0 = INT64_MAX, y0 = INT64_MAX, x1 = INT64_MIN, y1 = INT64_MIN;
    for (uint32_t r = 0; r < shape->ring_count; r++) {
        const int64_t *v = xy + 2 * (size_t)shape->rings[r].first;
        for (uint32_t i = 0; i < shape->rings[r].count; i++) {
            x0 = v[2 * i] < x0 ? v[2 * i] : x0;
            x1 = v[2 * i] > x1 ? v[2 * i] : x1;
            y0 = v[2 * i + 1] < y0 ? v[2 * i + 1] : y0;
            y1 = v[2 * i + 1] > y1 ? v[2 * i + 1] : y1;
        }
    }
    if (x0 > x1) {
        return false;
    }
    x0 = (x0 - reach) / PK_SUB - 1;
    y0 = (y0 - reach) / PK_SUB - 1;
    x1 = (x1 + reach) / PK_SUB + 2;
    y1 = (y1 + reach) / PK_SUB + 2;
    x0 = x0 < s->x ? s->x : x0;
    y0 = y0 < s->y ? s->y : y0;
    x1 = x1 > s->x + s->w ? s->x + s->w : x1;
    y1 = y1 > s->y + s->h ? s->y + s->h : y1;
    struct pk_error err;
    return x0 < x1 && y0 < y1 &&
           pk_surface_begin(&p->scratch, x0, y0, (uint32_t)(x1 - x0), (uint32_t)(y1 - y0),
                            &err) == PK_OK;
}

/* A stroke has no centres: a pixel is its own when it is covered by half or more. */
static void stroke_ids(struct pk_painter *p, struct pk_surface *s,
                       const struct pk_view *view, const struct pk_draw *item,
                       const int64_t *xy, uint32_t value)
{
    static const struct pk_ink black = {
        .colour = {0, 0, 0, 255}
    };
    struct pk_pen pen;
    if (!pk_pen_of(&pen, item->paint, view->scale) ||
        !begin_scratch(p, s, item->shape, xy, pk_pen_reach(&pen))) {
        return;
    }
    const struct pk_surface *from = &p->scratch;
    /* A raster of its own: to begin again on the whole surface after every line would
     * clear it all each time. */
    struct pk_raster *whole = p->raster;
    p->raster = p->apart;
    pk_raster_begin(p->raster, from);
    stroke_shape(p, view, item->shape, xy, &pen);
    pk_raster_paint_mask(p->raster, &p->scratch, &black);
    p->raster = whole;
    for (uint32_t y = 0; y < from->h; y++) {
        uint32_t *to = s->px + (size_t)(from->y + y - s->y) * s->w + (from->x - s->x);
        for (uint32_t x = 0; x < from->w; x++) {
            uint8_t rgba[4];
            memcpy(rgba, &from->px[(size_t)y * from->w + x], sizeof rgba);
            if (rgba[3] >= 128) {
                to[x] = value;
            }
        }
    }
}

static void item_ids(struct pk_painter *p, struct pk_surface *s,
                     const struct pk_view *view, const struct pk_draw *item,
                     uint32_t value)
{
    const struct pk_shape *shape = item->shape;
    if (item->layer->type == PK_LAYER_FILL) {
        const struct pk_fill_paint *paint = item->paint;
        collect_rings(p, shape, vertices_of(p, shape, paint->translate, view->scale));
        pk_raster_fill_ids(p->raster, s, PK_EVEN_ODD, value);
    } else if (item->layer->type == PK_LAYER_LINE) {
        const struct pk_line_paint *paint = item->paint;
        stroke_ids(p, s, view, item, vertices_of(p, shape, paint->translate, view->scale),
                   value);
    } else if (item->layer->type == PK_LAYER_SYMBOL) {
        pk_along_ids(p->raster, s, view, item, value);
    } else {
        const struct pk_circle_paint *paint = item->paint;
        const int64_t *xy = vertices_of(p, shape, paint->translate, view->scale);
        int64_t radius =
            llround((paint->radius + paint->stroke_width) * PK_SUB * view->scale);
        for (uint32_t i = 0; i < shape->ring_count; i++) {
            const struct pk_iring *ring = &shape->rings[i];
            for (uint32_t v = ring->first; v < ring->first + ring->count; v++) {
                pk_raster_disc(p->raster, xy[2 * v], xy[2 * v + 1], radius);
                pk_raster_fill_ids(p->raster, s, PK_EVEN_ODD, value);
            }
        }
    }
}

void pk_paint_ids(struct pk_painter *p, struct pk_surface *s, const struct pk_view *view,
                  const struct pk_drawlist *list, const struct pk_signs *signs,
                  pk_paint_index *index_of, void *ctx)
{
    pk_raster_begin(p->raster, s);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct pk_draw *item = &list->items[i];
        item_ids(p, s, view, item,
                 index_of(ctx, item->layer, item->shape->source_layer, item->shape->id));
    }
    int64_t sub = (int64_t)PK_SUB * view->scale / PK_TEXT_SUB;
    for (uint32_t i = 0; i < signs->count; i++) {
        const struct pk_sign *sign = signs->items[i];
        struct pk_tbox b = sign->box;
        int64_t xy[8] = {b.min_x * sub, b.min_y * sub, b.max_x * sub, b.min_y * sub,
                         b.max_x * sub, b.max_y * sub, b.min_x * sub, b.max_y * sub};
        pk_raster_ring(p->raster, xy, 4);
        pk_raster_fill_ids(p->raster, s, PK_EVEN_ODD,
                           index_of(ctx, sign->layer, sign->source_layer, sign->id));
    }
}

/* ---- markers and drawn shapes ---- */

static const struct pk_ink white = {
    .colour = {255, 255, 255, 255}
};
static const struct pk_ink dark = {
    .colour = {0x1a, 0x1a, 0x2e, 255}
};
static const struct pk_ink red = {
    .colour = {0xb0, 0x10, 0x28, 255}
};

/* A drop: a disc above, a tip below; `grow` in 1/256 CSS px. */
static void drop(struct pk_painter *p, struct pk_surface *s, uint32_t scale, int64_t x,
                 int64_t y, int64_t grow, const struct pk_ink *ink)
{
    int64_t unit = (int64_t)PK_SUB * scale, g = grow * scale;
    int64_t xy[6] = {x,
                     y + g + g / 2,
                     x - 9 * unit - g,
                     y - 19 * unit,
                     x + 9 * unit + g,
                     y - 19 * unit};
    pk_raster_ring(p->raster, xy, 3);
    pk_raster_to_mask(p->raster, PK_NON_ZERO);
    pk_raster_disc(p->raster, x, y - 22 * unit, 10 * unit + g);
    pk_raster_to_mask(p->raster, PK_NON_ZERO);
    pk_raster_paint_mask(p->raster, s, ink);
}

void pk_paint_marker(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                     int64_t sub_x, int64_t sub_y)
{
    pk_raster_begin(p->raster, s);
    drop(p, s, scale, sub_x, sub_y, 2 * PK_SUB, &white);
    drop(p, s, scale, sub_x, sub_y, 0, &red);
    int64_t unit = (int64_t)PK_SUB * scale;
    pk_raster_disc(p->raster, sub_x, sub_y - 22 * unit, 4 * unit);
    pk_raster_fill(p->raster, s, PK_EVEN_ODD, &white);
}

void pk_paint_outline(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                      const struct pk_shape *shape)
{
    static const struct pk_view nowhere = {
        .x = {0, 1, 1},
          .y = {0, 1, 1},
          .scale = 1
    };
    pk_raster_begin(p->raster, s);
    for (int pass = 0; pass < 2; pass++) {
        const struct pk_ink *ink = pass == 0 ? &white : &dark;
        struct pk_line_paint line = {.colour = ink->colour,
                                     .width = pass == 0 ? 6 : 3,
                                     .opacity = 1,
                                     .miter_limit = 2,
                                     .cap = PK_CAP_ROUND,
                                     .join = PK_JOIN_ROUND};
        struct pk_pen pen;
        if (shape->kind == PK_GEOM_POINT) {
            for (uint32_t i = 0; i < shape->rings[0].count; i++) {
                pk_raster_disc(p->raster, shape->sub[2 * i], shape->sub[2 * i + 1],
                               (int64_t)(pass == 0 ? 8 : 5) * PK_SUB * scale);
                pk_raster_fill(p->raster, s, PK_EVEN_ODD, ink);
            }
        } else if (pk_pen_of(&pen, &line, scale)) {
            stroke_shape(p, &nowhere, shape, shape->sub, &pen);
            pk_raster_paint_mask(p->raster, s, ink);
        }
    }
}
