/* rules_plan.c - what a plan says of itself: decisions, dates, documents, municipality.
 */
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/municipalities.h"
#include "layers/rules_internal.h"

enum { MONTHS_MIN = 60, MONTHS_MAX = 180 }; /* PBL 4:21: five to fifteen years */

static const char in_force[] = "laga kraft";

static bool has_status(const struct pk_rule_plan *plan, const char *status)
{
    const char *own = rule_text(plan->details, "status");

    return own && strcmp(own, status) == 0;
}

/* A plan that says of itself that it is not wholly digitised is told of what it lacks,
 * not stopped by it (our own reading). */
static enum pk_level as_digitised(const struct pk_rule_plan *plan,
                                  const struct pk_rule_regulation *r)
{
    const char *of_plan = rule_text(plan->details, "digitaliseringsniva");
    const char *of_it = r ? rule_text(r->details, "digitaliseringsniva") : NULL;
    static const char some[] = "ej komplett";

    return (of_plan && strcmp(of_plan, some) == 0) || (of_it && strcmp(of_it, some) == 0)
               ? PK_LEVEL_NOTE
               : PK_LEVEL_OFF;
}

static void lacks(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                  const char *what)
{
    rule_say(run, &(struct rule_say){
                      .regulation = r,
                      .detail = what,
                      .level = as_digitised(run->plan, r),
                      .args = {"object", r ? r->name : run->plan->name, "what", what}
    });
}

static bool present(const json_t *value)
{
    return value && !json_is_null(value) &&
           !(json_is_string(value) && json_string_length(value) == 0) &&
           !(json_is_object(value) && json_object_size(value) == 0) &&
           !(json_is_array(value) && json_array_size(value) == 0);
}

/* ---- DP-0005, DP-0014, DP-0017: in legal force ---- */

void rule_in_force_plan(struct pk_rule_run *run)
{
    static const char *const members[] = {"beteckning", "planbeskrivning",
                                          "kvalitetsbeskrivning"};
    const struct pk_rule_plan *plan = run->plan;

    if (!has_status(plan, in_force))
        return;
    for (size_t i = 0; i < PK_COUNT(members); i++) {
        if (!present(json_object_get(plan->details, members[i])))
            lacks(run, NULL, members[i]);
    }
    if (plan->regulation_count == 0)
        lacks(run, NULL, "planbestämmelse");
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &plan->regulations[i];

        if (!present(json_object_get(r->details, "kvalitetsbeskrivning")))
            lacks(run, r, "kvalitetsbeskrivning");
    }
}

static bool has_map(const json_t *decision)
{
    const json_t *papers = pk_jget_array(decision, "beslutshandling");

    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *content = pk_jget_array(json_array_get(papers, i), "innehall");

        for (size_t k = 0; k < json_array_size(content); k++) {
            const char *word = json_string_value(json_array_get(content, k));

            if (word && strcmp(word, "plankarta") == 0)
                return true;
        }
    }
    return false;
}

void rule_in_force_map(struct pk_rule_run *run)
{
    const json_t *decisions = pk_jget_array(run->plan->details, "beslutsinformation");
    bool map = false;

    if (!has_status(run->plan, in_force))
        return;
    for (size_t i = 0; i < json_array_size(decisions); i++)
        map = map || has_map(json_array_get(decisions, i));
    if (json_array_size(decisions) == 0)
        lacks(run, NULL, "beslutsinformation");
    else if (!map)
        lacks(run, NULL, "beslutshandling: plankarta");
}

void rule_in_force_decision(struct pk_rule_run *run)
{
    static const char *const members[] = {"beslutstyp", "datumAntagande",
                                          "datumLagakraft", "genomforandetid",
                                          "genomforandetidStartar"};
    const struct pk_rule_plan *plan = run->plan;

    if (!has_status(plan, in_force) ||
        json_array_size(pk_jget_array(plan->details, "beslutsinformation")) == 0)
        return;
    for (size_t i = 0; i < PK_COUNT(members); i++) {
        if (!present(rule_decided(plan, members[i])))
            lacks(run, NULL, members[i]);
    }
    if (!present(rule_decided(plan, "diarienummerKommun")) &&
        !present(rule_decided(plan, "diarienummerFullmaktige")))
        lacks(run, NULL, "diarienummerKommun");
}

/* ---- DP-0011, DP-0012: begun after 2021 ---- */

static const char *lacking_method(const struct pk_rule_part *part)
{
    const json_t *meta = pk_jget_object(part->details, "geometrimetadata");

    return !present(json_object_get(meta, "lagesbestamningsmetodIPlan"))
               ? "lagesbestamningsmetodIPlan"
           : !present(json_object_get(meta, "tidpunktForLagesbestamning"))
               ? "tidpunktForLagesbestamning"
               : NULL;
}

static bool is_begun(const struct pk_rule_plan *plan)
{
    return has_status(plan, "påbörjad") || has_status(plan, "samråd") ||
           has_status(plan, "granskning") || has_status(plan, "antagen");
}

void rule_new_plan(struct pk_rule_run *run)
{
    const struct pk_rule_plan *plan = run->plan;
    const char *version = rule_text(plan->details, "versionGiltigFran");
    pk_date day = version ? pk_date_parse(version) : PK_DATE_NONE;

    /* Work that goes on in a version of after 2021 and has no first day at all. */
    if (!present(rule_decided(plan, "datumPaborjat")) && is_begun(plan) &&
        day > pk_date_parse("2021-12-31"))
        lacks(run, NULL, "datumPaborjat");
    if (!rule_started_after_2021(plan))
        return;
    for (uint32_t i = 0; i < plan->part_count; i++) {
        const char *what = lacking_method(&plan->parts[i]);

        if (what)
            lacks(run, NULL, what);
    }
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &plan->regulations[i];
        const char *what = NULL;

        for (uint32_t k = 0; k < r->part_count && !what; k++)
            what = lacking_method(&r->parts[k]);
        if (what)
            lacks(run, r, what);
    }
}

