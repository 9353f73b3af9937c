/*
 * colour.h - CSS colours, and how different two colours look.
 *
 * Parsing follows CSS Color 4 as far as style documents use it: names, #rgb,
 * #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl(), hsla(). Everything here is a
 * pure function; any thread. Alpha takes no part in contrast and difference:
 * put the colour over its ground first (pk_colour_over).
 */
#ifndef PK_STYLES_COLOUR_H
#define PK_STYLES_COLOUR_H

#include <stdbool.h>

#include "styles/style.h"

enum { PK_COLOUR_TEXT = 10 }; /* "#rrggbbaa" */

/* False (and *out untouched) for anything that is not a colour. */
bool pk_colour_parse(struct pk_rgba *out, const char *text);
/* "#rrggbb", with "aa" only where it is not opaque. */
void pk_colour_format(char out[PK_COLOUR_TEXT], struct pk_rgba c);
/* `top` blended over an opaque ground. */
struct pk_rgba pk_colour_over(struct pk_rgba top, struct pk_rgba ground);

/* Relative luminance 0..1 and contrast ratio 1..21, WCAG 2.2, sRGB. */
double pk_colour_luminance(struct pk_rgba c);
double pk_colour_contrast(struct pk_rgba a, struct pk_rgba b);

/* How an eye sees: M = Machado, Oliveira, Fernandes 2009 at severity 1 on linear
 * RGB; B = Brettel, Vienot, Mollon 1997 with two half planes. */
enum pk_vision {
    PK_VISION_NORMAL,
    PK_VISION_PROTAN,
    PK_VISION_DEUTAN,
    PK_VISION_TRITAN,
    PK_VISION_TRITAN_BRETTEL,
    PK_VISION_GREY,
    PK_VISION_COUNT
};
const char *pk_vision_name(enum pk_vision vision);
struct pk_rgba pk_colour_seen(struct pk_rgba c, enum pk_vision vision);

/* CIE L*a*b*, D65, of a colour as it is seen (not rounded to 8 bits between). */
struct pk_lab {
    double l, a, b;
};
struct pk_lab pk_colour_lab(struct pk_rgba c, enum pk_vision vision);
/* CIEDE2000 with kL = kC = kH = 1 (Sharma, Wu, Dalal 2005). */
double pk_lab_difference(struct pk_lab x, struct pk_lab y);

/* The smallest CIEDE2000 over all kinds of colour vision (not grey); *worst, if
 * not NULL, gets the one where it is found. */
double pk_colour_distance(struct pk_rgba a, struct pk_rgba b, enum pk_vision *worst);

#endif
