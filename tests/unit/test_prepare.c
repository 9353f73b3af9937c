/* test_prepare.c - rows to arcs, packs and change boxes: packs of many small publishes
 * equal those of one, neighbours stay closed, arcs know their owners, change boxes
 * cover what differs. */
#include "unit/prepare_compare.h"
#include "unit/prepare_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonread.h"
#include "layers/crs.h"
#include "layers/db.h"
#include "layers/pack.h"
#include "layers/prepare.h"
#include "layers/prepare_publish.h"
#include "layers/store.h"

static void many_small_publishes_make_the_packs_of_one(void **state)
{
    (void)state;
    char path[2][200];
    struct pk_db db, fresh;
    int edits[BLOCKS][BLOCKS];
    uint32_t r = 12345;
    size_t differ = 0;
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        edits[i / BLOCKS][i % BLOCKS] = i % 5 == 4 ? -1 : i % 3;
    }
    open_fresh(&db, path[0], sizeof(path[0]));
    put_first(&db, 1, edits);
    put_layers(&db, 1);
    publish(&db, 1, "2026-01-01");
    for (int64_t v = 2; v < 9; v++) {
        for (int k = 0; k < 1 + (int)v % 2; k++) {
            r = r * 1664525u + 1013904223u;
            int x = (int)(r >> 20) % BLOCKS, y = (int)(r >> 10) % BLOCKS;
            char plan[20];
            snprintf(plan, sizeof(plan), "P%d%d", x, y);
            if (edits[x][y] >= 0) {
                end_plan(&db, v, plan);
                run(&db, "DELETE FROM plan WHERE from_version >= to_version");
                run(&db, "DELETE FROM plan_part WHERE from_version >= to_version");
                run(&db, "DELETE FROM regulation WHERE from_version >= to_version");
                run(&db, "DELETE FROM regulation_part WHERE from_version >= to_version");
            }
            edits[x][y] = (r >> 25) % 4 == 0 ? -1 : (int)(r >> 5) % 11;
            if (edits[x][y] >= 0) {
                put_block_plan(&db, v, x, y, edits[x][y]);
            }
        }
        if (v == 5) { /* a layer's feature too */
            insert(&db, "UPDATE feature SET to_version = ?1 WHERE feature_id = ?2", "ib",
                   v, id_of("water", "W1"));
        }
        publish(&db, v, "2026-01-01");
        differ += assert_changes_cover(&db, v);
        open_fresh(&fresh, path[1], sizeof(path[1]));
        put_first(&fresh, 1, edits);
        put_layers(&fresh, 1);
        if (v >= 5) {
            insert(&fresh, "DELETE FROM feature WHERE feature_id = ?1", "b",
                   id_of("water", "W1"));
        }
        publish(&fresh, 1, "2026-01-01");
        assert_same_packs(&db, v, &fresh, 1);
        assert_same_arcs(&db, v, &fresh, 1);
        close_and_remove(&fresh, path[1]);
    }
    assert_true(differ > 100);
    close_and_remove(&db, path[0]);
}

static void a_small_thing_shows_when_the_larger_beside_it_goes(void **state)
{
    (void)state;
    char path[2][200];
    struct pk_db db, fresh;
    struct pk_arena arena = {0};
    struct pk_geom a = rectangle(&arena, 551000, 6404100, 40, 40);
    struct pk_geom b = rectangle(&arena, 551100, 6404100, 20, 20);
    open_fresh(&db, path[0], sizeof(path[0]));
    open_fresh(&fresh, path[1], sizeof(path[1]));
    put_plan(&db, 1, "a", "laga kraft", "2020-01-01", &a);
    put_plan(&db, 1, "b", "laga kraft", "2020-01-01", &b);
    publish(&db, 1, "2026-01-01");
    end_plan(&db, 2, "a");
    publish(&db, 2, "2026-01-01");
    put_plan(&fresh, 1, "b", "laga kraft", "2020-01-01", &b);
    publish(&fresh, 1, "2026-01-01");
    assert_same_packs(&db, 2, &fresh, 1);
    assert_same_arcs(&db, 2, &fresh, 1);
    assert_true(assert_changes_cover(&db, 2) > 0);
    pk_arena_finish(&arena);
    close_and_remove(&db, path[0]);
    close_and_remove(&fresh, path[1]);
}

