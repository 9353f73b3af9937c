#include "tiles/classes.h"

#include <string.h>

#include "tiles/audit/values.h"
#include "tiles/drawlist.h"

enum {
    SPECIMENS_MAX = 20000, /* tried for one layer of a style */
    TEXT_MAX = 100         /* bytes; longer texts of a thing are no part of its sample */
};

/* Zoom of specimens: most layers are drawn there. */
static const double specimen_zoom = 16.5;

struct finder {
    struct pk_classes *out;
    const struct pk_style *style;
    const struct pk_view *view;
    struct pk_source *source;
    struct pk_arena *keep;
    struct pk_needs needs;
    struct pk_ibox window;
};

static const char *text_of(const struct pk_pack_section *section,
                           const struct pk_ifeature *f, const char *key)
{
    for (uint32_t i = 0; i < section->key_count; i++) {
        if (strcmp(section->keys[i], key) == 0 && f->values[i].type == PK_VALUE_STRING) {
            return f->values[i].string;
        }
    }
    return "";
}

static bool is_same(const struct pk_class *a, const struct pk_class *b)
{
    return strcmp(a->legend_class, b->legend_class) == 0 &&
           strcmp(a->form, b->form) == 0 && strcmp(a->label, b->label) == 0 &&
           strcmp(a->wording, b->wording) == 0;
}

static void add_row(struct finder *f, const struct pk_class *row)
{
    if (f->out->count == PK_CLASSES_MAX) {
        f->out->more = true;
        return;
    }
    struct pk_class *kept = &f->out->rows[f->out->count++];
    const char **texts[] = {&kept->source_layer, &kept->legend_class, &kept->form,
                            &kept->letter,       &kept->label,        &kept->wording,
                            &kept->phase};
    *kept = *row;
    pk_sample_keep(&kept->sample, f->keep);
    for (size_t i = 0; i < PK_COUNT(texts); i++) {
        *texts[i] = pk_arena_strdup(f->keep, *texts[i]);
    }
}

/* Lettered rows: regulations say what they are, boundaries and the rest do not. */
static bool has_wording(const char *source_layer)
{
    return strcmp(source_layer, "use") == 0 ||
           strcmp(source_layer, "property_regulation") == 0 ||
           strcmp(source_layer, "administrative_regulation") == 0;
}

static const struct pk_value some_words = {PK_VALUE_STRING, 2, 0, "Aa"};

