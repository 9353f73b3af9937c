/*
 * style_value.h - the values of one layer's properties for one feature, with the
 * default where an expression fails, and numbers within their limits. Private to
 * styles/style_*.c.
 */
#ifndef PK_STYLES_STYLE_VALUE_H
#define PK_STYLES_STYLE_VALUE_H

#include "styles/style_internal.h"

struct pk_val {
    const struct pk_style *style;
    const struct pk_rules *rules;
    struct pk_eval e;
};

void pk_val_begin(struct pk_val *p, const struct pk_style *style,
                  const struct pk_style_layer *layer, const struct pk_style_input *in);
/* A constant, or what the expression gives when that is of the type. */
struct pk_ev pk_val_value(struct pk_val *p, int prop, enum pk_type type);
double pk_val_number(struct pk_val *p, int prop);
bool pk_val_yes(struct pk_val *p, int prop);
/* Index of the value in the table's list. */
int pk_val_word(struct pk_val *p, int prop);
struct pk_rgba pk_val_colour(struct pk_val *p, int prop, double opacity);
/* Image name, NULL for none and for the empty name. */
const char *pk_val_image(struct pk_val *p, int prop);
/* Item of an array of numbers, within the limits of the table. */
double pk_val_item(const struct pk_ev *v, const struct pk_prop *row, uint32_t i);
/* Array of two numbers; 0, 0 when it is something else. */
void pk_val_pair(struct pk_val *p, int prop, double out[2]);
/* Does the document say it, or is it the default? */
bool pk_val_given(const struct pk_val *p, int prop);

#endif
