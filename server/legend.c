#include "server/legend.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum { PROPERTIES_MAX = 1024 };

/* Zoom at which swatches are taken: most layers are drawn there. */
static const double swatch_zoom = 16.5;

static const struct class_row {
    const char *id;
    enum pk_msg_id title;
} classes[] = {
    {"address",                   PK_MSG_LEGEND_ADDRESS                  },
    {"administrative-label",      PK_MSG_LEGEND_ADMINISTRATIVE_LABEL     },
    {"boundary-administrative",   PK_MSG_LEGEND_BOUNDARY_ADMINISTRATIVE  },
    {"boundary-division",         PK_MSG_LEGEND_BOUNDARY_DIVISION        },
    {"boundary-plan-adopted",     PK_MSG_LEGEND_BOUNDARY_PLAN_ADOPTED    },
    {"plan-adopted",              PK_MSG_LEGEND_PLAN_ADOPTED             },
    {"property-slope",            PK_MSG_LEGEND_PROPERTY_SLOPE           },
    {"boundary-plan",             PK_MSG_LEGEND_BOUNDARY_PLAN            },
    {"boundary-plan-ongoing",     PK_MSG_LEGEND_BOUNDARY_PLAN_ONGOING    },
    {"boundary-property",         PK_MSG_LEGEND_BOUNDARY_PROPERTY        },
    {"boundary-property-ongoing", PK_MSG_LEGEND_BOUNDARY_PROPERTY_ONGOING},
    {"boundary-secondary",        PK_MSG_LEGEND_BOUNDARY_SECONDARY       },
    {"boundary-use",              PK_MSG_LEGEND_BOUNDARY_USE             },
    {"boundary-use-ongoing",      PK_MSG_LEGEND_BOUNDARY_USE_ONGOING     },
    {"building",                  PK_MSG_LEGEND_BUILDING                 },
    {"land",                      PK_MSG_LEGEND_LAND                     },
    {"municipality",              PK_MSG_LEGEND_MUNICIPALITY             },
    {"place",                     PK_MSG_LEGEND_PLACE                    },
    {"plan",                      PK_MSG_LEGEND_PLAN                     },
    {"plan-ended",                PK_MSG_LEGEND_PLAN_ENDED               },
    {"plan-ongoing",              PK_MSG_LEGEND_PLAN_ONGOING             },
    {"plan-only",                 PK_MSG_LEGEND_PLAN_ONLY                },
    {"property",                  PK_MSG_LEGEND_PROPERTY                 },
    {"property-label",            PK_MSG_LEGEND_PROPERTY_LABEL           },
    {"property-line-object",      PK_MSG_LEGEND_PROPERTY_LINE_OBJECT     },
    {"property-mark",             PK_MSG_LEGEND_PROPERTY_MARK            },
    {"property-point",            PK_MSG_LEGEND_PROPERTY_POINT           },
    {"road",                      PK_MSG_LEGEND_ROAD                     },
    {"use",                       PK_MSG_LEGEND_USE                      },
    {"use-ongoing",               PK_MSG_LEGEND_USE_ONGOING              },
    {"water",                     PK_MSG_LEGEND_WATER                    },
};

const char *pk_legend_class_title(const char *id, enum pk_lang lang)
{
    for (size_t i = 0; i < PK_COUNT(classes); i++) {
        if (strcmp(classes[i].id, id) == 0) {
            return pk_msg_text(classes[i].title, lang);
        }
    }
    return id;
}

static void read_look(struct pk_legend_row *row, const struct pk_style *style,
                      const struct pk_style_layer *layer, const uint16_t *map)
{
    double zoom = swatch_zoom < layer->min_zoom ? layer->min_zoom : swatch_zoom;
    struct pk_style_input in = {.zoom = zoom, .kind = PK_GEOM_AREA, .map = map};
    row->has_colour = pk_style_is_constant(style, layer);
    if (layer->type == PK_LAYER_FILL) {
        struct pk_fill_paint paint = {0};
        pk_style_fill(style, layer, &in, &paint);
        row->colour = paint.colour;
        row->outline = paint.outline;
        row->pattern = paint.pattern;
        row->has_colour &= paint.pattern == NULL; /* the pattern's name tells it */
    } else if (layer->type == PK_LAYER_LINE) {
        struct pk_line_paint paint = {0};
        in.kind = PK_GEOM_LINE;
        pk_style_line(style, layer, &in, &paint);
        row->colour = paint.colour;
        row->width = paint.width;
        row->dashed = paint.dash_count > 0;
        row->pattern = paint.pattern;
    } else if (layer->type == PK_LAYER_CIRCLE) {
        struct pk_circle_paint paint = {0};
        in.kind = PK_GEOM_POINT;
        pk_style_circle(style, layer, &in, &paint);
        row->colour = paint.colour;
        row->outline = paint.stroke;
        row->width = paint.radius;
    } else {
        row->has_colour = false;
    }
}

