#include "styles/theme_rules.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "styles/colour.h"

enum { DEPTH_MAX = 100, NAME_MAX_LEN = 160 };

enum role {
    ROLE_GROUND,
    ROLE_TEXT,
    ROLE_HALO,
    ROLE_LINE,
    ROLE_CASING,
    ROLE_FILL,
    ROLE_PATTERN,
    ROLE_COUNT
};

static const char *const role_names[ROLE_COUNT] = {"ground", "text", "halo",   "line",
                                                   "casing", "fill", "pattern"};

enum measure {
    TEXT_SCALE,
    TEXT_LEAST,
    HALO_LEAST,
    LINE_SCALE,
    LINE_LEAST,
    CIRCLE_LEAST,
    LINE_CONTRAST,
    PATTERN_CONTRAST,
    TEXT_CONTRAST,
    MEASURE_COUNT
};

static const char *const measure_names[MEASURE_COUNT] = {
    "text-scale",   "text-least",    "halo-least",       "line-scale",   "line-least",
    "circle-least", "line-contrast", "pattern-contrast", "text-contrast"};

struct rules {
    bool given[ROLE_COUNT];
    struct pk_rgba colours[ROLE_COUNT];
    double measure[MEASURE_COUNT]; /* 0 = no rule */
    bool opaque;
    const json_t *only, *classes;
};

static enum pk_status read_colours(struct rules *r, const json_t *object,
                                   struct pk_error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        int role = 0;
        while (role < ROLE_COUNT && strcmp(role_names[role], key) != 0) {
            role++;
        }
        const char *text = json_string_value(value);
        if (role == ROLE_COUNT || text == NULL ||
            !pk_colour_parse(&r->colours[role], text)) {
            return pk_fail(err, PK_BAD_INPUT,
                           "rules.colours.%.40s: expected ground, text, halo, line, "
                           "casing, fill or pattern, and a colour",
                           key);
        }
        r->given[role] = true;
    }
    return PK_OK;
}

static enum pk_status read_rules(struct rules *r, const json_t *object,
                                 struct pk_error *err)
{
    const char *key;
    json_t *value;
    memset(r, 0, sizeof(*r));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        int m = 0;
        while (m < MEASURE_COUNT && strcmp(measure_names[m], key) != 0) {
            m++;
        }
        if (m < MEASURE_COUNT && json_is_number(value)) {
            r->measure[m] = json_number_value(value);
        } else if (strcmp(key, "colours") == 0 && json_is_object(value)) {
            enum pk_status status = read_colours(r, value, err);
            if (status != PK_OK) {
                return status;
            }
        } else if (strcmp(key, "opaque") == 0 && json_is_boolean(value)) {
            r->opaque = json_is_true(value);
        } else if (strcmp(key, "only") == 0 && json_is_array(value)) {
            r->only = value;
        } else if (strcmp(key, "classes") == 0 && json_is_object(value)) {
            r->classes = value;
        } else {
            return pk_fail(err, PK_BAD_INPUT,
                           "rules.%.40s: no such rule, or its value has another type",
                           key);
        }
    }
    if (!r->given[ROLE_GROUND]) {
        r->colours[ROLE_GROUND] = (struct pk_rgba){255, 255, 255, 255};
    }
    if (!r->given[ROLE_TEXT]) {
        r->colours[ROLE_TEXT] = (struct pk_rgba){0, 0, 0, 255};
    }
    return PK_OK;
}

/* ---- outputs of expressions ---- */

struct change;
/* A new reference: what stands for a constant, or for an expression that is not looked
 * into (is_constant false). */
typedef json_t *change_fn(const struct change *c, json_t *value, bool is_constant);

struct change {
    const struct rules *rules;
    change_fn *fn;
    enum role role;  /* of a colour */
    double contrast; /* least, against the ground; 0 = any */
    double scale, least;
};

