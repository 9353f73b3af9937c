/* draft_plan.c - records of plans and regulations into draft rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/draft_internal.h"

static const char *const statuses[] = {"påbörjad",   "samråd",     "granskning",
                                       "antagen",    "överklagad", "tillsyn",
                                       "laga kraft", "upphävd",    "avslutad"};

const char *draft_text(const json_t *object, const char *key)
{
    const char *text = pk_jget_string(object, key);

    return text && text[0] ? text : NULL;
}

static void bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(stmt, at);
}

static void bind_id(sqlite3_stmt *stmt, int at, struct pk_id id)
{
    sqlite3_bind_blob(stmt, at, id.b, sizeof(id.b), SQLITE_TRANSIENT);
}

/* The object as it is kept: canonical, without the stream's own names. */
static char *details_of(const json_t *object)
{
    json_t *copy = json_copy((json_t *)object);
    char *text;

    json_object_del(copy, "ref");
    json_object_del(copy, "key");
    text = pk_json_canonical(copy);
    json_decref(copy);
    return text;
}

/* ---- plans ---- */

/* A known status in its own spelling, else the text as it came. */
static const char *status_of(struct pk_draft *d, const json_t *object, const char *label)
{
    const char *text = draft_text(object, "status");
    const char *fold = text ? pk_text_fold(&d->arena, text) : NULL;
    struct draft_finding what = {"P-STATUS", "warning", label, NULL, false, 0, 0};
    const char *args[] = {"status", text, NULL};

    if (!text)
        return NULL;
    for (size_t i = 0; fold && i < PK_COUNT(statuses); i++) {
        if (strcmp(fold, statuses[i]) == 0)
            return statuses[i];
    }
    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_STATUS, PK_MSG_RPT_STATUS_FIX,
                  args);
    return text;
}

static const char *date_of(struct pk_draft *d, const char *text, const char *field,
                           const char *label)
{
    pk_date day = text ? pk_date_parse(text) : PK_DATE_NONE;
    struct draft_finding what = {"P-DATE", "warning", label, NULL, false, 0, 0};
    const char *args[] = {"date", text, "field", field, NULL};
    char *out;

    if (!text)
        return NULL;
    if (day == PK_DATE_NONE) {
        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_DATE, PK_MSG_RPT_DATE_FIX,
                      args);
        return NULL;
    }
    out = pk_arena_alloc(&d->arena, PK_DATE_TEXT, 1);
    pk_date_format(out, day);
    return out;
}

/* The first day on which the plan, or a part of it, came into force. */
static const char *in_force_of(struct pk_draft *d, const json_t *object,
                               const char *label)
{
    const json_t *list = pk_jget_array(object, "datumLagakraft");
    const char *first = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *day = json_string_value(json_array_get(list, i));

        day = date_of(d, day && day[0] ? day : NULL, "datumLagakraft", label);
        if (day && (!first || strcmp(day, first) < 0))
            first = day;
    }
    return first;
}

static bool plan_identity(struct pk_id *out, struct pk_draft *d, const json_t *object)
{
    const char *id = draft_text(object, "objektidentitet");
    const char *key = draft_text(object, "key"), *code = draft_text(object, "kommunkod");

    if (id && pk_id_parse(out, id))
        return !pk_id_is_zero(*out);
    if (!key)
        key = id ? id : draft_text(object, "beteckning");
    if (!code) {
        code = draft_text(object, "kommun");
        code = code ? pk_text_key(&d->arena, code) : NULL;
    }
    key = key ? pk_text_key(&d->arena, key) : NULL;
    if (!key || !key[0])
        return false;
    *out = pk_id_of("plan", code, key);
    return true;
}

static struct draft_plan *add_plan(struct pk_draft *d, const json_t *object,
                                   const char *label, struct pk_id id)
{
    uint32_t index = d->plan_count;
    char text[PK_ID_TEXT];
    static const char *const names[] = {"ref", "objektidentitet"};

    if ((d->plan_count & (d->plan_count + 1)) == 0)
        d->plans =
            pk_xrealloc(d->plans, 2 * ((size_t)d->plan_count + 1), sizeof(*d->plans));
    d->plans[d->plan_count++] = (struct draft_plan){
        .id = id, .label = pk_xstrdup(label), .source = d->source_count - 1};
    pk_id_format(text, id);
    draft_names_put(&d->names, text, THING_PLAN, index);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        const char *name = draft_text(object, names[i]);

        if (name)
            draft_names_put(&d->names, name, THING_PLAN, index);
    }
    return &d->plans[index];
}

