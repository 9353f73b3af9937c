#include "import/recognise.h"

#include <errno.h>
#include <libxml/xmlreader.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/jsonread.h"
#include "base/text.h"
#include "import/read_ngp.h"
#include "import/source.h"

enum {
    PK_HEAD_BYTES = 64 * 1024,
    PK_JSON_WHOLE_MAX = 128 << 20, /* larger JSON is judged by its head */
    PK_GPKG_ID_AT = 68
};

#define SS637040_NAMESPACE "http://www.sis.se/ss637040"

static const char *const names[PK_FORMAT_COUNT] = {
    [PK_FORMAT_NONE] = "unknown",
    [PK_FORMAT_ZIP] = "zip",
    [PK_FORMAT_GPKG] = "geopackage",
    [PK_FORMAT_FLATGEOBUF] = "flatgeobuf",
    [PK_FORMAT_SHAPEFILE] = "shapefile",
    [PK_FORMAT_OSM] = "openstreetmap",
    [PK_FORMAT_TAB] = "mapinfo-tab",
    [PK_FORMAT_MIF] = "mapinfo-mif",
    [PK_FORMAT_DXF] = "dxf",
    [PK_FORMAT_SS637040] = "ss637040-2016",
    [PK_FORMAT_GML] = "gml",
    [PK_FORMAT_NGP] = "ngp-detaljplan-4",
    [PK_FORMAT_GEOJSON] = "geojson",
    [PK_FORMAT_CSV] = "csv",
};

const char *pk_format_name(enum pk_format format)
{
    return names[format];
}

enum pk_status pk_say(struct pk_error *err, enum pk_status code, enum pk_lang lang,
                      enum pk_msg_id id, ...)
{
    struct pk_buf text;
    const char *p = pk_msg_text(id, lang);
    va_list pairs, again;

    pk_buf_init(&text, sizeof(err->text));
    va_start(pairs, id);
    while (*p != '\0') {
        const char *close = *p == '{' ? strchr(p, '}') : NULL, *slot;
        if (close == NULL) {
            pk_buf_addc(&text, *p++);
            continue;
        }
        va_copy(again, pairs);
        while ((slot = va_arg(again, const char *)) != NULL) {
            const char *value = va_arg(again, const char *);
            if (strlen(slot) == (size_t)(close - p - 1) &&
                memcmp(slot, p + 1, strlen(slot)) == 0) {
                pk_buf_adds(&text, value ? value : "");
            }
        }
        va_end(again);
        p = close + 1;
    }
    va_end(pairs);
    pk_fail(err, code, "%s", text.data);
    pk_buf_finish(&text);
    return code;
}

struct head {
    unsigned char bytes[PK_HEAD_BYTES + 1];
    size_t len;
    long long size; /* of the file */
};

static enum pk_status read_head(struct head *head, const char *path, enum pk_lang lang,
                                struct pk_error *err)
{
    struct stat st;
    FILE *f = fopen(path, "rbe");

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        if (f != NULL) {
            fclose(f);
        }
        return pk_fail(err, PK_IO, "%s", strerror(errno));
    }
    head->size = st.st_size;
    head->len = fread(head->bytes, 1, PK_HEAD_BYTES, f);
    head->bytes[head->len] = '\0';
    fclose(f);
    if (head->len == 0) {
        return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_EMPTY, NULL);
    }
    return PK_OK;
}

/* Past a byte order mark and blanks. */
static const char *text_start(const struct head *head)
{
    const char *p = (const char *)head->bytes;

    if (head->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
    }
    return p + strspn(p, " \t\r\n");
}

static enum pk_status judge_sqlite(struct pk_recognised *out, const struct head *head,
                                   enum pk_lang lang, struct pk_error *err)
{
    const unsigned char *id = head->bytes + PK_GPKG_ID_AT;

    if (head->len > PK_GPKG_ID_AT + 4 &&
        (memcmp(id, "GPKG", 4) == 0 || memcmp(id, "GP10", 4) == 0 ||
         memcmp(id, "GP11", 4) == 0)) {
        out->format = PK_FORMAT_GPKG;
        return PK_OK;
    }
    return pk_say(err, PK_UNSUPPORTED, lang, PK_MSG_IMPORT_SQLITE, NULL);
}

static bool starts(const struct head *head, const char *magic, size_t n)
{
    return head->len >= n && memcmp(head->bytes, magic, n) == 0;
}

/* --- XML: no network, no entities, nothing but the root element is read --- */

static void xml_silent(void *context, const char *text, ...)
{
    (void)context;
    (void)text;
}

static enum pk_status judge_root(struct pk_recognised *out, xmlTextReaderPtr reader,
                                 enum pk_lang lang, struct pk_error *err)
{
    int rc;

