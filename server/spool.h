/*
 * spool.h - the folder where deliveries that come over HTTP lie until they are read: a
 * body as it arrives, never in memory, and then a folder per delivery
 * (import/delivery_queue.h says what is in it). Setting `import.spool`, else FILE.spool
 * beside the database.
 */
#ifndef PK_SERVER_SPOOL_H
#define PK_SERVER_SPOOL_H

#include <jansson.h>

#include "server/app.h"
#include "server/multipart.h"
#include "server/request.h"

enum {
    PK_SPOOL_BODIES_MAX = 4,        /* arriving at the same time */
    PK_SPOOL_KEEP_S = 24 * 60 * 60, /* what happened to a delivery can be read so long */
    PK_SPOOL_ID = 7                 /* bytes of a delivery's name, with the NUL */
};

/* ---- a body that is arriving; one HTTP thread at a time ---- */

struct pk_spool_body;

/* `length` is what was announced, 0 = not. Errors: PK_LIMIT larger than import.max_bytes,
 * or than the disk has room for; PK_BUSY too many at once; PK_IO. */
enum pk_status pk_spool_begin(struct pk_spool_body **out, struct pk_app *app,
                              uint64_t length, enum pk_lang lang,
                              struct pk_error *err) PK_MUST_CHECK;
/* Failures are kept for pk_spool_end(). */
void pk_spool_add(struct pk_spool_body *body, const void *bytes, size_t len);
/* The path of the whole body, which lives until pk_spool_drop(). Errors: PK_LIMIT, PK_IO.
 */
enum pk_status pk_spool_end(const char **path, struct pk_spool_body *body,
                            struct pk_error *err) PK_MUST_CHECK;
/* The file goes, if nobody has taken it; accepts NULL. */
void pk_spool_drop(struct pk_spool_body *body);

/* ---- deliveries ---- */

/* A new folder with the files of a form; id is its name. Parts without a name or bytes
 * are passed over. Errors: PK_BAD_INPUT when no file is left, PK_IO. */
enum pk_status pk_spool_delivery(char id[PK_SPOOL_ID], const char **folder,
                                 const struct pk_app *app, const struct pk_part *parts,
                                 uint32_t count, struct pk_arena *arena,
                                 struct pk_error *err) PK_MUST_CHECK;

/* What is known of a delivery: {"state": "waiting|reading|done", "said": "..." | null,
 * "draft": 3|null, "error": "..."|null, "held", "refused", "report": {...}|null}.
 * PK_NOT_FOUND. */
enum pk_status pk_spool_look(json_t **out, const struct pk_app *app, const char *id,
                             struct pk_error *err) PK_MUST_CHECK;

/* Drop deliveries and bodies older than PK_SPOOL_KEEP_S. */
void pk_spool_sweep(const struct pk_app *app);

#endif
