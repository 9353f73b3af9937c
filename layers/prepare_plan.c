/* prepare_plan.c - plans and regulations as features: attributes, combined uses,
 * owners of boundaries. */
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/prepare_private.h"

const char *const prep_kind_names[PREP_KIND_COUNT] = {
    "plan", "use", "property", "secondary", "administrative", "division"};
const char *const prep_phase_names[3] = {"force", "ongoing", "other"};

enum { SECTION_PLAN, SECTION_USE, SECTION_PROPERTY, SECTION_ADMIN, SECTION_BOUNDARY };
const char *const prep_plan_sections[PREP_PLAN_SECTIONS + 1] = {
    "plan", "use", "property_regulation", "administrative_regulation", "boundary", NULL};

static const char *const plan_keys[] = {"id",       "designation",  "name",
                                        "status",   "phase",        "plan_type",
                                        "coverage", "municipality", "stage"};
static const char *const use_keys[] = {"id",     "plan",  "letter",  "index", "label",
                                       "colour", "form",  "wording", "phase", "uses",
                                       "main",   "stage", "rotation"};
enum { USE_LABEL = 4, SYMBOL = 5, USE_USES = 9, USE_MAIN = 10, ROTATION = 12 };
static const char *const regulation_keys[] = {
    "id",      "plan",  "letter", "index", "label", "symbol",  "form",
    "wording", "phase", "value",  "unit",  "stage", "rotation"};
_Static_assert(PK_COUNT(use_keys) == PK_COUNT(regulation_keys), "one size of values");

static const struct prep_section sections[PREP_PLAN_SECTIONS] = {
    {"plan",                      plan_keys,          PK_COUNT(plan_keys)      },
    {"use",                       use_keys,           PK_COUNT(use_keys)       },
    {"property_regulation",       regulation_keys,    PK_COUNT(regulation_keys)},
    {"administrative_regulation", regulation_keys,    PK_COUNT(regulation_keys)},
    {"boundary",                  prep_boundary_keys, PREP_BOUNDARY_KEYS       },
};

enum prep_phase prep_phase_of(const char *status, const char *in_force,
                              const char *legal_day)
{
    static const struct {
        const char *status;
        enum prep_phase phase;
    } table[] = {
        {"påbörjad",  PREP_ONGOING},
        {"samråd",     PREP_ONGOING},
        {"granskning",  PREP_ONGOING},
        {"antagen",     PREP_ONGOING},
        {"överklagad", PREP_ONGOING},
        {"tillsyn",     PREP_ONGOING},
        {"upphävd",    PREP_OTHER  },
        {"avslutad",    PREP_OTHER  },
    };
    for (size_t i = 0; status != NULL && i < PK_COUNT(table); i++) {
        if (strcmp(status, table[i].status) == 0) {
            return table[i].phase;
        }
    }
    bool later = in_force != NULL && legal_day != NULL && strcmp(in_force, legal_day) > 0;
    return later ? PREP_ONGOING : PREP_FORCE;
}

/* ---- what parts take from their plan and their regulation ---- */

struct plan_info {
    struct pk_id id;
    enum prep_phase phase;
    enum prep_stage stage;
    const struct pk_value *values;
};

struct regulation_info {
    struct pk_id id, plan;
    enum prep_phase phase;
    enum prep_stage stage;
    enum prep_kind kind;
    bool main_use;
    const char *letter, *index; /* "" when there is none */
    const char *end_symbol;     /* of its line's ends; NULL = none */
    struct pk_value *values;
};

/* One use area, to find those with the same shape. */
struct use_area {
    struct pk_id plan;
    uint64_t shape;
    uint32_t feature;
    const struct regulation_info *regulation;
};

struct loader {
    struct prep *p;
    const char *legal_day;
    const struct prep_ids *only;
    uint32_t plan_count, plan_cap;
    struct plan_info *plans;
    uint32_t regulation_count, regulation_cap;
    struct regulation_info *regulations;
    uint32_t use_count, use_cap;
    struct use_area *uses;
    struct pk_id owner_id; /* of the owner added last */
    enum prep_kind owner_kind;
};

static int compare_by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pk_id)); /* `id` stands first */
}

static bool is_wanted(const struct loader *l, struct pk_id plan)
{
    return l->only == NULL || prep_ids_have(l->only, plan);
}

