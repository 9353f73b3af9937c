/* test_style_shipped.c - what is built in: every style with every theme over made-up
 * features, its bounds and texts, the colour gate of `cvd`, looks of layers. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonread.h"
#include "styles/colour.h"
#include "styles/shipped.h"
#include "styles/style.h"
#include "styles/style_tool.h"
#include "styles/viewer.h"
#include "tiles/pattern.h"

static const char *const names[] = {"plan", "base"};

static struct pk_style *shipped(const char *name, const char *theme)
{
    size_t len = 0, theme_len = 0;
    const char *json = pk_shipped_style(name, &len);
    const char *over = pk_shipped_theme(theme, &theme_len);
    assert_non_null(json);
    assert_non_null(over);
    struct pk_style *s;
    struct pk_error err = {0};
    if (pk_style_read(&s, name, json, len, theme, over, theme_len, NULL, &err) != PK_OK) {
        fail_msg("%s %s: %s", name, theme, err.text);
    }
    return s;
}

static uint32_t rnd(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % below;
}

enum { PROPERTIES_MAX = 64 };

struct feature {
    struct pk_style_input in;
    struct pk_value values[PROPERTIES_MAX];
    uint16_t map[PROPERTIES_MAX];
};

/* Words that the shipped styles look for, and some that they do not. */
static const char *const words[] = {
    "force",
    "ongoing",
    "other",
    "plan-only",
    "regulations",
    "gul",
    "brun",
    "ljusgra",
    "plan",
    "use",
    "property",
    "secondary",
    "prickmark",
    "korsmark",
    "ringmark",
    "e\xe2\x82\x81",
    "RS",
    "GATA",
    "highway",
    "skog",
    "t\xc3\xa4tort",
    "sj\xc3\xb6",
    "Storgatan 12 A",
    "Vivsta 13:5",
    "",
    "x",
    "administrative",
    "plan,use,secondary",
    "En l\xc3\xa5ng plan f\xc3\xb6r kvarteret Bj\xc3\xb6rken",
};

static void random_feature(struct feature *f, const struct pk_style *s, uint32_t *seed)
{
    uint32_t count = pk_style_property_count(s);
    assert_true(count <= PROPERTIES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        f->map[i] = rnd(seed, 8) == 0 ? PK_NO_KEY : (uint16_t)i;
        const char *w = words[rnd(seed, PK_COUNT(words))];
        f->values[i] = (struct pk_value){PK_VALUE_STRING, (uint32_t)strlen(w), 0, w};
        if (rnd(seed, 6) == 0) {
            f->values[i] =
                (struct pk_value){PK_VALUE_NUMBER, 0, rnd(seed, 400) - 50.0, NULL};
        } else if (rnd(seed, 6) == 0) {
            f->values[i] = (struct pk_value){PK_VALUE_BOOL, 0, rnd(seed, 2), NULL};
        } else if (rnd(seed, 10) == 0) {
            f->values[i] = (struct pk_value){PK_VALUE_NULL, 0, 0, NULL};
        }
    }
    f->in = (struct pk_style_input){rnd(seed, 230) / 10.0,
                                    (enum pk_geom_kind)(1 + rnd(seed, 3)), f->values,
                                    f->map, rnd(seed, 1000)};
}

static bool in_palette(struct pk_rgba c, const struct pk_rgba *palette, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (memcmp(&palette[i], &c, sizeof(c)) == 0) {
            return true;
        }
    }
    return c.a == 0;
}

struct palette {
    struct pk_rgba colours[256];
    uint32_t count;
    bool known;
};

static void check_line(const struct pk_style *s, const struct pk_style_layer *l,
                       const struct feature *f, const struct palette *p, double reach)
{
    struct pk_line_paint line;
    pk_style_line(s, l, &f->in, &line);
    double half = line.gap_width > 0 ? line.gap_width / 2 + line.width : line.width / 2;
    double ink = (half + fabs(line.offset)) * (line.cap == PK_CAP_SQUARE ? sqrt(2) : 1) +
                 line.blur + hypot(line.translate[0], line.translate[1]);
    assert_true(ink <= reach);
    assert_true(line.dash_count % 2 == 0 && line.dash_count <= PK_DASHES_MAX);
    assert_true(!p->known || in_palette(line.colour, p->colours, p->count));
}

