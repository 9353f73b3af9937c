#include "server/api_legend.h"

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "server/legend.h"
#include "server/legend_picture.h"
#include "server/legend_swatch.h"
#include "server/map_layers.h"
#include "server/page.h"
#include "server/styleset.h"
#include "tiles/grid.h"

#define GRID "SWEREF99TMKommun" /* of the page */

enum { LEGEND_MAX = 16 << 20 };

enum form { JSON, HTML, TEXT, SVG, PNG, SWATCH, FORMS };

static const struct {
    const char *begins, *ends, *type;
} forms[FORMS] = {
    [JSON] = {"legend", ".json", "application/json"         },
    [HTML] = {"legend", ".html", NULL                       },
    [TEXT] = {"legend", ".txt",  "text/plain; charset=utf-8"},
    [SVG] = {"legend", ".svg",  "image/svg+xml"            },
    [PNG] = {"legend", ".png",  "image/png"                },
    [SWATCH] = {"swatch", ".png",  "image/png"                },
};

/* FORMS when it is none; only pictures of pixels have a density. */
static enum form form_of(const char *part, uint32_t *scale)
{
    size_t len = strcspn(part, "@.");
    const char *rest = part + len;
    *scale = 1;
    if (rest[0] == '@' && rest[1] >= '2' && rest[1] <= '3' && rest[2] == 'x') {
        *scale = (uint32_t)(rest[1] - '0');
        rest += 3;
    }
    for (int i = 0; i < FORMS; i++) {
        if (strncmp(part, forms[i].begins, len) == 0 && forms[i].begins[len] == '\0' &&
            strcmp(rest, forms[i].ends) == 0) {
            return *scale == 1 || i == PNG || i == SWATCH ? (enum form)i : FORMS;
        }
    }
    return FORMS;
}

/* bbox=minx,miny,maxx,maxy (EPSG:3006) at level z=. */
static enum pk_status read_window(struct pk_legend_window *out,
                                  const struct pk_request *request, struct pk_error *err)
{
    const char *bbox = pk_request_arg(request, "bbox");
    const struct pk_grid *grid = pk_grid_find(GRID);
    const char *level = pk_request_arg(request, "z"), *cursor = bbox;
    double v[4];
    uint32_t z;
    for (int i = 0; i < 4; i++) {
        if ((i > 0 && !pk_parse_char(&cursor, ',')) || !pk_parse_double(&cursor, &v[i])) {
            return pk_fail(err, PK_BAD_INPUT,
                           "bbox: expected minx,miny,maxx,maxy in EPSG:3006");
        }
    }
    if (!pk_parse_end(cursor) || level == NULL ||
        !pk_parse_all_u32(level, grid->level_count - 1, &z)) {
        return pk_fail(err, PK_BAD_INPUT, "z: expected a level from 0 to %u",
                       grid->level_count - 1);
    }
    double pixel = grid->levels[z].pixel;
    double w = ceil((v[2] - v[0]) / pixel), h = ceil((v[3] - v[1]) / pixel);
    if (!(w >= 1 && w <= PK_PICTURE_PX_MAX) || !(h >= 1 && h <= PK_PICTURE_PX_MAX)) {
        return pk_fail(err, PK_BAD_INPUT, "bbox: it is 1 to %d pixels a side at level %u",
                       PK_PICTURE_PX_MAX, z);
    }
    out->box = (struct pk_box){v[0], v[1], v[0] + w * pixel, v[1] + h * pixel};
    out->width = (uint32_t)w;
    out->height = (uint32_t)h;
    return PK_OK;
}

/* *out: the title of the layer that the style draws, or NULL (plan, base). */
static enum pk_status title_of(const char **out, struct pk_worker *worker,
                               struct pk_box box, const struct pk_style *style,
                               enum pk_lang lang, struct pk_error *err)
{
    struct pk_map_layers *layers = pk_arena_alloc(&worker->arena, 1, sizeof(*layers));
    enum pk_status status =
        pk_map_layers(layers, worker->store, box, "", lang, &worker->arena, err);
    *out = NULL;
    for (uint32_t i = 0; status == PK_OK && i < layers->count; i++) {
        const struct pk_map_layer *layer = &layers->layers[i];
        *out = strcmp(layer->id, pk_style_name(style)) == 0 ? layer->title : *out;
    }
    return status;
}

enum pk_status pk_legend_see(struct pk_legend_view *out, struct pk_worker *worker,
                             const struct pk_legend_window *window,
                             const struct pk_style *style, enum pk_lang lang,
                             struct pk_error *err)
{
    struct pk_box nowhere = {0, 0, 0, 0};
    const char *title = NULL;
    struct pk_arena *arena = &worker->arena;
    struct pk_classes *classes = pk_arena_alloc(arena, 1, sizeof(*classes));
    enum pk_status status = title_of(
        &title, worker, window != NULL ? window->box : nowhere, style, lang, err);
    if (status == PK_OK && window == NULL) {
        status = pk_classes_of_style(classes, style, arena, err);
    } else if (status == PK_OK) {
        status =
            pk_render_classes(classes, worker->renderer, style, pk_grid_find(GRID)->epsg,
                              window->box, window->width, window->height, arena, err);
    }
    if (status == PK_OK) {
        pk_legend_view(out, classes, style, title, lang, arena);
    }
    return status;
}

