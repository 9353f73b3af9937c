/*
 * diff.c - what differs between two states: two versions, or what is published and
 * what it would be with a draft. By plan and regulation: added, removed, changed
 * members with their values before and after, and how far borders moved. By layer:
 * features added, removed, changed.
 *
 * {"from": 3, "to": 4, "draft": null,
 *  "plans": [{"id", "beteckning", "namn", "change": "added|removed|changed",
 *             "members": [{"name", "before", "after"}],
 *             "geometry": {"moved_m2", "largest_shift_m"} | null,
 *             "regulations": [{"id", "kind", "beteckning", "bestammelseformulering",
 *                              "change", "members", "geometry"}]}],
 *  "layers": [{"id", "change", "added", "removed", "changed", "more",
 *              "features": [{"id", "title", "change", "members", "geometry"}]}]}
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/area_rows.h"
#include "layers/overlay.h"
#include "layers/plan_class.h"
#include "layers/publish_internal.h"

enum { FEATURES_MAX = 1000, SHIFT_VERTICES_MAX = 4000 };

struct diff {
    struct pk_db *db;
    struct pk_overlay *overlay;
    struct pk_arena arena;
    const char *layer; /* only this one, or "plan" for plans; NULL = all */
};

/* ---- which rows ---- */

/* temp.diff_row(side, tab, row_id): side 0 is gone, side 1 is new. */
static enum pk_status rows_of_versions(struct diff *d, int64_t from, int64_t to,
                                       struct pk_error *err)
{
    int64_t low = from < to ? from : to, high = from < to ? to : from;
    int64_t numbers[] = {low, high, from < to ? 0 : 1, from < to ? 1 : 0};
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < pk_row_table_count && !status; i++) {
        const char *t = pk_row_tables[i].name;
        char *gone = sqlite3_mprintf(
            "INSERT INTO temp.diff_row SELECT ?3, '%s', row_id FROM %s WHERE "
            "from_version <= ?1 AND to_version > ?1 AND to_version <= ?2 "
            "AND to_version < 4611686018427387904",
            t, t);
        char *begun = sqlite3_mprintf(
            "INSERT INTO temp.diff_row SELECT ?4, '%s', row_id FROM %s WHERE "
            "from_version > ?1 AND from_version <= ?2 AND to_version > ?2",
            t, t);

        status = pk_publish_run(d->db, gone, numbers, 3, NULL, err);
        if (!status)
            status = pk_publish_run(d->db, begun, numbers, 4, NULL, err);
        sqlite3_free(gone);
        sqlite3_free(begun);
    }
    return status;
}

static enum pk_status rows_of_draft(struct diff *d, int64_t draft, struct pk_error *err)
{
    enum pk_status status = pk_publish_run(
        d->db,
        "INSERT INTO temp.diff_row SELECT 0, table_name, row_id FROM draft_end "
        "WHERE draft_id = ?1",
        &draft, 1, NULL, err);

    for (size_t i = 0; i < pk_row_table_count && !status; i++) {
        const char *t = pk_row_tables[i].name;
        char *begun = sqlite3_mprintf("INSERT INTO temp.diff_row SELECT 1, '%s', row_id "
                                      "FROM %s WHERE draft_id = ?1 "
                                      "AND from_version IS NULL",
                                      t, t);

        status = pk_publish_run(d->db, begun, &draft, 1, NULL, err);
        sqlite3_free(begun);
    }
    return status;
}

/* ---- members ---- */

static json_t *or_null(json_t *value)
{
    return value ? json_incref(value) : json_null();
}

static void compare_members(json_t *out, const json_t *before, const json_t *after)
{
    const json_t *both[] = {before, after};

    for (int side = 0; side < 2; side++) {
        const char *key;
        json_t *value;

        json_object_foreach((json_t *)both[side], key, value)
        {
            json_t *other = json_object_get(both[!side], key), *member;

            if (side == 1 && other)
                continue; /* seen from the other side */
            if (other && json_equal(value, other))
                continue;
            member = json_object();
            json_object_set_new(member, "name", json_string(key));
            json_object_set_new(member, "before", or_null(side == 0 ? value : other));
            json_object_set_new(member, "after", or_null(side == 0 ? other : value));
            json_array_append_new(out, member);
        }
    }
}

