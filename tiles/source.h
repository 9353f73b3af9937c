/*
 * source.h - the packs of one request: cells of a band in one version, opened.
 *
 * A pack that was pruned or never made is prepared from the rows on the spot, by the
 * same function that publish uses, together with its neighbours that will be asked for.
 * Packs are read level by level (pack.h: wide cells). Belongs to one request.
 */
#ifndef PK_TILES_SOURCE_H
#define PK_TILES_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "layers/pack.h"
#include "layers/store.h"

enum {
    PK_CELLS_MAX = 65536,                /* read by one request */
    PK_CELLS_SIDE = 8,                   /* at most so many squared prepared at once */
    PK_CELL_BYTES_MAX = 64 * 1024 * 1024 /* of a pack prepared on demand */
};

struct pk_source {
    struct pk_store *store;
    struct pk_arena *arena;
    int64_t version;
    const char *legal_day; /* NULL = the version's own */
    enum pk_family family;
    int band;
    struct pk_crs **crs; /* of the caller's thread, made when it is NULL and needed */
    uint32_t cells;      /* read so far */
    struct pk_made *made;
    struct pk_cells { /* columns and rows, inclusive; none when column0 > column1 */
        int64_t column0, row0, column1, row1;
    } plain; /* that will be asked for */
};

/* The cells of a box at a wide level of the band, 0 up to pk_wide_levels(), as far as
 * there can be data: the part of the world that SWEREF 99 TM covers. Who asks is going to
 * read them. */
struct pk_cells pk_source_cells(struct pk_source *source, int level, struct pk_ibox box);

/* One cell's pack, features or labels (at level 0 alone); no sections when it is empty.
 * Lives as long as the arena. Errors: of the store, PK_BAD_DATA, PK_LIMIT too many
 * cells. */
enum pk_status pk_source_pack(struct pk_source *source, int level, int64_t column,
                              int64_t row, bool labels, const char *const *wanted,
                              struct pk_pack *out, struct pk_error *err) PK_MUST_CHECK;

#endif
