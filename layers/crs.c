/* crs.c - PROJ, the lattice fit of Web Mercator, densifying. */
#include "layers/crs.h"

#include <math.h>
#include <proj.h>
#include <stdlib.h>
#include <string.h>

#include "layers/crs_table.h"

enum {
    PAIRS_MAX = 64,
    LATTICE_SLOTS = 4096, /* power of two; fits kept, 150 bytes each */
    HALVINGS_MAX = 12
};

static const double LONGEST_EDGE = 250; /* metres */
static const double MERCATOR_HALF = 20037508.342789244;

/* Quadratic in u and v (0..1 across the cell) through its 3 by 3 points: on a border
 * it is the parabola through the three points that the neighbour has too. */
struct lattice_fit {
    int32_t column, row;
    bool used;
    double x[9], y[9]; /* family units, factors of u^i v^j at 3 * j + i */
};

struct pk_crs {
    PJ_CONTEXT *context;
    struct pair {
        int from, to;
        PJ *pj;
    } pairs[PAIRS_MAX];
    int pair_count;
    struct lattice_fit *fits;
};

struct pk_crs *pk_crs_create(void)
{
    struct pk_crs *crs = pk_xcalloc(1, sizeof(*crs));
    crs->context = proj_context_create();
    if (crs->context != NULL) {
        proj_context_set_enable_network(crs->context, 0);
        proj_log_level(crs->context, PJ_LOG_NONE);
    }
    crs->fits = pk_xcalloc(LATTICE_SLOTS, sizeof(*crs->fits));
    return crs;
}

void pk_crs_destroy(struct pk_crs *crs)
{
    if (crs == NULL) {
        return;
    }
    for (int i = 0; i < crs->pair_count; i++) {
        proj_destroy(crs->pairs[i].pj);
    }
    proj_context_destroy(crs->context);
    free(crs->fits);
    free(crs);
}

/* The transformation, easting/longitude first; NULL when PROJ has none. */
static PJ *pair_of(struct pk_crs *crs, int from, int to)
{
    for (int i = 0; i < crs->pair_count; i++) {
        if (crs->pairs[i].from == from && crs->pairs[i].to == to) {
            return crs->pairs[i].pj;
        }
    }
    if (crs->pair_count == PAIRS_MAX) {
        proj_destroy(crs->pairs[--crs->pair_count].pj);
    }
    char a[24], b[24];
    struct pk_buf text;
    pk_buf_init(&text, 40);
    pk_buf_addf(&text, "EPSG:%d", from);
    memcpy(a, text.data, text.len + 1);
    pk_buf_clear(&text);
    pk_buf_addf(&text, "EPSG:%d", to);
    memcpy(b, text.data, text.len + 1);
    pk_buf_finish(&text);
    PJ *raw = proj_create_crs_to_crs(crs->context, a, b, NULL);
    PJ *pj = raw != NULL ? proj_normalize_for_visualization(crs->context, raw) : NULL;
    proj_destroy(raw);
    if (pj != NULL) {
        crs->pairs[crs->pair_count++] = (struct pair){from, to, pj};
    }
    return pj;
}

enum pk_status pk_crs_transform(struct pk_crs *crs, int from, int to, double *xy,
                                size_t count, struct pk_error *err)
{
    int a = pk_crs_plane(from), b = pk_crs_plane(to);
    if (a == 0 || b == 0) {
        return pk_fail(err, PK_UNSUPPORTED, "reference system EPSG:%d is not supported",
                       a == 0 ? from : to);
    }
    if (a == b) {
        return PK_OK;
    }
    PJ *pj = pair_of(crs, a, b);
    if (pj == NULL) {
        return pk_fail(err, PK_UNSUPPORTED, "no transformation from EPSG:%d to EPSG:%d",
                       from, to);
    }
    for (size_t i = 0; i < count; i++, xy += 2) {
        PJ_COORD c = proj_trans(pj, PJ_FWD, proj_coord(xy[0], xy[1], 0, 0));
        if (!isfinite(c.xy.x) || !isfinite(c.xy.y)) {
            return pk_fail(err, PK_BAD_INPUT,
                           "point %.3f, %.3f of EPSG:%d cannot be transformed to EPSG:%d",
                           xy[0], xy[1], from, to);
        }
        xy[0] = c.xy.x;
        xy[1] = c.xy.y;
    }
    return PK_OK;
}

