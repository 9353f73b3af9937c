/* geom_measure.c - areas, lengths, distances and the point for a label. */
#include "layers/geom.h"

#include <math.h>
#include <stdlib.h>

/* Signed area, anticlockwise positive, relative to the ring's first vertex: with
 * northings of seven digits the plain sum loses what we are asked for. */
static double ring_area(const struct pk_geom *g, const struct pk_ring *r)
{
    const double *p = g->xy + 2 * (size_t)r->first;
    double sum = 0;

    for (uint32_t i = 1; i + 1 < r->count; i++) {
        double ax = p[2 * i] - p[0], ay = p[2 * i + 1] - p[1];
        double bx = p[2 * i + 2] - p[0], by = p[2 * i + 3] - p[1];
        sum += ax * by - bx * ay;
    }
    return sum / 2;
}

double pk_geom_area(const struct pk_geom *g)
{
    double sum = 0;

    if (g->kind != PK_GEOM_AREA)
        return 0;
    for (uint32_t i = 0; i < g->ring_count; i++) {
        double area = fabs(ring_area(g, &g->rings[i]));
        sum += g->rings[i].role == PK_RING_HOLE ? -area : area;
    }
    return sum;
}

static double ring_length(const struct pk_geom *g, const struct pk_ring *r)
{
    const double *p = g->xy + 2 * (size_t)r->first;
    double sum = 0;

    for (uint32_t i = 0; i + 1 < r->count; i++)
        sum += hypot(p[2 * i + 2] - p[2 * i], p[2 * i + 3] - p[2 * i + 1]);
    return sum;
}

double pk_geom_length(const struct pk_geom *g)
{
    double sum = 0;

    if (g->kind != PK_GEOM_LINE)
        return 0;
    for (uint32_t i = 0; i < g->ring_count; i++)
        sum += ring_length(g, &g->rings[i]);
    return sum;
}

enum side { OUTSIDE, INSIDE, ON_EDGE };

/* Crossings of a ray to the east. A vertex belongs to the edge above it, so that
 * a ray through it is counted once. */
static enum side ring_side(const struct pk_geom *g, const struct pk_ring *r, double x,
                           double y)
{
    const double *p = g->xy + 2 * (size_t)r->first;
    bool in = false;

    for (uint32_t i = 0; i + 1 < r->count; i++, p += 2) {
        double ax = p[0] - x, ay = p[1] - y, bx = p[2] - x, by = p[3] - y;
        double cross = ax * by - bx * ay;

        if (cross == 0 && fmin(ax, bx) <= 0 && fmax(ax, bx) >= 0 && fmin(ay, by) <= 0 &&
            fmax(ay, by) >= 0)
            return ON_EDGE;
        if ((ay > 0) != (by > 0) && (cross > 0) == (by > ay))
            in = !in;
    }
    return in ? INSIDE : OUTSIDE;
}

bool pk_geom_covers(const struct pk_geom *g, double x, double y)
{
    bool in = false;

    if (g->kind != PK_GEOM_AREA)
        return false;
    for (uint32_t i = 0; i < g->ring_count; i++) {
        bool hole = g->rings[i].role == PK_RING_HOLE;
        enum side side;

        if (!hole && in)
            return true; /* in the polygon before and in none of its holes */
        if (hole && !in)
            continue;
        side = ring_side(g, &g->rings[i], x, y);
        if (side == ON_EDGE)
            return true;
        in = hole ? side == OUTSIDE : side == INSIDE;
    }
    return in;
}

static double segment_distance2(const double *p, double x, double y)
{
    double dx = p[2] - p[0], dy = p[3] - p[1];
    double len2 = dx * dx + dy * dy;
    double t = len2 > 0 ? ((x - p[0]) * dx + (y - p[1]) * dy) / len2 : 0;
    double ex, ey;

    t = t < 0 ? 0 : t > 1 ? 1 : t;
    ex = p[0] + t * dx - x;
    ey = p[1] + t * dy - y;
    return ex * ex + ey * ey;
}

