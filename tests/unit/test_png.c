/* test_png.c - pictures out and in, and the fixed palette. */
#include "unit/pk_test.h"

#include <stdlib.h>
#include <string.h>

#include "tiles/png.h"
#include "unit/scene.h"

static const struct pk_rgba colours[] = {
    {255, 255, 255, 255},
    {245, 245, 245, 255},
    {255, 217, 59,  255},
    {165, 218, 251, 255},
    {178, 236, 64,  255},
    {26,  26,  26,  255},
    {60,  60,  60,  255},
    {209, 182, 225, 255}
};

static void exact_pictures_come_back(void **state)
{
    (void)state;
    struct pk_surface a = {0}, b = {0};
    struct pk_png *png = pk_png_create();
    struct pk_buf buf;
    pk_buf_init(&buf, 1 << 24);
    struct pk_error err = {0};
    for (uint64_t seed = 1; seed <= 2; seed++) { /* 1: opaque, RGB */
        scene_draw(&a, seed, 0, 1, SCENE_ALL, 0, 0, 300);
        if (seed == 1)
            pk_surface_clear(&a, (struct pk_rgba){1, 2, 3, 255}), a.px[77] = 0xff102030;
        pk_buf_clear(&buf);
        assert_int_equal(pk_png_write(&buf, png, &a, NULL, 1, &err), PK_OK);
        assert_int_equal(buf.data[25], seed == 1 ? 2 : 6); /* colour type */
        assert_int_equal(pk_png_read(&b, buf.data, buf.len, 300, &err), PK_OK);
        for (size_t i = 0; i < 300 * 300; i++) {
            assert_int_equal(b.px[i] >> 24, a.px[i] >> 24);
            for (int c = 0; c < 24; c += 8) {
                int off = (int)(a.px[i] >> c & 255) - (int)(b.px[i] >> c & 255);
                assert_true(off >= -1 && off <= 1); /* un- and premultiplied */
                if (a.px[i] >> 24 == 255)
                    assert_int_equal(off, 0);
            }
        }
    }
    pk_buf_finish(&buf);
    pk_png_destroy(png);
    pk_surface_finish(&a);
    pk_surface_finish(&b);
}

/* Half of two blues, as fills of ongoing plans have: they share a place of the table. */
static void see_through_colours_that_are_near_each_other_stay_apart(void **state)
{
    (void)state;
    const struct pk_rgba blues[] = {
        {0xa5, 0xda, 0xfb, 128},
        {0xb6, 0xcc, 0xe1, 128}
    };
    struct pk_palette *p = pk_palette_create(blues, PK_COUNT(blues), true);
    struct pk_surface s = {0};
    struct pk_error err;
    assert_int_equal(pk_surface_begin(&s, 0, 0, 8, 1, &err), PK_OK);
    for (size_t i = 0; i < PK_COUNT(blues); i++) {
        uint32_t px = pk_pixel_of(blues[i]);
        s.px[0] = px;
        pk_palette_apply(p, &s);
        for (int shift = 0; shift < 32; shift += 8) {
            assert_in_range((px >> shift & 255) + 1 - (s.px[0] >> shift & 255), 0, 2);
        }
    }
    pk_surface_finish(&s);
    pk_palette_destroy(p);
}

static void a_palette_keeps_the_colours_of_its_style(void **state)
{
    (void)state;
    struct pk_palette *p = pk_palette_create(colours, PK_COUNT(colours), true);
    assert_true(pk_palette_count(p) > PK_COUNT(colours));
    assert_true(pk_palette_count(p) <= PK_PALETTE_MAX);
    struct pk_surface s = {0};
    assert_int_equal(pk_surface_begin(&s, 0, 0, 16, 16, NULL), PK_OK);
    pk_palette_apply(p, &s);
    assert_int_equal(s.px[0], 0); /* nothing stays nothing */
    for (size_t i = 0; i < PK_COUNT(colours); i++) {
        pk_surface_clear(&s, colours[i]);
        pk_palette_apply(p, &s);
        assert_int_equal(s.px[0], pk_pixel_of(colours[i]));
    }
    pk_palette_destroy(p);
    pk_surface_finish(&s);
    assert_null(pk_palette_create(colours, 0, true));
}

static void mixes_of_two_colours_are_near(void **state)
{
    (void)state;
    struct pk_palette *p = pk_palette_create(colours, PK_COUNT(colours), false);
    struct pk_surface s = {0};
    assert_int_equal(pk_surface_begin(&s, 0, 0, 1, 1, NULL), PK_OK);
    for (size_t i = 0; i < PK_COUNT(colours); i++) {
        for (int a = 0; a <= 255; a += 5) {
            uint8_t mask = (uint8_t)a;
            pk_surface_clear(&s, colours[i]);
            pk_surface_stamp(&s, &mask, 1, 0, 0, 1, 1, colours[5]);
            uint32_t exact = s.px[0];
            pk_palette_apply(p, &s);
            for (int c = 0; c < 24; c += 8) {
                int off = (int)(exact >> c & 255) - (int)(s.px[0] >> c & 255);
                assert_true(off >= -28 && off <= 28);
            }
        }
    }
    pk_palette_destroy(p);
    pk_surface_finish(&s);
}

