#include "server/legend_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/legend.h"
#include "server/legend_swatch.h"

/* The order of a plan map's legend (plan-domain 4.4). `form` is how the stored form of
 * land begins, "" = any. */
static const struct section {
    const char *id, *source_layer, *form;
    enum pk_msg_id title;
} sections[] = {
    {"boundaries",          "boundary",                  "",    PK_MSG_LEGEND_S_BOUNDARIES    },
    {"use-public",          "use",                       "all", PK_MSG_LEGEND_S_USE_PUBLIC    },
    {"use-building",        "use",                       "kva", PK_MSG_LEGEND_S_USE_BUILDING  },
    {"use-water",           "use",                       "vat", PK_MSG_LEGEND_S_USE_WATER     },
    {"use",                 "use",                       "",    PK_MSG_LEGEND_S_USE           },
    {"regulation-public",   "property_regulation",       "all", PK_MSG_LEGEND_S_RULES_PUBLIC  },
    {"regulation-building", "property_regulation",       "kva", PK_MSG_LEGEND_S_RULES_BUILDING},
    {"regulation-water",    "property_regulation",       "vat", PK_MSG_LEGEND_S_RULES_WATER   },
    {"regulation",          "property_regulation",       "",    PK_MSG_LEGEND_S_RULES         },
    {"administrative",      "administrative_regulation", "",    PK_MSG_LEGEND_S_ADMINISTRATIVE},
    {"plans",               "plan",                      "",    PK_MSG_LEGEND_S_PLANS         },
    {"other",               "",                          "",    PK_MSG_LEGEND_S_OTHER         },
};

static uint32_t section_of(const struct pk_class *row)
{
    uint32_t i = 0;
    while (i + 1 < PK_COUNT(sections) &&
           (strcmp(sections[i].source_layer, row->source_layer) != 0 ||
            strncmp(sections[i].form, row->form, strlen(sections[i].form)) != 0)) {
        i++;
    }
    return i;
}

static bool is_known(const struct pk_legend_view *view, const struct pk_legend_entry *e)
{
    for (uint32_t i = 0; i < view->count; i++) {
        const struct pk_legend_entry *k = &view->entries[i];
        if (k->section == e->section && strcmp(k->letter, e->letter) == 0 &&
            strcmp(k->title, e->title) == 0) {
            return true;
        }
    }
    return false;
}

static int by_order(const void *pa, const void *pb)
{
    const struct pk_legend_entry *a = pa, *b = pb;
    if (a->section != b->section) {
        return a->section < b->section ? -1 : 1;
    }
    if (a->letter[0] == '\0' && b->letter[0] == '\0' && a->layer != b->layer) {
        return a->layer > b->layer ? -1 : 1;
    }
    int letters = strcmp(a->letter, b->letter);
    return letters != 0 ? letters : strcmp(a->title, b->title);
}

void pk_legend_view(struct pk_legend_view *out, const struct pk_classes *classes,
                    const struct pk_style *style, const char *layer_title,
                    enum pk_lang lang, struct pk_arena *arena)
{
    out->style = pk_style_name(style);
    out->theme = pk_style_theme(style);
    out->lang = lang;
    out->count = 0;
    out->more = classes->more;
    for (uint32_t i = 0; i < classes->count; i++) {
        const struct pk_class *row = &classes->rows[i];
        struct pk_legend_entry e = {.section = section_of(row),
                                    .layer = row->layer,
                                    .letter =
                                        row->label[0] != '\0' ? row->label : row->letter,
                                    .title = row->wording,
                                    .legend_class = row->legend_class,
                                    .filled = row->filled,
                                    .colour = row->colour,
                                    .sample = row->sample};
        e.delivered = e.title[0] != '\0';
        if (e.title[0] == '\0') {
            e.title = layer_title != NULL
                          ? layer_title
                          : pk_legend_class_title(row->legend_class, lang);
        }
        if (strcmp(row->phase, "ongoing") == 0 && row->wording[0] != '\0') {
            e.title = pk_arena_printf(arena, "%s (%s)", e.title,
                                      pk_msg_text(PK_MSG_LEGEND_NOT_YET, lang));
        }
        if (!is_known(out, &e)) {
            out->entries[out->count++] = e;
        }
    }
    qsort(out->entries, out->count, sizeof(out->entries[0]), by_order);
}

