/*
 * draft_internal.h - shared by the draft_*.c files and by nothing else.
 *
 * A draft keeps what it knows of each plan, regulation and layer of the delivery
 * in memory (a few dozen bytes each), and all their content as draft rows in the
 * file (from_version and to_version NULL), written in bounded transactions.
 */
#ifndef PK_LAYERS_DRAFT_INTERNAL_H
#define PK_LAYERS_DRAFT_INTERNAL_H

#include "base/msg.h"
#include "layers/overlay.h"
#include "layers/plan_class.h"
#include "layers/publish.h"
#include "layers/rules.h"

enum {
    PK_DRAFT_FINDINGS_MAX = 20000, /* kept per source; the rest is counted */
    PK_DRAFT_BATCH_BYTES = 16 * 1024 * 1024,
    PK_DRAFT_BATCH_ROWS = 20000,
    PK_DRAFT_WAIT_MS = 10000,
    PK_DRAFT_GEOM_MAX = 64 * 1024 * 1024 /* bytes of one stored geometry */
};

/* ---- names of the stream -> index into a list; text is copied ---- */
enum draft_thing { THING_NONE, THING_PLAN, THING_REGULATION };
struct draft_names {
    struct draft_name {
        char *text; /* NULL = free slot */
        enum draft_thing thing;
        uint32_t index;
    } * slots;
    size_t used, cap;
};
void draft_names_put(struct draft_names *names, const char *text, enum draft_thing thing,
                     uint32_t index); /* the first one stays */
const struct draft_name *draft_names_find(const struct draft_names *names,
                                          const char *text);
void draft_names_finish(struct draft_names *names);

/* ---- the report ---- */
struct draft_count {
    char kind[64];
    int64_t read, stored, unchanged, merged, refused;
};

struct draft_source {
    char *name, *sha256, *recognised_as;
    json_t *findings;
    json_t *others; /* {text, fix} of each finding in the other language, or null */
    int64_t findings_left_out;
    enum pk_profile profile;
    bool profile_given; /* by the caller, or by the source itself */
    struct draft_count *counts;
    size_t count_count;
    bool failed; /* its stream was not whole */
};

struct draft_finding {
    const char *rule, *severity, *object, *place;
    bool has_point;
    double x, y; /* EPSG:3006 */
};

/* One that names things by their ids, as rules do. */
struct draft_fault {
    struct draft_finding what;
    struct pk_id plan, object; /* zero = not about one */
    const char *detail; /* tells faults of one rule and object apart; may be NULL */
    const struct pk_geom *geom; /* EPSG:3006; may be NULL */
    const char *repair;         /* what can be mended by itself; may be NULL */
};

struct draft_plan {
    struct pk_id id;
    char *label; /* how findings name it */
    uint32_t source;
    int64_t row_id;
    uint32_t parts, regulations;
    bool held;       /* has a stopping finding */
    bool refused;    /* has no rows: no identity, or came twice */
    bool incomplete; /* "ej komplett", or some of its regulations were refused */
    bool ended;      /* counted already */
};

struct draft_regulation {
    struct pk_id id;
    uint32_t plan;
    int64_t row_id;
    enum pk_regulation_kind kind;
    uint32_t parts;
};

struct draft_layer {
    char *id;
    struct pk_id feature_id;
    char *title_column; /* NULL = none */
    uint32_t source;
    int64_t row_id; /* 0 = the published settings are equal */
    bool joined;    /* some features came in several records */
    bool taken;     /* at least one feature was not refused */
    bool refused;   /* at least one was */
};

struct pk_draft {
    struct pk_db *db;
    int64_t id;
    enum pk_lang lang;
    char *by, *source_text;
    int profile; /* of all sources; -1 = as each calls for */
    const struct pk_catalogue *catalogue;
    struct draft_rules *rules; /* draft_rules.c */
    struct pk_crs *crs;
    struct pk_overlay *overlay;
    struct pk_arena arena; /* of one record */
    struct pk_buf blob, original;

    struct draft_source *sources;
    uint32_t source_count;
    struct draft_plan *plans;
    uint32_t plan_count;
    struct draft_regulation *regulations;
    uint32_t regulation_count;
    struct draft_layer *layers;
    uint32_t layer_count;

    struct draft_names names;    /* of the current source */
    struct draft_names plan_ids; /* of the whole delivery, by UUID text */
    struct draft_names equals;   /* keys of regulations without id -> how many */
    uint32_t first_plan, first_regulation, first_layer; /* of the current source */

