/*
 * png.h - pixels to PNG bytes, and back for tests and proxied pictures.
 *
 * With a palette (fixed by the style, never by what a tile happens to hold) a
 * picture is 8 bits per pixel: libpng writes the chunks, libdeflate packs the data.
 * Without, it is exact RGBA. The same pixels give the same bytes.
 */
#ifndef PK_TILES_PNG_H
#define PK_TILES_PNG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "styles/style.h"
#include "tiles/surface.h"

enum { PK_PALETTE_MAX = 256, PK_PNG_BYTES_MAX = 512 << 20 };

struct pk_palette; /* one thread at a time; about 200 kB */
struct pk_png;     /* an encoder: scratch memory; one thread */

/* From the colours a style can produce (pk_style_colours): they come out exact,
 * the rest of the 256 are mixes of them two by two, and their see-through steps
 * when a colour or the ground is not opaque. Index 0 is fully transparent then.
 * The same list gives the same palette. NULL when count is 0 or above 120. */
struct pk_palette *pk_palette_create(const struct pk_rgba *colours, uint32_t count,
                                     bool transparent);
void pk_palette_destroy(struct pk_palette *palette); /* accepts NULL */
uint32_t pk_palette_count(const struct pk_palette *palette);
/* Replace every pixel by its palette colour: for answers that are not PNG. */
void pk_palette_apply(const struct pk_palette *palette, struct pk_surface *s);

struct pk_png *pk_png_create(void);
void pk_png_destroy(struct pk_png *png); /* accepts NULL */

/* Append the picture to `out`. palette NULL = exact RGBA (RGB when all is opaque).
 * level 1 (fast) .. 12. Errors: PK_LIMIT when `out` is full. */
enum pk_status pk_png_write(struct pk_buf *out, struct pk_png *png,
                            const struct pk_surface *s, const struct pk_palette *palette,
                            int level, struct pk_error *err) PK_MUST_CHECK;

/* Decode any PNG of at most side_max pixels a side into a surface at (0, 0).
 * Errors: PK_BAD_INPUT damaged, PK_LIMIT too large. */
enum pk_status pk_png_read(struct pk_surface *out, const void *bytes, size_t len,
                           uint32_t side_max, struct pk_error *err) PK_MUST_CHECK;

#endif
