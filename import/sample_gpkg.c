/* sample_gpkg.c - writing the sample's GeoPackage with GDAL. */
#include "import/sample_gpkg.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum layer {
    FASTIGHET,
    ADRESS,
    ORTNAMN,
    MARK,
    VATTEN,
    VAG,
    BYGGNAD,
    KOMMUN,
    STRANDSKYDD,
    LAYERS
};

enum { FIELDS_MAX = 5, COMMIT_EVERY = 20000 };

static const struct {
    const char *name;
    OGRwkbGeometryType type;
    const char *fields[FIELDS_MAX]; /* text; "#" in front: a number */
} layers[LAYERS] = {
    [FASTIGHET] = {"fastighet",
                   wkbMultiPolygon,                {"objektidentitet", "beteckning", "kommunkod", "kommunnamn"}  },
    [ADRESS] = {"adress",
                   wkbPoint,                       {"objektidentitet", "adress", "ort", "fastighet", "kommunkod"}},
    [ORTNAMN] = {"ortnamn",     wkbPoint,        {"namn", "typ"}                                               },
    [MARK] = {"mark",        wkbMultiPolygon, {"typ"}                                                       },
    [VATTEN] = {"vatten",      wkbMultiPolygon, {"typ", "namn"}                                               },
    [VAG] = {"vag",         wkbLineString,   {"klass", "namn"}                                             },
    [BYGGNAD] = {"byggnad",     wkbMultiPolygon, {"objektidentitet"}                                           },
    [KOMMUN] = {"kommun",      wkbMultiPolygon, {"kommunkod", "kommunnamn"}                                   },
    [STRANDSKYDD] = {"strandskydd", wkbMultiPolygon, {"#meter", "kalla", "vatten"}                                 },
};

struct pk_sample_gpkg {
    GDALDatasetH dataset;
    OGRLayerH layers[LAYERS];
    uint32_t written;
    bool failed;
};

static enum pk_status gdal_fail(struct pk_error *err, const char *what)
{
    return pk_fail(err, PK_IO, "%s: %s", what, CPLGetLastErrorMsg());
}

enum pk_status pk_sample_gpkg_open(struct pk_sample_gpkg **out, const char *path,
                                   struct pk_error *err)
{
    *out = NULL;
    /* Without a fixed time of writing the bytes would differ from run to run. */
    CPLSetConfigOption("OGR_CURRENT_DATE", "2026-01-01T00:00:00.000Z");
    CPLPushErrorHandler(CPLQuietErrorHandler);
    GDALAllRegister();
    GDALDriverH driver = GDALGetDriverByName("GPKG");
    if (driver == NULL) {
        return pk_fail(err, PK_UNSUPPORTED, "this GDAL has no GPKG driver");
    }
    unlink(path);
    struct pk_sample_gpkg *g = pk_xcalloc(1, sizeof(*g));
    g->dataset = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (g->dataset == NULL) {
        free(g);
        return gdal_fail(err, path);
    }
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, 3006);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    for (int i = 0; i < LAYERS && !g->failed; i++) {
        g->layers[i] =
            GDALDatasetCreateLayer(g->dataset, layers[i].name, srs, layers[i].type, NULL);
        for (int f = 0;
             f < FIELDS_MAX && layers[i].fields[f] != NULL && g->layers[i] != NULL; f++) {
            const char *name = layers[i].fields[f];
            OGRFieldDefnH field = OGR_Fld_Create(name[0] == '#' ? name + 1 : name,
                                                 name[0] == '#' ? OFTInteger : OFTString);
            g->failed |= OGR_L_CreateField(g->layers[i], field, TRUE) != OGRERR_NONE;
            OGR_Fld_Destroy(field);
        }
        g->failed |= g->layers[i] == NULL;
    }
    OSRDestroySpatialReference(srs);
    g->failed |= GDALDatasetStartTransaction(g->dataset, FALSE) != OGRERR_NONE;
    *out = g;
    return g->failed ? gdal_fail(err, path) : PK_OK;
}

