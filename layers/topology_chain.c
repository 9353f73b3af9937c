/*
 * topology_chain.c - chains of segments with one set of owners, and what each band
 * keeps of them.
 *
 * Simplification: D. Douglas, T. Peucker, "Algorithms for the reduction of the number of
 * points required to represent a digitized line", 1973. Where it splits does not depend
 * on the tolerance, so one run gives every vertex the largest tolerance that keeps it:
 * the least distance met on the way down to it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/topology_private.h"

enum { PIECE_MAX = 2048 }; /* a chain's vertex at each multiple stays: bounds the work */

struct edge {
    uint32_t a, b, set;
};

struct owned {
    uint32_t edge, owner;
};

struct maker {
    struct pk_topo *t;
    struct edge *edges;
    uint32_t edge_count, edge_cap;
    uint32_t *slots, slot_count;
    struct owned *owned;
    uint32_t owned_count, owned_cap;
    struct set {
        uint32_t first, count;
    } * sets;
    uint32_t set_count, set_cap;
    uint32_t *start, *incident; /* edges at each vertex: incident[start[v]..start[v+1]) */
    bool *fixed, *used;
};

static uint32_t hash_two(uint32_t a, uint32_t b)
{
    uint64_t h = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)((h ^ h >> 31) >> 16);
}

static uint32_t edge_at(struct maker *m, uint32_t a, uint32_t b)
{
    if (a > b) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    uint32_t at = hash_two(a, b);
    while (m->slots[at &= m->slot_count - 1] != PK_TOPO_NONE) {
        const struct edge *e = &m->edges[m->slots[at]];
        if (e->a == a && e->b == b) {
            return m->slots[at];
        }
        at++;
    }
    m->edges = pk_topo_grow(m->edges, m->edge_count, &m->edge_cap, sizeof(*m->edges));
    m->edges[m->edge_count] = (struct edge){a, b, PK_TOPO_NONE};
    m->slots[at] = m->edge_count;
    return m->edge_count++;
}

static uint32_t *empty_slots(uint64_t things, uint32_t *count)
{
    *count = 1024;
    while (*count < 2 * things) {
        *count *= 2;
    }
    uint32_t *slots = pk_xmalloc(sizeof(*slots) * *count);
    memset(slots, 0xff, sizeof(*slots) * *count);
    return slots;
}

static void collect_edges(struct maker *m)
{
    struct pk_topo *t = m->t;
    m->slots = empty_slots(t->id_count, &m->slot_count);
    for (uint32_t r = 0; r < t->ring_count; r++) {
        const struct pk_topo_ring *ring = &t->rings[r];
        const uint32_t *ids = t->ids + ring->first;
        uint32_t n = ring->count < 2                   ? 0
                     : ring->closed && ring->count > 2 ? ring->count
                                                       : ring->count - 1;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t a = ids[i], b = ids[(i + 1) % ring->count];
            if (a == b) {
                continue;
            }
            m->owned =
                pk_topo_grow(m->owned, m->owned_count, &m->owned_cap, sizeof(*m->owned));
            m->owned[m->owned_count++] = (struct owned){edge_at(m, a, b), ring->owner};
        }
    }
    free(m->slots);
    m->slots = NULL;
}

static int compare_owned(const void *a, const void *b)
{
    const struct owned *x = a, *y = b;
    if (x->edge != y->edge) {
        return x->edge < y->edge ? -1 : 1;
    }
    return (x->owner > y->owner) - (x->owner < y->owner);
}

/* The number of a set of owners, as one of the ascending lists in set_owners. */
static uint32_t set_of(struct maker *m, const struct owned *owned, uint32_t count)
{
    struct pk_topo *t = m->t;
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ owned[i].owner) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    uint32_t at = (uint32_t)(hash >> 32);
    while (m->slots[at &= m->slot_count - 1] != PK_TOPO_NONE) {
        const struct set *s = &m->sets[m->slots[at]];
        uint32_t i = 0;
        while (i < count && s->count == count &&
               t->set_owners[s->first + i] == owned[i].owner) {
            i++;
        }
        if (i == count && s->count == count) {
            return m->slots[at];
        }
        at++;
    }
    m->sets = pk_topo_grow(m->sets, m->set_count, &m->set_cap, sizeof(*m->sets));
    m->sets[m->set_count] = (struct set){t->set_owner_count, count};
    for (uint32_t i = 0; i < count; i++) {
        t->set_owners = pk_topo_grow(t->set_owners, t->set_owner_count, &t->set_owner_cap,
                                     sizeof(*t->set_owners));
        t->set_owners[t->set_owner_count++] = owned[i].owner;
    }
    m->slots[at] = m->set_count;
    return m->set_count++;
}

