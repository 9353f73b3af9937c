#include "styles/viewer.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_SUFFIX   ":label"
#define PATTERN_PREFIX "pattern:"
#define NONE           "hatch-0-8-1:#00000000" /* for the empty name: nothing is drawn */

enum { DEPTH_MAX = 100, PATTERNS_MAX = 512 };

/* A text that stands for another, or NULL to keep it; the new one is taken over. */
typedef json_t *word_fn(void *ctx, const char *word);

static void change_words(json_t **value, word_fn *fn, void *ctx, int depth);

/* Item i of an expression or of a stop of an old function. */
static void change_item(json_t *array, size_t i, word_fn *fn, void *ctx, int depth)
{
    json_t *item = json_incref(json_array_get(array, i)), *was = item;
    if (item != NULL) {
        change_words(&item, fn, ctx, depth);
        if (item != was) {
            json_array_set(array, i, item);
        }
        json_decref(item);
    }
}

/* Which items of an expression may be its value: from `first`, every `step`th, and the
 * last. The others are conditions, labels and stops, and no names of images. */
static const struct {
    const char *op;
    size_t first, step;
} branches[] = {
    {"match",    3, 2   },
    {"case",     2, 2   },
    {"step",     2, 2   },
    {"coalesce", 1, 1   },
    {"literal",  1, 1   },
    {"image",    1, 1000},
    {"let",      0, 0   },
};

static void change_expression(json_t *array, word_fn *fn, void *ctx, int depth)
{
    const char *op = json_string_value(json_array_get(array, 0));
    size_t size = json_array_size(array);
    for (size_t b = 0; op != NULL && b < PK_COUNT(branches); b++) {
        if (strcmp(op, branches[b].op) == 0) {
            size_t step = branches[b].step;
            for (size_t i = branches[b].first; step > 0 && i + 1 < size; i += step) {
                change_item(array, i, fn, ctx, depth);
            }
            change_item(array, size - 1, fn, ctx, depth);
        }
    }
}

/* The string constants that *value may come to, in place. */
static void change_words(json_t **value, word_fn *fn, void *ctx, int depth)
{
    const char *word = json_string_value(*value);
    json_t *other = word == NULL ? NULL : fn(ctx, word);
    if (other != NULL) {
        json_decref(*value);
        *value = other;
    }
    if (word != NULL || depth > DEPTH_MAX) {
        return;
    }
    if (json_is_array(*value)) {
        change_expression(*value, fn, ctx, depth + 1);
    }
    size_t i;
    json_t *stop; /* of a function as documents had before expressions */
    json_array_foreach(json_object_get(*value, "stops"), i, stop)
    {
        change_item(stop, 1, fn, ctx, depth + 1);
    }
}

/* The properties that name images, one by one. */
static void change_images(json_t *layer, word_fn *fn, void *ctx)
{
    static const char *const places[][2] = {
        {"paint",  "fill-pattern"},
        {"paint",  "line-pattern"},
        {"layout", "icon-image"  }
    };
    for (size_t i = 0; i < PK_COUNT(places); i++) {
        json_t *place = json_object_get(layer, places[i][0]);
        json_t *was = json_object_get(place, places[i][1]), *value = json_incref(was);
        if (value != NULL) {
            change_words(&value, fn, ctx, 0);
            json_object_set(place, places[i][1], value);
            json_decref(value);
        }
    }
}

static json_t *joined(const char *a, const char *b)
{
    return json_sprintf("%s%s", a, b);
}

/* `from` with one argument or none -> `to`, wherever it is called. */
static void change_calls(json_t *value, const json_t *from, json_t *to, int depth)
{
    if (depth > DEPTH_MAX) {
        return;
    }
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (json_equal(item, from)) {
            json_array_set(value, i, to);
        } else {
            change_calls(item, from, to, depth + 1);
        }
    }
    const char *key;
    void *next;
    json_object_foreach_safe(value, next, key, item)
    {
        if (json_equal(item, from)) {
            json_object_set(value, key, to);
        } else {
            change_calls(item, from, to, depth + 1);
        }
    }
}

static void change_geometry_calls(json_t *layer, bool for_viewer)
{
    json_t *ours = json_pack("[s]", "geometry-type");
    json_t *theirs = json_pack("[ss]", "get", "geometry-type");
    static const char *const places[] = {"filter", "layout", "paint"};
    for (size_t i = 0; i < PK_COUNT(places); i++) {
        change_calls(json_object_get(layer, places[i]), for_viewer ? ours : theirs,
                     for_viewer ? theirs : ours, 0);
    }
    json_decref(ours);
    json_decref(theirs);
}

/* ---- out ---- */

static json_t *to_pattern(void *ctx, const char *word)
{
    const struct pk_viewer_place *place = ctx;
    bool none = word[0] == '\0';
    return none || place->is_pattern(word) ? joined(PATTERN_PREFIX, none ? NONE : word)
                                           : NULL;
}

static bool is_at_points(const json_t *layer)
{
    const char *type = json_string_value(json_object_get(layer, "type"));
    const json_t *placement =
        json_object_get(json_object_get(layer, "layout"), "symbol-placement");
    const char *word = json_string_value(placement);
    return type != NULL && strcmp(type, "symbol") == 0 &&
           (placement == NULL || (word != NULL && strcmp(word, "point") == 0));
}