static bool came_before(struct pk_draft *d, struct pk_id id, const char *label)
{
    struct draft_finding what = {"P-DUP", "error", label, NULL, false, 0, 0};
    const struct draft_name *known;
    char text[PK_ID_TEXT];
    const char *args[] = {"source", NULL, NULL};

    pk_id_format(text, id);
    known = draft_names_find(&d->plan_ids, text);
    if (!known) {
        draft_names_put(&d->plan_ids, text, THING_PLAN, d->plan_count);
        return false;
    }
    args[1] = d->sources[d->plans[known->index].source].name;
    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_PLAN_TWICE,
                  PK_MSG_RPT_PLAN_TWICE_FIX, args);
    return true;
}

static enum pk_status insert_plan(struct pk_draft *d, struct draft_plan *plan,
                                  const json_t *object, struct pk_error *err)
{
    sqlite3_stmt *s = d->insert_plan;
    char *details = details_of(object);
    const char *code = draft_text(object, "kommunkod");
    struct pk_id hash = pk_hash128(details, strlen(details));
    size_t bytes = strlen(details);
    double accuracy;
    enum pk_status status;

    bind_id(s, 1, plan->id);
    sqlite3_bind_int64(s, 2, d->id);
    bind_text(s, 3, code);
    bind_text(s, 4, draft_text(object, "kommun"));
    bind_text(s, 5, draft_text(object, "beteckning"));
    bind_text(s, 6, draft_text(object, "namn"));
    bind_text(s, 7, status_of(d, object, plan->label));
    bind_text(s, 8, draft_text(object, "typ"));
    bind_text(
        s, 9,
        date_of(d, draft_text(object, "datumAntagande"), "datumAntagande", plan->label));
    bind_text(s, 10, in_force_of(d, object, plan->label));
    if (pk_jget_number(object, "absolutLagesosakerhetPlan", &accuracy) &&
        isfinite(accuracy) && accuracy > 0)
        sqlite3_bind_double(s, 11, accuracy);
    else
        sqlite3_bind_null(s, 11);
    bind_text(s, 12, "plan-only");
    bind_text(s, 13, details);
    bind_id(s, 14, hash);
    free(details);
    status = draft_step(d, s, err);
    plan->row_id = sqlite3_last_insert_rowid(d->db->sql);
    return status ? status : draft_breathe(d, bytes, err);
}

enum pk_status draft_take_plan(struct pk_draft *d, const struct pk_record *r,
                               struct pk_error *err)
{
    struct draft_source *source = draft_source_now(d);
    const char *label = draft_text(r->object, "beteckning");
    const char *level = draft_text(r->object, "digitaliseringsniva");
    struct draft_plan *plan;
    struct pk_id id = {{0}};
    bool known, twice;

    if (!label)
        label = draft_text(r->object, "namn");
    if (!label)
        label = draft_text(r->object, "ref");
    if (!label)
        label = draft_text(r->object, "objektidentitet");
    label = label ? label : "-";
    if (!source->profile_given && source->profile == PK_PROFILE_LAGER)
        source->profile = PK_PROFILE_ALDRE;
    draft_count(source, "plan")->read++;
    known = plan_identity(&id, d, r->object);
    twice = known && came_before(d, id, label);
    plan = add_plan(d, r->object, label, id);
    if (!known) {
        struct draft_finding what = {"P-ID", "error", label, NULL, false, 0, 0};

        draft_finding(d, source, &what, PK_MSG_RPT_NO_IDENTITY,
                      PK_MSG_RPT_NO_IDENTITY_FIX, NULL);
    }
    if (!known || twice) {
        plan->refused = true;
        draft_count(source, "plan")->refused++;
        return PK_OK;
    }
    plan->incomplete = level && strcmp(level, "ej komplett") == 0;
    return insert_plan(d, plan, r->object, err);
}

static struct draft_plan *plan_named(struct pk_draft *d, const char *name,
                                     uint32_t *index)
{
    const struct draft_name *known = draft_names_find(&d->names, name);

    if (!known || known->thing != THING_PLAN)
        return NULL;
    if (index)
        *index = known->index;
    return &d->plans[known->index];
}

