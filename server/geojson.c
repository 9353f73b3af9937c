#include "server/geojson.h"

#include <math.h>
#include <string.h>

#include "base/jsonread.h"

struct reading {
    struct pk_geom_builder *builder;
    uint32_t left; /* vertices that may still come */
};

static enum pk_status read_position(struct reading *r, const json_t *position,
                                    struct pk_error *err)
{
    const json_t *x = json_array_get(position, 0), *y = json_array_get(position, 1);
    if (!json_is_number(x) || !json_is_number(y) || !isfinite(json_number_value(x)) ||
        !isfinite(json_number_value(y))) {
        return pk_fail(err, PK_BAD_INPUT, "a position is not two numbers");
    }
    if (r->left-- == 0) {
        return pk_fail(err, PK_LIMIT, "too many positions");
    }
    pk_geom_vertex(r->builder, json_number_value(x), json_number_value(y), 0);
    return PK_OK;
}

/* One line, ring or list of points. */
static enum pk_status read_run(struct reading *r, const json_t *list,
                               enum pk_ring_role role, size_t min, struct pk_error *err)
{
    size_t n = json_array_size(list);
    if (n < min) {
        return pk_fail(err, PK_BAD_INPUT, "%zu positions where at least %zu are needed",
                       n, min);
    }
    if (role != PK_RING_OPEN &&
        !json_equal(json_array_get(list, 0), json_array_get(list, n - 1))) {
        return pk_fail(err, PK_BAD_INPUT, "a ring does not end where it begins");
    }
    pk_geom_ring(r->builder, role);
    for (size_t i = 0; i < n; i++) {
        enum pk_status status = read_position(r, json_array_get(list, i), err);
        if (status != PK_OK) {
            return status;
        }
    }
    return PK_OK;
}

static enum pk_status read_polygon(struct reading *r, const json_t *rings,
                                   struct pk_error *err)
{
    enum pk_status status = json_array_size(rings) > 0
                                ? PK_OK
                                : pk_fail(err, PK_BAD_INPUT, "a polygon has no ring");
    for (size_t i = 0; i < json_array_size(rings) && status == PK_OK; i++) {
        status = read_run(r, json_array_get(rings, i),
                          i == 0 ? PK_RING_OUTER : PK_RING_HOLE, 4, err);
    }
    return status;
}

static enum pk_status read_parts(struct reading *r, const char *type,
                                 const json_t *coordinates, struct pk_error *err)
{
    if (strcmp(type, "Point") == 0) {
        pk_geom_ring(r->builder, PK_RING_OPEN);
        return read_position(r, coordinates, err);
    }
    if (strcmp(type, "MultiPoint") == 0) {
        return read_run(r, coordinates, PK_RING_OPEN, 1, err);
    }
    if (strcmp(type, "LineString") == 0) {
        return read_run(r, coordinates, PK_RING_OPEN, 2, err);
    }
    if (strcmp(type, "Polygon") == 0) {
        return read_polygon(r, coordinates, err);
    }
    bool lines = strcmp(type, "MultiLineString") == 0;
    enum pk_status status = json_array_size(coordinates) > 0
                                ? PK_OK
                                : pk_fail(err, PK_BAD_INPUT, "the geometry is empty");
    for (size_t i = 0; i < json_array_size(coordinates) && status == PK_OK; i++) {
        const json_t *part = json_array_get(coordinates, i);
        status =
            lines ? read_run(r, part, PK_RING_OPEN, 2, err) : read_polygon(r, part, err);
    }
    return status;
}

enum pk_status pk_geojson_geometry(struct pk_geom *out, const json_t *json,
                                   uint32_t max_vertices, struct pk_arena *arena,
                                   struct pk_error *err)
{
    static const struct {
        const char *type;
        enum pk_geom_kind kind;
    } types[] = {
        {"Point",           PK_GEOM_POINT},
        {"MultiPoint",      PK_GEOM_POINT},
        {"LineString",      PK_GEOM_LINE },
        {"MultiLineString", PK_GEOM_LINE },
        {"Polygon",         PK_GEOM_AREA },
        {"MultiPolygon",    PK_GEOM_AREA },
    };
    const char *type = pk_jget_string(json, "type");
    if (type != NULL && strcmp(type, "Feature") == 0) {
        json = pk_jget_object(json, "geometry");
        type = pk_jget_string(json, "type");
    }
    enum pk_geom_kind kind = PK_GEOM_NONE;
    for (size_t i = 0; i < PK_COUNT(types) && type != NULL; i++) {
        if (strcmp(types[i].type, type) == 0) {
            kind = types[i].kind;
        }
    }
    if (kind == PK_GEOM_NONE) {
        return pk_fail(err, PK_BAD_INPUT, "\"%.40s\" is not a GeoJSON geometry we read",
                       type != NULL ? type : "");
    }
    struct reading r = {pk_geom_begin(arena, kind, false), max_vertices};
    enum pk_status status = read_parts(&r, type, pk_jget_array(json, "coordinates"), err);
    return status == PK_OK ? pk_geom_done(out, r.builder, err) : status;
}
