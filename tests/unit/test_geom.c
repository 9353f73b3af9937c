/* Geometry: our bytes, SpatiaLite's, and measures against simple oracles. */
#include "pk_test.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "layers/geom.h"

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double number(uint64_t *state, double from, double to)
{
    return from + (to - from) * (double)(next(state) >> 11) / (double)(1ULL << 53);
}

static void ring(struct pk_geom_builder *b, enum pk_ring_role role, const double *xy,
                 size_t n)
{
    pk_geom_ring(b, role);
    for (size_t i = 0; i < n; i++)
        pk_geom_vertex(b, xy[2 * i], xy[2 * i + 1], 7);
}

/* Two squares, the first with a hole; far from the origin, as maps are. */
static struct pk_geom squares(struct pk_arena *arena, bool z)
{
    const double x = 674000, y = 6580000;
    const double a[] = {x, y, x + 10, y, x + 10, y + 10, x, y + 10, x, y};
    const double h[] = {x + 2, y + 2, x + 2, y + 4, x + 4,
                        y + 4, x + 4, y + 2, x + 2, y + 2};
    const double c[] = {x + 20, y, x + 25, y, x + 25, y + 5, x + 20, y + 5, x + 20, y};
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, z);
    struct pk_geom g;

    ring(b, PK_RING_OUTER, a, 5);
    ring(b, PK_RING_HOLE, h, 5);
    ring(b, PK_RING_OUTER, c, 5);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static void assert_same(const struct pk_geom *a, const struct pk_geom *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->ring_count, b->ring_count);
    assert_int_equal(a->vertex_count, b->vertex_count);
    for (uint32_t i = 0; i < a->ring_count; i++) {
        assert_int_equal(a->rings[i].first, b->rings[i].first);
        assert_int_equal(a->rings[i].count, b->rings[i].count);
        assert_int_equal(a->rings[i].role, b->rings[i].role);
    }
    assert_memory_equal(a->xy, b->xy, 16 * (size_t)a->vertex_count);
}

static void our_bytes_come_back_bit_for_bit(void **state)
{
    struct pk_arena arena = {0};
    (void)state;

    for (int z = 0; z < 2; z++) {
        struct pk_geom g = squares(&arena, z), back;
        struct pk_buf buf;

        pk_buf_init(&buf, 4096);
        pk_geom_write(&buf, &g);
        assert_int_equal(pk_geom_read(&back, buf.data, buf.len, &arena, NULL), PK_OK);
        assert_same(&g, &back);
        assert_int_equal(back.z != NULL, z);
        if (z)
            assert_memory_equal(back.z, g.z, 8 * (size_t)g.vertex_count);
        for (size_t n = 0; n < buf.len; n++) /* every shorter piece is refused */
            assert_int_equal(pk_geom_read(&back, buf.data, n, &arena, NULL), PK_BAD_DATA);
        pk_buf_finish(&buf);
    }
    pk_arena_finish(&arena);
}

static void spatialite_blobs_come_back_for_every_kind(void **state)
{
    struct pk_arena arena = {0};
    uint64_t seed = 88172645463325252ULL;
    (void)state;

    for (int round = 0; round < 300; round++) {
        enum pk_geom_kind kind = (enum pk_geom_kind)(1 + next(&seed) % 3);
        struct pk_geom_builder *b = pk_geom_begin(&arena, kind, false);
        int parts = kind == PK_GEOM_POINT ? 1 : 1 + (int)(next(&seed) % 4);
        struct pk_geom g, back;
        struct pk_buf buf;

        for (int p = 0; p < parts; p++) {
            int n = 4 + (int)(next(&seed) % 9);
            double x0 = number(&seed, 0, 1e6), y0 = number(&seed, 0, 1e7);

            pk_geom_ring(b, kind != PK_GEOM_AREA            ? PK_RING_OPEN
                            : p > 0 && next(&seed) % 2 == 0 ? PK_RING_HOLE
                                                            : PK_RING_OUTER);
            pk_geom_vertex(b, x0, y0, 0);
            for (int i = 0; i < n; i++)
                pk_geom_vertex(b, number(&seed, 0, 1e6), number(&seed, 0, 1e7), 0);
            pk_geom_vertex(b, x0, y0, 0);
        }
        assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
        pk_buf_init(&buf, 1 << 20);
        pk_geom_to_spatialite(&buf, &g, 3006);
        assert_int_equal(pk_geom_from_spatialite(&back, buf.data, buf.len, &arena, NULL),
                         PK_OK);
        assert_same(&g, &back);
        for (size_t n = 0; n < buf.len; n++)
            assert_int_equal(pk_geom_from_spatialite(&back, buf.data, n, &arena, NULL),
                             PK_BAD_DATA);
        pk_buf_finish(&buf);
        pk_arena_reset(&arena);
    }
    pk_arena_finish(&arena);
}

