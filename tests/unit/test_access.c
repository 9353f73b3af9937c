/* Users, sessions, tokens and the log, as the writer writes them. */
#include "pk_test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "layers/access.h"

static char path[64];
static struct pk_db db;

static int setup(void **state)
{
    struct pk_error err = {0};
    (void)state;
    snprintf(path, sizeof(path), "/tmp/pk-test-access-%d.sqlite", (int)getpid());
    pk_db_start();
    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int teardown(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[96];
    (void)state;
    pk_db_close(&db);
    for (size_t i = 0; i < PK_COUNT(ends); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
    return 0;
}

static enum pk_status act(int64_t *number, const char *action, const char *members,
                          struct pk_error *err)
{
    json_t *object = NULL;
    assert_int_equal(pk_json_parse(&object, members, strlen(members), 4096, err), PK_OK);
    enum pk_status status = pk_access_do(number, &db, action, object, err);
    json_decref(object);
    return status;
}

static void done(const char *action, const char *members)
{
    struct pk_error err = {0};
    int64_t number;
    if (act(&number, action, members, &err))
        fail_msg("%s %s: %s", action, members, err.text);
}

static int64_t ask(const char *sql)
{
    struct pk_error err = {0};
    int64_t n = -1;
    if (pk_db_number(&n, &db, sql, &err))
        fail_msg("%s", err.text);
    return n;
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static void what_is_wrong_is_named_and_changes_nothing(void **state)
{
    static const struct {
        const char *action, *members, *said;
        enum pk_status status;
    } rows[] = {
        {"fly",           "{}",                                                          "fly",       PK_UNSUPPORTED},
        {"user-add",      "{}",                                                          "name: ",    PK_BAD_INPUT  },
        {"user-add",      "{\"name\":\"a\",\"full_name\":\"A\",\"role\":\"king\"}",
         "role: ",                                                                                    PK_BAD_INPUT  },
        {"user-add",      "{\"name\":\"a b\",\"full_name\":\"A\",\"role\":\"viewer\"}",
         "name: ",                                                                                    PK_BAD_INPUT  },
        {"user-add",      "{\"name\":\"ROOT\",\"full_name\":\"A\",\"role\":\"viewer\"}",
         "already",                                                                                   PK_BAD_INPUT  },
        {"user-change",   "{\"user\":99,\"role\":\"viewer\"}",                           "user: ",    PK_NOT_FOUND  },
        {"user-change",   "{\"user\":1,\"role\":\"viewer\"}",                            "last",      PK_BAD_INPUT  },
        {"user-change",   "{\"user\":1,\"disabled\":true}",                              "last",      PK_BAD_INPUT  },
        {"session-add",   "{\"user\":1,\"hash\":\"xyz\"}",                               "hash: ",    PK_BAD_INPUT  },
        {"session-end",   "{}",                                                          "session: ", PK_BAD_INPUT  },
        {"token-add",
         "{\"user\":1,\"hash\":\"" HASH "f\",\"title\":\"t\",\"scopes\":\"all\"}",
         "scopes: ",                                                                                  PK_BAD_INPUT  },
        {"token-add",
         "{\"user\":1,\"hash\":\"" HASH "f\",\"title\":\"t\",\"scopes\":\"admin\","
         "\"expires\":5}",                                                               "expires: ", PK_BAD_INPUT  },
        {"user-password", "{\"user\":1}",                                                "password",  PK_BAD_INPUT  },
        {"log",           "{}",                                                          "action: ",  PK_BAD_INPUT  },
    };
    (void)state;
    done("user-add",
         "{\"name\":\"Root\",\"full_name\":\"R\",\"role\":\"administrator\"}");
    int64_t lines = ask("SELECT count(*) FROM log");
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        struct pk_error err = {0};
        int64_t number = 7;
        assert_int_equal(act(&number, rows[i].action, rows[i].members, &err),
                         rows[i].status);
        if (!strstr(err.text, rows[i].said))
            fail_msg("%s %s said: %s", rows[i].action, rows[i].members, err.text);
        assert_int_equal(number, 0);
    }
    assert_int_equal(ask("SELECT count(*) FROM log"), lines);
    assert_int_equal(ask("SELECT count(*) FROM user"), 1);
}

static void every_change_has_its_line_and_raises_the_generation(void **state)
{
    struct pk_error err = {0};
    struct pk_log_row *rows;
    struct pk_arena arena = {0};
    uint32_t count;
    int64_t before, after;
    char token[256];
    (void)state;
    assert_int_equal(pk_access_generation(&before, &db, &err), PK_OK);
    done("user-add", "{\"name\":\"anna\",\"full_name\":\"Anna\",\"role\":\"planner\","
                     "\"by\":\"root\",\"from\":\"192.0.2.7\"}");
    done("session-add", "{\"user\":2,\"hash\":\"" HASH "a\",\"by\":\"anna\"}");
    done("session-add", "{\"user\":2,\"hash\":\"" HASH "b\"}");
    done("session-seen", "{\"sessions\":[[1,9999999999]]}");
    snprintf(token, sizeof(token),
             "{\"user\":2,\"hash\":\"" HASH
             "c\",\"title\":\"FME\",\"scopes\":\"deliver\","
             "\"expires\":%lld}",
             (long long)time(NULL) + 86400);
    done("token-add", token);
    done("log", "{\"action\":\"download\",\"object\":\"x\",\"by\":\"anna\"}");
    assert_int_equal(ask("SELECT seen FROM session WHERE session_id = 1"), 9999999999);
    assert_int_equal(pk_log_read(&rows, &count, &db,
                                 &(struct pk_log_query){.who = "root"}, &arena, &err),
                     PK_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].action, "user-add");
    assert_string_equal(rows[0].object, "anna");
    assert_string_equal(rows[0].address, "192.0.2.7");
    assert_int_equal(pk_access_generation(&after, &db, &err), PK_OK);
    assert_true(after > before);
    pk_arena_finish(&arena);
}

static void who_is_shut_out_loses_sessions_and_tokens(void **state)
{
    (void)state;
    done("user-password", "{\"user\":2,\"password\":\"$argon2id$x\",\"keep\":2}");
    assert_int_equal(ask("SELECT count(*) FROM session"), 1);
    done("user-change", "{\"user\":2,\"disabled\":true}");
    assert_int_equal(ask("SELECT count(*) FROM session"), 0);
    assert_int_equal(ask("SELECT count(*) FROM token"), 0);
    assert_int_equal(ask("SELECT disabled FROM user WHERE user_id = 2"), 1);
}

static void the_log_is_only_added_to(void **state)
{
    struct pk_error err = {0};
    (void)state;
    assert_int_not_equal(pk_db_exec(&db, "DELETE FROM log", &err), PK_OK);
    assert_non_null(strstr(err.text, "only added to"));
    assert_int_not_equal(pk_db_exec(&db, "UPDATE log SET who = 'x'", &err), PK_OK);
    assert_true(ask("SELECT count(*) FROM log WHERE who = 'root'") > 0);
}

static void scopes_and_roles_have_names(void **state)
{
    char text[PK_SCOPES_TEXT];
    (void)state;
    pk_scopes_text(text, pk_scopes_of("publish, read-private"));
    assert_string_equal(text, "read-private publish");
    pk_scopes_text(text, 15);
    assert_string_equal(text, "read-private deliver publish admin");
    assert_int_equal(pk_scopes_of("publish everything"), 0);
    for (int role = PK_ROLE_VIEWER; role < PK_ROLES; role++)
        assert_int_equal(pk_role_of(pk_role_name((enum pk_role)role)), role);
    assert_int_equal(pk_role_of("king"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named_and_changes_nothing),
        cmocka_unit_test(every_change_has_its_line_and_raises_the_generation),
        cmocka_unit_test(who_is_shut_out_loses_sessions_and_tokens),
        cmocka_unit_test(the_log_is_only_added_to),
        cmocka_unit_test(scopes_and_roles_have_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
