#include "tiles/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "tiles/circle.h"
#include "tiles/pattern_core.h"
#include "tiles/shape.h"

enum {
    SPACING_MIN = 2 * PK_SHAPE_UNIT,
    SPACING_MAX = 64 * PK_SHAPE_UNIT,
    SHAPES_MAX = 48,
    HATCH_BITS = 10, /* 1/65536 px to one entry of a table, 1/64 px */
    HATCH_SAMPLES = 16
};

static const struct pk_rgba default_ink = {0x3c, 0x3c, 0x3c, 255};

struct pk_patterns {
    struct pk_pattern *made[PK_PATTERNS_MAX];
    uint32_t count;
};

/* ---- names ---- */

enum family { HATCH, CROSS, DOTS, GRID, WAVES, GRASS, PLUS, RINGS, TREES, MARSH, MARKS };

/* What a mark pattern is made of: shapes on even and odd rows. */
enum mark { MARK_DOT, MARK_PLUS, MARK_RING };

struct family_row {
    const char *word;
    enum family family;
    uint32_t numbers;     /* most that may follow */
    uint32_t required;    /* of them */
    double spacing, size; /* when not given, CSS px */
    enum mark even, odd;
};

static const struct family_row families[] = {
    {"prickmark", MARKS, 0, 0, 10, 1.5, MARK_DOT,  MARK_DOT },
    {"korsmark",  MARKS, 0, 0, 10, 5,   MARK_PLUS, MARK_PLUS},
    {"ringmark",  MARKS, 0, 0, 12, 5,   MARK_RING, MARK_RING},
    {"korsprick", MARKS, 0, 0, 10, 5,   MARK_PLUS, MARK_DOT },
    {"ringprick", MARKS, 0, 0, 12, 5,   MARK_RING, MARK_DOT },
    {"hatch",     HATCH, 3, 2, 0,  1,   0,         0        },
    {"cross",     CROSS, 3, 2, 0,  1,   0,         0        },
    {"dots",      DOTS,  2, 0, 10, 2,   0,         0        },
    {"grid",      GRID,  2, 0, 10, 1,   0,         0        },
    {"waves",     WAVES, 1, 0, 12, 1,   0,         0        },
    {"grass",     GRASS, 1, 0, 16, 1,   0,         0        },
    {"plus",      PLUS,  1, 0, 12, 5,   0,         0        },
    {"rings",     RINGS, 1, 0, 12, 5,   0,         0        },
    {"trees",     TREES, 1, 0, 20, 1,   0,         0        },
    {"marsh",     MARSH, 1, 0, 16, 1,   0,         0        },
};

/* A name, read. */
struct spec {
    const struct family_row *row;
    int32_t angle;         /* degrees */
    int32_t spacing, size; /* 1/64 CSS px */
    struct pk_rgba ink;
};

static bool read_hex(const char **p, uint8_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 2; i++, (*p)++) {
        char c = **p;
        if (c >= '0' && c <= '9')
            v = v * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            v = v * 16 + (uint32_t)(c - 'A' + 10);
        else
            return false;
    }
    *out = (uint8_t)v;
    return true;
}

static bool read_ink(const char **p, struct pk_rgba *ink)
{
    *ink = default_ink;
    if (!pk_parse_char(p, ':'))
        return true;
    ink->a = 255;
    if (!pk_parse_char(p, '#') || !read_hex(p, &ink->r) || !read_hex(p, &ink->g) ||
        !read_hex(p, &ink->b))
        return false;
    return pk_parse_end(*p) || read_hex(p, &ink->a);
}

static bool in_units(double px, int32_t min, int32_t max, int32_t *out)
{
    double v = px * PK_SHAPE_UNIT + 0.5;
    if (!(v >= min && v < (double)max + 1))
        return false;
    *out = (int32_t)v;
    return true;
}

static bool read_numbers(const char **p, const struct family_row *row, struct spec *out)
{
    double numbers[3];
    uint32_t n = 0;
    while (n < row->numbers && pk_parse_char(p, '-')) {
        if (!pk_parse_double(p, &numbers[n++]))
            return false;
    }
    if (n < row->required)
        return false;
    const double *rest = numbers;
    if (row->required == 2) {
        if (numbers[0] < 0 || numbers[0] > 359 || numbers[0] != (int32_t)numbers[0])
            return false;
        out->angle = (int32_t)numbers[0];
        rest++;
        n--;
    }
    double spacing = n > 0 ? rest[0] : row->spacing, size = n > 1 ? rest[1] : row->size;
    return in_units(spacing, SPACING_MIN, SPACING_MAX, &out->spacing) &&
           in_units(size, PK_SHAPE_UNIT / 4, out->spacing, &out->size);
}

