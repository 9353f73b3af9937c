/*
 * command.h - the one form of command tables: both programs have such a table,
 * and this file reads the command line by it.
 *
 * Options of a command are its rows; besides them every setting of base/opts.h
 * may be given as --NAME VALUE ('-' and '_' are alike). A row wins over a setting
 * of the same name. "--" ends the options. Exit codes: 0 done, 1 the work failed,
 * 2 wrong usage; always with one line that says what was wrong with which input.
 */
#ifndef PK_BASE_COMMAND_H
#define PK_BASE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/opts.h"

enum { PK_EXIT_OK = 0, PK_EXIT_FAILED = 1, PK_EXIT_USAGE = 2, PK_EXIT_SIGNAL = 130 };

enum { PK_ARGS_MAX = 4096 };

struct pk_command_option {
    const char *name;  /* "json", or one letter for "-o" */
    const char *value; /* what it takes ("FILE"); NULL = a flag */
    const char *help;
};

struct pk_invocation;

struct pk_command {
    const char *name;    /* "lookup"; two words ("style check") are operands */
    const char *summary; /* one line */
    const char *forms;   /* usage without "plankarta NAME", lines by '\n' */
    const struct pk_command_option *options; /* ended by a NULL name; may be NULL */
    uint32_t operands_min, operands_max;
    /* Returns the exit code. NULL: another program does it (see server/main.c). */
    int (*run)(struct pk_invocation *in);
};

struct pk_given {
    const struct pk_command_option *option;
    const char *value; /* NULL for flags */
};

struct pk_invocation {
    char *const *argv;                /* as given, NULL-ended */
    const struct pk_command *command; /* the row */
    const struct pk_command *table;   /* all rows, ended by a NULL name */
    struct pk_opts *opts;             /* all sources read */
    const struct pk_given *given;
    uint32_t given_count;
    const char *const *operands;
    uint32_t operand_count;
};

/* Read argv[1..] by the table, then settings file, environment and the command
 * line's own settings, and run the command. The settings file is --config FILE, else
 * PLANKARTA_CONFIG, else plankarta.conf in the working folder when there is one.
 * --help and no command print help. Returns the exit code. */
int pk_command_main(const struct pk_command *table, int argc, char **argv);

/* The last value given for an option of the command, NULL when not given. */
const char *pk_given_value(const struct pk_invocation *in, const char *name);
/* Value number i of an option that may be repeated; NULL past the last. */
const char *pk_given_at(const struct pk_invocation *in, const char *name, uint32_t i);
bool pk_given_flag(const struct pk_invocation *in, const char *name);

const struct pk_command *pk_command_find(const struct pk_command *table,
                                         const char *name);
/* Print one line "plankarta NAME: text" on stderr and return the code. */
int pk_command_fail(const struct pk_invocation *in, int code, const char *fmt, ...)
    PK_PRINTF(3, 4);
/* The same for a status: PK_BAD_INPUT is 1 here (the work's input, not the usage). */
int pk_command_error(const struct pk_invocation *in, const struct pk_error *err);
/* Help of the table, or of one command, on stdout. */
void pk_command_help(const struct pk_command *table, const struct pk_command *command);

#endif
