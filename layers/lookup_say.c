/* lookup_say.c - the sentences of an answer that are about all of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "layers/lookup_private.h"

enum { SUMMARY_WORDS = 25, SUMMARY_USES = 3, NAME_WORDS = 6 };

const char *lk_said(struct lk *lk)
{
    const char *text = pk_arena_strndup(lk->arena, lk->text.data, lk->text.len);
    pk_buf_clear(&lk->text);
    return text;
}

void lk_space(struct lk *lk)
{
    if (lk->text.len > 0) {
        pk_buf_addc(&lk->text, ' ');
    }
}

const char *lk_number(struct lk *lk, double v, int decimals)
{
    char text[64];
    pk_text_fixed(text, sizeof text, v, decimals);
    char *point = strchr(text, '.');
    if (point != NULL && lk->lang == PK_SV) {
        *point = ',';
    }
    return pk_arena_strdup(lk->arena, text);
}

const char *lk_whole(struct lk *lk, int64_t v)
{
    return pk_arena_printf(lk->arena, "%lld", (long long)v);
}

const char *lk_date(struct lk *lk, pk_date day)
{
    char text[PK_DATE_TEXT];
    pk_date_format(text, day);
    return pk_arena_strdup(lk->arena, text);
}

const char *lk_list(struct lk *lk, const char *const *items, uint32_t count)
{
    const char *text = count == 0 ? "" : items[0];
    for (uint32_t i = 1; i < count; i++) {
        const char *between =
            i + 1 < count ? ", " : pk_msg_text(PK_MSG_LOOKUP_LIST_LAST, lk->lang);
        text = pk_arena_printf(lk->arena, "%s%s%s", text, between, items[i]);
    }
    return text;
}

const char *lk_mark(struct lk *lk, const char *letter, const char *index)
{
    if (letter == NULL || *letter == '\0') {
        return NULL;
    }
    struct pk_buf out;
    pk_buf_init(&out, 256);
    pk_buf_adds(&out, letter);
    for (const char *p = index; p != NULL && *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9') {
            pk_buf_addf(&out, "\xe2\x82%c", 0x80 + (*p - '0')); /* U+2080 + digit */
        } else {
            pk_buf_addc(&out, *p);
        }
    }
    const char *mark = pk_arena_strndup(lk->arena, out.data, out.len);
    pk_buf_finish(&out);
    return mark;
}

const char *lk_href(struct lk *lk, const char *path, struct pk_id id)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    return pk_arena_printf(lk->arena, "%s%s%s", lk->municipality->base_url, path, text);
}

const char *lk_property_href(struct lk *lk, const char *path, const char *designation)
{
    char *underlined = pk_arena_strdup(lk->arena, designation);
    for (char *p = underlined; *p != '\0'; p++) {
        *p = *p == ' ' ? '_' : *p;
    }
    struct pk_buf out;
    pk_buf_init(&out, 4096);
    pk_buf_addf(&out, "%s%s", lk->municipality->base_url, path);
    pk_url_escape(&out, underlined, ":");
    const char *href = pk_arena_strndup(lk->arena, out.data, out.len);
    pk_buf_finish(&out);
    return href;
}

void lk_unknown(struct lk *lk, const char *what, const char *text)
{
    struct pk_answer *a = lk->answer;
    for (uint32_t i = 0; i < a->unknown_count; i++) {
        if (strcmp(a->unknown[i].what, what) == 0 &&
            strcmp(a->unknown[i].text, text) == 0) {
            return;
        }
    }
    if (a->unknown_count == lk->unknown_room) {
        uint32_t room = lk->unknown_room == 0 ? 16 : 2 * lk->unknown_room;
        struct pk_answer_unknown *grown = pk_arena_alloc(lk->arena, room, sizeof *grown);
        if (a->unknown_count > 0) {
            memcpy(grown, a->unknown, a->unknown_count * sizeof *grown);
        }
        a->unknown = grown;
        lk->unknown_room = room;
    }
    a->unknown[a->unknown_count++] = (struct pk_answer_unknown){what, text};
}

