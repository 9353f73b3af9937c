/* test_cache.c - the promise of the tile cache: whatever is edited, in whatever order
 * requests and publishes come, what is served is what a fresh drawing gives, and a tile
 * whose bytes did not change keeps its bytes and ETag. Against a renderer that is a pure
 * function of the world, so that the oracle is one line. */
#include "unit/pk_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "server/cache.h"

enum { SIDE = 12, CELLS = SIDE * SIDE, STEPS = 60000, VERSIONS_MAX = 4000 };

/* The world: one number per square kilometre; a tile shows its own cell and the ones
 * around it, but only whether they are odd: so some changes leave the bytes alone. */
struct world {
    int64_t version;
    uint32_t cells[CELLS];
    uint64_t random;
};

static uint32_t next(struct world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->random >> 33) % below;
}

static struct pk_ibox tile_box(uint32_t x, uint32_t y)
{
    return (struct pk_ibox){(int64_t)x * 1000 - 1000, (int64_t)y * 1000 - 1000,
                            (int64_t)x * 1000 + 1999, (int64_t)y * 1000 + 1999};
}

static void draw(const struct world *w, uint32_t x, uint32_t y, char out[10])
{
    size_t n = 0;
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            int cx = (int)x + dx, cy = (int)y + dy;
            bool inside = cx >= 0 && cy >= 0 && cx < SIDE && cy < SIDE;
            out[n++] = inside && (w->cells[cy * SIDE + cx] & 1) ? '#' : '.';
        }
    }
    out[n] = '\0';
}

/* One edit is one version with one change box. */
static void publish(struct world *w, struct pk_changes *changes)
{
    uint32_t cell = next(w, CELLS);
    w->cells[cell] += 1 + next(w, 2);
    w->version++;
    int64_t x = (int64_t)(cell % SIDE) * 1000, y = (int64_t)(cell / SIDE) * 1000;
    struct pk_change change = {
        w->version, "use", PK_TM, 10, {x, y, x + 999, y + 999}
    };
    pk_changes_add(changes, &change, 1, w->version, next(w, 200) == 0);
}

static void put(struct pk_cache *cache, const struct world *w, uint32_t x, uint32_t y,
                const struct pk_tile_key *key)
{
    char bytes[10];
    draw(w, x, y, bytes);
    struct pk_cached tile = {.body = pk_body_copy(bytes, 9),
                             .checked = w->version,
                             .dep = tile_box(x, y),
                             .family = PK_TM,
                             .band = 10,
                             .digest = pk_hash64(bytes, 9, 0)};
    struct pk_response tagged = {.body = tile.body};
    pk_response_tag(&tagged);
    memcpy(tile.etag, tagged.etag, sizeof(tile.etag));
    pk_cache_put(cache, key, &tile);
    pk_body_unref(tile.body);
}

/* What the server does with one request; false when what came out is stale. */
static bool request(struct world *w, struct pk_cache *cache, struct pk_changes *changes,
                    uint32_t x, uint32_t y, bool honest)
{
    struct pk_tile_key key = {.style_hash = 7, .x = x, .y = y, .scale = 1};
    struct pk_cached out;
    char fresh[10];
    draw(w, x, y, fresh);
    enum pk_cache_answer answer =
        pk_cache_get(cache, changes, &key, w->version, &out, NULL);
    if (answer == PK_CACHE_UNSURE) {
        uint64_t digest = honest ? pk_hash64(fresh, 9, 0) : out.digest;
        bool same = pk_cache_confirm(cache, &key, digest, tile_box(x, y), w->version);
        answer = same ? PK_CACHE_HIT : PK_CACHE_MISS;
        if (!same) {
            pk_body_unref(out.body);
        }
    }
    if (answer == PK_CACHE_MISS) {
        put(cache, w, x, y, &key);
        return true;
    }
    bool right = memcmp(out.body->bytes, fresh, 9) == 0;
    pk_body_unref(out.body);
    return right;
}

static uint32_t stale_answers(bool honest)
{
    struct world w = {.version = 1, .random = 20260302};
    struct pk_changes *changes = pk_changes_create(1);
    struct pk_cache *cache = pk_cache_create(PK_CACHE_SHARDS * 2500);
    uint32_t stale = 0;
    for (int step = 0; step < STEPS; step++) {
        if (next(&w, 15) == 0 && w.version < VERSIONS_MAX) {
            publish(&w, changes);
        } else {
            stale += !request(&w, cache, changes, next(&w, SIDE), next(&w, SIDE), honest);
        }
    }
    pk_cache_destroy(cache);
    pk_changes_destroy(changes);
    return stale;
}

static void what_is_served_is_what_a_fresh_drawing_gives(void **state)
{
    (void)state;
    assert_int_equal(stale_answers(true), 0);
}

static void the_oracle_sees_a_digest_that_lies(void **state)
{
    (void)state;
    assert_true(stale_answers(false) > 100);
}

