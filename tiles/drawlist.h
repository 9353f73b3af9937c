/*
 * drawlist.h - what a window draws, in total order, before a pixel is touched.
 *
 * Order: style layer, sort key, draw key, part; never the order in which rows came.
 * The digest is a hash of the list: equal digests mean equal pixels (under one style,
 * grid and scale). The dependency box is everything the list was made from.
 */
#ifndef PK_TILES_DRAWLIST_H
#define PK_TILES_DRAWLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "styles/style.h"
#include "tiles/source.h"
#include "tiles/view.h"

enum { PK_DRAW_ITEMS_MAX = 4 * 1024 * 1024 };

/* A feature with its vertices in absolute 1/256 device pixels. */
struct pk_shape {
    struct pk_id id;
    uint64_t key;
    uint32_t part;
    enum pk_geom_kind kind;
    uint32_t ring_count;
    const struct pk_iring *rings;
    const int64_t *sub;
    const char *source_layer;
};

struct pk_draw {
    const struct pk_style_layer *layer;
    double sort_key;
    const struct pk_shape *shape;
    const void *paint; /* pk_fill_paint, pk_line_paint, pk_circle_paint or, along a
                        * line, pk_symbol_paint */
    uint64_t hash;     /* of the paint's inputs and the geometry */
};

struct pk_drawlist {
    struct pk_draw *items;
    uint32_t count;
    uint64_t digest;
    struct pk_ibox dep; /* family units */
};

/* Everything but labels. Memory is the source's arena. */
enum pk_status pk_drawlist_build(struct pk_drawlist *out, const struct pk_style *style,
                                 const struct pk_view *view, struct pk_source *source,
                                 struct pk_error *err) PK_MUST_CHECK;

/* ---- shared with the labels ---- */

/* Style layers at this zoom by source layer: who asks for what, and how far. */
struct pk_need {
    const char *source_layer;
    const struct pk_style_layer **layers;
    uint32_t layer_count;
    double reach; /* CSS px */
};
struct pk_needs {
    struct pk_need *needs;
    uint32_t count;
    const char **names; /* of the source layers, NULL-terminated */
    double reach;       /* the largest */
};
/* Layers of labels only, or all others; symbols set along lines (along.h) are others. */
void pk_needs_of(struct pk_needs *out, const struct pk_style *style, double zoom,
                 bool symbols, struct pk_arena *arena);
const struct pk_need *pk_needs_find(const struct pk_needs *needs,
                                    const char *source_layer);

/* Where a section's attributes are for the style: one entry per style property. */
const uint16_t *pk_section_map(const struct pk_style *style,
                               const struct pk_pack_section *section,
                               struct pk_arena *arena);

#endif
