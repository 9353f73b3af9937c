/*
 * style_tool.h - the body of `plankarta style`: text in, text out, so that the
 * command is a few lines and tests call the same functions.
 */
#ifndef PK_STYLES_STYLE_TOOL_H
#define PK_STYLES_STYLE_TOOL_H

#include <jansson.h>

#include "base/buf.h"
#include "styles/style.h"

/* check: read the document under every shipped theme and tell all that is wrong, not the
 * first alone: a line per theme it can be drawn in ("bench: cvd: 7 layers, 3
 * properties"), then "NAME:LINE:COLUMN: error: PATH: what" and the same with "warning";
 * or one JSON object with `errors` and `warnings`. Errors: PK_BAD_INPUT how many there
 * were, or why it is no style document at all. */
enum pk_status pk_style_tool_check(struct pk_buf *out, const char *name, const char *text,
                                   size_t len, bool as_json,
                                   struct pk_error *err) PK_MUST_CHECK;

/* show: what the style is at a zoom: layers with type, source layer, zoom range,
 * how far their ink reaches, what their properties are at that zoom, the
 * properties that are read, the colours. Plain text, or JSON. */
void pk_style_tool_show(struct pk_buf *out, const struct pk_style *style, double zoom,
                        bool json);

/* eval: one expression (JSON) over one feature: a JSON object of properties, where
 * "$type" (Point, LineString, Polygon) and "$id" say what geometry and key it has;
 * NULL is a point without properties. The result as JSON, colours as text.
 * Errors: PK_BAD_INPUT with the path in the expression, or "no value: ..." when
 * the evaluation meets a value of the wrong type. */
enum pk_status pk_style_tool_eval(struct pk_buf *out, const char *expression,
                                  const char *feature, double zoom,
                                  struct pk_error *err) PK_MUST_CHECK;

/* properties: the table of style properties that are known, one per line:
 * layer type, name, kind of value, limits, default, use, help. */
void pk_style_tool_properties(struct pk_buf *out);

/* Does a layer show one feature (in the form of eval) at a zoom? */
bool pk_style_tool_shows(const struct pk_style *style, uint32_t layer,
                         const json_t *feature, double zoom);

enum {
    PK_TOOL_PROPERTIES_MAX = 256 /* of one feature */
};

#endif
