/*
 * search_private.h - the working state of one search, shared by the search*.c
 * files that read and by nothing else.
 */
#ifndef PK_LAYERS_SEARCH_PRIVATE_H
#define PK_LAYERS_SEARCH_PRIVATE_H

#include "layers/search.h"

enum {
    SEARCH_CANDIDATES_MAX = 2000, /* per way of asking */
    SEARCH_STATUS_MAX = 120,      /* code points of `status` */
    SEARCH_KINDS_MAX = 8,
    SEARCH_NEAR_WORDS = 80 /* words like a wrong one that are looked at */
};

struct candidate {
    struct pk_entry_row row;
    int rank;       /* how well the words fit, 0 best */
    int distance;   /* power of two of metres from `near` */
    uint32_t words; /* of the entry beyond those asked for */
};

struct search {
    struct pk_store *store;
    const struct pk_search_query *query;
    struct pk_arena *arena;
    struct pk_error *err;
    int64_t version;
    enum pk_lang lang;
    const char *words; /* all of the text */
    uint32_t term_count, kind_count;
    const char *terms[PK_ENTRY_TERMS_MAX];
    const char *kinds[SEARCH_KINDS_MAX];
    struct candidate *candidates;
    uint32_t candidate_count, candidate_room;
    uint32_t layer_count;
    struct pk_layer_row *layers;
};

/* search_spell.c: a like text that does have hits, NULL when there is none; sets the
 * terms to its words. */
enum pk_status pk_search_correct(const char **corrected, struct search *s) PK_MUST_CHECK;
/* Letters that must be changed to make one folded word of the other (optimal string
 * alignment: wrong, missing, extra and swapped letters); more than `most` gives
 * most + 1. Letters that differ in a ring or dots alone ("a", "å", "ä") are alike. */
int pk_search_distance(const char *a, const char *b, int most);

/* search.c: does the term have an entry of its own? */
enum pk_status pk_search_has(bool *out, struct search *s, const char *const *terms,
                             uint32_t count) PK_MUST_CHECK;

/* search_result.c: what is shown of a candidate or a coordinate. */
enum pk_status pk_search_describe(struct pk_search_result *out, struct search *s,
                                  const struct pk_entry_row *row) PK_MUST_CHECK;
void pk_search_matches(struct pk_search_result *out, struct search *s);
enum pk_status pk_search_coordinates(struct pk_search_result *out, uint32_t *count,
                                     struct search *s) PK_MUST_CHECK;
const char *pk_search_status(struct search *s, const struct pk_search_answer *answer);

#endif
