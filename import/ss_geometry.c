/* ss_geometry.c - edges, areas and places of SS 637040. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"
#include "import/plan_record.h"
#include "import/shape.h"
#include "import/ss_private.h"

/* An unused edge farther than this from every plan is of another place, metres. */
#define PK_SS_FAR_M 10000.0

bool ss_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

const xmlNode *ss_child(const xmlNode *node, const char *name)
{
    for (const xmlNode *c = node ? node->children : NULL; c != NULL; c = c->next) {
        if (ss_is(c, name)) {
            return c;
        }
    }
    return NULL;
}

const char *ss_text(struct pk_source *src, const xmlNode *node)
{
    xmlChar *raw = node ? xmlNodeGetContent((xmlNode *)node) : NULL;
    const char *p = (const char *)raw, *out = NULL;

    if (p != NULL) {
        p += strspn(p, " \t\r\n");
        size_t n = strlen(p);
        while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL) {
            n--;
        }
        out = n > 0 ? pk_arena_strndup(&src->keep, p, n) : NULL;
    }
    xmlFree(raw);
    return out;
}

const char *ss_child_text(struct pk_source *src, const xmlNode *node, const char *name)
{
    return ss_text(src, ss_child(node, name));
}

const char *ss_attribute(struct pk_source *src, const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node ? node->properties : NULL; a != NULL; a = a->next) {
        if (strcmp((const char *)a->name, name) == 0 && a->children != NULL) {
            const char *text = (const char *)a->children->content;
            return text ? pk_arena_strdup(&src->keep, text) : NULL;
        }
    }
    return NULL;
}

const char *ss_place(struct pk_source *src, const xmlNode *node)
{
    return pk_arena_printf(&src->keep, "line %ld", xmlGetLineNo((xmlNode *)node));
}

static const char *reference(struct pk_source *src, const xmlNode *node)
{
    const char *href = ss_attribute(src, node, "href");

    return href && href[0] == '#' ? href + 1 : NULL;
}

/* --- numbers --- */

static bool next_number(const char **p, double *out)
{
    *p += strspn(*p, " \t\r\n");
    if (**p == '+') {
        ++*p;
    }
    return pk_parse_double(p, out);
}

/* Positions of a text: `dimension` numbers each, the first two kept. */
static bool add_positions(struct pk_path *path, const xmlNode *node, int dimension)
{
    xmlChar *raw = xmlNodeGetContent((xmlNode *)node);
    const char *p = (const char *)raw;
    bool ok = p != NULL;

    while (ok) {
        double v[3];
        const char *rest = p + strspn(p, " \t\r\n");
        if (*rest == '\0') {
            break;
        }
        for (int i = 0; ok && i < dimension; i++) {
            ok = next_number(&p, &v[i]);
        }
        if (ok) {
            pk_path_add(path, v[0], v[1]);
        }
    }
    xmlFree(raw);
    return ok;
}

static int dimension_of(struct pk_source *src, const xmlNode *node)
{
    for (const xmlNode *n = node; n != NULL && n->type == XML_ELEMENT_NODE;
         n = n->parent) {
        const char *text = ss_attribute(src, n, "srsDimension");
        if (text != NULL) {
            return strcmp(text, "3") == 0 ? 3 : 2;
        }
    }
    return 2;
}

/* All pos and posList directly below the node, in order. */
static bool positions_below(struct pk_source *src, struct pk_path *path,
                            const xmlNode *node)
{
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (ss_is(c, "pointProperty") && c->children != NULL) {
            const xmlNode *point = ss_child(c, "Point");
            if (point != NULL && !positions_below(src, path, point)) {
                return false;
            }
        } else if ((ss_is(c, "pos") || ss_is(c, "posList")) &&
                   !add_positions(path, c, dimension_of(src, c))) {
            return false;
        }
    }
    return true;
}

static void join_points(struct pk_path *path, const struct pk_path *more, size_t from)
{
    for (size_t i = from; i < more->count; i++) {
        pk_path_add(path, more->xy[2 * i], more->xy[2 * i + 1]);
    }
}

