/* test_raster.c - coverage of polygons: the same in every window, and right. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tiles/circle.h"
#include "tiles/raster.h"
#include "unit/scene.h"

#ifdef PK_FAULT_CLIP
/* Built with the fault: the comparison of windows must see it. */
static void a_rasteriser_that_clips_is_found_out(void **state)
{
    (void)state;
    assert_true(scene_crop_faults(1, 0, 1, SCENE_FILLS, 1024, 4) > 0);
    assert_true(scene_crop_faults(2, 3, 1, SCENE_ALL, 1024, 4) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rasteriser_that_clips_is_found_out),
    };
    return cmocka_run_group_tests_name("raster_fault", tests, NULL, NULL);
}
#else

static const struct pk_rgba white = {255, 255, 255, 255}, black = {0, 0, 0, 255};

static void a_large_picture_equals_its_tiles(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (uint64_t)pk_cases(4); seed++) {
        for (int zoom = 0; zoom <= 6; zoom += 2)
            assert_int_equal(
                scene_crop_faults(seed, zoom, 1 + seed % 3, SCENE_FILLS, 1024, 4), 0);
    }
}

static void lines_and_patterns_too(void **state)
{
    (void)state;
    for (uint64_t seed = 11; seed <= 10 + (uint64_t)pk_cases(6); seed++) {
        int zoom = (int)(seed % 4) * 2;
        uint32_t scale = 1 + (uint32_t)(seed % 3);
        assert_int_equal(scene_crop_faults(seed, zoom, scale, SCENE_LINES, 1024, 4), 0);
        assert_int_equal(scene_crop_faults(seed, zoom, scale, SCENE_PATTERNS, 1024, 4),
                         0);
        assert_int_equal(scene_crop_faults(seed, zoom, scale, SCENE_ALL, 1024, 4), 0);
    }
}

static void tiles_may_have_any_size(void **state)
{
    (void)state;
    assert_int_equal(scene_crop_faults(21, 1, 1, SCENE_ALL, 1020, 12), 0); /* 85 px */
    assert_int_equal(scene_crop_faults(22, 2, 2, SCENE_ALL, 150, 30), 0);  /* 5 px */
    assert_int_equal(scene_crop_faults(23, 0, 1, SCENE_ALL, 24, 24), 0);   /* 1 px */
}

static void the_same_scene_gives_the_same_pixels(void **state)
{
    (void)state;
    struct pk_surface a = {0}, b = {0};
    scene_draw(&a, 5, 2, 2, SCENE_ALL, -100, 33, 700);
    scene_draw(&b, 5, 2, 2, SCENE_ALL, -100, 33, 700);
    assert_memory_equal(a.px, b.px, 700 * 700 * sizeof *a.px);
    pk_surface_finish(&a);
    pk_surface_finish(&b);
}

/* ---- an independent way to the area: cut the polygon at the pixel's sides ---- */

struct poly {
    double x[256], y[256];
    int n;
};

static void cut(struct poly *p, int axis, double at, int keep_above)
{
    struct poly out = {.n = 0};
    for (int i = 0; i < p->n; i++) {
        int k = (i + 1) % p->n;
        double a = axis ? p->y[i] : p->x[i], b = axis ? p->y[k] : p->x[k];
        int in_a = keep_above ? a >= at : a <= at, in_b = keep_above ? b >= at : b <= at;
        if (in_a) {
            out.x[out.n] = p->x[i];
            out.y[out.n++] = p->y[i];
        }
        if (in_a != in_b) {
            double t = (at - a) / (b - a);
            out.x[out.n] = p->x[i] + t * (p->x[k] - p->x[i]);
            out.y[out.n++] = p->y[i] + t * (p->y[k] - p->y[i]);
        }
    }
    *p = out;
}

static double area_in_pixel(const struct scene_line *ring, int64_t px, int64_t py)
{
    struct poly p = {.n = 0};
    for (uint32_t i = 0; i + 1 < ring->count; i++) {
        p.x[p.n] = (double)ring->xy[2 * i] / 256 - (double)px;
        p.y[p.n++] = (double)ring->xy[2 * i + 1] / 256 - (double)py;
    }
    cut(&p, 0, 0, 1);
    cut(&p, 0, 1, 0);
    cut(&p, 1, 0, 1);
    cut(&p, 1, 1, 0);
    double area = 0;
    for (int i = 0; i < p.n; i++) {
        int k = (i + 1) % p.n;
        area += p.x[i] * p.y[k] - p.x[k] * p.y[i];
    }
    return fabs(area) / 2;
}

