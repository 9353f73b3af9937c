#include "layers/plan_class.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* ---- tables: a new letter, wording or code is a new row ---- */

static const struct {
    const char *name, *term, *layer;
} kinds[PK_KIND_COUNT] = {
    [PK_KIND_USE] = {"use",            "användningsbestämmelse",   "use"                },
    [PK_KIND_PROPERTY] = {"property",       "egenskapsbestämmelse",      "property_regulation"},
    [PK_KIND_ADMINISTRATIVE] = {"administrative", "administrativ bestämmelse",
                     "administrative_regulation"                                          },
};

/* Uses: letter, form, colour (catalogue rows; GÅNG, CYKEL of 2014). */
static const struct use {
    const char *letter, *form, *colour;
} uses[] = {
    {"GATA",    "allmän plats", "ljusgra" },
    {"VÄG",    "allmän plats", "ljusgra" },
    {"TORG",    "allmän plats", "ljusgra" },
    {"P-PLATS", "allmän plats", "ljusgra" },
    {"GC-VÄG", "allmän plats", "ljusgra" },
    {"GCVÄG",  "allmän plats", "ljusgra" },
    {"GÅNG",   "allmän plats", "ljusgra" },
    {"CYKEL",   "allmän plats", "ljusgra" },
    {"PARK",    "allmän plats", "ljusgron"},
    {"NATUR",   "allmän plats", "ljusgron"},
    {"SKYDD",   "allmän plats", "ljusgron"},
    {"B",       "kvartersmark",  "gul"     },
    {"C",       "kvartersmark",  "brun"    },
    {"D",       "kvartersmark",  "rod"     },
    {"E",       "kvartersmark",  "blagra"  },
    {"F",       "kvartersmark",  "gra"     },
    {"G",       "kvartersmark",  "gra"     },
    {"H",       "kvartersmark",  "brun"    },
    {"J",       "kvartersmark",  "blagra"  },
    {"K",       "kvartersmark",  "brun"    },
    {"L",       "kvartersmark",  "gron"    },
    {"M",       "kvartersmark",  "lila"    },
    {"N",       "kvartersmark",  "gron"    },
    {"O",       "kvartersmark",  "orange"  },
    {"P",       "kvartersmark",  "gra"     },
    {"R",       "kvartersmark",  "orange"  },
    {"S",       "kvartersmark",  "rod"     },
    {"T",       "kvartersmark",  "gra"     },
    {"U",       "kvartersmark",  "rod"     },
    {"V",       "kvartersmark",  "gra"     },
    {"Y",       "kvartersmark",  "rosa"    },
    {"Z",       "kvartersmark",  "beige"   },
    {"W",       "vattenområde", "bla"     },
};