/* One segment of a curve: straight, or arcs of three points each. */
static bool add_segment(struct pk_source *src, struct pk_path *path, const xmlNode *node)
{
    struct pk_path points = {.arena = &src->keep};
    bool arcs = ss_is(node, "Arc") || ss_is(node, "ArcString");

    if ((!arcs && !ss_is(node, "LineStringSegment") && !ss_is(node, "LineString") &&
         !ss_is(node, "Circle")) ||
        !positions_below(src, &points, node) || points.count == 0) {
        return false;
    }
    bool joined = path->count > 0 && path->xy[2 * path->count - 2] == points.xy[0] &&
                  path->xy[2 * path->count - 1] == points.xy[1];
    if (!arcs && !ss_is(node, "Circle")) {
        join_points(path, &points, joined ? 1 : 0);
        return true;
    }
    if (points.count < 3 || (points.count % 2 == 0)) {
        return false;
    }
    if (!joined) {
        pk_path_add(path, points.xy[0], points.xy[1]);
    }
    if (ss_is(node, "Circle")) { /* three points on it: twice an arc, back to the first */
        double c[2] = {points.xy[0], points.xy[1]};
        pk_path_arc(path, points.xy, points.xy + 2, points.xy + 4, PK_CURVE_TOLERANCE_M);
        struct pk_path half = {.arena = &src->keep};
        pk_path_add(&half, points.xy[4], points.xy[5]);
        pk_path_arc(&half, points.xy + 4, points.xy + 2, c, PK_CURVE_TOLERANCE_M);
        join_points(path, &half, 1);
        return true;
    }
    for (size_t i = 0; i + 2 < points.count; i += 2) {
        pk_path_arc(path, points.xy + 2 * i, points.xy + 2 * i + 2, points.xy + 2 * i + 4,
                    PK_CURVE_TOLERANCE_M);
    }
    return true;
}

static bool add_line(struct pk_source *src, struct pk_path *path, const xmlNode *node)
{
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (c->type != XML_ELEMENT_NODE) {
            continue;
        }
        bool more = ss_is(c, "Curve") || ss_is(c, "segments") ||
                    ss_is(c, "CompositeCurve") || ss_is(c, "curveMember");
        if (more ? !add_line(src, path, c) : !add_segment(src, path, c)) {
            return false;
        }
    }
    return true;
}

bool ss_position(const xmlNode *node, double out[2])
{
    for (const xmlNode *c = node ? node->children : NULL; c != NULL; c = c->next) {
        if (c->type != XML_ELEMENT_NODE) {
            continue;
        }
        if (ss_is(c, "pos") || ss_is(c, "posList")) {
            xmlChar *raw = xmlNodeGetContent((xmlNode *)c);
            const char *p = (const char *)raw;
            bool ok = p && next_number(&p, &out[0]) && next_number(&p, &out[1]);
            xmlFree(raw);
            return ok;
        }
        if (ss_position(c, out)) {
            return true;
        }
    }
    return false;
}

/* --- collecting --- */

static void remember(struct ss_file *file, const char *id, json_int_t index)
{
    if (id != NULL && json_object_get(file->by_id, id) == NULL) {
        json_object_set_new(file->by_id, id, json_integer(index));
    }
}

static void fault(struct ss_file *file, const xmlNode *node, const char *rule,
                  const char *object, const char *text)
{
    pk_source_finding(file->src, "edge",
                      &(struct pk_finding){.rule = rule,
                                           .severity = PK_WARNING,
                                           .object = object,
                                           .place = ss_place(file->src, node),
                                           .text = text});
}

static void collect_edge(struct ss_file *file, const xmlNode *node)
{
    struct pk_source *src = file->src;
    const char *id = ss_attribute(src, node, "id");
    const xmlNode *line = ss_child(node, "linje");
    struct pk_path path = {.arena = &src->keep};

    if (line == NULL || !add_line(src, &path, line) || path.count < 2) {
        fault(file, node, "P-GEOM", id,
              pk_source_text(src, PK_MSG_IMPORT_EDGE_UNREADABLE, "id", id ? id : "?",
                             NULL));
        return;
    }
    if (file->edge_count == file->edge_cap) {
        size_t cap = file->edge_cap ? file->edge_cap * 2 : 256;
        struct ss_edge *edges = pk_arena_alloc(&src->keep, cap, sizeof(*edges));
        if (file->edge_count) {
            memcpy(edges, file->edges, file->edge_count * sizeof(*edges));
        }
        file->edges = edges;
        file->edge_cap = cap;
    }
    remember(file, id, (json_int_t)file->edge_count);
    file->edges[file->edge_count++] =
        (struct ss_edge){.id = id ? id : "?",
                         .xy = path.xy,
                         .count = path.count,
                         .is_arc = path.arcs > 0,
                         .line = xmlGetLineNo((xmlNode *)node)};
}

