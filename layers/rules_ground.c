/* rules_ground.c - what the rules about ground ask for, made once per plan. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/rules_internal.h"

static int64_t mm(double v)
{
    return llround(v * 1000);
}

static int by_point(const void *a, const void *b)
{
    return memcmp(a, b, 2 * sizeof(int64_t));
}

/* The set of vertices in millimetres: equal for rings that begin elsewhere or run the
 * other way. Two different areas with one set of vertices would be odd indeed, and
 * their area is in the key too. */
struct pk_id rule_ring_key(const struct pk_geom *g, struct pk_arena *arena)
{
    size_t n = g->vertex_count, used = 0;
    int64_t(*points)[2] = pk_arena_alloc(arena, n + 1, sizeof(*points));

    for (uint32_t r = 0; r < g->ring_count; r++) {
        const struct pk_ring *ring = &g->rings[r];

        for (uint32_t i = 0; i + (ring->role != PK_RING_OPEN) < ring->count; i++) {
            const double *xy = &g->xy[2 * ((size_t)ring->first + i)];

            points[used][0] = mm(xy[0]);
            points[used++][1] = mm(xy[1]);
        }
    }
    qsort(points, used, sizeof(*points), by_point);
    points[used][0] = llround(fabs(pk_geom_area(g)) * 100);
    points[used][1] = g->kind;
    return pk_hash128(points, (used + 1) * sizeof(*points));
}

/* ---- do the uses fill the plan, edge by edge? ---- */

struct edge {
    int64_t a[2], b[2]; /* a before b */
    int way;            /* +1 as it stands, -1 turned */
};

static int by_edge(const void *a, const void *b)
{
    return memcmp(a, b, 4 * sizeof(int64_t));
}

static double ring_area(const struct pk_geom *g, const struct pk_ring *r)
{
    const double *xy = g->xy + 2 * (size_t)r->first;
    double sum = 0;

    for (uint32_t i = 0; i + 1 < r->count; i++)
        sum += (xy[2 * i] - xy[0]) * (xy[2 * i + 3] - xy[1]) -
               (xy[2 * i + 2] - xy[0]) * (xy[2 * i + 1] - xy[1]);
    return sum / 2;
}

static size_t add_edges(struct edge *out, const struct pk_geom *g, int way)
{
    size_t n = 0;

    for (uint32_t r = 0; r < g->ring_count; r++) {
        const struct pk_ring *ring = &g->rings[r];
        bool turned = (ring_area(g, ring) < 0) != (ring->role == PK_RING_HOLE);

        for (uint32_t i = 0; i + 1 < ring->count; i++) {
            const double *p = &g->xy[2 * ((size_t)ring->first + i)];
            struct edge e = {
                {mm(p[0]), mm(p[1])},
                {mm(p[2]), mm(p[3])},
                turned ? -way : way
            };

            if (e.a[0] == e.b[0] && e.a[1] == e.b[1])
                continue;
            if (e.a[0] > e.b[0] || (e.a[0] == e.b[0] && e.a[1] > e.b[1])) {
                int64_t swap[2] = {e.a[0], e.a[1]};

                memcpy(e.a, e.b, sizeof(e.a));
                memcpy(e.b, swap, sizeof(e.b));
                e.way = -e.way;
            }
            out[n++] = e;
        }
    }
    return n;
}

/* The border of a sum of areas is the sum of their borders: when the uses' edges
 * cancel against each other and the plan's, they cover each point of the plan once and
 * nothing else. */
static bool fills(const struct rule_ground *ground, struct pk_arena *arena)
{
    size_t n = ground->plan.vertex_count, used, i = 0;
    struct edge *edges;

    for (uint32_t u = 0; u < ground->use_count; u++)
        n += ground->uses[u].part->geom.vertex_count;
    edges = pk_arena_alloc(arena, n + 1, sizeof(*edges));
    used = add_edges(edges, &ground->plan, -1);
    for (uint32_t u = 0; u < ground->use_count; u++)
        used += add_edges(edges + used, &ground->uses[u].part->geom, 1);
    qsort(edges, used, sizeof(*edges), by_edge);
    while (i < used) {
        size_t k = i;
        int sum = 0;

        for (; k < used && by_edge(&edges[i], &edges[k]) == 0; k++)
            sum += edges[k].way;
        if (sum != 0)
            return false;
        i = k;
    }
    return used > 0;
}

/* ---- making it ---- */

static int by_key(const void *a, const void *b)
{
    const struct rule_use *x = a, *y = b;
    int order = pk_id_compare(x->key, y->key);

    return order ? order : pk_id_compare(x->first->id, y->first->id);
}

static bool same_form(const char *a, const char *b)
{
    return !a || !b || strcmp(a, b) == 0; /* one that is not known says nothing */
}

