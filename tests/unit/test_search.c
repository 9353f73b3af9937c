/* test_search.c - words, ranking, spelling, coordinates, and the JSON of /search. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/search.h"
#include "layers/search_coordinate.h"
#include "layers/search_private.h"
#include "layers/store_memory.h"

static struct pk_arena arena;

static const struct {
    const char *kind, *label, *more, *detail_key;
    int64_t weight;
    double x, y;
} things[] = {
    {"property",   "TIMRÅ VIVSTA 13:5",                   NULL,       "{\"municipality\":\"Timrå\"}",                      60, 617040,
     6930021                                                                                                                                    },
    {"property",   "TIMRÅ VIVSTA 13:50",                  NULL,       "{\"municipality\":\"Timrå\"}",                      60, 617140,
     6930021                                                                                                                                    },
    {"property",   "TIMRÅ VIVSTA 5:13",                   NULL,       "{\"municipality\":\"Timrå\"}",                      60, 617240,
     6930021                                                                                                                                    },
    {"property",   "TIMRÅ VIVSTA 2:1",                    NULL,       "{\"municipality\":\"Timrå\"}",                      60, 617340,
     6930021                                                                                                                                    },
    {"property",   "TIMRÅ VIVSTA 10:1",                   NULL,       "{\"municipality\":\"Timrå\"}",                      60, 617440,
     6930021                                                                                                                                    },
    {"property",   "FJÄLLNÄS SÖDRA ÅSEN S:2",          NULL,       "{\"municipality\":\"Fjällnäs\"}",                  60,
     500000,                                                                                                                             6800000},
    {"plan",       "Vivsta centrum",                       "2262-P11",
     "{\"type\":\"detaljplan\",\"designation\":\"2262-P11\",\"status\":\"laga "
     "kraft\",\"in_force\":\"1994-06-01\"}",                                                                                 50, 617100, 6930100},
    {"plan",       "Okänd plan",                          NULL,       "{\"type\":\"stadsplan\",\"designation\":\"P1\"}",    50,
     617100,                                                                                                                             6930100},
    {"address",    "Stora Nygatan 4",                      "Timrå",
     "{\"municipality\":\"Timrå\",\"town\":\"Timrå\"}",                                                                    40, 617100, 6930050},
    {"address",    "Stora Nygatan 42",                     "Timrå",
     "{\"municipality\":\"Timrå\",\"town\":\"Timrå\"}",                                                                    40, 617100, 6930060},
    {"address",    "Storgatan 4",                          "Timrå",   "{\"municipality\":\"Timrå\",\"town\":\"Timrå\"}",
     40,                                                                                                                         617100, 6930070},
    {"place",      "Vivsta",                               NULL,       "{\"municipality\":\"Timrå\",\"type\":\"tätort\"}", 30,
     617000,                                                                                                                             6930000},
    {"place",      "Långsjön",                           NULL,       "{\"municipality\":\"Timrå\",\"type\":\"sjö\"}",    30,
     610000,                                                                                                                             6930000},
    {"place",      "Långsjön",                           NULL,       "{\"municipality\":\"Timrå\",\"type\":\"sjö\"}",    30,
     620000,                                                                                                                             6940000},
    {"regulation", "e1 Största byggnadsarea är 200 m²", NULL,
     "{\"plan\":\"Vivsta centrum\"}",                                                                                        10, 617110, 6930110},
};

static struct pk_store *town(void)
{
    struct pk_store *s = pk_store_memory_create();
    pk_memory_version(s, &(struct pk_version){.version = 41});
    for (size_t i = 0; i < PK_COUNT(things); i++) {
        const char *text = pk_arena_printf(&arena, "%s %s", things[i].label,
                                           things[i].more == NULL ? "" : things[i].more);
        double x = things[i].x, y = things[i].y;
        pk_memory_entry(
            s, &(struct pk_entry_row){
                   .kind = things[i].kind,
                   .label = things[i].label,
                   .detail_key = things[i].detail_key,
                   .fold = pk_search_words(&arena, text),
                   .id = pk_id_of(things[i].kind, "x", pk_arena_printf(&arena, "%zu", i)),
                   .weight = things[i].weight,
                   .x = x,
                   .y = y,
                   .box = {x - 10, y - 10, x + 10, y + 10},
        });
    }
    return s;
}

static int set_up(void **state)
{
    *state = town();
    return 0;
}

static int tear_down(void **state)
{
    pk_store_close(*state);
    pk_arena_finish(&arena);
    return 0;
}

static struct pk_search_answer *ask(struct pk_store *s, const char *text,
                                    enum pk_lang lang)
{
    struct pk_search_query q = {.text = text, .lang = lang};
    struct pk_search_answer *a = NULL;
    struct pk_error err = {0};
    if (pk_search(&a, s, &q, &arena, &err) != PK_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    return a;
}

static void the_best_hit_is_what_was_written(void **state)
{
    static const struct {
        const char *q, *best;
    } cases[] = {
        {"TIMRÅ VIVSTA 13:5", "TIMRÅ VIVSTA 13:5"                  },
        {"vivsta 13:5",        "TIMRÅ VIVSTA 13:5"                  },
        {"13:5 vivsta",        "TIMRÅ VIVSTA 13:5"                  },
        {"Vivsta  13 : 5",     "TIMRÅ VIVSTA 13:5"                  },
        {"timrå_vivsta_5:13", "TIMRÅ VIVSTA 5:13"                  },
        {"13:50",              "TIMRÅ VIVSTA 13:50"                 },
        {"vivsta",             "Vivsta"                              },
        {"vivsta centr",       "Vivsta centrum"                      },
        {"2262-P11",           "Vivsta centrum"                      },
        {"stora nygatan 4",    "Stora Nygatan 4"                     },
        {"nygatan 4 stora",    "Stora Nygatan 4"                     },
        {"nygat 4",            "Stora Nygatan 4"                     },
        {"södra åsen",       "FJÄLLNÄS SÖDRA ÅSEN S:2"         },
        {"byggnadsarea 200",   "e1 Största byggnadsarea är 200 m²"},
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_search_answer *a = ask(*state, cases[i].q, PK_SV);
        assert_true(a->count > 0);
        assert_string_equal(a->results[0].label, cases[i].best);
        assert_null(a->suggestion);
    }
}

static void one_wrong_letter_in_five_is_found(void **state)
{
    static const struct {
        const char *q, *best;
    } cases[] = {
        {"vibsta 13:5",      "TIMRÅ VIVSTA 13:5"         },
        {"vista",            "Vivsta"                     },
        {"vivtsa",           "Vivsta"                     },
        {"vivstaa",          "Vivsta"                     },
        {"storra nygatan 4", "Stora Nygatan 4"            },
        {"fjallnas",         "FJÄLLNÄS SÖDRA ÅSEN S:2"},
        {"centrym vivsta",   "Vivsta centrum"             },
        {"langsjon",         "Långsjön"                 },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_search_answer *a = ask(*state, cases[i].q, PK_SV);
        assert_true(a->count > 0);
        assert_string_equal(a->results[0].label, cases[i].best);
        assert_non_null(a->suggestion);
    }
    assert_int_equal(ask(*state, "xyzzy", PK_SV)->count, 0);
    assert_int_equal(ask(*state, "vyvxta", PK_SV)->count, 0); /* two wrong in six */
}