/* Is item i of an expression one of its outputs? */
static bool is_output(const char *op, size_t i, size_t count)
{
    if (strncmp(op, "interpolate", 11) == 0) {
        return i >= 4 && i % 2 == 0;
    }
    if (strcmp(op, "step") == 0) {
        return i >= 2 && i % 2 == 0;
    }
    if (strcmp(op, "match") == 0) {
        return i == count - 1 || (i >= 3 && i % 2 == 1);
    }
    if (strcmp(op, "case") == 0) {
        return i == count - 1 || (i >= 2 && i % 2 == 0);
    }
    if (strcmp(op, "let") == 0) {
        return i == count - 1;
    }
    return strcmp(op, "coalesce") == 0 && i >= 1;
}

static bool has_outputs(const char *op)
{
    return is_output(op, 4, 5) || strcmp(op, "coalesce") == 0;
}

static json_t *change_outputs(const struct change *c, json_t *value, int depth)
{
    if (depth > DEPTH_MAX) {
        return json_incref(value);
    }
    const char *op = json_string_value(json_array_get(value, 0));
    if (json_is_array(value) && op != NULL && has_outputs(op)) {
        json_t *out = json_array();
        for (size_t i = 0; i < json_array_size(value); i++) {
            json_t *item = json_array_get(value, i);
            json_array_append_new(out, is_output(op, i, json_array_size(value))
                                           ? change_outputs(c, item, depth + 1)
                                           : json_incref(item));
        }
        return out;
    }
    if (json_is_object(value)) { /* a function of the older form */
        json_t *out = json_deep_copy(value);
        json_t *stops = json_object_get(out, "stops"), *stop;
        size_t i;
        json_array_foreach(stops, i, stop)
        {
            json_array_set_new(stop, 1,
                               change_outputs(c, json_array_get(stop, 1), depth + 1));
        }
        return out;
    }
    return c->fn(c, value, !json_is_array(value));
}

static void change_property(const struct change *c, json_t *place, const char *name)
{
    json_t *value = json_object_get(place, name);
    if (value != NULL) {
        json_object_set_new(place, name, change_outputs(c, value, 0));
    }
}

/* ---- colours ---- */

static json_t *colour_json(struct pk_rgba colour)
{
    char text[PK_COLOUR_TEXT];
    pk_colour_format(text, colour);
    return json_string(text);
}

/* What the theme has instead of the colour. */
static struct pk_rgba themed(const struct change *c, struct pk_rgba colour)
{
    const struct rules *r = c->rules;
    if (colour.a == 0) {
        return colour;
    }
    if (r->given[c->role]) {
        return r->colours[c->role];
    }
    bool faint = c->contrast > 0 &&
                 pk_colour_contrast(colour, r->colours[ROLE_GROUND]) < c->contrast;
    return faint ? r->colours[ROLE_TEXT] : colour;
}

static json_t *change_colour(const struct change *c, json_t *value, bool is_constant)
{
    struct pk_rgba colour;
    const char *text = json_string_value(value);
    if (is_constant && text != NULL && pk_colour_parse(&colour, text)) {
        return colour_json(themed(c, colour));
    }
    bool fixed = !is_constant && c->rules->given[c->role]; /* calculated per feature */
    return fixed ? colour_json(c->rules->colours[c->role]) : json_incref(value);
}

