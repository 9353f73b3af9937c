#include "import/read_ngp.h"

#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "import/plan_record.h"
#include "import/shape.h"

/* feature:typ -> what it is. */
static const struct ngp_type {
    const char *name;
    const char *geometry; /* member with the parts */
    bool plan;
} types[] = {
    {"detaljplan",                 "plangeometri",        true },
    {"användningsbestämmelse",   "bestammelsegeometri", false},
    {"egenskapsbestämmelse",      "bestammelsegeometri", false},
    {"administrativ bestämmelse", "bestammelsegeometri", false},
};

static const struct ngp_type *type_of(const json_t *properties)
{
    const char *name = pk_jget_string(properties, "feature:typ");

    for (size_t i = 0; name != NULL && i < PK_COUNT(types); i++) {
        if (strcmp(name, types[i].name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

bool pk_ngp_recognise(const json_t *document)
{
    const char *media = pk_jget_string(document, "feature:mediatyp");
    const json_t *features = pk_jget_array(document, "features");

    if (media != NULL && strstr(media, "detaljplan") != NULL) {
        return true;
    }
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *p = pk_jget_object(json_array_get(features, i), "properties");
        const struct ngp_type *type = type_of(p);
        if (type != NULL && json_object_get(p, type->geometry) != NULL) {
            return true;
        }
    }
    return false;
}

struct ngp {
    struct pk_source *src;
    json_t *plans; /* id -> index of the feature that is taken */
    json_t *regulations;
    const char *plan; /* that the object being read belongs to */
};

static const char *feature_id(struct ngp *ngp, const json_t *feature, bool *changed)
{
    const json_t *properties = pk_jget_object(feature, "properties");
    const char *id = pk_jget_string(properties, "objektidentitet");
    const char *uuid;

    if (id == NULL) {
        id = pk_jget_string(feature, "id");
    }
    uuid = pk_record_uuid(ngp->src, id, changed);
    return uuid ? uuid : id;
}

static const char *place_of(struct ngp *ngp, size_t index)
{
    return pk_arena_printf(&ngp->src->arena, "features[%zu]", index);
}

static const char *name_of(const json_t *properties, const char *id)
{
    const char *name = pk_jget_string(properties, "beteckning");

    if (name == NULL) {
        name = pk_jget_string(properties, "bestammelseformulering");
    }
    return name ? name : id;
}

static void say(struct ngp *ngp, const char *kind, const char *rule,
                enum pk_severity severity, const char *stops, const char *object,
                size_t index, const char *text)
{
    /* What stops a regulation holds its plan back: it goes whole or not at all. */
    pk_source_finding(ngp->src, kind,
                      &(struct pk_finding){.rule = rule,
                                           .severity = severity,
                                           .stops = stops,
                                           .plan = stops ? ngp->plan : NULL,
                                           .object = object,
                                           .place = place_of(ngp, index),
                                           .text = text});
}

/* The newest of those with one id is taken: a delivery has no history (BAS-005). */
static void index_features(struct ngp *ngp, const json_t *features)
{
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *feature = json_array_get(features, i);
        const json_t *properties = pk_jget_object(feature, "properties");
        const struct ngp_type *type = type_of(properties);
        bool changed;
        const char *id = feature_id(ngp, feature, &changed);
        if (type == NULL || id == NULL) {
            continue;
        }
        json_t *map = type->plan ? ngp->plans : ngp->regulations;
        const json_t *known = json_object_get(map, id);
        if (known != NULL) {
            const json_t *other = pk_jget_object(
                json_array_get(features, (size_t)json_integer_value(known)),
                "properties");
            long long mine = 0, theirs = 0;
            pk_jget_int(properties, "objektversion", &mine);
            pk_jget_int(other, "objektversion", &theirs);
            if (mine <= theirs) {
                continue;
            }
        }
        json_object_set_new(map, id, json_integer((json_int_t)i));
    }
}

/* All members but the parts' positions, which the geometry holds. */
static json_t *part_record(const json_t *entry, int epsg)
{
    json_t *record = json_deep_copy(entry);
    json_t *geometry = json_object_get(record, "geometri");

    json_object_del(json_is_object(geometry) ? geometry : record, "position");
    json_object_set_new(record, "crs", json_integer(epsg));
    return record;
}

static int part_crs(const json_t *geometry)
{
    const char *name = pk_jget_string(geometry, "koordinatsystemPlan");
    long long number;

    if (name != NULL) {
        return pk_crs_of_name(name);
    }
    if (pk_jget_int(geometry, "koordinatsystemPlan", &number) && number > 0 &&
        number < 100000 && pk_crs_known((int)number)) {
        return (int)number;
    }
    return 0;
}

struct part {
    json_t *record;
    struct pk_geom geom;
};

/* One entry of plangeometri or bestammelsegeometri; false when it stops the object. */
static bool read_part(struct ngp *ngp, struct part *out, const json_t *entry,
                      const char *kind, const char *object, size_t index)
{
    const json_t *geometry = pk_jget_object(entry, "geometri");
    const json_t *position = geometry ? pk_jget_object(geometry, "position") : NULL;
    struct pk_error why;
    struct pk_shape shape;
    int epsg;

    if (geometry == NULL) {
        geometry = entry;
        position = pk_jget_object(entry, "position");
    }
    epsg = part_crs(geometry);
    if (epsg == 0) {
        const char *name = pk_jget_string(geometry, "koordinatsystemPlan");
        say(ngp, kind, "P-CRS", PK_ERROR, "unreadable", object, index,
            pk_source_text(ngp->src, PK_MSG_IMPORT_CRS_UNKNOWN, "crs", name ? name : "-",
                           NULL));
        return false;
    }
    double tolerance =
        pk_crs_is_degrees(epsg) ? PK_CURVE_TOLERANCE_M / 111000.0 : PK_CURVE_TOLERANCE_M;
    if (pk_shape_from_json(&out->geom, &shape, position, false, tolerance,
                           &ngp->src->arena, &why) != PK_OK) {
        say(ngp, kind, "P-GEOM", PK_ERROR, "unreadable", object, index,
            pk_source_text(ngp->src, PK_MSG_IMPORT_GEOMETRY, "why", why.text, NULL));
        return false;
    }
    pk_record_shape_findings(ngp->src, kind, object, &shape, epsg, place_of(ngp, index));
    out->record = part_record(entry, epsg);
    if (shape.arcs) {
        json_object_set_new(out->record, "curve_tolerance_m",
                            json_real(PK_CURVE_TOLERANCE_M));
    }
    return true;
}

/* Every part before any is written, so that an object goes whole or not at all. */
static struct part *read_parts(struct ngp *ngp, const json_t *entries, size_t *n,
                               const char *kind, const char *object, size_t index)
{
    size_t count = json_array_size(entries);
    struct part *parts =
        pk_arena_alloc(&ngp->src->arena, count ? count : 1, sizeof(*parts));

    *n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_part(ngp, &parts[i], json_array_get(entries, i), kind, object, index)) {
            for (size_t k = 0; k < i; k++) {
                json_decref(parts[k].record);
            }
            return NULL;
        }
    }
    *n = count;
    return parts;
}

