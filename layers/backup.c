#include "layers/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/date.h"
#include "layers/prepare_publish.h"

enum { NAME_MAX_BYTES = 4096, WAIT_MS = 5000, FAULTS_SHOWN = 200 };

static enum pk_status sync_path(const char *path, int flags, struct pk_error *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0)
        close(fd);
    return ok ? PK_OK : pk_fail(err, PK_IO, "%s: %s", path, strerror(why));
}

static enum pk_status sync_folder_of(const char *path, struct pk_error *err)
{
    char *copy = pk_xstrdup(path);
    enum pk_status status = sync_path(dirname(copy), O_RDONLY | O_DIRECTORY, err);

    free(copy);
    return status;
}

/* PK_BAD_DATA with SQLite's first complaint. */
static enum pk_status check_pages(struct pk_db *db, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, db, "PRAGMA integrity_check(1)", err);
    const char *said = NULL;

    if (status)
        return status;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        said = (const char *)sqlite3_column_text(stmt, 0);
    if (!said)
        status = pk_db_fail(db, "integrity check", err);
    else if (strcmp(said, "ok") != 0)
        status =
            pk_fail(err, PK_BAD_DATA, "%s: damaged: %.*s", db->path, FAULTS_SHOWN, said);
    sqlite3_finalize(stmt);
    return status;
}

static void remove_with_neighbours(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[NAME_MAX_BYTES];

    for (size_t i = 0; i < PK_COUNT(ends); i++) {
        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* All pages in one step: a snapshot, whatever the writer does meanwhile. */
static enum pk_status copy_pages(sqlite3 *to, const char *to_path, struct pk_db *from,
                                 struct pk_error *err)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from->sql, "main");
    int rc;

    if (!copy)
        return pk_fail(err, PK_IO, "%s: %s", to_path, sqlite3_errmsg(to));
    rc = sqlite3_backup_step(copy, -1);
    sqlite3_backup_finish(copy);
    if (rc != SQLITE_DONE)
        return pk_fail(err, rc == SQLITE_BUSY ? PK_BUSY : PK_IO, "%s: %s", to_path,
                       sqlite3_errstr(rc));
    return PK_OK;
}

/* The copy stands alone: no WAL beside it. */
static enum pk_status copy_to_new(const char *part, struct pk_db *from,
                                  struct pk_error *err)
{
    sqlite3 *to = NULL;
    enum pk_status status = PK_OK;

    if (sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
        status = pk_fail(err, PK_IO, "%s: %s", part, sqlite3_errmsg(to));
    if (!status)
        status = copy_pages(to, part, from, err);
    sqlite3_close(to);
    return status;
}

enum pk_status pk_backup_verify(struct pk_backup *out, const char *path,
                                struct pk_error *err)
{
    struct stat info;
    struct pk_db db;
    int64_t schema = 0;
    enum pk_status status = pk_db_open_any(&db, path, PK_DB_READ, false, true, err);

    *out = (struct pk_backup){0};
    if (status)
        return status;
    status = check_pages(&db, err);
    if (!status)
        status = pk_db_number(&out->version, &db,
                              "SELECT coalesce(max(version), 0) FROM version", err);
    if (!status)
        status = pk_db_number(&schema, &db, "PRAGMA user_version", err);
    out->schema = (int)schema;
    pk_db_close(&db);
    if (!status)
        status = pk_sha256_file(out->sha256, path, err);
    if (!status && stat(path, &info) == 0)
        out->bytes = info.st_size;
    return status;
}

enum pk_status pk_backup_make(struct pk_backup *out, const char *from, const char *to,
                              struct pk_error *err)
{
    char part[NAME_MAX_BYTES];
    struct pk_db db;
    int n = snprintf(part, sizeof(part), "%s.part", to);
    enum pk_status status;

