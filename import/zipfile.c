#include "import/zipfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/text.h"
#include "import/read.h"
#include "import/recognise.h"

enum { PK_ZIP_PIECE = 64 * 1024, PK_UNIX_TYPE = 0170000, PK_UNIX_LINK = 0120000 };

static zip_t *open_archive(const void *data, size_t len, struct pk_error *err)
{
    zip_error_t why;
    zip_source_t *source;
    zip_t *zip = NULL;

    zip_error_init(&why);
    source = zip_source_buffer_create(data, len, 0, &why);
    if (source != NULL) {
        zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
    }
    if (zip == NULL) {
        pk_fail(err, PK_BAD_INPUT, "the zip cannot be read: %.200s",
                zip_error_strerror(&why));
        if (source != NULL) {
            zip_source_free(source);
        }
    }
    zip_error_fini(&why);
    return zip;
}

/* Nothing that could name a place outside the folder, here or on other systems. */
static bool safe_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > PK_ZIP_NAME_MAX || name[0] == '/' || strchr(name, '\\') != NULL ||
        strchr(name, ':') != NULL || !pk_utf8_valid(name)) {
        return false;
    }
    for (const char *p = name; *p != '\0';) {
        size_t part = strcspn(p, "/");
        if ((part == 1 && p[0] == '.') || (part == 2 && memcmp(p, "..", 2) == 0)) {
            return false;
        }
        p += part + (p[part] == '/');
    }
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_link(zip_t *zip, zip_uint64_t i)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;

    return zip_file_get_external_attributes(zip, i, 0, &system, &attributes) == 0 &&
           system == ZIP_OPSYS_UNIX &&
           ((attributes >> 16) & PK_UNIX_TYPE) == PK_UNIX_LINK;
}

static enum pk_status check_entry(struct pk_zip_entry *out, zip_t *zip, zip_uint64_t i,
                                  uint64_t *total, uint64_t *packed,
                                  struct pk_arena *arena, struct pk_error *err)
{
    zip_stat_t st;

    if (zip_stat_index(zip, i, 0, &st) != 0 ||
        (st.valid & (ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE)) !=
            (ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE)) {
        return pk_fail(err, PK_BAD_INPUT, "the zip's entry %llu is damaged",
                       (unsigned long long)i);
    }
    if (!safe_name(st.name)) {
        return pk_fail(err, PK_BAD_INPUT,
                       "the zip's entry %llu has a name that is not let through",
                       (unsigned long long)i);
    }
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE) {
        return pk_fail(err, PK_UNSUPPORTED, "the zip's entry %.200s is encrypted",
                       st.name);
    }
    if (is_link(zip, i)) {
        return pk_fail(err, PK_BAD_INPUT, "the zip's entry %.200s is a link", st.name);
    }
    *total += st.size;
    *packed += st.comp_size;
    if (st.size > (uint64_t)PK_ZIP_TOTAL_MAX || *total > (uint64_t)PK_ZIP_TOTAL_MAX) {
        return pk_fail(err, PK_LIMIT, "the zip unpacks to more than %lld bytes",
                       (long long)PK_ZIP_TOTAL_MAX);
    }
    if (st.size > PK_ZIP_RATIO_FROM && st.size / PK_ZIP_RATIO_MAX > st.comp_size) {
        return pk_fail(err, PK_LIMIT,
                       "the zip's entry %.200s unpacks to more than %d times", st.name,
                       PK_ZIP_RATIO_MAX);
    }
    out->name = pk_arena_strdup(arena, st.name);
    out->size = st.size;
    return PK_OK;
}

static enum pk_status scan(struct pk_zip_entry **entries, size_t *count, zip_t *zip,
                           struct pk_arena *arena, struct pk_error *err)
{
    zip_int64_t n = zip_get_num_entries(zip, 0);
    uint64_t total = 0, packed = 0;

