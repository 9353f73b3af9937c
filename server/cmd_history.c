#include "base/json.h"
#include "server/cmd.h"

enum { HISTORY_MAX = 64 << 20 };

const struct pk_command_option pk_options_history[] = {
    {"json", NULL, "the same as JSON"},
    {NULL,   NULL, NULL              },
};

static void write_json(struct pk_buf *out, const struct pk_version *list, uint32_t count)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_key(&j, "versions");
    pk_json_array(&j);
    for (uint32_t i = 0; i < count; i++) {
        pk_json_object(&j);
        pk_json_member_int(&j, "version", list[i].version);
        pk_json_member(&j, "published", list[i].published);
        pk_json_member(&j, "by", list[i].by);
        pk_json_member(&j, "source", list[i].source);
        pk_json_member(&j, "sha256", list[i].sha256);
        pk_json_member(&j, "mapping", list[i].mapping);
        pk_json_member(&j, "legal_day", list[i].legal_day);
        pk_json_member(&j, "note", list[i].note);
        pk_json_end(&j);
    }
    pk_json_end(&j);
    pk_json_end(&j);
    pk_buf_addc(out, '\n');
}

int pk_cmd_history(struct pk_invocation *in)
{
    struct pk_session s;
    struct pk_error err = {0};
    struct pk_version *list = NULL;
    uint32_t count = 0;
    int64_t newest;
    int code = pk_session_open(&s, in, false);
    if (code != PK_EXIT_OK) {
        return code;
    }
    struct pk_store *store = s.worker.store;
    enum pk_status status = store->ops->begin(store, &newest, &err);
    if (status == PK_OK) {
        status = store->ops->versions(store, &list, &count, &s.worker.arena, &err);
        store->ops->end(store);
    }
    if (status != PK_OK) {
        code = pk_command_error(in, &err);
    } else {
        struct pk_buf out;
        pk_buf_init(&out, HISTORY_MAX);
        if (pk_given_flag(in, "json")) {
            write_json(&out, list, count);
        } else {
            for (uint32_t i = 0; i < count; i++) {
                pk_buf_addf(&out, "%6lld  %s  %s  %s%s%s\n", (long long)list[i].version,
                            list[i].published, list[i].by, list[i].source,
                            list[i].note != NULL ? "  " : "",
                            list[i].note != NULL ? list[i].note : "");
            }
        }
        code = pk_session_print(in, &out);
        pk_buf_finish(&out);
    }
    pk_session_close(&s);
    return code;
}
