#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/jsonread.h"
#include "styles/style_internal.h"
#include "styles/theme.h"
#include "styles/viewer.h"

struct reader {
    struct pk_style *style;
    struct pk_compiler compiler;
    struct pk_buf *errors; /* NULL: the first one ends the reading */
};

enum { ERRORS_BYTES_MAX = 1 << 20 }; /* of text; after so much the reading ends */

/* Note an error and go on, where somebody wants them all. */
static enum pk_status go_on(struct reader *r, enum pk_status status,
                            const struct pk_error *err)
{
    if (status == PK_OK || r->errors == NULL || err == NULL ||
        r->errors->len > ERRORS_BYTES_MAX) {
        return status;
    }
    pk_buf_addf(r->errors, "%s\n", err->text);
    return PK_OK;
}

static const char *const type_names[] = {"background", "fill",   "line",
                                         "symbol",     "circle", "raster"};

/* 0.. for types that are drawn, -1 for those passed over, -2 for all others. */
static int layer_type(const char *name)
{
    for (size_t i = 0; i < PK_COUNT(type_names); i++) {
        if (strcmp(name, type_names[i]) == 0) {
            return (int)i;
        }
    }
    return strcmp(name, "fill-extrusion") == 0 ? -1 : -2;
}

static enum pk_status zoom_member(double *out, struct reader *r, const json_t *layer,
                                  const char *name, struct pk_error *err)
{
    const json_t *v = json_object_get(layer, name);
    if (v == NULL) {
        return PK_OK;
    }
    double z = json_number_value(v);
    if (!json_is_number(v) || !(z >= 0 && z <= 24)) {
        return pk_fail(err, PK_BAD_INPUT, "%s.%s: expected a zoom from 0 to 24",
                       r->compiler.path, name);
    }
    *out = z;
    return PK_OK;
}

static bool ends_with(const char *s, const char *end)
{
    size_t a = strlen(s), b = strlen(end);
    return a >= b && strcmp(s + a - b, end) == 0;
}

/* Names are handed out as they are in constants and packs, so a name that would
 * be put together for each feature has no place to live. */
