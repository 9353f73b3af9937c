#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "styles/colour.h"
#include "styles/expr.h"
#include "styles/expr_build.h"

/* Makes the node fit what is wanted, or says that it does not. */
static enum pk_status want_type(uint32_t *node, struct pk_compiler *c, enum pk_type want,
                                struct pk_error *err)
{
    enum pk_type is = (enum pk_type)c->program->nodes[*node].type;
    if (want == PK_T_ANY || is == want) {
        return PK_OK;
    }
    bool constant = c->program->nodes[*node].op == PK_OP_CONST;
    if (want == PK_T_COLOUR &&
        (is == PK_T_ANY || is == PK_T_STRING || (is == PK_T_ARRAY && !constant))) {
        struct pk_node n = {.op = PK_OP_TO_COLOUR, .type = PK_T_COLOUR};
        if (constant) {
            const char *text = c->program->nodes[*node].value.u.string;
            struct pk_rgba ignored;
            if (!pk_colour_parse(&ignored, text)) {
                return pk_fail(err, PK_BAD_INPUT,
                               "%s: \"%.40s\" is not a color; expected for example "
                               "\"#ffffce\" or \"rgb(255,255,206)\"",
                               c->path, text);
            }
        }
        uint32_t arg = *node;
        return pk_build_finish(node, c, &n, &arg, 1, err);
    }
    if (is == PK_T_ANY || is == PK_T_NULL) {
        return PK_OK; /* looked at when it is evaluated; null: the default */
    }
    return pk_fail(err, PK_BAD_INPUT, "%s: expected %s, found %s", c->path,
                   pk_type_name(want), pk_type_name(is));
}

/* ---- operators with a form of their own ---- */

struct call {
    const json_t *json;
    const struct pk_operator *op;
    enum pk_type want;
    uint32_t count; /* arguments, without the name */
};

/* Argument i (1 is the first) compiled with its place in the path. */
static enum pk_status arg(uint32_t *out, struct pk_compiler *c, const struct call *call,
                          uint32_t i, enum pk_type want, struct pk_error *err)
{
    size_t mark = pk_path_index(c, i);
    enum pk_status status =
        pk_expr_compile(out, c, json_array_get(call->json, i), want, err);
    if (status == PK_OK) {
        pk_path_pop(c, mark);
    }
    return status;
}

static enum pk_status expected_at(struct pk_compiler *c, uint32_t i, const char *what,
                                  struct pk_error *err)
{
    (void)pk_path_index(c, i);
    return pk_fail(err, PK_BAD_INPUT, "%s: expected %s", c->path, what);
}

static enum pk_status compile_get(uint32_t *out, struct pk_compiler *c,
                                  const struct call *call, struct pk_error *err)
{
    const char *name = json_string_value(json_array_get(call->json, 1));
    if (name == NULL) {
        return expected_at(c, 1, "the name of a property", err);
    }
    if (call->count == 2) {
        const json_t *from = json_array_get(call->json, 2);
        const char *op = json_string_value(json_array_get(from, 0));
        if (op == NULL || strcmp(op, "properties") != 0) {
            return expected_at(c, 2, "[\"properties\"] or nothing", err);
        }
    }
    struct pk_node n = {.op = (uint8_t)call->op->op,
                        .type = (uint8_t)call->op->gives,
                        .uses = PK_USES_FEATURE};
    enum pk_status status = pk_build_property(&n.aux, c, name, err);
    return status != PK_OK ? status : pk_build_finish(out, c, &n, NULL, 0, err);
}

static enum pk_status compile_var(uint32_t *out, struct pk_compiler *c,
                                  const struct call *call, struct pk_error *err)
{
    const char *name = json_string_value(json_array_get(call->json, 1));
    for (uint32_t i = c->var_count; name != NULL && i-- > 0;) {
        if (strcmp(c->vars[i], name) == 0) {
            struct pk_node n = {.op = PK_OP_VAR,
                                .type = c->var_types[i],
                                .aux = i,
                                .uses = (uint8_t)(PK_USES_VAR | c->var_uses[i])};
            return pk_build_finish(out, c, &n, NULL, 0, err);
        }
    }
    return expected_at(c, 1, "the name of a variable that an outer \"let\" binds", err);
}

