/*
 * draft_replace.c - which plans take over ground of which: a plan in force that
 * names a previous plan (foregaendePlansBeteckning), which is in force in the same
 * municipality and overlaps it, ends that one there from its own date on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/area_rows.h"
#include "layers/draft_internal.h"

/* Less than this is two drawings of one border, not ground taken over. */
#define OVERLAP_M2 1.0

enum { NONE = -1 };

struct known_plan {
    struct pk_id id;
    const char *municipality, *designation;  /* keys (base/text.h) */
    const char *label, *in_force, *previous; /* previous: JSON array text, or NULL */
    bool force, in_draft;
    int next; /* with the same designation, NONE at the end */
};

struct replacing {
    struct pk_draft *d;
    struct pk_arena arena;
    struct known_plan *plans;
    uint32_t count;
    struct draft_names designations; /* -> first of the chain */
};

static const char *text_at(sqlite3_stmt *s, int column, struct pk_arena *arena)
{
    return pk_arena_strdup(arena, (const char *)sqlite3_column_text(s, column));
}

static const char *key_at(sqlite3_stmt *s, int column, struct pk_arena *arena)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    const char *key = text ? pk_text_key(arena, text) : NULL;

    return key ? key : "";
}

static void add_known(struct replacing *r, sqlite3_stmt *s)
{
    struct known_plan *p;
    const struct draft_name *first;
    uint32_t index = r->count;

    if ((r->count & (r->count + 1)) == 0)
        r->plans = pk_xrealloc(r->plans, 2 * ((size_t)r->count + 1), sizeof(*r->plans));
    p = &r->plans[r->count++];
    *p = (struct known_plan){.next = NONE};
    if (sqlite3_column_bytes(s, 0) == 16)
        memcpy(p->id.b, sqlite3_column_blob(s, 0), 16);
    p->municipality = key_at(s, 1, &r->arena);
    p->designation = key_at(s, 2, &r->arena);
    p->label = text_at(s, 2, &r->arena);
    p->force = sqlite3_column_int(s, 3) != 0;
    p->in_force = text_at(s, 4, &r->arena);
    p->previous = text_at(s, 5, &r->arena);
    p->in_draft = sqlite3_column_int(s, 6) != 0;
    if (!p->designation[0])
        return;
    first = draft_names_find(&r->designations, p->designation);
    if (first) {
        p->next = r->plans[first->index].next;
        r->plans[first->index].next = (int)index;
    } else {
        draft_names_put(&r->designations, p->designation, THING_PLAN, index);
    }
}

