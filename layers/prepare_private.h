/*
 * prepare_private.h - the preparing side's own structures.
 *
 * A group is what is prepared together because its borders are shared: all plans
 * (source layers plan, use, property_regulation, administrative_regulation and
 * boundary), or one geodata layer. Its rows are loaded once and served band by band.
 */
#ifndef PK_LAYERS_PREPARE_PRIVATE_H
#define PK_LAYERS_PREPARE_PRIVATE_H

#include "base/jsonread.h"
#include "layers/crs.h"
#include "layers/pack.h"
#include "layers/store.h"
#include "layers/topology.h"

/* Boundary kinds, highest rank first. */
enum prep_kind {
    PREP_PLAN,
    PREP_USE,
    PREP_PROPERTY,
    PREP_SECONDARY,
    PREP_ADMINISTRATIVE,
    PREP_DIVISION, /* into property units: drawn on top of all others */
    PREP_KIND_COUNT
};
extern const char *const prep_kind_names[PREP_KIND_COUNT];

enum prep_phase { PREP_FORCE, PREP_ONGOING, PREP_OTHER };
extern const char *const prep_phase_names[3];

/* Of a plan's status on a day: "laga kraft" from a later day on is ongoing still; a
 * status that is not known counts as in force (the answer says that it is not known). */
enum prep_phase prep_phase_of(const char *status, const char *in_force,
                              const char *legal_day);

/* Finer than the phase, the most in force first: an adopted plan is ongoing still. */
enum prep_stage {
    PREP_STAGE_FORCE,
    PREP_STAGE_ADOPTED,
    PREP_STAGE_ONGOING,
    PREP_STAGE_ENDED,
    PREP_STAGE_COUNT
};
extern const char *const prep_stage_names[PREP_STAGE_COUNT];

enum prep_stage prep_stage_of(const char *status, enum prep_phase phase);

struct prep_section {
    const char *name;
    const char *const *keys;
    uint32_t key_count;
};

/* Whose border an arc may be. */
struct prep_owner {
    enum prep_kind kind;
    enum prep_phase phase;
    enum prep_stage stage;
    struct pk_id id, plan;
};

struct prep_ring {
    uint32_t ring; /* of the topology */
    enum pk_ring_role role;
};

struct prep_feature {
    struct pk_id id, plan; /* plan: of plans and regulations */
    uint64_t key;
    uint32_t part;
    enum pk_geom_kind kind;
    uint8_t section, min_band;
    bool in_areas; /* its rings are of topology `areas`, else of `others` */
    bool labelled, delivered;
    bool own; /* of a plan that an edit is about */
    const struct pk_value *values;
    uint32_t ring_first, ring_count; /* in `rings`; none for an arc */
    uint32_t chain;                  /* of an arc; else PK_TOPO_NONE */
    int64_t anchor[2];               /* tm */
    int64_t room;                    /* tm */
    double angle;                    /* degrees clockwise: delivered, or the line's */
    int64_t wm_anchor[2], wm_room;   /* made from the tm ones */
    struct pk_ibox box[PK_FAMILY_COUNT];
};

struct prep_arc {
    struct pk_id id;
    uint32_t feature;
    enum prep_phase phase;
    enum prep_stage stage;
    const char *kind, *kinds, *owners; /* owners as JSON */
    struct pk_bytes line;              /* as table `arc` has it */
    struct pk_box box;                 /* EPSG:3006 */
};

struct prep {
    struct pk_crs *crs;
    struct pk_arena arena;   /* all text and values */
    struct pk_arena scratch; /* one row */
    uint32_t section_count;
    struct prep_section sections[8];
    uint32_t feature_count, feature_cap;
    struct prep_feature *features;
    uint32_t ring_count, ring_cap;
    struct prep_ring *rings;
    uint32_t owner_count, owner_cap;
    struct prep_owner *owners;
    uint32_t arc_count, arc_cap;
    struct prep_arc *arcs;
    struct pk_topo areas, others;
    bool simplified; /* bands below full are wanted */
    int64_t *xy;     /* scratch of vertices */
    size_t xy_cap;
};

