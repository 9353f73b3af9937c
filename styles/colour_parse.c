#include "styles/colour.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

struct named {
    const char *name;
    uint32_t rgb;
};

/* The named colours of CSS Color 4, in order. */
static const struct named names[] = {
    {"aliceblue",            0xf0f8ff},
    {"antiquewhite",         0xfaebd7},
    {"aqua",                 0x00ffff},
    {"aquamarine",           0x7fffd4},
    {"azure",                0xf0ffff},
    {"beige",                0xf5f5dc},
    {"bisque",               0xffe4c4},
    {"black",                0x000000},
    {"blanchedalmond",       0xffebcd},
    {"blue",                 0x0000ff},
    {"blueviolet",           0x8a2be2},
    {"brown",                0xa52a2a},
    {"burlywood",            0xdeb887},
    {"cadetblue",            0x5f9ea0},
    {"chartreuse",           0x7fff00},
    {"chocolate",            0xd2691e},
    {"coral",                0xff7f50},
    {"cornflowerblue",       0x6495ed},
    {"cornsilk",             0xfff8dc},
    {"crimson",              0xdc143c},
    {"cyan",                 0x00ffff},
    {"darkblue",             0x00008b},
    {"darkcyan",             0x008b8b},
    {"darkgoldenrod",        0xb8860b},
    {"darkgray",             0xa9a9a9},
    {"darkgreen",            0x006400},
    {"darkgrey",             0xa9a9a9},
    {"darkkhaki",            0xbdb76b},
    {"darkmagenta",          0x8b008b},
    {"darkolivegreen",       0x556b2f},
    {"darkorange",           0xff8c00},
    {"darkorchid",           0x9932cc},
    {"darkred",              0x8b0000},
    {"darksalmon",           0xe9967a},
    {"darkseagreen",         0x8fbc8f},
    {"darkslateblue",        0x483d8b},
    {"darkslategray",        0x2f4f4f},
    {"darkslategrey",        0x2f4f4f},
    {"darkturquoise",        0x00ced1},
    {"darkviolet",           0x9400d3},
    {"deeppink",             0xff1493},
    {"deepskyblue",          0x00bfff},
    {"dimgray",              0x696969},
    {"dimgrey",              0x696969},
    {"dodgerblue",           0x1e90ff},
    {"firebrick",            0xb22222},
    {"floralwhite",          0xfffaf0},
    {"forestgreen",          0x228b22},
    {"fuchsia",              0xff00ff},
    {"gainsboro",            0xdcdcdc},
    {"ghostwhite",           0xf8f8ff},
    {"gold",                 0xffd700},
    {"goldenrod",            0xdaa520},
    {"gray",                 0x808080},
    {"green",                0x008000},
    {"greenyellow",          0xadff2f},
    {"grey",                 0x808080},
    {"honeydew",             0xf0fff0},
    {"hotpink",              0xff69b4},
    {"indianred",            0xcd5c5c},
    {"indigo",               0x4b0082},
    {"ivory",                0xfffff0},
    {"khaki",                0xf0e68c},
    {"lavender",             0xe6e6fa},
    {"lavenderblush",        0xfff0f5},
    {"lawngreen",            0x7cfc00},
    {"lemonchiffon",         0xfffacd},
    {"lightblue",            0xadd8e6},
    {"lightcoral",           0xf08080},
    {"lightcyan",            0xe0ffff},
    {"lightgoldenrodyellow", 0xfafad2},
    {"lightgray",            0xd3d3d3},
    {"lightgreen",           0x90ee90},
    {"lightgrey",            0xd3d3d3},
    {"lightpink",            0xffb6c1},
    {"lightsalmon",          0xffa07a},
    {"lightseagreen",        0x20b2aa},
    {"lightskyblue",         0x87cefa},
    {"lightslategray",       0x778899},
    {"lightslategrey",       0x778899},
    {"lightsteelblue",       0xb0c4de},
    {"lightyellow",          0xffffe0},
    {"lime",                 0x00ff00},
    {"limegreen",            0x32cd32},
    {"linen",                0xfaf0e6},
    {"magenta",              0xff00ff},
    {"maroon",               0x800000},
    {"mediumaquamarine",     0x66cdaa},
    {"mediumblue",           0x0000cd},
    {"mediumorchid",         0xba55d3},
    {"mediumpurple",         0x9370db},
    {"mediumseagreen",       0x3cb371},
    {"mediumslateblue",      0x7b68ee},
    {"mediumspringgreen",    0x00fa9a},
    {"mediumturquoise",      0x48d1cc},
    {"mediumvioletred",      0xc71585},
    {"midnightblue",         0x191970},
    {"mintcream",            0xf5fffa},
    {"mistyrose",            0xffe4e1},
    {"moccasin",             0xffe4b5},
    {"navajowhite",          0xffdead},
    {"navy",                 0x000080},
    {"oldlace",              0xfdf5e6},
    {"olive",                0x808000},
    {"olivedrab",            0x6b8e23},
    {"orange",               0xffa500},
    {"orangered",            0xff4500},
    {"orchid",               0xda70d6},
    {"palegoldenrod",        0xeee8aa},
    {"palegreen",            0x98fb98},
    {"paleturquoise",        0xafeeee},
    {"palevioletred",        0xdb7093},
    {"papayawhip",           0xffefd5},
    {"peachpuff",            0xffdab9},
    {"peru",                 0xcd853f},
    {"pink",                 0xffc0cb},
    {"plum",                 0xdda0dd},
    {"powderblue",           0xb0e0e6},
    {"purple",               0x800080},
    {"rebeccapurple",        0x663399},
    {"red",                  0xff0000},
    {"rosybrown",            0xbc8f8f},
    {"royalblue",            0x4169e1},
    {"saddlebrown",          0x8b4513},
    {"salmon",               0xfa8072},
    {"sandybrown",           0xf4a460},
    {"seagreen",             0x2e8b57},
    {"seashell",             0xfff5ee},
    {"sienna",               0xa0522d},
    {"silver",               0xc0c0c0},
    {"skyblue",              0x87ceeb},
    {"slateblue",            0x6a5acd},
    {"slategray",            0x708090},
    {"slategrey",            0x708090},
    {"snow",                 0xfffafa},
    {"springgreen",          0x00ff7f},
    {"steelblue",            0x4682b4},
    {"tan",                  0xd2b48c},
    {"teal",                 0x008080},
    {"thistle",              0xd8bfd8},
    {"tomato",               0xff6347},
    {"turquoise",            0x40e0d0},
    {"violet",               0xee82ee},
    {"wheat",                0xf5deb3},
    {"white",                0xffffff},
    {"whitesmoke",           0xf5f5f5},
    {"yellow",               0xffff00},
    {"yellowgreen",          0x9acd32},
};

