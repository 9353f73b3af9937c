/*
 * sprite.h - the icons built into the program (styles/data/sprite/NAME.svg), as pixels.
 *
 * An icon is drawn at 1x, 2x and 3x when the program is built and decoded once, by
 * pk_sprites_start; nobody reads SVG later. NAME.sdf.svg is an icon of one colour: it
 * takes icon-color and a halo from the style. The sheets that browsers fetch are made
 * of the same pixels. After the start everything is read-only, any thread.
 *
 * Place: at icon-size 1 and unturned an icon lies on whole device pixels and its own
 * pixels are copied; otherwise it is sampled from 3x, in integers.
 */
#ifndef PK_TILES_SPRITE_H
#define PK_TILES_SPRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "styles/style.h"
#include "tiles/surface.h"

enum {
    PK_SPRITES_MAX = 512,
    PK_SPRITE_PX_MAX = 64, /* CSS px a side */
    PK_SPRITE_HALO_MAX = 8 /* CSS px at icon-size 1 */
};

struct pk_sprite {
    const char *name;
    uint32_t width, height; /* CSS px */
    bool sdf;
    const uint32_t *px[3]; /* premultiplied, (width * s) x (height * s) for s = 1, 2, 3 */
    /* sdf: distance from the edge at 3x, + outside, 1/16 px of 3x, with
     * PK_SPRITE_HALO_MAX CSS px around. */
    const int16_t *field;
};

/* Decode; once, before threads; again is nothing. Errors: PK_BAD_DATA. */
enum pk_status pk_sprites_start(struct pk_error *err) PK_MUST_CHECK;

/* NULL: no such icon. */
const struct pk_sprite *pk_sprite_find(const char *name);
uint32_t pk_sprite_count(void);
const struct pk_sprite *pk_sprite_at(uint32_t i); /* by name */

struct pk_sprite_look {
    double opacity;
    struct pk_rgba colour, halo;  /* of sdf icons; opacity not in them */
    double halo_width, halo_blur; /* CSS px */
};

/* Middle at (x, y) and size (w, h), absolute 1/256 device px; turn in 1/1024,
 * clockwise. */
void pk_sprite_draw(struct pk_surface *s, const struct pk_sprite *sprite, uint32_t scale,
                    int64_t x, int64_t y, int64_t w, int64_t h, uint32_t turn,
                    const struct pk_sprite_look *look);

/* The sheet at a ratio (1, 2, 3): its JSON index and its pixels, in the form MapLibre
 * reads. Icons that take a colour are distance fields in it. */
void pk_sprite_index(struct pk_buf *out, uint32_t ratio);
enum pk_status pk_sprite_sheet(struct pk_buf *out, uint32_t ratio,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
