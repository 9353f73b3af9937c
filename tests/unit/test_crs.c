/* test_crs.c - names, transformations against known points, the lattice fit. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/crs.h"

static struct pk_crs *crs;

static int start(void **state)
{
    (void)state;
    crs = pk_crs_create();
    return crs == NULL;
}

static int stop(void **state)
{
    (void)state;
    pk_crs_destroy(crs);
    return 0;
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static double between(uint32_t *r, double min, double max)
{
    return min + (max - min) * (next_random(r) / 4294967296.0);
}

static void systems_are_known_by_their_many_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int epsg;
    } cases[] = {
        {"EPSG:3006",                                    3006},
        {"epsg:3008",                                    3008},
        {"EPSG::3008",                                   3008},
        {"urn:ogc:def:crs:EPSG::3008",                   3008},
        {"urn:ogc:def:crs:EPSG:6.9:3010",                3010},
        {"http://www.opengis.net/def/crs/EPSG/0/3008",   3008},
        {"http://www.opengis.net/gml/srs/epsg.xml#4326", 4326},
        {"SWEREF99_13_30",                               3008},
        {"SWEREF 99 13 30",                              3008},
        {"SWEREF99 TM",                                  3006},
        {"sweref99tm",                                   3006},
        {"RT90 2.5 gon V",                               3021},
        {"urn:ogc:def:crs:OGC:1.3:CRS84",                4326},
        {"EPSG:5847",                                    5847},
        {"EPSG:1234",                                    0   },
        {"EPSG:",                                        0   },
        {"EPSG3006",                                     0   },
        {"EPSG:3006 ",                                   0   },
        {"EPSG:99999999999",                             0   },
        {"",                                             0   },
        {"SWEREF99",                                     4619},
        {"+proj=utm +zone=33",                           0   },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        int got = pk_crs_of_name(cases[i].name);
        if (got != cases[i].epsg) {
            fail_msg("%s: %d, not %d", cases[i].name, got, cases[i].epsg);
        }
    }
    assert_int_equal(pk_crs_of_name(NULL), 0);
    assert_string_equal(pk_crs_name(3008), "SWEREF 99 13 30");
    assert_null(pk_crs_name(1));
    assert_true(pk_crs_is_northing_first(3006) && !pk_crs_is_northing_first(3857));
    assert_true(pk_crs_is_degrees(4326) && !pk_crs_is_degrees(3006));
}

static void points_go_where_proj_says_and_come_back(void **state)
{
    (void)state;
    static const int zones[] = {3007, 3008, 3011, 3012,  3018,  3021, 3857,
                                4326, 4258, 5847, 25832, 25833, 3067};
    uint32_t r = 5;
    for (size_t z = 0; z < PK_COUNT(zones); z++) {
        for (int i = 0; i < 50; i++) {
            double e = between(&r, 280000, 900000), n = between(&r, 6150000, 7600000);
            double p[2] = {e, n};
            assert_int_equal(pk_crs_transform(crs, 3006, zones[z], p, 1, NULL), PK_OK);
            /* Zone 33 of UTM is the same projection. */
            assert_true(zones[z] == 25833 || fabs(p[0] - e) > 1);
            assert_int_equal(pk_crs_transform(crs, zones[z], 3006, p, 1, NULL), PK_OK);
            /* RT 90 is tied by a Helmert fit, whose inverse is not exact in PROJ. */
            double limit = zones[z] == 3021 ? 0.01 : 0.001;
            if (!(hypot(p[0] - e, p[1] - n) < limit)) {
                fail_msg("EPSG:%d: %.0f %.0f comes back %.4f m off", zones[z], e, n,
                         hypot(p[0] - e, p[1] - n));
            }
        }
    }
    /* The central meridian of a zone, and longitude before latitude. */
    double p[2] = {13.5, 56};
    assert_int_equal(pk_crs_transform(crs, 4326, 3008, p, 1, NULL), PK_OK);
    assert_true(fabs(p[0] - 150000) < 0.001 && fabs(p[1] - 6208563.012) < 0.001);
    struct pk_error err = {0};
    assert_int_equal(pk_crs_transform(crs, 3006, 1234, p, 1, &err), PK_UNSUPPORTED);
    double far[2] = {1e30, 0};
    assert_int_equal(pk_crs_transform(crs, 3008, 3006, far, 1, &err), PK_BAD_INPUT);
}

static void all_of_the_list_is_known_to_proj(void **state)
{
    (void)state;
    int count = 0;
    for (int epsg = 1; epsg < 40000; epsg++) {
        if (!pk_crs_known(epsg)) {
            continue;
        }
        count++;
        double p[2] = {600000, 6500000};
        assert_int_equal(pk_crs_transform(crs, 3006, epsg, p, 1, NULL), PK_OK);
        assert_int_equal(pk_crs_of_name(pk_crs_name(epsg)), epsg);
    }
    assert_true(count > 60);
}

