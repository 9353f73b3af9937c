#include "tiles/stroke.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/circle.h"
#include "tiles/stroke_core.h"

enum {
    FAN_MAX = 64,               /* vertices of a rounded corner */
    FAN_FLAT = 16,              /* 1/256 px that a corner may be off the circle */
    MITER_LIMIT_MAX = 16 * 256, /* 1/256 half widths */
    PLAIN_HALF_MAX = 64 * 256,  /* of lines whose corners may be plain */
    PERIOD_MIN = 256 * PK_STEP  /* shorter dashes cannot be told apart: solid */
};

#define NEAR_LENGTH (INT64_C(1) << 27)

/* Everything about one feature's pen in one window. */
struct stroke {
    struct pk_raster *r;
    const struct pk_pen *pen;
    int32_t width, half;
    bool thin;
    int64_t reach; /* of ink beyond the line that is followed */
    uint32_t dash_count;
    int64_t period;
    int64_t dash_at[4 * PK_DASHES_MAX]; /* where each dash or gap begins, steps */
    int64_t dash_length[4 * PK_DASHES_MAX];
    const struct pk_segment *segments;
    size_t count;
    bool closed;
};

struct vec {
    int64_t x, y;
};

/* ---- pens ---- */

static int32_t sub_of(double px, uint32_t scale)
{
    double v = px * scale * PK_SUB;
    const double most = PK_STROKE_WIDTH_MAX;
    if (!(v > -most))
        return v <= -most ? -PK_STROKE_WIDTH_MAX : 0;
    if (v > most)
        return PK_STROKE_WIDTH_MAX;
    return (int32_t)(v < 0 ? v - 0.5 : v + 0.5);
}

bool pk_pen_of(struct pk_pen *pen, const struct pk_line_paint *paint, uint32_t scale)
{
    *pen = (struct pk_pen){
        .width = sub_of(paint->width, scale),
        .offset = sub_of(paint->offset, scale),
        .gap = sub_of(paint->gap_width, scale),
        .cap = paint->cap,
        .join = paint->join,
        .miter_limit = sub_of(paint->miter_limit, 1),
    };
    if (pen->width <= 0)
        return false;
    if (pen->gap < 0)
        pen->gap = 0;
    if (pen->miter_limit < 256)
        pen->miter_limit = 256;
    if (pen->miter_limit > MITER_LIMIT_MAX)
        pen->miter_limit = MITER_LIMIT_MAX;
    int64_t sum = 0;
    for (uint32_t i = 0; i < paint->dash_count && i < PK_DASHES_MAX; i++) {
        int32_t d = sub_of(paint->dashes[i], scale);
        pen->dashes[pen->dash_count++] = d > 0 ? d : 0;
        sum += d > 0 ? d : 0;
    }
    if (sum == 0)
        pen->dash_count = 0;
    if (pen->dash_count % 2) { /* an odd list changes its sense each time round */
        memcpy(pen->dashes + pen->dash_count, pen->dashes,
               pen->dash_count * sizeof *pen->dashes);
        pen->dash_count *= 2;
    }
    return true;
}

int64_t pk_pen_reach(const struct pk_pen *pen)
{
    int64_t offset = pen->offset < 0 ? -(int64_t)pen->offset : pen->offset;
    if (pen->gap > 0)
        offset += (pen->gap + pen->width + 1) / 2;
    int64_t corner = 512; /* a square cap, at least */
    if (pen->join == PK_JOIN_MITER && pen->miter_limit > corner)
        corner = pen->miter_limit;
    /* An offset line runs up to four offsets away from a sharp corner. */
    return 4 * offset + ((int64_t)pen->width + 1) / 2 * corner / 256 + 2 * PK_SUB;
}

/* ---- lengths ---- */

static int64_t magnitude(int64_t v)
{
    return v < 0 ? -v : v;
}

