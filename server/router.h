/*
 * router.h - from a request to its handler, by the table in routes.c.
 *
 * A pattern's "{name}" matches one path segment. A route names the arguments it
 * takes; others are refused, because an answer must not depend on how often a
 * cache has seen it misspelled. Pages end their list with "*": links from elsewhere
 * carry arguments of their own, which are ignored where the answer is a page and
 * refused where it is JSON, GeoJSON or plain text.
 *
 * Add a URL: one handler (api_X.c) and one row in routes.c.
 */
#ifndef PK_SERVER_ROUTER_H
#define PK_SERVER_ROUTER_H

#include "layers/access.h"
#include "server/app.h"
#include "server/negotiate.h"
#include "server/request.h"
#include "server/response.h"

/* Errors become problem documents: PK_BAD_INPUT texts begin with "parameter: ". */
typedef enum pk_status pk_handler(struct pk_worker *worker,
                                  const struct pk_request *request,
                                  struct pk_response *response, struct pk_error *err);
/* Runs on an HTTP thread: must neither block nor touch the database. True when the
 * response is complete; false sends the request to a worker. */
typedef bool pk_fast_handler(struct pk_app *app, const struct pk_request *request,
                             struct pk_response *response);

/* Must another server be asked for the answer? Then it waits in a queue of its own. Runs
 * on an HTTP thread. */
typedef bool pk_outside_test(const struct pk_app *app, const struct pk_request *request);

/* Who works on it, so that nothing holds up the map: slow passwords and other people's
 * sign-in pages are one thread's, what waits for the writer has threads of its own. */
enum pk_lane { PK_LANE_MAP, PK_LANE_STAFF, PK_LANE_ENTRY };

struct pk_route {
    const char *pattern;
    unsigned methods;         /* 1 << enum pk_method; HEAD comes with GET */
    const char *args;         /* allowed, blank between; "*": see above */
    pk_fast_handler *fast;    /* may be NULL */
    pk_handler *handle;       /* NULL when `fast` always answers */
    bool picture;             /* the answer depends on the target alone */
    pk_outside_test *outside; /* NULL = never */
    const char *summary;
    enum pk_role may; /* at least; PK_ROLE_NONE = everybody (auth.h) */
    enum pk_lane lane;
};

/* All routes, each list ended by a NULL pattern: everybody's, and those under /admin. */
extern const struct pk_route pk_routes[], pk_staff_routes[];

/* Match, negotiate language, check method and arguments; sets request->route, params
 * and lang. False: response is a finished problem (or the answer to OPTIONS). */
bool pk_route_find(struct pk_app *app, struct pk_request *request,
                   struct pk_response *response, struct pk_arena *arena);

bool pk_route_asks_outside(const struct pk_app *app, const struct pk_request *request);

/* On an HTTP thread, after pk_route_find. */
bool pk_route_fast(struct pk_app *app, const struct pk_request *request,
                   struct pk_response *response);

/* On a worker's thread: always fills the response (tagged and compressed). */
void pk_route_handle(struct pk_worker *worker, const struct pk_request *request,
                     struct pk_response *response);

/* ETag and compression; every answer passes it once. */
void pk_route_finish(const struct pk_request *request, struct pk_response *response);

/* Path parameter i, by its order in the pattern. */
const char *pk_route_param(const struct pk_request *request, uint32_t i);

#endif
