/* draft_names.c - a small hash table from the names of a stream to indexes. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "layers/draft_internal.h"

static struct draft_name *slot(struct draft_name *slots, size_t cap, const char *text)
{
    size_t at = pk_hash64(text, strlen(text), 0) & (cap - 1);

    while (slots[at].text && strcmp(slots[at].text, text))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static void grow(struct draft_names *names)
{
    size_t cap = names->cap ? names->cap * 2 : 64;
    struct draft_name *slots = pk_xcalloc(cap, sizeof(*slots));

    for (size_t i = 0; i < names->cap; i++) {
        if (names->slots[i].text)
            *slot(slots, cap, names->slots[i].text) = names->slots[i];
    }
    free(names->slots);
    names->slots = slots;
    names->cap = cap;
}

void draft_names_put(struct draft_names *names, const char *text, enum draft_thing thing,
                     uint32_t index)
{
    struct draft_name *at;

    if (names->used * 4 >= names->cap * 3)
        grow(names);
    at = slot(names->slots, names->cap, text);
    if (at->text)
        return;
    *at = (struct draft_name){pk_xstrdup(text), thing, index};
    names->used++;
}

const struct draft_name *draft_names_find(const struct draft_names *names,
                                          const char *text)
{
    const struct draft_name *at;

    if (!text || names->cap == 0)
        return NULL;
    at = slot(names->slots, names->cap, text);
    return at->text ? at : NULL;
}

void draft_names_finish(struct draft_names *names)
{
    for (size_t i = 0; i < names->cap; i++)
        free(names->slots[i].text);
    free(names->slots);
    *names = (struct draft_names){0};
}
