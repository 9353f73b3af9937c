/*
 * ogr_plan.c - mapped source layers as plans and regulations. Regulations name their
 * plan by a field, or belong to the plan of this source that their ground lies in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "import/ogr_private.h"
#include "import/plan_record.h"

enum { PK_OGR_PLANS_MAX = 200000 };

struct known_plan {
    const char *ref;
    struct pk_box box;
    struct pk_geom ground; /* in `epsg`; memory is `arena`'s */
    int epsg;
};

struct ogr_plans {
    struct pk_source *src;
    struct pk_arena arena;
    struct known_plan *list;
    size_t count, cap;
    json_t *by_name; /* id, key and designation -> ref */
    unsigned regulations;
};

struct ogr_plans *ogr_plans_create(struct pk_source *src)
{
    struct ogr_plans *plans = pk_xcalloc(1, sizeof(*plans));

    plans->src = src;
    plans->by_name = json_object();
    return plans;
}

void ogr_plans_destroy(struct ogr_plans *plans)
{
    json_decref(plans->by_name);
    pk_arena_finish(&plans->arena);
    free(plans->list);
    free(plans);
}

static const char *text_of(struct ogr_plans *plans, const json_t *value)
{
    if (json_is_integer(value)) {
        return pk_arena_printf(&plans->arena, "%lld",
                               (long long)json_integer_value(value));
    }
    return json_is_string(value) ? pk_text_key(&plans->arena, json_string_value(value))
                                 : NULL;
}

static void name_plan(struct ogr_plans *plans, const char *name, const char *ref)
{
    if (name != NULL && name[0] && json_object_get(plans->by_name, name) == NULL) {
        json_object_set_new(plans->by_name, name, json_string(ref));
    }
}

static struct pk_geom copy_geom(struct pk_arena *arena, const struct pk_geom *g)
{
    struct pk_geom out = *g;

    out.rings = pk_arena_alloc(arena, g->ring_count, sizeof(*g->rings));
    out.xy = pk_arena_alloc(arena, g->vertex_count, 2 * sizeof(*g->xy));
    memcpy(out.rings, g->rings, g->ring_count * sizeof(*g->rings));
    memcpy(out.xy, g->xy, (size_t)g->vertex_count * 2 * sizeof(*g->xy));
    out.z = NULL;
    return out;
}

static void remember(struct ogr_plans *plans, const char *ref, const struct pk_geom *g,
                     int epsg)
{
    if (plans->count >= PK_OGR_PLANS_MAX) {
        return;
    }
    if (plans->count == plans->cap) {
        plans->cap = plans->cap ? plans->cap * 2 : 64;
        plans->list = pk_xrealloc(plans->list, plans->cap, sizeof(*plans->list));
    }
    plans->list[plans->count++] =
        (struct known_plan){ref, pk_geom_box(g), copy_geom(&plans->arena, g), epsg};
}

/* A polygon each: parts of plans and regulations are single geometries. */
static void put_parts(struct ogr_layer *l, enum pk_record_type type, const char *owner,
                      const struct pk_geom *g, uint32_t *part)
{
    const char *key = type == PK_REC_PLAN_PART ? "plan" : "regulation";

    for (uint32_t i = 0; i < g->ring_count;) {
        uint32_t n = 1;
        while (g->kind == PK_GEOM_AREA && i + n < g->ring_count &&
               g->rings[i + n].role == PK_RING_HOLE) {
            n++;
        }
        struct pk_geom_builder *b = pk_geom_begin(&l->src->arena, g->kind, g->z != NULL);
        for (uint32_t r = i; r < i + n; r++) {
            pk_geom_ring(b, g->rings[r].role);
            for (uint32_t v = 0; v < g->rings[r].count; v++) {
                size_t at = (size_t)g->rings[r].first + v;
                pk_geom_vertex(b, g->xy[2 * at], g->xy[2 * at + 1], g->z ? g->z[at] : 0);
            }
        }
        struct pk_geom one;
        if (pk_geom_done(&one, b, NULL) == PK_OK) {
            pk_stream_put(l->src->out, type,
                          json_pack("{sssIsi}", key, owner, "part", (json_int_t)++ * part,
                                    "crs", l->epsg),
                          &one);
        }
        i += n;
    }
}

/* The plan of this source whose ground covers the object's label point. */
static const char *plan_around(struct ogr_plans *plans, const struct ogr_layer *l,
                               const struct ogr_shapes *shapes)
{
    double x, y, room;

    if (shapes->count == 0) {
        return NULL;
    }
    pk_geom_label_point(&shapes->geoms[0], 1.0, &x, &y, &room);
    for (size_t i = 0; i < plans->count; i++) {
        const struct known_plan *p = &plans->list[i];
        if (p->epsg == l->epsg && pk_box_touches(p->box, (struct pk_box){x, y, x, y}) &&
            pk_geom_covers(&p->ground, x, y)) {
            return p->ref;
        }
    }
    return NULL;
}

static const char *regulation_kind(enum pk_mapped_kind kind)
{
    return kind == PK_MAPPED_USE        ? "användningsbestämmelse"
           : kind == PK_MAPPED_PROPERTY ? "egenskapsbestämmelse"
                                        : "administrativ bestämmelse";
}

static void refuse(struct ogr_layer *l, const char *rule, const char *stops,
                   const char *object, const char *text)
{
    ogr_feature_finding(l, rule, PK_ERROR, stops, object, text);
    pk_source_count(l->src, l->id, 1, 0, 1);
}