static const int no_two_alike[BLOCKS][BLOCKS] = {
    {0, 1, 2,  3 },
    {4, 5, 6,  7 },
    {8, 9, 10, 11},
    {1, 1, 1,  1 }
};

/* A published town of version 1 and a store over it. */
static struct pk_store *open_town(struct pk_db *db, char *path, size_t size)
{
    struct pk_store *store;
    struct pk_error err = {0};
    int edits[BLOCKS][BLOCKS];
    int64_t version;
    memcpy(edits, no_two_alike, sizeof(edits));
    open_fresh(db, path, size);
    put_first(db, 1, edits);
    put_layers(db, 1);
    publish(db, 1, "2026-01-01");
    assert_int_equal(pk_store_open(&store, path, &err), PK_OK);
    assert_int_equal(store->ops->begin(store, &version, &err), PK_OK);
    return store;
}

static struct pk_prepared nothing_made(int64_t cell)
{
    struct pk_prepared made = {.cell = cell};
    pk_buf_init(&made.features, 1 << 26);
    pk_buf_init(&made.labels, 1 << 26);
    return made;
}

static void forget_made(struct pk_prepared *made)
{
    pk_buf_finish(&made->features);
    pk_buf_finish(&made->labels);
}

static void assert_same_bytes(const struct pk_buf *made, const void *bytes, size_t len)
{
    assert_int_equal(made->len, len);
    if (len > 0) {
        assert_memory_equal(made->data, bytes, len);
    }
}

static void a_cell_on_demand_is_the_cell_that_was_published(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    struct pk_error err = {0};
    struct pk_store *store = open_town(&db, path, sizeof(path));
    sqlite3_stmt *row;
    assert_int_equal(pk_db_prepare(&row, &db, newest_packs, NULL), PK_OK);
    sqlite3_bind_int64(row, 1, 1);
    while (sqlite3_step(row) == SQLITE_ROW) {
        struct pk_prepared made = nothing_made(sqlite3_column_int64(row, 2));
        enum pk_family family = sqlite3_column_text(row, 0)[0] == 'w' ? PK_WM : PK_TM;
        if (pk_prepare_cell(&made, crs, store, 1, family, sqlite3_column_int(row, 1),
                            &err) != PK_OK) {
            fail_msg("%s", err.text);
        }
        assert_same_bytes(&made.features, sqlite3_column_blob(row, 3),
                          (size_t)sqlite3_column_bytes(row, 3));
        assert_same_bytes(&made.labels, sqlite3_column_blob(row, 4),
                          (size_t)sqlite3_column_bytes(row, 4));
        forget_made(&made);
    }
    sqlite3_finalize(row);
    store->ops->end(store);
    pk_store_close(store);
    close_and_remove(&db, path);
}

/* Cells of one band made at once are those made one by one. */
static size_t assert_block_is_its_cells(struct pk_store *store, const int64_t *cells,
                                        size_t count, enum pk_family family, int band)
{
    enum { MOST = 64 };
    struct pk_prepared all[MOST];
    struct pk_error err = {0};
    size_t bytes = 0;
    count = count < MOST ? count : MOST;
    for (size_t i = 0; i < count; i++) {
        all[i] = nothing_made(cells[i]);
    }
    assert_int_equal(pk_prepare_whole_cells(all, count, crs, store, 1, "2026-01-01",
                                            family, band, &err),
                     PK_OK);
    for (size_t i = 0; i < count; i++) {
        struct pk_prepared alone = nothing_made(cells[i]);
        assert_int_equal(pk_prepare_whole_cells(&alone, 1, crs, store, 1, "2026-01-01",
                                                family, band, &err),
                         PK_OK);
        assert_same_bytes(&all[i].features, alone.features.data, alone.features.len);
        assert_same_bytes(&all[i].labels, alone.labels.data, alone.labels.len);
        bytes += alone.features.len;
        forget_made(&alone);
        forget_made(&all[i]);
    }
    return bytes;
}

