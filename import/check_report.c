#include "import/check_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/jsonread.h"
#include "layers/rules.h"

enum { POSITION_DEPTH_MAX = 8 };

/* ---- counting ---- */

typedef void see_finding(void *ctx, const json_t *source, json_t *finding);

static void each_finding(const json_t *report, see_finding *see, void *ctx)
{
    const json_t *sources = pk_jget_array(report, "sources");

    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *source = json_array_get(sources, i);
        const json_t *findings = pk_jget_array(source, "findings");
        for (size_t k = 0; k < json_array_size(findings); k++) {
            see(ctx, source, json_array_get(findings, k));
        }
    }
}

static bool is_level(const json_t *finding, enum pk_level level)
{
    const char *severity = pk_jget_string(finding, "severity");

    return severity != NULL && strcmp(severity, pk_level_name(level)) == 0;
}

static void count_one(void *ctx, const json_t *source, json_t *finding)
{
    struct pk_check_count *count = ctx;

    (void)source;
    count->errors += is_level(finding, PK_LEVEL_ERROR);
    count->warnings += is_level(finding, PK_LEVEL_WARNING);
    count->notes += is_level(finding, PK_LEVEL_NOTE);
}

struct pk_check_count pk_check_count(const json_t *report)
{
    struct pk_check_count count = {0};

    each_finding(report, count_one, &count);
    return count;
}

/* ---- Lantmäteriet's shape ---- */

struct cases {
    const struct pk_check_about *about;
    json_t *by_rule; /* rule -> its testcase, borrowed from `list` */
    json_t *list;
    int64_t unreadable;
};

static json_t *case_of(struct cases *c, const char *rule)
{
    json_t *found = json_object_get(c->by_rule, rule);
    const struct pk_rule *row = pk_rule_named(rule);

    if (found == NULL) {
        const char *label = row ? pk_msg_text(row->label, c->about->lang) : rule;
        found = json_pack("{s:s, s:s, s:s, s:[]}", "id", rule, "label", label, "status",
                          "OK", "message");
        json_array_append_new(c->list, found);
        json_object_set(c->by_rule, rule, found);
    }
    return found;
}

static void add_link(json_t *message, const struct pk_check_about *about)
{
    const json_t *point = pk_jget_array(message, "point");
    char link[1024];

    if (about->public_url == NULL || json_array_size(point) != 2) {
        json_object_set_new(message, "map", json_null());
        return;
    }
    snprintf(link, sizeof(link), "%s/lookup?point=%.3f,%.3f", about->public_url,
             json_number_value(json_array_get(point, 0)),
             json_number_value(json_array_get(point, 1)));
    json_object_set_new(message, "map", json_string(link));
}

static void add_message(void *ctx, const json_t *source, json_t *finding)
{
    struct cases *c = ctx;
    const char *rule = pk_jget_string(finding, "rule");
    json_t *row = case_of(c, rule ? rule : "-");
    const char *status = pk_jget_string(row, "status");
    json_t *message = json_copy(finding);

    if (is_level(finding, PK_LEVEL_ERROR)) {
        json_object_set_new(row, "status", json_string("FAILURE"));
    } else if (is_level(finding, PK_LEVEL_WARNING) && strcmp(status, "OK") == 0) {
        json_object_set_new(row, "status", json_string("WARNING"));
    }
    json_object_del(message, "geometry"); /* sources[].findings[] has it */
    json_object_set(message, "source", json_object_get(source, "source"));
    add_link(message, c->about);
    json_array_append_new(json_object_get(row, "message"), message);
    c->unreadable += rule != NULL && strcmp(rule, "P-READ") == 0;
}

static bool any_source_asks(const json_t *report, const struct pk_rule *rule)
{
    const json_t *sources = pk_jget_array(report, "sources");
    bool any = false;

    for (size_t i = 0; i < json_array_size(sources); i++) {
        int profile =
            pk_profile_of(pk_jget_string(json_array_get(sources, i), "profile"));
        any = any || (profile >= 0 && rule->level[profile] != PK_LEVEL_OFF);
    }
    return any;
}

