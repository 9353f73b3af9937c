#include "styles/style_tool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "styles/colour.h"
#include "styles/shipped.h"
#include "styles/style_internal.h"

static const char *const type_names[] = {"background", "fill",   "line",
                                         "symbol",     "circle", "raster"};

/* ---- check ---- */

enum { PROBLEM_MAX = 1024, PROBLEMS_BYTES_MAX = 4 << 20 };

struct checking {
    const char *name, *json;
    size_t len;
    struct pk_buf *out;
    struct pk_json *list; /* NULL: lines of text */
    uint32_t count;
};

/* One "PATH: what", with its place. */
static void say_problem(struct checking *c, const char *text, bool error)
{
    int line, column;
    pk_style_where(c->json, c->len, text, &line, &column);
    size_t path = strcspn(text, ":");
    c->count++;
    if (c->list == NULL) {
        pk_buf_addf(c->out, "%s:%d:%d: %s: %s\n", c->name, line, column,
                    error ? "error" : "warning", text);
        return;
    }
    char where[PK_EXPR_PATH_MAX + 1] = "";
    const char *what = text[path] == ':' ? text + path + 1 : text;
    memcpy(where, text, path < PK_EXPR_PATH_MAX ? path : 0);
    pk_json_object(c->list);
    pk_json_member_int(c->list, "line", line);
    pk_json_member_int(c->list, "column", column);
    pk_json_member(c->list, "path", where);
    pk_json_member(c->list, "message", what + strspn(what, " "));
    pk_json_end(c->list);
}

/* Each line of `lines`. */
static void say_problems(struct checking *c, const char *lines, bool error)
{
    char text[PROBLEM_MAX];
    while (*lines != '\0') {
        size_t n = strcspn(lines, "\n"),
               keep = n < sizeof(text) - 1 ? n : sizeof(text) - 1;
        memcpy(text, lines, keep);
        text[keep] = '\0';
        say_problem(c, text, error);
        lines += n + (lines[n] == '\n');
    }
}

/* What is said once and not again for each theme. */
static void add_new(struct pk_buf *all, const char *lines)
{
    while (*lines != '\0') {
        size_t n = strcspn(lines, "\n") + 1;
        if (memmem(all->data, all->len, lines, n) == NULL) {
            pk_buf_add(all, lines, n);
        }
        lines += n;
    }
}

/* Read under one theme; a fault of the document as such goes to *err. */
static enum pk_status check_theme(struct checking *c, const char *theme,
                                  struct pk_buf *warnings, struct pk_buf *errors,
                                  struct pk_error *err)
{
    size_t theme_len = 0;
    const char *theme_json = pk_shipped_theme(theme, &theme_len);
    struct pk_style *style = NULL;
    struct pk_buf some[2];
    pk_buf_init(&some[0], PROBLEMS_BYTES_MAX);
    pk_buf_init(&some[1], PROBLEMS_BYTES_MAX);
    enum pk_status status =
        pk_style_read_all(&style, c->name, c->json, c->len, theme, theme_json, theme_len,
                          &some[0], &some[1], err);
    add_new(warnings, some[0].data);
    add_new(errors, some[1].data);
    if (status != PK_OK && some[1].len > 0) {
        status = PK_OK;
    }
    if (style != NULL && c->list == NULL) {
        pk_buf_addf(c->out, "%s: %s: %u layers, %u properties\n", c->name, theme,
                    pk_style_layer_count(style), pk_style_property_count(style));
    }
    pk_style_destroy(style);
    pk_buf_finish(&some[0]);
    pk_buf_finish(&some[1]);
    return status;
}

enum pk_status pk_style_tool_check(struct pk_buf *out, const char *name, const char *text,
                                   size_t len, bool as_json, struct pk_error *err)
{
    struct pk_json j;
    struct pk_buf warnings, errors;
    struct checking c = {.name = name, .json = text, .len = len, .out = out};
    pk_buf_init(&warnings, PROBLEMS_BYTES_MAX);
    pk_buf_init(&errors, PROBLEMS_BYTES_MAX);
    if (as_json) {
        pk_json_init(&j, out);
        c.list = &j;
    }
    enum pk_status status = PK_OK;
    for (const char *const *t = pk_shipped_themes(); *t != NULL && status == PK_OK; t++) {
        status = check_theme(&c, *t, &warnings, &errors, err);
    }
    if (status != PK_OK) {
        goto done;
    }
    if (as_json) {
        pk_json_object(&j);
        pk_json_member(&j, "document", name);
        pk_json_key(&j, "errors");
        pk_json_array(&j);
    }
    say_problems(&c, errors.data, true);
    uint32_t count = c.count;
    if (as_json) {
        pk_json_end(&j);
        pk_json_key(&j, "warnings");
        pk_json_array(&j);
    }
    say_problems(&c, warnings.data, false);
    if (as_json) {
        pk_json_end(&j);
        pk_json_end(&j);
        pk_buf_addc(out, '\n');
    }
    if (count > 0) {
        status = pk_fail(err, PK_BAD_INPUT, "%s: %u errors", name, count);
    }
done:
    pk_buf_finish(&warnings);
    pk_buf_finish(&errors);
    return status;
}

