/* /admin/deliveries: what has been delivered, and the form; /admin/delivery/{id}: how far
 * one has come. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "layers/draft_view.h"
#include "server/spool.h"
#include "server/staff_work.h"
#include "server/writer_link.h"

enum {
    LOOK_MS = 4000, /* so long a page waits for a delivery that is nearly read */
    STEP_MS = 50,
    ANSWER_MAX = 65 << 20
};

/* ---- the list ---- */

static const char *state_word(const char *state, enum pk_lang lang)
{
    static const struct {
        const char *state;
        enum pk_msg_id text;
    } rows[] = {
        {"open",      PK_MSG_ADM_STATE_OPEN     },
        {"held",      PK_MSG_ADM_STATE_HELD     },
        {"published", PK_MSG_ADM_STATE_PUBLISHED},
        {"unchanged", PK_MSG_ADM_STATE_UNCHANGED},
        {"discarded", PK_MSG_ADM_STATE_DISCARDED},
    };
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        if (state != NULL && strcmp(rows[i].state, state) == 0) {
            return pk_msg_text(rows[i].text, lang);
        }
    }
    return state;
}

static void write_list(struct pk_page *page, struct pk_worker *worker, const json_t *list)
{
    struct pk_buf *out = page->out;
    pk_htmlf(out, "<h2>%s</h2>\n", pk_msg_text(PK_MSG_ADM_DRAFTS, page->lang));
    if (json_array_size(list) == 0) {
        pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_ADM_DRAFTS_NONE, page->lang));
        return;
    }
    pk_buf_adds(out, "<ul class=\"drafts\">\n");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *d = json_array_get(list, i);
        long long number = 0;
        pk_jget_int(d, "draft", &number);
        pk_htmlf(out,
                 "<li><a href=\"/admin/draft/%lld?lang=%s\">%s</a> (%s)<br>%s</li>\n",
                 number, pk_lang_tag(page->lang),
                 pk_say(&worker->arena, page->lang, PK_MSG_ADM_DRAFT, "draft",
                        pk_staff_digits(worker, number), "source",
                        pk_jget_string(d, "source"), NULL),
                 state_word(pk_jget_string(d, "state"), page->lang),
                 pk_say(&worker->arena, page->lang, PK_MSG_ADM_DRAFT_BY, "by",
                        pk_jget_string(d, "by"), "time",
                        pk_staff_time(worker, pk_jget_string(d, "created")), NULL));
    }
    pk_buf_adds(out, "</ul>\n");
}

static void write_form(struct pk_page *page)
{
    struct pk_buf *out = page->out;
    const struct pk_auth *auth = pk_auth_of(page->request);
    pk_htmlf(out, "<h2>%s</h2>\n", pk_msg_text(PK_MSG_ADM_DELIVER, page->lang));
    /* A body with files is not read before it is known to be ours: the token stands in
     * the address. */
    pk_htmlf(out,
             "<form class=\"staff\" method=\"post\" enctype=\"multipart/form-data\" "
             "action=\"/admin/deliver?lang=%s&amp;form_token=%s\">\n",
             pk_lang_tag(page->lang), auth->form_token);
    pk_htmlf(
        out,
        "<label for=\"file\">%s</label>\n<p id=\"file-hint\" class=\"hint\">%s</p>\n",
        pk_msg_text(PK_MSG_ADM_DELIVER_FILE, page->lang),
        pk_msg_text(PK_MSG_ADM_DELIVER_HINT, page->lang));
    pk_buf_adds(out, "<input id=\"file\" name=\"file\" type=\"file\" multiple required "
                     "aria-describedby=\"file-hint\">\n");
    pk_htmlf(out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_ADM_DELIVER_SEND, page->lang));
}

