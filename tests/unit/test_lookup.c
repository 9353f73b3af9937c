/* test_lookup.c - answers over a small town in memory: every coverage and sentence,
 * the JSON's members and their order, boundaries, shapes, versions and days. */
#include "unit/town.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"

/* ---- coverage and its sentences ---- */

static void every_coverage_has_its_word_and_summary(void **state)
{
    static const struct {
        double x, y;
        const char *coverage, *sv, *en;
    } cases[] = {
        {30,   15,   "regulations",
         "Här gäller detaljplanen Västerhamn. Marken får användas för idrott och skola.",
         "Here the detailed plan Västerhamn applies. The land may be used for visitor "
         "attractions and school."                                                                                                                                                 },
        {75,   50,   "regulations",
         "Här gäller detaljplanen Västerhamn. Marken är allmän plats för gata.",               "Here the detailed plan Västerhamn applies. The land is public space for "
         "street."                                                                           },
        {225,  25,   "partial",
         "Här gäller stadsplanen Norrby. Inte alla bestämmelser är digitaliserade.",             "Here the town plan Norrby applies. Not all its regulations are digitised."   },
        {325,  25,   "plan-only",
         "Här gäller byggnadsplanen 1290-P14. Bestämmelserna finns bara på plankartan.",
         "Here the building plan 1290-P14 applies. Its regulations are only on the plan "
         "map."                                                                                                                                                                    },
        {425,  25,   "ongoing",
         "Här pågår arbete med detaljplanen Nydal, som inte gäller ännu.",                      "Here work is under way on the detailed plan Nydal, which does not apply yet."},
        {1025, 25,   "regulations",
         "Här finns detaljplanen Oklar. Filen säger inte om den gäller.",                         "Here is the detailed plan Oklar. The file does not say whether it is in "
         "force."                                                                                      },
        {1325, 25,   "ongoing",     "Här pågår arbete med planen Snart, som inte gäller ännu.",
         "Here work is under way on the plan Snart, which does not apply yet."                                                                                                     },
        {1125, 25,   "outside",
         "Här gäller ingen detaljplan. Kommunen har läst in all planlagd mark.",                  "No detailed plan applies here. The municipality has loaded all its planned "
         "land."                                                                                },
        {-500, -500, "outside",
         "Här gäller ingen detaljplan. Kommunen har läst in all planlagd mark.",                  "No detailed plan applies here. The municipality has loaded all its planned "
         "land."                                                                                },
        {2500, 25,   "unknown",
         "Ingen detaljplan är känd här. Det betyder inte att ingen gäller.",                     "No detailed plan is known here. That does not mean that none applies."       },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_question q = at(cases[i].x, cases[i].y);
        struct pk_answer *a = answer(*state, &q);
        assert_string_equal(a->coverage, cases[i].coverage);
        assert_string_equal(a->summary, cases[i].sv);
        q.lang = PK_EN;
        a = answer(*state, &q);
        assert_string_equal(a->coverage, cases[i].coverage);
        assert_string_equal(a->summary, cases[i].en);
    }
}

