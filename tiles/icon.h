/*
 * icon.h - point symbols by name, drawn as shapes: the images that styles may name
 * in icon-image.
 *
 * Names: circle square triangle diamond cross star pin, with an optional colour
 * ("star:#b01028"). Each has a white casing of its own. Another name is drawn as a
 * circle: a thing on the map is never lost for want of its picture. 16 CSS px wide
 * at icon-size 1.
 */
#ifndef PK_TILES_ICON_H
#define PK_TILES_ICON_H

#include <stdbool.h>

#include "tiles/raster.h"

enum {
    PK_ICON_PX = 16,
    PK_ICON_BOX_PX = 20, /* with the casing */
    PK_ICON_SIZE_MAX = 16
};

bool pk_icon_known(const char *name);

/* Middle at (x, y), absolute 1/256 device px; side in the same; turn in 1/1024,
 * clockwise. The raster has begun on `s`. */
void pk_icon_draw(struct pk_raster *r, struct pk_surface *s, const char *name, int64_t x,
                  int64_t y, int64_t side, uint32_t turn, double opacity);

#endif