/* The style under this one on the page: its background is the ground. */
static const struct pk_style *ground_of(const struct pk_worker *worker,
                                        const struct pk_style *style)
{
    return pk_styles_find(worker->app->styles, "base", pk_style_theme(style));
}

static enum pk_status write_swatch(struct pk_buf *out, struct pk_worker *worker,
                                   const struct pk_request *request,
                                   const struct pk_style *style, uint32_t scale,
                                   struct pk_error *err)
{
    struct pk_sample sample;
    const char *of = pk_request_arg(request, "of");
    if (of == NULL) {
        return pk_fail(err, PK_BAD_INPUT,
                       "of: what the swatch is of, as legend.html has it");
    }
    enum pk_status status = pk_sample_read(&sample, of, &worker->arena, err);
    return status == PK_OK ? pk_legend_swatch(out, style, ground_of(worker, style),
                                              &sample, scale, err)
                           : status;
}

/* The same legend in other forms, for the view that is shown. */
static void write_forms(struct pk_page *page, const struct pk_legend_view *view)
{
    static const char *const others[] = {"txt", "svg", "png", "json"};
    const char *bbox = pk_request_arg(page->request, "bbox");
    const char *z = pk_request_arg(page->request, "z");
    pk_htmlf(page->out, "<p>%s", pk_msg_text(PK_MSG_LEGEND_FORMS, view->lang));
    for (size_t i = 0; i < PK_COUNT(others); i++) {
        pk_htmlf(page->out, " <a href=\"/styles/%s/legend.%s?theme=%s&amp;lang=%s",
                 view->style, others[i], view->theme, pk_lang_tag(view->lang));
        if (bbox != NULL) {
            pk_htmlf(page->out, "&amp;bbox=%s&amp;z=%s", bbox, z);
        }
        pk_htmlf(page->out, "\">%s</a>", others[i]);
    }
    pk_buf_adds(page->out, "</p>\n");
}

static void write_page(struct pk_buf *out, struct pk_worker *worker,
                       const struct pk_request *request,
                       const struct pk_legend_view *view)
{
    struct pk_page page;
    const char *title = pk_msg_text(PK_MSG_LEGEND_TITLE, request->lang);
    pk_page_begin(&page, out, worker->app, request, request->lang, title);
    pk_htmlf(out, "<h1>%s</h1>\n", title);
    pk_legend_view_html(&page, view, 2, &worker->arena);
    write_forms(&page, view);
    pk_page_end(&page);
}

static enum pk_status write_json(struct pk_buf *out, struct pk_worker *worker,
                                 const struct pk_request *request,
                                 const struct pk_style *style,
                                 const struct pk_legend_view *view, struct pk_error *err)
{
    struct pk_legend legend;
    if (pk_request_arg(request, "bbox") != NULL) {
        pk_legend_view_json(out, view);
        return PK_OK;
    }
    const char *title = NULL;
    enum pk_status status =
        title_of(&title, worker, (struct pk_box){0}, style, request->lang, err);
    if (status == PK_OK) {
        status =
            pk_legend_read(&legend, style, title, request->lang, &worker->arena, err);
    }
    if (status == PK_OK) {
        pk_legend_json(out, &legend, view);
    }
    return status;
}

static enum pk_status write_form(struct pk_buf *out, struct pk_worker *worker,
                                 const struct pk_request *request,
                                 const struct pk_style *style, enum form form,
                                 uint32_t scale, struct pk_error *err)
{
    struct pk_legend_view *view = pk_arena_alloc(&worker->arena, 1, sizeof(*view));
    struct pk_legend_window window;
    bool all = pk_request_arg(request, "bbox") == NULL;
    enum pk_status status = all ? PK_OK : read_window(&window, request, err);
    if (status == PK_OK) {
        status =
            pk_legend_see(view, worker, all ? NULL : &window, style, request->lang, err);
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_legend_picture picture = {view, style, ground_of(worker, style), scale,
                                        form == SVG};
    if (form == JSON) {
        return write_json(out, worker, request, style, view, err);
    }
    if (form == TEXT) {
        pk_legend_view_text(out, view);
    } else if (form == HTML) {
        write_page(out, worker, request, view);
    } else {
        return pk_legend_picture(out, &picture, &worker->arena, err);
    }
    return PK_OK;
}

enum pk_status pk_api_legend(struct pk_worker *worker, const struct pk_request *request,
                             const struct pk_style *style, const char *part,
                             struct pk_response *response, struct pk_error *err)
{
    uint32_t scale;
    enum form form = form_of(part, &scale);
    if (form == FORMS) {
        return pk_fail(err, PK_NOT_FOUND,
                       "a style has legend.json, .html, .txt, .svg and .png, swatch.png, "
                       "sprite.json and sprite.png");
    }
    struct pk_buf out;
    pk_buf_init(&out, LEGEND_MAX);
    enum pk_status status =
        form == SWATCH ? write_swatch(&out, worker, request, style, scale, err)
                       : write_form(&out, worker, request, style, form, scale, err);
    if (status == PK_OK && form == HTML) {
        pk_page_respond(response, &out);
    } else if (status == PK_OK) {
        pk_response_take(response, &out, forms[form].type);
        response->keep = form == SWATCH ? PK_KEEP_LONG : response->keep;
        response->csp =
            form == SVG ? "default-src 'none'; img-src data:; style-src 'none'" : NULL;
    }
    pk_buf_finish(&out);
    response->vary_language = form != SWATCH;
    return status;
}
