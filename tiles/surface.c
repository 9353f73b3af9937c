#include "tiles/surface.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/blend.h"

enum { SURFACE_PIXELS_MAX = 12288 * 12288 };

enum pk_status pk_surface_begin(struct pk_surface *s, int64_t x, int64_t y, uint32_t w,
                                uint32_t h, struct pk_error *err)
{
    if (w == 0 || h == 0 || w > PK_SURFACE_SIDE_MAX || h > PK_SURFACE_SIDE_MAX)
        return pk_fail(err, PK_LIMIT, "a picture of %u x %u pixels, limit is %d a side",
                       w, h, PK_SURFACE_SIDE_MAX);
    uint64_t need = (uint64_t)w * h;
    if (need > s->room) {
        free(s->px);
        s->px = pk_xmalloc(need * sizeof *s->px);
        s->room = need;
    }
    s->x = x;
    s->y = y;
    s->w = w;
    s->h = h;
    memset(s->px, 0, need * sizeof *s->px);
    return PK_OK;
}

void pk_surface_finish(struct pk_surface *s)
{
    free(s->px);
    *s = (struct pk_surface){0};
}

uint32_t pk_pixel_of(struct pk_rgba c)
{
    uint32_t a = c.a;
    uint32_t rb = pk_div255(((uint32_t)c.r | (uint32_t)c.b << 16) * a);
    uint32_t g = pk_div255(c.g * a);
    return rb | g << 8 | a << 24;
}

struct pk_rgba pk_rgba_fade(struct pk_rgba colour, double opacity)
{
    if (!(opacity > 0))
        colour.a = 0;
    else if (opacity < 1)
        colour.a = (uint8_t)(colour.a * opacity + 0.5);
    return colour;
}

void pk_surface_clear(struct pk_surface *s, struct pk_rgba colour)
{
    uint32_t p = pk_pixel_of(colour);
    size_t n = (size_t)s->w * s->h;
    for (size_t i = 0; i < n; i++)
        s->px[i] = p;
}

void pk_surface_wash(struct pk_surface *s, struct pk_rgba colour)
{
    if (colour.a == 0)
        return;
    struct pk_brush brush = pk_brush_of(colour);
    pk_blend_span(s->px, (size_t)s->w * s->h, &brush, 256);
}

/* The part of w x h pixels at absolute (x, y) that lies in the window. */
struct overlap {
    uint32_t sx, sy; /* in the source */
    uint32_t dx, dy; /* in the window */
    uint32_t w, h;   /* 0 = none */
};

static struct overlap overlap_of(const struct pk_surface *s, int64_t x, int64_t y,
                                 uint32_t w, uint32_t h)
{
    int64_t x0 = x > s->x ? x : s->x, y0 = y > s->y ? y : s->y;
    int64_t x1 = x + w, y1 = y + h;
    x1 = x1 < s->x + s->w ? x1 : s->x + s->w;
    y1 = y1 < s->y + s->h ? y1 : s->y + s->h;
    if (x0 >= x1 || y0 >= y1)
        return (struct overlap){0};
    return (struct overlap){
        .sx = (uint32_t)(x0 - x),
        .sy = (uint32_t)(y0 - y),
        .dx = (uint32_t)(x0 - s->x),
        .dy = (uint32_t)(y0 - s->y),
        .w = (uint32_t)(x1 - x0),
        .h = (uint32_t)(y1 - y0),
    };
}

void pk_surface_stamp(struct pk_surface *s, const uint8_t *mask, uint32_t stride,
                      int64_t x, int64_t y, uint32_t w, uint32_t h, struct pk_rgba colour)
{
    if (colour.a == 0)
        return;
    struct overlap o = overlap_of(s, x, y, w, h);
    struct pk_brush brush = pk_brush_of(colour);
    for (uint32_t row = 0; row < o.h; row++) {
        const uint8_t *m = mask + (size_t)(o.sy + row) * stride + o.sx;
        uint32_t *px = s->px + (size_t)(o.dy + row) * s->w + o.dx;
        for (uint32_t i = 0; i < o.w; i++) {
            if (m[i])
                px[i] = pk_blend(px[i], &brush, pk_cover_of_byte(m[i]));
        }
    }
}

void pk_surface_compose(struct pk_surface *s, const uint32_t *src, uint32_t stride,
                        int64_t x, int64_t y, uint32_t w, uint32_t h)
{
    struct overlap o = overlap_of(s, x, y, w, h);
    for (uint32_t row = 0; row < o.h; row++) {
        const uint32_t *from = src + (size_t)(o.sy + row) * stride + o.sx;
        uint32_t *px = s->px + (size_t)(o.dy + row) * s->w + o.dx;
        for (uint32_t i = 0; i < o.w; i++)
            px[i] = pk_over(px[i], from[i]);
    }
}

bool pk_surface_is_even(const struct pk_surface *s, uint32_t *value)
{
    size_t n = (size_t)s->w * s->h;
    uint32_t first = s->px[0];
    for (size_t i = 1; i < n; i++) {
        if (s->px[i] != first)
            return false;
    }
    if (value)
        *value = first;
    return true;
}
