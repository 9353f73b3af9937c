/* store_spatialite_words.c - search entries through FTS5. Words reach it as
 * quoted strings inside one bound parameter: nothing in them is an operator. */
#include <string.h>

#include "base/text.h"
#include "layers/store_spatialite_private.h"

enum { MATCH_MAX = 16384, WORD_MAX = 400 };

static void add_quoted(struct pk_buf *out, const char *words)
{
    pk_buf_addc(out, '"');
    for (const char *p = words; *p != '\0'; p++) {
        pk_buf_addc(out, *p);
        if (*p == '"') {
            pk_buf_addc(out, '"');
        }
    }
    pk_buf_addc(out, '"');
}

enum pk_status
pk_spatialite_entries(struct pk_store *store, const struct pk_entry_query *query,
                      bool (*visit)(const struct pk_entry_row *row, void *ctx), void *ctx,
                      struct pk_arena *arena, struct pk_error *err)
{
    if (query->term_count == 0 || query->term_count > PK_ENTRY_TERMS_MAX) {
        return PK_OK;
    }
    struct pk_buf match, sql;
    pk_buf_init(&match, MATCH_MAX);
    pk_buf_init(&sql, MATCH_MAX);
    for (uint32_t i = 0; i < query->term_count; i++) {
        pk_buf_adds(&match, i > 0 ? " AND " : "");
        add_quoted(&match, query->terms[i]);
        pk_buf_adds(&match, query->prefix[i] ? " *" : "");
    }
    pk_buf_adds(&sql, "SELECT e.kind, e.label, e.detail_key, e.fold, e.feature_id, "
                      "e.weight, e.x, e.y, e.min_x, e.min_y, e.max_x, e.max_y "
                      "FROM search_index i JOIN search_entry e ON e.entry_id = i.rowid "
                      "WHERE search_index MATCH ?");
    for (uint32_t i = 0; i < query->kind_count; i++) {
        pk_buf_adds(&sql, i == 0 ? " AND e.kind IN (?" : ", ?");
    }
    pk_buf_adds(&sql, query->kind_count > 0 ? ")" : "");
    pk_buf_adds(&sql, " ORDER BY e.weight DESC, length(e.label), e.label, e.feature_id "
                      "LIMIT ?");
    struct pk_query_sql q = {0};
    enum pk_status status = match.failed || sql.failed
                                ? pk_fail(err, PK_LIMIT, "q: too many words")
                                : pk_query_open(&q, store, sql.data, err);
    if (status == PK_OK) {
        pk_query_text(&q, match.data);
        for (uint32_t i = 0; i < query->kind_count; i++) {
            pk_query_text(&q, query->kinds[i]);
        }
        pk_query_int(&q, query->limit);
    }
    while (status == PK_OK && pk_query_next(&q)) {
        struct pk_entry_row row = {
            .kind = pk_column_text(&q, 0, arena),
            .label = pk_column_text(&q, 1, arena),
            .detail_key = pk_column_text(&q, 2, arena),
            .fold = pk_column_text(&q, 3, arena),
            .id = pk_column_id(&q, 4),
            .weight = sqlite3_column_int64(q.statement, 5),
            .x = sqlite3_column_double(q.statement, 6),
            .y = sqlite3_column_double(q.statement, 7),
            .box = {sqlite3_column_double(q.statement, 8),
                    sqlite3_column_double(q.statement, 9),
                    sqlite3_column_double(q.statement, 10),
                    sqlite3_column_double(q.statement, 11)},
        };
        if (!visit(&row, ctx)) {
            break;
        }
    }
    status = pk_query_close(&q, status, err);
    pk_buf_finish(&match);
    pk_buf_finish(&sql);
    return status;
}

/* Words lie padded ("__word__") in the trigram table, so that a wrong letter in
 * the middle of a short word leaves both ends. */
static void add_trigrams(struct pk_buf *match, const char *padded)
{
    const char *at[3] = {padded, NULL, NULL};
    uint32_t seen = 0;
    for (const char *p = padded; *p != '\0'; seen++) {
        const char *start = p;
        pk_utf8_next(&p);
        at[0] = at[1];
        at[1] = at[2];
        at[2] = start;
        if (seen < 2) {
            continue;
        }
        char gram[16] = {0};
        size_t n = (size_t)(p - at[0]);
        memcpy(gram, at[0], n < sizeof gram ? n : sizeof gram - 1);
        pk_buf_adds(match, match->len > 0 ? " OR " : "");
        add_quoted(match, gram);
    }
}

enum pk_status pk_spatialite_words_like(struct pk_store *store, const char *word,
                                        uint32_t limit, const char ***out,
                                        uint32_t *count, struct pk_arena *arena,
                                        struct pk_error *err)
{
    *count = 0;
    *out = pk_arena_alloc(arena, limit == 0 ? 1 : limit, sizeof **out);
    if (strlen(word) > WORD_MAX) {
        return PK_OK;
    }
    struct pk_buf match;
    pk_buf_init(&match, MATCH_MAX);
    add_trigrams(&match, pk_arena_printf(arena, "__%s__", word));
    struct pk_query_sql q = {0};
    enum pk_status status =
        pk_query_open(&q, store,
                      "SELECT word FROM search_spell WHERE search_spell MATCH ?1 "
                      "ORDER BY rank, word LIMIT ?2",
                      err);
    if (status == PK_OK) {
        pk_query_text(&q, match.data);
        pk_query_int(&q, limit);
    }
    while (status == PK_OK && *count < limit && pk_query_next(&q)) {
        const char *padded = pk_column_text(&q, 0, arena);
        size_t len = padded == NULL ? 0 : strlen(padded);
        if (len > 4) {
            (*out)[(*count)++] = pk_arena_strndup(arena, padded + 2, len - 4);
        }
    }
    status = pk_query_close(&q, status, err);
    pk_buf_finish(&match);
    return status;
}
