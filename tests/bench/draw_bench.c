/*
 * draw_bench.c - microseconds per operation of the drawing core. Not a test: it
 * prints, nobody asserts. `draw_bench [rounds]`, lowest of five batches each.
 *
 * The picture is like a z16 tile of a town: zones that fill it, lots within them,
 * a few hatched and marked areas, dashed plan borders.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "tiles/circle.h"
#include "tiles/pattern.h"
#include "tiles/png.h"
#include "tiles/raster.h"
#include "tiles/stroke.h"

enum { SIDE = 256, SHAPES = 400, VERTICES = 40, BATCHES = 5 };

struct shape {
    int64_t xy[2 * VERTICES];
    uint32_t count;
};

struct bench {
    struct pk_surface s;
    struct pk_raster *r;
    struct pk_patterns *patterns;
    struct pk_marks *marks;
    struct pk_png *png;
    struct pk_palette *palette;
    struct pk_buf buf;
    struct shape zones[SHAPES], lots[SHAPES], plans[SHAPES];
    uint32_t zone_count, lot_count, plan_count;
    uint32_t rounds;
};

static const struct pk_rgba colours[] = {
    {0xff, 0xd9, 0x3b, 255},
    {0xa5, 0xda, 0xfb, 255},
    {0xb2, 0xec, 0x40, 255},
    {0xd1, 0xb6, 0xe1, 255},
    {0xd9, 0xd9, 0xd9, 255},
    {0xff, 0xff, 0xff, 255},
    {0x1a, 0x1a, 0x1a, 255},
    {0x3c, 0x3c, 0x3c, 255}
};

static uint64_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A cell of a slightly uneven lattice, its sides with `per_side` vertices. */
static uint32_t lattice(struct shape *out, int64_t step, uint32_t per_side, uint64_t seed)
{
    uint32_t n = 0;
    for (int64_t y = -step; y < SIDE * 256 + step; y += step) {
        for (int64_t x = -step; x < SIDE * 256 + step && n < SHAPES; x += step) {
            struct shape *s = &out[n++];
            const int64_t corner[5][2] = {
                {x,        y       },
                {x + step, y       },
                {x + step, y + step},
                {x,        y + step},
                {x,        y       }
            };
            s->count = 0;
            for (uint32_t side = 0; side < 4; side++) {
                for (uint32_t i = 0; i < per_side; i++) {
                    for (int axis = 0; axis < 2; axis++) {
                        int64_t a = corner[side][axis], b = corner[side + 1][axis];
                        int64_t v = a + (b - a) * i / per_side;
                        s->xy[2 * s->count + axis] =
                            v * 9 / 10 + v % step / 8 + (int64_t)random_next(&seed) % 500;
                    }
                    s->count++;
                }
            }
            s->xy[2 * s->count] = s->xy[0];
            s->xy[2 * s->count + 1] = s->xy[1];
            s->count++;
        }
    }
    return n;
}

static void clear(struct bench *b)
{
    pk_surface_clear(&b->s, colours[5]);
}

static void fill(struct bench *b)
{
    for (uint32_t i = 0; i < b->zone_count; i++) {
        struct pk_ink ink = {colours[i % 5], NULL};
        pk_raster_ring(b->r, b->zones[i].xy, b->zones[i].count);
        pk_raster_fill(b->r, &b->s, PK_EVEN_ODD, &ink);
    }
}

static void fill_see_through(struct bench *b)
{
    for (uint32_t i = 0; i < b->zone_count; i++) {
        struct pk_ink ink = {colours[i % 5], NULL};
        ink.colour.a = 160;
        pk_raster_ring(b->r, b->zones[i].xy, b->zones[i].count);
        pk_raster_fill(b->r, &b->s, PK_EVEN_ODD, &ink);
    }
}

static void buildings(struct bench *b)
{
    for (uint32_t i = 0; i < b->lot_count; i++) {
        struct pk_ink ink = {colours[i % 5], NULL};
        pk_raster_ring(b->r, b->lots[i].xy, b->lots[i].count);
        pk_raster_fill(b->r, &b->s, PK_EVEN_ODD, &ink);
    }
}

static void cover(struct bench *b)
{
    static const int64_t all[] = {-900000, -900000, 900000,  -800000,
                                  950000,  900000,  -900000, 900000};
    struct pk_ink ink = {colours[1], NULL};
    pk_raster_ring(b->r, all, 4);
    pk_raster_fill(b->r, &b->s, PK_EVEN_ODD, &ink);
}

static void hatch(struct bench *b)
{
    struct pk_ink ink = {colours[7], pk_patterns_get(b->patterns, "hatch-45-5", 1)};
    for (uint32_t i = 0; i < b->zone_count; i += 6) {
        pk_raster_ring(b->r, b->zones[i].xy, b->zones[i].count);
        pk_raster_fill(b->r, &b->s, PK_EVEN_ODD, &ink);
    }
}

static void prick(struct bench *b)
{
    const struct pk_pattern *p = pk_patterns_get(b->patterns, "prickmark", 1);
    for (uint32_t i = 0; i < b->zone_count; i += 6) {
        pk_marks_begin(b->marks, &b->s, p);
        pk_marks_ring(b->marks, b->zones[i].xy, b->zones[i].count);
        pk_marks_paint(b->marks, &b->s, colours[7]);
    }
}