static json_t *parsed(const char *text)
{
    json_t *object = NULL;

    if (!text || pk_json_parse(&object, text, strlen(text), PK_STREAM_JSON_MAX, NULL))
        return json_object();
    return object;
}

/* [{name, before, after}] of two documents; NULL texts are empty ones. */
static json_t *members(const char *before, const char *after)
{
    json_t *a = parsed(before), *b = parsed(after), *out = json_array();

    compare_members(out, a, b);
    json_decref(a);
    json_decref(b);
    return out;
}

/* ---- geometry ---- */

static double farthest(const struct pk_geom *from, const struct pk_geom *to)
{
    uint32_t step = from->vertex_count / SHIFT_VERTICES_MAX + 1;
    double most = 0;

    for (uint32_t i = 0; i < from->vertex_count; i += step) {
        double away = pk_geom_edge_distance(to, from->xy[2 * (size_t)i],
                                            from->xy[2 * (size_t)i + 1]);

        if (away > most)
            most = away;
    }
    return most;
}

static double rounded(double v)
{
    return round(v * 1000) / 1000;
}

static json_t *moved(struct diff *d, const struct pk_geom *a, const struct pk_geom *b)
{
    json_t *out = json_object();
    struct pk_geom gone, begun;
    double area = NAN;

    if (a->kind == PK_GEOM_AREA && b->kind == PK_GEOM_AREA &&
        pk_overlay_difference(&gone, d->overlay, a, b, &d->arena, NULL) == PK_OK &&
        pk_overlay_difference(&begun, d->overlay, b, a, &d->arena, NULL) == PK_OK)
        area = pk_geom_area(&gone) + pk_geom_area(&begun);
    json_object_set_new(out, "moved_m2",
                        isnan(area) ? json_null() : json_real(rounded(area)));
    json_object_set_new(out, "largest_shift_m",
                        json_real(rounded(fmax(farthest(a, b), farthest(b, a)))));
    return out;
}

/* All parts of one side; lines and points as they are, areas together. */
static enum pk_status side_geometry(struct pk_geom *out, bool *any, struct diff *d,
                                    const char *table, struct pk_id id, int side,
                                    struct pk_error *err)
{
    char *sql = sqlite3_mprintf("SELECT t.geometry FROM temp.diff_row r JOIN %s t "
                                "ON t.row_id = r.row_id WHERE r.side = ?1 "
                                "AND r.tab = '%s' AND t.feature_id = ?2",
                                table, table);
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, d->db, sql, err);

    sqlite3_free(sql);
    *out = (struct pk_geom){0};
    *any = false;
    if (status)
        return status;
    sqlite3_bind_int(stmt, 1, side);
    sqlite3_bind_blob(stmt, 2, id.b, 16, SQLITE_STATIC);
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        *any = true;
        status = pk_geom_from_spatialite(out, sqlite3_column_blob(stmt, 0),
                                         (size_t)sqlite3_column_bytes(stmt, 0), &d->arena,
                                         err);
    }
    sqlite3_reset(stmt);
    if (!status && out->kind == PK_GEOM_AREA)
        status = pk_area_rows(out, d->db, stmt, &d->arena, err);
    sqlite3_finalize(stmt);
    return status;
}

/* null when no part of it is gone or new, or only one side has any. */
static enum pk_status geometry(json_t **out, struct diff *d, const char *table,
                               struct pk_id id, struct pk_error *err)
{
    struct pk_geom a, b;
    bool before = false, after = false;
    enum pk_status status;

