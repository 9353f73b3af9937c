/* test_rules.c - each rule finds the fault it is for, and no other rule does: a plan of
 * the sample and a real one (beside the project), changed in one thing at a time. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "import/read_ngp.h"
#include "import/sample.h"
#include "layers/publish.h"
#include "layers/rules.h"
#include "unit/rules_change.h"

static const char *const real_path =
    PK_SHARED_DATA "/derived/se-oppmanna-tollarp-ngp-v4.json";
static const char *const catalogue_path =
    PK_SHARED_DATA "/se-catalog/planbestammelsekatalog-urval.json";

/* ---- a document through reader and draft ---- */

static struct pk_db db;
static char db_path[64];

static int open_db(void **state)
{
    struct pk_error err = {0};

    (void)state;
    pk_db_start();
    snprintf(db_path, sizeof(db_path), "/tmp/plankarta-test-rules-%d.sqlite",
             (int)getpid());
    unlink(db_path);
    if (pk_db_open(&db, db_path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int close_db(void **state)
{
    static const char *const tails[] = {"", "-wal", "-shm", ".lock"};
    char path[80];

    (void)state;
    pk_db_close(&db);
    for (size_t i = 0; i < PK_COUNT(tails); i++) {
        snprintf(path, sizeof(path), "%s%s", db_path, tails[i]);
        unlink(path);
    }
    return 0;
}

static int64_t last_draft;

/* The report's findings of the document: new reference. */
static json_t *judge(const json_t *doc, const char *profile,
                     const struct pk_catalogue *catalogue)
{
    const struct pk_draft_origin origin = {.by = "test",
                                           .source = "test",
                                           .lang = PK_SV,
                                           .profile = profile,
                                           .catalogue = catalogue};
    struct pk_error err = {0};
    struct pk_stream_out out;
    struct pk_stream_in *in;
    struct pk_draft *draft;
    struct pk_source src;
    FILE *file = tmpfile();
    json_t *report = NULL, *found;
    bool held, refused;
    int64_t id;

    assert_non_null(file);
    pk_stream_out_init(&out, fileno(file));
    pk_source_init(&src, &out, PK_SV);
    src.name = "plan.json";
    if (pk_read_ngp(&src, doc, &err))
        fail_msg("%s", err.text);
    pk_source_end(&src);
    pk_source_finish(&src);
    assert_int_equal(pk_stream_out_finish(&out, &err), PK_OK);
    rewind(file);
    if (pk_draft_begin(&draft, &db, &origin, &err))
        fail_msg("%s", err.text);
    in = pk_stream_open(fileno(file));
    if (pk_draft_source(draft, in, "plan.json", "00", &err))
        fail_msg("%s", err.text);
    pk_stream_close(in);
    fclose(file);
    if (pk_draft_finish(draft, &id, &held, &refused, &report, &err))
        fail_msg("%s", err.text);
    last_draft = id;
    found = json_incref(json_object_get(
        json_array_get(json_object_get(report, "sources"), 0), "findings"));
    json_decref(report);
    return found;
}

static int count(const json_t *findings, const char *rule, const char *severity)
{
    int n = 0;

    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i);

        n += (!rule || strcmp(pk_jget_string(f, "rule"), rule) == 0) &&
             (!severity || strcmp(pk_jget_string(f, "severity"), severity) == 0);
    }
    return n;
}

static const json_t *first(const json_t *findings, const char *rule)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        if (strcmp(pk_jget_string(json_array_get(findings, i), "rule"), rule) == 0)
            return json_array_get(findings, i);
    }
    return NULL;
}

/* ---- the plans ---- */

struct plan {
    const char *name;
    json_t *raw, *whole; /* as it is; complete for legal force */
};

/* A plan of the sample with property areas, values, marks and a use of its own. */
static bool suits(const struct pk_sample_plan *p)
{
    int values = 0, marks = 0;

    for (uint32_t i = 0; i < p->reg_count; i++) {
        bool area = p->regs[i].kind == 'p' && p->regs[i].geoms[0].kind == PK_GEOM_AREA;

        values += area && p->regs[i].value.text != NULL;
        marks += area && p->regs[i].value.text == NULL;
    }
    return !p->plan_only && strcmp(p->quality, "komplett") == 0 && values >= 2 &&
           marks >= 2;
}

