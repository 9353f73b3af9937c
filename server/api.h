/*
 * api.h - the handlers of routes.c, and what several of them read from a request.
 */
#ifndef PK_SERVER_API_H
#define PK_SERVER_API_H

#include "server/router.h"

/* version= and datetime=. Errors: PK_BAD_INPUT naming the parameter. */
enum pk_status pk_api_state(const struct pk_request *request, struct pk_state *out,
                            bool *version_given, bool *day_given,
                            struct pk_error *err) PK_MUST_CHECK;
/* theme=, else the configured one. Errors: PK_BAD_INPUT "theme: ...". */
enum pk_status pk_api_theme(const struct pk_app *app, const struct pk_request *request,
                            const char **out, struct pk_error *err) PK_MUST_CHECK;
/* crs= as EPSG number ("EPSG:3006", "3006", a URI); 3006 when absent. */
enum pk_status pk_api_crs(const struct pk_request *request, int *out,
                          struct pk_error *err) PK_MUST_CHECK;
/* The question of point=, property= or address= (exactly one), or of a posted
 * GeoJSON geometry. PK_NOT_FOUND when none is there (and *err says so). */
enum pk_status pk_api_question(struct pk_worker *worker, const struct pk_request *request,
                               struct pk_question *out,
                               struct pk_error *err) PK_MUST_CHECK;
/* The style `name` as it is drawn in `version` (0 = the newest). Errors: PK_NOT_FOUND. */
enum pk_status pk_api_style_of(const struct pk_style **out, struct pk_worker *worker,
                               const char *name, const char *theme, int64_t version,
                               struct pk_error *err) PK_MUST_CHECK;
/* Answer with a GeoJSON Feature (feature_json.h) that has `json` as its properties. */
enum pk_status pk_api_feature(struct pk_worker *worker, const struct pk_request *request,
                              const char *id, const struct pk_geom *geoms, uint32_t count,
                              struct pk_buf *json, struct pk_response *response,
                              struct pk_error *err) PK_MUST_CHECK;
/* The end of a path segment: "12.png" minus ".png", in the arena; NULL otherwise. */
const char *pk_api_without(struct pk_arena *arena, const char *text, const char *ending);

/* On HTTP threads. */
pk_fast_handler pk_fast_asset, pk_fast_health, pk_fast_logo, pk_fast_metrics,
    pk_fast_municipality_css, pk_fast_ready, pk_fast_tile;

pk_outside_test pk_asks_outside_always, pk_asks_outside_start, pk_asks_outside_static;

pk_handler pk_api_accessibility, pk_api_background, pk_api_help, pk_api_lookup,
    pk_api_picture, pk_api_plan, pk_api_plan_by_name, pk_api_property, pk_api_regulation,
    pk_api_search, pk_api_start, pk_api_style, pk_api_style_part, pk_api_glyphs,
    pk_api_tile, pk_api_tilejson;

#endif