void prep_init(struct prep *p, struct pk_crs *crs);
void prep_finish(struct prep *p);

/* Room for `count` numbers. */
int64_t *prep_scratch_xy(struct prep *p, size_t count);
/* A copy of the feature in the list with its geometry (EPSG:3006) in a topology;
 * `label` (may be NULL): delivered position {x, y, rotation} in `crs`. Owner
 * PK_TOPO_NONE: the feature owns no boundary. Nothing when the geometry is empty. */
void prep_add(struct prep *p, const struct prep_feature *feature,
              const struct pk_geom *geom, const char *label, int crs, uint32_t owner);
/* Where the label of a geometry without a delivered position stands, EPSG:3006. */
void prep_label_place(const struct pk_geom *geom, double *easting, double *northing);
/* Degrees anticlockwise as clockwise, 0 <= r < 360, hundredths; 0 for no number. */
double prep_clockwise(double degrees);
/* After all rows: topologies, boxes, wm anchors. */
void prep_build(struct prep *p, bool split);

struct pk_value prep_text(struct prep *p, const char *s); /* NULL: null */
struct pk_value prep_number(double v);
struct pk_value prep_bool(bool v);

/* ---- what stands on the map (prepare_symbol.c) ---- */

/* "e" and "1": e with a subscript one. Digits go under the line, the rest as it is. */
void prep_add_letters(struct pk_buf *out, const char *letter, const char *index);
/* Letters, and figures where they belong on the map; `details` may be NULL. Null when
 * there is nothing. */
struct pk_value prep_label_text(struct prep *p, const char *letter, const char *index,
                                const char *symbol, const json_t *details);
/* The symbol of the ends of a line with this one (may be NULL); NULL = it has none. */
const char *prep_end_symbol(const char *symbol);
struct prep_end {
    double x, y;
    double rotation; /* into the line from the right, degrees clockwise */
};
/* Of a line in one piece or in several that meet. False: no line, a closed one, or
 * several lines. */
bool prep_line_ends(const struct pk_geom *line, struct prep_end ends[2]);
enum { PREP_END_PART = 1 << 24 }; /* parts from here on are ends of lines */

/* ---- loading ---- */

enum { PREP_PLAN_SECTIONS = 5 };
extern const char *const prep_plan_sections[PREP_PLAN_SECTIONS + 1];

/* A set of ids, sorted. */
struct prep_ids {
    uint32_t count, cap;
    struct pk_id *ids;
};
void prep_ids_add(struct prep_ids *set, struct pk_id id);
void prep_ids_sort(struct prep_ids *set); /* and drop equals */
bool prep_ids_have(const struct prep_ids *set, struct pk_id id);
void prep_ids_finish(struct prep_ids *set);

/* Rows of all plans, or of those in `only` (may be NULL); then prep_build and arcs. */
enum pk_status prep_load_plans(struct prep *p, struct pk_store *store, int64_t version,
                               const char *legal_day, const struct prep_ids *only,
                               struct pk_error *err) PK_MUST_CHECK;
/* Rows of one layer, or of those that touch the box (may be NULL). */
enum pk_status prep_load_layer(struct prep *p, struct pk_store *store, int64_t version,
                               const struct pk_layer_row *layer, const struct pk_box *box,
                               struct pk_error *err) PK_MUST_CHECK;
/* The coarsest band a layer is in, from its settings and role. */
int prep_layer_min_band(const struct pk_layer_row *layer);

/* Chains of `areas` become features of section "boundary" and prep->arcs. */
void prep_make_arcs(struct prep *p, uint8_t section);
extern const char *const prep_boundary_keys[];
enum { PREP_BOUNDARY_KEYS = 5 };

/* ---- areas ---- */