static bool read_name(const char *name, struct spec *out)
{
    *out = (struct spec){0};
    for (size_t i = 0; i < PK_COUNT(families); i++) {
        const char *p = name;
        if (!pk_parse_word(&p, families[i].word) || (*p && *p != '-' && *p != ':'))
            continue;
        out->row = &families[i];
        return read_numbers(&p, out->row, out) && read_ink(&p, &out->ink) &&
               pk_parse_end(p);
    }
    return false;
}

bool pk_pattern_known(const char *name)
{
    struct spec spec;
    return name && strlen(name) < PK_PATTERN_NAME_MAX && read_name(name, &spec);
}

/* ---- lines ---- */

/* Share of a pixel (256 samples) that lies within `half` of a line whose distance
 * from the pixel's centre is d; everything in 1/65536 px. */
static uint8_t hatch_cover(int64_t d, int64_t half, int64_t per_x, int64_t per_y)
{
    uint32_t n = 0;
    for (int j = 0; j < HATCH_SAMPLES; j++) {
        for (int i = 0; i < HATCH_SAMPLES; i++) {
            int64_t at = d + ((2 * i + 1 - HATCH_SAMPLES) * per_x +
                              (2 * j + 1 - HATCH_SAMPLES) * per_y) /
                                 (2 * HATCH_SAMPLES);
            n += at >= -half && at < half;
        }
    }
    return (uint8_t)(n * 255 / (HATCH_SAMPLES * HATCH_SAMPLES));
}

static void make_hatch(struct pk_hatch *h, const struct spec *spec, int32_t angle,
                       uint32_t scale)
{
    const int64_t unit = 65536 / PK_SHAPE_UNIT;
    h->per_x = pk_sin(angle);
    h->per_y = pk_cos(angle);
    h->period = spec->spacing * unit * scale;
    int64_t half = spec->size * unit * scale / 2;
    uint32_t n = (uint32_t)(h->period >> HATCH_BITS) + 1;
    h->table = pk_xmalloc(n);
    for (uint32_t i = 0; i < n; i++) {
        int64_t d = ((int64_t)i << HATCH_BITS) + (1 << (HATCH_BITS - 1));
        if (d > h->period / 2)
            d -= h->period;
        h->table[i] = hatch_cover(d, half, h->per_x, h->per_y);
    }
}

static void hatch_row(const struct pk_hatch *h, int64_t x, int64_t y, uint32_t count,
                      uint8_t *out, bool join)
{
    int64_t at = x * h->per_x + h->per_x / 2 + y * h->per_y + h->per_y / 2;
    at %= h->period;
    if (at < 0)
        at += h->period;
    int64_t step = h->per_x % h->period;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t v = h->table[at >> HATCH_BITS];
        out[i] = join && out[i] > v ? out[i] : v;
        at += step;
        if (at >= h->period)
            at -= h->period;
        else if (at < 0)
            at += h->period;
    }
}

/* ---- cells ---- */

struct drawing {
    struct pk_shape shapes[SHAPES_MAX];
    uint32_t count;
    int32_t w, h; /* 1/64 CSS px */
};

static void bar(struct drawing *d, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                int32_t width)
{
    if (d->count < SHAPES_MAX)
        d->shapes[d->count++] = (struct pk_shape){PK_SHAPE_BAR, x0, y0, x1, y1, width};
}

static void disc(struct drawing *d, int32_t x, int32_t y, int32_t radius)
{
    if (d->count < SHAPES_MAX)
        d->shapes[d->count++] = (struct pk_shape){PK_SHAPE_DISC, x, y, radius, 0, 0};
}

static void ring(struct drawing *d, int32_t x, int32_t y, int32_t radius, int32_t width)
{
    if (d->count < SHAPES_MAX)
        d->shapes[d->count++] = (struct pk_shape){PK_SHAPE_RING, x, y, radius, 0, width};
}

static void plus(struct drawing *d, int32_t x, int32_t y, int32_t size, int32_t width)
{
    bar(d, x - size / 2, y, x + size / 2, y, width);
    bar(d, x, y - size / 2, x, y + size / 2, width);
}

