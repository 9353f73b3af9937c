/* Changes of users, sessions and tokens: one function per message, in one transaction
 * with its line in the log. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"
#include "base/text.h"
#include "layers/access_private.h"

enum {
    WAIT_MS = 5000, /* for another writer of the file */
    TEXT_MAX = 200, /* bytes of what people are called, browsers and tokens */
    DETAIL_MAX = 4000,
    SEEN_MAX = 1000 /* sessions of one message */
};

/* What a change works with. The object and detail are for the log. */
struct change {
    struct pk_db *db;
    const json_t *members;
    struct pk_arena arena;
    int64_t number;
    const char *object, *detail;
    bool logged; /* gets a line */
};

typedef enum pk_status change_function(struct change *c, struct pk_error *err);

/* ---- members ---- */

/* A text that must be there, of 1 to `max` bytes. */
static enum pk_status text(const char **out, const struct change *c, const char *name,
                           size_t max, struct pk_error *err)
{
    const char *value = pk_jget_string(c->members, name);

    if (!value || !value[0] || strlen(value) > max)
        return pk_fail(err, PK_BAD_INPUT, "%s: a text of 1 to %zu bytes is wanted", name,
                       max);
    *out = value;
    return PK_OK;
}

static enum pk_status number(int64_t *out, const struct change *c, const char *name,
                             struct pk_error *err)
{
    const json_t *value = json_object_get(c->members, name);

    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return pk_fail(err, PK_BAD_INPUT, "%s: a whole number from 1 is wanted", name);
    *out = json_integer_value(value);
    return PK_OK;
}

static enum pk_status role(const char **out, const struct change *c, struct pk_error *err)
{
    const char *name = pk_jget_string(c->members, "role");

    if (pk_role_of(name) < 0)
        return pk_fail(err, PK_BAD_INPUT,
                       "role: \"%.40s\" is not viewer, planner, publisher or "
                       "administrator",
                       name ? name : "");
    *out = name;
    return PK_OK;
}

/* A SHA-256 as lower-case hex. */
static enum pk_status digest(const char **out, const struct change *c,
                             struct pk_error *err)
{
    enum pk_status status = text(out, c, "hash", PK_SHA256_TEXT - 1, err);

    if (!status && (strlen(*out) != PK_SHA256_TEXT - 1 ||
                    strspn(*out, "0123456789abcdef") != PK_SHA256_TEXT - 1))
        status = pk_fail(err, PK_BAD_INPUT, "hash: a SHA-256 is wanted");
    return status;
}

/* One number of a statement with one. */
static enum pk_status count(int64_t *out, struct change *c, const char *sql,
                            int64_t value, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_access_sql(&stmt, c->db, err, sql, "i", value);

    if (status)
        return status;
    *out = 0;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else
        status = pk_db_fail(c->db, "access", err);
    sqlite3_finalize(stmt);
    return status;
}

/* The member `user`, which must exist; its name becomes the object of the log. */
static enum pk_status the_user(int64_t *out, struct change *c, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = number(out, c, "user", err);

    if (!status)
        status = pk_access_sql(&stmt, c->db, err,
                               "SELECT name FROM user WHERE user_id = ?1", "i", *out);
    if (status)
        return status;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        c->object =
            pk_arena_strdup(&c->arena, (const char *)sqlite3_column_text(stmt, 0));
    else
        status = pk_fail(err, PK_NOT_FOUND, "user: there is none with number %lld",
                         (long long)*out);
    sqlite3_finalize(stmt);
    return status;
}

static enum pk_status run_int(struct change *c, const char *sql, int64_t value,
                              struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_access_sql(&stmt, c->db, err, sql, "i", value);

    return status ? status : pk_access_run(stmt, c->db, err);
}

/* There must always be somebody who can let others in. */
static enum pk_status somebody_stays(struct change *c, int64_t user, struct pk_error *err)
{
    int64_t was = 0, others = 0;
    enum pk_status status =
        count(&was, c,
              "SELECT count(*) FROM user WHERE user_id = ?1 AND disabled = 0 AND role = "
              "'administrator'",
              user, err);

