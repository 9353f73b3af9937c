/*
 * json.h - writing JSON: streaming into a capped buffer, commas and quotes done
 * for you, invalid UTF-8 replaced by U+FFFD. Reading is base/jsonread.h.
 *
 *     struct pk_json j;
 *     pk_json_init(&j, &buf);
 *     pk_json_object(&j);
 *     pk_json_key(&j, "name"); pk_json_string(&j, name);
 *     pk_json_end(&j);
 *
 * Nothing is checked but the depth (asserted): the caller writes valid nesting.
 */
#ifndef PK_BASE_JSON_H
#define PK_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { PK_JSON_DEPTH = 32 };

struct pk_json {
    struct pk_buf *out;
    int depth;
    bool comma[PK_JSON_DEPTH]; /* the level has an element already */
    char close[PK_JSON_DEPTH];
    bool after_key;
};

void pk_json_init(struct pk_json *j, struct pk_buf *out);
void pk_json_object(struct pk_json *j);
void pk_json_array(struct pk_json *j);
void pk_json_end(struct pk_json *j); /* of the innermost object or array */
void pk_json_key(struct pk_json *j, const char *key);
void pk_json_string(struct pk_json *j, const char *s); /* NULL writes null */
void pk_json_int(struct pk_json *j, int64_t v);
void pk_json_bool(struct pk_json *j, bool v);
void pk_json_null(struct pk_json *j);
/* Fixed decimals with trailing zeros cut ("12.5"); not finite writes null. */
void pk_json_fixed(struct pk_json *j, double v, int decimals);
/* A value that is JSON already. */
void pk_json_raw(struct pk_json *j, const char *json);
/* Key and value in one line; NULL writes null. */
void pk_json_member(struct pk_json *j, const char *key, const char *s);
void pk_json_member_int(struct pk_json *j, const char *key, int64_t v);

/* Only the quoted and escaped string. */
void pk_json_quote(struct pk_buf *out, const char *s);

#endif