/* "detaljplanen Västerhamn": the type as a definite noun, then name or designation. */
const char *lk_plan_name(struct lk *lk, const struct pk_plan_row *row)
{
    static const struct {
        const char *type;
        enum pk_msg_id noun;
    } nouns[] = {
        {"detaljplan",       PK_MSG_LOOKUP_THE_DETALJPLAN      },
        {"stadsplan",        PK_MSG_LOOKUP_THE_STADSPLAN       },
        {"byggnadsplan",     PK_MSG_LOOKUP_THE_BYGGNADSPLAN    },
        {"avstyckningsplan", PK_MSG_LOOKUP_THE_AVSTYCKNINGSPLAN}
    };
    const char *noun = pk_msg_text(PK_MSG_LOOKUP_THE_PLAN, lk->lang);
    for (size_t i = 0; i < PK_COUNT(nouns); i++) {
        if (row->plan_type != NULL && strcmp(row->plan_type, nouns[i].type) == 0) {
            noun = pk_msg_text(nouns[i].noun, lk->lang);
        }
    }
    const char *name =
        row->name != NULL && *row->name != '\0' ? row->name : row->designation;
    return name == NULL ? noun : pk_arena_printf(lk->arena, "%s %s", noun, name);
}

/* ---- the summary ---- */

static uint32_t words_in(const char *text)
{
    uint32_t count = 0;
    bool in = false;
    for (const char *p = text; *p != '\0'; p++) {
        bool blank = *p == ' ';
        count += !blank && !in;
        in = !blank;
    }
    return count;
}

/* At most NAME_WORDS words, so that a long name leaves room for what matters. */
static const char *short_name(struct lk *lk, const char *name)
{
    uint32_t words = 0;
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == ' ' && ++words == NAME_WORDS) {
            return pk_arena_printf(lk->arena, "%.*s …", (int)(p - name), name);
        }
    }
    return name;
}

/* "Marken får användas för skola och idrott." of the first plan; appended. */
static void say_uses(struct lk *lk, const struct lk_plan *plan)
{
    const char *names[2][SUMMARY_USES + 1];
    uint32_t counts[2] = {0, 0};
    bool more = false;
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_regulation_row *row = &plan->regulations[i].row;
        if (row->kind == NULL || strcmp(row->kind, "use") != 0 ||
            plan->regulations[i].placeless) {
            continue;
        }
        const char *name = lk_use_name(lk, row);
        bool public_place = lk_is_public_place(row), seen = false;
        for (uint32_t k = 0; k < counts[public_place]; k++) {
            seen = seen || strcmp(names[public_place][k], name) == 0;
        }
        if (seen) {
            continue;
        }
        if (counts[0] + counts[1] == SUMMARY_USES) {
            more = true;
            break;
        }
        names[public_place][counts[public_place]++] = name;
    }
    if (more) {
        uint32_t last = counts[0] > 0 ? 0 : 1;
        names[last][counts[last]++] = pk_msg_text(PK_MSG_LOOKUP_AND_MORE, lk->lang);
    }
    /* What only a proposal or a plan of unknown standing says is told as that. */
    static const enum pk_msg_id ids[3][2] = {
        {PK_MSG_LOOKUP_SUMMARY_USE,          PK_MSG_LOOKUP_SUMMARY_PUBLIC         },
        {PK_MSG_LOOKUP_SUMMARY_USE_SAID,     PK_MSG_LOOKUP_SUMMARY_PUBLIC_SAID    },
        {PK_MSG_LOOKUP_SUMMARY_USE_PROPOSED, PK_MSG_LOOKUP_SUMMARY_PUBLIC_PROPOSED}
    };
    int who = plan->phase == LK_ONGOING ? 2 : plan->phase == LK_NO_STATUS ? 1 : 0;
    for (int open_to_all = 0; open_to_all < 2; open_to_all++) {
        if (counts[open_to_all] > 0) {
            lk_space(lk);
            pk_msg(&lk->text, lk->lang, ids[who][open_to_all], "uses",
                   lk_list(lk, names[open_to_all], counts[open_to_all]), NULL);
        }
    }
}