static enum pk_status compile_let(uint32_t *out, struct pk_compiler *c,
                                  const struct call *call, struct pk_error *err)
{
    uint32_t bound = call->count / 2, first = c->var_count;
    uint32_t args[PK_EXPR_VARS_MAX + 1];
    if (call->count % 2 == 0) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected names, values and a result",
                       c->path);
    }
    if (first + bound > PK_EXPR_VARS_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: more than %d variables", c->path,
                       PK_EXPR_VARS_MAX);
    }
    enum pk_status status;
    const char *names[PK_EXPR_VARS_MAX];
    for (uint32_t i = 0; i < bound; i++) {
        names[i] = json_string_value(json_array_get(call->json, 1 + 2 * i));
        if (names[i] == NULL) {
            return expected_at(c, 1 + 2 * i, "a name", err);
        }
        /* slots are taken one by one, so that lets inside a value lie above them */
        status = arg(&args[i], c, call, 2 + 2 * i, PK_T_ANY, err);
        if (status != PK_OK) {
            return status;
        }
        const struct pk_node *v = &c->program->nodes[args[i]];
        c->vars[first + i] = ""; /* not yet visible to the values that follow */
        c->var_types[first + i] = v->type;
        c->var_uses[first + i] = v->uses;
        c->var_count = first + i + 1;
    }
    for (uint32_t i = 0; i < bound; i++) {
        c->vars[first + i] = names[i];
    }
    status = arg(&args[bound], c, call, call->count, call->want, err);
    c->var_count = first;
    if (status != PK_OK) {
        return status;
    }
    struct pk_node n = {
        .op = PK_OP_LET, .type = c->program->nodes[args[bound]].type, .aux = first};
    pk_build_args(c->program, &n, args, bound + 1);
    if (first == 0) { /* bound here: nothing outside is left to vary */
        n.uses &= (uint8_t)~PK_USES_VAR;
    }
    return pk_build_folded(out, c, &n, err);
}

/* The common type of results: ANY where they differ. */
static void join_type(struct pk_node *n, const struct pk_compiler *c, uint32_t node,
                      bool first)
{
    uint8_t type = c->program->nodes[node].type;
    n->type = first || n->type == type ? type : (uint8_t)PK_T_ANY;
}

static enum pk_status compile_case(uint32_t *out, struct pk_compiler *c,
                                   const struct call *call, struct pk_error *err)
{
    if (call->count % 2 == 0) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: expected conditions, results and a last result", c->path);
    }
    struct pk_node n = {.op = PK_OP_CASE};
    uint32_t *args = pk_arena_alloc(c->arena, call->count, sizeof(*args));
    for (uint32_t i = 0; i < call->count; i++) {
        bool condition = i % 2 == 0 && i + 1 < call->count;
        enum pk_status status =
            arg(&args[i], c, call, i + 1, condition ? PK_T_BOOL : call->want, err);
        if (status != PK_OK) {
            return status;
        }
        if (!condition) {
            join_type(&n, c, args[i], i < 2);
        }
    }
    return pk_build_finish(out, c, &n, args, call->count, err);
}

static int label_order(const void *x, const void *y)
{
    const struct pk_ev *a = x, *b = y;
    if (a->type != b->type) {
        return a->type < b->type ? -1 : 1;
    }
    if (a->type == PK_T_NUMBER) {
        return a->u.number < b->u.number ? -1 : a->u.number > b->u.number;
    }
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return memcmp(a->u.string, b->u.string, a->len);
}

