#include "import/delivery_queue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/jsonread.h"
#include "base/log.h"

enum {
    ARGS_MAX = PK_DELIVERY_FILES_MAX + 64,
    REPORT_MAX_BYTES = 64 << 20,
    SAID_BYTES = 400 /* of the end of progress.txt */
};

struct delivery {
    char *folder, *by;
    enum pk_lang lang;
};

struct pk_deliveries {
    char *db;
    const struct pk_opts *opts;
    struct delivery list[PK_DELIVERIES_MAX]; /* the first one runs */
    uint32_t count;
    pid_t pid; /* 0 = none runs */
    int pidfd;
};

struct pk_deliveries *pk_deliveries_create(const char *db, const struct pk_opts *opts)
{
    struct pk_deliveries *d = pk_xcalloc(1, sizeof(*d));
    char *whole = realpath(db, NULL);

    d->db = whole ? whole : pk_xstrdup(db);
    d->opts = opts;
    d->pidfd = -1;
    return d;
}

static void path_in(char *out, size_t size, const struct delivery *one, const char *name)
{
    snprintf(out, size, "%s/%s", one->folder, name);
}

/* ---- the process ---- */

struct arguments {
    struct pk_arena arena;
    const char *argv[ARGS_MAX];
    int n;
};

static void add(struct arguments *a, const char *text)
{
    if (a->n + 1 < ARGS_MAX)
        a->argv[a->n++] = text;
}

/* The settings that concern reading, as the writer itself got them. */
static void add_settings(struct arguments *a, const struct pk_opts *opts)
{
    const struct pk_opt_key *key;

    for (size_t i = 0; (key = pk_opts_key_at(i)) != NULL; i++) {
        const char *value = strncmp(key->name, "import.", 7) == 0 ||
                                    strcmp(key->name, "default_accuracy_m") == 0
                                ? pk_opts_text(opts, key->name)
                                : NULL;
        if (value) {
            add(a, pk_arena_printf(&a->arena, "--%s", key->name));
            add(a, value);
        }
    }
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The delivered files, in the order of their names. */
static int add_files(struct arguments *a, const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int first = a->n;

    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.' && a->n - first < PK_DELIVERY_FILES_MAX)
            add(a, pk_arena_strdup(&a->arena, entry->d_name));
    }
    if (dir)
        closedir(dir);
    qsort(a->argv + first, (size_t)(a->n - first), sizeof(*a->argv), by_bytes);
    return a->n - first;
}

