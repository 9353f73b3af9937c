/*
 * pack.h - prepared geometry: the compact integer features of one cell.
 *
 * Two grid families, both with x to the right and y DOWN the map, so that
 * drawing never turns an axis:
 *   wm  Web Mercator; unit = world width / 2^36 (0.6 mm); origin at the world's
 *       top left (x = 0, y = 0 at -20037508.34.., +20037508.34..)
 *   tm  EPSG:3006; unit 1 mm; x = easting, y = 10 000 000 000 - northing
 *
 * Bands 5..14 are generalised for a pixel of pk_band_pixel(), with places rounded to
 * pk_band_unit(); PK_BAND_FULL (15) is not. A level of any grid uses the coarsest band
 * whose pixel is not larger than its own, else full. A cell is a square of 128 band
 * pixels (64 up to band 12: a change writes whole cells, and the coarser the band, the
 * more lies in a pixel), column and row counted from the family's origin. A feature lies
 * whole in every cell that its box touches; the reader takes it once, by (key, part).
 *
 * What is much larger than a cell would lie in thousands of them. So each band has
 * wide cells too, PK_WIDE_STEP times a cell's side, and wider ones PK_WIDE_STEP times
 * that: its wide levels. A feature lies in the cells of the first level at which
 * neither side of its box is longer than PK_WIDE_SPAN cells (see pk_wide_level), with
 * the detail of the band; level 0 are the plain cells. A reader of a band reads every
 * level. A wide level is named as band + PK_WIDE_BAND * level, wherever packs and cells
 * are asked for; change boxes, and all that is known of tiles, have the plain band.
 * Labels lie in the plain cell of their anchor, however large the thing is.
 *
 * A pack has one section per source layer, by name; a section has its keys, its
 * attribute sets and its features in order of (key, part). Label packs have the
 * same form: point features at the anchors of everything that may be labelled.
 * Readers check every bound: a damaged pack is PK_BAD_DATA, never a crash.
 */
#ifndef PK_LAYERS_PACK_H
#define PK_LAYERS_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"
#include "layers/geom.h"

enum pk_family { PK_WM, PK_TM, PK_FAMILY_COUNT };

enum { PK_BAND_MIN = 5, PK_BAND_FULL = 15 };
#define PK_WM_WORLD (INT64_C(1) << 36)
#define PK_TM_TOP   INT64_C(10000000000)

const char *pk_family_name(enum pk_family family); /* "wm", "tm" */

/* Side of a band's pixel in family units: wm 2^(28-band), tm 4000 << (15-band). */
int64_t pk_band_pixel(enum pk_family family, int band);
/* What places are rounded to in a band: 1/16 of its pixel, the unit itself in full. */
int64_t pk_band_unit(enum pk_family family, int band);
/* A number rounded to whole band units, halves up. */
int64_t pk_band_round(enum pk_family family, int band, int64_t v);
/* The coarsest band whose pixel is not larger than `pixel` (family units). */
int pk_band_for_pixel(enum pk_family family, double pixel);

struct pk_ibox {
    int64_t min_x, min_y, max_x, max_y; /* family units, inclusive; empty: min > max */
};
#define PK_IBOX_EMPTY ((struct pk_ibox){INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN})
bool pk_ibox_touches(struct pk_ibox a, struct pk_ibox b);
struct pk_ibox pk_ibox_join(struct pk_ibox a, struct pk_ibox b);
struct pk_ibox pk_ibox_grow(struct pk_ibox box, int64_t by);

/* Wide levels of a band. A box at most PK_WIDE_SPAN cells long touches at most
 * (PK_WIDE_SPAN + 1)^2 of them; the last level has whatever is larger still. */
enum { PK_WIDE_STEP = 16, PK_WIDE_SPAN = 2, PK_WIDE_LEVELS = 4, PK_WIDE_BAND = 32 };
/* Levels of a plain band that can have something, plain cells counted: 1.. */
int pk_wide_levels(enum pk_family family, int band);
/* The level of a plain band at which a feature with that box lies. */
int pk_wide_level(enum pk_family family, int band, struct pk_ibox box);

/* Side of a cell; band as in pk_cell_of. */
int64_t pk_cell_side(enum pk_family family, int band);
/* Cell numbers: column << 32 | row. The band may be of a wide level. */
int64_t pk_cell_of(enum pk_family family, int band, int64_t x, int64_t y);
struct pk_ibox pk_cell_box(enum pk_family family, int band, int64_t cell);

/* An attribute's value, as style expressions see it. Arrays and objects of a
 * source are kept as their JSON text. */
enum pk_value_type { PK_VALUE_NULL, PK_VALUE_BOOL, PK_VALUE_NUMBER, PK_VALUE_STRING };
struct pk_value {
    enum pk_value_type type;
    uint32_t len;  /* of string, which is NUL-terminated too */
    double number; /* 0 or 1 of a bool */
    const char *string;
};

