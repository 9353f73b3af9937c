#include "server/jobs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "server/problem.h"

struct waiter {
    struct waiter *next;
    pk_job_done *done;
    void *who;
    int64_t since_ms;
};

struct job {
    struct job *next;
    struct pk_arena arena; /* holds the request */
    const struct pk_request *request;
    const char *key;
    uint64_t hash;
    int64_t version;
    bool running;
    bool joinable;
    struct waiter *waiters;
    uint32_t waiter_count;
};

struct thread {
    pthread_t id;
    struct pk_jobs *jobs;
    struct pk_worker worker;
    bool started;
};

struct pk_jobs {
    struct pk_app *app;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job *first, **last; /* waiting and running, oldest first */
    uint32_t queued, queue_max;
    bool stopping;
    struct thread *threads;
    uint32_t thread_count;
};

/* What makes two requests equal: a picture depends on its target alone (a vector
 * tile on the encoding too), a page on what was negotiated. */
static const char *key_of(const struct pk_request *request, struct pk_arena *arena)
{
    const char *encoding = pk_negotiate_encoding(request->accept_encoding);
    if (request->route->picture) {
        return pk_arena_printf(arena, "%s\n%s", request->target,
                               encoding != NULL ? encoding : "");
    }
    return pk_arena_printf(arena, "%s\n%s\n%s\n%s\n%s", request->target,
                           request->accept != NULL ? request->accept : "",
                           pk_lang_tag(request->lang), encoding != NULL ? encoding : "",
                           request->base);
}

/* ---- answering ---- */

static void answer(struct waiter *list, const struct pk_request *request,
                   const struct pk_response *response)
{
    while (list != NULL) {
        struct waiter *next = list->next;
        list->done(list->who, request, response);
        free(list);
        list = next;
    }
}

static void answer_busy(struct pk_jobs *jobs, struct waiter *list,
                        const struct pk_request *request)
{
    struct pk_arena scratch = {0};
    struct pk_response response = {0};
    struct pk_error err = {.code = PK_BUSY};
    pk_problem(jobs->app, request, &response, 503, &err, NULL, &scratch);
    response.close = atomic_load(&jobs->app->draining);
    answer(list, request, &response);
    pk_response_finish(&response);
    pk_arena_finish(&scratch);
}

static void unlink_job(struct pk_jobs *jobs, struct job *job)
{
    struct job **at = &jobs->first;
    while (*at != job) {
        at = &(*at)->next;
    }
    *at = job->next;
    if (jobs->last == &job->next) {
        jobs->last = at;
    }
}

static void free_job(struct job *job)
{
    struct pk_arena arena = job->arena;
    free(job);
    pk_arena_finish(&arena);
}

/* ---- the threads ---- */

static struct job *take(struct pk_jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    struct job *job = NULL;
    while (job == NULL && !jobs->stopping) {
        for (job = jobs->first; job != NULL && job->running; job = job->next) {
        }
        if (job == NULL) {
            pthread_cond_wait(&jobs->work, &jobs->lock);
        }
    }
    if (job != NULL && jobs->stopping) {
        job = NULL;
    }
    if (job != NULL) {
        job->running = true;
        jobs->queued--;
    }
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

static void *run(void *arg)
{
    struct thread *thread = arg;
    struct pk_jobs *jobs = thread->jobs;
    struct job *job;
    while ((job = take(jobs)) != NULL) {
        struct pk_response response = {0};
        pthread_mutex_lock(&jobs->lock);
        bool wanted = job->waiters != NULL; /* all may have expired in the queue */
        job->joinable = job->joinable && wanted;
        pthread_mutex_unlock(&jobs->lock);
        if (wanted) {
            pk_route_handle(&thread->worker, job->request, &response);
        }
        pthread_mutex_lock(&jobs->lock);
        unlink_job(jobs, job);
        struct waiter *list = job->waiters;
        uint32_t count = job->waiter_count;
        pthread_mutex_unlock(&jobs->lock);
        atomic_fetch_sub(&jobs->app->waiting, count);
        answer(list, job->request, &response);
        pk_response_finish(&response);
        free_job(job);
        pk_arena_reset(&thread->worker.arena);
    }
    return NULL;
}

enum pk_status pk_jobs_create(struct pk_jobs **out, struct pk_app *app, uint32_t workers,
                              uint32_t queue, struct pk_error *err)
{
    struct pk_jobs *jobs = pk_xcalloc(1, sizeof(*jobs));
    jobs->app = app;
    jobs->queue_max = queue;
    jobs->last = &jobs->first;
    jobs->threads = pk_xcalloc(workers, sizeof(*jobs->threads));
    jobs->thread_count = workers;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->work, NULL);
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < workers && status == PK_OK; i++) {
        struct thread *thread = &jobs->threads[i];
        thread->jobs = jobs;
        status = pk_worker_open(&thread->worker, app, err);
        if (status == PK_OK && pthread_create(&thread->id, NULL, run, thread) != 0) {
            status = pk_fail(err, PK_IO, "a drawing thread cannot be started");
        }
        thread->started = status == PK_OK;
    }
    if (status != PK_OK) {
        pk_jobs_destroy(jobs);
        return status;
    }
    *out = jobs;
    return PK_OK;
}

