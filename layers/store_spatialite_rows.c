/* store_spatialite_rows.c - the rows of the plan model and of layers: SQL made of
 * fixed pieces, every value bound. */
#include <stdlib.h>
#include <string.h>

#include "layers/store_spatialite_private.h"

enum { SQL_MAX = 2000 };

struct table {
    const char *name, *columns, *order;
    const char *geometry; /* its columns, when rows want geometry */
    const char *filter_plan, *filter_layer, *filter_title, *filter_designation;
};

static const struct table plan_table = {
    .name = "plan",
    .columns = "t.feature_id, t.municipality_code, t.municipality, t.designation, "
               "t.name, t.status, t.plan_type, t.adopted, t.in_force, t.coverage, "
               "t.details, t.accuracy_m, t.from_version",
    .order = "t.feature_id",
    .filter_plan = " AND t.feature_id = ?",
    .filter_designation = " AND t.designation = ?",
};

static const struct table plan_part_table = {
    .name = "plan_part",
    .columns = "t.feature_id, t.feature_id, t.part, t.crs, t.area_m2, 0.0, NULL",
    .order = "t.feature_id, t.part",
    .geometry = ", t.geometry, t.effective",
    .filter_plan = " AND t.feature_id = ?",
};

static const struct table regulation_table = {
    .name = "regulation",
    .columns = "t.feature_id, t.plan_id, t.kind, t.form, t.letter, t.idx, t.wording, "
               "t.colour, t.symbol, t.details, t.from_version",
    .order = "t.feature_id",
    .filter_plan = " AND t.plan_id = ?",
};

static const struct table regulation_part_table = {
    .name = "regulation_part",
    .columns = "t.feature_id, t.plan_id, t.part, t.crs, t.area_m2, t.length_m, t.label",
    .order = "t.feature_id, t.part",
    .geometry = ", t.geometry, t.effective",
    .filter_plan = " AND t.plan_id = ?",
};

static const struct table feature_table = {
    .name = "feature",
    .columns = "t.feature_id, t.layer_id, t.title, t.attributes, t.geom_kind, t.area_m2, "
               "t.length_m, t.crs, t.from_version",
    .order = "t.feature_id, t.row_id",
    .geometry = ", t.geometry",
    .filter_layer = " AND t.layer_id = ?",
    .filter_title = " AND t.title = ?",
};

/* A box finds rows through the R*Tree: plans and regulations through that of
 * their parts. Boxes there are rounded outwards to 32 bits: a superset. */
static void add_box(struct pk_buf *sql, const struct table *table)
{
    bool by_part = table->geometry == NULL;
    const char *tree =
        by_part ? (table == &plan_table ? "plan_part" : "regulation_part") : table->name;
    if (by_part) {
        pk_buf_addf(sql,
                    " AND t.feature_id IN (SELECT p.feature_id FROM %s p WHERE "
                    "+p.from_version <= ? AND +p.to_version > ? AND p.row_id IN (",
                    tree);
    } else {
        pk_buf_adds(sql, " AND t.row_id IN (");
    }
    pk_buf_addf(sql,
                "SELECT pkid FROM idx_%s_geometry WHERE xmax >= ? AND xmin <= ? AND "
                "ymax >= ? AND ymin <= ?)%s",
                tree, by_part ? ")" : "");
}

/* Wishes that the table cannot have are our own mistake: nothing matches. */
static const char *piece(const char *sql)
{
    return sql == NULL ? " AND 0 = ifnull(?, 1)" : sql;
}

