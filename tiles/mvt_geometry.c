#include "tiles/mvt_geometry.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };
enum { LOW = -PK_MVT_BUFFER, HIGH = PK_MVT_EXTENT + PK_MVT_BUFFER };

static void command(struct pk_mvt_pen *pen, uint32_t id, uint32_t count)
{
    pk_buf_add_varint(pen->out, (uint64_t)count << 3 | id);
}

static void go(struct pk_mvt_pen *pen, const int64_t *v)
{
    pk_buf_add_svarint(pen->out, v[0] - pen->x);
    pk_buf_add_svarint(pen->out, v[1] - pen->y);
    pen->x = v[0];
    pen->y = v[1];
}

static bool same(const int64_t *a, const int64_t *b)
{
    return a[0] == b[0] && a[1] == b[1];
}

/* Coordinate `other` of the edge a-b where its coordinate `axis` is `at`. The lower end
 * goes first, so that two areas that share the edge cut it at one place. */
static int64_t cut(const int64_t *a, const int64_t *b, int axis, int64_t at)
{
    if (a[axis] > b[axis]) {
        const int64_t *t = a;
        a = b;
        b = t;
    }
    int other = 1 - axis;
    double share = (double)(at - a[axis]) / (double)(b[axis] - a[axis]);
    return a[other] + llround((double)(b[other] - a[other]) * share);
}

/* ---- areas ---- */

/* Sutherland-Hodgman against one side: what is inside stays. Returns the count. */
static uint32_t clip_side(const int64_t *in, uint32_t count, int axis, int64_t at,
                          bool keep_above, int64_t *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *a = in + 2 * (size_t)(i > 0 ? i - 1 : count - 1);
        const int64_t *b = in + 2 * (size_t)i;
        bool a_in = keep_above ? a[axis] >= at : a[axis] <= at;
        bool b_in = keep_above ? b[axis] >= at : b[axis] <= at;
        if (a_in != b_in) {
            out[2 * n + (uint32_t)axis] = at;
            out[2 * n + 1 - (uint32_t)axis] = cut(a, b, axis, at);
            n++;
        }
        if (b_in) {
            memcpy(out + 2 * (size_t)n++, b, 2 * sizeof *b);
        }
    }
    return n;
}

static bool is_within(const int64_t *xy, uint32_t count)
{
    for (uint32_t i = 0; i < 2 * count; i++) {
        if (xy[i] < LOW || xy[i] > HIGH) {
            return false;
        }
    }
    return true;
}

/* Neighbours that are equal, and the middle of a spike, go. */
static uint32_t tidy_ring(int64_t *xy, uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *v = xy + 2 * (size_t)i;
        if (n > 0 && same(xy + 2 * (size_t)(n - 1), v)) {
            continue;
        }
        if (n > 1 && same(xy + 2 * (size_t)(n - 2), v)) {
            n--;
            continue;
        }
        memmove(xy + 2 * (size_t)n++, v, 2 * sizeof *v);
    }
    while (n > 1 && same(xy, xy + 2 * (size_t)(n - 1))) {
        n--;
    }
    return n;
}

/* Twice the area; positive when the ring runs clockwise with y down. */
static int64_t area_of(const int64_t *xy, uint32_t count)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *a = xy + 2 * (size_t)i;
        const int64_t *b = xy + 2 * (size_t)((i + 1) % count);
        sum += a[0] * b[1] - b[0] * a[1];
    }
    return sum;
}

static void write_ring(struct pk_mvt_pen *pen, const int64_t *xy, uint32_t count,
                       bool backwards)
{
    command(pen, MOVE_TO, 1);
    go(pen, xy);
    command(pen, LINE_TO, count - 1);
    for (uint32_t i = 1; i < count; i++) {
        go(pen, xy + 2 * (size_t)(backwards ? count - i : i));
    }
    command(pen, CLOSE_PATH, 1);
}

