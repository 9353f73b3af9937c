/*
 * prepare_publish_layer.c - packs of geodata layers: which features of which layers began
 * or ended with the version, and the cells that they and their neighbours touch.
 */
#include "layers/prepare_publish_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/store_spatialite.h"

/* Layers of which anything changed, by id; all: the layer itself did. */
struct changed_layer {
    const char *id;
    bool all;
};

static enum pk_status read_layers(struct publish *pub, struct changed_layer **out,
                                  uint32_t *count, struct pk_error *err)
{
    static const char all_sql[] =
        "SELECT layer_id, 1 FROM layer WHERE from_version <= ?1 "
        "AND to_version > ?1 ORDER BY layer_id";
    static const char sql[] =
        "SELECT layer_id, max(whole) FROM ("
        "SELECT layer_id, 1 AS whole FROM layer WHERE from_version = ?1 "
        "UNION ALL SELECT layer_id, 1 FROM layer WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904 "
        "UNION ALL SELECT DISTINCT layer_id, 0 FROM feature WHERE from_version = ?1 "
        "UNION ALL SELECT DISTINCT layer_id, 0 FROM feature WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904) GROUP BY layer_id ORDER BY layer_id";
    sqlite3_stmt *stmt;
    uint32_t cap = 0;
    *out = NULL;
    *count = 0;
    enum pk_status status =
        pk_db_prepare(&stmt, pub->job->db, pub->job->again ? all_sql : sql, err);
    if (status != PK_OK) {
        return status;
    }
    sqlite3_bind_int64(stmt, 1, pub->job->version);
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (*count == cap) {
            cap = cap > 0 ? 2 * cap : 16;
            *out = pk_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[(*count)++] = (struct changed_layer){
            pk_arena_strdup(&pub->arena, (const char *)sqlite3_column_text(stmt, 0)),
            sqlite3_column_int(stmt, 1) != 0};
    }
    if (rc != SQLITE_DONE) {
        status = pk_db_fail(pub->job->db, "find changed layers", err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static const char changed_features_sql[] =
    "SELECT feature_id FROM feature WHERE from_version = ?1 AND layer_id = ?2 "
    "UNION SELECT feature_id FROM feature WHERE to_version = ?1 "
    "AND to_version < 4611686018427387904 AND layer_id = ?2";

struct feature_areas {
    struct areas *areas;
    const struct prep_ids *only; /* NULL: all */
    struct pk_arena *arena;
};

static bool visit_feature(const struct pk_feature_row *row, void *ctx)
{
    struct feature_areas *fa = ctx;
    if (fa->only == NULL || prep_ids_have(fa->only, row->id)) {
        struct area a = {.box = pk_geom_box(&row->geom)};
        a.placed = prep_may_be_wide(a.box) && row->geom.kind != PK_GEOM_NONE;
        if (a.placed) {
            prep_label_place(&row->geom, &a.x, &a.y);
        }
        prep_areas_put(fa->areas, &a);
    }
    pk_arena_reset(fa->arena);
    return true;
}

/* Boxes of the layer's changed features in one state. */
static enum pk_status feature_ground(struct publish *pub, const char *layer,
                                     int64_t version, const struct prep_ids *changed,
                                     struct areas *areas, struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct feature_areas fa = {areas, changed, &arena};
    enum pk_status status = PK_OK;
    const struct pk_store_ops *ops = pub->store->ops;
    if (changed != NULL && changed->count < 1000) {
        for (uint32_t i = 0; i < changed->count && status == PK_OK; i++) {
            struct pk_rows rows = {.layer_id = layer, .id = &changed->ids[i]};
            status = ops->features(pub->store, version, &rows, visit_feature, &fa, &arena,
                                   err);
        }
    } else {
        struct pk_rows rows = {.layer_id = layer};
        status =
            ops->features(pub->store, version, &rows, visit_feature, &fa, &arena, err);
    }
    pk_arena_finish(&arena);
    return status;
}

static const struct pk_layer_row *find_layer(const struct pk_layer_row *rows,
                                             uint32_t count, const char *id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(rows[i].layer_id, id) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The features that touch what changed: their borders may meet it. */
static void add_neighbours(const struct prep *p, struct areas *areas)
{
    uint32_t own = areas->count;
    bool many = own > 2000; /* one box around all touches all that they do */
    struct pk_box all = PK_BOX_EMPTY;
    for (uint32_t i = 0; many && i < own; i++) {
        all = pk_box_join(all, areas->at[i].box);
    }
    for (uint32_t i = 0; i < p->feature_count; i++) {
        struct pk_box box = pk_box_grow(prep_ground_box(&p->features[i]), 0.01);
        if (many ? pk_box_touches(all, box) : prep_areas_touch(areas, own, box)) {
            prep_areas_feature(areas, &p->features[i]);
        }
    }
}

/* The widest level at which something changed lies, in full. */
static int widest_level(const struct publish *pub, const struct areas *areas)
{
    int widest = 0;
    for (uint32_t i = 0; i < areas->count; i++) {
        struct pk_box box = areas->at[i].box;
        for (int f = 0; prep_may_be_wide(box) && f < PK_FAMILY_COUNT; f++) {
            struct pk_ibox units = prep_family_box(pub->job->crs, (enum pk_family)f, box);
            int level = pk_wide_level((enum pk_family)f, PK_BAND_FULL, units);
            widest = level > widest ? level : widest;
        }
    }
    return widest;
}

static enum pk_status load_changed_layer(struct publish *pub, struct prep *p,
                                         const struct pk_layer_row *row,
                                         struct areas *areas, struct pk_error *err)
{
    if (prep_layer_min_band(row) < PK_BAND_FULL) {
        enum pk_status status =
            prep_load_layer(p, pub->store, pub->job->version, row, NULL, err);
        if (status == PK_OK) {
            add_neighbours(p, areas);
        }
        return status;
    }
    /* Only in full, where neighbours do not matter: the rows of the cells are enough. */
    struct pk_box box = PK_BOX_EMPTY;
    for (uint32_t i = 0; i < areas->count; i++) {
        box = pk_box_join(box, areas->at[i].box);
    }
    int level = widest_level(pub, areas);
    box = pk_box_grow(box, CELL_MOST_M * (level > 0 ? PK_WIDE_STEP : 1));
    return prep_load_layer(p, pub->store, pub->job->version, row, level > 1 ? NULL : &box,
                           err);
}

static enum pk_status publish_layer(struct publish *pub,
                                    const struct changed_layer *layer,
                                    const struct pk_layer_row *row, struct pk_error *err)
{
    struct prep_ids changed = {0};
    struct areas areas = {0};
    struct prep p;
    const char *names[] = {layer->id, NULL};
    int min_band = PK_BAND_MIN;
    prep_init(&p, pub->job->crs);
    enum pk_status status =
        layer->all ? PK_OK
                   : prep_read_ids(pub, &changed, changed_features_sql, layer->id, err);
    const struct prep_ids *only = layer->all ? NULL : &changed;
    for (int64_t v = pub->job->version - 1; v <= pub->job->version && status == PK_OK;
         v++) {
        status = feature_ground(pub, layer->id, v, only, &areas, err);
    }
    if (status == PK_OK && areas.count > 0 && row != NULL) {
        status = load_changed_layer(pub, &p, row, &areas, err);
        min_band = layer->all ? PK_BAND_MIN : prep_layer_min_band(row);
    }
    if (status == PK_OK && areas.count > 0) {
        status = prep_serve_cells(pub, &p, names, &areas, min_band, err);
    }
    prep_finish(&p);
    prep_ids_finish(&changed);
    free(areas.at);
    return status;
}

enum pk_status prep_publish_layers(struct publish *pub, struct pk_error *err)
{
    struct changed_layer *changed = NULL;
    struct pk_layer_row *rows = NULL;
    uint32_t count = 0, row_count = 0;
    enum pk_status status = read_layers(pub, &changed, &count, err);
    if (status == PK_OK) {
        status = pub->store->ops->layers(pub->store, pub->job->version, &rows, &row_count,
                                         &pub->arena, err);
    }
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        pub->done = 0.5 + 0.5 * i / count;
        pub->share = 0.5 / count;
        status = publish_layer(pub, &changed[i],
                               find_layer(rows, row_count, changed[i].id), err);
    }
    free(changed);
    return status;
}
