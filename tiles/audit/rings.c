/* rings.c - T7, T13, T15: letters against the pixels round them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tiles/audit/pictures.h"
#include "tiles/text.h"

enum { LABELS_SIMPLE_MAX = 15, SAMPLES_MAX = 1 << 16, RING = 2, SHOT_AREA = 512 * 512 };

/* The letters alone, without halo, on a surface of their own. */
struct letters {
    struct pk_surface s;
    uint32_t w, h;
};

static bool draw_letters(struct letters *out, struct pk_shots *shots,
                         const struct pk_shot *shot, const struct pk_sign *sign)
{
    int64_t scale = shot->view.scale, margin = 4 * scale;
    int64_t x0 = sign->box.min_x * scale / PK_TEXT_SUB - margin;
    int64_t y0 = sign->box.min_y * scale / PK_TEXT_SUB - margin;
    int64_t x1 = sign->box.max_x * scale / PK_TEXT_SUB + margin;
    int64_t y1 = sign->box.max_y * scale / PK_TEXT_SUB + margin;
    const struct pk_view *v = &shot->view;
    if (x0 < v->px || y0 < v->py || x1 >= v->px + v->width || y1 >= v->py + v->height) {
        return false; /* only whole labels */
    }
    out->w = (uint32_t)(x1 - x0 + 1);
    out->h = (uint32_t)(y1 - y0 + 1);
    if (pk_surface_begin(&out->s, x0, y0, out->w, out->h, NULL) != PK_OK) {
        return false;
    }
    struct pk_text_ink ink = {
        .colour = {0, 0, 0, 255}
    };
    pk_text_draw(pk_shots_text(shots), &out->s, v->scale, &sign->block, sign->x, sign->y,
                 sign->turn, &ink);
    return true;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 1 or 2 px outside the letters? */
static bool is_ring(const struct letters *l, uint32_t x, uint32_t y, uint32_t reach)
{
    if (l->s.px[(size_t)y * l->w + x] >> 24 != 0) {
        return false;
    }
    for (uint32_t v = y - reach; v <= y + reach; v++) {
        for (uint32_t u = x - reach; u <= x + reach; u++) {
            int64_t dx = (int64_t)u - x, dy = (int64_t)v - y;
            if (l->s.px[(size_t)v * l->w + u] >> 24 >= 128 &&
                dx * dx + dy * dy <= (int64_t)reach * reach) {
                return true;
            }
        }
    }
    return false;
}

/* The contrast that 95 in 100 pixels of the ring reach; -1 without a ring. */
static double ring_contrast(const struct letters *l, const struct pk_shot *shot,
                            struct pk_rgba text, double *samples)
{
    uint32_t reach = RING * shot->view.scale, count = 0;
    int64_t dx = l->s.x - shot->view.px, dy = l->s.y - shot->view.py;
    for (uint32_t y = reach; y + reach < l->h; y++) {
        for (uint32_t x = reach; x + reach < l->w && count < SAMPLES_MAX; x++) {
            if (is_ring(l, x, y, reach)) {
                uint32_t px =
                    shot->picture[(size_t)(y + dy) * shot->w + (size_t)(x + dx)];
                samples[count++] = pk_colour_contrast(text, pk_flat_colour(px));
            }
        }
    }
    if (count == 0) {
        return -1;
    }
    qsort(samples, count, sizeof *samples, compare_doubles);
    return samples[count / 20];
}

static void count_labels(struct pk_auditor *a, const struct pk_shot *shot)
{
    uint32_t labels = 0;
    for (uint32_t i = 0; i < shot->signs.count; i++) {
        labels += shot->signs.items[i]->block.count > 0;
    }
    if ((uint64_t)shot->w * shot->h != (uint64_t)SHOT_AREA) {
        return;
    }
    pk_audit_note(a, (struct pk_finding){.rule = PK_T15,
                                         .what = "labels in 512 x 512 px",
                                         .quantity = "count",
                                         .value = labels,
                                         .gate = LABELS_SIMPLE_MAX,
                                         .goal = LABELS_SIMPLE_MAX,
                                         .at_most = true,
                                         .zoom = shot->view.zoom,
                                         .vision = -1});
}

void pk_audit_rings(struct pk_auditor *a, struct pk_shots *shots,
                    const struct pk_shot *shot)
{
    double *samples = pk_xmalloc(SAMPLES_MAX * sizeof *samples);
    struct letters letters = {0};
    for (uint32_t i = 0; i < shot->signs.count; i++) {
        const struct pk_sign *sign = shot->signs.items[i];
        if (sign->block.count == 0 || !draw_letters(&letters, shots, shot, sign)) {
            continue;
        }
        double c = ring_contrast(&letters, shot, sign->ink.colour, samples);
        struct pk_finding f = {.rule = PK_T7,
                               .what = sign->layer->id,
                               .quantity = "contrast to the ring",
                               .value = c,
                               .gate = 4.5,
                               .goal = 7,
                               .zoom = shot->view.zoom,
                               .vision = PK_VISION_NORMAL};
        if (c >= 0) {
            pk_audit_note(a, f);
            f.rule = PK_T13;
            f.gate = 7;
            pk_audit_note(a, f);
        }
    }
    count_labels(a, shot);
    pk_surface_finish(&letters.s);
    free(samples);
}