static OGRGeometryH to_ogr(const struct pk_geom *g)
{
    if (g->kind == PK_GEOM_POINT) {
        OGRGeometryH p = OGR_G_CreateGeometry(wkbPoint);
        OGR_G_SetPoint_2D(p, 0, g->xy[0], g->xy[1]);
        return p;
    }
    if (g->kind == PK_GEOM_LINE) {
        OGRGeometryH l = OGR_G_CreateGeometry(wkbLineString);
        for (uint32_t i = 0; i < g->rings[0].count; i++) {
            OGR_G_AddPoint_2D(l, g->xy[2 * i], g->xy[2 * i + 1]);
        }
        return l;
    }
    OGRGeometryH multi = OGR_G_CreateGeometry(wkbMultiPolygon), polygon = NULL;
    for (uint32_t r = 0; r < g->ring_count; r++) {
        OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);
        for (uint32_t i = 0; i < g->rings[r].count; i++) {
            const double *p = g->xy + 2 * (g->rings[r].first + i);
            OGR_G_AddPoint_2D(ring, p[0], p[1]);
        }
        if (g->rings[r].role == PK_RING_OUTER) {
            if (polygon != NULL) {
                OGR_G_AddGeometryDirectly(multi, polygon);
            }
            polygon = OGR_G_CreateGeometry(wkbPolygon);
        }
        OGR_G_AddGeometryDirectly(polygon, ring);
    }
    if (polygon != NULL) {
        OGR_G_AddGeometryDirectly(multi, polygon);
    }
    return multi;
}

static void put(struct pk_sample_gpkg *g, enum layer layer, const struct pk_geom *geom,
                const char *const *values)
{
    OGRFeatureH f = OGR_F_Create(OGR_L_GetLayerDefn(g->layers[layer]));
    for (int i = 0; i < FIELDS_MAX && layers[layer].fields[i] != NULL; i++) {
        if (values[i] != NULL) {
            OGR_F_SetFieldString(f, i, values[i]);
        }
    }
    OGR_F_SetGeometryDirectly(f, to_ogr(geom));
    g->failed |= OGR_L_CreateFeature(g->layers[layer], f) != OGRERR_NONE;
    OGR_F_Destroy(f);
    if (++g->written % COMMIT_EVERY == 0) {
        g->failed |= GDALDatasetCommitTransaction(g->dataset) != OGRERR_NONE;
        g->failed |= GDALDatasetStartTransaction(g->dataset, FALSE) != OGRERR_NONE;
    }
}

static enum pk_status state(const struct pk_sample_gpkg *g, struct pk_error *err)
{
    return g->failed ? gdal_fail(err, "the GeoPackage") : PK_OK;
}

static struct pk_geom point_geom(double xy[2], struct pk_ring *ring)
{
    *ring = (struct pk_ring){0, 1, PK_RING_OPEN};
    return (struct pk_geom){.kind = PK_GEOM_POINT,
                            .ring_count = 1,
                            .vertex_count = 1,
                            .rings = ring,
                            .xy = xy};
}

enum pk_status pk_sample_gpkg_plan(struct pk_sample_gpkg *g,
                                   const struct pk_sample_plan *p, struct pk_error *err)
{
    const char *code = pk_sample_municipality_code(p->town->municipality);
    const char *municipality = pk_sample_municipality(p->town->municipality);
    for (uint32_t i = 0; i < p->lot_count; i++) {
        const struct pk_sample_lot *lot = &p->lots[i];
        char key[160], id[PK_ID_TEXT];
        snprintf(key, sizeof(key), "%s/%u/%u", lot->designation, p->number, i);
        pk_id_format(id, pk_id_of("sample-property", code, key));
        put(g, FASTIGHET, &lot->geom,
            (const char *[FIELDS_MAX]){id, lot->designation, code, municipality});
        if (lot->building.kind != PK_GEOM_NONE) {
            pk_id_format(id, pk_id_of("sample-building", code, key));
            put(g, BYGGNAD, &lot->building, (const char *[FIELDS_MAX]){id});
        }
        if (lot->has_address) {
            struct pk_ring ring;
            double xy[2] = {lot->x, lot->y};
            struct pk_geom at = point_geom(xy, &ring);
            pk_id_format(id, pk_id_of("sample-address", code, key));
            put(g, ADRESS, &at,
                (const char *[FIELDS_MAX]){id, lot->address, p->town->name,
                                           lot->designation, code});
        }
    }
    for (uint32_t i = 0; i < p->road_count; i++) {
        put(g, VAG, &p->roads[i],
            (const char *[FIELDS_MAX]){p->road_class[i], p->road_name[i]});
    }
    return state(g, err);
}

