/* borders.c - T1, T4, T13: areas that meet, and what else than colour they have. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/audit/pictures.h"
#include "tiles/pattern.h"

enum {
    BORDER_MIN = 8, /* px of shared border that count */
    NEAR = 2,       /* px from the border where its line is looked for */
    SLOTS = 1 << 14,
    SQUARE_MIN = 24,
    WHAT_MAX = 400
};

/* Two areas that meet. */
struct meeting {
    uint32_t a, b;           /* areas, a < b; 0 with 0: free */
    uint32_t flat_a, flat_b; /* their colours */
    uint32_t feature_a, feature_b;
    uint32_t pixels;
    float lines[BORDER_MIN * 4]; /* contrast of the best line at some of the pixels */
};

/* Contrast of two colours seen by the worst eye, remembered. */
struct contrast_memo {
    uint64_t keys[SLOTS];
    float values[SLOTS];
};

static float contrast_of(struct contrast_memo *m, struct pk_rgba a, struct pk_rgba b)
{
    uint64_t key = (uint64_t)a.r << 40 | (uint64_t)a.g << 32 | (uint64_t)a.b << 24 |
                   (uint64_t)b.r << 16 | (uint64_t)b.g << 8 | b.b | UINT64_C(1) << 60;
    uint32_t slot = (uint32_t)(pk_hash64(&key, sizeof key, 0) % SLOTS);
    if (m->keys[slot] != key) {
        int vision;
        m->keys[slot] = key;
        m->values[slot] = (float)pk_worst_contrast(a, b, &vision);
    }
    return m->values[slot];
}

/* The best a line near the pixel does against both sides; 0 without one. */
static float line_near(const struct pk_shot *s, struct contrast_memo *m, uint32_t x,
                       uint32_t y, struct pk_rgba a, struct pk_rgba b)
{
    float best = 0;
    uint8_t last = 0;
    uint32_t reach = NEAR * s->view.scale;
    uint32_t x0 = x > reach ? x - reach : 0, y0 = y > reach ? y - reach : 0;
    for (uint32_t v = y0; v <= y + reach && v < s->h; v++) {
        for (uint32_t u = x0; u <= x + reach && u < s->w; u++) {
            uint8_t stroke = s->stroke[(size_t)v * s->w + u];
            if (stroke == 0 || stroke == last) {
                continue;
            }
            last = stroke;
            float c = fminf(contrast_of(m, s->strokes[stroke], a),
                            contrast_of(m, s->strokes[stroke], b));
            best = fmaxf(best, c);
        }
    }
    return best;
}

static struct meeting *meeting_of(struct meeting *table, uint32_t a, uint32_t b)
{
    uint32_t words[2] = {a, b};
    uint32_t slot = (uint32_t)(pk_hash64(words, sizeof words, 0) % SLOTS);
    for (uint32_t tries = 0; tries < SLOTS; tries++, slot = (slot + 1) % SLOTS) {
        struct meeting *m = &table[slot];
        if (m->pixels == 0) {
            m->a = a;
            m->b = b;
        }
        if (m->a == a && m->b == b) {
            return m;
        }
    }
    return NULL;
}

