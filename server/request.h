/*
 * request.h - one HTTP request as handlers see it: no sockets, no library.
 *
 * The target is read by our own strict reader: at most PK_TARGET_MAX bytes and
 * PK_QUERY_ARGS_MAX arguments, every %XX two hex digits, no control bytes, no
 * encoded slash, no "." or ".." segments, valid UTF-8 after decoding. Anything
 * else is refused, so that no proxy before us can read it differently.
 */
#ifndef PK_SERVER_REQUEST_H
#define PK_SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/msg.h"

enum {
    PK_TARGET_MAX = 2048,    /* bytes of path and query as received */
    PK_QUERY_ARGS_MAX = 100, /* arguments of a query or a posted form */
    PK_SEGMENTS_MAX = 12,    /* of a path */
    PK_BODY_MAX = 1 << 20,   /* bytes of a posted body */
    PK_PATH_PARAMS_MAX = 8
};

enum pk_method { PK_GET, PK_HEAD, PK_POST, PK_OPTIONS, PK_METHOD_OTHER };

struct pk_query_arg {
    const char *name, *value; /* decoded */
};

struct pk_route;
struct pk_auth;

/* Everything lies in the arena of whoever made it. Headers are NULL when absent. */
struct pk_request {
    enum pk_method method;
    const char *target; /* as received */
    const char *path;   /* as received, without the query */
    const char *segments[PK_SEGMENTS_MAX];
    uint32_t segment_count;
    struct pk_query_arg args[PK_QUERY_ARGS_MAX];
    uint32_t arg_count;

    const char *accept, *accept_language, *accept_encoding, *if_none_match, *origin;
    const char *content_type;
    const char *body; /* NULL without one; NUL-terminated */
    size_t body_len;

    const char *upload; /* file of a delivery's body (spool.h); NULL = none */
    const struct pk_query_arg *form; /* fields of a staff form (auth.h) */
    uint32_t form_count;
    const char *form_token;     /* that came with it, checked already; NULL = none */
    const char *client;         /* address of who asks, "" = not known */
    const char *agent;          /* User-Agent */
    const char *cookies;        /* Cookie: pk_cookie_read() */
    const struct pk_auth *auth; /* who asks: pk_auth_of() */

    const char *base;  /* start of absolute links, "" = relative ones */
    enum pk_lang lang; /* negotiated */
    const struct pk_route *route;
    const char *params[PK_PATH_PARAMS_MAX]; /* what {name} parts matched */
};

/* Fill method, target, path, segments and args from a request line's parts.
 * Errors: PK_BAD_INPUT, PK_LIMIT (target too long, too many arguments). */
enum pk_status pk_request_read(struct pk_request *out, const char *method,
                               const char *target, struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;
/* The same rules for one "a=b&c=d" text; appends to args. */
enum pk_status pk_request_read_query(struct pk_request *request, const char *query,
                                     struct pk_arena *arena,
                                     struct pk_error *err) PK_MUST_CHECK;

/* The argument's value, NULL when absent. */
const char *pk_request_arg(const struct pk_request *request, const char *name);

/* The same of a form's field. */
const char *pk_request_form(const struct pk_request *request, const char *name);

/* "450123.4,6227456.7" -> numbers; exactly `count` of them. False otherwise. */
bool pk_request_numbers(const char *text, double *out, uint32_t count);

#endif
