#include "import/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/parse.h"
#include "import/deliver.h"
#include "import/delivery_queue.h"
#include "layers/access.h"
#include "layers/draft_decide.h"
#include "layers/publish.h"
#include "layers/writer_message.h"

enum {
    TICK_MS = 20000, /* how often the day and the log are looked at */
    WAL_MAX_BYTES = 64 * 1024 * 1024,
    NAMES_MAX_BYTES = 64 * 1024,
    SESSION_WAIT_MS = 10000 /* for another process that publishes */
};

const struct pk_command_option pk_writer_options[] = {
    {"fd", "N",  "descriptor of the socket to the server's worker"},
    {NULL, NULL, NULL                                             },
};

static volatile sig_atomic_t stopping;

struct writer {
    struct pk_invocation *in;
    struct pk_db db;
    int peer;     /* -1 = none: only the clock */
    int inner[2]; /* what the receiving thread passes on; [0] is read by the main one */
    struct pk_db access; /* the receiving thread's, for small writes */
    pthread_t receiver;
    bool receiving;
    struct pk_deliveries *deliveries;
    pk_date day; /* the last on which legal dates were looked at */
};

static void on_signal(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

/* Two threads. The receiving one reads all messages and does what is small at once:
 * people sign in while a national delivery is read. Imports and publishes it passes on to
 * the main thread, in their order. Each has its own connection, and the lock of db.h lets
 * one of them write at a time. */

/* ---- what a message asks for ---- */

static enum pk_status take_source(struct writer *w, struct pk_draft *draft,
                                  const struct pk_writer_source *source,
                                  const struct pk_writer_request *request,
                                  struct pk_error *err)
{
    struct pk_delivery what = {.path = source->path,
                               .name = source->name,
                               .layer = request->layer,
                               .mapping = request->mapping,
                               .lang = request->lang};

    return pk_deliver(&draft, w->in->opts, &what, err);
}

static enum pk_status do_import(struct pk_writer_reply *out, struct writer *w,
                                const struct pk_writer_request *request,
                                struct pk_error *err)
{
    struct pk_draft_origin origin = {
        .by = request->by,
        .mapping = request->mapping,
        .default_accuracy_m = pk_opts_number(w->in->opts, "default_accuracy_m"),
        .lang = request->lang};
    struct pk_catalogue *catalogue = NULL;
    struct pk_draft *draft = NULL;
    struct pk_buf names;
    json_t *report = NULL;
    int64_t id = 0;
    enum pk_status status;

    pk_buf_init(&names, NAMES_MAX_BYTES);
    for (uint32_t i = 0; i < request->source_count; i++)
        pk_buf_addf(&names, "%s%s", i ? ", " : "", request->sources[i].name);
    origin.source = names.data;
    status = pk_deliver_catalogue(&catalogue, w->in->opts, err);
    origin.catalogue = catalogue;
    if (!status)
        status = pk_draft_begin(&draft, &w->db, &origin, err);
    for (uint32_t i = 0; i < request->source_count && !status; i++)
        status = take_source(w, draft, &request->sources[i], request, err);
    if (!status)
        status = pk_draft_finish(draft, &id, &out->held, &out->refused, &report, err);
    if (status)
        pk_draft_abandon(draft);
    else
        out->draft = id ? id : json_integer_value(json_object_get(report, "draft"));
    json_decref(report);
    pk_buf_finish(&names);
    pk_catalogue_free(catalogue);
    if (!status && id && request->publish)
        status = pk_publish(&out->version, &out->draft, &w->db, id, NULL, err);
    return status;
}

/* Publish or go back, if nothing was published since the asker looked. No other process
 * can come between. */
static enum pk_status do_step(struct pk_writer_reply *out, struct writer *w,
                              const struct pk_writer_request *request,
                              struct pk_error *err)
{
    enum pk_status status = pk_db_session_begin(&w->db, SESSION_WAIT_MS, err);

    if (status)
        return status;
    if (request->seen)
        status = pk_draft_seen(&w->db, request->seen, err);
    if (!status && request->action == PK_WRITER_PUBLISH)
        status =
            pk_publish(&out->version, &out->draft, &w->db, request->number, NULL, err);
    else if (!status)
        status = pk_rollback(&out->version, &w->db, request->number, request->by, err);
    pk_db_session_end(&w->db);
    return status;
}

static enum pk_status act(struct pk_writer_reply *out, struct writer *w,
                          const struct pk_writer_request *request, struct pk_error *err)
{
    w->db.from = request->from;
    switch (request->action) {
    case PK_WRITER_DELIVER:
        return pk_deliveries_add(w->deliveries, request->folder, request->by,
                                 request->lang, err);
    case PK_WRITER_DISCARD:
        return pk_draft_discard(&w->db, request->number, err);
    case PK_WRITER_REPLACE:
        return pk_draft_decide(&w->db, request->number, request->older, request->newer,
                               request->kind, request->reason, err);
    case PK_WRITER_IMPORT:
        return do_import(out, w, request, err);
    case PK_WRITER_PUBLISH:
    case PK_WRITER_ROLLBACK:
        return do_step(out, w, request, err);
    default: /* ping */
        return PK_OK;
    }
}

/* ---- messages ---- */

/* Either thread: a packet is sent whole. */
static void answer(struct writer *w, const struct pk_writer_reply *reply)
{
    struct pk_buf out;

    pk_buf_init(&out, PK_WRITER_MESSAGE_MAX);
    pk_writer_reply_write(&out, reply);
    /* A worker that is gone needs no answer. */
    if (out.failed || send(w->peer, out.data, out.len, MSG_NOSIGNAL) < 0)
        pk_log(PK_LOG_WARN, "writer", "answer not sent: %s", strerror(errno));
    pk_buf_finish(&out);
}

/* Done, or not: the log and the asker learn it. */
static void conclude(struct writer *w, const struct pk_writer_reply *reply)
{
    if (reply->status)
        pk_log(PK_LOG_WARN, "writer", "error=%s", reply->error.text);
    else if (reply->version)
        pk_log(PK_LOG_INFO, "publish", "version=%lld", (long long)reply->version);
    answer(w, reply);
}

/* The main thread. */
static void handle(struct writer *w, const void *packet, size_t len)
{
    struct pk_writer_request request;
    struct pk_writer_reply reply = {0};

    reply.status = pk_writer_request_read(&request, packet, len, &reply.error);
    reply.id = request.id;
    if (!reply.status)
        reply.status = act(&reply, w, &request, &reply.error);
    w->db.from = NULL;
    pk_writer_request_finish(&request);
    conclude(w, &reply);
}

/* The receiving thread: at once, or passed on. */
static void take(struct writer *w, const void *packet, size_t len)
{
    struct pk_writer_request request;
    struct pk_writer_reply reply = {0};
    bool passed = false;

    reply.status = pk_writer_request_read(&request, packet, len, &reply.error);
    reply.id = request.id;
    if (!reply.status && request.action == PK_WRITER_ACCESS) {
        reply.status = pk_access_do(&reply.number, &w->access, request.name,
                                    request.document, &reply.error);
    } else if (!reply.status && request.action != PK_WRITER_PING) {
        passed = send(w->inner[1], packet, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
        if (!passed)
            reply.status = pk_fail(&reply.error, PK_BUSY,
                                   "too many deliveries are waiting; try again later");
    }
    pk_writer_request_finish(&request);
    if (!passed)
        conclude(w, &reply);
}

static void *run_receiver(void *arg)
{
    struct writer *w = arg;
    char *bytes = pk_xmalloc(PK_WRITER_MESSAGE_MAX);
    ssize_t n = 1;

    /* The peer's socket outlives us: the next writer goes on with it. So it is never shut
     * down, and what ends this thread is the inner one. */
    while (n > 0 || errno == EINTR || errno == EAGAIN) {
        struct pollfd p[2] = {
            {w->peer,     POLLIN, 0},
            {w->inner[1], 0,      0}
        };
        n = poll(p, 2, -1);
        if (p[1].revents)
            break;
        if (n > 0)
            n = recv(w->peer, bytes, PK_WRITER_MESSAGE_MAX, MSG_DONTWAIT);
        if (n > 0)
            take(w, bytes, (size_t)n);
        else if (n == 0)
            errno = 0;
    }
    shutdown(w->inner[1], SHUT_RDWR); /* the other end is gone for good: so is our work */
    free(bytes);
    return NULL;
}

/* False when nobody will ask any more. */
static bool receive(struct writer *w, char *bytes)
{
    ssize_t n = recv(w->inner[0], bytes, PK_WRITER_MESSAGE_MAX, 0);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (n > 0)
        handle(w, bytes, (size_t)n);
    return n > 0;
}

/* Signals stay the main thread's: they end its waiting. */
static enum pk_status start_receiver(struct writer *w, struct pk_error *err)
{
    sigset_t all, before;
    int rc;
    enum pk_status status = pk_db_open(&w->access, w->db.path, PK_DB_WRITE, false, err);

    if (status)
        return status;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, w->inner))
        return pk_fail(err, PK_IO, "socketpair: %s", strerror(errno));
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&w->receiver, NULL, run_receiver, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc)
        return pk_fail(err, PK_IO, "a thread cannot be started: %s", strerror(rc));
    w->receiving = true;
    return PK_OK;
}

