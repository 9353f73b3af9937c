#include "server/assets.h"

#include <string.h>

const struct pk_asset *pk_asset_find(const char *name)
{
    for (const struct pk_asset *asset = pk_assets; asset->name != NULL; asset++) {
        if (strcmp(asset->name, name) == 0) {
            return asset;
        }
    }
    return NULL;
}

const char *pk_asset_version(const char *name)
{
    const struct pk_asset *asset = pk_asset_find(name);
    return asset != NULL ? asset->version : "";
}
