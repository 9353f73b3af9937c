/*
 * pattern.h - patterns made from their names, anchored to the map.
 *
 * Every pattern is coverage by absolute device pixel, so neighbouring tiles meet.
 * Names (sizes in CSS pixels):
 *   prickmark korsmark ringmark korsprick ringprick   whole marks, see below
 *   hatch-ANGLE-SPACING[-WIDTH]   lines; 0 lies flat, 45 rises to the right; 1 wide
 *   cross-ANGLE-SPACING[-WIDTH]   hatch both ways
 *   dots[-SPACING[-DIAMETER]] grid[-SPACING[-WIDTH]] waves[-SPACING] grass[-SPACING]
 *   plus[-SPACING] rings[-SPACING] trees[-SPACING] marsh[-SPACING]
 * and after any of them ":#rrggbb" or ":#rrggbbaa", the ink.
 *
 * WHOLE MARKS (the five first): a mark is drawn only where its centre lies inside
 * the area, decided on the exact vertices, and then it is drawn whole, also over
 * the edge. So they are not fills: use pk_marks_ring / pk_marks_paint.
 */
#ifndef PK_TILES_PATTERN_H
#define PK_TILES_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "styles/style.h"
#include "tiles/surface.h"

struct pk_pattern;  /* immutable */
struct pk_patterns; /* those made so far; one thread */
struct pk_marks;

enum {
    PK_PATTERNS_MAX = 512,
    PK_PATTERN_REACH = 8 /* CSS px a mark reaches from its centre */
};

struct pk_patterns *pk_patterns_create(void);
void pk_patterns_destroy(struct pk_patterns *set); /* accepts NULL */

/* Made on first use, kept for the set's life. NULL: no such name (or the set is
 * full). scale 1, 2, 3. */
const struct pk_pattern *pk_patterns_get(struct pk_patterns *set, const char *name,
                                         uint32_t scale);
/* Does the name say a pattern? For checking styles; any thread. */
bool pk_pattern_known(const char *name);

bool pk_pattern_is_marks(const struct pk_pattern *p);
/* The ink that the name carries, else dark grey. */
struct pk_rgba pk_pattern_ink(const struct pk_pattern *p);

/* Coverage 0..255 of `count` pixels of row y from x on, absolute. Not for marks
 * (all 0). */
void pk_pattern_row(const struct pk_pattern *p, int64_t x, int64_t y, uint32_t count,
                    uint8_t *out);

/* Whole marks of one area: begin, all its rings (absolute 1/256 px), paint. */
struct pk_marks *pk_marks_create(void);
void pk_marks_destroy(struct pk_marks *m); /* accepts NULL */
void pk_marks_begin(struct pk_marks *m, const struct pk_surface *s,
                    const struct pk_pattern *p);
void pk_marks_ring(struct pk_marks *m, const int64_t *xy, uint32_t count);
/* colour a = 0: the pattern's ink. */
void pk_marks_paint(struct pk_marks *m, struct pk_surface *s, struct pk_rgba colour);

#endif