void rule_new_regulations(struct pk_rule_run *run)
{
    const struct pk_rule_plan *plan = run->plan;

    if (!rule_started_after_2021(plan) || !has_status(plan, in_force))
        return;
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &plan->regulations[i];

        if (!rule_text(pk_jget_object(r->details, "planbestammelsebeskrivning"), "motiv"))
            lacks(run, r, "planbestammelsebeskrivning: motiv");
    }
}

/* ---- P-REQUIRED: what other statuses ask for (our own reading) ---- */

void rule_status_decision(struct pk_rule_run *run)
{
    const struct pk_rule_plan *plan = run->plan;
    const char *type = json_string_value(rule_decided(plan, "beslutstyp"));

    if ((has_status(plan, "samråd") || has_status(plan, "granskning")) &&
        plan->regulation_count == 0)
        lacks(run, NULL, "planbestämmelse");
    if (has_status(plan, "antagen") && !present(rule_decided(plan, "datumAntagande")))
        lacks(run, NULL, "datumAntagande");
    if (has_status(plan, "upphävd") && (!type || !strstr(type, "upphävande")))
        lacks(run, NULL, "beslutstyp: antagande om upphävande");
    if (has_status(plan, "avslutad") && (!type || !strstr(type, "avslut")))
        lacks(run, NULL, "beslutstyp: beslut om avslut");
}

/* ---- P-MUNICIPALITY (the name; draft_rules.c asks where the plan lies) ---- */

void rule_municipality(struct pk_rule_run *run)
{
    const char *name = rule_text(run->plan->details, "kommun");
    const char *code = rule_text(run->plan->details, "kommunkod");

    if (name && !pk_municipality_code(name, run->arena))
        rule_say(run, &(struct rule_say){
                          .detail = name, .args = {"name", name}
        });
    else if (!name && code && !pk_municipality_name(code))
        rule_say(run, &(struct rule_say){
                          .detail = code, .args = {"name", code}
        });
}

/* ---- PBL 4:21 ---- */

void rule_months(struct pk_rule_run *run)
{
    const json_t *value = rule_decided(run->plan, "genomforandetid");

    if (!json_is_number(value))
        return;
    double months = json_number_value(value);
    if (months < MONTHS_MIN || months > MONTHS_MAX)
        rule_say(run, &(struct rule_say){
                          .args = {"months", rule_number(run, months, 0)}
        });
}

/* ---- P-DATE ---- */

struct day {
    const char *name;
    pk_date day;
};

static pk_date date_of(const json_t *value)
{
    const char *text = json_is_array(value) ? json_string_value(json_array_get(value, 0))
                                            : json_string_value(value);

    return text ? pk_date_parse(text) : PK_DATE_NONE;
}

static void tell_order(struct pk_rule_run *run, const struct day *a, const struct day *b)
{
    char first[PK_DATE_TEXT], second[PK_DATE_TEXT];

    pk_date_format(first, a->day);
    pk_date_format(second, b->day);
    rule_say(run, &(struct rule_say){
                      .detail = a->name,
                      .args = {"one", a->name, "first",
                               pk_arena_strdup(run->arena, first), "other", b->name,
                               "second", pk_arena_strdup(run->arena, second)}
    });
}

void rule_dates(struct pk_rule_run *run)
{
    static const char *const names[] = {"datumPaborjat", "datumAntagande",
                                        "datumLagakraft", "genomforandetidStartar"};
    const struct pk_rule_plan *plan = run->plan;
    pk_date changed = date_of(json_object_get(plan->details, "datumStatusforandring"));
    struct day last = {NULL, PK_DATE_NONE};

    for (size_t i = 0; i < PK_COUNT(names); i++) {
        struct day now = {names[i], date_of(rule_decided(plan, names[i]))};

        if (now.day == PK_DATE_NONE)
            continue;
        if (last.name && now.day < last.day)
            tell_order(run, &last, &now);
        last = now;
    }
    if (changed != PK_DATE_NONE && changed > run->today)
        rule_say(run, &(struct rule_say){
                          .detail = "datumStatusforandring",
                          .text = PK_MSG_RULE_P_DATE_FUTURE,
                          .args = {"one", "datumStatusforandring", "first",
                                   rule_text(plan->details, "datumStatusforandring")}
        });
    /* In a national delivery DP-0017 asks for it, with the rest of the decision. */
    if (run->profile != PK_PROFILE_NGP && has_status(plan, in_force) &&
        date_of(rule_decided(plan, "datumLagakraft")) == PK_DATE_NONE)
        rule_say(run, &(struct rule_say){.detail = "datumLagakraft",
                                         .level = PK_LEVEL_NOTE,
                                         .text = PK_MSG_RULE_P_DATE_FORCE});
}

/* ---- P-DOC ---- */

/* Whether the link answers is asked on a schedule by those who may use the network. */
void rule_documents(struct pk_rule_run *run)
{
    const json_t *list = pk_jget_array(run->plan->details, "dokument");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *document = json_array_get(list, i);
        const char *title = rule_text(document, "title");
        const char *href = rule_text(document, "href");
        bool web = href && (strncmp(href, "https://", 8) == 0 ||
                            strncmp(href, "http://", 7) == 0);
        const char *type = rule_text(document, "media_type");

        if (!web || !type || strcmp(type, "application/pdf") != 0)
            rule_say(run, &(struct rule_say){
                              .detail = title,
                              .args = {"title", title ? title : "-", "link",
                                       href ? href : "-"}
            });
    }
}
