#include "layers/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "layers/search_coordinate.h"
#include "layers/search_private.h"

static const char *const known_kinds[] = {"property",   "address",    "place", "plan",
                                          "regulation", "coordinate", "layer"};

/* ---- what is asked ---- */

static enum pk_status read_kinds(struct search *s)
{
    const char *p = s->query->kinds;
    while (p != NULL && *p != '\0') {
        size_t len = strcspn(p, ",");
        const char *kind = NULL;
        for (size_t i = 0; i < PK_COUNT(known_kinds); i++) {
            if (strlen(known_kinds[i]) == len && memcmp(known_kinds[i], p, len) == 0) {
                kind = known_kinds[i];
            }
        }
        if (kind == NULL || s->kind_count == SEARCH_KINDS_MAX) {
            return pk_fail(
                s->err, PK_BAD_INPUT,
                "kinds: \"%.*s\" is not one of property, address, place, plan, "
                "regulation, coordinate, layer",
                (int)(len > 40 ? 40 : len), p);
        }
        s->kinds[s->kind_count++] = kind;
        p += len + (p[len] == ',');
    }
    return PK_OK;
}

static bool wants(const struct search *s, const char *kind)
{
    bool wanted = s->kind_count == 0;
    for (uint32_t i = 0; i < s->kind_count; i++) {
        wanted = wanted || strcmp(s->kinds[i], kind) == 0;
    }
    return wanted;
}

/* "vivsta 13 : 5" -> "vivsta 13:5": numbers with a colon are one term. */
static char *tight_colons(struct search *s, const char *text)
{
    char *out = pk_arena_alloc(s->arena, strlen(text) + 1, 1), *at = out;
    for (const char *p = text; *p != '\0'; p++) {
        bool beside = *p == ' ' && (p[1] == ':' || (at > out && at[-1] == ':'));
        if (!beside) {
            *at++ = *p == '_' || *p == ',' || *p == ';' ? ' ' : *p;
        }
    }
    return out;
}

static enum pk_status read_text(struct search *s)
{
    const char *text = s->query->text;
    if (text == NULL || *text == '\0') {
        return pk_fail_said(s->err, PK_BAD_INPUT, s->lang, "q", PK_MSG_REQ_SEARCH_MISSING,
                            NULL);
    }
    uint32_t letters = 0;
    for (const char *p = text; *p != '\0'; letters++) {
        if (pk_utf8_valid_at(p) == 0) {
            return pk_fail_said(s->err, PK_BAD_INPUT, s->lang, "q", PK_MSG_REQ_LETTERS,
                                NULL);
        }
        pk_utf8_next(&p);
    }
    if (letters > PK_SEARCH_TEXT_MAX) {
        return pk_fail_said(s->err, PK_BAD_INPUT, s->lang, "q", PK_MSG_REQ_LENGTH, "max",
                            pk_arena_printf(s->arena, "%d", PK_SEARCH_TEXT_MAX), NULL);
    }
    const char *fold = pk_text_fold(s->arena, text);
    s->words = pk_search_words(s->arena, text);
    if (fold == NULL || s->words == NULL) {
        return pk_fail_said(s->err, PK_BAD_INPUT, s->lang, "q", PK_MSG_REQ_LETTERS, NULL);
    }
    for (const char *p = tight_colons(s, fold); *p != '\0';) {
        size_t len = strcspn(p, " ");
        const char *chunk = pk_arena_strndup(s->arena, p, len);
        const char *term = pk_search_words(s->arena, chunk);
        if (term != NULL && *term != '\0' && s->term_count < PK_ENTRY_TERMS_MAX) {
            s->terms[s->term_count++] = term;
        }
        p += len + (p[len] == ' ');
    }
    return read_kinds(s);
}

/* ---- candidates ---- */

static bool keep(const struct pk_entry_row *row, void *ctx)
{
    struct search *s = ctx;
    for (uint32_t i = 0; i < s->candidate_count; i++) {
        if (pk_id_equal(s->candidates[i].row.id, row->id) &&
            strcmp(s->candidates[i].row.kind, row->kind) == 0) {
            return true;
        }
    }
    if (s->candidate_count == s->candidate_room) {
        uint32_t room = s->candidate_room == 0 ? 64 : 2 * s->candidate_room;
        struct candidate *grown = pk_arena_alloc(s->arena, room, sizeof *grown);
        if (s->candidate_count > 0) {
            memcpy(grown, s->candidates, s->candidate_count * sizeof *grown);
        }
        s->candidates = grown;
        s->candidate_room = room;
    }
    s->candidates[s->candidate_count++] = (struct candidate){.row = *row};
    return true;
}

