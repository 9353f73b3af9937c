/*
 * wkt.h - a shape in an address: Well-Known Text (OGC 06-103r4, 7.2) or GeoJSON.
 */
#ifndef PK_SERVER_WKT_H
#define PK_SERVER_WKT_H

#include "layers/geom.h"

/* POINT, LINESTRING, POLYGON and their MULTI forms, upper or lower case; heights (Z) and
 * measures (M) are read over; nothing may follow. Easting or longitude first. EMPTY is an
 * error. Errors: PK_BAD_INPUT says what is wrong, PK_LIMIT above max_vertices. */
enum pk_status pk_wkt_geometry(struct pk_geom *out, const char *text,
                               uint32_t max_vertices, struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;

/* The same, or a GeoJSON geometry when the text begins with '{'. */
enum pk_status pk_shape_of_text(struct pk_geom *out, const char *text,
                                uint32_t max_vertices, struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
