#include "publish_fixture.h"

#include <math.h>

#include "layers/prepare.h"
#include "layers/store_spatialite.h"

static char path[64];
static struct pk_db db;
static struct outcome last;

#define NOW(t)                                                                           \
    t ".from_version <= (SELECT max(version) FROM version) AND " t                       \
      ".to_version > (SELECT max(version) FROM version)"

static int setup(void **state)
{
    struct pk_error err = {0};

    (void)state;
    snprintf(path, sizeof(path), "/tmp/pk-test-publish-%d.sqlite", (int)getpid());
    remove_database(path);
    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(last.report);
    last = (struct outcome){0};
    pk_db_close(&db);
    remove_database(path);
    return 0;
}

static void deliver_plan(const char *designation, const char *status,
                         const char *in_force, const char *previous, const char *wording,
                         double x, double w)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    deliver(&d);
    put_plan(&d, designation, status, in_force, previous, wording, x, 6600000, w, 100);
    take(&d, draft, designation, true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
}

static void a_delivery_becomes_a_version_and_the_same_again_none(void **state)
{
    (void)state;
    deliver_plan("A1", "laga kraft", "2019-03-04", NULL, "Bostäder", 600000, 100);
    assert_int_equal(last.version, 1);
    assert_int_equal(count_of(&last, 0, "plan", "stored"), 1);
    assert_int_equal(count_of(&last, 0, "regulation", "stored"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM anvandningsbestammelse WHERE "
                                 "beteckning = 'B' AND farg = 'gul'"),
                     1);
    assert_true(fabs(real(&db, "SELECT area_m2 FROM detaljplan") - 10000) < 1e-6);
    assert_int_equal(
        number(&db, "SELECT count(*) FROM plan WHERE coverage = 'regulations'"), 1);

    deliver_plan("A1", "laga kraft", "2019-03-04", NULL, "Bostäder", 600000, 100);
    assert_int_equal(last.draft, 0);
    assert_int_equal(count_of(&last, 0, "plan", "unchanged"), 1);
    assert_int_equal(count_of(&last, 0, "regulation", "unchanged"), 1);
    assert_int_equal(number(&db, "SELECT max(version) FROM version"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM plan"), 1);
}

static void one_changed_regulation_leaves_the_other_rows_alone(void **state)
{
    (void)state;
    deliver_plan("A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 100);
    deliver_plan("A1", "laga kraft", NULL, NULL, "Skola", 600000, 100);
    assert_int_equal(last.version, 2);
    assert_int_equal(number(&db, "SELECT count(*) FROM plan_part"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM regulation"), 2);
    assert_int_equal(number(&db, "SELECT count(*) FROM anvandningsbestammelse"), 1);
    assert_int_equal(
        number(&db, "SELECT count(*) FROM anvandningsbestammelse WHERE farg = 'rod'"), 1);
}

static void a_draft_is_seen_by_nobody_until_it_is_published(void **state)
{
    struct pk_error err = {0};
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 6600000, 100, 100);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, false);
    assert_true(last.draft > 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM version"), 0);
    assert_int_equal(pk_publish(&last.version, &last.left, &db, last.draft, NULL, &err),
                     PK_OK);
    assert_int_equal(last.version, 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 1);
    assert_int_equal(pk_publish(&last.version, &last.left, &db, last.draft, NULL, &err),
                     PK_BAD_INPUT);
    assert_int_equal(pk_publish(&last.version, &last.left, &db, 99, NULL, &err),
                     PK_NOT_FOUND);
}

static void a_draft_made_before_another_change_is_refused(void **state)
{
    struct pk_error err = {0};
    struct pk_draft *draft;
    struct delivery d;
    int64_t old;

    (void)state;
    deliver_plan("A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 100);
    draft = begin(&db);
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Skola", 600000, 6600000, 100, 100);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, false);
    old = last.draft;
    deliver_plan("A1", "laga kraft", NULL, NULL, "Kontor", 600000, 100);
    assert_int_equal(pk_publish(&last.version, &last.left, &db, old, NULL, &err),
                     PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "import the file again"));
    assert_int_equal(number(&db, "SELECT count(*) FROM anvandningsbestammelse"), 1);
}

static void a_plan_out_of_reach_is_held_and_the_others_are_published(void **state)
{
    struct pk_error err = {0};
    struct pk_draft *draft = begin(&db);
    struct delivery d;
    int64_t version, left;

    (void)state;
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 6600000, 100, 100);
    put_plan(&d, "A2", "laga kraft", NULL, NULL, "Skola", 6600000, 600000, 100, 100);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
    assert_true(last.held && last.refused);
    assert_int_equal(last.version, 1);
    assert_true(last.left > 0);
    assert_int_equal(json_integer_value(json_object_get(last.report, "draft")),
                     last.left);
    assert_true(has_rule(&last, 0, "P-CRS"));
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 1);
    assert_int_equal(count_of(&last, 0, "plan", "refused"), 1);
    assert_int_equal(pk_publish(&version, &left, &db, last.left, NULL, &err),
                     PK_BAD_INPUT);
}

static void a_finding_that_stops_holds_its_plan_whole(void **state)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 6600000, 100, 100);
    put(&d, PK_REC_FINDING,
        "{\"rule\": \"P-GEOM\", \"severity\": \"error\", \"object\": \"Skola\", "
        "\"text\": \"t\", \"fix\": \"f\", \"stops\": \"unreadable\", \"plan\": \"A1\"}");
    put(&d, PK_REC_COUNT,
        "{\"kind\": \"regulation\", \"read\": 2, \"merged\": 0, \"refused\": 1}");
    take(&d, draft, "a", true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
    assert_true(last.held);
    assert_int_equal(last.draft, 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM version"), 0);
    assert_int_equal(count_of(&last, 0, "regulation", "read"), 2);
}

static void a_source_that_breaks_off_leaves_nothing_behind(void **state)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 6600000, 100, 100);
    take(&d, draft, "whole", true);
    deliver(&d);
    put_plan(&d, "A2", "laga kraft", NULL, NULL, "Skola", 601000, 6600000, 100, 100);
    take(&d, draft, "broken", false);
    pk_draft_unreadable(draft, "none", NULL, "P-READ", "no such file", "look again");
    finish(&last, &db, draft, true);
    assert_balanced(&last);
    assert_true(last.refused);
    assert_int_equal(last.version, 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM plan"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM regulation_part"), 1);
    assert_true(has_rule(&last, 1, "P-READ"));
    assert_int_equal(count_of(&last, 2, "file", "refused"), 1);
}

