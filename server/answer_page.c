#include "server/answer_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/terms.h"

enum { PICTURE_W = 640, PICTURE_H = 400, GROUP_LISTED = 100 };

/* Smallest side of a picture's ground, metres: a point needs surroundings. */
static const double picture_min_m = 160;

void pk_picture_html(struct pk_page *page, struct pk_box box, const char *alt,
                     bool marker, double x, double y)
{
    double w = (box.max_x - box.min_x) * 1.2, h = (box.max_y - box.min_y) * 1.2;
    w = fmax(fmax(w, h * PICTURE_W / PICTURE_H), picture_min_m);
    h = w * PICTURE_H / PICTURE_W;
    double cx = (box.min_x + box.max_x) / 2, cy = (box.min_y + box.max_y) / 2;
    pk_htmlf(page->out,
             "<p><img class=\"picture\" width=\"%d\" height=\"%d\" "
             "src=\"/static/base,%s/%.1f,%.1f,%.1f,%.1f/%dx%d.png",
             PICTURE_W, PICTURE_H, page->app->style, cx - w / 2, cy - h / 2, cx + w / 2,
             cy + h / 2, PICTURE_W, PICTURE_H);
    if (marker) {
        pk_htmlf(page->out, "?marker=%.1f,%.1f", x, y);
    }
    pk_htmlf(page->out, "\" alt=\"%s\"></p>\n", alt);
}

static void heading(struct pk_page *page, int level, const char *text)
{
    pk_htmlf(page->out, "<h%d>%s</h%d>\n", level, text, level);
}

static void paragraph(struct pk_page *page, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        pk_htmlf(page->out, "<p>%s</p>\n", text);
    }
}

static void write_share(struct pk_page *page, const struct pk_share *share)
{
    if (share->basis == NULL || !(share->area_m2 > 0)) {
        return; /* of a point there is no share */
    }
    char area[40], percent[40];
    pk_text_fixed(area, sizeof(area), share->area_m2, 0);
    pk_text_fixed(percent, sizeof(percent), share->share * 100, 1);
    struct pk_arena arena = {0};
    pk_htmlf(page->out, " <span class=\"share\">%s</span>",
             pk_say(&arena, page->lang,
                    share->share > 0 ? PK_MSG_ANSWER_SHARE : PK_MSG_ANSWER_AREA, "area",
                    area, "percent", percent, "basis", share->basis, NULL));
    pk_arena_finish(&arena);
}

/* A term in the page's words; one that we do not know stays as it is stored. */
static void write_term(struct pk_page *page, const char *term)
{
    const char *words = pk_term(term, page->lang);
    if (words != NULL) {
        pk_htmlf(page->out, "%s", words);
    } else {
        pk_htmlf(page->out, "<span lang=\"sv\">%s</span>", term);
    }
}

static void write_kind(struct pk_page *page, const char *kind)
{
    if (kind != NULL) {
        pk_buf_adds(page->out, " <span class=\"kind\">(");
        write_term(page, kind);
        pk_buf_adds(page->out, ")</span>");
    }
}

void pk_regulation_html(struct pk_page *page, const struct pk_answer_regulation *r,
                        bool link)
{
    struct pk_buf *out = page->out;
    pk_htmlf(out, "<li>%s", r->text);
    write_share(page, &r->share);
    write_kind(page, r->kind);
    if (link && r->href != NULL) {
        pk_htmlf(out, " <a href=\"%s\">%s<span class=\"unseen\"> %s</span></a>", r->href,
                 pk_msg_text(PK_MSG_ANSWER_MORE, page->lang), r->text);
    }
    pk_buf_adds(out, "</li>\n");
}

