#include "import/read_ogr.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "import/ogr_private.h"
#include "layers/sqlite_gate.h"

enum { PK_OGR_LAYERS_MAX = 500, PK_OGR_FIELDS_MAX = 2000 };

/* Of GDAL's C++ headers: the only drivers that are ever registered, one at a time. */
void RegisterOGRGeoJSON(void);
void RegisterOGRGeoPackage(void);
void RegisterOGRShape(void);
void RegisterOGRFlatGeobuf(void);
void RegisterOGRGML(void);
void RegisterOGRTAB(void);
void RegisterOGRDXF(void);
void RegisterOGRCSV(void);
void RegisterOGROSM(void);

static const struct driver {
    enum pk_format format;
    const char *name;
    void (*add)(void);
    bool layer_names; /* its layers have names of their own */
    const char *open[8];
} drivers[] = {
    {PK_FORMAT_GEOJSON,    "GeoJSON",        RegisterOGRGeoJSON,    false, {NULL}                                                                            },
    {PK_FORMAT_GPKG,
     "GPKG",                                 RegisterOGRGeoPackage,
     true,                                                                 {"IMMUTABLE=YES", "LIST_ALL_TABLES=NO", NULL}                                     },
    {PK_FORMAT_SHAPEFILE,  "ESRI Shapefile", RegisterOGRShape,      false, {"ENCODING=", NULL}                                                               },
    {PK_FORMAT_FLATGEOBUF, "FlatGeobuf",     RegisterOGRFlatGeobuf, false, {NULL}                                                                            },
    {PK_FORMAT_GML,
     "GML",                                  RegisterOGRGML,
     true,                                                                 {"DOWNLOAD_SCHEMA=NO", "REGISTRY=", "WRITE_GFS=NO", NULL}                         },
    {PK_FORMAT_TAB,        "MapInfo File",   RegisterOGRTAB,        false, {NULL}                                                                            },
    {PK_FORMAT_MIF,        "MapInfo File",   RegisterOGRTAB,        false, {NULL}                                                                            },
    {PK_FORMAT_DXF,        "DXF",            RegisterOGRDXF,        false, {NULL}                                                                            },
    {PK_FORMAT_CSV,
     "CSV",                                  RegisterOGRCSV,
     false,                                                                {"KEEP_GEOM_COLUMNS=YES", "AUTODETECT_TYPE=YES", "EMPTY_STRING_AS_NULL=YES", NULL}},
    {PK_FORMAT_OSM,        "OSM",            RegisterOGROSM,        true,  {"TAGS_FORMAT=JSON", NULL}                                                        },
};

static const struct {
    const char *key, *value;
} settings[] = {
    {"SPATIALITE_LOAD",              "NO" },
    {"SQLITE_LIST_VIRTUAL_OGR",      "NO" },
    {"OGR_SQLITE_LOAD_EXTENSIONS",   ""   },
    {"GML_SKIP_RESOLVE_ELEMS",       "ALL"},
    {"GML_DOWNLOAD_WFS_SCHEMA",      "NO" },
    {"GDAL_NUM_THREADS",             "1"  },
    {"OSM_COMPRESS_NODES",           "YES"},
    {"OGR_GEOJSON_MAX_OBJ_SIZE",     "200"},
    {"CPL_DEBUG",                    "OFF"},
    {"SHAPE_RESTORE_SHX",            "NO" },
    {"GDAL_DISABLE_READDIR_ON_OPEN", "NO" },
};

/* The last thing GDAL complained about, for the finding. */
struct complaint {
    char text[256];
};

static void CPL_STDCALL complain(CPLErr level, CPLErrorNum number, const char *text)
{
    struct complaint *c = CPLGetErrorHandlerUserData();

    (void)number;
    if (level >= CE_Failure && c != NULL) {
        snprintf(c->text, sizeof(c->text), "%.200s", text);
    }
}

static const struct driver *driver_of(enum pk_format format)
{
    for (size_t i = 0; i < PK_COUNT(drivers); i++) {
        if (drivers[i].format == format) {
            return &drivers[i];
        }
    }
    return NULL;
}

