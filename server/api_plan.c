/* Pages of single things: plans and regulations. */
#include <string.h>

#include "base/json.h"
#include "server/answer_page.h"
#include "server/api.h"

enum { PLAN_JSON_MAX = 16 << 20, CHOICES_MAX = 100 };

static const unsigned page_or_json =
    1u << PK_FORMAT_HTML | 1u << PK_FORMAT_JSON | 1u << PK_FORMAT_GEOJSON;

/* What `json` holds as the properties of a feature; `json` is emptied. */
static enum pk_status respond_feature(struct pk_worker *worker,
                                      const struct pk_request *request, struct pk_id id,
                                      const struct pk_geom *geoms, uint32_t count,
                                      struct pk_buf *json, struct pk_response *response,
                                      struct pk_error *err)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    return pk_api_feature(worker, request, text, geoms, count, json, response, err);
}

static enum pk_status read_plan(struct pk_worker *worker,
                                const struct pk_request *request, struct pk_id id,
                                struct pk_answer_plan **plan, struct pk_geom *geom,
                                struct pk_error *err)
{
    struct pk_state state;
    bool version_given, day_given;
    enum pk_status status =
        pk_api_state(request, &state, &version_given, &day_given, err);
    if (status != PK_OK) {
        return status;
    }
    return pk_plan_answer(plan, geom, worker->store, id, state, request->lang,
                          &worker->municipality, &worker->arena, err);
}

static void write_plan_page(struct pk_worker *worker, const struct pk_request *request,
                            const struct pk_answer_plan *plan, const struct pk_geom *geom,
                            struct pk_buf *out)
{
    struct pk_page page;
    const char *name = plan->namn != NULL ? plan->namn : plan->beteckning;
    name = name != NULL ? name : pk_msg_text(PK_MSG_ANSWER_PLAN_UNNAMED, request->lang);
    pk_page_begin(&page, out, worker->app, request, request->lang, name);
    pk_plan_html(&page, plan, 1, false);
    struct pk_box box = pk_geom_box(geom);
    if (!pk_box_is_empty(box)) {
        pk_picture_html(&page, box,
                        pk_say(&worker->arena, request->lang, PK_MSG_ANSWER_PICTURE,
                               "place", name, NULL),
                        false, 0, 0);
        pk_htmlf(out, "<p><a href=\"/?x=%.1f&amp;y=%.1f&amp;lang=%s\">%s</a></p>\n",
                 (box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2,
                 pk_lang_tag(request->lang),
                 pk_msg_text(PK_MSG_PLAN_ON_MAP, request->lang));
    }
    pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_LEGAL_TEXT, request->lang));
    pk_page_end(&page);
}

enum pk_status pk_api_plan(struct pk_worker *worker, const struct pk_request *request,
                           struct pk_response *response, struct pk_error *err)
{
    enum pk_format format;
    struct pk_id id;
    struct pk_answer_plan *plan = NULL;
    struct pk_geom geom = {0};
    enum pk_status status =
        pk_negotiate_format(&format, request, page_or_json, PK_FORMAT_HTML, err);
    if (status == PK_OK && !pk_id_parse(&id, pk_route_param(request, 0))) {
        status = pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_PLAN_ID,
                              "value", pk_route_param(request, 0), NULL);
    }
    if (status == PK_OK) {
        status = read_plan(worker, request, id, &plan, &geom, err);
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, PLAN_JSON_MAX);
    if (format == PK_FORMAT_JSON) {
        pk_plan_json(&out, plan);
        pk_response_take(response, &out, "application/json");
    } else if (format == PK_FORMAT_GEOJSON) {
        pk_plan_json(&out, plan);
        status = respond_feature(worker, request, id, &geom, 1, &out, response, err);
    } else {
        write_plan_page(worker, request, plan, &geom, &out);
        pk_page_respond(response, &out);
    }
    pk_buf_finish(&out);
    response->vary_language = response->vary_accept = true;
    return status;
}

/* ---- /plan?beteckning=&kommun= ---- */

struct choices {
    struct pk_worker *worker;
    const char *municipality;
    struct pk_plan_row rows[CHOICES_MAX];
    uint32_t count;
};

