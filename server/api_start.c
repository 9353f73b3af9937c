/* / : the map for citizens. Everything works without script: search, a picture of the
 * map that can be clicked, moved and zoomed by links, the answer, and the list of what
 * the map shows. The script, when there is one, replaces the picture by a live map. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/parse.h"
#include "layers/terms.h"
#include "server/answer_page.h"
#include "server/api.h"
#include "server/api_legend.h"
#include "server/extent.h"
#include "server/ground.h"
#include "server/map_layers.h"
#include "server/search_page.h"
#include "server/styleset.h"
#include "server/view_list.h"
#include "styles/shipped.h"

enum { MAP_W = 640, MAP_H = 400, START_LEVEL = 8, PAN_PART = 2 };

/* Metres of one pixel on a screen at scale 1:1 (OGC: 0.28 mm). */
static const double screen_pixel_m = 0.00028;

struct view {
    double x, y; /* middle, EPSG:3006 */
    uint32_t z;  /* level of the municipal grid */
    double pixel;
    struct pk_box box;
    const char *theme;
};

struct start {
    struct pk_worker *worker;
    const struct pk_request *request;
    struct view view;
    struct pk_search_answer *found;
    struct pk_answer *answer;
    bool asked;
    double ask_x, ask_y;
    struct pk_background_info
        ground;          /* the outside map that was chosen; id NULL = none */
    bool ground_missing; /* it gives no picture now */
    struct pk_map_layers *layers;
};

static const struct pk_grid *view_grid(void)
{
    return pk_grid_find("SWEREF99TMKommun");
}

static void settle(struct view *view)
{
    const struct pk_grid *grid = view_grid();
    view->pixel = grid->levels[view->z].pixel;
    double w = MAP_W * view->pixel / 2, h = MAP_H * view->pixel / 2;
    view->box = (struct pk_box){view->x - w, view->y - h, view->x + w, view->y + h};
}

/* The finest level that shows `metres` across. */
static uint32_t level_for(double metres)
{
    const struct pk_grid *grid = view_grid();
    uint32_t z = 0;
    while (z + 1 < grid->level_count && grid->levels[z + 1].pixel * MAP_W >= metres) {
        z++;
    }
    return z;
}

static enum pk_status default_view(struct start *s, struct pk_error *err)
{
    const struct pk_opts *opts = s->worker->app->opts;
    const char *point = pk_opts_text(opts, "start.point");
    double scale = pk_opts_number(opts, "start.scale"), xy[2];
    s->view.z = START_LEVEL;
    if (scale > 0) {
        s->view.z = level_for(scale * screen_pixel_m * MAP_W);
    }
    if (point != NULL && pk_request_numbers(point, xy, 2)) {
        enum pk_status status = pk_crs_transform(
            s->worker->crs, (int)pk_opts_int(opts, "start.crs"), 3006, xy, 1, err);
        s->view.x = xy[0];
        s->view.y = xy[1];
        return status;
    }
    struct pk_box box;
    enum pk_status status = pk_extent_of(&box, s->worker->app->extent, s->worker->store,
                                         atomic_load(&s->worker->app->version), err);
    if (status == PK_OK && !pk_box_is_empty(box)) {
        s->view.x = (box.min_x + box.max_x) / 2;
        s->view.y = (box.min_y + box.max_y) / 2;
        if (scale <= 0) {
            s->view.z = level_for(fmax(box.max_x - box.min_x, box.max_y - box.min_y));
        }
    } else if (status == PK_OK) { /* nothing to show: the middle of Sweden */
        s->view.x = 610000;
        s->view.y = 6950000;
        s->view.z = 0;
    }
    return status;
}

