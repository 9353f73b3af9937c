#include "import/cmd_publish.h"

#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/parse.h"
#include "import/report_text.h"
#include "layers/publish.h"

enum { LINE_MAX_BYTES = 1024 };

const struct pk_command_option pk_publish_options[] = {
    {"draft", "ID",   "the draft, as import --draft named it"                  },
    {"at",    "TIME", "when (RFC 3339); a time that has come publishes at once"},
    {"json",  NULL,   "the result as JSON"                                     },
    {NULL,    NULL,   NULL                                                     },
};

const struct pk_command_option pk_rollback_options[] = {
    {"to",   "VERSION", "the version whose content is wanted again"},
    {"json", NULL,      "the result as JSON"                       },
    {NULL,   NULL,      NULL                                       },
};

static const char *who(void)
{
    const struct passwd *user = getpwuid(getuid());

    return user != NULL && user->pw_name != NULL ? user->pw_name : "plankarta";
}

/* {"version": 5, "draft": null}; a version of 0 is null. */
static void print_json(int64_t version, int64_t left)
{
    struct pk_buf out;
    struct pk_json j;

    pk_buf_init(&out, LINE_MAX_BYTES);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_key(&j, "version");
    if (version)
        pk_json_int(&j, version);
    else
        pk_json_null(&j);
    pk_json_key(&j, "draft");
    if (left)
        pk_json_int(&j, left);
    else
        pk_json_null(&j);
    pk_json_end(&j);
    puts(out.data);
    pk_buf_finish(&out);
}

static void print_line(enum pk_msg_id id, int64_t version, int64_t to, int64_t draft)
{
    char v[24], t[24], d[24];
    struct pk_buf out;

    snprintf(v, sizeof(v), "%lld", (long long)version);
    snprintf(t, sizeof(t), "%lld", (long long)to);
    snprintf(d, sizeof(d), "%lld", (long long)draft);
    pk_buf_init(&out, LINE_MAX_BYTES);
    pk_msg(&out, pk_report_lang(), id, "version", v, "to", t, "draft", d, NULL);
    puts(out.data);
    pk_buf_finish(&out);
}

/* The open file and the wanted number, or an exit code. */
static int open_for(struct pk_db *db, int64_t *number, struct pk_invocation *in,
                    const char *option)
{
    const char *path = pk_opts_text(in->opts, "db"), *text = pk_given_value(in, option);
    struct pk_error err = {0};
    uint64_t value;

    if (!path || !text)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE and --%s are needed",
                               option);
    if (!pk_parse_u64(&text, INT64_MAX, &value) || !pk_parse_end(text) || value == 0)
        return pk_command_fail(in, PK_EXIT_USAGE, "--%s %s: not a whole number from 1",
                               option, pk_given_value(in, option));
    *number = (int64_t)value;
    pk_db_start();
    if (pk_db_open(db, path, PK_DB_WRITE, true, &err))
        return pk_command_error(in, &err);
    return PK_EXIT_OK;
}

int pk_cmd_publish(struct pk_invocation *in)
{
    const char *at = pk_given_value(in, "at");
    struct pk_error err = {0};
    struct pk_db db;
    int64_t draft, version = 0, left = 0;
    time_t when;
    int code;

    if (at && !pk_time_parse(&when, at))
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "--at %s: not a time like 2026-03-02T09:00:00Z", at);
    if (at && when > time(NULL))
        return pk_command_fail(in, PK_EXIT_FAILED,
                               "--at %s: is still to come, and this version publishes "
                               "only at once; run the command at that time",
                               at);
    code = open_for(&db, &draft, in, "draft");
    if (code)
        return code;
    if (pk_publish(&version, &left, &db, draft, NULL, &err))
        code = pk_command_error(in, &err);
    pk_db_close(&db);
    if (code)
        return code;
    if (pk_given_flag(in, "json")) {
        print_json(version, left);
    } else {
        print_line(version ? PK_MSG_CMD_PUBLISHED : PK_MSG_CMD_PUBLISH_NOTHING, version,
                   0, left);
        if (left)
            print_line(PK_MSG_CMD_LEFT_DRAFT, version, 0, left);
    }
    return PK_EXIT_OK;
}

int pk_cmd_rollback(struct pk_invocation *in)
{
    struct pk_error err = {0};
    struct pk_db db;
    int64_t to, version = 0;
    int code = open_for(&db, &to, in, "to");

    if (code)
        return code;
    if (pk_rollback(&version, &db, to, who(), &err))
        code = pk_command_error(in, &err);
    pk_db_close(&db);
    if (code)
        return code;
    if (pk_given_flag(in, "json"))
        print_json(version, 0);
    else
        print_line(version ? PK_MSG_CMD_ROLLED_BACK : PK_MSG_CMD_ROLLBACK_NOTHING,
                   version, to, 0);
    return PK_EXIT_OK;
}
