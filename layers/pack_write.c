/* pack_write.c - one cell's features into bytes (pack_form.h). Everything is kept
 * until the end and sorted there, so that the order of adding leaves no trace. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers/pack.h"
#include "layers/pack_form.h"

#define PACK_BYTES_MAX ((size_t)1 << 30)

struct section {
    const char *name;
    const char *const *keys;
    uint32_t key_count, count, cap;
    struct pk_ifeature *features;
    struct section *next;
};

struct pk_pack_writer {
    struct pk_arena arena;
    struct section *sections;
    uint32_t section_count;
    bool borrows;
};

struct pk_pack_writer *pk_pack_writer_create(void)
{
    return pk_xcalloc(1, sizeof(struct pk_pack_writer));
}

void pk_pack_writer_destroy(struct pk_pack_writer *w)
{
    if (w == NULL) {
        return;
    }
    for (struct section *s = w->sections; s != NULL; s = s->next) {
        free(s->features);
    }
    pk_arena_finish(&w->arena);
    free(w);
}

void pack_writer_borrow(struct pk_pack_writer *w)
{
    w->borrows = true;
}

static struct section *find_section(struct pk_pack_writer *w, const char *name)
{
    for (struct section *s = w->sections; s != NULL; s = s->next) {
        if (strcmp(s->name, name) == 0) {
            return s;
        }
    }
    return NULL;
}

void pk_pack_writer_section(struct pk_pack_writer *w, const char *source_layer,
                            const char *const *keys, uint32_t key_count)
{
    if (find_section(w, source_layer) != NULL) {
        return;
    }
    assert(strlen(source_layer) <= PACK_NAME_MAX && key_count <= PACK_KEYS_MAX);
    struct section *s = pk_arena_alloc(&w->arena, 1, sizeof(*s));
    const char **copy = pk_arena_alloc(&w->arena, key_count + 1, sizeof(*copy));
    for (uint32_t i = 0; i < key_count; i++) {
        copy[i] = pk_arena_strdup(&w->arena, keys[i]);
    }
    s->name = pk_arena_strdup(&w->arena, source_layer);
    s->keys = copy;
    s->key_count = key_count;
    s->next = w->sections;
    w->sections = s;
    w->section_count++;
}

static void *copy_array(struct pk_arena *arena, const void *from, size_t n, size_t size)
{
    void *to = pk_arena_alloc(arena, n, size);
    if (n > 0) {
        memcpy(to, from, n * size);
    }
    return to;
}

static struct pk_ibox vertices_box(const struct pk_ifeature *f)
{
    struct pk_ibox box = PK_IBOX_EMPTY;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        const int64_t *v = f->xy + 2 * (size_t)f->rings[r].first;
        for (uint32_t i = 0; i < f->rings[r].count; i++, v += 2) {
            box = pk_ibox_join(box, (struct pk_ibox){v[0], v[1], v[0], v[1]});
        }
    }
    return box;
}

void pk_pack_writer_add(struct pk_pack_writer *w, const char *source_layer,
                        const struct pk_ifeature *feature)
{
    struct section *s = find_section(w, source_layer);
    assert(s != NULL);
    if (s->count == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 64;
        s->features = pk_xrealloc(s->features, s->cap, sizeof(*s->features));
    }
    struct pk_ifeature *f = &s->features[s->count++];
    *f = *feature;
    if (w->borrows) {
        if (f->ring_count == 0) {
            f->box = (struct pk_ibox){f->anchor_x, f->anchor_y, f->anchor_x, f->anchor_y};
        }
        return;
    }
    struct pk_value *values =
        copy_array(&w->arena, feature->values, s->key_count, sizeof(*values));
    for (uint32_t i = 0; i < s->key_count; i++) {
        if (values[i].type == PK_VALUE_STRING) {
            values[i].string =
                pk_arena_strndup(&w->arena, values[i].string, values[i].len);
        }
    }
    f->values = values;
    struct pk_ibox box = vertices_box(feature);
    if (box.min_x <= box.max_x) {
        f->box = box;
    } else {
        f->ring_count = 0;
        if (f->box.min_x > f->box.max_x || f->box.min_y > f->box.max_y) {
            f->box = (struct pk_ibox){f->anchor_x, f->anchor_y, f->anchor_x, f->anchor_y};
        }
    }
    assert(f->box.min_x > -PACK_REACH && f->box.max_x < PACK_REACH);
    assert(f->box.min_y > -PACK_REACH && f->box.max_y < PACK_REACH);
    if (f->ring_count == 0) {
        f->rings = NULL;
        f->xy = NULL;
        return;
    }
    /* Rings laid out one after another, whatever the caller's array holds besides. */
    size_t total = 0;
    struct pk_iring *rings =
        copy_array(&w->arena, feature->rings, f->ring_count, sizeof(*rings));
    for (uint32_t r = 0; r < f->ring_count; r++) {
        total += rings[r].count;
    }
    int64_t *xy = pk_arena_alloc(&w->arena, 2 * total, sizeof(*xy));
    size_t at = 0;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        memcpy(xy + 2 * at, feature->xy + 2 * (size_t)rings[r].first,
               2 * sizeof(*xy) * rings[r].count);
        rings[r].first = (uint32_t)at;
        at += rings[r].count;
    }
    f->rings = rings;
    f->xy = xy;
}

