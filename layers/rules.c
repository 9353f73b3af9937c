/* rules.c - the table of rules, running it over one plan, and telling faults. */
#include "layers/rules_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"

static const char *const profiles[PK_PROFILE_COUNT] = {"ngp", "aldre", "lager"};
static const char *const levels[] = {"off", "note", "warning", "error", "given"};

#define N   PK_LEVEL_NOTE
#define W   PK_LEVEL_WARNING
#define E   PK_LEVEL_ERROR
#define G   PK_LEVEL_GIVEN
#define OFF PK_LEVEL_OFF

/* Label, text and advice have one name in messages_rules.def. */
#define SAYS(name) PK_MSG_RULE_##name, PK_MSG_RULE_##name##_TEXT, PK_MSG_RULE_##name##_FIX
/* Told by readers or the draft, with texts of their own. */
#define LABEL(name) PK_MSG_RULE_##name, PK_MSG_RULE_##name, PK_MSG_RULE_##name

/* Older plans: what is wrong with the ground is a warning, what only a national delivery
 * needs is a note. Tolerances: plan-domain 3; the last 5 m2 and 500 m are ours. */
/* clang-format off */
const struct pk_rule pk_rules[] = {
    /* id              ngp aldre lager   tol  function                  ground repair     texts */
    {"DP-0001",       {E, W, OFF},       0.1, NULL,                     true,  NULL,      SAYS(DP_0001)},
    {"DP-0002",       {E, W, OFF},       0.1, rule_outside,             true,  NULL,      SAYS(DP_0002)},
    {"DP-0003",       {E, W, OFF},       0.1, rule_uncovered,           true,  NULL,      SAYS(DP_0003)},
    {"DP-0004",       {E, N, OFF},       0,   rule_multi_plan,          false, "split",   SAYS(DP_0004)},
    {"DP-0005",       {E, N, OFF},       0,   rule_in_force_plan,       false, NULL,      SAYS(DP_0005)},
    {"DP-0009",       {E, N, OFF},       0,   rule_value_units,         false, NULL,      SAYS(DP_0009)},
    {"DP-0010",       {E, N, OFF},       0,   rule_uncertain,           false, NULL,      SAYS(DP_0010)},
    {"DP-0011",       {E, N, OFF},       0,   rule_new_plan,            false, NULL,      SAYS(DP_0011)},
    {"DP-0012",       {E, N, OFF},       0,   rule_new_regulations,     false, NULL,      SAYS(DP_0012)},
    {"DP-0014",       {E, N, OFF},       0,   rule_in_force_map,        false, NULL,      SAYS(DP_0014)},
    {"DP-0015",       {E, N, OFF},       0,   rule_vertical_plan,       false, NULL,      SAYS(DP_0015)},
    {"DP-0016",       {E, N, OFF},       0,   rule_vertical_regulation, false, NULL,      SAYS(DP_0016)},
    {"DP-0017",       {E, N, OFF},       0,   rule_in_force_decision,   false, NULL,      SAYS(DP_0017)},
    {"DP-0018",       {E, N, OFF},       0,   rule_multi_regulation,    false, "split",   SAYS(DP_0018)},
    {"DP-0019",       {E, N, OFF},       0,   rule_technical_wording,   false, NULL,      SAYS(DP_0019)},
    {"DP-0020",       {E, N, OFF},       0,   rule_technical_original,  false, NULL,      SAYS(DP_0020)},
    {"DP-0021",       {E, N, OFF},       0,   rule_technical_reason,    false, NULL,      SAYS(DP_0021)},
    {"DP-0022",       {E, W, OFF},       0,   rule_slots,               false, NULL,      SAYS(DP_0022)},
    {"DP-Krav-0011",  {W, N, OFF},       0.5, rule_gap_new,             true,  NULL,      SAYS(DP_KRAV_0011)},
    {"DP-Krav-0012",  {W, N, OFF},       2.0, rule_gap_old,             true,  NULL,      SAYS(DP_KRAV_0012)},
    {"DP-Krav-0013",  {E, W, OFF},       5.0, rule_overlap,             true,  NULL,      SAYS(DP_KRAV_0013)},
    {"DP-Krav-0014",  {W, N, OFF},       0.5, rule_narrow,              true,  NULL,      SAYS(DP_KRAV_0014)},
    {"DP-Krav-0017",  {W, N, OFF},       0,   rule_catalogue_wording,   false, NULL,      SAYS(DP_KRAV_0017)},
    {"DP-Krav-0018",  {E, G, G},         0,   NULL,                     false, "valid",   LABEL(DP_KRAV_0018)},
    {"BAS-005",       {E, G, G},         0,   NULL,                     false, NULL,      LABEL(BAS_005)},
    {"PBL-4-21",      {E, N, OFF},       0,   rule_months,              false, NULL,      SAYS(PBL_4_21)},
    {"P-CATALOGUE",   {W, N, OFF},       0,   rule_catalogue_known,     false, NULL,      SAYS(P_CATALOGUE)},
    {"P-CIRC",        {G, G, G},         0,   NULL,                     false, NULL,      LABEL(P_CIRC)},
    {"P-COMBO",       {N, OFF, OFF},     0,   rule_combined,            true,  NULL,      SAYS(P_COMBO)},
    {"P-CRS",         {E, N, OFF},       0,   rule_crs,                 false, NULL,      SAYS(P_CRS)},
    {"P-DATE",        {E, W, OFF},       0,   rule_dates,               false, NULL,      SAYS(P_DATE)},
    {"P-DOC",         {W, N, OFF},       0,   rule_documents,           false, NULL,      SAYS(P_DOC)},
    {"P-ENC",         {G, G, G},         0,   NULL,                     false, NULL,      LABEL(P_ENC)},
    {"P-FORM",        {E, W, OFF},       0.1, rule_one_form,            true,  NULL,      SAYS(P_FORM)},
    {"P-GEOM-KIND",   {E, W, OFF},       0,   rule_geometry_kind,       false, NULL,      SAYS(P_GEOM_KIND)},
    {"P-INSIDE",      {E, W, OFF},       0.1, rule_inside_uses,         true,  NULL,      SAYS(P_INSIDE)},
    {"P-LEN",         {W, N, OFF},       0,   rule_text_sizes,          false, NULL,      SAYS(P_LEN)},
    {"P-MUNICIPALITY",{E, W, OFF},       500, rule_municipality,        false, NULL,      SAYS(P_MUNICIPALITY)},
    {"P-REF",         {E, W, G},         0,   rule_references,          false, NULL,      SAYS(P_REF)},
    {"P-REQUIRED",    {W, N, OFF},       0,   rule_status_decision,     false, NULL,      SAYS(P_REQUIRED)},
    {"P-RING",        {W, OFF, OFF},     0,   rule_ring,                false, "orient",  SAYS(P_RING)},
    {"P-SAFE",        {G, G, G},         0,   NULL,                     false, NULL,      LABEL(P_SAFE)},
    {"P-TRANS",       {E, N, OFF},       0,   rule_transitional,        false, NULL,      SAYS(P_TRANS)},
};
/* clang-format on */
const uint32_t pk_rule_count = PK_COUNT(pk_rules);

