/* test_real_plan.c - a real plan, from its file to the answer at a spot. The data lies
 * beside the project, not in it: without it the tests say so and pass. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "import/read.h"
#include "layers/lookup.h"
#include "layers/publish.h"
#include "layers/search.h"

static const char *const ngp = PK_SHARED_DATA "/derived/se-oppmanna-tollarp-ngp-v4.json";
static const char *const gml =
    PK_SHARED_DATA "/se-ss637040/plankarta-focus-ss637040-2016.gml";

struct town {
    char path[64];
    struct pk_store *store;
    struct pk_arena arena;
};

static bool there(const char *path)
{
    if (access(path, R_OK) == 0) {
        return true;
    }
    print_message("skipped: %s is not there\n", path);
    return false;
}

static void fail_if(enum pk_status status, const struct pk_error *err)
{
    if (status != PK_OK) {
        fail_msg("%s", err->text);
    }
}

/* File -> reader -> stream -> draft -> version. */
static void take(struct pk_db *db, const char *path)
{
    struct pk_error err = {0};
    FILE *file = tmpfile();
    struct pk_stream_out out;
    struct pk_source src;
    assert_non_null(file);
    pk_stream_out_init(&out, fileno(file));
    pk_source_init(&src, &out, PK_SV);
    src.name = src.path = path;
    fail_if(pk_read_source(&src, &err), &err);
    pk_source_end(&src);
    pk_source_finish(&src);
    fail_if(pk_stream_out_finish(&out, &err), &err);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);

    struct pk_draft_origin origin = {
        .by = "test", .source = path, .default_accuracy_m = 2.0};
    struct pk_draft *draft;
    json_t *report = NULL;
    int64_t id, version, left;
    bool held, refused;
    fail_if(pk_draft_begin(&draft, db, &origin, &err), &err);
    struct pk_stream_in *in = pk_stream_open(fileno(file));
    fail_if(pk_draft_source(draft, in, path, "00", &err), &err);
    pk_stream_close(in);
    fail_if(pk_draft_finish(draft, &id, &held, &refused, &report, &err), &err);
    if (id == 0) {
        char *text = json_dumps(report, JSON_INDENT(1));
        fail_msg("nothing of %s is taken: %s", path, text);
    }
    fail_if(pk_publish(&version, &left, db, id, NULL, &err), &err);
    json_decref(report);
    fclose(file);
}

static void open_town(struct town *t, const char *const *files, int count)
{
    struct pk_db db;
    struct pk_error err = {0};
    *t = (struct town){.store = NULL};
    snprintf(t->path, sizeof t->path, "/tmp/plankarta-test-real-%d.sqlite",
             (int)getpid());
    unlink(t->path);
    fail_if(pk_db_open(&db, t->path, PK_DB_CREATE, true, &err), &err);
    for (int i = 0; i < count; i++) {
        take(&db, files[i]);
    }
    pk_db_close(&db);
    fail_if(pk_store_open(&t->store, t->path, &err), &err);
}

static void close_town(struct town *t)
{
    static const char *const tails[] = {"", "-wal", "-shm", ".lock"};
    pk_store_close(t->store);
    pk_arena_finish(&t->arena);
    for (size_t i = 0; i < PK_COUNT(tails); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", t->path, tails[i]);
        unlink(path);
    }
}

struct spot {
    const char *wording;
    struct pk_geom geom;
    struct pk_id id;
    bool found;
};

static bool see_wording(const struct pk_regulation_row *row, void *ctx)
{
    struct spot *s = ctx;
    if (row->wording != NULL && strcmp(row->wording, s->wording) == 0) {
        s->id = row->id;
        s->found = true;
    }
    return true;
}

static bool see_geom(const struct pk_part_row *row, void *ctx)
{
    ((struct spot *)ctx)->geom = row->geom;
    return false;
}

/* The label point of the use called so. */
static void middle_of(struct town *t, const char *wording, double *x, double *y)
{
    struct pk_error err = {0};
    struct spot spot = {.wording = wording};
    struct pk_rows all = {.no_geometry = true}, one = {.id = &spot.id};
    int64_t newest;
    double room;
    fail_if(t->store->ops->begin(t->store, &newest, &err), &err);
    fail_if(t->store->ops->regulations(t->store, newest, &all, see_wording, &spot,
                                       &t->arena, &err),
            &err);
    assert_true(spot.found);
    fail_if(t->store->ops->regulation_parts(t->store, newest, &one, see_geom, &spot,
                                            &t->arena, &err),
            &err);
    pk_geom_label_point(&spot.geom, 0.1, x, y, &room);
    t->store->ops->end(t->store);
}

static struct pk_answer *ask(struct town *t, double x, double y, int64_t version)
{
    static const struct pk_municipality nobody = {.base_url = "",
                                                  .default_accuracy_m = 2.0};
    struct pk_question *q = pk_arena_alloc(&t->arena, 1, sizeof *q);
    struct pk_error err = {0};
    struct pk_answer *a;
    *q = (struct pk_question){
        .kind = PK_ASK_POINT,
        .x = x,
        .y = y,
        .crs = 3006,
        .state = {version, PK_DATE_NONE},
        .version_given = version != 0,
        .now = 1772442845
    };
    fail_if(pk_lookup(&a, t->store, q, &nobody, NULL, &t->arena, &err), &err);
    return a;
}

