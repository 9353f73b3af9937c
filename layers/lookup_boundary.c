/* lookup_boundary.c - a point nearer to a boundary than it can be told: what
 * boundary, and what applies on its other side. */
#include <math.h>
#include <string.h>

#include "layers/crs.h"
#include "layers/lookup_private.h"

enum { OTHER_MAX = 40 };
#define BEYOND_M 0.05 /* how far past the boundary the other side is asked */
#define SAME_M                                                                           \
    0.01 /* boundaries this near each other are one; the highest rank names it */

enum rank { RANK_PLAN, RANK_USE, RANK_PROPERTY, RANK_ADMINISTRATIVE, RANK_NONE };
static const char *const rank_names[] = {"plan", "use", "property", "administrative"};

struct nearest {
    double x, y, distance; /* the point of the edge */
    double dx, dy;         /* along the edge */
};

static void nearest_on(struct nearest *out, const struct pk_geom *g, double x, double y)
{
    out->distance = 1e300;
    for (uint32_t i = 0; i < g->ring_count; i++) {
        const double *p = g->xy + 2 * (size_t)g->rings[i].first;
        for (uint32_t k = 0; k + 1 < g->rings[i].count; k++, p += 2) {
            double dx = p[2] - p[0], dy = p[3] - p[1], len2 = dx * dx + dy * dy;
            double t = len2 > 0 ? ((x - p[0]) * dx + (y - p[1]) * dy) / len2 : 0;
            t = fmax(0, fmin(1, t));
            double ex = p[0] + t * dx, ey = p[1] + t * dy;
            double distance = hypot(ex - x, ey - y);
            if (distance < out->distance) {
                *out = (struct nearest){ex, ey, distance, dx, dy};
            }
        }
    }
}

static enum rank rank_of(const char *kind)
{
    for (int i = RANK_USE; i < RANK_NONE; i++) {
        if (kind != NULL && strcmp(kind, rank_names[i]) == 0) {
            return (enum rank)i;
        }
    }
    return RANK_NONE;
}

struct candidate {
    const struct lk_part *part;
    const struct lk_plan *plan;
    enum rank rank;
    double accuracy;
    bool assumed;
};

/* The boundary of highest rank among the nearest. */
static enum pk_status choose(struct candidate *best, struct lk *lk)
{
    *best = (struct candidate){.rank = RANK_NONE};
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < lk->part_count && status == PK_OK; i++) {
        const struct lk_part *part = &lk->parts[i];
        const struct lk_plan *plan = lk_plan_of(lk, part->row.plan_id);
        if (part->row.geom.kind != PK_GEOM_AREA || plan == NULL || !plan->known ||
            plan->phase > LK_ONGOING) {
            continue;
        }
        struct candidate c = {.part = part, .plan = plan, .rank = RANK_PLAN};
        c.accuracy = lk_accuracy(lk, plan, &c.assumed);
        double to_beat = best->part == NULL ? 1e300 : best->part->distance;
        if (part->distance > c.accuracy || part->distance > to_beat + SAME_M) {
            continue;
        }
        if (!part->of_plan) {
            struct pk_regulation_row row;
            bool found;
            status = lk_read_regulation(&row, &found, lk, part->row.id);
            c.rank = found && status == PK_OK ? rank_of(row.kind) : RANK_NONE;
        }
        bool nearer = part->distance < to_beat - SAME_M;
        if (c.rank < RANK_NONE && (nearer || c.rank < best->rank)) {
            *best = c;
        }
    }
    return status;
}

static void other_point(const struct lk *lk, const struct candidate *c, double *x,
                        double *y)
{
    struct nearest n = {.x = lk->x, .y = lk->y};
    nearest_on(&n, &c->part->row.geom, lk->x, lk->y);
    double dx = n.x - lk->x, dy = n.y - lk->y, len = hypot(dx, dy);
    if (len > 1e-3) {
        *x = n.x + dx / len * BEYOND_M;
        *y = n.y + dy / len * BEYOND_M;
        return;
    }
    /* On the edge itself: the side that this area does not have. */
    len = hypot(n.dx, n.dy);
    double side_x = len > 0 ? -n.dy / len * BEYOND_M : BEYOND_M;
    double side_y = len > 0 ? n.dx / len * BEYOND_M : 0;
    bool inside = pk_geom_covers(&c->part->row.geom, n.x + side_x, n.y + side_y);
    *x = n.x + (inside ? -side_x : side_x);
    *y = n.y + (inside ? -side_y : side_y);
}

struct other_side {
    const struct lk_plan *plan;
    struct pk_regulation_row rows[OTHER_MAX];
    uint32_t count;
};

/* Regulations of the boundary's rank that cover the other point; those below a use
 * only where they do not apply on this side as well. */
