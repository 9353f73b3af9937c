#include "unit/scene.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tiles/circle.h"
#include "tiles/pattern.h"
#include "tiles/raster.h"
#include "tiles/stroke.h"

/* Where the scene lies in the grid: far from 0, as maps do. */
#define CORNER_X INT64_C(36028797)
#define CORNER_Y INT64_C(19922944)

uint64_t scene_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(2685821657736338717);
}

int64_t scene_between(uint64_t *state, int64_t lo, int64_t hi)
{
    return lo + (int64_t)(scene_next(state) >> 1) % (hi - lo + 1);
}

static void put(struct scene_line *l, int64_t x, int64_t y)
{
    assert(l->count < SCENE_POINTS);
    l->xy[2 * l->count] = x;
    l->xy[2 * l->count + 1] = y;
    l->count++;
}

static void star(struct scene_line *out, uint64_t *state, int64_t cx, int64_t cy,
                 int64_t size)
{
    int32_t n = (int32_t)scene_between(state, 3, SCENE_POINTS - 2);
    for (int32_t i = 0; i < n; i++) {
        int64_t r = scene_between(state, size / 3, size);
        int32_t angle = 360 * i / n;
        put(out, cx + r * pk_cos(angle) / 65536, cy + r * pk_sin(angle) / 65536);
    }
}

static void box(struct scene_line *out, uint64_t *state, int64_t cx, int64_t cy,
                int64_t size)
{
    int64_t left = cx - size, top = cy - size;
    int64_t right = cx + scene_between(state, 1, size), bottom = cy + size / 2;
    if (scene_between(state, 0, 1)) { /* on pixel borders */
        left &= ~INT64_C(255);
        top &= ~INT64_C(255);
        right &= ~INT64_C(255);
    }
    put(out, left, top);
    put(out, right, top);
    put(out, right, bottom);
    put(out, left, bottom);
}

static void dust(struct scene_line *out, uint64_t *state, int64_t cx, int64_t cy)
{
    for (int i = 0; i < 20; i++) {
        put(out, cx, cy);
        cx += scene_between(state, -1, 1);
        cy += scene_between(state, -1, 1);
        if (i == 10)
            cx += 700;
    }
}

static void touching(struct scene_line *out, int64_t cx, int64_t cy, int64_t size)
{
    put(out, cx, cy);
    put(out, cx + size, cy - size / 2);
    put(out, cx + size, cy + size / 2);
    put(out, cx, cy); /* two triangles that meet in a point */
    put(out, cx - size, cy + size / 3);
    put(out, cx - size, cy - size / 3);
    put(out, cx - size / 2, cy - size / 6); /* out and back along one edge */
    put(out, cx - size / 2, cy - size);
    put(out, cx - size / 2, cy - size / 6);
}

void scene_ring(struct scene_line *out, uint64_t *state, enum scene_kind kind, int64_t cx,
                int64_t cy, int64_t size)
{
    out->count = 0;
    int64_t reach = kind == SCENE_LONG ? INT64_C(1) << 35 : size;
    switch (kind) {
    case SCENE_STAR:
        star(out, state, cx, cy, size);
        break;
    case SCENE_BOX:
        box(out, state, cx, cy, size);
        break;
    case SCENE_DUST:
        dust(out, state, cx, cy);
        break;
    case SCENE_TOUCHING:
        touching(out, cx, cy, size);
        break;
    default:
        put(out, cx, cy);
        for (int i = 0; i < (kind == SCENE_LONG ? 3 : 9); i++)
            put(out, cx + scene_between(state, -reach, reach),
                cy + scene_between(state, -reach, reach));
        break;
    }
    put(out, out->xy[0], out->xy[1]);
}

struct tools {
    struct pk_raster *raster;
    struct pk_patterns *patterns;
    struct pk_marks *marks;
    struct pk_surface *s;
    uint32_t scale;
};

