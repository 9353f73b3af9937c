/* topology.c - vertices, splitting and middles. */
#include "layers/topology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/topology_private.h"

enum {
    GRID_SHIFT = 14,         /* squares of 16.384 m to look for vertices in */
    ON_SEGMENT = 1,          /* mm */
    LONGEST_SEGMENT = 250000 /* mm */
};

void *pk_topo_grow(void *p, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap) {
        return p;
    }
    *cap = *cap > 0 ? 2 * *cap : 256;
    return pk_xrealloc(p, *cap, size);
}

void pk_topo_init(struct pk_topo *t)
{
    *t = (struct pk_topo){0};
}

void pk_topo_finish(struct pk_topo *t)
{
    for (int f = 0; f < PK_FAMILY_COUNT; f++) {
        free(t->v[f]);
        free(t->keep[f]);
    }
    free(t->made);
    free(t->slots);
    free(t->rings);
    free(t->ids);
    free(t->chains);
    free(t->chain_ids);
    free(t->set_owners);
    *t = (struct pk_topo){0};
}

/* ---- vertices ---- */

static uint32_t hash_point(int64_t x, int64_t y)
{
    uint64_t h = (uint64_t)x * UINT64_C(0x9e3779b97f4a7c15) ^
                 (uint64_t)y * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (uint32_t)((h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 32);
}

static void rehash(struct pk_topo *t)
{
    t->slot_count = t->slot_count > 0 ? 2 * t->slot_count : 1024;
    free(t->slots);
    t->slots = pk_xmalloc(sizeof(*t->slots) * t->slot_count);
    memset(t->slots, 0xff, sizeof(*t->slots) * t->slot_count);
    for (uint32_t i = 0; i < t->vertex_count; i++) {
        uint32_t at =
            hash_point(t->v[PK_TM][2 * (size_t)i], t->v[PK_TM][2 * (size_t)i + 1]);
        while (t->slots[at &= t->slot_count - 1] != PK_TOPO_NONE) {
            at++;
        }
        t->slots[at] = i;
    }
}

static uint32_t vertex_at(struct pk_topo *t, int64_t x, int64_t y, bool made)
{
    if (2 * t->vertex_count >= t->slot_count) {
        rehash(t);
    }
    uint32_t at = hash_point(x, y);
    while (t->slots[at &= t->slot_count - 1] != PK_TOPO_NONE) {
        uint32_t i = t->slots[at];
        const int64_t *v = t->v[PK_TM] + 2 * (size_t)i;
        if (v[0] == x && v[1] == y) {
            t->made[i] &= made;
            return i;
        }
        at++;
    }
    if (t->vertex_count == t->vertex_cap) {
        t->vertex_cap = t->vertex_cap > 0 ? 2 * t->vertex_cap : 512;
        t->v[PK_TM] = pk_xrealloc(t->v[PK_TM], t->vertex_cap, 2 * sizeof(int64_t));
        t->made = pk_xrealloc(t->made, t->vertex_cap, sizeof(*t->made));
    }
    uint32_t i = t->vertex_count++;
    t->v[PK_TM][2 * (size_t)i] = x;
    t->v[PK_TM][2 * (size_t)i + 1] = y;
    t->made[i] = made;
    t->slots[at] = i;
    return i;
}

static void put_id(struct pk_topo *t, uint32_t id)
{
    t->ids = pk_topo_grow(t->ids, t->id_count, &t->id_cap, sizeof(*t->ids));
    t->ids[t->id_count++] = id;
}

uint32_t pk_topo_add(struct pk_topo *t, const int64_t *xy, uint32_t count, bool closed,
                     uint32_t owner)
{
    struct pk_topo_ring ring = {.first = t->id_count, .owner = owner, .closed = closed};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id = vertex_at(t, xy[2 * (size_t)i], xy[2 * (size_t)i + 1], false);
        if (t->id_count == ring.first || t->ids[t->id_count - 1] != id) {
            put_id(t, id);
        }
    }
    while (closed && t->id_count > ring.first + 1 &&
           t->ids[t->id_count - 1] == t->ids[ring.first]) {
        t->id_count--;
    }
    ring.count = t->id_count - ring.first;
    t->rings = pk_topo_grow(t->rings, t->ring_count, &t->ring_cap, sizeof(ring));
    t->rings[t->ring_count] = ring;
    return t->ring_count++;
}

