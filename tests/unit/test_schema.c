/* The schema and its history (spec/schema.txt): whoever changes schema.sql raises
 * PK_SCHEMA_VERSION, adds a step for `upgrade` and tells the change in that file. */
#include "publish_fixture.h"
#include "schema_history.h"

#include "base/hash.h"
#include "layers/backup.h"
#include "layers/db_schema.h"

static struct history spec;
static char path[64];

static int setup(void **state)
{
    (void)state;
    read_history(&spec);
    snprintf(path, sizeof(path), "/tmp/pk-test-schema-%d.sqlite", (int)getpid());
    pk_db_start();
    return 0;
}

/* ---- what a file has ---- */

/* Tables, columns and indexes by the names that the schema or the history have, views
 * that are registered; ?1 is both texts. */
static const char listing[] =
    "WITH ours AS (SELECT name, sql FROM sqlite_master WHERE type = 'table' AND "
    "(instr(?1, 'TABLE ' || name || ' (') > 0 OR "
    "instr(?1, 'TABLE ' || name || ' USING') > 0 OR "
    "instr(?1, 'table ' || name || char(10)) > 0)) "
    "SELECT 'table ' || name FROM ours "
    "UNION ALL SELECT 'column ' || o.name || '.' || c.name || ' ' || c.type || "
    "iif(c.\"notnull\", ' not null', '') || iif(c.pk, ' key', '') || "
    "coalesce(' default ' || c.dflt_value, '') "
    "FROM ours o, pragma_table_info(o.name) c "
    "UNION ALL SELECT 'index ' || name || ' ' || substr(sql, instr(sql, ' ON ') + 1) "
    "FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
    "(SELECT name FROM ours) "
    "UNION ALL SELECT 'view ' || name || ' ' || sql FROM sqlite_master "
    "WHERE type = 'view' AND name IN (SELECT view_name FROM views_geometry_columns)";

/* Blanks folded, comments left out; a long text as its digest. */
static void plain(char *out, size_t size, const char *text, bool digest)
{
    struct pk_buf buf;
    pk_buf_init(&buf, TEXT_MAX);
    for (const char *p = text; *p; p++) {
        if (p[0] == '-' && p[1] == '-')
            p += strcspn(p, "\n");
        bool blank = *p == ' ' || *p == '\n' || *p == '\t';
        if (!blank)
            pk_buf_addc(&buf, *p);
        else if (buf.len > 0 && buf.data[buf.len - 1] != ' ')
            pk_buf_addc(&buf, ' ');
        if (!*p)
            break;
    }
    if (digest)
        snprintf(out, size, "%016llx",
                 (unsigned long long)pk_hash64(buf.data, buf.len, 0));
    else
        snprintf(out, size, "%s", buf.data);
    pk_buf_finish(&buf);
}

struct listed {
    char rows[ROWS_MAX][240];
    size_t count;
};

static void list(struct listed *out)
{
    static char both[2 * TEXT_MAX];
    struct pk_error err = {0};
    sqlite3_stmt *stmt;
    struct pk_db db;
    size_t at = (size_t)snprintf(both, sizeof(both), "%s\n", (const char *)pk_schema_sql);

    for (size_t i = 0; i < spec.count; i++)
        at += (size_t)snprintf(both + at, sizeof(both) - at, "%s\n", spec.lines[i].text);
    out->count = 0;
    if (pk_db_open_any(&db, path, PK_DB_READ, false, true, &err) ||
        pk_db_prepare(&stmt, &db, listing, &err))
        fail_msg("%s", err.text);
    sqlite3_bind_text(stmt, 1, both, -1, SQLITE_STATIC);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        char *row = out->rows[out->count++];

        assert_true(out->count < ROWS_MAX);
        if (strncmp(text, "view ", 5) == 0) { /* long: by its digest */
            size_t name = 5 + strcspn(text + 5, " ");
            snprintf(row, 240, "%.*s ", (int)name, text);
            plain(row + name + 1, 40, text + name, true);
        } else {
            plain(row, 240, text, false);
        }
    }
    sqlite3_finalize(stmt);
    pk_db_close(&db);
}

static bool alive(const struct history_line *line, int version)
{
    return line->kind == 'r' && line->since <= version &&
           (line->until == 0 || line->until > version);
}

static bool has(const struct listed *all, const char *text)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->rows[i], text) == 0)
            return true;
    }
    return false;
}

/* The file is what the history says of `version`. */
static void compare(int version, const char *which)
{
    static struct listed there;
    size_t wrong = 0;

    list(&there);
    for (size_t i = 0; i < spec.count; i++) {
        if (alive(&spec.lines[i], version) && !has(&there, spec.lines[i].text)) {
            print_error("not there: %s\n", spec.lines[i].text);
            wrong++;
        }
    }
    for (size_t k = 0; k < there.count; k++) {
        bool told = false;
        for (size_t i = 0; i < spec.count && !told; i++)
            told = alive(&spec.lines[i], version) &&
                   strcmp(spec.lines[i].text, there.rows[k]) == 0;
        if (!told) {
            print_error("row %d 0 %s\n", PK_SCHEMA_VERSION, there.rows[k]);
            wrong++;
        }
    }
    if (wrong > 0)
        fail_msg("%s is not schema %d of %s: raise PK_SCHEMA_VERSION, add a step to "
                 "layers/backup.c, and tell the rows above with their versions",
                 which, version, HISTORY);
}

static void make_new(void)
{
    struct pk_error err = {0};
    struct pk_db db;

    remove_database(path);
    if (pk_db_open(&db, path, PK_DB_CREATE, true, &err))
        fail_msg("%s", err.text);
    pk_db_close(&db);
}

/* ---- tests ---- */

static void a_changed_schema_is_another_version(void **state)
{
    char digest[40];
    const char *told = NULL;

    (void)state;
    plain(digest, sizeof(digest), (const char *)pk_schema_sql, true);
    for (size_t i = 0; i < spec.count; i++) {
        if (spec.lines[i].kind == 'v' && spec.lines[i].since == PK_SCHEMA_VERSION)
            told = spec.lines[i].text;
    }
    if (!told || strcmp(told, digest) != 0)
        fail_msg("schema.sql has changed: raise PK_SCHEMA_VERSION, add a step to "
                 "layers/backup.c and \"version %d %s\" to %s",
                 told ? PK_SCHEMA_VERSION + 1 : PK_SCHEMA_VERSION, digest, HISTORY);
}

static void a_new_file_is_of_the_newest_schema(void **state)
{
    (void)state;
    make_new();
    compare(PK_SCHEMA_VERSION, "a new file");
    remove_database(path);
}

static void every_older_schema_becomes_the_newest(void **state)
{
    (void)state;
    for (int version = 0; version < PK_SCHEMA_VERSION; version++) {
        struct pk_error err = {0};
        char kept[128], which[64];
        int from = -1;

        make_new();
        take_back(path, &spec, version);
        snprintf(which, sizeof(which), "a file taken back to %d", version);
        compare(version, which);
        if (pk_upgrade(&from, kept, sizeof(kept), path, &err))
            fail_msg("from %d: %s", version, err.text);
        assert_int_equal(from, version);
        snprintf(which, sizeof(which), "a file upgraded from %d", version);
        compare(PK_SCHEMA_VERSION, which);
        unlink(kept);
    }
    remove_database(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_schema_is_another_version),
        cmocka_unit_test(a_new_file_is_of_the_newest_schema),
        cmocka_unit_test(every_older_schema_becomes_the_newest),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
