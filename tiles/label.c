/* label.c - greedy placement by need, with a memo and a stack of its own. */
#include "tiles/label.h"

#include <stdlib.h>
#include <string.h>

enum { UNKNOWN = -2, HIDDEN = -1, CELL = 32 * PK_TEXT_SUB, CELLS_FIRST = 1024 };

/* A candidate in one cell of the plane: a chained hash table. */
struct entry {
    struct pk_label *label;
    struct entry *next;
    int64_t column, row;
};

struct pk_labels {
    pk_label_source *source;
    void *ctx;
    struct pk_arena *arena;
    struct entry **table;
    uint32_t table_size, entry_count, label_count;
    struct pk_tbox seen;
    struct frame *stack;
    uint32_t stack_room;
};

/* A candidate being decided: how far its question has come. */
struct frame {
    struct pk_label *label;
    uint32_t position;
    struct pk_label **before; /* those before it that touch any of its positions */
    uint32_t count, at;
};

struct pk_labels *pk_labels_create(pk_label_source *source, void *ctx,
                                   struct pk_arena *arena)
{
    struct pk_labels *labels = pk_arena_alloc(arena, 1, sizeof *labels);
    labels->source = source;
    labels->ctx = ctx;
    labels->arena = arena;
    labels->table_size = CELLS_FIRST;
    labels->table = pk_arena_alloc(arena, CELLS_FIRST, sizeof *labels->table);
    labels->seen = (struct pk_tbox){INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN};
    return labels;
}

static int64_t cell_of(int64_t v)
{
    return v >= 0 ? v / CELL : -((CELL - 1 - v) / CELL);
}

static uint32_t slot_of(int64_t column, int64_t row, uint32_t size)
{
    uint64_t h = (uint64_t)column * UINT64_C(0x9e3779b97f4a7c15) ^
                 (uint64_t)row * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (uint32_t)(h >> 33) & (size - 1);
}

static void put(struct entry **table, uint32_t size, struct entry *e)
{
    struct entry **slot = &table[slot_of(e->column, e->row, size)];
    e->next = *slot;
    *slot = e;
}

static void grow(struct pk_labels *labels)
{
    uint32_t size = labels->table_size * 4;
    struct entry **table = pk_arena_alloc(labels->arena, size, sizeof *table);
    for (uint32_t i = 0; i < labels->table_size; i++) {
        for (struct entry *e = labels->table[i], *next; e; e = next) {
            next = e->next;
            put(table, size, e);
        }
    }
    labels->table = table;
    labels->table_size = size;
}

void pk_labels_add(struct pk_labels *labels, struct pk_label *label)
{
    if (labels->label_count >= PK_LABELS_MAX || label->position_count == 0) {
        return;
    }
    labels->label_count++;
    label->state = UNKNOWN;
    label->all = label->positions[0];
    for (uint32_t i = 1; i < label->position_count; i++) {
        label->all = pk_tbox_join(label->all, label->positions[i]);
    }
    for (int64_t y = cell_of(label->all.min_y); y <= cell_of(label->all.max_y); y++) {
        for (int64_t x = cell_of(label->all.min_x); x <= cell_of(label->all.max_x); x++) {
            struct entry *e = pk_arena_alloc(labels->arena, 1, sizeof *e);
            *e = (struct entry){.label = label, .column = x, .row = y};
            if (++labels->entry_count > labels->table_size) {
                grow(labels);
            }
            put(labels->table, labels->table_size, e);
        }
    }
}

int pk_label_compare(const struct pk_label *a, const struct pk_label *b)
{
    if (a->layer != b->layer) {
        return a->layer < b->layer ? -1 : 1;
    }
    if (a->sort_key != b->sort_key) {
        return a->sort_key < b->sort_key ? -1 : 1;
    }
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->part != b->part ? (a->part < b->part ? -1 : 1) : 0;
}

static int by_order(const void *a, const void *b)
{
    return pk_label_compare(*(struct pk_label *const *)a, *(struct pk_label *const *)b);
}

/* Candidates of which a position can touch the box, in order, each once; before
 * `than` in the order when it is given. */
