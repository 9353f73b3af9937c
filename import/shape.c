#include "import/shape.h"

#include <math.h>
#include <string.h>

#include "base/jsonread.h"

void pk_shape_begin(struct pk_shape *s, enum pk_geom_kind kind, struct pk_arena *arena)
{
    memset(s, 0, sizeof(*s));
    s->arena = arena;
    s->kind = kind;
}

static void fault(struct pk_shape *s, uint32_t *counter, const double *at)
{
    if (s->closed + s->left_out == 0) {
        s->fault_x = at[0];
        s->fault_y = at[1];
    }
    ++*counter;
}

static bool has_ground(const double *xy, size_t n)
{
    double far = 0;

    for (size_t i = 1; i < n; i++) {
        for (size_t k = 1; k < 3 && i + k < n; k++) {
            double ax = xy[2 * i] - xy[0], ay = xy[2 * i + 1] - xy[1];
            double bx = xy[2 * (i + k)] - xy[0], by = xy[2 * (i + k) + 1] - xy[1];
            far = fmax(far, fabs(ax * by - bx * ay));
        }
    }
    return far > 0 || !isfinite(far);
}

static void add_vertices(struct pk_shape *s, enum pk_ring_role role, const double *xy,
                         const double *z, size_t n, bool close)
{
    if (s->builder == NULL) {
        s->builder = pk_geom_begin(s->arena, s->kind, z != NULL);
    }
    if (s->kind != PK_GEOM_POINT || s->parts == 0) {
        pk_geom_ring(s->builder, role);
    }
    for (size_t i = 0; i < n; i++) {
        pk_geom_vertex(s->builder, xy[2 * i], xy[2 * i + 1], z ? z[i] : 0);
    }
    if (close) {
        pk_geom_vertex(s->builder, xy[0], xy[1], z ? z[0] : 0);
    }
    s->parts += role != PK_RING_HOLE;
}

void pk_shape_add(struct pk_shape *s, enum pk_ring_role role, const double *xy,
                  const double *z, size_t n)
{
    bool closed;

    if (n == 0) {
        return;
    }
    if (s->kind != PK_GEOM_AREA) {
        if (s->kind == PK_GEOM_LINE && n < 2) {
            fault(s, &s->left_out, xy);
        } else {
            add_vertices(s, PK_RING_OPEN, xy, z, n, false);
        }
        return;
    }
    if (role == PK_RING_HOLE && (s->outer_left_out || s->parts == 0)) {
        fault(s, &s->left_out, xy);
        return;
    }
    closed = xy[0] == xy[2 * (n - 1)] && xy[1] == xy[2 * (n - 1) + 1];
    if (role == PK_RING_OUTER) {
        s->outer_left_out = false;
    }
    if (n < 3 || (closed && n < 4) || !has_ground(xy, n)) {
        fault(s, &s->left_out, xy);
        s->outer_left_out = s->outer_left_out || role == PK_RING_OUTER;
        return;
    }
    if (!closed) {
        fault(s, &s->closed, xy + 2 * (n - 1));
    }
    add_vertices(s, role, xy, z, n, !closed);
}

void pk_shape_add_path(struct pk_shape *s, enum pk_ring_role role,
                       const struct pk_path *path)
{
    s->arcs += path->arcs;
    pk_shape_add(s, role, path->xy, NULL, path->count);
}

enum pk_status pk_shape_done(struct pk_geom *out, struct pk_shape *s,
                             struct pk_error *err)
{
    memset(out, 0, sizeof(*out));
    if (s->builder == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "a geometry without coordinates");
    }
    return pk_geom_done(out, s->builder, err);
}

/* --- GeoJSON and JSON-FG --- */

enum { PK_SHAPE_DEPTH_MAX = 6 };

struct json_reader {
    struct pk_shape *shape;
    bool northing_first;
    double tolerance;
    struct pk_error *err;
};

