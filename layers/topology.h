/*
 * topology.h - rings that share their borders.
 *
 * Rings go in as millimetres of the tm family and become lists of vertex numbers:
 * equal points are one vertex, a vertex that lies on another ring's segment (within
 * 1 mm) splits it, segments longer than 250 m get middles (used by wm, where they
 * bend). Segments with one set of owners make chains; each chain is simplified once,
 * with its ends and its meetings with other chains fixed, and every ring along it
 * takes the same vertices: neighbours stay closed in every band.
 *
 * Depends on the set of rings alone, not on their order.
 */
#ifndef PK_LAYERS_TOPOLOGY_H
#define PK_LAYERS_TOPOLOGY_H

#include <stdbool.h>
#include <stdint.h>

#include "layers/crs.h"
#include "layers/pack.h"

enum { PK_TOPO_NONE = UINT32_MAX };

struct pk_topo_ring {
    uint32_t first, count; /* in `ids`; closed ones without their last vertex */
    uint32_t owner;
    bool closed;
};

struct pk_topo_chain {
    uint32_t first, count; /* in `chain_ids`; closed ones with their last vertex */
    uint32_t set_first, set_count; /* in `set_owners`, ascending */
};

struct pk_topo {
    /* vertices */
    uint32_t vertex_count, vertex_cap;
    int64_t *v[PK_FAMILY_COUNT];  /* x, y; wm only after build */
    float *keep[PK_FAMILY_COUNT]; /* coarsest tolerance that keeps it, family units */
    bool *made;                   /* a middle: no vertex of any ring as it came */
    uint32_t *slots, slot_count;  /* hash table of vertices */
    /* rings */
    uint32_t ring_count, ring_cap;
    struct pk_topo_ring *rings;
    uint32_t id_count, id_cap;
    uint32_t *ids;
    /* chains, when asked for */
    uint32_t chain_count, chain_cap;
    struct pk_topo_chain *chains;
    uint32_t chain_id_count, chain_id_cap;
    uint32_t *chain_ids;
    uint32_t set_owner_count, set_owner_cap;
    uint32_t *set_owners;
};

void pk_topo_init(struct pk_topo *t);
void pk_topo_finish(struct pk_topo *t);

/* A ring (closed: last vertex equal to the first or not), a line, or points: pairs x, y
 * of the tm family. Owners are numbers of the caller's; rings of one owner along one
 * segment count once. The ring's number. */
uint32_t pk_topo_add(struct pk_topo *t, const int64_t *xy, uint32_t count, bool closed,
                     uint32_t owner);

enum pk_topo_build {
    PK_TOPO_SPLIT = 1, /* vertices on others' segments split them */
    PK_TOPO_CHAINS = 2 /* chains and simplification; without: only full is served */
};
void pk_topo_build(struct pk_topo *t, unsigned how, struct pk_crs *crs);

/* Vertices of a ring in a band, family units; closed ones with their last vertex.
 * Room for 2 * (count of the ring + 1) numbers at `out`. Returns the number of
 * vertices; below 2 nothing is left of it. */
uint32_t pk_topo_ring_band(const struct pk_topo *t, uint32_t ring, enum pk_family family,
                           int band, int64_t *out);
uint32_t pk_topo_chain_band(const struct pk_topo *t, uint32_t chain,
                            enum pk_family family, int band, int64_t *out);

#endif
