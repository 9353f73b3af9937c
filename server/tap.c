#include "server/tap.h"

#include <stdatomic.h>
#include <sys/socket.h>

/* The one table that is not constant: recv() is given nothing but the descriptor. */
static struct pk_wire *_Atomic readings[PK_TAP_FILES_MAX];

void pk_tap(int fd, struct pk_wire *wire)
{
    if (fd >= 0 && fd < PK_TAP_FILES_MAX) {
        atomic_store_explicit(&readings[fd], wire, memory_order_release);
    }
}

__attribute__((visibility("default"))) ssize_t recv(int fd, void *bytes, size_t len,
                                                    int flags)
{
    ssize_t n = recvfrom(fd, bytes, len, flags, NULL, NULL);
    if (n > 0 && fd >= 0 && fd < PK_TAP_FILES_MAX && (flags & MSG_PEEK) == 0) {
        struct pk_wire *wire = atomic_load_explicit(&readings[fd], memory_order_acquire);
        if (wire != NULL) {
            pk_wire_read(wire, bytes, (size_t)n);
        }
    }
    return n;
}
