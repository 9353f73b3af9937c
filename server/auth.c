#include "server/auth.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "server/html.h"
#include "server/negotiate.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/throttle.h"
#include "server/writer_link.h"

enum { SECRET_MAX = 200, NEXT_MAX = 4 * PK_TARGET_MAX };

/* What is in the file, in memory. Replaced as a whole. */
struct copy {
    struct pk_arena arena;
    struct pk_user *users;
    struct pk_session_row *sessions;
    struct pk_token_row *tokens;
    int64_t *stored; /* of each session: `seen` as the file has it */
    uint32_t user_count, session_count, token_count;
};

struct pk_auth_table {
    pthread_mutex_t reading; /* of db and generation: whoever reads the file */
    struct pk_db db;
    int64_t generation, data_version;
    pthread_mutex_t lock; /* of the copy; held for a moment only */
    struct copy copy;
    int64_t idle_s, longest_s;
    int64_t told_ms;
};

/* ---- asking about somebody ---- */

static const struct pk_auth nobody;

const struct pk_auth *pk_auth_of(const struct pk_request *request)
{
    return request->auth != NULL ? request->auth : &nobody;
}

bool pk_auth_may(const struct pk_auth *auth, enum pk_role role)
{
    return auth->role >= role && (!auth->program || role == PK_ROLE_NONE ||
                                  (auth->scopes & pk_scope_for(role)) != 0);
}

enum pk_status pk_auth_need(const struct pk_request *request, enum pk_role role,
                            struct pk_error *err)
{
    if (pk_auth_may(pk_auth_of(request), role)) {
        return PK_OK;
    }
    return pk_fail_said(err, PK_FORBIDDEN, request->lang, NULL, PK_MSG_AUTH_MAY_NOT,
                        NULL);
}

void pk_auth_form_token(struct pk_buf *out, const struct pk_request *request)
{
    pk_htmlf(out, "<input type=\"hidden\" name=\"form_token\" value=\"%s\">\n",
             pk_auth_of(request)->form_token);
}

void pk_auth_log(struct pk_worker *worker, const struct pk_request *request,
                 const char *action, const char *object, const char *detail)
{
    struct pk_buf what;
    struct pk_json j;
    struct pk_error err = {0};
    pk_writer_begin(&what, &j, "log", request);
    pk_json_member(&j, "action", action);
    pk_json_member(&j, "object", object);
    pk_json_member(&j, "detail", detail);
    if (pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, &err) != PK_OK) {
        pk_log(PK_LOG_ERROR, "log", "action=%s object=%s error=%s", action, object,
               err.text);
    }
}

/* ---- the copy ---- */

static enum pk_status read_copy(struct copy *out, struct pk_db *db, struct pk_error *err)
{
    memset(out, 0, sizeof(*out));
    enum pk_status status =
        pk_access_users(&out->users, &out->user_count, db, &out->arena, err);
    if (status == PK_OK) {
        status =
            pk_access_sessions(&out->sessions, &out->session_count, db, &out->arena, err);
    }
    if (status == PK_OK) {
        status = pk_access_tokens(&out->tokens, &out->token_count, db, &out->arena, err);
    }
    out->stored =
        pk_arena_alloc(&out->arena, (size_t)out->session_count + 1, sizeof(int64_t));
    for (uint32_t i = 0; i < out->session_count; i++) {
        out->stored[i] = out->sessions[i].seen;
    }
    return status;
}

