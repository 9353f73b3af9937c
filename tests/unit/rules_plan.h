/*
 * rules_plan.h - plans as NGP documents that tests change: finding features in them,
 * moving borders, and making them complete enough for legal force.
 */
#ifndef PK_TESTS_RULES_PLAN_H
#define PK_TESTS_RULES_PLAN_H

#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "layers/overlay.h"

static inline json_t *props(const json_t *feature)
{
    return json_object_get(feature, "properties");
}

static inline json_t *features(const json_t *doc)
{
    return json_object_get(doc, "features");
}

static inline json_t *feature(const json_t *doc, size_t i)
{
    return json_array_get(features(doc), i);
}

static inline json_t *plan_of(const json_t *doc)
{
    return props(feature(doc, 0));
}

static inline bool is_type(const json_t *feature, const char *type)
{
    const char *own = pk_jget_string(props(feature), "feature:typ");

    return own && strcmp(own, type) == 0;
}

static inline bool is_use(const json_t *feature)
{
    return is_type(feature, "användningsbestämmelse");
}

static inline bool is_property(const json_t *feature)
{
    return is_type(feature, "egenskapsbestämmelse");
}

static inline json_t *parts(const json_t *feature)
{
    json_t *list = json_object_get(props(feature), "bestammelsegeometri");

    return list ? list : json_object_get(props(feature), "plangeometri");
}

static inline json_t *shape(const json_t *feature) /* of the first part */
{
    return json_object_get(json_array_get(parts(feature), 0), "geometri");
}

static inline json_t *position(const json_t *feature)
{
    return json_object_get(shape(feature), "position");
}

static inline bool is_area(const json_t *feature)
{
    const char *type = pk_jget_string(position(feature), "type");

    return type && strcmp(type, "Polygon") == 0;
}

static inline json_t *rings(const json_t *feature)
{
    return json_object_get(position(feature), "coordinates");
}

static inline json_t *ring(const json_t *feature)
{
    return json_array_get(rings(feature), 0);
}

static inline double x_of(const json_t *ring, size_t i)
{
    return json_number_value(json_array_get(json_array_get(ring, i), 0));
}

static inline double y_of(const json_t *ring, size_t i)
{
    return json_number_value(json_array_get(json_array_get(ring, i), 1));
}

static inline double mm_of(double v)
{
    return round(v * 1000) / 1000;
}

static inline json_t *vertex(double x, double y)
{
    return json_pack("[ff]", mm_of(x), mm_of(y));
}

static inline const char *id_of(const json_t *feature)
{
    return pk_jget_string(props(feature), "objektidentitet");
}

static inline void set(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, text ? json_string(text) : json_null());
}

/* A copy under a new id at the end of the document. */
static inline json_t *add_copy(json_t *doc, const json_t *of)
{
    json_t *copy = json_deep_copy(of);
    char id[PK_ID_TEXT], key[64];

    snprintf(key, sizeof(key), "%zu", json_array_size(features(doc)));
    pk_id_format(id, pk_id_of("test", id_of(of), key));
    set(copy, "id", id);
    set(props(copy), "objektidentitet", id);
    json_array_append_new(features(doc), copy);
    return copy;
}

static inline bool mentions(const json_t *feature, const char *id)
{
    const json_t *list = pk_jget_array(props(feature), "reglerarAnvandningsbestammelse");

    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), id) == 0)
            return true;
    }
    return false;
}

/* Is there another use on exactly this area? */
static inline bool has_twin(const json_t *doc, const json_t *use)
{
    for (size_t i = 0; i < json_array_size(features(doc)); i++) {
        json_t *other = feature(doc, i);

        if (other != use && is_use(other) && json_equal(rings(other), rings(use)))
            return true;
    }
    return false;
}

/* A use that stands alone on its ground and has no property area on it. */
static inline bool is_plain(const json_t *doc, const json_t *use)
{
    if (!is_use(use) || !is_area(use) || has_twin(doc, use))
        return false;
    for (size_t i = 0; i < json_array_size(features(doc)); i++) {
        if (is_property(feature(doc, i)) && is_area(feature(doc, i)) &&
            mentions(feature(doc, i), id_of(use)))
            return false;
    }
    return true;
}

static inline json_t *plain_use(const json_t *doc)
{
    for (size_t i = json_array_size(features(doc)); i-- > 0;) {
        if (is_plain(doc, feature(doc, i)))
            return feature(doc, i);
    }
    fail_msg("no use without property areas");
    return NULL;
}

/* The n-th property area with values, or without (as `values` says). */
static inline json_t *property(const json_t *doc, bool values, int n)
{
    for (size_t i = 0; i < json_array_size(features(doc)); i++) {
        json_t *f = feature(doc, i);
        bool has = json_array_size(pk_jget_array(props(f), "bestammelsevarde")) > 0;

        if (is_property(f) && is_area(f) && has == values &&
            !json_object_get(props(f), "reglerarDetaljplan") && n-- == 0)
            return f;
    }
    fail_msg("the plan has too few property areas");
    return NULL;
}

static inline const char *number_of(const json_t *f)
{
    return pk_jget_string(json_array_get(pk_jget_array(props(f), "bestammelsevarde"), 0),
                          "variabelvarde");
}

