/* Any geometry with any pen and pattern: four small windows give the same pixels as
 * the large one. The first bytes choose what is drawn, the rest are vertices. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tiles/pattern.h"
#include "tiles/raster.h"
#include "tiles/stroke.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE = 64, VERTICES_MAX = 60 };

struct job {
    int64_t xy[2 * VERTICES_MAX];
    uint32_t count;
    uint8_t what;
    struct pk_pen pen;
    char pattern[40];
};

static void read_job(struct job *job, struct pk_bytes *in)
{
    job->what = pk_bytes_u8(in);
    struct pk_line_paint paint = {.width = pk_bytes_u8(in) / 8.0,
                                  .offset = (int8_t)pk_bytes_u8(in) / 8.0,
                                  .gap_width = pk_bytes_u8(in) / 16.0,
                                  .cap = (enum pk_cap)(job->what >> 2) % 3,
                                  .join = (enum pk_join)(job->what >> 4) % 3,
                                  .miter_limit = pk_bytes_u8(in) / 16.0,
                                  .dash_count = pk_bytes_u8(in) % 6};
    for (uint32_t i = 0; i < paint.dash_count; i++)
        paint.dashes[i] = pk_bytes_u8(in) / 4.0;
    if (!pk_pen_of(&job->pen, &paint, 1 + job->what / 64 % 3))
        job->pen.width = 0;
    size_t len = pk_bytes_u8(in) % sizeof job->pattern;
    const char *name = pk_bytes_take(in, len);
    if (name)
        memcpy(job->pattern, name, len);
    for (; job->count < VERTICES_MAX && in->p < in->end; job->count++) {
        /* Zigzag numbers from the window's middle, at most 2^36 parts away. */
        for (int axis = 0; axis < 2; axis++)
            job->xy[2 * job->count + axis] =
                pk_bytes_svarint(in) % (INT64_C(1) << 36) + SIDE * 128;
    }
}

static void draw(const struct job *job, struct pk_surface *s, int64_t x, int64_t y,
                 uint32_t side)
{
    struct pk_raster *r = pk_raster_create();
    struct pk_patterns *set = pk_patterns_create();
    struct pk_marks *marks = pk_marks_create();
    struct pk_ink ink = {
        {10, 20, 30, job->what & 2 ? 255 : 100},
        NULL
    };
    if (pk_surface_begin(s, x, y, side, side, NULL) != PK_OK)
        abort();
    pk_raster_begin(r, s);
    pk_raster_ring(r, job->xy, job->count);
    pk_raster_fill(r, s, job->what & 1 ? PK_EVEN_ODD : PK_NON_ZERO, &ink);
    const struct pk_pattern *p = pk_patterns_get(set, job->pattern, 1);
    if (p) {
        pk_marks_begin(marks, s, p);
        pk_marks_ring(marks, job->xy, job->count);
        pk_marks_paint(marks, s, (struct pk_rgba){200, 0, 0, 255});
        pk_raster_ring(r, job->xy, job->count);
        ink.pattern = p;
        pk_raster_fill(r, s, PK_EVEN_ODD, &ink);
    }
    struct pk_path path = {job->xy, job->count, 1000};
    ink = (struct pk_ink){
        {0, 200, 0, 200},
        NULL
    };
    if (job->pen.width > 0) {
        pk_stroke(r, &path, 1, &job->pen);
        pk_raster_paint_mask(r, s, &ink);
    }
    pk_raster_destroy(r);
    pk_patterns_destroy(set);
    pk_marks_destroy(marks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job = {.count = 0};
    struct pk_bytes in = pk_bytes_of(data, size);
    struct pk_surface whole = {0}, part = {0};
    read_job(&job, &in);
    draw(&job, &whole, 0, 0, SIDE);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t x = i % 2 * SIDE / 2, y = i / 2 * SIDE / 2;
        draw(&job, &part, x, y, SIDE / 2);
        for (uint32_t row = 0; row < SIDE / 2; row++) {
            if (memcmp(part.px + row * SIDE / 2, whole.px + (y + row) * SIDE + x,
                       SIDE / 2 * 4) != 0)
                abort();
        }
    }
    pk_surface_finish(&whole);
    pk_surface_finish(&part);
    return 0;
}
