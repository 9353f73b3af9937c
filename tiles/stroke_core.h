/*
 * stroke_core.h - what stroke.c and thin.c share; private.
 *
 * Lengths along lines are in 1/4096 px ("steps": 16 to 1/256 px), so that many short
 * segments do not add up to a visible rounding error.
 */
#ifndef PK_TILES_STROKE_CORE_H
#define PK_TILES_STROKE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/raster_core.h"
#include "tiles/stroke.h"

enum { PK_STEP = 16 };

/* A segment of a line, relative to the window, and never of length 0. */
struct pk_segment {
    int64_t x0, y0, x1, y1;
    int64_t length; /* steps */
    int64_t at;     /* steps from the line's beginning to (x0, y0) */
    int64_t nx, ny; /* normal to the right, of half the pen's width; wide lines only */
    bool near;      /* can its ink reach the window? */
    /* The corner at (x0, y0) when it is plain: both borders of the line meet the ones
     * of the segment before at (x0, y0) + and - this vector. */
    bool plain;
    int64_t mx, my;
};

/* Vertices of one line after continuation, without doubles; private to stroke.c. */
struct pk_line_scratch {
    struct pk_segment *segments;
    size_t count, room;
};

/* An end of a drawn piece of a segment. */
enum pk_end { PK_END_BUTT, PK_END_LONG /* half a width on */, PK_END_JOINED };

/* Draw steps from..to of a segment as a thin line into the mask. */
void pk_thin_piece(struct pk_raster *r, const struct pk_segment *s, int64_t from,
                   int64_t to, enum pk_end begin, enum pk_end end, int32_t width);

/* floor(sqrt(dx*dx + dy*dy) * 16), near enough for edges above 2^26. */
int64_t pk_length_of(int64_t dx, int64_t dy);
/* d * at / length, rounded. */
int64_t pk_along(int64_t d, int64_t at, int64_t length);

#endif
