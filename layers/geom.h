/*
 * geom.h - geometry as it is read, stored and measured.
 *
 * Coordinates are easting, northing (or longitude, latitude), whatever order
 * the CRS's definition or the source file has: readers turn axes, nobody else
 * thinks about them. A geometry is flat: all rings, lines or points one after
 * another in `xy`. It has one kind; nothing nests.
 */
#ifndef PK_LAYERS_GEOM_H
#define PK_LAYERS_GEOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum pk_geom_kind { PK_GEOM_NONE, PK_GEOM_POINT, PK_GEOM_LINE, PK_GEOM_AREA };

enum pk_ring_role {
    PK_RING_OUTER, /* starts a polygon of an area */
    PK_RING_HOLE,  /* in the polygon before it */
    PK_RING_OPEN   /* a line, or the points (all in one part) */
};

enum {
    PK_GEOM_VERTICES_MAX = 2000000, /* of one object */
    PK_GEOM_RINGS_MAX = 200000
};

struct pk_ring {
    uint32_t first, count; /* vertices; rings are closed: last == first */
    enum pk_ring_role role;
};

struct pk_geom {
    enum pk_geom_kind kind;
    uint32_t ring_count, vertex_count;
    struct pk_ring *rings;
    double *xy; /* 2 * vertex_count: x (easting), y (northing) */
    double *z;  /* vertex_count heights, or NULL */
};

struct pk_box {
    double min_x, min_y, max_x, max_y; /* empty when min > max */
};

#define PK_BOX_EMPTY ((struct pk_box){1e300, 1e300, -1e300, -1e300})

bool pk_box_touches(struct pk_box a, struct pk_box b);
bool pk_box_is_empty(struct pk_box box);
struct pk_box pk_box_join(struct pk_box a, struct pk_box b);
struct pk_box pk_box_grow(struct pk_box box, double by);
struct pk_box pk_geom_box(const struct pk_geom *g);

/* Building: begin, then ring + vertices, then done. All memory is the arena's;
 * the geometry is valid until it is reset. Limits above give PK_LIMIT in done,
 * coordinates that are not finite PK_BAD_INPUT. */
struct pk_geom_builder;
struct pk_geom_builder *pk_geom_begin(struct pk_arena *arena, enum pk_geom_kind kind,
                                      bool has_z);
void pk_geom_ring(struct pk_geom_builder *b, enum pk_ring_role role);
void pk_geom_vertex(struct pk_geom_builder *b, double x, double y, double z);
enum pk_status pk_geom_done(struct pk_geom *out, struct pk_geom_builder *b,
                            struct pk_error *err) PK_MUST_CHECK;

/* Our own bytes ("PKG1"): little endian, exact doubles. Also what the column
 * `original` holds: delivered coordinates, bit for bit. */
void pk_geom_write(struct pk_buf *out, const struct pk_geom *g);
/* Walks foreign bytes strictly: counts within the limits and the length, roles
 * that fit the kind, rings closed and of 4 vertices or more, all finite.
 * Memory is the arena's. Errors: PK_BAD_DATA. */
enum pk_status pk_geom_read(struct pk_geom *out, const void *data, size_t len,
                            struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* SpatiaLite BLOB (little endian, MULTI form of the kind, 2D, srid as given),
 * built from coordinates that we hold: the only BLOBs SpatiaLite ever sees.
 * Source: SpatiaLite "BLOB-Geometry" internal format. */
void pk_geom_to_spatialite(struct pk_buf *out, const struct pk_geom *g, int srid);
/* The reverse, strict, of BLOBs that lie in our file. Errors: PK_BAD_DATA. */
enum pk_status pk_geom_from_spatialite(struct pk_geom *out, const void *blob, size_t len,
                                       struct pk_arena *arena,
                                       struct pk_error *err) PK_MUST_CHECK;

/* Area (shoelace, holes taken off, relative to the first vertex) and length in
 * the units of the coordinates. 0 for kinds that have none. */
double pk_geom_area(const struct pk_geom *g);
double pk_geom_length(const struct pk_geom *g);

/* Is the point inside the area (or on its edge)? */
bool pk_geom_covers(const struct pk_geom *g, double x, double y);
/* Shortest distance from the point to any edge (or point) of it; 1e300 if empty. */
double pk_geom_edge_distance(const struct pk_geom *g, double x, double y);
/* A point inside the area, far from its edges (pole of inaccessibility, V. Agafonkin's
 * polylabel grid search, to `precision`), *room gets the distance. For lines the
 * middle of the longest, for points the first. */
void pk_geom_label_point(const struct pk_geom *g, double precision, double *x, double *y,
                         double *room);
/* Outer rings anticlockwise, holes clockwise. In place. */
void pk_geom_orient(struct pk_geom *g);

/* GeoJSON geometry object with fixed decimals ("Polygon" or "MultiPolygon" ...). */
struct pk_json;
void pk_geom_to_geojson(struct pk_json *j, const struct pk_geom *g, int decimals);

#endif
