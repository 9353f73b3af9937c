#include "server/wkt.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "server/geojson.h"

enum { NUMBERS_MAX = 4 }; /* x y z m */

struct reading {
    const char *at;
    struct pk_geom_builder *builder;
    uint32_t left; /* vertices that may still come */
    double first[2], last[2];
    uint32_t run; /* vertices of the list being read */
};

static void skip_blanks(struct reading *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r') {
        r->at++;
    }
}

static bool take(struct reading *r, char c)
{
    skip_blanks(r);
    return pk_parse_char(&r->at, c);
}

static enum pk_status want(struct reading *r, char c, struct pk_error *err)
{
    return take(r, c)
               ? PK_OK
               : pk_fail(err, PK_BAD_INPUT, "'%c' is missing before \"%.20s\"", c, r->at);
}

static enum pk_status read_position(struct reading *r, struct pk_error *err)
{
    double numbers[NUMBERS_MAX];
    uint32_t n = 0;
    for (skip_blanks(r); n < NUMBERS_MAX && pk_parse_double(&r->at, &numbers[n]); n++) {
        skip_blanks(r);
    }
    if (n < 2) {
        return pk_fail(err, PK_BAD_INPUT, "two numbers are missing before \"%.20s\"",
                       r->at);
    }
    if (r->left == 0) {
        return pk_fail(err, PK_LIMIT, "too many positions");
    }
    r->left--;
    memcpy(r->run++ == 0 ? r->first : r->last, numbers, sizeof(r->first));
    pk_geom_vertex(r->builder, numbers[0], numbers[1], 0);
    return PK_OK;
}

/* "(1 2, 3 4)"; with `each`, "((1 2), (3 4))" too. */
static enum pk_status read_list(struct reading *r, enum pk_ring_role role, uint32_t min,
                                bool each, struct pk_error *err)
{
    r->run = 0;
    pk_geom_ring(r->builder, role);
    enum pk_status status = want(r, '(', err);
    while (status == PK_OK) {
        bool inner = each && take(r, '(');
        status = read_position(r, err);
        if (status == PK_OK && inner) {
            status = want(r, ')', err);
        }
        if (status == PK_OK && !take(r, ',')) {
            status = want(r, ')', err);
            break;
        }
    }
    if (status == PK_OK && r->run < min) {
        return pk_fail(err, PK_BAD_INPUT, "%u positions where at least %u are needed",
                       r->run, min);
    }
    if (status == PK_OK && role != PK_RING_OPEN &&
        memcmp(r->first, r->last, sizeof(r->first)) != 0) {
        return pk_fail(err, PK_BAD_INPUT, "a ring does not end where it begins");
    }
    return status;
}

/* Lists in brackets: the rings of a polygon, or lines. */
static enum pk_status read_lists(struct reading *r, bool rings, struct pk_error *err)
{
    enum pk_ring_role role = rings ? PK_RING_OUTER : PK_RING_OPEN;
    enum pk_status status = want(r, '(', err);
    while (status == PK_OK) {
        status = read_list(r, role, rings ? 4 : 2, false, err);
        role = rings ? PK_RING_HOLE : PK_RING_OPEN;
        if (status == PK_OK && !take(r, ',')) {
            return want(r, ')', err);
        }
    }
    return status;
}

static enum pk_status read_polygons(struct reading *r, struct pk_error *err)
{
    enum pk_status status = want(r, '(', err);
    while (status == PK_OK) {
        status = read_lists(r, true, err);
        if (status == PK_OK && !take(r, ',')) {
            return want(r, ')', err);
        }
    }
    return status;
}

enum form { ONE_POINT, POINTS, LINE, LINES, POLYGON, POLYGONS };

static enum pk_status read_form(struct reading *r, enum form form, struct pk_error *err)
{
    switch (form) {
    case ONE_POINT:
    case POINTS:
        return read_list(r, PK_RING_OPEN, 1, form == POINTS, err);
    case LINE:
        return read_list(r, PK_RING_OPEN, 2, false, err);
    case LINES:
    case POLYGON:
        return read_lists(r, form == POLYGON, err);
    default:
        return read_polygons(r, err);
    }
}

static size_t word_length(const char *text)
{
    size_t n = 0;
    while (isalpha((unsigned char)text[n])) {
        n++;
    }
    return n;
}

enum pk_status pk_wkt_geometry(struct pk_geom *out, const char *text,
                               uint32_t max_vertices, struct pk_arena *arena,
                               struct pk_error *err)
{
    static const struct {
        const char *word;
        enum form form;
        enum pk_geom_kind kind;
    } types[] = {
        {"POINT",           ONE_POINT, PK_GEOM_POINT},
        {"MULTIPOINT",      POINTS,    PK_GEOM_POINT},
        {"LINESTRING",      LINE,      PK_GEOM_LINE },
        {"MULTILINESTRING", LINES,     PK_GEOM_LINE },
        {"POLYGON",         POLYGON,   PK_GEOM_AREA },
        {"MULTIPOLYGON",    POLYGONS,  PK_GEOM_AREA },
    };
    struct reading r = {.at = text, .left = max_vertices};
    skip_blanks(&r);
    size_t n = word_length(r.at), type = 0;
    while (type < PK_COUNT(types) && (strlen(types[type].word) != n ||
                                      strncasecmp(types[type].word, r.at, n) != 0)) {
        type++;
    }
    if (type == PK_COUNT(types)) {
        return pk_fail(err, PK_BAD_INPUT, "\"%.20s\" is no kind of shape", r.at);
    }
    r.at += n;
    skip_blanks(&r);
    n = word_length(r.at);
    if (n > 0 && strspn(r.at, "ZMzm") == n) {
        r.at += n;
    }
    r.builder = pk_geom_begin(arena, types[type].kind, false);
    enum pk_status status = read_form(&r, types[type].form, err);
    skip_blanks(&r);
    if (status == PK_OK && !pk_parse_end(r.at)) {
        status = pk_fail(err, PK_BAD_INPUT, "\"%.20s\" is left over", r.at);
    }
    if (status == PK_OK && types[type].form == ONE_POINT && r.run != 1) {
        status = pk_fail(err, PK_BAD_INPUT, "a point has one position");
    }
    return status == PK_OK ? pk_geom_done(out, r.builder, err) : status;
}

enum pk_status pk_shape_of_text(struct pk_geom *out, const char *text,
                                uint32_t max_vertices, struct pk_arena *arena,
                                struct pk_error *err)
{
    if (text[strspn(text, " \t\r\n")] != '{') {
        return pk_wkt_geometry(out, text, max_vertices, arena, err);
    }
    json_t *json = NULL;
    size_t len = strlen(text);
    enum pk_status status = pk_json_parse(&json, text, len, len, err);
    if (status == PK_OK) {
        status = pk_geojson_geometry(out, json, max_vertices, arena, err);
    }
    json_decref(json);
    return status;
}
