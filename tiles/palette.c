/*
 * palette.c - 256 colours fixed by a style, and the nearest of them by table.
 *
 * Order of the entries: fully transparent (when the ground may be seen), the
 * style's own colours, then what anti-aliasing makes of them: mixes of two, and see-
 * through steps of one. Mixes are added coarse first, each only when it is not
 * near an entry that is there; the distance shrinks until the palette is full.
 */
#include "tiles/palette.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "tiles/blend.h"

enum { COLOURS_MAX = 120, FARTHEST = 4096, NEAREST = 24 };

struct cube {
    int r, g, b, a;
};

static struct cube cube_of(uint32_t px)
{
    return (struct cube){(int)(px & 255), (int)(px >> 8 & 255), (int)(px >> 16 & 255),
                         (int)(px >> 24)};
}

/* The nearest entry, the first of equals; *far gets its weighted squared distance. */
static uint32_t nearest(const struct pk_palette_search *s, uint32_t count, struct cube c,
                        uint32_t *far)
{
    int32_t least = INT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        int32_t r = s->r[i] - c.r, g = s->g[i] - c.g, b = s->b[i] - c.b,
                a = s->a[i] - c.a;
        /* At most 13 * 255^2 < 2^20: distance and index fit one number. */
        int32_t d = (3 * r * r + 4 * g * g + 2 * b * b + 4 * a * a) << 8 | (int32_t)i;
        least = d < least ? d : least;
    }
    if (far)
        *far = (uint32_t)least >> 8;
    return (uint32_t)least & 255;
}

/* The colour of a premultiplied pixel, so that PNG readers come back to it. */
static struct pk_rgba plain_of(uint32_t px)
{
    uint32_t a = px >> 24;
    if (a == 0)
        return (struct pk_rgba){0, 0, 0, 0};
    uint32_t c[3];
    for (int i = 0; i < 3; i++) {
        c[i] = ((px >> (8 * i) & 255) * 255 + a / 2) / a;
        c[i] = c[i] > 255 ? 255 : c[i];
    }
    return (struct pk_rgba){(uint8_t)c[0], (uint8_t)c[1], (uint8_t)c[2], (uint8_t)a};
}

/* Add a pixel unless one within `apart` is there. */
static void offer(struct pk_palette *p, struct pk_palette_search *s, uint32_t px,
                  uint32_t apart)
{
    uint32_t far = UINT32_MAX;
    if (p->count == PK_PALETTE_MAX)
        return;
    if (p->count > 0)
        nearest(s, p->count, cube_of(px), &far);
    if (far < apart)
        return;
    struct pk_rgba plain = plain_of(px);
    px = pk_pixel_of(plain);
    struct cube c = cube_of(px);
    s->r[p->count] = c.r;
    s->g[p->count] = c.g;
    s->b[p->count] = c.b;
    s->a[p->count] = c.a;
    p->plain[p->count] = plain;
    p->pixels[p->count++] = px;
}

/* All mixes of two of the first n entries, `part` / 8 of the second. */
static void offer_mixes(struct pk_palette *p, struct pk_palette_search *s, uint32_t first,
                        uint32_t n, uint32_t part, uint32_t apart)
{
    for (uint32_t i = first; i < n; i++) {
        uint32_t a = p->pixels[i];
        for (uint32_t k = p->transparent ? 0 : first; k < n; k++) {
            /* Of two see-through colours nothing new is learnt. */
            if (k == i || (a >> 24 < 255 && p->pixels[k] >> 24 < 255 && k > 0))
                continue;
            uint32_t b = p->pixels[k];
            offer(p, s, pk_mix(b, a & PK_LANES, a >> 8 & PK_LANES, part * 32), apart);
        }
    }
}

