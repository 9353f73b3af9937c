/*
 * classes.h - what a view shows, class by class: the rows of its legend. From the same
 * packs, view and style as the picture, so the legend never names what is not drawn.
 *
 * A row is a legend class of the style and, for regulations, a label with its wording
 * ("B" Bostäder; "e1" Största byggnadsarea ...).
 */
#ifndef PK_TILES_CLASSES_H
#define PK_TILES_CLASSES_H

#include "styles/style.h"
#include "tiles/source.h"
#include "tiles/swatch.h"
#include "tiles/view.h"

enum { PK_CLASSES_MAX = 400 };

struct pk_class {
    const char *source_layer, *legend_class;
    const char *form, *letter, *label, *wording, *phase; /* "" = none */
    enum pk_layer_type type;                             /* of what is drawn first */
    bool filled;
    struct pk_rgba colour;   /* of a filled one */
    uint32_t layer;          /* index in the style, for order */
    struct pk_sample sample; /* one thing of the class, to draw it */
};

struct pk_classes {
    struct pk_class rows[PK_CLASSES_MAX];
    uint32_t count;
    bool more; /* there are others */
};

/* Texts lie in `keep`. Errors: of the store, PK_BAD_DATA. */
enum pk_status pk_classes_find(struct pk_classes *out, const struct pk_style *style,
                               const struct pk_view *view, struct pk_source *source,
                               struct pk_arena *keep, struct pk_error *err) PK_MUST_CHECK;

/* What the style can show at all, one row per class: a specimen of each, with the values
 * that the document tells apart. Letters and wordings are those of data, so there are
 * none. Errors: PK_LIMIT. */
enum pk_status pk_classes_of_style(struct pk_classes *out, const struct pk_style *style,
                                   struct pk_arena *keep,
                                   struct pk_error *err) PK_MUST_CHECK;

#endif
