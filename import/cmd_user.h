/* cmd_user.h - `plankarta user`: who may sign in, and keys for programs. */
#ifndef PK_IMPORT_CMD_USER_H
#define PK_IMPORT_CMD_USER_H

#include "base/command.h"

extern const struct pk_command_option pk_user_options[];
int pk_cmd_user(struct pk_invocation *in);

#endif
