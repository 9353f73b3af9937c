/* test_style.c - reading styles and themes: what is accepted, what is said of what
 * is not, and what paint comes out. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "styles/style.h"
#include "styles/style_tool.h"

static struct pk_style *read_ok(const char *json, const char *theme)
{
    struct pk_style *s = NULL;
    struct pk_error err = {0};
    enum pk_status status = pk_style_read(&s, "t", json, strlen(json), NULL, theme,
                                          theme == NULL ? 0 : strlen(theme), NULL, &err);
    if (status != PK_OK) {
        fail_msg("%s", err.text);
    }
    return s;
}

/* A style of one layer; `rest` continues the layer object. */
static void one_layer(char *out, size_t size, const char *type, const char *rest)
{
    (void)snprintf(out, size,
                   "{\"version\":8,\"layers\":[{\"id\":\"l\",\"type\":\"%s\","
                   "\"source\":\"s\",\"source-layer\":\"x\"%s}]}",
                   type, rest);
}

struct feature {
    struct pk_style_input in;
    struct pk_value values[8];
    uint16_t map[8];
};

/* One property "a" with a text or (text NULL) a number. */
static struct pk_style_input *feature(struct feature *f, const struct pk_style *s,
                                      double zoom, const char *text, double number)
{
    memset(f, 0, sizeof(*f));
    f->values[0] =
        text != NULL ? (struct pk_value){PK_VALUE_STRING, (uint32_t)strlen(text), 0, text}
                     : (struct pk_value){PK_VALUE_NUMBER, 0, number, NULL};
    for (uint32_t i = 0; i < pk_style_property_count(s) && i < 8; i++) {
        f->map[i] = strcmp(pk_style_property(s, i), "a") == 0 ? 0 : PK_NO_KEY;
    }
    f->in = (struct pk_style_input){zoom, PK_GEOM_AREA, f->values, f->map, 1};
    return &f->in;
}

