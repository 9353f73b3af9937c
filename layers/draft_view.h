/*
 * draft_view.h - drafts as people look at them before they decide: read only, through a
 * connection of their own, so that looking never waits for a delivery or holds one up.
 *
 * Texts and numbers come as JSON, as reports and diffs do: pages and programs show the
 * same members.
 */
#ifndef PK_LAYERS_DRAFT_VIEW_H
#define PK_LAYERS_DRAFT_VIEW_H

#include <jansson.h>

#include "base/msg.h"
#include "layers/db.h"
#include "layers/geom.h"

enum {
    PK_DRAFTS_LISTED = 100, /* newest first */
    PK_DRAFT_PAIRS_MAX = 200
};

/* Open the file for looking: nothing of it can be written, comparing uses tables in
 * memory. Errors: as pk_db_open(). */
enum pk_status pk_draft_view_open(struct pk_db *db, const char *path,
                                  struct pk_error *err) PK_MUST_CHECK;

/* [{"draft", "created", "by", "source", "state", "base"}], open and held ones first. */
enum pk_status pk_draft_list(json_t **out, struct pk_db *db,
                             struct pk_error *err) PK_MUST_CHECK;

/* The same members of one draft, with "report" (answers.md). PK_NOT_FOUND. */
enum pk_status pk_draft_show(json_t **out, struct pk_db *db, int64_t draft,
                             struct pk_error *err) PK_MUST_CHECK;

/* What was found wrong, worst first, in a language: [{"rule", "severity", "object",
 * "text", "fix", "point"}], at most PK_DRAFT_FINDINGS_SHOWN; *more is how many are left
 * out. */
enum { PK_DRAFT_FINDINGS_SHOWN = 1000 };
enum pk_status pk_draft_findings(json_t **out, int64_t *more, struct pk_db *db,
                                 int64_t draft, enum pk_lang lang,
                                 struct pk_error *err) PK_MUST_CHECK;

/* Which plans in force the plans of the draft touch, and what has been decided:
 *
 *   {"more": false, "pairs": [{"older", "older_name", "newer", "newer_name", "from",
 *     "area_m2", "choice": "ends-here|ends-wholly|beside"|null, "reason"|null}]}
 *
 * `from` is the newer plan's legal day or null, `area_m2` the shared ground (EPSG:3006,
 * divided by nothing: it serves choosing, not measuring). Ground under 1 m2 is two
 * drawings of one border and is left out. */
enum pk_status pk_draft_pairs(json_t **out, struct pk_db *db, int64_t draft,
                              struct pk_error *err) PK_MUST_CHECK;

/* The box (EPSG:3006) of all plans and objects that the draft brings or ends; *any is
 * false when none has a place. */
enum pk_status pk_draft_box(struct pk_box *out, bool *any, struct pk_db *db,
                            int64_t draft, struct pk_error *err) PK_MUST_CHECK;

#endif
