/*
 * terms.h - stored terms of the plan model (Swedish, as the exchange formats spell them)
 * in the words of a page's language. JSON keeps the terms themselves.
 */
#ifndef PK_LAYERS_TERMS_H
#define PK_LAYERS_TERMS_H

#include "base/msg.h"

/* "laga kraft" -> "in force"; NULL when the term is none that we know, or NULL. Static.
 */
const char *pk_term(const char *term, enum pk_lang lang);

#endif
