/*
 * problem.h - a failure as application/problem+json (RFC 9457), or as a page for
 * those who asked for pages.
 */
#ifndef PK_SERVER_PROBLEM_H
#define PK_SERVER_PROBLEM_H

#include "server/app.h"
#include "server/request.h"
#include "server/response.h"

/* Fill the response. http_status 0 = by err->code. Texts of PK_BAD_INPUT, PK_NOT_FOUND,
 * PK_LIMIT and PK_UNSUPPORTED are shown; of the others only the log learns more.
 * "name: ..." in front of the text becomes the member `parameter`. `suggestions` is a
 * JSON array of strings or NULL. */
void pk_problem(struct pk_app *app, const struct pk_request *request,
                struct pk_response *response, int http_status, const struct pk_error *err,
                const char *suggestions, struct pk_arena *arena);

#endif
