# Tests of tiles/.