static struct pk_value id_text(struct prep *p, struct pk_id id)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    return prep_text(p, text);
}

static bool visit_plan(const struct pk_plan_row *row, void *ctx)
{
    struct loader *l = ctx;
    struct prep *p = l->p;
    if (is_wanted(l, row->id)) {
        struct pk_value *v = pk_arena_alloc(&p->arena, PK_COUNT(plan_keys), sizeof(*v));
        enum prep_phase phase = prep_phase_of(row->status, row->in_force, l->legal_day);
        v[0] = id_text(p, row->id);
        v[1] = prep_text(p, row->designation);
        v[2] = prep_text(p, row->name);
        v[3] = prep_text(p, row->status);
        v[4] = prep_text(p, prep_phase_names[phase]);
        v[5] = prep_text(p, row->plan_type);
        v[6] = prep_text(p, row->coverage);
        v[7] = prep_text(p, row->municipality);
        enum prep_stage stage = prep_stage_of(row->status, phase);
        v[8] = prep_text(p, prep_stage_names[stage]);
        if (l->plan_count == l->plan_cap) {
            l->plan_cap = l->plan_cap > 0 ? 2 * l->plan_cap : 64;
            l->plans = pk_xrealloc(l->plans, l->plan_cap, sizeof(*l->plans));
        }
        l->plans[l->plan_count++] = (struct plan_info){row->id, phase, stage, v};
    }
    pk_arena_reset(&p->scratch);
    return true;
}

static enum prep_kind kind_of(const struct pk_regulation_row *row, const json_t *details)
{
    if (strcmp(row->kind, "use") == 0) {
        return PREP_USE;
    }
    if (row->symbol != NULL && strcmp(row->symbol, "fastighetsindelning") == 0) {
        return PREP_DIVISION;
    }
    if (strcmp(row->kind, "property") == 0) {
        return pk_jget_bool(details, "sekundarEgenskapsgrans", false) ? PREP_SECONDARY
                                                                      : PREP_PROPERTY;
    }
    return PREP_ADMINISTRATIVE;
}

static const char *or_empty(struct prep *p, const char *s)
{
    return s != NULL ? pk_arena_strdup(&p->arena, s) : "";
}

static const struct plan_info *plan_of(const struct loader *l, struct pk_id id)
{
    return l->plan_count == 0
               ? NULL
               : bsearch(&id, l->plans, l->plan_count, sizeof(*l->plans), compare_by_id);
}

static void fill_values(struct prep *p, struct regulation_info *r,
                        const struct pk_regulation_row *row, const json_t *details)
{
    struct pk_value *v = r->values =
        pk_arena_alloc(&p->arena, PK_COUNT(use_keys), sizeof(*v));
    v[0] = id_text(p, row->id);
    v[1] = id_text(p, row->plan_id);
    v[2] = prep_text(p, row->letter);
    v[3] = prep_text(p, row->index);
    v[4] = prep_label_text(p, r->letter, r->index, row->symbol, details);
    v[5] = prep_text(p, r->kind == PREP_USE ? row->colour : row->symbol);
    v[6] = prep_text(p, row->form);
    v[7] = prep_text(p, row->wording);
    v[8] = prep_text(p, prep_phase_names[r->phase]);
    v[11] = prep_text(p, prep_stage_names[r->stage]);
    if (r->kind != PREP_USE) {
        const json_t *first =
            json_array_get(pk_jget_array(details, "bestammelsevarde"), 0);
        v[9] = prep_text(p, pk_jget_string(first, "variabelvarde"));
        v[10] = prep_text(p, pk_jget_string(first, "enhet"));
    }
}

