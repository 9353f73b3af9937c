/* read.h - one source, whatever it is: recognised and given to its reader. */
#ifndef PK_IMPORT_READ_H
#define PK_IMPORT_READ_H

#include "import/source.h"

/* src->path is read. Errors are for sources that give nothing. */
enum pk_status pk_read_source(struct pk_source *src, struct pk_error *err) PK_MUST_CHECK;

#endif
