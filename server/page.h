/*
 * page.h - the frame around every page: head, skip link, landmarks, foot. One h1
 * per page, written by the page itself inside <main>.
 */
#ifndef PK_SERVER_PAGE_H
#define PK_SERVER_PAGE_H

#include "base/text.h"
#include "server/app.h"
#include "server/html.h"
#include "server/request.h"
#include "server/router.h"

enum { PK_PAGE_MAX = 8 << 20 }; /* bytes of one page */

struct pk_page {
    struct pk_buf *out;
    const struct pk_app *app;
    const struct pk_request *request;
    enum pk_lang lang;
};

/* Everything before and after the content of <main>. `title` is escaped. */
void pk_page_begin(struct pk_page *page, struct pk_buf *out, const struct pk_app *app,
                   const struct pk_request *request, enum pk_lang lang,
                   const char *title);
void pk_page_end(struct pk_page *page);

/* Whom to write to, as the foot has it; nothing when no contact is set. */
void pk_page_contact(struct pk_page *page);

/* The search form with its label; `value` may be NULL. */
void pk_page_search_form(struct pk_page *page, const char *value);

/* Answer with the page in `out`. */
void pk_page_respond(struct pk_response *response, struct pk_buf *out);

#endif
