#include "layers/overlay.h"

#include <geos_c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pk_overlay {
    GEOSContextHandle_t geos;
    char words[160]; /* the last thing GEOS said */
};

static void on_error(const char *message, void *data)
{
    struct pk_overlay *o = data;

    snprintf(o->words, sizeof(o->words), "%s", message);
}

struct pk_overlay *pk_overlay_create(void)
{
    struct pk_overlay *o = pk_xcalloc(1, sizeof(*o));

    o->geos = GEOS_init_r();
    GEOSContext_setErrorMessageHandler_r(o->geos, on_error, o);
    return o;
}

void pk_overlay_destroy(struct pk_overlay *o)
{
    if (!o)
        return;
    GEOS_finish_r(o->geos);
    free(o);
}

static enum pk_status fail(struct pk_overlay *o, const char *what, struct pk_error *err)
{
    char *nl = strchr(o->words, '\n');

    if (nl)
        *nl = '\0';
    return pk_fail(err, PK_BAD_INPUT, "geometry: %s: %s", what,
                   o->words[0] ? o->words : "GEOS gives no reason");
}

static enum pk_status check_size(const struct pk_geom *a, const struct pk_geom *b,
                                 struct pk_error *err)
{
    uint64_t n = (uint64_t)a->vertex_count + (b ? b->vertex_count : 0);

    if (n > PK_OVERLAY_VERTICES_MAX)
        return pk_fail(err, PK_LIMIT,
                       "geometry: %llu vertices are more than the %d that overlays take",
                       (unsigned long long)n, PK_OVERLAY_VERTICES_MAX);
    return PK_OK;
}

/* ---- ours -> GEOS ---- */

static GEOSCoordSequence *sequence(struct pk_overlay *o, const struct pk_geom *g,
                                   uint32_t first, uint32_t count)
{
    return GEOSCoordSeq_copyFromBuffer_r(o->geos, g->xy + 2 * (size_t)first, count, 0, 0);
}

static GEOSGeometry *polygon(struct pk_overlay *o, const struct pk_geom *g, uint32_t ring,
                             uint32_t rings)
{
    GEOSGeometry **holes = rings > 1 ? pk_xcalloc(rings - 1, sizeof(*holes)) : NULL;
    GEOSGeometry *shell, *out = NULL;
    bool ok = true;

    shell = GEOSGeom_createLinearRing_r(
        o->geos, sequence(o, g, g->rings[ring].first, g->rings[ring].count));
    for (uint32_t i = 1; i < rings; i++) {
        const struct pk_ring *r = &g->rings[ring + i];

        holes[i - 1] =
            GEOSGeom_createLinearRing_r(o->geos, sequence(o, g, r->first, r->count));
        ok = ok && holes[i - 1];
    }
    if (shell && ok)
        out = GEOSGeom_createPolygon_r(o->geos, shell, holes, rings - 1);
    if (!out) {
        GEOSGeom_destroy_r(o->geos, shell);
        for (uint32_t i = 1; i < rings; i++)
            GEOSGeom_destroy_r(o->geos, holes[i - 1]);
    }
    free(holes);
    return out;
}

static int multi_type(enum pk_geom_kind kind)
{
    switch (kind) {
    case PK_GEOM_POINT:
        return GEOS_MULTIPOINT;
    case PK_GEOM_LINE:
        return GEOS_MULTILINESTRING;
    default:
        return GEOS_MULTIPOLYGON;
    }
}

