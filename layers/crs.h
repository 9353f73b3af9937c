/*
 * crs.h - reference systems: PROJ at import and for lattice fits, never per
 * vertex in a request. Systems are EPSG numbers from a fixed list; text never
 * reaches PROJ. Axes here are always easting, northing (longitude, latitude).
 */
#ifndef PK_LAYERS_CRS_H
#define PK_LAYERS_CRS_H

#include <stdbool.h>

#include "base/error.h"
#include "layers/geom.h"
#include "layers/pack.h"

/* 3006-3018 (SWEREF 99), 3857, 4326, 4258, 3021, 2400 (RT 90), 5845-5850 (with
 * heights, read as their plane part) and the foreign ones of neighbours that the
 * importer meets (25832, 25833, 28992, 3067, 3878, 3879 ...). */
bool pk_crs_known(int epsg);
const char *pk_crs_name(int epsg); /* "SWEREF 99 13 30"; NULL when unknown */
/* True for longitude/latitude degrees. */
bool pk_crs_is_degrees(int epsg);
/* EPSG of "SWEREF99_13_30", "SWEREF 99 TM", "EPSG:3008", "urn:ogc:def:crs:EPSG::3008",
 * "http://www.opengis.net/def/crs/EPSG/0/3008"; 0 when it is none of ours. */
int pk_crs_of_name(const char *name);
/* Axis order in the definition is northing, easting (GML and WFS follow it). */
bool pk_crs_is_northing_first(int epsg);

struct pk_crs; /* PROJ context and its transformations; one per thread */
struct pk_crs *pk_crs_create(void);
void pk_crs_destroy(struct pk_crs *crs);

/* Transform `count` points in place. Errors: PK_UNSUPPORTED, PK_BAD_INPUT when a
 * point cannot be transformed (says which, in the source system). */
enum pk_status pk_crs_transform(struct pk_crs *crs, int from, int to, double *xy,
                                size_t count, struct pk_error *err) PK_MUST_CHECK;
/* Edges longer than 250 m get midpoints (by halving, so direction does not matter),
 * then every vertex is transformed: straight in `from` stays straight on the ground. */
enum pk_status pk_crs_transform_geom(struct pk_crs *crs, int from, int to,
                                     const struct pk_geom *in, struct pk_geom *out,
                                     struct pk_arena *arena,
                                     struct pk_error *err) PK_MUST_CHECK;

/* EPSG:3006 area of use, degrees 10.03..24.17 E, 54.96..69.07 N. */
bool pk_crs_in_reach(double easting, double northing); /* EPSG:3006 */

/* Family units of EPSG:3006 metres: tm by rounding to 1 mm, wm by the lattice fit
 * (biquadratic per 1 km cell of EPSG:3006, chosen by where the vertex lies). The
 * lattice cache belongs to the thread. */
void pk_crs_to_family(struct pk_crs *crs, enum pk_family family, const double *xy,
                      size_t count, int64_t *out);
/* One point back, family units -> EPSG:3006 metres. */
void pk_crs_from_family(struct pk_crs *crs, enum pk_family family, int64_t x, int64_t y,
                        double *easting, double *northing);
/* Point scale of EPSG:3006 at an easting (Gauss-Krueger, 0.9996 at 500 000). */
double pk_crs_point_scale(double easting);

#endif
