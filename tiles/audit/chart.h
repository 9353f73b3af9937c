/*
 * chart.h - every class beside every class, as a map that the style draws.
 *
 * The chart is a store (layers/store.h) whose packs are made of the looks of one zoom:
 * for each two filled looks two squares side by side, with the boundaries that our data
 * have round them (an arc of kind `use` round a use, `plan` round a plan), and their
 * letters. So it is drawn by exactly the code that draws tiles.
 */
#ifndef PK_TILES_AUDIT_CHART_H
#define PK_TILES_AUDIT_CHART_H

#include "layers/store.h"
#include "tiles/audit/dump.h"
#include "tiles/audit/shot.h"

struct pk_chart; /* begins with struct pk_store */

/* Squares of the looks [first, end) of the dump; NULL when no two are filled. The place
 * is where to look. Memory is the arena's. */
struct pk_store *pk_chart_make(struct pk_shot_place *place, const struct pk_dump *dump,
                               const struct pk_style *style, uint32_t first, uint32_t end,
                               struct pk_arena *arena);

#endif
