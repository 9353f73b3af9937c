/*
 * A publish that is killed at any moment leaves the old version or the new one, whole.
 * The oracle: everything in the newest state is of the delivery that its version row
 * names. Both forms of publish are walked: one transaction, and many.
 */
#include "publish_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* With a sanitizer everything takes many times as long, and kills find no more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ROUNDS 3
#else
#define ROUNDS pk_cases(12)
#endif

enum { POINTS = 60, COMMITS_MAX = 400 };

#define IN_STATE                                                                         \
    "from_version <= (SELECT max(version) FROM version) AND "                            \
    "to_version > (SELECT max(version) FROM version)"

static char path[64];

/* Dies instead of the commit whose number comes down to 0. */
static int die(void *left)
{
    if (--*(int *)left == 0)
        raise(SIGKILL);
    return 0;
}

/* commits: how many are let happen before death, 0 = all. */
static void publish_one(bool b, int small_rows, int commits)
{
    const struct pk_draft_origin origin = {.by = "test", .source = b ? "B" : "A"};
    struct outcome o = {0};
    struct pk_error err = {0};
    struct pk_draft *draft;
    struct delivery d;
    struct pk_db db;

    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    db.small_publish_rows = small_rows;
    if (commits)
        sqlite3_commit_hook(db.sql, die, &commits);
    assert_int_equal(pk_draft_begin(&draft, &db, &origin, &err), PK_OK);
    deliver(&d);
    put_plan(&d, "P1", "laga kraft", "1990-01-01", NULL, b ? "Skola" : "Bostäder", 600000,
             6600000, 100, 100);
    put_plan(&d, "P2", "laga kraft", b ? "2001-01-01" : "2000-01-01", "P1",
             b ? "Skola" : "Bostäder", b ? 600050 : 600070, 6600000, 100, 100);
    put(&d, PK_REC_LAYER, "{\"id\": \"trees\", \"columns\": []}");
    for (int i = 0; i < POINTS; i++) {
        char json[160];

        snprintf(json, sizeof(json),
                 "{\"layer\": \"trees\", \"id\": \"%d\", \"crs\": 3006, \"title\": "
                 "\"%s\", \"attributes\": {\"of\": \"%s\"}}",
                 i, b ? "B" : "A", b ? "B" : "A");
        put_point(&d, PK_REC_FEATURE, json, 600000 + 10 * i, 6600000 + b);
    }
    take(&d, draft, "x", true);
    finish(&o, &db, draft, true);
    assert_true(o.version > 0);
    json_decref(o.report);
    pk_db_close(&db);
}

static int64_t check_whole(void)
{
    struct pk_error err = {0};
    struct pk_db db;
    int64_t version;
    bool b;

    if (pk_db_open(&db, path, PK_DB_WRITE, true, &err))
        fail_msg("%s", err.text);
    /* Readers look before anything is repaired. */
    for (int repaired = 0; repaired < 2; repaired++) {
        version = number(&db, "SELECT max(version) FROM version");
        b = number(&db, "SELECT source = 'B' FROM version ORDER BY version DESC LIMIT 1");
        assert_int_equal(number(&db, "SELECT count(*) FROM feature WHERE " IN_STATE),
                         POINTS);
        assert_int_equal(
            number(&db, "SELECT count(*) FROM feature WHERE title = 'B' AND " IN_STATE),
            b ? POINTS : 0);
        assert_int_equal(number(&db, "SELECT count(*) FROM regulation WHERE " IN_STATE),
                         2);
        assert_int_equal(
            number(&db,
                   "SELECT count(*) FROM regulation WHERE letter = 'S' AND " IN_STATE),
            b ? 2 : 0);
        assert_int_equal(number(&db, "SELECT count(*) FROM plan WHERE " IN_STATE), 2);
        assert_int_equal(number(&db,
                                "SELECT count(*) FROM replacement WHERE effective_date = "
                                "'2001-01-01' AND " IN_STATE),
                         b ? 1 : 0);
        assert_int_equal(number(&db, "SELECT count(*) FROM plan_part WHERE effective IS "
                                     "NOT NULL AND " IN_STATE),
                         1);
        if (!repaired && pk_publish_recover(&db, &err))
            fail_msg("%s", err.text);
    }
    assert_int_equal(number(&db, "SELECT count(*) FROM feature WHERE from_version > "
                                 "(SELECT max(version) FROM version)"),
                     0);
    assert_int_equal(number(&db, "SELECT count(*) FROM pack WHERE from_version > "
                                 "(SELECT max(version) FROM version)"),
                     0);
    assert_int_equal(number(&db, "SELECT count(*) FROM draft WHERE state = 'filling'"),
                     0);
    assert_int_equal(number(&db, "SELECT count(*) FROM pragma_integrity_check "
                                 "WHERE integrity_check <> 'ok'"),
                     0);
    pk_db_close(&db);
    return version;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void kill_rounds(int small_rows)
{
    int64_t took, version;
    int old = 0, new = 0, rounds = ROUNDS;

    snprintf(path, sizeof(path), "/tmp/pk-test-kill-%d.sqlite", (int)getpid());
    remove_database(path);
    publish_one(false, small_rows, 0);
    took = now_us();
    publish_one(true, small_rows, 0);
    took = now_us() - took;
    version = check_whole();
    for (int i = 0; i < rounds; i++) {
        int64_t delay = 2 * took * (i * 37 % rounds) / rounds, after;
        struct timespec pause = {delay / 1000000, delay % 1000000 * 1000};
        int state;
        pid_t child = fork();

        if (child == 0) {
            /* Odd versions are A, even ones B: what comes next is the other. */
            publish_one(version % 2 == 1, small_rows, 0);
            _exit(0);
        }
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        waitpid(child, &state, 0);
        after = check_whole();
        assert_true(after == version || after == version + 1);
        *(after == version ? &old : &new) += 1;
        version = after;
    }
    print_message("killed %d times: %d old, %d new\n", rounds, old, new);
    publish_one(version % 2 == 1, small_rows, 0);
    check_whole();
    remove_database(path);
}

static void kill_at_every_commit(int small_rows, int least)
{
    int commits = 1, state = 0;
    int64_t version;

    snprintf(path, sizeof(path), "/tmp/pk-test-kill-%d.sqlite", (int)getpid());
    remove_database(path);
    publish_one(false, small_rows, 0);
    version = check_whole();
    for (; commits < COMMITS_MAX; commits++) {
        pid_t child = fork();

        if (child == 0) {
            publish_one(true, small_rows, commits);
            _exit(0);
        }
        waitpid(child, &state, 0);
        if (WIFEXITED(state))
            break;
        assert_int_equal(check_whole(), version);
    }
    assert_true(commits < COMMITS_MAX && WEXITSTATUS(state) == 0);
    assert_true(commits > least);
    assert_int_equal(check_whole(), version + 1);
    remove_database(path);
}

static void one_transaction_at_every_commit(void **state)
{
    (void)state;
    kill_at_every_commit(0, 2);
}

static void many_transactions_at_every_commit(void **state)
{
    (void)state;
    kill_at_every_commit(1, 5);
}

static void one_transaction(void **state)
{
    (void)state;
    kill_rounds(0);
}

static void many_transactions(void **state)
{
    (void)state;
    kill_rounds(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_transaction_at_every_commit),
        cmocka_unit_test(many_transactions_at_every_commit),
        cmocka_unit_test(one_transaction),
        cmocka_unit_test(many_transactions),
    };

    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
