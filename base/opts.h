/*
 * opts.h - every setting of the program, in one table: its name, type, range,
 * default and help text. Sources, weakest first: the table's defaults, the file
 * (`key = value`, '#' begins a comment line), PLANKARTA_* in the environment,
 * the command line. An unknown key or a value out of range is an error that
 * says where it stands ("plankarta.conf:12: workers: ...").
 *
 * A name may have one or two places that the administrator fills: "links.N.text"
 * (N = 1..99), "plans_complete.CODE" (four digits), "background.ID.url" (lower-case
 * letters and digits). Environment names are the same in upper case with '_'.
 *
 * Add a setting: one row in opts.c, alphabetical. Read-only after loading, so it
 * may be shared by all threads.
 */
#ifndef PK_BASE_OPTS_H
#define PK_BASE_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum pk_opt_type {
    PK_OPT_TEXT,
    PK_OPT_INT,    /* whole number within min..max */
    PK_OPT_NUMBER, /* decimal number within min..max */
    PK_OPT_BOOL,   /* yes or no */
    PK_OPT_CHOICE, /* one of the words in `choices`, '|' between */
    PK_OPT_LIST    /* texts with ',' between; blanks around each are cut */
};

struct pk_opt_key {
    const char *name;
    enum pk_opt_type type;
    const char *fallback; /* default, NULL = not set */
    double min, max;
    const char *choices;
    const char *unit; /* NULL = none */
    const char *help; /* one line */
};

enum {
    PK_OPTS_FILE_MAX = 1 << 20, /* bytes of a settings file */
    PK_OPTS_VALUE_MAX = 4096,   /* bytes of one value */
    PK_OPTS_SET_MAX = 2000      /* settings given in all */
};

struct pk_opts;

/* With the defaults only. The caller destroys it. */
struct pk_opts *pk_opts_create(void);
void pk_opts_destroy(struct pk_opts *opts); /* accepts NULL */

/* Later calls win over earlier ones. Errors: PK_BAD_INPUT with file and line;
 * PK_IO or PK_NOT_FOUND for the file. */
enum pk_status pk_opts_read(struct pk_opts *opts, const char *text, size_t len,
                            const char *path, struct pk_error *err) PK_MUST_CHECK;
enum pk_status pk_opts_read_file(struct pk_opts *opts, const char *path,
                                 struct pk_error *err) PK_MUST_CHECK;
/* `environ` form: NULL-ended list of NAME=value; only PLANKARTA_* is looked at.
 * PLANKARTA_CONFIG names the settings file and is no setting. */
enum pk_status pk_opts_read_env(struct pk_opts *opts, const char *const *env,
                                struct pk_error *err) PK_MUST_CHECK;
/* One setting; `where` stands in front of an error. */
enum pk_status pk_opts_set(struct pk_opts *opts, const char *name, const char *value,
                           const char *where, struct pk_error *err) PK_MUST_CHECK;

/* The row that `name` belongs to, NULL when there is no such setting. */
const struct pk_opt_key *pk_opts_key(const char *name);
/* Row i of the table, NULL past the last. */
const struct pk_opt_key *pk_opts_key_at(size_t i);

/* The value as text: set, or the default, or NULL. Lives as long as opts. */
const char *pk_opts_text(const struct pk_opts *opts, const char *name);
/* Typed readers; asserts that the name is of that type. Not set and without
 * default: 0, 0.0, false. */
int64_t pk_opts_int(const struct pk_opts *opts, const char *name);
double pk_opts_number(const struct pk_opts *opts, const char *name);
bool pk_opts_bool(const struct pk_opts *opts, const char *name);
/* Element i of a list, NULL past the last. */
const char *pk_opts_item(const struct pk_opts *opts, const char *name, size_t i);

/* What was given for the place in "prefix.*": the i-th distinct word after the
 * prefix, in byte order ("links" -> "1", "2"; "background" -> "lm"). NULL past the
 * last. Allocates: only while starting, on the main thread. */
const char *pk_opts_place(const struct pk_opts *opts, const char *prefix, size_t i);

#endif
