/* view.c - windows of tiles and pictures; one rounding per vertex. */
#include "tiles/view.h"

#include <math.h>

#include "tiles/render.h"

enum {
    FRACTION = 65536,    /* parts of a unit a free picture's pixel is given in */
    LEVEL_FRACTION = 8,  /* the smallest level of the quad grid is 125/8 mm */
    PIXEL_MIN_MM = 1,    /* pictures finer than 1 mm per pixel are refused */
    PIXEL_MAX_M = 200000 /* or coarser than this */
};

#define MERCATOR_HALF 20037508.342789244

/* Units per CRS unit: a metric grid counts millimetres. */
static double units_of(enum pk_family family)
{
    return family == PK_WM ? (double)PK_WM_WORLD / (2 * MERCATOR_HALF) : 1000;
}

static double unit_x(enum pk_family family, double x)
{
    return family == PK_WM ? (x + MERCATOR_HALF) * units_of(family) : x * 1000;
}

static double unit_y(enum pk_family family, double y)
{
    return family == PK_WM ? (MERCATOR_HALF - y) * units_of(family)
                           : (double)PK_TM_TOP - y * 1000;
}

static struct pk_axis axis_of(double origin, double pixel, int64_t den)
{
    struct pk_axis axis = {(int64_t)llround(origin),
                           (int64_t)llround(pixel * (double)den), den};
    while (axis.den > 1 && axis.num % 2 == 0) {
        axis.num /= 2;
        axis.den /= 2;
    }
    return axis;
}

static void use_level(struct pk_view *view, const struct pk_grid *grid, double pixel)
{
    double units = pixel * units_of(grid->family);
    view->family = grid->family;
    view->x = axis_of(unit_x(grid->family, grid->left), units, LEVEL_FRACTION);
    view->y = axis_of(unit_y(grid->family, grid->top), units, LEVEL_FRACTION);
    view->band = pk_band_for_pixel(grid->family, units);
    view->zoom = pk_grid_style_zoom(grid, pixel);
}

static enum pk_status check_scale(uint32_t scale, struct pk_error *err)
{
    if (scale < 1 || scale > PK_SCALE_MAX) {
        return pk_fail(err, PK_BAD_INPUT, "scale %u is not 1, 2 or 3", scale);
    }
    return PK_OK;
}

enum pk_status pk_view_of_tile(struct pk_view *out, const struct pk_grid *grid,
                               struct pk_tile_id tile, uint32_t scale,
                               struct pk_error *err)
{
    struct pk_box box;
    enum pk_status st = pk_grid_tile_box(&box, grid, tile, err);
    if (st == PK_OK) {
        st = check_scale(scale, err);
    }
    if (st != PK_OK) {
        return st;
    }
    *out = (struct pk_view){.scale = scale};
    use_level(out, grid, grid->levels[tile.z].pixel);
    out->px = (int64_t)tile.x * PK_TILE_PX * scale;
    out->py = (int64_t)tile.y * PK_TILE_PX * scale;
    out->width = out->height = PK_TILE_PX * scale;
    return PK_OK;
}

/* Does the box lie on whole device pixels of a level of this grid? */
static bool on_level(struct pk_view *view, const struct pk_grid *grid, struct pk_box box,
                     double pixel_x, double pixel_y)
{
    for (uint32_t z = 0; z < grid->level_count; z++) {
        double pixel = grid->levels[z].pixel;
        if (fabs(pixel_x - pixel) > pixel * 1e-7 ||
            fabs(pixel_y - pixel) > pixel * 1e-7) {
            continue;
        }
        double column = (box.min_x - grid->left) / pixel * view->scale;
        double row = (grid->top - box.max_y) / pixel * view->scale;
        if (fabs(column - round(column)) > 0.01 || fabs(row - round(row)) > 0.01) {
            return false;
        }
        use_level(view, grid, pixel);
        view->px = (int64_t)llround(column);
        view->py = (int64_t)llround(row);
        return true;
    }
    return false;
}

