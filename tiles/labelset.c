/* labelset.c - label packs -> candidates, by need. */
#include "tiles/labelset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/drawlist.h"
#include "tiles/icon.h"

enum {
    BUCKET = 256 * PK_TEXT_SUB, /* candidates are set and placed by the bucket */
    TABLE = 1024,               /* chains of buckets and of cells */
    HALO_MAX = 6,               /* CSS px; wider halos are drawn as this */
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
    struct pk_text *text;
    struct pk_arena *arena;
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

/* The middle of the block from the anchor, before turning. */
static void offset_of(const struct pk_symbol_paint *p, uint32_t i, int64_t width,
                      int64_t height, int64_t *x, int64_t *y)
{
    static const int8_t sides[][2] = {
        [PK_ANCHOR_CENTER] = {0,  0 },
          [PK_ANCHOR_LEFT] = {1,  0 },
        [PK_ANCHOR_RIGHT] = {-1, 0 },
          [PK_ANCHOR_TOP] = {0,  1 },
        [PK_ANCHOR_BOTTOM] = {0,  -1},
          [PK_ANCHOR_TOP_LEFT] = {1,  1 },
        [PK_ANCHOR_TOP_RIGHT] = {-1, 1 },
          [PK_ANCHOR_BOTTOM_LEFT] = {1,  -1},
        [PK_ANCHOR_BOTTOM_RIGHT] = {-1, -1}
    };
    const int8_t *side = sides[p->anchors[i]];
    double off_x = p->offset_em[0], off_y = p->offset_em[1];
    if (p->anchor_count > 1) {
        /* Variable anchors: the offset leads away from the point. */
        off_x = fabs(off_x) * side[0];
        off_y = fabs(off_y) * side[1];
    }
    *x = side[0] * width / 2 + llround(off_x * p->size * PK_TEXT_SUB);
    *y = side[1] * height / 2 + llround(off_y * p->size * PK_TEXT_SUB);
}

static uint32_t turn_from(double degrees)
{
    int64_t turn = llround(fmod(degrees, 360) / 360 * PK_TEXT_TURN) % PK_TEXT_TURN;
    return (uint32_t)(turn + PK_TEXT_TURN) % PK_TEXT_TURN;
}

/* 1/1024 turns of a label; text along a line stays upright. */
static uint32_t turn_of(const struct pk_symbol_paint *p, const struct pk_ifeature *f)
{
    double degrees = p->rotate;
    if (p->along_line) {
        double along = fmod(f->angle, 180);
        along += along > 90 ? -180 : along <= -90 ? 180 : 0;
        degrees += along;
    }
    return turn_from(degrees);
}

/* The box of a turned rectangle round (x, y). */
static struct pk_tbox box_of(int64_t x, int64_t y, int64_t width, int64_t height,
                             uint32_t turn, int64_t padding)
{
    int64_t s = llabs(pk_turn_sin(turn)), c = llabs(pk_turn_cos(turn));
    int64_t half_x = ((width * c + height * s) >> 17) + 1 + padding;
    int64_t half_y = ((width * s + height * c) >> 17) + 1 + padding;
    return (struct pk_tbox){x - half_x, y - half_y, x + half_x, y + half_y};
}

/* Does the text fit the free circle round its anchor, or the length of its line? */
static bool has_room(const struct labelset *set, const struct pk_symbol_paint *p,
                     const struct pk_ifeature *f, const struct pk_block *block)
{
    int64_t room = pk_view_length_text(set->view, f->room);
    if (p->along_line) {
        return block->width <= 2 * room;
    }
    if (!p->must_fit || f->kind != PK_GEOM_AREA) {
        return true;
    }
    int64_t w = block->width, h = block->size; /* the letters, not their leading */
    return w * w + h * h <= 4 * room * room;
}

/* What a candidate is, as long as the request lives. */
struct candidate {
    struct pk_label label;
    struct pk_sign sign;
    uint64_t hash;
    struct pk_tbox boxes[PK_LABEL_POSITIONS];
    int64_t middles[PK_LABEL_POSITIONS][2];
};

static uint64_t hash_sign(const struct pk_symbol_paint *p, const struct candidate *c)
{
    double numbers[6] = {p->size,    p->halo_width,        p->max_width_em,
                         p->padding, p->letter_spacing_em, p->line_height_em};
    uint64_t h = pk_hash64(p->text, strlen(p->text), c->sign.key);
    h = pk_hash64(numbers, sizeof numbers, h);
    if (p->icon) {
        double icon[3] = {p->icon_size, p->icon_rotate, p->icon_opacity};
        h = pk_hash64(p->icon, strlen(p->icon), h);
        h = pk_hash64(icon, sizeof icon, h);
    }
    const struct pk_rgba *a = &p->colour, *b = &p->halo;
    uint8_t bytes[10] = {a->r,
                         a->g,
                         a->b,
                         a->a,
                         b->r,
                         b->g,
                         b->b,
                         b->a,
                         (uint8_t)p->font,
                         (uint8_t)c->sign.layer->index};
    return pk_hash64(bytes, sizeof bytes, h + c->sign.turn);
}

static void add_candidate(struct labelset *set, struct pk_labels *labels,
                          const struct anchor *a, const struct pk_style_layer *layer,
                          const struct pk_symbol_paint *p)
{
    struct pk_text_look look = {.font = p->font,
                                .size = p->size,
                                .max_width_em = p->along_line ? 0 : p->max_width_em,
                                .line_height_em = p->line_height_em,
                                .letter_spacing_em = p->letter_spacing_em};
    struct pk_block block;
    if (!pk_text_layout(set->text, p->text, &look, &block, set->arena) ||
        !has_room(set, p, &a->feature, &block)) {
        block = (struct pk_block){0};
        if (!p->icon) {
            return;
        }
    }
    struct candidate *c = pk_arena_alloc(set->arena, 1, sizeof *c);
    c->sign = (struct pk_sign){
        .id = a->feature.id,
        .key = a->feature.key,
        .part = a->feature.part,
        .source_layer = a->need->source_layer,
        .layer = layer,
        .block = block,
        .turn = turn_of(p, &a->feature),
        .ink = {p->colour, p->halo, p->halo_width < HALO_MAX ? p->halo_width : HALO_MAX}
    };
    double icon_size = p->icon ? fmin(p->icon_size, PK_ICON_SIZE_MAX) : 0;
    if (p->icon) {
        c->sign.icon = pk_arena_strdup(set->arena, p->icon);
        c->sign.icon_size = icon_size;
        c->sign.icon_opacity = p->icon_opacity;
        c->sign.icon_turn = turn_from(p->icon_rotate);
        c->sign.icon_x = a->x;
        c->sign.icon_y = a->y;
    }
    int64_t icon_half = llround(icon_size * PK_ICON_PX * PK_TEXT_SUB * 0.625);
    struct pk_tbox icon_box = {a->x - icon_half, a->y - icon_half, a->x + icon_half,
                               a->y + icon_half};
    int64_t padding = llround(p->padding * PK_TEXT_SUB);
    int64_t s = pk_turn_sin(c->sign.turn), co = pk_turn_cos(c->sign.turn);
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->anchor_count && i < PK_LABEL_POSITIONS; i++) {
        int64_t x, y;
        offset_of(p, i, block.width, block.height, &x, &y);
        int64_t turned = (x * co - y * s) >> 16;
        y = a->y + ((x * s + y * co) >> 16);
        x = a->x + turned;
        struct pk_tbox box =
            box_of(x, y, block.width, block.height, c->sign.turn, padding);
        if (p->icon) {
            box = block.count > 0 ? pk_tbox_join(box, icon_box) : icon_box;
        }
        /* The margin is what everybody looks within: nothing may reach beyond. */
        if (a->x - box.min_x > set->margin || box.max_x - a->x > set->margin ||
            a->y - box.min_y > set->margin || box.max_y - a->y > set->margin) {
            continue;
        }
        c->boxes[count] = box;
        c->middles[count][0] = x;
        c->middles[count++][1] = y;
    }
    c->label =
        (struct pk_label){.layer = layer->index,
                          .sort_key = p->sort_key,
                          .hash = pk_hash64(&a->feature.key, sizeof(uint64_t),
                                            pk_hash64(layer->id, strlen(layer->id), 0)),
                          .key = a->feature.key,
                          .part = a->feature.part,
                          .position_count = count,
                          .positions = c->boxes,
                          .overlap = p->allow_overlap,
                          .ignore = p->ignore_placement,
                          .what = c};
    c->hash = hash_sign(p, c);
    pk_labels_add(labels, &c->label);
}