    *out = json_null();
    pk_arena_reset(&d->arena);
    status = side_geometry(&a, &before, d, table, id, 0, err);
    if (!status)
        status = side_geometry(&b, &after, d, table, id, 1, err);
    if (!status && before && after && a.vertex_count && b.vertex_count) {
        *out = moved(d, &a, &b);
        if (json_number_value(json_object_get(*out, "largest_shift_m")) == 0 &&
            json_number_value(json_object_get(*out, "moved_m2")) == 0) {
            json_decref(*out);
            *out = json_null(); /* other rows, the same shape */
        }
    }
    return status;
}

/* ---- one thing ---- */

static json_t *text_or_null(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);

    return text ? json_string(text) : json_null();
}

static const char *change_of(bool before, bool after)
{
    return before && after ? "changed" : after ? "added" : "removed";
}

static struct pk_id id_at(sqlite3_stmt *s, int column)
{
    struct pk_id id = {{0}};

    if (sqlite3_column_bytes(s, column) == 16)
        memcpy(id.b, sqlite3_column_blob(s, column), 16);
    return id;
}

static void set_id(json_t *object, struct pk_id id)
{
    char text[PK_ID_TEXT];

    pk_id_format(text, id);
    json_object_set_new(object, "id", json_string(text));
}

/* Regulations of one plan: rows of both sides by id, and those of which only parts
 * differ. ?1 = the plan. */
static const char regulations_sql[] =
    "WITH g AS (SELECT t.* FROM temp.diff_row r JOIN regulation t ON t.row_id = r.row_id "
    "WHERE r.tab = 'regulation' AND r.side = 0 AND t.plan_id = ?1), "
    "n AS (SELECT t.* FROM temp.diff_row r JOIN regulation t ON t.row_id = r.row_id "
    "WHERE r.tab = 'regulation' AND r.side = 1 AND t.plan_id = ?1), "
    "p AS (SELECT DISTINCT t.feature_id FROM temp.diff_row r JOIN regulation_part t "
    "ON t.row_id = r.row_id WHERE r.tab = 'regulation_part' AND t.plan_id = ?1), "
    "ids AS (SELECT feature_id FROM g UNION SELECT feature_id FROM n "
    "UNION SELECT feature_id FROM p) "
    "SELECT ids.feature_id, g.row_id IS NOT NULL, n.row_id IS NOT NULL, "
    "coalesce(n.kind, g.kind, c.kind), coalesce(n.letter, g.letter, c.letter), "
    "coalesce(n.wording, g.wording, c.wording), g.details, n.details, "
    "c.row_id IS NOT NULL FROM ids LEFT JOIN g ON g.feature_id = ids.feature_id "
    "LEFT JOIN n ON n.feature_id = ids.feature_id LEFT JOIN regulation c "
    "ON c.feature_id = ids.feature_id AND c.to_version = 4611686018427387904 "
    "AND c.from_version IS NOT NULL "
    "ORDER BY 4 DESC, 5, ids.feature_id";

static enum pk_status one_regulation(json_t *list, struct diff *d, sqlite3_stmt *s,
                                     struct pk_error *err)
{
    bool before = sqlite3_column_int(s, 1), after = sqlite3_column_int(s, 2);
    bool only_parts = !before && !after;
    struct pk_id id = id_at(s, 0);
    enum pk_regulation_kind kind =
        pk_regulation_kind_of((const char *)sqlite3_column_text(s, 3));
    json_t *o, *shape, *changes;
    enum pk_status status = geometry(&shape, d, "regulation_part", id, err);

