/* Tiles: /tiles/{style}/{tileMatrixSet}/{z}/{x}/{y}..., from the cache on the HTTP thread
 * when the entry is right for the newest version, else checked or drawn by a worker. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/parse.h"
#include "base/text.h"
#include "server/api.h"
#include "server/cache.h"
#include "server/styleset.h"

enum tile_format { TILE_PNG, TILE_IDS_PNG, TILE_IDS_JSON, TILE_MVT };

#define MVT_TYPE "application/vnd.mapbox-vector-tile"

enum { TILEJSON_MAX = 64 << 10, IDS_JSON_MAX = 16 << 20 };

struct tile {
    struct pk_tile_request request;
    enum tile_format format;
    struct pk_tile_key key;
    bool version_given, day_given;
    const char *encoding; /* of a vector tile: "br", "gzip" or NULL */
    char day[PK_DATE_TEXT];
};

static bool read_file(const char *text, struct tile *out)
{
    static const struct {
        const char *ending;
        enum tile_format format;
    } endings[] = {
        {".png",      TILE_PNG     },
        {".ids.png",  TILE_IDS_PNG },
        {".ids.json", TILE_IDS_JSON},
        {".mvt",      TILE_MVT     }
    };
    const char *cursor = text;
    out->request.scale = 1;
    if (!pk_parse_u32(&cursor, UINT32_MAX - 1, &out->request.tile.y)) {
        return false;
    }
    if (pk_parse_char(&cursor, '@') &&
        !(pk_parse_u32(&cursor, 3, &out->request.scale) && pk_parse_char(&cursor, 'x') &&
          out->request.scale >= 2)) {
        return false;
    }
    for (size_t i = 0; i < PK_COUNT(endings); i++) {
        if (strcmp(cursor, endings[i].ending) == 0) {
            out->format = endings[i].format;
            return out->format != TILE_MVT || out->request.scale == 1;
        }
    }
    return false;
}

/* `worker` NULL: on an HTTP thread, where only tiles of today are answered. */
static enum pk_status read_tile(struct pk_app *app, struct pk_worker *worker,
                                const struct pk_request *request, struct tile *out,
                                struct pk_error *err)
{
    struct pk_state state;
    memset(out, 0, sizeof(*out));
    const char *style = pk_route_param(request, 0), *grid = pk_route_param(request, 1);
    struct pk_tile_id *id = &out->request.tile;
    const char *theme;
    enum pk_status status = pk_api_theme(app, request, &theme, err);
    if (status == PK_OK) {
        status = pk_api_state(request, &state, &out->version_given, &out->day_given, err);
    }
    if (status != PK_OK) {
        return status;
    }
    out->request.version = state.version;
    if (out->day_given) {
        pk_date_format(out->day, state.day);
        out->request.legal_day = out->day;
    }
    if (worker == NULL) {
        out->request.style = pk_styles_find(app->styles, style, theme);
        status = out->request.style != NULL ? PK_OK : PK_NOT_FOUND;
    } else {
        status = pk_api_style_of(&out->request.style, worker, style, theme, state.version,
                                 err);
    }
    if (status != PK_OK) {
        return status;
    }
    out->request.grid = pk_grid_find(grid);
    if (out->request.grid == NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no tile matrix set \"%.60s\"", grid);
    }
    if (!pk_parse_all_u32(pk_route_param(request, 2), PK_LEVELS_MAX, &id->z) ||
        !pk_parse_all_u32(pk_route_param(request, 3), UINT32_MAX - 1, &id->x) ||
        !read_file(pk_route_param(request, 4), out)) {
        return pk_fail(err, PK_NOT_FOUND,
                       "a tile is {z}/{x}/{y}.png, {y}@2x.png, {y}.mvt, "
                       "{y}.ids.png or {y}.ids.json");
    }
    struct pk_box box;
    status = pk_grid_tile_box(&box, out->request.grid, *id, err);
    if (status != PK_OK) {
        return status;
    }
    uint32_t grid_index = 0;
    while (pk_grid_at(grid_index) != out->request.grid) {
        grid_index++;
    }
    out->key = (struct pk_tile_key){.style_hash = pk_style_hash(out->request.style),
                                    .z = id->z,
                                    .x = id->x,
                                    .y = id->y,
                                    .grid = (uint8_t)grid_index,
                                    .scale = (uint8_t)out->request.scale,
                                    .format = (uint8_t)out->format};
    if (out->format == TILE_MVT) {
        out->encoding = pk_negotiate_encoding(request->accept_encoding);
        out->key.scale = out->encoding == NULL ? 0 : (uint8_t)out->encoding[0];
    }
    return PK_OK;
}

/* What a named version holds is fixed; every other state may change with the next. */
static enum pk_keep keep_of(const struct tile *tile)
{
    return tile->version_given ? PK_KEEP_FIXED : PK_KEEP_SHORT;
}

