/*
 * legend_picture.h - a legend as one picture: swatches as the map draws them with their
 * words beside, in columns. As SVG (words are text, swatches PNG inside it) and as PNG.
 */
#ifndef PK_SERVER_LEGEND_PICTURE_H
#define PK_SERVER_LEGEND_PICTURE_H

#include "server/legend_view.h"

enum { PK_LEGEND_PIXELS_MAX = 24 << 20 }; /* of a PNG */

struct pk_legend_picture {
    const struct pk_legend_view *view;
    const struct pk_style *style, *base; /* base: the ground; NULL = white */
    uint32_t scale;                      /* of the PNG; swatches in SVG are 2x */
    bool svg;
};

/* Errors: PK_LIMIT too many rows for one picture. */
enum pk_status pk_legend_picture(struct pk_buf *out,
                                 const struct pk_legend_picture *picture,
                                 struct pk_arena *arena,
                                 struct pk_error *err) PK_MUST_CHECK;

/* One swatch as PNG. */
enum pk_status pk_legend_swatch(struct pk_buf *out, const struct pk_style *style,
                                const struct pk_style *base,
                                const struct pk_sample *sample, uint32_t scale,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
