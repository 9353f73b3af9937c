/*
 * render_map.h - a random map in packs, behind a store that a test fills: plots with
 * letters, lines, points with names; in both families and every band.
 */
#ifndef PK_TESTS_RENDER_MAP_H
#define PK_TESTS_RENDER_MAP_H

#include "unit/pk_test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/pack.h"
#include "layers/store.h"
#include "tiles/render.h"

enum {
    MAP_VERSIONS = 2,
    MAP_FEATURES = 1500,
    MAP_VERTICES = 700,
    MAP_SIDE_M = 2000, /* of the square the map covers */
    MAP_BUCKETS = 1024
};

/* South-west corner of the map: in Sweden, on no cell border of note. */
#define MAP_EAST  616000.0
#define MAP_NORTH 6912000.0
/* A Web Mercator unit is 0.583 mm; metres on the ground are stretched by 2.1. */
#define MAP_WM_PER_M 3600.0
#define MAP_WM_X     INT64_C(37645000000)
#define MAP_WM_Y     INT64_C(18300000000)

struct map_feature {
    const char *source_layer; /* "use", "boundary", "address" */
    struct pk_id id;
    char letter[8], title[32];
    double number;
    uint32_t count;
    double xy[2 * MAP_VERTICES]; /* metres from the south-west corner */
    bool gone;
};

/* A pack that was made, kept: packs are asked for again and again. */
struct map_kept {
    struct map_kept *next;
    enum pk_family family;
    int band;
    int64_t cell, version;
    bool labels;
    size_t len;
    char *bytes;
};

struct map_store {
    struct pk_store store; /* first */
    pthread_mutex_t lock;
    struct map_kept *kept[MAP_BUCKETS];
    struct map_units { /* of all features of a version; of none until asked for */
        struct pk_arena arena;
        struct pk_ifeature *at;
    } units[MAP_VERSIONS + 1][PK_FAMILY_COUNT];
    struct map_feature *features[MAP_VERSIONS + 1]; /* by version, from 1 */
    uint32_t count[MAP_VERSIONS + 1];
    int64_t newest;
};

static uint64_t map_seed = 7;

static inline uint32_t map_chance(uint32_t below)
{
    map_seed = map_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(map_seed >> 33) % below;
}

static inline double map_metres(double from, double to)
{
    return from + (to - from) * map_chance(1000001) / 1000000;
}

static inline struct pk_ibox map_place(enum pk_family family, double x, double y)
{
    struct pk_ibox p;
    if (family == PK_WM) {
        p.min_x = MAP_WM_X + (int64_t)(x * MAP_WM_PER_M);
        p.min_y = MAP_WM_Y - (int64_t)(y * MAP_WM_PER_M);
    } else {
        p.min_x = (int64_t)((MAP_EAST + x) * 1000);
        p.min_y = PK_TM_TOP - (int64_t)((MAP_NORTH + y) * 1000);
    }
    p.max_x = p.min_x;
    p.max_y = p.min_y;
    return p;
}

static inline void map_random_feature(struct map_feature *f, uint32_t i)
{
    static const char *const letters[] = {"B", "C", "RS", "e\xe2\x82\x81", "PARK"};
    static const char *const names[] = {"Storgatan", "Ringv\xc3\xa4gen",
                                        "\xc3\x85kerstigen", "Sm\xc3\xa5 Kullar"};
    *f = (struct map_feature){.id = pk_id_of("test", "0000", "x")};
    f->id = pk_hash128(&i, sizeof i);
    snprintf(f->letter, sizeof f->letter, "%s", letters[map_chance(5)]);
    snprintf(f->title, sizeof f->title, "%s %u", names[map_chance(4)], map_chance(90));
    f->number = map_chance(5);
    uint32_t kind = map_chance(10);
    double x = map_metres(0, MAP_SIDE_M), y = map_metres(0, MAP_SIDE_M);
    f->source_layer = kind < 5 ? "use" : kind < 7 ? "boundary" : "address";
    if (kind >= 7) {
        f->count = 1;
        f->xy[0] = x;
        f->xy[1] = y;
        return;
    }
    /* A star round (x, y), or a walk from it; some very long, in pieces. */
    f->count = map_chance(12) == 0 ? MAP_VERTICES : 5 + map_chance(20);
    double size = map_chance(15) == 0 ? 1500 : 60;
    for (uint32_t v = 0; v < f->count; v++) {
        if (kind < 5) {
            static const double turn[8][2] = {
                {1,    0   },
                {0.7,  0.7 },
                {0,    1   },
                {-0.7, 0.7 },
                {-1,   0   },
                {-0.7, -0.7},
                {0,    -1  },
                {0.7,  -0.7}
            };
            double r = map_metres(size / 2, size), at = 8.0 * v / (f->count - 1);
            const double *a = turn[(int)at % 8], *b = turn[((int)at + 1) % 8];
            double t = at - (int)at;
            f->xy[2 * v] = x + r * (a[0] * (1 - t) + b[0] * t);
            f->xy[2 * v + 1] = y + r * (a[1] * (1 - t) + b[1] * t);
        } else {
            x += map_metres(-size / 3, size / 2);
            y += map_metres(-size / 2, size / 3);
            f->xy[2 * v] = x;
            f->xy[2 * v + 1] = y;
        }
    }
    if (kind < 5) {
        f->xy[2 * (f->count - 1)] = f->xy[0];
        f->xy[2 * (f->count - 1) + 1] = f->xy[1];
    }
}

