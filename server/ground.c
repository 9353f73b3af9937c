#include "server/ground.h"

#include <math.h>
#include <string.h>

#include "server/app.h"
#include "tiles/png.h"

enum { LATTICE_PX = 32 }; /* a point is transformed every so many pixels */

/* Pixels with a place: pixel (0, 0) begins at left, top. */
struct sheet {
    struct pk_surface pixels;
    double left, top, pixel_x, pixel_y;
};

/* The picture as pixels, when it is one and of the size that was asked for. */
static enum pk_status decode(struct pk_surface *out, const struct pk_body *body,
                             const char *type, uint32_t width, uint32_t height,
                             struct pk_error *err)
{
    if (strcmp(type, "image/png") != 0) {
        return pk_fail(err, PK_UNSUPPORTED, "the background sends %s, not image/png",
                       type);
    }
    uint32_t side = width > height ? width : height;
    enum pk_status status = pk_png_read(out, body->bytes, body->len, side, err);
    if (status != PK_OK) {
        return pk_error_context(err, status, "background");
    }
    if (out->w != width || out->h != height) {
        return pk_fail(err, PK_BUSY, "the background sends %u x %u pixels, not %u x %u",
                       out->w, out->h, width, height);
    }
    return PK_OK;
}

/* ---- a WMS ---- */

static enum pk_status ask_box(struct sheet *sheet, struct pk_backgrounds *backgrounds,
                              const char *id, const struct pk_ground_view *view,
                              struct pk_error *err)
{
    uint32_t side = view->width > view->height ? view->width : view->height;
    uint32_t part = (side + PK_GROUND_ASKED_MAX - 1) / PK_GROUND_ASKED_MAX;
    uint32_t w = (view->width + part - 1) / part, h = (view->height + part - 1) / part;
    struct pk_body *body = NULL;
    const char *type = NULL;
    enum pk_status status = pk_background_box(&body, &type, backgrounds, id, view->epsg,
                                              view->box, w, h, err);
    if (status == PK_OK) {
        status = decode(&sheet->pixels, body, type, w, h, err);
    }
    pk_body_unref(body);
    sheet->left = view->box.min_x;
    sheet->top = view->box.max_y;
    sheet->pixel_x = (view->box.max_x - view->box.min_x) / w;
    sheet->pixel_y = (view->box.max_y - view->box.min_y) / h;
    return status;
}

/* ---- a WMTS ---- */

struct range {
    uint32_t z, x0, y0, columns, rows;
};

static uint32_t clamp(double v, uint32_t count)
{
    return v < 0 ? 0 : v >= count ? count - 1 : (uint32_t)v;
}

/* The tiles of the coarsest level that is as fine as the picture, or of the finest that
 * needs no more than PK_GROUND_TILES_MAX of them. */
static struct range choose(const struct pk_grid *grid, struct pk_box box, double pixel)
{
    uint32_t z = 0;
    while (z + 1 < grid->level_count && grid->levels[z].pixel > pixel * 1.4) {
        z++;
    }
    struct range range = {0};
    for (;; z--) {
        const struct pk_level *level = &grid->levels[z];
        double side = level->pixel * PK_TILE_PX;
        range.z = z;
        range.x0 = clamp(floor((box.min_x - grid->left) / side), level->columns);
        range.y0 = clamp(floor((grid->top - box.max_y) / side), level->rows);
        range.columns =
            clamp(floor((box.max_x - grid->left) / side), level->columns) - range.x0 + 1;
        range.rows =
            clamp(floor((grid->top - box.min_y) / side), level->rows) - range.y0 + 1;
        if (z == 0 || (uint64_t)range.columns * range.rows <= PK_GROUND_TILES_MAX) {
            return range;
        }
    }
}

static void place(struct pk_surface *sheet, const struct pk_surface *tile,
                  uint32_t column, uint32_t row)
{
    for (uint32_t y = 0; y < PK_TILE_PX; y++) {
        memcpy(sheet->px + ((size_t)row * PK_TILE_PX + y) * sheet->w +
                   (size_t)column * PK_TILE_PX,
               tile->px + (size_t)y * PK_TILE_PX, PK_TILE_PX * sizeof(*tile->px));
    }
}

