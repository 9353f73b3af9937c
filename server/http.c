#include "server/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/parse.h"
#include "server/auth.h"
#include "server/links.h"
#include "server/problem.h"
#include "server/spool.h"
#include "server/staff_work.h"
#include "server/tap.h"

/* One connection, in the list that the reaper walks. */
struct conn {
    struct conn *next, **back;
    int fd;
    struct pk_wire wire; /* the strict reading, and how many requests the library made */
    uint64_t asked;
    _Atomic int64_t deadline_ms; /* INT64_MAX: somebody else watches */
    _Atomic bool idle;           /* between requests */
};

/* One request. Belongs to the HTTP thread of its connection, except between suspend and
 * resume, when the job's done() may write `response`. */
struct call {
    struct pk_http *http;
    struct conn *conn;
    struct MHD_Connection *connection;
    struct pk_arena arena;
    struct pk_request *request;
    uint64_t number; /* of its connection, from 1 */
    char *target;    /* as received, cut at PK_TARGET_MAX + 1 */
    char *if_none_match, *origin;
    struct pk_buf body;
    uint64_t length;              /* of the body, as announced; 0 = none or not told */
    struct pk_spool_body *upload; /* of a delivery: the body goes to a file */
    struct MHD_Response *response;
    unsigned status;
    bool begun;
};

struct pk_http {
    struct pk_app *app;
    struct pk_http_queues queues;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock; /* of the list */
    struct conn *conns;
    pthread_t reaper;
    _Atomic bool stopping;
    _Atomic int64_t logged_ms;
};

/* ---- answers ---- */

static void add_header(struct MHD_Response *out, const char *name, const char *value)
{
    if (value != NULL && MHD_add_response_header(out, name, value) != MHD_YES) {
        pk_log(PK_LOG_ERROR, "header", "name=%s", name);
    }
}

static const char *cors_origin(const struct pk_app *app, const char *origin)
{
    const char *allowed;
    for (size_t i = 0; (allowed = pk_opts_item(app->opts, "cors_origins", i)) != NULL;
         i++) {
        if (strcmp(allowed, "*") == 0) {
            return allowed;
        }
        if (origin != NULL && strcmp(allowed, origin) == 0) {
            return allowed;
        }
    }
    return NULL;
}

static void add_cors(struct MHD_Response *out, const struct call *call,
                     const struct pk_response *response)
{
    const char *origin = cors_origin(call->http->app, call->origin);
    if (origin == NULL) {
        return;
    }
    add_header(out, "Access-Control-Allow-Origin", origin);
    add_header(out, "Access-Control-Expose-Headers",
               "ETag, Plankarta-Background, Plankarta-Version");
    if (response->allow != NULL) {
        add_header(out, "Access-Control-Allow-Methods", response->allow);
        add_header(out, "Access-Control-Allow-Headers", "Content-Type, If-None-Match");
        add_header(out, "Access-Control-Max-Age", "3600");
    }
}

static void add_vary(struct MHD_Response *out, const struct call *call,
                     const struct pk_response *response)
{
    char vary[128] = "";
    const char *origins = pk_opts_item(call->http->app->opts, "cors_origins", 0);
    const char *parts[] = {
        response->encoding != NULL || response->vary_accept ? "Accept-Encoding" : NULL,
        response->vary_accept ? "Accept" : NULL,
        response->vary_language ? "Accept-Language" : NULL,
        origins != NULL && strcmp(origins, "*") != 0 ? "Origin" : NULL,
    };
    for (size_t i = 0; i < PK_COUNT(parts); i++) {
        if (parts[i] != NULL) {
            size_t len = strlen(vary);
            snprintf(vary + len, sizeof(vary) - len, "%s%s", len > 0 ? ", " : "",
                     parts[i]);
        }
    }
    if (vary[0] != '\0') {
        add_header(out, MHD_HTTP_HEADER_VARY, vary);
    }
}

static void unref_body(void *body)
{
    pk_body_unref(body);
}

