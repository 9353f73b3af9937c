/*
 * values.h - which values of which properties a style document tells apart.
 */
#ifndef PK_TILES_AUDIT_VALUES_H
#define PK_TILES_AUDIT_VALUES_H

#include "base/arena.h"
#include "base/error.h"
#include "layers/pack.h"
#include "styles/style.h"

enum { PK_CHOICES_MAX = 64, PK_CHOICE_PROPS_MAX = 64 };

/* Values of one property. The first stands for all that the style does not name. */
struct pk_choice {
    uint32_t property; /* of the style */
    uint32_t count;
    struct pk_value values[PK_CHOICES_MAX]; /* type NULL: the property is absent */
};

/* What is chosen among for one source layer. */
struct pk_choices {
    const char *source_layer;
    uint32_t count;
    struct pk_choice props[PK_CHOICE_PROPS_MAX];
};

/* One combination. */
struct pk_specimen {
    const struct pk_choices *choices;
    uint8_t at[PK_CHOICE_PROPS_MAX]; /* index in each choice */
    enum pk_geom_kind kind;
};

struct pk_style_values {
    struct pk_choices *choices; /* one per source layer */
    uint32_t count;
    uint64_t **paint; /* by style layer: bits of the properties its paint reads, a word
                         per 64 properties */
    uint32_t words;
};

/* Memory is the arena's. Errors: PK_LIMIT. */
enum pk_status pk_style_values(struct pk_style_values *out, const struct pk_style *style,
                               struct pk_arena *arena,
                               struct pk_error *err) PK_MUST_CHECK;

/* Go on to the next combination, the first property fastest; false after the last. */
bool pk_specimen_next(struct pk_specimen *s);
/* How many there are, at most UINT32_MAX. */
uint32_t pk_specimen_count(const struct pk_choices *choices);
/* "colour=gul phase=ongoing": what is not the first. */
const char *pk_specimen_name(const struct pk_specimen *s, const struct pk_style *style,
                             struct pk_arena *arena);
/* The value of a property, NULL when the style does not read it here. */
const struct pk_value *pk_specimen_value(const struct pk_specimen *s,
                                         const struct pk_style *style, const char *name);

#endif
