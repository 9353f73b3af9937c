/*
 * jwt.h - ID tokens of an OpenID provider (OpenID Connect Core 1.0, 3.1.3.7; RFC 7515,
 * 7517, 7519): signature and claims, read strictly.
 *
 * RS256 and ES256 with keys of the provider's set and nothing else: no "none", no
 * symmetric keys, no key that the token brings along.
 */
#ifndef PK_SERVER_JWT_H
#define PK_SERVER_JWT_H

#include <stdint.h>

#include "base/jsonread.h"

enum {
    PK_JWT_MAX = 16 << 10,   /* bytes of a token */
    PK_JWKS_MAX = 256 << 10, /* bytes of a key set */
    PK_JWT_KEYS_MAX = 32,    /* keys looked at */
    PK_JWT_RSA_BITS_MIN = 2048,
    PK_JWT_SKEW_S = 120,   /* how wrong the provider's clock may be */
    PK_JWT_AGE_MAX_S = 900 /* a token made longer ago is not of this sign-in */
};

struct pk_jwt_rules {
    const char *issuer, *audience, *nonce;
    int64_t now; /* seconds since 1970 */
};

/* The claims of a token that holds; json_decref() them. `jwks` is a parsed key set.
 * Errors: PK_BAD_INPUT saying what does not hold. */
enum pk_status pk_jwt_verify(json_t **claims, const char *token, const json_t *jwks,
                             const struct pk_jwt_rules *rules,
                             struct pk_error *err) PK_MUST_CHECK;

#endif
