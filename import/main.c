/*
 * main.c - plankarta-work: the commands that write the database, and the writer process.
 * `plankarta` starts it for them; users see one program. It never loads GDAL: foreign
 * files are read by plankarta-read (main_read.c), a process of its own per source.
 */
#include <signal.h>

#include "base/command.h"
#include "import/cmd_check.h"
#include "import/cmd_diff.h"
#include "import/cmd_import.h"
#include "import/cmd_publish.h"
#include "import/cmd_upkeep.h"
#include "import/cmd_user.h"
#include "import/writer.h"

static const struct pk_command commands[] = {
    {"check",    "what is wrong with plan files and geodata, by the rules",
     "[--profile P] [--mapping FILE] [--layer NAME] [--json | --geojson] FILE...",                pk_check_options,    1, PK_ARGS_MAX, pk_cmd_check   },
    {"import",   "read plans and geodata, and publish them",
     "--db FILE [--mapping FILE] [--layer NAME] [--profile P] [--draft] [--json] "
     "SOURCE...",                                                                                 pk_import_options,   1, PK_ARGS_MAX, pk_cmd_import  },
    {"diff",     "what differs between versions, or in a draft",
     "--db FILE (--draft ID | --from V --to V) [--layer ID] [--json]",                            pk_diff_options,     0,
     0,                                                                                                                                pk_cmd_diff    },
    {"publish",  "make a draft the next version",
     "--db FILE --draft ID [--at TIME] [--json]",                                                 pk_publish_options,  0, 0,
     pk_cmd_publish                                                                                                                                   },
    {"rollback", "a new version with the content of an earlier one",
     "--db FILE --to VERSION [--json]",                                                           pk_rollback_options, 0, 0,           pk_cmd_rollback},
    {"restore",  "make the file what a backup holds, both verified",
     "--db FILE [--json] BACKUP",                                                                 pk_restore_options,  1, 1,           pk_cmd_restore },
    {"upgrade",  "bring a file of an older program to this one's schema",
     "--db FILE [--json]",                                                                        pk_upgrade_options,  0, 0,           pk_cmd_upgrade },
    {"doctor",   "what is wrong with a file, and what to do about it",      "--db FILE [--json]",
     pk_doctor_options,                                                                                                0, 0,           pk_cmd_doctor  },
    {"user",     "who may sign in, and tokens for programs",
     "add NAME --db FILE --role ROLE [--full-name NAME] [--password-fd N]\n"
     "list --db FILE [--json]\nrole NAME ROLE --db FILE\n"
     "password NAME --db FILE [--password-fd N]\ndisable|enable NAME --db FILE\n"
     "token NAME --db FILE --scopes SCOPES [--title TEXT] [--days N]",                            pk_user_options,     1, 3,           pk_cmd_user    },
    {"writer",   "the writing process of a server (started by serve)",      "--db FILE [--fd N]",
     pk_writer_options,                                                                                                0, 0,           pk_cmd_writer  },
    {NULL,       NULL,                                                      NULL,                 NULL,                0, 0,           NULL           },
};

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    return pk_command_main(commands, argc, argv);
}
