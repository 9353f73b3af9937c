/* source.c - packs from the store, or prepared when the store has none. */
#include "tiles/source.h"

#include <string.h>

#include "layers/prepare.h"

/* Both packs of a cell that was prepared here. */
struct pk_made {
    struct pk_made *next;
    int64_t cell;
    const void *bytes[2];
    size_t len[2];
};

/* Where data can lie, in units: 0-40 E, 50-75 N in Web Mercator; easting 0-1300 km,
 * northing 5500-8000 km in SWEREF 99 TM. */
static const struct pk_ibox worlds[PK_FAMILY_COUNT] = {
    [PK_WM] = {PK_WM_WORLD / 2, INT64_C(12000000000), INT64_C(41995000000),
               INT64_C(23307000000)                                                            },
    [PK_TM] = {0,               INT64_C(2000000000),  INT64_C(1300000000),  INT64_C(4500000000)},
};

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct pk_cells pk_source_cells(struct pk_source *source, int level, struct pk_ibox box)
{
    int band = source->band + PK_WIDE_BAND * level;
    const struct pk_ibox *world = &worlds[source->family];
    struct pk_ibox b = {most(box.min_x, world->min_x), most(box.min_y, world->min_y),
                        least(box.max_x, world->max_x), least(box.max_y, world->max_y)};
    if (b.min_x > b.max_x || b.min_y > b.max_y) {
        return (struct pk_cells){1, 1, 0, 0};
    }
    int64_t first = pk_cell_of(source->family, band, b.min_x, b.min_y);
    int64_t last = pk_cell_of(source->family, band, b.max_x, b.max_y);
    struct pk_cells cells = {first >> 32, first & 0xffffffff, last >> 32,
                             last & 0xffffffff};
    if (level == 0) {
        source->plain = cells;
    }
    return cells;
}

static struct pk_made *find_made(const struct pk_source *source, int64_t cell)
{
    struct pk_made *made = source->made;
    while (made && made->cell != cell) {
        made = made->next;
    }
    return made;
}

/* The cell, and those of its block that will be asked for and are not made: ascending. */
static size_t block_of(const struct pk_source *source, int64_t cell,
                       struct pk_prepared *out)
{
    int64_t column = cell >> 32, row = cell & 0xffffffff;
    int64_t x0 = column - column % PK_CELLS_SIDE, y0 = row - row % PK_CELLS_SIDE;
    const struct pk_cells *plain = &source->plain;
    size_t n = 0;
    for (int64_t x = x0; x < x0 + PK_CELLS_SIDE; x++) {
        for (int64_t y = y0; y < y0 + PK_CELLS_SIDE; y++) {
            int64_t other = x * (INT64_C(1) << 32) + y;
            bool asked = x >= plain->column0 && x <= plain->column1 && y >= plain->row0 &&
                         y <= plain->row1;
            if (other == cell || (asked && !find_made(source, other))) {
                out[n++].cell = other;
            }
        }
    }
    return n;
}

/* The bytes move to the arena. */
static enum pk_status keep_made(struct pk_source *source, const struct pk_prepared *p,
                                struct pk_error *err)
{
    if (p->features.failed || p->labels.failed) {
        return pk_fail(err, PK_LIMIT, "a cell holds more than %d bytes of map",
                       PK_CELL_BYTES_MAX);
    }
    const struct pk_buf *bufs[2] = {&p->features, &p->labels};
    struct pk_made *made = pk_arena_alloc(source->arena, 1, sizeof *made);
    made->cell = p->cell;
    for (int i = 0; i < 2; i++) {
        made->bytes[i] = pk_arena_strndup(source->arena, bufs[i]->data, bufs[i]->len);
        made->len[i] = bufs[i]->len;
    }
    made->next = source->made;
    source->made = made;
    return PK_OK;
}

/* Make both packs of the cell and of its neighbours, with all there is. */
static enum pk_status prepare(struct pk_source *source, int64_t cell,
                              struct pk_error *err)
{
    struct pk_prepared block[PK_CELLS_SIDE * PK_CELLS_SIDE];
    size_t count = block_of(source, cell, block);
    struct pk_crs *own = source->crs ? NULL : pk_crs_create();
    if (source->crs && !*source->crs) {
        *source->crs = pk_crs_create();
    }
    for (size_t i = 0; i < count; i++) {
        pk_buf_init(&block[i].features, PK_CELL_BYTES_MAX);
        pk_buf_init(&block[i].labels, PK_CELL_BYTES_MAX);
    }
    enum pk_status st = pk_prepare_whole_cells(
        block, count, own ? own : *source->crs, source->store, source->version,
        source->legal_day, source->family, source->band, err);
    for (size_t i = 0; i < count; i++) {
        st = st == PK_OK ? keep_made(source, &block[i], err) : st;
        pk_buf_finish(&block[i].features);
        pk_buf_finish(&block[i].labels);
    }
    pk_crs_destroy(own);
    return st;
}

static enum pk_status bytes_of(struct pk_source *source, int level, int64_t cell,
                               bool labels, const void **bytes, size_t *len,
                               struct pk_error *err)
{
    const struct pk_made *made = level == 0 ? find_made(source, cell) : NULL;
    if (!made) { /* packs are of the version's own day */
        enum pk_status st = PK_NOT_FOUND;
        if (!source->legal_day) {
            st = source->store->ops->pack(
                source->store, source->family, source->band + PK_WIDE_BAND * level, cell,
                source->version, labels, bytes, len, source->arena, err);
        }
        if (st == PK_NOT_FOUND && level > 0) {
            return PK_OK; /* no pack of the version is kept: the plain cells have it all
                           */
        }
        if (st == PK_NOT_FOUND) {
            st = prepare(source, cell, err);
            made = find_made(source, cell);
        }
        if (st != PK_OK || !made) {
            return st;
        }
    }
    *bytes = made->bytes[labels];
    *len = made->len[labels];
    return PK_OK;
}

enum pk_status pk_source_pack(struct pk_source *source, int level, int64_t column,
                              int64_t row, bool labels, const char *const *wanted,
                              struct pk_pack *out, struct pk_error *err)
{
    memset(out, 0, sizeof *out);
    if (source->cells++ >= PK_CELLS_MAX) {
        return pk_fail(err, PK_LIMIT, "the view needs more than %d cells", PK_CELLS_MAX);
    }
    const void *bytes = NULL;
    size_t len = 0;
    enum pk_status st = bytes_of(source, level, column * (INT64_C(1) << 32) + row, labels,
                                 &bytes, &len, err);
    if (st != PK_OK || len == 0) {
        return st;
    }
    return pk_pack_open(out, bytes, len, wanted, source->arena, err);
}
