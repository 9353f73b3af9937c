/*
 * writer_link.h - is the writer process there? The worker asks it now and then over
 * their socket (messages: import/writer.h) and notes the answers for /health.
 */
#ifndef PK_SERVER_WRITER_LINK_H
#define PK_SERVER_WRITER_LINK_H

#include "server/app.h"

enum {
    PK_WRITER_ASK_MS = 500,
    PK_WRITER_LATE_MS = 3000 /* without an answer for so long it counts as away */
};

/* Take what has come, ask again when it is time; never waits. One thread (the
 * watcher's). */
void pk_writer_link_tick(struct pk_app *app);

/* "running", "starting", "not answering". Any thread. */
const char *pk_writer_state(const struct pk_app *app, bool *away);

#endif
