#include "layers/db.h"

#include <errno.h>
#include <fcntl.h>
#include <spatialite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "layers/db_schema.h"

enum {
    APPLICATION_ID = 0x504B5254, /* "PKRT" */
    READ_WAIT_MS = 2000,         /* a reader meets a lock only while the WAL is made */
    LOCK_POLL_MS = 10,
    CLOSE_WAIT_MS = 5000,
    PATH_MAX_BYTES = 4096
};

void pk_db_start(void)
{
    sqlite3_initialize();
    spatialite_initialize();
}

enum pk_status pk_db_fail(struct pk_db *db, const char *what, struct pk_error *err)
{
    int rc = sqlite3_extended_errcode(db->sql);
    enum pk_status code = PK_IO;

    if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        code = PK_BAD_DATA;
    else if ((rc & 0xff) == SQLITE_BUSY)
        code = PK_BUSY;
    return pk_fail(err, code, "%s: %s: %s", db->path, what, sqlite3_errmsg(db->sql));
}

enum pk_status pk_db_prepare(sqlite3_stmt **out, struct pk_db *db, const char *sql,
                             struct pk_error *err)
{
    *out = NULL;
    if (sqlite3_prepare_v3(db->sql, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL))
        return pk_db_fail(db, "prepare", err);
    return PK_OK;
}

enum pk_status pk_db_exec(struct pk_db *db, const char *sql, struct pk_error *err)
{
    if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL))
        return pk_db_fail(db, "execute", err);
    return PK_OK;
}

/* ---- the writer's lock: an open file description lock on FILE.lock ---- */

/* Byte 0: a transaction or checkpoint. Byte 1: a delivery from draft to version. */
enum lock_byte { LOCK_TRANSACTION, LOCK_SESSION };

static int lock_set(int fd, enum lock_byte byte, short type)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return fcntl(fd, F_OFD_SETLK, &lock);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum pk_status lock_take(struct pk_db *db, enum lock_byte byte, int wait_ms,
                                struct pk_error *err)
{
    int64_t until = now_ms() + wait_ms;
    const struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};

    while (lock_set(db->lock_fd, byte, F_WRLCK)) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return pk_fail(err, PK_IO, "%s.lock: %s", db->path, strerror(errno));
        if (now_ms() >= until)
            return pk_fail(err, PK_BUSY,
                           byte == LOCK_SESSION
                               ? "%s: another delivery is being taken in; try again later"
                               : "%s: another program is writing to this file; try again "
                                 "later",
                           db->path);
        nanosleep(&pause, NULL);
    }
    return PK_OK;
}

static void lock_release(struct pk_db *db, enum lock_byte byte)
{
    /* Giving a lock back does not fail for reasons that we could act upon. */
    (void)lock_set(db->lock_fd, byte, F_UNLCK);
}

enum pk_status pk_db_lock(struct pk_db *db, int wait_ms, struct pk_error *err)
{
    return lock_take(db, LOCK_TRANSACTION, wait_ms, err);
}

void pk_db_unlock(struct pk_db *db)
{
    lock_release(db, LOCK_TRANSACTION);
}

enum pk_status pk_db_session_begin(struct pk_db *db, int wait_ms, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    if (db->sessions == 0)
        status = lock_take(db, LOCK_SESSION, wait_ms, err);
    if (!status)
        db->sessions++;
    return status;
}

void pk_db_session_end(struct pk_db *db)
{
    if (--db->sessions == 0)
        lock_release(db, LOCK_SESSION);
}

enum pk_status pk_db_begin(struct pk_db *db, int wait_ms, struct pk_error *err)
{
    enum pk_status status = lock_take(db, LOCK_TRANSACTION, wait_ms, err);

    if (status)
        return status;
    sqlite3_busy_timeout(db->sql, wait_ms);
    if (sqlite3_exec(db->sql, "BEGIN IMMEDIATE", NULL, NULL, NULL)) {
        status = pk_db_fail(db, "begin", err);
        lock_release(db, LOCK_TRANSACTION);
    }
    return status;
}

