/*
 * search_index.h - filling the search tables from the rows. Called by publish
 * inside its write transaction; needs only a writing connection.
 */
#ifndef PK_LAYERS_SEARCH_INDEX_H
#define PK_LAYERS_SEARCH_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "layers/db.h"

/* Make the entries of these things (plans with their regulations, regulations,
 * features, layers with all their features) what the rows in state `version` say:
 * gone ones go, others are written anew. `ids` NULL: everything, from nothing.
 * Errors: PK_IO, PK_BAD_DATA. */
enum pk_status pk_search_reindex(struct pk_db *db, int64_t version,
                                 const struct pk_id *ids, size_t count,
                                 struct pk_error *err) PK_MUST_CHECK;

#endif
