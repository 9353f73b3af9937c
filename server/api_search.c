/* /search: one ranked list, as JSON or as a page. */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "layers/search.h"
#include "server/api.h"
#include "server/search_page.h"

enum { SEARCH_JSON_MAX = 1 << 20 };

enum pk_status pk_search_question(const struct pk_request *request,
                                  struct pk_search_query *out, struct pk_error *err)
{
    const char *limit = pk_request_arg(request, "limit");
    const char *near = pk_request_arg(request, "near");
    double point[2];
    char most[16];
    snprintf(most, sizeof(most), "%d", PK_SEARCH_LIMIT_MAX);
    memset(out, 0, sizeof(*out));
    out->text = pk_request_arg(request, "q");
    out->lang = request->lang;
    out->kinds = pk_request_arg(request, "kinds");
    if (out->text == NULL) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "q",
                            PK_MSG_REQ_SEARCH_MISSING, NULL);
    }
    if (limit != NULL &&
        (!pk_parse_all_u32(limit, PK_SEARCH_LIMIT_MAX, &out->limit) || out->limit == 0)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "limit",
                            PK_MSG_REQ_NUMBER_RANGE, "value", limit, "min", "1", "max",
                            most, NULL);
    }
    if (near != NULL) {
        if (!pk_request_numbers(near, point, 2)) {
            return pk_fail_said(err, PK_BAD_INPUT, request->lang, "near",
                                PK_MSG_REQ_TWO_NUMBERS, "value", near, NULL);
        }
        out->near_given = true;
        out->near_x = point[0];
        out->near_y = point[1];
    }
    return PK_OK;
}

void pk_search_html(struct pk_page *page, const struct pk_search_answer *answer,
                    int level)
{
    struct pk_buf *out = page->out;
    pk_htmlf(out, "<h%d>%s</h%d>\n<p>%s</p>\n", level,
             pk_msg_text(PK_MSG_SEARCH_RESULTS, page->lang), level, answer->status);
    if (answer->count == 0) {
        return;
    }
    pk_buf_adds(out, "<ol class=\"results\">\n");
    for (uint32_t i = 0; i < answer->count; i++) {
        const struct pk_search_result *r = &answer->results[i];
        const char *href = r->href != NULL ? r->href : r->lookup;
        if (href != NULL) {
            pk_htmlf(out, "<li><a href=\"%s\">%s</a>, %s", href, r->label, r->detail);
        } else {
            pk_htmlf(out, "<li>%s, %s", r->label, r->detail);
        }
        if (r->lookup != NULL && r->href != NULL && strcmp(r->lookup, r->href) != 0) {
            pk_htmlf(out, " – <a href=\"%s\">%s<span class=\"unseen\"> %s</span></a>",
                     r->lookup, pk_msg_text(PK_MSG_SEARCH_LOOKUP, page->lang), r->label);
        }
        pk_buf_adds(out, "</li>\n");
    }
    pk_buf_adds(out, "</ol>\n");
}

enum pk_status pk_api_search(struct pk_worker *worker, const struct pk_request *request,
                             struct pk_response *response, struct pk_error *err)
{
    enum pk_format format;
    struct pk_search_query query;
    struct pk_search_answer *answer = NULL;
    enum pk_status status =
        pk_negotiate_format(&format, request, 1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON,
                            PK_FORMAT_JSON, err);
    if (status == PK_OK) {
        status = pk_search_question(request, &query, err);
    }
    if (status == PK_OK) {
        status = pk_search(&answer, worker->store, &query, &worker->arena, err);
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    if (format == PK_FORMAT_JSON) {
        pk_buf_init(&out, SEARCH_JSON_MAX);
        pk_search_json(&out, answer);
        pk_response_take(response, &out, "application/json");
    } else {
        struct pk_page page;
        pk_buf_init(&out, PK_PAGE_MAX);
        pk_page_begin(&page, &out, worker->app, request, request->lang,
                      pk_msg_text(PK_MSG_SEARCH_TITLE, request->lang));
        pk_htmlf(&out, "<h1>%s</h1>\n", pk_msg_text(PK_MSG_SEARCH_TITLE, request->lang));
        pk_page_search_form(&page, query.text);
        pk_search_html(&page, answer, 2);
        pk_page_end(&page);
        pk_page_respond(response, &out);
    }
    pk_buf_finish(&out);
    response->vary_language = response->vary_accept = true;
    response->version = answer->version;
    return PK_OK;
}
