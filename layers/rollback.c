/* rollback.c - versions that come from no delivery: an earlier content again, and the
 * day on which a legal date takes effect. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layers/publish_internal.h"

/* ---- rollback ---- */

/* Is there an equal row on the other side? Rows that came back by themselves (a plan
 * delivered again as it was) are not written once more. */
static char *equal_row(const struct pk_row_table *t, const char *state)
{
    if (!t->hash)
        return sqlite3_mprintf("0");
    return sqlite3_mprintf("EXISTS (SELECT 1 FROM %s e WHERE e.feature_id = o.feature_id "
                           "AND e.hash = o.hash %s AND e.row_id <> o.row_id AND %s)",
                           t->name, t->part ? "AND e.part = o.part" : "", state);
}

/* ?1 = to, ?2 = newest, ?3 = the new version, ?4 = open end. */
static enum pk_status restore_table(struct pk_publishing *p, const struct pk_row_table *t,
                                    const int64_t numbers[4], struct pk_error *err)
{
    char *columns = pk_content_columns(p->db, t->name, t->effective ? "effective" : NULL);
    char *stands = equal_row(t, "e.from_version <= ?2 AND e.to_version = ?4");
    char *stood = equal_row(t, "e.from_version <= ?1 AND e.to_version > ?1");
    /* What was there then and is no more: again, in the order of its rows. */
    char *again = sqlite3_mprintf(
        "INSERT INTO %s (%s, from_version, to_version) SELECT %s, ?3, ?4 FROM %s o "
        "WHERE o.from_version <= ?1 AND o.to_version > ?1 AND o.to_version <= ?2 "
        "AND o.to_version < 4611686018427387904 AND NOT %s ORDER BY o.row_id",
        t->name, columns, columns, t->name, stands);
    char *end = sqlite3_mprintf("UPDATE %s AS o SET to_version = ?3 WHERE "
                                "o.from_version > ?1 AND o.from_version <= ?2 "
                                "AND o.to_version = ?4 AND NOT %s",
                                t->name, stood);
    int64_t changed = 0;
    enum pk_status status = pk_publish_run(p->db, again, numbers, 4, &changed, err);

    p->rows += changed;
    if (!status)
        status = pk_publish_run(p->db, end, numbers, 4, &changed, err);
    p->rows += changed;
    sqlite3_free(columns);
    sqlite3_free(stands);
    sqlite3_free(stood);
    sqlite3_free(again);
    sqlite3_free(end);
    return status ? status : pk_publish_breathe(p, (size_t)changed * 4096, err);
}

static enum pk_status fill_earlier(struct pk_publishing *p, void *ctx,
                                   struct pk_error *err)
{
    int64_t numbers[] = {*(int64_t *)ctx, p->before, p->version, PK_OPEN_END};
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < pk_row_table_count && !status; i++)
        status = restore_table(p, &pk_row_tables[i], numbers, err);
    return status;
}

static enum pk_status changed_since(int64_t *out, struct pk_db *db, int64_t to,
                                    struct pk_error *err)
{
    int64_t ended = 0;
    enum pk_status status = pk_publish_count(out, db, "from_version > ?1", to, err);

    if (!status)
        status = pk_publish_count(
            &ended, db, "to_version > ?1 AND to_version < 4611686018427387904", to, err);
    *out += ended;
    return status;
}

enum pk_status pk_rollback(int64_t *version, struct pk_db *db, int64_t to, const char *by,
                           struct pk_error *err)
{
    struct pk_version_text text = {.by = by};
    char source[48];
    int64_t there = 0, rows = 0;
    enum pk_status status = pk_publish_number(
        &there, db, "SELECT count(*) FROM version WHERE version = ?1", &to, 1, err);

    *version = 0;
    if (!status && !there)
        return pk_fail(err, PK_NOT_FOUND, "version %lld: there is no such version",
                       (long long)to);
    if (!status)
        status = changed_since(&rows, db, to, err);
    if (status)
        return status;
    snprintf(source, sizeof(source), "rollback to %lld", (long long)to);
    text.source = source;
    pk_date_format(text.legal_day, pk_date_stockholm(time(NULL)));
    return pk_publish_version(version, db, &text, rows, fill_earlier, &to, true, NULL,
                              err);
}

/* ---- legal days ---- */

static enum pk_status fill_nothing(struct pk_publishing *p, void *ctx,
                                   struct pk_error *err)
{
    (void)p;
    (void)ctx;
    (void)err;
    return PK_OK;
}

/* The first date after the newest version's day, not after `today`, on which a newer
 * plan takes over ground. */
static enum pk_status next_day(char out[PK_DATE_TEXT], struct pk_db *db,
                               const char *today, struct pk_error *err)
{
    static const char sql[] =
        "SELECT min(effective_date) FROM replacement WHERE to_version = ?1 "
        "AND from_version IS NOT NULL AND effective_date <= ?2 AND effective_date > "
        "(SELECT legal_day FROM version ORDER BY version DESC LIMIT 1)";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, db, sql, err);
    const char *day;

    out[0] = '\0';
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, PK_OPEN_END);
    sqlite3_bind_text(stmt, 2, today, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        status = pk_db_fail(db, "legal dates", err);
    day = status ? NULL : (const char *)sqlite3_column_text(stmt, 0);
    if (day)
        snprintf(out, PK_DATE_TEXT, "%s", day);
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status pk_publish_legal_day(int64_t *version, struct pk_db *db, pk_date today,
                                    struct pk_error *err)
{
    char until[PK_DATE_TEXT], source[48], last[PK_DATE_TEXT] = "";
    struct pk_version_text text = {.by = "plankarta"};
    enum pk_status status = PK_OK;

    *version = 0;
    pk_date_format(until, today);
    while (!status) {
        int64_t made = 0;

        status = next_day(text.legal_day, db, until, err);
        /* A date that changed nothing would be found for ever. */
        if (status || !text.legal_day[0] || strcmp(text.legal_day, last) == 0)
            return status;
        snprintf(last, sizeof(last), "%s", text.legal_day);
        snprintf(source, sizeof(source), "legal date %s", text.legal_day);
        text.source = source;
        status =
            pk_publish_version(&made, db, &text, 0, fill_nothing, NULL, false, NULL, err);
        if (made)
            *version = made;
    }
    return status;
}
