/*
 * render.h - from a view to bytes: query -> clip -> draw -> label -> encode.
 *
 * A renderer belongs to one thread: it has its store, scratch memory and decoded
 * label packs. Styles, fonts and grids are shared and immutable. The same
 * request in the same version gives the same bytes on every run and thread, and
 * a crop of a large picture equals the tile pixel for pixel.
 */
#ifndef PK_TILES_RENDER_H
#define PK_TILES_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "layers/store.h"
#include "styles/style.h"
#include "tiles/classes.h"
#include "tiles/grid.h"

enum {
    PK_PICTURE_PX_MAX = 4096, /* side of a picture */
    PK_TILE_STYLES_MAX = 16   /* styles stacked in one picture */
};

struct pk_renderer;

/* `store` is borrowed and used by this renderer alone. Never fails. */
struct pk_renderer *pk_renderer_create(struct pk_store *store);
void pk_renderer_destroy(struct pk_renderer *r);

/* What a tile is of. */
struct pk_tile_request {
    const struct pk_style *style;
    const struct pk_grid *grid;
    struct pk_tile_id tile;
    uint32_t scale;        /* 1, 2, 3 */
    int64_t version;       /* 0 = newest */
    const char *legal_day; /* "2026-03-02"; NULL = the version's own */
};

/* The result; bytes are free()d by the caller. */
struct pk_rendered {
    char *bytes;
    size_t len;
    int64_t version;    /* the snapshot it was drawn from */
    struct pk_ibox dep; /* all it depends on, family units of the grid */
    enum pk_family family;
    int band;
    uint64_t digest; /* of the ordered draw list */
    bool blank;
};

enum pk_status pk_render_tile(struct pk_rendered *out, struct pk_renderer *r,
                              const struct pk_tile_request *request,
                              struct pk_error *err) PK_MUST_CHECK;
/* Only version, dep and digest: what a cached tile is checked against. */
enum pk_status pk_render_digest(struct pk_rendered *out, struct pk_renderer *r,
                                const struct pk_tile_request *request,
                                struct pk_error *err) PK_MUST_CHECK;

/* The same features as a vector tile (tiles/mvt.h), not compressed; scale is not looked
 * at. The digest is that of the bytes. */
enum pk_status pk_render_mvt(struct pk_rendered *out, struct pk_renderer *r,
                             const struct pk_tile_request *request,
                             struct pk_error *err) PK_MUST_CHECK;

/* The legend's rows of a box: what the style shows in it (tiles/classes.h). Texts lie in
 * `keep`. epsg, box, width and height as of a picture. */
enum pk_status pk_render_classes(struct pk_classes *out, struct pk_renderer *r,
                                 const struct pk_style *style, int epsg,
                                 struct pk_box box, uint32_t width, uint32_t height,
                                 struct pk_arena *keep,
                                 struct pk_error *err) PK_MUST_CHECK;

/* A picture of any box: styles from the bottom up, each as its tiles are (colour table
 * applied), optional marker and shape. One style alone on its own ground is the crop of
 * its tiles, byte of pixel for byte of pixel, where the box lies on a grid's pixels. */
struct pk_picture_request {
    const struct pk_style *styles[PK_TILE_STYLES_MAX];
    uint32_t style_count;
    int epsg;               /* 3006, 3857 or 3007-3018 */
    struct pk_box box;      /* CRS units */
    uint32_t width, height; /* CSS pixels */
    uint32_t scale;
    bool opaque; /* white ground */
    /* NULL, or width x height x scale^2 premultiplied pixels between that and the styles:
     * a map of somebody else; borrowed. */
    const uint32_t *ground;
    int64_t version;
    const char *legal_day; /* as of a tile */
    bool marker;
    double marker_x, marker_y;   /* where its tip points, CRS units */
    const struct pk_geom *shape; /* NULL or outlined on top; CRS units */
};
enum pk_status pk_render_picture(struct pk_rendered *out, struct pk_renderer *r,
                                 const struct pk_picture_request *request,
                                 struct pk_error *err) PK_MUST_CHECK;

/* Which features are drawn where: RGBA pixels hold a 32-bit index (r lowest),
 * 0 = nothing, no anti-aliasing; *ids gets the JSON that names them. */
enum pk_status pk_render_ids(struct pk_rendered *out, struct pk_buf *ids,
                             struct pk_renderer *r, const struct pk_tile_request *request,
                             struct pk_error *err) PK_MUST_CHECK;

/* Load fonts and build glyph tables, once, before threads. `dir` NULL = the
 * built-in places. Errors: PK_IO which font is missing and which package has it. */
enum pk_status pk_render_start(const char *font_dir, struct pk_error *err) PK_MUST_CHECK;

#endif
