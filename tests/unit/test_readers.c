/* Readers of foreign files, run here without the sandbox: what they say is walked as
 * the writer would walk it. */
#include "pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "import/curve.h"
#include "import/mapping.h"
#include "import/read.h"
#include "import/rings.h"

/* Everything one source said. */
struct said {
    json_t *records[PK_REC_TYPES]; /* arrays of objects, by type */
    double area[PK_REC_TYPES];     /* sums of what came with geometry */
    enum pk_status status;
    struct pk_error err;
};

static int temp_file(char *path, const char *ending, const char *text, size_t len)
{
    int fd;

    sprintf(path, "/tmp/plankarta-test-XXXXXX%s", ending);
    fd = mkstemps(path, (int)strlen(ending));
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
    return 0;
}

static void walk(struct said *said, int fd)
{
    struct pk_stream_in *in = pk_stream_open(fd);
    struct pk_record r;
    bool end = false;

    while (!end) {
        assert_int_equal(pk_stream_next(in, &r, &end, &said->err), PK_OK);
        json_array_append(said->records[r.type], r.object);
        if (r.has_geom) {
            said->area[r.type] += pk_geom_area(&r.geom);
        }
    }
    pk_stream_close(in);
}

static void read_with(struct said *said, const char *path, json_t *mapping)
{
    FILE *spool = tmpfile();
    struct pk_stream_out out;
    struct pk_source src;
    int fd = dup(fileno(spool));

    memset(said, 0, sizeof(*said));
    for (int i = 0; i < PK_REC_TYPES; i++) {
        said->records[i] = json_array();
    }
    pk_stream_out_init(&out, fd);
    pk_source_init(&src, &out, PK_EN);
    src.name = path;
    src.path = path;
    src.mapping = mapping;
    said->status = pk_read_source(&src, &said->err);
    if (said->status == PK_OK) {
        pk_source_end(&src);
    }
    pk_source_finish(&src);
    assert_int_equal(pk_stream_out_finish(&out, NULL), PK_OK);
    lseek(fd, 0, SEEK_SET);
    if (said->status == PK_OK) {
        walk(said, fd);
    }
    close(fd);
    fclose(spool);
}

static void read_text(struct said *said, const char *ending, const char *text)
{
    char path[64];

    temp_file(path, ending, text, strlen(text));
    read_with(said, path, NULL);
    unlink(path);
}

static void forget(struct said *said)
{
    for (int i = 0; i < PK_REC_TYPES; i++) {
        json_decref(said->records[i]);
    }
}

static size_t count(const struct said *said, enum pk_record_type type)
{
    return json_array_size(said->records[type]);
}

static bool found(const struct said *said, const char *rule)
{
    for (size_t i = 0; i < count(said, PK_REC_FINDING); i++) {
        const json_t *f = json_array_get(said->records[PK_REC_FINDING], i);
        if (strcmp(pk_jget_string(f, "rule"), rule) == 0) {
            return true;
        }
    }
    return false;
}

/* --- rings --- */

static void rings_close_whatever_the_order_and_signs(void **state)
{
    /* a square of four edges with a square hole of two, shuffled and turned */
    const double flat[] = {0, 0, 10, 0, 10, 0, 10, 10, 10, 10, 0, 10, 0, 10,
                           0, 0, 4,  4, 6,  4, 6,  6,  6,  6,  4, 6,  4, 4};
    const double *e[6] = {flat, flat + 4, flat + 8, flat + 12, flat + 16, flat + 22};
    const size_t n[6] = {2, 2, 2, 2, 3, 3};
    struct pk_arena arena = {0};
    unsigned seed = 7;
    (void)state;

    for (int round = 0; round < 200; round++) {
        struct pk_edge_use uses[6];
        double turned[6][6];
        size_t order[6] = {0, 1, 2, 3, 4, 5};
        struct pk_rings_report report;
        struct pk_geom g;

        for (size_t i = 6; i > 1; i--) {
            size_t k = (size_t)rand_r(&seed) % i, t = order[i - 1];
            order[i - 1] = order[k];
            order[k] = t;
        }
        for (size_t i = 0; i < 6; i++) {
            size_t k = order[i];
            bool reversed = rand_r(&seed) % 2;
            for (size_t v = 0; v < n[k]; v++) {
                size_t from = reversed ? n[k] - 1 - v : v;
                turned[i][2 * v] = e[k][2 * from];
                turned[i][2 * v + 1] = e[k][2 * from + 1];
            }
            uses[i] = (struct pk_edge_use){turned[i], n[k], reversed};
        }
        assert_int_equal(pk_rings_build(&g, &report, uses, 6, &arena, NULL), PK_OK);
        assert_int_equal(report.parts, 1);
        assert_int_equal(report.turned + report.closed + report.open, 0);
        assert_int_equal(g.ring_count, 2);
        assert_true(fabs(pk_geom_area(&g) - 96) < 1e-9);
        pk_arena_reset(&arena);
    }
    pk_arena_finish(&arena);
}

