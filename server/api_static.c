/* Pictures: /static/{styles}/{bbox}/{w}x{h}.png, and backgrounds fetched from others. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "server/api.h"
#include "server/ground.h"
#include "server/styleset.h"
#include "server/wkt.h"
#include "tiles/png.h"

/* A shape in the address may have so many corners, and lie so far from the picture. */
enum { SHAPE_VERTICES_MAX = 500 };
static const double shape_far_m = 100000;

struct picture {
    struct pk_worker *worker;
    const struct pk_request *request;
    struct pk_picture_request asked;
    const char *ground; /* id of an outside map below, or NULL */
    bool fixed;         /* nothing outside our versions is in it */
};

bool pk_asks_outside_always(const struct pk_app *app, const struct pk_request *request)
{
    (void)app;
    (void)request;
    return true;
}

bool pk_asks_outside_static(const struct pk_app *app, const struct pk_request *request)
{
    const char *styles = pk_route_param(request, 0);
    char id[PK_BACKGROUND_ID_MAX + 1];
    size_t len = strcspn(styles, ",");
    if (len > PK_BACKGROUND_ID_MAX) {
        return false;
    }
    memcpy(id, styles, len);
    id[len] = '\0';
    return pk_background_find(app->backgrounds, id, NULL);
}

/* "plan" or "base,strandskydd,plan", from the bottom up; the lowest may be an outside
 * map. */
static enum pk_status read_styles(struct picture *p, const char *list, const char *theme,
                                  int64_t version, struct pk_error *err)
{
    struct pk_arena *arena = &p->worker->arena;
    enum pk_lang lang = p->request->lang;
    bool lowest = true;
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        const char *name = pk_arena_strndup(arena, list, len);
        list += len + (list[len] == ',');
        if (lowest && pk_background_find(p->worker->app->backgrounds, name, NULL)) {
            p->ground = name;
            lowest = false;
            continue;
        }
        lowest = false;
        uint32_t *count = &p->asked.style_count;
        if (*count == PK_TILE_STYLES_MAX) {
            return pk_fail_said(err, PK_LIMIT, lang, NULL, PK_MSG_REQ_STYLES, "max",
                                pk_arena_printf(arena, "%d", PK_TILE_STYLES_MAX), NULL);
        }
        enum pk_status status = pk_api_style_of(&p->asked.styles[*count], p->worker, name,
                                                theme, version, err);
        if (status != PK_OK) {
            return status;
        }
        ++*count;
    }
    return PK_OK;
}

/* "600x400.png", "600x400@2x.png" */
static enum pk_status read_size(struct picture *p, const char *text, struct pk_error *err)
{
    struct pk_picture_request *out = &p->asked;
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
        return pk_fail_said(
            err, PK_NOT_FOUND, p->request->lang, NULL, PK_MSG_REQ_PICTURE_SIZE, "max",
            pk_arena_printf(&p->worker->arena, "%d", PK_PICTURE_PX_MAX), NULL);
    }
    return PK_OK;
}

static enum pk_status read_box(struct picture *p, struct pk_error *err)
{
    double box[4];
    if (!pk_request_numbers(pk_route_param(p->request, 1), box, 4) || box[0] >= box[2] ||
        box[1] >= box[3]) {
        return pk_fail_said(err, PK_NOT_FOUND, p->request->lang, NULL, PK_MSG_REQ_BOX,
                            NULL);
    }
    p->asked.box = (struct pk_box){box[0], box[1], box[2], box[3]};
    return PK_OK;
}

/* marker= and shape=, drawn on top. */
static enum pk_status read_marks(struct picture *p, struct pk_error *err)
{
    const char *marker = pk_request_arg(p->request, "marker");
    const char *text = pk_request_arg(p->request, "shape");
    double point[2];
    if (marker != NULL) {
        if (!pk_request_numbers(marker, point, 2)) {
            return pk_fail_said(err, PK_BAD_INPUT, p->request->lang, "marker",
                                PK_MSG_REQ_TWO_NUMBERS, "value", marker, NULL);
        }
        p->asked.marker = true;
        p->asked.marker_x = point[0];
        p->asked.marker_y = point[1];
    }
    if (text == NULL) {
        return PK_OK;
    }
    struct pk_geom *shape = pk_arena_alloc(&p->worker->arena, 1, sizeof(*shape));
    enum pk_status status =
        pk_shape_of_text(shape, text, SHAPE_VERTICES_MAX, &p->worker->arena, err);
    if (status != PK_OK) {
        char why[sizeof(err->text)];
        memcpy(why, err->text, sizeof(why));
        return pk_fail_said(err, status, p->request->lang, "shape", PK_MSG_REQ_SHAPE_FORM,
                            "why", why, NULL);
    }
    struct pk_box box = pk_geom_box(shape), far = pk_box_grow(p->asked.box, shape_far_m);
    if (box.min_x < far.min_x || box.min_y < far.min_y || box.max_x > far.max_x ||
        box.max_y > far.max_y) {
        return pk_fail_said(err, PK_BAD_INPUT, p->request->lang, "shape",
                            PK_MSG_REQ_SHAPE_AWAY, NULL);
    }
    p->asked.shape = shape;
    return PK_OK;
}

