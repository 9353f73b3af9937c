/* test_sld.c - SLD as QGIS exports it, and by hand, as styles: what is drawn of it, for
 * whom, and what is said to be lost. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "styles/sld.h"
#include "styles/style_tool.h"
#include "tiles/icon.h"
#include "tiles/pattern.h"

struct result {
    enum pk_status status;
    struct pk_error err;
    struct pk_buf out, report;
    struct pk_style *style;
    json_t *json;
};

static void convert(struct result *r, const char *file)
{
    char path[512];
    (void)snprintf(path, sizeof(path), PK_TEST_DIR "/fuzz/corpora/sld/%s.sld", file);
    char *xml = malloc(1 << 20);
    FILE *f = fopen(path, "rb");
    assert_true(f != NULL && xml != NULL);
    size_t len = fread(xml, 1, 1 << 20, f);
    fclose(f);
    memset(r, 0, sizeof(*r));
    pk_buf_init(&r->out, 8 << 20);
    pk_buf_init(&r->report, 1 << 20);
    r->status = pk_sld_convert(&r->out, &r->report, file, xml, len, NULL, &r->err);
    free(xml);
    if (r->status == PK_OK) {
        if (pk_style_read(&r->style, file, r->out.data, r->out.len, NULL, NULL, 0, NULL,
                          &r->err) != PK_OK) {
            fail_msg("%s", r->err.text);
        }
        assert_int_equal(
            pk_json_parse(&r->json, r->out.data, r->out.len, 8 << 20, &r->err), PK_OK);
    }
}

static void done(struct result *r)
{
    pk_style_destroy(r->style);
    json_decref(r->json);
    pk_buf_finish(&r->out);
    pk_buf_finish(&r->report);
}

static const json_t *layer(const struct result *r, size_t i)
{
    return json_array_get(json_object_get(r->json, "layers"), i);
}

/* A member of paint or layout, as text. */
static void assert_value(const struct result *r, size_t i, const char *place,
                         const char *name, const char *want)
{
    json_t *v = json_object_get(json_object_get(layer(r, i), place), name);
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text == NULL || strcmp(text, want) != 0) {
        fail_msg("layer %zu %s %s: wanted %s, got %s", i, place, name, want,
                 text == NULL ? "nothing" : text);
    }
    free(text);
}

static bool shows(const struct result *r, uint32_t i, const char *feature, double zoom)
{
    json_t *json = json_loads(feature, 0, NULL);
    assert_non_null(json);
    bool yes = pk_style_tool_shows(r->style, i, json, zoom);
    json_decref(json);
    return yes;
}

static void categories_of_qgis_take_their_own_features(void **state)
{
    (void)state;
    struct result r;
    convert(&r, "categories");
    assert_int_equal(r.status, PK_OK);
    assert_string_equal(pk_jget_string(layer(&r, 0), "source-layer"), "areas");
    assert_value(&r, 0, "paint", "fill-color", "\"#ffff00\"");
    assert_value(&r, 0, "paint", "fill-opacity", "0.78000000000000003");
    assert_value(&r, 1, "paint", "line-width", "2.0");
    assert_value(&r, 1, "layout", "line-join", "\"bevel\"");
    assert_true(shows(&r, 0, "{\"typ\":\"B\"}", 16) &&
                !shows(&r, 0, "{\"typ\":\"C\"}", 16));
    assert_true(shows(&r, 2, "{\"typ\":\"C\"}", 16) && !shows(&r, 2, "{}", 16));
    assert_true(shows(&r, 3, "{}", 16) && shows(&r, 3, "{\"typ\":\"\"}", 16));
    assert_false(shows(&r, 3, "{\"typ\":\"B\"}", 16));
    assert_value(&r, 5, "layout", "text-size", "14.0");
    assert_value(&r, 5, "layout", "text-anchor", "\"left\"");
    assert_value(&r, 5, "paint", "text-halo-width", "2.0");
    assert_non_null(strstr(r.report.data, "categories:101: VendorOption"));
    done(&r);
}

static void rules_of_qgis_keep_filters_and_scales(void **state)
{
    (void)state;
    struct result r;
    convert(&r, "rules");
    assert_int_equal(r.status, PK_OK);
    const char *big = "{\"antal\":6,\"typ\":\"gata\"}";
    assert_true(shows(&r, 0, big, 14));
    assert_false(shows(&r, 0, big, 10) || shows(&r, 0, big, 19));
    assert_false(shows(&r, 0, "{\"antal\":5,\"typ\":\"gata\"}", 14));
    assert_false(shows(&r, 0, "{\"antal\":6,\"typ\":\"stig\"}", 14));
    assert_true(shows(&r, 1, "{\"namn\":\"Storgatan\",\"antal\":1}", 14));
    assert_true(shows(&r, 1, "{\"namn\":\"x\"}", 14));
    assert_false(shows(&r, 1, "{\"namn\":\"x\",\"antal\":1}", 14));
    assert_value(&r, 1, "paint", "line-offset", "-4.0");
    assert_true(shows(&r, 2, "{\"antal\":3}", 14) && !shows(&r, 2, "{\"antal\":4}", 14));
    assert_value(&r, 2, "paint", "line-dasharray", "[14.0,7.0,4.0,7.0]");
    done(&r);
}

