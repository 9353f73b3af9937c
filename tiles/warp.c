/* warp.c - the lattice fits. */
#include "tiles/warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "layers/crs.h"

enum {
    CELL_MM = 1000000, /* 1 km */
    SLOTS = 1024,      /* fits kept; a new one takes the slot of an old one */
    NODES = 9,
    EDGE_POINTS = 9
};

struct fit {
    int64_t column, row;
    bool made;
    double c[2][NODES]; /* c[axis][3 * i + j] for u^i v^j, millimetres from `at` */
    double at[2];
};

struct pk_warp {
    struct pk_crs *crs;
    int epsg;
    struct fit fits[SLOTS];
};

struct pk_warp *pk_warp_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_warp));
}

void pk_warp_destroy(struct pk_warp *w)
{
    if (w) {
        pk_crs_destroy(w->crs);
        free(w);
    }
}

void pk_warp_into(struct pk_warp *w, int epsg)
{
    if (!w->crs) {
        w->crs = pk_crs_create();
    }
    if (w->epsg != epsg) {
        w->epsg = epsg;
        memset(w->fits, 0, sizeof w->fits);
    }
}

/* Metres there or back; a point that PROJ refuses (far outside) stays as it is. */
static void transform(struct pk_warp *w, int from, int to, double *xy, size_t count)
{
    struct pk_error err;
    if (pk_crs_transform(w->crs, from, to, xy, count, &err) != PK_OK) {
        return;
    }
}

/* Coefficients of 1, t, t^2 from the values at t = 0, 1/2, 1. */
static void quadratic(const double v[3], double c[3])
{
    c[0] = v[0];
    c[1] = -3 * v[0] + 4 * v[1] - v[2];
    c[2] = 2 * v[0] - 4 * v[1] + 2 * v[2];
}

static void make_fit(struct pk_warp *w, struct fit *fit, int64_t column, int64_t row)
{
    double xy[2 * NODES];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            double *p = &xy[2 * (3 * i + j)];
            p[0] = ((double)column + i / 2.0) * 1000;
            p[1] = (double)PK_TM_TOP / 1000 - ((double)row + j / 2.0) * 1000;
        }
    }
    transform(w, 3006, w->epsg, xy, NODES);
    for (int axis = 0; axis < 2; axis++) {
        double rows[3][3];
        for (int i = 0; i < 3; i++) {
            double v[3];
            for (int j = 0; j < 3; j++) {
                double metres = xy[2 * (3 * i + j) + axis];
                v[j] = axis == 0 ? metres * 1000 : (double)PK_TM_TOP - metres * 1000;
            }
            if (i == 0) {
                fit->at[axis] = floor(v[0]);
            }
            for (int j = 0; j < 3; j++) {
                v[j] -= fit->at[axis];
            }
            quadratic(v, rows[i]);
        }
        for (int j = 0; j < 3; j++) {
            double c[3];
            quadratic((double[3]){rows[0][j], rows[1][j], rows[2][j]}, c);
            for (int i = 0; i < 3; i++) {
                fit->c[axis][3 * i + j] = c[i];
            }
        }
    }
    fit->column = column;
    fit->row = row;
    fit->made = true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void pk_warp_point(struct pk_warp *w, int64_t *x, int64_t *y)
{
    int64_t column = floor_div(*x, CELL_MM), row = floor_div(*y, CELL_MM);
    struct fit *fit = &w->fits[(uint64_t)(column * 31 + row) % SLOTS];
    if (!fit->made || fit->column != column || fit->row != row) {
        make_fit(w, fit, column, row);
    }
    double u = (double)(*x - column * CELL_MM) / CELL_MM;
    double v = (double)(*y - row * CELL_MM) / CELL_MM;
    int64_t out[2];
    for (int axis = 0; axis < 2; axis++) {
        const double *c = fit->c[axis];
        double q[3];
        for (int i = 0; i < 3; i++) {
            q[i] = c[3 * i] + v * (c[3 * i + 1] + v * c[3 * i + 2]);
        }
        out[axis] = (int64_t)(fit->at[axis] + floor(q[0] + u * (q[1] + u * q[2]) + 0.5));
    }
    *x = out[0];
    *y = out[1];
}

struct pk_ibox pk_warp_box_back(struct pk_warp *w, struct pk_ibox zone)
{
    struct pk_ibox out = PK_IBOX_EMPTY;
    for (int i = 0; i < EDGE_POINTS * EDGE_POINTS; i++) {
        double fx = (double)(i % EDGE_POINTS) / (EDGE_POINTS - 1);
        double fy = (double)(i / EDGE_POINTS) / (EDGE_POINTS - 1);
        double xy[2] = {((double)zone.min_x + fx * (double)(zone.max_x - zone.min_x)) /
                            1000,
                        ((double)PK_TM_TOP - (double)zone.min_y -
                         fy * (double)(zone.max_y - zone.min_y)) /
                            1000};
        transform(w, w->epsg, 3006, xy, 1);
        int64_t x = (int64_t)floor(xy[0] * 1000);
        int64_t y = (int64_t)floor((double)PK_TM_TOP - xy[1] * 1000);
        out = pk_ibox_join(out, (struct pk_ibox){x, y, x, y});
    }
    /* An edge bends between the points by less than a hundredth of its length. */
    return pk_ibox_grow(out,
                        (out.max_x - out.min_x + out.max_y - out.min_y) / 100 + 1000);
}