static void unknown_owner(struct pk_draft *d, const char *object, const char *name)
{
    struct draft_finding what = {"P-REF", "error", object, NULL, false, 0, 0};
    const char *args[] = {"name", name ? name : "-", NULL};

    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_NO_OWNER,
                  PK_MSG_RPT_NO_OWNER_FIX, args);
}

/* The geometry's two blobs: working form for SpatiaLite, delivered bytes. */
static void blobs(struct pk_draft *d, sqlite3_stmt *s, int working, int original,
                  const struct draft_geometry *g, const struct pk_record *r)
{
    pk_buf_clear(&d->blob);
    pk_geom_to_spatialite(&d->blob, &g->working, 3006);
    sqlite3_bind_blob64(s, working, d->blob.data, d->blob.len, SQLITE_TRANSIENT);
    if (original)
        sqlite3_bind_blob64(s, original, r->geom_bytes, r->geom_len, SQLITE_TRANSIENT);
}

/* What a part's record says besides its geometry, as it is kept; NULL when nothing. */
static char *part_details(const json_t *object)
{
    static const char *const ours[] = {"plan",  "regulation", "part",
                                       "crs",   "object",     "place",
                                       "label", "symbol",     "geometri"};
    json_t *copy = json_copy((json_t *)object);
    const char *key;
    json_t *value;
    void *next;
    char *text;

    for (size_t i = 0; i < PK_COUNT(ours); i++)
        json_object_del(copy, ours[i]);
    json_object_foreach_safe(copy, next, key, value)
    {
        if (json_is_null(value) ||
            (json_is_object(value) && json_object_size(value) == 0))
            json_object_del(copy, key);
    }
    text = json_object_size(copy) ? pk_json_canonical(copy) : NULL;
    json_decref(copy);
    return text;
}

static int crs_of(const json_t *object)
{
    long long crs = 0;

    pk_jget_int(object, "crs", &crs);
    return (int)crs;
}

enum pk_status draft_take_plan_part(struct pk_draft *d, const struct pk_record *r,
                                    struct pk_error *err)
{
    const char *name = draft_text(r->object, "plan");
    struct draft_plan *plan = plan_named(d, name, NULL);
    sqlite3_stmt *s = d->insert_plan_part;
    struct draft_geometry g;
    char *details;
    bool stop;
    enum pk_status status;

    if (!plan) {
        unknown_owner(d, name, name);
        return PK_OK;
    }
    if (plan->refused)
        return PK_OK;
    status = draft_geometry(&g, &stop, d, r, plan->label,
                            pk_jget_string(r->object, "place"), true, err);
    if (!status && !stop && g.working.kind != PK_GEOM_AREA) {
        struct draft_finding what = {
            "P-GEOM-KIND", "error", plan->label, NULL, false, 0, 0};

        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_PLAN_NO_AREA,
                      PK_MSG_RPT_PLAN_NO_AREA_FIX, NULL);
        stop = true;
    }
    if (status || stop) {
        plan->held = plan->held || stop;
        return status;
    }
    bind_id(s, 1, plan->id);
    sqlite3_bind_int64(s, 2, d->id);
    sqlite3_bind_int64(s, 3, ++plan->parts);
    sqlite3_bind_int(s, 4, crs_of(r->object));
    blobs(d, s, 8, 5, &g, r);
    sqlite3_bind_double(s, 6, g.area_m2);
    details = part_details(r->object);
    bind_id(s, 7,
            draft_geometry_hash(r, crs_of(r->object),
                                pk_arena_printf(&d->arena, "%s%s", g.repaired ? "r" : "",
                                                details ? details : "")));
    bind_text(s, 9, details);
    free(details);
    status = draft_step(d, s, err);
    return status ? status : draft_breathe(d, r->geom_len + d->blob.len, err);
}

/* ---- regulations ---- */

static struct pk_id regulation_identity(struct pk_draft *d, const json_t *object,
                                        const struct draft_plan *plan,
                                        enum pk_regulation_kind kind)
{
    const char *id = draft_text(object, "objektidentitet");
    const char *key = draft_text(object, "key"), *code = NULL;
    char plan_id[PK_ID_TEXT];
    char *equal;
    struct pk_id out;
    const struct draft_name *before;
    uint32_t n = 1;

