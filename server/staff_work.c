#include "server/staff_work.h"

#include <stdatomic.h>
#include <string.h>

#include "base/parse.h"
#include "layers/draft_view.h"
#include "server/writer_link.h"

enum pk_status pk_staff_number(int64_t *out, const struct pk_request *request,
                               uint32_t param, struct pk_error *err)
{
    const char *text = pk_route_param(request, param), *p = text;
    uint64_t value = 0;
    if (!pk_parse_u64(&p, INT64_MAX, &value) || !pk_parse_end(p) || value == 0) {
        return pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_NOTHING,
                            "value", request->path, NULL);
    }
    *out = (int64_t)value;
    return PK_OK;
}

enum pk_status pk_staff_view(struct pk_db *db, struct pk_worker *worker,
                             struct pk_error *err)
{
    return pk_draft_view_open(db, pk_opts_text(worker->app->opts, "db"), err);
}

const char *pk_staff_digits(struct pk_worker *worker, int64_t number)
{
    return pk_arena_printf(&worker->arena, "%lld", (long long)number);
}

const char *pk_staff_time(struct pk_worker *worker, const char *time)
{
    if (time == NULL || strlen(time) < 16) {
        return time != NULL ? time : "";
    }
    return pk_arena_printf(&worker->arena, "%.10s %.5s UTC", time, time + 11);
}

void pk_staff_link(struct pk_page *page, const char *path, enum pk_msg_id text)
{
    pk_htmlf(page->out, "<p><a href=\"%s?lang=%s\">%s</a></p>\n", path,
             pk_lang_tag(page->lang), pk_msg_text(text, page->lang));
}

void pk_staff_form(struct pk_page *page, const char *path)
{
    pk_htmlf(page->out, "<form class=\"staff\" method=\"post\" action=\"%s?lang=%s\">\n",
             path, pk_lang_tag(page->lang));
    pk_auth_form_token(page->out, page->request);
}

enum pk_status pk_staff_seen(int64_t *seen, struct pk_worker *worker,
                             const struct pk_request *request, struct pk_error *err)
{
    const char *text = pk_request_form(request, "seen");
    int64_t newest = atomic_load(&worker->app->version);
    uint64_t value = 0;
    if (text == NULL || !pk_parse_u64(&text, INT64_MAX, &value) || !pk_parse_end(text)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "seen",
                            PK_MSG_REQ_PARAMETER, NULL);
    }
    *seen = (int64_t)value;
    if (*seen == newest) {
        return PK_OK;
    }
    return pk_fail_said(err, PK_BAD_INPUT, request->lang, NULL, PK_MSG_ADM_CHANGED_SINCE,
                        "version", pk_staff_digits(worker, newest), NULL);
}

/* Somebody else was first: what happened, and the way to what changed. */
static enum pk_status changed_page(struct pk_worker *worker,
                                   const struct pk_request *request, int64_t seen,
                                   const char *sentence, struct pk_response *response)
{
    struct pk_page page;
    struct pk_buf out;
    int64_t newest = atomic_load(&worker->app->version);
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_STAFF_WRONG, request->lang));
    pk_htmlf(&out, "<p role=\"alert\">%s</p>\n", sentence);
    if (seen > 0 && seen < newest) {
        pk_htmlf(&out,
                 "<p><a href=\"/admin/history/%lld/changes?since=%lld&amp;lang=%s\">",
                 (long long)newest, (long long)seen, pk_lang_tag(request->lang));
        pk_htmlf(&out, "%s</a></p>\n",
                 pk_say(&worker->arena, request->lang, PK_MSG_ADM_DIFF_BETWEEN, "from",
                        pk_staff_digits(worker, seen), "to",
                        pk_staff_digits(worker, newest), NULL));
    }
    pk_staff_link(&page, request->path, PK_MSG_ADM_BACK);
    pk_staff_end(&page, response);
    response->status = 409;
    return PK_OK;
}

static enum pk_status done_page(struct pk_worker *worker,
                                const struct pk_request *request, int64_t version,
                                struct pk_response *response)
{
    struct pk_page page;
    struct pk_buf out;
    const char *number = pk_staff_digits(worker, version);
    pk_staff_begin(&page, &out, worker, request,
                   version > 0 ? pk_say(&worker->arena, request->lang,
                                        PK_MSG_ADM_PUBLISHED, "version", number, NULL)
                               : pk_msg_text(PK_MSG_ADM_DIFF_NOTHING, request->lang));
    if (version > 0) {
        pk_htmlf(&out, "<p role=\"status\">%s</p>\n",
                 pk_msg_text(PK_MSG_ADM_PUBLISHED_LEAD, request->lang));
        pk_htmlf(&out, "<p><a href=\"/admin/history/%s/changes?lang=%s\">%s</a></p>\n",
                 number, pk_lang_tag(request->lang),
                 pk_say(&worker->arena, request->lang, PK_MSG_ADM_HISTORY_CHANGES,
                        "version", number, NULL));
    }
    if (version > 1) {
        pk_htmlf(&out, "<p><a href=\"/admin/history/%lld/restore?lang=%s\">%s</a></p>\n",
                 (long long)version - 1, pk_lang_tag(request->lang),
                 pk_say(&worker->arena, request->lang, PK_MSG_ADM_UNDO, "version", number,
                        NULL));
    }
    pk_staff_link(&page, "/", PK_MSG_ADM_TO_MAP);
    pk_staff_link(&page, "/admin/history", PK_MSG_ADM_TO_HISTORY);
    pk_staff_end(&page, response);
    return PK_OK;
}

static enum pk_status later_page(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response)
{
    struct pk_page page;
    struct pk_buf out;
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_ADM_PUBLISH, request->lang));
    pk_htmlf(&out, "<p role=\"status\">%s</p>\n",
             pk_msg_text(PK_MSG_ADM_BUSY_WRITER, request->lang));
    pk_staff_link(&page, "/admin/history", PK_MSG_ADM_TO_HISTORY);
    pk_staff_end(&page, response);
    response->status = 202;
    return PK_OK;
}

enum pk_status pk_staff_step(struct pk_worker *worker, const struct pk_request *request,
                             const char *action, const char *member, int64_t number,
                             struct pk_response *response, struct pk_error *err)
{
    struct pk_writer_reply reply = {0};
    struct pk_buf what;
    struct pk_json j;
    int64_t seen = 0;
    enum pk_status status = pk_staff_seen(&seen, worker, request, err);
    if (status == PK_BAD_INPUT && seen > 0) {
        return changed_page(worker, request, seen, err->text, response);
    }
    if (status != PK_OK) {
        return status;
    }
    pk_writer_begin(&what, &j, action, request);
    pk_json_member_int(&j, member, number);
    if (seen > 0) { /* nothing has been published before the first */
        pk_json_member_int(&j, "seen", seen);
    }
    status = pk_writer_ask(&reply, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    if (status == PK_BUSY) {
        return later_page(worker, request, response);
    }
    if (status == PK_BAD_INPUT) { /* another one was first, or the draft is too old */
        return changed_page(worker, request, seen, err->text, response);
    }
    if (status != PK_OK) {
        return status;
    }
    pk_writer_await(worker->app, reply.version);
    return done_page(worker, request, reply.version, response);
}