/* Names that carry an ink after a colon (tiles/pattern.h, tiles/icon.h). */
static bool takes_ink(const char *name)
{
    static const char *const heads[] = {
        "prickmark", "korsmark", "ringmark", "korsprick", "ringprick", "hatch-", "cross",
        "dots",      "grid",     "waves",    "grass",     "plus",      "rings",  "trees",
        "marsh",     "circle",   "square",   "triangle",  "diamond",   "star",   "pin"};
    for (size_t i = 0; i < PK_COUNT(heads); i++) {
        if (strncmp(name, heads[i], strlen(heads[i])) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *change_image(const struct change *c, json_t *value, bool is_constant)
{
    const char *name = json_string_value(value);
    if (!is_constant || name == NULL || !takes_ink(name)) {
        return json_incref(value);
    }
    struct pk_rgba ink = {60, 60, 60, 255};
    const char *colon = strchr(name, ':');
    if (colon != NULL && !pk_colour_parse(&ink, colon + 1)) {
        return json_incref(value);
    }
    char text[NAME_MAX_LEN], colour[PK_COLOUR_TEXT];
    pk_colour_format(colour, themed(c, ink));
    snprintf(text, sizeof(text), "%.*s:%s",
             (int)(colon == NULL ? strlen(name) : (size_t)(colon - name)), name, colour);
    return json_string(text);
}

static void colour_property(const struct rules *r, json_t *paint, const char *name,
                            enum role role, double contrast, bool needed)
{
    struct change c = {
        .rules = r, .fn = change_colour, .role = role, .contrast = contrast};
    if (needed && json_object_get(paint, name) == NULL) {
        json_object_set_new(paint, name, json_string("#000000"));
    }
    change_property(&c, paint, name);
}

static void image_property(const struct rules *r, json_t *place, const char *name)
{
    struct change c = {.rules = r,
                       .fn = change_image,
                       .role = ROLE_PATTERN,
                       .contrast = r->measure[PATTERN_CONTRAST]};
    change_property(&c, place, name);
}

static void change_colours(const struct rules *r, const char *type, bool casing,
                           json_t *layout, json_t *paint)
{
    double lines = r->measure[LINE_CONTRAST];
    bool pattern = json_object_get(paint, "fill-pattern") != NULL ||
                   json_object_get(paint, "line-pattern") != NULL;
    if (strcmp(type, "background") == 0) {
        colour_property(r, paint, "background-color", ROLE_GROUND, 0, true);
    } else if (strcmp(type, "fill") == 0) {
        colour_property(r, paint, "fill-color", ROLE_FILL, 0, !pattern);
        colour_property(r, paint, "fill-outline-color", ROLE_LINE, lines, false);
        image_property(r, paint, "fill-pattern");
    } else if (strcmp(type, "line") == 0) {
        enum role role = casing ? ROLE_CASING : ROLE_LINE;
        colour_property(r, paint, "line-color", role, casing ? 0 : lines, !pattern);
        image_property(r, paint, "line-pattern");
    } else if (strcmp(type, "circle") == 0) {
        colour_property(r, paint, "circle-color", ROLE_LINE, lines, true);
        colour_property(r, paint, "circle-stroke-color", ROLE_CASING, 0, false);
    } else if (strcmp(type, "symbol") == 0) {
        colour_property(r, paint, "text-color", ROLE_TEXT, r->measure[TEXT_CONTRAST],
                        json_object_get(layout, "text-field") != NULL);
        colour_property(r, paint, "text-halo-color", ROLE_HALO, 0, false);
        image_property(r, layout, "icon-image");
    }
}

/* ---- sizes ---- */

static double at_least(double v, double least)
{
    return v > 0 && v < least ? least : v;
}

static json_t *change_size(const struct change *c, json_t *value, bool is_constant)
{
    if (is_constant) {
        return json_is_number(value)
                   ? json_real(at_least(json_number_value(value) * c->scale, c->least))
                   : json_incref(value);
    }
    return json_pack("[sf[sfO]]", "max", c->least, "*", c->scale, value);
}

static void size_property(json_t *place, const char *name, double scale, double least,
                          double otherwise)
{
    if (scale == 0 && least == 0) {
        return;
    }
    struct change c = {
        .fn = change_size, .scale = scale == 0 ? 1 : scale, .least = least};
    if (otherwise > 0 && json_object_get(place, name) == NULL) {
        json_object_set_new(place, name, json_real(otherwise));
    }
    change_property(&c, place, name);
}

static void change_sizes(const struct rules *r, const char *type, const char *id,
                         bool casing, json_t *layout, json_t *paint)
{
    const double *m = r->measure;
    if (strcmp(type, "symbol") == 0 && json_object_get(layout, "text-field") != NULL) {
        size_property(layout, "text-size", m[TEXT_SCALE], m[TEXT_LEAST], 16);
        size_property(paint, "text-halo-width", 0, m[HALO_LEAST], m[HALO_LEAST]);
    } else if (strcmp(type, "line") == 0 && strncmp(id, "base-", 5) != 0) {
        double least = m[LINE_LEAST] > 0 && casing ? m[LINE_LEAST] + 2 : m[LINE_LEAST];
        size_property(paint, "line-width", m[LINE_SCALE], least, 1);
    } else if (strcmp(type, "circle") == 0) {
        size_property(paint, "circle-radius", 0, m[CIRCLE_LEAST], 5);
    }
}

/* ---- layers ---- */

static void make_opaque(json_t *layout, json_t *paint)
{
    static const char *const names[] = {
        "background-opacity", "fill-opacity",   "line-opacity",          "circle-opacity",
        "text-opacity",       "icon-opacity",   "circle-stroke-opacity", "line-blur",
        "circle-blur",        "text-halo-blur", "icon-halo-blur"};
    const double faint = 0.4;
    const json_t *fill = json_object_get(paint, "fill-opacity");
    if (json_is_number(fill) && json_number_value(fill) < faint) {
        json_object_set_new(layout, "visibility", json_string("none"));
    }
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        json_object_del(paint, names[i]);
    }
}

static bool is_listed(const json_t *list, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        if (strcmp(json_string_value(item) == NULL ? "" : json_string_value(item),
                   name) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *member(json_t *layer, const char *name)
{
    json_t *place = json_object_get(layer, name);
    if (!json_is_object(place)) {
        place = json_object();
        json_object_set_new(layer, name, place);
    }
    return place;
}

static void change_class(const struct rules *r, json_t *layer, const char *type,
                         json_t *layout)
{
    json_t *metadata = json_object_get(layer, "metadata");
    const char *name = json_string_value(json_object_get(metadata, "plankarta:legend"));
    const json_t *other = name == NULL ? NULL : json_object_get(r->classes, name);
    if (json_is_string(other)) {
        json_object_set_new(metadata, "plankarta:legend", json_deep_copy(other));
        name = json_string_value(other);
    }
    if (r->only != NULL && strcmp(type, "background") != 0 &&
        !is_listed(r->only, name == NULL ? "" : name)) {
        json_object_set_new(layout, "visibility", json_string("none"));
    }
}

static void change_layer(const struct rules *r, json_t *layer)
{
    const char *type = json_string_value(json_object_get(layer, "type"));
    const char *id = json_string_value(json_object_get(layer, "id"));
    if (type == NULL || id == NULL) {
        return; /* the reader says what is wrong with it */
    }
    json_t *layout = member(layer, "layout"), *paint = member(layer, "paint");
    /* Casings keep standing out at both sides of their line. */
    bool casing = json_object_get(layer, PK_THEME_CASING) != NULL;
    change_class(r, layer, type, layout);
    if (r->opaque) {
        make_opaque(layout, paint);
    }
    change_colours(r, type, casing, layout, paint);
    change_sizes(r, type, id, casing, layout, paint);
}

enum pk_status pk_theme_rules(json_t *style, const json_t *rules, struct pk_error *err)
{
    struct rules r;
    if (rules == NULL) {
        return PK_OK;
    }
    if (!json_is_object(rules)) {
        return pk_fail(err, PK_BAD_INPUT, "rules: expected an object");
    }
    enum pk_status status = read_rules(&r, rules, err);
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        if (status == PK_OK && json_is_object(layer)) {
            change_layer(&r, layer);
        }
    }
    return status;
}
