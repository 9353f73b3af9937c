/*
 * mvt_geometry.h - shapes in tile units -> the command integers of a vector tile.
 *
 * Source: Mapbox Vector Tile Specification 2.1, clause 4.3. Outer rings run clockwise
 * as seen (positive area with y down), holes the other way; what has no area or length
 * left in tile units is dropped, so every geometry that comes out is one a reader may
 * trust. What lies farther out than the buffer is cut away.
 */
#ifndef PK_TILES_MVT_GEOMETRY_H
#define PK_TILES_MVT_GEOMETRY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "layers/pack.h"

enum {
    PK_MVT_EXTENT = 4096, /* tile units a side */
    PK_MVT_BUFFER = 128   /* tile units kept around the tile */
};

/* Commands of one feature, several parts one after another. */
struct pk_mvt_pen {
    struct pk_buf *out;     /* varints */
    int64_t x, y;           /* where the cursor is */
    struct pk_arena *arena; /* scratch */
};

/* Add a shape: rings as in packs, vertices in tile units from the tile's top left. The
 * vertices are used up. */
void pk_mvt_shape(struct pk_mvt_pen *pen, enum pk_geom_kind kind,
                  const struct pk_iring *rings, uint32_t ring_count, int64_t *xy);

#endif
