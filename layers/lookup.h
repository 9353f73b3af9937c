/*
 * lookup.h - "what applies here?": one answer, from which JSON, HTML, plain text
 * and speech are all made. The shape is ../shared/answers.md's; every sentence
 * is made here, from the members beside it and the message catalogue, so that
 * no door can know more than another.
 */
#ifndef PK_LAYERS_LOOKUP_H
#define PK_LAYERS_LOOKUP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/msg.h"
#include "layers/store.h"

enum pk_asked { PK_ASK_POINT, PK_ASK_PROPERTY, PK_ASK_ADDRESS, PK_ASK_GEOMETRY };

/* What the municipality says of itself, from plankarta.conf; borrowed. */
struct pk_municipality {
    const char *base_url; /* "" = relative links; no slash at the end */
    const char *contact_url, *contact_name, *contact_phone, *contact_email;
    double default_accuracy_m;
    /* "9901" -> "2026-01-10": all planned land of that municipality is loaded since. */
    const struct pk_complete {
        const char *code;
        pk_date since;
    } * complete;
    uint32_t complete_count;
    /* Codes of the municipalities that the service is for; 0 = all. */
    const char *const *served;
    uint32_t served_count;
    const char *const *next_texts, *const *next_urls; /* the next-step links */
    uint32_t next_count;
};

struct pk_question {
    enum pk_asked kind;
    double x, y;                 /* PK_ASK_POINT, in `crs`, easting/longitude first */
    int crs;                     /* EPSG; 3006 by default, 4326 = longitude, latitude */
    const char *text;            /* designation, address, or UUID */
    const struct pk_geom *shape; /* PK_ASK_GEOMETRY, in `crs` */
    struct pk_state state;
    bool version_given, day_given;
    enum pk_lang lang;
    time_t now;
};

struct pk_share {
    const char *coverage; /* of `coverages`; NULL otherwise */
    double area_m2, share;
    const char *basis; /* "EPSG:3008"; NULL when there is no area */
};

struct pk_answer_value {
    const char *beskrivning, *vardetyp, *variabelvarde, *enhet;
    double number; /* NAN when the text is no number */
};

struct pk_answer_regulation {
    struct pk_id id;
    const char *href;
    uint32_t part;
    const char *kind, *anvandningsform, *beteckning, *index, *bestammelseformulering;
    struct pk_answer_value *values;
    uint32_t value_count;
    struct pk_id *regulates;
    uint32_t regulates_count;
    const char **limits; /* height, area, ... */
    uint32_t limit_count;
    const char *text;
    /* "place": where its parts lie; "plan": the whole plan (an administrative regulation
     * without a place); NULL: the file does not say where. */
    const char *applies_to;
    struct pk_share share;
};

struct pk_answer_document {
    const char *kind, *title, *href, *media_type;
    bool legal, text_version;
};

struct pk_answer_plan {
    struct pk_id id;
    const char *href, *coverage, *beteckning, *namn, *typ, *status, *datumAntagande;
    const char **datumLagakraft;
    uint32_t laga_kraft_count;
    int genomforande_months; /* 0 = not known */
    const char *genomforande_ends;
    int genomforande_ended; /* -1 = not known */
    const char *text;
    struct pk_answer_regulation *regulations;
    uint32_t regulation_count;
    struct pk_answer_document *documents;
    uint32_t document_count;
    struct pk_share share;
};

struct pk_answer_layer {
    const char *id, *title, *text, *source, *as_of;
};

struct pk_answer {
    int64_t version;
    const char *legal_date, *answered_at, *lang, *permanent;
    const struct pk_question *asked;
    const char *coverage, *heading, *summary;
    struct pk_share *coverages; /* property, address, geometry */
    uint32_t coverage_count;
    const char *municipality_code, *municipality;
    struct pk_answer_property {
        struct pk_id id;
        const char *designation, *href;
    } * properties;
    uint32_t property_count;
    const char *address;
    struct pk_answer_plan *plans;
    uint32_t plan_count;
    struct pk_answer_layer *layers;
    uint32_t layer_count;
    struct pk_answer_boundary {
        double distance_m, accuracy_m;
        const char *accuracy, *kind, *other_text, *text;
        bool other_has_plan;
        struct pk_id other_plan;
        struct pk_id *other_regulations;
        uint32_t other_count;
    } * boundary;               /* NULL: no boundary within the accuracy */
    struct pk_answer_distance { /* PK_ASK_GEOMETRY */
        const char *to;         /* "property-boundary" */
        const char *property;   /* designation */
        double m;
    } * distances;
    uint32_t distance_count;
    struct pk_answer_unknown {
        const char *what, *text;
    } * unknown;
    uint32_t unknown_count;
    struct pk_answer_link {
        const char *text, *href;
    } * next;
    uint32_t next_count;
    const char *legal_text, *legal_href;
    struct pk_answer_source {
        const char *title, *licence;
        int64_t from_version;
    } * sources;
    uint32_t source_count;
    /* To draw it: EPSG:3006. */
    struct pk_box extent;
    double x, y;
    struct pk_geom ground; /* the property or shape; kind NONE when a point was asked */
};

/* Everything lies in the arena; *question is borrowed by the answer. The caller holds
 * no snapshot; this takes one.
 * Errors: PK_NOT_FOUND unknown property or address, with "suggestions" in *suggestions
 * (JSON array text in the arena); PK_BAD_INPUT names the parameter first ("point: ...").
 */
enum pk_status pk_lookup(struct pk_answer **out, struct pk_store *store,
                         const struct pk_question *question,
                         const struct pk_municipality *municipality,
                         const char **suggestions, struct pk_arena *arena,
                         struct pk_error *err) PK_MUST_CHECK;

void pk_answer_json(struct pk_buf *out, const struct pk_answer *answer);
/* The texts of the answer in their order, one a line, for terminals and speech. */
void pk_answer_text(struct pk_buf *out, const struct pk_answer *answer);

/* The same model for one plan's own page: plan with all its regulations, its shape
 * (what newer plans have left of it) in EPSG:3006. Errors: PK_NOT_FOUND. */
enum pk_status pk_plan_answer(struct pk_answer_plan **out, struct pk_geom *geom,
                              struct pk_store *store, struct pk_id id,
                              struct pk_state state, enum pk_lang lang,
                              const struct pk_municipality *municipality,
                              struct pk_arena *arena, struct pk_error *err) PK_MUST_CHECK;

/* A regulation's parts (what newer plans have left of them), EPSG:3006, one geometry of
 * each kind it has: points, lines, areas. */
enum { PK_REGULATION_KINDS = 3 };
enum pk_status pk_regulation_shapes(struct pk_geom out[PK_REGULATION_KINDS],
                                    struct pk_store *store, struct pk_id id,
                                    struct pk_state state, struct pk_arena *arena,
                                    struct pk_error *err) PK_MUST_CHECK;

/* One element of `plans`, and of its `regulations`, as pk_answer_json() writes it: what
 * /plan/{id}?f=json and /regulation/{id}?f=json give. */
void pk_plan_json(struct pk_buf *out, const struct pk_answer_plan *plan);
void pk_regulation_json(struct pk_buf *out,
                        const struct pk_answer_regulation *regulation);

#endif
