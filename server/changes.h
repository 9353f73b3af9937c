/*
 * changes.h - what recent versions changed on the map: the list that cached tiles are
 * tested against. Bounded; when old versions fall out of it, the answer about them is
 * "unknown" and a worker looks at the tile's digest instead. Thread-safe.
 */
#ifndef PK_SERVER_CHANGES_H
#define PK_SERVER_CHANGES_H

#include "layers/store.h"

enum { PK_CHANGES_MAX = 20000 }; /* boxes kept */

enum pk_touch { PK_TOUCH_NO, PK_TOUCH_YES, PK_TOUCH_UNKNOWN };

struct pk_changes;

/* Knows nothing before version `from`. */
struct pk_changes *pk_changes_create(int64_t from);
void pk_changes_destroy(struct pk_changes *changes);

/* Add the boxes of versions after the newest known one, up to `upto`, in order. With
 * `gap`, boxes are missing: everything before `upto` becomes unknown. */
void pk_changes_add(struct pk_changes *changes, const struct pk_change *list,
                    uint32_t count, int64_t upto, bool gap);

/* Forget all and begin again at `from` (the database was put back to an older one). */
void pk_changes_restart(struct pk_changes *changes, int64_t from);

/* Does a change of the versions after..upto touch `dep` in that family and band? */
enum pk_touch pk_changes_touch(struct pk_changes *changes, enum pk_family family,
                               int band, struct pk_ibox dep, int64_t after, int64_t upto);

#endif
