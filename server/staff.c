#include "server/staff.h"

#include <string.h>

#include "base/secret.h"

/* Where one may go: a row per part of /admin; those that one may not use are not shown.
 */
static const struct {
    const char *path;
    enum pk_msg_id text;
    enum pk_role may;
} places[] = {
    {"/admin",            PK_MSG_STAFF_START,    PK_ROLE_VIEWER       },
    {"/admin/deliveries", PK_MSG_ADM_DELIVERIES, PK_ROLE_VIEWER       },
    {"/admin/history",    PK_MSG_ADM_HISTORY,    PK_ROLE_VIEWER       },
    {"/admin/users",      PK_MSG_STAFF_USERS,    PK_ROLE_ADMINISTRATOR},
    {"/admin/log",        PK_MSG_STAFF_LOG,      PK_ROLE_ADMINISTRATOR},
    {"/admin/account",    PK_MSG_STAFF_ACCOUNT,  PK_ROLE_VIEWER       },
};

const char *pk_staff_role(enum pk_role role, enum pk_lang lang)
{
    static const enum pk_msg_id roles[PK_ROLES] = {
        PK_MSG_ROLE_VIEWER, PK_MSG_ROLE_VIEWER, PK_MSG_ROLE_PLANNER,
        PK_MSG_ROLE_PUBLISHER, PK_MSG_ROLE_ADMINISTRATOR};
    return pk_msg_text(roles[role < PK_ROLES ? role : PK_ROLE_NONE], lang);
}

static void write_who(struct pk_page *page)
{
    const struct pk_auth *auth = pk_auth_of(page->request);
    struct pk_buf *out = page->out;
    if (auth->session == 0) {
        return;
    }
    pk_htmlf(out, "<nav class=\"staff\" aria-label=\"%s\">\n<ul>\n",
             pk_msg_text(PK_MSG_STAFF_NAV, page->lang));
    for (size_t i = 0; i < PK_COUNT(places); i++) {
        if (pk_auth_may(auth, places[i].may)) {
            bool here = strcmp(places[i].path, page->request->path) == 0;
            pk_htmlf(out, "<li><a href=\"%s?lang=%s\"", places[i].path,
                     pk_lang_tag(page->lang));
            pk_htmlf(out,
                     here ? " aria-current=\"page\">%s</a></li>\n" : ">%s</a></li>\n",
                     pk_msg_text(places[i].text, page->lang));
        }
    }
    pk_buf_adds(out, "</ul>\n</nav>\n");
}

void pk_staff_begin(struct pk_page *page, struct pk_buf *out, struct pk_worker *worker,
                    const struct pk_request *request, const char *title)
{
    pk_buf_init(out, PK_PAGE_MAX);
    pk_page_begin(page, out, worker->app, request, request->lang, title);
    write_who(page);
    pk_htmlf(out, "<h1>%s</h1>\n", title);
}

void pk_staff_end(struct pk_page *page, struct pk_response *response)
{
    pk_page_end(page);
    pk_page_respond(response, page->out);
    pk_buf_finish(page->out);
    response->keep = PK_KEEP_NOTHING;
}

enum pk_status pk_staff_see(struct pk_worker *worker, struct pk_response *response,
                            const struct pk_request *request, const char *path)
{
    response->status = 303;
    response->location = pk_arena_printf(&worker->arena, "%s%slang=%s", path,
                                         strchr(path, '?') != NULL ? "&" : "?",
                                         pk_lang_tag(request->lang));
    response->keep = PK_KEEP_NOTHING;
    return PK_OK;
}

void pk_staff_error(struct pk_page *page, const char *field, const char *sentence)
{
    struct pk_buf *out = page->out;
    pk_htmlf(out,
             "<div class=\"warning\" role=\"alert\" id=\"wrong\" tabindex=\"-1\">\n"
             "<h2>%s</h2>\n<p>",
             pk_msg_text(PK_MSG_STAFF_WRONG, page->lang));
    if (field != NULL) {
        pk_htmlf(out, "<a href=\"#%s\">%s</a>", field, sentence);
    } else {
        pk_htmlf(out, "%s", sentence);
    }
    pk_buf_adds(out, "</p>\n</div>\n");
}

void pk_staff_field(struct pk_page *page, const struct pk_staff_field *f)
{
    struct pk_buf *out = page->out;
    pk_htmlf(out, "<div class=\"field\">\n<label for=\"%s\">%s</label>\n", f->name,
             pk_msg_text(f->label, page->lang));
    if (f->hint != NULL) {
        pk_htmlf(out, "<p id=\"%s-hint\" class=\"hint\">%s</p>\n", f->name, f->hint);
    }
    pk_htmlf(out, "<input id=\"%s\" name=\"%s\" type=\"%s\" value=\"%s\"", f->name,
             f->name, f->type, f->value);
    if (f->complete != NULL) {
        pk_htmlf(out, " autocomplete=\"%s\"", f->complete);
    }
    if (f->hint != NULL || f->wrong) {
        pk_htmlf(out, " aria-describedby=\"%s%s%s\"", f->wrong ? "wrong " : "",
                 f->hint != NULL ? f->name : "", f->hint != NULL ? "-hint" : "");
    }
    pk_buf_adds(out, f->wrong ? " aria-invalid=\"true\"" : "");
    pk_buf_adds(out, f->optional ? ">\n</div>\n" : " required>\n</div>\n");
}