static enum pk_msg_id first_sentence(const struct lk *lk, const struct lk_plan *plan)
{
    const char *coverage = lk->answer->coverage;
    if (plan->phase == LK_ONGOING) {
        return PK_MSG_LOOKUP_SUMMARY_ONGOING;
    }
    if (plan->phase == LK_NO_STATUS) {
        return PK_MSG_LOOKUP_SUMMARY_NO_STATUS;
    }
    if (strcmp(coverage, "plan-only") == 0) {
        return PK_MSG_LOOKUP_SUMMARY_PLAN_ONLY;
    }
    return strcmp(coverage, "partial") == 0 ? PK_MSG_LOOKUP_SUMMARY_PARTIAL
                                            : PK_MSG_LOOKUP_SUMMARY_APPLIES;
}

static const struct lk_plan *telling_plan(const struct lk *lk)
{
    const char *coverage = lk->answer->coverage;
    bool ongoing = strcmp(coverage, "ongoing") == 0;
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        const struct lk_plan *plan = &lk->plans[i];
        bool fits = ongoing ? plan->phase == LK_ONGOING
                            : plan->phase <= LK_NO_STATUS && plan->row.coverage != NULL &&
                                  strcmp(plan->row.coverage, coverage) == 0;
        if (plan->hit && fits) {
            return plan;
        }
    }
    return NULL;
}

static uint32_t plans_that_apply(const struct lk *lk)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        count += lk->plans[i].hit && lk->plans[i].phase <= LK_NO_STATUS;
    }
    return count;
}

void lk_summary(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    const struct lk_plan *plan = telling_plan(lk);
    if (plan == NULL) {
        bool outside = strcmp(a->coverage, "outside") == 0;
        pk_msg(&lk->text, lk->lang,
               outside ? PK_MSG_LOOKUP_SUMMARY_OUTSIDE : PK_MSG_LOOKUP_SUMMARY_UNKNOWN,
               NULL);
        a->summary = lk_said(lk);
        return;
    }
    const char *whole = lk_plan_name(lk, &plan->row), *cut = short_name(lk, whole);
    bool several = lk->is_shape && plans_that_apply(lk) > 1;
    char count[16];
    snprintf(count, sizeof count, "%u", plans_that_apply(lk));
    /* The whole name and the uses, else a shorter name, else no uses. */
    for (int attempt = 0; attempt < 4; attempt++) {
        if (several) {
            pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_SUMMARY_SEVERAL, "count", count,
                   NULL);
        } else {
            pk_msg(&lk->text, lk->lang, first_sentence(lk, plan), "plan",
                   attempt % 2 == 0 ? whole : cut, NULL);
        }
        if (!several && attempt < 2 && strcmp(a->coverage, "plan-only") != 0) {
            say_uses(lk, plan);
        }
        a->summary = lk_said(lk);
        if (words_in(a->summary) <= SUMMARY_WORDS) {
            return;
        }
    }
    /* A name of long words alone cannot make it longer than this. */
    pk_msg(&lk->text, lk->lang, first_sentence(lk, plan), "plan",
           pk_msg_text(PK_MSG_LOOKUP_THE_PLAN, lk->lang), NULL);
    a->summary = lk_said(lk);
}

/* ---- what is not known ---- */

static void missing(struct lk *lk, const struct lk_plan *plan, const char *what,
                    enum pk_msg_id id)
{
    pk_msg(&lk->text, lk->lang, id, "plan", lk_plan_name(lk, &plan->row), NULL);
    lk_unknown(lk, what, lk_said(lk));
}

static bool has_placed(const struct pk_answer_plan *plan)
{
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const char *applies = plan->regulations[i].applies_to;
        if (applies != NULL && strcmp(applies, "place") == 0) {
            return true;
        }
    }
    return false;
}