static void every_stage_of_a_plan_has_its_sentence(void **state)
{
    static const struct {
        double x;
        const char *sv, *en;
    } cases[] = {
        {80,
         "Planen vann laga kraft 2019-03-04. Genomförandetiden har gått ut. Planen "
         "gäller "
         "fortfarande.",                                                                        "The plan came into force on 2019-03-04. Its implementation period has ended. "
         "The plan still applies."                                                                                                },
        {225,
         "Planen vann laga kraft 1961-05-02. Planen gäller. Inte alla planens "
         "bestämmelser "
         "är digitaliserade. Läs även plankartan.",                                          "The plan came into force on 1961-05-02. The plan applies. Not all of the "
         "plan's regulations are digitised. Read the plan map as well."                             },
        {325,
         "Planen har vunnit laga kraft. Filen säger inte när. Planen gäller. Planens "
         "bestämmelser är inte digitaliserade. Läs dem på plankartan.",                     "The plan has come into force. The file does not say when. The plan applies. "
         "The plan's regulations are not digitised. Read them on the plan map."},
        {425,
         "Arbete med en ny plan är påbörjat. Arbetet påbörjades 2025-05-06. Planen "
         "gäller inte ännu.",                                                                 "Work on a new plan has begun. Work began on 2025-05-06. The plan does not "
         "apply yet."                                                                                                      },
        {525,
         "En ny plan är på samråd. Läget är från 2025-11-03. Planen gäller inte ännu.",
         "A new plan is out for consultation. This stage is from 2025-11-03. The plan "
         "does not apply yet."                                                                                                                            },
        {625,
         "En ny plan är på granskning. Arbetet påbörjades 2025-05-06. Planen gäller inte "
         "ännu.",                                                                              "A new plan is out for review. Work began on 2025-05-06. The plan does not "
         "apply yet."                                                                                                                   },
        {725,
         "Planen är antagen men har inte vunnit laga kraft. Den antogs 2026-01-15. "
         "Planen gäller inte ännu.",                                                          "The plan is adopted but has not come into force. It was adopted on "
         "2026-01-15. The plan does not apply yet."                                                                 },
        {825,
         "Beslutet om planen är överklagat. Arbetet påbörjades 2025-05-06. Planen gäller "
         "inte ännu.",                                                                         "The decision on the plan has been appealed. Work began on 2025-05-06. The "
         "plan does not apply yet."                                                                                                },
        {925,
         "Länsstyrelsen prövar beslutet om planen. Arbetet påbörjades 2025-05-06. Planen "
         "gäller inte ännu.",                                                                 "The county administrative board is examining the decision on the plan. Work "
         "began on 2025-05-06. The plan does not apply yet."                                                               },
        {1025, "Filen säger inte om planen gäller.",
         "The file does not say whether the plan is in force."                                                                                            },
        {1125, "Planen är upphävd och gäller inte.",
         "The plan is repealed and does not apply."                                                                                                       },
        {1225, "Planarbetet avslutades utan att någon plan började gälla.",
         "Work on the plan was closed without a plan that applies."                                                                                       },
        {1325, "Planen vinner laga kraft 2026-08-01 och gäller inte före dess.",
         "The plan comes into force on 2026-08-01 and does not apply before that."                                                                        },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_question q = at(cases[i].x, 25);
        for (int lang = 0; lang < PK_LANG_COUNT; lang++) {
            q.lang = (enum pk_lang)lang;
            struct pk_answer *a = answer(*state, &q);
            assert_int_equal(a->plan_count, 1);
            assert_string_equal(a->plans[0].text,
                                lang == PK_SV ? cases[i].sv : cases[i].en);
        }
    }
}

static void what_applied_on_another_day_is_told_of_that_day(void **state)
{
    static const struct {
        double x;
        const char *day, *coverage;
    } cases[] = {
        {80,   "2019-03-03", "ongoing"    },
        {80,   "2019-03-04", "regulations"},
        {1125, "2010-05-31", "regulations"},
        {1125, "2010-06-01", "unknown"    },
        {1325, "2026-07-31", "ongoing"    },
        {1325, "2026-08-01", "regulations"},
        {1325, "2020-01-01", "unknown"    },
        {-500, "2026-01-09", "unknown"    },
        {-500, "2026-01-10", "outside"    },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_question q = at(cases[i].x, 25);
        q.day_given = true;
        q.state.day = pk_date_parse(cases[i].day);
        struct pk_answer *a = answer(*state, &q);
        assert_string_equal(a->coverage, cases[i].coverage);
        assert_string_equal(a->legal_date, cases[i].day);
    }
}

static void the_implementation_period_runs_until_its_end(void **state)
{
    struct pk_question q = at(80, 25);
    q.day_given = true;
    q.state.day = pk_date_parse("2024-03-04");
    struct pk_answer *a = answer(*state, &q);
    assert_int_equal(a->plans[0].genomforande_months, 60);
    assert_string_equal(a->plans[0].genomforande_ends, "2024-03-04");
    assert_int_equal(a->plans[0].genomforande_ended, 0);
    assert_string_equal(a->plans[0].text,
                        "Planen vann laga kraft 2019-03-04. Genomförandetiden går ut "
                        "2024-03-04.");
    q.state.day++;
    assert_int_equal(answer(*state, &q)->plans[0].genomforande_ended, 1);
}

/* ---- regulations ---- */

static void regulations_come_in_reading_order_with_value_and_limits(void **state)
{
    struct pk_question q = at(30, 5);
    struct pk_answer *a = answer(*state, &q);
    static const char *const texts[] = {
        "Idrott (R).", "Skola (S).", "Marken får inte förses med byggnad.",
        "Högsta nockhöjd är 13,5 meter (h₁).", "Strandskyddet är upphävt (a₁)."};
    assert_int_equal(a->plan_count, 1);
    assert_int_equal(a->plans[0].regulation_count, PK_COUNT(texts));
    for (size_t i = 0; i < PK_COUNT(texts); i++) {
        assert_string_equal(a->plans[0].regulations[i].text, texts[i]);
    }
    const struct pk_answer_regulation *dots = &a->plans[0].regulations[2];
    const struct pk_answer_regulation *height = &a->plans[0].regulations[3];
    assert_int_equal(dots->limit_count, 1);
    assert_string_equal(dots->limits[0], "building");
    assert_string_equal(height->kind, "egenskapsbestämmelse");
    assert_int_equal(height->limit_count, 1);
    assert_string_equal(height->limits[0], "height");
    assert_int_equal(height->value_count, 1);
    assert_true(height->values[0].number == 13.5);
    assert_int_equal(height->regulates_count, 1);
    assert_true(pk_id_equal(height->regulates[0], id_of("school")));
    q.lang = PK_EN;
    a = answer(*state, &q);
    assert_string_equal(a->plans[0].regulations[3].text,
                        "The plan says: “Högsta nockhöjd är 13,5 meter” (h₁).");
}

