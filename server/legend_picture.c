#include "server/legend_picture.h"

#include <string.h>

#include "server/html.h"
#include "styles/colour.h"
#include "tiles/audit/dump.h"
#include "tiles/png.h"
#include "tiles/text.h"

enum {
    EDGE = 16,     /* CSS px round everything */
    COLUMN = 480,  /* with its edge */
    TALL = 1600,   /* a column ends about here */
    WORDS_X = 60,  /* from the swatch's left side */
    LINE = 19,     /* of words */
    ROW_GAP = 6,   /* between rows */
    SECTION = 34,  /* height of a heading */
    LINES_MAX = 8, /* of one row; what is beyond is left out */
    SVG_SCALE = 2,
    PNG_LEVEL = 6,
    SWATCH_BYTES_MAX = 1 << 20,
    TITLE_SIZE = 20,
    HEADING_SIZE = 16,
    WORDS_SIZE = 14
};

struct piece {
    const struct pk_legend_entry *entry; /* NULL: a heading */
    const char *lines[LINES_MAX];
    uint32_t line_count, size;
    bool bold;
    int x, y, height; /* CSS px */
};

struct sheet {
    const struct pk_legend_picture *picture;
    struct pk_swatches *swatches;
    struct pk_png *png;
    struct pk_arena *arena;
    struct piece *pieces;
    uint32_t count;
    int width, height;
    struct pk_rgba ground, ink;
};

/* ---- where everything stands ---- */

static struct pk_text_look look_of(const struct piece *p)
{
    return (struct pk_text_look){
        .font = p->bold ? 1 : 0, .size = p->size, .line_height_em = 1.2};
}

static int width_of(struct sheet *s, const struct piece *p, const char *words)
{
    struct pk_text_look look = look_of(p);
    struct pk_block block;
    return pk_text_layout(pk_swatches_text(s->swatches), words, &look, &block, s->arena)
               ? (block.width + 63) / 64
               : 0;
}

/* Words to lines no wider than `room`: both forms have the same. */
static void break_lines(struct sheet *s, struct piece *p, const char *words, int room)
{
    const char *line = NULL;
    while (*words != '\0' && p->line_count < LINES_MAX) {
        size_t len = strcspn(words, " \n");
        const char *word = pk_arena_strndup(s->arena, words, len);
        const char *longer =
            line != NULL ? pk_arena_printf(s->arena, "%s %s", line, word) : word;
        if (line != NULL && width_of(s, p, longer) > room) {
            p->lines[p->line_count++] = line;
            longer = word;
        }
        line = longer;
        words += len;
        words += strspn(words, " \n");
    }
    if (line != NULL && p->line_count < LINES_MAX) {
        p->lines[p->line_count++] = line;
    }
}

static struct piece *add_piece(struct sheet *s, const char *words, uint32_t size,
                               bool bold, const struct pk_legend_entry *entry)
{
    struct piece *p = &s->pieces[s->count++];
    *p = (struct piece){.entry = entry, .size = size, .bold = bold};
    int room = COLUMN - EDGE - (entry != NULL ? WORDS_X : 0);
    break_lines(s, p, words, room);
    int words_height = (int)p->line_count * LINE;
    p->height = entry == NULL                ? SECTION - LINE + words_height
                : words_height > PK_SWATCH_H ? words_height + ROW_GAP
                                             : PK_SWATCH_H + ROW_GAP;
    return p;
}

static void lay_out(struct sheet *s)
{
    const struct pk_legend_view *view = s->picture->view;
    s->pieces = pk_arena_alloc(s->arena, 2 * (size_t)view->count + 1, sizeof(*s->pieces));
    add_piece(s, pk_msg_text(PK_MSG_LEGEND_TITLE, view->lang), TITLE_SIZE, true, NULL);
    for (uint32_t i = 0; i < view->count; i++) {
        const char *heading = pk_legend_heading(view, i);
        if (heading != NULL) {
            add_piece(s, heading, HEADING_SIZE, true, NULL);
        }
        add_piece(s, pk_legend_words(&view->entries[i], s->arena), WORDS_SIZE, false,
                  &view->entries[i]);
    }
    int x = EDGE, y = EDGE;
    for (uint32_t i = 0; i < s->count; i++) {
        struct piece *p = &s->pieces[i];
        /* A heading stays with its first row. */
        if (y + p->height + (p->entry == NULL ? PK_SWATCH_H : 0) > TALL && y > EDGE) {
            x += COLUMN;
            y = EDGE;
        }
        p->x = x;
        p->y = y;
        y += p->height;
        s->height = y + EDGE > s->height ? y + EDGE : s->height;
    }
    s->width = x + COLUMN;
}

