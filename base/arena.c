#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct pk_arena_block {
    struct pk_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

static void out_of_memory(size_t n, size_t size)
{
    fprintf(stderr, "fatal: out of memory (%zu times %zu bytes)\n", n, size);
    abort();
}

void *pk_xmalloc(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);
    if (p == NULL) {
        out_of_memory(1, size);
    }
    return p;
}

void *pk_xcalloc(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);
    if (p == NULL) {
        out_of_memory(n, size);
    }
    return p;
}

void *pk_xrealloc(void *ptr, size_t n, size_t size)
{
    if (n == 0 || size == 0) {
        n = size = 1;
    }
    void *p = reallocarray(ptr, n, size);
    if (p == NULL) {
        out_of_memory(n, size);
    }
    return p;
}

char *pk_xstrdup(const char *s)
{
    size_t len = strlen(s) + 1;
    return memcpy(pk_xmalloc(len), s, len);
}

/* Not cleared: for those who write all of it. */
static void *take(struct pk_arena *arena, size_t n, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size != 0 && n > (SIZE_MAX / 2 - align) / size) {
        out_of_memory(n, size);
    }
    size_t need = (n * size + align - 1) & ~(align - 1);
    struct pk_arena_block *b = arena->head;
    if (b == NULL || b->size - b->used < need) {
        size_t want = need > BLOCK_SIZE ? need : BLOCK_SIZE;
        b = pk_xmalloc(sizeof(*b) + want);
        b->next = arena->head;
        b->used = 0;
        b->size = want;
        arena->head = b;
        arena->total += want;
    }
    void *p = b->data + b->used;
    b->used += need;
    return p;
}

void *pk_arena_alloc(struct pk_arena *arena, size_t n, size_t size)
{
    void *p = take(arena, n, size);
    return memset(p, 0, n * size);
}

char *pk_arena_strndup(struct pk_arena *arena, const char *s, size_t len)
{
    char *copy = take(arena, len + 1, 1);
    if (len > 0) {
        memcpy(copy, s, len);
    }
    copy[len] = '\0';
    return copy;
}

char *pk_arena_strdup(struct pk_arena *arena, const char *s)
{
    return s == NULL ? NULL : pk_arena_strndup(arena, s, strlen(s));
}

char *pk_arena_printf(struct pk_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        n = 0;
    }
    char *s = pk_arena_alloc(arena, (size_t)n + 1, 1);
    va_start(args, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, args);
    va_end(args);
    return s;
}

void pk_arena_reset(struct pk_arena *arena)
{
    /* Keep one ordinary block, so that a worker does not ask the system anew. */
    while (arena->head != NULL &&
           (arena->head->next != NULL || arena->head->size > BLOCK_SIZE)) {
        struct pk_arena_block *next = arena->head->next;
        arena->total -= arena->head->size;
        free(arena->head);
        arena->head = next;
    }
    if (arena->head != NULL) {
        arena->head->used = 0;
    }
}

void pk_arena_finish(struct pk_arena *arena)
{
    while (arena->head != NULL) {
        struct pk_arena_block *next = arena->head->next;
        free(arena->head);
        arena->head = next;
    }
    arena->total = 0;
}
