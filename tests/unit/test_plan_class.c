#include "pk_test.h"

#include <string.h>

#include "layers/plan_class.h"

static void kinds_are_told_by_their_spec_terms(void **state)
{
    (void)state;
    assert_int_equal(pk_regulation_kind_of("användningsbestämmelse"), PK_KIND_USE);
    assert_int_equal(pk_regulation_kind_of("Egenskapsbestämmelse"), PK_KIND_PROPERTY);
    assert_int_equal(pk_regulation_kind_of("administrativ bestämmelse"),
                     PK_KIND_ADMINISTRATIVE);
    assert_int_equal(pk_regulation_kind_of("use"), PK_KIND_USE);
    assert_int_equal(pk_regulation_kind_of("något annat"), PK_KIND_COUNT);
    assert_int_equal(pk_regulation_kind_of(NULL), PK_KIND_COUNT);
}

static void uses_are_classified_by_letter_code_or_wording(void **state)
{
    static const struct {
        struct pk_plan_class in;
        const char *form, *letter, *colour;
    } cases[] = {
        {{.letter = "B"},                         "kvartersmark",  "B",       "gul"     },
        {{.letter = "B1"},                        "kvartersmark",  "B1",      "gul"     },
        {{.letter = "GATA1"},                     "allmän plats", "GATA1",   "ljusgra" },
        {{.letter = "VÄG"},                      "allmän plats", "VÄG",    "ljusgra" },
        {{.code = "DP_KM_S2"},                    "kvartersmark",  "S",       "rod"     },
        {{.code = "DP_VO_W2_Farled"},             "vattenområde", "W",       "bla"     },
        {{.code = "DP_AP_GC_Gang"},               "allmän plats", "GC-VÄG", "ljusgra" },
        {{.wording = "Skola"},                    "kvartersmark",  "S",       "rod"     },
        {{.wording = "Idrott, bad"},              "kvartersmark",  "R",       "orange"  },
        {{.wording = "Gångväg"},                "allmän plats", "GC-VÄG", "ljusgra" },
        {{.wording = "Naturområde"},             "allmän plats", "NATUR",   "ljusgron"},
        {{.wording = "Tekniska anläggningar"},   "kvartersmark",  "E",       "blagra"  },
        {{.wording = "Parkeringshus och handel"}, "kvartersmark",  "P",       "gra"     },
        {{.wording = "Småbåtshamn"},            "kvartersmark",  "V",       "gra"     },
        {{.letter = "B", .colour = "Ljusgrå"},   "kvartersmark",  "B",       "ljusgra" },
        {{.form = "Kvartersmark", .letter = "Q"}, "kvartersmark",  "Q",       NULL      },
        {{.wording = "Något helt okänt"},       NULL,            NULL,      NULL      },
    };
    struct pk_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_plan_class c = cases[i].in;

        pk_plan_classify(&c, &arena);
        if (cases[i].letter)
            assert_string_equal(c.letter, cases[i].letter);
        else
            assert_null(c.letter);
        if (cases[i].form)
            assert_string_equal(c.form, cases[i].form);
        else
            assert_null(c.form);
        if (cases[i].colour)
            assert_string_equal(c.colour, cases[i].colour);
        else
            assert_null(c.colour);
    }
    pk_arena_finish(&arena);
}

static void marks_are_told_by_symbol_code_or_wording(void **state)
{
    static const struct {
        struct pk_plan_class in;
        const char *symbol, *letter;
    } cases[] = {
        {{.symbol = "66"},                                                 "prickmark",           NULL},
        {{.wording = "Marken får inte förses med byggnadsverk."},        "prickmark",           NULL},
        {{.wording = "Marken får endast förses med komplementbyggnad."},
         "korsmark",                                                                              NULL},
        {{.wording = "Endast byggnadsverk under mark."},                   "ringmark",            NULL},
        {{.wording = "Byggnad får inte uppföras"},                       "prickmark",           NULL},
        {{.code = "DP_KM_Eg_StangselUtfart_Utfart_EjUtfart"},              "utfartsforbud",       NULL},
        {{.wording = "Kors- och punktprickad mark: endast uthus."},        "korsprick",           NULL},
        {{.wording = "Punkt- och ringprickad mark"},                       "ringprick",           NULL},
        {{.wording = "Korsprickad mark"},                                  "korsmark",            NULL},
        {{.wording = "Stängsel ska finnas."},                             "stangsel",            NULL},
        {{.wording = "Områdets indelning i fastigheter."},                "fastighetsindelning", NULL},
        {{.wording = "Största lutning är 1:20. (Pilen pekar uppåt)"},   "lutning",             NULL},
        {{.code = "DP_KM_Eg_Omfatt_Prickmark"},                            "prickmark",           NULL},
        {{.code = "DP_KM_Eg_Omfatt_Korsmark_A"},                           "korsmark",            NULL},
        {{.wording = "Högsta nockhöjd är 13 meter"},                    NULL,                  "h" },
        {{.wording = "Största byggnadsarea är 5500 m²."},               NULL,                  "e" },
        {{.wording = "Brottsplats"},                                       NULL,                  NULL},
    };
    struct pk_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_plan_class c = cases[i].in;

        c.kind = PK_KIND_PROPERTY;
        pk_plan_classify(&c, &arena);
        if (cases[i].symbol)
            assert_string_equal(c.symbol, cases[i].symbol);
        else
            assert_null(c.symbol);
        if (cases[i].letter)
            assert_string_equal(c.letter, cases[i].letter);
        else
            assert_null(c.letter);
    }
    pk_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_their_spec_terms),
        cmocka_unit_test(uses_are_classified_by_letter_code_or_wording),
        cmocka_unit_test(marks_are_told_by_symbol_code_or_wording),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
