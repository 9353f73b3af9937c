/* lookup_place.c - where a question is: a point, a property, an address, a shape;
 * and which municipality, properties and address that place has. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonread.h"
#include "base/text.h"
#include "layers/crs.h"
#include "layers/lookup_private.h"
#include "layers/search.h"

enum { SUGGESTIONS = 5, TEXT_MAX = 200, ADDRESS_REACH_M = 50, SAME_ADDRESS_M = 200 };

const struct pk_layer_row *lk_layer_with_role(const struct lk *lk, const char *role,
                                              uint32_t *cursor)
{
    for (; *cursor < lk->layer_count; (*cursor)++) {
        const struct pk_layer_row *layer = &lk->layers[*cursor];
        if (layer->role != NULL && strcmp(layer->role, role) == 0) {
            (*cursor)++;
            return layer;
        }
    }
    return NULL;
}

bool lk_is_complete(const struct lk *lk, const char *code)
{
    for (uint32_t i = 0; code != NULL && i < lk->municipality->complete_count; i++) {
        const struct pk_complete *c = &lk->municipality->complete[i];
        if (strcmp(c->code, code) == 0 && c->since != PK_DATE_NONE &&
            c->since <= lk->day) {
            return true;
        }
    }
    return false;
}

/* ---- attributes of municipalities ---- */

static const char *attribute(struct lk *lk, const char *json, const char *const *names)
{
    const char *found = NULL;
    json_t *attributes = json == NULL ? NULL : json_loads(json, 0, NULL);
    for (; *names != NULL && found == NULL; names++) {
        const json_t *value = json_object_get(attributes, *names);
        if (json_is_integer(value)) {
            found = pk_arena_printf(lk->arena, "%04lld",
                                    (long long)json_integer_value(value));
        } else if (json_is_string(value) && *json_string_value(value) != '\0') {
            found = pk_arena_strdup(lk->arena, json_string_value(value));
        }
    }
    json_decref(attributes);
    return found;
}

const char *lk_municipality_code(struct lk *lk, const struct pk_feature_row *row)
{
    static const char *const names[] = {
        "kommunkod", "municipality_code", "code", "KOMMUNKOD", "knkod", "id", NULL};
    return attribute(lk, row->attributes, names);
}

static const char *municipality_name(struct lk *lk, const struct pk_feature_row *row)
{
    static const char *const names[] = {
        "kommunnamn", "municipality", "name", "KOMMUNNAMN", "namn", "kom_namn", NULL};
    const char *name = attribute(lk, row->attributes, names);
    return name != NULL ? name : row->title;
}

/* ---- finding a property or an address by what it is called ---- */

struct found {
    struct lk *lk;
    uint32_t count;
    struct pk_feature_row rows[LK_FEATURES_MAX];
};

static bool keep_feature(const struct pk_feature_row *row, void *ctx)
{
    struct found *f = ctx;
    if (f->count < LK_FEATURES_MAX) {
        f->rows[f->count++] = *row;
    }
    return f->count < LK_FEATURES_MAX;
}

static enum pk_status find_features(struct found *f, struct lk *lk, const char *role,
                                    const struct pk_rows *wanted)
{
    uint32_t cursor = 0;
    const struct pk_layer_row *layer;
    enum pk_status status = PK_OK;
    while (status == PK_OK && (layer = lk_layer_with_role(lk, role, &cursor)) != NULL) {
        struct pk_rows rows = *wanted;
        rows.layer_id = layer->layer_id;
        status = lk->store->ops->features(lk->store, lk->version, &rows, keep_feature, f,
                                          lk->arena, lk->err);
    }
    return status;
}

/* "timrå_vivsta 13 : 5" -> "TIMRÅ VIVSTA 13:5" */
static char *title_form(struct lk *lk, const char *text, bool upper)
{
    char *spaced = pk_arena_strdup(lk->arena, text);
    char *out = spaced;
    for (const char *p = spaced; *p != '\0'; p++) {
        *out++ = *p == '_' ? ' ' : *p;
    }
    char *key = upper ? pk_text_key(lk->arena, spaced) : pk_text_nfc(lk->arena, spaced);
    if (key == NULL) {
        return NULL;
    }
    out = key;
    for (const char *p = key; *p != '\0'; p++) {
        bool beside = *p == ' ' && (p[1] == ':' || (out > key && out[-1] == ':'));
        if (!beside) {
            *out++ = *p;
        }
    }
    *out = '\0';
    return key;
}

