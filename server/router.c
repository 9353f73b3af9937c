#include "server/router.h"

#include <stdatomic.h>
#include <string.h>

#include "server/problem.h"

static bool matches(const struct pk_route *route, struct pk_request *request)
{
    const char *pattern = route->pattern;
    uint32_t params = 0;
    for (uint32_t i = 0; i < request->segment_count; i++) {
        if (*pattern != '/') {
            return false;
        }
        pattern++;
        size_t len = strcspn(pattern, "/");
        const char *segment = request->segments[i];
        if (pattern[0] == '{') {
            if (segment[0] == '\0') {
                return false;
            }
            request->params[params++] = segment;
        } else if (strlen(segment) != len || memcmp(segment, pattern, len) != 0) {
            return false;
        }
        pattern += len;
    }
    return *pattern == '\0';
}

/* Is the word in the list? */
static bool takes(const char *args, const char *name)
{
    size_t len = strlen(name);
    while (*args != '\0') {
        size_t n = strcspn(args, " ");
        if (n == len && memcmp(args, name, n) == 0) {
            return true;
        }
        args += n + (args[n] == ' ');
    }
    return false;
}

static bool is_page(const struct pk_request *request)
{
    struct pk_error ignored;
    enum pk_format format;
    unsigned all = 1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON | 1u << PK_FORMAT_TEXT |
                   1u << PK_FORMAT_GEOJSON;
    return !takes(request->route->args, "f") ||
           pk_negotiate_format(&format, request, all, PK_FORMAT_HTML, &ignored) !=
               PK_OK || /* the handler says so */
           format == PK_FORMAT_HTML;
}

/* Links to pages carry arguments of whoever wrote them (utm_source); a program that
 * misspells one must hear of it instead of getting the answer to another question. */
static bool check_args(const struct pk_request *request, struct pk_arena *arena,
                       struct pk_error *err)
{
    bool others = takes(request->route->args, "*") && is_page(request);
    for (uint32_t i = 0; i < request->arg_count; i++) {
        const char *name = request->args[i].name;
        if (strcmp(name, "lang") != 0 && !others && !takes(request->route->args, name)) {
            pk_fail_said(err, PK_BAD_INPUT, request->lang,
                         pk_arena_printf(arena, "%s", name), PK_MSG_REQ_PARAMETER, NULL);
            return false;
        }
    }
    return true;
}

static const char *allow_header(unsigned methods)
{
    if (!(methods & (1u << PK_GET))) {
        return "OPTIONS, POST";
    }
    return methods & (1u << PK_POST) ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS";
}

bool pk_route_find(struct pk_app *app, struct pk_request *request,
                   struct pk_response *response, struct pk_arena *arena)
{
    struct pk_error err = {0};
    enum pk_status status = PK_NOT_FOUND;
    const struct pk_route *const tables[] = {pk_routes, pk_staff_routes};
    for (size_t i = 0; i < PK_COUNT(tables) && status != PK_OK; i++) {
        for (const struct pk_route *r = tables[i]; r->pattern != NULL; r++) {
            memset(request->params, 0, sizeof(request->params));
            if (!matches(r, request)) {
                continue;
            }
            request->route = r;
            status = PK_OK;
            if (r->methods >> (request->method == PK_HEAD ? PK_GET : request->method) &
                1) {
                break;
            } /* else a later row of the same pattern may take it */
        }
    }
    if (status != PK_OK) {
        pk_fail_said(&err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_NOTHING, "value",
                     request->path, NULL);
    } else if (pk_negotiate_lang(&request->lang, request, &err) != PK_OK ||
               !check_args(request, arena, &err)) {
        status = PK_BAD_INPUT;
    }
    if (status != PK_OK) {
        pk_problem(app, request, response, 0, &err, NULL, arena);
        return false;
    }
    unsigned methods = request->route->methods;
    methods |= methods & (1u << PK_GET) ? 1u << PK_HEAD : 0;
    if (request->method == PK_OPTIONS) {
        response->status = 204;
        response->allow = allow_header(methods);
        return false;
    }
    if (request->method == PK_METHOD_OTHER || !(methods >> request->method & 1)) {
        pk_fail_said(&err, PK_BAD_INPUT, request->lang, NULL, PK_MSG_REQ_METHOD, NULL);
        pk_problem(app, request, response, 405, &err, NULL, arena);
        response->allow = allow_header(methods);
        return false;
    }
    return true;
}

bool pk_route_asks_outside(const struct pk_app *app, const struct pk_request *request)
{
    return request->route->outside != NULL && request->route->outside(app, request);
}

void pk_route_finish(const struct pk_request *request, struct pk_response *response)
{
    if (response->status == 0) {
        response->status = 200;
    }
    if (request->route->may != PK_ROLE_NONE || request->route->lane != PK_LANE_MAP) {
        response->keep = PK_KEEP_NOTHING; /* theirs alone */
    }
    if (response->body != NULL && response->etag[0] == '\0') {
        pk_response_compress(response, request->accept_encoding);
        if (response->status == 200 && response->keep != PK_KEEP_NOTHING) {
            pk_response_tag(response);
        }
    }
}

bool pk_route_fast(struct pk_app *app, const struct pk_request *request,
                   struct pk_response *response)
{
    const struct pk_route *route = request->route;
    bool answered = route->fast != NULL && route->fast(app, request, response);
    if (!answered && route->handle != NULL) {
        return false;
    }
    if (!answered) {
        struct pk_arena scratch = {0};
        struct pk_error err = {0};
        pk_fail_said(&err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_NOTHING, "value",
                     request->path, NULL);
        pk_problem(app, request, response, 0, &err, NULL, &scratch);
        pk_arena_finish(&scratch);
    }
    pk_route_finish(request, response);
    return true;
}

void pk_route_handle(struct pk_worker *worker, const struct pk_request *request,
                     struct pk_response *response)
{
    struct pk_error err = {0};
    worker->suggestions = NULL;
    worker->municipality = worker->app->municipality;
    worker->municipality.base_url = request->base;
    response->keep = PK_KEEP_CHECK;
    enum pk_status status = request->route->handle(worker, request, response, &err);
    if (status != PK_OK) {
        err.code = status;
        pk_response_finish(response);
        memset(response, 0, sizeof(*response));
        pk_problem(worker->app, request, response, 0, &err, worker->suggestions,
                   &worker->arena);
    }
    pk_route_finish(request, response);
}

const char *pk_route_param(const struct pk_request *request, uint32_t i)
{
    return request->params[i];
}