static void a_regulation_under_two_uses_is_stored_once_with_both(void **state)
{
    static const char part[] = "{\"regulation\": \"h\", \"part\": 1, \"crs\": 3006}";
    static const char first[] =
        "{\"ref\": \"h\", \"objektidentitet\": \"d3dd3c8a-5ff6-4f89-8097-9f2b28f0e835\", "
        "\"plan\": \"A1\", \"kind\": \"egenskapsbestämmelse\", "
        "\"bestammelseformulering\": \"Högsta nockhöjd är 13 meter\", "
        "\"reglerarAnvandningsbestammelse\": [\"u1\"]}";
    static const char second[] =
        "{\"ref\": \"h\", \"objektidentitet\": \"d3dd3c8a-5ff6-4f89-8097-9f2b28f0e835\", "
        "\"plan\": \"A1\", \"kind\": \"egenskapsbestämmelse\", "
        "\"bestammelseformulering\": \"Högsta nockhöjd är 13 meter\", "
        "\"reglerarAnvandningsbestammelse\": [\"u2\"]}";
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 6600000, 100, 100);
    put(&d, PK_REC_REGULATION, first);
    put_area(&d, PK_REC_REG_PART, part, 600000, 6600000, 50, 50);
    put(&d, PK_REC_REGULATION, second);
    put_area(&d, PK_REC_REG_PART, part, 600000, 6600000, 50, 50);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
    assert_int_equal(count_of(&last, 0, "regulation", "merged"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM egenskapsbestammelse"), 1);
    assert_int_equal(number(&db, "SELECT json_array_length(uppgifter, "
                                 "'$.reglerarAnvandningsbestammelse') "
                                 "FROM egenskapsbestammelse WHERE beteckning = 'h'"),
                     2);
}

static void a_newer_plan_in_force_leaves_the_older_what_it_does_not_cover(void **state)
{
    struct pk_arena arena = {0};
    struct pk_geom g;
    sqlite3_stmt *stmt;

    (void)state;
    deliver_plan("OLD", "laga kraft", "1990-01-01", NULL, "Bostäder", 600000, 100);
    deliver_plan("NEW", "laga kraft", "2020-01-01", "old", "Skola", 600050, 100);
    assert_int_equal(last.version, 2);
    assert_true(has_rule(&last, 0, "P-PREV"));
    assert_int_equal(number(&db, "SELECT count(*) FROM replacement r WHERE " NOW("r")),
                     1);
    assert_int_equal(
        sqlite3_prepare_v2(db.sql,
                           "SELECT effective FROM plan_part r WHERE effective "
                           "IS NOT NULL AND " NOW("r"),
                           -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(pk_geom_read(&g, sqlite3_column_blob(stmt, 0),
                                  (size_t)sqlite3_column_bytes(stmt, 0), &arena, NULL),
                     PK_OK);
    assert_true(fabs(pk_geom_area(&g) - 5000) < 1e-6);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
    pk_arena_finish(&arena);
    /* The version before it still has the whole plan. */
    assert_int_equal(number(&db, "SELECT count(*) FROM plan_part WHERE from_version <= 1 "
                                 "AND to_version > 1 AND effective IS NULL"),
                     1);
    /* Delivered again, nothing is new; without the newer plan it is whole again. */
    deliver_plan("OLD", "laga kraft", "1990-01-01", NULL, "Bostäder", 600000, 100);
    assert_int_equal(last.draft, 0);
    deliver_plan("NEW", "upphävd", "2020-01-01", "old", "Skola", 600050, 100);
    assert_int_equal(last.version, 3);
    assert_int_equal(number(&db,
                            "SELECT count(*) FROM plan_part r WHERE effective IS NOT "
                            "NULL AND " NOW("r")),
                     0);
}

static void a_plan_wholly_covered_has_no_ground_left(void **state)
{
    (void)state;
    deliver_plan("NEW", "laga kraft", "2020-01-01", "OLD", "Skola", 599900, 300);
    deliver_plan("OLD", "laga kraft", "1990-01-01", NULL, "Bostäder", 600000, 100);
    assert_int_equal(number(&db,
                            "SELECT count(*) FROM plan_part r WHERE effective IS NOT "
                            "NULL AND length(effective) < 60 AND " NOW("r")),
                     1);
    assert_int_equal(number(&db, "SELECT count(*) FROM regulation_part r WHERE effective "
                                 "IS NOT NULL AND length(effective) < 60 AND " NOW("r")),
                     1);
}

static void a_legal_date_takes_effect_on_its_day(void **state)
{
    struct pk_error err = {0};
    int64_t version = 0;
    pk_date future = pk_date_parse("2099-05-01");

    (void)state;
    deliver_plan("OLD", "laga kraft", "1990-01-01", NULL, "Bostäder", 600000, 100);
    deliver_plan("NEW", "laga kraft", "2099-05-01", "OLD", "Skola", 600050, 100);
    assert_int_equal(number(&db,
                            "SELECT count(*) FROM plan_part r WHERE effective IS NOT "
                            "NULL AND " NOW("r")),
                     0);
    assert_int_equal(pk_publish_legal_day(&version, &db, future - 1, &err), PK_OK);
    assert_int_equal(version, 0);
    if (pk_publish_legal_day(&version, &db, future + 3, &err))
        fail_msg("%s", err.text);
    assert_int_equal(version, 3);
    assert_int_equal(number(&db,
                            "SELECT count(*) FROM plan_part r WHERE effective IS NOT "
                            "NULL AND " NOW("r")),
                     1);
    assert_int_equal(number(&db, "SELECT count(*) FROM version WHERE version = 3 AND "
                                 "legal_day = '2099-05-01' AND source = "
                                 "'legal date 2099-05-01'"),
                     1);
    assert_int_equal(pk_publish_legal_day(&version, &db, future + 3, &err), PK_OK);
    assert_int_equal(version, 0);
}

static void rollback_gives_the_earlier_content_as_a_new_version(void **state)
{
    static const char content[] =
        "SELECT count(*) FROM anvandningsbestammelse WHERE bestammelseformulering = "
        "'Bostäder' AND plan_beteckning = 'A1'";
    struct pk_error err = {0};
    int64_t version = 0;

    (void)state;
    deliver_plan("A1", "laga kraft", NULL, NULL, "Bostäder", 600000, 100);
    deliver_plan("A1", "laga kraft", NULL, NULL, "Skola", 600000, 90);
    deliver_plan("A2", "laga kraft", NULL, NULL, "Kontor", 601000, 100);
    assert_int_equal(number(&db, content), 0);
    if (pk_rollback(&version, &db, 1, "test", &err))
        fail_msg("%s", err.text);
    assert_int_equal(version, 4);
    assert_int_equal(number(&db, content), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 1);
    assert_true(fabs(real(&db, "SELECT area_m2 FROM detaljplan") - 10000) < 1e-6);
    /* And forward again; then to where it is: nothing to do. */
    assert_int_equal(pk_rollback(&version, &db, 3, "test", &err), PK_OK);
    assert_int_equal(version, 5);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 2);
    assert_int_equal(pk_rollback(&version, &db, 3, "test", &err), PK_OK);
    assert_int_equal(version, 0);
    assert_int_equal(pk_rollback(&version, &db, 77, "test", &err), PK_NOT_FOUND);
    /* What was delivered before the rollbacks is again what is published. */
    deliver_plan("A2", "laga kraft", NULL, NULL, "Kontor", 601000, 100);
    assert_int_equal(last.draft, 0);
}

/* The packs of a version as they are read, or as they are made on demand. */
static void cell_of(struct pk_buf out[2], int64_t version, enum pk_family family,
                    int band, int64_t cell)
{
    struct pk_store *store = pk_store_over(&db);
    struct pk_crs *crs = pk_crs_create();
    struct pk_prepared made = {.cell = cell};
    struct pk_error err = {0};

    pk_buf_init(&made.features, 1 << 24);
    pk_buf_init(&made.labels, 1 << 24);
    if (pk_prepare_cell(&made, crs, store, version, family, band, &err))
        fail_msg("%s", err.text);
    out[0] = made.features;
    out[1] = made.labels;
    pk_crs_destroy(crs);
    pk_store_close(store);
}

static void packs_that_only_old_states_need_go_and_are_made_on_demand(void **state)
{
    static const char *const words[] = {"Bostäder", "Skola", "Kontor", "Handel", "Hamn"};
    struct delivery d;
    sqlite3_stmt *row;
    int seen = 0;

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct pk_draft *draft = begin(&db);
        deliver(&d);
        put_plan(&d, "A1", "laga kraft", NULL, NULL, words[i], 600000, 6600000, 100, 100);
        put_plan(&d, "A2", "laga kraft", NULL, NULL, "Park", 603000, 6600000, 100, 100);
        take(&d, draft, "a", true);
        finish(&last, &db, draft, true);
        assert_int_equal(last.version, i + 1);
    }
    /* what version 1 had, kept aside; then versions 1 to 3 were long ago */
    assert_int_equal(
        pk_db_exec(&db,
                   "CREATE TEMP TABLE was AS SELECT * FROM pack WHERE from_version = 1; "
                   "UPDATE version SET published = '2020-01-01T00:00:00Z' "
                   "WHERE version < 4",
                   NULL),
        PK_OK);
    struct pk_draft *draft = begin(&db);
    deliver(&d);
    put_plan(&d, "A1", "laga kraft", NULL, NULL, words[4], 600000, 6600000, 100, 100);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, true);
    assert_int_equal(last.version, 5);
    assert_int_equal(
        number(&db,
               "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'packs_from'"),
        3);
    assert_int_equal(
        number(&db,
               "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'packs_pruned'"),
        3);
    assert_int_equal(number(&db, "SELECT count(*) FROM change WHERE version < 3"), 0);
    assert_true(number(&db, "SELECT count(*) FROM change WHERE version >= 3") > 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM pack WHERE from_version = 2"), 0);
    /* A2 never changed: its cells of version 1 are those of today */
    assert_true(number(&db, "SELECT count(*) FROM pack WHERE from_version = 1") > 0);
    assert_int_equal(
        number(&db,
               "SELECT count(*) FROM temp.was w WHERE NOT EXISTS (SELECT 1 FROM pack p "
               "WHERE p.family = w.family AND p.band = w.band AND p.cell = w.cell "
               "AND p.from_version IN (1, 3))"),
        0);
    assert_int_equal(pk_db_prepare(&row, &db,
                                   "SELECT family, band, cell, features, labels "
                                   "FROM temp.was",
                                   NULL),
                     PK_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        struct pk_buf made[2];
        cell_of(made, 1, sqlite3_column_text(row, 0)[0] == 'w' ? PK_WM : PK_TM,
                sqlite3_column_int(row, 1), sqlite3_column_int64(row, 2));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(made[i].len, sqlite3_column_bytes(row, 3 + i));
            if (made[i].len > 0)
                assert_memory_equal(made[i].data, sqlite3_column_blob(row, 3 + i),
                                    made[i].len);
            pk_buf_finish(&made[i]);
        }
        seen++;
    }
    sqlite3_finalize(row);
    assert_true(seen > 20);
}

