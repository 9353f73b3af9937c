/* /admin/draft/{id}: what a draft would change, what is wrong with it, which plans it
 * touches, and what to do about it. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/jsonread.h"
#include "layers/draft_view.h"
#include "layers/publish.h"
#include "server/diff_page.h"
#include "server/staff_work.h"

enum {
    MAP_WIDTH = 640,
    MAP_HEIGHT = 400,
    MAP_MARGIN_M = 60 /* around what the draft touches, at least */
};

struct draft_page {
    struct pk_page page;
    struct pk_worker *worker;
    int64_t draft;
    json_t *show, *findings, *pairs, *diff;
    int64_t findings_more;
    struct pk_box box;
    bool placed, open;
};

/* ---- gathering ---- */

static enum pk_status gather(struct draft_page *d, struct pk_db *db, enum pk_lang lang,
                             struct pk_error *err)
{
    enum pk_status status = pk_draft_show(&d->show, db, d->draft, err);
    const char *state = pk_jget_string(d->show, "state");
    d->open = state != NULL && strcmp(state, "open") == 0;
    bool held = state != NULL && strcmp(state, "held") == 0;
    if (status == PK_OK) {
        status =
            pk_draft_findings(&d->findings, &d->findings_more, db, d->draft, lang, err);
    }
    if (status == PK_OK && d->open) {
        status = pk_draft_pairs(&d->pairs, db, d->draft, err);
    }
    if (status == PK_OK && (d->open || held)) {
        status = pk_diff(&d->diff, db, d->draft, 0, 0, NULL, err);
    }
    if (status == PK_OK && d->open) {
        status = pk_draft_box(&d->box, &d->placed, db, d->draft, err);
    }
    return status;
}

static void forget(struct draft_page *d)
{
    json_decref(d->show);
    json_decref(d->findings);
    json_decref(d->pairs);
    json_decref(d->diff);
}

/* ---- parts of the page ---- */

static void heading(struct draft_page *d, enum pk_msg_id text)
{
    pk_htmlf(d->page.out, "<h2>%s</h2>\n", pk_msg_text(text, d->page.lang));
}

static const char *number(struct draft_page *d, int64_t n)
{
    return pk_staff_digits(d->worker, n);
}

static int64_t count_findings(const json_t *findings, const char *severity)
{
    int64_t n = 0;
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const char *s = pk_jget_string(json_array_get(findings, i), "severity");
        n += s != NULL && strcmp(s, severity) == 0;
    }
    return n;
}

static void write_summary(struct draft_page *d)
{
    struct pk_arena *arena = &d->worker->arena;
    struct pk_diff_counts n = pk_diff_count(d->diff);
    pk_htmlf(d->page.out, "<p class=\"summary\">%s</p>\n<p>%s</p>\n",
             pk_say(arena, d->page.lang, PK_MSG_ADM_COUNTS, "added", number(d, n.added),
                    "changed", number(d, n.changed), "removed", number(d, n.removed),
                    "layers", number(d, n.layers), "errors",
                    number(d, count_findings(d->findings, "error")), "warnings",
                    number(d, count_findings(d->findings, "warning")), "notes",
                    number(d, count_findings(d->findings, "note")), NULL),
             pk_say(arena, d->page.lang, PK_MSG_ADM_DRAFT_BY, "by",
                    pk_jget_string(d->show, "by"), "time",
                    pk_staff_time(d->worker, pk_jget_string(d->show, "created")), NULL));
    if (!d->open) {
        const char *state = pk_jget_string(d->show, "state");
        bool held = state != NULL && strcmp(state, "held") == 0;
        pk_htmlf(d->page.out, "<p role=\"status\">%s</p>\n",
                 pk_msg_text(held ? PK_MSG_ADM_PUBLISH_HELD : PK_MSG_ADM_NOT_OPEN,
                             d->page.lang));
    }
}

static void write_actions(struct draft_page *d)
{
    struct pk_buf *out = d->page.out;
    const struct pk_auth *auth = pk_auth_of(d->page.request);
    heading(d, PK_MSG_ADM_PUBLISH);
    if (pk_auth_may(auth, PK_ROLE_PUBLISHER)) {
        pk_htmlf(out,
                 "<p><a class=\"button\" href=\"/admin/draft/%lld/publish?lang=%s\">",
                 (long long)d->draft, pk_lang_tag(d->page.lang));
        pk_htmlf(out, "%s</a></p>\n", pk_msg_text(PK_MSG_ADM_PUBLISH_GO, d->page.lang));
    } else {
        pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_ADM_PUBLISH_ROLE, d->page.lang));
    }
}

