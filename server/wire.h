/*
 * wire.h - a strict reading of the bytes of a connection, beside the HTTP library's
 * lenient one (RFC 9112, sections 2.2, 3, 5, 6 and 7.1).
 *
 * libmicrohttpd 0.9.75 ends a value at a NUL, takes a lone LF for the end of a line,
 * joins folded lines, skips what follows a chunk's size and counts lengths its own way;
 * a proxy in front may read the same bytes as other requests. So every byte that the
 * library receives passes here first (tap.h). Nothing is copied or held back: the
 * reading only counts requests and marks the first one that is not plain, and http.h
 * refuses that one and ends the connection. A request whose end the two readings place
 * differently is refused too.
 */
#ifndef PK_SERVER_WIRE_H
#define PK_SERVER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PK_WIRE_NAME_MAX = 17, /* "transfer-encoding": longer names need no reading */
    PK_WIRE_VALUE_MAX = 19 /* digits of INT64_MAX */
};

/* One connection. All zero is the beginning; belongs to the thread that receives. */
struct pk_wire {
    uint64_t heads;    /* requests whose headers are complete */
    uint64_t whole;    /* and whose body is */
    uint64_t bad_at;   /* the first request that is not plain, from 1; 0 = none */
    const char *fault; /* why, static */
    uint64_t left;     /* bytes of the body, or of the chunk */
    uint8_t state, name_len, value_len, digits;
    bool old, skipped, length, chunked, long_value;
    char name[PK_WIRE_NAME_MAX], value[PK_WIRE_VALUE_MAX];
};

/* Take the next bytes. */
void pk_wire_read(struct pk_wire *wire, const void *bytes, size_t len);

/* Why request `number` (from 1) must be refused: NULL when its headers, and with `body`
 * all of it, are complete and plain, as all before it were. */
const char *pk_wire_refusal(const struct pk_wire *wire, uint64_t number, bool body);

#endif