/* Fill call->response and call->status. Any thread that owns the call. */
static void set_response(struct call *call, const struct pk_response *response)
{
    const struct pk_app *app = call->http->app;
    bool unchanged =
        response->status == 200 && pk_etag_matches(call->if_none_match, response->etag);
    struct MHD_Response *out;
    if (unchanged || response->body == NULL) {
        out = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    } else {
        struct pk_body *body = pk_body_ref(response->body);
        out = MHD_create_response_from_buffer_with_free_callback_cls(
            body->len, body->bytes, unref_body, body);
    }
    call->status = unchanged ? 304 : (unsigned)response->status;
    call->response = out;
    if (out == NULL) {
        return;
    }
    if (response->body != NULL && !unchanged) {
        add_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
        add_header(out, MHD_HTTP_HEADER_CONTENT_ENCODING, response->encoding);
        const char *type = response->content_type;
        if (strncmp(type, "text/html", 9) == 0 || strncmp(type, "image/svg", 9) == 0) {
            add_header(out, "Content-Security-Policy",
                       response->csp != NULL ? response->csp : app->csp);
            add_header(out, "Referrer-Policy", "same-origin");
        }
    }
    add_header(out, "X-Content-Type-Options", "nosniff");
    add_header(out, "WWW-Authenticate", response->challenge);
    for (size_t i = 0; i < PK_COUNT(response->cookies); i++) {
        add_header(out, "Set-Cookie", response->cookies[i]);
    }
    if (response->etag[0] != '\0') {
        add_header(out, MHD_HTTP_HEADER_ETAG, response->etag);
    }
    char keep[PK_CACHE_CONTROL_TEXT];
    pk_cache_control(keep, response->keep, time(NULL));
    add_header(out, MHD_HTTP_HEADER_CACHE_CONTROL, keep);
    add_vary(out, call, response);
    add_cors(out, call, response);
    add_header(out, MHD_HTTP_HEADER_LOCATION, response->location);
    add_header(out, MHD_HTTP_HEADER_ALLOW, response->allow);
    add_header(out, "Plankarta-Background", response->background);
    char number[32];
    if (response->retry_after_s > 0) {
        snprintf(number, sizeof(number), "%d", response->retry_after_s);
        add_header(out, MHD_HTTP_HEADER_RETRY_AFTER, number);
    }
    if (response->version > 0) {
        snprintf(number, sizeof(number), "%lld", (long long)response->version);
        add_header(out, "Plankarta-Version", number);
    }
    if (response->close || atomic_load_explicit(&app->draining, memory_order_relaxed)) {
        add_header(out, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    size_t len = response->body != NULL && !unchanged ? response->body->len : 0;
    atomic_store(&call->conn->deadline_ms,
                 pk_now_ms() + PK_HTTP_REPLY_MS +
                     (int64_t)(len / PK_HTTP_REPLY_BYTES_PER_S) * 1000);
}

static void set_problem(struct call *call, int http_status, const struct pk_error *err,
                        bool close)
{
    struct pk_request bare = {0};
    struct pk_response response = {0};
    if (call->request == NULL) {
        bare.target = call->target;
        bare.path = "/";
        bare.base = "";
        call->request = &bare;
    }
    pk_problem(call->http->app, call->request, &response, http_status, err, NULL,
               &call->arena);
    response.close = close;
    set_response(call, &response);
    pk_response_finish(&response);
    if (call->request == &bare) {
        call->request = NULL;
    }
}

/* The answer of a job, on a worker's thread or the reaper's. */
static void job_done(void *waiter, const struct pk_request *request,
                     const struct pk_response *response)
{
    (void)request;
    struct call *call = waiter;
    set_response(call, response);
    MHD_resume_connection(call->connection);
}

static enum MHD_Result queue(struct call *call)
{
    if (call->response == NULL) {
        return MHD_NO;
    }
    enum MHD_Result result =
        MHD_queue_response(call->connection, call->status, call->response);
    MHD_destroy_response(call->response);
    call->response = NULL;
    return result;
}

/* ---- request checks ---- */

struct header_check {
    unsigned hosts, lengths, encodings;
    bool bad;
    uint64_t length;
};

/* What the library shows of a header; what it hides is wire.h's. */
static enum MHD_Result check_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                    size_t key_len, const char *value, size_t value_len)
{
    (void)kind;
    struct header_check *check = cls;
    if (key == NULL || value == NULL || strlen(key) != key_len ||
        strlen(value) != value_len) {
        check->bad = true;
        return MHD_YES;
    }
    for (size_t i = 0; i < value_len; i++) {
        unsigned char c = (unsigned char)value[i];
        check->bad |= (c < 0x20 && c != '\t') || c == 0x7f;
    }
    for (size_t i = 0; i < key_len; i++) {
        unsigned char c = (unsigned char)key[i];
        check->bad |= c <= 0x20 || c >= 0x7f || c == ':';
    }
    if (strcasecmp(key, "Host") == 0) {
        check->hosts++;
    } else if (strcasecmp(key, "Content-Length") == 0) {
        const char *cursor = value;
        check->lengths++;
        check->bad |=
            !pk_parse_u64(&cursor, INT64_MAX, &check->length) || !pk_parse_end(cursor);
    } else if (strcasecmp(key, "Transfer-Encoding") == 0) {
        check->encodings++;
        check->bad |= strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

static bool check_headers(struct call *call, const char *version, bool *has_body,
                          struct pk_error *err)
{
    struct header_check check = {0};
    MHD_get_connection_values_n(call->connection, MHD_HEADER_KIND, check_header, &check);
    bool http11 = strcmp(version, "HTTP/1.1") == 0;
    *has_body = check.encodings > 0 || check.length > 0;
    int64_t budget =
        PK_HTTP_BODY_MS + (int64_t)(check.encodings > 0 ? PK_BODY_MAX : check.length) *
                              1000 / PK_HTTP_BODY_BYTES_PER_S;
    call->length = check.length;
    atomic_store(&call->conn->deadline_ms, pk_now_ms() + budget);
    const char *refusal = pk_wire_refusal(&call->conn->wire, call->number, false);
    if (refusal != NULL) {
        pk_fail(err, PK_BAD_INPUT, "the request has %s", refusal);
        return false;
    }
    if (check.bad || check.lengths > 1 || check.encodings > 1 ||
        (check.lengths > 0 && check.encodings > 0) || check.hosts > 1 ||
        (http11 && check.hosts != 1) || (!http11 && strcmp(version, "HTTP/1.0") != 0)) {
        pk_fail(err, PK_BAD_INPUT, "the request's headers contradict each other");
        return false;
    }
    return true;
}

static const char *header(struct call *call, const char *name)
{
    const char *value =
        MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
    return value != NULL ? pk_arena_strdup(&call->arena, value) : NULL;
}

static const char *peer_address(struct call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    if (info != NULL && info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)info->client_addr;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
    } else if (info != NULL && info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)info->client_addr;
        inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
    }
    return pk_arena_strdup(&call->arena, text);
}

static void read_headers(struct call *call, struct pk_request *request)
{
    request->accept = header(call, "Accept");
    request->accept_language = header(call, "Accept-Language");
    request->accept_encoding = header(call, "Accept-Encoding");
    request->if_none_match = header(call, "If-None-Match");
    request->origin = header(call, "Origin");
    request->content_type = header(call, "Content-Type");
    request->agent = header(call, "User-Agent");
    const char *peer = peer_address(call), *forwarded = header(call, "Forwarded");
    request->base =
        pk_links_base(call->http->app, peer, forwarded, header(call, "X-Forwarded-Proto"),
                      header(call, "X-Forwarded-Host"), &call->arena);
    request->client = pk_links_client(call->http->app, peer, forwarded,
                                      header(call, "X-Forwarded-For"), &call->arena);
    call->if_none_match =
        request->if_none_match != NULL ? pk_xstrdup(request->if_none_match) : NULL;
    call->origin = request->origin != NULL ? pk_xstrdup(request->origin) : NULL;
}

/* Which route, and may this one? Before a byte of the body is read. */
static bool admit(struct call *call, struct pk_request *request, bool has_body)
{
    struct pk_app *app = call->http->app;
    struct pk_response response = {0};
    const struct pk_auth_headers who = {
        .authorization = header(call, "Authorization"),
        .cookie = header(call, "Cookie"),
        .fetch_site = header(call, "Sec-Fetch-Site"),
        .host = header(call, "Host"),
        .form_token = header(call, "Plankarta-Form-Token"),
    };
    if (pk_route_find(app, request, &response, &call->arena) &&
        pk_auth_begin(app, request, &who, &response, &call->arena)) {
        return true;
    }
    response.close = has_body;
    set_response(call, &response);
    pk_response_finish(&response);
    return false;
}

/* Deliveries go to a file, everything else into memory. */
static bool begin_body(struct call *call, const struct pk_request *request)
{
    struct pk_error err = {0};
    enum pk_status status = PK_OK;
    if (request->route->handle == pk_staff_deliver) {
        status = pk_spool_begin(&call->upload, call->http->app, call->length,
                                request->lang, &err);
    } else if (call->length > PK_BODY_MAX) {
        status = pk_fail(&err, PK_LIMIT, "the body is larger than %d bytes", PK_BODY_MAX);
    } else {
        pk_buf_init(&call->body, PK_BODY_MAX);
    }
    if (status != PK_OK) {
        set_problem(call, status == PK_LIMIT ? 413 : 0, &err, true);
    }
    return status == PK_OK;
}

/* First call, headers complete. False: call->response is an early refusal. */
static bool begin(struct call *call, const char *method, const char *version)
{
    struct pk_error err = {0};
    struct pk_request *request = pk_arena_alloc(&call->arena, 1, sizeof(*request));
    bool has_body = false;
    call->begun = true;
    pk_app_count(call->http->app, PK_COUNT_REQUESTS);
    bool readable = check_headers(call, version, &has_body, &err);
    if (readable &&
        pk_request_read(request, method, call->target, &call->arena, &err) != PK_OK) {
        /* The rules of addresses are ours, not HTTP's: the connection may live. */
        set_problem(
            call, err.code == PK_LIMIT && strlen(call->target) > PK_TARGET_MAX ? 414 : 0,
            &err, has_body);
        return false;
    }
    if (!readable) {
        set_problem(call, err.code == PK_LIMIT ? 413 : 400, &err, true);
        return false;
    }
    read_headers(call, request);
    call->request = request;
    if (has_body && request->method != PK_POST) {
        pk_fail(&err, PK_BAD_INPUT, "a body does not belong to this request");
        set_problem(call, 400, &err, true);
        return false;
    }
    if (!admit(call, request, has_body)) {
        return !has_body; /* without a body it is answered in its turn, and lives on */
    }
    return !has_body || begin_body(call, request);
}

/* Outside maps and older states have workers of their own, so that they never hold up
 * the map of today. */
static struct pk_jobs *queue_of(struct pk_http *http, const struct pk_request *request)
{
    if (request->route->lane == PK_LANE_ENTRY) {
        return http->queues.entry;
    }
    if (request->route->lane == PK_LANE_STAFF) {
        return http->queues.staff;
    }
    if (pk_route_asks_outside(http->app, request)) {
        return http->queues.outside;
    }
    bool past = pk_request_arg(request, "version") != NULL ||
                pk_request_arg(request, "datetime") != NULL;
    return past ? http->queues.past : http->queues.jobs;
}

/* The whole request is here. */
static enum MHD_Result dispatch(struct call *call)
{
    struct pk_http *http = call->http;
    struct pk_request *request = call->request;
    struct pk_response response = {0};
    struct pk_error err = {0};
    const char *refusal = pk_wire_refusal(&call->conn->wire, call->number, true);
    if (refusal != NULL) {
        pk_fail(&err, PK_BAD_INPUT, "the request has %s", refusal);
        set_problem(call, 400, &err, true);
        return queue(call);
    }
    if (call->body.data != NULL) {
        if (call->body.failed) {
            pk_fail(&err, PK_LIMIT, "the body is larger than %d bytes", PK_BODY_MAX);
            set_problem(call, 413, &err, true);
            return queue(call);
        }
        request->body = pk_arena_strndup(&call->arena, call->body.data, call->body.len);
        request->body_len = call->body.len;
    }
    if (call->upload != NULL &&
        pk_spool_end(&request->upload, call->upload, &err) != PK_OK) {
        set_problem(call, err.code == PK_LIMIT ? 413 : 0, &err, true);
        return queue(call);
    }
    /* The job may outlive the call. */
    request->upload = pk_arena_strdup(&call->arena, request->upload);
    if (!pk_auth_body(http->app, request, &response, &call->arena) ||
        pk_route_fast(http->app, request, &response)) {
        set_response(call, &response);
        pk_response_finish(&response);
        return queue(call);
    }
    /* Suspended first: the answer may be there before submit returns. */
    atomic_store(&call->conn->deadline_ms, INT64_MAX);
    MHD_suspend_connection(call->connection);
    enum pk_status status = pk_jobs_submit(queue_of(http, request), request, &call->arena,
                                           job_done, call, &err);
    if (status != PK_OK) {
        set_problem(call, 503, &err, false);
        MHD_resume_connection(call->connection);
    }
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data, size_t *len,
                                  void **state)
{
    (void)cls;
    (void)url;
    struct call *call = *state;
    if (call == NULL) {
        return MHD_NO;
    }
    call->connection = connection;
    if (call->response != NULL) {
        return queue(call); /* resumed */
    }
    if (!call->begun) {
        if (!begin(call, method, version)) {
            return queue(call);
        }
        return MHD_YES;
    }
    if (*len > 0) {
        if (call->body.data != NULL) {
            pk_buf_add(&call->body, data, *len);
        } else if (call->upload != NULL) {
            pk_spool_add(call->upload, data, *len);
        }
        *len = 0;
        return MHD_YES;
    }
    return dispatch(call);
}

/* ---- life of connections and requests ---- */

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket,
                          enum MHD_ConnectionNotificationCode code)
{
    struct pk_http *http = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct conn *conn = pk_xcalloc(1, sizeof(*conn));
        conn->fd = info != NULL ? info->connect_fd : -1;
        atomic_store(&conn->deadline_ms, pk_now_ms() + PK_HTTP_HEADER_MS);
        atomic_store(&conn->idle, true);
        pthread_mutex_lock(&http->lock);
        conn->next = http->conns;
        conn->back = &http->conns;
        if (conn->next != NULL) {
            conn->next->back = &conn->next;
        }
        http->conns = conn;
        pthread_mutex_unlock(&http->lock);
        atomic_fetch_add(&http->app->connections, 1);
        pk_tap(conn->fd, &conn->wire);
        *socket = conn;
    } else if (*socket != NULL) { /* before the descriptor is closed and used again */
        struct conn *conn = *socket;
        pk_tap(conn->fd, NULL);
        pthread_mutex_lock(&http->lock);
        *conn->back = conn->next;
        if (conn->next != NULL) {
            conn->next->back = conn->back;
        }
        pthread_mutex_unlock(&http->lock);
        atomic_fetch_sub(&http->app->connections, 1);
        free(conn);
        *socket = NULL;
    }
}

