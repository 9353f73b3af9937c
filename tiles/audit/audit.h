/*
 * audit.h - does every eye see what a style says? Rules T1 to T17, measured.
 *
 * An audit is of one style in one theme over one ground. What is measured are looks
 * (dump.h: everything the style can draw, at every zoom, also what the data do not
 * hold), a chart of them drawn by the same code as the tiles (chart.h), and tiles of a
 * database (corpus.h). Every measurement is kept; one that misses its gate is a failure.
 *
 * Sources of the thresholds: WCAG 2.2 (1.4.1, 1.4.3, 1.4.6, 1.4.11, 2.5.8); those on
 * CIEDE2000, sizes and symbols are ours and have no norm behind them. A kind of colour
 * vision counts by its worst: normal sight, Machado 2009 protan, deutan and tritan at
 * severity 1, Brettel 1997 tritan.
 *
 * Add a rule: a function in one of the files here, a row in rules.c.
 */
#ifndef PK_TILES_AUDIT_AUDIT_H
#define PK_TILES_AUDIT_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "layers/store.h"
#include "styles/colour.h"
#include "styles/style.h"

struct pk_corpus;

enum { PK_AUDIT_RULES = 17, PK_AUDIT_FINDINGS_MAX = 400000 };

/* What a rule is: the table of rules.c. */
struct pk_audit_rule {
    const char *id;       /* "T1" */
    const char *measures; /* one line, English, for reports */
    bool pictures;        /* measured on pictures, not only on looks */
};
const struct pk_audit_rule *pk_audit_rule(uint32_t i); /* 0 .. PK_AUDIT_RULES - 1 */

/* One thing measured; the worst of all places it was measured at. */
struct pk_finding {
    uint32_t rule;        /* index of the rule */
    const char *what;     /* "use colour=gul / use colour=beige" */
    const char *quantity; /* "contrast", "dE00", "px", ...; static */
    double value, gate, goal;
    bool at_most; /* the value may not be above; else not below */
    bool fails;
    double zoom; /* of styles; negative: of none */
    int vision;  /* enum pk_vision, negative: of none */
};

struct pk_audit {
    const char *style, *theme;
    uint32_t binds; /* bit i: rule i is asked of the theme */
    uint32_t done;  /* bit i: it was measured */
    uint32_t count, failures;
    const struct pk_finding *findings; /* worst first */
    uint32_t looks, tiles, pictures;   /* how much was looked at */
    uint32_t cut; /* source layers with too many combinations to look at them all */
};

/* What an audit is made with. Without a store only the looks and the chart are
 * measured. */
struct pk_audit_request {
    const struct pk_style *style;
    const struct pk_style *base;    /* whose background is the ground; NULL = white */
    struct pk_store *store;         /* NULL: no tiles */
    const struct pk_corpus *corpus; /* places of tiles (corpus.h); NULL: none */
    bool chart;                     /* draw and measure the chart */
    bool (*stop)(void *ctx);        /* asked now and then; may be NULL */
    void *ctx;
};

/* Memory is the arena's. pk_render_start has been called when pictures are asked for.
 * Errors: of the store, PK_BUSY when told to stop. */
enum pk_status pk_audit_run(struct pk_audit *out, const struct pk_audit_request *request,
                            struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* {"style":...,"theme":...,"rules":[...],"findings":[...]}; `all`: every measurement,
 * else what fails and the worst of each rule. */
void pk_audit_json(struct pk_buf *out, const struct pk_audit *audits, uint32_t count,
                   bool all);
/* Plain text, the same. */
void pk_audit_text(struct pk_buf *out, const struct pk_audit *audit);
/* The worst finding of a rule, NULL when nothing was measured. */
const struct pk_finding *pk_audit_worst(const struct pk_audit *audit, uint32_t rule);

#endif
