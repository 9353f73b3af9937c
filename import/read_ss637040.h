/*
 * read_ss637040.h - SS 637040:2016 GML: lines (DP_Grans) once, areas (DP_Omrade) as
 * signed references to them, plans with uses, and under each use the regulations
 * that regulate it. Northing before easting; the reference system is named in the
 * plan; implementation time is in years (plan-domain: traps when reading it).
 */
#ifndef PK_IMPORT_READ_SS637040_H
#define PK_IMPORT_READ_SS637040_H

#include "import/source.h"

/* All of it to the stream. Errors are for what makes the whole file unreadable:
 * no XML, a document type, too deep or too large. */
enum pk_status pk_read_ss637040(struct pk_source *src, const char *data, size_t len,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
