/*
 * test_render.c - whole renders: a picture against its tiles, threads against each
 * other, and what a change may and may not alter.
 */
#include "unit/render_map.h"

#include <pthread.h>

#include "tiles/png.h"
#include "tiles/surface.h"
static const char style_json[] =
    "{\"version\":8,\"name\":\"test\",\"sources\":{\"p\":{\"type\":\"vector\"}},"
    "\"layers\":["
    "{\"id\":\"use\",\"type\":\"fill\",\"source\":\"p\",\"source-layer\":\"use\","
    "\"paint\":{"
    "\"fill-color\":[\"match\",[\"get\",\"letter\"],\"B\",\"#ffffce\",\"C\",\"#dabf8c\","
    "\"RS\",\"#fa4b3c\",\"#d9d9d9\"],\"fill-opacity\":0.8}},"
    "{\"id\":\"dots\",\"type\":\"fill\",\"source\":\"p\",\"source-layer\":\"use\","
    "\"filter\":[\"==\",[\"get\",\"letter\"],\"B\"],"
    "\"paint\":{\"fill-pattern\":\"prickmark\"}},"
    "{\"id\":\"hatch\",\"type\":\"fill\",\"source\":\"p\",\"source-layer\":\"use\","
    "\"filter\":[\"==\",[\"get\",\"letter\"],\"C\"],"
    "\"paint\":{\"fill-pattern\":\"hatch-45-8\"}},"
    "{\"id\":\"edge\",\"type\":\"line\",\"source\":\"p\",\"source-layer\":\"use\","
    "\"paint\":{"
    "\"line-color\":\"#1a1a1a\",\"line-width\":1.5,\"line-dasharray\":[6,3]}},"
    "{\"id\":\"line\",\"type\":\"line\",\"source\":\"p\",\"source-layer\":\"boundary\","
    "\"paint\":{\"line-color\":\"#7a4a9a\",\"line-dasharray\":[4,2,1,2],"
    "\"line-width\":[\"+\",0.6,[\"get\",\"number\"]]}},"
    "{\"id\":\"dot\",\"type\":\"circle\",\"source\":\"p\",\"source-layer\":\"address\","
    "\"paint\":{\"circle-color\":\"#0055aa\",\"circle-radius\":3,"
    "\"circle-stroke-width\":1,\"circle-stroke-color\":\"#ffffff\"}},"
    "{\"id\":\"letter\",\"type\":\"symbol\",\"source\":\"p\",\"source-layer\":\"use\","
    "\"metadata\":{\"plankarta:fit\":true},\"layout\":{\"text-field\":[\"get\","
    "\"letter\"],"
    "\"text-size\":15,\"text-rotate\":[\"*\",15,[\"get\",\"number\"]],"
    "\"symbol-sort-key\":[\"get\",\"number\"]},"
    "\"paint\":{\"text-color\":\"#1a1a1a\",\"text-halo-color\":\"#ffffff\","
    "\"text-halo-width\":1.2}},"
    "{\"id\":\"icon\",\"type\":\"symbol\",\"source\":\"p\",\"source-layer\":\"address\","
    "\"filter\":[\"==\",[\"get\",\"number\"],3],\"layout\":{"
    "\"icon-image\":\"star:#b01028\",\"icon-allow-overlap\":true}},"
    "{\"id\":\"name\",\"type\":\"symbol\",\"source\":\"p\",\"source-layer\":\"address\","
    "\"layout\":{\"text-field\":[\"get\",\"title\"],\"text-size\":11,\"text-max-width\":"
    "6,"
    "\"text-variable-anchor\":[\"left\",\"right\",\"top\",\"bottom\"],"
    "\"text-radial-offset\":0.5},"
    "\"paint\":{\"text-color\":\"#003366\",\"text-halo-color\":\"#ffffff\","
    "\"text-halo-width\":1}}]}";

/* The style above, or only its labels. */
static struct pk_style *read_style(bool labels)
{
    static const char head[] = "{\"version\":8,\"sources\":{},\"layers\":[";
    struct pk_arena arena = {0};
    const char *json = style_json;
    if (labels) {
        json = pk_arena_printf(&arena, "%s%s", head,
                               strstr(style_json, "{\"id\":\"letter\""));
    }
    struct pk_style *style = NULL;
    struct pk_error err = {0};
    if (pk_style_read(&style, "test", json, strlen(json), NULL, NULL, 0, NULL, &err) !=
        PK_OK) {
        fail_msg("%s", err.text);
    }
    pk_arena_finish(&arena);
    return style;
}

