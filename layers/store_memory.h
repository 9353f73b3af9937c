/*
 * store_memory.h - rows in memory, for tests: what a test adds is what the ops
 * give, by the plainest code possible. Nothing but tests opens one.
 */
#ifndef PK_LAYERS_STORE_MEMORY_H
#define PK_LAYERS_STORE_MEMORY_H

#include "layers/store.h"

struct pk_store *pk_store_memory_create(void);

/* Rows are copied shallowly: their texts and geometries must outlive the store. A row
 * is in states from_version (1 when 0) to `to_version` - 1 (0 = open). */
void pk_memory_version(struct pk_store *store, const struct pk_version *version);
void pk_memory_plan(struct pk_store *store, const struct pk_plan_row *row,
                    int64_t to_version);
void pk_memory_plan_part(struct pk_store *store, const struct pk_part_row *row,
                         int64_t from_version, int64_t to_version);
void pk_memory_regulation(struct pk_store *store, const struct pk_regulation_row *row,
                          int64_t to_version);
void pk_memory_regulation_part(struct pk_store *store, const struct pk_part_row *row,
                               int64_t from_version, int64_t to_version);
void pk_memory_layer(struct pk_store *store, const struct pk_layer_row *row,
                     int64_t to_version);
void pk_memory_feature(struct pk_store *store, const struct pk_feature_row *row,
                       int64_t to_version);
void pk_memory_replacement(struct pk_store *store, const struct pk_replacement_row *row);
void pk_memory_entry(struct pk_store *store, const struct pk_entry_row *row);
void pk_memory_setting(struct pk_store *store, const char *name, const char *value);

#endif
