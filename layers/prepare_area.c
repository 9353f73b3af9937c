/* prepare_area.c - boxes between the ground and the families, and who is in them. */
#include <math.h>

#include "layers/prepare_private.h"

enum { SIDE_POINTS = 8 };

/* i-th of the points around a box, corners and between. */
static void point_around(struct pk_box box, int i, double *x, double *y)
{
    double t = (double)(i % SIDE_POINTS) / SIDE_POINTS;
    switch (i / SIDE_POINTS) {
    case 0:
        *x = box.min_x + (box.max_x - box.min_x) * t;
        *y = box.min_y;
        return;
    case 1:
        *x = box.max_x;
        *y = box.min_y + (box.max_y - box.min_y) * t;
        return;
    case 2:
        *x = box.max_x - (box.max_x - box.min_x) * t;
        *y = box.max_y;
        return;
    default:
        *x = box.min_x;
        *y = box.max_y - (box.max_y - box.min_y) * t;
        return;
    }
}

struct pk_ibox prep_family_box(struct pk_crs *crs, enum pk_family family,
                               struct pk_box box)
{
    struct pk_ibox out = PK_IBOX_EMPTY;
    if (pk_box_is_empty(box)) {
        return out;
    }
    for (int i = 0; i < 4 * SIDE_POINTS; i++) {
        double xy[2];
        int64_t v[2];
        point_around(box, i, &xy[0], &xy[1]);
        pk_crs_to_family(crs, family, xy, 1, v);
        out = pk_ibox_join(out, (struct pk_ibox){v[0], v[1], v[0], v[1]});
    }
    /* Between two of the points a side bends by less than this share of its length. */
    int64_t size = out.max_x - out.min_x + out.max_y - out.min_y;
    return pk_ibox_grow(out, size / 500 + 2);
}

struct pk_box prep_cell_ground(struct pk_crs *crs, enum pk_family family, int band,
                               int64_t cell)
{
    struct pk_ibox c =
        pk_ibox_grow(pk_cell_box(family, band, cell), 2 * pk_band_pixel(family, band));
    struct pk_box box = {(double)c.min_x, (double)c.min_y, (double)c.max_x,
                         (double)c.max_y};
    struct pk_box out = PK_BOX_EMPTY;
    for (int i = 0; i < 4 * SIDE_POINTS; i++) {
        double x, y, e, n;
        point_around(box, i, &x, &y);
        pk_crs_from_family(crs, family, (int64_t)x, (int64_t)y, &e, &n);
        out = pk_box_join(out, (struct pk_box){e, n, e, n});
    }
    double size = fmax(out.max_x - out.min_x, out.max_y - out.min_y);
    return pk_box_grow(out, size / 50 + PREP_LABEL_REACH);
}

/* ---- plans ---- */

static bool visit_id(const struct pk_part_row *row, void *ctx)
{
    prep_ids_add(ctx, row->plan_id);
    return true;
}

enum pk_status prep_plans_in(struct prep_ids *out, struct pk_store *store,
                             int64_t version, struct pk_box box, struct pk_arena *arena,
                             struct pk_error *err)
{
    struct pk_rows rows = {.box = &box, .no_geometry = true};
    enum pk_status status =
        store->ops->plan_parts(store, version, &rows, visit_id, out, arena, err);
    if (status == PK_OK) {
        status = store->ops->regulation_parts(store, version, &rows, visit_id, out, arena,
                                              err);
    }
    prep_ids_sort(out);
    return status;
}

static bool visit_box(const struct pk_part_row *row, void *ctx)
{
    struct pk_box *box = ctx;
    *box = pk_box_join(*box, pk_geom_box(&row->geom));
    *box = pk_box_join(*box, pk_geom_box(&row->delivered));
    return true;
}

enum pk_status prep_plan_box(struct pk_box *out, struct pk_store *store, int64_t version,
                             struct pk_id plan, struct pk_arena *arena,
                             struct pk_error *err)
{
    struct pk_rows parts = {.id = &plan}, regulations = {.plan = &plan};
    *out = PK_BOX_EMPTY;
    enum pk_status status =
        store->ops->plan_parts(store, version, &parts, visit_box, out, arena, err);
    if (status == PK_OK) {
        status = store->ops->regulation_parts(store, version, &regulations, visit_box,
                                              out, arena, err);
    }
    pk_arena_reset(arena);
    return status;
}