static void respond(struct pk_response *response, const struct tile *asked,
                    const struct pk_cached *tile, enum pk_keep keep)
{
    response->status = 200;
    response->body = tile->body; /* the reference goes along */
    response->content_type = asked->format == TILE_MVT ? MVT_TYPE : "image/png";
    /* A small one is not compressed: its ETag has no mark. */
    response->encoding = strchr(tile->etag, '-') != NULL ? asked->encoding : NULL;
    response->vary_accept = asked->format == TILE_MVT && response->encoding == NULL;
    response->keep = keep;
    response->version = tile->checked;
    memcpy(response->etag, tile->etag, sizeof(response->etag));
}

static bool is_cacheable(const struct pk_app *app, const struct tile *tile)
{
    return app->cache != NULL && !tile->version_given && !tile->day_given &&
           (tile->format == TILE_PNG || tile->format == TILE_MVT);
}

bool pk_fast_tile(struct pk_app *app, const struct pk_request *request,
                  struct pk_response *response)
{
    struct tile tile;
    struct pk_error err;
    struct pk_cached cached;
    bool checked = false;
    if (read_tile(app, NULL, request, &tile, &err) != PK_OK ||
        !is_cacheable(app, &tile)) {
        return false; /* a worker says what is wrong */
    }
    int64_t version = atomic_load(&app->version);
    enum pk_cache_answer answer =
        pk_cache_get(app->cache, app->changes, &tile.key, version, &cached, &checked);
    if (answer == PK_CACHE_HIT) {
        pk_app_count(app, checked ? PK_COUNT_CACHE_CHECKED : PK_COUNT_CACHE_HITS);
        respond(response, &tile, &cached, PK_KEEP_SHORT);
        return true;
    }
    if (answer == PK_CACHE_UNSURE) {
        pk_body_unref(cached.body);
    }
    return false;
}

/* The cached bytes when their inputs are still the same. */
static enum pk_status recheck(struct pk_worker *worker, const struct tile *tile,
                              struct pk_cached *cached, bool *same, struct pk_error *err)
{
    struct pk_rendered rendered = {0};
    enum pk_status status =
        tile->format == TILE_MVT
            ? pk_render_mvt(&rendered, worker->renderer, &tile->request, err)
            : pk_render_digest(&rendered, worker->renderer, &tile->request, err);
    if (status != PK_OK) {
        return status;
    }
    free(rendered.bytes); /* a vector tile is cheaper made than compared */
    *same = rendered.digest == cached->digest &&
            pk_cache_confirm(worker->app->cache, &tile->key, rendered.digest,
                             rendered.dep, rendered.version);
    cached->checked = rendered.version;
    return PK_OK;
}

static enum pk_status draw(struct pk_worker *worker, const struct tile *tile,
                           struct pk_cached *out, struct pk_error *err)
{
    struct pk_rendered rendered = {0};
    bool vectors = tile->format == TILE_MVT;
    enum pk_status status = (vectors ? pk_render_mvt : pk_render_tile)(
        &rendered, worker->renderer, &tile->request, err);
    if (status != PK_OK) {
        return status;
    }
    pk_app_count(worker->app, PK_COUNT_DRAWN);
    struct pk_response tagged = {.body = pk_body_create(rendered.bytes, rendered.len),
                                 .content_type = vectors ? MVT_TYPE : "image/png"};
    pk_response_compress(&tagged, tile->encoding);
    pk_response_tag(&tagged);
    *out = (struct pk_cached){.body = tagged.body,
                              .checked = rendered.version,
                              .dep = rendered.dep,
                              .family = rendered.family,
                              .band = rendered.band,
                              .digest = rendered.digest};
    memcpy(out->etag, tagged.etag, sizeof(out->etag));
    if (is_cacheable(worker->app, tile)) {
        pk_cache_put(worker->app->cache, &tile->key, out);
    }
    return PK_OK;
}

static enum pk_status draw_ids(struct pk_worker *worker, const struct tile *tile,
                               struct pk_response *response, struct pk_error *err)
{
    struct pk_rendered rendered = {0};
    struct pk_buf ids;
    pk_buf_init(&ids, IDS_JSON_MAX);
    enum pk_status status =
        pk_render_ids(&rendered, &ids, worker->renderer, &tile->request, err);
    if (status == PK_OK && tile->format == TILE_IDS_JSON) {
        pk_response_take(response, &ids, "application/json");
        free(rendered.bytes);
    } else if (status == PK_OK) {
        response->body = pk_body_create(rendered.bytes, rendered.len);
        response->content_type = "image/png";
    }
    response->keep = keep_of(tile);
    response->version = rendered.version;
    pk_buf_finish(&ids);
    return status;
}

