/*
 * corpus.h - which tiles of a database are looked at.
 *
 * At every level from 10 to 19, blocks of 2 x 2 tiles round plans (and features), those
 * first that show what no other block at the level does: greedy cover of (style layer,
 * colour), then by how much there is. The same database gives the same tiles.
 */
#ifndef PK_TILES_AUDIT_CORPUS_H
#define PK_TILES_AUDIT_CORPUS_H

#include "tiles/audit/shot.h"

enum { PK_CORPUS_MAX = 2000 };

struct pk_corpus {
    struct pk_shot_place *places;
    uint32_t count; /* blocks: four tiles each */
};

/* At most `tiles` tiles; fewer when the data are small. Memory is the arena's. */
enum pk_status pk_corpus_choose(struct pk_corpus *out, const struct pk_style *style,
                                struct pk_store *store, uint32_t tiles,
                                struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