static void tuft(struct drawing *d, int32_t x, int32_t y)
{
    const int32_t u = PK_SHAPE_UNIT;
    bar(d, x, y, x - 2 * u, y - 4 * u, u);
    bar(d, x, y, x, y - 5 * u, u);
    bar(d, x, y, x + 2 * u, y - 4 * u, u);
}

static void tree(struct drawing *d, int32_t x, int32_t y)
{
    const int32_t u = PK_SHAPE_UNIT;
    ring(d, x, y - 2 * u, 2 * u + u / 2, u);
    bar(d, x, y + u / 2, x, y + 4 * u, u);
}

static void reeds(struct drawing *d, int32_t x, int32_t y)
{
    const int32_t u = PK_SHAPE_UNIT;
    bar(d, x - 4 * u, y, x + 4 * u, y, u);
    bar(d, x - 2 * u, y, x - 2 * u, y - 2 * u, u);
    bar(d, x, y, x, y - 3 * u, u);
    bar(d, x + 2 * u, y, x + 2 * u, y - 2 * u, u);
}

static void wave(struct drawing *d, int32_t y, int32_t spacing)
{
    const int32_t steps = 16;
    for (int32_t i = 0; i < steps; i++) {
        int32_t a = spacing * i / steps, b = spacing * (i + 1) / steps;
        int32_t rise = spacing / 8;
        int32_t ya = y + rise * pk_sin(360 * i / steps) / 65536;
        int32_t yb = y + rise * pk_sin(360 * (i + 1) / steps) / 65536;
        bar(d, a, ya, b, yb, PK_SHAPE_UNIT);
        disc(d, b, yb, PK_SHAPE_UNIT / 2);
    }
}

static void one_shape(struct drawing *d, const struct spec *spec, int32_t x, int32_t y)
{
    switch (spec->row->family) {
    case DOTS:
        disc(d, x, y, spec->size / 2);
        break;
    case PLUS:
        plus(d, x, y, spec->size, PK_SHAPE_UNIT);
        break;
    case RINGS:
        ring(d, x, y, spec->size / 2, PK_SHAPE_UNIT);
        break;
    case GRASS:
        tuft(d, x, y);
        break;
    case TREES:
        tree(d, x, y);
        break;
    default:
        reeds(d, x, y);
        break;
    }
}

/* Most cells are one spacing wide and two high, with a shape in each half, the
 * lower one moved by half a spacing. */
static void describe(struct drawing *d, const struct spec *spec)
{
    int32_t s = spec->spacing, half = PK_SHAPE_UNIT / 2;
    d->w = s;
    d->h = 2 * s;
    if (spec->row->family == GRID) {
        d->h = s;
        bar(d, 0, spec->size / 2, s, spec->size / 2, spec->size);
        bar(d, spec->size / 2, 0, spec->size / 2, s, spec->size);
    } else if (spec->row->family == WAVES) {
        d->h = s;
        wave(d, s / 4 + half, s);
    } else {
        /* On pixel centres, so that small shapes are sharp at 1x. */
        int32_t a = s / 4 / PK_SHAPE_UNIT * PK_SHAPE_UNIT + half;
        one_shape(d, spec, a, s / 2 / PK_SHAPE_UNIT * PK_SHAPE_UNIT + half);
        one_shape(d, spec, a + s / 2, s + s / 2 / PK_SHAPE_UNIT * PK_SHAPE_UNIT + half);
    }
}

static void make_cell(struct pk_pattern *p, struct spec *spec)
{
    /* A cell is a whole number of CSS pixels. */
    spec->spacing = spec->spacing / PK_SHAPE_UNIT * PK_SHAPE_UNIT;
    struct drawing d = {.count = 0};
    describe(&d, spec);
    p->w = (uint32_t)(d.w / PK_SHAPE_UNIT) * p->scale;
    p->h = (uint32_t)(d.h / PK_SHAPE_UNIT) * p->scale;
    p->cell = pk_shapes_draw(d.shapes, d.count, p->w, p->h, p->scale, true);
}

/* ---- marks ---- */

static void make_stamp(struct pk_lattice *l, enum mark mark, const struct spec *spec,
                       uint32_t scale)
{
    const int32_t u = PK_SHAPE_UNIT;
    /* The side is an odd number of CSS pixels, the centre in the middle of one. */
    int32_t side = (spec->size / u + 1) / 2 * 2 + 3, middle = side * u / 2;
    struct drawing d = {.count = 0};
    if (mark == MARK_DOT)
        disc(&d, middle, middle, u * 3 / 4);
    else if (mark == MARK_PLUS)
        plus(&d, middle, middle, spec->size, u);
    else
        ring(&d, middle, middle, spec->size / 2, u);
    l->side = (uint32_t)side * scale;
    l->stamp = pk_shapes_draw(d.shapes, d.count, l->side, l->side, scale, false);
}

