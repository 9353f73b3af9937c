/*
 * listen.h - the address to serve on.
 */
#ifndef PK_SERVER_LISTEN_H
#define PK_SERVER_LISTEN_H

#include "base/error.h"

enum { PK_LISTEN_TEXT = 80, PK_LISTEN_BACKLOG = 4096 };

/* Bind and listen on "127.0.0.1:8080", "[::1]:8080" or "localhost:0" (0 = a free port).
 * Errors: PK_BAD_INPUT "listen: ...", PK_IO (the port is taken). */
enum pk_status pk_listen(int *fd, const char *address,
                         struct pk_error *err) PK_MUST_CHECK;

/* The socket's address in the same form, with the real port. */
enum pk_status pk_listen_name(char out[PK_LISTEN_TEXT], int fd,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