static enum pk_status read_view(struct start *s, struct pk_error *err)
{
    const struct pk_request *request = s->request;
    const char *x = pk_request_arg(request, "x"), *y = pk_request_arg(request, "y");
    const char *z = pk_request_arg(request, "z");
    enum pk_status status = pk_api_theme(s->worker->app, request, &s->view.theme, err);
    bool given = x != NULL && y != NULL && pk_parse_all_double(x, &s->view.x) &&
                 pk_parse_all_double(y, &s->view.y);
    if (status == PK_OK && (x != NULL || y != NULL) && !given) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "x", PK_MSG_REQ_VIEW, NULL);
    }
    if (status == PK_OK && given) {
        s->view.z = START_LEVEL;
    } else if (status == PK_OK) {
        status = default_view(s, err);
        if (s->answer != NULL && !pk_box_is_empty(s->answer->extent)) {
            const struct pk_box *e = &s->answer->extent;
            s->view.x = (e->min_x + e->max_x) / 2;
            s->view.y = (e->min_y + e->max_y) / 2;
            s->view.z = level_for(
                fmax(fmax(e->max_x - e->min_x, e->max_y - e->min_y) * 1.5, 400));
        } else if (s->found != NULL && s->found->count > 0) {
            s->view.x = s->found->results[0].x;
            s->view.y = s->found->results[0].y;
            s->view.z = level_for(800);
        }
    }
    if (status == PK_OK && z != NULL &&
        !pk_parse_all_u32(z, view_grid()->level_count - 1, &s->view.z)) {
        return pk_fail_said(
            err, PK_BAD_INPUT, request->lang, "z", PK_MSG_REQ_LEVEL, "value", z, "max",
            pk_arena_printf(&s->worker->arena, "%u", view_grid()->level_count - 1), NULL);
    }
    if (status == PK_OK) {
        settle(&s->view);
    }
    return status;
}

/* What was asked goes along to the next view. */
static const char *const kept[] = {"q",       "point",  "crs",        "property",
                                   "address", "layers", "background", "theme"};
enum { KEPT_LOOKS = 2 }; /* the last: the choices of the form about looks */

/* A link to this page with another view; keeps what was asked and the theme. */
static const char *view_link_with(struct start *s, double x, double y, uint32_t z,
                                  const char *layers)
{
    struct pk_buf url;
    pk_buf_init(&url, PK_TARGET_MAX * 4);
    pk_buf_addf(&url, "/?x=%.1f&y=%.1f&z=%u&lang=%s", x, y, z,
                pk_lang_tag(s->request->lang));
    for (size_t i = 0; i < PK_COUNT(kept); i++) {
        const char *value = layers != NULL && strcmp(kept[i], "layers") == 0
                                ? layers
                                : pk_request_arg(s->request, kept[i]);
        if (value != NULL) {
            pk_buf_addf(&url, "&%s=", kept[i]);
            pk_url_escape(&url, value, ",:");
        }
    }
    const char *link = pk_arena_strdup(&s->worker->arena, url.data);
    pk_buf_finish(&url);
    return link;
}

static const char *view_link(struct start *s, double x, double y, uint32_t z)
{
    return view_link_with(s, x, y, z, NULL);
}

/* A click on the picture leads to the same page with that point. The keyboard sends
 * 0, 0 and means the middle. */
static bool clicked(struct start *s, struct pk_response *response)
{
    const char *px = pk_request_arg(s->request, "klick.x");
    const char *py = pk_request_arg(s->request, "klick.y");
    uint32_t x, y;
    if (px == NULL || py == NULL || !pk_parse_all_u32(px, MAP_W, &x) ||
        !pk_parse_all_u32(py, MAP_H, &y)) {
        return false;
    }
    bool keyboard = x == 0 && y == 0;
    double e = keyboard ? s->view.x : s->view.box.min_x + (x + 0.5) * s->view.pixel;
    double n = keyboard ? s->view.y : s->view.box.max_y - (y + 0.5) * s->view.pixel;
    struct pk_buf url;
    pk_buf_init(&url, PK_TARGET_MAX * 4);
    pk_buf_addf(&url, "/?x=%.1f&y=%.1f&z=%u&point=%.1f,%.1f&theme=%s&lang=%s", s->view.x,
                s->view.y, s->view.z, e, n, s->view.theme, pk_lang_tag(s->request->lang));
    static const char *const chosen[] = {"layers", "background"};
    for (size_t i = 0; i < PK_COUNT(chosen); i++) {
        const char *value = pk_request_arg(s->request, chosen[i]);
        if (value != NULL) {
            pk_buf_addf(&url, "&%s=", chosen[i]);
            pk_url_escape(&url, value, ",");
        }
    }
    pk_buf_adds(&url, "#svar");
    response->status = 303;
    response->location = pk_arena_strdup(&s->worker->arena, url.data);
    pk_buf_finish(&url);
    return true;
}

