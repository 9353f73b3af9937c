/* pack_read.c - packs as foreign bytes: every count is checked against what is
 * left before anything is allocated for it, every coordinate against its box. */
#include <string.h>

#include "layers/pack.h"
#include "layers/pack_form.h"

struct text {
    const char *s;
    uint32_t len;
};

/* A count of things that take at least `least` bytes each. */
static uint32_t read_count(struct pk_bytes *in, size_t least)
{
    uint64_t n = pk_bytes_varint(in);
    if (in->bad || n > (size_t)(in->end - in->p) / least || n > UINT32_MAX) {
        in->bad = true;
        return 0;
    }
    return (uint32_t)n;
}

/* The next `len` bytes as a cursor of their own. */
static struct pk_bytes read_block(struct pk_bytes *in)
{
    uint32_t len = read_count(in, 1);
    const void *p = pk_bytes_take(in, len);
    struct pk_bytes block = pk_bytes_of(p != NULL ? p : "", p != NULL ? len : 0);
    block.bad = p == NULL;
    return block;
}

static struct text read_text(struct pk_bytes *in)
{
    uint32_t len = read_count(in, 1);
    const char *s = pk_bytes_take(in, (size_t)len + 1);
    if (s == NULL || s[len] != '\0') {
        in->bad = true;
        return (struct text){"", 0};
    }
    return (struct text){s, len};
}

/* A string of the table, with the hash that stands for it. */
struct string {
    struct text text;
    uint64_t hash;
};

static struct string read_string(struct pk_bytes *in, struct pk_arena *arena)
{
    struct string out = {
        {"", 0},
        0
    };
    uint64_t head = pk_bytes_varint(in);
    uint64_t len = head >> 1;
    if (head == 1) {
        struct pk_id id;
        const void *bytes = pk_bytes_take(in, sizeof(id.b));
        if (bytes != NULL) {
            char *text = pk_arena_alloc(arena, PK_ID_TEXT, 1);
            memcpy(id.b, bytes, sizeof(id.b));
            pk_id_format(text, id);
            out.text = (struct text){text, PK_ID_TEXT - 1};
        }
    } else if ((head & 1) != 0 || len >= (size_t)(in->end - in->p)) {
        in->bad = true;
    } else {
        const char *s = pk_bytes_take(in, (size_t)len + 1);
        if (s == NULL || s[len] != '\0') {
            in->bad = true;
        } else {
            out.text = (struct text){s, (uint32_t)len};
        }
    }
    out.hash = pk_hash64(out.text.s, out.text.len, VALUE_STRING);
    return out;
}

/* What sets of one section are made with. */
struct set_reader {
    struct pk_pack_section *s;
    const struct string *strings;
    uint32_t string_count;
    uint64_t *hashes; /* of the values of the set at hand */
};

static struct pk_value read_value(struct pk_bytes *in, const struct set_reader *r,
                                  uint32_t key, uint64_t *hash)
{
    struct pk_value v = {.type = PK_VALUE_NULL};
    unsigned type = pk_bytes_u8(in);
    uint64_t bits = 0;
    switch (type) {
    case VALUE_NULL:
        break;
    case VALUE_FALSE:
    case VALUE_TRUE:
        v.type = PK_VALUE_BOOL;
        v.number = type == VALUE_TRUE;
        break;
    case VALUE_DOUBLE:
        v.type = PK_VALUE_NUMBER;
        v.number = pk_bytes_f64(in);
        memcpy(&bits, &v.number, sizeof(bits));
        break;
    case VALUE_INTEGER:
        v.type = PK_VALUE_NUMBER;
        v.number = (double)pk_bytes_svarint(in);
        memcpy(&bits, &v.number, sizeof(bits));
        break;
    case VALUE_STRING: {
        uint64_t i = pk_bytes_varint(in);
        if (i >= r->string_count) {
            in->bad = true;
            break;
        }
        v.type = PK_VALUE_STRING;
        v.string = r->strings[i].text.s;
        v.len = r->strings[i].text.len;
        bits = r->strings[i].hash;
        break;
    }
    case VALUE_OWN_ID:
        if (key != r->s->id_key) {
            in->bad = true;
            break;
        }
        v.type = PK_VALUE_STRING;
        v.string = r->s->id_text;
        v.len = PK_ID_TEXT - 1;
        break;
    default:
        in->bad = true;
    }
    *hash = bits ^ (uint64_t)type << 56;
    return v;
}