static void a_diff_names_members_and_how_far_borders_moved(void **state)
{
    struct pk_error err = {0};
    json_t *diff = NULL, *plan, *regulation, *back;
    struct pk_draft *draft;
    struct delivery d;

    (void)state;
    deliver_plan("A1", "antagen", NULL, NULL, "Bostäder", 600000, 100);
    deliver_plan("A1", "laga kraft", "2024-01-01", NULL, "Bostäder", 600000, 110);
    deliver_plan("A2", "laga kraft", NULL, NULL, "Kontor", 601000, 100);
    if (pk_diff(&diff, &db, 0, 1, 3, NULL, &err))
        fail_msg("%s", err.text);
    assert_int_equal(json_array_size(json_object_get(diff, "plans")), 2);
    plan = json_array_get(json_object_get(diff, "plans"), 0);
    assert_string_equal(pk_jget_string(plan, "beteckning"), "A1");
    assert_string_equal(pk_jget_string(plan, "change"), "changed");
    assert_int_equal(json_array_size(json_object_get(plan, "members")), 2);
    assert_true(json_real_value(json_object_get(json_object_get(plan, "geometry"),
                                                "moved_m2")) == 1000);
    assert_true(json_real_value(json_object_get(json_object_get(plan, "geometry"),
                                                "largest_shift_m")) == 10);
    regulation = json_array_get(json_object_get(plan, "regulations"), 0);
    assert_string_equal(pk_jget_string(regulation, "change"), "changed");
    assert_string_equal(pk_jget_string(regulation, "beteckning"), "B");
    plan = json_array_get(json_object_get(diff, "plans"), 1);
    assert_string_equal(pk_jget_string(plan, "change"), "added");
    /* The other way round, what was added is removed. */
    assert_int_equal(pk_diff(&back, &db, 0, 3, 1, NULL, &err), PK_OK);
    plan = json_array_get(json_object_get(back, "plans"), 1);
    assert_string_equal(pk_jget_string(plan, "change"), "removed");
    json_decref(back);
    json_decref(diff);
    assert_int_equal(pk_diff(&diff, &db, 0, 3, 3, NULL, &err), PK_OK);
    assert_int_equal(json_array_size(json_object_get(diff, "plans")), 0);
    json_decref(diff);
    assert_int_equal(pk_diff(&diff, &db, 0, 1, 9, NULL, &err), PK_NOT_FOUND);
    /* A draft against what is published. */
    draft = begin(&db);
    deliver(&d);
    put_plan(&d, "A2", "laga kraft", NULL, NULL, "Skola", 601000, 6600000, 100, 100);
    take(&d, draft, "a", true);
    finish(&last, &db, draft, false);
    assert_int_equal(pk_diff(&diff, &db, last.draft, 0, 0, NULL, &err), PK_OK);
    assert_int_equal(json_array_size(json_object_get(diff, "plans")), 1);
    plan = json_array_get(json_object_get(diff, "plans"), 0);
    /* Without an id of its own, another wording is another regulation. */
    assert_int_equal(json_array_size(json_object_get(plan, "regulations")), 2);
    json_decref(diff);
}