enum pk_status pk_legend_read(struct pk_legend *out, const struct pk_style *style,
                              const char *layer_title, enum pk_lang lang,
                              struct pk_arena *arena, struct pk_error *err)
{
    uint32_t keys = pk_style_property_count(style);
    if (keys > PROPERTIES_MAX) {
        return pk_fail(err, PK_LIMIT, "the style reads more than %d properties",
                       PROPERTIES_MAX);
    }
    uint16_t *map = pk_arena_alloc(arena, keys + 1, sizeof(*map));
    for (uint32_t i = 0; i <= keys; i++) {
        map[i] = PK_NO_KEY;
    }
    *out = (struct pk_legend){
        .style = pk_style_name(style), .theme = pk_style_theme(style), .lang = lang};
    out->rows = pk_arena_alloc(arena, PK_LEGEND_ROWS_MAX, sizeof(*out->rows));
    for (uint32_t i = pk_style_layer_count(style); i-- > 0;) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        if (layer->type == PK_LAYER_BACKGROUND || layer->type == PK_LAYER_RASTER ||
            layer->legend_class == NULL) {
            continue;
        }
        struct pk_legend_row row = {.id = layer->legend_class, .type = layer->type};
        uint32_t n = 0;
        while (n < out->count &&
               (strcmp(out->rows[n].id, row.id) != 0 || out->rows[n].type != row.type)) {
            n++;
        }
        if (n < out->count || out->count == PK_LEGEND_ROWS_MAX) {
            continue;
        }
        row.title =
            layer_title != NULL ? layer_title : pk_legend_class_title(row.id, lang);
        read_look(&row, style, layer, map);
        out->rows[out->count++] = row;
    }
    return PK_OK;
}

static const char *type_word(enum pk_layer_type type)
{
    static const char *const words[] = {[PK_LAYER_BACKGROUND] = "background",
                                        [PK_LAYER_FILL] = "fill",
                                        [PK_LAYER_LINE] = "line",
                                        [PK_LAYER_SYMBOL] = "symbol",
                                        [PK_LAYER_CIRCLE] = "circle",
                                        [PK_LAYER_RASTER] = "raster"};
    return words[type];
}

static const char *colour_text(char out[8], struct pk_rgba c)
{
    snprintf(out, 8, "#%02x%02x%02x", c.r, c.g, c.b);
    return out;
}

void pk_legend_json(struct pk_buf *out, const struct pk_legend *legend,
                    const struct pk_legend_view *view)
{
    struct pk_json j;
    char hex[8];
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "style", legend->style);
    pk_json_member(&j, "theme", legend->theme);
    pk_json_member(&j, "lang", pk_lang_tag(legend->lang));
    pk_json_key(&j, "classes");
    pk_json_array(&j);
    for (uint32_t i = 0; i < legend->count; i++) {
        const struct pk_legend_row *row = &legend->rows[i];
        pk_json_object(&j);
        pk_json_member(&j, "id", row->id);
        pk_json_member(&j, "title", row->title);
        pk_json_member(&j, "type", type_word(row->type));
        pk_json_member(&j, "colour",
                       row->has_colour ? colour_text(hex, row->colour) : NULL);
        pk_json_member(&j, "pattern", row->pattern);
        pk_json_key(&j, "dashed");
        pk_json_bool(&j, row->dashed);
        pk_json_end(&j);
    }
    pk_json_end(&j);
    pk_legend_sections(&j, view);
    pk_json_end(&j);
}
