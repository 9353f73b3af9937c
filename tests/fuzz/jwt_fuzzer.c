/* jwt_fuzzer.c - a token and a key set, a line each: nothing that a stranger writes is
 * taken, since he has no key of the provider's... but one that he brings along may fit
 * his own signature; then the claims must be the ones that were asked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "server/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pk_jwt_rules rules = {"https://idp.example", "plankarta", "n-0S6",
                                              1800000000};
    struct pk_arena arena = {0};
    char *token = pk_arena_strndup(&arena, (const char *)data, size);
    char *end = strchr(token, '\n');
    json_t *jwks = NULL, *claims = NULL;
    struct pk_error err;
    if (end != NULL) {
        *end = '\0';
        if (pk_json_parse(&jwks, end + 1, strlen(end + 1), PK_JWKS_MAX, &err) == PK_OK &&
            pk_jwt_verify(&claims, token, jwks, &rules, &err) == PK_OK) {
            const char *iss = pk_jget_string(claims, "iss");
            if (iss == NULL || strcmp(iss, rules.issuer) != 0) {
                abort();
            }
        }
    }
    json_decref(claims);
    json_decref(jwks);
    pk_arena_finish(&arena);
    return 0;
}
