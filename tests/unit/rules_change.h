/*
 * rules_change.h - what test_rules.c changes in a plan, one thing at a time, and the rule
 * that is to find it. Add a case: a function and a row of `changes`.
 */
#ifndef PK_TESTS_RULES_CHANGE_H
#define PK_TESTS_RULES_CHANGE_H

#include "unit/rules_plan.h"

/* ---- one change each ---- */

static void drop_use(json_t *doc)
{
    json_t *use = plain_use(doc);
    char id[PK_ID_TEXT];

    snprintf(id, sizeof(id), "%s", id_of(use));
    for (size_t i = json_array_size(features(doc)); i-- > 0;) {
        if (strcmp(id_of(feature(doc, i)), id) == 0 || mentions(feature(doc, i), id))
            json_array_remove(features(doc), i);
    }
}

static void bend(json_t *doc, bool border, double in)
{
    size_t at = 0;
    json_t *one = longest_edge(&at, doc, border);

    json_array_insert_new(one, at + 1, beside(one, at, 0.5, in));
}

static void border_9_cm(json_t *doc)
{
    bend(doc, true, 0.09);
}

static void border_11_cm(json_t *doc)
{
    bend(doc, true, 0.11);
}

static void use_over_border(json_t *doc)
{
    bend(doc, true, -0.3);
}

static void overlap(json_t *doc, double area)
{
    size_t at = 0;
    const json_t *one = longest_edge(&at, doc, false);

    bend(doc, false, -2 * area / edge_length(one, at));
}

static void overlap_4(json_t *doc)
{
    overlap(doc, 4);
}

static void overlap_6(json_t *doc)
{
    overlap(doc, 6);
}

static void gap_40_cm(json_t *doc)
{
    size_t at = 0;
    json_t *one = longest_edge(&at, doc, false);
    json_t *near = beside(one, at, 0.02, 0.4), *far = beside(one, at, 0.98, 0.4);

    json_array_insert_new(one, at + 1, far);
    json_array_insert_new(one, at + 1, near);
}

static void gap_in_new_plan(json_t *doc)
{
    set(decision(doc), "datumPaborjat", "2022-02-01");
    set(decision(doc), "datumAntagande", "2023-01-22");
    json_object_set_new(decision(doc), "datumLagakraft", json_text("[\"2023-03-04\"]"));
    set(decision(doc), "genomforandetidStartar", "2023-03-04");
    gap_40_cm(doc);
}