enum pk_status pk_db_commit(struct pk_db *db, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    if (sqlite3_exec(db->sql, "COMMIT", NULL, NULL, NULL)) {
        status = pk_db_fail(db, "commit", err);
        if (!sqlite3_get_autocommit(db->sql))
            sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    }
    lock_release(db, LOCK_TRANSACTION);
    return status;
}

void pk_db_rollback(struct pk_db *db)
{
    if (!sqlite3_get_autocommit(db->sql))
        sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    lock_release(db, LOCK_TRANSACTION);
}

enum pk_status pk_db_checkpoint(struct pk_db *db, bool truncate, struct pk_error *err)
{
    enum pk_status status =
        lock_take(db, LOCK_TRANSACTION, truncate ? CLOSE_WAIT_MS : 0, err);
    int rc;

    if (status)
        return status;
    rc = sqlite3_wal_checkpoint_v2(
        db->sql, NULL, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
        NULL, NULL);
    /* Readers that hold an old snapshot keep part of the WAL: not an error. */
    if (rc && rc != SQLITE_BUSY)
        status = pk_db_fail(db, "checkpoint", err);
    lock_release(db, LOCK_TRANSACTION);
    return status;
}

enum pk_status pk_db_number(int64_t *out, struct pk_db *db, const char *sql,
                            struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, db, sql, err);

    if (status)
        return status;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else
        status = pk_db_fail(db, sql, err);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- opening ---- */

static enum pk_status check_ours(struct pk_db *db, bool any_schema, struct pk_error *err)
{
    int64_t id = 0, version = 0;
    enum pk_status status = pk_db_number(&id, db, "PRAGMA application_id", err);

    if (!status)
        status = pk_db_number(&version, db, "PRAGMA user_version", err);
    if (status == PK_BAD_DATA)
        return pk_fail(err, PK_BAD_DATA, "%s: is not a database file", db->path);
    if (status)
        return status;
    if (id != APPLICATION_ID)
        return pk_fail(err, PK_BAD_DATA, "%s: is not a plankarta database", db->path);
    if (version > PK_SCHEMA_VERSION)
        return pk_fail(
            err, PK_BAD_DATA,
            "%s: made by a newer plankarta: schema %lld, this program knows %d", db->path,
            (long long)version, PK_SCHEMA_VERSION);
    if (version < PK_SCHEMA_VERSION && !any_schema)
        return pk_fail(
            err, PK_BAD_DATA,
            "%s: made by an older plankarta: schema %lld, this program needs %d; "
            "run: plankarta upgrade --db %s",
            db->path, (long long)version, PK_SCHEMA_VERSION, db->path);
    return PK_OK;
}

static enum pk_status set_pragmas(struct pk_db *db, enum pk_db_mode mode,
                                  struct pk_error *err)
{
    static const char reader[] = "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0;"
                                 "PRAGMA mmap_size=0; PRAGMA cache_size=-2048;"
                                 "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
                                 "PRAGMA cell_size_check=ON;";
    /* SpatiaLite's triggers need a trusted schema; the file is our own. Checkpoints
     * run inside COMMIT, so under the writer's lock. */
    static const char writer[] = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;"
                                 "PRAGMA mmap_size=0; PRAGMA cache_size=-16384;"
                                 "PRAGMA wal_autocheckpoint=2000;"
                                 "PRAGMA temp_store=MEMORY;";

    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    return pk_db_exec(db, mode == PK_DB_READ ? reader : writer, err);
}

static enum pk_status open_lock(struct pk_db *db, struct pk_error *err)
{
    char name[PATH_MAX_BYTES];
    int n = snprintf(name, sizeof(name), "%s.lock", db->path);

