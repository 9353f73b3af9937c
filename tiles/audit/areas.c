/* areas.c - rules on what fills areas: T2, T3, T4, T5, T14, T15, T16. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tiles/audit/rules.h"

enum { WHAT_MAX = 400, SIMPLE_CLASSES_MAX = 7 };

static bool same_colour(struct pk_rgba a, struct pk_rgba b)
{
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

static bool same_picture(const struct pk_look *a, const struct pk_look *b)
{
    bool same = same_colour(a->fill, b->fill) && a->pattern_count == b->pattern_count;
    for (uint32_t i = 0; same && i < a->pattern_count; i++) {
        same = strcmp(a->patterns[i], b->patterns[i]) == 0;
    }
    return same;
}

/* The same patterns of one legend class, on a fill and without one: one thing to
 * learn. */
static bool same_overlay(const struct pk_look *a, const struct pk_look *b)
{
    bool same = strcmp(a->meaning, b->meaning) == 0 && a->filled != b->filled &&
                a->pattern_count > 0 && a->pattern_count == b->pattern_count;
    for (uint32_t i = 0; same && i < a->pattern_count; i++) {
        same = strcmp(a->patterns[i], b->patterns[i]) == 0;
    }
    return same;
}

static bool is_class(const struct pk_look *look)
{
    return look->kind == PK_LOOK_AREA && look->essential;
}

/* T2: a casing must show on the fill. */
static void fill_luminance(struct pk_auditor *a, const struct pk_look *look)
{
    bool dark = a->theme->dark;
    pk_audit_note(a, (struct pk_finding){.rule = PK_T2,
                                         .what = look->name,
                                         .quantity = "luminance",
                                         .value = pk_colour_luminance(look->fill),
                                         .gate = dark ? 0.30 : 0.10,
                                         .goal = dark ? 0.30 : 0.10,
                                         .at_most = dark,
                                         .zoom = look->zoom,
                                         .vision = -1});
}

/* Fills by one name, or both by none, of one source layer. */
static bool one_colour(const struct pk_look *x, const struct pk_look *y)
{
    return strcmp(x->source_layer, y->source_layer) == 0 &&
           (x->colour && y->colour ? strcmp(x->colour, y->colour) == 0
                                   : !x->colour && !y->colour);
}

/* T3: what is the least difference asked of a pair? Fills of one plan colour mean one
 * thing; in force or not is told by pattern, which must differ. */
static void pair_difference(struct pk_auditor *a, const struct pk_look *x,
                            const struct pk_look *y, const char *what)
{
    enum pk_vision vision = PK_VISION_NORMAL;
    double d = pk_colour_distance(x->fill, y->fill, &vision);
    bool differ = pk_patterns_differ(x, y);
    bool plan_colours = x->colour && y->colour && !x->aside && !y->aside;
    double gate = plan_colours          ? a->theme->pair
                  : a->theme->pair < 10 ? a->theme->pair
                                        : 10;
    if (one_colour(x, y) && x->aside != y->aside) {
        gate = differ ? 0 : 5;
    } else if (differ && !(plan_colours && a->theme->pair > 10)) {
        gate = 5;
    }
    pk_audit_note(a, (struct pk_finding){.rule = PK_T3,
                                         .what = what,
                                         .quantity = plan_colours ? "dE00 of plan colours"
                                                     : differ ? "dE00, patterns differ"
                                                              : "dE00",
                                         .value = d,
                                         .gate = gate,
                                         .goal = 12,
                                         .zoom = x->zoom,
                                         .vision = (int)vision});
}

/* T5: greyscale print. */
static void pair_grey(struct pk_auditor *a, const struct pk_look *x,
                      const struct pk_look *y, const char *what)
{
    double d = fabs(pk_colour_lab(x->fill, PK_VISION_GREY).l -
                    pk_colour_lab(y->fill, PK_VISION_GREY).l);
    bool other = pk_patterns_differ(x, y) || (x->lettered && y->lettered);
    pk_audit_note(
        a, (struct pk_finding){.rule = PK_T5,
                               .what = what,
                               .quantity = other ? "dL*, letter or pattern too" : "dL*",
                               .value = d,
                               .gate = other ? 0 : 10,
                               .goal = 10,
                               .zoom = x->zoom,
                               .vision = PK_VISION_GREY});
}

