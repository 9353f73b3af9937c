#include <math.h>

#include <string.h>

#include "styles/colour.h"
#include "styles/style_internal.h"

/* Bounds over all features at one zoom: intervals of the expressions where they
 * are known, else the limits of the property; the default counts as well, since
 * it stands in where an expression fails. */

struct range {
    double lo, hi;
};

static struct range range_of(const struct pk_style *s, const struct pk_rules *r, int prop,
                             double zoom)
{
    const struct pk_prop *row = &pk_props[prop];
    struct range out = {row->min, row->max};
    double lo, hi, fallback = pk_fallback_number(s, prop);
    if (pk_expr_bounds(&lo, &hi, &s->program, r->node[prop], zoom)) {
        if (s->program.nodes[r->node[prop]].op != PK_OP_CONST) {
            lo = fmin(lo, fallback);
            hi = fmax(hi, fallback);
        }
        out.lo = fmin(fmax(lo, row->min), row->max);
        out.hi = fmin(fmax(hi, row->min), row->max);
    }
    return out;
}

static double highest(const struct pk_style *s, const struct pk_rules *r, int prop,
                      double zoom)
{
    struct range v = range_of(s, r, prop, zoom);
    return fmax(fabs(v.lo), fabs(v.hi));
}

/* The longest a pair can be; the limit where it depends on the feature. */
static double pair_length(const struct pk_style *s, const struct pk_rules *r, int prop,
                          double zoom)
{
    const struct pk_prop *row = &pk_props[prop];
    double most = hypot(row->max, row->max);
    if ((s->program.nodes[r->node[prop]].uses & (PK_USES_FEATURE | PK_USES_VAR)) != 0) {
        return most;
    }
    struct pk_style_input in = {.zoom = zoom};
    struct pk_eval e;
    pk_eval_begin(&e, &s->program, &in);
    struct pk_ev v = pk_eval(&e, r->node[prop]);
    if (e.failed || v.type != PK_T_ARRAY || v.len != 2 ||
        v.u.items[0].type != PK_T_NUMBER || v.u.items[1].type != PK_T_NUMBER) {
        return 0;
    }
    return fmin(most, hypot(v.u.items[0].u.number, v.u.items[1].u.number));
}

static double line_reach(const struct pk_style *s, const struct pk_rules *r, double zoom)
{
    double gap = highest(s, r, PK_P_LINE_GAP_WIDTH, zoom);
    double width = highest(s, r, PK_P_LINE_WIDTH, zoom);
    double half = gap > 0 ? gap / 2 + width : width / 2;
    /* corners: square caps reach sqrt(2), miters up to their limit */
    double corner = fmax(1.4142135623730951, highest(s, r, PK_P_LINE_MITER_LIMIT, zoom));
    double offset = highest(s, r, PK_P_LINE_OFFSET, zoom);
    return (half + offset) * corner + highest(s, r, PK_P_LINE_BLUR, zoom) +
           pair_length(s, r, PK_P_LINE_TRANSLATE, zoom) + 1;
}

/* Images are at most this wide and high at icon-size 1, and whole marks (prickmark
 * ...) reach this far over the edge of their area, px. */
enum { ICON_PX_MAX = 64, MARK_PX_MAX = 8 };

/* The largest of up to four constant numbers; the limit where they vary. */
static double longest_side(const struct pk_style *s, const struct pk_rules *r, int prop)
{
    const struct pk_node *n = &s->program.nodes[r->node[prop]];
    if (n->op != PK_OP_CONST) {
        return pk_props[prop].max;
    }
    double most = n->value.type == PK_T_NUMBER ? n->value.u.number : 0;
    for (uint32_t i = 0; n->value.type == PK_T_ARRAY && i < n->value.len; i++) {
        most = fmax(most, n->value.u.items[i].u.number);
    }
    return most;
}

static double icon_reach(const struct pk_style *s, const struct pk_rules *r, double zoom)
{
    const struct pk_node *n = &s->program.nodes[r->node[PK_P_ICON_IMAGE]];
    if (n->op == PK_OP_CONST && n->value.type != PK_T_STRING) {
        return 0;
    }
    double size = highest(s, r, PK_P_ICON_SIZE, zoom);
    /* from the anchor to the far corner, when it stands at a corner of its own */
    double far = ICON_PX_MAX * 1.4142135623730951;
    const struct pk_node *anchor = &s->program.nodes[r->node[PK_P_ICON_ANCHOR]];
    if (anchor->op == PK_OP_CONST && anchor->value.u.number == 0) {
        far /= 2;
    }
    return size * (far + pair_length(s, r, PK_P_ICON_OFFSET, zoom)) +
           pair_length(s, r, PK_P_ICON_TRANSLATE, zoom) +
           longest_side(s, r, PK_P_ICON_PADDING) + 1;
}

/* From the edge of an area to a label beside it, px. */
enum { LEADER_PX_MAX = 20 };

