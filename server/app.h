/*
 * app.h - what all requests share, and what each drawing worker has of its own.
 *
 * struct pk_app is set up before threads start and only read after that; what
 * changes in it (cache, change list, styles, counters) guards itself. struct
 * pk_worker belongs to one thread: its store, renderer and scratch memory.
 */
#ifndef PK_SERVER_APP_H
#define PK_SERVER_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/msg.h"
#include "base/opts.h"
#include "layers/crs.h"
#include "layers/lookup.h"
#include "layers/store.h"
#include "tiles/render.h"

struct pk_cache;
struct pk_changes;
struct pk_styles;
struct pk_backgrounds;
struct pk_extent_memo;
struct pk_audit_memo;
struct pk_writer_link;
struct pk_auth_table;
struct pk_throttle;
struct pk_oidc;

/* Counters shown by /metrics. */
enum pk_counter {
    PK_COUNT_REQUESTS,
    PK_COUNT_ERRORS,
    PK_COUNT_CACHE_HITS,
    PK_COUNT_CACHE_CHECKED,
    PK_COUNT_CACHE_MISSES,
    PK_COUNT_DRAWN,
    PK_COUNT_JOINED,
    PK_COUNT_REFUSED,
    PK_COUNT_EXPIRED,
    PK_COUNT_REAPED,
    PK_COUNTERS
};

struct pk_app {
    const struct pk_opts *opts;
    const char *db; /* URI of the store */
    struct pk_municipality municipality;
    const char *names[PK_LANG_COUNT]; /* of the map */
    const char *colour;               /* "#rrggbb" */
    const char *style, *theme;        /* drawn when none is named */
    const char *csp;                  /* Content-Security-Policy of pages */
    struct pk_body *logo;             /* NULL = none */
    const char *logo_type;
    struct pk_styles *styles;
    struct pk_cache *cache; /* NULL with --no-cache */
    struct pk_changes *changes;
    struct pk_backgrounds *backgrounds;
    struct pk_arena arena; /* all texts above */
    time_t started;
    _Atomic bool fictional;       /* the data are invented: every page says so */
    _Atomic int64_t version;      /* newest one that the watcher has seen */
    _Atomic int64_t watched;      /* monotonic ms of the watcher's last success */
    _Atomic int64_t writer_seen;  /* monotonic ms of the writer's last answer; 0 = none */
    struct pk_writer_link *link;  /* NULL outside of a server */
    struct pk_throttle *throttle; /* of signing in; as the next */
    struct pk_oidc *oidc;         /* NULL = there is no outside provider */
    struct pk_auth_table *auth;   /* who is signed in; NULL outside of a server */
    struct pk_extent_memo *extent; /* of the newest version */
    struct pk_audit_memo *audit;
    _Atomic int bodies; /* of deliveries, arriving now */
    _Atomic bool draining;
    _Atomic uint64_t counters[PK_COUNTERS];
    _Atomic uint32_t waiting, connections; /* gauges */
};

/* Read the settings. `styles` are files given by --style (count of them).
 * Errors: PK_BAD_INPUT naming the setting, PK_IO. */
enum pk_status pk_app_init(struct pk_app *app, const struct pk_opts *opts, bool cache,
                           bool serving, const char *const *styles, uint32_t style_count,
                           struct pk_error *err) PK_MUST_CHECK;
void pk_app_finish(struct pk_app *app);
void pk_app_count(struct pk_app *app, enum pk_counter counter);

/* ---- one per drawing thread ---- */
struct pk_worker {
    struct pk_app *app;
    struct pk_store *store;
    struct pk_renderer *renderer;
    struct pk_crs *crs;
    struct pk_arena arena;               /* of the request; reset after it */
    const char *suggestions;             /* JSON array for a 404, or NULL */
    struct pk_municipality municipality; /* with the request's base of links */
};

enum pk_status pk_worker_open(struct pk_worker *worker, struct pk_app *app,
                              struct pk_error *err) PK_MUST_CHECK;
void pk_worker_close(struct pk_worker *worker);

/* Monotonic milliseconds. */
int64_t pk_now_ms(void);

#endif
