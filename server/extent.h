/*
 * extent.h - where the data lie: what the map shows when nobody says where to begin.
 */
#ifndef PK_SERVER_EXTENT_H
#define PK_SERVER_EXTENT_H

#include "layers/store.h"

enum { PK_EXTENT_FEATURES_MAX = 20000 }; /* looked at when there are no plans */

/* The box of all plans of the newest version, EPSG:3006; without plans, of features;
 * without any, empty. Takes a snapshot. */
enum pk_status pk_extent(struct pk_box *out, struct pk_store *store,
                         struct pk_error *err) PK_MUST_CHECK;

#endif
