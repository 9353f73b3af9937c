/*
 * search.h - one ranked list of properties, addresses, places, plans, regulations
 * and coordinates, in the shape of ../shared/answers.md `/search`.
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

/* Errors: PK_BAD_INPUT names the parameter ("q: ..."). Zero hits is PK_OK. */
enum pk_status pk_search(struct pk_search_answer **out, struct pk_store *store,
                         const struct pk_search_query *query, struct pk_arena *arena,
                         struct pk_error *err) PK_MUST_CHECK;
void pk_search_json(struct pk_buf *out, const struct pk_search_answer *answer);

#endif