int64_t pk_length_of(int64_t dx, int64_t dy)
{
    uint64_t ax = (uint64_t)magnitude(dx), ay = (uint64_t)magnitude(dy);
    int shift = 0;
    while ((ax | ay) >> shift >= (uint64_t)NEAR_LENGTH)
        shift++;
    ax >>= shift;
    ay >>= shift;
    return (int64_t)(pk_isqrt((ax * ax + ay * ay) << 8) << shift);
}

int64_t pk_along(int64_t d, int64_t at, int64_t length)
{
    if (magnitude(d) < NEAR_LENGTH && magnitude(at) < INT64_C(1) << 34)
        return pk_round_div(d * at, length);
    __int128 n = (__int128)d * at + length / 2;
    __int128 q = n / length;
    return (int64_t)(q - (n % length < 0));
}

/* The normal to the right, `size` 1/256 px long. Opposite directions give exactly
 * opposite normals, so a line covers the same pixels whichever way it runs. */
static struct vec normal_of(const struct pk_segment *s, int64_t size)
{
    int64_t dx = s->x1 - s->x0, dy = s->y1 - s->y0;
    bool back = dx < 0 || (dx == 0 && dy < 0);
    if (back) {
        dx = -dx;
        dy = -dy;
    }
    struct vec n = {-pk_along(dy, size * PK_STEP, s->length),
                    pk_along(dx, size * PK_STEP, s->length)};
    return back ? (struct vec){-n.x, -n.y} : n;
}

/* ---- small polygons, all clockwise ---- */

static void polygon(const struct stroke *k, const struct vec *p, uint32_t n)
{
    const struct pk_raster *r = k->r;
    int64_t left = p[0].x, right = p[0].x, top = p[0].y, bottom = p[0].y;
    for (uint32_t i = 1; i < n; i++) {
        left = p[i].x < left ? p[i].x : left;
        right = p[i].x > right ? p[i].x : right;
        top = p[i].y < top ? p[i].y : top;
        bottom = p[i].y > bottom ? p[i].y : bottom;
    }
    if (right <= 0 || left >= r->sub_w || bottom <= 0 || top >= r->sub_h)
        return;
    for (uint32_t i = 0; i < n; i++) {
        const struct vec *a = &p[i], *b = &p[i + 1 < n ? i + 1 : 0];
        pk_raster_edge(k->r, a->x, a->y, b->x, b->y);
    }
}

/* A vector of length `size` between a and b, which have it too. */
static struct vec halfway(struct vec a, struct vec b, int64_t size)
{
    int64_t x = a.x + b.x, y = a.y + b.y;
    int64_t length = pk_length_of(x, y);
    if (length == 0)
        return (struct vec){-a.y, a.x};
    return (struct vec){pk_along(x, size * PK_STEP, length),
                        pk_along(y, size * PK_STEP, length)};
}

/* Points on the circle after a up to and with b, clockwise. */
static void fan(struct vec *out, uint32_t *n, struct vec p, struct vec a, struct vec b,
                int64_t size, int depth)
{
    struct vec m = halfway(a, b, size);
    int64_t sag = magnitude(2 * m.x - a.x - b.x) + magnitude(2 * m.y - a.y - b.y);
    if (depth > 0 && sag > 2 * FAN_FLAT) {
        fan(out, n, p, a, m, size, depth - 1);
        fan(out, n, p, m, b, size, depth - 1);
        return;
    }
    out[(*n)++] = (struct vec){p.x + b.x, p.y + b.y};
}

static void round_corner(const struct stroke *k, struct vec p, struct vec a, struct vec b)
{
    struct vec out[FAN_MAX + 2] = {
        p, {p.x + a.x, p.y + a.y}
    };
    uint32_t n = 2;
    fan(out, &n, p, a, b, k->half, 5);
    polygon(k, out, n);
}