/* The one entry whose words are these, or end with these. */
struct by_words {
    struct lk *lk;
    const char *words;
    struct pk_id exact, ending;
    uint32_t exact_count, ending_count;
};

static bool match_words(const struct pk_entry_row *row, void *ctx)
{
    struct by_words *b = ctx;
    const char *label = pk_search_words(b->lk->arena, row->label);
    size_t len = strlen(b->words), have = label == NULL ? 0 : strlen(label);
    if (label == NULL) {
        return true;
    }
    /* All the words searched are the title, and the town of an address. */
    if (strcmp(label, b->words) == 0 || strcmp(row->fold, b->words) == 0) {
        b->exact = row->id;
        b->exact_count++;
    } else if (have > len && label[have - len - 1] == ' ' &&
               strcmp(label + have - len, b->words) == 0) {
        b->ending = row->id;
        b->ending_count++;
    }
    return true;
}

static enum pk_status find_by_words(struct found *f, struct lk *lk, const char *role,
                                    const char *kind, const char *text)
{
    const char *terms[PK_ENTRY_TERMS_MAX];
    const bool whole[PK_ENTRY_TERMS_MAX] = {false};
    struct by_words b = {.lk = lk, .words = pk_search_words(lk->arena, text)};
    struct pk_entry_query query = {
        .terms = terms, .prefix = whole, .kinds = &kind, .kind_count = 1, .limit = 200};
    if (b.words == NULL || *b.words == '\0') {
        return PK_OK;
    }
    for (const char *p = b.words; *p != '\0' && query.term_count < PK_ENTRY_TERMS_MAX;) {
        size_t len = strcspn(p, " ");
        terms[query.term_count++] = pk_arena_strndup(lk->arena, p, len);
        p += len + (p[len] == ' ');
    }
    enum pk_status status =
        lk->store->ops->entries(lk->store, &query, match_words, &b, lk->arena, lk->err);
    bool exact = b.exact_count == 1, ending = b.exact_count == 0 && b.ending_count == 1;
    if (status != PK_OK || (!exact && !ending)) {
        return status;
    }
    struct pk_rows rows = {.id = exact ? &b.exact : &b.ending};
    return find_features(f, lk, role, &rows);
}

static enum pk_status find_named(struct found *f, struct lk *lk, const char *role,
                                 const char *kind, const char *text)
{
    struct pk_id id;
    if (pk_id_parse(&id, text)) {
        struct pk_rows rows = {.id = &id};
        return find_features(f, lk, role, &rows);
    }
    enum pk_status status = PK_OK;
    for (int upper = 1; upper >= 0 && f->count == 0 && status == PK_OK; upper--) {
        const char *title = title_form(lk, text, upper == 1);
        struct pk_rows rows = {.title = title};
        if (title == NULL) {
            return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, kind, PK_MSG_REQ_LETTERS,
                                NULL);
        }
        status = find_features(f, lk, role, &rows);
    }
    if (status == PK_OK && f->count == 0) {
        status = find_by_words(f, lk, role, kind, text);
    }
    return status;
}

static void suggest(struct lk *lk, const char *kind, const char *text, const char **out)
{
    struct pk_search_query query = {
        .text = text, .lang = lk->lang, .limit = SUGGESTIONS, .kinds = kind};
    struct pk_search_answer *found = NULL;
    struct pk_buf buf;
    struct pk_json j;
    struct pk_error ignored = {0};
    pk_buf_init(&buf, LK_TEXT_MAX);
    pk_json_init(&j, &buf);
    pk_json_array(&j);
    if (pk_search_in_snapshot(&found, lk->store, lk->newest, &query, lk->arena,
                              &ignored) == PK_OK) {
        for (uint32_t i = 0; i < found->count; i++) {
            pk_json_string(&j, found->results[i].label);
        }
    }
    pk_json_end(&j);
    *out = pk_arena_strndup(lk->arena, buf.data, buf.len);
    pk_buf_finish(&buf);
}

/* ---- the ground that is asked about ---- */

static void ask_point(struct lk *lk, double x, double y)
{
    lk->is_shape = false;
    lk->x = x;
    lk->y = y;
    lk->box = (struct pk_box){x, y, x, y};
}

