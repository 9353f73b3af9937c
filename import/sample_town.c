/* sample_town.c - where towns lie, how their street grids bend, rings along them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "import/sample.h"

/* Where the sample lies (EPSG:3006): inside the municipal grid and in the zone of
 * SWEREF 99 17 15. */
#define BASE_X  618000.0
#define BASE_Y  6928000.0
#define PITCH_X 4300.0
#define PITCH_Y 3600.0

uint64_t pk_sample_random(uint64_t seed, const char *what, int64_t a, int64_t b,
                          int64_t c)
{
    int64_t key[4] = {a, b, c, (int64_t)pk_hash64(what, strlen(what), 1)};
    return pk_hash64(key, sizeof(key), seed);
}

double pk_sample_unit(uint64_t seed, const char *what, int64_t a, int64_t b, int64_t c)
{
    return (double)(pk_sample_random(seed, what, a, b, c) >> 11) / 9007199254740992.0;
}

/* The index-th place of a square spiral around (0, 0). */
static void spiral(uint32_t index, int *x, int *y)
{
    *x = *y = 0;
    int dx = 1, dy = 0, leg = 1, left = 1, turns = 0;
    for (uint32_t i = 0; i < index; i++) {
        *x += dx;
        *y += dy;
        if (--left == 0) {
            int old = dx;
            dx = -dy;
            dy = old;
            if (++turns % 2 == 0) {
                leg++;
            }
            left = leg;
        }
    }
}

void pk_sample_town(struct pk_sample_town *town, uint64_t seed, uint32_t index)
{
    memset(town, 0, sizeof(*town));
    town->index = index;
    spiral(index, &town->grid_x, &town->grid_y);
    double jx = pk_sample_unit(seed, "town-x", index, 0, 0) - 0.5;
    double jy = pk_sample_unit(seed, "town-y", index, 0, 0) - 0.5;
    town->cx = BASE_X + town->grid_x * PITCH_X + jx * 500;
    town->cy = BASE_Y + town->grid_y * PITCH_Y + jy * 400;
    double turn = (pk_sample_unit(seed, "town-turn", index, 0, 0) - 0.5) * 1.2;
    town->cos_a = cos(turn);
    town->sin_a = sin(turn);
    for (int i = 0; i < 4; i++) {
        town->phase[i] =
            pk_sample_unit(seed, "town-phase", index, i, 0) * 6.283185307179586;
    }
    town->columns = 6 + (int)(pk_sample_random(seed, "town-columns", index, 0, 0) % 3);
    town->rows = 7 + (int)(pk_sample_random(seed, "town-rows", index, 0, 0) % 4);
    town->municipality = town->grid_x > 0;
    town->epsg = index % 3 == 1 ? 3006 : 3014;
    pk_sample_town_name(town->name, sizeof(town->name), seed, index);
    struct pk_arena arena = {0};
    snprintf(town->upper, sizeof(town->upper), "%s", pk_text_key(&arena, town->name));
    pk_arena_finish(&arena);
}

bool pk_sample_has_cell(const struct pk_sample_town *town, int column, int row)
{
    if (column < 0 || row < 0 || column >= town->columns || row >= town->rows) {
        return false;
    }
    double x = (2.0 * column + 1) / town->columns - 1;
    double y = (2.0 * row + 1) / town->rows - 1;
    return x * x + y * y < 1.15;
}

struct pk_sample_rect pk_sample_cell(const struct pk_sample_town *town, int column,
                                     int row)
{
    double u = (column - town->columns / 2) * (double)PK_SAMPLE_PLAN_U;
    double v = (row - town->rows / 2) * (double)PK_SAMPLE_PLAN_V;
    return (struct pk_sample_rect){u, v, u + PK_SAMPLE_PLAN_U, v + PK_SAMPLE_PLAN_V};
}

void pk_sample_place(const struct pk_sample_town *town, double u, double v, double *x,
                     double *y)
{
    /* Slopes stay under 0.35, so the warp never folds. */
    double wu =
        u + 22 * sin(v / 130 + town->phase[0]) + 30 * sin(v / 390 + town->phase[1]);
    double wv =
        v + 16 * sin(u / 120 + town->phase[2]) + 34 * sin(u / 430 + town->phase[3]);
    double east = town->cx + wu * town->cos_a - wv * town->sin_a;
    double north = town->cy + wu * town->sin_a + wv * town->cos_a;
    *x = round(east * 1000) / 1000;
    *y = round(north * 1000) / 1000;
}

