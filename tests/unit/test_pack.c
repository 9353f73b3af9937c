/* test_pack.c - packs: what goes in comes out, in any order the same bytes, windows
 * draw the same, damage is refused. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers/pack.h"

static const char *const KEYS[] = {"id", "letter", "height", "main"};

/* xorshift: the same numbers on every run. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static struct pk_value text(const char *s)
{
    return (struct pk_value){PK_VALUE_STRING, (uint32_t)strlen(s), 0, s};
}

/* A feature of `vertices` vertices around (x, y), from a seed. */
static struct pk_ifeature make_feature(struct pk_arena *arena, uint32_t seed,
                                       enum pk_geom_kind kind, uint32_t vertices)
{
    uint32_t r = seed * 2654435761u + 1;
    int64_t x = (int64_t)30000000000 + next_random(&r) % 3000000,
            y = (int64_t)20000000000 + next_random(&r) % 3000000;
    struct pk_value *values = pk_arena_alloc(arena, 4, sizeof(*values));
    values[0] = text(pk_arena_printf(arena, "f%u", seed));
    values[1] = text(seed % 3 == 0 ? "B" : seed % 3 == 1 ? "" : "Blå");
    values[2] = (struct pk_value){.type = PK_VALUE_NUMBER, .number = seed / 4.0 - 3};
    values[3] =
        (struct pk_value){.type = seed % 2 ? PK_VALUE_BOOL : PK_VALUE_NULL, .number = 1};
    struct pk_iring *ring = pk_arena_alloc(arena, 1, sizeof(*ring));
    int64_t *xy = pk_arena_alloc(arena, 2 * (size_t)vertices, sizeof(*xy));
    for (uint32_t i = 0; i < vertices; i++) {
        xy[2 * (size_t)i] = x += (int64_t)(next_random(&r) % 4001) - 2000;
        xy[2 * (size_t)i + 1] = y += (int64_t)(next_random(&r) % 4001) - 2000;
    }
    if (kind == PK_GEOM_AREA && vertices > 0) {
        xy[2 * (size_t)vertices - 2] = xy[0];
        xy[2 * (size_t)vertices - 1] = xy[1];
    }
    *ring = (struct pk_iring){0, vertices,
                              kind == PK_GEOM_AREA ? PK_RING_OUTER : PK_RING_OPEN, 0};
    struct pk_ifeature f = {.part = seed % 4,
                            .kind = kind,
                            .box = PK_IBOX_EMPTY,
                            .values = values,
                            .anchor_x = x,
                            .anchor_y = y,
                            .room = seed,
                            .angle = seed % 5 ? 0 : 12.5,
                            .delivered = seed % 2,
                            .ring_count = vertices > 0,
                            .rings = ring,
                            .xy = xy};
    memcpy(f.id.b, &seed, sizeof(seed));
    return f;
}

enum { MANY = 60 };

static struct pk_ifeature nth_feature(struct pk_arena *arena, uint32_t i)
{
    return make_feature(arena, i + 1, (enum pk_geom_kind)(i % 3 + 1),
                        i % 3 == 0   ? 1
                        : i % 7 == 0 ? 900 + i
                                     : 4 + i);
}

static void write_pack(struct pk_buf *out, const uint32_t *order, uint32_t count)
{
    struct pk_arena arena = {0};
    struct pk_pack_writer *w = pk_pack_writer_create();
    pk_pack_writer_section(w, "use", KEYS, 4);
    pk_pack_writer_section(w, "boundary", KEYS, 2);
    pk_pack_writer_section(w, "empty", KEYS, 1);
    for (uint32_t i = 0; i < count; i++) {
        struct pk_ifeature f = nth_feature(&arena, order[i]);
        pk_pack_writer_add(w, order[i] % 5 == 0 ? "boundary" : "use", &f);
    }
    pk_pack_writer_finish(w, out);
    pk_pack_writer_destroy(w);
    pk_arena_finish(&arena);
}

static void shuffled(uint32_t *order, uint32_t count, uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = next_random(&seed) % i, t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}