enum pk_status pk_staff_deliveries(struct pk_worker *worker,
                                   const struct pk_request *request,
                                   struct pk_response *response, struct pk_error *err)
{
    struct pk_page page;
    struct pk_buf out;
    struct pk_db db;
    json_t *list = NULL;
    enum pk_status status = pk_staff_view(&db, worker, err);
    if (status != PK_OK) {
        return status;
    }
    status = pk_draft_list(&list, &db, err);
    pk_db_close(&db);
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_ADM_DELIVERIES, request->lang));
    if (pk_auth_may(pk_auth_of(request), PK_ROLE_PLANNER)) {
        write_form(&page);
    }
    write_list(&page, worker, list);
    pk_staff_end(&page, response);
    json_decref(list);
    return PK_OK;
}

/* ---- delivering ---- */

/* Whole in the address space, not in memory. */
static enum pk_status map_body(const char **bytes, size_t *len, const char *path,
                               struct pk_error *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *at = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0) {
        *len = (size_t)info.st_size;
        at = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (at == MAP_FAILED) {
        return pk_fail(err, PK_BAD_INPUT, "file: the delivery is empty");
    }
    *bytes = at;
    return PK_OK;
}

static enum pk_status ask_writer(struct pk_worker *worker,
                                 const struct pk_request *request, const char *folder,
                                 struct pk_error *err)
{
    struct pk_buf what;
    struct pk_json j;
    pk_writer_begin(&what, &j, "deliver", request);
    pk_json_member(&j, "folder", folder);
    pk_json_member(&j, "lang", pk_lang_tag(request->lang));
    return pk_writer_ask(NULL, worker->app, &what, &j, PK_WRITER_WAIT_MS, err);
}

enum pk_status pk_staff_deliver(struct pk_worker *worker,
                                const struct pk_request *request,
                                struct pk_response *response, struct pk_error *err)
{
    struct pk_part parts[PK_PARTS_MAX];
    uint32_t count = 0;
    const char *bytes = NULL, *folder = NULL;
    size_t len = 0;
    char id[PK_SPOOL_ID];
    if (request->upload == NULL || !pk_multipart_is(request->content_type)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "file",
                            PK_MSG_ADM_DELIVER_NO_FILE, NULL);
    }
    pk_spool_sweep(worker->app);
    enum pk_status status = map_body(&bytes, &len, request->upload, err);
    if (status != PK_OK) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "file",
                            PK_MSG_ADM_DELIVER_NO_FILE, NULL);
    }
    status = pk_multipart_read(parts, &count, request->content_type, bytes, len,
                               &worker->arena, err);
    if (status == PK_OK) {
        status = pk_spool_delivery(id, &folder, worker->app, parts, count, &worker->arena,
                                   err);
    }
    if (status == PK_BAD_INPUT) { /* no form, or none with a file */
        pk_fail_said(err, PK_BAD_INPUT, request->lang, "file", PK_MSG_ADM_DELIVER_NO_FILE,
                     NULL);
    }
    munmap((void *)(uintptr_t)bytes, len);
    if (status == PK_OK) {
        status = ask_writer(worker, request, folder, err);
    }
    if (status != PK_OK) {
        return status;
    }
    return pk_staff_see(worker, response, request,
                        pk_arena_printf(&worker->arena, "/admin/delivery/%s%s", id,
                                        pk_auth_of(request)->program ? "?f=json" : ""));
}

/* ---- one delivery ---- */

static bool is_done(const json_t *state)
{
    const char *word = pk_jget_string(state, "state");
    return word != NULL && strcmp(word, "done") == 0;
}

