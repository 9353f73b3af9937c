/*
 * log.h - one line per event on stderr: time, level, event, key=value pairs.
 *
 * Libraries return errors; only programs decide to log them, once. Control
 * bytes are escaped, so that outside text cannot forge a line. Thread-safe.
 */
#ifndef PK_BASE_LOG_H
#define PK_BASE_LOG_H

#include "base/error.h"

enum pk_log_level { PK_LOG_ERROR, PK_LOG_WARN, PK_LOG_INFO, PK_LOG_DEBUG };

/* What is written: this level and graver ones; PK_LOG_INFO at start. */
void pk_log_set_level(enum pk_log_level level);

/* pk_log(PK_LOG_INFO, "tile", "z=%u ms=%.1f", z, ms) */
void pk_log(enum pk_log_level level, const char *event, const char *fmt, ...)
    PK_PRINTF(3, 4);

/* "error", "warn", "info", "debug" to a level; -1 for anything else. */
int pk_log_level_of(const char *name);

#endif
