/* sld_symbol.c - symbolizers as style layers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "styles/colour.h"
#include "styles/sld.h"
#include "styles/style.h"

enum { VALUE_MAX = 128, IMAGE_MAX = 64, ICON_PX = 16 };

/* One more layer: {id, type, source, source-layer, filter, zooms, layout, paint}. */
static void add_layer(struct pk_sld *s, const char *type, const char *what,
                      json_t *layout, json_t *paint)
{
    if (++s->made > PK_SLD_LAYERS_MAX) {
        json_decref(layout);
        json_decref(paint);
        return;
    }
    char id[128];
    (void)snprintf(id, sizeof(id), "%s-%u-%s-%u", s->id, s->number, what, s->made);
    json_t *layer = json_pack("{ss ss ss ss}", "id", id, "type", type, "source",
                              "plankarta", "source-layer", s->source);
    if (s->min_zoom > 0) {
        json_object_set_new(layer, "minzoom", json_real(s->min_zoom));
    }
    if (s->max_zoom < 24) {
        json_object_set_new(layer, "maxzoom", json_real(s->max_zoom));
    }
    if (s->filter != NULL) {
        json_object_set(layer, "filter", s->filter);
    }
    json_object_set_new(layer, "layout", layout);
    json_object_set_new(layer, "paint", paint);
    json_array_append_new(s->layers, layer);
}

/* ---- parameters: <CssParameter name="fill">#ff0000</CssParameter> ---- */

static const xmlNode *parameter(const xmlNode *node, const char *name)
{
    for (const xmlNode *c = node == NULL ? NULL : node->children; c != NULL;
         c = c->next) {
        if (!pk_sld_is(c, "CssParameter") && !pk_sld_is(c, "SvgParameter")) {
            continue;
        }
        xmlChar *own = xmlGetProp((xmlNode *)(uintptr_t)c, (const xmlChar *)"name");
        bool same = own != NULL && strcmp((const char *)own, name) == 0;
        xmlFree(own);
        if (same) {
            return c;
        }
    }
    return NULL;
}

static bool text_of(const xmlNode *node, const char *name, char *out)
{
    return pk_sld_text(parameter(node, name), out, VALUE_MAX);
}

static double number_of(struct pk_sld *s, const xmlNode *node, const char *name,
                        double otherwise)
{
    const xmlNode *p = parameter(node, name);
    double v;
    if (p == NULL) {
        return otherwise;
    }
    if (!pk_sld_number(p, &v)) {
        pk_sld_lost(s, p, "is no plain number; %g is taken", otherwise);
        return otherwise;
    }
    return v;
}

/* A colour as #rrggbb; the default when there is none. */
static void colour_of(struct pk_sld *s, const xmlNode *node, const char *name,
                      const char *otherwise, char out[PK_COLOUR_TEXT])
{
    char text[VALUE_MAX];
    struct pk_rgba c;
    if (text_of(node, name, text)) {
        if (pk_colour_parse(&c, text)) {
            pk_colour_format(out, c);
            return;
        }
        pk_sld_lost(s, parameter(node, name), "\"%.40s\" is no colour", text);
    }
    (void)snprintf(out, PK_COLOUR_TEXT, "%s", otherwise);
}