/* The raw target, before the library decodes anything. It lies in the connection's own
 * buffer; ending it behind the '?' keeps the library from parsing arguments, of which
 * some hundreds would use up its memory and leave the client without an answer. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct pk_http *http = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info == NULL || info->socket_context == NULL) {
        return NULL;
    }
    struct call *call = pk_xcalloc(1, sizeof(*call));
    call->http = http;
    call->conn = info->socket_context;
    call->number = ++call->conn->asked;
    size_t len = strnlen(target, PK_TARGET_MAX + 1);
    call->target = pk_xmalloc(len + 1);
    memcpy(call->target, target, len);
    call->target[len] = '\0';
    char *question = strchr((char *)(uintptr_t)target, '?');
    if (question != NULL) {
        question[1] = '\0';
    }
    atomic_store(&call->conn->idle, false);
    atomic_store(&call->conn->deadline_ms, pk_now_ms() + PK_HTTP_HEADER_MS);
    return call;
}

static size_t no_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct call *call = *state;
    if (call == NULL) {
        return;
    }
    atomic_store(&call->conn->deadline_ms, pk_now_ms() + PK_HTTP_IDLE_MS);
    atomic_store(&call->conn->idle, true);
    if (call->response != NULL) {
        MHD_destroy_response(call->response);
    }
    pk_arena_finish(&call->arena);
    pk_buf_finish(&call->body);
    pk_spool_drop(call->upload);
    free(call->target);
    free(call->if_none_match);
    free(call->origin);
    free(call);
    *state = NULL;
}

/* End connections past their deadline; with `idle`, those between requests too. */
static void reap(struct pk_http *http, bool idle)
{
    int64_t now = pk_now_ms();
    pthread_mutex_lock(&http->lock);
    for (struct conn *conn = http->conns; conn != NULL; conn = conn->next) {
        if (atomic_load(&conn->deadline_ms) <= now) {
            atomic_store(&conn->deadline_ms, INT64_MAX);
            if (!atomic_load(&conn->idle)) { /* counted before anybody can see the end */
                pk_app_count(http->app, PK_COUNT_REAPED);
            }
            shutdown(conn->fd, SHUT_RDWR);
        } else if (idle && atomic_load(&conn->idle)) {
            shutdown(conn->fd, SHUT_RD); /* what has arrived is still answered */
        }
    }
    pthread_mutex_unlock(&http->lock);
}