static bool in_reach(int64_t v)
{
    return v > -PACK_REACH && v < PACK_REACH;
}

/* One set, after the one before it. */
static void read_set(struct pk_bytes *in, const struct set_reader *r, uint32_t i,
                     struct pk_value *sets, uint64_t seed, uint64_t *hash)
{
    uint32_t keys = r->s->key_count;
    struct pk_value *v = sets + (size_t)i * keys;
    uint64_t shared = pk_bytes_varint(in);
    if (shared > keys || (i == 0 && shared > 0)) {
        in->bad = true;
        return;
    }
    if (shared > 0) {
        memcpy(v, v - keys, (size_t)shared * sizeof(*v));
    }
    for (uint32_t k = (uint32_t)shared; k < keys; k++) {
        v[k] = read_value(in, r, k, &r->hashes[k]);
    }
    *hash = pk_hash64(r->hashes, sizeof(*r->hashes) * keys, seed);
}

static void read_sets(struct pk_pack_section *s, struct pk_bytes *in,
                      const struct string *strings, uint32_t string_count,
                      struct pk_arena *arena)
{
    uint64_t seed = 0;
    for (uint32_t k = 0; k < s->key_count; k++) {
        seed = pk_hash64(s->keys[k], strlen(s->keys[k]), seed);
    }
    s->set_count = read_count(in, s->key_count > 0 ? 2 : 1);
    if ((uint64_t)s->set_count * s->key_count > PACK_VALUES_MAX) {
        in->bad = true;
    }
    if (in->bad) {
        return;
    }
    struct pk_value *sets =
        pk_arena_alloc(arena, (size_t)s->set_count * s->key_count, sizeof(*sets));
    uint64_t *hashes = pk_arena_alloc(arena, s->set_count, sizeof(*hashes));
    struct set_reader r = {.s = s,
                           .strings = strings,
                           .string_count = string_count,
                           .hashes = pk_arena_alloc(arena, s->key_count, 8)};
    for (uint32_t i = 0; i < s->set_count && !in->bad; i++) {
        read_set(in, &r, i, sets, seed, &hashes[i]);
    }
    s->sets = sets;
    s->set_hashes = hashes;
}

/* Keys, strings, sets; the features stay bytes. */
static bool read_body(struct pk_pack_section *s, struct pk_bytes in,
                      struct pk_arena *arena)
{
    uint64_t unit = pk_bytes_varint(&in);
    s->unit = (int64_t)unit;
    s->key_count = read_count(&in, 2);
    if (in.bad || s->key_count > PACK_KEYS_MAX || unit == 0 || unit > PACK_UNIT_MAX) {
        return false;
    }
    const char **keys = pk_arena_alloc(arena, s->key_count + 1, sizeof(*keys));
    s->id_key = s->key_count;
    for (uint32_t i = 0; i < s->key_count; i++) {
        keys[i] = read_text(&in).s;
        if (strcmp(keys[i], PACK_ID_KEY) == 0) {
            s->id_key = i;
        }
    }
    s->keys = keys;
    s->id_text = pk_arena_alloc(arena, PK_ID_TEXT, 1);
    uint32_t string_count = read_count(&in, 2);
    struct string *strings = pk_arena_alloc(arena, string_count, sizeof(*strings));
    for (uint32_t i = 0; i < string_count; i++) {
        strings[i] = read_string(&in, arena);
    }
    read_sets(s, &in, strings, string_count, arena);
    s->features = in;
    /* Walk over the origin to the count; cursors begin again at the origin. */
    int64_t x = pk_bytes_svarint(&in), y = pk_bytes_svarint(&in);
    s->feature_count = read_count(&in, 2);
    int64_t most = PACK_REACH / s->unit;
    return !in.bad && x > -most && x < most && y > -most && y < most;
}