static void a_wrong_sign_and_a_small_gap_are_mended_and_told(void **state)
{
    const double a[] = {0, 0, 10, 0}, b[] = {10, 10, 10, 0}, c[] = {10, 10, 0, 10};
    const double d[] = {0, 10, 0, 0.05};
    struct pk_edge_use uses[] = {
        {a, 2, false},
        {b, 2, false},
        {c, 2, false},
        {d, 2, false}
    };
    struct pk_rings_report report;
    struct pk_arena arena = {0};
    struct pk_geom g;
    (void)state;

    assert_int_equal(pk_rings_build(&g, &report, uses, 4, &arena, NULL), PK_OK);
    assert_int_equal(report.turned, 1);
    assert_int_equal(report.closed, 1);
    assert_true(fabs(pk_geom_area(&g) - 100) < 0.5);
    assert_int_equal(pk_rings_build(&g, &report, uses, 2, &arena, NULL), PK_BAD_INPUT);
    pk_arena_finish(&arena);
}

static void rings_that_touch_in_a_point_are_two_parts(void **state)
{
    const double eight[] = {0, 0, 10, 0, 10, 10, 20, 10, 20, 20, 10, 20};
    const double one[] = {10, 20, 10, 10}, two[] = {10, 10, 0, 10, 0, 0};
    struct pk_edge_use uses[] = {
        {eight,     3, false},
        {eight + 4, 4, false},
        {one,       2, false},
        {two,       3, false}
    };
    struct pk_rings_report report;
    struct pk_arena arena = {0};
    struct pk_geom g;
    (void)state;

    assert_int_equal(pk_rings_build(&g, &report, uses, 4, &arena, NULL), PK_OK);
    assert_int_equal(report.parts, 2);
    assert_true(fabs(pk_geom_area(&g) - 200) < 1e-9);
    pk_arena_finish(&arena);
}

/* --- arcs --- */

static void chords_of_an_arc_are_near_it_and_the_same_from_both_ends(void **state)
{
    struct pk_arena arena = {0};
    unsigned seed = 3;
    (void)state;

    for (int round = 0; round < 300; round++) {
        double r = 0.5 + rand_r(&seed) % 5000 / 10.0, t = rand_r(&seed) % 628 / 100.0;
        double sweep = 0.2 + rand_r(&seed) % 500 / 100.0;
        const double cx = 500000, cy = 6500000;
        double p[3][2];
        for (int i = 0; i < 3; i++) {
            p[i][0] = cx + r * cos(t + sweep * i / 2);
            p[i][1] = cy + r * sin(t + sweep * i / 2);
        }
        struct pk_path ab = {.arena = &arena}, ba = {.arena = &arena};
        pk_path_add(&ab, p[0][0], p[0][1]);
        pk_path_arc(&ab, p[0], p[1], p[2], 0.01);
        pk_path_add(&ba, p[2][0], p[2][1]);
        pk_path_arc(&ba, p[2], p[1], p[0], 0.01);
        pk_path_reverse(&ba);
        assert_int_equal(ab.count, ba.count);
        assert_memory_equal(ab.xy, ba.xy, ab.count * 16);
        for (size_t i = 0; i + 1 < ab.count; i++) {
            double mx = (ab.xy[2 * i] + ab.xy[2 * i + 2]) / 2 - cx;
            double my = (ab.xy[2 * i + 1] + ab.xy[2 * i + 3]) / 2 - cy;
            assert_true(fabs(hypot(mx, my) - r) < 0.0101);
        }
        pk_arena_reset(&arena);
    }
    pk_arena_finish(&arena);
}

