/*
 * overlay.h - geometry algebra, the one file that knows GEOS: validity, repair,
 * difference, areas of intersection. Used at import and publish by the writer,
 * and in bounded reports; never per tile.
 *
 * GEOS cannot be interrupted for one caller alone, so work is bounded before it
 * begins: PK_OVERLAY_VERTICES_MAX vertices of both sides together. A context
 * belongs to one thread.
 */
#ifndef PK_LAYERS_OVERLAY_H
#define PK_LAYERS_OVERLAY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "layers/geom.h"

enum { PK_OVERLAY_VERTICES_MAX = 400000 };

struct pk_overlay;
struct pk_overlay *pk_overlay_create(void);
void pk_overlay_destroy(struct pk_overlay *o);

/* What is wrong with an area, at which point of its own system. */
struct pk_overlay_fault {
    char reason[64]; /* "self-intersection", in GEOS's words */
    double x, y;
};

/* Sets *valid; points and lines always are. *fault may be NULL.
 * Errors: PK_LIMIT too many vertices. */
enum pk_status pk_overlay_valid(bool *valid, struct pk_overlay_fault *fault,
                                struct pk_overlay *o, const struct pk_geom *g,
                                struct pk_error *err) PK_MUST_CHECK;
/* The same area made valid (GEOS MakeValid, linework method), parts of lower
 * dimension dropped; in the arena. Errors: PK_LIMIT; PK_BAD_INPUT nothing is left. */
enum pk_status pk_overlay_make_valid(struct pk_geom *out, struct pk_overlay *o,
                                     const struct pk_geom *g, struct pk_arena *arena,
                                     struct pk_error *err) PK_MUST_CHECK;
/* What of `a` (any kind) does not lie in the area `b`; ring_count 0 when nothing.
 * Invalid areas are made valid first. Errors: PK_LIMIT, PK_BAD_INPUT. */
enum pk_status pk_overlay_difference(struct pk_geom *out, struct pk_overlay *o,
                                     const struct pk_geom *a, const struct pk_geom *b,
                                     struct pk_arena *arena,
                                     struct pk_error *err) PK_MUST_CHECK;
/* What of `a` lies in the area `b`. */
enum pk_status pk_overlay_intersection(struct pk_geom *out, struct pk_overlay *o,
                                       const struct pk_geom *a, const struct pk_geom *b,
                                       struct pk_arena *arena,
                                       struct pk_error *err) PK_MUST_CHECK;
/* All areas together, shared borders gone. Invalid ones are made valid first. */
enum pk_status pk_overlay_union(struct pk_geom *out, struct pk_overlay *o,
                                const struct pk_geom *const *list, uint32_t count,
                                struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;
/* Everything within `distance` of `g` (any kind); negative: what of an area lies
 * farther than that from its edge. Corners are round, at most 0.5 % of the distance
 * inside the true circle. ring_count 0 when nothing is left. */
enum pk_status pk_overlay_grow(struct pk_geom *out, struct pk_overlay *o,
                               const struct pk_geom *g, double distance,
                               struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;
/* Area of what both areas share, in square units of their system. */
enum pk_status pk_overlay_shared_area(double *out, struct pk_overlay *o,
                                      const struct pk_geom *a, const struct pk_geom *b,
                                      struct pk_error *err) PK_MUST_CHECK;
/* Length of `a` (lines) that lies in the area `b`. */
enum pk_status pk_overlay_shared_length(double *out, struct pk_overlay *o,
                                        const struct pk_geom *a, const struct pk_geom *b,
                                        struct pk_error *err) PK_MUST_CHECK;

#endif
