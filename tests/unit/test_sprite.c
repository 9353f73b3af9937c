/* test_sprite.c - icons from SVG: pixels, places, colours, halos, sheets. */
#include "unit/pk_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "tiles/png.h"
#include "tiles/sprite.h"

enum { SIDE = 96 };

static int start(void **state)
{
    (void)state;
    struct pk_error err;
    return pk_sprites_start(&err) == PK_OK && pk_sprites_start(&err) == PK_OK ? 0 : -1;
}

static struct pk_surface window(int64_t x, int64_t y, uint32_t w, uint32_t h)
{
    struct pk_surface s = {0};
    struct pk_error err;
    assert_int_equal(pk_surface_begin(&s, x, y, w, h, &err), PK_OK);
    return s;
}

static const struct pk_sprite_look red = {
    .opacity = 1, .colour = {200, 0, 0, 255}
};

static void draw(struct pk_surface *s, const char *name, uint32_t scale, double x,
                 double y, double size, uint32_t turn, const struct pk_sprite_look *look)
{
    const struct pk_sprite *sprite = pk_sprite_find(name);
    assert_non_null(sprite);
    double unit = 256.0 * scale;
    pk_sprite_draw(s, sprite, scale, (int64_t)(x * unit), (int64_t)(y * unit),
                   (int64_t)(sprite->width * size * unit),
                   (int64_t)(sprite->height * size * unit), turn, look);
}

static void every_icon_has_ink_at_every_ratio(void **state)
{
    (void)state;
    assert_true(pk_sprite_count() > 3);
    assert_null(pk_sprite_find("no-such-icon"));
    for (uint32_t i = 0; i < pk_sprite_count(); i++) {
        const struct pk_sprite *s = pk_sprite_at(i);
        assert_ptr_equal(pk_sprite_find(s->name), s);
        assert_true(s->width > 0 && s->width <= PK_SPRITE_PX_MAX);
        double parts[3];
        for (uint32_t r = 1; r <= 3; r++) {
            uint64_t ink = 0, count = (uint64_t)s->width * r * s->height * r;
            for (uint64_t p = 0; p < count; p++) {
                ink += s->px[r - 1][p] >> 24;
            }
            parts[r - 1] = (double)ink / (double)count / 255;
            assert_true(parts[r - 1] > 0.02);
        }
        assert_true(parts[0] - parts[2] < 0.03 && parts[2] - parts[0] < 0.03);
    }
}

/* The whole picture against the same in four windows. */
static void windows_agree_however_an_icon_is_drawn(void **state)
{
    (void)state;
    static const struct pk_sprite_look looks[] = {
        {1,   {200, 0, 0, 255},  {0, 0, 0, 0},         0, 0},
        {0.5, {0, 90, 200, 255}, {255, 255, 255, 255}, 2, 0},
        {1,   {0, 90, 200, 128}, {255, 255, 0, 255},   3, 2},
    };
    for (uint32_t n = 0; n < 60; n++) {
        const char *name = pk_sprite_at(n % pk_sprite_count())->name;
        uint32_t scale = 1 + n % 3, turn = n % 2 == 0 ? 0 : n * 37 % 1024;
        double size = n % 4 < 2 ? 1 : 0.4 + n * 0.05;
        double at = 40 + n * 0.37;
        const struct pk_sprite_look *look = &looks[n % 3];
        struct pk_surface whole = window(0, 0, SIDE, SIDE);
        draw(&whole, name, scale, at / scale, at / scale, size, turn, look);
        for (uint32_t part = 0; part < 4; part++) {
            uint32_t half = SIDE / 2, x = part % 2 * half, y = part / 2 * half;
            struct pk_surface s = window(x, y, half, half);
            draw(&s, name, scale, at / scale, at / scale, size, turn, look);
            for (uint32_t row = 0; row < half; row++) {
                assert_memory_equal(s.px + (size_t)row * half,
                                    whole.px + (size_t)(y + row) * SIDE + x, half * 4);
            }
            pk_surface_finish(&s);
        }
        pk_surface_finish(&whole);
    }
}

static uint64_t ink_of(const struct pk_surface *s, int *r, int *g, int *b)
{
    uint64_t ink = 0;
    *r = *g = *b = 0;
    for (size_t i = 0; i < (size_t)s->w * s->h; i++) {
        ink += s->px[i] >> 24;
        if (s->px[i] >> 24 == 255) {
            *r = (int)(s->px[i] & 255);
            *g = (int)(s->px[i] >> 8 & 255);
            *b = (int)(s->px[i] >> 16 & 255);
        }
    }
    return ink;
}

