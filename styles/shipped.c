#include "styles/shipped.h"

#include <string.h>

#include "styles/shipped_data.h"

static const char *find(const char *kind, const char *name, size_t *len)
{
    for (const struct pk_shipped_entry *e = pk_shipped_data; e->kind != NULL; e++) {
        if (strcmp(e->kind, kind) == 0 && strcmp(e->name, name) == 0) {
            *len = e->len;
            return e->bytes;
        }
    }
    return NULL;
}

const char *pk_shipped_style(const char *name, size_t *len)
{
    return find("style", name, len);
}

const char *pk_shipped_theme(const char *name, size_t *len)
{
    return find("theme", name, len);
}

const char *const *pk_shipped_themes(void)
{
    static const char *const names[] = {"standard",      "cvd",   "contrast",
                                        "contrast-dark", "mono",  "mono-dark",
                                        "simple",        "print", NULL};
    return names;
}