    while ((rc = xmlTextReaderRead(reader)) == 1) {
        int type = xmlTextReaderNodeType(reader);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
            return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_DOCTYPE, NULL);
        }
        if (type != XML_READER_TYPE_ELEMENT) {
            continue;
        }
        const char *name = (const char *)xmlTextReaderConstLocalName(reader);
        const char *space = (const char *)xmlTextReaderConstNamespaceUri(reader);
        bool gml = false;
        for (const xmlNs *ns = xmlTextReaderCurrentNode(reader)->nsDef; ns;
             ns = ns->next) {
            gml = gml || (ns->href && strncmp((const char *)ns->href,
                                              "http://www.opengis.net/gml", 26) == 0);
        }
        if (space != NULL && strcmp(space, SS637040_NAMESPACE) == 0) {
            out->format = PK_FORMAT_SS637040;
        } else if (strcmp(name, "osm") == 0 && space == NULL) {
            out->format = PK_FORMAT_OSM;
        } else if (gml && strcmp(name, "schema") != 0) {
            out->format = PK_FORMAT_GML;
        } else {
            return pk_say(err, PK_UNSUPPORTED, lang, PK_MSG_IMPORT_XML, "name", name,
                          NULL);
        }
        return PK_OK;
    }
    const xmlError *why = xmlGetLastError();
    char line[24];
    snprintf(line, sizeof(line), "%d", why ? why->line : 0);
    return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_XML_BROKEN, "line", line, NULL);
}

static enum pk_status judge_xml(struct pk_recognised *out, const char *path,
                                enum pk_lang lang, struct pk_error *err)
{
    xmlTextReaderPtr reader;
    enum pk_status status;

    xmlSetGenericErrorFunc(NULL, xml_silent);
    reader = xmlReaderForFile(path, NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (reader == NULL) {
        return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_XML_BROKEN, "line", "1",
                      NULL);
    }
    status = judge_root(out, reader, lang, err);
    xmlFreeTextReader(reader);
    return status;
}

/* --- JSON --- */

