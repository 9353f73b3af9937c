/*
 * html.h - writing HTML with one escaper: what is put into a page by these
 * functions is escaped, whatever it is. Only the literal formats are markup.
 */
#ifndef PK_SERVER_HTML_H
#define PK_SERVER_HTML_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/msg.h"

/* Like printf with %s (escaped; NULL is nothing), %d, %u, %lld, %.Nf and %%. */
void pk_htmlf(struct pk_buf *out, const char *fmt, ...) PK_PRINTF(2, 3);

/* A sentence of the catalogue with its slots, as plain text of the arena. */
const char *pk_say(struct pk_arena *arena, enum pk_lang lang, enum pk_msg_id id, ...)
    __attribute__((sentinel));

/* The same without slots, escaped into a page. */
void pk_html_say(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id);

#endif
