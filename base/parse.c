#include "base/parse.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

bool pk_parse_u64(const char **cursor, uint64_t max, uint64_t *out)
{
    const char *p = *cursor;
    uint64_t value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (digit > max || value > (max - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (p == *cursor) {
        return false;
    }
    *out = value;
    *cursor = p;
    return true;
}

bool pk_parse_u32(const char **cursor, uint32_t max, uint32_t *out)
{
    uint64_t value;
    if (!pk_parse_u64(cursor, max, &value)) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

static locale_t plain;

static void make_c_locale(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t c_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    return plain;
}

bool pk_parse_double(const char **cursor, double *out)
{
    enum { DIGITS_MAX = 17, LENGTH_MAX = 24 };
    const char *p = *cursor;
    int digits = 0;
    pk_parse_char(&p, '-');
    const char *whole = p;
    for (; *p >= '0' && *p <= '9'; p++) {
        digits++;
    }
    if (p == whole) {
        return false;
    }
    if (pk_parse_char(&p, '.')) {
        const char *fraction = p;
        for (; *p >= '0' && *p <= '9'; p++) {
            digits++;
        }
        if (p == fraction) {
            return false;
        }
    }
    size_t len = (size_t)(p - *cursor);
    if (digits > DIGITS_MAX || len > LENGTH_MAX) {
        return false;
    }
    char text[LENGTH_MAX + 1];
    memcpy(text, *cursor, len);
    text[len] = '\0';
    *out = strtod_l(text, NULL, c_locale());
    *cursor = p;
    return true;
}

bool pk_parse_char(const char **cursor, char c)
{
    if (c == '\0' || **cursor != c) {
        return false;
    }
    (*cursor)++;
    return true;
}

bool pk_parse_word(const char **cursor, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*cursor, word, len) != 0) {
        return false;
    }
    *cursor += len;
    return true;
}

bool pk_parse_end(const char *cursor)
{
    return *cursor == '\0';
}

bool pk_parse_all_u32(const char *text, uint32_t max, uint32_t *out)
{
    return pk_parse_u32(&text, max, out) && pk_parse_end(text);
}

bool pk_parse_all_double(const char *text, double *out)
{
    return pk_parse_double(&text, out) && pk_parse_end(text);
}
