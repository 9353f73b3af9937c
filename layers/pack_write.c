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
    uint64_t seed; /* of keys */
    struct section *next;
};

struct pk_pack_writer {
    struct pk_arena arena;
    struct section *sections;
    uint32_t section_count;
    int64_t unit;
    bool borrows;
};

struct pk_pack_writer *pk_pack_writer_create(void)
{
    struct pk_pack_writer *w = pk_xcalloc(1, sizeof(*w));
    w->unit = 1;
    return w;
}

void pk_pack_writer_unit(struct pk_pack_writer *w, int64_t unit)
{
    assert(unit > 0 && unit <= PACK_UNIT_MAX);
    w->unit = unit;
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
    s->seed = pk_draw_seed(source_layer);
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
    f->key = pk_draw_key_of(f->id, s->seed);
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

/* Is the text that of an id, as pk_id_format writes it? */
static bool is_id(struct pk_id *out, const struct span *s)
{
    char text[PK_ID_TEXT];
    if (s->len != PK_ID_TEXT - 1) {
        return false;
    }
    memcpy(text, s->data, s->len);
    text[s->len] = '\0';
    if (!pk_id_parse(out, text)) {
        return false;
    }
    pk_id_format(text, *out);
    return memcmp(text, s->data, s->len) == 0;
}

static void add_string(struct pk_buf *out, const struct span *s)
{
    struct pk_id id;
    if (is_id(&id, s)) {
        pk_buf_add_varint(out, 1);
        pk_buf_add(out, id.b, sizeof(id.b));
        return;
    }
    pk_buf_add_varint(out, (uint64_t)s->len << 1);
    pk_buf_add(out, s->data, s->len);
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

/* A string as its number; NULL: the feature's own id. */
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
        if (string == NULL) {
            pk_buf_add_u8(out, VALUE_OWN_ID);
        } else {
            pk_buf_add_u8(out, VALUE_STRING);
            pk_buf_add_varint(out, *string);
        }
        return;
    }
}

/* Features of one pack share their values: the same array is looked at once. */
struct row {
    const struct pk_value *values;
    struct pk_id id; /* of the features: one of the values may be it */
};

#define OWN_ID UINT32_MAX /* instead of a string's number */

struct tables {
    struct distinct rows;    /* struct row */
    struct distinct strings; /* of all rows */
    struct distinct sets;    /* bytes of the rows */
    uint32_t *row_of;        /* of each feature */
    uint32_t *set_of;        /* of each row: number in `sets` */
    struct row *all;
    uint32_t id_key;
    struct pk_buf bytes;
};

static void collect_rows(struct tables *t, const struct section *s)
{
    t->row_of = pk_xcalloc(s->count, sizeof(*t->row_of));
    t->all = pk_xcalloc(s->count, sizeof(*t->all));
    for (uint32_t i = 0; i < s->count; i++) {
        t->all[i] = (struct row){s->features[i].values, s->features[i].id};
        struct span row = {(const char *)&t->all[i], sizeof(*t->all)};
        t->row_of[i] = distinct_add(&t->rows, row);
    }
}

static const struct row *row_at(const struct tables *t, uint32_t row)
{
    return (const struct row *)(const void *)t->rows.spans[row].data;
}

static bool is_own_id(const struct tables *t, const struct row *row, uint32_t key)
{
    struct pk_id id;
    const struct pk_value *v = &row->values[key];
    return key == t->id_key && v->type == PK_VALUE_STRING &&
           is_id(&id, &(struct span){v->string, v->len}) && pk_id_equal(id, row->id);
}

/* The number of each row's strings, key by key. */

static uint32_t *collect_strings(struct tables *t, const struct section *s)
{
    uint32_t *numbers =
                 pk_xcalloc((size_t)t->rows.count * s->key_count, sizeof(*numbers)),
             *at = numbers;
    for (uint32_t i = 0; i < t->rows.count; i++) {
        const struct row *row = row_at(t, i);
        const struct pk_value *v = row->values;
        for (uint32_t k = 0; k < s->key_count; k++, v++, at++) {
            if (is_own_id(t, row, k)) {
                *at = OWN_ID;
            } else if (v->type == PK_VALUE_STRING) {
                *at = distinct_add(&t->strings, (struct span){v->string, v->len});
            }
        }
    }
    distinct_sort(&t->strings);
    return numbers;
}

