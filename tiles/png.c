#include "tiles/png.h"

#include <libdeflate.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/palette.h"

enum { LEVELS = 13, BLANKS = 4 };

/* A picture of one colour that was written before: most tiles at sea or outside. */
struct blank {
    uint64_t palette; /* hash, 0 = exact */
    uint32_t w, h, value;
    int level;
    char *bytes;
    size_t len;
};

struct pk_png {
    struct libdeflate_compressor *packers[LEVELS];
    uint8_t *raw, *packed;
    size_t raw_room, packed_room;
    struct blank blanks[BLANKS];
    uint32_t next_blank;
};

struct pk_png *pk_png_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_png));
}

void pk_png_destroy(struct pk_png *png)
{
    if (!png)
        return;
    for (int i = 0; i < LEVELS; i++) {
        if (png->packers[i])
            libdeflate_free_compressor(png->packers[i]);
    }
    for (int i = 0; i < BLANKS; i++)
        free(png->blanks[i].bytes);
    free(png->raw);
    free(png->packed);
    free(png);
}

static void make_room(uint8_t **p, size_t *room, size_t need)
{
    if (need <= *room)
        return;
    free(*p);
    *p = pk_xmalloc(need);
    *room = need;
}

/* ---- rows as the file holds them: a filter byte (0, none) and the pixels ---- */

static size_t palette_rows(struct pk_png *png, const struct pk_surface *s,
                           const struct pk_palette *palette)
{
    size_t row = (size_t)s->w + 1;
    make_room(&png->raw, &png->raw_room, row * s->h);
    for (uint32_t y = 0; y < s->h; y++) {
        uint8_t *out = png->raw + y * row;
        out[0] = 0;
        pk_palette_indices(palette, s->px + (size_t)y * s->w, s->w, out + 1);
    }
    return row * s->h;
}

static bool all_opaque(const struct pk_surface *s)
{
    uint32_t all = UINT32_MAX;
    size_t n = (size_t)s->w * s->h;
    for (size_t i = 0; i < n; i++)
        all &= s->px[i];
    return all >> 24 == 255;
}

static void put_plain(uint8_t *out, uint32_t px)
{
    uint32_t a = px >> 24;
    for (int i = 0; i < 3; i++) {
        uint32_t c = px >> (8 * i) & 255;
        if (a > 0 && a < 255) {
            c = (c * 255 + a / 2) / a;
            c = c > 255 ? 255 : c;
        }
        out[i] = (uint8_t)c;
    }
}

static size_t exact_rows(struct pk_png *png, const struct pk_surface *s, size_t channels)
{
    size_t row = s->w * channels + 1;
    make_room(&png->raw, &png->raw_room, row * s->h);
    for (uint32_t y = 0; y < s->h; y++) {
        uint8_t *out = png->raw + y * row;
        *out++ = 0;
        const uint32_t *px = s->px + (size_t)y * s->w;
        for (uint32_t x = 0; x < s->w; x++, out += channels) {
            put_plain(out, px[x]);
            if (channels == 4)
                out[3] = (uint8_t)(px[x] >> 24);
        }
    }
    return row * s->h;
}

/* ---- the file ---- */

static void write_bytes(png_structp p, png_bytep data, size_t len)
{
    pk_buf_add(png_get_io_ptr(p), data, len);
}

static void flush_nothing(png_structp p)
{
    (void)p;
}

static void on_error(png_structp p, png_const_charp text)
{
    struct pk_error *err = png_get_error_ptr(p);
    pk_fail(err, PK_BAD_INPUT, "png: %s", text);
    png_longjmp(p, 1);
}

static void on_warning(png_structp p, png_const_charp text)
{
    (void)p;
    (void)text;
}

