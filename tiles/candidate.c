/* candidate.c - symbol paint and an anchor in, places with boxes out. */
#include "tiles/candidate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tiles/icon.h"

enum { HALO_MAX = 6 }; /* CSS px; wider halos are drawn as this */

/* From the anchor to the middle of what stands at it: right, down. */
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

static int64_t text_px(double px)
{
    return llround(px * PK_TEXT_SUB);
}

static uint32_t turn_from(double degrees)
{
    int64_t turn = llround(fmod(degrees, 360) / 360 * PK_TEXT_TURN) % PK_TEXT_TURN;
    return (uint32_t)(turn + PK_TEXT_TURN) % PK_TEXT_TURN;
}

/* The direction of a line, not upside down. */
static double upright(double degrees)
{
    double along = fmod(degrees, 180);
    return along + (along > 90 ? -180 : along <= -90 ? 180 : 0);
}

static uint32_t turn_of(double own, bool follows, bool keep, double line)
{
    return turn_from(own + (!follows ? 0 : keep ? upright(line) : line));
}

/* The box of a turned rectangle round (x, y). */
static struct pk_tbox box_of(int64_t x, int64_t y, int64_t width, int64_t height,
                             uint32_t turn, const int64_t padding[4])
{
    int64_t s = llabs(pk_turn_sin(turn)), c = llabs(pk_turn_cos(turn));
    int64_t half_x = ((width * c + height * s) >> 17) + 1;
    int64_t half_y = ((width * s + height * c) >> 17) + 1;
    return (struct pk_tbox){x - half_x - padding[3], y - half_y - padding[0],
                            x + half_x + padding[1], y + half_y + padding[2]};
}

static void turned(int64_t *x, int64_t *y, uint32_t turn)
{
    int64_t s = pk_turn_sin(turn), c = pk_turn_cos(turn), tx = (*x * c - *y * s) >> 16;
    *y = (*x * s + *y * c) >> 16;
    *x = tx;
}

/* Does the text fit the free circle round its anchor, or the length of its line? */
static bool has_room(const struct pk_candidate_maker *m, const struct pk_symbol_paint *p,
                     const struct pk_spot *spot, const struct pk_block *block)
{
    int64_t room = pk_view_length_text(m->view, spot->feature->room);
    if (spot->on_line) {
        return true;
    }
    if (p->along_line && p->text_turns) {
        return block->width <= 2 * room;
    }
    if (!p->must_fit || spot->feature->kind != PK_GEOM_AREA) {
        return true;
    }
    int64_t w = block->width, h = block->size; /* the letters, not their leading */
    return w * w + h * h <= 4 * room * room;
}

static int justify_of(const struct pk_symbol_paint *p)
{
    switch (p->justify) {
    case PK_JUSTIFY_LEFT:
        return -1;
    case PK_JUSTIFY_RIGHT:
        return 1;
    case PK_JUSTIFY_AUTO: /* towards the point */
        return -sides[p->anchors[0]][0];
    default:
        return 0;
    }
}

bool pk_candidate_set(const struct pk_candidate_maker *m, const struct pk_symbol_paint *p,
                      struct pk_block *out)
{
    struct pk_text_look look = {.font = p->font,
                                .size = p->size,
                                .max_width_em = p->along_line ? 0 : p->max_width_em,
                                .line_height_em = p->line_height_em,
                                .letter_spacing_em = p->letter_spacing_em,
                                .justify = justify_of(p)};
    return pk_text_layout(m->text, p->text, &look, out, m->arena);
}

