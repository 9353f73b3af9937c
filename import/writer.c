#include "import/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "base/log.h"
#include "base/parse.h"
#include "import/child.h"
#include "layers/publish.h"

enum {
    TICK_MS = 20000, /* how often the day and the log are looked at */
    WAL_MAX_BYTES = 64 * 1024 * 1024,
    SOURCES_MAX = 1000,
    NAMES_MAX_BYTES = 64 * 1024
};

const struct pk_command_option pk_writer_options[] = {
    {"fd", "N",  "descriptor of the socket to the server's worker"},
    {NULL, NULL, NULL                                             },
};

static volatile sig_atomic_t stopping;

struct writer {
    struct pk_invocation *in;
    struct pk_db db;
    int peer;    /* -1 = none: only the clock */
    pk_date day; /* the last on which legal dates were looked at */
};

static void on_signal(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

/* ---- what a message asks for ---- */

struct reply {
    int64_t version, draft;
    bool held, refused;
};

static enum pk_status take_source(struct writer *w, struct pk_draft *draft,
                                  const json_t *source, const json_t *message,
                                  enum pk_lang lang, struct pk_error *err)
{
    const struct pk_opts *opts = w->in->opts;
    const char *path = pk_jget_string(source, "path");
    const char *name = pk_jget_string(source, "name");
    char digest[PK_SHA256_TEXT] = "";
    struct pk_error why = {PK_OK, ""};
    struct pk_stream_in *stream;
    struct pk_child_job job = {.source = path,
                               .layer = pk_jget_string(message, "layer"),
                               .mapping = pk_jget_string(message, "mapping"),
                               .lang = lang,
                               .max_bytes = pk_opts_int(opts, "import.max_bytes"),
                               .max_mb = pk_opts_int(opts, "import.max_mb"),
                               .max_s = pk_opts_int(opts, "import.max_s"),
                               .require_landlock =
                                   pk_opts_bool(opts, "import.require_landlock")};
    int fd;
    enum pk_status status;

    if (!path)
        return pk_fail(err, PK_BAD_INPUT, "sources: a source has no path");
    if (!name)
        name = path;
    if (pk_sha256_file(digest, path, NULL) != PK_OK)
        digest[0] = '\0'; /* the child says why it cannot be read */
    status = pk_child_run(&fd, &job, &why);
    if (status == PK_BUSY)
        return pk_fail(err, PK_BUSY, "%s", why.text);
    if (status) {
        pk_draft_unreadable(draft, name, digest[0] ? digest : NULL, "P-READ", why.text,
                            "");
        return PK_OK;
    }
    stream = pk_stream_open(fd);
    status = pk_draft_source(draft, stream, name, digest[0] ? digest : NULL, err);
    pk_stream_close(stream);
    close(fd);
    return status;
}

static enum pk_status do_import(struct reply *out, struct writer *w,
                                const json_t *message, struct pk_error *err)
{
    const json_t *sources = pk_jget_array(message, "sources");
    int lang = pk_jget_string(message, "lang")
                   ? pk_lang_of(pk_jget_string(message, "lang"))
                   : PK_SV;
    struct pk_draft_origin origin = {
        .by = pk_jget_string(message, "by"),
        .mapping = pk_jget_string(message, "mapping"),
        .default_accuracy_m = pk_opts_number(w->in->opts, "default_accuracy_m"),
        .lang = lang < 0 ? PK_SV : (enum pk_lang)lang};
    struct pk_draft *draft = NULL;
    struct pk_buf names;
    json_t *report = NULL;
    int64_t id = 0;
    enum pk_status status;

    if (json_array_size(sources) == 0 || json_array_size(sources) > SOURCES_MAX)
        return pk_fail(err, PK_BAD_INPUT, "sources: 1 to %d are taken", SOURCES_MAX);
    pk_buf_init(&names, NAMES_MAX_BYTES);
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const char *name = pk_jget_string(json_array_get(sources, i), "name");

        pk_buf_addf(&names, "%s%s", i ? ", " : "", name ? name : "-");
    }
    origin.source = names.data;
    status = pk_draft_begin(&draft, &w->db, &origin, err);
    for (size_t i = 0; i < json_array_size(sources) && !status; i++)
        status =
            take_source(w, draft, json_array_get(sources, i), message, origin.lang, err);
    if (!status)
        status = pk_draft_finish(draft, &id, &out->held, &out->refused, &report, err);
    if (status)
        pk_draft_abandon(draft);
    else
        out->draft = id ? id : json_integer_value(json_object_get(report, "draft"));
    json_decref(report);
    pk_buf_finish(&names);
    if (!status && id && pk_jget_bool(message, "publish", true))
        status = pk_publish(&out->version, &out->draft, &w->db, id, NULL, err);
    return status;
}