    if (n > PK_ZIP_ENTRIES_MAX) {
        return pk_fail(err, PK_LIMIT, "the zip has %lld entries, more than %d",
                       (long long)n, PK_ZIP_ENTRIES_MAX);
    }
    n = n < 0 ? 0 : n;
    *entries = pk_arena_alloc(arena, (size_t)n + 1, sizeof(**entries));
    *count = (size_t)n;
    for (zip_int64_t i = 0; i < n; i++) {
        enum pk_status status = check_entry(&(*entries)[i], zip, (zip_uint64_t)i, &total,
                                            &packed, arena, err);
        if (status != PK_OK) {
            return status;
        }
    }
    if (total > PK_ZIP_RATIO_FROM && total / PK_ZIP_RATIO_MAX > packed) {
        return pk_fail(err, PK_LIMIT, "the zip unpacks to more than %d times",
                       PK_ZIP_RATIO_MAX);
    }
    return PK_OK;
}

enum pk_status pk_zip_scan(struct pk_zip_entry **entries, size_t *count, const void *data,
                           size_t len, struct pk_arena *arena, struct pk_error *err)
{
    zip_t *zip = open_archive(data, len, err);
    enum pk_status status;

    *entries = NULL;
    *count = 0;
    if (zip == NULL) {
        return PK_BAD_INPUT;
    }
    status = scan(entries, count, zip, arena, err);
    zip_discard(zip);
    return status;
}

/* --- unpacking --- */

static const char *ending_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');

    return dot ? dot : "";
}

static bool same_stem(const char *a, const char *b)
{
    size_t n = strlen(a) - strlen(ending_of(a));

    return n == strlen(b) - strlen(ending_of(b)) && strncasecmp(a, b, n) == 0;
}

/* "m12.shp": entries of one stem get one number, so that a shapefile's parts find each
 * other, whatever the letters' case. */
static const char *own_path(const struct pk_zip_entry *entries, size_t i,
                            struct pk_arena *arena)
{
    const char *ending = ending_of(entries[i].name);
    size_t first = 0;
    char lower[12] = "";

    while (!same_stem(entries[first].name, entries[i].name)) {
        first++;
    }
    for (size_t k = 0; ending[k] && k + 1 < sizeof(lower); k++) {
        char c =
            ending[k] >= 'A' && ending[k] <= 'Z' ? (char)(ending[k] + 32) : ending[k];
        lower[k] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ? c : '_';
        lower[k + 1] = '\0';
    }
    return pk_arena_printf(arena, "m%zu%s", first, lower);
}

static enum pk_status unpack(zip_t *zip, size_t i, struct pk_zip_entry *entry,
                             struct pk_arena *arena, const struct pk_zip_entry *entries,
                             struct pk_error *err)
{
    enum pk_status status = PK_OK;
    char *piece = NULL;
    uint64_t got = 0;
    zip_int64_t n;
    const char *path = own_path(entries, i, arena);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    zip_file_t *file = zip_fopen_index(zip, i, 0);

