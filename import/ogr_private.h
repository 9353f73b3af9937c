/* ogr_private.h - shared by the files of the OGR reader. */
#ifndef PK_IMPORT_OGR_PRIVATE_H
#define PK_IMPORT_OGR_PRIVATE_H

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "import/mapping.h"
#include "import/recognise.h"
#include "import/shape.h"
#include "import/source.h"

enum {
    PK_OGR_PARTS_MAX = 3 /* one per kind of geometry */
};

/* A geometry as one shape per kind: a collection may have several. Anything that
 * cannot be read is a text in *why. */
struct ogr_shapes {
    struct pk_geom geoms[PK_OGR_PARTS_MAX];
    struct pk_shape shapes[PK_OGR_PARTS_MAX];
    size_t count;
    const char *why; /* NULL = fine */
};
void ogr_shapes_of(struct ogr_shapes *out, OGRGeometryH g, bool northing_first,
                   double tolerance, struct pk_arena *arena);

/* EPSG number of ours for the layer's system, 0 = unknown; *name tells it. */
int ogr_epsg(OGRSpatialReferenceH srs, const char **name, struct pk_arena *arena);

/* Text decoding of one source layer (P-ENC). */
enum ogr_encoding { OGR_ENC_GUESS, OGR_ENC_UTF8, OGR_ENC_CP1252 };
struct ogr_text {
    enum ogr_encoding encoding;
    uint64_t decoded; /* values that were no UTF-8 */
    uint64_t cut;     /* values of UTF-8 cut through a letter */
    char sample[64];  /* the first of them */
};
const char *ogr_text(struct ogr_text *t, const char *raw, struct pk_arena *arena);

/* Attributes of a feature by source field name, as JSON values. */
json_t *ogr_values(OGRFeatureH feature, const struct pk_field_names *names,
                   struct ogr_text *text, uint64_t *not_finite, struct pk_arena *arena);

/* One layer of a dataset. */
struct ogr_layer {
    struct pk_source *src;
    OGRLayerH layer;
    const char *name; /* what mapping rules match */
    const char *id;   /* of ours, for layers */
    const json_t *rule;
    const char *mapping; /* its document's name */
    enum pk_mapped_kind kind;
    struct pk_field_names fields;
    OGRwkbGeometryType type;
    enum pk_format format;
    bool stable_ids; /* the source's own ids may be keys */
    int epsg;
    bool northing_first;
    struct ogr_text text;
    double share_from, share; /* of the progress */
};
void ogr_read_layer(struct ogr_layer *l);

/* Plans and regulations out of mapped layers (ogr_plan.c). */
struct ogr_plans;
struct ogr_plans *ogr_plans_create(struct pk_source *src);
void ogr_plans_destroy(struct ogr_plans *plans);
void ogr_plans_read(struct ogr_plans *plans, struct ogr_layer *l);

/* What was found about encoding and numbers, once per layer. */
void ogr_layer_findings(struct ogr_layer *l, uint64_t not_finite);
/* A finding about a feature. */
void ogr_feature_finding(struct ogr_layer *l, const char *rule, enum pk_severity severity,
                         const char *stops, const char *object, const char *text);
/* The feature's text id: what findings call it. */
const char *ogr_feature_name(struct ogr_layer *l, OGRFeatureH feature);

#endif
