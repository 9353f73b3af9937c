/*
 * assets.h - the files of the web client, built into the program by name.
 */
#ifndef PK_SERVER_ASSETS_H
#define PK_SERVER_ASSETS_H

#include <stddef.h>

struct pk_asset {
    const char *name, *content_type;
    const unsigned char *bytes;
    size_t len;
    const char *version; /* start of its SHA-256, made at build time */
};

/* Ended by a NULL name; generated. */
extern const struct pk_asset pk_assets[];

const struct pk_asset *pk_asset_find(const char *name); /* NULL when there is none */
const char *pk_asset_version(const char *name);         /* "" when there is none */

#endif