int pk_profile_of(const char *name)
{
    for (int i = 0; name && i < PK_PROFILE_COUNT; i++) {
        if (strcmp(profiles[i], name) == 0)
            return i;
    }
    return -1;
}

const char *pk_profile_name(enum pk_profile profile)
{
    return profiles[profile];
}

const char *pk_level_name(enum pk_level level)
{
    return levels[level];
}

const struct pk_rule *pk_rule_named(const char *id)
{
    for (uint32_t i = 0; id && i < pk_rule_count; i++) {
        if (strcmp(pk_rules[i].id, id) == 0)
            return &pk_rules[i];
    }
    return NULL;
}

const char *pk_rule_severity(const char *id, enum pk_profile profile, const char *given)
{
    const struct pk_rule *rule = pk_rule_named(id);

    /* Readers tell several things under the ids of rules that have a function. */
    if (!rule || rule->check || rule->level[profile] == PK_LEVEL_GIVEN ||
        rule->level[profile] == PK_LEVEL_OFF)
        return given;
    return levels[rule->level[profile]];
}

/* ---- telling ---- */

void rule_say(struct pk_rule_run *run, const struct rule_say *what)
{
    enum pk_level table = run->rule->level[run->profile];
    struct pk_rule_fault fault = {
        .rule = run->rule,
        .level = what->level && what->level < table ? what->level : table,
        .plan = run->plan,
        .regulation = what->regulation,
        .detail = what->detail,
        .geom = what->geom,
        .text = what->text ? what->text : run->rule->text,
        .args = what->args};

    if (what->point) {
        fault.has_point = true;
        fault.x = what->point[0];
        fault.y = what->point[1];
    }
    run->found(run->ctx, &fault);
}

