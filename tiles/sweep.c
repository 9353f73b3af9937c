/*
 * sweep.c - from the accumulator to pixels or to the mask.
 *
 * The running sum of a row is its coverage. Only cells that an edge passed are
 * looked at; between them the coverage is constant and painted as a span. The same
 * walk serves every way of painting: it is inlined into each with its own pair of
 * functions (one for a pixel, one for a span).
 */
#include <stdlib.h>
#include <string.h>

#include "tiles/blend.h"
#include "tiles/pattern.h"
#include "tiles/raster_core.h"

#define INLINE static inline __attribute__((always_inline))

/* 0..256 of a running sum. */
INLINE uint32_t cover_of(int32_t sum, enum pk_fill_rule rule)
{
    int32_t v;
    if (rule == PK_EVEN_ODD) {
        v = sum & (2 * PK_FULL_COVER - 1);
        v = v > PK_FULL_COVER ? 2 * PK_FULL_COVER - v : v;
    } else {
        v = sum < 0 ? (int32_t)(0 - (uint32_t)sum) : sum;
        v = (uint32_t)v > PK_FULL_COVER ? PK_FULL_COVER : v;
    }
    return (uint32_t)(v + 256) >> 9;
}

/* Where one row is painted to. */
struct target {
    uint32_t *px;
    uint8_t *mask;
    uint8_t *dirty;
    const uint8_t *pattern;
    const struct pk_brush *brush;
    uint32_t value;
};

typedef void paint_pixel(const struct target *t, uint32_t x, uint32_t a);
typedef void paint_span(const struct target *t, uint32_t x, uint32_t n, uint32_t a);

INLINE void sweep_row(int32_t *acc, uint64_t *bits, uint32_t words, uint32_t w,
                      enum pk_fill_rule rule, const struct target *t, paint_pixel *pixel,
                      paint_span *span)
{
    /* The words hold w + 1 cells and edges only mark w of them: no carry is left. */
    int32_t sum = 0;
    uint32_t x = 0;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t own = bits[i];
        uint64_t touched = own | own << 1 | carry;
        carry = own >> 63;
        if (!touched)
            continue;
        bits[i] = 0;
        while (touched) {
            uint32_t c = i * 64 + (uint32_t)__builtin_ctzll(touched);
            touched &= touched - 1;
            if (c >= w) {
                acc[c] = 0;
                continue;
            }
            if (c > x) {
                uint32_t a = cover_of(sum, rule);
                if (a)
                    span(t, x, c - x, a);
            }
            sum = (int32_t)((uint32_t)sum + (uint32_t)acc[c]);
            acc[c] = 0;
            pixel(t, c, cover_of(sum, rule));
            x = c + 1;
        }
    }
    if (x < w) {
        uint32_t a = cover_of(sum, rule);
        if (a)
            span(t, x, w - x, a);
    }
}

/* ---- the ways of painting ---- */

static inline void opaque_pixel(const struct target *t, uint32_t x, uint32_t a)
{
    t->px[x] = pk_mix(t->px[x], t->brush->rb, t->brush->ag, a);
}

static inline void opaque_span(const struct target *t, uint32_t x, uint32_t n, uint32_t a)
{
    uint32_t *px = t->px + x;
    if (a == 256) {
        uint32_t value = t->brush->pixel;
        for (uint32_t i = 0; i < n; i++)
            px[i] = value;
    } else {
        uint32_t rb = t->brush->rb, ag = t->brush->ag;
        for (uint32_t i = 0; i < n; i++)
            px[i] = pk_mix(px[i], rb, ag, a);
    }
}

static inline void tinted_pixel(const struct target *t, uint32_t x, uint32_t a)
{
    if (a)
        t->px[x] = pk_over(t->px[x], pk_scale_pixel(t->brush->rb, t->brush->ag, a));
}

static inline void tinted_span(const struct target *t, uint32_t x, uint32_t n, uint32_t a)
{
    uint32_t s = pk_scale_pixel(t->brush->rb, t->brush->ag, a);
    uint32_t *px = t->px + x;
    for (uint32_t i = 0; i < n; i++)
        px[i] = pk_over(px[i], s);
}

