/* draft_report.c - counts and findings of a delivery, in the shape of answers.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "layers/draft_internal.h"

enum { TEXT_MAX_BYTES = 4096, SLOTS_MAX = 5, GEOMETRY_VERTICES_MAX = 500 };

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

/* Takes over both; `other` may be NULL. */
static void add(struct draft_source *source, json_t *finding, json_t *other)
{
    if (json_array_size(source->findings) >= PK_DRAFT_FINDINGS_MAX) {
        source->findings_left_out++;
        json_decref(finding);
        json_decref(other);
        return;
    }
    json_array_append_new(source->findings, finding);
    json_array_append_new(source->others, other ? other : json_null());
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *id_or_null(struct pk_id id)
{
    char text[PK_ID_TEXT];

    if (pk_id_is_zero(id))
        return json_null();
    pk_id_format(text, id);
    return json_string(text);
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
    pk_msg(&out, lang, id, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9],
           NULL);
    text = json_string(out.data);
    pk_buf_finish(&out);
    return text ? text : json_string("");
}

/* Of a fault with very many vertices, its box says where it is. */
static json_t *geometry_json(const struct pk_geom *geom, struct pk_arena *arena)
{
    struct pk_geom shown;
    struct pk_json j;
    struct pk_buf out;
    json_t *object = NULL;

    if (!geom || geom->vertex_count == 0)
        return json_null();
    shown = *geom;
    if (geom->vertex_count > GEOMETRY_VERTICES_MAX) {
        struct pk_box b = pk_geom_box(geom);
        double xy[] = {b.min_x, b.min_y, b.max_x, b.min_y, b.max_x,
                       b.max_y, b.min_x, b.max_y, b.min_x, b.min_y};
        struct pk_geom_builder *builder = pk_geom_begin(arena, PK_GEOM_AREA, false);

        pk_geom_ring(builder, PK_RING_OUTER);
        for (size_t i = 0; i < PK_COUNT(xy); i += 2)
            pk_geom_vertex(builder, xy[i], xy[i + 1], 0);
        if (pk_geom_done(&shown, builder, NULL))
            return json_null();
    }
    pk_buf_init(&out, GEOMETRY_VERTICES_MAX * 64);
    pk_json_init(&j, &out);
    pk_geom_to_geojson(&j, &shown, 3);
    if (pk_json_parse(&object, out.data, out.len, out.len + 1, NULL))
        object = json_null();
    pk_buf_finish(&out);
    return object;
}

void draft_fault(struct pk_draft *d, struct draft_source *source,
                 const struct draft_fault *fault, enum pk_msg_id text, enum pk_msg_id fix,
                 const char *const *args)
{
    const struct draft_finding *what = &fault->what;
    enum pk_lang second = d->lang == PK_SV ? PK_EN : PK_SV;
    json_t *f = json_object(), *point = json_null(), *other = json_object();
    double xy[2] = {what->x, what->y};

    if (what->has_point) {
        point = json_array();
        json_array_append_new(point, metres(what->x));
        json_array_append_new(point, metres(what->y));
    }
    json_object_set_new(f, "rule", json_string(what->rule));
    json_object_set_new(
        f, "severity",
        json_string(pk_rule_severity(what->rule, source->profile, what->severity)));
    json_object_set_new(f, "object", text_or_null(what->object));
    json_object_set_new(f, "text", message(d->lang, text, args));
    json_object_set_new(f, "fix", message(d->lang, fix, args));
    json_object_set_new(f, "point", point);
    json_object_set_new(f, "place", text_or_null(what->place));
    json_object_set_new(
        f, "key",
        id_or_null(pk_finding_key(what->rule, fault->plan, fault->object, fault->detail,
                                  what->has_point ? xy : NULL)));
    json_object_set_new(f, "plan", id_or_null(fault->plan));
    json_object_set_new(f, "regulation", id_or_null(fault->object));
    json_object_set_new(f, "geometry", geometry_json(fault->geom, &d->arena));
    json_object_set_new(f, "repair", text_or_null(fault->repair));
    json_object_set_new(other, "text", message(second, text, args));
    json_object_set_new(other, "fix", message(second, fix, args));
    add(source, f, other);
}

