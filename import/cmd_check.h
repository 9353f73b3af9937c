/* cmd_check.h - `plankarta check [--profile P] [--mapping M] [--layer NAME]
 * [--json|--geojson] FILE...` */
#ifndef PK_IMPORT_CMD_CHECK_H
#define PK_IMPORT_CMD_CHECK_H

#include "base/command.h"

extern const struct pk_command_option pk_check_options[];

/* The sources go the way of an import, into a file of its own that is then thrown away:
 * what is told is what an import would tell. Exit code 1 when anything is an error. */
int pk_cmd_check(struct pk_invocation *in);

#endif
