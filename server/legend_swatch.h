/*
 * legend_swatch.h - the address of a swatch: everything that it is drawn from, so that
 * it is the same whoever asks, and can be kept.
 *
 *   /styles/{style}/swatch[@2x].png?theme=...&of={"layer":"use","kind":"area",
 *   "zoom":16.5,"values":{"colour":"gul"}}
 */
#ifndef PK_SERVER_LEGEND_SWATCH_H
#define PK_SERVER_LEGEND_SWATCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "tiles/swatch.h"

enum { PK_SWATCH_TEXT_MAX = 4000 };

/* The sample as the value of `of`, JSON. */
void pk_sample_write(struct pk_buf *out, const struct pk_sample *sample);
/* And back. What is read lies in the arena. Errors: PK_BAD_INPUT, PK_LIMIT. */
enum pk_status pk_sample_read(struct pk_sample *out, const char *text,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;
/* The whole address, for HTML not yet escaped; `density` "" or "@2x". */
const char *pk_swatch_url(const char *style, const char *theme,
                          const struct pk_sample *sample, const char *density,
                          struct pk_arena *arena);

#endif
