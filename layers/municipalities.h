/*
 * municipalities.h - which municipalities there are, by code and name.
 */
#ifndef PK_LAYERS_MUNICIPALITIES_H
#define PK_LAYERS_MUNICIPALITIES_H

#include "base/arena.h"

/* The four-digit code of a name ("Kristianstad", "Kristianstads kommun", any case);
 * NULL when no municipality is called so. Static. */
const char *pk_municipality_code(const char *name, struct pk_arena *arena);
/* The name of a code; NULL when there is none. Static. */
const char *pk_municipality_name(const char *code);

#endif