/* With `reading` held. */
static enum pk_status load(struct pk_auth_table *t, struct pk_error *err)
{
    struct copy fresh, old;
    int64_t generation = 0;
    enum pk_status status = pk_db_exec(&t->db, "BEGIN", err);
    if (status != PK_OK) {
        return status;
    }
    status = pk_access_generation(&generation, &t->db, err);
    bool same = status == PK_OK && generation == t->generation;
    if (status == PK_OK && !same) {
        status = read_copy(&fresh, &t->db, err);
        old = fresh; /* let go of below, unless it takes the place of the old one */
        if (status == PK_OK) {
            pthread_mutex_lock(&t->lock);
            old = t->copy;
            t->copy = fresh;
            t->generation = generation;
            pthread_mutex_unlock(&t->lock);
        }
        pk_arena_finish(&old.arena);
    }
    struct pk_error ignored;
    if (pk_db_exec(&t->db, "COMMIT", &ignored) != PK_OK) {
        pk_log(PK_LOG_ERROR, "access", "error=%s", ignored.text);
    }
    return status;
}

enum pk_status pk_auth_start(struct pk_app *app, struct pk_error *err)
{
    struct pk_auth_table *t = pk_xcalloc(1, sizeof(*t));
    t->generation = t->data_version = -1;
    t->idle_s = pk_opts_int(app->opts, "session.idle_min") * 60;
    t->longest_s = pk_opts_int(app->opts, "session.max_h") * 3600;
    pthread_mutex_init(&t->reading, NULL);
    pthread_mutex_init(&t->lock, NULL);
    app->auth = t;
    app->throttle = pk_throttle_create();
    enum pk_status status = pk_db_open(&t->db, app->db, PK_DB_READ, false, err);
    return status == PK_OK ? load(t, err) : status;
}

void pk_auth_stop(struct pk_app *app)
{
    struct pk_auth_table *t = app->auth;
    if (t == NULL) {
        return;
    }
    if (t->db.sql != NULL) {
        pk_db_close(&t->db);
    }
    pk_arena_finish(&t->copy.arena);
    pk_throttle_destroy(app->throttle);
    app->throttle = NULL;
    pthread_mutex_destroy(&t->lock);
    pthread_mutex_destroy(&t->reading);
    free(t);
    app->auth = NULL;
}

void pk_auth_refresh(struct pk_app *app)
{
    struct pk_error err = {0};
    pthread_mutex_lock(&app->auth->reading);
    if (load(app->auth, &err) != PK_OK) {
        pk_log(PK_LOG_ERROR, "access", "error=%s", err.text);
    }
    pthread_mutex_unlock(&app->auth->reading);
}

/* Who was seen since the file was last told. */
static void tell_seen(struct pk_app *app)
{
    struct pk_auth_table *t = app->auth;
    struct pk_buf what;
    struct pk_json j;
    uint32_t count = 0;
    pk_writer_begin(&what, &j, "session-seen", NULL);
    pk_json_key(&j, "sessions");
    pk_json_array(&j);
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->copy.session_count && count < 500; i++) {
        const struct pk_session_row *s = &t->copy.sessions[i];
        if (s->seen > t->copy.stored[i]) {
            t->copy.stored[i] = s->seen;
            pk_json_array(&j);
            pk_json_int(&j, s->id);
            pk_json_int(&j, s->seen);
            pk_json_end(&j);
            count++;
        }
    }
    pthread_mutex_unlock(&t->lock);
    pk_json_end(&j);
    if (count > 0) {
        pk_writer_tell(app, &what, &j);
    } else {
        pk_buf_finish(&what);
    }
}

void pk_auth_tick(struct pk_app *app)
{
    struct pk_auth_table *t = app->auth;
    struct pk_error err;
    int64_t now = pk_now_ms(), version = 0;
    if (t == NULL) {
        return;
    }
    pthread_mutex_lock(&t->reading);
    if (pk_db_number(&version, &t->db, "PRAGMA data_version", &err) != PK_OK ||
        (version != t->data_version && load(t, &err) != PK_OK)) {
        pk_log(PK_LOG_ERROR, "access", "error=%s", err.text);
    } else {
        t->data_version = version;
    }
    pthread_mutex_unlock(&t->reading);
    if (now - t->told_ms >= PK_SESSION_TOUCH_S * INT64_C(1000)) {
        t->told_ms = now;
        tell_seen(app);
    }
}

/* ---- who asks ---- */