static void letters_to_change_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int distance;
    } cases[] = {
        {"vivsta", "vivsta",  0},
        {"vivsta", "vibsta",  1},
        {"vivsta", "vivsat",  1},
        {"vivsta", "vivst",   1},
        {"vivsta", "avivsta", 1},
        {"åäö", "aao",     0},
        {"abc",    "xyz",     3},
        {"",       "abc",     3},
        {"ca",     "abc",     3}
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        for (int most = 0; most < 5; most++) {
            int want = cases[i].distance > most ? most + 1 : cases[i].distance;
            assert_int_equal(pk_search_distance(cases[i].a, cases[i].b, most), want);
            assert_int_equal(pk_search_distance(cases[i].b, cases[i].a, most), want);
        }
    }
}

static void the_status_is_one_line_for_speech(void **state)
{
    static const struct {
        const char *q, *sv, *en;
    } cases[] = {
        {"vivsta 13:5",       "2 träffar. Den bästa är fastigheten TIMRÅ VIVSTA 13:5.",
         "2 hits. The best is the property TIMRÅ VIVSTA 13:5."                                               },
        {"vivsta centrum",    "En träff: planen Vivsta centrum.",
         "One hit: the plan Vivsta centrum."                                                                  },
        {"xyzzy",             "Inga träffar.",                                                     "No hits."},
        {"vivsta centrum 99", "Inga träffar. Menade du Vivsta centrum?",
         "No hits. Did you mean Vivsta centrum?"                                                              },
        {"vibsta 13:50",      "En träff på ”vivsta 13 50”: fastigheten TIMRÅ VIVSTA 13:50.",
         "One hit for “vivsta 13 50”: the property TIMRÅ VIVSTA 13:50."                                  },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        assert_string_equal(ask(*state, cases[i].q, PK_SV)->status, cases[i].sv);
        assert_string_equal(ask(*state, cases[i].q, PK_EN)->status, cases[i].en);
    }
    for (size_t i = 0; i < PK_COUNT(things); i++) {
        struct pk_search_answer *a = ask(*state, things[i].label, PK_SV);
        uint32_t letters = 0;
        for (const char *p = a->status; *p != '\0'; letters++) {
            pk_utf8_next(&p);
        }
        assert_true(letters <= 120);
    }
}