static void put_plan(struct ogr_plans *plans, struct ogr_layer *l, json_t *values,
                     const struct ogr_shapes *shapes, const char *object)
{
    struct pk_source *src = l->src;
    json_t *id = pk_mapping_value(json_object_get(l->rule, "id"), &l->fields, values);
    json_t *key = pk_mapping_value(json_object_get(l->rule, "key"), &l->fields, values);
    bool changed;
    const char *uuid = pk_record_uuid(src, json_string_value(id), &changed);
    const char *name = text_of(plans, key);
    const char *ref = uuid ? uuid : name;

    json_decref(id);
    json_decref(key);
    if (ref == NULL || ref[0] == '\0') {
        refuse(l, "P-REF", "identity", object,
               pk_source_text(src, PK_MSG_IMPORT_NO_ID, NULL));
        return;
    }
    ref = pk_arena_strdup(&plans->arena, ref);
    json_t *known = json_object_get(plans->by_name, ref);
    uint32_t part = 0;
    if (known == NULL) {
        json_t *record = pk_mapping_apply(l->rule, &l->fields, values);
        json_object_set_new(record, "ref", json_string(ref));
        if (uuid != NULL) {
            json_object_set_new(record, "objektidentitet", json_string(uuid));
        } else {
            json_object_set_new(record, "key", json_string(ref));
        }
        pk_record_lift(src, record);
        name_plan(plans, ref, ref);
        name_plan(plans, name, ref);
        name_plan(plans, text_of(plans, json_object_get(record, "beteckning")), ref);
        pk_stream_put(src->out, PK_REC_PLAN, record, NULL);
    } else {
        pk_source_count(src, "plan", 1, 1, 0); /* one more part of the same plan */
        part = 1000 * (uint32_t)plans->count;
    }
    for (size_t i = 0; i < shapes->count; i++) {
        if (shapes->geoms[i].kind == PK_GEOM_AREA) {
            pk_record_shape_findings(src, "plan", object, &shapes->shapes[i], l->epsg,
                                     l->name);
            put_parts(l, PK_REC_PLAN_PART, ref, &shapes->geoms[i], &part);
            remember(plans, ref, &shapes->geoms[i], l->epsg);
        }
    }
}

static void put_regulation(struct ogr_plans *plans, struct ogr_layer *l, json_t *values,
                           const struct ogr_shapes *shapes, const char *object)
{
    struct pk_source *src = l->src;
    json_t *named =
        pk_mapping_value(json_object_get(l->rule, "plan"), &l->fields, values);
    const char *name = text_of(plans, named);
    const char *plan =
        name ? json_string_value(json_object_get(plans->by_name, name)) : NULL;
    json_t *id = pk_mapping_value(json_object_get(l->rule, "id"), &l->fields, values);
    bool changed;
    const char *uuid = pk_record_uuid(src, json_string_value(id), &changed);
    uint32_t part = 0;

    json_decref(id);
    json_decref(named);
    if (plan == NULL) {
        plan = plan_around(plans, l, shapes);
    }
    if (plan == NULL) {
        refuse(
            l, "P-REF", "identity", object,
            pk_source_text(src, PK_MSG_IMPORT_NO_PLAN, "plan", name ? name : "-", NULL));
        return;
    }
    const char *ref =
        uuid ? uuid
             : pk_arena_printf(&src->arena, "%s/%u", l->name, ++plans->regulations);
    json_t *record = pk_mapping_apply(l->rule, &l->fields, values);
    json_object_set_new(record, "ref", json_string(ref));
    if (uuid != NULL) {
        json_object_set_new(record, "objektidentitet", json_string(uuid));
    }
    json_object_set_new(record, "plan", json_string(plan));
    json_object_set_new(record, "kind", json_string(regulation_kind(l->kind)));
    pk_stream_put(src->out, PK_REC_REGULATION, record, NULL);
    for (size_t i = 0; i < shapes->count; i++) {
        pk_record_shape_findings(src, "regulation", object, &shapes->shapes[i], l->epsg,
                                 l->name);
        put_parts(l, PK_REC_REG_PART, ref, &shapes->geoms[i], &part);
    }
}

void ogr_plans_read(struct ogr_plans *plans, struct ogr_layer *l)
{
    uint64_t not_finite = 0;
    OGRFeatureH feature;

    OGR_L_ResetReading(l->layer);
    while ((feature = OGR_L_GetNextFeature(l->layer)) != NULL) {
        struct ogr_shapes shapes;
        const char *object = ogr_feature_name(l, feature);
        json_t *values =
            ogr_values(feature, &l->fields, &l->text, &not_finite, &l->src->arena);
        ogr_shapes_of(&shapes, OGR_F_GetGeometryRef(feature), l->northing_first,
                      PK_CURVE_TOLERANCE_M, &l->src->arena);
        if (shapes.why != NULL) {
            refuse(
                l, "P-GEOM", "unreadable", object,
                pk_source_text(l->src, PK_MSG_IMPORT_GEOMETRY, "why", shapes.why, NULL));
        } else if (l->kind == PK_MAPPED_PLAN) {
            put_plan(plans, l, values, &shapes, object);
        } else {
            put_regulation(plans, l, values, &shapes, object);
        }
        json_decref(values);
        OGR_F_Destroy(feature);
        pk_arena_reset(&l->src->arena);
    }
    ogr_layer_findings(l, not_finite);
    pk_source_progress(l->src, l->share_from + l->share);
}
