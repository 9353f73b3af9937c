#include "base/hash.h"

#include <errno.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

/* Made once for this program; changing it would rename everything. */
static const uint8_t namespace_id[16] = {0x6e, 0x0b, 0x8f, 0x52, 0x1d, 0x3a, 0x4c, 0x97,
                                         0xa5, 0x44, 0x70, 0x6b, 0x61, 0x72, 0x74, 0x61};

static const char hex[] = "0123456789abcdef";

void pk_id_format(char out[PK_ID_TEXT], struct pk_id id)
{
    char *p = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }
        *p++ = hex[id.b[i] >> 4];
        *p++ = hex[id.b[i] & 15];
    }
    *p = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool pk_id_parse(struct pk_id *out, const char *text)
{
    struct pk_id id;
    const char *p = text;
    for (int i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *p++ != '-') {
            return false;
        }
        int high = hex_value(p[0]);
        int low = high < 0 ? -1 : hex_value(p[1]);
        if (low < 0) {
            return false;
        }
        id.b[i] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    if (*p != '\0') {
        return false;
    }
    *out = id;
    return true;
}

int pk_id_compare(struct pk_id a, struct pk_id b)
{
    return memcmp(a.b, b.b, sizeof(a.b));
}

bool pk_id_equal(struct pk_id a, struct pk_id b)
{
    return pk_id_compare(a, b) == 0;
}

bool pk_id_is_zero(struct pk_id id)
{
    return pk_id_equal(id, (struct pk_id){{0}});
}

struct pk_id pk_id_of(const char *kind, const char *municipality, const char *key)
{
    const char *parts[] = {kind, "|", municipality, "|", key};
    struct sha1_ctx ctx;
    sha1_init(&ctx);
    sha1_update(&ctx, sizeof(namespace_id), namespace_id);
    for (size_t i = 0; i < PK_COUNT(parts); i++) {
        if (parts[i] != NULL) {
            sha1_update(&ctx, strlen(parts[i]), (const uint8_t *)parts[i]);
        }
    }
    uint8_t digest[SHA1_DIGEST_SIZE];
    sha1_digest(&ctx, sizeof(digest), digest);
    struct pk_id id;
    memcpy(id.b, digest, sizeof(id.b));
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x50);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}

uint64_t pk_hash64(const void *data, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, len, seed);
}

uint64_t pk_draw_seed(const char *source_layer)
{
    return XXH3_64bits(source_layer, strlen(source_layer));
}

uint64_t pk_draw_key_of(struct pk_id id, uint64_t seed)
{
    return XXH3_64bits_withSeed(id.b, sizeof(id.b), seed) >> 1;
}

uint64_t pk_draw_key(struct pk_id id, const char *source_layer)
{
    return pk_draw_key_of(id, pk_draw_seed(source_layer));
}

struct pk_id pk_hash128(const void *data, size_t len)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(data, len));
    struct pk_id id;
    memcpy(id.b, canonical.digest, sizeof(id.b));
    return id;
}

static void sha256_finish(char out[PK_SHA256_TEXT], struct sha256_ctx *ctx)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(ctx, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[2 * sizeof(digest)] = '\0';
}

void pk_sha256_text(char out[PK_SHA256_TEXT], const void *data, size_t len)
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, len, data);
    sha256_finish(out, &ctx);
}

enum pk_status pk_sha256_file(char out[PK_SHA256_TEXT], const char *path,
                              struct pk_error *err)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL) {
        return pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    }
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    uint8_t block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof(block), f)) > 0) {
        sha256_update(&ctx, n, block);
    }
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad) {
        return pk_fail(err, PK_IO, "%s: read error", path);
    }
    sha256_finish(out, &ctx);
    return PK_OK;
}
