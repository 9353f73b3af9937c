/*
 * error.h - how every module reports failure.
 *
 * A function that can fail returns enum pk_status (0 is success) and takes
 * `struct pk_error *err` as its LAST parameter; outputs come FIRST. The text
 * says what was wrong with which input, in one line, without a newline.
 * Our own mistakes are asserted, never reported here.
 */
#ifndef PK_BASE_ERROR_H
#define PK_BASE_ERROR_H

#include <stdbool.h>

#define PK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PK_MUST_CHECK        __attribute__((warn_unused_result))
#define PK_COUNT(array)      (sizeof(array) / sizeof((array)[0]))

enum pk_status {
    PK_OK = 0,
    PK_BAD_INPUT,   /* the caller's data is wrong; safe to show to a client */
    PK_NOT_FOUND,   /* well formed, but there is no such thing */
    PK_UNSUPPORTED, /* known, but this build or layer cannot do it */
    PK_LIMIT,       /* a named limit was exceeded */
    PK_BUSY,        /* try again later */
    PK_IO,          /* operating system or database failure */
    PK_BAD_DATA,    /* stored data breaks our own rules */
    PK_FORBIDDEN,   /* whoever asks may not */
    PK_STATUS_COUNT /* not a status: number of codes above */
};

/* Plain value, no allocation: put it on the stack, zero-initialised. */
struct pk_error {
    enum pk_status code;
    bool said; /* the text is a sentence of the catalogue, in the language of who asked:
                  pk_fail_said() (base/msg.h) */
    char text[512];
};

/* Fill *err (may be NULL) and return `code`, so a failure is one line:
 *     return pk_fail(err, PK_BAD_INPUT, "zoom %d is above %d", z, max);     */
enum pk_status pk_fail(struct pk_error *err, enum pk_status code, const char *fmt, ...)
    PK_PRINTF(3, 4);

/* Put context in front of the text already in *err ("plan.json: ...") and
 * return its code. err may be NULL, then `code` comes back. */
enum pk_status pk_error_context(struct pk_error *err, enum pk_status code,
                                const char *fmt, ...) PK_PRINTF(3, 4);

/* Stable lower-case name of a code ("not-found"); static, never NULL. */
const char *pk_status_name(enum pk_status code);

#endif