static void errors_say_where_and_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *type, *rest, *want;
    } cases[] = {
        {"fill",      ",\"paint\":{\"fill-color\":\"nope\"}",
         "layers[0].paint.fill-color: \"nope\" is not a color"                                                                                  },
        {"fill",      ",\"paint\":{\"fill-colour\":\"red\"}",
         "layers[0].paint.fill-colour: fill layers have no such paint property"                                                                 },
        {"fill",      ",\"layout\":{\"fill-color\":\"red\"}",                             "no such layout property"                             },
        {"fill",      ",\"paint\":{\"fill-opacity\":1.5}",                                "1.5 is outside 0 to 1"                               },
        {"fill",      ",\"paint\":{\"fill-opacity\":\"1\"}",
         "layers[0].paint.fill-opacity: expected number, found string"                                                                          },
        {"fill",
         ",\"paint\":{\"fill-color\":[\"match\",[\"get\",\"a\"],\"x\",\"rd\",\"blue\"]}", "layers[0].paint.fill-color[3]: \"rd\" is not a color"},
        {"fill",      ",\"paint\":{\"fill-antialias\":1}",                                "expected boolean"                                    },
        {"fill",      ",\"paint\":{\"fill-pattern\":[\"concat\",\"a\",[\"get\",\"b\"]]}",
         "the name of an image cannot be put together here"                                                                                     },
        {"line",      ",\"layout\":{\"line-cap\":\"flat\"}",
         "layers[0].layout.line-cap: \"flat\" is not known; expected butt|round|square"                                                         },
        {"line",      ",\"paint\":{\"line-width\":-1}",                                   "-1 is below 0"                                       },
        {"line",      ",\"paint\":{\"line-dasharray\":[0,0]}",                            "all 0"                                               },
        {"line",      ",\"paint\":{\"line-dasharray\":[1,\"a\"]}",
         "line-dasharray[1]: expected number"                                                                                                   },
        {"line",      ",\"paint\":{\"line-translate\":[1]}",                              "expected 2 to 2 items, found 1"                      },
        {"fill",      ",\"paint\":{\"fill-layer-blend\":\"multiply\"}",
         "fill-layer-blend: only \"normal\" is drawn here"                                                                                      },
        {"symbol",    ",\"layout\":{\"text-variable-anchor-offset\":[\"top\",1]}",
         "text-variable-anchor-offset[1]: expected [right, down]"                                                                               },
        {"symbol",    ",\"layout\":{\"icon-text-fit-padding\":[1,2]}",
         "expected 4 to 4 items, found 2"                                                                                                       },
        {"symbol",    ",\"layout\":{\"text-variable-anchor\":[\"up\"]}",
         "\"up\" is not known"                                                                                                                  },
        {"symbol",    ",\"layout\":{\"visibility\":\"hidden\"}",
         "expected \"visible\" or \"none\""                                                                                                     },
        {"fill",      ",\"minzoom\":30",                                                  "layers[0].minzoom: expected a zoom"                  },
        {"fill",      ",\"filter\":[\"==\",\"a\"]",                                       "layers[0].filter"                                    },
        {"fill",      ",\"filter\":[\"get\",1]",                                          "layers[0].filter[1]"                                 },
        {"fill",      ",\"filter\":\"a\"",                                                "expected boolean, found string"                      },
        {"fill",      ",\"paint\":[]",                                                    "layers[0].paint: expected an object"                 },
        {"fill",      ",\"colour\":1",                                                    "layers[0].colour: layers have no such member"        },
        {"hillshade", "",                                                                 "\"hillshade\" is not drawn"                          },
        {"heatmap",   "",                                                                 "layers[0].type"                                      },
        {"fill",      ",\"paint\":{\"fill-color\":[\"global-state\",\"x\"]}",
         "layers[0].paint: the style has no state \"x\""                                                                                        },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        char json[1000];
        one_layer(json, sizeof(json), cases[i].type, cases[i].rest);
        struct pk_style *s = NULL;
        struct pk_error err = {0};
        enum pk_status status =
            pk_style_read(&s, "t", json, strlen(json), NULL, NULL, 0, NULL, &err);
        if (status == PK_OK || strstr(err.text, cases[i].want) == NULL) {
            fail_msg("%s\n  wanted %s\n  got    %s", json, cases[i].want, err.text);
        }
        assert_null(s);
    }
}

static void broken_json_names_line_and_column(void **state)
{
    (void)state;
    static const char json[] = "{\"version\": 8,\n \"layers\": [}\n";
    struct pk_style *s;
    struct pk_error err = {0};
    assert_int_equal(
        pk_style_read(&s, "plan", json, strlen(json), NULL, NULL, 0, NULL, &err),
        PK_BAD_INPUT);
    assert_int_equal(strncmp(err.text, "plan.json:2:", 12), 0);
}

static void mistakes_name_line_and_column(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"version\": 8,\n \"layers\": [\n  {\"id\": \"a\", \"type\": "
         "\"background\"},\n"
         "  {\"id\": \"b\\\"]}\", \"type\": \"line\", \"source-layer\": \"x\",\n"
         "   \"paint\": {\"line-width\": [\"+\", 1, \"x\"]}}]}", "t.json:5:37: layers[1].paint.line-width[2]: expected number"},
        {"{\"layers\": [],\n\"version\": 7}",                             "t.json:2:12: version: expected 8"                           },
        {"{\"version\": 8,\n\"layers\": [{\"id\": \"a\"}]}",
         "t.json:2:12: layers[0].type"                                                                                                 },
        {"\n{}",                                                          "t.json:2:1: version"                                        },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_style *s;
        struct pk_error err = {0};
        assert_true(pk_style_read(&s, "t", cases[i][0], strlen(cases[i][0]), NULL, NULL,
                                  0, NULL, &err) != PK_OK);
        if (strncmp(err.text, cases[i][1], strlen(cases[i][1])) != 0) {
            fail_msg("wanted %s\n  got    %s", cases[i][1], err.text);
        }
    }
}

