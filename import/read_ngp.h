/*
 * read_ngp.h - NGP "Detaljplan" version 4 JSON: a FeatureCollection whose features
 * have no geometry of their own; it lies in properties.plangeometri and
 * .bestammelsegeometri, each part with its own reference system, positions
 * easting, northing. Source: Lantmäteriet, NGP Detaljplan 4.1 schema.
 */
#ifndef PK_IMPORT_READ_NGP_H
#define PK_IMPORT_READ_NGP_H

#include "import/source.h"

/* Is the parsed document such a file? */
bool pk_ngp_recognise(const json_t *document);

/* All of it to the stream. Errors are for what makes the whole file unreadable. */
enum pk_status pk_read_ngp(struct pk_source *src, const json_t *document,
                           struct pk_error *err) PK_MUST_CHECK;

#endif
