/* prepare_layer.c - the features of one geodata layer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/prepare_private.h"

enum { SETTINGS_MAX = 4 << 20, ATTRIBUTES_MAX = 16 << 20, COLUMNS_MAX = 500 };

struct layer_loader {
    struct prep *p;
    const char *layer_id;
    uint8_t min_band;
    const char **keys;
    uint32_t key_count;
};

/* A level drawn from band b has style zooms below b: a layer that begins at `min_zoom`
 * is in the bands above that. */
static int band_of_zoom(double min_zoom)
{
    double band = floor(min_zoom) + 1;
    return band <= PK_BAND_MIN    ? PK_BAND_MIN
           : band >= PK_BAND_FULL ? PK_BAND_FULL
                                  : (int)band;
}

static int role_band(const char *role)
{
    static const struct {
        const char *role;
        int band;
    } table[] = {
        {"property_unit", PK_BAND_FULL},
        {"address",       PK_BAND_FULL},
        {"building",      13          },
    };
    for (size_t i = 0; role != NULL && i < PK_COUNT(table); i++) {
        if (strcmp(role, table[i].role) == 0) {
            return table[i].band;
        }
    }
    return PK_BAND_MIN;
}

static json_t *parse(const char *text, size_t max)
{
    json_t *json = NULL;
    if (text == NULL || pk_json_parse(&json, text, strlen(text), max, NULL) != PK_OK) {
        return NULL;
    }
    return json;
}

int prep_layer_min_band(const struct pk_layer_row *layer)
{
    json_t *settings = parse(layer->settings, SETTINGS_MAX);
    double min_zoom;
    int band = role_band(layer->role);
    if (pk_jget_number(settings, "min_zoom", &min_zoom)) {
        band = band_of_zoom(min_zoom);
    }
    json_decref(settings);
    return band;
}

static bool has_key(const struct layer_loader *l, const char *key)
{
    for (uint32_t i = 0; i < l->key_count; i++) {
        if (strcmp(l->keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void add_key(struct layer_loader *l, const char *key)
{
    if (key != NULL && l->key_count < COLUMNS_MAX && !has_key(l, key)) {
        l->keys[l->key_count++] = pk_arena_strdup(&l->p->arena, key);
    }
}

/* The columns of the settings as they are named there, then title and id. */
static void read_keys(struct layer_loader *l, const char *settings)
{
    json_t *json = parse(settings, SETTINGS_MAX);
    const json_t *columns = pk_jget_array(json, "columns");
    l->keys = pk_arena_alloc(&l->p->arena, COLUMNS_MAX + 2, sizeof(*l->keys));
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        add_key(l, json_is_string(column) ? json_string_value(column)
                                          : pk_jget_string(column, "name"));
    }
    json_decref(json);
    if (!has_key(l, "title")) {
        l->keys[l->key_count++] = "title";
    }
    if (!has_key(l, "id")) {
        l->keys[l->key_count++] = "id";
    }
}

static struct pk_value value_of(struct prep *p, const json_t *json)
{
    switch (json != NULL ? json_typeof(json) : JSON_NULL) {
    case JSON_STRING:
        return prep_text(p, json_string_value(json));
    case JSON_INTEGER:
    case JSON_REAL:
        return prep_number(json_number_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return prep_bool(json_is_true(json));
    case JSON_OBJECT:
    case JSON_ARRAY: {
        char *text = pk_json_canonical(json);
        struct pk_value v = prep_text(p, text);
        free(text);
        return v;
    }
    case JSON_NULL:
        break;
    }
    return (struct pk_value){.type = PK_VALUE_NULL};
}

static bool visit_feature(const struct pk_feature_row *row, void *ctx)
{
    struct layer_loader *l = ctx;
    struct prep *p = l->p;
    json_t *attributes = parse(row->attributes, ATTRIBUTES_MAX);
    struct pk_value *v = pk_arena_alloc(&p->arena, l->key_count, sizeof(*v));
    for (uint32_t i = 0; i < l->key_count; i++) {
        const json_t *json = json_object_get(attributes, l->keys[i]);
        if (json == NULL && strcmp(l->keys[i], "title") == 0) {
            v[i] = prep_text(p, row->title);
        } else if (json == NULL && strcmp(l->keys[i], "id") == 0) {
            char id[PK_ID_TEXT];
            pk_id_format(id, row->id);
            v[i] = prep_text(p, id);
        } else {
            v[i] = value_of(p, json);
        }
    }
    json_decref(attributes);
    struct prep_feature f = {.id = row->id,
                             .key = pk_draw_key(row->id, l->layer_id),
                             .min_band = l->min_band,
                             .labelled = true,
                             .values = v};
    /* Rows of one thing in several parts come one after another. */
    if (p->feature_count > 0 &&
        pk_id_equal(p->features[p->feature_count - 1].id, row->id)) {
        f.part = p->features[p->feature_count - 1].part + 1;
    }
    prep_add(p, &f, &row->geom, NULL, row->crs, p->owner_count++);
    pk_arena_reset(&p->scratch);
    return true;
}

enum pk_status prep_load_layer(struct prep *p, struct pk_store *store, int64_t version,
                               const struct pk_layer_row *layer, const struct pk_box *box,
                               struct pk_error *err)
{
    struct layer_loader l = {.p = p,
                             .layer_id = layer->layer_id,
                             .min_band = (uint8_t)prep_layer_min_band(layer)};
    read_keys(&l, layer->settings);
    p->sections[0] = (struct prep_section){pk_arena_strdup(&p->arena, layer->layer_id),
                                           l.keys, l.key_count};
    p->section_count = 1;
    p->simplified = l.min_band < PK_BAND_FULL;
    struct pk_rows rows = {.layer_id = layer->layer_id, .box = box};
    enum pk_status status =
        store->ops->features(store, version, &rows, visit_feature, &l, &p->scratch, err);
    if (status == PK_OK) {
        prep_build(p, p->simplified);
    }
    return status;
}
