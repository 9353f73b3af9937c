/*
 * zipfile.h - deliveries in a zip: looked through before anything is unpacked, then
 * unpacked under names of our own with the bytes counted.
 */
#ifndef PK_IMPORT_ZIPFILE_H
#define PK_IMPORT_ZIPFILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "import/source.h"

enum {
    PK_ZIP_ENTRIES_MAX = 100,
    PK_ZIP_RATIO_MAX = 100,       /* of the whole, and of large entries */
    PK_ZIP_RATIO_FROM = 16 << 20, /* bytes from which an entry's own ratio counts */
    PK_ZIP_NAME_MAX = 255
};
#define PK_ZIP_TOTAL_MAX (INT64_C(1) << 30)

struct pk_zip_entry {
    const char *name; /* as in the archive, UTF-8 */
    const char *path; /* where it was unpacked; NULL: a folder, or not yet */
    uint64_t size;
};

/* The entries of an archive in memory, when all of it may be unpacked: no more than
 * the limits above, no absolute names, "..", links, encryption or overlaps.
 * Errors: PK_BAD_INPUT, PK_LIMIT saying which entry. */
enum pk_status pk_zip_scan(struct pk_zip_entry **entries, size_t *count, const void *data,
                           size_t len, struct pk_arena *arena,
                           struct pk_error *err) PK_MUST_CHECK;

/* All entries of src->path, unpacked into the working folder and read in turn. */
enum pk_status pk_read_zip(struct pk_source *src, struct pk_error *err) PK_MUST_CHECK;

#endif
