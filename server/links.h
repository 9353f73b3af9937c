/*
 * links.h - where absolute links begin: public_url; else what a trusted proxy says;
 * else, on loopback, the listening address; else "" (relative). Never Host.
 */
#ifndef PK_SERVER_LINKS_H
#define PK_SERVER_LINKS_H

#include "server/app.h"

/* `peer` is the client's address as text; the others are headers or NULL. */
const char *pk_links_base(const struct pk_app *app, const char *peer,
                          const char *forwarded_proto, const char *forwarded_host,
                          struct pk_arena *arena);

#endif
