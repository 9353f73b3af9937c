/*
 * auth.h - who asks, and what they may.
 *
 * Every route says in its row who may (routes.c, column `may`): PK_ROLE_NONE everybody,
 * PK_ROLE_VIEWER whoever is signed in, and upwards. That is decided on the HTTP thread
 * before a body is read, from a copy of users, sessions and tokens in memory: nobody ->
 * the sign-in page (or 401 for programs), somebody who may not -> 403. A handler of such
 * a route finds a person or program who may; for finer questions it asks here:
 *
 *     const struct pk_auth *auth = pk_auth_of(request);       // never NULL
 *     if (pk_auth_may(auth, PK_ROLE_PUBLISHER)) { ...the button... }
 *     status = pk_auth_need(request, PK_ROLE_PUBLISHER, err); // PK_FORBIDDEN -> 403
 *
 * Forms (POST, application/x-www-form-urlencoded, at most PK_FORM_MAX bytes) of such
 * routes are read before the handler runs: pk_request_form(request, "name"). What comes
 * with a cookie must come from our own pages (Sec-Fetch-Site, Origin) and carry the
 * session's token, which pk_auth_form_token() writes into a form:
 *
 *     pk_buf_adds(out, "<form method=\"post\" action=\"/admin/x\">\n");
 *     pk_auth_form_token(out, request);
 *
 * A route that takes other bodies (uploads) gets the same check of the header
 * Plankarta-Form-Token or the argument form_token in its address (name it in `args`).
 * Programs with a token (Authorization: Bearer) send neither.
 *
 * Writing: server/writer_link.h. pk_writer_begin() names who and from where; what the
 * writer does by a message stands in the log in the same transaction. For something else
 * that people do and the log should know:
 *
 *     pk_auth_log(worker, request, "download", "plan 1234", "");
 */
#ifndef PK_SERVER_AUTH_H
#define PK_SERVER_AUTH_H

#include "layers/access.h"
#include "server/app.h"
#include "server/request.h"
#include "server/response.h"

enum {
    PK_FORM_MAX = 64 << 10,  /* bytes of a staff form */
    PK_SESSION_TOUCH_S = 60, /* how exactly the file knows when a session was used */
    PK_FORM_TOKEN_TEXT = 65
};

/* Who asks. Texts lie in the request's arena. Nobody: role PK_ROLE_NONE, name NULL. */
struct pk_auth {
    int64_t user, session, token; /* 0 = none */
    const char *name, *full_name;
    enum pk_role role;
    unsigned scopes;                     /* of a token: bits of enum pk_scope */
    bool program;                        /* came with a token */
    char form_token[PK_FORM_TOKEN_TEXT]; /* of a session; "" = none */
};

const struct pk_auth *pk_auth_of(const struct pk_request *request);
/* People: by role. Programs: by role and the scope for things of that role. */
bool pk_auth_may(const struct pk_auth *auth, enum pk_role role);
/* Errors: PK_FORBIDDEN in the request's language. */
enum pk_status pk_auth_need(const struct pk_request *request, enum pk_role role,
                            struct pk_error *err) PK_MUST_CHECK;
/* A hidden field with the session's token. */
void pk_auth_form_token(struct pk_buf *out, const struct pk_request *request);
/* A line in the log; not lost silently: a failure is in the program's log. */
void pk_auth_log(struct pk_worker *worker, const struct pk_request *request,
                 const char *action, const char *object, const char *detail);

/* ---- the server's side ---- */

/* Headers that tell who asks; NULL when absent. */
struct pk_auth_headers {
    const char *authorization, *cookie, *fetch_site, *host, *form_token;
};

/* After pk_route_find, before the body: sets request->auth. False: the response is a
 * finished refusal, or the way to the sign-in page. HTTP threads. */
bool pk_auth_begin(struct pk_app *app, struct pk_request *request,
                   const struct pk_auth_headers *headers, struct pk_response *response,
                   struct pk_arena *arena);
/* When the body is there: reads a form and checks its token. HTTP threads. */
bool pk_auth_body(struct pk_app *app, struct pk_request *request,
                  struct pk_response *response, struct pk_arena *arena);

/* The copy in memory. Errors: the file's. */
enum pk_status pk_auth_start(struct pk_app *app, struct pk_error *err) PK_MUST_CHECK;
void pk_auth_stop(struct pk_app *app);
/* Looks whether the copy is old, tells the writer who was seen; the watcher's thread. */
void pk_auth_tick(struct pk_app *app);
/* Read the copy anew now: after the writer has answered. Not from HTTP threads. */
void pk_auth_refresh(struct pk_app *app);

/* A user who is not disabled, by name; texts in the arena. PK_NOT_FOUND. */
enum pk_status pk_auth_find_user(struct pk_app *app, struct pk_user *out,
                                 const char *name, struct pk_arena *arena) PK_MUST_CHECK;

/* From the file, for pages of the staff; not from HTTP threads. `user` 0 = of all. */
enum pk_status pk_auth_users(struct pk_app *app, struct pk_user **out, uint32_t *count,
                             struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_auth_sessions(struct pk_app *app, struct pk_session_row **out,
                                uint32_t *count, int64_t user, struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_auth_read_log(struct pk_app *app, struct pk_log_row **out,
                                uint32_t *count, const struct pk_log_query *query,
                                struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;

/* Name of the session's cookie; with https (by the base of links) it is bound to host. */
const char *pk_auth_cookie_name(const struct pk_request *request);
/* The value of one cookie in a Cookie header (RFC 6265, 4.2.1), in the arena; NULL when
 * it is not there or given twice. */
const char *pk_cookie_read(const char *header, const char *name, struct pk_arena *arena);

#endif