/* --- the real plan --- */

static void the_real_plan_comes_whole_from_its_gml(void **state)
{
    const char *path = PK_SHARED_DATA "/se-ss637040/plankarta-focus-ss637040-2016.gml";
    struct said said;
    size_t uses = 0, properties = 0, administrative = 0, references = 0;
    (void)state;

    if (access(path, R_OK) != 0) {
        print_message("skipped: no real data here\n");
        return;
    }
    read_with(&said, path, NULL);
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_PLAN), 1);
    const json_t *plan = json_array_get(said.records[PK_REC_PLAN], 0);
    assert_string_equal(pk_jget_string(plan, "beteckning"), "BN16/1724");
    assert_int_equal(json_integer_value(json_object_get(plan, "genomforandetid")), 60);
    assert_null(json_object_get(plan, "status"));
    assert_null(json_object_get(plan, "datumLagakraft"));
    assert_true(fabs(said.area[PK_REC_PLAN_PART] - 19564.155) < 0.01);
    for (size_t i = 0; i < count(&said, PK_REC_REGULATION); i++) {
        const json_t *r = json_array_get(said.records[PK_REC_REGULATION], i);
        const char *kind = pk_jget_string(r, "kind");
        bool use = strncmp(kind, "anv", 3) == 0;
        uses += use;
        properties += strncmp(kind, "eg", 2) == 0;
        administrative += strncmp(kind, "adm", 3) == 0;
        if (!use) {
            size_t n =
                json_array_size(json_object_get(r, "reglerarAnvandningsbestammelse"));
            references += n ? n : 1;
            assert_non_null(pk_jget_string(r, "bestammelseformulering"));
        }
    }
    assert_int_equal(uses, 7);
    assert_int_equal(properties, 5);
    assert_int_equal(administrative, 4);
    assert_int_equal(references, 16);
    assert_true(found(&said, "P-CRS")); /* the line in another system */
    forget(&said);
}

static void the_real_plan_comes_whole_from_its_json(void **state)
{
    const char *path = PK_SHARED_DATA "/derived/se-oppmanna-tollarp-ngp-v4.json";
    struct said said;
    (void)state;

    if (access(path, R_OK) != 0) {
        print_message("skipped: no real data here\n");
        return;
    }
    read_with(&said, path, NULL);
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_PLAN), 1);
    assert_int_equal(count(&said, PK_REC_REGULATION), 15);
    assert_true(fabs(said.area[PK_REC_PLAN_PART] - 19564.155) < 0.01);
    forget(&said);
}

/* --- small files made for it --- */

#define NGP_HEAD                                                                         \
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":"  \
    "null,\"properties\":{\"feature:typ\":\"detaljplan\","

static void a_curved_open_ring_in_ngp_is_read_and_told(void **state)
{
    struct said said;
    (void)state;

    read_text(
        &said, ".json",
        NGP_HEAD
        "\"objektidentitet\":\"5AC8E403-314c-495b-ab6a-280987424d0a\",\"namn\":\"A\","
        "\"beslutsinformation\":[{\"datumLagakraft\":[\"2019-03-04\",\"igår\"]}],"
        "\"plangeometri\":[{\"geometri\":{\"koordinatsystemPlan\":\"EPSG:3006\","
        "\"position\":{\"type\":\"CurvePolygon\",\"geometries\":[{\"type\":"
        "\"CompoundCurve\",\"geometries\":[{\"type\":\"CircularString\","
        "\"coordinates\":[[500000,6500000],[500010,6500010],[500020,6500000]]},"
        "{\"type\":\"LineString\",\"coordinates\":[[500020,6500000],[500010,"
        "6499990]]}]}]}}}]}}]}");
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_PLAN), 1);
    assert_true(fabs(said.area[PK_REC_PLAN_PART] - (M_PI * 50 + 100)) < 0.5);
    assert_true(found(&said, "P-CIRC"));
    assert_true(found(&said, "P-RING"));
    assert_true(found(&said, "P-DATE"));
    assert_true(found(&said, "P-REF")); /* upper case in the identity */
    forget(&said);
}

