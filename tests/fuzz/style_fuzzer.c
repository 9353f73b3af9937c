/* style_fuzzer.c - a style document, and after a line "%%" a theme, from anywhere:
 * it is refused with a text, or every layer paints a feature within its bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "styles/style.h"
#include "styles/style_tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() is not there in every build. */
static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void paint(const struct pk_style *s, const struct pk_style_layer *l,
                  const struct pk_style_input *in)
{
    struct pk_line_paint line;
    struct pk_circle_paint circle;
    struct pk_fill_paint fill;
    struct pk_symbol_paint *symbol = malloc(sizeof(*symbol));
    struct pk_background_paint ground;
    double reach = pk_style_reach(s, l, in->zoom);
    check(symbol != NULL && reach >= 0 && reach < 1e6);
    switch (l->type) {
    case PK_LAYER_BACKGROUND:
        pk_style_background(s, l, in->zoom, &ground);
        check(ground.opacity >= 0 && ground.opacity <= 1);
        break;
    case PK_LAYER_FILL:
        pk_style_fill(s, l, in, &fill);
        check(fill.opacity >= 0 && fill.opacity <= 1);
        break;
    case PK_LAYER_LINE:
        pk_style_line(s, l, in, &line);
        check(line.width / 2 <= reach && line.dash_count <= PK_DASHES_MAX);
        break;
    case PK_LAYER_CIRCLE:
        pk_style_circle(s, l, in, &circle);
        check(circle.radius + circle.stroke_width <= reach);
        break;
    case PK_LAYER_SYMBOL:
        pk_style_symbol(s, l, in, symbol);
        check(memchr(symbol->text, '\0', sizeof(symbol->text)) != NULL);
        check(symbol->max_width_em * symbol->size <=
              pk_style_label_margin(s, l, in->zoom));
        check(symbol->anchor_count >= 1 && symbol->anchor_count <= 9);
        break;
    default:
        break;
    }
    free(symbol);
}

static void paint_all(const struct pk_style *s)
{
    static const struct pk_value values[] = {
        {PK_VALUE_STRING, 5, 0,     "pl\xc3\xa5n"},
        {PK_VALUE_NUMBER, 0, -1.5,  NULL         },
        {PK_VALUE_NUMBER, 0, 1e300, NULL         },
        {PK_VALUE_BOOL,   0, 1,     NULL         },
        {PK_VALUE_NULL,   0, 0,     NULL         },
    };
    uint32_t count = pk_style_property_count(s);
    uint16_t *map = malloc((count + 1) * sizeof(*map));
    check(map != NULL);
    for (uint32_t round = 0; round < 6; round++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t pick = (i + round) % 6;
            map[i] = pick < 5 ? (uint16_t)pick : PK_NO_KEY;
        }
        struct pk_style_input in = {round * 4.0, (enum pk_geom_kind)(1 + round % 3),
                                    values, map, 77};
        for (uint32_t i = 0; i < pk_style_layer_count(s); i++) {
            const struct pk_style_layer *l = pk_style_layer(s, i);
            (void)pk_style_shows(s, l, &in);
            paint(s, l, &in);
        }
    }
    free(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16) {
        return 0;
    }
    const char *json = (const char *)data, *theme = NULL;
    size_t len = size, theme_len = 0;
    const uint8_t *split = memmem(data, size, "\n%%\n", 4);
    if (split != NULL) {
        len = (size_t)(split - data);
        theme = (const char *)split + 4;
        theme_len = size - len - 4;
    }
    struct pk_style *s = NULL;
    struct pk_error err = {0};
    struct pk_buf out;
    pk_buf_init(&out, 1 << 20);
    if (pk_style_read(&s, "fuzz", json, len, "fuzz", theme, theme_len, &out, &err) ==
        PK_OK) {
        paint_all(s);
        pk_style_tool_show(&out, s, 12, true);
        pk_style_destroy(s);
    } else {
        check(s == NULL && err.text[0] != '\0');
    }
    pk_buf_finish(&out);
    return 0;
}
