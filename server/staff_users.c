/* /admin/users: who may sign in. Administrators. */
#include <string.h>

#include "base/parse.h"
#include "base/secret.h"
#include "server/staff.h"
#include "server/writer_link.h"

static void write_roles(struct pk_page *page, const char *id, enum pk_role chosen)
{
    pk_htmlf(page->out, "<select id=\"%s\" name=\"role\">\n", id);
    for (int role = PK_ROLE_VIEWER; role < PK_ROLES; role++) {
        pk_htmlf(page->out, "<option value=\"%s\"", pk_role_name((enum pk_role)role));
        pk_buf_adds(page->out, (enum pk_role)role == chosen ? " selected>" : ">");
        pk_htmlf(page->out, "%s</option>\n",
                 pk_staff_role((enum pk_role)role, page->lang));
    }
    pk_buf_adds(page->out, "</select>\n");
}

static void write_user(struct pk_page *page, struct pk_worker *worker,
                       const struct pk_user *user)
{
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    const char *id = pk_arena_printf(&worker->arena, "role-%lld", (long long)user->id);
    pk_htmlf(out, "<li>\n<h3>%s (%s)</h3>\n", user->full_name, user->name);
    pk_htmlf(out, "<p>%s%s</p>\n", pk_staff_role(user->role, lang),
             user->disabled ? pk_msg_text(PK_MSG_STAFF_IS_DISABLED, lang) : "");
    pk_htmlf(out, "<form method=\"post\" action=\"/admin/users/change?lang=%s\">\n",
             pk_lang_tag(lang));
    pk_auth_form_token(out, page->request);
    pk_htmlf(out, "<input type=\"hidden\" name=\"user\" value=\"%lld\">\n",
             (long long)user->id);
    pk_htmlf(out, "<label for=\"%s\">%s</label>\n", id,
             pk_say(&worker->arena, lang, PK_MSG_STAFF_ROLE_OF, "name", user->full_name,
                    NULL));
    write_roles(page, id, user->role);
    pk_htmlf(out, "<button type=\"submit\" name=\"do\" value=\"role\">%s</button>\n",
             pk_say(&worker->arena, lang, PK_MSG_STAFF_ROLE_SET, "name", user->full_name,
                    NULL));
    pk_htmlf(out, "<button type=\"submit\" name=\"do\" value=\"%s\">%s</button>\n",
             user->disabled ? "enable" : "disable",
             pk_say(&worker->arena, lang,
                    user->disabled ? PK_MSG_STAFF_ENABLE : PK_MSG_STAFF_DISABLE, "name",
                    user->full_name, NULL));
    pk_buf_adds(out, "</form>\n</li>\n");
}

static void write_new(struct pk_page *page, struct pk_worker *worker, const char *wrong)
{
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    const struct pk_request *r = page->request;
    pk_htmlf(out, "<h2>%s</h2>\n", pk_msg_text(PK_MSG_STAFF_USER_NEW, lang));
    pk_htmlf(out, "<form method=\"post\" action=\"/admin/users?lang=%s\">\n",
             pk_lang_tag(lang));
    pk_auth_form_token(out, r);
    pk_staff_field(page, &(struct pk_staff_field){.name = "name",
                                                  .type = "text",
                                                  .complete = "off",
                                                  .value = pk_request_form(r, "name"),
                                                  .label = PK_MSG_STAFF_NAME,
                                                  .wrong = wrong != NULL});
    pk_staff_field(page,
                   &(struct pk_staff_field){.name = "full_name",
                                            .type = "text",
                                            .complete = "off",
                                            .value = pk_request_form(r, "full_name"),
                                            .label = PK_MSG_STAFF_FULL_NAME});
    pk_htmlf(out, "<div class=\"field\">\n<label for=\"role\">%s</label>\n",
             pk_msg_text(PK_MSG_STAFF_ROLE, lang));
    write_roles(page, "role", PK_ROLE_VIEWER);
    pk_buf_adds(out, "</div>\n");
    pk_staff_field(page,
                   &(struct pk_staff_field){.name = "password",
                                            .type = "password",
                                            .complete = "new-password",
                                            .hint = pk_say(&worker->arena, lang,
                                                           PK_MSG_STAFF_PASSWORD_HINT,
                                                           "min", "12", NULL),
                                            .label = PK_MSG_STAFF_PASSWORD});
    pk_htmlf(out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_STAFF_USER_ADD, lang));
}