    if (id && pk_id_parse(&out, id) && !pk_id_is_zero(out))
        return out;
    pk_id_format(plan_id, plan->id);
    if (!key)
        key = id;
    if (key)
        return pk_id_of("regulation", code,
                        pk_arena_printf(&d->arena, "%s|%s", plan_id, key));
#define MEMBER(k) (draft_text(object, k) ? draft_text(object, k) : "")
    equal = pk_arena_printf(&d->arena, "%s|%s|%s%s|%s|%s", plan_id,
                            pk_regulation_kind_name(kind), MEMBER("beteckning"),
                            MEMBER("index"), MEMBER("planbestammelsekatalogreferens"),
                            MEMBER("bestammelseformulering"));
#undef MEMBER
    before = draft_names_find(&d->equals, equal);
    if (before)
        n = ++((struct draft_name *)before)->index;
    else
        draft_names_put(&d->equals, equal, THING_REGULATION, 1);
    return pk_id_of("regulation", code, pk_arena_printf(&d->arena, "%s|%u", equal, n));
}

static void bind_regulation(struct pk_draft *d, sqlite3_stmt *s, const json_t *object,
                            enum pk_regulation_kind kind, const char *part_symbol)
{
    char *details = details_of(object);
    struct pk_plan_class c = {.kind = kind,
                              .code = draft_text(object, "bestammelsekod"),
                              .wording = draft_text(object, "bestammelseformulering"),
                              .form = draft_text(object, "anvandningsform"),
                              .letter = draft_text(object, "beteckning"),
                              .colour = draft_text(object, "farg"),
                              .symbol = draft_text(object, "symbol")};
    char *all;
    struct pk_id hash;

    if (!c.symbol)
        c.symbol = part_symbol;
    pk_plan_classify(&c, &d->arena);
    all = pk_arena_printf(&d->arena, "%s|%s|%s|%s|%s", details, c.form ? c.form : "",
                          c.letter ? c.letter : "", c.colour ? c.colour : "",
                          c.symbol ? c.symbol : "");
    hash = pk_hash128(all, strlen(all));
    bind_text(s, 4, pk_regulation_kind_name(kind));
    bind_text(s, 5, c.form);
    bind_text(s, 6, c.letter);
    bind_text(s, 7, draft_text(object, "index"));
    bind_text(s, 8, c.wording);
    bind_text(s, 9, c.colour);
    bind_text(s, 10, c.symbol);
    bind_text(s, 11, draft_text(object, "planbestammelsekatalogreferens"));
    bind_text(s, 12, details);
    bind_id(s, 13, hash);
    free(details);
}

/* Write a regulation's row, or write it again with what was learnt since. */
static enum pk_status put_regulation(struct pk_draft *d, struct draft_regulation *reg,
                                     const json_t *object, const char *part_symbol,
                                     struct pk_error *err)
{
    sqlite3_stmt *s = d->insert_regulation;
    enum pk_status status;

    bind_id(s, 1, reg->id);
    sqlite3_bind_int64(s, 2, d->id);
    bind_id(s, 3, d->plans[reg->plan].id);
    bind_regulation(d, s, object, reg->kind, part_symbol);
    if (reg->row_id)
        sqlite3_bind_int64(s, 14, reg->row_id);
    else
        sqlite3_bind_null(s, 14);
    status = draft_step(d, s, err);
    if (!status && !reg->row_id)
        reg->row_id = sqlite3_last_insert_rowid(d->db->sql);
    return status ? status : draft_breathe(d, 1024, err);
}

static enum pk_status stored_record(json_t **out, struct pk_draft *d,
                                    const struct draft_regulation *reg,
                                    struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db, "SELECT details FROM regulation WHERE row_id = ?1", err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, reg->row_id);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        status =
            pk_json_parse(out, (const char *)sqlite3_column_text(stmt, 0),
                          (size_t)sqlite3_column_bytes(stmt, 0), PK_STREAM_JSON_MAX, err);
    else
        status = pk_db_fail(d->db, "regulation of the draft", err);
    sqlite3_finalize(stmt);
    return status;
}

