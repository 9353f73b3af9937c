#include "layers/search_coordinate.h"

#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/text.h"
#include "layers/crs.h"

enum { NUMBERS_MAX = 6, NUMBER_TEXT = 24 };
enum axis { AXIS_NONE, AXIS_NORTH, AXIS_EAST, AXIS_FAR }; /* FAR: south or west */

struct number {
    double value;
    bool decimals;
    char mark;      /* 'd' degrees, 'm' minutes, 's' seconds, 0 */
    enum axis axis; /* written before or after it */
};

struct scan {
    struct number numbers[NUMBERS_MAX];
    uint32_t count;
    enum axis pending; /* written before the number that comes */
    int crs;           /* named in the text, 0 = not */
    bool bad;
};

static const struct {
    const char *word;
    enum axis axis;
} axis_words[] = {
    {"n",         AXIS_NORTH},
    {"norr",      AXIS_NORTH},
    {"nord",      AXIS_NORTH},
    {"north",     AXIS_NORTH},
    {"lat",       AXIS_NORTH},
    {"latitud",   AXIS_NORTH},
    {"latitude",  AXIS_NORTH},
    {"x",         AXIS_NORTH}, /* Swedish maps: X is northing */
    {"e",         AXIS_EAST },
    {"ö",        AXIS_EAST },
    {"ost",       AXIS_EAST },
    {"öst",      AXIS_EAST },
    {"o",         AXIS_EAST },
    {"east",      AXIS_EAST },
    {"lon",       AXIS_EAST },
    {"lng",       AXIS_EAST },
    {"long",      AXIS_EAST },
    {"longitud",  AXIS_EAST },
    {"longitude", AXIS_EAST },
    {"y",         AXIS_EAST },
    {"s",         AXIS_FAR  },
    {"w",         AXIS_FAR  },
    {"v",         AXIS_FAR  },
};

/* ---- reference systems named in the text ---- */

static const struct {
    const char *name;
    int crs;
} system_names[] = {
    {"sweref 99 tm",    3006},
    {"sweref99 tm",     3006},
    {"sweref99tm",      3006},
    {"sweref 99 12 00", 3007},
    {"sweref 99 13 30", 3008},
    {"sweref 99 15 00", 3009},
    {"sweref 99 16 30", 3010},
    {"sweref 99 18 00", 3011},
    {"sweref 99 14 15", 3012},
    {"sweref 99 15 45", 3013},
    {"sweref 99 17 15", 3014},
    {"sweref 99 18 45", 3015},
    {"sweref 99 20 15", 3016},
    {"sweref 99 21 45", 3017},
    {"sweref 99 23 15", 3018},
    {"sweref99 12 00",  3007},
    {"sweref99 13 30",  3008},
    {"sweref99 15 00",  3009},
    {"sweref99 16 30",  3010},
    {"sweref99 18 00",  3011},
    {"sweref99 14 15",  3012},
    {"sweref99 15 45",  3013},
    {"sweref99 17 15",  3014},
    {"sweref99 18 45",  3015},
    {"sweref99 20 15",  3016},
    {"sweref99 21 45",  3017},
    {"sweref99 23 15",  3018},
    {"rt90 2.5 gon v",  3021},
    {"rt 90 2.5 gon v", 3021},
    {"rt90",            3021},
    {"rt 90",           3021},
    {"wgs84",           4326},
    {"wgs 84",          4326},
    {"geo:",            4326},
};

/* Takes the name of a system out of the text (blanks in its place). */
static void take_system(char *text, struct scan *s)
{
    for (size_t i = 0; i < PK_COUNT(system_names) && s->crs == 0; i++) {
        char *at = strstr(text, system_names[i].name);
        if (at != NULL) {
            memset(at, ' ', strlen(system_names[i].name));
            s->crs = system_names[i].crs;
        }
    }
    char *epsg = s->crs == 0 ? strstr(text, "epsg:") : NULL;
    if (epsg != NULL) {
        const char *p = epsg + strlen("epsg:");
        uint32_t code;
        if (pk_parse_u32(&p, 99999, &code) && pk_crs_known((int)code)) {
            s->crs = (int)code;
            memset(epsg, ' ', (size_t)(p - epsg));
        } else {
            s->bad = true;
        }
    }
}

