/*
 * jsonread.h - reading JSON with jansson, within our limits and with errors
 * that say where. Accessors take NULL and the wrong type and answer "absent",
 * so a reader can follow a path without a test at each step.
 */
#ifndef PK_BASE_JSONREAD_H
#define PK_BASE_JSONREAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Parse one document of at most max_bytes. The caller json_decref()s *out.
 * Errors: PK_LIMIT, PK_BAD_INPUT "line 3, column 7: ..." (duplicate keys are
 * an error). Nesting is bounded by jansson (2048). A UTF-8 BOM is skipped. */
enum pk_status pk_json_parse(json_t **out, const char *text, size_t len, size_t max_bytes,
                             struct pk_error *err) PK_MUST_CHECK;

/* The same from a file; the path stands in front of the error. */
enum pk_status pk_json_parse_file(json_t **out, const char *path, size_t max_bytes,
                                  struct pk_error *err) PK_MUST_CHECK;

/* NULL when absent, null or of another type. Text lives as long as `object`. */
const char *pk_jget_string(const json_t *object, const char *key);
json_t *pk_jget_object(const json_t *object, const char *key);
json_t *pk_jget_array(const json_t *object, const char *key);
/* False (and *out untouched) when absent or not a number. */
bool pk_jget_number(const json_t *object, const char *key, double *out);
bool pk_jget_int(const json_t *object, const char *key, long long *out);
bool pk_jget_bool(const json_t *object, const char *key, bool fallback);

/* Canonical text: sorted keys, no blanks, UTF-8. free() it. */
char *pk_json_canonical(const json_t *value);

#endif
