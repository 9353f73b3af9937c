/* report.c - what was measured, as JSON and as text. */
#include "base/json.h"
#include "tiles/audit/rules.h"

enum { TEXT_FAILURES_MAX = 40 };

static void write_finding(struct pk_json *j, const struct pk_finding *f)
{
    pk_json_object(j);
    pk_json_member(j, "rule", pk_audit_rule(f->rule)->id);
    pk_json_member(j, "what", f->what);
    pk_json_member(j, "quantity", f->quantity);
    pk_json_key(j, "value");
    pk_json_fixed(j, f->value, 3);
    pk_json_key(j, f->at_most ? "at_most" : "at_least");
    pk_json_fixed(j, f->gate, 3);
    pk_json_key(j, "goal");
    pk_json_fixed(j, f->goal, 3);
    if (f->vision >= 0) {
        pk_json_member(j, "vision", pk_vision_name((enum pk_vision)f->vision));
    }
    if (f->zoom >= 0) {
        pk_json_key(j, "zoom");
        pk_json_fixed(j, f->zoom, 2);
    }
    pk_json_key(j, "fails");
    pk_json_bool(j, f->fails);
    pk_json_end(j);
}

static void write_rule(struct pk_json *j, const struct pk_audit *audit, uint32_t rule)
{
    uint32_t failures = 0, count = 0;
    for (uint32_t i = 0; i < audit->count; i++) {
        count += audit->findings[i].rule == rule;
        failures += audit->findings[i].rule == rule && audit->findings[i].fails;
    }
    pk_json_object(j);
    pk_json_member(j, "rule", pk_audit_rule(rule)->id);
    pk_json_member(j, "measures", pk_audit_rule(rule)->measures);
    bool binds = audit->binds >> rule & 1;
    pk_json_member(j, "result",
                   !binds                       ? "does not bind the theme"
                   : !(audit->done >> rule & 1) ? "not measured"
                   : failures > 0               ? "fails"
                                                : "passes");
    pk_json_member_int(j, "measured", count);
    pk_json_member_int(j, "failures", failures);
    const struct pk_finding *worst = pk_audit_worst(audit, rule);
    pk_json_key(j, "worst");
    if (worst) {
        write_finding(j, worst);
    } else {
        pk_json_null(j);
    }
    pk_json_end(j);
}

static void write_audit(struct pk_json *j, const struct pk_audit *audit, bool all)
{
    pk_json_object(j);
    pk_json_member(j, "style", audit->style);
    pk_json_member(j, "theme", audit->theme);
    pk_json_key(j, "passes");
    pk_json_bool(j, audit->failures == 0);
    pk_json_member_int(j, "failures", audit->failures);
    pk_json_member_int(j, "measured", audit->count);
    pk_json_member_int(j, "looks", audit->looks);
    pk_json_member_int(j, "pictures", audit->pictures);
    pk_json_member_int(j, "tiles", audit->tiles);
    pk_json_member_int(j, "source_layers_cut", audit->cut);
    pk_json_key(j, "rules");
    pk_json_array(j);
    for (uint32_t i = 0; i < PK_AUDIT_RULES; i++) {
        write_rule(j, audit, i);
    }
    pk_json_end(j);
    pk_json_key(j, "findings");
    pk_json_array(j);
    for (uint32_t i = 0; i < audit->count; i++) {
        if (all || audit->findings[i].fails) {
            write_finding(j, &audit->findings[i]);
        }
    }
    pk_json_end(j);
    pk_json_end(j);
}

void pk_audit_json(struct pk_buf *out, const struct pk_audit *audits, uint32_t count,
                   bool all)
{
    struct pk_json j;
    bool passes = true;
    for (uint32_t i = 0; i < count; i++) {
        passes &= audits[i].failures == 0;
    }
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_key(&j, "passes");
    pk_json_bool(&j, passes);
    pk_json_key(&j, "audits");
    pk_json_array(&j);
    for (uint32_t i = 0; i < count; i++) {
        write_audit(&j, &audits[i], all);
    }
    pk_json_end(&j);
    pk_json_end(&j);
    pk_buf_adds(out, "\n");
}

static void text_finding(struct pk_buf *out, const struct pk_finding *f)
{
    pk_buf_addf(out, "  %-4s %s: %s %.2f, asked %s %.2f", pk_audit_rule(f->rule)->id,
                f->what, f->quantity, f->value, f->at_most ? "at most" : "at least",
                f->gate);
    if (f->vision >= 0) {
        pk_buf_addf(out, " (%s)", pk_vision_name((enum pk_vision)f->vision));
    }
    if (f->zoom >= 0) {
        pk_buf_addf(out, " at zoom %.2f", f->zoom);
    }
    pk_buf_adds(out, "\n");
}

void pk_audit_text(struct pk_buf *out, const struct pk_audit *audit)
{
    pk_buf_addf(
        out, "%s, %s: %s; %u measurements, %u fail; %u looks, %u pictures, %u tiles\n",
        audit->style, audit->theme, audit->failures == 0 ? "passes" : "FAILS",
        audit->count, audit->failures, audit->looks, audit->pictures, audit->tiles);
    if (audit->cut > 0) {
        pk_buf_addf(out, "  %u source layers have too many combinations: %d looked at\n",
                    audit->cut, PK_SPECIMENS_MAX);
    }
    uint32_t shown = 0;
    for (uint32_t i = 0; i < audit->count && audit->findings[i].fails; i++) {
        if (shown++ < TEXT_FAILURES_MAX) {
            text_finding(out, &audit->findings[i]);
        }
    }
    if (shown > TEXT_FAILURES_MAX) {
        pk_buf_addf(out, "  and %u more; --json has all\n", shown - TEXT_FAILURES_MAX);
    }
    pk_buf_adds(out, "  worst that passes of each rule:\n");
    for (uint32_t r = 0; r < PK_AUDIT_RULES; r++) {
        uint32_t i = 0;
        while (i < audit->count &&
               (audit->findings[i].rule != r || audit->findings[i].fails)) {
            i++;
        }
        if (i < audit->count) {
            text_finding(out, &audit->findings[i]);
        } else if ((audit->binds & ~audit->done) >> r & 1) {
            pk_buf_addf(out, "  %-4s not measured\n", pk_audit_rule(r)->id);
        }
    }
}
