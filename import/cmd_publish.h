/* cmd_publish.h - publish, rollback: a draft or an earlier content becomes a version. */
#ifndef PK_IMPORT_CMD_PUBLISH_H
#define PK_IMPORT_CMD_PUBLISH_H

#include "base/command.h"

extern const struct pk_command_option pk_publish_options[], pk_rollback_options[];
int pk_cmd_publish(struct pk_invocation *in);
int pk_cmd_rollback(struct pk_invocation *in);

#endif
