/*
 * prepare_publish.c - arcs, packs and change boxes of the version being made. Found
 * from the rows that begin and end with it: changed plans, and the plans that touch
 * them, because their borders meet; changed features, and those that touch them.
 */
#include "layers/prepare_publish.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/pack_form.h"
#include "layers/prepare_change.h"
#include "layers/prepare_private.h"
#include "layers/prepare_publish_private.h"
#include "layers/store_spatialite.h"

enum { BANDS = PK_BAND_FULL - PK_BAND_MIN + 1, GROUP_STEPS = PK_FAMILY_COUNT * BANDS };
enum { EDIT_PLANS_MAX = 200 }; /* beyond it everything is loaded */
#define PACK_BYTES_MAX ((size_t)1 << 30)
#define WIDE_FROM_M    400.0 /* less than PK_WIDE_SPAN cells of full, on the ground */

void prep_areas_put(struct areas *a, const struct area *area)
{
    if (pk_box_is_empty(area->box)) {
        return;
    }
    if (a->count == a->cap) {
        a->cap = a->cap > 0 ? 2 * a->cap : 64;
        a->at = pk_xrealloc(a->at, a->cap, sizeof(*a->at));
    }
    a->at[a->count++] = *area;
}

void prep_areas_add(struct areas *a, struct pk_box box)
{
    prep_areas_put(a, &(struct area){.box = box});
}

bool prep_areas_touch(const struct areas *a, uint32_t count, struct pk_box box)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pk_box_touches(a->at[i].box, box)) {
            return true;
        }
    }
    return false;
}

static void report(struct publish *pub, double part)
{
    if (pub->job->progress != NULL) {
        pub->job->progress(pub->job->ctx, pub->done + part * pub->share);
    }
}

/* ---- packs ---- */

static enum pk_status join_pack(struct publish *pub, int which, int column,
                                const struct pk_buf *fresh, struct pk_error *err)
{
    struct pk_buf *out = &pub->joined[which];
    pk_buf_clear(out);
    return pack_splice(out, sqlite3_column_blob(pub->read_pack, column),
                       (size_t)sqlite3_column_bytes(pub->read_pack, column), pub->names,
                       fresh->data, fresh->len, err);
}

static bool same_bytes(sqlite3_stmt *stmt, int column, const struct pk_buf *b)
{
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    return len == b->len &&
           (len == 0 || memcmp(sqlite3_column_blob(stmt, column), b->data, len) == 0);
}

static void bind_pack(const struct publish *pub, sqlite3_stmt *stmt, int band,
                      int64_t cell)
{
    sqlite3_bind_text(stmt, 1, pk_family_name(pub->family), -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 2, band);
    sqlite3_bind_int64(stmt, 3, cell);
    sqlite3_bind_int64(stmt, 4, pub->job->version);
}

static struct pk_bytes column_bytes(sqlite3_stmt *row, int column, struct pk_arena *arena)
{
    const void *blob = sqlite3_column_blob(row, column);
    size_t len = (size_t)sqlite3_column_bytes(row, column);
    return pk_bytes_of(blob != NULL ? pk_arena_strndup(arena, blob, len) : "",
                       blob != NULL ? len : 0);
}

/* prep_read_fn */
static enum pk_status read_pack(void *ctx, enum pk_family family, int band, int64_t cell,
                                int64_t version, struct pk_arena *arena,
                                struct pk_bytes *features, struct pk_bytes *labels,
                                struct pk_error *err)
{
    struct publish *pub = ctx;
    sqlite3_stmt *row = pub->read_pack;
    if (features != NULL) {
        *features = pk_bytes_of("", 0);
    }
    if (labels != NULL) {
        *labels = pk_bytes_of("", 0);
    }
    sqlite3_bind_text(row, 1, pk_family_name(family), -1, SQLITE_STATIC);
    sqlite3_bind_int(row, 2, band);
    sqlite3_bind_int64(row, 3, cell);
    sqlite3_bind_int64(row, 4, version);
    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW) {
        if (features != NULL) {
            *features = column_bytes(row, 0, arena);
        }
        if (labels != NULL) {
            *labels = column_bytes(row, 1, arena);
        }
    }
    sqlite3_reset(row);
    return rc == SQLITE_ROW || rc == SQLITE_DONE
               ? PK_OK
               : pk_db_fail(pub->job->db, "read a pack", err);
}

