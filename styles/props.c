#include "styles/props.h"

#include <string.h>

const struct pk_prop pk_props[PK_PROP_COUNT] = {
#define PK_PROP(id, layer, place, name, type, lo, hi, ours, def, values, use, help)      \
    {name,                                                                               \
     PK_LAYER_##layer,                                                                   \
     PK_PLACE_##place,                                                                   \
     PK_PROP_##type,                                                                     \
     lo,                                                                                 \
     hi,                                                                                 \
     PK_OURS_##ours,                                                                     \
     def,                                                                                \
     values,                                                                             \
     PK_USE_##use,                                                                       \
     help},
#include "styles/props.def"
#undef PK_PROP
};

int pk_prop_find(enum pk_layer_type layer, enum pk_prop_place place, const char *name)
{
    for (int i = 0; i < PK_PROP_COUNT; i++) {
        if (pk_props[i].layer == layer && pk_props[i].place == place &&
            strcmp(pk_props[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int pk_prop_value(const struct pk_prop *prop, const char *text, size_t len)
{
    int index = 0;
    for (const char *at = prop->values; at != NULL && *at != '\0'; index++) {
        size_t n = strcspn(at, "|");
        if (n == len && memcmp(at, text, len) == 0) {
            return index;
        }
        at += n;
        at += *at == '|';
    }
    return -1;
}

static enum pk_status not_a_value(struct pk_compiler *c, const struct pk_prop *p,
                                  const char *found, struct pk_error *err)
{
    return pk_fail(err, PK_BAD_INPUT, "%s: \"%.40s\" is not known; expected %s", c->path,
                   found, p->values);
}

/* A constant number within the limits of the table: cut to ours, refused beyond those
 * of the specification. */
static enum pk_status check_number(struct pk_compiler *c, const struct pk_prop *p,
                                   double *number, struct pk_error *err)
{
    double v = *number;
    bool low = v<p->min, high = v> p->max;
    if (!low && !high) {
        return PK_OK;
    }
    bool ours = (low && (p->ours == PK_OURS_LEAST || p->ours == PK_OURS_BOTH)) ||
                (high && (p->ours == PK_OURS_MOST || p->ours == PK_OURS_BOTH));
    if (ours) {
        *number = low ? p->min : p->max;
        if (c->warnings != NULL) {
            pk_buf_addf(c->warnings, "%s: %g is drawn as %g\n", c->path, v, *number);
        }
        return PK_OK;
    }
    if (p->ours == PK_OURS_MOST) {
        return pk_fail(err, PK_BAD_INPUT, "%s: %g is below %g", c->path, v, p->min);
    }
    return pk_fail(err, PK_BAD_INPUT, "%s: %g is outside %g to %g", c->path, v, p->min,
                   p->max);
}

/* text-variable-anchor-offset: "top", [0, 1], "left", [1, 0] ... */
static enum pk_status check_offsets(struct pk_compiler *c, const struct pk_prop *p,
                                    const struct pk_ev *v, struct pk_error *err)
{
    if (v->len % 2 != 0 || v->len > 18) {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s: expected pairs of an anchor and [right, down], at most 9",
                       c->path);
    }
    for (uint32_t i = 0; i < v->len; i += 2) {
        const struct pk_ev *name = &v->u.items[i], *at = &v->u.items[i + 1];
        size_t mark = pk_path_index(c, i);
        if (name->type != PK_T_STRING) {
            return pk_fail(err, PK_BAD_INPUT, "%s: expected an anchor, found %s", c->path,
                           pk_type_name(name->type));
        }
        if (pk_prop_value(p, name->u.string, name->len) < 0) {
            return not_a_value(c, p, name->u.string, err);
        }
        pk_path_pop(c, mark);
        mark = pk_path_index(c, i + 1);
        if (at->type != PK_T_ARRAY || at->len != 2 ||
            at->u.items[0].type != PK_T_NUMBER || at->u.items[1].type != PK_T_NUMBER) {
            return pk_fail(err, PK_BAD_INPUT, "%s: expected [right, down] in em",
                           c->path);
        }
        pk_path_pop(c, mark);
    }
    return PK_OK;
}

/* Constant arrays: of numbers within the limits, or of strings. */
static enum pk_status check_array(struct pk_compiler *c, const struct pk_prop *p,
                                  struct pk_ev *v, struct pk_error *err)
{
    if (p->type == PK_PROP_OFFSETS) {
        return check_offsets(c, p, v, err);
    }
    uint32_t least = p->type == PK_PROP_PAIR      ? 2
                     : p->type == PK_PROP_NUMBERS ? 4
                     : p->type == PK_PROP_FONTS   ? 1
                                                  : 0;
    uint32_t most = p->type == PK_PROP_PAIR      ? 2
                    : p->type == PK_PROP_NUMBERS ? 4
                    : p->type == PK_PROP_PADDING ? 4
                    : p->type == PK_PROP_ANCHORS ? 9
                                                 : PK_DASHES_MAX;
    if (v->len < least || v->len > most) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected %u to %u items, found %u",
                       c->path, least, most, v->len);
    }
    bool words = p->type == PK_PROP_FONTS || p->type == PK_PROP_ANCHORS ||
                 p->type == PK_PROP_WORDS;
    double sum = 0;
    for (uint32_t i = 0; i < v->len; i++) {
        struct pk_ev *item = (struct pk_ev *)(uintptr_t)&v->u.items[i]; /* ours */
        size_t mark = pk_path_index(c, i);
        if (item->type != (words ? PK_T_STRING : PK_T_NUMBER)) {
            return pk_fail(err, PK_BAD_INPUT, "%s: expected %s, found %s", c->path,
                           words ? "string" : "number", pk_type_name(item->type));
        }
        enum pk_status status = PK_OK;
        if (p->type == PK_PROP_ANCHORS &&
            pk_prop_value(p, item->u.string, item->len) < 0) {
            status = not_a_value(c, p, item->u.string, err);
        } else if (!words) {
            status = check_number(c, p, &item->u.number, err);
            sum += item->u.number;
        }
        if (status != PK_OK) {
            return status;
        }
        pk_path_pop(c, mark);
    }
    if (p->type == PK_PROP_DASHES && v->len > 0 && sum <= 0) {
        return pk_fail(err, PK_BAD_INPUT, "%s: dashes and gaps are all 0", c->path);
    }
    return PK_OK;
}

static enum pk_status check_constant(struct pk_compiler *c, const struct pk_prop *p,
                                     struct pk_node *n, struct pk_error *err)
{
    struct pk_ev *v = &n->value;
    if (v->type == PK_T_NULL) { /* what JSON null says: the default */
        return PK_OK;
    }
    if (v->type == PK_T_NUMBER &&
        (p->type == PK_PROP_NUMBER || p->type == PK_PROP_PADDING)) {
        return check_number(c, p, &v->u.number, err);
    }
    if (v->type == PK_T_ARRAY) {
        return check_array(c, p, v, err);
    }
    if (p->type == PK_PROP_ENUM && v->type == PK_T_STRING) {
        int index = pk_prop_value(p, v->u.string, v->len);
        if (index < 0) {
            return not_a_value(c, p, v->u.string, err);
        }
        *v = pk_ev_number(index);
        n->type = PK_T_NUMBER;
    }
    return PK_OK;
}

static enum pk_type wanted(enum pk_prop_type type)
{
    switch (type) {
    case PK_PROP_NUMBER:
        return PK_T_NUMBER;
    case PK_PROP_BOOL:
        return PK_T_BOOL;
    case PK_PROP_COLOUR:
        return PK_T_COLOUR;
    case PK_PROP_ENUM:
    case PK_PROP_IMAGE:
        return PK_T_STRING;
    case PK_PROP_TEXT:
    case PK_PROP_PADDING:
        return PK_T_ANY;
    default:
        return PK_T_ARRAY;
    }
}

/* Arrays that are values: [0, -8], ["Noto Sans Bold"]. */
static bool is_plain_array(const json_t *json, enum pk_prop_type type)
{
    const json_t *first = json_array_get(json, 0);
    if (!json_is_array(json) || (wanted(type) != PK_T_ARRAY && type != PK_PROP_PADDING)) {
        return false;
    }
    if (!json_is_string(first)) {
        return true;
    }
    bool words = type == PK_PROP_FONTS || type == PK_PROP_ANCHORS ||
                 type == PK_PROP_OFFSETS || type == PK_PROP_WORDS;
    return words && pk_operator_find(json_string_value(first)) == NULL;
}

static bool is_interpolated(enum pk_prop_type type)
{
    return type == PK_PROP_NUMBER || type == PK_PROP_COLOUR || type == PK_PROP_PAIR ||
           type == PK_PROP_PADDING;
}

enum pk_status pk_prop_compile(uint32_t *node, struct pk_compiler *c, int prop,
                               const json_t *json, struct pk_error *err)
{
    const struct pk_prop *p = &pk_props[prop];
    json_t *made = NULL;
    if (json_is_object(json)) {
        made = pk_legacy_function(c, json, is_interpolated(p->type), err);
        if (made == NULL) {
            return PK_BAD_INPUT;
        }
    } else if (is_plain_array(json, p->type)) {
        made = json_pack("[sO]", "literal", json);
    } else if ((p->type == PK_PROP_TEXT || p->type == PK_PROP_IMAGE) &&
               json_is_string(json) && strchr(json_string_value(json), '{') != NULL) {
        made = pk_legacy_tokens(json_string_value(json));
    }
    const json_t *value = made != NULL ? made : json;
    enum pk_status status;
    if (json_is_null(value)) {
        *node = 0;
        status = PK_OK;
    } else {
        status = pk_expr_compile(node, c, value, wanted(p->type), err);
    }
    json_decref(made);
    if (status == PK_OK && c->program->nodes[*node].op == PK_OP_CONST && *node != 0) {
        status = check_constant(c, p, &c->program->nodes[*node], err);
    }
    return status;
}
