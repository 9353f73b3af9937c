/*
 * doctor.h - what is wrong with a database file, and what to do about it.
 */
#ifndef PK_LAYERS_DOCTOR_H
#define PK_LAYERS_DOCTOR_H

#include <jansson.h>

#include "base/msg.h"
#include "layers/db.h"

/* Look at the file without changing it. *out is {"db", "ok", "checks": [{"check",
 * "state": "ok|warning|error", "text", "advice"}]}; the caller drops it. A file that
 * cannot be opened is a check that says so, not an error here. *ok is false when any
 * check is an error. */
enum pk_status pk_doctor(json_t **out, bool *ok, const char *path, enum pk_lang lang,
                         struct pk_error *err) PK_MUST_CHECK;

#endif
