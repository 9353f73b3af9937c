/*
 * cache.h - finished tiles in memory, bounded by bytes, in shards with a lock each.
 *
 * An entry knows the version it was last checked at, the box of everything it depends
 * on and the digest of what was drawn. It is served when no later change touches that
 * box; otherwise a worker asks for the digest again and confirms or replaces it. So no
 * tile whose bytes changed is served, and every other keeps bytes and ETag. A tile is
 * stored with the version of its own snapshot: a slow drawing cannot hide a publish.
 */
#ifndef PK_SERVER_CACHE_H
#define PK_SERVER_CACHE_H

#include "server/changes.h"
#include "server/response.h"

enum { PK_CACHE_SHARDS = 16 };

/* Zero it before filling: it is compared by bytes. */
struct pk_tile_key {
    uint64_t style_hash; /* document and theme */
    uint32_t z, x, y;
    uint8_t grid, scale, format, zero;
};

struct pk_cached {
    struct pk_body *body;
    char etag[PK_ETAG_TEXT];
    int64_t checked; /* version */
    struct pk_ibox dep;
    enum pk_family family;
    int band;
    uint64_t digest;
};

enum pk_cache_answer {
    PK_CACHE_MISS,
    PK_CACHE_HIT,    /* *out is right for `version`; body is a new reference */
    PK_CACHE_UNSURE, /* *out may be stale: compare digests; body is a new reference */
};

struct pk_cache;

struct pk_cache *pk_cache_create(size_t max_bytes);
void pk_cache_destroy(struct pk_cache *cache); /* accepts NULL */

/* `version` is the newest one known. *was_checked (may be NULL) tells that the change
 * boxes were tested. */
enum pk_cache_answer pk_cache_get(struct pk_cache *cache, struct pk_changes *changes,
                                  const struct pk_tile_key *key, int64_t version,
                                  struct pk_cached *out, bool *was_checked);

/* Keep a tile (a new reference of its body is taken). One that was checked at an older
 * version than the entry there is dropped. */
void pk_cache_put(struct pk_cache *cache, const struct pk_tile_key *key,
                  const struct pk_cached *tile);

/* The tile's inputs at `version` had this digest: when it is the entry's, the entry is
 * right at that version, with this dependency box. False when it is not (any more). */
bool pk_cache_confirm(struct pk_cache *cache, const struct pk_tile_key *key,
                      uint64_t digest, struct pk_ibox dep, int64_t version);

/* Bytes held and entries, for /metrics. */
void pk_cache_size(struct pk_cache *cache, size_t *bytes, size_t *entries);

#endif
