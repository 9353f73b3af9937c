/* child_run.c - the parent's side: a private folder, one child, its stream. */
#include "import/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

enum {
    PK_PATH_MAX = 4096,
    PK_CHILD_WORDS_MAX = 500, /* bytes of its last line that we repeat */
    PK_SIDECARS_MAX = 16
};

/* Files that belong to a file, by its ending. Nothing else beside it is seen. */
static const struct {
    const char *ending, *with[6];
} companies[] = {
    {".shp", {".shx", ".dbf", ".prj", ".cpg", NULL}},
    {".tab", {".dat", ".map", ".id", ".ind", NULL} },
    {".mif", {".mid", NULL}                        },
};

static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');

    return dot ? dot : "";
}

/* "source" plus the ending when it is plain; our own name otherwise hides whatever
 * a driver would read out of a file's name. */
static void own_name(char *out, size_t size, const char *ending)
{
    size_t n = strlen(ending);
    char lower[12] = "";

    for (size_t i = 0; n < sizeof(lower) && i < n; i++) {
        char c =
            ending[i] >= 'A' && ending[i] <= 'Z' ? (char)(ending[i] + 32) : ending[i];
        if (c != '.' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            lower[0] = '\0';
            break;
        }
        lower[i] = c;
        lower[i + 1] = '\0';
    }
    snprintf(out, size, "source%s", lower);
}

static bool link_in(const char *dir, const char *name, const char *target)
{
    char link[PK_PATH_MAX], *real = realpath(target, NULL);
    bool ok = real != NULL &&
              snprintf(link, sizeof(link), "%s/%s", dir, name) < (int)sizeof(link) &&
              symlink(real, link) == 0;

    free(real);
    return ok;
}

static void link_company(const char *dir, const char *source)
{
    const char *ending = ending_of(source), *slash = strrchr(source, '/');
    size_t stem = (size_t)(ending - (slash ? slash + 1 : source)), i = 0;
    char folder[PK_PATH_MAX], target[PK_PATH_MAX], name[64];

    while (i < PK_COUNT(companies) && strcasecmp(companies[i].ending, ending) != 0) {
        i++;
    }
    if (i == PK_COUNT(companies)) {
        return;
    }
    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - source) + 1 : 1,
             slash ? source : ".");
    DIR *list = opendir(folder);
    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        const char *theirs = ending_of(e->d_name);
        if (strlen(e->d_name) - strlen(theirs) != stem ||
            strncmp(e->d_name, slash ? slash + 1 : source, stem) != 0) {
            continue;
        }
        for (size_t k = 0; companies[i].with[k] != NULL; k++) {
            if (strcasecmp(theirs, companies[i].with[k]) == 0) {
                own_name(name, sizeof(name), theirs);
                if (snprintf(target, sizeof(target), "%s/%s", folder, e->d_name) <
                    (int)sizeof(target)) {
                    (void)link_in(dir, name, target);
                }
            }
        }
    }
    if (list != NULL) {
        closedir(list);
    }
}

static void remove_folder(const char *dir)
{
    char path[PK_PATH_MAX];
    DIR *list = opendir(dir);

    for (struct dirent *e; list != NULL && (e = readdir(list)) != NULL;) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) < (int)sizeof(path) &&
            unlink(path) != 0) {
            remove_folder(path);
        }
    }
    if (list != NULL) {
        closedir(list);
    }
    rmdir(dir);
}

