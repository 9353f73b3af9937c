/* sld.c - the document and its rules. */
#include "styles/sld.h"

#include <libxml/parser.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { REPORT_BYTES_MAX = 1 << 20, RULES_MAX = 500 };

/* Metres per pixel at style zoom 0 (tiles of 512 px), and how much SWEREF 99 TM counts
 * as at Sweden's latitudes, where Web Mercator is twice as large. */
#define ZOOM_0_PIXEL 78271.51696402048
#define TM_STRETCH   2.0
#define SLD_PIXEL    0.00028

void pk_sld_lost(struct pk_sld *s, const xmlNode *node, const char *why, ...)
{
    char text[256];
    va_list args;
    va_start(args, why);
    (void)vsnprintf(text, sizeof(text), why, args);
    va_end(args);
    if (s->report->len < REPORT_BYTES_MAX) {
        pk_buf_addf(s->report, "%s:%ld: %.40s: %s\n", s->name, xmlGetLineNo(node),
                    (const char *)node->name, text);
    }
}

bool pk_sld_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

const xmlNode *pk_sld_child(const xmlNode *node, const char *name)
{
    const xmlNode *c = node == NULL ? NULL : node->children;
    while (c != NULL && !pk_sld_is(c, name)) {
        c = c->next;
    }
    return c;
}

bool pk_sld_text(const xmlNode *node, char *out, size_t size)
{
    out[0] = '\0';
    xmlChar *all = node == NULL ? NULL : xmlNodeGetContent((xmlNode *)(uintptr_t)node);
    if (all == NULL) {
        return false;
    }
    const char *from = (const char *)all + strspn((const char *)all, " \t\r\n");
    size_t len = strlen(from);
    while (len > 0 && strchr(" \t\r\n", from[len - 1]) != NULL) {
        len--;
    }
    while (len >= size ||
           (len > 0 && len < strlen(from) && ((unsigned char)from[len] & 0xc0) == 0x80)) {
        len--; /* a whole character less */
    }
    memcpy(out, from, len);
    out[len] = '\0';
    xmlFree(all);
    return len > 0;
}

bool pk_sld_number(const xmlNode *node, double *out)
{
    char text[64];
    return pk_sld_text(node, text, sizeof(text)) && pk_parse_all_double(text, out) &&
           isfinite(*out);
}

/* ---- rules ---- */

static double zoom_of(double denominator)
{
    double zoom = log2(ZOOM_0_PIXEL / (TM_STRETCH * denominator * SLD_PIXEL));
    return zoom < 0 ? 0 : zoom > 24 ? 24 : round(zoom * 1000) / 1000;
}

static void read_scales(struct pk_sld *s, const xmlNode *rule)
{
    double d;
    const xmlNode *low = pk_sld_child(rule, "MinScaleDenominator");
    const xmlNode *high = pk_sld_child(rule, "MaxScaleDenominator");
    s->min_zoom = 0;
    s->max_zoom = 24;
    if (low != NULL && pk_sld_number(low, &d) && d > 0) {
        s->max_zoom = zoom_of(d);
    }
    if (high != NULL && pk_sld_number(high, &d) && d > 0) {
        s->min_zoom = zoom_of(d);
    }
}

static bool is_symbolizer(const xmlNode *node)
{
    static const char tail[] = "Symbolizer";
    size_t len = strlen((const char *)node->name);
    return node->type == XML_ELEMENT_NODE && len >= sizeof(tail) - 1 &&
           strcmp((const char *)node->name + len - (sizeof(tail) - 1), tail) == 0;
}

static void read_symbolizers(struct pk_sld *s, const xmlNode *rule)
{
    static const char *const known[] = {"Name",
                                        "Title",
                                        "Abstract",
                                        "Description",
                                        "Filter",
                                        "ElseFilter",
                                        "MinScaleDenominator",
                                        "MaxScaleDenominator"};
    s->number = 0;
    for (const xmlNode *c = rule->children; c != NULL; c = c->next) {
        if (is_symbolizer(c)) {
            s->number++;
            pk_sld_symbolizer(s, c);
            continue;
        }
        bool found = c->type != XML_ELEMENT_NODE;
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            found = found || pk_sld_is(c, known[i]);
        }
        if (!found) {
            pk_sld_lost(s, c, "has no counterpart");
        }
    }
}

/* What the other rules of the type do not take: not any of their filters. */
static json_t *else_filter(const json_t *filters)
{
    json_t *any = json_pack("[s]", "any");
    json_array_extend(any, (json_t *)(uintptr_t)filters);
    return json_pack("[so]", "!", any);
}

/* QGIS leaves the filter out, and this comment in, when it cannot say it in SLD. */
static bool lost_its_filter(const xmlNode *rule)
{
    for (const xmlNode *c = rule->children; c != NULL; c = c->next) {
        if (c->type == XML_COMMENT_NODE && c->content != NULL &&
            strstr((const char *)c->content, "Parser Error") != NULL) {
            return true;
        }
    }
    return false;
}

/* A rule; its filter, when it has one, is added to *filters. */
static void read_rule(struct pk_sld *s, const xmlNode *rule, uint32_t number,
                      json_t *filters, const json_t *others)
{
    const xmlNode *filter = pk_sld_child(rule, "Filter");
    bool otherwise = pk_sld_child(rule, "ElseFilter") != NULL;
    if (otherwise != (others != NULL)) {
        return; /* its turn comes later, or was before */
    }
    (void)snprintf(s->id, sizeof(s->id), "rule-%u", number);
    read_scales(s, rule);
    if (s->min_zoom >= s->max_zoom) {
        pk_sld_lost(s, rule, "its scales leave nothing: the rule is left out");
        return;
    }
    if (lost_its_filter(rule)) {
        pk_sld_lost(s, rule, "whoever wrote it could not write its filter: left out");
        return;
    }
    s->filter = NULL;
    if (otherwise) {
        s->filter = else_filter(others);
    } else if (filter != NULL) {
        s->filter = pk_sld_filter(s, filter);
        if (s->filter == NULL) {
            pk_sld_lost(s, rule, "the rule is left out with its filter");
            return;
        }
        json_array_append(filters, s->filter);
    }
    read_symbolizers(s, rule);
    json_decref(s->filter);
    s->filter = NULL;
}

