/*
 * swatch.h - one thing of a class as the map draws it, for legends: a small area with
 * what bounds it, a piece of line, a mark. By the same list, labels and painter as a
 * tile, over the ground of the theme; before colours are reduced to a style's table.
 */
#ifndef PK_TILES_SWATCH_H
#define PK_TILES_SWATCH_H

#include "layers/pack.h"
#include "styles/style.h"
#include "tiles/surface.h"

enum {
    PK_SWATCH_W = 48, /* CSS px */
    PK_SWATCH_H = 32,
    PK_SAMPLE_KEYS_MAX = 64
};

/* A thing without a place. */
struct pk_sample {
    const char *source_layer;
    enum pk_geom_kind kind;
    double zoom; /* of styles */
    uint32_t count;
    const char *const *keys;
    const struct pk_value *values;
};
/* Copy what it points to into the arena. */
void pk_sample_keep(struct pk_sample *sample, struct pk_arena *arena);

struct pk_text;
struct pk_swatches; /* one thread */
/* NULL before pk_render_start. */
struct pk_swatches *pk_swatches_create(void);
void pk_swatches_destroy(struct pk_swatches *s); /* accepts NULL */

/* For words beside them. */
struct pk_text *pk_swatches_text(struct pk_swatches *s);

/* Draw. `base` is the style whose background is the ground; NULL = white. *out holds
 * PK_SWATCH_W x PK_SWATCH_H pixels times scale and lives until the next one.
 * Errors: PK_LIMIT too many keys, PK_BAD_INPUT the scale. */
enum pk_status pk_swatch_paint(const struct pk_surface **out, struct pk_swatches *s,
                               const struct pk_style *style, const struct pk_style *base,
                               const struct pk_sample *sample, uint32_t scale,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
