/* sprite_draw.c - icons on a surface, and the sheets of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tiles/blend.h"
#include "tiles/png.h"
#include "tiles/sprite.h"
#include "tiles/text.h"

enum {
    TOP = 3,
    PAD = PK_SPRITE_HALO_MAX * TOP,
    UNIT = 16,
    SHEET_WIDTH = 1024,
    /* Of a distance field in a sheet: CSS px from 0 to 255, and the part inside. */
    SDF_RADIUS = 8
};

/* How an icon is put on pixels. */
struct placing {
    const struct pk_sprite *sprite;
    const struct pk_sprite_look *look;
    int64_t x, y, w, h; /* middle and size, 1/256 px */
    int64_t sin, cos;
    int64_t edge, soft; /* of the halo: where it ends, half its slope; 1/16 px of 3x */
    struct pk_brush ink, halo;
    uint32_t opacity; /* 0..256 */
};

/* Coverage 0..256 of the halo at a distance. */
static uint32_t halo_cover(const struct placing *p, int64_t distance)
{
    int64_t c = (p->edge + p->soft - distance) * 256 / (2 * p->soft);
    return c < 0 ? 0 : c > 256 ? 256 : (uint32_t)c;
}

/* One channel of four pixels between (u, v), parts of 256. */
static int64_t between(int64_t a, int64_t b, int64_t c, int64_t d, int64_t u, int64_t v)
{
    return ((a * (256 - u) + b * u) * (256 - v) + (c * (256 - u) + d * u) * v + 32768) >>
           16;
}

static uint32_t pixel_at(const struct pk_sprite *s, int64_t x, int64_t y)
{
    int64_t w = (int64_t)s->width * TOP, h = (int64_t)s->height * TOP;
    return x < 0 || y < 0 || x >= w || y >= h ? 0 : s->px[TOP - 1][y * w + x];
}

static int64_t distance_at(const struct pk_sprite *s, int64_t x, int64_t y)
{
    int64_t w = (int64_t)s->width * TOP + 2 * PAD, h = (int64_t)s->height * TOP + 2 * PAD;
    x += PAD;
    y += PAD;
    return x < 0 || y < 0 || x >= w || y >= h ? INT16_MAX : s->field[y * w + x];
}

/* The icon at (u, v), 1/256 px of 3x from its top left corner: premultiplied. */
static uint32_t sample(const struct placing *p, int64_t u, int64_t v)
{
    u -= 128; /* pixels have their value in the middle */
    v -= 128;
    int64_t x = u >> 8, y = v >> 8, fu = u & 255, fv = v & 255;
    uint32_t a = pixel_at(p->sprite, x, y), b = pixel_at(p->sprite, x + 1, y);
    uint32_t c = pixel_at(p->sprite, x, y + 1), d = pixel_at(p->sprite, x + 1, y + 1);
    uint32_t out = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out |= (uint32_t)between(a >> shift & 255, b >> shift & 255, c >> shift & 255,
                                 d >> shift & 255, fu, fv)
               << shift;
    }
    if (!p->sprite->sdf) {
        return out;
    }
    uint32_t cover = pk_cover_of_byte(out >> 24);
    out = pk_scale_pixel(p->ink.rb, p->ink.ag, cover);
    if (p->halo.pixel == 0) {
        return out;
    }
    int64_t distance = between(
        distance_at(p->sprite, x, y), distance_at(p->sprite, x + 1, y),
        distance_at(p->sprite, x, y + 1), distance_at(p->sprite, x + 1, y + 1), fu, fv);
    return pk_over(pk_scale_pixel(p->halo.rb, p->halo.ag, halo_cover(p, distance)), out);
}

/* The mean of 2 x 2 samples of one device pixel, its corner from the middle in
 * 1/256 px. */
static uint32_t pixel_of(const struct placing *p, int64_t dx, int64_t dy)
{
    uint32_t sums[4] = {0};
    int64_t iw = (int64_t)p->sprite->width * TOP * 256,
            ih = (int64_t)p->sprite->height * TOP * 256;
    for (int i = 0; i < 4; i++) {
        int64_t x = dx + 64 + 128 * (i & 1), y = dy + 64 + 128 * (i >> 1);
        int64_t tx = (x * p->cos + y * p->sin) >> 16,
                ty = (y * p->cos - x * p->sin) >> 16;
        uint32_t px = sample(p, tx * iw / p->w + iw / 2, ty * ih / p->h + ih / 2);
        for (int c = 0; c < 4; c++) {
            sums[c] += px >> (8 * c) & 255;
        }
    }
    uint32_t out = 0;
    for (int c = 0; c < 4; c++) {
        out |= (sums[c] + 2) / 4 << (8 * c);
    }
    return out;
}