static void coverage_is_the_area(void **state)
{
    (void)state;
    struct pk_raster *r = pk_raster_create();
    struct pk_surface s = {0};
    uint64_t random = 77;
    const struct pk_ink ink = {white, NULL};
    for (int round = 0; round < 60; round++) {
        struct scene_line ring;
        enum scene_kind kind = round % 2 ? SCENE_STAR : SCENE_BOX;
        scene_ring(&ring, &random, kind, 20 * 256 + round, 20 * 256, 200 + round * 90);
        assert_int_equal(pk_surface_begin(&s, 0, 0, 40, 40, NULL), PK_OK);
        pk_surface_clear(&s, black);
        pk_raster_begin(r, &s);
        pk_raster_ring(r, ring.xy, ring.count);
        pk_raster_fill(r, &s, PK_EVEN_ODD, &ink);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 40; x++) {
                double want = area_in_pixel(&ring, x, y) * 255;
                double have = s.px[y * 40 + x] & 255;
                /* 1/256 px of rounding at each crossing, and a whole step */
                assert_true(fabs(want - have) <= 3.0);
            }
        }
    }
    pk_surface_finish(&s);
    pk_raster_destroy(r);
}

static uint32_t red_at(const struct pk_surface *s, uint32_t x, uint32_t y)
{
    return s->px[y * s->w + x] & 255;
}

static void holes_are_holes_whichever_way_they_turn(void **state)
{
    (void)state;
    static const int64_t outer[] = {512, 512, 7680, 512, 7680, 7680, 512, 7680};
    static const int64_t hole[2][8] = {
        {2048, 2048, 5120, 2048, 5120, 5120, 2048, 5120},
        {2048, 2048, 2048, 5120, 5120, 5120, 5120, 2048}
    };
    struct pk_raster *r = pk_raster_create();
    struct pk_surface s = {0};
    const struct pk_ink ink = {white, NULL};
    for (int way = 0; way < 2; way++) {
        assert_int_equal(pk_surface_begin(&s, 0, 0, 32, 32, NULL), PK_OK);
        pk_raster_begin(r, &s);
        pk_raster_ring(r, outer, 4);
        pk_raster_ring(r, hole[way], 4);
        pk_raster_fill(r, &s, PK_EVEN_ODD, &ink);
        assert_int_equal(red_at(&s, 1, 1), 0);
        assert_int_equal(red_at(&s, 4, 4), 255);
        assert_int_equal(red_at(&s, 12, 12), 0);
        assert_int_equal(red_at(&s, 25, 12), 255);
        assert_int_equal(red_at(&s, 30, 12), 0);
    }
    pk_surface_finish(&s);
    pk_raster_destroy(r);
}

static void neighbours_that_share_an_edge_leave_no_seam(void **state)
{
    (void)state;
    struct pk_raster *r = pk_raster_create();
    struct pk_surface s = {0};
    const struct pk_ink ink = {white, NULL};
    uint64_t random = 5;
    for (int round = 0; round < 50; round++) {
        int64_t x0 = scene_between(&random, 0, 64 * 256);
        int64_t x1 = scene_between(&random, 0, 64 * 256);
        int64_t left[] = {-999, -50, x0, -50, x1, 64 * 256 + 50, -999, 64 * 256 + 50};
        int64_t right[] = {x1, 64 * 256 + 50, x0, -50, 99999, -50, 99999, 64 * 256 + 50};
        assert_int_equal(pk_surface_begin(&s, 0, 0, 64, 64, NULL), PK_OK);
        pk_raster_begin(r, &s);
        /* One mask: the shared edge adds up to exactly full. */
        pk_raster_ring(r, left, 4);
        pk_raster_ring(r, right, 4);
        pk_raster_fill(r, &s, PK_NON_ZERO, &ink);
        uint32_t value = 0;
        assert_true(pk_surface_is_even(&s, &value));
        assert_int_equal(value, 0xffffffff);
    }
    pk_surface_finish(&s);
    pk_raster_destroy(r);
}

static void drawing_into_the_mask_twice_is_drawing_once(void **state)
{
    (void)state;
    struct pk_raster *r = pk_raster_create();
    struct pk_surface a = {0}, b = {0};
    uint64_t random = 9;
    struct scene_line ring;
    const struct pk_ink ink = {
        {200, 10, 10, 99},
        NULL
    };
    scene_ring(&ring, &random, SCENE_STAR, 5000, 5000, 4000);
    struct pk_surface *both[] = {&a, &b};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pk_surface_begin(both[i], 0, 0, 40, 40, NULL), PK_OK);
        pk_raster_begin(r, both[i]);
        for (int times = 0; times <= i; times++) {
            pk_raster_ring(r, ring.xy, ring.count);
            pk_raster_to_mask(r, PK_EVEN_ODD);
        }
        pk_raster_paint_mask(r, both[i], &ink);
        /* The mask is empty now. */
        pk_raster_paint_mask(r, both[i], &ink);
    }
    assert_memory_equal(a.px, b.px, 40 * 40 * sizeof *a.px);
    pk_raster_ring(r, ring.xy, ring.count);
    pk_raster_to_mask(r, PK_EVEN_ODD);
    pk_raster_drop_mask(r);
    pk_raster_paint_mask(r, &a, &ink);
    assert_memory_equal(a.px, b.px, 40 * 40 * sizeof *a.px);
    pk_surface_finish(&a);
    pk_surface_finish(&b);
    pk_raster_destroy(r);
}

