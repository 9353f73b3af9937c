/*
 * map_layers.h - the layers of geodata that the map page shows over the base map and
 * under the plans, and what of them lies in a view: picture and list from the same rows.
 */
#ifndef PK_SERVER_MAP_LAYERS_H
#define PK_SERVER_MAP_LAYERS_H

#include "base/msg.h"
#include "layers/store.h"

enum {
    PK_MAP_LAYERS_MAX = 12,  /* drawn at once */
    PK_MAP_FEATURES_MAX = 20 /* listed of each layer */
};

struct pk_map_feature {
    const char *title; /* NULL: it has no name */
    double x, y;       /* a point of it, EPSG:3006 */
};

struct pk_map_layer {
    const char *id, *title, *attribution; /* attribution may be NULL */
    bool shown;
    struct pk_map_feature
        features[PK_MAP_FEATURES_MAX]; /* in the view, of a shown layer */
    uint32_t feature_count;
    bool more;
};

struct pk_map_layers {
    uint32_t count;
    struct pk_map_layer layers[PK_MAP_LAYERS_MAX];
};

/* Layers without a role of their own (those with one are the base map), by `order` of
 * their settings and then id. Shown are those that `chosen` names (ids with ',' between;
 * may be ""), or, when it is NULL, those whose settings do not say "visible": false.
 * Takes a snapshot. Everything lies in the arena. */
enum pk_status pk_map_layers(struct pk_map_layers *out, struct pk_store *store,
                             struct pk_box box, const char *chosen, enum pk_lang lang,
                             struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* "base,strandskydd,plan": the styles to stack on `ground`. */
const char *pk_map_styles(const struct pk_map_layers *layers, const char *ground,
                          const char *plan_style, struct pk_arena *arena);
/* The `layers` argument that turns layer number i over and keeps the rest. */
const char *pk_map_toggled(const struct pk_map_layers *layers, uint32_t i,
                           struct pk_arena *arena);

#endif
