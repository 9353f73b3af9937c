/* values.c - a walk through the expressions of a style document. */
#include "tiles/audit/values.h"

#include <string.h>

#include "base/jsonread.h"

enum { DOCUMENT_MAX = 16 << 20, DEPTH_MAX = 64 };

struct walker {
    const struct pk_style *style;
    struct pk_arena *arena;
    struct pk_choices *choices; /* of the source layer at hand */
    uint64_t *reads;            /* bits of the properties seen; NULL = not asked */
    bool full;
};

static int property_index(const struct walker *w, const char *name)
{
    for (uint32_t i = 0; i < pk_style_property_count(w->style); i++) {
        if (strcmp(pk_style_property(w->style, i), name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static struct pk_choice *choice_of(struct walker *w, const char *name)
{
    int property = property_index(w, name);
    if (property < 0) {
        return NULL;
    }
    if (w->reads) {
        w->reads[property / 64] |= UINT64_C(1) << (property % 64);
    }
    for (uint32_t i = 0; i < w->choices->count; i++) {
        if (w->choices->props[i].property == (uint32_t)property) {
            return &w->choices->props[i];
        }
    }
    if (w->choices->count == PK_CHOICE_PROPS_MAX) {
        w->full = true;
        return NULL;
    }
    struct pk_choice *c = &w->choices->props[w->choices->count++];
    c->property = (uint32_t)property;
    c->count = 1; /* the first is filled in at the end */
    return c;
}

static void add_value(struct walker *w, struct pk_choice *c, struct pk_value v)
{
    for (uint32_t i = 1; i < c->count; i++) {
        const struct pk_value *o = &c->values[i];
        if (o->type == v.type && o->number == v.number &&
            (v.type != PK_VALUE_STRING || strcmp(o->string, v.string) == 0)) {
            return;
        }
    }
    if (c->count == PK_CHOICES_MAX) {
        w->full = true;
        return;
    }
    c->values[c->count++] = v;
}

static void add_json(struct walker *w, struct pk_choice *c, const json_t *literal)
{
    struct pk_value v = {0};
    if (json_is_string(literal)) {
        v.type = PK_VALUE_STRING;
        v.string = pk_arena_strdup(w->arena, json_string_value(literal));
        v.len = (uint32_t)strlen(v.string);
    } else if (json_is_number(literal)) {
        v.type = PK_VALUE_NUMBER;
        v.number = json_number_value(literal);
    } else if (json_is_boolean(literal)) {
        v.type = PK_VALUE_BOOL;
        v.number = json_is_true(literal);
    } else {
        return;
    }
    add_value(w, c, v);
}

/* Give the constant (or each of an array's) to every property that `expression` reads
 * as it is: through get, coalesce, to-string and the like. */
static void give(struct walker *w, const json_t *expression, const json_t *literal,
                 int depth)
{
    const char *op = json_string_value(json_array_get(expression, 0));
    if (op == NULL || depth > DEPTH_MAX) {
        return;
    }
    if (strcmp(op, "get") == 0) {
        const char *name = json_string_value(json_array_get(expression, 1));
        struct pk_choice *c = name ? choice_of(w, name) : NULL;
        if (c && json_is_array(literal)) {
            size_t i;
            json_t *one;
            json_array_foreach((json_t *)(uintptr_t)literal, i, one)
            {
                add_json(w, c, one);
            }
        } else if (c) {
            add_json(w, c, literal);
        }
        return;
    }
    static const char *const through[] = {"coalesce", "to-string", "to-number",
                                          "string",   "number",    "boolean",
                                          "downcase", "upcase",    "to-boolean"};
    for (size_t i = 0; i < PK_COUNT(through); i++) {
        for (size_t a = 1; strcmp(op, through[i]) == 0 && a < json_array_size(expression);
             a++) {
            give(w, json_array_get(expression, a), literal, depth + 1);
        }
    }
}

static const json_t *constant(const json_t *value)
{
    const char *op = json_string_value(json_array_get(value, 0));
    return op && strcmp(op, "literal") == 0 ? json_array_get(value, 1) : value;
}

static bool is_old_comparison(const char *op, const json_t *value)
{
    static const char *const ops[] = {"==", "!=", "in", "!in", "<", "<=", ">", ">="};
    const char *name = json_string_value(json_array_get(value, 1));
    for (size_t i = 0; name && name[0] != '$' && i < PK_COUNT(ops); i++) {
        if (strcmp(op, ops[i]) == 0) {
            return strcmp(op, "in") != 0 || !json_is_array(json_array_get(value, 2));
        }
    }
    return false;
}

static void compare(struct walker *w, const char *op, const json_t *value)
{
    if (is_old_comparison(op, value)) {
        struct pk_choice *c = choice_of(w, json_string_value(json_array_get(value, 1)));
        for (size_t i = 2; c && i < json_array_size(value); i++) {
            add_json(w, c, json_array_get(value, i));
        }
        return;
    }
    const json_t *a = json_array_get(value, 1), *b = json_array_get(value, 2);
    give(w, a, constant(b), 0);
    give(w, b, constant(a), 0);
}

static void walk(struct walker *w, const json_t *value, int depth);

static void walk_call(struct walker *w, const char *op, const json_t *value, int depth)
{
    static const char *const comparisons[] = {"==", "!=", "in", "!in",
                                              "<",  "<=", ">",  ">="};
    const char *name = json_string_value(json_array_get(value, 1));
    if ((strcmp(op, "get") == 0 || strcmp(op, "has") == 0 || strcmp(op, "!has") == 0) &&
        name) {
        struct pk_choice *c = choice_of(w, name);
        if (c && strcmp(op, "get") != 0) {
            add_value(w, c, (struct pk_value){.type = PK_VALUE_NULL});
        }
        return;
    }
    for (size_t i = 0; i < PK_COUNT(comparisons); i++) {
        if (strcmp(op, comparisons[i]) == 0) {
            compare(w, op, value);
        }
    }
    bool stops = strcmp(op, "step") == 0 || strcmp(op, "interpolate") == 0;
    if (strcmp(op, "match") == 0) {
        for (size_t i = 2; i + 1 < json_array_size(value); i += 2) {
            give(w, json_array_get(value, 1), json_array_get(value, i), 0);
        }
    } else if (stops) {
        size_t input = strcmp(op, "step") == 0 ? 1 : 2;
        for (size_t i = input + (input == 1 ? 2 : 1); i < json_array_size(value);
             i += 2) {
            give(w, json_array_get(value, input), json_array_get(value, i), 0);
        }
    }
    for (size_t i = 1; i < json_array_size(value); i++) {
        walk(w, json_array_get(value, i), depth + 1);
    }
}

static void walk(struct walker *w, const json_t *value, int depth)
{
    if (depth > DEPTH_MAX) {
        return;
    }
    const char *op = json_string_value(json_array_get(value, 0));
    if (op && strcmp(op, "literal") != 0) {
        walk_call(w, op, value, depth);
        return;
    }
    size_t i;
    json_t *one;
    if (json_is_array(value) && !op) {
        json_array_foreach((json_t *)(uintptr_t)value, i, one)
        {
            walk(w, one, depth + 1);
        }
    }
}

/* A value that none of the named ones is, of their type. */
static struct pk_value other_value(const struct pk_choice *c)
{
    struct pk_value v = {.type = PK_VALUE_STRING, .len = 1, .string = "B"};
    bool strings = c->count == 1, truths = false;
    double top = 0;
    for (uint32_t i = 1; i < c->count; i++) {
        strings |= c->values[i].type == PK_VALUE_STRING;
        truths |= c->values[i].type == PK_VALUE_BOOL;
        if (c->values[i].type == PK_VALUE_NUMBER && c->values[i].number >= top) {
            top = c->values[i].number + 1;
        }
    }
    if (strings || (!truths && top == 0)) {
        return v;
    }
    return (struct pk_value){.type = truths ? PK_VALUE_BOOL : PK_VALUE_NUMBER,
                             .number = truths ? 1 : top};
}

static struct pk_choices *choices_of(struct pk_style_values *v, const char *source_layer)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (strcmp(v->choices[i].source_layer, source_layer) == 0) {
            return &v->choices[i];
        }
    }
    struct pk_choices *c = &v->choices[v->count++];
    c->source_layer = source_layer;
    return c;
}

static void walk_members(struct walker *w, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        /* What a text says is no way to look, but what it reads must be there. */
        uint64_t *reads = w->reads;
        if (strcmp(key, "text-field") == 0 || strstr(key, "sort-key") != NULL) {
            w->reads = NULL;
        }
        walk(w, value, 0);
        w->reads = reads;
    }
}

static const json_t *layer_json(const json_t *document, const char *id)
{
    size_t i;
    json_t *layer;
    json_array_foreach(pk_jget_array(document, "layers"), i, layer)
    {
        const char *name = pk_jget_string(layer, "id");
        if (name && strcmp(name, id) == 0) {
            return layer;
        }
    }
    return NULL;
}

enum pk_status pk_style_values(struct pk_style_values *out, const struct pk_style *style,
                               struct pk_arena *arena, struct pk_error *err)
{
    const char *text = pk_style_document(style);
    uint32_t layers = pk_style_layer_count(style);
    json_t *document = NULL;
    enum pk_status st = pk_json_parse(&document, text, strlen(text), DOCUMENT_MAX, err);
    if (st != PK_OK) {
        return st;
    }
    memset(out, 0, sizeof *out);
    out->words = pk_style_property_count(style) / 64 + 1;
    out->choices = pk_arena_alloc(arena, layers + 1, sizeof *out->choices);
    out->paint = pk_arena_alloc(arena, layers + 1, sizeof *out->paint);
    struct walker w = {.style = style, .arena = arena};
    for (uint32_t i = 0; i < layers; i++) {
        const struct pk_style_layer *layer = pk_style_layer(style, i);
        out->paint[i] = pk_arena_alloc(arena, out->words, sizeof **out->paint);
        if (!layer->source_layer) {
            continue;
        }
        const json_t *json = layer_json(document, layer->id);
        w.choices = choices_of(out, layer->source_layer);
        w.reads = NULL;
        walk(&w, json_object_get(json, "filter"), 0);
        w.reads = out->paint[i];
        walk_members(&w, pk_jget_object(json, "paint"));
        walk_members(&w, pk_jget_object(json, "layout"));
    }
    json_decref(document);
    for (uint32_t i = 0; i < out->count; i++) {
        for (uint32_t k = 0; k < out->choices[i].count; k++) {
            struct pk_choice *c = &out->choices[i].props[k];
            c->values[0] = other_value(c);
        }
    }
    return w.full ? pk_fail(err, PK_LIMIT,
                            "the style tells more than %d properties or values apart",
                            PK_CHOICES_MAX)
                  : PK_OK;
}

bool pk_specimen_next(struct pk_specimen *s)
{
    for (uint32_t i = 0; i < s->choices->count; i++) {
        if (++s->at[i] < s->choices->props[i].count) {
            return true;
        }
        s->at[i] = 0;
    }
    return false;
}

uint32_t pk_specimen_count(const struct pk_choices *choices)
{
    uint64_t count = 1;
    for (uint32_t i = 0; i < choices->count; i++) {
        count *= choices->props[i].count;
        count = count > UINT32_MAX ? UINT32_MAX : count;
    }
    return (uint32_t)count;
}

const char *pk_specimen_name(const struct pk_specimen *s, const struct pk_style *style,
                             struct pk_arena *arena)
{
    const char *name = s->choices->source_layer;
    for (uint32_t i = 0; i < s->choices->count; i++) {
        const struct pk_choice *c = &s->choices->props[i];
        const struct pk_value *v = &c->values[s->at[i]];
        const char *key = pk_style_property(style, c->property);
        if (s->at[i] == 0) {
            continue;
        }
        if (v->type == PK_VALUE_STRING) {
            name = pk_arena_printf(arena, "%s %s=%s", name, key, v->string);
        } else if (v->type == PK_VALUE_NULL) {
            name = pk_arena_printf(arena, "%s without %s", name, key);
        } else {
            name = pk_arena_printf(arena, "%s %s=%g", name, key, v->number);
        }
    }
    return name;
}

const struct pk_value *pk_specimen_value(const struct pk_specimen *s,
                                         const struct pk_style *style, const char *name)
{
    for (uint32_t i = 0; i < s->choices->count; i++) {
        const struct pk_choice *c = &s->choices->props[i];
        if (strcmp(pk_style_property(style, c->property), name) == 0) {
            return &c->values[s->at[i]];
        }
    }
    return NULL;
}
