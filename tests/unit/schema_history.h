/* schema_history.h - reads spec/schema.txt and makes files of older schemas. */
#ifndef PK_TESTS_SCHEMA_HISTORY_H
#define PK_TESTS_SCHEMA_HISTORY_H

#include "pk_test.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "layers/db.h"

enum { ROWS_MAX = 1000, TEXT_MAX = 64 * 1024 };

#define HISTORY PK_TEST_DIR "/spec/schema.txt"

/* One line of the file. `since` and `until` are for rows: until 0 = still there. */
struct history_line {
    char kind; /* 'v' version, 'd' down, 'r' row */
    int since, until;
    const char *text;
};

struct history {
    char bytes[TEXT_MAX];
    struct history_line lines[ROWS_MAX];
    size_t count;
};

static inline int take_number(const char **at)
{
    uint64_t n = 0;
    while (**at == ' ')
        (*at)++;
    if (!pk_parse_u64(at, 1000, &n) || **at != ' ')
        fail_msg("%s: a number is missing at %.60s", HISTORY, *at);
    (*at)++;
    return (int)n;
}

static inline void read_history(struct history *out)
{
    FILE *f = fopen(HISTORY, "r");
    size_t len;

    assert_non_null(f);
    len = fread(out->bytes, 1, sizeof(out->bytes) - 1, f);
    fclose(f);
    assert_true(len < sizeof(out->bytes) - 1);
    for (char *at = out->bytes; *at;) {
        char *end = at + strcspn(at, "\n");
        struct history_line *line = &out->lines[out->count];
        const char *rest;

        if (*end)
            *end++ = '\0';
        line->kind = *at;
        rest = at + strcspn(at, " ");
        at = end;
        if (line->kind == '#' || line->kind == '\0')
            continue;
        line->since = take_number(&rest);
        line->until = line->kind == 'r' ? take_number(&rest) : 0;
        line->text = rest;
        assert_true(++out->count < ROWS_MAX);
    }
}

/* Take a new file back step by step, as the history tells, to `version`. */
static inline void take_back(const char *path, const struct history *history, int version)
{
    struct pk_error err = {0};
    struct pk_db db;
    char set[64];

    if (pk_db_open(&db, path, PK_DB_WRITE, true, &err))
        fail_msg("%s", err.text);
    for (int from = PK_SCHEMA_VERSION; from > version; from--) {
        size_t steps = 0;
        for (size_t i = 0; i < history->count; i++) {
            if (history->lines[i].kind != 'd' || history->lines[i].since != from)
                continue;
            if (pk_db_exec(&db, history->lines[i].text, &err))
                fail_msg("down %d: %s", from, err.text);
            steps++;
        }
        if (steps == 0)
            fail_msg("%s: \"down %d SQL\" is missing: how a file becomes schema %d",
                     HISTORY, from, from - 1);
    }
    snprintf(set, sizeof(set), "PRAGMA user_version=%d", version);
    if (pk_db_exec(&db, set, &err))
        fail_msg("%s", err.text);
    pk_db_close(&db);
}

#endif
