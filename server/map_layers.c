#include "server/map_layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "server/view_list.h"

struct candidate {
    const struct pk_layer_row *row;
    json_t *settings;
    double order;
};

static int by_order(const void *a, const void *b)
{
    const struct candidate *p = a, *q = b;
    if (p->order != q->order) {
        return p->order < q->order ? -1 : 1;
    }
    return strcmp(p->row->layer_id, q->row->layer_id);
}

/* Is the word one of a list with ',' between? */
static bool names(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = list; *p != '\0';) {
        size_t n = strcspn(p, ",");
        if (n == len && memcmp(p, word, len) == 0) {
            return true;
        }
        p += n + (p[n] == ',');
    }
    return false;
}

static void describe(struct pk_map_layer *out, const struct candidate *c,
                     const char *chosen, enum pk_lang lang, struct pk_arena *arena)
{
    const json_t *titles = pk_jget_object(c->settings, "title");
    const char *title = pk_jget_string(titles, pk_lang_tag(lang));
    if (title == NULL) {
        title = pk_jget_string(titles, pk_lang_tag(PK_SV));
    }
    *out = (struct pk_map_layer){
        .id = pk_arena_strdup(arena, c->row->layer_id),
        .title = pk_arena_strdup(arena, title != NULL ? title : c->row->layer_id),
        .attribution = pk_arena_strdup(arena, pk_jget_string(c->settings, "attribution")),
        .shown = chosen != NULL ? names(chosen, c->row->layer_id)
                                : pk_jget_bool(c->settings, "visible", true)};
}

struct gathering {
    struct pk_map_layer *layer;
    struct pk_box box;
    struct pk_arena *arena;
};

static bool see_feature(const struct pk_feature_row *row, void *ctx)
{
    struct gathering *g = ctx;
    struct pk_map_layer *layer = g->layer;
    if (!pk_view_meets(&row->geom, g->box)) {
        return true;
    }
    if (layer->feature_count == PK_MAP_FEATURES_MAX) {
        layer->more = true;
        return false;
    }
    struct pk_map_feature *f = &layer->features[layer->feature_count++];
    f->title = pk_arena_strdup(g->arena, row->title);
    double room;
    pk_geom_label_point(&row->geom, 1.0, &f->x, &f->y, &room);
    return true;
}

enum pk_status pk_map_layers(struct pk_map_layers *out, struct pk_store *store,
                             struct pk_box box, const char *chosen, enum pk_lang lang,
                             struct pk_arena *arena, struct pk_error *err)
{
    memset(out, 0, sizeof(*out));
    struct pk_layer_row *rows;
    uint32_t count;
    int64_t version;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status = store->ops->layers(store, version, &rows, &count, arena, err);
    if (status != PK_OK) {
        store->ops->end(store);
        return status;
    }
    struct candidate *all = pk_arena_alloc(arena, count, sizeof(*all));
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].role != NULL) {
            continue;
        }
        all[n] = (struct candidate){&rows[i], json_loads(rows[i].settings, 0, NULL), 0};
        pk_jget_number(all[n].settings, "order", &all[n].order);
        n++;
    }
    qsort(all, n, sizeof(*all), by_order);
    for (uint32_t i = 0; i < n; i++) {
        if (out->count < PK_MAP_LAYERS_MAX) {
            describe(&out->layers[out->count++], &all[i], chosen, lang, arena);
        }
        json_decref(all[i].settings);
    }
    for (uint32_t i = 0; i < out->count && status == PK_OK; i++) {
        if (out->layers[i].shown) {
            struct gathering g = {&out->layers[i], box, arena};
            struct pk_rows wanted = {.box = &box, .layer_id = out->layers[i].id};
            status = store->ops->features(store, version, &wanted, see_feature, &g, arena,
                                          err);
        }
    }
    store->ops->end(store);
    return status;
}

const char *pk_map_styles(const struct pk_map_layers *layers, const char *ground,
                          const char *plan_style, struct pk_arena *arena)
{
    const char *styles = ground;
    for (uint32_t i = 0; i < layers->count; i++) {
        if (layers->layers[i].shown) {
            styles = pk_arena_printf(arena, "%s,%s", styles, layers->layers[i].id);
        }
    }
    return pk_arena_printf(arena, "%s,%s", styles, plan_style);
}

const char *pk_map_toggled(const struct pk_map_layers *layers, uint32_t i,
                           struct pk_arena *arena)
{
    const char *list = "";
    for (uint32_t k = 0; k < layers->count; k++) {
        if (layers->layers[k].shown != (k == i)) {
            list = pk_arena_printf(arena, "%s%s%s", list, *list != '\0' ? "," : "",
                                   layers->layers[k].id);
        }
    }
    return list;
}
