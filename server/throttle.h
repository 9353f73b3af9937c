/*
 * throttle.h - how often somebody may try: buckets that fill with time, by a key that
 * comes from outside (an address, a name), in memory of a fixed size. Thread-safe.
 *
 * A flood of new keys can push old ones out, the fullest bucket of a few places first:
 * who has just failed often is the last to be forgotten.
 */
#ifndef PK_SERVER_THROTTLE_H
#define PK_SERVER_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

enum { PK_THROTTLE_PLACES = 4096, PK_THROTTLE_PROBES = 8 };

struct pk_throttle;

struct pk_throttle_rule {
    uint32_t most;     /* tries at once */
    int64_t refill_ms; /* one more after so long */
};

struct pk_throttle *pk_throttle_create(void);
void pk_throttle_destroy(struct pk_throttle *throttle); /* accepts NULL */

/* Take one try of the key; 0, or how many ms to wait for the next one. `now_ms` is
 * monotonic. */
int64_t pk_throttle_take(struct pk_throttle *throttle, const char *kind, const char *key,
                         struct pk_throttle_rule rule, int64_t now_ms);
/* It was somebody who may: give that one try back, ... */
void pk_throttle_return(struct pk_throttle *throttle, const char *kind, const char *key,
                        struct pk_throttle_rule rule);
/* ... or all of the key's. */
void pk_throttle_forgive(struct pk_throttle *throttle, const char *kind, const char *key);

#endif
