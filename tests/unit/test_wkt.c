/* Shapes in addresses. */
#include "unit/pk_test.h"

#include <string.h>

#include "server/wkt.h"

enum { MANY = 500 };

static enum pk_status read_as(struct pk_geom *out, const char *text, uint32_t max,
                              struct pk_arena *arena)
{
    struct pk_error err = {0};
    enum pk_status status = pk_shape_of_text(out, text, max, arena, &err);
    assert_true(status == PK_OK || err.text[0] != '\0');
    return status;
}

static void every_kind_is_read_with_its_rings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum pk_geom_kind kind;
        uint32_t rings, vertices;
    } cases[] = {
        {"POINT(1 2)",                                              PK_GEOM_POINT, 1, 1},
        {" point z ( 1.5 -2 7 ) ",                                  PK_GEOM_POINT, 1, 1},
        {"MULTIPOINT((1 2),(3 4))",                                 PK_GEOM_POINT, 1, 2},
        {"MULTIPOINT(1 2,3 4,5 6)",                                 PK_GEOM_POINT, 1, 3},
        {"LINESTRING(0 0,1 1)",                                     PK_GEOM_LINE,  1, 2},
        {"MULTILINESTRING((0 0,1 1),(2 2,3 3,4 4))",                PK_GEOM_LINE,  2, 5},
        {"POLYGON((0 0,9 0,9 9,0 0),(2 1,3 1,3 2,2 1))",            PK_GEOM_AREA,  2, 8},
        {"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",   PK_GEOM_AREA,  2, 8},
        {"{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]]}", PK_GEOM_LINE,  1, 2},
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_arena arena = {0};
        struct pk_geom g;
        assert_int_equal(read_as(&g, cases[i].text, MANY, &arena), PK_OK);
        assert_int_equal(g.kind, cases[i].kind);
        assert_int_equal(g.ring_count, cases[i].rings);
        assert_int_equal(g.vertex_count, cases[i].vertices);
        pk_arena_finish(&arena);
    }
}

static void what_is_not_a_whole_shape_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "POINT",
        "POINT EMPTY",
        "POINT(1)",
        "POINT(1 2",
        "POINT(1 2) x",
        "POINT(1 2, 3 4)",
        "LINESTRING(0 0)",
        "POLYGON((0 0,1 0,0 0))",
        "POLYGON((0 0,1 0,1 1,0 1))",
        "POLYGON(0 0,1 0,1 1,0 0)",
        "CIRCLE(1 2)",
        "POINT Q (1 2)",
        "POINT(1e999 2)",
        "{\"type\":\"Point\"}",
        "{\"type\":\"Point\",",
    };
    for (size_t i = 0; i < PK_COUNT(wrong); i++) {
        struct pk_arena arena = {0};
        struct pk_geom g;
        if (read_as(&g, wrong[i], MANY, &arena) != PK_BAD_INPUT) {
            fail_msg("taken: %s", wrong[i]);
        }
        pk_arena_finish(&arena);
    }
}

static void more_vertices_than_allowed_are_a_limit(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    struct pk_geom g;
    assert_int_equal(read_as(&g, "LINESTRING(0 0,1 1,2 2)", 3, &arena), PK_OK);
    assert_int_equal(read_as(&g, "LINESTRING(0 0,1 1,2 2,3 3)", 3, &arena), PK_LIMIT);
    pk_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_read_with_its_rings),
        cmocka_unit_test(what_is_not_a_whole_shape_is_refused),
        cmocka_unit_test(more_vertices_than_allowed_are_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
