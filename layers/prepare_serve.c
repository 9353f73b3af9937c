/* prepare_serve.c - a loaded group as the sections of cells of one band. */
#include <stdlib.h>
#include <string.h>

#include "layers/pack_form.h"
#include "layers/prepare_serve_private.h"

/* ---- sets of cells ---- */

void prep_cells_add(struct prep_cells *set, enum pk_family family, int band,
                    struct pk_ibox box)
{
    if (box.min_x > box.max_x || box.min_y > box.max_y) {
        return;
    }
    int64_t side = pk_cell_side(family, band);
    struct pk_ibox first =
        pk_cell_box(family, band, pk_cell_of(family, band, box.min_x, box.min_y));
    for (int64_t y = first.min_y; y <= box.max_y; y += side) {
        for (int64_t x = first.min_x; x <= box.max_x; x += side) {
            if (set->count == set->cap) {
                if (set->cap > 1024) {
                    prep_cells_sort(set);
                }
                if (2 * set->count >= set->cap) {
                    set->cap = set->cap > 0 ? 2 * set->cap : 64;
                    set->cells = pk_xrealloc(set->cells, set->cap, sizeof(*set->cells));
                }
            }
            set->cells[set->count++] = pk_cell_of(family, band, x, y);
        }
    }
}

static int compare_cells(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void prep_cells_sort(struct prep_cells *set)
{
    size_t n = 0;
    if (set->count > 0) {
        qsort(set->cells, set->count, sizeof(*set->cells), compare_cells);
    }
    for (size_t i = 0; i < set->count; i++) {
        if (n == 0 || set->cells[n - 1] != set->cells[i]) {
            set->cells[n++] = set->cells[i];
        }
    }
    set->count = n;
}

void prep_cells_finish(struct prep_cells *set)
{
    free(set->cells);
    *set = (struct prep_cells){0};
}

bool prep_cells_have(const struct prep_cells *set, int64_t cell)
{
    return set->count > 0 && bsearch(&cell, set->cells, set->count, sizeof(*set->cells),
                                     compare_cells) != NULL;
}

/* ---- one band ---- */

/* Visits the wanted cells of a level that a box touches, from whichever there are fewer
 * of: those of the box, or those that are wanted. False as soon as the visit says so. */
typedef bool cell_visit(struct server *s, int level, int64_t cell, uint32_t item);

static bool each_cell(struct server *s, int level, struct pk_ibox box, uint32_t item,
                      cell_visit *visit)
{
    const struct prep_cells *wanted = &s->cells->level[level];
    int band = s->band + PK_WIDE_BAND * level;
    int64_t side = pk_cell_side(s->family, band);
    if (box.min_x > box.max_x || box.min_y > box.max_y) {
        return true;
    }
    struct pk_ibox first =
        pk_cell_box(s->family, band, pk_cell_of(s->family, band, box.min_x, box.min_y));
    size_t columns = (size_t)((box.max_x - first.min_x) / side + 1);
    size_t rows = (size_t)((box.max_y - first.min_y) / side + 1);
    if (columns * rows > wanted->count) {
        for (size_t i = 0; i < wanted->count; i++) {
            int64_t cell = wanted->cells[i];
            if (pk_ibox_touches(box, pk_cell_box(s->family, band, cell)) &&
                !visit(s, level, cell, item)) {
                return false;
            }
        }
        return true;
    }
    for (int64_t y = first.min_y; y <= box.max_y; y += side) {
        for (int64_t x = first.min_x; x <= box.max_x; x += side) {
            int64_t cell = pk_cell_of(s->family, band, x, y);
            if (prep_cells_have(wanted, cell) && !visit(s, level, cell, item)) {
                return false;
            }
        }
    }
    return true;
}

static bool stop_there(struct server *s, int level, int64_t cell, uint32_t item)
{
    (void)s;
    (void)level;
    (void)cell;
    (void)item;
    return false;
}

/* By the box in full, not the band's own: neighbours have no say in that. */
int prep_level_of(const struct server *s, const struct prep_feature *f)
{
    return s->cells->whole ? 0 : pk_wide_level(s->family, s->band, f->box[s->family]);
}

bool prep_wanted_feature(const struct server *s, const struct prep_feature *f)
{
    /* Nothing is changed by a visit that only stops. */
    struct pk_ibox box =
        pk_ibox_grow(f->box[s->family], pk_band_unit(s->family, s->band));
    return !each_cell((struct server *)s, prep_level_of(s, f), box, 0, stop_there);
}

static void put_entry(struct entries *e, int level, int64_t cell, uint32_t item)
{
    if (e->count == e->cap) {
        e->cap = e->cap > 0 ? 2 * e->cap : 256;
        e->at = pk_xrealloc(e->at, e->cap, sizeof(*e->at));
    }
    e->at[e->count++] = (struct entry){cell, item, (uint32_t)level};
}

bool prep_take_entry(const struct entries *e, size_t *at, int level, int64_t cell,
                     uint32_t *item)
{
    if (*at == e->count || e->at[*at].level != (uint32_t)level ||
        e->at[*at].cell != cell) {
        return false;
    }
    *item = e->at[(*at)++].item;
    return true;
}

uint32_t prep_put_item(struct server *s, const struct pk_ifeature *item, uint8_t section)
{
    if (s->item_count == s->item_cap) {
        s->item_cap = s->item_cap > 0 ? 2 * s->item_cap : 256;
        s->items = pk_xrealloc(s->items, s->item_cap, sizeof(*s->items));
        s->sections = pk_xrealloc(s->sections, s->item_cap, sizeof(*s->sections));
    }
    s->items[s->item_count] = *item;
    s->sections[s->item_count] = section;
    return s->item_count++;
}

struct pk_ifeature prep_head_of(const struct server *s, const struct prep_feature *f)
{
    bool wm = s->family == PK_WM;
    return (struct pk_ifeature){
        .id = f->id,
        .key = f->key,
        .part = f->part,
        .kind = f->kind,
        .box = f->box[s->family],
        .values = f->values,
        .anchor_x = wm ? f->wm_anchor[0] : f->anchor[0],
        .anchor_y = wm ? f->wm_anchor[1] : f->anchor[1],
        .room = wm ? f->wm_room : f->room,
        .angle = f->angle,
        .delivered = f->delivered,
    };
}

/* ---- small features ---- */

struct pk_ibox prep_round_box(const struct server *s, struct pk_ibox box)
{
    return (struct pk_ibox){
        pk_band_round(s->family, s->band, box.min_x),
        pk_band_round(s->family, s->band, box.min_y),
        pk_band_round(s->family, s->band, box.max_x),
        pk_band_round(s->family, s->band, box.max_y),
    };
}

bool prep_is_small(const struct server *s, const struct prep_feature *f)
{
    struct pk_ibox box = prep_round_box(s, f->box[s->family]);
    return s->band < PK_BAND_FULL && box.max_x - box.min_x < s->half &&
           box.max_y - box.min_y < s->half;
}

int64_t prep_floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b < 0 ? q - 1 : q;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
    return a ^ a >> 29;
}