static json_t *sample_document(void)
{
    static struct pk_sample_plan plan;
    struct pk_sample_town town;
    struct pk_arena arena = {0};
    struct pk_crs *crs = pk_crs_create();
    struct pk_error err = {0};
    struct pk_buf out;
    struct pk_json j;
    json_t *doc = NULL;

    pk_sample_town(&town, 7, 0);
    for (int cell = 0; cell < town.columns * town.rows; cell++) {
        int column = cell % town.columns, row = cell / town.columns;

        if (!pk_sample_has_cell(&town, column, row))
            continue;
        pk_arena_reset(&arena);
        pk_sample_plan(&plan, 7, &town, column, row, 1, &arena);
        if (suits(&plan))
            break;
    }
    assert_true(suits(&plan));
    pk_buf_init(&out, 16 << 20);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_member(&j, "type", "FeatureCollection");
    pk_json_key(&j, "features");
    pk_json_array(&j);
    if (pk_sample_ngp(&j, &plan, crs, &arena, &err))
        fail_msg("%s", err.text);
    pk_json_end(&j);
    pk_json_end(&j);
    doc = json_text(out.data);
    pk_buf_finish(&out);
    pk_arena_finish(&arena);
    pk_crs_destroy(crs);
    return doc;
}

static struct plan plan_from(const char *name, json_t *doc)
{
    struct plan p = {name, doc, json_deep_copy(doc)};

    complete(p.whole);
    return p;
}

static bool real_plan(struct plan *out)
{
    json_t *doc = NULL;

    if (access(real_path, R_OK) != 0) {
        print_message("skipped: %s is not there\n", real_path);
        return false;
    }
    assert_int_equal(pk_json_parse_file(&doc, real_path, 1 << 24, NULL), PK_OK);
    *out = plan_from("the real plan", doc);
    return true;
}

static void plan_done(struct plan *p)
{
    json_decref(p->raw);
    json_decref(p->whole);
}

/* Each rule's findings in `after` but not in `before`, except those that are right. */
static void only(const struct plan *plan, const struct change *c, const json_t *before,
                 const json_t *after)
{
    for (size_t i = 0; i < json_array_size(after); i++) {
        const json_t *f = json_array_get(after, i);
        const char *rule = pk_jget_string(f, "rule");

        if (count(after, rule, NULL) > count(before, rule, NULL) &&
            (!c->rule || strcmp(rule, c->rule) != 0))
            fail_msg("%s, %s: %s %s: %s", plan->name, c->name, rule,
                     pk_jget_string(f, "severity"), pk_jget_string(f, "text"));
    }
    if (c->rule &&
        count(after, c->rule, c->severity) <= count(before, c->rule, c->severity))
        fail_msg("%s, %s: %s %s is not found (%d, %d)", plan->name, c->name, c->rule,
                 c->severity, count(before, c->rule, NULL), count(after, c->rule, NULL));
}

static void change_one_by_one(const struct plan *plan)
{
    json_t *before = judge(plan->whole, NULL, NULL);

    assert_int_equal(count(before, NULL, "error"), 0);
    assert_int_equal(count(before, NULL, "warning"), 0);
    for (size_t i = 0; i < PK_COUNT(changes); i++) {
        json_t *doc = json_deep_copy(plan->whole), *after;

        changes[i].make(doc);
        after = judge(doc, NULL, NULL);
        only(plan, &changes[i], before, after);
        json_decref(after);
        json_decref(doc);
    }
    json_decref(before);
}

static void each_change_of_a_sample_plan_is_found_by_its_rule_alone(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());

    (void)state;
    change_one_by_one(&plan);
    plan_done(&plan);
}

static void each_change_of_the_real_plan_is_found_by_its_rule_alone(void **state)
{
    struct plan plan;

    (void)state;
    if (!real_plan(&plan))
        return;
    change_one_by_one(&plan);
    plan_done(&plan);
}

/* ---- what needs more than one change ---- */

static void status_alone_lacks_all_that_legal_force_asks_for(void **state)
{
    struct plan plan;
    json_t *found;

    (void)state;
    if (!real_plan(&plan))
        return;
    found = judge(plan.raw, NULL, NULL);
    assert_int_equal(count(found, NULL, "error"), 0);
    json_decref(found);
    set(plan_of(plan.raw), "status", "laga kraft");
    found = judge(plan.raw, NULL, NULL);
    assert_true(count(found, "DP-0005", "error") > 0);
    assert_true(count(found, "DP-0014", "error") > 0);
    assert_true(count(found, "DP-0017", "error") > 0);
    assert_int_equal(count(found, NULL, "error"), count(found, "DP-0005", NULL) +
                                                      count(found, "DP-0014", NULL) +
                                                      count(found, "DP-0017", NULL));
    json_decref(found);
    set(plan_of(plan.raw), "status", "påbörjad");
    set(decision(plan.raw), "datumPaborjat", "2022-03-01");
    found = judge(plan.raw, NULL, NULL);
    assert_true(count(found, "DP-0011", "error") > 0);
    assert_int_equal(count(found, NULL, "error"), count(found, "DP-0011", NULL));
    json_decref(found);
    plan_done(&plan);
}