static bool makes_text(const struct pk_program *p, uint32_t node)
{
    const struct pk_node *n = &p->nodes[node];
    switch (n->op) {
    case PK_OP_CONCAT:
    case PK_OP_TO_STRING:
    case PK_OP_UPCASE:
    case PK_OP_DOWNCASE:
    case PK_OP_SLICE:
    case PK_OP_NUMBER_FORMAT:
        return true;
    case PK_OP_CASE:
    case PK_OP_MATCH:
    case PK_OP_COALESCE:
    case PK_OP_STEP:
    case PK_OP_LET:
    case PK_OP_STRING:
    case PK_OP_AT:
        for (uint32_t i = 0; i < n->argc; i++) {
            if (makes_text(p, p->args[n->args + i])) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

static enum pk_status read_property(struct reader *r, struct pk_rules *rules, int prop,
                                    const json_t *value, struct pk_error *err)
{
    struct pk_compiler *c = &r->compiler;
    const struct pk_prop *p = &pk_props[prop];
    uint32_t node;
    size_t mark = c->path_len;
    enum pk_status status = pk_prop_compile(&node, c, prop, value, err);
    if (p->use == PK_USE_IGNORED && (status == PK_OK || status == PK_UNSUPPORTED)) {
        pk_path_pop(c, mark);
        c->depth = 0;
        if (c->warnings != NULL) {
            pk_buf_addf(c->warnings, "%s: ignored: %s\n", c->path, p->help);
        }
        return PK_OK;
    }
    if (status != PK_OK) {
        return status;
    }
    const struct pk_program *program = c->program;
    if (p->use == PK_USE_REFUSED &&
        !pk_ev_equal(&program->nodes[node].value,
                     &program->nodes[r->style->fallback[prop]].value)) {
        return pk_fail(err, PK_UNSUPPORTED, "%s: only %s is drawn here: %s", c->path,
                       p->fallback, p->help);
    }
    if (p->type == PK_PROP_IMAGE && makes_text(program, node)) {
        return pk_fail(err, PK_UNSUPPORTED,
                       "%s: the name of an image cannot be put together here; "
                       "use \"match\" over whole names",
                       c->path);
    }
    if (program->nodes[node].type != PK_T_NULL) {
        rules->node[prop] = node;
        if (p->use == PK_USE_DRAWN) {
            rules->uses |= program->nodes[node].uses;
        }
    }
    return PK_OK;
}

static enum pk_status read_visibility(struct reader *r, struct pk_rules *rules,
                                      const json_t *value, struct pk_error *err)
{
    const char *text = json_string_value(value);
    if (text == NULL || (strcmp(text, "none") != 0 && strcmp(text, "visible") != 0)) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected \"visible\" or \"none\"",
                       r->compiler.path);
    }
    rules->visible = text[0] == 'v';
    return PK_OK;
}

static enum pk_status read_place(struct reader *r, struct pk_rules *rules,
                                 enum pk_layer_type type, enum pk_prop_place place,
                                 const json_t *layer, struct pk_error *err)
{
    const char *name = place == PK_PLACE_PAINT ? "paint" : "layout";
    json_t *object = json_object_get(layer, name);
    size_t mark = pk_path_name(&r->compiler, name);
    if (object != NULL && !json_is_object(object)) {
        return pk_fail(err, PK_BAD_INPUT, "%s: expected an object", r->compiler.path);
    }
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t inner = pk_path_name(&r->compiler, key);
        int prop = pk_prop_find(type, place, key);
        enum pk_status status = PK_OK;
        if (place == PK_PLACE_LAYOUT && strcmp(key, "visibility") == 0) {
            status = read_visibility(r, rules, value, err);
        } else if (prop >= 0) {
            status = read_property(r, rules, prop, value, err);
        } else if (!ends_with(key, "-transition")) {
            status = pk_fail(err, PK_BAD_INPUT, "%s: %s layers have no such %s property",
                             r->compiler.path, type_names[type], name);
        }
        status = go_on(r, status, err);
        if (status != PK_OK) {
            return status;
        }
        pk_path_pop(&r->compiler, inner);
        r->compiler.depth = 0;
        r->compiler.var_count = 0;
    }
    pk_path_pop(&r->compiler, mark);
    return PK_OK;
}

static enum pk_status read_filter(struct reader *r, struct pk_rules *rules,
                                  const json_t *layer, struct pk_error *err)
{
    const json_t *filter = json_object_get(layer, "filter");
    if (filter == NULL || json_is_null(filter)) {
        return PK_OK;
    }
    struct pk_compiler *c = &r->compiler;
    size_t mark = pk_path_name(c, "filter");
    json_t *modern = NULL;
    if (pk_legacy_is_filter(filter)) {
        modern = pk_legacy_filter(c, filter, err);
        if (modern == NULL) {
            enum pk_status wrong = go_on(r, PK_BAD_INPUT, err);
            pk_path_pop(c, mark);
            return wrong;
        }
    }
    enum pk_status status = pk_expr_compile(
        &rules->filter, c, modern != NULL ? modern : filter, PK_T_BOOL, err);
    json_decref(modern);
    status = go_on(r, status, err);
    c->depth = 0;
    c->var_count = 0;
    pk_path_pop(c, mark);
    return status;
}

static enum pk_status check_id(const struct reader *r, const char *id,
                               struct pk_error *err)
{
    if (id == NULL || id[0] == '\0') {
        return pk_fail(err, PK_BAD_INPUT, "%s.id: expected a name", r->compiler.path);
    }
    for (uint32_t i = 0; i < r->style->layer_count; i++) {
        if (strcmp(r->style->layers[i].id, id) == 0) {
            return pk_fail(err, PK_BAD_INPUT,
                           "%s.id: a layer before it is called \"%.60s\"",
                           r->compiler.path, id);
        }
    }
    return PK_OK;
}