static void collect_sets(struct maker *m)
{
    if (m->owned_count > 0) {
        qsort(m->owned, m->owned_count, sizeof(*m->owned), compare_owned);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->owned_count; i++) {
        if (n == 0 || compare_owned(&m->owned[n - 1], &m->owned[i]) != 0) {
            m->owned[n++] = m->owned[i];
        }
    }
    m->slots = empty_slots(m->edge_count, &m->slot_count);
    for (uint32_t i = 0; i < n;) {
        uint32_t end = i;
        while (end < n && m->owned[end].edge == m->owned[i].edge) {
            end++;
        }
        m->edges[m->owned[i].edge].set = set_of(m, m->owned + i, end - i);
        i = end;
    }
    free(m->slots);
    m->slots = NULL;
    free(m->owned);
    m->owned = NULL;
}

static void collect_incidence(struct maker *m)
{
    uint32_t vertices = m->t->vertex_count;
    m->start = pk_xcalloc((size_t)vertices + 2, sizeof(*m->start));
    m->incident = pk_xcalloc(2 * (size_t)m->edge_count, sizeof(*m->incident));
    for (uint32_t i = 0; i < m->edge_count; i++) {
        m->start[m->edges[i].a + 2]++;
        m->start[m->edges[i].b + 2]++;
    }
    for (uint32_t v = 2; v < vertices + 2; v++) {
        m->start[v] += m->start[v - 1];
    }
    for (uint32_t i = 0; i < m->edge_count; i++) {
        m->incident[m->start[m->edges[i].a + 1]++] = i;
        m->incident[m->start[m->edges[i].b + 1]++] = i;
    }
    m->fixed = pk_xcalloc(vertices, sizeof(*m->fixed));
    for (uint32_t v = 0; v < vertices; v++) {
        const uint32_t *at = m->incident + m->start[v];
        uint32_t n = m->start[v + 1] - m->start[v];
        m->fixed[v] = n != 2 || m->edges[at[0]].set != m->edges[at[1]].set;
    }
}

/* The edge that continues a chain at v after `edge`; PK_TOPO_NONE at its end. */
static uint32_t next_edge(const struct maker *m, uint32_t v, uint32_t edge)
{
    uint32_t found = PK_TOPO_NONE, count = 0;
    for (uint32_t i = m->start[v]; i < m->start[v + 1]; i++) {
        uint32_t e = m->incident[i];
        if (m->edges[e].set == m->edges[edge].set) {
            count++;
            found = e != edge ? e : found;
        }
    }
    return count == 2 ? found : PK_TOPO_NONE;
}

/* Smaller easting, then smaller northing (y runs down the map). */
static int compare_place(const struct pk_topo *t, uint32_t a, uint32_t b)
{
    const int64_t *p = t->v[PK_TM] + 2 * (size_t)a, *q = t->v[PK_TM] + 2 * (size_t)b;
    if (p[0] != q[0]) {
        return p[0] < q[0] ? -1 : 1;
    }
    return (p[1] < q[1]) - (p[1] > q[1]);
}

static void reverse(uint32_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t swap = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = swap;
    }
}

static void put_chain_id(struct pk_topo *t, uint32_t id)
{
    t->chain_ids =
        pk_topo_grow(t->chain_ids, t->chain_id_count, &t->chain_id_cap, sizeof(id));
    t->chain_ids[t->chain_id_count++] = id;
}

/* A closed chain without ends begins at its smallest vertex. */
static void rotate(const struct pk_topo *t, uint32_t *ids, uint32_t count)
{
    uint32_t n = count - 1, best = 0; /* last == first */
    for (uint32_t i = 1; i < n; i++) {
        best = compare_place(t, ids[i], ids[best]) < 0 ? i : best;
    }
    reverse(ids, best);
    reverse(ids + best, n - best);
    reverse(ids, n);
    ids[n] = ids[0];
}

static void walk(struct maker *m, uint32_t from, uint32_t edge, bool cycle)
{
    struct pk_topo *t = m->t;
    const struct set *set = &m->sets[m->edges[edge].set];
    struct pk_topo_chain chain = {t->chain_id_count, 0, set->first, set->count};
    uint32_t v = from;
    put_chain_id(t, v);
    while (edge != PK_TOPO_NONE && !m->used[edge]) {
        m->used[edge] = true;
        v = m->edges[edge].a == v ? m->edges[edge].b : m->edges[edge].a;
        put_chain_id(t, v);
        edge = next_edge(m, v, edge);
    }
    chain.count = t->chain_id_count - chain.first;
    uint32_t *ids = t->chain_ids + chain.first;
    if (cycle) {
        rotate(t, ids, chain.count);
    }
    int order = compare_place(t, ids[chain.count - 1], ids[0]);
    if (order == 0 && chain.count > 2) {
        order = compare_place(t, ids[chain.count - 2], ids[1]);
    }
    if (order < 0) {
        reverse(ids, chain.count);
    }
    t->chains = pk_topo_grow(t->chains, t->chain_count, &t->chain_cap, sizeof(chain));
    t->chains[t->chain_count++] = chain;
}

