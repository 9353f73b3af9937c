#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "styles/colour.h"
#include "styles/shipped.h"

enum { SETTINGS_MAX = 1 << 20, PATTERN_NAME_MAX = 127 };

/* Looks for layers that choose none: dark enough for text on white (4.5:1), each with a
 * pattern of its own; the smallest difference is 17.2 (CIEDE2000) in any colour vision.
 */
static const struct look_default {
    const char *colour, *dash, *pattern;
} defaults[] = {
    {"#3967fe", "solid",   "hatch-45-10-1.5" },
    {"#dc1d04", "dashed",  "hatch-135-10-1.5"},
    {"#6a795e", "solid",   "dots-10-3"       },
    {"#976289", "dotted",  "cross-45-14"     },
    {"#410b06", "dashdot", "hatch-0-8-1.5"   },
    {"#0901d5", "dashed",  "hatch-90-8-1.5"  },
    {"#4e3d4a", "solid",   "waves-14"        },
    {"#210f50", "dashdot", "grid-14"         },
};

static const struct dash_name {
    const char *name, *array;
} dash_names[] = {
    {"solid",   NULL       },
    {"dashed",  "[4,2]"    },
    {"dotted",  "[0,2]"    },
    {"dashdot", "[5,2,1,2]"},
};

struct look {
    const char *layer_id, *pattern, *dash_text, *symbol, *label;
    char colour[PK_COLOUR_TEXT];
    double line, size, min_zoom, max_zoom;
    bool labelled, dotted;
};

static enum pk_status number(double *out, const json_t *object, const char *name,
                             double lo, double hi, const char *where,
                             struct pk_error *err)
{
    const json_t *v = json_object_get(object, name);
    if (v == NULL || json_is_null(v)) {
        return PK_OK;
    }
    double d = json_number_value(v);
    if (!json_is_number(v) || !(d >= lo && d <= hi)) {
        return pk_fail(err, PK_BAD_INPUT, "%s%s: expected a number from %g to %g", where,
                       name, lo, hi);
    }
    *out = d;
    return PK_OK;
}

static enum pk_status text(const char **out, const json_t *object, const char *name,
                           struct pk_error *err)
{
    const json_t *v = json_object_get(object, name);
    if (v == NULL || json_is_null(v)) {
        return PK_OK;
    }
    if (!json_is_string(v)) {
        return pk_fail(err, PK_BAD_INPUT, "look.%s: expected a text", name);
    }
    *out = json_string_value(v);
    return PK_OK;
}

static enum pk_status read_colour(struct look *l, const json_t *look,
                                  const char *fallback, struct pk_error *err)
{
    const char *name = fallback;
    enum pk_status status = text(&name, look, "colour", err);
    struct pk_rgba c;
    if (status == PK_OK && !pk_colour_parse(&c, name)) {
        status = pk_fail(err, PK_BAD_INPUT,
                         "look.colour: \"%.40s\" is not a colour; expected for example "
                         "\"#0b5fa5\"",
                         name);
    }
    if (status == PK_OK) {
        c.a = 255;
        pk_colour_format(l->colour, c);
    }
    return status;
}

/* *made gets the JSON of an array that was given, to be freed by the caller. */
static enum pk_status read_dash(struct look *l, char **made, const json_t *look,
                                const char *fallback, struct pk_error *err)
{
    const json_t *v = json_object_get(look, "dash");
    if (json_is_array(v)) {
        *made = json_dumps(v, JSON_COMPACT);
        l->dash_text = *made;
        return PK_OK;
    }
    const char *name = fallback;
    enum pk_status status = text(&name, look, "dash", err);
    for (size_t i = 0; status == PK_OK && i < PK_COUNT(dash_names); i++) {
        if (strcmp(name, dash_names[i].name) == 0) {
            l->dash_text = dash_names[i].array;
            l->dotted = strcmp(name, "dotted") == 0;
            return PK_OK;
        }
    }
    return status != PK_OK ? status
                           : pk_fail(err, PK_BAD_INPUT,
                                     "look.dash: \"%.40s\" is not known; expected solid, "
                                     "dashed, dotted, dashdot or [dash, gap, ...]",
                                     name);
}

static enum pk_status read_label(struct look *l, const json_t *look, struct pk_error *err)
{
    const json_t *v = json_object_get(look, "label");
    l->labelled = !json_is_false(v);
    if (v == NULL || json_is_null(v) || json_is_boolean(v)) {
        return PK_OK;
    }
    return text(&l->label, look, "label", err);
}