uint8_t pk_palette_learn(const struct pk_palette *p, uint32_t px)
{
    bool opaque = px >> 24 == 255;
    if ((opaque ? p->places->opaque[pk_palette_opaque(px)]
                : p->places->through[pk_palette_through(px)]) == PK_PALETTE_SHARED)
        return (uint8_t)nearest(&p->search, p->count, cube_of(px), NULL);
    if (opaque) {
        uint32_t i = pk_palette_opaque(px), r = i & 31, g = i >> 5 & 31, b = i >> 10;
        struct cube c = {(int)(r << 3 | r >> 2), (int)(g << 3 | g >> 2),
                         (int)(b << 3 | b >> 2), 255};
        p->places->opaque[i] = (uint8_t)nearest(&p->search, p->count, c, NULL);
        return (uint8_t)p->places->opaque[i];
    }
    uint32_t i = pk_palette_through(px);
    struct cube c = {(int)(i & 15) * 17, (int)(i >> 4 & 15) * 17, (int)(i >> 8 & 15) * 17,
                     (int)(i >> 12) * 17};
    p->places->through[i] = (uint8_t)nearest(&p->search, p->count, c, NULL);
    return (uint8_t)p->places->through[i];
}

/* The style's own colours come out as they are, also two that share a place in the
 * tables: see-through fills of two uses often do. */
static void keep_own(struct pk_palette *p, uint32_t first, uint32_t own)
{
    memset(p->places, 0xff, sizeof *p->places);
    for (uint32_t i = own; i-- > first;) {
        uint32_t px = p->pixels[i];
        uint16_t *place = px >> 24 == 255 ? p->places->opaque + pk_palette_opaque(px)
                                          : p->places->through + pk_palette_through(px);
        *place = *place == PK_PALETTE_UNKNOWN ? (uint16_t)i : PK_PALETTE_SHARED;
    }
    if (first)
        p->places->through[0] = 0;
}

struct pk_palette *pk_palette_create(const struct pk_rgba *colours, uint32_t count,
                                     bool transparent)
{
    if (count == 0 || count > COLOURS_MAX)
        return NULL;
    struct pk_palette *p = pk_xcalloc(1, sizeof *p);
    for (uint32_t i = 0; i < count; i++)
        transparent = transparent || colours[i].a < 255;
    p->transparent = transparent;
    p->places = pk_xcalloc(1, sizeof *p->places);
    struct pk_palette_search *search = &p->search;
    uint32_t first = 0;
    if (transparent) {
        p->count = 1; /* index 0, all zero */
        first = 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (colours[i].a > 0)
            offer(p, search, pk_pixel_of(colours[i]), 1);
    }
    uint32_t own = p->count;
    static const uint8_t parts[] = {4, 2, 6, 1, 3, 5, 7};
    for (uint32_t apart = FARTHEST; apart >= NEAREST && p->count < PK_PALETTE_MAX;
         apart /= 2) {
        for (size_t i = 0; i < PK_COUNT(parts); i++)
            offer_mixes(p, search, first, own, parts[i], apart);
    }
    keep_own(p, first, own);
    p->hash = pk_hash64(p->plain, p->count * sizeof *p->plain, 0);
    return p;
}

void pk_palette_destroy(struct pk_palette *palette)
{
    if (palette)
        free(palette->places);
    free(palette);
}

uint32_t pk_palette_count(const struct pk_palette *palette)
{
    return palette->count;
}

void pk_palette_indices(const struct pk_palette *p, const uint32_t *px, size_t n,
                        uint8_t *out)
{
    size_t i = 0;
    while (i + 8 <= n) {
        /* Mostly the same colour again: eight are looked up at once. */
        uint64_t two = (uint64_t)px[i] << 32 | px[i];
        uint64_t v[4];
        memcpy(v, px + i, sizeof v);
        if (((v[0] ^ two) | (v[1] ^ two) | (v[2] ^ two) | (v[3] ^ two)) == 0) {
            memset(out + i, pk_palette_index(p, px[i]), 8);
        } else {
            for (size_t k = i; k < i + 8; k++)
                out[k] = pk_palette_index(p, px[k]);
        }
        i += 8;
    }
    for (; i < n; i++)
        out[i] = pk_palette_index(p, px[i]);
}

void pk_palette_apply(const struct pk_palette *p, struct pk_surface *s)
{
    size_t n = (size_t)s->w * s->h;
    for (size_t i = 0; i < n; i++)
        s->px[i] = p->pixels[pk_palette_index(p, s->px[i])];
}
