/* draft.c - the life of a draft: begin, one source after another, finish. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/draft_internal.h"

enum { SESSION_WAIT_MS = 2000 };

struct draft_source *draft_source_now(struct pk_draft *d)
{
    return &d->sources[d->source_count - 1];
}

enum pk_status draft_step(struct pk_draft *d, sqlite3_stmt *stmt, struct pk_error *err)
{
    int rc = sqlite3_step(stmt);
    enum pk_status status = rc == SQLITE_DONE || rc == SQLITE_ROW
                                ? PK_OK
                                : pk_db_fail(d->db, "write to the draft", err);

    sqlite3_reset(stmt);
    return status;
}

static enum pk_status transaction(struct pk_draft *d, struct pk_error *err)
{
    enum pk_status status = pk_db_begin(d->db, PK_DRAFT_WAIT_MS, err);

    d->in_transaction = status == PK_OK;
    return status;
}

static enum pk_status commit(struct pk_draft *d, struct pk_error *err)
{
    d->in_transaction = false;
    d->batch_bytes = d->batch_rows = 0;
    return pk_db_commit(d->db, err);
}

enum pk_status draft_breathe(struct pk_draft *d, size_t bytes, struct pk_error *err)
{
    enum pk_status status;

    d->batch_bytes += bytes;
    d->batch_rows++;
    if (d->batch_bytes < PK_DRAFT_BATCH_BYTES && d->batch_rows < PK_DRAFT_BATCH_ROWS)
        return PK_OK;
    status = commit(d, err);
    return status ? status : transaction(d, err);
}

/* ---- begin ---- */

static const struct {
    size_t at;
    const char *sql;
} statements[] = {
#define STATEMENT(member, text)                                                          \
    {                                                                                    \
        offsetof(struct pk_draft, member), text                                          \
    }
    STATEMENT(insert_plan,
              "INSERT INTO plan (feature_id, draft_id, municipality_code, municipality, "
              "designation, name, status, plan_type, adopted, in_force, accuracy_m, "
              "coverage, details, hash) "
              "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"),
    STATEMENT(
        insert_plan_part,
        "INSERT INTO plan_part (feature_id, draft_id, part, crs, original, area_m2, "
        "hash, geometry, details) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)"),
    STATEMENT(insert_regulation,
              "INSERT OR REPLACE INTO regulation (feature_id, draft_id, plan_id, kind, "
              "form, letter, idx, wording, colour, symbol, catalogue_id, details, hash, "
              "row_id) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"),
    STATEMENT(insert_regulation_part,
              "INSERT INTO regulation_part (feature_id, draft_id, plan_id, part, "
              "geom_kind, crs, original, area_m2, length_m, label, hash, geometry, "
              "details) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"),
    STATEMENT(insert_layer,
              "INSERT INTO layer (feature_id, draft_id, layer_id, role, settings, hash) "
              "VALUES (?1,?2,?3,?4,?5,?6)"),
    STATEMENT(insert_feature,
              "INSERT INTO feature (feature_id, draft_id, layer_id, title, attributes, "
              "geom_kind, crs, original, area_m2, length_m, hash, geometry) "
              "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)"),
    STATEMENT(find_feature,
              "SELECT row_id FROM feature WHERE layer_id = ?1 AND feature_id = ?2 "
              "AND to_version = ?3 AND hash = ?4"),
    STATEMENT(see_feature, "INSERT OR IGNORE INTO temp.draft_seen VALUES (?1, ?2)"),
    STATEMENT(find_draft_feature,
              "SELECT row_id, hash, geom_kind, crs, area_m2, length_m, attributes, "
              "geometry, original FROM feature WHERE layer_id = ?1 AND feature_id = ?2 "
              "AND from_version IS NULL AND +draft_id = ?3"),
    STATEMENT(find_seen,
              "SELECT o.row_id FROM feature o JOIN temp.draft_seen s "
              "ON s.row_id = o.row_id "
              "WHERE o.layer_id = ?1 AND o.feature_id = ?2 AND o.to_version = ?3"),
    STATEMENT(find_part, "SELECT 1 FROM regulation_part WHERE feature_id = ?1 "
                         "AND from_version IS NULL AND +draft_id = ?2 AND hash = ?3"),
#undef STATEMENT
};

