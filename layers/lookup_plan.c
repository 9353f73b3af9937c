/* lookup_plan.c - a plan on a legal day: its phase, its facts, its sentences. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/lookup_private.h"

enum { DATES_MAX = 20, DOCUMENTS_MAX = 200, MONTHS_MAX = 1200 };

/* ---- facts from the record ---- */

/* A member of the plan itself, else of the first decision that has it. */
static const char *fact(const struct lk_plan *plan, const char *name)
{
    const char *value = pk_jget_string(plan->details, name);
    size_t i;
    json_t *decision;
    json_array_foreach(pk_jget_array(plan->details, "beslutsinformation"), i, decision)
    {
        if (value != NULL) {
            break;
        }
        value = pk_jget_string(decision, name);
    }
    return value;
}

static long long number_fact(const struct lk_plan *plan, const char *name)
{
    long long value = 0;
    size_t i;
    json_t *decision;
    if (pk_jget_int(plan->details, name, &value)) {
        return value;
    }
    json_array_foreach(pk_jget_array(plan->details, "beslutsinformation"), i, decision)
    {
        if (pk_jget_int(decision, name, &value)) {
            return value;
        }
    }
    return 0;
}

static pk_date date_fact(const struct lk_plan *plan, const char *name)
{
    const char *text = fact(plan, name);
    return text == NULL ? PK_DATE_NONE : pk_date_parse(text);
}

static pk_date date_of(const char *text)
{
    return text == NULL ? PK_DATE_NONE : pk_date_parse(text);
}

/* Day from which a repealed plan no longer applied: laga kraft of the decision
 * about it, else when the status changed. */
static pk_date repealed(const struct lk_plan *plan)
{
    size_t i;
    json_t *decision;
    json_array_foreach(pk_jget_array(plan->details, "beslutsinformation"), i, decision)
    {
        const char *type = pk_jget_string(decision, "beslutstyp");
        if (type == NULL || strstr(type, "upphävande") == NULL) {
            continue;
        }
        const json_t *days = pk_jget_array(decision, "datumLagakraft");
        pk_date day = date_of(days != NULL ? json_string_value(json_array_get(days, 0))
                                           : pk_jget_string(decision, "datumLagakraft"));
        if (day != PK_DATE_NONE) {
            return day;
        }
    }
    return date_fact(plan, "datumStatusforandring");
}

/* ---- phase ---- */

static const struct {
    const char *status;
    enum lk_phase phase;
    enum pk_msg_id text;
} statuses[] = {
    {"laga kraft",  LK_FORCE,   PK_MSG_LOOKUP_STATUS_FORCE    },
    {"påbörjad",  LK_ONGOING, PK_MSG_LOOKUP_STATUS_STARTED  },
    {"samråd",     LK_ONGOING, PK_MSG_LOOKUP_STATUS_CONSULTED},
    {"granskning",  LK_ONGOING, PK_MSG_LOOKUP_STATUS_REVIEWED },
    {"antagen",     LK_ONGOING, PK_MSG_LOOKUP_STATUS_ADOPTED  },
    {"överklagad", LK_ONGOING, PK_MSG_LOOKUP_STATUS_APPEALED },
    {"tillsyn",     LK_ONGOING, PK_MSG_LOOKUP_STATUS_REVISED  },
    {"upphävd",    LK_OTHER,   PK_MSG_LOOKUP_STATUS_REPEALED },
    {"avslutad",    LK_OTHER,   PK_MSG_LOOKUP_STATUS_CLOSED   },
};