static struct pk_label **touching(struct pk_labels *labels, struct pk_tbox box,
                                  const struct pk_label *than, uint32_t *count)
{
    labels->source(labels->ctx, labels, box);
    struct pk_label *few[64], **list = few;
    uint32_t n = 0, room = 64;
    for (int64_t y = cell_of(box.min_y); y <= cell_of(box.max_y); y++) {
        for (int64_t x = cell_of(box.min_x); x <= cell_of(box.max_x); x++) {
            struct entry *e = labels->table[slot_of(x, y, labels->table_size)];
            for (; e; e = e->next) {
                struct pk_label *l = e->label;
                if (e->column != x || e->row != y || !pk_tbox_touches(l->all, box) ||
                    (than && (l->ignore || pk_label_compare(l, than) >= 0))) {
                    continue;
                }
                if (n == room) {
                    struct pk_label **more = pk_xmalloc(2 * room * sizeof *more);
                    memcpy(more, list, n * sizeof *list);
                    if (list != few) {
                        free(list);
                    }
                    list = more;
                    room *= 2;
                }
                list[n++] = l;
            }
        }
    }
    qsort(list, n, sizeof(struct pk_label *), by_order);
    struct pk_label **out =
        pk_arena_alloc(labels->arena, n ? n : 1, sizeof(struct pk_label *));
    *count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (*count == 0 || out[*count - 1] != list[i]) {
            out[(*count)++] = list[i];
        }
    }
    if (list != few) {
        free(list);
    }
    return out;
}

static void push(struct pk_labels *labels, uint32_t *depth, struct pk_label *label)
{
    if (*depth == labels->stack_room) {
        uint32_t room = labels->stack_room ? labels->stack_room * 2 : 32;
        struct frame *stack = pk_arena_alloc(labels->arena, room, sizeof *stack);
        if (labels->stack) {
            memcpy(stack, labels->stack, *depth * sizeof *stack);
        }
        labels->stack = stack;
        labels->stack_room = room;
    }
    struct frame *f = &labels->stack[(*depth)++];
    *f = (struct frame){.label = label};
    labels->seen = pk_tbox_join(labels->seen, label->all);
    if (!(label->free & 1)) {
        f->before = touching(labels, label->all, label, &f->count);
    }
}

/* Go on with the question until it is answered (true) or another candidate must be
 * decided first (*ask). */
static bool answer(struct frame *f, struct pk_label **ask)
{
    struct pk_label *label = f->label;
    while (f->position < label->position_count) {
        struct pk_tbox box = label->positions[f->position];
        bool taken = false;
        bool free = label->free >> f->position & 1;
        while (f->at < f->count && !taken && !free) {
            struct pk_label *other = f->before[f->at];
            if (pk_tbox_touches(other->all, box)) {
                if (other->state == UNKNOWN) {
                    *ask = other;
                    return false;
                }
                taken = other->state >= 0 &&
                        pk_tbox_touches(other->positions[other->state], box);
            }
            f->at++;
        }
        if (!taken) {
            label->state = (int8_t)f->position;
            return true;
        }
        f->position++;
        f->at = 0;
    }
    label->state = HIDDEN;
    return true;
}

int pk_label_place(struct pk_labels *labels, struct pk_label *label)
{
    uint32_t depth = 0;
    if (label->state == UNKNOWN) {
        push(labels, &depth, label);
    }
    while (depth > 0) {
        struct pk_label *ask = NULL;
        if (answer(&labels->stack[depth - 1], &ask)) {
            depth--;
        } else {
            push(labels, &depth, ask);
        }
    }
    return label->state;
}

struct pk_label **pk_labels_in(struct pk_labels *labels, struct pk_tbox box,
                               uint32_t *count)
{
    uint32_t n = 0;
    struct pk_label **list = touching(labels, box, NULL, &n);
    *count = 0;
    for (uint32_t i = 0; i < n; i++) {
        int at = pk_label_place(labels, list[i]);
        if (at >= 0 && pk_tbox_touches(list[i]->positions[at], box)) {
            list[(*count)++] = list[i];
        }
    }
    return list;
}

struct pk_tbox pk_labels_seen(const struct pk_labels *labels)
{
    return labels->seen;
}