static void read_type(struct pk_sld *s, const xmlNode *type, uint32_t *number)
{
    json_t *filters = json_array();
    uint32_t first = *number;
    for (int pass = 0; pass < 2; pass++) {
        *number = first;
        for (const xmlNode *c = type->children; c != NULL; c = c->next) {
            if (pk_sld_is(c, "Rule") && *number < RULES_MAX) {
                read_rule(s, c, ++*number, filters, pass == 0 ? NULL : filters);
            }
        }
    }
    for (const xmlNode *c = type->children; c != NULL; c = c->next) {
        if (pk_sld_is(c, "Transformation") || pk_sld_is(c, "VendorOption")) {
            pk_sld_lost(s, c, "has no counterpart");
        }
    }
    json_decref(filters);
}

/* Rules lie in FeatureTypeStyle, at any depth above: SLD 1.0 and 1.1 differ. */
static void read_types(struct pk_sld *s, const xmlNode *node, const char *source_layer,
                       uint32_t *number, int depth)
{
    char own[128];
    const char *before = s->source;
    if (source_layer == NULL &&
        (pk_sld_is(node, "NamedLayer") || pk_sld_is(node, "UserLayer")) &&
        pk_sld_text(pk_sld_child(node, "Name"), own, sizeof(own))) {
        s->source = own;
    }
    if (pk_sld_is(node, "FeatureTypeStyle")) {
        read_type(s, node, number);
    } else if (depth < PK_SLD_DEPTH_MAX) {
        for (const xmlNode *c = node->children; c != NULL; c = c->next) {
            if (c->type == XML_ELEMENT_NODE) {
                read_types(s, c, source_layer, number, depth + 1);
            }
        }
    }
    s->source = before;
}

static void silent(void *ctx, const char *text, ...)
{
    (void)ctx;
    (void)text;
}

static enum pk_status parse(xmlDocPtr *out, const char *name, const char *xml, size_t len,
                            struct pk_error *err)
{
    *out = NULL;
    if (len > PK_SLD_BYTES_MAX) {
        return pk_fail(err, PK_LIMIT, "%s: %zu bytes are more than %d", name, len,
                       PK_SLD_BYTES_MAX);
    }
    xmlSetGenericErrorFunc(NULL, silent);
    /* No entity is replaced, nothing is fetched; libxml2's own limits stand. */
    xmlDocPtr doc = xmlReadMemory(xml, (int)len, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR |
                                      XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
    if (doc == NULL) {
        const xmlError *why = xmlGetLastError();
        return pk_fail(err, PK_BAD_INPUT, "%s:%d: this is no XML", name,
                       why != NULL ? why->line : 1);
    }
    const xmlNode *root = xmlDocGetRootElement(doc);
    enum pk_status status = PK_OK;
    if (doc->intSubset != NULL || doc->extSubset != NULL) {
        status = pk_fail(err, PK_BAD_INPUT, "%s: a document type is not read", name);
    } else if (root == NULL || (!pk_sld_is(root, "StyledLayerDescriptor") &&
                                !pk_sld_is(root, "FeatureTypeStyle"))) {
        status =
            pk_fail(err, PK_BAD_INPUT, "%s: expected StyledLayerDescriptor, found %.40s",
                    name, root != NULL ? (const char *)root->name : "nothing");
    }
    if (status != PK_OK) {
        xmlFreeDoc(doc);
        return status;
    }
    *out = doc;
    return PK_OK;
}

enum pk_status pk_sld_convert(struct pk_buf *out, struct pk_buf *report, const char *name,
                              const char *xml, size_t len, const char *source_layer,
                              struct pk_error *err)
{
    xmlDocPtr doc;
    enum pk_status status = parse(&doc, name, xml, len, err);
    if (status != PK_OK) {
        return status;
    }
    const char *source = source_layer != NULL ? source_layer : "layer";
    json_t *layers = json_array();
    struct pk_sld s = {
        .report = report, .name = name, .layers = layers, .source = source};
    uint32_t number = 0;
    read_types(&s, xmlDocGetRootElement(doc), source_layer, &number, 0);
    const json_t *first = json_object_get(json_array_get(layers, 0), "source-layer");
    json_t *document = json_pack("{si ss s{s{ss ss}} so}", "version", 8, "name",
                                 first != NULL ? json_string_value(first) : source,
                                 "sources", "plankarta", "type", "vector", "url",
                                 "/tiles/plan/WebMercatorQuad.json", "layers", layers);
    if (json_array_size(layers) == 0) {
        status = pk_fail(err, PK_BAD_INPUT, "%s: nothing in it can be drawn", name);
    } else if (s.made > PK_SLD_LAYERS_MAX) {
        status = pk_fail(err, PK_LIMIT, "%s: more than %d layers come of it", name,
                         PK_SLD_LAYERS_MAX);
    } else {
        char *text = json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
        pk_buf_adds(out, text);
        pk_buf_addc(out, '\n');
        free(text);
    }
    json_decref(document);
    xmlFreeDoc(doc);
    return status;
}
