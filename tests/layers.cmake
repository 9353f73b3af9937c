# Tests of layers/.