/* Members of the multi geometry; returns how many, SIZE_MAX when one failed. */
static size_t members(GEOSGeometry **out, struct pk_overlay *o, const struct pk_geom *g)
{
    size_t n = 0;

    if (g->kind == PK_GEOM_POINT) {
        for (uint32_t i = 0; i < g->vertex_count; i++)
            out[n++] =
                GEOSGeom_createPointFromXY_r(o->geos, g->xy[2 * i], g->xy[2 * i + 1]);
    } else if (g->kind == PK_GEOM_LINE) {
        for (uint32_t i = 0; i < g->ring_count; i++)
            out[n++] = GEOSGeom_createLineString_r(
                o->geos, sequence(o, g, g->rings[i].first, g->rings[i].count));
    } else {
        for (uint32_t i = 0; i < g->ring_count;) {
            uint32_t rings = 1;

            while (i + rings < g->ring_count && g->rings[i + rings].role == PK_RING_HOLE)
                rings++;
            out[n++] = polygon(o, g, i, rings);
            i += rings;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!out[i]) {
            for (size_t k = 0; k < n; k++)
                GEOSGeom_destroy_r(o->geos, out[k]);
            return SIZE_MAX;
        }
    }
    return n;
}

static GEOSGeometry *to_geos(struct pk_overlay *o, const struct pk_geom *g)
{
    size_t most = g->kind == PK_GEOM_POINT ? g->vertex_count : g->ring_count;
    GEOSGeometry **list = pk_xcalloc(most + 1, sizeof(*list)), *out = NULL;
    size_t n = members(list, o, g);

    if (n != SIZE_MAX)
        out =
            GEOSGeom_createCollection_r(o->geos, multi_type(g->kind), list, (unsigned)n);
    free(list);
    return out;
}

/* An area that GEOS can overlay: itself when valid, else made valid. */
static GEOSGeometry *to_valid(struct pk_overlay *o, const struct pk_geom *g)
{
    GEOSGeometry *raw = to_geos(o, g), *made;

    if (!raw || g->kind != PK_GEOM_AREA || GEOSisValid_r(o->geos, raw) == 1)
        return raw;
    made = GEOSMakeValid_r(o->geos, raw);
    GEOSGeom_destroy_r(o->geos, raw);
    return made;
}

/* ---- GEOS -> ours: only parts of the kind that is wanted ---- */

static void add_ring(struct pk_geom_builder *b, struct pk_overlay *o,
                     const GEOSGeometry *line, enum pk_ring_role role)
{
    const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(o->geos, line);
    unsigned n = 0;

    GEOSCoordSeq_getSize_r(o->geos, seq, &n);
    pk_geom_ring(b, role);
    for (unsigned i = 0; i < n; i++) {
        double x = 0, y = 0;

        GEOSCoordSeq_getXY_r(o->geos, seq, i, &x, &y);
        pk_geom_vertex(b, x, y, 0);
    }
}

static void add_geos(struct pk_geom_builder *b, struct pk_overlay *o,
                     const GEOSGeometry *g, enum pk_geom_kind kind, bool *any)
{
    int type = GEOSGeomTypeId_r(o->geos, g);

    if (GEOSisEmpty_r(o->geos, g) == 1)
        return;
    if (type == GEOS_POLYGON && kind == PK_GEOM_AREA) {
        int holes = GEOSGetNumInteriorRings_r(o->geos, g);

        add_ring(b, o, GEOSGetExteriorRing_r(o->geos, g), PK_RING_OUTER);
        for (int i = 0; i < holes; i++)
            add_ring(b, o, GEOSGetInteriorRingN_r(o->geos, g, i), PK_RING_HOLE);
        *any = true;
    } else if ((type == GEOS_LINESTRING || type == GEOS_LINEARRING) &&
               kind == PK_GEOM_LINE) {
        add_ring(b, o, g, PK_RING_OPEN);
        *any = true;
    } else if (type == GEOS_POINT && kind == PK_GEOM_POINT) {
        double x = 0, y = 0;

        if (!*any)
            pk_geom_ring(b, PK_RING_OPEN);
        GEOSGeomGetX_r(o->geos, g, &x);
        GEOSGeomGetY_r(o->geos, g, &y);
        pk_geom_vertex(b, x, y, 0);
        *any = true;
    } else if (type >= GEOS_MULTIPOINT) {
        int n = GEOSGetNumGeometries_r(o->geos, g);

        for (int i = 0; i < n; i++)
            add_geos(b, o, GEOSGetGeometryN_r(o->geos, g, i), kind, any);
    }
}

