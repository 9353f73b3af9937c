#include "server/writer_link.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "base/secret.h"
#include "server/auth.h"
#include "server/supervise.h"

enum { TICK_MS = 250, LOOK_MS = 20 };

/* One who waits; lies on its own stack. */
struct waiting {
    struct waiting *next;
    int64_t id;
    struct pk_writer_reply reply;
    bool done;
};

struct pk_writer_link {
    struct pk_app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct waiting *waiting;
    int64_t last_id, asked_ms;
    _Atomic bool stopping;
    bool pinging;
};

/* ---- sending ---- */

/* A whole packet: the length goes in front. */
static bool send_packet(const struct pk_buf *what)
{
    struct pk_buf out;
    pk_buf_init(&out, PK_WRITER_MESSAGE_MAX);
    pk_buf_add_u32(&out, (uint32_t)what->len);
    pk_buf_add(&out, what->data, what->len);
    bool sent = !out.failed && !what->failed &&
                send(PK_FD_PEER, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
    pk_buf_finish(&out);
    return sent;
}

void pk_writer_begin(struct pk_buf *what, struct pk_json *j, const char *action,
                     const struct pk_request *request)
{
    pk_buf_init(what, PK_WRITER_MESSAGE_MAX - 4);
    pk_json_init(j, what);
    pk_json_object(j);
    pk_json_member(j, "do", action);
    if (request != NULL) {
        const struct pk_auth *auth = pk_auth_of(request);
        if (auth->name != NULL) {
            pk_json_member(j, "by", auth->name);
        }
        pk_json_member(j, "from", request->client);
    }
}

void pk_writer_tell(struct pk_app *app, struct pk_buf *what, struct pk_json *j)
{
    (void)app;
    pk_json_end(j);
    send_packet(what);
    pk_buf_finish(what);
}

static void leave(struct pk_writer_link *link, const struct waiting *w)
{
    struct waiting **at = &link->waiting;
    while (*at != w) {
        at = &(*at)->next;
    }
    *at = w->next;
}

static struct timespec end_of(int wait_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t ns = end.tv_nsec + (int64_t)(wait_ms % 1000) * 1000000;
    end.tv_sec += wait_ms / 1000 + (time_t)(ns / 1000000000);
    end.tv_nsec = (long)(ns % 1000000000);
    return end;
}

enum pk_status pk_writer_ask(struct pk_writer_reply *out, struct pk_app *app,
                             struct pk_buf *what, struct pk_json *j, int wait_ms,
                             struct pk_error *err)
{
    struct pk_writer_link *link = app->link;
    struct waiting w = {0};
    struct timespec end = end_of(wait_ms);
    if (link == NULL) {
        pk_buf_finish(what);
        return pk_fail(err, PK_BUSY, "the writer is not running");
    }
    pthread_mutex_lock(&link->lock);
    w.id = ++link->last_id;
    w.next = link->waiting;
    link->waiting = &w;
    pthread_mutex_unlock(&link->lock);
    pk_json_member_int(j, "id", w.id);
    pk_json_end(j);
    bool sent = send_packet(what);
    pk_buf_finish(what);
    pthread_mutex_lock(&link->lock);
    while (sent && !w.done && !atomic_load(&link->stopping)) {
        if (pthread_cond_timedwait(&link->answered, &link->lock, &end) == ETIMEDOUT) {
            break;
        }
    }
    leave(link, &w);
    pthread_mutex_unlock(&link->lock);
    if (!w.done) {
        return pk_fail(err, PK_BUSY, "%s",
                       sent ? "the writer has not answered in time"
                            : "the writer takes no messages now");
    }
    if (out != NULL) {
        *out = w.reply;
    }
    return w.reply.status == PK_OK
               ? PK_OK
               : pk_fail(err, w.reply.status, "%s", w.reply.error.text);
}

/* ---- receiving ---- */

static void deliver(struct pk_writer_link *link, const struct pk_writer_reply *reply)
{
    atomic_store(&link->app->writer_seen, pk_now_ms());
    pthread_mutex_lock(&link->lock);
    if (reply->id == 0) {
        link->pinging = false;
    }
    for (struct waiting *w = link->waiting; w != NULL; w = w->next) {
        if (w->id == reply->id) {
            w->reply = *reply;
            w->done = true;
        }
    }
    pthread_cond_broadcast(&link->answered);
    pthread_mutex_unlock(&link->lock);
}

static void ping(struct pk_writer_link *link)
{
    int64_t now = pk_now_ms();
    bool due =
        now - link->asked_ms >= (link->pinging ? PK_WRITER_LATE_MS : PK_WRITER_ASK_MS);
    if (due) {
        struct pk_buf what;
        pk_buf_init(&what, 64);
        pk_buf_adds(&what, "{\"id\":0,\"do\":\"ping\"}");
        link->pinging = send_packet(&what);
        link->asked_ms = now;
        pk_buf_finish(&what);
    }
}

static void *run(void *arg)
{
    struct pk_writer_link *link = arg;
    char *bytes = pk_xmalloc(PK_WRITER_MESSAGE_MAX);
    while (!atomic_load(&link->stopping)) {
        struct pollfd p = {PK_FD_PEER, POLLIN, 0};
        int ready = poll(&p, 1, TICK_MS);
        ssize_t n =
            ready > 0 ? recv(PK_FD_PEER, bytes, PK_WRITER_MESSAGE_MAX, MSG_DONTWAIT) : 0;
        if (n > 0) {
            struct pk_writer_reply reply;
            struct pk_error err;
            if (pk_writer_reply_read(&reply, bytes, (size_t)n, &err) == PK_OK) {
                deliver(link, &reply);
            } else {
                pk_log(PK_LOG_WARN, "writer", "answer=%s", err.text);
            }
        } else if (ready != 0) { /* no socket: do not spin */
            struct timespec pause = {0, TICK_MS * 1000000L};
            nanosleep(&pause, NULL);
        }
        ping(link);
    }
    free(bytes);
    return NULL;
}

enum pk_status pk_writer_link_start(struct pk_app *app, struct pk_error *err)
{
    struct pk_writer_link *link = pk_xcalloc(1, sizeof(*link));
    pthread_condattr_t monotonic;
    link->app = app;
    /* Replies to the worker before us, which died, are not ours. */
    pk_random(&link->last_id, sizeof(link->last_id));
    link->last_id &= INT64_C(0xffffffffffff);
    pthread_mutex_init(&link->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&link->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&link->thread, NULL, run, link) != 0) {
        pthread_cond_destroy(&link->answered);
        pthread_mutex_destroy(&link->lock);
        free(link);
        return pk_fail(err, PK_IO, "the thread to the writer cannot be started");
    }
    app->link = link;
    return PK_OK;
}

