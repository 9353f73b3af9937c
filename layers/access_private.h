/*
 * access_private.h - statements with their values, for access.c and access_do.c alone.
 */
#ifndef PK_LAYERS_ACCESS_PRIVATE_H
#define PK_LAYERS_ACCESS_PRIVATE_H

#include "layers/access.h"

/* Prepare and bind: `kinds` has a letter per value, i = int64_t, t = text or NULL. */
enum pk_status pk_access_sql(sqlite3_stmt **out, struct pk_db *db, struct pk_error *err,
                             const char *sql, const char *kinds, ...) PK_MUST_CHECK;
/* Run a statement without rows to its end, and let it go. */
enum pk_status pk_access_run(sqlite3_stmt *stmt, struct pk_db *db,
                             struct pk_error *err) PK_MUST_CHECK;

#endif
