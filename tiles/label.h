/*
 * label.h - which labels show: one placement per style and zoom over the whole map,
 * evaluated where it is needed.
 *
 * Candidates have a total order (style layer, sort key, hash, key, part). A candidate
 * shows at the first of its positions that no candidate BEFORE it, that shows,
 * overlaps; and not at all when there is none. That says what the whole map looks
 * like; to know it of one candidate, only those before it that can touch it are
 * asked, and those before them. The order ends every chain. Decisions are kept for
 * the request.
 *
 * Candidates are put in by whoever knows the data, when the labels ask for them: the
 * source is called with a box and must add every candidate of which a position
 * touches it, unless it did before.
 */
#ifndef PK_TILES_LABEL_H
#define PK_TILES_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "tiles/view.h"

enum {
    PK_LABEL_POSITIONS = 20,
    PK_LABELS_MAX = 1 << 20 /* candidates of one request; more are not added */
};

struct pk_label {
    /* the order */
    uint32_t layer;
    double sort_key;
    uint64_t hash; /* of key and layer: ties are broken by chance, never by place */
    uint64_t key;
    uint32_t part;

    uint32_t position_count; /* 1 .. PK_LABEL_POSITIONS */
    const struct pk_tbox *positions;
    uint32_t free;    /* bits: shows at that position whatever is there */
    bool ignore;      /* nobody minds it */
    const void *what; /* the owner's */

    struct pk_tbox all; /* private from here on: all positions */
    int8_t state;       /* position it shows at, or one of the states of label.c */
};

struct pk_labels;

typedef void pk_label_source(void *ctx, struct pk_labels *labels, struct pk_tbox box);

/* Memory is the arena's. */
struct pk_labels *pk_labels_create(pk_label_source *source, void *ctx,
                                   struct pk_arena *arena);
/* From inside the source. `label` stays the caller's and must outlive the request. */
void pk_labels_add(struct pk_labels *labels, struct pk_label *label);

/* All labels that show and touch the box, in order. */
struct pk_label **pk_labels_in(struct pk_labels *labels, struct pk_tbox box,
                               uint32_t *count);
/* Where it shows: index of its position, -1 = nowhere. */
int pk_label_place(struct pk_labels *labels, struct pk_label *label);

/* The box round everything that decisions so far looked at: positions of every decided
 * candidate. Empty (min > max) when there is none. */
struct pk_tbox pk_labels_seen(const struct pk_labels *labels);

/* -1, 0, 1: the total order. */
int pk_label_compare(const struct pk_label *a, const struct pk_label *b);

#endif
