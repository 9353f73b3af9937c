/* ogr_layer.c - a source layer as a geodata layer of ours. */
#include <cpl_conv.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "import/ogr_private.h"
#include "import/plan_record.h"

enum { PK_PROGRESS_EVERY = 500 };

void ogr_feature_finding(struct ogr_layer *l, const char *rule, enum pk_severity severity,
                         const char *stops, const char *object, const char *text)
{
    pk_source_finding(l->src, l->id ? l->id : l->name,
                      &(struct pk_finding){.rule = rule,
                                           .severity = severity,
                                           .stops = stops,
                                           .object = object,
                                           .place = l->name,
                                           .text = text});
}

const char *ogr_feature_name(struct ogr_layer *l, OGRFeatureH feature)
{
    return pk_arena_printf(&l->src->arena, "%s %lld", l->name,
                           (long long)OGR_F_GetFID(feature));
}

void ogr_layer_findings(struct ogr_layer *l, uint64_t not_finite)
{
    char number[24];

    if (l->text.decoded > 0) {
        snprintf(number, sizeof(number), "%llu", (unsigned long long)l->text.decoded);
        ogr_feature_finding(
            l, "P-ENC", l->text.encoding == OGR_ENC_GUESS ? PK_WARNING : PK_NOTE, NULL,
            l->name,
            pk_source_text(l->src,
                           l->text.encoding == OGR_ENC_GUESS
                               ? PK_MSG_IMPORT_ENCODING_GUESS
                               : PK_MSG_IMPORT_ENCODING,
                           "number", number, "sample", l->text.sample, NULL));
    }
    if (l->text.cut > 0) {
        snprintf(number, sizeof(number), "%llu", (unsigned long long)l->text.cut);
        ogr_feature_finding(
            l, "P-ENC", PK_NOTE, NULL, l->name,
            pk_source_text(l->src, PK_MSG_IMPORT_ENCODING_CUT, "number", number, NULL));
    }
    if (not_finite > 0) {
        snprintf(number, sizeof(number), "%llu", (unsigned long long)not_finite);
        ogr_feature_finding(
            l, "P-LEN", PK_WARNING, NULL, l->name,
            pk_source_text(l->src, PK_MSG_IMPORT_NOT_FINITE, "number", number, NULL));
    }
}

/* --- the LAYER record --- */

static const char *column_type(OGRFieldDefnH defn)
{
    switch (OGR_Fld_GetType(defn)) {
    case OFTInteger:
    case OFTInteger64:
        return OGR_Fld_GetSubType(defn) == OFSTBoolean ? "boolean" : "integer";
    case OFTReal:
        return "number";
    case OFTDate:
        return "date";
    case OFTDateTime:
        return "datetime";
    case OFTString:
        return "string";
    default:
        return "list";
    }
}

