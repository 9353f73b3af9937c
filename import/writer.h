/*
 * writer.h - `plankarta-work writer`: the one process of a running server that writes.
 * Started by `plankarta serve`; nobody starts it by hand.
 *
 * It opens the file first and keeps its connection for life, undoes what a crash left,
 * and then takes messages, one at a time: a message is u32 length (little endian) and a
 * JSON object, in one packet of a SOCK_SEQPACKET socket. Between them it makes the
 * versions of legal dates that have passed (also after the machine slept) and keeps the
 * write-ahead log small.
 *
 *   {"id": 7, "do": "ping"}
 *   {"id": 8, "do": "import", "sources": [{"path": "/spool/x", "name": "a.json"}],
 *    "layer": null, "mapping": null, "publish": true, "by": "anna", "lang": "sv"}
 *   {"id": 9, "do": "publish", "draft": 3}
 *   {"id": 10, "do": "rollback", "to": 4, "by": "anna"}
 *
 *   {"id": 8, "ok": true, "version": 5, "draft": null, "held": false, "refused": false}
 *   {"id": 9, "ok": false, "error": "not-found", "text": "draft 3: there is no ..."}
 *
 * `version` is null when nothing was published; `draft` is what was left, or made. The
 * import report is the draft's (table draft), where the reader finds it.
 */
#ifndef PK_IMPORT_WRITER_H
#define PK_IMPORT_WRITER_H

#include "base/command.h"

enum {
    PK_WRITER_STATUS_FD = 4,           /* gets one byte when the file is open */
    PK_WRITER_PEER_FD = 5,             /* the socket, unless --fd says another */
    PK_WRITER_MESSAGE_MAX = 128 * 1024 /* bytes of one message */
};

extern const struct pk_command_option pk_writer_options[];
int pk_cmd_writer(struct pk_invocation *in);

#endif