/* Labels of one branch: a string, a number, or an array of them. */
static enum pk_status add_labels(struct pk_ev *pairs, uint32_t *count,
                                 struct pk_compiler *c, const json_t *json,
                                 uint32_t branch, struct pk_error *err)
{
    size_t n = json_is_array(json) ? json_array_size(json) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *label = json_is_array(json) ? json_array_get(json, i) : json;
        if (!json_is_string(label) && !json_is_number(label)) {
            return pk_fail(err, PK_BAD_INPUT, "%s: a label is a string or a number",
                           c->path);
        }
        enum pk_status status = pk_expr_literal(&pairs[2 * *count], c, label, err);
        if (status != PK_OK) {
            return status;
        }
        pairs[2 * *count + 1] = pk_ev_number(branch);
        (*count)++;
    }
    return PK_OK;
}

static enum pk_status compile_match(uint32_t *out, struct pk_compiler *c,
                                    const struct call *call, struct pk_error *err)
{
    if (call->count % 2 != 0) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: expected an input, labels, results and a last result",
                       c->path);
    }
    uint32_t argc = 1 + (call->count - 2) / 2 + 1, labels = 0, labels_max = 0;
    for (uint32_t i = 2; i < call->count; i += 2) {
        const json_t *l = json_array_get(call->json, i);
        labels_max += json_is_array(l) ? (uint32_t)json_array_size(l) : 1;
    }
    struct pk_ev *pairs = pk_arena_alloc(c->arena, 2 * labels_max + 1, sizeof(*pairs));
    uint32_t *args = pk_arena_alloc(c->arena, argc, sizeof(*args));
    struct pk_node n = {.op = PK_OP_MATCH};
    enum pk_status status = arg(&args[0], c, call, 1, PK_T_ANY, err);
    for (uint32_t i = 2, a = 1; status == PK_OK && a < argc; i += 2, a++) {
        bool last = a == argc - 1;
        if (!last) {
            size_t mark = pk_path_index(c, i);
            status = add_labels(pairs, &labels, c, json_array_get(call->json, i), a, err);
            if (status != PK_OK) {
                break;
            }
            pk_path_pop(c, mark);
        }
        status = arg(&args[a], c, call, last ? i : i + 1, call->want, err);
        if (status == PK_OK) {
            join_type(&n, c, args[a], a == 1);
        }
    }
    if (status != PK_OK) {
        return status;
    }
    qsort(pairs, labels, 2 * sizeof(*pairs), label_order);
    for (uint32_t i = 1; i < labels; i++) {
        if (label_order(&pairs[2 * i - 2], &pairs[2 * i]) == 0) {
            return pk_fail(err, PK_BAD_INPUT, "%s: a label stands there twice", c->path);
        }
    }
    n.value = (struct pk_ev){PK_T_ARRAY, 2 * labels, {.items = pairs}};
    return pk_build_finish(out, c, &n, args, argc, err);
}

static enum pk_status curve_kind(struct pk_node *n, struct pk_compiler *c,
                                 const json_t *json, struct pk_error *err)
{
    const char *name = json_string_value(json_array_get(json, 0));
    size_t count = json_array_size(json);
    if (name != NULL && strcmp(name, "linear") == 0 && count == 1) {
        return PK_OK;
    }
    const json_t *base = json_array_get(json, 1);
    if (name != NULL && strcmp(name, "exponential") == 0 && count == 2 &&
        json_is_number(base) && json_number_value(base) > 0) {
        n->kind = 1;
        n->value = pk_ev_number(json_number_value(base));
        return PK_OK;
    }
    if (name != NULL && strcmp(name, "cubic-bezier") == 0 && count == 5) {
        struct pk_ev *p = pk_arena_alloc(c->arena, 4, sizeof(*p));
        bool good = true;
        for (size_t i = 0; i < 4; i++) {
            double v = json_number_value(json_array_get(json, i + 1));
            good = good && json_is_number(json_array_get(json, i + 1)) &&
                   (i % 2 == 1 || (v >= 0 && v <= 1)) && fabs(v) <= 10;
            p[i] = pk_ev_number(v);
        }
        n->kind = 2;
        n->value = (struct pk_ev){PK_T_ARRAY, 4, {.items = p}};
        if (good) {
            return PK_OK;
        }
    }
    return expected_at(c, 1,
                       "[\"linear\"], [\"exponential\", BASE] or "
                       "[\"cubic-bezier\", X1, Y1, X2, Y2]",
                       err);
}

