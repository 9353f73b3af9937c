/*
 * watch.h - learns of new versions: asks the store every PK_WATCH_MS, and before a
 * version is announced to requests takes in its change boxes and layer styles.
 */
#ifndef PK_SERVER_WATCH_H
#define PK_SERVER_WATCH_H

#include "server/app.h"

enum { PK_WATCH_MS = 50 };

struct pk_watch;

/* Looks once before it returns, so that app->version is set. Errors: the store's. */
enum pk_status pk_watch_start(struct pk_watch **out, struct pk_app *app,
                              struct pk_error *err) PK_MUST_CHECK;
void pk_watch_stop(struct pk_watch *watch); /* accepts NULL */

#endif
