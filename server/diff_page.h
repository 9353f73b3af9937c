/* diff_page.h - what differs between two states (layers/publish.h, pk_diff) as HTML. */
#ifndef PK_SERVER_DIFF_PAGE_H
#define PK_SERVER_DIFF_PAGE_H

#include <jansson.h>

#include "server/page.h"

struct pk_diff_counts {
    uint32_t added, changed, removed, layers;
};
struct pk_diff_counts pk_diff_count(const json_t *diff);

/* A list of plans and layers, each change in words. */
void pk_diff_html(struct pk_page *page, const json_t *diff);

#endif