static enum pk_status check_members(struct reader *r, const json_t *layer,
                                    struct pk_error *err)
{
    static const char *const known[] = {"id",      "type",        "metadata", "source",
                                        "minzoom", "maxzoom",     "filter",   "layout",
                                        "paint",   "source-layer"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)layer, key, value)
    {
        bool found = false;
        for (size_t i = 0; i < PK_COUNT(known); i++) {
            found = found || strcmp(key, known[i]) == 0;
        }
        if (!found) {
            enum pk_status status =
                pk_fail(err, PK_BAD_INPUT, "%s.%.60s: layers have no such member",
                        r->compiler.path, key);
            status = go_on(r, status, err);
            if (status != PK_OK) {
                return status;
            }
        }
    }
    return PK_OK;
}

static enum pk_status read_sources(struct reader *r, struct pk_style_layer *out,
                                   const json_t *layer, struct pk_error *err)
{
    const char *source_layer = pk_jget_string(layer, "source-layer");
    out->source = pk_arena_strdup(&r->style->arena, pk_jget_string(layer, "source"));
    if (out->type == PK_LAYER_RASTER && r->compiler.warnings != NULL) {
        pk_buf_addf(r->compiler.warnings,
                    "%s: raster layers are not drawn; pages lay backgrounds under the "
                    "map\n",
                    r->compiler.path);
    }
    if (out->type == PK_LAYER_BACKGROUND || out->type == PK_LAYER_RASTER) {
        return PK_OK;
    }
    if (source_layer == NULL || source_layer[0] == '\0') {
        return pk_fail(err, PK_BAD_INPUT,
                       "%s.source-layer: expected the name of a source layer",
                       r->compiler.path);
    }
    out->source_layer = pk_arena_strdup(&r->style->arena, source_layer);
    return PK_OK;
}

static enum pk_status read_drawn_layer(struct reader *r, const json_t *layer,
                                       enum pk_layer_type type, struct pk_error *err)
{
    struct pk_style *s = r->style;
    struct pk_style_layer *out = &s->layers[s->layer_count];
    struct pk_rules *rules = &s->rules[s->layer_count];
    const char *id = pk_jget_string(layer, "id");
    enum pk_status status = check_id(r, id, err);
    if (status == PK_OK) {
        status = check_members(r, layer, err);
    }
    if (status != PK_OK) {
        return status;
    }
    *out = (struct pk_style_layer){.id = pk_arena_strdup(&s->arena, id),
                                   .type = type,
                                   .min_zoom = 0,
                                   .max_zoom = 1000,
                                   .index = s->layer_count};
    const json_t *metadata = pk_jget_object(layer, "metadata");
    const char *legend = pk_jget_string(metadata, "plankarta:legend");
    out->legend_class = legend == NULL ? out->id : pk_arena_strdup(&s->arena, legend);
    out->essential = pk_jget_bool(metadata, "plankarta:essential", true);
    *rules = (struct pk_rules){.visible = true,
                               .must_fit = pk_jget_bool(metadata, "plankarta:fit", false),
                               .leader_zoom = INFINITY};
    pk_jget_number(metadata, "plankarta:leader", &rules->leader_zoom);
    for (int p = 0; p < PK_PROP_COUNT; p++) {
        rules->node[p] = pk_props[p].layer == type ? s->fallback[p] : 0;
    }
    status = zoom_member(&out->min_zoom, r, layer, "minzoom", err);
    status =
        status != PK_OK ? status : zoom_member(&out->max_zoom, r, layer, "maxzoom", err);
    status = status != PK_OK ? status : read_sources(r, out, layer, err);
    status = status != PK_OK ? status : read_filter(r, rules, layer, err);
    status = status != PK_OK ? status
                             : read_place(r, rules, type, PK_PLACE_LAYOUT, layer, err);
    status =
        status != PK_OK ? status : read_place(r, rules, type, PK_PLACE_PAINT, layer, err);
    s->layer_count += status == PK_OK;
    return status;
}

