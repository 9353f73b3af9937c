#include "server/audit_page.h"

#include <stdio.h>
#include <string.h>

enum { LANG_TEXT = 64 };

/* What a rule is called, and for whom it matters. */
enum situation { LOW_VISION, COLOUR_VISION, COGNITION, EVERYONE, SITUATIONS };

static const enum pk_msg_id situations[SITUATIONS] = {
    PK_MSG_AUDIT_LOW_VISION, PK_MSG_AUDIT_COLOUR_VISION, PK_MSG_AUDIT_COGNITION,
    PK_MSG_AUDIT_EVERYONE};

static const struct {
    enum pk_msg_id title;
    enum situation whom;
} rules[PK_AUDIT_RULES] = {
    {PK_MSG_AUDIT_T1,  LOW_VISION   },
    {PK_MSG_AUDIT_T2,  LOW_VISION   },
    {PK_MSG_AUDIT_T3,  COLOUR_VISION},
    {PK_MSG_AUDIT_T4,  COLOUR_VISION},
    {PK_MSG_AUDIT_T5,  COLOUR_VISION},
    {PK_MSG_AUDIT_T6,  LOW_VISION   },
    {PK_MSG_AUDIT_T7,  LOW_VISION   },
    {PK_MSG_AUDIT_T8,  LOW_VISION   },
    {PK_MSG_AUDIT_T9,  LOW_VISION   },
    {PK_MSG_AUDIT_T10, LOW_VISION   },
    {PK_MSG_AUDIT_T11, LOW_VISION   },
    {PK_MSG_AUDIT_T12, EVERYONE     },
    {PK_MSG_AUDIT_T13, LOW_VISION   },
    {PK_MSG_AUDIT_T14, LOW_VISION   },
    {PK_MSG_AUDIT_T15, COGNITION    },
    {PK_MSG_AUDIT_T16, EVERYONE     },
    {PK_MSG_AUDIT_T17, EVERYONE     },
};

static const enum pk_msg_id visions[PK_VISION_COUNT] = {
    PK_MSG_AUDIT_NORMAL, PK_MSG_AUDIT_PROTAN,  PK_MSG_AUDIT_DEUTAN,
    PK_MSG_AUDIT_TRITAN, PK_MSG_AUDIT_BRETTEL, PK_MSG_AUDIT_GREY};

static const char *word(enum pk_msg_id id, enum pk_lang lang)
{
    return pk_msg_text(id, lang);
}

/* A number as the language writes it. */
static void number(struct pk_buf *out, double v, enum pk_lang lang)
{
    char text[LANG_TEXT];
    snprintf(text, sizeof(text), v < 100 ? "%.2f" : "%.0f", v);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '.' && lang == PK_SV ? ',' : *c;
    }
    pk_htmlf(out, "%s", text);
}

/* The worst measurement of one quantity of a rule, NULL when there is none. */
static const struct pk_finding *worst_of(const struct pk_audit *audit, uint32_t rule,
                                         const char *quantity)
{
    const struct pk_finding *worst = NULL;
    for (uint32_t i = 0; i < audit->count; i++) {
        const struct pk_finding *f = &audit->findings[i];
        if (f->rule == rule && strncmp(f->quantity, quantity, strlen(quantity)) == 0 &&
            (worst == NULL || f->value < worst->value)) {
            worst = f;
        }
    }
    return worst;
}

static void figure(struct pk_buf *out, enum pk_lang lang, const struct pk_finding *f)
{
    pk_buf_adds(out, "<td>");
    if (f == NULL) {
        pk_htmlf(out, "%s", word(PK_MSG_AUDIT_NOT_ASKED, lang));
    } else {
        number(out, f->value, lang);
        if (f->vision >= 0) {
            pk_htmlf(out, " (%s)", word(visions[f->vision], lang));
        }
    }
    pk_buf_adds(out, "</td>");
}

void pk_audit_html_figures(struct pk_buf *out, enum pk_lang lang,
                           const struct pk_audit *audits, uint32_t count)
{
    static const struct {
        enum pk_msg_id head;
        uint32_t rule; /* from 0 */
        const char *quantity;
    } columns[] = {
        {PK_MSG_AUDIT_HEAD_COLOURS, 2, "dE00 of plan"},
        {PK_MSG_AUDIT_HEAD_TEXT,    5, "contrast"    },
        {PK_MSG_AUDIT_HEAD_LINE,    8, "contrast"    },
        {PK_MSG_AUDIT_HEAD_SIZE,    7, "px high"     },
    };
    pk_htmlf(out,
             "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n"
             "<table>\n<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>"
             "<th scope=\"col\">%s</th>",
             word(PK_MSG_AUDIT_FIGURES, lang), word(PK_MSG_AUDIT_FIGURES, lang),
             word(PK_MSG_AUDIT_HEAD_THEME, lang), word(PK_MSG_AUDIT_HEAD_RESULT, lang));
    for (size_t c = 0; c < PK_COUNT(columns); c++) {
        pk_htmlf(out, "<th scope=\"col\">%s</th>", word(columns[c].head, lang));
    }
    pk_buf_adds(out, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < count; i++) {
        pk_htmlf(out, "<tr><th scope=\"row\">%s</th><td>", audits[i].theme);
        if (audits[i].failures == 0) {
            pk_htmlf(out, "%s", word(PK_MSG_AUDIT_PASSES, lang));
        } else {
            pk_htmlf(out, "%u / %u %s", audits[i].failures, audits[i].count,
                     word(PK_MSG_AUDIT_FAIL, lang));
        }
        pk_buf_adds(out, "</td>");
        for (size_t c = 0; c < PK_COUNT(columns); c++) {
            figure(out, lang, worst_of(&audits[i], columns[c].rule, columns[c].quantity));
        }
        pk_buf_adds(out, "</tr>\n");
    }
    pk_buf_adds(out, "</tbody>\n</table>\n</div>\n");
}

