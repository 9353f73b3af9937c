/*
 * text.h - UTF-8: validity, normal form, the fold that search and keys use, and
 * numbers as people of a language write them.
 */
#ifndef PK_BASE_TEXT_H
#define PK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* Bytes of the valid UTF-8 sequence at p (1-4), 0 when it is not valid. */
size_t pk_utf8_valid_at(const char *p);
bool pk_utf8_valid(const char *s);
/* Code point at *p, moving it; 0xFFFD (one byte on) when invalid, 0 at the end. */
uint32_t pk_utf8_next(const char **p);

/* NFC, upper case, blanks at the ends cut and runs of them made one space: the
 * form of keys ("TIMRÅ VIVSTA 13:5"). Invalid UTF-8 gives NULL. */
char *pk_text_key(struct pk_arena *arena, const char *s);
/* NFC only. NULL when invalid. */
char *pk_text_nfc(struct pk_arena *arena, const char *s);
/* For search: lower case, accents of other languages dropped (é -> e, ü -> u),
 * å ä ö kept as letters of their own, blanks made one. NULL when invalid. */
char *pk_text_fold(struct pk_arena *arena, const char *s);

/* cp1252 bytes to UTF-8 (a superset of Latin-1); never fails. */
char *pk_text_from_cp1252(struct pk_arena *arena, const char *s, size_t len);

/* Fixed decimals, trailing zeros cut, "-0" written "0", '.' in every locale. */
void pk_text_fixed(char *out, size_t size, double v, int decimals);

/* HTML text or attribute: & < > " ' escaped, control bytes dropped. */
void pk_html_escape(struct pk_buf *out, const char *s);
/* Percent-encoding of everything but RFC 3986 unreserved characters and the
 * bytes of `keep` (may be ""). */
void pk_url_escape(struct pk_buf *out, const char *s, const char *keep);

#endif