/* ---- show ---- */

enum { COLOURS_MAX = 1024 };

static void write_value(struct pk_json *j, const struct pk_ev *v);

/* The word of an enum's index. */
static void write_word(struct pk_json *j, const struct pk_prop *p, uint32_t index)
{
    const char *at = p->values;
    for (; index > 0 && *at != '\0'; index--) {
        at += strcspn(at, "|");
        at += *at == '|';
    }
    char word[32] = "";
    size_t n = strcspn(at, "|");
    memcpy(word, at, n < sizeof(word) ? n : 0);
    pk_json_string(j, word);
}

/* What a property is at the zoom: its value, or "by feature". */
static void write_property(struct pk_json *j, const struct pk_style *s, int prop,
                           uint32_t node, double zoom)
{
    const struct pk_node *n = &s->program.nodes[node];
    if ((n->uses & (PK_USES_FEATURE | PK_USES_VAR)) != 0) {
        pk_json_string(j, "by feature");
        return;
    }
    struct pk_style_input in = {.zoom = zoom};
    struct pk_eval e;
    pk_eval_begin(&e, &s->program, &in);
    struct pk_ev v = pk_eval(&e, node);
    if (pk_props[prop].type == PK_PROP_ENUM && v.type == PK_T_NUMBER) {
        write_word(j, &pk_props[prop], (uint32_t)v.u.number);
    } else if (e.failed) {
        pk_json_null(j);
    } else {
        write_value(j, &v);
    }
}

/* Next property that the document gives for the layer, -1 at the end. */
static int next_given(const struct pk_style *s, const struct pk_style_layer *l, int prop)
{
    for (prop++; prop < PK_PROP_COUNT; prop++) {
        if (pk_props[prop].layer == l->type &&
            s->rules[l->index].node[prop] != s->fallback[prop]) {
            return prop;
        }
    }
    return -1;
}

static void show_layer_text(struct pk_buf *out, const struct pk_style *s,
                            const struct pk_style_layer *l, double zoom)
{
    bool drawn = s->rules[l->index].visible && zoom >= l->min_zoom && zoom < l->max_zoom;
    pk_buf_addf(out, "%c %-24s %-10s %-26s zoom %g-%g  reach %.1f px  %s\n",
                drawn ? '+' : ' ', l->id, type_names[l->type],
                l->source_layer == NULL ? "-" : l->source_layer, l->min_zoom,
                fmin(l->max_zoom, 24), pk_style_reach(s, l, zoom),
                pk_style_is_constant(s, l) ? "same for all" : "by feature");
    for (int p = next_given(s, l, -1); drawn && p >= 0; p = next_given(s, l, p)) {
        struct pk_json j;
        pk_buf_addf(out, "      %s: ", pk_props[p].name);
        pk_json_init(&j, out);
        write_property(&j, s, p, s->rules[l->index].node[p], zoom);
        pk_buf_addc(out, '\n');
    }
}

static void show_layer_json(struct pk_json *j, const struct pk_style *s,
                            const struct pk_style_layer *l, double zoom)
{
    pk_json_object(j);
    pk_json_member(j, "id", l->id);
    pk_json_member(j, "type", type_names[l->type]);
    pk_json_member(j, "source_layer", l->source_layer);
    pk_json_member(j, "legend", l->legend_class);
    pk_json_key(j, "min_zoom");
    pk_json_fixed(j, l->min_zoom, 3);
    pk_json_key(j, "max_zoom");
    pk_json_fixed(j, fmin(l->max_zoom, 24), 3);
    pk_json_key(j, "drawn");
    pk_json_bool(j,
                 s->rules[l->index].visible && zoom >= l->min_zoom && zoom < l->max_zoom);
    pk_json_key(j, "reach_px");
    pk_json_fixed(j, pk_style_reach(s, l, zoom), 2);
    pk_json_key(j, "by_feature");
    pk_json_bool(j, !pk_style_is_constant(s, l));
    pk_json_key(j, "values");
    pk_json_object(j);
    for (int p = next_given(s, l, -1); p >= 0; p = next_given(s, l, p)) {
        pk_json_key(j, pk_props[p].name);
        write_property(j, s, p, s->rules[l->index].node[p], zoom);
    }
    pk_json_end(j);
    pk_json_end(j);
}