static void an_opaque_ground_stays_opaque(void **state)
{
    (void)state;
    struct pk_surface s = {0};
    assert_int_equal(pk_surface_begin(&s, 0, 0, 256, 1, NULL), PK_OK);
    uint8_t mask[256];
    for (int i = 0; i < 256; i++)
        mask[i] = (uint8_t)i;
    for (int alpha = 0; alpha < 256; alpha++) {
        pk_surface_clear(&s, (struct pk_rgba){255, 128, 0, 255});
        pk_surface_stamp(&s, mask, 256, 0, 0, 256, 1,
                         (struct pk_rgba){255, 255, 7, (uint8_t)alpha});
        for (int x = 0; x < 256; x++) {
            assert_int_equal(s.px[x] >> 24, 255);
            assert_int_equal(s.px[x] & 255, 255);
        }
    }
    /* And on nothing, no channel gets above its alpha. */
    for (int alpha = 0; alpha < 256; alpha++) {
        pk_surface_clear(&s, (struct pk_rgba){0, 0, 0, 0});
        for (int times = 0; times < 3; times++)
            pk_surface_stamp(&s, mask, 256, 0, 0, 256, 1,
                             (struct pk_rgba){255, 9, 255, (uint8_t)alpha});
        for (int x = 0; x < 256; x++)
            assert_true((s.px[x] & 255) <= s.px[x] >> 24);
    }
    pk_surface_finish(&s);
}

static void too_large_windows_are_refused(void **state)
{
    (void)state;
    struct pk_surface s = {0};
    struct pk_error err = {0};
    assert_int_equal(pk_surface_begin(&s, 0, 0, PK_SURFACE_SIDE_MAX + 1, 1, &err),
                     PK_LIMIT);
    assert_non_null(strstr(err.text, "12289"));
    assert_int_equal(pk_surface_begin(&s, 0, 0, 0, 1, &err), PK_LIMIT);
}

static void ids_have_no_soft_edges(void **state)
{
    (void)state;
    struct pk_raster *r = pk_raster_create();
    struct pk_surface s = {0};
    uint64_t random = 4;
    struct scene_line ring;
    scene_ring(&ring, &random, SCENE_STAR, 5000, 5000, 4000);
    assert_int_equal(pk_surface_begin(&s, 0, 0, 40, 40, NULL), PK_OK);
    pk_raster_begin(r, &s);
    pk_raster_ring(r, ring.xy, ring.count);
    pk_raster_fill_ids(r, &s, PK_EVEN_ODD, 0x01020304);
    uint32_t set = 0;
    for (int i = 0; i < 1600; i++) {
        assert_true(s.px[i] == 0 || s.px[i] == 0x01020304);
        set += s.px[i] != 0;
        double area = area_in_pixel(&ring, i % 40, i / 40);
        if (fabs(area - 0.5) > 0.02)
            assert_int_equal(s.px[i] != 0, area > 0.5);
    }
    assert_true(set > 0);
    pk_surface_finish(&s);
    pk_raster_destroy(r);
}

static void square_roots_are_exact(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int i = 0; i < pk_cases(20000); i++) {
        uint64_t n = scene_next(&random) >> (i % 64);
        uint64_t root = pk_isqrt(n);
        assert_true(root * root <= n);
        assert_true(root == UINT32_MAX || (root + 1) * (root + 1) > n);
    }
    assert_true(pk_isqrt(0) == 0 && pk_isqrt(UINT64_MAX) == UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_picture_equals_its_tiles),
        cmocka_unit_test(lines_and_patterns_too),
        cmocka_unit_test(tiles_may_have_any_size),
        cmocka_unit_test(the_same_scene_gives_the_same_pixels),
        cmocka_unit_test(coverage_is_the_area),
        cmocka_unit_test(holes_are_holes_whichever_way_they_turn),
        cmocka_unit_test(neighbours_that_share_an_edge_leave_no_seam),
        cmocka_unit_test(drawing_into_the_mask_twice_is_drawing_once),
        cmocka_unit_test(an_opaque_ground_stays_opaque),
        cmocka_unit_test(too_large_windows_are_refused),
        cmocka_unit_test(ids_have_no_soft_edges),
        cmocka_unit_test(square_roots_are_exact),
    };
    return cmocka_run_group_tests_name("raster", tests, NULL, NULL);
}
#endif