    if (status)
        return status;
    changes = only_parts ? json_array()
                         : members((const char *)sqlite3_column_text(s, 6),
                                   (const char *)sqlite3_column_text(s, 7));
    if (before && after && json_array_size(changes) == 0 && json_is_null(shape)) {
        json_decref(changes);
        json_decref(shape);
        return PK_OK;
    }
    o = json_object();
    set_id(o, id);
    json_object_set_new(o, "kind",
                        kind < PK_KIND_COUNT ? json_string(pk_regulation_kind_term(kind))
                                             : json_null());
    json_object_set_new(o, "beteckning", text_or_null(s, 4));
    json_object_set_new(o, "bestammelseformulering", text_or_null(s, 5));
    json_object_set_new(o, "change",
                        json_string(only_parts ? "changed" : change_of(before, after)));
    json_object_set_new(o, "members", changes);
    json_object_set_new(o, "geometry", shape);
    json_array_append_new(list, o);
    return PK_OK;
}

static enum pk_status regulations(json_t *list, struct diff *d, struct pk_id plan,
                                  struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, d->db, regulations_sql, err);
    int rc = SQLITE_DONE;

    if (status)
        return status;
    sqlite3_bind_blob(s, 1, plan.b, 16, SQLITE_STATIC);
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW)
        status = one_regulation(list, d, s, err);
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "diff of regulations", err);
    sqlite3_finalize(s);
    return status;
}

static const char plans_sql[] =
    "WITH g AS (SELECT t.* FROM temp.diff_row r JOIN plan t ON t.row_id = r.row_id "
    "WHERE r.tab = 'plan' AND r.side = 0), "
    "n AS (SELECT t.* FROM temp.diff_row r JOIN plan t ON t.row_id = r.row_id "
    "WHERE r.tab = 'plan' AND r.side = 1), "
    "ids AS (SELECT feature_id FROM g UNION SELECT feature_id FROM n "
    "UNION SELECT t.feature_id FROM temp.diff_row r JOIN plan_part t "
    "ON t.row_id = r.row_id WHERE r.tab = 'plan_part' "
    "UNION SELECT t.plan_id FROM temp.diff_row r JOIN regulation_part t "
    "ON t.row_id = r.row_id WHERE r.tab = 'regulation_part') "
    "SELECT ids.feature_id, g.row_id IS NOT NULL, n.row_id IS NOT NULL, "
    "coalesce(n.designation, g.designation, c.designation) AS b, "
    "coalesce(n.name, g.name, c.name), g.details, n.details "
    "FROM ids LEFT JOIN g ON g.feature_id = ids.feature_id "
    "LEFT JOIN n ON n.feature_id = ids.feature_id "
    "LEFT JOIN plan c ON c.feature_id = ids.feature_id "
    "AND c.to_version = 4611686018427387904 AND c.from_version IS NOT NULL "
    "ORDER BY b, ids.feature_id";

static enum pk_status one_plan(json_t *list, struct diff *d, sqlite3_stmt *s,
                               struct pk_error *err)
{
    bool before = sqlite3_column_int(s, 1), after = sqlite3_column_int(s, 2);
    struct pk_id id = id_at(s, 0);
    json_t *shape = NULL, *changes, *of_plan = json_array(), *o;
    enum pk_status status = geometry(&shape, d, "plan_part", id, err);

    if (!status)
        status = regulations(of_plan, d, id, err);
    changes = before || after ? members((const char *)sqlite3_column_text(s, 5),
                                        (const char *)sqlite3_column_text(s, 6))
                              : json_array();
    if (status || (before == after && json_array_size(changes) == 0 &&
                   json_array_size(of_plan) == 0 && json_is_null(shape) && before)) {
        json_decref(shape);
        json_decref(changes);
        json_decref(of_plan);
        return status;
    }
    o = json_object();
    set_id(o, id);
    json_object_set_new(o, "beteckning", text_or_null(s, 3));
    json_object_set_new(o, "namn", text_or_null(s, 4));
    json_object_set_new(
        o, "change", json_string(before || after ? change_of(before, after) : "changed"));
    json_object_set_new(o, "members", changes);
    json_object_set_new(o, "geometry", shape);
    json_object_set_new(o, "regulations", of_plan);
    json_array_append_new(list, o);
    return PK_OK;
}