static void what_has_no_identity_or_no_plan_is_refused_with_a_reason(void **state)
{
    struct said said;
    (void)state;

    read_text(&said, ".json",
              NGP_HEAD "\"plangeometri\":[]}},{\"type\":\"Feature\",\"properties\":{"
                       "\"feature:typ\":\"användningsbestämmelse\",\"objektidentitet\":"
                       "\"5ac8e403-314c-495b-ab6a-280987424d0b\",\"detaljplan\":"
                       "\"5ac8e403-314c-495b-ab6a-280987424d0a\",\"bestammelsegeometri\":"
                       "[]}}]}");
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_PLAN), 0);
    assert_int_equal(count(&said, PK_REC_REGULATION), 0);
    assert_int_equal(count(&said, PK_REC_COUNT), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *c = json_array_get(said.records[PK_REC_COUNT], i);
        assert_int_equal(json_integer_value(json_object_get(c, "refused")), 1);
    }
    forget(&said);
}

#define SS_HEAD                                                                          \
    "<DP_Data xmlns=\"http://www.sis.se/ss637040\" xmlns:gml=\"http://www.opengis.net/"  \
    "gml/3.2\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
#define SS_EDGE(id, points)                                                              \
    "<grans><DP_Grans gml:id=\"" id "\"><typ>plan</typ><linje><gml:Curve><gml:segments>" \
    "<gml:LineStringSegment><gml:posList>" points                                        \
    "</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></linje></"        \
    "DP_Grans>"                                                                          \
    "</grans>"

static void gml_with_easting_first_a_hole_and_a_missing_line_is_read(void **state)
{
    struct said said;
    (void)state;

    read_text(
        &said, ".gml",
        SS_HEAD SS_EDGE("L1", "500000 6500000 500100 6500000 500100 6500100")
            SS_EDGE("L2", "500000 6500000 500000 6500100 500100 6500100") SS_EDGE(
                "H", "500040 6500040 500060 6500040 500060 6500060 500040 6500060 "
                     "500040 6500040")
                SS_EDGE(
                    "U",
                    "400000 6500000 400010 6500000") "<omrade><DP_Omrade "
                                                     "gml:id=\"a\"><plus "
                                                     "xlink:href=\"#L1\"/><minus "
                                                     "xlink:href=\"#L2\"/><plus "
                                                     "xlink:href=\"#H\"/><plus "
                                                     "xlink:href=\"#borta\"/>"
                                                     "</DP_Omrade></"
                                                     "omrade><plan><DP_Plan><planid>P "
                                                     "1</planid><kommun>9901</kommun>"
                                                     "<forslag>true</"
                                                     "forslag><koordinatsystem>SWEREF99_"
                                                     "TM</koordinatsystem>"
                                                     "<planomrade "
                                                     "xlink:href=\"#a\"/></DP_Plan></"
                                                     "plan></DP_Data>");
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_PLAN), 1);
    assert_true(fabs(said.area[PK_REC_PLAN_PART] - (10000 - 400)) < 1e-6);
    assert_true(found(&said, "P-CRS")); /* axes turned; the line far off */
    assert_true(found(&said, "P-RING"));
    forget(&said);
}

#define ENTITY "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><x>&a;</x>"
#define BOTH                                                                             \
    NGP_HEAD "\"plangeometri\":[]}},{\"type\":\"Feature\",\"geometry\":{\"type\":"       \
             "\"Point\",\"coordinates\":[1,2]},\"properties\":{}}]}"

static void what_is_nothing_we_read_is_said_in_words(void **state)
{
    static const struct {
        const char *ending, *text, *word;
    } cases[] = {
        {".json",    "{\"a\": 1}",                                                     "neither NGP"              },
        {".json",    "{\"a\": ",                                                       "cannot be read"           },
        {".gml",     ENTITY,                                                           "DOCTYPE"                  },
        {".xml",     "<a><b></b></a>",                                                 "root element a"           },
        {".geojson", "<OGRVRTDataSource><OGRVRTLayer name=\"x\"/></OGRVRTDataSource>",
         "OGRVRTDataSource"                                                                                       },
        {".txt",     "hej",                                                            "not recognised"           },
        {".json",    BOTH,                                                             "ngp-detaljplan-4, geojson"},
    };
    (void)state;

    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct said said;
        read_text(&said, cases[i].ending, cases[i].text);
        assert_int_not_equal(said.status, PK_OK);
        if (strstr(said.err.text, cases[i].word) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", said.err.text, cases[i].word);
        }
        forget(&said);
    }
}

