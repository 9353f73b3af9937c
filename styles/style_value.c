#include "styles/style_value.h"

#include <math.h>

#include "styles/colour.h"

void pk_val_begin(struct pk_val *p, const struct pk_style *style,
                  const struct pk_style_layer *layer, const struct pk_style_input *in)
{
    p->style = style;
    p->rules = &style->rules[layer->index];
    pk_eval_begin(&p->e, &style->program, in);
}

struct pk_ev pk_val_value(struct pk_val *p, int prop, enum pk_type type)
{
    const struct pk_node *n = &p->style->program.nodes[p->rules->node[prop]];
    if (n->op == PK_OP_CONST) {
        return n->value;
    }
    pk_eval_begin(&p->e, p->e.program, p->e.in);
    struct pk_ev v = pk_eval(&p->e, p->rules->node[prop]);
    if (p->e.failed || (type != PK_T_ANY && v.type != type)) {
        return p->style->program.nodes[p->style->fallback[prop]].value;
    }
    return v;
}

double pk_val_number(struct pk_val *p, int prop)
{
    double v = pk_val_value(p, prop, PK_T_NUMBER).u.number;
    const struct pk_prop *row = &pk_props[prop];
    if (isnan(v)) {
        return pk_fallback_number(p->style, prop);
    }
    return v < row->min ? row->min : v > row->max ? row->max : v;
}

bool pk_val_yes(struct pk_val *p, int prop)
{
    return pk_val_value(p, prop, PK_T_BOOL).u.number != 0;
}

int pk_val_word(struct pk_val *p, int prop)
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

struct pk_rgba pk_val_colour(struct pk_val *p, int prop, double opacity)
{
    struct pk_ev v = pk_val_value(p, prop, PK_T_COLOUR);
    v.u.colour[3] = (float)((double)v.u.colour[3] * opacity);
    return pk_ev_rgba(&v);
}

const char *pk_val_image(struct pk_val *p, int prop)
{
    struct pk_ev v = pk_val_value(p, prop, PK_T_STRING);
    return v.type == PK_T_STRING && v.len > 0 ? v.u.string : NULL;
}

double pk_val_item(const struct pk_ev *v, const struct pk_prop *row, uint32_t i)
{
    double x = v->u.items[i].type == PK_T_NUMBER ? v->u.items[i].u.number : 0;
    return !(x > row->min) ? row->min : x > row->max ? row->max : x;
}

void pk_val_pair(struct pk_val *p, int prop, double out[2])
{
    struct pk_ev v = pk_val_value(p, prop, PK_T_ARRAY);
    for (uint32_t i = 0; i < 2; i++) {
        out[i] = v.len == 2 ? pk_val_item(&v, &pk_props[prop], i) : 0;
    }
}

bool pk_val_given(const struct pk_val *p, int prop)
{
    return p->rules->node[prop] != p->style->fallback[prop];
}
