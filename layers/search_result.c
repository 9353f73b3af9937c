/* search_result.c - what a hit says: its detail in words, links, matched letters. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/crs.h"
#include "layers/search_coordinate.h"
#include "layers/search_private.h"
#include "layers/terms.h"

enum { SENTENCE_MAX = 1000, LABEL_WORDS = 64, HREF_MAX = 2000 };

static const char *said(struct search *s, struct pk_buf *buf)
{
    const char *text = pk_arena_strndup(s->arena, buf->data, buf->len);
    pk_buf_finish(buf);
    return text;
}

static const char *number(struct search *s, double v, int decimals)
{
    char text[64];
    pk_text_fixed(text, sizeof text, v, decimals);
    char *point = strchr(text, '.');
    if (point != NULL && s->lang == PK_SV) {
        *point = ',';
    }
    return pk_arena_strdup(s->arena, text);
}

/* ---- which municipality, when the entry does not tell ---- */

struct at_place {
    struct search *s;
    double x, y;
    const char *name;
};

static bool is_there(const struct pk_feature_row *row, void *ctx)
{
    struct at_place *at = ctx;
    if (row->geom.kind == PK_GEOM_AREA && pk_geom_covers(&row->geom, at->x, at->y)) {
        json_t *attributes =
            row->attributes == NULL ? NULL : json_loads(row->attributes, 0, NULL);
        const char *name = pk_jget_string(attributes, "kommunnamn");
        at->name = pk_arena_strdup(at->s->arena, name == NULL ? row->title : name);
        json_decref(attributes);
    }
    return at->name == NULL;
}

static enum pk_status municipality_at(const char **out, struct search *s, double x,
                                      double y)
{
    struct at_place at = {s, x, y, NULL};
    struct pk_box box = {x, y, x, y};
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < s->layer_count && status == PK_OK && at.name == NULL; i++) {
        const struct pk_layer_row *layer = &s->layers[i];
        if (layer->role == NULL || strcmp(layer->role, "municipality") != 0) {
            continue;
        }
        struct pk_rows rows = {.box = &box, .layer_id = layer->layer_id};
        status = s->store->ops->features(s->store, s->version, &rows, is_there, &at,
                                         s->arena, s->err);
    }
    *out = at.name;
    return status;
}

/* ---- detail: what tells two hits with one name apart ---- */

static const char *first_letter_upper(struct search *s, const char *text)
{
    char *copy = pk_arena_strdup(s->arena, text);
    if (copy[0] >= 'a' && copy[0] <= 'z') {
        copy[0] = (char)(copy[0] - 'a' + 'A');
    }
    return copy;
}

static const char *plan_detail(struct search *s, const json_t *facts)
{
    static const char *const later[] = {"designation", "status", "in_force"};
    const char *type = pk_jget_string(facts, "type");
    const char *text = s->lang == PK_SV && type != NULL
                           ? first_letter_upper(s, type)
                           : pk_msg_text(PK_MSG_SEARCH_PLAN, s->lang);
    for (size_t i = 0; i < PK_COUNT(later); i++) {
        const char *value = pk_jget_string(facts, later[i]);
        const char *words = i == 1 ? pk_term(value, s->lang) : NULL;
        value = words != NULL ? words : value;
        if (value != NULL) {
            text = pk_arena_printf(s->arena, "%s%s%s", text, i == 1 ? ", " : " ", value);
        }
    }
    if (pk_jget_string(facts, "status") == NULL) {
        text = pk_arena_printf(s->arena, "%s, %s", text,
                               pk_msg_text(PK_MSG_SEARCH_NO_STATUS, s->lang));
    }
    return text;
}

static const struct {
    const char *kind;
    enum pk_msg_id alone, in;
} place_details[] = {
    {"property", PK_MSG_SEARCH_PROPERTY, PK_MSG_SEARCH_PROPERTY_IN},
    {"address",  PK_MSG_SEARCH_ADDRESS,  PK_MSG_SEARCH_ADDRESS_IN },
    {"place",    PK_MSG_SEARCH_PLACE,    PK_MSG_SEARCH_PLACE_IN   },
};

