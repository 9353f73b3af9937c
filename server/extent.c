#include "server/extent.h"

#include <pthread.h>
#include <stdlib.h>

struct walk {
    struct pk_box box;
    struct pk_arena arena; /* of one row */
};

static bool see_part(const struct pk_part_row *row, void *ctx)
{
    struct walk *walk = ctx;
    walk->box = pk_box_join(walk->box, pk_geom_box(&row->geom));
    pk_arena_reset(&walk->arena);
    return true;
}

static bool see_feature(const struct pk_feature_row *row, void *ctx)
{
    struct walk *walk = ctx;
    walk->box = pk_box_join(walk->box, pk_geom_box(&row->geom));
    pk_arena_reset(&walk->arena);
    return true;
}

enum pk_status pk_extent(struct pk_box *out, struct pk_store *store, struct pk_error *err)
{
    struct walk walk = {.box = PK_BOX_EMPTY};
    struct pk_rows all = {0}, some = {.limit = PK_EXTENT_FEATURES_MAX};
    int64_t version;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status =
        store->ops->plan_parts(store, version, &all, see_part, &walk, &walk.arena, err);
    if (status == PK_OK && pk_box_is_empty(walk.box)) {
        status = store->ops->features(store, version, &some, see_feature, &walk,
                                      &walk.arena, err);
    }
    store->ops->end(store);
    pk_arena_finish(&walk.arena);
    *out = walk.box;
    return status;
}

struct pk_extent_memo {
    pthread_mutex_t lock;
    int64_t version; /* 0 = nothing kept */
    struct pk_box box;
};

struct pk_extent_memo *pk_extent_memo_create(void)
{
    struct pk_extent_memo *memo = pk_xcalloc(1, sizeof(*memo));
    pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

void pk_extent_memo_destroy(struct pk_extent_memo *memo)
{
    if (memo != NULL) {
        pthread_mutex_destroy(&memo->lock);
        free(memo);
    }
}

enum pk_status pk_extent_of(struct pk_box *out, struct pk_extent_memo *memo,
                            struct pk_store *store, int64_t version, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    pthread_mutex_lock(&memo->lock);
    if (memo->version != version || version == 0) {
        status = pk_extent(&memo->box, store, err);
        memo->version = status == PK_OK ? version : 0;
    }
    *out = memo->box;
    pthread_mutex_unlock(&memo->lock);
    return status;
}