/* In family units, with box and anchor; memory in the arena. */
static inline void map_feature_units(const struct map_feature *f, enum pk_family family,
                                     struct pk_ifeature *out, struct pk_arena *arena)
{
    static const char *const kinds[] = {"use", "boundary", "address"};
    *out = (struct pk_ifeature){.id = f->id,
                                .key = pk_draw_key(f->id, f->source_layer),
                                .box = PK_IBOX_EMPTY,
                                .ring_count = 1};
    out->kind = f->source_layer == kinds[0] || strcmp(f->source_layer, "use") == 0
                    ? PK_GEOM_AREA
                : strcmp(f->source_layer, "boundary") == 0 ? PK_GEOM_LINE
                                                           : PK_GEOM_POINT;
    int64_t *xy = pk_arena_alloc(arena, f->count, 2 * sizeof *xy);
    double sum_x = 0, sum_y = 0;
    for (uint32_t v = 0; v < f->count; v++) {
        struct pk_ibox p = map_place(family, f->xy[2 * v], f->xy[2 * v + 1]);
        xy[2 * v] = p.min_x;
        xy[2 * v + 1] = p.min_y;
        out->box = pk_ibox_join(out->box, p);
        sum_x += f->xy[2 * v];
        sum_y += f->xy[2 * v + 1];
    }
    out->xy = xy;
    struct pk_iring *ring = pk_arena_alloc(arena, 1, sizeof *ring);
    *ring = (struct pk_iring){.count = f->count,
                              .role = out->kind == PK_GEOM_AREA ? PK_RING_OUTER
                                                                : PK_RING_OPEN};
    out->rings = ring;
    struct pk_ibox at = map_place(family, sum_x / f->count, sum_y / f->count);
    out->anchor_x = at.min_x;
    out->anchor_y = at.min_y;
    out->angle = f->number * 30;
    out->room = f->count == 1 ? 0 : (out->box.max_x - out->box.min_x) / 3;
}

static inline void map_add(struct pk_pack_writer *w, const struct map_feature *f,
                           struct pk_ifeature *u, bool labels)
{
    struct pk_value values[3] = {
        {PK_VALUE_STRING, (uint32_t)strlen(f->letter), 0,         f->letter},
        {PK_VALUE_STRING, (uint32_t)strlen(f->title),  0,         f->title },
        {PK_VALUE_NUMBER, 0,                           f->number, NULL     }
    };
    u->values = values;
    if (labels) {
        u->ring_count = 0;
        u->box = (struct pk_ibox){u->anchor_x, u->anchor_y, u->anchor_x, u->anchor_y};
    }
    pk_pack_writer_add(w, f->source_layer, u);
}

/* Made once for all packs of a version and family. */
static inline const struct pk_ifeature *map_units(struct map_store *m, int64_t version,
                                                  enum pk_family family)
{
    struct map_units *units = &m->units[version][family];
    if (!units->at) {
        units->at =
            pk_arena_alloc(&units->arena, m->count[version] + 1, sizeof *units->at);
        for (uint32_t i = 0; i < m->count[version]; i++) {
            map_feature_units(&m->features[version][i], family, &units->at[i],
                              &units->arena);
        }
    }
    return units->at;
}