static sqlite3_stmt **statement(struct pk_draft *d, size_t i)
{
    return (sqlite3_stmt **)(void *)((char *)d + statements[i].at);
}

static enum pk_status insert_draft(int64_t *id, struct pk_db *db,
                                   const struct pk_draft_origin *origin,
                                   const char *state, int64_t held_of,
                                   struct pk_error *err)
{
    sqlite3_stmt *stmt;
    char now[PK_TIME_TEXT];
    enum pk_status status = pk_db_prepare(
        &stmt, db,
        "INSERT INTO draft (created, by, source, sha256, mapping, report, state, "
        "held_of) VALUES (?1,?2,?3,?4,?5,'{}',?6,?7)",
        err);

    if (status)
        return status;
    pk_time_format(now, time(NULL));
    sqlite3_bind_text(stmt, 1, now, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, origin->by ? origin->by : "", -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, origin->source ? origin->source : "", -1, SQLITE_STATIC);
    if (origin->sha256)
        sqlite3_bind_text(stmt, 4, origin->sha256, -1, SQLITE_STATIC);
    if (origin->mapping)
        sqlite3_bind_text(stmt, 5, origin->mapping, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 6, state, -1, SQLITE_STATIC);
    if (held_of)
        sqlite3_bind_int64(stmt, 7, held_of);
    if (sqlite3_step(stmt) != SQLITE_DONE)
        status = pk_db_fail(db, "new draft", err);
    *id = sqlite3_last_insert_rowid(db->sql);
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status pk_draft_begin(struct pk_draft **out, struct pk_db *db,
                              const struct pk_draft_origin *origin, struct pk_error *err)
{
    struct pk_draft *d;
    enum pk_status status = pk_db_session_begin(db, SESSION_WAIT_MS, err);

    *out = NULL;
    if (status)
        return status;
    d = pk_xcalloc(1, sizeof(*d));
    d->db = db;
    d->lang = origin->lang;
    d->by = origin->by ? pk_xstrdup(origin->by) : NULL;
    d->source_text = origin->source ? pk_xstrdup(origin->source) : NULL;
    d->profile = pk_profile_of(origin->profile);
    d->catalogue = origin->catalogue;
    d->crs = pk_crs_create();
    d->overlay = pk_overlay_create();
    pk_buf_init(&d->blob, (size_t)PK_DRAFT_GEOM_MAX * 2);
    pk_buf_init(&d->original, (size_t)PK_DRAFT_GEOM_MAX * 2);
    status = pk_publish_recover(db, err);
    if (!status)
        status = pk_db_exec(db,
                            "CREATE TEMP TABLE IF NOT EXISTS draft_seen (row_id INTEGER "
                            "PRIMARY KEY, source INTEGER); DELETE FROM temp.draft_seen; "
                            "CREATE TEMP TABLE IF NOT EXISTS draft_kept (layer_id TEXT, "
                            "feature_id BLOB, PRIMARY KEY (layer_id, feature_id)); "
                            "DELETE FROM temp.draft_kept",
                            err);
    if (!status)
        status = draft_reach_load(d, err);
    for (size_t i = 0; i < PK_COUNT(statements) && !status; i++)
        status = pk_db_prepare(statement(d, i), db, statements[i].sql, err);
    if (!status)
        status = transaction(d, err);
    if (!status)
        status = insert_draft(&d->id, db, origin, "filling", 0, err);
    if (status) {
        pk_draft_abandon(d);
        return status;
    }
    *out = d;
    return PK_OK;
}

/* ---- one source ---- */

static void source_begin(struct pk_draft *d, const char *name, const char *sha256)
{
    d->sources =
        pk_xrealloc(d->sources, (size_t)d->source_count + 1, sizeof(*d->sources));
    d->sources[d->source_count++] = (struct draft_source){
        .name = pk_xstrdup(name),
        .sha256 = sha256 ? pk_xstrdup(sha256) : NULL,
        .findings = json_array(),
        .others = json_array(),
        .profile = d->profile < 0 ? PK_PROFILE_LAGER : (enum pk_profile)d->profile,
        .profile_given = d->profile >= 0};
    draft_names_finish(&d->names);
    d->first_plan = d->plan_count;
    d->first_regulation = d->regulation_count;
    d->first_layer = d->layer_count;
}

/* The reader's own merges and refusals: what it read is what came and those. */
static void take_count(struct pk_draft *d, const json_t *object)
{
    const char *kind = draft_text(object, "kind");
    struct draft_count *count;
    long long merged = 0, refused = 0;

    if (!kind)
        return;
    pk_jget_int(object, "merged", &merged);
    pk_jget_int(object, "refused", &refused);
    if (merged < 0 || refused < 0)
        return;
    count = draft_count(draft_source_now(d), kind);
    count->read += merged + refused;
    count->merged += merged;
    count->refused += refused;
}

static void take_finding(struct pk_draft *d, const json_t *object)
{
    draft_finding_record(d, draft_source_now(d), object);
    if (!draft_text(object, "stops"))
        return;
    draft_hold(d, draft_text(object, "plan") ? draft_text(object, "plan")
                                             : draft_text(object, "object"));
}

/* The caller's word, the mapping's, or what kind of file it is: a national delivery, or
 * (when a plan comes in it, draft_plan.c) an older plan. */
static void choose_profile(struct draft_source *source, const char *named)
{
    int profile = pk_profile_of(named);

    if (source->profile_given)
        return;
    if (profile < 0 && source->recognised_as &&
        strncmp(source->recognised_as, "ngp-", 4) == 0)
        profile = PK_PROFILE_NGP;
    if (profile >= 0) {
        source->profile = (enum pk_profile)profile;
        source->profile_given = true;
    }
}

static enum pk_status take(struct pk_draft *d, const struct pk_record *r,
                           struct pk_error *err)
{
    struct draft_source *source = draft_source_now(d);
    const char *text;