static enum pk_status make_folder(char *dir, size_t size, const struct pk_child_job *job,
                                  char *name, size_t name_size, struct pk_error *err)
{
    const char *temp = getenv("TMPDIR");
    struct stat st;

    if (stat(job->source, &st) != 0) {
        return pk_fail(err, PK_IO, "%s", strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return pk_fail(err, PK_BAD_INPUT, "not a plain file");
    }
    if (st.st_size > job->max_bytes) {
        return pk_fail(err, PK_LIMIT, "%lld bytes are more than import.max_bytes %lld",
                       (long long)st.st_size, (long long)job->max_bytes);
    }
    if (access(job->source, R_OK) != 0) {
        return pk_fail(err, PK_IO, "%s", strerror(errno));
    }
    snprintf(dir, size, "%s/plankarta-XXXXXX", temp && temp[0] == '/' ? temp : "/tmp");
    if (mkdtemp(dir) == NULL) {
        dir[0] = '\0';
        return pk_fail(err, PK_IO, "cannot make a folder in %s: %s", temp ? temp : "/tmp",
                       strerror(errno));
    }
    own_name(name, name_size, ending_of(job->source));
    if (!link_in(dir, name, job->source) ||
        (job->mapping != NULL && !link_in(dir, "mapping", job->mapping))) {
        return pk_fail(err, PK_IO, "cannot reach the file: %s", strerror(errno));
    }
    link_company(dir, job->source);
    return PK_OK;
}

struct pipes {
    int stream, progress[2], words[2];
};

/* The reader beside this program; a program without one (a test) reads by itself. */
static void reader_path(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(out, '/');
    size_t left = slash != NULL ? size - (size_t)(slash + 1 - out) : 0;
    if (left <= strlen(PK_CHILD_PROGRAM)) {
        snprintf(out, size, "/proc/self/exe");
        return;
    }
    snprintf(slash + 1, left, "%s", PK_CHILD_PROGRAM);
    if (access(out, X_OK) != 0) {
        snprintf(out, size, "/proc/self/exe");
    }
}

static void start_child(const struct pk_child_job *job, const char *dir, const char *name,
                        const struct pipes *p)
{
    char program[4096];
    reader_path(program, sizeof(program));
    char mb[24], s[24];
    int null = open("/dev/null", O_RDWR);

    snprintf(mb, sizeof(mb), "%lld", (long long)job->max_mb);
    snprintf(s, sizeof(s), "%lld", (long long)job->max_s);
    /* Above 9 first, so that no dup2 hits what another still needs. */
    int stream = fcntl(p->stream, F_DUPFD, 10),
        progress = fcntl(p->progress[1], F_DUPFD, 10);
    int words = fcntl(p->words[1], F_DUPFD, 10);
    if (null < 0 || stream < 0 || progress < 0 || words < 0 || dup2(null, 0) < 0 ||
        dup2(stream, 1) < 0 || dup2(words, 2) < 0 ||
        dup2(progress, PK_CHILD_PROGRESS_FD) < 0) {
        _exit(PK_CHILD_NO_SANDBOX);
    }
    close_range(PK_CHILD_PROGRESS_FD + 1, ~0U, 0);
    execl(program, PK_CHILD_PROGRAM, PK_CHILD_COMMAND, dir, name, job->source,
          pk_lang_tag(job->lang), job->layer ? job->layer : "",
          job->mapping ? "mapping" : "", mb, s, job->require_landlock ? "yes" : "no",
          (char *)NULL);
    _exit(PK_CHILD_NO_SANDBOX);
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static volatile sig_atomic_t asked_to_end;

static void on_signal(int number)
{
    asked_to_end = number;
}

/* Until the child's end of the progress pipe closes; false when time is up. */
static bool watch(const struct pk_child_job *job, pid_t pid, struct pipes *p, char *words,
                  size_t size)
{
    double end = now_s() + (double)job->max_s;
    struct pollfd fds[2] = {
        {p->progress[0], POLLIN, 0},
        {p->words[0],    POLLIN, 0}
    };
    size_t used = 0;

    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        unsigned char bytes[512];
        if (asked_to_end || now_s() > end) {
            kill(pid, SIGKILL);
            return false;
        }
        if (poll(fds, 2, 200) < 0 && errno != EINTR) {
            break;
        }
        for (int i = 0; i < 2; i++) {
            if (fds[i].fd < 0 || fds[i].revents == 0) {
                continue;
            }
            ssize_t n = read(fds[i].fd, bytes, sizeof(bytes));
            if (n == 0 || (n < 0 && errno != EINTR)) {
                fds[i].fd = -1;
            } else if (n > 0 && i == 0 && job->progress) {
                job->progress(job->context, bytes[n - 1] / 100.0);
            } else if (n > 0 && i == 1) {
                size_t room = size - 1 - used;
                size_t take = (size_t)n < room ? (size_t)n : room;
                memcpy(words + used, bytes, take);
                used += take;
                words[used] = '\0';
            }
        }
    }
    return true;
}

/* What became of the child, in words. */
static enum pk_status judge(int how, bool in_time, const struct pk_child_job *job,
                            const char *words, struct pk_error *err)
{
    if (asked_to_end) {
        return pk_fail(err, PK_BUSY, "stopped by a signal");
    }
    if (!in_time ||
        (WIFSIGNALED(how) && (WTERMSIG(how) == SIGXCPU || WTERMSIG(how) == SIGALRM))) {
        return pk_fail(err, PK_LIMIT, "reading took longer than %lld s (import.max_s)",
                       (long long)job->max_s);
    }
    if (WIFSIGNALED(how)) {
        return pk_fail(
            err, PK_BAD_INPUT,
            "the reader broke down (signal %d): the file is damaged, or larger "
            "than %lld MB of memory can hold",
            WTERMSIG(how), (long long)job->max_mb);
    }
    if (WEXITSTATUS(how) == PK_CHILD_NO_SANDBOX) {
        return pk_fail(err, PK_IO, "the reader's sandbox cannot be built: %s", words);
    }
    if (WEXITSTATUS(how) != 0) {
        return pk_fail(err, PK_BAD_INPUT, "%s",
                       words[0] ? words : "the file cannot be read");
    }
    return PK_OK;
}

static enum pk_status run_in(int *stream_fd, const struct pk_child_job *job,
                             const char *dir, const char *name, struct pk_error *err)
{
    struct pipes p = {
        -1, {-1, -1},
         {-1, -1}
    };
    char spool[PK_PATH_MAX], words[PK_CHILD_WORDS_MAX] = "";
    enum pk_status status;
    struct sigaction action = {.sa_handler = on_signal}, was_int, was_term;
    int how = 0;

    snprintf(spool, sizeof(spool), "%s/.stream", dir);
    p.stream = open(spool, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (p.stream < 0 || pipe2(p.progress, O_CLOEXEC) != 0 ||
        pipe2(p.words, O_CLOEXEC) != 0) {
        status = pk_fail(err, PK_IO, "cannot start a reader: %s", strerror(errno));
        goto done;
    }
    unlink(spool);
    asked_to_end = 0;
    sigaction(SIGINT, &action, &was_int);
    sigaction(SIGTERM, &action, &was_term);
    pid_t pid = fork();
    if (pid == 0) {
        start_child(job, dir, name, &p);
    }
    close(p.progress[1]);
    close(p.words[1]);
    p.progress[1] = p.words[1] = -1;
    if (pid < 0) {
        status = pk_fail(err, PK_IO, "cannot start a reader: %s", strerror(errno));
    } else {
        bool in_time = watch(job, pid, &p, words, sizeof(words));
        while (waitpid(pid, &how, 0) < 0 && errno == EINTR) {
        }
        char *newline = strchr(words, '\n');
        if (newline) {
            *newline = '\0';
        }
        status = judge(how, in_time, job, words, err);
    }
    sigaction(SIGINT, &was_int, NULL);
    sigaction(SIGTERM, &was_term, NULL);
    if (status == PK_OK && lseek(p.stream, 0, SEEK_SET) != 0) {
        status =
            pk_fail(err, PK_IO, "cannot read the reader's records: %s", strerror(errno));
    }
    if (status == PK_OK) {
        *stream_fd = p.stream;
        p.stream = -1;
    }
done:
    for (int i = 0; i < 2; i++) {
        if (p.progress[i] >= 0) {
            close(p.progress[i]);
        }
        if (p.words[i] >= 0) {
            close(p.words[i]);
        }
    }
    if (p.stream >= 0) {
        close(p.stream);
    }
    return status;
}

enum pk_status pk_child_run(int *stream_fd, const struct pk_child_job *job,
                            struct pk_error *err)
{
    char dir[PK_PATH_MAX] = "", name[32] = "";
    enum pk_status status = make_folder(dir, sizeof(dir), job, name, sizeof(name), err);

    *stream_fd = -1;
    if (status == PK_OK) {
        status = run_in(stream_fd, job, dir, name, err);
    }
    if (dir[0]) {
        remove_folder(dir);
    }
    return status;
}
