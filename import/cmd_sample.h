/* cmd_sample.h - `plankarta sample --out DIR --seed N --plans N`. */
#ifndef PK_IMPORT_CMD_SAMPLE_H
#define PK_IMPORT_CMD_SAMPLE_H

#include "base/command.h"

extern const struct pk_command_option pk_sample_options[];

/* Writes JSON files in DIR/plans, GML files in DIR/ss637040, DIR/geodata.gpkg with its
 * mapping, and DIR/plankarta.conf. Same seed and number of plans: same bytes. */
int pk_cmd_sample(struct pk_invocation *in);

#endif