static void put_parts(struct ngp *ngp, enum pk_record_type type, const char *owner_key,
                      const char *owner, const struct part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_object_set_new(parts[i].record, owner_key, json_string(owner));
        json_object_set_new(parts[i].record, "part", json_integer((json_int_t)i + 1));
        pk_stream_put(ngp->src->out, type, parts[i].record, &parts[i].geom);
    }
}

static void lift_accuracy(json_t *plan, const struct part *parts, size_t n)
{
    double worst = -1, v;

    for (size_t i = 0; i < n; i++) {
        const json_t *meta = pk_jget_object(parts[i].record, "geometrimetadata");
        if (pk_jget_number(meta, "absolutLagesosakerhetPlan", &v) && v > worst) {
            worst = v;
        }
    }
    if (worst >= 0 && json_object_get(plan, "absolutLagesosakerhetPlan") == NULL) {
        json_object_set_new(plan, "absolutLagesosakerhetPlan", json_real(worst));
    }
}

static bool read_object(struct ngp *ngp, const json_t *feature, size_t index,
                        const struct ngp_type *type, const char *id)
{
    const json_t *properties = pk_jget_object(feature, "properties");
    const json_t *entries = json_object_get(properties, type->geometry);
    const char *kind = type->plan ? "plan" : "regulation";
    const char *object = name_of(properties, id);
    struct part *parts;
    size_t n;

    ngp->plan = NULL;
    if (!type->plan) {
        bool changed;
        const char *plan = pk_jget_string(properties, "detaljplan");
        const char *uuid = pk_record_uuid(ngp->src, plan, &changed);
        ngp->plan = uuid ? uuid : plan;
    }
    parts = read_parts(ngp, entries, &n, kind, object, index);
    if (parts == NULL) {
        return false;
    }
    json_t *record = json_deep_copy(properties);
    json_object_del(record, type->geometry);
    json_object_del(record, "feature:typ");
    json_object_set_new(record, "objektidentitet", json_string(id));
    json_object_set_new(record, "ref", json_string(id));
    if (type->plan) {
        pk_record_lift(ngp->src, record);
        lift_accuracy(record, parts, n);
    } else {
        json_object_set_new(record, "plan", json_string(ngp->plan));
        json_object_del(record, "detaljplan");
        json_object_set_new(record, "kind", json_string(type->name));
        const json_t *quality = pk_jget_object(record, "kvalitetsbeskrivning");
        const char *level = pk_jget_string(quality, "digitaliseringsniva");
        if (level != NULL && pk_jget_string(record, "digitaliseringsniva") == NULL) {
            json_object_set_new(record, "digitaliseringsniva", json_string(level));
        }
    }
    pk_stream_put(ngp->src->out, type->plan ? PK_REC_PLAN : PK_REC_REGULATION, record,
                  NULL);
    put_parts(ngp, type->plan ? PK_REC_PLAN_PART : PK_REC_REG_PART,
              type->plan ? "plan" : "regulation", id, parts, n);
    return true;
}

