/*
 * read_ogr.h - geodata formats through GDAL/OGR, in the import child alone. Only the
 * one driver that our own recognition chose is registered and allowed.
 */
#ifndef PK_IMPORT_READ_OGR_H
#define PK_IMPORT_READ_OGR_H

#include "import/recognise.h"
#include "import/source.h"

/* Everything in src->path to the stream. Errors are for a file that gives nothing. */
enum pk_status pk_read_ogr(struct pk_source *src, const struct pk_recognised *what,
                           struct pk_error *err) PK_MUST_CHECK;

#endif
