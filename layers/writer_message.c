#include "layers/writer_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "layers/access.h"

static const char *const action_names[PK_WRITER_ACTIONS] = {
    [PK_WRITER_ACCESS] = "",
    [PK_WRITER_DELIVER] = "deliver",
    [PK_WRITER_DISCARD] = "draft-discard",
    [PK_WRITER_IMPORT] = "import",
    [PK_WRITER_PING] = "ping",
    [PK_WRITER_PUBLISH] = "publish",
    [PK_WRITER_REPLACE] = "draft-replace",
    [PK_WRITER_ROLLBACK] = "rollback",
};

/* ---- packets ---- */

/* The JSON object of a packet. */
static enum pk_status unpack(json_t **out, const void *packet, size_t len,
                             struct pk_error *err)
{
    struct pk_bytes in = pk_bytes_of(packet, len);
    uint32_t told = pk_bytes_u32(&in);
    size_t rest = (size_t)(in.end - in.p);

    *out = NULL;
    if (in.bad || told != rest || len > PK_WRITER_MESSAGE_MAX)
        return pk_fail(err, PK_BAD_DATA, "a message of %zu bytes is not whole", len);
    enum pk_status status =
        pk_json_parse(out, (const char *)in.p, rest, PK_WRITER_MESSAGE_MAX, err);
    if (!status && !json_is_object(*out))
        status = pk_fail(err, PK_BAD_INPUT, "a message is an object");
    return status;
}

/* Write the length that was left open at `start` (four bytes). */
static void close_packet(struct pk_buf *out, size_t start)
{
    uint32_t len = (uint32_t)(out->len - start - 4);

    if (out->failed)
        return;
    for (size_t i = 0; i < 4; i++)
        out->data[start + i] = (char)(len >> 8 * i);
}

/* ---- members ---- */

static enum pk_status text_of(const char **out, const json_t *object, const char *name,
                              struct pk_error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = json_string_value(value);
    if (value && !json_is_null(value) && !*out)
        return pk_fail(err, PK_BAD_INPUT, "%s: a text is wanted", name);
    return PK_OK;
}

/* A number from 1, which must be there. */
static enum pk_status number_of(int64_t *out, const json_t *object, const char *name,
                                struct pk_error *err)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return pk_fail(err, PK_BAD_INPUT, "%s: a whole number from 1 is wanted", name);
    *out = json_integer_value(value);
    return PK_OK;
}

static enum pk_status bool_of(bool *out, const json_t *object, const char *name,
                              bool fallback, struct pk_error *err)
{
    const json_t *value = json_object_get(object, name);

    if (value && !json_is_null(value) && !json_is_boolean(value))
        return pk_fail(err, PK_BAD_INPUT, "%s: true or false is wanted", name);
    *out = json_is_boolean(value) ? json_is_true(value) : fallback;
    return PK_OK;
}

static enum pk_status read_sources(struct pk_writer_request *out, struct pk_error *err)
{
    const json_t *list = json_object_get(out->document, "sources");
    size_t count = json_array_size(list);
    enum pk_status status = PK_OK;

    if (count == 0 || count > PK_WRITER_SOURCES_MAX)
        return pk_fail(err, PK_BAD_INPUT, "sources: 1 to %d are taken",
                       PK_WRITER_SOURCES_MAX);
    out->sources = pk_xcalloc(count, sizeof(*out->sources));
    for (size_t i = 0; i < count && !status; i++) {
        const json_t *source = json_array_get(list, i);
        struct pk_writer_source *to = &out->sources[i];

        status = text_of(&to->path, source, "path", err);
        if (!status)
            status = text_of(&to->name, source, "name", err);
        if (!status && !to->path)
            status = pk_fail(err, PK_BAD_INPUT, "sources: a source has no path");
        if (!to->name)
            to->name = to->path;
        out->source_count++;
    }
    return status;
}