static void assert_same_feature(const struct pk_ifeature *a, const struct pk_ifeature *b,
                                uint32_t keys)
{
    assert_memory_equal(a->id.b, b->id.b, 16);
    assert_true(a->part == b->part && a->kind == b->kind);
    assert_true(a->anchor_x == b->anchor_x && a->anchor_y == b->anchor_y);
    assert_true(a->room == b->room && a->delivered == b->delivered);
    assert_true(a->angle == b->angle && a->merged == b->merged);
    for (uint32_t k = 0; k < keys; k++) {
        assert_int_equal(a->values[k].type, b->values[k].type);
        if (a->values[k].type == PK_VALUE_STRING) {
            assert_string_equal(a->values[k].string, b->values[k].string);
        } else if (a->values[k].type != PK_VALUE_NULL) {
            assert_true(a->values[k].number == b->values[k].number);
        }
    }
    assert_int_equal(a->ring_count, b->ring_count);
    for (uint32_t r = 0; r < a->ring_count; r++) {
        assert_int_equal(a->rings[r].count, b->rings[r].count);
        assert_int_equal(a->rings[r].role, b->rings[r].role);
        assert_memory_equal(a->xy + 2 * (size_t)a->rings[r].first,
                            b->xy + 2 * (size_t)b->rings[r].first,
                            16 * (size_t)a->rings[r].count);
    }
}

static void what_is_written_comes_back_in_order(void **state)
{
    (void)state;
    uint32_t order[MANY], seen = 0;
    shuffled(order, MANY, 7);
    struct pk_buf out;
    pk_buf_init(&out, 1 << 24);
    write_pack(&out, order, MANY);
    struct pk_arena arena = {0};
    struct pk_pack pack;
    assert_int_equal(pk_pack_open(&pack, out.data, out.len, NULL, &arena, NULL), PK_OK);
    assert_int_equal(pack.section_count, 2);
    assert_string_equal(pack.sections[0].source_layer, "boundary");
    assert_null(pk_pack_find(&pack, "empty"));
    for (uint32_t s = 0; s < pack.section_count; s++) {
        struct pk_pack_cursor c;
        struct pk_ifeature f;
        uint64_t before = 0;
        pk_pack_begin(&c, &pack.sections[s]);
        while (pk_pack_next(&c, &f)) {
            assert_true(pk_pack_geometry(&c, &f, NULL, &arena));
            uint32_t seed;
            memcpy(&seed, f.id.b, sizeof(seed));
            struct pk_ifeature expected = nth_feature(&arena, seed - 1);
            assert_same_feature(&f, &expected, pack.sections[s].key_count);
            assert_true(f.key == pk_draw_key(f.id, pack.sections[s].source_layer));
            assert_true(f.key >= before);
            before = f.key;
            seen++;
        }
        assert_false(c.at.bad);
    }
    assert_int_equal(seen, MANY);
    pk_arena_finish(&arena);
    pk_buf_finish(&out);
}

static void any_order_of_adds_gives_the_same_bytes(void **state)
{
    (void)state;
    uint32_t order[MANY];
    struct pk_buf first, other;
    pk_buf_init(&first, 1 << 24);
    pk_buf_init(&other, 1 << 24);
    shuffled(order, MANY, 1);
    write_pack(&first, order, MANY);
    for (uint32_t seed = 2; seed < 10; seed++) {
        pk_buf_clear(&other);
        shuffled(order, MANY, seed);
        write_pack(&other, order, MANY);
        assert_int_equal(first.len, other.len);
        assert_memory_equal(first.data, other.data, first.len);
    }
    pk_buf_finish(&first);
    pk_buf_finish(&other);
}

static void a_pack_without_features_is_no_bytes(void **state)
{
    (void)state;
    struct pk_buf out;
    pk_buf_init(&out, 100);
    write_pack(&out, NULL, 0);
    assert_int_equal(out.len, 0);
    struct pk_pack pack;
    struct pk_arena arena = {0};
    assert_int_equal(pk_pack_open(&pack, NULL, 0, NULL, &arena, NULL), PK_OK);
    assert_int_equal(pack.section_count, 0);
    pk_buf_finish(&out);
    pk_arena_finish(&arena);
}