static void bind_bytes(sqlite3_stmt *stmt, int at, const struct pk_buf *b)
{
    if (b->len == 0) {
        sqlite3_bind_null(stmt, at);
    } else {
        sqlite3_bind_blob64(stmt, at, b->data, b->len, SQLITE_STATIC);
    }
}

static enum pk_status store_pack(struct publish *pub, int band, int64_t cell,
                                 struct pk_error *err)
{
    sqlite3_stmt *stmt = pub->write_pack;
    bind_pack(pub, stmt, band, cell);
    bind_bytes(stmt, 5, &pub->joined[0]);
    bind_bytes(stmt, 6, &pub->joined[1]);
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    if (rc != SQLITE_DONE) {
        return pk_db_fail(pub->job->db, "write a pack", err);
    }
    if (pub->job->breathe != NULL) {
        return pub->job->breathe(pub->job->ctx,
                                 pub->joined[0].len + pub->joined[1].len + 64, err);
    }
    return PK_OK;
}

/* Against what the version before had in the cell; the row read stands at it. */
static enum pk_status note_changes(struct publish *pub, int band, int64_t cell,
                                   bool was_there, const struct pk_buf *features,
                                   const struct pk_buf *labels, struct pk_error *err)
{
    sqlite3_stmt *row = pub->read_pack;
    if (pub->first) {
        return prep_changes_all(&pub->changes, pub->family, pub->band,
                                pk_cell_box(pub->family, band, cell), features->data,
                                features->len, err);
    }
    enum pk_status status = PK_OK;
    const struct pk_buf *fresh[2] = {features, labels};
    for (int i = 0; i < 2 && status == PK_OK; i++) {
        status =
            prep_changes_compare(&pub->changes, pub->names, pub->family, pub->band,
                                 was_there ? sqlite3_column_blob(row, i) : NULL,
                                 was_there ? (size_t)sqlite3_column_bytes(row, i) : 0,
                                 fresh[i]->data, fresh[i]->len, err);
    }
    return status;
}

static enum pk_status take_cell(void *ctx, int band, int64_t cell,
                                const struct pk_buf *features,
                                const struct pk_buf *labels, struct pk_error *err)
{
    struct publish *pub = ctx;
    sqlite3_stmt *row = pub->read_pack;
    bind_pack(pub, row, band, cell);
    int rc = sqlite3_step(row);
    bool there = rc == SQLITE_ROW;
    enum pk_status status = PK_OK;
    if (!there && rc != SQLITE_DONE) {
        status = pk_db_fail(pub->job->db, "read a pack", err);
    }
    if (status == PK_OK) {
        status = join_pack(pub, 0, 0, features, err);
    }
    if (status == PK_OK) {
        status = join_pack(pub, 1, 1, labels, err);
    }
    bool same =
        there ? same_bytes(row, 0, &pub->joined[0]) && same_bytes(row, 1, &pub->joined[1])
              : pub->joined[0].len == 0 && pub->joined[1].len == 0;
    if (status == PK_OK && !same) {
        status = note_changes(pub, band, cell, there, features, labels, err);
    }
    sqlite3_reset(row);
    if (status == PK_OK && !same) {
        status = store_pack(pub, band, cell, err);
    }
    return status;
}

/* The longer side of a feature in any of the coordinate systems is at least this share
 * of that of its box in another, turned by up to 8 degrees and seen through a box: half
 * of it, less how the scale of Web Mercator changes across the country. */
#define TURNED_SHARE 0.3
/* Units per metre on the ground, at most (Web Mercator at 69 degrees north). */
static const int64_t units_per_m[PK_FAMILY_COUNT] = {5000, 1000};

