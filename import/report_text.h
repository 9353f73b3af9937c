/* report_text.h - an import report (answers.md) as lines for people. */
#ifndef PK_IMPORT_REPORT_TEXT_H
#define PK_IMPORT_REPORT_TEXT_H

#include <jansson.h>

#include "base/buf.h"
#include "base/msg.h"

/* Per source: what it is, what was counted, what was found; then the version. */
void pk_report_text(struct pk_buf *out, const json_t *report, enum pk_lang lang);

/* Only the sources. */
void pk_report_sources(struct pk_buf *out, const json_t *report, enum pk_lang lang);

/* "sv", or "en" when LC_ALL, LC_MESSAGES or LANG (the first that is set) begins so. */
enum pk_lang pk_report_lang(void);

#endif