static enum pk_status gather_other(struct other_side *o, struct lk *lk, enum rank rank,
                                   double x, double y)
{
    enum pk_status status = PK_OK;
    enum rank wanted = rank == RANK_PLAN ? RANK_USE : rank;
    for (uint32_t i = 0; i < lk->part_count && status == PK_OK; i++) {
        const struct lk_part *part = &lk->parts[i];
        const struct lk_plan *plan = lk_plan_of(lk, part->row.plan_id);
        if (plan == NULL || !plan->known || plan->phase > LK_ONGOING ||
            !pk_geom_covers(&part->row.geom, x, y)) {
            continue;
        }
        if (part->of_plan) {
            bool better = o->plan == NULL || plan->phase < o->plan->phase;
            o->plan = better ? plan : o->plan;
            continue;
        }
        struct pk_regulation_row row;
        bool found;
        status = lk_read_regulation(&row, &found, lk, part->row.id);
        bool fits = status == PK_OK && found && rank_of(row.kind) == wanted &&
                    (wanted == RANK_USE || !part->hit);
        for (uint32_t k = 0; k < o->count; k++) {
            fits = fits && !pk_id_equal(o->rows[k].id, row.id);
        }
        if (fits && o->count < OTHER_MAX) {
            o->rows[o->count++] = row;
        }
    }
    return status;
}

/* Regulations of this side that end at the boundary, for "does not apply there". */
static const char *ending_here(struct lk *lk, enum rank rank, double x, double y)
{
    const char *names[OTHER_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        const struct lk_plan *plan = &lk->plans[i];
        for (uint32_t k = 0; plan->hit && k < plan->regulation_count; k++) {
            const struct pk_regulation_row *row = &plan->regulations[k].row;
            bool goes_on = false;
            for (uint32_t p = 0; p < lk->part_count; p++) {
                const struct lk_part *part = &lk->parts[p];
                goes_on =
                    goes_on || (!part->of_plan && pk_id_equal(part->row.id, row->id) &&
                                pk_geom_covers(&part->row.geom, x, y));
            }
            if (!goes_on && rank_of(row->kind) == rank && row->wording != NULL &&
                count < OTHER_MAX) {
                names[count++] = pk_arena_printf(lk->arena, "“%s”", row->wording);
            }
        }
    }
    return count == 0 ? NULL : lk_list(lk, names, count);
}

static const char *other_text(struct lk *lk, const struct other_side *o, enum rank rank,
                              double x, double y)
{
    const char *names[OTHER_MAX];
    bool uses = rank == RANK_PLAN || rank == RANK_USE;
    for (uint32_t i = 0; i < o->count; i++) {
        const struct pk_regulation_row *row = &o->rows[i];
        const char *letter = row->letter == NULL ? "" : row->letter;
        bool word = strlen(letter) > 2 && lk_is_public_place(row);
        names[i] = uses ? (word ? letter : lk_use_name(lk, row))
                        : pk_arena_printf(lk->arena, "“%s”",
                                          row->wording == NULL ? letter : row->wording);
    }
    if (o->count > 0) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_OTHER_SIDE, "what",
               lk_list(lk, names, o->count), NULL);
        return lk_said(lk);
    }
    const char *ending = uses ? NULL : ending_here(lk, rank, x, y);
    if (ending != NULL) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_OTHER_SIDE_WITHOUT, "what", ending,
               NULL);
    } else if (o->plan != NULL) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_OTHER_SIDE_PLAN, "plan",
               lk_plan_name(lk, &o->plan->row), NULL);
    } else {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_OTHER_SIDE_NOTHING, NULL);
    }
    return lk_said(lk);
}

enum pk_status lk_boundary(struct lk *lk)
{
    if (lk->is_shape) {
        return PK_OK;
    }
    struct candidate c;
    enum pk_status status = choose(&c, lk);
    if (status != PK_OK || c.part == NULL) {
        return status;
    }
    double x, y;
    other_point(lk, &c, &x, &y);
    struct other_side *o = pk_arena_alloc(lk->arena, 1, sizeof *o);
    status = gather_other(o, lk, c.rank, x, y);
    if (status != PK_OK) {
        return status;
    }
    struct pk_answer_boundary *b = pk_arena_alloc(lk->arena, 1, sizeof *b);
    b->distance_m = c.part->distance / pk_crs_point_scale(lk->x);
    b->accuracy_m = c.accuracy;
    b->accuracy = c.assumed ? "assumed" : "delivered";
    b->kind = rank_names[c.rank];
    b->other_has_plan = o->plan != NULL;
    if (o->plan != NULL) {
        b->other_plan = o->plan->row.id;
    }
    b->other_regulations =
        pk_arena_alloc(lk->arena, o->count + 1, sizeof *b->other_regulations);
    for (uint32_t i = 0; i < o->count; i++) {
        b->other_regulations[b->other_count++] = o->rows[i].id;
    }
    b->other_text = other_text(lk, o, c.rank, x, y);
    pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_BOUNDARY, "distance",
           lk_number(lk, b->distance_m, 1), "accuracy", lk_number(lk, c.accuracy, 1),
           NULL);
    if (c.assumed) {
        lk_space(lk);
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_BOUNDARY_ASSUMED, NULL);
    }
    b->text = lk_said(lk);
    lk->answer->boundary = b;
    return PK_OK;
}