struct brute {
    double x, y;
    struct pk_id ids[100];
    uint32_t count;
};

static bool count_part(const struct pk_part_row *row, void *ctx)
{
    struct brute *b = ctx;
    bool seen = !pk_geom_covers(&row->geom, b->x, b->y);
    for (uint32_t i = 0; i < b->count; i++) {
        seen = seen || pk_id_equal(b->ids[i], row->id);
    }
    if (!seen && b->count < PK_COUNT(b->ids)) {
        b->ids[b->count++] = row->id;
    }
    return true;
}

static void check_all_that_covers(struct town *t, const struct pk_answer *a)
{
    struct brute b = {.x = a->x, .y = a->y};
    struct pk_rows all = {0};
    struct pk_error err = {0};
    fail_if(t->store->ops->regulation_parts(t->store, a->version, &all, count_part, &b,
                                            &t->arena, &err),
            &err);
    uint32_t told = 0;
    for (uint32_t p = 0; p < a->plan_count; p++) {
        for (uint32_t r = 0; r < a->plans[p].regulation_count; r++) {
            for (uint32_t i = 0; i < b.count; i++) {
                told += pk_id_equal(b.ids[i], a->plans[p].regulations[r].id);
            }
        }
    }
    assert_true(b.count > 0);
    assert_int_equal(told, b.count);
}

static bool says(const struct pk_answer_plan *plan, const char *text)
{
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        if (strstr(plan->regulations[i].text, text) != NULL) {
            return true;
        }
    }
    return false;
}

static void show(const struct pk_answer *a)
{
    struct pk_buf buf;
    if (getenv("PK_SHOW") != NULL) {
        pk_buf_init(&buf, 1 << 20);
        pk_answer_text(&buf, a);
        pk_buf_addc(&buf, '\n');
        pk_answer_json(&buf, a);
        print_message("%s\n", buf.data);
        pk_buf_finish(&buf);
    }
}

static void the_national_file_is_an_ongoing_plan(void **state)
{
    (void)state;
    if (!there(ngp)) {
        return;
    }
    struct town t;
    double x, y;
    open_town(&t, &ngp, 1);
    middle_of(&t, "Skola", &x, &y);
    struct pk_answer *a = ask(&t, x, y, 0);
    show(a);
    assert_string_equal(a->coverage, "ongoing");
    assert_int_equal(a->plan_count, 1);
    assert_string_equal(a->plans[0].status, "påbörjad");
    assert_string_equal(a->plans[0].beteckning, "BN16/1724");
    assert_true(says(&a->plans[0], "Skola"));
    assert_true(says(&a->plans[0], "Idrott, bad"));
    assert_int_equal(a->plans[0].laga_kraft_count, 0);
    check_all_that_covers(&t, a);
    close_town(&t);
}

static void the_standard_file_does_not_say_whether_it_applies(void **state)
{
    (void)state;
    if (!there(gml)) {
        return;
    }
    struct town t;
    double x, y;
    open_town(&t, &gml, 1);
    middle_of(&t, "Skola", &x, &y);
    struct pk_answer *a = ask(&t, x, y, 0);
    show(a);
    assert_string_equal(a->coverage, "regulations");
    assert_int_equal(a->plan_count, 1);
    assert_null(a->plans[0].status);
    assert_int_equal(a->plans[0].laga_kraft_count, 0);
    assert_non_null(strstr(a->plans[0].text, "Filen säger inte om planen gäller."));
    assert_int_equal(a->plans[0].genomforande_months, 60);
    assert_true(says(&a->plans[0], "Skola"));
    assert_true(says(&a->plans[0], "Idrott"));
    check_all_that_covers(&t, a);
    close_town(&t);
}

static void both_files_are_two_versions_of_one_plan(void **state)
{
    (void)state;
    const char *const files[] = {ngp, gml};
    if (!there(ngp) || !there(gml)) {
        return;
    }
    struct town t;
    double x, y;
    open_town(&t, files, 2);
    middle_of(&t, "Skola", &x, &y);
    struct pk_answer *first = ask(&t, x, y, 1), *second = ask(&t, x, y, 2);
    assert_int_equal(first->plan_count, 1);
    assert_int_equal(second->plan_count, 1);
    assert_true(pk_id_equal(first->plans[0].id, second->plans[0].id));
    assert_string_equal(first->coverage, "ongoing");
    assert_string_equal(second->coverage, "regulations");
    struct pk_search_query q = {.text = "oppmanna-tollarp 2:32"};
    struct pk_search_answer *found;
    struct pk_error err = {0};
    fail_if(pk_search(&found, t.store, &q, &t.arena, &err), &err);
    assert_true(found->count > 0);
    assert_string_equal(found->results[0].kind, "plan");
    assert_true(pk_id_equal(found->results[0].id, first->plans[0].id));
    close_town(&t);
}

int main(void)
{
    pk_db_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_national_file_is_an_ongoing_plan),
        cmocka_unit_test(the_standard_file_does_not_say_whether_it_applies),
        cmocka_unit_test(both_files_are_two_versions_of_one_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