static bool is_wanted(const char *const *wanted, const char *name)
{
    if (wanted == NULL) {
        return true;
    }
    for (; *wanted != NULL; wanted++) {
        if (strcmp(*wanted, name) == 0) {
            return true;
        }
    }
    return false;
}

enum pk_status pk_pack_open(struct pk_pack *out, const void *bytes, size_t len,
                            const char *const *wanted, struct pk_arena *arena,
                            struct pk_error *err)
{
    *out = (struct pk_pack){0};
    if (len == 0) {
        return PK_OK;
    }
    struct pk_bytes in = pk_bytes_of(bytes, len);
    if (pk_bytes_u32(&in) != PACK_MAGIC) {
        return pk_fail(err, PK_BAD_DATA, "pack: not a pack");
    }
    uint32_t count = read_count(&in, 2);
    if (in.bad) {
        return pk_fail(err, PK_BAD_DATA, "pack: damaged list of sections");
    }
    struct pk_pack_section *sections = pk_arena_alloc(arena, count, sizeof(*sections));
    for (uint32_t i = 0; i < count; i++) {
        struct pk_bytes name = read_block(&in), body = read_block(&in);
        size_t name_len = (size_t)(name.end - name.p);
        if (in.bad || name_len == 0 || name_len > PACK_NAME_MAX) {
            return pk_fail(err, PK_BAD_DATA, "pack: damaged list of sections");
        }
        char *text = pk_arena_strndup(arena, (const char *)name.p, name_len);
        if (!is_wanted(wanted, text)) {
            continue;
        }
        struct pk_pack_section *s = &sections[out->section_count++];
        s->source_layer = text;
        if (!read_body(s, body, arena)) {
            return pk_fail(err, PK_BAD_DATA, "pack: damaged section %zu", (size_t)i);
        }
    }
    if (in.p != in.end) {
        return pk_fail(err, PK_BAD_DATA, "pack: bytes after the last section");
    }
    out->sections = sections;
    return PK_OK;
}

const struct pk_pack_section *pk_pack_find(const struct pk_pack *pack,
                                           const char *source_layer)
{
    for (uint32_t i = 0; i < pack->section_count; i++) {
        if (strcmp(pack->sections[i].source_layer, source_layer) == 0) {
            return &pack->sections[i];
        }
    }
    return NULL;
}

void pk_pack_begin(struct pk_pack_cursor *c, const struct pk_pack_section *section)
{
    *c = (struct pk_pack_cursor){.section = section, .at = section->features};
    c->origin_x = pk_bytes_svarint(&c->at) * section->unit;
    c->origin_y = pk_bytes_svarint(&c->at) * section->unit;
    c->left = (uint32_t)pk_bytes_varint(&c->at);
    c->seed = pk_draw_seed(section->source_layer);
}

void pk_pack_keep(struct pk_ifeature *f, const struct pk_pack_section *section,
                  struct pk_arena *arena)
{
    if (section->id_key >= section->key_count ||
        f->values[section->id_key].string != section->id_text) {
        return;
    }
    struct pk_value *own = pk_arena_alloc(arena, section->key_count, sizeof(*own));
    memcpy(own, f->values, section->key_count * sizeof(*own));
    own[section->id_key].string =
        pk_arena_strndup(arena, section->id_text, PK_ID_TEXT - 1);
    f->values = own;
}

/* base + delta units, or bad when the sum leaves the reach. */
static int64_t read_near(struct pk_bytes *in, int64_t base, int64_t unit)
{
    int64_t delta = pk_bytes_svarint(in), most = 2 * PACK_REACH / unit;
    if (delta <= -most || delta >= most || !in_reach(base + delta * unit)) {
        in->bad = true;
        return base;
    }
    return base + delta * unit;
}

static int64_t read_above(struct pk_bytes *in, int64_t base, int64_t unit)
{
    uint64_t delta = pk_bytes_varint(in);
    if (delta >= (uint64_t)(2 * PACK_REACH / unit) ||
        !in_reach(base + (int64_t)delta * unit)) {
        in->bad = true;
        return base;
    }
    return base + (int64_t)delta * unit;
}