static enum pk_status read_layer(struct reader *r, const json_t *layer,
                                 struct pk_error *err)
{
    const char *type_name = pk_jget_string(layer, "type");
    if (type_name == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "%s.type: expected the layer's type",
                       r->compiler.path);
    }
    int type = layer_type(type_name);
    if (type >= 0) {
        return read_drawn_layer(r, layer, (enum pk_layer_type)type, err);
    }
    if (type == -1) {
        if (r->compiler.warnings != NULL) {
            pk_buf_addf(r->compiler.warnings, "%s: %s layers are not drawn\n",
                        r->compiler.path, type_name);
        }
        return PK_OK;
    }
    return pk_fail(err, PK_UNSUPPORTED,
                   "%s.type: \"%.40s\" is not drawn; expected background, fill, line, "
                   "symbol, circle or raster",
                   r->compiler.path, type_name);
}

static enum pk_status read_defaults(struct reader *r, struct pk_error *err)
{
    for (int p = 0; p < PK_PROP_COUNT; p++) {
        json_t *value = json_loads(pk_props[p].fallback, JSON_DECODE_ANY, NULL);
        enum pk_status status =
            value == NULL
                ? pk_fail(err, PK_BAD_DATA, "%s: bad default", pk_props[p].name)
                : pk_prop_compile(&r->style->fallback[p], &r->compiler, p, value, err);
        json_decref(value);
        if (status != PK_OK) {
            return status;
        }
    }
    return PK_OK;
}

static enum pk_status read_layers(struct reader *r, const json_t *document,
                                  struct pk_error *err)
{
    const json_t *version = json_object_get(document, "version");
    if (!json_is_integer(version) || json_integer_value(version) != 8) {
        return pk_fail(err, PK_BAD_INPUT, "version: expected 8");
    }
    const json_t *layers = pk_jget_array(document, "layers");
    size_t count = json_array_size(layers);
    if (layers == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "layers: expected an array");
    }
    if (count > PK_STYLE_LAYERS_MAX) {
        return pk_fail(err, PK_LIMIT, "layers: %zu are more than %d", count,
                       PK_STYLE_LAYERS_MAX);
    }
    struct pk_style *s = r->style;
    s->layers = pk_arena_alloc(&s->arena, count + 1, sizeof(*s->layers));
    s->rules = pk_arena_alloc(&s->arena, count + 1, sizeof(*s->rules));
    enum pk_status status = read_defaults(r, err);
    for (size_t i = 0; status == PK_OK && i < count; i++) {
        r->compiler.path_len = 0;
        (void)pk_path_name(&r->compiler, "layers");
        (void)pk_path_index(&r->compiler, i);
        status = go_on(r, read_layer(r, json_array_get(layers, i), err), err);
    }
    return status;
}

/* Errors: "NAME.json:LINE:COLUMN: what". */
static enum pk_status parse(json_t **out, const char *name, const char *text, size_t len,
                            size_t max, struct pk_error *err)
{
    *out = NULL;
    if (len > max) {
        return pk_fail(err, PK_LIMIT, "%s.json: %zu bytes are more than %zu", name, len,
                       max);
    }
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    json_error_t where;
    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    if (*out == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "%s.json:%d:%d: %s", name, where.line,
                       where.column, where.text);
    }
    return PK_OK;
}

static void seal(struct pk_style *s, const char *name, const char *theme,
                 const json_t *document)
{
    s->name = pk_arena_strdup(&s->arena, name);
    s->theme = pk_arena_strdup(&s->arena, theme == NULL ? "standard" : theme);
    s->document = json_dumps(document, JSON_COMPACT);
    uint64_t hash = pk_hash64(s->name, strlen(s->name), 0);
    hash = pk_hash64(s->theme, strlen(s->theme), hash);
    s->hash = pk_hash64(s->document, strlen(s->document), hash);
}

