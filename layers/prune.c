/*
 * prune.c - packs and change boxes that only old states need. Both are a cache of the
 * rows: after a day or a hundred versions they go, in small transactions after a
 * publish, so that no reader and no other publish waits long.
 *
 * Setting "packs_from" is written before the first row goes: older states are prepared
 * from the rows from then on. "packs_pruned" is written after the last: what a run (or a
 * crash) leaves is taken up by the next.
 */
#include "layers/publish_internal.h"

enum {
    KEEP_VERSIONS = 100,
    KEEP_S = 24 * 3600,
    STEP_PACKS = 64, /* rows of up to some megabytes each */
    STEP_CHANGES = 20000,
    STEPS_MAX = 40, /* of one run */
    WAIT_MS = 1000
};

/* The oldest version whose packs are kept: what was shown a day ago still is. */
static const char oldest_sql[] =
    "SELECT max(?1 - ?2, coalesce((SELECT max(version) FROM version "
    "WHERE published < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?3 || ' seconds')), 0))";

/* Rows that another of the same cell follows, up to the oldest version that is kept. */
static const char packs_sql[] =
    "DELETE FROM pack WHERE (family, band, cell, from_version) IN "
    "(SELECT DISTINCT o.family, o.band, o.cell, o.from_version FROM pack n JOIN pack o "
    "ON o.family = n.family AND o.band = n.band AND o.cell = n.cell "
    "AND o.from_version < n.from_version "
    "WHERE n.from_version > ?2 AND n.from_version <= ?1 LIMIT ?3)";
static const char changes_sql[] =
    "DELETE FROM change WHERE rowid IN "
    "(SELECT rowid FROM change WHERE version < ?1 AND ?2 = ?2 LIMIT ?3)";

/* One transaction. */
static enum pk_status step(struct pk_db *db, const char *sql, const int64_t *numbers,
                           size_t count, int64_t *gone, struct pk_error *err)
{
    enum pk_status status = pk_db_begin(db, WAIT_MS, err);

    if (status)
        return status;
    status = pk_publish_run(db, sql, numbers, count, gone, err);
    if (!status)
        status = pk_db_commit(db, err);
    if (status)
        pk_db_rollback(db);
    return status;
}

enum pk_status pk_publish_prune(struct pk_db *db, int64_t newest, struct pk_error *err)
{
    int64_t bounds[] = {newest, KEEP_VERSIONS, -KEEP_S};
    int64_t from = 0, kept = 0, pruned = 0, gone = 1;
    int steps = 0;
    enum pk_status status = pk_publish_number(&from, db, oldest_sql, bounds, 3, err);

    if (!status)
        status = pk_publish_number(&kept, db,
                                   "SELECT CAST(value AS INTEGER) FROM setting "
                                   "WHERE name = 'packs_from'",
                                   NULL, 0, err);
    if (!status)
        status = pk_publish_number(&pruned, db,
                                   "SELECT CAST(value AS INTEGER) FROM setting "
                                   "WHERE name = 'packs_pruned'",
                                   NULL, 0, err);
    from = from > kept ? from : kept;
    if (status || from <= 1 || from <= pruned)
        return status;
    if (from > kept)
        status = step(db,
                      "INSERT OR REPLACE INTO setting (name, value) VALUES "
                      "('packs_from', CAST(?1 AS TEXT)), "
                      "('changes_from', CAST(?1 AS TEXT))",
                      &from, 1, NULL, err);
    while (!status && gone > 0 && steps++ < STEPS_MAX) {
        int64_t numbers[] = {from, pruned, STEP_PACKS};
        status = step(db, packs_sql, numbers, 3, &gone, err);
    }
    if (status || gone > 0)
        return status;
    for (gone = 1; !status && gone > 0 && steps++ < STEPS_MAX;) {
        int64_t numbers[] = {from, 0, STEP_CHANGES};
        status = step(db, changes_sql, numbers, 3, &gone, err);
    }
    if (status || gone > 0)
        return status;
    return step(db,
                "INSERT OR REPLACE INTO setting (name, value) VALUES "
                "('packs_pruned', CAST(?1 AS TEXT))",
                &from, 1, NULL, err);
}