static struct pk_ibox read_size(struct pk_bytes *in, int64_t min_x, int64_t min_y,
                                int64_t unit)
{
    struct pk_ibox box = {.min_x = min_x, .min_y = min_y};
    box.max_x = read_above(in, min_x, unit);
    box.max_y = read_above(in, min_y, unit);
    return box;
}

static void read_record(struct pk_pack_cursor *c, struct pk_bytes in,
                        struct pk_ifeature *f)
{
    const struct pk_pack_section *s = c->section;
    unsigned flags = pk_bytes_u8(&in);
    uint64_t part = (flags & FLAG_PART) != 0 ? pk_bytes_varint(&in) : 0;
    const void *id = pk_bytes_take(&in, sizeof(f->id.b));
    uint64_t set = pk_bytes_varint(&in);
    if (in.bad || set >= s->set_count || part > UINT32_MAX || flags > FLAGS_ALL) {
        c->at.bad = true;
        return;
    }
    *f = (struct pk_ifeature){
        .part = (uint32_t)part,
        .kind = (enum pk_geom_kind)(flags & FLAG_KIND),
        .delivered = (flags & FLAG_DELIVERED) != 0,
        .merged = (flags & FLAG_MERGED) != 0,
        .values = s->sets + set * s->key_count,
        .attr_hash = s->set_hashes[set],
    };
    memcpy(f->id.b, id, sizeof(f->id.b));
    f->key = pk_draw_key_of(f->id, c->seed);
    if (s->id_key < s->key_count) {
        pk_id_format(s->id_text, f->id);
    }
    int64_t min_x = read_near(&in, c->origin_x, s->unit);
    int64_t min_y = read_near(&in, c->origin_y, s->unit);
    f->box = read_size(&in, min_x, min_y, s->unit);
    f->anchor_x = min_x;
    f->anchor_y = min_y;
    if ((flags & FLAG_ANCHOR) != 0) {
        f->anchor_x = read_near(&in, min_x, 1);
        f->anchor_y = read_near(&in, min_y, 1);
        f->room = pk_bytes_svarint(&in);
    }
    if ((flags & FLAG_ANGLE) != 0) {
        f->angle = pk_bytes_f64(&in);
    }
    f->ring_count = f->merged ? 1 : read_count(&in, 1);
    c->at.bad |= in.bad || !in_reach(f->room);
    c->geometry = in;
}

bool pk_pack_next(struct pk_pack_cursor *c, struct pk_ifeature *out)
{
    if (c->left == 0 || c->at.bad) {
        return false;
    }
    c->left--;
    struct pk_bytes record = read_block(&c->at);
    if (!c->at.bad) {
        read_record(c, record, out);
    }
    return !c->at.bad;
}

/* ---- geometry ---- */

/* Where decoded rings grow. */
struct decoder {
    struct pk_bytes in;
    int64_t unit;
    const struct pk_ibox *box, *window;
    struct pk_iring *rings;
    uint32_t ring_count, ring_cap;
    int64_t *xy;
    size_t count, cap;
    struct pk_arena *arena;
};

static void reserve_vertices(struct decoder *d, size_t more)
{
    if (d->count + more <= d->cap) {
        return;
    }
    size_t cap = 2 * d->cap > d->count + more ? 2 * d->cap : d->count + more;
    int64_t *xy = pk_arena_alloc(d->arena, 2 * cap, sizeof(*xy));
    if (d->count > 0) {
        memcpy(xy, d->xy, 2 * d->count * sizeof(*xy));
    }
    d->xy = xy;
    d->cap = cap;
}

static void begin_ring(struct decoder *d, enum pk_ring_role role, int64_t start_length)
{
    if (d->ring_count == d->ring_cap) {
        uint32_t cap = 2 * d->ring_cap + 4;
        struct pk_iring *rings = pk_arena_alloc(d->arena, cap, sizeof(*rings));
        if (d->ring_count > 0) {
            memcpy(rings, d->rings, d->ring_count * sizeof(*rings));
        }
        d->rings = rings;
        d->ring_cap = cap;
    }
    d->rings[d->ring_count++] = (struct pk_iring){
        .first = (uint32_t)d->count, .role = role, .start_length = start_length};
}

