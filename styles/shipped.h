/*
 * shipped.h - the styles and themes that are built into the program, and the
 * simple look of a layer turned into a style.
 */
#ifndef PK_STYLES_SHIPPED_H
#define PK_STYLES_SHIPPED_H

#include "base/buf.h"
#include "styles/style.h"

/* Documents by name: styles "plan", "base"; themes as in pk_shipped_themes. NULL when
 * there is none. Static. */
const char *pk_shipped_style(const char *name, size_t *len);
const char *pk_shipped_theme(const char *name, size_t *len);
/* NULL-terminated list of theme names. */
const char *const *pk_shipped_themes(void);

/* A style document (JSON text) for a layer from its settings (the `layer` member
 * of a mapping document). Every member may be absent:
 *     "look": {"colour": "#0b5fa5",      CSS colour of line, tint and symbol
 *              "line": 2,                width, px, 0.5 to 20
 *              "dash": "dashed",         solid, dashed, dotted, dashdot, or [dash, gap,
 * ...] "pattern": "hatch-45-8",  name of a pattern, "none" "symbol": "circle", circle, or
 * the name of an image "size": 6,                radius of the circle, px, 2 to 40
 *              "label": "namn"}          column of the label; false: no label;
 *                                        absent: the feature's title
 *     "min_zoom": 10, "max_zoom": 20     as in styles (512 px tiles)
 * Always legible: lines and symbols have a white casing, labels a halo. `order`
 * picks a colour, a dash and a pattern of their own for layers without one, so
 * that two layers never differ by colour alone. Points, lines and areas are all
 * drawn; the style's name is the layer id.
 * Errors: PK_BAD_INPUT "look.colour: ...". */
enum pk_status pk_layer_style(struct pk_buf *out, const char *layer_id,
                              const char *settings_json, uint32_t order,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