static uint32_t failures_of(const struct pk_audit *audit, uint32_t rule)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < audit->count; i++) {
        n += audit->findings[i].rule == rule && audit->findings[i].fails;
    }
    return n;
}

void pk_audit_html_shortcomings(struct pk_buf *out, enum pk_lang lang,
                                const struct pk_audit *audits, uint32_t count)
{
    for (int s = 0; s < SITUATIONS; s++) {
        bool said = false;
        pk_htmlf(out, "<h3>%s</h3>\n", word(situations[s], lang));
        for (uint32_t i = 0; i < count; i++) {
            for (uint32_t r = 0; r < PK_AUDIT_RULES; r++) {
                uint32_t n =
                    rules[r].whom == (enum situation)s ? failures_of(&audits[i], r) : 0;
                if (n > 0) {
                    pk_buf_adds(out, said ? "" : "<ul>\n");
                    said = true;
                    pk_htmlf(out, "<li>%s: %s (%s, %u)</li>\n", audits[i].theme,
                             word(rules[r].title, lang), pk_audit_rule(r)->id, n);
                }
            }
        }
        if (said) {
            pk_buf_adds(out, "</ul>\n");
        } else {
            pk_htmlf(out, "<p>%s</p>\n", word(PK_MSG_AUDIT_NONE_FOUND, lang));
        }
    }
}

static void rule_row(struct pk_buf *out, enum pk_lang lang, const struct pk_audit *audit,
                     uint32_t r)
{
    const struct pk_finding *f = pk_audit_worst(audit, r);
    bool binds = audit->binds >> r & 1;
    pk_htmlf(out, "<tr><th scope=\"row\">%s %s</th><td>%s</td>", pk_audit_rule(r)->id,
             word(rules[r].title, lang),
             word(!binds      ? PK_MSG_AUDIT_NOT_ASKED
                  : f == NULL ? PK_MSG_AUDIT_NOT_MEASURED
                  : f->fails  ? PK_MSG_AUDIT_FAILS
                              : PK_MSG_AUDIT_PASSES,
                  lang));
    pk_buf_adds(out, "<td>");
    if (f != NULL) {
        number(out, f->value, lang);
        pk_htmlf(out, " (%s ", f->at_most ? "≤" : "≥");
        number(out, f->gate, lang);
        pk_buf_adds(out, ")");
    }
    pk_buf_adds(out, "</td><td>");
    if (f != NULL) {
        pk_htmlf(out, "%s: %s", f->what, f->quantity);
        if (f->vision >= 0) {
            pk_htmlf(out, ", %s", word(visions[f->vision], lang));
        }
    }
    pk_buf_adds(out, "</td></tr>\n");
}

void pk_audit_html_rules(struct pk_buf *out, enum pk_lang lang,
                         const struct pk_audit *audits, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        pk_htmlf(
            out,
            "<details><summary>%s: %s</summary>\n<div class=\"wide\" role=\"region\" "
            "tabindex=\"0\" aria-label=\"%s %s\"><table>\n<thead><tr>"
            "<th scope=\"col\">%s</th><th scope=\"col\">%s</th>",
            audits[i].theme, word(PK_MSG_AUDIT_EVERY_RULE, lang), audits[i].theme,
            word(PK_MSG_AUDIT_EVERY_RULE, lang), word(PK_MSG_AUDIT_HEAD_RULE, lang),
            word(PK_MSG_AUDIT_HEAD_RESULT, lang));
        pk_htmlf(out,
                 "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead>\n"
                 "<tbody>\n",
                 word(PK_MSG_AUDIT_HEAD_WORST, lang),
                 word(PK_MSG_AUDIT_HEAD_WHERE, lang));
        for (uint32_t r = 0; r < PK_AUDIT_RULES; r++) {
            rule_row(out, lang, &audits[i], r);
        }
        pk_buf_adds(out, "</tbody>\n</table></div>\n</details>\n");
    }
}

void pk_audit_html_document(struct pk_buf *out, enum pk_lang lang,
                            const struct pk_audit *audits, uint32_t count,
                            const char *made)
{
    const char *title = word(PK_MSG_AUDIT_TITLE, lang);
    pk_htmlf(out,
             "<!doctype html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
             "<title>%s</title></head>\n<body><main>\n<h1>%s</h1>\n<p>%s</p>\n",
             pk_lang_tag(lang), title, title, made);
    pk_audit_html_figures(out, lang, audits, count);
    pk_htmlf(out, "<h2>%s</h2>\n", word(PK_MSG_A11Y_SHORT_H, lang));
    pk_audit_html_shortcomings(out, lang, audits, count);
    pk_htmlf(out, "<h2>%s</h2>\n", word(PK_MSG_AUDIT_EVERY_RULE, lang));
    pk_audit_html_rules(out, lang, audits, count);
    pk_buf_adds(out, "</main></body>\n</html>\n");
}
