#include "styles/expr.h"

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "styles/colour.h"

static const struct pk_ev ev_null = {.type = PK_T_NULL};

struct pk_ev pk_ev_number(double v)
{
    return (struct pk_ev){.type = PK_T_NUMBER, .u.number = v};
}

struct pk_ev pk_ev_bool(bool v)
{
    return (struct pk_ev){.type = PK_T_BOOL, .u.number = v ? 1 : 0};
}

struct pk_ev pk_ev_colour(struct pk_rgba c)
{
    return (struct pk_ev){
        .type = PK_T_COLOUR, .u.colour = {c.r, c.g, c.b, c.a / 255.0F}
    };
}

static uint8_t channel(double v)
{
    return (uint8_t)(v >= 255 ? 255 : v > 0 ? floor(v + 0.5) : 0); /* NaN: 0 */
}

struct pk_rgba pk_ev_rgba(const struct pk_ev *v)
{
    const float *c = v->u.colour;
    return (struct pk_rgba){channel(c[0]), channel(c[1]), channel(c[2]),
                            channel((double)c[3] * 255)};
}

bool pk_ev_equal(const struct pk_ev *a, const struct pk_ev *b)
{
    if (a->type != b->type) {
        return false;
    }
    switch (a->type) {
    case PK_T_NULL:
        return true;
    case PK_T_BOOL:
    case PK_T_NUMBER:
        return a->u.number == b->u.number;
    case PK_T_STRING:
        return a->len == b->len && memcmp(a->u.string, b->u.string, a->len) == 0;
    case PK_T_COLOUR:
        return memcmp(a->u.colour, b->u.colour, sizeof(a->u.colour)) == 0;
    case PK_T_ARRAY:
        for (uint32_t i = 0; i < a->len && a->len == b->len; i++) {
            if (!pk_ev_equal(&a->u.items[i], &b->u.items[i])) {
                return false;
            }
        }
        return a->len == b->len;
    default:
        return false;
    }
}

void pk_eval_begin(struct pk_eval *e, const struct pk_program *program,
                   const struct pk_style_input *in)
{
    e->program = program;
    e->in = in;
    e->failed = false;
    e->text_used = 0;
    e->items_used = 0;
}

static struct pk_ev fail(struct pk_eval *e)
{
    e->failed = true;
    return ev_null;
}

static struct pk_ev arg(struct pk_eval *e, const struct pk_node *n, uint32_t i)
{
    return pk_eval(e, e->program->args[n->args + i]);
}

/* Of the wanted type, or the evaluation has failed and 0 comes back. */
static double number_arg(struct pk_eval *e, const struct pk_node *n, uint32_t i)
{
    struct pk_ev v = arg(e, n, i);
    if (v.type != PK_T_NUMBER) {
        e->failed = true;
        return 0;
    }
    return v.u.number;
}

static bool bool_arg(struct pk_eval *e, const struct pk_node *n, uint32_t i)
{
    struct pk_ev v = arg(e, n, i);
    if (v.type != PK_T_BOOL) {
        e->failed = true;
        return false;
    }
    return v.u.number != 0;
}

static struct pk_ev property(const struct pk_eval *e, uint32_t index)
{
    uint16_t at = e->in->map == NULL ? PK_NO_KEY : e->in->map[index];
    if (at == PK_NO_KEY) {
        return ev_null;
    }
    const struct pk_value *v = &e->in->values[at];
    switch (v->type) {
    case PK_VALUE_BOOL:
        return pk_ev_bool(v->number != 0);
    case PK_VALUE_NUMBER:
        return pk_ev_number(v->number);
    case PK_VALUE_STRING:
        return (struct pk_ev){PK_T_STRING, v->len, {.string = v->string}};
    default:
        return ev_null;
    }
}

static struct pk_ev geometry_type(enum pk_geom_kind kind)
{
    static const char *const names[] = {"", "Point", "LineString", "Polygon"};
    const char *s = names[kind <= PK_GEOM_AREA ? kind : PK_GEOM_NONE];
    return (struct pk_ev){PK_T_STRING, (uint32_t)strlen(s), {.string = s}};
}