/* step: input, result, (stop, result)...; interpolate: curve, input, (stop, result)... */
static enum pk_status compile_curve(uint32_t *out, struct pk_compiler *c,
                                    const struct call *call, struct pk_error *err)
{
    bool steps = call->op->op == PK_OP_STEP;
    struct pk_node n = {.op = (uint8_t)call->op->op};
    if (call->count % 2 != 0) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected a result for each stop", c->path);
    }
    enum pk_status status =
        steps ? PK_OK : curve_kind(&n, c, json_array_get(call->json, 1), err);
    uint32_t first = steps ? 1 : 2, argc = call->count - first + 1;
    uint32_t *args = pk_arena_alloc(c->arena, argc, sizeof(*args));
    if (status == PK_OK) {
        status = arg(&args[0], c, call, first, PK_T_NUMBER, err);
    }
    double last = -INFINITY;
    for (uint32_t a = 1; status == PK_OK && a < argc; a++) {
        const json_t *json = json_array_get(call->json, first + a);
        if (steps == (a % 2 == 1)) { /* a result */
            status = arg(&args[a], c, call, first + a, call->want, err);
            if (status == PK_OK) {
                join_type(&n, c, args[a], a <= 2);
            }
            continue;
        }
        if (!json_is_number(json) || !(json_number_value(json) > last)) {
            return expected_at(c, first + a, "a number above the stop before it", err);
        }
        last = json_number_value(json);
        args[a] = pk_expr_constant(c, pk_ev_number(last));
    }
    if (status == PK_OK && !steps && (n.type == PK_T_STRING || n.type == PK_T_BOOL)) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: expected numbers, colors or arrays to interpolate between, "
                       "found %s; use \"step\"",
                       c->path, pk_type_name((enum pk_type)n.type));
    }
    return status != PK_OK ? status : pk_build_finish(out, c, &n, args, argc, err);
}

/* ["format", text, {options}, ...]: the texts joined; images in it are left out. */
static enum pk_status compile_format(uint32_t *out, struct pk_compiler *c,
                                     const struct call *call, struct pk_error *err)
{
    uint32_t *args = pk_arena_alloc(c->arena, call->count, sizeof(*args)), argc = 0;
    for (uint32_t i = 1; i <= call->count; i++) {
        const json_t *part = json_array_get(call->json, i);
        const char *op = json_string_value(json_array_get(part, 0));
        if (json_is_object(part) || (op != NULL && strcmp(op, "image") == 0)) {
            continue;
        }
        enum pk_status status = arg(&args[argc++], c, call, i, PK_T_ANY, err);
        if (status != PK_OK) {
            return status;
        }
    }
    struct pk_node n = {.op = PK_OP_CONCAT, .type = PK_T_STRING};
    return pk_build_finish(out, c, &n, args, argc, err);
}

static enum pk_status compile_number_format(uint32_t *out, struct pk_compiler *c,
                                            const struct call *call, struct pk_error *err)
{
    const json_t *options = json_array_get(call->json, 2);
    if (!json_is_object(options)) {
        return expected_at(c, 2, "an object with the format's options", err);
    }
    const char *locale = json_string_value(json_object_get(options, "locale"));
    double min = 0, max = 3;
    const json_t *v = json_object_get(options, "min-fraction-digits");
    if (json_is_number(v)) {
        min = json_number_value(v);
        max = min > max ? min : max;
    }
    v = json_object_get(options, "max-fraction-digits");
    if (json_is_number(v)) {
        max = json_number_value(v);
    }
    if (!(min >= 0 && min <= max && max <= 20)) {
        return expected_at(c, 2, "0 to 20 fraction digits", err);
    }
    struct pk_node n = {.op = PK_OP_NUMBER_FORMAT,
                        .type = PK_T_STRING,
                        .aux = (uint32_t)min << 8 | (uint32_t)max,
                        .kind = locale != NULL && strncmp(locale, "sv", 2) == 0};
    uint32_t node;
    enum pk_status status = arg(&node, c, call, 1, PK_T_NUMBER, err);
    return status != PK_OK ? status : pk_build_finish(out, c, &n, &node, 1, err);
}