static enum pk_status open_rows(struct pk_query_sql *q, struct pk_store *store,
                                const struct table *table, int64_t version,
                                const struct pk_rows *rows, struct pk_error *err)
{
    bool shapes = table->geometry != NULL && !rows->no_geometry;
    /* With a box the R*Tree finds the rows. SQLite, which does not know how few they
     * are, would rather walk a whole layer by its index: a '+' takes the index away. */
    const char *no_index = rows->box != NULL ? "+" : "";
    struct pk_buf sql;
    pk_buf_init(&sql, SQL_MAX);
    pk_buf_addf(
        &sql, "SELECT %s%s FROM %s t WHERE %st.from_version <= ? AND %st.to_version > ?",
        table->columns, shapes ? table->geometry : "", table->name, no_index, no_index);
    pk_buf_adds(&sql, rows->id != NULL ? " AND t.feature_id = ?" : "");
    pk_buf_adds(&sql, rows->plan != NULL ? piece(table->filter_plan) : "");
    if (rows->layer_id != NULL) {
        bool by_box = rows->box != NULL && table->filter_layer != NULL;
        pk_buf_adds(&sql, by_box ? " AND +t.layer_id = ?" : piece(table->filter_layer));
    }
    pk_buf_adds(&sql, rows->title != NULL ? piece(table->filter_title) : "");
    pk_buf_adds(&sql, rows->designation != NULL ? piece(table->filter_designation) : "");
    if (rows->placeless) {
        pk_buf_adds(&sql, " AND NOT EXISTS (SELECT 1 FROM regulation_part p WHERE "
                          "p.feature_id = t.feature_id AND p.from_version <= ? AND "
                          "p.to_version > ?)");
    }
    if (rows->box != NULL) {
        add_box(&sql, table);
    }
    pk_buf_addf(&sql, " ORDER BY %s LIMIT ?", table->order);
    enum pk_status status = pk_query_open(q, store, sql.data, err);
    pk_buf_finish(&sql);
    if (status != PK_OK) {
        return status;
    }
    pk_query_int(q, version);
    pk_query_int(q, version);
    if (rows->id != NULL) {
        pk_query_id(q, *rows->id);
    }
    if (rows->plan != NULL) {
        pk_query_id(q, *rows->plan);
    }
    if (rows->layer_id != NULL) {
        pk_query_text(q, rows->layer_id);
    }
    if (rows->title != NULL) {
        pk_query_text(q, rows->title);
    }
    if (rows->placeless) {
        pk_query_int(q, version);
        pk_query_int(q, version);
    }
    if (rows->designation != NULL) {
        pk_query_text(q, rows->designation);
    }
    if (rows->box != NULL) {
        if (table->geometry == NULL) {
            pk_query_int(q, version);
            pk_query_int(q, version);
        }
        pk_query_real(q, rows->box->min_x);
        pk_query_real(q, rows->box->max_x);
        pk_query_real(q, rows->box->min_y);
        pk_query_real(q, rows->box->max_y);
    }
    pk_query_int(q, rows->limit == 0 ? PK_ROWS_MAX : rows->limit);
    return PK_OK;
}

/* ---- geometry columns ---- */

static enum pk_status read_blob(struct pk_geom *out, struct pk_query_sql *q, int column,
                                bool spatial, const char *table, struct pk_arena *arena,
                                struct pk_error *err)
{
    *out = (struct pk_geom){0};
    const void *blob = sqlite3_column_blob(q->statement, column);
    size_t len = (size_t)sqlite3_column_bytes(q->statement, column);
    if (blob == NULL) {
        return PK_OK;
    }
    enum pk_status status = spatial ? pk_geom_from_spatialite(out, blob, len, arena, err)
                                    : pk_geom_read(out, blob, len, arena, err);
    if (status != PK_OK) {
        char id[PK_ID_TEXT];
        pk_id_format(id, pk_column_id(q, 0));
        return pk_error_context(err, status, "%s: geometry of a %s of %s", q->db->path,
                                table, id);
    }
    return PK_OK;
}

/* ---- the five kinds of row ---- */

