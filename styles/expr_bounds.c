#include <math.h>

#include "styles/expr.h"

/* Interval arithmetic over the nodes that make numbers. What is not known makes
 * the whole unknown; properties then keep to the limits of their table row. */

static bool node_bounds(double *lo, double *hi, const struct pk_program *p, uint32_t node,
                        double zoom);

static bool arg_bounds(double *lo, double *hi, const struct pk_program *p,
                       const struct pk_node *n, uint32_t i, double zoom)
{
    return node_bounds(lo, hi, p, p->args[n->args + i], zoom);
}

static bool join(double *lo, double *hi, const struct pk_program *p,
                 const struct pk_node *n, uint32_t i, double zoom)
{
    double l, h;
    if (!arg_bounds(&l, &h, p, n, i, zoom)) {
        return false;
    }
    *lo = fmin(*lo, l);
    *hi = fmax(*hi, h);
    return true;
}

/* Results at first, first + every, ... and the last argument. */
static bool join_results(double *lo, double *hi, const struct pk_program *p,
                         const struct pk_node *n, uint32_t first, uint32_t every,
                         double zoom)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    for (uint32_t i = first; i < n->argc; i += every) {
        if (!join(lo, hi, p, n, i, zoom)) {
            return false;
        }
    }
    return join(lo, hi, p, n, n->argc - 1, zoom);
}

static bool sum(double *lo, double *hi, const struct pk_program *p,
                const struct pk_node *n, double zoom)
{
    *lo = *hi = 0;
    for (uint32_t i = 0; i < n->argc; i++) {
        double l, h;
        if (!arg_bounds(&l, &h, p, n, i, zoom)) {
            return false;
        }
        bool minus = n->op == PK_OP_SUB && (i > 0 || n->argc == 1);
        *lo += minus ? -h : l;
        *hi += minus ? -l : h;
    }
    return true;
}

static bool product(double *lo, double *hi, const struct pk_program *p,
                    const struct pk_node *n, double zoom)
{
    *lo = *hi = 1;
    for (uint32_t i = 0; i < n->argc; i++) {
        double l, h;
        if (!arg_bounds(&l, &h, p, n, i, zoom)) {
            return false;
        }
        double a = *lo * l, b = *lo * h, c = *hi * l, d = *hi * h;
        *lo = fmin(fmin(a, b), fmin(c, d));
        *hi = fmax(fmax(a, b), fmax(c, d));
    }
    return true;
}

static bool extreme(double *lo, double *hi, const struct pk_program *p,
                    const struct pk_node *n, double zoom)
{
    for (uint32_t i = 0; i < n->argc; i++) {
        double l, h;
        if (!arg_bounds(&l, &h, p, n, i, zoom)) {
            return false;
        }
        if (i == 0) {
            *lo = l;
            *hi = h;
        } else if (n->op == PK_OP_MIN) {
            *lo = fmin(*lo, l);
            *hi = fmin(*hi, h);
        } else {
            *lo = fmax(*lo, l);
            *hi = fmax(*hi, h);
        }
    }
    return true;
}

static bool node_bounds(double *lo, double *hi, const struct pk_program *p, uint32_t node,
                        double zoom)
{
    const struct pk_node *n = &p->nodes[node];
    if ((n->uses & (PK_USES_FEATURE | PK_USES_VAR)) == 0) {
        struct pk_style_input in = {.zoom = zoom};
        struct pk_eval e;
        pk_eval_begin(&e, p, &in);
        struct pk_ev v = pk_eval(&e, node);
        *lo = *hi = v.u.number;
        return !e.failed && v.type == PK_T_NUMBER && isfinite(v.u.number);
    }
    switch (n->op) {
    case PK_OP_CASE:
        return join_results(lo, hi, p, n, 1, 2, zoom);
    case PK_OP_MATCH:
        return join_results(lo, hi, p, n, 1, 1, zoom);
    case PK_OP_STEP:
        return join_results(lo, hi, p, n, 1, 2, zoom);
    case PK_OP_INTERPOLATE: /* a bezier may overshoot */
        return n->kind != 2 && join_results(lo, hi, p, n, 2, 2, zoom);
    case PK_OP_ADD:
    case PK_OP_SUB:
        return sum(lo, hi, p, n, zoom);
    case PK_OP_MUL:
        return product(lo, hi, p, n, zoom);
    case PK_OP_MIN:
    case PK_OP_MAX:
        return extreme(lo, hi, p, n, zoom);
    default:
        return false;
    }
}

bool pk_expr_bounds(double *lo, double *hi, const struct pk_program *p, uint32_t node,
                    double zoom)
{
    double l, h;
    if (!node_bounds(&l, &h, p, node, zoom) || !isfinite(l) || !isfinite(h)) {
        return false;
    }
    *lo = l;
    *hi = h;
    return true;
}
