#include "tiles/glyphs.h"

#include <stdio.h>
#include <string.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include "tiles/font.h"

enum {
    EM_PX = 24,
    SPREAD = 8, /* px that FreeType's field reaches, its default */
    BUFFER = 3, /* px that a viewer wants of it */
    RANGE_BYTES_MAX = 2 << 20,
    NAME_BYTES_MAX = 200
};

/* Fields of glyphs.proto. */
enum { STACKS = 1, STACK_NAME = 1, STACK_RANGE = 2, STACK_GLYPHS = 3 };
enum { ID = 1, BITMAP = 2, WIDTH = 3, HEIGHT = 4, LEFT = 5, TOP = 6, ADVANCE = 7 };
enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

static void add_number(struct pk_buf *out, uint32_t field, uint64_t v)
{
    pk_buf_add_varint(out, (uint64_t)field << 3 | WIRE_VARINT);
    pk_buf_add_varint(out, v);
}

static void add_signed(struct pk_buf *out, uint32_t field, int64_t v)
{
    pk_buf_add_varint(out, (uint64_t)field << 3 | WIRE_VARINT);
    pk_buf_add_svarint(out, v);
}

static void add_bytes(struct pk_buf *out, uint32_t field, const void *bytes, size_t len)
{
    pk_buf_add_varint(out, (uint64_t)field << 3 | WIRE_BYTES);
    pk_buf_add_varint(out, len);
    pk_buf_add(out, bytes, len);
}

/* FreeType: 128 at the edge, 16 steps a px, more inside. MapLibre: 191.25 at the edge,
 * 255 / 8 steps a px. */
static uint8_t converted(uint8_t v)
{
    int32_t value = (19125 + ((int32_t)v - 128) * 25500 / (16 * SPREAD)) / 100;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* The field and its size; false when the glyph has no ink. */
static bool add_field(struct pk_buf *out, const FT_GlyphSlot slot)
{
    const FT_Bitmap *b = &slot->bitmap;
    uint32_t cut = SPREAD - BUFFER;
    if (b->width <= 2 * SPREAD || b->rows <= 2 * SPREAD) {
        return false;
    }
    struct pk_buf bytes;
    pk_buf_init(&bytes, RANGE_BYTES_MAX);
    for (uint32_t y = cut; y < b->rows - cut; y++) {
        for (uint32_t x = cut; x < b->width - cut; x++) {
            pk_buf_add_u8(&bytes, converted(b->buffer[(size_t)y * (size_t)b->pitch + x]));
        }
    }
    add_bytes(out, BITMAP, bytes.data, bytes.len);
    pk_buf_finish(&bytes);
    add_number(out, WIDTH, b->width - 2 * SPREAD);
    add_number(out, HEIGHT, b->rows - 2 * SPREAD);
    return true;
}

static void add_glyph(struct pk_buf *out, FT_Face face, uint32_t code)
{
    FT_UInt index = FT_Get_Char_Index(face, code);
    if (index == 0 || FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING) != 0) {
        return;
    }
    FT_GlyphSlot slot = face->glyph;
    FT_Pos advance = slot->advance.x;
    bool drawn = FT_Render_Glyph(slot, FT_RENDER_MODE_SDF) == 0;
    struct pk_buf glyph;
    pk_buf_init(&glyph, RANGE_BYTES_MAX);
    add_number(&glyph, ID, code);
    bool ink = drawn && add_field(&glyph, slot);
    if (!ink) {
        add_number(&glyph, WIDTH, 0);
        add_number(&glyph, HEIGHT, 0);
    }
    int32_t ascender = (int32_t)(face->size->metrics.ascender / 64);
    add_signed(&glyph, LEFT, ink ? slot->bitmap_left + SPREAD : 0);
    add_signed(&glyph, TOP, ink ? slot->bitmap_top - SPREAD - ascender : 0);
    add_number(&glyph, ADVANCE, (uint64_t)((advance + 32) / 64));
    add_bytes(out, STACK_GLYPHS, glyph.data, glyph.len);
    pk_buf_finish(&glyph);
}

/* Bit 0 bold, bit 1 oblique, by the words of the first name. */
static uint32_t font_of(const char *stack)
{
    char name[NAME_BYTES_MAX];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(stack, ","), stack);
    return (strstr(name, "Bold") != NULL ? 1u : 0u) |
           (strstr(name, "Oblique") != NULL || strstr(name, "Italic") != NULL ? 2u : 0u);
}

enum pk_status pk_glyphs(struct pk_buf *out, const char *stack, uint32_t first,
                         struct pk_error *err)
{
    const struct pk_font *font = pk_font_at(font_of(stack));
    FT_Library library = NULL;
    FT_Face face = NULL;
    struct pk_buf body;
    enum pk_status status = PK_OK;
    pk_buf_init(&body, RANGE_BYTES_MAX);
    if (first % PK_GLYPH_RANGE != 0 || first > PK_GLYPH_LAST_RANGE) {
        status = pk_fail(err, PK_NOT_FOUND, "letters come in ranges 0-255, 256-511 ...");
        goto done;
    }
    unsigned int len = 0;
    const char *data = font == NULL ? NULL : hb_blob_get_data(font->blob, &len);
    if (data == NULL || FT_Init_FreeType(&library) != 0 ||
        FT_New_Memory_Face(library, (const FT_Byte *)data, (FT_Long)len, 0, &face) != 0 ||
        FT_Set_Pixel_Sizes(face, 0, EM_PX) != 0) {
        status = pk_fail(err, PK_IO, "the font of the letters cannot be read");
        goto done;
    }
    char range[32];
    snprintf(range, sizeof(range), "%u-%u", first, first + PK_GLYPH_RANGE - 1);
    add_bytes(&body, STACK_NAME, stack, strlen(stack));
    add_bytes(&body, STACK_RANGE, range, strlen(range));
    for (uint32_t code = first; code < first + PK_GLYPH_RANGE; code++) {
        add_glyph(&body, face, code);
    }
    add_bytes(out, STACKS, body.data, body.len);
    if (body.failed || out->failed) {
        status = pk_fail(err, PK_LIMIT, "the letters %s are too many bytes", range);
    }
done:
    pk_buf_finish(&body);
    FT_Done_Face(face);
    FT_Done_FreeType(library);
    return status;
}
