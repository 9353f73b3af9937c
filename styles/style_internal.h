/* style_internal.h - the compiled style; what the files style_*.c share. */
#ifndef PK_STYLES_STYLE_INTERNAL_H
#define PK_STYLES_STYLE_INTERNAL_H

#include "styles/expr.h"
#include "styles/props.h"
#include "styles/style.h"

enum {
    PK_STYLE_BYTES_MAX = 8 << 20,
    PK_STYLE_LAYERS_MAX = 2000,
    PK_THEME_BYTES_MAX = 1 << 20
};

/* What a layer draws: one node per property; those of other layer types are 0. */
struct pk_rules {
    uint32_t filter; /* node; 0 = all */
    bool visible, must_fit;
    double leader_zoom; /* metadata "plankarta:leader"; infinite: none */
    uint8_t uses;       /* of all drawn properties: PK_USES_* */
    uint32_t node[PK_PROP_COUNT];
};

struct pk_style {
    struct pk_arena arena;
    struct pk_program program;
    const char *name, *theme;
    char *document;
    uint64_t hash;
    uint32_t layer_count;
    struct pk_style_layer *layers;
    struct pk_rules *rules;
    uint32_t fallback[PK_PROP_COUNT]; /* nodes of the defaults, constants */
};

/* pk_style_read that goes on after an error when `errors` is not NULL: each is a line
 * "PATH: what", without place, and the style is refused in the end. */
enum pk_status pk_style_read_all(struct pk_style **out, const char *name,
                                 const char *json, size_t len, const char *theme,
                                 const char *theme_json, size_t theme_len,
                                 struct pk_buf *warnings, struct pk_buf *errors,
                                 struct pk_error *err) PK_MUST_CHECK;

/* Line and column of what a path ("layers[4].paint.fill-color: ...") names in a
 * document that was read; of the innermost part of it that is there. */
void pk_style_where(const char *json, size_t len, const char *path, int *line,
                    int *column);

/* The default's value of a number property. */
static inline double pk_fallback_number(const struct pk_style *s, int prop)
{
    return s->program.nodes[s->fallback[prop]].value.u.number;
}

#endif