static void matched_letters_are_told(void **state)
{
    struct pk_search_answer *a = ask(*state, "vivsta 13:5", PK_SV);
    const struct pk_search_result *r = &a->results[0];
    assert_int_equal(r->match_count, 2);
    assert_int_equal(r->match[0].from, 6);
    assert_int_equal(r->match[0].to, 12);
    assert_int_equal(r->match[1].from, 13);
    assert_int_equal(r->match[1].to, 17);
    r = &ask(*state, "nyg", PK_SV)->results[0];
    assert_int_equal(r->match_count, 1);
    assert_int_equal(r->match[0].from, 6);
    assert_int_equal(r->match[0].to, 9);
}

static void labels_with_details_tell_any_two_apart(void **state)
{
    static const char *const queries[] = {"vivsta", "långsjön", "stor", "timrå", "4"};
    for (size_t n = 0; n < PK_COUNT(queries); n++) {
        struct pk_search_answer *a = ask(*state, queries[n], PK_SV);
        assert_true(a->count > 1);
        for (uint32_t i = 0; i < a->count; i++) {
            for (uint32_t k = i + 1; k < a->count; k++) {
                assert_true(strcmp(a->results[i].label, a->results[k].label) != 0 ||
                            strcmp(a->results[i].detail, a->results[k].detail) != 0);
            }
        }
    }
}

static void details_are_written_in_both_languages(void **state)
{
    static const struct {
        const char *q, *sv, *en;
    } cases[] = {
        {"timrå vivsta 13:50",   "Fastighet i Timrå kommun",
         "Property in the municipality of Timrå"   },
        {"vivsta centrum",        "Detaljplan 2262-P11, laga kraft 1994-06-01",
         "Plan 2262-P11, in force 1994-06-01"       },
        {"okänd plan",           "Stadsplan P1, okänt om den gäller",
         "Plan P1, not known whether it is in force"},
        {"storgatan 4",           "Adress, Timrå, Timrå kommun",
         "Address, Timrå, municipality of "
         "Timrå"                                   },
        {"största byggnadsarea", "Planbestämmelse i Vivsta centrum",
         "Plan regulation in Vivsta centrum"        },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        assert_string_equal(ask(*state, cases[i].q, PK_SV)->results[0].detail,
                            cases[i].sv);
        assert_string_equal(ask(*state, cases[i].q, PK_EN)->results[0].detail,
                            cases[i].en);
    }
}

static void near_things_come_first_among_equals(void **state)
{
    struct pk_search_query q = {
        .text = "långsjön", .near_given = true, .near_x = 620010, .near_y = 6940010};
    struct pk_search_answer *a;
    assert_int_equal(pk_search(&a, *state, &q, &arena, NULL), PK_OK);
    assert_true(a->results[0].x == 620000);
    q.near_x = 610010;
    q.near_y = 6930010;
    assert_int_equal(pk_search(&a, *state, &q, &arena, NULL), PK_OK);
    assert_true(a->results[0].x == 610000);
}

static void limit_and_kinds_hold(void **state)
{
    struct pk_search_query q = {.text = "vivsta", .limit = 2};
    struct pk_search_answer *a;
    struct pk_error err = {0};
    assert_int_equal(pk_search(&a, *state, &q, &arena, &err), PK_OK);
    assert_int_equal(a->count, 2);
    assert_true(a->more);
    assert_string_equal(a->status, "Fler än 2 träffar. Den bästa är platsen Vivsta.");
    q.kinds = "plan";
    assert_int_equal(pk_search(&a, *state, &q, &arena, &err), PK_OK);
    assert_int_equal(a->count, 1);
    assert_false(a->more);
    static const struct pk_search_query wrong[] = {
        {.text = "x", .kinds = "plan,fish"},
        {.text = "" },
        {.text = "\xff"          },
        {.text = "x",           .limit = 51                    }
    };
    static const char *const names[] = {"kinds: ", "q: ", "q: ", "limit: "};
    for (size_t i = 0; i < PK_COUNT(wrong); i++) {
        assert_int_equal(pk_search(&a, *state, &wrong[i], &arena, &err), PK_BAD_INPUT);
        assert_non_null(strstr(err.text, names[i]));
    }
}

