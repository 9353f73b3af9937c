/* test_style_colour.c - colours: CSS text, contrast, CIEDE2000, colour vision. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "styles/colour.h"

static void css_colours_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: not a colour */
    } cases[] = {
        {"#f00",                   "#ff0000"  },
        {"#F00A",                  "#ff0000aa"},
        {"#ffffce",                "#ffffce"  },
        {"#ffffce80",              "#ffffce80"},
        {"red",                    "#ff0000"  },
        {"RebeccaPurple",          "#663399"  },
        {"aliceblue",              "#f0f8ff"  },
        {"yellowgreen",            "#9acd32"  },
        {"transparent",            "#00000000"},
        {"rgb(1,2,3)",             "#010203"  },
        {"rgb( 1 , 2 , 3 )",       "#010203"  },
        {"rgba(1,2,3,0.5)",        "#01020380"},
        {"rgba(1,2,3,.5)",         "#01020380"},
        {"rgb(100%,0%,0%)",        "#ff0000"  },
        {"rgb(1 2 3 / 50%)",       "#01020380"},
        {"rgb(300,-5,0)",          "#ff0000"  },
        {"hsl(0,100%,50%)",        "#ff0000"  },
        {"hsl(120, 100%, 25%)",    "#008000"  },
        {"hsl(240deg,100%,50%)",   "#0000ff"  },
        {"hsl(-120,100%,50%)",     "#0000ff"  },
        {"hsla(60,100%,50%,0.25)", "#ffff0040"},
        {"",                       NULL       },
        {"#",                      NULL       },
        {"#12",                    NULL       },
        {"#12345",                 NULL       },
        {"#gggggg",                NULL       },
        {"#1234567",               NULL       },
        {"redd",                   NULL       },
        {"rgb(1,2)",               NULL       },
        {"rgb(1,2,3",              NULL       },
        {"rgb(1,2,3,4,5)",         NULL       },
        {"rgb(a,b,c)",             NULL       },
        {"hsl(0,1,1)",             NULL       },
        {"rgb(1,2,3) x",           NULL       },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_rgba c = {9, 9, 9, 9};
        bool ok = pk_colour_parse(&c, cases[i].text);
        char text[PK_COLOUR_TEXT];
        pk_colour_format(text, c);
        if (ok != (cases[i].want != NULL) || (ok && strcmp(text, cases[i].want) != 0)) {
            fail_msg("%s: %s", cases[i].text, ok ? text : "not a colour");
        }
    }
}

static void written_colours_come_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t v = i * 2654435761U;
        struct pk_rgba a = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                            (uint8_t)(v >> 24)};
        struct pk_rgba b;
        char text[PK_COLOUR_TEXT];
        pk_colour_format(text, a);
        assert_true(pk_colour_parse(&b, text));
        assert_memory_equal(&a, &b, sizeof(a));
    }
}

static struct pk_rgba colour(const char *text)
{
    struct pk_rgba c = {0, 0, 0, 0};
    assert_true(pk_colour_parse(&c, text));
    return c;
}

static void contrast_is_that_of_wcag(void **state)
{
    (void)state;
    assert_true(fabs(pk_colour_contrast(colour("black"), colour("white")) - 21) < 1e-9);
    assert_true(fabs(pk_colour_contrast(colour("#777"), colour("white")) - 4.48) < 0.01);
    assert_true(fabs(pk_colour_contrast(colour("white"), colour("#767676")) - 4.54) <
                0.01);
    assert_true(pk_colour_contrast(colour("#123"), colour("#123")) == 1);
}