static void check_symbol(const struct pk_style *s, const struct pk_style_layer *l,
                         const struct feature *f, const struct palette *p, double margin)
{
    struct pk_symbol_paint t;
    pk_style_symbol(s, l, &f->in, &t);
    assert_true(memchr(t.text, '\0', PK_STYLE_TEXT_MAX) != NULL);
    assert_true(t.anchor_count >= 1 && t.anchor_count <= 9);
    double around = 2 * (t.halo_width + t.halo_blur + t.padding);
    assert_true(t.max_width_em * t.size + around <= margin);
    assert_true(PK_LABEL_LINES_MAX * t.line_height_em * t.size + around <= margin);
    /* accessibility.md: 12 px or more, opaque halo of 2 px or more, 4.5:1 */
    assert_true(t.size >= 12);
    assert_true(t.halo_width >= 2 && t.halo.a == 255 && t.halo_blur == 0);
    assert_true(pk_colour_contrast(t.colour, t.halo) >= 4.5);
    assert_true(!p->known || in_palette(t.colour, p->colours, p->count));
}

static void check_fill(const struct pk_style *s, const struct pk_style_layer *l,
                       const struct feature *f, const struct palette *p)
{
    struct pk_fill_paint fill;
    pk_style_fill(s, l, &f->in, &fill);
    if (fill.pattern != NULL && !pk_pattern_known(fill.pattern)) {
        fail_msg("%s: no pattern %s", l->id, fill.pattern);
    }
    assert_true(!p->known || in_palette(fill.colour, p->colours, p->count));
}

static void every_style_and_theme_paints_any_feature_within_its_bounds(void **state)
{
    (void)state;
    uint32_t seed = 3, shown = 0;
    for (size_t n = 0; n < PK_COUNT(names); n++) {
        for (const char *const *theme = pk_shipped_themes(); *theme != NULL; theme++) {
            struct pk_style *s = shipped(names[n], *theme);
            struct palette p;
            p.known = pk_style_colours(s, p.colours, &p.count, 256);
            assert_true(p.known && p.count >= 2);
            for (int i = 0; i < 4000; i++) {
                struct feature f;
                random_feature(&f, s, &seed);
                for (uint32_t k = 0; k < pk_style_layer_count(s); k++) {
                    const struct pk_style_layer *l = pk_style_layer(s, k);
                    if (!pk_style_shows(s, l, &f.in)) {
                        continue;
                    }
                    shown++;
                    double reach = pk_style_reach(s, l, f.in.zoom);
                    if (l->type == PK_LAYER_LINE) {
                        check_line(s, l, &f, &p, reach);
                    } else if (l->type == PK_LAYER_SYMBOL) {
                        check_symbol(s, l, &f, &p,
                                     pk_style_label_margin(s, l, f.in.zoom));
                    } else if (l->type == PK_LAYER_FILL) {
                        check_fill(s, l, &f, &p);
                    }
                }
            }
            pk_style_destroy(s);
        }
    }
    printf("%u paints\n", shown);
    assert_true(shown > 50000);
}

static void
every_layer_says_its_legend_class_and_no_label_is_wider_than_a_tile_row(void **state)
{
    (void)state;
    for (size_t n = 0; n < PK_COUNT(names); n++) {
        struct pk_style *s = shipped(names[n], "standard");
        for (uint32_t k = 0; k < pk_style_layer_count(s); k++) {
            const struct pk_style_layer *l = pk_style_layer(s, k);
            assert_true(l->legend_class[0] != '\0');
            assert_true(pk_style_label_margin(s, l, 16) <= 512);
            assert_true(l->type == PK_LAYER_BACKGROUND || l->source_layer != NULL);
        }
        pk_style_destroy(s);
    }
}

static void what_goes_out_is_a_style_that_draws_the_same(void **state)
{
    (void)state;
    struct pk_style *s = shipped("plan", "cvd"), *again;
    struct pk_error err = {0};
    const char *doc = pk_style_document(s);
    assert_int_equal(
        pk_style_read(&again, "plan", doc, strlen(doc), "cvd", NULL, 0, NULL, &err),
        PK_OK);
    assert_string_equal(pk_style_document(again), doc);
    assert_true(pk_style_hash(again) == pk_style_hash(s));
    pk_style_destroy(again);
    pk_style_destroy(s);
}

