/* publish_version.c - one version from its rows to its row: effective geometry, arcs,
 * packs, change boxes, search entries, views, and last the version itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "layers/access.h"
#include "layers/db_schema.h"
#include "layers/prepare_publish.h"
#include "layers/publish_internal.h"
#include "layers/search_index.h"

enum {
    WAIT_MS = 10000,
    SESSION_WAIT_MS = 2000,
    REINDEX_IDS_MAX = 5000 /* above that everything is indexed anew */
};

const struct pk_row_table pk_row_tables[] = {
    {"plan",            false, true,  false},
    {"plan_part",       true,  true,  true },
    {"regulation",      false, true,  false},
    {"regulation_part", true,  true,  true },
    {"replacement",     false, false, false},
    {"layer",           false, true,  false},
    {"feature",         false, true,  false},
};
const size_t pk_row_table_count = PK_COUNT(pk_row_tables);

/* Prepare, bind the numbers to ?1.. and take the first step; *row: there is one. */
static enum pk_status first_step(sqlite3_stmt **out, bool *row, struct pk_db *db,
                                 const char *sql, const int64_t *numbers, size_t count,
                                 struct pk_error *err)
{
    enum pk_status status = pk_db_prepare(out, db, sql, err);

    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        sqlite3_bind_int64(*out, (int)i + 1, numbers[i]);
    int rc = sqlite3_step(*out);
    *row = rc == SQLITE_ROW;
    return *row || rc == SQLITE_DONE ? PK_OK : pk_db_fail(db, "publish", err);
}

enum pk_status pk_publish_run(struct pk_db *db, const char *sql, const int64_t *numbers,
                              size_t count, int64_t *changes, struct pk_error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row;
    enum pk_status status = first_step(&stmt, &row, db, sql, numbers, count, err);

    sqlite3_finalize(stmt);
    if (!status && changes)
        *changes = sqlite3_changes64(db->sql);
    return status;
}

enum pk_status pk_publish_number(int64_t *out, struct pk_db *db, const char *sql,
                                 const int64_t *numbers, size_t count,
                                 struct pk_error *err)
{
    sqlite3_stmt *stmt = NULL;
    bool row;
    enum pk_status status = first_step(&stmt, &row, db, sql, numbers, count, err);

    *out = !status && row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status pk_publish_count(int64_t *out, struct pk_db *db, const char *of,
                                int64_t number, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    int64_t n = 0;

    *out = 0;
    for (size_t i = 0; i < pk_row_table_count && !status; i++) {
        char *sql = sqlite3_mprintf("SELECT count(*) FROM %s WHERE %s",
                                    pk_row_tables[i].name, of);

        status = pk_publish_number(&n, db, sql, &number, 1, err);
        sqlite3_free(sql);
        *out += n;
    }
    return status;
}

char *pk_content_columns(struct pk_db *db, const char *table, const char *without)
{
    sqlite3_stmt *stmt;
    sqlite3_str *out = sqlite3_str_new(db->sql);
    bool first = true;

    if (sqlite3_prepare_v2(db->sql,
                           "SELECT name FROM pragma_table_info(?1) WHERE name NOT IN "
                           "('row_id', 'draft_id', 'from_version', 'to_version') "
                           "AND name IS NOT ?2",
                           -1, &stmt, NULL) == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
        if (without)
            sqlite3_bind_text(stmt, 2, without, -1, SQLITE_STATIC);
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            sqlite3_str_appendf(out, "%s\"%w\"", first ? "" : ", ",
                                sqlite3_column_text(stmt, 0));
            first = false;
        }
        sqlite3_finalize(stmt);
    }
    return sqlite3_str_finish(out);
}

enum pk_status pk_publish_breathe(struct pk_publishing *p, size_t bytes,
                                  struct pk_error *err)
{
    enum pk_status status;

    p->batch += bytes;
    if (!p->large || p->batch < p->batch_bytes)
        return PK_OK;
    p->batch = 0;
    status = pk_db_commit(p->db, err);
    return status ? status : pk_db_begin(p->db, WAIT_MS, err);
}

static enum pk_status breathe_prepare(void *ctx, size_t bytes, struct pk_error *err)
{
    return pk_publish_breathe(ctx, bytes, err);
}

static void tell(struct pk_publishing *p, double done, const char *what)
{
    if (p->progress)
        p->progress(done, what);
}

static void progress_prepare(void *ctx, double done)
{
    tell(ctx, 0.2 + 0.7 * done, "map");
}

/* ---- begin ---- */

static enum pk_status read_newest(struct pk_publishing *p, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, p->db,
        "SELECT version, legal_day FROM version ORDER BY version DESC LIMIT 1", err);
    int rc;

    if (status)
        return status;
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        p->before = sqlite3_column_int64(stmt, 0);
        snprintf(p->day_before, sizeof(p->day_before), "%s",
                 (const char *)sqlite3_column_text(stmt, 1));
    } else if (rc != SQLITE_DONE) {
        status = pk_db_fail(p->db, "newest version", err);
    }
    sqlite3_finalize(stmt);
    p->version = p->before + 1;
    return status;
}

