/*
 * store.h - where everything that is read comes from.
 *
 * A store is opened once per worker thread and only reads. Backends are one
 * constant ops table and one file each (store_spatialite.c, store_memory.c for
 * tests); nothing outside those files knows which backend is in use. A request
 * begins a snapshot, asks, and ends it; the snapshot's version is what the
 * answer is of.
 *
 * Add a backend: write store_NAME.c, add its ops to the table in store.c, add it
 * to the cases of tests/unit/test_store.c.
 */
#ifndef PK_LAYERS_STORE_H
#define PK_LAYERS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/hash.h"
#include "layers/geom.h"
#include "layers/pack.h"

struct pk_store;

/* Recorded time and legal time of a question. */
struct pk_state {
    int64_t version; /* 0 = the newest */
    pk_date day;     /* PK_DATE_NONE = today, or the version's last day as the newest */
};

struct pk_version {
    int64_t version;
    const char *published, *by, *source, *sha256, *mapping, *note, *legal_day;
};

/* One change box, in order of version. */
struct pk_change {
    int64_t version;
    const char *source_layer; /* interned, lives as long as the store */
    enum pk_family family;
    int band;
    struct pk_ibox box;
};

/* ---- rows, as the plan model has them; text lives in the query's arena ---- */
struct pk_plan_row {
    struct pk_id id;
    const char *municipality_code, *municipality, *designation, *name, *status;
    const char *plan_type, *adopted, *in_force, *coverage, *details;
    double accuracy_m; /* 0 = not delivered */
    int64_t from_version;
};

struct pk_part_row {
    struct pk_id id, plan_id; /* id: the plan's or the regulation's */
    uint32_t part;
    int crs;
    double area_m2, length_m; /* delivered, in `crs` */
    struct pk_geom geom;      /* effective geometry, EPSG:3006 */
    struct pk_geom delivered; /* working geometry of the whole, EPSG:3006 */
    const char *label;
};

struct pk_regulation_row {
    struct pk_id id, plan_id;
    const char *kind, *form, *letter, *index, *wording, *colour, *symbol, *details;
    int64_t from_version;
};

struct pk_layer_row {
    const char *layer_id, *role, *settings;
    int64_t from_version;
};

struct pk_feature_row {
    struct pk_id id;
    const char *layer_id, *title, *attributes;
    enum pk_geom_kind kind;
    double area_m2, length_m;
    int crs;
    struct pk_geom geom; /* EPSG:3006 */
    int64_t from_version;
};

/* What rows are asked for: all that is set must hold. */
struct pk_rows {
    const struct pk_box *box;      /* EPSG:3006, box of the geometry touches it */
    const struct pk_id *id, *plan; /* the thing itself, its plan */
    const char *layer_id, *title;  /* features only; title exactly */
    const char *designation;       /* plans only */
    uint32_t limit;                /* 0 = PK_ROWS_MAX */
    bool no_geometry;
    bool placeless; /* regulations only: those without any part */
};
enum { PK_ROWS_MAX = 1000000 };

struct pk_replacement_row {
    struct pk_id older_plan, newer_plan;
    const char *kind;  /* ends-here, ends-wholly, beside */
    pk_date effective; /* PK_DATE_NONE = at once */
};

/* A row of what people search for; of the newest version only. */
struct pk_entry_row {
    const char *kind, *label, *detail_key,
        *fold; /* layers/search.h says what they hold */
    struct pk_id id;
    int64_t weight;
    double x, y;
    struct pk_box box;
};

/* Words asked for: all terms must be in the entry, in any order. A term is one
 * folded word, or several with a space between that stand one after another; the
 * last may be only the beginning of a word. */
struct pk_entry_query {
    const char *const *terms;
    const bool *prefix;
    uint32_t term_count;
    const char *const *kinds; /* NULL = all */
    uint32_t kind_count;
    uint32_t limit;
};
enum { PK_ENTRY_TERMS_MAX = 16 };

struct pk_store_ops {
    const char *scheme;
    enum pk_status (*open)(struct pk_store **out, const char *where,
                           struct pk_error *err);
    void (*close)(struct pk_store *store); /* accepts NULL */

