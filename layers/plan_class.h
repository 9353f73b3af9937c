/*
 * plan_class.h - what a regulation is, when the file does not say it: form of
 * land use, letter, colour name, symbol, from the catalogue code, the letter or
 * the wording (plan-domain 4: BFS 2020:6 and the catalogue of Boverket).
 *
 * Colour names are those of BFS 2020:6 in lower-case ASCII: gul, brun, beige,
 * orange, rod, rosa, lila, bla, blagra, gron, ljusgron, gra, ljusgra (and cerise,
 * morkgron, blagron, ljusbla of older styles). Symbols: prickmark, korsmark,
 * ringmark, korsprick and ringprick (two marks on one ground, older plans), lutning,
 * plushojd, utfartsforbud, stangsel, fastighetsindelning.
 */
#ifndef PK_LAYERS_PLAN_CLASS_H
#define PK_LAYERS_PLAN_CLASS_H

#include <stdbool.h>

#include "base/arena.h"

enum pk_regulation_kind {
    PK_KIND_USE,
    PK_KIND_PROPERTY,
    PK_KIND_ADMINISTRATIVE,
    PK_KIND_COUNT /* no kind: the text names none */
};

/* Spec term ("användningsbestämmelse", "egenskapsbestämmelse", "administrativ
 * bestämmelse", any case) or our own name ("use", ...) to a kind. */
enum pk_regulation_kind pk_regulation_kind_of(const char *text);
const char *pk_regulation_kind_name(enum pk_regulation_kind kind); /* "use" ... */
const char *pk_regulation_kind_term(enum pk_regulation_kind kind); /* spec term */
/* Source layer of packs and styles: "use", "property_regulation", ... */
const char *pk_regulation_kind_layer(enum pk_regulation_kind kind);

/* What is known in, what could be told out; NULL = not known. */
struct pk_plan_class {
    enum pk_regulation_kind kind;
    const char *code;    /* bestammelsekod, "DP_KM_B2" */
    const char *wording; /* bestammelseformulering */
    const char *form, *letter, *colour, *symbol;
};

/* Fills form, letter, colour and symbol where they are NULL, and puts those that
 * are there into our spelling ("Ljusgrå" -> "ljusgra", "66" -> "prickmark",
 * "Kvartersmark" -> "kvartersmark"; unknown colours and symbols are kept, folded).
 * New text is static or the arena's. Pure: same input, same answer. */
void pk_plan_classify(struct pk_plan_class *c, struct pk_arena *arena);

/* Colour of a use letter ("B", "GATA", "b2"); NULL when it has none. */
const char *pk_use_colour(const char *letter);

#endif
