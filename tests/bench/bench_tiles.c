/*
 * bench_tiles.c - microseconds per cold tile: a renderer, a database, random tiles of
 * an area. Not a test: it prints, nobody asserts.
 *
 *     bench_tiles DB MINX MINY MAXX MAXY [TILES [DAY]]      (EPSG:3006)
 *
 * Tiles in which nothing is drawn are not counted. "again" asks for the digest alone:
 * what a cached tile costs when a change touched it. With a legal day no kept pack is
 * used: what old states cost, whose cells are made on the spot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "layers/store.h"
#include "styles/shipped.h"
#include "tiles/render.h"

enum { TILES_MAX = 2000, TRIES = 8 };

static double now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static uint64_t seed = 42;

static double chance(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 33) / (double)(UINT64_C(1) << 31);
}

static void run_level(struct pk_renderer *r, const struct pk_style *style,
                      const struct pk_grid *grid, uint32_t z, struct pk_box area,
                      uint32_t wanted, const char *day)
{
    static double wall[TILES_MAX];
    double cpu = 0, again = 0, bytes = 0, side = grid->levels[z].pixel * PK_TILE_PX;
    uint32_t n = 0;
    for (uint32_t i = 0; i < wanted * TRIES && n < wanted; i++) {
        double x = area.min_x + chance() * (area.max_x - area.min_x);
        double y = area.min_y + chance() * (area.max_y - area.min_y);
        struct pk_tile_request request = {
            style,
            grid,
            {z, (uint32_t)((x - grid->left) / side), (uint32_t)((grid->top - y) / side)},
            1,
            0,
            day
        };
        struct pk_rendered out;
        struct pk_error err;
        double t0 = now_us(CLOCK_MONOTONIC), c0 = now_us(CLOCK_THREAD_CPUTIME_ID);
        if (pk_render_tile(&out, r, &request, &err) != PK_OK) {
            fprintf(stderr, "%s\n", err.text);
            return;
        }
        double c1 = now_us(CLOCK_THREAD_CPUTIME_ID);
        free(out.bytes);
        if (out.blank) {
            continue;
        }
        wall[n++] = now_us(CLOCK_MONOTONIC) - t0;
        cpu += c1 - c0;
        bytes += (double)out.len;
        double c2 = now_us(CLOCK_THREAD_CPUTIME_ID);
        if (pk_render_digest(&out, r, &request, &err) == PK_OK) {
            again += now_us(CLOCK_THREAD_CPUTIME_ID) - c2;
        }
    }
    if (n == 0) {
        return;
    }
    qsort(wall, n, sizeof wall[0], by_value);
    printf("%-18s %3u %8.3f %6u %9.0f %9.0f %9.0f %9.0f %9.0f\n", grid->id, z,
           grid->levels[z].pixel, n, cpu / n, wall[n / 2], wall[n * 95 / 100], again / n,
           bytes / n);
}

int main(int argc, char **argv)
{
    struct pk_box area;
    uint32_t wanted = 100;
    if (argc < 6 || !pk_parse_all_double(argv[2], &area.min_x) ||
        !pk_parse_all_double(argv[3], &area.min_y) ||
        !pk_parse_all_double(argv[4], &area.max_x) ||
        !pk_parse_all_double(argv[5], &area.max_y) ||
        (argc > 6 && !pk_parse_all_u32(argv[6], TILES_MAX, &wanted)) || wanted == 0) {
        fprintf(stderr, "usage: bench_tiles DB MINX MINY MAXX MAXY [TILES [DAY]]\n");
        return 2;
    }
    struct pk_error err = {0};
    struct pk_store *store = NULL;
    struct pk_style *style = NULL;
    size_t len = 0;
    const char *json = pk_shipped_style("plan", &len);
    if (pk_render_start(NULL, &err) != PK_OK ||
        pk_store_open(&store, argv[1], &err) != PK_OK ||
        pk_style_read(&style, "plan", json, len, NULL, NULL, 0, NULL, &err) != PK_OK) {
        fprintf(stderr, "%s\n", err.text);
        pk_store_close(store);
        return 1;
    }
    struct pk_renderer *r = pk_renderer_create(store);
    printf("%-18s %3s %8s %6s %9s %9s %9s %9s %9s\n", "grid", "z", "m/px", "tiles",
           "cpu us", "p50 us", "p95 us", "again us", "bytes");
    const struct pk_grid *grid = pk_grid_find("SWEREF99TMKommun");
    for (uint32_t z = 4; z < 12; z++) {
        run_level(r, style, grid, z, area, wanted, argc > 7 ? argv[7] : NULL);
    }
    pk_renderer_destroy(r);
    pk_style_destroy(style);
    pk_store_close(store);
    return 0;
}
