/* test_sample.c - the fictional municipality is what a real delivery would be. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "import/sample.h"

enum { SEED = 7, TOWNS = 3 };

/* Calls check() for every plan of a few towns. */
static void each_plan(void (*check)(const struct pk_sample_plan *plan, void *ctx),
                      void *ctx)
{
    struct pk_arena arena = {0};
    static struct pk_sample_plan plan;
    for (uint32_t t = 0; t < TOWNS; t++) {
        struct pk_sample_town town;
        pk_sample_town(&town, SEED, t);
        for (int row = 0; row < town.rows; row++) {
            for (int column = 0; column < town.columns; column++) {
                if (!pk_sample_has_cell(&town, column, row)) {
                    continue;
                }
                pk_arena_reset(&arena);
                pk_sample_plan(&plan, SEED, &town, column, row, 1, &arena);
                check(&plan, ctx);
            }
        }
    }
    pk_arena_finish(&arena);
}

/* Combined uses share one area: it counts once. */
static void check_partition(const struct pk_sample_plan *plan, void *ctx)
{
    double sum = 0;
    const struct pk_geom *last = NULL;
    uint32_t uses = 0;
    for (uint32_t i = 0; i < plan->reg_count; i++) {
        const struct pk_sample_reg *reg = &plan->regs[i];
        if (reg->kind != 'u') {
            continue;
        }
        uses++;
        if (last == NULL || last->xy != reg->geoms[0].xy) {
            sum += pk_geom_area(&reg->geoms[0]);
        }
        last = &reg->geoms[0];
    }
    if (uses > 0) {
        assert_true(fabs(sum - pk_geom_area(&plan->area)) < 0.001);
        ++*(int *)ctx;
    }
}

static void uses_cover_their_plan_without_gap_or_overlap(void **state)
{
    (void)state;
    int checked = 0;
    each_plan(check_partition, &checked);
    assert_true(checked > 50);
}

struct edges {
    int64_t list[20000][4];
    size_t count;
};

static void check_neighbour(const struct pk_sample_plan *plan, void *ctx)
{
    struct edges *e = ctx;
    for (uint32_t i = 0; i + 1 < plan->area.vertex_count; i++) {
        const double *p = plan->area.xy + 2 * i;
        assert_true(e->count < PK_COUNT(e->list));
        for (int k = 0; k < 4; k++) {
            e->list[e->count][k] = llround(p[k] * 1000);
        }
        e->count++;
    }
}

static void neighbouring_plans_share_every_vertex_of_their_border(void **state)
{
    (void)state;
    static struct edges e;
    e.count = 0;
    each_plan(check_neighbour, &e);
    /* Interior borders come twice, once in each direction. */
    size_t twice = 0;
    for (size_t i = 0; i < e.count; i++) {
        for (size_t j = 0; j < e.count; j++) {
            const int64_t *a = e.list[i], *b = e.list[j];
            if (a[0] == b[2] && a[1] == b[3] && a[2] == b[0] && a[3] == b[1]) {
                twice++;
                break;
            }
        }
    }
    assert_true(twice * 10 > e.count * 7);
}

static void check_output(const struct pk_sample_plan *plan, void *ctx)
{
    struct pk_buf *out = ctx;
    struct pk_arena arena = {0};
    struct pk_json j;
    struct pk_error err;
    struct pk_crs *crs = pk_crs_create();
    pk_json_init(&j, out);
    pk_json_array(&j);
    assert_int_equal(pk_sample_ngp(&j, plan, crs, &arena, &err), PK_OK);
    pk_json_end(&j);
    assert_int_equal(pk_sample_gml(out, plan, crs, &arena, &err), PK_OK);
    pk_crs_destroy(crs);
    pk_arena_finish(&arena);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    struct pk_id hash[2];
    for (int i = 0; i < 2; i++) {
        struct pk_buf out;
        pk_buf_init(&out, 1 << 28);
        each_plan(check_output, &out);
        assert_false(out.failed);
        assert_true(out.len > 100000);
        hash[i] = pk_hash128(out.data, out.len);
        pk_buf_finish(&out);
    }
    assert_true(pk_id_equal(hash[0], hash[1]));
}

static void towns_have_names_of_their_own_and_lie_apart(void **state)
{
    (void)state;
    struct pk_sample_town a, b;
    for (uint32_t i = 0; i < 60; i++) {
        pk_sample_town(&a, SEED, i);
        for (uint32_t k = 0; k < i; k++) {
            pk_sample_town(&b, SEED, k);
            assert_string_not_equal(a.name, b.name);
            assert_true(hypot(a.cx - b.cx, a.cy - b.cy) > 2500);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_cover_their_plan_without_gap_or_overlap),
        cmocka_unit_test(neighbouring_plans_share_every_vertex_of_their_border),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(towns_have_names_of_their_own_and_lie_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