static void documents_that_are_no_styles_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "[]",
        "{}",
        "{\"version\":7,\"layers\":[]}",
        "{\"version\":8}",
        "{\"version\":8,\"layers\":{}}",
        "{\"version\":8,\"layers\":[1]}",
        "{\"version\":8,\"layers\":[{\"type\":\"fill\"}]}",
        "{\"version\":8,\"layers\":[{\"id\":\"a\",\"type\":\"fill\"}]}",
        "{\"version\":8,\"version\":8,\"layers\":[]}",
        "{\"version\":8,\"layers\":[{\"id\":\"a\",\"type\":\"background\"},"
        "{\"id\":\"a\",\"type\":\"background\"}]}",
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_style *s;
        struct pk_error err = {0};
        if (pk_style_read(&s, "t", cases[i], strlen(cases[i]), NULL, NULL, 0, NULL,
                          &err) == PK_OK) {
            fail_msg("%s was read", cases[i]);
        }
        assert_true(err.text[0] != '\0');
    }
}

static void extrusions_are_passed_over_with_a_warning(void **state)
{
    (void)state;
    static const char json[] =
        "{\"version\":8,\"layers\":[{\"id\":\"a\",\"type\":\"fill-extrusion\"},"
        "{\"id\":\"b\",\"type\":\"background\"}]}";
    struct pk_style *s;
    struct pk_error err = {0};
    struct pk_buf warnings;
    pk_buf_init(&warnings, 1000);
    assert_int_equal(
        pk_style_read(&s, "t", json, strlen(json), NULL, NULL, 0, &warnings, &err),
        PK_OK);
    assert_string_equal(warnings.data,
                        "layers[0]: fill-extrusion layers are not drawn\n");
    assert_int_equal(pk_style_layer_count(s), 1);
    pk_buf_finish(&warnings);
    pk_style_destroy(s);
}

static void a_fill_is_painted_by_its_property(void **state)
{
    (void)state;
    struct pk_style *s =
        read_ok("{\"version\":8,\"layers\":[{\"id\":\"l\",\"type\":\"fill\",\"source-"
                "layer\":\"x\","
                "\"minzoom\":5,\"maxzoom\":10,\"filter\":[\"!=\",[\"get\",\"a\"],\"no\"],"
                "\"metadata\":{\"plankarta:legend\":\"use\"},"
                "\"paint\":{\"fill-color\":[\"match\",[\"get\",\"a\"],\"B\",\"#ffffce\","
                "\"#123456\"],"
                "\"fill-opacity\":0.5,\"fill-translate\":[3,-4]}}]}",
                NULL);
    const struct pk_style_layer *l = pk_style_layer(s, 0);
    assert_string_equal(l->legend_class, "use");
    assert_string_equal(l->source_layer, "x");
    struct feature f;
    assert_true(pk_style_shows(s, l, feature(&f, s, 5, "B", 0)));
    assert_false(pk_style_shows(s, l, feature(&f, s, 4.99, "B", 0)));
    assert_false(pk_style_shows(s, l, feature(&f, s, 10, "B", 0)));
    assert_false(pk_style_shows(s, l, feature(&f, s, 7, "no", 0)));
    struct pk_fill_paint p;
    pk_style_fill(s, l, feature(&f, s, 7, "B", 0), &p);
    assert_true(p.colour.r == 255 && p.colour.b == 0xce && p.colour.a == 128);
    assert_true(p.outline.a == 0 && p.pattern == NULL);
    assert_true(p.opacity == 0.5 && p.antialias && p.translate[1] == -4);
    pk_style_fill(s, l, feature(&f, s, 7, "C", 0), &p);
    assert_true(p.colour.r == 0x12 && p.colour.g == 0x34);
    assert_false(pk_style_is_constant(s, l));
    assert_true(pk_style_reach(s, l, 7) >= 5);
    struct pk_rgba colours[8];
    uint32_t count;
    assert_true(pk_style_colours(s, colours, &count, 8));
    assert_int_equal(count, 3); /* two and, should the match fail, black */
    assert_false(pk_style_colours(s, colours, &count, 1));
    pk_style_destroy(s);
}