/* ["array", value], ["array", type, value], ["array", type, length, value]. */
static enum pk_status compile_array(uint32_t *out, struct pk_compiler *c,
                                    const struct call *call, struct pk_error *err)
{
    struct pk_node n = {.op = PK_OP_ARRAY, .type = PK_T_ARRAY};
    uint32_t node;
    enum pk_status status = arg(&node, c, call, call->count, PK_T_ANY, err);
    return status != PK_OK ? status : pk_build_finish(out, c, &n, &node, 1, err);
}

static enum pk_status compile_comparison(uint32_t *out, struct pk_compiler *c,
                                         const struct call *call, struct pk_error *err)
{
    struct pk_node n = {.op = (uint8_t)call->op->op, .type = PK_T_BOOL};
    uint32_t args[2];
    for (uint32_t i = 0; i < 2; i++) {
        enum pk_status status = arg(&args[i], c, call, i + 1, PK_T_ANY, err);
        if (status != PK_OK) {
            return status;
        }
    }
    enum pk_type a = (enum pk_type)c->program->nodes[args[0]].type;
    enum pk_type b = (enum pk_type)c->program->nodes[args[1]].type;
    bool differ =
        a != b && a != PK_T_ANY && b != PK_T_ANY && a != PK_T_NULL && b != PK_T_NULL;
    if (differ) {
        return pk_fail(err, PK_BAD_INPUT, "%s: %s and %s cannot be compared", c->path,
                       pk_type_name(a), pk_type_name(b));
    }
    return pk_build_finish(out, c, &n, args, 2, err);
}

static enum pk_status compile_plain(uint32_t *out, struct pk_compiler *c,
                                    const struct call *call, struct pk_error *err)
{
    struct pk_node n = {.op = (uint8_t)call->op->op, .type = (uint8_t)call->op->gives};
    uint32_t *args = pk_arena_alloc(c->arena, call->count + 1, sizeof(*args));
    bool results = n.op == PK_OP_COALESCE;
    for (uint32_t i = 0; i < call->count; i++) {
        enum pk_type want = results ? call->want : call->op->takes;
        enum pk_status status = arg(&args[i], c, call, i + 1, want, err);
        if (status != PK_OK) {
            return status;
        }
        if (results) {
            join_type(&n, c, args[i], i == 0);
        }
    }
    if (n.op == PK_OP_ZOOM) {
        n.uses = PK_USES_ZOOM;
    } else if (n.op == PK_OP_ID || n.op == PK_OP_GEOMETRY) {
        n.uses = PK_USES_FEATURE;
    }
    return pk_build_finish(out, c, &n, args, call->count, err);
}

