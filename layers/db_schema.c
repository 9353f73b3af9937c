#include "layers/db_schema.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/jsonread.h"

/* Reference systems that other programs may meet in this file. */
static const int systems[] = {3006, 3007, 3008, 3009, 3010, 3011, 3012, 3013,
                              3014, 3015, 3016, 3017, 3018, 3857, 4326};

static const struct {
    const char *table, *kind;
} geometry_columns[] = {
    {"plan_part",       "MULTIPOLYGON"},
    {"regulation_part", "GEOMETRY"    },
    {"feature",         "GEOMETRY"    },
};

/* SpatiaLite's own functions answer 1 when they did it. */
static enum pk_status call(struct pk_db *db, const char *sql, const char *a, int n,
                           const char *b, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, db, sql, err);

    if (status)
        return status;
    if (a)
        sqlite3_bind_text(stmt, 1, a, -1, SQLITE_STATIC);
    else
        sqlite3_bind_int(stmt, 1, n);
    if (b)
        sqlite3_bind_text(stmt, 2, b, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_int(stmt, 0) != 1)
        status = pk_db_fail(db, sql, err);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- views: the spec's terms in ASCII, the newest version ---- */

#define NOW(t)                                                                           \
    t ".from_version <= (SELECT max(version) FROM version) AND " t                       \
      ".to_version > (SELECT max(version) FROM version)"

/* The 16 bytes of an id as people write them. */
#define UUID(column)                                                                     \
    "lower(substr(hex(" column "),1,8)||'-'||substr(hex(" column "),9,4)||'-'||"         \
    "substr(hex(" column "),13,4)||'-'||substr(hex(" column "),17,4)||'-'||"             \
    "substr(hex(" column "),21))"

#define PLAN_COLUMNS                                                                     \
    "p.municipality AS kommun, p.municipality_code AS kommunkod, "                       \
    "p.designation AS plan_beteckning, p.name AS plan_namn, p.status AS plan_status"

#define REGULATION_VIEW(name, kind)                                                      \
    "CREATE VIEW " name                                                                  \
    " AS SELECT rp.row_id AS ROWID, " UUID("r.feature_id") " AS objektidentitet, " UUID( \
        "r.plan_id") " AS detaljplan, r.form AS anvandningsform, "                       \
                     "r.letter AS beteckning, r.idx AS \"index\", r.wording AS "         \
                     "bestammelseformulering, "                                          \
                     "r.colour AS farg, r.symbol AS symbol, "                            \
                     "r.catalogue_id AS planbestammelsekatalogreferens, rp.part AS "     \
                     "del, "                                                             \
                     "rp.area_m2 AS area_m2, rp.length_m AS langd_m, " PLAN_COLUMNS ", " \
                     "r.details AS uppgifter, r.from_version AS fran_version, "          \
                     "rp.geometry AS geometry "                                          \
                     "FROM regulation_part rp "                                          \
                     "JOIN regulation r ON r.feature_id = rp.feature_id AND " NOW(       \
                         "r") " "                                                        \
                              "JOIN plan p ON p.feature_id = r.plan_id AND " NOW(        \
                                  "p") " "                                               \
                                       "WHERE r.kind = '" kind "' AND " NOW("rp")

static const char plan_view[] =
    "CREATE VIEW detaljplan AS SELECT pp.row_id AS ROWID, " UUID(
        "p.feature_id") " AS objektidentitet, p.municipality AS kommun, "
                        "p.municipality_code AS kommunkod, p.designation AS beteckning, "
                        "p.name AS namn, "
                        "p.status AS status, p.plan_type AS typ, p.adopted AS "
                        "datumAntagande, "
                        "p.in_force AS datumLagakraft, p.accuracy_m AS "
                        "absolutLagesosakerhetPlan, "
                        "p.coverage AS omfattning, pp.part AS del, pp.area_m2 AS "
                        "area_m2, "
                        "p.details AS uppgifter, p.from_version AS fran_version, "
                        "pp.geometry AS geometry "
                        "FROM plan_part pp JOIN plan p ON p.feature_id = pp.feature_id "
                        "AND " NOW("p") " "
                                        "WHERE " NOW("pp");

static const struct {
    const char *name, *table, *sql;
} views[] = {
    {"detaljplan",       "plan_part",             plan_view        },
    { "anvandningsbestammelse", "regulation_part",
     REGULATION_VIEW("anvandningsbestammelse",               "use")},
    { "egenskapsbestammelse", "regulation_part",
     REGULATION_VIEW("egenskapsbestammelse",            "property")},
    { "administrativ_bestammelse", "regulation_part",
     REGULATION_VIEW("administrativ_bestammelse", "administrative")},
};