/* A viewer's copy of a style, saved and given back, is the style that went out. */
static void a_viewers_copy_comes_back_as_it_was(void **state)
{
    (void)state;
    const struct pk_viewer_place place = {"https://karta.test", "Kommun", 16,
                                          pk_pattern_known};
    for (size_t n = 0; n < PK_COUNT(names); n++) {
        for (const char *const *theme = pk_shipped_themes(); *theme != NULL; theme++) {
            struct pk_style *s = shipped(names[n], *theme), *again;
            struct pk_error err = {0};
            struct pk_buf out;
            pk_buf_init(&out, 8 << 20);
            assert_int_equal(pk_style_for_viewer(&out, s, &place, &err), PK_OK);
            assert_non_null(strstr(out.data, ":label\""));
            assert_non_null(strstr(out.data, "/{z}/{x}/{y}.mvt?theme="));
            assert_int_equal(pk_style_read(&again, names[n], out.data, out.len, *theme,
                                           NULL, 0, NULL, &err),
                             PK_OK);
            json_t *was = json_loads(pk_style_document(s), 0, NULL);
            json_t *is = json_loads(pk_style_document(again), 0, NULL);
            assert_true(json_equal(json_object_get(was, "layers"),
                                   json_object_get(is, "layers")));
            json_decref(was);
            json_decref(is);
            pk_buf_finish(&out);
            pk_style_destroy(again);
            pk_style_destroy(s);
        }
    }
}

/* Ink and ground and nothing else: what is neither is what smooths an edge. */
static void mono_has_two_colours(void **state)
{
    (void)state;
    static const char *const themes[] = {"mono", "mono-dark"};
    for (size_t n = 0; n < PK_COUNT(names); n++) {
        for (size_t t = 0; t < PK_COUNT(themes); t++) {
            struct pk_style *s = shipped(names[n], themes[t]);
            struct pk_rgba c[16];
            uint32_t count = 0;
            assert_true(pk_style_colours(s, c, &count, 16));
            for (uint32_t i = 0; i < count; i++) {
                assert_true(c[i].a == 255 && c[i].r == c[i].g && c[i].g == c[i].b);
                assert_true(c[i].r == 0 || c[i].r == 255);
            }
            pk_style_destroy(s);
        }
    }
}

/* The 13 colour names of BFS 2020:6, as stored. */
static const char *const plan_colours[] = {"gul",      "brun", "beige",  "orange", "rod",
                                           "rosa",     "lila", "bla",    "blagra", "gron",
                                           "ljusgron", "gra",  "ljusgra"};

static const struct pk_style_layer *find(const struct pk_style *s, const char *id)
{
    for (uint32_t i = 0; i < pk_style_layer_count(s); i++) {
        if (strcmp(pk_style_layer(s, i)->id, id) == 0) {
            return pk_style_layer(s, i);
        }
    }
    fail_msg("no layer %s", id);
    return NULL;
}

/* What the style paints for one colour name. */
static struct pk_fill_paint use_paint(const struct pk_style *s, const char *layer,
                                      const char *colour)
{
    struct pk_value v = {PK_VALUE_STRING, (uint32_t)strlen(colour), 0, colour};
    uint16_t map[PROPERTIES_MAX];
    for (uint32_t i = 0; i < pk_style_property_count(s); i++) {
        map[i] = strcmp(pk_style_property(s, i), "colour") == 0 ? 0 : PK_NO_KEY;
    }
    struct pk_style_input in = {16, PK_GEOM_AREA, &v, map, 1};
    struct pk_fill_paint p;
    pk_style_fill(s, find(s, layer), &in, &p);
    return p;
}

static void uses_have_a_colour_of_their_own_where_colours_tell(void **state)
{
    (void)state;
    static const char *const coloured[] = {"standard", "cvd", "print", NULL};
    for (const char *const *theme = coloured; *theme != NULL; theme++) {
        struct pk_style *s = shipped("plan", *theme);
        struct pk_rgba other = use_paint(s, "use-fill", "unheard of").colour;
        for (size_t a = 0; a < PK_COUNT(plan_colours); a++) {
            struct pk_rgba c = use_paint(s, "use-fill", plan_colours[a]).colour;
            assert_true(memcmp(&c, &other, sizeof(c)) != 0);
            assert_true(pk_colour_luminance(c) >= 0.10); /* T2: black lines keep 3:1 */
        }
        pk_style_destroy(s);
    }
}

/* accessibility.md 3.3, T3: CIEDE2000 of 12 or more in every kind of vision; T6 and
 * T2 on the same fills. */
static void cvd_colours_differ_in_every_colour_vision(void **state)
{
    (void)state;
    struct pk_style *s = shipped("plan", "cvd");
    struct pk_rgba c[PK_COUNT(plan_colours)];
    double worst = 100;
    for (size_t a = 0; a < PK_COUNT(plan_colours); a++) {
        c[a] = use_paint(s, "use-fill", plan_colours[a]).colour;
        assert_int_equal(c[a].a, 255);
        for (size_t b = 0; b < a; b++) {
            enum pk_vision vision;
            double d = pk_colour_distance(c[a], c[b], &vision);
            worst = fmin(worst, d);
            if (d < 12) {
                fail_msg("%s and %s: %.2f for %s", plan_colours[a], plan_colours[b], d,
                         pk_vision_name(vision));
            }
        }
        struct pk_rgba black = {0, 0, 0, 255};
        assert_true(pk_colour_contrast(c[a], black) >= 4.5);
    }
    printf("smallest difference %.2f\n", worst);
    pk_style_destroy(s);
}

