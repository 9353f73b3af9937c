#include "import/plan_record.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/jsonread.h"
#include "import/shape.h"

const char *pk_record_uuid(struct pk_source *src, const char *text, bool *changed)
{
    char lower[PK_ID_TEXT];
    struct pk_id id;

    *changed = false;
    if (text == NULL || !pk_id_parse(&id, text)) {
        return NULL;
    }
    pk_id_format(lower, id);
    *changed = strcmp(lower, text) != 0;
    return pk_arena_strdup(&src->keep, lower);
}

const char *pk_record_date(struct pk_source *src, const char *text)
{
    char out[PK_DATE_TEXT];
    pk_date day = text ? pk_date_parse(text) : PK_DATE_NONE;

    if (day == PK_DATE_NONE) {
        return NULL;
    }
    pk_date_format(out, day);
    return pk_arena_strdup(&src->arena, out);
}

static bool has(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return value != NULL && !json_is_null(value);
}

/* The first decision that has it gives the member. */
static void lift(json_t *plan, const json_t *decision, const char *key)
{
    if (!has(plan, key) && has(decision, key)) {
        json_object_set(plan, key, json_object_get(decision, key));
    }
}

static void bad_date(struct pk_source *src, const char *object, const char *key,
                     const char *text)
{
    pk_source_finding(
        src, "plan",
        &(struct pk_finding){.rule = "P-DATE",
                             .severity = PK_WARNING,
                             .object = object,
                             .text = pk_source_text(src, PK_MSG_IMPORT_DATE, "field", key,
                                                    "value", text ? text : "?", NULL)});
}

/* One text or a list of them, appended as dates to `list`, each once. */
static void add_dates(struct pk_source *src, json_t *list, const json_t *value,
                      const char *object, const char *key)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;

    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        const char *date = pk_record_date(src, json_string_value(item));
        bool known = false;
        if (date == NULL) {
            if (item != NULL && !json_is_null(item)) {
                bad_date(src, object, key, json_string_value(item));
            }
            continue;
        }
        for (size_t k = 0; k < json_array_size(list); k++) {
            known =
                known || strcmp(json_string_value(json_array_get(list, k)), date) == 0;
        }
        if (!known) {
            json_array_append_new(list, json_string(date));
        }
    }
}

static void lift_dates(struct pk_source *src, json_t *plan, const char *object)
{
    static const char *const single[] = {"datumAntagande", "genomforandetidStartar",
                                         "datumStatusforandring"};

    for (size_t i = 0; i < PK_COUNT(single); i++) {
        if (!has(plan, single[i])) {
            continue;
        }
        const char *text = pk_jget_string(plan, single[i]);
        const char *date = pk_record_date(src, text);
        if (date == NULL) {
            bad_date(src, object, single[i], text);
            json_object_del(plan, single[i]);
        } else {
            json_object_set_new(plan, single[i], json_string(date));
        }
    }
}

static bool contains(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL && strcmp(text, word) == 0) {
            return true;
        }
    }
    return false;
}

static void add_document(json_t *list, const json_t *document, const char *kind,
                         bool legal)
{
    const char *title = pk_jget_string(document, "namn");
    const json_t *references = pk_jget_array(document, "referens");
    const char *link = NULL;

    for (size_t i = 0; i < json_array_size(references) && link == NULL; i++) {
        link = pk_jget_string(json_array_get(references, i), "lank");
    }
    if (title == NULL && link == NULL) {
        return;
    }
    size_t len = link ? strlen(link) : 0;
    bool pdf = len > 4 && strcasecmp(link + len - 4, ".pdf") == 0;
    json_array_append_new(list,
                          json_pack("{s:s, s:s, s:s?, s:s?, s:b}", "kind", kind, "title",
                                    title ? title : kind, "href", link, "media_type",
                                    pdf ? "application/pdf" : NULL, "legal", legal));
}

/* A decision's documents: {innehall: [...], dokument: {...} or [...]}. */
static void add_decision_documents(json_t *list, const json_t *decision)
{
    const json_t *papers = pk_jget_array(decision, "beslutshandling");

    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *paper = json_array_get(papers, i);
        const json_t *content = pk_jget_array(paper, "innehall");
        const json_t *document = json_object_get(paper, "dokument");
        bool map = contains(content, "plankarta");
        const char *kind =
            map ? "plankarta" : json_string_value(json_array_get(content, 0));
        size_t n = json_is_array(document) ? json_array_size(document) : 1;
        for (size_t k = 0; k < n; k++) {
            add_document(list,
                         json_is_array(document) ? json_array_get(document, k) : document,
                         kind ? kind : "beslut", map);
        }
    }
}

