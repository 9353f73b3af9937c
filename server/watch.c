#include "server/watch.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "server/auth.h"
#include "server/changes.h"
#include "server/styleset.h"

enum { STYLE_TICKS = 10 }; /* style files are looked at twice a second */

struct pk_watch {
    struct pk_app *app;
    struct pk_store *store;
    struct pk_arena arena;
    pthread_t thread;
    bool running;
    _Atomic bool stopping;
    int64_t logged_ms;
    uint32_t ticks;
};

/* Codes from 9900 on belong to no Swedish municipality: samples use them. */
static bool is_invented(const char *code)
{
    return strncmp(code, "99", 2) == 0 && isdigit((unsigned char)code[2]) &&
           isdigit((unsigned char)code[3]);
}

/* A municipality's border with such a code among its attributes. */
static bool see_border(const struct pk_feature_row *row, void *ctx)
{
    for (const char *p = row->attributes; (p = strchr(p, '"')) != NULL; p++) {
        if (is_invented(p + 1) && p[5] == '"') {
            *(bool *)ctx = true;
        }
    }
    return true;
}

static bool see_municipality(const struct pk_plan_row *row, void *ctx)
{
    if (row->municipality_code != NULL && is_invented(row->municipality_code)) {
        *(bool *)ctx = true;
    }
    return false;
}

static enum pk_status read_fictional(struct pk_watch *watch, int64_t version,
                                     const struct pk_layer_row *layers, uint32_t count,
                                     struct pk_error *err)
{
    struct pk_store *store = watch->store;
    const char *sample = NULL;
    bool fictional = false;
    enum pk_status status =
        store->ops->setting(store, "sample", &sample, &watch->arena, err);
    if (status == PK_OK) {
        struct pk_rows rows = {.limit = 1, .no_geometry = true};
        status = store->ops->plans(store, version, &rows, see_municipality, &fictional,
                                   &watch->arena, err);
    }
    for (uint32_t i = 0; i < count && status == PK_OK; i++) {
        if (layers[i].role != NULL && strcmp(layers[i].role, "municipality") == 0) {
            struct pk_rows borders = {
                .layer_id = layers[i].layer_id, .limit = 20, .no_geometry = true};
            status = store->ops->features(store, version, &borders, see_border,
                                          &fictional, &watch->arena, err);
        }
    }
    if (status == PK_OK) {
        fictional |= sample != NULL && strcmp(sample, "no") != 0;
        atomic_store(&watch->app->fictional, fictional);
    }
    return status;
}

/* Inside a snapshot whose newest version is `version`. */
static enum pk_status take_in(struct pk_watch *watch, int64_t version, int64_t known,
                              struct pk_error *err)
{
    struct pk_app *app = watch->app;
    struct pk_store *store = watch->store;
    enum pk_status status = PK_OK;
    if (version < known || known == 0) {
        pk_changes_restart(app->changes, version);
    } else {
        struct pk_change *list = NULL;
        uint32_t count = 0;
        bool more = false;
        status = store->ops->changes(store, known, PK_CHANGES_MAX, &list, &count, &more,
                                     &watch->arena, err);
        if (status == PK_OK) {
            pk_changes_add(app->changes, list, count, version, more);
        }
    }
    struct pk_layer_row *layers = NULL;
    uint32_t layer_count = 0;
    if (status == PK_OK) {
        status =
            store->ops->layers(store, version, &layers, &layer_count, &watch->arena, err);
    }
    if (status == PK_OK) {
        struct pk_error bad = {0};
        if (pk_styles_refresh(app->styles, layers, layer_count, &bad) != PK_OK) {
            pk_log(PK_LOG_WARN, "style", "error=%s", bad.text);
        }
        status = read_fictional(watch, version, layers, layer_count, err);
    }
    return status;
}

static enum pk_status look(struct pk_watch *watch, struct pk_error *err)
{
    struct pk_app *app = watch->app;
    struct pk_store *store = watch->store;
    int64_t version = 0, known = atomic_load(&app->version);
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    if (version != known) {
        status = take_in(watch, version, known, err);
    }
    store->ops->end(store);
    pk_arena_reset(&watch->arena);
    if (status == PK_OK) {
        atomic_store(&app->watched, pk_now_ms());
        if (version != known) {
            atomic_store(&app->version, version);
            pk_log(PK_LOG_INFO, "version", "version=%lld", (long long)version);
        }
    }
    return status;
}

static void *run(void *arg)
{
    struct pk_watch *watch = arg;
    while (!atomic_load(&watch->stopping)) {
        struct timespec pause = {0, PK_WATCH_MS * 1000000L};
        nanosleep(&pause, NULL);
        pk_auth_tick(watch->app);
        if (++watch->ticks % STYLE_TICKS == 0) {
            pk_styles_reload(watch->app->styles);
        }
        struct pk_error err = {0};
        if (look(watch, &err) != PK_OK && pk_now_ms() - watch->logged_ms > 10000) {
            watch->logged_ms = pk_now_ms();
            pk_log(PK_LOG_ERROR, "watch", "error=%s", err.text);
        }
    }
    return NULL;
}

enum pk_status pk_watch_start(struct pk_watch **out, struct pk_app *app,
                              struct pk_error *err)
{
    struct pk_watch *watch = pk_xcalloc(1, sizeof(*watch));
    watch->app = app;
    enum pk_status status = pk_store_open(&watch->store, app->db, err);
    if (status == PK_OK) {
        status = look(watch, err);
    }
    if (status == PK_OK && pthread_create(&watch->thread, NULL, run, watch) != 0) {
        status = pk_fail(err, PK_IO, "the watcher's thread cannot be started");
    }
    watch->running = status == PK_OK;
    if (status != PK_OK) {
        pk_watch_stop(watch);
        return status;
    }
    *out = watch;
    return PK_OK;
}

void pk_watch_stop(struct pk_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    atomic_store(&watch->stopping, true);
    if (watch->running) {
        pthread_join(watch->thread, NULL);
    }
    pk_store_close(watch->store);
    pk_arena_finish(&watch->arena);
    free(watch);
}
