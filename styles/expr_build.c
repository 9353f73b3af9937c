#include "styles/expr_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* ---- the program ---- */

void pk_program_init(struct pk_program *p)
{
    memset(p, 0, sizeof(*p));
    p->node_cap = 256;
    p->nodes = pk_xcalloc(p->node_cap, sizeof(*p->nodes));
    p->nodes[0].value.type = PK_T_NULL;
    p->nodes[0].type = PK_T_NULL;
    p->node_count = 1;
}

void pk_program_finish(struct pk_program *p)
{
    free(p->nodes);
    free(p->args);
    free(p->properties);
    memset(p, 0, sizeof(*p));
}

uint32_t pk_build_node(struct pk_program *p, const struct pk_node *node)
{
    if (p->node_count == p->node_cap) {
        p->node_cap *= 2;
        p->nodes = pk_xrealloc(p->nodes, p->node_cap, sizeof(*p->nodes));
    }
    p->nodes[p->node_count] = *node;
    return p->node_count++;
}

void pk_build_args(struct pk_program *p, struct pk_node *n, const uint32_t *args,
                   uint32_t count)
{
    while (p->arg_count + count > p->arg_cap) {
        p->arg_cap = p->arg_cap == 0 ? 256 : p->arg_cap * 2;
        p->args = pk_xrealloc(p->args, p->arg_cap, sizeof(*p->args));
    }
    n->args = p->arg_count;
    n->argc = count;
    for (uint32_t i = 0; i < count; i++) {
        p->args[p->arg_count++] = args[i];
        n->uses |= p->nodes[args[i]].uses;
    }
}

enum pk_status pk_build_property(uint32_t *out, struct pk_compiler *c, const char *name,
                                 struct pk_error *err)
{
    struct pk_program *p = c->program;
    for (uint32_t i = 0; i < p->property_count; i++) {
        if (strcmp(p->properties[i], name) == 0) {
            *out = i;
            return PK_OK;
        }
    }
    if (p->property_count == PK_EXPR_PROPERTIES_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: the style reads more than %d properties",
                       c->path, PK_EXPR_PROPERTIES_MAX);
    }
    if (p->property_count == p->property_cap) {
        p->property_cap = p->property_cap == 0 ? 32 : p->property_cap * 2;
        p->properties =
            pk_xrealloc(p->properties, p->property_cap, sizeof(*p->properties));
    }
    p->properties[p->property_count] = pk_arena_strdup(c->arena, name);
    *out = p->property_count++;
    return PK_OK;
}

/* ---- the path ---- */

static size_t path_add(struct pk_compiler *c, const char *text)
{
    size_t mark = c->path_len, len = strlen(text);
    if (len < sizeof(c->path) - c->path_len) {
        memcpy(c->path + c->path_len, text, len + 1);
        c->path_len += len;
    }
    return mark;
}

size_t pk_path_name(struct pk_compiler *c, const char *name)
{
    size_t mark = c->path_len;
    if (c->path_len > 0) {
        path_add(c, ".");
    }
    char text[64];
    size_t len = strlen(name);
    len = len < sizeof(text) ? len : sizeof(text) - 1;
    memcpy(text, name, len);
    text[len] = '\0';
    path_add(c, text);
    return mark;
}

size_t pk_path_index(struct pk_compiler *c, size_t i)
{
    char text[32];
    struct pk_buf b;
    pk_buf_init(&b, sizeof(text) - 1);
    pk_buf_addf(&b, "[%zu]", i);
    memcpy(text, b.data, b.len + 1);
    pk_buf_finish(&b);
    return path_add(c, text);
}

void pk_path_pop(struct pk_compiler *c, size_t mark)
{
    c->path_len = mark;
    c->path[mark] = '\0';
}

/* ---- constants ---- */

uint32_t pk_expr_constant(struct pk_compiler *c, struct pk_ev value)
{
    struct pk_node n = {.op = PK_OP_CONST, .type = (uint8_t)value.type, .value = value};
    return pk_build_node(c->program, &n);
}

static struct pk_ev copy_string(struct pk_compiler *c, const char *s, size_t len)
{
    return (struct pk_ev){
        PK_T_STRING, (uint32_t)len, {.string = pk_arena_strndup(c->arena, s, len)}};
}

enum pk_status pk_expr_literal(struct pk_ev *out, struct pk_compiler *c,
                               const json_t *json, struct pk_error *err)
{
    switch (json_typeof(json)) {
    case JSON_NULL:
        *out = (struct pk_ev){.type = PK_T_NULL};
        return PK_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        *out = pk_ev_bool(json_is_true(json));
        return PK_OK;
    case JSON_INTEGER:
    case JSON_REAL:
        *out = pk_ev_number(json_number_value(json));
        return PK_OK;
    case JSON_STRING:
        *out = copy_string(c, json_string_value(json), json_string_length(json));
        return PK_OK;
    case JSON_OBJECT:
        return pk_fail(err, PK_UNSUPPORTED, "%s: an object cannot stand here", c->path);
    case JSON_ARRAY:
        break;
    }
    size_t count = json_array_size(json);
    if (c->depth++ > PK_EXPR_DEPTH_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: nested deeper than %d", c->path,
                       PK_EXPR_DEPTH_MAX);
    }
    struct pk_ev *items = pk_arena_alloc(c->arena, count + 1, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        size_t mark = pk_path_index(c, i);
        enum pk_status status =
            pk_expr_literal(&items[i], c, json_array_get(json, i), err);
        if (status != PK_OK) {
            return status;
        }
        pk_path_pop(c, mark);
    }
    c->depth--;
    *out = (struct pk_ev){PK_T_ARRAY, (uint32_t)count, {.items = items}};
    return PK_OK;
}

/* A value that the scratch holds, put where it lasts. */
static struct pk_ev keep(struct pk_compiler *c, struct pk_ev v)
{
    if (v.type == PK_T_STRING) {
        return copy_string(c, v.u.string, v.len);
    }
    if (v.type == PK_T_ARRAY) {
        struct pk_ev *items = pk_arena_alloc(c->arena, v.len + 1, sizeof(*items));
        for (uint32_t i = 0; i < v.len; i++) {
            items[i] = keep(c, v.u.items[i]);
        }
        v.u.items = items;
    }
    return v;
}

/* Adds the node, or its value where nothing in it varies. */
enum pk_status pk_build_folded(uint32_t *out, struct pk_compiler *c,
                               const struct pk_node *n, struct pk_error *err)
{
    uint32_t node = pk_build_node(c->program, n);
    *out = node;
    if (n->uses != 0) {
        return PK_OK;
    }
    struct pk_eval *e = pk_xmalloc(sizeof(*e));
    pk_eval_begin(e, c->program, NULL);
    struct pk_ev v = keep(c, pk_eval(e, node));
    bool failed = e->failed;
    free(e);
    if (failed) {
        return pk_fail(err, PK_BAD_INPUT, "%s: this cannot be evaluated", c->path);
    }
    c->program->nodes[node] =
        (struct pk_node){.op = PK_OP_CONST, .type = (uint8_t)v.type, .value = v};
    return PK_OK;
}

enum pk_status pk_build_finish(uint32_t *out, struct pk_compiler *c, struct pk_node *n,
                               const uint32_t *args, uint32_t count, struct pk_error *err)
{
    if (c->program->node_count >= PK_EXPR_NODES_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: the style has more than %d expression nodes",
                       c->path, PK_EXPR_NODES_MAX);
    }
    pk_build_args(c->program, n, args, count);
    return pk_build_folded(out, c, n, err);
}