static void classes_and_marks_of_qgis_are_points(void **state)
{
    (void)state;
    struct result r;
    convert(&r, "graduated");
    assert_int_equal(r.status, PK_OK);
    assert_value(&r, 0, "paint", "circle-radius", "5.5");
    assert_value(&r, 1, "layout", "icon-image", "\"triangle:#00ff00\"");
    assert_value(&r, 1, "layout", "icon-rotate", "30.0");
    assert_true(shows(&r, 0, "{\"antal\":10}", 14) && !shows(&r, 0, "{}", 14));
    done(&r);
    convert(&r, "markerline");
    assert_value(&r, 1, "layout", "symbol-spacing", "25.0");
    done(&r);
    convert(&r, "svg");
    assert_non_null(strstr(r.report.data, "pictures are not carried over"));
    done(&r);
}

/* Every name of an image that comes out is one that we draw. */
static void every_image_is_known(void **state)
{
    (void)state;
    static const char *const files[] = {"hatch", "graduated", "markerline",
                                        "svg",   "sld10",     "numbers"};
    for (size_t f = 0; f < PK_COUNT(files); f++) {
        struct result r;
        convert(&r, files[f]);
        assert_int_equal(r.status, PK_OK);
        for (size_t i = 0; layer(&r, i) != NULL; i++) {
            const char *pattern =
                pk_jget_string(json_object_get(layer(&r, i), "paint"), "fill-pattern");
            const char *icon =
                pk_jget_string(json_object_get(layer(&r, i), "layout"), "icon-image");
            if ((pattern != NULL && !pk_pattern_known(pattern)) ||
                (icon != NULL && !pk_icon_known(icon))) {
                fail_msg("%s: %s", files[f], pattern != NULL ? pattern : icon);
            }
        }
        done(&r);
    }
}

static void version_1_0_else_and_labels(void **state)
{
    (void)state;
    struct result r;
    convert(&r, "sld10");
    assert_int_equal(r.status, PK_OK);
    assert_true(shows(&r, 0, "{\"area\":11}", 16) && !shows(&r, 0, "{\"area\":10}", 16));
    assert_false(shows(&r, 0, "{\"area\":11}", 5));
    assert_value(&r, 1, "paint", "line-dasharray", "[2.0,1.0,0.5]");
    assert_value(&r, 2, "layout", "text-anchor", "\"bottom-left\"");
    assert_value(&r, 2, "layout", "text-offset", "[0.5,-1.0]");
    assert_value(&r, 2, "layout", "text-max-width", "5.0");
    assert_value(&r, 2, "layout", "text-font", "[\"DejaVu Sans Bold\"]");
    assert_true(shows(&r, 3, "{\"area\":1}", 16) && !shows(&r, 3, "{\"area\":11}", 16));
    assert_value(&r, 3, "layout", "icon-size", "2.0");
    assert_null(layer(&r, 4)); /* a filter that is not known draws nothing */
    assert_non_null(strstr(r.report.data, "BBOX"));
    done(&r);
}

static void filters_mean_the_same(void **state)
{
    (void)state;
    struct result r;
    convert(&r, "filters");
    assert_int_equal(r.status, PK_OK);
    assert_true(shows(&r, 0, "{\"n\":\"STORA\",\"a\":2}", 14));
    assert_false(shows(&r, 0, "{\"n\":\"STORA\",\"a\":4}", 14));
    assert_true(shows(&r, 0, "{\"n\":\"x\"}", 14));
    assert_true(shows(&r, 0, "{\"n\":\"x\",\"a\":51}", 14));
    assert_true(shows(&r, 0, "{\"n\":\"abc\",\"a\":9}", 14));
    assert_false(shows(&r, 0, "{\"n\":\"abd\",\"a\":9}", 14));
    assert_value(&r, 0, "paint", "line-offset", "-3.0");
    done(&r);
}

static void hostile_documents_are_refused_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *file, *want;
    } cases[] = {
        {"entities", "entities:"                                 },
        {"doctype",  "a document type is not read"               },
        {"broken",   "broken:1: this is no XML"                  },
        {"other",    "expected StyledLayerDescriptor, found html"},
        {"empty",    "nothing in it can be drawn"                },
        {"deep",     "nothing in it can be drawn"                },
        {"many",     "more than 1000 layers"                     },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct result r;
        convert(&r, cases[i].file);
        if (r.status == PK_OK || strstr(r.err.text, cases[i].want) == NULL) {
            fail_msg("%s: %s", cases[i].file, r.err.text);
        }
        done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_of_qgis_take_their_own_features),
        cmocka_unit_test(rules_of_qgis_keep_filters_and_scales),
        cmocka_unit_test(classes_and_marks_of_qgis_are_points),
        cmocka_unit_test(every_image_is_known),
        cmocka_unit_test(version_1_0_else_and_labels),
        cmocka_unit_test(filters_mean_the_same),
        cmocka_unit_test(hostile_documents_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