enum pk_status
pk_spatialite_plans(struct pk_store *store, int64_t version, const struct pk_rows *rows,
                    bool (*visit)(const struct pk_plan_row *row, void *ctx), void *ctx,
                    struct pk_arena *arena, struct pk_error *err)
{
    struct pk_query_sql q = {0};
    enum pk_status status = open_rows(&q, store, &plan_table, version, rows, err);
    while (status == PK_OK && pk_query_next(&q)) {
        struct pk_plan_row row = {
            .id = pk_column_id(&q, 0),
            .municipality_code = pk_column_text(&q, 1, arena),
            .municipality = pk_column_text(&q, 2, arena),
            .designation = pk_column_text(&q, 3, arena),
            .name = pk_column_text(&q, 4, arena),
            .status = pk_column_text(&q, 5, arena),
            .plan_type = pk_column_text(&q, 6, arena),
            .adopted = pk_column_text(&q, 7, arena),
            .in_force = pk_column_text(&q, 8, arena),
            .coverage = pk_column_text(&q, 9, arena),
            .details = pk_column_text(&q, 10, arena),
            .accuracy_m = sqlite3_column_double(q.statement, 11),
            .from_version = sqlite3_column_int64(q.statement, 12),
        };
        if (!visit(&row, ctx)) {
            break;
        }
    }
    return pk_query_close(&q, status, err);
}

static enum pk_status part_rows(struct pk_store *store, const struct table *table,
                                int64_t version, const struct pk_rows *rows,
                                bool (*visit)(const struct pk_part_row *row, void *ctx),
                                void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    struct pk_query_sql q = {0};
    enum pk_status status = open_rows(&q, store, table, version, rows, err);
    while (status == PK_OK && pk_query_next(&q)) {
        struct pk_part_row row = {
            .id = pk_column_id(&q, 0),
            .plan_id = pk_column_id(&q, 1),
            .part = (uint32_t)sqlite3_column_int64(q.statement, 2),
            .crs = sqlite3_column_int(q.statement, 3),
            .area_m2 = sqlite3_column_double(q.statement, 4),
            .length_m = sqlite3_column_double(q.statement, 5),
            .label = pk_column_text(&q, 6, arena),
        };
        if (!rows->no_geometry) {
            status = read_blob(&row.delivered, &q, 7, true, table->name, arena, err);
            row.geom = row.delivered;
            if (status == PK_OK && sqlite3_column_type(q.statement, 8) != SQLITE_NULL) {
                status = read_blob(&row.geom, &q, 8, false, table->name, arena, err);
            }
        }
        if (status == PK_OK && !visit(&row, ctx)) {
            break;
        }
    }
    return pk_query_close(&q, status, err);
}

enum pk_status
pk_spatialite_plan_parts(struct pk_store *store, int64_t version,
                         const struct pk_rows *rows,
                         bool (*visit)(const struct pk_part_row *row, void *ctx),
                         void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    return part_rows(store, &plan_part_table, version, rows, visit, ctx, arena, err);
}

enum pk_status
pk_spatialite_regulation_parts(struct pk_store *store, int64_t version,
                               const struct pk_rows *rows,
                               bool (*visit)(const struct pk_part_row *row, void *ctx),
                               void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    return part_rows(store, &regulation_part_table, version, rows, visit, ctx, arena,
                     err);
}

enum pk_status
pk_spatialite_regulations(struct pk_store *store, int64_t version,
                          const struct pk_rows *rows,
                          bool (*visit)(const struct pk_regulation_row *, void *ctx),
                          void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    struct pk_query_sql q = {0};
    enum pk_status status = open_rows(&q, store, &regulation_table, version, rows, err);
    while (status == PK_OK && pk_query_next(&q)) {
        struct pk_regulation_row row = {
            .id = pk_column_id(&q, 0),
            .plan_id = pk_column_id(&q, 1),
            .kind = pk_column_text(&q, 2, arena),
            .form = pk_column_text(&q, 3, arena),
            .letter = pk_column_text(&q, 4, arena),
            .index = pk_column_text(&q, 5, arena),
            .wording = pk_column_text(&q, 6, arena),
            .colour = pk_column_text(&q, 7, arena),
            .symbol = pk_column_text(&q, 8, arena),
            .details = pk_column_text(&q, 9, arena),
            .from_version = sqlite3_column_int64(q.statement, 10),
        };
        if (!visit(&row, ctx)) {
            break;
        }
    }
    return pk_query_close(&q, status, err);
}