static void set_anchor(struct labelset *set, struct pk_labels *labels,
                       const struct anchor *a)
{
    struct pk_style_input in = {.zoom = set->view->zoom,
                                .kind = a->feature.kind,
                                .values = a->feature.values,
                                .map = a->map,
                                .key = a->feature.key};
    for (uint32_t i = 0; i < a->need->layer_count; i++) {
        const struct pk_style_layer *layer = a->need->layers[i];
        if (!pk_style_shows(set->style, layer, &in)) {
            continue;
        }
        struct pk_symbol_paint paint;
        pk_style_symbol(set->style, layer, &in, &paint);
        if (paint.text[0] || paint.icon) {
            add_candidate(set, labels, a, layer, &paint);
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
    *set = (struct labelset){.style = style,
                             .view = view,
                             .source = source,
                             .text = text,
                             .arena = arena,
                             .err = err};
    pk_needs_of(&set->needs, style, view->zoom, true, arena);
    if (set->needs.count == 0) {
        return PK_OK;
    }
    double margin = fmin(set->needs.reach, MARGIN_MAX);
    set->margin = (int64_t)ceil(margin) * PK_TEXT_SUB;
    struct pk_labels *labels = pk_labels_create(give, set, arena);
    struct pk_tbox window = pk_tbox_grow(pk_view_window(view), SLACK * PK_TEXT_SUB);
    struct pk_label **list = pk_labels_in(labels, window, &out->count);
    if (set->status != PK_OK) {
        return set->status;
    }
    out->items = pk_arena_alloc(arena, out->count + 1, sizeof *out->items);
    for (uint32_t i = 0; i < out->count; i++) {
        struct candidate *c = (struct candidate *)list[i]->what;
        int at = list[i]->state;
        c->sign.x = c->middles[at][0];
        c->sign.y = c->middles[at][1];
        c->sign.box = c->boxes[at];
        out->items[i] = &c->sign;
        uint64_t words[4] = {c->hash, (uint64_t)c->sign.x, (uint64_t)c->sign.y,
                             out->digest};
        out->digest = pk_hash64(words, sizeof words, 0);
    }
    struct pk_tbox seen = pk_tbox_join(window, pk_labels_seen(labels));
    out->dep = pk_view_units(view, pk_tbox_grow(seen, set->margin));
    return PK_OK;
}
