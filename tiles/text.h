/*
 * text.h - words to places of glyphs (HarfBuzz), glyphs to pixels (FreeType).
 *
 * The fonts are DejaVu Sans in four cuts (Debian's fonts-dejavu-core and -extra,
 * Bitstream Vera licence with public domain additions): wide open letters that stay
 * legible at 10 px, all Swedish letters, the subscript digits U+2080-2089 of plan
 * letters, and one family with true bold and oblique. They are mapped once, by
 * pk_fonts_start, and then only read.
 *
 * Metrics are unhinted and computed at 1x in 1/64 CSS pixel from font units, in
 * integers: a block of text is equally large at 1x, 2x and 3x. Glyph masks sit on
 * absolute quarter pixels across and whole device pixels down; turned text on quarter
 * pixels both ways.
 *
 * struct pk_text (shaping and mask caches) belongs to one thread.
 */
#ifndef PK_TILES_TEXT_H
#define PK_TILES_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "styles/style.h"
#include "tiles/surface.h"

enum {
    PK_FONT_COUNT = 4,      /* bit 0 bold, bit 1 oblique */
    PK_TEXT_TURN = 1024,    /* parts of a whole turn, clockwise */
    PK_TEXT_SIZE_MAX = 200, /* CSS pixels */
    PK_TEXT_LINES_MAX = 16, /* of one block; what is beyond is left out */
    PK_TEXT_HALO_MAX = 16   /* device pixels */
};

/* Map the fonts; once, before threads; again is nothing. `dir` NULL = Debian's place.
 * Errors: PK_IO which file is missing and which package has it. */
enum pk_status pk_fonts_start(const char *dir, struct pk_error *err) PK_MUST_CHECK;

struct pk_text;

/* NULL before pk_fonts_start or when FreeType fails. */
struct pk_text *pk_text_create(void);
void pk_text_destroy(struct pk_text *t); /* accepts NULL */
/* Before each picture: empties caches that grew beyond their limit. */
void pk_text_begin(struct pk_text *t);

/* How a block is set. Sizes in CSS pixels and ems of it. */
struct pk_text_look {
    uint32_t font;
    double size;
    double max_width_em; /* 0 = one line */
    double line_height_em, letter_spacing_em;
    int justify; /* -1 lines begin together, 0 are centred, 1 end together */
};

struct pk_glyph {
    uint32_t id;
    int32_t x, y; /* pen on the baseline from the block's middle, 1/64 CSS px */
};

struct pk_block {
    uint32_t font;
    int32_t size;          /* 1/64 CSS px */
    int32_t width, height; /* 1/64 CSS px, of the lines */
    uint32_t count;
    const struct pk_glyph *glyphs; /* in the arena */
};

/* Break (at spaces, after hyphens and slashes, at newlines; a longer word anywhere) and
 * place, lines centred. False when there is nothing to see. */
bool pk_text_layout(struct pk_text *t, const char *utf8, const struct pk_text_look *look,
                    struct pk_block *out, struct pk_arena *arena);

struct pk_text_ink {
    struct pk_rgba colour, halo;
    double halo_width, halo_blur; /* CSS px */
};

/* Draw a block with its middle at (x, y), absolute 1/64 CSS px, turned by `turn`. */
void pk_text_draw(struct pk_text *t, struct pk_surface *s, uint32_t scale,
                  const struct pk_block *block, int64_t x, int64_t y, uint32_t turn,
                  const struct pk_text_ink *ink);

/* sin and cos of a turn, times 65536: from a table of integers, so that every
 * machine turns alike. */
int32_t pk_turn_sin(uint32_t turn);
int32_t pk_turn_cos(uint32_t turn);

#endif
