#include "server/audit_memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "server/styleset.h"
#include "styles/shipped.h"

enum { IDLE, RUNNING, DONE };

struct pk_audit_memo {
    pthread_mutex_t lock;
    pthread_t thread;
    bool has_thread; /* to be joined */
    int state;
    uint64_t style; /* hash of the one that is measured */
    struct pk_app *app;
    struct pk_arena arena;
    struct pk_audit audits[PK_AUDIT_THEMES_MAX];
    struct pk_audits done;
};

struct pk_audit_memo *pk_audit_memo_create(void)
{
    struct pk_audit_memo *memo = pk_xcalloc(1, sizeof(*memo));
    pthread_mutex_init(&memo->lock, NULL);
    return memo;
}

void pk_audit_memo_destroy(struct pk_audit_memo *memo)
{
    if (memo == NULL) {
        return;
    }
    if (memo->has_thread) {
        pthread_join(memo->thread, NULL);
    }
    pk_arena_finish(&memo->arena);
    pthread_mutex_destroy(&memo->lock);
    free(memo);
}

static void measure(struct pk_audit_memo *memo)
{
    struct pk_app *app = memo->app;
    uint32_t count = 0;
    for (const char *const *t = pk_shipped_themes();
         *t != NULL && count < PK_AUDIT_THEMES_MAX; t++) {
        struct pk_error err = {0};
        struct pk_audit_request request = {
            .style = pk_styles_find(app->styles, app->style, *t),
            .base = pk_styles_find(app->styles, "base", *t)};
        if (request.style != NULL &&
            pk_audit_run(&memo->audits[count], &request, &memo->arena, &err) == PK_OK) {
            count++;
        }
    }
    memo->done = (struct pk_audits){memo->audits, count, time(NULL)};
}

/* While RUNNING, the thread alone touches what is measured. */
static void *run(void *arg)
{
    struct pk_audit_memo *memo = arg;
    measure(memo);
    pthread_mutex_lock(&memo->lock);
    memo->state = DONE;
    pthread_mutex_unlock(&memo->lock);
    return NULL;
}

static void start(struct pk_audit_memo *memo, struct pk_app *app, uint64_t style)
{
    if (memo->has_thread) {
        pthread_join(memo->thread, NULL); /* it is done: only its end is left */
    }
    memo->app = app;
    memo->style = style;
    memo->done.count = 0;
    pk_arena_finish(&memo->arena);
    memo->state = RUNNING;
    memo->has_thread = pthread_create(&memo->thread, NULL, run, memo) == 0;
    if (!memo->has_thread) {
        memo->state = IDLE;
    }
}

bool pk_audit_memo_read(struct pk_audit_memo *memo, struct pk_app *app,
                        void (*use)(const struct pk_audits *audits, void *ctx), void *ctx)
{
    const struct pk_style *style = pk_styles_find(app->styles, app->style, app->theme);
    uint64_t hash = style != NULL ? pk_style_hash(style) : 0;
    pthread_mutex_lock(&memo->lock);
    if (memo->state != RUNNING && (memo->state == IDLE || memo->style != hash)) {
        start(memo, app, hash);
    }
    bool ready = memo->state == DONE && memo->done.count > 0;
    if (ready) {
        use(&memo->done, ctx);
    }
    pthread_mutex_unlock(&memo->lock);
    return ready;
}
