/* /styles/{style}.json, /styles/{style}/legend.{json,html}, .../sprite[@2x].{json,png},
 * .../pattern[@2x].{json,png}, /fonts/{stack}/{range}.pbf */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "base/parse.h"
#include "server/api.h"
#include "server/legend.h"
#include "server/legend_view.h"
#include "server/map_layers.h"
#include "server/page.h"
#include "server/styleset.h"
#include "styles/viewer.h"
#include "tiles/glyphs.h"
#include "tiles/grid.h"
#include "tiles/mvt.h"
#include "tiles/pattern_sheet.h"
#include "tiles/sprite.h"

enum { STYLE_JSON_MAX = 8 << 20 };

static enum pk_status find_style(struct pk_worker *worker,
                                 const struct pk_request *request, const char *name,
                                 const struct pk_style **out, struct pk_error *err)
{
    const char *theme;
    enum pk_status status = pk_api_theme(worker->app, request, &theme, err);
    if (status != PK_OK) {
        return status;
    }
    *out = name != NULL ? pk_styles_find(worker->app->styles, name, theme) : NULL;
    return *out != NULL
               ? PK_OK
               : pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_STYLE,
                              "value", name != NULL ? name : pk_route_param(request, 0),
                              NULL);
}

enum pk_status pk_api_style(struct pk_worker *worker, const struct pk_request *request,
                            struct pk_response *response, struct pk_error *err)
{
    const struct pk_style *style;
    enum pk_status status = find_style(
        worker, request,
        pk_api_without(&worker->arena, pk_route_param(request, 0), ".json"), &style, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_viewer_place place = {
        .base = request->base,
        .attribution = worker->app->names[request->lang],
        .last_level = pk_mvt_last_level(pk_grid_find("WebMercatorQuad")),
        .is_pattern = pk_pattern_known};
    struct pk_buf out;
    pk_buf_init(&out, STYLE_JSON_MAX);
    status = pk_style_for_viewer(&out, style, &place, err);
    if (status == PK_OK) {
        pk_response_take(response, &out, "application/json");
    }
    pk_buf_finish(&out);
    response->vary_language = true;
    return status;
}

enum pk_status pk_api_glyphs(struct pk_worker *worker, const struct pk_request *request,
                             struct pk_response *response, struct pk_error *err)
{
    const char *cursor = pk_route_param(request, 1);
    uint32_t first = 0, last = 0;
    if (!pk_parse_u32(&cursor, PK_GLYPH_LAST_RANGE, &first) ||
        !pk_parse_char(&cursor, '-') || !pk_parse_u32(&cursor, UINT16_MAX, &last) ||
        strcmp(cursor, ".pbf") != 0 || last != first + PK_GLYPH_RANGE - 1) {
        return pk_fail(err, PK_NOT_FOUND, "letters come in ranges: 0-255.pbf ...");
    }
    struct pk_buf out;
    (void)worker;
    pk_buf_init(&out, STYLE_JSON_MAX);
    enum pk_status status = pk_glyphs(&out, pk_route_param(request, 0), first, err);
    if (status == PK_OK) {
        pk_response_take(response, &out, "application/x-protobuf");
        response->keep = PK_KEEP_LONG;
    }
    pk_buf_finish(&out);
    return status;
}

/* NAME[@2x].{json,png} after its name: icons, which every style may use, or the
 * patterns of this one. */
static enum pk_status sheet_part(struct pk_worker *worker,
                                 const struct pk_request *request, const char *rest,
                                 bool patterns, struct pk_response *response,
                                 struct pk_error *err)
{
    const struct pk_style *style;
    uint32_t ratio = 1, count = 0;
    if (rest[0] == '@' && rest[1] >= '1' && rest[1] <= '3' && rest[2] == 'x') {
        ratio = (uint32_t)(rest[1] - '0');
        rest += 3;
    }
    bool json = strcmp(rest, ".json") == 0;
    if (!json && strcmp(rest, ".png") != 0) {
        return pk_fail(err, PK_NOT_FOUND, "a sprite has .json, .png, @2x and @3x");
    }
    enum pk_status status =
        find_style(worker, request, pk_route_param(request, 0), &style, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, STYLE_JSON_MAX);
    if (patterns) {
        const char *const *names =
            pk_style_patterns(&count, style, pk_pattern_known, &worker->arena);
        status = pk_pattern_sheet(json ? &out : NULL, json ? NULL : &out, names, count,
                                  ratio, err);
    } else if (json) {
        pk_sprite_index(&out, ratio);
    } else {
        status = pk_sprite_sheet(&out, ratio, err);
    }
    if (status == PK_OK) {
        pk_response_take(response, &out, json ? "application/json" : "image/png");
    }
    pk_buf_finish(&out);
    return status;
}

/* What the style shows in bbox=minx,miny,maxx,maxy (EPSG:3006) at level z= of the
 * page's grid. */
/* *out: the title of the layer that the style draws, or NULL (plan, base). */
static enum pk_status layer_title(const char **out, struct pk_worker *worker,
                                  const struct pk_request *request,
                                  const struct pk_style *style, struct pk_box box,
                                  struct pk_error *err)
{
    struct pk_map_layers *layers = pk_arena_alloc(&worker->arena, 1, sizeof(*layers));
    enum pk_status status =
        pk_map_layers(layers, worker->store, box, "", request->lang, &worker->arena, err);
    *out = NULL;
    for (uint32_t i = 0; status == PK_OK && i < layers->count; i++) {
        const struct pk_map_layer *layer = &layers->layers[i];
        *out = strcmp(layer->id, pk_style_name(style)) == 0 ? layer->title : *out;
    }
    return status;
}

static enum pk_status see_view(struct pk_legend_view *out, struct pk_worker *worker,
                               const struct pk_request *request,
                               const struct pk_style *style, const char *bbox,
                               struct pk_error *err)
{
    const struct pk_grid *grid = pk_grid_find("SWEREF99TMKommun");
    const char *level = pk_request_arg(request, "z"), *cursor = bbox;
    const char *title = NULL;
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
    struct pk_box box = {v[0], v[1], v[0] + w * pixel, v[1] + h * pixel};
    struct pk_classes *classes = pk_arena_alloc(&worker->arena, 1, sizeof(*classes));
    enum pk_status status = layer_title(&title, worker, request, style, box, err);
    if (status == PK_OK) {
        status = pk_render_classes(classes, worker->renderer, style, grid->epsg, box,
                                   (uint32_t)w, (uint32_t)h, &worker->arena, err);
    }
    if (status == PK_OK) {
        pk_legend_view(out, classes, style, title, request->lang, &worker->arena);
    }
    return status;
}

enum pk_status pk_api_style_part(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    const struct pk_style *style;
    const char *part = pk_route_param(request, 1);
    if (strncmp(part, "sprite", 6) == 0) {
        return sheet_part(worker, request, part + 6, false, response, err);
    }
    if (strncmp(part, "pattern", 7) == 0) {
        return sheet_part(worker, request, part + 7, true, response, err);
    }
    bool json = strcmp(part, "legend.json") == 0, html = strcmp(part, "legend.html") == 0;
    bool text = strcmp(part, "legend.txt") == 0;
    const char *bbox = pk_request_arg(request, "bbox");
    if ((!json && !html && !text) || (text && bbox == NULL)) {
        return pk_fail(
            err, PK_NOT_FOUND,
            "a style has legend.json, legend.html, sprite.json, sprite.png and, "
            "with bbox= and z=, legend.txt");
    }
    enum pk_status status =
        find_style(worker, request, pk_route_param(request, 0), &style, err);
    if (status != PK_OK) {
        return status;
    }
    struct pk_legend legend;
    struct pk_legend_view *view = NULL;
    if (bbox != NULL) {
        view = pk_arena_alloc(&worker->arena, 1, sizeof(*view));
        status = see_view(view, worker, request, style, bbox, err);
    } else {
        const char *title = NULL;
        status = layer_title(&title, worker, request, style, (struct pk_box){0}, err);
        if (status == PK_OK) {
            status =
                pk_legend_read(&legend, style, title, request->lang, &worker->arena, err);
        }
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, STYLE_JSON_MAX);
    if (text) {
        pk_legend_view_text(&out, view);
        pk_response_take(response, &out, "text/plain; charset=utf-8");
    } else if (json) {
        if (view != NULL) {
            pk_legend_view_json(&out, view);
        } else {
            pk_legend_json(&out, &legend);
        }
        pk_response_take(response, &out, "application/json");
    } else {
        struct pk_page page;
        const char *title = pk_msg_text(PK_MSG_LEGEND_TITLE, request->lang);
        pk_page_begin(&page, &out, worker->app, request, request->lang, title);
        pk_htmlf(&out, "<h1>%s</h1>\n", title);
        if (view != NULL) {
            pk_legend_view_html(&page, view);
        } else {
            pk_legend_html(&page, &legend);
        }
        pk_page_end(&page);
        pk_page_respond(response, &out);
    }
    pk_buf_finish(&out);
    response->vary_language = true;
    return PK_OK;
}