static void a_pattern_takes_the_place_of_the_colour(void **state)
{
    (void)state;
    char json[1000];
    one_layer(json, sizeof(json), "fill",
              ",\"paint\":{\"fill-color\":\"red\",\"fill-pattern\":"
              "[\"match\",[\"get\",\"a\"],\"B\",\"dots\",\"\"]}");
    struct pk_style *s = read_ok(json, NULL);
    const struct pk_style_layer *l = pk_style_layer(s, 0);
    struct feature f;
    struct pk_fill_paint p;
    pk_style_fill(s, l, feature(&f, s, 7, "B", 0), &p);
    assert_string_equal(p.pattern, "dots");
    assert_int_equal(p.colour.a, 0);
    pk_style_fill(s, l, feature(&f, s, 7, "C", 0), &p);
    assert_true(p.pattern == NULL && p.colour.a == 0);
    pk_style_destroy(s);
}

static void lines_have_dashes_in_pixels_and_defaults_where_data_is_wrong(void **state)
{
    (void)state;
    struct pk_style *s = read_ok(
        "{\"version\":8,\"layers\":[{\"id\":\"l\",\"type\":\"line\",\"source-layer\":"
        "\"x\","
        "\"layout\":{\"line-cap\":\"round\",\"line-join\":[\"get\",\"b\"]},"
        "\"paint\":{\"line-width\":[\"get\",\"a\"],\"line-dasharray\":[4,2,1]}}]}",
        NULL);
    const struct pk_style_layer *l = pk_style_layer(s, 0);
    struct feature f;
    struct pk_line_paint p;
    pk_style_line(s, l, feature(&f, s, 7, NULL, 3), &p);
    assert_true(p.width == 3 && p.cap == PK_CAP_ROUND && p.join == PK_JOIN_MITER);
    assert_int_equal(p.dash_count, 6); /* an odd list is run through twice */
    assert_true(p.dashes[0] == 12 && p.dashes[3] == 12 && p.dashes[5] == 3);
    pk_style_line(s, l, feature(&f, s, 7, "wide", 0), &p);
    assert_true(p.width == 1); /* the default */
    pk_style_line(s, l, feature(&f, s, 7, NULL, 1e9), &p);
    assert_true(p.width == 256); /* the limit of the property */
    assert_true(pk_style_reach(s, l, 7) >= 128);
    pk_style_destroy(s);
}

static void symbols_have_text_font_and_anchors(void **state)
{
    (void)state;
    struct pk_style *s = read_ok(
        "{\"version\":8,\"layers\":[{\"id\":\"l\",\"type\":\"symbol\",\"source-layer\":"
        "\"x\","
        "\"metadata\":{\"plankarta:fit\":true},"
        "\"layout\":{\"text-field\":\"{a} 5\",\"text-font\":[\"Noto Sans Bold Italic\"],"
        "\"text-transform\":\"uppercase\",\"text-size\":[\"interpolate\",[\"linear\"],["
        "\"zoom\"],"
        "10,12,14,20],\"text-variable-anchor\":[\"left\",\"top\"],\"text-radial-offset\":"
        "0.5,"
        "\"text-max-width\":7},"
        "\"paint\":{\"text-halo-color\":\"#fff\",\"text-halo-width\":2.5}}]}",
        NULL);
    const struct pk_style_layer *l = pk_style_layer(s, 0);
    struct feature f;
    struct pk_symbol_paint p;
    pk_style_symbol(s, l, feature(&f, s, 12, "gr\xc3\xa4nd", 0), &p);
    assert_string_equal(p.text, "GR\xc3\x84ND 5");
    assert_int_equal(p.font, 3);
    assert_true(p.size == 16 && p.must_fit && p.anchor_count == 2);
    assert_true(p.anchors[0] == PK_ANCHOR_LEFT && p.anchors[1] == PK_ANCHOR_TOP);
    assert_true(p.offsets_em[0][0] == 0.5 && p.halo.a == 255 && p.halo_width == 2.5);
    assert_null(p.icon);
    double margin = pk_style_label_margin(s, l, 12);
    assert_true(margin >= 7 * 16 + 5 && margin <= 400);
    pk_style_destroy(s);
}

