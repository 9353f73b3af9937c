/*
 * circle.h - sines and circles in integers, so that pictures do not depend on a
 * machine's mathematics library.
 */
#ifndef PK_TILES_CIRCLE_H
#define PK_TILES_CIRCLE_H

#include <stdint.h>

enum { PK_CIRCLE_STEPS = 60 };

/* sin and cos of whole degrees (any), times 65536. */
int32_t pk_sin(int32_t degrees);
int32_t pk_cos(int32_t degrees);

/* Point i of PK_CIRCLE_STEPS on a circle about the origin, clockwise on the map. */
void pk_circle_point(uint32_t i, int64_t radius, int64_t *x, int64_t *y);

/* floor(sqrt(n)), exact. */
uint64_t pk_isqrt(uint64_t n);

/* n / d rounded to the nearest, halves up; d > 0. */
int64_t pk_round_div(int64_t n, int64_t d);

#endif