/* The same regulation again, under another use: each use it regulates is kept. */
static enum pk_status merge_regulation(struct pk_draft *d, struct draft_regulation *reg,
                                       const json_t *object, struct pk_error *err)
{
    struct draft_finding what = {"P-DUP", "note", NULL, NULL, false, 0, 0};
    const char *label = draft_text(object, "bestammelseformulering");
    const json_t *more = pk_jget_array(object, "reglerarAnvandningsbestammelse");
    json_t *before = NULL, *uses;
    bool grown = false;
    enum pk_status status = stored_record(&before, d, reg, err);

    if (status)
        return status;
    what.object = label ? label : d->plans[reg->plan].label;
    draft_count(draft_source_now(d), "regulation")->merged++;
    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_MERGED, PK_MSG_RPT_MERGED_FIX,
                  NULL);
    uses = pk_jget_array(before, "reglerarAnvandningsbestammelse");
    if (!uses) {
        uses = json_array();
        json_object_set_new(before, "reglerarAnvandningsbestammelse", uses);
    }
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *use = json_array_get(more, i);
        bool known = false;

        for (size_t k = 0; k < json_array_size(uses); k++)
            known = known || json_equal(json_array_get(uses, k), use);
        if (!known) {
            json_array_append(uses, use);
            grown = true;
        }
    }
    if (grown)
        status = put_regulation(d, reg, before, NULL, err);
    json_decref(before);
    return status;
}

enum pk_status draft_take_regulation(struct pk_draft *d, const struct pk_record *r,
                                     struct pk_error *err)
{
    struct draft_source *source = draft_source_now(d);
    const char *owner = draft_text(r->object, "plan");
    const char *label = draft_text(r->object, "bestammelseformulering");
    enum pk_regulation_kind kind = pk_regulation_kind_of(draft_text(r->object, "kind"));
    uint32_t plan = 0, index;
    struct pk_id id;
    char text[PK_ID_TEXT];
    const struct draft_name *known;
    static const char *const names[] = {"ref", "objektidentitet"};

    draft_count(source, "regulation")->read++;
    if (!plan_named(d, owner, &plan)) {
        unknown_owner(d, label, owner);
        draft_count(source, "regulation")->refused++;
        return PK_OK;
    }
    if (d->plans[plan].refused) { /* the plan's finding says why */
        draft_count(source, "regulation")->refused++;
        return PK_OK;
    }
    if (kind == PK_KIND_COUNT) {
        struct draft_finding what = {"P-KIND", "error", label, NULL, false, 0, 0};
        const char *args[] = {"kind", draft_text(r->object, "kind"), NULL};

        args[1] = args[1] ? args[1] : "-";
        draft_finding(d, source, &what, PK_MSG_RPT_KIND, PK_MSG_RPT_KIND_FIX, args);
        draft_count(source, "regulation")->refused++;
        d->plans[plan].incomplete = true;
        return PK_OK;
    }
    id = regulation_identity(d, r->object, &d->plans[plan], kind);
    pk_id_format(text, id);
    known = draft_names_find(&d->names, text);
    if (known && known->thing == THING_REGULATION) {
        const char *ref = draft_text(r->object, "ref");

        if (ref)
            draft_names_put(&d->names, ref, THING_REGULATION, known->index);
        return merge_regulation(d, &d->regulations[known->index], r->object, err);
    }
    index = d->regulation_count;
    if ((index & (index + 1)) == 0)
        d->regulations =
            pk_xrealloc(d->regulations, 2 * ((size_t)index + 1), sizeof(*d->regulations));
    d->regulations[d->regulation_count++] =
        (struct draft_regulation){.id = id, .plan = plan, .kind = kind};
    d->plans[plan].regulations++;
    draft_names_put(&d->names, text, THING_REGULATION, index);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        const char *name = draft_text(r->object, names[i]);

        if (name)
            draft_names_put(&d->names, name, THING_REGULATION, index);
    }
    return put_regulation(d, &d->regulations[index], r->object, NULL, err);
}

/* The same area of the same regulation came already. */
static enum pk_status part_is_there(bool *there, struct pk_draft *d, struct pk_id id,
                                    struct pk_id hash, struct pk_error *err)
{
    sqlite3_stmt *stmt = d->find_part;
    int rc;

    bind_id(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, d->id);
    bind_id(stmt, 3, hash);
    rc = sqlite3_step(stmt);
    *there = rc == SQLITE_ROW;
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE
               ? PK_OK
               : pk_db_fail(d->db, "part of a regulation", err);
}

static char *label_json(const json_t *object)
{
    const json_t *label = pk_jget_object(object, "label");

    return label ? pk_json_canonical(label) : NULL;
}

