/*
 * palette.h - the inside of a fixed palette; private to palette.c and png.c.
 */
#ifndef PK_TILES_PALETTE_H
#define PK_TILES_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/png.h"

struct pk_palette {
    uint32_t count;
    uint32_t pixels[PK_PALETTE_MAX];      /* premultiplied */
    struct pk_rgba plain[PK_PALETTE_MAX]; /* what the file holds */
    bool transparent;
    uint64_t hash;            /* of the entries */
    uint8_t opaque[1 << 15];  /* index by 5 bits of r, g, b */
    uint8_t through[1 << 16]; /* by 4 bits of premultiplied r, g, b and of a */
};

static inline uint8_t pk_palette_index(const struct pk_palette *p, uint32_t px)
{
    uint32_t a = px >> 24;
    if (a == 255)
        return p->opaque[(px >> 3 & 0x1f) | (px >> 6 & 0x3e0) | (px >> 9 & 0x7c00)];
    return p->through[(px >> 4 & 0xf) | (px >> 8 & 0xf0) | (px >> 12 & 0xf00) |
                      (px >> 16 & 0xf000)];
}

/* n pixels to n indices. */
void pk_palette_indices(const struct pk_palette *p, const uint32_t *px, size_t n,
                        uint8_t *out);

#endif
