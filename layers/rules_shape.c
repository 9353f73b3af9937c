/* rules_shape.c - the form of geometries: parts, kinds, rings, systems. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonread.h"
#include "base/text.h"
#include "layers/rules_internal.h"

/* Coordinates are whole millimetres when they are this near to one. */
#define MM_SLACK 0.00002

typedef void each_part(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                       const struct pk_rule_part *part);

static void each_of_plan(struct pk_rule_run *run, each_part *see)
{
    for (uint32_t i = 0; i < run->plan->part_count; i++)
        see(run, NULL, &run->plan->parts[i]);
}

static void each_of_regulations(struct pk_rule_run *run, each_part *see)
{
    for (uint32_t i = 0; i < run->plan->regulation_count; i++) {
        const struct pk_rule_regulation *r = &run->plan->regulations[i];

        for (uint32_t k = 0; k < r->part_count; k++)
            see(run, r, &r->parts[k]);
    }
}

static const char *name_of(const struct pk_rule_run *run,
                           const struct pk_rule_regulation *r)
{
    return r ? r->name : run->plan->name;
}

static const double *first_vertex(const struct pk_rule_part *part)
{
    return part->geom.vertex_count ? part->geom.xy : NULL;
}

/* ---- DP-0004, DP-0018 ---- */

static void multi(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                  const struct pk_rule_part *part)
{
    const struct pk_geom *g = &part->geom;
    uint32_t members = g->kind == PK_GEOM_POINT ? g->vertex_count : 0;

    for (uint32_t i = 0; g->kind != PK_GEOM_POINT && i < g->ring_count; i++)
        members += g->rings[i].role != PK_RING_HOLE;
    if (members > 1)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = first_vertex(part),
                          .geom = g,
                          .args = {"object", name_of(run, r), "number",
                                   rule_number(run, members, 0)}
        });
}

void rule_multi_plan(struct pk_rule_run *run)
{
    each_of_plan(run, multi);
}

void rule_multi_regulation(struct pk_rule_run *run)
{
    each_of_regulations(run, multi);
}

enum pk_status pk_repair_split(struct pk_geom *out, const struct pk_geom *geom,
                               uint32_t part, struct pk_arena *arena,
                               struct pk_error *err)
{
    if (geom->kind == PK_GEOM_POINT && part < geom->vertex_count) {
        struct pk_geom_builder *b = pk_geom_begin(arena, PK_GEOM_POINT, false);

        pk_geom_ring(b, PK_RING_OPEN);
        pk_geom_vertex(b, geom->xy[2 * part], geom->xy[2 * part + 1], 0);
        return pk_geom_done(out, b, err);
    }
    if (geom->kind == PK_GEOM_POINT || !rule_member(out, geom, part, arena))
        return pk_fail(err, PK_NOT_FOUND, "geometry: it has no part number %u", part + 1);
    return PK_OK;
}

/* ---- DP-0010 ---- */

static void uncertain(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                      const struct pk_rule_part *part)
{
    const char *why =
        rule_text(pk_jget_object(part->details, "geometrimetadata"), "osakertLage");

    if (why)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = first_vertex(part),
                          .geom = &part->geom,
                          .args = {"object", name_of(run, r), "why", why}
        });
}

void rule_uncertain(struct pk_rule_run *run)
{
    each_of_plan(run, uncertain);
    each_of_regulations(run, uncertain);
}

/* ---- DP-0015, DP-0016 ---- */

static void vertical(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                     const struct pk_rule_part *part)
{
    const json_t *details = r ? r->details : run->plan->details;
    const json_t *limits = json_object_get(details, "vertikalAvgransning");

    if (part->geom.kind != PK_GEOM_AREA && limits && !json_is_null(limits))
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = first_vertex(part),
                          .geom = &part->geom,
                          .args = {"object", name_of(run, r)}
        });
}

void rule_vertical_plan(struct pk_rule_run *run)
{
    each_of_plan(run, vertical);
}

void rule_vertical_regulation(struct pk_rule_run *run)
{
    each_of_regulations(run, vertical);
}

/* ---- P-RING ---- */

static double signed_area(const struct pk_geom *g, const struct pk_ring *r)
{
    const double *xy = g->xy + 2 * (size_t)r->first;
    double sum = 0;

    for (uint32_t i = 0; i + 1 < r->count; i++)
        sum += (xy[2 * i] - xy[0]) * (xy[2 * i + 3] - xy[1]) -
               (xy[2 * i + 2] - xy[0]) * (xy[2 * i + 1] - xy[1]);
    return sum / 2;
}

static bool turned(const struct pk_geom *g, const struct pk_ring *r)
{
    return r->role == PK_RING_OUTER  ? signed_area(g, r) < 0
           : r->role == PK_RING_HOLE ? signed_area(g, r) > 0
                                     : false;
}

static bool whole_mm(double v)
{
    return fabs(v * 1000 - round(v * 1000)) < MM_SLACK * 1000;
}

