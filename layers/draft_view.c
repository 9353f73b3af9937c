#include "layers/draft_view.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "layers/area_rows.h"
#include "layers/overlay.h"

/* Less is two drawings of one border, not ground taken over (draft_replace.c). */
#define OVERLAP_M2 1.0

enum { REPORT_MAX_BYTES = 64 << 20 };

enum pk_status pk_draft_view_open(struct pk_db *db, const char *path,
                                  struct pk_error *err)
{
    enum pk_status status = pk_db_open(db, path, PK_DB_READ, false, err);

    if (status)
        return status;
    /* The file itself is open read-only; this lets temporary tables be made. */
    status = pk_db_exec(db, "PRAGMA query_only=OFF", err);
    if (status)
        pk_db_close(db);
    return status;
}

static void put_text(json_t *object, const char *name, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    json_t *value = text ? json_string(text) : NULL;

    json_object_set_new(object, name, value ? value : json_null());
}

/* ---- rows of the table ---- */

#define DRAFT_COLUMNS "draft_id, created, by, source, state, base_version"

static json_t *draft_object(sqlite3_stmt *s)
{
    static const char *const texts[] = {"created", "by", "source", "state"};
    json_t *o = json_object();

    json_object_set_new(o, "draft", json_integer(sqlite3_column_int64(s, 0)));
    for (int i = 0; i < (int)PK_COUNT(texts); i++)
        put_text(o, texts[i], s, i + 1);
    json_object_set_new(o, "base", json_integer(sqlite3_column_int64(s, 5)));
    return o;
}

enum pk_status pk_draft_list(json_t **out, struct pk_db *db, struct pk_error *err)
{
    static const char sql[] =
        "SELECT " DRAFT_COLUMNS " FROM draft WHERE state <> 'filling' "
        "ORDER BY state IN ('open', 'held') DESC, draft_id DESC LIMIT ?1";
    sqlite3_stmt *s;
    int rc;
    enum pk_status status = pk_db_prepare(&s, db, sql, err);

    *out = NULL;
    if (status)
        return status;
    *out = json_array();
    sqlite3_bind_int(s, 1, PK_DRAFTS_LISTED);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        json_array_append_new(*out, draft_object(s));
    if (rc != SQLITE_DONE)
        status = pk_db_fail(db, "drafts", err);
    sqlite3_finalize(s);
    if (status) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

enum pk_status pk_draft_show(json_t **out, struct pk_db *db, int64_t draft,
                             struct pk_error *err)
{
    static const char sql[] = "SELECT " DRAFT_COLUMNS ", report FROM draft "
                              "WHERE draft_id = ?1 AND state <> 'filling'";
    sqlite3_stmt *s;
    json_t *report = NULL;
    int rc;
    enum pk_status status = pk_db_prepare(&s, db, sql, err);