static void draw_sampled(struct pk_surface *s, const struct placing *p)
{
    int64_t sin = llabs(p->sin), cos = llabs(p->cos);
    int64_t halo = p->halo.pixel == 0
                       ? 0
                       : PK_SPRITE_HALO_MAX *
                             ((p->w > p->h ? p->w : p->h) /
                              (p->sprite->width < p->sprite->height ? p->sprite->width
                                                                    : p->sprite->height));
    int64_t rx = ((p->w * cos + p->h * sin) >> 17) + halo + 512;
    int64_t ry = ((p->w * sin + p->h * cos) >> 17) + halo + 512;
    int64_t x0 = (p->x - rx) >> 8, x1 = (p->x + rx) >> 8, y0 = (p->y - ry) >> 8,
            y1 = (p->y + ry) >> 8;
    x0 = x0 < s->x ? s->x : x0;
    y0 = y0 < s->y ? s->y : y0;
    x1 = x1 >= s->x + s->w ? s->x + s->w - 1 : x1;
    y1 = y1 >= s->y + s->h ? s->y + s->h - 1 : y1;
    for (int64_t y = y0; y <= y1; y++) {
        for (int64_t x = x0; x <= x1; x++) {
            uint32_t px = pixel_of(p, x * 256 - p->x, y * 256 - p->y);
            if (px != 0) {
                uint32_t *to = &s->px[(size_t)(y - s->y) * s->w + (size_t)(x - s->x)];
                px = pk_scale_pixel(px & PK_LANES, px >> 8 & PK_LANES, p->opacity);
                *to = pk_over(*to, px);
            }
        }
    }
}

/* At its own size: its own pixels, on whole pixels. */
static void draw_copied(struct pk_surface *s, const struct placing *p, uint32_t scale)
{
    uint32_t w = p->sprite->width * scale, h = p->sprite->height * scale;
    int64_t x = (p->x - (int64_t)w * 128 + 128) >> 8,
            y = (p->y - (int64_t)h * 128 + 128) >> 8;
    const uint32_t *px = p->sprite->px[scale - 1];
    for (uint32_t row = 0; row < h; row++) {
        int64_t ty = y + row - s->y;
        for (uint32_t column = 0; ty >= 0 && ty < s->h && column < w; column++) {
            int64_t tx = x + column - s->x;
            uint32_t c = px[(size_t)row * w + column];
            if (c == 0 || tx < 0 || tx >= s->w) {
                continue;
            }
            uint32_t *to = &s->px[(size_t)ty * s->w + (size_t)tx];
            if (p->sprite->sdf) {
                uint32_t cover = pk_cover_of_byte(c >> 24);
                c = pk_scale_pixel(p->ink.rb, p->ink.ag, cover);
            }
            c = pk_scale_pixel(c & PK_LANES, c >> 8 & PK_LANES, p->opacity);
            *to = pk_over(*to, c);
        }
    }
}

void pk_sprite_draw(struct pk_surface *s, const struct pk_sprite *sprite, uint32_t scale,
                    int64_t x, int64_t y, int64_t w, int64_t h, uint32_t turn,
                    const struct pk_sprite_look *look)
{
    if (w <= 0 || h <= 0 || scale < 1 || scale > TOP) {
        return;
    }
    struct placing p = {.sprite = sprite,
                        .look = look,
                        .x = x,
                        .y = y,
                        .w = w,
                        .h = h,
                        .sin = pk_turn_sin(turn),
                        .cos = pk_turn_cos(turn),
                        .ink = pk_brush_of(look->colour),
                        .opacity = (uint32_t)llround(look->opacity * 256)};
    if (sprite->sdf && look->halo_width > 0 && look->halo.a > 0) {
        /* CSS px on the map to 1/16 px of 3x in the icon */
        double part = (double)sprite->width * scale * 256 / (double)w * TOP * UNIT;
        double least = 0.5 * TOP * UNIT / scale; /* half a device px: a smooth edge */
        p.halo = pk_brush_of(look->halo);
        p.edge = llround(fmin(look->halo_width * part,
                              (double)PK_SPRITE_HALO_MAX * TOP * UNIT - least));
        p.soft = llround(fmax(look->halo_blur * part / 2, least));
    }
    bool own = turn == 0 && p.halo.pixel == 0 &&
               w == (int64_t)sprite->width * scale * 256 &&
               h == (int64_t)sprite->height * scale * 256;
    if (own) {
        draw_copied(s, &p, scale);
    } else {
        draw_sampled(s, &p);
    }
}

