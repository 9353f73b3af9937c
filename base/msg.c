#include "base/msg.h"

#include <assert.h>
#include <stdarg.h>
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

void pk_msg_list(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, va_list pairs)
{
    for (const char *p = texts[id][lang]; *p != '\0';) {
        const char *close = *p == '{' ? strchr(p, '}') : NULL;
        if (close == NULL) {
            pk_buf_addc(out, *p++);
            continue;
        }
        const char *value = value_of(pairs, p + 1, (size_t)(close - p - 1));
        assert(value != NULL);
        if (value != NULL) {
            pk_buf_adds(out, value);
        }
        p = close + 1;
    }
}

void pk_msg(struct pk_buf *out, enum pk_lang lang, enum pk_msg_id id, ...)
{
    va_list pairs;
    va_start(pairs, id);
    pk_msg_list(out, lang, id, pairs);
    va_end(pairs);
}