static enum pk_status ask(struct start *s, struct pk_error *err)
{
    struct pk_worker *worker = s->worker;
    const char *q = pk_request_arg(s->request, "q");
    enum pk_status status = PK_OK;
    if (q != NULL && q[strspn(q, " ")] != '\0') {
        struct pk_search_query query;
        status = pk_search_question(s->request, &query, err);
        if (status == PK_OK) {
            status = pk_search(&s->found, worker->store, &query, &worker->arena, err);
        }
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_question question;
    status = pk_api_question(worker, s->request, &question, err);
    if (status == PK_NOT_FOUND) {
        return PK_OK; /* nothing is asked */
    }
    if (status == PK_OK) {
        s->asked = true;
        status = pk_lookup(&s->answer, worker->store, &question, &worker->municipality,
                           &worker->suggestions, &worker->arena, err);
    }
    return status;
}

/* ---- writing ---- */

static void write_map_link(struct pk_page *page, struct start *s, enum pk_msg_id text,
                           const char *move, double dx, double dy, int dz)
{
    const struct view *v = &s->view;
    long levels = (long)view_grid()->level_count, z = (long)v->z + dz;
    bool off = z < 0 || z >= levels;
    z = z < 0 ? 0 : z >= levels ? levels - 1 : z;
    double w = MAP_W * v->pixel / PAN_PART, h = MAP_H * v->pixel / PAN_PART;
    pk_htmlf(page->out, "<li><a href=\"%s\" data-move=\"%s\"%s>%s</a></li>\n",
             view_link(s, v->x + dx * w, v->y + dy * h, (uint32_t)z), move,
             off ? " aria-disabled=true" : NULL, pk_msg_text(text, page->lang));
}

/* ---- what lies under the plans ---- */

static const char *chosen_ground(const struct pk_request *request)
{
    const char *id = pk_request_arg(request, "background");
    return id != NULL && *id != '\0' ? id : NULL;
}

/* A page without script shows the picture, so it must know whether the other server gives
 * one. With script (live=1) the map's own tiles tell. */
bool pk_asks_outside_start(const struct pk_app *app, const struct pk_request *request)
{
    const char *id = chosen_ground(request);
    return id != NULL && pk_request_arg(request, "live") == NULL &&
           pk_background_find(app->backgrounds, id, NULL);
}

static enum pk_status read_ground(struct start *s, struct pk_error *err)
{
    struct pk_worker *worker = s->worker;
    const char *id = chosen_ground(s->request);
    if (id == NULL) {
        return PK_OK;
    }
    if (!pk_background_find(worker->app->backgrounds, id, &s->ground)) {
        return pk_fail_said(err, PK_BAD_INPUT, s->request->lang, "background",
                            PK_MSG_REQ_BACKGROUND, "value", id, NULL);
    }
    if (pk_asks_outside_start(worker->app, s->request)) {
        struct pk_error why;
        struct pk_surface pixels = {0};
        struct pk_ground_view view = {3006, s->view.box, MAP_W, MAP_H};
        s->ground_missing = pk_ground(&pixels, worker->app->backgrounds, id, &view,
                                      worker->crs, &worker->arena, &why) != PK_OK;
        pk_surface_finish(&pixels);
    }
    return PK_OK;
}

static const char *ground_style(const struct start *s)
{
    return s->ground.id != NULL ? s->ground.id : "base";
}

/* ---- the map ---- */

static const char *picture_url(struct start *s)
{
    const struct view *v = &s->view;
    struct pk_arena *arena = &s->worker->arena;
    const char *marker =
        s->asked ? pk_arena_printf(arena, "&marker=%.1f,%.1f", s->ask_x, s->ask_y) : "";
    return pk_arena_printf(
        arena, "/static/%s/%.1f,%.1f,%.1f,%.1f/%dx%d.png?theme=%s%s",
        pk_map_styles(s->layers, ground_style(s), s->worker->app->style, arena),
        v->box.min_x, v->box.min_y, v->box.max_x, v->box.max_y, MAP_W, MAP_H, v->theme,
        marker);
}

/* What the script needs to know about the grid. */
static void write_grid(struct pk_buf *out)
{
    const struct pk_grid *grid = view_grid();
    const struct pk_level *first = &grid->levels[0];
    double side = first->pixel * PK_TILE_PX;
    pk_htmlf(out, "data-grid=\"%s\" data-extent=\"%.1f,%.1f,%.1f,%.1f\" ", grid->id,
             grid->left, grid->top - first->rows * side,
             grid->left + first->columns * side, grid->top);
    pk_buf_adds(out, "data-resolutions=\"");
    for (uint32_t z = 0; z < grid->level_count; z++) {
        pk_htmlf(out, "%s%.6f", z == 0 ? "" : ",", grid->levels[z].pixel);
    }
    pk_buf_adds(out, "\"");
}

/* The attributes that the script reads, and its hidden texts. */
static void write_map_data(struct pk_page *page, struct start *s)
{
    const struct view *v = &s->view;
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    pk_htmlf(
        out,
        "<div id=\"map\" class=\"map\" data-x=\"%.1f\" data-y=\"%.1f\" "
        "data-z=\"%u\" data-theme=\"%s\" data-styles=\"%s\" ",
        v->x, v->y, v->z, v->theme,
        pk_map_styles(s->layers, ground_style(s), page->app->style, &s->worker->arena));
    pk_htmlf(out, "data-label=\"%s\" data-failed=\"%s\" data-themed=\"%s\" ",
             pk_msg_text(PK_MSG_START_MAP_LABEL, lang),
             pk_msg_text(PK_MSG_START_FAILED, lang),
             pk_msg_text(PK_MSG_START_THEMED, lang));
    write_grid(out);
    pk_buf_adds(out, " data-grounds=\"");
    struct pk_background_info info;
    for (uint32_t i = 0; pk_background_at(page->app->backgrounds, i, &info); i++) {
        pk_htmlf(out, "%s%s", i == 0 ? "" : ",", info.id);
    }
    pk_buf_adds(out, "\"");
    if (s->asked) {
        pk_htmlf(out, " data-point=\"%.1f,%.1f\"", s->ask_x, s->ask_y);
    }
}

/* Who made the outside map, and whether it is there. The script fills the second. */
static void write_ground_facts(struct pk_page *page, const struct start *s)
{
    struct pk_background_info info;
    for (uint32_t i = 0; pk_background_at(page->app->backgrounds, i, &info); i++) {
        bool chosen = s->ground.id != NULL && strcmp(s->ground.id, info.id) == 0;
        struct pk_arena *arena = &s->worker->arena;
        pk_htmlf(page->out,
                 "<p class=\"attribution\" data-background=\"%s\"%s>%s%s%s</p>\n",
                 info.id, chosen ? "" : " hidden", info.title[page->lang],
                 info.attribution != NULL ? " © " : "",
                 info.attribution != NULL ? info.attribution : "");
        pk_htmlf(page->out, "<p class=\"warning\" data-missing=\"%s\"%s>%s</p>\n",
                 info.id, chosen && s->ground_missing ? "" : " hidden",
                 pk_say(arena, page->lang, PK_MSG_START_GROUND_MISSING, "title",
                        info.title[page->lang], NULL));
    }
}

static void write_map(struct pk_page *page, struct start *s)
{
    const struct view *v = &s->view;
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    pk_htmlf(out,
             "<section id=\"karta\" aria-labelledby=\"karta-h\">\n"
             "<h2 id=\"karta-h\">%s</h2>\n<a class=\"skip\" href=\"#lista\">%s</a>\n",
             pk_msg_text(PK_MSG_START_MAP, lang),
             pk_msg_text(PK_MSG_START_SKIP_MAP, lang));
    pk_htmlf(out,
             "<button id=\"locate\" type=\"button\" data-failed=\"%s\" hidden>%s"
             "</button>\n",
             pk_msg_text(PK_MSG_START_LOCATE_FAILED, lang),
             pk_msg_text(PK_MSG_START_LOCATE, lang));
    write_map_data(page, s);
    pk_buf_adds(out, ">\n<form class=\"picture-form\" action=\"/\" method=\"get\">\n");
    pk_htmlf(out,
             "<input type=\"hidden\" name=\"x\" value=\"%.1f\">"
             "<input type=\"hidden\" name=\"y\" value=\"%.1f\">"
             "<input type=\"hidden\" name=\"z\" value=\"%u\">",
             v->x, v->y, v->z);
    pk_htmlf(out,
             "<input type=\"hidden\" name=\"theme\" value=\"%s\">"
             "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n",
             v->theme, pk_lang_tag(lang));
    static const char *const chosen[] = {"layers", "background"};
    for (size_t i = 0; i < PK_COUNT(chosen); i++) {
        const char *value = pk_request_arg(s->request, chosen[i]);
        if (value != NULL) {
            pk_htmlf(out, "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n", chosen[i],
                     value);
        }
    }
    pk_htmlf(out,
             "<input type=\"image\" name=\"klick\" width=\"%d\" height=\"%d\" src=\"%s\" "
             "alt=\"%s\">\n</form>\n</div>\n",
             MAP_W, MAP_H, picture_url(s), pk_msg_text(PK_MSG_START_PICTURE, lang));
    pk_htmlf(out, "<nav class=\"map-links\" aria-label=\"%s\">\n<ul>\n",
             pk_msg_text(PK_MSG_START_MOVE, lang));
    write_map_link(page, s, PK_MSG_START_NORTH, "north", 0, 1, 0);
    write_map_link(page, s, PK_MSG_START_SOUTH, "south", 0, -1, 0);
    write_map_link(page, s, PK_MSG_START_WEST, "west", -1, 0, 0);
    write_map_link(page, s, PK_MSG_START_EAST, "east", 1, 0, 0);
    write_map_link(page, s, PK_MSG_START_CLOSER, "in", 0, 0, 1);
    write_map_link(page, s, PK_MSG_START_FARTHER, "out", 0, 0, -1);
    pk_buf_adds(out, "</ul>\n</nav>\n<p id=\"status\" class=\"status\" "
                     "role=\"status\"></p>\n");
    write_ground_facts(page, s);
    pk_htmlf(out, "<p id=\"map-help\" class=\"hint\" hidden>%s</p>\n</section>\n",
             pk_msg_text(PK_MSG_START_MAP_HELP, lang));
}

/* Our own base map, or one of others. */
static void write_grounds(struct pk_page *page, const struct start *s)
{
    struct pk_background_info info;
    if (!pk_background_at(page->app->backgrounds, 0, &info)) {
        return;
    }
    pk_htmlf(page->out,
             "<label for=\"background\">%s</label>\n"
             "<select id=\"background\" name=\"background\">\n"
             "<option value=\"\">%s</option>\n",
             pk_msg_text(PK_MSG_START_GROUND, page->lang),
             pk_msg_text(PK_MSG_START_GROUND_OWN, page->lang));
    for (uint32_t i = 0; pk_background_at(page->app->backgrounds, i, &info); i++) {
        bool chosen = s->ground.id != NULL && strcmp(s->ground.id, info.id) == 0;
        pk_htmlf(page->out, "<option value=\"%s\"%s>%s</option>\n", info.id,
                 chosen ? " selected" : NULL, info.title[page->lang]);
    }
    pk_buf_adds(page->out, "</select>\n");
}

static void write_themes(struct pk_page *page, struct start *s)
{
    static const struct {
        const char *theme;
        enum pk_msg_id text;
    } names[] = {
        {"standard",      PK_MSG_THEME_STANDARD     },
        {"cvd",           PK_MSG_THEME_CVD          },
        {"contrast",      PK_MSG_THEME_CONTRAST     },
        {"contrast-dark", PK_MSG_THEME_CONTRAST_DARK},
        {"mono",          PK_MSG_THEME_MONO         },
        {"mono-dark",     PK_MSG_THEME_MONO_DARK    },
        {"simple",        PK_MSG_THEME_SIMPLE       },
        {"print",         PK_MSG_THEME_PRINT        }
    };
    struct pk_buf *out = page->out;
    pk_htmlf(out,
             "<form class=\"themes\" action=\"/\" method=\"get\">\n"
             "<label for=\"theme\">%s</label>\n<select id=\"theme\" name=\"theme\">\n",
             pk_msg_text(PK_MSG_THEME_LABEL, page->lang));
    for (const char *const *t = pk_shipped_themes(); *t != NULL; t++) {
        const char *text = *t;
        for (size_t i = 0; i < PK_COUNT(names); i++) {
            text = strcmp(names[i].theme, *t) == 0
                       ? pk_msg_text(names[i].text, page->lang)
                       : text;
        }
        pk_htmlf(out, "<option value=\"%s\"%s>%s</option>\n", *t,
                 strcmp(*t, s->view.theme) == 0 ? " selected" : NULL, text);
    }
    pk_buf_adds(out, "</select>\n");
    write_grounds(page, s);
    pk_htmlf(out,
             "<input type=\"hidden\" name=\"x\" value=\"%.1f\">"
             "<input type=\"hidden\" name=\"y\" value=\"%.1f\">"
             "<input type=\"hidden\" name=\"z\" value=\"%u\">",
             s->view.x, s->view.y, s->view.z);
    for (size_t i = 0; i + KEPT_LOOKS < PK_COUNT(kept); i++) {
        const char *value = pk_request_arg(s->request, kept[i]);
        if (value != NULL) {
            pk_htmlf(out, "<input type=\"hidden\" name=\"%s\" value=\"%s\">", kept[i],
                     value);
        }
    }
    pk_htmlf(out,
             "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n"
             "<button type=\"submit\">%s</button>\n</form>\n",
             pk_lang_tag(page->lang), pk_msg_text(PK_MSG_THEME_BUTTON, page->lang));
}

/* The list in one line, for the status line. */
static const char *list_status(struct pk_page *page, const struct pk_view_list *list,
                               struct pk_arena *arena)
{
    if (list->count < 2 && !list->more) {
        return pk_msg_text(list->count == 0 ? PK_MSG_START_LIST_EMPTY
                                            : PK_MSG_START_LIST_ONE,
                           page->lang);
    }
    return pk_say(arena, page->lang,
                  list->more ? PK_MSG_START_LIST_OVER : PK_MSG_START_LIST_COUNT, "count",
                  pk_arena_printf(arena, "%u", list->count), NULL);
}

/* What of the layers lies in the view, and a link to show or hide each. */
static void write_layers(struct pk_page *page, struct start *s)
{
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    struct pk_arena *arena = &s->worker->arena;
    const struct pk_map_layers *all = s->layers;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct pk_map_layer *layer = &all->layers[i];
        const char *toggled = pk_map_toggled(all, i, arena);
        pk_htmlf(out, "<h3>%s</h3>\n", layer->title);
        pk_buf_adds(out, layer->feature_count > 0 ? "<ul class=\"view-list\">\n" : "");
        for (uint32_t k = 0; k < layer->feature_count; k++) {
            const struct pk_map_feature *f = &layer->features[k];
            pk_htmlf(out,
                     "<li><a href=\"/lookup?point=%.1f,%.1f&amp;lang=%s\">%s</a></li>\n",
                     f->x, f->y, pk_lang_tag(lang),
                     f->title != NULL ? f->title : layer->title);
        }
        pk_buf_adds(out, layer->feature_count > 0 ? "</ul>\n" : "");
        if (layer->shown && layer->feature_count == 0) {
            pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_START_LAYER_EMPTY, lang));
        } else if (layer->more) {
            pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_START_LIST_MORE, lang));
        }
        pk_htmlf(out, "<p><a href=\"%s\">%s</a>%s%s</p>\n",
                 view_link_with(s, s->view.x, s->view.y, s->view.z, toggled),
                 pk_say(arena, lang,
                        layer->shown ? PK_MSG_START_LAYER_HIDE : PK_MSG_START_LAYER_SHOW,
                        "title", layer->title, NULL),
                 layer->attribution != NULL ? " © " : NULL, layer->attribution);
    }
}

