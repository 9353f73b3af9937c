/*
 * legend.h - what a style's signs mean: one row per legend class of its layers, in
 * drawing order from the top down, with how it is drawn as far as a swatch can tell.
 */
#ifndef PK_SERVER_LEGEND_H
#define PK_SERVER_LEGEND_H

#include "server/legend_view.h"
#include "styles/style.h"

enum { PK_LEGEND_ROWS_MAX = 400 };

struct pk_legend {
    const char *style, *theme;
    enum pk_lang lang;
    uint32_t count;
    struct pk_legend_row {
        const char *id;    /* the class */
        const char *title; /* in words */
        enum pk_layer_type type;
        bool has_colour; /* false: it depends on the feature */
        struct pk_rgba colour, outline;
        double width; /* of a line, px */
        bool dashed;
        const char *pattern; /* image name or NULL */
    } * rows;
};

/* layer_title: of a style that draws one layer, or NULL: the classes have own words. */
enum pk_status pk_legend_read(struct pk_legend *out, const struct pk_style *style,
                              const char *layer_title, enum pk_lang lang,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;
/* A class in words; its id when it is not one of ours. */
const char *pk_legend_class_title(const char *id, enum pk_lang lang);
/* Its rows, and the sections of the whole style's legend. */
void pk_legend_json(struct pk_buf *out, const struct pk_legend *legend,
                    const struct pk_legend_view *view);

#endif