/* ---- borders ---- */

static inline bool edge_in(const json_t *rings_of, double x0, double y0, double x1,
                           double y1)
{
    for (size_t r = 0; r < json_array_size(rings_of); r++) {
        const json_t *one = json_array_get(rings_of, r);

        for (size_t i = 0; i + 1 < json_array_size(one); i++) {
            bool there = x_of(one, i) == x0 && y_of(one, i) == y0 &&
                         x_of(one, i + 1) == x1 && y_of(one, i + 1) == y1;
            bool back = x_of(one, i) == x1 && y_of(one, i) == y1 &&
                        x_of(one, i + 1) == x0 && y_of(one, i + 1) == y0;
            if (there || back)
                return true;
        }
    }
    return false;
}

/* The longest edge of a plain use: on the plan's border, or shared with other uses. */
static inline json_t *longest_edge(size_t *at, const json_t *doc, bool border)
{
    json_t *best = NULL;
    double most = 0;

    for (size_t f = 0; f < json_array_size(features(doc)); f++) {
        json_t *use = feature(doc, f);

        for (size_t r = 0; is_plain(doc, use) && r < json_array_size(rings(use)); r++) {
            json_t *one = json_array_get(rings(use), r);

            for (size_t i = 0; i + 1 < json_array_size(one); i++) {
                double x0 = x_of(one, i), y0 = y_of(one, i), x1 = x_of(one, i + 1),
                       y1 = y_of(one, i + 1), length = hypot(x1 - x0, y1 - y0);
                bool other = false;

                if (length <= most ||
                    edge_in(rings(feature(doc, 0)), x0, y0, x1, y1) != border)
                    continue;
                for (size_t o = 0; !border && o < json_array_size(features(doc)); o++)
                    other = other || (is_use(feature(doc, o)) && feature(doc, o) != use &&
                                      edge_in(rings(feature(doc, o)), x0, y0, x1, y1));
                if (border || other) {
                    most = length;
                    best = one;
                    *at = i;
                }
            }
        }
    }
    assert_non_null(best);
    return best;
}

/* A point beside the edge: `along` 0..1, `in` metres to its left, inside of the area. */
static inline json_t *beside(const json_t *one, size_t i, double along, double in)
{
    double x0 = x_of(one, i), y0 = y_of(one, i), dx = x_of(one, i + 1) - x0,
           dy = y_of(one, i + 1) - y0, length = hypot(dx, dy);

    return vertex(x0 + along * dx - in * dy / length, y0 + along * dy + in * dx / length);
}

static inline double edge_length(const json_t *one, size_t i)
{
    return hypot(x_of(one, i + 1) - x_of(one, i), y_of(one, i + 1) - y_of(one, i));
}

/* ---- complete for legal force, and for plans begun after 2021 ---- */

static inline json_t *json_text(const char *text)
{
    json_t *object = NULL;
    struct pk_error err = {0};

    if (pk_json_parse(&object, text, strlen(text), 1 << 20, &err))
        fail_msg("%s in %s", err.text, text);
    return object;
}

static inline void complete(json_t *doc)
{
    json_t *plan = plan_of(doc);

    set(plan, "status", "laga kraft");
    json_object_del(plan, "datumStatusforandring");
    json_object_set_new(
        plan, "planbeskrivning",
        json_text("{\"planbeskrivning\": {\"namn\": \"Planbeskrivning\", \"referens\": "
                  "[{\"lank\": \"https://plan.example/b.pdf\"}]}}"));
    json_object_set_new(
        plan, "beslutsinformation",
        json_text("[{\"diarienummerKommun\": \"KS 1/17\", \"beslutstyp\": \"antagande av "
                  "ny detaljplan\", \"datumPaborjat\": \"2017-05-15\", "
                  "\"datumAntagande\": \"2019-01-22\", \"datumLagakraft\": "
                  "[\"2019-03-04\"], \"genomforandetid\": 60, "
                  "\"genomforandetidStartar\": \"2019-03-04\", \"beslutshandling\": "
                  "[{\"innehall\": [\"plankarta\"], \"dokument\": {\"namn\": "
                  "\"Plankarta\", \"referens\": [{\"lank\": "
                  "\"https://plan.example/k.pdf\"}]}}]}]"));
    for (size_t i = 0; i < json_array_size(features(doc)); i++) {
        json_t *f = feature(doc, i);
        json_t *meta = json_text("{\"tidpunktForLagesbestamning\": "
                                 "\"2017-05-15T08:00:00Z\", "
                                 "\"lagesbestamningsmetodIPlan\": {\"typ\": "
                                 "\"lägesplacering\", \"variant\": \"digital karta\"}}");
        const char *wording = pk_jget_string(props(f), "bestammelseformulering");

        json_object_set_new(json_array_get(parts(f), 0), "geometrimetadata", meta);
        if (i > 0)
            json_object_set_new(
                props(f), "planbestammelsebeskrivning",
                json_pack("{s:s}", "motiv",
                          wording && strcmp(wording, "Tekniska anläggningar") == 0
                              ? wording
                              : "Ett skäl."));
    }
}

static inline json_t *decision(const json_t *doc)
{
    return json_array_get(pk_jget_array(plan_of(doc), "beslutsinformation"), 0);
}

#endif
