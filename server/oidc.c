#include "server/oidc.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/secret.h"
#include "base/text.h"
#include "server/jwt.h"

enum { URL_MAX = 8192, SECRET_FILE_MAX = 4096 };

struct pk_oidc {
    const struct pk_opts *opts;
    const char *issuer, *client, *claim;
    char *secret, *origin, *back; /* origin: scheme://host[:port] of the issuer */
    char key[PK_SECRET_TEXT];     /* of this process */
};

/* ---- settings ---- */

static bool is_safe_url(const char *url)
{
    return strncmp(url, "https://", 8) == 0 ||
           strncmp(url, "http://127.0.0.1:", 17) == 0 ||
           strncmp(url, "http://localhost:", 17) == 0;
}

static enum pk_status read_secret(char **out, const char *path, struct pk_error *err)
{
    char text[SECRET_FILE_MAX];
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return pk_fail(err, PK_IO, "oidc.client_secret_file: %s: %s", path,
                       strerror(errno));
    }
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    *out = pk_xstrdup(text);
    explicit_bzero(text, sizeof(text));
    return PK_OK;
}

enum pk_status pk_oidc_create(struct pk_oidc **out, const struct pk_opts *opts,
                              struct pk_error *err)
{
    const char *issuer = pk_opts_text(opts, "oidc.issuer");
    const char *client = pk_opts_text(opts, "oidc.client_id");
    const char *file = pk_opts_text(opts, "oidc.client_secret_file");
    const char *base = pk_opts_text(opts, "public_url");
    *out = NULL;
    if (issuer == NULL) {
        return PK_OK;
    }
    if (!is_safe_url(issuer)) {
        return pk_fail(err, PK_BAD_INPUT, "oidc.issuer: \"%.80s\" is no https address",
                       issuer);
    }
    if (client == NULL || base == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "oidc.issuer: needs %s",
                       client == NULL ? "oidc.client_id" : "public_url");
    }
    const char *place;
    for (size_t i = 0; (place = pk_opts_place(opts, "oidc.roles", i)) != NULL; i++) {
        if (pk_role_of(place) < 0) {
            return pk_fail(err, PK_BAD_INPUT, "oidc.roles.%s: there is no such role",
                           place);
        }
    }
    struct pk_oidc *oidc = pk_xcalloc(1, sizeof(*oidc));
    oidc->opts = opts;
    oidc->issuer = issuer;
    oidc->client = client;
    oidc->claim = pk_opts_text(opts, "oidc.role_claim");
    size_t slashes = (size_t)(strstr(issuer, "://") - issuer) + 3;
    size_t origin = slashes + strcspn(issuer + slashes, "/");
    oidc->origin = pk_xcalloc(origin + 2, 1);
    memcpy(oidc->origin, issuer, origin);
    oidc->origin[origin] = '/';
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    oidc->back = pk_xcalloc(len + 32, 1);
    snprintf(oidc->back, len + 32, "%.*s/admin/sign-in/back", (int)len, base);
    pk_secret_new(oidc->key);
    enum pk_status status = file != NULL ? read_secret(&oidc->secret, file, err) : PK_OK;
    if (status != PK_OK) {
        pk_oidc_destroy(oidc);
        return status;
    }
    *out = oidc;
    return PK_OK;
}

void pk_oidc_destroy(struct pk_oidc *oidc)
{
    if (oidc != NULL) {
        free(oidc->secret);
        free(oidc->origin);
        free(oidc->back);
        free(oidc);
    }
}

/* ---- asking the provider ---- */

static size_t on_bytes(char *data, size_t size, size_t n, void *ctx)
{
    struct pk_buf *out = ctx;
    pk_buf_add(out, data, size * n);
    return out->failed ? 0 : size * n;
}

