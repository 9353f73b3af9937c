#include "tiles/raster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/circle.h"
#include "tiles/raster_core.h"

/* Edges below this length use a slope with 32 fraction bits, longer ones divide at
 * each crossing. Which it is follows from the edge alone, as everything else. */
#define NEAR_EDGE (INT64_C(1) << 29)

/* An edge from top to bottom; crossings follow from these numbers alone. */
struct edge {
    int64_t x0, y0, x1, y1; /* relative to the window, y0 < y1 */
    int64_t per_row;        /* x per unit of y, 32 fraction bits */
    int64_t per_col;        /* y per unit of x, made when first needed */
    bool has_per_col, far;
    int32_t sign; /* +1 when it was given downwards */
};

struct pk_raster *pk_raster_create(void)
{
    struct pk_raster *r = pk_xcalloc(1, sizeof *r);
    r->row_lo = r->mask_lo = INT32_MAX;
    r->row_hi = r->mask_hi = -1;
    return r;
}

void pk_raster_destroy(struct pk_raster *r)
{
    if (!r)
        return;
    free(r->acc);
    free(r->bits);
    free(r->mask);
    free(r->dirty);
    free(r->pattern_row);
    pk_line_scratch_free(r->lines);
    free(r);
}

/* Keep or take zeroed memory of n things. Sizes are bounded by the surface's. */
static void *zeroed(void *old, size_t *room, size_t n, size_t size)
{
    if (n > *room) {
        free(old);
        old = pk_xcalloc(n, size);
        *room = n;
    } else {
        memset(old, 0, n * size);
    }
    return old;
}

void pk_raster_begin(struct pk_raster *r, const struct pk_surface *s)
{
    assert(s->w <= PK_SURFACE_SIDE_MAX && s->h <= PK_SURFACE_SIDE_MAX);
    r->px_x = s->x;
    r->px_y = s->y;
    r->sub_x = s->x * PK_SUB;
    r->sub_y = s->y * PK_SUB;
    r->w = (int32_t)s->w;
    r->h = (int32_t)s->h;
    r->sub_w = r->w * PK_SUB;
    r->sub_h = r->h * PK_SUB;
    r->stride = (s->w + 1 + 15) / 8 * 8;
    r->words = (s->w + 1 + 63) / 64;
    r->mask_stride = (s->w + PK_MASK_BLOCK - 1) / PK_MASK_BLOCK * PK_MASK_BLOCK;
    r->dirty_stride = (r->mask_stride / PK_MASK_BLOCK + 7) / 8 * 8;
    r->acc = zeroed(r->acc, &r->acc_room, (size_t)r->stride * s->h, sizeof *r->acc);
    r->bits = zeroed(r->bits, &r->bits_room, (size_t)r->words * s->h, sizeof *r->bits);
    r->mask = zeroed(r->mask, &r->mask_room, (size_t)r->mask_stride * s->h, 1);
    r->dirty = zeroed(r->dirty, &r->dirty_room, (size_t)r->dirty_stride * s->h, 1);
    r->pattern_row = zeroed(r->pattern_row, &r->pattern_room, r->mask_stride, 1);
    r->row_lo = r->mask_lo = INT32_MAX;
    r->row_hi = r->mask_hi = -1;
    r->right = false;
}

int64_t pk_slope(int64_t a, int64_t b)
{
    if (b < 0) {
        a = -a;
        b = -b;
    }
    if (a > -NEAR_EDGE && a < NEAR_EDGE) {
        int64_t n = a * (INT64_C(1) << 32);
        int64_t q = n / b;
        return q - (n % b < 0);
    }
    __int128 n = (__int128)a * ((__int128)1 << 32);
    __int128 q = n / b;
    q -= n % b < 0;
    return (int64_t)q;
}

