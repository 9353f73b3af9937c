/* draft_layer.c - records of geodata layers and their features into draft rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/draft_internal.h"

enum { LAYER_ID_MAX = 63 };

/* What a thing is called, by the role of its layer; then by what columns are
 * usually called. Compared folded. */
static const struct {
    const char *role, *columns[8];
} title_columns[] = {
    {"property_unit",
     {"fastighetsbeteckning", "beteckning", "fastighet", "designation", "trakt"}     },
    {"address",
     {"adress", "address", "beteckning", "adressplats", "belagenhetsadress",
      "popularnamn"}                                                                 },
    {"place_name",    {"ortnamn", "namn", "name"}                                    },
    {"municipality",  {"kommunnamn", "kommun", "namn", "name"}                       },
    {NULL,
     {"title", "titel", "namn", "name", "beteckning", "benamning", "label", "rubrik"}},
};

static struct draft_layer *layer_named(struct pk_draft *d, const char *id)
{
    for (uint32_t i = 0; id && i < d->layer_count; i++) {
        if (strcmp(d->layers[i].id, id) == 0)
            return &d->layers[i];
    }
    return NULL;
}

/* Lower-case ASCII letters, digits and '_', beginning with a letter. */
static bool good_layer_id(const char *id)
{
    size_t n = 0;

    if (!id || id[0] < 'a' || id[0] > 'z')
        return false;
    for (; id[n]; n++) {
        if (!((id[n] >= 'a' && id[n] <= 'z') || (id[n] >= '0' && id[n] <= '9') ||
              id[n] == '_' || id[n] == '-'))
            return false;
    }
    return n <= LAYER_ID_MAX;
}

static const char *column_named(const json_t *columns, const char *folded,
                                struct pk_arena *arena)
{
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *name = pk_jget_string(json_array_get(columns, i), "name");
        const char *fold = name ? pk_text_fold(arena, name) : NULL;

        if (fold && strcmp(fold, folded) == 0)
            return name;
    }
    return NULL;
}

static const char *first_text_column(const json_t *columns)
{
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const json_t *column = json_array_get(columns, i);
        const char *type = pk_jget_string(column, "type");

        if (type && (strcmp(type, "string") == 0 || strcmp(type, "text") == 0))
            return pk_jget_string(column, "name");
    }
    return NULL;
}

static const char *title_column(const json_t *settings, const char *role,
                                struct pk_arena *arena)
{
    const json_t *columns = pk_jget_array(settings, "columns");
    const char *named = draft_text(settings, "title_column");

    for (size_t i = 0; i < PK_COUNT(title_columns) && !named; i++) {
        const char *of = title_columns[i].role;

        if (of && (!role || strcmp(of, role)))
            continue;
        for (size_t k = 0; k < PK_COUNT(title_columns[i].columns) && !named; k++) {
            if (title_columns[i].columns[k])
                named = column_named(columns, title_columns[i].columns[k], arena);
        }
    }
    return named ? named : first_text_column(columns);
}

/* Equal settings that are published keep their row. */
static enum pk_status published_equal(bool *equal, struct pk_draft *d, struct pk_id id,
                                      struct pk_id hash, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db,
        "SELECT 1 FROM layer WHERE feature_id = ?1 AND to_version = ?2 AND hash = ?3",
        err);

    if (status)
        return status;
    sqlite3_bind_blob(stmt, 1, id.b, sizeof(id.b), SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 2, PK_OPEN_END);
    sqlite3_bind_blob(stmt, 3, hash.b, sizeof(hash.b), SQLITE_STATIC);
    *equal = sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return PK_OK;
}

static enum pk_status put_layer(struct pk_draft *d, struct draft_layer *layer,
                                const char *role, const char *settings,
                                struct pk_error *err)
{
    sqlite3_stmt *s = d->insert_layer;
    struct pk_id hash = pk_hash128(settings, strlen(settings));
    bool equal = false;
    enum pk_status status = published_equal(&equal, d, layer->feature_id, hash, err);

    if (status || equal)
        return status;
    sqlite3_bind_blob(s, 1, layer->feature_id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, d->id);
    sqlite3_bind_text(s, 3, layer->id, -1, SQLITE_STATIC);
    if (role)
        sqlite3_bind_text(s, 4, role, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, 4);
    sqlite3_bind_text(s, 5, settings, -1, SQLITE_TRANSIENT);
    sqlite3_bind_blob(s, 6, hash.b, 16, SQLITE_TRANSIENT);
    status = draft_step(d, s, err);
    layer->row_id = sqlite3_last_insert_rowid(d->db->sql);
    return status;
}