static void ongoing_plans_are_listed_after_those_in_force(void **state)
{
    struct pk_question q = at(15, 50);
    struct pk_answer *a = answer(*state, &q);
    assert_int_equal(a->plan_count, 2);
    assert_string_equal(a->coverage, "regulations");
    assert_string_equal(a->plans[0].namn, "Västerhamn");
    assert_string_equal(a->plans[1].status, "samråd");
}

struct brute {
    double x, y;
    struct pk_id ids[50];
    uint32_t count;
};

static bool brute_part(const struct pk_part_row *row, void *ctx)
{
    struct brute *b = ctx;
    bool seen = !pk_geom_covers(&row->geom, b->x, b->y);
    for (uint32_t i = 0; i < b->count; i++) {
        seen = seen || pk_id_equal(b->ids[i], row->id);
    }
    if (!seen) {
        b->ids[b->count++] = row->id;
    }
    return true;
}

static void regulations_at_any_point_are_those_of_all_parts_that_cover_it(void **state)
{
    struct pk_store *s = *state;
    uint32_t seed = 7, hits = 0;
    struct pk_arena arena = {0};
    for (int n = 0; n < 400; n++) {
        seed = seed * 1664525u + 1013904223u;
        double x = (seed >> 8) % 1200 / 10.0 - 10;
        seed = seed * 1664525u + 1013904223u;
        double y = (seed >> 8) % 1200 / 10.0 - 10;
        struct pk_question q = at(x, y);
        struct brute b = {.x = q.x, .y = q.y};
        struct pk_rows all = {0};
        struct pk_answer *a = NULL;
        assert_int_equal(
            s->ops->regulation_parts(s, 2, &all, brute_part, &b, &arena, NULL), PK_OK);
        assert_int_equal(pk_lookup(&a, s, &q, fjallnas(), NULL, &arena, NULL), PK_OK);
        uint32_t told = 0;
        for (uint32_t p = 0; p < a->plan_count; p++) {
            for (uint32_t r = 0; r < a->plans[p].regulation_count; r++, told++) {
                bool found = false;
                for (uint32_t i = 0; i < b.count; i++) {
                    found = found || pk_id_equal(b.ids[i], a->plans[p].regulations[r].id);
                }
                assert_true(found);
            }
        }
        assert_int_equal(told, b.count);
        hits += told > 0;
        pk_arena_reset(&arena);
    }
    assert_true(hits > 100);
    pk_arena_finish(&arena);
}

/* ---- boundaries ---- */

static void a_point_near_a_boundary_names_both_sides(void **state)
{
    struct pk_question q = at(49.2, 65);
    struct pk_answer *a = answer(*state, &q);
    assert_non_null(a->boundary);
    assert_string_equal(a->boundary->kind, "use");
    assert_string_equal(a->boundary->accuracy, "assumed");
    assert_true(fabs(a->boundary->distance_m - 0.8) < 0.01);
    assert_string_equal(a->boundary->text,
                        "Punkten ligger 0,8 m från en gräns. Läget är osäkert på cirka 2 "
                        "m. Osäkerheten är antagen, filen anger ingen.");
    assert_string_equal(a->boundary->other_text, "På andra sidan gränsen gäller GATA.");
    assert_true(pk_id_equal(a->boundary->other_plan, id_of("harbour")));
    assert_int_equal(a->boundary->other_count, 1);
    assert_true(pk_id_equal(a->boundary->other_regulations[0], id_of("street")));

    q = at(52, 99);
    a = answer(*state, &q);
    assert_string_equal(a->boundary->kind, "plan");
    assert_false(a->boundary->other_has_plan);
    assert_string_equal(a->boundary->other_text,
                        "På andra sidan gränsen är ingen plan känd.");

    q = at(30, 11);
    q.lang = PK_EN;
    a = answer(*state, &q);
    assert_string_equal(a->boundary->kind, "property");
    assert_string_equal(a->boundary->other_text,
                        "On the other side of the boundary applies “Marken får inte "
                        "förses med byggnad.”.");

    q = at(101, 50);
    a = answer(*state, &q);
    assert_string_equal(a->coverage, "outside");
    assert_string_equal(a->boundary->kind, "plan");
    assert_string_equal(a->boundary->other_text, "På andra sidan gränsen gäller GATA.");

    q = at(75, 50);
    assert_null(answer(*state, &q)->boundary);
}