static void put(struct pk_geom_builder *b, const struct pk_sample_town *town, double u,
                double v)
{
    double x, y;
    pk_sample_place(town, u, v, &x, &y);
    pk_geom_vertex(b, x, y, 0);
}

/* Lattice points strictly between the ends, in order. One of u, v is constant. */
static void between(struct pk_geom_builder *b, const struct pk_sample_town *town,
                    double u0, double v0, double u1, double v1)
{
    const double step = PK_SAMPLE_STEP;
    bool along_u = v0 == v1;
    double from = along_u ? u0 : v0, to = along_u ? u1 : v1;
    if (from < to) {
        for (double s = floor(from / step) * step + step; s < to - 1e-6; s += step) {
            if (s > from + 1e-6) {
                put(b, town, along_u ? s : u0, along_u ? v0 : s);
            }
        }
    } else {
        for (double s = ceil(from / step) * step - step; s > to + 1e-6; s -= step) {
            if (s < from - 1e-6) {
                put(b, town, along_u ? s : u0, along_u ? v0 : s);
            }
        }
    }
}

void pk_sample_ring(struct pk_geom_builder *b, const struct pk_sample_town *town,
                    struct pk_sample_rect r, unsigned corners, double radius,
                    enum pk_ring_role role)
{
    enum { ARC = 5 };
    static const double turn[4][2] = {
        {1,  1 },
        {-1, 1 },
        {-1, -1},
        {1,  -1}
    };
    const double corner[4][2] = {
        {r.u0, r.v0},
        {r.u1, r.v0},
        {r.u1, r.v1},
        {r.u0, r.v1}
    };
    double enter[4][2], leave[4][2];
    for (int i = 0; i < 4; i++) {
        double rad = corners >> i & 1 ? radius : 0;
        bool comes_along_u = i % 2 == 1; /* corners 1 and 3 end an edge along u */
        double du = turn[i][0] * rad, dv = turn[i][1] * rad;
        enter[i][0] = corner[i][0] + (comes_along_u ? du : 0);
        enter[i][1] = corner[i][1] + (comes_along_u ? 0 : dv);
        leave[i][0] = corner[i][0] + (comes_along_u ? 0 : du);
        leave[i][1] = corner[i][1] + (comes_along_u ? dv : 0);
    }
    pk_geom_ring(b, role);
    for (int i = 0; i < 4; i++) {
        bool rounded = corners >> i & 1;
        if (i > 0 || rounded) {
            if (i == 0) {
                put(b, town, leave[0][0], leave[0][1]);
            } else {
                put(b, town, enter[i][0], enter[i][1]);
                if (rounded) {
                    double mu = corner[i][0] + turn[i][0] * radius;
                    double mv = corner[i][1] + turn[i][1] * radius;
                    double a0 = atan2(enter[i][1] - mv, enter[i][0] - mu);
                    for (int k = 1; k < ARC; k++) {
                        double a = a0 + k * 1.5707963267948966 / ARC;
                        put(b, town, mu + radius * cos(a), mv + radius * sin(a));
                    }
                    put(b, town, leave[i][0], leave[i][1]);
                }
            }
        } else {
            put(b, town, corner[0][0], corner[0][1]);
        }
        int next = (i + 1) % 4;
        between(b, town, leave[i][0], leave[i][1], enter[next][0], enter[next][1]);
    }
    if (corners & 1) {
        double mu = corner[0][0] + radius, mv = corner[0][1] + radius;
        put(b, town, enter[0][0], enter[0][1]);
        double a0 = atan2(enter[0][1] - mv, enter[0][0] - mu);
        for (int k = 1; k < ARC; k++) {
            double a = a0 + k * 1.5707963267948966 / ARC;
            put(b, town, mu + radius * cos(a), mv + radius * sin(a));
        }
        put(b, town, leave[0][0], leave[0][1]);
    } else {
        put(b, town, corner[0][0], corner[0][1]);
    }
}

void pk_sample_line(struct pk_geom_builder *b, const struct pk_sample_town *town,
                    double u0, double v0, double u1, double v1)
{
    pk_geom_ring(b, PK_RING_OPEN);
    put(b, town, u0, v0);
    between(b, town, u0, v0, u1, v1);
    put(b, town, u1, v1);
}
