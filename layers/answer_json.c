/* answer_json.c - an answer as JSON: every member, always, in the published order. */
#include <stdio.h>

#include "base/json.h"
#include "layers/lookup.h"

enum { METRE_DECIMALS = 3, DEGREE_DECIMALS = 8, AREA_DECIMALS = 2, SHARE_DECIMALS = 4 };

static const char *const asked_names[] = {"point", "property", "address", "geometry"};

static void member_id(struct pk_json *j, const char *key, struct pk_id id)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    pk_json_member(j, key, text);
}

static void member_ids(struct pk_json *j, const char *key, const struct pk_id *ids,
                       uint32_t count)
{
    pk_json_key(j, key);
    pk_json_array(j);
    for (uint32_t i = 0; i < count; i++) {
        char text[PK_ID_TEXT];
        pk_id_format(text, ids[i]);
        pk_json_string(j, text);
    }
    pk_json_end(j);
}

static void member_fixed(struct pk_json *j, const char *key, double v, int decimals)
{
    pk_json_key(j, key);
    pk_json_fixed(j, v, decimals);
}

static void member_bool(struct pk_json *j, const char *key, bool v)
{
    pk_json_key(j, key);
    pk_json_bool(j, v);
}

static void member_null(struct pk_json *j, const char *key)
{
    pk_json_key(j, key);
    pk_json_null(j);
}

static void member_array(struct pk_json *j, const char *key)
{
    pk_json_key(j, key);
    pk_json_array(j);
}

/* Areas belong to questions about ground; lines and points have none. */
static void members_share(struct pk_json *j, const struct pk_share *share)
{
    if (share->basis == NULL) {
        member_null(j, "area_m2");
        member_null(j, "share");
    } else {
        member_fixed(j, "area_m2", share->area_m2, AREA_DECIMALS);
        member_fixed(j, "share", share->share, SHARE_DECIMALS);
    }
    pk_json_member(j, "basis", share->basis);
}

static void put_asked(struct pk_json *j, const struct pk_question *asked)
{
    bool degrees = asked->crs == 4326 || asked->crs == 4258;
    char crs[32];
    pk_json_key(j, "asked");
    pk_json_object(j);
    pk_json_member(j, "kind", asked_names[asked->kind]);
    snprintf(crs, sizeof crs, "EPSG:%d", asked->crs == 0 ? 3006 : asked->crs);
    switch (asked->kind) {
    case PK_ASK_POINT:
        member_array(j, "point");
        pk_json_fixed(j, asked->x, degrees ? DEGREE_DECIMALS : METRE_DECIMALS);
        pk_json_fixed(j, asked->y, degrees ? DEGREE_DECIMALS : METRE_DECIMALS);
        pk_json_end(j);
        pk_json_member(j, "crs", crs);
        break;
    case PK_ASK_PROPERTY:
        pk_json_member(j, "property", asked->text);
        break;
    case PK_ASK_ADDRESS:
        pk_json_member(j, "address", asked->text);
        break;
    default:
        pk_json_key(j, "geometry");
        pk_geom_to_geojson(j, asked->shape, degrees ? DEGREE_DECIMALS : METRE_DECIMALS);
        pk_json_member(j, "crs", crs);
        break;
    }
    pk_json_end(j);
}

static void put_place(struct pk_json *j, const struct pk_answer *a)
{
    pk_json_key(j, "place");
    pk_json_object(j);
    pk_json_key(j, "municipality");
    if (a->municipality == NULL && a->municipality_code == NULL) {
        pk_json_null(j);
    } else {
        pk_json_object(j);
        pk_json_member(j, "code", a->municipality_code);
        pk_json_member(j, "name", a->municipality);
        pk_json_end(j);
    }
    member_array(j, "properties");
    for (uint32_t i = 0; i < a->property_count; i++) {
        pk_json_object(j);
        member_id(j, "id", a->properties[i].id);
        pk_json_member(j, "designation", a->properties[i].designation);
        pk_json_member(j, "href", a->properties[i].href);
        pk_json_end(j);
    }
    pk_json_end(j);
    pk_json_member(j, "address", a->address);
    pk_json_end(j);
}

