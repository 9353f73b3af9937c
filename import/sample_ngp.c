/* sample_ngp.c - a sample plan as features of an NGP "Detaljplan" v4 collection. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "import/sample.h"

/* Invented catalogue references: the code's own id. */
static void catalogue_id(char out[PK_ID_TEXT], const char *code)
{
    pk_id_format(out, pk_id_of("sample-catalogue", "", code));
}

static enum pk_status localise(struct pk_geom *out, const struct pk_geom *in, int epsg,
                               struct pk_crs *crs, struct pk_arena *arena,
                               struct pk_error *err)
{
    *out = *in;
    out->xy = pk_arena_alloc(arena, in->vertex_count, 2 * sizeof(double));
    memcpy(out->xy, in->xy, in->vertex_count * 2 * sizeof(double));
    if (epsg != 3006) {
        enum pk_status status =
            pk_crs_transform(crs, 3006, epsg, out->xy, in->vertex_count, err);
        if (status != PK_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < 2 * in->vertex_count; i++) {
        out->xy[i] = round(out->xy[i] * 1000) / 1000;
    }
    pk_geom_orient(out);
    return PK_OK;
}

static void ring(struct pk_json *j, const struct pk_geom *g, const struct pk_ring *r)
{
    pk_json_array(j);
    for (uint32_t i = r->first; i < r->first + r->count; i++) {
        pk_json_array(j);
        pk_json_fixed(j, g->xy[2 * i], 3);
        pk_json_fixed(j, g->xy[2 * i + 1], 3);
        pk_json_end(j);
    }
    pk_json_end(j);
}

static void position(struct pk_json *j, const struct pk_geom *g)
{
    static const char *const types[] = {NULL, "Point", "LineString", "Polygon"};
    pk_json_object(j);
    pk_json_member(j, "type", types[g->kind]);
    pk_json_key(j, "coordinates");
    if (g->kind == PK_GEOM_POINT) {
        pk_json_array(j);
        pk_json_fixed(j, g->xy[0], 3);
        pk_json_fixed(j, g->xy[1], 3);
        pk_json_end(j);
    } else if (g->kind == PK_GEOM_LINE) {
        ring(j, g, &g->rings[0]);
    } else {
        pk_json_array(j);
        for (uint32_t i = 0; i < g->ring_count; i++) {
            ring(j, g, &g->rings[i]);
        }
        pk_json_end(j);
    }
    pk_json_end(j);
}

/* Plans begun after 2021 owe more: method and time of positions, a reason each. */
static bool is_new(const struct pk_sample_plan *p)
{
    return strcmp(p->started, "2022") > 0;
}

static enum pk_status geometry(struct pk_json *j, const struct pk_sample_plan *p,
                               const struct pk_geom *g, struct pk_crs *crs,
                               struct pk_arena *arena, struct pk_error *err)
{
    int epsg = p->town->epsg;
    static const char *const kinds[] = {NULL, "punkt", "linje", "yta"};
    struct pk_geom local;
    enum pk_status status = localise(&local, g, epsg, crs, arena, err);
    if (status != PK_OK) {
        return status;
    }
    char name[32];
    snprintf(name, sizeof(name), "EPSG:%d", epsg);
    pk_json_object(j);
    pk_json_key(j, "geometri");
    pk_json_object(j);
    pk_json_member(j, "typ", kinds[g->kind]);
    pk_json_key(j, "position");
    position(j, &local);
    pk_json_member(j, "koordinatsystemPlan", name);
    pk_json_member_int(j, "dimension", 2);
    pk_json_end(j);
    pk_json_key(j, "geometrimetadata");
    pk_json_object(j);
    pk_json_key(j, "absolutLagesosakerhetPlan");
    pk_json_fixed(j, 0.5, 1);
    if (is_new(p)) {
        char time[32];
        snprintf(time, sizeof(time), "%sT08:00:00Z", p->started);
        pk_json_member(j, "tidpunktForLagesbestamning", time);
        pk_json_key(j, "lagesbestamningsmetodIPlan");
        pk_json_object(j);
        pk_json_member(j, "typ", "lägesplacering");
        pk_json_member(j, "variant", "digital karta");
        pk_json_end(j);
    }
    pk_json_end(j);
    pk_json_end(j);
    return PK_OK;
}

static void quality(struct pk_json *j, const char *level)
{
    pk_json_key(j, "kvalitetsbeskrivning");
    pk_json_object(j);
    pk_json_member(j, "digitaliseringsniva", level);
    pk_json_key(j, "korrigeradeGranser");
    pk_json_bool(j, false);
    pk_json_key(j, "kontrolleratPlaneringsunderlag");
    pk_json_bool(j, false);
    pk_json_end(j);
}

static void document(struct pk_json *j, const struct pk_sample_plan *p, const char *what,
                     const char *file)
{
    char text[160];
    pk_json_object(j);
    snprintf(text, sizeof(text), "%s %s", what, p->designation);
    pk_json_member(j, "namn", text);
    pk_json_key(j, "referens");
    pk_json_array(j);
    pk_json_object(j);
    snprintf(text, sizeof(text), "https://planer.%s.example/%s/%s.pdf",
             p->town->municipality == 0 ? "fjallnas" : "bjorkvalla", p->designation,
             file);
    pk_json_member(j, "identitet", p->designation);
    pk_json_member(j, "namnrymd", "pahittad kommun");
    pk_json_member(j, "lank", text);
    pk_json_end(j);
    pk_json_end(j);
    pk_json_end(j);
}

static void decision(struct pk_json *j, const struct pk_sample_plan *p)
{
    pk_json_key(j, "beslutsinformation");
    pk_json_array(j);
    pk_json_object(j);
    if (p->started[0] != '\0') {
        pk_json_member(j, "datumPaborjat", p->started);
    }
    if (p->adopted[0] != '\0') {
        pk_json_member(j, "instansInomKommunen", "kommunfullmäktige");
        pk_json_member(j, "beslutstyp",
                       strcmp(p->status, "upphävd") == 0 ? "antagande om upphävande"
                                                         : "antagande av ny detaljplan");
        char diary[48];
        snprintf(diary, sizeof(diary), "KS %.4s/%u", p->adopted, p->number);
        pk_json_member(j, "diarienummerKommun", diary);
        pk_json_member(j, "datumAntagande", p->adopted);
    }
    if (p->in_force[0] != '\0') {
        pk_json_key(j, "datumLagakraft");
        pk_json_array(j);
        pk_json_string(j, p->in_force);
        pk_json_end(j);
    }
    if (p->months > 0) {
        pk_json_member_int(j, "genomforandetid", p->months);
        if (p->in_force[0] != '\0') {
            pk_json_member(j, "genomforandetidStartar", p->in_force);
        }
    }
    if (p->replaces_count > 0) {
        pk_json_key(j, "foregaendePlansBeteckning");
        pk_json_array(j);
        for (uint32_t i = 0; i < p->replaces_count; i++) {
            pk_json_string(j, p->replaces_name[i]);
        }
        pk_json_end(j);
    }
    pk_json_key(j, "beslutshandling");
    pk_json_array(j);
    pk_json_object(j);
    pk_json_key(j, "innehall");
    pk_json_array(j);
    pk_json_string(j, "plankarta");
    pk_json_end(j);
    pk_json_key(j, "dokument");
    document(j, p, "Plankarta", "plankarta");
    pk_json_end(j);
    pk_json_end(j);
    pk_json_end(j);
    pk_json_end(j);
}

static void head(struct pk_json *j, struct pk_id id, const char *type)
{
    char text[PK_ID_TEXT];
    pk_id_format(text, id);
    pk_json_object(j);
    pk_json_member(j, "type", "Feature");
    pk_json_member(j, "id", text);
    pk_json_key(j, "geometry");
    pk_json_null(j);
    pk_json_key(j, "properties");
    pk_json_object(j);
    pk_json_member(j, "feature:typ", type);
    pk_json_member(j, "objektidentitet", text);
    pk_json_member_int(j, "objektversion", 1);
    pk_json_member(j, "versionGiltigFran", "2026-01-01T00:00:00Z");
}

static void value(struct pk_json *j, const struct pk_sample_value *v)
{
    pk_json_object(j);
    pk_json_member(j, "datatyp", "decimaltal");
    pk_json_member(j, "variabelvarde", v->text);
    pk_json_member(j, "beskrivning", v->name);
    pk_json_member(j, "vardetyp", v->kind);
    pk_json_member(j, "enhet", v->unit);
    pk_json_end(j);
}

static enum pk_status regulation(struct pk_json *j, const struct pk_sample_plan *p,
                                 const struct pk_sample_reg *reg, struct pk_crs *crs,
                                 struct pk_arena *arena, struct pk_error *err)
{
    static const char *const names[] = {"användningsbestämmelse", "egenskapsbestämmelse",
                                        "administrativ bestämmelse"};
    char text[PK_ID_TEXT];
    head(j, reg->id, names[reg->kind == 'u' ? 0 : reg->kind == 'p' ? 1 : 2]);
    pk_id_format(text, p->id);
    pk_json_member(j, "detaljplan", text);
    catalogue_id(text, reg->code);
    pk_json_member(j, "planbestammelsekatalogreferens", text);
    pk_json_member(j, "bestammelseformulering", reg->wording);
    if (reg->secondary) {
        pk_json_key(j, "sekundarEgenskapsgrans");
        pk_json_bool(j, true);
    }
    quality(j, p->quality);
    if (is_new(p)) {
        pk_json_key(j, "planbestammelsebeskrivning");
        pk_json_object(j);
        pk_json_member(j, "motiv",
                       strcmp(reg->wording, "Tekniska anläggningar") == 0
                           ? reg->wording
                           : "För en god helhet i en påhittad stad.");
        pk_json_end(j);
    }
    pk_json_key(j, "bestammelsegeometri");
    pk_json_array(j);
    for (uint32_t i = 0; i < reg->geom_count; i++) {
        enum pk_status status = geometry(j, p, &reg->geoms[i], crs, arena, err);
        if (status != PK_OK) {
            return status;
        }
    }
    pk_json_end(j);
    if (reg->value.text != NULL) {
        pk_json_key(j, "bestammelsevarde");
        pk_json_array(j);
        value(j, &reg->value);
        if (reg->second.text != NULL) {
            value(j, &reg->second);
        }
        pk_json_end(j);
    }
    if (reg->kind == 'p') {
        pk_json_key(j, "reglerarAnvandningsbestammelse");
        pk_json_array(j);
        for (int i = 0; i < reg->use_count; i++) {
            pk_id_format(text, p->regs[reg->first_use + i].id);
            pk_json_string(j, text);
        }
        pk_json_end(j);
    } else if (reg->kind == 'a') {
        pk_id_format(text, p->id);
        pk_json_member(j, "reglerarDetaljplan", text);
    }
    pk_json_end(j);
    pk_json_end(j);
    return PK_OK;
}

enum pk_status pk_sample_ngp(struct pk_json *j, const struct pk_sample_plan *p,
                             struct pk_crs *crs, struct pk_arena *arena,
                             struct pk_error *err)
{
    head(j, p->id, "detaljplan");
    pk_json_member(j, "kommun", pk_sample_municipality(p->town->municipality));
    pk_json_member(j, "beteckning", p->designation);
    pk_json_member(j, "namn", p->name);
    pk_json_member(j, "syfte", p->purpose);
    pk_json_member(j, "status", p->status);
    if (p->status_date[0] != '\0') {
        pk_json_member(j, "datumStatusforandring", p->status_date);
    }
    pk_json_member(j, "typ", p->type);
    quality(j, p->plan_only ? "ej komplett" : p->quality);
    pk_json_key(j, "plangeometri");
    pk_json_array(j);
    enum pk_status status = geometry(j, p, &p->area, crs, arena, err);
    if (status != PK_OK) {
        return status;
    }
    pk_json_end(j);
    decision(j, p);
    pk_json_key(j, "planbeskrivning");
    pk_json_object(j);
    pk_json_key(j, "planbeskrivning");
    document(j, p, "Planbeskrivning", "planbeskrivning");
    pk_json_end(j);
    pk_json_end(j);
    pk_json_end(j);
    for (uint32_t i = 0; i < p->reg_count && status == PK_OK; i++) {
        status = regulation(j, p, &p->regs[i], crs, arena, err);
    }
    return status;
}
