#include "server/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { FIRST_BUCKETS = 64, ENTRY_OVERHEAD = 64 };

struct entry {
    struct entry *chain;         /* in the bucket */
    struct entry *newer, *older; /* by last use */
    uint64_t hash;
    struct pk_tile_key key;
    struct pk_cached tile;
};

struct shard {
    pthread_mutex_t lock;
    struct entry **buckets;
    size_t bucket_count, count, bytes;
    struct entry *newest, *oldest;
};

struct pk_cache {
    struct shard shards[PK_CACHE_SHARDS];
    size_t shard_max; /* bytes */
};

struct pk_cache *pk_cache_create(size_t max_bytes)
{
    struct pk_cache *cache = pk_xcalloc(1, sizeof(*cache));
    cache->shard_max = max_bytes / PK_CACHE_SHARDS;
    for (size_t i = 0; i < PK_CACHE_SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        pthread_mutex_init(&shard->lock, NULL);
        shard->bucket_count = FIRST_BUCKETS;
        shard->buckets = pk_xcalloc(FIRST_BUCKETS, sizeof(*shard->buckets));
    }
    return cache;
}

static size_t cost(const struct entry *e)
{
    return sizeof(*e) + sizeof(struct pk_body) + e->tile.body->len + ENTRY_OVERHEAD;
}

static void unlink_use(struct shard *shard, struct entry *e)
{
    *(e->newer != NULL ? &e->newer->older : &shard->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &shard->oldest) = e->newer;
}

static void link_newest(struct shard *shard, struct entry *e)
{
    e->newer = NULL;
    e->older = shard->newest;
    *(e->older != NULL ? &e->older->newer : &shard->oldest) = e;
    shard->newest = e;
}

static struct entry **find(struct shard *shard, const struct pk_tile_key *key,
                           uint64_t hash)
{
    struct entry **at = &shard->buckets[hash % shard->bucket_count];
    while (*at != NULL &&
           ((*at)->hash != hash || memcmp(&(*at)->key, key, sizeof(*key)) != 0)) {
        at = &(*at)->chain;
    }
    return at;
}

static void drop(struct shard *shard, struct entry *e)
{
    *find(shard, &e->key, e->hash) = e->chain;
    unlink_use(shard, e);
    shard->bytes -= cost(e);
    shard->count--;
    pk_body_unref(e->tile.body);
    free(e);
}

void pk_cache_destroy(struct pk_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < PK_CACHE_SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        while (shard->oldest != NULL) {
            drop(shard, shard->oldest);
        }
        free(shard->buckets);
        pthread_mutex_destroy(&shard->lock);
    }
    free(cache);
}

static struct shard *shard_of(struct pk_cache *cache, const struct pk_tile_key *key,
                              uint64_t *hash)
{
    *hash = pk_hash64(key, sizeof(*key), 0);
    return &cache->shards[*hash >> 60 & (PK_CACHE_SHARDS - 1)];
}

enum pk_cache_answer pk_cache_get(struct pk_cache *cache, struct pk_changes *changes,
                                  const struct pk_tile_key *key, int64_t version,
                                  struct pk_cached *out, bool *was_checked)
{
    uint64_t hash;
    struct shard *shard = shard_of(cache, key, &hash);
    enum pk_cache_answer answer = PK_CACHE_MISS;
    bool checked = false;
    pthread_mutex_lock(&shard->lock);
    struct entry *e = *find(shard, key, hash);
    if (e != NULL) {
        struct pk_cached *tile = &e->tile;
        answer = PK_CACHE_HIT;
        if (tile->checked < version) {
            checked = true;
            if (pk_changes_touch(changes, tile->family, tile->band, tile->dep,
                                 tile->checked, version) == PK_TOUCH_NO) {
                tile->checked = version;
            } else {
                answer = PK_CACHE_UNSURE;
            }
        }
        *out = *tile;
        pk_body_ref(out->body);
        unlink_use(shard, e);
        link_newest(shard, e);
    }
    pthread_mutex_unlock(&shard->lock);
    if (was_checked != NULL) {
        *was_checked = checked;
    }
    return answer;
}

static void grow(struct shard *shard)
{
    size_t count = shard->bucket_count * 2;
    struct entry **buckets = pk_xcalloc(count, sizeof(*buckets));
    for (size_t i = 0; i < shard->bucket_count; i++) {
        for (struct entry *e = shard->buckets[i]; e != NULL;) {
            struct entry *next = e->chain;
            e->chain = buckets[e->hash % count];
            buckets[e->hash % count] = e;
            e = next;
        }
    }
    free(shard->buckets);
    shard->buckets = buckets;
    shard->bucket_count = count;
}

void pk_cache_put(struct pk_cache *cache, const struct pk_tile_key *key,
                  const struct pk_cached *tile)
{
    uint64_t hash;
    struct shard *shard = shard_of(cache, key, &hash);
    struct entry *e = pk_xcalloc(1, sizeof(*e));
    e->hash = hash;
    e->key = *key;
    e->tile = *tile;
    pk_body_ref(e->tile.body);
    bool keep = cost(e) <= cache->shard_max;
    pthread_mutex_lock(&shard->lock);
    struct entry *there = *find(shard, key, hash);
    if (there != NULL && there->tile.checked > tile->checked) {
        keep = false;
    } else if (there != NULL) {
        drop(shard, there);
    }
    if (keep) {
        while (shard->bytes + cost(e) > cache->shard_max) {
            drop(shard, shard->oldest);
        }
        if (shard->count >= shard->bucket_count) {
            grow(shard);
        }
        struct entry **at = &shard->buckets[hash % shard->bucket_count];
        e->chain = *at;
        *at = e;
        link_newest(shard, e);
        shard->bytes += cost(e);
        shard->count++;
    }
    pthread_mutex_unlock(&shard->lock);
    if (!keep) {
        pk_body_unref(e->tile.body);
        free(e);
    }
}

bool pk_cache_confirm(struct pk_cache *cache, const struct pk_tile_key *key,
                      uint64_t digest, struct pk_ibox dep, int64_t version)
{
    uint64_t hash;
    struct shard *shard = shard_of(cache, key, &hash);
    pthread_mutex_lock(&shard->lock);
    struct entry *e = *find(shard, key, hash);
    bool same = e != NULL && e->tile.digest == digest;
    if (same && e->tile.checked <= version) {
        e->tile.checked = version;
        e->tile.dep = dep;
    }
    pthread_mutex_unlock(&shard->lock);
    return same;
}

void pk_cache_size(struct pk_cache *cache, size_t *bytes, size_t *entries)
{
    *bytes = *entries = 0;
    for (size_t i = 0; i < PK_CACHE_SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        pthread_mutex_lock(&shard->lock);
        *bytes += shard->bytes;
        *entries += shard->count;
        pthread_mutex_unlock(&shard->lock);
    }
}
