/* text.c - shaping, line breaking, and drawing blocks of text. */
#include "tiles/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/font.h"

enum {
    WORD_SLOTS = 2048, /* shaped texts kept, power of two */
    WORD_BYTES_MAX = 1024 * 1024,
    SCRATCH_MAX = 4 << 20 /* bytes of a halo put together; larger ones go by glyph */
};

/* A text in one font, in font units, before it is broken. */
struct shaped {
    uint64_t hash;
    const char *text; /* NULL = free slot */
    uint32_t font, count;
    struct unit {
        uint32_t id, cluster; /* byte in the text */
        int32_t x, y, advance;
    } * units;
};

struct pk_text {
    struct pk_masks *masks;
    hb_buffer_t *buffer;
    struct pk_arena arena;
    uint32_t count;
    struct shaped slots[WORD_SLOTS];
    uint8_t *scratch;
    size_t scratch_room;
};

struct pk_text *pk_text_create(void)
{
    struct pk_masks *masks = pk_masks_create();
    if (!masks) {
        return NULL;
    }
    struct pk_text *t = pk_xcalloc(1, sizeof *t);
    t->masks = masks;
    t->buffer = hb_buffer_create();
    return t;
}

void pk_text_destroy(struct pk_text *t)
{
    if (t) {
        pk_masks_destroy(t->masks);
        hb_buffer_destroy(t->buffer);
        pk_arena_finish(&t->arena);
        free(t->scratch);
        free(t);
    }
}

void pk_text_begin(struct pk_text *t)
{
    pk_masks_begin(t->masks);
    if (t->arena.total > WORD_BYTES_MAX || t->count > WORD_SLOTS / 2) {
        pk_arena_finish(&t->arena);
        memset(t->slots, 0, sizeof t->slots);
        t->count = 0;
    }
}