    if (n < 0 || (size_t)n >= sizeof(name))
        return pk_fail(err, PK_LIMIT, "database path is longer than %d bytes",
                       PATH_MAX_BYTES - 6);
    db->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (db->lock_fd < 0)
        return pk_fail(err, PK_IO, "%s: %s", name, strerror(errno));
    return PK_OK;
}

static bool file_is_there(const char *path, bool *empty)
{
    struct stat info;

    if (stat(path, &info))
        return false;
    *empty = info.st_size == 0;
    return true;
}

/* A new file is made under the lock, so that two creators do not meet. */
static enum pk_status create_schema(struct pk_db *db, struct pk_error *err)
{
    int64_t tables = 0;
    enum pk_status status = pk_db_exec(db, "PRAGMA journal_mode=WAL", err);

    if (!status)
        status = pk_db_begin(db, CLOSE_WAIT_MS, err);
    if (status)
        return status;
    status = pk_db_number(&tables, db, "SELECT count(*) FROM sqlite_master", err);
    if (!status && tables == 0) {
        char marks[128];

        /* SpatiaLite's metadata functions write sqlite_master's neighbours by
         * plain SQL; they work inside our transaction. */
        status = pk_schema_create(db, err);
        snprintf(marks, sizeof(marks), "PRAGMA application_id=%d; PRAGMA user_version=%d",
                 APPLICATION_ID, PK_SCHEMA_VERSION);
        if (!status)
            status = pk_db_exec(db, marks, err);
    }
    if (status) {
        pk_db_rollback(db);
        return status;
    }
    return pk_db_commit(db, err);
}

enum pk_status pk_db_open_any(struct pk_db *db, const char *path, enum pk_db_mode mode,
                              bool spatial, bool any_schema, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    bool empty = true, there = file_is_there(path, &empty);
    bool create = mode == PK_DB_CREATE && (!there || empty);
    int flags = SQLITE_OPEN_NOMUTEX |
                (mode == PK_DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (create ? SQLITE_OPEN_CREATE : 0);

    *db = (struct pk_db){.lock_fd = -1};
    db->path = pk_xstrdup(path);
    if (!there && !create) {
        status = pk_fail(err, PK_NOT_FOUND, "%s: there is no such file", path);
        goto done;
    }
    if (mode != PK_DB_READ && (status = open_lock(db, err)))
        goto done;
    if (sqlite3_open_v2(path, &db->sql, flags, NULL)) {
        status = db->sql ? pk_db_fail(db, "open", err)
                         : pk_fail(err, PK_IO, "%s: out of memory", path);
        goto done;
    }
    sqlite3_busy_timeout(db->sql, READ_WAIT_MS);
    if (spatial) {
        db->spatial = spatialite_alloc_connection();
        spatialite_init_ex(db->sql, db->spatial, 0);
    }
    if ((status = set_pragmas(db, mode, err)))
        goto done;
    if (create && (status = create_schema(db, err)))
        goto done;
    status = check_ours(db, any_schema, err);
done:
    if (status)
        pk_db_close(db);
    return status;
}

enum pk_status pk_db_open(struct pk_db *db, const char *path, enum pk_db_mode mode,
                          bool spatial, struct pk_error *err)
{
    /* Making the schema needs SpatiaLite whatever the caller will do later. */
    return pk_db_open_any(db, path, mode, spatial || mode == PK_DB_CREATE, false, err);
}

void pk_db_close(struct pk_db *db)
{
    /* The last one to close checkpoints the WAL: that too is the writer's work. */
    bool locked = db->sql && db->lock_fd >= 0 &&
                  lock_take(db, LOCK_TRANSACTION, CLOSE_WAIT_MS, NULL) == PK_OK;

    if (db->sql)
        sqlite3_close(db->sql);
    if (db->spatial)
        spatialite_cleanup_ex(db->spatial);
    if (locked)
        lock_release(db, LOCK_TRANSACTION);
    if (db->lock_fd >= 0)
        close(db->lock_fd);
    free(db->path);
    *db = (struct pk_db){.lock_fd = -1};
}