    if (!status)
        status =
            count(&others, c,
                  "SELECT count(*) FROM user WHERE user_id <> ?1 AND disabled = 0 AND "
                  "role = 'administrator'",
                  user, err);
    if (!status && was > 0 && others == 0)
        status = pk_fail(err, PK_BAD_INPUT,
                         "user: %.60s is the last administrator; make another one first",
                         c->object);
    return status;
}

/* ---- users ---- */

static enum pk_status user_add(struct change *c, struct pk_error *err)
{
    const char *name = NULL, *full = NULL, *what = NULL, *key = NULL;
    const char *password = pk_jget_string(c->members, "password");
    const char *subject = pk_jget_string(c->members, "subject");
    int64_t users = 0, same = 0;
    sqlite3_stmt *stmt;
    enum pk_status status = text(&name, c, "name", PK_USER_NAME_MAX, err);

    if (!status)
        status = text(&full, c, "full_name", TEXT_MAX, err);
    if (!status)
        status = role(&what, c, err);
    if (!status)
        key = pk_text_fold(&c->arena, name);
    if (!status && (!key || strcspn(key, " \t\r\n<>\"&%") != strlen(key)))
        status =
            pk_fail(err, PK_BAD_INPUT, "name: one word is wanted, not \"%.60s\"", name);
    if (!status && password && strlen(password) >= PK_PASSWORD_TEXT)
        status = pk_fail(err, PK_BAD_INPUT, "password: a hash is wanted");
    if (!status)
        status = count(&users, c, "SELECT count(*) FROM user WHERE ?1", 1, err);
    if (!status && users >= PK_USERS_MAX)
        status = pk_fail(err, PK_LIMIT, "there are %d users already", PK_USERS_MAX);
    if (!status)
        status = pk_access_sql(&stmt, c->db, err,
                               "SELECT count(*) FROM user WHERE name = ?1", "t", key);
    if (status)
        return status;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        same = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    if (same)
        return pk_fail(err, PK_BAD_INPUT, "name: there is a user %.60s already", key);
    status =
        pk_access_sql(&stmt, c->db, err,
                      "INSERT INTO user (name, full_name, role, password, subject, "
                      "disabled, created) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
                      "ttttti", key, full, what, password, subject, (int64_t)time(NULL));
    if (!status)
        status = pk_access_run(stmt, c->db, err);
    c->number = sqlite3_last_insert_rowid(c->db->sql);
    c->object = key;
    c->detail = what;
    return status;
}

static enum pk_status user_change(struct change *c, struct pk_error *err)
{
    const char *full = pk_jget_string(c->members, "full_name"), *what = NULL;
    const json_t *disabled = json_object_get(c->members, "disabled");
    bool off = json_is_true(disabled), sets_role = json_object_get(c->members, "role");
    int64_t user = 0;
    sqlite3_stmt *stmt;
    enum pk_status status = the_user(&user, c, err);

    if (!status && full)
        status = text(&full, c, "full_name", TEXT_MAX, err);
    if (!status && sets_role)
        status = role(&what, c, err);
    if (!status && (off || (what && pk_role_of(what) != PK_ROLE_ADMINISTRATOR)))
        status = somebody_stays(c, user, err);
    if (!status)
        status = pk_access_sql(
            &stmt, c->db, err,
            "UPDATE user SET full_name = coalesce(?2, full_name), role = coalesce(?3, "
            "role), disabled = iif(?4 < 0, disabled, ?4) WHERE user_id = ?1",
            "itti", user, full, what,
            (int64_t)(json_is_boolean(disabled) ? json_is_true(disabled) : -1));
    if (!status)
        status = pk_access_run(stmt, c->db, err);
    if (!status && off)
        status = run_int(c, "DELETE FROM session WHERE user_id = ?1", user, err);
    if (!status && off)
        status = run_int(c, "DELETE FROM token WHERE user_id = ?1", user, err);
    c->detail = pk_arena_printf(&c->arena, "%s%s%s%s", what ? "role " : "",
                                what ? what : "", full ? (what ? ", name" : "name") : "",
                                !json_is_boolean(disabled) ? ""
                                : off                      ? " disabled"
                                                           : " enabled");
    return status;
}

static enum pk_status user_password(struct change *c, struct pk_error *err)
{
    const char *password = NULL;
    int64_t user = 0;
    sqlite3_stmt *stmt;
    enum pk_status status = the_user(&user, c, err);