enum pk_status pk_view_of_box(struct pk_view *out, int epsg, struct pk_box box,
                              uint32_t width, uint32_t height, uint32_t scale,
                              struct pk_warp *warp, struct pk_error *err)
{
    enum pk_status st = check_scale(scale, err);
    if (st != PK_OK) {
        return st;
    }
    bool local = epsg >= 3007 && epsg <= 3018;
    if (epsg != 3006 && epsg != 3857 && !local) {
        return pk_fail(err, PK_UNSUPPORTED,
                       "pictures are drawn in EPSG:3006-3018 and 3857, not EPSG:%d",
                       epsg);
    }
    if (width < 1 || height < 1 || width > PK_PICTURE_PX_MAX ||
        height > PK_PICTURE_PX_MAX) {
        return pk_fail(err, PK_BAD_INPUT, "a picture has 1-%d pixels a side, not %u x %u",
                       PK_PICTURE_PX_MAX, width, height);
    }
    double pixel_x = (box.max_x - box.min_x) / width;
    double pixel_y = (box.max_y - box.min_y) / height;
    if (!(pixel_x * 1000 >= PIXEL_MIN_MM && pixel_x <= PIXEL_MAX_M) ||
        !(pixel_y * 1000 >= PIXEL_MIN_MM && pixel_y <= PIXEL_MAX_M) ||
        !(fabs(box.min_x) < 3e7 && fabs(box.max_y) < 3e7)) {
        return pk_fail(err, PK_BAD_INPUT,
                       "the box %.3f,%.3f,%.3f,%.3f does not fit %u x %u pixels",
                       box.min_x, box.min_y, box.max_x, box.max_y, width, height);
    }
    *out = (struct pk_view){.scale = scale,
                            .width = width * scale,
                            .height = height * scale,
                            .family = epsg == 3857 ? PK_WM : PK_TM,
                            .warp = local ? warp : NULL};
    const struct pk_grid *grid, *like = NULL;
    for (uint32_t i = 0; (grid = pk_grid_at(i)); i++) {
        if (grid->family == out->family) {
            like = grid;
            if (!local && on_level(out, grid, box, pixel_x, pixel_y)) {
                return PK_OK;
            }
        }
    }
    double units = units_of(out->family);
    double pixel = pixel_x < pixel_y ? pixel_x : pixel_y;
    out->x = axis_of(unit_x(out->family, box.min_x), pixel_x * units, FRACTION);
    out->y = axis_of(unit_y(out->family, box.max_y), pixel_y * units, FRACTION);
    out->band = pk_band_for_pixel(out->family, pixel * units);
    out->zoom = pk_grid_style_zoom(like, pixel);
    return PK_OK;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b != 0 && (a % b < 0));
}

/* Units from the axis' origin -> parts of a pixel, `parts` to the CSS pixel. */
static int64_t to_parts(const struct pk_axis *axis, int64_t units, int64_t parts)
{
    int64_t scaled = (units - axis->origin) * (parts * axis->den);
    if ((axis->num & (axis->num - 1)) == 0) {
        return scaled >> __builtin_ctzll((uint64_t)axis->num); /* arithmetic: floor */
    }
    return floor_div(scaled, axis->num);
}

void pk_view_to_sub(const struct pk_view *view, const int64_t *xy, uint32_t count,
                    int64_t *out)
{
    int64_t parts = (int64_t)256 * view->scale;
    for (uint32_t i = 0; i < count; i++) {
        int64_t x = xy[2 * i], y = xy[2 * i + 1];
        if (view->warp) {
            pk_warp_point(view->warp, &x, &y);
        }
        out[2 * i] = to_parts(&view->x, x, parts);
        out[2 * i + 1] = to_parts(&view->y, y, parts);
    }
}

void pk_view_to_text(const struct pk_view *view, int64_t x, int64_t y, int64_t *text_x,
                     int64_t *text_y)
{
    if (view->warp) {
        pk_warp_point(view->warp, &x, &y);
    }
    *text_x = to_parts(&view->x, x, PK_TEXT_SUB);
    *text_y = to_parts(&view->y, y, PK_TEXT_SUB);
}

static int64_t length_parts(const struct pk_axis *axis, int64_t length, int64_t parts)
{
    return to_parts(axis, length + axis->origin, parts);
}

int64_t pk_view_length_sub(const struct pk_view *view, int64_t length)
{
    return length_parts(&view->x, length, (int64_t)256 * view->scale);
}

int64_t pk_view_length_text(const struct pk_view *view, int64_t length)
{
    return length_parts(&view->x, length, PK_TEXT_SUB);
}

void pk_view_point(const struct pk_view *view, double easting, double northing,
                   int64_t *sub_x, int64_t *sub_y)
{
    int64_t parts = (int64_t)256 * view->scale;
    *sub_x = to_parts(&view->x, (int64_t)llround(unit_x(view->family, easting)), parts);
    *sub_y = to_parts(&view->y, (int64_t)llround(unit_y(view->family, northing)), parts);
}

struct pk_tbox pk_view_window(const struct pk_view *view)
{
    int64_t s = view->scale;
    return (struct pk_tbox){floor_div(view->px * PK_TEXT_SUB, s),
                            floor_div(view->py * PK_TEXT_SUB, s),
                            floor_div((view->px + view->width) * PK_TEXT_SUB - 1, s),
                            floor_div((view->py + view->height) * PK_TEXT_SUB - 1, s)};
}

static int64_t to_units(const struct pk_axis *axis, int64_t text)
{
    return axis->origin + floor_div(text * axis->num, axis->den * PK_TEXT_SUB);
}

struct pk_ibox pk_view_units(const struct pk_view *view, struct pk_tbox box)
{
    struct pk_ibox units = {
        to_units(&view->x, box.min_x) - 1, to_units(&view->y, box.min_y) - 1,
        to_units(&view->x, box.max_x + 1) + 1, to_units(&view->y, box.max_y + 1) + 1};
    return view->warp ? pk_warp_box_back(view->warp, units) : units;
}