static void write_list(struct pk_page *page, struct start *s,
                       const struct pk_view_list *list, struct pk_arena *arena)
{
    struct pk_buf *out = page->out;
    enum pk_lang lang = page->lang;
    pk_htmlf(out,
             "<section id=\"lista\" aria-labelledby=\"lista-h\" tabindex=\"-1\" "
             "data-status=\"%s\">\n<h2 id=\"lista-h\">%s</h2>\n",
             list_status(page, list, arena), pk_msg_text(PK_MSG_START_LIST, lang));
    if (list->count == 0) {
        pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_START_LIST_EMPTY, lang));
    } else {
        pk_buf_adds(out, "<ul class=\"view-list\">\n");
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct pk_view_plan *plan = &list->plans[i];
        char id[PK_ID_TEXT];
        pk_id_format(id, plan->id);
        const char *name = plan->name != NULL ? plan->name : plan->designation;
        pk_htmlf(out, "<li><a href=\"/plan/%s?lang=%s\">%s", id, pk_lang_tag(lang),
                 name != NULL ? name : pk_msg_text(PK_MSG_ANSWER_PLAN_UNNAMED, lang));
        if (plan->designation != NULL && plan->name != NULL) {
            pk_htmlf(out, " (%s)", plan->designation); /* names need not be unique */
        }
        pk_buf_adds(out, "</a>");
        const char *status = pk_term(plan->status, lang);
        if (status != NULL) {
            pk_htmlf(out, ", %s", status);
        } else if (plan->status != NULL) {
            pk_htmlf(out, ", <span lang=\"sv\">%s</span>", plan->status);
        } else {
            pk_htmlf(out, ", %s", pk_msg_text(PK_MSG_START_NO_STATUS, lang));
        }
        if (plan->in_force != NULL) {
            pk_htmlf(out, " %s", plan->in_force);
        }
        pk_buf_adds(out, "</li>\n");
    }
    pk_buf_adds(out, list->count > 0 ? "</ul>\n" : "");
    if (list->more) {
        pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_START_LIST_MORE, lang));
    }
    write_layers(page, s);
    pk_buf_adds(out, "</section>\n");
}