/* ---- densifying ---- */

static double edge_length(const double *a, const double *b, bool degrees)
{
    double dx = b[0] - a[0], dy = b[1] - a[1];
    if (degrees) { /* metres on a sphere, near enough to choose a number of halvings */
        dx *= 111320 * cos((a[1] + b[1]) / 2 * (3.14159265358979323846 / 180));
        dy *= 111320;
    }
    return hypot(dx, dy);
}

/* Points between a and b, each the middle of its neighbours. */
static void put_middles(struct pk_geom_builder *out, const double *a, const double *b,
                        double length, int depth)
{
    if (!(length > LONGEST_EDGE) || depth == HALVINGS_MAX) {
        return;
    }
    double m[3] = {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2};
    put_middles(out, a, m, length / 2, depth + 1);
    pk_geom_vertex(out, m[0], m[1], m[2]);
    put_middles(out, m, b, length / 2, depth + 1);
}

enum pk_status pk_crs_transform_geom(struct pk_crs *crs, int from, int to,
                                     const struct pk_geom *in, struct pk_geom *out,
                                     struct pk_arena *arena, struct pk_error *err)
{
    bool dense = in->kind != PK_GEOM_POINT && pk_crs_plane(from) != pk_crs_plane(to);
    bool degrees = pk_crs_is_degrees(from);
    struct pk_geom_builder *b = pk_geom_begin(arena, in->kind, in->z != NULL);
    for (uint32_t r = 0; r < in->ring_count; r++) {
        pk_geom_ring(b, in->rings[r].role);
        double before[3] = {0, 0, 0};
        for (uint32_t i = 0; i < in->rings[r].count; i++) {
            size_t at = (size_t)in->rings[r].first + i;
            double v[3] = {in->xy[2 * at], in->xy[2 * at + 1],
                           in->z != NULL ? in->z[at] : 0};
            if (i > 0 && dense) {
                put_middles(b, before, v, edge_length(before, v, degrees), 0);
            }
            pk_geom_vertex(b, v[0], v[1], v[2]);
            memcpy(before, v, sizeof(v));
        }
    }
    enum pk_status status = pk_geom_done(out, b, err);
    if (status != PK_OK) {
        return status;
    }
    return pk_crs_transform(crs, from, to, out->xy, out->vertex_count, err);
}

/* ---- families ---- */

bool pk_crs_in_reach(double easting, double northing)
{
    /* The box of the area of use in EPSG:3006, the corners' bulge within it. */
    return easting >= 181800 && easting <= 1086400 && northing >= 6090300 &&
           northing <= 7689500;
}

double pk_crs_point_scale(double easting)
{
    /* k = k0 (1 + y^2 / 2R^2 + y^4 / 24R^4), y = distance from the central meridian on
     * the ground (Gauss-Krueger; R = mean radius of GRS 80 at latitude 62). */
    double r = 6388000, y = (easting - 500000) / 0.9996 / r;
    return 0.9996 * (1 + y * y / 2 + y * y * y * y / 24);
}

static void mercator_units(const double *metres, double *x, double *y)
{
    double scale = (double)PK_WM_WORLD / (2 * MERCATOR_HALF);
    *x = (metres[0] + MERCATOR_HALF) * scale;
    *y = (MERCATOR_HALF - metres[1]) * scale;
}

/* Factors 1, u, u^2 of the parabola through f(0), f(1/2), f(1). */
static void parabola(double a, double m, double b, double *out, int step)
{
    out[0] = a;
    out[step] = 4 * m - 3 * a - b;
    out[2 * step] = 2 * (a + b) - 4 * m;
}

