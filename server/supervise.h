/*
 * supervise.h - `serve`'s first process: one thread, no database. It holds the listening
 * socket, starts the worker (and the writer, when plankarta-work has one), starts them
 * again when they die, and on SIGTERM or SIGINT lets them finish what was begun.
 */
#ifndef PK_SERVER_SUPERVISE_H
#define PK_SERVER_SUPERVISE_H

#include "base/command.h"

/* Descriptors that the children find open. */
enum {
    PK_FD_LISTEN = 3, /* worker: the listening socket */
    PK_FD_STATUS =
        4,         /* worker: writes one byte when it serves; the writer, when it can */
    PK_FD_PEER = 5 /* SOCK_SEQPACKET between worker and writer, one end each */
};

enum {
    PK_STOP_MS = 10000,         /* to finish after SIGTERM, then SIGKILL */
    PK_START_MS = 60000,        /* for the worker to be ready the first time */
    PK_WRITER_START_MS = 10000, /* for the writer to have opened the file */
    PK_RESTART_MIN_MS = 50,
    PK_RESTART_MAX_MS = 2000
};

/* Environment of a worker: its presence makes `serve` be the worker. */
#define PK_WORKER_ENV "PK_SERVE_WORKER"

/* Serve until a signal; the exit code. */
int pk_supervise(struct pk_invocation *in);

#endif
