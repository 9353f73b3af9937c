/*
 * scene.h - random things to draw, the same in every window: what the tests of the
 * drawing core share. World units are 1/65536 of the coarsest pixel.
 */
#ifndef PK_TESTS_SCENE_H
#define PK_TESTS_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/surface.h"

enum { SCENE_POINTS = 40 };

struct scene_line {
    int64_t xy[2 * SCENE_POINTS]; /* absolute 1/256 px */
    uint32_t count;
};

/* xorshift64*, so that a seed names a scene for ever. */
uint64_t scene_next(uint64_t *state);
int64_t scene_between(uint64_t *state, int64_t lo, int64_t hi); /* inclusive */

/* Kinds of rings that have broken rasterisers before. */
enum scene_kind {
    SCENE_STAR,     /* many edges, does not cross itself */
    SCENE_TANGLE,   /* crosses itself at random */
    SCENE_BOX,      /* horizontal and vertical edges, often on pixel borders */
    SCENE_DUST,     /* edges of 1/256 px */
    SCENE_LONG,     /* ends up to 2^35 parts away */
    SCENE_TOUCHING, /* touches itself in a vertex and along an edge */
    SCENE_KINDS
};

/* A closed ring about (cx, cy) with about `size` parts of radius. */
void scene_ring(struct scene_line *out, uint64_t *state, enum scene_kind kind, int64_t cx,
                int64_t cy, int64_t size);

/* What is drawn, bit by bit. */
enum { SCENE_FILLS = 1, SCENE_LINES = 2, SCENE_PATTERNS = 4, SCENE_ALL = 7 };

/* Draw scene `seed` into a window of side x side pixels with its top left at (x, y)
 * relative to the scene's corner; `zoom` halves the pixel, scale is 1..3. */
void scene_draw(struct pk_surface *s, uint64_t seed, int zoom, uint32_t scale, int what,
                int64_t x, int64_t y, uint32_t side);

/* Pixels in which a side x side picture differs from its parts x parts tiles. */
uint64_t scene_crop_faults(uint64_t seed, int zoom, uint32_t scale, int what,
                           uint32_t side, uint32_t parts);

#endif
