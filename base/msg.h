/*
 * msg.h - the message catalogue: every sentence a person reads, in every
 * language, in one table (messages.def). Slots are named: "{date}".
 *
 * Add a text: one row in messages.def, alphabetical within its section.
 */
#ifndef PK_BASE_MSG_H
#define PK_BASE_MSG_H

#include <stdarg.h>

#include "base/buf.h"
#include "base/error.h"

enum pk_lang { PK_SV, PK_EN, PK_LANG_COUNT };

enum pk_msg_id {
#define PK_MSG(name, sv, en) PK_MSG_##name,
#include "base/messages.def"
#undef PK_MSG
    PK_MSG_COUNT
};

/* "sv" or "en"; -1 for anything else. */
int pk_lang_of(const char *tag);
const char *pk_lang_tag(enum pk_lang lang);

/* The text with its slots as written. Static. */
const char *pk_msg_text(enum pk_msg_id id, enum pk_lang lang);

/* Append the text with slots filled from (name, value) pairs ended by NULL:
 *     pk_msg(buf, PK_SV, PK_MSG_PLAN_IN_FORCE, "date", "2019-03-04", NULL);
 * A slot without a value, or a value that is NULL, is an assertion in tests and
 * nothing in the text. Values are text: the caller escapes for HTML. */
void pk_msg(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, ...)
    __attribute__((sentinel));
/* The same with the pairs as a va_list. */
void pk_msg_list(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, va_list pairs);

/* pk_fail() with a sentence for the one who asked: "parameter: sentence", or only the
 * sentence when `parameter` is NULL. Values in slots are cut at PK_SAID_VALUE_MAX bytes,
 * between letters. */
enum { PK_SAID_VALUE_MAX = 80 };
enum pk_status pk_fail_said(struct pk_error *err, enum pk_status code, enum pk_lang lang,
                            const char *parameter, enum pk_msg_id id, ...)
    __attribute__((sentinel));

#endif
