#include "server/spool.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "base/text.h"

enum {
    PATH_BYTES = 4096,
    NAME_BYTES = 120, /* of a delivered file's name */
    REPORT_BYTES_MAX = 64 << 20,
    SAID_BYTES = 200,
    ROOM_LEFT_BYTES = 64 << 20 /* of the disk, for everything else */
};

struct pk_spool_body {
    struct pk_app *app;
    int fd;
    uint64_t bytes, max;
    struct pk_error error;
    char path[PATH_BYTES];
};

/* The folder, made when it is not there. */
static enum pk_status spool_folder(char out[PATH_BYTES], const struct pk_app *app,
                                   struct pk_error *err)
{
    const char *set = pk_opts_text(app->opts, "import.spool");
    int n = set != NULL
                ? snprintf(out, PATH_BYTES, "%s", set)
                : snprintf(out, PATH_BYTES, "%s.spool", pk_opts_text(app->opts, "db"));
    char *whole;
    if (n < 0 || n >= PATH_BYTES - 64 || (mkdir(out, 0700) != 0 && errno != EEXIST)) {
        return pk_fail(err, PK_IO, "the folder for deliveries cannot be made: %s",
                       strerror(errno));
    }
    whole = realpath(out, NULL); /* the writer may stand elsewhere */
    if (whole == NULL || strlen(whole) >= PATH_BYTES - 64) {
        free(whole);
        return pk_fail(err, PK_IO, "the folder for deliveries: %s", strerror(errno));
    }
    snprintf(out, PATH_BYTES, "%s", whole);
    free(whole);
    return PK_OK;
}

/* ---- bodies ---- */

static uint64_t room_in(const char *folder)
{
    struct statvfs fs;
    uint64_t room = statvfs(folder, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
    return room > ROOM_LEFT_BYTES ? room - ROOM_LEFT_BYTES : 0;
}

enum pk_status pk_spool_begin(struct pk_spool_body **out, struct pk_app *app,
                              uint64_t length, enum pk_lang lang, struct pk_error *err)
{
    char folder[PATH_BYTES];
    uint64_t max = (uint64_t)pk_opts_int(app->opts, "import.max_bytes");
    *out = NULL;
    if (length > max) {
        char bytes[24];
        snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)max);
        return pk_fail_said(err, PK_LIMIT, lang, NULL, PK_MSG_ADM_DELIVER_LARGE, "max",
                            bytes, NULL);
    }
    enum pk_status status = spool_folder(folder, app, err);
    if (status != PK_OK) {
        return status;
    }
    /* Twice: the body, and the files that are taken out of it. */
    uint64_t room = room_in(folder) / 2;
    if (length > room) {
        return pk_fail_said(err, PK_LIMIT, lang, NULL, PK_MSG_ADM_DELIVER_FULL, NULL);
    }
    if (atomic_fetch_add(&app->bodies, 1) >= PK_SPOOL_BODIES_MAX) {
        atomic_fetch_sub(&app->bodies, 1);
        return pk_fail(err, PK_BUSY, "%d deliveries are arriving already",
                       PK_SPOOL_BODIES_MAX);
    }
    struct pk_spool_body *body = pk_xcalloc(1, sizeof(*body));
    body->app = app;
    body->max = max < room ? max : room;
    snprintf(body->path, sizeof(body->path), "%.4000s/body-XXXXXX", folder);
    body->fd = mkostemp(body->path, O_CLOEXEC);
    if (body->fd < 0) {
        pk_fail(err, PK_IO, "%.300s: %s", body->path, strerror(errno));
        body->path[0] = '\0';
        pk_spool_drop(body);
        return PK_IO;
    }
    *out = body;
    return PK_OK;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

