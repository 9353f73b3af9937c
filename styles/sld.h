/*
 * sld.h - a Styled Layer Descriptor (1.0, or 1.1 with Symbology Encoding 1.1) as a
 * MapLibre style document.
 *
 * Names are taken by their local part, so that both versions and what QGIS and
 * GeoServer write are read alike. Every element that could not be carried over is told,
 * with its line and why; a rule whose filter could not be is left out, since drawing it
 * for everything would be false.
 *
 * Scale denominators are of a map in SWEREF 99 TM with the standard's pixel of 0.28 mm.
 */
#ifndef PK_STYLES_SLD_H
#define PK_STYLES_SLD_H

#include <jansson.h>
#include <libxml/tree.h>

#include "base/buf.h"
#include "base/error.h"

enum {
    PK_SLD_BYTES_MAX = 4 << 20,
    PK_SLD_LAYERS_MAX = 1000, /* of the document that comes out */
    PK_SLD_DEPTH_MAX = 40     /* of a filter */
};

/* The document to *out, one line per thing lost ("FILE:LINE: ELEMENT: why") to *report.
 * Layers read the source layer `source_layer`; NULL: the named layer's own name. Errors:
 * PK_BAD_INPUT no XML, a document type, or no SLD; PK_LIMIT. */
enum pk_status pk_sld_convert(struct pk_buf *out, struct pk_buf *report, const char *name,
                              const char *xml, size_t len, const char *source_layer,
                              struct pk_error *err) PK_MUST_CHECK;

/* ---- shared by the files sld*.c ---- */

struct pk_sld {
    struct pk_buf *report;
    const char *name;   /* of the file, in reports */
    json_t *layers;     /* borrowed */
    const char *source; /* source layer */
    char id[64];        /* of the rule: start of the ids of its layers */
    json_t *filter;     /* of the rule, NULL = all; borrowed */
    double min_zoom, max_zoom;
    uint32_t number; /* of the symbolizer in the rule */
    uint32_t made;
};

void pk_sld_lost(struct pk_sld *s, const xmlNode *node, const char *why, ...)
    PK_PRINTF(3, 4);
bool pk_sld_is(const xmlNode *node, const char *name);
/* First child element of that name; NULL. */
const xmlNode *pk_sld_child(const xmlNode *node, const char *name);
/* Text of an element without blanks round it, cut to the room. false: empty. */
bool pk_sld_text(const xmlNode *node, char *out, size_t size);
bool pk_sld_number(const xmlNode *node, double *out);

/* An ogc:Filter as a style expression: a new reference, or NULL when something in it
 * has no counterpart (told). */
json_t *pk_sld_filter(struct pk_sld *s, const xmlNode *filter);
/* Text of a label: properties, literals and functions one after another. */
json_t *pk_sld_label(struct pk_sld *s, const xmlNode *label);
/* The layers of one symbolizer. */
void pk_sld_symbolizer(struct pk_sld *s, const xmlNode *node);

#endif
