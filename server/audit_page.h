/*
 * audit_page.h - the audit for people: tables of figures, and what fails said as what it
 * means for whom. Used by the accessibility page and by `plankarta audit --html`.
 */
#ifndef PK_SERVER_AUDIT_PAGE_H
#define PK_SERVER_AUDIT_PAGE_H

#include "server/html.h"
#include "tiles/audit/audit.h"

/* A table with a row per theme: worst figure of the rules people ask about. */
void pk_audit_html_figures(struct pk_buf *out, enum pk_lang lang,
                           const struct pk_audit *audits, uint32_t count);
/* Headings (h3) per user situation with what fails for it, theme by theme. */
void pk_audit_html_shortcomings(struct pk_buf *out, enum pk_lang lang,
                                const struct pk_audit *audits, uint32_t count);
/* A table per theme with every rule and its worst measurement. */
void pk_audit_html_rules(struct pk_buf *out, enum pk_lang lang,
                         const struct pk_audit *audits, uint32_t count);
/* A page of its own: the command's. `made` is a day as text. */
void pk_audit_html_document(struct pk_buf *out, enum pk_lang lang,
                            const struct pk_audit *audits, uint32_t count,
                            const char *made);

#endif
