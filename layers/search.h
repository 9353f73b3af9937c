/*
 * search.h - one ranked list of properties, addresses, places, plans, regulations
 * and coordinates, in the shape of ../shared/answers.md `/search`.
 *
 * What the tables of schema.sql hold (layers/search_index.c writes them, inside
 * the transaction of a publish; nobody else does):
 *
 * kind        feature_id      label                           weight  fold is made of
 * property    the feature     title                           60      title
 * plan        the plan        name, else designation          50      name, designation
 * address     the feature     title                           40      title, postal town
 * place       the feature     title                           30      title
 * layer       the feature     title                           20      searched columns
 * regulation  the regulation  letter and wording              10      wording
 *
 * fold        pk_search_words() of that: lower case, accents but å ä ö dropped, runs
 *             of letters and digits with one space between ("timrå vivsta 13 5")
 * detail_key  JSON, the facts that `detail` is written from: {"municipality"} of
 *             properties, addresses and places (when an attribute tells it; else the
 *             municipality layer does at question time), {"town"} of addresses,
 *             {"type"} of places, {"type", "designation", "status", "in_force"} of plans,
 *             {"plan"} of regulations, {"layer", "sv", "en"} of layers' features
 * x, y, box   EPSG:3006; a point inside the shape, and its box
 * search_spell.word  each word of four letters or more of all entries, once, with two
 *             underlines at both ends; rowid = its hash
 */
#ifndef PK_LAYERS_SEARCH_H
#define PK_LAYERS_SEARCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/msg.h"
#include "layers/store.h"

enum { PK_SEARCH_TEXT_MAX = 200, PK_SEARCH_LIMIT_MAX = 50 };

struct pk_search_query {
    const char *text;
    enum pk_lang lang;
    uint32_t limit;    /* 0 = 10 */
    const char *kinds; /* "property,plan", NULL = all */
    bool near_given;
    double near_x, near_y; /* EPSG:3006 */
};

struct pk_search_result {
    const char *kind, *label, *detail, *href, *lookup;
    struct pk_id id; /* zero for coordinates */
    double x, y;
    struct pk_box box;
    uint32_t match_count;
    struct pk_match {
        uint32_t from, to; /* code points of label */
    } match[8];
};

struct pk_search_answer {
    int64_t version;
    const char *q, *status, *suggestion;
    enum pk_lang lang;
    uint32_t count;
    bool more;
    struct pk_search_result *results;
};

/* The words of a text: folded, only letters and digits, one space between. NULL when
 * it is not valid UTF-8. The arena's. */
char *pk_search_words(struct pk_arena *arena, const char *text);

/* Errors: PK_BAD_INPUT names the parameter ("q: ..."). Zero hits is PK_OK. */
enum pk_status pk_search(struct pk_search_answer **out, struct pk_store *store,
                         const struct pk_search_query *query, struct pk_arena *arena,
                         struct pk_error *err) PK_MUST_CHECK;
/* The same for a caller that holds a snapshot of that version. */
enum pk_status pk_search_in_snapshot(struct pk_search_answer **out,
                                     struct pk_store *store, int64_t version,
                                     const struct pk_search_query *query,
                                     struct pk_arena *arena,
                                     struct pk_error *err) PK_MUST_CHECK;
void pk_search_json(struct pk_buf *out, const struct pk_search_answer *answer);

#endif
