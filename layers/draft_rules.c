/*
 * draft_rules.c - the rules (layers/rules.h) over what a draft holds: plans out of their
 * rows, the municipality's border, and plans in force over each other.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/area_rows.h"
#include "layers/draft_internal.h"
#include "layers/municipalities.h"

struct border {
    char *name; /* key */
    int64_t row_id;
};

struct draft_rules {
    struct pk_arena plan_arena; /* what a plan is made of */
    struct pk_arena arena;      /* of the rules' work */
    struct border *borders;
    uint32_t border_count;
    bool borders_read;
    sqlite3_stmt *counts, *plan, *plan_parts, *regulations, *regulation_parts;
    struct pk_rule_part *parts; /* of the plan's regulations, in their order */
    uint32_t part_count, at;    /* at: the regulation that parts are of now */
    json_t **documents;         /* details of the plan at hand */
    uint32_t document_count;
};

static const struct {
    size_t at;
    const char *sql;
} statements[] = {
    {offsetof(struct draft_rules, counts),
     "SELECT (SELECT count(*) FROM plan_part WHERE feature_id = ?3 AND +draft_id = ?1 "
     "AND from_version IS NULL), (SELECT count(*) FROM regulation WHERE plan_id = ?3 "
     "AND +draft_id = ?1 AND from_version IS NULL), (SELECT count(*) FROM "
     "regulation_part WHERE plan_id = ?3 AND +draft_id = ?1 AND from_version IS NULL)"           },
    {offsetof(struct draft_rules, plan),             "SELECT details FROM plan WHERE row_id = ?2"},
    {offsetof(struct draft_rules, plan_parts),
     "SELECT feature_id, crs, original, details FROM plan_part "
     "WHERE feature_id = ?3 AND +draft_id = ?1 AND from_version IS NULL ORDER BY part"           },
    {offsetof(struct draft_rules, regulations),
     "SELECT feature_id, kind, form, symbol, wording, details, letter FROM regulation "
     "WHERE plan_id = ?3 AND +draft_id = ?1 AND from_version IS NULL "
     "ORDER BY feature_id"                                                                       },
    {offsetof(struct draft_rules, regulation_parts),
     "SELECT feature_id, crs, original, details FROM regulation_part "
     "WHERE plan_id = ?3 AND +draft_id = ?1 AND from_version IS NULL "
     "ORDER BY feature_id, part"                                                                 },
};

static sqlite3_stmt **statement(struct draft_rules *r, size_t i)
{
    return (sqlite3_stmt **)(void *)((char *)r + statements[i].at);
}

static enum pk_status begin(struct pk_draft *d, struct pk_error *err)
{
    enum pk_status status = PK_OK;

    if (d->rules)
        return PK_OK;
    d->rules = pk_xcalloc(1, sizeof(*d->rules));
    for (size_t i = 0; i < PK_COUNT(statements) && !status; i++)
        status = pk_db_prepare(statement(d->rules, i), d->db, statements[i].sql, err);
    return status;
}

static void forget_documents(struct draft_rules *r)
{
    for (uint32_t i = 0; i < r->document_count; i++)
        json_decref(r->documents[i]);
    r->document_count = 0;
}

void draft_rules_finish(struct pk_draft *d)
{
    struct draft_rules *r = d->rules;

    if (!r)
        return;
    forget_documents(r);
    for (size_t i = 0; i < PK_COUNT(statements); i++)
        sqlite3_finalize(*statement(r, i));
    for (uint32_t i = 0; i < r->border_count; i++)
        free(r->borders[i].name);
    pk_arena_finish(&r->plan_arena);
    pk_arena_finish(&r->arena);
    free(r->borders);
    free(r->documents);
    free(r);
    d->rules = NULL;
}

/* ---- a plan out of its rows ---- */

static const json_t *document_at(struct draft_rules *r, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    json_t *object = NULL;

    if (!text || pk_json_parse(&object, text, (size_t)sqlite3_column_bytes(s, column),
                               PK_STREAM_JSON_MAX, NULL))
        return NULL;
    if ((r->document_count & (r->document_count + 1)) == 0)
        r->documents = pk_xrealloc(r->documents, 2 * ((size_t)r->document_count + 1),
                                   sizeof(*r->documents));
    r->documents[r->document_count++] = object;
    return object;
}

static struct pk_id id_at(sqlite3_stmt *s, int column)
{
    struct pk_id id = {{0}};