static void write_palette(png_structp p, png_infop info, const struct pk_palette *palette)
{
    png_color colours[PK_PALETTE_MAX];
    png_byte alpha[PK_PALETTE_MAX];
    int through = 0;
    for (uint32_t i = 0; i < palette->count; i++) {
        struct pk_rgba c = palette->plain[i];
        colours[i] = (png_color){c.r, c.g, c.b};
        alpha[i] = c.a;
        if (c.a < 255)
            through = (int)i + 1;
    }
    png_set_PLTE(p, info, colours, (int)palette->count);
    if (through)
        png_set_tRNS(p, info, alpha, through, NULL);
}

/* libpng writes the frame; the packed rows are ours, in one IDAT. IEND is written as
 * a chunk too, since png_write_end wants to have seen the rows itself. */
static enum pk_status write_file(struct pk_buf *out, const struct pk_surface *s,
                                 const struct pk_palette *palette, int colour_type,
                                 const uint8_t *packed, size_t packed_len,
                                 struct pk_error *err)
{
    struct pk_error local = {0};
    png_infop info = NULL;
    png_structp p =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &local, on_error, on_warning);
    if (!p)
        return pk_fail(err, PK_IO, "png: no encoder");
    if (setjmp(png_jmpbuf(p))) {
        png_destroy_write_struct(&p, &info);
        return pk_fail(err, PK_IO, "%s", local.text);
    }
    info = png_create_info_struct(p);
    png_set_write_fn(p, out, write_bytes, flush_nothing);
    png_set_user_limits(p, PK_SURFACE_SIDE_MAX, PK_SURFACE_SIDE_MAX);
    png_set_IHDR(p, info, s->w, s->h, 8, colour_type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (palette)
        write_palette(p, info, palette);
    png_write_info(p, info);
    png_write_chunk(p, (png_const_bytep) "IDAT", packed, packed_len);
    png_write_chunk(p, (png_const_bytep) "IEND", NULL, 0);
    png_destroy_write_struct(&p, &info);
    if (out->failed)
        return pk_fail(err, PK_LIMIT, "png: larger than %zu bytes", out->max);
    return PK_OK;
}

static struct libdeflate_compressor *packer(struct pk_png *png, int level)
{
    if (level < 1)
        level = 1;
    if (level >= LEVELS)
        level = LEVELS - 1;
    if (!png->packers[level])
        png->packers[level] = libdeflate_alloc_compressor(level);
    return png->packers[level];
}

static enum pk_status encode(struct pk_buf *out, struct pk_png *png,
                             const struct pk_surface *s, const struct pk_palette *palette,
                             int level, struct pk_error *err)
{
    int colour_type = PNG_COLOR_TYPE_PALETTE;
    size_t raw_len;
    if (palette) {
        raw_len = palette_rows(png, s, palette);
    } else if (all_opaque(s)) {
        colour_type = PNG_COLOR_TYPE_RGB;
        raw_len = exact_rows(png, s, 3);
    } else {
        colour_type = PNG_COLOR_TYPE_RGB_ALPHA;
        raw_len = exact_rows(png, s, 4);
    }
    struct libdeflate_compressor *c = packer(png, level);
    if (!c)
        return pk_fail(err, PK_IO, "png: no memory to pack with");
    size_t room = libdeflate_zlib_compress_bound(c, raw_len);
    make_room(&png->packed, &png->packed_room, room);
    size_t len = libdeflate_zlib_compress(c, png->raw, raw_len, png->packed, room);
    if (len == 0 || len > PK_PNG_BYTES_MAX)
        return pk_fail(err, PK_LIMIT, "png: %u x %u pixels do not pack", s->w, s->h);
    return write_file(out, s, palette, colour_type, png->packed, len, err);
}

static struct blank *find_blank(struct pk_png *png, const struct blank *like)
{
    for (int i = 0; i < BLANKS; i++) {
        struct blank *b = &png->blanks[i];
        if (b->bytes && b->palette == like->palette && b->w == like->w &&
            b->h == like->h && b->value == like->value && b->level == like->level)
            return b;
    }
    return NULL;
}