static enum pk_status plans(json_t *list, struct diff *d, struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, d->db, plans_sql, err);
    int rc = SQLITE_DONE;

    if (status)
        return status;
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW)
        status = one_plan(list, d, s, err);
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "diff of plans", err);
    sqlite3_finalize(s);
    return status;
}

/* ---- layers ---- */

static const char features_sql[] =
    "WITH g AS (SELECT t.* FROM temp.diff_row r JOIN feature t ON t.row_id = r.row_id "
    "WHERE r.tab = 'feature' AND r.side = 0 AND t.layer_id = ?1), "
    "n AS (SELECT t.* FROM temp.diff_row r JOIN feature t ON t.row_id = r.row_id "
    "WHERE r.tab = 'feature' AND r.side = 1 AND t.layer_id = ?1), "
    "ids AS (SELECT feature_id FROM g UNION SELECT feature_id FROM n) "
    "SELECT ids.feature_id, g.row_id IS NOT NULL, n.row_id IS NOT NULL, "
    "coalesce(n.title, g.title) AS b, g.attributes, n.attributes "
    "FROM ids LEFT JOIN g ON g.feature_id = ids.feature_id "
    "LEFT JOIN n ON n.feature_id = ids.feature_id ORDER BY b, ids.feature_id";

static enum pk_status one_feature(json_t *list, struct diff *d, sqlite3_stmt *s,
                                  struct pk_error *err)
{
    bool before = sqlite3_column_int(s, 1), after = sqlite3_column_int(s, 2);
    struct pk_id id = id_at(s, 0);
    json_t *shape, *o;
    enum pk_status status = geometry(&shape, d, "feature", id, err);

    if (status)
        return status;
    o = json_object();
    set_id(o, id);
    json_object_set_new(o, "title", text_or_null(s, 3));
    json_object_set_new(o, "change", json_string(change_of(before, after)));
    json_object_set_new(o, "members",
                        members((const char *)sqlite3_column_text(s, 4),
                                (const char *)sqlite3_column_text(s, 5)));
    json_object_set_new(o, "geometry", shape);
    json_array_append_new(list, o);
    return PK_OK;
}

static enum pk_status features(json_t *layer, struct diff *d, const char *id,
                               struct pk_error *err)
{
    json_int_t count[3] = {0}; /* added, removed, changed */
    json_t *list = json_array();
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, d->db, features_sql, err);
    int rc = SQLITE_DONE;

    if (!status)
        sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        bool before = sqlite3_column_int(s, 1), after = sqlite3_column_int(s, 2);

        count[before && after ? 2 : before ? 1 : 0]++;
        if (json_array_size(list) < FEATURES_MAX)
            status = one_feature(list, d, s, err);
    }
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "diff of features", err);
    sqlite3_finalize(s);
    json_object_set_new(layer, "added", json_integer(count[0]));
    json_object_set_new(layer, "removed", json_integer(count[1]));
    json_object_set_new(layer, "changed", json_integer(count[2]));
    json_object_set_new(layer, "more",
                        json_boolean(count[0] + count[1] + count[2] > FEATURES_MAX));
    json_object_set_new(layer, "features", list);
    return status;
}

static const char layers_sql[] =
    "WITH g AS (SELECT t.* FROM temp.diff_row r JOIN layer t ON t.row_id = r.row_id "
    "WHERE r.tab = 'layer' AND r.side = 0), "
    "n AS (SELECT t.* FROM temp.diff_row r JOIN layer t ON t.row_id = r.row_id "
    "WHERE r.tab = 'layer' AND r.side = 1), "
    "ids AS (SELECT layer_id FROM g UNION SELECT layer_id FROM n UNION "
    "SELECT t.layer_id FROM temp.diff_row r JOIN feature t ON t.row_id = r.row_id "
    "WHERE r.tab = 'feature') "
    "SELECT ids.layer_id, g.row_id IS NOT NULL, n.row_id IS NOT NULL, g.settings, "
    "n.settings FROM ids LEFT JOIN g ON g.layer_id = ids.layer_id "
    "LEFT JOIN n ON n.layer_id = ids.layer_id ORDER BY ids.layer_id";