static void meet(const struct pk_shot *s, struct meeting *table,
                 struct contrast_memo *memo, size_t p, size_t q)
{
    if (s->area[p] > s->area[q]) {
        size_t t = p;
        p = q;
        q = t;
    }
    struct meeting *m = meeting_of(table, s->area[p], s->area[q]);
    if (!m) {
        return;
    }
    m->flat_a = s->flat[p];
    m->flat_b = s->flat[q];
    m->feature_a = s->feature[p];
    m->feature_b = s->feature[q];
    uint32_t n = m->pixels++;
    if (n < PK_COUNT(m->lines)) {
        m->lines[n] = line_near(s, memo, (uint32_t)(p % s->w), (uint32_t)(p / s->w),
                                pk_flat_colour(m->flat_a), pk_flat_colour(m->flat_b));
    }
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static const char *class_at(const struct pk_shot *s, uint32_t feature)
{
    return feature ? s->list.items[feature - 1].layer->legend_class : "the ground";
}

static void note_meeting(struct pk_auditor *a, const struct pk_shot *s, struct meeting *m,
                         enum pk_rule rule, double gate)
{
    struct pk_rgba x = pk_flat_colour(m->flat_a), y = pk_flat_colour(m->flat_b);
    const char *class_a = class_at(s, m->feature_a), *class_b = class_at(s, m->feature_b);
    if (m->flat_a == m->flat_b && strcmp(class_a, class_b) == 0) {
        return; /* one class on both sides: nothing to tell apart */
    }
    char what[WHAT_MAX], cx[PK_COLOUR_TEXT], cy[PK_COLOUR_TEXT];
    int vision = 0;
    double fills = pk_worst_contrast(x, y, &vision);
    uint32_t n = m->pixels < PK_COUNT(m->lines) ? m->pixels : PK_COUNT(m->lines);
    double line = m->lines[n / 2];
    pk_colour_format(cx, x);
    pk_colour_format(cy, y);
    int order = strcmp(class_a, class_b);
    order = order ? order : strcmp(cx, cy);
    snprintf(what, sizeof what, "%s %s / %s %s", order > 0 ? class_b : class_a,
             order > 0 ? cy : cx, order > 0 ? class_a : class_b, order > 0 ? cx : cy);
    pk_audit_note(a,
                  (struct pk_finding){.rule = rule,
                                      .what = what,
                                      .quantity = fills >= line ? "contrast of fills"
                                                                : "contrast of the line",
                                      .value = fmax(fills, line),
                                      .gate = gate,
                                      .goal = 4.5,
                                      .zoom = s->view.zoom,
                                      .vision = fills >= line ? vision : -1});
}

void pk_audit_borders(struct pk_auditor *a, const struct pk_shot *s)
{
    struct meeting *table = pk_xcalloc(SLOTS, sizeof *table);
    struct contrast_memo *memo = pk_xcalloc(1, sizeof *memo);
    for (uint32_t y = 0; y < s->h; y++) {
        for (uint32_t x = 0; x < s->w; x++) {
            size_t p = (size_t)y * s->w + x;
            if (x + 1 < s->w && s->area[p] != s->area[p + 1]) {
                meet(s, table, memo, p, p + 1);
            }
            if (y + 1 < s->h && s->area[p] != s->area[p + s->w]) {
                meet(s, table, memo, p, p + s->w);
            }
        }
    }
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct meeting *m = &table[i];
        if (m->pixels >= BORDER_MIN * s->view.scale) {
            qsort(m->lines,
                  m->pixels < PK_COUNT(m->lines) ? m->pixels : PK_COUNT(m->lines),
                  sizeof m->lines[0], compare_floats);
            note_meeting(a, s, m, PK_T1, 3);
            note_meeting(a, s, m, PK_T13, 4.5);
        }
    }
    free(memo);
    free(table);
}

/* ---- T4 ---- */

/* For every item that is the top fill somewhere: the largest square of it, px, and
 * whether it goes on beyond the window. */
struct extent {
    uint32_t square;
    bool cut;
};

static void measure(const struct pk_shot *s, struct extent *extents)
{
    uint16_t *row = pk_xcalloc(2 * ((size_t)s->w + 1), sizeof *row);
    uint16_t *above = row, *here = row + s->w + 1;
    for (uint32_t y = 0; y < s->h; y++) {
        for (uint32_t x = 0; x < s->w; x++) {
            size_t p = (size_t)y * s->w + x;
            uint32_t f = s->feature[p];
            uint16_t size = 1;
            if (x > 0 && y > 0 && s->feature[p - 1] == f && s->feature[p - s->w] == f &&
                s->feature[p - s->w - 1] == f) {
                uint16_t least = here[x - 1] < above[x] ? here[x - 1] : above[x];
                size = (uint16_t)(1 + (least < above[x - 1] ? least : above[x - 1]));
            }
            here[x] = size;
            if (f) {
                struct extent *e = &extents[f - 1];
                e->square = size > e->square ? size : e->square;
                e->cut |= x == 0 || y == 0 || x + 1 == s->w || y + 1 == s->h;
            }
        }
        uint16_t *t = above;
        above = here;
        here = t;
    }
    free(row);
}

static bool has_sign(const struct pk_shot *s, const struct pk_shape *shape)
{
    for (uint32_t i = 0; i < s->signs.count; i++) {
        const struct pk_sign *sign = s->signs.items[i];
        if (pk_id_equal(sign->id, shape->id) &&
            strcmp(sign->source_layer, shape->source_layer) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_pattern(const struct pk_shot *s, const struct pk_shape *shape)
{
    for (uint32_t i = 0; i < s->list.count; i++) {
        const struct pk_draw *item = &s->list.items[i];
        const struct pk_fill_paint *paint = item->paint;
        if (item->layer->type == PK_LAYER_FILL &&
            pk_id_equal(item->shape->id, shape->id) && paint->pattern &&
            paint->opacity > 0 && pk_pattern_known(paint->pattern)) {
            return true;
        }
    }
    return false;
}

void pk_audit_carriers(struct pk_auditor *a, const struct pk_shot *s,
                       struct pk_carried *out)
{
    (void)a;
    struct extent *extents = pk_xcalloc((size_t)s->list.count + 1, sizeof *extents);
    measure(s, extents);
    for (uint32_t i = 0; i < s->list.count; i++) {
        if (extents[i].square >= SQUARE_MIN * s->view.scale && !extents[i].cut) {
            const struct pk_shape *shape = s->list.items[i].shape;
            out->areas++;
            out->carried += has_sign(s, shape) || has_pattern(s, shape);
        }
    }
    free(extents);
}