/* False when nothing is left of it. */
static bool put_ring(struct pk_mvt_pen *pen, int64_t *xy, uint32_t count, bool hole)
{
    count -= count > 1 && same(xy, xy + 2 * (size_t)(count - 1));
    if (!is_within(xy, count)) {
        size_t room = 2 * (size_t)count + 8;
        int64_t *a = pk_arena_alloc(pen->arena, 2 * room, sizeof *a);
        int64_t *b = pk_arena_alloc(pen->arena, 4 * room, sizeof *b);
        count = clip_side(xy, count, 0, LOW, true, a);
        count = clip_side(a, count, 0, HIGH, false, b);
        size_t more = 2 * (size_t)count + 8;
        a = pk_arena_alloc(pen->arena, 2 * more, sizeof *a);
        count = clip_side(b, count, 1, LOW, true, a);
        xy = pk_arena_alloc(pen->arena, 4 * (size_t)count + 16, sizeof *xy);
        count = clip_side(a, count, 1, HIGH, false, xy);
    }
    count = tidy_ring(xy, count);
    int64_t area = count < 3 ? 0 : area_of(xy, count);
    if (area == 0) {
        return false;
    }
    write_ring(pen, xy, count, (area > 0) == hole);
    return true;
}

/* ---- lines ---- */

/* Liang-Barsky: the part of a-b inside the box; false when there is none. */
static bool clip_segment(const int64_t *a, const int64_t *b, int64_t *from, int64_t *to)
{
    double t0 = 0, t1 = 1;
    for (int axis = 0; axis < 2; axis++) {
        double d = (double)(b[axis] - a[axis]);
        double low = (double)(LOW - a[axis]), high = (double)(HIGH - a[axis]);
        if (d == 0) {
            if (low > 0 || high < 0) {
                return false;
            }
            continue;
        }
        double in = d > 0 ? low / d : high / d, out = d > 0 ? high / d : low / d;
        t0 = fmax(t0, in);
        t1 = fmin(t1, out);
    }
    if (t0 > t1) {
        return false;
    }
    for (int axis = 0; axis < 2; axis++) {
        double d = (double)(b[axis] - a[axis]);
        from[axis] = t0 > 0 ? a[axis] + llround(d * t0) : a[axis];
        to[axis] = t1 < 1 ? a[axis] + llround(d * t1) : b[axis];
    }
    return true;
}

static void write_line(struct pk_mvt_pen *pen, const int64_t *xy, uint32_t count)
{
    if (count < 2) {
        return;
    }
    command(pen, MOVE_TO, 1);
    go(pen, xy);
    command(pen, LINE_TO, count - 1);
    for (uint32_t i = 1; i < count; i++) {
        go(pen, xy + 2 * (size_t)i);
    }
}

static void put_line(struct pk_mvt_pen *pen, const int64_t *xy, uint32_t count)
{
    int64_t *run = pk_arena_alloc(pen->arena, 2 * (size_t)count + 2, sizeof *run);
    uint32_t n = 0;
    for (uint32_t i = 1; i < count; i++) {
        int64_t from[2], to[2];
        if (!clip_segment(xy + 2 * (size_t)(i - 1), xy + 2 * (size_t)i, from, to)) {
            continue;
        }
        if (n == 0 || !same(run + 2 * (size_t)(n - 1), from)) {
            write_line(pen, run, n);
            memcpy(run, from, sizeof from);
            n = 1;
        }
        if (!same(from, to)) {
            memcpy(run + 2 * (size_t)n++, to, sizeof to);
        }
    }
    write_line(pen, run, n);
}

/* ---- points ---- */

static void put_points(struct pk_mvt_pen *pen, int64_t *xy, uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (is_within(xy + 2 * (size_t)i, 1)) {
            memmove(xy + 2 * (size_t)n++, xy + 2 * (size_t)i, 2 * sizeof *xy);
        }
    }
    if (n > 0) {
        command(pen, MOVE_TO, n);
        for (uint32_t i = 0; i < n; i++) {
            go(pen, xy + 2 * (size_t)i);
        }
    }
}

void pk_mvt_shape(struct pk_mvt_pen *pen, enum pk_geom_kind kind,
                  const struct pk_iring *rings, uint32_t ring_count, int64_t *xy)
{
    bool outer = false; /* is there anything of the polygon that holes could be in? */
    for (uint32_t i = 0; i < ring_count; i++) {
        int64_t *first = xy + 2 * (size_t)rings[i].first;
        if (kind == PK_GEOM_POINT) {
            put_points(pen, first, rings[i].count);
        } else if (kind == PK_GEOM_LINE) {
            put_line(pen, first, rings[i].count);
        } else if (rings[i].role != PK_RING_HOLE) {
            outer = put_ring(pen, first, rings[i].count, false);
        } else if (outer) {
            put_ring(pen, first, rings[i].count, true);
        }
    }
}
