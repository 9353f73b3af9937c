/*
 * expr.h - expressions of style documents: JSON compiled to a flat array of
 * nodes, evaluated without allocation. Private to styles/.
 *
 * A node names its arguments by index in one table, so a compiled style is two
 * arrays that all threads share. Constant parts are evaluated when they are
 * compiled. Text made while evaluating lies in a fixed buffer of the evaluation
 * and is cut, at a character, where that is full.
 *
 * Add an operator: a row in operators[] (expr_ops.c), its case in expr_eval.c
 * or expr_text.c, its bound in expr_bounds.c if it makes numbers, a line in
 * tests/spec/expressions.txt.
 */
#ifndef PK_STYLES_EXPR_H
#define PK_STYLES_EXPR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "styles/style.h"

enum {
    PK_EXPR_DEPTH_MAX = 64,        /* nesting of one expression */
    PK_EXPR_NODES_MAX = 400000,    /* of one style */
    PK_EXPR_PROPERTIES_MAX = 4096, /* names that one style reads */
    PK_EXPR_VARS_MAX = 32,         /* let, open at the same time */
    PK_EXPR_SCRATCH_TEXT = 4096,   /* bytes of text made by one evaluation */
    PK_EXPR_SCRATCH_ITEMS = 64,    /* array items made by one evaluation */
    PK_EXPR_PATH_MAX = 256
};

/* ANY is a type only known when evaluated. */
enum pk_type {
    PK_T_ANY,
    PK_T_NULL,
    PK_T_BOOL,
    PK_T_NUMBER,
    PK_T_STRING,
    PK_T_COLOUR,
    PK_T_ARRAY
};
const char *pk_type_name(enum pk_type type);

/* A value: plain data, points into the style, the pack or the scratch. */
struct pk_ev {
    enum pk_type type;
    uint32_t len; /* bytes of string (which is NUL-terminated), items of array */
    union {
        double number; /* 0 or 1 of a bool */
        const char *string;
        float colour[4]; /* r g b 0..255, alpha 0..1, not premultiplied */
        const struct pk_ev *items;
    } u;
};

struct pk_ev pk_ev_number(double v);
struct pk_ev pk_ev_bool(bool v);
struct pk_ev pk_ev_colour(struct pk_rgba c);
struct pk_rgba pk_ev_rgba(const struct pk_ev *v);
bool pk_ev_equal(const struct pk_ev *a, const struct pk_ev *b);

enum pk_op {
    PK_OP_CONST,
    PK_OP_GET,
    PK_OP_HAS,
    PK_OP_ID,
    PK_OP_GEOMETRY,
    PK_OP_ZOOM,
    PK_OP_VAR,
    PK_OP_LET,
    PK_OP_EQ,
    PK_OP_NE,
    PK_OP_LT,
    PK_OP_LE,
    PK_OP_GT,
    PK_OP_GE,
    PK_OP_ALL,
    PK_OP_ANY,
    PK_OP_NOT,
    PK_OP_IN,
    PK_OP_CASE,
    PK_OP_MATCH,
    PK_OP_COALESCE,
    PK_OP_STEP,
    PK_OP_INTERPOLATE,
    PK_OP_CONCAT,
    PK_OP_TO_STRING,
    PK_OP_TO_NUMBER,
    PK_OP_TO_BOOL,
    PK_OP_TO_COLOUR,
    PK_OP_NUMBER,
    PK_OP_STRING,
    PK_OP_BOOLEAN,
    PK_OP_ARRAY,
    PK_OP_ADD,
    PK_OP_SUB,
    PK_OP_MUL,
    PK_OP_DIV,
    PK_OP_MOD,
    PK_OP_POW,
    PK_OP_MIN,
    PK_OP_MAX,
    PK_OP_ABS,
    PK_OP_ROUND,
    PK_OP_FLOOR,
    PK_OP_CEIL,
    PK_OP_SQRT,
    PK_OP_LN,
    PK_OP_LOG2,
    PK_OP_LOG10,
    PK_OP_SIN,
    PK_OP_COS,
    PK_OP_TAN,
    PK_OP_ASIN,
    PK_OP_ACOS,
    PK_OP_ATAN,
    PK_OP_LENGTH,
    PK_OP_UPCASE,
    PK_OP_DOWNCASE,
    PK_OP_SLICE,
    PK_OP_INDEX_OF,
    PK_OP_AT,
    PK_OP_RGBA,
    PK_OP_TO_RGBA,
    PK_OP_TYPEOF,
    PK_OP_NUMBER_FORMAT,
    /* forms that compile to the ones above */
    PK_OP_LITERAL,
    PK_OP_FORMAT,
    PK_OP_IMAGE,
    PK_OP_PI,
    PK_OP_E,
    PK_OP_LN2,
    PK_OP_TRUE,
    PK_OP_PROPERTIES,
    PK_OP_GLOBAL_STATE,
    PK_OP_ELSEWHERE /* known, but never drawn by a server */
};