void pk_jobs_destroy(struct pk_jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    pk_jobs_expire(jobs, true);
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_broadcast(&jobs->work);
    pthread_mutex_unlock(&jobs->lock);
    for (uint32_t i = 0; i < jobs->thread_count; i++) {
        if (jobs->threads[i].started) {
            pthread_join(jobs->threads[i].id, NULL);
        }
        pk_worker_close(&jobs->threads[i].worker);
    }
    pk_jobs_expire(jobs, true);
    while (jobs->first != NULL) {
        struct job *job = jobs->first;
        jobs->first = job->next;
        free_job(job);
    }
    pthread_cond_destroy(&jobs->work);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs->threads);
    free(jobs);
}

/* ---- submitting ---- */

static struct job *find_equal(struct pk_jobs *jobs, const char *key, uint64_t hash,
                              int64_t version)
{
    for (struct job *job = jobs->first; job != NULL; job = job->next) {
        if (job->joinable && job->hash == hash && job->version == version &&
            job->waiter_count < PK_JOB_WAITERS_MAX && strcmp(job->key, key) == 0) {
            return job;
        }
    }
    return NULL;
}

enum pk_status pk_jobs_submit(struct pk_jobs *jobs, const struct pk_request *request,
                              struct pk_arena *arena, pk_job_done *done, void *waiter,
                              struct pk_error *err)
{
    const char *key = key_of(request, arena);
    uint64_t hash = pk_hash64(key, strlen(key), 0);
    int64_t version = atomic_load(&jobs->app->version);
    bool joinable = request->method == PK_GET;
    struct waiter *w = pk_xcalloc(1, sizeof(*w));
    *w = (struct waiter){NULL, done, waiter, pk_now_ms()};
    struct pk_arena spare = {0};

    pthread_mutex_lock(&jobs->lock);
    struct job *job = joinable ? find_equal(jobs, key, hash, version) : NULL;
    bool joined = job != NULL;
    if (job == NULL && jobs->queued < jobs->queue_max && !jobs->stopping) {
        job = pk_xcalloc(1, sizeof(*job));
        job->request = request;
        job->key = key;
        job->hash = hash;
        job->version = version;
        job->joinable = joinable;
        job->arena = *arena;
        *jobs->last = job;
        jobs->last = &job->next;
        jobs->queued++;
        pthread_cond_signal(&jobs->work);
    } else if (joined) {
        spare = *arena;
    }
    if (job != NULL) {
        w->next = job->waiters;
        job->waiters = w;
        job->waiter_count++;
        memset(arena, 0, sizeof(*arena));
        atomic_fetch_add(&jobs->app->waiting, 1);
    }
    pthread_mutex_unlock(&jobs->lock);

    pk_arena_finish(&spare);
    if (joined) {
        pk_app_count(jobs->app, PK_COUNT_JOINED);
    }
    if (job == NULL) {
        free(w);
        pk_app_count(jobs->app, PK_COUNT_REFUSED);
        return pk_fail(err, PK_BUSY, "%u requests are waiting already", jobs->queue_max);
    }
    return PK_OK;
}

/* Take the waiters of one job that are due off its list. */
static struct waiter *take_due(struct job *job, int64_t before_ms)
{
    struct waiter *due = NULL;
    for (struct waiter **at = &job->waiters; *at != NULL;) {
        struct waiter *w = *at;
        if (w->since_ms <= before_ms) {
            *at = w->next;
            w->next = due;
            due = w;
            job->waiter_count--;
        } else {
            at = &w->next;
        }
    }
    return due;
}

void pk_jobs_expire(struct pk_jobs *jobs, bool all)
{
    int64_t before = all ? INT64_MAX : pk_now_ms() - PK_JOB_DEADLINE_MS;
    for (;;) {
        struct waiter *due = NULL;
        struct pk_arena scratch = {0};
        struct pk_request request = {0};
        pthread_mutex_lock(&jobs->lock);
        for (struct job *job = jobs->first; job != NULL && due == NULL; job = job->next) {
            due = take_due(job, before);
            if (due != NULL) { /* the job may end while we answer: copy what we need */
                request = *job->request;
                request.target = pk_arena_strdup(&scratch, job->request->target);
                request.path = pk_arena_strdup(&scratch, job->request->path);
                request.accept = pk_arena_strdup(&scratch, job->request->accept);
                request.accept_language =
                    pk_arena_strdup(&scratch, job->request->accept_language);
                request.base = pk_arena_strdup(&scratch, job->request->base);
                request.arg_count = 0;
            }
        }
        pthread_mutex_unlock(&jobs->lock);
        if (due == NULL) {
            return;
        }
        for (struct waiter *w = due; w != NULL; w = w->next) {
            atomic_fetch_sub(&jobs->app->waiting, 1);
            pk_app_count(jobs->app, PK_COUNT_EXPIRED);
        }
        answer_busy(jobs, due, &request);
        pk_arena_finish(&scratch);
    }
}

bool pk_jobs_idle(struct pk_jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool idle = jobs->first == NULL;
    pthread_mutex_unlock(&jobs->lock);
    return idle;
}
