#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[PK_STATUS_COUNT] = {
    [PK_OK] = "ok",
    [PK_BAD_INPUT] = "bad-input",
    [PK_NOT_FOUND] = "not-found",
    [PK_UNSUPPORTED] = "unsupported",
    [PK_LIMIT] = "limit",
    [PK_BUSY] = "busy",
    [PK_IO] = "io",
    [PK_BAD_DATA] = "bad-data",
    [PK_FORBIDDEN] = "forbidden",
};

enum pk_status pk_fail(struct pk_error *err, enum pk_status code, const char *fmt, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, fmt);
        err->code = code;
        err->said = false;
        vsnprintf(err->text, sizeof(err->text), fmt, args);
        va_end(args);
    }
    return code;
}

enum pk_status pk_error_context(struct pk_error *err, enum pk_status code,
                                const char *fmt, ...)
{
    if (err == NULL) {
        return code;
    }
    err->said = false;
    char old[sizeof(err->text)];
    memcpy(old, err->text, sizeof(old));
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof(err->text)) {
        size_t room = sizeof(err->text) - (size_t)n;
        snprintf(err->text + n, room, ": %.*s", (int)room, old);
    }
    return err->code;
}

const char *pk_status_name(enum pk_status code)
{
    return (unsigned)code < PK_STATUS_COUNT ? names[code] : "unknown";
}