    if (sqlite3_column_bytes(s, column) == (int)sizeof(id.b))
        memcpy(id.b, sqlite3_column_blob(s, column), sizeof(id.b));
    return id;
}

static const char *text_at(struct draft_rules *r, sqlite3_stmt *s, int column)
{
    return pk_arena_strdup(&r->plan_arena, (const char *)sqlite3_column_text(s, column));
}

static void bind(struct pk_draft *d, sqlite3_stmt *s, const struct draft_plan *plan)
{
    sqlite3_bind_int64(s, 1, d->id);
    if (sqlite3_bind_parameter_count(s) >= 2)
        sqlite3_bind_int64(s, 2, plan->row_id);
    if (sqlite3_bind_parameter_count(s) >= 3)
        sqlite3_bind_blob(s, 3, plan->id.b, sizeof(plan->id.b), SQLITE_STATIC);
}

/* A part as it was delivered, in the plan's system. */
static enum pk_status read_part(struct pk_rule_part *out, struct pk_draft *d,
                                struct pk_rule_plan *plan, sqlite3_stmt *s,
                                struct pk_error *err)
{
    struct draft_rules *r = d->rules;
    enum pk_status status;

    *out = (struct pk_rule_part){.crs = sqlite3_column_int(s, 1), .valid = true};
    out->details = document_at(r, s, 3);
    status = pk_geom_read(&out->geom, sqlite3_column_blob(s, 2),
                          (size_t)sqlite3_column_bytes(s, 2), &r->plan_arena, err);
    if (status)
        return status;
    if (plan->crs == 0)
        plan->crs = pk_crs_is_degrees(out->crs) || out->crs == 3857 ? 3006 : out->crs;
    if (out->crs != plan->crs) {
        struct pk_geom moved;

        if (pk_crs_transform_geom(d->crs, out->crs, plan->crs, &out->geom, &moved,
                                  &r->plan_arena, NULL)) {
            plan->broken = true; /* out of reach: that is told by the draft */
            return PK_OK;
        }
        out->geom = moved;
    }
    out->box = pk_geom_box(&out->geom);
    if (out->geom.kind == PK_GEOM_AREA &&
        (pk_overlay_valid(&out->valid, NULL, d->overlay, &out->geom, NULL) ||
         !out->valid)) {
        out->valid = false;
        plan->broken = true;
    }
    return PK_OK;
}

static enum pk_status
each_row(struct pk_draft *d, const struct draft_plan *plan, sqlite3_stmt *s,
         enum pk_status (*see)(struct pk_draft *d, struct pk_rule_plan *out,
                               sqlite3_stmt *s, struct pk_error *err),
         struct pk_rule_plan *out, struct pk_error *err)
{
    enum pk_status status = PK_OK;
    int rc;

    bind(d, s, plan);
    while (!status && (rc = sqlite3_step(s)) != SQLITE_DONE)
        status = rc == SQLITE_ROW ? see(d, out, s, err)
                                  : pk_db_fail(d->db, "plan of the draft", err);
    sqlite3_reset(s);
    return status;
}

static enum pk_status see_plan(struct pk_draft *d, struct pk_rule_plan *out,
                               sqlite3_stmt *s, struct pk_error *err)
{
    (void)err;
    out->details = document_at(d->rules, s, 0);
    return PK_OK;
}

static enum pk_status see_plan_part(struct pk_draft *d, struct pk_rule_plan *out,
                                    sqlite3_stmt *s, struct pk_error *err)
{
    return read_part(&out->parts[out->part_count++], d, out, s, err);
}

/* How people know it: letter and index, wording, or the id at last. */
static const char *name_of(struct draft_rules *r, const struct pk_rule_regulation *reg)
{
    const char *letter = draft_text(reg->details, "beteckning");
    const char *index = draft_text(reg->details, "index");
    char id[PK_ID_TEXT];

    if (letter && reg->wording)
        return pk_arena_printf(&r->plan_arena, "%s%s %s", letter, index ? index : "",
                               reg->wording);
    if (reg->wording)
        return reg->wording;
    if (letter)
        return letter;
    pk_id_format(id, reg->id);
    return pk_arena_strdup(&r->plan_arena, id);
}