static int words_x(const struct piece *p)
{
    return p->x + (p->entry != NULL ? WORDS_X : 0);
}

/* The middle of line i. */
static int line_y(const struct piece *p, uint32_t i)
{
    int all = (int)p->line_count * LINE;
    int top = p->entry == NULL    ? p->y + SECTION - LINE - 8
              : all < PK_SWATCH_H ? p->y + (PK_SWATCH_H - all) / 2
                                  : p->y;
    return top + (int)i * LINE + LINE / 2;
}

/* ---- SVG ---- */

static void add_base64(struct pk_buf *out, const struct pk_buf *bytes)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = (const unsigned char *)bytes->data;
    for (size_t i = 0; i < bytes->len; i += 3) {
        size_t left = bytes->len - i;
        uint32_t three = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) |
                         (left > 2 ? b[i + 2] : 0);
        pk_buf_addc(out, digits[three >> 18]);
        pk_buf_addc(out, digits[three >> 12 & 63]);
        pk_buf_addc(out, left > 1 ? digits[three >> 6 & 63] : '=');
        pk_buf_addc(out, left > 2 ? digits[three & 63] : '=');
    }
}

static enum pk_status svg_swatch(struct pk_buf *out, struct sheet *s,
                                 const struct piece *p, struct pk_error *err)
{
    const struct pk_legend_picture *a = s->picture;
    const struct pk_surface *pixels;
    struct pk_buf png;
    pk_buf_init(&png, SWATCH_BYTES_MAX);
    enum pk_status status = pk_swatch_paint(&pixels, s->swatches, a->style, a->base,
                                            &p->entry->sample, SVG_SCALE, err);
    if (status == PK_OK) {
        status = pk_png_write(&png, s->png, pixels, NULL, PNG_LEVEL, err);
    }
    if (status == PK_OK) {
        pk_buf_addf(out,
                    "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                    "href=\"data:image/png;base64,",
                    p->x, p->y, PK_SWATCH_W, PK_SWATCH_H);
        add_base64(out, &png);
        pk_buf_adds(out, "\"/>");
    }
    pk_buf_finish(&png);
    return status;
}

static enum pk_status write_svg(struct pk_buf *out, struct sheet *s, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    char ink[PK_COLOUR_TEXT], ground[PK_COLOUR_TEXT];
    pk_colour_format(ink, s->ink);
    pk_colour_format(ground, s->ground);
    pk_htmlf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "viewBox=\"0 0 %d %d\" lang=\"%s\" font-family=\"DejaVu Sans, Verdana, "
             "sans-serif\" fill=\"%s\">\n",
             s->width, s->height, s->width, s->height,
             pk_lang_tag(s->picture->view->lang), ink);
    pk_htmlf(out,
             "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/>\n",
             pk_msg_text(PK_MSG_LEGEND_TITLE, s->picture->view->lang), ground);
    for (uint32_t i = 0; i < s->count && status == PK_OK; i++) {
        const struct piece *p = &s->pieces[i];
        pk_buf_adds(out, "<g>");
        if (p->entry != NULL) {
            status = svg_swatch(out, s, p, err);
        }
        pk_buf_addf(out, "<text font-size=\"%u\"%s>", p->size,
                    p->bold ? " font-weight=\"bold\"" : "");
        for (uint32_t k = 0; k < p->line_count; k++) {
            /* The space after a line parts its last word from the next one's first. */
            pk_htmlf(out, "<tspan x=\"%d\" y=\"%d\">%s%s</tspan>", words_x(p),
                     line_y(p, k) + (int)p->size / 3, p->lines[k],
                     k + 1 < p->line_count ? " " : "");
        }
        pk_buf_adds(out, "</text></g>\n");
    }
    pk_buf_adds(out, "</svg>\n");
    return status;
}

/* ---- PNG ---- */

