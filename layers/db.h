/*
 * db.h - opening the database file: the one place that knows its pragmas.
 *
 * Readers are read-only, never checkpoint, use no mmap and a small page cache.
 * Exactly one connection may write or checkpoint at a time: a writer takes the
 * OFD lock on FILE.lock for each transaction and checkpoint (Debian's SQLite
 * 3.40.1 has a WAL fault that needs two writers at once).
 */
#ifndef PK_LAYERS_DB_H
#define PK_LAYERS_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { PK_SCHEMA_VERSION = 4 };
#define PK_OPEN_END INT64_C(4611686018427387904) /* 2^62 */

struct pk_db {
    sqlite3 *sql;
    void *spatial;          /* SpatiaLite's cache, one per connection */
    int lock_fd;            /* writers: the lock file; -1 for readers */
    int sessions;           /* depth of pk_db_session_begin */
    int small_publish_rows; /* more are published in several transactions; 0 = as a
                               rule (tests lower it to walk that path with few rows) */
    const char *from; /* writers: whose address the log gets; NULL = the command line.
                         Of whoever sets it */
    char *path;
};

enum pk_db_mode {
    PK_DB_READ,  /* serving and reading commands */
    PK_DB_WRITE, /* the file must exist */
    PK_DB_CREATE /* make it with the schema when it does not exist */
};

/* Once per process, on the main thread, before any other call here. */
void pk_db_start(void);

/* Errors: PK_NOT_FOUND no such file; PK_BAD_DATA not our file, a newer schema ("made by
 * a newer plankarta: schema 4, this program knows 3"), an older one (run `plankarta
 * upgrade`); PK_IO. `spatial` loads SpatiaLite (writers need it, readers do not). */
enum pk_status pk_db_open(struct pk_db *db, const char *path, enum pk_db_mode mode,
                          bool spatial, struct pk_error *err) PK_MUST_CHECK;
/* The same, and a file of an older schema is let in: for `upgrade`, `backup`, `doctor`.
 */
enum pk_status pk_db_open_any(struct pk_db *db, const char *path, enum pk_db_mode mode,
                              bool spatial, bool any_schema,
                              struct pk_error *err) PK_MUST_CHECK;
void pk_db_close(struct pk_db *db);

/* Prepare, or PK_IO with SQLite's words. The statement is the caller's. */
enum pk_status pk_db_prepare(sqlite3_stmt **out, struct pk_db *db, const char *sql,
                             struct pk_error *err) PK_MUST_CHECK;
/* Statements without parameters or rows. */
enum pk_status pk_db_exec(struct pk_db *db, const char *sql,
                          struct pk_error *err) PK_MUST_CHECK;
/* The first number of a statement's only row. */
enum pk_status pk_db_number(int64_t *out, struct pk_db *db, const char *sql,
                            struct pk_error *err) PK_MUST_CHECK;
/* PK_IO with SQLite's words and what was being done. */
enum pk_status pk_db_fail(struct pk_db *db, const char *what, struct pk_error *err);

/* A write transaction: lock, BEGIN IMMEDIATE; COMMIT or ROLLBACK, unlock.
 * Waits at most wait_ms for another writer, then PK_BUSY. */
enum pk_status pk_db_begin(struct pk_db *db, int wait_ms,
                           struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_db_commit(struct pk_db *db, struct pk_error *err) PK_MUST_CHECK;
void pk_db_rollback(struct pk_db *db);

/* Only the lock of such a transaction, for writing by other means. */
enum pk_status pk_db_lock(struct pk_db *db, int wait_ms,
                          struct pk_error *err) PK_MUST_CHECK;
void pk_db_unlock(struct pk_db *db);

/* One delivery at a time: whoever fills a draft or publishes holds this for as long
 * as it takes, over many transactions. PK_BUSY says that another one is at work.
 * Calls nest on one connection. */
enum pk_status pk_db_session_begin(struct pk_db *db, int wait_ms,
                                   struct pk_error *err) PK_MUST_CHECK;
void pk_db_session_end(struct pk_db *db);

/* Move the WAL into the file, under the lock: PASSIVE waits for nobody, `truncate`
 * empties the WAL file. PK_BUSY when another writer is at work. */
enum pk_status pk_db_checkpoint(struct pk_db *db, bool truncate,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
