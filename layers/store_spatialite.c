#include "layers/store_spatialite.h"

#include <stdlib.h>
#include <string.h>

#include "layers/db.h"
#include "layers/store_spatialite_private.h"

enum { STATEMENTS_MAX = 96 };

struct cached {
    uint64_t hash;
    char *sql;
    sqlite3_stmt *statement;
};

struct spatialite_store {
    struct pk_store base;
    struct pk_db db;
    bool borrowed; /* the connection is somebody else's */
    uint32_t statement_count;
    struct cached statements[STATEMENTS_MAX];
    uint32_t name_count;
    const char **names; /* source layers of change boxes, interned */
};

static struct spatialite_store *self(struct pk_store *store)
{
    return (struct spatialite_store *)store;
}

/* ---- statements ---- */

enum pk_status pk_query_open(struct pk_query_sql *q, struct pk_store *base,
                             const char *sql, struct pk_error *err)
{
    struct spatialite_store *store = self(base);
    uint64_t hash = pk_hash64(sql, strlen(sql), 0);
    *q = (struct pk_query_sql){.db = &store->db};
    for (uint32_t i = 0; i < store->statement_count; i++) {
        struct cached *c = &store->statements[i];
        /* A visitor may ask the same question inside its own walk. */
        if (c->hash == hash && strcmp(c->sql, sql) == 0 &&
            !sqlite3_stmt_busy(c->statement)) {
            q->statement = c->statement;
            return PK_OK;
        }
    }
    enum pk_status status = pk_db_prepare(&q->statement, &store->db, sql, err);
    if (status != PK_OK) {
        return status;
    }
    if (store->statement_count < STATEMENTS_MAX) {
        store->statements[store->statement_count++] =
            (struct cached){hash, pk_xstrdup(sql), q->statement};
    } else {
        q->own = true;
    }
    return PK_OK;
}

void pk_query_int(struct pk_query_sql *q, int64_t v)
{
    sqlite3_bind_int64(q->statement, ++q->bound, v);
}

void pk_query_real(struct pk_query_sql *q, double v)
{
    sqlite3_bind_double(q->statement, ++q->bound, v);
}

void pk_query_text(struct pk_query_sql *q, const char *v)
{
    sqlite3_bind_text(q->statement, ++q->bound, v, -1, SQLITE_TRANSIENT);
}

void pk_query_id(struct pk_query_sql *q, struct pk_id id)
{
    sqlite3_bind_blob(q->statement, ++q->bound, id.b, sizeof id.b, SQLITE_TRANSIENT);
}

bool pk_query_next(struct pk_query_sql *q)
{
    q->rc = sqlite3_step(q->statement);
    return q->rc == SQLITE_ROW;
}

enum pk_status pk_query_close(struct pk_query_sql *q, enum pk_status status,
                              struct pk_error *err)
{
    if (q->statement == NULL) {
        return status;
    }
    if (status == PK_OK && q->rc != SQLITE_DONE && q->rc != SQLITE_ROW && q->rc != 0) {
        status = pk_db_fail(q->db, "read", err);
    }
    sqlite3_reset(q->statement);
    sqlite3_clear_bindings(q->statement);
    if (q->own) {
        sqlite3_finalize(q->statement);
    }
    return status;
}

const char *pk_column_text(struct pk_query_sql *q, int column, struct pk_arena *arena)
{
    const char *text = (const char *)sqlite3_column_text(q->statement, column);
    int len = sqlite3_column_bytes(q->statement, column);
    return text == NULL ? NULL : pk_arena_strndup(arena, text, (size_t)len);
}

struct pk_id pk_column_id(struct pk_query_sql *q, int column)
{
    struct pk_id id = {{0}};
    const void *blob = sqlite3_column_blob(q->statement, column);
    if (blob != NULL && sqlite3_column_bytes(q->statement, column) == (int)sizeof id.b) {
        memcpy(id.b, blob, sizeof id.b);
    }
    return id;
}

/* ---- life ---- */

static void spatialite_close(struct pk_store *base)
{
    if (base == NULL) {
        return;
    }
    struct spatialite_store *store = self(base);
    for (uint32_t i = 0; i < store->statement_count; i++) {
        sqlite3_finalize(store->statements[i].statement);
        free(store->statements[i].sql);
    }
    for (uint32_t i = 0; i < store->name_count; i++) {
        free((char *)store->names[i]);
    }
    free(store->names);
    if (!store->borrowed) {
        pk_db_close(&store->db);
    }
    free(store);
}

