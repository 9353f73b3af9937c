/* lookup_regulation.c - a regulation as people and programs read it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "base/text.h"
#include "layers/lookup_private.h"

enum { VALUES_MAX = 100, REGULATES_MAX = 200, USE_NAME_WORDS = 4 };

/* ---- order: use, property, administrative; letter; index as a number; id ---- */

static int kind_rank(const char *kind)
{
    static const char *const kinds[] = {"use", "property", "administrative"};
    for (size_t i = 0; i < PK_COUNT(kinds); i++) {
        if (kind != NULL && strcmp(kind, kinds[i]) == 0) {
            return (int)i;
        }
    }
    return (int)PK_COUNT(kinds);
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

static int compare_index(const char *a, const char *b)
{
    uint32_t x, y;
    bool numbers = a != NULL && b != NULL && pk_parse_all_u32(a, 1000000, &x) &&
                   pk_parse_all_u32(b, 1000000, &y);
    return numbers && x != y ? (x < y ? -1 : 1) : compare_text(a, b);
}

int lk_regulation_order(const void *a, const void *b)
{
    const struct pk_regulation_row *x = &((const struct lk_regulation *)a)->row;
    const struct pk_regulation_row *y = &((const struct lk_regulation *)b)->row;
    int order = kind_rank(x->kind) - kind_rank(y->kind);
    if (order == 0) {
        order = compare_text(x->letter, y->letter);
    }
    if (order == 0) {
        order = compare_index(x->index, y->index);
    }
    return order != 0 ? order : pk_id_compare(x->id, y->id);
}

/* ---- what a use is called in a sentence ---- */

bool lk_is_public_place(const struct pk_regulation_row *row)
{
    return row->form != NULL && strcmp(row->form, "allmän plats") == 0;
}

static uint32_t words_in(const char *text)
{
    uint32_t count = 1;
    for (const char *p = text; *p != '\0'; p++) {
        count += *p == ' ';
    }
    return count;
}

/* Names of the uses of today's catalogue in English; Swedish is the plan's own. */
static const struct {
    const char *letter, *sv, *en;
} use_names[] = {
    {"GATA",    "gata",                       "street"                   },
    {"VÄG",    "väg",                       "road"                     },
    {"TORG",    "torg",                       "square"                   },
    {"P-PLATS", "parkering",                  "parking"                  },
    {"GC-VÄG", "gång- och cykelväg",       "walking and cycling path" },
    {"GCVÄG",  "gång- och cykelväg",       "walking and cycling path" },
    {"GÅNG",   "gångväg",                  "footpath"                 },
    {"CYKEL",   "cykelväg",                  "cycle path"               },
    {"PARK",    "park",                       "park"                     },
    {"NATUR",   "natur",                      "nature"                   },
    {"SKYDD",   "skydd",                      "protection"               },
    {"B",       "bostäder",                  "housing"                  },
    {"C",       "centrum",                    "town centre uses"         },
    {"D",       "vård",                      "care"                     },
    {"E",       "tekniska anläggningar",     "technical installations"  },
    {"F",       "flygtrafik",                 "air traffic"              },
    {"G",       "drivmedel",                  "fuel stations"            },
    {"H",       "detaljhandel",               "retail"                   },
    {"J",       "industri",                   "industry"                 },
    {"K",       "kontor",                     "offices"                  },
    {"L",       "odling och djurhållning",   "farming and animals"      },
    {"M",       "begravningsplats",           "burial ground"            },
    {"N",       "friluftsliv och camping",    "outdoor life and camping" },
    {"O",       "tillfällig vistelse",       "temporary stays"          },
    {"P",       "parkering",                  "parking"                  },
    {"R",       "besöksanläggningar",       "visitor attractions"      },
    {"S",       "skola",                      "school"                   },
    {"T",       "trafik",                     "traffic"                  },
    {"U",       "samhällsviktig verksamhet", "essential public services"},
    {"V",       "hamn",                       "harbour"                  },
    {"W",       "vattenområde",              "open water"               },
    {"Y",       "annan kvartersmark",         "other development land"   },
    {"Z",       "verksamheter",               "business"                 },
};

/* The part of a letter that names the use: "B₁", "b1" and "B1" are all B. */
static bool is_letter_of(const char *letter, const char *name)
{
    size_t len = strlen(name);
    return strncmp(letter, name, len) == 0 &&
           (letter[len] == '\0' || (letter[len] >= '0' && letter[len] <= '9'));
}

const char *lk_use_name(struct lk *lk, const struct pk_regulation_row *row)
{
    const char *wording = row->wording;
    bool plain = wording != NULL && *wording != '\0' &&
                 words_in(wording) <= USE_NAME_WORDS && strchr(wording, '.') == NULL;
    if (lk->lang == PK_SV && plain) {
        /* "Skola" in the middle of a sentence; "GC-väg" and such stay. */
        char *lower = pk_text_fold(lk->arena, wording);
        bool capital = wording[0] >= 'A' && wording[0] <= 'Z' &&
                       !(wording[1] >= 'A' && wording[1] <= 'Z');
        if (lower != NULL && capital) {
            return pk_arena_printf(lk->arena, "%c%s", lower[0], wording + 1);
        }
        return lower != NULL && strlen(lower) == strlen(wording) ? lower : wording;
    }
    for (size_t i = 0; row->letter != NULL && i < PK_COUNT(use_names); i++) {
        if (is_letter_of(row->letter, use_names[i].letter)) {
            return lk->lang == PK_SV ? use_names[i].sv : use_names[i].en;
        }
    }
    if (row->letter != NULL && *row->letter != '\0') {
        return row->letter;
    }
    if (plain) {
        return pk_arena_printf(lk->arena, "“%s”", wording);
    }
    return pk_msg_text(PK_MSG_LOOKUP_A_USE, lk->lang);
}

/* ---- values and what they limit ---- */

static double number_of(struct lk *lk, const char *text)
{
    double number;
    char *point = pk_arena_strdup(lk->arena, text);
    for (char *p = point; p != NULL && *p != '\0'; p++) {
        *p = *p == ',' ? '.' : *p;
    }
    return point != NULL && pk_parse_all_double(point, &number) ? number : NAN;
}

/* Text of a member that may have come as a number. */
static const char *value_text(struct lk *lk, const json_t *value, const char *name)
{
    const json_t *member = json_object_get(value, name);
    if (json_is_number(member)) {
        char text[64];
        pk_text_fixed(text, sizeof text, json_number_value(member), 6);
        return pk_arena_strdup(lk->arena, text);
    }
    return pk_arena_strdup(lk->arena, json_string_value(member));
}

static void write_values(struct lk *lk, struct pk_answer_regulation *out,
                         const json_t *details)
{
    json_t *values = pk_jget_array(details, "bestammelsevarde");
    size_t count = json_array_size(values), i;
    json_t *value;
    out->values = pk_arena_alloc(lk->arena, count + 1, sizeof *out->values);
    json_array_foreach(values, i, value)
    {
        if (out->value_count == VALUES_MAX || !json_is_object(value)) {
            continue;
        }
        struct pk_answer_value *v = &out->values[out->value_count++];
        v->beskrivning = value_text(lk, value, "beskrivning");
        v->vardetyp = value_text(lk, value, "vardetyp");
        v->variabelvarde = value_text(lk, value, "variabelvarde");
        v->enhet = value_text(lk, value, "enhet");
        v->number = number_of(lk, v->variabelvarde);
    }
}

static void write_regulates(struct lk *lk, struct pk_answer_regulation *out,
                            const json_t *details)
{
    json_t *ids = pk_jget_array(details, "reglerarAnvandningsbestammelse");
    size_t i;
    json_t *item;
    out->regulates =
        pk_arena_alloc(lk->arena, json_array_size(ids) + 1, sizeof *out->regulates);
    json_array_foreach(ids, i, item)
    {
        struct pk_id id;
        const char *text = json_string_value(item);
        if (text != NULL && out->regulates_count < REGULATES_MAX &&
            pk_id_parse(&id, text)) {
            out->regulates[out->regulates_count++] = id;
        }
    }
}

/* What a wording limits, from words that mean nothing else. All of `all` (two, or
 * one) must be in the folded wording or description. */
static const struct {
    const char *limit, *all[2];
} limit_words[] = {
    {"height",      {"nockhöjd", NULL}                 },
    {"height",      {"byggnadshöjd", NULL}             },
    {"height",      {"totalhöjd", NULL}                },
    {"height",      {"taknockshöjd", NULL}             },
    {"storeys",     {"antal våningar", NULL}           },
    {"storeys",     {"våningsantal", NULL}             },
    {"area",        {"byggnadsarea", NULL}              },
    {"area",        {"bruttoarea", NULL}                },
    {"area",        {"exploateringsgrad", NULL}         },
    {"plot-size",   {"fastighetsstorlek", NULL}         },
    {"plot-size",   {"tomtstorlek", NULL}               },
    {"roof-angle",  {"takvinkel", NULL}                 },
    {"roof-angle",  {"taklutning", NULL}                },
    {"building",    {"får inte förses med", "byggnad"}},
    {"building",    {"får inte bebyggas", NULL}        },
    {"building",    {"endast förses med", "komplement"}},
    {"exit",        {"utfart", "inte"}                  },
    {"exit",        {"utfartsförbud", NULL}            },
    {"noise",       {"bullerskydd", NULL}               },
    {"noise",       {"ekvivalent ljudnivå", NULL}      },
    {"demolition",  {"får inte rivas", NULL}           },
    {"demolition",  {"rivningsförbud", NULL}           },
    {"permit",      {"marklov", NULL}                   },
    {"permit",      {"bygglovsplikt", NULL}             },
    {"underground", {"underjordiska ledningar", NULL}   },
};

static void add_limit(struct lk *lk, struct pk_answer_regulation *out, const char *limit)
{
    for (uint32_t i = 0; i < out->limit_count; i++) {
        if (strcmp(out->limits[i], limit) == 0) {
            return;
        }
    }
    if (out->limits == NULL) {
        out->limits =
            pk_arena_alloc(lk->arena, PK_COUNT(limit_words) + 1, sizeof *out->limits);
    }
    out->limits[out->limit_count++] = limit;
}

static void write_limits(struct lk *lk, struct pk_answer_regulation *out,
                         const struct pk_regulation_row *row)
{
    const char *fold =
        row->wording == NULL ? NULL : pk_text_fold(lk->arena, row->wording);
    if (row->kind != NULL && strcmp(row->kind, "use") == 0) {
        return;
    }
    for (size_t i = 0; fold != NULL && i < PK_COUNT(limit_words); i++) {
        const char *const *all = limit_words[i].all;
        if (strstr(fold, all[0]) != NULL &&
            (all[1] == NULL || strstr(fold, all[1]) != NULL)) {
            add_limit(lk, out, limit_words[i].limit);
        }
    }
    /* A number of metres called a height is one, whatever the wording says. */
    for (uint32_t i = 0; i < out->value_count; i++) {
        const struct pk_answer_value *v = &out->values[i];
        if (v->beskrivning != NULL && strstr(v->beskrivning, "höjd") != NULL &&
            v->enhet != NULL && strcmp(v->enhet, "meter") == 0 && !isnan(v->number)) {
            add_limit(lk, out, "height");
        }
    }
    if (row->symbol != NULL && strcmp(row->symbol, "prickmark") == 0) {
        add_limit(lk, out, "building");
    }
    if (row->symbol != NULL && strcmp(row->symbol, "utfartsforbud") == 0) {
        add_limit(lk, out, "exit");
    }
}

/* ---- the sentence ---- */

static const char *regulation_text(struct lk *lk, const struct pk_regulation_row *row)
{
    const char *mark = lk_mark(lk, row->letter, row->index);
    size_t len = row->wording == NULL ? 0 : strlen(row->wording);
    while (len > 0 && (row->wording[len - 1] == '.' || row->wording[len - 1] == ' ')) {
        len--;
    }
    if (len == 0) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_NO_WORDING, "mark",
               mark == NULL ? "" : mark, NULL);
    } else if (mark == NULL) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_WORDING, "wording",
               pk_arena_strndup(lk->arena, row->wording, len), NULL);
    } else {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_WORDING_MARK, "wording",
               pk_arena_strndup(lk->arena, row->wording, len), "mark", mark, NULL);
    }
    return lk_said(lk);
}