/* The user's name of the file without folder and ending. */
static const char *stem_of(struct pk_source *src)
{
    const char *slash = strrchr(src->name, '/');
    const char *base = slash ? slash + 1 : src->name;
    const char *dot = strrchr(base, '.');
    size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);

    if (n > 4 && strncasecmp(base + n - 4, ".osm", 4) == 0) {
        n -= 4; /* "city.osm.pbf" */
    }
    return pk_arena_strndup(&src->keep, base, n);
}

static enum ogr_encoding declared_encoding(struct ogr_layer *l)
{
    const char *named = pk_jget_string(l->rule, "encoding");
    char text[64] = "";

    if (named == NULL && l->format == PK_FORMAT_SHAPEFILE) {
        char path[512];
        const char *dot = strrchr(l->src->path, '.');
        snprintf(path, sizeof(path), "%.*s.cpg",
                 dot ? (int)(dot - l->src->path) : (int)strlen(l->src->path),
                 l->src->path);
        FILE *f = fopen(path, "rbe");
        if (f != NULL) {
            size_t n = fread(text, 1, sizeof(text) - 1, f);
            text[n] = '\0';
            fclose(f);
        }
        named = text[0] ? text : NULL;
    }
    if (named == NULL) {
        return OGR_ENC_GUESS;
    }
    if (strcasestr(named, "1252") || strcasestr(named, "8859-1") ||
        strcasestr(named, "latin") || strcasestr(named, "88591")) {
        return OGR_ENC_CP1252;
    }
    return strcasestr(named, "utf") ? OGR_ENC_UTF8 : OGR_ENC_GUESS;
}

static void field_names(struct ogr_layer *l)
{
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(l->layer);
    int n = OGR_FD_GetFieldCount(defn);
    const char **names;

    n = n > PK_OGR_FIELDS_MAX ? PK_OGR_FIELDS_MAX : n;
    names = pk_arena_alloc(&l->src->keep, (size_t)n + 1, sizeof(*names));
    for (int i = 0; i < n; i++) {
        names[i] = ogr_text(&l->text, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(defn, i)),
                            &l->src->keep);
    }
    l->fields = (struct pk_field_names){names, (size_t)n};
}

/* The reference system: the file's, or the mapping's where the file has none. */
static bool layer_crs(struct ogr_layer *l)
{
    const char *name = NULL;
    long long stated = 0;

    l->epsg = ogr_epsg(OGR_L_GetSpatialRef(l->layer), &name, &l->src->keep);
    pk_jget_int(l->rule, "crs", &stated);
    if (l->epsg == 0 && stated > 0 && stated < 1000000 && pk_crs_known((int)stated)) {
        l->epsg = (int)stated;
    }
    const char *axis = pk_jget_string(l->rule, "axis");
    l->northing_first = axis && strcmp(axis, "northing-first") == 0;
    if (l->epsg == 0 && l->type != wkbNone) {
        ogr_feature_finding(
            l, "P-CRS", PK_ERROR, "unreadable", l->name,
            pk_source_text(l->src,
                           name ? PK_MSG_IMPORT_CRS_UNKNOWN : PK_MSG_IMPORT_CRS_MISSING,
                           "crs", name, NULL));
        return false;
    }
    return true;
}

static void refuse_layer(struct ogr_layer *l, const char *kind)
{
    GIntBig n = OGR_L_GetFeatureCount(l->layer, 1);

    pk_source_count(l->src, kind, n > 0 ? (unsigned)n : 0, 0, n > 0 ? (unsigned)n : 0);
}

static const char *layer_id(struct ogr_layer *l, const struct driver *driver, int layers)
{
    struct pk_arena *keep = &l->src->keep;
    const json_t *look = pk_jget_object(l->rule, "layer");
    const char *id = pk_jget_string(look, "id");
    bool several = driver->layer_names && layers > 1;

    if (l->src->layer != NULL) {
        const char *given = pk_mapping_layer_id(keep, l->src->layer);
        return several ? pk_mapping_layer_id(
                             keep, pk_arena_printf(keep, "%s_%s", given, l->name))
                       : given;
    }
    if (id != NULL) {
        return id;
    }
    if (l->format == PK_FORMAT_OSM || (l->format == PK_FORMAT_GML && several)) {
        return pk_mapping_layer_id(
            keep, pk_arena_printf(keep, "%s_%s", stem_of(l->src), l->name));
    }
    return pk_mapping_layer_id(keep, l->name);
}