static enum pk_status spatialite_open(struct pk_store **out, const char *where,
                                      struct pk_error *err)
{
    *out = NULL;
    struct spatialite_store *store = pk_xcalloc(1, sizeof *store);
    store->base.ops = &pk_store_spatialite_ops;
    enum pk_status status = pk_db_open(&store->db, where, PK_DB_READ, false, err);
    if (status != PK_OK) {
        free(store);
        return status;
    }
    *out = &store->base;
    return PK_OK;
}

struct pk_store *pk_store_over(const struct pk_db *db)
{
    struct spatialite_store *store = pk_xcalloc(1, sizeof *store);
    store->base.ops = &pk_store_spatialite_ops;
    store->db = *db;
    store->borrowed = true;
    return &store->base;
}

static enum pk_status spatialite_begin(struct pk_store *base, int64_t *version,
                                       struct pk_error *err)
{
    struct spatialite_store *store = self(base);
    *version = 0;
    enum pk_status status = pk_db_exec(&store->db, "BEGIN", err);
    if (status != PK_OK) {
        return status;
    }
    /* The first read fixes the snapshot. */
    struct pk_query_sql q;
    status = pk_query_open(&q, base, "SELECT ifnull(max(version), 0) FROM version", err);
    if (status == PK_OK && pk_query_next(&q)) {
        *version = sqlite3_column_int64(q.statement, 0);
    }
    status = pk_query_close(&q, status, err);
    if (status != PK_OK) {
        sqlite3_exec(store->db.sql, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

static void spatialite_end(struct pk_store *base)
{
    struct spatialite_store *store = self(base);
    if (!sqlite3_get_autocommit(store->db.sql)) {
        sqlite3_exec(store->db.sql, "COMMIT", NULL, NULL, NULL);
    }
}

/* ---- versions, changes, packs ---- */

static enum pk_status spatialite_versions(struct pk_store *base, struct pk_version **out,
                                          uint32_t *count, struct pk_arena *arena,
                                          struct pk_error *err)
{
    *out = NULL;
    *count = 0;
    struct pk_query_sql q;
    enum pk_status status =
        pk_query_open(&q, base,
                      "SELECT version, published, by, source, sha256, mapping, note, "
                      "legal_day, count(*) OVER () FROM version ORDER BY version",
                      err);
    while (status == PK_OK && pk_query_next(&q)) {
        if (*out == NULL) {
            int64_t all = sqlite3_column_int64(q.statement, 8);
            *out = pk_arena_alloc(arena, (size_t)all, sizeof **out);
        }
        (*out)[(*count)++] = (struct pk_version){
            .version = sqlite3_column_int64(q.statement, 0),
            .published = pk_column_text(&q, 1, arena),
            .by = pk_column_text(&q, 2, arena),
            .source = pk_column_text(&q, 3, arena),
            .sha256 = pk_column_text(&q, 4, arena),
            .mapping = pk_column_text(&q, 5, arena),
            .note = pk_column_text(&q, 6, arena),
            .legal_day = pk_column_text(&q, 7, arena),
        };
    }
    return pk_query_close(&q, status, err);
}

/* A whole number kept in a setting; 0 when it is not there. */
static enum pk_status setting_number(struct pk_store *base, const char *name,
                                     int64_t *out, struct pk_error *err)
{
    struct pk_query_sql q;
    *out = 0;
    enum pk_status status = pk_query_open(
        &q, base, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?1", err);
    if (status == PK_OK) {
        pk_query_text(&q, name);
        if (pk_query_next(&q)) {
            *out = sqlite3_column_int64(q.statement, 0);
        }
    }
    return pk_query_close(&q, status, err);
}

static const char *intern(struct spatialite_store *store, const char *name)
{
    for (uint32_t i = 0; i < store->name_count; i++) {
        if (strcmp(store->names[i], name) == 0) {
            return store->names[i];
        }
    }
    store->names = pk_xrealloc(store->names, store->name_count + 1, sizeof *store->names);
    return store->names[store->name_count++] = pk_xstrdup(name);
}

static enum pk_family family_of(const char *name)
{
    return name != NULL && strcmp(name, "tm") == 0 ? PK_TM : PK_WM;
}

static const char *family_name(enum pk_family family)
{
    return family == PK_TM ? "tm" : "wm";
}

static enum pk_status spatialite_changes(struct pk_store *base, int64_t after,
                                         uint32_t limit, struct pk_change **out,
                                         uint32_t *count, bool *more,
                                         struct pk_arena *arena, struct pk_error *err)
{
    *out = NULL;
    *count = 0;
    int64_t kept_from;
    enum pk_status status = setting_number(base, "changes_from", &kept_from, err);
    if (status != PK_OK) {
        return status;
    }
    *more = after + 1 < kept_from;
    struct pk_query_sql q;
    status = pk_query_open(&q, base,
                           "SELECT version, source_layer, family, band, min_x, min_y, "
                           "max_x, max_y FROM change WHERE version > ?1 AND version <= "
                           "(SELECT ifnull(max(version), 0) FROM version) "
                           "ORDER BY version, rowid LIMIT ?2",
                           err);
    if (status != PK_OK) {
        return status;
    }
    pk_query_int(&q, after);
    pk_query_int(&q, (int64_t)limit + 1);
    uint32_t room = 0;
    while (pk_query_next(&q)) {
        if (*count == limit) {
            *more = true;
            break;
        }
        if (*count == room) {
            uint32_t larger = room == 0 ? 256 : 2 * room;
            struct pk_change *grown = pk_arena_alloc(arena, larger, sizeof *grown);
            if (room > 0) {
                memcpy(grown, *out, room * sizeof *grown);
            }
            *out = grown;
            room = larger;
        }
        const char *layer = (const char *)sqlite3_column_text(q.statement, 1);
        (*out)[(*count)++] = (struct pk_change){
            .version = sqlite3_column_int64(q.statement, 0),
            .source_layer = intern(self(base), layer == NULL ? "" : layer),
            .family = family_of((const char *)sqlite3_column_text(q.statement, 2)),
            .band = sqlite3_column_int(q.statement, 3),
            .box = {sqlite3_column_int64(q.statement, 4),
                    sqlite3_column_int64(q.statement, 5),
                    sqlite3_column_int64(q.statement, 6),
                    sqlite3_column_int64(q.statement, 7)},
        };
    }
    return pk_query_close(&q, PK_OK, err);
}

static enum pk_status spatialite_pack(struct pk_store *base, enum pk_family family,
                                      int band, int64_t cell, int64_t version,
                                      bool labels, const void **bytes, size_t *len,
                                      struct pk_arena *arena, struct pk_error *err)
{
    *bytes = NULL;
    *len = 0;
    int64_t kept_from;
    enum pk_status status = setting_number(base, "packs_from", &kept_from, err);
    if (status == PK_OK && version < kept_from) {
        return pk_fail(err, PK_NOT_FOUND, "packs of version %lld are no longer kept",
                       (long long)version);
    }
    struct pk_query_sql q = {0};
    if (status == PK_OK) {
        status = pk_query_open(
            &q, base,
            labels ? "SELECT labels FROM pack WHERE family = ?1 AND band = ?2 AND cell = "
                     "?3 AND from_version <= ?4 ORDER BY from_version DESC LIMIT 1"
                   : "SELECT features FROM pack WHERE family = ?1 AND band = ?2 AND cell "
                     "= ?3 AND from_version <= ?4 ORDER BY from_version DESC LIMIT 1",
            err);
    }
    if (status == PK_OK) {
        pk_query_text(&q, family_name(family));
        pk_query_int(&q, band);
        pk_query_int(&q, cell);
        pk_query_int(&q, version);
        if (pk_query_next(&q)) {
            const void *blob = sqlite3_column_blob(q.statement, 0);
            size_t n = (size_t)sqlite3_column_bytes(q.statement, 0);
            if (blob != NULL && n > 0) {
                *bytes = pk_arena_strndup(arena, blob, n);
                *len = n;
            }
        }
    }
    return pk_query_close(&q, status, err);
}

static enum pk_status spatialite_setting(struct pk_store *base, const char *name,
                                         const char **out, struct pk_arena *arena,
                                         struct pk_error *err)
{
    struct pk_query_sql q;
    *out = NULL;
    enum pk_status status =
        pk_query_open(&q, base, "SELECT value FROM setting WHERE name = ?1", err);
    if (status == PK_OK) {
        pk_query_text(&q, name);
        if (pk_query_next(&q)) {
            *out = pk_column_text(&q, 0, arena);
        }
    }
    return pk_query_close(&q, status, err);
}

const struct pk_store_ops pk_store_spatialite_ops = {
    .scheme = "spatialite",
    .open = spatialite_open,
    .close = spatialite_close,
    .begin = spatialite_begin,
    .end = spatialite_end,
    .versions = spatialite_versions,
    .changes = spatialite_changes,
    .pack = spatialite_pack,
    .plans = pk_spatialite_plans,
    .plan_parts = pk_spatialite_plan_parts,
    .regulations = pk_spatialite_regulations,
    .regulation_parts = pk_spatialite_regulation_parts,
    .layers = pk_spatialite_layers,
    .features = pk_spatialite_features,
    .replacements = pk_spatialite_replacements,
    .entries = pk_spatialite_entries,
    .words_like = pk_spatialite_words_like,
    .setting = spatialite_setting,
};
