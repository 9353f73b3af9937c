/*
 * thin.c - lines of about a pixel: coverage sampled along the longer axis.
 *
 * For each column (row, for steep lines) whose centre the line passes, the extent
 * across it is width * sqrt(1 + slope^2), and the two or three pixels there get
 * their share. Where two segments join, both draw the columns within half a width
 * of the vertex and the larger coverage stays. Everything follows from the ends of
 * the whole segment, so a window may begin anywhere.
 */
#include "tiles/stroke_core.h"

/* sqrt(1 + (i/32)^2) * 4096, rounded. */
static const uint16_t widening[33] = {
    4096, 4098, 4104, 4114, 4128, 4146, 4167, 4193, 4222, 4255, 4291,
    4331, 4375, 4421, 4471, 4524, 4579, 4638, 4700, 4764, 4830, 4899,
    4971, 5044, 5120, 5198, 5278, 5359, 5443, 5528, 5615, 5703, 5793};

#define INLINE static inline __attribute__((always_inline))

static inline uint8_t larger(uint8_t a, int32_t b)
{
    return b > a ? (uint8_t)b : a;
}

/* The window seen along the major axis; `steep` is a constant where it is used. */
struct axis {
    int32_t majors, minors; /* pixels */
};

INLINE void put(struct pk_raster *r, bool steep, int32_t major, int32_t minor,
                int32_t cover)
{
    int32_t x = steep ? minor : major, y = steep ? major : minor;
    uint8_t *m = r->mask + (size_t)y * r->mask_stride + x;
    *m = larger(*m, cover - (cover >> 8));
    pk_mask_touch(r, x, y);
}

/* `weight` 1..256 is how much of the column the line covers along its axis. */
INLINE void column(struct pk_raster *r, bool steep, const struct axis *axis,
                   int32_t major, int64_t middle, int32_t extent, int32_t weight)
{
    int64_t top = middle - extent / 2, first = top >> 8;
    int32_t room = 256 - (int32_t)(top & 255);
    /* At most three pixels: lines are that thin. */
    int32_t a = extent < room ? extent : room;
    int32_t b = extent - a < 256 ? extent - a : 256;
    int32_t c = extent - a - b;
    if (first >= 0 && first + 2 < axis->minors) {
        put(r, steep, major, (int32_t)first, a * weight >> 8);
        if (b)
            put(r, steep, major, (int32_t)first + 1, b * weight >> 8);
        if (c)
            put(r, steep, major, (int32_t)first + 2, c * weight >> 8);
        return;
    }
    const int32_t cover[3] = {a, b, c};
    for (int64_t i = 0; i < 3; i++) {
        if (first + i >= 0 && first + i < axis->minors && cover[i])
            put(r, steep, major, (int32_t)(first + i), cover[i] * weight >> 8);
    }
}

static inline int64_t floor_px(int64_t sub)
{
    return sub >> 8;
}

/* Columns with their centre in [a, b]. */
static inline int64_t first_centre(int64_t a)
{
    return (a - 128 + 255) >> 8;
}

static inline int64_t last_centre(int64_t b)
{
    return (b - 128) >> 8;
}

static int64_t middle_at(int64_t n, int64_t slope, bool far)
{
    if (far)
        return (int64_t)(((__int128)n * slope) >> 32);
    return (n * slope) >> 32;
}

/* From a to b along the major axis (a < b); u0, v0 is an end of the whole segment. */
INLINE void draw(struct pk_raster *r, bool steep, const struct axis *axis, int64_t a,
                 int64_t b, enum pk_end at_a, enum pk_end at_b, int64_t u0, int64_t v0,
                 int64_t slope, bool far, int32_t width)
{
    int32_t half = width / 2;
    if (at_a == PK_END_LONG)
        a -= half;
    if (at_b == PK_END_LONG)
        b += half;
    int64_t first = at_a == PK_END_JOINED ? first_centre(a - half) : floor_px(a);
    int64_t last = at_b == PK_END_JOINED ? last_centre(b + half) : floor_px(b - 1);
    int64_t lo = first < 0 ? 0 : first;
    int64_t hi = last >= axis->majors ? axis->majors - 1 : last;
    if (lo > hi)
        return;
    int64_t steepness = slope < 0 ? -slope : slope;
    int64_t index = (steepness + (1 << 26)) >> 27;
    int32_t extent = width * widening[index > 32 ? 32 : index] >> 12;
    int64_t acc = far ? 0 : (lo * 256 + 128 - u0) * slope;
    for (int64_t c = lo; c <= hi; c++) {
        int64_t middle =
            v0 + (far ? middle_at(c * 256 + 128 - u0, slope, true) : acc >> 32);
        acc = (int64_t)((uint64_t)acc + (uint64_t)slope * 256);
        int32_t weight = 256;
        if (at_a != PK_END_JOINED && c * 256 < a)
            weight -= (int32_t)(a - c * 256);
        if (at_b != PK_END_JOINED && (c + 1) * 256 > b)
            weight -= (int32_t)((c + 1) * 256 - b);
        if (weight > 0)
            column(r, steep, axis, (int32_t)c, middle, extent, weight);
    }
}

void pk_thin_piece(struct pk_raster *r, const struct pk_segment *s, int64_t from,
                   int64_t to, enum pk_end begin, enum pk_end end, int32_t width)
{
    int64_t dx = s->x1 - s->x0, dy = s->y1 - s->y0;
    int64_t ax = dx < 0 ? -dx : dx, ay = dy < 0 ? -dy : dy;
    bool steep = ay > ax;
    struct axis axis = {steep ? r->h : r->w, steep ? r->w : r->h};
    int64_t u0 = steep ? s->y0 : s->x0, v0 = steep ? s->x0 : s->y0;
    int64_t u1 = steep ? s->y1 : s->x1, v1 = steep ? s->x1 : s->y1;
    int64_t du = u1 - u0;
    if (du == 0) /* moving a line aside can leave a segment without length */
        return;
    int64_t a = from == 0 ? u0 : u0 + pk_along(du, from, s->length);
    int64_t b = to == s->length ? u1 : u0 + pk_along(du, to, s->length);
    /* Always along + of the major axis: both directions give the same pixels. */
    if (du < 0) {
        int64_t swap = a;
        a = b;
        b = swap;
        enum pk_end other = begin;
        begin = end;
        end = other;
        u0 = u1;
        v1 = steep ? s->x0 : s->y0;
        v0 = steep ? s->x1 : s->y1;
        du = -du;
    }
    if (b + width < 0 || a - width > (int64_t)axis.majors * 256)
        return;
    int64_t top = (s->y0 < s->y1 ? s->y0 : s->y1) - width - 256;
    int64_t bottom = (s->y0 > s->y1 ? s->y0 : s->y1) + width + 256;
    if (bottom < 0 || top >= r->sub_h)
        return;
    pk_mask_rows(r, top < 0 ? 0 : (int32_t)(top >> 8),
                 bottom >= r->sub_h ? r->h - 1 : (int32_t)(bottom >> 8));
    bool far = du >= INT64_C(1) << 29;
    int64_t slope = pk_slope(v1 - v0, du);
    if (steep)
        draw(r, true, &axis, a, b, begin, end, u0, v0, slope, far, width);
    else
        draw(r, false, &axis, a, b, begin, end, u0, v0, slope, far, width);
}
