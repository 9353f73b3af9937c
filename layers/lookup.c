#include "layers/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "layers/lookup_private.h"

/* ---- links ---- */

static const char *permanent_link(struct lk *lk)
{
    const struct pk_question *q = lk->question;
    const char *base = lk->municipality->base_url, *asked = NULL;
    char x[64], y[64];
    bool degrees = q->crs == 4326 || q->crs == 4258;
    switch (q->kind) {
    case PK_ASK_POINT:
        pk_text_fixed(x, sizeof x, q->x, degrees ? 8 : 3);
        pk_text_fixed(y, sizeof y, q->y, degrees ? 8 : 3);
        asked = pk_arena_printf(lk->arena, "%s/lookup?point=%s,%s&crs=EPSG:%d", base, x,
                                y, q->crs == 0 ? 3006 : q->crs);
        break;
    case PK_ASK_PROPERTY:
        asked = lk_property_href(lk, "/lookup?property=",
                                 lk->answer->property_count > 0
                                     ? lk->answer->properties[0].designation
                                     : q->text);
        break;
    case PK_ASK_ADDRESS:
        asked = lk_property_href(lk, "/lookup?address=", lk->answer->address);
        break;
    default:
        return NULL; /* a drawn shape does not fit in a link */
    }
    return pk_arena_printf(lk->arena, "%s&version=%lld&datetime=%s%s", asked,
                           (long long)lk->version, lk->answer->legal_date,
                           lk->lang == PK_EN ? "&lang=en" : "");
}

static const char *heading(struct lk *lk)
{
    const struct pk_answer *a = lk->answer;
    if (lk->question->kind == PK_ASK_ADDRESS && a->address != NULL) {
        return a->address;
    }
    if (a->property_count == 1) {
        return a->properties[0].designation;
    }
    if (lk->question->kind == PK_ASK_GEOMETRY) {
        return pk_msg_text(PK_MSG_LOOKUP_DRAWN_AREA, lk->lang);
    }
    if (a->address != NULL) {
        return a->address;
    }
    char x[64], y[64];
    pk_text_fixed(x, sizeof x, lk->x, 0);
    pk_text_fixed(y, sizeof y, lk->y, 0);
    pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_PLACE, "north", y, "east", x, NULL);
    return lk_said(lk);
}

/* ---- the parts of an answer ---- */

/* The map that decides is that of a plan which applies, never a proposal's or that of a
 * plan which has ended. */
static const char *legal_map(const struct lk_plan *plan, const struct pk_answer_plan *out)
{
    for (uint32_t i = 0; plan->phase <= LK_NO_STATUS && i < out->document_count; i++) {
        if (out->documents[i].legal) {
            return out->documents[i].href;
        }
    }
    return NULL;
}

static enum pk_status write_plans(struct lk *lk)
{
    enum pk_status status = PK_OK;
    struct pk_answer *a = lk->answer;
    a->plans = pk_arena_alloc(lk->arena, lk->plan_count + 1, sizeof *a->plans);
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        struct lk_plan *plan = &lk->plans[i];
        if (!plan->hit) {
            continue;
        }
        status = lk_placeless(lk, plan);
        if (status != PK_OK) {
            return status;
        }
        struct pk_answer_plan *out = &a->plans[a->plan_count++];
        lk_write_plan(lk, out, plan);
        a->legal_href = a->legal_href != NULL ? a->legal_href : legal_map(plan, out);
        const char *name = plan->row.municipality;
        const char *title = pk_msg_text(PK_MSG_LOOKUP_SOURCE_PLANS, lk->lang);
        if (name != NULL) {
            pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_SOURCE_PLANS_OF, "name", name,
                   NULL);
            title = lk_said(lk);
        }
        lk_source(lk, title, NULL, plan->row.from_version);
    }
    return status;
}

static void write_links(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    const struct pk_municipality *m = lk->municipality;
    a->next = pk_arena_alloc(lk->arena, m->next_count + 1, sizeof *a->next);
    for (uint32_t i = 0; i < m->next_count; i++) {
        a->next[a->next_count++] =
            (struct pk_answer_link){m->next_texts[i], m->next_urls[i]};
    }
    a->legal_text = pk_msg_text(PK_MSG_LEGAL_TEXT, lk->lang);
    a->permanent = permanent_link(lk);
    a->heading = heading(lk);
}

