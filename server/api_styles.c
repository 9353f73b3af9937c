/* /styles/{style}.json, /styles/{style}/sprite[@2x].{json,png},
 * .../pattern[@2x].{json,png}, /fonts/{stack}/{range}.pbf */
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "base/parse.h"
#include "server/api.h"
#include "server/api_legend.h"
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
    enum pk_status status =
        find_style(worker, request, pk_route_param(request, 0), &style, err);
    return status == PK_OK ? pk_api_legend(worker, request, style, part, response, err)
                           : status;
}
