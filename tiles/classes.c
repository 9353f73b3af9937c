#include "tiles/classes.h"

#include <string.h>

#include "tiles/drawlist.h"

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
    for (uint32_t i = 0; i < f->out->count; i++) {
        if (is_same(&f->out->rows[i], row)) {
            return;
        }
    }
    if (f->out->count == PK_CLASSES_MAX) {
        f->out->more = true;
        return;
    }
    struct pk_class *kept = &f->out->rows[f->out->count++];
    const char **texts[] = {&kept->source_layer, &kept->legend_class, &kept->form,
                            &kept->letter,       &kept->label,        &kept->wording,
                            &kept->phase};
    *kept = *row;
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
        if (layer->type == PK_LAYER_FILL) {
            struct pk_fill_paint paint = {0};
            pk_style_fill(f->style, layer, in, &paint);
            row.filled = paint.colour.a > 0;
            row.colour = paint.colour;
        }
        add_row(f, &row);
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