static void strokes(struct bench *b, const struct shape *shapes, uint32_t n, double width,
                    uint32_t dashes, bool each)
{
    struct pk_line_paint paint = {
        .width = width,
        .miter_limit = 2,
        .dash_count = dashes,
        .dashes = {8, 4, 4, 4, 16, 4, 8, 4}
    };
    struct pk_ink ink = {colours[6], NULL};
    struct pk_pen pen;
    if (!pk_pen_of(&pen, &paint, 1))
        return;
    for (uint32_t i = 0; i < n; i++) {
        struct pk_path path = {shapes[i].xy, shapes[i].count, 0};
        pk_stroke(b->r, &path, 1, &pen);
        if (each)
            pk_raster_paint_mask(b->r, &b->s, &ink);
    }
    if (!each)
        pk_raster_paint_mask(b->r, &b->s, &ink);
}

static void thin_per_layer(struct bench *b)
{
    strokes(b, b->lots, b->lot_count, 0.7, 0, false);
}

static void thin_per_feature(struct bench *b)
{
    strokes(b, b->lots, b->lot_count, 0.7, 0, true);
}

static void thin_dashed(struct bench *b)
{
    strokes(b, b->lots, b->lot_count, 1, 8, false);
}

static void wide(struct bench *b)
{
    strokes(b, b->zones, b->zone_count, 2, 0, false);
}

static void wide_dashed(struct bench *b)
{
    strokes(b, b->plans, b->plan_count, 3, 8, false);
}

static void encode(struct bench *b, const struct pk_palette *palette)
{
    pk_buf_clear(&b->buf);
    if (pk_png_write(&b->buf, b->png, &b->s, palette, 1, NULL) != PK_OK)
        puts("no picture");
}

static void encode_palette(struct bench *b)
{
    encode(b, b->palette);
}

static void encode_exact(struct bench *b)
{
    encode(b, NULL);
}

static void tile(struct bench *b)
{
    clear(b);
    fill(b);
    hatch(b);
    prick(b);
    wide(b);
    thin_per_layer(b);
    wide_dashed(b);
}

static void tile_encoded(struct bench *b)
{
    tile(b);
    encode_palette(b);
}

static void palette(struct bench *b)
{
    pk_palette_destroy(b->palette);
    b->palette = pk_palette_create(colours, PK_COUNT(colours), true);
}

static const struct {
    const char *name;
    void (*run)(struct bench *b);
    uint32_t share; /* of the rounds */
} operations[] = {
    {"clear",                             clear,            1  },
    {"one area over the whole tile",      cover,            1  },
    {"fill zones",                        fill,             1  },
    {"fill zones, see-through",           fill_see_through, 1  },
    {"fill lots (small areas)",           buildings,        1  },
    {"hatch every sixth zone",            hatch,            1  },
    {"prickmark in every sixth zone",     prick,            1  },
    {"lots 0.7 px, a mask for the layer", thin_per_layer,   1  },
    {"lots 0.7 px, a mask for each",      thin_per_feature, 1  },
    {"lots 1 px, dashed",                 thin_dashed,      1  },
    {"zones 2 px",                        wide,             1  },
    {"plans 3 px, dashed",                wide_dashed,      1  },
    {"whole tile, drawn",                 tile,             1  },
    {"encode, palette",                   encode_palette,   1  },
    {"whole tile, drawn and encoded",     tile_encoded,     1  },
    {"encode, exact",                     encode_exact,     4  },
    {"make a palette (once per style)",   palette,          100},
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(struct bench *b, size_t i)
{
    double best = 1e9;
    uint32_t rounds = b->rounds / operations[i].share + 1;
    for (int batch = 0; batch < BATCHES; batch++) {
        double begin = seconds();
        for (uint32_t k = 0; k < rounds; k++)
            operations[i].run(b);
        double us = (seconds() - begin) * 1e6 / rounds;
        best = us < best ? us : best;
    }
    printf("%-36s %9.1f us\n", operations[i].name, best);
}

int main(int argc, char **argv)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    b->rounds = 100;
    if (argc > 1 && !pk_parse_all_u32(argv[1], 100000, &b->rounds)) {
        fprintf(stderr, "usage: draw_bench [rounds]\n");
        return 2;
    }
    b->r = pk_raster_create();
    b->patterns = pk_patterns_create();
    b->marks = pk_marks_create();
    b->png = pk_png_create();
    pk_buf_init(&b->buf, 1 << 22);
    palette(b);
    b->zone_count = lattice(b->zones, 45 * 256, 6, 1);
    b->lot_count = lattice(b->lots, 17 * 256, 2, 2);
    b->plan_count = lattice(b->plans, 120 * 256, 8, 3);
    if (pk_surface_begin(&b->s, 0, 0, SIDE, SIDE, NULL) != PK_OK)
        return 1;
    pk_raster_begin(b->r, &b->s);
    printf("%u zones of 24 vertices, %u lots of 8, %u plans of 32\n", b->zone_count,
           b->lot_count, b->plan_count);
    for (size_t i = 0; i < PK_COUNT(operations); i++)
        report(b, i);
    tile_encoded(b);
    printf("%zu bytes\n", b->buf.len);
    if (argc > 2) {
        FILE *f = fopen(argv[2], "wb");
        if (f) {
            fwrite(b->buf.data, 1, b->buf.len, f);
            fclose(f);
        }
    }
    pk_raster_destroy(b->r);
    pk_patterns_destroy(b->patterns);
    pk_marks_destroy(b->marks);
    pk_png_destroy(b->png);
    pk_palette_destroy(b->palette);
    pk_buf_finish(&b->buf);
    pk_surface_finish(&b->s);
    free(b);
    return 0;
}