static bool visit_regulation(const struct pk_regulation_row *row, void *ctx)
{
    struct loader *l = ctx;
    struct prep *p = l->p;
    const struct plan_info *plan = plan_of(l, row->plan_id);
    if (plan != NULL) {
        json_t *details = NULL;
        if (row->details != NULL &&
            pk_json_parse(&details, row->details, strlen(row->details), 64 << 20, NULL) !=
                PK_OK) {
            details = NULL; /* our own column; its reader has said so at import */
        }
        if (l->regulation_count == l->regulation_cap) {
            l->regulation_cap = l->regulation_cap > 0 ? 2 * l->regulation_cap : 64;
            l->regulations =
                pk_xrealloc(l->regulations, l->regulation_cap, sizeof(*l->regulations));
        }
        struct regulation_info *r = &l->regulations[l->regulation_count++];
        *r = (struct regulation_info){
            .id = row->id,
            .plan = row->plan_id,
            .phase = plan->phase,
            .stage = plan->stage,
            .kind = kind_of(row, details),
            .main_use = pk_jget_bool(details, "huvudsaklig", false),
            .letter = or_empty(p, row->letter),
            .index = or_empty(p, row->index),
            .end_symbol = prep_end_symbol(row->symbol),
        };
        fill_values(p, r, row, details);
        json_decref(details);
    }
    pk_arena_reset(&p->scratch);
    return true;
}

/* ---- parts ---- */

static uint32_t owner_of(struct loader *l, enum prep_kind kind, enum prep_phase phase,
                         enum prep_stage stage, struct pk_id id, struct pk_id plan)
{
    struct prep *p = l->p;
    /* Rows come in order of id: parts of one thing follow each other. */
    if (p->owner_count > 0 && l->owner_kind == kind && pk_id_equal(l->owner_id, id)) {
        return p->owner_count - 1;
    }
    if (p->owner_count == p->owner_cap) {
        p->owner_cap = p->owner_cap > 0 ? 2 * p->owner_cap : 256;
        p->owners = pk_xrealloc(p->owners, p->owner_cap, sizeof(*p->owners));
    }
    l->owner_kind = kind;
    l->owner_id = id;
    p->owners[p->owner_count] = (struct prep_owner){kind, phase, stage, id, plan};
    return p->owner_count++;
}

static bool visit_plan_part(const struct pk_part_row *row, void *ctx)
{
    struct loader *l = ctx;
    struct prep *p = l->p;
    const struct plan_info *plan = plan_of(l, row->id);
    if (plan != NULL) {
        struct prep_feature f = {.id = row->id,
                                 .plan = row->id,
                                 .key = pk_draw_key(row->id, "plan"),
                                 .part = row->part,
                                 .section = SECTION_PLAN,
                                 .min_band = PK_BAND_MIN,
                                 .labelled = true,
                                 .values = plan->values};
        prep_add(p, &f, &row->geom, NULL, row->crs,
                 owner_of(l, PREP_PLAN, plan->phase, plan->stage, row->id, row->id));
    }
    pk_arena_reset(&p->scratch);
    return true;
}

/* The same number for the same rings, wherever they begin and however they turn. */
static uint64_t shape_hash(struct prep *p, const struct pk_geom *g)
{
    uint64_t sum = g->ring_count;
    for (uint32_t r = 0; r < g->ring_count; r++) {
        const struct pk_ring *ring = &g->rings[r];
        uint32_t n = ring->count > 1 ? ring->count - 1 : ring->count;
        int64_t *xy = prep_scratch_xy(p, 4 * (size_t)n);
        pk_crs_to_family(p->crs, PK_TM, g->xy + 2 * (size_t)ring->first, n, xy);
        uint32_t least = 0;
        for (uint32_t i = 1; i < n; i++) {
            const int64_t *a = xy + 2 * (size_t)i, *b = xy + 2 * (size_t)least;
            if (a[0] < b[0] || (a[0] == b[0] && a[1] < b[1])) {
                least = i;
            }
        }
        int64_t *turned = xy + 2 * (size_t)n;
        uint64_t hashes[2];
        for (uint32_t way = 0; way < 2; way++) {
            for (uint32_t i = 0; i < n; i++) {
                uint32_t from = way == 0 ? (least + i) % n : (least + n - i) % n;
                memcpy(turned + 2 * (size_t)i, xy + 2 * (size_t)from, 16);
            }
            hashes[way] = pk_hash64(turned, 16 * (size_t)n, ring->role);
        }
        sum += hashes[0] < hashes[1] ? hashes[0] : hashes[1];
    }
    return sum;
}

static void note_use(struct loader *l, const struct pk_part_row *row,
                     const struct regulation_info *r, uint32_t feature)
{
    if (l->use_count == l->use_cap) {
        l->use_cap = l->use_cap > 0 ? 2 * l->use_cap : 64;
        l->uses = pk_xrealloc(l->uses, l->use_cap, sizeof(*l->uses));
    }
    l->uses[l->use_count++] =
        (struct use_area){r->plan, shape_hash(l->p, &row->geom), feature, r};
}