static uint64_t hash_sign(const struct pk_symbol_paint *p, const struct pk_candidate *c)
{
    const double numbers[] = {p->size,           p->halo_width,     p->halo_blur,
                              p->max_width_em,   p->padding,        p->letter_spacing_em,
                              p->line_height_em, (double)p->justify};
    uint64_t h = pk_hash64(p->text, strlen(p->text), c->sign.key);
    h = pk_hash64(numbers, sizeof numbers, h);
    if (p->icon) {
        const double icon[] = {p->icon_opacity, p->icon_halo_width, p->icon_halo_blur,
                               (double)c->sign.icon_w, (double)c->sign.icon_h};
        h = pk_hash64(p->icon, strlen(p->icon), h);
        h = pk_hash64(icon, sizeof icon, h + c->sign.icon_turn);
        h = pk_hash64(&p->icon_colour, sizeof p->icon_colour, h);
        h = pk_hash64(&p->icon_halo, sizeof p->icon_halo, h);
    }
    h = pk_hash64(&p->colour, sizeof p->colour, h + c->sign.turn);
    h = pk_hash64(&p->halo, sizeof p->halo, h);
    uint32_t rest[2] = {p->font, c->sign.layer->index};
    return pk_hash64(rest, sizeof rest, h);
}

/* The icon's size without turning, and its look. */
static void measure_icon(struct pk_sign *sign, const struct pk_candidate_maker *m,
                         const struct pk_spot *spot, const struct pk_symbol_paint *p)
{
    double size = fmin(p->icon_size, PK_ICON_SIZE_MAX);
    sign->icon = pk_arena_strdup(m->arena, p->icon);
    sign->sprite = pk_sprite_find(p->icon);
    double w = sign->sprite ? sign->sprite->width : PK_ICON_BOX_PX;
    double h = sign->sprite ? sign->sprite->height : PK_ICON_BOX_PX;
    sign->icon_w = text_px(w * size);
    sign->icon_h = text_px(h * size);
    if (sign->block.count > 0 && (p->icon_fit & PK_FIT_WIDTH)) {
        sign->icon_w =
            sign->block.width + text_px(p->icon_fit_padding[1] + p->icon_fit_padding[3]);
    }
    if (sign->block.count > 0 && (p->icon_fit & PK_FIT_HEIGHT)) {
        sign->icon_h =
            sign->block.height + text_px(p->icon_fit_padding[0] + p->icon_fit_padding[2]);
    }
    sign->icon_w = sign->icon_w < 0 ? 0 : sign->icon_w;
    sign->icon_h = sign->icon_h < 0 ? 0 : sign->icon_h;
    sign->icon_turn =
        turn_of(p->icon_rotate, p->icon_turns, p->icon_keep_upright, spot->angle);
    sign->icon_look = (struct pk_sprite_look){.opacity = p->icon_opacity,
                                              .colour = p->icon_colour,
                                              .halo = p->icon_halo,
                                              .halo_width = p->icon_halo_width,
                                              .halo_blur = p->icon_halo_blur};
}

/* What places are made of. */
struct placer {
    struct pk_candidate *c;
    const struct pk_candidate_maker *maker;
    const struct pk_spot *spot;
    const struct pk_symbol_paint *p;
    int64_t text_padding[4], icon_padding[4];
};

/* The middle of the text at its anchor i. */
static void text_middle(const struct placer *l, uint32_t i, int64_t out[2])
{
    const struct pk_symbol_paint *p = l->p;
    const struct pk_block *block = &l->c->sign.block;
    const int8_t *side = sides[p->anchors[i]];
    int64_t x = side[0] * block->width / 2 + text_px(p->offsets_em[i][0] * p->size);
    int64_t y = side[1] * block->height / 2 + text_px(p->offsets_em[i][1] * p->size);
    turned(&x, &y, l->c->sign.turn);
    out[0] = l->spot->x + x + text_px(p->translate[0]);
    out[1] = l->spot->y + y + text_px(p->translate[1]);
}

