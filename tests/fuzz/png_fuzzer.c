/* PNG files: what is read is written exactly, and read back to the same pixels. */
#include <stdlib.h>
#include <string.h>

#include "tiles/png.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pk_surface a = {0}, b = {0};
    if (pk_png_read(&a, data, size, 256, NULL) == PK_OK) {
        struct pk_png *png = pk_png_create();
        struct pk_buf buf;
        pk_buf_init(&buf, 1 << 20);
        if (pk_png_write(&buf, png, &a, NULL, 1, NULL) != PK_OK ||
            pk_png_read(&b, buf.data, buf.len, 256, NULL) != PK_OK || a.w != b.w ||
            a.h != b.h || memcmp(a.px, b.px, (size_t)a.w * a.h * 4) != 0)
            abort();
        pk_buf_finish(&buf);
        pk_png_destroy(png);
    }
    pk_surface_finish(&a);
    pk_surface_finish(&b);
    return 0;
}