static bool see_plan(const struct pk_plan_row *row, void *ctx)
{
    struct choices *c = ctx;
    bool fits =
        c->municipality == NULL ||
        (row->municipality_code != NULL &&
         strcmp(row->municipality_code, c->municipality) == 0) ||
        (row->municipality != NULL && strcmp(row->municipality, c->municipality) == 0);
    if (fits && c->count < CHOICES_MAX) {
        struct pk_plan_row *copy = &c->rows[c->count++];
        copy->id = row->id;
        copy->name = pk_arena_strdup(&c->worker->arena, row->name);
        copy->designation = pk_arena_strdup(&c->worker->arena, row->designation);
        copy->municipality = pk_arena_strdup(&c->worker->arena, row->municipality);
        copy->in_force = pk_arena_strdup(&c->worker->arena, row->in_force);
    }
    return c->count < CHOICES_MAX;
}

static void write_choices(struct pk_worker *worker, const struct pk_request *request,
                          const struct choices *c, struct pk_response *response)
{
    struct pk_buf out;
    struct pk_page page;
    enum pk_lang lang = request->lang;
    pk_buf_init(&out, PK_PAGE_MAX);
    pk_page_begin(&page, &out, worker->app, request, lang,
                  pk_msg_text(PK_MSG_PLAN_CHOICES, lang));
    pk_htmlf(&out, "<h1>%s</h1>\n<ul>\n", pk_msg_text(PK_MSG_PLAN_CHOICES, lang));
    for (uint32_t i = 0; i < c->count; i++) {
        const struct pk_plan_row *row = &c->rows[i];
        char id[PK_ID_TEXT];
        pk_id_format(id, row->id);
        pk_htmlf(&out, "<li><a href=\"/plan/%s?lang=%s\">%s %s</a>", id,
                 pk_lang_tag(lang), row->designation, row->name);
        pk_htmlf(&out, ", %s %s</li>\n", row->municipality, row->in_force);
    }
    pk_buf_adds(&out, "</ul>\n");
    pk_page_end(&page);
    pk_page_respond(response, &out);
    pk_buf_finish(&out);
}

enum pk_status pk_api_plan_by_name(struct pk_worker *worker,
                                   const struct pk_request *request,
                                   struct pk_response *response, struct pk_error *err)
{
    const char *designation = pk_request_arg(request, "beteckning");
    if (designation == NULL) {
        return pk_fail_said(err, PK_BAD_INPUT, request->lang, "beteckning",
                            PK_MSG_REQ_DESIGNATION_MISSING, NULL);
    }
    struct pk_store *store = worker->store;
    struct choices *c = pk_arena_alloc(&worker->arena, 1, sizeof(*c));
    c->worker = worker;
    c->municipality = pk_request_arg(request, "kommun");
    struct pk_rows rows = {.designation = designation, .no_geometry = true};
    int64_t version;
    enum pk_status status = store->ops->begin(store, &version, err);
    if (status != PK_OK) {
        return status;
    }
    status = store->ops->plans(store, version, &rows, see_plan, c, &worker->arena, err);
    store->ops->end(store);
    if (status != PK_OK) {
        return status;
    }
    if (c->count == 0) {
        return pk_fail_said(err, PK_NOT_FOUND, request->lang, "beteckning",
                            PK_MSG_REQ_NO_DESIGNATION, "value", designation, NULL);
    }
    if (c->count > 1) {
        write_choices(worker, request, c, response);
        return PK_OK;
    }
    char id[PK_ID_TEXT];
    pk_id_format(id, c->rows[0].id);
    response->status = 303;
    response->location = pk_arena_printf(&worker->arena, "/plan/%s", id);
    return PK_OK;
}

/* ---- /regulation/{id} ---- */

static bool see_regulation(const struct pk_regulation_row *row, void *ctx)
{
    *(struct pk_id *)ctx = row->plan_id;
    return false;
}

