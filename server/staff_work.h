/* staff_work.h - shared by the pages from a delivery to what is published, and back. */
#ifndef PK_SERVER_STAFF_WORK_H
#define PK_SERVER_STAFF_WORK_H

#include <jansson.h>

#include "layers/db.h"
#include "server/staff.h"

pk_handler pk_staff_changes, pk_staff_deliver, pk_staff_deliveries, pk_staff_delivery,
    pk_staff_discard, pk_staff_draft, pk_staff_history, pk_staff_publish,
    pk_staff_replace, pk_staff_restore;

/* A number from 1 in the path. Errors: PK_NOT_FOUND. */
enum pk_status pk_staff_number(int64_t *out, const struct pk_request *request,
                               uint32_t param, struct pk_error *err) PK_MUST_CHECK;

/* The file for looking at drafts; close it. */
enum pk_status pk_staff_view(struct pk_db *db, struct pk_worker *worker,
                             struct pk_error *err) PK_MUST_CHECK;

/* What a number is as text, in the worker's arena. */
const char *pk_staff_digits(struct pk_worker *worker, int64_t number);
/* "2026-03-02T09:14:05Z" as "2026-03-02 09:14 UTC". */
const char *pk_staff_time(struct pk_worker *worker, const char *time);
/* A link as a paragraph of its own: %s of `path` gets the language. */
void pk_staff_link(struct pk_page *page, const char *path, enum pk_msg_id text);

/* Begin a form that posts to `path`, with the session's token. */
void pk_staff_form(struct pk_page *page, const char *path);

/* Fails with what happened when version `seen`, as the form tells it, is not the newest.
 * *seen is set for the writer, who has the last word. */
enum pk_status pk_staff_seen(int64_t *seen, struct pk_worker *worker,
                             const struct pk_request *request,
                             struct pk_error *err) PK_MUST_CHECK;

/* Publishing or going back, as `what` begins it: asks the writer and answers with the
 * page of the new version. */
enum pk_status pk_staff_step(struct pk_worker *worker, const struct pk_request *request,
                             const char *action, const char *member, int64_t number,
                             struct pk_response *response, struct pk_error *err);

#endif