static void put_vertex(struct decoder *d, int64_t x, int64_t y)
{
    reserve_vertices(d, 1);
    d->xy[2 * d->count] = x;
    d->xy[2 * d->count + 1] = y;
    d->count++;
    d->rings[d->ring_count - 1].count++;
}

static bool inside(const struct pk_ibox *box, int64_t x, int64_t y)
{
    return x >= box->min_x && x <= box->max_x && y >= box->min_y && y <= box->max_y;
}

/* `count` points after (x, y). */
static void read_points(struct decoder *d, struct pk_bytes *in, uint32_t count, int64_t x,
                        int64_t y)
{
    reserve_vertices(d, count);
    for (uint32_t i = 0; i < count; i++) {
        x = (int64_t)((uint64_t)x + (uint64_t)pk_bytes_svarint(in) * (uint64_t)d->unit);
        y = (int64_t)((uint64_t)y + (uint64_t)pk_bytes_svarint(in) * (uint64_t)d->unit);
        if (in->bad || !inside(d->box, x, y)) {
            d->in.bad = true;
            return;
        }
        put_vertex(d, x, y);
    }
}

struct piece {
    struct pk_ibox box;
    int64_t first_x, first_y, last_x, last_y;
    int64_t length;
    uint32_t count;
    bool near;
    struct pk_bytes points;
};

static struct piece read_piece(struct decoder *d, uint32_t count)
{
    struct piece p = {.count = count};
    int64_t min_x = read_above(&d->in, d->box->min_x, d->unit);
    int64_t min_y = read_above(&d->in, d->box->min_y, d->unit);
    p.box = read_size(&d->in, min_x, min_y, d->unit);
    p.first_x = read_near(&d->in, d->box->min_x, d->unit);
    p.first_y = read_near(&d->in, d->box->min_y, d->unit);
    p.last_x = read_near(&d->in, p.first_x, d->unit);
    p.last_y = read_near(&d->in, p.first_y, d->unit);
    uint64_t length = pk_bytes_varint(&d->in);
    if (length >= (uint64_t)PACK_REACH || !inside(&p.box, p.first_x, p.first_y) ||
        !inside(&p.box, p.last_x, p.last_y) || !inside(d->box, min_x, min_y) ||
        !inside(d->box, p.box.max_x, p.box.max_y)) {
        d->in.bad = true;
    }
    p.length = (int64_t)length;
    p.points = read_block(&d->in);
    p.near = d->window == NULL || pk_ibox_touches(p.box, *d->window);
    return p;
}

static void put_piece(struct decoder *d, struct piece *p)
{
    read_points(d, &p->points, p->count - 1, p->first_x, p->first_y);
    const int64_t *last = d->xy + 2 * (d->count - 1);
    if (p->points.bad || p->points.p != p->points.end || last[0] != p->last_x ||
        last[1] != p->last_y) {
        d->in.bad = true;
    }
}

/* One ring, far pieces as their end points. */
static void put_area(struct decoder *d, struct piece *pieces, uint32_t n,
                     enum pk_ring_role role)
{
    begin_ring(d, role, 0);
    put_vertex(d, pieces[0].first_x, pieces[0].first_y);
    for (uint32_t i = 0; i < n && !d->in.bad; i++) {
        if (pieces[i].near) {
            put_piece(d, &pieces[i]);
        } else {
            put_vertex(d, pieces[i].last_x, pieces[i].last_y);
        }
    }
}

