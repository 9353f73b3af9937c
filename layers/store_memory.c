#include "layers/store_memory.h"

#include <stdlib.h>
#include <string.h>

enum { MEMORY_ROWS = 4096 }; /* of each kind: tests are small */

struct span {
    int64_t from, to;
};

#define ROWS(type, name)                                                                 \
    struct {                                                                             \
        type rows[MEMORY_ROWS];                                                          \
        struct span span[MEMORY_ROWS];                                                   \
        uint32_t count;                                                                  \
    } name

struct setting {
    const char *name, *value;
};

struct memory_store {
    struct pk_store base;
    ROWS(struct pk_version, versions);
    ROWS(struct pk_plan_row, plans);
    ROWS(struct pk_part_row, plan_parts);
    ROWS(struct pk_regulation_row, regulations);
    ROWS(struct pk_part_row, regulation_parts);
    ROWS(struct pk_layer_row, layers);
    ROWS(struct pk_feature_row, features);
    ROWS(struct pk_replacement_row, replacements);
    ROWS(struct pk_entry_row, entries);
    ROWS(struct setting, settings);
};

static struct memory_store *self(struct pk_store *store)
{
    return (struct memory_store *)store;
}

static struct span span_of(int64_t from, int64_t to)
{
    return (struct span){from == 0 ? 1 : from, to == 0 ? INT64_MAX : to};
}

/* `after`: the new row comes after the row `other` of the list. */
#define ADD(list, row, from, to, after)                                                  \
    do {                                                                                 \
        __typeof__(self(store)->list) *l = &self(store)->list;                           \
        if (l->count == MEMORY_ROWS) {                                                   \
            abort();                                                                     \
        }                                                                                \
        uint32_t at = l->count++;                                                        \
        for (; at > 0; at--) {                                                           \
            const __typeof__(l->rows[0]) *other = &l->rows[at - 1];                      \
            if (after) {                                                                 \
                break;                                                                   \
            }                                                                            \
            l->rows[at] = l->rows[at - 1];                                               \
            l->span[at] = l->span[at - 1];                                               \
        }                                                                                \
        l->rows[at] = *(row);                                                            \
        l->span[at] = span_of(from, to);                                                 \
    } while (0)

#define BY_ID (pk_id_compare(row->id, other->id) >= 0)
#define BY_PART                                                                          \
    (pk_id_compare(row->id, other->id) > 0 ||                                            \
     (pk_id_equal(row->id, other->id) && row->part >= other->part))
#define AS_ADDED (other != NULL)

void pk_memory_version(struct pk_store *store, const struct pk_version *version)
{
    ADD(versions, version, 0, 0, AS_ADDED);
}

void pk_memory_plan(struct pk_store *store, const struct pk_plan_row *row, int64_t to)
{
    ADD(plans, row, row->from_version, to, BY_ID);
}

void pk_memory_plan_part(struct pk_store *store, const struct pk_part_row *row,
                         int64_t from, int64_t to)
{
    ADD(plan_parts, row, from, to, BY_PART);
}

void pk_memory_regulation(struct pk_store *store, const struct pk_regulation_row *row,
                          int64_t to)
{
    ADD(regulations, row, row->from_version, to, BY_ID);
}

void pk_memory_regulation_part(struct pk_store *store, const struct pk_part_row *row,
                               int64_t from, int64_t to)
{
    ADD(regulation_parts, row, from, to, BY_PART);
}

void pk_memory_layer(struct pk_store *store, const struct pk_layer_row *row, int64_t to)
{
    ADD(layers, row, row->from_version, to, AS_ADDED);
}

void pk_memory_feature(struct pk_store *store, const struct pk_feature_row *row,
                       int64_t to)
{
    ADD(features, row, row->from_version, to, BY_ID);
}

void pk_memory_replacement(struct pk_store *store, const struct pk_replacement_row *row)
{
    ADD(replacements, row, 0, 0, AS_ADDED);
}

void pk_memory_entry(struct pk_store *store, const struct pk_entry_row *row)
{
    ADD(entries, row, 0, 0, AS_ADDED);
}