/* All plans as they will be when the draft is published. */
static enum pk_status load_plans(struct replacing *r, struct pk_error *err)
{
    static const char sql[] =
        "SELECT feature_id, coalesce(municipality_code, municipality), designation, "
        "status = 'laga kraft', in_force, "
        "json_extract(details, '$.foregaendePlansBeteckning'), from_version IS NULL "
        "FROM plan WHERE (from_version IS NULL AND draft_id = ?1) OR (to_version = ?2 "
        "AND from_version IS NOT NULL AND row_id NOT IN (SELECT row_id FROM draft_end "
        "WHERE draft_id = ?1 AND table_name = 'plan')) ORDER BY feature_id";
    sqlite3_stmt *stmt;
    int rc;
    enum pk_status status = pk_db_prepare(&stmt, r->d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, r->d->id);
    sqlite3_bind_int64(stmt, 2, PK_OPEN_END);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        add_known(r, stmt);
    if (rc != SQLITE_DONE)
        status = pk_db_fail(r->d->db, "plans", err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status plan_area(struct pk_geom *out, struct replacing *r, struct pk_id id,
                                struct pk_error *err)
{
    static const char sql[] =
        "SELECT geometry FROM plan_part WHERE feature_id = ?2 AND ((from_version IS NULL "
        "AND draft_id = ?1) OR (to_version = ?3 AND from_version IS NOT NULL AND row_id "
        "NOT IN (SELECT row_id FROM draft_end WHERE draft_id = ?1 "
        "AND table_name = 'plan_part')))";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, r->d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, r->d->id);
    sqlite3_bind_blob(stmt, 2, id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, PK_OPEN_END);
    status = pk_area_rows(out, r->d->db, stmt, &r->d->arena, err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status overlap(bool *out, struct replacing *r,
                              const struct known_plan *newer,
                              const struct known_plan *older, struct pk_error *err)
{
    struct pk_geom a, b;
    double shared = 0;
    enum pk_status status = plan_area(&a, r, newer->id, err);

    *out = false;
    if (!status)
        status = plan_area(&b, r, older->id, err);
    if (status || a.ring_count == 0 || b.ring_count == 0 ||
        !pk_box_touches(pk_geom_box(&a), pk_geom_box(&b)))
        return status;
    /* Too long to be overlaid: the plan says that it replaces, and the boxes agree. */
    if (pk_overlay_shared_area(&shared, r->d->overlay, &a, &b, NULL))
        shared = 2 * OVERLAP_M2;
    *out = shared > OVERLAP_M2;
    return PK_OK;
}

/* Rows that stand because a delivery named a previous plan, of plans that this draft
 * touches, and were not found again end. What a person has decided stays. */
static enum pk_status end_others(struct replacing *r, struct pk_error *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO draft_end SELECT ?1, 'replacement', o.row_id "
        "FROM replacement o WHERE o.to_version = ?2 AND o.from_version IS NOT NULL "
        "AND o.reason = 'foregaendePlansBeteckning' "
        "AND (o.newer_plan IN (SELECT feature_id FROM plan WHERE draft_id = ?1 "
        "AND from_version IS NULL) OR o.older_plan IN (SELECT feature_id FROM plan "
        "WHERE draft_id = ?1 AND from_version IS NULL)) "
        "AND o.row_id NOT IN (SELECT row_id FROM temp.draft_stands)";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, r->d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, r->d->id);
    sqlite3_bind_int64(stmt, 2, PK_OPEN_END);
    status = draft_step(r->d, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status stands_already(bool *out, struct replacing *r, struct pk_id id,
                                     const char *date, struct pk_error *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO temp.draft_stands SELECT row_id FROM replacement "
        "WHERE feature_id = ?1 AND to_version = ?2 AND from_version IS NOT NULL "
        "AND (effective_date IS ?3 OR reason <> 'foregaendePlansBeteckning')";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, r->d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_blob(stmt, 1, id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, PK_OPEN_END);
    if (date)
        sqlite3_bind_text(stmt, 3, date, -1, SQLITE_STATIC);
    status = draft_step(r->d, stmt, err);
    *out = sqlite3_changes(r->d->db->sql) > 0;
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status insert_row(struct replacing *r, struct pk_id id,
                                 const struct known_plan *newer,
                                 const struct known_plan *older, struct pk_error *err)
{
    static const char sql[] =
        "INSERT INTO replacement (feature_id, draft_id, older_plan, newer_plan, kind, "
        "effective_date, reason) SELECT ?1, ?2, ?3, ?4, 'ends-here', ?5, "
        "'foregaendePlansBeteckning' WHERE NOT EXISTS (SELECT 1 FROM replacement "
        "WHERE feature_id = ?1 AND draft_id = ?2 AND from_version IS NULL)";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, r->d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_blob(stmt, 1, id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, r->d->id);
    sqlite3_bind_blob(stmt, 3, older->id.b, 16, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 4, newer->id.b, 16, SQLITE_STATIC);
    if (newer->in_force)
        sqlite3_bind_text(stmt, 5, newer->in_force, -1, SQLITE_STATIC);
    status = draft_step(r->d, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

static void tell(struct replacing *r, const struct known_plan *newer,
                 const struct known_plan *older)
{
    struct draft_finding what = {"P-PREV", "note", newer->label, NULL, false, 0, 0};
    const struct known_plan *ours = newer->in_draft ? newer : older;
    const char *args[] = {"older", older->label,
                          "newer", newer->label,
                          "date",  newer->in_force ? newer->in_force : "-",
                          NULL};
    char id[PK_ID_TEXT];
    const struct draft_name *known;

    pk_id_format(id, ours->id);
    known = draft_names_find(&r->d->plan_ids, id);
    if (known)
        draft_finding(r->d, &r->d->sources[r->d->plans[known->index].source], &what,
                      PK_MSG_RPT_REPLACES, PK_MSG_RPT_REPLACES_FIX, args);
}

static enum pk_status consider(struct replacing *r, const struct known_plan *newer,
                               const struct known_plan *older, struct pk_error *err)
{
    struct pk_id both[2] = {older->id, newer->id}, id;
    char a[PK_ID_TEXT], b[PK_ID_TEXT];
    bool over = false, stands = false;
    enum pk_status status;

    if (newer == older || !older->force || (!newer->in_draft && !older->in_draft) ||
        strcmp(newer->municipality, older->municipality))
        return PK_OK;
    pk_arena_reset(&r->d->arena);
    status = overlap(&over, r, newer, older, err);
    if (status || !over)
        return status;
    pk_id_format(a, both[0]);
    pk_id_format(b, both[1]);
    id = pk_id_of("replacement", a, b);
    status = stands_already(&stands, r, id, newer->in_force, err);
    if (status || stands)
        return status;
    tell(r, newer, older);
    return insert_row(r, id, newer, older, err);
}

static enum pk_status previous_of(struct replacing *r, const struct known_plan *newer,
                                  struct pk_error *err)
{
    json_t *list = NULL;
    enum pk_status status = PK_OK;

    if (!newer->force || !newer->previous)
        return PK_OK;
    if (pk_json_parse(&list, newer->previous, strlen(newer->previous), PK_STREAM_JSON_MAX,
                      NULL))
        return PK_OK; /* a single text is no list: nothing is named */
    for (size_t i = 0; i < json_array_size(list) && !status; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        char *key = name ? pk_text_key(&r->arena, name) : NULL;
        const struct draft_name *first = draft_names_find(&r->designations, key);

        for (int at = first ? (int)first->index : NONE; at != NONE && !status;
             at = r->plans[at].next)
            status = consider(r, newer, &r->plans[at], err);
    }
    json_decref(list);
    return status;
}

enum pk_status draft_replacements(struct pk_draft *d, struct pk_error *err)
{
    struct replacing r = {.d = d};
    enum pk_status status;

    if (d->plan_count == 0)
        return PK_OK;
    status = pk_db_exec(d->db,
                        "CREATE TEMP TABLE IF NOT EXISTS draft_stands "
                        "(row_id INTEGER PRIMARY KEY); DELETE FROM temp.draft_stands",
                        err);
    if (!status)
        status = load_plans(&r, err);
    for (uint32_t i = 0; i < r.count && !status; i++)
        status = previous_of(&r, &r.plans[i], err);
    if (!status)
        status = end_others(&r, err);
    draft_names_finish(&r.designations);
    pk_arena_finish(&r.arena);
    free(r.plans);
    return status;
}