/* In the child; ends it. */
static void become(const struct delivery *one, const struct arguments *a)
{
    char files[4096], report[4096], progress[4096];
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setenv("LC_ALL", one->lang == PK_EN ? "en" : "sv", 1);
    path_in(files, sizeof(files), one, "files");
    path_in(report, sizeof(report), one, "report.json");
    path_in(progress, sizeof(progress), one, "progress.txt");
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = open(report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int said = open(progress, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (in < 0 || out < 0 || said < 0 || chdir(files) != 0 || dup2(in, 0) < 0 ||
        dup2(out, 1) < 0 || dup2(said, 2) < 0)
        _exit(126);
    execv("/proc/self/exe", (char *const *)(uintptr_t)a->argv);
    _exit(126);
}

static enum pk_status start(struct pk_deliveries *d, const struct delivery *one,
                            struct pk_error *err)
{
    struct arguments a = {.n = 0};
    char files[4096];
    enum pk_status status = PK_OK;

    path_in(files, sizeof(files), one, "files");
    add(&a, "plankarta-work");
    add(&a, "import");
    add(&a, "--db");
    add(&a, d->db);
    add(&a, "--draft");
    add(&a, "--json");
    add(&a, "--by");
    add(&a, one->by);
    add_settings(&a, d->opts);
    add(&a, "--");
    if (add_files(&a, files) == 0)
        status = pk_fail(err, PK_BAD_INPUT, "the delivery has no files");
    a.argv[a.n] = NULL;
    if (!status) {
        d->pid = fork();
        if (d->pid == 0)
            become(one, &a);
        d->pidfd = d->pid > 0 ? pidfd_open(d->pid, 0) : -1;
        if (d->pid < 0)
            status = pk_fail(err, PK_IO, "fork: %s", strerror(errno));
        else if (d->pidfd < 0)
            status = pk_fail(err, PK_IO, "pidfd: %s", strerror(errno));
        else
            fcntl(d->pidfd, F_SETFD, FD_CLOEXEC);
    }
    if (status && d->pid > 0) {
        kill(d->pid, SIGKILL);
        waitpid(d->pid, NULL, 0);
    }
    if (status)
        d->pid = 0;
    pk_arena_finish(&a.arena);
    return status;
}

/* ---- its end ---- */

static void remove_files(const struct delivery *one)
{
    char folder[4096], path[4096 + 256];
    struct dirent *entry;

    path_in(folder, sizeof(folder), one, "files");
    DIR *dir = opendir(folder);
    while (dir && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

/* The last line that the process wrote. */
static void last_said(char *out, size_t size, const struct delivery *one)
{
    char path[4096], text[SAID_BYTES + 1];
    size_t n = 0;

    path_in(path, sizeof(path), one, "progress.txt");
    FILE *f = fopen(path, "re");
    if (f) {
        if (fseek(f, -SAID_BYTES, SEEK_END) != 0)
            rewind(f);
        n = fread(text, 1, SAID_BYTES, f);
        fclose(f);
    }
    while (n > 0 && text[n - 1] == '\n')
        n--;
    text[n] = '\0';
    const char *line = strrchr(text, '\n');
    snprintf(out, size, "%s", line ? line + 1 : text);
}

static bool any_refused(const json_t *report)
{
    const json_t *sources = pk_jget_array(report, "sources");
    bool any = false;

    for (size_t i = 0; i < json_array_size(sources); i++) {
        json_t *counts = pk_jget_object(json_array_get(sources, i), "counts");
        const char *kind;
        json_t *count;

        json_object_foreach(counts, kind, count)
        {
            long long refused = 0;
            any |= pk_jget_int(count, "refused", &refused) && refused > 0;
        }
    }
    return any;
}

/* Written aside and renamed: whoever finds it finds it whole. */
static void write_done(const struct delivery *one, json_t *done)
{
    char part[4096], path[4096];

    path_in(part, sizeof(part), one, "done.part");
    path_in(path, sizeof(path), one, "done.json");
    if (json_dump_file(done, part, JSON_COMPACT) != 0 || rename(part, path) != 0)
        pk_log(PK_LOG_ERROR, "delivery", "done=%s", strerror(errno));
    json_decref(done);
}

static void write_failure(const struct delivery *one, const char *why)
{
    json_t *text = json_string(why), *done = json_object();

    pk_log(PK_LOG_WARN, "delivery", "error=%s", why);
    json_object_set_new(done, "error", text ? text : json_string(""));
    write_done(one, done);
}

static void conclude(const struct delivery *one, int code)
{
    char path[4096], said[SAID_BYTES + 1];
    json_t *report = NULL;
    long long draft = 0;

    path_in(path, sizeof(path), one, "report.json");
    if ((code == 0 || code == 1) &&
        pk_json_parse_file(&report, path, REPORT_MAX_BYTES, NULL) == PK_OK &&
        pk_jget_array(report, "sources")) {
        json_t *done = json_object();

        json_object_set_new(done, "draft",
                            pk_jget_int(report, "draft", &draft) ? json_integer(draft)
                                                                 : json_null());
        json_object_set_new(done, "held", json_boolean(code == 1));
        json_object_set_new(done, "refused", json_boolean(any_refused(report)));
        pk_log(PK_LOG_INFO, "delivery", "draft=%lld", draft);
        write_done(one, done);
    } else {
        last_said(said, sizeof(said), one);
        write_failure(one, said[0] ? said : "the delivery could not be read");
    }
    json_decref(report);
}

static void drop_first(struct pk_deliveries *d)
{
    remove_files(&d->list[0]);
    free(d->list[0].folder);
    free(d->list[0].by);
    d->count--;
    memmove(d->list, d->list + 1, d->count * sizeof(d->list[0]));
}

enum pk_status pk_deliveries_add(struct pk_deliveries *d, const char *folder,
                                 const char *by, enum pk_lang lang, struct pk_error *err)
{
    if (d->count == PK_DELIVERIES_MAX)
        return pk_fail(err, PK_BUSY, "%d deliveries are waiting already",
                       PK_DELIVERIES_MAX);
    d->list[d->count++] =
        (struct delivery){pk_xstrdup(folder), pk_xstrdup(by ? by : "import"), lang};
    if (d->count > 1)
        return PK_OK;
    enum pk_status status = start(d, &d->list[0], err);
    if (status)
        drop_first(d);
    return status;
}

int pk_deliveries_fd(const struct pk_deliveries *d)
{
    return d->pidfd;
}

void pk_deliveries_tick(struct pk_deliveries *d)
{
    int status = 0;

    if (d->pid > 0 && waitpid(d->pid, &status, WNOHANG) == d->pid) {
        close(d->pidfd);
        d->pidfd = -1;
        d->pid = 0;
        conclude(&d->list[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128);
        drop_first(d);
    }
    while (d->pid == 0 && d->count > 0) {
        struct pk_error err = {0};

        if (start(d, &d->list[0], &err)) {
            write_failure(&d->list[0], err.text);
            drop_first(d);
        }
    }
}

void pk_deliveries_destroy(struct pk_deliveries *d)
{
    if (!d)
        return;
    if (d->pid > 0) {
        kill(d->pid, SIGTERM);
        waitpid(d->pid, NULL, 0);
        close(d->pidfd);
    }
    while (d->count > 0)
        drop_first(d);
    free(d->db);
    free(d);
}