/* The cells of one band that an area may have changed; `box`: its box in the family. */
static void add_area(const struct publish *pub, struct prep_wanted *cells,
                     const struct area *a, struct pk_ibox box)
{
    int64_t near = (int64_t)PREP_LABEL_REACH * units_per_m[pub->family] +
                   pk_band_pixel(pub->family, pub->band);
    struct pk_ibox least = {0};
    int64_t width = box.max_x - box.min_x, height = box.max_y - box.min_y;
    int from = 0, to = pk_wide_level(pub->family, pub->band, box);
    if (a->placed) {
        least.max_x = (int64_t)(TURNED_SHARE * (double)(width > height ? width : height));
        from = pk_wide_level(pub->family, pub->band, least);
    }
    for (int level = from; level <= to; level++) {
        prep_cells_add(&cells->level[level], pub->family,
                       pub->band + PK_WIDE_BAND * level, pk_ibox_grow(box, near));
    }
    if (from > 0) {
        struct pk_box place = {a->x, a->y, a->x, a->y};
        struct pk_ibox at = prep_family_box(pub->job->crs, pub->family, place);
        prep_cells_add(&cells->level[0], pub->family, pub->band, pk_ibox_grow(at, near));
    }
}

/* All families and bands of a loaded group, where the areas are. */
enum pk_status prep_serve_cells(struct publish *pub, struct prep *p,
                                const char *const *names, const struct areas *areas,
                                int min_band, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    int step = 0;
    struct pk_ibox *boxes = pk_xcalloc(areas->count + 1, sizeof(*boxes));
    pub->names = names;
    for (int f = 0; f < PK_FAMILY_COUNT && status == PK_OK; f++) {
        for (uint32_t i = 0; i < areas->count; i++) {
            boxes[i] =
                prep_family_box(pub->job->crs, (enum pk_family)f, areas->at[i].box);
        }
        for (int band = PK_BAND_FULL; band >= PK_BAND_MIN && status == PK_OK; band--) {
            report(pub, (double)step++ / GROUP_STEPS);
            if (band < min_band) {
                continue;
            }
            struct prep_wanted cells = {0};
            pub->family = (enum pk_family)f;
            pub->band = band;
            for (uint32_t i = 0; i < areas->count; i++) {
                add_area(pub, &cells, &areas->at[i], boxes[i]);
            }
            for (int level = 0; level < PK_WIDE_LEVELS; level++) {
                prep_cells_sort(&cells.level[level]);
            }
            prep_changes_next(&pub->changes);
            status = pub->edit != NULL
                         ? prep_serve_edit(p, pub->edit, pub->family, band, &cells,
                                           take_cell, pub, err)
                         : prep_serve(p, pub->family, band, &cells, take_cell, pub, err);
            for (int level = 0; level < PK_WIDE_LEVELS; level++) {
                prep_cells_finish(&cells.level[level]);
            }
        }
    }
    free(boxes);
    return status;
}

/* ---- plans ---- */

static const char changed_plans_sql[] =
    "SELECT feature_id FROM plan WHERE from_version = ?1 "
    "UNION SELECT feature_id FROM plan WHERE to_version = ?1 "
    "AND to_version < 4611686018427387904 "
    "UNION SELECT feature_id FROM plan_part WHERE from_version = ?1 "
    "UNION SELECT feature_id FROM plan_part WHERE to_version = ?1 "
    "AND to_version < 4611686018427387904 "
    "UNION SELECT plan_id FROM regulation WHERE from_version = ?1 "
    "UNION SELECT plan_id FROM regulation WHERE to_version = ?1 "
    "AND to_version < 4611686018427387904 "
    "UNION SELECT plan_id FROM regulation_part WHERE from_version = ?1 "
    "UNION SELECT plan_id FROM regulation_part WHERE to_version = ?1 "
    "AND to_version < 4611686018427387904 "
    "UNION SELECT feature_id FROM plan WHERE from_version < ?1 AND to_version > ?1 "
    "AND in_force > min(?2, ?3) AND in_force <= max(?2, ?3)";

static const char all_plans_sql[] =
    "SELECT feature_id FROM plan WHERE from_version <= ?1 AND to_version > ?1";

