#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_CAP = 256 };

void pk_buf_init(struct pk_buf *buf, size_t max)
{
    *buf = (struct pk_buf){.max = max, .cap = FIRST_CAP};
    buf->data = pk_xmalloc(FIRST_CAP);
    buf->data[0] = '\0';
}

void pk_buf_finish(struct pk_buf *buf)
{
    free(buf->data);
    *buf = (struct pk_buf){0};
}

void pk_buf_clear(struct pk_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    buf->data[0] = '\0';
}

static bool reserve(struct pk_buf *buf, size_t more)
{
    if (buf->failed || more > buf->max || buf->len > buf->max - more) {
        buf->failed = true;
        return false;
    }
    if (buf->len + more + 1 > buf->cap) {
        size_t cap = buf->cap;
        while (cap < buf->len + more + 1) {
            cap *= 2;
        }
        buf->data = pk_xrealloc(buf->data, cap, 1);
        buf->cap = cap;
    }
    return true;
}

void pk_buf_add(struct pk_buf *buf, const void *data, size_t len)
{
    if (len > 0 && reserve(buf, len)) {
        memcpy(buf->data + buf->len, data, len);
        buf->len += len;
        buf->data[buf->len] = '\0';
    }
}

void pk_buf_adds(struct pk_buf *buf, const char *s)
{
    pk_buf_add(buf, s, strlen(s));
}

void pk_buf_addc(struct pk_buf *buf, char c)
{
    pk_buf_add(buf, &c, 1);
}

void pk_buf_addf(struct pk_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0 && reserve(buf, (size_t)n)) {
        va_start(args, fmt);
        vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, args);
        va_end(args);
        buf->len += (size_t)n;
    }
}

void pk_buf_add_u8(struct pk_buf *buf, uint8_t v)
{
    pk_buf_add(buf, &v, 1);
}

void pk_buf_add_u32(struct pk_buf *buf, uint32_t v)
{
    uint8_t b[4];
    for (int i = 0; i < 4; i++) {
        b[i] = (uint8_t)(v >> (8 * i));
    }
    pk_buf_add(buf, b, sizeof(b));
}

void pk_buf_add_u64(struct pk_buf *buf, uint64_t v)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++) {
        b[i] = (uint8_t)(v >> (8 * i));
    }
    pk_buf_add(buf, b, sizeof(b));
}

void pk_buf_add_f64(struct pk_buf *buf, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    pk_buf_add_u64(buf, bits);
}

void pk_buf_add_varint(struct pk_buf *buf, uint64_t v)
{
    uint8_t b[10];
    size_t n = 0;
    while (v >= 0x80) {
        b[n++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    b[n++] = (uint8_t)v;
    pk_buf_add(buf, b, n);
}

void pk_buf_add_svarint(struct pk_buf *buf, int64_t v)
{
    pk_buf_add_varint(buf, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

char *pk_buf_take(struct pk_buf *buf, size_t *len_out)
{
    char *data = buf->data;
    if (len_out != NULL) {
        *len_out = buf->len;
    }
    pk_buf_init(buf, buf->max);
    return data;
}

struct pk_bytes pk_bytes_of(const void *data, size_t len)
{
    return (struct pk_bytes){.p = data, .end = (const uint8_t *)data + len};
}

const void *pk_bytes_take(struct pk_bytes *in, size_t len)
{
    if (in->bad || (size_t)(in->end - in->p) < len) {
        in->bad = true;
        return NULL;
    }
    const void *at = in->p;
    in->p += len;
    return at;
}

static inline uint64_t fixed(struct pk_bytes *in, int width)
{
    const uint8_t *b = pk_bytes_take(in, (size_t)width);
    uint64_t v = 0;
    for (int i = 0; b != NULL && i < width; i++) {
        v |= (uint64_t)b[i] << (8 * i);
    }
    return v;
}

uint8_t pk_bytes_u8(struct pk_bytes *in)
{
    const uint8_t *b = pk_bytes_take(in, 1);
    return b != NULL ? *b : 0;
}

uint32_t pk_bytes_u32(struct pk_bytes *in)
{
    return (uint32_t)fixed(in, 4);
}

uint64_t pk_bytes_u64(struct pk_bytes *in)
{
    return fixed(in, 8);
}

double pk_bytes_f64(struct pk_bytes *in)
{
    uint64_t bits = fixed(in, 8);
    double v;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

uint64_t pk_bytes_varint(struct pk_bytes *in)
{
    if (!in->bad && in->p < in->end && *in->p < 0x80) {
        return *in->p++; /* most are this short */
    }
    uint64_t v = 0;
    for (int shift = 0; shift < 64 && !in->bad && in->p < in->end; shift += 7) {
        uint8_t b = *in->p++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            return v;
        }
    }
    in->bad = true;
    return 0;
}

int64_t pk_bytes_svarint(struct pk_bytes *in)
{
    uint64_t v = pk_bytes_varint(in);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}
