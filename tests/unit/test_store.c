/* test_store.c - the SpatiaLite store gives what the plain memory store gives. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "layers/db.h"
#include "layers/search_index.h"
#include "layers/store.h"
#include "layers/store_memory.h"

struct both {
    char path[64];
    struct pk_store *file, *memory;
    struct pk_arena arena;
};

static struct pk_id id_of(const char *what, int n)
{
    char key[16];
    snprintf(key, sizeof key, "%d", n);
    return pk_id_of(what, "9901", key);
}

static struct pk_geom square(struct pk_arena *arena, double x, double y, double side)
{
    struct pk_geom g;
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
    pk_geom_ring(b, PK_RING_OUTER);
    pk_geom_vertex(b, x, y, 0);
    pk_geom_vertex(b, x + side, y, 0);
    pk_geom_vertex(b, x + side, y + side, 0);
    pk_geom_vertex(b, x, y + side, 0);
    pk_geom_vertex(b, x, y, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static void bind_blob(sqlite3_stmt *s, int at, const struct pk_geom *g, bool spatial)
{
    struct pk_buf buf;
    pk_buf_init(&buf, 1 << 20);
    if (g == NULL) {
        sqlite3_bind_null(s, at);
    } else if (spatial) {
        pk_geom_to_spatialite(&buf, g, 3006);
        sqlite3_bind_blob(s, at, buf.data, (int)buf.len, SQLITE_TRANSIENT);
    } else {
        pk_geom_write(&buf, g);
        sqlite3_bind_blob(s, at, buf.data, (int)buf.len, SQLITE_TRANSIENT);
    }
    pk_buf_finish(&buf);
}

static sqlite3_stmt *prepared(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    struct pk_error err = {0};
    assert_int_equal(pk_db_prepare(&s, db, sql, &err), PK_OK);
    return s;
}

static void done(struct pk_db *db, sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE) {
        fail_msg("%s", sqlite3_errmsg(db->sql));
    }
    sqlite3_finalize(s);
}

/* Twelve plans in a row, the odd ones ended in version 2; of every third a newer plan
 * has left the western half. */
static void add_plan(struct both *t, struct pk_db *db, int n)
{
    char name[32], text[8];
    snprintf(name, sizeof name, "Plan %d", n);
    snprintf(text, sizeof text, "P%d", n);
    int64_t to = n % 2 == 1 ? 2 : PK_OPEN_END;
    struct pk_id plan = id_of("plan", n), regulation = id_of("regulation", n);
    struct pk_geom whole = square(&t->arena, 500000 + 100 * n, 6200000, 80);
    struct pk_geom left = square(&t->arena, 500000 + 100 * n, 6200000, 40);
    const struct pk_geom *effective = n % 3 == 0 ? &left : NULL;

    sqlite3_stmt *s = prepared(
        db, "INSERT INTO plan (feature_id, from_version, to_version, designation, name, "
            "coverage, details, hash) VALUES (?, 1, ?, ?, ?, 'regulations', '{}', x'')");
    sqlite3_bind_blob(s, 1, plan.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 2, to);
    sqlite3_bind_text(s, 3, text, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 4, name, -1, SQLITE_TRANSIENT);
    done(db, s);
    s = prepared(db, "INSERT INTO plan_part (feature_id, from_version, to_version, part, "
                     "crs, original, area_m2, effective, hash, geometry) VALUES (?, 1, "
                     "?, 1, 3006, x'', 6400, ?, x'', ?)");
    sqlite3_bind_blob(s, 1, plan.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 2, to);
    bind_blob(s, 3, effective, false);
    bind_blob(s, 4, &whole, true);
    done(db, s);
    s = prepared(db, "INSERT INTO regulation (feature_id, from_version, to_version, "
                     "plan_id, kind, letter, wording, details, hash) VALUES (?, 1, ?, ?, "
                     "'use', 'B', 'Bostäder', '{}', x'')");
    sqlite3_bind_blob(s, 1, regulation.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 2, to);
    sqlite3_bind_blob(s, 3, plan.b, 16, SQLITE_TRANSIENT);
    done(db, s);
    s = prepared(db, "INSERT INTO regulation_part (feature_id, from_version, to_version, "
                     "plan_id, part, geom_kind, crs, original, area_m2, length_m, hash, "
                     "geometry) VALUES (?, 1, ?, ?, 1, 3, 3006, x'', 6400, 0, x'', ?)");
    sqlite3_bind_blob(s, 1, regulation.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 2, to);
    sqlite3_bind_blob(s, 3, plan.b, 16, SQLITE_TRANSIENT);
    bind_blob(s, 4, &whole, true);
    done(db, s);

    const char *kept_name = pk_arena_strdup(&t->arena, name);
    const char *kept_text = pk_arena_strdup(&t->arena, text);
    pk_memory_plan(t->memory,
                   &(struct pk_plan_row){.id = plan,
                                         .designation = kept_text,
                                         .name = kept_name,
                                         .coverage = "regulations",
                                         .details = "{}",
                                         .from_version = 1},
                   to);
    struct pk_part_row part = {.id = plan,
                               .plan_id = plan,
                               .part = 1,
                               .crs = 3006,
                               .area_m2 = 6400,
                               .geom = effective != NULL ? *effective : whole,
                               .delivered = whole};
    pk_memory_plan_part(t->memory, &part, 1, to);
    part.id = regulation;
    part.geom = whole;
    pk_memory_regulation_part(t->memory, &part, 1, to);
    pk_memory_regulation(t->memory,
                         &(struct pk_regulation_row){.id = regulation,
                                                     .plan_id = plan,
                                                     .kind = "use",
                                                     .letter = "B",
                                                     .wording = "Bostäder",
                                                     .details = "{}",
                                                     .from_version = 1},
                         to);
}

