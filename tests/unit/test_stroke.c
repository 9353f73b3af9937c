/* test_stroke.c - lines against distances, caps, joins, dashes and pens. */
#include "unit/pk_test.h"

#include <math.h>
#include <string.h>

#include "tiles/stroke.h"
#include "unit/scene.h"

enum { SIDE = 64 };

struct canvas {
    struct pk_raster *r;
    struct pk_surface s;
};

static int start(void **state)
{
    static struct canvas c;
    c = (struct canvas){pk_raster_create(), {0}};
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    struct canvas *c = *state;
    pk_raster_destroy(c->r);
    pk_surface_finish(&c->s);
    return 0;
}

static void draw(struct canvas *c, const struct pk_path *paths, uint32_t count,
                 const struct pk_pen *pen)
{
    const struct pk_ink ink = {
        {255, 255, 255, 255},
        NULL
    };
    assert_int_equal(pk_surface_begin(&c->s, 0, 0, SIDE, SIDE, NULL), PK_OK);
    pk_raster_begin(c->r, &c->s);
    pk_stroke(c->r, paths, count, pen);
    pk_raster_paint_mask(c->r, &c->s, &ink);
}

static void draw_line(struct canvas *c, const int64_t *xy, uint32_t count,
                      const struct pk_pen *pen)
{
    struct pk_path path = {xy, count, 0};
    draw(c, &path, 1, pen);
}

static double ink_of(const struct canvas *c)
{
    double sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += (c->s.px[i] >> 24) / 255.0;
    return sum;
}

static uint32_t at(const struct canvas *c, int x, int y)
{
    return c->s.px[y * SIDE + x] >> 24;
}

static double distance_to(double px, double py, const int64_t *a, const int64_t *b)
{
    double ax = (double)a[0] / 256, ay = (double)a[1] / 256;
    double dx = (double)b[0] / 256 - ax, dy = (double)b[1] / 256 - ay;
    double t = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(px - ax - t * dx, py - ay - t * dy);
}

/* Share of 16 x 16 points of a pixel that lie within half a width of the line. */
static double share(const int64_t *xy, uint32_t count, int x, int y, double half)
{
    int n = 0;
    for (int i = 0; i < 256; i++) {
        double px = x + (i % 16 + 0.5) / 16, py = y + (i / 16 + 0.5) / 16;
        for (uint32_t k = 0; k + 1 < count; k++) {
            if (distance_to(px, py, xy + 2 * k, xy + 2 * k + 2) <= half) {
                n++;
                break;
            }
        }
    }
    return n / 256.0;
}

static void round_lines_are_all_within_half_a_width(void **state)
{
    struct canvas *c = *state;
    uint64_t random = 42;
    for (int round = 0; round < 25; round++) {
        int64_t xy[8];
        for (int i = 0; i < 8; i++)
            xy[i] = scene_between(&random, 8 * 256, 56 * 256);
        struct pk_pen pen = {.width = (int32_t)scene_between(&random, 400, 3000),
                             .cap = PK_CAP_ROUND,
                             .join = PK_JOIN_ROUND,
                             .miter_limit = 512};
        draw_line(c, xy, 4, &pen);
        double worst = 0, sum = 0;
        for (int i = 0; i < SIDE * SIDE; i++) {
            double want = share(xy, 4, i % SIDE, i / SIDE, pen.width / 512.0);
            double off = fabs(want - (c->s.px[i] >> 24) / 255.0);
            worst = off > worst ? off : worst;
            sum += off;
        }
        /* Where parts of a line overlap their coverage is added, which is more than
         * the union; only border pixels of overlaps differ by more than sampling. */
        assert_true(worst < 0.5);
        assert_true(sum / (SIDE * SIDE) < 0.004);
    }
}

