#include "server/jwt.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/arena.h"
#include "base/secret.h"

enum { PARTS = 3, RAW_EC_BYTES = 32, SUB_MAX = 255, RSA_BYTES_MAX = 1024 };

struct part {
    const char *text;
    size_t len;
};

struct bytes {
    uint8_t *data;
    size_t len;
};

/* ---- pieces ---- */

/* "a.b.c", exactly three parts. */
static bool split(struct part out[PARTS], const char *token)
{
    for (int i = 0; i < PARTS; i++) {
        out[i].text = token;
        out[i].len = strcspn(token, ".");
        token += out[i].len;
        if (out[i].len == 0 || *token != (i < PARTS - 1 ? '.' : '\0')) {
            return false;
        }
        token++;
    }
    return true;
}

static bool decode(struct bytes *out, const char *text, size_t len,
                   struct pk_arena *arena)
{
    out->data = pk_arena_alloc(arena, len + 1, 1);
    return pk_base64url_read(out->data, &out->len, text, len);
}

static bool decode_member(struct bytes *out, const json_t *object, const char *name,
                          struct pk_arena *arena)
{
    const char *text = pk_jget_string(object, name);
    return text != NULL && strlen(text) <= 2 * RSA_BYTES_MAX &&
           decode(out, text, strlen(text), arena) && out->len > 0 &&
           out->len <= RSA_BYTES_MAX;
}

static enum pk_status read_object(json_t **out, struct part part, const char *what,
                                  struct pk_arena *arena, struct pk_error *err)
{
    struct bytes bytes;
    if (!decode(&bytes, part.text, part.len, arena)) {
        return pk_fail(err, PK_BAD_INPUT, "the token's %s is not base64url", what);
    }
    enum pk_status status =
        pk_json_parse(out, (const char *)bytes.data, bytes.len, PK_JWT_MAX, err);
    if (status == PK_OK && !json_is_object(*out)) {
        status = pk_fail(err, PK_BAD_INPUT, "no object");
    }
    return status == PK_OK
               ? PK_OK
               : pk_fail(err, PK_BAD_INPUT, "the token's %s is no object", what);
}

/* ---- keys ---- */

struct algorithm {
    const char *name, *kty;
    gnutls_sign_algorithm_t sign;
};

static const struct algorithm algorithms[] = {
    {"RS256", "RSA", GNUTLS_SIGN_RSA_SHA256  },
    {"ES256", "EC",  GNUTLS_SIGN_ECDSA_SHA256},
};

static bool is_or_absent(const json_t *object, const char *name, const char *wanted)
{
    const json_t *value = json_object_get(object, name);
    return value == NULL ||
           (json_is_string(value) && strcmp(json_string_value(value), wanted) == 0);
}

static bool fits(const json_t *key, const struct algorithm *alg, const char *kid)
{
    const char *kty = pk_jget_string(key, "kty"), *id = pk_jget_string(key, "kid");
    return kty != NULL && strcmp(kty, alg->kty) == 0 && is_or_absent(key, "use", "sig") &&
           is_or_absent(key, "alg", alg->name) &&
           (kid == NULL || (id != NULL && strcmp(id, kid) == 0));
}

/* The only key that the token can mean; NULL when there is none or more than one. */
static const json_t *find_key(const json_t *jwks, const struct algorithm *alg,
                              const char *kid)
{
    const json_t *keys = json_object_get(jwks, "keys"), *found = NULL;
    size_t count = json_array_size(keys);
    for (size_t i = 0; i < count && i < PK_JWT_KEYS_MAX; i++) {
        const json_t *key = json_array_get(keys, i);
        if (fits(key, alg, kid)) {
            if (found != NULL) {
                return NULL;
            }
            found = key;
        }
    }
    return found;
}

static gnutls_datum_t datum(struct bytes b)
{
    return (gnutls_datum_t){b.data, (unsigned)b.len};
}

/* Leading zeros count for nothing. */
static size_t bits_of(struct bytes n)
{
    size_t at = 0;
    while (at < n.len && n.data[at] == 0) {
        at++;
    }
    return (n.len - at) * 8;
}

static bool import_key(gnutls_pubkey_t out, const struct algorithm *alg,
                       const json_t *key, struct pk_arena *arena)
{
    struct bytes a, b;
    if (alg->sign == GNUTLS_SIGN_RSA_SHA256) {
        if (!decode_member(&a, key, "n", arena) || !decode_member(&b, key, "e", arena) ||
            bits_of(a) < PK_JWT_RSA_BITS_MIN) {
            return false;
        }
        gnutls_datum_t n = datum(a), e = datum(b);
        return gnutls_pubkey_import_rsa_raw(out, &n, &e) == 0;
    }
    const char *curve = pk_jget_string(key, "crv");
    if (curve == NULL || strcmp(curve, "P-256") != 0 ||
        !decode_member(&a, key, "x", arena) || !decode_member(&b, key, "y", arena) ||
        a.len != RAW_EC_BYTES || b.len != RAW_EC_BYTES) {
        return false;
    }
    gnutls_datum_t x = datum(a), y = datum(b);
    return gnutls_pubkey_import_ecc_raw(out, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) == 0;
}

