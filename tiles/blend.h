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
#include <string.h>

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

/* 16 pixels mixed with an opaque colour through 16 bytes of coverage: pk_mix, eight
 * channels at a time. */
typedef uint8_t pk_v16 __attribute__((vector_size(16)));
typedef uint16_t pk_v8 __attribute__((vector_size(16)));

static inline pk_v8 pk_mix_half(pk_v8 d, pk_v8 s, pk_v8 m)
{
    pk_v8 a = m + (m >> 7);
    return (s * a + d * (256 - a)) >> 8;
}

static inline void pk_mix_block(uint32_t *px, const uint8_t *mask, uint32_t pixel)
{
    const pk_v16 zero = {0};
    pk_v16 s = (pk_v16)((pk_v8){(uint16_t)pixel, (uint16_t)(pixel >> 16)});
    s = __builtin_shufflevector(s, zero, 0, 16, 1, 16, 2, 16, 3, 16, 0, 16, 1, 16, 2, 16,
                                3, 16);
    for (int i = 0; i < 16; i += 4) {
        uint32_t four;
        pk_v16 d, m = zero;
        memcpy(&four, mask + i, 4);
        if (!four)
            continue;
        memcpy(&d, px + i, 16);
        memcpy(&m, mask + i, 4);
        pk_v8 lo = (pk_v8)__builtin_shufflevector(d, zero, 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                  20, 5, 21, 6, 22, 7, 23);
        pk_v8 hi = (pk_v8)__builtin_shufflevector(d, zero, 8, 24, 9, 25, 10, 26, 11, 27,
                                                  12, 28, 13, 29, 14, 30, 15, 31);
        pk_v8 ma = (pk_v8)__builtin_shufflevector(m, zero, 0, 16, 0, 16, 0, 16, 0, 16, 1,
                                                  16, 1, 16, 1, 16, 1, 16);
        pk_v8 mb = (pk_v8)__builtin_shufflevector(m, zero, 2, 16, 2, 16, 2, 16, 2, 16, 3,
                                                  16, 3, 16, 3, 16, 3, 16);
        lo = pk_mix_half(lo, (pk_v8)s, ma);
        hi = pk_mix_half(hi, (pk_v8)s, mb);
        d = __builtin_shufflevector((pk_v16)lo, (pk_v16)hi, 0, 2, 4, 6, 8, 10, 12, 14, 16,
                                    18, 20, 22, 24, 26, 28, 30);
        memcpy(px + i, &d, 16);
    }
}

#endif
