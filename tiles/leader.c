/* leader.c - a bar and a disc, first in the halo's colour, then in the text's. */
#include "tiles/leader.h"

#include "tiles/stroke_core.h"
#include "tiles/view.h"

const int8_t pk_leader_ways[PK_LEADER_PLACES][2] = {
    {1,  0 },
    {-1, 0 },
    {0,  -1},
    {0,  1 },
    {1,  -1},
    {-1, -1},
    {1,  1 },
    {-1, 1 }
};

/* Half widths in 1/256 CSS px. */
enum { LINE = 128, DOT = 384, CASING = 256 };

static void shape(struct pk_raster *r, const int64_t from[2], const int64_t to[2],
                  int64_t half, int64_t dot)
{
    int64_t dx = to[0] - from[0], dy = to[1] - from[1], length = pk_length_of(dx, dy);
    if (length > 0) {
        int64_t nx = -pk_along(dy, half * PK_STEP, length);
        int64_t ny = pk_along(dx, half * PK_STEP, length);
        int64_t xy[8] = {from[0] + nx, from[1] + ny, to[0] + nx,   to[1] + ny,
                         to[0] - nx,   to[1] - ny,   from[0] - nx, from[1] - ny};
        pk_raster_ring(r, xy, 4);
        pk_raster_to_mask(r, PK_NON_ZERO);
    }
    pk_raster_disc(r, from[0], from[1], dot);
    pk_raster_to_mask(r, PK_NON_ZERO);
}

void pk_leader_paint(struct pk_raster *r, struct pk_surface *s, uint32_t scale,
                     const struct pk_leader *leader, const struct pk_text_ink *ink)
{
    int64_t sub = (int64_t)PK_SUB * scale / PK_TEXT_SUB;
    const int64_t from[2] = {leader->x0 * sub, leader->y0 * sub};
    const int64_t to[2] = {leader->x1 * sub, leader->y1 * sub};
    if (ink->halo.a > 0 && ink->halo_width > 0) {
        const struct pk_ink halo = {.colour = ink->halo};
        shape(r, from, to, (int64_t)(LINE + CASING) * scale,
              (int64_t)(DOT + CASING) * scale);
        pk_raster_paint_mask(r, s, &halo);
    }
    const struct pk_ink line = {.colour = ink->colour};
    shape(r, from, to, (int64_t)LINE * scale, (int64_t)DOT * scale);
    pk_raster_paint_mask(r, s, &line);
}
