/*
 * publish.h - the writer's side: drafts, publish, rollback. Used by
 * plankarta-work alone, through the one connection that may write.
 *
 * A draft is filled from record streams (layers/stream.h), compared with what
 * is published (equal objects keep their rows), and becomes the next version in
 * one step: rows, arcs, packs, change boxes, search entries, version row.
 */
#ifndef PK_LAYERS_PUBLISH_H
#define PK_LAYERS_PUBLISH_H

#include <jansson.h>

#include "base/date.h"
#include "base/msg.h"
#include "layers/catalogue.h"
#include "layers/crs.h"
#include "layers/db.h"
#include "layers/stream.h"

struct pk_draft; /* being filled */

struct pk_draft_origin {
    const char *by, *source, *sha256, *mapping, *note;
    double default_accuracy_m;
    enum pk_lang lang; /* of findings */
    const char
        *profile; /* rules of all sources (layers/rules.h); NULL = as each calls for */
    const struct pk_catalogue *catalogue; /* NULL = none at hand; outlives the draft */
};

/* Begin a draft. Errors: PK_IO, PK_BUSY. */
enum pk_status pk_draft_begin(struct pk_draft **out, struct pk_db *db,
                              const struct pk_draft_origin *origin,
                              struct pk_error *err) PK_MUST_CHECK;
/* Take one source's stream into the draft. A source whose stream is not whole
 * leaves nothing behind (its findings say why); the draft goes on. The source's
 * report (answers.md `sources[]`) is appended to the draft's report. */
enum pk_status pk_draft_source(struct pk_draft *draft, struct pk_stream_in *in,
                               const char *source, const char *sha256,
                               struct pk_error *err) PK_MUST_CHECK;
/* A source that could not be read at all: only a finding and counts. */
void pk_draft_unreadable(struct pk_draft *draft, const char *source, const char *sha256,
                         const char *rule, const char *text, const char *fix);
/* Compare with the published version, settle replacements, hold back what has a
 * stopping finding. *draft_id is 0 when nothing differs. Plans that are held back lie
 * in a draft of their own, which cannot be published (report: "draft"). On success the
 * draft object is gone; after an error the caller abandons it. The report keeps the
 * order of answers.md: dump it with JSON_PRESERVE_ORDER and JSON_REAL_PRECISION(13). */
enum pk_status pk_draft_finish(struct pk_draft *draft, int64_t *draft_id,
                               bool *anything_held, bool *anything_refused,
                               json_t **report, struct pk_error *err) PK_MUST_CHECK;
void pk_draft_abandon(struct pk_draft *draft); /* accepts NULL */

/* Make the draft the next version; objects held back stay in a draft of their own
 * (*left_draft, 0 = none). *version is 0 when there was nothing to publish.
 * Progress is called with 0..1 and may be NULL. */
enum pk_status pk_publish(int64_t *version, int64_t *left_draft, struct pk_db *db,
                          int64_t draft_id,
                          void (*progress)(double done, const char *what),
                          struct pk_error *err) PK_MUST_CHECK;

/* A new version with the content of an earlier one. */
enum pk_status pk_rollback(int64_t *version, struct pk_db *db, int64_t to, const char *by,
                           struct pk_error *err) PK_MUST_CHECK;
/* The version of a legal date that has passed since the newest one's legal_day;
 * 0 when nothing on the map depends on the days between. */
enum pk_status pk_publish_legal_day(int64_t *version, struct pk_db *db, pk_date today,
                                    struct pk_error *err) PK_MUST_CHECK;
/* Undo what a crash left above the newest version. Called when a writer opens. */
enum pk_status pk_publish_recover(struct pk_db *db, struct pk_error *err) PK_MUST_CHECK;

/* diff between versions, or of a draft against what is published, as JSON. */
enum pk_status pk_diff(json_t **out, struct pk_db *db, int64_t draft_id, int64_t from,
                       int64_t to, const char *layer, struct pk_error *err) PK_MUST_CHECK;

#endif
