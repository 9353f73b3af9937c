/* font.c - fonts mapped once for all threads; glyph masks made on first use. */
#include "tiles/font.h"

#include <hb-ot.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "base/hash.h"

enum {
    MASK_SLOTS = 4096,           /* power of two */
    MASK_BYTES_MAX = 1536 * 1024 /* then the cache is emptied */
};

#define FONT_DIR "/usr/share/fonts/truetype/dejavu"

static const char *const font_files[PK_FONT_COUNT] = {
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf",
    "DejaVuSans-BoldOblique.ttf"};

/* Written by pk_fonts_start before there are threads, then only read. */
static struct pk_font fonts[PK_FONT_COUNT];

enum pk_status pk_fonts_start(const char *dir, struct pk_error *err)
{
    for (uint32_t i = 0; i < PK_FONT_COUNT; i++) {
        if (fonts[i].hb) {
            continue;
        }
        struct pk_arena arena = {0};
        const char *path =
            pk_arena_printf(&arena, "%s/%s", dir ? dir : FONT_DIR, font_files[i]);
        hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
        if (!blob || hb_face_count(blob) == 0) {
            enum pk_status st =
                pk_fail(err, PK_IO,
                        "font %s is missing: install fonts-dejavu-core and "
                        "fonts-dejavu-extra",
                        path);
            hb_blob_destroy(blob);
            pk_arena_finish(&arena);
            return st;
        }
        pk_arena_finish(&arena);
        hb_face_t *face = hb_face_create(blob, 0);
        hb_font_t *font = hb_font_create(face);
        int32_t units = (int32_t)hb_face_get_upem(face);
        hb_font_set_scale(font, units, units);
        hb_ot_font_set_funcs(font);
        hb_face_make_immutable(face);
        hb_font_make_immutable(font);
        hb_face_destroy(face);
        fonts[i] = (struct pk_font){blob, font, units};
    }
    return PK_OK;
}

const struct pk_font *pk_font_at(uint32_t font)
{
    return &fonts[font % PK_FONT_COUNT];
}

struct slot {
    bool used;
    struct pk_mask_key key;
    struct pk_mask mask;
};

struct pk_masks {
    FT_Library library;
    FT_Face faces[PK_FONT_COUNT];
    struct pk_arena arena;
    uint32_t count;
    struct slot slots[MASK_SLOTS];
};

struct pk_masks *pk_masks_create(void)
{
    struct pk_masks *m = pk_xcalloc(1, sizeof *m);
    if (FT_Init_FreeType(&m->library) != 0) {
        free(m);
        return NULL;
    }
    for (uint32_t i = 0; i < PK_FONT_COUNT; i++) {
        unsigned int len = 0;
        const char *data = fonts[i].blob ? hb_blob_get_data(fonts[i].blob, &len) : NULL;
        if (!data || FT_New_Memory_Face(m->library, (const FT_Byte *)data, (FT_Long)len,
                                        0, &m->faces[i]) != 0) {
            pk_masks_destroy(m);
            return NULL;
        }
    }
    return m;
}

void pk_masks_destroy(struct pk_masks *m)
{
    if (m) {
        FT_Done_FreeType(m->library); /* and its faces */
        pk_arena_finish(&m->arena);
        free(m);
    }
}

void pk_masks_begin(struct pk_masks *m)
{
    if (m->arena.total > MASK_BYTES_MAX || m->count > MASK_SLOTS / 2) {
        pk_arena_finish(&m->arena);
        memset(m->slots, 0, sizeof m->slots);
        m->count = 0;
    }
}

