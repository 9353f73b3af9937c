/*
 * ground.h - a map of somebody else (background.h) as pixels under our own styles: in any
 * system and of any box that pictures are drawn in, from a WMS's own picture or from the
 * tiles of a WMTS, turned and scaled.
 */
#ifndef PK_SERVER_GROUND_H
#define PK_SERVER_GROUND_H

#include "layers/crs.h"
#include "server/background.h"
#include "tiles/surface.h"

enum {
    PK_GROUND_TILES_MAX = 64, /* of a WMTS under one picture */
    PK_GROUND_ASKED_MAX =
        2048 /* pixels a side asked of a WMS; larger ones are scaled up */
};

/* What is to be covered: a box in EPSG:epsg, width x height device pixels. */
struct pk_ground_view {
    int epsg;
    struct pk_box box;
    uint32_t width, height;
};

/* Fills `out` (zeroed, or used before; pk_surface_finish() it). Blocks, so only on a
 * worker of the outside queue; at most the background's own time in all. Errors: PK_BUSY
 * the server fails, is too slow or sends something else; PK_NOT_FOUND it has nothing
 * there; PK_UNSUPPORTED, PK_LIMIT. */
enum pk_status pk_ground(struct pk_surface *out, struct pk_backgrounds *backgrounds,
                         const char *id, const struct pk_ground_view *view,
                         struct pk_crs *crs, struct pk_arena *arena,
                         struct pk_error *err) PK_MUST_CHECK;

#endif