static enum pk_status from_geos(struct pk_geom *out, struct pk_overlay *o,
                                const GEOSGeometry *g, enum pk_geom_kind kind,
                                struct pk_arena *arena, struct pk_error *err)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, kind, false);
    bool any = false;

    add_geos(b, o, g, kind, &any);
    if (!any) {
        *out = (struct pk_geom){.kind = kind};
        return PK_OK;
    }
    enum pk_status status = pk_geom_done(out, b, err);
    /* GEOS writes outer rings clockwise. */
    if (!status)
        pk_geom_orient(out);
    return status;
}

/* ---- public ---- */

enum pk_status pk_overlay_valid(bool *valid, struct pk_overlay_fault *fault,
                                struct pk_overlay *o, const struct pk_geom *g,
                                struct pk_error *err)
{
    enum pk_status status = check_size(g, NULL, err);
    GEOSGeometry *geos, *where = NULL;
    char *reason = NULL;
    double x = 0, y = 0;

    *valid = true;
    if (status || g->kind != PK_GEOM_AREA || g->ring_count == 0)
        return status;
    geos = to_geos(o, g);
    if (!geos)
        return fail(o, "cannot be read as an area", err);
    *valid = GEOSisValidDetail_r(o->geos, geos, 0, &reason, &where) == 1;
    if (!*valid && fault) {
        *fault = (struct pk_overlay_fault){.x = g->xy[0], .y = g->xy[1]};
        if (where && GEOSGeomGetX_r(o->geos, where, &x) == 1 &&
            GEOSGeomGetY_r(o->geos, where, &y) == 1) {
            fault->x = x;
            fault->y = y;
        }
        snprintf(fault->reason, sizeof(fault->reason), "%s",
                 reason ? reason : "not valid");
    }
    if (reason)
        GEOSFree_r(o->geos, reason);
    GEOSGeom_destroy_r(o->geos, where);
    GEOSGeom_destroy_r(o->geos, geos);
    return PK_OK;
}

enum pk_status pk_overlay_make_valid(struct pk_geom *out, struct pk_overlay *o,
                                     const struct pk_geom *g, struct pk_arena *arena,
                                     struct pk_error *err)
{
    enum pk_status status = check_size(g, NULL, err);
    GEOSGeometry *made;

    if (status)
        return status;
    made = to_valid(o, g);
    if (!made)
        return fail(o, "cannot be made valid", err);
    status = from_geos(out, o, made, g->kind, arena, err);
    GEOSGeom_destroy_r(o->geos, made);
    if (!status && out->ring_count == 0)
        return pk_fail(err, PK_BAD_INPUT,
                       "geometry: nothing is left of it when made valid");
    return status;
}

typedef GEOSGeometry *operation(GEOSContextHandle_t, const GEOSGeometry *,
                                const GEOSGeometry *);

static enum pk_status overlay(GEOSGeometry **out, struct pk_overlay *o,
                              const struct pk_geom *a, const struct pk_geom *b,
                              operation *op, struct pk_error *err)
{
    enum pk_status status = check_size(a, b, err);
    GEOSGeometry *ga, *gb;

    *out = NULL;
    if (status)
        return status;
    o->words[0] = '\0';
    ga = to_valid(o, a);
    gb = to_valid(o, b);
    if (ga && gb)
        *out = op(o->geos, ga, gb);
    GEOSGeom_destroy_r(o->geos, ga);
    GEOSGeom_destroy_r(o->geos, gb);
    return *out ? PK_OK : fail(o, "overlay", err);
}

static enum pk_status overlay_geom(struct pk_geom *out, struct pk_overlay *o,
                                   const struct pk_geom *a, const struct pk_geom *b,
                                   operation *op, struct pk_arena *arena,
                                   struct pk_error *err)
{
    GEOSGeometry *geos;
    enum pk_status status = overlay(&geos, o, a, b, op, err);

    if (status)
        return status;
    status = from_geos(out, o, geos, a->kind, arena, err);
    GEOSGeom_destroy_r(o->geos, geos);
    return status;
}

