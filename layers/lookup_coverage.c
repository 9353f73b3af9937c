/* lookup_coverage.c - what is known of the ground: one word at a point, and of a
 * shape how much of it each word holds for. */
#include <math.h>
#include <string.h>

#include "layers/lookup_private.h"

/* In the order in which the first that holds is taken. */
static const char *const words[] = {"regulations", "partial", "plan-only",
                                    "ongoing",     "outside", "unknown"};
enum { ONGOING = 3, OUTSIDE = 4, UNKNOWN = 5, WORDS = 6 };

/* Place of a plan's own coverage in the words; WORDS when the plan does not count. */
static int word_of(const struct lk_plan *plan)
{
    if (!plan->known || plan->phase == LK_OTHER || plan->phase == LK_ABSENT) {
        return WORDS;
    }
    if (plan->phase == LK_ONGOING) {
        return ONGOING;
    }
    for (int i = 0; i < ONGOING; i++) {
        if (plan->row.coverage != NULL && strcmp(plan->row.coverage, words[i]) == 0) {
            return i;
        }
    }
    return ONGOING - 1;
}

struct borders {
    struct lk *lk;
    struct pk_geom *left;
    bool complete;     /* at the point */
    double outside_tm; /* of the shape */
    uint32_t seen;
    enum pk_status status;
};

static bool at_border(const struct pk_feature_row *row, void *ctx)
{
    struct borders *b = ctx;
    struct lk *lk = b->lk;
    if (row->geom.kind != PK_GEOM_AREA ||
        !lk_is_complete(lk, lk_municipality_code(lk, row))) {
        return true;
    }
    if (!lk->is_shape) {
        b->complete = b->complete || pk_geom_covers(&row->geom, lk->x, lk->y);
    } else if (b->left->ring_count > 0) {
        double shared = 0;
        b->status =
            pk_overlay_shared_area(&shared, lk_overlay(lk), b->left, &row->geom, lk->err);
        b->outside_tm += shared;
    }
    return b->status == PK_OK && ++b->seen < LK_FEATURES_MAX;
}

/* Which ground no plan covers lies in a municipality that has all its plans here. */
static enum pk_status walk_borders(struct lk *lk, struct borders *b)
{
    uint32_t cursor = 0;
    const struct pk_layer_row *layer;
    enum pk_status status = PK_OK;
    bool any = lk->municipality->complete_count > 0;
    while (any && status == PK_OK &&
           (layer = lk_layer_with_role(lk, "municipality", &cursor)) != NULL) {
        struct pk_rows rows = {.box = &lk->box, .layer_id = layer->layer_id};
        status = lk->store->ops->features(lk->store, lk->version, &rows, at_border, b,
                                          lk->arena, lk->err);
        status = status == PK_OK ? b->status : status;
    }
    return status;
}

static enum pk_status at_point(struct lk *lk)
{
    int best = WORDS;
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        int word = lk->plans[i].hit ? word_of(&lk->plans[i]) : WORDS;
        best = word < best ? word : best;
    }
    struct borders b = {.lk = lk};
    enum pk_status status = best < WORDS ? PK_OK : walk_borders(lk, &b);
    lk->answer->coverage = words[best < WORDS ? best : b.complete ? OUTSIDE : UNKNOWN];
    return status;
}

/* Ground is given to the first word that holds for it: what a better known plan has
 * taken is cut from the shape before the next word is asked. */
static enum pk_status in_shape(struct lk *lk)
{
    double area[WORDS] = {0};
    struct pk_geom left = lk->shape;
    enum pk_status status = PK_OK;
    for (int word = 0; word < OUTSIDE; word++) {
        for (uint32_t i = 0; i < lk->part_count && status == PK_OK; i++) {
            const struct lk_part *part = &lk->parts[i];
            const struct lk_plan *plan = lk_plan_of(lk, part->row.plan_id);
            if (!part->of_plan || !part->hit || plan == NULL || word_of(plan) != word ||
                left.ring_count == 0) {
                continue;
            }
            double before = pk_geom_area(&left);
            struct pk_geom rest;
            status = pk_overlay_difference(&rest, lk_overlay(lk), &left, &part->row.geom,
                                           lk->arena, lk->err);
            if (status == PK_OK) {
                area[word] += fmax(0, before - pk_geom_area(&rest));
                left = rest;
            }
        }
    }
    struct borders b = {.lk = lk, .left = &left};
    if (status == PK_OK) {
        status = walk_borders(lk, &b);
    }
    double uncovered = left.ring_count == 0 ? 0 : pk_geom_area(&left);
    area[OUTSIDE] = fmin(b.outside_tm, uncovered);
    area[UNKNOWN] = uncovered - area[OUTSIDE];

    struct pk_answer *a = lk->answer;
    int largest = UNKNOWN;
    a->coverages = pk_arena_alloc(lk->arena, WORDS, sizeof *a->coverages);
    for (int word = WORDS - 1; word >= 0; word--) {
        largest = area[word] >= area[largest] ? word : largest;
    }
    for (int word = 0; word < WORDS; word++) {
        if (area[word] > LK_SLIVER_M2 || (word == largest && area[word] > 0)) {
            a->coverages[a->coverage_count++] = (struct pk_share){
                .coverage = words[word],
                .area_m2 = area[word] * lk->shape_ratio,
                .share = area[word] / lk->shape_tm,
                .basis = lk->shape_basis,
            };
        }
    }
    a->coverage = words[largest];
    return status;
}

enum pk_status lk_coverage(struct lk *lk)
{
    return lk->is_shape ? in_shape(lk) : at_point(lk);
}
