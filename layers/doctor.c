#include "layers/doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "layers/backup.h"
#include "layers/crs.h"

enum { TEXT_MAX_BYTES = 2048, NAME_MAX_BYTES = 4096 };
enum { WAL_LARGE_MB = 256, SPACE_MIN_MB = 512, HELD_SHOWN = 1 };

enum state { OK, WARNING, ERROR };
static const char *const state_names[] = {"ok", "warning", "error"};

struct examination {
    struct pk_db db;
    const char *path;
    enum pk_lang lang;
    json_t *checks;
    bool ok;
};

static void say(struct examination *x, const char *check, enum state state,
                enum pk_msg_id text, enum pk_msg_id advice, const char *name,
                const char *value)
{
    struct pk_buf out;
    json_t *o = json_object();

    pk_buf_init(&out, TEXT_MAX_BYTES);
    json_object_set_new(o, "check", json_string(check));
    json_object_set_new(o, "state", json_string(state_names[state]));
    pk_msg(&out, x->lang, text, name, value, NULL);
    json_object_set_new(o, "text", json_string(out.data));
    pk_buf_clear(&out);
    if (state == OK)
        json_object_set_new(o, "advice", json_null());
    else {
        pk_msg(&out, x->lang, advice, name, value, NULL);
        json_object_set_new(o, "advice", json_string(out.data));
    }
    json_array_append_new(x->checks, o);
    pk_buf_finish(&out);
    x->ok = x->ok && state != ERROR;
}

static void say_number(struct examination *x, const char *check, enum state state,
                       enum pk_msg_id text, enum pk_msg_id advice, int64_t n)
{
    char value[24];

    snprintf(value, sizeof(value), "%lld", (long long)n);
    say(x, check, state, text, advice, "n", value);
}

