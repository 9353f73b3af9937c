/* cmd_diff.h - what differs between two versions, or between a draft and what is
 * published. The JSON is layers/diff.c's. */
#ifndef PK_IMPORT_CMD_DIFF_H
#define PK_IMPORT_CMD_DIFF_H

#include "base/command.h"

extern const struct pk_command_option pk_diff_options[];
int pk_cmd_diff(struct pk_invocation *in);

#endif
