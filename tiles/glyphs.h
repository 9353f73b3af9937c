/*
 * glyphs.h - letters for viewers that draw text themselves: ranges of 256 code points as
 * signed distance fields, in the protobuf form of MapLibre (glyphs.proto): 24 px a em,
 * 3 px around, 255 - 255 * (distance / 8 px + 1/4).
 */
#ifndef PK_TILES_GLYPHS_H
#define PK_TILES_GLYPHS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum { PK_GLYPH_RANGE = 256, PK_GLYPH_LAST_RANGE = 65280 };

/* Append the range that begins at `first` (a multiple of 256 up to PK_GLYPH_LAST_RANGE)
 * of the font that the stack names first, "DejaVu Sans Bold,...": one of our four cuts.
 * A range without letters is an empty stack. Errors: PK_NOT_FOUND no such range; PK_IO.
 */
enum pk_status pk_glyphs(struct pk_buf *out, const char *stack, uint32_t first,
                         struct pk_error *err) PK_MUST_CHECK;

#endif
