/* lines.c - T9: lines that carry meaning; T15: no thin line. */
#include <math.h>
#include <stdio.h>

#include "tiles/audit/rules.h"
#include "tiles/surface.h"

enum { WHAT_MAX = 400 };

static const struct pk_stroke_look *top_of(const struct pk_look *look)
{
    return &look->strokes[look->stroke_count - 1];
}

static void line_width(struct pk_auditor *a, const struct pk_look *look,
                       enum pk_rule rule, double gate)
{
    double width = 0;
    for (uint32_t i = look->stroke_count; i-- > 0;) {
        /* Strokes above a wider one are its ink; the lowest is casing when others are. */
        if (i > 0 || look->stroke_count == 1) {
            width = fmax(width, look->strokes[i].width);
        }
    }
    pk_audit_note(a, (struct pk_finding){.rule = rule,
                                         .what = look->name,
                                         .quantity = "px wide",
                                         .value = width,
                                         .gate = gate,
                                         .goal = gate,
                                         .zoom = look->zoom,
                                         .vision = -1});
}

/* The best contrast a stroke below, wider by a pixel or more, gives the line. */
static double casing_contrast(const struct pk_look *look, struct pk_rgba ground,
                              int *vision)
{
    const struct pk_stroke_look *top = top_of(look);
    double best = 0;
    for (uint32_t i = 0; i + 1 < look->stroke_count; i++) {
        const struct pk_stroke_look *s = &look->strokes[i];
        if (s->width >= top->width + 1 && s->dash_count == 0) {
            struct pk_rgba casing = pk_colour_over(s->colour, ground);
            int v = 0;
            double c = pk_worst_contrast(pk_colour_over(top->colour, casing), casing, &v);
            *vision = c > best ? v : *vision;
            best = fmax(best, c);
        }
    }
    return best;
}

static void line_on(struct pk_auditor *a, const struct pk_look *look,
                    struct pk_rgba ground, const char *ground_name)
{
    char what[WHAT_MAX];
    int vision = 0, cased = 0;
    double contrast =
        pk_worst_contrast(pk_colour_over(top_of(look)->colour, ground), ground, &vision);
    double casing = casing_contrast(look, ground, &cased);
    snprintf(what, sizeof what, "%s on %s", look->name, ground_name);
    pk_audit_note(a, (struct pk_finding){.rule = PK_T9,
                                         .what = what,
                                         .quantity = casing > contrast
                                                         ? "contrast to its casing"
                                                         : "contrast",
                                         .value = fmax(contrast, casing),
                                         .gate = 3,
                                         .goal = 4.5,
                                         .zoom = look->zoom,
                                         .vision = casing > contrast ? cased : vision});
}

static bool has_stroke(const struct pk_look *look, const struct pk_stroke_look *s)
{
    for (uint32_t i = 0; i < look->stroke_count; i++) {
        const struct pk_stroke_look *o = &look->strokes[i];
        if (pk_pixel_of(o->colour) == pk_pixel_of(s->colour) && o->width == s->width &&
            o->dash_count == s->dash_count && o->period == s->period) {
            return true;
        }
    }
    return false;
}

/* The top stroke of a line that the other has not: where several boundaries coincide
 * each line lies above the next, and what they share tells nothing. NULL: none. */
static const struct pk_stroke_look *own_stroke(const struct pk_look *look,
                                               const struct pk_look *other)
{
    for (uint32_t i = look->stroke_count; i-- > 0;) {
        if (!has_stroke(other, &look->strokes[i])) {
            return &look->strokes[i];
        }
    }
    return NULL;
}

static double period_ratio(double x, double y)
{
    return x > 0 && y > 0 ? fmax(x, y) / fmin(x, y) : x > 0 || y > 0 ? 2 : 1;
}

/* Two lines of about one colour and width are told apart by their dashes: a period
 * twice as long, or another number of strokes in it. What is ongoing lies in an area
 * whose pattern says so, so its lines are only compared with each other. */
static void pair_dashes(struct pk_auditor *a, const struct pk_look *x,
                        const struct pk_look *y)
{
    const struct pk_stroke_look *s = own_stroke(x, y), *t = own_stroke(y, x);
    enum pk_vision vision = PK_VISION_NORMAL;
    if (!s || !t || x->ongoing != y->ongoing ||
        fmax(s->width, t->width) >= 1.5 * fmin(s->width, t->width) ||
        pk_colour_distance(s->colour, t->colour, &vision) >= 20 ||
        x->stroke_count != y->stroke_count) {
        return;
    }
    double ratio = period_ratio(s->period, t->period);
    bool other_make = s->dash_count != t->dash_count;
    char what[WHAT_MAX];
    snprintf(what, sizeof what, "%s / %s", x->name, y->name);
    pk_audit_note(a, (struct pk_finding){.rule = PK_T9,
                                         .what = what,
                                         .quantity = other_make
                                                         ? "dash period ratio, other make"
                                                         : "dash period ratio",
                                         .value = other_make ? fmax(ratio, 2) : ratio,
                                         .gate = 2,
                                         .goal = 2,
                                         .zoom = x->zoom,
                                         .vision = (int)vision});
}

static void one_line(struct pk_auditor *a, const struct pk_look *look, uint32_t zoom,
                     uint32_t first, uint32_t end)
{
    line_width(a, look, PK_T9, a->theme->line);
    line_width(a, look, PK_T15, 2);
    line_on(a, look, a->dump.grounds[zoom], "the ground");
    for (uint32_t i = first; i < end; i++) {
        const struct pk_look *other = &a->dump.looks[i];
        if (other->kind == PK_LOOK_AREA && other->filled && other->essential) {
            line_on(a, look, other->fill, other->name);
        }
        if (other->kind == PK_LOOK_LINE && other->essential && other > look) {
            pair_dashes(a, look, other);
        }
    }
}

void pk_audit_lines(struct pk_auditor *a)
{
    for (uint32_t z = 0; z < a->dump.zoom_count; z++) {
        uint32_t first, end;
        pk_dump_at(&a->dump, z, &first, &end);
        for (uint32_t i = first; i < end; i++) {
            const struct pk_look *look = &a->dump.looks[i];
            if (look->kind == PK_LOOK_LINE && look->essential) {
                one_line(a, look, z, first, end);
            }
        }
    }
}