/* floor(n * a / b), where 32 fraction bits of a / b would not be enough. */
static int64_t far_run(int64_t n, int64_t a, int64_t b)
{
    if (b < 0) {
        a = -a;
        b = -b;
    }
    __int128 product = (__int128)n * a;
    __int128 q = product / b;
    return (int64_t)(q - (product % b < 0));
}

/* x where an edge meets a row line, from the run there. Rounding down may leave the
 * edge's own extent by one part, and what is left out because an edge lies wholly
 * beyond a side of the window relies on that extent. */
static inline int64_t meet_row(const struct edge *e, int64_t run)
{
    int64_t x = e->x0 + run, least = e->x0 < e->x1 ? e->x0 : e->x1;
    return x < least ? least : x;
}

/* ---- cells ---- */

/* Part of an edge inside one cell: d its height (signed), m = the sum of its two
 * distances from the cell's left side, 0..512. */
static inline void add_cell(struct pk_raster *r, int32_t row, int32_t col, int32_t d,
                            int32_t m)
{
    /* Unsigned: thousands of edges in one cell may wrap, which even-odd does not
     * even see. */
    uint32_t *a = (uint32_t *)r->acc + (size_t)row * r->stride + col;
    a[0] += (uint32_t)(d * (512 - m));
    a[1] += (uint32_t)(d * m);
    r->bits[(size_t)row * r->words + ((uint32_t)col >> 6)] |= UINT64_C(1) << (col & 63);
}

static inline void add_left(struct pk_raster *r, int32_t row, int32_t d)
{
    uint32_t *a = (uint32_t *)r->acc + (size_t)row * r->stride;
    a[0] += (uint32_t)(d * 512);
    r->bits[(size_t)row * r->words] |= 1;
}

static inline void touch_rows(struct pk_raster *r, int32_t lo, int32_t hi)
{
    if (lo < r->row_lo)
        r->row_lo = lo;
    if (hi > r->row_hi)
        r->row_hi = hi;
}

/* Everything left of the window only turns coverage on and off: from y0 to y1. */
static void left_run(struct pk_raster *r, int64_t y0, int64_t y1)
{
    int32_t sign = 1;
    if (y0 > y1) {
        int64_t swap = y0;
        y0 = y1;
        y1 = swap;
        sign = -1;
    }
    if (y0 < 0)
        y0 = 0;
    if (y1 > r->sub_h)
        y1 = r->sub_h;
    if (y0 >= y1)
        return;
    int32_t top = (int32_t)y0, bottom = (int32_t)y1;
    int32_t first = top >> 8, last = (bottom - 1) >> 8;
    touch_rows(r, first, last);
    for (int32_t row = first; row <= last; row++) {
        int32_t a = row << 8 > top ? row << 8 : top;
        int32_t b = (row + 1) << 8 < bottom ? (row + 1) << 8 : bottom;
        add_left(r, row, sign * (b - a));
    }
}

/* y where the edge meets column line x, kept within the piece. */
static inline int64_t meet_column(struct edge *e, int64_t x, int64_t lo, int64_t hi)
{
    if (!e->has_per_col && !e->far) {
        e->per_col = pk_slope(e->y1 - e->y0, e->x1 - e->x0);
        e->has_per_col = true;
    }
    int64_t y = e->y0 + (e->far ? far_run(x - e->x0, e->y1 - e->y0, e->x1 - e->x0)
                                : ((x - e->x0) * e->per_col) >> 32);
    return y < lo ? lo : y > hi ? hi : y;
}

/* The piece of an edge inside one row, over several columns, going right. */
static __attribute__((noinline)) void piece_right(struct pk_raster *r, struct edge *e,
                                                  int32_t row, int64_t xa, int64_t ya,
                                                  int64_t xb, int64_t yb)
{
    int64_t col = xa >> 8, last = xb >> 8;
    int32_t from = (int32_t)(xa & 255);
    int64_t y = ya;
    if (col < 0) {
        y = meet_column(e, 0, ya, yb);
        add_left(r, row, e->sign * (int32_t)(y - ya));
        col = 0;
        from = 0;
    }
    for (; col < last && col < r->w; col++) {
        int64_t next = meet_column(e, (col + 1) * 256, y, yb);
        add_cell(r, row, (int32_t)col, e->sign * (int32_t)(next - y), from + 256);
        y = next;
        from = 0;
    }
    if (col < r->w)
        add_cell(r, row, (int32_t)col, e->sign * (int32_t)(yb - y),
                 from + (int32_t)(xb & 255));
}

