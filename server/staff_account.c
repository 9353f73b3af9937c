/* /admin/account: one's own password and sessions. Everybody who is signed in. */
#include <string.h>

#include "base/date.h"
#include "base/parse.h"
#include "base/secret.h"
#include "server/staff.h"
#include "server/throttle.h"
#include "server/writer_link.h"

static void write_session(struct pk_page *page, const struct pk_session_row *row)
{
    struct pk_buf *out = page->out;
    bool here = row->id == pk_auth_of(page->request)->session;
    char since[PK_TIME_TEXT];
    pk_time_format(since, (time_t)row->created);
    pk_htmlf(out, "<li>\n<p>%s, %s, %s%s</p>\n", since, row->address, row->agent,
             here ? pk_msg_text(PK_MSG_STAFF_SESSION_HERE, page->lang) : "");
    if (!here) {
        pk_htmlf(out, "<form method=\"post\" action=\"/admin/account/end?lang=%s\">\n",
                 pk_lang_tag(page->lang));
        pk_auth_form_token(out, page->request);
        pk_htmlf(out,
                 "<input type=\"hidden\" name=\"session\" value=\"%lld\">\n"
                 "<button type=\"submit\">%s<span class=\"unseen\"> %s</span></button>\n"
                 "</form>\n",
                 (long long)row->id, pk_msg_text(PK_MSG_STAFF_SESSION_END, page->lang),
                 since);
    }
    pk_buf_adds(out, "</li>\n");
}

static void write_password(struct pk_page *page, struct pk_worker *worker,
                           const char *wrong)
{
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    pk_htmlf(out, "<h2>%s</h2>\n", pk_msg_text(PK_MSG_STAFF_PASSWORD_CHANGE, lang));
    pk_htmlf(out, "<form method=\"post\" action=\"/admin/account?lang=%s\">\n",
             pk_lang_tag(lang));
    pk_auth_form_token(out, page->request);
    pk_staff_field(page, &(struct pk_staff_field){.name = "old",
                                                  .type = "password",
                                                  .complete = "current-password",
                                                  .label = PK_MSG_STAFF_PASSWORD_OLD,
                                                  .wrong = wrong != NULL});
    pk_staff_field(page,
                   &(struct pk_staff_field){.name = "new",
                                            .type = "password",
                                            .complete = "new-password",
                                            .hint = pk_say(&worker->arena, lang,
                                                           PK_MSG_STAFF_PASSWORD_HINT,
                                                           "min", "12", NULL),
                                            .label = PK_MSG_STAFF_PASSWORD_NEW});
    pk_htmlf(out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_STAFF_PASSWORD_CHANGE, lang));
}

static enum pk_status account_page(struct pk_worker *worker,
                                   const struct pk_request *request,
                                   struct pk_response *response, const char *wrong,
                                   struct pk_error *err)
{
    struct pk_session_row *rows;
    uint32_t count = 0;
    struct pk_page page;
    struct pk_buf out;
    enum pk_status status = pk_auth_sessions(
        worker->app, &rows, &count, pk_auth_of(request)->user, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_STAFF_ACCOUNT, request->lang));
    if (wrong != NULL) {
        pk_staff_error(&page, "old", wrong);
    }
    write_password(&page, worker, wrong);
    pk_htmlf(&out, "<h2>%s</h2>\n<ul>\n",
             pk_msg_text(PK_MSG_STAFF_SESSIONS, request->lang));
    for (uint32_t i = 0; i < count; i++) {
        write_session(&page, &rows[i]);
    }
    pk_buf_adds(&out, "</ul>\n");
    pk_staff_end(&page, response);
    return PK_OK;
}

enum pk_status pk_staff_account(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    return account_page(worker, request, response, NULL, err);
}

enum pk_status pk_staff_password(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    static const struct pk_throttle_rule rule = {10, 30000};
    const struct pk_auth *auth = pk_auth_of(request);
    const char *old = pk_request_form(request, "old");
    const char *fresh = pk_request_form(request, "new");
    char hash[PK_PASSWORD_TEXT];
    struct pk_user user = {0};
    struct pk_buf what;
    struct pk_json j;
    enum pk_status status =
        pk_auth_find_user(worker->app, &user, auth->name, &worker->arena);
    bool right = status == PK_OK &&
                 pk_throttle_take(worker->app->throttle, "password", auth->name, rule,
                                  pk_now_ms()) == 0 &&
                 pk_password_matches(user.password, old != NULL ? old : "");
    status = right ? pk_password_hash(hash, fresh != NULL ? fresh : "", err) : PK_OK;
    if (!right || status == PK_BAD_INPUT) {
        const char *wrong = right
                                ? pk_say(&worker->arena, request->lang,
                                         PK_MSG_STAFF_PASSWORD_HINT, "min", "12", NULL)
                                : pk_msg_text(PK_MSG_STAFF_PASSWORD_WRONG, request->lang);
        status = account_page(worker, request, response, wrong, err);
        response->status = 400;
        return status;
    }
    if (status == PK_OK) {
        pk_writer_begin(&what, &j, "user-password", request);
        pk_json_member_int(&j, "user", auth->user);
        pk_json_member(&j, "password", hash);
        pk_json_member_int(&j, "keep", auth->session);
        status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    }
    if (status == PK_OK) {
        pk_auth_refresh(worker->app);
        status = pk_staff_see(worker, response, request, "/admin/account");
    }
    return status;
}

/* One's own sessions only. */
enum pk_status pk_staff_session_end(struct pk_worker *worker,
                                    const struct pk_request *request,
                                    struct pk_response *response, struct pk_error *err)
{
    const char *text = pk_request_form(request, "session");
    struct pk_session_row *rows;
    uint32_t count = 0, id = 0;
    bool own = false;
    struct pk_buf what;
    struct pk_json j;
    enum pk_status status = pk_auth_sessions(
        worker->app, &rows, &count, pk_auth_of(request)->user, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    if (text != NULL && pk_parse_all_u32(text, INT32_MAX, &id)) {
        for (uint32_t i = 0; i < count; i++) {
            own |= rows[i].id == id;
        }
    }
    if (own) {
        pk_writer_begin(&what, &j, "session-end", request);
        pk_json_member_int(&j, "session", id);
        status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
        pk_auth_refresh(worker->app);
    }
    return status != PK_OK ? status
                           : pk_staff_see(worker, response, request, "/admin/account");
}