static enum pk_status users_page(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, const char *wrong,
                                 struct pk_error *err)
{
    struct pk_user *users;
    uint32_t count = 0;
    struct pk_page page;
    struct pk_buf out;
    enum pk_status status =
        pk_auth_users(worker->app, &users, &count, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_STAFF_USERS, request->lang));
    if (wrong != NULL) {
        pk_staff_error(&page, "name", wrong);
    }
    pk_htmlf(&out, "<h2>%s</h2>\n<ul class=\"users\">\n",
             pk_msg_text(PK_MSG_STAFF_USERS_NOW, request->lang));
    for (uint32_t i = 0; i < count; i++) {
        write_user(&page, worker, &users[i]);
    }
    pk_buf_adds(&out, "</ul>\n");
    write_new(&page, worker, wrong);
    pk_staff_end(&page, response);
    return PK_OK;
}

/* What could not be done, on the page; worse things are the caller's. */
static enum pk_status conclude(struct pk_worker *worker, const struct pk_request *request,
                               struct pk_response *response, enum pk_status status,
                               struct pk_error *err)
{
    if (status == PK_OK) {
        pk_auth_refresh(worker->app);
        return pk_staff_see(worker, response, request, "/admin/users");
    }
    if (status != PK_BAD_INPUT && status != PK_NOT_FOUND && status != PK_LIMIT) {
        return status;
    }
    status = users_page(worker, request, response,
                        pk_say(&worker->arena, request->lang, PK_MSG_STAFF_NOT_DONE,
                               "why", err->text, NULL),
                        err);
    response->status = 400;
    return status;
}

enum pk_status pk_staff_users(struct pk_worker *worker, const struct pk_request *request,
                              struct pk_response *response, struct pk_error *err)
{
    return users_page(worker, request, response, NULL, err);
}

enum pk_status pk_staff_user_add(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    const char *full = pk_request_form(request, "full_name");
    const char *name = pk_request_form(request, "name");
    const char *password = pk_request_form(request, "password");
    char hash[PK_PASSWORD_TEXT];
    struct pk_buf what;
    struct pk_json j;
    enum pk_status status = pk_password_hash(hash, password != NULL ? password : "", err);
    if (status == PK_OK) {
        pk_writer_begin(&what, &j, "user-add", request);
        pk_json_member(&j, "name", name);
        pk_json_member(&j, "full_name", full);
        pk_json_member(&j, "role", pk_request_form(request, "role"));
        pk_json_member(&j, "password", hash);
        status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    }
    return conclude(worker, request, response, status, err);
}

enum pk_status pk_staff_user_change(struct pk_worker *worker,
                                    const struct pk_request *request,
                                    struct pk_response *response, struct pk_error *err)
{
    const char *user = pk_request_form(request, "user");
    const char *act = pk_request_form(request, "do");
    uint32_t id = 0;
    struct pk_buf what;
    struct pk_json j;
    if (user == NULL || !pk_parse_all_u32(user, INT32_MAX, &id) || act == NULL) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "user",
                            PK_MSG_REQ_PARAMETER_VALUE, "name", "user", NULL);
    }
    pk_writer_begin(&what, &j, "user-change", request);
    pk_json_member_int(&j, "user", id);
    if (strcmp(act, "role") == 0) {
        pk_json_member(&j, "role", pk_request_form(request, "role"));
    } else {
        pk_json_key(&j, "disabled");
        pk_json_bool(&j, strcmp(act, "enable") != 0);
    }
    return conclude(worker, request, response,
                    pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err),
                    err);
}