static void older_filters_and_functions_mean_what_they_did(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *text; /* text NULL: the number 5 */
        bool shows;
    } cases[] = {
        {"[\"==\",\"a\",\"x\"]",                                     "x",  true },
        {"[\"==\",\"a\",\"x\"]",                                     "y",  false},
        {"[\"!=\",\"a\",\"x\"]",                                     "y",  true },
        {"[\"<\",\"a\",6]",                                          NULL, true },
        {"[\"<\",\"a\",6]",                                          "x",  false},
        {"[\"none\",[\"<\",\"a\",6]]",                               "x",  true },
        {"[\"in\",\"a\",\"x\",\"y\"]",                               "y",  true },
        {"[\"!in\",\"a\",\"x\",\"y\"]",                              "y",  false},
        {"[\"has\",\"a\"]",                                          "y",  true },
        {"[\"!has\",\"b\"]",                                         "y",  true },
        {"[\"==\",\"$type\",\"Polygon\"]",                           "y",  true },
        {"[\"all\",[\"==\",\"$type\",\"Polygon\"],[\"has\",\"b\"]]", "y",  false},
        {"[\"any\",[\"==\",\"a\",1],[\"in\",\"a\",\"y\"]]",          "y",  true },
        {"[\"all\"]",                                                "y",  true },
        {"false",                                                    "y",  false},
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        char json[1000], rest[500];
        (void)snprintf(rest, sizeof(rest), ",\"filter\":%s", cases[i].filter);
        one_layer(json, sizeof(json), "fill", rest);
        struct pk_style *s = read_ok(json, NULL);
        struct feature f;
        bool shows =
            pk_style_shows(s, pk_style_layer(s, 0), feature(&f, s, 3, cases[i].text, 5));
        if (shows != cases[i].shows) {
            fail_msg("%s with %s", cases[i].filter, cases[i].text);
        }
        pk_style_destroy(s);
    }
    static const struct {
        const char *function, *text;
        double zoom, width;
    } functions[] = {
        {"{\"stops\":[[10,1],[20,11]]}",                                             NULL, 15, 6  },
        {"{\"base\":2,\"stops\":[[0,0],[2,3]]}",                                     NULL, 1,  1  },
        {"{\"type\":\"interval\",\"stops\":[[0,1],[10,2]]}",                         NULL, 9,  1  },
        {"{\"property\":\"a\",\"stops\":[[0,0],[10,20]]}",                           NULL, 1,  10 },
        {"{\"property\":\"a\",\"type\":\"identity\"}",                               NULL, 1,  5  },
        {"{\"property\":\"a\",\"type\":\"categorical\",\"stops\":[[\"x\",7]],\"default\":"
         "3}",                                                              "x",  1,  7  },
        {"{\"property\":\"a\",\"type\":\"categorical\",\"stops\":[[\"x\",7]],\"default\":"
         "3}",                                                              "y",  1,  3  },
        {"{\"property\":\"a\",\"stops\":[[{\"zoom\":0,\"value\":0},0],[{\"zoom\":0,"
         "\"value\":10},10],"
         "[{\"zoom\":10,\"value\":0},0],[{\"zoom\":10,\"value\":10},20]]}", NULL, 5,  7.5},
    };
    for (size_t i = 0; i < PK_COUNT(functions); i++) {
        char json[1000], rest[500];
        (void)snprintf(rest, sizeof(rest), ",\"paint\":{\"line-width\":%s}",
                       functions[i].function);
        one_layer(json, sizeof(json), "line", rest);
        struct pk_style *s = read_ok(json, NULL);
        struct feature f;
        struct pk_line_paint p;
        pk_style_line(s, pk_style_layer(s, 0),
                      feature(&f, s, functions[i].zoom, functions[i].text, 5), &p);
        if (fabs(p.width - functions[i].width) > 1e-9) {
            fail_msg("%s: %g", functions[i].function, p.width);
        }
        pk_style_destroy(s);
    }
}

