/*
 * candidate.h - one label of one feature: its text set, its icon measured, and the
 * places where the two may stand, for label.h to choose from.
 *
 * Places are tried in this order: text and icon together at each text anchor; where
 * text-optional says so, the icon alone; where icon-optional says so, the text alone at
 * each anchor. A place whose parts all may overlap is free: it shows whatever is there.
 */
#ifndef PK_TILES_CANDIDATE_H
#define PK_TILES_CANDIDATE_H

#include "tiles/labelset.h"

/* What a candidate is, as long as the request lives. */
struct pk_candidate {
    struct pk_label label;
    struct pk_sign sign; /* places not yet in it */
    uint64_t hash;
    struct pk_tbox boxes[PK_LABEL_POSITIONS];
    int64_t text[PK_LABEL_POSITIONS][2], icon[PK_LABEL_POSITIONS][2]; /* middles */
    uint32_t with_text, with_icon; /* bits: the parts of a place */
    bool outside;                  /* all places are of pk_leader_ways */
    int64_t away;                  /* from the anchor to those places */
};

/* Who makes them. */
struct pk_candidate_maker {
    const struct pk_view *view;
    struct pk_text *text;
    struct pk_arena *arena;
    int64_t margin; /* 1/64 px: nothing may reach further from its anchor */
};

/* Where it is: a feature's anchor, or a place on its line. */
struct pk_spot {
    const struct pk_ifeature *feature;
    const char *source_layer;
    int64_t x, y;  /* 1/64 CSS px */
    double angle;  /* degrees clockwise, of the line */
    uint32_t part; /* of equals of one feature */
    bool on_line;  /* room has been looked at */
};

/* NULL when there is nothing that could be drawn. */
struct pk_candidate *pk_candidate_make(const struct pk_candidate_maker *maker,
                                       const struct pk_spot *spot,
                                       const struct pk_style_layer *layer,
                                       const struct pk_symbol_paint *paint);
/* Set the text of a paint; false when there is nothing to see. */
bool pk_candidate_set(const struct pk_candidate_maker *maker,
                      const struct pk_symbol_paint *paint, struct pk_block *out);
/* The sign at the place that was chosen. */
const struct pk_sign *pk_candidate_sign(struct pk_candidate *c);

#endif
