/*
 * response.h - what a handler answers with. Bodies are shared by reference: one
 * cached tile may be on its way to a hundred clients at once.
 */
#ifndef PK_SERVER_RESPONSE_H
#define PK_SERVER_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"

/* Immutable bytes with a reference count; any thread may take and drop. */
struct pk_body {
    _Atomic uint32_t refs;
    size_t len;
    char *bytes;
};

/* Takes over `bytes` (freed with free(3)); one reference, the caller's. */
struct pk_body *pk_body_create(char *bytes, size_t len);
struct pk_body *pk_body_copy(const void *bytes, size_t len);
struct pk_body *pk_body_ref(struct pk_body *body); /* NULL stays NULL */
void pk_body_unref(struct pk_body *body);          /* accepts NULL */

enum { PK_RESPONSE_MAX = 64 << 20, PK_ETAG_TEXT = 48 };

/* How long others may keep it. None reaches past the next local midnight: that is
 * when a legal date can take effect. */
enum pk_keep {
    PK_KEEP_NOTHING, /* no-store: health, problems that may pass */
    PK_KEEP_CHECK,   /* no-cache: pages; ask again, 304 is cheap */
    PK_KEEP_SHORT,   /* a minute: tiles, pictures */
    PK_KEEP_LONG,    /* a day at most: files built into the program */
    PK_KEEP_FIXED    /* for ever: what version= names does not change any more */
};

/* The text of Cache-Control at `now`. */
enum { PK_CACHE_CONTROL_TEXT = 64 };
void pk_cache_control(char out[PK_CACHE_CONTROL_TEXT], enum pk_keep keep, time_t now);

struct pk_response {
    int status;               /* 200 */
    const char *content_type; /* static, or of the request's arena */
    struct pk_body *body;     /* one reference, NULL = empty */
    char etag[PK_ETAG_TEXT];  /* quoted; "" = none */
    enum pk_keep keep;
    const char *location;   /* NULL = none; of the request's arena */
    const char *encoding;   /* "gzip", "br"; NULL = none. Static */
    const char *allow;      /* of a 405. Static */
    int retry_after_s;      /* 0 = none */
    int64_t version;        /* of the data; 0 = none */
    const char *background; /* which outside map is missing in a picture; NULL = none */
    const char *challenge;  /* WWW-Authenticate of a 401. Static */
    const char *cookies[2]; /* Set-Cookie; NULL = none; of the request's arena */
    const char *csp;        /* NULL = the server's own policy */
    bool vary_language, vary_accept;
    bool close; /* end the connection after it */
};

/* A text body out of a buffer (emptied). */
void pk_response_take(struct pk_response *response, struct pk_buf *buf,
                      const char *content_type);
/* ETag from the bytes (XXH3-128), with the encoding's mark when it has one. */
void pk_response_tag(struct pk_response *response);
void pk_response_finish(struct pk_response *response); /* drops the body */

/* Does an If-None-Match header name this ETag (or "*")? Weak comparison, RFC 9110. */
bool pk_etag_matches(const char *if_none_match, const char *etag);

/* Compress a text body when the client takes it and it gets smaller: br, else gzip.
 * Pictures and small bodies stay as they are. */
void pk_response_compress(struct pk_response *response, const char *accept_encoding);

#endif
