/*
 * mapping.h - mapping documents: which source layer and fields become what of ours.
 *
 *   {"name": "our-plans",
 *    "profile": "aldre",       rules that its sources are held to (layers/rules.h)
 *    "layers": [
 *     {"match": {"layer": ["DetaljplanGallande_yta"],  names, '*' at the end allowed
 *                "fields": ["AKTBET"],                 all of these must be there
 *                "any": ["LEGAL_APPR", "ACCEPTED_D"]}, at least one of these
 *      "kind": "plan",          plan, use, property_regulation,
 *                               administrative_regulation, layer, ignore
 *      "id": ["objektidentitet"], "key": ["AKTBET"],   fields; the first that has a value
 *      "plan": ["PLAN_ID"],     of a regulation: the plan's id, key or designation;
 *                               without one, the plan that its ground lies in
 *      "fields": {"beteckning": ["AKTBET", "Aktbeteckning"],
 *                 "adress": ["{gata} {nummer}{bokstav?}"]},
 *      "values": {"status": {"G": "laga kraft", "*": null}},
 *      "constants": {"typ": "detaljplan"},
 *      "crs": 3006, "axis": "northing-first", "encoding": "cp1252",
 *      "x": ["ost"], "y": ["nord"],                    points out of columns (CSV)
 *      "layer": {"id": "strandskydd", "title": {"sv": "...", "en": "..."}, "group": ..,
 *                "order": .., "visible": .., "min_zoom": .., "max_zoom": ..,
 *                "attribution": .., "licence": .., "role": .., "columns": [..],
 *                "title_column": .., "searched": [..], "look": {..}, "answer": ..}}]}
 *
 * A field of the document is a field of the source when the names are equal, letters'
 * case aside, or when the source's is the first ten characters of it (DBF). Of a layer,
 * fields that nothing maps keep their names. The first rule of a document that fits is
 * taken; --mapping stands before the shipped ones; of those, two that fit are an error.
 */
#ifndef PK_IMPORT_MAPPING_H
#define PK_IMPORT_MAPPING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum { PK_MAPPING_BYTES_MAX = 4 << 20, PK_MAPPING_LAYERS_MAX = 1000 };

enum pk_mapped_kind {
    PK_MAPPED_LAYER,
    PK_MAPPED_PLAN,
    PK_MAPPED_USE,
    PK_MAPPED_PROPERTY,
    PK_MAPPED_ADMINISTRATIVE,
    PK_MAPPED_IGNORE,
    PK_MAPPED_KINDS
};

/* Names of the fields of one source layer. */
struct pk_field_names {
    const char *const *names;
    size_t count;
};

/* Is it a mapping document? Errors: PK_BAD_INPUT "layers[3].kind: ...". An empty
 * object is one without rules. */
enum pk_status pk_mapping_check(const json_t *document,
                                struct pk_error *err) PK_MUST_CHECK;

/* The shipped documents, parsed: an array. The caller decrefs it. */
json_t *pk_mapping_shipped(void);

/* The rule for a source layer, borrowed from `own` (may be NULL) or `shipped`; NULL
 * when none fits. *name is its document's. Errors: PK_BAD_INPUT naming the shipped
 * documents that all fit. */
enum pk_status pk_mapping_find(const json_t **rule, const char **name, const json_t *own,
                               const json_t *shipped, const char *layer,
                               const struct pk_field_names *fields,
                               struct pk_error *err) PK_MUST_CHECK;

enum pk_mapped_kind pk_mapping_kind(const json_t *rule);

/* Index of the source field that the name means, -1 = none. */
long pk_mapping_field(const struct pk_field_names *fields, const char *name);

/* The value of a list of alternatives ("AKTBET", "{a} {b?}") out of an object of
 * source values; NULL when none has one. New reference. */
json_t *pk_mapping_value(const json_t *alternatives, const struct pk_field_names *fields,
                         const json_t *values);

/* All of `fields`, `values` and `constants` into a new object. */
json_t *pk_mapping_apply(const json_t *rule, const struct pk_field_names *fields,
                         const json_t *values);
/* Does the rule use the source field (so that it needs no place of its own)? */
bool pk_mapping_uses(const json_t *rule, const struct pk_field_names *fields,
                     const char *field);

/* Lower-case ASCII id of a name ("Känsliga områden 2" -> "kansliga_omraden_2"). */
const char *pk_mapping_layer_id(struct pk_arena *arena, const char *name);

#endif