static enum pk_status do_publish(struct reply *out, struct writer *w,
                                 const json_t *message, struct pk_error *err)
{
    long long draft = 0;

    if (!pk_jget_int(message, "draft", &draft) || draft < 1)
        return pk_fail(err, PK_BAD_INPUT, "draft: its number is missing");
    return pk_publish(&out->version, &out->draft, &w->db, draft, NULL, err);
}

static enum pk_status do_rollback(struct reply *out, struct writer *w,
                                  const json_t *message, struct pk_error *err)
{
    long long to = 0;

    if (!pk_jget_int(message, "to", &to) || to < 1)
        return pk_fail(err, PK_BAD_INPUT, "to: the version is missing");
    return pk_rollback(&out->version, &w->db, to, pk_jget_string(message, "by"), err);
}

static enum pk_status do_ping(struct reply *out, struct writer *w, const json_t *message,
                              struct pk_error *err)
{
    (void)out;
    (void)w;
    (void)message;
    (void)err;
    return PK_OK;
}

static const struct {
    const char *name;
    enum pk_status (*run)(struct reply *out, struct writer *w, const json_t *message,
                          struct pk_error *err);
} actions[] = {
    {"import",   do_import  },
    {"ping",     do_ping    },
    {"publish",  do_publish },
    {"rollback", do_rollback},
};

static enum pk_status act(struct reply *out, struct writer *w, const json_t *message,
                          struct pk_error *err)
{
    const char *name = pk_jget_string(message, "do");

    for (size_t i = 0; name && i < PK_COUNT(actions); i++) {
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].run(out, w, message, err);
    }
    return pk_fail(err, PK_UNSUPPORTED, "do: there is nothing called %s",
                   name ? name : "null");
}

/* ---- messages ---- */

static void answer(struct writer *w, json_t *reply)
{
    char *text = json_dumps(reply, JSON_COMPACT);
    struct pk_buf out;

    pk_buf_init(&out, PK_WRITER_MESSAGE_MAX);
    pk_buf_add_u32(&out, (uint32_t)strlen(text));
    pk_buf_adds(&out, text);
    /* A worker that is gone needs no answer. */
    if (out.failed || send(w->peer, out.data, out.len, MSG_NOSIGNAL) < 0)
        pk_log(PK_LOG_WARN, "writer", "answer not sent: %s", strerror(errno));
    pk_buf_finish(&out);
    free(text);
    json_decref(reply);
}

static json_t *number_or_null(int64_t n)
{
    return n ? json_integer(n) : json_null();
}

static void handle(struct writer *w, const char *text, size_t len)
{
    struct pk_error err = {PK_OK, ""};
    struct reply r = {0};
    json_t *message = NULL, *reply = json_object();
    enum pk_status status =
        pk_json_parse(&message, text, len, PK_WRITER_MESSAGE_MAX, &err);

    if (!status)
        status = act(&r, w, message, &err);
    json_object_set_new(reply, "id", json_null());
    if (json_object_get(message, "id"))
        json_object_set(reply, "id", json_object_get(message, "id"));
    json_object_set_new(reply, "ok", json_boolean(!status));
    if (status) {
        json_object_set_new(reply, "error", json_string(pk_status_name(status)));
        json_object_set_new(reply, "text", json_string(err.text));
        pk_log(PK_LOG_WARN, "writer", "error=%s", err.text);
    } else {
        json_object_set_new(reply, "version", number_or_null(r.version));
        json_object_set_new(reply, "draft", number_or_null(r.draft));
        json_object_set_new(reply, "held", json_boolean(r.held));
        json_object_set_new(reply, "refused", json_boolean(r.refused));
        if (r.version)
            pk_log(PK_LOG_INFO, "publish", "version=%lld", (long long)r.version);
    }
    json_decref(message);
    answer(w, reply);
}