static enum pk_status read_lang(struct pk_writer_request *out, struct pk_error *err)
{
    const char *lang = NULL;
    enum pk_status status = text_of(&lang, out->document, "lang", err);

    if (!status && lang && pk_lang_of(lang) < 0)
        status = pk_fail(err, PK_BAD_INPUT, "lang: \"%.20s\" is not sv or en", lang);
    if (!status && lang)
        out->lang = (enum pk_lang)pk_lang_of(lang);
    return status;
}

static enum pk_status read_import(struct pk_writer_request *out, struct pk_error *err)
{
    const json_t *object = out->document;
    enum pk_status status = read_sources(out, err);

    if (!status)
        status = text_of(&out->layer, object, "layer", err);
    if (!status)
        status = text_of(&out->mapping, object, "mapping", err);
    if (!status)
        status = bool_of(&out->publish, object, "publish", true, err);
    return status ? status : read_lang(out, err);
}

static enum pk_status read_delivery(struct pk_writer_request *out, struct pk_error *err)
{
    enum pk_status status = text_of(&out->folder, out->document, "folder", err);

    if (!status && (!out->folder || out->folder[0] != '/'))
        status = pk_fail(err, PK_BAD_INPUT, "folder: a path from / is wanted");
    return status ? status : read_lang(out, err);
}

static enum pk_status read_replacement(struct pk_writer_request *out,
                                       struct pk_error *err)
{
    const struct {
        const char **to, *name;
    } texts[] = {
        {&out->older,  "older" },
        {&out->newer,  "newer" },
        {&out->kind,   "kind"  },
        {&out->reason, "reason"},
    };
    enum pk_status status = number_of(&out->number, out->document, "draft", err);

    for (size_t i = 0; i < PK_COUNT(texts) && !status; i++) {
        status = text_of(texts[i].to, out->document, texts[i].name, err);
        if (!status && !*texts[i].to)
            status = pk_fail(err, PK_BAD_INPUT, "%s: a text is wanted", texts[i].name);
    }
    return status;
}

/* What is published or taken back, and what its asker has seen. */
static enum pk_status read_step(struct pk_writer_request *out, const char *name,
                                struct pk_error *err)
{
    enum pk_status status = number_of(&out->number, out->document, name, err);

    if (!status && json_object_get(out->document, "seen"))
        status = number_of(&out->seen, out->document, "seen", err);
    return status;
}

static enum pk_status read_action(struct pk_writer_request *out, struct pk_error *err)
{
    const char *name = NULL;
    enum pk_status status = text_of(&name, out->document, "do", err);

    if (status)
        return status;
    out->name = name;
    if (name && pk_access_knows(name)) {
        out->action = PK_WRITER_ACCESS;
        return PK_OK;
    }
    for (size_t i = PK_WRITER_ACCESS + 1; name && i < PK_WRITER_ACTIONS; i++) {
        if (strcmp(action_names[i], name) == 0) {
            out->action = (enum pk_writer_action)i;
            return PK_OK;
        }
    }
    return pk_fail(err, PK_UNSUPPORTED, "do: there is nothing called %.60s",
                   name ? name : "null");
}

enum pk_status pk_writer_request_read(struct pk_writer_request *out, const void *packet,
                                      size_t len, struct pk_error *err)
{
    *out = (struct pk_writer_request){.lang = PK_SV};
    enum pk_status status = unpack(&out->document, packet, len, err);

    if (status)
        return status;
    out->id = json_integer_value(json_object_get(out->document, "id"));
    status = read_action(out, err);
    if (!status)
        status = text_of(&out->by, out->document, "by", err);
    if (!status)
        status = text_of(&out->from, out->document, "from", err);
    if (status)
        return status;
    switch (out->action) {
    case PK_WRITER_IMPORT:
        return read_import(out, err);
    case PK_WRITER_DELIVER:
        return read_delivery(out, err);
    case PK_WRITER_DISCARD:
        return number_of(&out->number, out->document, "draft", err);
    case PK_WRITER_PUBLISH:
        return read_step(out, "draft", err);
    case PK_WRITER_REPLACE:
        return read_replacement(out, err);
    case PK_WRITER_ROLLBACK:
        return read_step(out, "to", err);
    default:
        return PK_OK;
    }
}

