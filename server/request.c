#include "server/request.h"

#include <string.h>

#include "base/parse.h"
#include "base/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decode one path segment, name or value; NULL and *err when it breaks a rule. */
static const char *decode(struct pk_arena *arena, const char *text, size_t len,
                          bool is_query, struct pk_error *err)
{
    char *out = pk_arena_alloc(arena, len + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '%') {
            int high = i + 1 < len ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                pk_fail(err, PK_BAD_INPUT,
                        "the address holds a %% that two hex digits do not follow");
                return NULL;
            }
            c = (unsigned char)(high * 16 + low);
            i += 2;
            if (c == '/' && !is_query) {
                pk_fail(err, PK_BAD_INPUT, "the path holds an encoded slash");
                return NULL;
            }
        } else if (c == '+' && is_query) {
            c = ' ';
        } else if (c == ' ') {
            pk_fail(err, PK_BAD_INPUT, "the address holds a blank");
            return NULL;
        }
        bool line_break = is_query && (c == '\n' || c == '\r' || c == '\t');
        if ((c < 0x20 && !line_break) || c == 0x7f) {
            pk_fail(err, PK_BAD_INPUT, "the address holds a control byte");
            return NULL;
        }
        out[n++] = (char)c;
    }
    out[n] = '\0';
    if (!pk_utf8_valid(out)) {
        pk_fail(err, PK_BAD_INPUT, "the address is not valid UTF-8");
        return NULL;
    }
    return out;
}

enum pk_status pk_request_read_query(struct pk_request *request, const char *query,
                                     struct pk_arena *arena, struct pk_error *err)
{
    while (*query != '\0') {
        size_t len = strcspn(query, "&");
        if (len > 0) {
            if (request->arg_count == PK_QUERY_ARGS_MAX) {
                return pk_fail(err, PK_LIMIT, "more than %d arguments",
                               PK_QUERY_ARGS_MAX);
            }
            const char *equals = memchr(query, '=', len);
            size_t name_len = equals != NULL ? (size_t)(equals - query) : len;
            struct pk_query_arg *arg = &request->args[request->arg_count];
            arg->name = decode(arena, query, name_len, true, err);
            arg->value = equals == NULL
                             ? ""
                             : decode(arena, equals + 1, len - name_len - 1, true, err);
            if (arg->name == NULL || arg->value == NULL) {
                return PK_BAD_INPUT;
            }
            if (pk_request_arg(request, arg->name) != NULL) {
                return pk_fail(err, PK_BAD_INPUT, "%.60s: given twice", arg->name);
            }
            request->arg_count++;
        }
        query += len + (query[len] == '&');
    }
    return PK_OK;
}

static enum pk_status read_path(struct pk_request *out, const char *path, size_t len,
                                struct pk_arena *arena, struct pk_error *err)
{
    if (len == 0 || path[0] != '/') {
        return pk_fail(err, PK_BAD_INPUT, "the address does not begin with a slash");
    }
    out->path = pk_arena_strndup(arena, path, len);
    for (size_t at = 1; at < len || at == 1;) {
        size_t n = at < len ? strcspn(path + at, "/?") : 0;
        n = n < len - at ? n : len - at;
        if (out->segment_count == PK_SEGMENTS_MAX) {
            return pk_fail(err, PK_LIMIT, "the path has more than %d parts",
                           PK_SEGMENTS_MAX);
        }
        const char *segment = decode(arena, path + at, n, false, err);
        if (segment == NULL) {
            return PK_BAD_INPUT;
        }
        if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0) {
            return pk_fail(err, PK_BAD_INPUT, "the path has a part \"%s\"", segment);
        }
        out->segments[out->segment_count++] = segment;
        at += n + 1;
    }
    if (len > 1 && path[len - 1] == '/') {
        return pk_fail(err, PK_NOT_FOUND, "the address ends in a slash");
    }
    return PK_OK;
}

enum pk_status pk_request_read(struct pk_request *out, const char *method,
                               const char *target, struct pk_arena *arena,
                               struct pk_error *err)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "OPTIONS"};
    memset(out, 0, sizeof(*out));
    out->method = PK_METHOD_OTHER;
    for (size_t i = 0; i < PK_COUNT(methods); i++) {
        if (strcmp(methods[i], method) == 0) {
            out->method = (enum pk_method)i;
        }
    }
    out->base = "";
    out->target = pk_arena_strdup(arena, target);
    out->path = out->target;
    size_t len = strlen(target);
    if (len > PK_TARGET_MAX) {
        return pk_fail(err, PK_LIMIT, "the address is longer than %d bytes",
                       PK_TARGET_MAX);
    }
    const char *question = strchr(target, '?');
    size_t path_len = question != NULL ? (size_t)(question - target) : len;
    enum pk_status status = read_path(out, target, path_len, arena, err);
    if (status == PK_OK && question != NULL) {
        status = pk_request_read_query(out, question + 1, arena, err);
    }
    return status;
}

const char *pk_request_arg(const struct pk_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->arg_count; i++) {
        if (strcmp(request->args[i].name, name) == 0) {
            return request->args[i].value;
        }
    }
    return NULL;
}

const char *pk_request_form(const struct pk_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->form_count; i++) {
        if (strcmp(request->form[i].name, name) == 0) {
            return request->form[i].value;
        }
    }
    return NULL;
}

bool pk_request_numbers(const char *text, double *out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if ((i > 0 && !pk_parse_char(&text, ',')) || !pk_parse_double(&text, &out[i])) {
            return false;
        }
    }
    return pk_parse_end(text);
}
