/*
 * sandbox.h - the walls of the import child, put up before it reads a foreign byte:
 * resource limits, Landlock (files), seccomp (system calls: no sockets, no exec, no
 * new processes). They cannot be taken down again.
 */
#ifndef PK_IMPORT_SANDBOX_H
#define PK_IMPORT_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct pk_sandbox {
    const char *dir; /* absolute: read and written; the targets of links in it read */
    int64_t max_mb, max_s;
    bool require_landlock;
};

/* ABI version of the kernel's Landlock, 0 when there is none. */
int pk_landlock_abi(void);

/* Errors: PK_UNSUPPORTED when Landlock is missing and required; PK_IO. */
enum pk_status pk_sandbox_enter(const struct pk_sandbox *box,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