/* The same, going left. */
static __attribute__((noinline)) void piece_left(struct pk_raster *r, struct edge *e,
                                                 int32_t row, int64_t xa, int64_t ya,
                                                 int64_t xb, int64_t yb)
{
    int64_t col = xa >> 8, last = xb >> 8;
    int32_t from = (int32_t)(xa & 255);
    int64_t y = ya;
    if (col >= r->w) {
        y = meet_column(e, (int64_t)r->w * 256, ya, yb);
        col = r->w - 1;
        from = 256;
    }
    for (; col > last && col >= 0; col--) {
        int64_t next = meet_column(e, col * 256, y, yb);
        add_cell(r, row, (int32_t)col, e->sign * (int32_t)(next - y), from);
        y = next;
        from = 256;
    }
    if (col >= 0)
        add_cell(r, row, (int32_t)col, e->sign * (int32_t)(yb - y),
                 from + (int32_t)(xb & 255));
    else
        add_left(r, row, e->sign * (int32_t)(yb - y));
}

static inline __attribute__((always_inline)) void piece(struct pk_raster *r,
                                                        struct edge *e, int32_t row,
                                                        int64_t xa, int64_t ya,
                                                        int64_t xb, int64_t yb)
{
    int64_t ca = xa >> 8, cb = xb >> 8;
    if (ca == cb) {
        if (ca < 0)
            add_left(r, row, e->sign * (int32_t)(yb - ya));
        else if (ca < r->w)
            add_cell(r, row, (int32_t)ca, e->sign * (int32_t)(yb - ya),
                     (int32_t)(xa & 255) + (int32_t)(xb & 255));
        return;
    }
    if (ca >= r->w && cb >= r->w)
        return;
    if (ca < 0 && cb < 0)
        add_left(r, row, e->sign * (int32_t)(yb - ya));
    else if (ca < cb)
        piece_right(r, e, row, xa, ya, xb, yb);
    else
        piece_left(r, e, row, xa, ya, xb, yb);
}

/* All rows of an edge that touches the window. */
static void edge_rows(struct pk_raster *r, struct edge *e)
{
    int32_t first = e->y0 <= 0 ? 0 : (int32_t)(e->y0 >> 8);
    int32_t last = e->y1 >= r->sub_h ? r->h - 1 : (int32_t)((e->y1 - 1) >> 8);
    touch_rows(r, first, last);
    if (e->y0 >> 8 == (e->y1 - 1) >> 8) { /* all of it in one row */
        piece(r, e, first, e->x0, e->y0, e->x1, e->y1);
        return;
    }
    int64_t dx = e->x1 - e->x0, dy = e->y1 - e->y0;
    e->per_row = e->far ? 0 : pk_slope(dx, dy);
    int64_t ya = (int64_t)first * 256;
    int64_t xa = e->x0;
    if (ya > e->y0)
        xa = meet_row(e, e->far ? far_run(ya - e->y0, dx, dy)
                                : ((ya - e->y0) * e->per_row) >> 32);
    else
        ya = e->y0;
    int64_t below = (int64_t)(first + 1) * 256;
    /* One row on is one addition, and the same bits as starting there. Unsigned: the
     * product beyond the lower end may overflow, but is not used. */
    int64_t x = (int64_t)((uint64_t)(below - e->y0) * (uint64_t)e->per_row);
    for (int32_t row = first; row <= last; row++) {
        int64_t xb, yb;
        if (below >= e->y1) {
            xb = e->x1;
            yb = e->y1;
        } else {
            xb = meet_row(e, e->far ? far_run(below - e->y0, dx, dy) : x >> 32);
            yb = below;
        }
        piece(r, e, row, xa, ya, xb, yb);
        xa = xb;
        ya = yb;
        below += 256;
        x = (int64_t)((uint64_t)x + (uint64_t)e->per_row * 256);
    }
}

