/*
 * background.h - maps of others (WMS, WMTS) fetched by the server, so that browsers ask
 * nobody but us. Only addresses of the configuration are asked, with a deadline, a
 * bounded answer and a cache; the only file that knows libcurl.
 */
#ifndef PK_SERVER_BACKGROUND_H
#define PK_SERVER_BACKGROUND_H

#include "base/arena.h"
#include "base/msg.h"
#include "base/opts.h"
#include "server/response.h"
#include "tiles/grid.h"

enum {
    PK_BACKGROUNDS_MAX = 16,
    PK_BACKGROUND_ID_MAX = 32,
    PK_BACKGROUND_BYTES_MAX = 4 << 20, /* of one fetched picture */
    PK_BACKGROUND_CACHE_BYTES = 16 << 20,
    PK_BACKGROUND_CACHE_S = 3600,
    PK_BACKGROUND_PAUSE_S = 10, /* after a failure nothing is asked for that long */
    PK_BACKGROUND_PARALLEL = 4  /* requests at once to one server */
};

struct pk_backgrounds;

struct pk_background_info {
    const char *id, *attribution;
    const struct pk_grid *grid; /* its tiles; NULL = a WMS, which draws any box */
    long timeout_ms;
    const char *title[PK_LANG_COUNT];
};

/* Errors: PK_BAD_INPUT naming the setting. */
enum pk_status pk_backgrounds_create(struct pk_backgrounds **out,
                                     const struct pk_opts *opts,
                                     struct pk_error *err) PK_MUST_CHECK;
void pk_backgrounds_destroy(struct pk_backgrounds *backgrounds); /* accepts NULL */

/* Number i of the configuration; false past the last. */
bool pk_background_at(const struct pk_backgrounds *backgrounds, uint32_t i,
                      struct pk_background_info *out);

/* One tile's picture (PNG or JPEG): from the cache, or fetched now (blocks, so only on a
 * worker). *body is a new reference. Errors: PK_NOT_FOUND no such background, or nothing
 * there; PK_UNSUPPORTED a WMTS with other tiles; PK_BUSY the server fails or is too slow.
 * Thread-safe. */
enum pk_status pk_background_tile(struct pk_body **body, const char **content_type,
                                  struct pk_backgrounds *backgrounds, const char *id,
                                  const struct pk_grid *grid, struct pk_tile_id tile,
                                  struct pk_error *err) PK_MUST_CHECK;

/* A picture of a box from a WMS, else as pk_background_tile(). `box` in EPSG:epsg. */
enum pk_status pk_background_box(struct pk_body **body, const char **content_type,
                                 struct pk_backgrounds *backgrounds, const char *id,
                                 int epsg, struct pk_box box, uint32_t width,
                                 uint32_t height, struct pk_error *err) PK_MUST_CHECK;

/* Is there such a background? *out (may be NULL) gets what is known of it. */
bool pk_background_find(struct pk_backgrounds *backgrounds, const char *id,
                        struct pk_background_info *out);

#endif
