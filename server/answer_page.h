/*
 * answer_page.h - a lookup's answer as HTML: the same texts in the same order as its
 * JSON and plain text, with headings, lists and links around them.
 */
#ifndef PK_SERVER_ANSWER_PAGE_H
#define PK_SERVER_ANSWER_PAGE_H

#include "layers/lookup.h"
#include "server/page.h"

/* Headings begin at `level` (1 on a page of its own). */
void pk_answer_html(struct pk_page *page, const struct pk_answer *answer, int level);
/* One plan with its regulations and documents. */
void pk_plan_html(struct pk_page *page, const struct pk_answer_plan *plan, int level,
                  bool link);
void pk_regulation_html(struct pk_page *page, const struct pk_answer_regulation *r,
                        bool link);

/* A picture of the box with the plan map, in SWEREF 99 TM: an <img> with a text. `box`
 * grows to a fitting shape; the marker is drawn when `marker` is set. */
void pk_picture_html(struct pk_page *page, struct pk_box box, const char *alt,
                     bool marker, double x, double y);

#endif