enum pk_status draft_take_layer(struct pk_draft *d, const struct pk_record *r,
                                struct pk_error *err)
{
    const char *id = draft_text(r->object, "id"), *role = draft_text(r->object, "role");
    struct draft_finding what = {"P-LAYER", "error", id, NULL, false, 0, 0};
    struct draft_layer *layer;
    const char *title;
    char *settings;
    enum pk_status status;

    if (!good_layer_id(id)) {
        const char *args[] = {"id", id ? id : "-", NULL};

        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_LAYER_ID,
                      PK_MSG_RPT_LAYER_ID_FIX, args);
        return PK_OK;
    }
    if (layer_named(d, id)) /* another file of the same layer: one layer */
        return PK_OK;
    d->layers = pk_xrealloc(d->layers, (size_t)d->layer_count + 1, sizeof(*d->layers));
    layer = &d->layers[d->layer_count++];
    title = title_column(r->object, role, &d->arena);
    *layer = (struct draft_layer){.id = pk_xstrdup(id),
                                  .feature_id = pk_id_of("layer", NULL, id),
                                  .title_column = title ? pk_xstrdup(title) : NULL,
                                  .source = d->source_count - 1};
    settings = pk_json_canonical(r->object);
    status = put_layer(d, layer, role, settings, err);
    free(settings);
    return status;
}

/* ---- features ---- */

static struct pk_id feature_identity(struct pk_draft *d, const struct draft_layer *layer,
                                     const struct pk_record *r, const char *attributes)
{
    const char *id = draft_text(r->object, "part_of"), *key = NULL;
    const json_t *values = pk_jget_object(r->object, "attributes");
    struct pk_id out, hash;
    char text[PK_ID_TEXT];

    if (!id) {
        key = draft_text(r->object, "key");
        id = draft_text(r->object, "id");
    }
    if (id && pk_id_parse(&out, id) && !pk_id_is_zero(out))
        return out;
    if (key)
        key = pk_text_key(&d->arena, key);
    if (key && key[0])
        return pk_id_of(layer->id, draft_text(values, "kommunkod"), key);
    if (id)
        return pk_id_of(layer->id, NULL, id);
    hash = draft_geometry_hash(r, 0, attributes);
    pk_id_format(text, hash);
    return pk_id_of(layer->id, NULL, text);
}

static const char *feature_title(struct pk_draft *d, const struct draft_layer *layer,
                                 const json_t *object)
{
    const json_t *value;
    const char *title = draft_text(object, "title");

    if (title || !layer->title_column)
        return title;
    value = json_object_get(pk_jget_object(object, "attributes"), layer->title_column);
    if (json_is_string(value) && json_string_value(value)[0])
        return json_string_value(value);
    if (json_is_integer(value))
        return pk_arena_printf(&d->arena, "%lld", (long long)json_integer_value(value));
    return NULL;
}

