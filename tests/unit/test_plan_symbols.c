/* test_plan_symbols.c - what is prepared of a regulation for the map: its letters and
 * figures, the ends of its line, the stage of its plan. */
#include "unit/pk_test.h"

#include <string.h>

#include "base/jsonread.h"
#include "layers/prepare_private.h"

static void letters_have_their_index_below_and_figures_where_they_belong(void **state)
{
    (void)state;
    static const struct {
        const char *letter, *index, *symbol, *details, *label;
    } cases[] = {
        {"e",  "12", NULL,       NULL,                                                    "e₁₂"},
        {"B",  "",   NULL,       NULL,                                                    "B"      },
        {"h",  "1a", NULL,       NULL,                                                    "h₁a"  },
        {"e",  "1",  NULL,       "{\"bestammelsevarde\":[{\"variabelvarde\":\"20\"}]}",   "e₁"   },
        {"nh", "",   NULL,       "{\"bestammelsevarde\":[{\"variabelvarde\":\"12,0\"}]}",
         "nh 12,0"                                                                                 },
        {"",   "",   "plushojd", "{\"bestammelsevarde\":[{\"variabelvarde\":\"+8,5\"}]}",
         "+8,5"                                                                                    },
        {"",   "",   "lutning",
         "{\"bestammelsevarde\":[{\"variabelvarde\":\"1\"},{\"variabelvarde\":\"20\"}]}", "1:20"   },
        {"",   "",   "lutning",  "{\"bestammelsevarde\":[{},{\"variabelvarde\":7}]}",     NULL     },
        {"",   "",   NULL,       NULL,                                                    NULL     },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct prep p;
        json_t *details = NULL;
        prep_init(&p, NULL);
        if (cases[i].details) {
            assert_int_equal(pk_json_parse(&details, cases[i].details,
                                           strlen(cases[i].details), 1000, NULL),
                             PK_OK);
        }
        struct pk_value v = prep_label_text(&p, cases[i].letter, cases[i].index,
                                            cases[i].symbol, details);
        if (cases[i].label) {
            assert_int_equal(v.type, PK_VALUE_STRING);
            assert_string_equal(v.string, cases[i].label);
        } else {
            assert_int_equal(v.type, PK_VALUE_NULL);
        }
        json_decref(details);
        prep_finish(&p);
    }
}

static struct pk_geom pieces(struct pk_arena *arena, const double (*xy)[4], size_t count)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_LINE, false);
    struct pk_geom g;
    for (size_t i = 0; i < count; i++) {
        pk_geom_ring(b, PK_RING_OPEN);
        pk_geom_vertex(b, xy[i][0], xy[i][1], 0);
        pk_geom_vertex(b, xy[i][2], xy[i][3], 0);
    }
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    return g;
}

static void a_line_has_two_ends_however_many_pieces_it_came_in(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    struct prep_end ends[2];
    /* Three pieces that meet, the middle one the other way round. */
    const double meeting[][4] = {
        {0,  0, 10, 0 },
        {10, 8, 10, 0 },
        {10, 8, 0,  18}
    };
    struct pk_geom g = pieces(&arena, meeting, 3);
    assert_true(prep_line_ends(&g, ends));
    assert_true(ends[0].x == 0 && ends[0].y == 0 && ends[0].rotation == 0);
    assert_true(ends[1].x == 0 && ends[1].y == 18 && ends[1].rotation == 45);
    /* A ring has none, two lines have four, an area is no line. */
    const double ring[][4] = {
        {0, 0, 5, 0},
        {5, 0, 5, 5},
        {5, 5, 0, 0}
    };
    g = pieces(&arena, ring, 3);
    assert_false(prep_line_ends(&g, ends));
    const double two[][4] = {
        {0, 0, 5, 0},
        {0, 9, 5, 9}
    };
    g = pieces(&arena, two, 2);
    assert_false(prep_line_ends(&g, ends));
    g.kind = PK_GEOM_AREA;
    assert_false(prep_line_ends(&g, ends));
    pk_arena_finish(&arena);
}

static void rotations_are_clockwise_and_within_a_turn(void **state)
{
    (void)state;
    assert_true(prep_clockwise(90) == 270);
    assert_true(prep_clockwise(-90) == 90);
    assert_true(prep_clockwise(0) == 0);
    assert_true(prep_clockwise(360) == 0);
    assert_true(prep_clockwise(1e308 * 10) == 0);
    for (double d = -1000; d < 1000; d += 0.37) {
        double r = prep_clockwise(d);
        assert_true(r >= 0 && r < 360);
    }
}

static void a_stage_refines_the_phase(void **state)
{
    (void)state;
    static const struct {
        const char *status, *in_force, *stage;
    } cases[] = {
        {"påbörjad",   NULL,         "ongoing"},
        {"samråd",      NULL,         "ongoing"},
        {"granskning",   NULL,         "ongoing"},
        {"antagen",      NULL,         "adopted"},
        {"överklagad",  NULL,         "adopted"},
        {"tillsyn",      NULL,         "adopted"},
        {"laga kraft",   "2020-01-01", "force"  },
        {"laga kraft",   "2030-01-01", "adopted"},
        {"upphävd",     "2020-01-01", "ended"  },
        {"avslutad",     NULL,         "ended"  },
        {"något annat", NULL,         "force"  },
        {NULL,           NULL,         "force"  },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        enum prep_phase phase =
            prep_phase_of(cases[i].status, cases[i].in_force, "2026-01-01");
        assert_string_equal(prep_stage_names[prep_stage_of(cases[i].status, phase)],
                            cases[i].stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_have_their_index_below_and_figures_where_they_belong),
        cmocka_unit_test(a_line_has_two_ends_however_many_pieces_it_came_in),
        cmocka_unit_test(rotations_are_clockwise_and_within_a_turn),
        cmocka_unit_test(a_stage_refines_the_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
