/* sprite.c - PNG of the build into pixels, and distances from the edges of icons. */
#include "tiles/sprite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "styles/shipped_data.h"
#include "tiles/png.h"

enum {
    TOP = 3, /* the largest ratio: what distances are measured at */
    PAD = PK_SPRITE_HALO_MAX * TOP,
    SIDE_MAX = PK_SPRITE_PX_MAX * TOP + 2 * PAD,
    UNIT = 16 /* of distances */
};

/* Written by pk_sprites_start before there are threads, then only read. */
static struct {
    struct pk_arena arena;
    struct pk_sprite all[PK_SPRITES_MAX];
    uint32_t count;
} sprites;

/* ---- distances ----
 * Exact Euclidean distance transform in two passes of lower envelopes of parabolas
 * (Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions, 2012),
 * with the first distances from the coverage of the edge's pixels. */

static void transform_row(double *f, size_t stride, int n)
{
    double d[SIDE_MAX], z[SIDE_MAX + 1];
    int v[SIDE_MAX], k = 0;
    v[0] = 0;
    z[0] = -1e20;
    z[1] = 1e20;
    for (int q = 1; q < n; q++) {
        double s;
        do {
            int r = v[k];
            s = (f[(size_t)q * stride] - f[(size_t)r * stride] + (double)q * q -
                 (double)r * r) /
                (2.0 * (q - r));
        } while (s <= z[k] && --k >= 0);
        k++;
        v[k] = q;
        z[k] = s;
        z[k + 1] = 1e20;
    }
    k = 0;
    for (int q = 0; q < n; q++) {
        while (z[k + 1] < q) {
            k++;
        }
        int r = v[k];
        d[q] = (double)(q - r) * (q - r) + f[(size_t)r * stride];
    }
    for (int q = 0; q < n; q++) {
        f[(size_t)q * stride] = d[q];
    }
}

static void transform(double *f, int w, int h)
{
    for (int x = 0; x < w; x++) {
        transform_row(f + x, (size_t)w, h);
    }
    for (int y = 0; y < h; y++) {
        transform_row(f + (size_t)y * (size_t)w, 1, w);
    }
}

static const int16_t *field_of(const struct pk_sprite *s)
{
    int iw = (int)s->width * TOP, w = iw + 2 * PAD;
    int ih = (int)s->height * TOP, h = ih + 2 * PAD;
    size_t count = (size_t)w * (size_t)h;
    double *outer = pk_xcalloc(count, sizeof *outer);
    double *inner = pk_xcalloc(count, sizeof *inner);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            bool in = x >= PAD && x < w - PAD && y >= PAD && y < h - PAD;
            uint32_t px =
                in ? s->px[TOP - 1][(size_t)(y - PAD) * (size_t)iw + (size_t)(x - PAD)]
                   : 0;
            double a = (px >> 24) / 255.0, d = 0.5 - a;
            size_t i = (size_t)y * (size_t)w + (size_t)x;
            outer[i] = a >= 1 ? 0 : a <= 0 ? 1e10 : fmax(0, d) * fmax(0, d);
            inner[i] = a >= 1 ? 1e10 : a <= 0 ? 0 : fmax(0, -d) * fmax(0, -d);
        }
    }
    transform(outer, w, h);
    transform(inner, w, h);
    int16_t *out = pk_arena_alloc(&sprites.arena, count, sizeof *out);
    for (size_t i = 0; i < count; i++) {
        double d = (sqrt(outer[i]) - sqrt(inner[i])) * UNIT;
        out[i] = (int16_t)lrint(fmax(-30000, fmin(30000, d)));
    }
    free(outer);
    free(inner);
    return out;
}

/* ---- decoding ---- */

static struct pk_sprite *sprite_named(const char *file, struct pk_error *err)
{
    static const char mark[] = ".sdf";
    size_t len = strlen(file), tail = sizeof mark - 1;
    bool sdf = len > tail && strcmp(file + len - tail, mark) == 0;
    size_t name = sdf ? len - tail : len;
    for (uint32_t i = 0; i < sprites.count; i++) {
        if (strlen(sprites.all[i].name) == name &&
            strncmp(sprites.all[i].name, file, name) == 0) {
            return &sprites.all[i];
        }
    }
    if (sprites.count == PK_SPRITES_MAX) {
        (void)pk_fail(err, PK_LIMIT, "more than %d icons", PK_SPRITES_MAX);
        return NULL;
    }
    struct pk_sprite *s = &sprites.all[sprites.count++];
    *s = (struct pk_sprite){.name = pk_arena_strndup(&sprites.arena, file, name),
                            .sdf = sdf};
    return s;
}

static enum pk_status add_pixels(const struct pk_shipped_entry *e, struct pk_error *err)
{
    struct pk_sprite *s = sprite_named(e->name, err);
    if (!s) {
        return PK_LIMIT;
    }
    uint32_t ratio = (uint32_t)(e->kind[0] - '0');
    struct pk_surface surface = {0};
    enum pk_status st =
        pk_png_read(&surface, e->bytes, e->len, PK_SPRITE_PX_MAX * ratio, err);
    if (st == PK_OK && ratio == 1) {
        s->width = surface.w;
        s->height = surface.h;
    }
    if (st == PK_OK &&
        (surface.w != s->width * ratio || surface.h != s->height * ratio)) {
        st = pk_fail(err, PK_BAD_DATA, "icon %s: its sides are no whole pixels", e->name);
    }
    if (st == PK_OK) {
        s->px[ratio - 1] = (const uint32_t *)(const void *)pk_arena_strndup(
            &sprites.arena, (const char *)surface.px,
            (size_t)surface.w * surface.h * sizeof *surface.px);
    }
    pk_surface_finish(&surface);
    return st == PK_OK ? st : pk_error_context(err, st, "icon %s", e->name);
}

static int by_name(const void *a, const void *b)
{
    const struct pk_sprite *sa = a, *sb = b;
    return strcmp(sa->name, sb->name);
}

enum pk_status pk_sprites_start(struct pk_error *err)
{
    if (sprites.count > 0) {
        return PK_OK;
    }
    for (const struct pk_shipped_entry *e = pk_sprite_data; e->kind; e++) {
        enum pk_status st = add_pixels(e, err);
        if (st != PK_OK) {
            return st;
        }
    }
    for (uint32_t i = 0; i < sprites.count; i++) {
        if (sprites.all[i].sdf) {
            sprites.all[i].field = field_of(&sprites.all[i]);
        }
    }
    qsort(sprites.all, sprites.count, sizeof *sprites.all, by_name);
    return PK_OK;
}

const struct pk_sprite *pk_sprite_find(const char *name)
{
    struct pk_sprite key = {.name = name};
    return sprites.count == 0
               ? NULL
               : bsearch(&key, sprites.all, sprites.count, sizeof *sprites.all, by_name);
}

uint32_t pk_sprite_count(void)
{
    return sprites.count;
}

const struct pk_sprite *pk_sprite_at(uint32_t i)
{
    return i < sprites.count ? &sprites.all[i] : NULL;
}