static int status_index(const char *status)
{
    for (size_t i = 0; i < PK_COUNT(statuses); i++) {
        if (status != NULL && strcmp(status, statuses[i].status) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static enum lk_phase phase_of(const struct lk *lk, const struct lk_plan *plan)
{
    const char *status = plan->row.status;
    pk_date force = date_of(plan->row.in_force);
    int index = status_index(status);
    bool repeal = status != NULL && strcmp(status, "upphävd") == 0;
    if (status == NULL || *status == '\0') {
        return force == PK_DATE_NONE ? LK_NO_STATUS
               : force <= lk->day    ? LK_FORCE
                                     : LK_ONGOING;
    }
    pk_date begun = date_fact(plan, "datumPaborjat");
    pk_date earliest = begun != PK_DATE_NONE ? begun : date_of(plan->row.adopted);
    bool before = force != PK_DATE_NONE && lk->day < force;
    if (before && earliest != PK_DATE_NONE && lk->day < earliest) {
        return LK_ABSENT;
    }
    if (repeal && force != PK_DATE_NONE && !before) {
        pk_date end = repealed(plan);
        return end != PK_DATE_NONE && lk->day < end ? LK_FORCE : LK_OTHER;
    }
    if (index < 0) {
        return LK_OTHER;
    }
    if (statuses[index].phase == LK_FORCE && before) {
        return LK_ONGOING;
    }
    return statuses[index].phase;
}

void lk_classify(struct lk *lk, struct lk_plan *plan)
{
    const pk_date dates[] = {date_of(plan->row.in_force), date_of(plan->row.adopted),
                             date_fact(plan, "datumStatusforandring"),
                             date_fact(plan, "datumPaborjat")};
    plan->date = PK_DATE_NONE;
    for (size_t i = 0; i < PK_COUNT(dates) && plan->date == PK_DATE_NONE; i++) {
        plan->date = dates[i];
    }
    plan->phase = phase_of(lk, plan);
}

double lk_accuracy(const struct lk *lk, const struct lk_plan *plan, bool *assumed)
{
    bool delivered = plan != NULL && plan->known && plan->row.accuracy_m > 0;
    *assumed = !delivered;
    return fmin(delivered ? plan->row.accuracy_m : lk->municipality->default_accuracy_m,
                LK_ACCURACY_MAX_M);
}

/* ---- sentences ---- */

static void say(struct lk *lk, enum pk_msg_id id)
{
    lk_space(lk);
    pk_msg(&lk->text, lk->lang, id, NULL);
}

static void say_date(struct lk *lk, enum pk_msg_id id, const char *date)
{
    lk_space(lk);
    pk_msg(&lk->text, lk->lang, id, "date", date, NULL);
}

static void say_in_force(struct lk *lk, const struct lk_plan *plan,
                         const struct pk_answer_plan *out)
{
    if (plan->row.in_force != NULL) {
        say_date(lk, PK_MSG_LOOKUP_IN_FORCE_SINCE, plan->row.in_force);
    } else {
        say(lk, PK_MSG_LOOKUP_IN_FORCE_NO_DATE);
    }
    if (out->genomforande_ended == 1) {
        say(lk, PK_MSG_LOOKUP_TIME_ENDED);
        say(lk, PK_MSG_LOOKUP_STILL_APPLIES);
    } else if (out->genomforande_ended == 0) {
        say_date(lk, PK_MSG_LOOKUP_TIME_RUNS, out->genomforande_ends);
    } else {
        say(lk, PK_MSG_LOOKUP_APPLIES);
    }
}

static void say_ongoing(struct lk *lk, const struct lk_plan *plan)
{
    int index = status_index(plan->row.status);
    if (index < 0 || statuses[index].phase != LK_ONGOING) {
        say_date(lk, PK_MSG_LOOKUP_COMES_INTO_FORCE, plan->row.in_force);
        return;
    }
    say(lk, statuses[index].text);
    const char *changed = fact(plan, "datumStatusforandring");
    const char *begun = fact(plan, "datumPaborjat");
    if (statuses[index].text == PK_MSG_LOOKUP_STATUS_ADOPTED &&
        plan->row.adopted != NULL) {
        say_date(lk, PK_MSG_LOOKUP_ADOPTED_ON, plan->row.adopted);
    } else if (changed != NULL) {
        say_date(lk, PK_MSG_LOOKUP_STAGE_SINCE, changed);
    } else if (begun != NULL) {
        say_date(lk, PK_MSG_LOOKUP_BEGUN_ON, begun);
    }
    say(lk, PK_MSG_LOOKUP_NOT_YET);
}

static void say_other(struct lk *lk, const struct lk_plan *plan)
{
    int index = status_index(plan->row.status);
    if (index >= 0) {
        say(lk, statuses[index].text);
        return;
    }
    lk_space(lk);
    pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_STATUS_IS, "status", plan->row.status,
           NULL);
}

static const char *plan_text(struct lk *lk, const struct lk_plan *plan,
                             const struct pk_answer_plan *out)
{
    switch (plan->phase) {
    case LK_FORCE:
        say_in_force(lk, plan, out);
        break;
    case LK_NO_STATUS:
        say(lk, PK_MSG_LOOKUP_NO_STATUS);
        break;
    case LK_ONGOING:
        say_ongoing(lk, plan);
        break;
    default:
        say_other(lk, plan);
        break;
    }
    if (strcmp(out->coverage, "plan-only") == 0) {
        say(lk, PK_MSG_LOOKUP_COVERAGE_PLAN_ONLY);
    } else if (strcmp(out->coverage, "partial") == 0) {
        say(lk, PK_MSG_LOOKUP_COVERAGE_PARTIAL);
    }
    /* "100 %" would say nothing, and less than that must not be rounded up to it. */
    if (lk->is_shape && out->share.share < 0.995 && out->share.area_m2 > 0) {
        lk_space(lk);
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_SHARE, "share",
               lk_number(lk, 100 * out->share.share, out->share.share < 0.01 ? 1 : 0),
               NULL);
    }
    return lk_said(lk);
}

/* ---- members ---- */

static const char *date_member(struct lk *lk, const char *text)
{
    pk_date day = date_of(text);
    return day == PK_DATE_NONE ? NULL : lk_date(lk, day);
}

static void write_dates(struct lk *lk, struct pk_answer_plan *out,
                        const struct lk_plan *plan)
{
    json_t *days = pk_jget_array(plan->details, "datumLagakraft");
    out->datumAntagande = date_member(lk, plan->row.adopted);
    out->datumLagakraft =
        pk_arena_alloc(lk->arena, DATES_MAX + 1, sizeof *out->datumLagakraft);
    size_t i;
    json_t *item;
    json_array_foreach(days, i, item)
    {
        const char *day = date_member(lk, json_string_value(item));
        if (day != NULL && out->laga_kraft_count < DATES_MAX) {
            out->datumLagakraft[out->laga_kraft_count++] = day;
        }
    }
    const char *day = date_member(lk, plan->row.in_force);
    if (out->laga_kraft_count == 0 && day != NULL) {
        out->datumLagakraft[out->laga_kraft_count++] = day;
    }
}

static void write_time(struct lk *lk, struct pk_answer_plan *out,
                       const struct lk_plan *plan)
{
    long long months = number_fact(plan, "genomforandetid");
    pk_date start = date_fact(plan, "genomforandetidStartar");
    out->genomforande_ended = -1;
    if (months <= 0 || months > MONTHS_MAX) {
        return;
    }
    out->genomforande_months = (int)months;
    if (start == PK_DATE_NONE) {
        start = date_of(plan->row.in_force);
    }
    if (start == PK_DATE_NONE) {
        return;
    }
    pk_date end = pk_date_add_months(start, (int)months);
    out->genomforande_ends = lk_date(lk, end);
    out->genomforande_ended = lk->day > end;
}

static const char *document_title(struct lk *lk, const json_t *document, const char *kind)
{
    const char *title = pk_jget_string(document, "title");
    if (title == NULL) {
        title = pk_jget_string(document, "namn");
    }
    return pk_arena_strdup(lk->arena, title != NULL ? title : kind);
}

static void write_documents(struct lk *lk, struct pk_answer_plan *out,
                            const struct lk_plan *plan)
{
    json_t *documents = pk_jget_array(plan->details, "dokument");
    out->documents =
        pk_arena_alloc(lk->arena, json_array_size(documents) + 1, sizeof *out->documents);
    size_t i;
    json_t *item;
    json_array_foreach(documents, i, item)
    {
        const char *href = pk_jget_string(item, "href");
        const char *kind = pk_jget_string(item, "kind");
        kind = kind == NULL ? "övrigt" : pk_arena_strdup(lk->arena, kind);
        if (!json_is_object(item) || out->document_count == DOCUMENTS_MAX) {
            continue;
        }
        out->documents[out->document_count++] = (struct pk_answer_document){
            .kind = kind,
            .title = document_title(lk, item, kind),
            .href = pk_arena_strdup(lk->arena, href),
            .media_type = pk_arena_strdup(lk->arena, pk_jget_string(item, "media_type")),
            .legal = plan->phase <= LK_NO_STATUS &&
                     pk_jget_bool(item, "legal", strcmp(kind, "plankarta") == 0),
            .text_version = pk_jget_bool(item, "text_version", false),
        };
    }
}

void lk_write_plan(struct lk *lk, struct pk_answer_plan *out, struct lk_plan *plan)
{
    *out = (struct pk_answer_plan){
        .id = plan->row.id,
        .href = lk_href(lk, "/plan/", plan->row.id),
        .coverage = plan->row.coverage == NULL ? "plan-only" : plan->row.coverage,
        .beteckning = plan->row.designation,
        .namn = plan->row.name,
        .typ = plan->row.plan_type,
        .status = plan->row.status,
        .share = {.area_m2 = plan->shared_m2,
                  .share = lk->shape_tm > 0 ? fmin(1, plan->shared_tm / lk->shape_tm) : 0,
                  .basis = plan->crs == 0
                               ? NULL
                               : pk_arena_printf(lk->arena, "EPSG:%d", plan->crs)},
    };
    write_dates(lk, out, plan);
    write_time(lk, out, plan);
    write_documents(lk, out, plan);
    out->regulations =
        pk_arena_alloc(lk->arena, plan->regulation_count + 1, sizeof *out->regulations);
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        lk_write_regulation(lk, &out->regulations[out->regulation_count++],
                            &plan->regulations[i]);
    }
    out->text = plan_text(lk, plan, out);
}