/* The middle of the icon, with the text's where it fits it. */
static void icon_middle(const struct placer *l, const int64_t text[2], int64_t out[2])
{
    const struct pk_symbol_paint *p = l->p;
    const struct pk_sign *sign = &l->c->sign;
    const int8_t *side = sides[p->icon_anchor];
    double size = fmin(p->icon_size, PK_ICON_SIZE_MAX);
    int64_t x = side[0] * sign->icon_w / 2 + text_px(p->icon_offset[0] * size);
    int64_t y = side[1] * sign->icon_h / 2 + text_px(p->icon_offset[1] * size);
    turned(&x, &y, sign->icon_turn);
    out[0] = l->spot->x + x + text_px(p->icon_translate[0]);
    out[1] = l->spot->y + y + text_px(p->icon_translate[1]);
    const double *pad = p->icon_fit_padding;
    if (text && (p->icon_fit & PK_FIT_WIDTH)) {
        out[0] = text[0] + text_px((pad[1] - pad[3]) / 2);
    }
    if (text && (p->icon_fit & PK_FIT_HEIGHT)) {
        out[1] = text[1] + text_px((pad[2] - pad[0]) / 2);
    }
}

/* One place more, unless something reaches beyond the margin. anchor -1: no text. */
static void add_place(struct placer *l, int anchor, bool icon)
{
    struct pk_candidate *c = l->c;
    const struct pk_sign *sign = &c->sign;
    uint32_t at = c->label.position_count;
    if (at == PK_LABEL_POSITIONS || (anchor < 0 && !icon)) {
        return;
    }
    struct pk_tbox box = {0};
    bool free = true;
    if (anchor >= 0) {
        text_middle(l, (uint32_t)anchor, c->text[at]);
        box = box_of(c->text[at][0], c->text[at][1], sign->block.width,
                     sign->block.height, sign->turn, l->text_padding);
        free = l->p->allow_overlap;
    }
    if (icon) {
        icon_middle(l, anchor < 0 ? NULL : c->text[at], c->icon[at]);
        struct pk_tbox own = box_of(c->icon[at][0], c->icon[at][1], sign->icon_w,
                                    sign->icon_h, sign->icon_turn, l->icon_padding);
        box = anchor < 0 ? own : pk_tbox_join(box, own);
        free &= l->p->icon_allow_overlap;
    }
    int64_t margin = l->maker->margin, x = l->spot->x, y = l->spot->y;
    /* The margin is what everybody looks within: nothing may reach beyond. */
    if (x - box.min_x > margin || box.max_x - x > margin || y - box.min_y > margin ||
        box.max_y - y > margin) {
        return;
    }
    c->boxes[at] = box;
    c->with_text |= (anchor >= 0 ? 1U : 0U) << at;
    c->with_icon |= (icon ? 1U : 0U) << at;
    c->label.free |= (free ? 1U : 0U) << at;
    c->label.position_count++;
}

/* Beside the area: the text alone, its leader within what it takes. */
static void add_places_outside(struct placer *l)
{
    struct pk_candidate *c = l->c;
    const struct pk_block *block = &c->sign.block;
    int64_t room = pk_view_length_text(l->maker->view, l->spot->feature->room);
    c->away = room + PK_LEADER_PX * PK_TEXT_SUB;
    for (uint32_t i = 0; i < PK_LEADER_PLACES; i++) {
        const int8_t *way = pk_leader_ways[i];
        uint32_t at = c->label.position_count;
        int64_t x = l->spot->x, y = l->spot->y;
        c->text[at][0] = x + way[0] * (c->away + block->width / 2);
        c->text[at][1] = y + way[1] * (c->away + block->height / 2);
        struct pk_tbox box = box_of(c->text[at][0], c->text[at][1], block->width,
                                    block->height, 0, l->text_padding);
        box = pk_tbox_join(box, (struct pk_tbox){x, y, x, y});
        int64_t margin = l->maker->margin;
        if (x - box.min_x > margin || box.max_x - x > margin || y - box.min_y > margin ||
            box.max_y - y > margin) {
            return;
        }
        c->boxes[at] = box;
        c->with_text |= 1U << at;
        c->label.position_count++;
    }
}