static enum pk_status ask(struct search *s, const char *const *terms, uint32_t count,
                          bool prefix, uint32_t limit,
                          bool (*visit)(const struct pk_entry_row *row, void *ctx),
                          void *ctx)
{
    bool prefixes[PK_ENTRY_TERMS_MAX];
    for (uint32_t i = 0; i < count; i++) {
        prefixes[i] = prefix;
    }
    struct pk_entry_query query = {.terms = terms,
                                   .prefix = prefixes,
                                   .term_count = count,
                                   .kinds = s->kinds,
                                   .kind_count = s->kind_count,
                                   .limit = limit};
    return s->store->ops->entries(s->store, &query, visit, ctx, s->arena, s->err);
}

static bool note(const struct pk_entry_row *row, void *ctx)
{
    (void)row;
    *(bool *)ctx = true;
    return false;
}

enum pk_status pk_search_has(bool *out, struct search *s, const char *const *terms,
                             uint32_t count)
{
    *out = false;
    return ask(s, terms, count, true, 1, note, out);
}

/* Whole words first, so that a number that begins a thousand others is among the
 * candidates; then beginnings of words. */
static enum pk_status collect(struct search *s)
{
    enum pk_status status =
        ask(s, s->terms, s->term_count, false, SEARCH_CANDIDATES_MAX, keep, s);
    return status == PK_OK
               ? ask(s, s->terms, s->term_count, true, SEARCH_CANDIDATES_MAX, keep, s)
               : status;
}

/* ---- ranking ---- */

static uint32_t words_in(const char *text)
{
    uint32_t count = *text != '\0';
    for (const char *p = text; *p != '\0'; p++) {
        count += *p == ' ';
    }
    return count;
}

static bool has_whole(const char *fold, const char *term)
{
    size_t len = strlen(term);
    for (const char *p = fold; (p = strstr(p, term)) != NULL; p++) {
        if ((p == fold || p[-1] == ' ') && (p[len] == '\0' || p[len] == ' ')) {
            return true;
        }
    }
    return false;
}

enum { RANK_SAME, RANK_ENDING, RANK_IN_ORDER, RANK_WORDS, RANK_BEGINS, RANK_PREFIXES };

static int rank_of(const struct search *s, const char *label, const char *fold)
{
    size_t len = strlen(s->words), have = strlen(label);
    if (strcmp(label, s->words) == 0) {
        return RANK_SAME;
    }
    if (have > len && label[have - len - 1] == ' ' &&
        strcmp(label + have - len, s->words) == 0) {
        return RANK_ENDING;
    }
    bool whole = true;
    for (uint32_t i = 0; i < s->term_count; i++) {
        whole = whole && has_whole(fold, s->terms[i]);
    }
    if (whole) {
        return has_whole(label, s->words) ? RANK_IN_ORDER : RANK_WORDS;
    }
    return strncmp(label, s->words, len) == 0 ? RANK_BEGINS : RANK_PREFIXES;
}

static void rank(struct search *s)
{
    const struct pk_search_query *q = s->query;
    uint32_t asked = words_in(s->words);
    for (uint32_t i = 0; i < s->candidate_count; i++) {
        struct candidate *c = &s->candidates[i];
        const char *label = pk_search_words(s->arena, c->row.label);
        uint32_t words = words_in(label == NULL ? "" : label);
        c->rank = rank_of(s, label == NULL ? "" : label, c->row.fold);
        c->words = words > asked ? words - asked : 0;
        if (q->near_given) {
            double d = hypot(c->row.x - q->near_x, c->row.y - q->near_y);
            c->distance = d < 2 ? 1 : (int)log2(d);
        }
    }
}

/* Digits by their value, so that 1:2 comes before 1:10; then by bytes. */
static int compare_labels(const char *a, const char *b)
{
    const char *p = a, *q = b;
    while (*p != '\0' && *q != '\0') {
        size_t n = strspn(p, "0123456789"), m = strspn(q, "0123456789");
        if (n > 0 && m > 0) {
            int order = n != m ? (n < m ? -1 : 1) : memcmp(p, q, n);
            if (order != 0) {
                return order;
            }
            p += n;
            q += m;
        } else if (*p != *q) {
            break;
        } else {
            p++;
            q++;
        }
    }
    int order = (int)(unsigned char)*p - (int)(unsigned char)*q;
    return order != 0 ? order : strcmp(a, b);
}

