/* ids.c - numbers of features, their JSON, and the exact PNG they travel in. */
#include "tiles/ids.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/json.h"

enum { SLOTS_FIRST = 256 };

struct entry {
    const char *source_layer, *legend;
    struct pk_id id;
};

struct pk_id_table {
    struct pk_arena *arena;
    struct entry *entries;
    uint32_t count, room;
    uint32_t *slots; /* index, 0 = free */
    uint32_t slot_count;
};

struct pk_id_table *pk_id_table_create(struct pk_arena *arena)
{
    struct pk_id_table *t = pk_arena_alloc(arena, 1, sizeof *t);
    t->arena = arena;
    t->slot_count = SLOTS_FIRST;
    t->slots = pk_arena_alloc(arena, SLOTS_FIRST, sizeof *t->slots);
    return t;
}

static uint32_t *slot_of(const struct pk_id_table *t, const struct entry *e)
{
    uint64_t h =
        pk_hash64(e->id.b, sizeof e->id.b, pk_hash64(e->legend, strlen(e->legend), 0));
    for (uint32_t i = (uint32_t)h;; i++) {
        uint32_t *slot = &t->slots[i % t->slot_count];
        const struct entry *there = *slot ? &t->entries[*slot - 1] : NULL;
        if (!there ||
            (pk_id_equal(there->id, e->id) && strcmp(there->legend, e->legend) == 0 &&
             strcmp(there->source_layer, e->source_layer) == 0)) {
            return slot;
        }
    }
}

static void grow(struct pk_id_table *t)
{
    uint32_t room = t->room ? 2 * t->room : SLOTS_FIRST / 2;
    struct entry *entries = pk_arena_alloc(t->arena, room, sizeof *entries);
    if (t->count > 0) {
        memcpy(entries, t->entries, t->count * sizeof *entries);
    }
    t->entries = entries;
    t->room = room;
    t->slot_count = 2 * room;
    t->slots = pk_arena_alloc(t->arena, t->slot_count, sizeof *t->slots);
    for (uint32_t i = 0; i < t->count; i++) {
        *slot_of(t, &entries[i]) = i + 1;
    }
}

uint32_t pk_id_table_index(void *table, const struct pk_style_layer *layer,
                           const char *source_layer, struct pk_id id)
{
    struct pk_id_table *t = table;
    struct entry e = {source_layer, layer->legend_class ? layer->legend_class : layer->id,
                      id};
    if (t->count == t->room) {
        grow(t);
    }
    uint32_t *slot = slot_of(t, &e);
    if (*slot == 0) {
        t->entries[t->count++] = e;
        *slot = t->count;
    }
    return *slot;
}

void pk_id_table_write(const struct pk_id_table *table, struct pk_buf *out)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_key(&j, "ids");
    pk_json_array(&j);
    for (uint32_t i = 0; i < table->count; i++) {
        char id[PK_ID_TEXT];
        pk_id_format(id, table->entries[i].id);
        pk_json_object(&j);
        pk_json_member_int(&j, "index", i + 1);
        pk_json_member(&j, "layer", table->entries[i].source_layer);
        pk_json_member(&j, "feature", id);
        pk_json_member(&j, "class", table->entries[i].legend);
        pk_json_end(&j);
    }
    pk_json_end(&j);
    pk_json_end(&j);
}

static void to_buf(png_structp png, png_bytep data, png_size_t len)
{
    pk_buf_add(png_get_io_ptr(png), data, len);
}

static void no_flush(png_structp png)
{
    (void)png;
}

enum pk_status pk_ids_png(struct pk_buf *out, const struct pk_surface *s,
                          struct pk_error *err)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return pk_fail(err, PK_IO, "the id picture could not be written");
    }
    png_set_write_fn(png, out, to_buf, no_flush);
    png_set_IHDR(png, info, s->w, s->h, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, 1);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_write_info(png, info);
    for (uint32_t y = 0; y < s->h; y++) {
        png_write_row(png, (png_const_bytep)(s->px + (size_t)y * s->w));
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return out->failed ? pk_fail(err, PK_LIMIT, "the id picture is too large") : PK_OK;
}
