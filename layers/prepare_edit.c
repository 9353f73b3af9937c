/*
 * prepare_edit.c - cells after an edit: the records of plans that are far from it are
 * taken over from the packs of the version before.
 *
 * Three things a band thins out may bring others back when an edit takes them away:
 * of small features in one square the next larger one shows (found in the full packs,
 * where everything is), labels give room to the next (found in the finer band, whose
 * best hold this one's best), and shapes have no such tie but the borders they share
 * with plans that touch, which are loaded.
 */
#include <stdlib.h>
#include <string.h>

#include "layers/pack_form.h"
#include "layers/prepare_serve_private.h"

/* A square of half a pixel whose small features are chosen again. */
struct square {
    int64_t x, y;
    uint8_t section;
    bool used, found;
    int64_t area; /* of the best so far */
    struct pk_ifeature best;
};

struct editor {
    struct server s;
    const struct prep_edit *edit;
    struct square *squares; /* hash table */
    uint32_t slots, count;
};

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_gone(const struct prep_edit *edit, uint64_t key)
{
    return edit->gone_count > 0 &&
           bsearch(&key, edit->gone, edit->gone_count, sizeof(key), compare_keys) != NULL;
}

static int section_number(const struct prep *p, const char *name)
{
    for (uint32_t i = 0; i < p->section_count; i++) {
        if (strcmp(p->sections[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* ---- squares ---- */

static void square_at(const struct editor *e, struct pk_ibox box, int64_t *x, int64_t *y)
{
    box = prep_round_box(&e->s, box);
    *x = prep_floor_div((box.min_x + box.max_x) / 2, e->s.half);
    *y = prep_floor_div((box.min_y + box.max_y) / 2, e->s.half);
}

static uint32_t square_hash(int64_t x, int64_t y, uint8_t section)
{
    int64_t key[3] = {x, y, section};
    return (uint32_t)pk_hash64(key, sizeof(key), 0);
}

/* The square of a box, NULL when it is not one that is chosen again. */
static struct square *find_square(const struct editor *e, struct pk_ibox box,
                                  uint8_t section)
{
    int64_t x, y;
    if (e->slots == 0) {
        return NULL;
    }
    square_at(e, box, &x, &y);
    uint32_t at = square_hash(x, y, section);
    for (;; at++) {
        struct square *q = &e->squares[at &= e->slots - 1];
        if (!q->used) {
            return NULL;
        }
        if (q->x == x && q->y == y && q->section == section) {
            return q;
        }
    }
}

static void add_square(struct editor *e, struct pk_ibox box, uint8_t section)
{
    if (find_square(e, box, section) != NULL) {
        return;
    }
    if (2 * e->count >= e->slots) {
        struct square *old = e->squares;
        uint32_t old_slots = e->slots;
        e->slots = old_slots > 0 ? 2 * old_slots : 256;
        e->squares = pk_xcalloc(e->slots, sizeof(*e->squares));
        for (uint32_t i = 0; i < old_slots; i++) {
            if (old[i].used) {
                uint32_t at = square_hash(old[i].x, old[i].y, old[i].section);
                while (e->squares[at &= e->slots - 1].used) {
                    at++;
                }
                e->squares[at] = old[i];
            }
        }
        free(old);
    }
    struct square q = {.section = section, .used = true};
    square_at(e, box, &q.x, &q.y);
    uint32_t at = square_hash(q.x, q.y, section);
    while (e->squares[at &= e->slots - 1].used) {
        at++;
    }
    e->squares[at] = q;
    e->count++;
}

static bool is_small_box(const struct editor *e, struct pk_ibox box)
{
    box = prep_round_box(&e->s, box);
    return box.max_x - box.min_x < e->s.half && box.max_y - box.min_y < e->s.half;
}

/* Is the record one that stands for a small feature? */
static bool is_small_record(const struct editor *e, const struct pk_ifeature *f)
{
    return e->s.band < PK_BAND_FULL &&
           (f->merged || (f->kind == PK_GEOM_POINT && is_small_box(e, f->box)));
}

/* ---- reading packs ---- */

/* Visits each record of the group's sections. `pack_arena` keeps tables and bytes. */
typedef void record_fn(struct editor *e, struct pk_pack_cursor *c, struct pk_ifeature *f,
                       uint8_t section, struct pk_arena *arena, void *ctx);

static enum pk_status walk(struct editor *e, struct pk_bytes bytes,
                           struct pk_arena *arena, record_fn *visit, void *ctx,
                           struct pk_error *err)
{
    const char *names[PK_COUNT(e->s.p->sections) + 1] = {NULL};
    struct pk_pack pack;
    for (uint32_t i = 0; i < e->s.p->section_count; i++) {
        names[i] = e->s.p->sections[i].name;
    }
    enum pk_status status =
        pk_pack_open(&pack, bytes.p, (size_t)(bytes.end - bytes.p), names, arena, err);
    for (uint32_t i = 0; status == PK_OK && i < pack.section_count; i++) {
        struct pk_pack_cursor c;
        struct pk_ifeature f;
        int section = section_number(e->s.p, pack.sections[i].source_layer);
        if (pack.sections[i].key_count != e->s.p->sections[section].key_count) {
            return pk_fail(err, PK_BAD_DATA,
                           "packs of section \"%s\" were made with other attributes",
                           pack.sections[i].source_layer);
        }
        pk_pack_begin(&c, &pack.sections[i]);
        while (pk_pack_next(&c, &f)) {
            visit(e, &c, &f, (uint8_t)section, arena, ctx);
        }
        if (c.at.bad) {
            status = pk_fail(err, PK_BAD_DATA, "pack: damaged section \"%s\"",
                             pack.sections[i].source_layer);
        }
    }
    return status;
}

static enum pk_status read_cell(struct editor *e, int band, int64_t cell, int64_t version,
                                struct pk_arena *arena, struct pk_bytes *features,
                                struct pk_bytes *labels, struct pk_error *err)
{
    return e->edit->read(e->edit->ctx, e->s.family, band, cell, version, arena, features,
                         labels, err);
}

/* ---- small features ---- */

static void note_gone_small(struct editor *e, struct pk_pack_cursor *c,
                            struct pk_ifeature *f, uint8_t section,
                            struct pk_arena *arena, void *ctx)
{
    (void)c;
    (void)arena;
    (void)ctx;
    if (is_small_record(e, f) && is_gone(e->edit, f->key)) {
        add_square(e, f->box, section);
    }
}

static void compete(struct editor *e, struct pk_pack_cursor *c, struct pk_ifeature *f,
                    uint8_t section, struct pk_arena *arena, void *ctx)
{
    (void)ctx;
    struct square *q = is_small_box(e, f->box) ? find_square(e, f->box, section) : NULL;
    if (q == NULL) {
        return;
    }
    int64_t area = (f->box.max_x - f->box.min_x + 1) * (f->box.max_y - f->box.min_y + 1);
    bool better = !q->found || area > q->area;
    if (q->found && area == q->area) {
        better = f->key != q->best.key ? f->key < q->best.key : f->part < q->best.part;
    }
    if (better) {
        q->found = true;
        q->area = area;
        q->best = *f;
        pk_pack_keep(&q->best, c->section, arena);
    }
}

/* Which squares an edit touches, and who stays in them now. */
static enum pk_status choose_again(struct editor *e, struct pk_arena *arena,
                                   struct pk_error *err)
{
    const struct server *s = &e->s;
    struct pk_bytes features;
    enum pk_status status = PK_OK;
    for (uint32_t i = 0; i < s->p->feature_count; i++) {
        const struct prep_feature *f = &s->p->features[i];
        if (f->own && prep_is_small(s, f)) {
            add_square(e, f->box[s->family], f->section);
        }
    }
    const struct prep_cells *plain =
        &s->cells->level[0]; /* small ones are nowhere else */
    for (size_t i = 0; i < plain->count && status == PK_OK; i++) {
        struct pk_arena one = {0};
        status = read_cell(e, s->band, plain->cells[i], e->edit->version - 1, &one,
                           &features, NULL, err);
        if (status == PK_OK) {
            status = walk(e, features, &one, note_gone_small, NULL, err);
        }
        pk_arena_finish(&one);
    }
    struct prep_cells full = {0};
    for (uint32_t i = 0; i < e->slots; i++) {
        const struct square *q = &e->squares[i];
        if (q->used) {
            struct pk_ibox of = {q->x * s->half, q->y * s->half, (q->x + 1) * s->half,
                                 (q->y + 1) * s->half};
            prep_cells_add(&full, s->family, PK_BAND_FULL,
                           pk_ibox_grow(of, pk_band_unit(s->family, s->band)));
        }
    }
    prep_cells_sort(&full);
    for (size_t i = 0; i < full.count && status == PK_OK; i++) {
        status = read_cell(e, PK_BAND_FULL, full.cells[i], e->edit->version, arena,
                           &features, NULL, err);
        if (status == PK_OK) {
            status = walk(e, features, arena, compete, NULL, err);
        }
    }
    prep_cells_finish(&full);
    return status;
}

static void make_own_items(struct editor *e)
{
    struct server *s = &e->s;
    for (uint32_t i = 0; i < s->p->feature_count; i++) {
        const struct prep_feature *f = &s->p->features[i];
        if (!f->own || prep_is_small(s, f) || !prep_wanted_feature(s, f)) {
            continue;
        }
        struct pk_ifeature item = prep_head_of(s, f);
        prep_make_shape(s, f, &item);
        if (item.ring_count > 0) {
            prep_place_item(s, prep_put_item(s, &item, f->section), prep_level_of(s, f));
        }
    }
    for (uint32_t i = 0; i < e->slots; i++) {
        const struct square *q = &e->squares[i];
        if (q->found) {
            struct pk_ifeature item = q->best;
            prep_make_box(s, &item);
            prep_place_item(s, prep_put_item(s, &item, q->section), 0);
        }
    }
}

/* ---- one cell ---- */

static void begin_sections(const struct editor *e, struct pk_pack_writer *w)
{
    for (uint32_t i = 0; i < e->s.p->section_count; i++) {
        const struct prep_section *section = &e->s.p->sections[i];
        pk_pack_writer_section(w, section->name, section->keys, section->key_count);
    }
}

static void retain(struct editor *e, struct pk_pack_cursor *c, struct pk_ifeature *f,
                   uint8_t section, struct pk_arena *arena, void *ctx)
{
    bool chosen_again = is_small_record(e, f) && find_square(e, f->box, section) != NULL;
    if (!chosen_again && !is_gone(e->edit, f->key) &&
        (f->ring_count == 0 || pk_pack_geometry(c, f, NULL, arena))) {
        pk_pack_keep(f, c->section, arena);
        pk_pack_writer_add(ctx, e->s.p->sections[section].name, f);
    }
}

/* The best labels of each square, of those that the finer band has. */
struct gathered {
    struct prep_candidate *at;
    struct pk_ifeature *features;
    uint32_t count, cap;
    int64_t side;
};

static void gather(struct editor *e, struct pk_pack_cursor *c, struct pk_ifeature *f,
                   uint8_t section, struct pk_arena *arena, void *ctx)
{
    struct gathered *g = ctx;
    (void)e;
    if (g->count == g->cap) {
        g->cap = g->cap > 0 ? 2 * g->cap : 256;
        g->at = pk_xrealloc(g->at, g->cap, sizeof(*g->at));
        g->features = pk_xrealloc(g->features, g->cap, sizeof(*g->features));
    }
    pk_pack_keep(f, c->section, arena);
    g->features[g->count] = *f;
    g->at[g->count] = (struct prep_candidate){.x = prep_floor_div(f->anchor_x, g->side),
                                              .y = prep_floor_div(f->anchor_y, g->side),
                                              .room = f->room,
                                              .key = f->key,
                                              .part = f->part,
                                              .feature = g->count,
                                              .section = section};
    g->count++;
}

static enum pk_status thin_labels(struct editor *e, int64_t cell, struct pk_arena *arena,
                                  struct pk_pack_writer *w, struct pk_error *err)
{
    const struct server *s = &e->s;
    struct gathered g = {.side = LABEL_SQUARE_PIXELS * pk_band_pixel(s->family, s->band)};
    struct prep_cells finer = {0};
    enum pk_status status = PK_OK;
    prep_cells_add(&finer, s->family, s->band + 1, pk_cell_box(s->family, s->band, cell));
    for (size_t i = 0; i < finer.count && status == PK_OK; i++) {
        struct pk_bytes labels;
        status = read_cell(e, s->band + 1, finer.cells[i], e->edit->version, arena, NULL,
                           &labels, err);
        if (status == PK_OK) {
            status = walk(e, labels, arena, gather, &g, err);
        }
    }
    if (g.count > 0) {
        qsort(g.at, g.count, sizeof(*g.at), prep_compare_candidates);
    }
    uint32_t rank = 0;
    for (uint32_t i = 0; i < g.count; i++) {
        const struct prep_candidate *a = &g.at[i], *b = a - 1;
        bool same = i > 0 && a->section == b->section && a->x == b->x && a->y == b->y;
        rank = same ? rank + 1 : 0;
        if (rank < LABELS_PER_SQUARE) {
            pk_pack_writer_add(w, s->p->sections[a->section].name,
                               &g.features[a->feature]);
        }
    }
    prep_cells_finish(&finer);
    free(g.at);
    free(g.features);
    return status;
}

/* Anchors of the loaded plans' own features in a cell of the full band. */
static void add_own_labels(struct editor *e, int64_t cell, struct pk_pack_writer *w)
{
    const struct server *s = &e->s;
    for (uint32_t i = 0; i < s->p->feature_count; i++) {
        const struct prep_feature *f = &s->p->features[i];
        if (f->own && f->labelled) {
            struct pk_ifeature item = prep_head_of(s, f);
            if (pk_cell_of(s->family, s->band, item.anchor_x, item.anchor_y) == cell) {
                pk_pack_writer_add(w, s->p->sections[f->section].name, &item);
            }
        }
    }
}

static enum pk_status write_cell(struct editor *e, int level, int64_t cell, size_t *at,
                                 struct pk_buf *features, struct pk_buf *labels,
                                 struct pk_error *err)
{
    uint32_t item;
    struct server *s = &e->s;
    struct pk_arena arena = {0};
    struct pk_bytes old_features, old_labels;
    bool full = level == 0 && s->band == PK_BAND_FULL;
    struct pk_pack_writer *w = pk_pack_writer_create(), *l = pk_pack_writer_create();
    pack_writer_borrow(w);
    pack_writer_borrow(l);
    pk_pack_writer_unit(w, pk_band_unit(s->family, s->band));
    begin_sections(e, w);
    begin_sections(e, l);
    while (prep_take_entry(&s->features, at, level, cell, &item)) {
        pk_pack_writer_add(w, s->p->sections[s->sections[item]].name, &s->items[item]);
    }
    enum pk_status status =
        read_cell(e, s->band + PK_WIDE_BAND * level, cell, e->edit->version - 1, &arena,
                  &old_features, full ? &old_labels : NULL, err);
    if (status == PK_OK) {
        status = walk(e, old_features, &arena, retain, w, err);
    }
    if (status == PK_OK && full) {
        add_own_labels(e, cell, l);
        status = walk(e, old_labels, &arena, retain, l, err);
    } else if (status == PK_OK && level == 0) {
        status = thin_labels(e, cell, &arena, l, err);
    }
    pk_buf_clear(features);
    pk_buf_clear(labels);
    pk_pack_writer_finish(w, features);
    pk_pack_writer_finish(l, labels);
    pk_pack_writer_destroy(w);
    pk_pack_writer_destroy(l);
    pk_arena_finish(&arena);
    return status;
}

enum pk_status prep_serve_edit(struct prep *p, const struct prep_edit *edit,
                               enum pk_family family, int band,
                               const struct prep_wanted *cells, prep_cell_fn *emit,
                               void *ctx, struct pk_error *err)
{
    struct editor e = {
        .s = {.p = p,
              .family = family,
              .band = band,
              .half = pk_band_pixel(family, band) / 2,
              .cells = cells},
        .edit = edit
    };
    struct pk_arena arena = {0}; /* packs that chosen features come from */
    struct pk_buf features, labels;
    size_t at = 0;
    pk_buf_init(&features, SECTION_BYTES_MAX);
    pk_buf_init(&labels, SECTION_BYTES_MAX);
    enum pk_status status = band < PK_BAND_FULL ? choose_again(&e, &arena, err) : PK_OK;
    if (status == PK_OK) {
        make_own_items(&e);
        prep_sort_entries(&e.s.features);
    }
    for (int level = 0; level < PK_WIDE_LEVELS && status == PK_OK; level++) {
        const struct prep_cells *of = &cells->level[level];
        for (size_t i = 0; i < of->count && status == PK_OK; i++) {
            status = write_cell(&e, level, of->cells[i], &at, &features, &labels, err);
            if (status == PK_OK) {
                status = emit(ctx, band + PK_WIDE_BAND * level, of->cells[i], &features,
                              &labels, err);
            }
        }
    }
    pk_buf_finish(&features);
    pk_buf_finish(&labels);
    pk_arena_finish(&arena);
    pk_arena_finish(&e.s.arena);
    free(e.squares);
    free(e.s.items);
    free(e.s.sections);
    free(e.s.features.at);
    return status;
}
