/* labelset.c - label packs -> candidates, by need. */
#include "tiles/labelset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/candidate.h"
#include "tiles/drawlist.h"

enum {
    BUCKET = 256 * PK_TEXT_SUB, /* candidates are set and placed by the bucket */
    TABLE = 1024,               /* chains of buckets and of cells */
    SLACK = 12,                 /* CSS px ink may stand out of a label's box */
    MARGIN_MAX = 2048           /* CSS px; no label is larger */
};

struct anchor {
    struct anchor *next;
    struct pk_ifeature feature;
    const struct pk_need *need;
    const uint16_t *map;
    int64_t x, y;
};

/* A square of anchors, or a cell that was read. */
struct place {
    struct place *next;
    int64_t column, row;
    struct anchor *anchors;
    bool done;
};

struct labelset {
    const struct pk_style *style;
    const struct pk_view *view;
    struct pk_source *source;
    struct pk_arena *arena;
    struct pk_candidate_maker maker;
    struct pk_needs needs;
    int64_t margin; /* 1/64 px: how far a label reaches from its anchor */
    struct place *buckets[TABLE], *cells[TABLE];
    enum pk_status status;
    struct pk_error *err;
};

static struct place *place_at(struct labelset *set, struct place **table, int64_t column,
                              int64_t row)
{
    int64_t key[2] = {column, row};
    struct place **at = &table[pk_hash64(key, sizeof key, 0) % TABLE];
    for (; *at; at = &(*at)->next) {
        if ((*at)->column == column && (*at)->row == row) {
            return *at;
        }
    }
    *at = pk_arena_alloc(set->arena, 1, sizeof **at);
    (*at)->column = column;
    (*at)->row = row;
    return *at;
}

static int64_t bucket_of(int64_t v)
{
    return v >= 0 ? v / BUCKET : -((BUCKET - 1 - v) / BUCKET);
}

/* ---- reading ---- */

static void read_section(struct labelset *set, const struct pk_pack_section *section,
                         int64_t cell)
{
    const struct pk_need *need = pk_needs_find(&set->needs, section->source_layer);
    if (!need) {
        return;
    }
    const uint16_t *map = pk_section_map(set->style, section, set->arena);
    struct pk_pack_cursor cursor;
    struct pk_ifeature f;
    pk_pack_begin(&cursor, section);
    while (pk_pack_next(&cursor, &f)) {
        /* An anchor is read from the cell that it lies in, once. */
        if (pk_cell_of(set->source->family, set->source->band, f.anchor_x, f.anchor_y) !=
            cell) {
            continue;
        }
        struct anchor *a = pk_arena_alloc(set->arena, 1, sizeof *a);
        pk_pack_keep(&f, section, set->arena);
        a->feature = f;
        a->need = need;
        a->map = map;
        pk_view_to_text(set->view, f.anchor_x, f.anchor_y, &a->x, &a->y);
        struct place *bucket =
            place_at(set, set->buckets, bucket_of(a->x), bucket_of(a->y));
        a->next = bucket->anchors;
        bucket->anchors = a;
    }
    if (cursor.at.bad) {
        set->status = pk_fail(set->err, PK_BAD_DATA, "the label pack of %s is damaged",
                              section->source_layer);
    }
}

static void read_cells(struct labelset *set, struct pk_ibox box)
{
    struct pk_cells cells = pk_source_cells(set->source, 0, box);
    for (int64_t x = cells.column0; x <= cells.column1; x++) {
        for (int64_t y = cells.row0; y <= cells.row1; y++) {
            struct place *cell = place_at(set, set->cells, x, y);
            if (cell->done || set->status != PK_OK) {
                continue;
            }
            cell->done = true;
            struct pk_pack pack;
            set->status = pk_source_pack(set->source, 0, x, y, true, set->needs.names,
                                         &pack, set->err);
            for (uint32_t i = 0; set->status == PK_OK && i < pack.section_count; i++) {
                read_section(set, &pack.sections[i], x * (INT64_C(1) << 32) + y);
            }
        }
    }
}

/* ---- setting ---- */