static void thin_lines_have_the_ink_of_their_area(void **state)
{
    struct canvas *c = *state;
    for (int32_t width = 100; width <= PK_THIN_WIDTH; width += 55) {
        for (int i = 0; i < 24; i++) {
            double angle = i * 0.26179938779914946;
            double length = 24;
            int64_t xy[] = {32 * 256 + 11, 32 * 256 + 77,
                            32 * 256 + 11 + (int64_t)(cos(angle) * length * 256),
                            32 * 256 + 77 + (int64_t)(sin(angle) * length * 256)};
            struct pk_pen pen = {.width = width, .miter_limit = 512};
            draw_line(c, xy, 2, &pen);
            double want = length * width / 256;
            assert_true(fabs(ink_of(c) - want) < 0.03 * want + 0.1);
        }
    }
}

static void a_line_is_the_same_whichever_way_it_runs(void **state)
{
    struct canvas *c = *state;
    uint64_t random = 6;
    uint32_t first[SIDE * SIDE];
    static const int32_t widths[] = {80, 256, 320, 321, 700, 2000};
    for (int round = 0; round < 60; round++) {
        int64_t xy[8], back[8];
        for (int i = 0; i < 8; i++)
            xy[i] = scene_between(&random, -20 * 256, 84 * 256);
        for (int i = 0; i < 4; i++) {
            back[2 * i] = xy[6 - 2 * i];
            back[2 * i + 1] = xy[7 - 2 * i];
        }
        struct pk_pen pen = {
            .width = widths[round % 6], .join = PK_JOIN_BEVEL, .miter_limit = 512};
        draw_line(c, xy, 4, &pen);
        memcpy(first, c->s.px, sizeof first);
        draw_line(c, back, 4, &pen);
        assert_memory_equal(first, c->s.px, sizeof first);
    }
}

static void a_straight_line_with_more_vertices_is_the_same_line(void **state)
{
    struct canvas *c = *state;
    static const int64_t two[] = {10 * 256, 20 * 256 + 100, 50 * 256, 20 * 256 + 100};
    static const int64_t many[] = {
        10 * 256,       20 * 256 + 100, 17 * 256 + 3,   20 * 256 + 100, 17 * 256 + 3,
        20 * 256 + 100, 30 * 256 + 128, 20 * 256 + 100, 50 * 256,       20 * 256 + 100};
    uint32_t first[SIDE * SIDE];
    static const int32_t widths[] = {150, 256, 320, 900};
    for (size_t i = 0; i < 4; i++) {
        struct pk_pen pen = {.width = widths[i], .miter_limit = 512};
        draw_line(c, two, 2, &pen);
        memcpy(first, c->s.px, sizeof first);
        draw_line(c, many, 5, &pen);
        assert_memory_equal(first, c->s.px, sizeof first);
    }
}

static void caps_reach_as_far_as_they_should(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {20 * 256, 30 * 256, 40 * 256, 30 * 256};
    struct pk_pen pen = {.width = 8 * 256, .miter_limit = 512};
    draw_line(c, xy, 2, &pen);
    assert_int_equal(at(c, 19, 30), 0);
    assert_int_equal(at(c, 20, 30), 255);
    assert_true(fabs(ink_of(c) - 160) < 0.5);
    pen.cap = PK_CAP_SQUARE;
    draw_line(c, xy, 2, &pen);
    assert_int_equal(at(c, 16, 26), 255);
    assert_int_equal(at(c, 15, 30), 0);
    assert_true(fabs(ink_of(c) - 224) < 0.5);
    pen.cap = PK_CAP_ROUND;
    draw_line(c, xy, 2, &pen);
    assert_int_equal(at(c, 16, 26), 0);
    assert_true(at(c, 16, 30) > 200);
    assert_true(fabs(ink_of(c) - 160 - 3.14159265 * 16) < 1.0);
}

