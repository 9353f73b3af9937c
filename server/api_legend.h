/*
 * api_legend.h - what comes under /styles/{style}/ of its legend: legend.json, .html,
 * .txt, .svg, .png and @2x, of a view (bbox=, z=) or of all; swatch.png of one thing.
 */
#ifndef PK_SERVER_API_LEGEND_H
#define PK_SERVER_API_LEGEND_H

#include "server/api.h"
#include "server/legend_view.h"

/* A box of whole pixels of the page's grid. */
struct pk_legend_window {
    struct pk_box box; /* EPSG:3006 */
    uint32_t width, height;
};

/* The legend of a window, or of the whole style when it is NULL. */
enum pk_status pk_legend_see(struct pk_legend_view *out, struct pk_worker *worker,
                             const struct pk_legend_window *window,
                             const struct pk_style *style, enum pk_lang lang,
                             struct pk_error *err) PK_MUST_CHECK;

/* `part` is the last piece of the path. Errors: PK_NOT_FOUND it is none of these. */
enum pk_status pk_api_legend(struct pk_worker *worker, const struct pk_request *request,
                             const struct pk_style *style, const char *part,
                             struct pk_response *response,
                             struct pk_error *err) PK_MUST_CHECK;

#endif
