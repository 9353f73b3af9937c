#include "import/curve.h"

#include <math.h>
#include <string.h>

void pk_path_add(struct pk_path *path, double x, double y)
{
    if (path->count > PK_GEOM_VERTICES_MAX) {
        return; /* the geometry that takes them over says PK_LIMIT */
    }
    if (path->count == path->cap) {
        size_t cap = path->cap ? path->cap * 2 : 32;
        double *xy = pk_arena_alloc(path->arena, cap * 2, sizeof(*xy));
        if (path->count) {
            memcpy(xy, path->xy, path->count * 2 * sizeof(*xy));
        }
        path->xy = xy;
        path->cap = cap;
    }
    path->xy[2 * path->count] = x;
    path->xy[2 * path->count + 1] = y;
    path->count++;
}

void pk_path_reverse(struct pk_path *path)
{
    for (size_t a = 0, b = path->count; a + 1 < b; a++) {
        b--;
        for (int k = 0; k < 2; k++) {
            double v = path->xy[2 * a + k];
            path->xy[2 * a + k] = path->xy[2 * b + k];
            path->xy[2 * b + k] = v;
        }
    }
}

struct circle {
    double x, y, r; /* centre relative to the arc's first point */
    double from, sweep;
};

static double turn(double angle) /* into 0..2 pi */
{
    angle = fmod(angle, 2 * M_PI);
    return angle < 0 ? angle + 2 * M_PI : angle;
}

/* The circle through 0, b and c (relative to a); false when they are in line. */
static bool circle_of(struct circle *out, double bx, double by, double cx, double cy)
{
    double d = 2 * (bx * cy - by * cx);
    double b2 = bx * bx + by * by, c2 = cx * cx + cy * cy;

    if (c2 == 0) { /* a full circle: b is opposite to a */
        *out = (struct circle){bx / 2, by / 2, sqrt(b2) / 2, 0, 2 * M_PI};
        out->from = atan2(-out->y, -out->x);
        return b2 > 0;
    }
    if (fabs(d) < 1e-12 * (b2 + c2)) {
        return false;
    }
    out->x = (cy * b2 - by * c2) / d;
    out->y = (bx * c2 - cx * b2) / d;
    out->r = hypot(out->x, out->y);
    out->from = atan2(-out->y, -out->x);
    double mid = turn(atan2(by - out->y, bx - out->x) - out->from);
    double end = turn(atan2(cy - out->y, cx - out->x) - out->from);
    out->sweep = mid < end ? end : end - 2 * M_PI;
    return isfinite(out->r) && isfinite(out->sweep);
}

static bool before(const double a[2], const double b[2])
{
    return a[0] < b[0] || (a[0] == b[0] && a[1] <= b[1]);
}

void pk_path_arc(struct pk_path *path, const double a[2], const double b[2],
                 const double c[2], double tolerance)
{
    const double *first = before(a, c) ? a : c, *last = first == a ? c : a;
    struct circle o;

    path->arcs++;
    if (!circle_of(&o, b[0] - first[0], b[1] - first[1], last[0] - first[0],
                   last[1] - first[1])) {
        pk_path_add(path, b[0], b[1]);
        pk_path_add(path, c[0], c[1]);
        return;
    }
    double step = o.r > tolerance ? 2 * acos(1 - tolerance / o.r) : M_PI / 4;
    double parts = ceil(fabs(o.sweep) / fmin(step, M_PI / 4));
    int n = parts < 2 ? 2 : parts > PK_ARC_POINTS_MAX ? PK_ARC_POINTS_MAX : (int)parts;
    for (int i = 1; i < n; i++) {
        int k = first == a ? i : n - i;
        double angle = o.from + o.sweep * k / n;
        pk_path_add(path, first[0] + o.x + o.r * cos(angle),
                    first[1] + o.y + o.r * sin(angle));
    }
    pk_path_add(path, c[0], c[1]);
}
