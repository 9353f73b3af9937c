#include "styles/theme.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "styles/colour.h"
#include "styles/theme_rules.h"

enum { DEPTH_MAX = 100 };

static bool is_one_of(const char *key, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(key, *names) == 0) {
            return true;
        }
    }
    return false;
}

static enum pk_status check_keys(const json_t *object, const char *const *names,
                                 const char *where, struct pk_error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!is_one_of(key, names)) {
            return pk_fail(err, PK_BAD_INPUT, "%s%.60s: themes have no such member",
                           where, key);
        }
    }
    return PK_OK;
}

static enum pk_status apply_state(json_t *style, const json_t *values, bool strict,
                                  const char *where, struct pk_error *err)
{
    json_t *state = json_object_get(style, "state");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)values, key, value)
    {
        json_t *entry = json_object_get(state, key);
        if (json_is_object(entry)) {
            json_object_set_new(entry, "default", json_deep_copy(value));
        } else if (strict) {
            return pk_fail(err, PK_BAD_INPUT, "%s.%.60s: the style has no such state",
                           where, key);
        }
    }
    return PK_OK;
}

static void merge_properties(json_t *layer, const char *place, const json_t *changes)
{
    json_t *target = json_object_get(layer, place);
    if (!json_is_object(target)) {
        target = json_object();
        json_object_set_new(layer, place, target);
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)changes, key, value)
    {
        if (json_is_null(value)) {
            json_object_del(target, key);
        } else {
            json_object_set_new(target, key, json_deep_copy(value));
        }
    }
}

static enum pk_status apply_layer(json_t *layer, const json_t *changes, const char *id,
                                  struct pk_error *err)
{
    static const char *const members[] = {"paint",   "layout",  "filter",
                                          "minzoom", "maxzoom", NULL};
    enum pk_status status = check_keys(changes, members, "styles: layers: ", err);
    if (status != PK_OK) {
        return status;
    }
    for (int i = 0; members[i] != NULL; i++) {
        const json_t *value = json_object_get(changes, members[i]);
        if (value == NULL) {
            continue;
        }
        if (i >= 2) {
            json_object_set_new(layer, members[i], json_deep_copy(value));
        } else if (json_is_object(value)) {
            merge_properties(layer, members[i], value);
        } else {
            return pk_fail(err, PK_BAD_INPUT,
                           "styles: layers: %.60s.%s: expected an object", id,
                           members[i]);
        }
    }
    return PK_OK;
}

static json_t *find_layer(const json_t *style, const char *id)
{
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        const char *name = json_string_value(json_object_get(layer, "id"));
        if (name != NULL && strcmp(name, id) == 0) {
            return layer;
        }
    }
    return NULL;
}

/* The first colour that stands in a value; false when there is none. */
static bool first_colour(struct pk_rgba *out, const json_t *value, const json_t *state,
                         int depth)
{
    const char *text = json_string_value(value);
    const char *op = json_string_value(json_array_get(value, 0));
    if (text != NULL || depth > DEPTH_MAX) {
        return text != NULL && pk_colour_parse(out, text);
    }
    if (op != NULL && strcmp(op, "global-state") == 0) {
        const char *name = json_string_value(json_array_get(value, 1));
        const json_t *entry = json_object_get(state, name == NULL ? "" : name);
        return first_colour(out, json_object_get(entry, "default"), NULL, depth + 1);
    }
    for (size_t i = 1; i < json_array_size(value); i++) {
        if (first_colour(out, json_array_get(value, i), state, depth + 1)) {
            return true;
        }
    }
    return false;
}

/* A light line under or between darker ones, by the style's own colours: a theme may
 * turn them. */
static void mark_casings(json_t *style)
{
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        struct pk_rgba c;
        const json_t *colour =
            json_object_get(json_object_get(layer, "paint"), "line-color");
        if (colour != NULL &&
            first_colour(&c, colour, json_object_get(style, "state"), 0) &&
            pk_colour_luminance(c) > 0.5) {
            json_object_set_new(layer, PK_THEME_CASING, json_true());
        }
    }
}

