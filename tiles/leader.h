/*
 * leader.h - the thin line from a label that stands outside into the area it is of.
 *
 * A style layer with metadata "plankarta:leader" (a zoom) and "plankarta:fit" puts the
 * label of an area without room for it beside the area, from that zoom on: at the first
 * of eight places that is free, in the order right, left, up, down and the corners. Words
 * have none: letters and their index, up to 2.5 ems. Not of MapLibre: a viewer that
 * draws the vector tiles leaves such labels to its own rules.
 */
#ifndef PK_TILES_LEADER_H
#define PK_TILES_LEADER_H

#include "tiles/raster.h"
#include "tiles/text.h"

enum {
    PK_LEADER_PX = 14, /* CSS px from the edge of the room to the label */
    PK_LEADER_HALF_EMS = 5,
    PK_LEADER_PLACES = 8 /* of PK_LABEL_POSITIONS */
};

struct pk_leader {
    bool drawn;
    int64_t x0, y0; /* in the area; absolute 1/64 CSS px */
    int64_t x1, y1; /* at the label */
};

/* Directions of the places: right and down, -1, 0, 1. */
extern const int8_t pk_leader_ways[PK_LEADER_PLACES][2];

/* Line and point, with the label's halo round both. The raster has begun on `s`. */
void pk_leader_paint(struct pk_raster *r, struct pk_surface *s, uint32_t scale,
                     const struct pk_leader *leader, const struct pk_text_ink *ink);

#endif
