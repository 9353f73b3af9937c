/*
 * props.h - the table of style properties (props.def), read by the style reader,
 * the evaluation and `plankarta style`. Private to styles/.
 *
 * Add a property: a row in props.def and, when it is drawn, a line in
 * style_paint.c (and style_reach.c when ink reaches further by it).
 */
#ifndef PK_STYLES_PROPS_H
#define PK_STYLES_PROPS_H

#include "styles/expr.h"
#include "styles/style.h"

enum pk_prop_id {
#define PK_PROP(id, layer, place, name, type, lo, hi, ours, def, values, use, help)      \
    PK_P_##id,
#include "styles/props.def"
#undef PK_PROP
    PK_PROP_COUNT
};

enum pk_prop_place { PK_PLACE_PAINT, PK_PLACE_LAYOUT };
enum pk_prop_use { PK_USE_DRAWN, PK_USE_KNOWN, PK_USE_IGNORED, PK_USE_REFUSED };
/* Which limits are ours and not the specification's. */
enum pk_prop_ours { PK_OURS_NONE, PK_OURS_LEAST, PK_OURS_MOST, PK_OURS_BOTH };

enum pk_prop_type {
    PK_PROP_NUMBER,
    PK_PROP_BOOL,
    PK_PROP_COLOUR,
    PK_PROP_ENUM,    /* compiled to the index of the value, where constant */
    PK_PROP_TEXT,    /* string; {tokens} and other types become text */
    PK_PROP_IMAGE,   /* string or null */
    PK_PROP_PAIR,    /* array of two numbers */
    PK_PROP_NUMBERS, /* array of numbers */
    PK_PROP_PADDING, /* number or array of numbers */
    PK_PROP_DASHES,  /* array of up to PK_DASHES_MAX numbers, or null */
    PK_PROP_FONTS,   /* array of names */
    PK_PROP_ANCHORS, /* array of enum values */
    PK_PROP_OFFSETS, /* array of enum value, pair, enum value, pair ... */
    PK_PROP_WORDS    /* array of strings that makes no difference */
};

struct pk_prop {
    const char *name;
    enum pk_layer_type layer;
    enum pk_prop_place place;
    enum pk_prop_type type;
    double min, max;
    enum pk_prop_ours ours;
    const char *fallback; /* JSON */
    const char *values;   /* "butt|round|square", NULL */
    enum pk_prop_use use;
    const char *help;
};

extern const struct pk_prop pk_props[PK_PROP_COUNT];

/* -1 when the layer type has no such property in that place. */
int pk_prop_find(enum pk_layer_type layer, enum pk_prop_place place, const char *name);
/* Index of a value in "a|b|c", -1 when it is none of them. */
int pk_prop_value(const struct pk_prop *prop, const char *text, size_t len);

/* Compile one property's value. The node gives a value of the property's type,
 * or fails when evaluated, and then the default counts. Errors: PK_BAD_INPUT
 * with the path. */
enum pk_status pk_prop_compile(uint32_t *node, struct pk_compiler *c, int prop,
                               const json_t *json, struct pk_error *err) PK_MUST_CHECK;

#endif