void pk_memory_setting(struct pk_store *store, const char *name, const char *value)
{
    ADD(settings, &((struct setting){name, value}), 0, 0, AS_ADDED);
}

/* ---- reading ---- */

static void memory_close(struct pk_store *store)
{
    free(store);
}

static enum pk_status memory_begin(struct pk_store *store, int64_t *version,
                                   struct pk_error *err)
{
    (void)err;
    *version = self(store)->versions.count == 0 ? 0 : 1;
    for (uint32_t i = 0; i < self(store)->versions.count; i++) {
        if (self(store)->versions.rows[i].version > *version) {
            *version = self(store)->versions.rows[i].version;
        }
    }
    return PK_OK;
}

static void memory_end(struct pk_store *store)
{
    (void)store;
}

static enum pk_status memory_versions(struct pk_store *store, struct pk_version **out,
                                      uint32_t *count, struct pk_arena *arena,
                                      struct pk_error *err)
{
    (void)arena;
    (void)err;
    *out = self(store)->versions.rows;
    *count = self(store)->versions.count;
    return PK_OK;
}

static enum pk_status memory_changes(struct pk_store *store, int64_t after,
                                     uint32_t limit, struct pk_change **out,
                                     uint32_t *count, bool *more, struct pk_arena *arena,
                                     struct pk_error *err)
{
    (void)store;
    (void)after;
    (void)limit;
    (void)arena;
    (void)err;
    *out = NULL;
    *count = 0;
    *more = true; /* it keeps no list, so nothing may be called unchanged */
    return PK_OK;
}

static enum pk_status memory_pack(struct pk_store *store, enum pk_family family, int band,
                                  int64_t cell, int64_t version, bool labels,
                                  const void **bytes, size_t *len, struct pk_arena *arena,
                                  struct pk_error *err)
{
    (void)store;
    (void)family;
    (void)band;
    (void)cell;
    (void)version;
    (void)labels;
    (void)arena;
    *bytes = NULL;
    *len = 0;
    return pk_fail(err, PK_NOT_FOUND, "the memory store keeps no packs");
}

static bool is_in(struct span span, int64_t version)
{
    return span.from <= version && version < span.to;
}

static bool same_text(const char *wanted, const char *have)
{
    return wanted == NULL || (have != NULL && strcmp(wanted, have) == 0);
}

static bool same_id(const struct pk_id *wanted, struct pk_id have)
{
    return wanted == NULL || pk_id_equal(*wanted, have);
}

static bool in_box(const struct pk_rows *rows, const struct pk_geom *g)
{
    return rows->box == NULL || pk_box_touches(*rows->box, pk_geom_box(g));
}

static bool any_part_in_box(struct pk_store *store, int64_t version, bool plans,
                            const struct pk_rows *rows, struct pk_id id)
{
    const struct pk_part_row *parts =
        plans ? self(store)->plan_parts.rows : self(store)->regulation_parts.rows;
    const struct span *span =
        plans ? self(store)->plan_parts.span : self(store)->regulation_parts.span;
    uint32_t count =
        plans ? self(store)->plan_parts.count : self(store)->regulation_parts.count;
    for (uint32_t i = 0; rows->box != NULL && i < count; i++) {
        if (is_in(span[i], version) && pk_id_equal(parts[i].id, id) &&
            in_box(rows, &parts[i].delivered)) {
            return true;
        }
    }
    return rows->box == NULL;
}

static bool has_part(struct pk_store *store, int64_t version, struct pk_id regulation)
{
    for (uint32_t i = 0; i < self(store)->regulation_parts.count; i++) {
        if (is_in(self(store)->regulation_parts.span[i], version) &&
            pk_id_equal(self(store)->regulation_parts.rows[i].id, regulation)) {
            return true;
        }
    }
    return false;
}

/* Rows lie in order of id and part. */
#define WALK(list, fits)                                                                 \
    do {                                                                                 \
        uint32_t left = rows->limit == 0 ? PK_ROWS_MAX : rows->limit;                    \
        for (uint32_t i = 0; i < self(store)->list.count && left > 0; i++) {             \
            const __typeof__(self(store)->list.rows[0]) *row =                           \
                &self(store)->list.rows[i];                                              \
            if (!is_in(self(store)->list.span[i], version) || !(fits)) {                 \
                continue;                                                                \
            }                                                                            \
            left--;                                                                      \
            if (!visit(row, ctx)) {                                                      \
                break;                                                                   \
            }                                                                            \
        }                                                                                \
    } while (0)