static enum pk_status see_regulation(struct pk_draft *d, struct pk_rule_plan *out,
                                     sqlite3_stmt *s, struct pk_error *err)
{
    struct draft_rules *r = d->rules;
    struct pk_rule_regulation *reg = &out->regulations[out->regulation_count++];
    const char *entry;
    struct pk_id id;

    (void)err;
    *reg = (struct pk_rule_regulation){
        .id = id_at(s, 0),
        .kind = pk_regulation_kind_of((const char *)sqlite3_column_text(s, 1)),
        .form = text_at(r, s, 2),
        .symbol = text_at(r, s, 3),
        .wording = text_at(r, s, 4),
        .details = document_at(r, s, 5)};
    reg->code = draft_text(reg->details, "bestammelsekod");
    entry = draft_text(reg->details, "planbestammelsekatalogreferens");
    if (entry && pk_id_parse(&id, entry))
        reg->entry = pk_catalogue_find(d->catalogue, id);
    if (reg->entry) {
        struct pk_plan_class c = {.kind = reg->kind,
                                  .code = reg->entry->code,
                                  .wording = reg->wording,
                                  .form = reg->entry->form,
                                  .symbol = reg->entry->symbol};

        pk_plan_classify(&c, &r->plan_arena);
        reg->code = reg->code ? reg->code : reg->entry->code;
        reg->form = c.form ? c.form : reg->form;
        reg->symbol = c.symbol ? c.symbol : reg->symbol;
    }
    reg->name = name_of(r, reg);
    return PK_OK;
}

/* Parts come in the order of their regulations, so those of one lie together. */
static enum pk_status see_regulation_part(struct pk_draft *d, struct pk_rule_plan *out,
                                          sqlite3_stmt *s, struct pk_error *err)
{
    struct draft_rules *r = d->rules;
    struct pk_id id = id_at(s, 0);
    struct pk_rule_regulation *reg;
    struct pk_rule_part *part;

    while (r->at < out->regulation_count &&
           pk_id_compare(out->regulations[r->at].id, id) < 0)
        r->at++;
    if (r->at == out->regulation_count || !pk_id_equal(out->regulations[r->at].id, id))
        return PK_OK; /* a part without its regulation: told when it was taken */
    reg = &out->regulations[r->at];
    part = &r->parts[r->part_count++];
    if (reg->part_count++ == 0)
        reg->parts = part;
    return read_part(part, d, out, s, err);
}

static enum pk_status see_counts(struct pk_draft *d, struct pk_rule_plan *out,
                                 sqlite3_stmt *s, struct pk_error *err)
{
    struct pk_arena *arena = &d->rules->plan_arena;

    (void)err;
    out->parts = pk_arena_alloc(arena, (size_t)sqlite3_column_int64(s, 0) + 1,
                                sizeof(*out->parts));
    out->regulations = pk_arena_alloc(arena, (size_t)sqlite3_column_int64(s, 1) + 1,
                                      sizeof(*out->regulations));
    d->rules->parts = pk_arena_alloc(arena, (size_t)sqlite3_column_int64(s, 2) + 1,
                                     sizeof(*d->rules->parts));
    d->rules->part_count = d->rules->at = 0;
    return PK_OK;
}

static enum pk_status read_plan(struct pk_rule_plan *out, struct pk_draft *d,
                                const struct draft_plan *plan, struct pk_error *err)
{
    struct draft_rules *r = d->rules;
    enum pk_status status;

    *out = (struct pk_rule_plan){.id = plan->id, .name = plan->label};
    status = each_row(d, plan, r->counts, see_counts, out, err);
    if (!status)
        status = each_row(d, plan, r->plan, see_plan, out, err);
    if (!status)
        status = each_row(d, plan, r->plan_parts, see_plan_part, out, err);
    if (!status)
        status = each_row(d, plan, r->regulations, see_regulation, out, err);
    if (!status)
        status = each_row(d, plan, r->regulation_parts, see_regulation_part, out, err);
    return status;
}

/* ---- faults become findings ---- */

struct teller {
    struct pk_draft *d;
    struct draft_source *source;
};