enum pk_status
pk_spatialite_features(struct pk_store *store, int64_t version,
                       const struct pk_rows *rows,
                       bool (*visit)(const struct pk_feature_row *row, void *ctx),
                       void *ctx, struct pk_arena *arena, struct pk_error *err)
{
    struct pk_query_sql q = {0};
    enum pk_status status = open_rows(&q, store, &feature_table, version, rows, err);
    while (status == PK_OK && pk_query_next(&q)) {
        struct pk_feature_row row = {
            .id = pk_column_id(&q, 0),
            .layer_id = pk_column_text(&q, 1, arena),
            .title = pk_column_text(&q, 2, arena),
            .attributes = pk_column_text(&q, 3, arena),
            .kind = (enum pk_geom_kind)sqlite3_column_int(q.statement, 4),
            .area_m2 = sqlite3_column_double(q.statement, 5),
            .length_m = sqlite3_column_double(q.statement, 6),
            .crs = sqlite3_column_int(q.statement, 7),
            .from_version = sqlite3_column_int64(q.statement, 8),
        };
        if (!rows->no_geometry) {
            status = read_blob(&row.geom, &q, 9, true, "feature", arena, err);
        }
        if (status == PK_OK && !visit(&row, ctx)) {
            break;
        }
    }
    return pk_query_close(&q, status, err);
}

/* ---- short lists ---- */

enum pk_status pk_spatialite_layers(struct pk_store *store, int64_t version,
                                    struct pk_layer_row **out, uint32_t *count,
                                    struct pk_arena *arena, struct pk_error *err)
{
    *out = NULL;
    *count = 0;
    struct pk_query_sql q;
    enum pk_status status =
        pk_query_open(&q, store,
                      "SELECT layer_id, role, settings, from_version, count(*) OVER () "
                      "FROM layer WHERE from_version <= ?1 AND to_version > ?2 "
                      "ORDER BY layer_id",
                      err);
    if (status != PK_OK) {
        return status;
    }
    pk_query_int(&q, version);
    pk_query_int(&q, version);
    while (pk_query_next(&q)) {
        if (*out == NULL) {
            int64_t all = sqlite3_column_int64(q.statement, 4);
            *out = pk_arena_alloc(arena, (size_t)all, sizeof **out);
        }
        (*out)[(*count)++] = (struct pk_layer_row){
            .layer_id = pk_column_text(&q, 0, arena),
            .role = pk_column_text(&q, 1, arena),
            .settings = pk_column_text(&q, 2, arena),
            .from_version = sqlite3_column_int64(q.statement, 3),
        };
    }
    return pk_query_close(&q, PK_OK, err);
}

enum pk_status pk_spatialite_replacements(struct pk_store *store, int64_t version,
                                          struct pk_id older,
                                          struct pk_replacement_row **out,
                                          uint32_t *count, struct pk_arena *arena,
                                          struct pk_error *err)
{
    *out = NULL;
    *count = 0;
    struct pk_query_sql q;
    enum pk_status status =
        pk_query_open(&q, store,
                      "SELECT older_plan, newer_plan, kind, effective_date, count(*) "
                      "OVER () FROM replacement WHERE older_plan = ?1 AND from_version "
                      "<= ?2 AND to_version > ?3 ORDER BY newer_plan, kind",
                      err);
    if (status != PK_OK) {
        return status;
    }
    pk_query_id(&q, older);
    pk_query_int(&q, version);
    pk_query_int(&q, version);
    while (pk_query_next(&q)) {
        if (*out == NULL) {
            int64_t all = sqlite3_column_int64(q.statement, 4);
            *out = pk_arena_alloc(arena, (size_t)all, sizeof **out);
        }
        const char *day = (const char *)sqlite3_column_text(q.statement, 3);
        (*out)[(*count)++] = (struct pk_replacement_row){
            .older_plan = pk_column_id(&q, 0),
            .newer_plan = pk_column_id(&q, 1),
            .kind = pk_column_text(&q, 2, arena),
            .effective = day == NULL ? PK_DATE_NONE : pk_date_parse(day),
        };
    }
    return pk_query_close(&q, PK_OK, err);
}