static const char themed[] =
    "{\"version\":8,\"state\":{\"gul\":{\"default\":\"#ffffce\"},\"w\":{\"default\":2}},"
    "\"layers\":[{\"id\":\"l\",\"type\":\"line\",\"source-layer\":\"x\","
    "\"paint\":{\"line-color\":[\"global-state\",\"gul\"],"
    "\"line-width\":[\"+\",1,[\"global-state\",\"w\"]]}}]}";

static void a_theme_changes_states_and_layers(void **state)
{
    (void)state;
    static const char theme[] =
        "{\"theme\":\"n\",\"state\":{\"gul\":\"#000001\",\"other\":1},"
        "\"styles\":{\"t\":{\"state\":{\"w\":4},\"layers\":{\"l\":{"
        "\"paint\":{\"line-opacity\":0.5},\"minzoom\":3}}},"
        "\"somewhere\":{\"layers\":{\"q\":{}}}}}";
    struct pk_style *plain = read_ok(themed, NULL), *s = read_ok(themed, theme);
    struct feature f;
    struct pk_line_paint p;
    pk_style_line(plain, pk_style_layer(plain, 0), feature(&f, plain, 5, "", 0), &p);
    assert_true(p.width == 3 && p.colour.b == 0xce);
    pk_style_line(s, pk_style_layer(s, 0), feature(&f, s, 5, "", 0), &p);
    assert_true(p.width == 5 && p.colour.b == 1 && p.colour.a == 128);
    assert_true(pk_style_layer(s, 0)->min_zoom == 3);
    assert_true(pk_style_hash(plain) != pk_style_hash(s));
    assert_null(strstr(pk_style_document(s), "global-state"));
    assert_null(strstr(pk_style_document(s), "\"state\""));
    assert_non_null(strstr(pk_style_document(s), "#000001"));
    /* what goes out is a style again, and draws the same */
    struct pk_style *again = read_ok(pk_style_document(s), NULL);
    struct pk_line_paint q;
    pk_style_line(again, pk_style_layer(again, 0), feature(&f, again, 5, "", 0), &q);
    assert_true(q.width == p.width && q.colour.b == p.colour.b);
    pk_style_destroy(again);
    pk_style_destroy(plain);
    pk_style_destroy(s);
}

static void themes_with_mistakes_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[]",                                                                      "\"theme\""     },
        {"{\"theme\":\"n\",\"colors\":{}}",                                         "colors"        },
        {"{\"theme\":\"n\",\"styles\":{\"t\":{\"state\":{\"q\":1}}}}",              "no such state" },
        {"{\"theme\":\"n\",\"styles\":{\"t\":{\"layers\":{\"q\":{}}}}}",
         "q: no such layer"                                                                         },
        {"{\"theme\":\"n\",\"styles\":{\"t\":{\"layers\":{\"l\":{\"id\":1}}}}}",
         "no such member"                                                                           },
        {"{\"theme\":\"n\",\"styles\":{\"t\":{\"layers\":{\"l\":{\"paint\":1}}}}}",
         "expected an object"                                                                       },
        {"{\"theme\":\"n\",\"state\":{\"gul\":\"nope\"}}",                          "is not a color"},
        {"{\"theme\"",                                                              "n.json:1:"     },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_style *s;
        struct pk_error err = {0};
        enum pk_status status =
            pk_style_read(&s, "t", themed, strlen(themed), "n", cases[i][0],
                          strlen(cases[i][0]), NULL, &err);
        if (status == PK_OK || strstr(err.text, cases[i][1]) == NULL) {
            fail_msg("%s: %s", cases[i][0], err.text);
        }
    }
}