static inline void pattern_pixel(const struct target *t, uint32_t x, uint32_t a)
{
    uint32_t p = a * pk_cover_of_byte(t->pattern[x]) >> 8;
    if (p)
        t->px[x] = pk_blend(t->px[x], t->brush, p);
}

static inline void pattern_span(const struct target *t, uint32_t x, uint32_t n,
                                uint32_t a)
{
    for (uint32_t i = x; i < x + n; i++) {
        if (t->pattern[i])
            pattern_pixel(t, i, a);
    }
}

static inline void mask_pixel(const struct target *t, uint32_t x, uint32_t a)
{
    uint32_t m = a - (a >> 8);
    if (m <= t->mask[x])
        return;
    t->mask[x] = (uint8_t)m;
    t->dirty[x / PK_MASK_BLOCK] = 1;
}

static inline void mask_span(const struct target *t, uint32_t x, uint32_t n, uint32_t a)
{
    uint32_t m = a - (a >> 8);
    for (uint32_t i = x; i < x + n; i++)
        t->mask[i] = t->mask[i] > m ? t->mask[i] : (uint8_t)m;
    for (uint32_t b = x / PK_MASK_BLOCK; b <= (x + n - 1) / PK_MASK_BLOCK; b++)
        t->dirty[b] = 1;
}

static inline void id_pixel(const struct target *t, uint32_t x, uint32_t a)
{
    if (a >= 128)
        t->px[x] = t->value;
}

static inline void id_span(const struct target *t, uint32_t x, uint32_t n, uint32_t a)
{
    if (a < 128)
        return;
    for (uint32_t i = x; i < x + n; i++)
        t->px[i] = t->value;
}

/* ---- all rows ---- */

#define SWEEP(r, row, rule, t, pixel, span)                                              \
    sweep_row((r)->acc + (size_t)(row) * (r)->stride,                                    \
              (r)->bits + (size_t)(row) * (r)->words, (r)->words, (uint32_t)(r)->w,      \
              rule, t, pixel, span)

static void swept(struct pk_raster *r)
{
    r->row_lo = INT32_MAX;
    r->row_hi = -1;
    r->right = false;
}

static void fill_plain(struct pk_raster *r, struct pk_surface *s, enum pk_fill_rule rule,
                       const struct pk_brush *brush)
{
    struct target t = {.brush = brush};
    for (int32_t row = r->row_lo; row <= r->row_hi; row++) {
        t.px = s->px + (size_t)row * s->w;
        if (brush->opaque && rule == PK_EVEN_ODD)
            SWEEP(r, row, PK_EVEN_ODD, &t, opaque_pixel, opaque_span);
        else if (brush->opaque)
            SWEEP(r, row, PK_NON_ZERO, &t, opaque_pixel, opaque_span);
        else
            SWEEP(r, row, rule, &t, tinted_pixel, tinted_span);
    }
    swept(r);
}

/* The columns that a row's sweep can paint: from the first touched cell to the last,
 * or to the window's side when something lies beyond it. */
static bool painted_columns(const struct pk_raster *r, int32_t row, uint32_t *lo,
                            uint32_t *hi)
{
    const uint64_t *bits = r->bits + (size_t)row * r->words;
    uint32_t first = 0, last = r->words;
    while (first < last && !bits[first])
        first++;
    while (last > first && !bits[last - 1])
        last--;
    if (first == last)
        return false;
    *lo = first * 64 + (uint32_t)__builtin_ctzll(bits[first]);
    *hi = last * 64 - (uint32_t)__builtin_clzll(bits[last - 1]) + 1;
    if (r->right || *hi > (uint32_t)r->w)
        *hi = (uint32_t)r->w;
    return *lo < *hi;
}

static void fill_pattern(struct pk_raster *r, struct pk_surface *s,
                         enum pk_fill_rule rule, const struct pk_brush *brush,
                         const struct pk_pattern *pattern)
{
    struct target t = {.brush = brush, .pattern = r->pattern_row};
    for (int32_t row = r->row_lo; row <= r->row_hi; row++) {
        t.px = s->px + (size_t)row * s->w;
        uint32_t lo, hi;
        if (!painted_columns(r, row, &lo, &hi))
            continue;
        pk_pattern_row(pattern, s->x + lo, s->y + row, hi - lo, r->pattern_row + lo);
        SWEEP(r, row, rule, &t, pattern_pixel, pattern_span);
    }
    swept(r);
}