static void unwanted_sections_are_left_out(void **state)
{
    (void)state;
    uint32_t order[MANY];
    shuffled(order, MANY, 3);
    struct pk_buf out;
    pk_buf_init(&out, 1 << 24);
    write_pack(&out, order, MANY);
    struct pk_arena arena = {0};
    struct pk_pack pack;
    const char *wanted[] = {"use", "plan", NULL};
    assert_int_equal(pk_pack_open(&pack, out.data, out.len, wanted, &arena, NULL), PK_OK);
    assert_int_equal(pack.section_count, 1);
    assert_non_null(pk_pack_find(&pack, "use"));
    pk_arena_finish(&arena);
    pk_buf_finish(&out);
}

/* Reads the only feature of section "s" of a pack with it, seen through a window. */
static struct pk_ifeature through_window(struct pk_arena *arena,
                                         const struct pk_ifeature *f,
                                         const struct pk_ibox *window)
{
    struct pk_buf out;
    pk_buf_init(&out, 1 << 24);
    struct pk_pack_writer *w = pk_pack_writer_create();
    pk_pack_writer_section(w, "s", KEYS, 4);
    pk_pack_writer_add(w, "s", f);
    pk_pack_writer_finish(w, &out);
    pk_pack_writer_destroy(w);
    char *bytes = pk_arena_strndup(arena, out.data, out.len);
    struct pk_pack pack;
    assert_int_equal(pk_pack_open(&pack, bytes, out.len, NULL, arena, NULL), PK_OK);
    pk_buf_finish(&out);
    struct pk_pack_cursor c;
    struct pk_ifeature back;
    pk_pack_begin(&c, &pack.sections[0]);
    assert_true(pk_pack_next(&c, &back));
    assert_true(pk_pack_geometry(&c, &back, window, arena));
    return back;
}

static bool segment_may_show(const int64_t *v, const struct pk_ibox *window)
{
    struct pk_ibox box = {v[0] < v[2] ? v[0] : v[2], v[1] < v[3] ? v[1] : v[3],
                          v[0] > v[2] ? v[0] : v[2], v[1] > v[3] ? v[1] : v[3]};
    return pk_ibox_touches(box, *window);
}

/* Of a line: hash of every segment that may show, with the length before it. */
static uint64_t shown_line(const struct pk_ifeature *f, const struct pk_ibox *window,
                           uint32_t *count)
{
    uint64_t sum = 0;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        int64_t length = f->rings[r].start_length;
        const int64_t *v = f->xy + 2 * (size_t)f->rings[r].first;
        for (uint32_t i = 0; i + 1 < f->rings[r].count; i++, v += 2) {
            if (segment_may_show(v, window)) {
                sum += pk_hash64(v, 32, (uint64_t)length);
                ++*count;
            }
            length += pk_segment_length(v[2] - v[0], v[3] - v[1]);
        }
    }
    return sum;
}

static struct pk_ibox window_around(const struct pk_ifeature *f, uint32_t vertex,
                                    int64_t size)
{
    const int64_t *v = f->xy + 2 * (size_t)vertex;
    return (struct pk_ibox){v[0] - size, v[1] - size, v[0] + size, v[1] + size};
}