static void bind_feature(struct pk_draft *d, sqlite3_stmt *s,
                         const struct draft_layer *layer, const struct pk_record *r,
                         const struct draft_geometry *g, const char *attributes, int crs)
{
    const char *title = feature_title(d, layer, r->object);

    sqlite3_bind_int64(s, 2, d->id);
    sqlite3_bind_text(s, 3, layer->id, -1, SQLITE_STATIC);
    if (title)
        sqlite3_bind_text(s, 4, title, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, 4);
    sqlite3_bind_text(s, 5, attributes, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(s, 6, g->working.kind);
    sqlite3_bind_int(s, 7, crs);
    if (g->changed)
        sqlite3_bind_blob64(s, 8, r->geom_bytes, r->geom_len, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(s, 8);
    sqlite3_bind_double(s, 9, g->area_m2);
    sqlite3_bind_double(s, 10, g->length_m);
    pk_buf_clear(&d->blob);
    pk_geom_to_spatialite(&d->blob, &g->working, 3006);
    sqlite3_bind_blob64(s, 12, d->blob.data, d->blob.len, SQLITE_TRANSIENT);
}

/* ---- one thing in several records: its geometries become one ---- */

struct before {
    int64_t row_id;
    struct pk_id hash;
    struct pk_geom working, original;
    bool has_original;
    double area_m2, length_m;
    bool same_attributes;
    int kind, crs;
};

static enum pk_status read_before(struct before *out, struct pk_draft *d,
                                  const char *attributes, sqlite3_stmt *s,
                                  struct pk_error *err)
{
    enum pk_status status;

    out->row_id = sqlite3_column_int64(s, 0);
    if (sqlite3_column_bytes(s, 1) == 16)
        memcpy(out->hash.b, sqlite3_column_blob(s, 1), 16);
    out->kind = sqlite3_column_int(s, 2);
    out->crs = sqlite3_column_int(s, 3);
    out->area_m2 = sqlite3_column_double(s, 4);
    out->length_m = sqlite3_column_double(s, 5);
    out->same_attributes =
        strcmp((const char *)sqlite3_column_text(s, 6), attributes) == 0;
    status = pk_geom_from_spatialite(&out->working, sqlite3_column_blob(s, 7),
                                     (size_t)sqlite3_column_bytes(s, 7), &d->arena, err);
    out->has_original = sqlite3_column_type(s, 8) != SQLITE_NULL;
    if (!status && out->has_original)
        status = pk_geom_read(&out->original, sqlite3_column_blob(s, 8),
                              (size_t)sqlite3_column_bytes(s, 8), &d->arena, err);
    return status;
}

static void append(struct pk_geom_builder *b, const struct pk_geom *g, bool first)
{
    for (uint32_t i = 0; i < g->ring_count; i++) {
        if (g->kind != PK_GEOM_POINT || (first && i == 0))
            pk_geom_ring(b, g->rings[i].role);
        for (uint32_t k = 0; k < g->rings[i].count; k++) {
            size_t at = g->rings[i].first + (size_t)k;

            pk_geom_vertex(b, g->xy[2 * at], g->xy[2 * at + 1], g->z ? g->z[at] : 0);
        }
    }
}

static enum pk_status joined(struct pk_geom *out, struct pk_draft *d,
                             const struct pk_geom *a, const struct pk_geom *b,
                             struct pk_error *err)
{
    struct pk_geom_builder *builder = pk_geom_begin(&d->arena, a->kind, a->z && b->z);

    append(builder, a, true);
    append(builder, b, false);
    return pk_geom_done(out, builder, err);
}

static enum pk_status join_feature(struct pk_draft *d, const struct before *was,
                                   const struct pk_record *r,
                                   const struct draft_geometry *g, struct pk_id hash,
                                   struct pk_error *err)
{
    sqlite3_stmt *stmt = NULL;
    struct pk_geom working, original = {0};
    struct pk_id both[2] = {was->hash, hash};
    struct pk_id joint = pk_hash128(both, sizeof(both));
    bool keep = was->has_original || g->changed;
    enum pk_status status = joined(&working, d, &was->working, &g->working, err);

    if (!status && keep)
        status = joined(&original, d, was->has_original ? &was->original : &was->working,
                        &r->geom, err);
    if (!status)
        status =
            pk_db_prepare(&stmt, d->db,
                          "UPDATE feature SET original = ?2, area_m2 = ?3, "
                          "length_m = ?4, hash = ?5, geometry = ?6 WHERE row_id = ?1",
                          err);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, was->row_id);
    pk_buf_clear(&d->original);
    if (keep) {
        pk_geom_write(&d->original, &original);
        sqlite3_bind_blob64(stmt, 2, d->original.data, d->original.len, SQLITE_STATIC);
    }
    sqlite3_bind_double(stmt, 3, was->area_m2 + g->area_m2);
    sqlite3_bind_double(stmt, 4, was->length_m + g->length_m);
    sqlite3_bind_blob(stmt, 5, joint.b, 16, SQLITE_STATIC);
    pk_buf_clear(&d->blob);
    pk_geom_to_spatialite(&d->blob, &working, 3006);
    sqlite3_bind_blob64(stmt, 6, d->blob.data, d->blob.len, SQLITE_STATIC);
    status = draft_step(d, stmt, err);
    sqlite3_finalize(stmt);
    return status ? status : draft_breathe(d, d->blob.len, err);
}

/* Was it delivered before, in this delivery? */
static enum pk_status find_before(struct before *out, bool *found, struct pk_draft *d,
                                  const struct draft_layer *layer, struct pk_id id,
                                  const char *attributes, struct pk_error *err)
{
    sqlite3_stmt *s = d->find_draft_feature;
    enum pk_status status = PK_OK;
    int rc;

    sqlite3_bind_text(s, 1, layer->id, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, d->id);
    rc = sqlite3_step(s);
    *found = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        status = read_before(out, d, attributes, s, err);
    else if (rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "feature of the draft", err);
    sqlite3_reset(s);
    return status;
}

/* A published feature that is equal is remembered instead of written again. */
static enum pk_status see_published(bool *seen, bool *again, struct pk_draft *d,
                                    const struct draft_layer *layer, struct pk_id id,
                                    struct pk_id hash, struct pk_error *err)
{
    sqlite3_stmt *s = d->find_feature;
    int64_t row = 0;
    enum pk_status status = PK_OK;
    int rc;

    sqlite3_bind_text(s, 1, layer->id, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, id.b, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, PK_OPEN_END);
    sqlite3_bind_blob(s, 4, hash.b, 16, SQLITE_STATIC);
    rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        row = sqlite3_column_int64(s, 0);
    else if (rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "published feature", err);
    sqlite3_reset(s);
    *seen = row != 0;
    *again = false;
    if (status || !row)
        return status;
    sqlite3_bind_int64(d->see_feature, 1, row);
    sqlite3_bind_int64(d->see_feature, 2, d->source_count);
    status = draft_step(d, d->see_feature, err);
    *again = sqlite3_changes(d->db->sql) == 0;
    return status;
}

/* Its first record was found to be published already, and now there is more of it:
 * the published row is taken into the draft, to be joined with the rest. */
static enum pk_status unsee(bool *unseen, struct pk_draft *d,
                            const struct draft_layer *layer, struct pk_id id,
                            struct pk_error *err)
{
    static const char copy[] =
        "INSERT INTO feature (feature_id, draft_id, layer_id, title, attributes, "
        "geom_kind, crs, original, area_m2, length_m, hash, geometry) "
        "SELECT feature_id, ?2, layer_id, title, attributes, geom_kind, crs, original, "
        "area_m2, length_m, hash, geometry FROM feature WHERE row_id = ?1";
    sqlite3_stmt *stmt = d->find_seen;
    int64_t row = 0;
    enum pk_status status;

    *unseen = false;
    sqlite3_bind_text(stmt, 1, layer->id, -1, SQLITE_TRANSIENT);
    sqlite3_bind_blob(stmt, 2, id.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_int64(stmt, 3, PK_OPEN_END);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        row = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    if (!row)
        return PK_OK;
    if ((status = pk_db_prepare(&stmt, d->db, copy, err)))
        return status;
    sqlite3_bind_int64(stmt, 1, row);
    sqlite3_bind_int64(stmt, 2, d->id);
    status = draft_step(d, stmt, err);
    sqlite3_finalize(stmt);
    if (!status)
        status = pk_db_prepare(&stmt, d->db,
                               "DELETE FROM temp.draft_seen WHERE row_id = ?1", err);
    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, row);
    status = draft_step(d, stmt, err);
    sqlite3_finalize(stmt);
    *unseen = !status;
    return status;
}

static enum pk_status insert_feature(struct pk_draft *d, const struct draft_layer *layer,
                                     struct pk_id id, struct pk_id hash,
                                     const struct pk_record *r,
                                     const struct draft_geometry *g,
                                     const char *attributes, int crs,
                                     struct pk_error *err)
{
    sqlite3_stmt *s = d->insert_feature;
    enum pk_status status;

    sqlite3_bind_blob(s, 1, id.b, 16, SQLITE_TRANSIENT);
    sqlite3_bind_blob(s, 11, hash.b, 16, SQLITE_TRANSIENT);
    bind_feature(d, s, layer, r, g, attributes, crs);
    status = draft_step(d, s, err);
    return status
               ? status
               : draft_breathe(
                     d, strlen(attributes) + d->blob.len + (g->changed ? r->geom_len : 0),
                     err);
}

/* One id, other attributes: both are kept, the later one under an id of its own. */
static struct pk_id other_id(struct pk_draft *d, const struct draft_layer *layer,
                             struct pk_id id, struct pk_id hash, const char *object)
{
    struct draft_finding what = {"P-DUP", "warning", object, NULL, false, 0, 0};
    char a[PK_ID_TEXT], b[PK_ID_TEXT];

    pk_id_format(a, id);
    pk_id_format(b, hash);
    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_SAME_KEY,
                  PK_MSG_RPT_SAME_KEY_FIX, NULL);
    return pk_id_of(layer->id, a, b);
}