/* False when the other end is gone for good. */
static bool receive(struct writer *w, char *bytes)
{
    ssize_t n = recv(w->peer, bytes, PK_WRITER_MESSAGE_MAX, 0);
    struct pk_bytes in;
    uint32_t len;

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (n == 0)
        return false;
    in = pk_bytes_of(bytes, (size_t)n);
    len = pk_bytes_u32(&in);
    if (in.bad || len != (size_t)(in.end - in.p))
        pk_log(PK_LOG_WARN, "writer", "a message of %zd bytes is not whole", n);
    else
        handle(w, (const char *)in.p, len);
    return true;
}

/* ---- the clock ---- */

static void look_at_day(struct writer *w)
{
    pk_date today = pk_date_stockholm(time(NULL));
    struct pk_error err = {PK_OK, ""};
    int64_t version = 0;

    if (today == w->day)
        return;
    if (pk_publish_legal_day(&version, &w->db, today, &err)) {
        /* Someone else is publishing, or the disk is full: at the next tick again. */
        pk_log(PK_LOG_WARN, "legal-day", "error=%s", err.text);
        return;
    }
    w->day = today;
    if (version)
        pk_log(PK_LOG_INFO, "legal-day", "version=%lld", (long long)version);
}

static void look_at_log(struct writer *w)
{
    char name[4096];
    struct stat info;
    struct pk_error err = {PK_OK, ""};

    snprintf(name, sizeof(name), "%s-wal", w->db.path);
    if (stat(name, &info) == 0 && info.st_size > WAL_MAX_BYTES &&
        pk_db_checkpoint(&w->db, true, &err))
        pk_log(PK_LOG_WARN, "checkpoint", "error=%s", err.text);
}

static void loop(struct writer *w)
{
    char *bytes = pk_xmalloc(PK_WRITER_MESSAGE_MAX);

    while (!stopping) {
        struct pollfd p = {w->peer, POLLIN, 0};
        int n;

        look_at_day(w);
        look_at_log(w);
        n = poll(&p, 1, TICK_MS);
        if (n > 0 && !receive(w, bytes))
            break;
    }
    free(bytes);
}

static void tell_ready(void)
{
    /* By hand there is no such descriptor: nobody waits then. */
    if (fcntl(PK_WRITER_STATUS_FD, F_GETFD) >= 0 &&
        write(PK_WRITER_STATUS_FD, "1", 1) != 1)
        pk_log(PK_LOG_WARN, "writer", "nobody was told that the file is open");
}

int pk_cmd_writer(struct pk_invocation *in)
{
    const char *path = pk_opts_text(in->opts, "db"), *fd = pk_given_value(in, "fd");
    struct writer w = {.in = in, .peer = PK_WRITER_PEER_FD, .day = PK_DATE_NONE};
    struct sigaction act_on = {.sa_handler = on_signal};
    struct pk_error err = {PK_OK, ""};
    uint32_t number;

    if (!path)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    if (fd && !pk_parse_all_u32(fd, 65535, &number))
        return pk_command_fail(in, PK_EXIT_USAGE, "--fd %s: not a descriptor", fd);
    if (fd)
        w.peer = (int)number;
    if (fcntl(w.peer, F_GETFD) < 0)
        w.peer = -1;
    sigaction(SIGTERM, &act_on, NULL);
    sigaction(SIGINT, &act_on, NULL);
    pk_db_start();
    if (pk_db_open(&w.db, path, PK_DB_WRITE, true, &err))
        return pk_command_error(in, &err);
    if (pk_publish_recover(&w.db, &err)) {
        pk_db_close(&w.db);
        return pk_command_error(in, &err);
    }
    /* The write-ahead log exists from here on: readers may come. */
    tell_ready();
    loop(&w);
    pk_db_close(&w.db);
    return PK_EXIT_OK;
}
