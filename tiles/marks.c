/*
 * marks.c - whole marks: which points of a lattice lie inside an area.
 *
 * For every row of marks that may reach the window, each edge that crosses the
 * row's line changes inside to outside for all marks to its right; the crossing
 * follows from the whole edge, so every window decides alike. An edge that two
 * areas share puts a mark on it into exactly one of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/pattern.h"
#include "tiles/pattern_core.h"
#include "tiles/raster_core.h"

/* The marks of one lattice that may touch the window. */
struct field {
    int64_t x0, y0; /* absolute 1/256 px of the first mark's centre */
    int64_t step_x, step_y;
    uint32_t columns, rows;
    uint8_t *turns; /* rows x (columns + 1): does inside change left of this mark? */
    size_t room;
};

struct pk_marks {
    const struct pk_pattern *pattern;
    struct field fields[PK_PATTERN_LATTICES];
};

struct pk_marks *pk_marks_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_marks));
}

void pk_marks_destroy(struct pk_marks *m)
{
    if (!m)
        return;
    for (uint32_t i = 0; i < PK_PATTERN_LATTICES; i++)
        free(m->fields[i].turns);
    free(m);
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

static uint32_t marks_between(int64_t off, int64_t step, int64_t from, int64_t to,
                              int64_t *first)
{
    int64_t lo = ceil_div(from - off, step), hi = ceil_div(to - off, step);
    *first = off + lo * step;
    return (uint32_t)(hi > lo ? hi - lo : 0);
}

void pk_marks_begin(struct pk_marks *m, const struct pk_surface *s,
                    const struct pk_pattern *p)
{
    m->pattern = p;
    if (p->kind != PK_PATTERN_MARKS)
        return;
    for (uint32_t i = 0; i < PK_PATTERN_LATTICES; i++) {
        const struct pk_lattice *l = &p->lattices[i];
        struct field *f = &m->fields[i];
        int64_t reach = (int64_t)l->side * PK_SUB;
        f->step_x = l->step_x * PK_SUB;
        f->step_y = l->step_y * PK_SUB;
        f->columns = marks_between(l->off_x, f->step_x, s->x * PK_SUB - reach,
                                   (s->x + s->w) * PK_SUB + reach, &f->x0);
        f->rows = marks_between(l->off_y, f->step_y, s->y * PK_SUB - reach,
                                (s->y + s->h) * PK_SUB + reach, &f->y0);
        size_t need = (size_t)f->rows * (f->columns + 1);
        if (need > f->room) {
            free(f->turns);
            f->turns = pk_xmalloc(need);
            f->room = need;
        }
        memset(f->turns, 0, need);
    }
}

static void cross_rows(struct field *f, int64_t x0, int64_t y0, int64_t x1, int64_t y1)
{
    if (y0 > y1) {
        int64_t sx = x0, sy = y0;
        x0 = x1;
        y0 = y1;
        x1 = sx;
        y1 = sy;
    }
    int64_t row = ceil_div(y0 - f->y0, f->step_y);
    row = row < 0 ? 0 : row;
    if (row >= f->rows || f->y0 + row * f->step_y >= y1)
        return;
    int64_t slope = pk_slope(x1 - x0, y1 - y0);
    for (; row < f->rows; row++) {
        int64_t y = f->y0 + row * f->step_y;
        if (y >= y1)
            return;
        int64_t x = x0 + (int64_t)(((__int128)(y - y0) * slope) >> 32);
        int64_t column = ceil_div(x - f->x0, f->step_x);
        column = column < 0 ? 0 : column;
        if (column < f->columns)
            f->turns[row * (f->columns + 1) + column] ^= 1;
    }
}

void pk_marks_ring(struct pk_marks *m, const int64_t *xy, uint32_t count)
{
    if (count < 3 || m->pattern->kind != PK_PATTERN_MARKS)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *a = xy + 2 * (size_t)i;
        const int64_t *b = i + 1 < count ? a + 2 : xy;
        if (a[1] == b[1])
            continue;
        for (uint32_t k = 0; k < PK_PATTERN_LATTICES; k++)
            cross_rows(&m->fields[k], a[0], a[1], b[0], b[1]);
    }
}

void pk_marks_paint(struct pk_marks *m, struct pk_surface *s, struct pk_rgba colour)
{
    const struct pk_pattern *p = m->pattern;
    if (p->kind != PK_PATTERN_MARKS)
        return;
    if (colour.a == 0)
        colour = p->ink;
    for (uint32_t i = 0; i < PK_PATTERN_LATTICES; i++) {
        const struct pk_lattice *l = &p->lattices[i];
        struct field *f = &m->fields[i];
        /* Half a stamp is a whole number of half pixels, as the centre is. */
        int64_t half = (int64_t)l->side * PK_SUB / 2;
        for (uint32_t row = 0; row < f->rows; row++) {
            uint8_t *turns = f->turns + (size_t)row * (f->columns + 1);
            unsigned inside = 0;
            for (uint32_t c = 0; c < f->columns; c++) {
                inside ^= turns[c];
                turns[c] = 0;
                if (!inside)
                    continue;
                int64_t x = f->x0 + c * f->step_x - half,
                        y = f->y0 + row * f->step_y - half;
                pk_surface_stamp(s, l->stamp, l->side, x >> 8, y >> 8, l->side, l->side,
                                 colour);
            }
        }
    }
}