static enum pk_status answer_question(struct lk *lk, const char **suggestions)
{
    struct pk_answer *a = lk->answer;
    char now[PK_TIME_TEXT];
    enum pk_status status = lk_settle_state(lk);
    if (status != PK_OK) {
        return status;
    }
    pk_time_format(now, lk->question->now);
    a->version = lk->version;
    a->legal_date = lk_date(lk, lk->day);
    a->answered_at = pk_arena_strdup(lk->arena, now);
    a->lang = pk_lang_tag(lk->lang);
    a->asked = lk->question;
    status = lk->store->ops->layers(lk->store, lk->version, &lk->layers, &lk->layer_count,
                                    lk->arena, lk->err);
    if (status == PK_OK) {
        status = lk_place_question(lk, suggestions);
    }
    a->x = lk->x;
    a->y = lk->y;
    a->extent = lk->box;
    static enum pk_status (*const steps[])(struct lk *) = {lk_gather, lk_coverage,
                                                           lk_place, lk_boundary};
    for (size_t i = 0; i < PK_COUNT(steps) && status == PK_OK; i++) {
        status = steps[i](lk);
    }
    if (status != PK_OK) {
        return status;
    }
    a->ground = lk->is_shape ? lk->shape : (struct pk_geom){.kind = PK_GEOM_NONE};
    status = write_plans(lk);
    if (status == PK_OK) {
        status = lk_layers(lk);
    }
    write_links(lk);
    lk_summary(lk);
    lk_facts_missing(lk);
    return status;
}

static void lk_open(struct lk *lk, struct pk_store *store,
                    const struct pk_municipality *municipality, enum pk_lang lang,
                    struct pk_arena *arena, struct pk_error *err)
{
    *lk = (struct lk){.store = store,
                      .municipality = municipality,
                      .arena = arena,
                      .err = err,
                      .lang = lang};
    pk_buf_init(&lk->text, LK_TEXT_MAX);
    lk->answer = pk_arena_alloc(arena, 1, sizeof *lk->answer);
    lk->shape_ratio = 1;
}

static void lk_close(struct lk *lk)
{
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        json_decref(lk->plans[i].details);
    }
    pk_overlay_destroy(lk->overlay);
    pk_buf_finish(&lk->text);
}

enum pk_status pk_lookup(struct pk_answer **out, struct pk_store *store,
                         const struct pk_question *question,
                         const struct pk_municipality *municipality,
                         const char **suggestions, struct pk_arena *arena,
                         struct pk_error *err)
{
    struct lk lk;
    const char *unused;
    suggestions = suggestions == NULL ? &unused : suggestions;
    *suggestions = NULL;
    *out = NULL;
    lk_open(&lk, store, municipality, question->lang, arena, err);
    lk.question = question;
    enum pk_status status = store->ops->begin(store, &lk.newest, err);
    if (status == PK_OK) {
        status = answer_question(&lk, suggestions);
        store->ops->end(store);
    }
    if (status == PK_OK) {
        *out = lk.answer;
    }
    lk_close(&lk);
    return status;
}

/* ---- one plan's own page ---- */

struct whole_plan {
    struct lk *lk;
    struct lk_plan *plan;
    struct pk_geom *shape;
    uint32_t room;
    enum pk_status status;
};

/* `all` with the rings of `g` after its own. */
static void append(struct pk_geom *all, const struct pk_geom *g, struct pk_arena *arena)
{
    struct pk_geom sum = {.kind = g->kind,
                          .ring_count = all->ring_count + g->ring_count,
                          .vertex_count = all->vertex_count + g->vertex_count};
    sum.rings = pk_arena_alloc(arena, sum.ring_count + 1, sizeof *sum.rings);
    sum.xy = pk_arena_alloc(arena, 2 * (size_t)sum.vertex_count + 2, sizeof *sum.xy);
    if (all->ring_count > 0) {
        memcpy(sum.rings, all->rings, all->ring_count * sizeof *sum.rings);
        memcpy(sum.xy, all->xy, 2 * (size_t)all->vertex_count * sizeof *sum.xy);
    }
    for (uint32_t i = 0; i < g->ring_count; i++) {
        sum.rings[all->ring_count + i] = g->rings[i];
        sum.rings[all->ring_count + i].first += all->vertex_count;
    }
    if (g->vertex_count > 0) {
        memcpy(sum.xy + 2 * (size_t)all->vertex_count, g->xy,
               2 * (size_t)g->vertex_count * sizeof *sum.xy);
    }
    *all = sum;
}

static bool join_part(const struct pk_part_row *row, void *ctx)
{
    struct whole_plan *w = ctx;
    if (row->geom.ring_count > 0) {
        append(w->shape, &row->geom, w->lk->arena);
    }
    w->plan->shared_m2 += row->area_m2;
    w->plan->crs = row->crs;
    return true;
}

static bool join_regulation(const struct pk_regulation_row *row, void *ctx)
{
    struct whole_plan *w = ctx;
    struct lk_plan *plan = w->plan;
    if (plan->regulation_count == w->room) {
        w->room = w->room == 0 ? 64 : 2 * w->room;
        struct lk_regulation *grown =
            pk_arena_alloc(w->lk->arena, w->room, sizeof *grown);
        if (plan->regulation_count > 0) {
            memcpy(grown, plan->regulations, plan->regulation_count * sizeof *grown);
        }
        plan->regulations = grown;
    }
    plan->regulations[plan->regulation_count++] =
        (struct lk_regulation){.row = *row, .placeless = true};
    return plan->regulation_count < LK_PARTS_MAX;
}

