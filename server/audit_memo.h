/*
 * audit_memo.h - what the audit says of the style that this server draws, measured once
 * in the background when somebody first asks, and again when the style is another.
 *
 * Only what the styles can draw is measured (no tiles: that is the command's), so that a
 * small machine is not kept busy. Thread-safe; nobody waits for it.
 */
#ifndef PK_SERVER_AUDIT_MEMO_H
#define PK_SERVER_AUDIT_MEMO_H

#include <time.h>

#include "server/app.h"
#include "tiles/audit/audit.h"

enum { PK_AUDIT_THEMES_MAX = 32 };

struct pk_audit_memo;
struct pk_audit_memo *pk_audit_memo_create(void);
void pk_audit_memo_destroy(struct pk_audit_memo *memo); /* waits for the thread */

/* One audit per theme and when they were made. */
struct pk_audits {
    const struct pk_audit *audits;
    uint32_t count;
    time_t made;
};
/* Call `use` with the figures, which are kept still while it runs; false when there are
 * none yet, and then they are on their way. */
bool pk_audit_memo_read(struct pk_audit_memo *memo, struct pk_app *app,
                        void (*use)(const struct pk_audits *audits, void *ctx),
                        void *ctx);

#endif