static void stop_receiver(struct writer *w)
{
    if (w->receiving) {
        shutdown(w->inner[0], SHUT_RDWR);
        pthread_join(w->receiver, NULL);
    }
    for (int i = 0; i < 2; i++) {
        if (w->inner[i] >= 0)
            close(w->inner[i]);
    }
    if (w->access.sql)
        pk_db_close(&w->access);
}

/* ---- the clock ---- */

static void look_at_day(struct writer *w)
{
    pk_date today = pk_date_stockholm(time(NULL));
    struct pk_error err = {0};
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
    struct pk_error err = {0};

    snprintf(name, sizeof(name), "%s-wal", w->db.path);
    if (stat(name, &info) == 0 && info.st_size > WAL_MAX_BYTES &&
        pk_db_checkpoint(&w->db, true, &err))
        pk_log(PK_LOG_WARN, "checkpoint", "error=%s", err.text);
}

static void loop(struct writer *w)
{
    char *bytes = pk_xmalloc(PK_WRITER_MESSAGE_MAX);

    while (!stopping) {
        struct pollfd p[] = {
            {w->inner[0],                     POLLIN, 0},
            {pk_deliveries_fd(w->deliveries), POLLIN, 0},
        };
        int n;

        look_at_day(w);
        look_at_log(w);
        n = poll(p, PK_COUNT(p), TICK_MS);
        if (n > 0 && p[0].revents && !receive(w, bytes))
            break;
        pk_deliveries_tick(w->deliveries);
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
    struct writer w = {
        .in = in, .peer = PK_WRITER_PEER_FD, .inner = {-1, -1},
                .day = PK_DATE_NONE
    };
    struct sigaction act_on = {.sa_handler = on_signal};
    struct pk_error err = {0};
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
    w.deliveries = pk_deliveries_create(w.db.path, in->opts);
    look_at_day(&w); /* before anybody is answered */
    if (w.peer < 0 || start_receiver(&w, &err) == PK_OK)
        loop(&w);
    stop_receiver(&w);
    pk_deliveries_destroy(w.deliveries);
    pk_db_close(&w.db);
    return err.code ? pk_command_error(in, &err) : PK_EXIT_OK;
}
