/*
 * publish_fixture.h - deliveries made by hand: records written to a pipe-like file
 * and taken into a draft, so that tests say in a few lines what arrives.
 */
#ifndef PK_TESTS_PUBLISH_FIXTURE_H
#define PK_TESTS_PUBLISH_FIXTURE_H

#include "pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "layers/publish.h"

/* A delivery of one source being written. */
struct delivery {
    FILE *file;
    struct pk_stream_out out;
    struct pk_arena arena;
};

static inline json_t *json_of(const char *text)
{
    json_t *object = NULL;
    struct pk_error err = {0};

    if (pk_json_parse(&object, text, strlen(text), 1 << 20, &err))
        fail_msg("%s in %s", err.text, text);
    return object;
}

static inline void deliver(struct delivery *d)
{
    *d = (struct delivery){.file = tmpfile()};
    assert_non_null(d->file);
    pk_stream_out_init(&d->out, fileno(d->file));
    pk_stream_put(&d->out, PK_REC_SOURCE, json_of("{\"recognised_as\": \"test\"}"), NULL);
}

static inline void put(struct delivery *d, enum pk_record_type type, const char *json)
{
    pk_stream_put(&d->out, type, json_of(json), NULL);
}

/* A rectangle x, y .. x + w, y + h. */
static inline void put_area(struct delivery *d, enum pk_record_type type,
                            const char *json, double x, double y, double w, double h)
{
    struct pk_geom_builder *b = pk_geom_begin(&d->arena, PK_GEOM_AREA, false);
    struct pk_geom g;

    pk_geom_ring(b, PK_RING_OUTER);
    pk_geom_vertex(b, x, y, 0);
    pk_geom_vertex(b, x + w, y, 0);
    pk_geom_vertex(b, x + w, y + h, 0);
    pk_geom_vertex(b, x, y + h, 0);
    pk_geom_vertex(b, x, y, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_stream_put(&d->out, type, json_of(json), &g);
}

static inline void put_point(struct delivery *d, enum pk_record_type type,
                             const char *json, double x, double y)
{
    struct pk_geom_builder *b = pk_geom_begin(&d->arena, PK_GEOM_POINT, false);
    struct pk_geom g;

    pk_geom_ring(b, PK_RING_OPEN);
    pk_geom_vertex(b, x, y, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_stream_put(&d->out, type, json_of(json), &g);
}

/* A plan of one rectangle with one use over all of it. */
static inline void put_plan(struct delivery *d, const char *designation,
                            const char *status, const char *in_force,
                            const char *previous, const char *wording, double x, double y,
                            double w, double h)
{
    char json[1024];

    snprintf(json, sizeof(json),
             "{\"ref\": \"%s\", \"kommunkod\": \"9901\", \"beteckning\": \"%s\", "
             "\"namn\": \"Plan %s\", \"status\": \"%s\", \"datumLagakraft\": [%s%s%s], "
             "\"foregaendePlansBeteckning\": [%s%s%s]}",
             designation, designation, designation, status, in_force ? "\"" : "",
             in_force ? in_force : "", in_force ? "\"" : "", previous ? "\"" : "",
             previous ? previous : "", previous ? "\"" : "");
    put(d, PK_REC_PLAN, json);
    snprintf(json, sizeof(json), "{\"plan\": \"%s\", \"part\": 1, \"crs\": 3006}",
             designation);
    put_area(d, PK_REC_PLAN_PART, json, x, y, w, h);
    snprintf(
        json, sizeof(json),
        "{\"ref\": \"%s-u\", \"plan\": \"%s\", \"kind\": \"användningsbestämmelse\", "
        "\"bestammelseformulering\": \"%s\"}",
        designation, designation, wording);
    put(d, PK_REC_REGULATION, json);
    snprintf(json, sizeof(json), "{\"regulation\": \"%s-u\", \"part\": 1, \"crs\": 3006}",
             designation);
    put_area(d, PK_REC_REG_PART, json, x, y, w, h);
}

/* Ends the stream; `whole` false leaves out END, as a child that died does. */
static inline void take(struct delivery *d, struct pk_draft *draft, const char *name,
                        bool whole)
{
    struct pk_error err = {0};
    struct pk_stream_in *in;

    if (whole)
        put(d, PK_REC_END, "{}");
    assert_int_equal(pk_stream_out_finish(&d->out, &err), PK_OK);
    rewind(d->file);
    in = pk_stream_open(fileno(d->file));
    if (pk_draft_source(draft, in, name, NULL, &err))
        fail_msg("%s", err.text);
    pk_stream_close(in);
    fclose(d->file);
    pk_arena_finish(&d->arena);
}

struct outcome {
    int64_t draft, version, left;
    bool held, refused;
    json_t *report; /* of the last delivery; freed by the next */
};

static inline struct pk_draft *begin(struct pk_db *db)
{
    const struct pk_draft_origin origin = {.by = "test", .source = "a.json"};
    struct pk_error err = {0};
    struct pk_draft *draft;

    if (pk_draft_begin(&draft, db, &origin, &err))
        fail_msg("%s", err.text);
    return draft;
}

static inline void finish(struct outcome *o, struct pk_db *db, struct pk_draft *draft,
                          bool publish)
{
    struct pk_error err = {0};

    json_decref(o->report);
    *o = (struct outcome){0};
    if (pk_draft_finish(draft, &o->draft, &o->held, &o->refused, &o->report, &err))
        fail_msg("%s", err.text);
    if (publish && o->draft &&
        pk_publish(&o->version, &o->left, db, o->draft, NULL, &err))
        fail_msg("%s", err.text);
}

static inline int64_t number(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt;
    int64_t n;

    if (sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db->sql));
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static inline double real(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt;
    double v;

    if (sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db->sql));
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    v = sqlite3_column_double(stmt, 0);
    sqlite3_finalize(stmt);
    return v;
}

/* One number of the report: counts of a kind of source i. */
static inline int64_t count_of(const struct outcome *o, size_t i, const char *kind,
                               const char *what)
{
    const json_t *source = json_array_get(json_object_get(o->report, "sources"), i);
    const json_t *counts = json_object_get(json_object_get(source, "counts"), kind);

    return json_integer_value(json_object_get(counts, what));
}

/* read = stored + unchanged + merged + refused, of every kind and source. */
static inline void assert_balanced(const struct outcome *o)
{
    size_t i;
    json_t *source, *count;
    const char *kind;

    json_array_foreach(json_object_get(o->report, "sources"), i, source)
    {
        json_object_foreach(json_object_get(source, "counts"), kind, count)
        {
            int64_t sum =
                count_of(o, i, kind, "stored") + count_of(o, i, kind, "unchanged") +
                count_of(o, i, kind, "merged") + count_of(o, i, kind, "refused");

            assert_int_equal(count_of(o, i, kind, "read"), sum);
        }
    }
}

static inline bool has_rule(const struct outcome *o, size_t i, const char *rule)
{
    const json_t *source = json_array_get(json_object_get(o->report, "sources"), i);
    size_t k;
    json_t *f;

    json_array_foreach(json_object_get(source, "findings"), k, f)
    {
        if (strcmp(json_string_value(json_object_get(f, "rule")), rule) == 0)
            return true;
    }
    return false;
}

static inline void remove_database(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[160];

    for (size_t i = 0; i < PK_COUNT(ends); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

#endif
