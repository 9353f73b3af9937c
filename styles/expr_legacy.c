#include <string.h>

#include "styles/expr.h"

/* Filters and functions of older documents are turned into today's expressions,
 * as the specification describes them, so that one compiler reads both. */

static bool is_comparison(const char *op)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};
    for (size_t i = 0; i < PK_COUNT(ops); i++) {
        if (strcmp(op, ops[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool pk_legacy_is_filter(const json_t *filter)
{
    const char *op = json_string_value(json_array_get(filter, 0));
    if (op == NULL) {
        return false;
    }
    size_t size = json_array_size(filter);
    const json_t *first = json_array_get(filter, 1);
    if (strcmp(op, "has") == 0) {
        const char *key = json_string_value(first);
        return key != NULL && key[0] == '$';
    }
    if (strcmp(op, "in") == 0) {
        return json_is_string(first) &&
               (size < 3 || !json_is_array(json_array_get(filter, 2)));
    }
    if (strcmp(op, "!in") == 0 || strcmp(op, "!has") == 0 || strcmp(op, "none") == 0) {
        return true;
    }
    if (is_comparison(op)) {
        return size == 3 && !json_is_array(first) &&
               !json_is_array(json_array_get(filter, 2));
    }
    if (strcmp(op, "all") == 0 || strcmp(op, "any") == 0) {
        for (size_t i = 1; i < size; i++) {
            const json_t *part = json_array_get(filter, i);
            if (!json_is_boolean(part) && pk_legacy_is_filter(part)) {
                return true;
            }
        }
    }
    return false;
}

static json_t *call0(const char *op)
{
    return json_pack("[s]", op);
}

/* What a legacy key reads. */
static json_t *key_value(const char *key)
{
    if (strcmp(key, "$type") == 0) {
        return call0("geometry-type");
    }
    return strcmp(key, "$id") == 0 ? call0("id") : json_pack("[ss]", "get", key);
}

static json_t *comparison(const char *op, const char *key, json_t *value)
{
    json_t *plain = json_pack("[soO]", op, key_value(key), value);
    if (strcmp(op, "==") == 0 || strcmp(op, "!=") == 0) {
        return plain;
    }
    /* another type is not "less": false, not an error */
    return json_pack("[s[s[so]s]o]", "all", "==", "typeof", key_value(key),
                     json_is_number(value) ? "number" : "string", plain);
}

static json_t *negated(json_t *inner)
{
    return inner == NULL ? NULL : json_pack("[so]", "!", inner);
}

static json_t *membership(const char *key, const json_t *filter)
{
    json_t *values = json_array();
    for (size_t i = 2; i < json_array_size(filter); i++) {
        json_array_append(values, json_array_get(filter, i));
    }
    return json_pack("[so[so]]", "in", key_value(key), "literal", values);
}

static json_t *bad(struct pk_compiler *c, struct pk_error *err, const char *what)
{
    (void)pk_fail(err, PK_BAD_INPUT, "%s: expected %s", c->path, what);
    return NULL;
}

json_t *pk_legacy_filter(struct pk_compiler *c, const json_t *filter,
                         struct pk_error *err)
{
    const char *op = json_string_value(json_array_get(filter, 0));
    if (json_is_boolean(filter)) {
        return json_incref((json_t *)(uintptr_t)filter);
    }
    if (op == NULL || c->depth > PK_EXPR_DEPTH_MAX) {
        return bad(c, err, "a filter");
    }
    bool none = strcmp(op, "none") == 0;
    if (none || strcmp(op, "all") == 0 || strcmp(op, "any") == 0) {
        json_t *out = json_pack("[s]", none ? "any" : op);
        c->depth++;
        for (size_t i = 1; i < json_array_size(filter); i++) {
            size_t mark = pk_path_index(c, i);
            json_t *part = pk_legacy_filter(c, json_array_get(filter, i), err);
            if (part == NULL) {
                json_decref(out);
                return NULL;
            }
            pk_path_pop(c, mark);
            json_array_append_new(out, part);
        }
        c->depth--;
        return none ? negated(out) : out;
    }
    const char *key = json_string_value(json_array_get(filter, 1));
    if (key == NULL) {
        return bad(c, err, "the name of a property after the operator");
    }
    if (is_comparison(op) && json_array_size(filter) == 3) {
        return comparison(op, key, json_array_get(filter, 2));
    }
    if (strcmp(op, "in") == 0) {
        return membership(key, filter);
    }
    if (strcmp(op, "!in") == 0) {
        return negated(membership(key, filter));
    }
    if (strcmp(op, "has") == 0 || strcmp(op, "!has") == 0) {
        json_t *has = key[0] == '$' ? json_true() : json_pack("[ss]", "has", key);
        return op[0] == '!' ? negated(has) : has;
    }
    return bad(c, err, "==, !=, <, <=, >, >=, in, !in, has, !has, all, any or none");
}

/* A result of a stop: arrays are values there, not expressions. */
static json_t *stop_value(json_t *v)
{
    return json_is_array(v) ? json_pack("[sO]", "literal", v) : json_incref(v);
}

/* "step" over `input`, or "interpolate" with the function's base. */
static json_t *curve_start(json_t *input, bool interpolated, const json_t *function)
{
    if (!interpolated) {
        return json_pack("[so]", "step", input);
    }
    const json_t *base = json_object_get(function, "base");
    double b = json_is_number(base) ? json_number_value(base) : 1;
    return json_pack("[s[sf]o]", "interpolate", "exponential", b, input);
}

static json_t *stop_key(json_t *stop)
{
    return json_array_get(stop, 0);
}

/* Interval: the first result counts below its stop as well. */
static json_t *curve(json_t *input, bool interpolated, const json_t *function,
                     const json_t *stops)
{
    json_t *out = curve_start(input, interpolated, function);
    for (size_t i = 0; i < json_array_size(stops); i++) {
        json_t *stop = json_array_get(stops, i);
        if (interpolated || i > 0) {
            json_array_append(out, stop_key(stop));
        }
        json_array_append_new(out, stop_value(json_array_get(stop, 1)));
    }
    return out;
}

static json_t *default_value(const json_t *function)
{
    json_t *v = json_object_get(function, "default");
    return v == NULL ? json_null() : stop_value(v);
}

static json_t *categories(json_t *input, const json_t *function, const json_t *stops)
{
    bool yes_no = json_is_boolean(stop_key(json_array_get(stops, 0)));
    json_t *out = yes_no ? json_pack("[s]", "case") : json_pack("[sO]", "match", input);
    for (size_t i = 0; i < json_array_size(stops); i++) {
        json_t *stop = json_array_get(stops, i);
        json_array_append_new(out, yes_no
                                       ? json_pack("[sOO]", "==", input, stop_key(stop))
                                       : json_incref(stop_key(stop)));
        json_array_append_new(out, stop_value(json_array_get(stop, 1)));
    }
    json_array_append_new(out, default_value(function));
    json_decref(input);
    return out;
}

static json_t *property_function(const char *type, const char *property,
                                 bool interpolated, const json_t *function,
                                 const json_t *stops)
{
    json_t *get = json_pack("[ss]", "get", property);
    if (strcmp(type, "identity") == 0) {
        return json_pack("[soo]", "coalesce", get, default_value(function));
    }
    if (strcmp(type, "categorical") == 0) {
        return categories(get, function, stops);
    }
    json_t *out = curve(json_incref(get), interpolated, function, stops);
    return json_pack("[s[s[so]s]oo]", "case", "==", "typeof", get, "number", out,
                     default_value(function));
}

/* Stops {zoom, value}: a property function for each zoom, joined over the zoom. */
static json_t *zoom_and_property(const char *type, const char *property,
                                 bool interpolated, const json_t *function,
                                 const json_t *stops)
{
    json_t *out = curve_start(call0("zoom"), interpolated, function);
    size_t n = json_array_size(stops), i = 0;
    while (i < n) {
        json_t *zoom = json_object_get(stop_key(json_array_get(stops, i)), "zoom");
        json_t *inner = json_array();
        size_t first = i;
        for (; i < n; i++) {
            const json_t *key = stop_key(json_array_get(stops, i));
            if (!json_equal(json_object_get(key, "zoom"), zoom)) {
                break;
            }
            json_array_append_new(inner,
                                  json_pack("[OO]", json_object_get(key, "value"),
                                            json_array_get(json_array_get(stops, i), 1)));
        }
        if (interpolated || first > 0) {
            json_array_append(out, zoom);
        }
        bool inner_curve = interpolated && strcmp(type, "exponential") == 0;
        json_array_append_new(
            out, property_function(type, property, inner_curve, function, inner));
        json_decref(inner);
    }
    return out;
}

static bool stops_are_pairs(const json_t *stops, bool by_zoom_and_value)
{
    for (size_t i = 0; i < json_array_size(stops); i++) {
        json_t *stop = json_array_get(stops, i);
        const json_t *key = stop_key(stop);
        bool both = json_is_number(json_object_get(key, "zoom")) &&
                    json_object_get(key, "value") != NULL;
        if (json_array_size(stop) != 2 ||
            (by_zoom_and_value ? !both : json_is_object(key))) {
            return false;
        }
    }
    return json_array_size(stops) > 0;
}

json_t *pk_legacy_function(struct pk_compiler *c, const json_t *function,
                           bool interpolated, struct pk_error *err)
{
    const json_t *stops = json_object_get(function, "stops");
    const char *property = json_string_value(json_object_get(function, "property"));
    const char *type = json_string_value(json_object_get(function, "type"));
    if (type == NULL) {
        type = interpolated       ? "exponential"
               : property != NULL ? "categorical"
                                  : "interval";
    }
    if (strcmp(type, "identity") == 0 && property != NULL) {
        return property_function(type, property, false, function, NULL);
    }
    bool both = json_is_object(stop_key(json_array_get(stops, 0)));
    if (!stops_are_pairs(stops, both) || (both && property == NULL)) {
        return bad(c, err,
                   "an expression, or a function with \"stops\": [[KEY, VALUE], ...]");
    }
    bool curved = interpolated && strcmp(type, "exponential") == 0;
    if (both) {
        return zoom_and_property(type, property, interpolated, function, stops);
    }
    return property != NULL ? property_function(type, property, curved, function, stops)
                            : curve(call0("zoom"), curved, function, stops);
}

/* Appends a piece of plain text, unless it is empty. */
static void add_piece(json_t *out, const char *text, size_t len)
{
    if (len > 0) {
        json_array_append_new(out, json_stringn(text, len));
    }
}

json_t *pk_legacy_tokens(const char *text)
{
    json_t *out = json_pack("[s]", "concat");
    const char *at = text;
    for (;;) {
        const char *open = strchr(at, '{');
        const char *close = open == NULL ? NULL : strchr(open, '}');
        if (close == NULL) {
            break;
        }
        add_piece(out, at, (size_t)(open - at));
        json_t *name = json_stringn(open + 1, (size_t)(close - open - 1));
        json_array_append_new(out, json_pack("[so]", "get", name));
        at = close + 1;
    }
    add_piece(out, at, strlen(at));
    if (json_array_size(out) != 2) {
        return out;
    }
    json_t *only =
        json_incref(json_array_get(out, 1)); /* "{name}": the property as it is */
    json_decref(out);
    return only;
}
