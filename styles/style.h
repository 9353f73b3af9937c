/*
 * style.h - a style document (MapLibre, version 8) with its theme, compiled.
 *
 * Reading folds what is constant, interns the feature properties that
 * expressions read, and refuses what we cannot draw with line and column. The
 * result is immutable and shared by all threads; nothing is allocated per
 * feature. Sizes are CSS pixels at 1x, angles degrees, colours plain
 * (not premultiplied) 8-bit RGBA.
 */
#ifndef PK_STYLES_STYLE_H
#define PK_STYLES_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "layers/pack.h"

struct pk_rgba {
    uint8_t r, g, b, a;
};

enum pk_layer_type {
    PK_LAYER_BACKGROUND,
    PK_LAYER_FILL,
    PK_LAYER_LINE,
    PK_LAYER_SYMBOL,
    PK_LAYER_CIRCLE,
    PK_LAYER_RASTER
};

enum {
    PK_DASHES_MAX = 16,
    PK_STYLE_TEXT_MAX = 512,
    PK_LABEL_LINES_MAX = 6, /* lines of one label; what is longer ends there */
    PK_NO_KEY = 0xffff
};

struct pk_style;

struct pk_style_layer {
    const char *id;
    const char *source_layer; /* NULL for background and raster */
    const char *source;       /* as the document names it, NULL for background */
    enum pk_layer_type type;
    double min_zoom, max_zoom; /* drawn when min_zoom <= zoom < max_zoom */
    uint32_t index;
    const char *legend_class; /* metadata "plankarta:legend", or the id */
    /* metadata "plankarta:essential", true when absent: false says that the layer is
     * only a ground to find one's way by, which the audit does not ask to carry meaning
     */
    bool essential;
};

/* What expressions see of one feature. */
struct pk_style_input {
    double zoom; /* as MapLibre counts: tiles of 512 px (pk_grid_style_zoom) */
    enum pk_geom_kind kind;
    const struct pk_value *values; /* of the pack section */
    const uint16_t *map; /* style property index -> index in values, PK_NO_KEY */
    uint64_t key;
};

enum pk_cap { PK_CAP_BUTT, PK_CAP_ROUND, PK_CAP_SQUARE };
enum pk_join { PK_JOIN_MITER, PK_JOIN_ROUND, PK_JOIN_BEVEL };

struct pk_background_paint {
    struct pk_rgba colour; /* a = 0: nothing, or a pattern */
    const char *pattern;
    double opacity; /* of the pattern */
};

struct pk_fill_paint {
    struct pk_rgba colour;  /* opacity multiplied in; a = 0 on layers with patterns */
    struct pk_rgba outline; /* a = 0: none */
    const char *pattern;    /* image name, NULL = none; of the style or the values */
    double opacity;         /* of the pattern */
    double sort_key;
    bool antialias;
    double translate[2];
};

struct pk_line_paint {
    struct pk_rgba colour;
    double width, gap_width, offset, blur, opacity, sort_key, miter_limit;
    enum pk_cap cap;
    enum pk_join join;
    uint32_t dash_count;
    double dashes[PK_DASHES_MAX]; /* px: already multiplied by the width */
    const char *pattern;
    double translate[2];
};

struct pk_circle_paint {
    struct pk_rgba colour, stroke;
    double radius, stroke_width, blur, sort_key;
    double translate[2];
};

enum pk_anchor {
    PK_ANCHOR_CENTER,
    PK_ANCHOR_LEFT,
    PK_ANCHOR_RIGHT,
    PK_ANCHOR_TOP,
    PK_ANCHOR_BOTTOM,
    PK_ANCHOR_TOP_LEFT,
    PK_ANCHOR_TOP_RIGHT,
    PK_ANCHOR_BOTTOM_LEFT,
    PK_ANCHOR_BOTTOM_RIGHT
};

enum pk_justify { PK_JUSTIFY_AUTO, PK_JUSTIFY_LEFT, PK_JUSTIFY_CENTER, PK_JUSTIFY_RIGHT };
/* Bits: the icon is as wide, as high as the text. */
enum pk_text_fit { PK_FIT_NONE, PK_FIT_WIDTH, PK_FIT_HEIGHT, PK_FIT_BOTH };

