/* /lookup: what applies here, as a page, JSON or plain text. */
#include <string.h>

#include "server/answer_page.h"
#include "server/api.h"

enum { LOOKUP_JSON_MAX = 32 << 20 };

/* Without a question the page is the form. */
static void write_form_page(struct pk_worker *worker, const struct pk_request *request,
                            struct pk_response *response)
{
    struct pk_buf out;
    struct pk_page page;
    enum pk_lang lang = request->lang;
    pk_buf_init(&out, PK_PAGE_MAX);
    pk_page_begin(&page, &out, worker->app, request, lang,
                  pk_msg_text(PK_MSG_LOOKUP_TITLE, lang));
    pk_htmlf(&out, "<h1>%s</h1>\n", pk_msg_text(PK_MSG_LOOKUP_TITLE, lang));
    pk_page_search_form(&page, NULL);
    static const struct {
        const char *name;
        enum pk_msg_id label;
    } fields[] = {
        {"property", PK_MSG_ANSWER_PROPERTY},
        {"address",  PK_MSG_ANSWER_ADDRESS },
        {"point",    PK_MSG_LOOKUP_POINT   }
    };
    for (size_t i = 0; i < PK_COUNT(fields); i++) {
        pk_htmlf(
            &out,
            "<form action=\"/lookup\" method=\"get\">\n<label for=\"f-%s\">%s</label>"
            "\n<input id=\"f-%s\" name=\"%s\" required>\n",
            fields[i].name, pk_msg_text(fields[i].label, lang), fields[i].name,
            fields[i].name);
        pk_htmlf(&out,
                 "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n"
                 "<button type=\"submit\">%s</button>\n</form>\n",
                 pk_lang_tag(lang), pk_msg_text(PK_MSG_LOOKUP_BUTTON, lang));
    }
    pk_page_end(&page);
    pk_page_respond(response, &out);
    pk_buf_finish(&out);
}

static void write_page(struct pk_worker *worker, const struct pk_request *request,
                       const struct pk_answer *answer, struct pk_buf *out)
{
    struct pk_page page;
    pk_page_begin(&page, out, worker->app, request, request->lang, answer->heading);
    pk_answer_html(&page, answer, 1);
    if (!pk_box_is_empty(answer->extent)) {
        pk_picture_html(&page, answer->extent,
                        pk_say(&worker->arena, request->lang, PK_MSG_ANSWER_PICTURE,
                               "place", answer->heading, NULL),
                        answer->asked->kind == PK_ASK_POINT ||
                            answer->asked->kind == PK_ASK_ADDRESS,
                        answer->x, answer->y);
    }
    pk_page_end(&page);
}

static enum pk_status answer_as(struct pk_worker *worker,
                                const struct pk_request *request,
                                const struct pk_question *question, enum pk_format format,
                                struct pk_response *response, struct pk_error *err)
{
    struct pk_answer *answer = NULL;
    enum pk_status status =
        pk_lookup(&answer, worker->store, question, &worker->municipality,
                  &worker->suggestions, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, LOOKUP_JSON_MAX);
    if (format == PK_FORMAT_JSON) {
        pk_answer_json(&out, answer);
        pk_response_take(response, &out, "application/json");
    } else if (format == PK_FORMAT_GEOJSON) {
        char id[PK_ID_TEXT] = "";
        pk_answer_json(&out, answer);
        if (answer->property_count > 0) {
            pk_id_format(id, answer->properties[0].id);
        }
        status =
            pk_api_feature(worker, request, id, &answer->ground, 1, &out, response, err);
    } else if (format == PK_FORMAT_TEXT) {
        pk_answer_text(&out, answer);
        pk_response_take(response, &out, "text/plain; charset=utf-8");
    } else {
        write_page(worker, request, answer, &out);
        pk_page_respond(response, &out);
    }
    if (out.failed) {
        status = pk_fail_said(err, PK_LIMIT, request->lang, NULL, PK_MSG_REQ_ANSWER_LARGE,
                              NULL);
    }
    pk_buf_finish(&out);
    response->vary_language = response->vary_accept = true;
    response->version = answer->version;
    return status;
}

enum pk_status pk_api_lookup(struct pk_worker *worker, const struct pk_request *request,
                             struct pk_response *response, struct pk_error *err)
{
    enum pk_format format;
    enum pk_status status = pk_negotiate_format(
        &format, request,
        1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON | 1u << PK_FORMAT_TEXT,
        PK_FORMAT_HTML, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_question question;
    status = pk_api_question(worker, request, &question, err);
    if (status == PK_NOT_FOUND && format == PK_FORMAT_HTML) {
        write_form_page(worker, request, response);
        return PK_OK;
    }
    if (status == PK_NOT_FOUND) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "point",
                            PK_MSG_REQ_NO_QUESTION, NULL);
    }
    return status != PK_OK ? status
                           : answer_as(worker, request, &question, format, response, err);
}

/* /property/{designation}: the full designation with '_' for blank; others lead to it. */
enum pk_status pk_api_property(struct pk_worker *worker, const struct pk_request *request,
                               struct pk_response *response, struct pk_error *err)
{
    enum pk_format format;
    struct pk_question question;
    enum pk_status status =
        pk_negotiate_format(&format, request,
                            1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON |
                                1u << PK_FORMAT_TEXT | 1u << PK_FORMAT_GEOJSON,
                            PK_FORMAT_HTML, err);
    if (status == PK_OK) {
        status = pk_api_question(worker, request, &question, err);
    }
    if (status != PK_OK && status != PK_NOT_FOUND) {
        return status;
    }
    char *designation = pk_arena_strdup(&worker->arena, pk_route_param(request, 0));
    for (char *p = designation; *p != '\0'; p++) {
        *p = *p == '_' ? ' ' : *p;
    }
    question.kind = PK_ASK_PROPERTY;
    question.text = designation;
    struct pk_answer *answer = NULL;
    status = pk_lookup(&answer, worker->store, &question, &worker->municipality,
                       &worker->suggestions, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    const char *canonical =
        answer->property_count > 0 ? answer->properties[0].designation : designation;
    bool spelled = strcmp(canonical, designation) == 0 &&
                   strchr(pk_route_param(request, 0), ' ') == NULL;
    if (!spelled) {
        struct pk_buf url;
        pk_buf_init(&url, PK_TARGET_MAX * 4);
        char *name = pk_arena_strdup(&worker->arena, canonical);
        for (char *p = name; *p != '\0'; p++) {
            *p = *p == ' ' ? '_' : *p;
        }
        pk_buf_adds(&url, "/property/");
        pk_url_escape(&url, name, ":");
        const char *query = strchr(request->target, '?');
        pk_buf_adds(&url, query != NULL ? query : "");
        response->status = 308;
        response->location = pk_arena_strdup(&worker->arena, url.data);
        pk_buf_finish(&url);
        return PK_OK;
    }
    return answer_as(worker, request, &question, format, response, err);
}