/* A rectangle in the middle of the feature's area. */
static void shrink_to(json_t *f, double w, double h)
{
    const json_t *one = ring(f);
    size_t n = json_array_size(one);
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    struct pk_geom g;
    double x, y, room;

    pk_geom_ring(b, PK_RING_OUTER);
    for (size_t i = 0; i < n; i++)
        pk_geom_vertex(b, x_of(one, i), y_of(one, i), 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_geom_label_point(&g, 0.05, &x, &y, &room);
    pk_arena_finish(&arena);
    json_object_set_new(position(f), "coordinates",
                        json_pack("[[o,o,o,o,o]]", vertex(x, y), vertex(x + w, y),
                                  vertex(x + w, y + h), vertex(x, y + h), vertex(x, y)));
}

static void sliver(json_t *doc)
{
    shrink_to(add_copy(doc, property(doc, false, 0)), 0.8, 0.3);
}

static bool crosses(const json_t *one)
{
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_AREA, false);
    struct pk_overlay *o = pk_overlay_create();
    struct pk_geom g;
    bool valid = true;

    pk_geom_ring(b, PK_RING_OUTER);
    for (size_t i = 0; i < json_array_size(one); i++)
        pk_geom_vertex(b, x_of(one, i), y_of(one, i), 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    assert_int_equal(pk_overlay_valid(&valid, NULL, o, &g, NULL), PK_OK);
    pk_overlay_destroy(o);
    pk_arena_finish(&arena);
    return !valid;
}

static void swap_vertices(json_t *doc)
{
    json_t *one = ring(property(doc, false, 0));

    for (size_t i = 1; i + 2 < json_array_size(one); i++) {
        json_t *copy = json_deep_copy(one);
        json_t *a = json_incref(json_array_get(copy, i));

        json_array_remove(copy, i);
        json_array_insert_new(copy, i + 1, a);
        if (crosses(copy)) {
            json_array_clear(one);
            json_array_extend(one, copy);
            json_decref(copy);
            return;
        }
        json_decref(copy);
    }
    fail_msg("no two vertices whose exchange crosses the border");
}

static void join_areas(json_t *doc)
{
    json_t *a = property(doc, false, 0), *b = NULL;

    for (int n = 1; !b; n++) {
        json_t *other = property(doc, false, n);
        json_t *box = ring(other), *own = ring(a);
        bool apart = true;

        for (size_t i = 0; i < json_array_size(box); i++) {
            for (size_t k = 0; k < json_array_size(own); k++)
                apart = apart && hypot(x_of(box, i) - x_of(own, k),
                                       y_of(box, i) - y_of(own, k)) > 0.5;
        }
        if (apart)
            b = other;
    }
    json_object_set_new(shape(a), "position",
                        json_pack("{s:s, s:[O, O]}", "type", "MultiPolygon",
                                  "coordinates", rings(a), rings(b)));
}

static void uncertain(json_t *doc)
{
    set(json_object_get(json_array_get(parts(feature(doc, 1)), 0), "geometrimetadata"),
        "osakertLage", "skymt läge vid inmätning");
}

static void vertical_point(json_t *doc)
{
    json_t *f = add_copy(doc, property(doc, false, 0));

    shrink_to(f, 1, 1);
    json_object_set_new(props(f), "vertikalAvgransning", json_text("{\"nedat\": 3}"));
    json_object_set_new(shape(f), "position",
                        json_pack("{s:s, s:O}", "type", "Point", "coordinates",
                                  json_array_get(ring(f), 0)));
    /* Not a mark, which must be an area. */
    set(props(f), "bestammelseformulering", "Höjd");
    json_object_del(props(f), "planbestammelsekatalogreferens");
}

static json_t *value_of(json_t *f)
{
    return json_array_get(pk_jget_array(props(f), "bestammelsevarde"), 0);
}

static void swap_values(json_t *doc)
{
    json_t *a = property(doc, true, 0), *b = NULL;
    char mine[32], theirs[32];

    for (int n = 1; !b; n++) {
        if (strcmp(number_of(property(doc, true, n)), number_of(a)) != 0)
            b = property(doc, true, n);
    }
    snprintf(mine, sizeof(mine), "%s", number_of(a));
    snprintf(theirs, sizeof(theirs), "%s", number_of(b));
    set(value_of(a), "variabelvarde", theirs);
    set(value_of(b), "variabelvarde", mine);
}

static void no_unit(json_t *doc)
{
    json_object_del(value_of(property(doc, true, 0)), "enhet");
}

/* The wording says the number too. */
static void two_decimals(json_t *doc)
{
    json_t *f = property(doc, true, 0);
    const char *wording = pk_jget_string(props(f), "bestammelseformulering");
    const char *number = number_of(f), *at = strstr(wording, number);
    char text[256];

    assert_non_null(at);
    snprintf(text, sizeof(text), "%.*s13.25%s", (int)(at - wording), wording,
             at + strlen(number));
    set(value_of(f), "variabelvarde", "13.25");
    set(props(f), "bestammelseformulering", text);
}

/* A use of Boverket's "Tekniska anläggningar", as it should be. */
static json_t *technical(json_t *doc)
{
    json_t *f = plain_use(doc);

    set(props(f), "planbestammelsekatalogreferens",
        "9b78a950-1bb2-4046-98cf-9efbd5868323");
    set(props(f), "bestammelseformulering", "Tekniska anläggningar");
    set(json_object_get(props(f), "planbestammelsebeskrivning"), "motiv",
        "Tekniska anläggningar");
    return f;
}

static void technical_wording(json_t *doc)
{
    set(props(technical(doc)), "bestammelseformulering", "Transformatorstation");
}

static void technical_original(json_t *doc)
{
    set(props(technical(doc)), "ursprungligBestammelseformulering", "Pumphus");
}

static void technical_reason(json_t *doc)
{
    set(json_object_get(props(technical(doc)), "planbestammelsebeskrivning"), "motiv",
        "El");
}

static void no_description(json_t *doc)
{
    json_object_del(plan_of(doc), "planbeskrivning");
}

static void no_quality(json_t *doc)
{
    json_object_del(props(feature(doc, 1)), "kvalitetsbeskrivning");
}

static void no_map(json_t *doc)
{
    json_object_del(decision(doc), "beslutshandling");
}

static void no_diary(json_t *doc)
{
    json_object_del(decision(doc), "diarienummerKommun");
}

static void begin_2022(json_t *doc)
{
    set(decision(doc), "datumPaborjat", "2022-02-01");
    set(decision(doc), "datumAntagande", "2023-01-22");
    json_object_set_new(decision(doc), "datumLagakraft", json_text("[\"2023-03-04\"]"));
    set(decision(doc), "genomforandetidStartar", "2023-03-04");
}

static void new_without_method(json_t *doc)
{
    begin_2022(doc);
    json_object_del(
        json_object_get(json_array_get(parts(feature(doc, 0)), 0), "geometrimetadata"),
        "lagesbestamningsmetodIPlan");
}

static void new_without_reason(json_t *doc)
{
    begin_2022(doc);
    json_object_del(props(feature(doc, 1)), "planbestammelsebeskrivning");
}

static void two_versions(json_t *doc)
{
    json_t *copy = json_deep_copy(feature(doc, 1));

    json_object_set_new(props(copy), "objektversion", json_integer(2));
    json_array_append_new(features(doc), copy);
}

static void municipality_unknown(json_t *doc)
{
    set(plan_of(doc), "kommun", "Ankeborg");
}

static void months_12(json_t *doc)
{
    json_object_set_new(decision(doc), "genomforandetid", json_integer(12));
}

static void months_240(json_t *doc)
{
    json_object_set_new(decision(doc), "genomforandetid", json_integer(240));
}

static void dates_swapped(json_t *doc)
{
    set(decision(doc), "datumAntagande", "2019-03-10");
}

static void status_in_future(json_t *doc)
{
    set(plan_of(doc), "datumStatusforandring", "2199-01-01");
}

static void mark_as_line(json_t *doc)
{
    json_t *f = NULL;

    for (int n = 0; !f; n++) {
        json_t *one = property(doc, false, n);

        if (strstr(pk_jget_string(props(one), "bestammelseformulering"),
                   "får inte förses"))
            f = one;
    }
    json_object_set_new(shape(f), "position",
                        json_pack("{s:s, s:[O, O]}", "type", "LineString", "coordinates",
                                  json_array_get(ring(f), 0),
                                  json_array_get(ring(f), 1)));
}

static void property_outside(json_t *doc)
{
    json_t *one = ring(property(doc, false, 0));

    for (size_t i = 0; i < json_array_size(one); i++)
        json_array_set_new(one, i, vertex(x_of(one, i) - 3000, y_of(one, i)));
}

static json_t *twin_of_block(json_t *doc, const char *wording)
{
    json_t *f = NULL, *copy;

    for (size_t i = 1; !f; i++) {
        const char *id = id_of(feature(doc, i));

        /* one with property areas: kvartersmark in both plans */
        if (is_use(feature(doc, i)) && id && mentions(property(doc, false, 0), id))
            f = feature(doc, i);
    }
    copy = add_copy(doc, f);
    set(props(copy), "bestammelseformulering", wording);
    json_object_del(props(copy), "planbestammelsekatalogreferens");
    return copy;
}

static void two_forms(json_t *doc)
{
    twin_of_block(doc, "Gata");
}

static void regulates_nothing(json_t *doc)
{
    json_array_append_new(
        pk_jget_array(props(property(doc, false, 0)), "reglerarAnvandningsbestammelse"),
        json_string("00000000-0000-4000-8000-000000000001"));
}

static void ring_turned(json_t *doc)
{
    json_t *f = property(doc, false, 0), *one = ring(f), *turned = json_array();

    for (size_t i = json_array_size(one); i-- > 0;)
        json_array_append(turned, json_array_get(one, i));
    json_array_set_new(rings(f), 0, turned);
}

static void blank_name(json_t *doc)
{
    set(plan_of(doc), "namn", "  ");
}

static void document_without_link(json_t *doc)
{
    json_t *about = pk_jget_object(pk_jget_object(plan_of(doc), "planbeskrivning"),
                                   "planbeskrivning");

    json_object_set_new(about, "referens", json_text("[{\"lank\": \"K:/plan.doc\"}]"));
}

static void transitional(json_t *doc)
{
    json_t *f = property(doc, false, 0);

    set(props(f), "beteckning", "w");
}

static const struct change {
    const char *name, *rule, *severity; /* rule NULL: nothing is found */
    void (*make)(json_t *doc);
} changes[] = {
    {"a use is missing",            "DP-0003",        "error",   drop_use             },
    {"a border is 9 cm off",        NULL,             NULL,      border_9_cm          },
    {"a border is 11 cm off",       "DP-0003",        "error",   border_11_cm         },
    {"a use crosses the border",    "DP-0002",        "error",   use_over_border      },
    {"4 m2 overlap",                "DP-Krav-0013",   "warning", overlap_4            },
    {"6 m2 overlap",                "DP-Krav-0013",   "error",   overlap_6            },
    {"a gap of 40 cm",              "DP-Krav-0012",   "warning", gap_40_cm            },
    {"the same in a newer plan",    "DP-Krav-0011",   "warning", gap_in_new_plan      },
    {"a sliver",                    "DP-Krav-0014",   "warning", sliver               },
    {"two vertices are swapped",    "DP-Krav-0018",   "error",   swap_vertices        },
    {"two areas in one geometry",   "DP-0018",        "error",   join_areas           },
    {"an uncertain position",       "DP-0010",        "error",   uncertain            },
    {"a point with heights",        "DP-0016",        "error",   vertical_point       },
    {"two values are swapped",      "DP-0022",        "error",   swap_values          },
    {"a value has no unit",         "DP-0009",        "error",   no_unit              },
    {"a value has two decimals",    "DP-0009",        "warning", two_decimals         },
    {"E says something else",       "DP-0019",        "error",   technical_wording    },
    {"E said something else",       "DP-0020",        "error",   technical_original   },
    {"E has another reason",        "DP-0021",        "error",   technical_reason     },
    {"no description",              "DP-0005",        "error",   no_description       },
    {"no quality",                  "DP-0005",        "error",   no_quality           },
    {"no plan map",                 "DP-0014",        "error",   no_map               },
    {"no diary number",             "DP-0017",        "error",   no_diary             },
    {"begun 2022 without method",   "DP-0011",        "error",   new_without_method   },
    {"begun 2022 without reason",   "DP-0012",        "error",   new_without_reason   },
    {"two versions of one thing",   "BAS-005",        "error",   two_versions         },
    {"a municipality that is none", "P-MUNICIPALITY", "error",   municipality_unknown },
    {"one year",                    "PBL-4-21",       "error",   months_12            },
    {"twenty years",                "PBL-4-21",       "error",   months_240           },
    {"adopted after legal force",   "P-DATE",         "error",   dates_swapped        },
    {"a status of the future",      "P-DATE",         "error",   status_in_future     },
    {"a mark drawn as a line",      "P-GEOM-KIND",    "error",   mark_as_line         },
    {"a property far away",         "P-INSIDE",       "error",   property_outside     },
    {"two forms on one area",       "P-FORM",         "error",   two_forms            },
    {"an unknown use is regulated", "P-REF",          "error",   regulates_nothing    },
    {"a ring runs clockwise",       "P-RING",         "warning", ring_turned          },
    {"a name of blanks",            "P-LEN",          "warning", blank_name           },
    {"a document on a drive",       "P-DOC",          "warning", document_without_link},
    {"a transitional regulation",   "P-TRANS",        "error",   transitional         },
};

#endif