    switch (r->type) {
    case PK_REC_SOURCE:
        text = draft_text(r->object, "recognised_as");
        source->recognised_as = text ? pk_xstrdup(text) : NULL;
        choose_profile(source, draft_text(r->object, "profile"));
        return PK_OK;
    case PK_REC_PLAN:
        return draft_take_plan(d, r, err);
    case PK_REC_PLAN_PART:
        return draft_take_plan_part(d, r, err);
    case PK_REC_REGULATION:
        return draft_take_regulation(d, r, err);
    case PK_REC_REG_PART:
        return draft_take_regulation_part(d, r, err);
    case PK_REC_LAYER:
        return draft_take_layer(d, r, err);
    case PK_REC_FEATURE:
        return draft_take_feature(d, r, err);
    case PK_REC_FINDING:
        take_finding(d, r->object);
        return PK_OK;
    case PK_REC_COUNT:
        take_count(d, r->object);
        return PK_OK;
    default:
        return PK_OK;
    }
}

/* Every row of the draft above these marks belongs to the current source. */
static const char *const row_tables[] = {
    "plan", "plan_part", "regulation", "regulation_part", "layer", "feature"};

static enum pk_status last_row(int64_t *out, struct pk_draft *d, const char *table,
                               struct pk_error *err)
{
    char *sql = sqlite3_mprintf("SELECT coalesce(max(row_id), 0) FROM %s", table);
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, d->db, sql, err);

    sqlite3_free(sql);
    if (status)
        return status;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else
        status = pk_db_fail(d->db, "rows of the draft", err);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status forget_rows(struct pk_draft *d, const int64_t *marks,
                                  struct pk_error *err)
{
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < PK_COUNT(row_tables) && !status; i++) {
        char *sql = sqlite3_mprintf("DELETE FROM %s WHERE draft_id = %lld "
                                    "AND from_version IS NULL AND row_id > %lld",
                                    row_tables[i], (long long)d->id, (long long)marks[i]);

        status = pk_db_exec(d->db, sql, err);
        sqlite3_free(sql);
    }
    if (!status) {
        char *sql = sqlite3_mprintf("DELETE FROM temp.draft_seen WHERE source = %u",
                                    d->source_count);

        status = pk_db_exec(d->db, sql, err);
        sqlite3_free(sql);
    }
    return status;
}

