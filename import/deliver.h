/*
 * deliver.h - one source into a draft: hashed, read by the sandboxed child, its records
 * taken. What is wrong with the source stays in the draft's report.
 */
#ifndef PK_IMPORT_DELIVER_H
#define PK_IMPORT_DELIVER_H

#include "base/opts.h"
#include "import/child.h"
#include "layers/publish.h"

/* What is not in the settings; source, lang and progress as in struct pk_child_job. */
struct pk_delivery {
    const char *path, *name;     /* name: as people know it; NULL = path */
    const char *layer, *mapping; /* may be NULL */
    enum pk_lang lang;
    void (*progress)(void *context, double done);
    void *context;
    /* When the source has been read and before the draft is touched; may be NULL. A draft
     * that begins here holds up nobody while the source is read. */
    enum pk_status (*begin)(void *context, struct pk_error *err);
    void *begin_context;
};

/* Errors: PK_BUSY stopped by a signal; PK_IO of the database. */
enum pk_status pk_deliver(struct pk_draft *const *draft, const struct pk_opts *opts,
                          const struct pk_delivery *what,
                          struct pk_error *err) PK_MUST_CHECK;

/* The catalogue that the setting names; *out is NULL when it names none. */
enum pk_status pk_deliver_catalogue(struct pk_catalogue **out, const struct pk_opts *opts,
                                    struct pk_error *err) PK_MUST_CHECK;

/* A mapping that cannot be read is the caller's mistake: said before any work. NULL is
 * none. Errors: PK_IO, PK_BAD_INPUT with the path. */
enum pk_status pk_deliver_mapping(const char *path, struct pk_error *err) PK_MUST_CHECK;

#endif
