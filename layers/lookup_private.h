/*
 * lookup_private.h - the working state of one lookup, shared by the lookup_*.c
 * files and by nothing else. Everything lies in the answer's arena.
 */
#ifndef PK_LAYERS_LOOKUP_PRIVATE_H
#define PK_LAYERS_LOOKUP_PRIVATE_H

#include <jansson.h>

#include "layers/lookup.h"
#include "layers/overlay.h"

/* Nothing further away than this is looked at as a boundary, however uncertain a
 * plan's position is; shares below are edges that meet, not ground that is shared. */
#define LK_ACCURACY_MAX_M 50.0
#define LK_SLIVER_M2      0.05

enum {
    LK_PARTS_MAX = 20000,  /* parts near one question */
    LK_PLANS_MAX = 2000,   /* plans in one answer */
    LK_FEATURES_MAX = 500, /* properties, addresses, features of one layer */
    LK_TEXT_MAX = 64 * 1024
};

/* On the legal day. The order is that of the answer. */
enum lk_phase { LK_FORCE, LK_NO_STATUS, LK_ONGOING, LK_OTHER, LK_ABSENT };

struct lk_part {
    struct pk_part_row row; /* row.geom as of the legal day */
    bool of_plan;
    bool hit;         /* the point lies in it, or the shape shares ground with it */
    double distance;  /* of the point to its edge */
    double shared_tm; /* area in EPSG:3006 */
    double shared_m2; /* the same by the delivered area */
};

struct lk_regulation {
    struct pk_regulation_row row;
    uint32_t part;
    bool placeless; /* it has no part: it applies to the whole plan, or nobody knows where
                     */
    int crs;
    double shared_tm, shared_m2;
};

struct lk_plan {
    struct pk_plan_row row;
    bool known; /* the row is there */
    bool hit;
    enum lk_phase phase;
    pk_date date; /* what it is ordered by */
    json_t *details;
    int crs;
    double shared_tm, shared_m2;
    uint32_t regulation_count, regulation_room;
    struct lk_regulation *regulations;
};

struct lk {
    struct pk_store *store;
    const struct pk_question *question;
    const struct pk_municipality *municipality;
    struct pk_arena *arena;
    struct pk_error *err;
    struct pk_overlay *overlay; /* made when it is needed */
    struct pk_buf text;         /* scratch of one sentence */
    struct pk_answer *answer;
    int64_t newest, version;
    pk_date day;
    pk_date version_day; /* effects are stored as of this day; NONE = not asked yet */
    enum pk_lang lang;

    /* what is asked about, EPSG:3006 */
    bool is_shape;
    double x, y;
    struct pk_geom shape;
    struct pk_box box;
    double shape_tm, shape_ratio; /* its area, and delivered area / that */
    const char *shape_basis;

    uint32_t part_count, part_room;
    struct lk_part *parts;
    uint32_t plan_count, plan_room;
    struct lk_plan *plans;
    uint32_t layer_count;
    struct pk_layer_row *layers;
    uint32_t unknown_room, source_room;
};

/* ---- text (lookup_say.c) ---- */
/* What was appended to lk->text, as the arena's; the scratch is empty again. */
const char *lk_said(struct lk *lk);
void lk_space(struct lk *lk); /* between sentences */
/* "0,8" or "0.8" in the answer's language; the arena's. */
const char *lk_number(struct lk *lk, double v, int decimals);
const char *lk_whole(struct lk *lk, int64_t v); /* digits alone */
const char *lk_date(struct lk *lk, pk_date day);
/* "a, b och c" */
const char *lk_list(struct lk *lk, const char *const *items, uint32_t count);
/* Letter with its index as a subscript ("h₁"); NULL when there is no letter. */
const char *lk_mark(struct lk *lk, const char *letter, const char *index);
const char *lk_href(struct lk *lk, const char *path, struct pk_id id);
const char *lk_property_href(struct lk *lk, const char *path, const char *designation);
void lk_unknown(struct lk *lk, const char *what, const char *text);
const char *lk_plan_name(struct lk *lk, const struct pk_plan_row *row);
void lk_summary(struct lk *lk);
void lk_facts_missing(struct lk *lk);

/* ---- reading (lookup_gather.c) ---- */
enum pk_status lk_settle_state(struct lk *lk) PK_MUST_CHECK;
/* Parts near the question, and the plans and regulations that they hit. */
enum pk_status lk_gather(struct lk *lk) PK_MUST_CHECK;
struct lk_plan *lk_plan_of(struct lk *lk, struct pk_id id);
/* The plan's regulations without a place, added to those at the question. */
enum pk_status lk_placeless(struct lk *lk, struct lk_plan *plan) PK_MUST_CHECK;
enum pk_status lk_read_regulation(struct pk_regulation_row *out, bool *found,
                                  struct lk *lk, struct pk_id id) PK_MUST_CHECK;
enum pk_status lk_read_plan(struct lk_plan *plan, struct lk *lk,
                            struct pk_id id) PK_MUST_CHECK;
struct pk_overlay *lk_overlay(struct lk *lk);

/* ---- writing the answer ---- */
/* lookup_plan.c: phase and date from the row; the plan's part of the answer. */
void lk_classify(struct lk *lk, struct lk_plan *plan);
void lk_write_plan(struct lk *lk, struct pk_answer_plan *out, struct lk_plan *plan);
double lk_accuracy(const struct lk *lk, const struct lk_plan *plan, bool *assumed);
/* lookup_regulation.c */
void lk_write_regulation(struct lk *lk, struct pk_answer_regulation *out,
                         const struct lk_regulation *regulation);
int lk_regulation_order(const void *a, const void *b); /* struct lk_regulation */
const char *lk_use_name(struct lk *lk, const struct pk_regulation_row *row);
bool lk_is_public_place(const struct pk_regulation_row *row);
/* lookup_boundary.c */
enum pk_status lk_boundary(struct lk *lk) PK_MUST_CHECK;
/* lookup_coverage.c */
enum pk_status lk_coverage(struct lk *lk) PK_MUST_CHECK;
/* lookup_place.c */
enum pk_status lk_place_question(struct lk *lk, const char **suggestions) PK_MUST_CHECK;
enum pk_status lk_place(struct lk *lk) PK_MUST_CHECK;
const struct pk_layer_row *lk_layer_with_role(const struct lk *lk, const char *role,
                                              uint32_t *cursor);
/* Code and name of a municipality feature; NULL when not told. */
const char *lk_municipality_code(struct lk *lk, const struct pk_feature_row *row);
bool lk_is_complete(const struct lk *lk, const char *code);
/* lookup_layers.c */
enum pk_status lk_layers(struct lk *lk) PK_MUST_CHECK;
void lk_source(struct lk *lk, const char *title, const char *licence, int64_t version);

#endif
