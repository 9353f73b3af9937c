/*
 * raster.h - exact-area coverage of polygons, in integers.
 *
 * Coordinates are ABSOLUTE 1/256 device pixels (int64): sub = floor(coordinate *
 * 256 / pixel) in grid space, rounded once per vertex and never per window. Edges
 * are never cut: where one meets a scan line or a column follows from its two
 * ends alone, so every window sees the same numbers and gives the same pixels.
 * Edges up to 2^40 parts long are exact.
 *
 * Use: begin (a window) -> ring, ring, ... -> fill or to_mask; then ring ... again.
 * A fill paints what was collected and forgets it; to_mask joins it to the byte
 * mask by maximum (so drawing something twice is drawing it once), and paint_mask
 * blends the mask and clears it. A mask per feature or one per layer: the caller
 * decides, by the style alone and never by what lies in the window.
 *
 * Areas use PK_EVEN_ODD: rings of any orientation, holes are holes either way, and
 * an area drawn twice over itself is a hole. With outer rings one way and holes
 * the other, pixels that several edges share are exact too. Strokes are collected
 * in one orientation and use PK_NON_ZERO.
 *
 * A raster belongs to one thread.
 */
#ifndef PK_TILES_RASTER_H
#define PK_TILES_RASTER_H

#include <stdbool.h>
#include <stdint.h>

#include "styles/style.h"
#include "tiles/surface.h"

struct pk_raster;
struct pk_pattern;

enum pk_fill_rule { PK_EVEN_ODD, PK_NON_ZERO };

/* What to paint with: a plain colour, or, when there is a pattern, its coverage
 * and its ink with `colour` when that has a > 0, else the pattern's own. */
struct pk_ink {
    struct pk_rgba colour;
    const struct pk_pattern *pattern; /* NULL = plain; made for the same scale */
};

struct pk_raster *pk_raster_create(void);
void pk_raster_destroy(struct pk_raster *r); /* accepts NULL */

/* Draw into the window of `s` from now on (its place and size; pixels are touched
 * by fill and paint_mask alone). Forgets what was collected before. */
void pk_raster_begin(struct pk_raster *r, const struct pk_surface *s);

/* Collect one ring, `count` vertices x, y; it is closed if the caller did not. */
void pk_raster_ring(struct pk_raster *r, const int64_t *xy, uint32_t count);

/* A disc as a ring of 60 vertices; radius in 1/256 px. */
void pk_raster_disc(struct pk_raster *r, int64_t x, int64_t y, int64_t radius);

void pk_raster_fill(struct pk_raster *r, struct pk_surface *s, enum pk_fill_rule rule,
                    const struct pk_ink *ink);

void pk_raster_to_mask(struct pk_raster *r, enum pk_fill_rule rule);
void pk_raster_paint_mask(struct pk_raster *r, struct pk_surface *s,
                          const struct pk_ink *ink);
/* Forget the mask without painting. */
void pk_raster_drop_mask(struct pk_raster *r);

/* Set the pixels of which at least half is covered to `value` as it is: id pictures,
 * no anti-aliasing at all. */
void pk_raster_fill_ids(struct pk_raster *r, struct pk_surface *s, enum pk_fill_rule rule,
                        uint32_t value);

#endif