struct pk_operator {
    const char *name;
    enum pk_op op;
    int min_args, max_args; /* max -1: any number */
    enum pk_type takes;     /* of every argument; ANY: looked at when evaluated */
    enum pk_type gives;
};
const struct pk_operator *pk_operator_find(const char *name); /* NULL: none */

/* What a node's value depends on. */
enum { PK_USES_ZOOM = 1, PK_USES_FEATURE = 2, PK_USES_VAR = 4 };

struct pk_node {
    uint8_t op, type, uses, kind; /* kind: of interpolation, of number-format's locale */
    uint32_t argc, args;          /* args: first in pk_program.args */
    uint32_t aux;                 /* property, variable slot */
    struct pk_ev value;           /* CONST; base of an exponential; labels of a match */
};

struct pk_program {
    struct pk_node *nodes; /* node 0 is null */
    uint32_t node_count, node_cap;
    uint32_t *args;
    uint32_t arg_count, arg_cap;
    const char **properties;
    uint32_t property_count, property_cap;
};

/* ---- compiling (expr_compile.c, expr_legacy.c) ---- */
struct pk_compiler {
    struct pk_program *program;
    struct pk_arena *arena;      /* of the style: what nodes point to */
    char path[PK_EXPR_PATH_MAX]; /* "layers[4].paint.fill-color" */
    size_t path_len;
    const char *vars[PK_EXPR_VARS_MAX]; /* names in scope, by slot */
    uint8_t var_types[PK_EXPR_VARS_MAX], var_uses[PK_EXPR_VARS_MAX];
    uint32_t var_count;
    int depth;
    struct pk_buf *warnings; /* NULL: nobody asks */
};

void pk_program_init(struct pk_program *p);
void pk_program_finish(struct pk_program *p);

/* Put ".name" or "[i]" at the end of the path; returns what to give back to
 * pk_path_pop. Long paths are cut. */
size_t pk_path_name(struct pk_compiler *c, const char *name);
size_t pk_path_index(struct pk_compiler *c, size_t i);
void pk_path_pop(struct pk_compiler *c, size_t mark);

/* Compile a value where `want` is expected. Errors: PK_BAD_INPUT "PATH: ...",
 * PK_UNSUPPORTED for operators that a server cannot draw, PK_LIMIT. */
enum pk_status pk_expr_compile(uint32_t *node, struct pk_compiler *c, const json_t *json,
                               enum pk_type want, struct pk_error *err) PK_MUST_CHECK;
/* A constant's node. */
uint32_t pk_expr_constant(struct pk_compiler *c, struct pk_ev value);
/* JSON array, string, number ... as a constant value; text is copied. */
enum pk_status pk_expr_literal(struct pk_ev *out, struct pk_compiler *c,
                               const json_t *json, struct pk_error *err) PK_MUST_CHECK;

/* New references in today's form of filters, functions ({"stops": ...}) and
 * texts with {tokens}; NULL and an error when they are wrong. */
bool pk_legacy_is_filter(const json_t *filter);
json_t *pk_legacy_filter(struct pk_compiler *c, const json_t *filter,
                         struct pk_error *err);
json_t *pk_legacy_function(struct pk_compiler *c, const json_t *function,
                           bool interpolated, struct pk_error *err);
json_t *pk_legacy_tokens(const char *text);

/* ---- evaluating ---- */
struct pk_eval {
    const struct pk_program *program;
    const struct pk_style_input *in; /* NULL while constants are folded */
    bool failed;                     /* a value of the wrong type was met */
    uint32_t text_used, items_used;
    struct pk_ev vars[PK_EXPR_VARS_MAX];
    struct pk_ev items[PK_EXPR_SCRATCH_ITEMS];
    char text[PK_EXPR_SCRATCH_TEXT];
};

void pk_eval_begin(struct pk_eval *e, const struct pk_program *program,
                   const struct pk_style_input *in);
/* On failure e->failed is set and the value is null. */
struct pk_ev pk_eval(struct pk_eval *e, uint32_t node);
/* The text operators, one file of their own. */
struct pk_ev pk_eval_text(struct pk_eval *e, const struct pk_node *n);
/* A value as text, in the scratch where it has to be made. */
struct pk_ev pk_eval_to_string(struct pk_eval *e, const struct pk_ev *v);
/* The same for what is looked for in a string: null is a word there. */
struct pk_ev pk_eval_needle(struct pk_eval *e, const struct pk_ev *v);
/* Rooms of the scratch: a string of at most `len` bytes, cut to what fits. */
struct pk_ev pk_eval_string(struct pk_eval *e, const char *s, size_t len);

/* Upper or lower case of a string. */
struct pk_ev pk_eval_case(struct pk_eval *e, const struct pk_ev *v, bool up);
/* The longest start of s, at most max bytes, that ends between characters. */
size_t pk_eval_cut(const char *s, size_t len, size_t max);

/* Least and greatest number that a node can give at a zoom, over all features.
 * False when nothing is known. */
bool pk_expr_bounds(double *lo, double *hi, const struct pk_program *p, uint32_t node,
                    double zoom);

#endif
