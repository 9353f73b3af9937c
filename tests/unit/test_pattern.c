/* test_pattern.c - pattern names, anchoring, whole marks. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <string.h>

#include "tiles/pattern.h"
#include "unit/scene.h"

static void names_are_read_strictly(void **state)
{
    (void)state;
    static const char *const good[] = {"prickmark",
                                       "korsmark",
                                       "ringmark",
                                       "korsprick",
                                       "ringprick",
                                       "dots",
                                       "grid",
                                       "waves",
                                       "grass",
                                       "plus",
                                       "rings",
                                       "trees",
                                       "marsh",
                                       "dots-6",
                                       "dots-6-3",
                                       "grid-12-2",
                                       "hatch-0-4",
                                       "hatch-135-8",
                                       "waves-9",
                                       "hatch-45-5-1.5",
                                       "cross-0-8",
                                       "rings-14",
                                       "korsmark:#aa00ff",
                                       "hatch-45-5:#11223344"};
    static const char *const bad[] = {"",
                                      "prick",
                                      "prickmark-5",
                                      "hatch",
                                      "hatch-45",
                                      "hatch-45-",
                                      "hatch-360-5",
                                      "hatch-45-1",
                                      "hatch-45-65",
                                      "hatch--45-5",
                                      "hatch-45-5-9",
                                      "dots-5-6",
                                      "dots:red",
                                      "dots:#12345",
                                      "dots:#1234567",
                                      "dots:#123456789",
                                      "hatch-4.5-5",
                                      "dotsy",
                                      "waves-9-1",
                                      "grid-1e1",
                                      "hatch-45-5-1-1",
                                      "dots ",
                                      "dots-0"};
    struct pk_patterns *set = pk_patterns_create();
    for (size_t i = 0; i < PK_COUNT(good); i++) {
        assert_true(pk_pattern_known(good[i]));
        for (uint32_t scale = 1; scale <= 3; scale++) {
            const struct pk_pattern *p = pk_patterns_get(set, good[i], scale);
            assert_non_null(p);
            assert_ptr_equal(p, pk_patterns_get(set, good[i], scale));
        }
    }
    for (size_t i = 0; i < PK_COUNT(bad); i++) {
        if (pk_pattern_known(bad[i]))
            fail_msg("\"%s\" was taken", bad[i]);
        assert_null(pk_patterns_get(set, bad[i], 1));
    }
    assert_null(pk_patterns_get(set, "dots", 4));
    assert_null(pk_patterns_get(set, NULL, 1));
    struct pk_rgba ink = pk_pattern_ink(pk_patterns_get(set, "hatch-45-5:#11223344", 1));
    assert_true(ink.r == 0x11 && ink.g == 0x22 && ink.b == 0x33 && ink.a == 0x44);
    ink = pk_pattern_ink(pk_patterns_get(set, "prickmark", 1));
    assert_true(ink.r == 0x3c && ink.a == 255);
    pk_patterns_destroy(set);
}

static double cover_of(const struct pk_pattern *p, int64_t x, int64_t y, uint32_t side)
{
    uint8_t row[1024];
    double sum = 0;
    for (uint32_t i = 0; i < side; i++) {
        pk_pattern_row(p, x, y + i, side, row);
        for (uint32_t k = 0; k < side; k++)
            sum += row[k] / 255.0;
    }
    return sum / ((double)side * side);
}

static void hatches_cover_width_over_spacing_at_every_angle(void **state)
{
    (void)state;
    struct pk_patterns *set = pk_patterns_create();
    for (int angle = 0; angle < 180; angle += 15) {
        char name[40];
        snprintf(name, sizeof name, "hatch-%d-7-1.5", angle);
        for (uint32_t scale = 1; scale <= 3; scale++) {
            const struct pk_pattern *p = pk_patterns_get(set, name, scale);
            double cover = cover_of(p, -12345, 99999, 840);
            assert_true(cover > 1.5 / 7 - 0.006 && cover < 1.5 / 7 + 0.006);
        }
    }
    pk_patterns_destroy(set);
}

static void rows_do_not_depend_on_where_they_begin(void **state)
{
    (void)state;
    static const char *const names[] = {"hatch-45-5", "hatch-160-6.5", "cross-30-11",
                                        "grass",      "dots-7",        "grid"};
    struct pk_patterns *set = pk_patterns_create();
    uint8_t whole[512], part[512];
    const int64_t far = INT64_C(1) << 33;
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        const struct pk_pattern *p = pk_patterns_get(set, names[i], 2);
        for (int64_t y = -3; y < 40; y += 7) {
            pk_pattern_row(p, far - 256, y, 512, whole);
            for (uint32_t cut = 1; cut < 512; cut += 37) {
                pk_pattern_row(p, far - 256 + cut, y, 512 - cut, part);
                assert_memory_equal(whole + cut, part, 512 - cut);
            }
        }
    }
    pk_patterns_destroy(set);
}

static void hatch_at_45_rises_to_the_right(void **state)
{
    (void)state;
    struct pk_patterns *set = pk_patterns_create();
    const struct pk_pattern *p = pk_patterns_get(set, "hatch-45-8", 1);
    uint8_t a[65], b[64];
    for (int64_t y = 0; y < 30; y++) {
        pk_pattern_row(p, 0, y, 65, a);
        pk_pattern_row(p, 0, y + 1, 64, b);
        assert_memory_equal(a + 1, b, 64); /* one down is one to the left */
    }
    pk_patterns_destroy(set);
}