/* Does a stay rather than b? The larger box, then the key, then the part. */
static bool stays(const struct server *s, const struct prep_feature *a,
                  const struct prep_feature *b)
{
    struct pk_ibox x = a->box[s->family], y = b->box[s->family];
    int64_t area_x = (x.max_x - x.min_x + 1) * (x.max_y - x.min_y + 1);
    int64_t area_y = (y.max_x - y.min_x + 1) * (y.max_y - y.min_y + 1);
    if (area_x != area_y) {
        return area_x > area_y;
    }
    return a->key != b->key ? a->key < b->key : a->part < b->part;
}

static struct winner *winner_at(struct server *s, const struct prep_feature *f)
{
    struct pk_ibox box = prep_round_box(s, f->box[s->family]);
    int64_t x = prep_floor_div((box.min_x + box.max_x) / 2, s->half);
    int64_t y = prep_floor_div((box.min_y + box.max_y) / 2, s->half);
    uint32_t at =
        (uint32_t)(mix(mix(mix(7, (uint64_t)x), (uint64_t)y), f->section) >> 20);
    for (;; at++) {
        struct winner *w = &s->winners[at &= s->winner_slots - 1];
        if (w->feature == UINT32_MAX ||
            (w->x == x && w->y == y && w->section == f->section)) {
            w->x = x;
            w->y = y;
            w->section = f->section;
            return w;
        }
    }
}