    if (!status)
        status = text(&password, c, "password", PK_PASSWORD_TEXT - 1, err);
    if (!status)
        status = pk_access_sql(&stmt, c->db, err,
                               "UPDATE user SET password = ?2 WHERE user_id = ?1", "it",
                               user, password);
    if (!status)
        status = pk_access_run(stmt, c->db, err);
    if (!status)
        status = pk_access_sql(
            &stmt, c->db, err,
            "DELETE FROM session WHERE user_id = ?1 AND session_id <> ?2", "ii", user,
            (int64_t)json_integer_value(json_object_get(c->members, "keep")));
    return status ? status : pk_access_run(stmt, c->db, err);
}

/* ---- sessions ---- */

static enum pk_status session_add(struct change *c, struct pk_error *err)
{
    const char *hash = NULL, *address = pk_jget_string(c->members, "address");
    const char *agent = pk_jget_string(c->members, "agent");
    int64_t user = 0, now = time(NULL);
    sqlite3_stmt *stmt;
    enum pk_status status = the_user(&user, c, err);

    if (!status)
        status = digest(&hash, c, err);
    if (!status)
        status = pk_access_sql(
            &stmt, c->db, err,
            "INSERT INTO session (hash, user_id, created, seen, "
            "address, agent) VALUES (?1, ?2, ?3, ?3, ?4, substr(?5, 1, "
            "200))",
            "tiitt", hash, user, now, address ? address : "", agent ? agent : "");
    if (!status)
        status = pk_access_run(stmt, c->db, err);
    c->number = sqlite3_last_insert_rowid(c->db->sql);
    /* What is long over, and what is too much. */
    if (!status)
        status = run_int(c, "DELETE FROM session WHERE created < ?1 - 2678400", now, err);
    if (!status)
        status = run_int(c,
                         "DELETE FROM session WHERE session_id NOT IN (SELECT session_id "
                         "FROM session ORDER BY session_id DESC LIMIT ?1)",
                         PK_SESSIONS_MAX, err);
    return status;
}

static enum pk_status session_end(struct change *c, struct pk_error *err)
{
    int64_t id;
    enum pk_status status;

    if (json_object_get(c->members, "user")) {
        status = the_user(&id, c, err);
        return status ? status
                      : run_int(c, "DELETE FROM session WHERE user_id = ?1", id, err);
    }
    status = number(&id, c, "session", err);
    c->object = pk_arena_printf(&c->arena, "%lld", (long long)id);
    return status ? status
                  : run_int(c, "DELETE FROM session WHERE session_id = ?1", id, err);
}

static enum pk_status session_seen(struct change *c, struct pk_error *err)
{
    const json_t *list = json_object_get(c->members, "sessions");
    enum pk_status status = PK_OK;

    c->logged = false;
    if (json_array_size(list) > SEEN_MAX)
        return pk_fail(err, PK_LIMIT, "sessions: at most %d", SEEN_MAX);
    for (size_t i = 0; i < json_array_size(list) && !status; i++) {
        const json_t *pair = json_array_get(list, i);
        sqlite3_stmt *stmt;

        status =
            pk_access_sql(&stmt, c->db, err,
                          "UPDATE session SET seen = max(seen, ?2) WHERE session_id = ?1",
                          "ii", (int64_t)json_integer_value(json_array_get(pair, 0)),
                          (int64_t)json_integer_value(json_array_get(pair, 1)));
        if (!status)
            status = pk_access_run(stmt, c->db, err);
    }
    return status;
}

/* ---- tokens ---- */

static enum pk_status token_add(struct change *c, struct pk_error *err)
{
    const char *hash = NULL, *title = NULL, *words = NULL;
    char scopes[PK_SCOPES_TEXT];
    int64_t user = 0, expires = 0, have = 0, now = time(NULL);
    sqlite3_stmt *stmt;
    enum pk_status status = the_user(&user, c, err);