    *out = NULL;
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, draft);
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 6);

        *out = draft_object(s);
        if (!text || pk_json_parse(&report, text, strlen(text), REPORT_MAX_BYTES, NULL))
            report = json_object();
        json_object_set_new(*out, "report", report);
    } else if (rc == SQLITE_DONE) {
        status = pk_fail(err, PK_NOT_FOUND, "draft %lld: there is no such draft",
                         (long long)draft);
    } else {
        status = pk_db_fail(db, "draft", err);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- findings ---- */

/* A row: the finding as the report has it, its texts in both languages. */
static json_t *finding_object(sqlite3_stmt *s, enum pk_lang lang)
{
    const char *text = (const char *)sqlite3_column_text(s, 0);
    json_t *o = NULL;

    if (!text || pk_json_parse(&o, text, strlen(text), REPORT_MAX_BYTES, NULL))
        o = json_object();
    for (int i = 0; i < 2; i++) {
        int column = 1 + 2 * i + (lang == PK_EN);

        if (sqlite3_column_type(s, column) == SQLITE_TEXT)
            put_text(o, i == 0 ? "text" : "fix", s, column);
    }
    return o;
}

enum pk_status pk_draft_findings(json_t **out, int64_t *more, struct pk_db *db,
                                 int64_t draft, enum pk_lang lang, struct pk_error *err)
{
    static const char sql[] =
        "SELECT finding, text_sv, text_en, fix_sv, fix_en FROM finding WHERE draft_id = "
        "?1 OR draft_id = (SELECT held_of FROM draft WHERE draft_id = ?1) "
        "ORDER BY severity = 'error' DESC, severity = 'warning' DESC, rule, key";
    sqlite3_stmt *s;
    int rc;
    enum pk_status status = pk_db_prepare(&s, db, sql, err);

    *out = NULL;
    *more = 0;
    if (status)
        return status;
    *out = json_array();
    sqlite3_bind_int64(s, 1, draft);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        if (json_array_size(*out) < PK_DRAFT_FINDINGS_SHOWN)
            json_array_append_new(*out, finding_object(s, lang));
        else
            (*more)++;
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(db, "findings", err);
    sqlite3_finalize(s);
    if (status) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

/* ---- which plans touch which ---- */

struct looking {
    struct pk_db *db;
    int64_t draft;
    struct pk_overlay *overlay;
    struct pk_arena arena; /* of one newer plan */
    struct pk_arena pair;  /* of one pair */
    sqlite3_stmt *area, *touching, *chosen;
    json_t *pairs;
    bool more;
};

/* As it will be when the draft is published. */
#define WILL_BE(table, t)                                                                \
    "((" t ".from_version IS NULL AND " t ".draft_id = ?1) OR (" t                       \
    ".to_version = 4611686018427387904 AND " t ".from_version IS NOT NULL AND " t        \
    ".row_id NOT IN (SELECT row_id FROM draft_end WHERE draft_id = ?1 "                  \
    "AND table_name = '" table "')))"

static const char newer_sql[] =
    "SELECT feature_id, coalesce(designation, name, ''), in_force FROM plan "
    "WHERE draft_id = ?1 AND from_version IS NULL AND status = 'laga kraft' "
    "ORDER BY feature_id";
static const char area_sql[] = "SELECT p.geometry FROM plan_part p "
                               "WHERE p.feature_id = ?2 AND " WILL_BE("plan_part", "p");
static const char touching_sql[] =
    "SELECT DISTINCT o.feature_id, coalesce(o.designation, o.name, ''), o.in_force "
    "FROM plan_part p JOIN plan o ON o.feature_id = p.feature_id "
    "WHERE p.row_id IN (SELECT pkid FROM idx_plan_part_geometry WHERE xmax >= ?3 AND "
    "xmin <= ?4 AND ymax >= ?5 AND ymin <= ?6) AND o.feature_id <> ?2 "
    "AND o.status = 'laga kraft' AND " WILL_BE("plan_part", "p") " AND " WILL_BE(
        "plan", "o") " ORDER BY "
                     "o.feature_id";
static const char chosen_sql[] =
    "SELECT kind, reason FROM replacement r WHERE r.older_plan = ?2 "
    "AND r.newer_plan = ?3 AND " WILL_BE("replacement", "r") " ORDER BY r.row_id DESC";

static enum pk_status area_of(struct pk_geom *out, struct looking *l, struct pk_id plan,
                              struct pk_arena *arena, struct pk_error *err)
{
    sqlite3_reset(l->area);
    sqlite3_bind_int64(l->area, 1, l->draft);
    sqlite3_bind_blob(l->area, 2, plan.b, 16, SQLITE_TRANSIENT);
    return pk_area_rows(out, l->db, l->area, arena, err);
}

static struct pk_id id_at(sqlite3_stmt *s, int column)
{
    struct pk_id id = {{0}};

    if (sqlite3_column_bytes(s, column) == 16)
        memcpy(id.b, sqlite3_column_blob(s, column), 16);
    return id;
}

static void put_id(json_t *object, const char *name, struct pk_id id)
{
    char text[PK_ID_TEXT];

    pk_id_format(text, id);
    json_object_set_new(object, name, json_string(text));
}

static void put_choice(json_t *pair, struct looking *l, struct pk_id older,
                       struct pk_id newer)
{
    sqlite3_reset(l->chosen);
    sqlite3_bind_int64(l->chosen, 1, l->draft);
    sqlite3_bind_blob(l->chosen, 2, older.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_blob(l->chosen, 3, newer.b, 16, SQLITE_TRANSIENT);
    bool any = sqlite3_step(l->chosen) == SQLITE_ROW;
    json_object_set_new(pair, "choice", json_null());
    json_object_set_new(pair, "reason", json_null());
    if (any) {
        put_text(pair, "choice", l->chosen, 0);
        put_text(pair, "reason", l->chosen, 1);
    }
    sqlite3_reset(l->chosen);
}

/* A newer plan (row of `n`) and an older one (row of `touching`). */
static enum pk_status look_at_pair(struct looking *l, sqlite3_stmt *n,
                                   const struct pk_geom *ground, struct pk_error *err)
{
    const char *from = (const char *)sqlite3_column_text(n, 2);
    const char *before = (const char *)sqlite3_column_text(l->touching, 2);
    struct pk_id older = id_at(l->touching, 0), newer = id_at(n, 0);
    struct pk_geom other;
    double shared = 0;
    enum pk_status status;

    if (from && before && strcmp(before, from) > 0)
        return PK_OK; /* it is the other one that takes over */
    pk_arena_reset(&l->pair);
    status = area_of(&other, l, older, &l->pair, err);
    if (status || other.ring_count == 0 ||
        !pk_box_touches(pk_geom_box(ground), pk_geom_box(&other)))
        return status;
    /* Too long to be overlaid: asked about rather than passed over. */
    if (pk_overlay_shared_area(&shared, l->overlay, ground, &other, NULL))
        shared = 2 * OVERLAP_M2;
    if (shared <= OVERLAP_M2)
        return PK_OK;
    l->more = json_array_size(l->pairs) >= PK_DRAFT_PAIRS_MAX;
    if (l->more)
        return PK_OK;
    json_t *pair = json_object();
    put_id(pair, "older", older);
    put_text(pair, "older_name", l->touching, 1);
    put_id(pair, "newer", newer);
    put_text(pair, "newer_name", n, 1);
    put_text(pair, "from", n, 2);
    json_object_set_new(pair, "area_m2", json_real((double)(int64_t)(shared + 0.5)));
    put_choice(pair, l, older, newer);
    json_array_append_new(l->pairs, pair);
    return PK_OK;
}

static enum pk_status look_around(struct looking *l, sqlite3_stmt *n,
                                  struct pk_error *err)
{
    struct pk_id newer = id_at(n, 0);
    struct pk_geom ground;
    int rc = SQLITE_DONE;
    enum pk_status status;

    pk_arena_reset(&l->arena);
    status = area_of(&ground, l, newer, &l->arena, err);
    if (status || ground.ring_count == 0)
        return status;
    struct pk_box box = pk_geom_box(&ground);
    const double sides[] = {box.min_x, box.max_x, box.min_y, box.max_y};
    sqlite3_reset(l->touching);
    sqlite3_bind_int64(l->touching, 1, l->draft);
    sqlite3_bind_blob(l->touching, 2, newer.b, 16, SQLITE_TRANSIENT);
    for (int i = 0; i < 4; i++)
        sqlite3_bind_double(l->touching, 3 + i, sides[i]);
    while (!status && !l->more && (rc = sqlite3_step(l->touching)) == SQLITE_ROW)
        status = look_at_pair(l, n, &ground, err);
    if (!status && !l->more && rc != SQLITE_DONE)
        status = pk_db_fail(l->db, "plans beside", err);
    sqlite3_reset(l->touching);
    return status;
}

enum pk_status pk_draft_pairs(json_t **out, struct pk_db *db, int64_t draft,
                              struct pk_error *err)
{
    struct looking l = {.db = db, .draft = draft, .pairs = json_array()};
    sqlite3_stmt *newer = NULL;
    int rc = SQLITE_DONE;
    enum pk_status status = pk_db_prepare(&newer, db, newer_sql, err);

    *out = NULL;
    l.overlay = pk_overlay_create();
    if (!status)
        status = pk_db_prepare(&l.area, db, area_sql, err);
    if (!status)
        status = pk_db_prepare(&l.touching, db, touching_sql, err);
    if (!status)
        status = pk_db_prepare(&l.chosen, db, chosen_sql, err);
    if (!status)
        sqlite3_bind_int64(newer, 1, draft);
    while (!status && !l.more && (rc = sqlite3_step(newer)) == SQLITE_ROW)
        status = look_around(&l, newer, err);
    if (!status && !l.more && rc != SQLITE_DONE)
        status = pk_db_fail(db, "plans of the draft", err);
    if (!status) {
        *out = json_object();
        json_object_set_new(*out, "more", json_boolean(l.more));
        json_object_set(*out, "pairs", l.pairs);
    }
    sqlite3_finalize(newer);
    sqlite3_finalize(l.area);
    sqlite3_finalize(l.touching);
    sqlite3_finalize(l.chosen);
    json_decref(l.pairs);
    pk_overlay_destroy(l.overlay);
    pk_arena_finish(&l.arena);
    pk_arena_finish(&l.pair);
    return status;
}

/* ---- where it is ---- */

enum pk_status pk_draft_box(struct pk_box *out, bool *any, struct pk_db *db,
                            int64_t draft, struct pk_error *err)
{
    /* The plans themselves; of layers only what they bring, for a layer may cover all. */
    static const char sql[] =
        "SELECT min(xmin), min(ymin), max(xmax), max(ymax) FROM ("
        "SELECT xmin, ymin, xmax, ymax FROM idx_plan_part_geometry WHERE pkid IN "
        "(SELECT row_id FROM plan_part WHERE draft_id = ?1 AND from_version IS NULL "
        "UNION SELECT row_id FROM draft_end WHERE draft_id = ?1 "
        "AND table_name = 'plan_part' "
        "UNION SELECT q.row_id FROM plan_part q JOIN plan p ON p.feature_id = "
        "q.feature_id WHERE p.draft_id = ?1 AND p.from_version IS NULL "
        "AND q.to_version = 4611686018427387904) "
        "UNION ALL SELECT xmin, ymin, xmax, ymax FROM idx_feature_geometry WHERE pkid IN "
        "(SELECT row_id FROM feature WHERE draft_id = ?1 AND from_version IS NULL))";
    sqlite3_stmt *s;
    enum pk_status status = pk_db_prepare(&s, db, sql, err);

    *any = false;
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, draft);
    if (sqlite3_step(s) != SQLITE_ROW)
        status = pk_db_fail(db, "place of the draft", err);
    else if (sqlite3_column_type(s, 0) != SQLITE_NULL) {
        *out = (struct pk_box){sqlite3_column_double(s, 0), sqlite3_column_double(s, 1),
                               sqlite3_column_double(s, 2), sqlite3_column_double(s, 3)};
        *any = true;
    }
    sqlite3_finalize(s);
    return status;
}