static void write_documents(struct pk_page *page, const struct pk_answer_plan *plan,
                            int level)
{
    if (plan->document_count == 0) {
        return;
    }
    struct pk_buf *out = page->out;
    heading(page, level, pk_msg_text(PK_MSG_ANSWER_DOCUMENTS, page->lang));
    pk_buf_adds(out, "<ul>\n");
    for (uint32_t i = 0; i < plan->document_count; i++) {
        const struct pk_answer_document *d = &plan->documents[i];
        const char *title = d->title != NULL ? d->title : d->kind;
        title = pk_term(title, page->lang) != NULL ? pk_term(title, page->lang) : title;
        bool web = d->href != NULL && (strncmp(d->href, "https://", 8) == 0 ||
                                       strncmp(d->href, "http://", 7) == 0);
        if (web) {
            pk_htmlf(out, "<li><a href=\"%s\">%s</a>", d->href, title);
        } else {
            pk_htmlf(out, "<li>%s", title);
        }
        if (d->media_type != NULL) {
            pk_htmlf(out, " (%s)", d->media_type);
        }
        if (d->legal) {
            pk_htmlf(out, " – %s", pk_msg_text(PK_MSG_LEGAL_TEXT, page->lang));
        }
        pk_buf_adds(out, "</li>\n");
    }
    pk_buf_adds(out, "</ul>\n");
}

/* ---- regulations with the same words ---- */

/* One wording stands on many areas of a plan, each a regulation of its own in the
 * exchange formats: a person reads it once. */
struct grouped {
    const struct pk_answer_regulation *r;
    uint32_t at;    /* its place in the plan's order */
    uint32_t count; /* of the group, at its first one; 0 at the others */
};

static const char *text_or(const char *text)
{
    return text != NULL ? text : "";
}

static int by_words(const void *a, const void *b)
{
    const struct grouped *x = a, *y = b;
    int order = strcmp(text_or(x->r->text), text_or(y->r->text));
    if (order == 0) {
        order = strcmp(text_or(x->r->kind), text_or(y->r->kind));
    }
    return order != 0 ? order : x->at < y->at ? -1 : 1;
}

static bool same_words(const struct grouped *a, const struct grouped *b)
{
    return strcmp(text_or(a->r->text), text_or(b->r->text)) == 0 &&
           strcmp(text_or(a->r->kind), text_or(b->r->kind)) == 0;
}

static const char *whole(struct pk_arena *arena, double v)
{
    char text[40];
    pk_text_fixed(text, sizeof(text), v, 0);
    return pk_arena_strdup(arena, text);
}

static void write_group_part(struct pk_page *page, const struct pk_answer_regulation *r,
                             uint32_t number, struct pk_arena *arena)
{
    const char *n = pk_arena_printf(arena, "%u", number);
    const char *text =
        r->share.area_m2 > 0
            ? pk_say(arena, page->lang, PK_MSG_ANSWER_GROUP_PART_AREA, "number", n,
                     "area", whole(arena, r->share.area_m2), NULL)
            : pk_say(arena, page->lang, PK_MSG_ANSWER_GROUP_PART, "number", n, NULL);
    if (r->href != NULL) {
        pk_htmlf(page->out, "<li><a href=\"%s\">%s</a></li>\n", r->href, text);
    } else {
        pk_htmlf(page->out, "<li>%s</li>\n", text);
    }
}

static void write_group(struct pk_page *page, const struct grouped *first,
                        struct pk_arena *arena)
{
    struct pk_buf *out = page->out;
    double area = 0;
    for (uint32_t i = 0; i < first->count; i++) {
        area += first[i].r->share.area_m2;
    }
    const char *count = pk_arena_printf(arena, "%u", first->count);
    pk_htmlf(out, "<li>%s", first->r->text);
    write_kind(page, first->r->kind);
    pk_htmlf(out, "\n<details><summary>%s</summary>\n<ol class=\"places\">\n",
             area > 0
                 ? pk_say(arena, page->lang, PK_MSG_ANSWER_GROUP_AREA, "count", count,
                          "area", whole(arena, area), NULL)
                 : pk_say(arena, page->lang, PK_MSG_ANSWER_GROUP, "count", count, NULL));
    uint32_t listed = first->count < GROUP_LISTED ? first->count : GROUP_LISTED;
    for (uint32_t i = 0; i < listed; i++) {
        write_group_part(page, first[i].r, i + 1, arena);
    }
    pk_buf_adds(out, "</ol>\n");
    if (listed < first->count) {
        pk_htmlf(out, "<p>%s</p>\n",
                 pk_say(arena, page->lang, PK_MSG_ANSWER_GROUP_REST, "count",
                        pk_arena_printf(arena, "%u", first->count - listed), NULL));
    }
    pk_buf_adds(out, "</details></li>\n");
}