static void a_geometry_that_is_no_geometry_is_refused(void **state)
{
    const double open[] = {0, 0, 1, 0, 1, 1, 0, 1};
    const double thin[] = {0, 0, 1, 0, 0, 0};
    const double good[] = {0, 0, 1, 0, 1, 1, 0, 0};
    struct pk_arena arena = {0};
    struct pk_geom_builder *b;
    struct pk_geom g;
    (void)state;

    b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    ring(b, PK_RING_OUTER, open, 4);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_BAD_INPUT);
    b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    ring(b, PK_RING_OUTER, thin, 3);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_BAD_INPUT);
    b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    ring(b, PK_RING_HOLE, good, 4);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_BAD_INPUT);
    b = pk_geom_begin(&arena, PK_GEOM_POINT, false);
    pk_geom_vertex(b, NAN, 1, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_BAD_INPUT);
    b = pk_geom_begin(&arena, PK_GEOM_POINT, false);
    for (uint32_t i = 0; i <= PK_GEOM_VERTICES_MAX; i++)
        pk_geom_vertex(b, 1, 1, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_LIMIT);
    b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    ring(b, PK_RING_OUTER, good, 4);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_arena_finish(&arena);
}

static void areas_and_lengths_are_right_far_from_the_origin(void **state)
{
    const double line[] = {500000, 6000000, 500003, 6000004, 500003, 6000005};
    struct pk_arena arena = {0};
    struct pk_geom g = squares(&arena, false);
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_LINE, false);
    (void)state;

    assert_true(fabs(pk_geom_area(&g) - (100 - 4 + 25)) < 1e-9);
    pk_geom_orient(&g);
    assert_true(fabs(pk_geom_area(&g) - (100 - 4 + 25)) < 1e-9);
    assert_true(pk_geom_length(&g) == 0);
    ring(b, PK_RING_OPEN, line, 3);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    assert_true(fabs(pk_geom_length(&g) - 6) < 1e-9);
    assert_true(pk_geom_area(&g) == 0);
    pk_arena_finish(&arena);
}

static void a_hole_is_outside_and_every_edge_is_inside(void **state)
{
    struct pk_arena arena = {0};
    struct pk_geom g = squares(&arena, false);
    const double x = 674000, y = 6580000;
    (void)state;

    assert_true(pk_geom_covers(&g, x + 1, y + 1));
    assert_false(pk_geom_covers(&g, x + 3, y + 3));
    assert_true(pk_geom_covers(&g, x + 2, y + 3));
    assert_true(pk_geom_covers(&g, x + 10, y + 5));
    assert_true(pk_geom_covers(&g, x, y));
    assert_false(pk_geom_covers(&g, x + 15, y + 2));
    assert_true(pk_geom_covers(&g, x + 22, y + 2));
    assert_false(pk_geom_covers(&g, x - 1, y)); /* a ray along an edge */
    assert_true(fabs(pk_geom_edge_distance(&g, x + 3, y + 3) - 1) < 1e-9);
    assert_true(fabs(pk_geom_edge_distance(&g, x + 15, y + 5) - 5) < 1e-9);
    pk_arena_finish(&arena);
}

/* A star around its centre: a point is inside exactly when it is nearer to the
 * centre than the edge in its direction; rays from the centre are the oracle. */
static void covering_agrees_with_rays_in_random_stars(void **state)
{
    struct pk_arena arena = {0};
    uint64_t seed = 1234567;
    (void)state;

    for (int round = 0; round < 200; round++) {
        enum { N = 24 };
        double r[N];
        struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
        struct pk_geom g;

        for (int i = 0; i < N; i++) {
            r[i] = number(&seed, 1, 50);
            pk_geom_vertex(b, r[i] * cos(i * 2 * M_PI / N), r[i] * sin(i * 2 * M_PI / N),
                           0);
        }
        pk_geom_vertex(b, r[0], 0, 0);
        assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
        for (int k = 0; k < 100; k++) {
            int i = (int)(next(&seed) % N);
            double f = number(&seed, 0, 2), a = i * 2 * M_PI / N;

            if (fabs(f - 1) < 1e-6)
                continue;
            assert_int_equal(pk_geom_covers(&g, f * r[i] * cos(a), f * r[i] * sin(a)),
                             f < 1);
        }
        pk_arena_reset(&arena);
    }
    pk_arena_finish(&arena);
}

