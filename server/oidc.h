/*
 * oidc.h - sign-in by an outside identity provider: OpenID Connect Core 1.0,
 * authorization code with PKCE (RFC 7636), state and nonce.
 *
 * The provider is asked server to server by libcurl: its discovery document, token
 * address and keys, only at the issuer's own origin, without redirects, within
 * PK_OIDC_BYTES_MAX and PK_OIDC_TIMEOUT_MS. Nothing is kept between the two halves of a
 * sign-in but a cookie in the browser with the state, from which nonce and verifier are
 * made with a key of this process: after a restart people begin again.
 */
#ifndef PK_SERVER_OIDC_H
#define PK_SERVER_OIDC_H

#include "base/jsonread.h"
#include "layers/access.h"
#include "server/app.h"

enum {
    PK_OIDC_BYTES_MAX = 256 << 10,
    PK_OIDC_TIMEOUT_MS = 5000,
    PK_OIDC_CODE_MAX = 2000,
    PK_OIDC_COOKIE_S = 600 /* to come back in */
};

struct pk_oidc;

/* *out is NULL when oidc.issuer is not set. Errors: PK_BAD_INPUT naming the setting,
 * PK_IO the secret's file. */
enum pk_status pk_oidc_create(struct pk_oidc **out, const struct pk_opts *opts,
                              struct pk_error *err) PK_MUST_CHECK;
void pk_oidc_destroy(struct pk_oidc *oidc); /* accepts NULL */

/* Where the browser goes, for a state of PK_SECRET_TEXT; in the arena. */
enum pk_status pk_oidc_address(const char **out, const struct pk_oidc *oidc,
                               const char *state, struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;

/* Who came back with a code; texts in the arena. role is PK_ROLE_NONE when no claim gives
 * one. */
struct pk_oidc_person {
    const char *subject; /* issuer and sub */
    const char *name, *full_name;
    enum pk_role role;
};
enum pk_status pk_oidc_redeem(struct pk_oidc_person *out, const struct pk_oidc *oidc,
                              const char *state, const char *code, struct pk_arena *arena,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
