/*
 * links.h - where absolute links begin: public_url; else what a trusted proxy says;
 * else, on loopback, the listening address; else "" (relative). Never Host.
 */
#ifndef PK_SERVER_LINKS_H
#define PK_SERVER_LINKS_H

#include "server/app.h"

/* `peer` is the client's address as text; the others are headers or NULL. Forwarded
 * (RFC 7239) beats X-Forwarded-Proto and -Host. Of its elements, written by one proxy
 * each, those count that a trusted proxy has written: the last one, and the one before
 * as long as `for` names a trusted proxy too. */
const char *pk_links_base(const struct pk_app *app, const char *peer,
                          const char *forwarded, const char *forwarded_proto,
                          const char *forwarded_host, struct pk_arena *arena);

/* Who asks: the peer's address, or of a trusted proxy what it says of its own client: in
 * Forwarded, else X-Forwarded-For, the last address that is no trusted proxy. In the
 * arena; never NULL. For logs and limits: what a client says itself counts for nothing.
 */
const char *pk_links_client(const struct pk_app *app, const char *peer,
                            const char *forwarded, const char *forwarded_for,
                            struct pk_arena *arena);

#endif