static void write_answer(struct pk_page *page, struct start *s)
{
    struct pk_buf *out = page->out;
    const struct pk_answer *answer = s->answer;
    pk_buf_adds(out, "<section id=\"svar\" class=\"answer\" tabindex=\"-1\"");
    if (answer != NULL) {
        pk_htmlf(out, " data-status=\"%s: %s\">\n", answer->heading, answer->summary);
        pk_answer_html(page, answer, 2);
    } else {
        pk_htmlf(out, ">\n<h2>%s</h2>\n<p>%s</p>\n",
                 pk_msg_text(PK_MSG_SEARCH_LOOKUP, page->lang),
                 pk_msg_text(PK_MSG_START_PROMPT, page->lang));
    }
    pk_buf_adds(out, "</section>\n");
}

/* What the plans' signs in this view mean; the link leads to it alone, for print. */
static void write_legend(struct pk_page *page, struct start *s)
{
    struct pk_worker *worker = s->worker;
    const struct view *v = &s->view;
    struct pk_error err;
    const char *title = pk_msg_text(PK_MSG_LEGEND_TITLE, page->lang);
    const struct pk_style *style =
        pk_styles_find(worker->app->styles, worker->app->style, v->theme);
    struct pk_legend_window window = {v->box, MAP_W, MAP_H};
    struct pk_legend_view *legend = pk_arena_alloc(&worker->arena, 1, sizeof(*legend));
    if (style == NULL ||
        pk_legend_see(legend, worker, &window, style, page->lang, &err) != PK_OK) {
        return;
    }
    pk_htmlf(page->out,
             "<details class=\"signs\">\n<summary>%s</summary>\n"
             "<div id=\"teckenforklaring\">\n",
             title);
    pk_legend_view_html(page, legend, 2, &worker->arena);
    pk_buf_adds(page->out, "</div>\n</details>\n");
    pk_htmlf(page->out,
             "<p><a id=\"legend-link\" href=\"/styles/%s/legend.html?theme=%s&amp;"
             "lang=%s&amp;bbox=%.1f,%.1f,%.1f,%.1f&amp;z=%u\">%s</a></p>\n",
             worker->app->style, v->theme, pk_lang_tag(page->lang), v->box.min_x,
             v->box.min_y, v->box.max_x, v->box.max_y, v->z,
             pk_msg_text(PK_MSG_LEGEND_ALONE, page->lang));
}