static double opacity_of(struct pk_sld *s, const xmlNode *node, const char *name)
{
    double v = number_of(s, node, name, 1);
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static const xmlNode *inside(const xmlNode *node, const char *a, const char *b)
{
    const xmlNode *c = pk_sld_child(node, a);
    return b == NULL ? c : pk_sld_child(c, b);
}

/* ---- marks ---- */

/* A Graphic: its mark, size and turn. */
struct graphic {
    char mark[VALUE_MAX];
    const xmlNode *fill, *stroke;
    double size, rotation, opacity;
};

static void read_graphic(struct pk_sld *s, const xmlNode *node, double size,
                         struct graphic *out)
{
    *out = (struct graphic){.mark = "square", .size = size, .opacity = 1};
    const xmlNode *mark = pk_sld_child(node, "Mark");
    const xmlNode *external = pk_sld_child(node, "ExternalGraphic");
    if (external != NULL) {
        pk_sld_lost(s, external,
                    mark != NULL ? "pictures are not carried over; its mark is"
                                 : "pictures are not carried over");
    }
    if (mark != NULL) {
        if (!pk_sld_text(pk_sld_child(mark, "WellKnownName"), out->mark,
                         sizeof(out->mark)) &&
            pk_sld_child(mark, "OnlineResource") != NULL) {
            pk_sld_lost(s, mark,
                        "letters of fonts are not carried over; a circle is drawn");
            (void)snprintf(out->mark, sizeof(out->mark), "circle");
        }
        out->fill = pk_sld_child(mark, "Fill");
        out->stroke = pk_sld_child(mark, "Stroke");
    } else {
        (void)snprintf(out->mark, sizeof(out->mark), "circle");
    }
    const struct {
        const char *name;
        double *to;
    } numbers[] = {
        {"Size",     &out->size    },
        {"Rotation", &out->rotation},
        {"Opacity",  &out->opacity },
    };
    for (size_t i = 0; i < 3; i++) {
        const xmlNode *c = pk_sld_child(node, numbers[i].name);
        double v;
        if (c != NULL && pk_sld_number(c, &v)) {
            *numbers[i].to = v;
        } else if (c != NULL) {
            pk_sld_lost(s, c, "only plain numbers are carried over");
        }
    }
    out->size = out->size < 1 ? 1 : out->size > 256 ? 256 : out->size;
    out->opacity = out->opacity < 0 ? 0 : out->opacity > 1 ? 1 : out->opacity;
    if (pk_sld_child(node, "Displacement") != NULL ||
        pk_sld_child(node, "AnchorPoint") != NULL) {
        pk_sld_lost(s, node, "its displacement and anchor are not carried over");
    }
}

static const char *without_prefix(const char *mark)
{
    return strncmp(mark, "shape://", 8) == 0 ? mark + 8 : mark;
}

/* The icon that looks like a mark; *turn is added. */
static const char *icon_of(struct pk_sld *s, const xmlNode *node, const char *mark,
                           double *turn)
{
    static const struct {
        const char *mark, *icon;
        double turn;
        bool alike;
    } known[] = {
        {"circle",               "circle",   0,  true },
        {"square",               "square",   0,  true },
        {"rectangle",            "square",   0,  false},
        {"diamond",              "diamond",  0,  true },
        {"triangle",             "triangle", 0,  true },
        {"equilateral_triangle", "triangle", 0,  true },
        {"star",                 "star",     0,  true },
        {"regular_star",         "star",     0,  true },
        {"cross",                "cross",    0,  true },
        {"cross_fill",           "cross",    0,  true },
        {"plus",                 "cross",    0,  true },
        {"x",                    "cross",    45, true },
        {"cross2",               "cross",    45, true },
        {"times",                "cross",    45, true },
        {"arrow",                "triangle", 0,  false},
        {"filled_arrowhead",     "triangle", 90, false},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(without_prefix(mark), known[i].mark) == 0) {
            *turn += known[i].turn;
            if (!known[i].alike) {
                pk_sld_lost(s, node, "the mark \"%.40s\" is drawn as a %s", mark,
                            known[i].icon);
            }
            return known[i].icon;
        }
    }
    pk_sld_lost(s, node, "the mark \"%.40s\" is drawn as a circle", mark);
    return "circle";
}

static bool is_circle(const char *mark)
{
    return strcmp(without_prefix(mark), "circle") == 0;
}