/* T14: classes by pattern alone. */
static void pair_pattern(struct pk_auditor *a, const struct pk_look *x,
                         const struct pk_look *y, const char *what)
{
    bool one_colour = x->colour && y->colour && strcmp(x->colour, y->colour) == 0;
    if (one_colour && x->aside != y->aside && !pk_patterns_differ(x, y)) {
        one_colour = false;
    }
    bool differ = one_colour || pk_patterns_differ(x, y);
    pk_audit_note(a, (struct pk_finding){.rule = PK_T14,
                                         .what = what,
                                         .quantity = "patterns that differ",
                                         .value = differ,
                                         .gate = 1,
                                         .goal = 1,
                                         .zoom = x->zoom,
                                         .vision = -1});
}

static void pairs(struct pk_auditor *a, const struct pk_look *x, const struct pk_look *y)
{
    char what[WHAT_MAX];
    snprintf(what, sizeof what, "%s / %s", x->name, y->name);
    bool merged = pk_audit_binds(a, PK_T15) && same_picture(x, y);
    if (x->filled && y->filled && !merged) {
        pair_difference(a, x, y, what);
    }
    if (!merged && x->filled == y->filled) {
        pair_grey(a, x, y, what);
        pair_pattern(a, x, y, what);
    }
}

/* T4: the best contrast of its patterns to what they lie on. */
static void own_pattern_on(struct pk_auditor *a, const struct pk_look *look,
                           struct pk_rgba ground, const char *ground_name)
{
    char what[WHAT_MAX];
    int vision = 0;
    double best = 0;
    for (uint32_t i = 0; i < look->pattern_count; i++) {
        int v = 0;
        double c = pk_pattern_contrast(look, i, ground, &v);
        vision = c > best ? v : vision;
        best = fmax(best, c);
    }
    snprintf(what, sizeof what, "%s on %s", look->name, ground_name);
    pk_audit_note(a, (struct pk_finding){.rule = PK_T4,
                                         .what = what,
                                         .quantity = "contrast of the pattern",
                                         .value = best,
                                         .gate = 3,
                                         .goal = 3,
                                         .zoom = look->zoom,
                                         .vision = vision});
}

/* T4: a class without a letter is told by its pattern. */
static void own_pattern(struct pk_auditor *a, const struct pk_look *look)
{
    if (look->pattern_count > 0 && !look->lettered) {
        own_pattern_on(a, look, look->fill, "its fill");
    }
}

/* T4: nothing but colour says what it is; asked where there are classes to confuse. */
static void sole_carrier(struct pk_auditor *a, const struct pk_look *look)
{
    pk_audit_note(a, (struct pk_finding){.rule = PK_T4,
                                         .what = look->name,
                                         .quantity = "letters or patterns",
                                         .value = look->lettered + look->pattern_count,
                                         .gate = 1,
                                         .goal = 1,
                                         .zoom = look->zoom,
                                         .vision = -1});
}

/* ---- T16: names of plan colours ---- */

/* Hue (degrees in CIE L*a*b*), chroma and lightness that a name allows. Boverket's
 * catalogue has names without codes; the boxes are ours. */
static const struct colour_box {
    const char *name;
    double hue0, hue1, chroma0, chroma1, light0, light1;
} boxes[] = {
    {"gul",      88,  112, 20, 100, 80, 100},
    {"brun",     45,  90,  12, 50,  35, 85 },
    {"beige",    55,  95,  4,  50,  65, 92 },
    {"orange",   40,  75,  45, 110, 55, 80 },
    {"rod",      25,  45,  55, 110, 40, 65 },
    {"rosa",     325, 365, 15, 60,  60, 90 },
    {"lila",     285, 330, 15, 60,  55, 88 },
    {"bla",      225, 300, 18, 70,  45, 88 },
    {"blagra",   235, 295, 6,  30,  45, 85 },
    {"gron",     110, 160, 35, 100, 55, 92 },
    {"ljusgron", 110, 165, 10, 60,  82, 100},
    {"gra",      0,   360, 0,  8,   45, 90 },
    {"ljusgra",  0,   360, 0,  8,   86, 100},
};