static const struct pk_user *user_of(const struct copy *copy, int64_t id)
{
    for (uint32_t i = 0; i < copy->user_count; i++) {
        if (copy->users[i].id == id && !copy->users[i].disabled) {
            return &copy->users[i];
        }
    }
    return NULL;
}

static void fill(struct pk_auth *auth, const struct pk_user *user, struct pk_arena *arena)
{
    auth->user = user->id;
    auth->name = pk_arena_strdup(arena, user->name);
    auth->full_name = pk_arena_strdup(arena, user->full_name);
    auth->role = user->role;
}

/* Other pages cannot guess it, and it does not tell the cookie. */
static void make_form_token(char out[PK_FORM_TOKEN_TEXT], const char *secret,
                            struct pk_arena *arena)
{
    const char *text = pk_arena_printf(arena, "plankarta form %s", secret);
    pk_sha256_text(out, text, strlen(text));
}

static bool by_session(struct pk_auth_table *t, struct pk_auth *auth, const char *secret,
                       struct pk_arena *arena)
{
    char hash[PK_SHA256_TEXT];
    int64_t now = time(NULL);
    const struct pk_user *user = NULL;
    pk_sha256_text(hash, secret, strlen(secret));
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->copy.session_count && user == NULL; i++) {
        struct pk_session_row *s = &t->copy.sessions[i];
        if (s->hash[0] == hash[0] && pk_secret_equal(s->hash, hash)) {
            if (now - s->seen > t->idle_s || now - s->created > t->longest_s) {
                break;
            }
            user = user_of(&t->copy, s->user);
            if (user != NULL) {
                s->seen = now;
                auth->session = s->id;
                fill(auth, user, arena);
            }
        }
    }
    pthread_mutex_unlock(&t->lock);
    if (user != NULL) {
        make_form_token(auth->form_token, secret, arena);
    }
    return user != NULL;
}

static bool by_token(struct pk_auth_table *t, struct pk_auth *auth, const char *secret,
                     struct pk_arena *arena)
{
    char hash[PK_SHA256_TEXT];
    const struct pk_user *user = NULL;
    pk_sha256_text(hash, secret, strlen(secret));
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->copy.token_count && user == NULL; i++) {
        const struct pk_token_row *row = &t->copy.tokens[i];
        if (row->hash[0] == hash[0] && pk_secret_equal(row->hash, hash)) {
            user = row->expires > time(NULL) ? user_of(&t->copy, row->user) : NULL;
            if (user == NULL) {
                break;
            }
            auth->token = row->id;
            auth->program = true;
            auth->scopes = row->scopes;
            fill(auth, user, arena);
        }
    }
    pthread_mutex_unlock(&t->lock);
    return user != NULL;
}

enum pk_status pk_auth_find_user(struct pk_app *app, struct pk_user *out,
                                 const char *name, struct pk_arena *arena)
{
    struct pk_auth_table *t = app->auth;
    enum pk_status status = PK_NOT_FOUND;
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->copy.user_count; i++) {
        const struct pk_user *user = &t->copy.users[i];
        if (!user->disabled && strcmp(user->name, name) == 0) {
            *out = *user;
            out->name = pk_arena_strdup(arena, user->name);
            out->full_name = pk_arena_strdup(arena, user->full_name);
            out->password = pk_arena_strdup(arena, user->password);
            out->subject = pk_arena_strdup(arena, user->subject);
            status = PK_OK;
        }
    }
    pthread_mutex_unlock(&t->lock);
    return status;
}

const char *pk_auth_cookie_name(const struct pk_request *request)
{
    return strncmp(request->base, "https://", 8) == 0 ? "__Host-plankarta" : "plankarta";
}

const char *pk_cookie_read(const char *header, const char *name, struct pk_arena *arena)
{
    size_t len = strlen(name);
    const char *found = NULL;
    while (header != NULL && *header != '\0') {
        header += strspn(header, " \t;");
        size_t n = strcspn(header, ";");
        if (n > len && strncmp(header, name, len) == 0 && header[len] == '=') {
            if (found != NULL) {
                return NULL;
            }
            found = pk_arena_strndup(arena, header + len + 1, n - len - 1);
        }
        header += n;
    }
    return found;
}