static void coordinates_are_one_of_the_hits(void **state)
{
    struct pk_search_answer *a = ask(*state, "6930021,7 617040,3", PK_SV);
    assert_int_equal(a->count, 1);
    assert_string_equal(a->results[0].kind, "coordinate");
    assert_string_equal(a->results[0].label, "N 6930021,7, E 617040,3");
    assert_string_equal(a->results[0].detail, "Koordinat i SWEREF 99 TM");
    assert_string_equal(a->results[0].lookup,
                        "/lookup?point=617040.3,6930021.7&crs=EPSG:3006");
    a = ask(*state, "62.4867, 17.3251", PK_EN);
    assert_string_equal(a->results[0].label, "Latitude 62.4867, longitude 17.3251");
    assert_true(fabs(a->results[0].x - 619773) < 200);
    a = ask(*state, "6228090 198830", PK_SV);
    assert_true(a->count > 1); /* every zone that it could be in */
}

/* tests/spec/coordinates.txt */
static void coordinates_are_read_as_the_spec_says(void **state)
{
    (void)state;
    FILE *f = fopen(PK_TEST_DIR "/spec/coordinates.txt", "r");
    char line[400];
    int cases = 0;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        char *arrow = strstr(line, " => ");
        if (line[0] == '#' || arrow == NULL) {
            continue;
        }
        *arrow = '\0';
        char *want = arrow + 4;
        want[strcspn(want, "\n")] = '\0';
        struct pk_coordinate all[PK_COORDINATE_MAX];
        uint32_t count = pk_coordinate_parse(all, line);
        char got[200] = "none", x[64], y[64];
        if (count > 0) {
            pk_text_fixed(x, sizeof x, all[0].x, 6);
            pk_text_fixed(y, sizeof y, all[0].y, 6);
            if (all[0].guessed) {
                assert_int_equal(count, 12);
                snprintf(got, sizeof got, "zones %s %s", x, y);
            } else {
                assert_int_equal(count, 1);
                snprintf(got, sizeof got, "%d %s %s", all[0].crs, x, y);
            }
        }
        if (strcmp(got, want) != 0) {
            fail_msg("\"%s\" is read as %s, not %s", line, got, want);
        }
        cases++;
    }
    fclose(f);
    assert_true(cases > 60);
}

static void json_has_the_published_members(void **state)
{
    static const char *const top[] = {"version", "q",      "lang",       "count",
                                      "more",    "status", "suggestion", "results"};
    static const char *const result[] = {"kind",   "id",    "label", "detail", "href",
                                         "lookup", "point", "bbox",  "crs",    "match"};
    struct pk_search_answer *a = ask(*state, "vivsta 13:5", PK_SV);
    struct pk_buf buf;
    struct pk_error err = {0};
    json_t *root, *value;
    const char *key;
    size_t i = 0;
    pk_buf_init(&buf, 1 << 20);
    pk_search_json(&buf, a);
    assert_int_equal(pk_json_parse(&root, buf.data, buf.len, 1 << 20, &err), PK_OK);
    json_object_foreach(root, key, value)
    {
        assert_string_equal(key, top[i++]);
    }
    assert_int_equal(i, PK_COUNT(top));
    i = 0;
    json_object_foreach(json_array_get(json_object_get(root, "results"), 0), key, value)
    {
        assert_string_equal(key, result[i++]);
    }
    assert_int_equal(i, PK_COUNT(result));
    assert_non_null(strstr(buf.data, "\"match\":[[6,12],[13,17]]"));
    assert_non_null(strstr(buf.data, "\"href\":\"/property/TIMR%C3%85_VIVSTA_13:5\""));
    json_decref(root);
    pk_buf_finish(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_hit_is_what_was_written),
        cmocka_unit_test(one_wrong_letter_in_five_is_found),
        cmocka_unit_test(letters_to_change_are_counted),
        cmocka_unit_test(the_status_is_one_line_for_speech),
        cmocka_unit_test(matched_letters_are_told),
        cmocka_unit_test(labels_with_details_tell_any_two_apart),
        cmocka_unit_test(details_are_written_in_both_languages),
        cmocka_unit_test(near_things_come_first_among_equals),
        cmocka_unit_test(limit_and_kinds_hold),
        cmocka_unit_test(coordinates_are_one_of_the_hits),
        cmocka_unit_test(coordinates_are_read_as_the_spec_says),
        cmocka_unit_test(json_has_the_published_members),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
