/* ogr_geometry.c - OGR geometries into ours: parts, curves, collections. */
#include <cpl_conv.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "import/ogr_private.h"

enum { PK_OGR_DEPTH_MAX = 4 };

struct walker {
    struct ogr_shapes *out;
    struct pk_shape kinds[PK_GEOM_AREA + 1];
    bool used[PK_GEOM_AREA + 1];
    bool northing_first;
    double tolerance;
    struct pk_arena *arena;
};

static struct pk_shape *shape_of(struct walker *w, enum pk_geom_kind kind)
{
    if (!w->used[kind]) {
        pk_shape_begin(&w->kinds[kind], kind, w->arena);
        w->used[kind] = true;
    }
    return &w->kinds[kind];
}

/* Points of a simple curve or point, turned when northing comes first. */
static size_t points_of(struct walker *w, OGRGeometryH g, double **xy, double **z)
{
    int n = OGR_G_GetPointCount(g);

    if (n <= 0 || n > PK_GEOM_VERTICES_MAX + 1) {
        if (n > 0) {
            w->out->why = "too many vertices";
        }
        return 0;
    }
    *xy = pk_arena_alloc(w->arena, 2 * (size_t)n, sizeof(**xy));
    *z = OGR_G_Is3D(g) ? pk_arena_alloc(w->arena, (size_t)n, sizeof(**z)) : NULL;
    for (int i = 0; i < n; i++) {
        double x = OGR_G_GetX(g, i), y = OGR_G_GetY(g, i);
        (*xy)[2 * i] = w->northing_first ? y : x;
        (*xy)[2 * i + 1] = w->northing_first ? x : y;
        if (*z != NULL) {
            (*z)[i] = OGR_G_GetZ(g, i);
            if (!isfinite((*z)[i])) {
                (*z)[i] = 0; /* "no height" of many formats */
            }
        }
        if (!isfinite(x) || !isfinite(y)) {
            w->out->why = "a coordinate that is not a finite number";
            return 0;
        }
    }
    return (size_t)n;
}

static void add_curve(struct walker *w, struct pk_path *path, OGRGeometryH g, int depth)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    double *xy, *z;

    if (type == wkbCompoundCurve && depth > 0) {
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++) {
            add_curve(w, path, OGR_G_GetGeometryRef(g, i), depth - 1);
        }
        return;
    }
    size_t n = points_of(w, g, &xy, &z);
    bool arcs = type == wkbCircularString && n >= 3 && n % 2 == 1;
    for (size_t i = 0; i < n; i++) {
        bool again = i == 0 && path->count > 0 &&
                     path->xy[2 * path->count - 2] == xy[0] &&
                     path->xy[2 * path->count - 1] == xy[1];
        if (again) {
            continue;
        }
        if (arcs && i > 0) {
            pk_path_arc(path, xy + 2 * (i - 1), xy + 2 * i, xy + 2 * (i + 1),
                        w->tolerance);
            i++;
        } else {
            pk_path_add(path, xy[2 * i], xy[2 * i + 1]);
        }
    }
}

static void add_ring(struct walker *w, enum pk_ring_role role, OGRGeometryH g)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    enum pk_geom_kind kind = role == PK_RING_OPEN ? PK_GEOM_LINE : PK_GEOM_AREA;
    double *xy, *z;

    if (type == wkbCompoundCurve || type == wkbCircularString) {
        struct pk_path path = {.arena = w->arena};
        add_curve(w, &path, g, PK_OGR_DEPTH_MAX);
        pk_shape_add_path(shape_of(w, kind), role, &path);
        return;
    }
    size_t n = points_of(w, g, &xy, &z);
    pk_shape_add(shape_of(w, kind), role, xy, n ? z : NULL, n);
}

