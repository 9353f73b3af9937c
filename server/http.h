/*
 * http.h - the only file that knows libmicrohttpd: epoll and a pool of threads,
 * which answer from memory at once and hand everything else to the queue (jobs.h),
 * suspending the connection meanwhile.
 *
 * The library's timeouts are idle timeouts, suspended connections have none, and it is
 * lenient where a proxy is not. So our own reaper ends connections that miss a deadline
 * below, and requests that two readers could read differently are refused (wire.h).
 */
#ifndef PK_SERVER_HTTP_H
#define PK_SERVER_HTTP_H

#include "server/jobs.h"

enum {
    PK_HTTP_THREADS = 2,
    PK_HTTP_CONNECTIONS_MAX = 8000,
    PK_HTTP_PER_ADDRESS_MAX = 200,   /* only when no proxy stands in front */
    PK_HTTP_MEMORY_BYTES = 32 << 10, /* of a connection: its headers must fit */
    PK_HTTP_HEADER_MS = 10000,       /* to send a whole header */
    PK_HTTP_IDLE_MS = 30000,         /* between two requests */
    PK_HTTP_BODY_MS = 10000,         /* and 1 s more per 16 KiB */
    PK_HTTP_BODY_BYTES_PER_S = 16384,
    PK_HTTP_REPLY_MS = 30000, /* and 1 s more per 8 KiB */
    PK_HTTP_REPLY_BYTES_PER_S = 8192,
    PK_HTTP_REAPER_MS = 250,
    PK_HTTP_DRAIN_MS = 5000,
    PK_HTTP_FILES_SPARE = 128 /* descriptors for the database, logs, backgrounds */
};

struct pk_http;

/* Who does what: `outside` waits for other servers, `past` makes older states on demand;
 * neither holds up the map of today. */
struct pk_http_queues {
    struct pk_jobs *jobs, *past, *outside, *staff, *entry;
};

/* Serve on a listening socket (taken over). Errors: PK_IO; PK_LIMIT when the limit
 * of open files leaves no room for connections. */
enum pk_status pk_http_start(struct pk_http **out, struct pk_app *app,
                             const struct pk_http_queues *queues, int listen_fd,
                             struct pk_error *err) PK_MUST_CHECK;

/* Stop accepting, let what was begun finish (at most PK_HTTP_DRAIN_MS, then 503),
 * close idle connections and stop. */
void pk_http_stop(struct pk_http *http);

#endif
