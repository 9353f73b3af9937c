/* test_wide.c - features that are much larger than a cell: few packs, the same after
 * edits as after one import, and a plain cell on demand that has them too. */
#include "unit/prepare_compare.h"
#include "unit/prepare_fixture.h"

#include "layers/prepare.h"

enum { PACKS_MAX = 400 }; /* of the full band; the largest covers over 10 000 cells */

/* A polygon of 120 km, one of 8 km and small ones on and off its corners. */
static void put_large(struct pk_db *db, int64_t v, bool moved)
{
    struct pk_arena arena = {0};
    static const char *const layers[] = {"water", "property_unit"};
    for (size_t i = 0; i < PK_COUNT(layers); i++) {
        double by = moved ? 300 : 0;
        struct pk_geom large = rectangle(&arena, 500000 + by, 6400000, 120000, 120000);
        struct pk_geom middle = rectangle(&arena, 540000, 6440000 + by, 8000, 8000);
        put_feature(db, v, layers[i], "large", &large);
        put_feature(db, v, layers[i], "middle", &middle);
    }
    pk_arena_finish(&arena);
}

static void put_small(struct pk_db *db, int64_t v)
{
    struct pk_arena arena = {0};
    struct pk_geom a = rectangle(&arena, 560010, 6460010, 300, 300);
    struct pk_geom b = rectangle(&arena, 540000, 6439700, 300, 300);
    put_layer(db, v, "water", "water", "{\"columns\":[{\"name\":\"namn\"}]}");
    put_layer(db, v, "property_unit", "property_unit", "{\"columns\":[]}");
    put_feature(db, v, "water", "a", &a);
    put_feature(db, v, "water", "b", &b);
    put_feature(db, v, "property_unit", "b", &b);
    pk_arena_finish(&arena);
}

static int number_of(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(pk_db_prepare(&stmt, db, sql, NULL), PK_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int n = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static void edits_of_large_things_make_the_packs_of_one_import(void **state)
{
    (void)state;
    char path[2][200];
    struct pk_db db, fresh;
    open_fresh(&db, path[0], sizeof(path[0]));
    open_fresh(&fresh, path[1], sizeof(path[1]));
    put_small(&db, 1);
    put_large(&db, 1, false);
    publish(&db, 1, "2026-01-01");
    assert_true(number_of(&db, "SELECT count(*) FROM pack WHERE band % 32 = 15") <
                PACKS_MAX);
    assert_true(number_of(&db, "SELECT count(*) FROM pack WHERE band > 32") > 10);
    assert_int_equal(
        number_of(&db, "SELECT count(*) FROM pack WHERE band > 32 AND labels NOTNULL"),
        0);
    insert(&db, "UPDATE feature SET to_version = ?1 WHERE feature_id IN (?2, ?3, ?4, ?5)",
           "ibbbb", (int64_t)2, id_of("water", "large"), id_of("water", "middle"),
           id_of("property_unit", "large"), id_of("property_unit", "middle"));
    put_large(&db, 2, true);
    publish(&db, 2, "2026-01-01");
    assert_int_equal(
        number_of(&db, "SELECT count(*) FROM change WHERE band NOT BETWEEN 5 AND 15"), 0);
    put_small(&fresh, 1);
    put_large(&fresh, 1, true);
    publish(&fresh, 1, "2026-01-01");
    assert_same_packs(&db, 2, &fresh, 1);
    assert_true(assert_changes_cover(&db, 2) > 0);
    close_and_remove(&db, path[0]);
    close_and_remove(&fresh, path[1]);
}

/* Keys of the water features in a pack. */
static uint32_t features_in(const struct pk_buf *bytes)
{
    struct pk_arena arena = {0};
    struct pk_pack pack;
    uint32_t count = 0;
    assert_int_equal(pk_pack_open(&pack, bytes->data, bytes->len, NULL, &arena, NULL),
                     PK_OK);
    const struct pk_pack_section *water = pk_pack_find(&pack, "water");
    count = water != NULL ? water->feature_count : 0;
    pk_arena_finish(&arena);
    return count;
}

static void a_plain_cell_for_an_old_state_has_the_large_things_too(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    struct pk_store *store;
    struct pk_error err = {0};
    int64_t version;
    struct pk_prepared made;
    pk_buf_init(&made.features, 1 << 26);
    pk_buf_init(&made.labels, 1 << 26);
    open_fresh(&db, path, sizeof(path));
    put_small(&db, 1);
    put_large(&db, 1, false);
    publish(&db, 1, "2026-01-01");
    assert_int_equal(pk_store_open(&store, path, &err), PK_OK);
    assert_int_equal(store->ops->begin(store, &version, &err), PK_OK);
    /* In both large ones, and in nothing else. */
    int64_t x = INT64_C(544000000), y = PK_TM_TOP - INT64_C(6444000000);
    made.cell = pk_cell_of(PK_TM, PK_BAND_FULL, x, y);
    assert_int_equal(
        pk_prepare_whole_cells(&made, 1, crs, store, 1, NULL, PK_TM, PK_BAND_FULL, &err),
        PK_OK);
    assert_int_equal(features_in(&made.features), 2);
    assert_int_equal(pk_prepare_cell(&made, crs, store, 1, PK_TM, PK_BAND_FULL, &err),
                     PK_OK);
    assert_int_equal(features_in(&made.features), 0);
    store->ops->end(store);
    pk_store_close(store);
    pk_buf_finish(&made.features);
    pk_buf_finish(&made.labels);
    close_and_remove(&db, path);
}

static void every_box_has_a_level_at_which_it_touches_few_cells(void **state)
{
    (void)state;
    for (int f = 0; f < PK_FAMILY_COUNT; f++) {
        enum pk_family family = (enum pk_family)f;
        for (int band = PK_BAND_MIN; band <= PK_BAND_FULL; band++) {
            int last = 0;
            /* tm: further than the country is long */
            int64_t most = family == PK_TM ? INT64_C(4000000000) : INT64_C(1) << 33;
            for (int64_t size = 1; size < most; size *= 2) {
                struct pk_ibox box = {1000, 1000, 1000 + size, 1000};
                int level = pk_wide_level(family, band, box);
                int64_t side = pk_cell_side(family, band + PK_WIDE_BAND * level);
                assert_true(level >= last && level < pk_wide_levels(family, band));
                assert_true(size <= PK_WIDE_SPAN * side);
                last = level;
            }
        }
    }
}

static int start(void **state)
{
    (void)state;
    pk_db_start();
    crs = pk_crs_create();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    pk_crs_destroy(crs);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_box_has_a_level_at_which_it_touches_few_cells),
        cmocka_unit_test(edits_of_large_things_make_the_packs_of_one_import),
        cmocka_unit_test(a_plain_cell_for_an_old_state_has_the_large_things_too),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
