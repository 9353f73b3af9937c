/*
 * test_publish_equal.c - many edits, each through a draft and a publish, leave the packs
 * and arcs that one import of the last content makes: with plans that take ground from
 * older ones, so that effective geometry and replacements follow too.
 */
#include "publish_fixture.h"

enum { PLANS = 8, ROUNDS = 14, CHECK_EVERY = 7 };

struct place {
    double x, y, w, h;
    int word;
};

static struct outcome last;

/* Deterministic; Knuth, The Art of Computer Programming 3.3.4, table 1 line 26. */
static uint32_t roll(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*state >> 33) % below;
}

static void settle_place(struct place *p, uint64_t *random)
{
    p->x = 600000 + 10.0 * roll(random, 16);
    p->y = 6600000 + 10.0 * roll(random, 8);
    p->w = 40 + 10.0 * roll(random, 8);
    p->h = 30 + 10.0 * roll(random, 8);
    p->word = (int)roll(random, 3);
}

/* Plans `from` .. `to` - 1; every other one names the one before as its previous. */
static int64_t publish_plans(struct pk_db *db, const struct place *places, int from,
                             int to)
{
    static const char *const words[] = {"Bostäder", "Skola", "Park"};
    struct pk_draft *draft = begin(db);
    struct delivery d;

    deliver(&d);
    for (int i = from; i < to; i++) {
        char name[8], previous[8], day[16];
        snprintf(name, sizeof(name), "E%d", i);
        snprintf(previous, sizeof(previous), "E%d", i - 1);
        snprintf(day, sizeof(day), "20%02d-03-01", 10 + i);
        put_plan(&d, name, "laga kraft", day, i % 2 ? previous : NULL,
                 words[places[i].word], places[i].x, places[i].y, places[i].w,
                 places[i].h);
    }
    take(&d, draft, "plans", true);
    finish(&last, db, draft, true);
    assert_false(last.held);
    return last.version;
}

static void open_at(struct pk_db *db, char *path, size_t size, const char *name)
{
    struct pk_error err = {0};

    snprintf(path, size, "/tmp/pk-test-equal-%s-%d.sqlite", name, (int)getpid());
    remove_database(path);
    if (pk_db_open(db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
}

/* Rows of both, in order, byte for byte; how many. */
static int assert_same_rows(struct pk_db *a, struct pk_db *b, const char *sql)
{
    sqlite3_stmt *p, *q;
    int rows = 0, x, y;

    assert_int_equal(pk_db_prepare(&p, a, sql, NULL), PK_OK);
    assert_int_equal(pk_db_prepare(&q, b, sql, NULL), PK_OK);
    while ((x = sqlite3_step(p)) == SQLITE_ROW && (y = sqlite3_step(q)) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(p); c++) {
            int n = sqlite3_column_bytes(p, c);
            if (n != sqlite3_column_bytes(q, c) ||
                (n > 0 && memcmp(sqlite3_column_blob(p, c), sqlite3_column_blob(q, c),
                                 (size_t)n) != 0))
                fail_msg("row %d column %d of %s differs", rows, c, sql);
        }
        rows++;
    }
    assert_int_equal(x, SQLITE_DONE);
    assert_int_equal(rows == 0 ? SQLITE_DONE : sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(p);
    sqlite3_finalize(q);
    return rows;
}

static void assert_same_map(struct pk_db *a, struct pk_db *b)
{
    assert_true(assert_same_rows(
                    a, b,
                    "SELECT family, band, cell, features, labels FROM pack p "
                    "WHERE from_version = (SELECT max(from_version) FROM pack q WHERE "
                    "q.family = p.family AND q.band = p.band AND q.cell = p.cell) "
                    "AND (features IS NOT NULL OR labels IS NOT NULL) "
                    "ORDER BY family, band, cell") > 20);
    assert_true(assert_same_rows(
                    a, b,
                    "SELECT feature_id, kind, kinds, status, owners, line FROM arc "
                    "WHERE to_version = 4611686018427387904 ORDER BY feature_id") > 0);
    assert_true(assert_same_rows(
                    a, b,
                    "SELECT feature_id, part, effective FROM regulation_part "
                    "WHERE to_version = 4611686018427387904 ORDER BY 1, 2") == PLANS);
}

static void edits_through_drafts_make_the_packs_of_one_import(void **state)
{
    char path[2][96];
    struct pk_db db, fresh;
    struct place places[PLANS];
    uint64_t random = 7;

    (void)state;
    for (int i = 0; i < PLANS; i++)
        settle_place(&places[i], &random);
    open_at(&db, path[0], sizeof(path[0]), "edited");
    assert_int_equal(publish_plans(&db, places, 0, PLANS), 1);
    for (int round = 1; round <= ROUNDS; round++) {
        int i = (int)roll(&random, PLANS);
        if (roll(&random, 3) == 0)
            places[i].word = (places[i].word + 1) % 3;
        else
            settle_place(&places[i], &random);
        publish_plans(&db, places, i, i + 1);
        if (round % CHECK_EVERY == 0) {
            open_at(&fresh, path[1], sizeof(path[1]), "fresh");
            assert_int_equal(publish_plans(&fresh, places, 0, PLANS), 1);
            assert_true(number(&fresh, "SELECT count(*) FROM replacement") > 0);
            assert_same_map(&db, &fresh);
            pk_db_close(&fresh);
            remove_database(path[1]);
        }
    }
    assert_true(number(&db, "SELECT max(version) FROM version") > ROUNDS / 2);
    assert_true(number(&db, "SELECT count(*) FROM regulation_part "
                            "WHERE effective IS NOT NULL") > 0);
    json_decref(last.report);
    pk_db_close(&db);
    remove_database(path[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_through_drafts_make_the_packs_of_one_import),
    };
    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