/* ---- sheets ---- */

/* Where each icon lies, in rows; the height of all. CSS px. */
static uint32_t lay_out(uint32_t (*places)[2])
{
    uint32_t x = 0, y = 0, row = 0;
    for (uint32_t i = 0; i < pk_sprite_count(); i++) {
        const struct pk_sprite *s = pk_sprite_at(i);
        if (x + s->width > SHEET_WIDTH / TOP) {
            x = 0;
            y += row;
            row = 0;
        }
        places[i][0] = x;
        places[i][1] = y;
        x += s->width + 1;
        row = row > s->height + 1 ? row : s->height + 1;
    }
    return y + row;
}

void pk_sprite_index(struct pk_buf *out, uint32_t ratio)
{
    uint32_t places[PK_SPRITES_MAX][2];
    (void)lay_out(places);
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    for (uint32_t i = 0; i < pk_sprite_count(); i++) {
        const struct pk_sprite *s = pk_sprite_at(i);
        const struct {
            const char *name;
            uint32_t value;
        } members[] = {
            {"x",          places[i][0] * ratio},
            {"y",          places[i][1] * ratio},
            {"width",      s->width * ratio    },
            {"height",     s->height * ratio   },
            {"pixelRatio", ratio               },
        };
        pk_json_key(&j, s->name);
        pk_json_object(&j);
        for (size_t m = 0; m < PK_COUNT(members); m++) {
            pk_json_key(&j, members[m].name);
            pk_json_int(&j, members[m].value);
        }
        if (s->sdf) {
            pk_json_key(&j, "sdf");
            pk_json_bool(&j, true);
        }
        pk_json_end(&j);
    }
    pk_json_end(&j);
}

/* The distance as MapLibre reads it: 191 on the edge, 0 six px outside. */
static uint32_t sdf_pixel(const struct pk_sprite *s, uint32_t ratio, uint32_t x,
                          uint32_t y)
{
    int64_t u = (2 * (int64_t)x + 1) * TOP * 128 / ratio - 128;
    int64_t v = (2 * (int64_t)y + 1) * TOP * 128 / ratio - 128;
    int64_t cx = u >> 8, cy = v >> 8;
    int64_t d = between(distance_at(s, cx, cy), distance_at(s, cx + 1, cy),
                        distance_at(s, cx, cy + 1), distance_at(s, cx + 1, cy + 1),
                        u & 255, v & 255);
    int64_t a = 191 - d * 255 / (SDF_RADIUS * TOP * UNIT);
    a = a < 0 ? 0 : a > 255 ? 255 : a;
    return pk_pixel_of((struct pk_rgba){0, 0, 0, (uint8_t)a});
}

enum pk_status pk_sprite_sheet(struct pk_buf *out, uint32_t ratio, struct pk_error *err)
{
    uint32_t places[PK_SPRITES_MAX][2];
    uint32_t height = lay_out(places);
    struct pk_surface sheet = {0};
    enum pk_status st = pk_surface_begin(&sheet, 0, 0, SHEET_WIDTH / TOP * ratio,
                                         height > 0 ? height * ratio : 1, err);
    for (uint32_t i = 0; st == PK_OK && i < pk_sprite_count(); i++) {
        const struct pk_sprite *s = pk_sprite_at(i);
        uint32_t w = s->width * ratio, h = s->height * ratio;
        for (uint32_t y = 0; y < h; y++) {
            uint32_t *to = &sheet.px[(size_t)(places[i][1] * ratio + y) * sheet.w +
                                     places[i][0] * ratio];
            for (uint32_t x = 0; x < w; x++) {
                to[x] = s->sdf ? sdf_pixel(s, ratio, x, y)
                               : s->px[ratio - 1][(size_t)y * w + x];
            }
        }
    }
    if (st == PK_OK) {
        struct pk_png *png = pk_png_create();
        st = pk_png_write(out, png, &sheet, NULL, 9, err);
        pk_png_destroy(png);
    }
    pk_surface_finish(&sheet);
    return st;
}
