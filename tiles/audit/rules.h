/* rules.h - what the files of the audit share. Private to tiles/audit/. */
#ifndef PK_TILES_AUDIT_RULES_H
#define PK_TILES_AUDIT_RULES_H

#include "tiles/audit/audit.h"
#include "tiles/audit/dump.h"

enum pk_rule {
    PK_T1,
    PK_T2,
    PK_T3,
    PK_T4,
    PK_T5,
    PK_T6,
    PK_T7,
    PK_T8,
    PK_T9,
    PK_T10,
    PK_T11,
    PK_T12,
    PK_T13,
    PK_T14,
    PK_T15,
    PK_T16,
    PK_T17
};

/* What a theme is held to. Themes that the table does not know are held to the rules
 * of `standard`. */
struct pk_audit_theme {
    const char *name;
    uint32_t binds;
    double boundary, text, text_size, line, symbol; /* gates */
    double pair;                                    /* T3 */
    bool dark;
};

struct pk_auditor {
    const struct pk_audit_request *request;
    const struct pk_audit_theme *theme;
    struct pk_arena *arena;
    struct pk_dump dump;
    struct pk_audit *out;
    struct pk_finding *findings;
    uint32_t count, room;
    uint32_t *slots; /* of findings by rule and what; index + 1 */
    uint32_t slot_count;
};

/* Keep a measurement: of the same rule and thing, the worst. `m.what` is copied. */
void pk_audit_note(struct pk_auditor *a, struct pk_finding m);
/* Is the rule asked of the theme? */
bool pk_audit_binds(const struct pk_auditor *a, enum pk_rule rule);
/* value / gate, or its inverse: below 1 fails. */
double pk_finding_margin(const struct pk_finding *f);

/* The least contrast over all kinds of colour vision; both opaque. */
double pk_worst_contrast(struct pk_rgba a, struct pk_rgba b, int *vision);
/* Does a pattern carry meaning: contrast of at least 3 to what it lies on? */
double pk_pattern_contrast(const struct pk_look *look, uint32_t pattern,
                           struct pk_rgba ground, int *vision);
/* Told apart by what is not colour: patterns that carry, of different names. */
bool pk_patterns_differ(const struct pk_look *a, const struct pk_look *b);

/* Rules on looks. */
void pk_audit_areas(struct pk_auditor *a);  /* T2 T3 T4 T5 T14 T15 T16 */
void pk_audit_lines(struct pk_auditor *a);  /* T9 T15 */
void pk_audit_texts(struct pk_auditor *a);  /* T6 T8 T13 */
void pk_audit_points(struct pk_auditor *a); /* T10 */

#endif
