#include "publish_fixture.h"
#include "schema_history.h"

#include <fcntl.h>

#include "layers/backup.h"
#include "layers/doctor.h"

static char path[64], copy[80];

static void remove_all(void)
{
    char command[160];

    remove_database(path);
    remove_database(copy);
    /* Names with a time in them; the prefix is this test's own. */
    snprintf(command, sizeof(command), "rm -f %s.before-* %s.damaged-*", path, path);
    assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;

    (void)state;
    snprintf(path, sizeof(path), "/tmp/pk-test-backup-%d.sqlite", (int)getpid());
    snprintf(copy, sizeof(copy), "/tmp/pk-test-backup-%d.copy", (int)getpid());
    remove_all();
    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    assert_int_equal(
        pk_db_exec(&db,
                   "INSERT INTO version (version, published, by, source, legal_day) "
                   "VALUES (1, '2026-01-01T00:00:00Z', 'test', 'a', '2026-01-01')",
                   &err),
        PK_OK);
    pk_db_close(&db);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_all();
    return 0;
}

static int64_t newest(const char *file)
{
    struct pk_error err = {0};
    struct pk_db db;
    int64_t n;

    if (pk_db_open(&db, file, PK_DB_READ, false, &err))
        fail_msg("%s", err.text);
    n = number(&db, "SELECT coalesce(max(version), 0) FROM version");
    pk_db_close(&db);
    return n;
}

static void scribble(const char *file, off_t at)
{
    char noise[2000];
    int fd = open(file, O_WRONLY);

    memset(noise, 0x5a, sizeof(noise));
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, noise, sizeof(noise), at), sizeof(noise));
    close(fd);
}

static void a_copy_is_whole_and_named_last(void **state)
{
    struct pk_error err = {0};
    struct pk_backup b;

    (void)state;
    if (pk_backup_make(&b, path, copy, &err))
        fail_msg("%s", err.text);
    assert_int_equal(b.version, 1);
    assert_int_equal(b.schema, PK_SCHEMA_VERSION);
    assert_true(b.bytes > 0);
    assert_int_equal(newest(copy), 1);
    assert_int_equal(pk_backup_make(&b, path, copy, &err), PK_BAD_INPUT);
    assert_int_equal(pk_backup_make(&b, "/nowhere/x", copy, &err), PK_BAD_INPUT);
}

static void damage_is_found_before_anything_is_replaced(void **state)
{
    struct pk_error err = {0};
    struct pk_backup b;
    char kept[256];

    (void)state;
    assert_int_equal(pk_backup_make(&b, path, copy, &err), PK_OK);
    scribble(copy, 40960);
    assert_int_equal(pk_backup_verify(&b, copy, &err), PK_BAD_DATA);
    assert_int_equal(pk_backup_restore(&b, kept, sizeof(kept), copy, path, &err),
                     PK_BAD_DATA);
    assert_int_equal(newest(path), 1);
}

static void a_restore_keeps_what_stood_there(void **state)
{
    struct pk_error err = {0};
    struct pk_backup b;
    struct pk_db db, reader;
    char kept[256];

    (void)state;
    assert_int_equal(pk_backup_make(&b, path, copy, &err), PK_OK);
    assert_int_equal(pk_db_open(&db, path, PK_DB_WRITE, false, &err), PK_OK);
    assert_int_equal(pk_db_exec(&db, "UPDATE version SET version = 7", &err), PK_OK);
    pk_db_close(&db);
    assert_int_equal(pk_db_open(&reader, path, PK_DB_READ, false, &err), PK_OK);
    assert_int_equal(number(&reader, "SELECT max(version) FROM version"), 7);
    if (pk_backup_restore(&b, kept, sizeof(kept), copy, path, &err))
        fail_msg("%s", err.text);
    assert_int_equal(newest(path), 1);
    assert_int_equal(newest(kept), 7);
    /* A reader that was there meanwhile sees the one or the other. */
    assert_int_equal(number(&reader, "SELECT max(version) FROM version"), 1);
    pk_db_close(&reader);
}