static void put_regulation(struct pk_json *j, const struct pk_answer_regulation *r,
                           bool shares)
{
    pk_json_object(j);
    member_id(j, "id", r->id);
    pk_json_member(j, "href", r->href);
    if (r->part > 0) {
        pk_json_member_int(j, "part", r->part);
    } else {
        member_null(j, "part");
    }
    pk_json_member(j, "kind", r->kind);
    pk_json_member(j, "anvandningsform", r->anvandningsform);
    pk_json_member(j, "beteckning", r->beteckning);
    pk_json_member(j, "index", r->index);
    pk_json_member(j, "bestammelseformulering", r->bestammelseformulering);
    member_array(j, "bestammelsevarde");
    for (uint32_t i = 0; i < r->value_count; i++) {
        const struct pk_answer_value *v = &r->values[i];
        pk_json_object(j);
        pk_json_member(j, "beskrivning", v->beskrivning);
        pk_json_member(j, "vardetyp", v->vardetyp);
        pk_json_member(j, "variabelvarde", v->variabelvarde);
        member_fixed(j, "number", v->number, 6);
        pk_json_member(j, "enhet", v->enhet);
        pk_json_end(j);
    }
    pk_json_end(j);
    member_ids(j, "regulates", r->regulates, r->regulates_count);
    member_array(j, "limits");
    for (uint32_t i = 0; i < r->limit_count; i++) {
        pk_json_string(j, r->limits[i]);
    }
    pk_json_end(j);
    pk_json_member(j, "text", r->text);
    pk_json_member(j, "applies_to", r->applies_to);
    if (shares) {
        members_share(j, &r->share);
    }
    pk_json_end(j);
}

void pk_regulation_json(struct pk_buf *out, const struct pk_answer_regulation *regulation)
{
    struct pk_json j;
    pk_json_init(&j, out);
    put_regulation(&j, regulation, true);
}

static void put_time(struct pk_json *j, const struct pk_answer_plan *plan)
{
    pk_json_key(j, "genomforandetid");
    if (plan->genomforande_months == 0) {
        pk_json_null(j);
        return;
    }
    pk_json_object(j);
    pk_json_member_int(j, "months", plan->genomforande_months);
    pk_json_member(j, "ends", plan->genomforande_ends);
    if (plan->genomforande_ended < 0) {
        member_null(j, "ended");
    } else {
        member_bool(j, "ended", plan->genomforande_ended == 1);
    }
    pk_json_end(j);
}

static void put_documents(struct pk_json *j, const struct pk_answer_plan *plan)
{
    member_array(j, "documents");
    for (uint32_t i = 0; i < plan->document_count; i++) {
        const struct pk_answer_document *d = &plan->documents[i];
        pk_json_object(j);
        pk_json_member(j, "kind", d->kind);
        pk_json_member(j, "title", d->title);
        pk_json_member(j, "href", d->href);
        pk_json_member(j, "media_type", d->media_type);
        member_bool(j, "legal", d->legal);
        member_bool(j, "text_version", d->text_version);
        pk_json_end(j);
    }
    pk_json_end(j);
}

static void put_plan(struct pk_json *j, const struct pk_answer_plan *plan, bool shares)
{
    pk_json_object(j);
    member_id(j, "id", plan->id);
    pk_json_member(j, "href", plan->href);
    pk_json_member(j, "coverage", plan->coverage);
    pk_json_member(j, "beteckning", plan->beteckning);
    pk_json_member(j, "namn", plan->namn);
    pk_json_member(j, "typ", plan->typ);
    pk_json_member(j, "status", plan->status);
    pk_json_member(j, "datumAntagande", plan->datumAntagande);
    member_array(j, "datumLagakraft");
    for (uint32_t i = 0; i < plan->laga_kraft_count; i++) {
        pk_json_string(j, plan->datumLagakraft[i]);
    }
    pk_json_end(j);
    put_time(j, plan);
    pk_json_member(j, "text", plan->text);
    if (shares) {
        members_share(j, &plan->share);
    }
    member_array(j, "regulations");
    for (uint32_t i = 0; i < plan->regulation_count; i++) {
        put_regulation(j, &plan->regulations[i], shares);
    }
    pk_json_end(j);
    put_documents(j, plan);
    pk_json_end(j);
}

void pk_plan_json(struct pk_buf *out, const struct pk_answer_plan *plan)
{
    struct pk_json j;
    pk_json_init(&j, out);
    put_plan(&j, plan, true);
}

static void put_boundary(struct pk_json *j, const struct pk_answer *a)
{
    const struct pk_answer_boundary *b = a->boundary;
    pk_json_key(j, "boundary");
    if (b == NULL) {
        pk_json_null(j);
        return;
    }
    pk_json_object(j);
    member_fixed(j, "distance_m", b->distance_m, 2);
    member_fixed(j, "accuracy_m", b->accuracy_m, 2);
    pk_json_member(j, "accuracy", b->accuracy);
    pk_json_member(j, "kind", b->kind);
    pk_json_key(j, "other_side");
    pk_json_object(j);
    if (b->other_has_plan) {
        member_id(j, "plan", b->other_plan);
    } else {
        member_null(j, "plan");
    }
    member_ids(j, "regulations", b->other_regulations, b->other_count);
    pk_json_member(j, "text", b->other_text);
    pk_json_end(j);
    pk_json_member(j, "text", b->text);
    pk_json_end(j);
}

