/*
 * on_day.h - a version as it is on another legal day than its own: which ground a plan
 * still has then, where newer plans take some of it over on a date.
 *
 * Stored effective geometry is that of the version's own legal day. Rows whose dated
 * replacements stand differently on the day asked for get theirs from the delivered
 * geometry, by the same rules as a publish. Belongs to one thread, inside a snapshot.
 */
#ifndef PK_LAYERS_ON_DAY_H
#define PK_LAYERS_ON_DAY_H

#include "layers/overlay.h"
#include "layers/store.h"

struct pk_on_day {
    struct pk_store *store;
    int64_t version;
    pk_date day;
    pk_date version_day;        /* of the stored geometry; PK_DATE_NONE = not read yet */
    struct pk_overlay *overlay; /* NULL until it is needed; the caller destroys it */
};

/* Put the day's geometry into row->geom; new geometry lies in the arena. */
enum pk_status pk_part_on_day(struct pk_part_row *row, struct pk_on_day *on,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* A store that reads as `base` (borrowed), but parts of plans and regulations of
 * `version` as they are on `day`. pk_store_close() leaves `base` open. */
struct pk_store *pk_store_on_day(struct pk_store *base, int64_t version, pk_date day);

#endif