/* ---- tokens ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number at p, with a point, or a comma when `comma` says that it is one. */
static const char *scan_number(struct scan *s, const char *p, bool comma)
{
    char text[NUMBER_TEXT + 1];
    size_t len = 0;
    bool negative = *p == '-', point = false;
    p += negative;
    for (; len < NUMBER_TEXT; p++) {
        bool mark = (*p == '.' || (comma && *p == ',')) && is_digit(p[1]) && !point;
        if (!is_digit(*p) && !mark) {
            break;
        }
        point = point || mark;
        text[len++] = mark ? '.' : *p;
    }
    text[len] = '\0';
    struct number n = {.decimals = point, .axis = s->pending};
    s->pending = AXIS_NONE;
    if (s->count == NUMBERS_MAX || is_digit(*p) || !pk_parse_all_double(text, &n.value)) {
        s->bad = true;
        return p;
    }
    n.value = negative ? -n.value : n.value;
    s->numbers[s->count++] = n;
    return p;
}

static void set_mark(struct scan *s, char mark)
{
    if (s->count == 0 || (s->numbers[s->count - 1].mark != 0 &&
                          !(mark == 's' && s->numbers[s->count - 1].mark == 'm'))) {
        s->bad = true;
    } else {
        s->numbers[s->count - 1].mark = mark;
    }
}

/* A letter belongs to the number after it when the text began with a letter, else to
 * the one before it. */
static void set_axis(struct scan *s, enum axis axis, bool *letters_first)
{
    if (axis == AXIS_FAR) {
        s->bad = true;
        return;
    }
    if (s->count == 0) {
        *letters_first = true;
    }
    if (*letters_first) {
        s->bad = s->bad || s->pending != AXIS_NONE;
        s->pending = axis;
    } else {
        s->bad = s->bad || s->numbers[s->count - 1].axis != AXIS_NONE;
        s->numbers[s->count - 1].axis = axis;
    }
}

static const char *scan_word(struct scan *s, const char *p, bool *letters_first)
{
    const char *end = p;
    for (const char *q = p; *q != '\0'; end = q) {
        uint32_t c = pk_utf8_next(&q);
        if (!((c >= 'a' && c <= 'z') || c == 0xf6 || c == 0xe5 || c == 0xe4)) {
            break;
        }
    }
    for (size_t i = 0; i < PK_COUNT(axis_words); i++) {
        size_t len = strlen(axis_words[i].word);
        if (len == (size_t)(end - p) && memcmp(p, axis_words[i].word, len) == 0) {
            set_axis(s, axis_words[i].axis, letters_first);
            return end;
        }
    }
    s->bad = true;
    return end > p ? end : p + 1;
}

static void scan_text(struct scan *s, const char *p, bool comma)
{
    bool letters_first = false;
    while (*p != '\0' && !s->bad) {
        if (is_digit(*p) || (*p == '-' && is_digit(p[1]))) {
            p = scan_number(s, p, comma);
            continue;
        }
        const char *start = p;
        uint32_t c = pk_utf8_next(&p);
        switch (c) {
        case ' ':
        case ',':
        case ';':
        case ':':
        case '=':
        case '/':
        case '(':
        case ')':
            break;
        case 0xb0:  /* ° */
        case 0xba:  /* º */
        case 0x2da: /* ˚ */
            set_mark(s, 'd');
            break;
        case '\'':
        case 0x2019: /* ’ */
        case 0x2032: /* ′ */
        case 0xb4:   /* ´ */
            /* Two of them are seconds. */
            set_mark(s, s->count > 0 && s->numbers[s->count - 1].mark == 'm' ? 's' : 'm');
            break;
        case '"':
        case 0x201d: /* ” */
        case 0x2033: /* ″ */
            set_mark(s, 's');
            break;
        default:
            p = scan_word(s, start, &letters_first);
            break;
        }
    }
    s->bad = s->bad || s->pending != AXIS_NONE;
}

/* ---- degrees, minutes, seconds to one number each ---- */

struct value {
    double v;
    bool certain; /* decimals, degree marks or a letter: not two plain small numbers */
    enum axis axis;
};

