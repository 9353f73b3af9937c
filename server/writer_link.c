#include "server/writer_link.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/log.h"
#include "layers/writer_message.h"
#include "server/supervise.h"

enum { PING_MAX = 64, REPLY_MAX = 1024 };

void pk_writer_link_tick(struct pk_app *app)
{
    char bytes[REPLY_MAX]; /* answers to pings are short */
    int64_t now = pk_now_ms();
    ssize_t n;
    while ((n = recv(PK_FD_PEER, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        struct pk_writer_reply reply;
        struct pk_error err;
        if (pk_writer_reply_read(&reply, bytes, (size_t)n, &err) != PK_OK) {
            pk_log(PK_LOG_WARN, "writer", "answer=%s", err.text);
            continue;
        }
        atomic_store(&app->writer_seen, now);
        app->writer_waits = false;
    }
    bool due = now - app->writer_asked >=
               (app->writer_waits ? PK_WRITER_LATE_MS : PK_WRITER_ASK_MS);
    if (!due) {
        return;
    }
    struct pk_buf out;
    static const char ping[] = "{\"id\":0,\"do\":\"ping\"}";
    pk_buf_init(&out, PING_MAX);
    pk_buf_add_u32(&out, (uint32_t)strlen(ping));
    pk_buf_adds(&out, ping);
    if (send(PK_FD_PEER, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
        app->writer_waits = true;
    }
    app->writer_asked = now;
    pk_buf_finish(&out);
}

const char *pk_writer_state(const struct pk_app *app, bool *away)
{
    int64_t seen = atomic_load(&app->writer_seen), now = pk_now_ms();
    bool young = time(NULL) - app->started <= PK_WRITER_LATE_MS / 1000;
    bool late = now - seen >= PK_WRITER_LATE_MS;
    *away = late && (seen > 0 || !young);
    return !late ? "running" : *away ? "not answering" : "starting";
}