static void write_discard(struct draft_page *d)
{
    if (!pk_auth_may(pk_auth_of(d->page.request), PK_ROLE_PLANNER)) {
        return;
    }
    heading(d, PK_MSG_ADM_DISCARD);
    pk_htmlf(d->page.out, "<p>%s</p>\n",
             pk_msg_text(PK_MSG_ADM_DISCARD_LEAD, d->page.lang));
    pk_staff_form(&d->page,
                  pk_arena_printf(&d->worker->arena, "/admin/draft/%lld/discard",
                                  (long long)d->draft));
    pk_htmlf(d->page.out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_msg_text(PK_MSG_ADM_DISCARD, d->page.lang));
}

static void write_finding(struct draft_page *d, const json_t *f)
{
    struct pk_buf *out = d->page.out;
    const json_t *point = pk_jget_array(f, "point");
    const char *fix = pk_jget_string(f, "fix"), *object = pk_jget_string(f, "object");
    pk_htmlf(out, "<li>%s%s%s", object, object != NULL ? ": " : "",
             pk_jget_string(f, "text"));
    if (fix != NULL && fix[0] != '\0') {
        pk_htmlf(out, "<br>%s",
                 pk_say(&d->worker->arena, d->page.lang, PK_MSG_ADM_FINDING_FIX, "fix",
                        fix, NULL));
    }
    if (json_array_size(point) == 2) {
        pk_htmlf(out, "<br><a href=\"/?point=%.2f,%.2f&amp;crs=EPSG:3006&amp;lang=%s\">",
                 json_number_value(json_array_get(point, 0)),
                 json_number_value(json_array_get(point, 1)), pk_lang_tag(d->page.lang));
        pk_htmlf(out, "%s</a>", pk_msg_text(PK_MSG_ADM_FINDING_MAP, d->page.lang));
    }
    pk_buf_adds(out, "</li>\n");
}

static const char *severity_word(const char *severity, enum pk_lang lang)
{
    return pk_msg_text(severity == NULL || strcmp(severity, "note") == 0 ? PK_MSG_ADM_NOTE
                       : strcmp(severity, "error") == 0 ? PK_MSG_ADM_ERROR
                                                        : PK_MSG_ADM_WARNING,
                       lang);
}

static bool same_group(const json_t *a, const json_t *b)
{
    const char *x = pk_jget_string(a, "rule"), *y = pk_jget_string(b, "rule");
    const char *s = pk_jget_string(a, "severity"), *t = pk_jget_string(b, "severity");
    return x != NULL && y != NULL && s != NULL && t != NULL && strcmp(x, y) == 0 &&
           strcmp(s, t) == 0;
}

/* By severity and rule, as they come; the errors' groups are open. */
static void write_findings(struct draft_page *d)
{
    struct pk_buf *out = d->page.out;
    size_t all = json_array_size(d->findings);
    heading(d, PK_MSG_ADM_FINDINGS);
    if (all == 0) {
        pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_ADM_FINDINGS_NONE, d->page.lang));
    }
    for (size_t i = 0, end; i < all; i = end) {
        const json_t *first = json_array_get(d->findings, i);
        const char *severity = pk_jget_string(first, "severity");
        for (end = i + 1;
             end < all && same_group(first, json_array_get(d->findings, end)); end++) {
        }
        bool bad = severity != NULL && strcmp(severity, "error") == 0;
        pk_htmlf(out,
                 bad ? "<details open><summary>%s %s (%s)</summary>\n<ul>\n"
                     : "<details><summary>%s %s (%s)</summary>\n<ul>\n",
                 severity_word(severity, d->page.lang), pk_jget_string(first, "rule"),
                 number(d, (int64_t)(end - i)));
        for (size_t k = i; k < end; k++) {
            write_finding(d, json_array_get(d->findings, k));
        }
        pk_buf_adds(out, "</ul>\n</details>\n");
    }
    if (d->findings_more > 0) {
        pk_htmlf(out, "<p>%s</p>\n",
                 pk_say(&d->worker->arena, d->page.lang, PK_MSG_ADM_DIFF_REST, "n",
                        number(d, d->findings_more), NULL));
    }
}