static void on_fault(void *ctx, const struct pk_rule_fault *fault)
{
    struct teller *t = ctx;
    struct pk_draft *d = t->d;
    int crs = fault->plan->crs;
    struct pk_geom moved;
    double xy[2] = {fault->x, fault->y};
    struct draft_fault f = {
        .what = {fault->rule->id, pk_level_name(fault->level),
                 fault->regulation ? fault->regulation->name : fault->plan->name, NULL,
                 fault->has_point, 0, 0},
        .plan = fault->plan->id,
        .detail = fault->detail,
        .geom = fault->geom,
        .repair = fault->rule->repair
    };

    if (fault->regulation)
        f.object = fault->regulation->id;
    if (fault->has_point && crs != 3006 &&
        pk_crs_transform(d->crs, crs, 3006, xy, 1, NULL))
        f.what.has_point = false;
    f.what.x = xy[0];
    f.what.y = xy[1];
    if (fault->geom && crs != 3006) {
        f.geom = pk_crs_transform_geom(d->crs, crs, 3006, fault->geom, &moved,
                                       &d->rules->arena, NULL)
                     ? NULL
                     : &moved;
    }
    draft_fault(d, t->source, &f, fault->text, fault->rule->fix, fault->args);
}

static struct draft_source *source_of(struct pk_draft *d, const struct draft_plan *plan)
{
    return &d->sources[plan->source];
}

/* A finding of a rule that has no function: told here. */
static void tell(struct pk_draft *d, const struct draft_plan *plan,
                 const struct pk_rule *rule, enum pk_msg_id text, const char *detail,
                 const struct pk_geom *geom, const double *point, const char *const *args)
{
    struct draft_source *source = source_of(d, plan);
    struct draft_fault f = {
        .what = {rule->id, pk_level_name(rule->level[source->profile]), plan->label, NULL,
                 point != NULL, point ? point[0] : 0, point ? point[1] : 0},
        .plan = plan->id,
        .detail = detail,
        .geom = geom
    };

    draft_fault(d, source, &f, text, rule->fix, args);
}

/* ---- the municipality's border ---- */

static enum pk_status read_borders(struct pk_draft *d, struct pk_error *err)
{
    static const char sql[] =
        "SELECT f.title, f.row_id FROM layer l JOIN feature f ON f.layer_id = l.layer_id "
        "WHERE l.role = 'municipality' AND f.title IS NOT NULL AND f.geom_kind = 3 "
        "AND ((l.from_version IS NULL AND l.draft_id = ?1) OR "
        "(l.to_version = ?2 AND l.from_version IS NOT NULL)) "
        "AND ((f.from_version IS NULL AND f.draft_id = ?1) OR "
        "(f.to_version = ?2 AND f.from_version IS NOT NULL)) "
        "GROUP BY f.row_id ORDER BY f.row_id";
    struct draft_rules *r = d->rules;
    sqlite3_stmt *s;
    int rc;
    enum pk_status status = r->borders_read ? PK_OK : pk_db_prepare(&s, d->db, sql, err);

    if (status || r->borders_read)
        return status;
    r->borders_read = true;
    sqlite3_bind_int64(s, 1, d->id);
    sqlite3_bind_int64(s, 2, PK_OPEN_END);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *key = pk_text_key(&r->arena, (const char *)sqlite3_column_text(s, 0));

        if (!key)
            continue;
        r->borders =
            pk_xrealloc(r->borders, (size_t)r->border_count + 1, sizeof(*r->borders));
        r->borders[r->border_count++] =
            (struct border){pk_xstrdup(key), sqlite3_column_int64(s, 1)};
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "borders of municipalities", err);
    sqlite3_finalize(s);
    return status;
}

static enum pk_status border_area(struct pk_geom *out, struct pk_draft *d, int64_t row,
                                  struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status =
        pk_db_prepare(&s, d->db, "SELECT geometry FROM feature WHERE row_id = ?1", err);

    if (status)
        return status;
    sqlite3_bind_int64(s, 1, row);
    status = pk_area_rows(out, d->db, s, &d->rules->arena, err);
    sqlite3_finalize(s);
    return status;
}

/* The first vertex of the plan that lies farther outside than the tolerance. */
static bool vertex_outside(double out[2], const struct pk_geom *plan,
                           const struct pk_geom *border, double tolerance)
{
    for (uint32_t i = 0; i < plan->vertex_count; i++) {
        double x = plan->xy[2 * i], y = plan->xy[2 * i + 1];

        if (!pk_geom_covers(border, x, y) &&
            pk_geom_edge_distance(border, x, y) > tolerance) {
            out[0] = x;
            out[1] = y;
            return true;
        }
    }
    return false;
}