/* A round shape with a wandering edge: lakes, fields, the built-up ground of a town. */
static void blob_ring(struct pk_geom_builder *b, uint64_t seed, int64_t key, double x,
                      double y, double radius_x, double radius_y, double grow,
                      enum pk_ring_role role)
{
    enum { CORNERS = 72 };
    double phase[3], weight[3];
    for (int i = 0; i < 3; i++) {
        phase[i] = pk_sample_unit(seed, "blob-phase", key, i, 0) * 6.283185307179586;
        weight[i] = pk_sample_unit(seed, "blob-weight", key, i, 0) * 0.16;
    }
    pk_geom_ring(b, role);
    for (int i = 0; i <= CORNERS; i++) {
        double a = (i % CORNERS) * 6.283185307179586 / CORNERS;
        double r = 1 + weight[0] * sin(2 * a + phase[0]) +
                   weight[1] * sin(3 * a + phase[1]) + weight[2] * sin(5 * a + phase[2]);
        double px = x + (radius_x * r + grow) * cos(a),
               py = y + (radius_y * r + grow) * sin(a);
        pk_geom_vertex(b, round(px * 1000) / 1000, round(py * 1000) / 1000, 0);
    }
}

static enum pk_status blob(struct pk_geom *out, struct pk_arena *arena, uint64_t seed,
                           int64_t key, double x, double y, double rx, double ry,
                           double grow, double hole, struct pk_error *err)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
    blob_ring(b, seed, key, x, y, rx, ry, grow, PK_RING_OUTER);
    if (hole < 0 && rx + hole > 40 && ry + hole > 40) {
        blob_ring(b, seed, key, x, y, rx, ry, hole, PK_RING_HOLE);
    }
    return pk_geom_done(out, b, err);
}

static enum pk_status lake(struct pk_sample_gpkg *g, uint64_t seed, int64_t key, double x,
                           double y, double rx, double ry, uint32_t name,
                           struct pk_arena *arena, struct pk_error *err)
{
    struct pk_geom water, shore;
    enum pk_status status = blob(&water, arena, seed, key, x, y, rx, ry, 0, 0, err);
    if (status == PK_OK) {
        status = blob(&shore, arena, seed, key, x, y, rx, ry, 100, -100, err);
    }
    if (status != PK_OK) {
        return status;
    }
    const char *called = pk_sample_lake(name);
    put(g, VATTEN, &water, (const char *[FIELDS_MAX]){"sjö", called});
    put(g, STRANDSKYDD, &shore,
        (const char *[FIELDS_MAX]){"100", "Länsstyrelsen (påhittad)", called});
    struct pk_ring ring;
    double xy[2] = {x, y};
    struct pk_geom at = point_geom(xy, &ring);
    put(g, ORTNAMN, &at, (const char *[FIELDS_MAX]){called, "sjö"});
    return PK_OK;
}

