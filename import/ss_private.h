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

enum ss_kind { SS_USE, SS_PROPERTY, SS_ADMINISTRATIVE };

/* A plan being read: its regulations by identity, to be written when all uses have
 * said what regulates them. */
struct ss_regulation {
    const char *ref;
    json_t *record; /* REGULATION */
    struct pk_geom *geoms;
    json_t **parts; /* REG_PART of each geometry */
    char **areas;   /* what each part was made of, to know it again */
    size_t part_count, part_cap;
    bool refused;
};

struct ss_plan {
    struct ss_file *file;
    struct pk_source *src;
    const xmlNode *node;
    const char *id, *name;
    int epsg;
    bool turned;
    struct ss_regulation *regs;
    size_t count, cap;
    json_t *by_ref; /* ref -> index */
    unsigned read, merged, refused;
};

/* Text under a key, when there is one; and every simple member under its own name. */
void ss_copy(json_t *out, const char *key, const char *text);
void ss_copy_rest(struct pk_source *src, json_t *out, const xmlNode *node);
/* DP_Var* of the node as bestammelsevarde; the first one's text. */
struct pk_ss_code;
json_t *ss_values(struct pk_source *src, const xmlNode *node,
                  const struct pk_ss_code *code);
const char *ss_first_value(const json_t *values);
const xmlNode *ss_first_element(const xmlNode *node);
void ss_add_parts(struct ss_plan *plan, struct ss_regulation *reg,
                  const struct pk_geom *g, bool arcs, char *ground, json_t *label);
/* A regulation as it stands under `use` (NULL: under the plan); its ref. */
const char *ss_take_regulation(struct ss_plan *plan, const xmlNode *node, int kind,
                               const char *use);

#endif