/* Nothing of a source that broke counts: what it brought is forgotten, and each
 * object that was read is refused. */
static enum pk_status source_failed(struct pk_draft *d, const int64_t *marks,
                                    const char *why, struct pk_error *err)
{
    struct draft_source *source = draft_source_now(d);
    struct draft_finding what = {"P-READ", "error", source->name, NULL, false, 0, 0};
    const char *args[] = {"reason", why, NULL};

    source->failed = true;
    draft_finding(d, source, &what, PK_MSG_RPT_BROKEN, PK_MSG_RPT_BROKEN_FIX, args);
    for (size_t i = 0; i < source->count_count; i++) {
        struct draft_count *c = &source->counts[i];

        c->refused = c->read - c->merged;
        c->stored = c->unchanged = 0;
    }
    for (uint32_t i = d->first_plan; i < d->plan_count; i++)
        d->plans[i].refused = true;
    for (uint32_t i = d->first_layer; i < d->layer_count; i++)
        free(d->layers[i].id), free(d->layers[i].title_column);
    d->layer_count = d->first_layer;
    return forget_rows(d, marks, err);
}

enum pk_status pk_draft_source(struct pk_draft *d, struct pk_stream_in *in,
                               const char *source, const char *sha256,
                               struct pk_error *err)
{
    int64_t marks[PK_COUNT(row_tables)] = {0};
    struct pk_record record;
    struct pk_error why = {0};
    bool end = false;
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < PK_COUNT(row_tables) && !status; i++)
        status = last_row(&marks[i], d, row_tables[i], err);
    if (status)
        return status;
    source_begin(d, source, sha256);
    while (!status && !end) {
        pk_arena_reset(&d->arena);
        if (pk_stream_next(in, &record, &end, &why))
            return source_failed(d, marks, why.text, err);
        if (!end)
            status = take(d, &record, err);
    }
    return status ? status : draft_plans_end(d, err);
}

void pk_draft_unreadable(struct pk_draft *d, const char *source, const char *sha256,
                         const char *rule, const char *text, const char *fix)
{
    json_t *f = json_object();
    struct draft_count *count;

    source_begin(d, source, sha256);
    draft_source_now(d)->failed = true;
    json_object_set_new(f, "rule", json_string(rule));
    json_object_set_new(f, "severity", json_string("error"));
    json_object_set_new(f, "object", json_string(source));
    json_object_set_new(f, "text", json_string(text ? text : ""));
    json_object_set_new(f, "fix", json_string(fix ? fix : ""));
    json_object_set_new(f, "point", json_null());
    json_object_set_new(f, "place", json_null());
    draft_finding_record(d, draft_source_now(d), f);
    json_decref(f);
    count = draft_count(draft_source_now(d), "file");
    count->read = count->refused = 1;
}

/* ---- finish ---- */

static enum pk_status store_report(struct pk_draft *d, int64_t draft, const char *state,
                                   const json_t *report, struct pk_error *err)
{
    char *text = json_dumps(report, JSON_COMPACT | JSON_REAL_PRECISION(13));
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db,
        "UPDATE draft SET report = ?2, state = ?3, base_version = "
        "(SELECT coalesce(max(version), 0) FROM version) WHERE draft_id = ?1",
        err);

    if (!status) {
        sqlite3_bind_int64(stmt, 1, draft);
        sqlite3_bind_text(stmt, 2, text ? text : "{}", -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 3, state, -1, SQLITE_STATIC);
        status = draft_step(d, stmt, err);
        sqlite3_finalize(stmt);
    }
    free(text);
    return status;
}

