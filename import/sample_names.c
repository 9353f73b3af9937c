/* sample_names.c - invented names. None is a Swedish municipality. */
#include <stdio.h>
#include <string.h>

#include "import/sample.h"

static const struct {
    const char *name, *upper, *code;
} municipalities[2] = {
    {"Fjällnäs",  "FJÄLLNÄS",  "9901"},
    {"Björkvalla", "BJÖRKVALLA", "9902"}
};

static const char *const town_first[] = {
    "Väster", "Öster", "Norr",  "Sör",   "Ång",  "Björk", "Lind", "Ek",    "Älv", "Sjö",
    "Kvarn",  "Präst", "Stens", "Häger", "Åker", "Tall",  "Gran", "Ljung", "Hol", "Ravn"};
static const char *const town_last[] = {"hamn", "vik",  "by",   "torp", "sund",
                                        "näs",  "lösa", "stad", "berg", "ånger",
                                        "hult", "ryd",  "åsa",  "bro",  "ö"};
static const char *const streets[] = {
    "Skol",  "Björk", "Ängs",   "Kyrko", "Hamn",   "Storm", "Lärk",      "Göke",
    "Kvarn", "Rönn",  "Smeds",  "Norra", "Linde",  "Äppel", "Fiskar",    "Skeppar",
    "Oxel",  "Vret",  "Hassel", "Över",  "Brunns", "Åker",  "Trädgårds", "Mejeri"};
static const char *const street_kinds[] = {"gatan", "vägen", "stigen", "gränd"};
static const char *const two_words[] = {"Norra Skolgatan", "Östra Hamngatan",
                                        "Gamla Kyrkvägen", "Västra Ängsvägen",
                                        "Stora Torget",    "Lilla Brogatan"};
static const char *const quarters[] = {"LÄRKAN",   "GÖKEN",  "ÄPPLET",  "KARPEN",
                                       "BJÖRNEN",  "SMEDEN", "ÅKERN",   "LINDEN",
                                       "HUGGAREN", "NÄTET",  "SKEPPET", "TRÄDET"};
static const char *const lakes[] = {"Långsjön", "Abborrtjärn", "Storsjön", "Kroksjön",
                                    "Ältasjön", "Fisklösen",   "Gäddsjön", "Svarttjärn",
                                    "Mörtsjön", "Björksjön",   "Åkersjön", "Klarvattnet"};

const char *pk_sample_municipality(int which)
{
    return municipalities[which].name;
}

const char *pk_sample_municipality_upper(int which)
{
    return municipalities[which].upper;
}

const char *pk_sample_municipality_code(int which)
{
    return municipalities[which].code;
}

void pk_sample_town_name(char *out, size_t size, uint64_t seed, uint32_t town)
{
    uint32_t n = (uint32_t)PK_COUNT(town_first), m = (uint32_t)PK_COUNT(town_last);
    uint32_t shift = (uint32_t)(pk_sample_random(seed, "town-names", 0, 0, 0) % (n * m));
    /* 7 and n * m have no common factor: n * m names before one comes again. */
    uint32_t k = (shift + town * 7) % (n * m);
    uint32_t round = town / (n * m);
    snprintf(out, size, "%s%s", town_first[k % n], town_last[k / n]);
    if (round > 0) {
        char number[16];
        snprintf(number, sizeof(number), " %u", round + 1);
        strncat(out, number, size - strlen(out) - 1);
    }
}

void pk_sample_street_name(char *out, size_t size, uint64_t seed, uint32_t town, int line,
                           bool across)
{
    uint64_t r = pk_sample_random(seed, across ? "street-v" : "street-u", town, 0, 0);
    uint32_t at = (uint32_t)(r % 1000) + (uint32_t)(line + 100) * (across ? 5 : 7) +
                  (across ? 11 : 0);
    if (at % 9 == 0) {
        snprintf(out, size, "%s", two_words[(at / 9) % PK_COUNT(two_words)]);
        return;
    }
    snprintf(out, size, "%s%s", streets[at % PK_COUNT(streets)],
             street_kinds[(at / PK_COUNT(streets)) % PK_COUNT(street_kinds)]);
}

const char *pk_sample_quarter(uint32_t n)
{
    return quarters[n % PK_COUNT(quarters)];
}

const char *pk_sample_lake(uint32_t n)
{
    return lakes[n % PK_COUNT(lakes)];
}
