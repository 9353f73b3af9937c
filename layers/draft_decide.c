#include "layers/draft_decide.h"

#include <string.h>

#include "layers/publish_internal.h"

enum { WAIT_MS = 10000, BATCH_ROWS = 5000 };

static enum pk_status check_state(struct pk_db *db, int64_t draft, bool held_too,
                                  struct pk_error *err)
{
    int64_t there = 0;
    enum pk_status status = pk_publish_number(
        &there, db,
        held_too ? "SELECT count(*) FROM draft WHERE draft_id = ?1 "
                   "AND state IN ('open', 'held')"
                 : "SELECT count(*) FROM draft WHERE draft_id = ?1 AND state = 'open'",
        &draft, 1, err);

    if (!status && !there)
        status = pk_fail(err, PK_NOT_FOUND, "draft %lld: there is no such open draft",
                         (long long)draft);
    return status;
}

/* ---- replacements ---- */

struct choice {
    int64_t draft;
    struct pk_id id, older, newer;
    const char *kind, *reason;
};

/* One statement with all of a choice bound. */
static enum pk_status run(struct pk_db *db, const char *sql, const struct choice *c,
                          int64_t *changes, struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, db, sql, err);

    if (status)
        return status;
    int last = sqlite3_bind_parameter_count(s);
    sqlite3_bind_int64(s, 1, c->draft);
    if (last >= 2)
        sqlite3_bind_blob(s, 2, c->id.b, 16, SQLITE_STATIC);
    if (last >= 3)
        sqlite3_bind_blob(s, 3, c->older.b, 16, SQLITE_STATIC);
    if (last >= 4)
        sqlite3_bind_blob(s, 4, c->newer.b, 16, SQLITE_STATIC);
    if (last >= 5)
        sqlite3_bind_text(s, 5, c->kind, -1, SQLITE_STATIC);
    if (last >= 6)
        sqlite3_bind_text(s, 6, c->reason, -1, SQLITE_STATIC);
    if (sqlite3_step(s) != SQLITE_DONE)
        status = pk_db_fail(db, "the choice", err);
    if (changes)
        *changes = sqlite3_changes64(db->sql);
    sqlite3_finalize(s);
    return status;
}

static enum pk_status write_choice(struct pk_db *db, const struct choice *c,
                                   struct pk_error *err)
{
    /* An older choice of this draft, and a published one, give way. */
    static const char drop[] = "DELETE FROM replacement WHERE draft_id = ?1 "
                               "AND feature_id = ?2 AND from_version IS NULL";
    static const char end[] =
        "INSERT OR IGNORE INTO draft_end SELECT ?1, 'replacement', row_id "
        "FROM replacement WHERE feature_id = ?2 AND to_version = 4611686018427387904 "
        "AND from_version IS NOT NULL";
    static const char insert[] =
        "INSERT INTO replacement (feature_id, draft_id, older_plan, newer_plan, kind, "
        "effective_date, reason) SELECT ?2, ?1, ?3, ?4, ?5, n.in_force, ?6 FROM plan n "
        "WHERE n.feature_id = ?4 AND n.draft_id = ?1 AND n.from_version IS NULL "
        "AND EXISTS (SELECT 1 FROM plan o WHERE o.feature_id = ?3 AND "
        "((o.draft_id = ?1 AND o.from_version IS NULL) OR (o.from_version IS NOT NULL "
        "AND o.to_version = 4611686018427387904)))";
    int64_t made = 0;
    enum pk_status status = run(db, drop, c, NULL, err);

    if (!status)
        status = run(db, end, c, NULL, err);
    if (!status)
        status = run(db, insert, c, &made, err);
    if (!status && !made)
        status = pk_fail(err, PK_NOT_FOUND,
                         "draft %lld does not have these two plans any more",
                         (long long)c->draft);
    return status;
}

enum pk_status pk_draft_decide(struct pk_db *db, int64_t draft, const char *older,
                               const char *newer, const char *kind, const char *reason,
                               struct pk_error *err)
{
    static const char *const kinds[] = {"ends-here", "ends-wholly", "beside"};
    struct choice c = {.draft = draft, .kind = NULL, .reason = reason};
    enum pk_status status;

