/* The accessibility statement: what the law (2018:1937) and DIGG ask of one, with the
 * figures of the audit and what they do not say. */
#include "base/date.h"
#include "server/api.h"
#include "server/audit_memo.h"
#include "server/audit_page.h"
#include "server/page.h"

static void heading(struct pk_page *page, enum pk_msg_id id)
{
    pk_htmlf(page->out, "<h2>%s</h2>\n", pk_msg_text(id, page->lang));
}

static void paragraph(struct pk_page *page, enum pk_msg_id id)
{
    pk_htmlf(page->out, "<p>%s</p>\n", pk_msg_text(id, page->lang));
}

static void list(struct pk_page *page, const enum pk_msg_id *ids, size_t count)
{
    pk_buf_adds(page->out, "<ul>\n");
    for (size_t i = 0; i < count; i++) {
        pk_htmlf(page->out, "<li>%s</li>\n", pk_msg_text(ids[i], page->lang));
    }
    pk_buf_adds(page->out, "</ul>\n");
}

static void write_figures(const struct pk_audits *audits, void *ctx)
{
    struct pk_page *page = ctx;
    struct pk_arena arena = {0};
    char day[PK_TIME_TEXT];
    pk_time_format(day, audits->made);
    pk_htmlf(page->out, "<p>%s</p>\n",
             pk_say(&arena, page->lang, PK_MSG_A11Y_MEASURED, "time", day, NULL));
    pk_arena_finish(&arena);
    pk_audit_html_figures(page->out, page->lang, audits->audits, audits->count);
    paragraph(page, PK_MSG_A11Y_FIGURES);
    heading(page, PK_MSG_A11Y_SHORT_H);
    pk_audit_html_shortcomings(page->out, page->lang, audits->audits, audits->count);
}

static void write_rules(const struct pk_audits *audits, void *ctx)
{
    struct pk_page *page = ctx;
    pk_audit_html_rules(page->out, page->lang, audits->audits, audits->count);
}

static void write_statement(struct pk_page *page, struct pk_app *app, bool *ready)
{
    static const enum pk_msg_id known[] = {PK_MSG_A11Y_SHORT_SEE, PK_MSG_A11Y_SHORT_DOCS,
                                           PK_MSG_A11Y_SHORT_TILES};
    static const enum pk_msg_id untested[] = {
        PK_MSG_A11Y_SHORT_TEST, PK_MSG_A11Y_UNTESTED_READERS, PK_MSG_A11Y_UNTESTED_MAP,
        PK_MSG_A11Y_UNTESTED_WORDS};
    const char *who = app->municipality.contact_name;
    paragraph(page, PK_MSG_A11Y_INTRO);
    pk_htmlf(page->out, "<p>%s %s. ", pk_msg_text(PK_MSG_A11Y_SERVICE, page->lang),
             app->names[page->lang]);
    if (who != NULL) {
        pk_htmlf(page->out, "%s %s. ", pk_msg_text(PK_MSG_A11Y_WHO, page->lang), who);
    }
    pk_htmlf(page->out, "%s</p>\n", pk_msg_text(PK_MSG_A11Y_STATUS, page->lang));
    heading(page, PK_MSG_A11Y_WAYS_H);
    paragraph(page, PK_MSG_A11Y_WAYS);
    heading(page, PK_MSG_A11Y_FIGURES_H);
    *ready = pk_audit_memo_read(app->audit, app, write_figures, page);
    if (!*ready) {
        paragraph(page, PK_MSG_A11Y_MEASURING);
        heading(page, PK_MSG_A11Y_SHORT_H);
    }
    pk_htmlf(page->out, "<h3>%s</h3>\n", pk_msg_text(PK_MSG_A11Y_NO_VISION, page->lang));
    list(page, known, PK_COUNT(known));
    heading(page, PK_MSG_A11Y_UNTESTED_H);
    list(page, untested, PK_COUNT(untested));
    heading(page, PK_MSG_A11Y_METHOD_H);
    paragraph(page, PK_MSG_A11Y_METHOD);
    if (*ready) {
        pk_audit_memo_read(app->audit, app, write_rules, page);
    }
    heading(page, PK_MSG_A11Y_CONTACT_H);
    paragraph(page, PK_MSG_A11Y_CONTACT);
    pk_page_contact(page);
    heading(page, PK_MSG_A11Y_LAW_H);
    paragraph(page, PK_MSG_A11Y_LAW);
    pk_htmlf(page->out, "<p><a href=\"https://www.digg.se/tdosanmalan\">%s</a></p>\n",
             pk_msg_text(PK_MSG_A11Y_DIGG, page->lang));
}

enum pk_status pk_api_accessibility(struct pk_worker *worker,
                                    const struct pk_request *request,
                                    struct pk_response *response, struct pk_error *err)
{
    struct pk_buf out;
    struct pk_page page;
    bool ready = false;
    (void)err;
    pk_buf_init(&out, PK_PAGE_MAX);
    const char *title = pk_msg_text(PK_MSG_A11Y_TITLE, request->lang);
    pk_page_begin(&page, &out, worker->app, request, request->lang, title);
    pk_htmlf(&out, "<h1>%s</h1>\n", title);
    write_statement(&page, worker->app, &ready);
    pk_page_end(&page);
    pk_page_respond(response, &out);
    if (!ready) {
        response->keep = PK_KEEP_NOTHING;
    }
    pk_buf_finish(&out);
    return PK_OK;
}