/* `signature` as the standard has it: of ES256 r and s, 32 bytes each (RFC 7518, 3.4). */
static bool check_signature(const struct algorithm *alg, const json_t *key,
                            struct part data, struct bytes signature,
                            struct pk_arena *arena)
{
    gnutls_pubkey_t pubkey;
    gnutls_datum_t der = {0}, sig = datum(signature);
    gnutls_datum_t text = {(unsigned char *)(uintptr_t)data.text, (unsigned)data.len};
    bool ok = false;
    if (gnutls_pubkey_init(&pubkey) != 0) {
        return false;
    }
    if (!import_key(pubkey, alg, key, arena)) {
        goto done;
    }
    if (alg->sign == GNUTLS_SIGN_ECDSA_SHA256) {
        gnutls_datum_t r = {signature.data, RAW_EC_BYTES};
        gnutls_datum_t s = {signature.data + RAW_EC_BYTES, RAW_EC_BYTES};
        if (signature.len != 2 * RAW_EC_BYTES ||
            gnutls_encode_rs_value(&der, &r, &s) != 0) {
            goto done;
        }
        sig = der;
    }
    ok = gnutls_pubkey_verify_data2(pubkey, alg->sign, 0, &text, &sig) >= 0;
done:
    gnutls_free(der.data);
    gnutls_pubkey_deinit(pubkey);
    return ok;
}

/* ---- claims ---- */

static bool is_text(const json_t *claims, const char *name, const char *wanted)
{
    const char *text = pk_jget_string(claims, name);
    return text != NULL && strcmp(text, wanted) == 0;
}

/* One audience, or several of which we are one and the one it was made for. */
static bool is_for(const json_t *claims, const char *audience)
{
    const json_t *aud = json_object_get(claims, "aud");
    bool named = is_text(claims, "aud", audience);
    for (size_t i = 0; i < json_array_size(aud); i++) {
        const char *one = json_string_value(json_array_get(aud, i));
        named |= one != NULL && strcmp(one, audience) == 0;
    }
    bool several = json_array_size(aud) > 1;
    return named && (is_text(claims, "azp", audience) ||
                     (!several && json_object_get(claims, "azp") == NULL));
}

static enum pk_status check_times(const json_t *claims, int64_t now, struct pk_error *err)
{
    long long exp = 0, iat = 0, nbf = 0;
    if (!pk_jget_int(claims, "exp", &exp) || exp <= now - PK_JWT_SKEW_S) {
        return pk_fail(err, PK_BAD_INPUT, "the token has expired");
    }
    if (!pk_jget_int(claims, "iat", &iat) || iat > now + PK_JWT_SKEW_S ||
        iat < now - PK_JWT_AGE_MAX_S) {
        return pk_fail(err, PK_BAD_INPUT, "the token was not made now");
    }
    if (json_object_get(claims, "nbf") != NULL &&
        (!pk_jget_int(claims, "nbf", &nbf) || nbf > now + PK_JWT_SKEW_S)) {
        return pk_fail(err, PK_BAD_INPUT, "the token is not valid yet");
    }
    return PK_OK;
}

static enum pk_status check_claims(const json_t *claims, const struct pk_jwt_rules *rules,
                                   struct pk_error *err)
{
    const char *sub = pk_jget_string(claims, "sub");
    const char *nonce = pk_jget_string(claims, "nonce");
    if (!is_text(claims, "iss", rules->issuer)) {
        return pk_fail(err, PK_BAD_INPUT, "the token is of another issuer");
    }
    if (!is_for(claims, rules->audience)) {
        return pk_fail(err, PK_BAD_INPUT, "the token is for somebody else");
    }
    if (nonce == NULL || !pk_secret_equal(nonce, rules->nonce)) {
        return pk_fail(err, PK_BAD_INPUT, "the token is of another sign-in");
    }
    if (sub == NULL || sub[0] == '\0' || strlen(sub) > SUB_MAX) {
        return pk_fail(err, PK_BAD_INPUT, "the token names nobody");
    }
    return check_times(claims, rules->now, err);
}

static const struct algorithm *algorithm_of(const json_t *header)
{
    for (size_t i = 0; i < PK_COUNT(algorithms); i++) {
        if (is_text(header, "alg", algorithms[i].name)) {
            return &algorithms[i];
        }
    }
    return NULL;
}

enum pk_status pk_jwt_verify(json_t **claims, const char *token, const json_t *jwks,
                             const struct pk_jwt_rules *rules, struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct part parts[PARTS];
    struct bytes signature;
    json_t *header = NULL;
    enum pk_status status = PK_OK;
    *claims = NULL;
    if (strlen(token) > PK_JWT_MAX || !split(parts, token)) {
        return pk_fail(err, PK_BAD_INPUT, "the token does not have three parts");
    }
    status = read_object(&header, parts[0], "header", &arena, err);
    if (status != PK_OK) {
        goto done;
    }
    const struct algorithm *alg = algorithm_of(header);
    if (alg == NULL || json_object_get(header, "crit") != NULL) {
        status =
            pk_fail(err, PK_BAD_INPUT, "the token is signed in a way not taken here");
        goto done;
    }
    const json_t *key = find_key(jwks, alg, pk_jget_string(header, "kid"));
    const struct part signed_text = {parts[0].text, parts[0].len + 1 + parts[1].len};
    if (key == NULL || !decode(&signature, parts[2].text, parts[2].len, &arena) ||
        !check_signature(alg, key, signed_text, signature, &arena)) {
        status = pk_fail(err, PK_BAD_INPUT, "the token's signature does not hold");
        goto done;
    }
    status = read_object(claims, parts[1], "content", &arena, err);
    if (status == PK_OK) {
        status = check_claims(*claims, rules, err);
    }
done:
    if (status != PK_OK) {
        json_decref(*claims);
        *claims = NULL;
    }
    json_decref(header);
    pk_arena_finish(&arena);
    return status;
}
