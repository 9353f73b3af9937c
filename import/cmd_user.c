#include "import/cmd_user.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/secret.h"
#include "base/text.h"
#include "layers/access.h"

enum { DAYS_DEFAULT = 365, LIST_MAX = 4 << 20, MESSAGE_MAX = 4096 };

const struct pk_command_option pk_user_options[] = {
    {"role",        "ROLE",   "viewer, planner, publisher or administrator"               },
    {"full-name",   "NAME",   "what people call the user; the name itself if not told"    },
    {"password-fd", "N",      "read the password from this descriptor (0: standard input)"},
    {"no-password", NULL,     "add a user who signs in by the outside provider only"      },
    {"subject",     "ID",     "who that is there: ISSUER SUB"                             },
    {"title",       "TEXT",   "what the token is for"                                     },
    {"scopes",      "SCOPES", "read-private,deliver,publish,admin"                        },
    {"days",        "N",      "how long the token is valid; 365"                          },
    {"json",        NULL,     "the result as JSON"                                        },
    {NULL,          NULL,     NULL                                                        },
};

/* What all forms work with. */
struct work {
    struct pk_invocation *in;
    struct pk_db db;
    struct pk_arena arena;
    struct pk_buf text;
    struct pk_json j;
    const char *name; /* of the user it is about, in the form of keys; NULL = none */
    struct pk_user user;
};

/* ---- passwords: never on the command line ---- */

/* One line of a descriptor, without its end. */
static bool read_line(char *out, size_t size, int fd)
{
    size_t len = 0;
    char c;

    while (len + 1 < size && read(fd, &c, 1) == 1 && c != '\n')
        out[len++] = c;
    while (len > 0 && out[len - 1] == '\r')
        len--;
    out[len] = '\0';
    return len > 0;
}

/* From the terminal, twice, unseen. */
static enum pk_status ask_password(char *out, size_t size, struct pk_error *err)
{
    struct termios shown, hidden;
    char again[PK_PASSWORD_MAX + 2];
    bool same;

    if (tcgetattr(STDIN_FILENO, &shown))
        return pk_fail(err, PK_BAD_INPUT,
                       "there is no terminal to ask for the password; use --password-fd");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs("Password: ", stderr);
    read_line(out, size, STDIN_FILENO);
    fputs("\nAgain: ", stderr);
    read_line(again, sizeof(again), STDIN_FILENO);
    fputs("\n", stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    same = strcmp(out, again) == 0;
    explicit_bzero(again, sizeof(again));
    return same ? PK_OK : pk_fail(err, PK_BAD_INPUT, "the two passwords differ");
}

/* The hash of the password that the user shall have. */
static enum pk_status get_password(char out[PK_PASSWORD_TEXT], struct pk_invocation *in,
                                   struct pk_error *err)
{
    const char *fd = pk_given_value(in, "password-fd");
    char password[PK_PASSWORD_MAX + 2];
    uint32_t number = 0;
    enum pk_status status = PK_OK;

    if (!fd)
        status = ask_password(password, sizeof(password), err);
    else if (!pk_parse_all_u32(fd, 65535, &number))
        status = pk_fail(err, PK_BAD_INPUT, "--password-fd %.20s: no descriptor", fd);
    else if (!read_line(password, sizeof(password), (int)number))
        status = pk_fail(err, PK_BAD_INPUT, "--password-fd %.20s: no password came", fd);
    if (!status)
        status = pk_password_hash(out, password, err);
    explicit_bzero(password, sizeof(password));
    return status;
}

/* ---- asking ---- */

static void begin(struct work *w)
{
    const struct passwd *who = getpwuid(getuid());

    pk_buf_init(&w->text, MESSAGE_MAX);
    pk_json_init(&w->j, &w->text);
    pk_json_object(&w->j);
    pk_json_member(&w->j, "by",
                   who != NULL && who->pw_name != NULL ? who->pw_name : "plankarta");
}

static enum pk_status ask(struct work *w, const char *action, int64_t *number,
                          struct pk_error *err)
{
    json_t *members = NULL;

    pk_json_end(&w->j);
    enum pk_status status =
        pk_json_parse(&members, w->text.data, w->text.len, MESSAGE_MAX, err);
    if (!status)
        status = pk_access_do(number, &w->db, action, members, err);
    json_decref(members);
    pk_buf_finish(&w->text);
    return status;
}

/* ---- the forms ---- */

static enum pk_status do_add(struct work *w, struct pk_error *err)
{
    const char *role = pk_given_value(w->in, "role");
    const char *full = pk_given_value(w->in, "full-name");
    char hash[PK_PASSWORD_TEXT];
    int64_t number = 0;
    bool none = pk_given_flag(w->in, "no-password");
    enum pk_status status = none ? PK_OK : get_password(hash, w->in, err);

    if (status)
        return status;
    begin(w);
    pk_json_member(&w->j, "name", w->name);
    pk_json_member(&w->j, "full_name", full ? full : w->name);
    pk_json_member(&w->j, "role", role ? role : "viewer");
    pk_json_member(&w->j, "password", none ? NULL : hash);
    pk_json_member(&w->j, "subject", pk_given_value(w->in, "subject"));
    return ask(w, "user-add", &number, err);
}

static enum pk_status change(struct work *w, const char *member, const char *value,
                             struct pk_error *err)
{
    int64_t number;

