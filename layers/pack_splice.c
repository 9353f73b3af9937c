/* pack_splice.c - sections of two packs as one, without decoding them. */
#include <string.h>

#include "layers/pack.h"
#include "layers/pack_form.h"

enum { SECTIONS_MAX = 4096 };

struct raw {
    const uint8_t *name;
    size_t name_len;
    const uint8_t *from, *to; /* name and body, as they lie there */
};

static bool read_raw(struct raw *out, struct pk_bytes *in)
{
    out->from = in->p;
    uint64_t name_len = pk_bytes_varint(in);
    out->name = name_len <= PACK_NAME_MAX ? pk_bytes_take(in, (size_t)name_len) : NULL;
    out->name_len = (size_t)name_len;
    uint64_t body_len = pk_bytes_varint(in);
    if (out->name == NULL || in->bad || body_len > (size_t)(in->end - in->p)) {
        return false;
    }
    in->p += body_len;
    out->to = in->p;
    return true;
}

static bool is_replaced(const struct raw *s, const char *const *replaced)
{
    for (; *replaced != NULL; replaced++) {
        if (strlen(*replaced) == s->name_len &&
            memcmp(*replaced, s->name, s->name_len) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_raw(const struct raw *a, const struct raw *b)
{
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int d = memcmp(a->name, b->name, len);
    return d != 0 ? d : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

static enum pk_status read_list(struct raw **out, uint32_t *count, const void *bytes,
                                size_t len, const char *const *replaced,
                                struct pk_arena *arena, struct pk_error *err)
{
    *count = 0;
    *out = NULL;
    if (len == 0) {
        return PK_OK;
    }
    struct pk_bytes in = pk_bytes_of(bytes, len);
    uint32_t magic = pk_bytes_u32(&in);
    uint64_t n = pk_bytes_varint(&in);
    if (magic != PACK_MAGIC || in.bad || n > SECTIONS_MAX) {
        return pk_fail(err, PK_BAD_DATA, "pack: damaged");
    }
    struct raw *list = *out = pk_arena_alloc(arena, (size_t)n, sizeof(*list));
    for (uint64_t i = 0; i < n; i++) {
        struct raw s;
        if (!read_raw(&s, &in)) {
            return pk_fail(err, PK_BAD_DATA, "pack: damaged list of sections");
        }
        if (!is_replaced(&s, replaced)) {
            list[(*count)++] = s;
        }
    }
    if (in.p != in.end) {
        return pk_fail(err, PK_BAD_DATA, "pack: bytes after the last section");
    }
    return PK_OK;
}

enum pk_status pack_splice(struct pk_buf *out, const void *old, size_t old_len,
                           const char *const *replaced, const void *fresh,
                           size_t fresh_len, struct pk_error *err)
{
    static const char *const none[] = {NULL};
    struct pk_arena arena = {0};
    struct raw *a = NULL, *b = NULL;
    uint32_t a_count = 0, b_count = 0, i = 0, k = 0;
    enum pk_status status = read_list(&a, &a_count, old, old_len, replaced, &arena, err);
    if (status == PK_OK) {
        status = read_list(&b, &b_count, fresh, fresh_len, none, &arena, err);
    }
    if (status == PK_OK && a_count + b_count > 0) {
        pk_buf_add_u32(out, PACK_MAGIC);
        pk_buf_add_varint(out, a_count + b_count);
        while (i < a_count || k < b_count) {
            bool first = k == b_count || (i < a_count && compare_raw(&a[i], &b[k]) < 0);
            const struct raw *s = first ? &a[i++] : &b[k++];
            pk_buf_add(out, s->from, (size_t)(s->to - s->from));
        }
    }
    pk_arena_finish(&arena);
    return status;
}