static enum pk_status register_view(struct pk_db *db, const char *view, const char *table,
                                    struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, db,
        "INSERT OR REPLACE INTO views_geometry_columns (view_name, view_geometry, "
        "view_rowid, f_table_name, f_geometry_column, read_only) "
        "VALUES (?1, 'geometry', 'rowid', ?2, 'geometry', 1)",
        err);

    if (status)
        return status;
    sqlite3_bind_text(stmt, 1, view, -1, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 2, table, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) != SQLITE_DONE)
        status = pk_db_fail(db, view, err);
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status pk_schema_create(struct pk_db *db, struct pk_error *err)
{
    /* 0: the transaction is ours. "NONE": no list of 6 000 systems. */
    enum pk_status status =
        call(db, "SELECT InitSpatialMetaData(0, ?1)", "NONE", 0, NULL, err);

    for (size_t i = 0; i < PK_COUNT(systems) && !status; i++)
        status = call(db, "SELECT InsertEpsgSrid(?1)", NULL, systems[i], NULL, err);
    if (!status)
        status = pk_db_exec(db, (const char *)pk_schema_sql, err);
    for (size_t i = 0; i < PK_COUNT(geometry_columns) && !status; i++) {
        const char *table = geometry_columns[i].table;

        status = call(db, "SELECT AddGeometryColumn(?1, 'geometry', 3006, ?2, 'XY')",
                      table, 0, geometry_columns[i].kind, err);
        if (!status)
            status = call(db, "SELECT CreateSpatialIndex(?1, 'geometry')", table, 0, NULL,
                          err);
    }
    for (size_t i = 0; i < PK_COUNT(views) && !status; i++) {
        status = pk_db_exec(db, views[i].sql, err);
        if (!status)
            status = register_view(db, views[i].name, views[i].table, err);
    }
    return status;
}

/* ---- one view per layer ---- */

enum { LAYER_ID_MAX = 63, COLUMNS_MAX = 200 };

/* Views of roles have the names that other programs look for. */
static const struct {
    const char *layer, *view;
} layer_views[] = {
    {"property_unit", "fastighet"},
    {"address",       "adress"   },
    {"place_name",    "ortnamn"  },
};

/* A table of that name is there, or one of the plan views. */
static bool is_taken(struct pk_db *db, const char *name)
{
    sqlite3_stmt *stmt;
    bool taken = false;

    for (size_t i = 0; i < PK_COUNT(views); i++)
        taken = taken || strcmp(views[i].name, name) == 0;
    if (sqlite3_prepare_v2(db->sql,
                           "SELECT 1 FROM sqlite_master WHERE type = 'table' "
                           "AND lower(name) = ?1",
                           -1, &stmt, NULL) != SQLITE_OK)
        return true;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    taken = taken || sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return taken;
}

static void view_name(char *out, size_t size, struct pk_db *db, const char *layer_id)
{
    snprintf(out, size, "%s%s", is_taken(db, layer_id) ? "lager_" : "", layer_id);
    for (size_t i = 0; i < PK_COUNT(layer_views); i++) {
        if (strcmp(layer_views[i].layer, layer_id) == 0)
            snprintf(out, size, "%s", layer_views[i].view);
    }
}

/* Columns as they are called, read out of the attributes; names that the view has
 * already are left out (they are in `uppgifter`). */
static void add_columns(sqlite3_str *sql, const json_t *columns)
{
    static const char *const own[] = {"rowid",     "id",       "objektidentitet", "titel",
                                      "uppgifter", "geometry", "fran_version"};
    size_t n = json_array_size(columns);
    struct pk_buf path;

    pk_buf_init(&path, 4096);
    for (size_t i = 0; i < n && i < COLUMNS_MAX; i++) {
        const char *name = pk_jget_string(json_array_get(columns, i), "name");
        bool skip = !name || !name[0] || strpbrk(name, "\"\\") != NULL;

        for (size_t k = 0; !skip && k < PK_COUNT(own); k++)
            skip = sqlite3_stricmp(name, own[k]) == 0;
        for (size_t k = 0; !skip && k < i; k++) {
            const char *other = pk_jget_string(json_array_get(columns, k), "name");

            skip = other && sqlite3_stricmp(name, other) == 0;
        }
        if (skip)
            continue;
        pk_buf_clear(&path);
        pk_buf_addf(&path, "$.\"%s\"", name);
        sqlite3_str_appendf(sql, "json_extract(f.attributes, %Q) AS \"%w\", ", path.data,
                            name);
    }
    pk_buf_finish(&path);
}

enum pk_status pk_schema_layer_view(struct pk_db *db, const char *layer_id,
                                    const char *settings, struct pk_error *err)
{
    char name[LAYER_ID_MAX + 8];
    json_t *object = NULL;
    sqlite3_str *sql = sqlite3_str_new(db->sql);
    char *text;
    enum pk_status status =
        pk_json_parse(&object, settings, strlen(settings), strlen(settings), err);

    view_name(name, sizeof(name), db, layer_id);
    sqlite3_str_appendf(sql,
                        "DROP VIEW IF EXISTS \"%w\"; CREATE VIEW \"%w\" AS SELECT "
                        "f.row_id AS ROWID, " UUID(
                            "f.feature_id") " AS objektidentitet, f.title AS titel, ",
                        name, name);
    add_columns(sql, pk_jget_array(object, "columns"));
    sqlite3_str_appendf(
        sql,
        "f.attributes AS uppgifter, f.from_version AS fran_version, "
        "f.geometry AS geometry FROM feature f WHERE f.layer_id = %Q AND " NOW("f"),
        layer_id);
    text = sqlite3_str_finish(sql);
    if (!status)
        status = pk_db_exec(db, text, err);
    if (!status)
        status = register_view(db, name, "feature", err);
    sqlite3_free(text);
    json_decref(object);
    return status;
}