static void a_sampled_icon_covers_what_a_copied_one_does(void **state)
{
    (void)state;
    int r, g, b;
    for (uint32_t i = 0; i < pk_sprite_count(); i++) {
        struct pk_surface a = window(0, 0, SIDE, SIDE), c = window(0, 0, SIDE, SIDE);
        draw(&a, pk_sprite_at(i)->name, 2, 24, 24, 1, 0, &red);
        draw(&c, pk_sprite_at(i)->name, 2, 24, 24, 1, 256, &red); /* a quarter turn */
        double one = (double)ink_of(&a, &r, &g, &b), two = (double)ink_of(&c, &r, &g, &b);
        assert_true(one > 0 && two / one > 0.97 && two / one < 1.03);
        pk_surface_finish(&a);
        pk_surface_finish(&c);
    }
}

static void only_icons_of_one_colour_take_it(void **state)
{
    (void)state;
    int r, g, b;
    struct pk_surface s = window(0, 0, SIDE, SIDE);
    draw(&s, "slope-arrow", 3, 16, 16, 1, 0, &red);
    assert_true(ink_of(&s, &r, &g, &b) > 0);
    assert_true(r == 200 && g == 0 && b == 0);
    pk_surface_finish(&s);
    s = window(0, 0, SIDE, SIDE);
    draw(&s, "parking", 3, 16, 16, 1, 0, &red);
    assert_true(ink_of(&s, &r, &g, &b) > 0);
    assert_false(r == 200 && g == 0 && b == 0);
    pk_surface_finish(&s);
}

static void a_halo_is_as_wide_as_it_says(void **state)
{
    (void)state;
    /* The cross's upper arm ends 1 px below the icon's top: 5 px above the middle. */
    struct pk_sprite_look look = {
        .opacity = 1,
        .colour = {0,   0, 0, 255},
        .halo = {255, 0, 0, 255},
        .halo_width = 3
    };
    struct pk_surface s = window(0, 0, SIDE, SIDE);
    draw(&s, "height-mark", 2, 24, 24, 1, 0, &look);
    int top = -1;
    for (int y = 0; y < SIDE && top < 0; y++) {
        top = s.px[y * SIDE + 48] >> 24 >= 128 ? y : -1;
    }
    assert_in_range(top, 48 - 16 - 1, 48 - 16 + 1);
    pk_surface_finish(&s);
}

static void the_sheet_is_what_its_index_says(void **state)
{
    (void)state;
    for (uint32_t ratio = 1; ratio <= 3; ratio++) {
        struct pk_buf index, sheet;
        struct pk_error err;
        struct pk_surface s = {0};
        pk_buf_init(&index, 1 << 20);
        pk_buf_init(&sheet, 8 << 20);
        pk_sprite_index(&index, ratio);
        assert_int_equal(pk_sprite_sheet(&sheet, ratio, &err), PK_OK);
        assert_int_equal(pk_png_read(&s, sheet.data, sheet.len, 8192, &err), PK_OK);
        json_t *json = NULL;
        assert_int_equal(pk_json_parse(&json, index.data, index.len, 1 << 20, &err),
                         PK_OK);
        assert_int_equal(json_object_size(json), pk_sprite_count());
        const char *name;
        json_t *entry;
        json_object_foreach(json, name, entry)
        {
            const struct pk_sprite *icon = pk_sprite_find(name);
            long long x, y, w, h;
            assert_non_null(icon);
            assert_true(pk_jget_int(entry, "x", &x) && pk_jget_int(entry, "y", &y) &&
                        pk_jget_int(entry, "width", &w) &&
                        pk_jget_int(entry, "height", &h));
            assert_true(w == icon->width * ratio && h == icon->height * ratio);
            assert_true(x + w <= s.w && y + h <= s.h);
            assert_int_equal(pk_jget_bool(entry, "sdf", false), icon->sdf);
            for (long long i = 0; i < w * h; i++) {
                uint32_t got = s.px[(y + i / w) * s.w + x + i % w] >> 24;
                uint32_t own = icon->px[ratio - 1][i] >> 24;
                if (!icon->sdf) {
                    assert_int_equal(got, own);
                } else if (own == 255 || own == 0) { /* 191 is the edge */
                    assert_true(own == 255 ? got >= 188 : got <= 194);
                }
            }
        }
        json_decref(json);
        pk_surface_finish(&s);
        pk_buf_finish(&index);
        pk_buf_finish(&sheet);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_icon_has_ink_at_every_ratio),
        cmocka_unit_test(windows_agree_however_an_icon_is_drawn),
        cmocka_unit_test(a_sampled_icon_covers_what_a_copied_one_does),
        cmocka_unit_test(only_icons_of_one_colour_take_it),
        cmocka_unit_test(a_halo_is_as_wide_as_it_says),
        cmocka_unit_test(the_sheet_is_what_its_index_says),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
