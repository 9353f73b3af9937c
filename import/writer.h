/*
 * writer.h - `plankarta-work writer`: the one process of a running server that writes.
 * Started by `plankarta serve`; nobody starts it by hand.
 *
 * It opens the file first and keeps its connection for life, undoes what a crash left,
 * and then takes messages, one at a time (layers/writer_message.h). Between them it makes
 * the versions of legal dates that have passed (also after the machine slept) and keeps
 * the write-ahead log small. The import report is the draft's (table draft), where the
 * reader finds it.
 */
#ifndef PK_IMPORT_WRITER_H
#define PK_IMPORT_WRITER_H

#include "base/command.h"

enum {
    PK_WRITER_STATUS_FD = 4, /* gets one byte when the file is open */
    PK_WRITER_PEER_FD = 5    /* the socket, unless --fd says another */
};

extern const struct pk_command_option pk_writer_options[];
int pk_cmd_writer(struct pk_invocation *in);

#endif
