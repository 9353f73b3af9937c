#include "server/links.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX = 255, FORWARDED_MAX = 16 };

static bool is_host(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr(".-:[]", text[i]) == NULL) {
            return false;
        }
    }
    return len > 0 && len <= HOST_MAX;
}

static bool is_trusted(const struct pk_app *app, const char *peer)
{
    const char *address;
    for (size_t i = 0; (address = pk_opts_item(app->opts, "trusted_proxies", i)) != NULL;
         i++) {
        if (strcmp(address, peer) == 0) {
            return true;
        }
    }
    return false;
}

static const char *base_of(const char *proto, const char *host, struct pk_arena *arena)
{
    bool known = proto != NULL &&
                 (strcasecmp(proto, "https") == 0 || strcasecmp(proto, "http") == 0);
    if (!known || host == NULL || !is_host(host)) {
        return NULL;
    }
    return pk_arena_printf(arena, "%s://%s", strlen(proto) == 5 ? "https" : "http", host);
}

/* ---- Forwarded ---- */

struct element {
    const char *who, *proto, *host; /* NULL = not there */
};

/* A token or a quoted string; NULL when it is neither. */
static const char *read_value(const char **cursor, struct pk_arena *arena)
{
    const char *c = *cursor;
    char *out = pk_arena_alloc(arena, strlen(c) + 1, 1);
    size_t n = 0;
    if (*c != '"') {
        n = strcspn(c, " \t\",;=");
        memcpy(out, c, n);
        *cursor = c + n;
        out[n] = '\0';
        return n > 0 ? out : NULL;
    }
    for (c++; *c != '"'; c++) {
        c += *c == '\\';
        if (*c == '\0') {
            return NULL;
        }
        out[n++] = *c;
    }
    *cursor = c + 1;
    out[n] = '\0';
    return out;
}

/* The elements in order; -1 when the header does not follow RFC 7239, section 4. */
static int read_forwarded(struct element *out, int max, const char *text,
                          struct pk_arena *arena)
{
    int count = 0;
    struct element *e = NULL;
    while (*text != '\0') {
        text += strspn(text, " \t");
        if (e == NULL) {
            if (count == max) {
                return -1;
            }
            e = &out[count++];
            *e = (struct element){NULL, NULL, NULL};
        }
        size_t len = strcspn(text, "=,; \t\"");
        const char *name = text;
        if (len > 0) {
            if (text[len] != '=') {
                return -1;
            }
            text += len + 1;
            const char *value = read_value(&text, arena);
            if (value == NULL) {
                return -1;
            }
            const char **at = len == 3 && strncasecmp(name, "for", 3) == 0     ? &e->who
                              : len == 5 && strncasecmp(name, "proto", 5) == 0 ? &e->proto
                              : len == 4 && strncasecmp(name, "host", 4) == 0  ? &e->host
                                                                               : NULL;
            if (at != NULL && *at != NULL) {
                return -1; /* each parameter once in an element */
            }
            if (at != NULL) {
                *at = value;
            }
        }
        text += strspn(text, " \t");
        if (*text == ',') {
            e = NULL;
        } else if (*text != ';' && *text != '\0') {
            return -1;
        }
        text += *text != '\0';
    }
    return count;
}

/* "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711" -> the address alone. */
static const char *address_of(const char *node, struct pk_arena *arena)
{
    if (node == NULL) {
        return "";
    }
    if (node[0] == '[') {
        return pk_arena_strndup(arena, node + 1, strcspn(node + 1, "]"));
    }
    return pk_arena_strndup(arena, node, strcspn(node, ":"));
}

static const char *from_forwarded(const struct pk_app *app, const char *text,
                                  struct pk_arena *arena)
{
    struct element all[FORWARDED_MAX];
    int count = read_forwarded(all, FORWARDED_MAX, text, arena), at = count - 1;
    if (count < 1) {
        return NULL;
    }
    while (at > 0 && is_trusted(app, address_of(all[at].who, arena))) {
        at--;
    }
    return base_of(all[at].proto, all[at].host, arena);
}

const char *pk_links_base(const struct pk_app *app, const char *peer,
                          const char *forwarded, const char *forwarded_proto,
                          const char *forwarded_host, struct pk_arena *arena)
{
    const char *base = NULL;
    if (pk_opts_text(app->opts, "public_url") == NULL && peer != NULL &&
        is_trusted(app, peer)) {
        base = forwarded != NULL ? from_forwarded(app, forwarded, arena)
                                 : base_of(forwarded_proto, forwarded_host, arena);
    }
    return base != NULL ? base : app->municipality.base_url;
}

static const char *client_in_forwarded(const struct pk_app *app, const char *text,
                                       struct pk_arena *arena)
{
    struct element all[FORWARDED_MAX];
    int at = read_forwarded(all, FORWARDED_MAX, text, arena) - 1;
    while (at > 0 && is_trusted(app, address_of(all[at].who, arena))) {
        at--;
    }
    return at >= 0 ? address_of(all[at].who, arena) : "";
}

static const char *client_in_list(const struct pk_app *app, const char *text,
                                  struct pk_arena *arena)
{
    const char *end = text + strlen(text), *found = "";
    while (end > text) {
        const char *start = end;
        while (start > text && start[-1] != ',') {
            start--;
        }
        const char *word = start + strspn(start, " \t");
        size_t len = strcspn(word, " \t,");
        found = pk_arena_strndup(arena, word, len);
        if (!is_trusted(app, found) || start == text) {
            break;
        }
        end = start - 1;
    }
    return found;
}

/* Digits, letters of hex, dots and colons: an address and nothing that could pretend. */
static bool is_address(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= 45 && strspn(text, "0123456789abcdefABCDEF.:") == len;
}

const char *pk_links_client(const struct pk_app *app, const char *peer,
                            const char *forwarded, const char *forwarded_for,
                            struct pk_arena *arena)
{
    const char *found = "";
    peer = peer != NULL ? peer : "";
    if (is_trusted(app, peer)) {
        found = forwarded != NULL       ? client_in_forwarded(app, forwarded, arena)
                : forwarded_for != NULL ? client_in_list(app, forwarded_for, arena)
                                        : "";
    }
    return is_address(found) ? found : peer;
}