/* Is this feature the one taken, and does it hang together? */
static bool wanted(struct ngp *ngp, const json_t *feature, size_t index,
                   const struct ngp_type *type, const char **out_id)
{
    const json_t *properties = pk_jget_object(feature, "properties");
    const char *kind = type->plan ? "plan" : "regulation";
    bool changed;
    const char *id = feature_id(ngp, feature, &changed);
    const char *object = name_of(properties, id);

    *out_id = id;
    ngp->plan = NULL;
    if (id == NULL) {
        say(ngp, kind, "P-REF", PK_ERROR, "identity", object, index,
            pk_source_text(ngp->src, PK_MSG_IMPORT_NO_ID, NULL));
        return false;
    }
    const json_t *map = type->plan ? ngp->plans : ngp->regulations;
    if ((size_t)json_integer_value(json_object_get(map, id)) != index) {
        say(ngp, kind, "BAS-005", PK_WARNING, NULL, object, index,
            pk_source_text(ngp->src, PK_MSG_IMPORT_SAME_ID, "id", id, NULL));
        return false;
    }
    if (changed) {
        say(ngp, kind, "P-REF", PK_NOTE, NULL, object, index,
            pk_source_text(ngp->src, PK_MSG_IMPORT_ID_CASE, "id", id, NULL));
    }
    if (!type->plan) {
        const char *plan = pk_jget_string(properties, "detaljplan");
        const char *uuid = pk_record_uuid(ngp->src, plan, &changed);
        if (plan == NULL || json_object_get(ngp->plans, uuid ? uuid : plan) == NULL) {
            say(ngp, kind, "P-REF", PK_ERROR, "identity", object, index,
                pk_source_text(ngp->src, PK_MSG_IMPORT_NO_PLAN, "plan", plan ? plan : "-",
                               NULL));
            return false;
        }
    }
    return true;
}

static void read_all(struct ngp *ngp, const json_t *features, bool plans)
{
    size_t n = json_array_size(features);

    for (size_t i = 0; i < n; i++) {
        const json_t *feature = json_array_get(features, i);
        const struct ngp_type *type = type_of(pk_jget_object(feature, "properties"));
        const char *id;
        if (type == NULL || type->plan != plans) {
            if (type == NULL && plans) {
                const char *name =
                    pk_jget_string(pk_jget_object(feature, "properties"), "feature:typ");
                say(ngp, "", "P-KIND", PK_WARNING, NULL, name, i,
                    pk_source_text(ngp->src, PK_MSG_IMPORT_KIND, "kind",
                                   name ? name : "-", NULL));
                pk_source_count(ngp->src, "other", 1, 0, 1);
            }
            continue;
        }
        bool taken =
            wanted(ngp, feature, i, type, &id) && read_object(ngp, feature, i, type, id);
        pk_source_count(ngp->src, plans ? "plan" : "regulation", 1, 0, taken ? 0 : 1);
        if (plans && !taken && id != NULL) {
            /* its regulations have no plan to belong to */
            if ((size_t)json_integer_value(json_object_get(ngp->plans, id)) == i) {
                json_object_del(ngp->plans, id);
            }
        }
        pk_arena_reset(&ngp->src->arena);
        pk_source_progress(ngp->src, ((double)i / (double)n + !plans) / 2);
    }
}

enum pk_status pk_read_ngp(struct pk_source *src, const json_t *document,
                           struct pk_error *err)
{
    struct ngp ngp = {src, json_object(), json_object(), NULL};
    json_t *features = pk_jget_array(document, "features");
    json_t *single = NULL;

    if (features == NULL && json_object_get(document, "properties") != NULL) {
        single = features = json_pack("[O]", document);
    }
    if (features == NULL) {
        json_decref(ngp.plans);
        json_decref(ngp.regulations);
        return pk_fail(err, PK_BAD_INPUT, "no list of features");
    }
    pk_source_begin(src, "ngp-detaljplan-4", "UTF-8", NULL);
    index_features(&ngp, features);
    read_all(&ngp, features, true);
    read_all(&ngp, features, false);
    json_decref(single);
    json_decref(ngp.plans);
    json_decref(ngp.regulations);
    return PK_OK;
}