double pk_geom_edge_distance(const struct pk_geom *g, double x, double y)
{
    double best = INFINITY;

    for (uint32_t i = 0; i < g->ring_count; i++) {
        const double *p = g->xy + 2 * (size_t)g->rings[i].first;
        uint32_t n = g->rings[i].count;

        if (g->kind == PK_GEOM_POINT)
            for (uint32_t k = 0; k < n; k++) {
                double d2 = (p[2 * k] - x) * (p[2 * k] - x) +
                            (p[2 * k + 1] - y) * (p[2 * k + 1] - y);
                best = d2 < best ? d2 : best;
            }
        else
            for (uint32_t k = 0; k + 1 < n; k++) {
                double d2 = segment_distance2(p + 2 * (size_t)k, x, y);
                best = d2 < best ? d2 : best;
            }
    }
    return isinf(best) ? 1e300 : sqrt(best);
}

/* --- the point for a label --- */

/* Most distance evaluations times vertices for one label: the search ends there
 * with the best point so far. Counted, not timed, so that it is the same anywhere. */
#define PK_LABEL_WORK_MAX 40e6
enum { PK_LABEL_CELLS_MAX = 20000 };

struct cell {
    double x, y, half; /* centre and half side */
    double d;          /* distance of the centre to the edge, negative outside */
    double best;       /* no point of the cell can have more */
};

struct search {
    struct pk_geom polygon; /* a view of one polygon */
    struct cell *heap;
    size_t count, cap, made;
    size_t most; /* cells that may be made */
};

static double signed_distance(const struct pk_geom *g, double x, double y)
{
    double d = pk_geom_edge_distance(g, x, y);

    return pk_geom_covers(g, x, y) ? d : -d;
}

