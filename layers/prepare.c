/* prepare.c - cells on demand: the same group functions as a publish uses, over the rows
 * near the cells. */
#include "layers/prepare.h"

#include <string.h>

#include "layers/on_day.h"
#include "layers/pack_form.h"
#include "layers/prepare_private.h"

enum { MANY_PLANS = 300 };
#define PACK_BYTES_MAX ((size_t)1 << 30)

struct cell_job {
    struct pk_store *store;
    int64_t version;
    const char *legal_day;
    enum pk_family family;
    int band, level;
    bool whole;
    struct pk_crs *crs;
    struct pk_box ground;
    struct prep_cells cells;
    struct pk_prepared *out; /* one per cell, in their order */
};

/* Adds a group's sections to what a cell has. */
static enum pk_status join_sections(struct pk_buf *all, const struct pk_buf *more,
                                    struct pk_error *err)
{
    static const char *const none[] = {NULL};
    struct pk_buf joined;
    pk_buf_init(&joined, PACK_BYTES_MAX);
    enum pk_status status =
        pack_splice(&joined, all->data, all->len, none, more->data, more->len, err);
    if (status == PK_OK) {
        pk_buf_clear(all);
        pk_buf_add(all, joined.data, joined.len);
    }
    pk_buf_finish(&joined);
    return status;
}

static enum pk_status take_cell(void *ctx, int band, int64_t cell,
                                const struct pk_buf *features,
                                const struct pk_buf *labels, struct pk_error *err)
{
    (void)band;
    struct cell_job *job = ctx;
    struct pk_prepared *out = job->out;
    while (out->cell != cell) { /* only what was wanted is emitted */
        out++;
    }
    enum pk_status status = join_sections(&out->features, features, err);
    return status == PK_OK ? join_sections(&out->labels, labels, err) : status;
}

static enum pk_status serve(struct cell_job *job, struct prep *p, struct pk_error *err)
{
    struct prep_wanted cells = {.whole = job->whole};
    cells.level[job->level] = job->cells;
    return prep_serve(p, job->family, job->band, &cells, take_cell, job, err);
}

/* The plans in the cells, and those that touch them: their borders meet. */
static enum pk_status plans_near(struct cell_job *job, struct prep_ids *all, bool *many,
                                 struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct prep_ids near = {0};
    enum pk_status status =
        prep_plans_in(&near, job->store, job->version, job->ground, &arena, err);
    *many = near.count > MANY_PLANS;
    for (uint32_t i = 0; status == PK_OK && !*many && i < near.count; i++) {
        struct pk_box box;
        status = prep_plan_box(&box, job->store, job->version, near.ids[i], &arena, err);
        if (status == PK_OK && !pk_box_is_empty(box)) {
            status = prep_plans_in(all, job->store, job->version, pk_box_grow(box, 0.01),
                                   &arena, err);
        }
    }
    prep_ids_finish(&near);
    pk_arena_finish(&arena);
    return status;
}

static enum pk_status prepare_plans(struct cell_job *job, struct pk_error *err)
{
    struct prep p;
    struct prep_ids near = {0};
    bool many = job->level > 0;
    prep_init(&p, job->crs);
    enum pk_status status = many ? PK_OK : plans_near(job, &near, &many, err);
    if (status == PK_OK) {
        status = prep_load_plans(&p, job->store, job->version, job->legal_day,
                                 many ? NULL : &near, err);
    }
    if (status == PK_OK) {
        status = serve(job, &p, err);
    }
    prep_ids_finish(&near);
    prep_finish(&p);
    return status;
}

static bool join_feature(const struct pk_feature_row *row, void *ctx)
{
    struct pk_box *box = ctx;
    *box = pk_box_join(*box, pk_geom_box(&row->geom));
    return true;
}

