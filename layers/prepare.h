/*
 * prepare.h - from rows to packs: one function, used by publish for the cells
 * that a version touches, and on demand for older states.
 *
 * The pack of a cell is a pure function of the rows in state (version, day)
 * that touch the cell: so packs made by many small publishes equal, byte for
 * byte, the packs of one import.
 *
 * Attributes that plan features carry in packs, tiles and styles:
 *   plan                       id, designation, name, status, phase, plan_type, coverage,
 *                              municipality, stage
 *   use                        id, plan, letter, index, label, colour, form, wording,
 *                              phase, uses (letters of identical areas: "RS", words with
 *                              blanks between), main (this one of them carries fill and
 *                              label; its label is that of all), stage, rotation
 *   property_regulation        id, plan, letter, index, label (what stands on the map:
 *                              "e" + subscript 1, "nh 12,0", the number of a height
 *                              point, "1:20" of a slope), symbol, form, wording, phase,
 *                              value, unit (of the first value), stage, rotation
 *   administrative_regulation  the same
 *   boundary                   kind, kinds (comma between), phase, owners (count), stage
 *   features of layers         the columns of their settings, `title`, `id`
 * phase: force, ongoing, other; a status that is not known counts as force. stage tells
 * more of ongoing: force, adopted (antagen, överklagad, tillsyn, or not in force yet),
 * ongoing, ended. rotation: the delivered one in degrees clockwise, 0 <= r < 360, null
 * when none came. Kinds of a boundary are those of its owners that are most in force:
 * plan, use, property, secondary, administrative, division; kind is the first.
 *
 * A line regulation with symbol stangsel or utfartsforbud has two points beside it, its
 * ends: symbol "stangsel-end" or "utfartsforbud-end", rotation that of the way into the
 * line from the right, clockwise. They have the line's id and other parts.
 *
 * Source layers of geodata are named by layer id. A layer is in the bands that its
 * settings' min_zoom shows; without one, property_unit and address only in full,
 * building from band 13 on, all others everywhere.
 */
#ifndef PK_LAYERS_PREPARE_H
#define PK_LAYERS_PREPARE_H

#include "layers/crs.h"
#include "layers/pack.h"
#include "layers/store.h"

/* Both packs of a cell; the caller begins and finishes the buffers. */
struct pk_prepared {
    int64_t cell;
    struct pk_buf features, labels;
};

/* Both packs of one cell, made from the rows: what publish stores, byte for byte. The
 * band may be of a wide level (pack.h); such a cell is made from all rows there are.
 * `crs` is the calling thread's. Errors: PK_IO, PK_BAD_DATA. */
enum pk_status pk_prepare_cell(struct pk_prepared *out, struct pk_crs *crs,
                               struct pk_store *store, int64_t version,
                               enum pk_family family, int band,
                               struct pk_error *err) PK_MUST_CHECK;
/* The same of plain cells, at least one, ascending by number and near each other (rows
 * are loaded once for all of them), but with what lies in wide cells in them too: who
 * draws an old state needs these cells alone. As it is on `legal_day` ("2026-03-02");
 * NULL = the version's own. */
enum pk_status pk_prepare_whole_cells(struct pk_prepared *out, size_t count,
                                      struct pk_crs *crs, struct pk_store *store,
                                      int64_t version, const char *legal_day,
                                      enum pk_family family, int band,
                                      struct pk_error *err) PK_MUST_CHECK;

#endif