static void layer_for_viewer(json_t *layer, const struct pk_viewer_place *place)
{
    const char *source = json_string_value(json_object_get(layer, "source-layer"));
    change_images(layer, to_pattern, (void *)(uintptr_t)place);
    if (source != NULL && is_at_points(layer)) {
        json_object_set_new(layer, "source-layer", joined(source, LABEL_SUFFIX));
        change_geometry_calls(layer, true);
    }
}

static json_t *vector_source(const struct pk_style *style,
                             const struct pk_viewer_place *place)
{
    json_t *source =
        json_pack("{sss[o]sisi}", "type", "vector", "tiles",
                  json_sprintf("%s/tiles/%s/WebMercatorQuad/{z}/{x}/{y}.mvt?theme=%s",
                               place->base, pk_style_name(style), pk_style_theme(style)),
                  "minzoom", 0, "maxzoom", (int)place->last_level);
    if (place->attribution != NULL) {
        json_object_set_new(source, "attribution", json_string(place->attribution));
    }
    return source;
}

enum pk_status pk_style_for_viewer(struct pk_buf *out, const struct pk_style *style,
                                   const struct pk_viewer_place *place,
                                   struct pk_error *err)
{
    const char *text = pk_style_document(style), *name = pk_style_name(style);
    const char *theme = pk_style_theme(style);
    json_t *document = json_loads(text, 0, NULL);
    const char *key;
    json_t *source, *layer;
    void *next;
    size_t i;
    json_object_foreach_safe(json_object_get(document, "sources"), next, key, source)
    {
        const char *type = json_string_value(json_object_get(source, "type"));
        if (type != NULL && strcmp(type, "vector") == 0) {
            json_object_set_new(json_object_get(document, "sources"), key,
                                vector_source(style, place));
        }
    }
    json_array_foreach(json_object_get(document, "layers"), i, layer)
    {
        layer_for_viewer(layer, place);
    }
    json_object_set_new(document, "sprite",
                        json_pack("[{ssso}{ssso}]", "id", "default", "url",
                                  json_sprintf("%s/styles/%s/sprite", place->base, name),
                                  "id", "pattern", "url",
                                  json_sprintf("%s/styles/%s/pattern?theme=%s",
                                               place->base, name, theme)));
    json_object_set_new(document, "glyphs",
                        json_sprintf("%s/fonts/{fontstack}/{range}.pbf", place->base));
    char *json = json_dumps(document, JSON_COMPACT);
    pk_buf_adds(out, json == NULL ? "" : json);
    free(json);
    json_decref(document);
    return out->failed || out->len == 0
               ? pk_fail(err, PK_LIMIT, "the style document of %s is too large", name)
               : PK_OK;
}

/* ---- back ---- */

static json_t *from_pattern(void *ctx, const char *word)
{
    (void)ctx;
    size_t len = strlen(PATTERN_PREFIX);
    return strncmp(word, PATTERN_PREFIX, len) != 0 ? NULL
           : strcmp(word + len, NONE) == 0         ? json_string("")
                                                   : json_string(word + len);
}

void pk_style_from_viewer(json_t *style)
{
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(style, "layers"), i, layer)
    {
        const char *source = json_string_value(json_object_get(layer, "source-layer"));
        size_t len = source == NULL ? 0 : strlen(source), end = strlen(LABEL_SUFFIX);
        change_images(layer, from_pattern, NULL);
        if (len > end && strcmp(source + len - end, LABEL_SUFFIX) == 0) {
            json_object_set_new(layer, "source-layer", json_stringn(source, len - end));
            change_geometry_calls(layer, false);
        }
    }
}

/* ---- which patterns ---- */

struct names {
    const char **list;
    uint32_t count;
    bool (*is_pattern)(const char *name);
    struct pk_arena *arena;
};

static json_t *note_pattern(void *ctx, const char *word)
{
    struct names *n = ctx;
    word = word[0] == '\0' ? NONE : word;
    bool known = !n->is_pattern(word) || n->count == PATTERNS_MAX;
    for (uint32_t i = 0; i < n->count && !known; i++) {
        known = strcmp(n->list[i], word) == 0;
    }
    if (!known) {
        n->list[n->count++] = pk_arena_strdup(n->arena, word);
    }
    return NULL;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *pk_style_patterns(uint32_t *count, const struct pk_style *style,
                                     bool (*is_pattern)(const char *name),
                                     struct pk_arena *arena)
{
    struct names n = {.list = pk_arena_alloc(arena, PATTERNS_MAX, sizeof(*n.list)),
                      .is_pattern = is_pattern,
                      .arena = arena};
    json_t *document = json_loads(pk_style_document(style), 0, NULL);
    size_t i;
    json_t *layer;
    json_array_foreach(json_object_get(document, "layers"), i, layer)
    {
        change_images(layer, note_pattern, &n);
    }
    json_decref(document);
    qsort(n.list, n.count, sizeof(*n.list), by_bytes);
    *count = n.count;
    return n.list;
}