/* ---- segments of the rings as they came ---- */

/* An undirected segment, a < b, with the vertices between in order from a. */
struct segment {
    uint32_t a, b;
    uint32_t first, count; /* in `between` */
};

struct splitter {
    struct pk_topo *t;
    struct segment *segments;
    uint32_t count, cap;
    uint32_t *slots, slot_count;
    uint32_t *between;
    uint32_t between_count, between_cap;
    /* vertices in order of their grid square */
    struct grid_entry {
        uint64_t square;
        uint32_t vertex;
    } * grid;
    uint32_t *square_slots, square_slot_count;
};

static uint32_t hash_pair(uint64_t a, uint64_t b)
{
    uint64_t h = (a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)((h ^ h >> 31) >> 16);
}

static uint32_t segment_at(struct splitter *s, uint32_t a, uint32_t b)
{
    if (a > b) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    uint32_t at = hash_pair(a, b);
    while (s->slots[at &= s->slot_count - 1] != PK_TOPO_NONE) {
        struct segment *e = &s->segments[s->slots[at]];
        if (e->a == a && e->b == b) {
            return s->slots[at];
        }
        at++;
    }
    s->segments = pk_topo_grow(s->segments, s->count, &s->cap, sizeof(*s->segments));
    s->segments[s->count] = (struct segment){.a = a, .b = b};
    s->slots[at] = s->count;
    return s->count++;
}

static uint32_t ring_segments(const struct pk_topo_ring *ring)
{
    return ring->count < 2                   ? 0
           : ring->closed && ring->count > 2 ? ring->count
                                             : ring->count - 1;
}

static uint32_t *new_slots(uint64_t things, uint32_t *count)
{
    *count = 1024;
    while (*count < 2 * things) {
        *count *= 2;
    }
    uint32_t *slots = pk_xmalloc(sizeof(*slots) * *count);
    memset(slots, 0xff, sizeof(*slots) * *count);
    return slots;
}

static void collect_segments(struct splitter *s)
{
    struct pk_topo *t = s->t;
    s->slots = new_slots(t->id_count, &s->slot_count);
    for (uint32_t r = 0; r < t->ring_count; r++) {
        const struct pk_topo_ring *ring = &t->rings[r];
        const uint32_t *ids = t->ids + ring->first;
        uint32_t n = ring_segments(ring);
        for (uint32_t i = 0; i < n; i++) {
            segment_at(s, ids[i], ids[(i + 1) % ring->count]);
        }
    }
}

/* ---- vertices on segments ---- */

static uint64_t square_of(int64_t x, int64_t y)
{
    return (uint64_t)(y >> GRID_SHIFT) << 32 | (uint32_t)(x >> GRID_SHIFT);
}