/* A set's bytes: its values with string numbers. */
static void collect_sets(struct tables *t, const struct section *s,
                         const uint32_t *numbers)
{
    pk_buf_init(&t->bytes, PACK_BYTES_MAX);
    size_t *starts = pk_xcalloc(t->rows.count + 1, sizeof(*starts));
    for (uint32_t i = 0; i < t->rows.count; i++) {
        const struct pk_value *values = row_at(t, i)->values;
        for (uint32_t k = 0; k < s->key_count; k++, numbers++) {
            bool text = values[k].type == PK_VALUE_STRING && *numbers != OWN_ID;
            add_value(&t->bytes, &values[k], text ? &t->strings.rank[*numbers] : NULL);
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
}

static void collect(struct tables *t, const struct section *s)
{
    t->id_key = s->key_count;
    for (uint32_t k = 0; k < s->key_count; k++) {
        if (strcmp(s->keys[k], PACK_ID_KEY) == 0) {
            t->id_key = k;
        }
    }
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
    free(t->all);
    pk_buf_finish(&t->bytes);
}

/* Bytes of the value that begins there. */
static size_t value_length(const char *value)
{
    size_t n = 1;
    switch (*value) {
    case VALUE_DOUBLE:
        return 9;
    case VALUE_INTEGER:
    case VALUE_STRING:
        while (((unsigned char)value[n] & 0x80) != 0) {
            n++;
        }
        return n + 1;
    default:
        return 1;
    }
}

/* How many values at the beginning are those of the set before, and their bytes. */
static uint32_t shared_values(const struct span *before, const struct span *set,
                              size_t *bytes)
{
    uint32_t n = 0;
    *bytes = 0;
    while (*bytes < before->len && *bytes < set->len) {
        const char *a = before->data + *bytes, *b = set->data + *bytes;
        size_t len = *a == *b ? value_length(a) : 0;
        if (len == 0 || *bytes + len > set->len || memcmp(a, b, len) != 0) {
            break;
        }
        *bytes += len;
        n++;
    }
    return n;
}

static void add_sets(struct pk_buf *out, const struct distinct *sets)
{
    struct span before = {"", 0};
    pk_buf_add_varint(out, sets->count);
    for (uint32_t i = 0; i < sets->count; i++) {
        size_t bytes;
        const struct span *set = &sets->spans[i];
        pk_buf_add_varint(out, shared_values(&before, set, &bytes));
        pk_buf_add(out, set->data + bytes, set->len - bytes);
        before = *set;
    }
}

/* ---- geometry ---- */

static void add_points(struct pk_buf *out, const int64_t *v, uint32_t count, int64_t x,
                       int64_t y, int64_t unit)
{
    for (uint32_t i = 0; i < count; i++, v += 2) {
        pk_buf_add_svarint(out, (v[0] - x) / unit);
        pk_buf_add_svarint(out, (v[1] - y) / unit);
        x = v[0];
        y = v[1];
    }
}

struct encoder {
    int64_t origin_x, origin_y, unit;
    struct pk_buf record, scratch;
};

static void add_above(struct pk_buf *out, const struct encoder *e, int64_t v,
                      int64_t base)
{
    pk_buf_add_varint(out, (uint64_t)((v - base) / e->unit));
}

static void add_near(struct pk_buf *out, const struct encoder *e, int64_t v, int64_t base)
{
    pk_buf_add_svarint(out, (v - base) / e->unit);
}

static void add_piece(struct encoder *e, const int64_t *v, uint32_t count,
                      struct pk_ibox box)
{
    struct pk_buf *out = &e->record, *scratch = &e->scratch;
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
    add_above(out, e, own.min_x, box.min_x);
    add_above(out, e, own.min_y, box.min_y);
    add_above(out, e, own.max_x, own.min_x);
    add_above(out, e, own.max_y, own.min_y);
    add_near(out, e, v[0], box.min_x);
    add_near(out, e, v[1], box.min_y);
    add_near(out, e, last[0], v[0]);
    add_near(out, e, last[1], v[1]);
    pk_buf_add_varint(out, (uint64_t)length);
    pk_buf_clear(scratch);
    add_points(scratch, v + 2, count - 1, v[0], v[1], e->unit);
    pk_buf_add_varint(out, scratch->len);
    pk_buf_add(out, scratch->data, scratch->len);
}

static void add_ring(struct encoder *e, const struct pk_ifeature *f,
                     const struct pk_iring *ring)
{
    struct pk_buf *out = &e->record;
    const int64_t *v = f->xy + 2 * (size_t)ring->first;
    pk_buf_add_varint(out, (uint64_t)ring->count << 2 | (uint64_t)ring->role);
    if (ring->count <= PIECE_VERTICES) {
        bool closes = ring->role != PK_RING_OPEN && ring->count > 1;
        add_points(out, v, ring->count - closes, f->box.min_x, f->box.min_y, e->unit);
        return;
    }
    for (uint32_t at = 0; at + 1 < ring->count; at += PIECE_VERTICES - 1) {
        uint32_t left = ring->count - at;
        uint32_t count = left < PIECE_VERTICES ? left : PIECE_VERTICES;
        add_piece(e, v + 2 * (size_t)at, count, f->box);
    }
}

static void encode_feature(struct encoder *e, const struct pk_ifeature *f, uint32_t set)
{
    struct pk_buf *out = &e->record;
    bool anchored =
        f->anchor_x != f->box.min_x || f->anchor_y != f->box.min_y || f->room != 0;
    unsigned flags = (unsigned)f->kind;
    flags |= f->delivered ? FLAG_DELIVERED : 0;
    flags |= f->merged ? FLAG_MERGED : 0;
    flags |= f->angle != 0 ? FLAG_ANGLE : 0;
    flags |= anchored ? FLAG_ANCHOR : 0;
    flags |= f->part != 0 ? FLAG_PART : 0;
    pk_buf_clear(out);
    pk_buf_add_u8(out, (uint8_t)flags);
    if (f->part != 0) {
        pk_buf_add_varint(out, f->part);
    }
    pk_buf_add(out, f->id.b, sizeof(f->id.b));
    pk_buf_add_varint(out, set);
    add_near(out, e, f->box.min_x, e->origin_x);
    add_near(out, e, f->box.min_y, e->origin_y);
    add_above(out, e, f->box.max_x, f->box.min_x);
    add_above(out, e, f->box.max_y, f->box.min_y);
    if (anchored) {
        pk_buf_add_svarint(out, f->anchor_x - f->box.min_x);
        pk_buf_add_svarint(out, f->anchor_y - f->box.min_y);
        pk_buf_add_svarint(out, f->room);
    }
    if (f->angle != 0) {
        pk_buf_add_f64(out, f->angle);
    }
    if (f->merged) {
        return;
    }
    pk_buf_add_varint(out, f->ring_count);
    for (uint32_t r = 0; r < f->ring_count; r++) {
        add_ring(e, f, &f->rings[r]);
    }
}

static bool in_units(const int64_t *v, size_t n, int64_t unit)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i] % unit != 0) {
            return false;
        }
    }
    return true;
}