/* Words of use wordings, folded; the earliest in the text wins, then the longest. */
static const struct word {
    const char *word, *letter;
} use_words[] = {
    {"lokalgata",                  "GATA"   },
    {"huvudgata",                  "GATA"   },
    {"uppsamlingsgata",            "GATA"   },
    {"gågata",                    "GATA"   },
    {"gårdsgata",                 "GATA"   },
    {"gata",                       "GATA"   },
    {"genomfart",                  "VÄG"   },
    {"väg",                       "VÄG"   },
    {"torg",                       "TORG"   },
    {"gång- och cykelväg",       "GC-VÄG"},
    {"gångväg",                  "GC-VÄG"},
    {"cykelväg",                  "GC-VÄG"},
    {"gångstig",                  "GC-VÄG"},
    {"cykelparkering",             "P-PLATS"},
    {"parkeringsplats",            "P-PLATS"},
    {"park",                       "PARK"   },
    {"lekplats",                   "PARK"   },
    {"anlagd park",                "PARK"   },
    {"natur",                      "NATUR"  },
    {"naturområde",               "NATUR"  },
    {"naturmark",                  "NATUR"  },
    {"skog",                       "NATUR"  },
    {"skydd",                      "SKYDD"  },
    {"skyddsområde",              "SKYDD"  },
    {"översvämningsyta",         "SKYDD"  },
    {"bostäder",                  "B"      },
    {"bostad",                     "B"      },
    {"bostadsändamål",           "B"      },
    {"centrum",                    "C"      },
    {"centrumändamål",           "C"      },
    {"bibliotek",                  "C"      },
    {"vård",                      "D"      },
    {"vårdboende",                "D"      },
    {"sjukhus",                    "D"      },
    {"tekniska anläggningar",     "E"      },
    {"teknisk anläggning",        "E"      },
    {"transformatorstation",       "E"      },
    {"flygtrafik",                 "F"      },
    {"flygplats",                  "F"      },
    {"drivmedel",                  "G"      },
    {"bilservice",                 "G"      },
    {"detaljhandel",               "H"      },
    {"handel",                     "H"      },
    {"industri",                   "J"      },
    {"småindustri",               "J"      },
    {"kontor",                     "K"      },
    {"odling",                     "L"      },
    {"djurhållning",              "L"      },
    {"ridanläggning",             "L"      },
    {"begravningsplats",           "M"      },
    {"kyrkogård",                 "M"      },
    {"friluftsliv",                "N"      },
    {"camping",                    "N"      },
    {"friluftsbad",                "N"      },
    {"tillfällig vistelse",       "O"      },
    {"hotell",                     "O"      },
    {"vandrarhem",                 "O"      },
    {"parkering",                  "P"      },
    {"parkeringshus",              "P"      },
    {"besöksanläggning",         "R"      },
    {"besöksanläggningar",       "R"      },
    {"idrott",                     "R"      },
    {"idrottsplats",               "R"      },
    {"kulturlokaler",              "R"      },
    {"museum",                     "R"      },
    {"skola",                      "S"      },
    {"förskola",                  "S"      },
    {"trafik",                     "T"      },
    {"järnväg",                  "T"      },
    {"terminal",                   "T"      },
    {"räddningstjänst",          "U"      },
    {"samhällsviktigt ändamål", "U"      },
    {"hamn",                       "V"      },
    {"småbåtshamn",              "V"      },
    {"annan kvartersmark",         "Y"      },
    {"verksamheter",               "Z"      },
    {"verksamhet",                 "Z"      },
    {"vattenområde",              "W"      },
    {"farled",                     "W"      },
    {"öppet vatten",              "W"      },
};

/* Property regulations: words of the wording -> letter (plan-domain 4.4). */
static const struct word property_words[] = {
    {"nockhöjd",               "h"},
    {"totalhöjd",              "h"},
    {"byggnadshöjd",           "h"},
    {"antal våningar",         "h"},
    {"våningsantal",           "h"},
    {"höjd i meter",           "h"},
    {"byggnadsarea",            "e"},
    {"bruttoarea",              "e"},
    {"byggnadsvolym",           "e"},
    {"exploatering",            "e"},
    {"takvinkel",               "o"},
    {"placeras",                "p"},
    {"fastighetsstorlek",       "d"},
    {"fasad",                   "f"},
    {"parhus",                  "f"},
    {"friliggande",             "f"},
    {"takkupor",                "f"},
    {"underjordiska ledningar", "u"},
    {"underjordisk ledning",    "u"},
    {"luftledning",             "l"},
    {"gemensamhetsanläggning", "g"},
    {"körtrafik",              "z"},
    {"gång- och cykeltrafik",  "x"},
    {"gångtrafik",             "x"},
    {"energianläggning",       "c"},
    {"bro",                     "t"},
    {"brygga",                  "t"},
    {"tunnel",                  "t"},
    {"strandskyddet",           "a"},
    {"bygglov",                 "a"},
    {"marklov",                 "a"},
    {"rivningslov",             "a"},
    {"startbesked",             "a"},
    {"genomsläpplig",          "b"},
    {"grundläggning",          "b"},
    {"bullernivå",             "m"},
    {"ljudnivå",               "m"},
    {"buller",                  "m"},
    {"träd",                   "n"},
    {"vegetation",              "n"},
    {"plantering",              "n"},
    {"bibehållas",             "k"},
    {"varsamhet",               "k"},
    {"bevaras",                 "q"},
    {"rivas",                   "r"},
    {"rivningsförbud",         "r"},
    {"lägenhetsfördelning",   "v"},
};