/* A delivered label stands within this of its line or point, metres: cells this near
 * to a changed thing are looked at too. */
#define PREP_LABEL_REACH 50.0

/* A box of EPSG:3006 in family units, with what its bent sides need to spare. */
struct pk_ibox prep_family_box(struct pk_crs *crs, enum pk_family family,
                               struct pk_box box);
/* The box of EPSG:3006 around a cell, grown by two of its pixels. */
struct pk_box prep_cell_ground(struct pk_crs *crs, enum pk_family family, int band,
                               int64_t cell);
/* Plans with something in the box. */
enum pk_status prep_plans_in(struct prep_ids *out, struct pk_store *store,
                             int64_t version, struct pk_box box, struct pk_arena *arena,
                             struct pk_error *err) PK_MUST_CHECK;
/* The box of all a plan has, whole and effective; empty when it has nothing. */
enum pk_status prep_plan_box(struct pk_box *out, struct pk_store *store, int64_t version,
                             struct pk_id plan, struct pk_arena *arena,
                             struct pk_error *err) PK_MUST_CHECK;

/* Table `arc` after a publish: arcs that are the same keep their rows. With `plans`
 * (may be NULL: all), which lie and lay in `ground`, only those with an owner among them
 * are looked at, and of the group only the features that are `own`; old_ids (may be NULL)
 * gets the ids of the arcs that were. */
struct pk_prepare_job;
enum pk_status prep_arcs_update(const struct pk_prepare_job *job, const struct prep *p,
                                const struct prep_ids *plans, const struct pk_box *ground,
                                struct prep_ids *old_ids,
                                struct pk_error *err) PK_MUST_CHECK;

/* ---- serving ---- */

/* Sorted cells without equals. */
struct prep_cells {
    size_t count, cap;
    int64_t *cells;
};
void prep_cells_add(struct prep_cells *set, enum pk_family family, int band,
                    struct pk_ibox box);
void prep_cells_sort(struct prep_cells *set);
void prep_cells_finish(struct prep_cells *set);

/* The cells of one band that are made, by wide level; each sorted. */
struct prep_wanted {
    struct prep_cells level[PK_WIDE_LEVELS];
    bool whole; /* plain cells with the wide features in them, no wide cell */
};

/* The group's sections of each of the cells, level by level and in order, empty ones as
 * no bytes. The band is that of the cell's level. */
typedef enum pk_status prep_cell_fn(void *ctx, int band, int64_t cell,
                                    const struct pk_buf *features,
                                    const struct pk_buf *labels, struct pk_error *err);
enum pk_status prep_serve(struct prep *p, enum pk_family family, int band,
                          const struct prep_wanted *cells, prep_cell_fn *emit, void *ctx,
                          struct pk_error *err) PK_MUST_CHECK;

/* ---- one edit among many plans ---- */

/* Newest packs of a cell with from_version <= version, copied to the arena; NULL for one
 * that is not asked for. */
typedef enum pk_status prep_read_fn(void *ctx, enum pk_family family, int band,
                                    int64_t cell, int64_t version, struct pk_arena *arena,
                                    struct pk_bytes *features, struct pk_bytes *labels,
                                    struct pk_error *err);

/* Only the plans near the change are loaded (and those that touch them); the records of
 * all others come from the packs of the version before. Features with `own` set are
 * written anew. */
struct prep_edit {
    int64_t version;
    const uint64_t *gone; /* keys of all that was and is of those plans, ascending */
    size_t gone_count;
    prep_read_fn *read;
    void *ctx;
};

/* The same bytes as prep_serve with all plans loaded. From full to coarse: each band
 * reads what was emitted for the finer ones, so emit must have stored it. */
enum pk_status prep_serve_edit(struct prep *p, const struct prep_edit *edit,
                               enum pk_family family, int band,
                               const struct prep_wanted *cells, prep_cell_fn *emit,
                               void *ctx, struct pk_error *err) PK_MUST_CHECK;

#endif
