/*
 * rings.h - areas out of edges: signed references to shared lines become rings,
 * rings become polygons with holes, whatever order and sign the file has.
 */
#ifndef PK_IMPORT_RINGS_H
#define PK_IMPORT_RINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "layers/geom.h"

/* Ends nearer than this are one node, metres; larger gaps leave a ring open. */
#define PK_NODE_TOLERANCE_M 0.001
/* An open ring whose ends are this near is closed, and reported, metres. */
#define PK_GAP_CLOSED_M 0.1

struct pk_edge_use {
    const double *xy; /* 2 * count: easting, northing, as the edge is stored */
    size_t count;
    bool reversed; /* "minus": run from the last to the first */
};

struct pk_rings_report {
    uint32_t turned; /* edges used against their sign */
    uint32_t closed; /* rings with a small gap, now closed */
    uint32_t open;   /* rings that stay open and are left out */
    double x, y;     /* where the first of these is */
    uint32_t parts;  /* polygons */
};

/* Polygons of the edges as one geometry: each outer ring followed by its holes.
 * Errors: PK_BAD_INPUT when no ring closes; PK_LIMIT. */
enum pk_status pk_rings_build(struct pk_geom *out, struct pk_rings_report *report,
                              const struct pk_edge_use *edges, size_t count,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* Polygon number i of it as a view (rings and xy are shared). */
struct pk_geom pk_rings_part(const struct pk_geom *g, uint32_t i);

#endif