static void collect_area(struct ss_file *file, const xmlNode *node)
{
    const char *id = ss_attribute(file->src, node, "id");

    if (file->area_count == file->area_cap) {
        size_t cap = file->area_cap ? file->area_cap * 2 : 256;
        struct ss_area *areas = pk_arena_alloc(&file->src->keep, cap, sizeof(*areas));
        if (file->area_count) {
            memcpy(areas, file->areas, file->area_count * sizeof(*areas));
        }
        file->areas = areas;
        file->area_cap = cap;
    }
    remember(file, id, (json_int_t)(PK_SS_EDGES_MAX + file->area_count));
    file->areas[file->area_count++] = (struct ss_area){id ? id : "?", node};
}

enum pk_status ss_collect(struct ss_file *file, const xmlNode *root, struct pk_error *err)
{
    for (const xmlNode *c = root->children; c != NULL; c = c->next) {
        const xmlNode *edge = ss_is(c, "grans") ? ss_child(c, "DP_Grans") : NULL;
        const xmlNode *area = ss_is(c, "omrade") ? ss_child(c, "DP_Omrade") : NULL;
        if (edge != NULL) {
            collect_edge(file, edge);
        }
        if (area != NULL) {
            collect_area(file, area);
        }
        if (file->edge_count >= PK_SS_EDGES_MAX || file->area_count >= PK_SS_AREAS_MAX) {
            return pk_fail(err, PK_LIMIT, "more than %d lines or %d areas",
                           PK_SS_EDGES_MAX, PK_SS_AREAS_MAX);
        }
    }
    return PK_OK;
}

/* --- geometries --- */

static double *turn(struct ss_file *file, const struct ss_edge *e, bool turned)
{
    double *xy = pk_arena_alloc(&file->src->arena, 2 * e->count, sizeof(*xy));

    for (size_t i = 0; i < e->count; i++) {
        xy[2 * i] = e->xy[2 * i + !turned];
        xy[2 * i + 1] = e->xy[2 * i + turned];
    }
    return xy;
}

static void object_fault(struct ss_file *file, const struct ss_place_of *where,
                         const xmlNode *node, enum pk_severity severity,
                         const struct pk_rings_report *at, const char *text)
{
    struct pk_finding f = {.rule = "P-RING",
                           .severity = severity,
                           .object = where->object,
                           .place = ss_place(file->src, node),
                           .text = text};

    if (at != NULL) {
        f.has_point = true;
        f.x = at->x;
        f.y = at->y;
        f.crs = where->epsg;
    }
    pk_source_finding(file->src, where->kind, &f);
}

static void report_rings(struct ss_file *file, const struct pk_rings_report *r,
                         const xmlNode *node, const struct ss_place_of *where)
{
    const struct {
        uint32_t n;
        enum pk_severity severity;
        enum pk_msg_id id;
    } said[] = {
        {r->turned, PK_WARNING, PK_MSG_IMPORT_EDGE_TURNED},
        {r->closed, PK_WARNING, PK_MSG_IMPORT_RING_CLOSED},
        {r->open,   PK_ERROR,   PK_MSG_IMPORT_RING_OPEN  }
    };

    for (size_t i = 0; i < PK_COUNT(said); i++) {
        char number[16];
        if (said[i].n > 0) {
            snprintf(number, sizeof(number), "%u", said[i].n);
            object_fault(file, where, node, said[i].severity, r,
                         pk_source_text(file->src, said[i].id, "number", number, NULL));
        }
    }
}

/* Edges that an area names, with their signs, appended to the list. */
struct use_list {
    struct pk_edge_use *uses;
    size_t count, cap;
    bool arcs;
};

static void add_use(struct ss_file *file, struct use_list *list, struct ss_edge *edge,
                    bool reversed, bool turned)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 32;
        struct pk_edge_use *uses = pk_arena_alloc(&file->src->arena, cap, sizeof(*uses));
        if (list->count) {
            memcpy(uses, list->uses, list->count * sizeof(*uses));
        }
        list->uses = uses;
        list->cap = cap;
    }
    edge->used = true;
    list->arcs = list->arcs || edge->is_arc;
    list->uses[list->count++] =
        (struct pk_edge_use){turn(file, edge, turned), edge->count, reversed};
}

static struct ss_edge *edge_of(struct ss_file *file, const char *id)
{
    const json_t *index = id ? json_object_get(file->by_id, id) : NULL;
    json_int_t i = json_integer_value(index);

    return index != NULL && i < PK_SS_EDGES_MAX ? &file->edges[i] : NULL;
}

