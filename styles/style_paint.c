#include <math.h>
#include <string.h>

#include "styles/colour.h"
#include "styles/style_internal.h"

/* One evaluation of one layer for one feature: values by property, with the
 * default where an expression fails, and numbers within their limits. */
struct paint {
    const struct pk_style *style;
    const struct pk_rules *rules;
    struct pk_eval e;
};

static void begin(struct paint *p, const struct pk_style *style,
                  const struct pk_style_layer *layer, const struct pk_style_input *in)
{
    p->style = style;
    p->rules = &style->rules[layer->index];
    pk_eval_begin(&p->e, &style->program, in);
}

static struct pk_ev value(struct paint *p, int prop, enum pk_type type)
{
    const struct pk_node *n = &p->style->program.nodes[p->rules->node[prop]];
    if (n->op == PK_OP_CONST) {
        return n->value;
    }
    pk_eval_begin(&p->e, p->e.program, p->e.in);
    struct pk_ev v = pk_eval(&p->e, p->rules->node[prop]);
    if (p->e.failed || v.type != type) {
        return p->style->program.nodes[p->style->fallback[prop]].value;
    }
    return v;
}

static double number(struct paint *p, int prop)
{
    double v = value(p, prop, PK_T_NUMBER).u.number;
    const struct pk_prop *row = &pk_props[prop];
    if (isnan(v)) {
        return pk_fallback_number(p->style, prop);
    }
    return v < row->min ? row->min : v > row->max ? row->max : v;
}

static bool yes(struct paint *p, int prop)
{
    return value(p, prop, PK_T_BOOL).u.number != 0;
}

/* Index of the value in the table's list. */
static int word(struct paint *p, int prop)
{
    const struct pk_node *n = &p->style->program.nodes[p->rules->node[prop]];
    int fallback = (int)pk_fallback_number(p->style, prop);
    if (n->op == PK_OP_CONST) {
        return (int)n->value.u.number;
    }
    pk_eval_begin(&p->e, p->e.program, p->e.in);
    struct pk_ev v = pk_eval(&p->e, p->rules->node[prop]);
    if (p->e.failed) {
        return fallback;
    }
    int index =
        v.type == PK_T_STRING ? pk_prop_value(&pk_props[prop], v.u.string, v.len) : -1;
    return index < 0 ? fallback : index;
}

static struct pk_rgba colour(struct paint *p, int prop, double opacity)
{
    struct pk_ev v = value(p, prop, PK_T_COLOUR);
    v.u.colour[3] = (float)((double)v.u.colour[3] * opacity);
    return pk_ev_rgba(&v);
}

/* Image name, NULL for none and for the empty name. */
static const char *image(struct paint *p, int prop)
{
    struct pk_ev v = value(p, prop, PK_T_STRING);
    return v.type == PK_T_STRING && v.len > 0 ? v.u.string : NULL;
}

static double item(const struct pk_ev *v, const struct pk_prop *row, uint32_t i)
{
    double x = v->u.items[i].type == PK_T_NUMBER ? v->u.items[i].u.number : 0;
    return !(x > row->min) ? row->min : x > row->max ? row->max : x;
}

static void pair(struct paint *p, int prop, double out[2])
{
    struct pk_ev v = value(p, prop, PK_T_ARRAY);
    for (uint32_t i = 0; i < 2; i++) {
        out[i] = v.len == 2 ? item(&v, &pk_props[prop], i) : 0;
    }
}

bool pk_style_shows(const struct pk_style *style, const struct pk_style_layer *layer,
                    const struct pk_style_input *in)
{
    const struct pk_rules *rules = &style->rules[layer->index];
    if (!rules->visible || in->zoom < layer->min_zoom || in->zoom >= layer->max_zoom) {
        return false;
    }
    if (rules->filter == 0) {
        return true;
    }
    struct pk_eval e;
    pk_eval_begin(&e, &style->program, in);
    struct pk_ev v = pk_eval(&e, rules->filter);
    return !e.failed && v.type == PK_T_BOOL && v.u.number != 0;
}

void pk_style_background(const struct pk_style *style, const struct pk_style_layer *layer,
                         double zoom, struct pk_rgba *out)
{
    struct pk_style_input in = {.zoom = zoom};
    struct paint p;
    begin(&p, style, layer, &in);
    if (!p.rules->visible || zoom < layer->min_zoom || zoom >= layer->max_zoom) {
        *out = (struct pk_rgba){0, 0, 0, 0};
        return;
    }
    *out = colour(&p, PK_P_BACKGROUND_COLOR, number(&p, PK_P_BACKGROUND_OPACITY));
}

