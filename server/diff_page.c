#include "server/diff_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonread.h"

enum {
    PLANS_SHOWN = 200,
    REGULATIONS_SHOWN = 200,
    FEATURES_SHOWN = 100,
    VALUE_SHOWN = 300 /* bytes of a value */
};

struct pk_diff_counts pk_diff_count(const json_t *diff)
{
    struct pk_diff_counts n = {0};
    const json_t *plans = pk_jget_array(diff, "plans");
    for (size_t i = 0; i < json_array_size(plans); i++) {
        const char *change = pk_jget_string(json_array_get(plans, i), "change");
        uint32_t *to = change == NULL || strcmp(change, "changed") == 0 ? &n.changed
                       : strcmp(change, "added") == 0                   ? &n.added
                                                                        : &n.removed;
        (*to)++;
    }
    n.layers = (uint32_t)json_array_size(pk_jget_array(diff, "layers"));
    return n;
}

static const char *change_word(const struct pk_page *page, const json_t *thing)
{
    const char *change = pk_jget_string(thing, "change");
    return pk_msg_text(change == NULL || strcmp(change, "changed") == 0
                           ? PK_MSG_DIFF_CHANGED
                       : strcmp(change, "added") == 0 ? PK_MSG_DIFF_ADDED
                                                      : PK_MSG_DIFF_REMOVED,
                       page->lang);
}

/* A value for people: text bare, other things as JSON, long ones cut between letters. */
static const char *value_text(struct pk_arena *arena, const struct pk_page *page,
                              const json_t *value)
{
    if (value == NULL || json_is_null(value)) {
        return pk_msg_text(PK_MSG_DIFF_ABSENT, page->lang);
    }
    if (json_is_string(value) && json_string_length(value) <= VALUE_SHOWN) {
        return json_string_value(value);
    }
    char *json =
        json_is_string(value)
            ? strdup(json_string_value(value))
            : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(13));
    size_t len = json != NULL ? strlen(json) : 0, cut = len;
    if (len > VALUE_SHOWN) {
        cut = VALUE_SHOWN;
        while (cut > 0 && ((unsigned char)json[cut] & 0xc0) == 0x80) {
            cut--;
        }
    }
    const char *text = pk_arena_printf(arena, "%.*s%s", (int)cut,
                                       json != NULL ? json : "", cut < len ? " …" : "");
    free(json);
    return text;
}

static void write_members(struct pk_page *page, const json_t *thing)
{
    struct pk_arena arena = {0};
    const json_t *members = pk_jget_array(thing, "members");
    double shift = 0;
    bool moved =
        pk_jget_number(pk_jget_object(thing, "geometry"), "largest_shift_m", &shift);
    if (json_array_size(members) == 0 && !moved) {
        return;
    }
    pk_buf_adds(page->out, "<ul>\n");
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *m = json_array_get(members, i);
        pk_htmlf(page->out, "<li>%s</li>\n",
                 pk_say(&arena, page->lang, PK_MSG_DIFF_MEMBER, "name",
                        pk_jget_string(m, "name"), "before",
                        value_text(&arena, page, json_object_get(m, "before")), "after",
                        value_text(&arena, page, json_object_get(m, "after")), NULL));
    }
    if (moved) {
        char metres[32];
        pk_text_fixed(metres, sizeof(metres), shift, 2);
        pk_htmlf(page->out, "<li>%s</li>\n",
                 pk_say(&arena, page->lang, PK_MSG_DIFF_MOVED, "m", metres, NULL));
    }
    pk_buf_adds(page->out, "</ul>\n");
    pk_arena_finish(&arena);
}

static const char *name_of(const json_t *thing, const char *first, const char *second)
{
    const char *name = pk_jget_string(thing, first);
    name = name != NULL ? name : pk_jget_string(thing, second);
    return name != NULL ? name : pk_jget_string(thing, "id");
}

static void write_rest(struct pk_page *page, size_t all, size_t shown)
{
    struct pk_arena arena = {0};
    if (all > shown) {
        pk_htmlf(page->out, "<li>%s</li>\n",
                 pk_say(&arena, page->lang, PK_MSG_ADM_DIFF_REST, "n",
                        pk_arena_printf(&arena, "%zu", all - shown), NULL));
    }
    pk_arena_finish(&arena);
}

static bool is_changed(const json_t *thing)
{
    const char *change = pk_jget_string(thing, "change");
    return change != NULL && strcmp(change, "changed") == 0;
}

