/* draft_report.c - counts and findings of a delivery, in the shape of answers.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/draft_internal.h"

enum { TEXT_MAX_BYTES = 4096, SLOTS_MAX = 8 };

struct draft_count *draft_count(struct draft_source *source, const char *kind)
{
    struct draft_count *c;

    for (size_t i = 0; i < source->count_count; i++) {
        if (strcmp(source->counts[i].kind, kind) == 0)
            return &source->counts[i];
    }
    source->counts =
        pk_xrealloc(source->counts, source->count_count + 1, sizeof(*source->counts));
    c = &source->counts[source->count_count++];
    *c = (struct draft_count){0};
    snprintf(c->kind, sizeof(c->kind), "%s", kind);
    return c;
}

/* Swedish findings are read in GIS units: millimetres are enough, and 13 digits
 * print without the tail of binary fractions. */
static json_t *metres(double v)
{
    return json_real(round(v * 1000) / 1000);
}

static void add(struct draft_source *source, json_t *finding)
{
    if (json_array_size(source->findings) >= PK_DRAFT_FINDINGS_MAX) {
        source->findings_left_out++;
        json_decref(finding);
        return;
    }
    json_array_append_new(source->findings, finding);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *message(enum pk_lang lang, enum pk_msg_id id, const char *const *args)
{
    struct pk_buf out;
    json_t *text;
    const char *a[2 * SLOTS_MAX] = {0};
    size_t n = 0;

    while (args && args[n] && n + 1 < PK_COUNT(a)) {
        a[n] = args[n];
        a[n + 1] = args[n + 1];
        n += 2;
    }
    pk_buf_init(&out, TEXT_MAX_BYTES);
    pk_msg(&out, lang, id, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], NULL);
    text = json_string(out.data);
    pk_buf_finish(&out);
    return text ? text : json_string("");
}

void draft_finding(struct pk_draft *d, struct draft_source *source,
                   const struct draft_finding *what, enum pk_msg_id text,
                   enum pk_msg_id fix, const char *const *args)
{
    json_t *f = json_object(), *point = json_null();

    if (what->has_point) {
        point = json_array();
        json_array_append_new(point, metres(what->x));
        json_array_append_new(point, metres(what->y));
    }
    json_object_set_new(f, "rule", json_string(what->rule));
    json_object_set_new(f, "severity", json_string(what->severity));
    json_object_set_new(f, "object", text_or_null(what->object));
    json_object_set_new(f, "text", message(d->lang, text, args));
    json_object_set_new(f, "fix", message(d->lang, fix, args));
    json_object_set_new(f, "point", point);
    json_object_set_new(f, "place", text_or_null(what->place));
    add(source, f);
}

/* The point of a finding may come in any system; programs get EPSG:3006. */
static json_t *point_of(struct pk_draft *d, const json_t *object)
{
    const json_t *point = json_object_get(object, "point");
    long long crs = 3006;
    double xy[2];
    json_t *out;

    if (!json_is_array(point) || json_array_size(point) < 2 ||
        !json_is_number(json_array_get(point, 0)) ||
        !json_is_number(json_array_get(point, 1)))
        return json_null();
    xy[0] = json_number_value(json_array_get(point, 0));
    xy[1] = json_number_value(json_array_get(point, 1));
    if (pk_jget_int(object, "crs", &crs) && crs != 3006 &&
        (crs < 0 || crs > 1000000 || !pk_crs_known((int)crs) ||
         pk_crs_transform(d->crs, (int)crs, 3006, xy, 1, NULL)))
        return json_null();
    out = json_array();
    json_array_append_new(out, metres(xy[0]));
    json_array_append_new(out, metres(xy[1]));
    return out;
}

void draft_finding_record(struct pk_draft *d, struct draft_source *source,
                          const json_t *object)
{
    static const char *const texts[] = {"rule", "severity", "object", "text", "fix"};
    json_t *f = json_object();

    for (size_t i = 0; i < PK_COUNT(texts); i++)
        json_object_set_new(f, texts[i], text_or_null(pk_jget_string(object, texts[i])));
    json_object_set_new(f, "point", point_of(d, object));
    json_object_set_new(f, "place", text_or_null(pk_jget_string(object, "place")));
    add(source, f);
}

static json_t *counts_json(const struct draft_source *s)
{
    json_t *counts = json_object();

    for (size_t i = 0; i < s->count_count; i++) {
        const struct draft_count *c = &s->counts[i];
        json_t *o = json_object();

        json_object_set_new(o, "read", json_integer(c->read));
        json_object_set_new(o, "stored", json_integer(c->stored));
        json_object_set_new(o, "unchanged", json_integer(c->unchanged));
        json_object_set_new(o, "merged", json_integer(c->merged));
        json_object_set_new(o, "refused", json_integer(c->refused));
        json_object_set_new(counts, c->kind, o);
    }
    return counts;
}

json_t *draft_report(const struct pk_draft *d, int64_t left_draft)
{
    json_t *report = json_object(), *sources = json_array();

    json_object_set_new(report, "version", json_null());
    json_object_set_new(report, "draft",
                        left_draft ? json_integer(left_draft) : json_null());
    for (uint32_t i = 0; i < d->source_count; i++) {
        const struct draft_source *s = &d->sources[i];
        json_t *o = json_object();

        json_object_set_new(o, "source", json_string(s->name));
        json_object_set_new(o, "recognised_as", text_or_null(s->recognised_as));
        json_object_set_new(o, "sha256", text_or_null(s->sha256));
        json_object_set_new(o, "counts", counts_json(s));
        json_object_set(o, "findings", s->findings);
        if (s->findings_left_out)
            json_object_set_new(o, "findings_left_out",
                                json_integer(s->findings_left_out));
        json_array_append_new(sources, o);
    }
    json_object_set_new(report, "sources", sources);
    return report;
}

void draft_source_finish(struct draft_source *source)
{
    free(source->name);
    free(source->sha256);
    free(source->recognised_as);
    free(source->counts);
    json_decref(source->findings);
}