static void walk_all(struct maker *m)
{
    m->used = pk_xcalloc(m->edge_count, sizeof(*m->used));
    for (uint32_t i = 0; i < m->edge_count; i++) {
        const struct edge e = m->edges[i];
        if (!m->used[i] && next_edge(m, e.a, i) == PK_TOPO_NONE) {
            walk(m, e.a, i, false);
        } else if (!m->used[i] && next_edge(m, e.b, i) == PK_TOPO_NONE) {
            walk(m, e.b, i, false);
        }
    }
    for (uint32_t i = 0; i < m->edge_count; i++) {
        if (!m->used[i]) {
            walk(m, m->edges[i].a, i, true);
        }
    }
}

/* ---- simplification ---- */

static double distance(const int64_t *a, const int64_t *b, const int64_t *p)
{
    double dx = (double)(b[0] - a[0]), dy = (double)(b[1] - a[1]);
    double wx = (double)(p[0] - a[0]), wy = (double)(p[1] - a[1]);
    double square = dx * dx + dy * dy, along = dx * wx + dy * wy;
    if (along <= 0 || square == 0) {
        return sqrt(wx * wx + wy * wy);
    }
    if (along >= square) {
        wx -= dx;
        wy -= dy;
        return sqrt(wx * wx + wy * wy);
    }
    return fabs(dx * wy - dy * wx) / sqrt(square);
}

struct span {
    uint32_t from, to;
    float keep; /* of the vertex that split this span off */
};

static void simplify(const struct pk_topo *t, enum pk_family family, const uint32_t *ids,
                     uint32_t from, uint32_t to, struct span *stack)
{
    const int64_t *v = t->v[family];
    uint32_t depth = 0;
    stack[depth++] = (struct span){from, to, INFINITY};
    while (depth > 0) {
        struct span s = stack[--depth];
        const int64_t *a = v + 2 * (size_t)ids[s.from], *b = v + 2 * (size_t)ids[s.to];
        double worst = -1;
        uint32_t split = 0;
        for (uint32_t i = s.from + 1; i < s.to; i++) {
            double d = distance(a, b, v + 2 * (size_t)ids[i]);
            if (d > worst) {
                worst = d;
                split = i;
            }
        }
        if (worst < 0) {
            continue;
        }
        float keep = (float)worst < s.keep ? (float)worst : s.keep;
        t->keep[family][ids[split]] = keep;
        stack[depth++] = (struct span){s.from, split, keep};
        stack[depth++] = (struct span){split, s.to, keep};
    }
}

static void simplify_chain(const struct maker *m, enum pk_family family,
                           const struct pk_topo_chain *chain, uint32_t *ids,
                           struct span *stack)
{
    const struct pk_topo *t = m->t;
    uint32_t n = 0, from = 0;
    for (uint32_t i = 0; i < chain->count; i++) {
        uint32_t id = t->chain_ids[chain->first + i];
        if (family == PK_WM || !t->made[id]) {
            ids[n++] = id;
        }
    }
    for (uint32_t i = 1; i < n; i++) {
        if (i + 1 == n || m->fixed[ids[i]] || i - from == PIECE_MAX) {
            simplify(t, family, ids, from, i, stack);
            from = i;
        }
    }
}

static void simplify_all(struct maker *m)
{
    struct pk_topo *t = m->t;
    uint32_t longest = 1;
    for (uint32_t c = 0; c < t->chain_count; c++) {
        longest = t->chains[c].count > longest ? t->chains[c].count : longest;
    }
    uint32_t *ids = pk_xcalloc(longest, sizeof(*ids));
    struct span *stack = pk_xcalloc((size_t)PIECE_MAX + 2, sizeof(*stack));
    for (int f = 0; f < PK_FAMILY_COUNT; f++) {
        t->keep[f] = pk_xmalloc(sizeof(float) * ((size_t)t->vertex_count + 1));
        for (uint32_t i = 0; i < t->vertex_count; i++) {
            t->keep[f][i] = INFINITY;
        }
        for (uint32_t c = 0; c < t->chain_count; c++) {
            simplify_chain(m, (enum pk_family)f, &t->chains[c], ids, stack);
        }
    }
    free(ids);
    free(stack);
}

void pk_topo_make_chains(struct pk_topo *t)
{
    struct maker m = {.t = t};
    collect_edges(&m);
    collect_sets(&m);
    collect_incidence(&m);
    walk_all(&m);
    simplify_all(&m);
    free(m.edges);
    free(m.sets);
    free(m.start);
    free(m.incident);
    free(m.fixed);
    free(m.used);
}