static enum pk_status layers(json_t *list, struct diff *d, struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, d->db, layers_sql, err);
    int rc = SQLITE_DONE;

    if (status)
        return status;
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(s, 0);
        bool before = sqlite3_column_int(s, 1), after = sqlite3_column_int(s, 2);
        json_t *o;

        if (d->layer && strcmp(d->layer, id) != 0)
            continue;
        o = json_object();
        json_object_set_new(o, "id", json_string(id));
        json_object_set_new(
            o, "change",
            json_string(before || after ? change_of(before, after) : "changed"));
        json_object_set_new(o, "members",
                            before && after
                                ? members((const char *)sqlite3_column_text(s, 3),
                                          (const char *)sqlite3_column_text(s, 4))
                                : json_array());
        status = features(o, d, id, err);
        json_array_append_new(list, o);
    }
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "diff of layers", err);
    sqlite3_finalize(s);
    return status;
}

/* ---- the whole ---- */

static enum pk_status check_version(struct pk_db *db, int64_t version,
                                    struct pk_error *err)
{
    int64_t there = 0;
    enum pk_status status = pk_publish_number(
        &there, db, "SELECT count(*) FROM version WHERE version = ?1", &version, 1, err);

    if (!status && !there && version != 0)
        status = pk_fail(err, PK_NOT_FOUND, "version %lld: there is no such version",
                         (long long)version);
    return status;
}

static enum pk_status check_draft(struct pk_db *db, int64_t draft, struct pk_error *err)
{
    int64_t there = 0;
    enum pk_status status =
        pk_publish_number(&there, db,
                          "SELECT count(*) FROM draft WHERE draft_id = ?1 AND state IN "
                          "('open', 'held', 'unchanged')",
                          &draft, 1, err);

    if (!status && !there)
        status = pk_fail(err, PK_NOT_FOUND, "draft %lld: there is no such open draft",
                         (long long)draft);
    return status;
}

enum pk_status pk_diff(json_t **out, struct pk_db *db, int64_t draft_id, int64_t from,
                       int64_t to, const char *layer, struct pk_error *err)
{
    struct diff d = {.db = db, .layer = layer};
    json_t *plan_list = json_array(), *layer_list = json_array();
    int64_t newest = 0;
    enum pk_status status =
        pk_db_exec(db,
                   "CREATE TEMP TABLE IF NOT EXISTS diff_row (side INTEGER, tab TEXT, "
                   "row_id INTEGER); DELETE FROM temp.diff_row",
                   err);

    *out = NULL;
    d.overlay = pk_overlay_create();
    if (!status)
        status = pk_publish_number(
            &newest, db, "SELECT coalesce(max(version), 0) FROM version", NULL, 0, err);
    if (!status && draft_id)
        status = check_draft(db, draft_id, err);
    else if (!status) {
        status = check_version(db, from, err);
        if (!status)
            status = check_version(db, to, err);
    }
    if (!status)
        status = draft_id ? rows_of_draft(&d, draft_id, err)
                          : rows_of_versions(&d, from, to, err);
    if (!status && (!layer || strcmp(layer, "plan") == 0))
        status = plans(plan_list, &d, err);
    if (!status)
        status = layers(layer_list, &d, err);
    if (!status) {
        *out = json_object();
        json_object_set_new(*out, "from", json_integer(draft_id ? newest : from));
        json_object_set_new(*out, "to", draft_id ? json_null() : json_integer(to));
        json_object_set_new(*out, "draft",
                            draft_id ? json_integer(draft_id) : json_null());
        json_object_set(*out, "plans", plan_list);
        json_object_set(*out, "layers", layer_list);
    }
    json_decref(plan_list);
    json_decref(layer_list);
    pk_overlay_destroy(d.overlay);
    pk_arena_finish(&d.arena);
    return status;
}