static void ring(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                 const struct pk_rule_part *part)
{
    const struct pk_geom *g = &part->geom;
    const double *at = NULL;

    /* A curve's chords have no coordinates of their own, nor what was transformed. */
    if (part->crs != run->plan->crs ||
        json_object_get(part->details, "curve_tolerance_m"))
        return;
    for (uint32_t i = 0; i < g->ring_count && !at; i++) {
        if (turned(g, &g->rings[i]))
            at = g->xy + 2 * (size_t)g->rings[i].first;
    }
    for (uint32_t i = 0; i < g->vertex_count && !at; i++) {
        if (!whole_mm(g->xy[2 * i]) || !whole_mm(g->xy[2 * i + 1]))
            at = g->xy + 2 * (size_t)i;
    }
    if (at)
        rule_say(run, &(struct rule_say){
                          .regulation = r,
                          .point = at,
                          .geom = g,
                          .args = {"object", name_of(run, r)}
        });
}

void rule_ring(struct pk_rule_run *run)
{
    each_of_plan(run, ring);
    each_of_regulations(run, ring);
}

enum pk_status pk_repair_ring(struct pk_geom *out, bool *changed,
                              const struct pk_geom *geom, struct pk_arena *arena,
                              struct pk_error *err)
{
    struct pk_geom_builder *b = pk_geom_begin(arena, geom->kind, geom->z != NULL);
    enum pk_status status;

    *changed = false;
    for (uint32_t i = 0; i < geom->ring_count; i++) {
        const struct pk_ring *r = &geom->rings[i];
        double last[2] = {NAN, NAN};

        *changed = *changed || turned(geom, r);
        pk_geom_ring(b, r->role);
        for (uint32_t k = r->first; k < r->first + r->count; k++) {
            double x = round(geom->xy[2 * k] * 1000) / 1000;
            double y = round(geom->xy[2 * k + 1] * 1000) / 1000;
            bool again = geom->kind != PK_GEOM_POINT && x == last[0] && y == last[1];

            *changed = *changed || again || !whole_mm(geom->xy[2 * k]) ||
                       !whole_mm(geom->xy[2 * k + 1]);
            if (!again)
                pk_geom_vertex(b, x, y, geom->z ? geom->z[k] : 0);
            last[0] = x;
            last[1] = y;
        }
    }
    status = pk_geom_done(out, b, err);
    if (!status)
        pk_geom_orient(out);
    return status;
}

/* ---- P-GEOM-KIND ---- */

/* What kinds a regulation may have, by words of the catalogue ("Yta/Volym", "Linje"), a
 * symbol, or its being a use; NULL when nothing is known. */
static const char *kinds_of(const struct pk_rule_regulation *r)
{
    static const struct {
        const char *symbol, *kinds;
    } symbols[] = {
        {"prickmark",     "Yta"  },
        {"korsmark",      "Yta"  },
        {"ringmark",      "Yta"  },
        {"utfartsforbud", "Linje"},
        {"stangsel",      "Linje"},
        {"plushojd",      "Punkt"},
    };

    if (r->entry && r->entry->geometry)
        return r->entry->geometry;
    if (r->kind == PK_KIND_USE)
        return "Yta";
    for (size_t i = 0; r->symbol && i < PK_COUNT(symbols); i++) {
        if (strcmp(symbols[i].symbol, r->symbol) == 0)
            return symbols[i].kinds;
    }
    return NULL;
}

static void geometry_kind(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                          const struct pk_rule_part *part)
{
    static const char *const words[] = {
        [PK_GEOM_POINT] = "Punkt", [PK_GEOM_LINE] = "Linje", [PK_GEOM_AREA] = "Yta"};
    const char *kinds = kinds_of(r), *word = words[part->geom.kind];

    if (kinds && word && !strstr(kinds, word))
        rule_say(run,
                 &(struct rule_say){
                     .regulation = r,
                     .point = first_vertex(part),
                     .geom = &part->geom,
                     .args = {"regulation", r->name, "kind", word, "allowed", kinds}
        });
}

void rule_geometry_kind(struct pk_rule_run *run)
{
    each_of_regulations(run, geometry_kind);
}

/* ---- P-CRS ---- */

static void national_crs(struct pk_rule_run *run, const struct pk_rule_regulation *r,
                         const struct pk_rule_part *part)
{
    char epsg[24];

    if (part->crs >= 3006 && part->crs <= 3018)
        return;
    snprintf(epsg, sizeof(epsg), "EPSG:%d", part->crs);
    rule_say(run, &(struct rule_say){
                      .regulation = r,
                      .point = first_vertex(part),
                      .args = {"object", name_of(run, r), "crs",
                               pk_arena_strdup(run->arena, epsg)}
    });
}

void rule_crs(struct pk_rule_run *run)
{
    each_of_plan(run, national_crs);
    each_of_regulations(run, national_crs);
}
