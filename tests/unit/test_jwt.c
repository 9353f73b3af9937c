/* ID tokens: made and signed here with keys of our own, whole and then spoiled in every
 * way that matters. */
#include "pk_test.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "server/jwt.h"

enum { NOW = 1800000000, TEXT_MAX = 4096 };

static gnutls_privkey_t rsa, other_rsa, small_rsa, ec;
static json_t *jwks;

static const struct pk_jwt_rules rules = {"https://idp.example", "plankarta", "n-0S6",
                                          NOW};

#define CLAIMS(iss, aud, nonce, iat, exp)                                                \
    "{\"iss\":\"" iss "\",\"sub\":\"u1\",\"aud\":" aud ",\"nonce\":\"" nonce             \
    "\",\"iat\":" iat ",\"exp\":" exp "}"
#define GOOD                                                                             \
    CLAIMS("https://idp.example", "\"plankarta\"", "n-0S6", "1799999990", "1800000300")

static gnutls_privkey_t make_key(gnutls_pk_algorithm_t kind, unsigned bits)
{
    gnutls_privkey_t key;
    assert_int_equal(gnutls_privkey_init(&key), 0);
    assert_int_equal(gnutls_privkey_generate(key, kind, bits, 0), 0);
    return key;
}

/* Without the zero that DER puts in front. */
static void encode(char *out, const gnutls_datum_t *d, unsigned want)
{
    const unsigned char *at = d->data;
    unsigned len = d->size;
    unsigned char padded[64] = {0};
    while (len > 0 && at[0] == 0) {
        at++;
        len--;
    }
    if (want > len) {
        memcpy(padded + want - len, at, len);
        at = padded;
        len = want;
    }
    pk_base64url(out, at, len);
}

static void add_rsa(gnutls_privkey_t key, const char *kid)
{
    gnutls_datum_t m, e;
    char n_text[2048], e_text[64];
    assert_int_equal(gnutls_privkey_export_rsa_raw2(key, &m, &e, NULL, NULL, NULL, NULL,
                                                    NULL, NULL, 0),
                     0);
    encode(n_text, &m, 0);
    encode(e_text, &e, 0);
    json_array_append_new(json_object_get(jwks, "keys"),
                          json_pack("{ssssssssss}", "kty", "RSA", "kid", kid, "use",
                                    "sig", "n", n_text, "e", e_text));
    gnutls_free(m.data);
    gnutls_free(e.data);
}

static void add_ec(gnutls_privkey_t key, const char *kid)
{
    gnutls_ecc_curve_t curve;
    gnutls_datum_t x, y;
    char x_text[64], y_text[64];
    assert_int_equal(gnutls_privkey_export_ecc_raw2(key, &curve, &x, &y, NULL, 0), 0);
    encode(x_text, &x, 32);
    encode(y_text, &y, 32);
    json_array_append_new(json_object_get(jwks, "keys"),
                          json_pack("{ssssssssss}", "kty", "EC", "crv", "P-256", "kid",
                                    kid, "x", x_text, "y", y_text));
    gnutls_free(x.data);
    gnutls_free(y.data);
}