/* GET, or POST of a form; the answer is an object. */
static enum pk_status fetch(json_t **out, const struct pk_oidc *oidc, const char *url,
                            const char *form, struct pk_error *err)
{
    struct pk_buf bytes;
    long code = 0;
    *out = NULL;
    if (url == NULL || strncmp(url, oidc->origin, strlen(oidc->origin)) != 0) {
        return pk_fail(err, PK_BUSY, "the provider names an address that is not its own");
    }
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return pk_fail(err, PK_IO, "libcurl gives no handle");
    }
    pk_buf_init(&bytes, PK_OIDC_BYTES_MAX);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PK_OIDC_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "plankarta");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &bytes);
    if (form != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
    }
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    enum pk_status status = PK_OK;
    if (result != CURLE_OK || code != 200) {
        status = pk_fail(err, PK_BUSY, "the provider: %s (%ld)",
                         curl_easy_strerror(result), code);
    }
    if (status == PK_OK &&
        (pk_json_parse(out, bytes.data, bytes.len, PK_OIDC_BYTES_MAX, err) != PK_OK ||
         !json_is_object(*out))) {
        status = pk_fail(err, PK_BUSY, "the provider's answer is no object");
    }
    pk_buf_finish(&bytes);
    return status;
}

static enum pk_status discover(json_t **out, const struct pk_oidc *oidc,
                               struct pk_arena *arena, struct pk_error *err)
{
    size_t len = strlen(oidc->issuer);
    const char *joint = len > 0 && oidc->issuer[len - 1] == '/' ? "" : "/";
    enum pk_status status =
        fetch(out, oidc,
              pk_arena_printf(arena, "%s%s.well-known/openid-configuration", oidc->issuer,
                              joint),
              NULL, err);
    if (status == PK_OK) {
        const char *issuer = pk_jget_string(*out, "issuer");
        if (issuer == NULL || strcmp(issuer, oidc->issuer) != 0) {
            status = pk_fail(err, PK_BUSY, "the provider calls itself something else");
        }
    }
    return status;
}

/* ---- what belongs to a state ---- */

static void derive(char out[PK_SHA256_TEXT], const struct pk_oidc *oidc, const char *what,
                   const char *state, struct pk_arena *arena)
{
    const char *text = pk_arena_printf(arena, "%s %s %s", what, oidc->key, state);
    pk_sha256_text(out, text, strlen(text));
}

