/*
 * plan_record.h - what the readers of plan files have in common: lifting what the
 * stream wants at the top of a PLAN record out of decisions, and document lists.
 */
#ifndef PK_IMPORT_PLAN_RECORD_H
#define PK_IMPORT_PLAN_RECORD_H

#include "import/source.h"

/* Lower-case UUID of the text, or NULL; *changed tells that it was not so written. */
const char *pk_record_uuid(struct pk_source *src, const char *text, bool *changed);

/* "YYYY-MM-DD" of a date in a foreign file, or NULL. */
const char *pk_record_date(struct pk_source *src, const char *text);

/* datumAntagande, datumLagakraft, genomforandetid ... of `beslutsinformation` to
 * the top of the plan, where the plan has none; documents to `dokument`. */
void pk_record_lift(struct pk_source *src, json_t *plan);

/* The part's coordinates were repaired or curved: say so. */
struct pk_shape;
void pk_record_shape_findings(struct pk_source *src, const char *kind, const char *object,
                              const struct pk_shape *shape, int epsg, const char *place);

#endif