/* Catalogue codes: the part after the form decides the letter. */
static const struct word property_codes[] = {
    {"_Eg_Hojd",                      "h"},
    {"_Eg_Utnytt",                    "e"},
    {"_Eg_Takvinkel",                 "o"},
    {"_Eg_Plac",                      "p"},
    {"_Eg_Fastighetsstorlek",         "d"},
    {"_Eg_Utform",                    "f"},
    {"_Eg_Utforande",                 "b"},
    {"_Eg_MarkensAnord",              "n"},
    {"_Eg_Varsam",                    "k"},
    {"_Eg_SkyddKultur",               "q"},
    {"_Eg_Rivningsforbud",            "r"},
    {"_Eg_Skydd_",                    "m"},
    {"_Eg_Lgh",                       "v"},
    {"_Eg_MarkreservatGemensam",      "g"},
    {"_Eg_Markreservat_Luftledning",  "l"},
    {"_Eg_Markreservat_Underjordisk", "u"},
    {"_Eg_Markreservat_GC",           "x"},
    {"_Eg_Markreservat_Kortrafik",    "z"},
    {"_Eg_Markreservat_Energi",       "c"},
    {"_Eg_Markreservat_Bro",          "t"},
    {"_Eg_Villkor",                   "a"},
    {"_Eg_UtokadLovplikt",            "a"},
    {"_Eg_Strandskydd",               "a"},
};

static const struct word use_codes[] = {
    {"DP_AP_Gata",      "GATA"   },
    {"DP_AP_Vag",       "VÄG"   },
    {"DP_AP_Torg",      "TORG"   },
    {"DP_AP_Parkering", "P-PLATS"},
    {"DP_AP_GC",        "GC-VÄG"},
    {"DP_AP_Ko_Gang",   "GÅNG"  },
    {"DP_AP_Ko_Cykel",  "CYKEL"  },
    {"DP_AP_Ko_Gata",   "GATA"   },
    {"DP_AP_Ko_Vag",    "VÄG"   },
    {"DP_AP_Ko_Torg",   "TORG"   },
    {"DP_AP_Ko_Park",   "PARK"   },
    {"DP_AP_Ko_Natur",  "NATUR"  },
    {"DP_AP_Ko_Skydd",  "SKYDD"  },
    {"DP_AP_Park",      "PARK"   },
    {"DP_AP_Natur",     "NATUR"  },
    {"DP_AP_Skydd",     "SKYDD"  },
};

static const struct word code_forms[] = {
    {"DP_AP_", "allmän plats"},
    {"DP_KM_", "kvartersmark" },
    {"DP_VO_", "vattenområde"},
    {"DP_PO_", "planområdet" },
};

static const struct word symbol_codes[] = {
    {"MarkensUtnyttjande_EjByggnad", "prickmark"          },
    {"MarkensUtnyttjande_TypByggna", "korsmark"           },
    {"MarkensUtnyttjande_Byggnadsv", "ringmark"           },
    {"Omfatt_Prickmark",             "prickmark"          }, /* 2014 */
    {"Omfatt_KorsPrickmark",         "korsprick"          },
    {"Omfatt_RingPrickmark",         "ringprick"          },
    {"Omfatt_Korsmark",              "korsmark"           },
    {"Omfatt_Ringmark",              "ringmark"           },
    {"Eg_Utfart_Forbud",             "utfartsforbud"      },
    {"StorstaLutning",               "lutning"            },
    {"MarkhojdNollplan",             "plushojd"           },
    {"Eg_Markhojd",                  "plushojd"           },
    {"StangselUtfart_Utfart",        "utfartsforbud"      },
    {"StangselUtfart_Stangsel",      "stangsel"           },
    {"Fastighetsindel",              "fastighetsindelning"},
};

