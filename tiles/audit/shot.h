/*
 * shot.h - one window of the map as the audit needs it: the picture as people see it,
 * the flat colour and the area under every pixel without anti-aliasing, the top line
 * there, and the labels that show.
 *
 * Everything comes from the same drawing list and labels as a tile. Pictures are as
 * drawn, before colours are reduced to the style's table.
 */
#ifndef PK_TILES_AUDIT_SHOT_H
#define PK_TILES_AUDIT_SHOT_H

#include "tiles/drawlist.h"
#include "tiles/labelset.h"
#include "tiles/paint.h"

enum { PK_SHOT_COLOURS_MAX = 255, PK_SHOT_TILES = 2 /* a side */ };

/* A square block of tiles of WebMercatorQuad. */
struct pk_shot_place {
    uint32_t z, x, y; /* its top left tile */
    uint32_t side;    /* px of CSS; a multiple of 256 */
};

struct pk_shots; /* painter, text, surfaces: one thread, reused from shot to shot */
struct pk_shots *pk_shots_create(void);    /* NULL without fonts */
void pk_shots_destroy(struct pk_shots *s); /* accepts NULL */

struct pk_shot {
    struct pk_view view;
    uint32_t w, h;
    struct pk_drawlist list;
    struct pk_signs signs;
    const uint32_t *picture; /* premultiplied, over the ground and the base */
    const uint32_t *area;    /* 0 = ground, else what fills the pixel, top down */
    const uint32_t *flat;    /* opaque pixel: colour of the fills without patterns */
    const uint32_t *feature; /* 0, or 1 + item of the list that is the top fill */
    const uint8_t *stroke;   /* 0, or index of the top line's colour */
    struct pk_rgba strokes[PK_SHOT_COLOURS_MAX + 1];
    uint32_t stroke_count;
};

/* Draw. What the shot points to lives until the next one; lists lie in the arena.
 * Lines thinner than 1.5 px bound nothing and are not in `stroke`. */
enum pk_status pk_shot_take(struct pk_shot *out, struct pk_shots *s,
                            const struct pk_style *style, const struct pk_style *base,
                            struct pk_store *store, struct pk_shot_place place,
                            uint32_t scale, struct pk_arena *arena,
                            struct pk_error *err) PK_MUST_CHECK;
/* Only what would be drawn. */
enum pk_status pk_shot_list(struct pk_shot *out, const struct pk_style *style,
                            struct pk_store *store, struct pk_shot_place place,
                            uint32_t scale, struct pk_arena *arena,
                            struct pk_error *err) PK_MUST_CHECK;
/* The style alone on nothing, for comparing windows: `out` is begun and painted. */
enum pk_status pk_shot_plain(struct pk_surface *out, struct pk_shots *s,
                             const struct pk_style *style, struct pk_store *store,
                             struct pk_shot_place place, struct pk_arena *arena,
                             struct pk_error *err) PK_MUST_CHECK;

struct pk_painter *pk_shots_painter(struct pk_shots *s);
struct pk_text *pk_shots_text(struct pk_shots *s);

/* A pixel of `flat`, as a colour. */
static inline struct pk_rgba pk_flat_colour(uint32_t px)
{
    return (struct pk_rgba){(uint8_t)px, (uint8_t)(px >> 8), (uint8_t)(px >> 16), 255};
}

#endif