static struct pk_rgba ink_colour(const struct pk_ink *ink)
{
    if (ink->pattern && ink->colour.a == 0)
        return pk_pattern_ink(ink->pattern);
    return ink->colour;
}

void pk_raster_fill(struct pk_raster *r, struct pk_surface *s, enum pk_fill_rule rule,
                    const struct pk_ink *ink)
{
    struct pk_brush brush = pk_brush_of(ink_colour(ink));
    if (ink->pattern)
        fill_pattern(r, s, rule, &brush, ink->pattern);
    else
        fill_plain(r, s, rule, &brush);
}

void pk_raster_fill_ids(struct pk_raster *r, struct pk_surface *s, enum pk_fill_rule rule,
                        uint32_t value)
{
    struct target t = {.value = value};
    for (int32_t row = r->row_lo; row <= r->row_hi; row++) {
        t.px = s->px + (size_t)row * s->w;
        SWEEP(r, row, rule, &t, id_pixel, id_span);
    }
    swept(r);
}

void pk_raster_to_mask(struct pk_raster *r, enum pk_fill_rule rule)
{
    struct target t = {0};
    if (r->row_lo <= r->row_hi)
        pk_mask_rows(r, r->row_lo, r->row_hi);
    for (int32_t row = r->row_lo; row <= r->row_hi; row++) {
        t.mask = r->mask + (size_t)row * r->mask_stride;
        t.dirty = r->dirty + (size_t)row * r->dirty_stride;
        SWEEP(r, row, rule, &t, mask_pixel, mask_span);
    }
    swept(r);
}

/* ---- the mask ---- */

static void paint_block(uint32_t *px, const uint8_t *mask, const uint8_t *pattern,
                        uint32_t n, const struct pk_brush *brush)
{
    if (brush->opaque && !pattern && n == PK_MASK_BLOCK) {
        pk_mix_block(px, mask, brush->pixel);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!mask[i])
            continue;
        uint32_t a = pk_cover_of_byte(mask[i]);
        if (pattern)
            a = a * pk_cover_of_byte(pattern[i]) >> 8;
        if (a)
            px[i] = pk_blend(px[i], brush, a);
    }
}

static void paint_mask_row(struct pk_raster *r, uint32_t *px, int32_t row,
                           const uint8_t *pattern, const struct pk_brush *brush)
{
    uint8_t *mask = r->mask + (size_t)row * r->mask_stride;
    uint8_t *dirty = r->dirty + (size_t)row * r->dirty_stride;
    for (uint32_t i = 0; i < r->dirty_stride; i += 8) {
        uint64_t eight;
        memcpy(&eight, dirty + i, 8);
        if (!eight)
            continue;
        for (uint32_t k = i; k < i + 8; k++) {
            if (!dirty[k])
                continue;
            dirty[k] = 0;
            uint32_t x = k * PK_MASK_BLOCK, n = (uint32_t)r->w - x;
            n = n < PK_MASK_BLOCK ? n : PK_MASK_BLOCK;
            if (px)
                paint_block(px + x, mask + x, pattern ? pattern + x : NULL, n, brush);
            memset(mask + x, 0, PK_MASK_BLOCK);
        }
    }
}

static void mask_done(struct pk_raster *r)
{
    r->mask_lo = INT32_MAX;
    r->mask_hi = -1;
}

void pk_raster_paint_mask(struct pk_raster *r, struct pk_surface *s,
                          const struct pk_ink *ink)
{
    struct pk_brush brush = pk_brush_of(ink_colour(ink));
    for (int32_t row = r->mask_lo; row <= r->mask_hi; row++) {
        const uint8_t *pattern = NULL;
        if (ink->pattern) {
            pk_pattern_row(ink->pattern, s->x, s->y + row, s->w, r->pattern_row);
            pattern = r->pattern_row;
        }
        paint_mask_row(r, s->px + (size_t)row * s->w, row, pattern, &brush);
    }
    mask_done(r);
}

void pk_raster_drop_mask(struct pk_raster *r)
{
    for (int32_t row = r->mask_lo; row <= r->mask_hi; row++)
        paint_mask_row(r, NULL, row, NULL, NULL);
    mask_done(r);
}