static void the_table_of_properties_can_be_read(void **state)
{
    (void)state;
    struct pk_buf out;
    pk_buf_init(&out, 100000);
    pk_style_tool_properties(&out);
    assert_false(out.failed);
    assert_non_null(
        strstr(out.data, "line line-cap: one of butt|round|square, default \"butt\""));
    pk_buf_finish(&out);
}

static void check_tells_every_problem_with_its_place(void **state)
{
    (void)state;
    static const char json[] =
        "{\"version\": 8, \"layers\": [\n"
        "  {\"id\": \"a\", \"type\": \"fill\", \"source-layer\": \"x\", \"sauce\": 1,\n"
        "   \"paint\": {\"fill-color\": \"rd\",\n"
        "             \"fill-opacity\": 7}},\n"
        "  {\"id\": \"h\", \"type\": \"heatmap\", \"source-layer\": \"x\"},\n"
        "  {\"id\": \"e\", \"type\": \"fill-extrusion\", \"source-layer\": \"x\"},\n"
        "  {\"id\": \"l\", \"type\": \"line\", \"source-layer\": \"x\",\n"
        "   \"filter\": [\"==\", [\"get\", 1], 2],\n"
        "   \"paint\": {\"line-width\": 300, \"line-gradient\": \"red\"}}]}";
    static const char *const wants[] = {
        "t:2:61: error: layers[0].sauce: layers have no such member",
        "t:3:28: error: layers[0].paint.fill-color: \"rd\" is not a color",
        "t:4:30: error: layers[0].paint.fill-opacity: 7 is outside 0 to 1",
        "t:5:23: error: layers[1].type: \"heatmap\" is not drawn",
        "error: layers[3].filter[1][1]",
        "warning: layers[2]: fill-extrusion layers are not drawn",
        "warning: layers[3].paint.line-width: 300 is drawn as 256",
        "warning: layers[3].paint.line-gradient: ignored",
    };
    struct pk_buf out;
    struct pk_error err;
    pk_buf_init(&out, 100000);
    assert_int_equal(pk_style_tool_check(&out, "t", json, strlen(json), false, &err),
                     PK_BAD_INPUT);
    assert_string_equal(err.text, "t: 5 errors");
    for (size_t i = 0; i < PK_COUNT(wants); i++) {
        if (strstr(out.data, wants[i]) == NULL) {
            fail_msg("%s is not in\n%s", wants[i], out.data);
        }
    }
    pk_buf_clear(&out);
    assert_int_equal(pk_style_tool_check(&out, "t", json, strlen(json), true, &err),
                     PK_BAD_INPUT);
    assert_non_null(strstr(out.data, "\"line\":4,\"column\":30"));
    pk_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_say_where_and_what_is_expected),
        cmocka_unit_test(broken_json_names_line_and_column),
        cmocka_unit_test(mistakes_name_line_and_column),
        cmocka_unit_test(documents_that_are_no_styles_are_refused),
        cmocka_unit_test(extrusions_are_passed_over_with_a_warning),
        cmocka_unit_test(a_fill_is_painted_by_its_property),
        cmocka_unit_test(a_pattern_takes_the_place_of_the_colour),
        cmocka_unit_test(lines_have_dashes_in_pixels_and_defaults_where_data_is_wrong),
        cmocka_unit_test(symbols_have_text_font_and_anchors),
        cmocka_unit_test(older_filters_and_functions_mean_what_they_did),
        cmocka_unit_test(a_theme_changes_states_and_layers),
        cmocka_unit_test(themes_with_mistakes_are_refused),
        cmocka_unit_test(check_tells_every_problem_with_its_place),
        cmocka_unit_test(the_table_of_properties_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
