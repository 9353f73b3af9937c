/* lookup_gather.c - the rows that a question touches, as of the legal day. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/lookup_private.h"
#include "layers/on_day.h"

struct pk_overlay *lk_overlay(struct lk *lk)
{
    if (lk->overlay == NULL) {
        lk->overlay = pk_overlay_create();
    }
    return lk->overlay;
}

/* ---- which version, which legal day ---- */

static pk_date day_of_time(const char *text, int seconds_before)
{
    time_t t;
    return text != NULL && pk_time_parse(&t, text) ? pk_date_stockholm(t - seconds_before)
                                                   : PK_DATE_NONE;
}

/* Day on which versions[i] was last the newest. A version made because a legal day
 * began ends the one before it with the day before. */
static pk_date last_day(const struct pk_version *versions, uint32_t i, uint32_t count,
                        pk_date today)
{
    if (i + 1 >= count) {
        return today;
    }
    const struct pk_version *next = &versions[i + 1];
    pk_date day = day_of_time(next->published, 1);
    pk_date own = versions[i].legal_day == NULL ? PK_DATE_NONE
                                                : pk_date_parse(versions[i].legal_day);
    bool by_date = next->source != NULL && strncmp(next->source, "legal date", 10) == 0;
    if (by_date && next->legal_day != NULL) {
        pk_date begins = pk_date_parse(next->legal_day);
        day = begins != PK_DATE_NONE && begins <= day ? begins - 1 : day;
    }
    if (day == PK_DATE_NONE) {
        return own == PK_DATE_NONE ? today : own;
    }
    return own != PK_DATE_NONE && day < own ? own : day;
}

/* Sets version_day, and day when it is still to be settled. */
static enum pk_status read_versions(struct lk *lk, bool settle_day)
{
    struct pk_version *versions;
    uint32_t count;
    pk_date today = pk_date_stockholm(lk->question->now);
    enum pk_status status =
        lk->store->ops->versions(lk->store, &versions, &count, lk->arena, lk->err);
    if (status != PK_OK) {
        return status;
    }
    lk->version_day = today;
    for (uint32_t i = 0; i < count; i++) {
        if (versions[i].version != lk->version) {
            continue;
        }
        pk_date own = versions[i].legal_day == NULL
                          ? PK_DATE_NONE
                          : pk_date_parse(versions[i].legal_day);
        lk->version_day = own == PK_DATE_NONE ? today : own;
        if (settle_day) {
            lk->day = last_day(versions, i, count, today);
        }
        return PK_OK;
    }
    if (settle_day && lk->version != 0) {
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "version",
                            PK_MSG_REQ_NO_VERSION, "value", lk_whole(lk, lk->version),
                            NULL);
    }
    return PK_OK;
}

enum pk_status lk_settle_state(struct lk *lk)
{
    const struct pk_question *q = lk->question;
    bool version_given = q->version_given && q->state.version != 0;
    lk->version = version_given ? q->state.version : lk->newest;
    lk->day = q->day_given && q->state.day != PK_DATE_NONE ? q->state.day
                                                           : pk_date_stockholm(q->now);
    lk->version_day = PK_DATE_NONE;
    if (version_given && (lk->version < 1 || lk->version > lk->newest)) {
        return pk_fail_said(
            lk->err, PK_NOT_FOUND, lk->lang, "version", PK_MSG_REQ_NO_VERSION_NEWEST,
            "value", lk_whole(lk, lk->version), "newest", lk_whole(lk, lk->newest), NULL);
    }
    if (version_given && !q->day_given) {
        return read_versions(lk, true);
    }
    return PK_OK;
}

/* ---- effective geometry on another day than the stored one ---- */

static enum pk_status settle_part(struct lk *lk, struct pk_part_row *row)
{
    struct pk_on_day on = {lk->store, lk->version, lk->day, lk->version_day, lk->overlay};
    enum pk_status status = pk_part_on_day(row, &on, lk->arena, lk->err);
    lk->version_day = on.version_day;
    lk->overlay = on.overlay;
    return status;
}

/* ---- parts ---- */

struct collect {
    struct lk *lk;
    bool of_plan;
    enum pk_status status;
};

static bool collect_part(const struct pk_part_row *row, void *ctx)
{
    struct collect *c = ctx;
    struct lk *lk = c->lk;
    if (lk->part_count == LK_PARTS_MAX) {
        c->status =
            pk_fail_said(lk->err, PK_LIMIT, lk->lang, lk->is_shape ? "geometry" : "point",
                         PK_MSG_REQ_TOO_MUCH, NULL);
        return false;
    }
    if (lk->part_count == lk->part_room) {
        uint32_t room = lk->part_room == 0 ? 64 : 2 * lk->part_room;
        struct lk_part *grown = pk_arena_alloc(lk->arena, room, sizeof *grown);
        if (lk->part_count > 0) {
            memcpy(grown, lk->parts, lk->part_count * sizeof *grown);
        }
        lk->parts = grown;
        lk->part_room = room;
    }
    lk->parts[lk->part_count++] = (struct lk_part){.row = *row, .of_plan = c->of_plan};
    return true;
}

