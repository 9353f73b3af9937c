/*
 * writer_link.h - asking the writer process, over the socket between it and the worker
 * (messages: layers/writer_message.h). One thread receives all answers; any other may ask
 * and waits for its own, at most until its deadline. The link also asks now and then
 * whether the writer is there, for /health.
 *
 * Never ask from an HTTP thread: handlers (pk_handler) run on threads that may wait.
 *
 *     struct pk_json j;
 *     struct pk_buf what;
 *     pk_writer_begin(&what, &j, "publish", request);   // {"do": ..., "by": ..., "from":
 * ... pk_json_member_int(&j, "draft", 7); status = pk_writer_ask(&reply, app, &what, &j,
 * PK_WRITER_WAIT_MS, err);
 *
 * A reply that names a version may come before this process sees that version:
 * pk_writer_await() waits for it (read your own write).
 */
#ifndef PK_SERVER_WRITER_LINK_H
#define PK_SERVER_WRITER_LINK_H

#include "base/json.h"
#include "layers/writer_message.h"
#include "server/app.h"
#include "server/request.h"

enum {
    PK_WRITER_ASK_MS = 500,
    PK_WRITER_LATE_MS = 3000,  /* without an answer for so long it counts as away */
    PK_WRITER_WAIT_MS = 20000, /* for an answer; under the job's own deadline */
    PK_WRITER_SEEN_MS = 3000   /* for its version to show here */
};

struct pk_writer_link;

/* On PK_FD_PEER. Errors: PK_IO. */
enum pk_status pk_writer_link_start(struct pk_app *app,
                                    struct pk_error *err) PK_MUST_CHECK;
/* All who wait get PK_BUSY. */
void pk_writer_link_stop(struct pk_app *app);

/* Begin a message: the object is open, with `do`, and with who and from where for the log
 * (request may be NULL: the server itself). `what` is initialised here. */
void pk_writer_begin(struct pk_buf *what, struct pk_json *j, const char *action,
                     const struct pk_request *request);
/* End the message, send it, wait. `what` is finished in every case. The status is the
 * answer's: what the writer could not do comes back as its error. PK_BUSY: the writer is
 * away, or has not answered in time; then nobody knows whether it was done. `out` may be
 * NULL. */
enum pk_status pk_writer_ask(struct pk_writer_reply *out, struct pk_app *app,
                             struct pk_buf *what, struct pk_json *j, int wait_ms,
                             struct pk_error *err) PK_MUST_CHECK;
/* End and send, without waiting: what may be lost. */
void pk_writer_tell(struct pk_app *app, struct pk_buf *what, struct pk_json *j);

/* True when this process serves `version` or a later one; waits a little for it. */
bool pk_writer_await(const struct pk_app *app, int64_t version);

/* "running", "starting", "not answering". Any thread. */
const char *pk_writer_state(const struct pk_app *app, bool *away);

#endif