static inline void map_make_pack(struct map_store *m, struct map_kept *k)
{
    static const char *const keys[] = {"letter", "title", "number"};
    struct pk_pack_writer *w = pk_pack_writer_create();
    pk_pack_writer_section(w, "use", keys, 3);
    pk_pack_writer_section(w, "boundary", keys, 3);
    pk_pack_writer_section(w, "address", keys, 3);
    struct pk_ibox box = pk_cell_box(k->family, k->band, k->cell);
    const struct pk_ifeature *units = map_units(m, k->version, k->family);
    for (uint32_t i = 0; i < m->count[k->version]; i++) {
        const struct map_feature *f = &m->features[k->version][i];
        struct pk_ifeature u = units[i];
        if (f->gone) {
            continue;
        }
        struct pk_ibox at = {u.anchor_x, u.anchor_y, u.anchor_x, u.anchor_y};
        if (pk_ibox_touches(k->labels ? at : u.box, box)) {
            map_add(w, f, &u, k->labels);
        }
    }
    struct pk_buf buf;
    pk_buf_init(&buf, 64 << 20);
    pk_pack_writer_finish(w, &buf);
    pk_pack_writer_destroy(w);
    k->bytes = pk_buf_take(&buf, &k->len);
    pk_buf_finish(&buf);
}

static enum pk_status map_pack(struct pk_store *store, enum pk_family family, int band,
                               int64_t cell, int64_t version, bool labels,
                               const void **bytes, size_t *len, struct pk_arena *arena,
                               struct pk_error *err)
{
    (void)err;
    (void)arena;
    struct map_store *m = (struct map_store *)store;
    pthread_mutex_lock(&m->lock);
    uint64_t parts[5] = {(uint64_t)cell, (uint64_t)family, (uint64_t)band,
                         (uint64_t)version, labels};
    struct map_kept **bucket = &m->kept[pk_hash64(parts, sizeof parts, 0) % MAP_BUCKETS];
    struct map_kept *k = *bucket;
    while (k && (k->family != family || k->band != band || k->cell != cell ||
                 k->version != version || k->labels != labels)) {
        k = k->next;
    }
    if (!k) {
        k = calloc(1, sizeof *k);
        *k = (struct map_kept){*bucket, family, band, cell, version, labels, 0, NULL};
        map_make_pack(m, k);
        *bucket = k;
    }
    pthread_mutex_unlock(&m->lock);
    *bytes = k->bytes;
    *len = k->len;
    return PK_OK;
}

/* After an edit: packs of the version are made again; 0 = of all. */
static inline void map_forget(struct map_store *m, int64_t version)
{
    for (size_t i = 0; i < MAP_BUCKETS; i++) {
        for (struct map_kept **k = &m->kept[i]; *k;) {
            struct map_kept *old = *k;
            if (version == 0 || old->version == version) {
                *k = old->next;
                free(old->bytes);
                free(old);
            } else {
                k = &old->next;
            }
        }
    }
    for (int64_t v = 1; v <= MAP_VERSIONS; v++) {
        for (int f = 0; f < PK_FAMILY_COUNT && (version == 0 || version == v); f++) {
            pk_arena_finish(&m->units[v][f].arena);
            m->units[v][f].at = NULL;
        }
    }
}

static enum pk_status map_begin(struct pk_store *store, int64_t *version,
                                struct pk_error *err)
{
    (void)err;
    *version = ((struct map_store *)store)->newest;
    return PK_OK;
}

static void map_end(struct pk_store *store)
{
    (void)store;
}

static const struct pk_store_ops map_ops = {
    .scheme = "test", .begin = map_begin, .end = map_end, .pack = map_pack};

/* Version 1; version 2 is a copy until a test edits it. */
static inline void map_make(struct map_store *m, uint32_t count)
{
    *m = (struct map_store){
        .store = {&map_ops}, .lock = PTHREAD_MUTEX_INITIALIZER, .newest = 1};
    for (int v = 1; v <= MAP_VERSIONS; v++) {
        m->features[v] = calloc(count + 1, sizeof *m->features[v]);
        m->count[v] = count;
    }
    for (uint32_t i = 0; i < count; i++) {
        map_random_feature(&m->features[1][i], i);
    }
    memcpy(m->features[2], m->features[1], count * sizeof *m->features[1]);
}

static inline void map_free(struct map_store *m)
{
    map_forget(m, 0);
    for (int v = 1; v <= MAP_VERSIONS; v++) {
        free(m->features[v]);
    }
}

#endif
