/*
 * stroke.h - lines of any width as coverage: caps, joins, dashes, offsets.
 *
 * A stroke goes into the raster's MASK (raster.h), joined by maximum: paint it
 * after each feature, or once per layer when the paint is constant. Lengths are
 * integer square roots of whole segments; normals, dash ends and joins follow from
 * whole segments, so every window agrees. Everything in 1/256 device pixels.
 *
 * Lines up to PK_THIN_WIDTH take a fast path: coverage along the longer axis, sampled
 * at pixel centres across it; exact between windows, close to area coverage.
 */
#ifndef PK_TILES_STROKE_H
#define PK_TILES_STROKE_H

#include <stdbool.h>
#include <stdint.h>

#include "styles/style.h"
#include "tiles/raster.h"

enum {
    PK_THIN_WIDTH = 320,              /* 1.25 px */
    PK_STROKE_WIDTH_MAX = 256 * 1024, /* wider is drawn as this */
};

struct pk_pen {
    int32_t width;  /* > 0 */
    int32_t offset; /* + = to the right of the direction, as MapLibre */
    int32_t gap;    /* > 0: two lines, this far apart inside */
    enum pk_cap cap;
    enum pk_join join;
    int32_t miter_limit; /* in 1/256 of a half width; MapLibre's 2 = 512 */
    uint32_t dash_count; /* 0 = solid; an odd list is repeated once */
    int32_t dashes[2 * PK_DASHES_MAX];
};

/* A pen of a paint at a scale (device pixels per CSS pixel). False: it draws nothing. */
bool pk_pen_of(struct pk_pen *pen, const struct pk_line_paint *paint, uint32_t scale);
/* How far beyond the line ink can reach, 1/256 px: half width, offset, miter, caps. */
int64_t pk_pen_reach(const struct pk_pen *pen);

/* One line. A closed one (last vertex equals the first) is joined, not capped.
 * `start` is the length along the whole line before its first vertex, for dashes. */
struct pk_path {
    const int64_t *xy;
    uint32_t count;
    int64_t start;
};

/* All lines of one feature. A path that begins where the one before ended, with
 * start > 0, continues it: joined, dashes counted from its own start. */
void pk_stroke(struct pk_raster *r, const struct pk_path *paths, uint32_t count,
               const struct pk_pen *pen);

#endif
