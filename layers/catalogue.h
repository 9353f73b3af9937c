/*
 * catalogue.h - Boverket's planbestämmelsekatalog, one release in memory, read-only.
 *
 * The document is what the catalogue's API gives as a flat release: a list of
 * provisions, or an object with the list in `bestammelser`; each an object with id,
 * bestammelsekod, bestammelsetyp, anvandningsform, bestammelseformulering, geometrityp,
 * symbolid, borjargalla, slutargalla, ersattsav. Other members are passed over.
 */
#ifndef PK_LAYERS_CATALOGUE_H
#define PK_LAYERS_CATALOGUE_H

#include <jansson.h>

#include "base/date.h"
#include "base/error.h"
#include "base/hash.h"

enum {
    PK_CATALOGUE_BYTES_MAX = 64 << 20, /* a release is 13 MB */
    PK_CATALOGUE_ENTRIES_MAX = 100000,
    PK_CATALOGUE_SLOTS_MAX = 16 /* of one wording */
};

/* "[höjd:decimaltal]" */
struct pk_catalogue_slot {
    const char *name, *type; /* not ended: lengths beside */
    uint32_t name_len, type_len;
    const char *begin, *end; /* in the wording, with the brackets */
};

struct pk_catalogue_entry {
    struct pk_id id;
    const char *code, *type, *form, *wording, *geometry, *symbol; /* NULL = not there */
    pk_date from, to; /* PK_DATE_NONE = open */
};

struct pk_catalogue;
/* Errors: PK_IO, PK_LIMIT, PK_BAD_INPUT with the path. */
enum pk_status pk_catalogue_read(struct pk_catalogue **out, const char *path,
                                 struct pk_error *err) PK_MUST_CHECK;
/* The same of a parsed document, which is kept (a reference of its own). */
enum pk_status pk_catalogue_of(struct pk_catalogue **out, json_t *document,
                               struct pk_error *err) PK_MUST_CHECK;
void pk_catalogue_free(struct pk_catalogue *catalogue); /* accepts NULL */

/* NULL when it has none of that id. Lives as long as the catalogue. */
const struct pk_catalogue_entry *pk_catalogue_find(const struct pk_catalogue *catalogue,
                                                   struct pk_id id);
/* Slots of a wording, in order; returns how many, at most `max`. */
uint32_t pk_catalogue_slots(struct pk_catalogue_slot *out, uint32_t max,
                            const char *wording);

#endif