/* Runs of near pieces, each a line of its own. */
static void put_lines(struct decoder *d, struct piece *pieces, uint32_t n,
                      enum pk_ring_role role)
{
    const struct piece *last = &pieces[n - 1];
    bool closes = pieces[0].first_x == last->last_x && pieces[0].first_y == last->last_y;
    bool whole = closes && (pieces[0].near || last->near);
    bool open = false;
    int64_t length = 0;
    for (uint32_t i = 0; i < n && !d->in.bad; i++) {
        if (!pieces[i].near && !whole) {
            open = false;
        } else {
            if (!open) {
                begin_ring(d, role, length);
                put_vertex(d, pieces[i].first_x, pieces[i].first_y);
            }
            open = true;
            put_piece(d, &pieces[i]);
        }
        length += pieces[i].length;
        d->in.bad |= length >= PACK_REACH * 16;
    }
}

static void read_long_ring(struct decoder *d, uint32_t count, enum pk_ring_role role)
{
    uint32_t n = (count - 1 + PIECE_VERTICES - 2) / (PIECE_VERTICES - 1);
    struct piece *pieces = pk_arena_alloc(d->arena, n, sizeof(*pieces));
    uint32_t left = count;
    for (uint32_t i = 0; i < n && !d->in.bad; i++) {
        pieces[i] = read_piece(d, left < PIECE_VERTICES ? left : PIECE_VERTICES);
        left -= pieces[i].count - 1;
        if (i > 0 && (pieces[i].first_x != pieces[i - 1].last_x ||
                      pieces[i].first_y != pieces[i - 1].last_y)) {
            d->in.bad = true;
        }
    }
    if (d->in.bad) {
        return;
    }
    if (role == PK_RING_OPEN) {
        put_lines(d, pieces, n, role);
    } else {
        put_area(d, pieces, n, role);
    }
}

static void read_ring(struct decoder *d)
{
    uint64_t head = pk_bytes_varint(&d->in);
    uint64_t count = head >> 2;
    enum pk_ring_role role = (enum pk_ring_role)(head & 3);
    size_t left = (size_t)(d->in.end - d->in.p);
    if (d->in.bad || role > PK_RING_OPEN || count == 0 || count > left / 2 + 1) {
        d->in.bad = true;
        return;
    }
    if (count > PIECE_VERTICES) {
        read_long_ring(d, (uint32_t)count, role);
    } else {
        begin_ring(d, role, 0);
        bool closes = role != PK_RING_OPEN && count > 1;
        read_points(d, &d->in, (uint32_t)count - closes, d->box->min_x, d->box->min_y);
        if (closes && !d->in.bad) {
            const int64_t *first = d->xy + 2 * (size_t)d->rings[d->ring_count - 1].first;
            put_vertex(d, first[0], first[1]);
        }
    }
    if (role != PK_RING_OPEN && !d->in.bad) {
        const int64_t *first = d->xy + 2 * (size_t)d->rings[d->ring_count - 1].first;
        const int64_t *last = d->xy + 2 * (d->count - 1);
        d->in.bad = first[0] != last[0] || first[1] != last[1];
    }
}

/* The shape of a merged one follows from its box. */
static void read_merged(struct decoder *d, enum pk_geom_kind kind)
{
    const struct pk_ibox *b = d->box;
    begin_ring(d, kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN, 0);
    put_vertex(d, b->min_x, b->max_y);
    if (kind == PK_GEOM_AREA) {
        put_vertex(d, b->max_x, b->max_y);
    }
    put_vertex(d, b->max_x, b->min_y);
    if (kind == PK_GEOM_AREA) {
        put_vertex(d, b->min_x, b->min_y);
        put_vertex(d, b->min_x, b->max_y);
    }
}

bool pk_pack_geometry(struct pk_pack_cursor *c, struct pk_ifeature *feature,
                      const struct pk_ibox *window, struct pk_arena *arena)
{
    struct decoder d = {.in = c->geometry,
                        .unit = c->section->unit,
                        .box = &feature->box,
                        .window = window,
                        .arena = arena};
    if (feature->merged) {
        read_merged(&d, feature->kind);
    }
    for (uint32_t r = 0; r < feature->ring_count && !feature->merged && !d.in.bad; r++) {
        read_ring(&d);
    }
    if (d.in.bad || d.in.p != d.in.end) {
        c->at.bad = true;
        return false;
    }
    feature->rings = d.rings;
    feature->ring_count = d.ring_count;
    feature->xy = d.xy;
    return true;
}