void pk_writer_link_stop(struct pk_app *app)
{
    struct pk_writer_link *link = app->link;
    if (link == NULL) {
        return;
    }
    pthread_mutex_lock(&link->lock);
    atomic_store(&link->stopping, true);
    pthread_cond_broadcast(&link->answered);
    pthread_mutex_unlock(&link->lock);
    pthread_join(link->thread, NULL);
    pthread_cond_destroy(&link->answered);
    pthread_mutex_destroy(&link->lock);
    free(link);
    app->link = NULL;
}

bool pk_writer_await(const struct pk_app *app, int64_t version)
{
    int64_t end = pk_now_ms() + PK_WRITER_SEEN_MS;
    struct timespec pause = {0, LOOK_MS * 1000000L};
    while (atomic_load(&app->version) < version && pk_now_ms() < end) {
        nanosleep(&pause, NULL);
    }
    return atomic_load(&app->version) >= version;
}

const char *pk_writer_state(const struct pk_app *app, bool *away)
{
    int64_t seen = atomic_load(&app->writer_seen), now = pk_now_ms();
    bool young = time(NULL) - app->started <= PK_WRITER_LATE_MS / 1000;
    bool late = now - seen >= PK_WRITER_LATE_MS;
    *away = late && (seen > 0 || !young);
    return !late ? "running" : *away ? "not answering" : "starting";
}