/* The outer side of a corner; the inner one is covered by both segments. */
static void join(const struct stroke *k, struct vec p, struct vec n1, struct vec n2)
{
    int64_t cross = n1.x * n2.y - n1.y * n2.x, dot = n1.x * n2.x + n1.y * n2.y;
    if (cross == 0 && (dot >= 0 || k->pen->join != PK_JOIN_ROUND))
        return;
    /* On the map y grows downwards: cross > 0 is a turn to the right. */
    struct vec a = {-n1.x, -n1.y}, b = {-n2.x, -n2.y};
    if (cross < 0) {
        a = n2;
        b = n1;
    }
    if (k->pen->join == PK_JOIN_ROUND) {
        round_corner(k, p, a, b);
        return;
    }
    struct vec out[4] = {
        p, {p.x + a.x, p.y + a.y}
    };
    uint32_t n = 2;
    int64_t square = (int64_t)k->half * k->half, limit = k->pen->miter_limit;
    if (k->pen->join == PK_JOIN_MITER && square + dot > 0 &&
        2 * square * 65536 <= limit * limit * (square + dot)) {
        out[n++] = (struct vec){p.x + pk_round_div((a.x + b.x) * square, square + dot),
                                p.y + pk_round_div((a.y + b.y) * square, square + dot)};
    }
    out[n++] = (struct vec){p.x + b.x, p.y + b.y};
    polygon(k, out, n);
}

/* Beyond p, where the line ends; n points to the right of the way OUT. */
static void cap(const struct stroke *k, struct vec p, struct vec n)
{
    struct vec on = {n.y, -n.x};
    if (k->pen->cap == PK_CAP_ROUND) {
        round_corner(k, p, (struct vec){-n.x, -n.y}, on);
        round_corner(k, p, on, n);
    } else if (k->pen->cap == PK_CAP_SQUARE) {
        struct vec out[4] = {
            {p.x + n.x,        p.y + n.y       },
            {p.x - n.x,        p.y - n.y       },
            {p.x - n.x + on.x, p.y - n.y + on.y},
            {p.x + n.x + on.x, p.y + n.y + on.y}
        };
        polygon(k, out, 4);
    }
}

/* ---- pieces of segments ---- */

static const struct pk_segment *before(const struct stroke *k, size_t i)
{
    if (i > 0)
        return &k->segments[i - 1];
    return k->closed ? &k->segments[k->count - 1] : NULL;
}

static struct vec point_on(const struct pk_segment *s, int64_t at)
{
    if (at == 0)
        return (struct vec){s->x0, s->y0};
    if (at == s->length)
        return (struct vec){s->x1, s->y1};
    return (struct vec){s->x0 + pk_along(s->x1 - s->x0, at, s->length),
                        s->y0 + pk_along(s->y1 - s->y0, at, s->length)};
}

static void piece(const struct stroke *k, size_t i, int64_t from, int64_t to,
                  bool joined_before, bool joined_after)
{
    const struct pk_segment *s = &k->segments[i];
    if (k->thin) {
        enum pk_end open = k->pen->cap == PK_CAP_BUTT ? PK_END_BUTT : PK_END_LONG;
        pk_thin_piece(k->r, s, from, to, joined_before ? PK_END_JOINED : open,
                      joined_after ? PK_END_JOINED : open, k->width);
        return;
    }
    struct vec n = {s->nx, s->ny};
    struct vec a = point_on(s, from), b = point_on(s, to);
    if (from < to) {
        struct vec quad[4] = {
            {a.x + n.x, a.y + n.y},
            {a.x - n.x, a.y - n.y},
            {b.x - n.x, b.y - n.y},
            {b.x + n.x, b.y + n.y}
        };
        polygon(k, quad, 4);
    }
    if (joined_before) {
        const struct pk_segment *prev = before(k, i);
        join(k, a, (struct vec){prev->nx, prev->ny}, n);
    } else {
        cap(k, a, (struct vec){-n.x, -n.y});
    }
    if (!joined_after)
        cap(k, b, n);
}

/* n / d rounded, halves away from 0: opposite values stay opposite. */
static int64_t even_div(int64_t n, int64_t d)
{
    return n < 0 ? -pk_round_div(-n, d) : pk_round_div(n, d);
}

/* Is the corner between two segments plain: can the line be drawn as one band, whose
 * borders meet in points, without a join of its own? Its pieces then need no ends.
 * True for turns within the miter limit (for other joins: where a miter and they
 * differ by less than can be seen) whose inner point lies within both segments. */
