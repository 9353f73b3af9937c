/*
 * delivery_queue.h - deliveries that are read into drafts while the writer does other
 * things: each is a process of its own (`plankarta-work import --draft`), one at a time,
 * the others wait in their order. The publish of a planner is therefore not behind a
 * national delivery that is being read; only the short time in which a draft is compared
 * and settled belongs to one of them alone (layers/db.h, sessions).
 *
 * A delivery is a folder that is made before it is asked for:
 *   files/...      what is delivered, by the names people gave; removed at the end
 *   report.json    afterwards: the report (answers.md)
 *   done.json      at last: {"draft": 3|null, "held": b, "refused": b} or {"error":
 * "..."} progress.txt   meanwhile: lines like " 60 % publishing"; the last one counts.
 * After a failure it ends with why.
 */
#ifndef PK_IMPORT_DELIVERY_QUEUE_H
#define PK_IMPORT_DELIVERY_QUEUE_H

#include "base/msg.h"
#include "base/opts.h"

enum {
    PK_DELIVERIES_MAX = 32, /* waiting and running */
    PK_DELIVERY_FILES_MAX = 64
};

struct pk_deliveries;

/* `db` is copied, `opts` borrowed. One thread uses it. */
struct pk_deliveries *pk_deliveries_create(const char *db, const struct pk_opts *opts);
/* Ends what runs; accepts NULL. */
void pk_deliveries_destroy(struct pk_deliveries *d);

/* Queue a folder. Errors: PK_BUSY when too many wait, PK_BAD_INPUT when nothing is in it,
 * PK_IO. */
enum pk_status pk_deliveries_add(struct pk_deliveries *d, const char *folder,
                                 const char *by, enum pk_lang lang,
                                 struct pk_error *err) PK_MUST_CHECK;

/* Becomes readable when the running one ends; -1 = none runs. */
int pk_deliveries_fd(const struct pk_deliveries *d);
/* Note what has ended and begin what is next; never waits. */
void pk_deliveries_tick(struct pk_deliveries *d);

#endif
