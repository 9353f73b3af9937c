#include "pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "layers/db.h"

static char path[64];

static void remove_file(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    for (size_t i = 0; i < PK_COUNT(ends); i++) {
        char name[96];

        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

static int setup(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/pk-test-db-%d.sqlite", (int)getpid());
    remove_file();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_file();
    return 0;
}

static int64_t number(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt;
    int64_t n;

    assert_int_equal(sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static void a_new_file_has_the_schema_and_its_registered_views(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;

    (void)state;
    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    assert_int_equal(number(&db, "PRAGMA user_version"), PK_SCHEMA_VERSION);
    assert_int_equal(number(&db, "SELECT count(*) FROM geometry_columns"), 3);
    assert_int_equal(number(&db, "SELECT count(*) FROM views_geometry_columns"), 4);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM egenskapsbestammelse"), 0);
    assert_int_equal(number(&db, "SELECT count(*) FROM spatial_ref_sys WHERE srid > 0"),
                     15);
    pk_db_close(&db);
    /* A second opening finds it made. */
    assert_int_equal(pk_db_open(&db, path, PK_DB_CREATE, false, &err), PK_OK);
    pk_db_close(&db);
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_OK);
    assert_int_equal(number(&db, "SELECT count(*) FROM detaljplan"), 0);
    assert_int_equal(pk_db_exec(&db, "DELETE FROM plan", &err), PK_IO);
    pk_db_close(&db);
}

static void other_files_are_refused_in_one_sentence(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;
    FILE *f;

    (void)state;
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_NOT_FOUND);
    assert_int_equal(pk_db_open(&db, path, PK_DB_WRITE, false, &err), PK_NOT_FOUND);
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 200; i++)
        fputs("this is a text file, not a database\n", f);
    fclose(f);
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_BAD_DATA);
    assert_non_null(strstr(err.text, "not a database"));
}

static void schemas_of_other_programs_are_refused(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;

    (void)state;
    assert_int_equal(pk_db_open(&db, path, PK_DB_CREATE, true, &err), PK_OK);
    assert_int_equal(pk_db_exec(&db, "PRAGMA user_version=99", &err), PK_OK);
    pk_db_close(&db);
    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_BAD_DATA);
    assert_non_null(strstr(err.text, "newer plankarta"));
    assert_int_equal(pk_db_open_any(&db, path, PK_DB_WRITE, false, true, &err),
                     PK_BAD_DATA);
}

static void a_second_writer_waits_and_is_then_told(void **state)
{
    struct pk_error err = {0};
    struct pk_db one, two;

    (void)state;
    assert_int_equal(pk_db_open(&one, path, PK_DB_CREATE, true, &err), PK_OK);
    assert_int_equal(pk_db_open(&two, path, PK_DB_WRITE, false, &err), PK_OK);
    assert_int_equal(pk_db_begin(&one, 0, &err), PK_OK);
    assert_int_equal(pk_db_begin(&two, 50, &err), PK_BUSY);
    assert_non_null(strstr(err.text, "another program is writing"));
    assert_int_equal(pk_db_checkpoint(&two, false, &err), PK_BUSY);
    assert_int_equal(pk_db_commit(&one, &err), PK_OK);
    assert_int_equal(pk_db_begin(&two, 50, &err), PK_OK);
    pk_db_rollback(&two);
    assert_int_equal(pk_db_checkpoint(&two, true, &err), PK_OK);
    pk_db_close(&two);
    pk_db_close(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_new_file_has_the_schema_and_its_registered_views, setup, teardown),
        cmocka_unit_test_setup_teardown(other_files_are_refused_in_one_sentence, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(schemas_of_other_programs_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_second_writer_waits_and_is_then_told, setup,
                                        teardown),
    };

    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