enum pk_status pk_theme_apply(json_t *style, const char *style_name, const json_t *theme,
                              struct pk_error *err)
{
    static const char *const members[] = {"theme",  "title", "state",
                                          "styles", "rules", NULL};
    static const char *const style_members[] = {"state", "layers", "rules", NULL};
    if (!json_is_object(theme) || !json_is_string(json_object_get(theme, "theme"))) {
        return pk_fail(err, PK_BAD_INPUT,
                       "expected an object with \"theme\": the theme's name");
    }
    enum pk_status status = check_keys(theme, members, "", err);
    if (status == PK_OK) {
        mark_casings(style);
        status = apply_state(style, json_object_get(theme, "state"), false, "state", err);
    }
    const json_t *own = json_object_get(json_object_get(theme, "styles"), style_name);
    if (status == PK_OK) {
        status = check_keys(own, style_members, "styles: ", err);
    }
    if (status == PK_OK) {
        status =
            apply_state(style, json_object_get(own, "state"), true, "styles: state", err);
    }
    const char *id;
    json_t *changes;
    json_object_foreach(json_object_get(own, "layers"), id, changes)
    {
        json_t *layer = find_layer(style, id);
        if (status == PK_OK && layer == NULL) {
            status =
                pk_fail(err, PK_BAD_INPUT, "styles: layers: %.60s: no such layer in %s",
                        id, style_name);
        }
        if (status == PK_OK) {
            status = apply_layer(layer, changes, id, err);
        }
    }
    return status;
}

/* The theme's rules with those for the style over them. */
static json_t *rules_of(const json_t *theme, const char *style_name)
{
    const json_t *own = json_object_get(
        json_object_get(json_object_get(theme, "styles"), style_name), "rules");
    json_t *all = json_deep_copy(json_object_get(theme, "rules"));
    if (own == NULL) {
        return all;
    }
    if (all == NULL) {
        return json_deep_copy(own);
    }
    json_object_update(all, (json_t *)(uintptr_t)own);
    return all;
}

enum pk_status pk_theme_finish(json_t *style, const char *style_name, const json_t *theme,
                               struct pk_error *err)
{
    json_t *rules = rules_of(theme, style_name);
    enum pk_status status = pk_theme_rules(style, rules, err);
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        json_object_del(layer, PK_THEME_CASING);
    }
    json_decref(rules);
    return status;
}

/* The value as an expression: arrays are data here, never calls. */
static json_t *state_value(const json_t *state, const char *name)
{
    json_t *v = json_object_get(json_object_get(state, name), "default");
    if (v == NULL || json_is_object(v)) {
        return NULL;
    }
    return json_is_array(v) ? json_pack("[so]", "literal", json_deep_copy(v))
                            : json_deep_copy(v);
}

/* What stands for `value` (a new reference), or NULL with the error. */
static json_t *resolve(json_t *value, const json_t *state, int depth,
                       struct pk_error *err)
{
    if (depth > DEPTH_MAX) {
        (void)pk_fail(err, PK_LIMIT, "nested deeper than %d", DEPTH_MAX);
        return NULL;
    }
    const char *op = json_string_value(json_array_get(value, 0));
    if (op != NULL && strcmp(op, "literal") == 0) {
        return json_incref(value);
    }
    if (op != NULL && strcmp(op, "global-state") == 0) {
        const char *name = json_string_value(json_array_get(value, 1));
        json_t *v = name == NULL ? NULL : state_value(state, name);
        if (v == NULL) {
            (void)pk_fail(err, PK_BAD_INPUT, "the style has no state \"%.60s\"",
                          name == NULL ? "" : name);
        }
        return v;
    }
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        json_t *v = resolve(item, state, depth + 1, err);
        if (v == NULL) {
            return NULL;
        }
        json_array_set_new(value, i, v);
    }
    const char *key;
    void *next;
    json_object_foreach_safe(value, next, key, item)
    {
        json_t *v = resolve(item, state, depth + 1, err);
        if (v == NULL) {
            return NULL;
        }
        json_object_set_new(value, key, v);
    }
    return json_incref(value);
}

enum pk_status pk_theme_resolve(json_t *style, struct pk_error *err)
{
    static const char *const members[] = {"filter", "layout", "paint"};
    const json_t *state = json_object_get(style, "state");
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        for (size_t m = 0; m < PK_COUNT(members); m++) {
            json_t *value = json_object_get(layer, members[m]);
            if (value == NULL) {
                continue;
            }
            json_t *v = resolve(value, state, 0, err);
            if (v == NULL) {
                enum pk_status code = err == NULL ? PK_BAD_INPUT : err->code;
                return pk_error_context(err, code, "layers[%zu].%s", i, members[m]);
            }
            json_object_set_new(layer, members[m], v);
        }
    }
    json_object_del(style, "state");
    return PK_OK;
}