static enum pk_status place_feature(struct pk_draft *d, struct draft_layer *layer,
                                    const struct pk_record *r,
                                    const struct draft_geometry *g,
                                    const char *attributes, const char *object,
                                    struct pk_error *err)
{
    struct draft_count *count = draft_count(draft_source_now(d), layer->id);
    long long crs = 0;
    struct pk_id id = feature_identity(d, layer, r, attributes), hash;
    struct before was = {0};
    bool found = false, seen = false, again = false, unseen = false;
    enum pk_status status;

    pk_jget_int(r->object, "crs", &crs);
    hash = draft_geometry_hash(r, (int)crs, attributes);
    status = find_before(&was, &found, d, layer, id, attributes, err);
    if (!status && !found)
        status = see_published(&seen, &again, d, layer, id, hash, err);
    if (!status && !found && !seen)
        status = unsee(&unseen, d, layer, id, err);
    if (!status && unseen) {
        count->unchanged--;
        count->stored++;
        status = find_before(&was, &found, d, layer, id, attributes, err);
    }
    if (!status && found && pk_id_equal(was.hash, hash)) {
        count->merged++; /* the same thing twice */
        return PK_OK;
    }
    if (!status && found && was.same_attributes && was.crs == (int)crs &&
        was.kind == (int)g->working.kind) {
        count->merged++;
        layer->joined = true;
        return join_feature(d, &was, r, g, hash, err);
    }
    if (!status && found) {
        id = other_id(d, layer, id, hash, object);
        status = see_published(&seen, &again, d, layer, id, hash, err);
    }
    if (status)
        return status;
    if (seen) {
        if (again)
            count->merged++;
        else
            count->unchanged++;
        return PK_OK;
    }
    count->stored++;
    return insert_feature(d, layer, id, hash, r, g, attributes, (int)crs, err);
}