static void add_places(struct placer *l)
{
    if (l->c->outside) {
        add_places_outside(l);
        return;
    }
    const struct pk_symbol_paint *p = l->p;
    bool text = l->c->sign.block.count > 0, icon = p->icon != NULL;
    if (!text) {
        add_place(l, -1, icon);
        return;
    }
    for (uint32_t i = 0; i < p->anchor_count; i++) {
        add_place(l, (int)i, icon);
    }
    if (icon && p->optional) {
        add_place(l, -1, true);
    }
    for (uint32_t i = 0; icon && p->icon_optional && i < p->anchor_count; i++) {
        add_place(l, (int)i, false);
    }
}

struct pk_candidate *pk_candidate_make(const struct pk_candidate_maker *m,
                                       const struct pk_spot *spot,
                                       const struct pk_style_layer *layer,
                                       const struct pk_symbol_paint *p)
{
    struct pk_block block;
    bool set = pk_candidate_set(m, p, &block), room = set && has_room(m, p, spot, &block);
    bool outside = set && !room && p->leader && !p->icon && !p->along_line &&
                   2 * block.width <= PK_LEADER_HALF_EMS * block.size;
    if (!room && !outside) {
        block = (struct pk_block){0};
        if (!p->icon) {
            return NULL;
        }
    }
    const struct pk_ifeature *f = spot->feature;
    struct pk_candidate *c = pk_arena_alloc(m->arena, 1, sizeof *c);
    c->sign = (struct pk_sign){
        .id = f->id,
        .key = f->key,
        .part = spot->part,
        .source_layer = spot->source_layer,
        .layer = layer,
        .block = block,
        .turn = turn_of(p->rotate, p->text_turns, p->keep_upright, spot->angle),
        .ink = {p->colour, p->halo, fmin(p->halo_width, HALO_MAX),
                fmin(p->halo_blur, HALO_MAX)}
    };
    c->outside = outside;
    c->sign.turn = outside ? 0 : c->sign.turn;
    struct placer l = {.c = c, .maker = m, .spot = spot, .p = p};
    for (int i = 0; i < 4; i++) {
        l.text_padding[i] = text_px(p->padding);
        l.icon_padding[i] = text_px(p->icon_padding[i]);
    }
    if (p->icon) {
        measure_icon(&c->sign, m, spot, p);
    }
    bool ignore = (block.count == 0 || p->ignore_placement) &&
                  (!p->icon || p->icon_ignore_placement);
    c->label =
        (struct pk_label){.layer = layer->index,
                          .sort_key = p->sort_key,
                          .hash = pk_hash64(&f->key, sizeof(uint64_t),
                                            pk_hash64(layer->id, strlen(layer->id), 0)),
                          .key = f->key,
                          .part = spot->part,
                          .positions = c->boxes,
                          .ignore = ignore,
                          .what = c};
    add_places(&l);
    c->hash = hash_sign(p, c);
    return c;
}

/* From the anchor to the near side of the text. */
static void put_leader(struct pk_candidate *c, uint32_t at)
{
    static const int64_t none[4] = {0};
    const int8_t *way = pk_leader_ways[at];
    int64_t x = c->text[at][0] - way[0] * (c->away + c->sign.block.width / 2);
    int64_t y = c->text[at][1] - way[1] * (c->away + c->sign.block.height / 2);
    int64_t to = c->away - PK_TEXT_SUB; /* a little before the letters */
    c->sign.leader = (struct pk_leader){true, x, y, x + way[0] * to, y + way[1] * to};
    c->sign.box = box_of(c->text[at][0], c->text[at][1], c->sign.block.width,
                         c->sign.block.height, 0, none);
}

const struct pk_sign *pk_candidate_sign(struct pk_candidate *c)
{
    uint32_t at = (uint32_t)c->label.state;
    c->sign.x = c->text[at][0];
    c->sign.y = c->text[at][1];
    c->sign.icon_x = c->icon[at][0];
    c->sign.icon_y = c->icon[at][1];
    c->sign.box = c->boxes[at];
    if (c->outside) {
        put_leader(c, at);
    }
    if (!(c->with_text >> at & 1)) {
        c->sign.block.count = 0;
    }
    if (!(c->with_icon >> at & 1)) {
        c->sign.icon = NULL;
    }
    return &c->sign;
}