    /* A consistent view until end(); *version is the newest one in it. */
    enum pk_status (*begin)(struct pk_store *store, int64_t *version,
                            struct pk_error *err);
    void (*end)(struct pk_store *store);

    enum pk_status (*versions)(struct pk_store *store, struct pk_version **out,
                               uint32_t *count, struct pk_arena *arena,
                               struct pk_error *err);
    /* Change boxes of versions > after, at most `limit`; *more when there are others
     * or the list no longer goes back that far. */
    enum pk_status (*changes)(struct pk_store *store, int64_t after, uint32_t limit,
                              struct pk_change **out, uint32_t *count, bool *more,
                              struct pk_arena *arena, struct pk_error *err);
    /* Bytes of one cell's pack in state `version`; NULL, 0 when it is empty.
     * PK_NOT_FOUND when packs of that version have been pruned. */
    enum pk_status (*pack)(struct pk_store *store, enum pk_family family, int band,
                           int64_t cell, int64_t version, bool labels, const void **bytes,
                           size_t *len, struct pk_arena *arena, struct pk_error *err);

    /* visit() returns false to stop. Rows come in order of id, part. The store keeps
     * nothing in the arena from one row to the next: a visitor that keeps no row may
     * reset it, so that a walk over everything needs the memory of one row. */
    enum pk_status (*plans)(struct pk_store *store, int64_t version,
                            const struct pk_rows *rows,
                            bool (*visit)(const struct pk_plan_row *row, void *ctx),
                            void *ctx, struct pk_arena *arena, struct pk_error *err);
    enum pk_status (*plan_parts)(struct pk_store *store, int64_t version,
                                 const struct pk_rows *rows,
                                 bool (*visit)(const struct pk_part_row *row, void *ctx),
                                 void *ctx, struct pk_arena *arena, struct pk_error *err);
    enum pk_status (*regulations)(
        struct pk_store *store, int64_t version, const struct pk_rows *rows,
        bool (*visit)(const struct pk_regulation_row *row, void *ctx), void *ctx,
        struct pk_arena *arena, struct pk_error *err);
    enum pk_status (*regulation_parts)(
        struct pk_store *store, int64_t version, const struct pk_rows *rows,
        bool (*visit)(const struct pk_part_row *row, void *ctx), void *ctx,
        struct pk_arena *arena, struct pk_error *err);
    enum pk_status (*layers)(struct pk_store *store, int64_t version,
                             struct pk_layer_row **out, uint32_t *count,
                             struct pk_arena *arena, struct pk_error *err);
    enum pk_status (*features)(struct pk_store *store, int64_t version,
                               const struct pk_rows *rows,
                               bool (*visit)(const struct pk_feature_row *row, void *ctx),
                               void *ctx, struct pk_arena *arena, struct pk_error *err);
    /* What newer plans take over from this one. */
    enum pk_status (*replacements)(struct pk_store *store, int64_t version,
                                   struct pk_id older, struct pk_replacement_row **out,
                                   uint32_t *count, struct pk_arena *arena,
                                   struct pk_error *err);
    /* Search entries, heaviest first, then shortest label, label, id. */
    enum pk_status (*entries)(struct pk_store *store, const struct pk_entry_query *query,
                              bool (*visit)(const struct pk_entry_row *row, void *ctx),
                              void *ctx, struct pk_arena *arena, struct pk_error *err);
    /* Words of search entries that share letters in a row with `word` (folded): a
     * superset of those that differ in few letters, at most `limit`. */
    enum pk_status (*words_like)(struct pk_store *store, const char *word, uint32_t limit,
                                 const char ***out, uint32_t *count,
                                 struct pk_arena *arena, struct pk_error *err);
    /* NULL text when the setting is not there. */
    enum pk_status (*setting)(struct pk_store *store, const char *name, const char **out,
                              struct pk_arena *arena, struct pk_error *err);
};

/* Every backend embeds this as its FIRST member. */
struct pk_store {
    const struct pk_store_ops *ops;
};

/* A path, or "scheme:where". Errors: PK_NOT_FOUND, PK_BAD_DATA, PK_IO. */
enum pk_status pk_store_open(struct pk_store **out, const char *uri,
                             struct pk_error *err) PK_MUST_CHECK;
void pk_store_close(struct pk_store *store);

#endif