/* What is known, after a little waiting: most deliveries are read by then. */
static enum pk_status look(json_t **out, struct pk_worker *worker, const char *id,
                           struct pk_error *err)
{
    int64_t end = pk_now_ms() + LOOK_MS;
    for (;;) {
        enum pk_status status = pk_spool_look(out, worker->app, id, err);
        if (status != PK_OK || is_done(*out) || pk_now_ms() >= end) {
            return status;
        }
        json_decref(*out);
        *out = NULL;
        struct timespec pause = {0, STEP_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
}

/* Findings of a delivery that left no draft. */
static void write_report(struct pk_page *page, const json_t *report)
{
    const json_t *sources = pk_jget_array(report, "sources");
    pk_buf_adds(page->out, "<ul>\n");
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *findings = pk_jget_array(json_array_get(sources, i), "findings");
        for (size_t k = 0; k < json_array_size(findings); k++) {
            const json_t *f = json_array_get(findings, k);
            pk_htmlf(page->out, "<li>%s: %s %s</li>\n", pk_jget_string(f, "object"),
                     pk_jget_string(f, "text"), pk_jget_string(f, "fix"));
        }
    }
    pk_buf_adds(page->out, "</ul>\n");
}

static void write_progress(struct pk_page *page, struct pk_worker *worker,
                           const json_t *state)
{
    const char *said = pk_jget_string(state, "said");
    pk_htmlf(page->out, "<p role=\"status\">%s</p>\n",
             said != NULL ? pk_say(&worker->arena, page->lang,
                                   PK_MSG_ADM_DELIVERY_READING, "said", said, NULL)
                          : pk_msg_text(PK_MSG_ADM_DELIVERY_WAITING, page->lang));
    pk_staff_link(page, page->request->path, PK_MSG_ADM_DELIVERY_AGAIN);
}

static void delivery_page(struct pk_worker *worker, const struct pk_request *request,
                          struct pk_response *response, const json_t *state)
{
    struct pk_page page;
    struct pk_buf out;
    const char *error = pk_jget_string(state, "error");
    bool done = is_done(state);
    bool refused = error != NULL || pk_jget_bool(state, "refused", false);
    enum pk_msg_id title = !done     ? PK_MSG_ADM_DELIVERY
                           : refused ? PK_MSG_ADM_DELIVERY_REFUSED
                                     : PK_MSG_ADM_DELIVERY_DONE;
    pk_staff_begin(&page, &out, worker, request, pk_msg_text(title, request->lang));
    if (!done) {
        write_progress(&page, worker, state);
    } else if (error != NULL) {
        pk_htmlf(&out, "<p role=\"alert\">%s</p>\n",
                 pk_say(&worker->arena, request->lang, PK_MSG_ADM_BROKEN, "reason", error,
                        NULL));
    } else {
        pk_htmlf(&out, "<p role=\"status\">%s</p>\n",
                 refused ? pk_say(&worker->arena, request->lang, PK_MSG_ADM_BROKEN,
                                  "reason", "", NULL)
                         : pk_msg_text(PK_MSG_ADM_NOTHING_IN_IT, request->lang));
        write_report(&page, pk_jget_object(state, "report"));
    }
    pk_staff_link(&page, "/admin/deliveries", PK_MSG_ADM_DELIVERIES);
    pk_staff_end(&page, response);
}

enum pk_status pk_staff_delivery(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    json_t *state = NULL;
    long long draft = 0;
    const char *f = pk_request_arg(request, "f");
    enum pk_status status = look(&state, worker, pk_route_param(request, 0), err);
    if (status != PK_OK) {
        return status;
    }
    if (f != NULL && strcmp(f, "json") == 0) {
        struct pk_buf out;
        char *text = json_dumps(state, JSON_COMPACT | JSON_PRESERVE_ORDER |
                                           JSON_REAL_PRECISION(13));
        pk_buf_init(&out, ANSWER_MAX);
        pk_buf_adds(&out, text != NULL ? text : "{}");
        free(text);
        pk_response_take(response, &out, "application/json");
        pk_buf_finish(&out);
        response->keep = PK_KEEP_NOTHING;
    } else if (pk_jget_int(state, "draft", &draft) && draft > 0) {
        status =
            pk_staff_see(worker, response, request,
                         pk_arena_printf(&worker->arena, "/admin/draft/%lld", draft));
    } else {
        delivery_page(worker, request, response, state);
    }
    json_decref(state);
    return status;
}