static void ask_shape(struct lk *lk, const struct pk_geom *shape)
{
    double room;
    lk->is_shape = true;
    lk->shape = *shape;
    lk->box = pk_geom_box(shape);
    lk->shape_tm = pk_geom_area(shape);
    pk_geom_label_point(shape, 1.0, &lk->x, &lk->y, &room);
}

/* All areas of a property as one. */
static struct pk_geom joined(struct lk *lk, const struct found *f, double *delivered)
{
    struct pk_geom all = {.kind = PK_GEOM_AREA};
    *delivered = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        all.ring_count += f->rows[i].geom.ring_count;
        all.vertex_count += f->rows[i].geom.vertex_count;
        *delivered += f->rows[i].area_m2;
    }
    all.rings = pk_arena_alloc(lk->arena, all.ring_count + 1, sizeof *all.rings);
    all.xy = pk_arena_alloc(lk->arena, 2 * (size_t)all.vertex_count + 2, sizeof *all.xy);
    uint32_t ring = 0, vertex = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct pk_geom *g = &f->rows[i].geom;
        if (g->vertex_count == 0) {
            continue;
        }
        for (uint32_t k = 0; k < g->ring_count; k++) {
            all.rings[ring] = g->rings[k];
            all.rings[ring++].first += vertex;
        }
        memcpy(all.xy + 2 * (size_t)vertex, g->xy, 2 * g->vertex_count * sizeof *g->xy);
        vertex += g->vertex_count;
    }
    return all;
}

static bool use_areas(struct lk *lk, struct found *f)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->rows[i].geom.kind == PK_GEOM_AREA && f->rows[i].geom.ring_count > 0) {
            f->rows[kept++] = f->rows[i];
        }
    }
    f->count = kept;
    if (kept == 0) {
        return false;
    }
    double delivered;
    struct pk_geom all = joined(lk, f, &delivered);
    ask_shape(lk, &all);
    lk->shape_ratio = lk->shape_tm > 0 && delivered > 0 ? delivered / lk->shape_tm : 1;
    lk->shape_basis = pk_arena_printf(lk->arena, "EPSG:%d", f->rows[0].crs);
    return lk->shape_tm > 0;
}

static bool add_property(struct lk *lk, const struct pk_feature_row *row)
{
    struct pk_answer *a = lk->answer;
    if (a->properties == NULL) {
        a->properties = pk_arena_alloc(lk->arena, LK_FEATURES_MAX, sizeof *a->properties);
    }
    for (uint32_t i = 0; i < a->property_count; i++) {
        if (strcmp(a->properties[i].designation, row->title) == 0) {
            return true;
        }
    }
    if (a->property_count < LK_FEATURES_MAX) {
        a->properties[a->property_count++] = (struct pk_answer_property){
            .id = row->id,
            .designation = row->title,
            .href = lk_property_href(lk, "/property/", row->title),
        };
    }
    return a->property_count < LK_FEATURES_MAX;
}

static enum pk_status ask_property(struct lk *lk, const char **suggestions)
{
    struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
    const char *text = lk->question->text;
    enum pk_status status = find_named(f, lk, "property_unit", "property", text);
    if (status != PK_OK) {
        return status;
    }
    if (f->count == 0) {
        suggest(lk, "property", text, suggestions);
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "property",
                            PK_MSG_REQ_NO_PROPERTY, "value", text, NULL);
    }
    struct pk_feature_row first = f->rows[0];
    if (first.title != NULL) {
        add_property(lk, &first);
    }
    if (!use_areas(lk, f)) {
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "property",
                            PK_MSG_REQ_NO_GROUND, "value", text, NULL);
    }
    return PK_OK;
}

static bool covers_point(const struct pk_feature_row *row, double x, double y)
{
    return row->geom.kind == PK_GEOM_AREA && pk_geom_covers(&row->geom, x, y);
}

/* One name in several towns: nothing is chosen for the one who asks. */
static bool is_ambiguous(struct lk *lk, const struct found *f, const char **suggestions)
{
    static const char *const towns[] = {"postort", "ort",        "town",
                                        "POSTORT", "kommunnamn", NULL};
    double far = 0;
    struct pk_buf buf;
    struct pk_json j;
    for (uint32_t i = 1; i < f->count; i++) {
        struct pk_box a = pk_geom_box(&f->rows[0].geom),
                      b = pk_geom_box(&f->rows[i].geom);
        far = fmax(far, hypot(a.min_x - b.min_x, a.min_y - b.min_y));
    }
    if (far <= SAME_ADDRESS_M) {
        return false;
    }
    pk_buf_init(&buf, LK_TEXT_MAX);
    pk_json_init(&j, &buf);
    pk_json_array(&j);
    for (uint32_t i = 0; i < f->count && i < SUGGESTIONS; i++) {
        const char *town = attribute(lk, f->rows[i].attributes, towns);
        pk_json_string(&j, town == NULL ? f->rows[i].title
                                        : pk_arena_printf(lk->arena, "%s, %s",
                                                          f->rows[i].title, town));
    }
    pk_json_end(&j);
    *suggestions = pk_arena_strndup(lk->arena, buf.data, buf.len);
    pk_buf_finish(&buf);
    return true;
}