/* ---- replacements ---- */

static const struct {
    const char *kind;
    enum pk_msg_id text;
} choices[] = {
    {"ends-here",   PK_MSG_ADM_ENDS_HERE  },
    {"ends-wholly", PK_MSG_ADM_ENDS_WHOLLY},
    {"beside",      PK_MSG_ADM_BESIDE     },
};

static const char *choice_text(const char *kind, enum pk_lang lang)
{
    for (size_t i = 0; kind != NULL && i < PK_COUNT(choices); i++) {
        if (strcmp(choices[i].kind, kind) == 0) {
            return pk_msg_text(choices[i].text, lang);
        }
    }
    return kind;
}

static void write_choice_form(struct draft_page *d, const json_t *pair, size_t i)
{
    struct pk_buf *out = d->page.out;
    enum pk_lang lang = d->page.lang;
    const char *chosen = pk_jget_string(pair, "choice");
    pk_staff_form(&d->page,
                  pk_arena_printf(&d->worker->arena, "/admin/draft/%lld/replace",
                                  (long long)d->draft));
    pk_htmlf(out, "<input type=\"hidden\" name=\"older\" value=\"%s\">\n",
             pk_jget_string(pair, "older"));
    pk_htmlf(out, "<input type=\"hidden\" name=\"newer\" value=\"%s\">\n",
             pk_jget_string(pair, "newer"));
    pk_htmlf(out, "<fieldset><legend>%s</legend>\n",
             pk_msg_text(PK_MSG_ADM_CHOICE, lang));
    for (size_t k = 0; k < PK_COUNT(choices); k++) {
        bool is = chosen != NULL && strcmp(chosen, choices[k].kind) == 0;
        pk_htmlf(out,
                 "<p class=\"choice\"><input type=\"radio\" id=\"kind-%u-%u\" "
                 "name=\"kind\" value=\"%s\" required%s> ",
                 (unsigned)i, (unsigned)k, choices[k].kind, is ? " checked" : "");
        pk_htmlf(out, "<label for=\"kind-%u-%u\">%s</label></p>\n", (unsigned)i,
                 (unsigned)k, pk_msg_text(choices[k].text, lang));
    }
    pk_htmlf(out,
             "</fieldset>\n<label for=\"reason-%u\">%s</label>\n<input id=\"reason-%u\" "
             "name=\"reason\" type=\"text\" maxlength=\"200\" required value=\"%s\">\n",
             (unsigned)i, pk_msg_text(PK_MSG_ADM_REASON, lang), (unsigned)i,
             pk_jget_string(pair, "reason"));
    pk_htmlf(out, "<button type=\"submit\">%s</button>\n</form>\n",
             pk_say(&d->worker->arena, lang, PK_MSG_ADM_CHOICE_SAVE, "older",
                    pk_jget_string(pair, "older_name"), NULL));
}

static void write_pair(struct draft_page *d, const json_t *pair, size_t i, bool may)
{
    struct pk_buf *out = d->page.out;
    struct pk_arena *arena = &d->worker->arena;
    const char *chosen = pk_jget_string(pair, "choice");
    double area = 0;
    pk_jget_number(pair, "area_m2", &area);
    pk_htmlf(out, "<h3>%s</h3>\n<p>%s %s</p>\n",
             pk_say(arena, d->page.lang, PK_MSG_ADM_TOUCHES, "newer",
                    pk_jget_string(pair, "newer_name"), "older",
                    pk_jget_string(pair, "older_name"), NULL),
             pk_say(arena, d->page.lang, PK_MSG_ADM_AREA, "area",
                    number(d, (int64_t)llround(area)), NULL),
             chosen == NULL ? pk_msg_text(PK_MSG_ADM_CHOICE_NONE, d->page.lang)
                            : pk_say(arena, d->page.lang, PK_MSG_ADM_CHOICE_NOW, "choice",
                                     choice_text(chosen, d->page.lang), "reason",
                                     pk_jget_string(pair, "reason"), NULL));
    if (may) {
        write_choice_form(d, pair, i);
    }
}