static void write_regulations(struct pk_page *page, const json_t *plan)
{
    const json_t *list = pk_jget_array(plan, "regulations");
    struct pk_arena arena = {0};
    size_t all = json_array_size(list);
    if (all == 0) {
        return;
    }
    pk_buf_adds(page->out, "<ul>\n");
    for (size_t i = 0; i < all && i < REGULATIONS_SHOWN; i++) {
        const json_t *r = json_array_get(list, i);
        pk_htmlf(page->out, "<li>%s",
                 pk_say(&arena, page->lang, PK_MSG_DIFF_REGULATION, "name",
                        name_of(r, "bestammelseformulering", "beteckning"), "change",
                        change_word(page, r), NULL));
        if (is_changed(r)) {
            write_members(page, r);
        }
        pk_buf_adds(page->out, "</li>\n");
    }
    write_rest(page, all, REGULATIONS_SHOWN);
    pk_buf_adds(page->out, "</ul>\n");
    pk_arena_finish(&arena);
}

static void write_plans(struct pk_page *page, const json_t *list)
{
    struct pk_arena arena = {0};
    size_t all = json_array_size(list);
    pk_buf_adds(page->out, "<ul class=\"diff\">\n");
    for (size_t i = 0; i < all && i < PLANS_SHOWN; i++) {
        const json_t *plan = json_array_get(list, i);
        pk_htmlf(page->out, "<li>%s\n",
                 pk_say(&arena, page->lang, PK_MSG_DIFF_PLAN, "name",
                        name_of(plan, "beteckning", "namn"), "change",
                        change_word(page, plan), NULL));
        if (is_changed(plan)) {
            write_members(page, plan);
            write_regulations(page, plan);
        }
        pk_buf_adds(page->out, "</li>\n");
    }
    write_rest(page, all, PLANS_SHOWN);
    pk_buf_adds(page->out, "</ul>\n");
    pk_arena_finish(&arena);
}

static const char *count_text(struct pk_arena *arena, const json_t *layer,
                              const char *name)
{
    long long n = 0;
    pk_jget_int(layer, name, &n);
    return pk_arena_printf(arena, "%lld", n);
}

static void write_layer(struct pk_page *page, const json_t *layer)
{
    struct pk_arena arena = {0};
    const json_t *features = pk_jget_array(layer, "features");
    size_t all = json_array_size(features);
    pk_htmlf(page->out, "<li>%s\n",
             pk_say(&arena, page->lang, PK_MSG_ADM_DIFF_LAYER, "name",
                    pk_jget_string(layer, "id"), "added",
                    count_text(&arena, layer, "added"), "changed",
                    count_text(&arena, layer, "changed"), "removed",
                    count_text(&arena, layer, "removed"), NULL));
    if (all > 0) {
        pk_buf_adds(page->out, "<ul>\n");
        for (size_t i = 0; i < all && i < FEATURES_SHOWN; i++) {
            const json_t *f = json_array_get(features, i);
            pk_htmlf(page->out, "<li>%s",
                     pk_say(&arena, page->lang, PK_MSG_DIFF_REGULATION, "name",
                            name_of(f, "title", "id"), "change", change_word(page, f),
                            NULL));
            if (is_changed(f)) {
                write_members(page, f);
            }
            pk_buf_adds(page->out, "</li>\n");
        }
        write_rest(page, all, FEATURES_SHOWN);
        pk_buf_adds(page->out, "</ul>\n");
    }
    pk_buf_adds(page->out, "</li>\n");
    pk_arena_finish(&arena);
}

void pk_diff_html(struct pk_page *page, const json_t *diff)
{
    const json_t *plans = pk_jget_array(diff, "plans");
    const json_t *layers = pk_jget_array(diff, "layers");
    if (json_array_size(plans) == 0 && json_array_size(layers) == 0) {
        pk_htmlf(page->out, "<p>%s</p>\n",
                 pk_msg_text(PK_MSG_ADM_DIFF_NOTHING, page->lang));
    }
    if (json_array_size(plans) > 0) {
        write_plans(page, plans);
    }
    if (json_array_size(layers) > 0) {
        pk_buf_adds(page->out, "<ul class=\"diff\">\n");
        for (size_t i = 0; i < json_array_size(layers); i++) {
            write_layer(page, json_array_get(layers, i));
        }
        pk_buf_adds(page->out, "</ul>\n");
    }
}
