/*
 * recognise.h - what a file is, by its content alone. The order of the tests:
 *
 *  1. "PK\3\4"                           zip: its members are recognised one by one
 *  2. "SQLite format 3"                  GeoPackage when its application id says so
 *  3. "fgb\3fgb"                         FlatGeobuf
 *  4. 0x0000270A                         shapefile (.shp; .shx is a part of one)
 *  5. "OSMHeader" in the first block     OpenStreetMap PBF
 *  6. "!table"                           MapInfo TAB; "Version nnn" MapInfo MIF
 *  7. "0 SECTION", "AutoCAD Binary DXF"  DXF
 *  8. XML, by its root element           SS 637040 (DP_Data), OSM, GML
 *  9. JSON, by its members               NGP Detaljplan, GeoJSON
 * 10. text with columns                  CSV
 *
 * A JSON document that is NGP and GeoJSON at once is an error that names both.
 * XML with a document type declaration is refused: entities are never read.
 */
#ifndef PK_IMPORT_RECOGNISE_H
#define PK_IMPORT_RECOGNISE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/msg.h"

enum pk_format {
    PK_FORMAT_NONE,
    PK_FORMAT_ZIP,
    PK_FORMAT_GPKG,
    PK_FORMAT_FLATGEOBUF,
    PK_FORMAT_SHAPEFILE,
    PK_FORMAT_OSM,
    PK_FORMAT_TAB,
    PK_FORMAT_MIF,
    PK_FORMAT_DXF,
    PK_FORMAT_SS637040,
    PK_FORMAT_GML,
    PK_FORMAT_NGP,
    PK_FORMAT_GEOJSON,
    PK_FORMAT_CSV,
    PK_FORMAT_COUNT
};

struct pk_recognised {
    enum pk_format format;
    json_t *document; /* NGP: parsed already; the caller decrefs */
    bool has_ids;     /* GeoJSON: every feature brings its own id */
};

/* Stable name as in reports: "ss637040-2016", "geopackage", ... */
const char *pk_format_name(enum pk_format format);

/* Errors: PK_BAD_INPUT, PK_UNSUPPORTED, PK_LIMIT, PK_IO, in words of `lang`. */
enum pk_status pk_recognise(struct pk_recognised *out, const char *path,
                            enum pk_lang lang, struct pk_error *err) PK_MUST_CHECK;

/* PK_BAD_INPUT with a message of the catalogue: pairs (slot, value) ended by NULL. */
enum pk_status pk_say(struct pk_error *err, enum pk_status code, enum pk_lang lang,
                      enum pk_msg_id id, ...) __attribute__((sentinel));

#endif