enum pk_status pk_sample_gpkg_town(struct pk_sample_gpkg *g, uint64_t seed,
                                   const struct pk_sample_town *town,
                                   const struct pk_sample_town *next,
                                   struct pk_arena *arena, struct pk_error *err)
{
    struct pk_ring ring;
    double xy[2] = {town->cx, town->cy};
    struct pk_geom at = point_geom(xy, &ring), area;
    put(g, ORTNAMN, &at, (const char *[FIELDS_MAX]){town->name, "tätort"});
    int64_t key = town->index * 16;
    double rx = town->columns * PK_SAMPLE_PLAN_U * 0.62;
    double ry = town->rows * PK_SAMPLE_PLAN_V * 0.66;
    double far = fmax(rx, ry);
    enum pk_status status =
        blob(&area, arena, seed, key, town->cx, town->cy, far, far * 0.9, 0, 0, err);
    if (status != PK_OK) {
        return status;
    }
    put(g, MARK, &area, (const char *[FIELDS_MAX]){"tätort"});
    for (int i = 1; i <= 4 && status == PK_OK; i++) {
        double a = pk_sample_unit(seed, "field", town->index, i, 0) * 1.4 + i * 1.5708;
        double d = far + 520;
        status = blob(&area, arena, seed, key + i, town->cx + d * cos(a),
                      town->cy + d * 0.85 * sin(a), 380, 240, 0, 0, err);
        if (status == PK_OK) {
            put(g, MARK, &area, (const char *[FIELDS_MAX]){"åker"});
        }
    }
    double a = pk_sample_unit(seed, "lake", town->index, 0, 0) * 6.28;
    double d = far + 330;
    if (status == PK_OK) {
        status = lake(g, seed, key + 8, town->cx + d * cos(a), town->cy + d * sin(a), 420,
                      260, town->index * 2, arena, err);
    }
    if (status == PK_OK) {
        a += 2.4;
        d += 300;
        status = lake(g, seed, key + 9, town->cx + d * cos(a), town->cy + d * sin(a), 170,
                      230, town->index * 2 + 5, arena, err);
    }
    if (status == PK_OK && next != NULL) {
        struct pk_geom road;
        struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_LINE, false);
        pk_geom_ring(b, PK_RING_OPEN);
        enum { PIECES = 60 };
        double bend = (pk_sample_unit(seed, "bend", town->index, 0, 0) - 0.5) * 900;
        for (int i = 0; i <= PIECES; i++) {
            double t = (double)i / PIECES, side = bend * sin(t * 3.141592653589793);
            double dx = next->cx - town->cx, dy = next->cy - town->cy;
            double len = hypot(dx, dy);
            double x = town->cx + dx * t - dy / len * side;
            double y = town->cy + dy * t + dx / len * side;
            pk_geom_vertex(b, round(x * 1000) / 1000, round(y * 1000) / 1000, 0);
        }
        status = pk_geom_done(&road, b, err);
        if (status == PK_OK) {
            put(g, VAG, &road, (const char *[FIELDS_MAX]){"highway", NULL});
        }
    }
    return status == PK_OK ? state(g, err) : status;
}

/* The border between the two municipalities, from south to north. */
static double border(uint64_t seed, double base, double north)
{
    double phase = pk_sample_unit(seed, "border", 0, 0, 0) * 6.28;
    return base + 260 * sin(north / 1700 + phase) + 90 * sin(north / 430);
}

enum pk_status pk_sample_gpkg_land(struct pk_sample_gpkg *g, uint64_t seed,
                                   struct pk_box box, struct pk_arena *arena,
                                   struct pk_error *err)
{
    const double margin = 2600, step = 200;
    struct pk_box all = pk_box_grow(box, margin);
    all.min_x = floor(all.min_x), all.min_y = floor(all.min_y);
    all.max_x = ceil(all.max_x), all.max_y = ceil(all.max_y);
    const double middle = 620150; /* between the town columns 0 and 1 */
    if (all.max_x < middle + margin) {
        all.max_x = middle + margin;
    }
    for (int side = 0; side < 2; side++) {
        struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_AREA, false);
        double outer = side == 0 ? all.min_x : all.max_x;
        pk_geom_ring(b, PK_RING_OUTER);
        pk_geom_vertex(b, outer, all.min_y, 0);
        double at = all.min_y;
        for (; at < all.max_y; at += step) {
            pk_geom_vertex(b, round(border(seed, middle, at) * 1000) / 1000, at, 0);
        }
        pk_geom_vertex(b, round(border(seed, middle, all.max_y) * 1000) / 1000, all.max_y,
                       0);
        pk_geom_vertex(b, outer, all.max_y, 0);
        pk_geom_vertex(b, outer, all.min_y, 0);
        struct pk_geom area;
        enum pk_status status = pk_geom_done(&area, b, err);
        if (status != PK_OK) {
            return status;
        }
        put(g, KOMMUN, &area,
            (const char *[FIELDS_MAX]){pk_sample_municipality_code(side),
                                       pk_sample_municipality(side)});
        put(g, MARK, &area, (const char *[FIELDS_MAX]){"skog"});
    }
    return state(g, err);
}

enum pk_status pk_sample_gpkg_close(struct pk_sample_gpkg *g, struct pk_error *err)
{
    if (g == NULL) {
        return PK_OK;
    }
    g->failed |= GDALDatasetCommitTransaction(g->dataset) != OGRERR_NONE;
    enum pk_status status = state(g, err);
    GDALClose(g->dataset);
    free(g);
    return status;
}
