/* /admin/log: who did what, when and from where. Administrators. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/parse.h"
#include "server/staff.h"

enum { ROWS_SHOWN = 50 };

static void write_filter(struct pk_page *page, const struct pk_log_query *query)
{
    struct pk_buf *out = page->out;
    const struct pk_staff_field fields[] = {
        {.name = "who",
         .type = "text",
         .value = query->who,
         .label = PK_MSG_STAFF_LOG_WHO,
         .optional = true},
        {.name = "action",
         .type = "text",
         .value = query->action,
         .label = PK_MSG_STAFF_LOG_ACTION,
         .optional = true},
        {.name = "text",
         .type = "text",
         .value = query->text,
         .label = PK_MSG_STAFF_LOG_TEXT,
         .optional = true},
    };
    pk_htmlf(out,
             "<form method=\"get\" action=\"/admin/log\">\n"
             "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n",
             pk_lang_tag(page->lang));
    for (size_t i = 0; i < PK_COUNT(fields); i++) {
        pk_staff_field(page, &fields[i]);
    }
    pk_htmlf(out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_STAFF_LOG_SHOW, page->lang));
}

static void write_rows(struct pk_page *page, const struct pk_log_row *rows,
                       uint32_t count)
{
    static const enum pk_msg_id heads[] = {
        PK_MSG_STAFF_LOG_WHEN, PK_MSG_STAFF_LOG_WHO, PK_MSG_STAFF_LOG_ACTION,
        PK_MSG_STAFF_LOG_OBJECT, PK_MSG_STAFF_LOG_FROM};
    struct pk_buf *out = page->out;
    pk_htmlf(out,
             "<div class=\"wide\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n"
             "<table>\n",
             pk_msg_text(PK_MSG_STAFF_LOG, page->lang));
    pk_htmlf(out, "<caption>%s</caption>\n<thead><tr>\n",
             pk_msg_text(PK_MSG_STAFF_LOG_CAPTION, page->lang));
    for (size_t i = 0; i < PK_COUNT(heads); i++) {
        pk_htmlf(out, "<th scope=\"col\">%s</th>\n", pk_msg_text(heads[i], page->lang));
    }
    pk_buf_adds(out, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < count; i++) {
        char when[PK_TIME_TEXT];
        pk_time_format(when, (time_t)rows[i].time);
        pk_htmlf(out, "<tr><td><time datetime=\"%s\">%s</time></td><td>%s</td>", when,
                 when, rows[i].who);
        pk_htmlf(out, "<td>%s</td><td>%s %s</td><td>%s</td></tr>\n", rows[i].action,
                 rows[i].object, rows[i].detail, rows[i].address);
    }
    pk_buf_adds(out, "</tbody>\n</table>\n</div>\n");
}

static void write_older(struct pk_page *page, const struct pk_log_query *query,
                        int64_t before)
{
    struct pk_buf url;
    const char *const names[] = {"who", "action", "text"};
    const char *const values[] = {query->who, query->action, query->text};
    pk_buf_init(&url, PK_TARGET_MAX * 4);
    pk_buf_addf(&url, "/admin/log?lang=%s&before=%lld", pk_lang_tag(page->lang),
                (long long)before);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        if (values[i] != NULL && values[i][0] != '\0') {
            pk_buf_addf(&url, "&%s=", names[i]);
            pk_url_escape(&url, values[i], "");
        }
    }
    pk_htmlf(page->out, "<p><a href=\"%s\">%s</a></p>\n", url.data,
             pk_msg_text(PK_MSG_STAFF_LOG_OLDER, page->lang));
    pk_buf_finish(&url);
}

enum pk_status pk_staff_log(struct pk_worker *worker, const struct pk_request *request,
                            struct pk_response *response, struct pk_error *err)
{
    const char *before = pk_request_arg(request, "before");
    struct pk_log_query query = {.who = pk_request_arg(request, "who"),
                                 .action = pk_request_arg(request, "action"),
                                 .text = pk_request_arg(request, "text"),
                                 .limit = ROWS_SHOWN + 1};
    struct pk_log_row *rows;
    uint32_t from = 0, count = 0;
    struct pk_page page;
    struct pk_buf out;
    if (before != NULL && !pk_parse_all_u32(before, UINT32_MAX, &from)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "before",
                            PK_MSG_REQ_PARAMETER_VALUE, "name", "before", NULL);
    }
    query.before = from;
    enum pk_status status =
        pk_auth_read_log(worker->app, &rows, &count, &query, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    pk_staff_begin(&page, &out, worker, request,
                   pk_msg_text(PK_MSG_STAFF_LOG, request->lang));
    write_filter(&page, &query);
    write_rows(&page, rows, count > ROWS_SHOWN ? ROWS_SHOWN : count);
    if (count > ROWS_SHOWN) {
        write_older(&page, &query, rows[ROWS_SHOWN].id);
    }
    pk_staff_end(&page, response);
    return PK_OK;
}