static bool has_column(const json_t *columns, const char *name)
{
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *known = pk_jget_string(json_array_get(columns, i), "name");
        if (known && strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Mapped columns first, then the source's own that nothing maps; names and choices of
 * the mapping's `columns` are kept. */
static void fill_columns(struct ogr_layer *l, json_t *columns)
{
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(l->layer);
    const char *key;
    json_t *entry;

    json_object_foreach(pk_jget_object(l->rule, "fields"), key, entry)
    {
        if (!has_column(columns, key)) {
            json_array_append_new(columns,
                                  json_pack("{ssss}", "name", key, "type", "string"));
        }
    }
    for (size_t i = 0; i < l->fields.count; i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(defn, (int)i);
        if (OGR_Fld_GetType(field) == OFTBinary ||
            has_column(columns, l->fields.names[i]) ||
            (l->rule && pk_mapping_uses(l->rule, &l->fields, l->fields.names[i]))) {
            continue;
        }
        json_array_append_new(columns, json_pack("{ssss}", "name", l->fields.names[i],
                                                 "type", column_type(field)));
    }
}

static void put_layer(struct ogr_layer *l)
{
    const json_t *settings = pk_jget_object(l->rule, "layer");
    json_t *record = settings ? json_deep_copy(settings) : json_object();
    json_t *columns = json_object_get(record, "columns");

    json_object_set_new(record, "id", json_string(l->id));
    if (json_object_get(record, "title") == NULL) {
        json_t *title = json_string(l->src->layer ? l->src->layer : l->name);
        if (title != NULL) {
            json_object_set_new(record, "title",
                                json_pack("{sOsO}", "sv", title, "en", title));
        }
        json_decref(title);
    }
    if (!json_is_array(columns)) {
        columns = json_array();
        json_object_set_new(record, "columns", columns);
    }
    fill_columns(l, columns);
    pk_stream_put(l->src->out, PK_REC_LAYER, record, NULL);
}

/* --- features --- */

/* The mapped values, and of the rest what nothing maps, under its own name. */
static json_t *attributes_of(struct ogr_layer *l, json_t *values)
{
    if (l->rule == NULL) {
        return json_incref(values);
    }
    json_t *out = pk_mapping_apply(l->rule, &l->fields, values);
    for (size_t i = 0; i < l->fields.count; i++) {
        const char *name = l->fields.names[i];
        json_t *value = json_object_get(values, name);
        if (value != NULL && json_object_get(out, name) == NULL &&
            !pk_mapping_uses(l->rule, &l->fields, name)) {
            json_object_set(out, name, value);
        }
    }
    return out;
}

static void set_key(struct ogr_layer *l, json_t *record, OGRFeatureH feature,
                    const json_t *values)
{
    json_t *id = pk_mapping_value(json_object_get(l->rule, "id"), &l->fields, values);
    json_t *key = pk_mapping_value(json_object_get(l->rule, "key"), &l->fields, values);
    bool changed;
    const char *uuid = pk_record_uuid(l->src, json_string_value(id), &changed);

    if (uuid != NULL) {
        json_object_set_new(record, "id", json_string(uuid));
    } else if (json_is_string(key)) {
        json_object_set(record, "key", key);
    } else if (json_is_integer(key)) {
        char text[32];
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(key));
        json_object_set_new(record, "key", json_string(text));
    } else if (l->stable_ids) {
        json_t *own =
            l->format == PK_FORMAT_GEOJSON ? json_object_get(values, "id") : NULL;
        char text[32];
        snprintf(text, sizeof(text), "%lld", (long long)OGR_F_GetFID(feature));
        json_object_set_new(record, "key",
                            json_is_string(own) ? json_incref(own) : json_string(text));
    }
    json_decref(id);
    json_decref(key);
}

static bool number_of(const json_t *value, double *out)
{
    if (json_is_number(value)) {
        *out = json_number_value(value);
        return true;
    }
    const char *text = json_string_value(value);
    if (text == NULL) {
        return false;
    }
    char *end = NULL;
    *out = CPLStrtodDelim(text, &end, strchr(text, ',') ? ',' : '.');
    return end != text && *end == '\0';
}

/* Names that columns of coordinates usually have, northing and easting. */
static const char *const easting_names[] = {"x",         "e",          "ost",    "east",
                                            "easting",   "sweref99_e", "lon",    "long",
                                            "longitude", "xkoord",     "e_koord"};
static const char *const northing_names[] = {
    "y",   "n",        "nord",    "north",  "northing", "sweref99_n",
    "lat", "latitude", "latitud", "ykoord", "n_koord"};

static json_t *coordinate(struct ogr_layer *l, const char *member,
                          const char *const *names, size_t n, const json_t *values)
{
    const json_t *stated = json_object_get(l->rule, member);
    json_t *value = pk_mapping_value(stated, &l->fields, values);

    for (size_t i = 0; i < n && value == NULL && stated == NULL; i++) {
        long k = pk_mapping_field(&l->fields, names[i]);
        if (k >= 0) {
            value = json_incref(json_object_get(values, l->fields.names[k]));
        }
    }
    return value;
}

/* A point out of two columns, where the format has no geometry. */
static OGRGeometryH column_point(struct ogr_layer *l, const json_t *values)
{
    json_t *e = coordinate(l, "x", easting_names, PK_COUNT(easting_names), values);
    json_t *n = coordinate(l, "y", northing_names, PK_COUNT(northing_names), values);
    OGRGeometryH point = NULL;
    double x, y;

    if (number_of(e, &x) && number_of(n, &y)) {
        point = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(point, 0, x, y);
    }
    json_decref(e);
    json_decref(n);
    return point;
}

static void report_shape(struct ogr_layer *l, const char *object,
                         const struct pk_shape *shape)
{
    pk_record_shape_findings(l->src, l->id, object, shape, l->epsg, l->name);
}

static void put_shapes(struct ogr_layer *l, json_t *record,
                       const struct ogr_shapes *shapes, const char *object)
{
    for (size_t i = 0; i < shapes->count; i++) {
        json_t *one =
            i + 1 < shapes->count ? json_deep_copy(record) : json_incref(record);
        if (shapes->count > 1) {
            const char *id = pk_jget_string(record, "id");
            const char *key = pk_jget_string(record, "key");
            json_object_set_new(one, "part_of",
                                json_string(id    ? id
                                            : key ? key
                                                  : object));
        }
        report_shape(l, object, &shapes->shapes[i]);
        pk_stream_put(l->src->out, PK_REC_FEATURE, one, &shapes->geoms[i]);
    }
    if (shapes->count == 0) { /* the writer tells that it has no place */
        pk_stream_put(l->src->out, PK_REC_FEATURE, json_incref(record), NULL);
    }
}

static void read_feature(struct ogr_layer *l, OGRFeatureH feature, uint64_t *not_finite)
{
    struct pk_source *src = l->src;
    const char *object = ogr_feature_name(l, feature);
    json_t *values = ogr_values(feature, &l->fields, &l->text, not_finite, &src->arena);
    OGRGeometryH own = NULL, geometry = OGR_F_GetGeometryRef(feature);
    struct ogr_shapes shapes;

    if (geometry == NULL && l->type == wkbNone) {
        geometry = own = column_point(l, values);
    }
    double tolerance = pk_crs_is_degrees(l->epsg) ? PK_CURVE_TOLERANCE_M / 111000.0
                                                  : PK_CURVE_TOLERANCE_M;
    ogr_shapes_of(&shapes, geometry, l->northing_first, tolerance, &src->arena);
    if (shapes.why != NULL) {
        ogr_feature_finding(
            l, "P-GEOM", PK_ERROR, "unreadable", object,
            pk_source_text(src, PK_MSG_IMPORT_GEOMETRY, "why", shapes.why, NULL));
        pk_source_count(src, l->id, 1, 0, 1);
    } else {
        json_t *record = json_object();
        json_object_set_new(record, "layer", json_string(l->id));
        json_object_set_new(record, "crs", json_integer(l->epsg));
        json_object_set_new(record, "place", json_string(object));
        set_key(l, record, feature, values);
        json_object_set_new(record, "attributes", attributes_of(l, values));
        put_shapes(l, record, &shapes, object);
        json_decref(record);
    }
    if (own != NULL) {
        OGR_G_DestroyGeometry(own);
    }
    json_decref(values);
}

/* CSV: is there anything that can be a place? */
static bool has_place(struct ogr_layer *l)
{
    static const struct {
        const char *member;
        const char *const *names;
        size_t n;
    } axes[] = {
        {"x", easting_names,  PK_COUNT(easting_names) },
        {"y", northing_names, PK_COUNT(northing_names)}
    };

    if (l->type != wkbNone) {
        return true;
    }
    for (size_t a = 0; a < PK_COUNT(axes); a++) {
        bool found = json_object_get(l->rule, axes[a].member) != NULL;
        for (size_t i = 0; i < axes[a].n && !found; i++) {
            found = pk_mapping_field(&l->fields, axes[a].names[i]) >= 0;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool refuse_table(struct ogr_layer *l)
{
    GIntBig n = OGR_L_GetFeatureCount(l->layer, 1);
    bool place = has_place(l);

    if (place && l->epsg != 0) {
        return false;
    }
    ogr_feature_finding(
        l, place ? "P-CRS" : "P-GEOM", PK_ERROR, "unreadable", l->name,
        pk_source_text(l->src,
                       place ? PK_MSG_IMPORT_CRS_MISSING : PK_MSG_IMPORT_NO_COORDINATES,
                       NULL));
    pk_source_count(l->src, l->id, (unsigned)n, 0, (unsigned)n);
    return true;
}

void ogr_read_layer(struct ogr_layer *l)
{
    GIntBig total = l->format == PK_FORMAT_OSM ? -1 : OGR_L_GetFeatureCount(l->layer, 0);
    uint64_t done = 0, not_finite = 0;
    OGRFeatureH feature;

    if (refuse_table(l)) {
        return;
    }
    OGR_L_ResetReading(l->layer);
    bool said = false;
    while ((feature = OGR_L_GetNextFeature(l->layer)) != NULL) {
        if (!said) {
            put_layer(l);
            said = true;
        }
        read_feature(l, feature, &not_finite);
        OGR_F_Destroy(feature);
        pk_arena_reset(&l->src->arena);
        if (++done % PK_PROGRESS_EVERY == 0 && total > 0) {
            pk_source_progress(l->src,
                               l->share_from + l->share * (double)done / (double)total);
        }
    }
    if (!said && l->format != PK_FORMAT_OSM) {
        put_layer(l); /* an empty layer is a layer */
    }
    ogr_layer_findings(l, not_finite);
    pk_source_progress(l->src, l->share_from + l->share);
}
