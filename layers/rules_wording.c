/* rules_wording.c - wordings, values and references, against the catalogue where there
 * is one, and against each other. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "base/text.h"
#include "layers/rules_internal.h"

enum {
    WORDING_MAX = 4000, /* bytes a sentence of a plan may reasonably have */
    NAME_MAX_BYTES = 250
};

/* Boverket's id and code of "Tekniska anläggningar" (Källa: Boverket,
 * Planbestämmelsekatalogen, release 20251201). */
static const char technical_id[] = "9b78a950-1bb2-4046-98cf-9efbd5868323";
static const char technical_code[] = "DP_KM_E2";
static const char technical_words[] = "Tekniska anläggningar";

typedef void each_regulation(struct pk_rule_run *run, const struct pk_rule_regulation *r);

static void each(struct pk_rule_run *run, each_regulation *see)
{
    for (uint32_t i = 0; i < run->plan->regulation_count; i++)
        see(run, &run->plan->regulations[i]);
}

static const double *place_of(const struct pk_rule_regulation *r)
{
    return r->part_count && r->parts[0].geom.vertex_count ? r->parts[0].geom.xy : NULL;
}

/* ---- DP-0022 ---- */

static bool same_name(const char *name, const struct pk_catalogue_slot *slot)
{
    return name && strlen(name) == slot->name_len &&
           memcmp(name, slot->name, slot->name_len) == 0;
}

/* Does the text hold the number from here on, by itself? Comma and point are alike. */
static const char *find_number(const char *text, const char *number)
{
    size_t n = strlen(number);

    for (const char *p = text; *p; p++) {
        size_t k = 0;

        while (k < n && (p[k] == number[k] || ((p[k] == ',' || p[k] == '.') &&
                                               (number[k] == ',' || number[k] == '.'))))
            k++;
        if (k == n && !isdigit((unsigned char)p[n]) &&
            (p == text || !isdigit((unsigned char)p[-1])))
            return p + n;
    }
    return NULL;
}

static void slot_fault(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                       const char *what, const char *value)
{
    rule_say(run, &(struct rule_say){
                      .regulation = r,
                      .detail = what,
                      .point = place_of(r),
                      .args = {"regulation", r->name, "slot", what, "value", value}
    });
}

static bool optional_slot(const struct pk_catalogue_slot *s)
{
    return s->name_len == 4 && memcmp(s->name, "text", 4) == 0;
}

/* Values one by one against the slots: names in order, none too few or too many. */
static void check_slots(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                        const json_t *values, const struct pk_catalogue_slot *slots,
                        uint32_t n)
{
    size_t at = 0, count = json_array_size(values);

    for (uint32_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(values, at);
        const char *name = rule_text(value, "beskrivning");
        const char *slot = pk_arena_strndup(run->arena, slots[i].name, slots[i].name_len);

        if (at < count && (same_name(name, &slots[i]) || !name)) {
            at++;
        } else if (!optional_slot(&slots[i])) {
            slot_fault(run, r, slot, name ? name : "-");
            return;
        }
    }
    if (at < count) {
        const char *name = rule_text(json_array_get(values, at), "beskrivning");

        slot_fault(run, r, "-", name ? name : "?");
    }
}

/* Numbers that stand in the wording, in the order of the values. */
static void check_numbers(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                          const json_t *values)
{
    const char *rest = r->wording;

    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        const char *number = rule_text(value, "variabelvarde");
        const char *kind = rule_text(value, "datatyp");
        const char *name = rule_text(value, "beskrivning");

        if (!number || !kind || strcmp(kind, "decimaltal") != 0)
            continue;
        rest = find_number(rest, number);
        if (!rest) {
            slot_fault(run, r, name ? name : "?", number);
            return;
        }
    }
}

static bool has_digit(const char *text)
{
    while (*text && !isdigit((unsigned char)*text))
        text++;
    return *text != '\0';
}

static void slots(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    const json_t *values = pk_jget_array(r->details, "bestammelsevarde");
    struct pk_catalogue_slot list[PK_CATALOGUE_SLOTS_MAX];
    uint32_t own = pk_catalogue_slots(list, PK_CATALOGUE_SLOTS_MAX, r->wording);

    if (!r->wording)
        return;
    if (own > 0 || !r->entry) {
        /* The wording has its slots, or its numbers, in it. */
        if (own > 0)
            check_slots(run, r, values, list, own);
        else if (has_digit(r->wording))
            check_numbers(run, r, values);
        return;
    }
    own = pk_catalogue_slots(list, PK_CATALOGUE_SLOTS_MAX, r->entry->wording);
    /* A wording of a plan's own (older ones) has values without slots. */
    if (own > 0 && json_array_size(values) > 0)
        check_slots(run, r, values, list, own);
    if (has_digit(r->wording))
        check_numbers(run, r, values);
}