static enum pk_status read_picture(struct picture *p, struct pk_error *err)
{
    struct pk_worker *worker = p->worker;
    const char *theme;
    bool day_given;
    struct pk_state state = {0};
    enum pk_status status = pk_api_theme(worker->app, p->request, &theme, err);
    if (status == PK_OK) {
        status = pk_api_state(p->request, &state, &p->fixed, &day_given, err);
    }
    if (status == PK_OK) {
        p->asked.version = state.version;
        status = read_styles(p, pk_route_param(p->request, 0), theme, state.version, err);
    }
    if (status == PK_OK) {
        status = read_size(p, pk_route_param(p->request, 2), err);
    }
    if (status == PK_OK) {
        status = pk_api_crs(p->request, &p->asked.epsg, err);
    }
    if (status == PK_OK) {
        status = read_box(p, err);
    }
    if (status == PK_OK && day_given) {
        char *day = pk_arena_alloc(&worker->arena, PK_DATE_TEXT, 1);
        pk_date_format(day, state.day);
        p->asked.legal_day = day;
    }
    p->asked.opaque = true;
    p->fixed = p->fixed && p->ground == NULL;
    return status == PK_OK ? read_marks(p, err) : status;
}

/* The outside map's pixels; when it has none the picture stands on plain ground, and its
 * header says so. */
static void lay_ground(struct picture *p, struct pk_surface *pixels,
                       struct pk_response *response)
{
    struct pk_error err = {0};
    const struct pk_picture_request *a = &p->asked;
    struct pk_ground_view view = {a->epsg, a->box, a->width * a->scale,
                                  a->height * a->scale};
    if (pk_ground(pixels, p->worker->app->backgrounds, p->ground, &view, p->worker->crs,
                  &p->worker->arena, &err) == PK_OK) {
        p->asked.ground = pixels->px;
        return;
    }
    pk_log(PK_LOG_INFO, "background", "id=%s picture without it: %s", p->ground,
           err.text);
    response->background = pk_arena_printf(&p->worker->arena, "%s; missing", p->ground);
    response->keep = PK_KEEP_NOTHING;
}

enum pk_status pk_api_picture(struct pk_worker *worker, const struct pk_request *request,
                              struct pk_response *response, struct pk_error *err)
{
    struct picture p = {.worker = worker, .request = request};
    struct pk_rendered rendered = {0};
    struct pk_surface ground = {0};
    enum pk_status status = read_picture(&p, err);
    if (status == PK_OK) {
        response->keep = p.fixed ? PK_KEEP_FIXED : PK_KEEP_SHORT;
        if (p.ground != NULL) {
            lay_ground(&p, &ground, response);
        }
        status = pk_render_picture(&rendered, worker->renderer, &p.asked, err);
    }
    pk_surface_finish(&ground);
    if (status != PK_OK) {
        return status;
    }
    pk_app_count(worker->app, PK_COUNT_DRAWN);
    response->body = pk_body_create(rendered.bytes, rendered.len);
    response->content_type = "image/png";
    response->version = rendered.version;
    return PK_OK;
}

/* A tile made of another set's tiles. */
static enum pk_status turned_tile(struct pk_worker *worker, const char *id,
                                  const struct pk_grid *grid, struct pk_tile_id tile,
                                  struct pk_response *response, struct pk_error *err)
{
    struct pk_surface pixels = {0};
    struct pk_ground_view view = {
        .epsg = grid->epsg, .width = PK_TILE_PX, .height = PK_TILE_PX};
    struct pk_buf out;
    pk_buf_init(&out, PK_BACKGROUND_BYTES_MAX);
    enum pk_status status = pk_grid_tile_box(&view.box, grid, tile, err);
    if (status == PK_OK) {
        status = pk_ground(&pixels, worker->app->backgrounds, id, &view, worker->crs,
                           &worker->arena, err);
    }
    if (status == PK_OK) {
        struct pk_png *png = pk_png_create();
        status = pk_png_write(&out, png, &pixels, NULL, 1, err);
        pk_png_destroy(png);
    }
    if (status == PK_OK) {
        pk_response_take(response, &out, "image/png");
    }
    pk_surface_finish(&pixels);
    pk_buf_finish(&out);
    return status;
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
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "tms", PK_MSG_REQ_TMS,
                            "value", tms, NULL);
    }
    if (y == NULL ||
        !pk_parse_all_u32(pk_route_param(request, 1), PK_LEVELS_MAX, &tile.z) ||
        !pk_parse_all_u32(pk_route_param(request, 2), UINT32_MAX - 1, &tile.x) ||
        !pk_parse_all_u32(y, UINT32_MAX - 1, &tile.y)) {
        return pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_TILE,
                            NULL);
    }
    response->keep = PK_KEEP_SHORT;
    const char *id = pk_route_param(request, 0);
    struct pk_background_info info;
    if (pk_background_find(worker->app->backgrounds, id, &info) && info.grid != NULL &&
        info.grid != grid) {
        return turned_tile(worker, id, grid, tile, response, err);
    }
    return pk_background_tile(&response->body, &response->content_type,
                              worker->app->backgrounds, id, grid, tile, err);
}
