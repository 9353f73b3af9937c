/* The writer process as a server has it: started with a socket, asked, stopped. */
#include "publish_fixture.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { STATUS_FD = 4, PEER_FD = 5, MESSAGE_MAX = 128 * 1024 };

static char path[64];
static int peer = -1, status_pipe = -1;
static pid_t writer;

static void start(void)
{
    int pair[2], status[2];
    char byte;

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(pipe(status), 0);
    writer = fork();
    if (writer == 0) {
        int high[2] = {dup(status[1]), dup(pair[1])};

        while (high[0] < 10)
            high[0] = dup(high[0]);
        while (high[1] < 10)
            high[1] = dup(high[1]);
        dup2(high[0], STATUS_FD);
        dup2(high[1], PEER_FD);
        execl(PK_WORK, PK_WORK, "writer", "--db", path, "--import.require_landlock", "no",
              "--log.level", "error", (char *)NULL);
        _exit(126);
    }
    close(pair[1]);
    close(status[1]);
    peer = pair[0];
    status_pipe = status[0];
    assert_int_equal(read(status_pipe, &byte, 1), 1);
}

static int stop(void)
{
    int state = 0;

    kill(writer, SIGTERM);
    waitpid(writer, &state, 0);
    close(peer);
    close(status_pipe);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128;
}

static json_t *ask(const char *text)
{
    struct pk_buf out;
    struct pk_bytes in;
    static char bytes[MESSAGE_MAX];
    ssize_t n;
    json_t *reply = NULL;
    struct pk_error err = {0};

    pk_buf_init(&out, MESSAGE_MAX);
    pk_buf_add_u32(&out, (uint32_t)strlen(text));
    pk_buf_adds(&out, text);
    assert_int_equal(send(peer, out.data, out.len, 0), out.len);
    pk_buf_finish(&out);
    n = recv(peer, bytes, sizeof(bytes), 0);
    assert_true(n > 4);
    in = pk_bytes_of(bytes, (size_t)n);
    assert_int_equal(pk_bytes_u32(&in), n - 4);
    if (pk_json_parse(&reply, (const char *)in.p, (size_t)n - 4, MESSAGE_MAX, &err))
        fail_msg("%s", err.text);
    return reply;
}

static bool is_ok(json_t *reply)
{
    bool ok = pk_jget_bool(reply, "ok", false);

    json_decref(reply);
    return ok;
}

static void make_database(void)
{
    struct pk_error err = {0};
    struct outcome o = {0};
    struct pk_draft *draft;
    struct delivery d;
    struct pk_db db;

    snprintf(path, sizeof(path), "/tmp/pk-test-writer-%d.sqlite", (int)getpid());
    remove_database(path);
    assert_int_equal(pk_db_open(&db, path, PK_DB_CREATE, true, &err), PK_OK);
    for (int i = 0; i < 2; i++) {
        draft = begin(&db);
        deliver(&d);
        put_plan(&d, "A1", "laga kraft", NULL, NULL, i ? "Skola" : "Kontor", 600000,
                 6600000, 100, 100);
        take(&d, draft, "a", true);
        finish(&o, &db, draft, true);
    }
    json_decref(o.report);
    pk_db_close(&db);
}

static int64_t newest(void)
{
    struct pk_error err = {0};
    struct pk_db db;
    int64_t n;

    assert_int_equal(pk_db_open(&db, path, PK_DB_READ, false, &err), PK_OK);
    n = number(&db, "SELECT max(version) FROM version");
    pk_db_close(&db);
    return n;
}

static void it_answers_publishes_and_stops(void **state)
{
    json_t *reply;
    char text[512];
    FILE *f;

    (void)state;
    make_database();
    start();
    assert_true(is_ok(ask("{\"id\": 1, \"do\": \"ping\"}")));
    assert_false(is_ok(ask("{\"id\": 2, \"do\": \"fly\"}")));
    assert_false(is_ok(ask("{\"id\": 3, \"do\": \"publish\", \"draft\": 99}")));
    assert_false(is_ok(ask("not json")));
    reply = ask("{\"id\": 4, \"do\": \"rollback\", \"to\": 1, \"by\": \"anna\"}");
    assert_int_equal(json_integer_value(json_object_get(reply, "id")), 4);
    assert_int_equal(json_integer_value(json_object_get(reply, "version")), 3);
    json_decref(reply);
    assert_int_equal(newest(), 3);
    /* An upload that is no map: said in the report, nothing published. */
    snprintf(text, sizeof(text), "%s.upload", path);
    f = fopen(text, "w");
    fputs("hello", f);
    fclose(f);
    snprintf(text, sizeof(text),
             "{\"id\": 5, \"do\": \"import\", \"sources\": [{\"path\": \"%s.upload\", "
             "\"name\": \"hello.txt\"}], \"by\": \"anna\"}",
             path);
    reply = ask(text);
    assert_true(pk_jget_bool(reply, "ok", false));
    assert_true(pk_jget_bool(reply, "refused", false));
    assert_true(json_is_null(json_object_get(reply, "version")));
    json_decref(reply);
    snprintf(text, sizeof(text), "%s.upload", path);
    unlink(text);
    assert_int_equal(stop(), 0);
    remove_database(path);
}

static void a_legal_date_that_passed_while_nothing_ran_is_made_first(void **state)
{
    struct pk_error err = {0};
    struct pk_db db;

    (void)state;
    make_database();
    /* As if the newest version were of an older day, and a plan took over since. */
    assert_int_equal(pk_db_open(&db, path, PK_DB_WRITE, true, &err), PK_OK);
    if (pk_db_exec(&db,
                   "UPDATE version SET legal_day = '2001-01-01'; "
                   "INSERT INTO replacement (feature_id, from_version, to_version, "
                   "older_plan, newer_plan, kind, effective_date, reason) SELECT "
                   "feature_id, 2, 4611686018427387904, feature_id, feature_id, "
                   "'ends-wholly', '2001-02-03', 'test' FROM plan WHERE from_version = 2",
                   &err))
        fail_msg("%s", err.text);
    pk_db_close(&db);
    start();
    assert_true(is_ok(ask("{\"id\": 1, \"do\": \"ping\"}")));
    assert_int_equal(newest(), 3);
    assert_int_equal(stop(), 0);
    remove_database(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_publishes_and_stops),
        cmocka_unit_test(a_legal_date_that_passed_while_nothing_ran_is_made_first),
    };

    pk_db_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