    if (!status)
        status = digest(&hash, c, err);
    if (!status)
        status = text(&title, c, "title", TEXT_MAX, err);
    if (!status)
        status = text(&words, c, "scopes", TEXT_MAX, err);
    if (!status && pk_scopes_of(words) == 0)
        status = pk_fail(err, PK_BAD_INPUT,
                         "scopes: \"%.60s\" is not a list of read-private, deliver, "
                         "publish, admin",
                         words);
    if (!status)
        status = number(&expires, c, "expires", err);
    if (!status && (expires <= now || expires > now + PK_TOKEN_DAYS_MAX * INT64_C(86400)))
        status = pk_fail(err, PK_BAD_INPUT, "expires: within %d days is wanted",
                         PK_TOKEN_DAYS_MAX);
    if (!status)
        status = run_int(c, "DELETE FROM token WHERE expires < ?1 - 2678400", now, err);
    if (!status)
        status = count(&have, c, "SELECT count(*) FROM token WHERE ?1", 1, err);
    if (!status && have >= PK_TOKENS_MAX)
        status = pk_fail(err, PK_LIMIT, "there are %d tokens already", PK_TOKENS_MAX);
    if (status)
        return status;
    pk_scopes_text(scopes, pk_scopes_of(words));
    status = pk_access_sql(&stmt, c->db, err,
                           "INSERT INTO token (hash, user_id, title, scopes, created, "
                           "expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           "tittii", hash, user, title, scopes, now, expires);
    if (!status)
        status = pk_access_run(stmt, c->db, err);
    c->number = sqlite3_last_insert_rowid(c->db->sql);
    c->detail = pk_arena_printf(&c->arena, "%s: %s", title, scopes);
    return status;
}

static enum pk_status token_end(struct change *c, struct pk_error *err)
{
    int64_t id;
    enum pk_status status = number(&id, c, "token", err);

    c->object = pk_arena_printf(&c->arena, "%lld", (long long)id);
    return status ? status : run_int(c, "DELETE FROM token WHERE token_id = ?1", id, err);
}

static enum pk_status only_log(struct change *c, struct pk_error *err)
{
    const char *detail = pk_jget_string(c->members, "detail");

    c->object = pk_jget_string(c->members, "object");
    c->detail =
        detail ? pk_arena_strndup(&c->arena, detail, strnlen(detail, DETAIL_MAX)) : NULL;
    return text(&(const char *){NULL}, c, "action", TEXT_MAX, err);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    change_function *run;
} changes[] = {
    {"log",           only_log     },
    {"session-add",   session_add  },
    {"session-end",   session_end  },
    {"session-seen",  session_seen },
    {"token-add",     token_add    },
    {"token-end",     token_end    },
    {"user-add",      user_add     },
    {"user-change",   user_change  },
    {"user-password", user_password},
};

static change_function *find(const char *action)
{
    for (size_t i = 0; i < PK_COUNT(changes); i++) {
        if (strcmp(changes[i].name, action) == 0)
            return changes[i].run;
    }
    return NULL;
}

bool pk_access_knows(const char *action)
{
    return find(action) != NULL;
}

static enum pk_status finish(struct change *c, const char *action, struct pk_error *err)
{
    struct pk_log_line line = {.who = pk_jget_string(c->members, "by"),
                               .action = action,
                               .object = c->object,
                               .detail = c->detail,
                               .address = pk_jget_string(c->members, "from")};

    if (strcmp(action, "log") == 0)
        line.action = pk_jget_string(c->members, "action");
    if (!c->logged)
        return PK_OK;
    enum pk_status status = pk_log_add(c->db, &line, err);
    if (!status && strcmp(action, "log") != 0)
        status = pk_db_exec(c->db,
                            "INSERT INTO setting (name, value) VALUES "
                            "('access_generation', '1') ON CONFLICT (name) DO UPDATE SET "
                            "value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
                            err);
    return status;
}

enum pk_status pk_access_do(int64_t *number_out, struct pk_db *db, const char *action,
                            const json_t *members, struct pk_error *err)
{
    struct change c = {.db = db, .members = members, .logged = true};
    change_function *run = find(action);
    enum pk_status status;

    *number_out = 0;
    if (!run)
        return pk_fail(err, PK_UNSUPPORTED, "there is nothing called %.60s", action);
    status = pk_db_begin(db, WAIT_MS, err);
    if (status)
        return status;
    status = run(&c, err);
    if (!status)
        status = finish(&c, action, err);
    if (status)
        pk_db_rollback(db);
    else
        status = pk_db_commit(db, err);
    if (!status)
        *number_out = c.number;
    pk_arena_finish(&c.arena);
    return status;
}
