#include "import/cmd_upkeep.h"

#include <stdio.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "import/report_text.h"
#include "layers/backup.h"
#include "layers/doctor.h"

enum { NAME_MAX_BYTES = 4096, LINE_MAX_BYTES = 8192 };

const struct pk_command_option pk_restore_options[] = {
    {"json", NULL, "the result as JSON"},
    {NULL,   NULL, NULL                },
};

const struct pk_command_option pk_upgrade_options[] = {
    {"json", NULL, "the result as JSON"},
    {NULL,   NULL, NULL                },
};

const struct pk_command_option pk_doctor_options[] = {
    {"json", NULL, "the checks as JSON"},
    {NULL,   NULL, NULL                },
};

static void print_line(enum pk_msg_id id, const char *a, const char *av, const char *b,
                       const char *bv)
{
    struct pk_buf out;

    pk_buf_init(&out, LINE_MAX_BYTES);
    pk_msg(&out, pk_report_lang(), id, a, av, b, bv, NULL);
    puts(out.data);
    pk_buf_finish(&out);
}

/* One object with a number and the name of what was kept (null when nothing was). */
static void print_json(const char *const names[], const int64_t numbers[], size_t count,
                       const char *kept)
{
    struct pk_buf out;
    struct pk_json j;

    pk_buf_init(&out, LINE_MAX_BYTES);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    for (size_t i = 0; i < count; i++)
        pk_json_member_int(&j, names[i], numbers[i]);
    pk_json_member(&j, "kept", kept[0] ? kept : NULL);
    pk_json_end(&j);
    puts(out.data);
    pk_buf_finish(&out);
}

int pk_cmd_restore(struct pk_invocation *in)
{
    static const char *const names[] = {"version"};
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_error err = {0};
    struct pk_backup info;
    char kept[NAME_MAX_BYTES], version[24];

    if (!path)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    pk_db_start();
    if (pk_backup_restore(&info, kept, sizeof(kept), in->operands[0], path, &err))
        return pk_command_error(in, &err);
    if (pk_given_flag(in, "json")) {
        print_json(names, &info.version, 1, kept);
        return PK_EXIT_OK;
    }
    snprintf(version, sizeof(version), "%lld", (long long)info.version);
    print_line(PK_MSG_CMD_RESTORED, "version", version, NULL, NULL);
    if (kept[0])
        print_line(PK_MSG_CMD_KEPT, "path", kept, NULL, NULL);
    print_line(PK_MSG_CMD_RESTORE_RESTART, NULL, NULL, NULL, NULL);
    return PK_EXIT_OK;
}

int pk_cmd_upgrade(struct pk_invocation *in)
{
    static const char *const names[] = {"from", "to"};
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_error err = {0};
    char kept[NAME_MAX_BYTES], before[16], after[16];
    int from = 0;

    if (!path)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    pk_db_start();
    if (pk_upgrade(&from, kept, sizeof(kept), path, &err))
        return pk_command_error(in, &err);
    if (pk_given_flag(in, "json")) {
        print_json(names, (int64_t[]){from, PK_SCHEMA_VERSION}, 2, kept);
        return PK_EXIT_OK;
    }
    snprintf(before, sizeof(before), "%d", from);
    snprintf(after, sizeof(after), "%d", PK_SCHEMA_VERSION);
    print_line(from == PK_SCHEMA_VERSION ? PK_MSG_CMD_UPGRADE_NOTHING
                                         : PK_MSG_CMD_UPGRADED,
               "from", before, "to", after);
    if (kept[0])
        print_line(PK_MSG_CMD_KEPT, "path", kept, NULL, NULL);
    return PK_EXIT_OK;
}

int pk_cmd_doctor(struct pk_invocation *in)
{
    const char *path = pk_opts_text(in->opts, "db");
    struct pk_error err = {0};
    json_t *report = NULL;
    const json_t *checks;
    bool ok = false;

    if (!path)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    pk_db_start();
    if (pk_doctor(&report, &ok, path, pk_report_lang(), &err))
        return pk_command_error(in, &err);
    checks = pk_jget_array(report, "checks");
    if (pk_given_flag(in, "json")) {
        json_dumpf(report, stdout, JSON_PRESERVE_ORDER);
        putchar('\n');
    }
    for (size_t i = 0; !pk_given_flag(in, "json") && i < json_array_size(checks); i++) {
        const json_t *c = json_array_get(checks, i);
        const char *advice = pk_jget_string(c, "advice");

        printf("%-8s %s\n", pk_jget_string(c, "state"), pk_jget_string(c, "text"));
        if (advice)
            printf("         %s\n", advice);
    }
    json_decref(report);
    return ok ? PK_EXIT_OK : PK_EXIT_FAILED;
}
