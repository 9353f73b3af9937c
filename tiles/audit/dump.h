/*
 * dump.h - everything a style can draw, as looks.
 *
 * The style document says which values of which properties it tells apart (the labels
 * of its matches, the constants of its comparisons). Every combination of them is a
 * specimen; what the style makes of a specimen at a zoom is a look. So the dump knows
 * what the style means for data that nobody has yet, and follows any style document.
 *
 * One thing of our data model is built in: a use lies in its plan, so what the plan
 * draws over its area belongs to the look of a use.
 */
#ifndef PK_TILES_AUDIT_DUMP_H
#define PK_TILES_AUDIT_DUMP_H

#include "base/arena.h"
#include "styles/style.h"
#include "tiles/audit/values.h"

enum {
    PK_LOOK_STROKES = 8,
    PK_LOOK_PATTERNS = 4,
    PK_SPECIMENS_MAX = 60000, /* combinations of one source layer */
    PK_LOOKS_MAX = 20000
};

enum pk_look_kind { PK_LOOK_AREA, PK_LOOK_LINE, PK_LOOK_TEXT, PK_LOOK_POINT };

struct pk_stroke_look {
    struct pk_rgba colour; /* over nothing */
    double width;
    uint32_t dash_count;
    double period; /* px; 0: not dashed */
};

struct pk_look {
    enum pk_look_kind kind;
    const char *source_layer;
    const char *meaning; /* legend class of its lowest layer */
    const char *name;    /* "use colour=gul" */
    const char *colour;  /* the plan colour's name, or NULL */
    bool essential, lettered;
    bool ongoing; /* phase "ongoing" */
    bool aside;   /* ongoing, or no longer or not yet in force */
    bool alone;   /* a plan known only by its boundary: no use lies under it */
    double zoom;
    uint64_t identity; /* of layers and the values their paint depends on */
    struct pk_specimen specimen;

    bool filled;         /* areas: opaque over the ground */
    struct pk_rgba fill; /* over the ground; the ground when not filled */
    uint32_t pattern_count;
    const char *patterns[PK_LOOK_PATTERNS];
    struct pk_rgba inks[PK_LOOK_PATTERNS]; /* as drawn, with their opacity */

    uint32_t stroke_count; /* lines, from the bottom up */
    struct pk_stroke_look strokes[PK_LOOK_STROKES];

    struct pk_rgba text, halo; /* texts */
    double size, halo_width;
    bool bold, says; /* says: it has words */

    const char *icon; /* points: image, or NULL for a circle */
    struct pk_rgba point, casing;
    double diameter, casing_width;
    bool stamped; /* set along a line: part of the line, not a point */
};

struct pk_dump {
    struct pk_look *looks; /* by zoom, then in order of finding */
    uint32_t count;
    uint32_t cut;
    const double *zooms;
    uint32_t zoom_count;
    struct pk_rgba *grounds; /* by zoom */
};

/* Memory is the arena's. `base` may be NULL. */
enum pk_status pk_dump_make(struct pk_dump *out, const struct pk_style *style,
                            const struct pk_style *base, struct pk_arena *arena,
                            struct pk_error *err) PK_MUST_CHECK;
/* The ground at a zoom: the base's background, white without one, under the style's
 * own. */
struct pk_rgba pk_audit_ground(const struct pk_style *style, const struct pk_style *base,
                               double zoom);
/* Looks of one zoom: first and past the last. */
void pk_dump_at(const struct pk_dump *dump, uint32_t zoom, uint32_t *first,
                uint32_t *end);

#endif
