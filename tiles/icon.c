/* icon.c - symbols as steps: polygons and discs in hundredths of half their side. */
#include "tiles/icon.h"

#include <string.h>

#include "styles/colour.h"
#include "tiles/text.h"

enum { POINTS_MAX = 12, STEPS_MAX = 6, HALF_POINTS = 17 };

enum step_kind { END, POLYGON, DISC, HALF_DISC /* the right half */ };

/* One shape in the ink, or in the casing's colour (light). `size` in percent: of the
 * polygon, or the radius. */
struct step {
    enum step_kind kind;
    bool light;
    int16_t size;
    int8_t count;
    int8_t xy[POINTS_MAX][2];
};

struct icon {
    const char *name;
    struct step steps[STEPS_MAX];
};

/* A polygon with a white edge round it. */
/* clang-format off */
#define CASED(count, ...) \
    {{POLYGON, true, 125, count, {__VA_ARGS__}}, {POLYGON, false, 87, count, {__VA_ARGS__}}}
#define BAR(half) \
    {-(half), -75}, {(half), -75}, {(half), 75}, {-(half), 75}

static const struct icon icons[] = {
    {"circle", {{DISC, true, 94, 0, {{0}}}, {DISC, false, 66, 0, {{0}}}}},
    {"square", CASED(4, {-75, -75}, {75, -75}, {75, 75}, {-75, 75})},
    {"triangle", CASED(3, {0, -85}, {85, 70}, {-85, 70})},
    {"diamond", CASED(4, {0, -95}, {95, 0}, {0, 95}, {-95, 0})},
    {"cross", CASED(12, {-28, -85}, {28, -85}, {28, -28}, {85, -28}, {85, 28}, {28, 28},
                    {28, 85}, {-28, 85}, {-28, 28}, {-85, 28}, {-85, -28}, {-28, -28})},
    {"star", CASED(10, {0, -100}, {24, -32}, {95, -31}, {38, 12}, {59, 81}, {0, 40},
                   {-59, 81}, {-38, 12}, {-95, -31}, {-24, -32})},
    {"pin", CASED(7, {0, 100}, {-50, 10}, {-60, -40}, {-30, -90}, {30, -90}, {60, -40},
                  {50, 10})},
    /* of plan maps: fence, exit ban and their ends (the line goes right), slope (up),
     * height, division into property units, the hash of a secondary border */
    {"stangsel", {{DISC, true, 65, 0, {{0}}}, {DISC, false, 50, 0, {{0}}}}},
    {"utfartsforbud", {{DISC, true, 65, 0, {{0}}}, {DISC, false, 50, 0, {{0}}},
                       {DISC, true, 30, 0, {{0}}}}},
    {"stangsel-end", {{POLYGON, true, 115, 4, {BAR(22)}}, {HALF_DISC, true, 65, 0, {{0}}},
                      {POLYGON, false, 100, 4, {BAR(10)}},
                      {HALF_DISC, false, 50, 0, {{0}}}}},
    {"utfartsforbud-end", {{POLYGON, true, 115, 4, {BAR(22)}},
                           {HALF_DISC, true, 65, 0, {{0}}},
                           {HALF_DISC, false, 50, 0, {{0}}},
                           {HALF_DISC, true, 30, 0, {{0}}},
                           {POLYGON, false, 100, 4, {BAR(10)}}}},
    {"lutning", {{POLYGON, true, 100, 7, {{0, -112}, {62, -18}, {27, -18}, {27, 102},
                                          {-27, 102}, {-27, -18}, {-62, -18}}},
                 {POLYGON, false, 100, 7, {{0, -92}, {42, -28}, {11, -28}, {11, 88},
                                           {-11, 88}, {-11, -28}, {-42, -28}}}}},
    {"plushojd", {{DISC, true, 50, 0, {{0}}}, {DISC, false, 32, 0, {{0}}}}},
    {"fastighetsindelning", {{POLYGON, true, 100, 4, {{0, -55}, {55, 0}, {0, 55}, {-55, 0}}},
                             {POLYGON, false, 100, 4, {{0, -38}, {38, 0}, {0, 38},
                                                       {-38, 0}}}}},
};
/* clang-format on */

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

/* Where a symbol stands: middle, half its side, turn. */
struct place {
    int64_t x, y, half, sin, cos;
};

static void turned(const struct place *at, int64_t x, int64_t y, int64_t *out)
{
    out[0] = at->x + ((x * at->cos - y * at->sin) >> 16);
    out[1] = at->y + ((x * at->sin + y * at->cos) >> 16);
}

static void shape(struct pk_raster *r, const struct step *step, const struct place *at)
{
    int64_t size = at->half * step->size / 100, xy[2 * HALF_POINTS];
    uint32_t count = 0;
    if (step->kind == DISC) {
        pk_raster_disc(r, at->x, at->y, size);
        return;
    }
    if (step->kind == HALF_DISC) {
        for (; count < HALF_POINTS; count++) { /* from above over the right to below */
            uint32_t turn =
                (PK_TEXT_TURN * 3 / 4 + count * (PK_TEXT_TURN / 2) / (HALF_POINTS - 1)) %
                PK_TEXT_TURN;
            turned(at, (size * pk_turn_cos(turn)) >> 16, (size * pk_turn_sin(turn)) >> 16,
                   xy + 2 * (size_t)count);
        }
    } else {
        for (; count < (uint32_t)step->count; count++) {
            turned(at, step->xy[count][0] * size / 100, step->xy[count][1] * size / 100,
                   xy + 2 * (size_t)count);
        }
    }
    pk_raster_ring(r, xy, count);
}

/* White round dark ink and black round light ink (Rec. 709 luma, gamma left in). */
static struct pk_rgba casing_of(struct pk_rgba ink)
{
    unsigned luma = 2126u * ink.r + 7152u * ink.g + 722u * ink.b;
    return luma > 10000u * 150 ? (struct pk_rgba){0, 0, 0, 255}
                               : (struct pk_rgba){255, 255, 255, 255};
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
    const struct pk_ink light = {.colour = pk_rgba_fade(casing_of(colour), opacity)};
    const struct pk_ink ink = {.colour = pk_rgba_fade(colour, opacity)};
    const struct place at = {x, y, side / 2, pk_turn_sin(turn), pk_turn_cos(turn)};
    for (int i = 0; i < STEPS_MAX && icon->steps[i].kind != END; i++) {
        shape(r, &icon->steps[i], &at);
        pk_raster_fill(r, s, PK_NON_ZERO, icon->steps[i].light ? &light : &ink);
    }
}