    *out = (struct pk_backup){0};
    if (n < 0 || (size_t)n + 8 >= sizeof(part))
        return pk_fail(err, PK_LIMIT, "the backup's name is too long");
    if (access(to, F_OK) == 0)
        return pk_fail(err, PK_BAD_INPUT, "%s: there is such a file already", to);
    status = pk_db_open_any(&db, from, PK_DB_READ, false, true, err);
    if (status)
        return status;
    remove_with_neighbours(part);
    status = copy_to_new(part, &db, err);
    pk_db_close(&db);
    if (!status)
        status = pk_backup_verify(out, part, err);
    if (!status)
        status = sync_path(part, O_RDONLY, err);
    if (!status && rename(part, to))
        status = pk_fail(err, PK_IO, "%s: %s", to, strerror(errno));
    if (!status)
        status = sync_folder_of(to, err);
    remove_with_neighbours(part);
    return status;
}

/* "plan.sqlite.WORD-20261123T180154Z"; the second of two in one second gets "-2". */
static void name_beside(char *out, size_t size, const char *path, const char *word)
{
    char now[PK_TIME_TEXT], plain[PK_TIME_TEXT];
    size_t n = 0;

    pk_time_format(now, time(NULL));
    for (const char *p = now; *p; p++) {
        if (*p != '-' && *p != ':')
            plain[n++] = *p;
    }
    plain[n] = '\0';
    snprintf(out, size, "%s.%s-%s", path, word, plain);
    for (int i = 2; access(out, F_OK) == 0 && i < 100; i++)
        snprintf(out, size, "%s.%s-%s-%d", path, word, plain, i);
}

/* Keep what stands there now. */
static enum pk_status keep(char *kept, size_t size, const char *path,
                           struct pk_error *err)
{
    struct pk_backup copy;
    struct pk_error why = {0};
    char *aside;

    kept[0] = '\0';
    if (access(path, F_OK))
        return PK_OK;
    name_beside(kept, size, path, "before-restore");
    if (pk_backup_make(&copy, path, kept, &why) == PK_OK)
        return PK_OK;
    if (why.code != PK_BAD_DATA)
        return pk_fail(err, why.code, "%s", why.text);
    /* Damaged, or no database of ours: put aside as it is. */
    name_beside(kept, size, path, "damaged");
    if (rename(path, kept))
        return pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    aside = sqlite3_mprintf("%s-wal", path);
    unlink(aside);
    sqlite3_free(aside);
    return PK_OK;
}

enum pk_status pk_backup_restore(struct pk_backup *out, char *kept, size_t size,
                                 const char *backup, const char *to, struct pk_error *err)
{
    struct pk_db from, db = {.lock_fd = -1};
    enum pk_status status = pk_backup_verify(out, backup, err);

    kept[0] = '\0';
    if (status)
        return status;
    if (out->schema != PK_SCHEMA_VERSION)
        return pk_fail(err, PK_BAD_DATA,
                       "%s: has schema %d, this program needs %d; run: plankarta upgrade "
                       "--db %s",
                       backup, out->schema, PK_SCHEMA_VERSION, backup);
    status = keep(kept, size, to, err);
    if (!status)
        status = pk_db_open(&from, backup, PK_DB_READ, false, err);
    if (status)
        return status;
    status = pk_db_open(&db, to, PK_DB_CREATE, false, err);
    if (!status)
        status = pk_db_session_begin(&db, WAIT_MS, err);
    if (!status) {
        status = pk_db_lock(&db, WAIT_MS, err);
        if (!status) {
            status = copy_pages(db.sql, to, &from, err);
            pk_db_unlock(&db);
        }
        pk_db_session_end(&db);
    }
    if (!status && pk_db_checkpoint(&db, true, err) == PK_IO)
        status = PK_IO;
    pk_db_close(&from);
    if (db.sql)
        pk_db_close(&db);
    if (!status) {
        struct pk_backup now;

        status = pk_backup_verify(&now, to, err);
    }
    return status;
}

/* ---- upgrade ---- */

/* From schema `from` to the next: one row per step, never changed once released. */
static const struct {
    int from;
    const char *sql; /* or NULL */
    bool packs;      /* their form is another: all are made again, after the last step */
} steps[] = {
  /* Files of the first weeks did not say what a draft had been compared with. */
    {0, "ALTER TABLE draft ADD COLUMN base_version INTEGER", false},
    {1, NULL,                                                true },
 /* Findings stand by themselves; parts keep what their records say besides. */
    {2,
     "CREATE TABLE finding (draft_id INTEGER NOT NULL, key BLOB NOT NULL, "
     "rule TEXT NOT NULL, severity TEXT NOT NULL, plan_id BLOB, object_id BLOB, "
     "text_sv TEXT, text_en TEXT, fix_sv TEXT, fix_en TEXT, finding TEXT NOT NULL, "
     "PRIMARY KEY (draft_id, key)) WITHOUT ROWID; "
     "CREATE TABLE finding_reason (key BLOB PRIMARY KEY, reason TEXT NOT NULL, "
     "by TEXT NOT NULL, given TEXT NOT NULL, draft_id INTEGER) WITHOUT ROWID; "
     "ALTER TABLE plan_part ADD COLUMN details TEXT; "
     "ALTER TABLE regulation_part ADD COLUMN details TEXT",  false},
 /* Users, sessions, tokens and the log. */
    {3,
     "CREATE TABLE user (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
     "full_name TEXT NOT NULL, role TEXT NOT NULL, password TEXT, subject "
     "TEXT, disabled INTEGER NOT NULL, created INTEGER NOT NULL); "
     "CREATE TABLE session (session_id INTEGER PRIMARY KEY, hash TEXT NOT "
     "NULL, user_id INTEGER NOT NULL, created INTEGER NOT NULL, seen INTEGER "
     "NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL); "
     "CREATE TABLE token (token_id INTEGER PRIMARY KEY, hash TEXT NOT NULL, "
     "user_id INTEGER NOT NULL, title TEXT NOT NULL, scopes TEXT NOT NULL, "
     "created INTEGER NOT NULL, expires INTEGER NOT NULL); "
     "CREATE TABLE log (log_id INTEGER PRIMARY KEY, time INTEGER NOT NULL, "
     "who TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail "
     "TEXT NOT NULL, address TEXT NOT NULL); "
     "CREATE TRIGGER log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, "
     "'the log is only added to'); END; "
     "CREATE TRIGGER log_remains BEFORE DELETE ON log BEGIN SELECT "
     "RAISE(ABORT, 'the log is only added to'); END; "
     "CREATE UNIQUE INDEX user_name ON user (name); "
     "CREATE UNIQUE INDEX user_subject ON user (subject); "
     "CREATE UNIQUE INDEX session_hash ON session (hash); "
     "CREATE UNIQUE INDEX token_hash ON token (hash); "
     "CREATE INDEX session_user ON session (user_id); "
     "CREATE INDEX token_user ON token (user_id); ",         false},
};

static enum pk_status run_steps(struct pk_db *db, int from, struct pk_error *err)
{
    char set[64];
    bool packs = false;
    enum pk_status status = pk_db_begin(db, WAIT_MS, err);

