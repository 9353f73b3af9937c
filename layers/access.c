#include "layers/access.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "layers/access_private.h"

static const char *const role_names[PK_ROLES] = {NULL, "viewer", "planner", "publisher",
                                                 "administrator"};
static const char *const scope_names[] = {"read-private", "deliver", "publish", "admin"};

const char *pk_role_name(enum pk_role role)
{
    return role < PK_ROLES ? role_names[role] : NULL;
}

int pk_role_of(const char *name)
{
    for (int i = PK_ROLE_VIEWER; name && i < PK_ROLES; i++) {
        if (strcmp(role_names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *pk_scope_name(enum pk_scope scope)
{
    for (size_t i = 0; i < PK_COUNT(scope_names); i++) {
        if (scope == 1u << i)
            return scope_names[i];
    }
    return NULL;
}

unsigned pk_scopes_of(const char *text)
{
    unsigned scopes = 0;

    while (*(text += strspn(text, " ,"))) {
        size_t len = strcspn(text, " ,"), i = 0;

        while (i < PK_COUNT(scope_names) &&
               (strlen(scope_names[i]) != len || strncmp(scope_names[i], text, len) != 0))
            i++;
        if (i == PK_COUNT(scope_names))
            return 0;
        scopes |= 1u << i;
        text += len;
    }
    return scopes;
}

void pk_scopes_text(char out[PK_SCOPES_TEXT], unsigned scopes)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < PK_COUNT(scope_names); i++) {
        if (scopes >> i & 1)
            len += (size_t)snprintf(out + len, PK_SCOPES_TEXT - len, "%s%s",
                                    len ? " " : "", scope_names[i]);
    }
}

unsigned pk_scope_for(enum pk_role role)
{
    static const unsigned scopes[PK_ROLES] = {
        [PK_ROLE_VIEWER] = PK_SCOPE_READ_PRIVATE,
        [PK_ROLE_PLANNER] = PK_SCOPE_DELIVER,
        [PK_ROLE_PUBLISHER] = PK_SCOPE_PUBLISH,
        [PK_ROLE_ADMINISTRATOR] = PK_SCOPE_ADMIN,
    };
    return role < PK_ROLES ? scopes[role] : 0;
}

/* ---- statements ---- */

enum pk_status pk_access_sql(sqlite3_stmt **out, struct pk_db *db, struct pk_error *err,
                             const char *sql, const char *kinds, ...)
{
    va_list values;
    enum pk_status status = pk_db_prepare(out, db, sql, err);

    if (status)
        return status;
    va_start(values, kinds);
    for (int i = 0; kinds[i]; i++) {
        if (kinds[i] == 'i')
            sqlite3_bind_int64(*out, i + 1, va_arg(values, int64_t));
        else
            sqlite3_bind_text(*out, i + 1, va_arg(values, const char *), -1,
                              SQLITE_TRANSIENT);
    }
    va_end(values);
    return PK_OK;
}

enum pk_status pk_access_run(sqlite3_stmt *stmt, struct pk_db *db, struct pk_error *err)
{
    int rc = sqlite3_step(stmt);
    enum pk_status status = PK_OK;

    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        status = pk_db_fail(db, "access", err);
    sqlite3_finalize(stmt);
    return status;
}

/* ---- reading ---- */

enum pk_status pk_access_generation(int64_t *out, struct pk_db *db, struct pk_error *err)
{
    return pk_db_number(out, db,
                        "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM setting "
                        "WHERE name = 'access_generation'), 0)",
                        err);
}

static const char *text_at(sqlite3_stmt *stmt, int column, struct pk_arena *arena)
{
    return pk_arena_strdup(arena, (const char *)sqlite3_column_text(stmt, column));
}

typedef void read_row(void *row, sqlite3_stmt *stmt, struct pk_arena *arena);

/* All rows of a statement (let go here), `max` at most, each `size` bytes. */
static enum pk_status read_all(void **out, uint32_t *count, sqlite3_stmt *stmt,
                               struct pk_db *db, size_t size, uint32_t max,
                               read_row *read, struct pk_arena *arena,
                               struct pk_error *err)
{
    char *rows = NULL;
    uint32_t n = 0, room = 0;
    int rc;
    enum pk_status status = PK_OK;

    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && n < max) {
        if (n == room) {
            char *more = pk_arena_alloc(arena, room = room ? 2 * room : 16, size);

            if (n > 0)
                memcpy(more, rows, n * size);
            rows = more;
        }
        read(rows + n++ * size, stmt, arena);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        status = pk_db_fail(db, "access", err);
    sqlite3_finalize(stmt);
    *out = rows;
    *count = n;
    return status;
}

#define USER_COLUMNS                                                                     \
    "SELECT user_id, name, full_name, role, password, subject, disabled, created "       \
    "FROM user "

static void read_user(void *row, sqlite3_stmt *stmt, struct pk_arena *arena)
{
    struct pk_user *user = row;
    int role = pk_role_of((const char *)sqlite3_column_text(stmt, 3));

    *user = (struct pk_user){.id = sqlite3_column_int64(stmt, 0),
                             .name = text_at(stmt, 1, arena),
                             .full_name = text_at(stmt, 2, arena),
                             .role = role < 0 ? PK_ROLE_NONE : (enum pk_role)role,
                             .password = text_at(stmt, 4, arena),
                             .subject = text_at(stmt, 5, arena),
                             .disabled = sqlite3_column_int(stmt, 6) != 0,
                             .created = sqlite3_column_int64(stmt, 7)};
}

enum pk_status pk_access_users(struct pk_user **out, uint32_t *count, struct pk_db *db,
                               struct pk_arena *arena, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(&stmt, db, USER_COLUMNS "ORDER BY name", err);

    if (status)
        return status;
    return read_all((void **)out, count, stmt, db, sizeof(**out), PK_USERS_MAX, read_user,
                    arena, err);
}

enum pk_status pk_access_user(struct pk_user *out, struct pk_db *db, const char *name,
                              struct pk_arena *arena, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    struct pk_user *list;
    uint32_t count;
    enum pk_status status =
        pk_access_sql(&stmt, db, err, USER_COLUMNS "WHERE name = ?1", "t", name);

    if (status)
        return status;
    status = read_all((void **)&list, &count, stmt, db, sizeof(*list), 1, read_user,
                      arena, err);
    if (!status && count == 0)
        status = pk_fail(err, PK_NOT_FOUND, "there is no user %.60s", name);
    if (!status)
        *out = list[0];
    return status;
}

static void read_session(void *row, sqlite3_stmt *stmt, struct pk_arena *arena)
{
    *(struct pk_session_row *)row =
        (struct pk_session_row){.id = sqlite3_column_int64(stmt, 0),
                                .user = sqlite3_column_int64(stmt, 1),
                                .created = sqlite3_column_int64(stmt, 2),
                                .seen = sqlite3_column_int64(stmt, 3),
                                .hash = text_at(stmt, 4, arena),
                                .address = text_at(stmt, 5, arena),
                                .agent = text_at(stmt, 6, arena)};
}

enum pk_status pk_access_sessions(struct pk_session_row **out, uint32_t *count,
                                  struct pk_db *db, struct pk_arena *arena,
                                  struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status =
        pk_db_prepare(&stmt, db,
                      "SELECT session_id, user_id, created, seen, hash, address, agent "
                      "FROM session ORDER BY session_id DESC",
                      err);

    if (status)
        return status;
    return read_all((void **)out, count, stmt, db, sizeof(**out), PK_SESSIONS_MAX,
                    read_session, arena, err);
}

static void read_token(void *row, sqlite3_stmt *stmt, struct pk_arena *arena)
{
    *(struct pk_token_row *)row = (struct pk_token_row){
        .id = sqlite3_column_int64(stmt, 0),
        .user = sqlite3_column_int64(stmt, 1),
        .created = sqlite3_column_int64(stmt, 2),
        .expires = sqlite3_column_int64(stmt, 3),
        .hash = text_at(stmt, 4, arena),
        .title = text_at(stmt, 5, arena),
        .scopes = pk_scopes_of((const char *)sqlite3_column_text(stmt, 6))};
}

enum pk_status pk_access_tokens(struct pk_token_row **out, uint32_t *count,
                                struct pk_db *db, struct pk_arena *arena,
                                struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status =
        pk_db_prepare(&stmt, db,
                      "SELECT token_id, user_id, created, expires, hash, title, scopes "
                      "FROM token ORDER BY token_id DESC",
                      err);

    if (status)
        return status;
    return read_all((void **)out, count, stmt, db, sizeof(**out), PK_TOKENS_MAX,
                    read_token, arena, err);
}

static void read_log(void *row, sqlite3_stmt *stmt, struct pk_arena *arena)
{
    *(struct pk_log_row *)row =
        (struct pk_log_row){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                            text_at(stmt, 2, arena),       text_at(stmt, 3, arena),
                            text_at(stmt, 4, arena),       text_at(stmt, 5, arena),
                            text_at(stmt, 6, arena)};
}

enum pk_status pk_log_read(struct pk_log_row **out, uint32_t *count, struct pk_db *db,
                           const struct pk_log_query *query, struct pk_arena *arena,
                           struct pk_error *err)
{
    sqlite3_stmt *stmt;
    uint32_t limit = query->limit;

    if (limit == 0 || limit > PK_LOG_PAGE_MAX)
        limit = PK_LOG_PAGE_MAX;
    enum pk_status status = pk_access_sql(
        &stmt, db, err,
        "SELECT log_id, time, who, action, object, detail, address FROM log "
        "WHERE (?1 = '' OR who = ?1) AND (?2 = '' OR action = ?2) "
        "AND (?3 = '' OR instr(object, ?3) > 0 OR instr(detail, ?3) > 0) "
        "AND (?4 = 0 OR log_id <= ?4) ORDER BY log_id DESC LIMIT ?5",
        "tttii", query->who ? query->who : "", query->action ? query->action : "",
        query->text ? query->text : "", query->before, (int64_t)limit);

    if (status)
        return status;
    return read_all((void **)out, count, stmt, db, sizeof(**out), limit, read_log, arena,
                    err);
}

enum pk_status pk_log_add(struct pk_db *db, const struct pk_log_line *line,
                          struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_access_sql(
        &stmt, db, err,
        "INSERT INTO log (time, who, action, object, detail, address) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        "ittttt", (int64_t)time(NULL), line->who ? line->who : "", line->action,
        line->object ? line->object : "", line->detail ? line->detail : "",
        line->address ? line->address : "");

    return status ? status : pk_access_run(stmt, db, err);
}