static int hex(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* BASE64URL(SHA256(verifier)): RFC 7636, 4.2. */
static void challenge(char out[PK_SECRET_TEXT], const char *verifier)
{
    char digest[PK_SHA256_TEXT];
    uint8_t raw[PK_SECRET_BYTES];
    pk_sha256_text(digest, verifier, strlen(verifier));
    for (size_t i = 0; i < sizeof(raw); i++) {
        raw[i] = (uint8_t)(hex(digest[2 * i]) * 16 + hex(digest[2 * i + 1]));
    }
    pk_base64url(out, raw, sizeof(raw));
}

static void add(struct pk_buf *out, const char *name, const char *value)
{
    pk_buf_addf(out, "%s%s=",
                out->len == 0 || strchr("?&", out->data[out->len - 1]) ? "" : "&", name);
    pk_url_escape(out, value, "");
}

enum pk_status pk_oidc_address(const char **out, const struct pk_oidc *oidc,
                               const char *state, struct pk_arena *arena,
                               struct pk_error *err)
{
    char nonce[PK_SHA256_TEXT], verifier[PK_SHA256_TEXT], asked[PK_SECRET_TEXT];
    json_t *doc = NULL;
    struct pk_buf url;
    enum pk_status status = discover(&doc, oidc, arena, err);
    const char *place = pk_jget_string(doc, "authorization_endpoint");
    if (status == PK_OK && (place == NULL || !is_safe_url(place))) {
        status = pk_fail(err, PK_BUSY, "the provider has no page to sign in");
    }
    if (status != PK_OK) {
        json_decref(doc);
        return status;
    }
    derive(nonce, oidc, "nonce", state, arena);
    derive(verifier, oidc, "verifier", state, arena);
    challenge(asked, verifier);
    pk_buf_init(&url, URL_MAX);
    pk_buf_addf(&url, "%s%s", place, strchr(place, '?') != NULL ? "&" : "?");
    add(&url, "response_type", "code");
    add(&url, "client_id", oidc->client);
    add(&url, "redirect_uri", oidc->back);
    add(&url, "scope", "openid profile");
    add(&url, "state", state);
    add(&url, "nonce", nonce);
    add(&url, "code_challenge", asked);
    add(&url, "code_challenge_method", "S256");
    *out = pk_arena_strdup(arena, url.data);
    if (url.failed) {
        status = pk_fail(err, PK_BUSY, "the provider's address is too long");
    }
    pk_buf_finish(&url);
    json_decref(doc);
    return status;
}

/* ---- coming back ---- */

static bool has(const json_t *value, const char *wanted)
{
    if (json_is_string(value)) {
        return strcmp(json_string_value(value), wanted) == 0;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *one = json_string_value(json_array_get(value, i));
        if (one != NULL && strcmp(one, wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* The highest role that one of the claim's values gives. */
static enum pk_role role_of(const struct pk_oidc *oidc, const json_t *claims,
                            struct pk_arena *arena)
{
    const json_t *value = json_object_get(claims, oidc->claim);
    for (int role = PK_ROLE_ADMINISTRATOR; role > PK_ROLE_NONE; role--) {
        const char *wanted, *name = pk_arena_printf(arena, "oidc.roles.%s",
                                                    pk_role_name((enum pk_role)role));
        for (size_t i = 0; (wanted = pk_opts_item(oidc->opts, name, i)) != NULL; i++) {
            if (has(value, wanted)) {
                return (enum pk_role)role;
            }
        }
    }
    return PK_ROLE_NONE;
}

static enum pk_status exchange(json_t **out, const struct pk_oidc *oidc,
                               const json_t *doc, const char *state, const char *code,
                               struct pk_arena *arena, struct pk_error *err)
{
    char verifier[PK_SHA256_TEXT];
    struct pk_buf form;
    derive(verifier, oidc, "verifier", state, arena);
    pk_buf_init(&form, URL_MAX * 2);
    add(&form, "grant_type", "authorization_code");
    add(&form, "code", code);
    add(&form, "redirect_uri", oidc->back);
    add(&form, "client_id", oidc->client);
    add(&form, "code_verifier", verifier);
    if (oidc->secret != NULL) {
        add(&form, "client_secret", oidc->secret);
    }
    enum pk_status status =
        form.failed
            ? pk_fail(err, PK_BUSY, "the request is too long")
            : fetch(out, oidc, pk_jget_string(doc, "token_endpoint"), form.data, err);
    explicit_bzero(form.data, form.len);
    pk_buf_finish(&form);
    return status;
}

enum pk_status pk_oidc_redeem(struct pk_oidc_person *out, const struct pk_oidc *oidc,
                              const char *state, const char *code, struct pk_arena *arena,
                              struct pk_error *err)
{
    char nonce[PK_SHA256_TEXT];
    json_t *doc = NULL, *answer = NULL, *keys = NULL, *claims = NULL;
    const char *token = NULL;
    memset(out, 0, sizeof(*out));
    derive(nonce, oidc, "nonce", state, arena);
    const struct pk_jwt_rules rules = {oidc->issuer, oidc->client, nonce, time(NULL)};
    enum pk_status status = discover(&doc, oidc, arena, err);
    if (status == PK_OK) {
        status = exchange(&answer, oidc, doc, state, code, arena, err);
    }
    if (status == PK_OK) {
        token = pk_jget_string(answer, "id_token");
        status = token != NULL
                     ? fetch(&keys, oidc, pk_jget_string(doc, "jwks_uri"), NULL, err)
                     : pk_fail(err, PK_BUSY, "the provider gave no ID token");
    }
    if (status == PK_OK) {
        status = pk_jwt_verify(&claims, token, keys, &rules, err);
    }
    if (status == PK_OK) {
        const char *sub = pk_jget_string(claims, "sub");
        const char *name = pk_jget_string(claims, "preferred_username");
        const char *full = pk_jget_string(claims, "name");
        out->subject = pk_arena_printf(arena, "%s %s", oidc->issuer, sub);
        out->name = pk_arena_strdup(arena, name != NULL ? name : sub);
        out->full_name = pk_arena_strdup(arena, full != NULL ? full : out->name);
        out->role = role_of(oidc, claims, arena);
    }
    json_decref(doc);
    json_decref(answer);
    json_decref(keys);
    json_decref(claims);
    return status;
}
