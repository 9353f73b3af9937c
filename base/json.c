#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void pk_json_init(struct pk_json *j, struct pk_buf *out)
{
    *j = (struct pk_json){.out = out};
}

static void before_value(struct pk_json *j)
{
    if (j->after_key) {
        j->after_key = false;
    } else if (j->depth > 0) {
        if (j->comma[j->depth - 1]) {
            pk_buf_addc(j->out, ',');
        }
        j->comma[j->depth - 1] = true;
    }
}

static void open_level(struct pk_json *j, char open, char close)
{
    before_value(j);
    assert(j->depth < PK_JSON_DEPTH);
    j->comma[j->depth] = false;
    j->close[j->depth++] = close;
    pk_buf_addc(j->out, open);
}

void pk_json_object(struct pk_json *j)
{
    open_level(j, '{', '}');
}

void pk_json_array(struct pk_json *j)
{
    open_level(j, '[', ']');
}

void pk_json_end(struct pk_json *j)
{
    assert(j->depth > 0);
    pk_buf_addc(j->out, j->close[--j->depth]);
}

void pk_json_key(struct pk_json *j, const char *key)
{
    before_value(j);
    pk_json_quote(j->out, key);
    pk_buf_addc(j->out, ':');
    j->after_key = true;
}

void pk_json_quote(struct pk_buf *out, const char *s)
{
    pk_buf_addc(out, '"');
    const char *run = s;
    const char *p = s;
    while (*p != '\0') {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            p++;
            continue;
        }
        size_t n = c < 0x80 ? 1 : pk_utf8_valid_at(p);
        if (n > 1) {
            p += n;
            continue;
        }
        pk_buf_add(out, run, (size_t)(p - run));
        if (c == '"' || c == '\\') {
            pk_buf_addf(out, "\\%c", c);
        } else if (c == '\n') {
            pk_buf_adds(out, "\\n");
        } else if (c < 0x80) {
            pk_buf_addf(out, "\\u%04x", c);
        } else {
            pk_buf_adds(out, "\xef\xbf\xbd");
        }
        run = ++p;
    }
    pk_buf_add(out, run, (size_t)(p - run));
    pk_buf_addc(out, '"');
}

void pk_json_string(struct pk_json *j, const char *s)
{
    before_value(j);
    if (s == NULL) {
        pk_buf_adds(j->out, "null");
    } else {
        pk_json_quote(j->out, s);
    }
}

void pk_json_int(struct pk_json *j, int64_t v)
{
    before_value(j);
    pk_buf_addf(j->out, "%lld", (long long)v);
}

void pk_json_bool(struct pk_json *j, bool v)
{
    before_value(j);
    pk_buf_adds(j->out, v ? "true" : "false");
}

void pk_json_null(struct pk_json *j)
{
    pk_json_string(j, NULL);
}

void pk_json_fixed(struct pk_json *j, double v, int decimals)
{
    if (!isfinite(v)) {
        pk_json_null(j);
        return;
    }
    before_value(j);
    char text[400];
    pk_text_fixed(text, sizeof(text), v, decimals);
    pk_buf_adds(j->out, text);
}

void pk_json_raw(struct pk_json *j, const char *json)
{
    before_value(j);
    pk_buf_adds(j->out, json);
}

void pk_json_member(struct pk_json *j, const char *key, const char *s)
{
    pk_json_key(j, key);
    pk_json_string(j, s);
}

void pk_json_member_int(struct pk_json *j, const char *key, int64_t v)
{
    pk_json_key(j, key);
    pk_json_int(j, v);
}
