/* crs_names.c - the fixed list of reference systems, and names of them. Numbers,
 * names and axis orders are those of the EPSG register (epsg.org). */
#include <ctype.h>
#include <string.h>

#include "base/parse.h"
#include "layers/crs.h"
#include "layers/crs_table.h"

enum { DEGREES = 1, NORTHING_FIRST = 2 };

static const struct crs_entry {
    int epsg;
    int plane; /* of a compound system: its plane part; else the same */
    int flags;
    const char *name;
} SYSTEMS[] = {
    {3006,  3006,  NORTHING_FIRST,           "SWEREF 99 TM"                       },
    {3007,  3007,  NORTHING_FIRST,           "SWEREF 99 12 00"                    },
    {3008,  3008,  NORTHING_FIRST,           "SWEREF 99 13 30"                    },
    {3009,  3009,  NORTHING_FIRST,           "SWEREF 99 15 00"                    },
    {3010,  3010,  NORTHING_FIRST,           "SWEREF 99 16 30"                    },
    {3011,  3011,  NORTHING_FIRST,           "SWEREF 99 18 00"                    },
    {3012,  3012,  NORTHING_FIRST,           "SWEREF 99 14 15"                    },
    {3013,  3013,  NORTHING_FIRST,           "SWEREF 99 15 45"                    },
    {3014,  3014,  NORTHING_FIRST,           "SWEREF 99 17 15"                    },
    {3015,  3015,  NORTHING_FIRST,           "SWEREF 99 18 45"                    },
    {3016,  3016,  NORTHING_FIRST,           "SWEREF 99 20 15"                    },
    {3017,  3017,  NORTHING_FIRST,           "SWEREF 99 21 45"                    },
    {3018,  3018,  NORTHING_FIRST,           "SWEREF 99 23 15"                    },
    {3857,  3857,  0,                        "WGS 84 / Pseudo-Mercator"           },
    {4326,  4326,  DEGREES | NORTHING_FIRST, "WGS 84"                             },
    {4258,  4258,  DEGREES | NORTHING_FIRST, "ETRS89"                             },
    {4619,  4619,  DEGREES | NORTHING_FIRST, "SWEREF 99"                          },
    {2400,  3021,  NORTHING_FIRST,           "RT90 2.5 gon W"                     },
    {3019,  3019,  NORTHING_FIRST,           "RT90 7.5 gon V"                     },
    {3020,  3020,  NORTHING_FIRST,           "RT90 5 gon V"                       },
    {3021,  3021,  NORTHING_FIRST,           "RT90 2.5 gon V"                     },
    {3022,  3022,  NORTHING_FIRST,           "RT90 0 gon"                         },
    {3023,  3023,  NORTHING_FIRST,           "RT90 2.5 gon O"                     },
    {3024,  3024,  NORTHING_FIRST,           "RT90 5 gon O"                       },
    {3847,  3847,  NORTHING_FIRST,           "SWEREF99 / RT90 2.5 gon V emulation"},
    {5845,  3006,  NORTHING_FIRST,           "SWEREF 99 TM + RH 2000"             },
    {5846,  3007,  NORTHING_FIRST,           "SWEREF 99 12 00 + RH 2000"          },
    {5847,  3008,  NORTHING_FIRST,           "SWEREF 99 13 30 + RH 2000"          },
    {5848,  3009,  NORTHING_FIRST,           "SWEREF 99 15 00 + RH 2000"          },
    {5849,  3010,  NORTHING_FIRST,           "SWEREF 99 16 30 + RH 2000"          },
    {5850,  3011,  NORTHING_FIRST,           "SWEREF 99 18 00 + RH 2000"          },
    {5851,  3012,  NORTHING_FIRST,           "SWEREF 99 14 15 + RH 2000"          },
    {5852,  3013,  NORTHING_FIRST,           "SWEREF 99 15 45 + RH 2000"          },
    {5853,  3014,  NORTHING_FIRST,           "SWEREF 99 17 15 + RH 2000"          },
    {5854,  3015,  NORTHING_FIRST,           "SWEREF 99 18 45 + RH 2000"          },
    {5855,  3016,  NORTHING_FIRST,           "SWEREF 99 20 15 + RH 2000"          },
    {5856,  3017,  NORTHING_FIRST,           "SWEREF 99 21 45 + RH 2000"          },
    {5857,  3018,  NORTHING_FIRST,           "SWEREF 99 23 15 + RH 2000"          },
    {3067,  3067,  0,                        "ETRS89 / TM35FIN(E,N)"              },
    {3873,  3873,  NORTHING_FIRST,           "ETRS89 / GK19FIN"                   },
    {3874,  3874,  NORTHING_FIRST,           "ETRS89 / GK20FIN"                   },
    {3875,  3875,  NORTHING_FIRST,           "ETRS89 / GK21FIN"                   },
    {3876,  3876,  NORTHING_FIRST,           "ETRS89 / GK22FIN"                   },
    {3877,  3877,  NORTHING_FIRST,           "ETRS89 / GK23FIN"                   },
    {3878,  3878,  NORTHING_FIRST,           "ETRS89 / GK24FIN"                   },
    {3879,  3879,  NORTHING_FIRST,           "ETRS89 / GK25FIN"                   },
    {3880,  3880,  NORTHING_FIRST,           "ETRS89 / GK26FIN"                   },
    {3881,  3881,  NORTHING_FIRST,           "ETRS89 / GK27FIN"                   },
    {3882,  3882,  NORTHING_FIRST,           "ETRS89 / GK28FIN"                   },
    {3883,  3883,  NORTHING_FIRST,           "ETRS89 / GK29FIN"                   },
    {3884,  3884,  NORTHING_FIRST,           "ETRS89 / GK30FIN"                   },
    {3885,  3885,  NORTHING_FIRST,           "ETRS89 / GK31FIN"                   },
    {25831, 25831, 0,                        "ETRS89 / UTM zone 31N"              },
    {25832, 25832, 0,                        "ETRS89 / UTM zone 32N"              },
    {25833, 25833, 0,                        "ETRS89 / UTM zone 33N"              },
    {25834, 25834, 0,                        "ETRS89 / UTM zone 34N"              },
    {25835, 25835, 0,                        "ETRS89 / UTM zone 35N"              },
    {5972,  25832, 0,                        "ETRS89 / UTM zone 32N + NN2000"     },
    {5973,  25833, 0,                        "ETRS89 / UTM zone 33N + NN2000"     },
    {5974,  25834, 0,                        "ETRS89 / UTM zone 34N + NN2000"     },
    {5975,  25835, 0,                        "ETRS89 / UTM zone 35N + NN2000"     },
    {28992, 28992, 0,                        "Amersfoort / RD New"                },
    {7415,  28992, 0,                        "Amersfoort / RD New + NAP"          },
    {31467, 31467, NORTHING_FIRST,           "DHDN / 3-degree Gauss-Kruger zone 3"},
    {31468, 31468, NORTHING_FIRST,           "DHDN / 3-degree Gauss-Kruger zone 4"},
};