void pk_style_fill(const struct pk_style *style, const struct pk_style_layer *layer,
                   const struct pk_style_input *in, struct pk_fill_paint *out)
{
    struct paint p;
    begin(&p, style, layer, in);
    out->opacity = number(&p, PK_P_FILL_OPACITY);
    out->colour = colour(&p, PK_P_FILL_COLOR, out->opacity);
    out->outline = colour(&p, PK_P_FILL_OUTLINE_COLOR, out->opacity);
    out->pattern = image(&p, PK_P_FILL_PATTERN);
    if (p.rules->node[PK_P_FILL_PATTERN] != style->fallback[PK_P_FILL_PATTERN]) {
        out->colour.a = 0; /* a pattern takes the colour's place, also where it is none */
    }
    out->sort_key = number(&p, PK_P_FILL_SORT_KEY);
    out->antialias = yes(&p, PK_P_FILL_ANTIALIAS);
    pair(&p, PK_P_FILL_TRANSLATE, out->translate);
}

/* Dash lengths in px; an odd list is run through twice, as in SVG. */
static void dashes(struct paint *p, struct pk_line_paint *out)
{
    struct pk_ev v = value(p, PK_P_LINE_DASHARRAY, PK_T_ARRAY);
    out->dash_count = 0;
    if (v.type != PK_T_ARRAY || v.len == 0) {
        return;
    }
    uint32_t rounds = v.len % 2 == 1 && 2 * v.len <= PK_DASHES_MAX ? 2 : 1;
    double sum = 0;
    for (uint32_t r = 0; r < rounds; r++) {
        for (uint32_t i = 0; i < v.len && out->dash_count < PK_DASHES_MAX; i++) {
            double d = item(&v, &pk_props[PK_P_LINE_DASHARRAY], i) * out->width;
            out->dashes[out->dash_count++] = d;
            sum += d;
        }
    }
    out->dash_count &= ~1U; /* pairs of dash and gap */
    if (!(sum > 0)) {
        out->dash_count = 0;
    }
}

void pk_style_line(const struct pk_style *style, const struct pk_style_layer *layer,
                   const struct pk_style_input *in, struct pk_line_paint *out)
{
    struct paint p;
    begin(&p, style, layer, in);
    out->opacity = number(&p, PK_P_LINE_OPACITY);
    out->colour = colour(&p, PK_P_LINE_COLOR, out->opacity);
    out->width = number(&p, PK_P_LINE_WIDTH);
    out->gap_width = number(&p, PK_P_LINE_GAP_WIDTH);
    out->offset = number(&p, PK_P_LINE_OFFSET);
    out->blur = number(&p, PK_P_LINE_BLUR);
    out->sort_key = number(&p, PK_P_LINE_SORT_KEY);
    out->miter_limit = number(&p, PK_P_LINE_MITER_LIMIT);
    out->cap = (enum pk_cap)word(&p, PK_P_LINE_CAP);
    out->join = (enum pk_join)word(&p, PK_P_LINE_JOIN);
    dashes(&p, out);
    out->pattern = image(&p, PK_P_LINE_PATTERN);
    pair(&p, PK_P_LINE_TRANSLATE, out->translate);
}

void pk_style_circle(const struct pk_style *style, const struct pk_style_layer *layer,
                     const struct pk_style_input *in, struct pk_circle_paint *out)
{
    struct paint p;
    begin(&p, style, layer, in);
    out->colour = colour(&p, PK_P_CIRCLE_COLOR, number(&p, PK_P_CIRCLE_OPACITY));
    out->stroke =
        colour(&p, PK_P_CIRCLE_STROKE_COLOR, number(&p, PK_P_CIRCLE_STROKE_OPACITY));
    out->radius = number(&p, PK_P_CIRCLE_RADIUS);
    out->stroke_width = number(&p, PK_P_CIRCLE_STROKE_WIDTH);
    out->blur = number(&p, PK_P_CIRCLE_BLUR);
    out->sort_key = number(&p, PK_P_CIRCLE_SORT_KEY);
    pair(&p, PK_P_CIRCLE_TRANSLATE, out->translate);
}

/* Anchors in order: the list, or the one anchor. */
static void anchors(struct paint *p, struct pk_symbol_paint *out)
{
    const struct pk_prop *row = &pk_props[PK_P_TEXT_VARIABLE_ANCHOR];
    struct pk_ev v = value(p, PK_P_TEXT_VARIABLE_ANCHOR, PK_T_ARRAY);
    out->anchor_count = 0;
    for (uint32_t i = 0; v.type == PK_T_ARRAY && i < v.len && i < 9; i++) {
        const struct pk_ev *name = &v.u.items[i];
        int a = name->type == PK_T_STRING ? pk_prop_value(row, name->u.string, name->len)
                                          : -1;
        if (a >= 0) {
            out->anchors[out->anchor_count++] = (enum pk_anchor)a;
        }
    }
    double radial = number(p, PK_P_TEXT_RADIAL_OFFSET);
    if (out->anchor_count > 0) { /* distances: the placer gives them their signs */
        pair(p, PK_P_TEXT_OFFSET, out->offset_em);
        bool away = radial != 0;
        out->offset_em[0] = away ? radial : fabs(out->offset_em[0]);
        out->offset_em[1] = away ? radial : fabs(out->offset_em[1]);
        return;
    }
    static const signed char away[9][2] = {
        {0,  0 },
        {1,  0 },
        {-1, 0 },
        {0,  1 },
        {0,  -1},
        {1,  1 },
        {-1, 1 },
        {1,  -1},
        {-1, -1}
    };
    int a = word(p, PK_P_TEXT_ANCHOR);
    out->anchors[0] = (enum pk_anchor)a;
    out->anchor_count = 1;
    pair(p, PK_P_TEXT_OFFSET, out->offset_em);
    if (radial != 0) {
        double r =
            away[a][0] != 0 && away[a][1] != 0 ? radial * 0.70710678118654752 : radial;
        out->offset_em[0] = r * away[a][0];
        out->offset_em[1] = r * away[a][1];
    }
}