void rule_slots(struct pk_rule_run *run)
{
    each(run, slots);
}

/* ---- DP-0009 ---- */

static bool is_slope(const struct pk_rule_regulation *r)
{
    return r->wording && (strstr(r->wording, "lutning") || strstr(r->wording, "Lutning"));
}

static int decimals_of(const char *number)
{
    const char *p = strpbrk(number, ",.");

    return p ? (int)strlen(p + 1) : 0;
}

static void value_units(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    const json_t *values = pk_jget_array(r->details, "bestammelsevarde");
    int numbers = 0;

    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        const char *kind = rule_text(value, "datatyp");
        const char *number = rule_text(value, "variabelvarde");
        const char *missing = !rule_text(value, "vardetyp") ? "vardetyp"
                              : !rule_text(value, "enhet")  ? "enhet"
                                                            : NULL;
        const char *name = rule_text(value, "beskrivning");
        bool fine = number && decimals_of(number) > 1 && !is_slope(r);

        if (!kind || strcmp(kind, "decimaltal") != 0)
            continue;
        numbers++;
        if (missing || fine || (numbers == 2 && !is_slope(r)))
            rule_say(run, &(struct rule_say){
                              .regulation = r,
                              .detail = name,
                              .point = place_of(r),
                              .level = missing ? PK_LEVEL_OFF : PK_LEVEL_WARNING,
                              .text = missing ? PK_MSG_RULE_DP_0009_TEXT
                                      : fine  ? PK_MSG_RULE_DP_0009_DECIMALS
                                              : PK_MSG_RULE_DP_0009_TWO,
                              .args = {"regulation", r->name, "slot", name ? name : "?",
                                       "value", number ? number : "-", "missing",
                                       missing ? missing : ""}
            });
    }
}

void rule_value_units(struct pk_rule_run *run)
{
    each(run, value_units);
}

/* ---- DP-0019, DP-0020, DP-0021 ---- */

static bool is_technical(const struct pk_rule_regulation *r)
{
    const char *id = rule_text(r->details, "planbestammelsekatalogreferens");

    return (r->code && strcmp(r->code, technical_code) == 0) ||
           (id && strcmp(id, technical_id) == 0);
}

static void technical(struct pk_rule_run *run, const char *text,
                      const struct pk_rule_regulation *r)
{
    if (text && is_technical(r) && strcmp(text, technical_words) != 0)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = place_of(r),
                          .args = {"regulation", r->name, "text", text}
        });
}

static void technical_wording(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    technical(run, r->wording ? r->wording : "-", r);
}

static void technical_original(struct pk_rule_run *run,
                               const struct pk_rule_regulation *r)
{
    technical(run, rule_text(r->details, "ursprungligBestammelseformulering"), r);
}

static void technical_reason(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    technical(
        run, rule_text(pk_jget_object(r->details, "planbestammelsebeskrivning"), "motiv"),
        r);
}

void rule_technical_wording(struct pk_rule_run *run)
{
    each(run, technical_wording);
}

void rule_technical_original(struct pk_rule_run *run)
{
    each(run, technical_original);
}

void rule_technical_reason(struct pk_rule_run *run)
{
    each(run, technical_reason);
}

/* ---- DP-Krav-0017 ---- */

/* Letters alike? A full stop at the end makes no other sentence. */
static size_t length_of(const char *text, const char *end)
{
    size_t n = (size_t)(end - text);

    while (n > 0 && (text[n - 1] == '.' || text[n - 1] == ' '))
        n--;
    return n;
}

/* Does the wording follow the pattern, any text in place of each slot? Slots are few
 * (PK_CATALOGUE_SLOTS_MAX) and texts short: the first place a piece fits is taken. */
static bool follows(const char *wording, const char *pattern)
{
    struct pk_catalogue_slot slots_of[PK_CATALOGUE_SLOTS_MAX];
    uint32_t n = pk_catalogue_slots(slots_of, PK_CATALOGUE_SLOTS_MAX, pattern);
    const char *from = pattern;
    bool any = false; /* a slot stands before this piece */

    for (uint32_t i = 0; i <= n; i++) {
        const char *end = i < n ? slots_of[i].begin : pattern + strlen(pattern);
        size_t len = i < n ? (size_t)(end - from) : length_of(from, end);
        const char *at = wording;

        if (i == n) { /* the last piece stands at the end */
            size_t left = length_of(wording, wording + strlen(wording));

            return any ? left >= len && memcmp(wording + left - len, from, len) == 0
                       : left == len && memcmp(wording, from, len) == 0;
        }
        while (strncmp(at, from, len) != 0) {
            if (!any || !*at)
                return false;
            at++;
        }
        wording = at + len;
        from = slots_of[i].end;
        any = true;
    }
    return true;
}