static void measure_at_point(struct lk *lk, struct lk_part *part)
{
    const struct pk_geom *g = &part->row.geom;
    part->distance = pk_geom_edge_distance(g, lk->x, lk->y);
    part->hit = g->kind == PK_GEOM_AREA && pk_geom_covers(g, lk->x, lk->y);
}

/* Lines and points have no ground to share: they are hit by lying inside. */
static enum pk_status measure_in_shape(struct lk *lk, struct lk_part *part)
{
    const struct pk_geom *g = &part->row.geom;
    enum pk_status status = PK_OK;
    if (!pk_box_touches(pk_geom_box(g), lk->box)) {
        return PK_OK;
    }
    if (g->kind == PK_GEOM_AREA) {
        double whole = pk_geom_area(&part->row.delivered);
        status = pk_overlay_shared_area(&part->shared_tm, lk_overlay(lk), &lk->shape, g,
                                        lk->err);
        double ratio = whole > 0 && part->row.area_m2 > 0 ? part->row.area_m2 / whole : 1;
        part->shared_m2 = part->shared_tm * ratio;
        part->hit = part->shared_tm > LK_SLIVER_M2;
    } else if (g->kind == PK_GEOM_LINE) {
        double length = 0;
        status =
            pk_overlay_shared_length(&length, lk_overlay(lk), g, &lk->shape, lk->err);
        part->hit = length > 0;
    } else {
        for (uint32_t i = 0; i < g->vertex_count && !part->hit; i++) {
            part->hit = pk_geom_covers(&lk->shape, g->xy[2 * (size_t)i],
                                       g->xy[2 * (size_t)i + 1]);
        }
    }
    return status;
}

static enum pk_status collect_parts(struct lk *lk)
{
    struct pk_box box = lk->is_shape ? lk->box : pk_box_grow(lk->box, LK_ACCURACY_MAX_M);
    struct pk_rows rows = {.box = &box};
    struct collect c = {lk, true, PK_OK};
    enum pk_status status = lk->store->ops->plan_parts(
        lk->store, lk->version, &rows, collect_part, &c, lk->arena, lk->err);
    c.of_plan = false;
    if (status == PK_OK && c.status == PK_OK) {
        status = lk->store->ops->regulation_parts(lk->store, lk->version, &rows,
                                                  collect_part, &c, lk->arena, lk->err);
    }
    status = status == PK_OK ? c.status : status;
    for (uint32_t i = 0; i < lk->part_count && status == PK_OK; i++) {
        status = settle_part(lk, &lk->parts[i].row);
        if (status == PK_OK && lk->is_shape) {
            status = measure_in_shape(lk, &lk->parts[i]);
        } else if (status == PK_OK) {
            measure_at_point(lk, &lk->parts[i]);
        }
    }
    return status;
}

/* ---- plans and regulations ---- */

static bool keep_plan(const struct pk_plan_row *row, void *ctx)
{
    struct lk_plan *plan = ctx;
    plan->row = *row;
    plan->known = true;
    return false;
}

enum pk_status lk_read_plan(struct lk_plan *plan, struct lk *lk, struct pk_id id)
{
    struct pk_rows rows = {.id = &id, .no_geometry = true};
    *plan = (struct lk_plan){.row = {.id = id}};
    enum pk_status status = lk->store->ops->plans(lk->store, lk->version, &rows,
                                                  keep_plan, plan, lk->arena, lk->err);
    if (status == PK_OK && plan->known) {
        plan->details =
            plan->row.details == NULL ? NULL : json_loads(plan->row.details, 0, NULL);
        lk_classify(lk, plan);
    }
    return status;
}

struct wanted_regulation {
    struct pk_regulation_row *out;
    bool found;
};

static bool keep_regulation(const struct pk_regulation_row *row, void *ctx)
{
    struct wanted_regulation *w = ctx;
    *w->out = *row;
    w->found = true;
    return false;
}

enum pk_status lk_read_regulation(struct pk_regulation_row *out, bool *found,
                                  struct lk *lk, struct pk_id id)
{
    struct wanted_regulation w = {out, false};
    struct pk_rows rows = {.id = &id, .no_geometry = true};
    enum pk_status status = lk->store->ops->regulations(
        lk->store, lk->version, &rows, keep_regulation, &w, lk->arena, lk->err);
    *found = w.found;
    return status;
}

struct lk_plan *lk_plan_of(struct lk *lk, struct pk_id id)
{
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        if (pk_id_equal(lk->plans[i].row.id, id)) {
            return &lk->plans[i];
        }
    }
    return NULL;
}

