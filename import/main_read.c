/*
 * main_read.c - plankarta-read: everything that needs GDAL, away from the processes that
 * live long. Started with "import-child" it is the sandboxed reader of one source
 * (import/child.h); by hand it makes the sample's files.
 */
#include <signal.h>
#include <string.h>

#include "base/command.h"
#include "import/child.h"
#include "import/cmd_sample.h"

#ifdef __SANITIZE_THREAD__
/* This program has one thread of ours. GDAL starts some of its own, which no sanitizer
 * has instrumented, so what is reported of them says nothing. */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
    return "report_bugs=0";
}
#endif

static const struct pk_command commands[] = {
    {"sample", "make the files of a fictional municipality",
     "--out FOLDER --seed N --plans N",                            pk_sample_options, 0, 0, pk_cmd_sample},
    {NULL,     NULL,                                         NULL, NULL,              0, 0, NULL         },
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], PK_CHILD_COMMAND) == 0) {
        return pk_child_main(argc, argv);
    }
    signal(SIGPIPE, SIG_IGN);
    return pk_command_main(commands, argc, argv);
}
