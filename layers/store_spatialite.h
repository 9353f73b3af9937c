/*
 * store_spatialite.h - the embedded store: one SpatiaLite file, read with plain
 * SQL over the schema. Geometry is walked by our own reader, boxes are found in
 * the R*Tree tables, so SpatiaLite itself is never loaded here.
 */
#ifndef PK_LAYERS_STORE_SPATIALITE_H
#define PK_LAYERS_STORE_SPATIALITE_H

#include "layers/store.h"

extern const struct pk_store_ops pk_store_spatialite_ops;

struct pk_db;
/* The same over a connection that the caller keeps open until after close: the writer
 * reads rows of a version that is still being made. Row functions only: no begin, end. */
struct pk_store *pk_store_over(const struct pk_db *db);

#endif