static void a_point_on_the_boundary_itself_has_another_side(void **state)
{
    struct pk_question q = at(50, 65);
    struct pk_answer *a = answer(*state, &q);
    assert_non_null(a->boundary);
    assert_true(a->boundary->distance_m == 0);
    assert_int_equal(a->boundary->other_has_plan, true);
    assert_true(a->boundary->other_count > 0);
}

/* ---- ground: properties, addresses, shapes ---- */

static void a_property_in_any_spelling_has_shares_of_ground(void **state)
{
    static const char *const spellings[] = {
        "FJÄLLNÄS VÄSTERHAMN 2:32", "fjällnäs västerhamn 2:32",
        "FJÄLLNÄS_VÄSTERHAMN_2:32", "Fjällnäs  Västerhamn 2 : 32",
        "västerhamn 2:32",          "fjällnäs västerhamn 2 32"};
    struct pk_question q = at(0, 0);
    q.kind = PK_ASK_PROPERTY;
    for (size_t i = 0; i <= PK_COUNT(spellings); i++) {
        q.text =
            i < PK_COUNT(spellings) ? spellings[i] : id_text("FJÄLLNÄS VÄSTERHAMN 2:32");
        struct pk_answer *a = answer(*state, &q);
        assert_string_equal(a->heading, "FJÄLLNÄS VÄSTERHAMN 2:32");
        assert_string_equal(a->coverage, "regulations");
        assert_int_equal(a->coverage_count, 2);
        assert_string_equal(a->coverages[0].coverage, "regulations");
        assert_true(fabs(a->coverages[0].area_m2 - 3600) < 0.01);
        assert_true(fabs(a->coverages[0].share - 0.9) < 1e-9);
        assert_string_equal(a->coverages[1].coverage, "outside");
        assert_string_equal(a->address, "Skolgatan 4");
        const struct pk_answer_plan *plan = &a->plans[0];
        assert_string_equal(plan->share.basis, "EPSG:3008");
        assert_true(fabs(plan->share.area_m2 - 3600 * 1.002) < 0.01);
        assert_string_equal(plan->text,
                            "Planen vann laga kraft 2019-03-04. Genomförandetiden har "
                            "gått ut. Planen gäller fortfarande. Den omfattar 90 % av "
                            "ytan.");
        assert_string_equal(a->properties[0].href,
                            "https://karta.exempel.se/property/"
                            "FJ%C3%84LLN%C3%84S_V%C3%84STERHAMN_2:32");
        assert_string_equal(a->permanent,
                            "https://karta.exempel.se/lookup?property=FJ%C3%84LLN%C3%84S_"
                            "V%C3%84STERHAMN_2:32&version=2&datetime=2026-03-02");
    }
}

static void shares_of_parts_add_up(void **state)
{
    struct pk_question q = at(0, 0);
    struct pk_geom drawn = rectangle(40, 50, 20, 40);
    q.kind = PK_ASK_GEOMETRY;
    q.shape = &drawn;
    struct pk_answer *a = answer(*state, &q);
    double uses = 0, height = 0;
    for (uint32_t i = 0; i < a->plans[0].regulation_count; i++) {
        const struct pk_answer_regulation *r = &a->plans[0].regulations[i];
        uses += pk_id_equal(r->id, id_of("school")) ? r->share.share : 0;
        uses += pk_id_equal(r->id, id_of("street")) ? r->share.share : 0;
        height += pk_id_equal(r->id, id_of("height")) ? r->share.area_m2 : 0;
    }
    assert_true(fabs(uses - 1) < 1e-9);
    assert_true(fabs(height - 1.002 * (100 + 200)) < 0.01); /* two parts of one */
    assert_int_equal(a->distance_count, 1);
    assert_true(a->distances[0].m == 0); /* it crosses the property's edge */
    drawn = rectangle(20, 25, 10, 10);
    a = answer(*state, &q);
    assert_int_equal(a->distance_count, 1);
    assert_true(fabs(a->distances[0].m - 5) < 0.01);
    assert_null(a->permanent);
}

