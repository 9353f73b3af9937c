/*
 * test_chart.c CHART.sqlite - the symbology chart (golden/chart.py) drawn: a picture
 * against its tiles, who shows where borders coincide, and where symbols stand on lines.
 */
#include "unit/pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/crs.h"
#include "layers/store_spatialite.h"
#include "styles/shipped.h"
#include "tiles/along.h"
#include "tiles/png.h"
#include "tiles/render.h"
#include "tiles/surface.h"
#include "tiles/text.h"

static const char *path;
static const double E0 = 600000, N0 = 6900000; /* of the chart; below: metres from it */

struct map {
    struct pk_store *store;
    struct pk_renderer *renderer;
};

static void open_map(struct map *m)
{
    struct pk_error err = {0};
    if (pk_render_start(NULL, &err) != PK_OK ||
        pk_store_spatialite_ops.open(&m->store, path, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    m->renderer = pk_renderer_create(m->store);
}

static void close_map(struct map *m)
{
    pk_renderer_destroy(m->renderer);
    m->store->ops->close(m->store);
}

static struct pk_style *read_style(const char *name, const char *json, size_t len,
                                   const char *theme)
{
    struct pk_style *style = NULL;
    struct pk_error err = {0};
    size_t theme_len = 0;
    const char *theme_json = theme ? pk_shipped_theme(theme, &theme_len) : NULL;
    if (pk_style_read(&style, name, json, len, theme, theme_json, theme_len, NULL,
                      &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    return style;
}

static struct pk_style *plan_style(const char *theme)
{
    size_t len;
    const char *json = pk_shipped_style("plan", &len);
    return read_style("plan", json, len, theme);
}

/* ---- a picture and its tiles ---- */

static struct pk_tile_id tile_at(const struct pk_grid *grid, uint32_t z, double e,
                                 double n)
{
    double xy[2] = {E0 + e, N0 - n};
    struct pk_crs *crs = pk_crs_create();
    struct pk_error err = {0};
    assert_int_equal(pk_crs_transform(crs, 3006, grid->epsg, xy, 1, &err), PK_OK);
    pk_crs_destroy(crs);
    double side = grid->levels[z].pixel * PK_TILE_PX;
    return (struct pk_tile_id){z, (uint32_t)((xy[0] - grid->left) / side),
                               (uint32_t)((grid->top - xy[1]) / side)};
}

static void read_png(struct pk_surface *out, struct pk_rendered *r)
{
    struct pk_error err = {0};
    assert_int_equal(pk_png_read(out, r->bytes, r->len, PK_PICTURE_PX_MAX, &err), PK_OK);
    free(r->bytes);
}

static uint32_t differing(const struct pk_surface *big, const struct pk_surface *tile,
                          uint32_t x0, uint32_t y0)
{
    uint32_t n = 0;
    for (uint32_t y = 0; y < tile->h; y++) {
        n += memcmp(&big->px[(size_t)(y0 + y) * big->w + x0],
                    &tile->px[(size_t)y * tile->w], tile->w * sizeof(uint32_t)) != 0;
    }
    return n;
}

/* COLUMNS x ROWS tiles from the one that holds a place of the chart. */
static void check_tiles(struct map *m, const struct pk_style *style, const char *grid_id,
                        uint32_t z, double e, double n, uint32_t scale)
{
    enum { COLUMNS = 3, ROWS = 2 };
    const struct pk_grid *grid = pk_grid_find(grid_id);
    struct pk_tile_id first = tile_at(grid, z, e, n);
    struct pk_tile_id last = {z, first.x + COLUMNS - 1, first.y + ROWS - 1};
    struct pk_box a, b;
    struct pk_error err = {0};
    assert_int_equal(pk_grid_tile_box(&a, grid, first, &err), PK_OK);
    assert_int_equal(pk_grid_tile_box(&b, grid, last, &err), PK_OK);
    struct pk_picture_request request = {.styles = {style},
                                         .style_count = 1,
                                         .epsg = grid->epsg,
                                         .box = pk_box_join(a, b),
                                         .width = COLUMNS * PK_TILE_PX,
                                         .height = ROWS * PK_TILE_PX,
                                         .scale = scale};
    struct pk_rendered drawn;
    struct pk_surface big = {0}, small = {0};
    assert_int_equal(pk_render_picture(&drawn, m->renderer, &request, &err), PK_OK);
    read_png(&big, &drawn);
    for (uint32_t i = 0; i < COLUMNS * ROWS; i++) {
        struct pk_tile_id id = {z, first.x + i % COLUMNS, first.y + i / COLUMNS};
        struct pk_tile_request one = {style, grid, id, scale, 0, NULL};
        assert_int_equal(pk_render_tile(&drawn, m->renderer, &one, &err), PK_OK);
        read_png(&small, &drawn);
        uint32_t rows =
            differing(&big, &small, i % COLUMNS * small.w, i / COLUMNS * small.h);
        if (rows > 0) {
            fail_msg("%s %u/%u/%u@%ux: %u rows of pixels differ", grid_id, z, id.x, id.y,
                     scale, rows);
        }
    }
    pk_surface_finish(&big);
    pk_surface_finish(&small);
}

static void every_symbol_is_the_same_in_a_picture_and_in_its_tiles(void **state)
{
    (void)state;
    struct map m;
    open_map(&m);
    struct pk_style *style = plan_style("standard"), *cvd = plan_style("cvd");
    for (uint32_t scale = 1; scale <= 2; scale++) {
        for (uint32_t z = 15; z <= 18; z++) {
            check_tiles(&m, style, "WebMercatorQuad", z, 170, 215, scale);
        }
        check_tiles(&m, style, "WebMercatorQuad", 18, 5, 170, scale);
        check_tiles(&m, cvd, "WebMercatorQuad", 17, 30, 290, scale);
        check_tiles(&m, style, "SWEREF99TMQuad", 14, 200, 200, scale);
    }
    pk_style_destroy(style);
    pk_style_destroy(cvd);
    close_map(&m);
}

/* ---- pixels of places ---- */

enum { SCALE_PX = 4 }; /* px a metre */

/* The ink (alpha) at metres of the chart, largest of 3 x 3 pixels. */
static unsigned ink_at(struct map *m, const struct pk_style *style, double e, double n)
{
    enum { SIDE = 32 };
    double half = SIDE / 2.0 / SCALE_PX;
    struct pk_picture_request request = {
        .styles = {style         },
        .style_count = 1,
        .epsg = 3006,
        .box = { E0 + e - half, N0 - n - half, E0 + e + half, N0 - n + half},
        .width = SIDE,
        .height = SIDE,
        .scale = 1
    };
    struct pk_rendered drawn;
    struct pk_surface s = {0};
    struct pk_error err = {0};
    unsigned most = 0;
    assert_int_equal(pk_render_picture(&drawn, m->renderer, &request, &err), PK_OK);
    read_png(&s, &drawn);
    for (int y = SIDE / 2 - 1; y <= SIDE / 2 + 1; y++) {
        for (int x = SIDE / 2 - 1; x <= SIDE / 2 + 1; x++) {
            uint8_t rgba[4];
            memcpy(rgba, &s.px[y * SIDE + x], sizeof rgba);
            most = rgba[3] > most ? rgba[3] : most;
        }
    }
    pk_surface_finish(&s);
    return most;
}

static struct pk_style *boundary_style(const char *filter)
{
    char json[1000];
    int len = snprintf(json, sizeof json,
                       "{\"version\":8,\"sources\":{},\"layers\":[{\"id\":\"a\",\"type\":"
                       "\"line\",\"source-layer\":\"boundary\",\"filter\":%s,\"paint\":{"
                       "\"line-width\":2}}]}",
                       filter);
    return read_style("a", json, (size_t)len, NULL);
}

/* Cell (8, 6) of the chart: property, secondary and administrative borders lie on the
 * use's in the upper half, on each other in the middle. */
static void
where_borders_coincide_the_highest_shows_and_hiding_it_shows_the_next(void **state)
{
    (void)state;
    static const double left[2] = {320, 251}, middle[2] = {331, 260};
    static const struct {
        const char *filter;
        bool at_use, in_middle;
    } cases[] = {
        {"[\"==\",[\"get\",\"kind\"],\"use\"]",                          true,  false},
        {"[\"==\",[\"get\",\"kind\"],\"property\"]",                     false, true },
        {"[\"==\",[\"get\",\"kind\"],\"secondary\"]",                    false, false},
        {"[\"==\",[\"get\",\"kind\"],\"administrative\"]",               false, false},
 /* a style without uses, then without properties too: the next below shows */
        {"[\"in\",\"property\",[\"get\",\"kinds\"]]",                    true,  true },
        {"[\"in\",\"secondary\",[\"get\",\"kinds\"]]",                   true,  true },
        {"[\"in\",\"administrative\",[\"get\",\"kinds\"]]",              true,  true },
 /* the first exception: secondary beside property, but under use */
        {"[\"all\",[\"in\",\"secondary\",[\"get\",\"kinds\"]],[\"match\",[\"get\","
         "\"kind\"],[\"secondary\",\"property\"],true,false]]", false, true }
    };
    struct map m;
    open_map(&m);
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_style *style = boundary_style(cases[i].filter);
        bool at_use = ink_at(&m, style, left[0], left[1]) > 200;
        bool in_middle = ink_at(&m, style, middle[0], middle[1]) > 200;
        if (at_use != cases[i].at_use || in_middle != cases[i].in_middle) {
            fail_msg("%s: %d at the use's border, %d in the middle", cases[i].filter,
                     at_use, in_middle);
        }
        pk_style_destroy(style);
    }
    /* The second: division (cell 4, 6) is told beside what lies there. */
    struct pk_style *style = boundary_style("[\"in\",\"division\",[\"get\",\"kinds\"]]");
    assert_true(ink_at(&m, style, 180, 255) > 200);
    pk_style_destroy(style);
    close_map(&m);
}

static void symbols_stand_on_lines_from_the_line_alone(void **state)
{
    (void)state;
    static const char json[] =
        "{\"version\":8,\"sources\":{},\"layers\":[{\"id\":\"a\",\"type\":\"symbol\","
        "\"source-layer\":\"property_regulation\",\"filter\":[\"==\",[\"get\","
        "\"symbol\"],\"stangsel\"],\"layout\":{\"symbol-placement\":\"line\","
        "\"symbol-spacing\":40,\"icon-overlap\":\"always\","
        "\"icon-image\":\"stangsel\"}},"
        "{\"id\":\"b\",\"type\":\"symbol\",\"source-layer\":\"property_regulation\","
        "\"filter\":[\"==\",[\"get\",\"symbol\"],\"stangsel-end\"],\"layout\":{"
        "\"icon-overlap\":\"always\",\"icon-rotate\":[\"get\",\"rotation\"],"
        "\"icon-image\":\"stangsel-end\"}}]}";
    struct map m;
    open_map(&m);
    struct pk_style *style = read_style("a", json, sizeof json - 1, NULL);
    /* The fence of cell (6, 6): 32 m from (244, 248) to the right, 10 m a symbol. */
    for (int k = 0; k < 3; k++) {
        assert_true(ink_at(&m, style, 249 + 10 * k, 248) > 200);
        assert_int_equal(ink_at(&m, style, 254 + 10 * k, 248), 0);
    }
    /* Bars across both ends, half circles inward and nothing outward. */
    assert_true(ink_at(&m, style, 244, 248 + 1.2) > 150);
    assert_true(ink_at(&m, style, 276, 248 - 1.2) > 150);
    assert_true(ink_at(&m, style, 244.75, 248) > 150);
    assert_true(ink_at(&m, style, 275.25, 248) > 150);
    assert_true(ink_at(&m, style, 243.2, 248) == 0);
    assert_true(ink_at(&m, style, 276.8, 248) == 0);
    pk_style_destroy(style);
    close_map(&m);
}

/* ---- the walk ---- */

struct stops {
    int count;
    int64_t xy[64][2];
    uint32_t turns[64];
};

static bool note_stop(void *ctx, int64_t x, int64_t y, uint32_t turn)
{
    struct stops *s = ctx;
    s->xy[s->count][0] = x;
    s->xy[s->count][1] = y;
    s->turns[s->count++] = turn;
    return s->count < 64;
}

static void a_walk_counts_round_corners_and_keeps_from_the_end(void **state)
{
    (void)state;
    const int64_t line[] = {0, 0, 10000, 0, 10000, 10000};
    struct stops s = {0};
    pk_along_walk(line, 3, 4000, note_stop, &s);
    assert_int_equal(s.count, 5);
    static const int64_t places[5][2] = {
        {2000,  0   },
        {6000,  0   },
        {10000, 0   },
        {10000, 4000},
        {10000, 8000}
    };
    for (int i = 0; i < 5; i++) {
        assert_true(llabs(s.xy[i][0] - places[i][0]) <= 1);
        assert_true(llabs(s.xy[i][1] - places[i][1]) <= 1);
    }
    assert_int_equal(s.turns[0], 0);
    assert_int_equal(s.turns[4], PK_TEXT_TURN / 4);
    s.count = 0; /* within a quarter of the end there is none */
    pk_along_walk(line, 2, 6500, note_stop, &s);
    assert_int_equal(s.count, 1);
    s.count = 0; /* shorter than one spacing: in the middle */
    pk_along_walk(line, 2, 20000, note_stop, &s);
    assert_int_equal(s.count, 1);
    assert_true(llabs(s.xy[0][0] - 5000) <= 1);
    s.count = 0; /* nothing to walk */
    pk_along_walk(line, 1, 4000, note_stop, &s);
    pk_along_walk(line, 3, 0, note_stop, &s);
    assert_int_equal(s.count, 0);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: test_chart CHART.sqlite\n", stderr);
        return 2;
    }
    path = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_symbol_is_the_same_in_a_picture_and_in_its_tiles),
        cmocka_unit_test(
            where_borders_coincide_the_highest_shows_and_hiding_it_shows_the_next),
        cmocka_unit_test(symbols_stand_on_lines_from_the_line_alone),
        cmocka_unit_test(a_walk_counts_round_corners_and_keeps_from_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