static void palette_pictures_are_what_apply_says(void **state)
{
    (void)state;
    struct pk_surface a = {0}, b = {0};
    struct pk_png *png = pk_png_create();
    struct pk_buf buf;
    struct pk_error err = {0};
    pk_buf_init(&buf, 1 << 24);
    struct pk_palette *p = pk_palette_create(colours, PK_COUNT(colours), true);
    struct pk_palette *again = pk_palette_create(colours, PK_COUNT(colours), true);
    for (uint64_t seed = 2; seed <= 5; seed++) {
        scene_draw(&a, seed, 1, 2, SCENE_ALL, 0, 0, 257);
        pk_buf_clear(&buf);
        assert_int_equal(pk_png_write(&buf, png, &a, p, 1, &err), PK_OK);
        size_t first = buf.len;
        assert_int_equal(buf.data[25], 3);
        assert_int_equal(pk_png_read(&b, buf.data, buf.len, 4096, &err), PK_OK);
        /* Another encoder, another palette object: the same bytes. */
        struct pk_png *other = pk_png_create();
        assert_int_equal(pk_png_write(&buf, other, &a, again, 1, &err), PK_OK);
        pk_png_destroy(other);
        assert_int_equal(buf.len, 2 * first);
        assert_memory_equal(buf.data, buf.data + first, first);
        pk_palette_apply(p, &a);
        assert_memory_equal(a.px, b.px, 257 * 257 * sizeof *a.px);
    }
    pk_palette_destroy(p);
    pk_palette_destroy(again);
    pk_buf_finish(&buf);
    pk_png_destroy(png);
    pk_surface_finish(&a);
    pk_surface_finish(&b);
}

static void blank_tiles_are_kept_and_right(void **state)
{
    (void)state;
    struct pk_surface s = {0}, back = {0};
    struct pk_png *png = pk_png_create();
    struct pk_buf buf;
    struct pk_error err = {0};
    pk_buf_init(&buf, 1 << 20);
    for (int round = 0; round < 20; round++) {
        uint32_t w = 256 >> (round % 2);
        assert_int_equal(pk_surface_begin(&s, 0, 0, w, 256, NULL), PK_OK);
        pk_surface_clear(&s, (struct pk_rgba){(uint8_t)(round % 7), 9, 9, 255});
        pk_buf_clear(&buf);
        assert_int_equal(pk_png_write(&buf, png, &s, NULL, 1, &err), PK_OK);
        assert_int_equal(pk_png_read(&back, buf.data, buf.len, 256, &err), PK_OK);
        assert_int_equal(back.w, w);
        assert_memory_equal(back.px, s.px, (size_t)w * 256 * 4);
    }
    pk_buf_finish(&buf);
    pk_png_destroy(png);
    pk_surface_finish(&s);
    pk_surface_finish(&back);
}

static void a_full_buffer_is_an_error(void **state)
{
    (void)state;
    struct pk_surface s = {0};
    struct pk_png *png = pk_png_create();
    struct pk_buf buf;
    struct pk_error err = {0};
    pk_buf_init(&buf, 100);
    scene_draw(&s, 1, 0, 1, SCENE_ALL, 0, 0, 64);
    assert_int_equal(pk_png_write(&buf, png, &s, NULL, 1, &err), PK_LIMIT);
    pk_buf_finish(&buf);
    pk_png_destroy(png);
    pk_surface_finish(&s);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    struct pk_surface s = {0}, back = {0};
    struct pk_png *png = pk_png_create();
    struct pk_buf buf;
    struct pk_error err = {0};
    pk_buf_init(&buf, 1 << 22);
    scene_draw(&s, 2, 0, 1, SCENE_ALL, 0, 0, 128);
    assert_int_equal(pk_png_write(&buf, png, &s, NULL, 6, &err), PK_OK);
    for (size_t len = 0; len + 12 < buf.len; len += 97)
        assert_int_equal(pk_png_read(&back, buf.data, len, 4096, &err), PK_BAD_INPUT);
    assert_int_equal(pk_png_read(&back, buf.data, buf.len, 127, &err), PK_LIMIT);
    assert_non_null(strstr(err.text, "128"));
    buf.data[buf.len / 2] ^= 0x20;
    assert_int_equal(pk_png_read(&back, buf.data, buf.len, 4096, &err), PK_BAD_INPUT);
    pk_buf_finish(&buf);
    pk_png_destroy(png);
    pk_surface_finish(&s);
    pk_surface_finish(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_pictures_come_back),
        cmocka_unit_test(a_palette_keeps_the_colours_of_its_style),
        cmocka_unit_test(see_through_colours_that_are_near_each_other_stay_apart),
        cmocka_unit_test(mixes_of_two_colours_are_near),
        cmocka_unit_test(palette_pictures_are_what_apply_says),
        cmocka_unit_test(blank_tiles_are_kept_and_right),
        cmocka_unit_test(a_full_buffer_is_an_error),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