static void a_window_shows_the_same_line_with_the_same_lengths(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    uint32_t skipped = 0;
    for (uint32_t seed = 1; seed < 60; seed++) {
        struct pk_ifeature f =
            make_feature(&arena, seed, PK_GEOM_LINE, 257 + seed * 131 % 3000);
        if (seed % 3 == 0) { /* a line that closes */
            int64_t *last = (int64_t *)f.xy + 2 * (size_t)(f.rings[0].count - 1);
            last[0] = f.xy[0];
            last[1] = f.xy[1];
        }
        struct pk_ibox window =
            window_around(&f, seed % 4 ? seed * 97 % f.rings[0].count : 0, 3000);
        struct pk_ifeature seen = through_window(&arena, &f, &window);
        uint32_t a = 0, b = 0;
        assert_true(shown_line(&f, &window, &a) == shown_line(&seen, &window, &b));
        assert_int_equal(a, b);
        uint32_t vertices = 0;
        for (uint32_t r = 0; r < seen.ring_count; r++) {
            vertices += seen.rings[r].count;
        }
        skipped += vertices < f.rings[0].count;
    }
    assert_true(skipped > 20);
    pk_arena_finish(&arena);
}

/* Winding number of the ring around a point off its vertices' coordinates. */
static int winding(const struct pk_ifeature *f, double x, double y)
{
    int w = 0;
    const int64_t *v = f->xy + 2 * (size_t)f->rings[0].first;
    for (uint32_t i = 0; i + 1 < f->rings[0].count; i++, v += 2) {
        double x0 = (double)v[0], y0 = (double)v[1], x1 = (double)v[2], y1 = (double)v[3];
        bool up = y0 <= y && y1 > y, down = y1 <= y && y0 > y;
        if ((up || down) && x0 + (y - y0) * (x1 - x0) / (y1 - y0) < x) {
            w += up ? 1 : -1;
        }
    }
    return w;
}

static void a_window_shows_the_same_fill(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    for (uint32_t seed = 1; seed < 60; seed++) {
        struct pk_ifeature f =
            make_feature(&arena, seed, PK_GEOM_AREA, 300 + seed * 57 % 2000);
        struct pk_ibox window = window_around(&f, seed * 97 % f.rings[0].count, 4000);
        struct pk_ifeature seen = through_window(&arena, &f, &window);
        assert_int_equal(seen.ring_count, 1);
        for (uint32_t i = 0; i < 50; i++) {
            double x = (double)window.min_x + (i * 37 % 50 + 0.5) * 160;
            double y = (double)window.min_y + (i + 0.5) * 160;
            assert_int_equal(winding(&f, x, y), winding(&seen, x, y));
        }
    }
    pk_arena_finish(&arena);
}

static void read_everything(const char *bytes, size_t len, const struct pk_ibox *window)
{
    struct pk_arena arena = {0};
    struct pk_pack pack;
    if (pk_pack_open(&pack, bytes, len, NULL, &arena, NULL) == PK_OK) {
        for (uint32_t s = 0; s < pack.section_count; s++) {
            struct pk_pack_cursor c;
            struct pk_ifeature f;
            pk_pack_begin(&c, &pack.sections[s]);
            while (pk_pack_next(&c, &f) && pk_pack_geometry(&c, &f, window, &arena)) {
            }
        }
    }
    pk_arena_finish(&arena);
}

static void damaged_packs_are_refused_and_never_crash(void **state)
{
    (void)state;
    uint32_t order[MANY];
    shuffled(order, MANY, 5);
    struct pk_buf out;
    pk_buf_init(&out, 1 << 24);
    write_pack(&out, order, 20);
    struct pk_ibox window = {30001000000, 20001000000, 30001100000, 20001100000};
    for (size_t len = 1; len < out.len; len += 1 + len / 40) {
        char *copy = malloc(len);
        assert_non_null(copy);
        memcpy(copy, out.data, len);
        read_everything(copy, len, NULL);
        free(copy);
    }
    uint32_t r = 99;
    for (int i = 0; i < pk_cases(4000); i++) {
        char *copy = malloc(out.len);
        assert_non_null(copy);
        memcpy(copy, out.data, out.len);
        for (int k = 0; k < 1 + i % 3; k++) {
            copy[next_random(&r) % (i % 2 ? out.len : 2000)] = (char)next_random(&r);
        }
        read_everything(copy, out.len, i % 2 ? NULL : &window);
        free(copy);
    }
    struct pk_arena arena = {0};
    struct pk_pack pack;
    struct pk_error err = {0};
    assert_int_equal(pk_pack_open(&pack, "nonsense", 8, NULL, &arena, &err), PK_BAD_DATA);
    assert_int_equal(pk_pack_open(&pack, out.data, out.len / 2, NULL, &arena, &err),
                     PK_BAD_DATA);
    /* No count of sections, a count that cannot be, and bytes after the last one. */
    assert_int_equal(pk_pack_open(&pack, out.data, 4, NULL, &arena, &err), PK_BAD_DATA);
    assert_int_equal(pk_pack_open(&pack, "PKP2\xff\x7f", 6, NULL, &arena, &err),
                     PK_BAD_DATA);
    pk_buf_adds(&out, "more");
    assert_int_equal(pk_pack_open(&pack, out.data, out.len, NULL, &arena, &err),
                     PK_BAD_DATA);
    pk_arena_finish(&arena);
    pk_buf_finish(&out);
}

