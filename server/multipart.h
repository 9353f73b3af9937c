/*
 * multipart.h - reading a posted form with files (RFC 7578, in the form of RFC
 * 2046, 5.1). Strict: what browsers and curl send is read, anything that two readers
 * could read differently is refused.
 */
#ifndef PK_SERVER_MULTIPART_H
#define PK_SERVER_MULTIPART_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum {
    PK_PARTS_MAX = 64,
    PK_PART_HEADERS_MAX = 4096, /* bytes of one part's headers */
    PK_BOUNDARY_MAX = 70        /* RFC 2046, 5.1.1 */
};

struct pk_part {
    const char *name;
    const char *file; /* what the sender calls the file; NULL = a field */
    const char *bytes;
    size_t len;
};

/* Is this the media type that is read here? NULL is not. */
bool pk_multipart_is(const char *content_type);

/* The parts of `body`, in it; names lie in the arena and are valid UTF-8. Errors:
 * PK_BAD_INPUT where the form is broken, PK_LIMIT. */
enum pk_status pk_multipart_read(struct pk_part out[PK_PARTS_MAX], uint32_t *count,
                                 const char *content_type, const char *body, size_t len,
                                 struct pk_arena *arena,
                                 struct pk_error *err) PK_MUST_CHECK;

#endif
