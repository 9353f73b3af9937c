/* /admin/sign-in/provider and /admin/sign-in/back: the two halves of signing in by an
 * outside identity provider (oidc.h). */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/secret.h"
#include "server/oidc.h"
#include "server/staff.h"
#include "server/writer_link.h"

static bool is_https(const struct pk_request *request)
{
    return strncmp(request->base, "https://", 8) == 0;
}

static const char *cookie_name(const struct pk_request *request)
{
    return is_https(request) ? "__Host-plankarta-back" : "plankarta-back";
}

static enum pk_status not_configured(const struct pk_request *request,
                                     struct pk_error *err)
{
    return pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_NOTHING,
                        "value", request->path, NULL);
}

enum pk_status pk_staff_provider(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    char state[PK_SECRET_TEXT];
    if (worker->app->oidc == NULL) {
        return not_configured(request, err);
    }
    pk_secret_new(state);
    enum pk_status status = pk_oidc_address(&response->location, worker->app->oidc, state,
                                            &worker->arena, err);
    if (status != PK_OK) {
        pk_log(PK_LOG_WARN, "oidc", "error=%s", err->text);
        return status;
    }
    response->status = 303;
    response->cookies[0] = pk_arena_printf(
        &worker->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
        cookie_name(request), state, PK_OIDC_COOKIE_S,
        is_https(request) ? "; Secure" : "");
    return PK_OK;
}

/* A user for who has come: added the first time, and with the role of today. A name that
 * somebody has already is not taken over: then the user is called by a digest. */
static enum pk_status let_in(int64_t *user, const char **name, struct pk_worker *worker,
                             const struct pk_request *request,
                             const struct pk_oidc_person *person, struct pk_error *err)
{
    struct pk_user *users;
    uint32_t count = 0;
    struct pk_writer_reply reply = {0};
    struct pk_buf what;
    struct pk_json j;
    char digest[PK_SHA256_TEXT];
    enum pk_status status =
        pk_auth_users(worker->app, &users, &count, &worker->arena, err);
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        if (users[i].subject == NULL || strcmp(users[i].subject, person->subject) != 0) {
            continue;
        }
        *user = users[i].id;
        *name = users[i].name;
        if (users[i].disabled) {
            return pk_fail_said(err, PK_FORBIDDEN, request->lang, NULL,
                                PK_MSG_AUTH_NO_ROLE, NULL);
        }
        if (users[i].role != person->role) {
            pk_writer_begin(&what, &j, "user-change", request);
            pk_json_member(&j, "by", *name);
            pk_json_member_int(&j, "user", *user);
            pk_json_member(&j, "role", pk_role_name(person->role));
            status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
        }
        return status;
    }
    pk_sha256_text(digest, person->subject, strlen(person->subject));
    const char *const names[] = {person->name,
                                 pk_arena_printf(&worker->arena, "u-%.16s", digest)};
    status = PK_BAD_INPUT;
    for (size_t i = 0; i < PK_COUNT(names) && status == PK_BAD_INPUT; i++) {
        pk_writer_begin(&what, &j, "user-add", request);
        pk_json_member(&j, "by", names[i]);
        pk_json_member(&j, "name", names[i]);
        pk_json_member(&j, "full_name", person->full_name);
        pk_json_member(&j, "role", pk_role_name(person->role));
        pk_json_member(&j, "subject", person->subject);
        status = pk_writer_ask(&reply, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
        *name = names[i];
    }
    *user = reply.number;
    return status;
}

enum pk_status pk_staff_back(struct pk_worker *worker, const struct pk_request *request,
                             struct pk_response *response, struct pk_error *err)
{
    const char *state = pk_request_arg(request, "state");
    const char *code = pk_request_arg(request, "code");
    const char *cookie =
        pk_cookie_read(request->cookies, cookie_name(request), &worker->arena);
    struct pk_oidc_person person;
    int64_t user = 0;
    const char *name = NULL;
    if (worker->app->oidc == NULL) {
        return not_configured(request, err);
    }
    if (state == NULL || code == NULL || cookie == NULL ||
        strlen(code) > PK_OIDC_CODE_MAX || strlen(cookie) != PK_SECRET_TEXT - 1 ||
        !pk_secret_equal(state, cookie)) {
        return pk_fail_said(err, PK_FORBIDDEN, request->lang, NULL, PK_MSG_AUTH_ELSEWHERE,
                            NULL);
    }
    enum pk_status status =
        pk_oidc_redeem(&person, worker->app->oidc, state, code, &worker->arena, err);
    if (status == PK_BAD_INPUT) { /* a token that does not hold */
        pk_log(PK_LOG_WARN, "oidc", "error=%s", err->text);
        pk_auth_log(worker, request, "sign-in-failed", "oidc", err->text);
        return pk_fail_said(err, PK_FORBIDDEN, request->lang, NULL,
                            PK_MSG_AUTH_PROVIDER_WRONG, NULL);
    }
    if (status == PK_OK && person.role == PK_ROLE_NONE) {
        return pk_fail_said(err, PK_FORBIDDEN, request->lang, NULL, PK_MSG_AUTH_NO_ROLE,
                            NULL);
    }
    if (status == PK_OK) {
        status = let_in(&user, &name, worker, request, &person, err);
    }
    if (status == PK_OK) {
        status = pk_staff_begin_session(worker, request, user, name, response, err);
    }
    if (status == PK_OK) {
        response->cookies[1] = pk_arena_printf(
            &worker->arena, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s",
            cookie_name(request), is_https(request) ? "; Secure" : "");
        status = pk_staff_see(worker, response, request, "/admin");
    }
    return status;
}