static enum pk_status anything_in(bool *out, struct pk_draft *d, struct pk_error *err)
{
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM plan WHERE draft_id = ?1 AND from_version IS NULL) "
        "OR EXISTS (SELECT 1 FROM layer WHERE draft_id = ?1 AND from_version IS NULL) "
        "OR EXISTS (SELECT 1 FROM feature WHERE draft_id = ?1 AND from_version IS NULL) "
        "OR EXISTS (SELECT 1 FROM replacement WHERE draft_id = ?1 "
        "AND from_version IS NULL) "
        "OR EXISTS (SELECT 1 FROM draft_end WHERE draft_id = ?1)";
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, d->id);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *out = sqlite3_column_int(stmt, 0) != 0;
    else
        status = pk_db_fail(d->db, "content of the draft", err);
    sqlite3_finalize(stmt);
    return status;
}

static void sum_up(const struct pk_draft *d, bool *held, bool *refused)
{
    *held = *refused = false;
    for (uint32_t i = 0; i < d->plan_count; i++)
        *held = *held || (d->plans[i].held && !d->plans[i].refused);
    for (uint32_t i = 0; i < d->source_count; i++) {
        for (size_t k = 0; k < d->sources[i].count_count; k++)
            *refused = *refused || d->sources[i].counts[k].refused > 0;
        *refused = *refused || d->sources[i].failed;
    }
}

static enum pk_status held_draft(int64_t *id, struct pk_draft *d, struct pk_error *err)
{
    struct pk_draft_origin origin = {.by = d->by, .source = d->source_text};

    return insert_draft(id, d->db, &origin, "held", d->id, err);
}

enum pk_status pk_draft_finish(struct pk_draft *d, int64_t *draft_id, bool *anything_held,
                               bool *anything_refused, json_t **report,
                               struct pk_error *err)
{
    int64_t held = 0;
    bool any = false;
    enum pk_status status = PK_OK;

    *draft_id = 0;
    *report = NULL;
    sum_up(d, anything_held, anything_refused);
    if (*anything_held)
        status = held_draft(&held, d, err);
    if (!status)
        status = draft_settle(d, held, err);
    if (!status)
        status = anything_in(&any, d, err);
    if (!status) {
        sum_up(d, anything_held, anything_refused);
        *report = draft_report(d, held);
        status = store_report(d, d->id, any ? "open" : "unchanged", *report, err);
    }
    if (!status)
        status = draft_findings_store(d, d->id, err);
    if (!status && held)
        status = store_report(d, held, "held", *report, err);
    if (!status && held)
        status = draft_findings_store(d, held, err);
    if (!status)
        status = commit(d, err);
    if (status) {
        json_decref(*report);
        *report = NULL;
        return status;
    }
    *draft_id = any ? d->id : 0;
    d->id = 0; /* its rows stay */
    pk_draft_abandon(d);
    return PK_OK;
}

void pk_draft_abandon(struct pk_draft *d)
{
    if (!d)
        return;
    if (d->in_transaction)
        pk_db_rollback(d->db);
    for (size_t i = 0; i < PK_COUNT(statements); i++)
        sqlite3_finalize(*statement(d, i));
    /* What earlier transactions wrote goes now, or when the next writer opens. */
    if (d->id && pk_publish_recover(d->db, NULL) != PK_OK)
        d->id = 0; /* recovery will be tried again then */
    pk_db_session_end(d->db);
    for (uint32_t i = 0; i < d->source_count; i++)
        draft_source_finish(&d->sources[i]);
    for (uint32_t i = 0; i < d->plan_count; i++)
        free(d->plans[i].label);
    for (uint32_t i = 0; i < d->layer_count; i++) {
        free(d->layers[i].id);
        free(d->layers[i].title_column);
    }
    draft_rules_finish(d);
    draft_names_finish(&d->names);
    draft_names_finish(&d->plan_ids);
    draft_names_finish(&d->equals);
    free(d->sources);
    free(d->plans);
    free(d->regulations);
    free(d->layers);
    free(d->reach);
    free(d->by);
    free(d->source_text);
    pk_buf_finish(&d->blob);
    pk_buf_finish(&d->original);
    pk_arena_finish(&d->arena);
    pk_overlay_destroy(d->overlay);
    pk_crs_destroy(d->crs);
    free(d);
}
