/* on_day.c - what newer plans have taken over on a day. */
#include "layers/on_day.h"

#include <stdlib.h>
#include <string.h>

static bool applies(const struct pk_replacement_row *r, pk_date day)
{
    return r->effective == PK_DATE_NONE || r->effective <= day;
}

/* The legal day of the version's rows; the day asked for when the version has none. */
static enum pk_status read_version_day(struct pk_on_day *on, struct pk_arena *arena,
                                       struct pk_error *err)
{
    struct pk_version *versions;
    uint32_t count;
    enum pk_status status =
        on->store->ops->versions(on->store, &versions, &count, arena, err);
    on->version_day = on->day;
    for (uint32_t i = 0; status == PK_OK && i < count; i++) {
        pk_date own = versions[i].legal_day != NULL ? pk_date_parse(versions[i].legal_day)
                                                    : PK_DATE_NONE;
        if (versions[i].version == on->version && own != PK_DATE_NONE) {
            on->version_day = own;
        }
    }
    return status;
}

struct cut {
    struct pk_on_day *on;
    struct pk_geom *rest;
    struct pk_arena *arena;
    struct pk_error *err;
    enum pk_status status;
};

static bool cut_away(const struct pk_part_row *newer, void *ctx)
{
    struct cut *c = ctx;
    struct pk_geom rest;
    c->status = pk_overlay_difference(&rest, c->on->overlay, c->rest, &newer->delivered,
                                      c->arena, c->err);
    if (c->status == PK_OK) {
        *c->rest = rest;
    }
    return c->status == PK_OK;
}

static enum pk_status take_away(struct pk_part_row *row, struct pk_on_day *on,
                                const struct pk_replacement_row *all, uint32_t count,
                                struct pk_arena *arena, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    row->geom = row->delivered;
    for (uint32_t i = 0; status == PK_OK && i < count; i++) {
        if (!applies(&all[i], on->day) || strcmp(all[i].kind, "beside") == 0) {
            continue;
        }
        if (strcmp(all[i].kind, "ends-wholly") == 0) {
            row->geom = (struct pk_geom){.kind = row->delivered.kind};
            break;
        }
        if (on->overlay == NULL) {
            on->overlay = pk_overlay_create();
        }
        struct cut c = {on, &row->geom, arena, err, PK_OK};
        struct pk_rows rows = {.plan = &all[i].newer_plan};
        status = on->store->ops->plan_parts(on->store, on->version, &rows, cut_away, &c,
                                            arena, err);
        status = status == PK_OK ? c.status : status;
    }
    return status;
}

enum pk_status pk_part_on_day(struct pk_part_row *row, struct pk_on_day *on,
                              struct pk_arena *arena, struct pk_error *err)
{
    struct pk_replacement_row *all;
    uint32_t count;
    enum pk_status status = on->store->ops->replacements(
        on->store, on->version, row->plan_id, &all, &count, arena, err);
    bool dated = false, differs = false;
    for (uint32_t i = 0; status == PK_OK && i < count; i++) {
        dated |= all[i].effective != PK_DATE_NONE;
    }
    if (status == PK_OK && dated && on->version_day == PK_DATE_NONE) {
        status = read_version_day(on, arena, err);
    }
    for (uint32_t i = 0; status == PK_OK && dated && i < count; i++) {
        differs |= applies(&all[i], on->day) != applies(&all[i], on->version_day);
    }
    return status == PK_OK && differs ? take_away(row, on, all, count, arena, err)
                                      : status;
}

/* ---- the store ---- */

struct day_store {
    struct pk_store store; /* first */
    struct pk_store *base;
    struct pk_on_day on;
};

static struct day_store *self(struct pk_store *store)
{
    return (struct day_store *)store;
}

static void day_close(struct pk_store *store)
{
    if (store != NULL) {
        pk_overlay_destroy(self(store)->on.overlay);
        free(store);
    }
}

static enum pk_status day_begin(struct pk_store *store, int64_t *version,
                                struct pk_error *err)
{
    return self(store)->base->ops->begin(self(store)->base, version, err);
}

static void day_end(struct pk_store *store)
{
    self(store)->base->ops->end(self(store)->base);
}

static enum pk_status day_versions(struct pk_store *store, struct pk_version **out,
                                   uint32_t *count, struct pk_arena *arena,
                                   struct pk_error *err)
{
    struct pk_store *base = self(store)->base;
    return base->ops->versions(base, out, count, arena, err);
}