/* Groups the numbers in two of equal length; false when they do not make two. */
static bool two_values(const struct scan *s, struct value out[2])
{
    if (s->bad || (s->count != 2 && s->count != 4 && s->count != 6)) {
        return false;
    }
    uint32_t each = s->count / 2;
    for (uint32_t i = 0; i < 2; i++) {
        const struct number *n = &s->numbers[i * each];
        static const char marks[] = {'d', 'm', 's'};
        bool marked = false;
        out[i] = (struct value){.v = 0};
        for (uint32_t k = 0; k < each; k++) {
            static const double parts[] = {1, 60, 3600};
            bool last = k + 1 == each;
            if ((n[k].mark != 0 && n[k].mark != marks[k]) || (n[k].decimals && !last) ||
                (k > 0 && (n[k].value < 0 || n[k].value >= 60)) || n[0].value < 0 ||
                (each > 1 && n[0].value > 180)) {
                return false;
            }
            out[i].v += n[k].value / parts[k];
            out[i].certain = out[i].certain || n[k].decimals || n[k].mark != 0;
            marked = marked || n[k].mark != 0;
            if (n[k].axis != AXIS_NONE) {
                if (out[i].axis != AXIS_NONE) {
                    return false;
                }
                out[i].axis = n[k].axis;
            }
        }
        out[i].certain = out[i].certain || out[i].axis != AXIS_NONE;
        if (each > 1 && !marked && out[i].axis == AXIS_NONE) {
            return false;
        }
    }
    return true;
}

/* ---- which system ---- */

struct extent {
    int crs; /* 0: a local zone that is not named */
    double min_x, min_y, max_x, max_y;
};

/* What of each system can lie in Sweden; no two of them share ground. */
static const struct extent extents[] = {
    {4326, 9.0,     54.0,    26.0,    70.5   },
    {3006, 240000,  6050000, 960000,  7720000},
    {0,    20000,   6050000, 239999,  7720000},
    {3021, 1150000, 6050000, 1950000, 7720000},
};

static bool is_in(const struct extent *e, double x, double y)
{
    return x >= e->min_x && x <= e->max_x && y >= e->min_y && y <= e->max_y;
}

static bool is_zone(int crs)
{
    return crs >= 3007 && crs <= 3018;
}

static uint32_t settle(struct pk_coordinate *out, const struct value *v, int named)
{
    for (size_t i = 0; i < PK_COUNT(extents); i++) {
        const struct extent *e = &extents[i];
        for (int turned = 0; turned < 2; turned++) {
            const struct value *east = &v[turned], *north = &v[1 - turned];
            if (!is_in(e, east->v, north->v) || east->axis == AXIS_NORTH ||
                north->axis == AXIS_EAST) {
                continue;
            }
            if (e->crs == 4326 && !(east->certain && north->certain)) {
                return 0;
            }
            bool agrees = named == 0 || named == e->crs ||
                          (e->crs == 0 && is_zone(named)) ||
                          (e->crs == 4326 && named == 4258);
            if (!agrees) {
                return 0;
            }
            if (e->crs != 0 || named != 0) {
                out[0] = (struct pk_coordinate){east->v, north->v,
                                                named != 0 ? named : e->crs, false};
                return 1;
            }
            for (uint32_t zone = 0; zone < PK_COORDINATE_MAX; zone++) {
                out[zone] =
                    (struct pk_coordinate){east->v, north->v, 3007 + (int)zone, true};
            }
            return PK_COORDINATE_MAX;
        }
    }
    return 0;
}

uint32_t pk_coordinate_parse(struct pk_coordinate out[PK_COORDINATE_MAX],
                             const char *text)
{
    if (strlen(text) > PK_COORDINATE_TEXT_MAX) {
        return 0;
    }
    struct pk_arena arena = {0};
    uint32_t count = 0;
    /* A comma may stand between the numbers or inside them: first as the former. */
    for (int comma = 0; comma < 2 && count == 0; comma++) {
        struct scan s = {0};
        struct value values[2];
        char *fold = pk_text_fold(&arena, text);
        if (fold == NULL) {
            break;
        }
        take_system(fold, &s);
        scan_text(&s, fold, comma == 1);
        if (two_values(&s, values)) {
            count = settle(out, values, s.crs);
        }
    }
    pk_arena_finish(&arena);
    return count;
}