const char *rule_number(struct pk_rule_run *run, double v, int decimals)
{
    char *out = pk_arena_alloc(run->arena, 32, 1), *dot;

    pk_text_fixed(out, 32, v, decimals);
    dot = strchr(out, '.');
    if (dot)
        *dot = ','; /* Swedish and international writing both allow it */
    return out;
}

const char *rule_text(const json_t *object, const char *key)
{
    const char *text = pk_jget_string(object, key);

    return text && text[0] ? text : NULL;
}

const json_t *rule_decided(const struct pk_rule_plan *plan, const char *key)
{
    const json_t *list = pk_jget_array(plan->details, "beslutsinformation");
    const json_t *own = json_object_get(plan->details, key);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_object_get(json_array_get(list, i), key);

        if (value && !json_is_null(value) &&
            !(json_is_string(value) && json_string_length(value) == 0) &&
            !(json_is_array(value) && json_array_size(value) == 0))
            return value;
    }
    return own && !json_is_null(own) ? own : NULL;
}

bool rule_started_after_2021(const struct pk_rule_plan *plan)
{
    const char *text = json_string_value(rule_decided(plan, "datumPaborjat"));
    pk_date day = text ? pk_date_parse(text) : PK_DATE_NONE;

    return day != PK_DATE_NONE && day > pk_date_parse("2021-12-31");
}

struct pk_id pk_finding_key(const char *rule, struct pk_id plan, struct pk_id object,
                            const char *detail, const double *point)
{
    char text[512], a[PK_ID_TEXT], b[PK_ID_TEXT], at[64] = "";
    int n;

    pk_id_format(a, plan);
    pk_id_format(b, object);
    if (point) /* decimetres: what is drawn again equally is the same */
        snprintf(at, sizeof(at), "%.1f,%.1f", point[0], point[1]);
    n = snprintf(text, sizeof(text), "%s|%s|%s|%s|", rule ? rule : "", a, b, at);
    if (!detail || n < 0 || (size_t)n >= sizeof(text))
        return pk_hash128(text, strlen(text));
    /* Details may be long: their hash stands for them. */
    struct pk_id more = pk_hash128(detail, strlen(detail));
    pk_id_format(a, more);
    snprintf(text + n, sizeof(text) - (size_t)n, "%s", a);
    return pk_hash128(text, strlen(text));
}

/* ---- running ---- */

static uint64_t vertices_of(const struct pk_rule_plan *plan)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < plan->part_count; i++)
        n += plan->parts[i].geom.vertex_count;
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        for (uint32_t k = 0; k < plan->regulations[i].part_count; k++)
            n += plan->regulations[i].parts[k].geom.vertex_count;
    }
    return n;
}

void pk_rules_run(struct pk_rule_run *run, struct pk_rule_plan *plan)
{
    bool ground =
        !plan->broken && plan->part_count > 0 && vertices_of(plan) <= RULE_VERTICES_MAX;

    run->plan = plan;
    run->ground = NULL;
    for (uint32_t i = 0; i < pk_rule_count; i++) {
        run->rule = &pk_rules[i];
        if (run->rule->check && run->rule->level[run->profile] != PK_LEVEL_OFF &&
            (ground || !run->rule->ground))
            run->rule->check(run);
    }
    run->rule = NULL;
}
