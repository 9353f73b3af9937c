/* rules_cover.c - do the uses lie inside the plan, fill it, and keep off each other? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/rules_internal.h"

/* Thinner than this is two roundings of one border to millimetres. */
#define ROUNDING_M 0.01
/* A rest touches the plan's border along an edge that lies this near to it. */
#define BESIDE_M 0.02
/* ... and is open to it when this much of its own border does. */
#define BESIDE_SHARE 0.25

/* Is nothing of the area wider than `width`? */
static bool thinner(struct pk_rule_run *run, const struct pk_geom *g, double width)
{
    struct pk_geom left;

    return pk_overlay_grow(&left, run->overlay, g, -width / 2, run->arena, NULL) ==
               PK_OK &&
           left.ring_count == 0;
}

/* What of `g` lies farther than `tolerance` from `from`; false when there is none. */
static bool farther(struct pk_geom *out, struct pk_rule_run *run, const struct pk_geom *g,
                    const struct pk_geom *from, double tolerance)
{
    struct pk_geom near;

    return pk_overlay_grow(&near, run->overlay, from, tolerance, run->arena, NULL) ==
               PK_OK &&
           pk_overlay_difference(out, run->overlay, g, &near, run->arena, NULL) ==
               PK_OK &&
           out->ring_count > 0;
}

/* ---- DP-0002 ---- */

void rule_outside(struct pk_rule_run *run)
{
    const struct rule_ground *ground = rule_ground(run);
    struct pk_id plan_key = rule_ring_key(&ground->plan, run->arena);
    struct pk_geom near;
    int told = 0;

    if (pk_overlay_grow(&near, run->overlay, &ground->plan, run->rule->tolerance,
                        run->arena, NULL))
        return;
    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &run->plan->regulations[i];

        /* Property regulations are asked to lie in uses: P-INSIDE says that. */
        if (r->kind == PK_KIND_PROPERTY || (r->kind == PK_KIND_USE && ground->tiled))
            continue;
        for (uint32_t k = 0; k < r->part_count && told < RULE_FAULTS_MAX; k++) {
            const struct pk_geom *g = &r->parts[k].geom;
            struct pk_geom out;
            double at[2];

            if (pk_id_equal(rule_ring_key(g, run->arena), plan_key) ||
                pk_overlay_difference(&out, run->overlay, g, &near, run->arena, NULL) ||
                out.ring_count == 0)
                continue;
            rule_point_in(at, &out);
            told++;
            rule_say(run, &(struct rule_say){
                              .regulation = r,
                              .point = at,
                              .geom = &out,
                              .args = {"regulation", r->name}
            });
        }
    }
}

/* ---- ground without a use: DP-0003, DP-Krav-0011 and -0012 ---- */

/* The share of the ring's length that runs along the plan's border. */
static double along_border(const struct pk_geom *rest, const struct pk_geom *plan)
{
    double all = 0, along = 0;

    for (uint32_t r = 0; r < rest->ring_count; r++) {
        const double *xy = rest->xy + 2 * (size_t)rest->rings[r].first;

        for (uint32_t i = 0; i + 1 < rest->rings[r].count; i++, xy += 2) {
            double length = hypot(xy[2] - xy[0], xy[3] - xy[1]);

            all += length;
            if (pk_geom_edge_distance(plan, (xy[0] + xy[2]) / 2, (xy[1] + xy[3]) / 2) <
                BESIDE_M)
                along += length;
        }
    }
    return all > 0 ? along / all : 0;
}

enum rest_kind { REST_NONE, REST_HOLE, REST_GAP };

/* A gap lies between uses and is narrower than the older or newer limit; what is open to
 * the plan's border, or wide, is ground without use. */
static enum rest_kind kind_of_rest(struct pk_rule_run *run, const struct pk_geom *rest,
                                   const struct pk_geom *all)
{
    double tolerance = pk_rule_named("DP-0003")->tolerance;
    double limit = pk_rule_named(rule_started_after_2021(run->plan) ? "DP-Krav-0011"
                                                                    : "DP-Krav-0012")
                       ->tolerance;
    struct pk_geom deep;

    if (fabs(pk_geom_area(rest)) < ROUNDING_M * ROUNDING_M ||
        thinner(run, rest, tolerance))
        return REST_NONE;
    if (along_border(rest, &run->ground->plan) < BESIDE_SHARE &&
        thinner(run, rest, limit))
        return REST_GAP;
    return farther(&deep, run, rest, all, tolerance) ? REST_HOLE : REST_NONE;
}

/* An administrative regulation says that others than the municipality keep the public
 * places: then they may lie outside the regulations (the rule's one exception). */
static bool private_places(const struct pk_rule_run *run)
{
    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const char *text = run->plan->regulations[i].wording;
        char *fold = text ? pk_text_fold(run->arena, text) : NULL;

        if (fold && strstr(fold, "huvudmannaskap") && strstr(fold, "enskilt"))
            return true;
    }
    return false;
}

