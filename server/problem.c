#include "server/problem.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "base/log.h"
#include "server/negotiate.h"
#include "server/page.h"

enum { PROBLEM_MAX = 64 << 10, RETRY_S = 1 };

static const struct status_row {
    int http;
    bool shown; /* the text may be shown */
    enum pk_msg_id title;
} by_code[PK_STATUS_COUNT] = {
    [PK_OK] = {500, false, PK_MSG_PROBLEM_INTERNAL   },
    [PK_BAD_INPUT] = {400, true,  PK_MSG_PROBLEM_BAD_REQUEST},
    [PK_NOT_FOUND] = {404, true,  PK_MSG_PROBLEM_NOT_FOUND  },
    [PK_UNSUPPORTED] = {501, true,  PK_MSG_PROBLEM_UNSUPPORTED},
    [PK_LIMIT] = {400, true,  PK_MSG_PROBLEM_TOO_LARGE  },
    [PK_BUSY] = {503, false, PK_MSG_PROBLEM_BUSY       },
    [PK_IO] = {500, false, PK_MSG_PROBLEM_INTERNAL   },
    [PK_BAD_DATA] = {500, false, PK_MSG_PROBLEM_INTERNAL   },
    [PK_FORBIDDEN] = {403, true,  PK_MSG_PROBLEM_FORBIDDEN  },
};

static enum pk_msg_id title_of(int http, enum pk_status code)
{
    switch (http) {
    case 401:
        return PK_MSG_PROBLEM_SIGN_IN;
    case 429:
        return PK_MSG_PROBLEM_TOO_OFTEN;
    case 405:
        return PK_MSG_PROBLEM_METHOD;
    case 408:
        return PK_MSG_PROBLEM_TOO_SLOW;
    case 413:
        return PK_MSG_PROBLEM_TOO_LARGE;
    case 502:
        return PK_MSG_PROBLEM_BACKGROUND;
    default:
        return by_code[code].title;
    }
}

/* "point: ..." -> "point"; NULL when the text begins otherwise. */
static const char *parameter_of(const char *text, struct pk_arena *arena)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_') {
        n++;
    }
    bool named = n > 0 && n <= 60 && text[n] == ':' && text[n + 1] == ' ';
    return named ? pk_arena_strndup(arena, text, n) : NULL;
}

static void write_json(struct pk_buf *out, int http, const char *title,
                       const char *detail, const char *parameter, const char *suggestions)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "type", "about:blank");
    pk_json_member(&j, "title", title);
    pk_json_member_int(&j, "status", http);
    if (detail != NULL) {
        pk_json_member(&j, "detail", detail);
    }
    if (parameter != NULL) {
        pk_json_member(&j, "parameter", parameter);
    }
    if (suggestions != NULL) {
        pk_json_key(&j, "suggestions");
        pk_json_raw(&j, suggestions);
    }
    pk_json_end(&j);
    pk_buf_addc(out, '\n');
}

static void write_suggestions(struct pk_page *page, const char *suggestions)
{
    json_t *list = NULL;
    struct pk_error err;
    if (suggestions == NULL || pk_json_parse(&list, suggestions, strlen(suggestions),
                                             PROBLEM_MAX, &err) != PK_OK) {
        return;
    }
    if (json_array_size(list) > 0) {
        pk_htmlf(page->out, "<h2>%s</h2>\n<ul>\n",
                 pk_msg_text(PK_MSG_PROBLEM_SUGGESTIONS, page->lang));
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *text = json_string_value(json_array_get(list, i));
            if (text != NULL) {
                struct pk_buf url;
                pk_buf_init(&url, PROBLEM_MAX);
                pk_url_escape(&url, text, "");
                pk_htmlf(page->out, "<li><a href=\"/?q=%s&amp;lang=%s\">%s</a></li>\n",
                         url.data, pk_lang_tag(page->lang), text);
                pk_buf_finish(&url);
            }
        }
        pk_buf_adds(page->out, "</ul>\n");
    }
    json_decref(list);
}

/* What a page says: the sentence without the parameter's name in front; of a text that is
 * not in the page's language only which parameter it is about. */
static const char *words_of(const struct pk_error *err, enum pk_lang lang,
                            const char *parameter, struct pk_arena *arena)
{
    if (err->said) {
        return parameter != NULL ? err->text + strlen(parameter) + 2 : err->text;
    }
    return parameter == NULL
               ? NULL
               : pk_say(arena, lang, PK_MSG_REQ_PARAMETER_VALUE, "name", parameter, NULL);
}

static void write_page(struct pk_app *app, const struct pk_request *request,
                       struct pk_buf *out, const char *title, const char *detail,
                       const char *suggestions)
{
    struct pk_page page;
    pk_page_begin(&page, out, app, request, request->lang, title);
    pk_htmlf(out, "<h1>%s</h1>\n", title);
    if (detail != NULL) {
        pk_htmlf(out, "<p>%s</p>\n", detail);
    }
    write_suggestions(&page, suggestions);
    pk_page_search_form(&page, NULL);
    pk_htmlf(out, "<p><a href=\"/?lang=%s\">%s</a></p>\n", pk_lang_tag(page.lang),
             pk_msg_text(PK_MSG_PAGE_TO_START, page.lang));
    pk_page_end(&page);
}

void pk_problem(struct pk_app *app, const struct pk_request *request,
                struct pk_response *response, int http_status, const struct pk_error *err,
                const char *suggestions, struct pk_arena *arena)
{
    enum pk_status code = err->code < PK_STATUS_COUNT ? err->code : PK_IO;
    int http = http_status != 0 ? http_status : by_code[code].http;
    const char *title = pk_msg_text(title_of(http, code), request->lang);
    const char *detail = by_code[code].shown ? err->text : NULL;
    bool of_request = by_code[code].shown;
    const char *parameter = of_request ? parameter_of(err->text, arena) : NULL;
    if (http >= 500 && http != 503) {
        pk_log(PK_LOG_ERROR, "request", "status=%d target=%s error=%s", http,
               request->target, err->text);
    }
    struct pk_error ignored;
    enum pk_format format = PK_FORMAT_JSON;
    bool picture = request->route != NULL && request->route->picture;
    if (!picture && request->segment_count > 0 &&
        pk_negotiate_format(&format, request,
                            1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON |
                                1u << PK_FORMAT_TEXT,
                            PK_FORMAT_JSON, &ignored) != PK_OK) {
        format = PK_FORMAT_JSON;
    }
    struct pk_buf out;
    pk_buf_init(&out, PROBLEM_MAX * 4);
    if (format == PK_FORMAT_HTML) {
        write_page(app, request, &out, title,
                   detail == NULL ? NULL : words_of(err, request->lang, parameter, arena),
                   suggestions);
        pk_response_take(response, &out, "text/html; charset=utf-8");
    } else {
        write_json(&out, http, title, detail, parameter, suggestions);
        pk_response_take(response, &out, "application/problem+json");
    }
    pk_buf_finish(&out);
    response->status = http;
    response->keep = PK_KEEP_NOTHING;
    response->retry_after_s = http == 503 ? RETRY_S : 0;
    pk_app_count(app, PK_COUNT_ERRORS);
}