static uint8_t channel(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : floor(v + 0.5));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(struct pk_rgba *out, const char *s)
{
    size_t len = strlen(s);
    bool is_short = len == 3 || len == 4;
    if (!is_short && len != 6 && len != 8) {
        return false;
    }
    uint8_t v[4] = {0, 0, 0, 255};
    for (size_t i = 0; i < len; i++) {
        if (hex(s[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < (is_short ? len : len / 2); i++) {
        v[i] =
            (uint8_t)(is_short ? hex(s[i]) * 17 : hex(s[2 * i]) * 16 + hex(s[2 * i + 1]));
    }
    *out = (struct pk_rgba){v[0], v[1], v[2], v[3]};
    return true;
}

static void blanks(const char **p)
{
    while (**p == ' ') {
        (*p)++;
    }
}

/* ".5" is a number in CSS, though not in our own texts. */
static bool css_number(const char **p, double *out, bool *percent)
{
    const char *at = *p;
    bool minus = pk_parse_char(&at, '-');
    char text[32];
    if (*at == '.') {
        int n = snprintf(text, sizeof(text), "0%.24s", at);
        const char *t = text;
        if (n < 0 || !pk_parse_double(&t, out)) {
            return false;
        }
        at += t - text - 1;
    } else if (!pk_parse_double(&at, out)) {
        return false;
    }
    *out = minus ? -*out : *out;
    *percent = pk_parse_char(&at, '%');
    *p = at;
    return true;
}

/* One of the three channels of hsl(), 0..1 (CSS Color 4, 7.1). */
static double hsl_channel(double n, double h, double s, double l)
{
    double k = fmod(n + h / 30, 12);
    double a = s * fmin(l, 1 - l);
    return l - a * fmax(-1, fmin(fmin(k - 3, 9 - k), 1));
}

static bool parse_function(struct pk_rgba *out, const char *s)
{
    bool hsl = pk_parse_word(&s, "hsla(") || pk_parse_word(&s, "hsl(");
    if (!hsl && !pk_parse_word(&s, "rgba(") && !pk_parse_word(&s, "rgb(")) {
        return false;
    }
    double v[4] = {0, 0, 0, 1};
    bool percent[4] = {false};
    int n = 0;
    for (; n < 4; n++) {
        blanks(&s);
        if (!css_number(&s, &v[n], &percent[n])) {
            return false;
        }
        if (n == 0 && hsl) {
            (void)pk_parse_word(&s, "deg");
        }
        blanks(&s);
        if (*s == ')') {
            break;
        }
        if (*s == ',' || *s == '/') {
            s++;
        }
    }
    if (n < 2 || n > 3 || *s != ')' || s[1] != '\0') {
        return false;
    }
    double a = percent[3] ? v[3] / 100 : v[3];
    if (hsl) {
        double h = fmod(fmod(v[0], 360) + 360, 360);
        double sat = fmax(0, fmin(1, v[1] / 100)), l = fmax(0, fmin(1, v[2] / 100));
        *out =
            (struct pk_rgba){channel(255 * hsl_channel(0, h, sat, l)),
                             channel(255 * hsl_channel(8, h, sat, l)),
                             channel(255 * hsl_channel(4, h, sat, l)), channel(255 * a)};
        return percent[1] && percent[2];
    }
    for (int i = 0; i < 3; i++) {
        v[i] = percent[i] ? v[i] * 2.55 : v[i];
    }
    *out =
        (struct pk_rgba){channel(v[0]), channel(v[1]), channel(v[2]), channel(255 * a)};
    return true;
}

static bool parse_name(struct pk_rgba *out, const char *s)
{
    if (strcmp(s, "transparent") == 0) {
        *out = (struct pk_rgba){0, 0, 0, 0};
        return true;
    }
    size_t lo = 0, hi = PK_COUNT(names);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = strcmp(s, names[mid].name);
        if (order == 0) {
            uint32_t rgb = names[mid].rgb;
            *out = (struct pk_rgba){(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8),
                                    (uint8_t)rgb, 255};
            return true;
        }
        if (order < 0) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return false;
}

bool pk_colour_parse(struct pk_rgba *out, const char *text)
{
    char s[64];
    size_t len = strlen(text);
    if (len == 0 || len >= sizeof(s)) {
        return false;
    }
    for (size_t i = 0; i <= len; i++) {
        s[i] = (char)tolower((unsigned char)text[i]);
    }
    struct pk_rgba c = {0, 0, 0, 0};
    if (s[0] == '#' ? parse_hex(&c, s + 1) : parse_function(&c, s) || parse_name(&c, s)) {
        *out = c;
        return true;
    }
    return false;
}

void pk_colour_format(char out[PK_COLOUR_TEXT], struct pk_rgba c)
{
    if (c.a == 255) {
        (void)snprintf(out, PK_COLOUR_TEXT, "#%02x%02x%02x", c.r, c.g, c.b);
    } else {
        (void)snprintf(out, PK_COLOUR_TEXT, "#%02x%02x%02x%02x", c.r, c.g, c.b, c.a);
    }
}