static void write_regulations(struct pk_page *page, const struct pk_answer_plan *plan,
                              bool link)
{
    struct pk_arena arena = {0};
    uint32_t n = plan->regulation_count;
    struct grouped *sorted = pk_arena_alloc(&arena, n, sizeof(*sorted));
    const struct grouped **first =
        pk_arena_alloc(&arena, n, sizeof(const struct grouped *));
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = (struct grouped){&plan->regulations[i], i, 0};
    }
    qsort(sorted, n, sizeof(*sorted), by_words);
    for (uint32_t i = 0, head = 0; i < n; i++) {
        head = i > 0 && same_words(&sorted[head], &sorted[i]) ? head : i;
        sorted[head].count++;
        first[sorted[head].at] = &sorted[head];
    }
    pk_buf_adds(page->out, "<ul class=\"regulations\">\n");
    for (uint32_t i = 0; i < n; i++) {
        if (first[i] != NULL && first[i]->count > 1) {
            write_group(page, first[i], &arena);
        } else if (first[i] != NULL) {
            pk_regulation_html(page, first[i]->r, link);
        }
    }
    pk_buf_adds(page->out, "</ul>\n");
    pk_arena_finish(&arena);
}

void pk_plan_html(struct pk_page *page, const struct pk_answer_plan *plan, int level,
                  bool link)
{
    struct pk_buf *out = page->out;
    const char *name = plan->namn != NULL ? plan->namn : plan->beteckning;
    name = name != NULL ? name : pk_msg_text(PK_MSG_ANSWER_PLAN_UNNAMED, page->lang);
    if (link && plan->href != NULL) {
        pk_htmlf(out, "<h%d><a href=\"%s\">%s</a></h%d>\n", level, plan->href, name,
                 level);
    } else {
        heading(page, level, name);
    }
    pk_htmlf(out, "<p>%s", plan->text);
    write_share(page, &plan->share);
    pk_buf_adds(out, "</p>\n");
    if (plan->beteckning != NULL) {
        pk_htmlf(out, "<p class=\"fact\">%s: %s</p>\n",
                 pk_msg_text(PK_MSG_ANSWER_DESIGNATION, page->lang), plan->beteckning);
    }
    if (plan->regulation_count > 0) {
        heading(page, level + 1, pk_msg_text(PK_MSG_ANSWER_REGULATIONS, page->lang));
        write_regulations(page, plan, link);
    }
    write_documents(page, plan, level + 1);
}

static void write_place(struct pk_page *page, const struct pk_answer *answer)
{
    struct pk_buf *out = page->out;
    pk_buf_adds(out, "<ul class=\"place\">\n");
    if (answer->municipality != NULL) {
        pk_htmlf(out, "<li>%s: %s</li>\n",
                 pk_msg_text(PK_MSG_ANSWER_MUNICIPALITY, page->lang),
                 answer->municipality);
    }
    for (uint32_t i = 0; i < answer->property_count; i++) {
        pk_htmlf(out, "<li>%s: <a href=\"%s\">%s</a></li>\n",
                 pk_msg_text(PK_MSG_ANSWER_PROPERTY, page->lang),
                 answer->properties[i].href, answer->properties[i].designation);
    }
    if (answer->address != NULL) {
        pk_htmlf(out, "<li>%s: %s</li>\n", pk_msg_text(PK_MSG_ANSWER_ADDRESS, page->lang),
                 answer->address);
    }
    pk_buf_adds(out, "</ul>\n");
}

