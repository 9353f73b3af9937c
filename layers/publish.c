/* publish.c - a draft becomes the next version; undoing what a crash left. */
#include "layers/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "layers/publish_internal.h"

enum { WAIT_MS = 10000, RECOVER_BATCH = 2000 };

/* ---- the draft's row ---- */

struct draft_row {
    char *by, *source, *sha256, *mapping, *state;
    int64_t base_version;
};

static char *column(sqlite3_stmt *stmt, int i)
{
    const char *text = (const char *)sqlite3_column_text(stmt, i);

    return text ? pk_xstrdup(text) : NULL;
}

static void draft_row_finish(struct draft_row *row)
{
    free(row->by);
    free(row->source);
    free(row->sha256);
    free(row->mapping);
    free(row->state);
}

static enum pk_status read_draft(struct draft_row *out, struct pk_db *db, int64_t id,
                                 struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, db,
        "SELECT by, source, sha256, mapping, state, coalesce(base_version, 0) FROM draft "
        "WHERE draft_id = ?1",
        err);
    int rc;

    *out = (struct draft_row){0};
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, id);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        out->by = column(stmt, 0);
        out->source = column(stmt, 1);
        out->sha256 = column(stmt, 2);
        out->mapping = column(stmt, 3);
        out->state = column(stmt, 4);
        out->base_version = sqlite3_column_int64(stmt, 5);
    } else if (rc == SQLITE_DONE) {
        status = pk_fail(err, PK_NOT_FOUND, "draft %lld: there is no such draft",
                         (long long)id);
    } else {
        status = pk_db_fail(db, "draft", err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status check_state(const struct draft_row *row, int64_t id,
                                  struct pk_error *err)
{
    if (strcmp(row->state, "open") == 0)
        return PK_OK;
    if (strcmp(row->state, "held") == 0)
        return pk_fail(err, PK_BAD_INPUT,
                       "draft %lld holds what could not be published: correct the file "
                       "and import it again",
                       (long long)id);
    return pk_fail(err, PK_BAD_INPUT, "draft %lld is %s, not open", (long long)id,
                   row->state);
}

/* Was anything of the draft changed by others after it was compared? */
static enum pk_status check_base(struct pk_db *db, int64_t id, int64_t base,
                                 struct pk_error *err)
{
    static const char sql[] =
        "SELECT coalesce(o.designation, o.name, ''), o.from_version FROM plan n "
        "JOIN plan o ON o.feature_id = n.feature_id WHERE n.draft_id = ?1 "
        "AND n.from_version IS NULL AND o.from_version > ?2 "
        "UNION ALL SELECT DISTINCT n.layer_id, o.from_version FROM "
        "(SELECT DISTINCT layer_id FROM feature WHERE draft_id = ?1 "
        "AND from_version IS NULL UNION SELECT layer_id FROM layer WHERE draft_id = ?1 "
        "AND from_version IS NULL) n JOIN feature o ON o.layer_id = n.layer_id "
        "WHERE o.from_version > ?2 AND ?2 < (SELECT coalesce(max(version), 0) "
        "FROM version) LIMIT 1";
    static const char ended[] =
        "SELECT count(*) FROM draft_end e WHERE e.draft_id = ?1 AND CASE e.table_name "
        "WHEN 'plan' THEN (SELECT to_version FROM plan WHERE row_id = e.row_id) "
        "WHEN 'plan_part' THEN (SELECT to_version FROM plan_part WHERE row_id = "
        "e.row_id) "
        "WHEN 'regulation' THEN (SELECT to_version FROM regulation "
        "WHERE row_id = e.row_id) "
        "WHEN 'regulation_part' THEN (SELECT to_version FROM regulation_part "
        "WHERE row_id = e.row_id) "
        "WHEN 'replacement' THEN (SELECT to_version FROM replacement "
        "WHERE row_id = e.row_id) "
        "WHEN 'layer' THEN (SELECT to_version FROM layer WHERE row_id = e.row_id) "
        "WHEN 'feature' THEN (SELECT to_version FROM feature WHERE row_id = e.row_id) "
        "END IS NOT 4611686018427387904";
    sqlite3_stmt *stmt;
    int64_t numbers[] = {id}, stale = 0;
    enum pk_status status = pk_db_prepare(&stmt, db, sql, err);
    int rc;

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, base);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        status = pk_fail(err, PK_BAD_INPUT,
                         "draft %lld: %s was changed by version %lld after the draft was "
                         "made; import the file again",
                         (long long)id, (const char *)sqlite3_column_text(stmt, 0),
                         (long long)sqlite3_column_int64(stmt, 1));
    else if (rc != SQLITE_DONE)
        status = pk_db_fail(db, "draft", err);
    sqlite3_finalize(stmt);
    if (!status)
        status = pk_publish_number(&stale, db, ended, numbers, 1, err);
    if (!status && stale)
        status = pk_fail(err, PK_BAD_INPUT,
                         "draft %lld: what it replaces was changed after the draft was "
                         "made; import the file again",
                         (long long)id);
    return status;
}

static enum pk_status count_rows(int64_t *out, struct pk_db *db, int64_t id,
                                 struct pk_error *err)
{
    int64_t n = 0;
    enum pk_status status =
        pk_publish_count(out, db, "draft_id = ?1 AND from_version IS NULL", id, err);

    if (!status)
        status = pk_publish_number(
            &n, db, "SELECT count(*) FROM draft_end WHERE draft_id = ?1", &id, 1, err);
    *out += n;
    return status;
}

/* ---- publish ---- */

/* Runs an UPDATE of at most PK_PUBLISH_BATCH_ROWS rows until nothing is left. */
static enum pk_status in_batches(struct pk_publishing *p, const char *sql, int64_t draft,
                                 struct pk_error *err)
{
    int64_t numbers[] = {draft, p->version, PK_OPEN_END, PK_PUBLISH_BATCH_ROWS};
    int64_t changed = 1;
    enum pk_status status = PK_OK;

    while (!status && changed > 0) {
        status = pk_publish_run(p->db, sql, numbers, 4, &changed, err);
        p->rows += changed;
        /* About what a row of an update costs the log: the pages it lies on. */
        if (!status)
            status = pk_publish_breathe(p, (size_t)changed * 4096, err);
    }
    return status;
}

static enum pk_status fill_from_draft(struct pk_publishing *p, void *ctx,
                                      struct pk_error *err)
{
    int64_t draft = *(int64_t *)ctx;
    struct draft_row row;
    /* Again, under the lock that no other publish can pass. */
    enum pk_status status = read_draft(&row, p->db, draft, err);

    if (!status)
        status = check_state(&row, draft, err);
    if (!status)
        status = check_base(p->db, draft, row.base_version, err);
    draft_row_finish(&row);
    for (size_t i = 0; i < pk_row_table_count && !status; i++) {
        const char *t = pk_row_tables[i].name;
        char *begin = sqlite3_mprintf(
            "UPDATE %s SET from_version = ?2, to_version = ?3 WHERE row_id IN (SELECT "
            "row_id FROM %s WHERE draft_id = ?1 AND from_version IS NULL LIMIT ?4)",
            t, t);
        char *end = sqlite3_mprintf(
            "UPDATE %s SET to_version = ?2 WHERE row_id IN (SELECT e.row_id "
            "FROM draft_end e JOIN %s o ON o.row_id = e.row_id WHERE e.draft_id = ?1 "
            "AND e.table_name = '%s' AND o.to_version = ?3 LIMIT ?4)",
            t, t, t);

        status = in_batches(p, begin, draft, err);
        if (!status)
            status = in_batches(p, end, draft, err);
        sqlite3_free(begin);
        sqlite3_free(end);
    }
    p->draft = draft;
    return status;
}

enum pk_status pk_publish(int64_t *version, int64_t *left_draft, struct pk_db *db,
                          int64_t draft_id,
                          void (*progress)(double done, const char *what),
                          struct pk_error *err)
{
    struct draft_row row;
    struct pk_version_text text = {0};
    int64_t rows = 0;
    enum pk_status status = read_draft(&row, db, draft_id, err);

    *version = *left_draft = 0;
    if (!status)
        status = check_state(&row, draft_id, err);
    if (!status)
        status = count_rows(&rows, db, draft_id, err);
    if (!status)
        status = pk_publish_number(left_draft, db,
                                   "SELECT draft_id FROM draft WHERE held_of = ?1 "
                                   "AND state = 'held'",
                                   &draft_id, 1, err);
    text.by = row.by;
    text.source = row.source;
    text.sha256 = row.sha256;
    text.mapping = row.mapping;
    pk_date_format(text.legal_day, pk_date_stockholm(time(NULL)));
    if (!status && rows > 0)
        status = pk_publish_version(version, db, &text, rows, fill_from_draft, &draft_id,
                                    false, progress, err);
    draft_row_finish(&row);
    return status;
}

/* ---- recovery ---- */

static enum pk_status undo_batches(struct pk_db *db, const char *sql,
                                   const int64_t *numbers, size_t count,
                                   struct pk_error *err)
{
    int64_t changed = 1;
    enum pk_status status = PK_OK;

    while (!status && changed > 0) {
        status = pk_publish_run(db, sql, numbers, count, &changed, err);
        if (!status && changed > 0) {
            status = pk_db_commit(db, err);
            if (!status)
                status = pk_db_begin(db, WAIT_MS, err);
        }
    }
    return status;
}

/* Rows above the newest version: those of a draft go back to it, others go; what
 * they ended stands again. */
static enum pk_status undo_table(struct pk_db *db, const char *table, bool drafts,
                                 int64_t newest, struct pk_error *err)
{
    int64_t numbers[] = {newest, RECOVER_BATCH, PK_OPEN_END};
    char *back = sqlite3_mprintf(
        "UPDATE %s SET from_version = NULL, to_version = NULL WHERE row_id IN (SELECT "
        "row_id FROM %s WHERE from_version > ?1 AND draft_id IS NOT NULL LIMIT ?2)",
        table, table);
    char *drop = sqlite3_mprintf("DELETE FROM %s WHERE row_id IN (SELECT row_id FROM %s "
                                 "WHERE from_version > ?1 LIMIT ?2)",
                                 table, table);
    char *open = sqlite3_mprintf(
        "UPDATE %s SET to_version = ?3 WHERE row_id IN (SELECT row_id FROM %s WHERE "
        "to_version > ?1 AND to_version < 4611686018427387904 LIMIT ?2)",
        table, table);
    enum pk_status status = drafts ? undo_batches(db, back, numbers, 2, err) : PK_OK;

    if (!status)
        status = undo_batches(db, drop, numbers, 2, err);
    if (!status)
        status = undo_batches(db, open, numbers, 3, err);
    sqlite3_free(back);
    sqlite3_free(drop);
    sqlite3_free(open);
    return status;
}

static enum pk_status undo_version(struct pk_db *db, struct pk_error *err)
{
    int64_t newest = 0;
    enum pk_status status = pk_publish_number(
        &newest, db, "SELECT coalesce(max(version), 0) FROM version", NULL, 0, err);

    for (size_t i = 0; i < pk_row_table_count && !status; i++)
        status = undo_table(db, pk_row_tables[i].name, true, newest, err);
    if (!status)
        status = undo_table(db, "arc", false, newest, err);
    if (!status)
        status = pk_publish_run(db, "DELETE FROM pack WHERE from_version > ?1", &newest,
                                1, NULL, err);
    if (!status)
        status = pk_publish_run(db, "DELETE FROM change WHERE version > ?1", &newest, 1,
                                NULL, err);
    if (!status)
        status = pk_db_exec(db, "DELETE FROM setting WHERE name = 'publishing'", err);
    return status;
}

/* Drafts whose filling broke off. */
static enum pk_status drop_drafts(struct pk_db *db, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < pk_row_table_count && !status; i++) {
        const char *t = pk_row_tables[i].name;
        int64_t batch = RECOVER_BATCH;
        char *sql = sqlite3_mprintf(
            "DELETE FROM %s WHERE row_id IN (SELECT row_id FROM %s WHERE from_version IS "
            "NULL AND draft_id IN (SELECT draft_id FROM draft WHERE state = 'filling') "
            "LIMIT ?1)",
            t, t);

        status = undo_batches(db, sql, &batch, 1, err);
        sqlite3_free(sql);
    }
    if (!status)
        status = pk_db_exec(db,
                            "DELETE FROM draft_end WHERE draft_id IN (SELECT draft_id "
                            "FROM draft WHERE state = 'filling'); "
                            "DELETE FROM draft WHERE state = 'filling'",
                            err);
    return status;
}

enum pk_status pk_publish_recover(struct pk_db *db, struct pk_error *err)
{
    static const char needed[] =
        "SELECT EXISTS (SELECT 1 FROM setting WHERE name = 'publishing') + 2 * EXISTS "
        "(SELECT 1 FROM draft WHERE state = 'filling')";
    int64_t need = 0;
    enum pk_status status = pk_db_session_begin(db, 0, err);

    if (status == PK_BUSY) /* someone is at work, so nothing is left behind */
        return PK_OK;
    if (status)
        return status;
    status = pk_publish_number(&need, db, needed, NULL, 0, err);
    if (!status && need) {
        status = pk_db_begin(db, WAIT_MS, err);
        if (!status) {
            if (need & 1)
                status = undo_version(db, err);
            if (!status)
                status = drop_drafts(db, err);
            if (status)
                pk_db_rollback(db);
            else
                status = pk_db_commit(db, err);
        }
    }
    pk_db_session_end(db);
    return status;
}