/* -1 when it cannot be asked, which is a finding of its own elsewhere. */
static int64_t ask(struct examination *x, const char *sql)
{
    sqlite3_stmt *stmt;
    int64_t n = -1;

    if (sqlite3_prepare_v2(x->db.sql, sql, -1, &stmt, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* Numbers that should be 0. */
static const struct {
    const char *check, *sql;
    enum state state;
    enum pk_msg_id good, bad, advice;
} counts[] = {
    {"unfinished", "SELECT count(*) FROM setting WHERE name = 'publishing'",              WARNING,
     PK_MSG_DR_UNFINISHED_OK,                                                                                           PK_MSG_DR_UNFINISHED, PK_MSG_DR_UNFINISHED_FIX},
    {"drafts",     "SELECT count(*) FROM draft WHERE state = 'filling'",                  WARNING,
     PK_MSG_DR_FILLING_OK,                                                                                              PK_MSG_DR_FILLING,    PK_MSG_DR_UNFINISHED_FIX},
    {"held",
     "SELECT count(*) FROM draft WHERE state = 'held' AND draft_id > "
     "coalesce((SELECT max(draft_id) FROM draft WHERE state = 'published'), 0) - 10",     WARNING, PK_MSG_DR_HELD_OK,   PK_MSG_DR_HELD,       PK_MSG_DR_HELD_FIX      },
    {"rows",
     "SELECT count(*) FROM (SELECT 1 FROM plan WHERE to_version = 4611686018427387904 "
     "AND from_version IS NOT NULL GROUP BY feature_id HAVING count(*) > 1)",             ERROR,   PK_MSG_DR_ROWS_OK,   PK_MSG_DR_ROWS,       PK_MSG_DR_RESTORE_FIX   },
    {"owners",
     "SELECT count(*) FROM regulation r WHERE r.to_version = 4611686018427387904 "
     "AND r.from_version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM plan p WHERE "
     "p.feature_id = r.plan_id AND p.to_version = 4611686018427387904)",                  ERROR,   PK_MSG_DR_OWNERS_OK, PK_MSG_DR_OWNERS,     PK_MSG_DR_RESTORE_FIX   },
    {"boxes",
     "SELECT abs((SELECT count(*) FROM feature) - (SELECT count(*) FROM "
     "idx_feature_geometry)) + abs((SELECT count(*) FROM plan_part) - (SELECT count(*) "
     "FROM idx_plan_part_geometry)) + abs((SELECT count(*) FROM regulation_part) - "
     "(SELECT count(*) FROM idx_regulation_part_geometry))",                              ERROR,   PK_MSG_DR_BOXES_OK,  PK_MSG_DR_BOXES,      PK_MSG_DR_RESTORE_FIX   },
    {"search",
     "SELECT (SELECT count(*) FROM version) > 0 AND (SELECT count(*) FROM plan WHERE "
     "to_version = 4611686018427387904) > 0 AND (SELECT count(*) FROM search_entry) = 0", ERROR,   PK_MSG_DR_SEARCH_OK, PK_MSG_DR_SEARCH,     PK_MSG_DR_SEARCH_FIX    },
    {"packs",
     "SELECT (SELECT count(*) FROM plan WHERE to_version = 4611686018427387904) > 0 "
     "AND (SELECT count(*) FROM pack) = 0",                                               ERROR,   PK_MSG_DR_PACKS_OK,  PK_MSG_DR_PACKS,      PK_MSG_DR_SEARCH_FIX    },
};

static void count_checks(struct examination *x)
{
    for (size_t i = 0; i < PK_COUNT(counts); i++) {
        int64_t n = ask(x, counts[i].sql);

        if (n == 0)
            say_number(x, counts[i].check, OK, counts[i].good, counts[i].advice, n);
        else
            say_number(x, counts[i].check, n < 0 ? ERROR : counts[i].state,
                       n < 0 ? PK_MSG_DR_UNASKED : counts[i].bad,
                       n < 0 ? PK_MSG_DR_RESTORE_FIX : counts[i].advice, n);
    }
}

static void file_checks(struct examination *x)
{
    char name[NAME_MAX_BYTES], folder[NAME_MAX_BYTES];
    struct stat info;
    struct statvfs space;
    char *slash;
    int64_t mb = 0;

    snprintf(name, sizeof(name), "%s-wal", x->path);
    if (stat(name, &info) == 0)
        mb = info.st_size / (1024 * 1024);
    say_number(x, "log", mb > WAL_LARGE_MB ? WARNING : OK,
               mb > WAL_LARGE_MB ? PK_MSG_DR_WAL : PK_MSG_DR_WAL_OK, PK_MSG_DR_WAL_FIX,
               mb);
    snprintf(folder, sizeof(folder), "%s", x->path);
    slash = strrchr(folder, '/');
    if (slash)
        slash[1] = '\0';
    if (statvfs(slash ? folder : ".", &space) == 0) {
        mb = (int64_t)(space.f_bavail * (uint64_t)space.f_frsize / (1024 * 1024));
        say_number(x, "space", mb < SPACE_MIN_MB ? WARNING : OK, PK_MSG_DR_SPACE,
                   PK_MSG_DR_SPACE_FIX, mb);
    }
    if (access(slash ? folder : ".", W_OK) || access(x->path, W_OK))
        say(x, "rights", WARNING, PK_MSG_DR_RIGHTS, PK_MSG_DR_RIGHTS_FIX, "path",
            x->path);
    else
        say(x, "rights", OK, PK_MSG_DR_RIGHTS_OK, PK_MSG_DR_RIGHTS_FIX, "path", x->path);
}

/* PROJ without its data would place everything wrong, or nowhere. */
static void proj_check(struct examination *x)
{
    struct pk_crs *crs = pk_crs_create();
    struct pk_error why = {0};
    double xy[2] = {16.0, 62.0};
    bool good = pk_crs_transform(crs, 4326, 3006, xy, 1, &why) == PK_OK &&
                xy[0] > 552000 && xy[0] < 553000 && xy[1] > 6874000 && xy[1] < 6876000;

    say(x, "proj", good ? OK : ERROR, good ? PK_MSG_DR_PROJ_OK : PK_MSG_DR_PROJ,
        PK_MSG_DR_PROJ_FIX, "why", why.text);
    pk_crs_destroy(crs);
}

static void page_check(struct examination *x)
{
    struct pk_backup info;
    struct pk_error why = {0};

    if (pk_backup_verify(&info, x->path, &why) == PK_OK)
        say_number(x, "pages", OK, PK_MSG_DR_PAGES_OK, PK_MSG_DR_RESTORE_FIX,
                   info.version);
    else
        say(x, "pages", ERROR, PK_MSG_DR_PAGES, PK_MSG_DR_RESTORE_FIX, "why", why.text);
}

enum pk_status pk_doctor(json_t **out, bool *ok, const char *path, enum pk_lang lang,
                         struct pk_error *err)
{
    struct examination x = {
        .path = path, .lang = lang, .checks = json_array(), .ok = true};
    struct pk_error why = {0};

    (void)err;
    proj_check(&x);
    if (pk_db_open(&x.db, path, PK_DB_READ, false, &why)) {
        say(&x, "file", ERROR, PK_MSG_DR_FILE, PK_MSG_DR_FILE_FIX, "why", why.text);
    } else {
        say(&x, "file", OK, PK_MSG_DR_FILE_OK, PK_MSG_DR_FILE_FIX, "path", path);
        file_checks(&x);
        page_check(&x);
        count_checks(&x);
        pk_db_close(&x.db);
    }
    *ok = x.ok;
    *out = json_object();
    json_object_set_new(*out, "db", json_string(path));
    json_object_set_new(*out, "ok", json_boolean(x.ok));
    json_object_set_new(*out, "checks", x.checks);
    return PK_OK;
}
