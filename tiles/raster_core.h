/*
 * raster_core.h - the inside of a raster, shared by the files that make it up:
 * raster.c (edges -> accumulator), sweep.c (accumulator -> pixels or mask),
 * mask.c (mask -> pixels), stroke.c and thin.c (lines). Nobody else includes it.
 */
#ifndef PK_TILES_RASTER_CORE_H
#define PK_TILES_RASTER_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/raster.h"

enum {
    PK_FULL_COVER = 512 * 256, /* running sum of a pixel that is wholly covered */
    PK_MASK_BLOCK = 16         /* pixels that share a dirty byte */
};

struct pk_raster {
    int64_t sub_x, sub_y; /* window origin, 1/256 px */
    int64_t px_x, px_y;   /* the same, px */
    int32_t w, h;         /* px */
    int32_t sub_w, sub_h; /* 1/256 px */

    /* The accumulator: the running sum of a row of `acc` is the coverage. A bit of
     * `bits` is set for a cell that an edge passed; it and the next cell count. */
    int32_t *acc;
    uint64_t *bits;
    uint32_t stride;        /* cells a row: w + 1, rounded up */
    uint32_t words;         /* of bits a row */
    int32_t row_lo, row_hi; /* rows with edges, empty when lo > hi */
    bool right;             /* may anything reach the window's right side? */
    size_t acc_room, bits_room;

    /* The mask: bytes, and a byte per block of 16 pixels that is not 0 when something
     * is in it; rows of those are a multiple of 8, to be looked at 8 at a time. */
    uint8_t *mask;
    uint8_t *dirty;
    uint32_t mask_stride, dirty_stride;
    int32_t mask_lo, mask_hi;
    size_t mask_room, dirty_room;

    uint8_t *pattern_row; /* coverage of a pattern along one row */
    size_t pattern_room;

    struct pk_line_scratch *lines; /* stroke.c's, freed by pk_line_scratch_free */
};

void pk_line_scratch_free(struct pk_line_scratch *lines);

/* One directed edge, relative to the window. */
void pk_raster_edge(struct pk_raster *r, int64_t x0, int64_t y0, int64_t x1, int64_t y1);

/* floor(a * 2^32 / b), b != 0; the result of real edges fits. */
int64_t pk_slope(int64_t a, int64_t b);

static inline void pk_mask_touch(struct pk_raster *r, int32_t x, int32_t y)
{
    r->dirty[(size_t)y * r->dirty_stride + (uint32_t)x / PK_MASK_BLOCK] = 1;
}

static inline void pk_mask_rows(struct pk_raster *r, int32_t lo, int32_t hi)
{
    if (lo < r->mask_lo)
        r->mask_lo = lo;
    if (hi > r->mask_hi)
        r->mask_hi = hi;
}

#endif