static enum pk_status place_detail(const char **out, struct search *s, size_t which,
                                   const struct pk_entry_row *row, const json_t *facts)
{
    const char *name = pk_jget_string(facts, "municipality");
    const char *what = pk_msg_text(place_details[which].alone, s->lang);
    const char *type = pk_jget_string(facts, "type");
    const char *town = pk_jget_string(facts, "town");
    enum pk_status status = PK_OK;
    if (name == NULL) {
        status = municipality_at(&name, s, row->x, row->y);
    }
    if (type != NULL && s->lang == PK_SV) { /* a word of the data, which is Swedish */
        what = first_letter_upper(s, type);
    }
    if (town != NULL) {
        what = pk_arena_printf(s->arena, "%s, %s", what, town);
    }
    struct pk_buf buf;
    pk_buf_init(&buf, SENTENCE_MAX);
    if (name == NULL) {
        pk_buf_adds(&buf, what);
    } else {
        pk_msg(&buf, s->lang, place_details[which].in, "what", what, "name", name, NULL);
    }
    *out = said(s, &buf);
    return status;
}

static enum pk_status detail_of(const char **out, struct search *s,
                                const struct pk_entry_row *row)
{
    json_t *facts = row->detail_key == NULL ? NULL : json_loads(row->detail_key, 0, NULL);
    enum pk_status status = PK_OK;
    struct pk_buf buf;
    *out = NULL;
    for (size_t i = 0; i < PK_COUNT(place_details); i++) {
        if (strcmp(row->kind, place_details[i].kind) == 0) {
            status = place_detail(out, s, i, row, facts);
        }
    }
    if (strcmp(row->kind, "plan") == 0) {
        *out = plan_detail(s, facts);
    } else if (strcmp(row->kind, "regulation") == 0) {
        const char *plan = pk_jget_string(facts, "plan");
        pk_buf_init(&buf, SENTENCE_MAX);
        pk_msg(&buf, s->lang,
               plan == NULL ? PK_MSG_SEARCH_REGULATION : PK_MSG_SEARCH_REGULATION_IN,
               "plan", plan == NULL ? "" : plan, NULL);
        *out = said(s, &buf);
    } else if (strcmp(row->kind, "layer") == 0) {
        const char *title = pk_jget_string(facts, pk_lang_tag(s->lang));
        title = title == NULL ? pk_jget_string(facts, "layer") : title;
        *out = pk_arena_strdup(s->arena, title == NULL ? "" : title);
    }
    json_decref(facts);
    return status;
}

/* ---- links ---- */

static const char *id_link(struct search *s, const char *path, struct pk_id id)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    return pk_arena_printf(s->arena, "%s%s", path, text);
}

static const char *point_link(struct search *s, double x, double y)
{
    char e[64], n[64];
    pk_text_fixed(e, sizeof e, x, 3);
    pk_text_fixed(n, sizeof n, y, 3);
    return pk_arena_printf(s->arena, "/lookup?point=%s,%s&crs=EPSG:3006", e, n);
}

static const char *property_link(struct search *s, const char *path, const char *label)
{
    struct pk_buf buf;
    char *underlined = pk_arena_strdup(s->arena, label);
    for (char *p = underlined; *p != '\0'; p++) {
        *p = *p == ' ' ? '_' : *p;
    }
    pk_buf_init(&buf, HREF_MAX);
    pk_buf_adds(&buf, path);
    pk_url_escape(&buf, underlined, ":");
    return said(s, &buf);
}