/* An address asks about the property it stands on; without one, about its point. */
static enum pk_status ask_address(struct lk *lk, const char **suggestions)
{
    struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
    const char *text = lk->question->text;
    enum pk_status status = find_named(f, lk, "address", "address", text);
    if (status != PK_OK) {
        return status;
    }
    if (f->count == 0 || f->rows[0].geom.vertex_count == 0) {
        suggest(lk, "address", text, suggestions);
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "address",
                            PK_MSG_REQ_NO_ADDRESS, "value", text, NULL);
    }
    if (is_ambiguous(lk, f, suggestions)) {
        return pk_fail_said(lk->err, PK_NOT_FOUND, lk->lang, "address",
                            PK_MSG_REQ_ADDRESSES, "count", lk_whole(lk, f->count),
                            "value", text, NULL);
    }
    double x, y, room;
    pk_geom_label_point(&f->rows[0].geom, 1.0, &x, &y, &room);
    lk->answer->address = f->rows[0].title;
    ask_point(lk, x, y);
    struct found *lots = pk_arena_alloc(lk->arena, 1, sizeof *lots);
    struct pk_rows here = {.box = &lk->box};
    status = find_features(lots, lk, "property_unit", &here);
    for (uint32_t i = 0; status == PK_OK && i < lots->count; i++) {
        const char *title = lots->rows[i].title;
        if (title == NULL || !covers_point(&lots->rows[i], x, y)) {
            continue;
        }
        add_property(lk, &lots->rows[i]);
        f->count = 0;
        struct pk_rows rows = {.title = title};
        status = find_features(f, lk, "property_unit", &rows);
        if (status == PK_OK && !use_areas(lk, f)) {
            ask_point(lk, x, y);
        }
        break;
    }
    return status;
}

static enum pk_status to_tm(struct lk *lk, const struct pk_geom *in, struct pk_geom *out,
                            double *xy)
{
    int crs = lk->question->crs == 0 ? 3006 : lk->question->crs;
    if (crs == 3006) {
        if (out != NULL) {
            *out = *in;
        }
        return PK_OK;
    }
    if (!pk_crs_known(crs)) {
        return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, "crs", PK_MSG_REQ_CRS,
                            "value", pk_arena_printf(lk->arena, "EPSG:%d", crs), NULL);
    }
    struct pk_crs *proj = pk_crs_create();
    enum pk_status status =
        out == NULL ? pk_crs_transform(proj, crs, 3006, xy, 1, lk->err)
                    : pk_crs_transform_geom(proj, crs, 3006, in, out, lk->arena, lk->err);
    pk_crs_destroy(proj);
    return status == PK_OK
               ? PK_OK
               : pk_error_context(lk->err, status, out == NULL ? "point" : "geometry");
}

static enum pk_status ask_coordinates(struct lk *lk)
{
    double xy[2] = {lk->question->x, lk->question->y};
    if (!isfinite(xy[0]) || !isfinite(xy[1])) {
        return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, "point", PK_MSG_REQ_NUMBERS,
                            NULL);
    }
    enum pk_status status = to_tm(lk, NULL, NULL, xy);
    if (status == PK_OK && !pk_crs_in_reach(xy[0], xy[1])) {
        return pk_fail_said(
            lk->err, PK_BAD_INPUT, lk->lang, "point", PK_MSG_REQ_POINT_FAR, "value",
            pk_arena_printf(lk->arena, "%.3f,%.3f", lk->question->x, lk->question->y),
            "crs",
            pk_arena_printf(lk->arena, "EPSG:%d",
                            lk->question->crs == 0 ? 3006 : lk->question->crs),
            NULL);
    }
    ask_point(lk, xy[0], xy[1]);
    return status;
}

