/*
 * jobs.h - the bounded queue between HTTP threads and drawing workers.
 *
 * Equal requests that are waiting or being worked on are joined, at equal version
 * only, and all get the one answer. A request waits at most PK_JOB_DEADLINE_MS; then
 * the reaper answers it with 503 and the work, once done, is thrown away. Thread-safe.
 */
#ifndef PK_SERVER_JOBS_H
#define PK_SERVER_JOBS_H

#include "server/app.h"
#include "server/router.h"

enum {
    PK_JOB_DEADLINE_MS = 30000,
    PK_JOB_WAITERS_MAX = 1000 /* clients joined to one job */
};

struct pk_jobs;

/* A finished answer for one waiting client. Called without locks held, from a worker's
 * thread or the reaper's; `response` and what it points to live until it returns. */
typedef void pk_job_done(void *waiter, const struct pk_request *request,
                         const struct pk_response *response);

/* Starts the threads; each opens its own store. The first error of any is returned. */
enum pk_status pk_jobs_create(struct pk_jobs **out, struct pk_app *app, uint32_t workers,
                              uint32_t queue, struct pk_error *err) PK_MUST_CHECK;
/* Answers what still waits with 503 and joins the threads. */
void pk_jobs_destroy(struct pk_jobs *jobs);

/* Queue the request, or join an equal one. On PK_OK the arena that holds the request has
 * been taken over (*arena is zeroed), and done() will be called exactly once. PK_BUSY:
 * the queue is full, nothing was taken. */
enum pk_status pk_jobs_submit(struct pk_jobs *jobs, const struct pk_request *request,
                              struct pk_arena *arena, pk_job_done *done, void *waiter,
                              struct pk_error *err) PK_MUST_CHECK;

/* Answer with 503 whoever has waited past the deadline; everybody when `all`. */
void pk_jobs_expire(struct pk_jobs *jobs, bool all);

/* Nothing is queued, worked on or waited for. */
bool pk_jobs_idle(struct pk_jobs *jobs);

#endif