double pk_style_label_margin(const struct pk_style *style,
                             const struct pk_style_layer *layer, double zoom)
{
    if (layer->type != PK_LAYER_SYMBOL) {
        return 0;
    }
    const struct pk_rules *r = &style->rules[layer->index];
    double size = highest(style, r, PK_P_TEXT_SIZE, zoom);
    double around = highest(style, r, PK_P_TEXT_HALO_WIDTH, zoom) +
                    highest(style, r, PK_P_TEXT_HALO_BLUR, zoom) +
                    highest(style, r, PK_P_TEXT_PADDING, zoom);
    double wide = highest(style, r, PK_P_TEXT_MAX_WIDTH, zoom) * size;
    double high = PK_LABEL_LINES_MAX *
                  fmax(1.5, highest(style, r, PK_P_TEXT_LINE_HEIGHT, zoom)) * size;
    double offset =
        fmax(pair_length(style, r, PK_P_TEXT_OFFSET, zoom),
             1.4142135623730951 * highest(style, r, PK_P_TEXT_RADIAL_OFFSET, zoom));
    if (r->node[PK_P_TEXT_VARIABLE_ANCHOR_OFFSET] !=
        style->fallback[PK_P_TEXT_VARIABLE_ANCHOR_OFFSET]) {
        double most = pk_props[PK_P_TEXT_VARIABLE_ANCHOR_OFFSET].max;
        offset = fmax(offset, hypot(most, most));
    }
    const struct pk_node *rotate = &style->program.nodes[r->node[PK_P_TEXT_ROTATE]];
    const struct pk_node *place = &style->program.nodes[r->node[PK_P_SYMBOL_PLACEMENT]];
    bool turns = rotate->op != PK_OP_CONST || rotate->value.u.number != 0 ||
                 place->op != PK_OP_CONST || place->value.u.number != 0;
    double extent = turns ? hypot(wide, high) : fmax(wide, high);
    if (zoom >= r->leader_zoom) { /* beside an area that is no larger than the label */
        extent += extent / 2 + LEADER_PX_MAX;
    }
    double icon = icon_reach(style, r, zoom);
    double text = extent + 2 * around + offset * size +
                  pair_length(style, r, PK_P_TEXT_TRANSLATE, zoom);
    if (icon > 0) { /* an icon may hold the text */
        text += 2 * longest_side(style, r, PK_P_ICON_TEXT_FIT_PADDING) +
                longest_side(style, r, PK_P_ICON_PADDING);
    }
    return fmax(text, 2 * icon);
}

static bool is_const(const struct pk_style *s, const struct pk_rules *r, int prop,
                     double value)
{
    const struct pk_node *n = &s->program.nodes[r->node[prop]];
    return n->op == PK_OP_CONST && n->value.type != PK_T_STRING &&
           n->value.u.number == value;
}

bool pk_style_is_line_icons(const struct pk_style *style,
                            const struct pk_style_layer *layer)
{
    const struct pk_rules *r = &style->rules[layer->index];
    return layer->type == PK_LAYER_SYMBOL &&
           is_const(style, r, PK_P_SYMBOL_PLACEMENT, 1) &&
           r->node[PK_P_TEXT_FIELD] == style->fallback[PK_P_TEXT_FIELD] &&
           r->node[PK_P_ICON_IMAGE] != style->fallback[PK_P_ICON_IMAGE] &&
           (is_const(style, r, PK_P_ICON_ALLOW_OVERLAP, 1) ||
            is_const(style, r, PK_P_ICON_OVERLAP, 1));
}

double pk_style_reach(const struct pk_style *style, const struct pk_style_layer *layer,
                      double zoom)
{
    const struct pk_rules *r = &style->rules[layer->index];
    switch (layer->type) {
    case PK_LAYER_FILL: { /* half of the outline, the soft edge, whole marks */
        const struct pk_node *n = &style->program.nodes[r->node[PK_P_FILL_PATTERN]];
        double mark =
            n->op == PK_OP_CONST && n->value.type != PK_T_STRING ? 0 : MARK_PX_MAX;
        return 1.5 + mark + pair_length(style, r, PK_P_FILL_TRANSLATE, zoom);
    }
    case PK_LAYER_LINE:
        return line_reach(style, r, zoom);
    case PK_LAYER_CIRCLE:
        return highest(style, r, PK_P_CIRCLE_RADIUS, zoom) *
                   (1 + highest(style, r, PK_P_CIRCLE_BLUR, zoom)) +
               highest(style, r, PK_P_CIRCLE_STROKE_WIDTH, zoom) +
               pair_length(style, r, PK_P_CIRCLE_TRANSLATE, zoom) + 1;
    case PK_LAYER_SYMBOL:
        if (pk_style_is_line_icons(style, layer)) {
            return icon_reach(style, r, zoom);
        }
        return pk_style_label_margin(style, layer, zoom);
    default:
        return 0;
    }
}

bool pk_style_is_constant(const struct pk_style *style,
                          const struct pk_style_layer *layer)
{
    return (style->rules[layer->index].uses & (PK_USES_FEATURE | PK_USES_VAR)) == 0;
}

/* ---- the palette ---- */

struct palette {
    const struct pk_style *style;
    struct pk_rgba *out;
    uint32_t *count, max;
    bool known;
    bool images; /* in names of images: an ink that cannot be known is passed over */
};