static int by_rank(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank - y->rank;
    }
    if (x->row.weight != y->row.weight) {
        return x->row.weight > y->row.weight ? -1 : 1;
    }
    if (x->distance != y->distance) {
        return x->distance - y->distance;
    }
    if (x->words != y->words) {
        return x->words < y->words ? -1 : 1;
    }
    int order = compare_labels(x->row.label, y->row.label);
    return order != 0 ? order : pk_id_compare(x->row.id, y->row.id);
}

/* ---- the answer ---- */

/* Two hits that would be read aloud alike get their place, then their id. */
static void tell_apart(struct search *s, struct pk_search_answer *a)
{
    for (int round = 0; round < 2; round++) {
        bool twin[PK_SEARCH_LIMIT_MAX + PK_COORDINATE_MAX] = {false};
        for (uint32_t i = 0; i < a->count; i++) {
            for (uint32_t k = i + 1; k < a->count; k++) {
                if (strcmp(a->results[i].label, a->results[k].label) == 0 &&
                    strcmp(a->results[i].detail, a->results[k].detail) == 0) {
                    twin[i] = twin[k] = true;
                }
            }
        }
        for (uint32_t i = 0; i < a->count; i++) {
            struct pk_search_result *r = &a->results[i];
            char north[64], east[64], id[PK_ID_TEXT];
            if (!twin[i]) {
                continue;
            }
            pk_text_fixed(north, sizeof north, r->y, 0);
            pk_text_fixed(east, sizeof east, r->x, 0);
            pk_id_format(id, r->id);
            r->detail = round == 0 ? pk_arena_printf(s->arena, "%s (N %s, E %s)",
                                                     r->detail, north, east)
                                   : pk_arena_printf(s->arena, "%s, %s", r->detail, id);
        }
    }
}

static enum pk_status fill(struct search *s, struct pk_search_answer *a, uint32_t limit)
{
    enum pk_status status = PK_OK;
    rank(s);
    if (s->candidate_count > 1) {
        qsort(s->candidates, s->candidate_count, sizeof *s->candidates, by_rank);
    }
    for (uint32_t i = 0; i < s->candidate_count && status == PK_OK; i++) {
        if (a->count >= limit) {
            a->more = true;
            break;
        }
        struct pk_search_result *r = &a->results[a->count];
        status = pk_search_describe(r, s, &s->candidates[i].row);
        if (status == PK_OK) {
            pk_search_matches(r, s);
            a->count++;
        }
    }
    return status;
}

/* The best of what is found with fewer words, to ask back with. */
static enum pk_status ask_back(struct search *s, struct pk_search_answer *a)
{
    enum pk_status status = PK_OK;
    for (uint32_t count = s->term_count; count > 1 && status == PK_OK; count--) {
        s->candidate_count = 0;
        status = ask(s, s->terms, count - 1, true, SEARCH_NEAR_WORDS, keep, s);
        if (status == PK_OK && s->candidate_count > 0) {
            rank(s);
            qsort(s->candidates, s->candidate_count, sizeof *s->candidates, by_rank);
            a->suggestion = s->candidates[0].row.label;
            break;
        }
    }
    return status;
}

static enum pk_status find(struct search *s, struct pk_search_answer *a, uint32_t limit)
{
    enum pk_status status = PK_OK;
    if (wants(s, "coordinate")) {
        status = pk_search_coordinates(a->results, &a->count, s);
    }
    if (a->count > 0 || s->term_count == 0 || status != PK_OK) {
        a->more = a->count > limit;
        a->count = a->count > limit ? limit : a->count;
        return status;
    }
    status = collect(s);
    if (status == PK_OK && s->candidate_count == 0) {
        const char *written[PK_ENTRY_TERMS_MAX];
        memcpy(written, s->terms, sizeof written);
        status = pk_search_correct(&a->suggestion, s);
        if (status == PK_OK && a->suggestion != NULL) {
            s->words = a->suggestion;
            status = collect(s);
        } else {
            memcpy(s->terms, written, sizeof written);
        }
    }
    if (status == PK_OK) {
        status = fill(s, a, limit);
    }
    return status == PK_OK && a->count == 0 ? ask_back(s, a) : status;
}

