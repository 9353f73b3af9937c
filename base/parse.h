/*
 * parse.h - strict readers for text that comes from outside.
 *
 * Each reader takes a cursor and moves it only on success, so readers chain
 * with &&. No blanks, overflow or locale surprises: use these instead of atoi,
 * strtol, strtod and sscanf, which this project does not use.
 */
#ifndef PK_BASE_PARSE_H
#define PK_BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits only, at most `max`; "007" is fine, "" and "-1" are not. */
bool pk_parse_u32(const char **cursor, uint32_t max, uint32_t *out);
bool pk_parse_u64(const char **cursor, uint64_t max, uint64_t *out);

/* "12", "-0.5", "674032.123", nearest double, at most 17 significant digits and
 * 24 characters; no exponent, "inf", "nan" or blanks; '.' in every locale. */
bool pk_parse_double(const char **cursor, double *out);

/* Exactly this byte, or this word. */
bool pk_parse_char(const char **cursor, char c);
bool pk_parse_word(const char **cursor, const char *word);

/* Nothing is left. */
bool pk_parse_end(const char *cursor);

/* The whole text is one such value. */
bool pk_parse_all_u32(const char *text, uint32_t max, uint32_t *out);
bool pk_parse_all_double(const char *text, double *out);

#endif
