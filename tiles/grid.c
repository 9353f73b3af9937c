/* grid.c - the built-in tile matrix sets, as tables. */
#include "tiles/grid.h"

#include <math.h>
#include <string.h>

/* Half the circumference of the Web Mercator sphere: pi * 6378137 m. */
#define MERCATOR_HALF 20037508.342789244
/* Pixel of style zoom 0 at the equator: styles count zooms by tiles of 512 px. */
#define STYLE_PIXEL (2 * MERCATOR_HALF / 512)

#define MERCATOR(z)                                                                      \
    {                                                                                    \
        2 * MERCATOR_HALF / 256 / (UINT32_C(1) << (z)), 1u << (z), 1u << (z)             \
    }
#define QUAD(z)                                                                          \
    {                                                                                    \
        4096.0 / (UINT32_C(1) << (z)), 4u << (z), 4u << (z)                              \
    }

static const struct pk_grid grids[] = {
    {"WebMercatorQuad",
     "Google Maps Compatible for the World",                3857,
     PK_WM, -MERCATOR_HALF,
     MERCATOR_HALF, 23,
     {MERCATOR(0),  MERCATOR(1),  MERCATOR(2),  MERCATOR(3),  MERCATOR(4),  MERCATOR(5),
      MERCATOR(6),  MERCATOR(7),  MERCATOR(8),  MERCATOR(9),  MERCATOR(10), MERCATOR(11),
      MERCATOR(12), MERCATOR(13), MERCATOR(14), MERCATOR(15), MERCATOR(16), MERCATOR(17),
      MERCATOR(18), MERCATOR(19), MERCATOR(20), MERCATOR(21), MERCATOR(22)}},
 /* 487000,6803000 - 773720,7376440. 4.2 m is the one level where the extent is no
  * whole number of tiles: its last column and row reach beyond it. */
    {"SWEREF99TMKommun",
     "SWEREF 99 TM, municipal scales 1:1 000 000 to 1:200", 3006,
     PK_TM, 487000,
     7376440,       14,
     {{280, 4, 8},
      {140, 8, 16},
      {70, 16, 32},
      {28, 40, 80},
      {14, 80, 160},
      {7, 160, 320},
      {4.2, 267, 534},
      {2.8, 400, 800},
      {1.4, 800, 1600},
      {0.56, 2000, 4000},
      {0.28, 4000, 8000},
      {0.14, 8000, 16000},
      {0.112, 10000, 20000},
      {0.056, 20000, 40000}}                                               },
    {"SWEREF99TMQuad",
     "SWEREF 99 TM, halving scales",                        3006,
     PK_TM, -1200000,
     8500000,       19,
     {QUAD(0), QUAD(1), QUAD(2), QUAD(3), QUAD(4), QUAD(5), QUAD(6), QUAD(7), QUAD(8),
      QUAD(9), QUAD(10), QUAD(11), QUAD(12), QUAD(13), QUAD(14), QUAD(15), QUAD(16),
      QUAD(17), QUAD(18)}                                                  },
};

const struct pk_grid *pk_grid_at(uint32_t i)
{
    return i < PK_COUNT(grids) ? &grids[i] : NULL;
}

const struct pk_grid *pk_grid_find(const char *id)
{
    for (size_t i = 0; id && i < PK_COUNT(grids); i++) {
        if (strcmp(grids[i].id, id) == 0) {
            return &grids[i];
        }
    }
    return NULL;
}

enum pk_status pk_grid_tile_box(struct pk_box *out, const struct pk_grid *grid,
                                struct pk_tile_id tile, struct pk_error *err)
{
    if (tile.z >= grid->level_count) {
        return pk_fail(err, PK_NOT_FOUND, "%s has levels 0-%u, not %u", grid->id,
                       grid->level_count - 1, tile.z);
    }
    const struct pk_level *level = &grid->levels[tile.z];
    if (tile.x >= level->columns || tile.y >= level->rows) {
        return pk_fail(err, PK_NOT_FOUND,
                       "%s level %u has columns 0-%u and rows 0-%u, not tile %u/%u",
                       grid->id, tile.z, level->columns - 1, level->rows - 1, tile.x,
                       tile.y);
    }
    double side = level->pixel * PK_TILE_PX;
    out->min_x = grid->left + tile.x * side;
    out->max_x = grid->left + (tile.x + 1.0) * side;
    out->max_y = grid->top - tile.y * side;
    out->min_y = grid->top - (tile.y + 1.0) * side;
    return PK_OK;
}

/*
 * Web Mercator stretches the ground by 1 / cos(latitude). A style made for Web
 * Mercator in Sweden is drawn at latitude 60 or so, where that is 2: a metric
 * pixel of 1 m therefore has the zoom of a Web Mercator pixel of 2 m. So the
 * tile of WebMercatorQuad level z has style zoom z - 1 (its tiles are 256 px,
 * those that styles count by 512), and the municipal 1:1000 (0.28 m) has 17.09.
 */
double pk_grid_style_zoom(const struct pk_grid *grid, double pixel)
{
    return log2(STYLE_PIXEL / (grid->family == PK_WM ? pixel : 2 * pixel));
}