static const struct crs_entry *find(int epsg)
{
    for (size_t i = 0; i < PK_COUNT(SYSTEMS); i++) {
        if (SYSTEMS[i].epsg == epsg) {
            return &SYSTEMS[i];
        }
    }
    return NULL;
}

bool pk_crs_known(int epsg)
{
    return find(epsg) != NULL;
}

const char *pk_crs_name(int epsg)
{
    const struct crs_entry *e = find(epsg);
    return e != NULL ? e->name : NULL;
}

bool pk_crs_is_degrees(int epsg)
{
    const struct crs_entry *e = find(epsg);
    return e != NULL && (e->flags & DEGREES) != 0;
}

bool pk_crs_is_northing_first(int epsg)
{
    const struct crs_entry *e = find(epsg);
    return e != NULL && (e->flags & NORTHING_FIRST) != 0;
}

int pk_crs_plane(int epsg)
{
    const struct crs_entry *e = find(epsg);
    return e != NULL ? e->plane : 0;
}

/* "EPSG:3008", "urn:ogc:def:crs:EPSG::3008", ".../def/crs/EPSG/0/3008",
 * ".../srs/epsg.xml#3008": the word, then something, then the number at the end. */
static int of_code(const char *name)
{
    const char *word = strcasestr(name, "epsg");
    if (word == NULL || word[4] == '\0') {
        return 0;
    }
    const char *digits = name + strlen(name);
    while (digits > word + 4 && isdigit((unsigned char)digits[-1])) {
        digits--;
    }
    bool separated = digits > word + 4 && strchr(":/#", digits[-1]) != NULL;
    uint32_t code = 0;
    return separated && pk_parse_all_u32(digits, 99999, &code) ? (int)code : 0;
}

/* Next letter (lower case) or digit at or after *s, 0 at the end. */
static int next_letter(const char **s)
{
    while (**s != '\0' && !isalnum((unsigned char)**s)) {
        ++*s;
    }
    return **s != '\0' ? tolower((unsigned char)*(*s)++) : 0;
}

/* Equal but for case, blanks and signs. */
static bool same_letters(const char *a, const char *b)
{
    int x, y;
    do {
        x = next_letter(&a);
        y = next_letter(&b);
    } while (x == y && x != 0);
    return x == y;
}

int pk_crs_of_name(const char *name)
{
    if (name == NULL || strlen(name) > 200) {
        return 0;
    }
    int code = of_code(name);
    if (code != 0) {
        return pk_crs_known(code) ? code : 0;
    }
    size_t len = strlen(name);
    if (len >= 5 && strcasecmp(name + len - 5, "CRS84") == 0) {
        return 4326;
    }
    for (size_t i = 0; i < PK_COUNT(SYSTEMS); i++) {
        if (same_letters(SYSTEMS[i].name, name)) {
            return SYSTEMS[i].epsg;
        }
    }
    return 0;
}