enum pk_status pk_search_describe(struct pk_search_result *out, struct search *s,
                                  const struct pk_entry_row *row)
{
    *out = (struct pk_search_result){.kind = row->kind,
                                     .label = row->label,
                                     .id = row->id,
                                     .x = row->x,
                                     .y = row->y,
                                     .box = row->box};
    if (strcmp(row->kind, "property") == 0) {
        out->href = property_link(s, "/property/", row->label);
        out->lookup = property_link(s, "/lookup?property=", row->label);
    } else if (strcmp(row->kind, "address") == 0) {
        out->href = out->lookup = id_link(s, "/lookup?address=", row->id);
    } else if (strcmp(row->kind, "plan") == 0) {
        out->href = id_link(s, "/plan/", row->id);
    } else if (strcmp(row->kind, "regulation") == 0) {
        out->href = id_link(s, "/regulation/", row->id);
    } else {
        out->href = out->lookup = point_link(s, row->x, row->y);
    }
    return detail_of(&out->detail, s, row);
}

/* ---- which letters of the label were asked for ---- */

static void add_match(struct pk_search_result *out, uint32_t from, uint32_t to)
{
    if (out->match_count < PK_COUNT(out->match) && to > from) {
        out->match[out->match_count++] = (struct pk_match){from, to};
    }
}

struct label_word {
    uint32_t from, to; /* code points */
    const char *text;  /* folded */
    bool joined;       /* one character, not a blank, after the word before it */
};

static uint32_t label_words(struct search *s, struct label_word *out, const char *label)
{
    uint32_t count = 0, at = 0, gap = 0;
    bool blank = false;
    for (const char *p = label; *p != '\0' && count < LABEL_WORDS;) {
        const char *start = p;
        uint32_t from = at;
        const char *folded = "";
        /* The longest run that is one word: grow while folding keeps it one. */
        while (*p != '\0') {
            const char *before = p;
            uint32_t c = pk_utf8_next(&p);
            char *one = pk_arena_strndup(s->arena, before, (size_t)(p - before));
            const char *word = pk_search_words(s->arena, one);
            if (word == NULL || *word == '\0') {
                p = before;
                break;
            }
            (void)c;
            at++;
        }
        if (p > start) {
            char *text = pk_arena_strndup(s->arena, start, (size_t)(p - start));
            folded = pk_search_words(s->arena, text);
            out[count] = (struct label_word){from, at, folded == NULL ? "" : folded,
                                             count > 0 && gap == 1 && !blank};
            count++;
            gap = 0;
            blank = false;
        } else {
            blank = blank || pk_utf8_next(&p) == ' ';
            gap++;
            at++;
        }
    }
    return count;
}

static uint32_t letters_in(const char *text)
{
    uint32_t count = 0;
    for (const char *p = text; *p != '\0'; count++) {
        pk_utf8_next(&p);
    }
    return count;
}

/* One term's words stand one after another from word `at` on. */
static bool term_at(const char *term, const struct label_word *words, uint32_t count,
                    uint32_t at, uint32_t *last, uint32_t *letters)
{
    for (const char *p = term; *p != '\0'; at++) {
        size_t len = strcspn(p, " ");
        bool end = p[len] == '\0';
        if (at == count || strncmp(words[at].text, p, len) != 0 ||
            (!end && words[at].text[len] != '\0')) {
            return false;
        }
        *last = at;
        *letters = letters_in(p);
        p += len + !end;
    }
    return *term != '\0';
}

static int by_from(const struct pk_match *a, const struct pk_match *b)
{
    return a->from < b->from ? -1 : a->from > b->from;
}

void pk_search_matches(struct pk_search_result *out, struct search *s)
{
    struct label_word words[LABEL_WORDS];
    uint32_t count = label_words(s, words, out->label);
    bool used[LABEL_WORDS] = {false};
    for (uint32_t t = 0; t < s->term_count; t++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t last = 0, letters = 0;
            if (used[i] || !term_at(s->terms[t], words, count, i, &last, &letters)) {
                continue;
            }
            uint32_t size = words[last].to - words[last].from;
            uint32_t to = words[last].from + (letters < size ? letters : size);
            uint32_t from = words[i].from;
            for (uint32_t k = i; k <= last; k++) {
                used[k] = true;
                if (k > i && !words[k].joined) {
                    add_match(out, from, words[k - 1].to);
                    from = words[k].from;
                }
            }
            add_match(out, from, to);
            break;
        }
    }
    for (uint32_t i = 1; i < out->match_count; i++) {
        for (uint32_t k = i; k > 0 && by_from(&out->match[k], &out->match[k - 1]) < 0;
             k--) {
            struct pk_match swap = out->match[k];
            out->match[k] = out->match[k - 1];
            out->match[k - 1] = swap;
        }
    }
}

