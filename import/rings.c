#include "import/rings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PK_AREA_EDGES_MAX = 20000 };

struct ring {
    double *xy;
    size_t count, cap;
    double area;    /* without sign */
    int32_t outer;  /* holes: index of the ring they lie in; -1 = outer */
    uint32_t depth; /* rings around it */
};

struct builder {
    struct pk_arena *arena;
    const struct pk_edge_use *edges;
    size_t count;
    bool *used;
    struct ring *rings;
    size_t ring_count;
    struct pk_rings_report *report;
};

static bool same(const double *a, const double *b)
{
    return hypot(a[0] - b[0], a[1] - b[1]) <= PK_NODE_TOLERANCE_M;
}

static const double *end_of(const struct pk_edge_use *e, bool last)
{
    bool tail = last != e->reversed;

    return e->xy + (tail ? 2 * (e->count - 1) : 0);
}

static void note(struct pk_rings_report *r, uint32_t *counter, const double *at)
{
    if (r->turned + r->closed + r->open == 0) {
        r->x = at[0];
        r->y = at[1];
    }
    ++*counter;
}

static void ring_add(struct builder *b, struct ring *ring, const double *p)
{
    if (ring->count && ring->xy[2 * ring->count - 2] == p[0] &&
        ring->xy[2 * ring->count - 1] == p[1]) {
        return;
    }
    if (ring->count == ring->cap) {
        size_t cap = ring->cap ? ring->cap * 2 : 64;
        double *xy = pk_arena_alloc(b->arena, 2 * cap, sizeof(*xy));
        if (ring->count) {
            memcpy(xy, ring->xy, 2 * ring->count * sizeof(*xy));
        }
        ring->xy = xy;
        ring->cap = cap;
    }
    ring->xy[2 * ring->count] = p[0];
    ring->xy[2 * ring->count + 1] = p[1];
    ring->count++;
}

static void ring_add_edge(struct builder *b, struct ring *ring,
                          const struct pk_edge_use *e, bool turned)
{
    bool reversed = e->reversed != turned;

    for (size_t i = 0; i < e->count; i++) {
        /* The node is one point: that of the edge before. */
        if (i > 0 || ring->count == 0) {
            ring_add(b, ring, e->xy + 2 * (reversed ? e->count - 1 - i : i));
        }
    }
}

/* The next edge at this node: in the order of the list, by its sign; only when
 * there is none, one against its sign. */
static size_t next_edge(const struct builder *b, size_t after, const double *node,
                        bool *turned)
{
    for (int against = 0; against < 2; against++) {
        for (size_t k = 1; k <= b->count; k++) {
            size_t i = (after + k) % b->count;
            if (!b->used[i] && same(end_of(&b->edges[i], against), node)) {
                *turned = against;
                return i;
            }
        }
    }
    return SIZE_MAX;
}

static double area_of(const struct ring *r)
{
    double sum = 0;

    for (size_t i = 1; i + 1 < r->count; i++) {
        double ax = r->xy[2 * i] - r->xy[0], ay = r->xy[2 * i + 1] - r->xy[1];
        double bx = r->xy[2 * i + 2] - r->xy[0], by = r->xy[2 * i + 3] - r->xy[1];
        sum += ax * by - bx * ay;
    }
    return fabs(sum) / 2;
}

static void keep_ring(struct builder *b, struct ring *ring, bool gap)
{
    double *last = ring->xy + 2 * (ring->count - 1);

    if (gap) {
        note(b->report, &b->report->closed, last);
        ring_add(b, ring, ring->xy);
    } else {
        last[0] = ring->xy[0]; /* within the node tolerance */
        last[1] = ring->xy[1];
    }
    ring->area = area_of(ring);
    if (ring->count >= 4 && ring->area > 0) {
        ring->outer = -1;
        b->rings[b->ring_count++] = *ring;
    } else {
        note(b->report, &b->report->open, ring->xy);
    }
}

/* Walk from an unused edge until the walk comes back. A node met again before that
 * ends a loop of its own: rings that touch in a point are two rings. */
static void walk(struct builder *b, size_t first)
{
    size_t *vertex_at = pk_arena_alloc(b->arena, b->count + 1, sizeof(*vertex_at));
    size_t nodes = 0, i = first;
    struct ring ring = {0};
    bool turned = false;

    for (;;) {
        b->used[i] = true;
        vertex_at[nodes++] = ring.count ? ring.count - 1 : 0;
        if (turned) {
            note(b->report, &b->report->turned, end_of(&b->edges[i], true));
        }
        ring_add_edge(b, &ring, &b->edges[i], turned);
        const double *here = ring.xy + 2 * (ring.count - 1);
        for (size_t k = 0; k < nodes; k++) {
            if (!same(ring.xy + 2 * vertex_at[k], here)) {
                continue;
            }
            struct ring loop = {0};
            for (size_t v = vertex_at[k]; v < ring.count; v++) {
                ring_add(b, &loop, ring.xy + 2 * v);
            }
            ring.count = vertex_at[k] + 1;
            nodes = k;
            if (loop.count > 1) {
                keep_ring(b, &loop, false);
            }
            break;
        }
        if (nodes == 0) {
            return;
        }
        i = next_edge(b, i, ring.xy + 2 * (ring.count - 1), &turned);
        if (i == SIZE_MAX) {
            break;
        }
    }
    const double *end = ring.xy + 2 * (ring.count - 1);
    if (ring.count >= 3 &&
        hypot(end[0] - ring.xy[0], end[1] - ring.xy[1]) <= PK_GAP_CLOSED_M) {
        keep_ring(b, &ring, true);
    } else {
        note(b->report, &b->report->open, end);
    }
}