static void write_lists(struct pk_page *page, const struct pk_answer *answer, int level)
{
    struct pk_buf *out = page->out;
    if (answer->layer_count > 0) {
        heading(page, level, pk_msg_text(PK_MSG_ANSWER_LAYERS, page->lang));
        pk_buf_adds(out, "<ul>\n");
        for (uint32_t i = 0; i < answer->layer_count; i++) {
            pk_htmlf(out, "<li>%s</li>\n", answer->layers[i].text);
        }
        pk_buf_adds(out, "</ul>\n");
    }
    if (answer->boundary != NULL) {
        heading(page, level, pk_msg_text(PK_MSG_ANSWER_BOUNDARY, page->lang));
        paragraph(page, answer->boundary->text);
        paragraph(page, answer->boundary->other_text);
    }
    if (answer->unknown_count > 0) {
        heading(page, level, pk_msg_text(PK_MSG_ANSWER_UNKNOWN, page->lang));
        pk_buf_adds(out, "<ul>\n");
        for (uint32_t i = 0; i < answer->unknown_count; i++) {
            pk_htmlf(out, "<li>%s</li>\n", answer->unknown[i].text);
        }
        pk_buf_adds(out, "</ul>\n");
    }
    if (answer->next_count > 0) {
        heading(page, level, pk_msg_text(PK_MSG_ANSWER_NEXT, page->lang));
        pk_buf_adds(out, "<ul>\n");
        for (uint32_t i = 0; i < answer->next_count; i++) {
            pk_htmlf(out, "<li><a href=\"%s\">%s</a></li>\n", answer->next[i].href,
                     answer->next[i].text);
        }
        pk_buf_adds(out, "</ul>\n");
    }
}

/* "2026-03-02T09:14:05Z" for people: "2026-03-02 09:14 UTC". */
static const char *minutes(struct pk_arena *arena, const char *time)
{
    return strlen(time) == sizeof("2026-03-02T09:14:05Z") - 1
               ? pk_arena_printf(arena, "%.10s %.5s UTC", time, time + 11)
               : time;
}

static void write_end(struct pk_page *page, const struct pk_answer *answer, int level)
{
    struct pk_buf *out = page->out;
    struct pk_arena arena = {0};
    heading(page, level, pk_msg_text(PK_MSG_ANSWER_ABOUT, page->lang));
    paragraph(page, answer->legal_text);
    pk_htmlf(out, "<p>%s</p>\n",
             pk_say(&arena, page->lang, PK_MSG_ANSWER_STATE, "version",
                    pk_arena_printf(&arena, "%lld", (long long)answer->version), "day",
                    answer->legal_date, "time", minutes(&arena, answer->answered_at),
                    NULL));
    if (answer->permanent != NULL) {
        pk_htmlf(out, "<p><a href=\"%s\">%s</a></p>\n", answer->permanent,
                 pk_msg_text(PK_MSG_ANSWER_PERMANENT, page->lang));
    }
    if (answer->source_count > 0) {
        pk_htmlf(out, "<p>%s: ", pk_msg_text(PK_MSG_ANSWER_SOURCES, page->lang));
        for (uint32_t i = 0; i < answer->source_count; i++) {
            const struct pk_answer_source *s = &answer->sources[i];
            pk_htmlf(out, "%s%s", i > 0 ? "; " : "", s->title);
            if (s->licence != NULL) {
                pk_htmlf(out, " (%s)", s->licence);
            }
        }
        pk_buf_adds(out, "</p>\n");
    }
    pk_arena_finish(&arena);
}

void pk_answer_html(struct pk_page *page, const struct pk_answer *answer, int level)
{
    heading(page, level, answer->heading);
    pk_htmlf(page->out, "<p class=\"summary coverage-%s\">%s</p>\n", answer->coverage,
             answer->summary);
    write_place(page, answer);
    for (uint32_t i = 0; i < answer->plan_count; i++) {
        pk_plan_html(page, &answer->plans[i], level + 1, true);
    }
    write_lists(page, answer, level + 1);
    write_end(page, answer, level + 1);
}