enum pk_status pk_png_write(struct pk_buf *out, struct pk_png *png,
                            const struct pk_surface *s, const struct pk_palette *palette,
                            int level, struct pk_error *err)
{
    struct blank like = {
        .palette = palette ? palette->hash : 0, .w = s->w, .h = s->h, .level = level};
    if (!pk_surface_is_even(s, &like.value))
        return encode(out, png, s, palette, level, err);
    struct blank *b = find_blank(png, &like);
    if (!b) {
        size_t before = out->len;
        enum pk_status st = encode(out, png, s, palette, level, err);
        if (st != PK_OK)
            return st;
        b = &png->blanks[png->next_blank++ % BLANKS];
        free(b->bytes);
        *b = like;
        b->len = out->len - before;
        b->bytes = pk_xmalloc(b->len);
        memcpy(b->bytes, out->data + before, b->len);
        return PK_OK;
    }
    pk_buf_add(out, b->bytes, b->len);
    return out->failed ? pk_fail(err, PK_LIMIT, "png: larger than %zu bytes", out->max)
                       : PK_OK;
}

/* ---- reading ---- */

struct source {
    const uint8_t *p;
    size_t left;
};

static void read_bytes(png_structp p, png_bytep data, size_t len)
{
    struct source *in = png_get_io_ptr(p);
    if (len > in->left)
        png_error(p, "ends too early");
    memcpy(data, in->p, len);
    in->p += len;
    in->left -= len;
}

static void to_rgba(png_structp p, png_infop info)
{
    png_set_expand(p);
    png_set_strip_16(p);
    png_set_gray_to_rgb(p);
    png_set_add_alpha(p, 255, PNG_FILLER_AFTER);
    png_read_update_info(p, info);
}

static void premultiply(struct pk_surface *s)
{
    size_t n = (size_t)s->w * s->h;
    for (size_t i = 0; i < n; i++) {
        uint32_t v = s->px[i];
        s->px[i] = pk_pixel_of((struct pk_rgba){(uint8_t)v, (uint8_t)(v >> 8),
                                                (uint8_t)(v >> 16), (uint8_t)(v >> 24)});
    }
}

enum pk_status pk_png_read(struct pk_surface *out, const void *bytes, size_t len,
                           uint32_t side_max, struct pk_error *err)
{
    struct pk_error local = {0};
    struct source in = {bytes, len};
    png_infop info = NULL;
    png_bytep *volatile rows = NULL;
    volatile enum pk_status st = PK_BAD_INPUT;
    png_structp p =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &local, on_error, on_warning);
    if (!p)
        return pk_fail(err, PK_IO, "png: no decoder");
    if (setjmp(png_jmpbuf(p)))
        goto done;
    info = png_create_info_struct(p);
    png_set_read_fn(p, &in, read_bytes);
    png_set_user_limits(p, PK_SURFACE_SIDE_MAX, PK_SURFACE_SIDE_MAX);
    png_set_chunk_malloc_max(p, 1 << 20);
    png_set_chunk_cache_max(p, 16);
    png_read_info(p, info);
    uint32_t w = png_get_image_width(p, info), h = png_get_image_height(p, info);
    if (w > side_max || h > side_max) {
        st = pk_fail(&local, PK_LIMIT, "png: %u x %u pixels, limit is %u a side", w, h,
                     side_max);
        goto done;
    }
    to_rgba(p, info);
    if (png_get_rowbytes(p, info) != (size_t)w * 4)
        png_error(p, "unexpected rows");
    st = pk_surface_begin(out, 0, 0, w, h, &local);
    if (st != PK_OK)
        goto done;
    st = PK_BAD_INPUT;
    rows = pk_xmalloc(h * sizeof *rows);
    for (uint32_t y = 0; y < h; y++)
        rows[y] = (png_bytep)(out->px + (size_t)y * w);
    png_read_image(p, rows);
    png_read_end(p, NULL);
    premultiply(out);
    st = PK_OK;
done:
    free(rows);
    png_destroy_read_struct(&p, &info, NULL);
    return st == PK_OK ? PK_OK : pk_fail(err, st, "%s", local.text);
}