/* Sharma, Wu, Dalal 2005, table 1. */
static void ciede2000_agrees_with_the_published_pairs(void **state)
{
    (void)state;
    static const double rows[34][7] = {
        {50,      2.6772,   -79.7751, 50,      0,        -82.7485, 2.0425 },
        {50,      3.1571,   -77.2803, 50,      0,        -82.7485, 2.8615 },
        {50,      2.8361,   -74.0200, 50,      0,        -82.7485, 3.4412 },
        {50,      -1.3802,  -84.2814, 50,      0,        -82.7485, 1.0000 },
        {50,      -1.1848,  -84.8006, 50,      0,        -82.7485, 1.0000 },
        {50,      -0.9009,  -85.5211, 50,      0,        -82.7485, 1.0000 },
        {50,      0,        0,        50,      -1,       2,        2.3669 },
        {50,      -1,       2,        50,      0,        0,        2.3669 },
        {50,      2.4900,   -0.0010,  50,      -2.4900,  0.0009,   7.1792 },
        {50,      2.4900,   -0.0010,  50,      -2.4900,  0.0010,   7.1792 },
        {50,      2.4900,   -0.0010,  50,      -2.4900,  0.0011,   7.2195 },
        {50,      2.4900,   -0.0010,  50,      -2.4900,  0.0012,   7.2195 },
        {50,      -0.0010,  2.4900,   50,      0.0009,   -2.4900,  4.8045 },
        {50,      -0.0010,  2.4900,   50,      0.0010,   -2.4900,  4.8045 },
        {50,      -0.0010,  2.4900,   50,      0.0011,   -2.4900,  4.7461 },
        {50,      2.5,      0,        50,      0,        -2.5,     4.3065 },
        {50,      2.5,      0,        73,      25,       -18,      27.1492},
        {50,      2.5,      0,        61,      -5,       29,       22.8977},
        {50,      2.5,      0,        56,      -27,      -3,       31.9030},
        {50,      2.5,      0,        58,      24,       15,       19.4535},
        {50,      2.5,      0,        50,      3.1736,   0.5854,   1.0000 },
        {50,      2.5,      0,        50,      3.2972,   0,        1.0000 },
        {50,      2.5,      0,        50,      1.8634,   0.5757,   1.0000 },
        {50,      2.5,      0,        50,      3.2592,   0.3350,   1.0000 },
        {60.2574, -34.0099, 36.2677,  60.4626, -34.1751, 39.4387,  1.2644 },
        {63.0109, -31.0961, -5.8663,  62.8187, -29.7946, -4.0864,  1.2630 },
        {61.2901, 3.7196,   -5.3901,  61.4292, 2.2480,   -4.9620,  1.8731 },
        {35.0831, -44.1164, 3.7933,   35.0232, -40.0716, 1.5901,   1.8645 },
        {22.7233, 20.0904,  -46.6940, 23.0331, 14.9730,  -42.5619, 2.0373 },
        {36.4612, 47.8580,  18.3852,  36.2715, 50.5065,  21.2231,  1.4146 },
        {90.8027, -2.0831,  1.4410,   91.1528, -1.6435,  0.0447,   1.4441 },
        {90.9257, -0.5406,  -0.9208,  88.6381, -0.8985,  -0.7239,  1.5381 },
        {6.7747,  -0.2908,  -2.4247,  5.8714,  -0.0985,  -2.2286,  0.6377 },
        {2.0776,  0.0795,   -1.1350,  0.9033,  -0.0636,  -0.5514,  0.9082 },
    };
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        const double *r = rows[i];
        double d = pk_lab_difference((struct pk_lab){r[0], r[1], r[2]},
                                     (struct pk_lab){r[3], r[4], r[5]});
        if (fabs(d - r[6]) > 1e-4) {
            fail_msg("pair %zu: %.5f, not %.4f", i + 1, d, r[6]);
        }
    }
}

/* The smallest difference in a palette as each kind of vision sees it. */
static double least(const char *const *palette, size_t count, enum pk_vision vision)
{
    double best = INFINITY;
    for (size_t a = 0; a < count; a++) {
        for (size_t b = a + 1; b < count; b++) {
            struct pk_lab x = pk_colour_lab(colour(palette[a]), vision);
            struct pk_lab y = pk_colour_lab(colour(palette[b]), vision);
            best = fmin(best, pk_lab_difference(x, y));
        }
    }
    return best;
}

/* Measured with other programs: Okabe and Ito's eight, Tol's bright seven, and the
 * plan colours of BFS 2020:6. */
static void vision_agrees_with_measured_palettes(void **state)
{
    (void)state;
    static const char *const okabe[] = {"#000000", "#e69f00", "#56b4e9", "#009e73",
                                        "#f0e442", "#0072b2", "#d55e00", "#cc79a7"};
    static const char *const bright[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44",
                                         "#66ccee", "#aa3377", "#bbbbbb"};
    static const char *const plan[] = {
        "#ffffce", "#dabf8c", "#ffcb83", "#ff8040", "#fa4b3c", "#ffbce1", "#d1b6e1",
        "#a5dafb", "#b6cce1", "#b2ec40", "#deffce", "#d9d9d9", "#e9e9e9"};
    static const double want[3][5] = {
        {21.7, 12.2, 11.6, 10.9, 7.9},
        {20.5, 14.2, 14.8, 8.6,  1.6},
        {3.6,  1.3,  2.6,  3.6,  0.7}
    };
    for (int v = 0; v < 5; v++) {
        double got[3] = {least(okabe, 8, (enum pk_vision)v),
                         least(bright, 7, (enum pk_vision)v),
                         least(plan, 13, (enum pk_vision)v)};
        for (int p = 0; p < 3; p++) {
            if (fabs(got[p] - want[p][v]) > 0.11) {
                fail_msg("palette %d, %s: %.2f, not %.1f", p,
                         pk_vision_name((enum pk_vision)v), got[p], want[p][v]);
            }
        }
    }
}

static void greys_stay_grey_in_every_vision(void **state)
{
    (void)state;
    for (int g = 0; g < 256; g += 5) {
        struct pk_rgba c = {(uint8_t)g, (uint8_t)g, (uint8_t)g, 255};
        for (int v = 0; v < PK_VISION_COUNT; v++) {
            struct pk_rgba s = pk_colour_seen(c, (enum pk_vision)v);
            assert_true(abs(s.r - g) <= 1 && abs(s.g - g) <= 1 && abs(s.b - g) <= 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(css_colours_are_read),
        cmocka_unit_test(written_colours_come_back),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(ciede2000_agrees_with_the_published_pairs),
        cmocka_unit_test(vision_agrees_with_measured_palettes),
        cmocka_unit_test(greys_stay_grey_in_every_vision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
