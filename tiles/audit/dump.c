/* dump.c - specimens of every source layer, and what the style makes of them. */
#include "tiles/audit/dump.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "styles/colour.h"
#include "tiles/grid.h"
#include "tiles/icon.h"
#include "tiles/pattern.h"
#include "tiles/sprite.h"

enum { ZOOMS_MAX = 64, ZOOM_FIRST = 8, ZOOM_LAST = 20, SLOTS = 1 << 16 };

struct dumper {
    const struct pk_style *style;
    struct pk_style_values values;
    struct pk_arena *arena;
    struct pk_patterns *patterns;
    struct pk_dump *out;
    uint32_t room;
    double zoom;
    struct pk_rgba ground;
    uint32_t *slots;         /* looks of the zoom by identity; index + 1 */
    struct pk_value *row[2]; /* values by property: of the specimen, of its plan */
    uint16_t *map[2];
    bool full;
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Zooms at which tiles are made: of the web grid and of the municipal one. */
static void list_zooms(struct pk_dump *out, struct pk_arena *arena)
{
    double *zooms = pk_arena_alloc(arena, ZOOMS_MAX, sizeof *zooms);
    uint32_t count = 0;
    static const char *const grids[] = {"WebMercatorQuad", "SWEREF99TMKommun"};
    for (size_t g = 0; g < PK_COUNT(grids); g++) {
        const struct pk_grid *grid = pk_grid_find(grids[g]);
        for (uint32_t i = 0; i < grid->level_count && count < ZOOMS_MAX; i++) {
            double zoom = pk_grid_style_zoom(grid, grid->levels[i].pixel);
            if (zoom >= ZOOM_FIRST && zoom <= ZOOM_LAST) {
                zooms[count++] = round(zoom * 100) / 100;
            }
        }
    }
    qsort(zooms, count, sizeof *zooms, compare_doubles);
    out->zooms = zooms;
    for (uint32_t i = 0; i < count; i++) {
        if (out->zoom_count == 0 || zooms[i] > zooms[out->zoom_count - 1] + 0.005) {
            zooms[out->zoom_count++] = zooms[i];
        }
    }
}

struct pk_rgba pk_audit_ground(const struct pk_style *style, const struct pk_style *base,
                               double zoom)
{
    struct pk_rgba ground = {255, 255, 255, 255};
    const struct pk_style *both[] = {base, style};
    for (size_t k = 0; k < PK_COUNT(both); k++) {
        for (uint32_t i = 0; both[k] && i < pk_style_layer_count(both[k]); i++) {
            const struct pk_style_layer *layer = pk_style_layer(both[k], i);
            struct pk_background_paint p = {0};
            if (layer->type == PK_LAYER_BACKGROUND && zoom >= layer->min_zoom &&
                zoom < layer->max_zoom) {
                pk_style_background(both[k], layer, zoom, &p);
                ground = pk_colour_over(p.colour, ground);
            }
        }
    }
    return ground;
}

/* ---- one specimen as the style's input ---- */

static struct pk_style_input input_of(struct dumper *d, int row,
                                      const struct pk_specimen *s)
{
    uint32_t count = pk_style_property_count(d->style);
    for (uint32_t i = 0; i < count; i++) {
        d->map[row][i] = PK_NO_KEY;
    }
    for (uint32_t i = 0; i < s->choices->count; i++) {
        const struct pk_choice *c = &s->choices->props[i];
        const struct pk_value *v = &c->values[s->at[i]];
        if (v->type != PK_VALUE_NULL) {
            d->row[row][c->property] = *v;
            d->map[row][c->property] = (uint16_t)c->property;
        }
    }
    return (struct pk_style_input){.zoom = d->zoom,
                                   .kind = s->kind,
                                   .values = d->row[row],
                                   .map = d->map[row],
                                   .key = 1};
}

/* The plan a use lies in: of the same phase, all else as usual. */
static bool plan_of(struct dumper *d, const struct pk_specimen *s,
                    struct pk_specimen *plan)
{
    const struct pk_value *phase = pk_specimen_value(s, d->style, "phase");
    if (strcmp(s->choices->source_layer, "use") != 0 || !phase) {
        return false;
    }
    *plan = (struct pk_specimen){.kind = PK_GEOM_AREA};
    for (uint32_t i = 0; i < d->values.count; i++) {
        if (strcmp(d->values.choices[i].source_layer, "plan") == 0) {
            plan->choices = &d->values.choices[i];
        }
    }
    for (uint32_t i = 0; plan->choices && i < plan->choices->count; i++) {
        const struct pk_choice *c = &plan->choices->props[i];
        for (uint32_t k = 1; k < c->count; k++) {
            if (strcmp(pk_style_property(d->style, c->property), "phase") == 0 &&
                phase->type == PK_VALUE_STRING && c->values[k].type == PK_VALUE_STRING &&
                strcmp(c->values[k].string, phase->string) == 0) {
                plan->at[i] = (uint8_t)k;
            }
        }
    }
    return plan->choices != NULL;
}

/* ---- looks ---- */

static uint64_t mix(uint64_t h, uint64_t word)
{
    return pk_hash64(&word, sizeof word, h);
}

/* Of the layer and the values that its paint reads. */
static uint64_t identity_of(struct dumper *d, const struct pk_style_layer *layer,
                            const struct pk_specimen *s, uint64_t h)
{
    h = mix(h, layer->index + 1);
    const uint64_t *reads = d->values.paint[layer->index];
    for (uint32_t i = 0; i < s->choices->count; i++) {
        uint32_t p = s->choices->props[i].property;
        if (reads[p / 64] >> (p % 64) & 1) {
            h = mix(h, (uint64_t)p << 8 | s->at[i]);
        }
    }
    return h;
}

/* A new look with that identity, or NULL when there is one at this zoom. */
static struct pk_look *add_look(struct dumper *d, enum pk_look_kind kind,
                                uint64_t identity)
{
    identity = mix(identity, kind);
    uint32_t slot = (uint32_t)identity % SLOTS;
    while (d->slots[slot] && d->out->looks[d->slots[slot] - 1].identity != identity) {
        slot = (slot + 1) % SLOTS;
    }
    if (d->slots[slot] || d->full) {
        return NULL;
    }
    if (d->out->count == PK_LOOKS_MAX) {
        d->full = true;
        return NULL;
    }
    if (d->out->count == d->room) {
        d->room = d->room ? 2 * d->room : 256;
        struct pk_look *looks = pk_arena_alloc(d->arena, d->room, sizeof *looks);
        if (d->out->count > 0) {
            memcpy(looks, d->out->looks, d->out->count * sizeof *looks);
        }
        d->out->looks = looks;
    }
    struct pk_look *look = &d->out->looks[d->out->count++];
    d->slots[slot] = d->out->count;
    *look = (struct pk_look){.kind = kind, .identity = identity, .zoom = d->zoom};
    return look;
}

static void name_look(struct dumper *d, struct pk_look *look, const struct pk_specimen *s,
                      const struct pk_style_layer *first)
{
    look->specimen = *s;
    look->source_layer = s->choices->source_layer;
    look->meaning = first->legend_class;
    look->name = pk_specimen_name(s, d->style, d->arena);
    if (strcmp(look->meaning, look->source_layer) != 0) {
        look->name = pk_arena_printf(d->arena, "%s (%s)", look->meaning, look->name);
    }
    const struct pk_value *v = pk_specimen_value(s, d->style, "colour");
    for (uint32_t i = 0; v && i < s->choices->count; i++) {
        const struct pk_choice *c = &s->choices->props[i];
        if (v == &c->values[s->at[i]] && s->at[i] > 0 && v->type == PK_VALUE_STRING) {
            look->colour = v->string;
        }
    }
    v = pk_specimen_value(s, d->style, "coverage");
    look->alone = v && v->type == PK_VALUE_STRING && strcmp(v->string, "plan-only") == 0;
    v = pk_specimen_value(s, d->style, "phase");
    const char *phase = v && v->type == PK_VALUE_STRING ? v->string : "";
    look->ongoing = strcmp(phase, "ongoing") == 0;
    look->aside = look->ongoing || strcmp(phase, "other") == 0;
}

static void add_pattern(struct dumper *d, struct pk_look *look,
                        const struct pk_fill_paint *paint)
{
    const struct pk_pattern *p = pk_patterns_get(d->patterns, paint->pattern, 1);
    struct pk_rgba ink =
        p ? pk_rgba_fade(pk_pattern_ink(p), paint->opacity) : (struct pk_rgba){0};
    if (ink.a > 0 && look->pattern_count < PK_LOOK_PATTERNS) {
        look->patterns[look->pattern_count] = pk_arena_strdup(d->arena, paint->pattern);
        look->inks[look->pattern_count++] = ink;
    }
}

static bool is_lettered(struct dumper *d, const struct pk_style_input *in,
                        const char *source_layer)
{
    for (uint32_t i = 0; i < pk_style_layer_count(d->style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(d->style, i);
        if (layer->type == PK_LAYER_SYMBOL &&
            strcmp(layer->source_layer, source_layer) == 0 &&
            pk_style_shows(d->style, layer, in)) {
            struct pk_symbol_paint paint;
            pk_style_symbol(d->style, layer, in, &paint);
            if (paint.text[0]) {
                return true;
            }
        }
    }
    return false;
}

static void look_at_area(struct dumper *d, const struct pk_specimen *s)
{
    struct pk_style_input in = input_of(d, 0, s), over = {0};
    struct pk_specimen plan;
    bool in_plan = plan_of(d, s, &plan);
    if (in_plan) {
        over = input_of(d, 1, &plan);
    }
    struct pk_look look = {.fill = d->ground};
    const struct pk_style_layer *first = NULL;
    uint64_t identity = 0;
    for (uint32_t i = 0; i < pk_style_layer_count(d->style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(d->style, i);
        if (layer->type != PK_LAYER_FILL) {
            continue;
        }
        bool own = strcmp(layer->source_layer, s->choices->source_layer) == 0;
        bool plans = in_plan && strcmp(layer->source_layer, "plan") == 0;
        if ((!own && !plans) || !pk_style_shows(d->style, layer, own ? &in : &over)) {
            continue;
        }
        struct pk_fill_paint paint = {0};
        pk_style_fill(d->style, layer, own ? &in : &over, &paint);
        double opacity = pk_style_layer_opacity(d->style, layer, d->zoom);
        paint.colour = pk_rgba_fade(paint.colour, opacity);
        paint.opacity *= opacity;
        if (paint.pattern) {
            add_pattern(d, &look, &paint);
        } else if (paint.colour.a > 0) {
            look.filled = true;
            look.fill = pk_colour_over(paint.colour, look.fill);
        }
        identity = own ? identity_of(d, layer, s, identity) : mix(identity, i + 1);
        look.essential |= own && layer->essential;
        first = first || !own ? first : layer;
    }
    struct pk_look *out = first && (look.filled || look.pattern_count > 0)
                              ? add_look(d, PK_LOOK_AREA, identity)
                              : NULL;
    if (out) {
        look.kind = out->kind;
        look.identity = out->identity;
        look.zoom = out->zoom;
        *out = look;
        name_look(d, out, s, first);
        out->lettered = is_lettered(d, &in, s->choices->source_layer);
    }
}

/* Dashes with no gap between them are one dash; no gap at all is no dash. */
static void measure_dashes(struct pk_stroke_look *stroke,
                           const struct pk_line_paint *paint)
{
    bool odd = paint->dash_count % 2 != 0;
    uint32_t joined = 0;
    for (uint32_t k = 0; k < paint->dash_count; k++) {
        stroke->period += paint->dashes[k] * (odd ? 2 : 1);
        joined += !odd && k % 2 == 1 && paint->dashes[k] <= 0;
    }
    stroke->dash_count -= 2 * joined;
    stroke->period = stroke->dash_count > 0 ? stroke->period : 0;
}

static void look_at_lines(struct dumper *d, const struct pk_specimen *s)
{
    struct pk_style_input in = input_of(d, 0, s);
    struct pk_look look = {0};
    const struct pk_style_layer *first = NULL;
    uint64_t identity = 0;
    for (uint32_t i = 0; i < pk_style_layer_count(d->style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(d->style, i);
        if (layer->type != PK_LAYER_LINE ||
            strcmp(layer->source_layer, s->choices->source_layer) != 0 ||
            !pk_style_shows(d->style, layer, &in)) {
            continue;
        }
        struct pk_line_paint paint = {0};
        pk_style_line(d->style, layer, &in, &paint);
        paint.colour =
            pk_rgba_fade(paint.colour, pk_style_layer_opacity(d->style, layer, d->zoom));
        if (paint.colour.a == 0 || paint.width <= 0 ||
            look.stroke_count == PK_LOOK_STROKES) {
            continue;
        }
        struct pk_stroke_look *stroke = &look.strokes[look.stroke_count++];
        *stroke = (struct pk_stroke_look){paint.colour, paint.width, paint.dash_count, 0};
        measure_dashes(stroke, &paint);
        identity = identity_of(d, layer, s, identity);
        look.essential |= layer->essential;
        first = layer; /* the top one says what the line is */
    }
    struct pk_look *out =
        look.stroke_count > 0 ? add_look(d, PK_LOOK_LINE, identity) : NULL;
    if (out) {
        look.kind = out->kind;
        look.identity = out->identity;
        look.zoom = out->zoom;
        *out = look;
        name_look(d, out, s, first);
    }
}

static uint64_t hash_text(const struct pk_look *l, uint64_t h)
{
    double words[] = {l->text.r, l->text.g,     l->text.b, l->text.a,
                      l->halo.r, l->halo.g,     l->halo.b, l->halo.a,
                      l->size,   l->halo_width, l->bold,   l->diameter};
    return pk_hash64(words, sizeof words, h);
}

/* The longer side of its icon. */
static double icon_side(const struct pk_symbol_paint *paint)
{
    const struct pk_sprite *sprite = paint->icon ? pk_sprite_find(paint->icon) : NULL;
    double side = sprite ? fmax(sprite->width, sprite->height) : PK_ICON_PX;
    return side * paint->icon_size;
}

static void look_at_symbol(struct dumper *d, const struct pk_specimen *s,
                           const struct pk_style_layer *layer,
                           const struct pk_style_input *in)
{
    struct pk_symbol_paint paint;
    pk_style_symbol(d->style, layer, in, &paint);
    struct pk_look look = {.text = paint.colour,
                           .halo = paint.halo,
                           .size = paint.size,
                           .halo_width = paint.halo_width,
                           .bold = paint.font & 1,
                           .says = true,
                           .essential = layer->essential,
                           .diameter = icon_side(&paint),
                           .stamped = paint.along_line,
                           .icon = paint.icon};
    uint64_t h = hash_text(&look, layer->index);
    struct pk_look *out = paint.text[0] ? add_look(d, PK_LOOK_TEXT, h) : NULL;
    for (int pass = 0; pass < 2; pass++) {
        if (out) {
            look.kind = out->kind;
            look.identity = out->identity;
            look.zoom = out->zoom;
            *out = look;
            name_look(d, out, s, layer);
            out->icon = pk_arena_strdup(d->arena, paint.icon);
        }
        out =
            pass == 0 && paint.icon
                ? add_look(d, PK_LOOK_POINT, pk_hash64(paint.icon, strlen(paint.icon), h))
                : NULL;
    }
}

static void look_at_circle(struct dumper *d, const struct pk_specimen *s,
                           const struct pk_style_layer *layer,
                           const struct pk_style_input *in)
{
    struct pk_circle_paint paint = {0};
    pk_style_circle(d->style, layer, in, &paint);
    struct pk_look *out =
        paint.radius > 0 ? add_look(d, PK_LOOK_POINT, identity_of(d, layer, s, 7)) : NULL;
    if (out) {
        name_look(d, out, s, layer);
        out->essential = layer->essential;
        out->point = paint.colour;
        out->casing = paint.stroke;
        out->casing_width = paint.stroke_width;
        out->diameter = 2 * (paint.radius + paint.stroke_width);
    }
}

static void look_at_marks(struct dumper *d, const struct pk_specimen *s)
{
    struct pk_style_input in = input_of(d, 0, s);
    for (uint32_t i = 0; i < pk_style_layer_count(d->style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(d->style, i);
        bool symbol = layer->type == PK_LAYER_SYMBOL;
        bool circle = layer->type == PK_LAYER_CIRCLE && s->kind == PK_GEOM_POINT;
        if ((symbol || circle) &&
            strcmp(layer->source_layer, s->choices->source_layer) == 0 &&
            pk_style_shows(d->style, layer, &in)) {
            (symbol ? look_at_symbol : look_at_circle)(d, s, layer, &in);
        }
    }
}

static void look_at_choices(struct dumper *d, const struct pk_choices *choices)
{
    static const enum pk_geom_kind kinds[] = {PK_GEOM_AREA, PK_GEOM_LINE, PK_GEOM_POINT};
    for (size_t k = 0; k < PK_COUNT(kinds); k++) {
        struct pk_specimen s = {.choices = choices, .kind = kinds[k]};
        uint32_t left = PK_SPECIMENS_MAX;
        do {
            if (s.kind == PK_GEOM_AREA) {
                look_at_area(d, &s);
            }
            if (s.kind != PK_GEOM_POINT) {
                look_at_lines(d, &s);
            }
            look_at_marks(d, &s);
        } while (--left > 0 && pk_specimen_next(&s));
    }
}

static void make(struct dumper *d, const struct pk_style *base)
{
    struct pk_dump *out = d->out;
    for (uint32_t i = 0; i < out->zoom_count; i++) {
        d->zoom = out->zooms[i];
        d->ground = pk_audit_ground(d->style, base, d->zoom);
        out->grounds[i] = d->ground;
        memset(d->slots, 0, SLOTS * sizeof *d->slots);
        for (uint32_t c = 0; c < d->values.count; c++) {
            look_at_choices(d, &d->values.choices[c]);
        }
    }
    for (uint32_t c = 0; c < d->values.count; c++) {
        out->cut += pk_specimen_count(&d->values.choices[c]) > PK_SPECIMENS_MAX;
    }
}

enum pk_status pk_dump_make(struct pk_dump *out, const struct pk_style *style,
                            const struct pk_style *base, struct pk_arena *arena,
                            struct pk_error *err)
{
    struct dumper d = {.style = style, .arena = arena, .out = out};
    memset(out, 0, sizeof *out);
    enum pk_status st = pk_style_values(&d.values, style, arena, err);
    if (st != PK_OK) {
        return st;
    }
    list_zooms(out, arena);
    out->grounds = pk_arena_alloc(arena, out->zoom_count, sizeof *out->grounds);
    for (int i = 0; i < 2; i++) {
        uint32_t count = pk_style_property_count(style) + 1;
        d.row[i] = pk_arena_alloc(arena, count, sizeof *d.row[i]);
        d.map[i] = pk_arena_alloc(arena, count, sizeof *d.map[i]);
    }
    d.slots = pk_arena_alloc(arena, SLOTS, sizeof *d.slots);
    d.patterns = pk_patterns_create();
    make(&d, base);
    pk_patterns_destroy(d.patterns);
    return d.full
               ? pk_fail(err, PK_LIMIT, "the style has more than %d looks", PK_LOOKS_MAX)
               : PK_OK;
}

void pk_dump_at(const struct pk_dump *dump, uint32_t zoom, uint32_t *first, uint32_t *end)
{
    *first = 0;
    while (*first < dump->count && dump->looks[*first].zoom < dump->zooms[zoom]) {
        (*first)++;
    }
    *end = *first;
    while (*end < dump->count && dump->looks[*end].zoom <= dump->zooms[zoom]) {
        (*end)++;
    }
}
