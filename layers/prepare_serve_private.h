/* prepare_serve_private.h - between prepare_serve.c and prepare_edit.c: one band of a
 * loaded group on its way to cells. */
#ifndef PK_LAYERS_PREPARE_SERVE_PRIVATE_H
#define PK_LAYERS_PREPARE_SERVE_PRIVATE_H

#include "layers/prepare_private.h"

enum { LABEL_SQUARE_PIXELS = 64, LABELS_PER_SQUARE = 16 };
#define SECTION_BYTES_MAX ((size_t)1 << 30)

struct entry {
    int64_t cell;
    uint32_t item, level;
};

struct entries {
    size_t count, cap;
    struct entry *at;
};

struct server {
    struct prep *p;
    enum pk_family family;
    int band;
    int64_t half; /* half a pixel */
    const struct prep_wanted *cells;
    struct pk_arena arena;     /* shapes of this band */
    struct pk_ifeature *items; /* one per feature that is drawn */
    uint32_t item_count, item_cap;
    uint8_t *sections; /* of each item */
    struct entries features, labels;
    struct winner {
        int64_t x, y; /* square of half a pixel */
        uint32_t feature;
        uint8_t section;
    } * winners;
    uint32_t winner_slots, winner_count;
};

/* A label on its way to be one of the best of its square. */
struct prep_candidate {
    int64_t x, y; /* square */
    int64_t room;
    uint64_t key;
    uint32_t part, feature;
    uint8_t section;
};
int prep_compare_candidates(const void *a, const void *b);

int64_t prep_floor_div(int64_t a, int64_t b);
/* A box in whole units of the band: what is small, and in which square, is told by it,
 * so that a record read back says the same. */
struct pk_ibox prep_round_box(const struct server *s, struct pk_ibox box);
bool prep_cells_have(const struct prep_cells *set, int64_t cell);
/* The wide level whose cells the feature lies in. */
int prep_level_of(const struct server *s, const struct prep_feature *f);
/* Is one of the cells that the feature may lie in wanted? */
bool prep_wanted_feature(const struct server *s, const struct prep_feature *f);
void prep_sort_entries(struct entries *e);
uint32_t prep_put_item(struct server *s, const struct pk_ifeature *item, uint8_t section);
/* Into all wanted cells of the level that its box touches. */
void prep_place_item(struct server *s, uint32_t item, int level);
/* Whether the entry at *at is of this cell; then the item, and *at moves on. */
bool prep_take_entry(const struct entries *e, size_t *at, int level, int64_t cell,
                     uint32_t *item);

struct pk_ifeature prep_head_of(const struct server *s, const struct prep_feature *f);
bool prep_is_small(const struct server *s, const struct prep_feature *f);
/* The shape of a small one: made from its box. */
void prep_make_box(struct server *s, struct pk_ifeature *item);
/* The band's own shape; without rings when nothing is left of it. */
void prep_make_shape(struct server *s, const struct prep_feature *f,
                     struct pk_ifeature *item);

#endif
