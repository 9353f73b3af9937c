/*
 * backup.h - copies of the database file that are known to be good.
 *
 * A copy is made with SQLite's backup interface beside running readers and the
 * writer, checked page by page, and only then gets its name: a file that bears it
 * is whole.
 */
#ifndef PK_LAYERS_BACKUP_H
#define PK_LAYERS_BACKUP_H

#include "base/hash.h"
#include "layers/db.h"

struct pk_backup {
    int64_t bytes, version; /* of the copy; its newest version, 0 = none */
    int schema;
    char sha256[PK_SHA256_TEXT];
};

/* Copy `from` (any schema that this program knows) to `to`, which must not exist.
 * Errors: PK_BAD_INPUT `to` exists; PK_BAD_DATA the copy is damaged (it is removed);
 * PK_NOT_FOUND, PK_IO. */
enum pk_status pk_backup_make(struct pk_backup *out, const char *from, const char *to,
                              struct pk_error *err) PK_MUST_CHECK;

/* Is the file whole? Every page and index is walked. */
enum pk_status pk_backup_verify(struct pk_backup *out, const char *path,
                                struct pk_error *err) PK_MUST_CHECK;

/* Make `to` the content of the backup, verified before and after. What stands there now
 * is kept in `kept` (size bytes; "" when there was nothing): a backup beside it, or,
 * when it is damaged, the file itself under another name. Readers see the old content
 * or the new one; a server that runs must be started again. PK_BUSY when something is
 * being published. */
enum pk_status pk_backup_restore(struct pk_backup *out, char *kept, size_t size,
                                 const char *backup, const char *to,
                                 struct pk_error *err) PK_MUST_CHECK;

/* Bring an older schema to this program's, in one transaction, after a verified
 * backup beside the file (its name in `kept`). *from is the schema that it had; equal
 * to PK_SCHEMA_VERSION when nothing was to be done (and no backup was made). */
enum pk_status pk_upgrade(int *from, char *kept, size_t size, const char *path,
                          struct pk_error *err) PK_MUST_CHECK;

#endif