static void uses_of_area(struct ss_file *file, struct use_list *list, const xmlNode *area,
                         const struct ss_place_of *where)
{
    for (const xmlNode *c = area->children; c != NULL; c = c->next) {
        bool minus = ss_is(c, "minus");
        if (!minus && !ss_is(c, "plus")) {
            continue;
        }
        const char *id = reference(file->src, c);
        struct ss_edge *edge = edge_of(file, id);
        if (edge == NULL) {
            object_fault(file, where, c, PK_ERROR, NULL,
                         pk_source_text(file->src, PK_MSG_IMPORT_EDGE_MISSING, "id",
                                        id ? id : "?", NULL));
            continue;
        }
        add_use(file, list, edge, minus, where->turned);
    }
}

static bool line_geometry(struct pk_geom *out, struct ss_file *file,
                          const struct use_list *lines)
{
    struct pk_geom_builder *b = pk_geom_begin(&file->src->arena, PK_GEOM_LINE, false);

    for (size_t i = 0; i < lines->count; i++) {
        pk_geom_ring(b, PK_RING_OPEN);
        for (size_t k = 0; k < lines->uses[i].count; k++) {
            pk_geom_vertex(b, lines->uses[i].xy[2 * k], lines->uses[i].xy[2 * k + 1], 0);
        }
    }
    return pk_geom_done(out, b, NULL) == PK_OK;
}

static bool point_geometry(struct pk_geom *out, struct ss_file *file, const xmlNode *node,
                           bool turned)
{
    struct pk_geom_builder *b = pk_geom_begin(&file->src->arena, PK_GEOM_POINT, false);
    double p[2];

    if (!ss_position(node, p)) {
        return false;
    }
    pk_geom_vertex(b, p[!turned], p[turned], 0);
    return pk_geom_done(out, b, NULL) == PK_OK;
}

/* References to areas and to lines among the node's children. */
static void references(struct ss_file *file, const xmlNode *node,
                       const struct ss_place_of *where, struct use_list *areas,
                       struct use_list *lines)
{
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (!ss_is(c, "omrade") && !ss_is(c, "planomrade") && !ss_is(c, "grans") &&
            !ss_is(c, "linje")) {
            continue;
        }
        const char *id = reference(file->src, c);
        const json_t *index = id ? json_object_get(file->by_id, id) : NULL;
        json_int_t i = json_integer_value(index);
        if (index == NULL) {
            object_fault(file, where, c, PK_ERROR, NULL,
                         pk_source_text(file->src, PK_MSG_IMPORT_AREA_MISSING, "id",
                                        id ? id : "?", NULL));
        } else if (i < PK_SS_EDGES_MAX) {
            add_use(file, lines, &file->edges[i], false, where->turned);
        } else {
            uses_of_area(file, areas, file->areas[i - PK_SS_EDGES_MAX].node, where);
        }
    }
}

bool ss_geometry(struct pk_geom *out, bool *arcs, struct ss_file *file,
                 const xmlNode *node, const struct ss_place_of *where)
{
    struct use_list areas = {0}, lines = {0};
    struct pk_rings_report report;
    struct pk_error why;

    references(file, node, where, &areas, &lines);
    *arcs = areas.arcs || lines.arcs;
    if (areas.count > 0) {
        enum pk_status status = pk_rings_build(out, &report, areas.uses, areas.count,
                                               &file->src->arena, &why);
        report_rings(file, &report, node, where);
        return status == PK_OK;
    }
    if (lines.count > 0) {
        return line_geometry(out, file, &lines);
    }
    const xmlNode *point = ss_child(node, "punkt");
    return point != NULL && point_geometry(out, file, point, where->turned);
}

void ss_unused_edges(struct ss_file *file, struct pk_box plan, int epsg, bool turned)
{
    struct pk_box near = pk_box_grow(plan, PK_SS_FAR_M);

    for (size_t i = 0; i < file->edge_count; i++) {
        const struct ss_edge *e = &file->edges[i];
        double x = e->xy[!turned], y = e->xy[turned];
        if (e->used) {
            continue;
        }
        bool far =
            !pk_box_is_empty(near) && !pk_box_touches(near, (struct pk_box){x, y, x, y});
        pk_source_finding(
            file->src, "edge",
            &(struct pk_finding){
                .rule = far ? "P-CRS" : "P-REF",
                .severity = far ? PK_WARNING : PK_NOTE,
                .object = e->id,
                .place = pk_arena_printf(&file->src->arena, "line %ld", e->line),
                .text = pk_source_text(
                    file->src, far ? PK_MSG_IMPORT_EDGE_FAR : PK_MSG_IMPORT_EDGE_UNUSED,
                    "id", e->id, NULL),
                .has_point = true,
                .x = x,
                .y = y,
                .crs = epsg});
    }
}