static enum pk_status inside_border(struct pk_draft *d, const struct draft_plan *plan,
                                    const struct pk_rule_plan *p, struct pk_error *err)
{
    const struct pk_rule *rule = pk_rule_named("P-MUNICIPALITY");
    struct draft_rules *r = d->rules;
    const char *name = draft_text(p->details, "kommun");
    const char *code = name ? pk_municipality_code(name, &r->arena) : NULL;
    const char *known = pk_municipality_name(code);
    const char *key = known ? pk_text_key(&r->arena, known)
                            : (name ? pk_text_key(&r->arena, name) : NULL);
    enum pk_status status = PK_OK;

    for (uint32_t i = 0; key && i < r->border_count && !status; i++) {
        struct pk_geom border, working;
        double at[2];

        if (strcmp(r->borders[i].name, key) != 0)
            continue;
        status = border_area(&border, d, r->borders[i].row_id, err);
        for (uint32_t k = 0; !status && border.ring_count && k < p->part_count; k++) {
            const char *args[] = {"name", name, NULL};

            working = p->parts[k].geom;
            if (p->crs != 3006 &&
                pk_crs_transform_geom(d->crs, p->crs, 3006, &p->parts[k].geom, &working,
                                      &r->arena, NULL))
                continue;
            if (!vertex_outside(at, &working, &border, rule->tolerance))
                continue;
            tell(d, plan, rule, PK_MSG_RULE_P_MUNICIPALITY_OUTSIDE, name, &working, at,
                 args);
            break;
        }
    }
    return status;
}

/* ---- one plan ---- */

enum pk_status draft_rules_plan(struct pk_draft *d, const struct draft_plan *plan,
                                struct pk_error *err)
{
    struct teller teller = {d, source_of(d, plan)};
    struct pk_rule_run run = {.overlay = d->overlay,
                              .catalogue = d->catalogue,
                              .profile = teller.source->profile,
                              .today = pk_date_stockholm(time(NULL)),
                              .found = on_fault,
                              .ctx = &teller};
    struct pk_rule_plan p;
    enum pk_status status;

    if (run.profile == PK_PROFILE_LAGER)
        return PK_OK;
    status = begin(d, err);
    if (!status)
        status = read_borders(d, err);
    if (status)
        return status;
    pk_arena_reset(&d->arena);
    pk_arena_reset(&d->rules->plan_arena);
    pk_arena_reset(&d->rules->arena);
    run.arena = &d->rules->arena;
    status = read_plan(&p, d, plan, err);
    if (!status) {
        pk_rules_run(&run, &p);
        status = inside_border(d, plan, &p, err);
    }
    forget_documents(d->rules);
    return status;
}

/* ---- DP-0001 ---- */

/* Rows as they will be when the draft is published. */
#define WILL_BE(t, table)                                                                \
    "((" t ".from_version IS NULL AND " t ".draft_id = ?1) OR (" t                       \
    ".to_version = ?2 AND " t ".from_version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " \
    "draft_end e WHERE e.draft_id = ?1 AND e.table_name = '" table "' AND e.row_id = " t \
    ".row_id)))"

static enum pk_status area_of(struct pk_geom *out, struct pk_draft *d, struct pk_id id,
                              struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status =
        pk_db_prepare(&s, d->db,
                      "SELECT geometry FROM plan_part WHERE feature_id = ?3 AND " WILL_BE(
                          "plan_part", "plan_part"),
                      err);

    if (status)
        return status;
    sqlite3_bind_int64(s, 1, d->id);
    sqlite3_bind_int64(s, 2, PK_OPEN_END);
    sqlite3_bind_blob(s, 3, id.b, sizeof(id.b), SQLITE_STATIC);
    status = pk_area_rows(out, d->db, s, &d->rules->plan_arena, err);
    sqlite3_finalize(s);
    return status;
}

static enum pk_status compare(struct pk_draft *d, const struct draft_plan *plan,
                              const struct pk_geom *own, struct pk_id other,
                              const char *label, struct pk_error *err)
{
    const struct pk_rule *rule = pk_rule_named("DP-0001");
    struct pk_arena *arena = &d->rules->plan_arena;
    struct pk_geom theirs, both, core;
    char area[32], id[PK_ID_TEXT];
    double at[2], room;
    const char *args[] = {"one",  plan->label, "other", label ? label : "-",
                          "area", area,        NULL};
    enum pk_status status = area_of(&theirs, d, other, err);

    /* What is thinner than the tolerance is two drawings of one border. */
    if (status || theirs.ring_count == 0 ||
        pk_overlay_intersection(&both, d->overlay, own, &theirs, arena, NULL) ||
        both.ring_count == 0 ||
        pk_overlay_grow(&core, d->overlay, &both, -rule->tolerance / 2, arena, NULL) ||
        core.ring_count == 0)
        return status;
    pk_text_fixed(area, sizeof(area), pk_geom_area(&both), 1);
    pk_id_format(id, other);
    pk_geom_label_point(&both, 0.1, &at[0], &at[1], &room);
    tell(d, plan, rule, rule->text, id, &both, at, args);
    return PK_OK;
}

