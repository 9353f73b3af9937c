#include "layers/db_schema.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

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
