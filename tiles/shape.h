/*
 * shape.h - small shapes to coverage: what patterns and marks are made of. Private
 * to pattern.c and marks.c.
 *
 * Coordinates are 1/64 CSS px. A cell of pixels is sampled 8 x 8 times a pixel;
 * all arithmetic is in integers, so the result is the same on every machine.
 */
#ifndef PK_TILES_SHAPE_H
#define PK_TILES_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

enum pk_shape_kind { PK_SHAPE_DISC, PK_SHAPE_RING, PK_SHAPE_BAR };

enum { PK_SHAPE_UNIT = 64 };

/* A disc or ring about (x0, y0) with radius x1 (of its middle line), or a bar from
 * (x0, y0) to (x1, y1) with flat ends; `width` of the ring's line or the bar. */
struct pk_shape {
    enum pk_shape_kind kind;
    int32_t x0, y0, x1, y1, width;
};

/* Coverage 0..255 of w x h pixels, `scale` device pixels per CSS pixel, the cell's
 * top left at (0, 0). With `around` the cell repeats: what leaves at one side
 * comes in at the other. Free with free(3). */
uint8_t *pk_shapes_draw(const struct pk_shape *shapes, uint32_t count, uint32_t w,
                        uint32_t h, uint32_t scale, bool around);

#endif
