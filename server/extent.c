#include "server/extent.h"

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
