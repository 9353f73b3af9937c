#include <math.h>

#include "styles/style_value.h"

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
                         double zoom, struct pk_background_paint *out)
{
    struct pk_style_input in = {.zoom = zoom};
    struct pk_val p;
    pk_val_begin(&p, style, layer, &in);
    if (!p.rules->visible || zoom < layer->min_zoom || zoom >= layer->max_zoom) {
        *out = (struct pk_background_paint){0};
        return;
    }
    out->opacity = pk_val_number(&p, PK_P_BACKGROUND_OPACITY);
    out->colour = pk_val_colour(&p, PK_P_BACKGROUND_COLOR, out->opacity);
    out->pattern = pk_val_image(&p, PK_P_BACKGROUND_PATTERN);
    if (pk_val_given(&p, PK_P_BACKGROUND_PATTERN)) {
        out->colour.a = 0;
    }
}

void pk_style_fill(const struct pk_style *style, const struct pk_style_layer *layer,
                   const struct pk_style_input *in, struct pk_fill_paint *out)
{
    struct pk_val p;
    pk_val_begin(&p, style, layer, in);
    out->opacity = pk_val_number(&p, PK_P_FILL_OPACITY);
    out->colour = pk_val_colour(&p, PK_P_FILL_COLOR, out->opacity);
    out->outline = pk_val_colour(&p, PK_P_FILL_OUTLINE_COLOR, out->opacity);
    out->pattern = pk_val_image(&p, PK_P_FILL_PATTERN);
    if (p.rules->node[PK_P_FILL_PATTERN] != style->fallback[PK_P_FILL_PATTERN]) {
        out->colour.a = 0; /* a pattern takes the colour's place, also where it is none */
    }
    out->sort_key = pk_val_number(&p, PK_P_FILL_SORT_KEY);
    out->antialias = pk_val_yes(&p, PK_P_FILL_ANTIALIAS);
    pk_val_pair(&p, PK_P_FILL_TRANSLATE, out->translate);
}

/* Dash lengths in px; an odd list is run through twice, as in SVG. */
static void dashes(struct pk_val *p, struct pk_line_paint *out)
{
    struct pk_ev v = pk_val_value(p, PK_P_LINE_DASHARRAY, PK_T_ARRAY);
    out->dash_count = 0;
    if (v.type != PK_T_ARRAY || v.len == 0) {
        return;
    }
    uint32_t rounds = v.len % 2 == 1 && 2 * v.len <= PK_DASHES_MAX ? 2 : 1;
    double sum = 0;
    for (uint32_t r = 0; r < rounds; r++) {
        for (uint32_t i = 0; i < v.len && out->dash_count < PK_DASHES_MAX; i++) {
            double d = pk_val_item(&v, &pk_props[PK_P_LINE_DASHARRAY], i) * out->width;
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
    struct pk_val p;
    pk_val_begin(&p, style, layer, in);
    out->opacity = pk_val_number(&p, PK_P_LINE_OPACITY);
    out->colour = pk_val_colour(&p, PK_P_LINE_COLOR, out->opacity);
    out->width = pk_val_number(&p, PK_P_LINE_WIDTH);
    out->gap_width = pk_val_number(&p, PK_P_LINE_GAP_WIDTH);
    out->offset = pk_val_number(&p, PK_P_LINE_OFFSET);
    out->blur = pk_val_number(&p, PK_P_LINE_BLUR);
    out->sort_key = pk_val_number(&p, PK_P_LINE_SORT_KEY);
    out->miter_limit = pk_val_number(&p, PK_P_LINE_MITER_LIMIT);
    out->cap = (enum pk_cap)pk_val_word(&p, PK_P_LINE_CAP);
    out->join = (enum pk_join)pk_val_word(&p, PK_P_LINE_JOIN);
    dashes(&p, out);
    out->pattern = pk_val_image(&p, PK_P_LINE_PATTERN);
    pk_val_pair(&p, PK_P_LINE_TRANSLATE, out->translate);
}

double pk_style_layer_opacity(const struct pk_style *style,
                              const struct pk_style_layer *layer, double zoom)
{
    struct pk_style_input in = {.zoom = zoom};
    struct pk_val p;
    pk_val_begin(&p, style, layer, &in);
    switch (layer->type) {
    case PK_LAYER_FILL:
        return pk_val_number(&p, PK_P_FILL_LAYER_OPACITY);
    case PK_LAYER_LINE:
        return pk_val_number(&p, PK_P_LINE_LAYER_OPACITY);
    default:
        return 1;
    }
}

void pk_style_circle(const struct pk_style *style, const struct pk_style_layer *layer,
                     const struct pk_style_input *in, struct pk_circle_paint *out)
{
    struct pk_val p;
    pk_val_begin(&p, style, layer, in);
    out->colour =
        pk_val_colour(&p, PK_P_CIRCLE_COLOR, pk_val_number(&p, PK_P_CIRCLE_OPACITY));
    out->stroke = pk_val_colour(&p, PK_P_CIRCLE_STROKE_COLOR,
                                pk_val_number(&p, PK_P_CIRCLE_STROKE_OPACITY));
    out->radius = pk_val_number(&p, PK_P_CIRCLE_RADIUS);
    out->stroke_width = pk_val_number(&p, PK_P_CIRCLE_STROKE_WIDTH);
    out->blur = pk_val_number(&p, PK_P_CIRCLE_BLUR);
    out->sort_key = pk_val_number(&p, PK_P_CIRCLE_SORT_KEY);
    pk_val_pair(&p, PK_P_CIRCLE_TRANSLATE, out->translate);
}
