/* along.c - walking a line in integers, a symbol at each stop. */
#include "tiles/along.h"

#include <math.h>

#include "tiles/icon.h"
#include "tiles/sprite.h"
#include "tiles/stroke_core.h"
#include "tiles/text.h"

static uint32_t turn_of(int64_t dx, int64_t dy)
{
    double part = atan2((double)dy, (double)dx) / (2 * 3.14159265358979323846);
    int64_t turn = llround(part * PK_TEXT_TURN) % PK_TEXT_TURN;
    return (uint32_t)(turn < 0 ? turn + PK_TEXT_TURN : turn);
}

static int64_t length_of(const int64_t *xy, uint32_t count)
{
    int64_t length = 0;
    for (uint32_t i = 0; i + 1 < count; i++, xy += 2) {
        length += pk_length_of(xy[2] - xy[0], xy[3] - xy[1]);
    }
    return length;
}

void pk_along_walk(const int64_t *xy, uint32_t count, int64_t spacing, pk_along_fn *fn,
                   void *ctx)
{
    int64_t step = spacing * PK_STEP, total = length_of(xy, count), before = 0;
    if (step <= 0 || total <= 0) {
        return;
    }
    int64_t next = total < step ? total / 2 : step / 2;
    int64_t last = total < step ? next : total - step / 4;
    uint32_t left = PK_ALONG_MAX;
    for (uint32_t i = 0; i + 1 < count; i++, xy += 2) {
        int64_t dx = xy[2] - xy[0], dy = xy[3] - xy[1], length = pk_length_of(dx, dy);
        for (; length > 0 && next <= before + length && next <= last && left > 0;
             next += step, left--) {
            int64_t at = next - before;
            if (!fn(ctx, xy[0] + pk_along(dx, at, length),
                    xy[1] + pk_along(dy, at, length), turn_of(dx, dy))) {
                return;
            }
        }
        before += length;
    }
}

struct stamp {
    struct pk_raster *raster;
    struct pk_surface *surface;
    const struct pk_symbol_paint *paint;
    const struct pk_sprite *sprite; /* NULL: a symbol of icon.h */
    struct pk_sprite_look look;
    int64_t side, w, h; /* 1/256 device px; side: how far it may reach */
    uint32_t scale, turn;
    bool ids;
    uint32_t value;
};

static bool in_reach(const struct stamp *st, int64_t x, int64_t y)
{
    const struct pk_surface *s = st->surface;
    return x + st->side >= s->x * PK_SUB && x - st->side <= (s->x + s->w) * PK_SUB &&
           y + st->side >= s->y * PK_SUB && y - st->side <= (s->y + s->h) * PK_SUB;
}

static bool stamp_one(void *ctx, int64_t x, int64_t y, uint32_t turn)
{
    struct stamp *st = ctx;
    if (!in_reach(st, x, y)) {
        return true;
    }
    turn = (turn + st->turn) % PK_TEXT_TURN;
    if (st->ids) {
        pk_raster_disc(st->raster, x, y, (st->w < st->h ? st->w : st->h) / 2);
        pk_raster_fill_ids(st->raster, st->surface, PK_EVEN_ODD, st->value);
    } else if (st->sprite) {
        pk_sprite_draw(st->surface, st->sprite, st->scale, x, y, st->w, st->h, turn,
                       &st->look);
    } else {
        pk_icon_draw(st->raster, st->surface, st->paint->icon, x, y, st->w, turn,
                     st->paint->icon_opacity);
    }
    return true;
}

static void stamp_all(struct stamp *st, const struct pk_view *view,
                      const struct pk_draw *item)
{
    const struct pk_symbol_paint *paint = st->paint = item->paint;
    const struct pk_shape *shape = item->shape;
    if (paint->icon == NULL || !(paint->icon_size > 0)) {
        return;
    }
    double size = fmin(paint->icon_size, PK_ICON_SIZE_MAX);
    st->sprite = pk_sprite_find(paint->icon);
    double px = size * PK_SUB * view->scale;
    st->w = llround(px * (st->sprite ? st->sprite->width : PK_ICON_PX));
    st->h = llround(px * (st->sprite ? st->sprite->height : PK_ICON_PX));
    st->side = st->w + st->h + llround(px * PK_SPRITE_HALO_MAX);
    st->scale = view->scale;
    st->look = (struct pk_sprite_look){.opacity = paint->icon_opacity,
                                       .colour = paint->icon_colour,
                                       .halo = paint->icon_halo,
                                       .halo_width = paint->icon_halo_width,
                                       .halo_blur = paint->icon_halo_blur};
    int64_t turn = llround(fmod(paint->icon_rotate, 360) / 360 * PK_TEXT_TURN);
    st->turn = (uint32_t)(turn + PK_TEXT_TURN) % PK_TEXT_TURN;
    int64_t spacing = llround(paint->spacing * PK_SUB) * view->scale;
    for (uint32_t i = 0; i < shape->ring_count; i++) {
        const struct pk_iring *ring = &shape->rings[i];
        pk_along_walk(shape->sub + 2 * (size_t)ring->first, ring->count, spacing,
                      stamp_one, st);
    }
}

void pk_along_paint(struct pk_raster *r, struct pk_surface *s, const struct pk_view *view,
                    const struct pk_draw *item)
{
    struct stamp st = {.raster = r, .surface = s};
    stamp_all(&st, view, item);
}

void pk_along_ids(struct pk_raster *r, struct pk_surface *s, const struct pk_view *view,
                  const struct pk_draw *item, uint32_t value)
{
    struct stamp st = {.raster = r, .surface = s, .ids = true, .value = value};
    stamp_all(&st, view, item);
}