/* The layer of a mark at points, or along lines with `spacing` > 0. */
static void add_mark(struct pk_sld *s, const xmlNode *node, const struct graphic *g,
                     double spacing)
{
    char fill[PK_COLOUR_TEXT], stroke[PK_COLOUR_TEXT];
    double turn = g->rotation;
    colour_of(s, g->fill, "fill", "#808080", fill);
    colour_of(s, g->stroke, "stroke", "#000000", stroke);
    if (spacing <= 0 && is_circle(g->mark)) {
        json_t *paint = json_pack(
            "{sf ss sf}", "circle-radius", g->size / 2, "circle-color", fill,
            "circle-opacity",
            g->fill == NULL ? 0.0 : g->opacity * opacity_of(s, g->fill, "fill-opacity"));
        if (g->stroke != NULL) {
            json_object_set_new(paint, "circle-stroke-color", json_string(stroke));
            json_object_set_new(paint, "circle-stroke-width",
                                json_real(number_of(s, g->stroke, "stroke-width", 1)));
            json_object_set_new(
                paint, "circle-stroke-opacity",
                json_real(g->opacity * opacity_of(s, g->stroke, "stroke-opacity")));
        }
        add_layer(s, "circle", "mark", json_object(), paint);
        return;
    }
    char image[IMAGE_MAX];
    const char *icon = icon_of(s, node, g->mark, &turn);
    if (g->stroke != NULL && g->fill != NULL && strcmp(stroke, fill) != 0) {
        pk_sld_lost(s, g->stroke, "icons have a white casing, no outline of their own");
    }
    (void)snprintf(image, sizeof(image), "%s:%s", icon, g->fill != NULL ? fill : stroke);
    json_t *layout = json_pack("{ss sf sf sb sb}", "icon-image", image, "icon-size",
                               fmin(16, g->size / ICON_PX), "icon-rotate", turn,
                               "icon-allow-overlap", 1, "icon-ignore-placement", 1);
    if (spacing > 0) {
        json_object_set_new(layout, "symbol-placement", json_string("line"));
        json_object_set_new(layout, "symbol-spacing", json_real(fmax(1, spacing)));
    }
    add_layer(s, "symbol", "mark", layout, json_pack("{sf}", "icon-opacity", g->opacity));
}

/* ---- fills ---- */

/* "distance" of QGIS: how far marks of a filling are apart. */
static double spacing_of(const xmlNode *symbolizer, double otherwise)
{
    for (const xmlNode *c = symbolizer->children; c != NULL; c = c->next) {
        char text[VALUE_MAX];
        if (pk_sld_is(c, "VendorOption") && pk_sld_text(c, text, sizeof(text))) {
            xmlChar *name = xmlGetProp((xmlNode *)(uintptr_t)c, (const xmlChar *)"name");
            const char *at = text;
            double v;
            bool found = name != NULL && strcmp((const char *)name, "distance") == 0 &&
                         pk_parse_double(&at, &v);
            xmlFree(name);
            if (found) {
                return v;
            }
        }
    }
    return otherwise;
}

static double within(double v, double lo, double hi)
{
    return !(v > lo) ? lo : v > hi ? hi : v;
}

/* The pattern that a repeated mark looks like. */
static void pattern_of(struct pk_sld *s, const xmlNode *symbolizer, const xmlNode *node,
                       const struct graphic *g, char out[IMAGE_MAX])
{
    static const struct {
        const char *mark, *pattern;
        int angle;
    } known[] = {
        {"horline",   "hatch", 0  },
        {"vertline",  "hatch", 90 },
        {"line",      "hatch", 0  },
        {"slash",     "hatch", 45 },
        {"backslash", "hatch", 135},
        {"plus",      "cross", 0  },
        {"cross",     "cross", 0  },
        {"times",     "cross", 45 },
        {"x",         "cross", 45 },
    };
    char colour[PK_COLOUR_TEXT];
    const xmlNode *from = g->stroke != NULL ? g->stroke : g->fill;
    colour_of(s, from, g->stroke != NULL ? "stroke" : "fill", "#000000", colour);
    const char *mark = without_prefix(g->mark);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(mark, known[i].mark) == 0) {
            /* QGIS writes its own angle here, which counts against the clock. */
            int angle =
                (int)(known[i].angle + llround(fmod(g->rotation, 180)) + 360) % 180;
            (void)snprintf(
                out, IMAGE_MAX, "%s-%d-%d-%g:%s", known[i].pattern, angle,
                (int)lround(within(g->size, 3, 64)),
                round(within(number_of(s, g->stroke, "stroke-width", 1), 1, 8)), colour);
            return;
        }
    }
    if (!is_circle(mark)) {
        pk_sld_lost(s, node, "a filling of \"%.40s\" is drawn as dots", g->mark);
    }
    colour_of(s, g->fill != NULL ? g->fill : g->stroke,
              g->fill != NULL ? "fill" : "stroke", "#808080", colour);
    double apart = within(round(spacing_of(symbolizer, 2 * g->size)), 4, 64);
    (void)snprintf(out, IMAGE_MAX, "dots-%d-%d:%s", (int)apart,
                   (int)lround(within(g->size, 1, fmin(apart - 1, 16))), colour);
}