/* What tells a finding without ids from others: the names and words it has. */
static const char *names_of(struct pk_arena *arena, const char *object, const char *place,
                            const char *text)
{
    return pk_arena_printf(arena, "%s|%s|%s", object ? object : "", place ? place : "",
                           text ? text : "");
}

void draft_finding(struct pk_draft *d, struct draft_source *source,
                   const struct draft_finding *what, enum pk_msg_id text,
                   enum pk_msg_id fix, const char *const *args)
{
    struct draft_fault fault = {.what = *what,
                                .detail = names_of(&d->arena, what->object, what->place,
                                                   pk_msg_text(text, PK_SV))};

    draft_fault(d, source, &fault, text, fix, args);
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
    static const char *const absent[] = {"plan", "regulation", "geometry", "repair"};
    const char *rule = pk_jget_string(object, "rule");
    const char *severity = pk_jget_string(object, "severity");
    const char *place = pk_jget_string(object, "place");
    json_t *f = json_object();

    for (size_t i = 0; i < PK_COUNT(texts); i++)
        json_object_set_new(f, texts[i], text_or_null(pk_jget_string(object, texts[i])));
    json_object_set_new(f, "severity",
                        text_or_null(pk_rule_severity(rule, source->profile, severity)));
    json_object_set_new(f, "point", point_of(d, object));
    json_object_set_new(f, "place", text_or_null(place));
    json_object_set_new(
        f, "key",
        id_or_null(pk_finding_key(rule, (struct pk_id){{0}}, (struct pk_id){{0}},
                                  names_of(&d->arena, pk_jget_string(object, "object"),
                                           place, pk_jget_string(object, "text")),
                                  NULL)));
    for (size_t i = 0; i < PK_COUNT(absent); i++)
        json_object_set_new(f, absent[i], json_null());
    add(source, f, NULL);
}

/* ---- findings as rows ---- */

static void bind_id_text(sqlite3_stmt *s, int at, const char *text)
{
    struct pk_id id;

    if (text && pk_id_parse(&id, text))
        sqlite3_bind_blob(s, at, id.b, sizeof(id.b), SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, at);
}

static void bind_words(sqlite3_stmt *s, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, at);
}

static enum pk_status store_one(struct pk_draft *d, sqlite3_stmt *s, int64_t draft,
                                const json_t *f, const json_t *other,
                                struct pk_error *err)
{
    const json_t *sv = d->lang == PK_SV ? f : other, *en = d->lang == PK_SV ? other : f;
    const char *rule = pk_jget_string(f, "rule"),
               *severity = pk_jget_string(f, "severity");
    char *text = json_dumps(f, JSON_COMPACT | JSON_REAL_PRECISION(13));

    sqlite3_bind_int64(s, 1, draft);
    bind_id_text(s, 2, pk_jget_string(f, "key"));
    bind_words(s, 3, rule ? rule : "");
    bind_words(s, 4, severity ? severity : "");
    bind_id_text(s, 5, pk_jget_string(f, "plan"));
    bind_id_text(s, 6, pk_jget_string(f, "regulation"));
    bind_words(s, 7, pk_jget_string(sv, "text"));
    bind_words(s, 8, pk_jget_string(en, "text"));
    bind_words(s, 9, pk_jget_string(sv, "fix"));
    bind_words(s, 10, pk_jget_string(en, "fix"));
    bind_words(s, 11, text ? text : "{}");
    free(text);
    return draft_step(d, s, err);
}

enum pk_status draft_findings_store(struct pk_draft *d, int64_t draft,
                                    struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status =
        pk_db_prepare(&s, d->db,
                      "INSERT OR IGNORE INTO finding (draft_id, key, rule, severity, "
                      "plan_id, object_id, text_sv, text_en, fix_sv, fix_en, finding) "
                      "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
                      err);

    if (status)
        return status;
    for (uint32_t i = 0; i < d->source_count && !status; i++) {
        const struct draft_source *source = &d->sources[i];

        for (size_t k = 0; k < json_array_size(source->findings) && !status; k++)
            status = store_one(d, s, draft, json_array_get(source->findings, k),
                               json_array_get(source->others, k), err);
    }
    sqlite3_finalize(s);
    return status;
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
        json_object_set_new(o, "profile", json_string(pk_profile_name(s->profile)));
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
    json_decref(source->others);
}
