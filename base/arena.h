/*
 * arena.h - memory that lives exactly as long as one request, tile or object.
 *
 * Allocate freely, never free piece by piece; pk_arena_reset() releases all but
 * the first block, pk_arena_finish() everything. One arena belongs to one
 * thread. Running out of memory ends the process: sizes that come from outside
 * are checked against a named limit BEFORE allocating.
 */
#ifndef PK_BASE_ARENA_H
#define PK_BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

struct pk_arena_block;

/* Zero-initialised is ready to use. */
struct pk_arena {
    struct pk_arena_block *head; /* newest block, NULL when empty */
    size_t total;                /* bytes taken from the system */
};

/* Zeroed memory for n objects of `size`, aligned for any object; never NULL. */
void *pk_arena_alloc(struct pk_arena *arena, size_t n, size_t size);

/* Copy of len bytes plus a NUL, owned by the arena. */
char *pk_arena_strndup(struct pk_arena *arena, const char *s, size_t len);
/* NULL stays NULL. */
char *pk_arena_strdup(struct pk_arena *arena, const char *s);
char *pk_arena_printf(struct pk_arena *arena, const char *fmt, ...) PK_PRINTF(2, 3);

void pk_arena_reset(struct pk_arena *arena);
void pk_arena_finish(struct pk_arena *arena);

/* malloc/calloc/realloc/strdup that never return NULL: they say so and abort. */
void *pk_xmalloc(size_t size);
void *pk_xcalloc(size_t n, size_t size);
void *pk_xrealloc(void *ptr, size_t n, size_t size);
char *pk_xstrdup(const char *s);

#endif