static void add_fill(struct pk_sld *s, const xmlNode *symbolizer, const xmlNode *fill)
{
    const xmlNode *graphic = inside(fill, "GraphicFill", "Graphic");
    json_t *paint =
        json_pack("{sf}", "fill-opacity", opacity_of(s, fill, "fill-opacity"));
    if (graphic != NULL) {
        struct graphic g;
        char image[IMAGE_MAX];
        read_graphic(s, graphic, 8, &g);
        pattern_of(s, symbolizer, graphic, &g, image);
        json_object_set_new(paint, "fill-pattern", json_string(image));
        json_object_set_new(paint, "fill-opacity", json_real(g.opacity));
    } else {
        char colour[PK_COLOUR_TEXT];
        colour_of(s, fill, "fill", "#808080", colour);
        json_object_set_new(paint, "fill-color", json_string(colour));
    }
    add_layer(s, "fill", "fill", json_object(), paint);
}

/* ---- strokes ---- */

static const char *one_of(struct pk_sld *s, const xmlNode *stroke, const char *name,
                          const char *const *words, const char *const *ours)
{
    char text[VALUE_MAX];
    if (text_of(stroke, name, text)) {
        for (size_t i = 0; words[i] != NULL; i++) {
            if (strcmp(text, words[i]) == 0) {
                return ours[i];
            }
        }
        pk_sld_lost(s, parameter(stroke, name), "\"%.40s\" is not known", text);
    }
    return NULL;
}

/* Lengths in px, to lengths in line widths. NULL: a whole line. */
static json_t *dashes_of(struct pk_sld *s, const xmlNode *stroke, double width)
{
    char text[VALUE_MAX];
    if (!text_of(stroke, "stroke-dasharray", text) || !(width > 0)) {
        return NULL;
    }
    json_t *out = json_array();
    const char *at = text;
    double sum = 0, v;
    while (json_array_size(out) < PK_DASHES_MAX && pk_parse_double(&at, &v)) {
        v = within(v, 0, 1000);
        sum += v;
        json_array_append_new(out,
                              json_real(within(round(v / width * 100) / 100, 0, 1000)));
        at += strspn(at, " ,\t\n");
    }
    if (*at != '\0' || !(sum > 0)) {
        pk_sld_lost(s, parameter(stroke, "stroke-dasharray"),
                    "the dashes \"%.40s\" are not carried over", text);
        json_decref(out);
        return NULL;
    }
    return out;
}

static void add_stroke(struct pk_sld *s, const xmlNode *symbolizer, const xmlNode *stroke)
{
    static const char *const joins[] = {"mitre", "miter", "round", "bevel", NULL};
    static const char *const our_joins[] = {"miter", "miter", "round", "bevel"};
    static const char *const caps[] = {"butt", "round", "square", NULL};
    const xmlNode *graphic = inside(stroke, "GraphicStroke", "Graphic");
    if (graphic != NULL) {
        struct graphic g;
        double gap = 0;
        read_graphic(s, graphic, 6, &g);
        const xmlNode *node = inside(stroke, "GraphicStroke", "Gap");
        if (node != NULL && !pk_sld_number(node, &gap)) {
            pk_sld_lost(s, node, "is no plain number");
        }
        add_mark(s, graphic, &g, g.size + fmax(0, gap));
        return;
    }
    if (inside(stroke, "GraphicFill", NULL) != NULL) {
        pk_sld_lost(s, inside(stroke, "GraphicFill", NULL),
                    "lines are drawn in a plain colour");
    }
    char colour[PK_COLOUR_TEXT];
    double width = within(number_of(s, stroke, "stroke-width", 1), 0, 256);
    colour_of(s, stroke, "stroke", "#000000", colour);
    json_t *layout = json_object();
    json_t *paint = json_pack("{ss sf sf}", "line-color", colour, "line-width", width,
                              "line-opacity", opacity_of(s, stroke, "stroke-opacity"));
    const char *join = one_of(s, stroke, "stroke-linejoin", joins, our_joins);
    const char *cap = one_of(s, stroke, "stroke-linecap", caps, caps);
    if (join != NULL) {
        json_object_set_new(layout, "line-join", json_string(join));
    }
    if (cap != NULL) {
        json_object_set_new(layout, "line-cap", json_string(cap));
    }
    json_t *dashes = dashes_of(s, stroke, width);
    if (dashes != NULL) {
        json_object_set_new(paint, "line-dasharray", dashes);
    }
    if (number_of(s, stroke, "stroke-dashoffset", 0) != 0) {
        pk_sld_lost(s, parameter(stroke, "stroke-dashoffset"),
                    "dashes begin where the line begins");
    }
    double offset;
    const xmlNode *perpendicular = pk_sld_child(symbolizer, "PerpendicularOffset");
    if (perpendicular != NULL && pk_sld_number(perpendicular, &offset)) {
        /* to the left there, to the right here (Symbology Encoding 1.1, 11.1.4) */
        json_object_set_new(paint, "line-offset", json_real(within(-offset, -256, 256)));
    }
    add_layer(s, "line", "line", layout, paint);
}