/* In a large publish the number is reserved first: what carries it is invisible, and
 * recovery knows what to undo. */
static enum pk_status reserve(struct pk_publishing *p, struct pk_error *err)
{
    enum pk_status status = pk_publish_run(p->db,
                                           "INSERT OR REPLACE INTO setting (name, value) "
                                           "VALUES ('publishing', CAST(?1 AS TEXT))",
                                           &p->version, 1, NULL, err);

    if (!status)
        status = pk_db_commit(p->db, err);
    return status ? status : pk_db_begin(p->db, WAIT_MS, err);
}

/* ---- what follows from the rows ---- */

static enum pk_status changed_ids(struct pk_id **out, size_t *count,
                                  struct pk_publishing *p, struct pk_error *err)
{
    static const char sql[] =
        "SELECT feature_id FROM plan WHERE from_version = ?1 "
        "UNION SELECT feature_id FROM plan WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904 "
        "UNION SELECT feature_id FROM plan_part WHERE from_version = ?1 "
        "UNION SELECT plan_id FROM regulation WHERE from_version = ?1 "
        "UNION SELECT feature_id FROM regulation WHERE from_version = ?1 "
        "UNION SELECT feature_id FROM regulation WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904 "
        "UNION SELECT feature_id FROM layer WHERE from_version = ?1 "
        "UNION SELECT feature_id FROM layer WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904 "
        "UNION SELECT feature_id FROM feature WHERE from_version = ?1 "
        "UNION SELECT feature_id FROM feature WHERE to_version = ?1 "
        "AND to_version < 4611686018427387904 LIMIT ?2";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, p->db, sql, err);
    int rc;

    *out = pk_xcalloc(REINDEX_IDS_MAX + 1, sizeof(**out));
    *count = 0;
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, p->version);
    sqlite3_bind_int64(stmt, 2, REINDEX_IDS_MAX + 1);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (sqlite3_column_bytes(stmt, 0) == 16)
            memcpy((*out)[(*count)++].b, sqlite3_column_blob(stmt, 0), 16);
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(p->db, "changed things", err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status reindex(struct pk_publishing *p, struct pk_error *err)
{
    struct pk_id *ids = NULL;
    size_t count;
    enum pk_status status = changed_ids(&ids, &count, p, err);

    if (!status && count > REINDEX_IDS_MAX)
        status = pk_search_reindex(p->db, p->version, NULL, 0, err);
    else if (!status && count > 0)
        status = pk_search_reindex(p->db, p->version, ids, count, err);
    free(ids);
    return status;
}

static enum pk_status layer_views(struct pk_publishing *p, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, p->db, "SELECT layer_id, settings FROM layer WHERE from_version = ?1",
        err);
    char **list = NULL;
    size_t count = 0;

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, p->version);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        list = pk_xrealloc(list, 2 * (count + 1), sizeof(*list));
        list[2 * count] = pk_xstrdup((const char *)sqlite3_column_text(stmt, 0));
        list[2 * count + 1] = pk_xstrdup((const char *)sqlite3_column_text(stmt, 1));
        count++;
    }
    sqlite3_finalize(stmt); /* views change the schema: nothing may be open */
    for (size_t i = 0; i < count; i++) {
        if (!status)
            status = pk_schema_layer_view(p->db, list[2 * i], list[2 * i + 1], err);
        free(list[2 * i]);
        free(list[2 * i + 1]);
    }
    free(list);
    return status;
}

static enum pk_status log_version(struct pk_publishing *p,
                                  const struct pk_version_text *text,
                                  struct pk_error *err)
{
    char object[32];

    snprintf(object, sizeof(object), "version %lld", (long long)p->version);
    return pk_log_add(p->db,
                      &(struct pk_log_line){.who = text->by,
                                            .action = "publish",
                                            .object = object,
                                            .detail = text->source,
                                            .address = p->db->from},
                      err);
}

static enum pk_status insert_version(struct pk_publishing *p,
                                     const struct pk_version_text *text,
                                     struct pk_error *err)
{
    sqlite3_stmt *stmt;
    char now[PK_TIME_TEXT], note[96];
    enum pk_status status = pk_db_prepare(
        &stmt, p->db,
        "INSERT INTO version (version, published, by, source, sha256, mapping, "
        "legal_day, note) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
        err);

    if (status)
        return status;
    pk_time_format(now, time(NULL));
    sqlite3_bind_int64(stmt, 1, p->version);
    sqlite3_bind_text(stmt, 2, now, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, text->by ? text->by : "", -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 4, text->source ? text->source : "", -1, SQLITE_STATIC);
    if (text->sha256)
        sqlite3_bind_text(stmt, 5, text->sha256, -1, SQLITE_STATIC);
    if (text->mapping)
        sqlite3_bind_text(stmt, 6, text->mapping, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 7, p->legal_day, -1, SQLITE_STATIC);
    if (p->not_settled) {
        snprintf(note, sizeof(note), "effective geometry of %lld parts not computed",
                 (long long)p->not_settled);
        sqlite3_bind_text(stmt, 8, note, -1, SQLITE_STATIC);
    }
    if (sqlite3_step(stmt) != SQLITE_DONE)
        status = pk_db_fail(p->db, "version", err);
    sqlite3_finalize(stmt);
    if (!status)
        status = log_version(p, text, err);
    return status;
}