static enum pk_status ask_drawn(struct lk *lk)
{
    const struct pk_geom *in = lk->question->shape;
    struct pk_geom out;
    if (in == NULL || in->kind != PK_GEOM_AREA || in->ring_count == 0) {
        return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, "geometry",
                            PK_MSG_REQ_NOT_AREA, NULL);
    }
    enum pk_status status = to_tm(lk, in, &out, NULL);
    bool valid = true;
    struct pk_overlay_fault fault;
    if (status == PK_OK) {
        status = pk_overlay_valid(&valid, &fault, lk_overlay(lk), &out, lk->err);
    }
    if (status == PK_OK && !valid) {
        return pk_fail_said(
            lk->err, PK_BAD_INPUT, lk->lang, "geometry", PK_MSG_REQ_SHAPE_FAULT, "value",
            pk_arena_printf(lk->arena, "%.3f,%.3f", fault.x, fault.y), NULL);
    }
    if (status != PK_OK) {
        return status;
    }
    struct pk_box box = pk_geom_box(&out);
    if (!pk_crs_in_reach(box.min_x, box.min_y) ||
        !pk_crs_in_reach(box.max_x, box.max_y)) {
        return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, "geometry",
                            PK_MSG_REQ_SHAPE_FAR, NULL);
    }
    ask_shape(lk, &out);
    double scale = pk_crs_point_scale(lk->x);
    lk->shape_ratio = 1 / (scale * scale);
    lk->shape_basis = "EPSG:3006";
    return lk->shape_tm > LK_SLIVER_M2
               ? PK_OK
               : pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang, "geometry",
                              PK_MSG_REQ_NO_AREA, NULL);
}

enum pk_status lk_place_question(struct lk *lk, const char **suggestions)
{
    const struct pk_question *q = lk->question;
    if ((q->kind == PK_ASK_PROPERTY || q->kind == PK_ASK_ADDRESS) &&
        (q->text == NULL || *q->text == '\0' || strlen(q->text) > TEXT_MAX)) {
        return pk_fail_said(lk->err, PK_BAD_INPUT, lk->lang,
                            q->kind == PK_ASK_PROPERTY ? "property" : "address",
                            PK_MSG_REQ_LENGTH, "max", lk_whole(lk, TEXT_MAX), NULL);
    }
    switch (q->kind) {
    case PK_ASK_POINT:
        return ask_coordinates(lk);
    case PK_ASK_PROPERTY:
        return ask_property(lk, suggestions);
    case PK_ASK_ADDRESS:
        return ask_address(lk, suggestions);
    default:
        return ask_drawn(lk);
    }
}

/* ---- what the place is called ---- */

static enum pk_status shares_ground(bool *out, struct lk *lk, const struct pk_geom *g)
{
    double shared = 0;
    *out = false;
    if (!lk->is_shape) {
        *out = g->kind == PK_GEOM_AREA && pk_geom_covers(g, lk->x, lk->y);
        return PK_OK;
    }
    if (g->kind != PK_GEOM_AREA) {
        return PK_OK;
    }
    enum pk_status status =
        pk_overlay_shared_area(&shared, lk_overlay(lk), &lk->shape, g, lk->err);
    *out = shared > LK_SLIVER_M2;
    return status;
}

static enum pk_status place_properties(struct lk *lk)
{
    struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
    struct pk_rows rows = {.box = &lk->box};
    enum pk_status status = find_features(f, lk, "property_unit", &rows);
    for (uint32_t i = 0; i < f->count && status == PK_OK; i++) {
        bool here = false;
        if (f->rows[i].title != NULL) {
            status = shares_ground(&here, lk, &f->rows[i].geom);
        }
        if (here && status == PK_OK) {
            add_property(lk, &f->rows[i]);
        }
    }
    return status;
}

