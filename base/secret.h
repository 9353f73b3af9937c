/*
 * secret.h - random bytes, what is compared without telling where it differs, and
 * passwords as Argon2id (RFC 9106).
 */
#ifndef PK_BASE_SECRET_H
#define PK_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
    PK_SECRET_BYTES = 32,    /* of cookies and tokens: 256 bits */
    PK_SECRET_TEXT = 44,     /* the same as base64url, with its NUL */
    PK_PASSWORD_MIN = 12,    /* letters of a password */
    PK_PASSWORD_MAX = 256,   /* bytes: hashing costs by length too */
    PK_PASSWORD_TEXT = 128,  /* an encoded hash with its NUL */
    PK_PASSWORD_KIB = 19456, /* memory of one hash: 19 MiB */
    PK_PASSWORD_PASSES = 2   /* OWASP's lowest advice for 19 MiB and one lane */
};

/* From the kernel; never fails on the kernels that this runs on (it aborts). */
void pk_random(void *out, size_t len);
/* A new secret as base64url. */
void pk_secret_new(char out[PK_SECRET_TEXT]);

/* Time depends on the lengths alone. */
bool pk_secret_equal(const char *a, const char *b);

/* base64url without padding (RFC 4648, 5). `out` of (len * 4 + 2) / 3 + 1 bytes. */
void pk_base64url(char *out, const void *data, size_t len);
/* Strict: no padding, blanks or bits left over. False, or *len bytes in out (which has
 * room for text_len * 3 / 4). */
bool pk_base64url_read(uint8_t *out, size_t *len, const char *text, size_t text_len);

/* "$argon2id$v=19$m=19456,t=2,p=1$...". Errors: PK_BAD_INPUT saying which rule of length
 * the password breaks; PK_IO. Takes 19 MiB and some 30 ms: bound how many run at once. */
enum pk_status pk_password_hash(char out[PK_PASSWORD_TEXT], const char *password,
                                struct pk_error *err) PK_MUST_CHECK;
/* NULL for `encoded` (there is no such user, or no password) takes the same time and is
 * false. */
bool pk_password_matches(const char *encoded, const char *password);

#endif
