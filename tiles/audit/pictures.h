/* pictures.h - rules on pictures: the chart and tiles of a database. Private. */
#ifndef PK_TILES_AUDIT_PICTURES_H
#define PK_TILES_AUDIT_PICTURES_H

#include "tiles/audit/rules.h"
#include "tiles/audit/shot.h"

/* Areas with a letter, pattern or symbol, of those large enough: counted over all
 * pictures. */
struct pk_carried {
    uint32_t areas, carried;
};

/* T1, T13: every two areas that meet for 8 px or more. */
void pk_audit_borders(struct pk_auditor *a, const struct pk_shot *shot);
/* T4: counts into *out. */
void pk_audit_carriers(struct pk_auditor *a, const struct pk_shot *shot,
                       struct pk_carried *out);
/* T7, T13: what lies 1-2 px outside the letters. T15: how many labels. */
void pk_audit_rings(struct pk_auditor *a, struct pk_shots *shots,
                    const struct pk_shot *shot);
/* T12, T14: the style alone, as one picture and as tiles. */
enum pk_status pk_audit_seams(struct pk_auditor *a, struct pk_shots *shots,
                              struct pk_store *store, struct pk_shot_place place,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
