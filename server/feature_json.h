/*
 * feature_json.h - one thing as a GeoJSON Feature (RFC 7946): its ground, and as
 * `properties` the very object that its JSON gives.
 */
#ifndef PK_SERVER_FEATURE_JSON_H
#define PK_SERVER_FEATURE_JSON_H

#include "layers/crs.h"
#include "server/request.h"

struct pk_feature_json {
    const char *id; /* UUID as text */
    const struct pk_geom
        *geoms;             /* EPSG:3006; several kinds become a GeometryCollection */
    uint32_t geom_count;    /* those of kind PK_GEOM_NONE are passed over */
    const char *properties; /* JSON */
};

/* Longitude, latitude unless crs= of the request names another system; then easting
 * first, and the member `crs` says which (GeoJSON 2008, 3.1: RFC 7946, 4 lets parties
 * agree). Outer rings anticlockwise. Errors: PK_BAD_INPUT "crs: ...". */
enum pk_status pk_feature_json(struct pk_buf *out, const struct pk_feature_json *feature,
                               const struct pk_request *request, struct pk_crs *crs,
                               struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
