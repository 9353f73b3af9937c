#include "server/api.h"

#include <string.h>
#include <time.h>

#include "base/jsonread.h"
#include "base/parse.h"
#include "server/feature_json.h"
#include "server/geojson.h"
#include "server/styleset.h"

enum { POSTED_VERTICES_MAX = 10000 };

enum pk_status pk_api_state(const struct pk_request *request, struct pk_state *out,
                            bool *version_given, bool *day_given, struct pk_error *err)
{
    const char *version = pk_request_arg(request, "version");
    const char *day = pk_request_arg(request, "datetime");
    *out = (struct pk_state){0, PK_DATE_NONE};
    *version_given = version != NULL;
    *day_given = day != NULL;
    if (version != NULL) {
        uint64_t number;
        const char *cursor = version;
        if (!pk_parse_u64(&cursor, INT64_MAX / 4, &number) || !pk_parse_end(cursor) ||
            number == 0) {
            return pk_fail_said(err, PK_BAD_INPUT, request->lang, "version",
                                PK_MSG_REQ_VERSION, "value", version, NULL);
        }
        out->version = (int64_t)number;
    }
    if (day != NULL) {
        out->day = pk_date_parse(day);
        if (out->day == PK_DATE_NONE) {
            return pk_fail_said(err, PK_BAD_INPUT, request->lang, "datetime",
                                PK_MSG_REQ_DAY, "value", day, NULL);
        }
    }
    return PK_OK;
}

enum pk_status pk_api_theme(const struct pk_app *app, const struct pk_request *request,
                            const char **out, struct pk_error *err)
{
    const char *theme = pk_request_arg(request, "theme");
    *out = theme != NULL ? theme : app->theme;
    if (!pk_styles_has_theme(*out)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "theme", PK_MSG_REQ_THEME,
                            "value", *out, NULL);
    }
    return PK_OK;
}

enum pk_status pk_api_crs(const struct pk_request *request, int *out,
                          struct pk_error *err)
{
    const char *crs = pk_request_arg(request, "crs");
    uint32_t number = 0;
    *out = 3006;
    if (crs == NULL) {
        return PK_OK;
    }
    *out = pk_parse_all_u32(crs, 99999, &number) ? (int)number : pk_crs_of_name(crs);
    if (!pk_crs_known(*out)) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "crs", PK_MSG_REQ_CRS,
                            "value", crs, NULL);
    }
    return PK_OK;
}

static enum pk_status read_point(const char *text, struct pk_question *out,
                                 struct pk_error *err)
{
    double point[2];
    if (!pk_request_numbers(text, point, 2)) {
        return pk_fail_said(err, PK_BAD_INPUT, out->lang, "point", PK_MSG_REQ_TWO_NUMBERS,
                            "value", text, NULL);
    }
    out->kind = PK_ASK_POINT;
    out->x = point[0];
    out->y = point[1];
    return PK_OK;
}

static enum pk_status read_shape(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_question *out, struct pk_error *err)
{
    json_t *json = NULL;
    enum pk_status status =
        pk_json_parse(&json, request->body, request->body_len, PK_BODY_MAX, err);
    if (status != PK_OK) {
        return pk_error_context(err, PK_BAD_INPUT, "geometry");
    }
    struct pk_geom *shape = pk_arena_alloc(&worker->arena, 1, sizeof(*shape));
    status = pk_geojson_geometry(shape, json, POSTED_VERTICES_MAX, &worker->arena, err);
    json_decref(json);
    if (status != PK_OK) {
        return pk_error_context(err, status, "geometry");
    }
    if (pk_request_arg(request, "crs") == NULL) {
        out->crs = 4326; /* RFC 7946 */
    }
    out->kind = PK_ASK_GEOMETRY;
    out->shape = shape;
    return PK_OK;
}

enum pk_status pk_api_question(struct pk_worker *worker, const struct pk_request *request,
                               struct pk_question *out, struct pk_error *err)
{
    const char *point = pk_request_arg(request, "point");
    const char *property = pk_request_arg(request, "property");
    const char *address = pk_request_arg(request, "address");
    memset(out, 0, sizeof(*out));
    out->lang = request->lang;
    out->now = time(NULL);
    enum pk_status status =
        pk_api_state(request, &out->state, &out->version_given, &out->day_given, err);
    if (status == PK_OK) {
        status = pk_api_crs(request, &out->crs, err);
    }
    if (status != PK_OK) {
        return status;
    }
    int given = (point != NULL) + (property != NULL) + (address != NULL) +
                (request->body != NULL);
    if (given > 1) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang,
                            point != NULL      ? "point"
                            : property != NULL ? "property"
                                               : "address",
                            PK_MSG_REQ_ONE_QUESTION, NULL);
    }
    if (point != NULL) {
        return read_point(point, out, err);
    }
    if (request->body != NULL) {
        return read_shape(worker, request, out, err);
    }
    if (property == NULL && address == NULL) {
        return pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL,
                            PK_MSG_REQ_NO_QUESTION, NULL);
    }
    out->kind = property != NULL ? PK_ASK_PROPERTY : PK_ASK_ADDRESS;
    out->text = property != NULL ? property : address;
    return PK_OK;
}

const char *pk_api_without(struct pk_arena *arena, const char *text, const char *ending)
{
    size_t len = strlen(text), end = strlen(ending);
    if (len <= end || strcmp(text + len - end, ending) != 0) {
        return NULL;
    }
    return pk_arena_strndup(arena, text, len - end);
}

enum pk_status pk_api_style_of(const struct pk_style **out, struct pk_worker *worker,
                               const char *name, const char *theme, int64_t version,
                               struct pk_error *err)
{
    struct pk_styles *styles = worker->app->styles;
    struct pk_store *store = worker->store;
    struct pk_layer_row *rows = NULL;
    uint32_t count = 0;
    int64_t newest;
    *out = pk_styles_find(styles, name, theme);
    if (version == 0) {
        return *out != NULL
                   ? PK_OK
                   : pk_fail(err, PK_NOT_FOUND, "there is no style \"%.60s\"", name);
    }
    enum pk_status status = store->ops->begin(store, &newest, err);
    if (status != PK_OK) {
        return status;
    }
    status = store->ops->layers(store, version, &rows, &count, &worker->arena, err);
    store->ops->end(store);
    return status == PK_OK
               ? pk_styles_find_past(out, styles, name, theme, rows, count, err)
               : status;
}

enum pk_status pk_api_feature(struct pk_worker *worker, const struct pk_request *request,
                              const char *id, const struct pk_geom *geoms, uint32_t count,
                              struct pk_buf *json, struct pk_response *response,
                              struct pk_error *err)
{
    if (json->failed) {
        return pk_fail_said(err, PK_LIMIT, request->lang, NULL, PK_MSG_REQ_ANSWER_LARGE,
                            NULL);
    }
    struct pk_feature_json feature = {id, geoms, count, json->data};
    struct pk_buf out;
    pk_buf_init(&out, PK_RESPONSE_MAX);
    enum pk_status status =
        pk_feature_json(&out, &feature, request, worker->crs, &worker->arena, err);
    if (status == PK_OK) {
        pk_response_take(response, &out, "application/geo+json");
    }
    pk_buf_finish(&out);
    return status;
}
