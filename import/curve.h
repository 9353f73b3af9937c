/*
 * curve.h - arcs as chords. The chords of an arc are the same from either end, so
 * that two objects that share an arc share its points.
 */
#ifndef PK_IMPORT_CURVE_H
#define PK_IMPORT_CURVE_H

#include "base/arena.h"
#include "layers/geom.h"

enum { PK_ARC_POINTS_MAX = 4096 };

/* A line being collected: 2 * count numbers. Memory is the arena's. */
struct pk_path {
    struct pk_arena *arena;
    double *xy;
    size_t count, cap;
    uint32_t arcs; /* arcs that were drawn as chords */
};

void pk_path_add(struct pk_path *path, double x, double y);
/* From a (the path's last point, not added again) over b to c, which is added bit
 * for bit. No chord is farther from the circle than `tolerance`. Points in line, or
 * nearly so, give a and c only, with b. a equal to c is a full circle around the
 * middle of a and b (ISO 13249-3). */
void pk_path_arc(struct pk_path *path, const double a[2], const double b[2],
                 const double c[2], double tolerance);
void pk_path_reverse(struct pk_path *path);

#endif