static bool is_geojson_type(const char *type)
{
    static const char *const types[] = {
        "FeatureCollection", "Feature", "Point",        "MultiPoint",        "LineString",
        "MultiLineString",   "Polygon", "MultiPolygon", "GeometryCollection"};

    for (size_t i = 0; type != NULL && i < PK_COUNT(types); i++) {
        if (strcmp(type, types[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_features(const json_t *document, bool *has_ids, bool *has_geometry)
{
    const json_t *features = pk_jget_array(document, "features");
    size_t n = json_array_size(features);

    *has_ids = n > 0;
    *has_geometry = false;
    for (size_t i = 0; i < n; i++) {
        const json_t *feature = json_array_get(features, i);
        const json_t *id = json_object_get(feature, "id");
        *has_ids = *has_ids && (json_is_string(id) || json_is_integer(id));
        *has_geometry = *has_geometry || pk_jget_object(feature, "geometry") != NULL;
    }
}

static enum pk_status judge_document(struct pk_recognised *out, json_t *document,
                                     enum pk_lang lang, struct pk_error *err)
{
    bool has_geometry;

    look_at_features(document, &out->has_ids, &has_geometry);
    if (pk_ngp_recognise(document)) {
        if (has_geometry) {
            return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_AMBIGUOUS, "names",
                          "ngp-detaljplan-4, geojson", NULL);
        }
        out->format = PK_FORMAT_NGP;
        out->document = json_incref(document);
        return PK_OK;
    }
    if (!is_geojson_type(pk_jget_string(document, "type"))) {
        return pk_say(err, PK_UNSUPPORTED, lang, PK_MSG_IMPORT_JSON, NULL);
    }
    out->format = PK_FORMAT_GEOJSON;
    return PK_OK;
}

static enum pk_status judge_json(struct pk_recognised *out, const struct head *head,
                                 const char *path, enum pk_lang lang,
                                 struct pk_error *err)
{
    json_t *document = NULL;
    struct pk_error why;
    enum pk_status status;
    char *text = NULL;
    size_t len;

    if (head->size > PK_JSON_WHOLE_MAX) {
        if (strstr((const char *)head->bytes, "\"feature:") != NULL) {
            return pk_say(err, PK_LIMIT, lang, PK_MSG_IMPORT_LARGE_JSON, NULL);
        }
        out->format = PK_FORMAT_GEOJSON;
        return PK_OK;
    }
    status = pk_source_slurp(&text, &len, path, PK_JSON_WHOLE_MAX, err);
    if (status != PK_OK) {
        return status;
    }
    if (pk_json_parse(&document, text, len, PK_JSON_WHOLE_MAX, &why) != PK_OK) {
        status = pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_JSON_BROKEN, "why",
                        why.text, NULL);
    } else {
        status = judge_document(out, document, lang, err);
    }
    json_decref(document);
    free(text);
    return status;
}

/* --- text --- */

static bool is_dxf(const struct head *head)
{
    const char *p = text_start(head);

    if (starts(head, "AutoCAD Binary DXF", 18)) {
        return true;
    }
    /* Comments (group 999) may stand first. */
    for (int i = 0; i < 50; i++) {
        const char *code = p + strspn(p, " \t\r\n");
        size_t n = strspn(code, "0123456789");
        const char *value = code + n + strspn(code + n, " \t\r\n");
        if (n == 1 && code[0] == '0') {
            return strncmp(value, "SECTION", 7) == 0;
        }
        if (n != 3 || strncmp(code, "999", 3) != 0) {
            return false;
        }
        p = value + strcspn(value, "\n");
    }
    return false;
}

static size_t columns_of(const char *line, const char *end, char separator)
{
    size_t n = 1;
    bool quoted = false;

    for (; line < end; line++) {
        quoted = quoted != (*line == '"');
        n += !quoted && *line == separator;
    }
    return n;
}

/* Two lines or more of the same number of columns, two or more. */
static bool is_csv(const struct head *head)
{
    static const char separators[] = ",;\t";
    const char *p = text_start(head);

    if (strlen(p) < head->len - (size_t)(p - (const char *)head->bytes)) {
        return false; /* a NUL byte: no text */
    }
    for (size_t s = 0; separators[s]; s++) {
        const char *line = p;
        size_t columns = 0, lines = 0;
        for (; lines < 10; lines++) {
            const char *end = strchr(line, '\n');
            if (end == NULL ||
                (lines && columns_of(line, end, separators[s]) != columns)) {
                break;
            }
            columns = columns_of(line, end, separators[s]);
            line = end + 1;
        }
        if (columns >= 2 && lines >= 2) {
            return true;
        }
    }
    return false;
}

static enum pk_status judge_text(struct pk_recognised *out, const struct head *head,
                                 const char *path, enum pk_lang lang,
                                 struct pk_error *err)
{
    const char *p = text_start(head);

    if (strncasecmp(p, "!table", 6) == 0) {
        out->format = PK_FORMAT_TAB;
    } else if (strncasecmp(p, "version ", 8) == 0 && p[8] >= '1' && p[8] <= '9') {
        out->format = PK_FORMAT_MIF;
    } else if (is_dxf(head)) {
        out->format = PK_FORMAT_DXF;
    } else if (*p == '<' && strcasestr(p, "<!DOCTYPE") != NULL) {
        return pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_DOCTYPE, NULL);
    } else if (*p == '<') {
        return judge_xml(out, path, lang, err);
    } else if (*p == '{' || *p == '[') {
        return judge_json(out, head, path, lang, err);
    } else if (is_csv(head)) {
        out->format = PK_FORMAT_CSV;
    } else {
        return pk_say(err, PK_UNSUPPORTED, lang, PK_MSG_IMPORT_UNKNOWN, NULL);
    }
    return PK_OK;
}

static bool is_osm_pbf(const struct head *head)
{
    /* 4 bytes of length, then field 1, 9 bytes long: the block's type. */
    return head->len > 15 && memcmp(head->bytes + 4, "\x0a\x09OSMHeader", 11) == 0;
}

/* .shx begins like .shp; its records are 8 bytes each and begin with the offset of
 * the first shape, which is 50 words. */
static bool is_shx(const struct head *head)
{
    return head->len >= 108 && (head->size - 100) % 8 == 0 &&
           memcmp(head->bytes + 100, "\0\0\0\x32", 4) == 0;
}

enum pk_status pk_recognise(struct pk_recognised *out, const char *path,
                            enum pk_lang lang, struct pk_error *err)
{
    struct head *head = pk_xcalloc(1, sizeof(*head));
    enum pk_status status = read_head(head, path, lang, err);

    memset(out, 0, sizeof(*out));
    if (status != PK_OK) {
        goto done;
    }
    if (starts(head, "PK\3\4", 4) || starts(head, "PK\5\6", 4)) {
        out->format = PK_FORMAT_ZIP;
    } else if (starts(head, "SQLite format 3", 16)) {
        status = judge_sqlite(out, head, lang, err);
    } else if (starts(head, "fgb\3fgb", 7)) {
        out->format = PK_FORMAT_FLATGEOBUF;
    } else if (starts(head, "\0\0\x27\x0a", 4)) {
        if (is_shx(head)) {
            status = pk_say(err, PK_UNSUPPORTED, lang, PK_MSG_IMPORT_SHX, NULL);
        } else {
            out->format = PK_FORMAT_SHAPEFILE;
        }
    } else if (is_osm_pbf(head)) {
        out->format = PK_FORMAT_OSM;
    } else {
        status = judge_text(out, head, path, lang, err);
    }
done:
    free(head);
    return status;
}
