/*
 * labelset.h - the labels of a view: candidates from the label packs, their texts
 * set and placed, and which of them show in the window.
 *
 * Packs are read and texts are set only where a decision needs them (label.h asks), so
 * a tile looks beyond its border as far as its labels depend on and no further.
 */
#ifndef PK_TILES_LABELSET_H
#define PK_TILES_LABELSET_H

#include "styles/style.h"
#include "tiles/label.h"
#include "tiles/leader.h"
#include "tiles/source.h"
#include "tiles/sprite.h"
#include "tiles/text.h"
#include "tiles/view.h"

/* A label that shows. */
struct pk_sign {
    struct pk_id id;
    uint64_t key;
    uint32_t part;
    const char *source_layer;
    const struct pk_style_layer *layer;
    struct pk_block block; /* count 0: only an icon */
    struct pk_text_ink ink;
    uint32_t turn;
    int64_t x, y;                    /* middle of the block, absolute 1/64 CSS px */
    const char *icon;                /* NULL = none */
    const struct pk_sprite *sprite;  /* NULL: one of icon.h */
    struct pk_sprite_look icon_look; /* of a sprite; the opacity of any icon */
    int64_t icon_x, icon_y, icon_w, icon_h; /* middle and size, 1/64 CSS px */
    uint32_t icon_turn;
    struct pk_leader leader;
    struct pk_tbox box; /* what it takes, its leader left out */
};

struct pk_signs {
    const struct pk_sign **items; /* in order of drawing */
    uint32_t count;
    uint64_t digest;
    struct pk_ibox dep; /* empty when the style has no labels at this zoom */
};

/* All labels that touch the window. Memory is the source's arena. Errors: of the
 * source. */
enum pk_status pk_signs_build(struct pk_signs *out, const struct pk_style *style,
                              const struct pk_view *view, struct pk_source *source,
                              struct pk_text *text, struct pk_error *err) PK_MUST_CHECK;

#endif