static void missing_of_plan(struct lk *lk, const struct lk_plan *plan,
                            const struct pk_answer_plan *out)
{
    /* Facts of a decision are missing only where there ought to be a decision. */
    bool decided = plan->phase == LK_FORCE || plan->phase == LK_NO_STATUS;
    if (out->status == NULL) {
        missing(lk, plan, "status", PK_MSG_LOOKUP_MISSING_STATUS);
    }
    if (out->beteckning == NULL) {
        missing(lk, plan, "beteckning", PK_MSG_LOOKUP_MISSING_DESIGNATION);
    }
    if (out->namn == NULL) {
        missing(lk, plan, "namn", PK_MSG_LOOKUP_MISSING_NAME);
    }
    if (out->typ == NULL) {
        missing(lk, plan, "typ", PK_MSG_LOOKUP_MISSING_TYPE);
    }
    if (out->datumAntagande == NULL) {
        missing(lk, plan, "datumAntagande",
                decided ? PK_MSG_LOOKUP_MISSING_ADOPTED : PK_MSG_LOOKUP_NOT_ADOPTED);
    }
    if (out->laga_kraft_count == 0 && decided) {
        missing(lk, plan, "datumLagakraft", PK_MSG_LOOKUP_MISSING_FORCE);
    }
    if (out->genomforande_months == 0) {
        missing(lk, plan, "genomforandetid", PK_MSG_LOOKUP_MISSING_TIME);
    }
    if (strcmp(out->coverage, "regulations") != 0) {
        missing(lk, plan, "regulations",
                strcmp(out->coverage, "partial") == 0 ? PK_MSG_LOOKUP_MISSING_SOME
                                                      : PK_MSG_LOOKUP_MISSING_ALL);
    } else if (!lk->is_shape && !has_placed(out)) {
        missing(lk, plan, "regulations", PK_MSG_LOOKUP_MISSING_HERE);
    }
}

/* In a municipality that the service is not for: its plans may be here, or only some. */
static bool is_of_others(const struct lk *lk)
{
    const struct pk_municipality *m = lk->municipality;
    bool ours = m->served_count == 0 || lk->answer->municipality_code == NULL;
    for (uint32_t i = 0; i < m->served_count && !ours; i++) {
        ours = strcmp(m->served[i], lk->answer->municipality_code) == 0;
    }
    return !ours;
}

void lk_facts_missing(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    if (strcmp(a->coverage, "unknown") == 0) {
        lk_unknown(lk, "plan", pk_msg_text(PK_MSG_LOOKUP_MISSING_PLAN, lk->lang));
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        if (lk->plans[i].hit && at < a->plan_count) {
            missing_of_plan(lk, &lk->plans[i], &a->plans[at++]);
        }
    }
    if (a->municipality == NULL || a->municipality_code == NULL) {
        lk_unknown(lk, "municipality",
                   pk_msg_text(a->municipality != NULL
                                   ? PK_MSG_LOOKUP_MISSING_MUNICIPALITY_CODE
                               : a->municipality_code != NULL
                                   ? PK_MSG_LOOKUP_MISSING_MUNICIPALITY_NAME
                                   : PK_MSG_LOOKUP_MISSING_MUNICIPALITY,
                               lk->lang));
    }
    if (is_of_others(lk)) {
        pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_OTHER_MUNICIPALITY, "name",
               a->municipality != NULL ? a->municipality : a->municipality_code, NULL);
        lk_unknown(lk, "municipality", lk_said(lk));
    }
    if (a->property_count == 0) {
        lk_unknown(lk, "property", pk_msg_text(PK_MSG_LOOKUP_MISSING_PROPERTY, lk->lang));
    }
    if (a->address == NULL) {
        lk_unknown(lk, "address", pk_msg_text(PK_MSG_LOOKUP_MISSING_ADDRESS, lk->lang));
    }
    bool applies = false; /* a proposal has no signed map yet */
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        applies |= lk->plans[i].hit && lk->plans[i].phase <= LK_NO_STATUS;
    }
    if (a->legal_href == NULL && applies) {
        lk_unknown(lk, "legal", pk_msg_text(PK_MSG_LOOKUP_MISSING_MAP, lk->lang));
    }
    if (a->permanent == NULL) {
        lk_unknown(lk, "permanent",
                   pk_msg_text(PK_MSG_LOOKUP_MISSING_PERMANENT, lk->lang));
    }
    for (uint32_t i = 0; i < a->source_count; i++) {
        if (a->sources[i].licence == NULL) {
            pk_msg(&lk->text, lk->lang, PK_MSG_LOOKUP_MISSING_LICENCE, "source",
                   a->sources[i].title, NULL);
            lk_unknown(lk, "licence", lk_said(lk));
        }
    }
}