static struct pk_ev compare(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev a = arg(e, n, 0), b = arg(e, n, 1);
    if (n->op == PK_OP_EQ || n->op == PK_OP_NE) {
        return pk_ev_bool(pk_ev_equal(&a, &b) == (n->op == PK_OP_EQ));
    }
    double d;
    if (a.type == PK_T_NUMBER && b.type == PK_T_NUMBER) {
        d = a.u.number - b.u.number;
    } else if (a.type == PK_T_STRING && b.type == PK_T_STRING) {
        uint32_t len = a.len < b.len ? a.len : b.len;
        d = memcmp(a.u.string, b.u.string, len);
        d = d != 0 ? d : (double)a.len - b.len;
    } else {
        return fail(e);
    }
    return pk_ev_bool(n->op == PK_OP_LT   ? d < 0
                      : n->op == PK_OP_LE ? d <= 0
                      : n->op == PK_OP_GT ? d > 0
                                          : d >= 0);
}

static struct pk_ev logic(struct pk_eval *e, const struct pk_node *n)
{
    bool stop = n->op == PK_OP_ANY;
    for (uint32_t i = 0; i < n->argc; i++) {
        if (bool_arg(e, n, i) == stop && !e->failed) {
            return pk_ev_bool(stop);
        }
        if (e->failed) {
            return ev_null;
        }
    }
    return pk_ev_bool(!stop);
}

static struct pk_ev contains(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev needle = arg(e, n, 0), hay = arg(e, n, 1);
    if (hay.type == PK_T_ARRAY) {
        for (uint32_t i = 0; i < hay.len; i++) {
            if (pk_ev_equal(&needle, &hay.u.items[i])) {
                return pk_ev_bool(true);
            }
        }
        return pk_ev_bool(false);
    }
    if (hay.type == PK_T_NULL || (hay.type == PK_T_STRING && hay.len == 0)) {
        return pk_ev_bool(false); /* an empty string holds nothing, as in viewers */
    }
    if (hay.type != PK_T_STRING) {
        return fail(e);
    }
    struct pk_ev text = pk_eval_needle(e, &needle);
    return pk_ev_bool(memmem(hay.u.string, hay.len, text.u.string, text.len) != NULL);
}

static struct pk_ev choose(struct pk_eval *e, const struct pk_node *n)
{
    for (uint32_t i = 0; i + 1 < n->argc; i += 2) {
        if (bool_arg(e, n, i)) {
            return arg(e, n, i + 1);
        }
        if (e->failed) {
            return ev_null;
        }
    }
    return arg(e, n, n->argc - 1);
}