/* A refused feature says nothing about the one that is published: that one stays. */
static enum pk_status keep_published(struct pk_draft *d, struct draft_layer *layer,
                                     struct pk_id id, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db, "INSERT OR IGNORE INTO temp.draft_kept VALUES (?1, ?2)", err);

    layer->refused = true;
    if (status)
        return status;
    sqlite3_bind_text(stmt, 1, layer->id, -1, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 2, id.b, sizeof(id.b), SQLITE_STATIC);
    status = draft_step(d, stmt, err);
    sqlite3_finalize(stmt);
    return status;
}

enum pk_status draft_take_feature(struct pk_draft *d, const struct pk_record *r,
                                  struct pk_error *err)
{
    const char *name = draft_text(r->object, "layer");
    struct draft_layer *layer = layer_named(d, name);
    const json_t *values = pk_jget_object(r->object, "attributes");
    struct draft_count *count = draft_count(draft_source_now(d), name ? name : "-");
    const char *object;
    char *attributes;
    struct draft_geometry g;
    bool stop = false;
    enum pk_status status;

    count->read++;
    if (!layer) {
        struct draft_finding what = {"P-REF", "error", name, NULL, false, 0, 0};
        const char *args[] = {"name", name ? name : "-", NULL};

        count->refused++;
        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_NO_OWNER,
                      PK_MSG_RPT_NO_OWNER_FIX, args);
        return PK_OK;
    }
    object = feature_title(d, layer, r->object);
    if (!object)
        object = draft_text(r->object, "key");
    if (!object)
        object = draft_text(r->object, "id");
    object = object ? object : layer->id;
    status = draft_geometry(&g, &stop, d, r, object, pk_jget_string(r->object, "place"),
                            false, err);
    if (status)
        return status;
    attributes = values ? pk_json_canonical(values) : pk_xstrdup("{}");
    if (stop) {
        draft_count(draft_source_now(d), layer->id)->refused++;
        status = keep_published(d, layer, feature_identity(d, layer, r, attributes), err);
    } else {
        layer->taken = true;
        status = place_feature(d, layer, r, &g, attributes, object, err);
    }
    free(attributes);
    return status;
}