static void joins_have_their_corners(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {10 * 256, 40 * 256, 40 * 256,
                                 40 * 256, 40 * 256, 10 * 256};
    struct pk_pen pen = {.width = 8 * 256, .miter_limit = 512, .join = PK_JOIN_MITER};
    draw_line(c, xy, 3, &pen);
    assert_int_equal(at(c, 43, 43), 255);
    pen.join = PK_JOIN_BEVEL;
    draw_line(c, xy, 3, &pen);
    assert_int_equal(at(c, 43, 43), 0);
    assert_int_equal(at(c, 40, 41), 255);
    pen.join = PK_JOIN_ROUND;
    draw_line(c, xy, 3, &pen);
    assert_int_equal(at(c, 43, 43), 0);
    assert_int_equal(at(c, 42, 41), 255);
    /* A miter above its limit is a bevel: a right angle has 1.41. */
    pen.join = PK_JOIN_MITER;
    pen.miter_limit = 350;
    draw_line(c, xy, 3, &pen);
    assert_int_equal(at(c, 43, 43), 0);
}

static void closed_lines_have_no_caps(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {16 * 256, 16 * 256, 48 * 256, 16 * 256, 48 * 256,
                                 48 * 256, 16 * 256, 48 * 256, 16 * 256, 16 * 256};
    struct pk_pen pen = {.width = 4 * 256, .miter_limit = 512, .join = PK_JOIN_MITER};
    draw_line(c, xy, 5, &pen);
    assert_int_equal(at(c, 14, 14), 255);
    assert_true(fabs(ink_of(c) - (36 * 36 - 28 * 28)) < 0.5);
}

static void dashes_count_from_the_start_length(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {0, 32 * 256, 64 * 256, 32 * 256};
    static const int32_t widths[] = {256, 1024};
    for (int w = 0; w < 2; w++) {
        for (int start_px = 0; start_px < 40; start_px += 3) {
            struct pk_pen pen = {
                .width = widths[w],
                .miter_limit = 512,
                .dash_count = 4,
                .dashes = {5 * 256, 3 * 256, 256, 3 * 256}
            };
            struct pk_path path = {xy, 2, start_px * 256};
            draw(c, &path, 1, &pen);
            for (int x = 0; x < SIDE; x++) {
                int phase = (x + start_px) % 12;
                int on = phase < 5 || phase == 8;
                assert_int_equal(at(c, x, 31), on ? (w ? 255 : 128) : 0);
            }
        }
    }
}

static void pieces_of_a_line_are_one_line(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {4 * 256,  10 * 256, 40 * 256, 14 * 256,
                                 44 * 256, 50 * 256, 60 * 256, 51 * 256};
    uint32_t first[SIDE * SIDE];
    for (int32_t width = 256; width < 3000; width += 1000) {
        for (int dashed = 0; dashed < 2; dashed++) {
            struct pk_pen pen = {
                .width = width,
                .miter_limit = 512,
                .join = PK_JOIN_ROUND,
                .cap = PK_CAP_ROUND,
                .dash_count = dashed ? 2 : 0,
                .dashes = {900, 2000}
            };
            draw_line(c, xy, 4, &pen);
            memcpy(first, c->s.px, sizeof first);
            double length = hypot(36 * 256, 4 * 256) + hypot(4 * 256, 36 * 256);
            struct pk_path paths[] = {
                {xy,     3, 0              },
                {xy + 4, 2, (int64_t)length}
            };
            draw(c, paths, 2, &pen);
            for (int i = 0; i < SIDE * SIDE; i++) {
                int off = (int)(first[i] >> 24) - (int)(c->s.px[i] >> 24);
                assert_true(off >= -3 && off <= 3);
            }
        }
    }
}

static void offsets_and_gaps_stand_beside_the_line(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {0, 32 * 256, 64 * 256, 32 * 256};
    struct pk_pen pen = {.width = 2 * 256, .miter_limit = 512, .offset = 5 * 256};
    draw_line(c, xy, 2, &pen);
    assert_int_equal(at(c, 30, 36), 255); /* to the right of east is south */
    assert_int_equal(at(c, 30, 37), 255);
    assert_int_equal(at(c, 30, 32), 0);
    assert_true(fabs(ink_of(c) - 128) < 0.5);
    pen.offset = 0;
    pen.gap = 4 * 256;
    draw_line(c, xy, 2, &pen);
    assert_int_equal(at(c, 30, 31), 0);
    assert_int_equal(at(c, 30, 32), 0);
    assert_int_equal(at(c, 30, 34), 255);
    assert_int_equal(at(c, 30, 29), 255);
    assert_true(fabs(ink_of(c) - 256) < 0.5);
}