/* ---- coordinates ---- */

struct any {
    bool found;
};

static bool see_feature(const struct pk_feature_row *row, void *ctx)
{
    (void)row;
    ((struct any *)ctx)->found = true;
    return false;
}

static bool see_part(const struct pk_part_row *row, void *ctx)
{
    (void)row;
    ((struct any *)ctx)->found = true;
    return false;
}

/* Is there a plan near, or a municipality's box around? Tells the zones apart. */
static enum pk_status has_data(bool *out, struct search *s, double x, double y)
{
    struct pk_box near = {x - 2000, y - 2000, x + 2000, y + 2000}, here = {x, y, x, y};
    struct pk_rows rows = {.box = &near, .limit = 1, .no_geometry = true};
    struct any any = {false};
    enum pk_status status = s->store->ops->plan_parts(s->store, s->version, &rows,
                                                      see_part, &any, s->arena, s->err);
    for (uint32_t i = 0; i < s->layer_count && status == PK_OK && !any.found; i++) {
        const struct pk_layer_row *layer = &s->layers[i];
        if (layer->role != NULL && strcmp(layer->role, "municipality") == 0) {
            rows.box = &here;
            rows.layer_id = layer->layer_id;
            status = s->store->ops->features(s->store, s->version, &rows, see_feature,
                                             &any, s->arena, s->err);
        }
    }
    *out = any.found;
    return status;
}

static void describe_coordinate(struct pk_search_result *out, struct search *s,
                                const struct pk_coordinate *c, double x, double y)
{
    bool degrees = pk_crs_is_degrees(c->crs);
    const char *system = pk_crs_name(c->crs);
    struct pk_buf buf;
    pk_buf_init(&buf, SENTENCE_MAX);
    pk_msg(&buf, s->lang, degrees ? PK_MSG_SEARCH_DEGREES : PK_MSG_SEARCH_METRES, "north",
           number(s, c->y, degrees ? 6 : 3), "east", number(s, c->x, degrees ? 6 : 3),
           NULL);
    *out = (struct pk_search_result){
        .kind = "coordinate",
        .label = said(s, &buf),
        .x = x,
        .y = y,
        .box = {x, y, x, y}
    };
    pk_buf_init(&buf, SENTENCE_MAX);
    pk_msg(&buf, s->lang, PK_MSG_SEARCH_COORDINATE, "system",
           system == NULL ? "?" : system, NULL);
    out->detail = said(s, &buf);
    out->href = out->lookup = point_link(s, x, y);
    out->match[out->match_count++] = (struct pk_match){0, letters_in(out->label)};
}