static void find_corner(const struct stroke *k, const struct pk_segment *prev,
                        struct pk_segment *s)
{
    const int64_t half = k->half, square = half * half;
    int64_t dot = prev->nx * s->nx + prev->ny * s->ny;
    int64_t length = prev->length < s->length ? prev->length : s->length;
    length /= 2 * PK_STEP;
    s->plain = false;
    if (half > PLAIN_HALF_MAX || square + dot <= square / 8)
        return;
    length = length < PLAIN_HALF_MAX * 4 ? length : PLAIN_HALF_MAX * 4;
    if (square > dot && (square - dot) * square > length * length * (square + dot))
        return;
    s->mx = even_div((prev->nx + s->nx) * square, square + dot);
    s->my = even_div((prev->ny + s->ny) * square, square + dot);
    int64_t size = s->mx * s->mx + s->my * s->my, limit = k->pen->miter_limit;
    s->plain = k->pen->join == PK_JOIN_MITER
                   ? size * 65536 <= limit * limit * square
                   : size <= (half + FAN_FLAT) * (half + FAN_FLAT);
}

static void side(const struct stroke *k, struct vec a, struct vec b)
{
    pk_raster_edge(k->r, a.x, a.y, b.x, b.y);
}

/* A whole segment of a solid wide line. An end that it shares with a neighbour which
 * is drawn too would only be added and taken away again. */
static void solid_segment(const struct stroke *k, size_t i)
{
    const struct pk_segment *s = &k->segments[i], *prev = before(k, i), *next = NULL;
    if (i + 1 < k->count || k->closed)
        next = &k->segments[i + 1 < k->count ? i + 1 : 0];
    struct vec n = {s->nx, s->ny}, a = {s->x0, s->y0}, b = {s->x1, s->y1};
    struct vec from = n, to = n;
    if (prev && s->plain)
        from = (struct vec){s->mx, s->my};
    else if (prev)
        join(k, a, (struct vec){prev->nx, prev->ny}, n);
    else
        cap(k, a, (struct vec){-n.x, -n.y});
    if (next && next->plain)
        to = (struct vec){next->mx, next->my};
    else if (!next)
        cap(k, b, n);
    struct vec a_right = {a.x + from.x, a.y + from.y},
               a_left = {a.x - from.x, a.y - from.y};
    struct vec b_right = {b.x + to.x, b.y + to.y}, b_left = {b.x - to.x, b.y - to.y};
    if (!(prev && s->plain && prev->near))
        side(k, a_right, a_left);
    side(k, a_left, b_left);
    if (!(next && next->plain && next->near))
        side(k, b_left, b_right);
    side(k, b_right, a_right);
}

/* The part of a long segment that may be seen, steps; generous, so that it changes
 * nothing but the time it takes. */
static void seen_part(const struct stroke *k, const struct pk_segment *s, int64_t *from,
                      int64_t *to)
{
    *from = 0;
    *to = s->length;
    if (s->length < INT64_C(2048) * PK_SUB * PK_STEP)
        return;
    double lo = 0, hi = 1;
    const double start[2] = {(double)s->x0, (double)s->y0};
    const double run[2] = {(double)(s->x1 - s->x0), (double)(s->y1 - s->y0)};
    const double side[2] = {k->r->sub_w, k->r->sub_h};
    for (int axis = 0; axis < 2; axis++) {
        double margin = (double)k->reach + 16 * PK_SUB;
        double a = -margin - start[axis], b = side[axis] + margin - start[axis];
        if (run[axis] == 0)
            continue;
        double t0 = a / run[axis], t1 = b / run[axis];
        if (t0 > t1) {
            double swap = t0;
            t0 = t1;
            t1 = swap;
        }
        lo = t0 > lo ? t0 : lo;
        hi = t1 < hi ? t1 : hi;
    }
    if (lo > hi) {
        *to = -1;
        return;
    }
    *from = (int64_t)(lo * (double)s->length);
    *to = (int64_t)(hi * (double)s->length);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static void dashed_segment(const struct stroke *k, size_t i)
{
    const struct pk_segment *s = &k->segments[i];
    bool last = i + 1 == k->count;
    int64_t from, to;
    seen_part(k, s, &from, &to);
    int64_t round = floor_div(s->at + from, k->period) - 1;
    for (; round * k->period - s->at <= to; round++) {
        for (uint32_t d = 0; d < k->dash_count; d += 2) {
            int64_t a = round * k->period + k->dash_at[d] - s->at;
            int64_t b = a + k->dash_length[d];
            if (b < 0 || (b == 0 && a < b) || a > s->length || (a == s->length && !last))
                continue;
            bool joined_before = a < 0 && i > 0;
            bool joined_after = b > s->length && !last;
            piece(k, i, a > 0 ? a : 0, b < s->length ? b : s->length, joined_before,
                  joined_after);
        }
    }
}

static void draw_line(const struct stroke *k)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct pk_segment *s = &k->segments[i];
        if (!s->near)
            continue;
        if (k->dash_count) {
            dashed_segment(k, i);
        } else if (!k->thin) {
            solid_segment(k, i);
        } else {
            piece(k, i, 0, s->length, i > 0 || k->closed, i + 1 < k->count || k->closed);
        }
    }
}

