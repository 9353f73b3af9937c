/*
 * access.h - who may do what: users with a role, their sessions, tokens for programs, and
 * the log of all that was done. Rows of the same file, without versions: no rollback
 * touches them and no view or outside door shows them.
 *
 * Reading takes any connection. What changes something takes the writer's, makes its own
 * transaction and puts its line into the log in the same one. Each change raises the
 * number of pk_access_generation(), by which a server sees that its copy is old.
 * Times are seconds since 1970 (UTC).
 */
#ifndef PK_LAYERS_ACCESS_H
#define PK_LAYERS_ACCESS_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/jsonread.h"
#include "layers/db.h"

/* Each may all that those before it may. */
enum pk_role {
    PK_ROLE_NONE, /* everybody */
    PK_ROLE_VIEWER,
    PK_ROLE_PLANNER,
    PK_ROLE_PUBLISHER,
    PK_ROLE_ADMINISTRATOR,
    PK_ROLES
};

/* What a token may, at most: its user's role is a limit too. */
enum pk_scope {
    PK_SCOPE_READ_PRIVATE = 1,
    PK_SCOPE_DELIVER = 2,
    PK_SCOPE_PUBLISH = 4,
    PK_SCOPE_ADMIN = 8
};

enum {
    PK_USER_NAME_MAX = 100, /* bytes */
    PK_USERS_MAX = 2000,
    PK_SESSIONS_MAX = 5000, /* of all users; the oldest give way */
    PK_TOKENS_MAX = 2000,
    PK_TOKEN_DAYS_MAX = 730,
    PK_SCOPES_TEXT = 48,
    PK_LOG_PAGE_MAX = 200
};

/* Stable words ("planner", "read-private"); NULL or -1 / 0 for what there is not. */
const char *pk_role_name(enum pk_role role);
int pk_role_of(const char *name);
const char *pk_scope_name(enum pk_scope scope);
/* "deliver publish" (blanks or commas between) -> bits; 0 when a word is unknown. */
unsigned pk_scopes_of(const char *text);
void pk_scopes_text(char out[PK_SCOPES_TEXT], unsigned scopes);
/* What a token needs for things that this role may. */
unsigned pk_scope_for(enum pk_role role);

struct pk_user {
    int64_t id;
    const char *name, *full_name;
    enum pk_role role;
    const char *password, *subject; /* NULL = none */
    bool disabled;
    int64_t created;
};

struct pk_session_row {
    int64_t id, user, created, seen;
    const char *hash, *address, *agent;
};

struct pk_token_row {
    int64_t id, user, created, expires;
    const char *hash, *title;
    unsigned scopes;
};

struct pk_log_row {
    int64_t id, time;
    const char *who, *action, *object, *detail, *address;
};

/* ---- reading; texts and lists lie in the arena ---- */

enum pk_status pk_access_generation(int64_t *out, struct pk_db *db,
                                    struct pk_error *err) PK_MUST_CHECK;
/* By name. */
enum pk_status pk_access_users(struct pk_user **out, uint32_t *count, struct pk_db *db,
                               struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;
/* PK_NOT_FOUND when there is none of that name. */
enum pk_status pk_access_user(struct pk_user *out, struct pk_db *db, const char *name,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_access_sessions(struct pk_session_row **out, uint32_t *count,
                                  struct pk_db *db, struct pk_arena *arena,
                                  struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_access_tokens(struct pk_token_row **out, uint32_t *count,
                                struct pk_db *db, struct pk_arena *arena,
                                struct pk_error *err) PK_MUST_CHECK;

/* Newest first, `limit` rows from row id `before` downwards (0 = the newest). Filters
 * that are NULL or "" let everything through; `who` and `action` are exact, `text` is
 * part of object or detail. */
struct pk_log_query {
    const char *who, *action, *text;
    int64_t before;
    uint32_t limit;
};
enum pk_status pk_log_read(struct pk_log_row **out, uint32_t *count, struct pk_db *db,
                           const struct pk_log_query *query, struct pk_arena *arena,
                           struct pk_error *err) PK_MUST_CHECK;

/* ---- writing ---- */

/* Do what a message asks: `action` is one of the names below, `members` its object with
 * `by` and `from` (whose address; absent = the command line) for the log. *number is the
 * id of what was made, or 0.
 *
 *   user-add       name, full_name, role, password (hash) or null, subject or null
 *   user-change    user, and what changes: full_name, role, disabled
 *   user-password  user, password (hash): ends the user's sessions, but `keep`
 *   session-add    hash, user, address, agent
 *   session-end    session; or user: all of that user's
 *   session-seen   sessions [[id, time], ...]; no log line
 *   token-add      hash, user, title, scopes, expires
 *   token-end      token
 *   log            action, object, detail: only the line
 *
 * Errors: PK_BAD_INPUT naming the member, PK_NOT_FOUND, PK_LIMIT, PK_BUSY, PK_IO. The
 * last administrator can be neither disabled nor given another role. */
enum pk_status pk_access_do(int64_t *number, struct pk_db *db, const char *action,
                            const json_t *members, struct pk_error *err) PK_MUST_CHECK;
bool pk_access_knows(const char *action);

/* One line in the log, inside the caller's transaction: what else is written with it
 * stands or falls with its line. NULL texts are "". */
struct pk_log_line {
    const char *who, *action, *object, *detail, *address;
};
enum pk_status pk_log_add(struct pk_db *db, const struct pk_log_line *line,
                          struct pk_error *err) PK_MUST_CHECK;

#endif
