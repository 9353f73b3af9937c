#include "server/negotiate.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"

static const struct format_row {
    enum pk_format format;
    const char *word, *type;
} formats[] = {
    {PK_FORMAT_HTML,    "html",    "text/html"            },
    {PK_FORMAT_HTML,    "html",    "application/xhtml+xml"},
    {PK_FORMAT_JSON,    "json",    "application/json"     },
    {PK_FORMAT_GEOJSON, "geojson", "application/geo+json" },
    {PK_FORMAT_TEXT,    "text",    "text/plain"           },
    {PK_FORMAT_TEXT,    "txt",     "text/plain"           },
};

/* One element of a list header: its word and its weight. False at the end. */
static bool next_element(const char **cursor, const char **word, size_t *len, double *q)
{
    const char *p = *cursor + strspn(*cursor, " \t,");
    if (*p == '\0') {
        return false;
    }
    *word = p;
    *len = strcspn(p, " \t,;");
    const char *end = p + strcspn(p, ",");
    *q = 1;
    for (p += *len; p < end; p++) {
        if (*p == ';') {
            p += 1 + strspn(p + 1, " \t");
            const char *value = p + 2;
            if (tolower((unsigned char)p[0]) == 'q' && p[1] == '=' &&
                !pk_parse_double(&value, q)) {
                *q = 0;
            }
            p--;
        }
    }
    *cursor = end;
    return true;
}

enum pk_status pk_negotiate_format(enum pk_format *out, const struct pk_request *request,
                                   unsigned offers, enum pk_format fallback,
                                   struct pk_error *err)
{
    const char *f = pk_request_arg(request, "f");
    *out = fallback;
    if (f != NULL) {
        for (size_t i = 0; i < PK_COUNT(formats); i++) {
            if (strcmp(formats[i].word, f) == 0 && (offers >> formats[i].format & 1)) {
                *out = formats[i].format;
                return PK_OK;
            }
        }
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "f", PK_MSG_REQ_FORMAT,
                            "value", f, NULL);
    }
    double best = 0;
    const char *cursor = request->accept != NULL ? request->accept : "";
    const char *word;
    size_t len;
    double q;
    while (next_element(&cursor, &word, &len, &q)) {
        for (size_t i = 0; i < PK_COUNT(formats); i++) {
            if (strlen(formats[i].type) == len && q > best &&
                strncasecmp(formats[i].type, word, len) == 0 &&
                (offers >> formats[i].format & 1)) {
                best = q;
                *out = formats[i].format;
            }
        }
        if (len == 3 && memcmp(word, "*/*", 3) == 0 && q > best) {
            best = q;
            *out = fallback;
        }
    }
    return PK_OK;
}

enum pk_status pk_negotiate_lang(enum pk_lang *out, const struct pk_request *request,
                                 struct pk_error *err)
{
    *out = PK_SV;
    const char *asked = pk_request_arg(request, "lang");
    if (asked != NULL) {
        int lang = pk_lang_of(asked);
        if (lang < 0) {
            return pk_fail_said(err, PK_BAD_INPUT, request->lang, "lang", PK_MSG_REQ_LANG,
                                "value", asked, NULL);
        }
        *out = (enum pk_lang)lang;
        return PK_OK;
    }
    double best = 0;
    const char *cursor = request->accept_language != NULL ? request->accept_language : "";
    const char *word;
    size_t len;
    double q;
    while (next_element(&cursor, &word, &len, &q)) {
        for (int lang = 0; lang < PK_LANG_COUNT; lang++) {
            const char *tag = pk_lang_tag((enum pk_lang)lang);
            if (len >= 2 && strncasecmp(tag, word, 2) == 0 &&
                (len == 2 || word[2] == '-') && q > best) {
                best = q;
                *out = (enum pk_lang)lang;
            }
        }
    }
    return PK_OK;
}

const char *pk_negotiate_encoding(const char *accept_encoding)
{
    static const char *const known[] = {"br", "gzip"};
    double weight[PK_COUNT(known)] = {0};
    const char *cursor = accept_encoding != NULL ? accept_encoding : "";
    const char *word;
    size_t len;
    double q;
    while (next_element(&cursor, &word, &len, &q)) {
        for (size_t i = 0; i < PK_COUNT(known); i++) {
            if (strlen(known[i]) == len && strncasecmp(known[i], word, len) == 0) {
                weight[i] = q;
            }
        }
    }
    if (weight[0] <= 0 && weight[1] <= 0) {
        return NULL;
    }
    return weight[0] >= weight[1] ? known[0] : known[1];
}
