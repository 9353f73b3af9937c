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

/* The same, read once per version. Thread-safe; `version` is the newest one known. */
struct pk_extent_memo;
struct pk_extent_memo *pk_extent_memo_create(void);
void pk_extent_memo_destroy(struct pk_extent_memo *memo); /* accepts NULL */
enum pk_status pk_extent_of(struct pk_box *out, struct pk_extent_memo *memo,
                            struct pk_store *store, int64_t version,
                            struct pk_error *err) PK_MUST_CHECK;

#endif
