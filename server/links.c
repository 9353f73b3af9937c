#include "server/links.h"

#include <ctype.h>
#include <string.h>

enum { HOST_MAX = 255 };

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

const char *pk_links_base(const struct pk_app *app, const char *peer,
                          const char *forwarded_proto, const char *forwarded_host,
                          struct pk_arena *arena)
{
    if (pk_opts_text(app->opts, "public_url") != NULL) {
        return app->municipality.base_url;
    }
    bool https = forwarded_proto != NULL && strcmp(forwarded_proto, "https") == 0;
    bool http = forwarded_proto != NULL && strcmp(forwarded_proto, "http") == 0;
    if (peer != NULL && (https || http) && forwarded_host != NULL &&
        is_host(forwarded_host) && is_trusted(app, peer)) {
        return pk_arena_printf(arena, "%s://%s", forwarded_proto, forwarded_host);
    }
    return app->municipality.base_url;
}