static void show_json(struct pk_buf *out, const struct pk_style *s, double zoom,
                      const struct pk_rgba *colours, uint32_t count)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "name", s->name);
    pk_json_member(&j, "theme", s->theme);
    pk_json_key(&j, "layers");
    pk_json_array(&j);
    for (uint32_t i = 0; i < s->layer_count; i++) {
        show_layer_json(&j, s, &s->layers[i], zoom);
    }
    pk_json_end(&j);
    pk_json_key(&j, "properties");
    pk_json_array(&j);
    for (uint32_t i = 0; i < s->program.property_count; i++) {
        pk_json_string(&j, s->program.properties[i]);
    }
    pk_json_end(&j);
    pk_json_key(&j, "colours");
    pk_json_array(&j);
    for (uint32_t i = 0; i < count; i++) {
        char text[PK_COLOUR_TEXT];
        pk_colour_format(text, colours[i]);
        pk_json_string(&j, text);
    }
    pk_json_end(&j);
    pk_json_end(&j);
    pk_buf_addc(out, '\n');
}

void pk_style_tool_show(struct pk_buf *out, const struct pk_style *style, double zoom,
                        bool json)
{
    struct pk_rgba *colours = pk_xcalloc(COLOURS_MAX, sizeof(*colours));
    uint32_t count;
    bool all = pk_style_colours(style, colours, &count, COLOURS_MAX);
    if (json) {
        show_json(out, style, zoom, colours, count);
        free(colours);
        return;
    }
    pk_buf_addf(out, "%s, theme %s, at zoom %g\n", style->name, style->theme, zoom);
    for (uint32_t i = 0; i < style->layer_count; i++) {
        show_layer_text(out, style, &style->layers[i], zoom);
    }
    pk_buf_adds(out, "properties:");
    for (uint32_t i = 0; i < style->program.property_count; i++) {
        pk_buf_addf(out, " %s", style->program.properties[i]);
    }
    pk_buf_adds(out, all ? "\ncolours:" : "\ncolours (and calculated ones):");
    for (uint32_t i = 0; i < count; i++) {
        char text[PK_COLOUR_TEXT];
        pk_colour_format(text, colours[i]);
        pk_buf_addf(out, " %s", text);
    }
    pk_buf_addc(out, '\n');
    free(colours);
}

/* ---- eval ---- */

struct feature {
    struct pk_style_input in;
    uint16_t map[PK_TOOL_PROPERTIES_MAX];
    struct pk_value values[PK_TOOL_PROPERTIES_MAX];
};

static enum pk_geom_kind kind_of(const char *type)
{
    if (type != NULL && strcmp(type, "Polygon") == 0) {
        return PK_GEOM_AREA;
    }
    return type != NULL && strcmp(type, "LineString") == 0 ? PK_GEOM_LINE : PK_GEOM_POINT;
}

static struct pk_value value_of(const json_t *v)
{
    switch (v == NULL ? JSON_NULL : json_typeof(v)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (struct pk_value){.type = PK_VALUE_BOOL, .number = json_is_true(v)};
    case JSON_INTEGER:
    case JSON_REAL:
        return (struct pk_value){.type = PK_VALUE_NUMBER, .number = json_number_value(v)};
    case JSON_STRING:
        return (struct pk_value){.type = PK_VALUE_STRING,
                                 .len = (uint32_t)json_string_length(v),
                                 .string = json_string_value(v)};
    default:
        return (struct pk_value){.type = PK_VALUE_NULL};
    }
}

static void make_feature(struct feature *f, const struct pk_program *p,
                         const json_t *object, double zoom)
{
    memset(&f->in, 0, sizeof(f->in));
    f->in.zoom = zoom;
    f->in.kind = kind_of(pk_jget_string(object, "$type"));
    long long id = 0;
    (void)pk_jget_int(object, "$id", &id);
    f->in.key = (uint64_t)id;
    f->in.values = f->values;
    f->in.map = f->map;
    for (uint32_t i = 0; i < p->property_count; i++) {
        f->values[i] = value_of(json_object_get(object, p->properties[i]));
        f->map[i] = (uint16_t)i;
    }
}

