/* draft_settle.c - a filled draft against what is published: equal rows go, rows that
 * it replaces are noted as ended, what was held back moves to a draft of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/draft_internal.h"

/* One statement with the draft and an id (or a layer's name) bound as ?1 and ?2, the
 * open end as ?3 and a second draft as ?4; *changes may be NULL. */
static enum pk_status run(struct pk_draft *d, const char *sql, const struct pk_id *id,
                          const char *name, int64_t other, int64_t *changes,
                          struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, d->db, sql, err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, d->id);
    if (id)
        sqlite3_bind_blob(stmt, 2, id->b, 16, SQLITE_STATIC);
    else if (name)
        sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(stmt) >= 3)
        sqlite3_bind_int64(stmt, 3, PK_OPEN_END);
    if (sqlite3_bind_parameter_count(stmt) >= 4)
        sqlite3_bind_int64(stmt, 4, other);
    status = draft_step(d, stmt, err);
    if (!status && changes)
        *changes = sqlite3_changes64(d->db->sql);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- plans ---- */

/* "+draft_id" keeps SQLite from walking the whole draft for one object: it has no
 * statistics of our tables, and takes the draft's own index otherwise. */
struct plan_table {
    const char *name, *owner; /* the column that names the plan */
    bool parts;
};

static const struct plan_table plan_tables[] = {
    {"plan",            "feature_id", false},
    {"plan_part",       "feature_id", true },
    {"regulation",      "plan_id",    false},
    {"regulation_part", "plan_id",    true },
};

/* The hash of all that belongs to a plan: rows in a fixed order. */
static enum pk_status whole_hash(struct pk_id *out, struct pk_draft *d,
                                 const struct draft_plan *plan, struct pk_error *err)
{
    static const char sql[] =
        "SELECT 0 AS k, feature_id AS f, 0 AS p, hash AS h FROM plan "
        "WHERE row_id = ?3 "
        "UNION ALL SELECT 1, feature_id, part, hash FROM plan_part "
        "WHERE feature_id = ?2 AND +draft_id = ?1 AND from_version IS NULL "
        "UNION ALL SELECT 2, feature_id, 0, hash FROM regulation "
        "WHERE plan_id = ?2 AND +draft_id = ?1 AND from_version IS NULL "
        "UNION ALL SELECT 3, feature_id, part, hash FROM regulation_part "
        "WHERE plan_id = ?2 AND +draft_id = ?1 AND from_version IS NULL "
        "ORDER BY k, f, p, h";
    sqlite3_stmt *stmt;
    struct pk_buf all;
    int rc;
    enum pk_status status = pk_db_prepare(&stmt, d->db, sql, err);

    if (status)
        return status;
    pk_buf_init(&all, SIZE_MAX / 2);
    sqlite3_bind_int64(stmt, 1, d->id);
    sqlite3_bind_blob(stmt, 2, plan->id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, plan->row_id);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        pk_buf_add_u8(&all, (uint8_t)sqlite3_column_int(stmt, 0));
        pk_buf_add(&all, sqlite3_column_blob(stmt, 1),
                   (size_t)sqlite3_column_bytes(stmt, 1));
        pk_buf_add_u32(&all, (uint32_t)sqlite3_column_int(stmt, 2));
        pk_buf_add(&all, sqlite3_column_blob(stmt, 3),
                   (size_t)sqlite3_column_bytes(stmt, 3));
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "hash of a plan", err);
    sqlite3_finalize(stmt);
    *out = pk_hash128(all.data, all.len);
    pk_buf_finish(&all);
    return status;
}