static void draw_words(struct pk_surface *page, struct sheet *s, const struct piece *p)
{
    struct pk_text *text = pk_swatches_text(s->swatches);
    struct pk_text_look look = look_of(p);
    struct pk_text_ink ink = {.colour = s->ink};
    for (uint32_t i = 0; i < p->line_count; i++) {
        struct pk_block block;
        if (pk_text_layout(text, p->lines[i], &look, &block, s->arena)) {
            pk_text_draw(text, page, s->picture->scale, &block,
                         (int64_t)words_x(p) * 64 + block.width / 2,
                         (int64_t)line_y(p, i) * 64, 0, &ink);
        }
    }
}

static enum pk_status draw_piece(struct pk_surface *page, struct sheet *s,
                                 const struct piece *p, struct pk_error *err)
{
    const struct pk_legend_picture *a = s->picture;
    const struct pk_surface *pixels;
    enum pk_status status = PK_OK;
    if (p->entry != NULL) {
        status = pk_swatch_paint(&pixels, s->swatches, a->style, a->base,
                                 &p->entry->sample, a->scale, err);
        if (status == PK_OK) {
            pk_surface_compose(page, pixels->px, pixels->w, (int64_t)p->x * a->scale,
                               (int64_t)p->y * a->scale, pixels->w, pixels->h);
        }
    }
    if (status == PK_OK) {
        draw_words(page, s, p);
    }
    return status;
}

static enum pk_status write_png(struct pk_buf *out, struct sheet *s, struct pk_error *err)
{
    struct pk_surface page = {0};
    uint32_t w = (uint32_t)s->width * s->picture->scale;
    uint32_t h = (uint32_t)s->height * s->picture->scale;
    if ((uint64_t)w * h > PK_LEGEND_PIXELS_MAX) {
        return pk_fail(err, PK_LIMIT,
                       "the legend has too many rows for one picture: ask for a smaller "
                       "view, or for legend.svg");
    }
    enum pk_status status = pk_surface_begin(&page, 0, 0, w, h, err);
    if (status == PK_OK) {
        pk_surface_clear(&page, s->ground);
    }
    for (uint32_t i = 0; i < s->count && status == PK_OK; i++) {
        status = draw_piece(&page, s, &s->pieces[i], err);
    }
    if (status == PK_OK) {
        status = pk_png_write(out, s->png, &page, NULL, PNG_LEVEL, err);
    }
    pk_surface_finish(&page);
    return status;
}

/* ---- both ---- */

static enum pk_status no_fonts(struct pk_error *err)
{
    return pk_fail(err, PK_IO, "fonts are not loaded");
}

enum pk_status pk_legend_picture(struct pk_buf *out,
                                 const struct pk_legend_picture *picture,
                                 struct pk_arena *arena, struct pk_error *err)
{
    static const struct pk_rgba dark = {26, 26, 26, 255}, light = {255, 255, 255, 255};
    struct sheet s = {.picture = picture, .arena = arena};
    s.swatches = pk_swatches_create();
    if (s.swatches == NULL) {
        return no_fonts(err);
    }
    s.png = pk_png_create();
    s.ground = pk_audit_ground(picture->style, picture->base, 16);
    s.ink = pk_colour_contrast(s.ground, dark) > pk_colour_contrast(s.ground, light)
                ? dark
                : light;
    lay_out(&s);
    enum pk_status status =
        picture->svg ? write_svg(out, &s, err) : write_png(out, &s, err);
    pk_png_destroy(s.png);
    pk_swatches_destroy(s.swatches);
    return status;
}

enum pk_status pk_legend_swatch(struct pk_buf *out, const struct pk_style *style,
                                const struct pk_style *base,
                                const struct pk_sample *sample, uint32_t scale,
                                struct pk_error *err)
{
    const struct pk_surface *pixels;
    struct pk_swatches *swatches = pk_swatches_create();
    if (swatches == NULL) {
        return no_fonts(err);
    }
    enum pk_status status =
        pk_swatch_paint(&pixels, swatches, style, base, sample, scale, err);
    if (status == PK_OK) {
        struct pk_png *png = pk_png_create();
        status = pk_png_write(out, png, pixels, NULL, PNG_LEVEL, err);
        pk_png_destroy(png);
    }
    pk_swatches_destroy(swatches);
    return status;
}
