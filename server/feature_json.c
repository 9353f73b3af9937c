#include "server/feature_json.h"

#include <string.h>

#include "base/json.h"
#include "server/api.h"

enum { DEGREE_DECIMALS = 7, METRE_DECIMALS = 3, KINDS_MAX = 3 };

/* Copies of what is there, in the wanted system. */
static enum pk_status project(struct pk_geom out[KINDS_MAX], uint32_t *count,
                              const struct pk_feature_json *feature, int epsg,
                              struct pk_crs *crs, struct pk_arena *arena,
                              struct pk_error *err)
{
    enum pk_status status = PK_OK;
    *count = 0;
    for (uint32_t i = 0; i < feature->geom_count && i < KINDS_MAX && status == PK_OK;
         i++) {
        const struct pk_geom *g = &feature->geoms[i];
        if (g->kind == PK_GEOM_NONE || g->ring_count == 0) {
            continue;
        }
        struct pk_geom *copy = &out[(*count)++];
        *copy = *g;
        copy->z = NULL;
        copy->xy = pk_arena_alloc(arena, 2 * (size_t)g->vertex_count + 1, sizeof(double));
        memcpy(copy->xy, g->xy, 2 * (size_t)g->vertex_count * sizeof(double));
        pk_geom_orient(copy);
        if (epsg != 3006) {
            struct pk_geom turned;
            status = pk_crs_transform_geom(crs, 3006, epsg, copy, &turned, arena, err);
            *copy = turned;
        }
    }
    return status;
}

static void put_geometry(struct pk_json *j, const struct pk_geom *geoms, uint32_t count,
                         int decimals)
{
    pk_json_key(j, "geometry");
    if (count == 0) {
        pk_json_null(j);
        return;
    }
    if (count > 1) {
        pk_json_object(j);
        pk_json_member(j, "type", "GeometryCollection");
        pk_json_key(j, "geometries");
        pk_json_array(j);
    }
    for (uint32_t i = 0; i < count; i++) {
        pk_geom_to_geojson(j, &geoms[i], decimals);
    }
    if (count > 1) {
        pk_json_end(j);
        pk_json_end(j);
    }
}

static void put_box(struct pk_json *j, const struct pk_geom *geoms, uint32_t count,
                    int decimals)
{
    struct pk_box box = PK_BOX_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        box = pk_box_join(box, pk_geom_box(&geoms[i]));
    }
    if (count == 0) {
        return;
    }
    const double sides[] = {box.min_x, box.min_y, box.max_x, box.max_y};
    pk_json_key(j, "bbox");
    pk_json_array(j);
    for (size_t i = 0; i < PK_COUNT(sides); i++) {
        pk_json_fixed(j, sides[i], decimals);
    }
    pk_json_end(j);
}

enum pk_status pk_feature_json(struct pk_buf *out, const struct pk_feature_json *feature,
                               const struct pk_request *request, struct pk_crs *crs,
                               struct pk_arena *arena, struct pk_error *err)
{
    int epsg = 4326;
    bool given = pk_request_arg(request, "crs") != NULL;
    enum pk_status status = given ? pk_api_crs(request, &epsg, err) : PK_OK;
    struct pk_geom geoms[KINDS_MAX];
    uint32_t count = 0;
    if (status == PK_OK) {
        status = project(geoms, &count, feature, epsg, crs, arena, err);
    }
    if (status != PK_OK) {
        return status;
    }
    int decimals = pk_crs_is_degrees(epsg) ? DEGREE_DECIMALS : METRE_DECIMALS;
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "type", "Feature");
    pk_json_member(&j, "id", feature->id);
    if (given && epsg != 4326) {
        pk_json_key(&j, "crs");
        pk_json_object(&j);
        pk_json_member(&j, "type", "name");
        pk_json_key(&j, "properties");
        pk_json_object(&j);
        pk_json_member(&j, "name",
                       pk_arena_printf(arena, "urn:ogc:def:crs:EPSG::%d", epsg));
        pk_json_end(&j);
        pk_json_end(&j);
    }
    put_box(&j, geoms, count, decimals);
    put_geometry(&j, geoms, count, decimals);
    pk_json_key(&j, "properties");
    pk_json_raw(&j, feature->properties);
    pk_json_end(&j);
    return out->failed ? pk_fail_said(err, PK_LIMIT, request->lang, NULL,
                                      PK_MSG_REQ_ANSWER_LARGE, NULL)
                       : PK_OK;
}