static void add_description(json_t *list, const json_t *plan)
{
    const json_t *description = json_object_get(plan, "planbeskrivning");
    static const char *const members[] = {"dokument", "planbeskrivning"};
    const json_t *document = json_is_object(description) ? NULL : description;

    for (size_t i = 0; i < PK_COUNT(members) && document == NULL; i++) {
        document = json_object_get(description, members[i]);
    }

    if (!json_is_object(document) && json_is_object(description)) {
        document = description;
    }
    add_document(list, document, "planbeskrivning", false);
}

void pk_record_lift(struct pk_source *src, json_t *plan)
{
    static const char *const plain[] = {"datumAntagande", "genomforandetid",
                                        "genomforandetidStartar"};
    const char *object = pk_jget_string(plan, "beteckning");
    json_t *decisions = pk_jget_array(plan, "beslutsinformation");
    json_t *force = json_array(), *previous = json_array(), *documents = json_array();

    if (has(plan, "datumLagakraft")) {
        add_dates(src, force, json_object_get(plan, "datumLagakraft"), object,
                  "datumLagakraft");
    }
    for (size_t i = 0; i < json_array_size(decisions); i++) {
        const json_t *decision = json_array_get(decisions, i);
        for (size_t k = 0; k < PK_COUNT(plain); k++) {
            lift(plan, decision, plain[k]);
        }
        if (has(decision, "datumLagakraft")) {
            add_dates(src, force, json_object_get(decision, "datumLagakraft"), object,
                      "datumLagakraft");
        }
        const json_t *earlier = json_object_get(decision, "foregaendePlansBeteckning");
        if (json_is_array(earlier)) {
            json_array_extend(previous, (json_t *)earlier);
        } else if (json_is_string(earlier)) {
            json_array_append(previous, (json_t *)earlier);
        }
        add_decision_documents(documents, decision);
    }
    add_description(documents, plan);
    lift_dates(src, plan, object);
    if (json_array_size(force)) {
        json_object_set(plan, "datumLagakraft", force);
    } else {
        json_object_del(plan, "datumLagakraft");
    }
    if (json_array_size(previous) && !has(plan, "foregaendePlansBeteckning")) {
        json_object_set(plan, "foregaendePlansBeteckning", previous);
    }
    if (json_array_size(documents) && !has(plan, "dokument")) {
        json_object_set(plan, "dokument", documents);
    }
    json_decref(force);
    json_decref(previous);
    json_decref(documents);
    const json_t *quality = pk_jget_object(plan, "kvalitetsbeskrivning");
    lift(plan, quality, "digitaliseringsniva");
}

void pk_record_shape_findings(struct pk_source *src, const char *kind, const char *object,
                              const struct pk_shape *shape, int epsg, const char *place)
{
    char number[24];
    struct pk_finding f = {.rule = "P-RING",
                           .severity = PK_WARNING,
                           .object = object,
                           .place = place,
                           .has_point = true,
                           .x = shape->fault_x,
                           .y = shape->fault_y,
                           .crs = epsg};

    if (shape->closed) {
        snprintf(number, sizeof(number), "%u", shape->closed);
        f.text = pk_source_text(src, PK_MSG_IMPORT_RING_CLOSED, "number", number, NULL);
        pk_source_finding(src, kind, &f);
    }
    if (shape->left_out) {
        snprintf(number, sizeof(number), "%u", shape->left_out);
        f.text = pk_source_text(src, PK_MSG_IMPORT_RING_LEFT_OUT, "number", number, NULL);
        pk_source_finding(src, kind, &f);
    }
    if (shape->arcs) {
        char tolerance[24];
        snprintf(number, sizeof(number), "%u", shape->arcs);
        snprintf(tolerance, sizeof(tolerance), "%g", PK_CURVE_TOLERANCE_M);
        f.rule = "P-CIRC";
        f.severity = PK_NOTE;
        f.has_point = false;
        f.text = pk_source_text(src, PK_MSG_IMPORT_CURVES, "number", number, "tolerance",
                                tolerance, NULL);
        pk_source_finding(src, kind, &f);
    }
}