/* How far outside [lo, hi]; 0 inside. */
static double outside(double v, double lo, double hi)
{
    return v < lo ? lo - v : v > hi ? v - hi : 0;
}

static void hue_name(struct pk_auditor *a, const struct pk_look *look)
{
    for (size_t i = 0; i < PK_COUNT(boxes); i++) {
        const struct colour_box *b = &boxes[i];
        if (strcmp(b->name, look->colour) != 0) {
            continue;
        }
        struct pk_lab lab = pk_colour_lab(look->fill, PK_VISION_NORMAL);
        double hue = atan2(lab.b, lab.a) * 180 / 3.14159265358979323846;
        hue += hue < 0 ? 360 : 0;
        hue += b->hue1 > 360 && hue < 180 ? 360 : 0;
        double off = fmax(outside(hue, b->hue0, b->hue1),
                          fmax(outside(hypot(lab.a, lab.b), b->chroma0, b->chroma1),
                               outside(lab.l, b->light0, b->light1)));
        pk_audit_note(a, (struct pk_finding){.rule = PK_T16,
                                             .what = look->name,
                                             .quantity = "outside the name's range",
                                             .value = off,
                                             .gate = 0,
                                             .goal = 0,
                                             .at_most = true,
                                             .zoom = look->zoom,
                                             .vision = -1});
    }
}

/* T15: how many kinds of areas there are to learn. */
static void count_classes(struct pk_auditor *a, uint32_t first, uint32_t end)
{
    uint32_t classes = 0;
    for (uint32_t i = first; i < end; i++) {
        const struct pk_look *x = &a->dump.looks[i];
        bool seen = !is_class(x);
        for (uint32_t k = first; k < i && !seen; k++) {
            seen = is_class(&a->dump.looks[k]) && (same_picture(x, &a->dump.looks[k]) ||
                                                   same_overlay(x, &a->dump.looks[k]));
        }
        classes += !seen;
    }
    pk_audit_note(a, (struct pk_finding){.rule = PK_T15,
                                         .what = "kinds of areas",
                                         .quantity = "count",
                                         .value = classes,
                                         .gate = SIMPLE_CLASSES_MAX,
                                         .goal = SIMPLE_CLASSES_MAX,
                                         .at_most = true,
                                         .zoom = a->dump.looks[first].zoom,
                                         .vision = -1});
}

static void one_area(struct pk_auditor *a, const struct pk_look *look, uint32_t zoom,
                     uint32_t first, uint32_t end)
{
    uint32_t filled = 0;
    for (uint32_t i = first; i < end; i++) {
        filled += is_class(&a->dump.looks[i]) && a->dump.looks[i].filled;
    }
    if (look->filled) {
        fill_luminance(a, look);
    }
    if (look->filled && filled > 1) {
        sole_carrier(a, look);
        own_pattern(a, look);
    }
    if (!look->filled) {
        own_pattern_on(a, look, a->dump.grounds[zoom], "the ground");
    }
    if (look->colour && !look->aside) {
        hue_name(a, look);
    }
    for (uint32_t i = first; i < end; i++) {
        const struct pk_look *other = &a->dump.looks[i];
        if (is_class(other) && other > look) {
            pairs(a, look, other);
        }
        if (is_class(other) && other->filled && !look->filled && !look->alone) {
            own_pattern_on(a, look, other->fill, other->name);
        }
    }
}

void pk_audit_areas(struct pk_auditor *a)
{
    for (uint32_t z = 0; z < a->dump.zoom_count; z++) {
        uint32_t first, end;
        pk_dump_at(&a->dump, z, &first, &end);
        for (uint32_t i = first; i < end; i++) {
            if (is_class(&a->dump.looks[i])) {
                one_area(a, &a->dump.looks[i], z, first, end);
            }
        }
        if (first < end) {
            count_classes(a, first, end);
        }
    }
}
