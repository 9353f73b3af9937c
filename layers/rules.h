/*
 * rules.h - what is wrong with a plan: one table of rules, and running them.
 *
 * A rule gets one plan with all its parts and regulations, in the plan's delivered
 * plane coordinates (metres, easting and northing), and tells faults. It neither reads
 * nor writes a database; rules that look at more than one plan (DP-0001, the
 * municipality's border) are asked where the plans lie (layers/draft_rules.c). Rows
 * without a function are told by the readers and the draft (layers/draft_geometry.c).
 *
 * Sources: Lantmäteriet's rules of "Detaljplan" 4.1 (DP-, BAS-), PBL 4:21, and our own
 * (P-). Severity depends on the profile that the source calls for:
 *
 *   ngp    a national delivery: Lantmäteriet's severities
 *   aldre  digitised older plans: what only a national delivery needs is a note
 *   lager  plain layers: only what the readers and the draft tell
 *
 * Add a rule: its texts in base/messages_rules.def, a function in one of rules_*.c, a
 * row in rules.c, and a case in tests/unit/test_rules.c.
 */
#ifndef PK_LAYERS_RULES_H
#define PK_LAYERS_RULES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/msg.h"
#include "layers/catalogue.h"
#include "layers/crs.h"
#include "layers/geom.h"
#include "layers/overlay.h"
#include "layers/plan_class.h"

enum pk_profile { PK_PROFILE_NGP, PK_PROFILE_ALDRE, PK_PROFILE_LAGER, PK_PROFILE_COUNT };
/* -1 when there is no such profile; NULL is none. */
int pk_profile_of(const char *name);
const char *pk_profile_name(enum pk_profile profile);

enum pk_level {
    PK_LEVEL_OFF,
    PK_LEVEL_NOTE,
    PK_LEVEL_WARNING,
    PK_LEVEL_ERROR,
    PK_LEVEL_GIVEN /* as whoever tells it says: rows without a function */
};
const char *pk_level_name(enum pk_level level); /* "note" ... */

/* ---- a plan as rules see it; all memory is the caller's arena ---- */

struct pk_rule_part {
    struct pk_geom geom; /* in the plan's system */
    struct pk_box box;
    const json_t *details; /* of the part's record (geometrimetadata ...), or NULL */
    int crs;               /* delivered */
    bool valid;
};

struct pk_rule_regulation {
    struct pk_id id;
    const char *name; /* how findings name it */
    const json_t *details;
    enum pk_regulation_kind kind;
    const char *form, *symbol, *code, *wording; /* NULL = not known */
    const struct pk_catalogue_entry *entry;     /* NULL = not known */
    struct pk_rule_part *parts;
    uint32_t part_count;
};

struct pk_rule_plan {
    struct pk_id id;
    const char *name;
    const json_t *details;
    int crs; /* of all geometry here: a plane one */
    struct pk_rule_part *parts;
    uint32_t part_count;
    struct pk_rule_regulation *regulations;
    uint32_t regulation_count;
    bool broken; /* a part is not a valid area: rules about ground are not run */
    bool whole;  /* nothing of it was refused or left out on the way */
};

/* ---- what a rule says ---- */

struct pk_rule;
struct pk_rule_fault {
    const struct pk_rule *rule;
    enum pk_level level;
    const struct pk_rule_plan *plan;
    const struct pk_rule_regulation *regulation; /* NULL = the plan */
    const char *detail; /* tells faults of one rule and object apart; may be NULL */
    bool has_point;
    double x, y;                /* plan's system */
    const struct pk_geom *geom; /* of the fault, plan's system; may be NULL */
    enum pk_msg_id text;        /* the rule's, or one of several that it has */
    const char *const *args;    /* pairs for the texts, ended by NULL */
};

struct pk_rule_run {
    struct pk_overlay *overlay;
    struct pk_arena *arena; /* faults may use it; the caller resets it between plans */
    const struct pk_catalogue *catalogue; /* NULL = none at hand */
    enum pk_profile profile;
    pk_date today;
    void (*found)(void *ctx, const struct pk_rule_fault *fault);
    void *ctx;
    /* while running: */
    const struct pk_rule *rule;
    struct pk_rule_plan *plan;
    struct rule_ground *ground;
};

struct pk_rule {
    const char *id;
    enum pk_level level[PK_PROFILE_COUNT];
    double tolerance; /* metres or square metres, as the function says */
    void (*check)(struct pk_rule_run *run);
    bool ground;        /* needs areas that are valid */
    const char *repair; /* what can be mended by itself: "orient", "split" ...; NULL */
    enum pk_msg_id label, text, fix;
};

extern const struct pk_rule pk_rules[];
extern const uint32_t pk_rule_count;

/* The row, NULL when there is none. */
const struct pk_rule *pk_rule_named(const char *id);
/* How severe a finding of this rule is: `given` when the table leaves it open. */
const char *pk_rule_severity(const char *id, enum pk_profile profile, const char *given);

/* Every rule of the profile over one plan. */
void pk_rules_run(struct pk_rule_run *run, struct pk_rule_plan *plan);

/* What stays the same when the same fault comes again: of rule, objects, detail and
 * place. Zero ids, NULL texts and no point are taken as they are. */
struct pk_id pk_finding_key(const char *rule, struct pk_id plan, struct pk_id object,
                            const char *detail, const double *point);

/* ---- repairs that are safe: the ground stays the same ---- */

/* Rings turned (outer anticlockwise), coordinates in whole millimetres, repeated
 * vertices dropped. *changed tells whether anything was. */
enum pk_status pk_repair_ring(struct pk_geom *out, bool *changed,
                              const struct pk_geom *geom, struct pk_arena *arena,
                              struct pk_error *err) PK_MUST_CHECK;
/* Member number `part` (from 0) of an area, line or point set as a geometry of its own;
 * PK_NOT_FOUND past the last. */
enum pk_status pk_repair_split(struct pk_geom *out, const struct pk_geom *geom,
                               uint32_t part, struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
