/*
 * prepare_publish_private.h - what the two halves of publishing packs share: plans
 * (prepare_publish.c) and layers (prepare_publish_layer.c). Nobody else includes it.
 */
#ifndef PK_LAYERS_PREPARE_PUBLISH_PRIVATE_H
#define PK_LAYERS_PREPARE_PUBLISH_PRIVATE_H

#include "layers/pack_form.h"
#include "layers/prepare_change.h"
#include "layers/prepare_private.h"
#include "layers/prepare_publish.h"

#define CELL_MOST_M 5000.0 /* more than a plain cell of full in either family */

/* Boxes of EPSG:3006 that changed. One with a place is that of a single feature and of
 * its label: when it is large it lies in wide cells, and the label in one plain cell.
 * One without may have anything in it. */
struct area {
    struct pk_box box;
    bool placed;
    double x, y;
};
struct areas {
    uint32_t count, cap;
    struct area *at;
};

struct publish {
    const struct pk_prepare_job *job;
    struct pk_store *store;
    struct pk_arena arena;
    char *legal_day_before; /* of the version before; NULL when this is the first */
    sqlite3_stmt *read_pack, *write_pack;
    struct prep_changes changes;
    struct pk_buf joined[2];
    bool first;         /* no pack was there before */
    double done, share; /* of the progress */
    /* the group being served */
    const struct prep_edit *edit; /* NULL: all of it is loaded */
    const char *const *names;
    enum pk_family family;
    int band;
};

/* Boxes are kept, empty ones dropped. */
void prep_areas_put(struct areas *a, const struct area *area);
void prep_areas_add(struct areas *a, struct pk_box box);
/* Does one of the first `count` touch the box? */
bool prep_areas_touch(const struct areas *a, uint32_t count, struct pk_box box);
/* EPSG:3006 box of a prepared feature. */
struct pk_box prep_ground_box(const struct prep_feature *f);
/* May a feature of this box lie in wide cells? */
bool prep_may_be_wide(struct pk_box box);
/* The box and label place of one feature. */
void prep_areas_feature(struct areas *areas, const struct prep_feature *f);
/* Ids that a statement finds with the version as ?1 and `layer` (may be NULL) as ?2. */
enum pk_status prep_read_ids(struct publish *pub, struct prep_ids *out, const char *sql,
                             const char *layer, struct pk_error *err);
/* Write the cells of a group of source layers that the areas touch. */
enum pk_status prep_serve_cells(struct publish *pub, struct prep *p,
                                const char *const *names, const struct areas *areas,
                                int min_band, struct pk_error *err);
/* Packs of the layers of which anything changed (prepare_publish_layer.c). */
enum pk_status prep_publish_layers(struct publish *pub, struct pk_error *err);

#endif