/* Others in force whose box touches, that no replacement row settles this one with. */
static const char others_sql[] =
    "SELECT DISTINCT p.feature_id, p.designation, p.from_version IS NULL "
    "FROM idx_plan_part_geometry i JOIN plan_part q ON q.row_id = i.pkid "
    "JOIN plan p ON p.feature_id = q.feature_id "
    "WHERE i.xmin <= ?6 AND i.xmax >= ?4 AND i.ymin <= ?7 AND i.ymax >= ?5 "
    "AND p.status = 'laga kraft' AND p.feature_id <> ?3 "
    "AND " WILL_BE("q", "plan_part") " AND " WILL_BE(
        "p", "plan") " AND NOT EXISTS (SELECT 1 FROM replacement r WHERE "
                     "((r.older_plan = ?3 AND r.newer_plan = p.feature_id) OR "
                     "(r.newer_plan = ?3 AND r.older_plan = p.feature_id)) "
                     "AND " WILL_BE("r", "replacement") ") ORDER BY p.feature_id";

static enum pk_status with_others(struct pk_draft *d, sqlite3_stmt *s,
                                  const struct draft_plan *plan, struct pk_error *err)
{
    struct pk_geom own;
    struct pk_box box;
    enum pk_status status = area_of(&own, d, plan->id, err);
    int rc = SQLITE_DONE;

    if (status || own.ring_count == 0)
        return status;
    box = pk_geom_box(&own);
    sqlite3_bind_int64(s, 1, d->id);
    sqlite3_bind_int64(s, 2, PK_OPEN_END);
    sqlite3_bind_blob(s, 3, plan->id.b, sizeof(plan->id.b), SQLITE_STATIC);
    sqlite3_bind_double(s, 4, box.min_x);
    sqlite3_bind_double(s, 5, box.min_y);
    sqlite3_bind_double(s, 6, box.max_x);
    sqlite3_bind_double(s, 7, box.max_y);
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct pk_id other = id_at(s, 0);

        /* Of two in the draft, one tells. */
        if (!sqlite3_column_int(s, 2) || pk_id_compare(plan->id, other) < 0)
            status = compare(d, plan, &own, other,
                             (const char *)sqlite3_column_text(s, 1), err);
    }
    if (!status && rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "plans on the same ground", err);
    sqlite3_reset(s);
    return status;
}

/* Is the plan, as it stands in the draft now, in force? Unchanged ones have no row. */
static enum pk_status in_force(bool *out, struct pk_draft *d,
                               const struct draft_plan *plan, struct pk_error *err)
{
    sqlite3_stmt *s;
    enum pk_status status =
        pk_db_prepare(&s, d->db,
                      "SELECT status = 'laga kraft' FROM plan WHERE row_id = ?1 "
                      "AND draft_id = ?2 AND from_version IS NULL",
                      err);

    *out = false;
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, plan->row_id);
    sqlite3_bind_int64(s, 2, d->id);
    if (sqlite3_step(s) == SQLITE_ROW)
        *out = sqlite3_column_int(s, 0) != 0;
    sqlite3_finalize(s);
    return PK_OK;
}

enum pk_status draft_rules_across(struct pk_draft *d, struct pk_error *err)
{
    const struct pk_rule *rule = pk_rule_named("DP-0001");
    sqlite3_stmt *s = NULL;
    enum pk_status status = d->plan_count ? begin(d, err) : PK_OK;

    if (!status && d->plan_count)
        status = pk_db_prepare(&s, d->db, others_sql, err);
    for (uint32_t i = 0; i < d->plan_count && !status; i++) {
        const struct draft_plan *plan = &d->plans[i];
        bool force = false;

        if (plan->refused || plan->held || source_of(d, plan)->failed ||
            rule->level[source_of(d, plan)->profile] == PK_LEVEL_OFF)
            continue;
        status = in_force(&force, d, plan, err);
        pk_arena_reset(&d->arena);
        pk_arena_reset(&d->rules->plan_arena);
        if (!status && force)
            status = with_others(d, s, plan, err);
    }
    sqlite3_finalize(s);
    return status;
}
