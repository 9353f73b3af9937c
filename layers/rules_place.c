/* rules_place.c - where property regulations lie, and forms of land use. */
#include <string.h>

#include "base/jsonread.h"
#include "layers/rules_internal.h"

/* ---- P-INSIDE ---- */

static bool is_a_use(const struct rule_ground *ground, struct pk_id key)
{
    for (uint32_t i = 0; i < ground->use_count; i++) {
        if (pk_id_equal(ground->uses[i].key, key))
            return true;
    }
    return false;
}

/* Regulations of the whole plan may lie where they want (form "planområdet"). */
static bool of_the_plan(const struct pk_rule_regulation *r)
{
    return (r->form && strncmp(r->form, "planomr", 7) == 0) ||
           rule_text(r->details, "reglerarDetaljplan") != NULL;
}

void rule_inside_uses(struct pk_rule_run *run)
{
    const struct rule_ground *ground = rule_ground(run);
    const struct pk_geom *all;
    struct pk_geom near;
    int told = 0;

    if (ground->use_count == 0 || !rule_all_uses(run, &all) ||
        pk_overlay_grow(&near, run->overlay, all, run->rule->tolerance, run->arena, NULL))
        return;
    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &run->plan->regulations[i];

        if (r->kind != PK_KIND_PROPERTY || of_the_plan(r))
            continue;
        for (uint32_t k = 0; k < r->part_count && told < RULE_FAULTS_MAX; k++) {
            const struct pk_geom *g = &r->parts[k].geom;
            struct pk_geom out;
            double at[2];

            if ((g->kind == PK_GEOM_AREA &&
                 is_a_use(ground, rule_ring_key(g, run->arena))) ||
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

/* ---- P-FORM ---- */

static const struct pk_rule_regulation *regulation_of(const struct pk_rule_plan *plan,
                                                      const char *id)
{
    struct pk_id wanted;

    for (uint32_t i = 0; id && pk_id_parse(&wanted, id) && i < plan->regulation_count;
         i++) {
        if (pk_id_equal(plan->regulations[i].id, wanted))
            return &plan->regulations[i];
    }
    return NULL;
}

/* Its own form, else that of the uses it says it regulates; NULL when not known. */
static const char *form_of(const struct pk_rule_run *run,
                           const struct pk_rule_regulation *r)
{
    const json_t *uses = pk_jget_array(r->details, "reglerarAnvandningsbestammelse");
    const char *form = r->form;

    for (size_t i = 0; !form && i < json_array_size(uses); i++) {
        const struct pk_rule_regulation *use =
            regulation_of(run->plan, json_string_value(json_array_get(uses, i)));

        form = use ? use->form : NULL;
    }
    return form;
}

/* What of `both` lies on no use of the property's own form: where uses overlap, that is
 * what is wrong (DP-Krav-0013). */
static bool leave_own(struct pk_geom *both, struct pk_rule_run *run, const char *form)
{
    const struct rule_ground *ground = rule_ground(run);

    for (uint32_t i = 0; !ground->tiled && i < ground->use_count; i++) {
        const struct rule_use *use = &ground->uses[i];

        if (use->first->form && strcmp(use->first->form, form) == 0 &&
            pk_box_touches(use->part->box, pk_geom_box(both)) &&
            (pk_overlay_difference(both, run->overlay, both, &use->part->geom, run->arena,
                                   NULL) ||
             both->ring_count == 0))
            return false;
    }
    return true;
}

static bool tell_form(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                      const char *form, const struct pk_rule_part *part,
                      const struct rule_use *use)
{
    struct pk_geom both, core;
    double at[2];

    if (!pk_box_touches(part->box, use->part->box) || !use->first->form || use->other ||
        strcmp(use->first->form, form) == 0 || part->geom.kind != PK_GEOM_AREA ||
        pk_overlay_intersection(&both, run->overlay, &part->geom, &use->part->geom,
                                run->arena, NULL) ||
        both.ring_count == 0 || !leave_own(&both, run, form) ||
        pk_overlay_grow(&core, run->overlay, &both, -run->rule->tolerance, run->arena,
                        NULL) ||
        core.ring_count == 0)
        return false;
    rule_point_in(at, &both);
    rule_say(run, &(struct rule_say){
                      .regulation = r,
                      .detail = use->first->name,
                      .point = at,
                      .geom = &both,
                      .args = {"one", r->name, "form", form, "other", use->first->name,
                               "otherform", use->first->form}
    });
    return true;
}

void rule_one_form(struct pk_rule_run *run)
{
    const struct rule_ground *ground = rule_ground(run);
    int told = 0;

    for (uint32_t i = 0; i < ground->use_count; i++) {
        const struct rule_use *use = &ground->uses[i];
        double at[2];

        if (!use->other)
            continue;
        rule_point_in(at, &use->part->geom);
        rule_say(run,
                 &(struct rule_say){
                     .regulation = use->first,
                     .point = at,
                     .geom = &use->part->geom,
                     .detail = use->other->name,
                     .args = {"one", use->first->name, "form", use->first->form, "other",
                              use->other->name, "otherform", use->other->form}
        });
    }
    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &run->plan->regulations[i];
        const char *form;

        if (r->kind != PK_KIND_PROPERTY || of_the_plan(r) || !(form = form_of(run, r)))
            continue;
        for (uint32_t k = 0; k < r->part_count; k++) {
            for (uint32_t u = 0; u < ground->use_count && told < RULE_FAULTS_MAX; u++)
                told += tell_form(run, r, form, &r->parts[k], &ground->uses[u]);
        }
    }
}

/* ---- P-COMBO ---- */

void rule_combined(struct pk_rule_run *run)
{
    const struct rule_ground *ground = rule_ground(run);

    for (uint32_t i = 0; i < ground->use_count; i++) {
        const struct rule_use *use = &ground->uses[i];
        double at[2];

        if (use->uses < 2 || use->other)
            continue;
        rule_point_in(at, &use->part->geom);
        rule_say(run, &(struct rule_say){
                          .regulation = use->first,
                          .point = at,
                          .geom = &use->part->geom,
                          .args = {"number", rule_number(run, use->uses, 0)}
        });
    }
}
