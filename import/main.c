/*
 * main.c - plankarta-work: the commands that write the database or read foreign data.
 * `plankarta` starts it for them; users see one program. Started with "import-child"
 * it is the sandboxed reader of one source (import/child.h).
 */
#include <signal.h>
#include <string.h>

#include "base/command.h"
#include "import/child.h"
#include "import/cmd_import.h"
#include "import/cmd_sample.h"

static const struct pk_command commands[] = {
    {"import", "read plans and geodata, and publish them",
     "--db FILE [--mapping FILE] [--layer NAME] [--draft] [--json] SOURCE...",
     pk_import_options, 1, PK_ARGS_MAX, pk_cmd_import},
    {"sample", "make the files of a fictional municipality",
     "--out FOLDER --seed N --plans N",                            pk_sample_options, 0, 0, pk_cmd_sample},
    {NULL,     NULL,                                         NULL, NULL,           0, 0, NULL         },
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], PK_CHILD_COMMAND) == 0) {
        return pk_child_main(argc, argv);
    }
    signal(SIGPIPE, SIG_IGN);
    return pk_command_main(commands, argc, argv);
}
