/*
 * db_schema.h - making the tables of a new file, and the registered views that
 * other programs (QGIS, ogr2ogr) see. The SQL itself is schema.sql, embedded.
 */
#ifndef PK_LAYERS_DB_SCHEMA_H
#define PK_LAYERS_DB_SCHEMA_H

#include "layers/db.h"

/* Inside the caller's transaction, on an empty file with SpatiaLite loaded. */
enum pk_status pk_schema_create(struct pk_db *db, struct pk_error *err) PK_MUST_CHECK;

/* Make the view of one geodata layer and register it as a spatial layer, or make
 * it again when its columns or its kind of geometry are others. `settings` is the
 * layer's settings document. Inside the caller's transaction. */
enum pk_status pk_schema_layer_view(struct pk_db *db, const char *layer_id,
                                    const char *settings,
                                    struct pk_error *err) PK_MUST_CHECK;

/* schema.sql as text with a NUL at its end; static. */
extern const unsigned char pk_schema_sql[];

#endif