static struct pk_rendered tile_of(struct pk_renderer *r, const struct pk_style *style,
                                  const struct pk_grid *grid, struct pk_tile_id tile,
                                  uint32_t scale, int64_t version)
{
    struct pk_tile_request request = {style, grid, tile, scale, version, NULL};
    struct pk_rendered out;
    struct pk_error err = {0};
    if (pk_render_tile(&out, r, &request, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    return out;
}

/* The tile of a level that holds a place of the map. */
static struct pk_tile_id tile_at(const struct pk_grid *grid, uint32_t z, double east,
                                 double north)
{
    struct pk_ibox p = map_place(grid->family, east, north);
    double unit =
        grid->family == PK_WM ? 2 * 20037508.342789244 / (double)PK_WM_WORLD : 0.001;
    double x = grid->family == PK_WM ? (double)p.min_x * unit
                                     : (double)p.min_x * unit - grid->left;
    double y = grid->family == PK_WM
                   ? (double)p.min_y * unit
                   : grid->top - ((double)PK_TM_TOP - (double)p.min_y) * unit;
    double side = grid->levels[z].pixel * PK_TILE_PX;
    return (struct pk_tile_id){z, (uint32_t)(x / side), (uint32_t)(y / side)};
}

static struct pk_tile_id middle_tile(const struct pk_grid *grid, uint32_t z)
{
    return tile_at(grid, z, MAP_SIDE_M / 2.0, MAP_SIDE_M / 2.0);
}

static uint32_t differing(const struct pk_surface *big, const struct pk_surface *tile,
                          uint32_t x0, uint32_t y0, uint32_t *ink)
{
    uint32_t n = 0;
    for (uint32_t y = 0; y < tile->h; y++) {
        for (uint32_t x = 0; x < tile->w; x++) {
            uint32_t a = big->px[(size_t)(y0 + y) * big->w + x0 + x];
            uint32_t b = tile->px[(size_t)y * tile->w + x];
            n += a != b;
            *ink += b != 0;
        }
    }
    return n;
}

static void check_crop(struct pk_renderer *r, const struct pk_style *style,
                       const struct pk_grid *grid, uint32_t z, uint32_t scale)
{
    enum { SIDE = 3 };
    struct pk_tile_id first = middle_tile(grid, z);
    struct pk_box a, b;
    struct pk_error err = {0};
    assert_int_equal(pk_grid_tile_box(&a, grid, first, &err), PK_OK);
    struct pk_tile_id last = {z, first.x + SIDE - 1, first.y + SIDE - 1};
    assert_int_equal(pk_grid_tile_box(&b, grid, last, &err), PK_OK);
    struct pk_picture_request request = {.styles = {style},
                                         .style_count = 1,
                                         .epsg = grid->epsg,
                                         .box = pk_box_join(a, b),
                                         .width = SIDE * PK_TILE_PX,
                                         .height = SIDE * PK_TILE_PX,
                                         .scale = scale};
    struct pk_rendered picture;
    if (pk_render_picture(&picture, r, &request, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    struct pk_surface big = {0}, small = {0};
    assert_int_equal(pk_png_read(&big, picture.bytes, picture.len, 4096, &err), PK_OK);
    uint32_t ink = 0;
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        struct pk_tile_id id = {z, first.x + i % SIDE, first.y + i / SIDE};
        struct pk_rendered tile = tile_of(r, style, grid, id, scale, 0);
        assert_int_equal(pk_png_read(&small, tile.bytes, tile.len, 4096, &err), PK_OK);
        uint32_t n =
            differing(&big, &small, i % SIDE * small.w, i / SIDE * small.h, &ink);
        if (n > 0) {
            fail_msg("%s %u/%u/%u@%ux: %u pixels differ", grid->id, z, id.x, id.y, scale,
                     n);
        }
        assert_true(tile.version == picture.version);
        free(tile.bytes);
    }
    assert_true(ink > 1000);
    free(picture.bytes);
    pk_surface_finish(&big);
    pk_surface_finish(&small);
}

static void a_picture_is_its_tiles(void **state)
{
    (void)state;
    static const struct {
        const char *grid;
        uint32_t z[5];
    } cases[] = {
        {"WebMercatorQuad",  {12, 14, 15, 16, 18}},
        {"SWEREF99TMKommun", {5, 7, 9, 10, 11}   },
        {"SWEREF99TMQuad",   {9, 11, 13, 14, 18} }
    };
    struct map_store map;
    map_make(&map, MAP_FEATURES);
    struct pk_style *style = read_style(false);
    struct pk_renderer *r = pk_renderer_create(&map.store);
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        for (size_t k = 0; k < PK_COUNT(cases[i].z); k++) {
            check_crop(r, style, pk_grid_find(cases[i].grid), cases[i].z[k],
                       k % 2 == 0 ? 1 : 2);
        }
    }
    check_crop(r, style, pk_grid_find("SWEREF99TMKommun"), 9, 3);
    pk_renderer_destroy(r);
    pk_style_destroy(style);
    map_free(&map);
}

/* ---- threads ---- */

enum { THREADS = 4, TILES = 9 };

struct job {
    struct map_store *map;
    const struct pk_style *style;
    uint64_t hashes[TILES];
};

static void *draw_some(void *arg)
{
    struct job *job = arg;
    struct pk_renderer *r = pk_renderer_create(&job->map->store);
    const struct pk_grid *grid = pk_grid_find("SWEREF99TMKommun");
    struct pk_tile_id at = middle_tile(grid, 9);
    for (uint32_t i = 0; i < TILES; i++) {
        struct pk_tile_request request = {
            job->style, grid, {9, at.x + i % 3, at.y + i / 3},
              1 + i % 2, 0, NULL
        };
        struct pk_rendered out;
        struct pk_error err;
        if (pk_render_tile(&out, r, &request, &err) == PK_OK) {
            job->hashes[i] = pk_hash64(out.bytes, out.len, out.digest);
            free(out.bytes);
        }
    }
    pk_renderer_destroy(r);
    return NULL;
}

static void all_threads_and_runs_give_the_same_bytes(void **state)
{
    (void)state;
    struct map_store map;
    map_make(&map, 800);
    struct pk_style *style = read_style(false);
    struct job jobs[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){.map = &map, .style = style};
        assert_int_equal(pthread_create(&threads[i], NULL, draw_some, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_memory_equal(jobs[i].hashes, jobs[0].hashes, sizeof jobs[0].hashes);
    }
    assert_true(jobs[0].hashes[0] != 0 && jobs[0].hashes[0] != jobs[0].hashes[1]);
    pk_style_destroy(style);
    map_free(&map);
}

/* ---- changes ---- */

static struct pk_ibox change_box(const struct map_feature *f, enum pk_family family,
                                 struct pk_arena *arena)
{
    struct pk_ifeature u;
    if (f->gone) {
        return PK_IBOX_EMPTY;
    }
    map_feature_units(f, family, &u, arena);
    struct pk_ibox at = {u.anchor_x, u.anchor_y, u.anchor_x, u.anchor_y};
    return pk_ibox_join(u.box, at);
}

static bool touches(struct pk_ibox a, struct pk_ibox b)
{
    return a.min_x <= a.max_x && b.min_x <= b.max_x && pk_ibox_touches(a, b);
}

/* One random edit of version 2 and where it is. */
static void edit(struct map_store *map, struct map_feature *undo, uint32_t *at)
{
    *at = map_chance(map->count[2]);
    struct map_feature *f = &map->features[2][*at];
    *undo = *f;
    switch (map_chance(4)) {
    case 0:
        f->gone = true;
        break;
    case 1:
        snprintf(f->letter, sizeof f->letter, "%s", f->letter[0] == 'B' ? "C" : "B");
        snprintf(f->title, sizeof f->title, "Nya gatan %u", map_chance(100));
        break;
    case 2:
        f->xy[0] += map_metres(-40, 40);
        f->xy[1] += map_metres(-40, 40);
        f->xy[2 * f->count - 2] = f->xy[0];
        f->xy[2 * f->count - 1] = f->xy[1];
        break;
    default:
        f->number = map_chance(5);
    }
}

/* What became of the tiles round the edits. */
struct tally {
    uint32_t changed, kept, spared;
};

static void check_tile(struct pk_renderer *r, const struct pk_style *style,
                       const struct pk_grid *grid, struct pk_tile_id tile,
                       struct pk_ibox was, struct pk_ibox is, struct tally *tally)
{
    struct pk_rendered old = tile_of(r, style, grid, tile, 1, 1);
    struct pk_rendered new = tile_of(r, style, grid, tile, 1, 2);
    struct pk_tile_request request = {style, grid, tile, 1, 2, NULL};
    struct pk_rendered check;
    struct pk_error err;
    assert_int_equal(pk_render_digest(&check, r, &request, &err), PK_OK);
    assert_true(check.digest == new.digest &&check.version == 2);
    assert_memory_equal(&check.dep, &new.dep, sizeof new.dep);
    bool reached = touches(old.dep, was) || touches(old.dep, is);
    if (old.len != new.len || memcmp(old.bytes, new.bytes, old.len) != 0) {
        tally->changed++;
        assert_true(reached);
        assert_true(old.digest != new.digest);
    } else {
        tally->kept += reached;
    }
    if (!reached) {
        tally->spared++;
        assert_true(old.digest == new.digest);
    }
    free(old.bytes);
    free(new.bytes);
}

/* Edit a random feature, look at nine tiles near it and farther off. */
static struct tally check_edits(const struct pk_style *style, const char *grid_id,
                                uint32_t z, int edits)
{
    struct map_store map;
    map_make(&map, 1200);
    map.newest = 2;
    struct pk_renderer *r = pk_renderer_create(&map.store);
    struct pk_arena arena = {0};
    struct tally tally = {0};
    const struct pk_grid *grid = pk_grid_find(grid_id);
    for (int i = 0; i < edits; i++) {
        struct map_feature undo;
        uint32_t at;
        edit(&map, &undo, &at);
        struct pk_ibox was = change_box(&map.features[1][at], grid->family, &arena);
        struct pk_ibox is = change_box(&map.features[2][at], grid->family, &arena);
        struct pk_tile_id middle =
            tile_at(grid, z, map.features[1][at].xy[0], map.features[1][at].xy[1]);
        for (uint32_t k = 0; k < 9; k++) {
            static const uint32_t away[3] = {-4u, 0, 1};
            struct pk_tile_id tile = {z, middle.x + away[k % 3], middle.y + away[k / 3]};
            check_tile(r, style, grid, tile, was, is, &tally);
        }
        map.features[2][at] = undo;
        map_forget(&map, 2);
        pk_arena_reset(&arena);
    }
    print_message("%u changed, %u touched but alike, %u spared\n", tally.changed,
                  tally.kept, tally.spared);
    pk_arena_finish(&arena);
    pk_renderer_destroy(r);
    map_free(&map);
    return tally;
}

static void a_changed_tile_was_touched_and_has_another_digest(void **state)
{
    (void)state;
    struct pk_style *style = read_style(false);
    struct tally metric = check_edits(style, "SWEREF99TMKommun", 9, pk_cases(30));
    assert_true(metric.changed > 8 && metric.spared > 8);
    struct tally mercator = check_edits(style, "WebMercatorQuad", 16, pk_cases(30));
    assert_true(mercator.changed > 8 && mercator.spared > 8);
    pk_style_destroy(style);
}

/* Labels alone: what changes is up to a chain of labels away from the edit. */
static void so_it_is_with_labels_alone(void **state)
{
    (void)state;
    struct pk_style *style = read_style(true);
    struct tally tally = check_edits(style, "SWEREF99TMKommun", 9, pk_cases(60));
    assert_true(tally.changed > 20 && tally.spared > 30);
    pk_style_destroy(style);
}

/* ---- pictures and ids ---- */

static void ids_name_what_is_drawn(void **state)
{
    (void)state;
    struct map_store map;
    map_make(&map, 1500);
    struct pk_style *style = read_style(false);
    struct pk_renderer *r = pk_renderer_create(&map.store);
    const struct pk_grid *grid = pk_grid_find("SWEREF99TMKommun");
    struct pk_tile_request request = {style, grid, middle_tile(grid, 9), 1, 0, NULL};
    struct pk_rendered out;
    struct pk_buf ids;
    struct pk_error err = {0};
    pk_buf_init(&ids, 1 << 20);
    assert_int_equal(pk_render_ids(&out, &ids, r, &request, &err), PK_OK);
    assert_memory_equal(out.bytes, "\x89PNG", 4);
    assert_non_null(strstr(ids.data, "{\"index\":1,\"layer\":\"use\",\"feature\":\""));
    assert_non_null(strstr(ids.data, "\"class\":\"letter\""));
    free(out.bytes);
    pk_buf_finish(&ids);
    pk_renderer_destroy(r);
    pk_style_destroy(style);
    map_free(&map);
}

static void pictures_have_markers_shapes_and_any_zone(void **state)
{
    (void)state;
    struct map_store map;
    map_make(&map, 1500);
    struct pk_style *style = read_style(false);
    struct pk_renderer *r = pk_renderer_create(&map.store);
    struct pk_ring ring = {0, 5, PK_RING_OUTER};
    double x = MAP_EAST + 900, y = MAP_NORTH + 900;
    double xy[10] = {x, y, x + 90, y, x + 90, y + 90, x, y + 90, x, y};
    struct pk_geom shape = {PK_GEOM_AREA, 1, 5, &ring, xy, NULL};
    struct pk_picture_request request = {
        .styles = {style,    style  },
        .style_count = 2,
        .epsg = 3006,
        .box = { x - 100, y - 100, x + 300, y + 200},
        .width = 400,
        .height = 300,
        .scale = 1,
        .opaque = true,
        .marker = true,
        .marker_x = x,
        .marker_y = y,
        .shape = &shape
    };
    struct pk_rendered out;
    struct pk_error err = {0};
    assert_int_equal(pk_render_picture(&out, r, &request, &err), PK_OK);
    struct pk_surface s = {0};
    assert_int_equal(pk_png_read(&s, out.bytes, out.len, 4096, &err), PK_OK);
    assert_int_equal(s.w, 400);
    assert_int_equal(s.h, 300);
    uint8_t pixel[4];
    memcpy(pixel, &s.px[(size_t)(200 - 14) * 400 + 100], 4); /* in the marker's drop */
    assert_int_equal(pixel[0], 0xb0);
    memcpy(pixel, &s.px[(size_t)(200 - 45) * 400 + 190], 4); /* the shape's right edge */
    assert_int_equal(pixel[0], 0x1a);
    assert_int_equal(pixel[3], 255);
    free(out.bytes);

    /* The same ground in a local zone: about the same picture. */
    request.epsg = 3014; /* SWEREF 99 17 15 */
    request.marker = false;
    request.shape = NULL;
    request.box = (struct pk_box){150000, 6910000, 150400, 6910300};
    assert_int_equal(pk_render_picture(&out, r, &request, &err), PK_OK);
    free(out.bytes);
    request.epsg = 4326;
    assert_int_equal(pk_render_picture(&out, r, &request, &err), PK_UNSUPPORTED);
    request.epsg = 3006;
    request.width = 0;
    assert_int_equal(pk_render_picture(&out, r, &request, &err), PK_BAD_INPUT);
    pk_surface_finish(&s);
    pk_renderer_destroy(r);
    pk_style_destroy(style);
    map_free(&map);
}

static int start(void **state)
{
    (void)state;
    struct pk_error err = {0};
    if (pk_render_start("/nowhere", &err) != PK_IO ||
        strstr(err.text, "fonts-dejavu-core") == NULL) {
        return -1;
    }
    return pk_render_start(NULL, &err) == PK_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_its_tiles),
        cmocka_unit_test(all_threads_and_runs_give_the_same_bytes),
        cmocka_unit_test(a_changed_tile_was_touched_and_has_another_digest),
        cmocka_unit_test(so_it_is_with_labels_alone),
        cmocka_unit_test(ids_name_what_is_drawn),
        cmocka_unit_test(pictures_have_markers_shapes_and_any_zone),
    };
#ifdef __SANITIZE_THREAD__
    /* The others have one thread, and take minutes when every access is watched. */
    cmocka_set_test_filter("all_threads*");
#endif
    return cmocka_run_group_tests(tests, start, NULL);
}