static void tell_rests(struct pk_rule_run *run, enum rest_kind wanted)
{
    const struct rule_ground *ground = rule_ground(run);
    const struct pk_geom *all;
    struct pk_geom rest, member;
    int told = 0;

    if (ground->tiled || ground->use_count == 0 || !rule_all_uses(run, &all) ||
        pk_overlay_difference(&rest, run->overlay, &ground->plan, all, run->arena, NULL))
        return;
    for (uint32_t i = 0;
         told < RULE_FAULTS_MAX && rule_member(&member, &rest, i, run->arena); i++) {
        double at[2];

        if (kind_of_rest(run, &member, all) != wanted)
            continue;
        rule_point_in(at, &member);
        told++;
        rule_say(run,
                 &(struct rule_say){
                     .point = at,
                     .geom = &member,
                     .level = wanted == REST_HOLE && private_places(run) ? PK_LEVEL_NOTE
                                                                         : PK_LEVEL_OFF,
                     .args = {"area", rule_number(run, pk_geom_area(&member), 1)}
        });
    }
}

void rule_uncovered(struct pk_rule_run *run)
{
    tell_rests(run, REST_HOLE);
}

void rule_gap_new(struct pk_rule_run *run)
{
    if (rule_started_after_2021(run->plan))
        tell_rests(run, REST_GAP);
}

void rule_gap_old(struct pk_rule_run *run)
{
    if (!rule_started_after_2021(run->plan))
        tell_rests(run, REST_GAP);
}

/* ---- DP-Krav-0013 ---- */

static int by_left(const void *a, const void *b)
{
    double x = (*(const struct rule_use *const *)a)->part->box.min_x;
    double y = (*(const struct rule_use *const *)b)->part->box.min_x;

    return x < y ? -1 : x > y;
}

static bool tell_overlap(struct pk_rule_run *run, const struct rule_use *a,
                         const struct rule_use *b)
{
    struct pk_geom both;
    double at[2], area;

    if (pk_overlay_intersection(&both, run->overlay, &a->part->geom, &b->part->geom,
                                run->arena, NULL) ||
        both.ring_count == 0 || thinner(run, &both, ROUNDING_M))
        return false;
    /* The pair is named in one order, however the file is sorted. */
    if (pk_id_compare(a->first->id, b->first->id) > 0) {
        const struct rule_use *swap = a;

        a = b;
        b = swap;
    }
    area = pk_geom_area(&both);
    rule_point_in(at, &both);
    rule_say(run,
             &(struct rule_say){
                 .regulation = a->first,
                 .detail = b->first->name,
                 .point = at,
                 .geom = &both,
                 .level = area < run->rule->tolerance ? PK_LEVEL_WARNING : PK_LEVEL_OFF,
                 .args = {"one", a->first->name, "other", b->first->name, "area",
                          rule_number(run, area, 1)}
    });
    return true;
}

void rule_overlap(struct pk_rule_run *run)
{
    const struct rule_ground *ground = rule_ground(run);
    uint32_t n = ground->use_count;
    const struct rule_use **sorted;
    int told = 0;

    if (ground->tiled)
        return;
    sorted = pk_arena_alloc(run->arena, (size_t)n + 1, sizeof(*sorted));
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = &ground->uses[i];
    qsort(sorted, n, sizeof(*sorted), by_left);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = i + 1; k < n && told < RULE_FAULTS_MAX &&
                                 sorted[k]->part->box.min_x <= sorted[i]->part->box.max_x;
             k++) {
            if (pk_box_touches(sorted[i]->part->box, sorted[k]->part->box))
                told += tell_overlap(run, sorted[i], sorted[k]);
        }
    }
}

/* ---- DP-Krav-0014 ---- */

static uint32_t outer_rings(const struct pk_geom *g)
{
    uint32_t n = 0;

    for (uint32_t r = 0; r < g->ring_count; r++)
        n += g->rings[r].role == PK_RING_OUTER;
    return n;
}

/* Is a part of it narrower than the limit: nothing is left of it, or what is left falls
 * into more pieces? *fault is the largest of what is lost. */
static bool narrow(struct pk_geom *fault, struct pk_rule_run *run,
                   const struct pk_geom *g)
{
    struct pk_geom core, lost, member;
    double half = run->rule->tolerance / 2, most = 0;

    if (pk_overlay_grow(&core, run->overlay, g, -half, run->arena, NULL))
        return false;
    if (core.ring_count == 0) {
        *fault = *g;
        return true;
    }
    if (outer_rings(&core) == outer_rings(g))
        return false;
    *fault = *g;
    if (!farther(&lost, run, g, &core, half + ROUNDING_M))
        return true;
    for (uint32_t i = 0; rule_member(&member, &lost, i, run->arena); i++) {
        if (pk_geom_area(&member) > most) {
            most = pk_geom_area(&member);
            *fault = member;
        }
    }
    return true;
}

void rule_narrow(struct pk_rule_run *run)
{
    int told = 0;

    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &run->plan->regulations[i];

        for (uint32_t k = 0; k < r->part_count && told < RULE_FAULTS_MAX; k++) {
            struct pk_geom fault;
            double at[2];

            if (r->parts[k].geom.kind != PK_GEOM_AREA ||
                !narrow(&fault, run, &r->parts[k].geom))
                continue;
            rule_point_in(at, &fault);
            told++;
            rule_say(run, &(struct rule_say){
                              .regulation = r,
                              .point = at,
                              .geom = &fault,
                              .args = {"regulation", r->name}
            });
        }
    }
}
