/*
 * pattern_core.h - the inside of a pattern; private to pattern.c and marks.c.
 */
#ifndef PK_TILES_PATTERN_CORE_H
#define PK_TILES_PATTERN_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "styles/style.h"

enum pk_pattern_kind { PK_PATTERN_HATCH, PK_PATTERN_CELL, PK_PATTERN_MARKS };

enum { PK_PATTERN_NAME_MAX = 64, PK_PATTERN_LATTICES = 2 };

/* Lines at one angle: coverage of a pixel by where its centre lies across them. */
struct pk_hatch {
    int64_t per_x, per_y; /* 1/65536 device px across the lines, per pixel */
    int64_t period;
    uint8_t *table; /* one value per 1/64 px of the period */
};

/* Marks of one shape: one every `step` pixels from `off` on, centres in 1/256 px. */
struct pk_lattice {
    int64_t step_x, step_y, off_x, off_y;
    uint8_t *stamp; /* side * side coverage, its middle is the centre */
    uint32_t side;
};

struct pk_pattern {
    char name[PK_PATTERN_NAME_MAX];
    uint32_t scale;
    enum pk_pattern_kind kind;
    struct pk_rgba ink;
    struct pk_hatch hatches[2];
    uint32_t hatch_count;
    uint8_t *cell; /* w * h coverage */
    uint32_t w, h;
    struct pk_lattice lattices[PK_PATTERN_LATTICES];
};

#endif
