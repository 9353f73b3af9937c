#include "layers/store.h"

#include <string.h>

#include "layers/store_spatialite.h"

/* The first is what a plain path means. The memory store of the tests has no
 * scheme: nothing real opens it. */
static const struct pk_store_ops *const backends[] = {
    &pk_store_spatialite_ops,
};

enum pk_status pk_store_open(struct pk_store **out, const char *uri, struct pk_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < PK_COUNT(backends); i++) {
        size_t len = strlen(backends[i]->scheme);
        if (strncmp(uri, backends[i]->scheme, len) == 0 && uri[len] == ':') {
            return backends[i]->open(out, uri + len + 1, err);
        }
    }
    return backends[0]->open(out, uri, err);
}

void pk_store_close(struct pk_store *store)
{
    if (store != NULL) {
        store->ops->close(store);
    }
}
