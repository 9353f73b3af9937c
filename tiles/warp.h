/*
 * warp.h - pack coordinates (EPSG:3006, 1 mm) into a local SWEREF 99 zone.
 *
 * A biquadratic fit per cell of 1 km in EPSG:3006, chosen by where the vertex lies
 * and by nothing else: every window computes the same numbers, without PROJ per
 * vertex. The error over Sweden is 0.1 mm. A warp belongs to one thread.
 */
#ifndef PK_TILES_WARP_H
#define PK_TILES_WARP_H

#include <stdint.h>

#include "layers/pack.h"

struct pk_warp;

struct pk_warp *pk_warp_create(void);
void pk_warp_destroy(struct pk_warp *w); /* accepts NULL */
/* The zone to warp into, 3007-3018; forgets the fits of another zone. */
void pk_warp_into(struct pk_warp *w, int epsg);

/* Units of family tm -> millimetres of the zone: easting, 10^10 - northing. */
void pk_warp_point(struct pk_warp *w, int64_t *x, int64_t *y);
/* All tm units that can fall into a box of the zone. */
struct pk_ibox pk_warp_box_back(struct pk_warp *w, struct pk_ibox zone);

#endif
