/*
 * blend.h - one pixel over another, in integers; private to the drawing core.
 *
 * Two channels are worked on at once in the 16-bit halves of a word. No half ever
 * overflows: the sums below are at most 255 * 256 and 255 * 255 + 128 + 255.
 */
#ifndef PK_TILES_BLEND_H
#define PK_TILES_BLEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/surface.h"

#define PK_LANES UINT32_C(0x00ff00ff)

/* A colour ready for blending. */
struct pk_brush {
    uint32_t pixel; /* premultiplied */
    uint32_t rb, ag;
    bool opaque;
};

static inline struct pk_brush pk_brush_of(struct pk_rgba colour)
{
    uint32_t p = pk_pixel_of(colour);
    return (struct pk_brush){p, p & PK_LANES, p >> 8 & PK_LANES, colour.a == 255};
}

/* (s*a + d*(256-a)) >> 8; a = 0 and 256 are exact, equal colours stay. */
static inline uint32_t pk_mix(uint32_t d, uint32_t s_rb, uint32_t s_ag, uint32_t a)
{
    uint32_t b = 256 - a;
    uint32_t rb = (s_rb * a + (d & PK_LANES) * b) >> 8 & PK_LANES;
    uint32_t ag = (s_ag * a + (d >> 8 & PK_LANES) * b) & ~PK_LANES;
    return rb | ag;
}

/* x / 255 rounded, in both halves. */
static inline uint32_t pk_div255(uint32_t x)
{
    x += UINT32_C(0x00800080);
    return (x + (x >> 8 & PK_LANES)) >> 8 & PK_LANES;
}

/* Source-over of a premultiplied pixel. Since no channel of s is above its alpha,
 * none of the sums is above 255, and an opaque ground stays opaque. */
static inline uint32_t pk_over(uint32_t d, uint32_t s)
{
    uint32_t k = 255 - (s >> 24);
    return s + (pk_div255((d & PK_LANES) * k) | pk_div255((d >> 8 & PK_LANES) * k) << 8);
}

/* A premultiplied pixel times a/256, rounded. */
static inline uint32_t pk_scale_pixel(uint32_t rb, uint32_t ag, uint32_t a)
{
    const uint32_t half = UINT32_C(0x00800080);
    return ((rb * a + half) >> 8 & PK_LANES) | ((ag * a + half) & ~PK_LANES);
}

static inline uint32_t pk_blend(uint32_t d, const struct pk_brush *b, uint32_t a)
{
    if (b->opaque)
        return pk_mix(d, b->rb, b->ag, a);
    return pk_over(d, pk_scale_pixel(b->rb, b->ag, a));
}

/* Byte coverage 0..255 as 0..256. */
static inline uint32_t pk_cover_of_byte(uint32_t m)
{
    return m + (m >> 7);
}

/* n pixels with one coverage. */
static inline void pk_blend_span(uint32_t *px, size_t n, const struct pk_brush *b,
                                 uint32_t a)
{
    if (b->opaque) {
        if (a == 256) {
            for (size_t i = 0; i < n; i++)
                px[i] = b->pixel;
            return;
        }
        uint32_t rb = b->rb, ag = b->ag;
        for (size_t i = 0; i < n; i++)
            px[i] = pk_mix(px[i], rb, ag, a);
        return;
    }
    uint32_t s = pk_scale_pixel(b->rb, b->ag, a);
    for (size_t i = 0; i < n; i++)
        px[i] = pk_over(px[i], s);
}

#endif
