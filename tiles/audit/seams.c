/* seams.c - T12: four tiles are one picture; T14: two colours and what lies between. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tiles/audit/pictures.h"

enum { OFF_MAX = 3 }; /* of 255, from the line between two colours: rounding */

static uint64_t differing(const struct pk_surface *whole, const struct pk_surface *tile)
{
    uint64_t count = 0;
    int64_t dx = tile->x - whole->x, dy = tile->y - whole->y;
    for (uint32_t y = 0; y < tile->h; y++) {
        const uint32_t *a = whole->px + (size_t)(y + dy) * whole->w + dx;
        const uint32_t *b = tile->px + (size_t)y * tile->w;
        for (uint32_t x = 0; x < tile->w; x++) {
            count += a[x] != b[x];
        }
    }
    return count;
}

/* Blended on the theme's ground, how far from the line between two colours? */
static double off_line(struct pk_rgba c, struct pk_rgba p, struct pk_rgba q)
{
    double d[3] = {q.r - p.r, q.g - p.g, q.b - p.b};
    double v[3] = {c.r - p.r, c.g - p.g, c.b - p.b};
    double length = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    double t = length > 0 ? (d[0] * v[0] + d[1] * v[1] + d[2] * v[2]) / length : 0;
    t = fmin(1, fmax(0, t));
    double far = 0;
    for (int i = 0; i < 3; i++) {
        far = fmax(far, fabs(v[i] - t * d[i]));
    }
    return far;
}

/* T14: ground and the colour farthest from it; everything else lies between. */
static void two_colours(struct pk_auditor *a, const struct pk_surface *s, double zoom)
{
    struct pk_rgba ground = pk_audit_ground(a->request->style, a->request->base, zoom),
                   ink = ground;
    double best = 1, worst = 0;
    for (int pass = 0; pass < 2; pass++) {
        uint32_t last = 0;
        for (size_t i = 0; i < (size_t)s->w * s->h; i++) {
            if (s->px[i] == last) {
                continue;
            }
            last = s->px[i];
            /* premultiplied over the ground */
            uint32_t rest = 255 - (last >> 24);
            struct pk_rgba c = {(uint8_t)((last & 255) + ground.r * rest / 255),
                                (uint8_t)((last >> 8 & 255) + ground.g * rest / 255),
                                (uint8_t)((last >> 16 & 255) + ground.b * rest / 255),
                                255};
            double contrast = pass == 0 ? pk_colour_contrast(c, ground) : 0;
            if (contrast > best) {
                best = contrast;
                ink = c;
            }
            worst = pass == 1 ? fmax(worst, off_line(c, ground, ink)) : 0;
        }
    }
    pk_audit_note(a, (struct pk_finding){.rule = PK_T14,
                                         .what = "colours of a picture",
                                         .quantity = "of 255 from the two colours",
                                         .value = worst,
                                         .gate = OFF_MAX,
                                         .goal = OFF_MAX,
                                         .at_most = true,
                                         .zoom = zoom,
                                         .vision = -1});
}

enum pk_status pk_audit_seams(struct pk_auditor *a, struct pk_shots *shots,
                              struct pk_store *store, struct pk_shot_place place,
                              struct pk_error *err)
{
    struct pk_surface whole = {0}, tile = {0};
    struct pk_arena arena = {0};
    uint64_t pixels = 0;
    enum pk_status st =
        pk_shot_plain(&whole, shots, a->request->style, store, place, &arena, err);
    for (uint32_t i = 0; st == PK_OK && i < PK_SHOT_TILES * PK_SHOT_TILES; i++) {
        struct pk_shot_place one = {place.z, place.x + i % PK_SHOT_TILES,
                                    place.y + i / PK_SHOT_TILES, 256};
        pk_arena_reset(&arena);
        st = pk_shot_plain(&tile, shots, a->request->style, store, one, &arena, err);
        if (st == PK_OK) {
            pixels += differing(&whole, &tile);
        }
    }
    if (st == PK_OK) {
        pk_audit_note(a, (struct pk_finding){.rule = PK_T12,
                                             .what = "four tiles and one picture",
                                             .quantity = "pixels that differ",
                                             .value = (double)pixels,
                                             .gate = 0,
                                             .goal = 0,
                                             .at_most = true,
                                             .zoom = place.z - 1.0,
                                             .vision = -1});
        two_colours(a, &whole, place.z - 1.0);
    }
    pk_surface_finish(&whole);
    pk_surface_finish(&tile);
    pk_arena_finish(&arena);
    return st;
}