static void an_address_asks_about_its_property(void **state)
{
    struct pk_question q = at(0, 0);
    q.kind = PK_ASK_ADDRESS;
    q.text = "skolgatan 4";
    struct pk_answer *a = answer(*state, &q);
    assert_string_equal(a->heading, "Skolgatan 4");
    assert_string_equal(a->address, "Skolgatan 4");
    assert_int_equal(a->property_count, 1);
    assert_int_equal(a->coverage_count, 2);
}

static void what_is_not_there_is_not_found_with_suggestions(void **state)
{
    struct pk_question q = at(0, 0);
    struct pk_answer *a;
    struct pk_error err = {0};
    const char *suggestions = NULL;
    q.kind = PK_ASK_PROPERTY;
    q.text = "FJÄLLNÄS VÄSTERHAMM 2:32";
    assert_int_equal(
        pk_lookup(&a, *state, &q, fjallnas(), &suggestions, &town_arena, &err),
        PK_NOT_FOUND);
    assert_non_null(strstr(err.text, "property: "));
    assert_string_equal(suggestions, "[\"FJÄLLNÄS VÄSTERHAMN 2:32\"]");
    q.kind = PK_ASK_ADDRESS;
    q.text = "Ingenstans 9";
    assert_int_equal(
        pk_lookup(&a, *state, &q, fjallnas(), &suggestions, &town_arena, &err),
        PK_NOT_FOUND);
    assert_string_equal(suggestions, "[]");
}

static void an_address_of_two_towns_is_asked_back(void **state)
{
    struct pk_question q = at(0, 0);
    struct pk_answer *a;
    struct pk_error err = {0};
    const char *suggestions = NULL;
    q.kind = PK_ASK_ADDRESS;
    q.text = "Storgatan 1";
    assert_int_equal(
        pk_lookup(&a, *state, &q, fjallnas(), &suggestions, &town_arena, &err),
        PK_NOT_FOUND);
    assert_non_null(strstr(suggestions, "\"Storgatan 1, Norrby\""));
    assert_non_null(strstr(suggestions, "\"Storgatan 1, Fjällnäs\""));
    q.text = "Storgatan 1, Norrby";
    assert_true(fabs(answer(*state, &q)->x - EAST - 220) < 1);
    q.text = id_text("Storgatan 1");
    assert_true(fabs(answer(*state, &q)->y - NORTH - 130) < 1);
}

/* Stored as of 2026-02-01: the newer plan has not taken its ground yet. */
static void a_dated_replacement_takes_its_ground_on_its_day(void **state)
{
    struct pk_store *s = town();
    (void)state;
    put_plan(s,
             (struct pk_plan_row){
                 .name = "Äldre", .status = "laga kraft", .in_force = "1980-01-01"},
             "older", rectangle(0, 300, 100, 100));
    put_plan(s,
             (struct pk_plan_row){.name = "Nyare",
                                  .status = "laga kraft",
                                  .adopted = "2026-01-05",
                                  .in_force = "2026-06-01"},
             "newer", rectangle(60, 300, 100, 100));
    pk_memory_replacement(
        s, &(struct pk_replacement_row){.older_plan = id_of("older"),
                                        .newer_plan = id_of("newer"),
                                        .kind = "ends-here",
                                        .effective = pk_date_parse("2026-06-01")});
    struct pk_question q = at(80, 350);
    struct pk_answer *a = answer(s, &q);
    assert_int_equal(a->plan_count, 2);
    assert_string_equal(a->plans[0].namn, "Äldre");
    q.day_given = true;
    q.state.day = pk_date_parse("2026-05-31");
    assert_int_equal(answer(s, &q)->plan_count, 2);
    q.state.day = pk_date_parse("2026-06-01");
    a = answer(s, &q);
    assert_int_equal(a->plan_count, 1);
    assert_string_equal(a->plans[0].namn, "Nyare");
    q.x = EAST + 30;
    a = answer(s, &q);
    assert_int_equal(a->plan_count, 1);
    assert_string_equal(a->plans[0].namn, "Äldre");
    pk_store_close(s);
}

static void wrong_questions_name_the_parameter(void **state)
{
    struct pk_answer *a;
    struct pk_error err = {0};
    struct pk_question q = at(0, 0);
    q.x = 6200000;
    q.y = 500000;
    assert_int_equal(pk_lookup(&a, *state, &q, fjallnas(), NULL, &town_arena, &err),
                     PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "point: "));
    q = at(0, 0);
    q.crs = 99999;
    assert_int_equal(pk_lookup(&a, *state, &q, fjallnas(), NULL, &town_arena, &err),
                     PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "crs: "));
    q = at(0, 0);
    q.version_given = true;
    q.state.version = 9;
    assert_int_equal(pk_lookup(&a, *state, &q, fjallnas(), NULL, &town_arena, &err),
                     PK_NOT_FOUND);
    assert_non_null(strstr(err.text, "version: "));
}

