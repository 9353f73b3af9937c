/* rules_internal.h - shared by rules.c and the rules_*.c files and by nothing else. */
#ifndef PK_LAYERS_RULES_INTERNAL_H
#define PK_LAYERS_RULES_INTERNAL_H

#include "layers/rules.h"

enum {
    RULE_VERTICES_MAX = 20000, /* of one plan: above, rules about ground are not run */
    RULE_FAULTS_MAX = 50       /* of one rule in one plan; the rest is not told */
};

/* Everything a fault may have, filled by name. */
struct rule_say {
    const struct pk_rule_regulation *regulation;
    const char *detail;
    const double *point; /* x, y */
    const struct pk_geom *geom;
    enum pk_level level; /* 0 = the table's; else at most the table's */
    enum pk_msg_id text; /* 0 = the table's */
    const char *args[11];
};
void rule_say(struct pk_rule_run *run, const struct rule_say *what);

/* One area of uses: combined uses are one. */
struct rule_use {
    const struct pk_rule_part *part;
    const struct pk_rule_regulation *first;
    const struct pk_rule_regulation *other; /* of another form on this area, or NULL */
    uint32_t uses;                          /* how many lie on exactly this area */
    struct pk_id key; /* of the ring, whatever vertex it begins with */
};

/* What several rules about ground ask for, made once per plan. */
struct rule_ground {
    struct rule_use *uses;
    uint32_t use_count;
    struct pk_geom plan; /* all parts */
    struct pk_geom all;  /* the uses together, with shared borders gone */
    bool tiled;          /* the uses fill the plan exactly, edge by edge */
    bool have_all;
};
/* The ground of the run's plan. */
struct rule_ground *rule_ground(struct pk_rule_run *run);
/* The uses together (made when first asked for); false when it cannot be made. */
bool rule_all_uses(struct pk_rule_run *run, const struct pk_geom **out);
struct pk_id rule_ring_key(const struct pk_geom *g, struct pk_arena *arena);
void rule_ground_make(struct pk_rule_run *run);

/* Member i of an area (a line, the points) as a geometry over the same vertices; false
 * past the last. */
bool rule_member(struct pk_geom *out, const struct pk_geom *g, uint32_t i,
                 struct pk_arena *arena);
/* A point in the member, far from its edges. */
void rule_point_in(double point[2], const struct pk_geom *g);
/* "12,3" and "m2" for texts: rounded to what people read. */
const char *rule_number(struct pk_rule_run *run, double v, int decimals);
const char *rule_text(const json_t *object, const char *key); /* NULL, never "" */
bool rule_started_after_2021(const struct pk_rule_plan *plan);
/* A member of the first decision that has it. */
const json_t *rule_decided(const struct pk_rule_plan *plan, const char *key);

/* rules_cover.c */
void rule_outside(struct pk_rule_run *run);
void rule_uncovered(struct pk_rule_run *run);
void rule_gap_new(struct pk_rule_run *run);
void rule_gap_old(struct pk_rule_run *run);
void rule_overlap(struct pk_rule_run *run);
void rule_narrow(struct pk_rule_run *run);
/* rules_place.c */
void rule_inside_uses(struct pk_rule_run *run);
void rule_one_form(struct pk_rule_run *run);
void rule_combined(struct pk_rule_run *run);
/* rules_shape.c */
void rule_multi_plan(struct pk_rule_run *run);
void rule_multi_regulation(struct pk_rule_run *run);
void rule_uncertain(struct pk_rule_run *run);
void rule_vertical_plan(struct pk_rule_run *run);
void rule_vertical_regulation(struct pk_rule_run *run);
void rule_ring(struct pk_rule_run *run);
void rule_geometry_kind(struct pk_rule_run *run);
void rule_crs(struct pk_rule_run *run);
/* rules_wording.c */
void rule_slots(struct pk_rule_run *run);
void rule_value_units(struct pk_rule_run *run);
void rule_technical_wording(struct pk_rule_run *run);
void rule_technical_original(struct pk_rule_run *run);
void rule_technical_reason(struct pk_rule_run *run);
void rule_catalogue_wording(struct pk_rule_run *run);
void rule_references(struct pk_rule_run *run);
void rule_catalogue_known(struct pk_rule_run *run);
void rule_transitional(struct pk_rule_run *run);
void rule_text_sizes(struct pk_rule_run *run);
/* rules_plan.c */
void rule_in_force_plan(struct pk_rule_run *run);
void rule_in_force_decision(struct pk_rule_run *run);
void rule_in_force_map(struct pk_rule_run *run);
void rule_new_plan(struct pk_rule_run *run);
void rule_new_regulations(struct pk_rule_run *run);
void rule_municipality(struct pk_rule_run *run);
void rule_months(struct pk_rule_run *run);
void rule_dates(struct pk_rule_run *run);
void rule_documents(struct pk_rule_run *run);
void rule_status_decision(struct pk_rule_run *run);

#endif
