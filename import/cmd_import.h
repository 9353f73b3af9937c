/* cmd_import.h - `plankarta import --db F [--mapping M] [--layer NAME] [--draft]
 * [--json] SOURCE...` */
#ifndef PK_IMPORT_CMD_IMPORT_H
#define PK_IMPORT_CMD_IMPORT_H

#include "base/command.h"

extern const struct pk_command_option pk_import_options[];

/* Each source through an import child into one draft, which is published unless
 * --draft is given. Exit code 1 when anything was refused or held back. */
int pk_cmd_import(struct pk_invocation *in);

#endif