enum pk_status pk_api_tile(struct pk_worker *worker, const struct pk_request *request,
                           struct pk_response *response, struct pk_error *err)
{
    struct pk_app *app = worker->app;
    struct tile tile;
    struct pk_cached cached = {0};
    enum pk_status status = read_tile(app, worker, request, &tile, err);
    if (status != PK_OK) {
        return status;
    }
    if (tile.format == TILE_IDS_PNG || tile.format == TILE_IDS_JSON) {
        return draw_ids(worker, &tile, response, err);
    }
    enum pk_cache_answer answer = PK_CACHE_MISS;
    if (is_cacheable(app, &tile)) {
        answer = pk_cache_get(app->cache, app->changes, &tile.key,
                              atomic_load(&app->version), &cached, NULL);
    }
    if (answer == PK_CACHE_UNSURE) {
        bool same = false;
        status = recheck(worker, &tile, &cached, &same, err);
        if (status != PK_OK || !same) {
            pk_body_unref(cached.body);
        }
        answer = same ? PK_CACHE_HIT : PK_CACHE_MISS;
        pk_app_count(app, same ? PK_COUNT_CACHE_CHECKED : PK_COUNT_CACHE_MISSES);
    } else {
        pk_app_count(app, answer == PK_CACHE_HIT ? PK_COUNT_CACHE_HITS
                                                 : PK_COUNT_CACHE_MISSES);
    }
    if (status == PK_OK && answer == PK_CACHE_MISS) {
        status = draw(worker, &tile, &cached, err);
    }
    if (status == PK_OK) {
        respond(response, &tile, &cached, keep_of(&tile));
    }
    return status;
}

/* ---- TileJSON 3.0 ---- */

static void write_grid(struct pk_json *j, const struct pk_grid *grid)
{
    pk_json_key(j, "tileMatrixSet");
    pk_json_object(j);
    pk_json_member(j, "id", grid->id);
    pk_json_member(j, "title", grid->title);
    pk_json_member_int(j, "epsg", grid->epsg);
    pk_json_key(j, "origin");
    pk_json_array(j);
    pk_json_fixed(j, grid->left, 6);
    pk_json_fixed(j, grid->top, 6);
    pk_json_end(j);
    pk_json_member_int(j, "tileSize", PK_TILE_PX);
    pk_json_key(j, "levels");
    pk_json_array(j);
    for (uint32_t i = 0; i < grid->level_count; i++) {
        pk_json_object(j);
        pk_json_key(j, "resolution");
        pk_json_fixed(j, grid->levels[i].pixel, 12);
        pk_json_member_int(j, "columns", grid->levels[i].columns);
        pk_json_member_int(j, "rows", grid->levels[i].rows);
        pk_json_end(j);
    }
    pk_json_end(j);
    pk_json_end(j);
}

enum pk_status pk_api_tilejson(struct pk_worker *worker, const struct pk_request *request,
                               struct pk_response *response, struct pk_error *err)
{
    struct pk_app *app = worker->app;
    const char *style = pk_route_param(request, 0), *theme;
    const char *name =
        pk_api_without(&worker->arena, pk_route_param(request, 1), ".json");
    const struct pk_grid *grid = name != NULL ? pk_grid_find(name) : NULL;
    enum pk_status status = pk_api_theme(app, request, &theme, err);
    if (status != PK_OK) {
        return status;
    }
    if (grid == NULL || pk_styles_find(app->styles, style, theme) == NULL) {
        return pk_fail(err, PK_NOT_FOUND, "there is no such style or tile matrix set");
    }
    struct pk_buf out, url;
    pk_buf_init(&out, TILEJSON_MAX);
    pk_buf_init(&url, TILEJSON_MAX);
    pk_buf_addf(&url, "%s/tiles/", request->base);
    pk_url_escape(&url, style, "");
    pk_buf_addf(&url, "/%s/{z}/{x}/{y}.png", grid->id);
    if (pk_request_arg(request, "theme") != NULL) {
        pk_buf_addf(&url, "?theme=%s", theme);
    }
    struct pk_json j;
    pk_json_init(&j, &out);
    pk_json_object(&j);
    pk_json_member(&j, "tilejson", "3.0.0");
    pk_json_member(&j, "name", style);
    pk_json_member(&j, "scheme", "xyz");
    pk_json_key(&j, "tiles");
    pk_json_array(&j);
    pk_json_string(&j, url.data);
    pk_json_end(&j);
    pk_json_member_int(&j, "minzoom", 0);
    pk_json_member_int(&j, "maxzoom", grid->level_count - 1);
    pk_json_member(&j, "attribution", app->names[request->lang]);
    write_grid(&j, grid);
    pk_json_end(&j);
    pk_response_take(response, &out, "application/json");
    pk_buf_finish(&url);
    response->version = atomic_load(&app->version);
    return PK_OK;
}
