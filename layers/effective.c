/*
 * effective.c - what newer plans have left of older ones, on the legal day of the
 * version being made. Delivered geometry stays as it is; `effective` is derived from
 * it and the replacement rows, and a part whose effective geometry becomes another
 * gets a new row (nothing published is changed but its to_version).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/area_rows.h"
#include "layers/overlay.h"
#include "layers/publish_internal.h"

/* Slivers between two drawings of one border are not ground. */
#define SLIVER_M2 0.05
#define SLIVER_M  0.01

enum { BLOB_MAX = 64 * 1024 * 1024 };

struct settling {
    struct pk_publishing *p;
    struct pk_overlay *overlay;
    struct pk_arena plan; /* of one older plan: the newer areas */
    struct pk_arena part; /* of one of its parts */
    struct pk_buf bytes;
    bool wholly; /* a newer plan ends all of it */
    struct pk_geom newer;
};

struct part_row {
    int64_t row_id, from_version;
    struct pk_geom geom;
    const void *effective; /* as stored; NULL = all of it */
    size_t effective_len;
};

static const char *const part_tables[][2] = {
    {"plan_part",       "feature_id"},
    {"regulation_part", "plan_id"   },
};

/* ---- which plans ---- */

static enum pk_status older_plans(struct pk_id **out, size_t *count,
                                  struct pk_publishing *p, struct pk_error *err)
{
    static const char sql[] =
        "SELECT DISTINCT r.older_plan FROM replacement r WHERE r.from_version = ?1 "
        "OR r.to_version = ?1 OR (r.from_version <= ?1 AND r.to_version > ?1 AND (?4 OR "
        "(r.effective_date > ?2 AND r.effective_date <= ?3) OR EXISTS (SELECT 1 "
        "FROM plan p WHERE p.feature_id IN (r.newer_plan, r.older_plan) "
        "AND p.from_version = ?1))) ORDER BY 1";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, p->db, sql, err);
    int rc;

    *out = NULL;
    *count = 0;
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, p->version);
    sqlite3_bind_text(stmt, 2, p->day_before, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, p->legal_day, -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 4, p->settle_all);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        *out = pk_xrealloc(*out, *count + 1, sizeof(**out));
        if (sqlite3_column_bytes(stmt, 0) == 16)
            memcpy((*out)[(*count)++].b, sqlite3_column_blob(stmt, 0), 16);
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(p->db, "replaced plans", err);
    sqlite3_finalize(stmt);
    return status;
}

/* Ground that newer plans hold on the legal day, and whether one ends all of it. */
static enum pk_status newer_ground(struct settling *s, struct pk_id older,
                                   struct pk_error *err)
{
    static const char wholly[] =
        "SELECT count(*) FROM replacement r WHERE r.older_plan = ?1 AND r.from_version "
        "<= ?2 AND r.to_version > ?2 AND r.kind = 'ends-wholly' "
        "AND coalesce(r.effective_date, '') <= ?3";
    static const char ground[] =
        "SELECT pp.geometry FROM replacement r JOIN plan_part pp "
        "ON pp.feature_id = r.newer_plan AND pp.from_version <= ?2 AND pp.to_version > "
        "?2 "
        "WHERE r.older_plan = ?1 AND r.from_version <= ?2 AND r.to_version > ?2 "
        "AND r.kind = 'ends-here' AND coalesce(r.effective_date, '') <= ?3 "
        "ORDER BY r.newer_plan, pp.part";
    struct pk_db *db = s->p->db;
    sqlite3_stmt *stmt[2] = {NULL, NULL};
    enum pk_status status = pk_db_prepare(&stmt[0], db, wholly, err);

    if (!status)
        status = pk_db_prepare(&stmt[1], db, ground, err);
    for (int i = 0; i < 2 && !status; i++) {
        sqlite3_bind_blob(stmt[i], 1, older.b, 16, SQLITE_STATIC);
        sqlite3_bind_int64(stmt[i], 2, s->p->version);
        sqlite3_bind_text(stmt[i], 3, s->p->legal_day, -1, SQLITE_STATIC);
    }
    if (!status && sqlite3_step(stmt[0]) != SQLITE_ROW)
        status = pk_db_fail(db, "replacements", err);
    if (!status) {
        s->wholly = sqlite3_column_int(stmt[0], 0) > 0;
        status = pk_area_rows(&s->newer, db, stmt[1], &s->plan, err);
    }
    sqlite3_finalize(stmt[0]);
    sqlite3_finalize(stmt[1]);
    return status;
}

/* ---- one part ---- */