/* ---- texts ---- */

static void set_font(struct pk_sld *s, json_t *layout, const xmlNode *font, double *size)
{
    char weight[VALUE_MAX] = "", style[VALUE_MAX] = "", name[64];
    *size = within(number_of(s, font, "font-size", 10), 1, 128);
    (void)text_of(font, "font-weight", weight);
    (void)text_of(font, "font-style", style);
    bool bold = strcmp(weight, "bold") == 0 || strcmp(weight, "700") == 0;
    bool italic = strcmp(style, "italic") == 0 || strcmp(style, "oblique") == 0;
    (void)snprintf(name, sizeof(name), "DejaVu Sans%s%s%s", bold ? " Bold" : "",
                   italic ? " Oblique" : "", bold || italic ? "" : " Book");
    json_object_set_new(layout, "text-font", json_pack("[s]", name));
    json_object_set_new(layout, "text-size", json_real(*size));
    const xmlNode *family = parameter(font, "font-family");
    char text[VALUE_MAX];
    if (family != NULL && pk_sld_text(family, text, sizeof(text)) &&
        strstr(text, "DejaVu") == NULL) {
        pk_sld_lost(s, family, "the server's font is DejaVu Sans, not \"%.40s\"", text);
    }
}

static void set_point(struct pk_sld *s, json_t *layout, const xmlNode *point, double size)
{
    double x = 0.5, y = 0.5, dx = 0, dy = 0, turn;
    (void)pk_sld_number(inside(point, "AnchorPoint", "AnchorPointX"), &x);
    (void)pk_sld_number(inside(point, "AnchorPoint", "AnchorPointY"), &y);
    (void)pk_sld_number(inside(point, "Displacement", "DisplacementX"), &dx);
    (void)pk_sld_number(inside(point, "Displacement", "DisplacementY"), &dy);
    static const char *const anchors[3][3] = {
        {"top-left",    "top",    "top-right"   },
        {"left",        "center", "right"       },
        {"bottom-left", "bottom", "bottom-right"}
    };
    /* y counts upwards there */
    int column = x < 0.25 ? 0 : x > 0.75 ? 2 : 1, row = y < 0.25 ? 2 : y > 0.75 ? 0 : 1;
    json_object_set_new(layout, "text-anchor", json_string(anchors[row][column]));
    if (dx != 0 || dy != 0) {
        json_object_set_new(
            layout, "text-offset",
            json_pack("[ff]", within(dx / size, -20, 20), within(-dy / size, -20, 20)));
    }
    const xmlNode *rotation = pk_sld_child(point, "Rotation");
    if (rotation != NULL && pk_sld_number(rotation, &turn)) {
        json_object_set_new(layout, "text-rotate", json_real(fmod(turn, 360)));
    } else if (rotation != NULL) {
        pk_sld_lost(s, rotation, "only plain numbers are carried over");
    }
}