static void write_value(struct pk_json *j, const struct pk_ev *v)
{
    switch (v->type) {
    case PK_T_BOOL:
        pk_json_bool(j, v->u.number != 0);
        break;
    case PK_T_NUMBER:
        pk_json_fixed(j, v->u.number, 6);
        break;
    case PK_T_STRING:
        pk_json_string(j, v->u.string);
        break;
    case PK_T_COLOUR: {
        char text[PK_COLOUR_TEXT];
        pk_colour_format(text, pk_ev_rgba(v));
        pk_json_string(j, text);
        break;
    }
    case PK_T_ARRAY:
        pk_json_array(j);
        for (uint32_t i = 0; i < v->len; i++) {
            if (v->u.items[i].type == PK_T_ARRAY) {
                pk_json_null(j); /* arrays in arrays have no use in styles */
            } else {
                write_value(j, &v->u.items[i]);
            }
        }
        pk_json_end(j);
        break;
    default:
        pk_json_null(j);
        break;
    }
}

enum pk_status pk_style_tool_eval(struct pk_buf *out, const char *expression,
                                  const char *feature, double zoom, struct pk_error *err)
{
    json_t *json = json_loads(expression, JSON_DECODE_ANY, NULL), *object = NULL;
    struct pk_program program;
    struct pk_arena arena = {0};
    struct pk_compiler c = {.program = &program, .arena = &arena};
    struct feature *f = pk_xcalloc(1, sizeof(*f));
    struct pk_eval *e = pk_xcalloc(1, sizeof(*e));
    uint32_t node = 0;
    pk_program_init(&program);
    (void)pk_path_name(&c, "expression");
    enum pk_status status = PK_OK;
    if (json == NULL) {
        status = pk_fail(err, PK_BAD_INPUT, "the expression is not JSON");
        goto done;
    }
    if (feature != NULL) {
        status =
            pk_json_parse(&object, feature, strlen(feature), PK_STYLE_BYTES_MAX, err);
    }
    if (status == PK_OK) {
        status = pk_expr_compile(&node, &c, json, PK_T_ANY, err);
    }
    if (status == PK_OK && program.property_count > PK_TOOL_PROPERTIES_MAX) {
        status = pk_fail(err, PK_LIMIT, "the expression reads more than %d properties",
                         PK_TOOL_PROPERTIES_MAX);
    }
    if (status != PK_OK) {
        goto done;
    }
    make_feature(f, &program, object, zoom);
    pk_eval_begin(e, &program, &f->in);
    struct pk_ev v = pk_eval(e, node);
    if (e->failed) {
        status =
            pk_fail(err, PK_BAD_INPUT, "no value: something in it has the wrong type");
        goto done;
    }
    struct pk_json j;
    pk_json_init(&j, out);
    write_value(&j, &v);
done:
    free(e);
    free(f);
    pk_program_finish(&program);
    pk_arena_finish(&arena);
    json_decref(object);
    json_decref(json);
    return status;
}

bool pk_style_tool_shows(const struct pk_style *style, uint32_t layer,
                         const json_t *feature, double zoom)
{
    struct feature *f = pk_xcalloc(1, sizeof(*f));
    bool room = style->program.property_count <= PK_TOOL_PROPERTIES_MAX;
    if (room) {
        make_feature(f, &style->program, feature, zoom);
    }
    bool shows = room && pk_style_shows(style, &style->layers[layer], &f->in);
    free(f);
    return shows;
}

/* ---- properties ---- */

void pk_style_tool_properties(struct pk_buf *out)
{
    static const char *const kinds[] = {
        "number",  "boolean", "colour", "one of", "text",    "image",   "pair",
        "numbers", "padding", "dashes", "fonts",  "anchors", "offsets", "words"};
    static const char *const uses[] = {"drawn", "no difference here", "ignored",
                                       "refused"};
    for (int i = 0; i < PK_PROP_COUNT; i++) {
        const struct pk_prop *p = &pk_props[i];
        pk_buf_addf(out, "%s %s: %s", type_names[p->layer], p->name, kinds[p->type]);
        if (p->values != NULL) {
            pk_buf_addf(out, " %s", p->values);
        } else if (p->min < p->max && p->type != PK_PROP_BOOL) {
            pk_buf_addf(out, " %g to %g", p->min, p->max);
        }
        pk_buf_addf(out, ", default %s, %s: %s\n", p->fallback, uses[p->use], p->help);
    }
}
