/*
 * draft_decide.h - what a person decides about a draft before it is published. Used by
 * the writer alone.
 */
#ifndef PK_LAYERS_DRAFT_DECIDE_H
#define PK_LAYERS_DRAFT_DECIDE_H

#include "base/hash.h"
#include "layers/db.h"

enum { PK_REASON_MAX = 500 }; /* bytes of a written reason */

/* `newer`, a plan of the open draft, over `older`: "ends-here", "ends-wholly" or
 * "beside", with a reason; it takes effect on the newer plan's legal day. An earlier
 * choice for the two, also a published one, gives way. Errors: PK_NOT_FOUND when the
 * draft is not open or one of the plans is not there; PK_BAD_INPUT for another kind, an
 * empty or too long reason; PK_BUSY. */
enum pk_status pk_draft_decide(struct pk_db *db, int64_t draft, const char *older,
                               const char *newer, const char *kind, const char *reason,
                               struct pk_error *err) PK_MUST_CHECK;

/* Its rows go; its report stays, as "discarded". Errors: PK_NOT_FOUND when it is neither
 * open nor held; PK_BUSY while another delivery is at work. */
enum pk_status pk_draft_discard(struct pk_db *db, int64_t draft,
                                struct pk_error *err) PK_MUST_CHECK;

/* The newest version is the one that the asker has seen, or PK_BAD_INPUT naming who
 * published what since then. */
enum pk_status pk_draft_seen(struct pk_db *db, int64_t seen,
                             struct pk_error *err) PK_MUST_CHECK;

#endif
