/* style_symbol.c - what labels and icons look like. */
#include <math.h>
#include <string.h>

#include "styles/style_value.h"

/* Where a label's middle lies from its point: right (+1) or left, below (+1) or above.
 * The anchor is the part of the label that stands at the point. */
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

/* A radial offset from an anchor: corners lie on the circle, too. */
static void radial_offset(enum pk_anchor a, double radial, double out[2])
{
    double r = radial < 0 ? 0 : radial;
    if (away[a][0] != 0 && away[a][1] != 0) {
        r *= 0.70710678118654752;
    }
    out[0] = r * away[a][0];
    out[1] = r * away[a][1];
}

/* text-variable-anchor-offset: places with an offset each. */
static bool anchor_offsets(struct pk_val *p, struct pk_symbol_paint *out)
{
    const struct pk_prop *row = &pk_props[PK_P_TEXT_VARIABLE_ANCHOR_OFFSET];
    struct pk_ev v = pk_val_value(p, PK_P_TEXT_VARIABLE_ANCHOR_OFFSET, PK_T_ARRAY);
    for (uint32_t i = 0; v.type == PK_T_ARRAY && i + 1 < v.len && i < 18; i += 2) {
        const struct pk_ev *name = &v.u.items[i], *at = &v.u.items[i + 1];
        int a = name->type == PK_T_STRING ? pk_prop_value(row, name->u.string, name->len)
                                          : -1;
        if (a >= 0 && at->type == PK_T_ARRAY && at->len == 2) {
            out->anchors[out->anchor_count] = (enum pk_anchor)a;
            out->offsets_em[out->anchor_count][0] = pk_val_item(at, row, 0);
            out->offsets_em[out->anchor_count++][1] = pk_val_item(at, row, 1);
        }
    }
    return out->anchor_count > 0;
}

static void variable_anchors(struct pk_val *p, struct pk_symbol_paint *out)
{
    const struct pk_prop *row = &pk_props[PK_P_TEXT_VARIABLE_ANCHOR];
    struct pk_ev v = pk_val_value(p, PK_P_TEXT_VARIABLE_ANCHOR, PK_T_ARRAY);
    for (uint32_t i = 0; v.type == PK_T_ARRAY && i < v.len && i < 9; i++) {
        const struct pk_ev *name = &v.u.items[i];
        int a = name->type == PK_T_STRING ? pk_prop_value(row, name->u.string, name->len)
                                          : -1;
        if (a >= 0) {
            out->anchors[out->anchor_count++] = (enum pk_anchor)a;
        }
    }
}

/* Places in order: the list, or the one anchor, and the offset of each. */
static void anchors(struct pk_val *p, struct pk_symbol_paint *out)
{
    out->anchor_count = 0;
    if (anchor_offsets(p, out)) {
        return;
    }
    variable_anchors(p, out);
    bool variable = out->anchor_count > 0;
    if (!variable) {
        out->anchors[out->anchor_count++] =
            (enum pk_anchor)pk_val_word(p, PK_P_TEXT_ANCHOR);
    }
    bool radial = pk_val_given(p, PK_P_TEXT_RADIAL_OFFSET);
    double r = pk_val_number(p, PK_P_TEXT_RADIAL_OFFSET), pair[2];
    pk_val_pair(p, PK_P_TEXT_OFFSET, pair);
    for (uint32_t i = 0; i < out->anchor_count; i++) {
        enum pk_anchor a = out->anchors[i];
        double *to = out->offsets_em[i];
        if (radial) {
            radial_offset(a, r, to);
        } else { /* with several places the offset leads away from the point */
            to[0] = variable ? fabs(pair[0]) * away[a][0] : pair[0];
            to[1] = variable ? fabs(pair[1]) * away[a][1] : pair[1];
        }
    }
}

/* One to four numbers, clockwise from the top, as in CSS. */
static void padding(struct pk_val *p, int prop, double out[4])
{
    const struct pk_prop *row = &pk_props[prop];
    struct pk_ev v = pk_val_value(p, prop, PK_T_ANY);
    if (v.type != PK_T_NUMBER && (v.type != PK_T_ARRAY || v.len == 0 || v.len > 4)) {
        v = p->style->program.nodes[p->style->fallback[prop]].value;
    }
    static const unsigned char from[5][4] = {
        {0, 0, 0, 0},
        {0, 0, 0, 0},
        {0, 1, 0, 1},
        {0, 1, 2, 1},
        {0, 1, 2, 3}
    };
    for (int i = 0; i < 4; i++) {
        double x =
            v.type == PK_T_NUMBER ? v.u.number : pk_val_item(&v, row, from[v.len][i]);
        out[i] = fmax(row->min, fmin(row->max, x));
    }
}

/* The newer property counts where it is given. */
static bool overlaps(struct pk_val *p, int newer, int older)
{
    return pk_val_given(p, newer) ? pk_val_word(p, newer) == 1 : pk_val_yes(p, older);
}

