/* answer_text.c - an answer as plain text: the sentences of its members, in their
 * order, and nothing that the members do not say. */
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "layers/lookup.h"

static void line(struct pk_buf *out, const char *mark, const char *text)
{
    if (text != NULL && *text != '\0') {
        pk_buf_adds(out, mark);
        pk_buf_adds(out, text);
        pk_buf_addc(out, '\n');
    }
}

static void title(struct pk_buf *out, const char *text)
{
    pk_buf_addc(out, '\n');
    line(out, "", text);
}

static void put_plan(struct pk_buf *out, const struct pk_answer_plan *plan)
{
    const char *name = plan->namn != NULL ? plan->namn : plan->beteckning;
    pk_buf_addc(out, '\n');
    pk_buf_adds(out, name == NULL ? "" : name);
    if (plan->namn != NULL && plan->beteckning != NULL) {
        pk_buf_addf(out, " (%s)", plan->beteckning);
    }
    line(out, name == NULL ? "" : "\n", plan->text);
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        line(out, "- ", plan->regulations[i].text);
    }
    for (uint32_t i = 0; i < plan->document_count; i++) {
        const struct pk_answer_document *d = &plan->documents[i];
        pk_buf_addf(out, "- %s%s%s\n", d->title, d->href == NULL ? "" : ": ",
                    d->href == NULL ? "" : d->href);
    }
}

void pk_answer_text(struct pk_buf *out, const struct pk_answer *a)
{
    enum pk_lang lang = pk_lang_of(a->lang) == PK_EN ? PK_EN : PK_SV;
    line(out, "", a->heading);
    line(out, "", a->summary);
    for (uint32_t i = 0; i < a->plan_count; i++) {
        put_plan(out, &a->plans[i]);
    }
    if (a->layer_count > 0) {
        title(out, pk_msg_text(PK_MSG_LOOKUP_TEXT_LAYERS, lang));
        for (uint32_t i = 0; i < a->layer_count; i++) {
            line(out, "- ", a->layers[i].text);
        }
    }
    if (a->boundary != NULL) {
        title(out, a->boundary->text);
        line(out, "", a->boundary->other_text);
    }
    if (a->unknown_count > 0) {
        title(out, pk_msg_text(PK_MSG_LOOKUP_TEXT_UNKNOWN, lang));
        for (uint32_t i = 0; i < a->unknown_count; i++) {
            line(out, "- ", a->unknown[i].text);
        }
    }
    pk_buf_addc(out, '\n');
    for (uint32_t i = 0; i < a->next_count; i++) {
        pk_buf_addf(out, "%s: %s\n", a->next[i].text, a->next[i].href);
    }
    pk_buf_adds(out, a->legal_text);
    if (a->legal_href != NULL) {
        pk_buf_addf(out, " %s", a->legal_href);
    }
    char version[32];
    snprintf(version, sizeof version, "%lld", (long long)a->version);
    pk_buf_addc(out, '\n');
    pk_msg(out, lang, PK_MSG_LOOKUP_TEXT_MADE, "version", version, "date", a->legal_date,
           "time", a->answered_at, NULL);
    pk_buf_addc(out, '\n');
    if (a->permanent != NULL) {
        pk_msg(out, lang, PK_MSG_LOOKUP_TEXT_LINK, "href", a->permanent, NULL);
        pk_buf_addc(out, '\n');
    }
}
