/*
 * search_page.h - the parts of search that the start page shows too.
 */
#ifndef PK_SERVER_SEARCH_PAGE_H
#define PK_SERVER_SEARCH_PAGE_H

#include "layers/search.h"
#include "server/page.h"

/* q=, limit=, kinds=, near=. Errors: PK_BAD_INPUT naming the parameter. */
enum pk_status pk_search_question(const struct pk_request *request,
                                  struct pk_search_query *out,
                                  struct pk_error *err) PK_MUST_CHECK;
/* Heading, status line and the list. */
void pk_search_html(struct pk_page *page, const struct pk_search_answer *answer,
                    int level);

#endif
