/*
 * hash.h - digests and the ids made from them.
 *
 * SHA-256 for files and secrets, XXH3 for keys, digests and ETags that no
 * attacker gains from colliding, UUID version 5 (RFC 4122, 4.3: SHA-1 of
 * namespace and name) for things that came without an id of their own.
 */
#ifndef PK_BASE_HASH_H
#define PK_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The id of everything: 16 bytes, shown as a lower-case UUID. */
struct pk_id {
    uint8_t b[16];
};

enum { PK_ID_TEXT = 37, PK_SHA256_TEXT = 65 };

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" in lower case; out has PK_ID_TEXT bytes. */
void pk_id_format(char out[PK_ID_TEXT], struct pk_id id);
/* The 36-character form, upper case accepted; false for anything else. */
bool pk_id_parse(struct pk_id *out, const char *text);
bool pk_id_equal(struct pk_id a, struct pk_id b);
int pk_id_compare(struct pk_id a, struct pk_id b);
bool pk_id_is_zero(struct pk_id id);

/* UUID version 5 of "kind|municipality|key" in this program's fixed namespace.
 * NULL parts count as "". The caller has normalised the key (base/text.h). */
struct pk_id pk_id_of(const char *kind, const char *municipality, const char *key);

/* 63-bit draw key of an id in a source layer: what orders drawing and names a
 * feature in vector tiles. Depends on nothing but its arguments. */
uint64_t pk_draw_key(struct pk_id id, const char *source_layer);
/* The same in two steps, for many ids of one source layer. */
uint64_t pk_draw_seed(const char *source_layer);
uint64_t pk_draw_key_of(struct pk_id id, uint64_t seed);

uint64_t pk_hash64(const void *data, size_t len, uint64_t seed);
/* 128-bit XXH3 in canonical (big endian) byte order. */
struct pk_id pk_hash128(const void *data, size_t len);

/* Lower-case hex; out has PK_SHA256_TEXT bytes. */
void pk_sha256_text(char out[PK_SHA256_TEXT], const void *data, size_t len);
/* The same of a file's bytes, read in pieces. Errors: PK_IO with the path. */
enum pk_status pk_sha256_file(char out[PK_SHA256_TEXT], const char *path,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