/* Inside, by crossings in double precision; far from edges only. */
static bool inside(const struct scene_line *ring, double x, double y, double *edge)
{
    bool in = false;
    *edge = 1e9;
    for (uint32_t i = 0; i + 1 < ring->count; i++) {
        double x0 = (double)ring->xy[2 * i], y0 = (double)ring->xy[2 * i + 1];
        double x1 = (double)ring->xy[2 * i + 2], y1 = (double)ring->xy[2 * i + 3];
        if ((y0 <= y) == (y1 <= y))
            continue;
        double at = x0 + (y - y0) * (x1 - x0) / (y1 - y0);
        *edge = at - x < *edge && at - x > -*edge ? (at > x ? at - x : x - at) : *edge;
        in ^= at <= x;
    }
    return in;
}

static void a_mark_is_whole_or_not_there(void **state)
{
    (void)state;
    struct pk_patterns *set = pk_patterns_create();
    struct pk_marks *marks = pk_marks_create();
    struct pk_surface s = {0};
    uint64_t random = 21;
    const int step = 10;
    for (int round = 0; round < 40; round++) {
        const struct pk_pattern *p = pk_patterns_get(set, "korsmark", 1);
        struct scene_line ring;
        scene_ring(&ring, &random, round % 2 ? SCENE_STAR : SCENE_TANGLE,
                   100 * 256 + round, 100 * 256, 90 * 256);
        assert_int_equal(pk_surface_begin(&s, 0, 0, 200, 200, NULL), PK_OK);
        pk_marks_begin(marks, &s, p);
        pk_marks_ring(marks, ring.xy, ring.count);
        pk_marks_paint(marks, &s, (struct pk_rgba){0, 0, 0, 255});
        uint32_t expected = 0, pixels = 0;
        for (int y = 0; y < 200; y += step) {
            for (int x = y / step % 2 ? step / 2 : 0; x < 200; x += step) {
                double edge;
                bool in = inside(&ring, x * 256 + 128, y * 256 + 128, &edge);
                uint32_t middle = s.px[y * 200 + x] >> 24;
                if (edge > 2)
                    assert_int_equal(middle, in ? 255 : 0);
                if (middle && x > 3 && y > 3 && x < 196 && y < 196)
                    expected += 9; /* a plus of five pixels, crossed */
                if (middle && (x <= 3 || y <= 3 || x >= 196 || y >= 196))
                    expected += UINT32_C(1) << 20;
            }
        }
        for (int i = 0; i < 200 * 200; i++)
            pixels += s.px[i] >> 24 == 255;
        if (expected < UINT32_C(1) << 20)
            assert_int_equal(pixels, expected);
    }
    pk_surface_finish(&s);
    pk_marks_destroy(marks);
    pk_patterns_destroy(set);
}

static void neighbours_share_out_the_marks_on_their_border(void **state)
{
    (void)state;
    /* Two areas whose border runs exactly through mark centres. */
    static const int64_t left[] = {-128, -128, 20608, -128, 20608, 51000, -128, 51000};
    static const int64_t right[] = {20608, -128, 51000, -128, 51000, 51000, 20608, 51000};
    static const int64_t both[] = {-128, -128, 51000, -128, 51000, 51000, -128, 51000};
    struct pk_patterns *set = pk_patterns_create();
    struct pk_marks *marks = pk_marks_create();
    struct pk_surface a = {0}, b = {0};
    const struct pk_pattern *p = pk_patterns_get(set, "prickmark", 1);
    const struct pk_rgba half = {0, 0, 0, 100}; /* twice would be darker */
    assert_int_equal(pk_surface_begin(&a, 0, 0, 200, 200, NULL), PK_OK);
    assert_int_equal(pk_surface_begin(&b, 0, 0, 200, 200, NULL), PK_OK);
    pk_marks_begin(marks, &a, p);
    pk_marks_ring(marks, left, 4);
    pk_marks_paint(marks, &a, half);
    pk_marks_begin(marks, &a, p);
    pk_marks_ring(marks, right, 4);
    pk_marks_paint(marks, &a, half);
    pk_marks_begin(marks, &b, p);
    pk_marks_ring(marks, both, 4);
    pk_marks_paint(marks, &b, half);
    assert_memory_equal(a.px, b.px, 200 * 200 * sizeof *a.px);
    assert_false(pk_surface_is_even(&a, NULL));
    pk_surface_finish(&a);
    pk_surface_finish(&b);
    pk_marks_destroy(marks);
    pk_patterns_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_strictly),
        cmocka_unit_test(hatches_cover_width_over_spacing_at_every_angle),
        cmocka_unit_test(rows_do_not_depend_on_where_they_begin),
        cmocka_unit_test(hatch_at_45_rises_to_the_right),
        cmocka_unit_test(a_mark_is_whole_or_not_there),
        cmocka_unit_test(neighbours_share_out_the_marks_on_their_border),
    };
    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
