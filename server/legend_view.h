/*
 * legend_view.h - the legend of a view: what the style shows in a box, each with its
 * meaning in words, in the order of a plan map's own legend (boundaries, uses of public
 * places, building land and water, regulations of them, time of implementation, rest).
 */
#ifndef PK_SERVER_LEGEND_VIEW_H
#define PK_SERVER_LEGEND_VIEW_H

#include "base/json.h"
#include "server/page.h"
#include "styles/colour.h"
#include "tiles/classes.h"

struct pk_legend_entry {
    uint32_t section;   /* place in the order */
    uint32_t layer;     /* of the style: what is drawn on top comes first */
    const char *letter; /* as on the map; "" = none */
    const char *title;  /* in words */
    bool delivered;     /* the plan's own words: Swedish in every language */
    const char *legend_class;
    bool filled;
    struct pk_rgba colour;
    struct pk_sample sample; /* what its swatch is of */
};

struct pk_legend_view {
    const char *style, *theme;
    enum pk_lang lang;
    uint32_t count;
    struct pk_legend_entry entries[PK_CLASSES_MAX];
    bool more;
};

/* `layer_title` is what rows of a layer's own style are called; NULL = the class. */
void pk_legend_view(struct pk_legend_view *out, const struct pk_classes *classes,
                    const struct pk_style *style, const char *layer_title,
                    enum pk_lang lang, struct pk_arena *arena);
/* The heading above entry i, NULL when it goes on under the same. */
const char *pk_legend_heading(const struct pk_legend_view *view, uint32_t i);
/* "B: Bostäder", or the title alone. */
const char *pk_legend_words(const struct pk_legend_entry *entry, struct pk_arena *arena);
/* The member "sections" of an object begun. */
void pk_legend_sections(struct pk_json *j, const struct pk_legend_view *view);
void pk_legend_view_json(struct pk_buf *out, const struct pk_legend_view *view);
void pk_legend_view_text(struct pk_buf *out, const struct pk_legend_view *view);
/* Swatches are pictures (legend_swatch.h) that say nothing of their own. Headings are of
 * the level 1-6. */
void pk_legend_view_html(struct pk_page *page, const struct pk_legend_view *view,
                         int level, struct pk_arena *arena);

#endif