enum pk_status prep_read_ids(struct publish *pub, struct prep_ids *out, const char *sql,
                             const char *layer, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, pub->job->db, sql, err);
    if (status != PK_OK) {
        return status;
    }
    sqlite3_bind_int64(stmt, 1, pub->job->version);
    if (layer != NULL) {
        sqlite3_bind_text(stmt, 2, layer, -1, SQLITE_STATIC);
    } else {
        sqlite3_bind_text(stmt, 2, pub->legal_day_before, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 3, pub->job->legal_day, -1, SQLITE_STATIC);
    }
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct pk_id id;
        const void *blob = sqlite3_column_blob(stmt, 0);
        if (blob != NULL && sqlite3_column_bytes(stmt, 0) == (int)sizeof(id.b)) {
            memcpy(id.b, blob, sizeof(id.b));
            prep_ids_add(out, id);
        }
    }
    if (rc != SQLITE_DONE) {
        status = pk_db_fail(pub->job->db, "find what changed", err);
    }
    sqlite3_finalize(stmt);
    prep_ids_sort(out);
    return status;
}

struct pk_box prep_ground_box(const struct prep_feature *f)
{
    struct pk_ibox b = f->box[PK_TM];
    return (struct pk_box){(double)b.min_x / 1000, (double)(PK_TM_TOP - b.max_y) / 1000,
                           (double)b.max_x / 1000, (double)(PK_TM_TOP - b.min_y) / 1000};
}

/* A plan's box from its loaded features, which are sorted by plan. */
struct plan_box {
    struct pk_id plan;
    struct pk_box box;
};

static int compare_plan_boxes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pk_id));
}

/* The box of each plan that is loaded; free() it. */
static struct plan_box *plan_boxes(const struct prep *p, uint32_t *count)
{
    struct plan_box *all = pk_xcalloc(p->feature_count, sizeof(*all));
    uint32_t n = 0;
    *count = 0;
    for (uint32_t i = 0; i < p->feature_count; i++) {
        if (p->features[i].chain == PK_TOPO_NONE) {
            all[n++] =
                (struct plan_box){p->features[i].plan, prep_ground_box(&p->features[i])};
        }
    }
    qsort(all, n, sizeof(*all), compare_plan_boxes);
    for (uint32_t i = 0; i < n; i++) {
        if (*count > 0 && pk_id_equal(all[*count - 1].plan, all[i].plan)) {
            all[*count - 1].box = pk_box_join(all[*count - 1].box, all[i].box);
        } else {
            all[(*count)++] = all[i];
        }
    }
    return all;
}

/* Large enough to lie in wide cells, in some band. */
bool prep_may_be_wide(struct pk_box box)
{
    return fmax(box.max_x - box.min_x, box.max_y - box.min_y) > WIDE_FROM_M;
}

void prep_areas_feature(struct areas *areas, const struct prep_feature *f)
{
    prep_areas_put(areas, &(struct area){.box = prep_ground_box(f),
                                         .placed = true,
                                         .x = (double)f->anchor[0] / 1000,
                                         .y = (double)(PK_TM_TOP - f->anchor[1]) / 1000});
}

/* A large plan where nothing was before: its features, and the boundaries of all. */
static void add_large_plans(const struct prep *p, const struct plan_box *boxes,
                            uint32_t count, struct areas *areas)
{
    bool any = false;
    for (uint32_t i = 0; i < count && !any; i++) {
        any = prep_may_be_wide(boxes[i].box);
    }
    for (uint32_t i = 0; any && i < p->feature_count; i++) {
        const struct prep_feature *f = &p->features[i];
        const struct plan_box *plan =
            bsearch(&f->plan, boxes, count, sizeof(*boxes), compare_plan_boxes);
        if (f->chain != PK_TOPO_NONE || (plan != NULL && prep_may_be_wide(plan->box))) {
            prep_areas_feature(areas, f);
        }
    }
}

/* Boxes of the changed plans, old and new, and of those that touch them. */
static enum pk_status changed_ground(struct publish *pub, const struct prep *p,
                                     const struct prep_ids *changed, struct areas *areas,
                                     struct pk_error *err)
{
    uint32_t count;
    struct plan_box *boxes = plan_boxes(p, &count);
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < count; i++) {
        if (prep_ids_have(changed, boxes[i].plan) &&
            !(pub->first && prep_may_be_wide(boxes[i].box))) {
            prep_areas_add(areas, boxes[i].box);
        }
    }
    if (pub->first) {
        add_large_plans(p, boxes, count, areas);
    }
    for (uint32_t i = 0; i < changed->count && status == PK_OK && !pub->first; i++) {
        struct pk_box box;
        status = prep_plan_box(&box, pub->store, pub->job->version - 1, changed->ids[i],
                               &pub->arena, err);
        prep_areas_add(areas, box);
    }
    uint32_t own = areas->count;
    for (uint32_t i = 0; i < count; i++) {
        if (!prep_ids_have(changed, boxes[i].plan) &&
            prep_areas_touch(areas, own, pk_box_grow(boxes[i].box, 0.01))) {
            prep_areas_add(areas, boxes[i].box);
        }
    }
    free(boxes);
    return status;
}

