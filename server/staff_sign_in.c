/* /admin/sign-in, /admin/sign-out and the start page of the staff. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "server/links.h"
#include "server/staff.h"
#include "server/throttle.h"
#include "server/writer_link.h"

/* Ten wrong passwords of one name and then two a minute; of one address twice that, since
 * a whole office may share it. */
static const struct pk_throttle_rule by_name = {10, 30000}, by_address = {20, 15000};

/* A page of ours to go to afterwards; anything else is the start page. */
static const char *next_of(const char *next)
{
    bool ours = next != NULL && next[0] == '/' && next[1] != '/' && next[1] != '\\' &&
                strpbrk(next, "\r\n") == NULL;
    return ours ? next : "/admin";
}

static void sign_in_page(struct pk_worker *worker, const struct pk_request *request,
                         struct pk_response *response, const char *next,
                         const char *wrong, const char *name)
{
    struct pk_page page;
    struct pk_buf out;
    enum pk_lang lang = request->lang;
    pk_staff_begin(&page, &out, worker, request, pk_msg_text(PK_MSG_STAFF_SIGN_IN, lang));
    if (wrong != NULL) {
        pk_staff_error(&page, "name", wrong);
    }
    pk_htmlf(&out, "<form method=\"post\" action=\"/admin/sign-in?lang=%s\">\n",
             pk_lang_tag(lang));
    pk_htmlf(&out, "<input type=\"hidden\" name=\"next\" value=\"%s\">\n", next);
    pk_auth_form_token(&out, request);
    pk_staff_field(&page, &(struct pk_staff_field){.name = "name",
                                                   .type = "text",
                                                   .complete = "username",
                                                   .value = name,
                                                   .label = PK_MSG_STAFF_NAME,
                                                   .wrong = wrong != NULL});
    pk_staff_field(&page, &(struct pk_staff_field){.name = "password",
                                                   .type = "password",
                                                   .complete = "current-password",
                                                   .label = PK_MSG_STAFF_PASSWORD,
                                                   .wrong = wrong != NULL});
    pk_htmlf(&out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_STAFF_SIGN_IN, lang));
    if (worker->app->oidc != NULL) {
        pk_htmlf(&out, "<p><a href=\"/admin/sign-in/provider?lang=%s\">%s</a></p>\n",
                 pk_lang_tag(lang), pk_msg_text(PK_MSG_STAFF_PROVIDER, lang));
    }
    pk_staff_end(&page, response);
}

static void note_failure(struct pk_worker *worker, const struct pk_request *request,
                         const char *name)
{
    pk_auth_log(worker, request, "sign-in-failed", name, "");
}

/* How long to wait, in whole seconds; 0 = try now. */
static int wait_s(struct pk_app *app, const struct pk_request *request, const char *name)
{
    int64_t now = pk_now_ms();
    int64_t a =
        pk_throttle_take(app->throttle, "address", request->client, by_address, now);
    int64_t n = pk_throttle_take(app->throttle, "name", name, by_name, now);
    int64_t longest = a > n ? a : n;
    return (int)((longest + 999) / 1000);
}

enum pk_status pk_staff_begin_session(struct pk_worker *worker,
                                      const struct pk_request *request, int64_t user,
                                      const char *name, struct pk_response *response,
                                      struct pk_error *err)
{
    char secret[PK_SECRET_TEXT], hash[PK_SHA256_TEXT];
    struct pk_buf what;
    struct pk_json j;
    bool https = strncmp(request->base, "https://", 8) == 0;
    pk_secret_new(secret);
    pk_sha256_text(hash, secret, strlen(secret));
    pk_writer_begin(&what, &j, "session-add", request);
    if (pk_auth_of(request)->name == NULL) {
        pk_json_member(&j, "by", name);
    }
    pk_json_member_int(&j, "user", user);
    pk_json_member(&j, "hash", hash);
    pk_json_member(&j, "address", request->client);
    pk_json_member(&j, "agent", request->agent);
    enum pk_status status =
        pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    if (status != PK_OK) {
        return status;
    }
    pk_auth_refresh(worker->app);
    response->cookies[0] =
        pk_arena_printf(&worker->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s",
                        pk_auth_cookie_name(request), secret, https ? "; Secure" : "");
    return PK_OK;
}