/* The whole document again under other ids. */
static void add_again(json_t *doc)
{
    size_t n = json_array_size(features(doc));
    char *text;
    json_t *all;

    for (size_t i = 0; i < n; i++)
        add_copy(doc, feature(doc, i));
    /* References follow: every old id in the copies becomes the new one. */
    for (size_t i = 0; i < n; i++) {
        const char *was = id_of(feature(doc, i)), *is = id_of(feature(doc, n + i));

        all = json_array();
        for (size_t k = n; k < 2 * n; k++)
            json_array_append(all, feature(doc, k));
        text = json_dumps(all, JSON_COMPACT);
        json_decref(all);
        for (char *at = text; (at = strstr(at, was)); at += strlen(is))
            memcpy(at, is, strlen(is));
        all = json_text(text);
        free(text);
        for (size_t k = 0; k < n; k++)
            json_array_set(features(doc), n + k, json_array_get(all, k));
        json_decref(all);
    }
}

static void twice(struct plan *plan)
{
    json_t *after;

    add_again(plan->whole);
    after = judge(plan->whole, NULL, NULL);
    assert_int_equal(count(after, "DP-0001", NULL), 1);
    assert_non_null(pk_jget_object(first(after, "DP-0001"), "geometry"));
    assert_int_equal(count(after, NULL, "error"), 1);
    json_decref(after);
    /* What a decision says is settled is not told. */
    json_object_set_new(decision(plan->whole), "foregaendePlansBeteckning",
                        json_text("[\"older\"]"));
    set(props(feature(plan->whole, json_array_size(features(plan->whole)) / 2)),
        "beteckning", "older");
    after = judge(plan->whole, NULL, NULL);
    assert_int_equal(count(after, "DP-0001", NULL), 0);
    json_decref(after);
}

static void one_plan_has_legal_force_on_the_same_ground(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());

    (void)state;
    twice(&plan);
    plan_done(&plan);
    if (real_plan(&plan)) {
        twice(&plan);
        plan_done(&plan);
    }
}

static void swapped_axes_stop_the_plan(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());
    json_t *found;

    (void)state;
    for (size_t i = 0; i < json_array_size(features(plan.whole)); i++) {
        json_t *f = feature(plan.whole, i);

        for (size_t r = 0; is_area(f) && r < json_array_size(rings(f)); r++) {
            json_t *one = json_array_get(rings(f), r);

            for (size_t k = 0; k < json_array_size(one); k++)
                json_array_set_new(one, k, vertex(y_of(one, k), x_of(one, k)));
        }
    }
    found = judge(plan.whole, NULL, NULL);
    assert_true(count(found, "P-CRS", "error") > 0);
    assert_int_equal(count(found, NULL, "error"), count(found, "P-CRS", NULL));
    assert_int_equal(last_draft, 0); /* nothing of it can be published */
    json_decref(found);
    plan_done(&plan);
}

/* The same findings, less severe; a layer has no rules of plans. */
static void older_plans_are_told_more_gently(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());
    json_t *found;

    (void)state;
    json_object_del(decision(plan.whole), "beslutshandling");
    drop_use(plan.whole);
    found = judge(plan.whole, "ngp", NULL);
    assert_int_equal(count(found, "DP-0014", "error"), 1);
    assert_int_equal(count(found, "DP-0003", "error"), 1);
    json_decref(found);
    found = judge(plan.whole, "aldre", NULL);
    assert_int_equal(count(found, "DP-0014", "note"), 1);
    assert_int_equal(count(found, "DP-0003", "warning"), 1);
    assert_int_equal(count(found, NULL, "error"), 0);
    json_decref(found);
    found = judge(plan.whole, "lager", NULL);
    assert_int_equal(json_array_size(found), 0);
    json_decref(found);
    plan_done(&plan);
}

/* ---- the catalogue ---- */

