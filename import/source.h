/*
 * source.h - what every reader of foreign files shares: the source it reads, and
 * how it says what it found. Readers run in the import child (import/child.h).
 *
 * Findings are bounded: of one rule and layer the first PK_FINDINGS_SHOWN are
 * written one by one, the rest as one line with their number.
 */
#ifndef PK_IMPORT_SOURCE_H
#define PK_IMPORT_SOURCE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/msg.h"
#include "layers/crs.h"
#include "layers/stream.h"

enum {
    PK_FINDINGS_SHOWN = 20,
    PK_FINDING_RULES = 64,         /* distinct (rule, kind) pairs counted */
    PK_KINDS_MAX = 64,             /* distinct kinds counted in one source */
    PK_SOURCE_TEXT_MAX = 256 << 20 /* bytes of a JSON or XML file read whole */
};

/* Arcs are drawn as chords that lie this near to them, metres. */
#define PK_CURVE_TOLERANCE_M 0.01

enum pk_severity { PK_NOTE, PK_WARNING, PK_ERROR };

struct pk_finding {
    const char *rule; /* "P-ENC", as in the rule table */
    enum pk_severity severity;
    const char *object; /* what it is about, as people name it; may be NULL */
    const char *stops;  /* "unreadable", "identity", "reach", or NULL */
    const char *plan;   /* which plan a stopping finding holds back, by its ref */
    const char *place;  /* "line 812", "feature 4"; may be NULL */
    const char *text, *fix;
    bool has_point;
    double x, y; /* in `crs` */
    int crs;
};

struct pk_kind_count {
    char kind[64];
    uint64_t read, merged, refused;
};

struct pk_source {
    const char *name;  /* as the user named it */
    const char *path;  /* where the child reads it */
    const char *layer; /* --layer, or NULL */
    json_t *mapping;   /* --mapping, or NULL; borrowed */
    enum pk_lang lang; /* of findings */
    struct pk_stream_out *out;
    struct pk_crs *crs;
    struct pk_arena arena; /* of one object: reset by the reader */
    struct pk_arena keep;  /* of the whole source */
    int progress_fd;       /* one byte per step, 0-100; -1 = none */
    int progress_last;
    bool begun;
    bool in_zip; /* the members of an archive are being read */
    struct {
        char rule[48], kind[64];
        uint64_t count;
    } rules[PK_FINDING_RULES];
    size_t rule_count;
    struct pk_kind_count kinds[PK_KINDS_MAX];
    size_t kind_count;
};

void pk_source_init(struct pk_source *src, struct pk_stream_out *out, enum pk_lang lang);
void pk_source_finish(struct pk_source *src);

/* The SOURCE record: once. Later calls are ignored, so that a zip's members may
 * all come here. encoding and mapping may be NULL. */
void pk_source_begin(struct pk_source *src, const char *recognised_as,
                     const char *encoding, const char *mapping);
/* Counts, what was not shown of the findings, and END. */
void pk_source_end(struct pk_source *src);

/* `kind` bounds the number shown together with the rule; may be "". */
void pk_source_finding(struct pk_source *src, const char *kind,
                       const struct pk_finding *finding);
/* The text of a message with slots, in the language of the source, kept as long
 * as `arena`: pairs (name, value) ended by NULL. */
const char *pk_source_text(struct pk_source *src, enum pk_msg_id id, ...)
    __attribute__((sentinel));

/* Add to what was read, merged and refused of a kind ("plan", a layer id, ...). */
void pk_source_count(struct pk_source *src, const char *kind, unsigned read,
                     unsigned merged, unsigned refused);

/* Is the geometry within the area of use of EPSG:3006? If not, *swapped tells that it
 * would be with turned axes. The writer judges; readers only settle axes by it. */
bool pk_source_in_reach(struct pk_source *src, const struct pk_geom *g, int epsg,
                        bool *swapped);

/* 0..1 of the source is read. */
void pk_source_progress(struct pk_source *src, double done);

/* A file as bytes, at most max; malloc'ed. Errors: PK_IO, PK_LIMIT. */
enum pk_status pk_source_slurp(char **out, size_t *len, const char *path, size_t max,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