static const char *spec_kind(const char *kind)
{
    static const char *const terms[] = {"användningsbestämmelse", "egenskapsbestämmelse",
                                        "administrativ bestämmelse"};
    int rank = kind_rank(kind);
    return rank < (int)PK_COUNT(terms) ? terms[rank] : kind;
}

/* Heights above the zero plane mean nothing without the system they are in. */
static bool lacks_height_system(struct lk *lk, const struct pk_regulation_row *row)
{
    const char *fold =
        row->wording == NULL ? NULL : pk_text_fold(lk->arena, row->wording);
    return fold != NULL && strstr(fold, "nollplan") != NULL &&
           (row->details == NULL ||
            (strstr(row->details, "öjdsystem") == NULL &&
             strstr(row->details, "ojdsystem") == NULL &&
             strstr(row->details, "koordinatsystemHojd") == NULL));
}

void lk_write_regulation(struct lk *lk, struct pk_answer_regulation *out,
                         const struct lk_regulation *regulation)
{
    const struct pk_regulation_row *row = &regulation->row;
    json_t *details = row->details == NULL ? NULL : json_loads(row->details, 0, NULL);
    *out = (struct pk_answer_regulation){
        .id = row->id,
        .href = lk_href(lk, "/regulation/", row->id),
        .part = regulation->part,
        .kind = spec_kind(row->kind),
        .anvandningsform = row->form,
        .beteckning = row->letter,
        .index = row->index,
        .bestammelseformulering = row->wording,
        .share = {.area_m2 = regulation->shared_m2,
                  .share = lk->shape_tm > 0
                               ? fmin(1, regulation->shared_tm / lk->shape_tm)
                               : 0,
                  .basis = regulation->crs == 0
                               ? NULL
                               : pk_arena_printf(lk->arena, "EPSG:%d", regulation->crs)},
    };
    write_values(lk, out, details);
    write_regulates(lk, out, details);
    write_limits(lk, out, row);
    bool administrative = row->kind != NULL && strcmp(row->kind, "administrative") == 0;
    out->applies_to = !regulation->placeless ? "place" : administrative ? "plan" : NULL;
    out->text = regulation_text(lk, row);
    if (regulation->placeless) {
        pk_msg(&lk->text, lk->lang,
               administrative ? PK_MSG_LOOKUP_APPLIES_TO_PLAN
                              : PK_MSG_LOOKUP_PLACE_UNKNOWN,
               "text", out->text, NULL);
        out->text = lk_said(lk);
    }
    if (lacks_height_system(lk, row)) {
        lk_unknown(lk, "heights", pk_msg_text(PK_MSG_LOOKUP_MISSING_HEIGHTS, lk->lang));
    }
    json_decref(details);
}
