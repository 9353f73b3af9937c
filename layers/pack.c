/* pack.c - families, bands, cells and boxes. */
#include "layers/pack.h"

#include <math.h>

enum { UNITS_PER_PIXEL = 16 };
/* More than the country is long, in units of either family: nothing is larger but what
 * goes around the whole world. */
#define WIDEST (INT64_C(1) << 34)

const char *pk_family_name(enum pk_family family)
{
    static const char *const names[PK_FAMILY_COUNT] = {"wm", "tm"};
    return names[family];
}

int64_t pk_band_pixel(enum pk_family family, int band)
{
    band %= PK_WIDE_BAND;
    return family == PK_WM ? INT64_C(1) << (28 - band) : INT64_C(4000) << (15 - band);
}

int64_t pk_band_unit(enum pk_family family, int band)
{
    return band % PK_WIDE_BAND == PK_BAND_FULL
               ? 1
               : pk_band_pixel(family, band) / UNITS_PER_PIXEL;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b < 0 ? q - 1 : q;
}

int64_t pk_band_round(enum pk_family family, int band, int64_t v)
{
    int64_t unit = pk_band_unit(family, band);
    return unit == 1 ? v : floor_div(v + unit / 2, unit) * unit;
}

int pk_band_for_pixel(enum pk_family family, double pixel)
{
    /* A level's pixel is a rounded double: one part in 10^9 is the same pixel. */
    double limit = pixel * (1 + 1e-9);
    for (int band = PK_BAND_MIN; band < PK_BAND_FULL; band++) {
        if ((double)pk_band_pixel(family, band) <= limit) {
            return band;
        }
    }
    return PK_BAND_FULL;
}

bool pk_ibox_touches(struct pk_ibox a, struct pk_ibox b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y &&
           b.min_y <= a.max_y && a.min_x <= a.max_x && b.min_x <= b.max_x;
}

struct pk_ibox pk_ibox_join(struct pk_ibox a, struct pk_ibox b)
{
    return (struct pk_ibox){
        .min_x = a.min_x < b.min_x ? a.min_x : b.min_x,
        .min_y = a.min_y < b.min_y ? a.min_y : b.min_y,
        .max_x = a.max_x > b.max_x ? a.max_x : b.max_x,
        .max_y = a.max_y > b.max_y ? a.max_y : b.max_y,
    };
}

struct pk_ibox pk_ibox_grow(struct pk_ibox box, int64_t by)
{
    if (box.min_x > box.max_x || box.min_y > box.max_y) {
        return box;
    }
    return (struct pk_ibox){box.min_x - by, box.min_y - by, box.max_x + by,
                            box.max_y + by};
}

static int64_t cell_pixels(int band)
{
    return band <= 12 ? 64 : 128;
}

int64_t pk_cell_side(enum pk_family family, int band)
{
    int64_t side = cell_pixels(band % PK_WIDE_BAND) * pk_band_pixel(family, band);
    for (int level = band / PK_WIDE_BAND; level > 0; level--) {
        side *= PK_WIDE_STEP;
    }
    return side;
}

int pk_wide_levels(enum pk_family family, int band)
{
    int level = 0;
    while (level + 1 < PK_WIDE_LEVELS &&
           PK_WIDE_SPAN * pk_cell_side(family, band + PK_WIDE_BAND * level) < WIDEST) {
        level++;
    }
    return level + 1;
}

int pk_wide_level(enum pk_family family, int band, struct pk_ibox box)
{
    int level = 0, last = pk_wide_levels(family, band) - 1;
    while (level < last) {
        int64_t most = PK_WIDE_SPAN * pk_cell_side(family, band + PK_WIDE_BAND * level);
        if (box.max_x - box.min_x <= most && box.max_y - box.min_y <= most) {
            break;
        }
        level++;
    }
    return level;
}

int64_t pk_cell_of(enum pk_family family, int band, int64_t x, int64_t y)
{
    int64_t side = pk_cell_side(family, band);
    uint64_t column = (uint64_t)floor_div(x, side);
    return (int64_t)(column << 32 | (uint32_t)floor_div(y, side));
}

struct pk_ibox pk_cell_box(enum pk_family family, int band, int64_t cell)
{
    int64_t side = pk_cell_side(family, band);
    int64_t column = cell >> 32, row = (int32_t)(uint32_t)(uint64_t)cell;
    return (struct pk_ibox){column * side, row * side, (column + 1) * side - 1,
                            (row + 1) * side - 1};
}

int64_t pk_segment_length(int64_t dx, int64_t dy)
{
    uint64_t x = dx < 0 ? 0 - (uint64_t)dx : (uint64_t)dx;
    uint64_t y = dy < 0 ? 0 - (uint64_t)dy : (uint64_t)dy;
    int halvings = 0;
    while ((x | y) >= UINT64_C(1) << 31) {
        x >>= 1;
        y >>= 1;
        halvings++;
    }
    uint64_t square = x * x + y * y;
    uint64_t root = (uint64_t)sqrt((double)square);
    while (root * root > square) {
        root--;
    }
    while ((root + 1) * (root + 1) <= square) {
        root++;
    }
    return (int64_t)(root << halvings);
}
