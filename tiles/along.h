/*
 * along.h - symbols set along lines: fences, exit bans, the diamonds of property
 * division. Not labels: they stand where the line says, one every `spacing`, and
 * nothing hides them.
 *
 * Places are counted along the whole line as it is in the band, from its first vertex,
 * in integers: spacing / 2, then every spacing, none within spacing / 4 of the end; a
 * line shorter than one spacing has one in its middle. So every window sees the same,
 * as it does dashes. A style layer is drawn so when its placement is `line`, it has an
 * icon and no text, and the icon may overlap (pk_style_is_line_icons).
 */
#ifndef PK_TILES_ALONG_H
#define PK_TILES_ALONG_H

#include "styles/style.h"
#include "tiles/drawlist.h"
#include "tiles/raster.h"

enum { PK_ALONG_MAX = 65536 /* symbols of one line; what is beyond is left out */ };

/* A place on a line: absolute 1/256 device px, turn of the line there in 1/1024
 * clockwise from the right. False ends the walk. */
typedef bool pk_along_fn(void *ctx, int64_t x, int64_t y, uint32_t turn);

/* Walk the places of one line of `count` vertices; spacing in 1/256 device px. */
void pk_along_walk(const int64_t *xy, uint32_t count, int64_t spacing, pk_along_fn *fn,
                   void *ctx);

/* Draw one item of such a layer. The raster has begun on `s`. */
void pk_along_paint(struct pk_raster *r, struct pk_surface *s, const struct pk_view *view,
                    const struct pk_draw *item);
/* The same as flat discs of one value, for id pictures. */
void pk_along_ids(struct pk_raster *r, struct pk_surface *s, const struct pk_view *view,
                  const struct pk_draw *item, uint32_t value);

#endif