/* Of the small ones in one square and section the largest stays. */
static void choose_small(struct server *s)
{
    struct prep *p = s->p;
    s->winner_slots = 1024;
    while (s->winner_slots < 2 * p->feature_count) {
        s->winner_slots *= 2;
    }
    s->winners = pk_xmalloc(sizeof(*s->winners) * s->winner_slots);
    memset(s->winners, 0xff, sizeof(*s->winners) * s->winner_slots);
    for (uint32_t i = 0; i < p->feature_count; i++) {
        const struct prep_feature *f = &p->features[i];
        if (f->min_band > s->band || !prep_is_small(s, f)) {
            continue;
        }
        struct winner *w = winner_at(s, f);
        if (w->feature == UINT32_MAX || stays(s, f, &p->features[w->feature])) {
            w->feature = i;
        }
    }
}

static void *copy_to(struct pk_arena *arena, const void *from, size_t n, size_t size)
{
    void *to = pk_arena_alloc(arena, n, size);
    if (n > 0) {
        memcpy(to, from, n * size);
    }
    return to;
}

/* Labels have packs of their own. */
static void no_label(struct pk_ifeature *item)
{
    item->anchor_x = item->box.min_x;
    item->anchor_y = item->box.min_y;
    item->room = 0;
    item->angle = 0;
    item->delivered = false;
}

/* Area: its box. Line: the diagonal of it. Point: the point. */
void prep_make_box(struct server *s, struct pk_ifeature *item)
{
    struct pk_ibox b = item->box = prep_round_box(s, item->box);
    int64_t area[10] = {b.min_x, b.max_y, b.max_x, b.max_y, b.max_x,
                        b.min_y, b.min_x, b.min_y, b.min_x, b.max_y};
    int64_t line[4] = {b.min_x, b.max_y, b.max_x, b.min_y};
    uint32_t count = item->kind == PK_GEOM_AREA ? 5 : item->kind == PK_GEOM_LINE ? 2 : 1;
    struct pk_iring ring = {0, count,
                            item->kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN, 0};
    item->rings = copy_to(&s->arena, &ring, 1, sizeof(ring));
    item->ring_count = 1;
    item->xy = copy_to(&s->arena, item->kind == PK_GEOM_AREA ? area : line, 2 * count,
                       sizeof(int64_t));
    item->merged = item->kind != PK_GEOM_POINT;
    no_label(item);
}

/* ---- shapes ---- */

/* Fewer vertices than this and nothing of the ring is left. */
static uint32_t least_of(enum pk_ring_role role)
{
    return role == PK_RING_HOLE ? 4 : role == PK_RING_OUTER ? 3 : 1;
}