static struct pk_rgba colour_of(uint64_t *state)
{
    uint64_t v = scene_next(state);
    static const uint8_t alphas[] = {255, 255, 200, 128, 3};
    return (struct pk_rgba){(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                            alphas[(v >> 32) % 5]};
}

static void draw_fill(struct tools *t, const struct scene_line *ring,
                      const struct scene_line *hole, uint64_t *state)
{
    struct pk_ink ink = {colour_of(state), NULL};
    pk_raster_ring(t->raster, ring->xy, ring->count);
    pk_raster_ring(t->raster, hole->xy, hole->count);
    pk_raster_fill(t->raster, t->s,
                   scene_between(state, 0, 3) ? PK_EVEN_ODD : PK_NON_ZERO, &ink);
}

static void draw_pattern(struct tools *t, const struct scene_line *ring, uint64_t *state)
{
    static const char *const names[] = {
        "prickmark", "korsmark:#aa0000", "ringmark", "hatch-45-5",  "hatch-135-8-2.5",
        "grass",     "ringprick",        "waves-9",  "cross-30-11", "dots-6-3:#00ff0080"};
    const struct pk_pattern *p =
        pk_patterns_get(t->patterns, names[scene_between(state, 0, 9)], t->scale);
    assert(p);
    if (pk_pattern_is_marks(p)) {
        pk_marks_begin(t->marks, t->s, p);
        pk_marks_ring(t->marks, ring->xy, ring->count);
        pk_marks_paint(t->marks, t->s, (struct pk_rgba){0, 0, 0, 0});
    } else {
        struct pk_ink ink = {
            {0, 0, 0, 0},
            p
        };
        pk_raster_ring(t->raster, ring->xy, ring->count);
        pk_raster_fill(t->raster, t->s, PK_EVEN_ODD, &ink);
    }
}

static void draw_stroke(struct tools *t, const struct scene_line *line, uint64_t *state)
{
    static const double widths[] = {0.3, 0.6, 1, 1.25, 1.3, 2, 3.5, 9, 40};
    struct pk_line_paint paint = {
        .width = widths[scene_between(state, 0, 8)],
        .cap = (enum pk_cap)scene_between(state, 0, 2),
        .join = (enum pk_join)scene_between(state, 0, 2),
        .miter_limit = (double)scene_between(state, 1, 5),
    };
    if (scene_between(state, 0, 3) == 0)
        paint.offset = (double)scene_between(state, -9, 9);
    if (scene_between(state, 0, 3) == 0)
        paint.gap_width = (double)scene_between(state, 1, 5);
    if (scene_between(state, 0, 1)) {
        paint.dash_count = (uint32_t)scene_between(state, 1, 8);
        for (uint32_t i = 0; i < paint.dash_count; i++)
            paint.dashes[i] = (double)scene_between(state, 0, 160) / 10;
    }
    struct pk_pen pen;
    struct pk_path path = {line->xy, line->count - (uint32_t)scene_between(state, 0, 1),
                           scene_between(state, 0, 100000)};
    struct pk_ink ink = {colour_of(state), NULL};
    if (!pk_pen_of(&pen, &paint, t->scale))
        return;
    pk_stroke(t->raster, &path, 1, &pen);
    if (scene_between(state, 0, 2)) /* else together with the next */
        pk_raster_paint_mask(t->raster, t->s, &ink);
}

static struct tools make_tools(uint32_t scale)
{
    return (struct tools){pk_raster_create(), pk_patterns_create(), pk_marks_create(),
                          NULL, scale};
}

static void drop_tools(struct tools *t)
{
    pk_raster_destroy(t->raster);
    pk_patterns_destroy(t->patterns);
    pk_marks_destroy(t->marks);
}

static void draw_scene(struct tools *t, struct pk_surface *s, uint64_t seed, int zoom,
                       int what, int64_t x, int64_t y, uint32_t side)
{
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    t->s = s;
    int64_t corner_x = CORNER_X << zoom, corner_y = CORNER_Y << zoom;
    enum pk_status st = pk_surface_begin(s, corner_x + x, corner_y + y, side, side, NULL);
    assert(st == PK_OK);
    (void)st;
    if (seed % 2)
        pk_surface_clear(s, (struct pk_rgba){255, 255, 255, 255});
    pk_raster_begin(t->raster, s);
    for (int i = 0; i < 60; i++) {
        struct scene_line ring, hole;
        enum scene_kind kind = (enum scene_kind)(i % SCENE_KINDS);
        /* Places and sizes in the coarsest pixels, so that zooms show the same. */
        int64_t cx =
            corner_x * 256 + scene_between(&state, -20000, 280000) * (INT64_C(1) << zoom);
        int64_t cy =
            corner_y * 256 + scene_between(&state, -20000, 280000) * (INT64_C(1) << zoom);
        int64_t size = scene_between(&state, 100, 60000) << zoom;
        scene_ring(&ring, &state, kind, cx, cy, size);
        scene_ring(&hole, &state, SCENE_STAR, cx + 77, cy, size / 3 + 9);
        if (what & SCENE_FILLS)
            draw_fill(t, &ring, &hole, &state);
        if (what & SCENE_PATTERNS)
            draw_pattern(t, &ring, &state);
        if (what & SCENE_LINES)
            draw_stroke(t, &ring, &state);
    }
}

void scene_draw(struct pk_surface *s, uint64_t seed, int zoom, uint32_t scale, int what,
                int64_t x, int64_t y, uint32_t side)
{
    struct tools t = make_tools(scale);
    draw_scene(&t, s, seed, zoom, what, x, y, side);
    drop_tools(&t);
}

uint64_t scene_crop_faults(uint64_t seed, int zoom, uint32_t scale, int what,
                           uint32_t side, uint32_t parts)
{
    struct pk_surface whole = {0}, tile = {0};
    uint64_t faults = 0;
    uint32_t step = side / parts;
    struct tools t = make_tools(scale);
    draw_scene(&t, &whole, seed, zoom, what, 0, 0, side);
    for (uint32_t ty = 0; ty < parts; ty++) {
        for (uint32_t tx = 0; tx < parts; tx++) {
            draw_scene(&t, &tile, seed, zoom, what, (int64_t)tx * step,
                       (int64_t)ty * step, step);
            for (uint32_t y = 0; y < step; y++) {
                const uint32_t *a = tile.px + (size_t)y * step;
                const uint32_t *b =
                    whole.px + (size_t)(ty * step + y) * side + (size_t)tx * step;
                for (uint32_t x = 0; x < step; x++)
                    faults += a[x] != b[x];
            }
        }
    }
    drop_tools(&t);
    pk_surface_finish(&whole);
    pk_surface_finish(&tile);
    return faults;
}
