/* Packets between worker and writer: a request that is read keeps what it promises; a
 * reply that is read is written and read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "layers/writer_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool true_one)
{
    if (!true_one) {
        abort();
    }
}

static void look_at(const struct pk_writer_request *r)
{
    must(r->action < PK_WRITER_ACTIONS);
    must(r->source_count <= PK_WRITER_SOURCES_MAX);
    must((r->action == PK_WRITER_IMPORT) == (r->source_count > 0));
    bool numbered = r->action == PK_WRITER_PUBLISH || r->action == PK_WRITER_ROLLBACK;
    must(numbered == (r->number > 0));
    must(r->lang < PK_LANG_COUNT);
    for (uint32_t i = 0; i < r->source_count; i++) {
        must(r->sources[i].path != NULL && r->sources[i].name != NULL);
    }
}

static void round_trip(const struct pk_writer_reply *reply)
{
    struct pk_writer_reply again;
    struct pk_buf out;
    pk_buf_init(&out, PK_WRITER_MESSAGE_MAX);
    pk_writer_reply_write(&out, reply);
    must(!out.failed);
    must(pk_writer_reply_read(&again, out.data, out.len, NULL) == PK_OK);
    must(again.id == reply->id && again.status == reply->status &&
         again.version == reply->version && again.draft == reply->draft &&
         again.held == reply->held && again.refused == reply->refused);
    pk_buf_finish(&out);
}

/* The bytes as what a writer would have to say. */
static void say(const uint8_t *data, size_t size)
{
    struct pk_writer_reply reply = {.id = 1, .status = PK_BAD_INPUT};
    size_t len = size < sizeof(reply.error.text) ? size : sizeof(reply.error.text) - 1;
    memcpy(reply.error.text, data, len);
    round_trip(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_writer_request request;
    struct pk_writer_reply reply;
    if (pk_writer_request_read(&request, data, size, NULL) == PK_OK) {
        look_at(&request);
    }
    pk_writer_request_finish(&request);
    if (pk_writer_reply_read(&reply, data, size, NULL) == PK_OK) {
        round_trip(&reply);
    }
    if (size > 0) {
        say(data, size);
    }
    return 0;
}