static void the_lattice_is_within_a_fifth_of_a_millimetre_of_proj(void **state)
{
    (void)state;
    uint32_t r = 17;
    double worst = 0, unit = 2 * 20037508.342789244 / (double)PK_WM_WORLD;
    for (int i = 0; i < pk_cases(40000); i++) {
        double p[2] = {between(&r, 260000, 925000), between(&r, 6130000, 7680000)};
        double exact[2] = {p[0], p[1]};
        int64_t got[2];
        assert_int_equal(pk_crs_transform(crs, 3006, 3857, exact, 1, NULL), PK_OK);
        pk_crs_to_family(crs, PK_WM, p, 1, got);
        double x = (double)got[0] * unit - 20037508.342789244;
        double y = 20037508.342789244 - (double)got[1] * unit;
        /* On the ground: Web Mercator is 1 / cos(latitude) too large. */
        double latitude = 2 * atan(exp(exact[1] / 6378137)) - 3.14159265358979323846 / 2;
        double off = fmax(fabs(x - exact[0]), fabs(y - exact[1])) - unit / 2;
        worst = fmax(worst, off * cos(latitude));
    }
    print_message("largest difference on the ground: %.3f mm\n", worst * 1000);
    assert_true(worst < 0.0002);
}

static void neighbouring_cells_agree_on_their_border(void **state)
{
    (void)state;
    /* A hair on either side of the line of a border: the same whole unit, but where
     * the value itself lies at the step between two units (then one apart). */
    uint32_t r = 23;
    int apart = 0;
    for (int i = 0; i < pk_cases(20000); i++) {
        double line = 1000 * floor(between(&r, 6200, 7600)),
               along = between(&r, 3e5, 9e5);
        double below[2] = {along, nextafter(line, 0)}, above[2] = {along, line};
        if (i % 2 != 0) {
            line = 1000 * floor(between(&r, 300, 900));
            below[0] = nextafter(line, 0);
            above[0] = line;
            below[1] = above[1] = between(&r, 6200000, 7600000);
        }
        int64_t a[2], b[2];
        pk_crs_to_family(crs, PK_WM, below, 1, a);
        pk_crs_to_family(crs, PK_WM, above, 1, b);
        assert_true(llabs(a[0] - b[0]) <= 1 && llabs(a[1] - b[1]) <= 1);
        apart += a[0] != b[0] || a[1] != b[1];
    }
    print_message("%d of %d points one unit apart\n", apart, pk_cases(20000));
    assert_true(apart <= pk_cases(5));
}

static void metres_are_rounded_to_millimetres_with_north_up(void **state)
{
    (void)state;
    double p[4] = {500000.0004, 6600000.0006, 500000.0006, 6600000.0004};
    int64_t out[4];
    pk_crs_to_family(crs, PK_TM, p, 2, out);
    assert_true(out[0] == 500000000 && out[1] == PK_TM_TOP - 6600000001);
    assert_true(out[2] == 500000001 && out[3] == PK_TM_TOP - 6600000000);
    double e, n;
    for (int family = 0; family < PK_FAMILY_COUNT; family++) {
        pk_crs_to_family(crs, (enum pk_family)family, p, 1, out);
        pk_crs_from_family(crs, (enum pk_family)family, out[0], out[1], &e, &n);
        assert_true(hypot(e - p[0], n - p[1]) < 0.002);
    }
}

static void long_edges_get_middles_in_either_direction(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    double ends[2][2] = {
        {500000,   6500000},
        {501100.5, 6500321}
    };
    struct pk_geom out[2];
    for (int turn = 0; turn < 2; turn++) {
        struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_LINE, false);
        struct pk_geom g;
        pk_geom_ring(b, PK_RING_OPEN);
        pk_geom_vertex(b, ends[turn][0], ends[turn][1], 0);
        pk_geom_vertex(b, ends[1 - turn][0], ends[1 - turn][1], 0);
        assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
        assert_int_equal(
            pk_crs_transform_geom(crs, 3006, 3857, &g, &out[turn], &arena, NULL), PK_OK);
        assert_int_equal(out[turn].vertex_count, 9); /* 1146 m: halved three times */
        assert_int_equal(pk_crs_transform_geom(crs, 3006, 3006, &g, &g, &arena, NULL),
                         PK_OK);
        assert_int_equal(g.vertex_count, 2);
    }
    for (int i = 0; i < 9; i++) {
        assert_true(out[0].xy[2 * i] == out[1].xy[2 * (8 - i)]);
        assert_true(out[0].xy[2 * i + 1] == out[1].xy[2 * (8 - i) + 1]);
    }
    pk_arena_finish(&arena);
}

static void reach_and_scale_are_those_of_sweden(void **state)
{
    (void)state;
    assert_true(pk_crs_in_reach(453000, 6220000));
    assert_false(pk_crs_in_reach(6220000, 453000));
    assert_false(pk_crs_in_reach(0, 0));
    assert_false(pk_crs_in_reach(NAN, 6500000));
    assert_true(fabs(pk_crs_point_scale(500000) - 0.9996) < 1e-12);
    /* Where the projection's scale is one: 180 km from the meridian. */
    assert_true(fabs(pk_crs_point_scale(680000) - 1) < 5e-6);
    assert_true(pk_crs_point_scale(300000) == pk_crs_point_scale(700000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_are_known_by_their_many_names),
        cmocka_unit_test(points_go_where_proj_says_and_come_back),
        cmocka_unit_test(all_of_the_list_is_known_to_proj),
        cmocka_unit_test(the_lattice_is_within_a_fifth_of_a_millimetre_of_proj),
        cmocka_unit_test(neighbouring_cells_agree_on_their_border),
        cmocka_unit_test(metres_are_rounded_to_millimetres_with_north_up),
        cmocka_unit_test(long_edges_get_middles_in_either_direction),
        cmocka_unit_test(reach_and_scale_are_those_of_sweden),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