/* ---- strings and attribute sets ---- */

/* A piece of text or of bytes. */
struct span {
    const char *data;
    uint32_t len;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    uint32_t len = x->len < y->len ? x->len : y->len;
    int d = len > 0 ? memcmp(x->data, y->data, len) : 0;
    return d != 0 ? d : (x->len > y->len) - (x->len < y->len);
}

/* Each different span once, found by hash as it comes, sorted when all are there. */
struct distinct {
    uint32_t count, cap, slot_count; /* slots: a power of two, or none yet */
    struct span *spans;
    uint64_t *hashes;
    uint32_t *slots; /* number in `spans` + 1; 0 = free */
    uint32_t *rank;  /* of each by number, when sorted */
};

static void distinct_grow(struct distinct *d)
{
    d->cap = d->cap > 0 ? 2 * d->cap : 64;
    d->spans = pk_xrealloc(d->spans, d->cap, sizeof(*d->spans));
    d->hashes = pk_xrealloc(d->hashes, d->cap, sizeof(*d->hashes));
    free(d->slots);
    d->slot_count = 2 * d->cap;
    d->slots = pk_xcalloc(d->slot_count, sizeof(*d->slots));
    for (uint32_t i = 0; i < d->count; i++) {
        uint32_t at = (uint32_t)d->hashes[i];
        while (d->slots[at &= d->slot_count - 1] != 0) {
            at++;
        }
        d->slots[at] = i + 1;
    }
}

/* The number of the span, which stays where it is. */
static uint32_t distinct_add(struct distinct *d, struct span span)
{
    uint64_t hash = pk_hash64(span.data, span.len, 0);
    if (d->count == d->cap) {
        distinct_grow(d);
    }
    uint32_t at = (uint32_t)hash;
    for (;; at++) {
        uint32_t i = d->slots[at &= d->slot_count - 1];
        if (i == 0) {
            break;
        }
        const struct span *known = &d->spans[i - 1];
        if (d->hashes[i - 1] == hash && known->len == span.len &&
            (span.len == 0 || memcmp(known->data, span.data, span.len) == 0)) {
            return i - 1;
        }
    }
    d->spans[d->count] = span;
    d->hashes[d->count] = hash;
    d->slots[at] = d->count + 1;
    return d->count++;
}

struct ranked {
    struct span span;
    uint32_t number;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return compare_spans(&x->span, &y->span);
}

/* No more is added: `spans` in order, `rank` by number. */
static void distinct_sort(struct distinct *d)
{
    struct ranked *all = pk_xcalloc(d->count, sizeof(*all));
    d->rank = pk_xcalloc(d->count, sizeof(*d->rank));
    for (uint32_t i = 0; i < d->count; i++) {
        all[i] = (struct ranked){d->spans[i], i};
    }
    qsort(all, d->count, sizeof(*all), compare_ranked);
    for (uint32_t i = 0; i < d->count; i++) {
        d->spans[i] = all[i].span;
        d->rank[all[i].number] = i;
    }
    free(all);
}

static void distinct_finish(struct distinct *d)
{
    free(d->spans);
    free(d->hashes);
    free(d->slots);
    free(d->rank);
}

static void add_text(struct pk_buf *out, const char *s, size_t len)
{
    pk_buf_add_varint(out, len);
    pk_buf_add(out, s, len);
    pk_buf_addc(out, '\0');
}

static void add_number(struct pk_buf *out, double number)
{
    bool whole = number == floor(number) && fabs(number) < 9007199254740992.0 &&
                 !(number == 0 && signbit(number));
    if (whole) {
        pk_buf_add_u8(out, VALUE_INTEGER);
        pk_buf_add_svarint(out, (int64_t)number);
    } else {
        pk_buf_add_u8(out, VALUE_DOUBLE);
        pk_buf_add_f64(out, number);
    }
}