/* The glyph's own coverage, moved by the quarter pixels and turned about its pen. */
static void draw_glyph(struct pk_masks *m, const struct pk_mask_key *key,
                       struct pk_mask *out)
{
    FT_Face face = m->faces[key->font];
    if (FT_Set_Char_Size(face, key->size, key->size, 72, 72) != 0 ||
        FT_Load_Glyph(face, key->id, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0 ||
        face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) {
        return;
    }
    FT_Outline *outline = &face->glyph->outline;
    if (key->turn) {
        /* FreeType's y goes up: a clockwise turn on the map is a negative one there. */
        FT_Matrix turn = {pk_turn_cos(key->turn), pk_turn_sin(key->turn),
                          -pk_turn_sin(key->turn), pk_turn_cos(key->turn)};
        FT_Outline_Transform(outline, &turn);
    }
    FT_Outline_Translate(outline, (FT_Pos)key->sub_x * 16, -(FT_Pos)key->sub_y * 16);
    FT_BBox box;
    FT_Outline_Get_CBox(outline, &box);
    int32_t left = (int32_t)(box.xMin >> 6), right = (int32_t)((box.xMax + 63) >> 6);
    int32_t bottom = (int32_t)(box.yMin >> 6), top = (int32_t)((box.yMax + 63) >> 6);
    if (right <= left || top <= bottom) {
        return;
    }
    uint32_t width = (uint32_t)(right - left), height = (uint32_t)(top - bottom);
    uint8_t *bytes = pk_arena_alloc(&m->arena, (size_t)width * height, 1);
    FT_Outline_Translate(outline, -(FT_Pos)left * 64, -(FT_Pos)bottom * 64);
    FT_Bitmap bitmap = {.rows = height,
                        .width = width,
                        .pitch = (int)width,
                        .buffer = bytes,
                        .num_grays = 256,
                        .pixel_mode = FT_PIXEL_MODE_GRAY};
    if (FT_Outline_Get_Bitmap(m->library, outline, &bitmap) == 0) {
        *out = (struct pk_mask){left, -top, width, height, bytes};
    }
}

/* Coverage 0..256 of a halo's disc at (dx, dy): one pixel of soft edge. */
static uint32_t disc(int32_t dx, int32_t dy, int32_t radius)
{
    double inside = radius / 64.0 + 0.5 - sqrt((double)(dx * dx + dy * dy));
    return inside <= 0 ? 0 : inside >= 1 ? 256 : (uint32_t)(inside * 256);
}

/* Every pixel gets the most that any glyph pixel within the radius can give it. */
static void dilate(struct pk_masks *m, const struct pk_mask *glyph, int32_t radius,
                   struct pk_mask *out)
{
    int32_t reach = (radius + 32) / 64 + 1;
    uint32_t width = glyph->width + 2 * (uint32_t)reach;
    uint32_t height = glyph->height + 2 * (uint32_t)reach;
    uint8_t *bytes = pk_arena_alloc(&m->arena, (size_t)width * height, 1);
    for (int32_t dy = -reach; dy <= reach; dy++) {
        for (int32_t dx = -reach; dx <= reach; dx++) {
            uint32_t weight = disc(dx, dy, radius);
            if (weight == 0) {
                continue;
            }
            for (uint32_t y = 0; y < glyph->height; y++) {
                const uint8_t *from = glyph->bytes + (size_t)y * glyph->width;
                uint8_t *to = bytes + (size_t)(y + (uint32_t)(dy + reach)) * width +
                              (uint32_t)(dx + reach);
                for (uint32_t x = 0; x < glyph->width; x++) {
                    uint8_t v = (uint8_t)(from[x] * weight >> 8);
                    to[x] = to[x] > v ? to[x] : v;
                }
            }
        }
    }
    *out =
        (struct pk_mask){glyph->left - reach, glyph->top - reach, width, height, bytes};
}

static void make_mask(struct pk_masks *m, const struct pk_mask_key *key,
                      struct pk_mask *out)
{
    *out = (struct pk_mask){0};
    if (key->halo == 0) {
        draw_glyph(m, key, out);
        return;
    }
    struct pk_mask_key plain = *key;
    plain.halo = 0;
    const struct pk_mask *glyph = pk_masks_get(m, &plain);
    if (glyph) {
        dilate(m, glyph, key->halo, out);
    }
}

static bool same_key(const struct pk_mask_key *a, const struct pk_mask_key *b)
{
    return a->font == b->font && a->id == b->id && a->turn == b->turn &&
           a->size == b->size && a->halo == b->halo && a->sub_x == b->sub_x &&
           a->sub_y == b->sub_y;
}

const struct pk_mask *pk_masks_get(struct pk_masks *m, const struct pk_mask_key *key)
{
    uint32_t words[7] = {key->font,           key->id,    key->turn, (uint32_t)key->size,
                         (uint32_t)key->halo, key->sub_x, key->sub_y};
    uint32_t at = (uint32_t)pk_hash64(words, sizeof words, 0);
    struct slot *slot = &m->slots[at % MASK_SLOTS];
    while (slot->used && !same_key(&slot->key, key)) {
        slot = &m->slots[++at % MASK_SLOTS];
    }
    if (!slot->used) {
        struct pk_mask mask;
        if (m->count >= MASK_SLOTS - 2) {
            /* A picture with more masks than the table holds: this one is not kept. */
            struct pk_mask *loose = pk_arena_alloc(&m->arena, 1, sizeof *loose);
            make_mask(m, key, loose);
            return loose->bytes ? loose : NULL;
        }
        make_mask(m, key, &mask); /* may take slots itself: look for ours again */
        at = (uint32_t)pk_hash64(words, sizeof words, 0);
        slot = &m->slots[at % MASK_SLOTS];
        while (slot->used) {
            slot = &m->slots[++at % MASK_SLOTS];
        }
        *slot = (struct slot){true, *key, mask};
        m->count++;
    }
    return slot->mask.bytes ? &slot->mask : NULL;
}