static void icon(struct pk_val *p, struct pk_symbol_paint *out)
{
    out->icon = pk_val_image(p, PK_P_ICON_IMAGE);
    out->icon_size = pk_val_number(p, PK_P_ICON_SIZE);
    out->icon_rotate = pk_val_number(p, PK_P_ICON_ROTATE);
    out->icon_opacity = pk_val_number(p, PK_P_ICON_OPACITY);
    out->icon_colour = pk_val_colour(p, PK_P_ICON_COLOR, 1);
    out->icon_halo = pk_val_colour(p, PK_P_ICON_HALO_COLOR, 1);
    out->icon_halo_width = pk_val_number(p, PK_P_ICON_HALO_WIDTH);
    out->icon_halo_blur = pk_val_number(p, PK_P_ICON_HALO_BLUR);
    out->icon_anchor = (enum pk_anchor)pk_val_word(p, PK_P_ICON_ANCHOR);
    pk_val_pair(p, PK_P_ICON_OFFSET, out->icon_offset);
    pk_val_pair(p, PK_P_ICON_TRANSLATE, out->icon_translate);
    padding(p, PK_P_ICON_PADDING, out->icon_padding);
    padding(p, PK_P_ICON_TEXT_FIT_PADDING, out->icon_fit_padding);
    out->icon_fit = (enum pk_text_fit)pk_val_word(p, PK_P_ICON_TEXT_FIT);
    out->icon_allow_overlap = overlaps(p, PK_P_ICON_OVERLAP, PK_P_ICON_ALLOW_OVERLAP);
    out->icon_ignore_placement = pk_val_yes(p, PK_P_ICON_IGNORE_PLACEMENT);
    out->icon_optional = pk_val_yes(p, PK_P_ICON_OPTIONAL);
    out->icon_keep_upright = pk_val_yes(p, PK_P_ICON_KEEP_UPRIGHT);
}

/* What follows the line: auto is map along lines, viewport at points. */
static bool turns(struct pk_val *p, int prop, bool along)
{
    int word = pk_val_word(p, prop), last = prop == PK_P_TEXT_ROTATION_ALIGNMENT ? 3 : 2;
    return along && (word == 0 || word == last);
}

static bool contains(const struct pk_ev *name, const char *part)
{
    return name->type == PK_T_STRING && strstr(name->u.string, part) != NULL;
}

/* The first name of the stack chooses the cut. */
static uint32_t font(struct pk_val *p)
{
    struct pk_ev v = pk_val_value(p, PK_P_TEXT_FONT, PK_T_ARRAY);
    if (v.type != PK_T_ARRAY || v.len == 0) {
        return 0;
    }
    const struct pk_ev *name = &v.u.items[0];
    bool bold =
        contains(name, "Bold") || contains(name, "Black") || contains(name, "Heavy");
    bool italic = contains(name, "Italic") || contains(name, "Oblique");
    return (bold ? 1U : 0U) | (italic ? 2U : 0U);
}

static void text(struct pk_val *p, struct pk_symbol_paint *out)
{
    const struct pk_node *n = &p->style->program.nodes[p->rules->node[PK_P_TEXT_FIELD]];
    int transform = pk_val_word(p, PK_P_TEXT_TRANSFORM);
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
    struct pk_val p;
    pk_val_begin(&p, style, layer, in);
    text(&p, out);
    out->font = font(&p);
    out->size = pk_val_number(&p, PK_P_TEXT_SIZE);
    double opacity = pk_val_number(&p, PK_P_TEXT_OPACITY);
    out->colour = pk_val_colour(&p, PK_P_TEXT_COLOR, opacity);
    out->halo = pk_val_colour(&p, PK_P_TEXT_HALO_COLOR, opacity);
    out->halo_width = pk_val_number(&p, PK_P_TEXT_HALO_WIDTH);
    out->halo_blur = pk_val_number(&p, PK_P_TEXT_HALO_BLUR);
    out->max_width_em = pk_val_number(&p, PK_P_TEXT_MAX_WIDTH);
    out->line_height_em = pk_val_number(&p, PK_P_TEXT_LINE_HEIGHT);
    out->letter_spacing_em = pk_val_number(&p, PK_P_TEXT_LETTER_SPACING);
    out->padding = pk_val_number(&p, PK_P_TEXT_PADDING);
    out->rotate = pk_val_number(&p, PK_P_TEXT_ROTATE);
    anchors(&p, out);
    out->justify = (enum pk_justify)pk_val_word(&p, PK_P_TEXT_JUSTIFY);
    pk_val_pair(&p, PK_P_TEXT_TRANSLATE, out->translate);
    out->max_angle = fabs(pk_val_number(&p, PK_P_TEXT_MAX_ANGLE));
    out->allow_overlap = overlaps(&p, PK_P_TEXT_OVERLAP, PK_P_TEXT_ALLOW_OVERLAP);
    out->ignore_placement = pk_val_yes(&p, PK_P_TEXT_IGNORE_PLACEMENT);
    out->optional = pk_val_yes(&p, PK_P_TEXT_OPTIONAL);
    out->keep_upright = pk_val_yes(&p, PK_P_TEXT_KEEP_UPRIGHT);
    int placement = pk_val_word(&p, PK_P_SYMBOL_PLACEMENT);
    out->along_line = placement != 0;
    out->repeats = placement == 1;
    out->text_turns = turns(&p, PK_P_TEXT_ROTATION_ALIGNMENT, out->along_line);
    out->icon_turns = turns(&p, PK_P_ICON_ROTATION_ALIGNMENT, out->along_line);
    out->must_fit = p.rules->must_fit;
    out->leader = in->zoom >= p.rules->leader_zoom;
    out->spacing = pk_val_number(&p, PK_P_SYMBOL_SPACING);
    icon(&p, out);
    if (out->size <= 0) {
        out->text[0] = '\0';
    }
    out->sort_key = pk_val_number(&p, PK_P_SYMBOL_SORT_KEY);
}