/* A catalogue that says what the plan says. */
static json_t *catalogue_of(const json_t *doc)
{
    json_t *list = json_array();

    for (size_t i = 1; i < json_array_size(features(doc)); i++) {
        json_t *p = props(feature(doc, i));
        const char *ref = pk_jget_string(p, "planbestammelsekatalogreferens");
        const char *wording = pk_jget_string(p, "bestammelseformulering");
        const char *number = number_of(feature(doc, i)), *at;
        char text[300];

        if (!ref)
            continue;
        at = number ? strstr(wording, number) : NULL;
        if (at) {
            const json_t *value = value_of(feature(doc, i));

            snprintf(text, sizeof(text), "%.*s[%s:decimaltal]%s", (int)(at - wording),
                     wording, pk_jget_string(value, "beskrivning"), at + strlen(number));
        }
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "id", ref, "bestammelseformulering",
                            at ? text : wording, "borjargalla", "2015-01-01"));
    }
    return json_pack("{s:o}", "bestammelser", list);
}

static void wordings_and_references_follow_the_catalogue(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());
    json_t *document = catalogue_of(plan.whole), *found;
    struct pk_catalogue *catalogue = NULL;
    json_t *f = property(plan.whole, false, 0);

    (void)state;
    assert_int_equal(pk_catalogue_of(&catalogue, document, NULL), PK_OK);
    found = judge(plan.whole, NULL, catalogue);
    assert_int_equal(count(found, NULL, "error") + count(found, NULL, "warning"), 0);
    json_decref(found);

    set(props(f), "bestammelseformulering", "Marken får inte hårdgöras.");
    found = judge(plan.whole, NULL, catalogue);
    assert_int_equal(count(found, "DP-Krav-0017", "warning"), 1);
    assert_int_equal(count(found, NULL, "error") + count(found, NULL, "warning"), 1);
    json_decref(found);

    set(props(f), "planbestammelsekatalogreferens",
        "00000000-0000-4000-8000-000000000001");
    found = judge(plan.whole, NULL, catalogue);
    assert_int_equal(count(found, "P-CATALOGUE", "warning"), 1);
    assert_int_equal(count(found, NULL, "error") + count(found, NULL, "warning"), 1);
    json_decref(found);
    pk_catalogue_free(catalogue);
    json_decref(document);
    plan_done(&plan);
}

static void the_real_plan_words_a_height_otherwise(void **state)
{
    struct pk_catalogue *catalogue = NULL;
    struct pk_error err = {0};
    struct plan plan;
    json_t *found;

    (void)state;
    if (!real_plan(&plan))
        return;
    if (pk_catalogue_read(&catalogue, catalogue_path, &err))
        fail_msg("%s", err.text);
    found = judge(plan.raw, NULL, catalogue);
    bool height = false;
    for (size_t i = 0; i < json_array_size(found); i++) {
        const json_t *f = json_array_get(found, i);

        height = height || (strcmp(pk_jget_string(f, "rule"), "DP-Krav-0017") == 0 &&
                            strstr(pk_jget_string(f, "object"), "nockhöjd"));
    }
    assert_true(height);
    assert_int_equal(count(found, NULL, "error"), 0);
    json_decref(found);
    pk_catalogue_free(catalogue);
    plan_done(&plan);
}

/* ---- what a finding holds ---- */

static void a_finding_has_a_place_a_shape_and_a_key_that_stays(void **state)
{
    struct plan plan = plan_from("a sample plan", sample_document());
    json_t *found, *again;
    const json_t *a, *b;
    sqlite3_stmt *s;

    (void)state;
    drop_use(plan.whole);
    found = judge(plan.whole, NULL, NULL);
    assert_int_equal(
        sqlite3_prepare_v2(db.sql,
                           "SELECT text_sv, text_en, fix_sv, fix_en, hex(key) "
                           "FROM finding WHERE draft_id = ?1 AND rule = 'DP-0003'",
                           -1, &s, NULL),
        SQLITE_OK);
    sqlite3_bind_int64(s, 1, last_draft);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    for (int i = 0; i < 4; i++)
        assert_true(sqlite3_column_bytes(s, i) > 10);
    assert_string_not_equal((const char *)sqlite3_column_text(s, 0),
                            (const char *)sqlite3_column_text(s, 1));
    sqlite3_finalize(s);

    again = judge(plan.whole, NULL, NULL);
    a = first(found, "DP-0003");
    b = first(again, "DP-0003");
    assert_int_equal(json_array_size(pk_jget_array(a, "point")), 2);
    assert_non_null(pk_jget_object(a, "geometry"));
    assert_string_equal(pk_jget_string(a, "plan"), id_of(feature(plan.whole, 0)));
    assert_string_equal(pk_jget_string(a, "key"), pk_jget_string(b, "key"));
    json_decref(again);

    json_decref(found);
    plan_done(&plan);

    /* Two faults of one rule in one plan have two keys. */
    plan = plan_from("a sample plan", sample_document());
    border_11_cm(plan.whole);
    border_11_cm(plan.whole);
    found = judge(plan.whole, NULL, NULL);
    assert_int_equal(count(found, "DP-0003", NULL), 2);
    for (size_t i = 0; i < json_array_size(found); i++) {
        for (size_t k = i + 1; k < json_array_size(found); k++)
            assert_string_not_equal(pk_jget_string(json_array_get(found, i), "key"),
                                    pk_jget_string(json_array_get(found, k), "key"));
    }
    json_decref(found);
    plan_done(&plan);
}