static void factors(const double at[9], double out[9])
{
    double rows[9];
    for (int j = 0; j < 3; j++) {
        parabola(at[3 * j], at[3 * j + 1], at[3 * j + 2], rows + 3 * j, 1);
    }
    for (int i = 0; i < 3; i++) {
        parabola(rows[i], rows[3 + i], rows[6 + i], out + i, 3);
    }
}

static void make_fit(struct pk_crs *crs, struct lattice_fit *fit, int32_t column,
                     int32_t row)
{
    double x[9], y[9];
    for (int k = 0; k < 9; k++) {
        double p[2] = {1000.0 * column + 500 * (k % 3), 1000.0 * row + 500 * (k / 3)};
        if (pk_crs_transform(crs, 3006, 3857, p, 1, NULL) != PK_OK) {
            p[0] = p[1] = 0; /* beyond the projection: no map reaches there */
        }
        mercator_units(p, &x[k], &y[k]);
    }
    factors(x, fit->x);
    factors(y, fit->y);
    fit->column = column;
    fit->row = row;
    fit->used = true;
}

static const struct lattice_fit *fit_of(struct pk_crs *crs, int32_t column, int32_t row)
{
    uint32_t hash = (uint32_t)column * 2654435761u ^ (uint32_t)row * 2246822519u;
    struct lattice_fit *fit = &crs->fits[(hash >> 16 ^ hash) % LATTICE_SLOTS];
    if (!fit->used || fit->column != column || fit->row != row) {
        make_fit(crs, fit, column, row);
    }
    return fit;
}

static double value_of(const double f[9], double u, double v)
{
    double a = f[0] + u * (f[1] + u * f[2]), b = f[3] + u * (f[4] + u * f[5]),
           c = f[6] + u * (f[7] + u * f[8]);
    return a + v * (b + v * c);
}

/* What is drawn lies far inside this; the rest of the world is put on its edge. */
static double bounded(double v, double min, double max)
{
    return v >= min ? v <= max ? v : max : min;
}

static void to_mercator(struct pk_crs *crs, const double *p, int64_t *out)
{
    double e = bounded(p[0], -3e6, 4e6), n = bounded(p[1], 1e6, 9.9e6);
    double column = floor(e / 1000), row = floor(n / 1000);
    const struct lattice_fit *fit = fit_of(crs, (int32_t)column, (int32_t)row);
    double u = e / 1000 - column, v = n / 1000 - row;
    out[0] = (int64_t)floor(value_of(fit->x, u, v) + 0.5);
    out[1] = (int64_t)floor(value_of(fit->y, u, v) + 0.5);
}

void pk_crs_to_family(struct pk_crs *crs, enum pk_family family, const double *xy,
                      size_t count, int64_t *out)
{
    for (size_t i = 0; i < count; i++, xy += 2, out += 2) {
        if (family == PK_WM) {
            to_mercator(crs, xy, out);
        } else {
            out[0] = (int64_t)floor(bounded(xy[0], -1e8, 1e8) * 1000 + 0.5);
            out[1] = PK_TM_TOP - (int64_t)floor(bounded(xy[1], -1e8, 1e8) * 1000 + 0.5);
        }
    }
}

void pk_crs_from_family(struct pk_crs *crs, enum pk_family family, int64_t x, int64_t y,
                        double *easting, double *northing)
{
    if (family == PK_TM) {
        *easting = (double)x / 1000;
        *northing = (double)(PK_TM_TOP - y) / 1000;
        return;
    }
    double unit = 2 * MERCATOR_HALF / (double)PK_WM_WORLD;
    double p[2] = {(double)x * unit - MERCATOR_HALF, MERCATOR_HALF - (double)y * unit};
    if (pk_crs_transform(crs, 3857, 3006, p, 1, NULL) != PK_OK) {
        p[0] = p[1] = 0;
    }
    *easting = p[0];
    *northing = p[1];
}
