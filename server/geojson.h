/*
 * geojson.h - a posted GeoJSON geometry (or Feature with one), walked strictly.
 */
#ifndef PK_SERVER_GEOJSON_H
#define PK_SERVER_GEOJSON_H

#include <jansson.h>

#include "layers/geom.h"

/* Point, LineString, Polygon and their Multi forms, first two coordinates of each
 * position. Errors: PK_BAD_INPUT says what is wrong; PK_LIMIT above max_vertices. */
enum pk_status pk_geojson_geometry(struct pk_geom *out, const json_t *json,
                                   uint32_t max_vertices, struct pk_arena *arena,
                                   struct pk_error *err) PK_MUST_CHECK;

#endif
