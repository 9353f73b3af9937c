#include "layers/sqlite_gate.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

enum {
    PK_GATE_STEP = 1000,        /* virtual machine steps between looks at the count */
    PK_GATE_STEPS_MAX = 400000, /* looks: some seconds of work */
    PK_GATE_OBJECTS_MAX = 20000
};

static int too_long(void *context)
{
    int *looks = context;

    return ++*looks > PK_GATE_STEPS_MAX;
}

/* No name can become a part of the URI: all but plain characters are escaped. */
static sqlite3 *open_closed(const char *path)
{
    struct pk_buf uri;
    sqlite3 *db = NULL;

    pk_buf_init(&uri, 16384);
    pk_buf_adds(&uri, "file:");
    pk_url_escape(&uri, path, "/");
    pk_buf_adds(&uri, "?mode=ro&immutable=1");
    if (uri.failed ||
        sqlite3_open_v2(uri.data, &db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        sqlite3_close(db);
        db = NULL;
    }
    pk_buf_finish(&uri);
    return db;
}

static void harden(sqlite3 *db)
{
    static const struct {
        int what, value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH,     64 << 20},
        {SQLITE_LIMIT_SQL_LENGTH, 1000000 },
        {SQLITE_LIMIT_COLUMN,     2000    },
        {SQLITE_LIMIT_EXPR_DEPTH, 100     },
        {SQLITE_LIMIT_VDBE_OP,    250000  },
        {SQLITE_LIMIT_ATTACHED,   0       }
    };

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    for (size_t i = 0; i < PK_COUNT(limits); i++) {
        sqlite3_limit(db, limits[i].what, limits[i].value);
    }
    sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL, NULL, NULL);
}

static enum pk_status fail_of(sqlite3 *db, int rc, struct pk_error *err)
{
    return rc == SQLITE_INTERRUPT
               ? pk_fail(err, PK_LIMIT, "looking through the database takes too long")
               : pk_fail(err, PK_BAD_INPUT, "the database is damaged: %.200s",
                         sqlite3_errmsg(db));
}

static bool starts_with(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

/* The USING module of a virtual table: only R*Trees keep nothing but numbers. */
static bool is_rtree(const char *sql)
{
    const char *using = strcasestr(sql, "using");

    using = using ? using + 5 + strspn(using + 5, " \t\r\n") : "";
    return starts_with(using, "rtree") && strcspn(using, " \t\r\n(") == 5;
}

static bool is_virtual(const char *sql)
{
    const char *p = sql + strspn(sql, " \t\r\n");

    p += starts_with(p, "create") ? 6 : 0;
    p += strspn(p, " \t\r\n");
    return starts_with(p, "virtual");
}

/* Triggers that GeoPackage writers make: they keep R*Tree and metadata in step. */
static bool is_package_trigger(const char *name)
{
    static const char *const starts[] = {"rtree_",
                                         "gpkg_",
                                         "trigger_insert_feature_count_",
                                         "trigger_delete_feature_count_",
                                         "fk_",
                                         "fku_",
                                         "fki_",
                                         "fkd_"};

    for (size_t i = 0; i < PK_COUNT(starts); i++) {
        if (starts_with(name, starts[i])) {
            return true;
        }
    }
    return false;
}

static bool has_generated_column(const char *sql)
{
    return strcasestr(sql, "generated always") != NULL;
}

static enum pk_status judge(const char *type, const char *name, const char *sql,
                            struct pk_error *err)
{
    const char *what = NULL;

    if (strcmp(type, "view") == 0) {
        what = "a view";
    } else if (strcmp(type, "trigger") == 0 && !is_package_trigger(name)) {
        what = "a trigger";
    } else if (strcmp(type, "table") == 0 && is_virtual(sql) && !is_rtree(sql)) {
        what = "a virtual table";
    } else if (strcmp(type, "table") == 0 && has_generated_column(sql)) {
        what = "a table with generated columns";
    }
    return what ? pk_fail(err, PK_BAD_INPUT,
                          "the database has %s (%.80s), which is not let through", what,
                          name)
                : PK_OK;
}

static enum pk_status look_at_schema(sqlite3 *db, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = PK_OK;
    int rc, n = 0;

    if (sqlite3_prepare_v2(db, "SELECT type, name, sql FROM sqlite_schema", -1, &stmt,
                           NULL) != SQLITE_OK) {
        return fail_of(db, SQLITE_ERROR, err);
    }
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && status == PK_OK) {
        const char *type = (const char *)sqlite3_column_text(stmt, 0);
        const char *name = (const char *)sqlite3_column_text(stmt, 1);
        const char *sql = (const char *)sqlite3_column_text(stmt, 2);
        if (++n > PK_GATE_OBJECTS_MAX) {
            status = pk_fail(err, PK_LIMIT, "the database has more than %d objects",
                             PK_GATE_OBJECTS_MAX);
        } else if (type && name) {
            status = judge(type, name, sql ? sql : "", err);
        }
    }
    if (status == PK_OK && rc != SQLITE_DONE) {
        status = fail_of(db, rc, err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status check_whole(sqlite3 *db, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = PK_OK;
    int rc;

    if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL) != SQLITE_OK) {
        return fail_of(db, SQLITE_ERROR, err);
    }
    rc = sqlite3_step(stmt);
    const char *text =
        rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (rc != SQLITE_ROW) {
        status = fail_of(db, rc, err);
    } else if (text == NULL || strcmp(text, "ok") != 0) {
        status = pk_fail(err, PK_BAD_INPUT, "the database is damaged: %.200s",
                         text ? text : "?");
    }
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status pk_sqlite_gate(const char *path, struct pk_error *err)
{
    sqlite3 *db = open_closed(path);
    enum pk_status status;
    int looks = 0;

    if (db == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "the database cannot be opened");
    }
    harden(db);
    sqlite3_progress_handler(db, PK_GATE_STEP, too_long, &looks);
    status = look_at_schema(db, err);
    if (status == PK_OK) {
        status = check_whole(db, err);
    }
    sqlite3_close(db);
    return status;
}