static bool measure_regulation(const struct pk_part_row *row, void *ctx)
{
    struct whole_plan *w = ctx;
    for (uint32_t i = 0; i < w->plan->regulation_count; i++) {
        struct lk_regulation *r = &w->plan->regulations[i];
        if (pk_id_equal(r->row.id, row->id)) {
            r->part = r->placeless ? row->part : r->part;
            r->placeless = false;
            r->crs = row->crs;
            r->shared_m2 += row->area_m2;
        }
    }
    return true;
}

static enum pk_status whole(struct whole_plan *w, struct pk_id id)
{
    struct lk *lk = w->lk;
    const struct pk_store_ops *ops = lk->store->ops;
    struct pk_rows rows = {.plan = &id}, bare = {.plan = &id, .no_geometry = true};
    enum pk_status status = lk_read_plan(w->plan, lk, id);
    if (status == PK_OK && !w->plan->known) {
        char text[PK_ID_TEXT];
        pk_id_format(text, id);
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "id", PK_MSG_REQ_NO_PLAN,
                            "value", text, "version", lk_whole(lk, lk->version), NULL);
    }
    w->plan->phase = w->plan->phase == LK_ABSENT ? LK_ONGOING : w->plan->phase;
    if (status == PK_OK) {
        status = ops->plan_parts(lk->store, lk->version, &rows, join_part, w, lk->arena,
                                 lk->err);
    }
    if (status == PK_OK) {
        status = ops->regulations(lk->store, lk->version, &bare, join_regulation, w,
                                  lk->arena, lk->err);
    }
    if (status == PK_OK) {
        status = ops->regulation_parts(lk->store, lk->version, &bare, measure_regulation,
                                       w, lk->arena, lk->err);
    }
    return status;
}

enum pk_status pk_plan_answer(struct pk_answer_plan **out, struct pk_geom *geom,
                              struct pk_store *store, struct pk_id id,
                              struct pk_state state, enum pk_lang lang,
                              const struct pk_municipality *municipality,
                              struct pk_arena *arena, struct pk_error *err)
{
    struct lk lk;
    *out = NULL;
    *geom = (struct pk_geom){.kind = PK_GEOM_AREA};
    lk_open(&lk, store, municipality, lang, arena, err);
    struct pk_question question = {.kind = PK_ASK_GEOMETRY,
                                   .state = state,
                                   .version_given = state.version != 0,
                                   .day_given = state.day != PK_DATE_NONE,
                                   .lang = lang,
                                   .now = time(NULL)};
    lk.question = &question;
    lk.plans = pk_arena_alloc(arena, 1, sizeof *lk.plans);
    lk.plan_count = 1;
    struct whole_plan w = {.lk = &lk, .plan = lk.plans, .shape = geom};
    enum pk_status status = store->ops->begin(store, &lk.newest, err);
    if (status == PK_OK) {
        status = lk_settle_state(&lk);
        status = status == PK_OK ? whole(&w, id) : status;
        store->ops->end(store);
    }
    if (status == PK_OK) {
        if (w.plan->regulation_count > 1) {
            qsort(w.plan->regulations, w.plan->regulation_count,
                  sizeof *w.plan->regulations, lk_regulation_order);
        }
        *out = pk_arena_alloc(arena, 1, sizeof **out);
        lk_write_plan(&lk, *out, w.plan);
    }
    lk_close(&lk);
    return status;
}

struct shapes {
    struct pk_geom *out;
    struct pk_arena *arena;
};

static bool join_shape(const struct pk_part_row *row, void *ctx)
{
    struct shapes *s = ctx;
    if (row->geom.kind != PK_GEOM_NONE && row->geom.ring_count > 0) {
        append(&s->out[row->geom.kind - PK_GEOM_POINT], &row->geom, s->arena);
    }
    return true;
}

enum pk_status pk_regulation_shapes(struct pk_geom out[PK_REGULATION_KINDS],
                                    struct pk_store *store, struct pk_id id,
                                    struct pk_state state, struct pk_arena *arena,
                                    struct pk_error *err)
{
    struct shapes s = {out, arena};
    struct pk_rows rows = {.id = &id};
    int64_t newest;
    memset(out, 0, PK_REGULATION_KINDS * sizeof *out);
    enum pk_status status = store->ops->begin(store, &newest, err);
    if (status == PK_OK) {
        status = store->ops->regulation_parts(store,
                                              state.version > 0 ? state.version : newest,
                                              &rows, join_shape, &s, arena, err);
        store->ops->end(store);
    }
    return status;
}