static enum pk_status follow(struct pk_publishing *p, struct pk_error *err)
{
    struct pk_prepare_job job = {.db = p->db,
                                 .crs = p->crs,
                                 .version = p->version,
                                 .legal_day = p->legal_day,
                                 .ctx = p,
                                 .breathe = breathe_prepare,
                                 .progress = progress_prepare};
    enum pk_status status;

    tell(p, 0.2, "map");
    status = pk_prepare_publish(&job, err);
    tell(p, 0.9, "search");
    if (!status)
        status = reindex(p, err);
    return status ? status : layer_views(p, err);
}

/* COMMIT may say no with the version safely in the file: what is there decides. */
static enum pk_status commit_last(struct pk_publishing *p, struct pk_error *err)
{
    int64_t newest = 0;
    enum pk_status status = pk_db_commit(p->db, err);

    if (status &&
        pk_publish_number(&newest, p->db, "SELECT max(version) FROM version", NULL, 0,
                          NULL) == PK_OK &&
        newest == p->version)
        status = PK_OK;
    return status;
}

/* The draft has become this version: in the transaction that makes it visible. */
static enum pk_status close_draft(struct pk_publishing *p, struct pk_error *err)
{
    int64_t numbers[] = {p->draft, p->version};
    enum pk_status status =
        pk_publish_run(p->db,
                       "UPDATE draft SET state = 'published', report = "
                       "json_set(report, '$.version', ?2) WHERE draft_id = ?1",
                       numbers, 2, NULL, err);

    if (!status)
        status = pk_publish_run(p->db, "DELETE FROM draft_end WHERE draft_id = ?1",
                                numbers, 1, NULL, err);
    return status;
}

static enum pk_status make(struct pk_publishing *p, const struct pk_version_text *text,
                           enum pk_status (*fill)(struct pk_publishing *, void *,
                                                  struct pk_error *),
                           void *ctx, bool *nothing, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    tell(p, 0, "rows");
    if (p->large)
        status = reserve(p, err);
    if (!status)
        status = fill(p, ctx, err);
    if (!status)
        status = pk_publish_effective(p, err);
    *nothing = !status && p->rows == 0;
    if (status || *nothing)
        return status;
    status = follow(p, err);
    if (!status && p->draft)
        status = close_draft(p, err);
    if (!status)
        status = insert_version(p, text, err);
    if (!status && p->large)
        status = pk_db_exec(p->db, "DELETE FROM setting WHERE name = 'publishing'", err);
    return status;
}

enum pk_status pk_publish_version(
    int64_t *version, struct pk_db *db, const struct pk_version_text *text,
    int64_t expected_rows,
    enum pk_status (*fill)(struct pk_publishing *p, void *ctx, struct pk_error *err),
    void *ctx, bool settle_all, void (*progress)(double done, const char *what),
    struct pk_error *err)
{
    bool usual = db->small_publish_rows == 0;
    struct pk_publishing p = {
        .db = db,
        .large = expected_rows > (usual ? PK_PUBLISH_SMALL_ROWS : db->small_publish_rows),
        .batch_bytes = usual ? PK_PUBLISH_BATCH_BYTES : 16384,
        .settle_all = settle_all,
        .progress = progress};
    bool nothing = false;
    enum pk_status status = pk_db_session_begin(db, SESSION_WAIT_MS, err);

    *version = 0;
    if (status)
        return status;
    p.crs = pk_crs_create();
    snprintf(p.legal_day, sizeof(p.legal_day), "%s", text->legal_day);
    status = pk_publish_recover(db, err);
    if (!status)
        status = pk_db_begin(db, WAIT_MS, err);
    if (status)
        goto done;
    status = read_newest(&p, err);
    if (!status)
        status = make(&p, text, fill, ctx, &nothing, err);
    if (status || nothing) {
        pk_db_rollback(db);
        if (p.large && pk_publish_recover(db, NULL) != PK_OK)
            p.large = false; /* the next writer to open will do it */
        goto done;
    }
    status = commit_last(&p, err);
    if (status)
        goto done;
    *version = p.version;
    tell(&p, 1, "done");
    /* The version is there, whatever happens to what is no longer needed. */
    if (pk_publish_prune(db, p.version, NULL) != PK_OK)
        tell(&p, 1, "prune later");
    /* Readers that hold an old snapshot may keep it from finishing: later then. */
    if (pk_db_checkpoint(db, false, NULL) != PK_OK)
        tell(&p, 1, "checkpoint later");
done:
    pk_crs_destroy(p.crs);
    pk_db_session_end(db);
    return status;
}