/* Everything: the first publish, and those that change much. */
static enum pk_status publish_all_plans(struct publish *pub,
                                        const struct prep_ids *changed,
                                        struct pk_error *err)
{
    struct areas areas = {0};
    struct prep p;
    prep_init(&p, pub->job->crs);
    enum pk_status status = prep_load_plans(&p, pub->store, pub->job->version,
                                            pub->job->legal_day, NULL, err);
    if (status == PK_OK) {
        status = prep_arcs_update(pub->job, &p, NULL, NULL, NULL, err);
    }
    if (status == PK_OK) {
        status = changed_ground(pub, &p, changed, &areas, err);
    }
    if (status == PK_OK) {
        status = prep_serve_cells(pub, &p, prep_plan_sections, &areas, PK_BAND_MIN, err);
    }
    prep_finish(&p);
    free(areas.at);
    return status;
}

/* Who an edit is about: the changed plans and those that touch them, their ground, and
 * the plans whose borders meet theirs. */
struct reach {
    struct prep_ids own, loaded;
    struct areas areas;
};

static enum pk_status find_reach(struct publish *pub, const struct prep_ids *changed,
                                 struct reach *r, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    struct pk_box box;
    for (uint32_t i = 0; i < changed->count && status == PK_OK; i++) {
        prep_ids_add(&r->own, changed->ids[i]);
        for (int64_t v = pub->job->version - 1; v <= pub->job->version && status == PK_OK;
             v++) {
            status =
                prep_plan_box(&box, pub->store, v, changed->ids[i], &pub->arena, err);
            prep_areas_add(&r->areas, box);
        }
    }
    uint32_t count = r->areas.count;
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        status = prep_plans_in(&r->own, pub->store, pub->job->version,
                               pk_box_grow(r->areas.at[i].box, 0.01), &pub->arena, err);
    }
    prep_ids_sort(&r->own);
    for (uint32_t i = 0;
         i < r->own.count && r->own.count <= EDIT_PLANS_MAX && status == PK_OK; i++) {
        status = prep_plan_box(&box, pub->store, pub->job->version, r->own.ids[i],
                               &pub->arena, err);
        prep_areas_add(&r->areas, box);
        prep_ids_add(&r->loaded, r->own.ids[i]);
        if (status == PK_OK && !pk_box_is_empty(box)) {
            status = prep_plans_in(&r->loaded, pub->store, pub->job->version,
                                   pk_box_grow(box, 0.01), &pub->arena, err);
        }
    }
    prep_ids_sort(&r->loaded);
    return status;
}

struct keys {
    size_t count, cap;
    uint64_t *keys;
};

static void keys_add(struct keys *k, struct pk_id id, const char *section)
{
    if (k->count == k->cap) {
        k->cap = k->cap > 0 ? 2 * k->cap : 256;
        k->keys = pk_xrealloc(k->keys, k->cap, sizeof(*k->keys));
    }
    k->keys[k->count++] = pk_draw_key(id, section);
}

static bool add_regulation_keys(const struct pk_regulation_row *row, void *ctx)
{
    for (int i = 1; i < PREP_PLAN_SECTIONS - 1; i++) { /* between plan and boundary */
        keys_add(ctx, row->id, prep_plan_sections[i]);
    }
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Keys of all records that the plans had in the version before. */
static enum pk_status gone_keys(struct publish *pub, const struct prep_ids *plans,
                                const struct prep_ids *arcs, struct keys *keys,
                                struct pk_error *err)
{
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < plans->count && status == PK_OK; i++) {
        struct pk_rows rows = {.plan = &plans->ids[i]};
        keys_add(keys, plans->ids[i], "plan");
        status =
            pub->store->ops->regulations(pub->store, pub->job->version - 1, &rows,
                                         add_regulation_keys, keys, &pub->arena, err);
        pk_arena_reset(&pub->arena);
    }
    for (uint32_t i = 0; i < arcs->count; i++) {
        keys_add(keys, arcs->ids[i], "boundary");
    }
    if (keys->count > 0) {
        qsort(keys->keys, keys->count, sizeof(*keys->keys), compare_keys);
    }
    return status;
}

