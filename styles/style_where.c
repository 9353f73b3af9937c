#include <string.h>

#include "styles/style_internal.h"

/* Walks JSON that has been read without error, so brackets and quotes are whole. */
struct walk {
    const char *at, *end;
};

static void blanks(struct walk *w)
{
    while (w->at < w->end && strchr(" \t\r\n", *w->at) != NULL) {
        w->at++;
    }
}

static void skip_string(struct walk *w)
{
    w->at++;
    while (w->at < w->end && *w->at != '"') {
        w->at += *w->at == '\\' ? 2 : 1;
    }
    w->at++;
}

static void skip_value(struct walk *w)
{
    int depth = 0;
    do {
        blanks(w);
        if (w->at >= w->end) {
            return;
        }
        if (*w->at == '"') {
            skip_string(w);
        } else if (*w->at == '{' || *w->at == '[') {
            depth++;
            w->at++;
        } else if (*w->at == '}' || *w->at == ']') {
            depth--;
            w->at++;
        } else if (*w->at == ',' || *w->at == ':') {
            w->at++;
        } else { /* a number or a word */
            while (w->at < w->end && strchr(",]} \t\r\n", *w->at) == NULL) {
                w->at++;
            }
        }
    } while (depth > 0 && w->at < w->end);
}

/* To the value of a member; false (and somewhere) when there is none. */
static bool enter_member(struct walk *w, const char *name, size_t len)
{
    if (w->at >= w->end || *w->at != '{') {
        return false;
    }
    w->at++;
    for (;;) {
        blanks(w);
        if (w->at >= w->end || *w->at != '"') {
            return false;
        }
        const char *key = w->at + 1;
        skip_string(w);
        bool found = w->at <= w->end && (size_t)(w->at - 1 - key) == len &&
                     memcmp(key, name, len) == 0;
        blanks(w);
        w->at++; /* the colon */
        blanks(w);
        if (found) {
            return w->at < w->end;
        }
        skip_value(w);
        blanks(w);
        if (w->at >= w->end || *w->at != ',') {
            return false;
        }
        w->at++;
    }
}

static bool enter_item(struct walk *w, size_t index)
{
    if (w->at >= w->end || *w->at != '[') {
        return false;
    }
    w->at++;
    for (;; index--) {
        blanks(w);
        if (w->at >= w->end || *w->at == ']') {
            return false;
        }
        if (index == 0) {
            return true;
        }
        skip_value(w);
        blanks(w);
        if (w->at >= w->end || *w->at != ',') {
            return false;
        }
        w->at++;
    }
}

void pk_style_where(const char *json, size_t len, const char *path, int *line,
                    int *column)
{
    struct walk w = {json, json + len};
    blanks(&w);
    const char *reached = w.at;
    bool found = true;
    while (found && *path != '\0' && *path != ':' && *path != ' ') {
        if (*path == '[') {
            size_t index = 0;
            for (path++; *path >= '0' && *path <= '9' && index < 1000000; path++) {
                index = index * 10 + (size_t)(*path - '0');
            }
            path += *path == ']';
            found = enter_item(&w, index);
        } else {
            path += *path == '.';
            size_t n = strcspn(path, ".[: ");
            found = enter_member(&w, path, n);
            path += n;
        }
        reached = found ? w.at : reached;
    }
    *line = 1;
    *column = 1;
    for (const char *p = json; p < reached; p++) {
        *line += *p == '\n';
        *column = *p == '\n' ? 1 : *column + 1;
    }
}