static int64_t with_status(const json_t *list, const char *status)
{
    int64_t n = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *own = pk_jget_string(json_array_get(list, i), "status");
        n += own != NULL && strcmp(own, status) == 0;
    }
    return n;
}

void pk_check_testcases(json_t *report, const struct pk_check_about *about)
{
    struct cases c = {about, json_object(), json_array(), 0};
    char when[PK_TIME_TEXT];
    int64_t skipped = 0;

    for (uint32_t i = 0; i < pk_rule_count; i++) {
        if (any_source_asks(report, &pk_rules[i])) {
            case_of(&c, pk_rules[i].id);
        } else {
            skipped++;
        }
    }
    each_finding(report, add_message, &c);
    pk_time_format(when, about->when);
    json_object_set_new(report, "name", json_string(about->name));
    json_object_set_new(report, "timestamp", json_string(when));
    json_object_set_new(report, "tests",
                        json_integer((json_int_t)json_array_size(c.list)));
    json_object_set_new(report, "failures", json_integer(with_status(c.list, "FAILURE")));
    json_object_set_new(report, "warnings", json_integer(with_status(c.list, "WARNING")));
    json_object_set_new(report, "errors", json_integer(c.unreadable));
    json_object_set_new(report, "skipped", json_integer(skipped));
    json_object_set_new(report, "time", json_real(round(about->seconds * 1000) / 1000));
    json_object_set_new(report, "testcase", c.list);
    json_decref(c.by_rule);
}

/* ---- GeoJSON ---- */

static json_t *degrees(struct pk_crs *crs, const json_t *position)
{
    double xy[2] = {json_number_value(json_array_get(position, 0)),
                    json_number_value(json_array_get(position, 1))};

    if (pk_crs_transform(crs, 3006, 4326, xy, 1, NULL) != PK_OK) {
        return NULL;
    }
    return json_pack("[ff]", round(xy[0] * 1e7) / 1e7, round(xy[1] * 1e7) / 1e7);
}

/* Nested lists with positions innermost. NULL when one cannot be turned. */
static json_t *positions(struct pk_crs *crs, const json_t *list, int depth)
{
    json_t *out;

    if (depth > POSITION_DEPTH_MAX || !json_is_array(list)) {
        return NULL;
    }
    if (json_is_number(json_array_get(list, 0))) {
        return degrees(crs, list);
    }
    out = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = positions(crs, json_array_get(list, i), depth + 1);
        if (one == NULL) {
            json_decref(out);
            return NULL;
        }
        json_array_append_new(out, one);
    }
    return out;
}

struct features {
    struct pk_crs *crs;
    json_t *list;
};

static json_t *geometry_of(struct pk_crs *crs, const json_t *finding)
{
    const json_t *geometry = pk_jget_object(finding, "geometry");
    const char *type = pk_jget_string(geometry, "type");
    json_t *turned = positions(crs,
                               geometry ? json_object_get(geometry, "coordinates")
                                        : pk_jget_array(finding, "point"),
                               0);

    return turned ? json_pack("{s:s, s:o}", "type", type ? type : "Point", "coordinates",
                              turned)
                  : json_null();
}

static void add_feature(void *ctx, const json_t *source, json_t *finding)
{
    struct features *f = ctx;
    json_t *properties = json_copy(finding);

    json_object_del(properties, "geometry");
    json_object_set(properties, "source", json_object_get(source, "source"));
    json_array_append_new(f->list, json_pack("{s:s, s:o, s:o}", "type", "Feature",
                                             "geometry", geometry_of(f->crs, finding),
                                             "properties", properties));
}

json_t *pk_check_geojson(const json_t *report)
{
    struct features f = {pk_crs_create(), json_array()};

    each_finding(report, add_feature, &f);
    pk_crs_destroy(f.crs);
    return json_pack("{s:s, s:o}", "type", "FeatureCollection", "features", f.list);
}
