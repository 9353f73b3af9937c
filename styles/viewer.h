/*
 * viewer.h - a style as a whole MapLibre document for vector tiles, and the way back.
 *
 * Ours and the viewer's differ in three places, because a viewer that places labels by
 * tile would write them once per tile, and makes no patterns from names:
 *   - labels of things at a point read the source layer "NAME:label" of our vector tiles
 *     (tiles/mvt.h), where ["geometry-type"] is the attribute `geometry-type`;
 *   - patterns are images of a second sprite, "pattern:hatch-45-10";
 *   - sources, sprites and glyphs are addresses of this server.
 * pk_style_from_viewer undoes the first two, so a copy that somebody has edited and
 * saved draws here as it does there.
 */
#ifndef PK_STYLES_VIEWER_H
#define PK_STYLES_VIEWER_H

#include <jansson.h>

#include "base/buf.h"
#include "styles/style.h"

struct pk_viewer_place {
    const char *base;        /* of links, no '/' at the end; "" = relative */
    const char *attribution; /* may be NULL */
    uint32_t last_level;     /* of the vector tiles of WebMercatorQuad */
    bool (*is_pattern)(const char *name);
};

/* Append the document (JSON). Errors: PK_LIMIT. */
enum pk_status pk_style_for_viewer(struct pk_buf *out, const struct pk_style *style,
                                   const struct pk_viewer_place *place,
                                   struct pk_error *err) PK_MUST_CHECK;

/* In place, on any document: those that never were a viewer's stay as they are. */
void pk_style_from_viewer(json_t *style);

/* Names of the patterns that the document of the style uses, each once, in the order of
 * their bytes; in the arena. */
const char *const *pk_style_patterns(uint32_t *count, const struct pk_style *style,
                                     bool (*is_pattern)(const char *name),
                                     struct pk_arena *arena);

#endif
