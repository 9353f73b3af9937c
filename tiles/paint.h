/*
 * paint.h - a drawing list on a surface: shapes by the rasteriser, then labels.
 *
 * One thread. What a pixel gets depends on the list alone, never on the window.
 */
#ifndef PK_TILES_PAINT_H
#define PK_TILES_PAINT_H

#include "tiles/drawlist.h"
#include "tiles/labelset.h"
#include "tiles/surface.h"

struct pk_painter;

struct pk_painter *pk_painter_create(void);
void pk_painter_destroy(struct pk_painter *p); /* accepts NULL */

/* Backgrounds and shapes of the style, in order of its layers. */
void pk_paint_list(struct pk_painter *p, struct pk_surface *s, const struct pk_view *view,
                   const struct pk_style *style, const struct pk_drawlist *list);
void pk_paint_signs(struct pk_painter *p, struct pk_surface *s,
                    const struct pk_view *view, struct pk_text *text,
                    const struct pk_signs *signs);

/* Which shape is on top where: the pixel is index_of(item or sign) as it is. */
typedef uint32_t pk_paint_index(void *ctx, const struct pk_style_layer *layer,
                                const char *source_layer, struct pk_id id);
void pk_paint_ids(struct pk_painter *p, struct pk_surface *s, const struct pk_view *view,
                  const struct pk_drawlist *list, const struct pk_signs *signs,
                  pk_paint_index *index_of, void *ctx);

/* A pin with its tip at a place, and outlines of a drawn shape (absolute 1/256 px):
 * dark on white, so that they show on any map. */
void pk_paint_marker(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                     int64_t sub_x, int64_t sub_y);
void pk_paint_outline(struct pk_painter *p, struct pk_surface *s, uint32_t scale,
                      const struct pk_shape *shape);

#endif