static double part_area(const struct pk_geom *g, uint32_t outer, uint32_t rings)
{
    struct pk_geom one = *g;

    one.rings = g->rings + outer;
    one.ring_count = rings;
    return pk_geom_area(&one);
}

/* The same without slivers. */
static void without_slivers(struct pk_geom *g)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < g->ring_count;) {
        uint32_t rings = 1;
        bool keep = true;

        while (g->kind == PK_GEOM_AREA && i + rings < g->ring_count &&
               g->rings[i + rings].role == PK_RING_HOLE)
            rings++;
        if (g->kind == PK_GEOM_AREA)
            keep = part_area(g, i, rings) >= SLIVER_M2;
        if (keep) {
            memmove(&g->rings[kept], &g->rings[i], rings * sizeof(*g->rings));
            kept += rings;
        }
        i += rings;
    }
    g->ring_count = kept;
    if (kept == 0)
        g->vertex_count = 0;
}

static double extent_of(const struct pk_geom *g)
{
    return g->kind == PK_GEOM_AREA   ? pk_geom_area(g)
           : g->kind == PK_GEOM_LINE ? pk_geom_length(g)
                                     : g->vertex_count;
}

/* What is left of the part, as bytes in s->bytes; *whole when all of it is. */
static enum pk_status what_is_left(bool *whole, struct settling *s,
                                   const struct part_row *part, struct pk_error *err)
{
    double tolerance = part->geom.kind == PK_GEOM_AREA   ? SLIVER_M2
                       : part->geom.kind == PK_GEOM_LINE ? SLIVER_M
                                                         : 0.5;
    struct pk_geom left = {.kind = part->geom.kind};
    struct pk_geom clean;
    enum pk_status status = PK_OK;

    *whole = false;
    pk_buf_clear(&s->bytes);
    if (!s->wholly) {
        if (s->newer.ring_count == 0 ||
            !pk_box_touches(pk_geom_box(&s->newer), pk_geom_box(&part->geom))) {
            *whole = true;
            return PK_OK;
        }
        status = pk_overlay_difference(&left, s->overlay, &part->geom, &s->newer,
                                       &s->part, err);
        if (status)
            return status;
        without_slivers(&left);
        if (extent_of(&part->geom) - extent_of(&left) < tolerance) {
            *whole = true;
            return PK_OK;
        }
    }
    /* Rings that were dropped leave vertices behind: written without them. */
    struct pk_geom_builder *b = pk_geom_begin(&s->part, left.kind, false);

    for (uint32_t i = 0; i < left.ring_count; i++) {
        pk_geom_ring(b, left.rings[i].role);
        for (uint32_t k = 0; k < left.rings[i].count; k++) {
            size_t at = left.rings[i].first + (size_t)k;

            pk_geom_vertex(b, left.xy[2 * at], left.xy[2 * at + 1], 0);
        }
    }
    status = pk_geom_done(&clean, b, err);
    if (!status)
        pk_geom_write(&s->bytes, &clean);
    return status;
}

static enum pk_status bind_and_run(struct settling *s, sqlite3_stmt *stmt, int64_t row,
                                   bool whole, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    sqlite3_bind_int64(stmt, 1, row);
    if (whole)
        sqlite3_bind_null(stmt, 2);
    else
        sqlite3_bind_blob64(stmt, 2, s->bytes.data, s->bytes.len, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(stmt) >= 4) {
        sqlite3_bind_int64(stmt, 3, s->p->version);
        sqlite3_bind_int64(stmt, 4, PK_OPEN_END);
    }
    if (sqlite3_step(stmt) != SQLITE_DONE)
        status = pk_db_fail(s->p->db, "effective geometry", err);
    sqlite3_finalize(stmt);
    return status;
}

/* A row of this version is changed in place; a published one ends and has a copy. */
static enum pk_status write_left(struct settling *s, const char *table,
                                 const struct part_row *part, bool whole,
                                 struct pk_error *err)
{
    struct pk_db *db = s->p->db;
    sqlite3_stmt *stmt;
    int64_t end[] = {part->row_id, s->p->version};
    char *columns, *sql;
    enum pk_status status;

