/* lookup_layers.c - layers that answer: a sentence with the columns of what lies
 * at the place; and the sources of the answer. */
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/lookup_private.h"

enum { LAYERS_MAX = 200, SENTENCE_MAX = 2000 };

/* A text of the settings in the answer's language: {"sv": ..., "en": ...}, or one
 * text for both; the other language when that is all there is. */
static const char *setting_text(struct lk *lk, const json_t *settings, const char *name)
{
    json_t *both = pk_jget_object(settings, name);
    const char *text = both == NULL ? pk_jget_string(settings, name)
                                    : pk_jget_string(both, pk_lang_tag(lk->lang));
    for (int lang = 0; text == NULL && lang < PK_LANG_COUNT; lang++) {
        text = pk_jget_string(both, pk_lang_tag((enum pk_lang)lang));
    }
    return pk_arena_strdup(lk->arena, text);
}

static void add_value(struct lk *lk, struct pk_buf *out, const json_t *value)
{
    char number[64];
    if (json_is_string(value)) {
        pk_buf_adds(out, json_string_value(value));
    } else if (json_is_number(value)) {
        pk_text_fixed(number, sizeof number, json_number_value(value), 6);
        char *point = strchr(number, '.');
        if (point != NULL && lk->lang == PK_SV) {
            *point = ',';
        }
        pk_buf_adds(out, number);
    } else if (json_is_boolean(value)) {
        pk_buf_adds(
            out, pk_msg_text(json_is_true(value) ? PK_MSG_LOOKUP_YES : PK_MSG_LOOKUP_NO,
                             lk->lang));
    } else {
        pk_buf_adds(out, pk_msg_text(PK_MSG_LOOKUP_NOT_KNOWN, lk->lang));
    }
}

static const char *filled(struct lk *lk, const char *sentence, const json_t *attributes)
{
    struct pk_buf out;
    pk_buf_init(&out, SENTENCE_MAX);
    for (const char *p = sentence; *p != '\0';) {
        const char *close = *p == '{' ? strchr(p, '}') : NULL;
        if (close == NULL) {
            pk_buf_addc(&out, *p++);
            continue;
        }
        const char *name = pk_arena_strndup(lk->arena, p + 1, (size_t)(close - p - 1));
        add_value(lk, &out, json_object_get(attributes, name));
        p = close + 1;
    }
    const char *text = pk_arena_strndup(lk->arena, out.data, out.len);
    pk_buf_finish(&out);
    return text;
}

void lk_source(struct lk *lk, const char *title, const char *licence, int64_t version)
{
    struct pk_answer *a = lk->answer;
    for (uint32_t i = 0; i < a->source_count; i++) {
        if (strcmp(a->sources[i].title, title) == 0) {
            if (version > a->sources[i].from_version) {
                a->sources[i].from_version = version;
            }
            return;
        }
    }
    if (a->source_count == lk->source_room) {
        uint32_t room = lk->source_room == 0 ? 8 : 2 * lk->source_room;
        struct pk_answer_source *grown = pk_arena_alloc(lk->arena, room, sizeof *grown);
        if (a->source_count > 0) {
            memcpy(grown, a->sources, a->source_count * sizeof *grown);
        }
        a->sources = grown;
        lk->source_room = room;
    }
    a->sources[a->source_count++] = (struct pk_answer_source){title, licence, version};
}

struct answering {
    struct lk *lk;
    const struct pk_layer_row *layer;
    const json_t *settings;
    const char *sentence, *title;
    uint32_t seen;
    enum pk_status status;
};

static enum pk_status lies_here(bool *out, struct lk *lk, const struct pk_geom *g)
{
    double shared = 0;
    enum pk_status status = PK_OK;
    *out = false;
    if (!lk->is_shape) {
        *out = g->kind == PK_GEOM_AREA ? pk_geom_covers(g, lk->x, lk->y)
                                       : pk_geom_edge_distance(g, lk->x, lk->y) <=
                                             lk->municipality->default_accuracy_m;
    } else if (g->kind == PK_GEOM_AREA) {
        status = pk_overlay_shared_area(&shared, lk_overlay(lk), &lk->shape, g, lk->err);
        *out = shared > LK_SLIVER_M2;
    } else if (g->kind == PK_GEOM_LINE) {
        status =
            pk_overlay_shared_length(&shared, lk_overlay(lk), g, &lk->shape, lk->err);
        *out = shared > 0;
    } else if (g->vertex_count > 0) {
        *out = pk_geom_covers(&lk->shape, g->xy[0], g->xy[1]);
    }
    return status;
}

static bool answer_feature(const struct pk_feature_row *row, void *ctx)
{
    struct answering *w = ctx;
    struct lk *lk = w->lk;
    struct pk_answer *a = lk->answer;
    bool here;
    w->status = lies_here(&here, lk, &row->geom);
    if (w->status != PK_OK || !here) {
        return w->status == PK_OK;
    }
    json_t *attributes =
        row->attributes == NULL ? NULL : json_loads(row->attributes, 0, NULL);
    const char *text = filled(lk, w->sentence, attributes);
    json_decref(attributes);
    for (uint32_t i = 0; i < a->layer_count; i++) {
        if (strcmp(a->layers[i].id, w->layer->layer_id) == 0 &&
            strcmp(a->layers[i].text, text) == 0) {
            return true;
        }
    }
    if (a->layer_count == LAYERS_MAX) {
        return false;
    }
    const char *source = setting_text(lk, w->settings, "attribution");
    if (source == NULL) {
        source = setting_text(lk, w->settings, "source");
    }
    a->layers[a->layer_count++] = (struct pk_answer_layer){
        .id = w->layer->layer_id,
        .title = w->title,
        .text = text,
        .source = source,
        .as_of = setting_text(lk, w->settings, "as_of"),
    };
    lk_source(lk, w->title, setting_text(lk, w->settings, "licence"), row->from_version);
    return ++w->seen < LK_FEATURES_MAX;
}

enum pk_status lk_layers(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    a->layers = pk_arena_alloc(lk->arena, LAYERS_MAX, sizeof *a->layers);
    struct pk_box box = lk->is_shape
                            ? lk->box
                            : pk_box_grow(lk->box, lk->municipality->default_accuracy_m);
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < lk->layer_count && status == PK_OK; i++) {
        const struct pk_layer_row *layer = &lk->layers[i];
        json_t *settings =
            layer->settings == NULL ? NULL : json_loads(layer->settings, 0, NULL);
        struct answering w = {.lk = lk,
                              .layer = layer,
                              .settings = settings,
                              .sentence = setting_text(lk, settings, "answer"),
                              .title = setting_text(lk, settings, "title")};
        w.title = w.title == NULL ? layer->layer_id : w.title;
        if (w.sentence != NULL && *w.sentence != '\0') {
            struct pk_rows rows = {.box = &box, .layer_id = layer->layer_id};
            status = lk->store->ops->features(lk->store, lk->version, &rows,
                                              answer_feature, &w, lk->arena, lk->err);
            status = status == PK_OK ? w.status : status;
        }
        json_decref(settings);
    }
    return status;
}