static enum pk_status set_whole_hash(struct pk_draft *d, const struct draft_plan *plan,
                                     struct pk_id hash, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status =
        pk_db_prepare(&stmt, d->db, "UPDATE plan SET hash = ?2 WHERE row_id = ?1", err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, plan->row_id);
    sqlite3_bind_blob(stmt, 2, hash.b, 16, SQLITE_STATIC);
    status = draft_step(d, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

/* Two drafts of the four tables: move the plan's rows, or delete them. */
static enum pk_status each_table(struct pk_draft *d, const struct draft_plan *plan,
                                 const char *before, const char *after, int64_t other,
                                 struct pk_error *err)
{
    enum pk_status status = PK_OK;

    for (size_t i = 0; i < PK_COUNT(plan_tables) && !status; i++) {
        char *sql = sqlite3_mprintf(
            "%s %s %s WHERE +draft_id = ?1 AND from_version IS NULL AND %s = ?2", before,
            plan_tables[i].name, after, plan_tables[i].owner);

        status = run(d, sql, &plan->id, NULL, other, NULL, err);
        sqlite3_free(sql);
    }
    return status;
}

/* Published rows of the plan without an equal one in the draft end; draft rows with
 * an equal published one go. Part numbers are part of the identity. */
static enum pk_status match_table(struct pk_draft *d, const struct draft_plan *plan,
                                  const struct plan_table *t, int64_t *matched,
                                  struct pk_error *err)
{
    const char *same = t->parts ? "AND n.part = o.part" : "";
    char *end = sqlite3_mprintf(
        "INSERT OR IGNORE INTO draft_end SELECT ?1, '%s', o.row_id FROM %s o "
        "WHERE o.%s = ?2 AND o.to_version = ?3 AND NOT EXISTS (SELECT 1 FROM %s n "
        "WHERE n.feature_id = o.feature_id AND n.from_version IS NULL "
        "AND +n.draft_id = ?1 AND +n.%s = ?2 AND n.hash = o.hash %s)",
        t->name, t->name, t->owner, t->name, t->owner, same);
    char *drop = sqlite3_mprintf(
        "DELETE FROM %s AS n WHERE +n.draft_id = ?1 AND n.from_version IS NULL "
        "AND n.%s = ?2 AND EXISTS (SELECT 1 FROM %s o WHERE o.feature_id = n.feature_id "
        "AND o.to_version = ?3 AND +o.%s = ?2 AND o.hash = n.hash %s)",
        t->name, t->owner, t->name, t->owner, same);
    enum pk_status status = run(d, end, &plan->id, NULL, 0, NULL, err);

    if (!status)
        status = run(d, drop, &plan->id, NULL, 0, matched, err);
    sqlite3_free(end);
    sqlite3_free(drop);
    return status;
}

static enum pk_status published_hash(bool *equal, struct pk_draft *d,
                                     const struct draft_plan *plan, struct pk_id hash,
                                     struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db,
        "SELECT 1 FROM plan WHERE feature_id = ?1 AND to_version = ?2 AND hash = ?3",
        err);

    if (status)
        return status;
    sqlite3_bind_blob(stmt, 1, plan->id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, PK_OPEN_END);
    sqlite3_bind_blob(stmt, 3, hash.b, 16, SQLITE_STATIC);
    *equal = sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return PK_OK;
}

static enum pk_status settle_plan(struct pk_draft *d, struct draft_plan *plan,
                                  int64_t held_draft, struct pk_error *err)
{
    struct draft_source *source = &d->sources[plan->source];
    struct draft_count *plans, *regulations;
    struct pk_id hash;
    int64_t matched = 0;
    bool equal = false;
    enum pk_status status;

    draft_count(source, "plan");
    if (plan->regulations)
        draft_count(source, "regulation");
    plans = draft_count(source, "plan");
    regulations = plan->regulations ? draft_count(source, "regulation") : NULL;
    if (plan->held) {
        plans->refused++;
        status = draft_rules_plan(d, plan, err);
        if (status)
            return status;
        if (regulations)
            regulations->refused += plan->regulations;
        return each_table(d, plan, "UPDATE", "SET draft_id = ?4", held_draft, err);
    }
    status = whole_hash(&hash, d, plan, err);
    if (!status)
        status = set_whole_hash(d, plan, hash, err);
    if (!status)
        status = published_hash(&equal, d, plan, hash, err);
    if (!status && equal) {
        plans->unchanged++;
        if (regulations)
            regulations->unchanged += plan->regulations;
        return each_table(d, plan, "DELETE FROM", "", 0, err);
    }
    /* What was published before was told of before. */
    if (!status)
        status = draft_rules_plan(d, plan, err);
    for (size_t i = 0; i < PK_COUNT(plan_tables) && !status; i++) {
        int64_t *out = strcmp(plan_tables[i].name, "regulation") == 0 ? &matched : NULL;

        status = match_table(d, plan, &plan_tables[i], out, err);
    }
    plans->stored++;
    if (regulations) {
        regulations->unchanged += matched;
        regulations->stored += plan->regulations - matched;
    }
    return status;
}

/* ---- layers: a delivered layer is the whole layer ---- */

/* What was refused does not end what is published: a feature whose new state was refused
 * stays as it was, and a layer of which nothing could be taken stays whole. */
static enum pk_status keep_refused(struct pk_draft *d, const struct draft_layer *layer,
                                   struct pk_error *err)
{
    static const char named[] =
        "INSERT OR IGNORE INTO temp.draft_seen SELECT o.row_id, 0 FROM feature o "
        "WHERE o.layer_id = ?2 AND o.to_version = ?3 AND EXISTS (SELECT 1 FROM "
        "temp.draft_kept k WHERE k.layer_id = ?2 AND k.feature_id = o.feature_id) "
        "AND NOT EXISTS (SELECT 1 FROM feature n WHERE n.layer_id = ?2 AND n.draft_id = "
        "?1 AND n.from_version IS NULL AND n.feature_id = o.feature_id)";
    static const char whole[] =
        "INSERT OR IGNORE INTO temp.draft_seen SELECT o.row_id, 0 FROM feature o "
        "WHERE o.layer_id = ?2 AND o.to_version = ?3";
    static const char settings[] = "DELETE FROM layer WHERE layer_id = ?2 AND draft_id = "
                                   "?1 AND from_version IS NULL";
    struct draft_finding what = {"P-KEEP", "warning", layer->id, NULL, false, 0, 0};
    char number[24];
    const char *args[] = {"name", layer->id, "n", number, NULL};
    int64_t kept = 0;
    enum pk_status status =
        run(d, layer->taken ? named : whole, NULL, layer->id, 0, &kept, err);

    if (!status && !layer->taken)
        status = run(d, settings, NULL, layer->id, 0, NULL, err);
    if (kept > 0) {
        snprintf(number, sizeof(number), "%lld", (long long)kept);
        draft_finding(d, &d->sources[layer->source], &what, PK_MSG_RPT_KEPT,
                      PK_MSG_RPT_KEPT_FIX, args);
    }
    return status;
}

static enum pk_status settle_layer(struct pk_draft *d, const struct draft_layer *layer,
                                   struct pk_error *err)
{
    static const char join_seen[] =
        "INSERT OR IGNORE INTO temp.draft_seen SELECT o.row_id, 0 FROM feature n "
        "JOIN feature o ON o.layer_id = n.layer_id AND o.feature_id = n.feature_id "
        "AND o.hash = n.hash AND o.to_version = ?3 "
        "WHERE n.draft_id = ?1 AND n.from_version IS NULL AND n.layer_id = ?2";
    static const char join_drop[] =
        "DELETE FROM feature AS n WHERE n.draft_id = ?1 AND n.from_version IS NULL "
        "AND n.layer_id = ?2 AND EXISTS (SELECT 1 FROM feature o "
        "WHERE o.layer_id = n.layer_id AND o.feature_id = n.feature_id "
        "AND o.hash = n.hash AND o.to_version = ?3)";
    static const char end[] =
        "INSERT OR IGNORE INTO draft_end SELECT ?1, 'feature', o.row_id FROM feature o "
        "WHERE o.layer_id = ?2 AND o.to_version = ?3 "
        "AND o.row_id NOT IN (SELECT row_id FROM temp.draft_seen)";
    static const char settings[] =
        "INSERT OR IGNORE INTO draft_end SELECT ?1, 'layer', o.row_id FROM layer o "
        "WHERE o.layer_id = ?2 AND o.to_version = ?3 AND EXISTS (SELECT 1 FROM layer n "
        "WHERE n.layer_id = ?2 AND n.draft_id = ?1 AND n.from_version IS NULL)";
    enum pk_status status = PK_OK;
    int64_t same = 0;

    if (layer->joined) {
        struct draft_count *count = draft_count(&d->sources[layer->source], layer->id);

        status = run(d, join_seen, NULL, layer->id, 0, NULL, err);
        if (!status)
            status = run(d, join_drop, NULL, layer->id, 0, &same, err);
        count->stored -= same;
        count->unchanged += same;
    }
    if (!status && layer->refused)
        status = keep_refused(d, layer, err);
    if (!status)
        status = run(d, end, NULL, layer->id, 0, NULL, err);
    if (!status)
        status = run(d, settings, NULL, layer->id, 0, NULL, err);
    return status;
}

enum pk_status draft_settle(struct pk_draft *d, int64_t held_draft, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    for (uint32_t i = 0; i < d->plan_count && !status; i++) {
        if (!d->plans[i].refused && !d->sources[d->plans[i].source].failed)
            status = settle_plan(d, &d->plans[i], held_draft, err);
        if (!status)
            status = draft_breathe(d, 0, err);
    }
    for (uint32_t i = 0; i < d->layer_count && !status; i++) {
        if (!d->sources[d->layers[i].source].failed)
            status = settle_layer(d, &d->layers[i], err);
    }
    if (!status)
        status = draft_replacements(d, err);
    if (!status)
        status = draft_rules_across(d, err);
    return status;
}
