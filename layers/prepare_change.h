/*
 * prepare_change.h - what differs between the old and the new pack of a cell, as
 * boxes: of all records that are gone, new or different.
 */
#ifndef PK_LAYERS_PREPARE_CHANGE_H
#define PK_LAYERS_PREPARE_CHANGE_H

#include "layers/pack.h"

enum {
    PREP_CHANGES_MAX = 4096, /* of one version, after merging */
    PREP_RECORD_BOXES = 64
};

struct prep_change {
    const char *layer; /* borrowed from the arena of the list */
    enum pk_family family;
    int band;
    struct pk_ibox box;
};

struct prep_changes {
    struct pk_arena arena; /* names */
    uint32_t count, cap;
    struct prep_change *list;
    /* Records that are noted already, of one family and band: a record lies in every
     * cell it touches. */
    uint32_t seen_count, seen_slots;
    uint64_t *seen;
};

void prep_changes_finish(struct prep_changes *c);
/* Before each family and band. */
void prep_changes_next(struct prep_changes *c);
/* `names`: sections compared, NULL-terminated. Errors: PK_BAD_DATA. */
enum pk_status prep_changes_compare(struct prep_changes *c, const char *const *names,
                                    enum pk_family family, int band, const void *old,
                                    size_t old_len, const void *fresh, size_t fresh_len,
                                    struct pk_error *err) PK_MUST_CHECK;
/* All of `cell`, the cell's box, for every section that the pack has: when there was
 * nothing anywhere before. */
enum pk_status prep_changes_all(struct prep_changes *c, enum pk_family family, int band,
                                struct pk_ibox cell, const void *fresh, size_t fresh_len,
                                struct pk_error *err) PK_MUST_CHECK;
/* At most PREP_CHANGES_MAX boxes, neighbours merged, in a fixed order. */
void prep_changes_settle(struct prep_changes *c);

#endif