static void a_damaged_file_is_put_aside(void **state)
{
    struct pk_error err = {0};
    struct pk_backup b;
    char kept[256];

    (void)state;
    assert_int_equal(pk_backup_make(&b, path, copy, &err), PK_OK);
    scribble(path, 0);
    if (pk_backup_restore(&b, kept, sizeof(kept), copy, path, &err))
        fail_msg("%s", err.text);
    assert_non_null(strstr(kept, "damaged"));
    assert_int_equal(access(kept, F_OK), 0);
    assert_int_equal(newest(path), 1);
}

static void an_older_schema_is_upgraded_after_a_backup(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;
    char kept[256];
    int from = -1;

    (void)state;
    static struct history history;
    read_history(&history);
    take_back(path, &history, 0);
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_BAD_DATA);
    assert_non_null(strstr(err.text, "plankarta upgrade"));
    if (pk_upgrade(&from, kept, sizeof(kept), path, &err))
        fail_msg("%s", err.text);
    assert_int_equal(from, 0);
    assert_int_equal(access(kept, F_OK), 0);
    assert_int_equal(newest(path), 1);
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_OK);
    assert_int_equal(number(&db, "SELECT count(*) FROM pragma_table_info('draft') "
                                 "WHERE name = 'base_version'"),
                     1);
    pk_db_close(&db);
    assert_int_equal(pk_upgrade(&from, kept, sizeof(kept), path, &err), PK_OK);
    assert_int_equal(from, PK_SCHEMA_VERSION);
    assert_string_equal(kept, "");
}

static const char *state_of(const json_t *report, const char *check)
{
    const json_t *checks = pk_jget_array(report, "checks");

    for (size_t i = 0; i < json_array_size(checks); i++) {
        const json_t *c = json_array_get(checks, i);

        if (strcmp(pk_jget_string(c, "check"), check) == 0)
            return pk_jget_string(c, "state");
    }
    return "absent";
}

static void the_doctor_tells_good_files_from_bad_ones(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;
    json_t *report = NULL;
    bool ok = false;

    (void)state;
    assert_int_equal(pk_doctor(&report, &ok, path, PK_SV, &err), PK_OK);
    assert_true(ok);
    assert_string_equal(state_of(report, "pages"), "ok");
    json_decref(report);
    assert_int_equal(pk_db_open(&db, path, PK_DB_WRITE, true, &err), PK_OK);
    assert_int_equal(
        pk_db_exec(&db, "INSERT INTO setting (name, value) VALUES ('publishing', '2')",
                   &err),
        PK_OK);
    assert_int_equal(
        pk_db_exec(&db,
                   "INSERT INTO regulation (feature_id, from_version, to_version, "
                   "plan_id, kind, details, hash) VALUES (x'00', 1, "
                   "4611686018427387904, x'01', 'use', '{}', x'00')",
                   &err),
        PK_OK);
    pk_db_close(&db);
    assert_int_equal(pk_doctor(&report, &ok, path, PK_EN, &err), PK_OK);
    assert_false(ok);
    assert_string_equal(state_of(report, "unfinished"), "warning");
    assert_string_equal(state_of(report, "owners"), "error");
    json_decref(report);
    scribble(path, 40960);
    assert_int_equal(pk_doctor(&report, &ok, path, PK_SV, &err), PK_OK);
    assert_string_equal(state_of(report, "pages"), "error");
    json_decref(report);
    assert_int_equal(pk_doctor(&report, &ok, "/nowhere/x", PK_SV, &err), PK_OK);
    assert_string_equal(state_of(report, "file"), "error");
    json_decref(report);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_whole_and_named_last),
        TEST(damage_is_found_before_anything_is_replaced),
        TEST(a_restore_keeps_what_stood_there),
        TEST(a_damaged_file_is_put_aside),
        TEST(an_older_schema_is_upgraded_after_a_backup),
        TEST(the_doctor_tells_good_files_from_bad_ones),
    };

    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
