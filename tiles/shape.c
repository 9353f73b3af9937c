#include "tiles/shape.h"

#include <stdlib.h>

#include "base/arena.h"

enum { SAMPLES = 8 };

static int64_t square(int64_t v)
{
    return v * v;
}

static bool in_shape(const struct pk_shape *s, int64_t x, int64_t y)
{
    int64_t dx = x - s->x0, dy = y - s->y0;
    if (s->kind == PK_SHAPE_DISC)
        return dx * dx + dy * dy <= square(s->x1);
    if (s->kind == PK_SHAPE_RING) {
        /* Twice everything: half a line's width may be odd. */
        int64_t d = 4 * (dx * dx + dy * dy), r = 2 * (int64_t)s->x1;
        return d <= square(r + s->width) && (r <= s->width || d >= square(r - s->width));
    }
    int64_t bx = s->x1 - s->x0, by = s->y1 - s->y0;
    int64_t length2 = bx * bx + by * by;
    int64_t along = dx * bx + dy * by, across = dx * by - dy * bx;
    return along >= 0 && along <= length2 &&
           4 * across * across <= square(s->width) * length2;
}

struct extent {
    int64_t left, top, right, bottom;
};

static struct extent extent_of(const struct pk_shape *s)
{
    int64_t more = s->width + 1;
    if (s->kind != PK_SHAPE_BAR) {
        more += s->x1;
        return (struct extent){s->x0 - more, s->y0 - more, s->x0 + more, s->y0 + more};
    }
    return (struct extent){
        (s->x0 < s->x1 ? s->x0 : s->x1) - more, (s->y0 < s->y1 ? s->y0 : s->y1) - more,
        (s->x0 > s->x1 ? s->x0 : s->x1) + more, (s->y0 > s->y1 ? s->y0 : s->y1) + more};
}

/* The 64 samples of the pixel at column px and row py. */
static uint64_t sample(const struct pk_shape *shape, int64_t px, int64_t py,
                       int64_t pixel)
{
    uint64_t bits = 0;
    for (int j = 0; j < SAMPLES; j++) {
        for (int i = 0; i < SAMPLES; i++) {
            int64_t x = px * pixel + (2 * i + 1) * pixel / (2 * SAMPLES);
            int64_t y = py * pixel + (2 * j + 1) * pixel / (2 * SAMPLES);
            if (in_shape(shape, x, y))
                bits |= UINT64_C(1) << (j * SAMPLES + i);
        }
    }
    return bits;
}

static int64_t floor_to(int64_t v, int64_t step)
{
    int64_t q = v / step;
    return q - (v % step < 0);
}

static int64_t wrap(int64_t v, int64_t n)
{
    return v - floor_to(v, n) * n;
}

uint8_t *pk_shapes_draw(const struct pk_shape *shapes, uint32_t count, uint32_t w,
                        uint32_t h, uint32_t scale, bool around)
{
    /* Three times finer: at 1x, 2x and 3x the samples lie on whole units. */
    const int64_t finer = 3;
    const int64_t pixel = PK_SHAPE_UNIT * finer / (int64_t)scale;
    uint64_t *bits = pk_xcalloc((size_t)w * h, sizeof *bits);
    for (uint32_t i = 0; i < count; i++) {
        const struct pk_shape *s = &shapes[i];
        struct pk_shape big = {s->kind,
                               (int32_t)(s->x0 * finer),
                               (int32_t)(s->y0 * finer),
                               (int32_t)(s->x1 * finer),
                               (int32_t)(s->y1 * finer),
                               (int32_t)(s->width * finer)};
        struct extent e = extent_of(&big);
        for (int64_t y = floor_to(e.top, pixel); y <= floor_to(e.bottom, pixel); y++) {
            for (int64_t x = floor_to(e.left, pixel); x <= floor_to(e.right, pixel);
                 x++) {
                int64_t tx = around ? wrap(x, w) : x, ty = around ? wrap(y, h) : y;
                if (tx < 0 || ty < 0 || tx >= w || ty >= h)
                    continue;
                bits[ty * w + tx] |= sample(&big, x, y, pixel);
            }
        }
    }
    uint8_t *out = pk_xmalloc((size_t)w * h);
    for (size_t i = 0; i < (size_t)w * h; i++)
        out[i] = (uint8_t)(__builtin_popcountll(bits[i]) * 255 / 64);
    free(bits);
    return out;
}
