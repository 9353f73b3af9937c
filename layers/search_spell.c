/* search_spell.c - one wrong letter in five. */
#include <string.h>

#include "base/text.h"
#include "layers/search_private.h"

enum { LETTERS_MAX = 64, LETTERS_MIN = 4, LETTERS_PER_FAULT = 5, TRIES_PER_TERM = 4 };

static uint32_t letters_of(uint32_t out[LETTERS_MAX], const char *word)
{
    uint32_t count = 0;
    for (const char *p = word; *p != '\0' && count < LETTERS_MAX;) {
        uint32_t c = pk_utf8_next(&p);
        /* People without the keys write a and o. */
        out[count++] = c == 0xe5 || c == 0xe4 ? 'a' : c == 0xf6 ? 'o' : c;
    }
    return count;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int pk_search_distance(const char *a, const char *b, int most)
{
    uint32_t x[LETTERS_MAX], y[LETTERS_MAX];
    uint32_t n = letters_of(x, a), m = letters_of(y, b);
    int rows[3][LETTERS_MAX + 1];
    if ((n > m ? n - m : m - n) > (uint32_t)most) {
        return most + 1;
    }
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (uint32_t j = 0; j <= m; j++) {
        last[j] = (int)j;
        before[j] = 0;
    }
    for (uint32_t i = 1; i <= n; i++) {
        int best = now[0] = (int)i;
        for (uint32_t j = 1; j <= m; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1,
                           last[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
            best = least(best, now[j]);
        }
        if (best > most) {
            return most + 1;
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m] > most ? most + 1 : last[m];
}

static bool may_be_wrong(const char *term, int *most)
{
    uint32_t letters = 0;
    for (const char *p = term; *p != '\0';) {
        uint32_t c = pk_utf8_next(&p);
        if (c == ' ' || (c >= '0' && c <= '9')) {
            return false;
        }
        letters++;
    }
    *most = letters < LETTERS_PER_FAULT ? 1 : (int)letters / LETTERS_PER_FAULT;
    return letters >= LETTERS_MIN && letters < LETTERS_MAX;
}

/* The nearest known words, nearest first, then by bytes. */
static enum pk_status alternatives(const char *out[TRIES_PER_TERM + 1], uint32_t *count,
                                   struct search *s, const char *term, int most)
{
    const char **words;
    uint32_t found;
    int distances[TRIES_PER_TERM + 1];
    *count = 0;
    enum pk_status status = s->store->ops->words_like(s->store, term, SEARCH_NEAR_WORDS,
                                                      &words, &found, s->arena, s->err);
    for (uint32_t i = 0; status == PK_OK && i < found; i++) {
        int distance = pk_search_distance(term, words[i], most);
        bool known = strcmp(term, words[i]) == 0;
        for (uint32_t k = 0; k < *count; k++) {
            known = known || strcmp(out[k], words[i]) == 0;
        }
        if (distance > most || known) {
            continue;
        }
        /* Insertion into a short list with one place to spare at its end. */
        uint32_t at = *count;
        for (; at > 0; at--) {
            int order = distance - distances[at - 1];
            if (order > 0 || (order == 0 && strcmp(words[i], out[at - 1]) > 0)) {
                break;
            }
            out[at] = out[at - 1];
            distances[at] = distances[at - 1];
        }
        out[at] = words[i];
        distances[at] = distance;
        *count = *count < TRIES_PER_TERM ? *count + 1 : TRIES_PER_TERM;
    }
    return status;
}

static const char *joined(struct search *s)
{
    const char *text = s->terms[0];
    for (uint32_t i = 1; i < s->term_count; i++) {
        text = pk_arena_printf(s->arena, "%s %s", text, s->terms[i]);
    }
    return text;
}

/* Tries other words for one term; keeps the first that gives hits with the rest. */
static enum pk_status correct_term(bool *done, struct search *s, uint32_t term,
                                   bool together)
{
    const char *others[TRIES_PER_TERM + 1];
    uint32_t count = 0;
    int most;
    *done = false;
    if (!may_be_wrong(s->terms[term], &most)) {
        return PK_OK;
    }
    enum pk_status status = alternatives(others, &count, s, s->terms[term], most);
    const char *written = s->terms[term];
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        s->terms[term] = others[i];
        status = together ? pk_search_has(done, s, s->terms, s->term_count)
                          : pk_search_has(done, s, &s->terms[term], 1);
        if (*done) {
            return status;
        }
    }
    s->terms[term] = written;
    return status;
}

enum pk_status pk_search_correct(const char **corrected, struct search *s)
{
    enum pk_status status = PK_OK;
    bool changed = false, whole = false;
    *corrected = NULL;
    for (uint32_t i = 0; i < s->term_count && status == PK_OK; i++) {
        bool known, done = false;
        status = pk_search_has(&known, s, &s->terms[i], 1);
        /* The last unknown word is tried with all the others, so that of several
         * words that are equally near the one that belongs here is taken. */
        if (status == PK_OK && !known) {
            status = correct_term(&done, s, i, true);
            whole = whole || done;
            if (status == PK_OK && !done) {
                status = correct_term(&done, s, i, false);
            }
            changed = changed || done;
        }
    }
    for (uint32_t i = 0; i < s->term_count && status == PK_OK && !changed; i++) {
        status = correct_term(&whole, s, i, true);
        changed = whole;
    }
    if (status == PK_OK && changed && !whole) {
        status = pk_search_has(&whole, s, s->terms, s->term_count);
    }
    if (status == PK_OK && whole) {
        *corrected = joined(s);
    }
    return status;
}