const char *pk_legend_heading(const struct pk_legend_view *view, uint32_t i)
{
    bool first = i == 0 || view->entries[i - 1].section != view->entries[i].section;
    return first ? pk_msg_text(sections[view->entries[i].section].title, view->lang)
                 : NULL;
}

static bool is_last_of(const struct pk_legend_view *view, uint32_t i)
{
    return i + 1 == view->count ||
           view->entries[i + 1].section != view->entries[i].section;
}

const char *pk_legend_words(const struct pk_legend_entry *entry, struct pk_arena *arena)
{
    return entry->letter[0] != '\0'
               ? pk_arena_printf(arena, "%s: %s", entry->letter, entry->title)
               : entry->title;
}

void pk_legend_sections(struct pk_json *j, const struct pk_legend_view *view)
{
    pk_json_key(j, "sections");
    pk_json_array(j);
    for (uint32_t i = 0; i < view->count; i++) {
        const struct pk_legend_entry *e = &view->entries[i];
        char colour[PK_COLOUR_TEXT];
        pk_colour_format(colour, e->colour);
        if (pk_legend_heading(view, i) != NULL) {
            pk_json_object(j);
            pk_json_member(j, "id", sections[e->section].id);
            pk_json_member(j, "title", pk_legend_heading(view, i));
            pk_json_key(j, "entries");
            pk_json_array(j);
        }
        pk_json_object(j);
        pk_json_member(j, "class", e->legend_class);
        pk_json_member(j, "letter", e->letter[0] != '\0' ? e->letter : NULL);
        pk_json_member(j, "title", e->title);
        pk_json_member(j, "colour", e->filled ? colour : NULL);
        pk_json_end(j);
        if (is_last_of(view, i)) {
            pk_json_end(j);
            pk_json_end(j);
        }
    }
    pk_json_end(j);
}

void pk_legend_view_json(struct pk_buf *out, const struct pk_legend_view *view)
{
    struct pk_json j;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member(&j, "style", view->style);
    pk_json_member(&j, "theme", view->theme);
    pk_json_member(&j, "lang", pk_lang_tag(view->lang));
    pk_json_key(&j, "more");
    pk_json_bool(&j, view->more);
    pk_legend_sections(&j, view);
    pk_json_end(&j);
}

void pk_legend_view_text(struct pk_buf *out, const struct pk_legend_view *view)
{
    for (uint32_t i = 0; i < view->count; i++) {
        const struct pk_legend_entry *e = &view->entries[i];
        if (pk_legend_heading(view, i) != NULL) {
            pk_buf_addf(out, "%s%s\n", i == 0 ? "" : "\n", pk_legend_heading(view, i));
        }
        pk_buf_addf(out, "  %s%s%s\n", e->letter, e->letter[0] != '\0' ? ": " : "",
                    e->title);
    }
}

void pk_legend_view_html(struct pk_page *page, const struct pk_legend_view *view,
                         int level, struct pk_arena *arena)
{
    struct pk_buf *out = page->out;
    for (uint32_t i = 0; i < view->count; i++) {
        const struct pk_legend_entry *e = &view->entries[i];
        if (pk_legend_heading(view, i) != NULL) {
            pk_htmlf(out, "<h%d>%s</h%d>\n<ul class=\"legend\">\n", level,
                     pk_legend_heading(view, i), level);
        }
        pk_htmlf(out,
                 "<li><img class=\"swatch\" width=\"%d\" height=\"%d\" alt=\"\" "
                 "loading=\"lazy\" src=\"%s\" srcset=\"%s 2x\"> ",
                 PK_SWATCH_W, PK_SWATCH_H,
                 pk_swatch_url(view->style, view->theme, &e->sample, "", arena),
                 pk_swatch_url(view->style, view->theme, &e->sample, "@2x", arena));
        if (e->letter[0] != '\0') {
            pk_htmlf(out, "<b>%s</b> ", e->letter);
        }
        bool foreign = e->delivered && view->lang != PK_SV;
        pk_htmlf(out, "<span%s>%s</span></li>\n", foreign ? " lang=sv" : NULL, e->title);
        pk_buf_adds(out, is_last_of(view, i) ? "</ul>\n" : "");
    }
}