struct pk_symbol_paint {
    char text[PK_STYLE_TEXT_MAX]; /* UTF-8, "" = none */
    uint32_t font;                /* bit 0 bold, bit 1 italic */
    double size;
    struct pk_rgba colour, halo;
    double halo_width, halo_blur;
    double max_width_em, line_height_em, letter_spacing_em, padding;
    double rotate;
    enum pk_anchor anchors[9]; /* tried in order (text-variable-anchor) */
    double offsets_em[9][2];   /* of each: right, down */
    uint32_t anchor_count;
    enum pk_justify justify;
    double translate[2], max_angle;
    bool allow_overlap, ignore_placement, keep_upright, optional;
    bool along_line; /* symbol-placement line or line-center */
    bool repeats;    /* line: again every `spacing` px */
    bool text_turns; /* along the line: the text follows it */
    bool must_fit;   /* metadata "plankarta:fit": hide where the area has no room */
    bool leader; /* metadata "plankarta:leader", a zoom: beside it then, with a line */
    double spacing;
    const char *icon; /* image name, NULL = none */
    double icon_size, icon_rotate, icon_opacity;
    struct pk_rgba icon_colour, icon_halo; /* of images that take a colour */
    double icon_halo_width, icon_halo_blur;
    enum pk_anchor icon_anchor;
    double icon_offset[2]; /* px at icon_size 1 */
    double icon_translate[2];
    double icon_padding[4]; /* top, right, bottom, left, px */
    enum pk_text_fit icon_fit;
    double icon_fit_padding[4];
    bool icon_allow_overlap, icon_ignore_placement, icon_keep_upright, icon_optional;
    bool icon_turns; /* along the line: the icon follows it */
    double sort_key;
};

/* Read a document and, when theme_json is not NULL, put the theme over it (see
 * styles/theme.h). `name` is what URLs call it. Warnings (ignored layer types)
 * are appended to *warnings, one per line, when it is not NULL.
 * Errors: PK_BAD_INPUT "plan.json:12:3: layers[4].paint.fill-color: ...". */
enum pk_status pk_style_read(struct pk_style **out, const char *name, const char *json,
                             size_t len, const char *theme, const char *theme_json,
                             size_t theme_len, struct pk_buf *warnings,
                             struct pk_error *err) PK_MUST_CHECK;
void pk_style_destroy(struct pk_style *style); /* accepts NULL */

const char *pk_style_name(const struct pk_style *style);
const char *pk_style_theme(const struct pk_style *style); /* "standard" when none */
uint64_t pk_style_hash(const struct pk_style *style);     /* document and theme */
/* The document as it is drawn (theme applied), JSON, for /styles/{id}.json. */
const char *pk_style_document(const struct pk_style *style);

uint32_t pk_style_layer_count(const struct pk_style *style);
const struct pk_style_layer *pk_style_layer(const struct pk_style *style, uint32_t i);

/* Feature properties that expressions read; struct pk_style_input.map has one
 * entry for each. */
uint32_t pk_style_property_count(const struct pk_style *style);
const char *pk_style_property(const struct pk_style *style, uint32_t i);

/* Colours that the style can produce (for its fixed palette), at most `max`, last the
 * inks in the names of its patterns and icons; false when that is not all of them
 * (colours that are calculated, or more than max). */
bool pk_style_colours(const struct pk_style *style, struct pk_rgba *out, uint32_t *count,
                      uint32_t max);

/* Evaluation, any thread. layer->type says which one applies. */
bool pk_style_shows(const struct pk_style *style, const struct pk_style_layer *layer,
                    const struct pk_style_input *in); /* zoom range, visibility, filter */
void pk_style_background(const struct pk_style *style, const struct pk_style_layer *layer,
                         double zoom, struct pk_background_paint *out);
void pk_style_fill(const struct pk_style *style, const struct pk_style_layer *layer,
                   const struct pk_style_input *in, struct pk_fill_paint *out);
void pk_style_line(const struct pk_style *style, const struct pk_style_layer *layer,
                   const struct pk_style_input *in, struct pk_line_paint *out);
void pk_style_circle(const struct pk_style *style, const struct pk_style_layer *layer,
                     const struct pk_style_input *in, struct pk_circle_paint *out);
void pk_style_symbol(const struct pk_style *style, const struct pk_style_layer *layer,
                     const struct pk_style_input *in, struct pk_symbol_paint *out);

/* Opacity of the whole of a fill or line layer, when it has been drawn. */
double pk_style_layer_opacity(const struct pk_style *style,
                              const struct pk_style_layer *layer, double zoom);

/* True when paint does not depend on the feature, so that one evaluation serves a
 * whole layer; otherwise each feature has a mask of its own. */
bool pk_style_is_constant(const struct pk_style *style,
                          const struct pk_style_layer *layer);
/* A symbol layer that sets icons along lines and nothing else: placement `line`, an
 * icon that may overlap, no text. Such icons stand by the line alone, as dashes do, and
 * are no labels. */
bool pk_style_is_line_icons(const struct pk_style *style,
                            const struct pk_style_layer *layer);
/* How far ink may reach beyond the geometry at a zoom, px at 1x. */
double pk_style_reach(const struct pk_style *style, const struct pk_style_layer *layer,
                      double zoom);
/* The widest and tallest a label of the layer can be, px at 1x: text-max-width and
 * PK_LABEL_LINES_MAX lines, halo, padding and offset; 0 for other layer types. */
double pk_style_label_margin(const struct pk_style *style,
                             const struct pk_style_layer *layer, double zoom);

#endif
