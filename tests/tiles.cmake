# Tests of tiles/.
pk_add_test(grid pk_tiles)
pk_add_test(label pk_tiles)
