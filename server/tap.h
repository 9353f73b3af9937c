/*
 * tap.h - lets wire.h see what the HTTP library receives.
 *
 * The library has no hook between its socket and its parser, and reading the socket
 * first, or a relay in front, would cost a system call or two more for every request. It
 * calls recv() of the C library, so this program has a recv() of its own, which the
 * dynamic linker finds first (ELF, symbols of the executable before those of libraries):
 * it receives, and shows the bytes to the reading of that descriptor, if there is one.
 * Should a library ever receive in another way, then no request is known to the reading,
 * and http.h refuses all of them: the tests fail, nothing passes unread.
 */
#ifndef PK_SERVER_TAP_H
#define PK_SERVER_TAP_H

#include "server/wire.h"

enum { PK_TAP_FILES_MAX = 16384 }; /* higher descriptors are not read: all refused */

/* From now on `wire` reads what is received from `fd`; NULL: nobody does. Any thread, but
 * not while another receives from that descriptor. */
void pk_tap(int fd, struct pk_wire *wire);

#endif