/* One tile; one that the server does not have stays see-through. */
static enum pk_status ask_tile(struct sheet *sheet, uint32_t *found,
                               struct pk_backgrounds *backgrounds,
                               const struct pk_background_info *info,
                               const struct range *range, uint32_t i,
                               struct pk_error *err)
{
    struct pk_body *body = NULL;
    const char *type = NULL;
    uint32_t column = i % range->columns, row = i / range->columns;
    struct pk_tile_id tile = {range->z, range->x0 + column, range->y0 + row};
    enum pk_status status =
        pk_background_tile(&body, &type, backgrounds, info->id, info->grid, tile, err);
    if (status == PK_NOT_FOUND) {
        return PK_OK;
    }
    struct pk_surface pixels = {0};
    if (status == PK_OK) {
        status = decode(&pixels, body, type, PK_TILE_PX, PK_TILE_PX, err);
    }
    if (status == PK_OK) {
        place(&sheet->pixels, &pixels, column, row);
        ++*found;
    }
    pk_surface_finish(&pixels);
    pk_body_unref(body);
    return status;
}

static enum pk_status ask_tiles(struct sheet *sheet, struct pk_backgrounds *backgrounds,
                                const struct pk_background_info *info, struct pk_box box,
                                double pixel, struct pk_error *err)
{
    struct range range = choose(info->grid, box, pixel);
    uint32_t count = range.columns * range.rows, found = 0;
    if (count > PK_GROUND_TILES_MAX) {
        return pk_fail(err, PK_LIMIT, "the picture needs more than %d background tiles",
                       PK_GROUND_TILES_MAX);
    }
    enum pk_status status = pk_surface_begin(
        &sheet->pixels, 0, 0, range.columns * PK_TILE_PX, range.rows * PK_TILE_PX, err);
    int64_t until = pk_now_ms() + info->timeout_ms;
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        status = pk_now_ms() > until
                     ? pk_fail(err, PK_BUSY, "background %s is too slow", info->id)
                     : ask_tile(sheet, &found, backgrounds, info, &range, i, err);
    }
    if (status == PK_OK && found == 0) {
        status = pk_fail(err, PK_NOT_FOUND, "background %s has nothing there", info->id);
    }
    sheet->pixel_x = sheet->pixel_y = info->grid->levels[range.z].pixel;
    sheet->left = info->grid->left + range.x0 * sheet->pixel_x * PK_TILE_PX;
    sheet->top = info->grid->top - range.y0 * sheet->pixel_y * PK_TILE_PX;
    return status;
}

/* ---- from a sheet to the picture ---- */

/* Corners of LATTICE_PX squares of the picture, in the sheet's system. */
struct lattice {
    uint32_t columns, rows; /* of corners */
    double *xy;
    struct pk_box box;
};

static enum pk_status make_lattice(struct lattice *out, const struct pk_ground_view *view,
                                   int epsg, struct pk_crs *crs, struct pk_arena *arena,
                                   struct pk_error *err)
{
    out->columns = (view->width + LATTICE_PX - 1) / LATTICE_PX + 1;
    out->rows = (view->height + LATTICE_PX - 1) / LATTICE_PX + 1;
    size_t count = (size_t)out->columns * out->rows;
    out->xy = pk_arena_alloc(arena, 2 * count, sizeof(*out->xy));
    double pixel_x = (view->box.max_x - view->box.min_x) / view->width;
    double pixel_y = (view->box.max_y - view->box.min_y) / view->height;
    for (size_t i = 0; i < count; i++) {
        out->xy[2 * i] =
            view->box.min_x + (double)(i % out->columns) * LATTICE_PX * pixel_x;
        out->xy[2 * i + 1] =
            view->box.max_y - (double)(i / out->columns) * LATTICE_PX * pixel_y;
    }
    enum pk_status status = PK_OK;
    if (view->epsg != epsg) {
        status = pk_crs_transform(crs, view->epsg, epsg, out->xy, count, err);
    }
    out->box = PK_BOX_EMPTY;
    for (size_t i = 0; i < count && status == PK_OK; i++) {
        double x = out->xy[2 * i], y = out->xy[2 * i + 1];
        out->box = pk_box_join(out->box, (struct pk_box){x, y, x, y});
    }
    return status;
}