/* A string as its own text, for the hash, or as its number. */
static void add_value(struct pk_buf *out, const struct pk_value *v,
                      const uint32_t *string)
{
    switch (v->type) {
    case PK_VALUE_NULL:
        pk_buf_add_u8(out, VALUE_NULL);
        return;
    case PK_VALUE_BOOL:
        pk_buf_add_u8(out, v->number != 0 ? VALUE_TRUE : VALUE_FALSE);
        return;
    case PK_VALUE_NUMBER:
        add_number(out, v->number);
        return;
    case PK_VALUE_STRING:
        pk_buf_add_u8(out, VALUE_STRING);
        if (string == NULL) {
            add_text(out, v->string, v->len);
        } else {
            pk_buf_add_varint(out, *string);
        }
        return;
    }
}

/* Features of one pack share their values: the same array is looked at once. */
struct tables {
    struct distinct rows;    /* arrays of values, by their address */
    struct distinct strings; /* of all rows */
    struct distinct sets;    /* bytes of the rows */
    uint32_t *row_of;        /* of each feature */
    uint32_t *set_of;        /* of each row: number in `sets` */
    const struct pk_value **addresses;
    struct pk_buf bytes;
};

static void collect_rows(struct tables *t, const struct section *s)
{
    t->row_of = pk_xcalloc(s->count, sizeof(*t->row_of));
    t->addresses = pk_xcalloc(s->count, sizeof(*t->addresses));
    for (uint32_t i = 0; i < s->count; i++) {
        t->addresses[i] = s->features[i].values;
        struct span address = {(const char *)&t->addresses[i], sizeof(*t->addresses)};
        t->row_of[i] = distinct_add(&t->rows, address);
    }
}

static const struct pk_value *row_values(const struct tables *t, uint32_t row)
{
    const struct pk_value *values;
    memcpy(&values, t->rows.spans[row].data, sizeof(values));
    return values;
}

/* The number of each row's strings, key by key. */
static uint32_t *collect_strings(struct tables *t, const struct section *s)
{
    uint32_t *numbers =
                 pk_xcalloc((size_t)t->rows.count * s->key_count, sizeof(*numbers)),
             *at = numbers;
    for (uint32_t i = 0; i < t->rows.count; i++) {
        const struct pk_value *v = row_values(t, i);
        for (uint32_t k = 0; k < s->key_count; k++, v++, at++) {
            if (v->type == PK_VALUE_STRING) {
                *at = distinct_add(&t->strings, (struct span){v->string, v->len});
            }
        }
    }
    distinct_sort(&t->strings);
    return numbers;
}

static uint64_t keys_hash(const struct section *s)
{
    uint64_t hash = 0;
    for (uint32_t k = 0; k < s->key_count; k++) {
        hash = pk_hash64(s->keys[k], strlen(s->keys[k]), hash);
    }
    return hash;
}

/* A set's bytes: hash of keys and values, then the values with string numbers. */
static void collect_sets(struct tables *t, const struct section *s,
                         const uint32_t *numbers)
{
    uint64_t seed = keys_hash(s);
    struct pk_buf text;
    pk_buf_init(&text, PACK_BYTES_MAX);
    pk_buf_init(&t->bytes, PACK_BYTES_MAX);
    size_t *starts = pk_xcalloc(t->rows.count + 1, sizeof(*starts));
    for (uint32_t i = 0; i < t->rows.count; i++) {
        const struct pk_value *values = row_values(t, i);
        pk_buf_clear(&text);
        for (uint32_t k = 0; k < s->key_count; k++) {
            add_value(&text, &values[k], NULL);
        }
        pk_buf_add_u64(&t->bytes, pk_hash64(text.data, text.len, seed));
        for (uint32_t k = 0; k < s->key_count; k++, numbers++) {
            bool text_value = values[k].type == PK_VALUE_STRING;
            add_value(&t->bytes, &values[k],
                      text_value ? &t->strings.rank[*numbers] : NULL);
        }
        starts[i + 1] = t->bytes.len;
    }
    t->set_of = pk_xcalloc(t->rows.count, sizeof(*t->set_of));
    for (uint32_t i = 0; i < t->rows.count; i++) {
        t->set_of[i] =
            distinct_add(&t->sets, (struct span){t->bytes.data + starts[i],
                                                 (uint32_t)(starts[i + 1] - starts[i])});
    }
    distinct_sort(&t->sets);
    free(starts);
    pk_buf_finish(&text);
}

static void collect(struct tables *t, const struct section *s)
{
    collect_rows(t, s);
    uint32_t *numbers = collect_strings(t, s);
    collect_sets(t, s, numbers);
    free(numbers);
}

