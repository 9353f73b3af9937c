/*
 * bench_list.c - a list of tiles through one renderer: processor time and a hash of
 * every byte, so that a change meant to be faster is seen to draw the same.
 *
 *     bench_list DB STYLE.json LIST [TIMES]
 *
 * LIST has a Web Mercator tile per line, "z x y", the rest of the line ignored. Run it
 * under callgrind with --toggle-collect=pk_render_tile for instructions per tile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/jsonread.h"
#include "base/parse.h"
#include "layers/store.h"
#include "tiles/render.h"

enum { TILES_MAX = 10000, STYLE_MAX = 4 << 20, TIMES_MAX = 1000 };

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint32_t read_list(const char *path, struct pk_tile_id *out)
{
    char line[1000];
    uint32_t n = 0;
    FILE *f = fopen(path, "r");
    while (f && n < TILES_MAX && fgets(line, sizeof line, f)) {
        const char *at = line;
        struct pk_tile_id *t = &out[n];
        if (pk_parse_u32(&at, PK_LEVELS_MAX, &t->z) && pk_parse_char(&at, ' ') &&
            pk_parse_u32(&at, UINT32_MAX - 1, &t->x) && pk_parse_char(&at, ' ') &&
            pk_parse_u32(&at, UINT32_MAX - 1, &t->y)) {
            n++;
        }
    }
    if (f) {
        fclose(f);
    }
    return n;
}

static int run(struct pk_renderer *r, const struct pk_style *style,
               const struct pk_tile_id *tiles, uint32_t n, uint32_t times)
{
    const struct pk_grid *grid = pk_grid_find("WebMercatorQuad");
    uint64_t hash = 0;
    double bytes = 0, start = cpu_us(), best = 0;
    for (uint32_t k = 0; k < times; k++) {
        hash = 0;
        start = cpu_us();
        for (uint32_t i = 0; i < n; i++) {
            struct pk_tile_request request = {style, grid, tiles[i], 1, 0, NULL};
            struct pk_rendered out;
            struct pk_error err = {0};
            if (pk_render_tile(&out, r, &request, &err) != PK_OK) {
                fprintf(stderr, "%s\n", err.text);
                return 1;
            }
            hash = pk_hash64(out.bytes, out.len, hash);
            bytes += (double)out.len;
            free(out.bytes);
        }
        double took = cpu_us() - start;
        best = k == 0 || took < best ? took : best;
    }
    printf("%u tiles: %.0f us, %.0f bytes each, hash %016llx\n", n, best / n,
           bytes / n / times, (unsigned long long)hash);
    return 0;
}

int main(int argc, char **argv)
{
    static struct pk_tile_id tiles[TILES_MAX];
    uint32_t times = 1, n = argc > 3 ? read_list(argv[3], tiles) : 0;
    if (n == 0 || (argc > 4 && !pk_parse_all_u32(argv[4], TIMES_MAX, &times))) {
        fprintf(stderr, "usage: bench_list DB STYLE.json LIST [TIMES]\n");
        return 2;
    }
    struct pk_error err = {0};
    struct pk_store *store = NULL;
    struct pk_style *style = NULL;
    json_t *json = NULL;
    char *text = NULL;
    enum pk_status st = pk_json_parse_file(&json, argv[2], STYLE_MAX, &err);
    if (st == PK_OK && (text = json_dumps(json, JSON_COMPACT)) != NULL) {
        st =
            pk_style_read(&style, "bench", text, strlen(text), NULL, NULL, 0, NULL, &err);
    }
    st = st == PK_OK ? pk_render_start(NULL, &err) : st;
    st = st == PK_OK ? pk_store_open(&store, argv[1], &err) : st;
    int result = 1;
    if (st == PK_OK) {
        struct pk_renderer *r = pk_renderer_create(store);
        result = run(r, style, tiles, n, times);
        pk_renderer_destroy(r);
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    pk_store_close(store);
    pk_style_destroy(style);
    free(text);
    json_decref(json);
    return result;
}
