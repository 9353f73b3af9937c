/*
 * grid.h - tile matrix sets: levels, tiles and boxes.
 *
 * Columns count from the left, rows from the TOP, whatever a client's own
 * addressing is. Boxes are in the CRS's units, easting and northing.
 */
#ifndef PK_TILES_GRID_H
#define PK_TILES_GRID_H

#include <stdint.h>

#include "base/error.h"
#include "layers/geom.h"
#include "layers/pack.h"

enum { PK_LEVELS_MAX = 32, PK_TILE_PX = 256 };

struct pk_level {
    double pixel; /* CRS units per pixel at 1x */
    uint32_t columns, rows;
};

struct pk_grid {
    const char *id; /* "WebMercatorQuad", "SWEREF99TMKommun", "SWEREF99TMQuad" */
    const char *title;
    int epsg;
    enum pk_family family; /* whose packs it is drawn from */
    double left, top;      /* top left corner, CRS units */
    uint32_t level_count;
    struct pk_level levels[PK_LEVELS_MAX];
};

struct pk_tile_id {
    uint32_t z, x, y;
};

/* NULL when there is no such grid. Static. */
const struct pk_grid *pk_grid_find(const char *id);
const struct pk_grid *pk_grid_at(uint32_t i); /* NULL past the last */

/* Errors: PK_NOT_FOUND outside the grid, with its limits in the text. */
enum pk_status pk_grid_tile_box(struct pk_box *out, const struct pk_grid *grid,
                                struct pk_tile_id tile,
                                struct pk_error *err) PK_MUST_CHECK;

/* Zoom of styles for a pixel size: log2 of (78271.516964 m / pixel size on the
 * ground at the equator for Web Mercator; for metric grids the Web Mercator
 * zoom of the same ground resolution at latitude 60: see grid.c). */
double pk_grid_style_zoom(const struct pk_grid *grid, double pixel);

#endif