void pk_raster_edge(struct pk_raster *r, int64_t x0, int64_t y0, int64_t x1, int64_t y1)
{
    struct edge e = {x0, y0, x1, y1, 0, 0, false, false, 1};
    if (y0 == y1)
        return;
    if (y0 > y1)
        e = (struct edge){x1, y1, x0, y0, 0, 0, false, false, -1};
    if (e.y1 <= 0 || e.y0 >= r->sub_h || (x0 >= r->sub_w && x1 >= r->sub_w))
        return;
    if (x0 <= 0 && x1 <= 0) {
        left_run(r, y0, y1);
        return;
    }
#ifdef PK_FAULT_CLIP
    /* Test hook: what a clipping rasteriser does wrong. The start is cut at the top
     * of the window before the slope is taken, so windows disagree. */
    if (e.y0 < 0) {
        e.x0 += far_run(-e.y0, e.x1 - e.x0, e.y1 - e.y0);
        e.y0 = 0;
    }
#endif
    int64_t dx = e.x1 - e.x0;
    e.far = dx >= NEAR_EDGE || dx <= -NEAR_EDGE || e.y1 - e.y0 >= NEAR_EDGE;
    edge_rows(r, &e);
}

/* ---- rings ---- */

enum { OUT_LEFT = 1, OUT_RIGHT = 2, OUT_TOP = 4, OUT_BOTTOM = 8 };

static inline unsigned outcode(const struct pk_raster *r, int64_t x, int64_t y)
{
    return (unsigned)(x <= 0) | (unsigned)(x >= r->sub_w) << 1 | (unsigned)(y <= 0) << 2 |
           (unsigned)(y >= r->sub_h) << 3;
}

void pk_raster_ring(struct pk_raster *r, const int64_t *xy, uint32_t count)
{
    if (count < 3)
        return;
    int64_t first_x = xy[0] - r->sub_x, first_y = xy[1] - r->sub_y;
    int64_t x = first_x, y = first_y;
    unsigned out = outcode(r, x, y);
    unsigned any = out;
    /* A chain of edges left of the window is its first and last height. */
    int64_t left_y = y;
    bool in_left = false;
    for (uint32_t i = 1; i <= count; i++) {
        int64_t nx = first_x, ny = first_y;
        if (i < count) {
            nx = xy[2 * (size_t)i] - r->sub_x;
            ny = xy[2 * (size_t)i + 1] - r->sub_y;
        }
        unsigned next_out = outcode(r, nx, ny);
        unsigned both = out & next_out;
        any |= next_out;
        if (both & OUT_LEFT) {
            if (!in_left)
                left_y = y;
            in_left = true;
        } else {
            if (in_left)
                left_run(r, left_y, y);
            in_left = false;
            if (!both)
                pk_raster_edge(r, x, y, nx, ny);
        }
        x = nx;
        y = ny;
        out = next_out;
    }
    if (in_left)
        left_run(r, left_y, y);
    r->right = r->right || (any & OUT_RIGHT);
}

void pk_raster_disc(struct pk_raster *r, int64_t x, int64_t y, int64_t radius)
{
    int64_t xy[2 * PK_CIRCLE_STEPS];
    for (uint32_t i = 0; i < PK_CIRCLE_STEPS; i++) {
        int64_t dx, dy;
        pk_circle_point(i, radius, &dx, &dy);
        xy[2 * i] = x + dx;
        xy[2 * i + 1] = y + dy;
    }
    pk_raster_ring(r, xy, PK_CIRCLE_STEPS);
}
