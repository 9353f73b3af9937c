/*
 * main.c - `plankarta`: the table of all commands. Those without a function here write
 * or read foreign data: they are done by `plankarta-work` beside this program, with the
 * same arguments, streams and exit code.
 *
 * Add a command: cmd_NAME.c, a line in cmd.h, a row here.
 */
#include <string.h>

#include "server/cmd.h"

static const struct pk_command commands[] = {
    {"audit",    "what a style shows to every eye: contrast, colours, letters, lines",
     "--db FILE [--style plan] [--theme T|all] [--tiles N] [--json [--all] | --html]",                                     pk_options_audit,   0, 0, pk_cmd_audit  },
    {"backup",   "copy a database file, also one that is served",                      "--db FILE --out FILE",
     pk_options_backup,                                                                                                                        0, 0, pk_cmd_backup },
    {"check",    "what is wrong with plan files and geodata, by the rules",
     "[--profile ngp|aldre|lager] [--json | --geojson] FILE...",                                                           NULL,               0, 0, NULL          },
    {"diff",     "what a draft, or one version against another, changes",
     "--db FILE (--draft ID | --from V --to V) [--layer L] [--json]",                                                      NULL,               0, 0, NULL          },
    {"doctor",   "look at a database and this machine",                                "--db FILE",                        NULL,               0, 0, NULL          },
    {"help",     "how to use a command, or what settings there are",                   "[COMMAND | settings]",
     NULL,                                                                                                                                     0, 0, NULL          },
    {"history",  "the versions of a database",                                         "--db FILE [--json]",               pk_options_history, 0,
     0,                                                                                                                                              pk_cmd_history},
    {"import",   "read deliveries and publish them",
     "--db FILE [--mapping FILE] [--layer NAME] [--draft] [--json] SOURCE...",                                             NULL,               0, 0,
     NULL                                                                                                                                                          },
    {"lookup",   "what applies at a point, property or address",
     "--db FILE (--point X,Y [--crs EPSG:N] | --property D | --address A | --extent) "
     "[--json]",                                                                                                           pk_options_lookup,  0, 0, pk_cmd_lookup },
    {"publish",  "make a draft the next version",                                      "--db FILE --draft ID [--at TIME]", NULL,
     0,                                                                                                                                           0, NULL          },
    {"render",   "draw a tile or a picture",
     "--db FILE [--style plan] [--theme T] --tms ID --tile Z/X/Y[@2x] -o FILE\n"
     "--db FILE [--style base,plan] [--theme T] [--crs EPSG:N] "
     "--bbox=MINX,MINY,MAXX,MAXY --size WxH -o FILE",                                                                      pk_options_render,  0, 0, pk_cmd_render },
    {"restore",  "put a verified backup in place",                                     "--db FILE BACKUP",                 NULL,               0, 0, NULL          },
    {"rollback", "a new version with the content of an earlier one",
     "--db FILE --to VERSION [--json]",                                                                                    NULL,               0, 0, NULL          },
    {"sample",   "write a fictional municipality to import",                           "--out DIR --seed N --plans N",
     NULL,                                                                                                                                     0, 0, NULL          },
    {"search",   "properties, addresses, places, plans and coordinates",
     "--db FILE [--json] WORDS",                                                                                           pk_options_search,  1, 1, pk_cmd_search },
    {"serve",    "the map and its answers over HTTP",
     "--db FILE [--listen ADDR:PORT] [--style FILE]... [--no-cache]",                                                      pk_options_serve,   0,
     0,                                                                                                                                              pk_cmd_serve  },
    {"style",    "check, explain or convert a style document",
     "check FILE [--json]\nshow FILE [--zoom Z] [--json]\neval EXPRESSION [--feature "
     "JSON]\nconvert FILE.sld [--layer ID] [-o FILE.json]",                                                                pk_options_style,   2, 2, pk_cmd_style  },
    {"upgrade",  "bring a database to this program's schema",                          "--db FILE",                        NULL,               0, 0,
     NULL                                                                                                                                                          },
    {"user",     "who may sign in, and tokens for programs",
     "add NAME --db FILE --role ROLE [--full-name NAME] [--password-fd N]\n"
     "list --db FILE [--json]\nrole NAME ROLE --db FILE\n"
     "password NAME --db FILE [--password-fd N]\ndisable|enable NAME --db FILE\n"
     "token NAME --db FILE --scopes SCOPES [--title TEXT] [--days N]",                                                     NULL,               0, 0, NULL          },
    {NULL,       NULL,                                                                 NULL,                               NULL,               0, 0, NULL          },
};

int main(int argc, char **argv)
{
    const struct pk_command *command =
        argc > 1 ? pk_command_find(commands, argv[1]) : NULL;
    if (command != NULL && command->run == NULL && strcmp(command->name, "help") != 0) {
        return pk_work_exec(argv);
    }
    /* The worker process that `serve` starts reads its arguments as `serve` does. */
    return pk_command_main(commands, argc, argv);
}
