/* stream.c - writing and walking record streams. */
#include "layers/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"

enum { PK_STREAM_FLUSH = 256 * 1024, PK_STREAM_READ = 64 * 1024, PK_STREAM_HEAD = 5 };

/* --- writing --- */

void pk_stream_out_init(struct pk_stream_out *out, int fd)
{
    out->fd = fd;
    out->failed = false;
    pk_buf_init(&out->buf, (size_t)PK_STREAM_RECORD_MAX * 2);
}

static void flush(struct pk_stream_out *out)
{
    size_t done = 0;

    while (!out->failed && done < out->buf.len) {
        ssize_t n = write(out->fd, out->buf.data + done, out->buf.len - done);

        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = out->fd, .events = POLLOUT}, 1, -1);
        else if (n == 0 || errno != EINTR)
            out->failed = true;
    }
    pk_buf_clear(&out->buf);
}

void pk_stream_put(struct pk_stream_out *out, enum pk_record_type type, json_t *object,
                   const struct pk_geom *geom)
{
    char *json = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    size_t json_len = json ? strlen(json) : 0;
    struct pk_buf bytes;

    json_decref(object);
    pk_buf_init(&bytes, PK_STREAM_RECORD_MAX);
    if (geom)
        pk_geom_write(&bytes, geom);
    if (!json || json_len > PK_STREAM_JSON_MAX || bytes.failed ||
        PK_STREAM_HEAD + json_len + bytes.len > PK_STREAM_RECORD_MAX) {
        out->failed = true;
    } else {
        pk_buf_add_u32(&out->buf, (uint32_t)(PK_STREAM_HEAD + json_len + bytes.len));
        pk_buf_add_u8(&out->buf, (uint8_t)type);
        pk_buf_add_u32(&out->buf, (uint32_t)json_len);
        pk_buf_add(&out->buf, json, json_len);
        pk_buf_add(&out->buf, bytes.data, bytes.len);
    }
    pk_buf_finish(&bytes);
    free(json);
    if (out->buf.len >= PK_STREAM_FLUSH)
        flush(out);
}

enum pk_status pk_stream_out_finish(struct pk_stream_out *out, struct pk_error *err)
{
    flush(out);
    pk_buf_finish(&out->buf);
    if (out->failed)
        return pk_fail(err, PK_IO, "the record stream could not be written");
    return PK_OK;
}

/* --- reading --- */

struct pk_stream_in {
    int fd;
    struct pk_arena arena;
    struct pk_buf buf; /* bytes read; `used` of them are walked */
    size_t used;
    json_t *object;
    bool started, ended;
};

struct pk_stream_in *pk_stream_open(int fd)
{
    struct pk_stream_in *in = pk_xcalloc(1, sizeof *in);

    in->fd = fd;
    pk_buf_init(&in->buf, (size_t)PK_STREAM_RECORD_MAX + 2 * PK_STREAM_READ);
    return in;
}

void pk_stream_close(struct pk_stream_in *in)
{
    if (!in)
        return;
    json_decref(in->object);
    pk_arena_finish(&in->arena);
    pk_buf_finish(&in->buf);
    free(in);
}

/* Have n unwalked bytes in the buffer: memory grows with what comes, not with
 * what a length field promises. */
static enum pk_status need(struct pk_stream_in *in, size_t n, struct pk_error *err)
{
    char piece[PK_STREAM_READ];

    if (in->used > 0 && in->buf.len - in->used < n) {
        size_t rest = in->buf.len - in->used;
        memmove(in->buf.data, in->buf.data + in->used, rest);
        in->buf.len = rest;
        in->used = 0;
    }
    while (in->buf.len - in->used < n) {
        ssize_t got = read(in->fd, piece, sizeof piece);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pk_fail(err, PK_IO, "record stream: %s", strerror(errno));
        if (got == 0)
            return pk_fail(err, PK_BAD_DATA, "record stream: ended before its end");
        pk_buf_add(&in->buf, piece, (size_t)got);
        if (in->buf.failed)
            return pk_fail(err, PK_BAD_DATA, "record stream: more than it may hold");
    }
    return PK_OK;
}

static enum pk_status walk(struct pk_record *record, struct pk_stream_in *in,
                           const uint8_t *data, size_t len, struct pk_error *err)
{
    struct pk_bytes bytes = pk_bytes_of(data, len);
    uint8_t type = pk_bytes_u8(&bytes);
    uint32_t json_len = pk_bytes_u32(&bytes);
    struct pk_error why = {0};
    const char *json;

    if (type < PK_REC_SOURCE || type >= PK_REC_TYPES)
        return pk_fail(err, PK_BAD_DATA, "record stream: record of type %u", type);
    if ((type == PK_REC_SOURCE) == in->started)
        return pk_fail(err, PK_BAD_DATA,
                       in->started ? "record stream: a second SOURCE record"
                                   : "record stream: no SOURCE record first");
    json = pk_bytes_take(&bytes, json_len);
    if (!json)
        return pk_fail(err, PK_BAD_DATA, "record stream: JSON longer than its record");
    if (pk_json_parse(&in->object, json, json_len, PK_STREAM_JSON_MAX, &why) != PK_OK)
        return pk_fail(err, PK_BAD_DATA, "record stream: %s", why.text);
    if (!json_is_object(in->object))
        return pk_fail(err, PK_BAD_DATA, "record stream: JSON that is no object");
    record->type = (enum pk_record_type)type;
    record->object = in->object;
    record->geom_len = (size_t)(bytes.end - bytes.p);
    record->has_geom = record->geom_len > 0;
    if (record->has_geom) {
        record->geom_bytes = bytes.p;
        return pk_geom_read(&record->geom, bytes.p, record->geom_len, &in->arena, err);
    }
    return PK_OK;
}

enum pk_status pk_stream_next(struct pk_stream_in *in, struct pk_record *record,
                              bool *out_end, struct pk_error *err)
{
    struct pk_bytes head;
    enum pk_status status;
    uint32_t len;

    memset(record, 0, sizeof *record);
    *out_end = in->ended;
    json_decref(in->object);
    in->object = NULL;
    pk_arena_reset(&in->arena);
    if (in->ended)
        return PK_OK;
    status = need(in, 4, err);
    if (status != PK_OK)
        return status;
    head = pk_bytes_of(in->buf.data + in->used, 4);
    len = pk_bytes_u32(&head);
    if (len < PK_STREAM_HEAD || len > PK_STREAM_RECORD_MAX)
        return pk_fail(err, PK_BAD_DATA, "record stream: a record of %u bytes", len);
    status = need(in, 4 + (size_t)len, err);
    if (status != PK_OK)
        return status;
    in->used += 4 + (size_t)len;
    status = walk(record, in, (const uint8_t *)in->buf.data + in->used - len, len, err);
    if (status != PK_OK)
        return status;
    in->started = true;
    in->ended = *out_end = record->type == PK_REC_END;
    return PK_OK;
}
