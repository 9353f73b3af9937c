#include "server/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { SENTENCE_MAX = 16 << 10 }; /* bytes of one sentence with its values */

/* One conversion; returns the format's rest. */
static const char *convert(struct pk_buf *out, const char *spec, va_list *args)
{
    char number[64];
    size_t len = strspn(spec + 1, ".0123456789l") + 2;
    char one[16];
    assert(len < sizeof(one));
    memcpy(one, spec, len);
    one[len] = '\0';
    switch (spec[len - 1]) {
    case 's': {
        const char *text = va_arg(*args, const char *);
        if (text != NULL) {
            pk_html_escape(out, text);
        }
        return spec + len;
    }
    case 'd':
        if (strstr(one, "ll") != NULL) {
            snprintf(number, sizeof(number), "%lld", va_arg(*args, long long));
        } else {
            snprintf(number, sizeof(number), "%d", va_arg(*args, int));
        }
        break;
    case 'u':
        snprintf(number, sizeof(number), "%u", va_arg(*args, unsigned));
        break;
    case 'f': {
        const char *dot = strchr(one, '.');
        pk_text_fixed(number, sizeof(number), va_arg(*args, double),
                      dot != NULL ? dot[1] - '0' : 6);
        break;
    }
    default:
        assert(spec[len - 1] == '%');
        snprintf(number, sizeof(number), "%%");
    }
    pk_buf_adds(out, number);
    return spec + len;
}

void pk_htmlf(struct pk_buf *out, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    while (*fmt != '\0') {
        if (*fmt == '%') {
            fmt = convert(out, fmt, &args);
        } else {
            size_t len = strcspn(fmt, "%");
            pk_buf_add(out, fmt, len);
            fmt += len;
        }
    }
    va_end(args);
}

const char *pk_say(struct pk_arena *arena, enum pk_lang lang, enum pk_msg_id id, ...)
{
    struct pk_buf text;
    pk_buf_init(&text, SENTENCE_MAX);
    va_list pairs;
    va_start(pairs, id);
    pk_msg_list(&text, lang, id, pairs);
    va_end(pairs);
    const char *said = pk_arena_strndup(arena, text.data, text.len);
    pk_buf_finish(&text);
    return said;
}

void pk_html_say(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id)
{
    pk_html_escape(out, pk_msg_text(id, lang));
}