static struct pk_geom as_geom(const struct ring *r, struct pk_ring *storage)
{
    *storage = (struct pk_ring){0, (uint32_t)r->count, PK_RING_OUTER};
    return (struct pk_geom){.kind = PK_GEOM_AREA,
                            .ring_count = 1,
                            .vertex_count = (uint32_t)r->count,
                            .rings = storage,
                            .xy = r->xy};
}

static bool lies_in(const struct ring *inner, const struct ring *outer)
{
    struct pk_ring storage;
    struct pk_geom g = as_geom(outer, &storage);

    for (size_t i = 0; i + 1 < inner->count; i++) {
        const double *p = inner->xy + 2 * i;
        double mx = (p[0] + p[2]) / 2, my = (p[1] + p[3]) / 2;
        /* A vertex on the other's line says nothing: try the next, and middles. */
        if (pk_geom_edge_distance(&g, p[0], p[1]) > PK_NODE_TOLERANCE_M) {
            return pk_geom_covers(&g, p[0], p[1]);
        }
        if (pk_geom_edge_distance(&g, mx, my) > PK_NODE_TOLERANCE_M) {
            return pk_geom_covers(&g, mx, my);
        }
    }
    return false;
}

/* Even depth is ground, odd depth a hole in the smallest ring around it. */
static void nest(struct builder *b)
{
    for (size_t i = 0; i < b->ring_count; i++) {
        double smallest = INFINITY;
        for (size_t k = 0; k < b->ring_count; k++) {
            if (k == i || b->rings[k].area <= b->rings[i].area ||
                !lies_in(&b->rings[i], &b->rings[k])) {
                continue;
            }
            b->rings[i].depth++;
            if (b->rings[k].area < smallest) {
                smallest = b->rings[k].area;
                b->rings[i].outer = (int32_t)k;
            }
        }
        if (b->rings[i].depth % 2 == 0) {
            b->rings[i].outer = -1;
        }
    }
}

static void give(struct pk_geom_builder *g, const struct ring *r, enum pk_ring_role role)
{
    pk_geom_ring(g, role);
    for (size_t i = 0; i < r->count; i++) {
        pk_geom_vertex(g, r->xy[2 * i], r->xy[2 * i + 1], 0);
    }
}

enum pk_status pk_rings_build(struct pk_geom *out, struct pk_rings_report *report,
                              const struct pk_edge_use *edges, size_t count,
                              struct pk_arena *arena, struct pk_error *err)
{
    struct builder b = {.arena = arena, .edges = edges, .count = count, .report = report};
    struct pk_geom_builder *g;

    memset(out, 0, sizeof(*out));
    memset(report, 0, sizeof(*report));
    if (count > PK_AREA_EDGES_MAX) {
        return pk_fail(err, PK_LIMIT, "an area of %zu edges, more than %d", count,
                       PK_AREA_EDGES_MAX);
    }
    b.used = pk_arena_alloc(arena, count + 1, sizeof(*b.used));
    b.rings = pk_arena_alloc(arena, 2 * count + 1, sizeof(*b.rings));
    for (size_t i = 0; i < count; i++) {
        if (!b.used[i] && edges[i].count >= 2) {
            walk(&b, i);
        }
    }
    if (b.ring_count == 0) {
        return pk_fail(err, PK_BAD_INPUT, "no closed ring among %zu edges", count);
    }
    nest(&b);
    g = pk_geom_begin(arena, PK_GEOM_AREA, false);
    for (size_t i = 0; i < b.ring_count; i++) {
        if (b.rings[i].outer >= 0) {
            continue;
        }
        report->parts++;
        give(g, &b.rings[i], PK_RING_OUTER);
        for (size_t k = 0; k < b.ring_count; k++) {
            if (b.rings[k].outer == (int32_t)i) {
                give(g, &b.rings[k], PK_RING_HOLE);
            }
        }
    }
    return pk_geom_done(out, g, err);
}

struct pk_geom pk_rings_part(const struct pk_geom *g, uint32_t number)
{
    struct pk_geom part = {.kind = g->kind, .xy = g->xy, .z = g->z};
    uint32_t seen = 0;

    for (uint32_t i = 0; i < g->ring_count; i++) {
        seen += g->rings[i].role == PK_RING_OUTER;
        if (seen != number + 1) {
            continue;
        }
        if (part.ring_count == 0) {
            part.rings = g->rings + i;
        }
        part.ring_count++;
        part.vertex_count += g->rings[i].count;
    }
    return part;
}