static int compare_grid(const void *a, const void *b)
{
    const struct grid_entry *x = a, *y = b;
    if (x->square != y->square) {
        return x->square < y->square ? -1 : 1;
    }
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

static void make_grid(struct splitter *s)
{
    struct pk_topo *t = s->t;
    s->grid = pk_xcalloc(t->vertex_count, sizeof(*s->grid));
    for (uint32_t i = 0; i < t->vertex_count; i++) {
        const int64_t *v = t->v[PK_TM] + 2 * (size_t)i;
        s->grid[i] = (struct grid_entry){square_of(v[0], v[1]), i};
    }
    qsort(s->grid, t->vertex_count, sizeof(*s->grid), compare_grid);
    s->square_slots = new_slots(t->vertex_count, &s->square_slot_count);
    for (uint32_t i = 0; i < t->vertex_count; i++) {
        if (i > 0 && s->grid[i].square == s->grid[i - 1].square) {
            continue;
        }
        uint64_t square = s->grid[i].square;
        uint32_t at = hash_pair(square >> 32, square & UINT32_MAX);
        while (s->square_slots[at &= s->square_slot_count - 1] != PK_TOPO_NONE) {
            at++;
        }
        s->square_slots[at] = i;
    }
}

/* First entry of a square in the grid, PK_TOPO_NONE when it is empty. */
static uint32_t square_start(const struct splitter *s, uint64_t square)
{
    uint32_t at = hash_pair(square >> 32, square & UINT32_MAX);
    while (s->square_slots[at &= s->square_slot_count - 1] != PK_TOPO_NONE) {
        uint32_t i = s->square_slots[at];
        if (s->grid[i].square == square) {
            return i;
        }
        at++;
    }
    return PK_TOPO_NONE;
}

static bool lies_on(const int64_t *a, const int64_t *b, const int64_t *v)
{
    int64_t dx = b[0] - a[0], dy = b[1] - a[1], wx = v[0] - a[0], wy = v[1] - a[1];
    double square = (double)dx * (double)dx + (double)dy * (double)dy;
    double along = (double)dx * (double)wx + (double)dy * (double)wy;
    double cross = (double)dx * (double)wy - (double)dy * (double)wx;
    return along > 0 && along < square &&
           cross * cross <= square * ((double)ON_SEGMENT * ON_SEGMENT);
}

static void put_between(struct splitter *s, uint32_t id)
{
    s->between =
        pk_topo_grow(s->between, s->between_count, &s->between_cap, sizeof(*s->between));
    s->between[s->between_count++] = id;
}

/* Tests the vertices of the squares that one row of the grid shares with a segment. */
static void search_row(struct splitter *s, const struct segment *e, int64_t row)
{
    const int64_t *v = s->t->v[PK_TM];
    const int64_t *a = v + 2 * (size_t)e->a, *b = v + 2 * (size_t)e->b;
    double min_x = (double)(a[0] < b[0] ? a[0] : b[0]),
           max_x = (double)(a[0] > b[0] ? a[0] : b[0]);
    if (a[1] != b[1]) { /* the part of it in this row, with its width to spare */
        double slope = (double)(b[0] - a[0]) / (double)(b[1] - a[1]);
        double y0 = (double)(row << GRID_SHIFT) - 4,
               y1 = (double)((row + 1) << GRID_SHIFT) + 4;
        double x0 = (double)a[0] + (y0 - (double)a[1]) * slope;
        double x1 = (double)a[0] + (y1 - (double)a[1]) * slope;
        min_x = fmax(min_x, fmin(x0, x1));
        max_x = fmin(max_x, fmax(x0, x1));
    }
    int64_t first = (int64_t)floor(min_x - 4) >> GRID_SHIFT,
            last = (int64_t)ceil(max_x + 4) >> GRID_SHIFT;
    for (int64_t column = first; column <= last; column++) {
        uint64_t square = (uint64_t)row << 32 | (uint32_t)column;
        uint32_t i = square_start(s, square);
        for (; i < s->t->vertex_count && s->grid[i].square == square; i++) {
            uint32_t id = s->grid[i].vertex;
            if (id != e->a && id != e->b && lies_on(a, b, v + 2 * (size_t)id)) {
                put_between(s, id);
            }
        }
    }
}

/* Order along a segment: distance from its a; equals by place. */
struct along {
    double at;
    int64_t x, y;
    uint32_t id;
};

static int compare_along(const void *p, const void *q)
{
    const struct along *a = p, *b = q;
    if (a->at != b->at) {
        return a->at < b->at ? -1 : 1;
    }
    if (a->x != b->x) {
        return a->x < b->x ? -1 : 1;
    }
    return (a->y > b->y) - (a->y < b->y);
}

static void sort_between(struct splitter *s, const struct segment *e)
{
    uint32_t n = e->count;
    if (n < 2) { /* there may be no list at all */
        return;
    }
    uint32_t *ids = s->between + e->first;
    const int64_t *v = s->t->v[PK_TM], *a = v + 2 * (size_t)e->a,
                  *b = v + 2 * (size_t)e->b;
    struct along *order = pk_xcalloc(n, sizeof(*order));
    for (uint32_t i = 0; i < n; i++) {
        const int64_t *p = v + 2 * (size_t)ids[i];
        order[i] = (struct along){.at = (double)(p[0] - a[0]) * (double)(b[0] - a[0]) +
                                        (double)(p[1] - a[1]) * (double)(b[1] - a[1]),
                                  .x = p[0],
                                  .y = p[1],
                                  .id = ids[i]};
    }
    qsort(order, n, sizeof(*order), compare_along);
    for (uint32_t i = 0; i < n; i++) {
        ids[i] = order[i].id;
    }
    free(order);
}

/* ---- middles ---- */

/* Middles between two vertices, each halving what is left; the sum's half is the same
 * from either end. */
static void put_middles(struct splitter *s, uint32_t a, uint32_t b, int depth)
{
    struct pk_topo *t = s->t;
    const int64_t *p = t->v[PK_TM] + 2 * (size_t)a, *q = t->v[PK_TM] + 2 * (size_t)b;
    if (depth == 12 || pk_segment_length(q[0] - p[0], q[1] - p[1]) <= LONGEST_SEGMENT) {
        return;
    }
    uint32_t m = vertex_at(t, (p[0] + q[0]) >> 1, (p[1] + q[1]) >> 1, true);
    put_middles(s, a, m, depth + 1);
    put_between(s, m);
    put_middles(s, m, b, depth + 1);
}

static void densify(struct splitter *s, struct segment *e)
{
    /* Only called for segments with something long in them: what lies between is
     * written again, with the middles. */
    uint32_t n = e->count;
    uint32_t *old = pk_xcalloc((size_t)n + 2, sizeof(*old));
    old[0] = e->a;
    if (n > 0) {
        memcpy(old + 1, s->between + e->first, n * sizeof(*old));
    }
    old[n + 1] = e->b;
    e->first = s->between_count;
    for (uint32_t i = 0; i <= n; i++) {
        if (i > 0) {
            put_between(s, old[i]);
        }
        put_middles(s, old[i], old[i + 1], 0);
    }
    e->count = s->between_count - e->first;
    free(old);
}

static bool is_long(const struct splitter *s, const struct segment *e)
{
    const int64_t *v = s->t->v[PK_TM];
    const int64_t *p = v + 2 * (size_t)e->a, *q = v + 2 * (size_t)e->b;
    return pk_segment_length(q[0] - p[0], q[1] - p[1]) > LONGEST_SEGMENT;
}

static void find_between(struct splitter *s, bool split)
{
    if (split) {
        make_grid(s);
        for (uint32_t i = 0; i < s->count; i++) {
            struct segment *e = &s->segments[i];
            const int64_t *v = s->t->v[PK_TM];
            int64_t y0 = v[2 * (size_t)e->a + 1], y1 = v[2 * (size_t)e->b + 1];
            int64_t first = (y0 < y1 ? y0 : y1) - 4, last = (y0 > y1 ? y0 : y1) + 4;
            e->first = s->between_count;
            for (int64_t row = first >> GRID_SHIFT; row <= last >> GRID_SHIFT; row++) {
                search_row(s, e, row);
            }
            e->count = s->between_count - e->first;
            sort_between(s, e);
        }
    }
    for (uint32_t i = 0; i < s->count; i++) {
        if (is_long(s, &s->segments[i])) {
            densify(s, &s->segments[i]);
        }
    }
}

/* Writes every ring again, with what lies between its vertices. */
static void expand_rings(struct splitter *s)
{
    struct pk_topo *t = s->t;
    uint32_t *old = t->ids;
    t->ids = NULL;
    t->id_count = t->id_cap = 0;
    for (uint32_t r = 0; r < t->ring_count; r++) {
        struct pk_topo_ring *ring = &t->rings[r];
        const uint32_t *ids = old + ring->first;
        uint32_t n = ring_segments(ring), first = t->id_count;
        for (uint32_t i = 0; i < ring->count; i++) {
            put_id(t, ids[i]);
            if (i >= n) {
                continue;
            }
            uint32_t next = ids[(i + 1) % ring->count];
            const struct segment *e = &s->segments[segment_at(s, ids[i], next)];
            for (uint32_t k = 0; k < e->count; k++) {
                bool forward = e->a == ids[i];
                put_id(t, s->between[e->first + (forward ? k : e->count - 1 - k)]);
            }
        }
        ring->first = first;
        ring->count = t->id_count - first;
    }
    free(old);
}

static void project(struct pk_topo *t, struct pk_crs *crs)
{
    t->v[PK_WM] = pk_xmalloc(2 * sizeof(int64_t) * (t->vertex_count + (size_t)1));
    for (uint32_t i = 0; i < t->vertex_count; i++) {
        const int64_t *v = t->v[PK_TM] + 2 * (size_t)i;
        double metres[2] = {(double)v[0] / 1000, (double)(PK_TM_TOP - v[1]) / 1000};
        pk_crs_to_family(crs, PK_WM, metres, 1, t->v[PK_WM] + 2 * (size_t)i);
    }
}

void pk_topo_build(struct pk_topo *t, unsigned how, struct pk_crs *crs)
{
    struct splitter s = {.t = t};
    collect_segments(&s);
    find_between(&s, (how & PK_TOPO_SPLIT) != 0);
    expand_rings(&s);
    free(s.segments);
    free(s.slots);
    free(s.between);
    free(s.grid);
    free(s.square_slots);
    free(t->slots);
    t->slots = NULL;
    t->slot_count = 0;
    project(t, crs);
    if ((how & PK_TOPO_CHAINS) != 0) {
        pk_topo_make_chains(t);
    }
}

/* ---- what a band keeps ---- */

static bool keeps(const struct pk_topo *t, enum pk_family family, int band, uint32_t id)
{
    if (family == PK_TM && t->made[id]) {
        return false;
    }
    return band == PK_BAND_FULL || t->keep[family] == NULL ||
           (double)t->keep[family][id] > (double)pk_band_pixel(family, band) / 4;
}

static uint32_t copy_kept(const struct pk_topo *t, const uint32_t *ids, uint32_t count,
                          bool closed, enum pk_family family, int band, int64_t *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *v = t->v[family] + 2 * (size_t)ids[i];
        if (!keeps(t, family, band, ids[i])) {
            continue;
        }
        int64_t x = pk_band_round(family, band, v[0]);
        int64_t y = pk_band_round(family, band, v[1]);
        if (n > 0 && x == out[2 * (size_t)n - 2] && y == out[2 * (size_t)n - 1]) {
            continue;
        }
        out[2 * (size_t)n] = x;
        out[2 * (size_t)n + 1] = y;
        n++;
    }
    if (closed && n > 1) {
        if (out[0] != out[2 * (size_t)n - 2] || out[1] != out[2 * (size_t)n - 1]) {
            out[2 * (size_t)n] = out[0];
            out[2 * (size_t)n + 1] = out[1];
            n++;
        }
    }
    return n;
}

uint32_t pk_topo_ring_band(const struct pk_topo *t, uint32_t ring, enum pk_family family,
                           int band, int64_t *out)
{
    const struct pk_topo_ring *r = &t->rings[ring];
    return copy_kept(t, t->ids + r->first, r->count, r->closed, family, band, out);
}

uint32_t pk_topo_chain_band(const struct pk_topo *t, uint32_t chain,
                            enum pk_family family, int band, int64_t *out)
{
    const struct pk_topo_chain *c = &t->chains[chain];
    return copy_kept(t, t->chain_ids + c->first, c->count, false, family, band, out);
}