static enum pk_status
memory_plans(struct pk_store *store, int64_t version, const struct pk_rows *rows,
             bool (*visit)(const struct pk_plan_row *row, void *ctx), void *ctx,
             struct pk_arena *arena, struct pk_error *err)
{
    (void)arena;
    (void)err;
    WALK(plans, same_id(rows->id, row->id) && same_id(rows->plan, row->id) &&
                    same_text(rows->designation, row->designation) &&
                    any_part_in_box(store, version, true, rows, row->id));
    return PK_OK;
}

static enum pk_status
memory_plan_parts(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                  bool (*visit)(const struct pk_part_row *row, void *ctx), void *ctx,
                  struct pk_arena *arena, struct pk_error *err)
{
    (void)arena;
    (void)err;
    WALK(plan_parts, same_id(rows->id, row->id) && same_id(rows->plan, row->plan_id) &&
                         in_box(rows, &row->delivered));
    return PK_OK;
}

static enum pk_status
memory_regulations(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                   bool (*visit)(const struct pk_regulation_row *, void *ctx), void *ctx,
                   struct pk_arena *arena, struct pk_error *err)
{
    (void)arena;
    (void)err;
    WALK(regulations, same_id(rows->id, row->id) && same_id(rows->plan, row->plan_id) &&
                          any_part_in_box(store, version, false, rows, row->id) &&
                          !(rows->placeless && has_part(store, version, row->id)));
    return PK_OK;
}

static enum pk_status
memory_regulation_parts(struct pk_store *store, int64_t version,
                        const struct pk_rows *rows,
                        bool (*visit)(const struct pk_part_row *row, void *ctx),
                        void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    (void)arena;
    (void)err;
    WALK(regulation_parts, same_id(rows->id, row->id) &&
                               same_id(rows->plan, row->plan_id) &&
                               in_box(rows, &row->delivered));
    return PK_OK;
}

static enum pk_status
memory_features(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                bool (*visit)(const struct pk_feature_row *row, void *ctx), void *ctx,
                struct pk_arena *arena, struct pk_error *err)
{
    (void)arena;
    (void)err;
    WALK(features, same_id(rows->id, row->id) &&
                       same_text(rows->layer_id, row->layer_id) &&
                       same_text(rows->title, row->title) && in_box(rows, &row->geom));
    return PK_OK;
}

static enum pk_status memory_layers(struct pk_store *store, int64_t version,
                                    struct pk_layer_row **out, uint32_t *count,
                                    struct pk_arena *arena, struct pk_error *err)
{
    (void)err;
    struct memory_store *m = self(store);
    *out = pk_arena_alloc(arena, m->layers.count + 1, sizeof **out);
    *count = 0;
    for (uint32_t i = 0; i < m->layers.count; i++) {
        if (is_in(m->layers.span[i], version)) {
            (*out)[(*count)++] = m->layers.rows[i];
        }
    }
    return PK_OK;
}

static enum pk_status memory_replacements(struct pk_store *store, int64_t version,
                                          struct pk_id older,
                                          struct pk_replacement_row **out,
                                          uint32_t *count, struct pk_arena *arena,
                                          struct pk_error *err)
{
    (void)err;
    (void)version;
    struct memory_store *m = self(store);
    *out = pk_arena_alloc(arena, m->replacements.count + 1, sizeof **out);
    *count = 0;
    for (uint32_t i = 0; i < m->replacements.count; i++) {
        if (pk_id_equal(m->replacements.rows[i].older_plan, older)) {
            (*out)[(*count)++] = m->replacements.rows[i];
        }
    }
    return PK_OK;
}

/* ---- search: folded words with single spaces between ---- */