/* Order of match labels: type, then length, then bytes. */
static int label_order(const struct pk_ev *a, const struct pk_ev *b)
{
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

static struct pk_ev match(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = arg(e, n, 0);
    if (v.type == PK_T_STRING || v.type == PK_T_NUMBER) {
        uint32_t lo = 0, hi = n->value.len / 2; /* pairs: label, argument */
        while (lo < hi) {
            uint32_t mid = (lo + hi) / 2;
            int order = label_order(&v, &n->value.u.items[2 * mid]);
            if (order == 0) {
                return arg(e, n, (uint32_t)n->value.u.items[2 * mid + 1].u.number);
            }
            if (order < 0) {
                hi = mid;
            } else {
                lo = mid + 1;
            }
        }
    }
    return e->failed ? ev_null : arg(e, n, n->argc - 1);
}

static struct pk_ev coalesce(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev v = ev_null;
    for (uint32_t i = 0; i < n->argc && v.type == PK_T_NULL && !e->failed; i++) {
        v = arg(e, n, i);
    }
    return v;
}

static double stop_at(const struct pk_eval *e, const struct pk_node *n, uint32_t i)
{
    return e->program->nodes[e->program->args[n->args + i]].value.u.number;
}

static struct pk_ev step(struct pk_eval *e, const struct pk_node *n)
{
    double v = number_arg(e, n, 0);
    uint32_t out = 1;
    if (isnan(v)) {
        return fail(e);
    }
    while (out + 1 < n->argc && v >= stop_at(e, n, out + 1)) {
        out += 2;
    }
    return e->failed ? ev_null : arg(e, n, out);
}

/* Solves the curve's x for t by bisection, then gives its y (CSS Easing 1). */
static double bezier(const struct pk_ev *p, double x)
{
    double x1 = p[0].u.number, y1 = p[1].u.number, x2 = p[2].u.number, y2 = p[3].u.number;
    double lo = 0, hi = 1, t = x;
    for (int i = 0; i < 40; i++) {
        double u = 1 - t;
        double at = 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t;
        if (at < x) {
            lo = t;
        } else {
            hi = t;
        }
        t = (lo + hi) / 2;
    }
    double u = 1 - t;
    return 3 * u * u * t * y1 + 3 * u * t * t * y2 + t * t * t;
}

static double share_of(const struct pk_node *n, double v, double from, double to)
{
    double t = (v - from) / (to - from);
    if (n->kind == 1) { /* exponential */
        double base = n->value.u.number;
        return base == 1 ? t : (pow(base, v - from) - 1) / (pow(base, to - from) - 1);
    }
    return n->kind == 2 ? bezier(n->value.u.items, t) : t;
}

static struct pk_ev mix(struct pk_eval *e, const struct pk_ev *a, const struct pk_ev *b,
                        double t)
{
    if (a->type != b->type) {
        return fail(e);
    }
    if (a->type == PK_T_NUMBER) {
        return pk_ev_number(a->u.number + (b->u.number - a->u.number) * t);
    }
    if (a->type == PK_T_COLOUR) { /* not premultiplied, as viewers do */
        struct pk_ev out = {.type = PK_T_COLOUR};
        bool from = a->u.colour[3] > 0, to = b->u.colour[3] > 0;
        for (int i = 0; i < 4; i++) {
            double x = from ? a->u.colour[i] : 0, y = to ? b->u.colour[i] : 0;
            out.u.colour[i] = (float)(x + (y - x) * t);
        }
        return out;
    }
    if (a->type != PK_T_ARRAY || a->len != b->len ||
        e->items_used + a->len > PK_EXPR_SCRATCH_ITEMS) {
        return fail(e);
    }
    struct pk_ev *items = e->items + e->items_used;
    e->items_used += a->len;
    for (uint32_t i = 0; i < a->len; i++) {
        const struct pk_ev *x = &a->u.items[i], *y = &b->u.items[i];
        if (x->type != PK_T_NUMBER || y->type != PK_T_NUMBER) {
            return fail(e);
        }
        items[i] = pk_ev_number(x->u.number + (y->u.number - x->u.number) * t);
    }
    return (struct pk_ev){PK_T_ARRAY, a->len, {.items = items}};
}

static struct pk_ev interpolate(struct pk_eval *e, const struct pk_node *n)
{
    double v = number_arg(e, n, 0);
    uint32_t last = n->argc - 2; /* argument of the last stop */
    if (e->failed) {
        return ev_null;
    }
    if (!(v > stop_at(e, n, 1))) {
        return arg(e, n, 2);
    }
    if (v >= stop_at(e, n, last)) {
        return arg(e, n, last + 1);
    }
    uint32_t i = 1;
    while (v >= stop_at(e, n, i + 2)) {
        i += 2;
    }
    struct pk_ev a = arg(e, n, i + 1), b = arg(e, n, i + 3);
    double t = share_of(n, v, stop_at(e, n, i), stop_at(e, n, i + 2));
    return e->failed ? ev_null : mix(e, &a, &b, t);
}

/* The first argument that is of the type, as "number", "string", "boolean" do. */
static struct pk_ev assert_type(struct pk_eval *e, const struct pk_node *n)
{
    for (uint32_t i = 0; i < n->argc && !e->failed; i++) {
        struct pk_ev v = arg(e, n, i);
        if (v.type == (enum pk_type)n->type) {
            return v;
        }
    }
    return fail(e);
}

static bool text_number(const struct pk_ev *v, double *out)
{
    const char *s = v->u.string;
    while (*s == ' ') {
        s++;
    }
    const char *at = s;
    if (at == v->u.string + v->len) { /* as in JavaScript */
        *out = 0;
        return true;
    }
    if (!pk_parse_double(&at, out)) {
        return false;
    }
    while (*at == ' ') {
        at++;
    }
    return at == v->u.string + v->len;
}

static struct pk_ev to_number(struct pk_eval *e, const struct pk_node *n)
{
    for (uint32_t i = 0; i < n->argc && !e->failed; i++) {
        struct pk_ev v = arg(e, n, i);
        double d;
        if (v.type == PK_T_NUMBER || v.type == PK_T_BOOL) {
            return pk_ev_number(v.u.number);
        }
        if (v.type == PK_T_NULL && !e->failed) {
            return pk_ev_number(0);
        }
        if (v.type == PK_T_STRING && text_number(&v, &d)) {
            return pk_ev_number(d);
        }
    }
    return fail(e);
}

static bool colour_of_array(struct pk_ev *out, const struct pk_ev *v)
{
    if (v->len < 3 || v->len > 4) {
        return false;
    }
    *out = (struct pk_ev){
        .type = PK_T_COLOUR, .u.colour = {0, 0, 0, 1}
    };
    for (uint32_t i = 0; i < v->len; i++) {
        double x = v->u.items[i].u.number;
        if (v->u.items[i].type != PK_T_NUMBER || !(x >= 0 && x <= (i == 3 ? 1 : 255))) {
            return false;
        }
        out->u.colour[i] = (float)x;
    }
    return true;
}

static struct pk_ev to_colour(struct pk_eval *e, const struct pk_node *n)
{
    for (uint32_t i = 0; i < n->argc && !e->failed; i++) {
        struct pk_ev v = arg(e, n, i);
        struct pk_rgba c;
        if (v.type == PK_T_COLOUR) {
            return v;
        }
        if (v.type == PK_T_STRING && pk_colour_parse(&c, v.u.string)) {
            return pk_ev_colour(c);
        }
        struct pk_ev out;
        if (v.type == PK_T_ARRAY && colour_of_array(&out, &v)) {
            return out;
        }
    }
    return fail(e);
}

static struct pk_ev make_rgba(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev out = {
        .type = PK_T_COLOUR, .u.colour = {0, 0, 0, 1}
    };
    for (uint32_t i = 0; i < n->argc; i++) {
        double v = number_arg(e, n, i), max = i == 3 ? 1 : 255;
        if (!(v >= 0 && v <= max)) {
            return fail(e);
        }
        out.u.colour[i] = (float)v;
    }
    return out;
}

static struct pk_ev colour_parts(struct pk_eval *e, const struct pk_node *n)
{
    struct pk_ev c = arg(e, n, 0);
    if (c.type != PK_T_COLOUR || e->items_used + 4 > PK_EXPR_SCRATCH_ITEMS) {
        return fail(e);
    }
    struct pk_ev *items = e->items + e->items_used;
    e->items_used += 4;
    for (int i = 0; i < 4; i++) {
        items[i] = pk_ev_number((double)c.u.colour[i]);
    }
    return (struct pk_ev){PK_T_ARRAY, 4, {.items = items}};
}

static struct pk_ev fold_numbers(struct pk_eval *e, const struct pk_node *n)
{
    double v = number_arg(e, n, 0);
    for (uint32_t i = 1; i < n->argc; i++) {
        double w = number_arg(e, n, i);
        switch (n->op) {
        case PK_OP_ADD:
            v += w;
            break;
        case PK_OP_SUB:
            v -= w;
            break;
        case PK_OP_MUL:
            v *= w;
            break;
        case PK_OP_DIV:
            v /= w;
            break;
        case PK_OP_MOD:
            v = fmod(v, w);
            break;
        case PK_OP_POW:
            v = pow(v, w);
            break;
        case PK_OP_MIN:
            v = fmin(v, w);
            break;
        default:
            v = fmax(v, w);
            break;
        }
    }
    if (n->op == PK_OP_SUB && n->argc == 1) {
        v = -v;
    }
    return e->failed ? ev_null : pk_ev_number(v);
}

static struct pk_ev one_number(struct pk_eval *e, const struct pk_node *n)
{
    double v = number_arg(e, n, 0);
    if (e->failed) {
        return ev_null;
    }
    switch (n->op) {
    case PK_OP_ABS:
        return pk_ev_number(fabs(v));
    case PK_OP_ROUND:
        return pk_ev_number(round(v));
    case PK_OP_FLOOR:
        return pk_ev_number(floor(v));
    case PK_OP_CEIL:
        return pk_ev_number(ceil(v));
    case PK_OP_SQRT:
        return pk_ev_number(sqrt(v));
    case PK_OP_LN:
        return pk_ev_number(log(v));
    case PK_OP_LOG2:
        return pk_ev_number(log2(v));
    case PK_OP_LOG10:
        return pk_ev_number(log10(v));
    case PK_OP_SIN:
        return pk_ev_number(sin(v));
    case PK_OP_COS:
        return pk_ev_number(cos(v));
    case PK_OP_TAN:
        return pk_ev_number(tan(v));
    case PK_OP_ASIN:
        return pk_ev_number(asin(v));
    case PK_OP_ACOS:
        return pk_ev_number(acos(v));
    default:
        return pk_ev_number(atan(v));
    }
}

static struct pk_ev item_at(struct pk_eval *e, const struct pk_node *n)
{
    double i = number_arg(e, n, 0);
    struct pk_ev a = arg(e, n, 1);
    if (e->failed || a.type != PK_T_ARRAY || !(i >= 0 && i < a.len) || i != floor(i)) {
        return fail(e);
    }
    return a.u.items[(uint32_t)i];
}

static struct pk_ev let(struct pk_eval *e, const struct pk_node *n)
{
    for (uint32_t i = 0; i + 1 < n->argc; i++) {
        e->vars[n->aux + i] = arg(e, n, i);
    }
    return e->failed ? ev_null : arg(e, n, n->argc - 1);
}

struct pk_ev pk_eval(struct pk_eval *e, uint32_t node)
{
    const struct pk_node *n = &e->program->nodes[node];
    switch (n->op) {
    case PK_OP_CONST:
        return n->value;
    case PK_OP_GET:
        return property(e, n->aux);
    case PK_OP_HAS:
        return pk_ev_bool(property(e, n->aux).type != PK_T_NULL);
    case PK_OP_ID:
        return pk_ev_number((double)e->in->key);
    case PK_OP_GEOMETRY:
        return geometry_type(e->in->kind);
    case PK_OP_ZOOM:
        return pk_ev_number(e->in->zoom);
    case PK_OP_VAR:
        return e->vars[n->aux];
    case PK_OP_LET:
        return let(e, n);
    case PK_OP_EQ:
    case PK_OP_NE:
    case PK_OP_LT:
    case PK_OP_LE:
    case PK_OP_GT:
    case PK_OP_GE:
        return compare(e, n);
    case PK_OP_ALL:
    case PK_OP_ANY:
        return logic(e, n);
    case PK_OP_NOT:
        return pk_ev_bool(!bool_arg(e, n, 0));
    case PK_OP_IN:
        return contains(e, n);
    case PK_OP_CASE:
        return choose(e, n);
    case PK_OP_MATCH:
        return match(e, n);
    case PK_OP_COALESCE:
        return coalesce(e, n);
    case PK_OP_STEP:
        return step(e, n);
    case PK_OP_INTERPOLATE:
        return interpolate(e, n);
    case PK_OP_TO_NUMBER:
        return to_number(e, n);
    case PK_OP_TO_COLOUR:
        return to_colour(e, n);
    case PK_OP_TO_BOOL: {
        struct pk_ev v = arg(e, n, 0);
        bool no = v.type == PK_T_NULL || (v.type == PK_T_STRING && v.len == 0) ||
                  ((v.type == PK_T_NUMBER || v.type == PK_T_BOOL) &&
                   !(v.u.number < 0 || v.u.number > 0));
        return pk_ev_bool(!no);
    }
    case PK_OP_NUMBER:
    case PK_OP_STRING:
    case PK_OP_BOOLEAN:
    case PK_OP_ARRAY:
        return assert_type(e, n);
    case PK_OP_ADD:
    case PK_OP_SUB:
    case PK_OP_MUL:
    case PK_OP_DIV:
    case PK_OP_MOD:
    case PK_OP_POW:
    case PK_OP_MIN:
    case PK_OP_MAX:
        return fold_numbers(e, n);
    case PK_OP_AT:
        return item_at(e, n);
    case PK_OP_RGBA:
        return make_rgba(e, n);
    case PK_OP_TO_RGBA:
        return colour_parts(e, n);
    case PK_OP_CONCAT:
    case PK_OP_TO_STRING:
    case PK_OP_LENGTH:
    case PK_OP_UPCASE:
    case PK_OP_DOWNCASE:
    case PK_OP_SLICE:
    case PK_OP_INDEX_OF:
    case PK_OP_TYPEOF:
    case PK_OP_NUMBER_FORMAT:
        return pk_eval_text(e, n);
    default:
        return one_number(e, n);
    }
}
