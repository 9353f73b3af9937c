/*
 * view_list.h - the plans that a map view shows, as a list: the text form of the map.
 */
#ifndef PK_SERVER_VIEW_LIST_H
#define PK_SERVER_VIEW_LIST_H

#include "layers/store.h"

enum { PK_VIEW_LIST_MAX = 100 };

struct pk_view_list {
    uint32_t count;
    bool more; /* there are others */
    struct pk_view_plan {
        struct pk_id id;
        const char *name, *designation, *status, *in_force;
    } plans[PK_VIEW_LIST_MAX];
};

/* Plans whose effective ground meets the box (EPSG:3006), by name. Takes a snapshot. */
enum pk_status pk_view_list(struct pk_view_list *out, struct pk_store *store,
                            struct pk_box box, struct pk_arena *arena,
                            struct pk_error *err) PK_MUST_CHECK;

/* Do the ground and the box have a point in common? */
bool pk_view_meets(const struct pk_geom *geom, struct pk_box box);

#endif