/* ---- layers, versions, JSON ---- */

static void a_layer_that_answers_fills_its_sentence(void **state)
{
    struct pk_question q = at(25, 25);
    struct pk_answer *a = answer(*state, &q);
    assert_int_equal(a->layer_count, 1);
    assert_string_equal(a->layers[0].text, "Strandskydd gäller här (100 m). Källa: Lst.");
    assert_string_equal(a->layers[0].title, "Strandskydd");
    assert_string_equal(a->layers[0].source, "Länsstyrelsen");
    assert_int_equal(a->source_count, 2);
    q.lang = PK_EN;
    assert_string_equal(answer(*state, &q)->layers[0].text,
                        "Shore protection applies here (100 m). Source: Lst.");
    q = at(35, 25);
    assert_int_equal(answer(*state, &q)->layer_count, 0);
}

static void a_version_alone_means_its_last_day_as_the_newest(void **state)
{
    struct pk_question q = at(25, 25);
    q.version_given = true;
    q.state.version = 1;
    struct pk_answer *a = answer(*state, &q);
    assert_int_equal(a->version, 1);
    assert_string_equal(a->legal_date, "2026-02-01");
    assert_int_equal(a->layer_count, 0); /* the layer came in version 2 */
    q.state.version = 2;
    assert_string_equal(answer(*state, &q)->legal_date, "2026-03-02");
}

static void check_members(json_t *object, const char *const *names)
{
    const char *key;
    json_t *value;
    size_t i = 0;
    json_object_foreach(object, key, value)
    {
        assert_non_null(names[i]);
        assert_string_equal(key, names[i]);
        i++;
    }
    assert_null(names[i]);
}

static json_t *as_json(const struct pk_answer *a, struct pk_buf *buf)
{
    json_t *root = NULL;
    struct pk_error err = {0};
    pk_buf_init(buf, 1 << 20);
    pk_answer_json(buf, a);
    assert_false(buf->failed);
    if (pk_json_parse(&root, buf->data, buf->len, 1 << 20, &err) != PK_OK) {
        fail_msg("%s: %s", err.text, buf->data);
    }
    return root;
}

static void json_has_every_member_in_its_order(void **state)
{
    static const char *const top[] = {
        "version",  "legal_date", "answered_at", "lang",  "permanent", "asked",
        "coverage", "heading",    "summary",     "place", "plans",     "layers",
        "boundary", "unknown",    "next",        "legal", "sources",   NULL};
    static const char *const plan[] = {"id",
                                       "href",
                                       "coverage",
                                       "beteckning",
                                       "namn",
                                       "typ",
                                       "status",
                                       "datumAntagande",
                                       "datumLagakraft",
                                       "genomforandetid",
                                       "text",
                                       "regulations",
                                       "documents",
                                       NULL};
    static const char *const regulation[] = {"id",
                                             "href",
                                             "part",
                                             "kind",
                                             "anvandningsform",
                                             "beteckning",
                                             "index",
                                             "bestammelseformulering",
                                             "bestammelsevarde",
                                             "regulates",
                                             "limits",
                                             "text",
                                             "applies_to",
                                             NULL};
    static const char *const value[] = {"beskrivning", "vardetyp", "variabelvarde",
                                        "number",      "enhet",    NULL};
    static const char *const ground[] = {
        "version", "legal_date", "answered_at", "lang",     "permanent",
        "asked",   "coverage",   "coverages",   "heading",  "summary",
        "place",   "plans",      "layers",      "boundary", "unknown",
        "next",    "legal",      "sources",     NULL};
    struct pk_question q = at(30, 15);
    struct pk_buf buf;
    json_t *root = as_json(answer(*state, &q), &buf);
    check_members(root, top);
    json_t *first = json_array_get(json_object_get(root, "plans"), 0);
    check_members(first, plan);
    json_t *regulations = json_object_get(first, "regulations");
    json_t *height = json_array_get(regulations, 2);
    check_members(height, regulation);
    check_members(json_array_get(json_object_get(height, "bestammelsevarde"), 0), value);
    json_decref(root);
    pk_buf_finish(&buf);

    q = at(2500, 25);
    root = as_json(answer(*state, &q), &buf);
    check_members(root, top);
    assert_true(json_is_null(json_object_get(root, "boundary")));
    assert_int_equal(json_array_size(json_object_get(root, "plans")), 0);
    json_decref(root);
    pk_buf_finish(&buf);

    q = at(0, 0);
    q.kind = PK_ASK_PROPERTY;
    q.text = "FJÄLLNÄS VÄSTERHAMN 2:32";
    root = as_json(answer(*state, &q), &buf);
    check_members(root, ground);
    json_decref(root);
    pk_buf_finish(&buf);
}