static void tables_finish(struct tables *t)
{
    distinct_finish(&t->rows);
    distinct_finish(&t->strings);
    distinct_finish(&t->sets);
    free(t->row_of);
    free(t->set_of);
    free(t->addresses);
    pk_buf_finish(&t->bytes);
}

/* ---- geometry ---- */

static void add_points(struct pk_buf *out, const int64_t *v, uint32_t count, int64_t x,
                       int64_t y)
{
    for (uint32_t i = 0; i < count; i++, v += 2) {
        pk_buf_add_svarint(out, v[0] - x);
        pk_buf_add_svarint(out, v[1] - y);
        x = v[0];
        y = v[1];
    }
}

static void add_piece(struct pk_buf *out, const int64_t *v, uint32_t count,
                      struct pk_ibox box, struct pk_buf *scratch)
{
    struct pk_ibox own = PK_IBOX_EMPTY;
    int64_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t *p = v + 2 * (size_t)i;
        own = pk_ibox_join(own, (struct pk_ibox){p[0], p[1], p[0], p[1]});
        if (i > 0) {
            length += pk_segment_length(p[0] - p[-2], p[1] - p[-1]);
        }
    }
    const int64_t *last = v + 2 * (size_t)(count - 1);
    pk_buf_add_varint(out, (uint64_t)(own.min_x - box.min_x));
    pk_buf_add_varint(out, (uint64_t)(own.min_y - box.min_y));
    pk_buf_add_varint(out, (uint64_t)(own.max_x - own.min_x));
    pk_buf_add_varint(out, (uint64_t)(own.max_y - own.min_y));
    pk_buf_add_svarint(out, v[0] - box.min_x);
    pk_buf_add_svarint(out, v[1] - box.min_y);
    pk_buf_add_svarint(out, last[0] - v[0]);
    pk_buf_add_svarint(out, last[1] - v[1]);
    pk_buf_add_varint(out, (uint64_t)length);
    pk_buf_clear(scratch);
    add_points(scratch, v + 2, count - 1, v[0], v[1]);
    pk_buf_add_varint(out, scratch->len);
    pk_buf_add(out, scratch->data, scratch->len);
}

static void add_ring(struct pk_buf *out, const struct pk_ifeature *f,
                     const struct pk_iring *ring, struct pk_buf *scratch)
{
    const int64_t *v = f->xy + 2 * (size_t)ring->first;
    pk_buf_add_varint(out, (uint64_t)ring->count << 2 | (uint64_t)ring->role);
    if (ring->count <= PIECE_VERTICES) {
        add_points(out, v, ring->count, f->box.min_x, f->box.min_y);
        return;
    }
    for (uint32_t at = 0; at + 1 < ring->count; at += PIECE_VERTICES - 1) {
        uint32_t left = ring->count - at;
        uint32_t count = left < PIECE_VERTICES ? left : PIECE_VERTICES;
        add_piece(out, v + 2 * (size_t)at, count, f->box, scratch);
    }
}

struct encoder {
    int64_t origin_x, origin_y;
    struct pk_buf record, scratch;
};

static void encode_feature(struct encoder *e, const struct pk_ifeature *f, uint32_t set,
                           uint64_t key_before)
{
    struct pk_buf *out = &e->record;
    pk_buf_clear(out);
    pk_buf_add_varint(out, f->key - key_before);
    pk_buf_add_varint(out, f->part);
    pk_buf_add(out, f->id.b, sizeof(f->id.b));
    pk_buf_add_varint(out, set);
    bool angled = f->angle != 0;
    pk_buf_add_u8(out,
                  (uint8_t)((unsigned)f->kind | (f->delivered ? FLAG_DELIVERED : 0) |
                            (f->merged ? FLAG_MERGED : 0) | (angled ? FLAG_ANGLE : 0)));
    pk_buf_add_svarint(out, f->box.min_x - e->origin_x);
    pk_buf_add_svarint(out, f->box.min_y - e->origin_y);
    pk_buf_add_varint(out, (uint64_t)(f->box.max_x - f->box.min_x));
    pk_buf_add_varint(out, (uint64_t)(f->box.max_y - f->box.min_y));
    pk_buf_add_svarint(out, f->anchor_x - f->box.min_x);
    pk_buf_add_svarint(out, f->anchor_y - f->box.min_y);
    pk_buf_add_svarint(out, f->room);
    if (angled) {
        pk_buf_add_f64(out, f->angle);
    }
    pk_buf_add_varint(out, f->ring_count);
    for (uint32_t r = 0; r < f->ring_count; r++) {
        add_ring(out, f, &f->rings[r], &e->scratch);
    }
}