static enum pk_status plan_of_regulation(struct pk_worker *worker,
                                         const struct pk_request *request,
                                         struct pk_id id, int64_t version,
                                         struct pk_id *plan, struct pk_error *err)
{
    struct pk_store *store = worker->store;
    struct pk_rows rows = {.id = &id, .no_geometry = true};
    int64_t newest;
    enum pk_status status = store->ops->begin(store, &newest, err);
    if (status == PK_OK) {
        status = store->ops->regulations(store, version > 0 ? version : newest, &rows,
                                         see_regulation, plan, &worker->arena, err);
        store->ops->end(store);
    }
    if (status == PK_OK && pk_id_is_zero(*plan)) {
        status = pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL,
                              PK_MSG_REQ_NO_REGULATION, NULL);
    }
    return status;
}

static void write_regulation_page(struct pk_worker *worker,
                                  const struct pk_request *request,
                                  const struct pk_answer_plan *plan, struct pk_id id,
                                  struct pk_buf *out)
{
    struct pk_page page;
    enum pk_lang lang = request->lang;
    const char *title = pk_msg_text(PK_MSG_REGULATION_TITLE, lang);
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        const struct pk_answer_regulation *r = &plan->regulations[i];
        title = pk_id_equal(r->id, id) ? r->text : title;
    }
    pk_page_begin(&page, out, worker->app, request, lang, title);
    pk_htmlf(out, "<h1>%s</h1>\n<ul class=\"regulations\">\n", title);
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        if (pk_id_equal(plan->regulations[i].id, id)) {
            pk_regulation_html(&page, &plan->regulations[i], false);
        }
    }
    pk_htmlf(out, "</ul>\n<p>%s: <a href=\"%s\">%s</a></p>\n<p>%s</p>\n",
             pk_msg_text(PK_MSG_REGULATION_PLAN, lang), plan->href,
             plan->namn != NULL ? plan->namn : plan->beteckning, plan->text);
    pk_htmlf(out, "<p>%s</p>\n", pk_msg_text(PK_MSG_LEGAL_TEXT, lang));
    pk_page_end(&page);
}

enum pk_status pk_api_regulation(struct pk_worker *worker,
                                 const struct pk_request *request,
                                 struct pk_response *response, struct pk_error *err)
{
    struct pk_id id, plan_id = {0};
    struct pk_state state;
    bool version_given, day_given;
    struct pk_answer_plan *plan = NULL;
    struct pk_geom geom = {0};
    enum pk_format format;
    enum pk_status status =
        pk_negotiate_format(&format, request, page_or_json, PK_FORMAT_HTML, err);
    if (status == PK_OK && !pk_id_parse(&id, pk_route_param(request, 0))) {
        status =
            pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL, PK_MSG_REQ_REGULATION_ID,
                         "value", pk_route_param(request, 0), NULL);
    }
    if (status == PK_OK) {
        status = pk_api_state(request, &state, &version_given, &day_given, err);
    }
    if (status == PK_OK) {
        status = plan_of_regulation(worker, request, id, state.version, &plan_id, err);
    }
    if (status == PK_OK) {
        status = read_plan(worker, request, plan_id, &plan, &geom, err);
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_buf out;
    pk_buf_init(&out, PLAN_JSON_MAX);
    if (format != PK_FORMAT_HTML) {
        uint32_t n = 0;
        while (n < plan->regulation_count && !pk_id_equal(plan->regulations[n].id, id)) {
            n++;
        }
        if (n == plan->regulation_count) {
            pk_buf_finish(&out);
            return pk_fail_said(err, PK_NOT_FOUND, request->lang, NULL,
                                PK_MSG_REQ_NO_REGULATION, NULL);
        }
        pk_regulation_json(&out, &plan->regulations[n]);
    }
    if (format == PK_FORMAT_JSON) {
        pk_response_take(response, &out, "application/json");
    } else if (format == PK_FORMAT_GEOJSON) {
        struct pk_geom shapes[PK_REGULATION_KINDS];
        status =
            pk_regulation_shapes(shapes, worker->store, id, state, &worker->arena, err);
        if (status == PK_OK) {
            status = respond_feature(worker, request, id, shapes, PK_REGULATION_KINDS,
                                     &out, response, err);
        }
    } else {
        write_regulation_page(worker, request, plan, id, &out);
        pk_page_respond(response, &out);
    }
    pk_buf_finish(&out);
    response->vary_language = response->vary_accept = true;
    return status;
}
