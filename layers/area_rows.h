/*
 * area_rows.h - the areas of several rows as one geometry, for overlays.
 */
#ifndef PK_LAYERS_AREA_ROWS_H
#define PK_LAYERS_AREA_ROWS_H

#include "layers/db.h"
#include "layers/geom.h"

/* Steps the statement to its end; column 0 is a SpatiaLite BLOB of the working
 * geometry (EPSG:3006). *out is all areas together, ring_count 0 when there is none;
 * in the arena. The statement is reset. Errors: PK_BAD_DATA, PK_IO, PK_LIMIT. */
enum pk_status pk_area_rows(struct pk_geom *out, struct pk_db *db, sqlite3_stmt *stmt,
                            struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

#endif
