/*
 * writer_message.h - the messages between the server's worker, which asks, and the
 * writer, which does: one packet of a SOCK_SEQPACKET socket each, u32 length (little
 * endian) and a JSON object of that many bytes.
 *
 *   {"id": 7, "do": "ping"}
 *   {"id": 8, "do": "import", "sources": [{"path": "/spool/x", "name": "a.json"}],
 *    "layer": null, "mapping": null, "publish": true, "by": "anna", "lang": "sv"}
 *   {"id": 9, "do": "publish", "draft": 3}
 *   {"id": 10, "do": "rollback", "to": 4, "by": "anna"}
 *
 *   {"id": 11, "do": "deliver", "folder": "/spool/7", "by": "anna", "lang": "sv"}
 *   {"id": 12, "do": "draft-replace", "draft": 3, "older": "uuid", "newer": "uuid",
 *    "kind": "ends-here", "reason": "...", "by": "anna"}
 *   {"id": 13, "do": "draft-discard", "draft": 3, "by": "anna"}
 *
 * "deliver" is answered when it has been queued; how it went stands in the folder
 * (import/delivery_queue.h). "publish" and "rollback" take "seen", the newest version
 * that whoever asks has looked at: if there is a newer one nothing is done.
 *   {"id": 14, "do": "user-add", "by": "anna", "from": "192.0.2.1", "name": ...}
 *       and all others of layers/access.h
 *
 *   {"id": 8, "ok": true, "version": 5, "draft": null, "held": false, "refused": false}
 *   {"id": 9, "ok": false, "error": "not-found", "text": "draft 3: there is no ..."}
 *
 * `id` is the asker's number and comes back. `version` is null when nothing was
 * published; `draft` is what was left, or made. Members that are not known are passed
 * over; a known one of another type is refused by name.
 */
#ifndef PK_LAYERS_WRITER_MESSAGE_H
#define PK_LAYERS_WRITER_MESSAGE_H

#include "base/buf.h"
#include "base/jsonread.h"
#include "base/msg.h"

enum {
    PK_WRITER_MESSAGE_MAX = 128 * 1024, /* bytes of one packet */
    PK_WRITER_SOURCES_MAX = 1000
};

enum pk_writer_action {
    PK_WRITER_ACCESS, /* users, sessions, tokens, the log: layers/access.h */
    PK_WRITER_DELIVER,
    PK_WRITER_DISCARD,
    PK_WRITER_IMPORT,
    PK_WRITER_PING,
    PK_WRITER_PUBLISH,
    PK_WRITER_REPLACE,
    PK_WRITER_ROLLBACK,
    PK_WRITER_ACTIONS
};

struct pk_writer_source {
    const char *path, *name; /* where it lies; what people call it */
};

/* What is asked. Texts live in `document` until pk_writer_request_finish(). */
struct pk_writer_request {
    json_t *document;
    int64_t id; /* 0 = none was given */
    enum pk_writer_action action;
    const char *name; /* of the action, as told */
    int64_t number;   /* of the draft, or the version to go back to; from 1 */
    struct pk_writer_source *sources;
    uint32_t source_count;
    const char *folder;                        /* of a delivery */
    const char *older, *newer, *kind, *reason; /* of a replacement */
    int64_t seen;                              /* a version; 0 = not told */
    const char *layer, *mapping, *by;          /* NULL = not told */
    const char *from; /* whose address, for the log; NULL = not told */
    enum pk_lang lang;
    bool publish; /* what was imported, at once */
};

/* Read a packet. Errors: PK_BAD_DATA when it is not whole, PK_BAD_INPUT or PK_LIMIT
 * naming the member, PK_UNSUPPORTED for an unknown action; `id` is set where it could be
 * read. Finish it in every case. */
enum pk_status pk_writer_request_read(struct pk_writer_request *out, const void *packet,
                                      size_t len, struct pk_error *err) PK_MUST_CHECK;
void pk_writer_request_finish(struct pk_writer_request *request);

/* What was done. */
struct pk_writer_reply {
    int64_t id;
    enum pk_status status;  /* PK_OK, or why not */
    struct pk_error error;  /* its sentence when not PK_OK */
    int64_t version, draft; /* 0 = none */
    int64_t number;         /* of the user, session or token that was made; 0 = none */
    bool held, refused;
};

/* Append the packet of a reply. */
void pk_writer_reply_write(struct pk_buf *out, const struct pk_writer_reply *reply);
/* Read one. Errors: PK_BAD_DATA. */
enum pk_status pk_writer_reply_read(struct pk_writer_reply *out, const void *packet,
                                    size_t len, struct pk_error *err) PK_MUST_CHECK;

#endif
