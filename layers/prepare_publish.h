/*
 * prepare_publish.h - what a publish asks of prepare, inside the publisher's write
 * transaction: arcs, packs and change boxes of one new version.
 *
 * When this is called the rows of `version` are all written (from_version or
 * to_version = version, on the same connection), the row of table `version` is
 * not. What changed is found from the rows themselves: those with
 * from_version = V or to_version = V (indexed) in plan, plan_part, regulation,
 * regulation_part, feature and layer.
 */
#ifndef PK_LAYERS_PREPARE_PUBLISH_H
#define PK_LAYERS_PREPARE_PUBLISH_H

#include "layers/crs.h"
#include "layers/db.h"

struct pk_prepare_job {
    struct pk_db *db;
    struct pk_crs *crs;
    int64_t version;
    const char *legal_day; /* "2026-03-02": the day of the new version */
    bool again; /* everything of the version, not what began or ended with it */
    void *ctx;  /* of both functions below */
    /* Call after each written cell with the bytes written since the last call: in a
     * large publish it commits and begins a new transaction (so keep no statement
     * in the middle of its rows across it). May be NULL. */
    enum pk_status (*breathe)(void *ctx, size_t bytes, struct pk_error *err);
    void (*progress)(void *ctx, double done); /* 0..1; may be NULL */
};

/* All packs of the newest version, anew: they are a cache of the rows. Packs of older
 * versions are dropped; their tiles are prepared when somebody asks. For `upgrade`,
 * inside the caller's transaction. Errors: PK_IO, PK_BAD_DATA. */
enum pk_status pk_prepare_again(struct pk_db *db, struct pk_error *err) PK_MUST_CHECK;

/* 1. Arcs around changed plans: ends old ones (to_version = V), writes new ones
 *    (from_version = V, to_version = PK_OPEN_END, draft_id NULL).
 * 2. Packs of every cell that anything changed touches (old or new), in every family
 *    and band: a row (family, band, cell, V), only where the bytes differ.
 * 3. Change boxes of the records that are gone, new or different.
 * Errors: PK_IO, PK_BAD_DATA; the caller rolls back or recovers. */
enum pk_status pk_prepare_publish(const struct pk_prepare_job *job,
                                  struct pk_error *err) PK_MUST_CHECK;

#endif
