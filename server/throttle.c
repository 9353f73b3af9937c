#include "server/throttle.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/secret.h"

struct place {
    uint64_t key;
    int64_t full_ms; /* when all its tries are back; before now: as good as empty */
};

struct pk_throttle {
    pthread_mutex_t lock;
    uint64_t seed;
    struct place places[PK_THROTTLE_PLACES];
};

struct pk_throttle *pk_throttle_create(void)
{
    struct pk_throttle *t = pk_xcalloc(1, sizeof(*t));
    pk_random(&t->seed, sizeof(t->seed)); /* who collides with whom is nobody's choice */
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void pk_throttle_destroy(struct pk_throttle *t)
{
    if (t != NULL) {
        pthread_mutex_destroy(&t->lock);
        free(t);
    }
}

static uint64_t key_of(const struct pk_throttle *t, const char *kind, const char *key)
{
    uint64_t hash = pk_hash64(key, strlen(key), pk_hash64(kind, strlen(kind), t->seed));
    return hash != 0 ? hash : 1;
}

/* Its place, or the one among a few that has least to forget. */
static struct place *find(struct pk_throttle *t, uint64_t key)
{
    struct place *best = NULL;
    for (uint32_t i = 0; i < PK_THROTTLE_PROBES; i++) {
        struct place *p = &t->places[(key + i) % PK_THROTTLE_PLACES];
        if (p->key == key) {
            return p;
        }
        if (best == NULL || p->full_ms < best->full_ms) {
            best = p;
        }
    }
    *best = (struct place){key, 0};
    return best;
}

int64_t pk_throttle_take(struct pk_throttle *t, const char *kind, const char *key,
                         struct pk_throttle_rule rule, int64_t now_ms)
{
    int64_t wait = 0, room = (int64_t)rule.most * rule.refill_ms;
    pthread_mutex_lock(&t->lock);
    struct place *p = find(t, key_of(t, kind, key));
    int64_t full = p->full_ms > now_ms ? p->full_ms : now_ms;
    if (full + rule.refill_ms - now_ms > room) {
        wait = full + rule.refill_ms - now_ms - room;
    } else {
        p->full_ms = full + rule.refill_ms;
    }
    pthread_mutex_unlock(&t->lock);
    return wait;
}

void pk_throttle_return(struct pk_throttle *t, const char *kind, const char *key,
                        struct pk_throttle_rule rule)
{
    pthread_mutex_lock(&t->lock);
    find(t, key_of(t, kind, key))->full_ms -= rule.refill_ms;
    pthread_mutex_unlock(&t->lock);
}

void pk_throttle_forgive(struct pk_throttle *t, const char *kind, const char *key)
{
    pthread_mutex_lock(&t->lock);
    find(t, key_of(t, kind, key))->full_ms = 0;
    pthread_mutex_unlock(&t->lock);
}