static void a_table_with_coordinates_becomes_a_layer(void **state)
{
    json_t *mapping = json_loads(
        "{\"layers\":[{\"crs\":3006,\"x\":[\"ost\"],\"y\":[\"nord\"],\"key\":[\"nr\"],"
        "\"fields\":{\"namn\":[\"{gata} {nr}\"]},\"values\":{\"slag\":{\"1\":\"ett\"}},"
        "\"layer\":{\"id\":\"provpunkter\",\"title\":{\"sv\":\"Provpunkter\"}}}]}",
        0, NULL);
    const char *text = "nr;gata;nord;ost;slag\n1;K\xf6pmangatan;6500000;500000,5;1\n"
                       "2;Ån;6500001;500001;2\n";
    struct said said;
    char path[64];
    (void)state;

    assert_int_equal(pk_mapping_check(mapping, NULL), PK_OK);
    temp_file(path, ".csv", text, strlen(text));
    read_with(&said, path, mapping);
    unlink(path);
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_LAYER), 1);
    assert_int_equal(count(&said, PK_REC_FEATURE), 2);
    const json_t *first = json_array_get(said.records[PK_REC_FEATURE], 0);
    assert_string_equal(pk_jget_string(first, "layer"), "provpunkter");
    assert_string_equal(pk_jget_string(json_object_get(first, "attributes"), "namn"),
                        "Köpmangatan 1");
    assert_true(found(&said, "P-ENC"));
    forget(&said);
    json_decref(mapping);
}

static void geojson_without_a_mapping_is_a_plain_layer(void **state)
{
    struct said said;
    (void)state;

    read_text(
        &said, ".geojson",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":"
        "\"a\",\"properties\":{\"namn\":\"Å\"},\"geometry\":{\"type\":"
        "\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":"
        "[15,60]},{\"type\":\"LineString\",\"coordinates\":[[15,60],[15.1,60]]}]}}]}");
    assert_int_equal(said.status, PK_OK);
    assert_int_equal(count(&said, PK_REC_FEATURE), 2); /* one of two kinds */
    const json_t *first = json_array_get(said.records[PK_REC_FEATURE], 0);
    assert_string_equal(pk_jget_string(first, "part_of"), "a");
    assert_int_equal(json_integer_value(json_object_get(first, "crs")), 4326);
    forget(&said);
}

/* --- mappings --- */

static void shipped_mappings_are_valid_and_fit_long_and_cut_names(void **state)
{
    static const struct {
        const char *layer, *fields[4];
        enum pk_mapped_kind kind;
    } cases[] = {
        {"DetaljplanGallande_yta",       {"AKTBET", "LEGAL_APPROVED"}, PK_MAPPED_PLAN          },
        {"detaljplangallande_yta",       {"aktbet", "LEGAL_APPR"},     PK_MAPPED_PLAN          },
        {"RIGES:Planomrade",             {"LEGAL_APPR"},               PK_MAPPED_PLAN          },
        {"AnvandningsBestammelser_yta",  {"MAPTEXT", "DESCRIPTIO"},    PK_MAPPED_USE           },
        {"EgenskapsBestammelser_linje",  {"MAPTEXT"},                  PK_MAPPED_PROPERTY      },
        {"AdministrativaEgenskaper_yta", {"DP_OTYPE"},                 PK_MAPPED_ADMINISTRATIVE},
        {"fastighet",                    {"beteckning"},               PK_MAPPED_LAYER         },
    };
    json_t *shipped = pk_mapping_shipped();
    (void)state;

    assert_int_equal(json_array_size(shipped), 2);
    for (size_t i = 0; i < json_array_size(shipped); i++) {
        assert_int_equal(pk_mapping_check(json_array_get(shipped, i), NULL), PK_OK);
    }
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_field_names fields = {cases[i].fields, 0};
        const json_t *rule;
        const char *name;
        while (cases[i].fields[fields.count]) {
            fields.count++;
        }
        assert_int_equal(
            pk_mapping_find(&rule, &name, NULL, shipped, cases[i].layer, &fields, NULL),
            PK_OK);
        assert_non_null(rule);
        assert_int_equal(pk_mapping_kind(rule), cases[i].kind);
    }
    json_decref(shipped);
}