/* ---- from vertices to segments ---- */

void pk_line_scratch_free(struct pk_line_scratch *lines)
{
    if (!lines)
        return;
    free(lines->segments);
    free(lines);
}

static struct pk_segment *push(struct pk_line_scratch *lines)
{
    if (lines->count == lines->room) {
        lines->room = lines->room ? lines->room * 2 : 256;
        lines->segments =
            pk_xrealloc(lines->segments, lines->room, sizeof *lines->segments);
    }
    return &lines->segments[lines->count++];
}

/* Without `measured` every segment gets the length 1. */
static void add_path(struct pk_raster *r, const struct pk_path *path, bool measured)
{
    int64_t at = path->start * PK_STEP;
    int64_t x = path->xy[0] - r->sub_x, y = path->xy[1] - r->sub_y;
    for (uint32_t i = 1; i < path->count; i++) {
        int64_t nx = path->xy[2 * (size_t)i] - r->sub_x;
        int64_t ny = path->xy[2 * (size_t)i + 1] - r->sub_y;
        if (nx == x && ny == y)
            continue;
        int64_t length = measured ? pk_length_of(nx - x, ny - y) : 1;
        *push(r->lines) = (struct pk_segment){
            .x0 = x, .y0 = y, .x1 = nx, .y1 = ny, .length = length, .at = at};
        at += length;
        x = nx;
        y = ny;
    }
}

/* Where the vertex between two segments goes when the line is moved aside. */
static struct vec moved_corner(struct vec p, struct vec o1, struct vec o2, int64_t offset)
{
    int64_t square = offset * offset;
    int64_t below = square + o1.x * o2.x + o1.y * o2.y;
    if (below * 4 < square)
        below = square / 4 + 1;
    return (struct vec){p.x + pk_round_div((o1.x + o2.x) * square, below),
                        p.y + pk_round_div((o1.y + o2.y) * square, below)};
}

static void move_aside(struct pk_segment *s, size_t n, bool closed, int32_t offset)
{
    if (offset == 0)
        return;
    struct vec first = normal_of(&s[0], offset), last = normal_of(&s[n - 1], offset);
    struct vec o = first, p = {s[0].x0 + o.x, s[0].y0 + o.y};
    if (closed)
        p = moved_corner((struct vec){s[0].x0, s[0].y0}, last, o, offset);
    struct vec begin = p;
    for (size_t i = 0; i < n; i++) {
        struct vec corner = {s[i].x1, s[i].y1}, q, next = o;
        if (i + 1 < n) {
            next = normal_of(&s[i + 1], offset);
            q = moved_corner(corner, o, next, offset);
        } else if (closed) {
            q = begin;
        } else {
            q = (struct vec){corner.x + o.x, corner.y + o.y};
        }
        s[i].x0 = p.x;
        s[i].y0 = p.y;
        s[i].x1 = q.x;
        s[i].y1 = q.y;
        p = q;
        o = next;
    }
}