static void mark_own(struct prep *p, const struct prep_ids *plans)
{
    for (uint32_t i = 0; i < p->feature_count; i++) {
        p->features[i].own = p->features[i].chain == PK_TOPO_NONE &&
                             prep_ids_have(plans, p->features[i].plan);
    }
    for (uint32_t i = 0; i < p->arc_count; i++) {
        struct prep_feature *f = &p->features[p->arcs[i].feature];
        const struct pk_topo_chain *c = &p->areas.chains[f->chain];
        for (uint32_t k = 0; k < c->set_count && !f->own; k++) {
            uint32_t owner = p->areas.set_owners[c->set_first + k];
            f->own = prep_ids_have(plans, p->owners[owner].plan);
        }
    }
}

static enum pk_status publish_edit(struct publish *pub, const struct reach *r,
                                   struct pk_error *err)
{
    struct prep p;
    struct prep_ids old_arcs = {0};
    struct keys keys = {0};
    prep_init(&p, pub->job->crs);
    enum pk_status status = prep_load_plans(&p, pub->store, pub->job->version,
                                            pub->job->legal_day, &r->loaded, err);
    if (status == PK_OK) {
        mark_own(&p, &r->own);
        struct pk_box ground = PK_BOX_EMPTY;
        for (uint32_t i = 0; i < r->areas.count; i++) {
            ground = pk_box_join(ground, r->areas.at[i].box);
        }
        status = prep_arcs_update(pub->job, &p, &r->own, &ground, &old_arcs, err);
    }
    if (status == PK_OK) {
        status = gone_keys(pub, &r->own, &old_arcs, &keys, err);
    }
    if (status == PK_OK) {
        struct prep_edit edit = {.version = pub->job->version,
                                 .gone = keys.keys,
                                 .gone_count = keys.count,
                                 .read = read_pack,
                                 .ctx = pub};
        pub->edit = &edit;
        status =
            prep_serve_cells(pub, &p, prep_plan_sections, &r->areas, PK_BAND_MIN, err);
        pub->edit = NULL;
    }
    prep_finish(&p);
    prep_ids_finish(&old_arcs);
    free(keys.keys);
    return status;
}

static enum pk_status publish_plans(struct publish *pub, struct pk_error *err)
{
    struct prep_ids changed = {0};
    struct reach reach = {0};
    enum pk_status status = prep_read_ids(
        pub, &changed, pub->job->again ? all_plans_sql : changed_plans_sql, NULL, err);
    bool few = !pub->first && changed.count <= EDIT_PLANS_MAX;
    if (status == PK_OK && few && changed.count > 0) {
        status = find_reach(pub, &changed, &reach, err);
        few = reach.own.count <= EDIT_PLANS_MAX;
    }
    if (status == PK_OK && changed.count > 0) {
        status =
            few ? publish_edit(pub, &reach, err) : publish_all_plans(pub, &changed, err);
    }
    prep_ids_finish(&changed);
    prep_ids_finish(&reach.own);
    prep_ids_finish(&reach.loaded);
    free(reach.areas.at);
    return status;
}

/* ---- the whole ---- */

