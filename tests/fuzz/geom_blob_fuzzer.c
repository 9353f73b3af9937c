/* SpatiaLite BLOBs: whatever is accepted comes back the same after our writing. */
#include <stdlib.h>
#include <string.h>

#include "layers/geom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_geom g, back;

    if (pk_geom_from_spatialite(&g, data, size, &arena, NULL) == PK_OK) {
        struct pk_buf buf;

        pk_buf_init(&buf, 2 * size + 256);
        pk_geom_to_spatialite(&buf, &g, 3006);
        if (buf.failed ||
            pk_geom_from_spatialite(&back, buf.data, buf.len, &arena, NULL) != PK_OK ||
            back.vertex_count != g.vertex_count ||
            (g.vertex_count && memcmp(back.xy, g.xy, 16 * (size_t)g.vertex_count) != 0))
            abort();
        pk_buf_finish(&buf);
    }
    pk_arena_finish(&arena);
    return 0;
}
