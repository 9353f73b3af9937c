/*
 * store_spatialite.h - the embedded store: one SpatiaLite file, read with plain
 * SQL over the schema. Geometry is walked by our own reader, boxes are found in
 * the R*Tree tables, so SpatiaLite itself is never loaded here.
 */
#ifndef PK_LAYERS_STORE_SPATIALITE_H
#define PK_LAYERS_STORE_SPATIALITE_H

#include "layers/store.h"

extern const struct pk_store_ops pk_store_spatialite_ops;

#endif