    if (status)
        return status;
    for (size_t i = 0; i < PK_COUNT(steps) && !status; i++) {
        if (steps[i].from < from)
            continue;
        packs = packs || steps[i].packs;
        if (steps[i].sql != NULL)
            status = pk_db_exec(db, steps[i].sql, err);
    }
    if (!status && packs)
        status = pk_prepare_again(db, err);
    snprintf(set, sizeof(set), "PRAGMA user_version=%d", PK_SCHEMA_VERSION);
    if (!status)
        status = pk_db_exec(db, set, err);
    if (!status)
        status = check_pages(db, err);
    if (status) {
        pk_db_rollback(db);
        return status;
    }
    return pk_db_commit(db, err);
}

enum pk_status pk_upgrade(int *from, char *kept, size_t size, const char *path,
                          struct pk_error *err)
{
    struct pk_backup copy;
    struct pk_db db;
    int64_t schema = 0;
    enum pk_status status = pk_db_open_any(&db, path, PK_DB_WRITE, true, true, err);

    kept[0] = '\0';
    if (status)
        return status;
    status = pk_db_session_begin(&db, WAIT_MS, err);
    if (status) {
        pk_db_close(&db);
        return status;
    }
    status = pk_db_number(&schema, &db, "PRAGMA user_version", err);
    *from = (int)schema;
    if (!status && *from != PK_SCHEMA_VERSION) {
        name_beside(kept, size, path, "before-upgrade");
        status = pk_backup_make(&copy, path, kept, err);
        if (!status)
            status = run_steps(&db, *from, err);
    }
    pk_db_session_end(&db);
    pk_db_close(&db);
    return status;
}
