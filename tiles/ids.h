/*
 * ids.h - which number stands for which feature in an id picture.
 */
#ifndef PK_TILES_IDS_H
#define PK_TILES_IDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "styles/style.h"
#include "tiles/surface.h"

struct pk_id_table;
struct pk_id_table *pk_id_table_create(struct pk_arena *arena);
/* 1, 2, 3 ... in order of first use; `table` is a struct pk_id_table. */
uint32_t pk_id_table_index(void *table, const struct pk_style_layer *layer,
                           const char *source_layer, struct pk_id id);
/* {"ids":[{"index":1,"layer":...,"feature":...,"class":...}, ...]} */
void pk_id_table_write(const struct pk_id_table *table, struct pk_buf *out);

/* The surface's words as they are: RGBA PNG, red lowest, alpha no opacity. */
enum pk_status pk_ids_png(struct pk_buf *out, const struct pk_surface *s,
                          struct pk_error *err) PK_MUST_CHECK;

#endif