/* The plan of a part, read when it is met first; NULL only with an error. */
static struct lk_plan *meet_plan(struct lk *lk, struct pk_id id, enum pk_status *status)
{
    struct lk_plan *plan = lk_plan_of(lk, id);
    if (plan != NULL) {
        return plan;
    }
    if (lk->plan_count == LK_PLANS_MAX) {
        *status = pk_fail_said(lk->err, PK_LIMIT, lk->lang, "geometry",
                               PK_MSG_REQ_TOO_MUCH, NULL);
        return NULL;
    }
    if (lk->plan_count == lk->plan_room) {
        uint32_t room = lk->plan_room == 0 ? 8 : 2 * lk->plan_room;
        struct lk_plan *grown = pk_arena_alloc(lk->arena, room, sizeof *grown);
        if (lk->plan_count > 0) {
            memcpy(grown, lk->plans, lk->plan_count * sizeof *grown);
        }
        lk->plans = grown;
        lk->plan_room = room;
    }
    plan = &lk->plans[lk->plan_count++];
    *status = lk_read_plan(plan, lk, id);
    return *status == PK_OK ? plan : NULL;
}

static void keep_in_plan(struct lk *lk, struct lk_plan *plan,
                         const struct lk_regulation *regulation)
{
    if (plan->regulation_count == plan->regulation_room) {
        uint32_t room = plan->regulation_room == 0 ? 16 : 2 * plan->regulation_room;
        struct lk_regulation *grown = pk_arena_alloc(lk->arena, room, sizeof *grown);
        if (plan->regulation_count > 0) {
            memcpy(grown, plan->regulations, plan->regulation_count * sizeof *grown);
        }
        plan->regulations = grown;
        plan->regulation_room = room;
    }
    plan->regulations[plan->regulation_count++] = *regulation;
}

static enum pk_status add_regulation(struct lk *lk, struct lk_plan *plan,
                                     const struct lk_part *part)
{
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        struct lk_regulation *r = &plan->regulations[i];
        if (pk_id_equal(r->row.id, part->row.id)) {
            r->shared_tm += part->shared_tm;
            r->shared_m2 += part->shared_m2;
            return PK_OK;
        }
    }
    struct lk_regulation fresh = {.part = part->row.part,
                                  .crs = part->row.crs,
                                  .shared_tm = part->shared_tm,
                                  .shared_m2 = part->shared_m2};
    bool found;
    enum pk_status status = lk_read_regulation(&fresh.row, &found, lk, part->row.id);
    if (status == PK_OK && found) {
        keep_in_plan(lk, plan, &fresh);
    }
    return status;
}

struct placeless {
    struct lk *lk;
    struct lk_plan *plan;
};

static bool see_placeless(const struct pk_regulation_row *row, void *ctx)
{
    struct placeless *p = ctx;
    keep_in_plan(p->lk, p->plan, &(struct lk_regulation){.row = *row, .placeless = true});
    return p->plan->regulation_count < LK_PARTS_MAX;
}

static void sort_regulations(struct lk_plan *plan)
{
    if (plan->regulation_count > 1) {
        qsort(plan->regulations, plan->regulation_count, sizeof *plan->regulations,
              lk_regulation_order);
    }
}

enum pk_status lk_placeless(struct lk *lk, struct lk_plan *plan)
{
    struct placeless p = {lk, plan};
    struct pk_rows rows = {.plan = &plan->row.id, .no_geometry = true, .placeless = true};
    uint32_t before = plan->regulation_count;
    enum pk_status status = lk->store->ops->regulations(
        lk->store, lk->version, &rows, see_placeless, &p, lk->arena, lk->err);
    if (plan->regulation_count > before) {
        sort_regulations(plan);
    }
    return status;
}

/* Lines and points within the plan's own uncertainty are at the point. */
static bool is_at(const struct lk *lk, const struct lk_plan *plan,
                  const struct lk_part *part)
{
    bool assumed;
    if (part->hit || lk->is_shape || part->row.geom.kind == PK_GEOM_AREA) {
        return part->hit;
    }
    return part->distance <= lk_accuracy(lk, plan, &assumed);
}

static int by_phase(const void *a, const void *b)
{
    const struct lk_plan *x = a, *y = b;
    if (x->phase != y->phase) {
        return x->phase < y->phase ? -1 : 1;
    }
    if (x->date != y->date) {
        return x->date > y->date ? -1 : 1;
    }
    return pk_id_compare(x->row.id, y->row.id);
}

enum pk_status lk_gather(struct lk *lk)
{
    enum pk_status status = collect_parts(lk);
    for (uint32_t i = 0; i < lk->part_count && status == PK_OK; i++) {
        struct lk_part *part = &lk->parts[i];
        struct lk_plan *plan = meet_plan(lk, part->row.plan_id, &status);
        if (plan == NULL || !plan->known || plan->phase == LK_ABSENT) {
            continue;
        }
        part->hit = is_at(lk, plan, part);
        if (!part->hit) {
            continue;
        }
        plan->hit = true;
        plan->crs = plan->crs == 0 || part->of_plan ? part->row.crs : plan->crs;
        if (part->of_plan) {
            plan->shared_tm += part->shared_tm;
            plan->shared_m2 += part->shared_m2;
        } else {
            status = add_regulation(lk, plan, part);
        }
    }
    if (lk->plan_count > 1) {
        qsort(lk->plans, lk->plan_count, sizeof *lk->plans, by_phase);
    }
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        sort_regulations(&lk->plans[i]);
    }
    return status;
}