static void set_options(struct pk_sld *s, json_t *layout, const xmlNode *node,
                        double size)
{
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        char text[VALUE_MAX];
        if (!pk_sld_is(c, "VendorOption") || !pk_sld_text(c, text, sizeof(text))) {
            continue;
        }
        xmlChar *own = xmlGetProp((xmlNode *)(uintptr_t)c, (const xmlChar *)"name");
        const char *name = own != NULL ? (const char *)own : "";
        double v = 0;
        bool number = pk_parse_all_double(text, &v);
        if (strcmp(name, "autoWrap") == 0 && number && v > 0) {
            json_object_set_new(layout, "text-max-width",
                                json_real(within(v / size, 1, 40)));
        } else if (strcmp(name, "repeat") == 0 && number && v > 0) {
            json_object_set_new(layout, "symbol-spacing", json_real(within(v, 1, 4096)));
        } else if (strcmp(name, "conflictResolution") == 0) {
            json_object_set_new(layout, "text-allow-overlap",
                                json_boolean(strcmp(text, "false") == 0));
        } else if (strcmp(name, "followLine") == 0 && strcmp(text, "true") == 0) {
            json_object_set_new(layout, "symbol-placement", json_string("line"));
        } else {
            pk_sld_lost(s, c, "the option %.40s is not carried over", name);
        }
        xmlFree(own);
    }
}

static void add_text(struct pk_sld *s, const xmlNode *node)
{
    const xmlNode *label = pk_sld_child(node, "Label");
    json_t *field = label != NULL ? pk_sld_label(s, label) : NULL;
    if (field == NULL) {
        pk_sld_lost(s, node, "has no label");
        return;
    }
    double size, radius = 1;
    char colour[PK_COLOUR_TEXT];
    json_t *layout = json_pack("{so}", "text-field", field), *paint;
    set_font(s, layout, pk_sld_child(node, "Font"), &size);
    const xmlNode *placement = pk_sld_child(node, "LabelPlacement");
    if (inside(placement, "LinePlacement", NULL) != NULL) {
        json_object_set_new(layout, "symbol-placement", json_string("line"));
    } else {
        set_point(s, layout, inside(placement, "PointPlacement", NULL), size);
    }
    set_options(s, layout, node, size);
    const xmlNode *fill = pk_sld_child(node, "Fill"), *halo = pk_sld_child(node, "Halo");
    colour_of(s, fill, "fill", "#000000", colour);
    paint = json_pack("{ss sf}", "text-color", colour, "text-opacity",
                      opacity_of(s, fill, "fill-opacity"));
    if (halo != NULL) {
        (void)pk_sld_number(pk_sld_child(halo, "Radius"), &radius);
        colour_of(s, pk_sld_child(halo, "Fill"), "fill", "#ffffff", colour);
        json_object_set_new(paint, "text-halo-color", json_string(colour));
        json_object_set_new(paint, "text-halo-width", json_real(within(radius, 0, 32)));
    }
    add_layer(s, "symbol", "text", layout, paint);
}

/* What depends on ground units or moves the geometry. */
static void check_symbolizer(struct pk_sld *s, const xmlNode *node)
{
    xmlChar *uom = xmlGetProp((xmlNode *)(uintptr_t)node, (const xmlChar *)"uom");
    if (uom != NULL && strstr((const char *)uom, "pixel") == NULL) {
        pk_sld_lost(s, node, "sizes in \"%.60s\" are taken as pixels", (const char *)uom);
    }
    xmlFree(uom);
    const xmlNode *geometry = pk_sld_child(node, "Geometry");
    if (geometry != NULL) {
        pk_sld_lost(s, geometry, "the feature's own geometry is drawn");
    }
}

void pk_sld_symbolizer(struct pk_sld *s, const xmlNode *node)
{
    const xmlNode *fill = pk_sld_child(node, "Fill");
    const xmlNode *stroke = pk_sld_child(node, "Stroke");
    check_symbolizer(s, node);
    if (pk_sld_is(node, "PolygonSymbolizer")) {
        if (fill != NULL) {
            add_fill(s, node, fill);
        }
        if (stroke != NULL) {
            add_stroke(s, node, stroke);
        }
    } else if (pk_sld_is(node, "LineSymbolizer")) {
        if (stroke != NULL) {
            add_stroke(s, node, stroke);
        }
    } else if (pk_sld_is(node, "PointSymbolizer")) {
        struct graphic g;
        const xmlNode *graphic = pk_sld_child(node, "Graphic");
        read_graphic(s, graphic != NULL ? graphic : node, 6, &g);
        add_mark(s, node, &g, 0);
    } else if (pk_sld_is(node, "TextSymbolizer")) {
        add_text(s, node);
    } else {
        pk_sld_lost(s, node, "is not drawn");
    }
}