/* The values with the rotation that this part came with. */
static void turn_values(struct prep *p, struct prep_feature *f, double rotation)
{
    struct pk_value *v = pk_arena_alloc(&p->arena, PK_COUNT(use_keys), sizeof(*v));
    memcpy(v, f->values, sizeof(*v) * PK_COUNT(use_keys));
    v[ROTATION] = prep_number(rotation);
    f->values = v;
}

/* The two ends of a fence or an exit ban, beside the line itself. */
static void add_ends(struct loader *l, const struct pk_part_row *row,
                     const struct regulation_info *r, const struct prep_feature *like)
{
    struct prep *p = l->p;
    struct prep_end ends[2];
    bool has_ends = prep_line_ends(&row->geom, ends);
    for (uint32_t i = 0; has_ends && i < 2; i++) {
        struct pk_geom point;
        struct pk_geom_builder *b = pk_geom_begin(&p->scratch, PK_GEOM_POINT, false);
        pk_geom_ring(b, PK_RING_OPEN);
        pk_geom_vertex(b, ends[i].x, ends[i].y, 0);
        if (pk_geom_done(&point, b, NULL) != PK_OK) {
            continue; /* no more than a point of a line that was read */
        }
        struct prep_feature f = *like;
        f.part = PREP_END_PART + 2 * row->part + i;
        turn_values(p, &f, ends[i].rotation);
        struct pk_value *v = (struct pk_value *)f.values; /* made just now */
        v[SYMBOL] = prep_text(p, r->end_symbol);
        v[USE_LABEL] = (struct pk_value){.type = PK_VALUE_NULL};
        prep_add(p, &f, &point, NULL, row->crs, PK_TOPO_NONE);
    }
}

static bool visit_regulation_part(const struct pk_part_row *row, void *ctx)
{
    struct loader *l = ctx;
    struct prep *p = l->p;
    const struct regulation_info *r =
        l->regulation_count == 0 ? NULL
                                 : bsearch(&row->id, l->regulations, l->regulation_count,
                                           sizeof(*l->regulations), compare_by_id);
    if (r != NULL) {
        uint8_t section = r->kind == PREP_USE              ? SECTION_USE
                          : r->kind == PREP_ADMINISTRATIVE ? SECTION_ADMIN
                                                           : SECTION_PROPERTY;
        struct prep_feature f = {.id = row->id,
                                 .plan = r->plan,
                                 .key = pk_draw_key(row->id, sections[section].name),
                                 .part = row->part,
                                 .section = section,
                                 .min_band = PK_BAND_MIN,
                                 .labelled = true,
                                 .values = r->values};
        uint32_t owner = PK_TOPO_NONE, before = p->feature_count;
        if (row->geom.kind == PK_GEOM_AREA) {
            owner = owner_of(l, r->kind, r->phase, r->stage, row->id, r->plan);
        }
        prep_add(p, &f, &row->geom, row->label, row->crs, owner);
        if (p->feature_count > before && p->features[before].delivered) {
            turn_values(p, &p->features[before], p->features[before].angle);
        }
        if (r->end_symbol != NULL) {
            add_ends(l, row, r, &f);
        }
        if (r->kind == PREP_USE && p->feature_count > before) {
            note_use(l, row, r, before);
        }
    }
    pk_arena_reset(&p->scratch);
    return true;
}

/* ---- combined uses ---- */

static int compare_uses(const void *a, const void *b)
{
    const struct use_area *x = a, *y = b;
    int d = pk_id_compare(x->plan, y->plan);
    if (d == 0) {
        d = (x->shape > y->shape) - (x->shape < y->shape);
    }
    if (d == 0) {
        d = (int)y->regulation->main_use - (int)x->regulation->main_use;
    }
    if (d == 0) {
        d = strcmp(x->regulation->letter, y->regulation->letter);
    }
    if (d == 0) {
        d = strcmp(x->regulation->index, y->regulation->index);
    }
    return d != 0 ? d : pk_id_compare(x->regulation->id, y->regulation->id);
}

