/*
 * pattern_sheet.h - patterns as images for viewers that know no names: one period of
 * each, cut from what our tiles show, in one sheet with a JSON index as MapLibre reads.
 *
 * Slanted patterns whose period is no whole number of pixels get the side at which they
 * meet themselves best.
 */
#ifndef PK_TILES_PATTERN_SHEET_H
#define PK_TILES_PATTERN_SHEET_H

#include "tiles/pattern.h"

enum { PK_PATTERN_SHEET_MAX = 256 };

/* *index (JSON) and *sheet (PNG) are appended to; either may be NULL. ratio 1, 2, 3.
 * Errors: PK_LIMIT; PK_BAD_INPUT a name that is no pattern. */
enum pk_status pk_pattern_sheet(struct pk_buf *index, struct pk_buf *sheet,
                                const char *const *names, uint32_t count, uint32_t ratio,
                                struct pk_error *err) PK_MUST_CHECK;

#endif
