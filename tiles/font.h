/*
 * font.h - the mapped fonts and the masks of their glyphs; behind text.h.
 */
#ifndef PK_TILES_FONT_H
#define PK_TILES_FONT_H

#include <hb.h>

#include "tiles/text.h"

struct pk_font {
    hb_blob_t *blob;
    hb_font_t *hb; /* scale = units per em; immutable, any thread */
    int32_t units;
};

/* NULL before pk_fonts_start. */
const struct pk_font *pk_font_at(uint32_t font);

struct pk_mask {
    int32_t left, top; /* of its first pixel from the pen's whole pixel, y down */
    uint32_t width, height;
    uint8_t *bytes;
};

/* What a mask depends on. size in 1/64 DEVICE px, sub in quarter pixels, halo in
 * 1/64 device px (0 = the glyph itself). */
struct pk_mask_key {
    uint32_t font, id, turn;
    int32_t size, halo;
    uint32_t sub_x, sub_y;
};

struct pk_masks;
struct pk_masks *pk_masks_create(void); /* NULL when FreeType fails */
void pk_masks_destroy(struct pk_masks *m);
void pk_masks_begin(struct pk_masks *m);
/* Valid until pk_masks_begin; NULL when the glyph has no ink. */
const struct pk_mask *pk_masks_get(struct pk_masks *m, const struct pk_mask_key *key);

#endif