    struct pk_box *reach; /* boxes of the municipality, NULL = EPSG:3006 alone */
    size_t reach_count;

    size_t batch_bytes, batch_rows;
    bool in_transaction;
    sqlite3_stmt *insert_plan, *insert_plan_part, *insert_regulation;
    sqlite3_stmt *insert_regulation_part, *insert_layer, *insert_feature;
    sqlite3_stmt *find_feature, *see_feature, *find_draft_feature;
    sqlite3_stmt *find_seen, *find_part;
};

/* draft.c */
struct draft_source *draft_source_now(struct pk_draft *d);
/* Count written bytes; commits and begins again when the batch is full. */
enum pk_status draft_breathe(struct pk_draft *d, size_t bytes, struct pk_error *err);
enum pk_status draft_step(struct pk_draft *d, sqlite3_stmt *stmt, struct pk_error *err);

/* draft_report.c */
struct draft_count *draft_count(struct draft_source *source, const char *kind);
/* A finding of our own: text and advice from the catalogue. `args` are the pairs of
 * both messages, ended by NULL. */
void draft_finding(struct pk_draft *d, struct draft_source *source,
                   const struct draft_finding *what, enum pk_msg_id text,
                   enum pk_msg_id fix, const char *const *args);
void draft_fault(struct pk_draft *d, struct draft_source *source,
                 const struct draft_fault *fault, enum pk_msg_id text, enum pk_msg_id fix,
                 const char *const *args);
/* One that came with the stream. */
void draft_finding_record(struct pk_draft *d, struct draft_source *source,
                          const json_t *object);
json_t *draft_report(const struct pk_draft *d, int64_t left_draft);
void draft_source_finish(struct draft_source *source);
/* All findings as rows of the draft. */
enum pk_status draft_findings_store(struct pk_draft *d, int64_t draft,
                                    struct pk_error *err);

/* draft_geometry.c */
struct draft_geometry {
    struct pk_geom working; /* EPSG:3006 */
    struct pk_box box;
    double area_m2, length_m; /* of the delivered (or repaired) shape in its own system */
    bool repaired, changed;   /* changed: working is not the delivered coordinates */
};
/* Validity, repair, reprojection and measures of a record's geometry, with findings.
 * *stop is set (and the finding made) when it lies out of reach or cannot be used. */
enum pk_status draft_geometry(struct draft_geometry *out, bool *stop, struct pk_draft *d,
                              const struct pk_record *record, const char *object,
                              const char *place, bool municipal, struct pk_error *err);
enum pk_status draft_reach_load(struct pk_draft *d, struct pk_error *err);
struct pk_id draft_geometry_hash(const struct pk_record *record, int crs,
                                 const char *more);

/* draft_plan.c, draft_layer.c: one record each */
enum pk_status draft_take_plan(struct pk_draft *d, const struct pk_record *r,
                               struct pk_error *err);
enum pk_status draft_take_plan_part(struct pk_draft *d, const struct pk_record *r,
                                    struct pk_error *err);
enum pk_status draft_take_regulation(struct pk_draft *d, const struct pk_record *r,
                                     struct pk_error *err);
enum pk_status draft_take_regulation_part(struct pk_draft *d, const struct pk_record *r,
                                          struct pk_error *err);
enum pk_status draft_take_layer(struct pk_draft *d, const struct pk_record *r,
                                struct pk_error *err);
enum pk_status draft_take_feature(struct pk_draft *d, const struct pk_record *r,
                                  struct pk_error *err);
/* A stopping finding names the plan, or one of its regulations. */
void draft_hold(struct pk_draft *d, const char *object);
/* Coverage of the source's plans, plans without area held. */
enum pk_status draft_plans_end(struct pk_draft *d, struct pk_error *err);

/* draft_settle.c */
enum pk_status draft_settle(struct pk_draft *d, int64_t held_draft, struct pk_error *err);
/* draft_rules.c: rules over the plan's draft rows, all of them being there */
enum pk_status draft_rules_plan(struct pk_draft *d, const struct draft_plan *plan,
                                struct pk_error *err);
/* Plans in force over each other, when replacements are settled. */
enum pk_status draft_rules_across(struct pk_draft *d, struct pk_error *err);
void draft_rules_finish(struct pk_draft *d);

/* draft_replace.c: replacement rows of the plans in the draft */
enum pk_status draft_replacements(struct pk_draft *d, struct pk_error *err);

/* JSON helpers: text or NULL, never "". */
const char *draft_text(const json_t *object, const char *key);

#endif
