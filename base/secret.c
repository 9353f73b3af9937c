#include "base/secret.h"

#include <argon2.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32, LANES = 1 };

/* Of no password: what is checked where there is nobody, so that it takes as long. */
#define NOBODY                                                                           \
    "$argon2id$v=19$m=19456,t=2,p=1$"                                                    \
    "cGxhbmthcnRhLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

void pk_random(void *out, size_t len)
{
    uint8_t *at = out;
    while (len > 0) {
        ssize_t n = getrandom(at, len, 0);
        if (n < 0 && errno != EINTR) {
            perror("getrandom");
            abort();
        }
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

void pk_secret_new(char out[PK_SECRET_TEXT])
{
    uint8_t bytes[PK_SECRET_BYTES];
    pk_random(bytes, sizeof(bytes));
    pk_base64url(out, bytes, sizeof(bytes));
}

bool pk_secret_equal(const char *a, const char *b)
{
    size_t len = strlen(a);
    if (strlen(b) != len) {
        return false;
    }
    volatile unsigned char differs = 0;
    for (size_t i = 0; i < len; i++) {
        differs |= (unsigned char)(a[i] ^ b[i]);
    }
    return differs == 0;
}

/* ---- base64url ---- */

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void pk_base64url(char *out, const void *data, size_t len)
{
    const uint8_t *in = data;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (have += 8; have >= 6; have -= 6) {
            *out++ = letters[bits >> (have - 6) & 63];
        }
    }
    if (have > 0) {
        *out++ = letters[bits << (6 - have) & 63];
    }
    *out = '\0';
}

bool pk_base64url_read(uint8_t *out, size_t *len, const char *text, size_t text_len)
{
    uint32_t bits = 0;
    int have = 0;
    size_t n = 0;
    for (size_t i = 0; i < text_len; i++) {
        const char *at = text[i] != '\0' ? strchr(letters, text[i]) : NULL;
        if (at == NULL) {
            return false;
        }
        bits = bits << 6 | (uint32_t)(at - letters);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    *len = n;
    return have < 6 && (bits & ((1u << have) - 1)) == 0;
}

/* ---- passwords ---- */

enum pk_status pk_password_hash(char out[PK_PASSWORD_TEXT], const char *password,
                                struct pk_error *err)
{
    uint8_t salt[SALT_BYTES];
    size_t count = 0;
    for (const char *p = password; pk_utf8_next(&p) != 0;) {
        count++;
    }
    if (count < PK_PASSWORD_MIN || strlen(password) > PK_PASSWORD_MAX) {
        return pk_fail(err, PK_BAD_INPUT,
                       "a password has at least %d letters and at most %d bytes",
                       PK_PASSWORD_MIN, PK_PASSWORD_MAX);
    }
    pk_random(salt, sizeof(salt));
    int rc = argon2id_hash_encoded(PK_PASSWORD_PASSES, PK_PASSWORD_KIB, LANES, password,
                                   strlen(password), salt, sizeof(salt), HASH_BYTES, out,
                                   PK_PASSWORD_TEXT);
    return rc == ARGON2_OK
               ? PK_OK
               : pk_fail(err, PK_IO, "argon2id: %s", argon2_error_message(rc));
}

bool pk_password_matches(const char *encoded, const char *password)
{
    size_t len = strlen(password);
    bool fits = len <= PK_PASSWORD_MAX;
    int rc =
        argon2id_verify(encoded != NULL ? encoded : NOBODY, password, fits ? len : 0);
    return rc == ARGON2_OK && encoded != NULL && fits;
}