void pk_writer_request_finish(struct pk_writer_request *request)
{
    json_decref(request->document);
    free(request->sources);
    *request = (struct pk_writer_request){0};
}

/* ---- replies ---- */

static void put_number(struct pk_json *j, const char *name, int64_t number)
{
    if (number)
        pk_json_member_int(j, name, number);
    else
        pk_json_member(j, name, NULL);
}

static void put_bool(struct pk_json *j, const char *name, bool value)
{
    pk_json_key(j, name);
    pk_json_bool(j, value);
}

void pk_writer_reply_write(struct pk_buf *out, const struct pk_writer_reply *reply)
{
    size_t start = out->len;
    struct pk_json j;

    pk_buf_add_u32(out, 0);
    pk_json_init(&j, out);
    pk_json_object(&j);
    put_number(&j, "id", reply->id);
    put_bool(&j, "ok", reply->status == PK_OK);
    if (reply->status) {
        pk_json_member(&j, "error", pk_status_name(reply->status));
        pk_json_member(&j, "text", reply->error.text);
    } else {
        put_number(&j, "version", reply->version);
        put_number(&j, "draft", reply->draft);
        if (reply->number)
            put_number(&j, "number", reply->number);
        put_bool(&j, "held", reply->held);
        put_bool(&j, "refused", reply->refused);
    }
    pk_json_end(&j);
    close_packet(out, start);
}

static enum pk_status status_of(const char *name)
{
    for (int i = 0; name && i < PK_STATUS_COUNT; i++) {
        if (i != PK_OK && strcmp(pk_status_name((enum pk_status)i), name) == 0)
            return (enum pk_status)i;
    }
    return PK_OK; /* no error's name */
}

/* A number from 0, null or absent: 0. */
static enum pk_status count_of(int64_t *out, const json_t *object, const char *name,
                               struct pk_error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = json_integer_value(value);
    if ((value && !json_is_null(value) && !json_is_integer(value)) || *out < 0)
        return pk_fail(err, PK_BAD_DATA, "%s: no number", name);
    return PK_OK;
}

static enum pk_status read_done(struct pk_writer_reply *out, const json_t *object,
                                struct pk_error *err)
{
    enum pk_status status = count_of(&out->version, object, "version", err);

    if (!status)
        status = count_of(&out->draft, object, "draft", err);
    if (!status)
        status = count_of(&out->number, object, "number", err);
    if (!status)
        status = bool_of(&out->held, object, "held", false, err);
    if (!status)
        status = bool_of(&out->refused, object, "refused", false, err);
    return status;
}

enum pk_status pk_writer_reply_read(struct pk_writer_reply *out, const void *packet,
                                    size_t len, struct pk_error *err)
{
    json_t *object = NULL;
    const char *name = NULL, *text = NULL;

    *out = (struct pk_writer_reply){0};
    enum pk_status status = unpack(&object, packet, len, err);
    if (status)
        goto done;
    out->id = json_integer_value(json_object_get(object, "id"));
    const json_t *ok = json_object_get(object, "ok");
    if (json_is_true(ok)) {
        status = read_done(out, object, err);
        goto done;
    }
    status = text_of(&name, object, "error", err);
    if (!status)
        status = text_of(&text, object, "text", err);
    out->status = status_of(name);
    if (!status && (!json_is_false(ok) || out->status == PK_OK))
        status = pk_fail(err, PK_BAD_DATA, "neither done nor why not");
    if (!status)
        pk_fail(&out->error, out->status, "%s", text ? text : name);
done:
    json_decref(object);
    return status ? PK_BAD_DATA : PK_OK;
}
