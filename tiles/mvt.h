/*
 * mvt.h - vector tiles: the features that a style draws in a tile, as Mapbox Vector
 * Tile 2.1, from the same packs as the pixels.
 *
 * One layer per source layer that the style asks for at the tile's zooms, with all
 * attributes, the feature's 63-bit draw key as id and its UUID as attribute `id`. Where
 * the style labels a source layer, its label anchors lie in a layer "NAME:label": a
 * point per thing, in the tile that it lies in and no other, with the attribute
 * `geometry-type` of what it stands for. So a viewer that places by tile writes each
 * label once, where we do.
 *
 * A viewer shows such a tile at 512 CSS px, twice the side of ours: the geometry is that
 * of the next finer level.
 */
#ifndef PK_TILES_MVT_H
#define PK_TILES_MVT_H

#include "styles/style.h"
#include "tiles/grid.h"
#include "tiles/source.h"
#include "tiles/view.h"

enum { PK_MVT_BYTES_MAX = 32 << 20, PK_MVT_FEATURES_MAX = 1024 * 1024 };

#define PK_MVT_LABEL_SUFFIX ":label"

/* The finest level that is worth asking for: viewers enlarge from there on. */
uint32_t pk_mvt_last_level(const struct pk_grid *grid);

/* The view of a vector tile and the zooms of styles it is shown at, [*from, *to).
 * Errors: as pk_view_of_tile. */
enum pk_status pk_mvt_view(struct pk_view *out, double *from, double *to,
                           const struct pk_grid *grid, struct pk_tile_id tile,
                           struct pk_error *err) PK_MUST_CHECK;

/* Append the tile to *out; *dep gets the box it depends on. Memory is the source's
 * arena. Errors: of the store, PK_BAD_DATA, PK_LIMIT. */
enum pk_status pk_mvt_build(struct pk_buf *out, struct pk_ibox *dep,
                            const struct pk_style *style, const struct pk_view *view,
                            double from, double to, struct pk_source *source,
                            struct pk_error *err) PK_MUST_CHECK;

#endif