static void cvd_is_not_only_other_colours(void **state)
{
    (void)state;
    struct pk_style *plain = shipped("plan", "standard"), *s = shipped("plan", "cvd");
    size_t patterns = 0;
    for (size_t a = 0; a < PK_COUNT(plan_colours); a++) {
        const char *p = use_paint(s, "use-pattern", plan_colours[a]).pattern;
        assert_null(use_paint(plain, "use-pattern", plan_colours[a]).pattern);
        patterns += p != NULL;
        for (size_t b = 0; b < a && p != NULL; b++) {
            const char *q = use_paint(s, "use-pattern", plan_colours[b]).pattern;
            assert_true(q == NULL || strcmp(p, q) != 0);
        }
    }
    assert_true(patterns >= 10);
    struct pk_style_input in = {16, PK_GEOM_LINE, NULL, NULL, 1};
    struct pk_line_paint thin, wide;
    pk_style_line(plain, find(plain, "plan-line"), &in, &thin);
    pk_style_line(s, find(s, "plan-line"), &in, &wide);
    assert_true(wide.width > thin.width);
    pk_style_destroy(plain);
    pk_style_destroy(s);
}

/* T1: the boundary keeps 3:1 to every fill on both sides, by line or by casing. */
static void boundaries_keep_contrast_to_every_fill(void **state)
{
    (void)state;
    static const char *const lines[] = {"plan-line",
                                        "use-line",
                                        "property-line",
                                        "administrative-line",
                                        "plan-line-ongoing",
                                        "use-line-ongoing",
                                        "property-line-ongoing"};
    static const char *const casings[] = {
        "plan-casing", "use-casing", "property-casing", "administrative-casing",
        "plan-casing", "use-casing", "property-casing"};
    for (const char *const *theme = pk_shipped_themes(); *theme != NULL; theme++) {
        struct pk_style *s = shipped("plan", *theme);
        for (size_t i = 0; i < PK_COUNT(lines); i++) {
            struct pk_style_input in = {17, PK_GEOM_LINE, NULL, NULL, 1};
            struct pk_line_paint line, casing;
            pk_style_line(s, find(s, lines[i]), &in, &line);
            pk_style_line(s, find(s, casings[i]), &in, &casing);
            assert_true(line.width >= 2 && casing.width >= line.width + 2);
            assert_true(find(s, casings[i])->index < find(s, lines[i])->index);
            for (int v = 0; v < PK_VISION_COUNT; v++) {
                assert_true(pk_colour_contrast(
                                pk_colour_seen(line.colour, (enum pk_vision)v),
                                pk_colour_seen(casing.colour, (enum pk_vision)v)) >= 4.5);
            }
        }
        pk_style_destroy(s);
    }
}

/* ---- looks of layers ---- */

static struct pk_style *look(const char *settings, uint32_t order)
{
    struct pk_buf out;
    struct pk_error err = {0};
    struct pk_style *s = NULL;
    pk_buf_init(&out, 100000);
    if (pk_layer_style(&out, "cykelvagar", settings, order, &err) != PK_OK ||
        pk_style_read(&s, "cykelvagar", out.data, out.len, NULL, NULL, 0, NULL, &err) !=
            PK_OK) {
        fail_msg("%s: %s\n%s", settings, err.text, out.data);
    }
    pk_buf_finish(&out);
    return s;
}

static void layers_without_settings_are_legible_and_differ(void **state)
{
    (void)state;
    struct pk_rgba seen[8];
    for (uint32_t order = 0; order < 20; order++) {
        struct pk_style *s = look(order % 2 == 0 ? NULL : "{}", order);
        struct pk_style_input in = {14, PK_GEOM_LINE, NULL, NULL, 1};
        struct pk_line_paint line;
        struct pk_fill_paint area;
        const struct pk_rgba white = {255, 255, 255, 255};
        assert_true(pk_style_shows(s, find(s, "line"), &in));
        assert_false(pk_style_shows(s, find(s, "point"), &in));
        pk_style_line(s, find(s, "line"), &in, &line);
        pk_style_fill(s, find(s, "area-pattern"), &in, &area);
        assert_true(pk_colour_contrast(line.colour, white) >= 4.5);
        assert_true(pk_pattern_known(area.pattern));
        for (uint32_t i = 0; i < order && i < 8 && order < 8; i++) {
            assert_true(pk_colour_distance(seen[i], line.colour, NULL) > 12);
        }
        if (order < 8) {
            seen[order] = line.colour;
        }
        pk_style_destroy(s);
    }
}

