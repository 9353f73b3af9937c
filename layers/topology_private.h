/* topology_private.h - between topology.c and topology_chain.c. */
#ifndef PK_LAYERS_TOPOLOGY_PRIVATE_H
#define PK_LAYERS_TOPOLOGY_PRIVATE_H

#include "layers/topology.h"

/* The array with room for one more element. */
void *pk_topo_grow(void *p, uint32_t count, uint32_t *cap, size_t size);

/* Chains of the expanded rings, and the tolerance up to which each vertex stays. */
void pk_topo_make_chains(struct pk_topo *t);

#endif
