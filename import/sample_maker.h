/*
 * sample_maker.h - what the makers of one sample plan share; private.
 */
#ifndef PK_IMPORT_SAMPLE_MAKER_H
#define PK_IMPORT_SAMPLE_MAKER_H

#include "import/sample.h"

/* What a maker of one plan carries around. */
struct maker {
    struct pk_sample_plan *plan;
    uint64_t seed;
    int64_t key; /* of the plan, for random numbers */
    struct pk_arena *arena;
    const struct pk_sample_town *town;
};

/* 0 <= r < 1, the same for the same plan, word and number. */
double sample_chance(struct maker *m, const char *what, int64_t n);
struct pk_geom sample_finish(struct pk_geom_builder *b);
/* A rectangle of the plane; `corners` are rounded (pk_sample_ring). */
struct pk_geom sample_area(struct maker *m, struct pk_sample_rect r, unsigned corners);
/* A regulation without ground, at the end of the plan's list. Text is static or the
 * arena's. */
struct pk_sample_reg *sample_regulation(struct maker *m, char kind, const char *form,
                                        const char *letter, int index, const char *code,
                                        const char *wording);
/* A property regulation of some uses, with its ground. */
struct pk_sample_reg *sample_property(struct maker *m, int first_use, int use_count,
                                      const char *letter, int index, const char *code,
                                      const char *wording, struct pk_geom g);

/* The rarer symbols on a block of a use (sample_symbol.c). */
void sample_symbols(struct maker *m, struct pk_sample_rect r, int use, int count,
                    int block);

#endif