static void settings_of_a_layer_are_followed(void **state)
{
    (void)state;
    struct pk_style *s =
        look("{\"title\":{\"sv\":\"Cykel\"},\"look\":{\"colour\":\"red\",\"line\":4,"
             "\"dash\":[3,1],\"label\":\"vad \\\"x\\\"\"},\"min_zoom\":8}",
             3);
    struct pk_style_input in = {14, PK_GEOM_LINE, NULL, NULL, 1};
    struct pk_line_paint line;
    pk_style_line(s, find(s, "line"), &in, &line);
    assert_true(line.width == 4 && line.colour.r == 255 && line.dashes[0] == 12);
    assert_true(find(s, "line")->min_zoom == 8);
    bool found = false;
    for (uint32_t i = 0; i < pk_style_property_count(s); i++) {
        found = found || strcmp(pk_style_property(s, i), "vad \"x\"") == 0;
    }
    assert_true(found);
    pk_style_destroy(s);
    s = look("{\"look\":{\"label\":false,\"pattern\":\"none\"}}", 0);
    for (uint32_t i = 0; i < pk_style_layer_count(s); i++) {
        assert_true(pk_style_layer(s, i)->type != PK_LAYER_SYMBOL);
        assert_true(strcmp(pk_style_layer(s, i)->id, "area-pattern") != 0);
    }
    pk_style_destroy(s);
}

static void wrong_settings_are_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"look\":{\"colour\":\"rött\"}}", "look.colour"},
        {"{\"look\":{\"line\":\"thick\"}}",   "look.line"  },
        {"{\"look\":{\"line\":1000}}",        "look.line"  },
        {"{\"look\":{\"dash\":\"wavy\"}}",    "look.dash"  },
        {"{\"look\":7}",                      "look"       },
        {"{\"min_zoom\":-1}",                 "min_zoom"   },
        {"{",                                 "line 1"     },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_buf out;
        struct pk_error err = {0};
        pk_buf_init(&out, 100000);
        assert_int_equal(pk_layer_style(&out, "x", cases[i][0], 0, &err), PK_BAD_INPUT);
        assert_non_null(strstr(err.text, cases[i][1]));
        pk_buf_finish(&out);
    }
}

static void tools_show_and_check(void **state)
{
    (void)state;
    struct pk_buf out;
    struct pk_error err = {0};
    pk_buf_init(&out, 1000000);
    size_t len = 0;
    const char *json = pk_shipped_style("plan", &len);
    assert_int_equal(pk_style_tool_check(&out, "plan", json, len, false, &err), PK_OK);
    assert_non_null(strstr(out.data, "plan: cvd: "));
    struct pk_style *s = shipped("plan", "cvd");
    pk_buf_clear(&out);
    pk_style_tool_show(&out, s, 16, false);
    assert_non_null(strstr(out.data, "+ use-fill"));
    pk_buf_clear(&out);
    pk_style_tool_show(&out, s, 16, true);
    json_t *shown;
    assert_int_equal(pk_json_parse(&shown, out.data, out.len, 1000000, &err), PK_OK);
    assert_int_equal(json_array_size(pk_jget_array(shown, "layers")),
                     pk_style_layer_count(s));
    json_decref(shown);
    pk_style_destroy(s);
    pk_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_style_and_theme_paints_any_feature_within_its_bounds),
        cmocka_unit_test(
            every_layer_says_its_legend_class_and_no_label_is_wider_than_a_tile_row),
        cmocka_unit_test(what_goes_out_is_a_style_that_draws_the_same),
        cmocka_unit_test(a_viewers_copy_comes_back_as_it_was),
        cmocka_unit_test(mono_has_two_colours),
        cmocka_unit_test(uses_have_a_colour_of_their_own_where_colours_tell),
        cmocka_unit_test(cvd_colours_differ_in_every_colour_vision),
        cmocka_unit_test(cvd_is_not_only_other_colours),
        cmocka_unit_test(boundaries_keep_contrast_to_every_fill),
        cmocka_unit_test(layers_without_settings_are_legible_and_differ),
        cmocka_unit_test(settings_of_a_layer_are_followed),
        cmocka_unit_test(wrong_settings_are_named),
        cmocka_unit_test(tools_show_and_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