static void a_level_uses_the_coarsest_band_not_larger_than_its_pixel(void **state)
{
    (void)state;
    for (int z = PK_BAND_MIN; z < PK_BAND_FULL; z++) {
        double pixel = (double)PK_WM_WORLD / 256 / (1 << z);
        assert_int_equal(pk_band_for_pixel(PK_WM, pixel), z);
        assert_int_equal(pk_band_for_pixel(PK_WM, pixel * 1.5), z);
        assert_int_equal(pk_band_for_pixel(PK_WM, pixel * 0.75), z + 1);
    }
    assert_int_equal(pk_band_for_pixel(PK_WM, 1e12), PK_BAND_MIN);
    assert_int_equal(pk_band_for_pixel(PK_TM, 8000), 14);
    assert_int_equal(pk_band_for_pixel(PK_TM, 7999), PK_BAND_FULL);
    assert_int_equal(pk_band_for_pixel(PK_TM, 280000), 9);
}

static void every_point_lies_in_its_cell_and_cells_do_not_overlap(void **state)
{
    (void)state;
    uint32_t r = 3;
    for (int i = 0; i < 1000; i++) {
        enum pk_family family = (enum pk_family)(i % 2);
        int band = PK_BAND_MIN + i % 11;
        int64_t x = (int64_t)next_random(&r) * 16 - (i % 5 == 0 ? INT64_C(1) << 35 : 0);
        int64_t y = (int64_t)next_random(&r) * 16;
        int64_t cell = pk_cell_of(family, band, x, y);
        struct pk_ibox box = pk_cell_box(family, band, cell);
        assert_true(x >= box.min_x && x <= box.max_x && y >= box.min_y && y <= box.max_y);
        assert_true(pk_cell_of(family, band, box.max_x, box.min_y) == cell);
        assert_true(pk_cell_of(family, band, box.max_x + 1, box.min_y) != cell);
        assert_true(pk_cell_of(family, band, box.min_x, box.max_y + 1) != cell);
    }
}

static void segment_lengths_are_the_whole_part(void **state)
{
    (void)state;
    assert_int_equal(pk_segment_length(3, -4), 5);
    assert_int_equal(pk_segment_length(1, 1), 1);
    assert_int_equal(pk_segment_length(0, 0), 0);
    assert_true(pk_segment_length(INT64_C(3) << 33, INT64_C(4) << 33) == INT64_C(5)
                                                                             << 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back_in_order),
        cmocka_unit_test(any_order_of_adds_gives_the_same_bytes),
        cmocka_unit_test(a_pack_without_features_is_no_bytes),
        cmocka_unit_test(unwanted_sections_are_left_out),
        cmocka_unit_test(a_window_shows_the_same_line_with_the_same_lengths),
        cmocka_unit_test(a_window_shows_the_same_fill),
        cmocka_unit_test(damaged_packs_are_refused_and_never_crash),
        cmocka_unit_test(a_level_uses_the_coarsest_band_not_larger_than_its_pixel),
        cmocka_unit_test(every_point_lies_in_its_cell_and_cells_do_not_overlap),
        cmocka_unit_test(segment_lengths_are_the_whole_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