void prep_make_shape(struct server *s, const struct prep_feature *f,
                     struct pk_ifeature *item)
{
    struct prep *p = s->p;
    const struct pk_topo *t = f->in_areas ? &p->areas : &p->others;
    size_t most = 0;
    uint32_t ring_count = f->chain != PK_TOPO_NONE ? 1 : f->ring_count;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        most += t->rings[p->rings[f->ring_first + r].ring].count + 1;
    }
    if (f->chain != PK_TOPO_NONE) {
        most = t->chains[f->chain].count + 1;
    }
    int64_t *xy = prep_scratch_xy(p, 2 * most);
    struct pk_iring *rings = pk_arena_alloc(&s->arena, ring_count, sizeof(*rings));
    uint32_t at = 0, n = 0;
    bool outer = true; /* the polygon that the holes belong to is there */
    for (uint32_t r = 0; r < ring_count; r++) {
        enum pk_ring_role role = PK_RING_OPEN;
        uint32_t count;
        int64_t *out = xy + 2 * (size_t)at;
        if (f->chain != PK_TOPO_NONE) {
            count = pk_topo_chain_band(t, f->chain, s->family, s->band, out);
        } else {
            const struct prep_ring *ring = &p->rings[f->ring_first + r];
            role = ring->role;
            count = pk_topo_ring_band(t, ring->ring, s->family, s->band, out);
        }
        bool kept = count >= least_of(role);
        outer = role == PK_RING_OUTER ? kept : outer;
        if (kept && (role != PK_RING_HOLE || outer)) {
            rings[n++] = (struct pk_iring){at, count, role, 0};
            at += count;
        }
    }
    if (n == 0 && s->band == PK_BAND_FULL) {
        prep_make_box(s, item); /* in full everything is there */
        return;
    }
    item->rings = rings;
    item->ring_count = n;
    item->xy = copy_to(&s->arena, xy, 2 * (size_t)at, sizeof(*xy));
    item->box = PK_IBOX_EMPTY;
    for (uint32_t i = 0; i < at; i++) {
        const int64_t *v = item->xy + 2 * (size_t)i;
        item->box = pk_ibox_join(item->box, (struct pk_ibox){v[0], v[1], v[0], v[1]});
    }
    no_label(item);
}

static bool put_there(struct server *s, int level, int64_t cell, uint32_t item)
{
    put_entry(&s->features, level, cell, item);
    return true;
}

void prep_place_item(struct server *s, uint32_t item, int level)
{
    each_cell(s, level, s->items[item].box, item, put_there);
}

static void make_items(struct server *s)
{
    struct prep *p = s->p;
    for (uint32_t i = 0; i < p->feature_count; i++) {
        const struct prep_feature *f = &p->features[i];
        if (f->min_band > s->band || !prep_wanted_feature(s, f)) {
            continue;
        }
        struct pk_ifeature item = prep_head_of(s, f);
        if (prep_is_small(s, f)) {
            if (winner_at(s, f)->feature != i) {
                continue;
            }
            prep_make_box(s, &item);
        } else {
            prep_make_shape(s, f, &item);
        }
        if (item.ring_count > 0) {
            prep_place_item(s, prep_put_item(s, &item, f->section), prep_level_of(s, f));
        }
    }
}

/* ---- labels ---- */

int prep_compare_candidates(const void *a, const void *b)
{
    const struct prep_candidate *p = a, *q = b;
    if (p->section != q->section) {
        return p->section < q->section ? -1 : 1;
    }
    if (p->x != q->x) {
        return p->x < q->x ? -1 : 1;
    }
    if (p->y != q->y) {
        return p->y < q->y ? -1 : 1;
    }
    if (p->room != q->room) {
        return p->room > q->room ? -1 : 1;
    }
    if (p->key != q->key) {
        return p->key < q->key ? -1 : 1;
    }
    return (p->part > q->part) - (p->part < q->part);
}

