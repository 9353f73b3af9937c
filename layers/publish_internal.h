/*
 * publish_internal.h - shared by publish.c, rollback.c, legal_day.c and effective.c:
 * one version being made.
 */
#ifndef PK_LAYERS_PUBLISH_INTERNAL_H
#define PK_LAYERS_PUBLISH_INTERNAL_H

#include "layers/publish.h"

enum {
    PK_PUBLISH_SMALL_ROWS = 20000,
    PK_PUBLISH_BATCH_BYTES = 32 * 1024 * 1024,
    PK_PUBLISH_BATCH_ROWS = 5000
};

/* Tables of versioned rows that people's data lies in; arcs and packs follow from
 * them. `part`: rows of one thing are told apart by `part` too. */
struct pk_row_table {
    const char *name;
    bool part, hash, effective;
};
extern const struct pk_row_table pk_row_tables[];
extern const size_t pk_row_table_count;

/* What the version row will say. */
struct pk_version_text {
    const char *by, *source, *sha256, *mapping;
    char legal_day[PK_DATE_TEXT];
};

struct pk_publishing {
    struct pk_db *db;
    struct pk_crs *crs;
    int64_t version, before; /* being made; newest until then */
    int64_t draft;           /* that it is made of; 0 = none */
    char day_before[PK_DATE_TEXT], legal_day[PK_DATE_TEXT];
    bool large;                /* many transactions, with the reserved number */
    size_t batch, batch_bytes; /* written since the last commit; when to commit */
    int64_t rows;              /* written or ended so far */
    int64_t not_settled;       /* parts whose effective geometry could not be computed */
    bool settle_all;           /* effective geometry of every replaced plan */
    void (*progress)(double done, const char *what);
};

/* Count what was written; in a large publish commits and begins again when the batch
 * is full. No statement may be in the middle of its rows. */
enum pk_status pk_publish_breathe(struct pk_publishing *p, size_t bytes,
                                  struct pk_error *err);

/* Make a version: `fill` writes its rows, everything that follows from them is done
 * here, and the version row last. *version is 0 when fill and the legal day changed
 * nothing. expected_rows decides between one transaction and many. */
enum pk_status pk_publish_version(
    int64_t *version, struct pk_db *db, const struct pk_version_text *text,
    int64_t expected_rows,
    enum pk_status (*fill)(struct pk_publishing *p, void *ctx, struct pk_error *err),
    void *ctx, bool settle_all, void (*progress)(double done, const char *what),
    struct pk_error *err);

/* prune.c: drop packs and change boxes that only old versions need, a bounded number of
 * them; no transaction is open. Errors: PK_IO, PK_BUSY; what is left goes next time. */
enum pk_status pk_publish_prune(struct pk_db *db, int64_t newest, struct pk_error *err);

/* effective.c: derive what newer plans have left of older ones. */
enum pk_status pk_publish_effective(struct pk_publishing *p, struct pk_error *err);

/* Comma-separated columns of a table that hold content: all but row_id, draft_id,
 * from_version, to_version (and `without`, may be NULL). Free with sqlite3_free(). */
char *pk_content_columns(struct pk_db *db, const char *table, const char *without);

/* One statement with integers bound to ?1.. ; *changes may be NULL. */
enum pk_status pk_publish_run(struct pk_db *db, const char *sql, const int64_t *numbers,
                              size_t count, int64_t *changes, struct pk_error *err);
/* One number; 0 when there is no row. */
enum pk_status pk_publish_number(int64_t *out, struct pk_db *db, const char *sql,
                                 const int64_t *numbers, size_t count,
                                 struct pk_error *err);
/* How many rows of all tables with versions `of` takes ("from_version > ?1"; `number` is
 * ?1). */
enum pk_status pk_publish_count(int64_t *out, struct pk_db *db, const char *of,
                                int64_t number, struct pk_error *err);

#endif