/* Letters of identical areas in one word ("RS"), or with blanks when they are words
 * ("GATA TORG"); the first of them is the main one and carries the label of all. */
static void combine(struct loader *l, const struct use_area *uses, uint32_t count)
{
    struct prep *p = l->p;
    struct pk_buf letters, label;
    pk_buf_init(&letters, 4000);
    pk_buf_init(&label, 4000);
    bool words = false;
    for (uint32_t i = 0; i < count; i++) {
        words |= strlen(uses[i].regulation->letter) > 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct regulation_info *r = uses[i].regulation;
        bool again = i > 0 && strcmp(r->letter, uses[i - 1].regulation->letter) == 0;
        bool same = again && strcmp(r->index, uses[i - 1].regulation->index) == 0;
        if (!again) {
            pk_buf_adds(&letters, words && letters.len > 0 ? " " : "");
            pk_buf_adds(&letters, r->letter);
        }
        if (!same) {
            pk_buf_adds(&label, words && label.len > 0 ? " " : "");
            prep_add_letters(&label, r->letter, r->index);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        struct prep_feature *f = &p->features[uses[i].feature];
        struct pk_value *v = pk_arena_alloc(&p->arena, PK_COUNT(use_keys), sizeof(*v));
        memcpy(v, f->values, sizeof(*v) * PK_COUNT(use_keys));
        if (letters.len > 0) {
            v[USE_USES] = prep_text(p, letters.data);
        }
        if (i == 0 && label.len > 0) {
            v[USE_LABEL] = prep_text(p, label.data);
        }
        v[USE_MAIN] = prep_bool(i == 0);
        f->values = v;
        f->labelled = i == 0;
    }
    pk_buf_finish(&letters);
    pk_buf_finish(&label);
}

static void combine_uses(struct loader *l)
{
    if (l->use_count > 0) {
        qsort(l->uses, l->use_count, sizeof(*l->uses), compare_uses);
    }
    for (uint32_t i = 0; i < l->use_count;) {
        uint32_t end = i + 1;
        while (end < l->use_count && l->uses[end].shape == l->uses[i].shape &&
               pk_id_equal(l->uses[end].plan, l->uses[i].plan)) {
            end++;
        }
        combine(l, l->uses + i, end - i);
        i = end;
    }
}

/* ---- all of it ---- */

static enum pk_status load_rows(struct loader *l, struct pk_store *store, int64_t version,
                                const struct pk_id *plan, struct pk_error *err)
{
    struct pk_rows rows = {.plan = plan};
    struct pk_rows one = {.id = plan};
    const struct pk_store_ops *ops = store->ops;
    struct pk_arena *arena = &l->p->scratch;
    enum pk_status status = ops->plans(store, version, &one, visit_plan, l, arena, err);
    if (status == PK_OK) {
        status = ops->plan_parts(store, version, &one, visit_plan_part, l, arena, err);
    }
    if (status == PK_OK) {
        status = ops->regulations(store, version, &rows, visit_regulation, l, arena, err);
    }
    if (status == PK_OK) {
        status = ops->regulation_parts(store, version, &rows, visit_regulation_part, l,
                                       arena, err);
    }
    return status;
}

enum pk_status prep_load_plans(struct prep *p, struct pk_store *store, int64_t version,
                               const char *legal_day, const struct prep_ids *only,
                               struct pk_error *err)
{
    struct loader l = {.p = p, .legal_day = legal_day, .only = only};
    enum pk_status status = PK_OK;
    memcpy(p->sections, sections, sizeof(sections));
    p->section_count = PREP_PLAN_SECTIONS;
    p->simplified = true;
    if (only == NULL) {
        status = load_rows(&l, store, version, NULL, err);
    } else {
        for (uint32_t i = 0; status == PK_OK && i < only->count; i++) {
            /* Lists are searched by id: one plan's rows at a time, each with its own. */
            l.plan_count = l.regulation_count = 0;
            status = load_rows(&l, store, version, &only->ids[i], err);
            combine_uses(&l);
            l.use_count = 0;
        }
    }
    if (status == PK_OK) {
        combine_uses(&l);
        prep_build(p, true);
        prep_make_arcs(p, SECTION_BOUNDARY);
    }
    free(l.plans);
    free(l.regulations);
    free(l.uses);
    return status;
}
