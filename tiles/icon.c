/* icon.c - symbols as polygons in hundredths of half their side. */
#include "tiles/icon.h"

#include <string.h>

#include "styles/colour.h"
#include "tiles/text.h"

enum { POINTS_MAX = 12, ROUND = 0 };

struct icon {
    const char *name;
    int count; /* ROUND: a disc */
    int8_t xy[POINTS_MAX][2];
};

static const struct icon icons[] = {
    {"circle",   ROUND, {{0, 0}}                                                                     },
    {"square",   4,     {{-75, -75}, {75, -75}, {75, 75}, {-75, 75}}                                 },
    {"triangle", 3,     {{0, -85}, {85, 70}, {-85, 70}}                                              },
    {"diamond",  4,     {{0, -95}, {95, 0}, {0, 95}, {-95, 0}}                                       },
    {"cross",
     12,                {{-28, -85},
      {28, -85},
      {28, -28},
      {85, -28},
      {85, 28},
      {28, 28},
      {28, 85},
      {-28, 85},
      {-28, 28},
      {-85, 28},
      {-85, -28},
      {-28, -28}}                                                                            },
    {"star",
     10,                {{0, -100},
      {24, -32},
      {95, -31},
      {38, 12},
      {59, 81},
      {0, 40},
      {-59, 81},
      {-38, 12},
      {-95, -31},
      {-24, -32}}                                                                            },
    {"pin",
     7,                 {{0, 100}, {-50, 10}, {-60, -40}, {-30, -90}, {30, -90}, {60, -40}, {50, 10}}},
};

static const struct icon *find(const char *name)
{
    size_t len = strcspn(name, ":");
    for (size_t i = 0; i < PK_COUNT(icons); i++) {
        if (strlen(icons[i].name) == len && strncmp(icons[i].name, name, len) == 0) {
            return &icons[i];
        }
    }
    return NULL;
}

bool pk_icon_known(const char *name)
{
    return find(name) != NULL;
}

static void shape(struct pk_raster *r, const struct icon *icon, int64_t x, int64_t y,
                  int64_t half, uint32_t turn)
{
    if (icon->count == ROUND) {
        pk_raster_disc(r, x, y, half * 3 / 4);
        return;
    }
    int64_t sin = pk_turn_sin(turn), cos = pk_turn_cos(turn), xy[2 * POINTS_MAX];
    for (int i = 0; i < icon->count; i++) {
        int64_t px = icon->xy[i][0] * half / 100, py = icon->xy[i][1] * half / 100;
        xy[2 * i] = x + ((px * cos - py * sin) >> 16);
        xy[2 * i + 1] = y + ((px * sin + py * cos) >> 16);
    }
    pk_raster_ring(r, xy, (uint32_t)icon->count);
}

void pk_icon_draw(struct pk_raster *r, struct pk_surface *s, const char *name, int64_t x,
                  int64_t y, int64_t side, uint32_t turn, double opacity)
{
    const struct icon *icon = find(name);
    const char *text = strchr(name, ':');
    struct pk_rgba colour = {0x1a, 0x1a, 0x2e, 255};
    if (text && !pk_colour_parse(&colour, text + 1)) {
        colour = (struct pk_rgba){0x1a, 0x1a, 0x2e, 255};
    }
    icon = icon ? icon : &icons[0];
    struct pk_ink casing = {
        .colour = pk_rgba_fade((struct pk_rgba){255, 255, 255, 255}, opacity)};
    struct pk_ink ink = {.colour = pk_rgba_fade(colour, opacity)};
    shape(r, icon, x, y, side / 2 + side / 8, turn);
    pk_raster_fill(r, s, PK_NON_ZERO, &casing);
    shape(r, icon, x, y, side / 2 - side / 16, turn);
    pk_raster_fill(r, s, PK_NON_ZERO, &ink);
}
