#include "base/msg.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static const char *const texts[PK_MSG_COUNT][PK_LANG_COUNT] = {
#define PK_MSG(name, sv, en) {sv, en},
#include "base/messages.def"
#undef PK_MSG
};

static const char *const tags[PK_LANG_COUNT] = {"sv", "en"};

int pk_lang_of(const char *tag)
{
    for (int i = 0; i < PK_LANG_COUNT; i++) {
        if (tag != NULL && strcmp(tags[i], tag) == 0) {
            return i;
        }
    }
    return -1;
}

const char *pk_lang_tag(enum pk_lang lang)
{
    return tags[lang];
}

const char *pk_msg_text(enum pk_msg_id id, enum pk_lang lang)
{
    return texts[id][lang];
}

static const char *value_of(va_list pairs, const char *name, size_t len)
{
    va_list args;
    va_copy(args, pairs);
    const char *found = NULL;
    const char *key;
    while (found == NULL && (key = va_arg(args, const char *)) != NULL) {
        const char *value = va_arg(args, const char *);
        if (strlen(key) == len && memcmp(key, name, len) == 0) {
            found = value;
        }
    }
    va_end(args);
    return found;
}

/* The longest beginning of at most `max` bytes that ends between letters. */
static size_t whole_letters(const char *text, size_t max)
{
    size_t len = strlen(text);
    if (len <= max) {
        return len;
    }
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80) {
        max--;
    }
    return max;
}

/* Values longer than `max` bytes are cut. */
static void fill(struct pk_buf *out, const char *text, size_t max, va_list pairs)
{
    for (const char *p = text; *p != '\0';) {
        const char *close = *p == '{' ? strchr(p, '}') : NULL;
        if (close == NULL) {
            pk_buf_addc(out, *p++);
            continue;
        }
        const char *value = value_of(pairs, p + 1, (size_t)(close - p - 1));
        assert(value != NULL);
        if (value != NULL) {
            size_t len = whole_letters(value, max);
            pk_buf_add(out, value, len);
            pk_buf_adds(out, value[len] != '\0' ? "…" : "");
        }
        p = close + 1;
    }
}

void pk_msg_list(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, va_list pairs)
{
    fill(out, texts[id][lang], SIZE_MAX, pairs);
}

void pk_msg(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, ...)
{
    va_list pairs;
    va_start(pairs, id);
    pk_msg_list(out, lang, id, pairs);
    va_end(pairs);
}

enum pk_status pk_fail_said(struct pk_error *err, enum pk_status code, enum pk_lang lang,
                            const char *parameter, enum pk_msg_id id, ...)
{
    if (err == NULL) {
        return code;
    }
    struct pk_buf said;
    pk_buf_init(&said, sizeof(err->text) * 8);
    pk_buf_adds(&said, "");
    if (parameter != NULL) {
        pk_buf_addf(&said, "%.60s: ", parameter);
    }
    va_list pairs;
    va_start(pairs, id);
    fill(&said, texts[id][lang], PK_SAID_VALUE_MAX, pairs);
    va_end(pairs);
    size_t len = whole_letters(said.data, sizeof(err->text) - 1);
    err->code = code;
    err->said = true;
    memcpy(err->text, said.data, len);
    err->text[len] = '\0';
    pk_buf_finish(&said);
    return code;
}