static bool contains(const struct pk_ev *name, const char *part)
{
    return name->type == PK_T_STRING && strstr(name->u.string, part) != NULL;
}

/* The first name of the stack chooses the cut. */
static uint32_t font(struct paint *p)
{
    struct pk_ev v = value(p, PK_P_TEXT_FONT, PK_T_ARRAY);
    if (v.type != PK_T_ARRAY || v.len == 0) {
        return 0;
    }
    const struct pk_ev *name = &v.u.items[0];
    bool bold =
        contains(name, "Bold") || contains(name, "Black") || contains(name, "Heavy");
    bool italic = contains(name, "Italic") || contains(name, "Oblique");
    return (bold ? 1U : 0U) | (italic ? 2U : 0U);
}

static void text(struct paint *p, struct pk_symbol_paint *out)
{
    const struct pk_node *n = &p->style->program.nodes[p->rules->node[PK_P_TEXT_FIELD]];
    int transform = word(p, PK_P_TEXT_TRANSFORM);
    pk_eval_begin(&p->e, p->e.program, p->e.in);
    struct pk_ev v =
        n->op == PK_OP_CONST ? n->value : pk_eval(&p->e, p->rules->node[PK_P_TEXT_FIELD]);
    out->text[0] = '\0';
    if (p->e.failed) {
        return;
    }
    struct pk_ev s = pk_eval_to_string(&p->e, &v);
    if (transform != 0) {
        s = pk_eval_case(&p->e, &s, transform == 1);
    }
    size_t len = pk_eval_cut(s.u.string, s.len, PK_STYLE_TEXT_MAX - 1);
    memcpy(out->text, s.u.string, len);
    out->text[len] = '\0';
}

void pk_style_symbol(const struct pk_style *style, const struct pk_style_layer *layer,
                     const struct pk_style_input *in, struct pk_symbol_paint *out)
{
    struct paint p;
    begin(&p, style, layer, in);
    text(&p, out);
    out->font = font(&p);
    out->size = number(&p, PK_P_TEXT_SIZE);
    double opacity = number(&p, PK_P_TEXT_OPACITY);
    out->colour = colour(&p, PK_P_TEXT_COLOR, opacity);
    out->halo = colour(&p, PK_P_TEXT_HALO_COLOR, opacity);
    out->halo_width = number(&p, PK_P_TEXT_HALO_WIDTH);
    out->halo_blur = number(&p, PK_P_TEXT_HALO_BLUR);
    out->max_width_em = number(&p, PK_P_TEXT_MAX_WIDTH);
    out->line_height_em = number(&p, PK_P_TEXT_LINE_HEIGHT);
    out->letter_spacing_em = number(&p, PK_P_TEXT_LETTER_SPACING);
    out->padding = number(&p, PK_P_TEXT_PADDING);
    out->rotate = number(&p, PK_P_TEXT_ROTATE);
    anchors(&p, out);
    out->allow_overlap =
        yes(&p, PK_P_TEXT_ALLOW_OVERLAP) || word(&p, PK_P_TEXT_OVERLAP) == 1;
    out->ignore_placement = yes(&p, PK_P_TEXT_IGNORE_PLACEMENT);
    out->along_line = word(&p, PK_P_SYMBOL_PLACEMENT) != 0;
    out->must_fit = p.rules->must_fit;
    out->spacing = number(&p, PK_P_SYMBOL_SPACING);
    out->icon = image(&p, PK_P_ICON_IMAGE);
    out->icon_size = number(&p, PK_P_ICON_SIZE);
    out->icon_rotate = number(&p, PK_P_ICON_ROTATE);
    out->icon_opacity = number(&p, PK_P_ICON_OPACITY);
    out->icon_allow_overlap =
        yes(&p, PK_P_ICON_ALLOW_OVERLAP) || word(&p, PK_P_ICON_OVERLAP) == 1;
    if (out->text[0] == '\0') {
        out->ignore_placement = yes(&p, PK_P_ICON_IGNORE_PLACEMENT);
    }
    out->sort_key = number(&p, PK_P_SYMBOL_SORT_KEY);
}