static void the_label_point_has_the_most_room(void **state)
{
    struct pk_arena arena = {0};
    struct pk_geom g = squares(&arena, false);
    uint64_t seed = 99;
    double x, y, room, best = 0;
    (void)state;

    pk_geom_label_point(&g, 0.01, &x, &y, &room);
    assert_true(pk_geom_covers(&g, x, y));
    assert_true(fabs(pk_geom_edge_distance(&g, x, y) - room) < 1e-9);
    for (int i = 0; i < pk_cases(20000); i++) {
        double px = 674000 + number(&seed, 0, 10), py = 6580000 + number(&seed, 0, 10);
        double d = pk_geom_edge_distance(&g, px, py);

        if (d > best && pk_geom_covers(&g, px, py))
            best = d;
    }
    assert_true(room >= best - 0.011);
    pk_arena_finish(&arena);
}

static void labels_of_lines_points_and_slivers_lie_on_them(void **state)
{
    const double line[] = {0, 0, 10, 0, 10, 10};
    const double sliver[] = {0, 0, 1000, 0, 1000, 0, 0, 0};
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_LINE, false);
    struct pk_geom g;
    double x, y, room;
    (void)state;

    ring(b, PK_RING_OPEN, line, 3);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_label_point(&g, 0.1, &x, &y, &room);
    assert_true(x == 10 && y == 0);
    b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    ring(b, PK_RING_OUTER, sliver, 4);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_label_point(&g, 0.1, &x, &y, &room);
    assert_true(pk_geom_covers(&g, x, y) && room == 0);
    b = pk_geom_begin(&arena, PK_GEOM_POINT, false);
    pk_geom_vertex(b, 3, 4, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_label_point(&g, 0.1, &x, &y, &room);
    assert_true(x == 3 && y == 4);
    pk_arena_finish(&arena);
}

static void geojson_nests_as_rfc_7946_says(void **state)
{
    struct pk_arena arena = {0};
    struct pk_geom g = squares(&arena, false);
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_POINT, false);
    struct pk_json j;
    struct pk_buf buf;
    (void)state;

    pk_buf_init(&buf, 4096);
    pk_json_init(&j, &buf);
    pk_geom_to_geojson(&j, &g, 1);
    assert_non_null(
        strstr(buf.data, "\"MultiPolygon\",\"coordinates\":[[[[674000,6580000]"));
    assert_non_null(strstr(buf.data, "[674000,6580000]],[[674002,6580002]"));
    assert_non_null(strstr(buf.data, "[674002,6580002]]],[[[674020,6580000]"));
    pk_buf_clear(&buf);
    pk_json_init(&j, &buf);
    pk_geom_vertex(b, 1.25, 2, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_to_geojson(&j, &g, 1);
    assert_string_equal(buf.data, "{\"type\":\"Point\",\"coordinates\":[1.2,2]}");
    pk_buf_finish(&buf);
    pk_arena_finish(&arena);
}

static void orienting_turns_outer_rings_left_and_holes_right(void **state)
{
    const double right[] = {0, 0, 0, 9, 9, 9, 9, 0, 0, 0};
    const double left[] = {1, 1, 2, 1, 2, 2, 1, 2, 1, 1};
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_AREA, true);
    struct pk_geom g;
    (void)state;

    ring(b, PK_RING_OUTER, right, 5);
    ring(b, PK_RING_HOLE, left, 5);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_orient(&g);
    assert_true(g.xy[2] == 9 && g.xy[3] == 0);
    assert_true(g.xy[12] == 1 && g.xy[13] == 2);
    assert_true(pk_geom_area(&g) == 80);
    pk_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_bytes_come_back_bit_for_bit),
        cmocka_unit_test(spatialite_blobs_come_back_for_every_kind),
        cmocka_unit_test(a_geometry_that_is_no_geometry_is_refused),
        cmocka_unit_test(areas_and_lengths_are_right_far_from_the_origin),
        cmocka_unit_test(a_hole_is_outside_and_every_edge_is_inside),
        cmocka_unit_test(covering_agrees_with_rays_in_random_stars),
        cmocka_unit_test(the_label_point_has_the_most_room),
        cmocka_unit_test(labels_of_lines_points_and_slivers_lie_on_them),
        cmocka_unit_test(geojson_nests_as_rfc_7946_says),
        cmocka_unit_test(orienting_turns_outer_rings_left_and_holes_right),
    };
    return cmocka_run_group_tests_name("geom", tests, NULL, NULL);
}