/* "NAME.json:LINE:COLUMN: PATH: what", from "PATH: what". */
static void say_where(struct pk_error *err, enum pk_status status, const char *name,
                      const char *json, size_t len)
{
    if (err != NULL) {
        int line, column;
        pk_style_where(json, len, err->text, &line, &column);
        (void)pk_error_context(err, status, "%s.json:%d:%d", name, line, column);
    }
}

enum pk_status pk_style_read(struct pk_style **out, const char *name, const char *json,
                             size_t len, const char *theme, const char *theme_json,
                             size_t theme_len, struct pk_buf *warnings,
                             struct pk_error *err)
{
    return pk_style_read_all(out, name, json, len, theme, theme_json, theme_len, warnings,
                             NULL, err);
}

enum pk_status pk_style_read_all(struct pk_style **out, const char *name,
                                 const char *json, size_t len, const char *theme,
                                 const char *theme_json, size_t theme_len,
                                 struct pk_buf *warnings, struct pk_buf *errors,
                                 struct pk_error *err)
{
    *out = NULL;
    json_t *document = NULL, *over = NULL;
    struct pk_style *s = pk_xcalloc(1, sizeof(*s));
    pk_program_init(&s->program);
    struct reader r = {
        .style = s,
        .compiler = {.program = &s->program, .arena = &s->arena, .warnings = warnings},
        .errors = errors
    };
    enum pk_status status = parse(&document, name, json, len, PK_STYLE_BYTES_MAX, err);
    if (status != PK_OK) {
        goto done;
    }
    pk_style_from_viewer(document);
    if (theme_json != NULL) {
        const char *theme_name = theme == NULL ? "theme" : theme;
        status = parse(&over, theme_name, theme_json, theme_len, PK_THEME_BYTES_MAX, err);
        if (status != PK_OK) {
            goto done;
        }
        status = pk_theme_apply(document, name, over, err);
        if (status != PK_OK) {
            (void)pk_error_context(err, status, "%s.json", theme_name);
            goto done;
        }
    }
    status = pk_theme_resolve(document, err);
    if (status == PK_OK) {
        status = pk_theme_finish(document, name, over, err);
    }
    if (status == PK_OK) {
        status = read_layers(&r, document, err);
    }
    if (status != PK_OK) {
        say_where(err, status, name, json, len);
        goto done;
    }
    if (errors != NULL && errors->len > 0) {
        status = pk_fail(err, PK_BAD_INPUT, "%s.json: the style has errors", name);
        goto done;
    }
    seal(s, name, theme, document);
    *out = s;
    s = NULL;
done:
    json_decref(over);
    json_decref(document);
    pk_style_destroy(s);
    return status;
}

void pk_style_destroy(struct pk_style *style)
{
    if (style == NULL) {
        return;
    }
    free(style->document);
    pk_program_finish(&style->program);
    pk_arena_finish(&style->arena);
    free(style);
}

const char *pk_style_name(const struct pk_style *style)
{
    return style->name;
}

const char *pk_style_theme(const struct pk_style *style)
{
    return style->theme;
}

uint64_t pk_style_hash(const struct pk_style *style)
{
    return style->hash;
}

const char *pk_style_document(const struct pk_style *style)
{
    return style->document;
}

uint32_t pk_style_layer_count(const struct pk_style *style)
{
    return style->layer_count;
}

const struct pk_style_layer *pk_style_layer(const struct pk_style *style, uint32_t i)
{
    return i < style->layer_count ? &style->layers[i] : NULL;
}

uint32_t pk_style_property_count(const struct pk_style *style)
{
    return style->program.property_count;
}

const char *pk_style_property(const struct pk_style *style, uint32_t i)
{
    return i < style->program.property_count ? style->program.properties[i] : NULL;
}