static double between(const struct lattice *l, uint32_t x, uint32_t y, int axis)
{
    uint32_t c = x / LATTICE_PX, r = y / LATTICE_PX;
    double u = (x % LATTICE_PX + 0.5) / LATTICE_PX;
    double v = (y % LATTICE_PX + 0.5) / LATTICE_PX;
    const double *a = l->xy + 2 * ((size_t)r * l->columns + c) + axis;
    const double *b = a + 2 * (size_t)l->columns;
    return (a[0] * (1 - u) + a[2] * u) * (1 - v) + (b[0] * (1 - u) + b[2] * u) * v;
}

/* Premultiplied pixel; outside the sheet there is nothing. */
static uint32_t pixel_at(const struct pk_surface *s, int64_t x, int64_t y)
{
    bool in = x >= 0 && y >= 0 && x < s->w && y < s->h;
    return in ? s->px[(size_t)y * s->w + (size_t)x] : 0;
}

/* The four pixels around, by their distance: at a pixel's middle the pixel itself. */
static uint32_t mix(const struct pk_surface *s, double x, double y)
{
    double fx = floor(x - 0.5), fy = floor(y - 0.5);
    uint32_t u = (uint32_t)((x - 0.5 - fx) * 256), v = (uint32_t)((y - 0.5 - fy) * 256);
    int64_t ix = (int64_t)fx, iy = (int64_t)fy;
    const uint32_t at[4] = {pixel_at(s, ix, iy), pixel_at(s, ix + 1, iy),
                            pixel_at(s, ix, iy + 1), pixel_at(s, ix + 1, iy + 1)};
    const uint32_t weight[4] = {(256 - u) * (256 - v), u * (256 - v), (256 - u) * v,
                                u * v};
    uint32_t out = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        uint32_t sum = 1 << 15;
        for (int i = 0; i < 4; i++) {
            sum += (at[i] >> shift & 255) * weight[i];
        }
        out |= (sum >> 16) << shift;
    }
    return out;
}

static void project(struct pk_surface *out, const struct sheet *sheet,
                    const struct lattice *lattice)
{
    for (uint32_t y = 0; y < out->h; y++) {
        for (uint32_t x = 0; x < out->w; x++) {
            double column = (between(lattice, x, y, 0) - sheet->left) / sheet->pixel_x;
            double row = (sheet->top - between(lattice, x, y, 1)) / sheet->pixel_y;
            bool near = column > -2 && row > -2 && column < sheet->pixels.w + 2.0 &&
                        row < sheet->pixels.h + 2.0;
            out->px[(size_t)y * out->w + x] = near ? mix(&sheet->pixels, column, row) : 0;
        }
    }
}

enum pk_status pk_ground(struct pk_surface *out, struct pk_backgrounds *backgrounds,
                         const char *id, const struct pk_ground_view *view,
                         struct pk_crs *crs, struct pk_arena *arena, struct pk_error *err)
{
    struct pk_background_info info;
    struct sheet sheet = {0};
    struct lattice lattice;
    if (!pk_background_find(backgrounds, id, &info)) {
        return pk_fail(err, PK_NOT_FOUND, "there is no background \"%.40s\"", id);
    }
    int epsg = info.grid != NULL ? info.grid->epsg : view->epsg;
    enum pk_status status = make_lattice(&lattice, view, epsg, crs, arena, err);
    if (status == PK_OK && info.grid == NULL) {
        status = ask_box(&sheet, backgrounds, id, view, err);
    } else if (status == PK_OK) {
        double pixel = (lattice.box.max_x - lattice.box.min_x) / view->width;
        status = ask_tiles(&sheet, backgrounds, &info, lattice.box, pixel, err);
    }
    if (status == PK_OK) {
        status = pk_surface_begin(out, 0, 0, view->width, view->height, err);
    }
    if (status == PK_OK) {
        project(out, &sheet, &lattice);
    }
    pk_surface_finish(&sheet.pixels);
    return status;
}
