/*
 * sqlite_gate.h - may a foreign SQLite file be opened by a library that trusts it?
 *
 * Opened here read-only, immutable, without SpatiaLite, defensive, with a limit on
 * work: whole (quick_check), no views, no triggers beside those of GeoPackage, no
 * virtual tables but R*Trees, no generated columns (reliability, T14).
 */
#ifndef PK_LAYERS_SQLITE_GATE_H
#define PK_LAYERS_SQLITE_GATE_H

#include "base/error.h"

/* Errors: PK_BAD_INPUT saying what is not let through; PK_LIMIT when looking takes
 * too long. */
enum pk_status pk_sqlite_gate(const char *path, struct pk_error *err) PK_MUST_CHECK;

#endif
