/* /admin/history: every version, what it changed, and the way back. */
#include <stdatomic.h>
#include <string.h>

#include "base/parse.h"
#include "layers/publish.h"
#include "server/diff_page.h"
#include "server/staff_work.h"

enum { VERSIONS_SHOWN = 200 };

static void write_back(struct pk_page *page, struct pk_worker *worker, int64_t version,
                       int64_t newest)
{
    int64_t to = version == newest ? version - 1 : version;
    if (to < 1 || !pk_auth_may(pk_auth_of(page->request), PK_ROLE_PUBLISHER)) {
        return;
    }
    const char *number = pk_staff_digits(worker, version);
    pk_htmlf(page->out, "<br><a href=\"/admin/history/%lld/restore?lang=%s\">%s</a>",
             (long long)to, pk_lang_tag(page->lang),
             pk_say(&worker->arena, page->lang,
                    version == newest ? PK_MSG_ADM_UNDO : PK_MSG_ADM_HISTORY_BACK,
                    "version", number, NULL));
}

static void write_version(struct pk_page *page, struct pk_worker *worker,
                          const struct pk_version *v, int64_t newest)
{
    struct pk_arena *arena = &worker->arena;
    const char *number = pk_staff_digits(worker, v->version);
    pk_htmlf(
        page->out, "<li><strong>%s</strong><br>%s<br>",
        pk_say(arena, page->lang,
               v->version == newest ? PK_MSG_ADM_HISTORY_NOW : PK_MSG_ADM_HISTORY_VERSION,
               "version", number, NULL),
        pk_say(arena, page->lang, PK_MSG_ADM_HISTORY_LINE, "time",
               pk_staff_time(worker, v->published), "by", v->by, "source", v->source,
               NULL));
    pk_htmlf(
        page->out, "<a href=\"/admin/history/%s/changes?lang=%s\">%s</a>", number,
        pk_lang_tag(page->lang),
        pk_say(arena, page->lang, PK_MSG_ADM_HISTORY_CHANGES, "version", number, NULL));
    write_back(page, worker, v->version, newest);
    pk_buf_adds(page->out, "</li>\n");
}

enum pk_status pk_staff_history(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    struct pk_store *store = worker->store;
    struct pk_version *list = NULL;
    struct pk_page page;
    struct pk_buf out;
    uint32_t count = 0;
    int64_t newest = 0;
    enum pk_status status = store->ops->begin(store, &newest, err);
    if (status == PK_OK) {
        status = store->ops->versions(store, &list, &count, &worker->arena, err);
        store->ops->end(store);
    }
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_ADM_HISTORY, request->lang));
    pk_buf_adds(&out, "<ul class=\"drafts\">\n");
    /* Newest first, whichever order they come in. */
    bool rising = count > 1 && list[0].version < list[1].version;
    for (uint32_t i = 0; i < count && i < VERSIONS_SHOWN; i++) {
        write_version(&page, worker, &list[rising ? count - 1 - i : i], newest);
    }
    pk_buf_adds(&out, "</ul>\n");
    pk_staff_end(&page, response);
    return PK_OK;
}

enum pk_status pk_staff_changes(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    const char *since = pk_request_arg(request, "since");
    struct pk_page page;
    struct pk_buf out;
    struct pk_db db;
    json_t *diff = NULL;
    int64_t to = 0;
    uint64_t from = 0;
    enum pk_status status = pk_staff_number(&to, request, 0, err);
    if (status != PK_OK) {
        return status;
    }
    from = (uint64_t)to - 1;
    if (since != NULL &&
        (!pk_parse_u64(&since, INT64_MAX, &from) || !pk_parse_end(since))) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "since",
                            PK_MSG_REQ_PARAMETER, NULL);
    }
    status = pk_staff_view(&db, worker, err);
    if (status != PK_OK) {
        return status;
    }
    status = pk_diff(&diff, &db, 0, (int64_t)from, to, NULL, err);
    pk_db_close(&db);
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_say(&worker->arena, request->lang, PK_MSG_ADM_DIFF_BETWEEN, "from",
                          pk_staff_digits(worker, (int64_t)from), "to",
                          pk_staff_digits(worker, to), NULL));
    pk_diff_html(&page, diff);
    pk_staff_link(&page, "/admin/history", PK_MSG_ADM_TO_HISTORY);
    pk_staff_end(&page, response);
    json_decref(diff);
    return PK_OK;
}

static void ask_page(struct pk_worker *worker, const struct pk_request *request,
                     int64_t to, struct pk_response *response)
{
    struct pk_page page;
    struct pk_buf out;
    const char *number = pk_staff_digits(worker, to);
    pk_staff_begin(
        &page, &out, worker, request,
        pk_say(&worker->arena, request->lang, PK_MSG_ADM_UNDO_ASK, "to", number, NULL));
    pk_htmlf(
        &out, "<p>%s</p>\n",
        pk_say(&worker->arena, request->lang, PK_MSG_ADM_UNDO_TELL, "to", number, NULL));
    pk_staff_form(&page,
                  pk_arena_printf(&worker->arena, "/admin/history/%s/restore", number));
    pk_htmlf(&out,
             "<input type=\"hidden\" name=\"seen\" value=\"%lld\">\n"
             "<button type=\"submit\">%s</button>\n</form>\n",
             (long long)atomic_load(&worker->app->version),
             pk_say(&worker->arena, request->lang, PK_MSG_ADM_HISTORY_BACK, "version",
                    number, NULL));
    pk_staff_link(&page, "/admin/history", PK_MSG_ADM_TO_HISTORY);
    pk_staff_end(&page, response);
}

enum pk_status pk_staff_restore(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    int64_t to = 0;
    enum pk_status status = pk_staff_number(&to, request, 0, err);
    if (status == PK_OK && to >= atomic_load(&worker->app->version)) {
        status = pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_NOTHING,
                              "value", request->path, NULL);
    }
    if (status != PK_OK) {
        return status;
    }
    if (request->method == PK_POST) {
        return pk_staff_step(worker, request, "rollback", "to", to, response, err);
    }
    ask_page(worker, request, to, response);
    return PK_OK;
}
