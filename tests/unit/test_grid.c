/* test_grid.c - the built-in grids against spec/grid.spec, and by property. */
#include "unit/pk_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "tiles/grid.h"

enum { WORDS_MAX = 8 };

static uint32_t split(char *line, const char *separators, char **words)
{
    uint32_t n = 0;
    char *rest = line;
    while (n < WORDS_MAX && rest) {
        char *word = strsep(&rest, separators);
        if (*word) {
            words[n++] = word;
        }
    }
    return n;
}

static struct pk_tile_id tile_of(char *text)
{
    char *words[WORDS_MAX];
    uint32_t n[3];
    assert_int_equal(split(text, "/", words), 3);
    for (int i = 0; i < 3; i++) {
        assert_true(pk_parse_all_u32(words[i], UINT32_MAX, &n[i]));
    }
    return (struct pk_tile_id){n[0], n[1], n[2]};
}

static double number_of(const char *text)
{
    double d;
    assert_true(pk_parse_all_double(text, &d));
    return d;
}

static void check_line(char **words, uint32_t n)
{
    const struct pk_grid *grid = pk_grid_find(words[1]);
    assert_non_null(grid);
    struct pk_box box;
    struct pk_error err = {0};
    if (strcmp(words[0], "box") == 0) {
        assert_int_equal(n, 7);
        assert_int_equal(pk_grid_tile_box(&box, grid, tile_of(words[2]), &err), PK_OK);
        assert_true(fabs(box.min_x - number_of(words[3])) < 1e-6);
        assert_true(fabs(box.min_y - number_of(words[4])) < 1e-6);
        assert_true(fabs(box.max_x - number_of(words[5])) < 1e-6);
        assert_true(fabs(box.max_y - number_of(words[6])) < 1e-6);
    } else if (strcmp(words[0], "out") == 0) {
        assert_int_equal(pk_grid_tile_box(&box, grid, tile_of(words[2]), &err),
                         PK_NOT_FOUND);
        assert_non_null(strstr(err.text, grid->id));
    } else {
        assert_string_equal(words[0], "zoom");
        uint32_t z;
        assert_true(pk_parse_all_u32(words[2], PK_LEVELS_MAX - 1, &z));
        double zoom = pk_grid_style_zoom(grid, grid->levels[z].pixel);
        assert_true(fabs(zoom - number_of(words[3])) < 1e-6);
    }
}

static void the_spec_holds(void **state)
{
    (void)state;
    FILE *f = fopen(PK_TEST_DIR "/spec/grid.spec", "r");
    assert_non_null(f);
    char line[256];
    uint32_t lines = 0;
    while (fgets(line, sizeof line, f)) {
        char *words[WORDS_MAX];
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        uint32_t n = split(line, " \n", words);
        assert_true(n >= 3);
        check_line(words, n);
        lines++;
    }
    fclose(f);
    assert_true(lines >= 20);
}

static void neighbours_share_their_edge_at_every_level(void **state)
{
    (void)state;
    const struct pk_grid *grid;
    for (uint32_t g = 0; (grid = pk_grid_at(g)); g++) {
        assert_ptr_equal(pk_grid_find(grid->id), grid);
        for (uint32_t z = 0; z < grid->level_count; z++) {
            const struct pk_level *level = &grid->levels[z];
            assert_true(z == 0 || level->pixel < grid->levels[z - 1].pixel);
            struct pk_box a, b;
            uint32_t x = level->columns / 2, y = level->rows / 2;
            if (x == 0 || y == 0) {
                continue;
            }
            struct pk_error err;
            assert_int_equal(
                pk_grid_tile_box(&a, grid, (struct pk_tile_id){z, x - 1, y - 1}, &err),
                PK_OK);
            assert_int_equal(
                pk_grid_tile_box(&b, grid, (struct pk_tile_id){z, x, y}, &err), PK_OK);
            assert_true(a.max_x == b.min_x && a.min_y == b.max_y);
        }
    }
    assert_int_equal(pk_grid_at(3) == NULL, 1);
    assert_null(pk_grid_find("webmercatorquad"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spec_holds),
        cmocka_unit_test(neighbours_share_their_edge_at_every_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