/* Every null has an entry in `unknown`. */
static void what_is_null_is_said_to_be_unknown(void **state)
{
    static const double xs[] = {80, 225, 325, 425, 1025, 1125, 2500};
    static const char *const names[] = {"status", "beteckning",     "namn",
                                        "typ",    "datumAntagande", "genomforandetid"};
    for (size_t i = 0; i < PK_COUNT(xs); i++) {
        struct pk_question q = at(xs[i], 25);
        struct pk_buf buf;
        json_t *root = as_json(answer(*state, &q), &buf);
        json_t *plan = json_array_get(json_object_get(root, "plans"), 0);
        for (size_t n = 0; n < PK_COUNT(names) && plan != NULL; n++) {
            char what[64];
            snprintf(what, sizeof what, "\"what\":\"%s\"", names[n]);
            if (json_is_null(json_object_get(plan, names[n]))) {
                assert_non_null(strstr(buf.data, what));
            } else {
                assert_null(strstr(buf.data, what));
            }
        }
        json_decref(root);
        pk_buf_finish(&buf);
    }
}

static void the_permanent_link_gives_the_same_bytes_for_ever(void **state)
{
    struct pk_question q = at(30, 15);
    struct pk_buf first, later;
    q.version_given = q.day_given = true;
    q.state = (struct pk_state){2, pk_date_parse("2026-03-02")};
    json_decref(as_json(answer(*state, &q), &first));
    assert_non_null(strstr(first.data,
                           "\"permanent\":\"https://karta.exempel.se/lookup?point=500030,"
                           "6200015&crs=EPSG:3006&version=2&datetime=2026-03-02\""));
    time_t answered = q.now;
    q.now += 400 * 86400;
    json_decref(as_json(answer(*state, &q), &later));
    char a[PK_TIME_TEXT], b[PK_TIME_TEXT];
    pk_time_format(a, answered);
    pk_time_format(b, q.now);
    char *at_a = strstr(first.data, a), *at_b = strstr(later.data, b);
    assert_non_null(at_a);
    assert_non_null(at_b);
    memset(at_a, 'x', strlen(a));
    memset(at_b, 'x', strlen(b));
    assert_string_equal(first.data, later.data);
    pk_buf_finish(&first);
    pk_buf_finish(&later);
}

static void the_text_has_the_sentences_of_the_members(void **state)
{
    struct pk_question q = at(49.2, 25);
    struct pk_answer *a = answer(*state, &q);
    struct pk_buf buf;
    pk_buf_init(&buf, 1 << 16);
    pk_answer_text(&buf, a);
    assert_non_null(strstr(buf.data, a->heading));
    assert_non_null(strstr(buf.data, a->summary));
    assert_non_null(strstr(buf.data, a->plans[0].text));
    for (uint32_t i = 0; i < a->plans[0].regulation_count; i++) {
        assert_non_null(strstr(buf.data, a->plans[0].regulations[i].text));
    }
    assert_non_null(strstr(buf.data, a->boundary->text));
    assert_non_null(strstr(buf.data, a->boundary->other_text));
    assert_non_null(strstr(buf.data, a->legal_text));
    assert_non_null(strstr(buf.data, a->permanent));
    pk_buf_finish(&buf);
}

static void a_plan_has_all_its_regulations_on_its_own_page(void **state)
{
    struct pk_answer_plan *plan;
    struct pk_geom geom;
    struct pk_error err = {0};
    struct pk_state now = {0, PK_DATE_NONE};
    assert_int_equal(pk_plan_answer(&plan, &geom, *state, id_of("harbour"), now, PK_SV,
                                    fjallnas(), &town_arena, &err),
                     PK_OK);
    assert_int_equal(plan->regulation_count, 6);
    assert_true(pk_geom_area(&geom) == 10000);
    assert_true(fabs(plan->share.area_m2 - 10020) < 1e-6);
    struct pk_buf buf;
    pk_buf_init(&buf, 1 << 16);
    pk_plan_json(&buf, plan);
    assert_memory_equal(buf.data, "{\"id\":", 6);
    pk_buf_finish(&buf);
    assert_int_equal(pk_plan_answer(&plan, &geom, *state, id_of("nothing"), now, PK_SV,
                                    fjallnas(), &town_arena, &err),
                     PK_NOT_FOUND);
}