static void heap_push(struct search *s, struct cell c)
{
    size_t i = s->count++;

    if (s->count > s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->heap = pk_xrealloc(s->heap, s->cap, sizeof *s->heap);
    }
    while (i > 0 && s->heap[(i - 1) / 2].best < c.best) {
        s->heap[i] = s->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    s->heap[i] = c;
}

static struct cell heap_pop(struct search *s)
{
    struct cell top = s->heap[0], last = s->heap[--s->count];
    size_t i = 0;

    for (;;) {
        size_t k = 2 * i + 1;

        if (k >= s->count)
            break;
        if (k + 1 < s->count && s->heap[k + 1].best > s->heap[k].best)
            k++;
        if (s->heap[k].best <= last.best)
            break;
        s->heap[i] = s->heap[k];
        i = k;
    }
    if (s->count > 0)
        s->heap[i] = last;
    return top;
}

static struct cell make_cell(struct search *s, double x, double y, double half)
{
    struct cell c = {x, y, half, signed_distance(&s->polygon, x, y), 0};

    c.best = c.d + half * sqrt(2);
    s->made++;
    return c;
}

/* The polygon with the largest area, as a view into g. */
static struct pk_geom largest_polygon(const struct pk_geom *g)
{
    struct pk_geom best = {0};
    double most = -1;

    for (uint32_t i = 0; i < g->ring_count;) {
        struct pk_geom one = {.kind = PK_GEOM_AREA, .rings = g->rings + i, .xy = g->xy};

        do {
            one.vertex_count += g->rings[i].count;
            one.ring_count++;
            i++;
        } while (i < g->ring_count && g->rings[i].role == PK_RING_HOLE);
        if (best.ring_count == 0 || pk_geom_area(&one) > most) { /* or no number */
            most = pk_geom_area(&one);
            best = one;
        }
    }
    return best;
}

static struct pk_box ring_box(const struct pk_geom *g, const struct pk_ring *r)
{
    struct pk_geom one = {
        .vertex_count = r->count, .xy = g->xy + 2 * (size_t)r->first, .z = NULL};

    return pk_geom_box(&one);
}

static void first_cells(struct search *s, struct pk_box box, struct cell *best)
{
    double w = box.max_x - box.min_x, h = box.max_y - box.min_y;
    double side = fmax(fmin(w, h), fmax(w, h) / 64);

    *best = make_cell(s, (box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2, 0);
    if (!(side > 0))
        return;
    for (int i = 0; i < ceil(w / side); i++)
        for (int k = 0; k < ceil(h / side); k++)
            heap_push(s, make_cell(s, box.min_x + (i + 0.5) * side,
                                   box.min_y + (k + 0.5) * side, side / 2));
}

/* V. Agafonkin, "A new algorithm for finding a visual center of a polygon" (2016). */
static struct cell search_pole(struct search *s, double precision)
{
    struct cell best;

    first_cells(s, ring_box(&s->polygon, &s->polygon.rings[0]), &best);
    while (s->count > 0) {
        struct cell c = heap_pop(s);
        double q = c.half / 2;

        if (c.d > best.d)
            best = c;
        if (c.best - best.d <= precision || s->made + 4 > s->most)
            break;
        for (int i = 0; i < 4; i++)
            heap_push(s, make_cell(s, c.x + (i & 1 ? q : -q), c.y + (i & 2 ? q : -q), q));
    }
    return best;
}

static void area_label(const struct pk_geom *g, double precision, double *x, double *y,
                       double *room)
{
    struct search s = {.polygon = largest_polygon(g)};
    struct cell best;

    s.most = (size_t)(PK_LABEL_WORK_MAX / (s.polygon.vertex_count + 1));
    s.most = s.most < 16 ? 16 : s.most > PK_LABEL_CELLS_MAX ? PK_LABEL_CELLS_MAX : s.most;
    best = search_pole(&s, precision);
    free(s.heap);
    *x = best.x;
    *y = best.y;
    *room = best.d > 0 ? best.d : 0;
    if (best.d < 0) { /* too thin for the search: on its edge is still in it */
        *x = s.polygon.xy[2 * (size_t)s.polygon.rings[0].first];
        *y = s.polygon.xy[2 * (size_t)s.polygon.rings[0].first + 1];
    }
}

static void line_label(const struct pk_geom *g, double *x, double *y)
{
    const struct pk_ring *longest = &g->rings[0];
    const double *p;
    double rest;

    for (uint32_t i = 1; i < g->ring_count; i++)
        if (ring_length(g, &g->rings[i]) > ring_length(g, longest))
            longest = &g->rings[i];
    p = g->xy + 2 * (size_t)longest->first;
    *x = p[0];
    *y = p[1];
    rest = ring_length(g, longest) / 2;
    for (uint32_t i = 0; i + 1 < longest->count; i++, p += 2) {
        double len = hypot(p[2] - p[0], p[3] - p[1]);

        if (len > 0 && len >= rest) {
            *x = p[0] + (p[2] - p[0]) * rest / len;
            *y = p[1] + (p[3] - p[1]) * rest / len;
            return;
        }
        rest -= len;
    }
}

void pk_geom_label_point(const struct pk_geom *g, double precision, double *x, double *y,
                         double *room)
{
    *x = *y = *room = 0;
    if (g->ring_count == 0 || g->vertex_count == 0)
        return;
    if (g->kind == PK_GEOM_AREA) {
        area_label(g, precision, x, y, room);
    } else if (g->kind == PK_GEOM_LINE) {
        line_label(g, x, y);
    } else {
        *x = g->xy[0];
        *y = g->xy[1];
    }
}

static void reverse_ring(struct pk_geom *g, const struct pk_ring *r)
{
    size_t a = r->first, b = (size_t)r->first + r->count - 1;

    for (; a < b; a++, b--) {
        for (int k = 0; k < 2; k++) {
            double v = g->xy[2 * a + k];
            g->xy[2 * a + k] = g->xy[2 * b + k];
            g->xy[2 * b + k] = v;
        }
        if (g->z) {
            double v = g->z[a];
            g->z[a] = g->z[b];
            g->z[b] = v;
        }
    }
}

void pk_geom_orient(struct pk_geom *g)
{
    if (g->kind != PK_GEOM_AREA)
        return;
    for (uint32_t i = 0; i < g->ring_count; i++) {
        double area = ring_area(g, &g->rings[i]);
        bool hole = g->rings[i].role == PK_RING_HOLE;

        if (hole ? area > 0 : area < 0)
            reverse_ring(g, &g->rings[i]);
    }
}