static void put_coverages(struct pk_json *j, const struct pk_answer *a)
{
    member_array(j, "coverages");
    for (uint32_t i = 0; i < a->coverage_count; i++) {
        const struct pk_share *c = &a->coverages[i];
        pk_json_object(j);
        pk_json_member(j, "coverage", c->coverage);
        member_fixed(j, "area_m2", c->area_m2, AREA_DECIMALS);
        member_fixed(j, "share", c->share, SHARE_DECIMALS);
        pk_json_end(j);
    }
    pk_json_end(j);
}

static void put_distances(struct pk_json *j, const struct pk_answer *a)
{
    member_array(j, "distances");
    for (uint32_t i = 0; i < a->distance_count; i++) {
        pk_json_object(j);
        pk_json_member(j, "to", a->distances[i].to);
        pk_json_member(j, "property", a->distances[i].property);
        member_fixed(j, "m", a->distances[i].m, 2);
        pk_json_end(j);
    }
    pk_json_end(j);
}

static void put_layers(struct pk_json *j, const struct pk_answer *a)
{
    member_array(j, "layers");
    for (uint32_t i = 0; i < a->layer_count; i++) {
        const struct pk_answer_layer *layer = &a->layers[i];
        pk_json_object(j);
        pk_json_member(j, "id", layer->id);
        pk_json_member(j, "title", layer->title);
        pk_json_member(j, "text", layer->text);
        pk_json_member(j, "source", layer->source);
        pk_json_member(j, "as_of", layer->as_of);
        pk_json_end(j);
    }
    pk_json_end(j);
}

static void put_end(struct pk_json *j, const struct pk_answer *a)
{
    member_array(j, "unknown");
    for (uint32_t i = 0; i < a->unknown_count; i++) {
        pk_json_object(j);
        pk_json_member(j, "what", a->unknown[i].what);
        pk_json_member(j, "text", a->unknown[i].text);
        pk_json_end(j);
    }
    pk_json_end(j);
    member_array(j, "next");
    for (uint32_t i = 0; i < a->next_count; i++) {
        pk_json_object(j);
        pk_json_member(j, "text", a->next[i].text);
        pk_json_member(j, "href", a->next[i].href);
        pk_json_end(j);
    }
    pk_json_end(j);
    pk_json_key(j, "legal");
    pk_json_object(j);
    pk_json_member(j, "text", a->legal_text);
    pk_json_member(j, "href", a->legal_href);
    pk_json_end(j);
    member_array(j, "sources");
    for (uint32_t i = 0; i < a->source_count; i++) {
        pk_json_object(j);
        pk_json_member(j, "title", a->sources[i].title);
        pk_json_member(j, "licence", a->sources[i].licence);
        pk_json_member_int(j, "from_version", a->sources[i].from_version);
        pk_json_end(j);
    }
    pk_json_end(j);
}

void pk_answer_json(struct pk_buf *out, const struct pk_answer *a)
{
    struct pk_json j;
    bool ground = a->asked->kind != PK_ASK_POINT;
    pk_json_init(&j, out);
    pk_json_object(&j);
    pk_json_member_int(&j, "version", a->version);
    pk_json_member(&j, "legal_date", a->legal_date);
    pk_json_member(&j, "answered_at", a->answered_at);
    pk_json_member(&j, "lang", a->lang);
    pk_json_member(&j, "permanent", a->permanent);
    put_asked(&j, a->asked);
    pk_json_member(&j, "coverage", a->coverage);
    if (ground) {
        put_coverages(&j, a);
    }
    pk_json_member(&j, "heading", a->heading);
    pk_json_member(&j, "summary", a->summary);
    put_place(&j, a);
    member_array(&j, "plans");
    for (uint32_t i = 0; i < a->plan_count; i++) {
        put_plan(&j, &a->plans[i], ground);
    }
    pk_json_end(&j);
    put_layers(&j, a);
    put_boundary(&j, a);
    if (a->asked->kind == PK_ASK_GEOMETRY) {
        put_distances(&j, a);
    }
    put_end(&j, a);
    pk_json_end(&j);
}