static void cells_made_at_once_are_those_made_one_by_one(void **state)
{
    (void)state;
    static const int bands[] = {9, 13, PK_BAND_FULL};
    char path[200];
    struct pk_db db;
    struct pk_store *store = open_town(&db, path, sizeof(path));
    for (size_t i = 0; i < 2 * PK_COUNT(bands); i++) {
        enum pk_family family = i % 2 == 0 ? PK_WM : PK_TM;
        int64_t cells[64];
        size_t count = 0;
        sqlite3_stmt *row;
        assert_int_equal(pk_db_prepare(&row, &db,
                                       "SELECT DISTINCT cell FROM pack WHERE family = ?1 "
                                       "AND band = ?2 ORDER BY cell LIMIT 64",
                                       NULL),
                         PK_OK);
        sqlite3_bind_text(row, 1, pk_family_name(family), -1, SQLITE_STATIC);
        sqlite3_bind_int(row, 2, bands[i / 2]);
        while (sqlite3_step(row) == SQLITE_ROW) {
            cells[count++] = sqlite3_column_int64(row, 0);
        }
        sqlite3_finalize(row);
        assert_true(count > 0);
        assert_true(assert_block_is_its_cells(store, cells, count, family, bands[i / 2]) >
                    0);
    }
    store->ops->end(store);
    pk_store_close(store);
    close_and_remove(&db, path);
}

static void packs_of_an_older_form_are_made_again(void **state)
{
    (void)state;
    char path[2][200];
    struct pk_db db, kept;
    struct pk_error err = {0};
    int edits[BLOCKS][BLOCKS] = {
        {0, 1, 2,  3 },
        {4, 5, 6,  7 },
        {8, 9, 10, 11},
        {1, 1, 1,  1 }
    };
    struct pk_db *both[2] = {&db, &kept};
    for (int i = 0; i < 2; i++) {
        open_fresh(both[i], path[i], sizeof(path[i]));
        put_first(both[i], 1, edits);
        put_layers(both[i], 1);
        publish(both[i], 1, "2026-01-01");
    }
    assert_int_equal(pk_db_exec(&db, "UPDATE pack SET features = x'00'", &err), PK_OK);
    if (pk_prepare_again(&db, &err) != PK_OK) {
        fail_msg("%s", err.text);
    }
    assert_same_packs(&db, 1, &kept, 1);
    assert_same_arcs(&db, 1, &kept, 1);
    close_and_remove(&db, path[0]);
    close_and_remove(&kept, path[1]);
}

/* Twice the signed area of a feature, y down. */
static int64_t area2(const struct pk_ifeature *f)
{
    int64_t sum = 0;
    for (uint32_t r = 0; r < f->ring_count; r++) {
        const int64_t *o = f->xy + 2 * (size_t)f->rings[r].first;
        for (uint32_t i = 0; i + 1 < f->rings[r].count; i++) {
            const int64_t *v = o + 2 * (size_t)i;
            sum += (v[0] - o[0]) * (v[3] - o[1]) - (v[2] - o[0]) * (v[1] - o[1]);
        }
    }
    return sum;
}