struct pk_iring {
    uint32_t first, count;
    enum pk_ring_role role; /* rings closed: last vertex equals the first */
    int64_t start_length;   /* of a line that comes in pieces: its length before this
                               one, sum of pk_segment_length; else 0 */
};

/* Whole part of the length of one segment; what start_length is the sum of. */
int64_t pk_segment_length(int64_t dx, int64_t dy);

/* One feature, for writing and as read. In label packs `kind` is that of the thing
 * that the anchor stands for. When writing, key and attr_hash are not looked at (they are
 * made of id and section, of keys and values), and the box of a feature with rings is
 * taken from its vertices, that of an anchor without a box is the anchor.
 * As read, `values` hold until the next feature is read: pk_pack_keep() makes them last.
 */
struct pk_ifeature {
    struct pk_id id;
    uint64_t key; /* pk_draw_key(id, source layer) */
    uint32_t part;
    enum pk_geom_kind kind;
    struct pk_ibox box;
    const struct pk_value *values; /* one per key of the section */
    uint64_t attr_hash;
    int64_t anchor_x, anchor_y; /* label anchor */
    int64_t room;               /* radius around it that is free inside the area, units;
                                   0 for points; half the length for lines */
    double angle;               /* degrees clockwise; delivered rotation, or the line's */
    bool delivered;             /* the anchor is the delivery's own label position */
    bool merged;                /* stands for smaller ones (bands below full): its shape
                                   is its box, that of a line the box's diagonal */
    uint32_t ring_count;
    const struct pk_iring *rings;
    const int64_t *xy; /* 2 per vertex, family units */
};

/* ---- writing (the writer process, and old states on demand) ---- */
struct pk_pack_writer;
struct pk_pack_writer *pk_pack_writer_create(void);
/* Boxes and vertices are whole numbers of so many family units (else 1 is taken). */
void pk_pack_writer_unit(struct pk_pack_writer *w, int64_t unit);
/* Keys of a source layer, in the order of `values`; before its features. */
void pk_pack_writer_section(struct pk_pack_writer *w, const char *source_layer,
                            const char *const *keys, uint32_t key_count);
/* Copies what it needs; any order. */
void pk_pack_writer_add(struct pk_pack_writer *w, const char *source_layer,
                        const struct pk_ifeature *feature);
/* Same features in any order: same bytes. Features with ring_count 0 are anchors.
 * No feature at all: no byte. */
void pk_pack_writer_finish(struct pk_pack_writer *w, struct pk_buf *out);
void pk_pack_writer_destroy(struct pk_pack_writer *w);

/* ---- reading ---- */
struct pk_pack_section {
    const char *source_layer;
    uint32_t key_count, feature_count;
    const char *const *keys;
    struct pk_bytes features; /* private */
    uint32_t set_count;
    const struct pk_value *sets; /* key_count values per set, private */
    const uint64_t *set_hashes;
    int64_t unit;
    uint32_t id_key; /* the key whose value is the feature's own id; or key_count */
    char *id_text;   /* of the feature just read, private */
};

struct pk_pack {
    uint32_t section_count;
    const struct pk_pack_section *sections; /* by name */
};

/* Bytes must outlive the pack; tables lie in the arena. Sections whose name is not
 * in `wanted` (NULL-terminated; NULL = all) are skipped without decoding.
 * Errors: PK_BAD_DATA. */
enum pk_status pk_pack_open(struct pk_pack *out, const void *bytes, size_t len,
                            const char *const *wanted, struct pk_arena *arena,
                            struct pk_error *err) PK_MUST_CHECK;
const struct pk_pack_section *pk_pack_find(const struct pk_pack *pack,
                                           const char *source_layer);

struct pk_pack_cursor {
    const struct pk_pack_section *section;
    struct pk_bytes at;
    uint32_t left;
    uint64_t seed;              /* of keys */
    int64_t origin_x, origin_y; /* of the section's boxes */
    struct pk_bytes geometry;   /* of the feature just read */
};
void pk_pack_begin(struct pk_pack_cursor *c, const struct pk_pack_section *section);
/* The next feature without its geometry (ring_count set, rings and xy NULL).
 * False at the end, or when the bytes are damaged (c->at.bad). */
bool pk_pack_next(struct pk_pack_cursor *c, struct pk_ifeature *out);
/* Values of the feature just read that live as long as the arena. */
void pk_pack_keep(struct pk_ifeature *f, const struct pk_pack_section *section,
                  struct pk_arena *arena);
/* Decode the geometry of the feature just read into the arena. With a window (may be
 * NULL), pieces of long rings that lie beyond one side of it are not decoded: a ring of
 * an area comes with only their end points (same fill, same undashed outline inside the
 * window; give NULL to dash the outline of an area), a line comes as several lines
 * without them, each with its start_length (same dashes; ends made so lie outside the
 * window). A line that closes inside the window comes whole. The window has the
 * drawing's reach in it. False: damaged. */
bool pk_pack_geometry(struct pk_pack_cursor *c, struct pk_ifeature *feature,
                      const struct pk_ibox *window, struct pk_arena *arena);

#endif