static bool can_be_seen(const struct stroke *k, const struct pk_segment *s)
{
    const struct pk_raster *r = k->r;
    int64_t left = s->x0 < s->x1 ? s->x0 : s->x1, right = s->x0 + s->x1 - left;
    int64_t top = s->y0 < s->y1 ? s->y0 : s->y1, bottom = s->y0 + s->y1 - top;
    return right + k->reach > 0 && left - k->reach < r->sub_w && bottom + k->reach > 0 &&
           top - k->reach < r->sub_h;
}

/* One line at one offset. */
static void stroke_line(struct stroke *k, const struct pk_path *paths, uint32_t count,
                        int32_t offset)
{
    struct pk_line_scratch *lines = k->r->lines;
    bool measured = !k->thin || k->dash_count > 0 || offset != 0;
    lines->count = 0;
    for (uint32_t i = 0; i < count; i++)
        add_path(k->r, &paths[i], measured);
    struct pk_segment *s = lines->segments;
    size_t n = lines->count;
    if (n == 0) /* a line without length shows nothing */
        return;
    k->segments = s;
    k->count = n;
    k->closed = n > 1 && s[0].x0 == s[n - 1].x1 && s[0].y0 == s[n - 1].y1;
    if (!k->thin) { /* before moving: the direction stays */
        for (size_t i = 0; i < n; i++) {
            struct vec v = normal_of(&s[i], k->half);
            s[i].nx = v.x;
            s[i].ny = v.y;
        }
    }
    move_aside(s, n, k->closed, offset);
    for (size_t i = 0; i < n; i++) {
        s[i].near = can_be_seen(k, &s[i]);
        const struct pk_segment *prev = before(k, i);
        if (prev && !k->thin && !k->dash_count && offset == 0)
            find_corner(k, prev, &s[i]);
    }
    draw_line(k);
}

static void set_dashes(struct stroke *k)
{
    const struct pk_pen *pen = k->pen;
    int64_t at = 0;
    uint32_t n = pen->dash_count & ~1u;
    for (uint32_t i = 0; i < n; i++) {
        k->dash_at[i] = at;
        k->dash_length[i] = (int64_t)pen->dashes[i] * PK_STEP;
        at += k->dash_length[i];
    }
    k->period = at;
    k->dash_count = at >= PERIOD_MIN ? n : 0;
}

static bool continues(const struct pk_path *a, const struct pk_path *b)
{
    const int64_t *end = a->xy + 2 * (size_t)(a->count - 1);
    return b->start > 0 && b->xy[0] == end[0] && b->xy[1] == end[1];
}

void pk_stroke(struct pk_raster *r, const struct pk_path *paths, uint32_t count,
               const struct pk_pen *pen)
{
    if (pen->width <= 0)
        return;
    if (!r->lines)
        r->lines = pk_xcalloc(1, sizeof *r->lines);
    struct stroke k = {.r = r, .pen = pen, .width = pen->width};
    if (k.width > PK_STROKE_WIDTH_MAX)
        k.width = PK_STROKE_WIDTH_MAX;
    k.half = (k.width + 1) / 2;
    k.thin = k.width <= PK_THIN_WIDTH;
    k.reach = pk_pen_reach(pen);
    set_dashes(&k);
    int32_t aside = pen->gap > 0 ? (pen->gap + k.width + 1) / 2 : 0;
    for (uint32_t i = 0; i < count;) {
        uint32_t n = 1;
        while (i + n < count && paths[i].count > 0 && paths[i + n].count > 0 &&
               continues(&paths[i + n - 1], &paths[i + n]))
            n++;
        if (paths[i].count > 1 || n > 1) {
            stroke_line(&k, paths + i, n, pen->offset - aside);
            if (aside)
                stroke_line(&k, paths + i, n, pen->offset + aside);
        }
        i += n;
    }
    if (!k.thin)
        pk_raster_to_mask(r, PK_NON_ZERO);
}
