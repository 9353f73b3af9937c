/*
 * buf.h - growing byte buffer with a hard cap and one sticky failure.
 *
 * Append as often as you like and check `failed` once at the end: after the
 * cap is hit every later append is ignored. data is always NUL-terminated.
 */
#ifndef PK_BASE_BUF_H
#define PK_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct pk_buf {
    char *data; /* never NULL after pk_buf_init */
    size_t len; /* bytes, without the NUL */
    size_t cap; /* bytes allocated, private */
    size_t max; /* most bytes this buffer may hold */
    bool failed;
};

/* max is a named limit of the caller, in bytes. Cannot fail. */
void pk_buf_init(struct pk_buf *buf, size_t max);
/* Free the memory; safe on a zeroed struct and on repeated calls. */
void pk_buf_finish(struct pk_buf *buf);
/* Empty it, keep the memory, forget the failure. */
void pk_buf_clear(struct pk_buf *buf);

void pk_buf_add(struct pk_buf *buf, const void *data, size_t len);
void pk_buf_adds(struct pk_buf *buf, const char *s);
void pk_buf_addc(struct pk_buf *buf, char c);
void pk_buf_addf(struct pk_buf *buf, const char *fmt, ...) PK_PRINTF(2, 3);
/* Little endian, fixed width. */
void pk_buf_add_u8(struct pk_buf *buf, uint8_t v);
void pk_buf_add_u32(struct pk_buf *buf, uint32_t v);
void pk_buf_add_u64(struct pk_buf *buf, uint64_t v);
void pk_buf_add_f64(struct pk_buf *buf, double v);
/* LEB128, and zigzag for signed. */
void pk_buf_add_varint(struct pk_buf *buf, uint64_t v);
void pk_buf_add_svarint(struct pk_buf *buf, int64_t v);

/* Hand the bytes over: the caller frees them with free(3), the buffer is
 * empty again and may be reused. *len_out may be NULL. */
char *pk_buf_take(struct pk_buf *buf, size_t *len_out);

/* The reading side: a cursor over bytes from anywhere. Every reader checks the
 * bounds; after one failure `bad` stays set and all readers return 0. */
struct pk_bytes {
    const uint8_t *p, *end;
    bool bad;
};

struct pk_bytes pk_bytes_of(const void *data, size_t len);
uint8_t pk_bytes_u8(struct pk_bytes *in);
uint32_t pk_bytes_u32(struct pk_bytes *in);
uint64_t pk_bytes_u64(struct pk_bytes *in);
double pk_bytes_f64(struct pk_bytes *in);
uint64_t pk_bytes_varint(struct pk_bytes *in);
int64_t pk_bytes_svarint(struct pk_bytes *in);
/* len bytes in place, NULL (and bad) when there are fewer. */
const void *pk_bytes_take(struct pk_bytes *in, size_t len);

#endif