static void safe_repairs_leave_the_ground_as_it_was(void **state)
{
    const double xy[] = {0, 0, 0, 10.00049, 10, 10, 10, 0, 0, 0};
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    struct pk_geom g, made, part;
    bool changed = false;

    (void)state;
    for (int copy = 0; copy < 2; copy++) {
        pk_geom_ring(b, PK_RING_OUTER);
        for (size_t i = 0; i < PK_COUNT(xy); i += 2)
            pk_geom_vertex(b, xy[i] + 20 * copy, xy[i + 1], 0);
    }
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    assert_int_equal(pk_repair_ring(&made, &changed, &g, &arena, NULL), PK_OK);
    assert_true(changed);
    assert_true(pk_geom_area(&made) > 0);
    assert_true(fabs(fabs(pk_geom_area(&g)) - pk_geom_area(&made)) < 0.02);
    assert_int_equal(pk_repair_ring(&made, &changed, &made, &arena, NULL), PK_OK);
    assert_false(changed);
    assert_int_equal(pk_repair_split(&part, &made, 1, &arena, NULL), PK_OK);
    assert_true(fabs(pk_geom_area(&part) - pk_geom_area(&made) / 2) < 1e-6);
    assert_int_equal(pk_repair_split(&part, &made, 2, &arena, NULL), PK_NOT_FOUND);
    pk_arena_finish(&arena);
}

static void the_table_names_each_rule_once_and_explains_it(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < pk_rule_count; i++) {
        assert_ptr_equal(pk_rule_named(pk_rules[i].id), &pk_rules[i]);
        for (int lang = 0; lang < PK_LANG_COUNT; lang++) {
            assert_true(strlen(pk_msg_text(pk_rules[i].label, (enum pk_lang)lang)) > 10);
            assert_true(strlen(pk_msg_text(pk_rules[i].fix, (enum pk_lang)lang)) > 10);
        }
    }
    assert_string_equal(pk_rule_severity("DP-Krav-0018", PK_PROFILE_NGP, "warning"),
                        "error");
    assert_string_equal(pk_rule_severity("DP-Krav-0018", PK_PROFILE_ALDRE, "warning"),
                        "warning");
    assert_string_equal(pk_rule_severity("P-GEOM", PK_PROFILE_NGP, "error"), "error");
    assert_int_equal(pk_profile_of("something"), -1);
}

int main(void)
{
#define TEST(name)                                                                       \
    {                                                                                    \
#name, name, NULL, NULL, NULL                                                    \
    }
    const struct CMUnitTest tests[] = {
        TEST(each_change_of_a_sample_plan_is_found_by_its_rule_alone),
        TEST(each_change_of_the_real_plan_is_found_by_its_rule_alone),
        TEST(status_alone_lacks_all_that_legal_force_asks_for),
        TEST(one_plan_has_legal_force_on_the_same_ground),
        TEST(swapped_axes_stop_the_plan),
        TEST(older_plans_are_told_more_gently),
        TEST(wordings_and_references_follow_the_catalogue),
        TEST(the_real_plan_words_a_height_otherwise),
        TEST(a_finding_has_a_place_a_shape_and_a_key_that_stays),
        TEST(safe_repairs_leave_the_ground_as_it_was),
        TEST(the_table_names_each_rule_once_and_explains_it),
    };
    return cmocka_run_group_tests(tests, open_db, close_db);
}
