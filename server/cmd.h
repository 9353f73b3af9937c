/*
 * cmd.h - the commands of `plankarta`, one file each, and what they share.
 */
#ifndef PK_SERVER_CMD_H
#define PK_SERVER_CMD_H

#include "base/command.h"
#include "server/app.h"

int pk_cmd_audit(struct pk_invocation *in);
int pk_cmd_backup(struct pk_invocation *in);
int pk_cmd_history(struct pk_invocation *in);
int pk_cmd_lookup(struct pk_invocation *in);
int pk_cmd_render(struct pk_invocation *in);
int pk_cmd_search(struct pk_invocation *in);
int pk_cmd_serve(struct pk_invocation *in);
int pk_cmd_style(struct pk_invocation *in);
int pk_cmd_worker(struct pk_invocation *in);

/* Options of each, for the table. */
extern const struct pk_command_option pk_options_audit[], pk_options_backup[],
    pk_options_history[], pk_options_lookup[], pk_options_render[], pk_options_search[],
    pk_options_serve[], pk_options_style[];

/* What the serving pages have, for one command: settings read, store open, styles of the
 * data's layers compiled. Prints the error and returns an exit code, 0 on success. */
struct pk_session {
    struct pk_app app;
    struct pk_worker worker;
    bool rendering; /* renderer's fonts were loaded */
};
int pk_session_open(struct pk_session *session, struct pk_invocation *in, bool rendering);
void pk_session_close(struct pk_session *session);

/* lang= of a command: --lang, else Swedish; -1 and a printed error otherwise. */
int pk_session_lang(struct pk_invocation *in);
/* Write the buffer to standard output; exit code. */
int pk_session_print(struct pk_invocation *in, const struct pk_buf *out);

/* Run `plankarta-work` beside this program with the same arguments; returns only on
 * failure, with an exit code. */
int pk_work_exec(char **argv);
/* Its path, beside this program, in `out`; false when it is not there. */
bool pk_work_path(char *out, size_t size);

#endif
