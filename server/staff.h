/*
 * staff.h - pages under /admin: the frame that they share and the handlers of
 * routes_staff.c. They work without script, and what they answer is never kept.
 */
#ifndef PK_SERVER_STAFF_H
#define PK_SERVER_STAFF_H

#include "server/auth.h"
#include "server/page.h"
#include "server/router.h"

pk_handler pk_staff_back, pk_staff_provider;
pk_handler pk_staff_account, pk_staff_log, pk_staff_password, pk_staff_session_end,
    pk_staff_sign_in, pk_staff_sign_out, pk_staff_start, pk_staff_user_add,
    pk_staff_user_change, pk_staff_users;

/* What a role is called. Static. */
const char *pk_staff_role(enum pk_role role, enum pk_lang lang);

/* Begin a page with its h1 and, for those who are signed in, the list of what they may go
 * to. End with pk_staff_end(). */
void pk_staff_begin(struct pk_page *page, struct pk_buf *out, struct pk_worker *worker,
                    const struct pk_request *request, const char *title);
void pk_staff_end(struct pk_page *page, struct pk_response *response);

/* Sign somebody in: a session, its cookie in the response, a line in the log. */
enum pk_status pk_staff_begin_session(struct pk_worker *worker,
                                      const struct pk_request *request, int64_t user,
                                      const char *name, struct pk_response *response,
                                      struct pk_error *err) PK_MUST_CHECK;

/* 303 to a page of ours, after something was done. */
enum pk_status pk_staff_see(struct pk_worker *worker, struct pk_response *response,
                            const struct pk_request *request, const char *path);

/* A summary of what is wrong with a form, at the top, with a link to the field; NULL
 * `field` when it is about none. */
void pk_staff_error(struct pk_page *page, const char *field, const char *sentence);

/* A field with its label: `type` text, password, ...; `complete` is the autocomplete
 * token, `value` may be NULL, `wrong` marks it as what the summary is about. */
struct pk_staff_field {
    const char *name, *type, *complete, *value, *hint;
    enum pk_msg_id label;
    bool wrong, optional;
};
void pk_staff_field(struct pk_page *page, const struct pk_staff_field *field);

#endif