/* Does `term` stand in `fold` at whole words (the last one perhaps only begun)? */
static bool has_term(const char *fold, const char *term, bool prefix)
{
    size_t len = strlen(term);
    for (const char *p = fold; (p = strstr(p, term)) != NULL; p++) {
        bool starts = p == fold || p[-1] == ' ';
        bool ends = prefix || p[len] == '\0' || p[len] == ' ';
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

static bool entry_fits(const struct pk_entry_row *row, const struct pk_entry_query *query)
{
    bool kind_fits = query->kind_count == 0;
    for (uint32_t i = 0; i < query->kind_count; i++) {
        kind_fits = kind_fits || strcmp(row->kind, query->kinds[i]) == 0;
    }
    for (uint32_t i = 0; kind_fits && i < query->term_count; i++) {
        kind_fits = has_term(row->fold, query->terms[i], query->prefix[i]);
    }
    return kind_fits && query->term_count > 0;
}

static int by_weight(const void *a, const void *b)
{
    const struct pk_entry_row *x = *(const struct pk_entry_row *const *)a;
    const struct pk_entry_row *y = *(const struct pk_entry_row *const *)b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    size_t n = strlen(x->label), m = strlen(y->label);
    int order = n != m ? (n < m ? -1 : 1) : strcmp(x->label, y->label);
    return order != 0 ? order : pk_id_compare(x->id, y->id);
}

static enum pk_status
memory_entries(struct pk_store *store, const struct pk_entry_query *query,
               bool (*visit)(const struct pk_entry_row *row, void *ctx), void *ctx,
               struct pk_arena *arena, struct pk_error *err)
{
    (void)err;
    struct memory_store *m = self(store);
    const struct pk_entry_row **found =
        pk_arena_alloc(arena, m->entries.count + 1, sizeof *found);
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->entries.count; i++) {
        if (entry_fits(&m->entries.rows[i], query)) {
            found[count++] = &m->entries.rows[i];
        }
    }
    qsort(found, count, sizeof *found, by_weight);
    for (uint32_t i = 0; i < count && i < query->limit; i++) {
        if (!visit(found[i], ctx)) {
            break;
        }
    }
    return PK_OK;
}

/* All words of all entries: the largest superset. */
static enum pk_status memory_words_like(struct pk_store *store, const char *word,
                                        uint32_t limit, const char ***out,
                                        uint32_t *count, struct pk_arena *arena,
                                        struct pk_error *err)
{
    (void)word;
    (void)err;
    struct memory_store *m = self(store);
    *out = pk_arena_alloc(arena, limit + 1, sizeof **out);
    *count = 0;
    for (uint32_t i = 0; i < m->entries.count; i++) {
        for (const char *p = m->entries.rows[i].fold; *p != '\0' && *count < limit;) {
            size_t len = strcspn(p, " ");
            (*out)[(*count)++] = pk_arena_strndup(arena, p, len);
            p += len + (p[len] == ' ');
        }
    }
    return PK_OK;
}

static enum pk_status memory_setting(struct pk_store *store, const char *name,
                                     const char **out, struct pk_arena *arena,
                                     struct pk_error *err)
{
    (void)arena;
    (void)err;
    *out = NULL;
    struct memory_store *m = self(store);
    for (uint32_t i = 0; i < m->settings.count; i++) {
        if (strcmp(m->settings.rows[i].name, name) == 0) {
            *out = m->settings.rows[i].value;
        }
    }
    return PK_OK;
}

static const struct pk_store_ops memory_ops = {
    .scheme = "memory",
    .close = memory_close,
    .begin = memory_begin,
    .end = memory_end,
    .versions = memory_versions,
    .changes = memory_changes,
    .pack = memory_pack,
    .plans = memory_plans,
    .plan_parts = memory_plan_parts,
    .regulations = memory_regulations,
    .regulation_parts = memory_regulation_parts,
    .layers = memory_layers,
    .features = memory_features,
    .replacements = memory_replacements,
    .entries = memory_entries,
    .words_like = memory_words_like,
    .setting = memory_setting,
};

struct pk_store *pk_store_memory_create(void)
{
    struct memory_store *store = pk_xcalloc(1, sizeof *store);
    store->base.ops = &memory_ops;
    return &store->base;
}