static void a_slow_drawing_cannot_hide_a_publish(void **state)
{
    (void)state;
    struct world w = {.version = 1};
    struct pk_changes *changes = pk_changes_create(1);
    struct pk_cache *cache = pk_cache_create(1 << 20);
    struct pk_tile_key key = {.style_hash = 7, .scale = 1};
    struct pk_cached out;
    struct world old = w; /* a worker begins here, at version 1 */
    w.cells[0] = 1;
    w.version = 2;
    struct pk_change change = {
        2, "use", PK_TM, 10, {0, 0, 999, 999}
    };
    pk_changes_add(changes, &change, 1, 2, false);
    put(cache, &w, 0, 0, &key);
    put(cache, &old, 0, 0, &key); /* and ends here: it is dropped */
    assert_int_equal(pk_cache_get(cache, changes, &key, 2, &out, NULL), PK_CACHE_HIT);
    assert_memory_equal(out.body->bytes, "....#....", 9);
    pk_body_unref(out.body);
    pk_cache_destroy(cache);

    cache = pk_cache_create(1 << 20);
    put(cache, &old, 0, 0, &key); /* alone it is kept, but not trusted */
    assert_int_equal(pk_cache_get(cache, changes, &key, 2, &out, NULL), PK_CACHE_UNSURE);
    pk_body_unref(out.body);
    pk_cache_destroy(cache);
    pk_changes_destroy(changes);
}

static void an_edit_elsewhere_leaves_tiles_untouched(void **state)
{
    (void)state;
    struct world w = {.version = 1};
    struct pk_changes *changes = pk_changes_create(1);
    struct pk_cache *cache = pk_cache_create(1 << 22);
    uint32_t touched = 0;
    for (uint32_t i = 0; i < CELLS; i++) {
        struct pk_tile_key key = {
            .style_hash = 7, .x = i % SIDE, .y = i / SIDE, .scale = 1};
        put(cache, &w, i % SIDE, i / SIDE, &key);
    }
    struct pk_change change = {
        2, "use", PK_TM, 10, {5000, 5000, 5999, 5999}
    };
    pk_changes_add(changes, &change, 1, 2, false);
    for (uint32_t i = 0; i < CELLS; i++) {
        struct pk_tile_key key = {
            .style_hash = 7, .x = i % SIDE, .y = i / SIDE, .scale = 1};
        struct pk_cached out;
        touched += pk_cache_get(cache, changes, &key, 2, &out, NULL) != PK_CACHE_HIT;
        pk_body_unref(out.body);
    }
    assert_int_equal(touched, 9); /* the cell and the eight around it */
    pk_cache_destroy(cache);
    pk_changes_destroy(changes);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    enum { LIMIT = 1 << 20 };
    struct pk_cache *cache = pk_cache_create(LIMIT);
    char bytes[1000] = "tile";
    for (uint32_t i = 0; i < 20000; i++) {
        struct pk_tile_key key = {.x = i, .scale = 1};
        struct pk_cached tile = {.body = pk_body_copy(bytes, sizeof(bytes)),
                                 .checked = 1};
        pk_cache_put(cache, &key, &tile);
        pk_body_unref(tile.body);
    }
    size_t held, entries;
    pk_cache_size(cache, &held, &entries);
    assert_true(held <= LIMIT && held > LIMIT / 2);
    assert_true(entries > 400);
    struct pk_cached huge = {.body = pk_body_create(pk_xcalloc(LIMIT, 1), LIMIT),
                             .checked = 1};
    struct pk_tile_key key = {.x = 99999};
    pk_cache_put(cache, &key, &huge); /* larger than a shard: not kept */
    pk_body_unref(huge.body);
    pk_cache_size(cache, &held, &entries);
    assert_true(held <= LIMIT);
    pk_cache_destroy(cache);
}

static void a_list_that_was_cut_knows_nothing_of_old_versions(void **state)
{
    (void)state;
    struct pk_changes *changes = pk_changes_create(1);
    struct pk_ibox dep = {0, 0, 10, 10};
    struct pk_change far = {
        2, "use", PK_TM, 10, {100, 100, 110, 110}
    };
    for (int64_t v = 2; v < 2 + PK_CHANGES_MAX + 100; v++) {
        far.version = v;
        pk_changes_add(changes, &far, 1, v, false);
    }
    int64_t newest = 1 + PK_CHANGES_MAX + 100;
    assert_int_equal(pk_changes_touch(changes, PK_TM, 10, dep, 1, newest),
                     PK_TOUCH_UNKNOWN);
    assert_int_equal(pk_changes_touch(changes, PK_TM, 10, dep, newest - 50, newest),
                     PK_TOUCH_NO);
    assert_int_equal(pk_changes_touch(changes, PK_TM, 10, dep, newest - 50, newest + 1),
                     PK_TOUCH_UNKNOWN);
    dep = (struct pk_ibox){110, 110, 120, 120};
    assert_int_equal(pk_changes_touch(changes, PK_TM, 10, dep, newest - 50, newest),
                     PK_TOUCH_YES);
    assert_int_equal(pk_changes_touch(changes, PK_WM, 10, dep, newest - 50, newest),
                     PK_TOUCH_NO);
    pk_changes_destroy(changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_served_is_what_a_fresh_drawing_gives),
        cmocka_unit_test(the_oracle_sees_a_digest_that_lies),
        cmocka_unit_test(a_slow_drawing_cannot_hide_a_publish),
        cmocka_unit_test(an_edit_elsewhere_leaves_tiles_untouched),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(a_list_that_was_cut_knows_nothing_of_old_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