static void sleep_ms(int ms)
{
    struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static void expire(struct pk_http *http, bool all)
{
    const struct pk_http_queues *q = &http->queues;
    struct pk_jobs *const every[] = {q->jobs, q->past, q->outside, q->staff, q->entry};
    for (size_t i = 0; i < PK_COUNT(every); i++) {
        pk_jobs_expire(every[i], all);
    }
}

static void *run_reaper(void *arg)
{
    struct pk_http *http = arg;
    while (!atomic_load(&http->stopping)) {
        sleep_ms(PK_HTTP_REAPER_MS);
        reap(http, false);
        expire(http, false);
    }
    return NULL;
}

/* ---- start and stop ---- */

/* The library's own messages, at most one a second: when descriptors run out it writes
 * one for every turn of its loop. */
static void on_log(void *cls, const char *fmt, va_list args)
{
    struct pk_http *http = cls;
    int64_t now = pk_now_ms(), before = atomic_load(&http->logged_ms);
    if (now - before < 1000 ||
        !atomic_compare_exchange_strong(&http->logged_ms, &before, now)) {
        return;
    }
    char text[512];
    vsnprintf(text, sizeof(text), fmt, args);
    text[strcspn(text, "\n")] = '\0';
    pk_log(PK_LOG_WARN, "http", "library=%s", text);
}

static enum pk_status connection_limit(unsigned *limit, struct pk_error *err)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        return pk_fail(err, PK_IO, "the limit of open files cannot be read");
    }
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < PK_HTTP_FILES_SPARE + 16) {
        return pk_fail(err, PK_LIMIT, "at most %llu files may be open; %d are needed",
                       (unsigned long long)files.rlim_cur, PK_HTTP_FILES_SPARE + 16);
    }
    rlim_t room = files.rlim_cur - PK_HTTP_FILES_SPARE;
    *limit = room < PK_HTTP_CONNECTIONS_MAX ? (unsigned)room : PK_HTTP_CONNECTIONS_MAX;
    return PK_OK;
}