enum pk_status pk_search_in_snapshot(struct pk_search_answer **out,
                                     struct pk_store *store, int64_t version,
                                     const struct pk_search_query *query,
                                     struct pk_arena *arena, struct pk_error *err)
{
    struct search *s = pk_arena_alloc(arena, 1, sizeof *s);
    *s = (struct search){.store = store,
                         .query = query,
                         .arena = arena,
                         .err = err,
                         .version = version,
                         .lang = query->lang};
    *out = NULL;
    enum pk_status status = read_text(s);
    if (status == PK_OK && query->limit > PK_SEARCH_LIMIT_MAX) {
        status = pk_fail(err, PK_BAD_INPUT, "limit: %u is above %d", query->limit,
                         PK_SEARCH_LIMIT_MAX);
    }
    if (status == PK_OK) {
        status =
            store->ops->layers(store, version, &s->layers, &s->layer_count, arena, err);
    }
    if (status != PK_OK) {
        return status;
    }
    uint32_t limit = query->limit == 0 ? 10 : query->limit;
    struct pk_search_answer *a = pk_arena_alloc(arena, 1, sizeof *a);
    *a = (struct pk_search_answer){
        .version = version, .q = query->text, .lang = query->lang};
    a->results = pk_arena_alloc(arena, PK_SEARCH_LIMIT_MAX + PK_COORDINATE_MAX,
                                sizeof *a->results);
    status = find(s, a, limit);
    if (status == PK_OK) {
        tell_apart(s, a);
        a->status = pk_search_status(s, a);
        *out = a;
    }
    return status;
}

enum pk_status pk_search(struct pk_search_answer **out, struct pk_store *store,
                         const struct pk_search_query *query, struct pk_arena *arena,
                         struct pk_error *err)
{
    int64_t version;
    *out = NULL;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status = pk_search_in_snapshot(out, store, version, query, arena, err);
    store->ops->end(store);
    return status;
}

/* ---- JSON ---- */

static void put_numbers(struct pk_json *j, const char *key, const double *v, int count)
{
    pk_json_key(j, key);
    pk_json_array(j);
    for (int i = 0; i < count; i++) {
        pk_json_fixed(j, v[i], 3);
    }
    pk_json_end(j);
}

static void put_result(struct pk_json *j, const struct pk_search_result *r)
{
    char id[PK_ID_TEXT];
    pk_id_format(id, r->id);
    pk_json_object(j);
    pk_json_member(j, "kind", r->kind);
    pk_json_member(j, "id", pk_id_is_zero(r->id) ? NULL : id);
    pk_json_member(j, "label", r->label);
    pk_json_member(j, "detail", r->detail);
    pk_json_member(j, "href", r->href);
    pk_json_member(j, "lookup", r->lookup);
    put_numbers(j, "point", (const double[]){r->x, r->y}, 2);
    put_numbers(j, "bbox",
                (const double[]){r->box.min_x, r->box.min_y, r->box.max_x, r->box.max_y},
                4);
    pk_json_member(j, "crs", "EPSG:3006");
    pk_json_key(j, "match");
    pk_json_array(j);
    for (uint32_t i = 0; i < r->match_count; i++) {
        pk_json_array(j);
        pk_json_int(j, r->match[i].from);
        pk_json_int(j, r->match[i].to);
        pk_json_end(j);
    }
    pk_json_end(j);
    pk_json_end(j);
}

void pk_search_json(struct pk_buf *out, const struct pk_search_answer *a)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member_int(&j, "version", a->version);
    pk_json_member(&j, "q", a->q);
    pk_json_member(&j, "lang", pk_lang_tag(a->lang));
    pk_json_member_int(&j, "count", a->count);
    pk_json_key(&j, "more");
    pk_json_bool(&j, a->more);
    pk_json_member(&j, "status", a->status);
    pk_json_member(&j, "suggestion", a->suggestion);
    pk_json_key(&j, "results");
    pk_json_array(&j);
    for (uint32_t i = 0; i < a->count; i++) {
        put_result(&j, &a->results[i]);
    }
    pk_json_end(&j);
    pk_json_end(&j);
}