static const struct word symbol_words[] = {
    {"prickmark",                                 "prickmark"          },
    {"prickad mark",                              "prickmark"          },
    {"punktprickad mark",                         "prickmark"          },
    {"marken får inte förses med byggnad",      "prickmark"          },
    {"marken får inte förses med byggnadsverk", "prickmark"          },
    {"byggnad får inte uppföras",               "prickmark"          },
    {"marken får inte bebyggas",                 "prickmark"          },
    {"kors- och punktprickad mark",               "korsprick"          },
    {"punkt- och korsprickad mark",               "korsprick"          },
    {"kors- och prickmark",                       "korsprick"          },
    {"ring- och punktprickad mark",               "ringprick"          },
    {"punkt- och ringprickad mark",               "ringprick"          },
    {"ring- och prickmark",                       "ringprick"          },
    {"korsmark",                                  "korsmark"           },
    {"plusmark",                                  "korsmark"           },
    {"korsprickad mark",                          "korsmark"           },
    {"endast förses med komplementbyggnad",      "korsmark"           },
    {"endast komplementbyggnad",                  "korsmark"           },
    {"endast uthus och garage",                   "korsmark"           },
    {"endast uthus",                              "korsmark"           },
    {"ringmark",                                  "ringmark"           },
    {"ringprickad mark",                          "ringmark"           },
    {"endast byggnadsverk under mark",            "ringmark"           },
    {"endast bebyggas under mark",                "ringmark"           },
    {"utfartsförbud",                            "utfartsforbud"      },
    {"utfart får inte finnas",                   "utfartsforbud"      },
    {"stängsel ska finnas",                      "stangsel"           },
    {"indelning i fastigheter",                   "fastighetsindelning"},
    {"markens höjd över nollplanet",            "plushojd"           },
    {"största lutning",                          "lutning"            },
};

/* symbolid of the catalogue. */
static const struct word symbol_ids[] = {
    {"66",       "prickmark"          },
    {"67",       "korsmark"           },
    {"68",       "ringmark"           },
    {"65",       "lutning"            },
    {"12",       "plushojd"           },
    {"30",       "fastighetsindelning"},
    {"15",       "utfartsforbud"      },
    {"16",       "stangsel"           },
    {"plusmark", "korsmark"           },
};

/* ---- kinds ---- */

/* Folded, with å ä ö as a a o and nothing but letters, digits and '_' kept. */
static char *ascii_name(const char *text, struct pk_arena *arena)
{
    char *fold = pk_text_fold(arena, text), *out;
    size_t n = 0;

    if (!fold)
        return NULL;
    out = pk_arena_alloc(arena, strlen(fold) + 1, 1);
    for (const char *p = fold; *p;) {
        uint32_t c = pk_utf8_next(&p);

        if (c == 0xe5 || c == 0xe4)
            c = 'a';
        else if (c == 0xf6)
            c = 'o';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
            out[n++] = (char)c;
    }
    return n > 0 ? out : NULL;
}

enum pk_regulation_kind pk_regulation_kind_of(const char *text)
{
    struct pk_arena arena = {0};
    enum pk_regulation_kind kind = PK_KIND_COUNT;
    char *name = text ? ascii_name(text, &arena) : NULL;

    for (int i = 0; name && i < PK_KIND_COUNT; i++) {
        if (strcmp(name, ascii_name(kinds[i].term, &arena)) == 0 ||
            strcmp(name, kinds[i].name) == 0 || strcmp(name, kinds[i].layer) == 0)
            kind = (enum pk_regulation_kind)i;
    }
    pk_arena_finish(&arena);
    return kind;
}

const char *pk_regulation_kind_name(enum pk_regulation_kind kind)
{
    return kinds[kind].name;
}

const char *pk_regulation_kind_term(enum pk_regulation_kind kind)
{
    return kinds[kind].term;
}

const char *pk_regulation_kind_layer(enum pk_regulation_kind kind)
{
    return kinds[kind].layer;
}

/* ---- matching ---- */

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Does the word stand at `at` with no letter before or after it? */
static bool whole_word(const char *text, const char *at, size_t len)
{
    if (at > text && is_letter((unsigned char)at[-1]))
        return false;
    return !is_letter((unsigned char)at[len]);
}

static const char *find_word(const struct word *table, size_t count, const char *folded)
{
    const char *best_at = NULL, *best = NULL;
    size_t best_len = 0;

    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(table[i].word);
        const char *at = strstr(folded, table[i].word);

        while (at && !whole_word(folded, at, len))
            at = strstr(at + 1, table[i].word);
        if (at && (!best_at || at < best_at || (at == best_at && len > best_len))) {
            best_at = at;
            best_len = len;
            best = table[i].letter;
        }
    }
    return best;
}

