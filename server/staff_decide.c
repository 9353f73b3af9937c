/* What is done with a draft: a choice about an older plan, discarding, publishing. */
#include <stdatomic.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/draft_view.h"
#include "server/staff_work.h"
#include "server/writer_link.h"

static enum pk_status to_draft(struct pk_worker *worker, const struct pk_request *request,
                               int64_t draft, struct pk_response *response)
{
    return pk_staff_see(
        worker, response, request,
        pk_arena_printf(&worker->arena, "/admin/draft/%lld", (long long)draft));
}

enum pk_status pk_staff_replace(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    static const char *const fields[] = {"older", "newer", "kind", "reason"};
    struct pk_buf what;
    struct pk_json j;
    int64_t draft = 0;
    enum pk_status status = pk_staff_number(&draft, request, 0, err);
    for (size_t i = 0; i < PK_COUNT(fields) && status == PK_OK; i++) {
        const char *value = pk_request_form(request, fields[i]);
        if (value == NULL || value[0] == '\0') {
            status = pk_fail_said(err, PK_BAD_INPUT, request->lang, fields[i],
                                  PK_MSG_ADM_FIELD_MISSING, NULL);
        }
    }
    if (status != PK_OK) {
        return status;
    }
    pk_writer_begin(&what, &j, "draft-replace", request);
    pk_json_member_int(&j, "draft", draft);
    for (size_t i = 0; i < PK_COUNT(fields); i++) {
        pk_json_member(&j, fields[i], pk_request_form(request, fields[i]));
    }
    status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    return status == PK_OK ? to_draft(worker, request, draft, response) : status;
}

enum pk_status pk_staff_discard(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    struct pk_buf what;
    struct pk_json j;
    int64_t draft = 0;
    enum pk_status status = pk_staff_number(&draft, request, 0, err);
    if (status != PK_OK) {
        return status;
    }
    pk_writer_begin(&what, &j, "draft-discard", request);
    pk_json_member_int(&j, "draft", draft);
    status = pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
    return status == PK_OK ? pk_staff_see(worker, response, request, "/admin/deliveries")
                           : status;
}

/* ---- publishing ---- */

static int64_t undecided(const json_t *pairs)
{
    const json_t *list = pk_jget_array(pairs, "pairs");
    int64_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        n += pk_jget_string(json_array_get(list, i), "choice") == NULL;
    }
    return n;
}

static void confirm_page(struct pk_worker *worker, const struct pk_request *request,
                         int64_t draft, const json_t *pairs, struct pk_response *response)
{
    struct pk_page page;
    struct pk_buf out;
    int64_t seen = atomic_load(&worker->app->version), open = undecided(pairs);
    const char *path =
        pk_arena_printf(&worker->arena, "/admin/draft/%lld", (long long)draft);
    pk_staff_begin(&page, &out, worker, request,
                   pk_say(&worker->arena, request->lang, PK_MSG_ADM_PUBLISH_ASK, "draft",
                          pk_staff_digits(worker, draft), NULL));
    pk_htmlf(&out, "<p>%s</p>\n",
             pk_say(&worker->arena, request->lang, PK_MSG_ADM_PUBLISH_TELL, "version",
                    pk_staff_digits(worker, seen + 1), NULL));
    if (open > 0) {
        pk_htmlf(&out, "<p>%s</p>\n",
                 pk_say(&worker->arena, request->lang, PK_MSG_ADM_PUBLISH_OPEN_CHOICES,
                        "n", pk_staff_digits(worker, open), NULL));
    }
    pk_staff_form(&page, pk_arena_printf(&worker->arena, "%s/publish", path));
    pk_htmlf(&out,
             "<input type=\"hidden\" name=\"seen\" value=\"%lld\">\n"
             "<button type=\"submit\">%s</button>\n</form>\n",
             (long long)seen, pk_msg_text(PK_MSG_ADM_PUBLISH, request->lang));
    pk_staff_link(&page, path, PK_MSG_ADM_TO_DRAFT);
    pk_staff_end(&page, response);
}

static enum pk_status ask_page(struct pk_worker *worker, const struct pk_request *request,
                               int64_t draft, struct pk_response *response,
                               struct pk_error *err)
{
    json_t *show = NULL, *pairs = NULL;
    struct pk_db db;
    enum pk_status status = pk_staff_view(&db, worker, err);
    if (status != PK_OK) {
        return status;
    }
    status = pk_draft_show(&show, &db, draft, err);
    const char *state = pk_jget_string(show, "state");
    bool open = state != NULL && strcmp(state, "open") == 0;
    if (status == PK_OK && open) {
        status = pk_draft_pairs(&pairs, &db, draft, err);
    }
    pk_db_close(&db);
    if (status == PK_OK && open) {
        confirm_page(worker, request, draft, pairs, response);
    } else if (status == PK_OK) { /* its own page says why not */
        status = to_draft(worker, request, draft, response);
    }
    json_decref(show);
    json_decref(pairs);
    return status;
}

enum pk_status pk_staff_publish(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    int64_t draft = 0;
    enum pk_status status = pk_staff_number(&draft, request, 0, err);
    if (status != PK_OK) {
        return status;
    }
    return request->method == PK_POST
               ? pk_staff_step(worker, request, "publish", "draft", draft, response, err)
               : ask_page(worker, request, draft, response, err);
}
