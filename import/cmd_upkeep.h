/* cmd_upkeep.h - restore, upgrade, doctor: the health of the database file. */
#ifndef PK_IMPORT_CMD_UPKEEP_H
#define PK_IMPORT_CMD_UPKEEP_H

#include "base/command.h"

extern const struct pk_command_option pk_restore_options[], pk_upgrade_options[],
    pk_doctor_options[];
int pk_cmd_restore(struct pk_invocation *in);
int pk_cmd_upgrade(struct pk_invocation *in);
int pk_cmd_doctor(struct pk_invocation *in);

#endif
