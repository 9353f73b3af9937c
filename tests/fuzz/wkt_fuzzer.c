/* wkt_fuzzer.c - shapes in addresses, WKT or GeoJSON. What is taken has a kind, at most
 * the vertices that were allowed, finite numbers and closed rings. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "server/wkt.h"

enum { VERTICES_MAX = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct pk_geom *g)
{
    if (g->kind == PK_GEOM_NONE || g->vertex_count == 0 ||
        g->vertex_count > VERTICES_MAX) {
        abort();
    }
    for (uint32_t i = 0; i < 2 * g->vertex_count; i++) {
        if (!isfinite(g->xy[i])) {
            abort();
        }
    }
    for (uint32_t i = 0; i < g->ring_count; i++) {
        const struct pk_ring *r = &g->rings[i];
        const double *a = g->xy + 2 * (size_t)r->first;
        const double *b = a + 2 * ((size_t)r->count - 1);
        if (r->role != PK_RING_OPEN && (a[0] != b[0] || a[1] != b[1])) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_geom shape;
    struct pk_error err;
    const char *text = pk_arena_strndup(&arena, (const char *)data, size);
    if (pk_shape_of_text(&shape, text, VERTICES_MAX, &arena, &err) == PK_OK) {
        check(&shape);
    }
    pk_arena_finish(&arena);
    return 0;
}
