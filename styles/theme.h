/*
 * theme.h - a theme: a small document over a style, not a copy of it.
 *
 * A style names what may differ between themes in its `state` (the MapLibre
 * mechanism) and refers to it by ["global-state", NAME]:
 *
 *     "state": {"gul": {"default": "#ffffce"}, "plan-width": {"default": 3}}
 *     "fill-color": ["match", ["get", "colour"], "gul", ["global-state", "gul"], ...]
 *
 * A theme gives other values, and where that is not enough, other properties:
 *
 *     {"theme": "cvd",
 *      "title": {"sv": "För alla färgseenden", "en": "For every colour vision"},
 *      "state": {"gul": "#f5f13c"},
 *      "styles": {"plan": {"state": {"plan-width": 3.5},
 *                          "layers": {"use-pattern": {"layout": {"visibility":
 * "visible"}, "paint": {"fill-opacity": 1}}}}}}
 *
 * The outer `state` is for every style: names that a style does not have are
 * passed over. Under `styles` the style is known by its name, so an unknown state
 * or layer there is an error. A layer's `paint` and `layout` are merged by
 * property (null takes a property away); `filter`, `minzoom` and `maxzoom`
 * replace. Values may be expressions and may use ["global-state", ...].
 *
 * What holds for all layers, whatever they are called, stands in `rules`, of the theme
 * or of one style: see styles/theme_rules.h.
 *
 * When a style is read, every ["global-state", NAME] is replaced by its value, so
 * the document that goes out needs no viewer that knows the mechanism.
 */
#ifndef PK_STYLES_THEME_H
#define PK_STYLES_THEME_H

#include <jansson.h>

#include "base/error.h"

/* Put the theme over the style document, in place. `style_name` as in URLs.
 * Errors: PK_BAD_INPUT "styles.plan.layers.use: no such layer". */
enum pk_status pk_theme_apply(json_t *style, const char *style_name, const json_t *theme,
                              struct pk_error *err) PK_MUST_CHECK;

/* Apply the theme's `rules` (styles/theme_rules.h), those under `styles` over those of
 * the theme; after pk_theme_resolve. Errors: PK_BAD_INPUT. */
enum pk_status pk_theme_finish(json_t *style, const char *style_name, const json_t *theme,
                               struct pk_error *err) PK_MUST_CHECK;

/* Replace every ["global-state", NAME] in the layers, and take `state` away.
 * Errors: PK_BAD_INPUT with path and name. */
enum pk_status pk_theme_resolve(json_t *style, struct pk_error *err) PK_MUST_CHECK;

#endif