static enum pk_status compile_call(uint32_t *out, struct pk_compiler *c,
                                   const struct call *call, struct pk_error *err)
{
    struct pk_ev v = {.type = PK_T_NULL};
    switch (call->op->op) {
    case PK_OP_LITERAL: {
        size_t mark = pk_path_index(c, 1);
        enum pk_status status =
            pk_expr_literal(&v, c, json_array_get(call->json, 1), err);
        if (status != PK_OK) {
            return status;
        }
        pk_path_pop(c, mark);
        break;
    }
    case PK_OP_PI:
        v = pk_ev_number(3.14159265358979323846);
        break;
    case PK_OP_E:
        v = pk_ev_number(2.71828182845904523536);
        break;
    case PK_OP_LN2:
        v = pk_ev_number(0.69314718055994530942);
        break;
    case PK_OP_TRUE:
        v = pk_ev_bool(true);
        break;
    case PK_OP_GET:
    case PK_OP_HAS:
        return compile_get(out, c, call, err);
    case PK_OP_VAR:
        return compile_var(out, c, call, err);
    case PK_OP_LET:
        return compile_let(out, c, call, err);
    case PK_OP_CASE:
        return compile_case(out, c, call, err);
    case PK_OP_MATCH:
        return compile_match(out, c, call, err);
    case PK_OP_STEP:
    case PK_OP_INTERPOLATE:
        return compile_curve(out, c, call, err);
    case PK_OP_FORMAT:
        return compile_format(out, c, call, err);
    case PK_OP_NUMBER_FORMAT:
        return compile_number_format(out, c, call, err);
    case PK_OP_ARRAY:
        return compile_array(out, c, call, err);
    case PK_OP_EQ:
    case PK_OP_NE:
    case PK_OP_LT:
    case PK_OP_LE:
    case PK_OP_GT:
    case PK_OP_GE:
        return compile_comparison(out, c, call, err);
    case PK_OP_IMAGE:
        return arg(out, c, call, 1, PK_T_STRING, err);
    case PK_OP_PROPERTIES:
        return pk_fail(err, PK_UNSUPPORTED,
                       "%s: \"properties\" is only known inside \"get\" and \"has\"",
                       c->path);
    case PK_OP_GLOBAL_STATE:
        return pk_fail(err, PK_BAD_INPUT, "%s: \"global-state\" cannot stand here",
                       c->path);
    case PK_OP_ELSEWHERE:
        return pk_fail(err, PK_UNSUPPORTED,
                       "%s: \"%s\" is an operator that a server cannot draw", c->path,
                       call->op->name);
    default:
        return compile_plain(out, c, call, err);
    }
    *out = pk_expr_constant(c, v);
    return PK_OK;
}

static enum pk_status compile_array_form(uint32_t *out, struct pk_compiler *c,
                                         const json_t *json, enum pk_type want,
                                         struct pk_error *err)
{
    const char *name = json_string_value(json_array_get(json, 0));
    if (name == NULL) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: expected an operator's name first; for a plain array use "
                       "[\"literal\", [...]]",
                       c->path);
    }
    struct call call = {json, pk_operator_find(name), want,
                        (uint32_t)json_array_size(json) - 1};
    if (call.op == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "%s: \"%.40s\" is no operator", c->path, name);
    }
    if ((int)call.count < call.op->min_args ||
        (call.op->max_args >= 0 && (int)call.count > call.op->max_args)) {
        return pk_fail(err, PK_BAD_INPUT, "%s: \"%s\" takes %d%s arguments, found %u",
                       c->path, name, call.op->min_args,
                       call.op->max_args == call.op->min_args ? ""
                       : call.op->max_args < 0                ? " or more"
                                                              : " or a few more",
                       call.count);
    }
    return compile_call(out, c, &call, err);
}

enum pk_status pk_expr_compile(uint32_t *node, struct pk_compiler *c, const json_t *json,
                               enum pk_type want, struct pk_error *err)
{
    *node = 0;
    if (c->depth >= PK_EXPR_DEPTH_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: nested deeper than %d", c->path,
                       PK_EXPR_DEPTH_MAX);
    }
    if (c->program->node_count >= PK_EXPR_NODES_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: the style has more than %d expression nodes",
                       c->path, PK_EXPR_NODES_MAX);
    }
    if (json_is_object(json)) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected %s, found an object", c->path,
                       pk_type_name(want));
    }
    c->depth++;
    enum pk_status status;
    if (json_is_array(json)) {
        status = compile_array_form(node, c, json, want, err);
    } else {
        struct pk_ev v;
        status = pk_expr_literal(&v, c, json, err);
        if (status == PK_OK) {
            *node = pk_expr_constant(c, v);
        }
    }
    c->depth--;
    return status != PK_OK ? status : want_type(node, c, want, err);
}