static void write_pairs(struct draft_page *d)
{
    const json_t *list = pk_jget_array(d->pairs, "pairs");
    bool may = pk_auth_may(pk_auth_of(d->page.request), PK_ROLE_PLANNER);
    heading(d, PK_MSG_ADM_CHOICES);
    pk_htmlf(d->page.out, "<p>%s</p>\n",
             pk_msg_text(json_array_size(list) > 0 ? PK_MSG_ADM_CHOICES_LEAD
                                                   : PK_MSG_ADM_CHOICES_NONE,
                         d->page.lang));
    for (size_t i = 0; i < json_array_size(list); i++) {
        write_pair(d, json_array_get(list, i), i, may);
    }
    if (pk_jget_bool(d->pairs, "more", false)) {
        pk_htmlf(d->page.out, "<p>%s</p>\n",
                 pk_say(&d->worker->arena, d->page.lang, PK_MSG_ADM_CHOICES_MORE, "n",
                        number(d, (int64_t)json_array_size(list)), NULL));
    }
}

/* ---- the map ---- */

/* The box with room around it, in the shape of the picture. */
static struct pk_box framed(struct pk_box b)
{
    double w = (b.max_x - b.min_x) * 1.3 + 2 * MAP_MARGIN_M;
    double h = (b.max_y - b.min_y) * 1.3 + 2 * MAP_MARGIN_M;
    double x = (b.min_x + b.max_x) / 2, y = (b.min_y + b.max_y) / 2;
    w = w * MAP_HEIGHT < h * MAP_WIDTH ? h * MAP_WIDTH / MAP_HEIGHT : w;
    h = w * MAP_HEIGHT / MAP_WIDTH;
    return (struct pk_box){x - w / 2, y - h / 2, x + w / 2, y + h / 2};
}

static void write_map(struct draft_page *d)
{
    int64_t version = atomic_load(&d->worker->app->version);
    if (!d->placed || version == 0) {
        return;
    }
    struct pk_buf *out = d->page.out;
    struct pk_box b = d->box, f = framed(d->box);
    heading(d, PK_MSG_ADM_MAP);
    pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_ADM_MAP_LEAD, d->page.lang));
    pk_htmlf(out,
             "<p><img class=\"draft-map\" width=\"%d\" height=\"%d\" "
             "src=\"/static/%s/%.2f,%.2f,%.2f,%.2f/%dx%d.png?crs=3006&amp;shape=",
             MAP_WIDTH, MAP_HEIGHT, d->worker->app->style, f.min_x, f.min_y, f.max_x,
             f.max_y, MAP_WIDTH, MAP_HEIGHT);
    pk_htmlf(
        out,
        "POLYGON((%.1f%%20%.1f,%.1f%%20%.1f,%.1f%%20%.1f,%.1f%%20%.1f,%.1f%%20%.1f))\"",
        b.min_x, b.min_y, b.max_x, b.min_y, b.max_x, b.max_y, b.min_x, b.max_y, b.min_x,
        b.min_y);
    pk_htmlf(out, " alt=\"%s\"></p>\n",
             pk_say(&d->worker->arena, d->page.lang, PK_MSG_ADM_MAP_ALT, "version",
                    number(d, version), NULL));
}

/* ---- the page ---- */

static void write_page(struct draft_page *d)
{
    write_summary(d);
    if (d->open) {
        write_actions(d);
    }
    write_findings(d);
    if (d->open) {
        write_pairs(d);
        write_map(d);
    }
    if (d->diff != NULL) {
        heading(d, PK_MSG_ADM_DIFF);
        pk_diff_html(&d->page, d->diff);
        write_discard(d);
    }
    pk_staff_link(&d->page, "/admin/deliveries", PK_MSG_ADM_DELIVERIES);
}

enum pk_status pk_staff_draft(struct pk_worker *worker, const struct pk_request *request,
                              struct pk_response *response, struct pk_error *err)
{
    struct draft_page d = {.worker = worker};
    struct pk_buf out;
    struct pk_db db;
    enum pk_status status = pk_staff_number(&d.draft, request, 0, err);
    if (status == PK_OK) {
        status = pk_staff_view(&db, worker, err);
    }
    if (status != PK_OK) {
        return status;
    }
    status = gather(&d, &db, request->lang, err);
    pk_db_close(&db);
    if (status == PK_OK) {
        pk_staff_begin(&d.page, &out, worker, request,
                       pk_say(&worker->arena, request->lang, PK_MSG_ADM_DRAFT, "draft",
                              pk_staff_digits(worker, d.draft), "source",
                              pk_jget_string(d.show, "source"), NULL));
        write_page(&d);
        pk_staff_end(&d.page, response);
    }
    forget(&d);
    return status;
}