static void nothing_reaches_beyond_the_reach(void **state)
{
    struct canvas *c = *state;
    uint64_t random = 8;
    for (int round = 0; round < 300; round++) {
        struct pk_line_paint paint = {.width = (double)scene_between(&random, 1, 80) / 10,
                                      .offset = (double)scene_between(&random, -6, 6),
                                      .gap_width = (double)scene_between(&random, 0, 4),
                                      .cap = (enum pk_cap)scene_between(&random, 0, 2),
                                      .join = (enum pk_join)scene_between(&random, 0, 2),
                                      .miter_limit =
                                          (double)scene_between(&random, 1, 6)};
        struct pk_pen pen;
        assert_true(pk_pen_of(&pen, &paint, 1));
        int64_t reach = pk_pen_reach(&pen), xy[12];
        for (int i = 0; i < 12; i += 2) { /* left of the window by the reach */
            xy[i] = -reach - scene_between(&random, 0, 5000);
            xy[i + 1] = scene_between(&random, 0, 64 * 256);
        }
        draw_line(c, xy, 6, &pen);
        assert_true(ink_of(c) == 0);
    }
}

static void pens_come_from_paint(void **state)
{
    (void)state;
    struct pk_pen pen;
    struct pk_line_paint paint = {.width = 1.5, .miter_limit = 2, .dash_count = 3};
    paint.dashes[0] = 4;
    paint.dashes[1] = 2;
    paint.dashes[2] = 1;
    assert_true(pk_pen_of(&pen, &paint, 2));
    assert_int_equal(pen.width, 768);
    assert_int_equal(pen.miter_limit, 512);
    assert_int_equal(pen.dash_count, 6);
    assert_int_equal(pen.dashes[3], 4 * 512);
    paint.dashes[0] = paint.dashes[1] = paint.dashes[2] = 0;
    assert_true(pk_pen_of(&pen, &paint, 1));
    assert_int_equal(pen.dash_count, 0);
    paint.width = 0;
    assert_false(pk_pen_of(&pen, &paint, 1));
    paint.width = NAN;
    assert_false(pk_pen_of(&pen, &paint, 1));
    paint.width = 1e30;
    assert_true(pk_pen_of(&pen, &paint, 3));
    assert_int_equal(pen.width, PK_STROKE_WIDTH_MAX);
}

static void lines_without_length_draw_nothing(void **state)
{
    struct canvas *c = *state;
    static const int64_t xy[] = {5000, 5000, 5000, 5000, 5000, 5000};
    struct pk_pen pen = {.width = 2000, .miter_limit = 512, .cap = PK_CAP_ROUND};
    draw_line(c, xy, 3, &pen);
    assert_true(ink_of(c) == 0);
    draw_line(c, xy, 1, &pen);
    draw_line(c, NULL, 0, &pen);
    assert_true(ink_of(c) == 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(round_lines_are_all_within_half_a_width),
        TEST(thin_lines_have_the_ink_of_their_area),
        TEST(a_line_is_the_same_whichever_way_it_runs),
        TEST(a_straight_line_with_more_vertices_is_the_same_line),
        TEST(caps_reach_as_far_as_they_should),
        TEST(joins_have_their_corners),
        TEST(closed_lines_have_no_caps),
        TEST(dashes_count_from_the_start_length),
        TEST(pieces_of_a_line_are_one_line),
        TEST(offsets_and_gaps_stand_beside_the_line),
        TEST(nothing_reaches_beyond_the_reach),
        TEST(pens_come_from_paint),
        TEST(lines_without_length_draw_nothing),
    };
    return cmocka_run_group_tests_name("stroke", tests, NULL, NULL);
}
