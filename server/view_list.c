#include "server/view_list.h"

#include <stdlib.h>
#include <string.h>

/* Does the segment touch the box? Clipping by parameters (Liang and Barsky, 1984). */
static bool segment_meets(const double *a, const double *b, struct pk_box box)
{
    double from = 0, to = 1;
    const double start[2] = {a[0], a[1]}, delta[2] = {b[0] - a[0], b[1] - a[1]};
    const double low[2] = {box.min_x, box.min_y}, high[2] = {box.max_x, box.max_y};
    for (int axis = 0; axis < 2; axis++) {
        if (delta[axis] == 0) {
            if (start[axis] < low[axis] || start[axis] > high[axis]) {
                return false;
            }
            continue;
        }
        double enter = (low[axis] - start[axis]) / delta[axis];
        double leave = (high[axis] - start[axis]) / delta[axis];
        if (enter > leave) {
            double swap = enter;
            enter = leave;
            leave = swap;
        }
        from = enter > from ? enter : from;
        to = leave < to ? leave : to;
    }
    return from <= to;
}

bool pk_view_meets(const struct pk_geom *geom, struct pk_box box)
{
    for (uint32_t r = 0; r < geom->ring_count; r++) {
        const struct pk_ring *ring = &geom->rings[r];
        const double *xy = geom->xy + 2 * (size_t)ring->first;
        for (uint32_t i = 0; i + 1 < ring->count; i++) {
            if (segment_meets(xy + 2 * i, xy + 2 * i + 2, box)) {
                return true;
            }
        }
        if (geom->kind == PK_GEOM_POINT || ring->count == 1) {
            for (uint32_t i = 0; i < ring->count; i++) {
                if (segment_meets(xy + 2 * i, xy + 2 * i, box)) {
                    return true;
                }
            }
        }
    }
    /* No edge in the box: it lies wholly inside, or outside. */
    return geom->kind == PK_GEOM_AREA && pk_geom_covers(geom, box.min_x, box.min_y);
}

struct gathering {
    struct pk_view_list *list;
    struct pk_box box;
    struct pk_arena *arena;
};

static bool see_part(const struct pk_part_row *row, void *ctx)
{
    struct gathering *g = ctx;
    struct pk_view_list *list = g->list;
    if (!pk_view_meets(&row->geom, g->box) ||
        (list->count > 0 && pk_id_equal(list->plans[list->count - 1].id, row->id))) {
        return true;
    }
    if (list->count == PK_VIEW_LIST_MAX) {
        list->more = true;
        return false;
    }
    list->plans[list->count++].id = row->id;
    return true;
}

static bool see_plan(const struct pk_plan_row *row, void *ctx)
{
    struct gathering *g = ctx;
    struct pk_view_list *list = g->list;
    for (uint32_t i = 0; i < list->count; i++) {
        struct pk_view_plan *plan = &list->plans[i];
        if (pk_id_equal(plan->id, row->id)) {
            plan->name = pk_arena_strdup(g->arena, row->name);
            plan->designation = pk_arena_strdup(g->arena, row->designation);
            plan->status = pk_arena_strdup(g->arena, row->status);
            plan->in_force = pk_arena_strdup(g->arena, row->in_force);
        }
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct pk_view_plan *p = a, *q = b;
    const char *x = p->name != NULL ? p->name : "", *y = q->name != NULL ? q->name : "";
    int order = strcmp(x, y);
    return order != 0 ? order : pk_id_compare(p->id, q->id);
}

enum pk_status pk_view_list(struct pk_view_list *out, struct pk_store *store,
                            struct pk_box box, struct pk_arena *arena,
                            struct pk_error *err)
{
    memset(out, 0, sizeof(*out));
    struct gathering g = {out, box, arena};
    struct pk_rows rows = {.box = &box};
    int64_t version;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status = store->ops->plan_parts(store, version, &rows, see_part, &g, arena, err);
    for (uint32_t i = 0; i < out->count && status == PK_OK; i++) {
        struct pk_rows one = {.id = &out->plans[i].id, .no_geometry = true};
        status = store->ops->plans(store, version, &one, see_plan, &g, arena, err);
    }
    store->ops->end(store);
    qsort(out->plans, out->count, sizeof(out->plans[0]), by_name);
    return status;
}