static enum pk_status write_changes(struct publish *pub, struct pk_error *err)
{
    sqlite3_stmt *stmt = NULL;
    prep_changes_settle(&pub->changes);
    enum pk_status status =
        pk_db_prepare(&stmt, pub->job->db,
                      "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err);
    for (uint32_t i = 0; i < pub->changes.count && status == PK_OK; i++) {
        const struct prep_change *c = &pub->changes.list[i];
        sqlite3_bind_int64(stmt, 1, pub->job->version);
        sqlite3_bind_text(stmt, 2, c->layer, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 3, pk_family_name(c->family), -1, SQLITE_STATIC);
        sqlite3_bind_int(stmt, 4, c->band);
        sqlite3_bind_int64(stmt, 5, c->box.min_x);
        sqlite3_bind_int64(stmt, 6, c->box.min_y);
        sqlite3_bind_int64(stmt, 7, c->box.max_x);
        sqlite3_bind_int64(stmt, 8, c->box.max_y);
        if (sqlite3_step(stmt) != SQLITE_DONE) {
            status = pk_db_fail(pub->job->db, "write a change", err);
        }
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* Is there any pack; which day did the version before stand for. */
static enum pk_status read_before(struct publish *pub, struct pk_error *err)
{
    sqlite3_stmt *stmt = NULL;
    enum pk_status status =
        pk_db_prepare(&stmt, pub->job->db,
                      "SELECT (SELECT legal_day FROM version WHERE version < ?1 "
                      "ORDER BY version DESC LIMIT 1), EXISTS (SELECT 1 FROM pack)",
                      err);
    if (status != PK_OK) {
        return status;
    }
    sqlite3_bind_int64(stmt, 1, pub->job->version);
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *day = (const char *)sqlite3_column_text(stmt, 0);
        pub->legal_day_before = day != NULL ? pk_xstrdup(day) : NULL;
        pub->first = sqlite3_column_int(stmt, 1) == 0;
    } else {
        status = pk_db_fail(pub->job->db, "read the version before", err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status prepare_statements(struct publish *pub, struct pk_error *err)
{
    struct pk_db *db = pub->job->db;
    enum pk_status status =
        pk_db_prepare(&pub->read_pack, db,
                      "SELECT features, labels FROM pack WHERE family = ?1 AND band = ?2 "
                      "AND cell = ?3 AND from_version <= ?4 "
                      "ORDER BY from_version DESC LIMIT 1",
                      err);
    if (status == PK_OK) {
        status = pk_db_prepare(&pub->write_pack, db,
                               "INSERT OR REPLACE INTO pack (family, band, cell, "
                               "from_version, features, labels) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                               err);
    }
    return status;
}

enum pk_status pk_prepare_publish(const struct pk_prepare_job *job, struct pk_error *err)
{
    struct publish pub = {.job = job, .store = pk_store_over(job->db), .share = 0.5};
    pk_buf_init(&pub.joined[0], PACK_BYTES_MAX);
    pk_buf_init(&pub.joined[1], PACK_BYTES_MAX);
    enum pk_status status = read_before(&pub, err);
    if (status == PK_OK) {
        status = prepare_statements(&pub, err);
    }
    if (status == PK_OK) {
        status = publish_plans(&pub, err);
    }
    if (status == PK_OK) {
        status = prep_publish_layers(&pub, err);
    }
    if (status == PK_OK) {
        status = job->again ? PK_OK : write_changes(&pub, err);
        pub.done = 1;
        report(&pub, 0);
    }
    sqlite3_finalize(pub.read_pack);
    sqlite3_finalize(pub.write_pack);
    prep_changes_finish(&pub.changes);
    pk_buf_finish(&pub.joined[0]);
    pk_buf_finish(&pub.joined[1]);
    pk_arena_finish(&pub.arena);
    free(pub.legal_day_before);
    pk_store_close(pub.store);
    return status;
}

enum pk_status pk_prepare_again(struct pk_db *db, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    char day[16] = "";
    struct pk_prepare_job job = {.db = db, .legal_day = day, .again = true};
    enum pk_status status =
        pk_db_exec(db,
                   "DELETE FROM pack; INSERT OR REPLACE INTO setting (name, value) "
                   "SELECT 'packs_from', CAST(max(version) AS TEXT) FROM version HAVING "
                   "count(*) > 0",
                   err);
    if (status == PK_OK) {
        status = pk_db_prepare(&stmt, db,
                               "SELECT version, legal_day FROM version "
                               "ORDER BY version DESC LIMIT 1",
                               err);
    }
    if (status != PK_OK) {
        return status;
    }
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        job.version = sqlite3_column_int64(stmt, 0);
        snprintf(day, sizeof(day), "%s", (const char *)sqlite3_column_text(stmt, 1));
    }
    sqlite3_finalize(stmt);
    if (job.version > 0) {
        job.crs = pk_crs_create();
        status = pk_prepare_publish(&job, err);
        pk_crs_destroy(job.crs);
    }
    return status;
}