    begin(w);
    pk_json_member_int(&w->j, "user", w->user.id);
    pk_json_key(&w->j, member);
    if (strcmp(member, "disabled") == 0)
        pk_json_bool(&w->j, value != NULL);
    else
        pk_json_string(&w->j, value);
    return ask(w, "user-change", &number, err);
}

static enum pk_status do_role(struct work *w, struct pk_error *err)
{
    return change(w, "role", w->in->operands[2], err);
}

static enum pk_status do_disable(struct work *w, struct pk_error *err)
{
    return change(w, "disabled", "yes", err);
}

static enum pk_status do_enable(struct work *w, struct pk_error *err)
{
    return change(w, "disabled", NULL, err);
}

static enum pk_status do_password(struct work *w, struct pk_error *err)
{
    char hash[PK_PASSWORD_TEXT];
    int64_t number;
    enum pk_status status = get_password(hash, w->in, err);

    if (status)
        return status;
    begin(w);
    pk_json_member_int(&w->j, "user", w->user.id);
    pk_json_member(&w->j, "password", hash);
    return ask(w, "user-password", &number, err);
}

/* The token is shown once: the file has only its digest. */
static enum pk_status do_token(struct work *w, struct pk_error *err)
{
    const char *days = pk_given_value(w->in, "days");
    const char *scopes = pk_given_value(w->in, "scopes");
    const char *title = pk_given_value(w->in, "title");
    char secret[PK_SECRET_TEXT], hash[PK_SHA256_TEXT];
    uint32_t valid = DAYS_DEFAULT;
    int64_t number = 0;

    if (days && !pk_parse_all_u32(days, PK_TOKEN_DAYS_MAX, &valid))
        return pk_fail(err, PK_BAD_INPUT, "--days %.20s: at most %d", days,
                       PK_TOKEN_DAYS_MAX);
    pk_secret_new(secret);
    pk_sha256_text(hash, secret, strlen(secret));
    begin(w);
    pk_json_member_int(&w->j, "user", w->user.id);
    pk_json_member(&w->j, "hash", hash);
    pk_json_member(&w->j, "title", title ? title : "token");
    pk_json_member(&w->j, "scopes", scopes ? scopes : "");
    pk_json_member_int(&w->j, "expires", (int64_t)time(NULL) + INT64_C(86400) * valid);
    enum pk_status status = ask(w, "token-add", &number, err);
    if (!status && pk_given_flag(w->in, "json"))
        printf("{\"token\":\"%s\",\"id\":%lld}\n", secret, (long long)number);
    else if (!status)
        puts(secret);
    return status;
}

static enum pk_status do_list(struct work *w, struct pk_error *err)
{
    struct pk_user *users;
    uint32_t count = 0;
    struct pk_buf out;
    struct pk_json j;
    bool json = pk_given_flag(w->in, "json");
    enum pk_status status = pk_access_users(&users, &count, &w->db, &w->arena, err);

    pk_buf_init(&out, LIST_MAX);
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_key(&j, "users");
    pk_json_array(&j);
    for (uint32_t i = 0; i < count && !status; i++) {
        const struct pk_user *u = &users[i];

        pk_json_object(&j);
        pk_json_member(&j, "name", u->name);
        pk_json_member(&j, "full_name", u->full_name);
        pk_json_member(&j, "role", pk_role_name(u->role));
        pk_json_key(&j, "disabled");
        pk_json_bool(&j, u->disabled);
        pk_json_end(&j);
        if (!json)
            printf("%-20s %-14s %s%s\n", u->name, pk_role_name(u->role), u->full_name,
                   u->disabled ? " (disabled)" : "");
    }
    pk_json_end(&j);
    pk_json_end(&j);
    if (!status && json)
        puts(out.data);
    pk_buf_finish(&out);
    return status;
}

static const struct form {
    const char *name;
    enum pk_status (*run)(struct work *w, struct pk_error *err);
    uint32_t operands; /* with the form's own name */
    bool exists;       /* the user must be there */
} forms[] = {
    {"add",      do_add,      2, false},
    {"disable",  do_disable,  2, true },
    {"enable",   do_enable,   2, true },
    {"list",     do_list,     1, false},
    {"password", do_password, 2, true },
    {"role",     do_role,     3, true },
    {"token",    do_token,    2, true },
};

static const struct form *find(struct pk_invocation *in)
{
    for (size_t i = 0; i < PK_COUNT(forms); i++) {
        if (strcmp(forms[i].name, in->operands[0]) == 0)
            return &forms[i];
    }
    return NULL;
}

int pk_cmd_user(struct pk_invocation *in)
{
    const struct form *form = find(in);
    const char *path = pk_opts_text(in->opts, "db");
    struct work w = {.in = in};
    struct pk_error err = {0};

    if (!form)
        return pk_command_fail(in, PK_EXIT_USAGE,
                               "%.40s: add, list, role, password, disable, enable or "
                               "token is wanted",
                               in->operands[0]);
    if (in->operand_count != form->operands)
        return pk_command_fail(in, PK_EXIT_USAGE, "%s: %u words are wanted after it",
                               form->name, form->operands - 1);
    if (!path)
        return pk_command_fail(in, PK_EXIT_USAGE, "--db FILE is missing");
    pk_db_start();
    enum pk_status status = pk_db_open(&w.db, path, PK_DB_WRITE, false, &err);
    if (status)
        return pk_command_error(in, &err);
    if (in->operand_count > 1)
        w.name = pk_text_fold(&w.arena, in->operands[1]);
    if (in->operand_count > 1 && !w.name)
        status = pk_fail(&err, PK_BAD_INPUT, "the name is not UTF-8");
    if (!status && form->exists)
        status = pk_access_user(&w.user, &w.db, w.name, &w.arena, &err);
    if (!status)
        status = form->run(&w, &err);
    pk_db_close(&w.db);
    pk_arena_finish(&w.arena);
    return status ? pk_command_error(in, &err) : PK_EXIT_OK;
}
