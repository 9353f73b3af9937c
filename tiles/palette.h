/*
 * palette.h - the inside of a fixed palette; private to palette.c and png.c.
 */
#ifndef PK_TILES_PALETTE_H
#define PK_TILES_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/png.h"

/* In a place of the tables: not asked for yet; more than one of the style's own colours
 * stand there, so the pixel itself must be looked for. */
enum { PK_PALETTE_UNKNOWN = 0xffff, PK_PALETTE_SHARED = 0xfffe };

/* Nearest entries, found when first asked for: a style meets a few hundred of the
 * 50 000 places. One thread at a time uses a palette, because asking fills these. */
struct pk_palette_places {
    uint16_t opaque[1 << 15];  /* index by 5 bits of r, g, b */
    uint16_t through[1 << 16]; /* by 4 bits of premultiplied r, g, b and of a */
};

/* The entries with channels apart, for the search. */
struct pk_palette_search {
    int32_t r[PK_PALETTE_MAX], g[PK_PALETTE_MAX], b[PK_PALETTE_MAX], a[PK_PALETTE_MAX];
};

struct pk_palette {
    uint32_t count;
    uint32_t pixels[PK_PALETTE_MAX];      /* premultiplied */
    struct pk_rgba plain[PK_PALETTE_MAX]; /* what the file holds */
    bool transparent;
    uint64_t hash; /* of the entries */
    struct pk_palette_search search;
    struct pk_palette_places *places;
};

/* Where a colour stands in the tables. */
static inline uint32_t pk_palette_opaque(uint32_t px)
{
    return (px >> 3 & 0x1f) | (px >> 6 & 0x3e0) | (px >> 9 & 0x7c00);
}

static inline uint32_t pk_palette_through(uint32_t px)
{
    return (px >> 4 & 0xf) | (px >> 8 & 0xf0) | (px >> 12 & 0xf00) | (px >> 16 & 0xf000);
}

/* The index of a colour whose place holds none; one that was unknown is known then. */
uint8_t pk_palette_learn(const struct pk_palette *p, uint32_t px);

static inline uint8_t pk_palette_index(const struct pk_palette *p, uint32_t px)
{
    uint32_t i = px >> 24 == 255 ? p->places->opaque[pk_palette_opaque(px)]
                                 : p->places->through[pk_palette_through(px)];
    return i < PK_PALETTE_MAX ? (uint8_t)i : pk_palette_learn(p, px);
}

/* n pixels to n indices. */
void pk_palette_indices(const struct pk_palette *p, const uint32_t *px, size_t n,
                        uint8_t *out);

#endif