static void set_anchor(struct labelset *set, struct pk_labels *labels,
                       const struct anchor *a)
{
    struct pk_style_input in = {.zoom = set->view->zoom,
                                .kind = a->feature.kind,
                                .values = a->feature.values,
                                .map = a->map,
                                .key = a->feature.key};
    struct pk_spot spot = {.feature = &a->feature,
                           .source_layer = a->need->source_layer,
                           .x = a->x,
                           .y = a->y,
                           .angle = a->feature.angle,
                           .part = a->feature.part};
    for (uint32_t i = 0; i < a->need->layer_count; i++) {
        const struct pk_style_layer *layer = a->need->layers[i];
        if (!pk_style_shows(set->style, layer, &in)) {
            continue;
        }
        struct pk_symbol_paint paint;
        pk_style_symbol(set->style, layer, &in, &paint);
        if (paint.text[0] || paint.icon) {
            struct pk_candidate *c = pk_candidate_make(&set->maker, &spot, layer, &paint);
            if (c) {
                pk_labels_add(labels, &c->label);
            }
        }
    }
}

/* The source of label.h: every candidate whose box can touch `box`. */
static void give(void *ctx, struct pk_labels *labels, struct pk_tbox box)
{
    struct labelset *set = ctx;
    struct pk_tbox near = pk_tbox_grow(box, set->margin);
    for (int64_t y = bucket_of(near.min_y); y <= bucket_of(near.max_y); y++) {
        for (int64_t x = bucket_of(near.min_x); x <= bucket_of(near.max_x); x++) {
            struct place *bucket = place_at(set, set->buckets, x, y);
            if (bucket->done || set->status != PK_OK) {
                continue;
            }
            bucket->done = true;
            struct pk_tbox square = {x * BUCKET, y * BUCKET, (x + 1) * BUCKET - 1,
                                     (y + 1) * BUCKET - 1};
            read_cells(set, pk_view_units(set->view, square));
            for (const struct anchor *a = bucket->anchors; a; a = a->next) {
                set_anchor(set, labels, a);
            }
        }
    }
}

enum pk_status pk_signs_build(struct pk_signs *out, const struct pk_style *style,
                              const struct pk_view *view, struct pk_source *source,
                              struct pk_text *text, struct pk_error *err)
{
    memset(out, 0, sizeof *out);
    out->dep = PK_IBOX_EMPTY;
    struct pk_arena *arena = source->arena;
    struct labelset *set = pk_arena_alloc(arena, 1, sizeof *set);
    *set = (struct labelset){
        .style = style, .view = view, .source = source, .arena = arena, .err = err};
    pk_needs_of(&set->needs, style, view->zoom, true, arena);
    if (set->needs.count == 0) {
        return PK_OK;
    }
    double margin = fmin(set->needs.reach, MARGIN_MAX);
    set->margin = (int64_t)ceil(margin) * PK_TEXT_SUB;
    set->maker = (struct pk_candidate_maker){view, text, arena, set->margin};
    struct pk_labels *labels = pk_labels_create(give, set, arena);
    struct pk_tbox window = pk_tbox_grow(pk_view_window(view), SLACK * PK_TEXT_SUB);
    struct pk_label **list = pk_labels_in(labels, window, &out->count);
    if (set->status != PK_OK) {
        return set->status;
    }
    out->items = pk_arena_alloc(arena, out->count + 1, sizeof *out->items);
    for (uint32_t i = 0; i < out->count; i++) {
        struct pk_candidate *c = (struct pk_candidate *)(uintptr_t)list[i]->what;
        const struct pk_sign *sign = pk_candidate_sign(c);
        out->items[i] = sign;
        uint64_t words[7] = {c->hash,
                             (uint64_t)sign->x,
                             (uint64_t)sign->y,
                             (uint64_t)sign->icon_x,
                             (uint64_t)sign->icon_y,
                             (uint64_t)list[i]->state,
                             out->digest};
        out->digest = pk_hash64(words, sizeof words, 0);
    }
    struct pk_tbox seen = pk_tbox_join(window, pk_labels_seen(labels));
    out->dep = pk_view_units(view, pk_tbox_grow(seen, set->margin));
    return PK_OK;
}
