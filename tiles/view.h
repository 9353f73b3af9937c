/*
 * view.h - a window on the map in device pixels, and the way from the integer
 * units of the packs to drawing coordinates.
 *
 * Pixels are counted from a fixed place of the grid (its top left corner), never
 * from the window, and every coordinate is rounded once, in that absolute space:
 * so all windows of a level agree. Three measures of the same place:
 *   units  of the pack family (pack.h); with a warp, millimetres of a local CRS
 *   sub    1/256 device pixel: shapes
 *   text   1/64 CSS pixel: labels, so that 1x, 2x and 3x place them alike
 * A view belongs to one thread.
 */
#ifndef PK_TILES_VIEW_H
#define PK_TILES_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "layers/crs.h"
#include "tiles/grid.h"
#include "tiles/warp.h"

enum { PK_TEXT_SUB = 64, PK_SCALE_MAX = 3 };

/* One axis: pixel 0 lies at `origin`, a CSS pixel is num / den units. */
struct pk_axis {
    int64_t origin, num, den;
};

struct pk_view {
    enum pk_family family; /* of the packs */
    int band;
    struct pk_axis x, y;
    uint32_t scale;         /* device pixels per CSS pixel */
    int64_t px, py;         /* the window's first device pixel, absolute */
    uint32_t width, height; /* device pixels */
    double zoom;            /* of styles */
    struct pk_warp *warp;   /* NULL: units are the family's own */
};

/* Errors: PK_NOT_FOUND outside the grid, PK_BAD_INPUT the scale. */
enum pk_status pk_view_of_tile(struct pk_view *out, const struct pk_grid *grid,
                               struct pk_tile_id tile, uint32_t scale,
                               struct pk_error *err) PK_MUST_CHECK;

/* Any box of a CRS (3006, 3857, 3007-3018) on width x height CSS pixels. A box that
 * lies on the pixels of a built-in grid's level gets that grid's pixels. `warp` is
 * used by 3007-3018 alone, and borrowed. Errors: PK_BAD_INPUT, PK_UNSUPPORTED. */
enum pk_status pk_view_of_box(struct pk_view *out, int epsg, struct pk_box box,
                              uint32_t width, uint32_t height, uint32_t scale,
                              struct pk_warp *warp, struct pk_error *err) PK_MUST_CHECK;

/* Vertices of a pack -> 1/256 device pixel, absolute. `out` may be `xy`. */
void pk_view_to_sub(const struct pk_view *view, const int64_t *xy, uint32_t count,
                    int64_t *out);
/* One vertex of a pack -> 1/64 CSS pixel, absolute. */
void pk_view_to_text(const struct pk_view *view, int64_t x, int64_t y, int64_t *text_x,
                     int64_t *text_y);
/* A length in units -> the other measures, rounded down. */
int64_t pk_view_length_sub(const struct pk_view *view, int64_t length);
int64_t pk_view_length_text(const struct pk_view *view, int64_t length);
/* A point of the view's CRS -> 1/256 device pixel, absolute. */
void pk_view_point(const struct pk_view *view, double easting, double northing,
                   int64_t *sub_x, int64_t *sub_y);

/* A box in 1/64 CSS pixel. */
struct pk_tbox {
    int64_t min_x, min_y, max_x, max_y; /* inclusive */
};
static inline bool pk_tbox_touches(struct pk_tbox a, struct pk_tbox b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y &&
           b.min_y <= a.max_y;
}
static inline struct pk_tbox pk_tbox_grow(struct pk_tbox box, int64_t by)
{
    return (struct pk_tbox){box.min_x - by, box.min_y - by, box.max_x + by,
                            box.max_y + by};
}
static inline struct pk_tbox pk_tbox_join(struct pk_tbox a, struct pk_tbox b)
{
    return (struct pk_tbox){
        a.min_x < b.min_x ? a.min_x : b.min_x, a.min_y < b.min_y ? a.min_y : b.min_y,
        a.max_x > b.max_x ? a.max_x : b.max_x, a.max_y > b.max_y ? a.max_y : b.max_y};
}

/* The window itself. */
struct pk_tbox pk_view_window(const struct pk_view *view);
/* All family units that can lie in the box: rounded outwards. */
struct pk_ibox pk_view_units(const struct pk_view *view, struct pk_tbox box);

#endif
