#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "layers/db.h"
#include "server/auth.h"
#include "server/cmd.h"
#include "server/http.h"
#include "server/listen.h"
#include "server/oidc.h"
#include "server/supervise.h"
#include "server/watch.h"
#include "server/writer_link.h"

enum {
    OUTSIDE_WORKERS = 2,
    PAST_WORKERS = 1,
    STAFF_WORKERS = 2,
    ENTRY_WORKERS = 1,
    STYLE_FILES_MAX = 64
};

const struct pk_command_option pk_options_serve[] = {
    {"no-cache", NULL,   "draw every tile anew"                         },
    {"style",    "FILE", "a style document of your own; may be repeated"},
    {NULL,       NULL,   NULL                                           },
};

struct serving {
    struct pk_app app;
    struct pk_watch *watch;
    struct pk_http_queues queues;
    struct pk_http *http;
};

static enum pk_status begin(struct serving *s, struct pk_invocation *in,
                            struct pk_error *err)
{
    const char *styles[STYLE_FILES_MAX], *file;
    uint32_t count = 0;
    while (count < STYLE_FILES_MAX && (file = pk_given_at(in, "style", count)) != NULL) {
        styles[count++] = file;
    }
    char address[PK_LISTEN_TEXT];
    enum pk_status status = pk_listen_name(address, PK_FD_LISTEN, err);
    if (status == PK_OK) { /* port 0 has become a real one */
        status = pk_opts_set(in->opts, "listen", address, "command line", err);
    }
    if (status == PK_OK) {
        status = pk_app_init(&s->app, in->opts, !pk_given_flag(in, "no-cache"), true,
                             styles, count, err);
    }
    if (status == PK_OK) {
        status = pk_render_start(NULL, err);
    }
    if (status == PK_OK) {
        status = pk_oidc_create(&s->app.oidc, in->opts, err);
    }
    if (status == PK_OK) {
        status = pk_auth_start(&s->app, err);
    }
    if (status == PK_OK) {
        status = pk_watch_start(&s->watch, &s->app, err);
    }
    if (status == PK_OK) {
        status = pk_writer_link_start(&s->app, err);
    }
    uint32_t queue = (uint32_t)pk_opts_int(in->opts, "queue");
    const struct {
        struct pk_jobs **jobs;
        uint32_t workers;
    } pools[] = {
        {&s->queues.jobs, (uint32_t)pk_opts_int(in->opts, "workers")},
        {&s->queues.past,               PAST_WORKERS                              },
        {&s->queues.outside,               OUTSIDE_WORKERS},
        {&s->queues.staff,               STAFF_WORKERS                                },
        {&s->queues.entry,               ENTRY_WORKERS},
    };
    for (size_t i = 0; i < PK_COUNT(pools) && status == PK_OK; i++) {
        status = pk_jobs_create(pools[i].jobs, &s->app, pools[i].workers, queue, err);
    }
    if (status == PK_OK) {
        status = pk_http_start(&s->http, &s->app, &s->queues, PK_FD_LISTEN, err);
    }
    return status;
}

static void end(struct serving *s)
{
    pk_http_stop(s->http);
    pk_writer_link_stop(&s->app);
    pk_jobs_destroy(s->queues.entry);
    pk_jobs_destroy(s->queues.staff);
    pk_jobs_destroy(s->queues.outside);
    pk_jobs_destroy(s->queues.past);
    pk_jobs_destroy(s->queues.jobs);
    pk_watch_stop(s->watch);
    pk_auth_stop(&s->app);
    pk_oidc_destroy(s->app.oidc);
    pk_app_finish(&s->app);
}

/* The worker process: HTTP and drawing threads, until SIGTERM. */
static int run_worker(struct pk_invocation *in)
{
    struct serving s = {0};
    struct pk_error err = {0};
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL); /* before threads: they inherit it */
    signal(SIGPIPE, SIG_IGN);
    pk_db_start();
    if (begin(&s, in, &err) != PK_OK) {
        end(&s);
        return pk_command_error(in, &err);
    }
    if (write(PK_FD_STATUS, "r", 1) != 1) {
        pk_log(PK_LOG_WARN, "worker", "nobody waits for us");
    }
    close(PK_FD_STATUS);
    int signal_number;
    do { /* Ctrl-C reaches us too; the supervisor says when to stop */
        sigwait(&stop, &signal_number);
    } while (signal_number != SIGTERM);
    end(&s);
    return PK_EXIT_OK;
}

int pk_cmd_serve(struct pk_invocation *in)
{
    if (getenv(PK_WORKER_ENV) != NULL) {
        unsetenv(PK_WORKER_ENV);
        return run_worker(in);
    }
    return pk_supervise(in);
}