static void write_page(struct start *s, const struct pk_view_list *list,
                       struct pk_buf *out)
{
    struct pk_worker *worker = s->worker;
    const struct pk_app *app = worker->app;
    enum pk_lang lang = s->request->lang;
    struct pk_page page;
    pk_page_begin(&page, out, app, s->request, lang,
                  pk_msg_text(PK_MSG_START_TITLE, lang));
    pk_htmlf(out, "<h1>%s</h1>\n", pk_msg_text(PK_MSG_START_TITLE, lang));
    const char *text =
        pk_opts_text(app->opts, lang == PK_SV ? "text.start.sv" : "text.start.en");
    if (text != NULL) {
        pk_htmlf(out, "<p>%s</p>\n", text);
    }
    pk_page_search_form(&page, pk_request_arg(s->request, "q"));
    if (s->found != NULL) {
        pk_buf_adds(out, "<section class=\"found\">\n");
        pk_search_html(&page, s->found, 2);
        pk_buf_adds(out, "</section>\n");
    }
    pk_buf_adds(out, "<div class=\"around\">\n");
    write_map(&page, s);
    pk_buf_adds(out, "<div class=\"beside\">\n");
    write_answer(&page, s);
    write_list(&page, s, list, &worker->arena);
    pk_buf_adds(out, "</div>\n<div class=\"looks\">\n");
    write_themes(&page, s);
    write_legend(&page, s);
    pk_buf_adds(out, "</div>\n</div>\n");
    pk_page_end(&page);
}

enum pk_status pk_api_start(struct pk_worker *worker, const struct pk_request *request,
                            struct pk_response *response, struct pk_error *err)
{
    struct start s = {.worker = worker, .request = request};
    enum pk_status status = ask(&s, err);
    if (status == PK_OK) {
        status = read_view(&s, err);
    }
    if (status != PK_OK) {
        return status;
    }
    if (clicked(&s, response)) {
        return PK_OK;
    }
    status = read_ground(&s, err);
    if (status != PK_OK) {
        return status;
    }
    if (s.answer != NULL) {
        s.ask_x = s.answer->x;
        s.ask_y = s.answer->y;
    }
    s.layers = pk_arena_alloc(&worker->arena, 1, sizeof(*s.layers));
    status = pk_map_layers(s.layers, worker->store, s.view.box,
                           pk_request_arg(request, "layers"), request->lang,
                           &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_view_list *list = pk_arena_alloc(&worker->arena, 1, sizeof(*list));
    status = pk_view_list(list, worker->store, s.view.box, &worker->arena, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, PK_PAGE_MAX);
    write_page(&s, list, &out);
    pk_page_respond(response, &out);
    pk_buf_finish(&out);
    response->version = atomic_load(&worker->app->version);
    return PK_OK;
}