static enum pk_status insert_part(struct pk_draft *d, struct draft_regulation *reg,
                                  const struct pk_record *r,
                                  const struct draft_geometry *g, struct pk_error *err)
{
    sqlite3_stmt *s = d->insert_regulation_part;
    char *label = label_json(r->object), *details = part_details(r->object);
    int crs = crs_of(r->object);
    struct pk_id hash = draft_geometry_hash(
        r, crs,
        pk_arena_printf(&d->arena, "%s%s", label ? label : "", details ? details : ""));
    bool there = false;
    enum pk_status status = part_is_there(&there, d, reg->id, hash, err);

    if (status || there) {
        free(label);
        free(details);
        return status;
    }
    bind_id(s, 1, reg->id);
    sqlite3_bind_int64(s, 2, d->id);
    bind_id(s, 3, d->plans[reg->plan].id);
    sqlite3_bind_int64(s, 4, ++reg->parts);
    sqlite3_bind_int(s, 5, g->working.kind);
    sqlite3_bind_int(s, 6, crs);
    blobs(d, s, 12, 7, g, r);
    sqlite3_bind_double(s, 8, g->area_m2);
    sqlite3_bind_double(s, 9, g->length_m);
    bind_text(s, 10, label);
    bind_id(s, 11, hash);
    bind_text(s, 13, details);
    free(label);
    free(details);
    status = draft_step(d, s, err);
    return status ? status : draft_breathe(d, r->geom_len + d->blob.len, err);
}

enum pk_status draft_take_regulation_part(struct pk_draft *d, const struct pk_record *r,
                                          struct pk_error *err)
{
    const char *name = draft_text(r->object, "regulation");
    const char *symbol = draft_text(r->object, "symbol");
    const struct draft_name *known = draft_names_find(&d->names, name);
    struct draft_regulation *reg;
    struct draft_geometry g;
    bool stop;
    enum pk_status status;

    if (!known || known->thing != THING_REGULATION) {
        /* Refused with its regulation, which has a finding; else it is said here. */
        if (!name)
            unknown_owner(d, NULL, name);
        return PK_OK;
    }
    reg = &d->regulations[known->index];
    status = draft_geometry(&g, &stop, d, r, d->plans[reg->plan].label, name, true, err);
    if (status)
        return status;
    if (stop) {
        d->plans[reg->plan].held = true;
        return PK_OK;
    }
    if (symbol && reg->parts == 0) {
        json_t *before = NULL;

        status = stored_record(&before, d, reg, err);
        if (!status && !draft_text(before, "symbol"))
            status = put_regulation(d, reg, before, symbol, err);
        json_decref(before);
        if (status)
            return status;
    }
    return insert_part(d, reg, r, &g, err);
}

/* ---- the end of a source ---- */

void draft_hold(struct pk_draft *d, const char *object)
{
    const struct draft_name *known = draft_names_find(&d->names, object);

    for (uint32_t i = d->first_plan; object && !known && i < d->plan_count; i++) {
        if (strcmp(d->plans[i].label, object) == 0)
            d->plans[i].held = true;
    }
    if (!known)
        return;
    if (known->thing == THING_PLAN)
        d->plans[known->index].held = true;
    else
        d->plans[d->regulations[known->index].plan].held = true;
}

enum pk_status draft_plans_end(struct pk_draft *d, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db, "UPDATE plan SET coverage = ?2 WHERE row_id = ?1", err);

    for (uint32_t i = d->first_plan; i < d->plan_count && !status; i++) {
        struct draft_plan *plan = &d->plans[i];
        struct draft_finding what = {"P-GEOM", "error", plan->label, NULL, false, 0, 0};

        if (plan->refused)
            continue;
        if (plan->parts == 0 && !plan->held) {
            draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_PLAN_NO_AREA,
                          PK_MSG_RPT_PLAN_NO_AREA_FIX, NULL);
            plan->held = true;
        }
        sqlite3_bind_int64(stmt, 1, plan->row_id);
        sqlite3_bind_text(stmt, 2,
                          plan->regulations == 0 ? "plan-only"
                          : plan->incomplete     ? "partial"
                                                 : "regulations",
                          -1, SQLITE_STATIC);
        status = draft_step(d, stmt, err);
    }
    sqlite3_finalize(stmt);
    return status;
}