/* How far the drawn shape lies from the boundaries of the properties it is on. */
static enum pk_status place_distances(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    a->distances = pk_arena_alloc(lk->arena, a->property_count + 1, sizeof *a->distances);
    for (uint32_t i = 0; i < a->property_count; i++) {
        struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
        struct pk_rows rows = {.box = &lk->box, .title = a->properties[i].designation};
        enum pk_status status = find_features(f, lk, "property_unit", &rows);
        double best = 1e300;
        for (uint32_t k = 0; k < f->count && status == PK_OK; k++) {
            const struct pk_geom *lot = &f->rows[k].geom;
            struct pk_geom beyond;
            status = pk_overlay_difference(&beyond, lk_overlay(lk), &lk->shape, lot,
                                           lk->arena, lk->err);
            /* A shape that crosses the boundary is at no distance from it. */
            if (status == PK_OK && beyond.ring_count > 0 &&
                pk_geom_area(&beyond) > LK_SLIVER_M2) {
                best = 0;
            }
            for (uint32_t v = 0; v < lk->shape.vertex_count && best > 0; v++) {
                best = fmin(best, pk_geom_edge_distance(lot, lk->shape.xy[2 * (size_t)v],
                                                        lk->shape.xy[2 * (size_t)v + 1]));
            }
            for (uint32_t v = 0; v < lot->vertex_count && best > 0; v++) {
                best =
                    fmin(best, pk_geom_edge_distance(&lk->shape, lot->xy[2 * (size_t)v],
                                                     lot->xy[2 * (size_t)v + 1]));
            }
        }
        if (status != PK_OK) {
            return status;
        }
        if (best < 1e300) {
            a->distances[a->distance_count++] =
                (struct pk_answer_distance){.to = "property-boundary",
                                            .property = a->properties[i].designation,
                                            .m = best / pk_crs_point_scale(lk->x)};
        }
    }
    return PK_OK;
}

static enum pk_status place_municipality(struct lk *lk)
{
    struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
    struct pk_box box = {lk->x, lk->y, lk->x, lk->y};
    struct pk_rows rows = {.box = &box};
    struct pk_answer *a = lk->answer;
    enum pk_status status = find_features(f, lk, "municipality", &rows);
    for (uint32_t i = 0; i < f->count && a->municipality_code == NULL; i++) {
        if (covers_point(&f->rows[i], lk->x, lk->y)) {
            a->municipality_code = lk_municipality_code(lk, &f->rows[i]);
            a->municipality = municipality_name(lk, &f->rows[i]);
        }
    }
    for (uint32_t i = 0; i < lk->plan_count; i++) {
        const struct lk_plan *plan = &lk->plans[i];
        if (plan->hit && a->municipality == NULL && a->municipality_code == NULL) {
            a->municipality = plan->row.municipality;
            a->municipality_code = plan->row.municipality_code;
        }
    }
    return status;
}

/* The nearest address on the same property; without properties, within reach. */
static enum pk_status place_address(struct lk *lk)
{
    struct pk_answer *a = lk->answer;
    struct found *f = pk_arena_alloc(lk->arena, 1, sizeof *f);
    struct pk_box box = lk->is_shape ? lk->box : pk_box_grow(lk->box, ADDRESS_REACH_M);
    struct pk_rows rows = {.box = &box};
    if (a->address != NULL || (lk->is_shape && a->property_count != 1)) {
        return PK_OK;
    }
    enum pk_status status = find_features(f, lk, "address", &rows);
    struct found *lots = pk_arena_alloc(lk->arena, 1, sizeof *lots);
    if (status == PK_OK && !lk->is_shape && a->property_count > 0) {
        struct pk_rows named = {.box = &lk->box, .title = a->properties[0].designation};
        status = find_features(lots, lk, "property_unit", &named);
    }
    double best = lk->is_shape ? 1e300 : ADDRESS_REACH_M;
    for (uint32_t i = 0; i < f->count && status == PK_OK; i++) {
        double x, y, room;
        if (f->rows[i].title == NULL || f->rows[i].geom.vertex_count == 0) {
            continue;
        }
        pk_geom_label_point(&f->rows[i].geom, 1.0, &x, &y, &room);
        bool same = lk->is_shape ? pk_geom_covers(&lk->shape, x, y) : lots->count == 0;
        for (uint32_t k = 0; k < lots->count && !same; k++) {
            same = covers_point(&lots->rows[k], x, y);
        }
        double distance = hypot(x - lk->x, y - lk->y);
        if (same && distance < best) {
            best = distance;
            a->address = f->rows[i].title;
        }
    }
    return status;
}

enum pk_status lk_place(struct lk *lk)
{
    enum pk_status status = PK_OK;
    if (lk->answer->property_count == 0) {
        status = place_properties(lk);
    }
    if (status == PK_OK && lk->question->kind == PK_ASK_GEOMETRY) {
        status = place_distances(lk);
    }
    if (status == PK_OK) {
        status = place_municipality(lk);
    }
    return status == PK_OK ? place_address(lk) : status;
}
