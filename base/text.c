#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

size_t pk_utf8_valid_at(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        return p[0] == 0 ? 0 : 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xed && p[1] > 0x9f;
    bool beyond = p[0] == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : n;
}

bool pk_utf8_valid(const char *s)
{
    while (*s != '\0') {
        size_t n = pk_utf8_valid_at(s);
        if (n == 0) {
            return false;
        }
        s += n;
    }
    return true;
}

uint32_t pk_utf8_next(const char **p)
{
    size_t n = pk_utf8_valid_at(*p);
    const unsigned char *s = (const unsigned char *)*p;
    if (n == 0) {
        if (*s == 0) {
            return 0;
        }
        (*p)++;
        return 0xfffd;
    }
    *p += n;
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t c = s[0] & first[n];
    for (size_t i = 1; i < n; i++) {
        c = c << 6 | (s[i] & 0x3f);
    }
    return c;
}

static void put_utf8(char **at, uint32_t c)
{
    utf8proc_uint8_t b[4];
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)c, b);
    memcpy(*at, b, (size_t)n);
    *at += n;
}

char *pk_text_nfc(struct pk_arena *arena, const char *s)
{
    if (!pk_utf8_valid(s)) {
        return NULL;
    }
    utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)s);
    if (nfc == NULL) {
        return NULL;
    }
    char *copy = pk_arena_strdup(arena, (const char *)nfc);
    free(nfc);
    return copy;
}

static bool is_blank(uint32_t c)
{
    return c <= 0x20 || c == 0xa0 || c == 0x2007 || c == 0x202f;
}

/* Rewrites s (NFC) with single inner spaces, each letter through `map`. */
static char *rewrite(struct pk_arena *arena, const char *s, uint32_t (*map)(uint32_t))
{
    char *out = pk_arena_alloc(arena, 4 * strlen(s) + 1, 1);
    char *at = out;
    bool gap = false;
    for (const char *p = s; *p != '\0';) {
        uint32_t c = pk_utf8_next(&p);
        if (is_blank(c)) {
            gap = at != out;
            continue;
        }
        c = map(c);
        if (c == 0) {
            continue;
        }
        if (gap) {
            *at++ = ' ';
            gap = false;
        }
        put_utf8(&at, c);
    }
    *at = '\0';
    return out;
}

static uint32_t upper(uint32_t c)
{
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}

char *pk_text_key(struct pk_arena *arena, const char *s)
{
    char *nfc = pk_text_nfc(arena, s);
    return nfc == NULL ? NULL : rewrite(arena, nfc, upper);
}

static uint32_t fold(uint32_t c)
{
    c = (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
    switch (c) {
    case 0xe5: /* å */
    case 0xe4: /* ä */
    case 0xf6: /* ö */
        return c;
    case 0xe6: /* æ */
        return 0xe4;
    case 0xf8: /* ø */
        return 0xf6;
    default:
        break;
    }
    utf8proc_int32_t parts[8];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)c, parts, 8,
                                UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);
    return n >= 1 ? (uint32_t)parts[0] : 0;
}

char *pk_text_fold(struct pk_arena *arena, const char *s)
{
    char *nfc = pk_text_nfc(arena, s);
    return nfc == NULL ? NULL : rewrite(arena, nfc, fold);
}

char *pk_text_from_cp1252(struct pk_arena *arena, const char *s, size_t len)
{
    /* The 32 places where cp1252 differs from Latin-1; 0 is undefined there. */
    static const uint16_t high[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
        0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    char *out = pk_arena_alloc(arena, 3 * len + 1, 1);
    char *at = out;
    for (size_t i = 0; i < len; i++) {
        uint32_t c = (unsigned char)s[i];
        if (c >= 0x80 && c < 0xa0) {
            c = high[c - 0x80] != 0 ? high[c - 0x80] : 0xfffd;
        }
        put_utf8(&at, c);
    }
    *at = '\0';
    return out;
}

void pk_text_fixed(char *out, size_t size, double v, int decimals)
{
    snprintf(out, size, "%.*f", decimals, v);
    char *point = strpbrk(out, ".,");
    if (point != NULL) {
        *point = '.';
        char *end = out + strlen(out);
        while (end > point + 1 && end[-1] == '0') {
            end--;
        }
        if (end == point + 1) {
            end--;
        }
        *end = '\0';
    }
    if (strcmp(out, "-0") == 0) {
        snprintf(out, size, "0");
    }
}

void pk_html_escape(struct pk_buf *out, const char *s)
{
    for (; *s != '\0'; s++) {
        switch (*s) {
        case '&':
            pk_buf_adds(out, "&amp;");
            break;
        case '<':
            pk_buf_adds(out, "&lt;");
            break;
        case '>':
            pk_buf_adds(out, "&gt;");
            break;
        case '"':
            pk_buf_adds(out, "&quot;");
            break;
        case '\'':
            pk_buf_adds(out, "&#39;");
            break;
        default:
            if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t') {
                pk_buf_addc(out, *s);
            }
        }
    }
}

void pk_url_escape(struct pk_buf *out, const char *s, const char *keep)
{
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || strchr("-._~", c) != NULL ||
                     strchr(keep, c) != NULL;
        if (plain) {
            pk_buf_addc(out, *s);
        } else {
            pk_buf_addf(out, "%%%02X", c);
        }
    }
}
