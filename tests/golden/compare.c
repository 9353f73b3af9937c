/*
 * compare.c - do two PNG files show the same picture?
 *
 *     compare ACTUAL EXPECTED DIFFERENCE
 *
 * Pixels are compared, not bytes, so another zlib does not matter. A channel may
 * differ by NEAR levels; anything more is written into DIFFERENCE, white on black.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tiles/png.h"

enum { NEAR = 2, FILE_MAX = 64 << 20 };

static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        exit(2);
    }
    char *bytes = pk_xmalloc(FILE_MAX);
    *len = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    return bytes;
}

static void read_picture(struct pk_surface *s, const char *path)
{
    size_t len;
    char *bytes = read_file(path, &len);
    struct pk_error err;
    if (pk_png_read(s, bytes, len, PK_SURFACE_SIDE_MAX, &err) != PK_OK) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(2);
    }
    free(bytes);
}

static bool near(uint32_t a, uint32_t b)
{
    for (int shift = 0; shift < 32; shift += 8) {
        int d = (int)(a >> shift & 255) - (int)(b >> shift & 255);
        if (d > NEAR || d < -NEAR) {
            return false;
        }
    }
    return true;
}

static void write_difference(struct pk_surface *s, const char *path)
{
    struct pk_buf out;
    struct pk_error err;
    struct pk_png *png = pk_png_create();
    pk_buf_init(&out, FILE_MAX);
    FILE *f = fopen(path, "wb");
    if (f != NULL && pk_png_write(&out, png, s, NULL, 1, &err) == PK_OK) {
        fwrite(out.data, 1, out.len, f);
        fclose(f);
    }
    pk_png_destroy(png);
    pk_buf_finish(&out);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: compare ACTUAL EXPECTED DIFFERENCE\n", stderr);
        return 2;
    }
    struct pk_surface a = {0}, b = {0};
    read_picture(&a, argv[1]);
    read_picture(&b, argv[2]);
    if (a.w != b.w || a.h != b.h) {
        printf("%s: %u x %u, expected %u x %u\n", argv[1], a.w, a.h, b.w, b.h);
        return 1;
    }
    size_t differ = 0, all = (size_t)a.w * a.h;
    for (size_t i = 0; i < all; i++) {
        bool same = near(a.px[i], b.px[i]);
        differ += !same;
        a.px[i] = same ? 0xff000000u : 0xffffffffu;
    }
    if (differ > 0) {
        write_difference(&a, argv[3]);
        printf("%s: %zu of %zu pixels differ, see %s\n", argv[1], differ, all, argv[3]);
    }
    pk_surface_finish(&a);
    pk_surface_finish(&b);
    return differ > 0;
}
