#include "base/jsonread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum pk_status pk_json_parse(json_t **out, const char *text, size_t len, size_t max_bytes,
                             struct pk_error *err)
{
    *out = NULL;
    if (len > max_bytes) {
        return pk_fail(err, PK_LIMIT, "%zu bytes of JSON are more than %zu", len,
                       max_bytes);
    }
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    json_error_t where;
    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    if (*out == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "line %d, column %d: %s", where.line,
                       where.column, where.text);
    }
    return PK_OK;
}

enum pk_status pk_json_parse_file(json_t **out, const char *path, size_t max_bytes,
                                  struct pk_error *err)
{
    *out = NULL;
    FILE *f = fopen(path, "rbe");
    if (f == NULL) {
        return pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    }
    size_t len = 0, cap = 65536;
    char *text = pk_xmalloc(cap);
    size_t n;
    while (len <= max_bytes && (n = fread(text + len, 1, cap - len, f)) > 0) {
        len += n;
        if (len == cap) {
            cap *= 2;
            text = pk_xrealloc(text, cap, 1);
        }
    }
    bool bad = ferror(f) != 0;
    fclose(f);
    enum pk_status status = bad ? pk_fail(err, PK_IO, "read error")
                                : pk_json_parse(out, text, len, max_bytes, err);
    free(text);
    return status == PK_OK ? PK_OK : pk_error_context(err, status, "%s", path);
}

const char *pk_jget_string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

json_t *pk_jget_object(const json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);
    return json_is_object(v) ? v : NULL;
}

json_t *pk_jget_array(const json_t *object, const char *key)
{
    json_t *v = json_object_get(object, key);
    return json_is_array(v) ? v : NULL;
}

bool pk_jget_number(const json_t *object, const char *key, double *out)
{
    json_t *v = json_object_get(object, key);
    if (!json_is_number(v)) {
        return false;
    }
    *out = json_number_value(v);
    return true;
}

bool pk_jget_int(const json_t *object, const char *key, long long *out)
{
    json_t *v = json_object_get(object, key);
    if (!json_is_integer(v)) {
        return false;
    }
    *out = json_integer_value(v);
    return true;
}

bool pk_jget_bool(const json_t *object, const char *key, bool fallback)
{
    json_t *v = json_object_get(object, key);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

char *pk_json_canonical(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (text == NULL) {
        abort(); /* out of memory: every value we hold can be written */
    }
    return text;
}