enum pk_status pk_overlay_difference(struct pk_geom *out, struct pk_overlay *o,
                                     const struct pk_geom *a, const struct pk_geom *b,
                                     struct pk_arena *arena, struct pk_error *err)
{
    return overlay_geom(out, o, a, b, GEOSDifference_r, arena, err);
}

enum pk_status pk_overlay_intersection(struct pk_geom *out, struct pk_overlay *o,
                                       const struct pk_geom *a, const struct pk_geom *b,
                                       struct pk_arena *arena, struct pk_error *err)
{
    return overlay_geom(out, o, a, b, GEOSIntersection_r, arena, err);
}

enum pk_status pk_overlay_union(struct pk_geom *out, struct pk_overlay *o,
                                const struct pk_geom *const *list, uint32_t count,
                                struct pk_arena *arena, struct pk_error *err)
{
    GEOSGeometry **members = pk_xcalloc((size_t)count + 1, sizeof(*members));
    GEOSGeometry *all = NULL, *made = NULL;
    struct pk_geom sum = {.vertex_count = 0};
    enum pk_status status = PK_OK;
    uint32_t n = 0;

    o->words[0] = '\0';
    for (uint32_t i = 0; i < count && !status; i++) {
        sum.vertex_count += list[i]->vertex_count;
        status = check_size(&sum, NULL, err);
        if (!status && !(members[n] = to_valid(o, list[i])))
            status = fail(o, "union", err);
        n += status == PK_OK;
    }
    if (!status)
        all = GEOSGeom_createCollection_r(o->geos, GEOS_GEOMETRYCOLLECTION, members, n);
    if (!all) {
        for (uint32_t i = 0; i < n; i++)
            GEOSGeom_destroy_r(o->geos, members[i]);
    }
    free(members);
    made = all ? GEOSUnaryUnion_r(o->geos, all) : NULL;
    if (made)
        status = from_geos(out, o, made, PK_GEOM_AREA, arena, err);
    else if (!status)
        status = fail(o, "union", err);
    GEOSGeom_destroy_r(o->geos, made);
    GEOSGeom_destroy_r(o->geos, all);
    return status;
}

enum pk_status pk_overlay_grow(struct pk_geom *out, struct pk_overlay *o,
                               const struct pk_geom *g, double distance,
                               struct pk_arena *arena, struct pk_error *err)
{
    enum { QUARTER_SEGMENTS = 8 };
    enum pk_status status = check_size(g, NULL, err);
    GEOSGeometry *from = NULL, *made = NULL;

    if (status)
        return status;
    o->words[0] = '\0';
    from = to_valid(o, g);
    made = from ? GEOSBuffer_r(o->geos, from, distance, QUARTER_SEGMENTS) : NULL;
    status =
        made ? from_geos(out, o, made, PK_GEOM_AREA, arena, err) : fail(o, "buffer", err);
    GEOSGeom_destroy_r(o->geos, made);
    GEOSGeom_destroy_r(o->geos, from);
    return status;
}

enum pk_status pk_overlay_shared_area(double *out, struct pk_overlay *o,
                                      const struct pk_geom *a, const struct pk_geom *b,
                                      struct pk_error *err)
{
    GEOSGeometry *geos;
    enum pk_status status = overlay(&geos, o, a, b, GEOSIntersection_r, err);

    *out = 0;
    if (!status && GEOSArea_r(o->geos, geos, out) != 1)
        status = fail(o, "area", err);
    GEOSGeom_destroy_r(o->geos, geos);
    return status;
}

enum pk_status pk_overlay_shared_length(double *out, struct pk_overlay *o,
                                        const struct pk_geom *a, const struct pk_geom *b,
                                        struct pk_error *err)
{
    GEOSGeometry *geos;
    enum pk_status status = overlay(&geos, o, a, b, GEOSIntersection_r, err);

    *out = 0;
    if (!status && GEOSLength_r(o->geos, geos, out) != 1)
        status = fail(o, "length", err);
    GEOSGeom_destroy_r(o->geos, geos);
    return status;
}