static void join_equal(struct rule_ground *g)
{
    uint32_t n = 0;

    qsort(g->uses, g->use_count, sizeof(*g->uses), by_key);
    for (uint32_t i = 0; i < g->use_count; i++) {
        struct rule_use *last = n ? &g->uses[n - 1] : NULL;

        if (!last || !pk_id_equal(last->key, g->uses[i].key)) {
            g->uses[n++] = g->uses[i];
            continue;
        }
        last->uses++;
        if (!last->other && !same_form(last->first->form, g->uses[i].first->form))
            last->other = g->uses[i].first;
    }
    g->use_count = n;
}

static struct pk_geom plan_area(struct pk_rule_run *run)
{
    const struct pk_rule_plan *plan = run->plan;
    struct pk_geom_builder *b = pk_geom_begin(run->arena, PK_GEOM_AREA, false);
    struct pk_geom out = {.kind = PK_GEOM_AREA};

    if (plan->part_count == 1)
        return plan->parts[0].geom;
    for (uint32_t i = 0; i < plan->part_count; i++) {
        const struct pk_geom *g = &plan->parts[i].geom;

        for (uint32_t r = 0; r < g->ring_count; r++) {
            pk_geom_ring(b, g->rings[r].role);
            for (uint32_t v = g->rings[r].first;
                 v < g->rings[r].first + g->rings[r].count; v++)
                pk_geom_vertex(b, g->xy[2 * v], g->xy[2 * v + 1], 0);
        }
    }
    if (pk_geom_done(&out, b, NULL))
        out = plan->parts[0].geom;
    return out;
}

void rule_ground_make(struct pk_rule_run *run)
{
    const struct pk_rule_plan *plan = run->plan;
    struct rule_ground *g = pk_arena_alloc(run->arena, 1, sizeof(*g));
    uint32_t most = 0;

    run->ground = g;
    for (uint32_t i = 0; i < plan->regulation_count; i++)
        most += plan->regulations[i].part_count;
    g->uses = pk_arena_alloc(run->arena, most + 1, sizeof(*g->uses));
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &plan->regulations[i];

        for (uint32_t k = 0; r->kind == PK_KIND_USE && k < r->part_count; k++) {
            if (r->parts[k].geom.kind != PK_GEOM_AREA)
                continue;
            g->uses[g->use_count++] = (struct rule_use){
                &r->parts[k], r, NULL, 1, rule_ring_key(&r->parts[k].geom, run->arena)};
        }
    }
    join_equal(g);
    g->plan = plan_area(run);
    g->tiled = g->use_count > 0 && fills(g, run->arena);
}

struct rule_ground *rule_ground(struct pk_rule_run *run)
{
    if (!run->ground)
        rule_ground_make(run);
    return run->ground;
}

bool rule_all_uses(struct pk_rule_run *run, const struct pk_geom **out)
{
    struct rule_ground *g = rule_ground(run);

    if (g->tiled) {
        *out = &g->plan;
        return true;
    }
    if (!g->have_all) {
        const struct pk_geom **list =
            pk_arena_alloc(run->arena, (size_t)g->use_count + 1, sizeof(*list));

        for (uint32_t i = 0; i < g->use_count; i++)
            list[i] = &g->uses[i].part->geom;
        if (g->use_count == 0 ||
            pk_overlay_union(&g->all, run->overlay, list, g->use_count, run->arena, NULL))
            return false;
        g->have_all = true;
    }
    *out = &g->all;
    return true;
}

/* ---- small things ---- */

bool rule_member(struct pk_geom *out, const struct pk_geom *g, uint32_t i,
                 struct pk_arena *arena)
{
    uint32_t first = 0, count = 0, from;

    if (g->kind != PK_GEOM_AREA && i < g->ring_count) { /* a line, or all points */
        first = i;
        count = 1;
    }
    for (uint32_t r = 0, n = 0; count == 0 && r < g->ring_count; r++) {
        if (g->rings[r].role != PK_RING_OUTER || n++ != i)
            continue;
        first = r;
        count = 1;
        while (r + count < g->ring_count && g->rings[r + count].role == PK_RING_HOLE)
            count++;
    }
    if (count == 0)
        return false;
    from = g->rings[first].first;
    *out = (struct pk_geom){.kind = g->kind,
                            .ring_count = count,
                            .rings = pk_arena_alloc(arena, count, sizeof(*out->rings)),
                            .xy = g->xy + 2 * (size_t)from};
    for (uint32_t r = 0; r < count; r++) {
        out->rings[r] = g->rings[first + r];
        out->rings[r].first -= from;
        out->vertex_count += out->rings[r].count;
    }
    return true;
}

void rule_point_in(double point[2], const struct pk_geom *g)
{
    double room;

    pk_geom_label_point(g, 0.05, &point[0], &point[1], &room);
}