static const char *find_part(const struct word *table, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(code, table[i].word))
            return table[i].letter;
    }
    return NULL;
}

static const struct use *use_of(const char *letter)
{
    char head[16] = "";
    size_t n = 0;

    /* "GATA1", "B2", "b" and "B 1" are told by their letters. */
    while (letter[n] && n + 1 < sizeof(head) && (letter[n] < '0' || letter[n] > '9') &&
           letter[n] != ' ') {
        char c = letter[n];

        head[n] = c;
        if (c >= 'a' && c <= 'z')
            head[n] = (char)(c - 'a' + 'A');
        n++;
    }
    head[n] = '\0';
    for (size_t i = 0; i < PK_COUNT(uses); i++) {
        if (strcmp(head, uses[i].letter) == 0)
            return &uses[i];
    }
    return NULL;
}

const char *pk_use_colour(const char *letter)
{
    const struct use *use = letter ? use_of(letter) : NULL;

    return use ? use->colour : NULL;
}

/* "DP_KM_B2_X" and "DP_VO_W2_X": the letter stands after the form. */
static const char *letter_of_use_code(const char *code)
{
    const char *named = find_part(use_codes, PK_COUNT(use_codes), code);
    char one[2] = {0};

    if (named)
        return named;
    if (strncmp(code, "DP_KM_", 6) && strncmp(code, "DP_VO_", 6))
        return NULL;
    if (code[6] < 'A' || code[6] > 'Z' || (code[7] >= 'a' && code[7] <= 'z'))
        return NULL;
    one[0] = code[6];
    return use_of(one) ? use_of(one)->letter : NULL;
}

static const char *own_form(const char *form, struct pk_arena *arena)
{
    char *name = ascii_name(form, arena);

    for (size_t i = 0; name && i < PK_COUNT(code_forms); i++) {
        if (strcmp(name, ascii_name(code_forms[i].letter, arena)) == 0)
            return code_forms[i].letter;
    }
    return form;
}

static const char *own_symbol(const char *symbol, struct pk_arena *arena)
{
    char *name = ascii_name(symbol, arena);

    for (size_t i = 0; name && i < PK_COUNT(symbol_ids); i++) {
        if (strcmp(name, symbol_ids[i].word) == 0)
            return symbol_ids[i].letter;
    }
    return name;
}

void pk_plan_classify(struct pk_plan_class *c, struct pk_arena *arena)
{
    const char *folded = c->wording ? pk_text_fold(arena, c->wording) : NULL;
    bool use = c->kind == PK_KIND_USE, property = c->kind == PK_KIND_PROPERTY;
    const struct use *known;

    if (c->form)
        c->form = own_form(c->form, arena);
    if (c->symbol)
        c->symbol = own_symbol(c->symbol, arena);
    if (c->colour)
        c->colour = ascii_name(c->colour, arena);
    if (!c->symbol && !use && c->code)
        c->symbol = find_part(symbol_codes, PK_COUNT(symbol_codes), c->code);
    if (!c->symbol && !use && folded)
        c->symbol = find_word(symbol_words, PK_COUNT(symbol_words), folded);
    if (!c->letter && c->code)
        c->letter = use ? letter_of_use_code(c->code)
                    : property
                        ? find_part(property_codes, PK_COUNT(property_codes), c->code)
                        : NULL;
    /* A mark is drawn instead of a letter. */
    if (!c->letter && folded && use)
        c->letter = find_word(use_words, PK_COUNT(use_words), folded);
    if (!c->letter && folded && property && !c->symbol)
        c->letter = find_word(property_words, PK_COUNT(property_words), folded);
    if (!c->form && c->code)
        c->form = find_part(code_forms, PK_COUNT(code_forms), c->code);
    known = use && c->letter ? use_of(c->letter) : NULL;
    if (!c->form && known)
        c->form = known->form;
    if (!c->colour && known)
        c->colour = known->colour;
}