static enum pk_status prepare_layer(struct cell_job *job, const struct pk_layer_row *row,
                                    struct pk_error *err)
{
    struct prep p;
    struct pk_box box = job->ground;
    enum pk_status status = PK_OK;
    int min_band = prep_layer_min_band(row);
    if (min_band > job->band) {
        return PK_OK;
    }
    prep_init(&p, job->crs);
    if (job->level == 0 &&
        min_band < PK_BAND_FULL) { /* borders are shared: what touches counts too */
        struct pk_rows rows = {.layer_id = row->layer_id, .box = &job->ground};
        status = job->store->ops->features(job->store, job->version, &rows, join_feature,
                                           &box, &p.scratch, err);
        pk_arena_reset(&p.scratch);
        box = pk_box_grow(box, 0.01);
    }
    if (status == PK_OK) {
        status = prep_load_layer(&p, job->store, job->version, row,
                                 job->level == 0 ? &box : NULL, err);
    }
    if (status == PK_OK) {
        status = serve(job, &p, err);
    }
    prep_finish(&p);
    return status;
}

/* The legal day of a version; NULL when it is not listed. */
static enum pk_status legal_day_of(const char **out, struct cell_job *job,
                                   struct pk_arena *arena, struct pk_error *err)
{
    struct pk_version *versions = NULL;
    uint32_t count = 0;
    *out = NULL;
    enum pk_status status =
        job->store->ops->versions(job->store, &versions, &count, arena, err);
    for (uint32_t i = 0; status == PK_OK && i < count; i++) {
        if (versions[i].version == job->version) {
            *out = versions[i].legal_day;
        }
    }
    return status;
}

static enum pk_status prepare_groups(struct cell_job *job, struct pk_error *err)
{
    struct pk_arena arena = {0};
    struct pk_layer_row *layers = NULL;
    uint32_t layer_count = 0;
    enum pk_status status = PK_OK;
    if (job->legal_day == NULL) {
        status = legal_day_of(&job->legal_day, job, &arena, err);
    }
    if (status == PK_OK) {
        status = prepare_plans(job, err);
    }
    if (status == PK_OK) {
        status = job->store->ops->layers(job->store, job->version, &layers, &layer_count,
                                         &arena, err);
    }
    for (uint32_t i = 0; status == PK_OK && i < layer_count; i++) {
        status = prepare_layer(job, &layers[i], err);
    }
    pk_arena_finish(&arena);
    return status;
}

/* Everything but the legal day. */
static enum pk_status make_cells(struct cell_job *job, size_t count, struct pk_error *err)
{
    job->cells.count = count;
    job->cells.cells = pk_xcalloc(count, sizeof(*job->cells.cells));
    job->ground = PK_BOX_EMPTY;
    for (size_t i = 0; i < count; i++) {
        job->cells.cells[i] = job->out[i].cell;
        pk_buf_clear(&job->out[i].features);
        pk_buf_clear(&job->out[i].labels);
        if (job->level == 0) {
            job->ground =
                pk_box_join(job->ground, prep_cell_ground(job->crs, job->family,
                                                          job->band, job->out[i].cell));
        }
    }
    enum pk_status status = prepare_groups(job, err);
    prep_cells_finish(&job->cells);
    return status;
}

enum pk_status pk_prepare_cell(struct pk_prepared *out, struct pk_crs *crs,
                               struct pk_store *store, int64_t version,
                               enum pk_family family, int band, struct pk_error *err)
{
    struct cell_job job = {.store = store,
                           .version = version,
                           .family = family,
                           .band = band % PK_WIDE_BAND,
                           .level = band / PK_WIDE_BAND,
                           .crs = crs,
                           .out = out};
    return make_cells(&job, 1, err);
}

enum pk_status pk_prepare_whole_cells(struct pk_prepared *out, size_t count,
                                      struct pk_crs *crs, struct pk_store *store,
                                      int64_t version, const char *legal_day,
                                      enum pk_family family, int band,
                                      struct pk_error *err)
{
    struct pk_store *on_day = NULL;
    struct cell_job job = {.store = store,
                           .version = version,
                           .legal_day = legal_day,
                           .family = family,
                           .band = band,
                           .whole = true,
                           .crs = crs,
                           .out = out};
    if (legal_day != NULL) {
        on_day = pk_store_on_day(store, version, pk_date_parse(legal_day));
        job.store = on_day;
    }
    enum pk_status status = make_cells(&job, count, err);
    pk_store_close(on_day);
    return status;
}
