/* test_style_expr.c - expressions from tests/spec/expressions.txt, older forms,
 * bounds against many evaluations, long texts. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"
#include "styles/expr.h"
#include "styles/style_tool.h"

static void cut(char *at, const char *mark, char **rest)
{
    char *hit = strstr(at, mark);
    if (hit != NULL) {
        *hit = '\0';
        *rest = hit + strlen(mark);
    }
}

/* True when the line holds; prints what came instead. */
static bool case_holds(char *line, int number)
{
    char *result = NULL, *feature = NULL, *at = NULL, *with_at = NULL;
    cut(line, " => ", &result);
    cut(line, " with ", &feature);
    cut(line, " at ", &at);
    if (feature != NULL) {
        cut(feature, " at ", &with_at);
        at = with_at != NULL ? with_at : at;
    }
    if (result == NULL) {
        printf("line %d has no result\n", number);
        return false;
    }
    double zoom = 10;
    struct pk_error err = {0};
    struct pk_buf out;
    pk_buf_init(&out, 10000);
    assert_true(at == NULL || pk_parse_all_double(at, &zoom));
    enum pk_status status = pk_style_tool_eval(&out, line, feature, zoom, &err);
    bool holds;
    if (strncmp(result, "error: ", 7) == 0) {
        holds = status != PK_OK && strstr(err.text, "no value") == NULL &&
                strstr(err.text, result + 7) != NULL;
    } else if (strcmp(result, "no value") == 0) {
        holds = status != PK_OK && strncmp(err.text, "no value", 8) == 0;
    } else {
        holds = status == PK_OK && strcmp(out.data, result) == 0;
    }
    if (!holds) {
        printf("line %d: %s\n  wanted %s\n  got    %s\n", number, line, result,
               status == PK_OK ? out.data : err.text);
    }
    pk_buf_finish(&out);
    return holds;
}

static void every_line_of_the_specification_holds(void **state)
{
    (void)state;
    FILE *f = fopen(PK_TEST_DIR "/spec/expressions.txt", "r");
    assert_non_null(f);
    char line[2000];
    int number = 0, cases = 0, wrong = 0;
    while (fgets(line, sizeof(line), f) != NULL) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        cases++;
        wrong += !case_holds(line, number);
    }
    fclose(f);
    printf("%d expressions\n", cases);
    assert_true(cases > 150);
    assert_int_equal(wrong, 0);
}

/* ---- random expressions ---- */

static uint32_t rnd(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % below;
}

/* Number-making expressions of the property "v", of a known shape. */
static json_t *random_number(uint32_t *seed, int depth)
{
    if (depth == 0) {
        return json_real((double)rnd(seed, 41) - 20);
    }
    json_t *a = random_number(seed, depth - 1), *b = random_number(seed, depth - 1);
    switch (rnd(seed, 8)) {
    case 0:
        return json_pack("[soo]", "+", a, b);
    case 1:
        return json_pack("[soo]", "-", a, b);
    case 2:
        return json_pack("[soo]", "*", a, b);
    case 3:
        return json_pack("[soo]", "min", a, b);
    case 4:
        return json_pack("[soo]", "max", a, b);
    case 5:
        return json_pack("[s[s[ss]i]oo]", "case", "<", "get", "v", (int)rnd(seed, 20), a,
                         b);
    case 6:
        return json_pack("[s[s][ss]iofo]", "interpolate", "linear", "get", "v",
                         (int)rnd(seed, 5), a, 6.0 + rnd(seed, 9), b);
    default:
        return json_pack("[s[s]oio]", "step", "zoom", a, (int)rnd(seed, 20), b);
    }
}

static void bounds_hold_for_every_feature(void **state)
{
    (void)state;
    uint32_t seed = 7, known = 0;
    for (int round = 0; round < 300; round++) {
        struct pk_program program;
        struct pk_arena arena = {0};
        struct pk_compiler c = {.program = &program, .arena = &arena};
        pk_program_init(&program);
        json_t *json = random_number(&seed, 4);
        uint32_t node;
        struct pk_error err = {0};
        assert_int_equal(pk_expr_compile(&node, &c, json, PK_T_NUMBER, &err), PK_OK);
        double zoom = rnd(&seed, 22), lo, hi;
        if (pk_expr_bounds(&lo, &hi, &program, node, zoom)) {
            known++;
            for (int v = 0; v < 25; v++) {
                struct pk_value value = {.type = PK_VALUE_NUMBER, .number = v};
                uint16_t map[1] = {0};
                struct pk_style_input in = {zoom, PK_GEOM_POINT, &value, map, 1};
                struct pk_eval e;
                pk_eval_begin(&e, &program, &in);
                double got = pk_eval(&e, node).u.number;
                assert_false(e.failed);
                assert_true(got >= lo - 1e-9 * fabs(lo) && got <= hi + 1e-9 * fabs(hi));
            }
        }
        json_decref(json);
        pk_program_finish(&program);
        pk_arena_finish(&arena);
    }
    assert_true(known > 250);
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    char feature[12000] = "{\"a\":\"";
    size_t len = strlen(feature);
    for (int i = 0; i < 2500; i++) {
        memcpy(feature + len, "\xc3\xa5", 2);
        len += 2;
    }
    memcpy(feature + len, "\"}", 3);
    struct pk_buf out;
    struct pk_error err = {0};
    pk_buf_init(&out, 100000);
    assert_int_equal(pk_style_tool_eval(&out,
                                        "[\"concat\",\"x\",[\"upcase\",[\"get\",\"a\"]],"
                                        "[\"get\",\"a\"],[\"get\",\"a\"]]",
                                        feature, 1, &err),
                     PK_OK);
    assert_true(out.len > 1000 && out.len <= PK_EXPR_SCRATCH_TEXT);
    assert_null(strstr(out.data, "\xef\xbf\xbd")); /* no broken character was replaced */
    pk_buf_finish(&out);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    struct pk_buf text, out;
    struct pk_error err = {0};
    pk_buf_init(&text, 100000);
    pk_buf_init(&out, 1000);
    for (int i = 0; i < 1000; i++) {
        pk_buf_adds(&text, "[\"-\",");
    }
    pk_buf_adds(&text, "1");
    for (int i = 0; i < 1000; i++) {
        pk_buf_adds(&text, "]");
    }
    assert_int_equal(pk_style_tool_eval(&out, text.data, NULL, 1, &err), PK_LIMIT);
    pk_buf_finish(&text);
    pk_buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_the_specification_holds),
        cmocka_unit_test(bounds_hold_for_every_feature),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(nesting_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
