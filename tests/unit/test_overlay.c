#include "pk_test.h"

#include <math.h>

#include "layers/overlay.h"

static struct pk_arena arena;
static struct pk_overlay *o;

static int setup(void **state)
{
    (void)state;
    o = pk_overlay_create();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pk_overlay_destroy(o);
    pk_arena_finish(&arena);
    return 0;
}

static struct pk_geom shape(enum pk_geom_kind kind, const double *xy, size_t n)
{
    struct pk_geom_builder *b = pk_geom_begin(&arena, kind, false);
    struct pk_geom g;

    for (size_t i = 0; i < n; i++)
        pk_geom_vertex(b, xy[2 * i], xy[2 * i + 1], 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static struct pk_geom square(double x, double y, double side)
{
    double xy[] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};

    return shape(PK_GEOM_AREA, xy, 5);
}

static void parts_of_a_square_add_up(void **state)
{
    struct pk_geom a = square(600000, 6600000, 10), b = square(600005, 6600003, 10);
    struct pk_geom rest, shared;
    double area;

    (void)state;
    assert_int_equal(pk_overlay_shared_area(&area, o, &a, &b, NULL), PK_OK);
    assert_true(fabs(area - 35) < 1e-6);
    assert_int_equal(pk_overlay_difference(&rest, o, &a, &b, &arena, NULL), PK_OK);
    assert_int_equal(pk_overlay_intersection(&shared, o, &a, &b, &arena, NULL), PK_OK);
    assert_true(fabs(pk_geom_area(&rest) + pk_geom_area(&shared) - 100) < 1e-6);
}

static void a_hole_is_cut_where_the_newer_lies_inside(void **state)
{
    struct pk_geom a = square(0, 0, 10), b = square(2, 2, 3), rest, none;

    (void)state;
    assert_int_equal(pk_overlay_difference(&rest, o, &a, &b, &arena, NULL), PK_OK);
    assert_int_equal(rest.ring_count, 2);
    assert_int_equal(rest.rings[1].role, PK_RING_HOLE);
    assert_true(fabs(pk_geom_area(&rest) - 91) < 1e-9);
    assert_int_equal(pk_overlay_difference(&none, o, &b, &a, &arena, NULL), PK_OK);
    assert_int_equal(none.ring_count, 0);
    assert_int_equal(none.kind, PK_GEOM_AREA);
}

static void lines_and_points_are_cut_too(void **state)
{
    double line[] = {-5, 5, 15, 5}, points[] = {1, 1, 20, 20};
    struct pk_geom a = square(0, 0, 10), l = shape(PK_GEOM_LINE, line, 2);
    struct pk_geom p = shape(PK_GEOM_POINT, points, 2), rest;
    double length;

    (void)state;
    assert_int_equal(pk_overlay_difference(&rest, o, &l, &a, &arena, NULL), PK_OK);
    assert_true(fabs(pk_geom_length(&rest) - 10) < 1e-9);
    assert_int_equal(pk_overlay_shared_length(&length, o, &l, &a, NULL), PK_OK);
    assert_true(fabs(length - 10) < 1e-9);
    assert_int_equal(pk_overlay_difference(&rest, o, &p, &a, &arena, NULL), PK_OK);
    assert_int_equal(rest.vertex_count, 1);
    assert_true(rest.xy[0] == 20);
}

static void a_bow_tie_is_found_with_its_crossing_and_repaired(void **state)
{
    double xy[] = {0, 0, 10, 10, 10, 0, 0, 10, 0, 0};
    struct pk_geom tie = shape(PK_GEOM_AREA, xy, 5), made;
    struct pk_overlay_fault fault;
    bool valid;

    (void)state;
    assert_int_equal(pk_overlay_valid(&valid, &fault, o, &tie, NULL), PK_OK);
    assert_false(valid);
    assert_true(fabs(fault.x - 5) < 1e-9 && fabs(fault.y - 5) < 1e-9);
    assert_int_equal(pk_overlay_make_valid(&made, o, &tie, &arena, NULL), PK_OK);
    assert_int_equal(pk_overlay_valid(&valid, NULL, o, &made, NULL), PK_OK);
    assert_true(valid);
    assert_true(fabs(pk_geom_area(&made) - 50) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_square_add_up),
        cmocka_unit_test(a_hole_is_cut_where_the_newer_lies_inside),
        cmocka_unit_test(lines_and_points_are_cut_too),
        cmocka_unit_test(a_bow_tie_is_found_with_its_crossing_and_repaired),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