void pk_spool_add(struct pk_spool_body *body, const void *bytes, size_t len)
{
    body->bytes += len;
    if (body->error.code != PK_OK) {
        return;
    }
    if (body->bytes > body->max) {
        pk_fail(&body->error, PK_LIMIT, "the delivery has more than %llu bytes",
                (unsigned long long)body->max);
    } else if (!write_all(body->fd, bytes, len)) {
        pk_fail(&body->error, PK_IO, "the delivery cannot be written: %s",
                strerror(errno));
    }
}

enum pk_status pk_spool_end(const char **path, struct pk_spool_body *body,
                            struct pk_error *err)
{
    *path = body->path;
    if (body->error.code != PK_OK) {
        return pk_fail(err, body->error.code, "%s", body->error.text);
    }
    return PK_OK;
}

void pk_spool_drop(struct pk_spool_body *body)
{
    if (body == NULL) {
        return;
    }
    if (body->fd >= 0) {
        close(body->fd);
    }
    if (body->path[0] != '\0') {
        unlink(body->path);
    }
    atomic_fetch_sub(&body->app->bodies, 1);
    free(body);
}

/* ---- deliveries ---- */

/* A delivered name as a file's: the last part of a path, letters, digits, '.', '-' and
 * '_'; it never begins with '.' or '-'. Endings stay: some readers want them. */
static void plain_name(char out[NAME_BYTES + 1], const char *told)
{
    const char *p = told;
    for (const char *c = told; *c != '\0'; c++) {
        p = *c == '/' || *c == '\\' ? c + 1 : p;
    }
    size_t all = strlen(p), n = 0;
    if (all > NAME_BYTES) { /* its end tells more than its beginning */
        p += all - NAME_BYTES;
        while (((unsigned char)*p & 0xc0) == 0x80) {
            p++;
        }
    }
    for (; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool fine =
            c >= 0x80 || isalnum(c) || c == '_' || (n > 0 && (c == '.' || c == '-'));
        out[n++] = fine ? (char)c : '_';
    }
    out[n] = '\0';
}