    s->p->rows++;
    if (part->from_version == s->p->version) {
        sql = sqlite3_mprintf("UPDATE %s SET effective = ?2 WHERE row_id = ?1", table);
        status = pk_db_prepare(&stmt, db, sql, err);
        sqlite3_free(sql);
        return status ? status : bind_and_run(s, stmt, part->row_id, whole, err);
    }
    columns = pk_content_columns(db, table, "effective");
    sql = sqlite3_mprintf("INSERT INTO %s (%s, effective, from_version, to_version) "
                          "SELECT %s, ?2, ?3, ?4 FROM %s WHERE row_id = ?1",
                          table, columns, columns, table);
    status = pk_db_prepare(&stmt, db, sql, err);
    sqlite3_free(sql);
    sqlite3_free(columns);
    if (!status)
        status = bind_and_run(s, stmt, part->row_id, whole, err);
    sql = sqlite3_mprintf("UPDATE %s SET to_version = ?2 WHERE row_id = ?1", table);
    if (!status)
        status = pk_publish_run(db, sql, end, 2, NULL, err);
    sqlite3_free(sql);
    return status;
}

static enum pk_status settle_part(struct settling *s, const char *table, int64_t row_id,
                                  struct pk_error *err)
{
    struct part_row part = {.row_id = row_id};
    sqlite3_stmt *stmt;
    char *sql = sqlite3_mprintf(
        "SELECT from_version, geometry, effective FROM %s WHERE row_id = ?1", table);
    bool whole = false, same = false;
    enum pk_status status = pk_db_prepare(&stmt, s->p->db, sql, err);

    sqlite3_free(sql);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, row_id);
    if (sqlite3_step(stmt) != SQLITE_ROW) {
        status = pk_db_fail(s->p->db, table, err);
        goto done;
    }
    part.from_version = sqlite3_column_int64(stmt, 0);
    part.effective_len = (size_t)sqlite3_column_bytes(stmt, 2);
    part.effective = sqlite3_column_blob(stmt, 2);
    status =
        pk_geom_from_spatialite(&part.geom, sqlite3_column_blob(stmt, 1),
                                (size_t)sqlite3_column_bytes(stmt, 1), &s->part, err);
    if (status)
        goto done;
    if (what_is_left(&whole, s, &part, NULL)) {
        s->p->not_settled++; /* said in the version's note; the part stays as it is */
        goto done;
    }
    same = whole ? part.effective == NULL
                 : part.effective != NULL && part.effective_len == s->bytes.len &&
                       memcmp(part.effective, s->bytes.data, s->bytes.len) == 0;
done:
    sqlite3_finalize(stmt);
    if (!status && !same && (whole || s->bytes.len > 0))
        status = write_left(s, table, &part, whole, err);
    return status;
}

static enum pk_status part_rows(int64_t **out, size_t *count, struct settling *s,
                                const char *const table[2], struct pk_id plan,
                                struct pk_error *err)
{
    sqlite3_stmt *stmt;
    char *sql = sqlite3_mprintf("SELECT row_id FROM %s WHERE %s = ?1 AND from_version "
                                "<= ?2 AND to_version > ?2 ORDER BY row_id",
                                table[0], table[1]);
    enum pk_status status = pk_db_prepare(&stmt, s->p->db, sql, err);
    int rc;

    sqlite3_free(sql);
    *count = 0;
    if (status)
        return status;
    sqlite3_bind_blob(stmt, 1, plan.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, s->p->version);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        *out = pk_xrealloc(*out, *count + 1, sizeof(**out));
        (*out)[(*count)++] = sqlite3_column_int64(stmt, 0);
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(s->p->db, table[0], err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status settle_plan(struct settling *s, struct pk_id older,
                                  struct pk_error *err)
{
    int64_t *rows = NULL;
    size_t count = 0;
    enum pk_status status = newer_ground(s, older, err);

    for (size_t t = 0; t < PK_COUNT(part_tables) && !status; t++) {
        status = part_rows(&rows, &count, s, part_tables[t], older, err);
        for (size_t i = 0; i < count && !status; i++) {
            pk_arena_reset(&s->part);
            status = settle_part(s, part_tables[t][0], rows[i], err);
            if (!status)
                status = pk_publish_breathe(s->p, s->bytes.len + 4096, err);
        }
    }
    free(rows);
    return status;
}

enum pk_status pk_publish_effective(struct pk_publishing *p, struct pk_error *err)
{
    struct settling s = {.p = p};
    struct pk_id *plans;
    size_t count;
    enum pk_status status = older_plans(&plans, &count, p, err);

    s.overlay = pk_overlay_create();
    pk_buf_init(&s.bytes, BLOB_MAX);
    for (size_t i = 0; i < count && !status; i++) {
        pk_arena_reset(&s.plan);
        status = settle_plan(&s, plans[i], err);
    }
    free(plans);
    pk_buf_finish(&s.bytes);
    pk_overlay_destroy(s.overlay);
    pk_arena_finish(&s.plan);
    pk_arena_finish(&s.part);
    return status;
}