enum pk_status pk_search_coordinates(struct pk_search_result *out, uint32_t *count,
                                     struct search *s)
{
    struct pk_coordinate all[PK_COORDINATE_MAX];
    uint32_t found = pk_coordinate_parse(all, s->query->text);
    enum pk_status status = PK_OK;
    struct pk_crs *proj = NULL;
    bool placed[PK_COORDINATE_MAX] = {false}, any = false;
    double xy[PK_COORDINATE_MAX][2];
    *count = 0;
    for (uint32_t i = 0; i < found && status == PK_OK; i++) {
        xy[i][0] = all[i].x;
        xy[i][1] = all[i].y;
        if (all[i].crs != 3006) {
            struct pk_error ignored = {0};
            proj = proj == NULL ? pk_crs_create() : proj;
            placed[i] =
                pk_crs_transform(proj, all[i].crs, 3006, xy[i], 1, &ignored) == PK_OK;
        } else {
            placed[i] = true;
        }
        placed[i] = placed[i] && pk_crs_in_reach(xy[i][0], xy[i][1]);
    }
    bool near[PK_COORDINATE_MAX] = {false};
    for (uint32_t i = 0; i < found && found > 1 && status == PK_OK; i++) {
        if (placed[i]) {
            status = has_data(&near[i], s, xy[i][0], xy[i][1]);
            any = any || near[i];
        }
    }
    for (uint32_t i = 0; i < found && status == PK_OK; i++) {
        if (placed[i] && (!any || near[i])) {
            describe_coordinate(&out[(*count)++], s, &all[i], xy[i][0], xy[i][1]);
        }
    }
    pk_crs_destroy(proj);
    return status;
}

/* ---- the one line that is read aloud ---- */

static const char *thing(struct search *s, const struct pk_search_result *r)
{
    static const struct {
        const char *kind;
        enum pk_msg_id the;
    } things[] = {
        {"property",   PK_MSG_SEARCH_THE_PROPERTY  },
        {"address",    PK_MSG_SEARCH_THE_ADDRESS   },
        {"place",      PK_MSG_SEARCH_THE_PLACE     },
        {"plan",       PK_MSG_SEARCH_THE_PLAN      },
        {"regulation", PK_MSG_SEARCH_THE_REGULATION},
        {"coordinate", PK_MSG_SEARCH_THE_COORDINATE}
    };
    for (size_t i = 0; i < PK_COUNT(things); i++) {
        if (strcmp(r->kind, things[i].kind) == 0) {
            return pk_arena_printf(s->arena, "%s %s", pk_msg_text(things[i].the, s->lang),
                                   r->label);
        }
    }
    return r->label;
}

/* At most SEARCH_STATUS_MAX code points. */
static const char *cut(struct search *s, const char *text)
{
    const char *p = text, *last = text;
    for (int n = 0; *p != '\0'; n++) {
        if (n == SEARCH_STATUS_MAX - 1) {
            last = p;
        }
        if (n == SEARCH_STATUS_MAX) {
            return pk_arena_printf(s->arena, "%.*s…", (int)(last - text), text);
        }
        pk_utf8_next(&p);
    }
    return text;
}

const char *pk_search_status(struct search *s, const struct pk_search_answer *a)
{
    struct pk_buf buf;
    char count[24];
    snprintf(count, sizeof count, "%u", a->count);
    pk_buf_init(&buf, SENTENCE_MAX);
    if (a->count == 0 && a->suggestion == NULL) {
        pk_msg(&buf, s->lang, PK_MSG_SEARCH_NONE, NULL);
    } else if (a->count == 0) {
        pk_msg(&buf, s->lang, PK_MSG_SEARCH_NONE_BUT, "suggestion", a->suggestion, NULL);
    } else if (a->suggestion != NULL && a->count == 1 && !a->more) {
        pk_msg(&buf, s->lang, PK_MSG_SEARCH_CORRECTED_ONE, "words", a->suggestion, "best",
               thing(s, &a->results[0]), NULL);
    } else if (a->suggestion != NULL) {
        pk_msg(&buf, s->lang, PK_MSG_SEARCH_CORRECTED, "count", count, "words",
               a->suggestion, "best", thing(s, &a->results[0]), NULL);
    } else if (a->count == 1 && !a->more) {
        pk_msg(&buf, s->lang, PK_MSG_SEARCH_ONE, "best", thing(s, &a->results[0]), NULL);
    } else {
        pk_msg(&buf, s->lang, a->more ? PK_MSG_SEARCH_MANY : PK_MSG_SEARCH_SOME, "count",
               count, "best", thing(s, &a->results[0]), NULL);
    }
    return cut(s, said(s, &buf));
}
