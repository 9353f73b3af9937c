#include "layers/area_rows.h"

static void append(struct pk_geom_builder *b, const struct pk_geom *g)
{
    for (uint32_t i = 0; i < g->ring_count; i++) {
        pk_geom_ring(b, g->rings[i].role);
        for (uint32_t k = 0; k < g->rings[i].count; k++) {
            size_t at = g->rings[i].first + (size_t)k;

            pk_geom_vertex(b, g->xy[2 * at], g->xy[2 * at + 1], 0);
        }
    }
}

enum pk_status pk_area_rows(struct pk_geom *out, struct pk_db *db, sqlite3_stmt *stmt,
                            struct pk_arena *arena, struct pk_error *err)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
    struct pk_geom one;
    bool any = false;
    enum pk_status status = PK_OK;
    int rc = SQLITE_DONE;

    while (!status && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        status =
            pk_geom_from_spatialite(&one, sqlite3_column_blob(stmt, 0),
                                    (size_t)sqlite3_column_bytes(stmt, 0), arena, err);
        if (!status && one.kind == PK_GEOM_AREA && one.ring_count > 0) {
            append(b, &one);
            any = true;
        }
    }
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(db, "geometry of a plan", err);
    sqlite3_reset(stmt);
    *out = (struct pk_geom){.kind = PK_GEOM_AREA};
    if (!status && any)
        status = pk_geom_done(out, b, err);
    return status;
}