struct seen_ids {
    const char *ids[PK_OGR_LAYERS_MAX];
    size_t count;
};

/* Two layers of one file with one id: the later gets a number. */
static void settle_id(struct ogr_layer *l, struct seen_ids *seen)
{
    const char *wanted = l->id;
    bool mapped = pk_jget_string(pk_jget_object(l->rule, "layer"), "id") != NULL;

    for (size_t i = 0, n = 1; i < seen->count && !mapped; i++) {
        if (strcmp(seen->ids[i], l->id) != 0) {
            continue;
        }
        l->id = pk_arena_printf(&l->src->keep, "%.58s_%zu", wanted, ++n);
        i = (size_t)-1;
    }
    if (strcmp(wanted, l->id) != 0) {
        ogr_feature_finding(l, "P-LAYER", PK_NOTE, NULL, l->name,
                            pk_source_text(l->src, PK_MSG_IMPORT_LAYER_CLASH, "wanted",
                                           wanted, "id", l->id, NULL));
    }
    if (seen->count < PK_OGR_LAYERS_MAX) {
        seen->ids[seen->count++] = l->id;
    }
}

static bool prepare_layer(struct ogr_layer *l, const struct driver *driver, int layers,
                          const json_t *shipped, struct seen_ids *seen)
{
    struct pk_error why;
    const char *own = ogr_text(&l->text, OGR_L_GetName(l->layer), &l->src->keep);

    l->name = driver->layer_names && layers > 0 ? own : stem_of(l->src);
    l->type = wkbFlatten(OGR_L_GetGeomType(l->layer));
    field_names(l);
    if (pk_mapping_find(&l->rule, &l->mapping, l->src->mapping, shipped, l->name,
                        &l->fields, &why) != PK_OK) {
        ogr_feature_finding(l, "P-MAP", PK_ERROR, "unreadable", l->name, why.text);
        refuse_layer(l, l->name);
        return false;
    }
    l->kind = l->rule ? pk_mapping_kind(l->rule) : PK_MAPPED_LAYER;
    if (l->kind == PK_MAPPED_IGNORE) {
        return false;
    }
    l->text.encoding = declared_encoding(l);
    l->id = l->kind == PK_MAPPED_LAYER  ? layer_id(l, driver, layers)
            : l->kind == PK_MAPPED_PLAN ? "plan"
                                        : "regulation";
    bool points = json_object_get(l->rule, "x") != NULL;
    if (l->type == wkbNone && !points && l->format != PK_FORMAT_CSV) {
        /* Tables beside the map: told, not refused, for they are no map objects. */
        ogr_feature_finding(
            l, "P-GEOM", PK_NOTE, NULL, l->name,
            pk_source_text(l->src, PK_MSG_IMPORT_TABLE, "name", l->name, NULL));
        return false;
    }
    if (l->kind == PK_MAPPED_LAYER) {
        settle_id(l, seen);
    }
    if (!layer_crs(l)) {
        refuse_layer(l, l->id);
        return false;
    }
    return true;
}

/* Plans before what belongs to them. */
static int rank(enum pk_mapped_kind kind)
{
    return kind == PK_MAPPED_PLAN ? 0 : kind == PK_MAPPED_USE ? 1 : 2;
}