static void neighbours_stay_closed_in_every_band(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    struct pk_arena arena = {0};
    open_fresh(&db, path, sizeof(path));
    /* One plan over all blocks, a use on each: the uses fill the plan exactly. */
    struct pk_geom all = block_area(&arena, 0, 0, BLOCKS, BLOCKS);
    put_plan(&db, 1, "whole", "laga kraft", "2020-01-01", &all);
    for (int x = 0; x < BLOCKS; x++) {
        for (int y = 0; y < BLOCKS; y++) {
            char key[20];
            struct pk_geom g = block_area(&arena, x, y, x + 1, y + 1);
            snprintf(key, sizeof(key), "u%d%d", x, y);
            put_regulation(&db, 1, "whole", key, "use", "B", "{}", &g);
        }
    }
    publish(&db, 1, "2026-01-01");
    struct pk_arena keep = {0};
    int checked = 0;
    uint32_t vertices[PK_BAND_FULL + 1] = {0};
    for (int f = 0; f < PK_FAMILY_COUNT; f++) {
        for (int band = 10; band <= PK_BAND_FULL; band++) {
            int64_t plan = 0, uses = 0;
            uint64_t seen[200];
            size_t seen_count = 0;
            sqlite3_stmt *row;
            assert_int_equal(pk_db_prepare(&row, &db, newest_packs, NULL), PK_OK);
            sqlite3_bind_int64(row, 1, 1);
            while (sqlite3_step(row) == SQLITE_ROW) {
                if (sqlite3_column_int(row, 1) % PK_WIDE_BAND != band ||
                    (sqlite3_column_text(row, 0)[0] == 'w') != (f == PK_WM)) {
                    continue;
                }
                struct pk_pack pack;
                assert_int_equal(pk_pack_open(&pack, sqlite3_column_blob(row, 3),
                                              (size_t)sqlite3_column_bytes(row, 3), NULL,
                                              &keep, NULL),
                                 PK_OK);
                for (uint32_t s = 0; s < pack.section_count; s++) {
                    bool is_plan = strcmp(pack.sections[s].source_layer, "plan") == 0;
                    bool is_use = strcmp(pack.sections[s].source_layer, "use") == 0;
                    struct pk_pack_cursor c;
                    struct pk_ifeature x;
                    pk_pack_begin(&c, &pack.sections[s]);
                    while ((is_plan || is_use) && pk_pack_next(&c, &x)) {
                        bool again = false;
                        for (size_t i = 0; i < seen_count; i++) {
                            again |= seen[i] == x.key;
                        }
                        if (again) {
                            continue;
                        }
                        seen[seen_count++] = x.key;
                        assert_true(pk_pack_geometry(&c, &x, NULL, &keep));
                        *(is_plan ? &plan : &uses) += area2(&x);
                        vertices[band] += is_use ? x.rings[0].count : 0;
                    }
                }
            }
            sqlite3_finalize(row);
            assert_true(plan != 0);
            assert_true(plan == uses);
            checked++;
        }
    }
    assert_int_equal(checked, 12);
    assert_true(vertices[PK_BAND_FULL] > vertices[12] && vertices[12] >= vertices[10]);
    pk_arena_finish(&keep);
    pk_arena_finish(&arena);
    close_and_remove(&db, path);
}

static int count_rows(struct pk_db *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(pk_db_prepare(&stmt, db, sql, NULL), PK_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int n = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static void
arcs_know_kind_and_owners_and_split_where_a_corner_lies_on_a_side(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    struct pk_arena arena = {0};
    open_fresh(&db, path, sizeof(path));
    /* a | b above c: c's upper side is split by the corner between a and b. */
    struct pk_geom a = rectangle(&arena, 551000, 6404100, 100, 100);
    struct pk_geom b = rectangle(&arena, 551100, 6404100, 100, 100);
    struct pk_geom c = rectangle(&arena, 551000, 6404000, 200, 100);
    put_plan(&db, 1, "a", "laga kraft", "2020-01-01", &a);
    put_plan(&db, 1, "b", "samråd", NULL, &b);
    put_plan(&db, 1, "c", NULL, NULL, &c);
    put_regulation(&db, 1, "a", "a-use", "use", "B", "{}", &a);
    publish(&db, 1, "2026-01-01");
    /* a-c, b-c, a-b, and what each has alone. */
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc"), 6);
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc WHERE "
                                     "json_array_length(owners) = 3 AND kinds = "
                                     "'plan,use' AND kind = 'plan' AND status = 'force'"),
                     2);
    assert_int_equal(
        count_rows(&db, "SELECT count(*) FROM arc WHERE json_array_length(owners) = 2"),
        2); /* a's plan and use alone, b-c */
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc WHERE status = 'ongoing'"),
                     1);
    /* The corner on c's side: an arc from it to the east, 100 m. */
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc WHERE min_x = 551100 AND "
                                     "max_x = 551200 AND min_y = 6404100 AND max_y = "
                                     "6404100"),
                     1);
    /* Without a, its neighbours' arcs are whole again; b's own stay as they are. */
    end_plan(&db, 2, "a");
    publish(&db, 2, "2026-01-01");
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc WHERE to_version > 2"), 3);
    assert_int_equal(count_rows(&db,
                                "SELECT count(*) FROM arc WHERE from_version = 1 AND "
                                "to_version > 2"),
                     1);
    pk_arena_finish(&arena);
    close_and_remove(&db, path);
}

