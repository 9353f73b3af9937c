#include "server/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "layers/db.h"
#include "server/cmd.h"
#include "server/listen.h"

enum { ARGS_MAX = 128, STOP_POLL_MS = 50 };

struct child {
    const char *name;
    pid_t pid;          /* 0 = not running */
    int status_read;    /* becomes readable when the child is ready; -1 = none */
    int64_t started_ms; /* monotonic */
    int64_t restart_ms; /* when to start it again; 0 = not waiting */
    int pause_ms;       /* before the next start */
    bool ready;         /* has been so in this life */
    bool given_up;
};

struct supervisor {
    struct pk_invocation *in;
    int listen_fd, peer[2]; /* worker's end, writer's end */
    struct child worker, writer;
    char work[4096];
    const char *argv[ARGS_MAX];
    char address[PK_LISTEN_TEXT];
    bool announced;
};

/* ---- starting ---- */

/* Put descriptor `from` at `to` for the program that is to be started. The three are
 * moved out of each other's way first. */
static int keep_as(int from, int to)
{
    return dup2(from, to) == to ? 0 : -1;
}

static void exec_child(const int fds[3], const char *path, const char *const *argv,
                       bool is_worker)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* it ends with us, whatever ends us */
    int high[3];
    for (int i = 0; i < 3; i++) {
        high[i] = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD_CLOEXEC, 10) : -1;
    }
    for (int i = 0; i < 3; i++) {
        if (high[i] >= 0 && keep_as(high[i], PK_FD_LISTEN + i) != 0) {
            _exit(126);
        }
    }
    if (is_worker) {
        setenv(PK_WORKER_ENV, "1", 1);
    }
    execv(path, (char *const *)argv);
    fprintf(stderr, "plankarta serve: %s: %s\n", path, strerror(errno));
    _exit(126);
}

static enum pk_status start(struct supervisor *s, struct child *child, const char *path,
                            const char *const *argv, struct pk_error *err)
{
    bool is_worker = child == &s->worker;
    int status[2];
    if (pipe2(status, O_CLOEXEC) != 0) {
        return pk_fail(err, PK_IO, "pipe: %s", strerror(errno));
    }
    const int fds[3] = {is_worker ? s->listen_fd : -1, status[1],
                        s->peer[is_worker ? 0 : 1]};
    pid_t pid = fork();
    if (pid == 0) {
        exec_child(fds, path, argv, is_worker);
    }
    close(status[1]);
    if (pid < 0) {
        close(status[0]);
        return pk_fail(err, PK_IO, "fork: %s", strerror(errno));
    }
    if (child->status_read >= 0) {
        close(child->status_read);
    }
    child->pid = pid;
    child->status_read = status[0];
    child->started_ms = pk_now_ms();
    child->restart_ms = 0;
    child->ready = false;
    return PK_OK;
}

static enum pk_status start_worker(struct supervisor *s, struct pk_error *err)
{
    return start(s, &s->worker, "/proc/self/exe", s->argv, err);
}

/* The writer gets what concerns it from the settings as they are now. */
static enum pk_status start_writer(struct supervisor *s, struct pk_error *err)
{
    static const char *const wanted[] = {"db", "default_accuracy_m", "log.level"};
    struct pk_arena arena = {0};
    const char *argv[ARGS_MAX] = {s->work, "writer"};
    size_t n = 2;
    const struct pk_opt_key *key;
    for (size_t i = 0; (key = pk_opts_key_at(i)) != NULL && n + 3 < ARGS_MAX; i++) {
        bool take = strncmp(key->name, "import.", 7) == 0;
        for (size_t w = 0; w < PK_COUNT(wanted); w++) {
            take |= strcmp(key->name, wanted[w]) == 0;
        }
        const char *value = take ? pk_opts_text(s->in->opts, key->name) : NULL;
        if (value != NULL) {
            argv[n++] = pk_arena_printf(&arena, "--%s", key->name);
            argv[n++] = value;
        }
    }
    enum pk_status status = start(s, &s->writer, s->work, argv, err);
    pk_arena_finish(&arena);
    return status;
}

/* ---- watching ---- */

/* A byte on the status pipe: the child is ready. True when this is news. */
static bool note_ready(struct child *child)
{
    char byte;
    if (child->ready || child->status_read < 0) {
        return false;
    }
    struct pollfd p = {child->status_read, POLLIN, 0};
    if (poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0 &&
        read(child->status_read, &byte, 1) == 1) {
        child->ready = true;
        child->pause_ms = PK_RESTART_MIN_MS;
        return true;
    }
    return false;
}

static void announce(struct supervisor *s)
{
    if (!s->announced) {
        s->announced = true;
        printf("listening on http://%s\n", s->address);
        fflush(stdout);
    }
}

static void note_death(struct child *child, int how, bool stopping)
{
    if (!stopping) {
        pk_log(PK_LOG_ERROR, "child", "name=%s pid=%d %s=%d ready=%d", child->name,
               (int)child->pid, WIFSIGNALED(how) ? "signal" : "exit",
               WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how), child->ready);
    }
    child->pid = 0;
    child->restart_ms = pk_now_ms() + child->pause_ms;
    child->pause_ms =
        child->pause_ms * 2 < PK_RESTART_MAX_MS ? child->pause_ms * 2 : PK_RESTART_MAX_MS;
}