static void add_colour(struct palette *p, struct pk_rgba c)
{
    if (c.a == 0) {
        return;
    }
    for (uint32_t i = 0; i < *p->count; i++) {
        const struct pk_rgba *o = &p->out[i];
        if (o->r == c.r && o->g == c.g && o->b == c.b && o->a == c.a) {
            return;
        }
    }
    if (*p->count == p->max) {
        p->known = false;
        return;
    }
    p->out[(*p->count)++] = c;
}

/* Every constant that a choice between constants can give. */
static void walk_colours(struct palette *p, uint32_t node, double opacity)
{
    const struct pk_program *program = &p->style->program;
    const struct pk_node *n = &program->nodes[node];
    uint32_t first = 1, every = 1;
    switch (n->op) {
    case PK_OP_CONST: {
        struct pk_ev v = n->value;
        if (v.type == PK_T_COLOUR) {
            v.u.colour[3] = (float)((double)v.u.colour[3] * opacity);
            add_colour(p, pk_ev_rgba(&v));
        }
        const char *ink = v.type == PK_T_STRING ? strrchr(v.u.string, ':') : NULL;
        struct pk_rgba c;
        if (p->images && ink != NULL && pk_colour_parse(&c, ink + 1)) {
            c.a = (uint8_t)lround(c.a * opacity);
            add_colour(p, c);
        }
        return;
    }
    case PK_OP_CASE:
    case PK_OP_STEP:
        every = 2;
        break;
    case PK_OP_MATCH:
        break;
    case PK_OP_COALESCE:
        first = 0;
        break;
    default:
        p->known = p->known && p->images;
        return;
    }
    uint32_t i = first;
    for (; i < n->argc; i += every) {
        walk_colours(p, program->args[n->args + i], opacity);
    }
    if (n->op == PK_OP_CASE) {
        walk_colours(p, program->args[n->args + n->argc - 1], opacity);
    }
}

static int opacity_of(int prop)
{
    switch (prop) {
    case PK_P_BACKGROUND_COLOR:
        return PK_P_BACKGROUND_OPACITY;
    case PK_P_FILL_COLOR:
    case PK_P_FILL_OUTLINE_COLOR:
        return PK_P_FILL_OPACITY;
    case PK_P_LINE_COLOR:
        return PK_P_LINE_OPACITY;
    case PK_P_TEXT_COLOR:
    case PK_P_TEXT_HALO_COLOR:
        return PK_P_TEXT_OPACITY;
    case PK_P_CIRCLE_COLOR:
        return PK_P_CIRCLE_OPACITY;
    default:
        return PK_P_CIRCLE_STROKE_OPACITY;
    }
}

/* The inks that names of patterns carry, "hatch-45-10:#5e3a12". */
static void walk_images(struct palette *p, uint32_t layer)
{
    const struct pk_rules *r = &p->style->rules[layer];
    static const struct {
        enum pk_layer_type type;
        int image, opacity;
    } places[] = {
        {PK_LAYER_FILL,   PK_P_FILL_PATTERN, PK_P_FILL_OPACITY},
        {PK_LAYER_LINE,   PK_P_LINE_PATTERN, PK_P_LINE_OPACITY},
        {PK_LAYER_SYMBOL, PK_P_ICON_IMAGE,   PK_P_ICON_OPACITY}
    };
    for (size_t i = 0; i < PK_COUNT(places); i++) {
        if (p->style->layers[layer].type == places[i].type) {
            const struct pk_node *n =
                &p->style->program.nodes[r->node[places[i].opacity]];
            walk_colours(p, r->node[places[i].image],
                         n->op == PK_OP_CONST ? n->value.u.number : 1);
        }
    }
}

bool pk_style_colours(const struct pk_style *style, struct pk_rgba *out, uint32_t *count,
                      uint32_t max)
{
    struct palette p = {style, out, count, max, true, false};
    *count = 0;
    for (uint32_t l = 0; l < style->layer_count; l++) {
        const struct pk_rules *r = &style->rules[l];
        for (int prop = 0; prop < PK_PROP_COUNT && r->visible; prop++) {
            const struct pk_prop *row = &pk_props[prop];
            if (row->layer != style->layers[l].type || row->type != PK_PROP_COLOUR ||
                row->use != PK_USE_DRAWN ||
                (prop == PK_P_FILL_COLOR &&
                 r->node[PK_P_FILL_PATTERN] != style->fallback[PK_P_FILL_PATTERN])) {
                continue; /* a pattern takes the colour's place */
            }
            const struct pk_node *opacity =
                &style->program.nodes[r->node[opacity_of(prop)]];
            p.known = p.known && opacity->op == PK_OP_CONST;
            walk_colours(&p, r->node[prop], opacity->value.u.number);
            if (style->program.nodes[r->node[prop]].op != PK_OP_CONST) {
                walk_colours(&p, style->fallback[prop], 1); /* where it fails */
            }
        }
    }
    p.images = true;
    for (uint32_t l = 0; l < style->layer_count; l++) {
        if (style->rules[l].visible) {
            walk_images(&p, l);
        }
    }
    return p.known;
}
