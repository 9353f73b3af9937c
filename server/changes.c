#include "server/changes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    int64_t version;
    struct pk_ibox box;
    uint8_t family;
    int8_t band;
};

struct pk_changes {
    pthread_rwlock_t lock;
    struct entry *entries; /* by version */
    uint32_t count, cap;
    int64_t from, upto; /* all boxes of versions from < v <= upto are here */
};

struct pk_changes *pk_changes_create(int64_t from)
{
    struct pk_changes *changes = pk_xcalloc(1, sizeof(*changes));
    pthread_rwlock_init(&changes->lock, NULL);
    changes->from = changes->upto = from;
    return changes;
}

void pk_changes_destroy(struct pk_changes *changes)
{
    if (changes != NULL) {
        pthread_rwlock_destroy(&changes->lock);
        free(changes->entries);
        free(changes);
    }
}

void pk_changes_restart(struct pk_changes *changes, int64_t from)
{
    pthread_rwlock_wrlock(&changes->lock);
    changes->count = 0;
    changes->from = changes->upto = from;
    pthread_rwlock_unlock(&changes->lock);
}

/* Drop whole versions from the start until there is room for `more` boxes. */
static void make_room(struct pk_changes *changes, uint32_t more)
{
    uint32_t drop = 0;
    while (drop < changes->count && changes->count - drop + more > PK_CHANGES_MAX) {
        int64_t version = changes->entries[drop].version;
        while (drop < changes->count && changes->entries[drop].version == version) {
            drop++;
        }
        changes->from = version;
    }
    if (drop == 0) {
        return; /* perhaps there is no list yet */
    }
    changes->count -= drop;
    memmove(changes->entries, changes->entries + drop,
            changes->count * sizeof(*changes->entries));
}

void pk_changes_add(struct pk_changes *changes, const struct pk_change *list,
                    uint32_t count, int64_t upto, bool gap)
{
    pthread_rwlock_wrlock(&changes->lock);
    if (gap || count > PK_CHANGES_MAX) {
        changes->count = 0;
        changes->from = upto;
        count = 0;
    }
    if (count > 0) {
        make_room(changes, count);
        if (changes->count + count > changes->cap) {
            changes->cap = changes->count + count + 256;
            changes->entries =
                pk_xrealloc(changes->entries, changes->cap, sizeof(*changes->entries));
        }
        for (uint32_t i = 0; i < count; i++) {
            changes->entries[changes->count++] =
                (struct entry){list[i].version, list[i].box, (uint8_t)list[i].family,
                               (int8_t)list[i].band};
        }
    }
    changes->upto = upto;
    pthread_rwlock_unlock(&changes->lock);
}

/* Index of the first entry whose version is above `version`. */
static uint32_t first_after(const struct pk_changes *changes, int64_t version)
{
    uint32_t low = 0, high = changes->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (changes->entries[middle].version <= version) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum pk_touch pk_changes_touch(struct pk_changes *changes, enum pk_family family,
                               int band, struct pk_ibox dep, int64_t after, int64_t upto)
{
    pthread_rwlock_rdlock(&changes->lock);
    enum pk_touch touch = PK_TOUCH_NO;
    if (after < changes->from || upto > changes->upto) {
        touch = PK_TOUCH_UNKNOWN;
    }
    for (uint32_t i = touch == PK_TOUCH_NO ? first_after(changes, after) : changes->count;
         i < changes->count && changes->entries[i].version <= upto; i++) {
        const struct entry *e = &changes->entries[i];
        if (e->family == (uint8_t)family && e->band == band &&
            pk_ibox_touches(e->box, dep)) {
            touch = PK_TOUCH_YES;
            break;
        }
    }
    pthread_rwlock_unlock(&changes->lock);
    return touch;
}