static bool one_position(const struct json_reader *r, const json_t *position, double *xy,
                         double *z, bool *has_z)
{
    size_t n = json_array_size(position);

    if (n < 2 || n > 4 || !json_is_number(json_array_get(position, 0)) ||
        !json_is_number(json_array_get(position, 1))) {
        pk_fail(r->err, PK_BAD_INPUT, "a position that is not two or three numbers");
        return false;
    }
    xy[r->northing_first] = json_number_value(json_array_get(position, 0));
    xy[!r->northing_first] = json_number_value(json_array_get(position, 1));
    *has_z = n > 2 && json_is_number(json_array_get(position, 2));
    *z = *has_z ? json_number_value(json_array_get(position, 2)) : 0;
    return true;
}

static bool positions(const struct json_reader *r, const json_t *list, double **xy,
                      double **z, size_t *n)
{
    bool all_z = true, has_z;

    *n = json_array_size(list);
    if (!json_is_array(list) || *n > PK_GEOM_VERTICES_MAX) {
        pk_fail(r->err, PK_BAD_INPUT, "coordinates that are not a list, or too many");
        return false;
    }
    *xy = pk_arena_alloc(r->shape->arena, *n ? 2 * *n : 1, sizeof(**xy));
    *z = pk_arena_alloc(r->shape->arena, *n ? *n : 1, sizeof(**z));
    for (size_t i = 0; i < *n; i++) {
        if (!one_position(r, json_array_get(list, i), *xy + 2 * i, *z + i, &has_z)) {
            return false;
        }
        all_z = all_z && has_z;
    }
    if (!all_z) {
        *z = NULL;
    }
    return true;
}

static bool add_list(const struct json_reader *r, enum pk_ring_role role,
                     const json_t *list)
{
    double *xy, *z;
    size_t n;

    if (!positions(r, list, &xy, &z, &n)) {
        return false;
    }
    pk_shape_add(r->shape, role, xy, z, n);
    return true;
}

static bool add_polygon(const struct json_reader *r, const json_t *rings)
{
    if (!json_is_array(rings)) {
        pk_fail(r->err, PK_BAD_INPUT, "a polygon whose coordinates are not a list");
        return false;
    }
    for (size_t i = 0; i < json_array_size(rings); i++) {
        if (!add_list(r, i ? PK_RING_HOLE : PK_RING_OUTER, json_array_get(rings, i))) {
            return false;
        }
    }
    return true;
}

/* A curve member: LineString, CircularString, or CompoundCurve of them. */
static bool walk_curve(const struct json_reader *r, const json_t *curve,
                       struct pk_path *path, int depth)
{
    const char *type = pk_jget_string(curve, "type");
    double *xy, *z;
    size_t n;

    if (type != NULL && strcmp(type, "CompoundCurve") == 0 && depth > 0) {
        const json_t *members = pk_jget_array(curve, "geometries");
        for (size_t i = 0; i < json_array_size(members); i++) {
            if (!walk_curve(r, json_array_get(members, i), path, depth - 1)) {
                return false;
            }
        }
        return true;
    }
    bool circular = type != NULL && strcmp(type, "CircularString") == 0;
    if (type == NULL || (!circular && strcmp(type, "LineString") != 0)) {
        pk_fail(r->err, PK_UNSUPPORTED, "a curve of type %s", type ? type : "(none)");
        return false;
    }
    if (!positions(r, pk_jget_array(curve, "coordinates"), &xy, &z, &n)) {
        return false;
    }
    if (circular && (n < 3 || n % 2 == 0)) {
        pk_fail(r->err, PK_BAD_INPUT, "an arc string of %zu points", n);
        return false;
    }
    for (size_t i = 0; i < n; i += circular && i > 0 ? 2 : 1) {
        if (i == 0) {
            if (path->count == 0 || path->xy[2 * path->count - 2] != xy[0] ||
                path->xy[2 * path->count - 1] != xy[1]) {
                pk_path_add(path, xy[0], xy[1]);
            }
            continue;
        }
        if (circular) {
            pk_path_arc(path, xy + 2 * (i - 1), xy + 2 * i, xy + 2 * (i + 1),
                        r->tolerance);
        } else {
            pk_path_add(path, xy[2 * i], xy[2 * i + 1]);
        }
    }
    return true;
}

static bool add_curve(const struct json_reader *r, enum pk_ring_role role,
                      const json_t *curve)
{
    struct pk_path path = {.arena = r->shape->arena};

    if (!walk_curve(r, curve, &path, PK_SHAPE_DEPTH_MAX)) {
        return false;
    }
    pk_shape_add_path(r->shape, role, &path);
    return true;
}

