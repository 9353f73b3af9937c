/* ss_private.h - shared by the files of the SS 637040 reader. */
#ifndef PK_IMPORT_SS_PRIVATE_H
#define PK_IMPORT_SS_PRIVATE_H

#include <libxml/tree.h>

#include "import/curve.h"
#include "import/rings.h"
#include "import/source.h"

enum { PK_SS_EDGES_MAX = 2000000, PK_SS_AREAS_MAX = 1000000 };

struct ss_edge {
    const char *id;
    double *xy; /* in the file's order: northing, easting; turned per plan */
    size_t count;
    bool used, is_arc;
    long line;
};

struct ss_area {
    const char *id;
    const xmlNode *node;
};

/* The file as found: edges and areas by id. Memory is the source's `keep`. */
struct ss_file {
    struct pk_source *src;
    struct ss_edge *edges;
    size_t edge_count, edge_cap;
    struct ss_area *areas;
    size_t area_count, area_cap;
    json_t *by_id; /* id -> index; areas count from PK_SS_EDGES_MAX */
    double reach;  /* of coordinates, to tell what lies far off */
};

/* XML without ceremony: children by local name, trimmed text, #id of xlink:href. */
const xmlNode *ss_child(const xmlNode *node, const char *name);
bool ss_is(const xmlNode *node, const char *name);
const char *ss_text(struct pk_source *src, const xmlNode *node);
const char *ss_child_text(struct pk_source *src, const xmlNode *node, const char *name);
const char *ss_attribute(struct pk_source *src, const xmlNode *node, const char *name);
const char *ss_place(struct pk_source *src, const xmlNode *node);

/* Edges and areas of the whole document into the file. */
enum pk_status ss_collect(struct ss_file *file, const xmlNode *root,
                          struct pk_error *err) PK_MUST_CHECK;
/* Numbers of the first gml:pos (or posList) below the node; northing, easting. */
bool ss_position(const xmlNode *node, double out[2]);

/* Areas that `node`'s children named omrade refer to (and lines, points), as one
 * geometry in easting, northing. `turned`: the file has easting first. Faults are
 * findings about `object`; false when nothing is left. */
struct ss_place_of {
    const char *kind, *object;
    int epsg;
    bool turned;
};
bool ss_geometry(struct pk_geom *out, bool *arcs, struct ss_file *file,
                 const xmlNode *node, const struct ss_place_of *where);
/* Findings for edges that no area uses. `plan` is the box of all plans. */
void ss_unused_edges(struct ss_file *file, struct pk_box plan, int epsg, bool turned);

#endif