/* Properties that are written on the map. */
static bool are_words(const char *key)
{
    static const char *const named[] = {"label", "title", "name", "designation", "text"};
    for (size_t i = 0; i < PK_COUNT(named); i++) {
        if (strcmp(key, named[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The feature with what the style reads of it. */
static struct pk_sample sample_of(const struct finder *f, const char *source_layer,
                                  const struct pk_style_layer *layer,
                                  const struct pk_style_input *in)
{
    /* A name does not fit along so short a line. */
    bool brief = layer->type == PK_LAYER_SYMBOL && in->kind == PK_GEOM_LINE;
    uint32_t count = pk_style_property_count(f->style);
    const char **keys = pk_arena_alloc(f->source->arena, count + 1, sizeof(*keys));
    struct pk_value *values =
        pk_arena_alloc(f->source->arena, count + 1, sizeof(*values));
    struct pk_sample s = {source_layer, in->kind, in->zoom, 0, keys, values};
    for (uint32_t i = 0; i < count; i++) {
        const struct pk_value *v =
            in->map[i] != PK_NO_KEY ? &in->values[in->map[i]] : NULL;
        bool text = v != NULL && v->type == PK_VALUE_STRING;
        if (v != NULL && v->type != PK_VALUE_NULL && !(text && v->len > TEXT_MAX)) {
            keys[s.count] = pk_style_property(f->style, i);
            values[s.count] = brief && are_words(keys[s.count]) ? some_words : *v;
            s.count++;
        }
    }
    return s;
}

static void note_fill(struct pk_class *row, const struct pk_style *style,
                      const struct pk_style_layer *layer, const struct pk_style_input *in)
{
    if (layer->type == PK_LAYER_FILL) {
        struct pk_fill_paint paint = {0};
        pk_style_fill(style, layer, in, &paint);
        row->filled = paint.colour.a > 0;
        row->colour = paint.colour;
    }
}

static bool is_seen(const struct finder *f, const struct pk_class *row)
{
    for (uint32_t i = 0; i < f->out->count; i++) {
        if (is_same(&f->out->rows[i], row)) {
            return true;
        }
    }
    return false;
}

static void see(struct finder *f, const struct pk_need *need,
                const struct pk_pack_section *section, const struct pk_ifeature *feature,
                const struct pk_style_input *in)
{
    for (uint32_t i = 0; i < need->layer_count; i++) {
        const struct pk_style_layer *layer = need->layers[i];
        if ((layer->type == PK_LAYER_FILL && feature->kind != PK_GEOM_AREA) ||
            (layer->type == PK_LAYER_LINE && feature->kind == PK_GEOM_POINT) ||
            !pk_style_shows(f->style, layer, in)) {
            continue;
        }
        struct pk_class row = {.source_layer = need->source_layer,
                               .legend_class = layer->legend_class,
                               .form = "",
                               .letter = "",
                               .label = "",
                               .wording = "",
                               .phase = text_of(section, feature, "phase"),
                               .type = layer->type,
                               .layer = layer->index};
        if (has_wording(need->source_layer)) {
            row.form = text_of(section, feature, "form");
            row.letter = text_of(section, feature, "letter");
            row.label = text_of(section, feature, "label");
            row.wording = text_of(section, feature, "wording");
        }
        if (!is_seen(f, &row)) {
            note_fill(&row, f->style, layer, in);
            row.sample = sample_of(f, need->source_layer, layer, in);
            add_row(f, &row);
        }
    }
}

static enum pk_status read_section(struct finder *f,
                                   const struct pk_pack_section *section,
                                   struct pk_error *err)
{
    const struct pk_need *need = pk_needs_find(&f->needs, section->source_layer);
    if (need == NULL) {
        return PK_OK;
    }
    const uint16_t *map = pk_section_map(f->style, section, f->source->arena);
    struct pk_pack_cursor cursor;
    struct pk_ifeature feature;
    pk_pack_begin(&cursor, section);
    while (pk_pack_next(&cursor, &feature)) {
        if (!pk_ibox_touches(feature.box, f->window)) {
            continue;
        }
        struct pk_style_input in = {.zoom = f->view->zoom,
                                    .kind = feature.kind,
                                    .values = feature.values,
                                    .map = map,
                                    .key = feature.key};
        see(f, need, section, &feature, &in);
    }
    return cursor.at.bad ? pk_fail(err, PK_BAD_DATA, "the pack of %s is damaged",
                                   section->source_layer)
                         : PK_OK;
}

static enum pk_status read_all(struct finder *f, int level, bool labels,
                               struct pk_error *err)
{
    struct pk_cells cells = pk_source_cells(f->source, level, f->window);
    for (int64_t x = cells.column0; x <= cells.column1; x++) {
        for (int64_t y = cells.row0; y <= cells.row1; y++) {
            struct pk_pack pack;
            enum pk_status status = pk_source_pack(f->source, level, x, y, labels,
                                                   f->needs.names, &pack, err);
            for (uint32_t i = 0; status == PK_OK && i < pack.section_count; i++) {
                status = read_section(f, &pack.sections[i], err);
            }
            if (status != PK_OK) {
                return status;
            }
        }
    }
    return PK_OK;
}

enum pk_status pk_classes_find(struct pk_classes *out, const struct pk_style *style,
                               const struct pk_view *view, struct pk_source *source,
                               struct pk_arena *keep, struct pk_error *err)
{
    struct finder f = {
        .out = out, .style = style, .view = view, .source = source, .keep = keep};
    memset(out, 0, sizeof(*out));
    f.window = pk_view_units(view, pk_view_window(view));
    pk_needs_of(&f.needs, style, view->zoom, false, source->arena);
    enum pk_status status = PK_OK;
    int levels = f.needs.count > 0 ? pk_wide_levels(source->family, source->band) : 0;
    for (int level = 0; level < levels && status == PK_OK; level++) {
        status = read_all(&f, level, false, err);
    }
    pk_needs_of(&f.needs, style, view->zoom, true, source->arena);
    return status == PK_OK && f.needs.count > 0 ? read_all(&f, 0, true, err) : status;
}

/* ---- without data ---- */

/* What is written on the map comes from data; a specimen needs some words to show, and
 * stands upright. */
static void give_words(struct pk_choices *choices, const struct pk_style *style)
{
    for (uint32_t i = 0; i < choices->count; i++) {
        struct pk_choice *c = &choices->props[i];
        const char *key = pk_style_property(style, c->property);
        if (are_words(key)) {
            c->values[0] = some_words;
        } else if (strcmp(key, "rotation") == 0 || strcmp(key, "angle") == 0) {
            c->values[0] = (struct pk_value){PK_VALUE_NULL, 0, 0, NULL};
        }
    }
}

/* Does the style fill things of that layer? Then its lines go round areas. */
static bool has_areas(const struct pk_style *style, const char *source_layer)
{
    for (uint32_t i = 0; i < pk_style_layer_count(style); i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        if (layer->type == PK_LAYER_FILL && layer->source_layer != NULL &&
            strcmp(layer->source_layer, source_layer) == 0) {
            return true;
        }
    }
    return false;
}

static void add_specimen(struct finder *f, const struct pk_style_layer *layer,
                         const struct pk_choices *choices)
{
    static const enum pk_geom_kind kinds[] = {PK_GEOM_AREA, PK_GEOM_LINE, PK_GEOM_POINT};
    double zoom = specimen_zoom < layer->min_zoom ? layer->min_zoom : specimen_zoom;
    zoom = zoom >= layer->max_zoom ? layer->max_zoom - 0.5 : zoom;
    bool areas = has_areas(f->style, choices->source_layer);
    uint32_t keys = pk_style_property_count(f->style);
    uint16_t *map = pk_arena_alloc(f->keep, keys + 1, sizeof(*map));
    struct pk_value *values = pk_arena_alloc(f->keep, keys + 1, sizeof(*values));
    memset(map, 0xff, (keys + 1) * sizeof(*map));
    for (uint32_t i = 0; i < choices->count; i++) {
        map[choices->props[i].property] = (uint16_t)i;
    }
    struct pk_style_input in = {.zoom = zoom, .values = values, .map = map};
    for (size_t k = 0; k < PK_COUNT(kinds); k++) {
        struct pk_specimen s = {.choices = choices, .kind = kinds[k]};
        uint32_t left = SPECIMENS_MAX;
        in.kind = kinds[k];
        if ((layer->type == PK_LAYER_FILL && in.kind != PK_GEOM_AREA) ||
            (layer->type == PK_LAYER_LINE && in.kind == PK_GEOM_POINT) ||
            (layer->type == PK_LAYER_LINE && in.kind == PK_GEOM_AREA && !areas) ||
            (layer->type == PK_LAYER_CIRCLE && in.kind != PK_GEOM_POINT)) {
            continue;
        }
        do {
            for (uint32_t i = 0; i < choices->count; i++) {
                values[i] = choices->props[i].values[s.at[i]];
            }
            if (pk_style_shows(f->style, layer, &in)) {
                struct pk_class row = {.source_layer = choices->source_layer,
                                       .legend_class = layer->legend_class,
                                       .form = "",
                                       .letter = "",
                                       .label = "",
                                       .wording = "",
                                       .phase = "",
                                       .type = layer->type,
                                       .layer = layer->index};
                note_fill(&row, f->style, layer, &in);
                row.sample = sample_of(f, choices->source_layer, layer, &in);
                add_row(f, &row);
                return;
            }
        } while (--left > 0 && pk_specimen_next(&s));
    }
}

enum pk_status pk_classes_of_style(struct pk_classes *out, const struct pk_style *style,
                                   struct pk_arena *keep, struct pk_error *err)
{
    struct pk_source source = {.arena = keep};
    struct finder f = {.out = out, .style = style, .source = &source, .keep = keep};
    struct pk_style_values known;
    memset(out, 0, sizeof(*out));
    enum pk_status status = pk_style_values(&known, style, keep, err);
    for (uint32_t k = 0; status == PK_OK && k < known.count; k++) {
        struct pk_choices *choices = &known.choices[k];
        give_words(choices, style);
        for (uint32_t i = pk_style_layer_count(style); i-- > 0;) {
            const struct pk_style_layer *layer = pk_style_layer(style, i);
            if (layer->source_layer == NULL || layer->legend_class == NULL ||
                strcmp(layer->source_layer, choices->source_layer) != 0) {
                continue;
            }
            struct pk_class row = {.legend_class = layer->legend_class,
                                   .form = "",
                                   .label = "",
                                   .wording = ""};
            if (!is_seen(&f, &row)) {
                add_specimen(&f, layer, choices);
            }
        }
    }
    return status;
}
