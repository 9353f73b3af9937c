/*
 * surface.h - a window of pixels: 32-bit premultiplied RGBA with an absolute place.
 *
 * A window lies on the pixel grid of one level at one scale: its origin is a whole
 * device pixel counted from the grid's top left corner, x right and y down. Every
 * drawing function takes absolute coordinates, so that any window that holds a
 * pixel gives that pixel the same value. In memory a pixel is the bytes r, g, b, a.
 *
 * Blending is in integers: coverage is 0..256 (both exact). Opaque colours use
 * (s*c + d*(256-c)) >> 8 per channel; translucent ones source-over with rounding.
 */
#ifndef PK_TILES_SURFACE_H
#define PK_TILES_SURFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "styles/style.h"

enum {
    PK_SURFACE_SIDE_MAX = 12288, /* device pixels, 4096 at 3x */
    PK_SUB = 256                 /* parts of a device pixel in drawing coordinates */
};

struct pk_surface {
    int64_t x, y;  /* absolute device pixel of the top left one */
    uint32_t w, h; /* device pixels */
    uint32_t *px;  /* w * h, row by row, owned */
    uint64_t room; /* pixels allocated, private */
};

/* Take (or keep) memory for w x h pixels at (x, y) and clear it to transparent. A
 * zeroed struct is ready for it; sizes above the limit are PK_LIMIT. */
enum pk_status pk_surface_begin(struct pk_surface *s, int64_t x, int64_t y, uint32_t w,
                                uint32_t h, struct pk_error *err) PK_MUST_CHECK;
/* Free the pixels; safe on a zeroed struct. */
void pk_surface_finish(struct pk_surface *s);

/* Every pixel gets the colour (plain, not premultiplied), nothing is blended. */
void pk_surface_clear(struct pk_surface *s, struct pk_rgba colour);
/* Blend the colour over all. */
void pk_surface_wash(struct pk_surface *s, struct pk_rgba colour);
/* Blend the colour through w x h bytes of coverage (0..255) whose top left lies on
 * absolute pixel (x, y): glyphs and marks. Cut at the window's edges. */
void pk_surface_stamp(struct pk_surface *s, const uint8_t *mask, uint32_t stride,
                      int64_t x, int64_t y, uint32_t w, uint32_t h,
                      struct pk_rgba colour);
/* Source-over of RGBA pixels (premultiplied): icons, stacked styles. */
void pk_surface_compose(struct pk_surface *s, const uint32_t *px, uint32_t stride,
                        int64_t x, int64_t y, uint32_t w, uint32_t h);
/* True when all pixels have one value; *value (may be NULL) gets it. */
bool pk_surface_is_even(const struct pk_surface *s, uint32_t *value);

/* Premultiplied pixel of a plain colour, and a plain colour with its alpha scaled. */
uint32_t pk_pixel_of(struct pk_rgba colour);
struct pk_rgba pk_rgba_fade(struct pk_rgba colour, double opacity);

#endif