static void add_feature(struct both *t, struct pk_db *db, int n)
{
    char title[32];
    snprintf(title, sizeof title, "FJÄLLNÄS HAMNEN 1:%d", n);
    struct pk_id id = id_of("property", n);
    struct pk_geom g = square(&t->arena, 500000 + 50 * n, 6200000, 50);
    sqlite3_stmt *s =
        prepared(db, "INSERT INTO feature (feature_id, from_version, to_version, "
                     "layer_id, title, attributes, geom_kind, crs, area_m2, length_m, "
                     "hash, geometry) VALUES (?, 2, ?, 'property_unit', ?, '{\"kommun\": "
                     "\"Fjällnäs\"}', 3, 3006, 2500, 0, x'', ?)");
    sqlite3_bind_blob(s, 1, id.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 2, PK_OPEN_END);
    sqlite3_bind_text(s, 3, title, -1, SQLITE_TRANSIENT);
    bind_blob(s, 4, &g, true);
    done(db, s);
    pk_memory_feature(t->memory,
                      &(struct pk_feature_row){
                          .id = id,
                          .layer_id = "property_unit",
                          .title = pk_arena_strdup(&t->arena, title),
                          .attributes = "{\"kommun\": \"Fjällnäs\"}",
                          .kind = PK_GEOM_AREA,
                          .area_m2 = 2500,
                          .crs = 3006,
                          .geom = g,
                          .from_version = 2,
                      },
                      0);
}

