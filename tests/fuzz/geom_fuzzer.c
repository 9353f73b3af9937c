/* PKG1 bytes: what is read is measured, and written again to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "layers/geom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_arena arena = {0};
    struct pk_geom g;

    if (pk_geom_read(&g, data, size, &arena, NULL) == PK_OK) {
        struct pk_buf buf;
        struct pk_json j;
        double x, y, room;

        pk_buf_init(&buf, size + 1);
        pk_geom_write(&buf, &g);
        if (buf.failed || buf.len != size || memcmp(buf.data, data, size) != 0)
            abort();
        pk_buf_finish(&buf);
        pk_geom_area(&g);
        pk_geom_length(&g);
        pk_geom_covers(&g, 1, 1);
        pk_geom_label_point(&g, 1, &x, &y, &room);
        pk_geom_orient(&g);
        pk_buf_init(&buf, 1 << 20);
        pk_json_init(&j, &buf);
        pk_geom_to_geojson(&j, &g, 3);
        pk_buf_finish(&buf);
    }
    pk_arena_finish(&arena);
    return 0;
}