/* ---- layers ---- */

static void deliver_places(const char *const names[], const double xs[], size_t n)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    deliver(&d);
    put(&d, PK_REC_LAYER,
        "{\"id\": \"place_name\", \"role\": \"place_name\", \"columns\": "
        "[{\"name\": \"ortnamn\", \"type\": \"string\"}]}");
    for (size_t i = 0; i < n; i++) {
        char json[256];

        snprintf(json, sizeof(json),
                 "{\"layer\": \"place_name\", \"id\": \"%zu\", \"crs\": 3006, "
                 "\"attributes\": {\"ortnamn\": \"%s\"}}",
                 i, names[i]);
        put_point(&d, PK_REC_FEATURE, json, xs[i], 6600000);
    }
    take(&d, draft, "ortnamn.gpkg", true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
}

static void a_layer_file_is_the_whole_layer(void **state)
{
    const char *const names[] = {"Sandvik", "Näset", "Ås"};
    const char *const others[] = {"Sandvik", "Nya Näset"};
    const double xs[] = {600000, 600100, 600200};

    (void)state;
    deliver_places(names, xs, 3);
    assert_int_equal(last.version, 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM ortnamn"), 3);
    assert_int_equal(
        number(&db, "SELECT count(*) FROM ortnamn WHERE titel = 'Ås' AND ortnamn = 'Ås'"),
        1);
    deliver_places(names, xs, 3);
    assert_int_equal(last.draft, 0);
    assert_int_equal(count_of(&last, 0, "place_name", "unchanged"), 3);
    deliver_places(others, xs, 2);
    assert_int_equal(last.version, 2);
    assert_int_equal(count_of(&last, 0, "place_name", "unchanged"), 1);
    assert_int_equal(count_of(&last, 0, "place_name", "stored"), 1);
    assert_int_equal(number(&db, "SELECT count(*) FROM ortnamn"), 2);
    assert_int_equal(number(&db, "SELECT count(*) FROM feature WHERE from_version <= 1 "
                                 "AND to_version > 1"),
                     3);
}

static void what_is_refused_does_not_end_what_is_published(void **state)
{
    const char *const names[] = {"Sandvik", "Näset", "Ås"};
    const double xs[] = {600000, 600100, 600200}, away[] = {60000, 60100, 60200};
    const double one_away[] = {600000, 60100, 600200};

    (void)state;
    deliver_places(names, xs, 3);
    deliver_places(names, away, 3); /* another reference system: nothing can be taken */
    assert_int_equal(count_of(&last, 0, "place_name", "refused"), 3);
    assert_int_equal(last.version, 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM ortnamn"), 3);
    deliver_places(names, one_away, 2); /* the third is left out, the second refused */
    assert_int_equal(count_of(&last, 0, "place_name", "refused"), 1);
    assert_int_equal(last.version, 2);
    assert_int_equal(number(&db, "SELECT count(*) FROM ortnamn"), 2);
    assert_int_equal(number(&db, "SELECT count(*) FROM ortnamn WHERE titel = 'Näset'"),
                     1);
}

static void one_thing_in_several_records_becomes_one(void **state)
{
    static const char lot[] = "{\"layer\": \"property_unit\", \"key\": \"ÅS 1:2\", "
                              "\"crs\": 3006, \"attributes\": {\"beteckning\": "
                              "\"ÅS 1:2\"}}";
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct pk_draft *draft = begin(&db);
        struct delivery d;

        deliver(&d);
        put(&d, PK_REC_LAYER,
            "{\"id\": \"property_unit\", \"role\": \"property_unit\", \"columns\": "
            "[{\"name\": \"beteckning\", \"type\": \"string\"}]}");
        put_area(&d, PK_REC_FEATURE, lot, 600000, 6600000, 10, 10);
        put_area(&d, PK_REC_FEATURE, lot, 600100, 6600000, 10, 10);
        put_area(&d, PK_REC_FEATURE, lot, 600100, 6600000, 10, 10);
        take(&d, draft, "lots", true);
        finish(&last, &db, draft, true);
        assert_balanced(&last);
    }
    assert_int_equal(last.draft, 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM fastighet"), 1);
}

static void one_part_more_of_a_published_thing_is_joined_to_it(void **state)
{
    static const char lot[] = "{\"layer\": \"property_unit\", \"key\": \"ÅS 1:2\", "
                              "\"crs\": 3006, \"attributes\": {\"beteckning\": "
                              "\"ÅS 1:2\"}}";
    (void)state;
    for (int parts = 1; parts <= 2; parts++) {
        struct pk_draft *draft = begin(&db);
        struct delivery d;

        deliver(&d);
        put(&d, PK_REC_LAYER,
            "{\"id\": \"property_unit\", \"role\": \"property_unit\", \"columns\": []}");
        for (int i = 0; i < parts; i++)
            put_area(&d, PK_REC_FEATURE, lot, 600000 + 100 * i, 6600000, 10, 10);
        take(&d, draft, "lots", true);
        finish(&last, &db, draft, true);
        assert_balanced(&last);
        assert_int_equal(last.version, parts);
    }
    assert_int_equal(number(&db, "SELECT count(*) FROM fastighet"), 1);
    assert_true(fabs(real(&db, "SELECT f.area_m2 FROM feature f WHERE " NOW("f")) - 200) <
                1e-6);
}

static void a_thousand_features_with_faults_balance(void **state)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put(&d, PK_REC_LAYER, "{\"id\": \"roads\", \"columns\": []}");
    for (int i = 0; i < 1000; i++) {
        char json[200];

        snprintf(json, sizeof(json),
                 "{\"layer\": \"%s\", \"id\": \"%d\", \"crs\": %d, \"attributes\": "
                 "{\"n\": %d}}",
                 i % 97 == 0 ? "elsewhere" : "roads", i % 700, i % 89 == 0 ? 4711 : 3006,
                 i % 500);
        put_point(&d, PK_REC_FEATURE, json, i % 83 == 0 ? 1 : 600000 + i % 700, 6600000);
    }
    put(&d, PK_REC_COUNT,
        "{\"kind\": \"roads\", \"read\": 3, \"merged\": 1, \"refused\": 2}");
    take(&d, draft, "roads.shp", true);
    finish(&last, &db, draft, true);
    assert_balanced(&last);
    assert_int_equal(count_of(&last, 0, "roads", "stored"),
                     number(&db, "SELECT count(*) FROM roads"));
    assert_true(last.refused);
}

static void a_layer_id_that_is_a_table_gets_a_view_of_another_name(void **state)
{
    struct pk_draft *draft = begin(&db);
    struct delivery d;

    (void)state;
    deliver(&d);
    put(&d, PK_REC_LAYER,
        "{\"id\": \"plan\", \"columns\": [{\"name\": \"rowid\"}, "
        "{\"name\": \"Å \\\"b\\\"\"}, {\"name\": \"a'b\"}]}");
    put_point(&d, PK_REC_FEATURE,
              "{\"layer\": \"plan\", \"id\": \"1\", \"crs\": 3006, \"attributes\": "
              "{\"a'b\": 7}}",
              600000, 6600000);
    take(&d, draft, "x", true);
    finish(&last, &db, draft, true);
    assert_int_equal(last.version, 1);
    assert_int_equal(number(&db, "SELECT \"a'b\" FROM lager_plan"), 7);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_delivery_becomes_a_version_and_the_same_again_none),
        TEST(one_changed_regulation_leaves_the_other_rows_alone),
        TEST(a_draft_is_seen_by_nobody_until_it_is_published),
        TEST(a_draft_made_before_another_change_is_refused),
        TEST(a_plan_out_of_reach_is_held_and_the_others_are_published),
        TEST(a_finding_that_stops_holds_its_plan_whole),
        TEST(a_source_that_breaks_off_leaves_nothing_behind),
        TEST(a_regulation_under_two_uses_is_stored_once_with_both),
        TEST(a_newer_plan_in_force_leaves_the_older_what_it_does_not_cover),
        TEST(a_plan_wholly_covered_has_no_ground_left),
        TEST(a_legal_date_takes_effect_on_its_day),
        TEST(rollback_gives_the_earlier_content_as_a_new_version),
        TEST(packs_that_only_old_states_need_go_and_are_made_on_demand),
        TEST(a_diff_names_members_and_how_far_borders_moved),
        TEST(a_layer_file_is_the_whole_layer),
        TEST(what_is_refused_does_not_end_what_is_published),
        TEST(one_thing_in_several_records_becomes_one),
        TEST(one_part_more_of_a_published_thing_is_joined_to_it),
        TEST(a_thousand_features_with_faults_balance),
        TEST(a_layer_id_that_is_a_table_gets_a_view_of_another_name),
    };

    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