static void walk(struct walker *w, OGRGeometryH g, int depth)
{
    double *xy, *z;
    size_t n;

    if (g == NULL || w->out->why != NULL || OGR_G_IsEmpty(g)) {
        return;
    }
    if (depth == 0) {
        w->out->why = "geometries nested too deep";
        return;
    }
    switch (wkbFlatten(OGR_G_GetGeometryType(g))) {
    case wkbPoint:
        n = points_of(w, g, &xy, &z);
        pk_shape_add(shape_of(w, PK_GEOM_POINT), PK_RING_OPEN, xy, n ? z : NULL, n);
        break;
    case wkbLineString:
    case wkbLinearRing:
    case wkbCircularString:
    case wkbCompoundCurve:
        add_ring(w, PK_RING_OPEN, g);
        break;
    case wkbPolygon:
    case wkbCurvePolygon:
    case wkbTriangle:
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++) {
            add_ring(w, i ? PK_RING_HOLE : PK_RING_OUTER, OGR_G_GetGeometryRef(g, i));
        }
        break;
    case wkbMultiPoint:
    case wkbMultiLineString:
    case wkbMultiPolygon:
    case wkbMultiCurve:
    case wkbMultiSurface:
    case wkbGeometryCollection:
    case wkbPolyhedralSurface:
    case wkbTIN:
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++) {
            walk(w, OGR_G_GetGeometryRef(g, i), depth - 1);
        }
        break;
    default:
        w->out->why = "a geometry of a type that is not read";
        break;
    }
}

void ogr_shapes_of(struct ogr_shapes *out, OGRGeometryH g, bool northing_first,
                   double tolerance, struct pk_arena *arena)
{
    struct walker w = {.out = out,
                       .northing_first = northing_first,
                       .tolerance = tolerance,
                       .arena = arena};
    struct pk_error err = {0};

    memset(out, 0, sizeof(*out));
    walk(&w, g, PK_OGR_DEPTH_MAX);
    for (int kind = PK_GEOM_AREA; kind >= PK_GEOM_POINT && out->why == NULL; kind--) {
        if (!w.used[kind] || w.kinds[kind].builder == NULL) {
            continue;
        }
        if (pk_shape_done(&out->geoms[out->count], &w.kinds[kind], &err) != PK_OK) {
            out->why = pk_arena_strdup(arena, err.text);
        } else {
            out->shapes[out->count++] = w.kinds[kind];
        }
    }
}

int ogr_epsg(OGRSpatialReferenceH srs, const char **name, struct pk_arena *arena)
{
    *name = NULL;
    if (srs == NULL) {
        return 0;
    }
    const char *text = OSRGetName(srs);
    *name = text ? pk_arena_strdup(arena, text) : NULL;
    int epsg = *name ? pk_crs_of_name(*name) : 0;
    for (int attempt = 0; attempt < 2 && epsg == 0; attempt++) {
        const char *authority = OSRGetAuthorityName(srs, NULL);
        const char *code = OSRGetAuthorityCode(srs, NULL);
        char full[48];
        if (authority && code && strcmp(authority, "EPSG") == 0) {
            snprintf(full, sizeof(full), "EPSG:%.20s", code);
            epsg = pk_crs_of_name(full);
        }
        if (epsg == 0 && OSRAutoIdentifyEPSG(srs) != OGRERR_NONE) {
            break;
        }
    }
    if (epsg == 0) { /* .prj files name no number: ask PROJ's own tables */
        int n = 0, *confidence = NULL;
        OGRSpatialReferenceH *found = OSRFindMatches(srs, NULL, &n, &confidence);
        for (int i = 0; i < n && epsg == 0 && confidence[i] >= 90; i++) {
            const char *code = OSRGetAuthorityCode(found[i], NULL);
            char full[48];
            snprintf(full, sizeof(full), "EPSG:%.20s", code ? code : "");
            epsg = pk_crs_of_name(full);
        }
        OSRFreeSRSArray(found);
        CPLFree(confidence);
    }
    return epsg;
}