static void a_day_that_takes_effect_changes_the_phase_without_a_new_row(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    struct pk_arena arena = {0};
    open_fresh(&db, path, sizeof(path));
    struct pk_geom a = rectangle(&arena, 551000, 6404100, 100, 100);
    put_plan(&db, 1, "a", "laga kraft", "2026-03-02", &a);
    publish(&db, 1, "2026-01-01");
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM arc WHERE status = 'ongoing'"),
                     1);
    publish(&db, 2, "2026-02-01");
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM change WHERE version = 2"), 0);
    publish(&db, 3, "2026-03-02");
    assert_int_equal(count_rows(&db,
                                "SELECT count(*) FROM arc WHERE status = 'force' AND "
                                "from_version = 3"),
                     1);
    assert_true(count_rows(&db, "SELECT count(*) FROM change WHERE version = 3") > 20);
    pk_arena_finish(&arena);
    close_and_remove(&db, path);
}

static void an_edit_writes_only_the_cells_near_it(void **state)
{
    (void)state;
    char path[200];
    struct pk_db db;
    int edits[BLOCKS][BLOCKS] = {
        {0, 1, 2,  3 },
        {4, 5, 6,  7 },
        {8, 9, 10, 11},
        {1, 1, 1,  1 }
    };
    struct pk_arena arena = {0};
    open_fresh(&db, path, sizeof(path));
    put_first(&db, 1, edits);
    struct pk_geom far = rectangle(&arena, 571000, 6424000, 100, 100);
    put_plan(&db, 1, "far", "laga kraft", "2020-01-01", &far);
    publish(&db, 1, "2026-01-01");
    int all = count_rows(&db, "SELECT count(*) FROM pack WHERE band = 15");
    end_plan(&db, 2, "P00");
    put_block_plan(&db, 2, 0, 0, 3);
    publish(&db, 2, "2026-01-01");
    assert_true(all > 4);
    assert_true(count_rows(&db, "SELECT count(*) FROM pack WHERE band = 15 AND "
                                "from_version = 2") < all);
    /* Nothing changed, nothing written. */
    publish(&db, 3, "2026-01-01");
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM pack WHERE from_version = 3"),
                     0);
    assert_int_equal(count_rows(&db, "SELECT count(*) FROM change WHERE version = 3"), 0);
    pk_arena_finish(&arena);
    close_and_remove(&db, path);
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
        cmocka_unit_test(
            arcs_know_kind_and_owners_and_split_where_a_corner_lies_on_a_side),
        cmocka_unit_test(neighbours_stay_closed_in_every_band),
        cmocka_unit_test(a_small_thing_shows_when_the_larger_beside_it_goes),
        cmocka_unit_test(a_cell_on_demand_is_the_cell_that_was_published),
        cmocka_unit_test(cells_made_at_once_are_those_made_one_by_one),
        cmocka_unit_test(packs_of_an_older_form_are_made_again),
        cmocka_unit_test(many_small_publishes_make_the_packs_of_one),
        cmocka_unit_test(a_day_that_takes_effect_changes_the_phase_without_a_new_row),
        cmocka_unit_test(an_edit_writes_only_the_cells_near_it),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