static void make_labels(struct server *s)
{
    struct prep *p = s->p;
    int64_t square = LABEL_SQUARE_PIXELS * pk_band_pixel(s->family, s->band);
    struct prep_candidate *all = pk_xcalloc(p->feature_count, sizeof(*all));
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->feature_count; i++) {
        const struct prep_feature *f = &p->features[i];
        struct pk_ifeature item = prep_head_of(s, f);
        if (f->min_band > s->band || !f->labelled ||
            !prep_cells_have(
                &s->cells->level[0],
                pk_cell_of(s->family, s->band, item.anchor_x, item.anchor_y))) {
            continue;
        }
        all[count++] = (struct prep_candidate){.x = prep_floor_div(item.anchor_x, square),
                                               .y = prep_floor_div(item.anchor_y, square),
                                               .room = item.room,
                                               .key = f->key,
                                               .part = f->part,
                                               .feature = i,
                                               .section = f->section};
    }
    qsort(all, count, sizeof(*all), prep_compare_candidates);
    uint32_t rank = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool same = i > 0 && all[i].section == all[i - 1].section &&
                    all[i].x == all[i - 1].x && all[i].y == all[i - 1].y;
        rank = same ? rank + 1 : 0;
        if (rank >= LABELS_PER_SQUARE && s->band < PK_BAND_FULL) {
            continue;
        }
        const struct prep_feature *f = &p->features[all[i].feature];
        struct pk_ifeature item = prep_head_of(s, f);
        item.box = PK_IBOX_EMPTY;
        int64_t cell = pk_cell_of(s->family, s->band, item.anchor_x, item.anchor_y);
        put_entry(&s->labels, 0, cell, prep_put_item(s, &item, f->section));
    }
    free(all);
}

/* ---- writing ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->level != y->level) {
        return x->level < y->level ? -1 : 1;
    }
    if (x->cell != y->cell) {
        return x->cell < y->cell ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

void prep_sort_entries(struct entries *e)
{
    if (e->count > 0) {
        qsort(e->at, e->count, sizeof(*e->at), compare_entries);
    }
}

/* The entries of one cell from *at on as a pack. */
static void write_cell(const struct server *s, const struct entries *e, size_t *at,
                       int level, int64_t cell, struct pk_buf *out)
{
    uint32_t item;
    struct pk_pack_writer *w = pk_pack_writer_create();
    pack_writer_borrow(w);
    pk_pack_writer_unit(w, e == &s->features ? pk_band_unit(s->family, s->band) : 1);
    for (uint32_t i = 0; i < s->p->section_count; i++) {
        const struct prep_section *section = &s->p->sections[i];
        pk_pack_writer_section(w, section->name, section->keys, section->key_count);
    }
    while (prep_take_entry(e, at, level, cell, &item)) {
        pk_pack_writer_add(w, s->p->sections[s->sections[item]].name, &s->items[item]);
    }
    pk_buf_clear(out);
    pk_pack_writer_finish(w, out);
    pk_pack_writer_destroy(w);
}

enum pk_status prep_serve(struct prep *p, enum pk_family family, int band,
                          const struct prep_wanted *cells, prep_cell_fn *emit, void *ctx,
                          struct pk_error *err)
{
    struct server s = {.p = p,
                       .family = family,
                       .band = band,
                       .half = pk_band_pixel(family, band) / 2,
                       .cells = cells};
    struct pk_buf features, labels;
    pk_buf_init(&features, SECTION_BYTES_MAX);
    pk_buf_init(&labels, SECTION_BYTES_MAX);
    choose_small(&s);
    make_items(&s);
    make_labels(&s);
    prep_sort_entries(&s.features);
    prep_sort_entries(&s.labels);
    size_t feature = 0, label = 0;
    enum pk_status status = PK_OK;
    for (int level = 0; level < PK_WIDE_LEVELS && status == PK_OK; level++) {
        const struct prep_cells *of = &cells->level[level];
        for (size_t i = 0; i < of->count && status == PK_OK; i++) {
            write_cell(&s, &s.features, &feature, level, of->cells[i], &features);
            write_cell(&s, &s.labels, &label, level, of->cells[i], &labels);
            status = features.failed || labels.failed
                         ? pk_fail(err, PK_LIMIT, "pack of %s band %d is too large",
                                   pk_family_name(family), band)
                         : emit(ctx, band + PK_WIDE_BAND * level, of->cells[i], &features,
                                &labels, err);
        }
    }
    pk_buf_finish(&features);
    pk_buf_finish(&labels);
    pk_arena_finish(&s.arena);
    free(s.items);
    free(s.sections);
    free(s.features.at);
    free(s.labels.at);
    free(s.winners);
    return status;
}