/* Changes the town: the last one. */
static void regulations_without_a_place_are_told_wherever_the_plan_is(void **state)
{
    struct pk_regulation_row time = {.id = id_of("time"),
                                     .plan_id = id_of("harbour"),
                                     .kind = "administrative",
                                     .wording = "Genomförandetiden är 5 år",
                                     .details = "{}"};
    struct pk_regulation_row lost = {.id = id_of("lost"),
                                     .plan_id = id_of("harbour"),
                                     .kind = "use",
                                     .letter = "J",
                                     .wording = "Industri",
                                     .details = "{}"};
    pk_memory_regulation(*state, &time, 0);
    pk_memory_regulation(*state, &lost, 0);
    struct pk_question q = at(30, 15);
    struct pk_answer *a = answer(*state, &q);
    const struct pk_answer_plan *plan = &a->plans[0];
    uint32_t seen = 0;
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_answer_regulation *r = &plan->regulations[i];
        if (pk_id_equal(r->id, time.id)) {
            assert_string_equal(r->text,
                                "Genomförandetiden är 5 år. Den gäller hela planen.");
            assert_string_equal(r->applies_to, "plan");
            seen++;
        } else if (pk_id_equal(r->id, lost.id)) {
            assert_string_equal(r->text,
                                "Industri (J). Filen säger inte var den gäller.");
            assert_null(r->applies_to);
            seen++;
        } else {
            assert_string_equal(r->applies_to, "place");
        }
    }
    assert_int_equal(seen, 2);
    assert_null(strstr(a->summary, "industri")); /* nobody knows that it applies here */
    q = at(-40, 15);
    a = answer(*state, &q);
    for (uint32_t i = 0; i < a->plan_count; i++) {
        for (uint32_t k = 0; k < a->plans[i].regulation_count; k++) {
            assert_false(pk_id_equal(a->plans[i].regulations[k].id, time.id));
        }
    }
}

static void a_place_in_a_municipality_that_is_not_served_is_told_as_that(void **state)
{
    static const char *const ours[] = {"9901"}, *const others[] = {"9902"};
    static const struct {
        const char *const *served;
        uint32_t count;
        bool told;
    } cases[] = {
        {NULL,   0, false},
        {ours,   1, false},
        {others, 1, true }
    };
    struct pk_question q = at(30, 15);
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_municipality m = *fjallnas();
        struct pk_answer *a;
        struct pk_error err = {0};
        m.served = cases[i].served;
        m.served_count = cases[i].count;
        assert_int_equal(pk_lookup(&a, *state, &q, &m, NULL, &town_arena, &err), PK_OK);
        bool told = false;
        for (uint32_t k = 0; k < a->unknown_count; k++) {
            told = told || strstr(a->unknown[k].text, "inte är till för") != NULL;
        }
        assert_int_equal(told, cases[i].told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_coverage_has_its_word_and_summary),
        cmocka_unit_test(every_stage_of_a_plan_has_its_sentence),
        cmocka_unit_test(what_applied_on_another_day_is_told_of_that_day),
        cmocka_unit_test(the_implementation_period_runs_until_its_end),
        cmocka_unit_test(regulations_come_in_reading_order_with_value_and_limits),
        cmocka_unit_test(ongoing_plans_are_listed_after_those_in_force),
        cmocka_unit_test(regulations_at_any_point_are_those_of_all_parts_that_cover_it),
        cmocka_unit_test(a_point_near_a_boundary_names_both_sides),
        cmocka_unit_test(a_point_on_the_boundary_itself_has_another_side),
        cmocka_unit_test(a_property_in_any_spelling_has_shares_of_ground),
        cmocka_unit_test(shares_of_parts_add_up),
        cmocka_unit_test(an_address_asks_about_its_property),
        cmocka_unit_test(what_is_not_there_is_not_found_with_suggestions),
        cmocka_unit_test(an_address_of_two_towns_is_asked_back),
        cmocka_unit_test(a_dated_replacement_takes_its_ground_on_its_day),
        cmocka_unit_test(wrong_questions_name_the_parameter),
        cmocka_unit_test(a_layer_that_answers_fills_its_sentence),
        cmocka_unit_test(a_version_alone_means_its_last_day_as_the_newest),
        cmocka_unit_test(json_has_every_member_in_its_order),
        cmocka_unit_test(what_is_null_is_said_to_be_unknown),
        cmocka_unit_test(the_permanent_link_gives_the_same_bytes_for_ever),
        cmocka_unit_test(the_text_has_the_sentences_of_the_members),
        cmocka_unit_test(a_plan_has_all_its_regulations_on_its_own_page),
        cmocka_unit_test(a_place_in_a_municipality_that_is_not_served_is_told_as_that),
        cmocka_unit_test(regulations_without_a_place_are_told_wherever_the_plan_is),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