static void catalogue_wording(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    if (!r->entry || !r->entry->wording || !r->wording ||
        strcmp(r->wording, r->entry->wording) == 0 ||
        follows(r->wording, r->entry->wording))
        return;
    rule_say(run, &(struct rule_say){
                      .regulation = r,
                      .point = place_of(r),
                      .args = {"regulation", r->name, "wording", r->entry->wording}
    });
}

void rule_catalogue_wording(struct pk_rule_run *run)
{
    each(run, catalogue_wording);
}

/* ---- P-REF ---- */

static bool knows(const struct pk_rule_plan *plan, const char *text)
{
    struct pk_id id;

    if (!text || !pk_id_parse(&id, text))
        return false;
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        if (plan->regulations[i].kind == PK_KIND_USE &&
            pk_id_equal(plan->regulations[i].id, id))
            return true;
    }
    return false;
}

static void references(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    const json_t *uses = pk_jget_array(r->details, "reglerarAnvandningsbestammelse");

    /* Other formats name uses by names of their own, which their readers settle. */
    if (run->profile != PK_PROFILE_NGP)
        return;
    for (size_t i = 0; i < json_array_size(uses); i++) {
        const char *name = json_string_value(json_array_get(uses, i));

        if (!knows(run->plan, name))
            rule_say(run,
                     &(struct rule_say){
                         .regulation = r,
                         .detail = name,
                         .point = place_of(r),
                         .args = {"regulation", r->name, "name", name ? name : "-"}
            });
    }
}

void rule_references(struct pk_rule_run *run)
{
    each(run, references);
}

/* ---- P-CATALOGUE ---- */

static void catalogue_known(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    const char *id = rule_text(r->details, "planbestammelsekatalogreferens");
    const char *decided = json_string_value(rule_decided(run->plan, "datumAntagande"));
    pk_date day = decided ? pk_date_parse(decided) : run->today;
    bool valid = r->entry && (r->entry->from == PK_DATE_NONE || day >= r->entry->from) &&
                 (r->entry->to == PK_DATE_NONE || day <= r->entry->to);

    /* What was decided before the digital catalogue was is mapped to it later. */
    if (r->entry && day < pk_date_parse("2020-10-01"))
        valid = true;
    if (id && run->catalogue && !valid)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = place_of(r),
                          .args = {"regulation", r->name, "name", id}
        });
}

void rule_catalogue_known(struct pk_rule_run *run)
{
    each(run, catalogue_known);
}

/* ---- P-TRANS ---- */

static bool begins(const char *text, const char *with)
{
    return text && strncmp(text, with, strlen(with)) == 0;
}

static void transitional(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    const char *letter = rule_text(r->details, "beteckning");
    const char *type =
        r->entry ? r->entry->type : rule_text(r->details, "bestammelsetyp");

    if (begins(type, "Övergång") ||
        (r->kind != PK_KIND_USE && letter && strcmp(letter, "w") == 0))
        rule_say(
            run,
            &(struct rule_say){
                .regulation = r, .point = place_of(r), .args = {"regulation", r->name}
        });
}

void rule_transitional(struct pk_rule_run *run)
{
    each(run, transitional);
}

/* ---- P-LEN ---- */

static enum pk_msg_id text_trouble(const char *text, size_t most)
{
    if (strlen(text) > most)
        return PK_MSG_RULE_P_LEN_TEXT;
    if (strspn(text, " \t\r\n") == strlen(text))
        return PK_MSG_RULE_P_LEN_EMPTY;
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 && *p != '\n' && *p != '\r' && *p != '\t')
            return PK_MSG_RULE_P_LEN_CONTROL;
    }
    return 0;
}

static void check_text(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                       const json_t *details, const char *member, size_t most)
{
    const char *text = pk_jget_string(details, member);
    enum pk_msg_id trouble = text ? text_trouble(text, most) : 0;

    if (trouble)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .detail = member,
                          .point = r ? place_of(r) : NULL,
                          .text = trouble,
                          .args = {"object", r ? r->name : run->plan->name, "member",
                                   member, "most", rule_number(run, (double)most, 0)}
        });
}

static void text_sizes(struct pk_rule_run *run, const struct pk_rule_regulation *r)
{
    check_text(run, r, r->details, "bestammelseformulering", WORDING_MAX);
    check_text(run, r, r->details, "ursprungligBestammelseformulering", WORDING_MAX);
}

void rule_text_sizes(struct pk_rule_run *run)
{
    check_text(run, NULL, run->plan->details, "beteckning", NAME_MAX_BYTES);
    check_text(run, NULL, run->plan->details, "namn", NAME_MAX_BYTES);
    check_text(run, NULL, run->plan->details, "syfte", WORDING_MAX);
    each(run, text_sizes);
}