static enum pk_status read_look(struct look *l, char **made, const json_t *settings,
                                uint32_t order, struct pk_error *err)
{
    const struct look_default *d = &defaults[order % PK_COUNT(defaults)];
    const json_t *look = json_object_get(settings, "look");
    if (look != NULL && !json_is_null(look) && !json_is_object(look)) {
        return pk_fail(err, PK_BAD_INPUT, "look: expected an object");
    }
    l->pattern = d->pattern;
    l->symbol = "circle";
    enum pk_status s = read_colour(l, look, d->colour, err);
    s = s != PK_OK ? s : read_dash(l, made, look, d->dash, err);
    s = s != PK_OK ? s : text(&l->pattern, look, "pattern", err);
    s = s != PK_OK ? s : text(&l->symbol, look, "symbol", err);
    s = s != PK_OK ? s : read_label(l, look, err);
    s = s != PK_OK ? s : number(&l->line, look, "line", 0.5, 20, "look.", err);
    s = s != PK_OK ? s : number(&l->size, look, "size", 2, 40, "look.", err);
    s = s != PK_OK ? s : number(&l->min_zoom, settings, "min_zoom", 0, 24, "", err);
    s = s != PK_OK ? s : number(&l->max_zoom, settings, "max_zoom", 0, 24, "", err);
    return s;
}

/* ---- writing ---- */

/* One layer up to its paint: the caller writes layout and paint, then ends it. */
static void begin_layer(struct pk_json *j, const struct look *l, const char *id,
                        const char *type, const char *geometry)
{
    pk_json_object(j);
    pk_json_member(j, "id", id);
    pk_json_member(j, "type", type);
    pk_json_member(j, "source", "plankarta");
    pk_json_member(j, "source-layer", l->layer_id);
    if (l->min_zoom > 0) {
        pk_json_key(j, "minzoom");
        pk_json_fixed(j, l->min_zoom, 2);
    }
    if (l->max_zoom < 24) {
        pk_json_key(j, "maxzoom");
        pk_json_fixed(j, l->max_zoom, 2);
    }
    pk_json_key(j, "metadata");
    pk_json_object(j);
    pk_json_member(j, "plankarta:legend", l->layer_id);
    pk_json_end(j);
    if (geometry != NULL) {
        pk_json_key(j, "filter");
        pk_json_raw(j, geometry);
    }
}

static void member_number(struct pk_json *j, const char *key, double v)
{
    pk_json_key(j, key);
    pk_json_fixed(j, v, 3);
}

static void write_area(struct pk_json *j, const struct look *l)
{
    static const char *const areas = "[\"==\",[\"geometry-type\"],\"Polygon\"]";
    begin_layer(j, l, "area", "fill", areas);
    pk_json_key(j, "paint");
    pk_json_object(j);
    pk_json_member(j, "fill-color", l->colour);
    member_number(j, "fill-opacity", 0.15);
    pk_json_end(j);
    pk_json_end(j);
    if (strcmp(l->pattern, "none") == 0 || l->pattern[0] == '\0') {
        return;
    }
    begin_layer(j, l, "area-pattern", "fill", areas);
    pk_json_key(j, "paint");
    pk_json_object(j);
    struct pk_buf b;
    pk_buf_init(&b, PATTERN_NAME_MAX);
    pk_buf_adds(&b, l->pattern);
    if (strchr(l->pattern, ':') == NULL) {
        pk_buf_addf(&b, ":%s", l->colour);
    }
    pk_json_member(j, "fill-pattern", b.data);
    pk_buf_finish(&b);
    member_number(j, "fill-opacity", 0.7);
    pk_json_end(j);
    pk_json_end(j);
}

static void write_line(struct pk_json *j, const struct look *l, bool casing)
{
    begin_layer(j, l, casing ? "line-casing" : "line", "line",
                "[\"!=\",[\"geometry-type\"],\"Point\"]");
    pk_json_key(j, "layout");
    pk_json_object(j);
    pk_json_member(j, "line-join", "round");
    pk_json_member(j, "line-cap", casing || l->dotted ? "round" : "butt");
    pk_json_end(j);
    pk_json_key(j, "paint");
    pk_json_object(j);
    pk_json_member(j, "line-color", casing ? "#ffffff" : l->colour);
    member_number(j, "line-width", casing ? l->line + 2 : l->line);
    if (!casing && l->dash_text != NULL) {
        pk_json_key(j, "line-dasharray");
        pk_json_raw(j, l->dash_text);
    }
    pk_json_end(j);
    pk_json_end(j);
}

