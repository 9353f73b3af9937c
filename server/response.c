#include "server/response.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/hash.h"
#include "server/negotiate.h"

enum {
    COMPRESS_MIN = 600, /* bytes: below, the headers weigh more */
    BROTLI_QUALITY = 4, /* about gzip's time, a tenth smaller */
    GZIP_LEVEL = 6
};

struct pk_body *pk_body_create(char *bytes, size_t len)
{
    struct pk_body *body = pk_xmalloc(sizeof(*body));
    atomic_init(&body->refs, 1);
    body->bytes = bytes;
    body->len = len;
    return body;
}

struct pk_body *pk_body_copy(const void *bytes, size_t len)
{
    char *copy = pk_xmalloc(len + 1);
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return pk_body_create(copy, len);
}

struct pk_body *pk_body_ref(struct pk_body *body)
{
    if (body != NULL) {
        atomic_fetch_add_explicit(&body->refs, 1, memory_order_relaxed);
    }
    return body;
}

void pk_body_unref(struct pk_body *body)
{
    if (body != NULL &&
        atomic_fetch_sub_explicit(&body->refs, 1, memory_order_acq_rel) == 1) {
        free(body->bytes);
        free(body);
    }
}

void pk_response_take(struct pk_response *response, struct pk_buf *buf,
                      const char *content_type)
{
    size_t len;
    char *bytes = pk_buf_take(buf, &len);
    pk_body_unref(response->body);
    response->body = pk_body_create(bytes, len);
    response->content_type = content_type;
}

void pk_response_tag(struct pk_response *response)
{
    if (response->body == NULL) {
        return;
    }
    struct pk_id hash = pk_hash128(response->body->bytes, response->body->len);
    char hex[33];
    for (int i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", hash.b[i]);
    }
    snprintf(response->etag, sizeof(response->etag), "\"%s%s%s\"", hex,
             response->encoding != NULL ? "-" : "",
             response->encoding != NULL ? response->encoding : "");
}

void pk_response_finish(struct pk_response *response)
{
    pk_body_unref(response->body);
    response->body = NULL;
}

bool pk_etag_matches(const char *if_none_match, const char *etag)
{
    if (if_none_match == NULL || etag[0] == '\0') {
        return false;
    }
    size_t len = strlen(etag);
    for (const char *p = if_none_match; *p != '\0';) {
        p += strspn(p, " \t,");
        if (*p == '*') {
            return true;
        }
        if (p[0] == 'W' && p[1] == '/') {
            p += 2;
        }
        if (strncmp(p, etag, len) == 0 && (p[len] == '\0' || strchr(" \t,", p[len]))) {
            return true;
        }
        p += strcspn(p, ",");
    }
    return false;
}

/* Vector tiles are mostly words and small numbers: they shrink to a third. */
static bool is_text(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strncmp(type, "image/svg", 9) == 0 ||
           strstr(type, "json") != NULL || strstr(type, "javascript") != NULL ||
           strstr(type, "xml") != NULL || strstr(type, "vector-tile") != NULL;
}

static char *deflate_gzip(const struct pk_body *body, size_t *len)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
    char *out = pk_xmalloc(body->len);
    *len = c != NULL ? libdeflate_gzip_compress(c, body->bytes, body->len, out, body->len)
                     : 0;
    libdeflate_free_compressor(c);
    return out;
}

static char *deflate_brotli(const struct pk_body *body, size_t *len)
{
    char *out = pk_xmalloc(body->len);
    *len = body->len;
    if (!BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
                               body->len, (const uint8_t *)body->bytes, len,
                               (uint8_t *)out)) {
        *len = 0; /* would not be smaller */
    }
    return out;
}

void pk_response_compress(struct pk_response *response, const char *accept_encoding)
{
    struct pk_body *body = response->body;
    if (body == NULL || body->len < COMPRESS_MIN || response->encoding != NULL ||
        response->content_type == NULL || !is_text(response->content_type)) {
        return;
    }
    const char *encoding = pk_negotiate_encoding(accept_encoding);
    if (encoding == NULL) {
        return;
    }
    size_t len;
    char *bytes =
        encoding[0] == 'b' ? deflate_brotli(body, &len) : deflate_gzip(body, &len);
    if (len == 0 || len >= body->len) {
        free(bytes);
        return;
    }
    response->body = pk_body_create(bytes, len);
    response->encoding = encoding;
    pk_body_unref(body);
}

/* The writer makes the version of a legal date within its tick; for so long after
 * midnight nothing is kept, because it may be of the day before. */
enum { AFTER_MIDNIGHT_S = 120 };

void pk_cache_control(char out[PK_CACHE_CONTROL_TEXT], enum pk_keep keep, time_t now)
{
    static const int seconds[] = {[PK_KEEP_SHORT] = 60, [PK_KEEP_LONG] = 86400};
    if (keep == PK_KEEP_NOTHING || keep == PK_KEEP_CHECK || keep == PK_KEEP_FIXED) {
        snprintf(out, PK_CACHE_CONTROL_TEXT, "%s",
                 keep == PK_KEEP_NOTHING ? "no-store"
                 : keep == PK_KEEP_CHECK ? "no-cache"
                                         : "public, max-age=31536000, immutable");
        return;
    }
    pk_date today = pk_date_stockholm(now);
    long long left = (long long)(pk_date_stockholm_start(today + 1) - now);
    if (now - pk_date_stockholm_start(today) < AFTER_MIDNIGHT_S) {
        left = 0;
    }
    left = left < seconds[keep] ? left : seconds[keep];
    snprintf(out, PK_CACHE_CONTROL_TEXT, "public, max-age=%lld", left > 0 ? left : 0);
}
