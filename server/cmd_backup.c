#include "base/json.h"
#include "layers/backup.h"
#include "layers/db.h"
#include "server/cmd.h"

enum { OUTPUT_MAX = 64 << 10 };

const struct pk_command_option pk_options_backup[] = {
    {"json", NULL,   "what was made, as JSON"              },
    {"out",  "FILE", "the file to write; it must not exist"},
    {NULL,   NULL,   NULL                                  },
};

int pk_cmd_backup(struct pk_invocation *in)
{
    const char *db = pk_opts_text(in->opts, "db"), *to = pk_given_value(in, "out");
    struct pk_error err = {0};
    if (db == NULL || to == NULL) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE and --out FILE are needed");
    }
    pk_db_start();
    struct pk_backup made;
    if (pk_backup_make(&made, db, to, &err) != PK_OK) {
        return pk_command_error(in, &err);
    }
    struct pk_buf out;
    struct pk_json j;
    pk_buf_init(&out, OUTPUT_MAX);
    if (pk_given_flag(in, "json")) {
        pk_json_init(&j, &out);
        pk_json_object(&j);
        pk_json_member(&j, "file", to);
        pk_json_member_int(&j, "bytes", made.bytes);
        pk_json_member_int(&j, "version", made.version);
        pk_json_member_int(&j, "schema", made.schema);
        pk_json_member(&j, "sha256", made.sha256);
        pk_json_end(&j);
        pk_buf_addc(&out, '\n');
    } else {
        pk_buf_addf(&out, "%s: version %lld, %lld bytes, sha256 %s\n", to,
                    (long long)made.version, (long long)made.bytes, made.sha256);
    }
    int code = pk_session_print(in, &out);
    pk_buf_finish(&out);
    return code;
}