/* The unit that was asked for, when everything is a whole number of it. */
static int64_t unit_of(const struct section *s, int64_t unit)
{
    for (uint32_t i = 0; unit > 1 && i < s->count; i++) {
        const struct pk_ifeature *f = &s->features[i];
        int64_t box[4] = {f->box.min_x, f->box.min_y, f->box.max_x, f->box.max_y};
        bool whole = in_units(box, 4, unit);
        for (uint32_t r = 0; r < f->ring_count && !f->merged && whole; r++) {
            whole = in_units(f->xy + 2 * (size_t)f->rings[r].first,
                             2 * (size_t)f->rings[r].count, unit);
        }
        if (!whole) {
            return 1;
        }
    }
    return unit;
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

static void write_section(struct pk_buf *out, const struct section *s, int64_t unit)
{
    struct tables t = {0};
    struct encoder e = {
        .origin_x = INT64_MAX, .origin_y = INT64_MAX, .unit = unit_of(s, unit)};
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

    pk_buf_add_varint(&body, (uint64_t)e.unit);
    pk_buf_add_varint(&body, s->key_count);
    for (uint32_t k = 0; k < s->key_count; k++) {
        add_text(&body, s->keys[k], strlen(s->keys[k]));
    }
    pk_buf_add_varint(&body, t.strings.count);
    for (uint32_t i = 0; i < t.strings.count; i++) {
        add_string(&body, &t.strings.spans[i]);
    }
    add_sets(&body, &t.sets);
    pk_buf_add_svarint(&body, e.origin_x / e.unit);
    pk_buf_add_svarint(&body, e.origin_y / e.unit);
    pk_buf_add_varint(&body, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t row = t.row_of[sorted[i] - s->features];
        encode_feature(&e, sorted[i], t.sets.rank[t.set_of[row]]);
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
        write_section(out, sorted[i], w->unit);
    }
    free(sorted);
}