/* Collect what has died. Returns the exit code to end with, or -1 to go on. */
static int reap_children(struct supervisor *s, bool stopping)
{
    int how;
    pid_t pid;
    while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
        if (pid == s->worker.pid) {
            note_death(&s->worker, how, stopping);
            if (!s->announced && !stopping) {
                /* It never served: a mistake in the settings, not an accident. */
                return WIFEXITED(how) ? WEXITSTATUS(how) : PK_EXIT_FAILED;
            }
        } else if (pid == s->writer.pid) {
            bool wrong_usage = WIFEXITED(how) && WEXITSTATUS(how) == PK_EXIT_USAGE;
            note_death(&s->writer, how, stopping);
            if (wrong_usage && !s->writer.ready) {
                s->writer.given_up = true;
                pk_log(PK_LOG_WARN, "writer",
                       "plankarta-work has no writer: reading only");
            }
        }
    }
    return -1;
}

static void restart_due(struct supervisor *s)
{
    struct pk_error err;
    int64_t now = pk_now_ms();
    if (s->worker.pid == 0 && now >= s->worker.restart_ms &&
        start_worker(s, &err) != PK_OK) {
        pk_log(PK_LOG_ERROR, "worker", "error=%s", err.text);
        s->worker.restart_ms = now + PK_RESTART_MAX_MS;
    }
    if (s->writer.pid == 0 && !s->writer.given_up && now >= s->writer.restart_ms &&
        start_writer(s, &err) != PK_OK) {
        pk_log(PK_LOG_ERROR, "writer", "error=%s", err.text);
        s->writer.restart_ms = now + PK_RESTART_MAX_MS;
    }
}

/* SIGTERM, time to finish, SIGKILL. */
static void stop(struct supervisor *s, struct child *child)
{
    if (child->pid == 0) {
        return;
    }
    kill(child->pid, SIGTERM);
    int64_t end = pk_now_ms() + PK_STOP_MS;
    struct timespec pause = {0, STOP_POLL_MS * 1000000L};
    while (child->pid != 0 && pk_now_ms() < end) {
        reap_children(s, true);
        if (child->pid != 0) {
            nanosleep(&pause, NULL);
        }
    }
    if (child->pid != 0) {
        pk_log(PK_LOG_ERROR, "stop", "name=%s killed after %d ms", child->name,
               PK_STOP_MS);
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
        child->pid = 0;
    }
}

/* The writer opens the file first, so that the write-ahead log exists. */
static void await_writer(struct supervisor *s)
{
    struct timespec pause = {0, 10 * 1000000L};
    int64_t end = pk_now_ms() + PK_WRITER_START_MS;
    while (s->writer.pid != 0 && !s->writer.ready && pk_now_ms() < end) {
        note_ready(&s->writer);
        reap_children(s, false);
        nanosleep(&pause, NULL);
    }
}

static int watch(struct supervisor *s, const sigset_t *signals)
{
    for (;;) {
        struct timespec pause = {0, 100 * 1000000L};
        int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT) {
            break;
        }
        int code = reap_children(s, false);
        if (code >= 0) {
            stop(s, &s->writer);
            return code;
        }
        if (note_ready(&s->worker)) {
            announce(s);
        }
        note_ready(&s->writer);
        restart_due(s);
        if (!s->announced && pk_now_ms() - s->worker.started_ms > PK_START_MS) {
            pk_log(PK_LOG_ERROR, "start", "the worker is not ready after %d ms",
                   PK_START_MS);
            stop(s, &s->worker);
            stop(s, &s->writer);
            return PK_EXIT_FAILED;
        }
    }
    close(s->listen_fd); /* new connections are refused from here on */
    s->listen_fd = -1;
    stop(s, &s->worker);
    stop(s, &s->writer);
    return PK_EXIT_OK;
}

static enum pk_status prepare(struct supervisor *s, struct pk_invocation *in,
                              struct pk_error *err)
{
    enum pk_status status =
        pk_listen(&s->listen_fd, pk_opts_text(in->opts, "listen"), err);
    if (status == PK_OK) {
        status = pk_listen_name(s->address, s->listen_fd, err);
    }
    if (status == PK_OK &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->peer) != 0) {
        status = pk_fail(err, PK_IO, "socketpair: %s", strerror(errno));
    }
    return status;
}

/* A file that is not there, or of another program or schema, is refused here, once: the
 * writer and the worker would each say it. All else is theirs to find out. */
static enum pk_status look_at_file(struct pk_invocation *in, struct pk_error *err)
{
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_db db;
    pk_db_start();
    enum pk_status status =
        path != NULL ? pk_db_open(&db, path, PK_DB_READ, false, err) : PK_IO;
    if (status == PK_OK) {
        pk_db_close(&db);
    }
    return status == PK_BAD_DATA || status == PK_NOT_FOUND ? status : PK_OK;
}

int pk_supervise(struct pk_invocation *in)
{
    struct supervisor s = {
        .in = in,
        .listen_fd = -1,
        .peer = {-1, -1},
        .worker = { "worker", 0, -1, 0, 0, PK_RESTART_MIN_MS, 0, 0},
        .writer = {  "writer", 0, -1, 0, 0, PK_RESTART_MIN_MS, 0, 0}
    };
    struct pk_error err = {0};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    uint32_t n = 0;
    while (in->argv[n] != NULL && n + 1 < ARGS_MAX) {
        s.argv[n] = in->argv[n];
        n++;
    }
    if (in->argv[n] != NULL) {
        return pk_command_fail(in, PK_EXIT_USAGE, "more than %d arguments", ARGS_MAX - 1);
    }
    if (look_at_file(in, &err) != PK_OK || prepare(&s, in, &err) != PK_OK) {
        return pk_command_error(in, &err);
    }
    s.writer.given_up = !pk_work_path(s.work, sizeof(s.work));
    if (!s.writer.given_up && start_writer(&s, &err) == PK_OK) {
        await_writer(&s);
    }
    if (start_worker(&s, &err) != PK_OK) {
        stop(&s, &s.writer);
        return pk_command_error(in, &err);
    }
    return watch(&s, &signals);
}
