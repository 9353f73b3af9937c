/*
 * shipped.h - the styles and themes that are built into the program, and the
 * simple look of a layer turned into a style.
 */
#ifndef PK_STYLES_SHIPPED_H
#define PK_STYLES_SHIPPED_H

#include "base/buf.h"
#include "styles/style.h"

/* Documents by name: styles "plan", "base"; themes "standard", "cvd". NULL when
 * there is none. Static. */
const char *pk_shipped_style(const char *name, size_t *len);
const char *pk_shipped_theme(const char *name, size_t *len);
/* NULL-terminated list of theme names. */
const char *const *pk_shipped_themes(void);

/* A style document (JSON text) for a layer from its settings (the `layer` member
 * of a mapping document: title, look {colour, line, dash, symbol, label}, min
 * and max zoom) and the kinds of geometry it holds. Always legible: casing, halo.
 * `order` picks a default colour of its own for layers without one. */
enum pk_status pk_layer_style(struct pk_buf *out, const char *layer_id,
                              const char *settings_json, uint32_t order,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