static enum pk_status write_file(const char *folder, const char *name, uint32_t number,
                                 const struct pk_part *part, struct pk_error *err)
{
    char path[PATH_BYTES + NAME_BYTES + 64];
    snprintf(path, sizeof(path), "%s/files/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        snprintf(path, sizeof(path), "%s/files/%u_%s", folder, number, name);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    bool written = fd >= 0 && write_all(fd, part->bytes, part->len);
    enum pk_status status =
        written
            ? PK_OK
            : pk_fail(err, PK_IO, "the delivery cannot be written: %s", strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

enum pk_status pk_spool_delivery(char id[PK_SPOOL_ID], const char **folder,
                                 const struct pk_app *app, const struct pk_part *parts,
                                 uint32_t count, struct pk_arena *arena,
                                 struct pk_error *err)
{
    char spool[PATH_BYTES], made[PATH_BYTES], files[PATH_BYTES + 16];
    uint32_t written = 0;
    for (uint32_t i = 0; i < count; i++) {
        written += parts[i].file != NULL && parts[i].file[0] != '\0' && parts[i].len > 0;
    }
    if (written == 0) {
        return pk_fail(err, PK_BAD_INPUT, "file: the delivery holds no file");
    }
    enum pk_status status = spool_folder(spool, app, err);
    if (status != PK_OK) {
        return status;
    }
    snprintf(made, sizeof(made), "%.4000s/d-XXXXXX", spool);
    if (mkdtemp(made) == NULL) {
        return pk_fail(err, PK_IO, "%.300s: %s", made, strerror(errno));
    }
    snprintf(files, sizeof(files), "%s/files", made);
    if (mkdir(files, 0700) != 0) {
        return pk_fail(err, PK_IO, "%.300s: %s", files, strerror(errno));
    }
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        char name[NAME_BYTES + 1];
        if (parts[i].file != NULL && parts[i].file[0] != '\0' && parts[i].len > 0) {
            plain_name(name, parts[i].file);
            status = write_file(made, name, i, &parts[i], err);
        }
    }
    memcpy(id, made + strlen(made) - 6, PK_SPOOL_ID);
    *folder = pk_arena_strdup(arena, made);
    return status;
}

/* Only names that mkdtemp makes: no path of ours comes from an address. */
static bool is_id(const char *id)
{
    size_t n = 0;
    while (isalnum((unsigned char)id[n])) {
        n++;
    }
    return n == PK_SPOOL_ID - 1 && id[n] == '\0';
}

/* The last line of progress.txt; NULL when there is none. */
static json_t *last_said(const char *folder)
{
    char path[PATH_BYTES + 32], text[SAID_BYTES + 1];
    snprintf(path, sizeof(path), "%s/progress.txt", folder);
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        return NULL;
    }
    if (fseek(f, -SAID_BYTES, SEEK_END) != 0) {
        rewind(f);
    }
    size_t n = fread(text, 1, SAID_BYTES, f);
    fclose(f);
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    text[n] = '\0';
    const char *line = strrchr(text, '\n');
    line = line != NULL ? line + 1 : text;
    return json_string(line + strspn(line, " ")); /* NULL when it is no UTF-8 */
}

enum pk_status pk_spool_look(json_t **out, const struct pk_app *app, const char *id,
                             struct pk_error *err)
{
    char spool[PATH_BYTES], folder[PATH_BYTES + 16], path[PATH_BYTES + 32];
    json_t *done = NULL, *report = NULL, *said;
    struct stat info;
    *out = NULL;
    enum pk_status status = spool_folder(spool, app, err);
    if (status != PK_OK) {
        return status;
    }
    snprintf(folder, sizeof(folder), "%s/d-%s", spool, is_id(id) ? id : "none");
    if (!is_id(id) || stat(folder, &info) != 0) {
        return pk_fail(err, PK_NOT_FOUND, "there is no delivery %.20s any more", id);
    }
    snprintf(path, sizeof(path), "%s/done.json", folder);
    if (pk_json_parse_file(&done, path, REPORT_BYTES_MAX, NULL) != PK_OK) {
        done = json_object();
        said = last_said(folder);
        json_object_set_new(done, "state",
                            json_string(said != NULL ? "reading" : "waiting"));
        json_object_set_new(done, "said", said != NULL ? said : json_null());
        *out = done;
        return PK_OK;
    }
    json_object_set_new(done, "state", json_string("done"));
    snprintf(path, sizeof(path), "%s/report.json", folder);
    if (pk_json_parse_file(&report, path, REPORT_BYTES_MAX, NULL) == PK_OK) {
        json_object_set_new(done, "report", report);
    }
    *out = done;
    return PK_OK;
}

/* ---- sweeping ---- */

/* Everything in a folder, two levels deep, and itself. */
static void remove_folder(const char *folder, int depth)
{
    char path[PATH_BYTES + 600];
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof(path), "%.4200s/%s", folder, entry->d_name);
        if (unlink(path) != 0 && depth > 0) {
            remove_folder(path, depth - 1);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    rmdir(folder);
}

void pk_spool_sweep(const struct pk_app *app)
{
    char spool[PATH_BYTES], path[PATH_BYTES + 300];
    struct pk_error err;
    struct stat info;
    struct dirent *entry;
    if (spool_folder(spool, app, &err) != PK_OK) {
        return;
    }
    DIR *dir = opendir(spool);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        bool ours = strncmp(entry->d_name, "d-", 2) == 0 ||
                    strncmp(entry->d_name, "body-", 5) == 0;
        snprintf(path, sizeof(path), "%s/%s", spool, entry->d_name);
        if (!ours || lstat(path, &info) != 0 ||
            info.st_mtime > time(NULL) - PK_SPOOL_KEEP_S) {
            continue;
        }
        if (S_ISDIR(info.st_mode)) {
            remove_folder(path, 1);
        } else {
            unlink(path);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}