static int set_up(void **state)
{
    struct both *t = calloc(1, sizeof *t);
    snprintf(t->path, sizeof t->path, "/tmp/plankarta-test-store-%d.sqlite",
             (int)getpid());
    unlink(t->path);
    t->memory = pk_store_memory_create();
    struct pk_db db;
    struct pk_error err = {0};
    if (pk_db_open(&db, t->path, PK_DB_CREATE, true, &err) != PK_OK ||
        pk_db_begin(&db, 1000, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    for (int v = 1; v <= 2; v++) {
        sqlite3_stmt *s =
            prepared(&db, "INSERT INTO version (version, published, by, "
                          "source, legal_day) VALUES (?, "
                          "'2026-03-02T09:00:00Z', 'a', 'b', '2026-03-02')");
        sqlite3_bind_int(s, 1, v);
        done(&db, s);
        pk_memory_version(t->memory,
                          &(struct pk_version){.version = v,
                                               .published = "2026-03-02T09:00:00Z",
                                               .by = "a",
                                               .source = "b",
                                               .legal_day = "2026-03-02"});
    }
    sqlite3_stmt *s = prepared(
        &db, "INSERT INTO layer (feature_id, from_version, to_version, layer_id, role, "
             "settings, hash) VALUES (x'00112233445566778899aabbccddeeff', 2, "
             "4611686018427387904, 'property_unit', 'property_unit', '{}', x'')");
    done(&db, s);
    pk_memory_layer(t->memory,
                    &(struct pk_layer_row){.layer_id = "property_unit",
                                           .role = "property_unit",
                                           .settings = "{}",
                                           .from_version = 2},
                    0);
    for (int n = 0; n < 12; n++) {
        add_plan(t, &db, n);
        add_feature(t, &db, n);
    }
    if (pk_search_reindex(&db, 2, NULL, 0, &err) != PK_OK ||
        pk_db_commit(&db, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    pk_db_close(&db);
    if (pk_store_open(&t->file, t->path, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct both *t = *state;
    char extra[80];
    pk_store_close(t->file);
    pk_store_close(t->memory);
    pk_arena_finish(&t->arena);
    unlink(t->path);
    static const char *const tails[] = {"-wal", "-shm", ".lock"};
    for (size_t i = 0; i < PK_COUNT(tails); i++) {
        snprintf(extra, sizeof extra, "%s%s", t->path, tails[i]);
        unlink(extra);
    }
    free(t);
    return 0;
}

/* ---- what a walk gives, as text ---- */

static void put_id(struct pk_buf *out, struct pk_id id)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    pk_buf_addf(out, "%s ", text);
}

static void put_geom(struct pk_buf *out, const struct pk_geom *g)
{
    pk_buf_addf(out, "%u/%u %.3f; ", g->ring_count, g->vertex_count, pk_geom_area(g));
}

static bool see_plan(const struct pk_plan_row *row, void *ctx)
{
    put_id(ctx, row->id);
    pk_buf_addf(ctx, "%s %s %s %lld\n", row->designation, row->name, row->coverage,
                (long long)row->from_version);
    return true;
}

static bool see_part(const struct pk_part_row *row, void *ctx)
{
    put_id(ctx, row->id);
    put_id(ctx, row->plan_id);
    pk_buf_addf(ctx, "%u %d %.1f ", row->part, row->crs, row->area_m2);
    put_geom(ctx, &row->geom);
    put_geom(ctx, &row->delivered);
    pk_buf_addc(ctx, '\n');
    return true;
}

static bool see_regulation(const struct pk_regulation_row *row, void *ctx)
{
    put_id(ctx, row->id);
    put_id(ctx, row->plan_id);
    pk_buf_addf(ctx, "%s %s %s\n", row->kind, row->letter, row->wording);
    return true;
}

static bool see_feature(const struct pk_feature_row *row, void *ctx)
{
    put_id(ctx, row->id);
    pk_buf_addf(ctx, "%s %s %s %d %d %lld ", row->layer_id, row->title, row->attributes,
                (int)row->kind, row->crs, (long long)row->from_version);
    put_geom(ctx, &row->geom);
    pk_buf_addc(ctx, '\n');
    return true;
}

static void tell(struct pk_buf *out, struct pk_store *store, int64_t version,
                 const struct pk_rows *rows, struct pk_arena *arena)
{
    struct pk_error err = {0};
    const struct pk_store_ops *ops = store->ops;
    int64_t newest;
    assert_int_equal(ops->begin(store, &newest, &err), PK_OK);
    assert_int_equal(newest, 2);
    enum pk_status status = ops->plans(store, version, rows, see_plan, out, arena, &err);
    if (status == PK_OK && !rows->no_geometry) {
        status = ops->plan_parts(store, version, rows, see_part, out, arena, &err);
    }
    if (status == PK_OK && !rows->no_geometry) {
        status = ops->regulation_parts(store, version, rows, see_part, out, arena, &err);
    }
    if (status == PK_OK) {
        status = ops->regulations(store, version, rows, see_regulation, out, arena, &err);
    }
    if (status == PK_OK && !rows->no_geometry) {
        status = ops->features(store, version, rows, see_feature, out, arena, &err);
    }
    if (status != PK_OK) {
        fail_msg("%s", err.text);
    }
    ops->end(store);
}

static void both_stores_give_the_same_rows(void **state)
{
    struct both *t = *state;
    struct pk_id plan = id_of("plan", 4), regulation = id_of("regulation", 6);
    struct pk_box box = {500310, 6200010, 500430, 6200020};
    struct pk_box elsewhere = {1, 1, 2, 2};
    const struct pk_rows all = {0}, bare = {.no_geometry = true}, there = {.box = &box},
                         nowhere = {.box = &elsewhere}, one = {.id = &plan},
                         other = {.id = &regulation}, of_plan = {.plan = &plan},
                         both = {.box = &box, .plan = &plan}, few = {.limit = 3},
                         first = {.limit = 1, .box = &box};
    const struct pk_rows cases[] = {all,   bare,    there, nowhere, one,
                                    other, of_plan, both,  few,     first};
    for (int64_t version = 1; version <= 2; version++) {
        for (size_t i = 0; i < PK_COUNT(cases); i++) {
            struct pk_buf a, b;
            pk_buf_init(&a, 1 << 20);
            pk_buf_init(&b, 1 << 20);
            /* The memory store takes a box exactly; the squares lie apart. */
            bool plan_filter = cases[i].plan != NULL;
            if (!plan_filter) {
                tell(&a, t->file, version, &cases[i], &t->arena);
                tell(&b, t->memory, version, &cases[i], &t->arena);
                assert_string_equal(a.data, b.data);
                assert_true(a.len > 0 || cases[i].box == &elsewhere);
            } else {
                struct pk_error err = {0};
                assert_int_equal(t->file->ops->regulations(t->file, version, &cases[i],
                                                           see_regulation, &a, &t->arena,
                                                           &err),
                                 PK_OK);
                assert_int_equal(t->memory->ops->regulations(t->memory, version,
                                                             &cases[i], see_regulation,
                                                             &b, &t->arena, &err),
                                 PK_OK);
                assert_string_equal(a.data, b.data);
                assert_true(a.len > 0);
            }
            pk_buf_finish(&a);
            pk_buf_finish(&b);
        }
    }
}

static void features_are_found_by_title_and_plans_by_designation(void **state)
{
    struct both *t = *state;
    struct pk_error err = {0};
    struct pk_rows by_title = {.layer_id = "property_unit",
                               .title = "FJÄLLNÄS HAMNEN 1:7"};
    struct pk_rows by_designation = {.designation = "P8"};
    struct pk_store *stores[] = {t->file, t->memory};
    struct pk_buf out[2];
    for (int i = 0; i < 2; i++) {
        pk_buf_init(&out[i], 10000);
        assert_int_equal(stores[i]->ops->features(stores[i], 2, &by_title, see_feature,
                                                  &out[i], &t->arena, &err),
                         PK_OK);
        assert_non_null(strstr(out[i].data, "1:7 "));
        assert_int_equal(stores[i]->ops->plans(stores[i], 2, &by_designation, see_plan,
                                               &out[i], &t->arena, &err),
                         PK_OK);
        assert_non_null(strstr(out[i].data, "Plan 8"));
    }
    assert_string_equal(out[0].data, out[1].data);
    pk_buf_finish(&out[0]);
    pk_buf_finish(&out[1]);
}

struct nested {
    struct both *t;
    int seen;
};

static bool ask_again(const struct pk_plan_row *row, void *ctx)
{
    struct nested *n = ctx;
    struct pk_error err = {0};
    struct pk_rows rows = {.no_geometry = true};
    struct pk_buf out;
    (void)row;
    pk_buf_init(&out, 100000);
    assert_int_equal(
        n->t->file->ops->plans(n->t->file, 2, &rows, see_plan, &out, &n->t->arena, &err),
        PK_OK);
    assert_true(out.len > 100);
    pk_buf_finish(&out);
    n->seen++;
    return true;
}

static void a_visitor_may_ask_the_same_question(void **state)
{
    struct both *t = *state;
    struct nested n = {t, 0};
    struct pk_error err = {0};
    struct pk_rows rows = {.no_geometry = true};
    assert_int_equal(
        t->file->ops->plans(t->file, 2, &rows, ask_again, &n, &t->arena, &err), PK_OK);
    assert_int_equal(n.seen, 6);
}

static bool see_entry(const struct pk_entry_row *row, void *ctx)
{
    pk_buf_addf(ctx, "%s|%s|%s|%s|%lld\n", row->kind, row->label, row->detail_key,
                row->fold, (long long)row->weight);
    return true;
}

static void words_find_entries_in_any_order(void **state)
{
    struct both *t = *state;
    struct pk_error err = {0};
    const char *terms[] = {"1 10", "hamn"};
    bool prefix[] = {true, true};
    struct pk_entry_query query = {
        .terms = terms, .prefix = prefix, .term_count = 2, .limit = 5};
    struct pk_buf out;
    pk_buf_init(&out, 10000);
    assert_int_equal(
        t->file->ops->entries(t->file, &query, see_entry, &out, &t->arena, &err), PK_OK);
    assert_string_equal(out.data, "property|FJÄLLNÄS HAMNEN 1:10|{\"municipality\":"
                                  "\"Fjällnäs\"}|fjällnäs hamnen 1 10|60\n");
    pk_buf_clear(&out);
    const char *kinds[] = {"regulation", "plan"};
    terms[0] = "bost";
    query = (struct pk_entry_query){.terms = terms,
                                    .prefix = prefix,
                                    .term_count = 1,
                                    .kinds = kinds,
                                    .kind_count = 2,
                                    .limit = 1};
    assert_int_equal(
        t->file->ops->entries(t->file, &query, see_entry, &out, &t->arena, &err), PK_OK);
    assert_non_null(strstr(out.data, "regulation|B Bostäder|{\"plan\":\"Plan "));
    pk_buf_finish(&out);
}

static void words_with_a_wrong_letter_are_near(void **state)
{
    struct both *t = *state;
    struct pk_error err = {0};
    static const char *const wrong[] = {"hamben", "hämnen", "amnen", "hamnenn"};
    for (size_t i = 0; i < PK_COUNT(wrong); i++) {
        const char **words;
        uint32_t count;
        bool found = false;
        assert_int_equal(t->file->ops->words_like(t->file, wrong[i], 50, &words, &count,
                                                  &t->arena, &err),
                         PK_OK);
        for (uint32_t j = 0; j < count; j++) {
            found = found || strcmp(words[j], "hamnen") == 0;
        }
        assert_true(found);
    }
}

static void reindexing_one_thing_equals_reindexing_all(void **state)
{
    struct both *t = *state;
    struct pk_db db;
    struct pk_error err = {0};
    struct pk_id id = id_of("plan", 4);
    assert_int_equal(pk_db_open(&db, t->path, PK_DB_WRITE, true, &err), PK_OK);
    assert_int_equal(pk_db_begin(&db, 1000, &err), PK_OK);
    assert_int_equal(
        pk_db_exec(&db, "UPDATE plan SET name = 'Nyhamn' WHERE name = 'Plan 4'", &err),
        PK_OK);
    assert_int_equal(pk_search_reindex(&db, 2, &id, 1, &err), PK_OK);
    assert_int_equal(pk_db_commit(&db, &err), PK_OK);
    pk_db_close(&db);
    const char *terms[] = {"nyhamn"};
    bool prefix[] = {false};
    struct pk_entry_query query = {
        .terms = terms, .prefix = prefix, .term_count = 1, .limit = 5};
    struct pk_buf out;
    pk_buf_init(&out, 10000);
    assert_int_equal(
        t->file->ops->entries(t->file, &query, see_entry, &out, &t->arena, &err), PK_OK);
    assert_non_null(strstr(out.data, "plan|Nyhamn|"));
    pk_buf_clear(&out);
    terms[0] = "bostäder";
    query.limit = 50;
    assert_int_equal(
        t->file->ops->entries(t->file, &query, see_entry, &out, &t->arena, &err), PK_OK);
    assert_non_null(strstr(out.data, "{\"plan\":\"Nyhamn\"}"));
    assert_null(strstr(out.data, "{\"plan\":\"Plan 4\"}"));
    pk_buf_finish(&out);
}

static void a_file_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct pk_store *store;
    struct pk_error err = {0};
    assert_int_equal(pk_store_open(&store, "/nowhere/x.sqlite", &err), PK_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nowhere/x.sqlite"));
}

int main(void)
{
    pk_db_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_stores_give_the_same_rows),
        cmocka_unit_test(features_are_found_by_title_and_plans_by_designation),
        cmocka_unit_test(a_visitor_may_ask_the_same_question),
        cmocka_unit_test(words_find_entries_in_any_order),
        cmocka_unit_test(words_with_a_wrong_letter_are_near),
        cmocka_unit_test(reindexing_one_thing_equals_reindexing_all),
        cmocka_unit_test(a_file_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
