/*
 * shape.h - collecting a geometry from a foreign file, with the small repairs that
 * are safe and what to say about them: rings closed, rings without ground left out.
 */
#ifndef PK_IMPORT_SHAPE_H
#define PK_IMPORT_SHAPE_H

#include <jansson.h>

#include "import/curve.h"
#include "layers/geom.h"

struct pk_shape {
    struct pk_arena *arena;
    enum pk_geom_kind kind;
    struct pk_geom_builder *builder;
    bool outer_left_out; /* its holes go with it */
    uint32_t parts;      /* outer rings, lines or points taken */
    uint32_t arcs, closed, left_out;
    double fault_x, fault_y; /* where the first repair was made */
};

void pk_shape_begin(struct pk_shape *s, enum pk_geom_kind kind, struct pk_arena *arena);
/* n points (x, y; z may be NULL) as the next ring, line or point. */
void pk_shape_add(struct pk_shape *s, enum pk_ring_role role, const double *xy,
                  const double *z, size_t n);
void pk_shape_add_path(struct pk_shape *s, enum pk_ring_role role,
                       const struct pk_path *path);
/* Errors: as pk_geom_done; PK_BAD_INPUT when nothing is left. */
enum pk_status pk_shape_done(struct pk_geom *out, struct pk_shape *s,
                             struct pk_error *err) PK_MUST_CHECK;

/* A GeoJSON geometry object, or one of JSON-FG's curves (CircularString,
 * CompoundCurve, CurvePolygon, MultiCurve, MultiSurface). `northing_first` turns
 * the axes. Errors: PK_BAD_INPUT says what is wrong; PK_UNSUPPORTED type. */
enum pk_status pk_shape_from_json(struct pk_geom *out, struct pk_shape *s,
                                  const json_t *geometry, bool northing_first,
                                  double tolerance, struct pk_arena *arena,
                                  struct pk_error *err) PK_MUST_CHECK;

#endif