static void shape_into(struct pk_text *t, struct shaped *out, const char *text,
                       size_t len, uint32_t font, struct pk_arena *arena)
{
    hb_buffer_reset(t->buffer);
    hb_buffer_add_utf8(t->buffer, text, (int)len, 0, (int)len);
    hb_buffer_set_direction(t->buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(t->buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(t->buffer, hb_language_from_string("sv", 2));
    hb_shape(pk_font_at(font)->hb, t->buffer, NULL, 0);
    unsigned int count = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(t->buffer, &count);
    const hb_glyph_position_t *at = hb_buffer_get_glyph_positions(t->buffer, &count);
    out->units = pk_arena_alloc(arena, count ? count : 1, sizeof *out->units);
    out->count = count;
    out->font = font;
    out->text = pk_arena_strndup(arena, text, len);
    for (unsigned int i = 0; i < count; i++) {
        out->units[i] = (struct unit){info[i].codepoint, info[i].cluster, at[i].x_offset,
                                      at[i].y_offset, at[i].x_advance};
    }
}

/* From the cache, or shaped into it; when it is full, into the caller's arena. */
static const struct shaped *shape(struct pk_text *t, const char *text, uint32_t font,
                                  struct pk_arena *arena)
{
    size_t len = strlen(text);
    uint64_t hash = pk_hash64(text, len, font);
    uint32_t at = (uint32_t)hash % WORD_SLOTS;
    while (t->slots[at].text) {
        struct shaped *s = &t->slots[at];
        if (s->hash == hash && s->font == font && strcmp(s->text, text) == 0) {
            return s;
        }
        at = (at + 1) % WORD_SLOTS;
    }
    if (t->count >= WORD_SLOTS - 1 || t->arena.total > 2 * WORD_BYTES_MAX) {
        struct shaped *loose = pk_arena_alloc(arena, 1, sizeof *loose);
        shape_into(t, loose, text, len, font, arena);
        return loose;
    }
    t->count++;
    shape_into(t, &t->slots[at], text, len, font, &t->arena);
    t->slots[at].hash = hash;
    return &t->slots[at];
}

/* ---- lines ---- */

struct line {
    uint32_t first, end; /* glyphs, without the space it was broken at */
    int32_t width;       /* 1/64 px */
};

struct setting {
    const struct shaped *s;
    int32_t size, spacing; /* 1/64 px */
    int32_t units;
};

static int32_t scaled(const struct setting *set, int32_t font_units)
{
    int64_t v = (int64_t)font_units * set->size * 2 + set->units;
    int64_t d = 2 * (int64_t)set->units;
    return (int32_t)(v / d - (v % d < 0));
}

static int32_t advance_of(const struct setting *set, uint32_t i)
{
    return scaled(set, set->s->units[i].advance) + set->spacing;
}

static char char_at(const struct setting *set, uint32_t i)
{
    return set->s->text[set->s->units[i].cluster];
}

static void put_line(struct line *lines, uint32_t *count, const struct setting *set,
                     uint32_t first, uint32_t end)
{
    while (first < end && char_at(set, first) == ' ') {
        first++;
    }
    while (end > first &&
           (char_at(set, end - 1) == ' ' || char_at(set, end - 1) == '\n')) {
        end--;
    }
    if (first == end || *count == PK_TEXT_LINES_MAX) {
        return;
    }
    int32_t width = -set->spacing;
    for (uint32_t i = first; i < end; i++) {
        width += advance_of(set, i);
    }
    lines[(*count)++] = (struct line){first, end, width};
}

/* Greedy: the line ends at the last chance before it gets too wide. */
static uint32_t break_lines(const struct setting *set, int32_t max_width,
                            struct line lines[PK_TEXT_LINES_MAX])
{
    uint32_t count = 0, first = 0, chance = 0;
    int32_t width = 0;
    for (uint32_t i = 0; i < set->s->count; i++) {
        char c = char_at(set, i);
        if (c == '\n') {
            put_line(lines, &count, set, first, i);
            first = chance = i + 1;
            width = 0;
            continue;
        }
        width += advance_of(set, i);
        if (max_width > 0 && width - set->spacing > max_width && c != ' ' && i > first) {
            uint32_t end = chance > first ? chance : i;
            /* A cluster (letter and its marks) stays together. */
            while (chance <= first && end > first + 1 &&
                   set->s->units[end].cluster == set->s->units[end - 1].cluster) {
                end--;
            }
            put_line(lines, &count, set, first, end);
            first = chance = end;
            width = 0;
            for (uint32_t j = first; j <= i; j++) {
                width += advance_of(set, j);
            }
        }
        if (c == ' ' || c == '-' || c == '/') {
            chance = i + 1;
        }
    }
    put_line(lines, &count, set, first, set->s->count);
    return count;
}

bool pk_text_layout(struct pk_text *t, const char *utf8, const struct pk_text_look *look,
                    struct pk_block *out, struct pk_arena *arena)
{
    double size = look->size > PK_TEXT_SIZE_MAX ? PK_TEXT_SIZE_MAX : look->size;
    if (!utf8[0] || !(size >= 1)) {
        return false;
    }
    uint32_t font = look->font % PK_FONT_COUNT;
    struct setting set = {.s = shape(t, utf8, font, arena),
                          .size = (int32_t)lround(size * 64),
                          .units = pk_font_at(font)->units};
    set.spacing = (int32_t)lround(look->letter_spacing_em * set.size);
    struct line lines[PK_TEXT_LINES_MAX];
    uint32_t count =
        break_lines(&set, (int32_t)lround(look->max_width_em * set.size), lines);
    if (count == 0) {
        return false;
    }
    int32_t leading = (int32_t)lround(look->line_height_em * set.size);
    *out = (struct pk_block){
        .font = font, .size = set.size, .height = (int32_t)count * leading};
    uint32_t glyphs = 0;
    for (uint32_t i = 0; i < count; i++) {
        glyphs += lines[i].end - lines[i].first;
        out->width = lines[i].width > out->width ? lines[i].width : out->width;
    }
    struct pk_glyph *glyph = pk_arena_alloc(arena, glyphs, sizeof *glyph);
    out->glyphs = glyph;
    out->count = glyphs;
    for (uint32_t i = 0; i < count; i++) {
        int32_t x = look->justify == 0  ? -lines[i].width / 2
                    : look->justify < 0 ? -out->width / 2
                                        : out->width / 2 - lines[i].width;
        /* Capitals (0.73 em in this font) stand in the middle of their line. */
        int32_t y =
            (int32_t)(2 * i + 1) * leading / 2 - out->height / 2 + set.size * 93 / 256;
        for (uint32_t g = lines[i].first; g < lines[i].end; g++, glyph++) {
            const struct unit *u = &set.s->units[g];
            *glyph =
                (struct pk_glyph){u->id, x + scaled(&set, u->x), y - scaled(&set, u->y)};
            x += advance_of(&set, g);
        }
    }
    return true;
}

/* ---- drawing ---- */

/* A glyph's mask and the absolute device pixel of its pen. */
struct placed {
    struct pk_mask_key key;
    int64_t x, y;
};

static struct placed place(const struct pk_block *block, const struct pk_glyph *glyph,
                           int64_t x, int64_t y, uint32_t turn, uint32_t scale)
{
    int64_t gx = glyph->x, gy = glyph->y;
    if (turn) {
        int64_t s = pk_turn_sin(turn), c = pk_turn_cos(turn);
        int64_t rx = (gx * c - gy * s) >> 16;
        gy = (gx * s + gy * c) >> 16;
        gx = rx;
    }
    int64_t quarter_x = ((x + gx) * scale + 8) >> 4;
    int64_t quarter_y =
        turn ? ((y + gy) * scale + 8) >> 4 : (((y + gy) * scale + 32) >> 6) * 4;
    return (struct placed){
        {.font = block->font,
         .id = glyph->id,
         .turn = turn,
         .size = block->size * (int32_t)scale,
         .sub_x = (uint32_t)(quarter_x & 3),
         .sub_y = (uint32_t)(quarter_y & 3)},
        quarter_x >> 2,
        quarter_y >> 2
    };
}

static void stamp(struct pk_surface *s, const struct pk_mask *mask,
                  const struct placed *p, struct pk_rgba colour)
{
    if (mask) {
        pk_surface_stamp(s, mask->bytes, mask->width, p->x + mask->left, p->y + mask->top,
                         mask->width, mask->height, colour);
    }
}

/* The halos of a block as one mask, so that they do not darken where they meet. */
static void draw_halo(struct pk_text *t, struct pk_surface *s, struct placed *placed,
                      uint32_t count, int32_t halo, struct pk_rgba colour)
{
    int64_t x0 = INT64_MAX, y0 = INT64_MAX, x1 = INT64_MIN, y1 = INT64_MIN;
    for (uint32_t i = 0; i < count; i++) {
        struct pk_mask_key key = placed[i].key;
        key.halo = halo;
        const struct pk_mask *m = pk_masks_get(t->masks, &key);
        if (m) {
            int64_t x = placed[i].x + m->left, y = placed[i].y + m->top;
            x0 = x < x0 ? x : x0;
            y0 = y < y0 ? y : y0;
            x1 = x + m->width > x1 ? x + m->width : x1;
            y1 = y + m->height > y1 ? y + m->height : y1;
        }
    }
    if (x1 <= x0 || x1 <= s->x || y1 <= s->y || x0 >= s->x + (int64_t)s->w ||
        y0 >= s->y + (int64_t)s->h) {
        return;
    }
    size_t width = (size_t)(x1 - x0), height = (size_t)(y1 - y0);
    bool together = width < SCRATCH_MAX && height < SCRATCH_MAX / width;
    if (together) {
        if (t->scratch_room < width * height) {
            t->scratch_room = width * height;
            t->scratch = pk_xrealloc(t->scratch, t->scratch_room, 1);
        }
        memset(t->scratch, 0, width * height);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct pk_mask_key key = placed[i].key;
        key.halo = halo;
        const struct pk_mask *m = pk_masks_get(t->masks, &key);
        if (!m || !together) {
            stamp(s, m, &placed[i], colour);
            continue;
        }
        for (uint32_t y = 0; y < m->height; y++) {
            uint8_t *to = t->scratch + (size_t)(placed[i].y + m->top - y0 + y) * width +
                          (size_t)(placed[i].x + m->left - x0);
            const uint8_t *from = m->bytes + (size_t)y * m->width;
            for (uint32_t x = 0; x < m->width; x++) {
                to[x] = to[x] > from[x] ? to[x] : from[x];
            }
        }
    }
    if (together) {
        pk_surface_stamp(s, t->scratch, (uint32_t)width, x0, y0, (uint32_t)width,
                         (uint32_t)height, colour);
    }
}

void pk_text_draw(struct pk_text *t, struct pk_surface *s, uint32_t scale,
                  const struct pk_block *block, int64_t x, int64_t y, uint32_t turn,
                  const struct pk_text_ink *ink)
{
    pk_masks_begin(t->masks);
    struct placed *placed =
        pk_xmalloc((block->count ? block->count : 1) * sizeof *placed);
    for (uint32_t i = 0; i < block->count; i++) {
        placed[i] = place(block, &block->glyphs[i], x, y, turn % PK_TEXT_TURN, scale);
    }
    double width = ink->halo_width * scale;
    if (ink->halo.a > 0 && width > 0) {
        width = width > PK_TEXT_HALO_MAX ? PK_TEXT_HALO_MAX : width;
        draw_halo(t, s, placed, block->count, (int32_t)lround(width * 64), ink->halo);
    }
    for (uint32_t i = 0; i < block->count; i++) {
        stamp(s, pk_masks_get(t->masks, &placed[i].key), &placed[i], ink->colour);
    }
    free(placed);
}
