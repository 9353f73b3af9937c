/* prepare_symbol.c - what stands on the map of a regulation: its letters and figures,
 * the ends of its line, the stage of its plan. */
#include <math.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/prepare_private.h"

enum { LABEL_MAX = 1000, VALUES_SHOWN_MAX = 4, PIECES_MAX = 256 };

const char *const prep_stage_names[PREP_STAGE_COUNT] = {"force", "adopted", "ongoing",
                                                        "ended"};

enum prep_stage prep_stage_of(const char *status, enum prep_phase phase)
{
    /* "laga kraft" that is ongoing still has been decided as well. */
    static const char *const adopted[] = {"antagen", "överklagad", "tillsyn",
                                          "laga kraft"};
    if (phase != PREP_ONGOING) {
        return phase == PREP_FORCE ? PREP_STAGE_FORCE : PREP_STAGE_ENDED;
    }
    for (size_t i = 0; status != NULL && i < PK_COUNT(adopted); i++) {
        if (strcmp(status, adopted[i]) == 0) {
            return PREP_STAGE_ADOPTED;
        }
    }
    return PREP_STAGE_ONGOING;
}

/* ---- labels ---- */

void prep_add_letters(struct pk_buf *out, const char *letter, const char *index)
{
    pk_buf_adds(out, letter);
    for (const char *c = index; *c != '\0'; c++) {
        if (*c >= '0' && *c <= '9') {
            const char digit[] = {'\xe2', '\x82', (char)('\x80' + (*c - '0')), '\0'};
            pk_buf_adds(out, digit); /* U+2080 and on */
        } else {
            pk_buf_addc(out, *c);
        }
    }
}

/* "12,0"; "1:20" of all of them. */
static void add_values(struct pk_buf *out, const json_t *values, size_t count)
{
    for (size_t i = 0; i < json_array_size(values) && i < count; i++) {
        const char *text = pk_jget_string(json_array_get(values, i), "variabelvarde");
        if (text != NULL && *text != '\0') {
            pk_buf_adds(out, i > 0 && out->len > 0 ? ":" : "");
            pk_buf_adds(out, text);
        }
    }
}

static bool is_one_of(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct pk_value prep_label_text(struct prep *p, const char *letter, const char *index,
                                const char *symbol, const json_t *details)
{
    /* Letters that stand with their height on the map (older plans). */
    static const char *const heights[] = {"nh", "th", "bh"};
    const json_t *values = pk_jget_array(details, "bestammelsevarde");
    struct pk_buf text, figures;
    pk_buf_init(&text, LABEL_MAX);
    pk_buf_init(&figures, LABEL_MAX);
    prep_add_letters(&text, letter, index);
    if (symbol != NULL && strcmp(symbol, "plushojd") == 0) {
        add_values(&figures, values, 1);
    } else if (symbol != NULL && strcmp(symbol, "lutning") == 0) {
        add_values(&figures, values, VALUES_SHOWN_MAX);
    } else if (is_one_of(letter, heights, PK_COUNT(heights))) {
        add_values(&figures, values, 1);
    }
    if (figures.len > 0) {
        pk_buf_adds(&text, text.len > 0 ? " " : "");
        pk_buf_adds(&text, figures.data);
    }
    struct pk_value v = prep_text(p, text.len > 0 ? text.data : NULL);
    pk_buf_finish(&text);
    pk_buf_finish(&figures);
    return v;
}

/* ---- ends of lines ---- */

const char *prep_end_symbol(const char *symbol)
{
    static const char *const lines[][2] = {
        {"stangsel",      "stangsel-end"     },
        {"utfartsforbud", "utfartsforbud-end"}
    };
    for (size_t i = 0; symbol != NULL && i < PK_COUNT(lines); i++) {
        if (strcmp(symbol, lines[i][0]) == 0) {
            return lines[i][1];
        }
    }
    return NULL;
}

/* An end of one of the line's pieces: where, and the next vertex inward. */
struct tip {
    const double *at, *next;
};

static struct tip tip_of(const struct pk_geom *g, uint32_t i)
{
    const struct pk_ring *ring = &g->rings[i / 2];
    const double *first = g->xy + 2 * (size_t)ring->first;
    const double *last = first + 2 * ((size_t)ring->count - 1);
    return i % 2 == 0 ? (struct tip){first, first + 2} : (struct tip){last, last - 2};
}

/* Does another piece go on from here? */
static bool goes_on(const struct pk_geom *g, uint32_t tip)
{
    struct tip t = tip_of(g, tip);
    for (uint32_t i = 0; i < 2 * g->ring_count; i++) {
        const double *other = tip_of(g, i).at;
        if (i != tip && other[0] == t.at[0] && other[1] == t.at[1]) {
            return true;
        }
    }
    return false;
}

bool prep_line_ends(const struct pk_geom *line, struct prep_end ends[2])
{
    const double degrees = 180 / 3.14159265358979323846;
    uint32_t count = 0;
    if (line->kind != PK_GEOM_LINE || line->ring_count > PIECES_MAX) {
        return false;
    }
    for (uint32_t r = 0; r < line->ring_count; r++) {
        if (line->rings[r].count < 2) {
            return false;
        }
    }
    for (uint32_t i = 0; i < 2 * line->ring_count; i++) {
        struct tip t = tip_of(line, i);
        if (goes_on(line, i)) {
            continue;
        }
        if (count == 2) {
            return false; /* several lines in one */
        }
        double way = atan2(t.next[1] - t.at[1], t.next[0] - t.at[0]) * degrees;
        ends[count++] = (struct prep_end){t.at[0], t.at[1], prep_clockwise(way)};
    }
    return count == 2;
}