static void two_mappings_that_fit_are_an_error_naming_both(void **state)
{
    json_t *shipped = json_loads("[{\"name\":\"ett\",\"layers\":[{\"kind\":\"layer\"}]},"
                                 "{\"name\":\"två\",\"layers\":[{\"kind\":\"plan\"}]}]",
                                 0, NULL);
    struct pk_field_names fields = {NULL, 0};
    struct pk_error err = {0};
    const json_t *rule;
    const char *name;
    (void)state;

    assert_int_equal(pk_mapping_find(&rule, &name, NULL, shipped, "x", &fields, &err),
                     PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "ett"));
    assert_non_null(strstr(err.text, "två"));
    json_decref(shipped);
}

static void mistakes_in_a_mapping_are_named(void **state)
{
    static const char *const wrong[] = {"[]",
                                        "{\"layers\": 1}",
                                        "{\"lager\": []}",
                                        "{\"layers\": [1]}",
                                        "{\"layers\": [{\"kind\": \"building\"}]}",
                                        "{\"layers\": [{\"axis\": \"x\"}]}",
                                        "{\"layers\": [{\"crs\": \"EPSG:3006\"}]}",
                                        "{\"layers\": [{\"fields\": {\"a\": 1}}]}",
                                        "{\"layers\": [{\"encoding\": \"koi8\"}]}",
                                        "{\"layers\": [{\"match\": {\"x\": []}}]}"};
    (void)state;

    for (size_t i = 0; i < PK_COUNT(wrong); i++) {
        json_t *document = json_loads(wrong[i], 0, NULL);
        struct pk_error err = {0};
        assert_non_null(document);
        assert_int_not_equal(pk_mapping_check(document, &err), PK_OK);
        assert_true(err.text[0] != '\0');
        json_decref(document);
    }
}

static void layer_ids_are_plain(void **state)
{
    static const char *const pairs[][2] = {
        {"Känsliga områden 2", "kansliga_omraden_2"},
        {"2024 vägar",          "lager_2024_vagar"  },
        {"ÅÄÖ",               "aao"               },
        {"---",                  "lager"             }
    };
    struct pk_arena arena = {0};
    (void)state;

    for (size_t i = 0; i < PK_COUNT(pairs); i++) {
        assert_string_equal(pk_mapping_layer_id(&arena, pairs[i][0]), pairs[i][1]);
    }
    pk_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_close_whatever_the_order_and_signs),
        cmocka_unit_test(a_wrong_sign_and_a_small_gap_are_mended_and_told),
        cmocka_unit_test(rings_that_touch_in_a_point_are_two_parts),
        cmocka_unit_test(chords_of_an_arc_are_near_it_and_the_same_from_both_ends),
        cmocka_unit_test(the_real_plan_comes_whole_from_its_gml),
        cmocka_unit_test(the_real_plan_comes_whole_from_its_json),
        cmocka_unit_test(a_curved_open_ring_in_ngp_is_read_and_told),
        cmocka_unit_test(what_has_no_identity_or_no_plan_is_refused_with_a_reason),
        cmocka_unit_test(gml_with_easting_first_a_hole_and_a_missing_line_is_read),
        cmocka_unit_test(what_is_nothing_we_read_is_said_in_words),
        cmocka_unit_test(a_table_with_coordinates_becomes_a_layer),
        cmocka_unit_test(geojson_without_a_mapping_is_a_plain_layer),
        cmocka_unit_test(shipped_mappings_are_valid_and_fit_long_and_cut_names),
        cmocka_unit_test(two_mappings_that_fit_are_an_error_naming_both),
        cmocka_unit_test(mistakes_in_a_mapping_are_named),
        cmocka_unit_test(layer_ids_are_plain),
    };
    return cmocka_run_group_tests_name("readers", tests, NULL, NULL);
}
