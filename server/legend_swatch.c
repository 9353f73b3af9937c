#include "server/legend_swatch.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "base/text.h"

enum { ZOOM_MAX = 24 };

static const char *const kinds[] = {
    [PK_GEOM_POINT] = "point", [PK_GEOM_LINE] = "line", [PK_GEOM_AREA] = "area"};

void pk_sample_write(struct pk_buf *out, const struct pk_sample *sample)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "layer", sample->source_layer);
    pk_json_member(&j, "kind", kinds[sample->kind]);
    pk_json_key(&j, "zoom");
    pk_json_fixed(&j, sample->zoom, 2);
    pk_json_key(&j, "values");
    pk_json_object(&j);
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct pk_value *v = &sample->values[i];
        if (v->type == PK_VALUE_NULL) {
            continue;
        }
        pk_json_key(&j, sample->keys[i]);
        if (v->type == PK_VALUE_STRING) {
            pk_json_string(&j, v->string);
        } else if (v->type == PK_VALUE_NUMBER) {
            char number[32];
            snprintf(number, sizeof(number), "%.15g", v->number);
            pk_json_raw(&j, number);
        } else {
            pk_json_bool(&j, v->number != 0);
        }
    }
    pk_json_end(&j);
    pk_json_end(&j);
}

static struct pk_value value_of(const json_t *value, struct pk_arena *arena)
{
    struct pk_value out = {PK_VALUE_NULL, 0, 0, NULL};
    if (json_is_string(value)) {
        out.type = PK_VALUE_STRING;
        out.string = pk_arena_strdup(arena, json_string_value(value));
        out.len = (uint32_t)strlen(out.string);
    } else if (json_is_number(value)) {
        out.type = PK_VALUE_NUMBER;
        out.number = json_number_value(value);
    } else if (json_is_boolean(value)) {
        out.type = PK_VALUE_BOOL;
        out.number = json_is_true(value) ? 1 : 0;
    }
    return out;
}

static enum pk_status read_parts(struct pk_sample *out, json_t *root,
                                 struct pk_arena *arena, struct pk_error *err)
{
    const char *layer = pk_jget_string(root, "layer");
    const char *kind = pk_jget_string(root, "kind");
    json_t *values = pk_jget_object(root, "values");
    size_t k = 0;
    while (k < PK_COUNT(kinds) &&
           (kind == NULL || kinds[k] == NULL || strcmp(kinds[k], kind) != 0)) {
        k++;
    }
    if (layer == NULL || k == PK_COUNT(kinds) || values == NULL ||
        !pk_jget_number(root, "zoom", &out->zoom) || !(out->zoom >= 0) ||
        out->zoom > ZOOM_MAX) {
        return pk_fail(err, PK_BAD_INPUT,
                       "of: expected {\"layer\":...,\"kind\":\"area\",\"zoom\":16,"
                       "\"values\":{...}}");
    }
    if (json_object_size(values) > PK_SAMPLE_KEYS_MAX) {
        return pk_fail(err, PK_LIMIT, "of: at most %d values", PK_SAMPLE_KEYS_MAX);
    }
    const char **keys = pk_arena_alloc(arena, PK_SAMPLE_KEYS_MAX, sizeof(*keys));
    struct pk_value *list = pk_arena_alloc(arena, PK_SAMPLE_KEYS_MAX, sizeof(*list));
    const char *key;
    json_t *value;
    json_object_foreach(values, key, value)
    {
        keys[out->count] = pk_arena_strdup(arena, key);
        list[out->count++] = value_of(value, arena);
    }
    out->source_layer = pk_arena_strdup(arena, layer);
    out->kind = (enum pk_geom_kind)k;
    out->keys = keys;
    out->values = list;
    return PK_OK;
}

enum pk_status pk_sample_read(struct pk_sample *out, const char *text,
                              struct pk_arena *arena, struct pk_error *err)
{
    json_t *root;
    memset(out, 0, sizeof(*out));
    enum pk_status status =
        pk_json_parse(&root, text, strlen(text), PK_SWATCH_TEXT_MAX, err);
    if (status == PK_OK) {
        status = read_parts(out, root, arena, err);
        json_decref(root);
    }
    return status;
}

const char *pk_swatch_url(const char *style, const char *theme,
                          const struct pk_sample *sample, const char *density,
                          struct pk_arena *arena)
{
    struct pk_buf of, url;
    pk_buf_init(&of, PK_SWATCH_TEXT_MAX);
    pk_buf_init(&url, 4 * PK_SWATCH_TEXT_MAX);
    pk_sample_write(&of, sample);
    pk_buf_adds(&url, "/styles/");
    pk_url_escape(&url, style, "");
    pk_buf_addf(&url, "/swatch%s.png?theme=", density);
    pk_url_escape(&url, theme, "");
    pk_buf_adds(&url, "&of=");
    pk_url_escape(&url, of.data, ":");
    const char *out = pk_arena_strdup(arena, url.data);
    pk_buf_finish(&of);
    pk_buf_finish(&url);
    return out;
}