static enum pk_status try_password(struct pk_worker *worker,
                                   const struct pk_request *request,
                                   struct pk_response *response, const char *next,
                                   struct pk_error *err)
{
    const char *given = pk_request_form(request, "name");
    const char *password = pk_request_form(request, "password");
    const char *name = given != NULL && strlen(given) <= PK_USER_NAME_MAX
                           ? pk_text_fold(&worker->arena, given)
                           : "";
    struct pk_user user;
    enum pk_lang lang = request->lang;
    name = name != NULL ? name : "";
    int wait = wait_s(worker->app, request, name);
    if (wait > 0) {
        char seconds[16];
        snprintf(seconds, sizeof(seconds), "%d", wait);
        sign_in_page(
            worker, request, response, next,
            pk_say(&worker->arena, lang, PK_MSG_AUTH_TOO_OFTEN, "seconds", seconds, NULL),
            given);
        response->status = 429;
        response->retry_after_s = wait;
        return PK_OK;
    }
    enum pk_status status = pk_auth_find_user(worker->app, &user, name, &worker->arena);
    const char *encoded = status == PK_OK ? user.password : NULL;
    if (!pk_password_matches(encoded, password != NULL ? password : "")) {
        note_failure(worker, request, name);
        sign_in_page(worker, request, response, next,
                     pk_msg_text(PK_MSG_AUTH_WRONG, lang), given);
        response->status = 403;
        return PK_OK;
    }
    status = pk_staff_begin_session(worker, request, user.id, user.name, response, err);
    if (status == PK_OK) {
        pk_throttle_forgive(worker->app->throttle, "name", name);
        pk_throttle_return(worker->app->throttle, "address", request->client, by_address);
        status = pk_staff_see(worker, response, request, next);
    }
    return status;
}

enum pk_status pk_staff_sign_in(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    if (request->method == PK_POST) {
        return try_password(worker, request, response,
                            next_of(pk_request_form(request, "next")), err);
    }
    sign_in_page(worker, request, response, next_of(pk_request_arg(request, "next")),
                 NULL, NULL);
    return PK_OK;
}

enum pk_status pk_staff_sign_out(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    struct pk_buf what;
    struct pk_json j;
    const struct pk_auth *auth = pk_auth_of(request);
    if (auth->session != 0) {
        pk_writer_begin(&what, &j, "session-end", request);
        pk_json_member_int(&j, "session", auth->session);
        enum pk_status status =
            pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
        if (status != PK_OK) {
            return status;
        }
        pk_auth_refresh(worker->app);
    }
    response->cookies[0] = pk_arena_printf(
        &worker->arena, "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s",
        pk_auth_cookie_name(request),
        strncmp(request->base, "https://", 8) == 0 ? "; Secure" : "");
    return pk_staff_see(worker, response, request, "/admin/sign-in");
}

enum pk_status pk_staff_start(struct pk_worker *worker, const struct pk_request *request,
                              struct pk_response *response, struct pk_error *err)
{
    const struct pk_auth *auth = pk_auth_of(request);
    enum pk_lang lang = request->lang;
    struct pk_page page;
    struct pk_buf out;
    (void)err;
    pk_staff_begin(&page, &out, worker, request, pk_msg_text(PK_MSG_STAFF_START, lang));
    pk_htmlf(&out, "<p>%s</p>\n",
             pk_say(&worker->arena, lang, PK_MSG_STAFF_SIGNED_IN, "name", auth->full_name,
                    "role", pk_staff_role(auth->role, lang), NULL));
    pk_htmlf(&out, "<form method=\"post\" action=\"/admin/sign-out?lang=%s\">\n",
             pk_lang_tag(lang));
    pk_auth_form_token(&out, request);
    pk_htmlf(&out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_STAFF_SIGN_OUT, lang));
    pk_staff_end(&page, response);
    return PK_OK;
}