static int setup(void **state)
{
    (void)state;
    rsa = make_key(GNUTLS_PK_RSA, 2048);
    other_rsa = make_key(GNUTLS_PK_RSA, 2048);
    small_rsa = make_key(GNUTLS_PK_RSA, 1024);
    ec = make_key(GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
    jwks = json_pack("{s[]}", "keys");
    add_rsa(rsa, "r1");
    add_rsa(small_rsa, "small");
    add_ec(ec, "e1");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(jwks);
    gnutls_privkey_deinit(rsa);
    gnutls_privkey_deinit(other_rsa);
    gnutls_privkey_deinit(small_rsa);
    gnutls_privkey_deinit(ec);
    return 0;
}

static void make(char *out, const char *header, const char *claims, gnutls_privkey_t key)
{
    gnutls_datum_t data, sig = {0}, r = {0}, s = {0};
    bool is_ec = key == ec;
    pk_base64url(out, header, strlen(header));
    strcat(out, ".");
    pk_base64url(out + strlen(out), claims, strlen(claims));
    data = (gnutls_datum_t){(unsigned char *)out, (unsigned)strlen(out)};
    if (key) {
        assert_int_equal(gnutls_privkey_sign_data2(key,
                                                   is_ec ? GNUTLS_SIGN_ECDSA_SHA256
                                                         : GNUTLS_SIGN_RSA_SHA256,
                                                   0, &data, &sig),
                         0);
    }
    strcat(out, ".");
    if (is_ec) {
        char raw[128];
        assert_int_equal(gnutls_decode_rs_value(&sig, &r, &s), 0);
        unsigned char both[64] = {0};
        unsigned skip_r = r.size > 32 ? r.size - 32 : 0;
        unsigned skip_s = s.size > 32 ? s.size - 32 : 0;
        memcpy(both + 32 - (r.size - skip_r), r.data + skip_r, r.size - skip_r);
        memcpy(both + 64 - (s.size - skip_s), s.data + skip_s, s.size - skip_s);
        pk_base64url(raw, both, 64);
        strcat(out, raw);
    } else if (key) {
        pk_base64url(out + strlen(out), sig.data, sig.size);
    }
    gnutls_free(sig.data);
    gnutls_free(r.data);
    gnutls_free(s.data);
}

static enum pk_status verify(const char *token, struct pk_error *err)
{
    json_t *claims = NULL;
    enum pk_status status = pk_jwt_verify(&claims, token, jwks, &rules, err);
    assert_true((status == PK_OK) == (claims != NULL));
    json_decref(claims);
    return status;
}

static void a_token_with_a_key_of_the_set_is_taken(void **state)
{
    struct pk_error err = {0};
    char token[TEXT_MAX];
    (void)state;
    make(token, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", GOOD, rsa);
    if (verify(token, &err))
        fail_msg("%s", err.text);
    make(token, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", GOOD, ec);
    if (verify(token, &err))
        fail_msg("%s", err.text);
    make(token, "{\"alg\":\"ES256\"}", GOOD, ec); /* the only key of its kind */
    assert_int_equal(verify(token, &err), PK_OK);
}

static void what_does_not_hold_is_refused_by_name(void **state)
{
    static const char R[] = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
    const struct {
        const char *header, *claims;
        gnutls_privkey_t key;
        const char *said;
    } rows[] = {
        {"{\"alg\":\"none\"}",                                  GOOD,                  NULL,                                          "three parts"                                                                                                     },
        {"{\"alg\":\"none\"}",                                  GOOD,                  rsa,                                           "signed in a way"                                                                                                 },
        {"{\"alg\":\"HS256\",\"kid\":\"r1\"}",                  GOOD,                  rsa,                                           "signed in a way"                                                                                                 },
        {"{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"x\"]}", GOOD,                  rsa,
         "signed in a way"                                                                                                                                                                                                                              },
        {"{\"alg\":\"ES256\",\"kid\":\"r1\"}",                  GOOD,                  rsa,                                           "does not hold"                                                                                                   },
        {"{\"alg\":\"RS256\",\"kid\":\"none\"}",                GOOD,                  rsa,                                           "does not hold"                                                                                                   },
        {"{\"alg\":\"RS256\"}",                                 GOOD,                  rsa,                                           "does not hold"                                                                                                   },
        {"{\"alg\":\"RS256\",\"kid\":\"small\"}",               GOOD,                  small_rsa,                                     "does not hold"                                                                                                   },
        {R,                                                     GOOD,                  other_rsa,                                     "does not hold"                                                                                                   },
        {R,                                                     CLAIMS("https://evil", "\"plankarta\"",                               "n-0S6",                                                                                                            "1799999990", "1800000300"),
         rsa, "another issuer"},
        {R,
         CLAIMS("https://idp.example",                                                                          "\"other\"",                                                                                                       "n-0S6",                                                                                                                                                                                                                         "1799999990", "1800000300"),
         rsa, "somebody else"},
        {R,
         CLAIMS("https://idp.example","[\"plankarta\",\"other\"]","n-0S6","1799999990",
         "1800000300"),
         rsa, "somebody else"},
        {R,
         CLAIMS("https://idp.example",                                                         "\"plankarta\"",                                                                                                      "n-1",                                                                                                                                                                                                                        "1799999990",
         "1800000300"),
         rsa, "another sign-in"},
        {R,
         CLAIMS("https://idp.example",                                                                              "\"plankarta\"",                                                                                                                                                                                                                     "n-0S6",                                                                                                                                                                                                                                   "1799999700",
         "1799999800"),
         rsa, "expired"},
        {R,
         CLAIMS("https://idp.example",                                                           "\"plankarta\"",                                                                                                        "n-0S6",                                                                                                                                                                                                                    "1799990000",
         "1800000300"),
         rsa, "not made now"},
        {R,
         CLAIMS("https://idp.example",                                                         "\"plankarta\"",                                                                                                               "n-0S6",                                                                                                                                                                                                                                             "1800000500",
         "1800000900"),
         rsa, "not made now"},
        {R,                                                     "{\"iss\":\"https://idp.example\",\"aud\":\"plankarta\",\"nonce\":\"n-0S6\"}",
         rsa,                                                                                                "names nobody"                                                                                                                     },
        {R,                                         "[]",                                                                rsa,                                                                                                                         "no object"                                                                                                                                                                                                                                 },
    };
    (void)state;
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        struct pk_error err = {0};
        char token[TEXT_MAX];
        make(token, rows[i].header, rows[i].claims, rows[i].key);
        assert_int_equal(verify(token, &err), PK_BAD_INPUT);
        if (!strstr(err.text, rows[i].said))
            fail_msg("%s %s said: %s", rows[i].header, rows[i].claims, err.text);
    }
}

static void every_changed_letter_breaks_it(void **state)
{
    struct pk_error err = {0};
    char token[TEXT_MAX];
    (void)state;
    make(token, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", GOOD, rsa);
    size_t len = strlen(token);
    for (size_t i = 0; i < len; i += 7) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(verify(token, &err), PK_BAD_INPUT);
        token[i] = was;
        token[i] = '\0'; /* cut off */
        assert_int_equal(verify(token, &err), PK_BAD_INPUT);
        token[i] = was;
    }
    assert_int_equal(verify(token, &err), PK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_with_a_key_of_the_set_is_taken),
        cmocka_unit_test(what_does_not_hold_is_refused_by_name),
        cmocka_unit_test(every_changed_letter_breaks_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
