/* draft_geometry.c - one delivered geometry: valid, repaired, measured, turned into
 * EPSG:3006, and inside reach. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/draft_internal.h"

/* A repair is safe when the area stays: within one per cent or one square metre. */
#define SAFE_SHARE 0.01
#define SAFE_M2    1.0
/* A municipality's border is drawn more coarsely than a plan. */
#define REACH_M 500.0

static struct draft_finding at_point(struct pk_draft *d, int crs, const char *rule,
                                     const char *severity, const char *object,
                                     const char *place, double x, double y)
{
    struct draft_finding f = {rule, severity, object, place, false, 0, 0};
    double xy[2] = {x, y};

    if (crs == 3006 || pk_crs_transform(d->crs, crs, 3006, xy, 1, NULL) == PK_OK) {
        f.has_point = true;
        f.x = xy[0];
        f.y = xy[1];
    }
    return f;
}

static bool safe_repair(double before, double after)
{
    double lost = fabs(after - before);

    return lost <= SAFE_M2 || lost <= SAFE_SHARE * fmax(before, after);
}

/* *shape becomes the repaired one when that is safe; else it stays as delivered. */
static enum pk_status repair(struct pk_geom *shape, bool *repaired, struct pk_draft *d,
                             int crs, const char *object, const char *place,
                             struct pk_error *err)
{
    struct pk_overlay_fault fault = {0};
    struct draft_finding what;
    struct draft_source *source = draft_source_now(d);
    struct pk_geom made;
    double before = fabs(pk_geom_area(shape));
    const char *args[] = {"reason", fault.reason, NULL};
    bool valid = true;
    enum pk_status status = pk_overlay_valid(&valid, &fault, d->overlay, shape, err);

    if (status == PK_LIMIT) { /* too long to be checked: said, and kept as it is */
        what = at_point(d, crs, "P-VALID", "note", object, place, shape->xy[0],
                        shape->xy[1]);
        draft_finding(d, source, &what, PK_MSG_RPT_UNCHECKED, PK_MSG_RPT_UNCHECKED_FIX,
                      NULL);
        return PK_OK;
    }
    if (status == PK_BAD_INPUT)
        valid = false;
    else if (status || valid)
        return status;
    if (!fault.reason[0]) {
        snprintf(fault.reason, sizeof(fault.reason), "not an area");
        fault.x = shape->xy[0];
        fault.y = shape->xy[1];
    }
    what = at_point(d, crs, "DP-Krav-0018", "warning", object, place, fault.x, fault.y);
    if (pk_overlay_make_valid(&made, d->overlay, shape, &d->arena, NULL) == PK_OK &&
        safe_repair(before, fabs(pk_geom_area(&made)))) {
        draft_finding(d, source, &what, PK_MSG_RPT_REPAIRED, PK_MSG_RPT_REPAIRED_FIX,
                      args);
        *shape = made;
        *repaired = true;
        return PK_OK;
    }
    what.severity = "error";
    draft_finding(d, source, &what, PK_MSG_RPT_INVALID, PK_MSG_RPT_INVALID_FIX, args);
    return PK_OK;
}

static bool in_reach(const struct pk_draft *d, struct pk_box box, bool municipal)
{
    if (!pk_crs_in_reach(box.min_x, box.min_y) || !pk_crs_in_reach(box.max_x, box.max_y))
        return false;
    if (!municipal || d->reach_count == 0)
        return true;
    for (size_t i = 0; i < d->reach_count; i++) {
        if (pk_box_touches(box, pk_box_grow(d->reach[i], REACH_M)))
            return true;
    }
    return false;
}

static void out_of_reach(struct pk_draft *d, int crs, const struct pk_geom *shape,
                         const char *object, const char *place, bool municipal)
{
    struct draft_finding what = {"P-CRS", "error", object, place, false, 0, 0};
    double turned[2] = {shape->xy[1], shape->xy[0]};
    char where[80], epsg[24];
    const char *args[] = {"where", where, "crs", epsg, NULL};
    bool swapped;

    snprintf(where, sizeof(where), "%.3f, %.3f", shape->xy[0], shape->xy[1]);
    snprintf(epsg, sizeof(epsg), "EPSG:%d", crs);
    swapped = pk_crs_transform(d->crs, crs, 3006, turned, 1, NULL) == PK_OK &&
              in_reach(d, (struct pk_box){turned[0], turned[1], turned[0], turned[1]},
                       municipal);
    draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_REACH,
                  swapped ? PK_MSG_RPT_REACH_SWAPPED : PK_MSG_RPT_REACH_FIX, args);
}

/* Areas and lengths that people are told are those of the delivered system; one in
 * degrees, or Web Mercator, has none: EPSG:3006 without its point scale. */
