/*
 * theme_rules.h - what a theme says about every layer of every style, whatever it is
 * called: so that layers of the municipality and styles that people bring obey the theme
 * too. Applied to the document after its states are resolved; values inside
 * "interpolate", "step", "match", "case", "coalesce" and "let" are reached.
 *
 *     "rules": {
 *       "colours": {"ground": "#ffffff", "text": "#000000", "halo": "#ffffff",
 *                   "line": ..., "casing": ..., "fill": ..., "pattern": ...},
 *       "line-contrast": 4.5,       dark lines and points that fall below it against
 *       "pattern-contrast": 3,      the ground, and inks of patterns: colours.text
 *       "text-contrast": 7,         text against its halo
 *       "opaque": true,             no opacity below 1; faint tints are left out
 *       "text-scale": 1.4, "text-least": 16, "halo-least": 3,
 *       "line-scale": 1.5, "line-least": 3, "circle-least": 12,
 *       "only": ["use", ...],       legend classes that are drawn
 *       "classes": {"boundary-use": "boundary-plan"}     legend classes that become one
 *     }
 *
 * Each colour of `colours` may be absent: then what the style has stays. A line
 * that is light (luminance above 0.5) in the style itself is a casing, as is the ring of
 * a circle. Layers whose id begins with "base-" are ground for the plan, not part of it:
 * they follow the colours, not `line-scale` and `line-least`.
 */
#ifndef PK_STYLES_THEME_RULES_H
#define PK_STYLES_THEME_RULES_H

#include <jansson.h>

#include "base/error.h"

/* Member of a line layer while a theme is put over a style: it is a casing. */
#define PK_THEME_CASING "plankarta:casing"

/* In place. `rules` as above; NULL is no rule.
 * Errors: PK_BAD_INPUT "rules.text-least: expected a number". */
enum pk_status pk_theme_rules(json_t *style, const json_t *rules,
                              struct pk_error *err) PK_MUST_CHECK;

#endif