static void make_marks(struct pk_pattern *p, const struct spec *spec)
{
    int64_t step = spec->spacing / PK_SHAPE_UNIT * (int64_t)p->scale;
    int64_t half = (int64_t)p->scale * PK_SUB / 2;
    for (uint32_t i = 0; i < PK_PATTERN_LATTICES; i++) {
        struct pk_lattice *l = &p->lattices[i];
        l->step_x = step;
        l->step_y = 2 * step;
        /* Half a step aside in whole CSS pixels: steps are even. */
        l->off_x = half + (i ? step / 2 * PK_SUB : 0);
        l->off_y = half + (i ? step * PK_SUB : 0);
        make_stamp(l, i ? spec->row->odd : spec->row->even, spec, p->scale);
    }
}

/* ---- the set ---- */

static struct pk_pattern *make_pattern(const char *name, struct spec *spec,
                                       uint32_t scale)
{
    struct pk_pattern *p = pk_xcalloc(1, sizeof *p);
    memcpy(p->name, name, strlen(name) + 1);
    p->scale = scale;
    p->ink = spec->ink;
    if (spec->row->family == MARKS) {
        p->kind = PK_PATTERN_MARKS;
        make_marks(p, spec);
    } else if (spec->row->family == HATCH || spec->row->family == CROSS) {
        p->kind = PK_PATTERN_HATCH;
        p->hatch_count = spec->row->family == CROSS ? 2 : 1;
        for (uint32_t i = 0; i < p->hatch_count; i++)
            make_hatch(&p->hatches[i], spec, spec->angle + 90 * (int32_t)i, scale);
    } else {
        p->kind = PK_PATTERN_CELL;
        make_cell(p, spec);
    }
    return p;
}

struct pk_patterns *pk_patterns_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_patterns));
}

void pk_patterns_destroy(struct pk_patterns *set)
{
    if (!set)
        return;
    for (uint32_t i = 0; i < set->count; i++) {
        struct pk_pattern *p = set->made[i];
        for (uint32_t k = 0; k < PK_COUNT(p->hatches); k++)
            free(p->hatches[k].table);
        for (uint32_t k = 0; k < PK_COUNT(p->lattices); k++)
            free(p->lattices[k].stamp);
        free(p->cell);
        free(p);
    }
    free(set);
}

const struct pk_pattern *pk_patterns_get(struct pk_patterns *set, const char *name,
                                         uint32_t scale)
{
    struct spec spec;
    if (!name || scale < 1 || scale > 3 || strlen(name) >= PK_PATTERN_NAME_MAX)
        return NULL;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->made[i]->scale == scale && strcmp(set->made[i]->name, name) == 0)
            return set->made[i];
    }
    if (set->count == PK_PATTERNS_MAX || !read_name(name, &spec))
        return NULL;
    return set->made[set->count++] = make_pattern(name, &spec, scale);
}

bool pk_pattern_is_marks(const struct pk_pattern *p)
{
    return p->kind == PK_PATTERN_MARKS;
}

struct pk_rgba pk_pattern_ink(const struct pk_pattern *p)
{
    return p->ink;
}

static uint32_t wrapped(int64_t v, uint32_t n)
{
    int64_t m = v % (int64_t)n;
    return (uint32_t)(m < 0 ? m + (int64_t)n : m);
}

void pk_pattern_row(const struct pk_pattern *p, int64_t x, int64_t y, uint32_t count,
                    uint8_t *out)
{
    if (p->kind == PK_PATTERN_HATCH) {
        for (uint32_t i = 0; i < p->hatch_count; i++)
            hatch_row(&p->hatches[i], x, y, count, out, i > 0);
    } else if (p->kind == PK_PATTERN_CELL) {
        const uint8_t *row = p->cell + (size_t)wrapped(y, p->h) * p->w;
        uint32_t at = wrapped(x, p->w);
        for (uint32_t i = 0; i < count; i++) {
            out[i] = row[at];
            at = at + 1 < p->w ? at + 1 : 0;
        }
    } else {
        memset(out, 0, count);
    }
}
