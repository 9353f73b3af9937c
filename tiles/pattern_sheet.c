#include "tiles/pattern_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "tiles/blend.h"
#include "tiles/png.h"

enum {
    SIDE_MIN = 4, /* CSS px of an image */
    SIDE_MAX = 64,
    FIELD = 2 * SIDE_MAX, /* CSS px drawn to look for the period in */
    PNG_LEVEL = 6
};

struct cutter {
    struct pk_patterns *patterns;
    struct pk_marks *marks;
    struct pk_surface field;
};

/* A square of the pattern, as it lies on the map's corner. */
static enum pk_status draw_field(struct cutter *c, const char *name, uint32_t ratio,
                                 struct pk_error *err)
{
    const struct pk_pattern *p = pk_patterns_get(c->patterns, name, ratio);
    if (p == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "\"%.60s\" is no pattern", name);
    }
    uint32_t side = FIELD * ratio;
    enum pk_status status = pk_surface_begin(&c->field, 0, 0, side, side, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_rgba ink = pk_pattern_ink(p);
    if (pk_pattern_is_marks(p)) {
        int64_t far = (int64_t)side * 256 * 2;
        int64_t ring[] = {-far, -far, far, -far, far, far, -far, far, -far, -far};
        pk_marks_begin(c->marks, &c->field, p);
        pk_marks_ring(c->marks, ring, 5);
        pk_marks_paint(c->marks, &c->field, ink);
        return PK_OK;
    }
    uint8_t *row = pk_xmalloc(side);
    for (uint32_t y = 0; y < side; y++) {
        pk_pattern_row(p, 0, y, side, row);
        for (uint32_t x = 0; x < side; x++) {
            uint32_t a = (uint32_t)row[x] * ink.a / 255;
            c->field.px[(size_t)y * side + x] = a << 24 | (ink.b * a / 255) << 16 |
                                                (ink.g * a / 255) << 8 | ink.r * a / 255;
        }
    }
    free(row);
    return PK_OK;
}

/* How much the field differs from itself, moved by (dx, dy) device px. */
static uint64_t difference(const struct pk_surface *s, uint32_t dx, uint32_t dy)
{
    uint64_t sum = 0, n = 0;
    for (uint32_t y = 0; y + dy < s->h; y++) {
        for (uint32_t x = 0; x + dx < s->w; x++) {
            uint32_t a = s->px[(size_t)y * s->w + x] >> 24;
            uint32_t b = s->px[(size_t)(y + dy) * s->w + x + dx] >> 24;
            sum += a > b ? a - b : b - a;
            n++;
        }
    }
    return sum * 256 / n;
}

/* The side at which the pattern repeats along one axis, CSS px; the field is at 1x. */
static uint32_t period(const struct cutter *c, bool down)
{
    uint64_t best = UINT64_MAX;
    uint32_t found = SIDE_MIN;
    for (uint32_t side = SIDE_MIN; side <= SIDE_MAX; side++) {
        uint64_t d = difference(&c->field, down ? 0 : side, down ? side : 0);
        if (d < best) {
            best = d;
            found = side;
        }
    }
    return found;
}

static void write_entry(struct pk_json *j, const char *name, uint32_t y, uint32_t w,
                        uint32_t h, uint32_t ratio)
{
    pk_json_key(j, name);
    pk_json_object(j);
    pk_json_member_int(j, "x", 0);
    pk_json_member_int(j, "y", y);
    pk_json_member_int(j, "width", w);
    pk_json_member_int(j, "height", h);
    pk_json_member_int(j, "pixelRatio", ratio);
    pk_json_end(j);
}

static void copy_cut(struct pk_surface *sheet, uint32_t at, const struct pk_surface *from,
                     uint32_t w, uint32_t h)
{
    for (uint32_t y = 0; y < h; y++) {
        memcpy(sheet->px + (size_t)(at + y) * sheet->w, from->px + (size_t)y * from->w,
               w * sizeof(*sheet->px));
    }
}

enum pk_status pk_pattern_sheet(struct pk_buf *index, struct pk_buf *sheet,
                                const char *const *names, uint32_t count, uint32_t ratio,
                                struct pk_error *err)
{
    struct cutter c = {.patterns = pk_patterns_create(), .marks = pk_marks_create()};
    struct pk_surface all = {0};
    struct pk_png *png = pk_png_create();
    struct pk_json j;
    struct pk_buf none;
    pk_buf_init(&none, 1 << 20);
    pk_json_init(&j, index != NULL ? index : &none);
    pk_json_object(&j);
    enum pk_status status = PK_OK;
    uint32_t y = 0;
    if (count > PK_PATTERN_SHEET_MAX) {
        status = pk_fail(err, PK_LIMIT, "the style has more than %d patterns",
                         PK_PATTERN_SHEET_MAX);
    }
    if (status == PK_OK) {
        status = pk_surface_begin(&all, 0, 0, SIDE_MAX * ratio,
                                  SIDE_MAX * ratio * (count == 0 ? 1 : count), err);
    }
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        uint32_t w = 0, h = 0;
        status = draw_field(&c, names[i], 1, err);
        if (status == PK_OK) {
            w = period(&c, false) * ratio;
            h = period(&c, true) * ratio;
            status = draw_field(&c, names[i], ratio, err);
        }
        if (status == PK_OK) {
            copy_cut(&all, y, &c.field, w, h);
            write_entry(&j, names[i], y, w, h, ratio);
            y += h;
        }
    }
    pk_json_end(&j);
    if (status == PK_OK && sheet != NULL) {
        all.h = y == 0 ? 1 : y;
        status = pk_png_write(sheet, png, &all, NULL, PNG_LEVEL, err);
    }
    pk_buf_finish(&none);
    pk_png_destroy(png);
    pk_surface_finish(&all);
    pk_surface_finish(&c.field);
    pk_marks_destroy(c.marks);
    pk_patterns_destroy(c.patterns);
    return status;
}