static enum pk_status day_plans(struct pk_store *store, int64_t version,
                                const struct pk_rows *rows,
                                bool (*visit)(const struct pk_plan_row *row, void *ctx),
                                void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    struct pk_store *base = self(store)->base;
    return base->ops->plans(base, version, rows, visit, ctx, arena, err);
}

static enum pk_status
day_regulations(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                bool (*visit)(const struct pk_regulation_row *row, void *ctx), void *ctx,
                struct pk_arena *arena, struct pk_error *err)
{
    struct pk_store *base = self(store)->base;
    return base->ops->regulations(base, version, rows, visit, ctx, arena, err);
}

static enum pk_status day_layers(struct pk_store *store, int64_t version,
                                 struct pk_layer_row **out, uint32_t *count,
                                 struct pk_arena *arena, struct pk_error *err)
{
    struct pk_store *base = self(store)->base;
    return base->ops->layers(base, version, out, count, arena, err);
}

static enum pk_status
day_features(struct pk_store *store, int64_t version, const struct pk_rows *rows,
             bool (*visit)(const struct pk_feature_row *row, void *ctx), void *ctx,
             struct pk_arena *arena, struct pk_error *err)
{
    struct pk_store *base = self(store)->base;
    return base->ops->features(base, version, rows, visit, ctx, arena, err);
}

struct day_walk {
    struct pk_on_day *on;
    bool geometry;
    bool (*visit)(const struct pk_part_row *row, void *ctx);
    void *ctx;
    struct pk_arena *arena;
    struct pk_error *err;
    enum pk_status status;
};

static bool visit_part(const struct pk_part_row *row, void *ctx)
{
    struct day_walk *walk = ctx;
    struct pk_part_row own = *row;
    if (walk->geometry) {
        walk->status = pk_part_on_day(&own, walk->on, walk->arena, walk->err);
    }
    return walk->status == PK_OK && walk->visit(&own, walk->ctx);
}

typedef bool part_visit(const struct pk_part_row *row, void *ctx);
typedef enum pk_status part_rows(struct pk_store *store, int64_t version,
                                 const struct pk_rows *rows, part_visit *visit, void *ctx,
                                 struct pk_arena *arena, struct pk_error *err);

static enum pk_status walk_parts(struct pk_store *store, part_rows *of_base,
                                 int64_t version, const struct pk_rows *rows,
                                 part_visit *visit, void *ctx, struct pk_arena *arena,
                                 struct pk_error *err)
{
    struct day_walk walk = {
        &self(store)->on, !rows->no_geometry, visit, ctx, arena, err, PK_OK};
    enum pk_status status =
        of_base(self(store)->base, version, rows, visit_part, &walk, arena, err);
    return status == PK_OK ? walk.status : status;
}

static enum pk_status day_plan_parts(struct pk_store *store, int64_t version,
                                     const struct pk_rows *rows, part_visit *visit,
                                     void *ctx, struct pk_arena *arena,
                                     struct pk_error *err)
{
    return walk_parts(store, self(store)->base->ops->plan_parts, version, rows, visit,
                      ctx, arena, err);
}

static enum pk_status day_regulation_parts(struct pk_store *store, int64_t version,
                                           const struct pk_rows *rows, part_visit *visit,
                                           void *ctx, struct pk_arena *arena,
                                           struct pk_error *err)
{
    return walk_parts(store, self(store)->base->ops->regulation_parts, version, rows,
                      visit, ctx, arena, err);
}

/* Packs are of the version's own day, searches of the newest version: neither is asked
 * for here, and there is nothing to give. */
static const struct pk_store_ops day_ops = {
    .scheme = "on-day",
    .close = day_close,
    .begin = day_begin,
    .end = day_end,
    .versions = day_versions,
    .plans = day_plans,
    .plan_parts = day_plan_parts,
    .regulations = day_regulations,
    .regulation_parts = day_regulation_parts,
    .layers = day_layers,
    .features = day_features,
};

struct pk_store *pk_store_on_day(struct pk_store *base, int64_t version, pk_date day)
{
    struct day_store *s = pk_xcalloc(1, sizeof(*s));
    s->store.ops = &day_ops;
    s->base = base;
    s->on = (struct pk_on_day){base, version, day, PK_DATE_NONE, NULL};
    return &s->store;
}