static enum pk_status read_layers(struct pk_source *src, GDALDatasetH data,
                                  const struct driver *driver,
                                  const struct pk_recognised *what, struct pk_error *err)
{
    size_t kinds = src->kind_count, used = 0;
    int n = GDALDatasetGetLayerCount(data);
    json_t *shipped = pk_mapping_shipped();
    struct seen_ids *seen = pk_arena_alloc(&src->keep, 1, sizeof(*seen));
    struct ogr_layer *layers;
    bool *ready;
    const char *mapping = NULL;

    n = n > PK_OGR_LAYERS_MAX ? PK_OGR_LAYERS_MAX : n;
    layers = pk_arena_alloc(&src->keep, (size_t)n + 1, sizeof(*layers));
    ready = pk_arena_alloc(&src->keep, (size_t)n + 1, sizeof(*ready));
    /* SOURCE comes first, and names the mapping: so look at all before reading any.
     * Findings of the look are kept until then by asking for rules only. */
    for (int i = 0; i < n && mapping == NULL; i++) {
        struct ogr_layer l = {.src = src, .layer = GDALDatasetGetLayer(data, i)};
        const json_t *rule;
        l.name = driver->layer_names
                     ? ogr_text(&l.text, OGR_L_GetName(l.layer), &src->keep)
                     : stem_of(src);
        field_names(&l);
        (void)!pk_mapping_find(&rule, &mapping, src->mapping, shipped, l.name, &l.fields,
                               NULL);
    }
    pk_source_begin(src, pk_format_name(what->format), NULL, mapping);
    for (int i = 0; i < n; i++) {
        layers[i] = (struct ogr_layer){.src = src,
                                       .layer = GDALDatasetGetLayer(data, i),
                                       .format = what->format,
                                       .share_from = (double)i / n,
                                       .share = 1.0 / n};
        layers[i].stable_ids = what->format == PK_FORMAT_GPKG || what->has_ids ||
                               what->format == PK_FORMAT_OSM;
        ready[i] = prepare_layer(&layers[i], driver, n, shipped, seen);
        used += ready[i];
    }
    if (used == 0 && src->kind_count == kinds) {
        json_decref(shipped);
        return pk_say(err, PK_BAD_INPUT, src->lang, PK_MSG_IMPORT_NO_PLACES, NULL);
    }
    struct ogr_plans *plans = ogr_plans_create(src);
    for (int r = 0; r < 3; r++) {
        for (int i = 0; i < n; i++) {
            if (!ready[i] || rank(layers[i].kind) != r) {
                continue;
            }
            if (layers[i].kind == PK_MAPPED_LAYER) {
                ogr_read_layer(&layers[i]);
            } else {
                ogr_plans_read(plans, &layers[i]);
            }
        }
    }
    ogr_plans_destroy(plans);
    json_decref(shipped);
    return PK_OK;
}

enum pk_status pk_read_ogr(struct pk_source *src, const struct pk_recognised *what,
                           struct pk_error *err)
{
    const struct driver *driver = driver_of(what->format);
    const char *allowed[2] = {driver ? driver->name : NULL, NULL};
    struct complaint complaint = {""};
    enum pk_status status = PK_OK;

    if (driver == NULL) {
        return pk_say(err, PK_UNSUPPORTED, src->lang, PK_MSG_IMPORT_UNKNOWN, NULL);
    }
    if (what->format == PK_FORMAT_GPKG) {
        status = pk_sqlite_gate(src->path, err);
        if (status != PK_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < PK_COUNT(settings); i++) {
        CPLSetConfigOption(settings[i].key, settings[i].value);
    }
    CPLPushErrorHandlerEx(complain, &complaint);
    driver->add();
    GDALDatasetH data = GDALOpenEx(src->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, allowed,
                                   driver->open, NULL);
    if (data == NULL) {
        status = pk_say(err, PK_BAD_INPUT, src->lang, PK_MSG_IMPORT_OGR, "format",
                        pk_format_name(what->format), "why",
                        complaint.text[0] ? complaint.text : "-", NULL);
    } else if (GDALDatasetGetLayerCount(data) == 0) {
        status = pk_say(err, PK_BAD_INPUT, src->lang, PK_MSG_IMPORT_NO_LAYERS, NULL);
    } else {
        status = read_layers(src, data, driver, what, err);
    }
    if (data != NULL) {
        GDALClose(data);
    }
    CPLPopErrorHandler();
    return status;
}