static void write_point(struct pk_json *j, const struct look *l)
{
    static const char *const points = "[\"==\",[\"geometry-type\"],\"Point\"]";
    if (strcmp(l->symbol, "circle") != 0) {
        begin_layer(j, l, "symbol", "symbol", points);
        pk_json_key(j, "layout");
        pk_json_object(j);
        pk_json_member(j, "icon-image", l->symbol);
        pk_json_key(j, "icon-allow-overlap");
        pk_json_bool(j, true);
        pk_json_end(j);
        pk_json_end(j);
        return;
    }
    begin_layer(j, l, "point", "circle", points);
    pk_json_key(j, "paint");
    pk_json_object(j);
    pk_json_member(j, "circle-color", l->colour);
    member_number(j, "circle-radius", l->size);
    pk_json_member(j, "circle-stroke-color", "#ffffff");
    member_number(j, "circle-stroke-width", 2);
    pk_json_end(j);
    pk_json_end(j);
}

/* Labels of points stand beside the symbol, of areas inside, of lines along. */
static void write_label(struct pk_json *j, const struct look *l, bool lines)
{
    begin_layer(j, l, lines ? "label-line" : "label", "symbol",
                lines ? "[\"==\",[\"geometry-type\"],\"LineString\"]"
                      : "[\"!=\",[\"geometry-type\"],\"LineString\"]");
    pk_json_key(j, "layout");
    pk_json_object(j);
    pk_json_key(j, "text-field");
    pk_json_raw(j, "[\"to-string\",[\"coalesce\",[\"get\",");
    pk_json_quote(j->out, l->label == NULL ? "title" : l->label);
    pk_buf_adds(j->out, "],\"\"]]");
    pk_json_key(j, "text-font");
    pk_json_raw(j, "[\"DejaVu Sans Book\"]");
    member_number(j, "text-size", 13);
    member_number(j, "text-max-width", 10);
    member_number(j, "text-padding", 3);
    if (lines) {
        pk_json_member(j, "symbol-placement", "line");
    } else {
        pk_json_key(j, "text-variable-anchor");
        pk_json_raw(j, "[\"left\",\"top\",\"right\",\"bottom\"]");
        member_number(j, "text-radial-offset", 0.4 + l->size / 13);
    }
    pk_json_end(j);
    pk_json_key(j, "paint");
    pk_json_object(j);
    pk_json_member(j, "text-color", "#1a1a1a");
    pk_json_member(j, "text-halo-color", "#ffffff");
    member_number(j, "text-halo-width", 2);
    pk_json_end(j);
    pk_json_end(j);
}

static void write_style(struct pk_buf *out, const struct look *l)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member_int(&j, "version", 8);
    pk_json_member(&j, "name", l->layer_id);
    pk_json_key(&j, "sources");
    pk_json_raw(&j, "{\"plankarta\":{\"type\":\"vector\"}}");
    pk_json_key(&j, "layers");
    pk_json_array(&j);
    write_area(&j, l);
    write_line(&j, l, true);
    write_line(&j, l, false);
    write_point(&j, l);
    if (l->labelled) {
        write_label(&j, l, false);
        write_label(&j, l, true);
    }
    pk_json_end(&j);
    pk_json_end(&j);
}

enum pk_status pk_layer_style(struct pk_buf *out, const char *layer_id,
                              const char *settings_json, uint32_t order,
                              struct pk_error *err)
{
    struct look l = {.layer_id = layer_id, .line = 2, .size = 6, .max_zoom = 24};
    json_t *settings = NULL;
    char *made = NULL;
    enum pk_status status = PK_OK;
    if (settings_json != NULL && settings_json[0] != '\0') {
        status = pk_json_parse(&settings, settings_json, strlen(settings_json),
                               SETTINGS_MAX, err);
    }
    if (status == PK_OK) {
        status = read_look(&l, &made, settings, order, err);
    }
    if (status == PK_OK) {
        write_style(out, &l);
        if (out->failed) {
            status = pk_fail(err, PK_LIMIT, "the style of %s is too long", layer_id);
        }
    } else {
        status = pk_error_context(err, status, "%s", layer_id);
    }
    free(made);
    json_decref(settings);
    return status;
}
