/* Pictures: /static/{styles}/{bbox}/{w}x{h}.png, and backgrounds fetched from others. */
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "server/api.h"
#include "server/background.h"
#include "server/styleset.h"

/* "plan" or "base,strandskydd,plan", from the bottom up. */
static enum pk_status read_styles(struct pk_worker *worker, const char *list,
                                  const char *theme, int64_t version,
                                  struct pk_picture_request *out, struct pk_error *err)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        const char *name = pk_arena_strndup(&worker->arena, list, len);
        if (out->style_count == PK_TILE_STYLES_MAX) {
            return pk_fail(err, PK_LIMIT, "more than %d styles", PK_TILE_STYLES_MAX);
        }
        enum pk_status status = pk_api_style_of(&out->styles[out->style_count], worker,
                                                name, theme, version, err);
        if (status != PK_OK) {
            return status;
        }
        out->style_count++;
        list += len + (list[len] == ',');
    }
    return out->style_count > 0 ? PK_OK : pk_fail(err, PK_NOT_FOUND, "no style is named");
}

/* "600x400.png", "600x400@2x.png" */
static enum pk_status read_size(const char *text, struct pk_picture_request *out,
                                struct pk_error *err)
{
    const char *cursor = text;
    out->scale = 1;
    bool ok = pk_parse_u32(&cursor, PK_PICTURE_PX_MAX, &out->width) &&
              pk_parse_char(&cursor, 'x') &&
              pk_parse_u32(&cursor, PK_PICTURE_PX_MAX, &out->height);
    if (ok && pk_parse_char(&cursor, '@')) {
        ok = pk_parse_u32(&cursor, 3, &out->scale) && pk_parse_char(&cursor, 'x') &&
             out->scale >= 1;
    }
    if (!ok || strcmp(cursor, ".png") != 0 || out->width == 0 || out->height == 0 ||
        out->width * out->scale > PK_PICTURE_PX_MAX ||
        out->height * out->scale > PK_PICTURE_PX_MAX) {
        return pk_fail(err, PK_NOT_FOUND,
                       "a picture is WIDTHxHEIGHT.png, at most %d pixels a side",
                       PK_PICTURE_PX_MAX);
    }
    return PK_OK;
}

static enum pk_status read_picture(struct pk_worker *worker,
                                   const struct pk_request *request,
                                   struct pk_picture_request *out, bool *version_given,
                                   struct pk_error *err)
{
    const char *theme, *marker = pk_request_arg(request, "marker");
    double box[4], point[2];
    bool day_given;
    struct pk_state state = {0};
    enum pk_status status = pk_api_theme(worker->app, request, &theme, err);
    if (status == PK_OK) {
        status = pk_api_state(request, &state, version_given, &day_given, err);
    }
    if (status == PK_OK) {
        out->version = state.version;
        status = read_styles(worker, pk_route_param(request, 0), theme, state.version,
                             out, err);
    }
    if (status == PK_OK) {
        status = read_size(pk_route_param(request, 2), out, err);
    }
    if (status == PK_OK) {
        status = pk_api_crs(request, &out->epsg, err);
    }
    if (status != PK_OK) {
        return status;
    }
    if (day_given) {
        char *day = pk_arena_alloc(&worker->arena, PK_DATE_TEXT, 1);
        pk_date_format(day, state.day);
        out->legal_day = day;
    }
    if (!pk_request_numbers(pk_route_param(request, 1), box, 4) || box[0] >= box[2] ||
        box[1] >= box[3]) {
        return pk_fail(err, PK_NOT_FOUND,
                       "the box is four numbers: min x, min y, max x, max y");
    }
    out->box = (struct pk_box){box[0], box[1], box[2], box[3]};
    out->opaque = true;
    if (marker != NULL) {
        if (!pk_request_numbers(marker, point, 2)) {
            return pk_fail(err, PK_BAD_INPUT, "marker: \"%.60s\" is not two numbers",
                           marker);
        }
        out->marker = true;
        out->marker_x = point[0];
        out->marker_y = point[1];
    }
    return PK_OK;
}

enum pk_status pk_api_picture(struct pk_worker *worker, const struct pk_request *request,
                              struct pk_response *response, struct pk_error *err)
{
    struct pk_picture_request picture = {0};
    struct pk_rendered rendered = {0};
    bool fixed = false;
    enum pk_status status = read_picture(worker, request, &picture, &fixed, err);
    if (status == PK_OK) {
        status = pk_render_picture(&rendered, worker->renderer, &picture, err);
    }
    if (status != PK_OK) {
        return status;
    }
    pk_app_count(worker->app, PK_COUNT_DRAWN);
    response->body = pk_body_create(rendered.bytes, rendered.len);
    response->content_type = "image/png";
    response->keep = fixed ? PK_KEEP_FIXED : PK_KEEP_SHORT;
    response->version = rendered.version;
    return PK_OK;
}

enum pk_status pk_api_background(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    const char *tms = pk_request_arg(request, "tms");
    const struct pk_grid *grid = pk_grid_find(tms != NULL ? tms : "WebMercatorQuad");
    const char *y = pk_api_without(&worker->arena, pk_route_param(request, 3), ".png");
    struct pk_tile_id tile;
    if (grid == NULL) {
        return pk_fail(err, PK_BAD_INPUT, "tms: there is no tile matrix set \"%.60s\"",
                       tms);
    }
    if (y == NULL ||
        !pk_parse_all_u32(pk_route_param(request, 1), PK_LEVELS_MAX, &tile.z) ||
        !pk_parse_all_u32(pk_route_param(request, 2), UINT32_MAX - 1, &tile.x) ||
        !pk_parse_all_u32(y, UINT32_MAX - 1, &tile.y)) {
        return pk_fail(err, PK_NOT_FOUND, "a tile is {z}/{x}/{y}.png");
    }
    response->keep = PK_KEEP_SHORT;
    return pk_background_tile(&response->body, &response->content_type,
                              worker->app->backgrounds, pk_route_param(request, 0), grid,
                              tile, err);
}