/* ---- refusing ---- */

static bool refuse(struct pk_app *app, const struct pk_request *request, int http,
                   enum pk_msg_id id, struct pk_response *response,
                   struct pk_arena *arena)
{
    struct pk_error err = {0};
    pk_fail_said(&err, PK_FORBIDDEN, request->lang, NULL, id, NULL);
    pk_problem(app, request, response, http, &err, NULL, arena);
    response->challenge = http == 401 ? "Bearer realm=\"plankarta\"" : NULL;
    return false;
}

/* A person at a page goes to the sign-in page and comes back. */
static bool send_to_sign_in(struct pk_app *app, const struct pk_request *request,
                            struct pk_response *response, struct pk_arena *arena)
{
    enum pk_format format = PK_FORMAT_JSON;
    struct pk_error ignored;
    bool page =
        request->method == PK_GET && request->accept != NULL &&
        strstr(request->accept, "text/html") != NULL &&
        pk_negotiate_format(&format, request, 1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON,
                            PK_FORMAT_JSON, &ignored) == PK_OK &&
        format == PK_FORMAT_HTML;
    if (!page) {
        return refuse(app, request, 401, PK_MSG_AUTH_SIGN_IN_FIRST, response, arena);
    }
    struct pk_buf to;
    pk_buf_init(&to, NEXT_MAX);
    pk_buf_addf(&to, "/admin/sign-in?lang=%s&next=", pk_lang_tag(request->lang));
    pk_url_escape(&to, request->target, "/");
    response->location = to.failed ? "/admin/sign-in" : pk_arena_strdup(arena, to.data);
    response->status = 303;
    pk_buf_finish(&to);
    return false;
}

/* Does the request come from one of our own pages? */
static bool is_ours(const struct pk_request *request, const struct pk_auth_headers *h)
{
    if (h->fetch_site != NULL) {
        return strcmp(h->fetch_site, "same-origin") == 0;
    }
    if (request->origin == NULL) {
        return false;
    }
    if (request->base[0] != '\0') {
        return strcmp(request->origin, request->base) == 0;
    }
    const char *host = strstr(request->origin, "://");
    return host != NULL && h->host != NULL && strcmp(host + 3, h->host) == 0;
}

bool pk_auth_begin(struct pk_app *app, struct pk_request *request,
                   const struct pk_auth_headers *h, struct pk_response *response,
                   struct pk_arena *arena)
{
    struct pk_auth *auth = pk_arena_alloc(arena, 1, sizeof(*auth));
    const struct pk_route *route = request->route;
    const char *cookie = pk_cookie_read(h->cookie, pk_auth_cookie_name(request), arena);
    bool bearer =
        h->authorization != NULL && strncasecmp(h->authorization, "Bearer ", 7) == 0;
    request->auth = auth;
    request->cookies = h->cookie;
    if (app->auth == NULL) {
        return true;
    }
    if (bearer && (strlen(h->authorization) > SECRET_MAX ||
                   !by_token(app->auth, auth, h->authorization + 7, arena))) {
        return refuse(app, request, 401, PK_MSG_AUTH_BAD_TOKEN, response, arena);
    }
    if (!bearer && cookie != NULL && strlen(cookie) <= SECRET_MAX) {
        by_session(app->auth, auth, cookie, arena);
    }
    bool posts = request->method == PK_POST && !auth->program;
    bool staff = route->may != PK_ROLE_NONE || route->lane == PK_LANE_ENTRY;
    if (posts && staff && !is_ours(request, h)) {
        return refuse(app, request, 403, PK_MSG_AUTH_ELSEWHERE, response, arena);
    }
    if (auth->role == PK_ROLE_NONE && route->may != PK_ROLE_NONE) {
        return send_to_sign_in(app, request, response, arena);
    }
    if (!pk_auth_may(auth, route->may)) {
        return refuse(app, request, 403, PK_MSG_AUTH_MAY_NOT, response, arena);
    }
    request->form_token =
        h->form_token != NULL ? h->form_token : pk_request_arg(request, "form_token");
    return true;
}

