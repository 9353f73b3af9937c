#include "import/report_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"

enum pk_lang pk_report_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < PK_COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strncmp(value, "en", 2) == 0 ? PK_EN : PK_SV;
        }
    }
    return PK_SV;
}

static void counts_line(struct pk_buf *out, const char *kind, const json_t *counts,
                        enum pk_lang lang)
{
    static const char *const names[] = {"read", "stored", "unchanged", "merged",
                                        "refused"};
    char numbers[PK_COUNT(names)][24];

    for (size_t i = 0; i < PK_COUNT(names); i++) {
        long long n = 0;
        pk_jget_int(counts, names[i], &n);
        snprintf(numbers[i], sizeof(numbers[i]), "%lld", n);
    }
    pk_buf_adds(out, "  ");
    pk_msg(out, lang, PK_MSG_IMPORT_COUNTS, "kind", kind, "read", numbers[0], "stored",
           numbers[1], "unchanged", numbers[2], "merged", numbers[3], "refused",
           numbers[4], NULL);
    pk_buf_addc(out, '\n');
}

static enum pk_msg_id severity_word(const char *severity)
{
    return severity && strcmp(severity, "error") == 0     ? PK_MSG_IMPORT_ERROR
           : severity && strcmp(severity, "warning") == 0 ? PK_MSG_IMPORT_WARNING
                                                          : PK_MSG_IMPORT_NOTE;
}

static void add_if(struct pk_buf *out, const char *before, const char *text,
                   const char *after)
{
    if (text != NULL && text[0] != '\0') {
        pk_buf_addf(out, "%s%s%s", before, text, after);
    }
}

/* "  fel P-CRS, E (DP_KM_E), line 812: Text. Fix. [450123.4, 6227456.7]" */
static void finding_line(struct pk_buf *out, const json_t *finding, enum pk_lang lang)
{
    const json_t *point = pk_jget_array(finding, "point");

    pk_buf_addf(out, "  %s %s",
                pk_msg_text(severity_word(pk_jget_string(finding, "severity")), lang),
                pk_jget_string(finding, "rule") ? pk_jget_string(finding, "rule") : "");
    add_if(out, ", ", pk_jget_string(finding, "object"), "");
    add_if(out, ", ", pk_jget_string(finding, "place"), "");
    add_if(out, ": ", pk_jget_string(finding, "text"), "");
    add_if(out, " ", pk_jget_string(finding, "fix"), "");
    if (json_array_size(point) == 2) {
        pk_buf_addf(out, " [%.1f, %.1f]", json_number_value(json_array_get(point, 0)),
                    json_number_value(json_array_get(point, 1)));
    }
    pk_buf_addc(out, '\n');
}

static void source_lines(struct pk_buf *out, const json_t *source, enum pk_lang lang)
{
    const char *what = pk_jget_string(source, "recognised_as");
    const char *kind;
    json_t *counts;

    pk_buf_addf(out, "%s", pk_jget_string(source, "source"));
    add_if(out, " (", what, ")");
    pk_buf_adds(out, ":\n");
    json_object_foreach(pk_jget_object(source, "counts"), kind, counts)
    {
        counts_line(out, kind, counts, lang);
    }
    const json_t *findings = pk_jget_array(source, "findings");
    for (size_t i = 0; i < json_array_size(findings); i++) {
        finding_line(out, json_array_get(findings, i), lang);
    }
}

void pk_report_sources(struct pk_buf *out, const json_t *report, enum pk_lang lang)
{
    const json_t *sources = pk_jget_array(report, "sources");

    for (size_t i = 0; i < json_array_size(sources); i++) {
        source_lines(out, json_array_get(sources, i), lang);
    }
}

void pk_report_text(struct pk_buf *out, const json_t *report, enum pk_lang lang)
{
    long long version, draft;
    char number[24];

    pk_report_sources(out, report, lang);
    if (pk_jget_int(report, "version", &version)) {
        snprintf(number, sizeof(number), "%lld", version);
        pk_msg(out, lang, PK_MSG_IMPORT_PUBLISHED, "version", number, NULL);
    } else {
        pk_msg(out, lang, PK_MSG_IMPORT_NOT_PUBLISHED, NULL);
    }
    pk_buf_addc(out, '\n');
    if (pk_jget_int(report, "draft", &draft)) {
        snprintf(number, sizeof(number), "%lld", draft);
        pk_msg(out, lang, PK_MSG_IMPORT_LEFT_DRAFT, "draft", number, NULL);
        pk_buf_addc(out, '\n');
    }
}