static bool add_curve_polygon(const struct json_reader *r, const json_t *polygon)
{
    const json_t *rings = pk_jget_array(polygon, "geometries");

    if (rings == NULL) {
        return add_polygon(r, pk_jget_array(polygon, "coordinates"));
    }
    for (size_t i = 0; i < json_array_size(rings); i++) {
        if (!add_curve(r, i ? PK_RING_HOLE : PK_RING_OUTER, json_array_get(rings, i))) {
            return false;
        }
    }
    return true;
}

enum form {
    ONE_POINT,
    POINTS,
    LINE,
    LINES,
    POLYGON,
    POLYGONS,
    CURVE,
    CURVES,
    CURVE_POLYGON,
    SURFACES
};

static const struct {
    const char *type;
    enum form form;
    enum pk_geom_kind kind;
} forms[] = {
    {"Point",           ONE_POINT,     PK_GEOM_POINT},
    {"MultiPoint",      POINTS,        PK_GEOM_POINT},
    {"LineString",      LINE,          PK_GEOM_LINE },
    {"MultiLineString", LINES,         PK_GEOM_LINE },
    {"Polygon",         POLYGON,       PK_GEOM_AREA },
    {"MultiPolygon",    POLYGONS,      PK_GEOM_AREA },
    {"CircularString",  CURVE,         PK_GEOM_LINE },
    {"CompoundCurve",   CURVE,         PK_GEOM_LINE },
    {"MultiCurve",      CURVES,        PK_GEOM_LINE },
    {"CurvePolygon",    CURVE_POLYGON, PK_GEOM_AREA },
    {"MultiSurface",    SURFACES,      PK_GEOM_AREA },
};

static bool each(const struct json_reader *r, const json_t *list, enum form form)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        bool ok = form == LINES      ? add_list(r, PK_RING_OPEN, item)
                  : form == POLYGONS ? add_polygon(r, item)
                  : form == CURVES   ? add_curve(r, PK_RING_OPEN, item)
                                     : add_curve_polygon(r, item);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool add_form(const struct json_reader *r, const json_t *geometry, enum form form)
{
    const json_t *coordinates = pk_jget_array(geometry, "coordinates");
    const json_t *members = pk_jget_array(geometry, "geometries");
    double xy[2], z;
    bool has_z;

    switch (form) {
    case ONE_POINT:
        if (!one_position(r, coordinates, xy, &z, &has_z)) {
            return false;
        }
        pk_shape_add(r->shape, PK_RING_OPEN, xy, has_z ? &z : NULL, 1);
        return true;
    case POINTS:
    case LINE:
        return add_list(r, PK_RING_OPEN, coordinates);
    case LINES:
    case POLYGONS:
        return each(r, coordinates, form);
    case POLYGON:
        return add_polygon(r, coordinates);
    case CURVE:
        return add_curve(r, PK_RING_OPEN, geometry);
    case CURVES:
    case SURFACES:
        return each(r, members, form);
    case CURVE_POLYGON:
        return add_curve_polygon(r, geometry);
    }
    return false;
}

enum pk_status pk_shape_from_json(struct pk_geom *out, struct pk_shape *s,
                                  const json_t *geometry, bool northing_first,
                                  double tolerance, struct pk_arena *arena,
                                  struct pk_error *err)
{
    const char *type = pk_jget_string(geometry, "type");
    struct pk_error why = {0};
    struct json_reader r = {s, northing_first, tolerance, &why};
    size_t i = 0;

    memset(out, 0, sizeof(*out));
    while (i < PK_COUNT(forms) && (type == NULL || strcmp(type, forms[i].type) != 0)) {
        i++;
    }
    if (i == PK_COUNT(forms)) {
        return pk_fail(err, PK_UNSUPPORTED, "a geometry of type %s",
                       type ? type : "(none)");
    }
    pk_shape_begin(s, forms[i].kind, arena);
    if (!add_form(&r, geometry, forms[i].form)) {
        return pk_fail(err, why.code, "%s", why.text);
    }
    return pk_shape_done(out, s, err);
}