    for (size_t i = 0; kind && i < PK_COUNT(kinds); i++)
        c.kind = strcmp(kinds[i], kind) == 0 ? kinds[i] : c.kind;
    if (!c.kind)
        return pk_fail(err, PK_BAD_INPUT,
                       "kind: ends-here, ends-wholly or beside is wanted");
    if (!reason || !reason[0] || strlen(reason) > PK_REASON_MAX)
        return pk_fail(err, PK_BAD_INPUT, "reason: 1 to %d bytes are wanted",
                       PK_REASON_MAX);
    if (!older || !pk_id_parse(&c.older, older) || !newer ||
        !pk_id_parse(&c.newer, newer))
        return pk_fail(err, PK_BAD_INPUT, "older, newer: ids of plans are wanted");
    char a[PK_ID_TEXT], b[PK_ID_TEXT];
    pk_id_format(a, c.older);
    pk_id_format(b, c.newer);
    c.id = pk_id_of("replacement", a, b);
    status = pk_db_begin(db, WAIT_MS, err);
    if (status)
        return status;
    status = check_state(db, draft, false, err);
    if (!status)
        status = write_choice(db, &c, err);
    if (status)
        pk_db_rollback(db);
    else
        status = pk_db_commit(db, err);
    return status;
}

/* ---- discarding ---- */

static enum pk_status drop_rows(struct pk_db *db, const char *table, int64_t draft,
                                struct pk_error *err)
{
    int64_t numbers[] = {draft, BATCH_ROWS}, changed = 1;
    char *sql = sqlite3_mprintf(
        "DELETE FROM %s WHERE row_id IN (SELECT row_id FROM %s WHERE draft_id = ?1 "
        "AND from_version IS NULL LIMIT ?2)",
        table, table);
    enum pk_status status = PK_OK;

    while (!status && changed > 0) {
        status = pk_db_begin(db, WAIT_MS, err);
        if (!status) {
            status = pk_publish_run(db, sql, numbers, 2, &changed, err);
            if (status)
                pk_db_rollback(db);
            else
                status = pk_db_commit(db, err);
        }
    }
    sqlite3_free(sql);
    return status;
}

/* First the state, so that a half-emptied draft can never be published. */
static enum pk_status mark(struct pk_db *db, int64_t draft, struct pk_error *err)
{
    enum pk_status status = pk_db_begin(db, WAIT_MS, err);

    if (status)
        return status;
    status = check_state(db, draft, true, err);
    if (!status)
        status =
            pk_publish_run(db, "UPDATE draft SET state = 'discarded' WHERE draft_id = ?1",
                           &draft, 1, NULL, err);
    if (!status)
        status = pk_publish_run(db, "DELETE FROM draft_end WHERE draft_id = ?1", &draft,
                                1, NULL, err);
    if (status)
        pk_db_rollback(db);
    else
        status = pk_db_commit(db, err);
    return status;
}

enum pk_status pk_draft_discard(struct pk_db *db, int64_t draft, struct pk_error *err)
{
    enum pk_status status = pk_db_session_begin(db, WAIT_MS, err);

    if (status)
        return status;
    status = mark(db, draft, err);
    for (size_t i = 0; i < pk_row_table_count && !status; i++)
        status = drop_rows(db, pk_row_tables[i].name, draft, err);
    pk_db_session_end(db);
    return status;
}

/* ---- two people at once ---- */

enum pk_status pk_draft_seen(struct pk_db *db, int64_t seen, struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(
        &s, db, "SELECT version, by, source FROM version ORDER BY version DESC LIMIT 1",
        err);

    if (status)
        return status;
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int64(s, 0) != seen)
        status = pk_fail(err, PK_BAD_INPUT,
                         "version %lld was published by %.60s (%.120s) after the page "
                         "was shown; nothing was changed now",
                         (long long)sqlite3_column_int64(s, 0),
                         (const char *)sqlite3_column_text(s, 1),
                         (const char *)sqlite3_column_text(s, 2));
    sqlite3_finalize(s);
    return status;
}