/* A form's fields, by the rules of queries. */
static enum pk_status read_form(struct pk_request *request, struct pk_arena *arena,
                                struct pk_error *err)
{
    struct pk_request *scratch = pk_arena_alloc(arena, 1, sizeof(*scratch));
    if (request->body_len > PK_FORM_MAX) {
        return pk_fail(err, PK_LIMIT, "the form is larger than %d bytes", PK_FORM_MAX);
    }
    if (strlen(request->body) != request->body_len) {
        return pk_fail(err, PK_BAD_INPUT, "the form holds a NUL");
    }
    enum pk_status status = pk_request_read_query(scratch, request->body, arena, err);
    request->form = scratch->args;
    request->form_count = scratch->arg_count;
    return status;
}

bool pk_auth_body(struct pk_app *app, struct pk_request *request,
                  struct pk_response *response, struct pk_arena *arena)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const struct pk_auth *auth = pk_auth_of(request);
    const struct pk_route *route = request->route;
    bool staff = route->may != PK_ROLE_NONE || route->lane == PK_LANE_ENTRY;
    if (request->method != PK_POST || !staff) {
        return true;
    }
    if (request->body != NULL && request->content_type != NULL &&
        strncasecmp(request->content_type, form, strlen(form)) == 0) {
        struct pk_error err = {0};
        if (read_form(request, arena, &err) != PK_OK) {
            pk_problem(app, request, response, 0, &err, NULL, arena);
            return false;
        }
        const char *token = pk_request_form(request, "form_token");
        request->form_token = token != NULL ? token : request->form_token;
    }
    if (auth->session != 0 && (request->form_token == NULL ||
                               !pk_secret_equal(request->form_token, auth->form_token))) {
        return refuse(app, request, 403, PK_MSG_AUTH_ELSEWHERE, response, arena);
    }
    return true;
}

/* ---- lists for pages ---- */

enum pk_status pk_auth_users(struct pk_app *app, struct pk_user **out, uint32_t *count,
                             struct pk_arena *arena, struct pk_error *err)
{
    pthread_mutex_lock(&app->auth->reading);
    enum pk_status status = pk_access_users(out, count, &app->auth->db, arena, err);
    pthread_mutex_unlock(&app->auth->reading);
    return status;
}

enum pk_status pk_auth_sessions(struct pk_app *app, struct pk_session_row **out,
                                uint32_t *count, int64_t user, struct pk_arena *arena,
                                struct pk_error *err)
{
    const struct pk_auth_table *t = app->auth;
    int64_t now = time(NULL);
    uint32_t all = 0, n = 0;
    pthread_mutex_lock(&app->auth->reading);
    enum pk_status status = pk_access_sessions(out, &all, &app->auth->db, arena, err);
    pthread_mutex_unlock(&app->auth->reading);
    for (uint32_t i = 0; i < all && status == PK_OK; i++) {
        const struct pk_session_row *s = &(*out)[i];
        bool alive = now - s->seen <= t->idle_s && now - s->created <= t->longest_s;
        if (alive && (user == 0 || s->user == user)) {
            (*out)[n++] = *s;
        }
    }
    *count = n;
    return status;
}

enum pk_status pk_auth_read_log(struct pk_app *app, struct pk_log_row **out,
                                uint32_t *count, const struct pk_log_query *query,
                                struct pk_arena *arena, struct pk_error *err)
{
    pthread_mutex_lock(&app->auth->reading);
    enum pk_status status = pk_log_read(out, count, &app->auth->db, query, arena, err);
    pthread_mutex_unlock(&app->auth->reading);
    return status;
}
