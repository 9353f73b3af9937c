/*
 * pack_form.h - the bytes of a pack, for its writer and its reader alone.
 *
 * Little endian; v = varint, s = zigzag varint.
 *
 *   pack      u32 PACK_MAGIC, v sections, each: v length + name, v length + body
 *   body      v unit: boxes and vertices are counted in so many family units
 *             v keys, each: text
 *             v strings, each: v length << 1 + text, or v 1 + 16 bytes: an id's text
 *                                                          in order of bytes
 *             v sets, each: v values that it shares with the one before, from the first
 *             key on; the others, one per key              in order of bytes
 *             s origin x, s origin y
 *             v features, each: v length + record          in order of (key, part)
 *   text      v length, bytes, a zero byte (strings: without the length again)
 *   value     u8 VALUE_*, then: f64 | s | v index of a string | nothing
 *   record    u8 flags, [v part], 16 bytes id, v set,
 *             s min x, s min y (less the origin), v width, v height,
 *             [s anchor x, s anchor y (less min x, min y), s room; family units],
 *             [f64 angle],
 *             v rings, each ring:                          none of a merged feature
 *   ring      v vertices << 2 | role; up to PIECE_VERTICES: points, without the last
 *             vertex of a closed ring; else pieces of
 *             PIECE_VERTICES, neighbours sharing a vertex, each:
 *             v min x, v min y (less the feature's), v width, v height,
 *             s first x, s first y (less the feature's min), s last x, s last y (less
 *             first), v length along it, v bytes + points after its first vertex
 *   points    s dx, s dy each, from the feature's min, then from the one before
 *
 * What follows from something else is not there: the key from the id and the name of the
 * section, the hash of a set from its values, the shape of a merged feature from its box.
 * An anchor at the box's min without room is not written.
 */
#ifndef PK_LAYERS_PACK_FORM_H
#define PK_LAYERS_PACK_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PACK_MAGIC UINT32_C(0x32504b50) /* "PKP2" */

enum { PIECE_VERTICES = 256 };

enum pack_value {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_DOUBLE,
    VALUE_INTEGER,
    VALUE_STRING,
    VALUE_OWN_ID /* the text of the feature's own id, of key "id" alone */
};

enum pack_flags {
    FLAG_KIND = 3,
    FLAG_DELIVERED = 4,
    FLAG_MERGED = 8,
    FLAG_ANGLE = 16,
    FLAG_ANCHOR = 32,
    FLAG_PART = 64,
    FLAGS_ALL = 127
};

/* Everything lies within this of the family's origin, so that sums stay far from
 * the ends of int64. */
#define PACK_REACH (INT64_C(1) << 40)

/* Limits of one pack; the writer's data stays far below. */
enum { PACK_NAME_MAX = 200, PACK_KEYS_MAX = 1000, PACK_VALUES_MAX = 1 << 24 };
#define PACK_UNIT_MAX (INT64_C(1) << 32)
/* The key whose value may be the feature's own id. */
#define PACK_ID_KEY "id"

struct pk_buf;
struct pk_pack_writer;
struct pk_error;

/* From here on, features are not copied: all they point to, and their boxes, must be
 * right and stay until finish. */
void pack_writer_borrow(struct pk_pack_writer *w);

/* The sections of `old` whose names are not in `replaced` (NULL-terminated), and all of
 * `fresh`, as one pack. Errors: PK_BAD_DATA. */
enum pk_status pack_splice(struct pk_buf *out, const void *old, size_t old_len,
                           const char *const *replaced, const void *fresh,
                           size_t fresh_len, struct pk_error *err) PK_MUST_CHECK;

#endif
