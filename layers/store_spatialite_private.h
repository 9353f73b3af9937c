/*
 * store_spatialite_private.h - shared by the files of the SpatiaLite store and
 * by nothing else: statements that are prepared once per store and kept.
 */
#ifndef PK_LAYERS_STORE_SPATIALITE_PRIVATE_H
#define PK_LAYERS_STORE_SPATIALITE_PRIVATE_H

#include <sqlite3.h>

#include "layers/db.h"
#include "layers/store.h"

/* One run of a statement. Parameters are bound in order; after the last row, or
 * earlier, close gives the statement back. */
struct pk_query_sql {
    struct pk_db *db;
    sqlite3_stmt *statement;
    int bound, rc;
    bool own; /* not kept: finalized by close */
};

enum pk_status pk_query_open(struct pk_query_sql *q, struct pk_store *store,
                             const char *sql, struct pk_error *err) PK_MUST_CHECK;
void pk_query_int(struct pk_query_sql *q, int64_t v);
void pk_query_real(struct pk_query_sql *q, double v);
void pk_query_text(struct pk_query_sql *q, const char *v);
void pk_query_id(struct pk_query_sql *q, struct pk_id id);
bool pk_query_next(struct pk_query_sql *q);
/* The graver of `status` and what the walk met. Accepts a zeroed struct. */
enum pk_status pk_query_close(struct pk_query_sql *q, enum pk_status status,
                              struct pk_error *err) PK_MUST_CHECK;
const char *pk_column_text(struct pk_query_sql *q, int column, struct pk_arena *arena);
struct pk_id pk_column_id(struct pk_query_sql *q, int column);

/* store_spatialite_rows.c */
enum pk_status
pk_spatialite_plans(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                    bool (*visit)(const struct pk_plan_row *row, void *ctx), void *ctx,
                    struct pk_arena *arena, struct pk_error *err);
enum pk_status
pk_spatialite_plan_parts(struct pk_store *store, int64_t version,
                         const struct pk_rows *rows,
                         bool (*visit)(const struct pk_part_row *row, void *ctx),
                         void *ctx, struct pk_arena *arena, struct pk_error *err);
enum pk_status
pk_spatialite_regulations(struct pk_store *store, int64_t version,
                          const struct pk_rows *rows,
                          bool (*visit)(const struct pk_regulation_row *, void *ctx),
                          void *ctx, struct pk_arena *arena, struct pk_error *err);
enum pk_status
pk_spatialite_regulation_parts(struct pk_store *store, int64_t version,
                               const struct pk_rows *rows,
                               bool (*visit)(const struct pk_part_row *row, void *ctx),
                               void *ctx, struct pk_arena *arena, struct pk_error *err);
enum pk_status pk_spatialite_layers(struct pk_store *store, int64_t version,
                                    struct pk_layer_row **out, uint32_t *count,
                                    struct pk_arena *arena, struct pk_error *err);
enum pk_status
pk_spatialite_features(struct pk_store *store, int64_t version,
                       const struct pk_rows *rows,
                       bool (*visit)(const struct pk_feature_row *row, void *ctx),
                       void *ctx, struct pk_arena *arena, struct pk_error *err);
enum pk_status pk_spatialite_replacements(struct pk_store *store, int64_t version,
                                          struct pk_id older,
                                          struct pk_replacement_row **out,
                                          uint32_t *count, struct pk_arena *arena,
                                          struct pk_error *err);

/* store_spatialite_words.c */
enum pk_status
pk_spatialite_entries(struct pk_store *store, const struct pk_entry_query *query,
                      bool (*visit)(const struct pk_entry_row *row, void *ctx), void *ctx,
                      struct pk_arena *arena, struct pk_error *err);
enum pk_status pk_spatialite_words_like(struct pk_store *store, const char *word,
                                        uint32_t limit, const char ***out,
                                        uint32_t *count, struct pk_arena *arena,
                                        struct pk_error *err);

#endif