/* ---- order ---- */

static int compare_values(const void *a, size_t a_len, const void *b, size_t b_len)
{
    struct span x = {a, (uint32_t)a_len}, y = {b, (uint32_t)b_len};
    return compare_spans(&x, &y);
}

/* (key, part); what follows only decides between features that break that rule. */
static int compare_features(const void *a, const void *b)
{
    const struct pk_ifeature *x = *(const struct pk_ifeature *const *)a;
    const struct pk_ifeature *y = *(const struct pk_ifeature *const *)b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    if (x->part != y->part) {
        return x->part < y->part ? -1 : 1;
    }
    int d = pk_id_compare(x->id, y->id);
    if (d == 0) {
        d = memcmp(&x->box, &y->box, sizeof(x->box));
    }
    if (d == 0 && x->ring_count > 0 && y->ring_count > 0) {
        const struct pk_iring *p = &x->rings[x->ring_count - 1];
        const struct pk_iring *q = &y->rings[y->ring_count - 1];
        d = compare_values(x->xy, 16 * ((size_t)p->first + p->count), y->xy,
                           16 * ((size_t)q->first + q->count));
    }
    return d;
}

static void write_section(struct pk_buf *out, const struct section *s)
{
    struct tables t = {0};
    struct encoder e = {.origin_x = INT64_MAX, .origin_y = INT64_MAX};
    struct pk_buf body;
    pk_buf_init(&body, PACK_BYTES_MAX);
    pk_buf_init(&e.record, PACK_BYTES_MAX);
    pk_buf_init(&e.scratch, PACK_BYTES_MAX);
    collect(&t, s);

    const struct pk_ifeature **sorted = pk_xcalloc(s->count, sizeof(*sorted));
    for (uint32_t i = 0; i < s->count; i++) {
        const struct pk_ifeature *f = sorted[i] = &s->features[i];
        e.origin_x = f->box.min_x < e.origin_x ? f->box.min_x : e.origin_x;
        e.origin_y = f->box.min_y < e.origin_y ? f->box.min_y : e.origin_y;
    }
    qsort(sorted, s->count, sizeof(*sorted), compare_features);

    pk_buf_add_varint(&body, s->key_count);
    for (uint32_t k = 0; k < s->key_count; k++) {
        add_text(&body, s->keys[k], strlen(s->keys[k]));
    }
    pk_buf_add_varint(&body, t.strings.count);
    for (uint32_t i = 0; i < t.strings.count; i++) {
        add_text(&body, t.strings.spans[i].data, t.strings.spans[i].len);
    }
    pk_buf_add_varint(&body, t.sets.count);
    for (uint32_t i = 0; i < t.sets.count; i++) {
        pk_buf_add(&body, t.sets.spans[i].data, t.sets.spans[i].len);
    }
    pk_buf_add_svarint(&body, e.origin_x);
    pk_buf_add_svarint(&body, e.origin_y);
    pk_buf_add_varint(&body, s->count);
    uint64_t key = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t row = t.row_of[sorted[i] - s->features];
        encode_feature(&e, sorted[i], t.sets.rank[t.set_of[row]], key);
        key = sorted[i]->key;
        pk_buf_add_varint(&body, e.record.len);
        pk_buf_add(&body, e.record.data, e.record.len);
    }
    pk_buf_add_varint(out, strlen(s->name));
    pk_buf_adds(out, s->name);
    pk_buf_add_varint(out, body.len);
    pk_buf_add(out, body.data, body.len);

    free(sorted);
    tables_finish(&t);
    pk_buf_finish(&e.record);
    pk_buf_finish(&e.scratch);
    pk_buf_finish(&body);
}

static int compare_sections(const void *a, const void *b)
{
    const struct section *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

void pk_pack_writer_finish(struct pk_pack_writer *w, struct pk_buf *out)
{
    const struct section **sorted = pk_xcalloc(w->section_count, sizeof(*sorted));
    uint32_t n = 0;
    for (const struct section *s = w->sections; s != NULL; s = s->next) {
        if (s->count > 0) {
            sorted[n++] = s;
        }
    }
    qsort(sorted, n, sizeof(*sorted), compare_sections);
    if (n > 0) {
        pk_buf_add_u32(out, PACK_MAGIC);
        pk_buf_add_varint(out, n);
    }
    for (uint32_t i = 0; i < n; i++) {
        write_section(out, sorted[i]);
    }
    free(sorted);
}
