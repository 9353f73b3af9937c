/* The queue between HTTP and drawing, without a drawing thread: what waits too long. */
#include "pk_test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "server/api.h"
#include "server/jobs.h"
#include "server/response.h"

static void note(void *waiter, const struct pk_request *request,
                 const struct pk_response *response)
{
    (void)request;
    *(int *)waiter = response->status;
}

static enum pk_status submit(struct pk_app *app, struct pk_jobs *jobs, const char *target,
                             int *status)
{
    struct pk_arena arena = {0};
    struct pk_error err = {0};
    struct pk_request *request = pk_arena_alloc(&arena, 1, sizeof(*request));
    assert_int_equal(pk_request_read(request, "GET", target, &arena, &err), PK_OK);
    struct pk_response none = {0};
    request->base = "";
    assert_true(pk_route_find(app, request, &none, &arena));
    enum pk_status result = pk_jobs_submit(jobs, request, &arena, note, status, &err);
    pk_arena_finish(&arena); /* empty when it was taken */
    return result;
}

/* The value /metrics gives of a name. */
static long long metric(struct pk_app *app, const char *name)
{
    struct pk_response response = {0};
    struct pk_request request = {0};
    char line[100], *text;
    long long value = -1;
    assert_true(pk_fast_metrics(app, &request, &response));
    text = strndup((const char *)response.body->bytes, response.body->len);
    snprintf(line, sizeof(line), "\nplankarta_%s ", name);
    char *at = strstr(text, line);
    assert_non_null(at);
    value = 0;
    for (at += strlen(line); *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (*at - '0');
    }
    free(text);
    pk_response_finish(&response);
    return value;
}

static void who_waits_too_long_is_told_so_and_counted(void **state)
{
    (void)state;
    struct pk_app app = {0};
    struct pk_jobs *jobs = NULL;
    struct pk_error err = {0};
    int first = 0, same = 0, other = 0, fourth = 0;
    assert_int_equal(pk_jobs_create(&jobs, &app, 0, 2, &err), PK_OK);
    assert_int_equal(submit(&app, jobs, "/search?q=a", &first), PK_OK);
    assert_int_equal(submit(&app, jobs, "/search?q=a", &same), PK_OK);
    assert_int_equal(submit(&app, jobs, "/search?q=b", &other), PK_OK);
    assert_int_equal(submit(&app, jobs, "/lookup?point=1,2", &fourth), PK_BUSY);
    assert_int_equal(metric(&app, "waiting"), 3);
    assert_int_equal(metric(&app, "joined_total"), 1);
    assert_int_equal(metric(&app, "refused_total"), 1);
    pk_jobs_expire(jobs, false);
    assert_int_equal(metric(&app, "expired_total"), 0); /* nobody waited that long */
    assert_int_equal(first, 0);
    pk_jobs_expire(jobs, true);
    assert_int_equal(metric(&app, "expired_total"), 3);
    assert_int_equal(metric(&app, "waiting"), 0);
    assert_int_equal(first, 503);
    assert_int_equal(same, 503);
    assert_int_equal(other, 503);
    assert_int_equal(fourth, 0); /* the caller answers who was not taken */
    pk_jobs_destroy(jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_too_long_is_told_so_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
