/*
 * child.h - the import child: `plankarta-work import-child ...`, a process of its own
 * that reads one foreign file in a sandbox and writes records (layers/stream.h) to
 * its standard output. Nobody starts it by hand.
 *
 * Descriptor 0 is /dev/null, 1 the record stream, 3 a pipe for progress bytes.
 * Exit codes: 0 whole stream; 3 the file cannot be read, 4 the sandbox cannot be
 * built, each with one line on descriptor 2.
 */
#ifndef PK_IMPORT_CHILD_H
#define PK_IMPORT_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/msg.h"

enum { PK_CHILD_UNREADABLE = 3, PK_CHILD_NO_SANDBOX = 4, PK_CHILD_PROGRESS_FD = 3 };

#define PK_CHILD_COMMAND "import-child"
#define PK_CHILD_PROGRAM "plankarta-read" /* beside the program that asks */

int pk_child_main(int argc, char **argv);

struct pk_child_job {
    const char *source;  /* as the user named it */
    const char *layer;   /* --layer, or NULL */
    const char *mapping; /* --mapping FILE, or NULL */
    enum pk_lang lang;
    int64_t max_bytes, max_mb, max_s;
    bool require_landlock;
    /* 0..1 of this source; may be NULL */
    void (*progress)(void *context, double done);
    void *context;
};

/* Run a child over one source. On success *stream_fd is a whole stream at its
 * start, to be closed by the caller. Errors: PK_BAD_INPUT with the reason a person
 * understands; PK_IO; PK_LIMIT (time or memory); PK_BUSY when a signal asks us to
 * end. Not thread-safe (signals, one at a time). */
enum pk_status pk_child_run(int *stream_fd, const struct pk_child_job *job,
                            struct pk_error *err) PK_MUST_CHECK;

#endif