    if (fd < 0 && errno == EEXIST) {
        status = pk_fail(err, PK_BAD_INPUT, "the zip has two entries like %.200s",
                         entry->name);
        goto done;
    }
    if (fd < 0 || file == NULL) {
        status = pk_fail(err, PK_BAD_INPUT, "the zip's entry %.200s cannot be unpacked",
                         entry->name);
        goto done;
    }
    piece = pk_xmalloc(PK_ZIP_PIECE);
    while ((n = zip_fread(file, piece, PK_ZIP_PIECE)) > 0) {
        got += (uint64_t)n;
        if (got > entry->size || write(fd, piece, (size_t)n) != (ssize_t)n) {
            n = -1;
            break;
        }
    }
    if (n < 0 || got != entry->size) {
        status =
            pk_fail(err, PK_BAD_INPUT, "the zip's entry %.200s is damaged", entry->name);
        goto done;
    }
    entry->path = path;
done:
    free(piece);
    if (file != NULL && zip_fclose(file) != 0 && status == PK_OK) {
        status =
            pk_fail(err, PK_BAD_INPUT, "the zip's entry %.200s is damaged", entry->name);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

/* --- reading --- */

/* Parts of other files, and what comes with data but is none. */
static bool is_companion(const struct pk_zip_entry *entries, size_t count, size_t i)
{
    static const char *const parts[] = {".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix",
                                        ".sbn", ".sbx", ".dat", ".map", ".id",  ".ind",
                                        ".mid", ".xml", ".qml", ".sld", ".gfs"};
    const char *ending = ending_of(entries[i].name);

    for (size_t k = 0; k < PK_COUNT(parts); k++) {
        if (strcasecmp(ending, parts[k]) != 0) {
            continue;
        }
        for (size_t m = 0; m < count; m++) {
            const char *theirs = ending_of(entries[m].name);
            bool whole = strcasecmp(theirs, ".shp") == 0 ||
                         strcasecmp(theirs, ".tab") == 0 ||
                         strcasecmp(theirs, ".mif") == 0;
            size_t stem = strlen(entries[m].name) - strlen(theirs);
            if (whole && strncasecmp(entries[m].name, entries[i].name, stem) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void not_read(struct pk_source *src, const char *name, enum pk_severity severity,
                     const char *why)
{
    pk_source_finding(src, "file",
                      &(struct pk_finding){.rule = "P-READ",
                                           .severity = severity,
                                           .object = name,
                                           .place = name,
                                           .text = why});
}

/* What may lie in a delivery without being data: told, not refused. */
static bool is_paper(const char *name)
{
    static const char *const endings[] = {".txt", ".pdf", ".md",   ".doc", ".docx",
                                          ".xsd", ".htm", ".html", ".jpg", ".png"};

    for (size_t k = 0; k < PK_COUNT(endings); k++) {
        if (strcasecmp(ending_of(name), endings[k]) == 0) {
            return true;
        }
    }
    return false;
}

static size_t read_entries(struct pk_source *src, const struct pk_zip_entry *entries,
                           size_t count, struct pk_error *last)
{
    const char *name = src->name, *path = src->path;
    size_t taken = 0;

    pk_source_begin(src, "zip", NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        struct pk_error why = {0};
        if (entries[i].path == NULL || is_companion(entries, count, i)) {
            continue;
        }
        src->name = entries[i].name;
        src->path = entries[i].path;
        if (pk_read_source(src, &why) == PK_OK) {
            taken++;
        } else if (is_paper(entries[i].name)) {
            not_read(src, entries[i].name, PK_NOTE, why.text);
        } else {
            *last = why;
            not_read(src, entries[i].name, PK_ERROR, why.text);
            pk_source_count(src, "file", 1, 0, 1);
        }
    }
    src->name = name;
    src->path = path;
    return taken;
}

enum pk_status pk_read_zip(struct pk_source *src, struct pk_error *err)
{
    struct pk_zip_entry *entries = NULL;
    struct pk_error last = {0};
    enum pk_status status = PK_OK;
    size_t count = 0;
    zip_t *zip = NULL;
    struct stat st;
    void *data = MAP_FAILED;
    int fd = open(src->path, O_RDONLY | O_CLOEXEC);

    if (src->in_zip) { /* one floor is enough for any delivery */
        status = pk_say(err, PK_UNSUPPORTED, src->lang, PK_MSG_IMPORT_ZIP_IN_ZIP, NULL);
        goto done;
    }
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size <= 0) {
        status = pk_fail(err, PK_IO, "the zip cannot be opened");
        goto done;
    }
    data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        status = pk_fail(err, PK_LIMIT, "the zip does not fit in memory");
        goto done;
    }
    zip = open_archive(data, (size_t)st.st_size, err);
    status = zip ? scan(&entries, &count, zip, &src->keep, err) : PK_BAD_INPUT;
    for (size_t i = 0; i < count && status == PK_OK; i++) {
        size_t n = strlen(entries[i].name);
        if (entries[i].name[n - 1] != '/') {
            status = unpack(zip, i, &entries[i], &src->keep, entries, err);
        }
    }
    if (status == PK_OK) {
        src->in_zip = true;
        if (read_entries(src, entries, count, &last) == 0) {
            status = last.text[0] ? pk_fail(err, last.code, "%s", last.text)
                                  : pk_say(err, PK_BAD_INPUT, src->lang,
                                           PK_MSG_IMPORT_ZIP_EMPTY, NULL);
        }
        src->in_zip = false;
    }
done:
    if (zip != NULL) {
        zip_discard(zip);
    }
    if (data != MAP_FAILED) {
        munmap(data, (size_t)st.st_size);
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}