static bool is_behind_proxy(const struct pk_app *app)
{
    const char *listen = pk_opts_text(app->opts, "listen");
    return pk_opts_item(app->opts, "trusted_proxies", 0) != NULL ||
           strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0;
}

enum pk_status pk_http_start(struct pk_http **out, struct pk_app *app,
                             const struct pk_http_queues *queues, int listen_fd,
                             struct pk_error *err)
{
    unsigned limit = 0;
    enum pk_status status = connection_limit(&limit, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_http *http = pk_xcalloc(1, sizeof(*http));
    http->app = app;
    http->queues = *queues;
    pthread_mutex_init(&http->lock, NULL);
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, http,
        MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)PK_HTTP_THREADS, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        is_behind_proxy(app) ? 0u : (unsigned)PK_HTTP_PER_ADDRESS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)PK_HTTP_MEMORY_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(PK_HTTP_IDLE_MS / 1000),
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
        MHD_OPTION_END);
    if (http->daemon == NULL || pthread_create(&http->reaper, NULL, run_reaper, http)) {
        if (http->daemon != NULL) {
            MHD_stop_daemon(http->daemon);
        }
        pthread_mutex_destroy(&http->lock);
        free(http);
        return pk_fail(err, PK_IO, "the HTTP server cannot be started");
    }
    *out = http;
    return PK_OK;
}

void pk_http_stop(struct pk_http *http)
{
    if (http == NULL) {
        return;
    }
    atomic_store(&http->app->draining, true);
    int fd = MHD_quiesce_daemon(http->daemon);
    int64_t end = pk_now_ms() + PK_HTTP_DRAIN_MS;
    while (atomic_load(&http->app->connections) > 0 && pk_now_ms() < end) {
        reap(http, true);
        sleep_ms(20);
    }
    /* No connection may be suspended when the daemon stops. */
    expire(http, true);
    end = pk_now_ms() + 1000;
    while (atomic_load(&http->app->connections) > 0 && pk_now_ms() < end) {
        reap(http, true);
        sleep_ms(20);
    }
    atomic_store(&http->stopping, true);
    pthread_join(http->reaper, NULL);
    MHD_stop_daemon(http->daemon);
    if (fd >= 0) {
        close(fd);
    }
    pthread_mutex_destroy(&http->lock);
    free(http);
}
