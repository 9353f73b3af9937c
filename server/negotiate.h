/*
 * negotiate.h - which format, language and encoding a client wants (RFC 9110, 12).
 */
#ifndef PK_SERVER_NEGOTIATE_H
#define PK_SERVER_NEGOTIATE_H

#include "base/msg.h"
#include "server/request.h"

enum pk_format { PK_FORMAT_HTML, PK_FORMAT_JSON, PK_FORMAT_TEXT, PK_FORMAT_GEOJSON };

/* f= beats Accept. `offers` has a bit 1 << enum pk_format for each format there is;
 * `fallback` is for an asterisk, no header, or nothing that fits.
 * Errors: PK_BAD_INPUT "f: ..." for an unknown or unoffered word. */
enum pk_status pk_negotiate_format(enum pk_format *out, const struct pk_request *request,
                                   unsigned offers, enum pk_format fallback,
                                   struct pk_error *err) PK_MUST_CHECK;

/* lang=, then Accept-Language, then Swedish. Errors: PK_BAD_INPUT "lang: ...". */
enum pk_status pk_negotiate_lang(enum pk_lang *out, const struct pk_request *request,
                                 struct pk_error *err) PK_MUST_CHECK;

/* "br", "gzip" or NULL. Static. */
const char *pk_negotiate_encoding(const char *accept_encoding);

#endif