static void measure(struct draft_geometry *out, int crs, const struct pk_geom *shape)
{
    bool plane = !pk_crs_is_degrees(crs) && crs != 3857;
    const struct pk_geom *g = plane ? shape : &out->working;
    double k = plane ? 1.0 : pk_crs_point_scale((out->box.min_x + out->box.max_x) / 2);

    out->area_m2 = g->kind == PK_GEOM_AREA ? fabs(pk_geom_area(g)) / (k * k) : 0;
    out->length_m = g->kind == PK_GEOM_LINE ? pk_geom_length(g) / k : 0;
}

enum pk_status draft_geometry(struct draft_geometry *out, bool *stop, struct pk_draft *d,
                              const struct pk_record *record, const char *object,
                              const char *place, bool municipal, struct pk_error *err)
{
    struct draft_finding what = {"P-GEOM", "error", object, place, false, 0, 0};
    struct pk_geom shape = record->geom;
    struct pk_error why = {0};
    const char *args[] = {"reason", why.text, NULL};
    long long crs = 0;
    enum pk_status status;

    *out = (struct draft_geometry){0};
    *stop = true;
    pk_jget_int(record->object, "crs", &crs);
    if (!record->has_geom || shape.kind == PK_GEOM_NONE || shape.vertex_count == 0) {
        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_NO_GEOMETRY,
                      PK_MSG_RPT_NO_GEOMETRY_FIX, NULL);
        return PK_OK;
    }
    if (crs <= 0 || crs > 1000000 || !pk_crs_known((int)crs)) {
        snprintf(why.text, sizeof(why.text), "EPSG:%lld", crs);
        what.rule = "P-CRS";
        draft_finding(d, draft_source_now(d), &what, PK_MSG_RPT_CRS_UNKNOWN,
                      PK_MSG_RPT_CRS_UNKNOWN_FIX, args);
        return PK_OK;
    }
    if (shape.kind == PK_GEOM_AREA) {
        status = repair(&shape, &out->repaired, d, (int)crs, object, place, err);
        if (status)
            return status;
    }
    if (crs == 3006) {
        out->working = shape;
    } else if (pk_crs_transform_geom(d->crs, (int)crs, 3006, &shape, &out->working,
                                     &d->arena, &why)) {
        out_of_reach(d, (int)crs, &shape, object, place, municipal);
        return PK_OK;
    }
    out->box = pk_geom_box(&out->working);
    if (!in_reach(d, out->box, municipal)) {
        out_of_reach(d, (int)crs, &shape, object, place, municipal);
        return PK_OK;
    }
    out->changed = out->repaired || crs != 3006 || shape.z != NULL;
    measure(out, (int)crs, &shape);
    *stop = false;
    return PK_OK;
}

enum pk_status draft_reach_load(struct pk_draft *d, struct pk_error *err)
{
    sqlite3_stmt *stmt;
    int rc;
    enum pk_status status = pk_db_prepare(
        &stmt, d->db,
        /* CROSS: the order of the tables; the index of boxes is large. */
        "SELECT i.xmin, i.ymin, i.xmax, i.ymax FROM layer l "
        "CROSS JOIN feature f ON f.layer_id = l.layer_id "
        "CROSS JOIN idx_feature_geometry i ON i.pkid = f.row_id "
        "WHERE l.role = 'municipality' AND l.to_version = ?1 AND f.to_version = ?1 "
        "AND l.from_version IS NOT NULL AND f.from_version IS NOT NULL",
        err);

    if (status)
        return status;
    sqlite3_bind_int64(stmt, 1, PK_OPEN_END);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        d->reach = pk_xrealloc(d->reach, d->reach_count + 1, sizeof(*d->reach));
        d->reach[d->reach_count++] = (struct pk_box){
            sqlite3_column_double(stmt, 0), sqlite3_column_double(stmt, 1),
            sqlite3_column_double(stmt, 2), sqlite3_column_double(stmt, 3)};
    }
    if (rc != SQLITE_DONE)
        status = pk_db_fail(d->db, "reach of the municipality", err);
    sqlite3_finalize(stmt);
    return status;
}

struct pk_id draft_geometry_hash(const struct pk_record *record, int crs,
                                 const char *more)
{
    struct pk_buf text;
    struct pk_id hash;

    pk_buf_init(&text, (size_t)PK_STREAM_RECORD_MAX * 2);
    pk_buf_add_u32(&text, (uint32_t)crs);
    if (record->has_geom)
        pk_buf_add(&text, record->geom_bytes, record->geom_len);
    pk_buf_adds(&text, more ? more : "");
    hash = pk_hash128(text.data, text.len);
    pk_buf_finish(&text);
    return hash;
}
